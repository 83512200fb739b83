//! Each feature on real places of the two policies.

use crate::editor::{Editor, path, uri};
use crate::{folder, policy};
use serde_json::{Value, json};

fn labels(items: &Value) -> Vec<&str> {
    items.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect()
}

#[test]
fn both_policies_open_without_findings_and_a_mistake_is_told_of_and_forgotten() {
    for name in ["qianjiang", "jiulongpo"] {
        let file = policy(name).join("policy.md");
        let mut editor = Editor::new();
        editor.open(&file);
        assert_eq!(editor.codes(&file), [""; 0], "{name}");
        editor.replace(&file, "  给予  ", 0, "  给与  ");
        assert!(!editor.codes(&file).is_empty(), "{name}");
        editor.replace(&file, "  给与  ", 0, "  给予  ");
        assert_eq!(editor.codes(&file), [""; 0], "{name}");
        editor.leave();
    }
}

#[test]
fn the_quotes_are_compared_with_the_official_text_as_one_types() {
    let (file, official) = (policy("qianjiang").join("policy.md"), policy("qianjiang").join("official.txt"));
    let mut editor = Editor::new();
    editor.open(&file);
    editor.replace(&file, "最高不超过50万元。", 0, "最高不超过60万元。");
    assert!(editor.codes(&file).contains(&"E0410".to_owned()), "{:?}", editor.codes(&file));
    // The official text, corrected in another window and not saved, counts as well.
    editor.open(&official);
    editor.replace(&official, "最高不超过50万元。", 0, "最高不超过60万元。");
    assert!(!editor.codes(&file).contains(&"E0410".to_owned()));
    // Closed unsaved, what is on disk counts again.
    editor.close(&official);
    assert!(editor.codes(&file).contains(&"E0410".to_owned()));
    editor.leave();
}

#[test]
fn a_finding_has_its_range_code_help_and_second_place() {
    let file = policy("qianjiang").join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    editor.replace(&file, "条款 1.2「", 0, "条款 1.1「");
    let found = editor.findings[&file].iter().find(|d| d["code"] == "E0201").unwrap().clone();
    assert_eq!(editor.words(&file, &found["range"]), "1.1");
    assert_eq!((found["severity"].as_u64(), found["source"].as_str()), (Some(1), Some("duixian")));
    assert!(found["message"].as_str().unwrap().contains("\n→ "), "{found}");
    let second = &found["relatedInformation"][0]["location"];
    assert_eq!(path(second["uri"].as_str().unwrap()), file);
    assert_eq!(editor.words(&file, &second["range"]), "1.1");
    editor.leave();
}

#[test]
fn hover_tells_a_facts_type_evidence_and_users() {
    let file = policy("qianjiang").join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let found = editor.ask("textDocument/hover", editor.at(&file, "品牌年销售额 达到 2000万元", 0, 3));
    let words = found["contents"]["value"].as_str().unwrap();
    for part in ["元，按年", "平台后台销售数据、纳税申报表", "区商务委", "条款 1.1「电商新品牌奖励」"] {
        assert!(words.contains(part), "{part}: {words}");
    }
    assert_eq!(editor.words(&file, &found["range"]), "品牌年销售额");
    editor.leave();
}

#[test]
fn hover_tells_a_numbers_exact_value_and_the_official_words_it_stands_under() {
    let file = policy("qianjiang").join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let words =
        editor.ask("textDocument/hover", editor.at(&file, "品牌年销售额 达到 2000万元", 0, "品牌年销售额 达到 ".len()))["contents"]["value"].to_string();
    assert!(words.contains("20,000,000元（2,000,000,000分）"), "{words}");
    assert!(words.contains("> 对围绕新时代、新模式的电商新品牌，销售额达到2000万元"), "{words}");
    let percent = editor.ask("textDocument/hover", editor.at(&file, "品牌年销售额 的 1%", 0, "品牌年销售额 的 ".len()))["contents"]["value"].to_string();
    assert!(percent.contains("0.01 = 1/100"), "{percent}");
    editor.leave();
}

