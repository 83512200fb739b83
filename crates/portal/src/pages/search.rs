//! Search over the policies in force: their names, their clauses, what holds for all of them, the official words. Each hit says
//! where it stands and shows the words that were found.

mod matching;

use super::frame::Frame;
use super::market::{ClauseCard, cards};
use super::policy::general;
use super::{page, shown};
use crate::Portal;
use crate::operation::{Answering, Asked, Operation, query};
use askama::Template;
use matching::{Match, Wanted};
use office::offered::Offered;

/// Hits that are shown, at most.
const HITS_MAX: usize = 40;
/// Passages shown of one hit, at most.
const PASSAGES_MAX: usize = 2;
/// Characters shown before and after the first word that was found.
const AROUND: usize = 46;

/// The page.
#[derive(Template)]
#[template(path = "search.html")]
struct SearchPage {
    frame: Frame,
    typed: String,
    hits: Vec<Hit>,
    total: usize,
    policies: usize,
}

/// Something that was found.
struct Hit {
    policy: String,
    href: String,
    title: Vec<Piece>,
    figure: String,
    passages: Vec<Passage>,
    /// The better, the further up.
    weight: usize,
}

/// Words of a hit, with where they stand.
struct Passage {
    place: &'static str,
    is_official: bool,
    pieces: Vec<Piece>,
}

/// Words in a row; whether they were looked for.
struct Piece {
    words: String,
    is_found: bool,
}

/// A text in which is looked: what it weighs, where it stands, whether it is the policy's own words.
struct Text<'t> {
    weight: usize,
    place: &'static str,
    is_official: bool,
    words: &'t str,
}

pub fn operations() -> Vec<Operation> {
    let typed = query("q", "要找的词；拼音首字母也可以", "words to find, or first letters of their pinyin");
    vec![Operation { parameters: vec![typed], ..page("/search", "search", ("查找政策和条款", "Search policies and clauses"), search) }]
}

fn search<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let offered = portal.office.offered(&portal.reading, portal.clock.now().date()).await?;
        let frame = Frame::new(portal, asked, "market");
        let typed = asked.query("q").unwrap_or_default().trim().to_owned();
        let wanted = Wanted::parse(&typed);
        let mut hits: Vec<Hit> = Vec::new();
        if !wanted.is_empty() {
            for one in &offered {
                hits.extend(of_policy(one, &wanted, &frame));
                let found = cards(one, frame.lang());
                hits.extend(found.iter().filter_map(|card| of_clause(one, card, &wanted, &frame)));
            }
        }
        hits.sort_by_key(|hit| std::cmp::Reverse(hit.weight));
        let total = hits.len();
        hits.truncate(HITS_MAX);
        shown(&SearchPage { typed, hits, total, policies: offered.len(), frame })
    })
}

/// The policy itself: its name, its unit, and what holds for every clause.
fn of_policy(one: &Offered, wanted: &Wanted, frame: &Frame) -> Option<Hit> {
    let policy = &one.loaded.scheme.policy;
    let guide = policy::guide::of(&one.loaded.scheme, &[], frame.lang());
    let parts = general(&guide);
    let all = frame.pair("共同事项", "for all items");
    let organ = policy.authority.as_deref().map(|words| Text { weight: 5, place: frame.pair("发文机关", "issued by"), is_official: false, words });
    let lines = parts.iter().flat_map(|part| &part.lines).map(|words| Text { weight: 3, place: all, is_official: false, words });
    let texts: Vec<Text<'_>> = organ.into_iter().chain(lines).collect();
    hit(wanted, &policy.title, &texts).map(|(weight, title, passages)| Hit {
        policy: frame.w("政策文件", "Policy").to_owned(),
        href: format!("/policies/{}", one.id),
        title,
        figure: String::new(),
        passages,
        weight,
    })
}

fn of_clause(one: &Offered, card: &ClauseCard, wanted: &Wanted, frame: &Frame) -> Option<Hit> {
    let text = |weight, place, is_official, words| Text { weight, place, is_official, words };
    let mut texts = vec![text(8, frame.pair("支持标准", "support"), false, card.plain.as_str())];
    texts.extend(card.conditions.iter().map(|words| text(6, frame.pair("条件", "condition"), false, words.as_str())));
    texts.extend(card.official.iter().map(|words| text(4, frame.pair("原文", "official words"), true, words.as_str())));
    texts.push(text(2, frame.pair("对象", "for"), false, card.who.as_str()));
    texts.push(text(2, frame.pair("牵头", "in charge"), false, card.lead.as_str()));
    let (weight, title, passages) = hit(wanted, &format!("{} {}", card.id, card.title), &texts)?;
    Some(Hit {
        policy: one.loaded.scheme.policy.title.clone(),
        href: format!("/policies/{0}#c-{0}-{1}", one.id, card.id),
        title,
        figure: format!("{} {}{}", card.figure.kind, card.figure.number, card.figure.unit),
        passages,
        weight,
    })
}

/// Weight, title and passages of what was found; none: nothing was.
fn hit(wanted: &Wanted, title: &str, texts: &[Text<'_>]) -> Option<(usize, Vec<Piece>, Vec<Passage>)> {
    let of_title = wanted.find(title);
    let mut found: Vec<(usize, &Text<'_>, Match)> = texts.iter().filter_map(|text| wanted.find(text.words).map(|m| (text.weight * m.share, text, m))).collect();
    found.sort_by_key(|(weight, ..)| std::cmp::Reverse(*weight));
    let best = found.first().map(|(weight, ..)| *weight).max(of_title.as_ref().map(|m| m.share * 10))?;
    let passages = found.iter().take(PASSAGES_MAX);
    let passages = passages.map(|(_, text, m)| Passage { place: text.place, is_official: text.is_official, pieces: passage(text.words, m) }).collect();
    let title = of_title.map_or_else(|| vec![Piece { words: title.to_owned(), is_found: false }], |m| pieces(title, &m, 0, usize::MAX));
    Some((best, title, passages))
}

/// The words around what was found first.
fn passage(words: &str, found: &Match) -> Vec<Piece> {
    let first = found.ranges.first().map_or(0, |range| range.start);
    let (from, until) = (first.saturating_sub(AROUND / 2), first + AROUND);
    pieces(words, found, from, until)
}

/// A text from one character to another, taken apart by what was found; what is left out is marked.
fn pieces(words: &str, found: &Match, from: usize, until: usize) -> Vec<Piece> {
    let chars: Vec<char> = words.chars().collect();
    let until = until.min(chars.len());
    let cut = |from: usize, until: usize| chars.get(from..until).unwrap_or_default().iter().collect::<String>();
    let mut out = Vec::new();
    let mut at = from;
    let plain = |words: String| Piece { words, is_found: false };
    if from > 0 {
        out.push(plain("…".into()));
    }
    for range in found.ranges.iter().filter(|range| range.start >= from && range.end <= until) {
        out.push(plain(cut(at, range.start)));
        out.push(Piece { words: cut(range.start, range.end), is_found: true });
        at = range.end;
    }
    out.push(plain(cut(at, until)));
    if until < chars.len() {
        out.push(plain("…".into()));
    }
    out
}
