//! What the checker, the analysis and the comparison say of a text, as a page shows it: words and places, nothing of it kept.

use super::super::market::{ClauseCard, cards_of};
use policy::Compiled;
use policy::analysis::analyse;
use policy::analysis::findings::{Finding, Weight, Witness};
use policy::compare::{Outline, compare, outline};
use policy::scheme::Scheme;
use policy::source::Sources;
use values::Lang;

/// Diagnostics that are shown, at most.
const DIAGNOSTICS_MAX: usize = 60;
/// Findings and notes that are shown, at most.
const ENTRIES_MAX: usize = 60;

/// What stands beside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// The clauses in plain words.
    Words,
    /// The findings of the analysis.
    Findings,
    /// The comparison with the version in force.
    Compared,
}

/// What was found in a text.
#[derive(Debug, Default)]
pub struct Checked {
    pub errors: usize,
    pub warnings: usize,
    pub diagnostics: Vec<Line>,
    pub left_out: usize,
    pub clauses: Vec<Toc>,
    pub readings: usize,
    pub hash: String,
    /// The clauses of the section that is previewed, and how many there are in all.
    pub cards: Vec<ClauseCard>,
    pub section: String,
    pub findings: Vec<Entry>,
    pub notes: Vec<Entry>,
    pub compared: Option<Outline>,
}

/// One diagnostic.
#[derive(Debug)]
pub struct Line {
    pub number: usize,
    pub is_error: bool,
    pub code: &'static str,
    pub message: String,
    pub help: String,
    pub heading: String,
    pub file: String,
    pub line: usize,
    pub column: usize,
    pub source: String,
    pub replacement: Option<String>,
}

/// A clause in the list of contents, with the mark of its worst diagnostic.
#[derive(Debug)]
pub struct Toc {
    pub id: String,
    pub title: String,
    pub mark: &'static str,
    pub glyph: &'static str,
}

/// A finding with the applicants that show it.
#[derive(Debug)]
pub struct Entry {
    pub code: &'static str,
    pub clauses: String,
    pub message: String,
    pub help: String,
    /// Name of a fact and its value for each applicant; whether they differ.
    pub facts: Vec<(String, Vec<String>, bool)>,
    pub results: Vec<String>,
}

/// Says what there is to say of a text. `in_force`: the version it is compared with.
pub fn checked(sources: &Sources, compiled: &Compiled, (beside, clause): (Beside, &str), in_force: Option<&Scheme>, lang: Lang) -> Checked {
    let all = &compiled.diagnostics;
    let mut out = Checked {
        errors: all.iter().filter(|one| one.is_error()).count(),
        warnings: all.iter().filter(|one| !one.is_error()).count(),
        left_out: all.len().saturating_sub(DIAGNOSTICS_MAX),
        diagnostics: all.iter().enumerate().take(DIAGNOSTICS_MAX).map(|(number, one)| line(sources, number, one, lang)).collect(),
        ..Checked::default()
    };
    // Where rule and words part there is no scheme; what the rule now says can be shown all the same.
    let unfaithful = if compiled.scheme.is_none() { policy::check::compile_reading(sources, compiled.parsed.clone()).scheme } else { None };
    let Some(scheme) = compiled.scheme.as_ref().or(unfaithful.as_ref()) else { return out };
    if compiled.scheme.is_some() {
        out.hash.clone_from(&scheme.hash);
    }
    out.readings = scheme.readings.len();
    out.clauses = scheme.clauses.iter().map(|clause| toc(compiled, &clause.id, &clause.title)).collect();
    match (beside, in_force) {
        (Beside::Findings, _) => (out.findings, out.notes) = entries(scheme, compiled, lang),
        (Beside::Compared, Some(old)) => out.compared = Some(outline(&compare(old, scheme, lang))),
        _ => (out.section, out.cards) = previewed(scheme, clause, lang),
    }
    out
}

/// The section of a clause, or the first, and its clauses: all of them would make the page as long again as the text.
fn previewed(scheme: &Scheme, clause: &str, lang: Lang) -> (String, Vec<ClauseCard>) {
    let mut cards = cards_of(scheme, "", lang);
    let at = cards.iter().position(|card| card.id == clause).unwrap_or(0);
    let section = cards.get(at).map(|card| card.section.clone()).unwrap_or_default();
    cards.retain(|card| card.section == section);
    // The one that was asked for comes first.
    cards.sort_by_key(|card| card.id != clause);
    (section, cards)
}

