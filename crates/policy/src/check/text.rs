//! The official text: quotes against the original, the words each rule encodes, and what every sentence is.

use crate::diagnostic::Diagnostic;
use crate::scheme::{Scheme, Words};
use crate::source::{Quote, Sources, Span};
use crate::syntax::ast::{Block, BlockKind};
use crate::syntax::parse::Parsed;

/// What a sentence is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SentenceUse {
    /// Encoded by these blocks (their headings).
    Rule(Vec<String>),
    /// Classified by 文句.
    Kind(&'static str),
    /// A title: it has no end mark.
    Title,
    /// Nothing yet.
    Unclassified,
}

/// A sentence of the official text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Its words.
    pub words: String,
    /// Where it stands.
    pub span: Span,
    /// Index of its quote.
    pub quote: usize,
    /// Range of characters (white space left out) inside the quote.
    pub range: (usize, usize),
    /// What it is.
    pub used: SentenceUse,
}

/// A quote without white space: its characters with the byte each starts at, and its text.
pub(super) struct Compact {
    pub(super) chars: Vec<char>,
    pub(super) text: String,
    starts: Vec<u32>,
    file: u16,
}

impl Compact {
    /// Where the characters `from..to` stand in the source.
    pub(super) fn span(&self, from: usize, to: usize) -> Span {
        let last = to.saturating_sub(1).max(from);
        match (self.starts.get(from), self.starts.get(last), self.chars.get(last)) {
            (Some(start), Some(end), Some(c)) => Span { file: self.file, start: *start, end: end + u32::try_from(c.len_utf8()).unwrap_or(0) },
            _ => Span::default(),
        }
    }

    /// The words at `from..to`.
    pub(super) fn words(&self, from: usize, to: usize) -> String {
        self.chars.get(from..to).unwrap_or_default().iter().collect()
    }
}

/// The text as the blocks of a file see it.
pub(super) struct Linked {
    /// Every sentence and what it is.
    pub(super) sentences: Vec<Sentence>,
    /// Every quote of the policy file.
    pub(super) quotes: Vec<Compact>,
    /// The section of each quote.
    pub(super) sections: Vec<usize>,
    /// For each block of the syntax the places `(quote, from, to)` it encodes.
    pub(super) cited: Vec<Vec<Place>>,
}

/// Characters `from..to` of a quote.
pub(super) type Place = (usize, usize, usize);

fn compact(quote: &Quote) -> Compact {
    let mut out = Compact { chars: Vec::new(), text: String::new(), starts: Vec::new(), file: quote.span.file };
    for (span, words) in &quote.lines {
        for (at, c) in words.char_indices() {
            if !c.is_whitespace() {
                out.starts.push(span.start + u32::try_from(at).unwrap_or(0));
                out.chars.push(c);
                out.text.push(c);
            }
        }
    }
    out
}

pub(super) fn squeeze(text: &str) -> Vec<char> {
    text.chars().filter(|c| !c.is_whitespace() && *c != '\u{FEFF}').collect()
}

