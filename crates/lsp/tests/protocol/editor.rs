//! An editor: one server at the other end of a channel, positions found by the words that stand there.

use lsp_server::{Connection, Message, Notification, Request, RequestId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use values::Lang;

pub struct Editor {
    client: Connection,
    server: Option<std::thread::JoinHandle<Result<(), lsp::Failure>>>,
    next: i32,
    /// What the server said of itself.
    pub capabilities: Value,
    /// Text of each open file.
    pub texts: BTreeMap<PathBuf, String>,
    versions: BTreeMap<PathBuf, i32>,
    /// Findings last published, by path.
    pub findings: BTreeMap<PathBuf, Vec<Value>>,
    utf8: bool,
}

impl Editor {
    pub fn new() -> Self {
        Self::with(json!({ "capabilities": {}, "initializationOptions": { "lang": "zh" } }))
    }

    pub fn with(params: Value) -> Self {
        let (server, client) = Connection::memory();
        let server = std::thread::spawn(move || lsp::serve(&server, Lang::Zh));
        let mut editor = Self {
            client,
            server: Some(server),
            next: 0,
            capabilities: Value::Null,
            texts: BTreeMap::new(),
            versions: BTreeMap::new(),
            findings: BTreeMap::new(),
            utf8: false,
        };
        editor.capabilities = editor.ask("initialize", params)["capabilities"].clone();
        editor.utf8 = editor.capabilities["positionEncoding"] == "utf-8";
        editor.note("initialized", json!({}));
        editor
    }

    /// Opens a file of the disk.
    pub fn open(&mut self, path: &Path) {
        let text = std::fs::read_to_string(path).unwrap();
        self.open_as(path, &text);
    }

    /// Opens a file with this text.
    pub fn open_as(&mut self, path: &Path, text: &str) {
        self.texts.insert(path.to_owned(), text.to_owned());
        self.versions.insert(path.to_owned(), 1);
        let document = json!({ "uri": uri(path), "languageId": "markdown", "version": 1, "text": text });
        self.note("textDocument/didOpen", json!({ "textDocument": document }));
        self.settle();
    }

    pub fn close(&mut self, path: &Path) {
        self.texts.remove(path);
        self.note("textDocument/didClose", json!({ "textDocument": { "uri": uri(path) } }));
        self.settle();
    }

    /// Replaces the `nth` (from 0) of these words as an editor would: a range and its new text.
    pub fn replace(&mut self, path: &Path, old: &str, nth: usize, new: &str) {
        let from = byte_of(&self.texts[path], old, nth);
        let range = json!({ "start": self.position(path, from), "end": self.position(path, from + old.len()) });
        self.texts.get_mut(path).unwrap().replace_range(from..from + old.len(), new);
        *self.versions.get_mut(path).unwrap() += 1;
        let document = json!({ "uri": uri(path), "version": self.versions[path] });
        self.note("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "range": range, "text": new }] }));
        self.settle();
    }

    /// Line and column as the editor counts.
    pub fn position(&self, path: &Path, byte: usize) -> Value {
        let before = &self.texts[path][..byte];
        let line = before.matches('\n').count();
        let words = before.rsplit('\n').next().unwrap();
        json!({ "line": line, "character": if self.utf8 { words.len() } else { words.encode_utf16().count() } })
    }

    /// The words of a range of a file.
    pub fn words(&self, path: &Path, range: &Value) -> String {
        let text = self.texts.get(path).cloned().unwrap_or_else(|| std::fs::read_to_string(path).unwrap());
        text[self.byte(&text, &range["start"])..self.byte(&text, &range["end"])].to_owned()
    }

    pub fn byte(&self, text: &str, position: &Value) -> usize {
        let (line, column) = (position["line"].as_u64().unwrap() as usize, position["character"].as_u64().unwrap() as usize);
        let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
        if self.utf8 {
            return start + column;
        }
        let mut units = 0;
        for (at, c) in text[start..].char_indices() {
            if units >= column {
                return start + at;
            }
            units += c.len_utf16();
        }
        text.len()
    }

    /// A document and the place of the `nth` of these words in it, `inside` bytes further.
    pub fn at(&self, path: &Path, words: &str, nth: usize, inside: usize) -> Value {
        let byte = byte_of(&self.texts[path], words, nth) + inside;
        json!({ "textDocument": { "uri": uri(path) }, "position": self.position(path, byte) })
    }

    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        self.try_ask(method, params).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    /// The result, or the error's message.
    pub fn try_ask(&mut self, method: &str, params: Value) -> Result<Value, String> {
        self.next += 1;
        let id = RequestId::from(self.next);
        self.client.sender.send(Request::new(id.clone(), method.to_owned(), params).into()).expect("the server is gone");
        loop {
            match self.client.receiver.recv().expect("the server is gone") {
                Message::Response(response) => {
                    assert_eq!(response.id, id);
                    return response.response_result.map_err(|error| error.message);
                }
                Message::Notification(note) => self.noted(note),
                Message::Request(_) => {}
            }
        }
    }

    pub fn note(&mut self, method: &str, params: Value) {
        self.client.sender.send(Notification::new(method.to_owned(), params).into()).expect("the server is gone");
    }

    /// Waits until the server has said what it has to say: every question is answered after the findings before it.
    pub fn settle(&mut self) {
        self.ask("workspace/symbol", json!({ "query": "no such name" }));
    }

    fn noted(&mut self, note: Notification) {
        assert_eq!(note.method, "textDocument/publishDiagnostics");
        let path = path(note.params["uri"].as_str().unwrap());
        if let (Some(version), Some(known)) = (note.params["version"].as_i64(), self.versions.get(&path)) {
            assert!(version <= i64::from(*known));
        }
        self.findings.insert(path, note.params["diagnostics"].as_array().unwrap().clone());
    }

    /// Codes of the findings of a file.
    pub fn codes(&self, path: &Path) -> Vec<String> {
        self.findings.get(path).into_iter().flatten().map(|d| d["code"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Applies a `WorkspaceEdit` to the open texts, the last edit of a file first, and tells the server.
    pub fn apply(&mut self, edit: &Value) {
        for (uri, edits) in edit["changes"].as_object().unwrap() {
            let path = path(uri);
            if !self.texts.contains_key(&path) {
                self.open(&path);
            }
            let mut text = self.texts[&path].clone();
            let mut edits: Vec<_> = edits
                .as_array()
                .unwrap()
                .iter()
                .map(|e| (self.byte(&text, &e["range"]["start"]), self.byte(&text, &e["range"]["end"]), e["newText"].as_str().unwrap()))
                .collect();
            edits.sort();
            for (from, to, new) in edits.into_iter().rev() {
                text.replace_range(from..to, new);
            }
            *self.versions.get_mut(&path).unwrap() += 1;
            let document = json!({ "uri": uri, "version": self.versions[&path] });
            self.note("textDocument/didChange", json!({ "textDocument": document, "contentChanges": [{ "text": text }] }));
            self.texts.insert(path, text);
        }
        self.settle();
    }

    /// Says goodbye; the server must end without an error.
    pub fn leave(mut self) {
        assert_eq!(self.ask("shutdown", Value::Null), Value::Null);
        self.note("exit", Value::Null);
        self.server.take().unwrap().join().expect("the server panicked").unwrap();
    }
}

pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display().to_string().replace(' ', "%20"))
}

pub fn path(uri: &str) -> PathBuf {
    PathBuf::from(uri.strip_prefix("file://").unwrap().replace("%20", " "))
}

pub fn byte_of(text: &str, words: &str, nth: usize) -> usize {
    text.match_indices(words).nth(nth).unwrap_or_else(|| panic!("no {words}")).0
}