fn line(sources: &Sources, number: usize, one: &policy::diagnostic::Diagnostic, lang: Lang) -> Line {
    let (line, column) = sources.position(one.span.file, one.span.start);
    let file = sources.files.get(usize::from(one.span.file));
    let source = file.and_then(|file| file.text.lines().nth(line - 1)).unwrap_or_default();
    Line {
        number,
        is_error: one.is_error(),
        code: one.code,
        message: one.message.get(lang).to_owned(),
        help: one.help.as_ref().map(|help| help.get(lang).to_owned()).unwrap_or_default(),
        heading: one.heading.clone(),
        file: file.map(|file| file.name.clone()).unwrap_or_default(),
        line,
        column,
        source: source.trim().chars().take(120).collect(),
        replacement: one.replacement.clone(),
    }
}

fn toc(compiled: &Compiled, id: &str, title: &str) -> Toc {
    let start = format!("条款 {id}「");
    let of = || compiled.diagnostics.iter().filter(|one| one.heading.starts_with(&start));
    let (mark, glyph) = match (of().any(policy::diagnostic::Diagnostic::is_error), of().next().is_some()) {
        (true, _) => ("mark--fail", "✗"),
        (false, true) => ("mark--warn", "!"),
        (false, false) => ("mark--pass", "✓"),
    };
    Toc { id: id.to_owned(), title: title.to_owned(), mark, glyph }
}

fn entries(scheme: &Scheme, compiled: &Compiled, lang: Lang) -> (Vec<Entry>, Vec<Entry>) {
    let report = analyse(scheme, &compiled.sentences, None);
    let of = |weight| report.entries.iter().filter(move |entry| entry.weight == weight).take(ENTRIES_MAX).map(|entry| said(scheme, entry, lang)).collect();
    (of(Weight::Finding), of(Weight::Note))
}

fn said(scheme: &Scheme, finding: &Finding, lang: Lang) -> Entry {
    let clauses: Vec<&str> = finding.clauses.iter().filter_map(|id| scheme.clause(*id)).map(|clause| clause.id.as_str()).collect();
    let mut facts: Vec<(String, Vec<String>, bool)> = Vec::new();
    for (at, witness) in finding.witnesses.iter().enumerate() {
        for (name, value) in &witness.facts {
            let name = name.get(lang);
            let known = facts.iter().position(|(known, ..)| known == name).unwrap_or_else(|| {
                facts.push((name.to_owned(), vec![String::new(); finding.witnesses.len()], false));
                facts.len() - 1
            });
            if let Some(cell) = facts.get_mut(known).and_then(|(_, values, _)| values.get_mut(at)) {
                value.get(lang).clone_into(cell);
            }
        }
    }
    for (_, values, differ) in &mut facts {
        *differ = values.windows(2).any(|pair| pair.first() != pair.last());
    }
    Entry {
        code: finding.code,
        clauses: clauses.join(if lang == Lang::Zh { "、" } else { ", " }),
        message: finding.message.get(lang).to_owned(),
        help: finding.help.get(lang).to_owned(),
        facts,
        results: finding.witnesses.iter().map(|witness| result(scheme, witness, lang)).collect(),
    }
}

/// What comes out for an applicant, clause by clause.
fn result(scheme: &Scheme, witness: &Witness, lang: Lang) -> String {
    let one = |expected: &policy::analysis::findings::Expected| {
        let id = scheme.clause(expected.clause).map_or("", |clause| clause.id.as_str());
        let words = match expected.amount {
            Some(fen) if expected.ceiling && lang == Lang::Zh => format!("上限 {} 元", fen.grouped()),
            Some(fen) if expected.ceiling => format!("up to {}", fen.grouped()),
            Some(fen) => fen.grouped(),
            None if lang == Lang::Zh => expected.outcome.zh().to_owned(),
            None => expected.outcome.code().to_owned(),
        };
        if witness.expected.len() == 1 { words } else { format!("{id} {words}") }
    };
    witness.expected.iter().map(one).collect::<Vec<_>>().join(if lang == Lang::Zh { "、" } else { ", " })
}