/// Checks the text and fills in the words of clauses, general rules and tasks.
pub(super) fn link(sources: &Sources, parsed: &Parsed, scheme: &mut Scheme, faults: &mut Vec<Diagnostic>) -> Linked {
    let Some(document) = parsed.documents.first() else { return Linked { sentences: Vec::new(), quotes: Vec::new(), sections: Vec::new(), cited: Vec::new() } };
    let compacted: Vec<Compact> = document.quotes.iter().map(compact).collect();
    let places: Vec<Vec<Place>> = parsed.blocks.iter().map(|block| places(block, &document.quotes, &compacted, faults)).collect();
    if let Some(official) = &sources.official {
        same_text(&compacted, official, document.quotes.last().map(|q| q.span).unwrap_or_default(), faults);
    }
    let mut sentences: Vec<Sentence> = Vec::new();
    for (index, quote) in document.quotes.iter().enumerate() {
        sentences.extend(split_sentences(index, quote));
    }
    let mut later = Vec::new();
    for (block, places) in parsed.blocks.iter().zip(&places).filter(|(b, _)| b.file == 0) {
        if let BlockKind::Sentence(sentence) = &block.kind {
            later.push((places, sentence.sort));
            continue;
        }
        if covers(&block.kind) {
            for &(quote, from, to) in places {
                for sentence in sentences.iter_mut().filter(|s| s.quote == quote && s.range.0 < to && from < s.range.1) {
                    match &mut sentence.used {
                        SentenceUse::Rule(blocks) => blocks.push(block.heading.clone()),
                        other => *other = SentenceUse::Rule(vec![block.heading.clone()]),
                    }
                }
            }
        }
    }
    for (places, sort) in later {
        for &(quote, from, to) in places {
            for sentence in sentences.iter_mut().filter(|s| s.quote == quote && s.range.0 < to && from < s.range.1) {
                if matches!(sentence.used, SentenceUse::Unclassified | SentenceUse::Title) {
                    sentence.used = SentenceUse::Kind(sort);
                }
                let money = names_money(&sentence.words) || super::gives_in_words(&sentence.words);
                if sort == "叙述" && money && sentence.used == SentenceUse::Kind("叙述") {
                    faults.push(
                        Diagnostic::new("E0411", sentence.span, "写了金额的句子不能归为叙述", "a sentence that names money is no narrative")
                            .help("写成规则，或归为 程序、鼓励、授权", "write its rule, or call it procedure, encouragement or delegation"),
                    );
                }
            }
        }
    }
    let has_official = sources.official.is_some();
    for sentence in &sentences {
        let open =
            sentence.used == SentenceUse::Unclassified || (sentence.used == SentenceUse::Title && (names_money(&sentence.words) || is_a_date(&sentence.words)));
        if open && (has_official || !document.fences.is_empty()) {
            let (zh, en) = if document.unmarked.contains(&Some(sentence.quote)) {
                (
                    "这段引文下面的代码块没有标 duixian，不算规则：开头写 ```duixian",
                    "the fence below this quote is not marked and holds no rule: open it with ```duixian",
                )
            } else {
                ("在下面写它的规则，或写 文句 叙述、鼓励、程序、释义、授权、任务", "write its rule below, or 文句 (text) with what it is")
            };
            faults.push(
                Diagnostic::new(
                    "E0409",
                    sentence.span,
                    format!("这句话没有归类：“{}”", shorten(&sentence.words)),
                    format!("this sentence is nothing yet: '{}'", shorten(&sentence.words)),
                )
                .help(zh, en),
            );
        }
    }
    fill_words(parsed, &compacted, &places, scheme, sources, faults);
    Linked { sentences, quotes: compacted, sections: document.quotes.iter().map(|q| q.section).collect(), cited: places }
}

