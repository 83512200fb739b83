//! What an editor may send while somebody types, or by mistake: the server answers and lives.

use crate::editor::{Editor, uri};
use crate::features::POLICY;
use crate::{folder, policy};
use serde_json::{Value, json};
use std::path::Path;

/// Every request, at this place.
fn ask_everything(editor: &mut Editor, file: &Path, position: &Value) {
    let document = json!({ "uri": uri(file) });
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 4_000_000_000_u32, "character": 4_000_000_000_u32 } });
    for method in ["hover", "completion", "definition", "documentHighlight", "prepareRename", "rename", "references"] {
        let params = json!({ "textDocument": document, "position": position, "newName": "新名称", "context": { "includeDeclaration": true } });
        let _ = editor.try_ask(&format!("textDocument/{method}"), params);
    }
    for method in ["codeAction", "foldingRange", "semanticTokens/full", "semanticTokens/range", "inlayHint", "documentSymbol", "formatting"] {
        let params = json!({ "textDocument": document, "range": range, "context": { "diagnostics": [] }, "options": { "tabSize": 2, "insertSpaces": true } });
        editor.ask(&format!("textDocument/{method}"), params);
    }
}

#[test]
fn every_beginning_of_a_file_is_answered() {
    let dir = folder("beginnings", &[]);
    let file = dir.join("policy.md");
    let mut editor = Editor::new();
    editor.open_as(&file, "");
    ask_everything(&mut editor, &file, &json!({ "line": 0, "character": 0 }));
    for (at, c) in POLICY.char_indices().skip(1) {
        let typed = &POLICY[..at];
        editor.texts.insert(file.clone(), typed.to_owned());
        let document = json!({ "uri": uri(&file), "version": 1 });
        editor.note("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": typed }] }));
        if !c.is_alphanumeric() || at % 7 == 0 {
            let end = editor.position(&file, at);
            ask_everything(&mut editor, &file, &end);
        }
    }
    editor.leave();
}

#[test]
fn every_place_of_a_broken_file_is_answered() {
    let quote = POLICY.replace("「奖励」", "「奖励");
    let name = POLICY.replace("  条件  总部", "  条件  『总部");
    let astral = POLICY.replace("总部 为", "𠮷𠮷『𠮷 𠮷』 为");
    let crlf = POLICY.replace('\n', "\r\n");
    let tab = POLICY.replace("        销售额", "\t销售额");
    for (at, text) in
        [quote, name, astral, crlf, tab, "```duixian".to_owned(), "```duixian\n条款".to_owned(), "> \n>\n```duixian\n\n\n```".to_owned()].iter().enumerate()
    {
        let file = folder(&format!("broken{at}"), &[]).join("policy.md");
        let mut editor = Editor::new();
        editor.open_as(&file, text);
        for (byte, _) in text.char_indices().step_by(3) {
            let position = editor.position(&file, byte);
            for method in ["hover", "completion", "definition", "prepareRename"] {
                let _ = editor.try_ask(&format!("textDocument/{method}"), json!({ "textDocument": { "uri": uri(&file) }, "position": position }));
            }
        }
        ask_everything(&mut editor, &file, &json!({ "line": 9_999_999, "character": 9_999_999 }));
        editor.leave();
    }
}

#[test]
fn astral_characters_before_a_position_count_two() {
    let text = POLICY.replace("  条件  总部\n        销售额 达到", "  条件  总部\n        𠮷店销售额 达到").replace("  销售额    元", "  𠮷店销售额  元");
    let file = folder("astral", &[]).join("policy.md");
    let mut editor = Editor::new();
    editor.open_as(&file, &text);
    let found = editor.ask("textDocument/hover", editor.at(&file, "𠮷店销售额 达到 1万元", 0, "𠮷店销售额 达到 ".len()));
    assert_eq!(found["range"]["start"]["character"], 8 + 2 + 4 + 1 + 2 + 1);
    assert_eq!(editor.words(&file, &found["range"]), "1万元");
    editor.leave();
}

#[test]
fn a_file_that_is_not_utf_8_on_disk_is_told_of_and_the_rest_goes_on() {
    let dir = folder("gbk", &[("policy.md", POLICY.as_bytes()), ("situations.md", b"# \xc7\xe9\xd0\xce\n")]);
    let file = dir.join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    let found = &editor.findings[&dir.join("situations.md")];
    assert!(found[0]["message"].as_str().unwrap().contains("第1行不是 UTF-8"), "{found:?}");
    // Opened in an editor that reads it in another way, its text counts.
    editor.open_as(&dir.join("situations.md"), "# 情形\n");
    assert_eq!(editor.findings[&dir.join("situations.md")].len(), 0);
    editor.leave();
}