#[test]
fn hover_explains_keywords_clauses_with_their_readings_and_sentences() {
    let file = policy("qianjiang").join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let mut hover =
        |words: &str, inside: usize| editor.ask("textDocument/hover", editor.at(&file, words, 0, inside))["contents"]["value"].as_str().unwrap().to_owned();
    assert!(hover("达到 2000万元\n  给予", 0).contains("含本数"));
    let clause = hover("条款 1.1「", "条款 ".len());
    assert!(clause.contains("电商新品牌奖励") && clause.contains("另有读法：频次 一次性，每个 申报项目"), "{clause}");
    assert_eq!(hover("> 支持运营主体在电商平台", 2), "这句话写成了：条款 1.2「品牌特色馆奖励」");
    editor.leave();
}

#[test]
fn everything_speaks_english_where_asked_to() {
    let file = policy("qianjiang").join("policy.md");
    for params in
        [json!({ "capabilities": {}, "locale": "en-gb" }), json!({ "capabilities": {}, "locale": "zh-cn", "initializationOptions": { "lang": "en" } })]
    {
        let mut editor = Editor::with(params);
        editor.open(&file);
        let words = editor.ask("textDocument/hover", editor.at(&file, "品牌年销售额 达到 2000万元", 0, 3))["contents"]["value"].to_string();
        assert!(words.contains("fact") && words.contains("confirmed by: 区商务委"), "{words}");
        editor.replace(&file, "品牌年销售额 达到 2000万元", 0, "品牌年销售额 达到 2000间");
        let messages: Vec<&str> = editor.findings[&file].iter().map(|d| d["message"].as_str().unwrap()).collect();
        assert!(!messages.is_empty() && messages.iter().all(|m| !m.contains(['，', '。'])), "{messages:?}");
        editor.leave();
    }
}

#[test]
fn completion_offers_what_fits_the_place() {
    let file = policy("qianjiang").join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let mut typed = |line: &str| {
        // A new condition, half typed, in clause 1.1.
        let anchor = "        品牌年销售额 达到 2000万元\n";
        let new = format!("{anchor}{line}\n");
        editor.replace(&file, anchor, 0, &new);
        let items = editor.ask("textDocument/completion", editor.at(&file, &new, 0, anchor.len() + line.len()));
        editor.replace(&file, &new, 0, anchor);
        labels(&items).into_iter().map(String::from).collect::<Vec<_>>()
    };
    let has = |list: &[String], words: &[&str]| words.iter().all(|w| list.iter().any(|l| l == w));
    assert!(has(&typed("  "), &["给予", "频次", "条件"]));
    assert!(!has(&typed("  "), &["情形"]), "no head of a block inside a block");
    assert!(has(&typed("        "), &["品牌年销售额", "任一", "同时"]));
    assert!(has(&typed("        品牌"), &["品牌年销售额"]));
    assert_eq!(typed("        品牌年销售额 ")[..3], ["达到", "超过", "不超过"]);
    assert_eq!(typed("        品牌年销售额 达到 30")[..2], ["元", "万元"], "the unit of the fact first");
    assert!(has(&typed("  频次  "), &["一次性", "每年"]));
    assert!(has(&typed("  牵头  "), &["区商务委", "区招商投资局"]));
    assert!(has(&typed("  给予  品牌年销售额 的 1%，"), &["最高", "扣除"]));
    assert!(has(&typed("  类别  "), &["销售奖励", "落户补贴"]));
    assert!(has(&typed("        符合 条款 "), &["3.1", "9.1"]));
    assert!(has(&typed(""), &["条款", "事实", "读法"]));
    editor.leave();
}

