//! The facts of an application, each with its paper and with who looked at it; those that the claimed clauses ask come first.

use super::Known;
use crate::pages::frame::Frame;
use casework::case::Case;
use policy::asked;
use policy::scheme::{FactType, Scheme};
use serde_json::Value;
use std::collections::BTreeSet;
use values::Lang;

/// A fact with its value.
pub struct Fact {
    /// The law's word.
    pub name: String,
    /// As it stands now.
    pub now: String,
    /// Whether the correction changed it.
    pub changed: bool,
    /// Papers that prove it: number and name.
    pub papers: Vec<(usize, String)>,
    /// Who looked at it.
    pub looked: String,
}

/// A paper.
pub struct Paper {
    /// Its name.
    pub name: String,
    /// Fingerprint.
    pub digest: String,
    /// What it proves.
    pub facts: String,
}

impl Paper {
    /// The beginning of its fingerprint.
    pub fn short(&self) -> &str {
        self.digest.get(..8).unwrap_or_default()
    }
}

/// The name of a fact without its year.
fn plain(name: &str) -> &str {
    name.split_once('@').map_or(name, |(name, _)| name)
}

/// A value as an officer reads it.
pub fn written(scheme: &Scheme, name: &str, value: &Value, lang: Lang) -> String {
    let pick = |zh: &'static str, en: &'static str| if lang == Lang::Zh { zh } else { en };
    let unit = scheme.facts.iter().find(|fact| fact.name == plain(name)).and_then(|fact| match &fact.ty {
        FactType::Number { word, .. } => Some(word.as_str()),
        _ => None,
    });
    match value {
        Value::Bool(true) => pick("是", "yes").to_owned(),
        Value::Bool(false) => pick("否", "no").to_owned(),
        Value::Null => pick("未填", "not given").to_owned(),
        Value::String(text) => match unit {
            Some(unit) => format!("{} {unit}", grouped(text)),
            None => text.clone(),
        },
        Value::Number(number) => format!("{} {}", grouped(&number.to_string()), unit.unwrap_or_default()).trim_end().to_owned(),
        Value::Array(list) if list.is_empty() => pick("无", "none").to_owned(),
        Value::Array(list) => format!("{} {}", list.len(), pick("条", "records")),
        Value::Object(by) => by.iter().map(|(key, value)| format!("{key}：{}", written(scheme, name, value, lang))).collect::<Vec<_>>().join("；"),
    }
}

/// Digits with separators; what is no number stays.
fn grouped(text: &str) -> String {
    let (whole, rest) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("−", digits));
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return text.to_owned();
    }
    let mut out = String::from(sign);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    match rest {
        Some(rest) => format!("{out}.{rest}"),
        None => out,
    }
}

/// The facts that the claimed clauses ask, and the others.
pub fn of(scheme: &Scheme, known: &Known, frame: &Frame) -> (Vec<Fact>, Vec<Fact>) {
    let case = &known.case;
    let wanted: Vec<(String, bool)> = case
        .claims
        .iter()
        .filter_map(|claim| scheme.clause_named(&claim.clause))
        .flat_map(|clause| asked::of(scheme, clause))
        .filter_map(|asked| Some((scheme.fact(asked.fact)?.name.clone(), asked.general)))
        .collect();
    let own: BTreeSet<&str> = wanted.iter().filter(|(_, general)| !general).map(|(name, _)| name.as_str()).collect();
    let changed: BTreeSet<String> =
        case.review.correction.iter().filter_map(|correction| correction.changed.as_ref()).flat_map(|changed| changed.facts.iter().cloned()).collect();
    let facts = case.application.get("facts").and_then(Value::as_object);
    let (mut first, mut others) = (Vec::new(), Vec::new());
    for (name, value) in facts.into_iter().flatten() {
        let value = written(scheme, name, value, frame.lang());
        let proving = case.evidence.iter().enumerate().filter(|(_, paper)| paper.facts.iter().any(|fact| plain(fact) == plain(name)));
        let fact = Fact {
            papers: proving.map(|(at, paper)| (at + 1, paper.name.clone())).collect(),
            changed: changed.contains(plain(name)),
            looked: looked(known, plain(name), frame),
            now: value,
            name: name.clone(),
        };
        // What every clause asks is answered alike by nearly everybody: it is looked at, and comes behind.
        let is_own = own.contains(plain(name)) || !fact.papers.is_empty() || fact.changed;
        if is_own { first.push(fact) } else { others.push(fact) }
    }
    first.sort_by_key(|fact| (wanted.iter().position(|(name, _)| name == plain(&fact.name)).unwrap_or(usize::MAX), fact.papers.is_empty()));
    (first, others)
}

/// Who looked at a fact by name, last first: site check, audit, units.
fn looked(known: &Known, fact: &str, frame: &Frame) -> String {
    let review = &known.case.review;
    let names = |basis: &casework::case::Basis| basis.facts.iter().any(|name| plain(name) == fact);
    let fits = |fits: bool| if fits { frame.pair("一致", "as declared") } else { frame.pair("不一致", "not as declared") };
    let site = review.site_checks.iter().rev().filter(|check| names(&check.given.basis));
    let mut out: Vec<String> = site.map(|check| format!("{} {} {}", frame.pair("现场核查", "site check"), fits(check.given.fits), check.at.date())).collect();
    let audits = review.audits.iter().rev().filter(|audit| names(&audit.given.basis));
    out.extend(audits.map(|audit| format!("{} {}", frame.pair("专项审计", "audit"), audit.at.date())));
    let opinions = review.asks.iter().filter_map(|ask| Some((ask, ask.answer()?))).filter(|(_, opinion)| names(&opinion.given.basis));
    out.extend(opinions.map(|(ask, opinion)| format!("{} {}", known.unit(ask.unit.as_str()), opinion.at.date())));
    out.join("；")
}

/// The papers of a case.
pub fn papers(case: &Case) -> Vec<Paper> {
    let one = |paper: &casework::case::Evidence| Paper { name: paper.name.clone(), digest: paper.digest.to_string(), facts: paper.facts.join("、") };
    case.evidence.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn what_is_typed_as_a_number_is_shown_with_separators_and_nothing_else_is_touched() {
        assert_eq!(grouped("38260000"), "38,260,000");
        assert_eq!(grouped("-1234.50"), "−1,234.50");
        assert_eq!(grouped("2024-03-18"), "2024-03-18");
        assert_eq!(grouped("12"), "12");
    }
}
