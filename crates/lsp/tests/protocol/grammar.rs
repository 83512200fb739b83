//! The colours an editor shows before the server is up: the grammar of `editors/vscode` holds the language's words.

use crate::root;
use policy::syntax::words::{Role, WORDS};
use serde_json::Value;
use std::collections::BTreeSet;

fn read(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(root().join("editors/vscode").join(name)).unwrap()).unwrap()
}

/// The words of the alternation of a rule: `(?<!…)(甲|乙)(?!…)`.
fn words(grammar: &Value, rule: &str) -> BTreeSet<String> {
    let pattern = grammar["repository"][rule]["match"].as_str().unwrap_or_else(|| panic!("no rule {rule}"));
    let inside = pattern.split_once(")(").unwrap().1.split_once(")(").unwrap().0;
    inside.split('|').map(String::from).collect()
}

#[test]
fn the_grammar_holds_every_word_of_the_language_and_no_other() {
    let grammar = read("syntaxes/duixian.tmLanguage.json");
    let rules = [("heads", vec![Role::Head]), ("lines", vec![Role::Line]), ("expressions", vec![Role::Inner, Role::Modifier]), ("local", vec![Role::Local])];
    for (rule, roles) in rules {
        let known: BTreeSet<String> =
            WORDS.iter().filter(|(.., role)| roles.contains(role)).flat_map(|(zh, en, _)| [(*zh).to_owned(), (*en).to_owned()]).collect();
        assert_eq!(words(&grammar, rule), known, "{rule}: run `cargo run -p lsp --example grammar` and look at what changed");
    }
}

#[test]
fn a_longer_word_is_tried_before_one_it_begins_with() {
    let grammar = read("syntaxes/duixian.tmLanguage.json");
    for rule in ["heads", "lines", "expressions", "local"] {
        let pattern = grammar["repository"][rule]["match"].as_str().unwrap().to_owned();
        let inside: Vec<&str> = pattern.split_once(")(").unwrap().1.split_once(")(").unwrap().0.split('|').collect();
        for (at, word) in inside.iter().enumerate() {
            assert!(!inside[at + 1..].iter().any(|later| later.starts_with(word)), "{rule}: {word}");
        }
    }
}

#[test]
fn the_extension_names_files_that_exist_and_starts_the_program() {
    let package = read("package.json");
    let contributes = &package["contributes"];
    for list in ["languages", "grammars"] {
        for item in contributes[list].as_array().unwrap() {
            for key in ["path", "configuration"] {
                if let Some(path) = item[key].as_str() {
                    read(path.trim_start_matches("./"));
                }
            }
        }
    }
    let client = std::fs::read_to_string(root().join("editors/vscode").join(package["main"].as_str().unwrap().trim_start_matches("./"))).unwrap();
    assert!(client.contains("vscode-languageclient/node") && client.contains("\"lsp\""));
    assert!(package["dependencies"]["vscode-languageclient"].is_string());
    for setting in ["duixian.path", "duixian.lang"] {
        assert!(contributes["configuration"]["properties"][setting].is_object() && client.contains(setting.trim_start_matches("duixian.")), "{setting}");
    }
}