#[test]
fn completion_offers_the_choices_of_the_fact_compared_with() {
    let dir = folder("choices", &[("policy.md", POLICY.as_bytes())]);
    let file = dir.join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    editor.replace(&file, "机构类型 为 全国总部", 0, "机构类型 为 ");
    let items = editor.ask("textDocument/completion", editor.at(&file, "机构类型 为 ", 0, "机构类型 为 ".len()));
    assert_eq!(labels(&items)[..3], ["全国总部", "区域总部", "其他"]);
    let situation = "  事实  机构类型 全国总部";
    editor.replace(&file, situation, 0, "  事实  机构类型 ");
    let items = editor.ask("textDocument/completion", editor.at(&file, "  事实  机构类型 ", 0, "  事实  机构类型 ".len()));
    assert_eq!(labels(&items), ["全国总部", "区域总部", "其他"]);
    let items = editor.ask("textDocument/completion", editor.at(&file, "  结果  1 ", 0, "  结果  ".len()));
    assert_eq!(labels(&items), ["1"]);
    editor.leave();
}

/// A small policy with a choice, a definition, a local name and situations.
pub const POLICY: &str = "# 例\n\n> 对销售额1万元以上的全国总部，每年按销售额的1%给予奖励，每年最高1万元。\n\n```duixian\n政策 li「例」\n事实\n  机构类型  选项（全国总部、区域总部、其他）\n  销售额    元 按年\n定义 总部 为 机构类型 为 全国总部\n条款 1「奖励」\n  条件  总部\n        销售额 达到 1万元\n  其中  基数 为 销售额 的 1%\n  给予  基数，最高 1万元\n  频次  每年\n情形「甲」\n  年度  2024年\n  事实  机构类型 全国总部\n        销售额 2万元\n  结果  1 200元\n情形「乙」\n  承    「甲」\n  事实  销售额 5000元\n  结果  1 不符合 因 销售额\n```\n";

#[test]
fn definition_and_references_cross_the_files_of_a_policy() {
    let (file, situations) = (policy("qianjiang").join("policy.md"), policy("qianjiang").join("situations.md"));
    let mut editor = Editor::new();
    editor.open(&file);
    editor.open(&situations);
    let found = editor.ask("textDocument/definition", editor.at(&situations, "品牌年销售额 19999999.99元", 0, 0));
    assert_eq!(path(found["uri"].as_str().unwrap()), file);
    assert_eq!(editor.words(&file, &found["range"]), "品牌年销售额");
    let line = found["range"]["start"]["line"].as_u64().unwrap() as usize;
    assert!(editor.texts[&file].lines().nth(line).unwrap().contains("元 按年"), "the line of 事实");

    let mut params = editor.at(&file, "品牌年销售额 达到 2000万元", 0, 0);
    params["context"] = json!({ "includeDeclaration": true });
    let places = editor.ask("textDocument/references", params);
    let places = places.as_array().unwrap();
    let said: usize = [&file, &situations].iter().map(|f| fences(&editor.texts[*f]).matches("品牌年销售额").count()).sum();
    assert_eq!(places.len(), said, "every place of the rules and situations, those in reasons and readings included");
    for place in places {
        assert_eq!(editor.words(&path(place["uri"].as_str().unwrap()), &place["range"]), "品牌年销售额");
    }

    let clause = editor.ask("textDocument/definition", editor.at(&situations, "  结果  1.1 ", 0, "  结果  ".len()));
    assert_eq!(editor.words(&file, &clause["range"]), "1.1");
    let like = editor.ask("textDocument/definition", editor.at(&situations, "  承    「守法企业」", 0, "  承    「".len()));
    assert_eq!(editor.words(&situations, &like["range"]), "「守法企业」");
    editor.leave();
}

/// The rules of a file.
pub fn fences(text: &str) -> String {
    text.split("```duixian\n").skip(1).map(|part| part.split("```").next().unwrap()).collect()
}