#[test]
fn a_file_outside_of_a_policy_is_looked_at_for_its_writing_only() {
    let dir = folder(
        "outside",
        &[("draft.md", "```duixian\n条款 9「甲」\n  条件  没有声明\n  给予  1万元\n```\n".as_bytes()), ("policy-like.md", POLICY.as_bytes())],
    );
    let (draft, own) = (dir.join("draft.md"), dir.join("policy-like.md"));
    let mut editor = Editor::new();
    editor.open(&draft);
    assert_eq!(editor.codes(&draft), [""; 0], "an unknown name in an example is no finding");
    editor.replace(&draft, "条款 9", 0, "　条款 9");
    assert!(!editor.codes(&draft).is_empty(), "but bad writing is");
    editor.replace(&draft, "　条款 9", 0, "条款 9");
    editor.open(&own);
    editor.replace(&own, "  条件  总部", 0, "  条件  总店");
    assert!(editor.codes(&own).contains(&"E0202".to_owned()), "a file that names a policy is checked as one");
    // A policy.md appears beside it: now the files are one policy, in which the first names nothing that is declared.
    std::fs::write(dir.join("policy.md"), POLICY).unwrap();
    editor.note("workspace/didChangeWatchedFiles", json!({ "changes": [{ "uri": uri(&dir.join("policy.md")), "type": 1 }] }));
    editor.settle();
    assert!(editor.codes(&draft).contains(&"E0202".to_owned()), "{:?}", editor.codes(&draft));
    editor.leave();
}

#[test]
fn findings_go_when_the_last_file_of_a_policy_is_closed() {
    let dir = folder("closed", &[("policy.md", POLICY.replace("  频次  每年\n", "").as_bytes())]);
    let file = dir.join("policy.md");
    let mut editor = Editor::new();
    editor.open(&file);
    assert!(!editor.codes(&file).is_empty());
    editor.close(&file);
    assert_eq!(editor.codes(&file), [""; 0]);
    editor.leave();
}

#[test]
fn what_makes_no_sense_is_refused_or_passed_over() {
    let file = policy("qianjiang").join("policy.md");
    let mut editor = Editor::new();
    editor.note("textDocument/didChange", json!({ "textDocument": { "uri": uri(&file), "version": 7 }, "contentChanges": [{ "text": "x" }] }));
    editor.note("textDocument/didClose", json!({ "textDocument": { "uri": uri(&file) } }));
    editor.note("textDocument/didOpen", json!({ "nonsense": 1 }));
    editor.note("textDocument/didOpen", json!({ "textDocument": { "uri": "untitled:Untitled-1", "languageId": "markdown", "version": 1, "text": POLICY } }));
    editor.note("$/setTrace", json!({ "value": "off" }));
    assert!(editor.try_ask("textDocument/moniker", json!({})).is_err());
    assert!(editor.try_ask("textDocument/hover", json!({ "position": 3 })).is_err());
    let nowhere = json!({ "textDocument": { "uri": "untitled:Untitled-1" }, "position": { "line": 0, "character": 0 } });
    assert_eq!(editor.ask("textDocument/hover", nowhere), Value::Null);
    editor.open(&file);
    // An edit whose end lies before its start, and one behind the end of the file.
    for range in [
        json!({ "start": { "line": 5, "character": 3 }, "end": { "line": 2, "character": 1 } }),
        json!({ "start": { "line": 99_999, "character": 0 }, "end": { "line": 99_999, "character": 9 } }),
    ] {
        editor
            .note("textDocument/didChange", json!({ "textDocument": { "uri": uri(&file), "version": 1 }, "contentChanges": [{ "range": range, "text": "" }] }));
    }
    editor.settle();
    editor.leave();
}

#[test]
fn a_policy_that_is_not_saved_yet_takes_in_the_files_beside_it_and_lets_them_go() {
    let dir = folder("unsaved", &[("rules.md", "```duixian\n条款 9「甲」\n  条件  没有声明\n  给予  1万元\n  频次  每年\n```\n".as_bytes())]);
    let (rules, main) = (dir.join("rules.md"), dir.join("policy.md"));
    let mut editor = Editor::new();
    editor.open(&rules);
    assert_eq!(editor.codes(&rules), [""; 0]);
    editor.open_as(&main, POLICY);
    assert!(editor.codes(&rules).contains(&"E0202".to_owned()));
    editor.close(&main);
    assert_eq!(editor.codes(&rules), [""; 0]);
    assert_eq!(editor.codes(&main), [""; 0]);
    editor.replace(&rules, "  频次", 0, "\t频次");
    assert!(!editor.codes(&rules).is_empty(), "it is still looked at");
    editor.leave();
}
