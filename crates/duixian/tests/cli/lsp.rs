//! `duixian lsp` as an editor starts it: over standard input and output, from initialize to exit.

use crate::{file, folder};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

struct Editor {
    child: Child,
    out: BufReader<ChildStdout>,
    next: u64,
    findings: Vec<Value>,
}

impl Editor {
    fn start() -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_duixian")).args(["lsp", "--stdio"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        Self { child, out, next: 0, findings: Vec::new() }
    }

    fn send(&mut self, message: &Value) {
        let body = message.to_string();
        write!(self.child.stdin.as_mut().unwrap(), "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
    }

    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.out.read_line(&mut line).unwrap() > 0, "the server is gone");
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.out.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    fn note(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.read();
            if message["id"] == id {
                assert!(message["error"].is_null(), "{method}: {message}");
                return message["result"].clone();
            }
            self.findings.push(message["params"].clone());
        }
    }
}

const POLICY: &str = "# 例\n\n```duixian\n政策 li「例」\n事实\n  销售额  元 按年\n  机构类型  选项（总部、其他）\n条款 1「奖励」\n  条件  机构类型 为 总部\n  给予  分档 销售额\n          达到 1万元：1万元\n          达到 2万元：2万元\n  频次  每年\n```\n";

#[test]
fn an_editor_talks_to_the_program_from_initialize_to_exit() {
    let dir = folder("lsp 政策");
    let path = file(&dir, "policy.md", POLICY);
    // A space and Han characters, encoded as editors do it.
    let encoded: String =
        path.bytes().map(|b| if b.is_ascii_alphanumeric() || b"/-_.".contains(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    let uri = format!("file://{encoded}");
    let mut editor = Editor::start();
    let said = editor.ask("initialize", json!({ "processId": null, "rootUri": null, "capabilities": {} }));
    assert_eq!(said["serverInfo"]["name"], "duixian");
    assert_eq!(said["capabilities"]["positionEncoding"], "utf-16");
    editor.note("initialized", json!({}));

    let text = POLICY.replace("条件  机构类型", "条件  机构类别");
    editor.note("textDocument/didOpen", json!({ "textDocument": { "uri": uri, "languageId": "markdown", "version": 1, "text": text } }));
    let document = json!({ "uri": uri });
    let at = |line: u32, character: u32| json!({ "textDocument": document, "position": { "line": line, "character": character } });
    let hover = editor.ask("textDocument/hover", at(5, 3));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("元，按年"), "{hover}");
    let published = editor.findings.last().unwrap().clone();
    assert_eq!((published["uri"].as_str(), published["diagnostics"][0]["code"].as_str()), (Some(uri.as_str()), Some("E0202")));

    let range = json!({ "start": { "line": 8, "character": 6 }, "end": { "line": 8, "character": 10 } });
    assert_eq!(published["diagnostics"][0]["range"], range);
    let actions = editor.ask("textDocument/codeAction", json!({ "textDocument": document, "range": range, "context": { "diagnostics": [] } }));
    assert_eq!(actions[0]["title"], "改为“机构类型”", "{actions}");
    let edit = actions[0]["edit"]["changes"][uri.as_str()][0].clone();
    let change = json!({ "range": edit["range"], "text": edit["newText"] });
    editor.note("textDocument/didChange", json!({ "textDocument": { "uri": uri, "version": 2 }, "contentChanges": [change] }));

    let items = editor.ask("textDocument/completion", at(8, 13));
    assert_eq!(editor.findings.last().unwrap()["diagnostics"], json!([]), "mended");
    assert!(items.as_array().unwrap().iter().any(|i| i["label"] == "总部"), "{items}");
    assert_eq!(editor.ask("textDocument/definition", at(9, 10))["range"]["start"], json!({ "line": 5, "character": 2 }));
    let mut references = at(9, 10);
    references["context"] = json!({ "includeDeclaration": false });
    assert_eq!(editor.ask("textDocument/references", references).as_array().unwrap().len(), 1);
    let mut rename = at(9, 10);
    rename["newName"] = json!("年销售额");
    assert_eq!(editor.ask("textDocument/rename", rename)["changes"][uri.as_str()].as_array().unwrap().len(), 2);
    assert!(!editor.ask("textDocument/foldingRange", json!({ "textDocument": document })).as_array().unwrap().is_empty());
    assert!(!editor.ask("textDocument/semanticTokens/full", json!({ "textDocument": document }))["data"].as_array().unwrap().is_empty());
    let all = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } });
    let hints = editor.ask("textDocument/inlayHint", json!({ "textDocument": document, "range": all }));
    assert!(hints[0]["label"].as_str().unwrap().starts_with("按档 销售额"), "{hints}");
    let edits = editor.ask("textDocument/formatting", json!({ "textDocument": document, "options": { "tabSize": 2, "insertSpaces": true } }));
    assert_eq!(edits.as_array().unwrap().len(), 1, "the columns of the facts");
    assert_eq!(editor.ask("shutdown", Value::Null), Value::Null);
    editor.note("exit", Value::Null);
    assert!(editor.child.wait().unwrap().success());
}

#[test]
fn an_editor_that_goes_away_ends_the_program() {
    let mut editor = Editor::start();
    editor.ask("initialize", json!({ "capabilities": {} }));
    drop(editor.child.stdin.take());
    // Not a crash: whatever the code, the program ends.
    assert!(editor.child.wait().unwrap().code().is_some());
}