#[test]
fn a_fix_is_offered_and_mends() {
    let file = policy("qianjiang").join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    editor.replace(&file, "  给予  品牌年销售额 的 1%", 0, "  给予  品牌年销售额的 1%");
    assert!(!editor.codes(&file).is_empty());
    let range = editor.findings[&file][0]["range"].clone();
    let params = json!({ "textDocument": { "uri": uri(&file) }, "range": range, "context": { "diagnostics": [] } });
    let actions = editor.ask("textDocument/codeAction", params);
    let action = actions.as_array().unwrap().iter().find(|a| a["kind"] == "quickfix").unwrap().clone();
    assert_eq!((action["title"].as_str(), action["isPreferred"].as_bool()), (Some("改为“品牌年销售额 的”"), Some(true)));
    editor.apply(&action["edit"]);
    assert_eq!(editor.codes(&file), [""; 0]);
    editor.leave();
}

#[test]
fn a_sentence_that_is_nothing_yet_can_be_classed_and_an_open_fence_closed() {
    let dir = folder(
        "sentence",
        &[
            (
                "policy.md",
                POLICY
                    .replace(
                        "> 对销售额1万元以上的全国总部，每年按销售额的1%给予奖励，每年最高1万元。\n",
                        "> 对销售额1万元以上的全国总部，每年按销售额的1%给予奖励，每年最高1万元。\n\n# 二\n\n> 联系电话另行公布。\n\n# 三\n",
                    )
                    .as_bytes(),
            ),
            ("official.txt", "对销售额1万元以上的全国总部，每年按销售额的1%给予奖励，每年最高1万元。联系电话另行公布。".as_bytes()),
        ],
    );
    let file = dir.join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let found = editor.findings[&file].iter().rfind(|d| d["code"] == "E0409").unwrap()["range"].clone();
    let actions = editor.ask("textDocument/codeAction", json!({ "textDocument": { "uri": uri(&file) }, "range": found, "context": { "diagnostics": [] } }));
    let action = actions.as_array().unwrap().iter().find(|a| a["title"] == "归为 文句 程序").unwrap().clone();
    let before = editor.codes(&file).len();
    editor.apply(&action["edit"]);
    assert_eq!(editor.codes(&file).len(), before - 1, "{:?}", editor.findings[&file]);

    let last = editor.texts[&file].rfind("```\n").unwrap();
    let nth = editor.texts[&file][..last].matches("```\n").count();
    editor.replace(&file, "```\n", nth, "");
    let open = editor.findings[&file].iter().find(|d| d["code"] == "E0110").unwrap()["range"].clone();
    let actions = editor.ask("textDocument/codeAction", json!({ "textDocument": { "uri": uri(&file) }, "range": open, "context": { "diagnostics": [] } }));
    editor.apply(&actions[0]["edit"].clone());
    assert!(!editor.codes(&file).contains(&"E0110".to_owned()));
    editor.leave();
}

#[test]
fn sections_fences_and_long_quotes_fold() {
    let file = policy("jiulongpo").join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let folds = editor.ask("textDocument/foldingRange", json!({ "textDocument": { "uri": uri(&file) } }));
    let lines: Vec<&str> = editor.texts[&file].lines().collect();
    let folds: Vec<(usize, usize)> =
        folds.as_array().unwrap().iter().map(|f| (f["startLine"].as_u64().unwrap() as usize, f["endLine"].as_u64().unwrap() as usize)).collect();
    let fences: Vec<_> = folds.iter().filter(|(from, _)| lines[*from] == "```duixian").collect();
    assert_eq!(fences.len(), lines.iter().filter(|l| **l == "```duixian").count());
    assert!(fences.iter().all(|(_, to)| lines[*to] == "```"));
    let sections = folds.iter().filter(|(from, _)| lines[*from].starts_with("## ")).count();
    assert_eq!(sections, lines.iter().filter(|l| l.starts_with("## ")).count());
    assert!(folds.iter().all(|(from, to)| from < to && *to < lines.len()));
    editor.leave();
}