/// The places a block encodes; what it cites wrongly is told of where the block covers text.
fn places(block: &Block, quotes: &[Quote], compacted: &[Compact], faults: &mut Vec<Diagnostic>) -> Vec<Place> {
    if block.file != 0 || matches!(block.kind, BlockKind::Situation(_)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut places = cited(block, quotes, compacted, &mut found);
    if covers(&block.kind) || matches!(block.kind, BlockKind::Sentence(_)) {
        faults.append(&mut found);
    }
    places.sort_unstable();
    places
}

pub(super) fn shorten(words: &str) -> String {
    let mut short: String = words.chars().take(24).collect();
    if words.chars().count() > 24 {
        short.push('…');
    }
    short
}

/// A line that is nothing but a day, `2023年8月11日`: data of the version, and no title.
fn is_a_date(words: &str) -> bool {
    let shape: String = words.chars().filter(|c| !c.is_whitespace() && !c.is_numeric()).collect();
    shape == "年月日"
}

fn names_money(words: &str) -> bool {
    let chars: Vec<char> = words.chars().filter(|c| !c.is_whitespace()).collect();
    chars.windows(2).any(|pair| matches!(pair, [a, b] if (a.is_numeric() || matches!(a, '万' | '亿' | '千' | '百')) && (*b == '元')))
}

fn covers(kind: &BlockKind) -> bool {
    !matches!(kind, BlockKind::Facts(_) | BlockKind::Table(_) | BlockKind::Reading(_) | BlockKind::Situation(_) | BlockKind::Sentence(_))
}

fn same_text(quotes: &[Compact], official: &str, end: Span, faults: &mut Vec<Diagnostic>) {
    let ours: Vec<char> = quotes.iter().flat_map(|q| &q.chars).copied().collect();
    let theirs = squeeze(official);
    let at = ours.iter().zip(&theirs).position(|(a, b)| a != b).unwrap_or(ours.len().min(theirs.len()));
    if at == ours.len() && at == theirs.len() {
        return;
    }
    if theirs.is_empty() {
        let fault = Diagnostic::new("E0410", end, "official.txt 是空的，没有原文可以核对", "official.txt is empty: there is no text to compare with");
        faults.push(fault.help("把正式文件的全文放进 official.txt", "put the whole official text into official.txt"));
        return;
    }
    let around: String = theirs.iter().skip(at.saturating_sub(6)).take(18).collect();
    let found: String = ours.iter().skip(at.saturating_sub(6)).take(18).collect();
    let mut before = 0;
    let place = quotes.iter().find_map(|q| {
        let within = at.checked_sub(before).filter(|at| *at < q.chars.len());
        before += q.chars.len();
        within.map(|at| q.span(at, at + 1))
    });
    let span = place.unwrap_or(end);
    faults.push(
        Diagnostic::new(
            "E0410",
            span,
            format!("引文与原文不同：原文是“…{around}…”，这里是“…{found}…”"),
            format!("the quote differs from the official text: '…{around}…' there, '…{found}…' here"),
        )
        .help("按原文改正引文；原文有改动请换 official.txt", "correct the quote; replace official.txt if the text changed"),
    );
}

fn split_sentences(index: usize, quote: &Quote) -> Vec<Sentence> {
    let mut out: Vec<Sentence> = Vec::new();
    let mut count = 0;
    let (mut words, mut from, mut span): (String, usize, Option<Span>) = (String::new(), 0, None);
    let mut ended = false;
    let mut flush = |words: &mut String, from: usize, to: usize, span: &mut Option<Span>, title: bool| {
        if let Some(place) = span.take()
            && !words.is_empty()
        {
            let used = if title { SentenceUse::Title } else { SentenceUse::Unclassified };
            out.push(Sentence { words: std::mem::take(words), span: place, quote: index, range: (from, to), used });
        }
    };
    for (line, text) in &quote.lines {
        // A blank line inside a quote ends a paragraph, and so a title.
        if text.trim().is_empty() {
            flush(&mut words, from, count, &mut span, !ended);
            from = count;
            ended = false;
            continue;
        }
        // Words that break off behind a comma are a part of a sentence, cut there for the rule of that part.
        let paragraph_is_title = !text.contains(['。', '；', '！', '？']) && !text.trim_end().ends_with(['，', ',', '、']);
        for (at, c) in text.char_indices() {
            if c.is_whitespace() {
                continue;
            }
            let start = line.start as usize + at;
            let here = Span::new(line.file, start, start + c.len_utf8());
            span = Some(span.map_or(here, |s: Span| s.to(here)));
            words.push(c);
            count += 1;
            if matches!(c, '。' | '；' | '！' | '？') {
                flush(&mut words, from, count, &mut span, false);
                from = count;
                ended = true;
            } else {
                ended = false;
            }
        }
        if paragraph_is_title {
            flush(&mut words, from, count, &mut span, true);
            from = count;
        }
    }
    flush(&mut words, from, count, &mut span, false);
    // What is left behind the last mark of a paragraph (`”`, `）`) belongs to the sentence before it.
    let mut joined: Vec<Sentence> = Vec::new();
    for sentence in out {
        match joined.last_mut() {
            Some(last) if sentence.words.chars().all(|c| matches!(c, '”' | '）' | ')' | '」' | '》')) => {
                last.words.push_str(&sentence.words);
                last.range.1 = sentence.range.1;
                last.span = last.span.to(sentence.span);
            }
            _ => joined.push(sentence),
        }
    }
    joined
}

/// Spans `(quote, from, to)` of compact characters that a block encodes.
fn cited(block: &Block, quotes: &[Quote], compacted: &[Compact], faults: &mut Vec<Diagnostic>) -> Vec<(usize, usize, usize)> {
    let own: Vec<usize> = match block.quote {
        Some(quote) => vec![quote],
        None => quotes.iter().enumerate().filter(|(_, q)| q.section == block.section).map(|(i, _)| i).collect(),
    };
    let mut out = Vec::new();
    let mut narrowed = false;
    for cite in &block.cites {
        let inside = find(cite, &own, compacted);
        let everywhere: Vec<usize> = (0..compacted.len()).collect();
        let found = if inside.is_empty() { find(cite, &everywhere, compacted) } else { inside.clone() };
        match found.as_slice() {
            [one] => {
                narrowed |= !inside.is_empty();
                out.push(*one);
            }
            [] => faults.push(
                Diagnostic::new("E0407", cite.span, format!("原文里没有“{}”", cite.from), format!("the text does not hold '{}'", cite.from))
                    .help("照抄原文的字", "repeat the words as they stand"),
            ),
            _ => faults.push(
                Diagnostic::new("E0408", cite.span, format!("“{}”在原文里不止一处", cite.from), format!("'{}' stands in several places", cite.from))
                    .help("多抄几个字，使它只有一处", "repeat a few more words"),
            ),
        }
    }
    if !narrowed {
        out.extend(own.iter().map(|quote| (*quote, 0, compacted.get(*quote).map_or(0, |q| q.chars.len()))));
    }
    out
}

fn find(cite: &crate::syntax::ast::Cite, quotes: &[usize], compacted: &[Compact]) -> Vec<(usize, usize, usize)> {
    let from = squeeze(&cite.from);
    let to = cite.to.as_deref().map(squeeze);
    let needle: String = from.iter().collect();
    let mut out = Vec::new();
    if from.is_empty() {
        return out;
    }
    for quote in quotes {
        let Some(text) = compacted.get(*quote) else { continue };
        // Most quotes do not hold the words at all, and a search of text says so quickly.
        if !text.text.contains(needle.as_str()) {
            continue;
        }
        let chars = &text.chars;
        for (start, window) in chars.windows(from.len()).enumerate() {
            if window != from.as_slice() {
                continue;
            }
            let end = match &to {
                None => Some(start + from.len()),
                Some(to) => chars.get(start..).and_then(|rest| rest.windows(to.len().max(1)).position(|w| w == to.as_slice()).map(|at| start + at + to.len())),
            };
            if let Some(end) = end {
                out.push((*quote, start, end));
            }
        }
    }
    out
}

fn fill_words(parsed: &Parsed, compacted: &[Compact], places: &[Vec<Place>], scheme: &mut Scheme, sources: &Sources, faults: &mut Vec<Diagnostic>) {
    let sections =
        |block: &Block| parsed.documents.get(usize::from(block.file)).and_then(|d| d.sections.get(block.section)).map_or(String::new(), |s| s.title.clone());
    // Words of a reading may run over the end of one quote into the next.
    let whole: String = compacted.iter().map(|q| q.text.as_str()).collect();
    let mut general = 0;
    let mut task = 0;
    let mut seen: Vec<&str> = Vec::new();
    for (block, places) in parsed.blocks.iter().zip(places) {
        let mut quiet = Vec::new();
        let paragraphs = || -> Vec<String> {
            let words = places.iter().filter_map(|&(quote, from, to)| compacted.get(quote).map(|q| q.words(from, to)));
            words.filter(|words| !words.is_empty()).collect()
        };
        match &block.kind {
            BlockKind::Clause(clause) => {
                if seen.contains(&clause.id.text.as_str()) {
                    continue;
                }
                seen.push(&clause.id.text);
                let words = Words { paragraphs: paragraphs(), rule: block.span, section: sections(block) };
                scheme.clause_words.push(words);
            }
            BlockKind::General(_) => {
                if let Some(entry) = scheme.generals.get_mut(general) {
                    entry.words = paragraphs().concat();
                }
                general += 1;
            }
            BlockKind::Sentence(sentence) if sentence.sort == "任务" => {
                if let Some(entry) = scheme.tasks.get_mut(task) {
                    entry.words = paragraphs().concat();
                }
                task += 1;
            }
            BlockKind::Reading(reading) => {
                if let Some(words) = &reading.words
                    && block.file == 0
                    && sources.official.is_some()
                {
                    let present = words.split("……").all(|part| {
                        let wanted: String = squeeze(part).into_iter().collect();
                        whole.contains(&wanted)
                    });
                    if !present {
                        quiet.push(
                            Diagnostic::new("E0407", block.span, format!("原文里没有“{words}”"), format!("the text does not hold '{words}'"))
                                .help("照抄原文的字；省略处写……", "repeat the words as they stand; …… marks what is left out"),
                        );
                    }
                }
            }
            _ => {}
        }
        faults.append(&mut quiet);
    }
}
