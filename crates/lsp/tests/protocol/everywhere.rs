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

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides.max(1)
    }
}

/// A text with one piece of another kind somewhere in it, or without some characters.
fn edited(text: &str, dice: &mut Dice) -> String {
    const PIECES: &[&str] = &[
        "「",
        "」",
        "『",
        "』",
        "```\n",
        "```duixian\n",
        "\n",
        "  ",
        "\t",
        "，",
        "（",
        "> ",
        "# ",
        "𠮷",
        "条款 ",
        "达到",
        " 50万元",
        "分档 ",
        "每个 ",
        "\u{200B}",
        "\r\n",
        "、",
    ];
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let from = places[dice.roll(places.len())];
    let to = if dice.roll(2) == 0 { from } else { places[(places.partition_point(|p| *p < from) + dice.roll(12)).min(places.len() - 1)] };
    let piece = if dice.roll(3) == 0 { "" } else { PIECES[dice.roll(PIECES.len())] };
    format!("{}{piece}{}", &text[..from], &text[to.max(from)..])
}

/// Whatever is typed: every feature answers, and what was compiled after an edit is what compiling everything anew gives.
#[test]
fn any_edit_is_answered_and_compiles_to_the_same_as_everything_anew() {
    let small = crate::folder(
        "edits",
        &[("policy.md", crate::features::POLICY.as_bytes()), ("more.md", "```duixian\n定义 大户 为 销售额 达到 5万元\n```\n".as_bytes())],
    );
    for (dir, rounds, seed) in [(small, 400, 20_261_125), (policy("jiulongpo"), 25, 7)] {
        let mut dice = Dice(seed);
        let mut folder = Folder::load(&dir, &Open::new());
        for round in 0..rounds {
            let file = dice.roll(folder.paths.len()) as u16;
            // Now and then from the start again, lest it become a heap of splinters.
            let text = if round % 10 == 0 { std::fs::read_to_string(&folder.paths[usize::from(file)]).unwrap() } else { folder.text(file).to_owned() };
            let text = edited(&text, &mut dice);
            let path = folder.paths[usize::from(file)].clone();
            assert!(folder.change(&path, &text));
            let anew = folder.tried(&folder.sources);
            assert_eq!(folder.compiled.diagnostics, anew.diagnostics, "seed {seed}, round {round}");
            assert_eq!(folder.compiled.parsed.documents, anew.parsed.documents);
            assert_eq!(folder.compiled.parsed.blocks, anew.parsed.blocks);
            let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            for _ in 0..5 {
                let at = places[dice.roll(places.len())];
                let _ = hover::hover(&folder, file, at, Lang::Zh);
                let _ = complete::complete(&folder, file, at, Lang::En);
                let _ = lsp::fix::fixes(&folder, file, 0, at, Lang::Zh);
            }
            let _ = lsp::rename::rename(&folder, file, places[dice.roll(places.len())], "新名称");
            let _ = (lsp::outline::outline(&folder, file), lsp::outline::folds(&folder, file), lsp::layout::layout(&folder, file));
            let colours = lsp::colour::colours(&folder, file);
            assert!(colours.windows(2).all(|pair| pair[0].0.end <= pair[1].0.start), "seed {seed}, round {round}: colours overlap");
            let _ = lsp::inlay::hints(&folder, file, 0, text.len(), Lang::Zh);
        }
    }
}