#[test]
fn every_word_has_its_colour_and_stands_where_the_editor_counts_it() {
    for name in ["qianjiang", "jiulongpo"] {
        let file = policy(name).join("policy.md");
        let mut editor = Editor::new();
        editor.open(&file);
        let found = editor.ask("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": uri(&file) } }));
        let legend: Vec<String> = serde_json::from_value(editor.capabilities["semanticTokensProvider"]["legend"]["tokenTypes"].clone()).unwrap();
        let lines: Vec<Vec<u16>> = editor.texts[&file].lines().map(|l| l.encode_utf16().collect()).collect();
        let data: Vec<usize> = serde_json::from_value(found["data"].clone()).unwrap();
        let (mut line, mut column, mut words) = (0, 0, Vec::new());
        for token in data.chunks(5) {
            column = if token[0] == 0 { column + token[1] } else { token[1] };
            line += token[0];
            words.push((legend[token[3]].as_str(), String::from_utf16(&lines[line][column..column + token[2]]).unwrap()));
        }
        let all = |kind: &str| words.iter().filter(|(k, _)| *k == kind).map(|(_, w)| w.as_str()).collect::<Vec<_>>();
        assert!(all("keyword").iter().all(|w| policy::syntax::words::lookup(w).is_some()));
        assert!(all("number").iter().all(|w| w.starts_with(|c: char| c.is_ascii_digit())));
        assert!(all("type").contains(&"元") && all("property").len() > 50 && all("class").len() > 20, "{name}");
        assert!(all("string").iter().all(|w| w.starts_with('「') && w.ends_with('」')));
        assert!(all("officialText").iter().any(|w| w.contains("万元")));
        editor.leave();
    }
}

#[test]
fn plain_words_stand_behind_lines_that_do_not_say_them_already() {
    let file = policy("qianjiang").join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let all = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9999, "character": 0 } });
    let ask = json!({ "textDocument": { "uri": uri(&file) }, "range": all });
    let hints = editor.ask("textDocument/inlayHint", ask.clone());
    let text = editor.texts[&file].clone();
    let of = |line: &str| {
        let found = hints.as_array().unwrap().iter().find(|h| text.lines().nth(h["position"]["line"].as_u64().unwrap() as usize).unwrap().contains(line));
        found.map(|h| h["label"].as_str().unwrap().to_owned())
    };
    assert_eq!(
        of("  给予  分档 上年度应税网络销售额").as_deref(),
        Some("按档 上年度应税网络销售额（达到 1000万元：10万元；达到 5000万元：15万元；达到 1亿元：20万元）")
    );
    assert_eq!(of("        品牌年销售额 达到 2000万元"), None);
    // While the file does not compile, nothing that may be out of date is shown.
    editor.replace(&file, "  给予  ", 0, "  给予  （");
    assert_eq!(editor.ask("textDocument/inlayHint", ask), json!([]));
    editor.leave();
}

#[test]
fn formatting_changes_only_fences_that_need_it() {
    let file = policy("qianjiang").join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let ask = json!({ "textDocument": { "uri": uri(&file) }, "options": { "tabSize": 2, "insertSpaces": true } });
    assert_eq!(editor.ask("textDocument/formatting", ask.clone()), json!([]));
    let before = editor.texts[&file].clone();
    editor.replace(&file, "  给予  品牌年销售额 的 1%，最高 50万元", 0, "  给予 品牌年销售额 的 1%,最高 50万元");
    let edits = editor.ask("textDocument/formatting", ask);
    assert_eq!(edits.as_array().unwrap().len(), 1);
    editor.apply(&json!({ "changes": { uri(&file): edits } }));
    assert_eq!(editor.texts[&file], before);
    editor.leave();
}

#[test]
fn the_outline_nests_clauses_under_their_sections() {
    let file = policy("qianjiang").join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let found = editor.ask("textDocument/documentSymbol", json!({ "textDocument": { "uri": uri(&file) } }));
    let mut stack: Vec<(&Value, Vec<&str>)> = found.as_array().unwrap().iter().map(|s| (s, vec![])).collect();
    let mut clauses = Vec::new();
    while let Some((symbol, above)) = stack.pop() {
        let name = symbol["name"].as_str().unwrap();
        if symbol["kind"] == 5 {
            clauses.push((name, above.clone()));
        }
        let mut path = above;
        path.push(name);
        stack.extend(symbol["children"].as_array().unwrap().iter().map(|s| (s, path.clone())));
    }
    assert_eq!(clauses.len(), 21);
    let (_, above) = clauses.iter().find(|(name, _)| *name == "条款 1.1「电商新品牌奖励」").unwrap();
    assert_eq!(above[1..], ["附件2　若干政策", "（一）支持电商企业开展“三品”建设"]);
    editor.leave();
}

