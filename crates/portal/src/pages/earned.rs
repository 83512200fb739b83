//! Awards of earlier years that a calculation took into account: from the books of the office for a firm that is signed in, as
//! they were typed for anybody else. Which they were is said beside the result.

use super::Given;
use super::frame::Frame;
use office::earned::{Earned, Source};
use policy::asked;
use policy::input::Raw;
use policy::scheme::{Clause, Scheme};
use values::Lang;

/// An award that was counted, as it is told.
pub struct Counted {
    /// Title of its clause.
    pub title: String,
    /// Year and amount.
    pub what: String,
    /// The amount alone.
    pub amount: String,
    /// Where it is known from.
    pub source: String,
    /// The own case it comes from.
    pub href: Option<String>,
}

/// Before the names of what a visitor is asked: `h.7.1.amount`, `h.7.1.year`.
pub const ASKED: &str = "h.";

/// Clauses of which a visitor is asked what was received before: those whose rules look back.
pub fn asked_of(scheme: &Scheme) -> impl Iterator<Item = &Clause> {
    scheme.clause_ids().filter(|(id, _)| asked::looks_back(scheme, *id)).map(|(_, clause)| clause)
}

/// Something typed about a clause.
pub fn typed<'g>(given: &'g Given, clause: &str, what: &str) -> &'g str {
    given.get(&format!("{ASKED}{clause}.{what}")).map_or("", |value| value.trim())
}

/// What was typed, as `history` of an application; and the clause of each, in order.
pub fn typed_history(scheme: &Scheme, given: &Given) -> (Vec<Raw>, Vec<String>) {
    let mut clauses = Vec::new();
    let mut history = Vec::new();
    for clause in asked_of(scheme) {
        let fields = ["year", "amount"].map(|what| (what.to_owned(), typed(given, &clause.id, what)));
        let mut map: Vec<(String, Raw)> =
            fields.into_iter().filter(|(_, value)| !value.is_empty()).map(|(what, value)| (what, Raw::Text(value.to_owned()))).collect();
        if map.is_empty() {
            continue;
        }
        map.push(("clause".to_owned(), Raw::Text(clause.id.clone())));
        history.push(Raw::Map(map));
        clauses.push(clause.id.clone());
    }
    (history, clauses)
}

/// What the books have, as `history` of an application.
pub fn kept_history(earned: &[Earned]) -> Vec<Raw> {
    earned.iter().map(|one| Raw::from(&one.said())).collect()
}

/// What the books have, as it is told.
pub fn told(scheme: &Scheme, earned: &[Earned], frame: &Frame) -> Vec<Counted> {
    let title = |id: &str| scheme.clause_named(id).and_then(|id| scheme.clause(id)).map_or_else(|| id.to_owned(), |clause| clause.title.clone());
    let one = |earned: &Earned| {
        let (source, href) = match &earned.source {
            Source::Case(case) => (format!("{} {case}", frame.w("案件", "case")), Some(format!("/my/cases/{case}"))),
            Source::Ledger(document, row) if frame.lang() == Lang::Zh => (format!("{document}，第 {row} 行"), None),
            Source::Ledger(document, row) => (format!("{document}, row {row}"), None),
        };
        let key = earned.key.as_ref().map(|key| format!("　{key}")).unwrap_or_default();
        Counted { title: title(&earned.clause), what: format!("{}{key}", year(earned.year, frame)), amount: earned.amount.grouped(), source, href }
    };
    earned.iter().map(one).collect()
}

fn year(year: i32, frame: &Frame) -> String {
    if frame.lang() == Lang::Zh { format!("{year} 年") } else { year.to_string() }
}

/// What was typed and could be read, as it is told.
pub fn told_typed(scheme: &Scheme, application: &policy::application::Application, frame: &Frame) -> Vec<Counted> {
    let one = |earlier: &policy::application::Earlier| Counted {
        title: scheme.clause(earlier.clause).map(|clause| clause.title.clone()).unwrap_or_default(),
        what: year(earlier.year, frame),
        amount: earlier.amount.grouped(),
        source: frame.w("按您填写的", "as you filled it in").to_owned(),
        href: None,
    };
    application.history.iter().map(one).collect()
}
