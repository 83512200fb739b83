//! Writes the grammar of `editors/vscode` anew from the language's table of words: `cargo run -p lsp --example grammar`.
#![allow(clippy::unwrap_used, reason = "a tool for authors may fail loudly")]

use policy::syntax::words::{Role, WORDS};
use serde_json::{Value, json};

/// A whole word: not inside a longer name. Punctuation and space end a word, nothing else does.
const BEFORE: &str = "(?<![^\\s（）()：:，,、；;「」『』“”\"])";
const AFTER: &str = "(?![^\\s（）()：:，,、；;「」『』“”\"#0-9０-９])";

fn words(roles: &[Role], scope: &str) -> Value {
    let mut list: Vec<&str> = WORDS.iter().filter(|(.., role)| roles.contains(role)).flat_map(|(zh, en, _)| [*zh, *en]).collect();
    // Longer first, so that none is cut short.
    list.sort_by_key(|word| (std::cmp::Reverse(word.chars().count()), *word));
    json!({ "name": scope, "match": format!("{BEFORE}({}){AFTER}", list.join("|")) })
}

fn main() {
    let rules = ["comment", "text", "quoted", "heads", "lines", "expressions", "local", "date", "number"].map(|rule| json!({ "include": format!("#{rule}") }));
    let grammar = json!({
        "information_for_contributors": "Written by `cargo run -p lsp --example grammar` from crates/policy/src/syntax/words.rs.",
        "scopeName": "markdown.duixian.codeblock",
        "injectionSelector": "L:text.html.markdown",
        "patterns": [{ "include": "#fence" }],
        "repository": {
            "fence": {
                "name": "markup.fenced_code.block.markdown",
                "begin": "(^|\\G)(\\s*)(`{3,})\\s*(?i:(duixian)(\\s+[^`]*)?$)",
                "end": "(^|\\G)(\\2|\\s{0,3})(\\3)\\s*$",
                "beginCaptures": { "3": { "name": "punctuation.definition.markdown" }, "4": { "name": "fenced_code.block.language.markdown" } },
                "endCaptures": { "3": { "name": "punctuation.definition.markdown" } },
                "contentName": "meta.embedded.block.duixian",
                "patterns": [{ "include": "#rules" }],
            },
            "rules": { "patterns": rules },
            "comment": { "name": "comment.line.number-sign.duixian", "match": "#.*$" },
            "text": { "name": "string.quoted.other.duixian", "match": "「[^」]*」|“[^”]*”" },
            "quoted": { "name": "variable.other.duixian", "match": "『[^』]*』" },
            "heads": words(&[Role::Head], "keyword.control.duixian"),
            "lines": words(&[Role::Line], "keyword.other.duixian"),
            "expressions": words(&[Role::Inner, Role::Modifier], "keyword.operator.word.duixian"),
            "local": words(&[Role::Local], "support.type.duixian"),
            "date": { "name": "constant.numeric.date.duixian", "match": "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}" },
            "number": {
                "match": format!("{BEFORE}([0-9０-９][0-9０-９,.]*[万亿]*)([^\\s（）()：:，,、；;「」『』“”\"#]*)"),
                "captures": { "1": { "name": "constant.numeric.duixian" }, "2": { "name": "keyword.other.unit.duixian" } },
            },
        },
    });
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../editors/vscode/syntaxes/duixian.tmLanguage.json");
    std::fs::write(path, format!("{}\n", serde_json::to_string_pretty(&grammar).unwrap())).unwrap();
}