#[test]
fn an_editor_that_counts_bytes_is_understood() {
    let file = policy("qianjiang").join("policy.md");
    let mut editor = Editor::with(json!({ "capabilities": { "general": { "positionEncodings": ["utf-8", "utf-16"] } } }));
    assert_eq!(editor.capabilities["positionEncoding"], "utf-8");
    editor.open(&file);
    let found = editor.ask("textDocument/hover", editor.at(&file, "品牌年销售额 达到 2000万元", 0, 3));
    assert_eq!(editor.words(&file, &found["range"]), "品牌年销售额");
    editor.replace(&file, "品牌年销售额 达到 2000万元", 0, "品牌年销售额 达到 2000间");
    assert!(!editor.codes(&file).is_empty());
    editor.leave();
}

#[test]
fn situations_run_when_a_file_is_saved_and_what_fails_stands_at_its_place() {
    let file = folder("saved", &[("policy.md", POLICY.as_bytes())]).join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let before = editor.codes(&file);
    editor.replace(&file, "结果  1 200元", 0, "结果  1 300元");
    assert_eq!(editor.codes(&file), before, "not while typing");
    editor.note("textDocument/didSave", json!({ "textDocument": { "uri": uri(&file) } }));
    editor.settle();
    let failed: Vec<_> = editor.findings[&file].iter().filter(|d| d["source"] == "duixian test").cloned().collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(editor.words(&file, &failed[0]["range"]), "1 300元");
    assert!(failed[0]["message"].as_str().unwrap().contains("200"), "{failed:?}");
    editor.replace(&file, "结果  1 300元", 0, "结果  1 200元");
    editor.note("textDocument/didSave", json!({ "textDocument": { "uri": uri(&file) } }));
    editor.settle();
    assert_eq!(editor.codes(&file), before);
    editor.leave();
}

#[test]
fn a_file_in_english_words_is_completed_in_english_words() {
    let english = policy::format::format(0, POLICY, Some(policy::format::Keywords::English)).text;
    let file = folder("english", &[("policy.md", english.as_bytes())]).join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let items = editor.ask("textDocument/completion", editor.at(&file, "  give ", 0, 2));
    assert!(labels(&items).contains(&"frequency") && !labels(&items).contains(&"频次"));
    let items = editor.ask("textDocument/completion", editor.at(&file, " is 全国总部", 0, 4));
    assert_eq!(labels(&items)[..3], ["全国总部", "区域总部", "其他"]);
    let mut params = editor.at(&file, "销售额", 2, 0);
    params["context"] = json!({ "includeDeclaration": true });
    assert_eq!(editor.ask("textDocument/references", params).as_array().unwrap().len(), 6);
    editor.leave();
}

#[test]
fn a_fence_is_offered_where_one_begins() {
    let file = folder("fence", &[("policy.md", POLICY.as_bytes())]).join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    editor.replace(
        &file,
        "> 对销售额1万元以上的全国总部，每年按销售额的1%给予奖励，每年最高1万元。\n",
        0,
        "> 对销售额1万元以上的全国总部，每年按销售额的1%给予奖励，每年最高1万元。\n\n```\n",
    );
    let items = editor.ask("textDocument/completion", editor.at(&file, "```", 0, 3));
    assert_eq!(labels(&items), ["```duixian"]);
    let items = editor.ask("textDocument/completion", editor.at(&file, "给予奖励", 0, 3));
    assert_eq!(labels(&items), [""; 0], "nothing in the official words");
    editor.leave();
}
