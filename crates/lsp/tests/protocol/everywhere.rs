//! Properties of every word of the two policies and of their situations.

use crate::policy;
use lsp::folder::{Folder, Open};
use lsp::{complete, hover};
use policy::syntax::lexer::{TokenKind, lex};
use std::collections::BTreeMap;
use values::Lang;

/// Calls `look` with each token of each fence: file, place, what it is, its words.
fn tokens(folder: &Folder, mut look: impl FnMut(u16, usize, &TokenKind, &str)) {
    for (file, document) in (0..).zip(&folder.compiled.parsed.documents) {
        let text = folder.text(file);
        for fence in &document.fences {
            let mut offset = fence.body.start as usize;
            for line in fence.body.of(text).split_inclusive('\n') {
                for token in lex(file, offset, line.trim_end()).tokens {
                    look(file, token.span.start as usize, &token.kind, token.span.of(text));
                }
                offset += line.len();
            }
        }
    }
}

fn folders() -> Vec<Folder> {
    ["qianjiang", "jiulongpo"].map(|name| Folder::load(&policy(name), &Open::new())).into()
}

#[test]
fn every_keyword_number_and_declared_name_is_explained() {
    for folder in folders() {
        let mut missing = BTreeMap::new();
        tokens(&folder, |file, at, kind, words| {
            let explained = match kind {
                TokenKind::Word { key: Some(_), .. } => true,
                TokenKind::Number { suffix, .. } => !suffix.is_empty(),
                _ => folder.symbols().at(file, at as u32).is_some_and(|o| o.span.start as usize == at),
            };
            for lang in [Lang::Zh, Lang::En] {
                if explained && !hover::hover(&folder, file, at, lang).is_some_and(|h| h.span.of(folder.text(file)).len() >= words.len() && !h.words.is_empty())
                {
                    *missing.entry(words.to_owned()).or_insert(0) += 1;
                }
            }
        });
        assert!(missing.is_empty(), "{missing:?}");
    }
}

#[test]
fn what_stands_in_a_rule_would_have_been_offered_there() {
    for folder in folders() {
        let (mut all, mut missing) = (0, BTreeMap::new());
        tokens(&folder, |file, at, kind, words| {
            let name = folder.symbols().at(file, at as u32).filter(|o| o.span.start as usize == at && !o.declares).is_some();
            let keyword = matches!(kind, TokenKind::Word { key: Some(_), .. });
            let sampled = at % 5 == 0 || file == 0;
            if !(name || keyword) || matches!(kind, TokenKind::Text(_)) || !sampled {
                return;
            }
            all += 1;
            let offered = complete::complete(&folder, file, at, Lang::Zh);
            if !offered.iter().any(|s| s.insert == words || s.label == words) {
                let (from, to) = folder.lines(file).around(folder.text(file), at);
                missing.entry(words.to_owned()).or_insert_with(|| (0, folder.text(file)[from..to].to_owned())).0 += 1;
            }
        });
        let count: usize = missing.values().map(|(n, _)| *n).sum();
        println!("{count} of {all}");
        assert!(count * 100 <= all, "{count} of {all}: {missing:#?}");
    }
}
