//! Renaming: every name of both policies, everywhere; and what is refused.

use crate::editor::{Editor, path};
use crate::features::POLICY;
use crate::{folder, policy};
use policy::source::Sources;
use policy::symbols::{SymbolKind, Symbols, spelled, spelled_raw};
use policy::{compile, situation};
use serde_json::{Value, json};
use std::path::Path;

fn read(name: &str) -> Sources {
    let dir = crate::policy(name);
    let read = |file: &str| std::fs::read_to_string(dir.join(file)).unwrap();
    let file = |name: &str| policy::source::SourceFile { name: name.to_owned(), text: read(name) };
    Sources { files: vec![file("policy.md"), file("situations.md")], official: Some(read("official.txt")) }
}

/// If one place of one name were overlooked, the policy would no longer compile or a situation would fail.
#[test]
fn all_names_of_both_policies_can_be_changed_at_once_and_every_situation_still_holds() {
    for name in ["qianjiang", "jiulongpo"] {
        let mut sources = read(name);
        let compiled = compile(&sources);
        let symbols = Symbols::of(&sources, &compiled.parsed);
        let mut changed = 0;
        for place in symbols.occurrences.iter().rev() {
            let symbol = &symbols.all[place.symbol];
            let new = match symbol.kind {
                SymbolKind::Clause => format!("9{}", symbol.name),
                _ if place.raw => spelled_raw(&format!("新{}", symbol.name)).unwrap(),
                SymbolKind::Fact | SymbolKind::Field | SymbolKind::Param | SymbolKind::Definition | SymbolKind::Local | SymbolKind::Choice => {
                    spelled(&format!("新{}", symbol.name)).unwrap()
                }
                _ => continue,
            };
            if symbol.place.is_some() {
                changed += 1;
                sources.files[usize::from(place.span.file)].text.replace_range(place.span.start as usize..place.span.end as usize, &new);
            }
        }
        assert!(changed > 1000, "{name}: {changed} places");
        let renamed = compile(&sources);
        let told: Vec<_> = renamed.diagnostics.iter().map(|d| format!("{} {} {}", d.code, d.heading, d.message.zh)).collect();
        assert_eq!(told, [""; 0], "{name}");
        let (before, after) = (situation::run(&compiled), situation::run(&renamed));
        assert_eq!(after.results.len(), before.results.len());
        let failed: Vec<_> = after.results.iter().filter(|r| !r.passed).map(|r| (&r.title, r.failures.first())).collect();
        assert!(failed.is_empty(), "{name}: {failed:?}");
        assert_eq!(after.unexercised.len(), before.unexercised.len());
    }
}

fn rename(editor: &mut Editor, file: &Path, words: &str, inside: usize, new: &str) -> Result<Value, String> {
    let mut params = editor.at(file, words, 0, inside);
    params["newName"] = json!(new);
    editor.try_ask("textDocument/rename", params)
}

#[test]
fn a_fact_is_renamed_in_rules_readings_and_situations() {
    let (file, situations) = (policy("qianjiang").join("policy.md"), policy("qianjiang").join("situations.md"));
    let mut editor = Editor::new();
    editor.open(&file);
    let place = editor.at(&file, "品牌年销售额 达到 2000万元", 0, 3);
    let prepared = editor.ask("textDocument/prepareRename", place);
    assert_eq!((prepared["placeholder"].as_str(), editor.words(&file, &prepared["range"]).as_str()), (Some("品牌年销售额"), "品牌年销售额"));
    let edit = rename(&mut editor, &file, "品牌年销售额 达到 2000万元", 3, "新品牌销售额").unwrap();
    assert_eq!(edit["changes"].as_object().unwrap().keys().map(|u| path(u)).collect::<Vec<_>>(), [file.clone(), situations.clone()]);
    editor.apply(&edit);
    for file in [&file, &situations] {
        assert_eq!(editor.codes(file), [""; 0]);
        let rules = crate::features::fences(&editor.texts[file]);
        assert!(!rules.contains("品牌年销售额") && rules.contains("新品牌销售额"));
    }
    editor.leave();
}

#[test]
fn a_clause_id_a_definition_and_a_local_name_are_renamed_everywhere() {
    let file = folder("renamed", &[("policy.md", POLICY.as_bytes())]).join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let before = editor.codes(&file);
    for (words, inside, new, gone) in [
        ("条款 1「", "条款 ".len(), "2.1", "条款 1「"),
        ("定义 总部", "定义 ".len(), "总部企业", "条件  总部\n"),
        ("给予  基数", "给予  ".len(), "计算基数", "其中  基数"),
    ] {
        let edit = rename(&mut editor, &file, words, inside, new).unwrap();
        editor.apply(&edit);
        assert!(editor.texts[&file].contains(new) && !editor.texts[&file].contains(gone), "{}", editor.texts[&file]);
        assert_eq!(editor.codes(&file), before, "{words}");
    }
    editor.leave();
}

#[test]
fn a_name_that_is_a_keyword_or_has_other_signs_is_quoted() {
    let file = folder("quoted", &[("policy.md", POLICY.as_bytes())]).join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let before = editor.codes(&file);
    for (words, new, written) in [
        ("销售额    元", "达到", "『达到』"),
        ("『达到』    元", "销售额（网上）", "『销售额（网上）』"),
        ("『销售额（网上）』    元", "𠮷店销售额", "𠮷店销售额"),
    ] {
        let edit = rename(&mut editor, &file, words, 0, new).unwrap();
        editor.apply(&edit);
        // In the reason of a result a name stands bare, but for signs that would be read as several words.
        let reason = editor.texts[&file].split("不符合 因 ").nth(1).unwrap().lines().next().unwrap().to_owned();
        assert_eq!(reason.trim_matches(['『', '』']), new, "{}", editor.texts[&file]);
        assert_eq!(editor.texts[&file].matches(written).count() + usize::from(reason == new && written != new), 6, "{}", editor.texts[&file]);
        assert_eq!(editor.codes(&file), before);
    }
    editor.leave();
}

#[test]
fn a_rename_that_would_break_the_policy_is_refused_and_says_why() {
    let file = folder("refused", &[("policy.md", POLICY.as_bytes())]).join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let mut refused = |words: &str, inside: usize, new: &str| rename(&mut editor, &file, words, inside, new).unwrap_err();
    assert!(refused("销售额    元", 0, "机构类型").contains("E0201"), "a clash");
    assert!(refused("销售额    元", 0, "").contains("不能作名称"));
    assert!(refused("销售额    元", 0, "甲』乙").contains("不能作名称"));
    assert!(refused("条款 1「", "条款 ".len(), "1 2").contains("不能作名称"));
    assert!(refused("给予  基数", "给予  ".len(), "总部").contains("E0"), "a local name may not shadow");
    assert!(refused("情形「甲」", "情形".len(), "乙").contains("这里只改"));
    assert!(refused("每年", 0, "每月").contains("不是名称"));
    // 全国总部 as a fact would take the place of the choice in 机构类型 为 全国总部.
    assert!(refused("销售额    元", 0, "全国总部").contains("别的名称") || refused("销售额    元", 0, "全国总部").contains("E02"));
    editor.leave();
}
