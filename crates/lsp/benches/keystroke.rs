//! What a writer waits for: from a keystroke in the middle of 黔江's file to the findings of the whole folder, through
//! the server as an editor drives it. Run with `cargo bench -p lsp`.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a benchmark may fail loudly")]

use divan::Bencher;
use lsp_server::{Connection, Message, Notification, Request};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use values::Lang;

fn main() {
    divan::main();
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(name).canonicalize().unwrap()
}

/// An editor with one file open.
struct Editor {
    client: Connection,
    uri: String,
    version: i32,
    line: usize,
}

impl Editor {
    fn open(path: &Path) -> Self {
        let (server, client) = Connection::memory();
        std::thread::spawn(move || lsp::serve(&server, Lang::Zh).unwrap());
        let text = std::fs::read_to_string(path).unwrap();
        let half = text.lines().count() / 2;
        let line = half + text.lines().skip(half).position(|line| line.starts_with("  给予  ")).unwrap();
        let uri = format!("file://{}", path.display());
        let editor = Self { client, uri: uri.clone(), version: 1, line };
        editor.send(Request::new(1.into(), "initialize".into(), json!({ "capabilities": {} })).into());
        editor.client.receiver.recv().unwrap();
        editor.note("initialized", json!({}));
        editor.note("textDocument/didOpen", json!({ "textDocument": { "uri": uri, "languageId": "markdown", "version": 1, "text": text } }));
        editor.findings(1);
        editor
    }

    fn send(&self, message: Message) {
        self.client.sender.send(message).unwrap();
    }

    fn note(&self, method: &str, params: Value) {
        self.send(Notification::new(method.into(), params).into());
    }

    /// Puts a letter behind a keyword of the line, or takes it back.
    fn key(&mut self) {
        let typed = self.version % 2 == 1;
        self.version += 1;
        let (line, at) = (self.line, 4);
        let end = if typed { at } else { at + 1 };
        let range = json!({ "start": { "line": line, "character": at }, "end": { "line": line, "character": end } });
        let change = json!({ "range": range, "text": if typed { "额" } else { "" } });
        self.note("textDocument/didChange", json!({ "textDocument": { "uri": self.uri, "version": self.version }, "contentChanges": [change] }));
        self.findings(self.version);
    }

    /// Waits for the findings of this version of the open file; every keystroke makes or mends an error.
    fn findings(&self, version: i32) {
        loop {
            match self.client.receiver.recv().unwrap() {
                Message::Notification(n) if n.params["uri"] == self.uri && n.params["version"] == version => return,
                Message::Response(response) => panic!("{response:?}"),
                _ => {}
            }
        }
    }
}

#[divan::bench(sample_count = 300)]
fn keystroke_in_the_policy_of_qianjiang(bencher: Bencher<'_, '_>) {
    let mut editor = Editor::open(&folder("qianjiang").join("policy.md"));
    bencher.bench_local(move || editor.key());
}

#[divan::bench(sample_count = 300)]
fn keystroke_in_the_policy_of_jiulongpo(bencher: Bencher<'_, '_>) {
    let mut editor = Editor::open(&folder("jiulongpo").join("policy.md"));
    bencher.bench_local(move || editor.key());
}
