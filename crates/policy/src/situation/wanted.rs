//! What is wrong with a line of a situation, as `check` tells it: the place, what was expected there, and how to mend it.

use super::build::{self, Failures};
use crate::diagnostic::{Diagnostic, nearest};
use crate::scheme::{FactType, Scheme};
use crate::source::Span;
use crate::syntax::ast::{BlockKind, Expected, ExpectedOutcome, Expr, ExprKind, Name, SituationBlock};
use crate::syntax::parse::Parsed;

/// Everything in the situations that does not fit the scheme.
pub(crate) fn faults(scheme: &Scheme, parsed: &Parsed) -> Vec<Diagnostic> {
    let all = blocks(parsed);
    let mut out = Vec::new();
    for (situation, _) in &all {
        let mut found = Vec::new();
        let _ = build::applications(scheme, situation, &all, &mut found);
        // What others inherit may be meant for a year that they name.
        found.retain(|fault: &Diagnostic| !situation.expects.is_empty() || fault.code != "E0212");
        expectations(scheme, situation, &mut found);
        out.append(&mut found);
    }
    out
}

/// The situations with their places.
pub(super) fn blocks(parsed: &Parsed) -> Vec<(&SituationBlock, Span)> {
    let blocks = parsed.blocks.iter();
    blocks.filter_map(|block| if let BlockKind::Situation(situation) = &block.kind { Some((situation.as_ref(), block.span)) } else { None }).collect()
}

fn expectations(scheme: &Scheme, situation: &SituationBlock, failures: &mut Failures) {
    for expectation in &situation.expects {
        if scheme.clause_named(&expectation.clause.text).is_none() {
            failures.push(no_clause(scheme, &expectation.clause));
        }
        let people = || situation.people.iter().map(|(name, _)| name.text.as_str());
        match &expectation.person {
            Some(person) if !people().any(|name| name == person.text) => {
                let (zh, en) = (format!("没有申报人“{}”", person.text), format!("there is no applicant '{}'", person.text));
                failures.push(unknown(person.span, zh, en, &person.text, people()));
            }
            None if situation.people.len() > 1 => failures.push(
                Diagnostic::new("E0107", expectation.span, "没有写是哪个申报人", "whose result is this?")
                    .help("在条款前写申报人的名称", "write the name of the applicant before the clause"),
            ),
            _ => {}
        }
        let amount = match &expectation.what {
            Expected::Outcome(ExpectedOutcome::Amount { amount, .. }) | Expected::Recovered(_, amount) | Expected::Awarded(Some(amount)) => Some(amount),
            _ => None,
        };
        if let Some(amount) = amount.filter(|amount| build::fen(amount).is_none()) {
            failures.push(no_amount(amount.span));
        }
    }
}

/// A name that is not among the known ones, with the nearest of them.
pub(super) fn unknown<'a>(span: Span, zh: String, en: String, word: &str, known: impl Iterator<Item = &'a str> + Clone) -> Diagnostic {
    let diagnostic = Diagnostic::new("E0202", span, zh, en);
    if let Some(near) = nearest(word, known.clone()) {
        return diagnostic.help(format!("是不是“{near}”？"), format!("did you mean '{near}'?")).replace(near);
    }
    let some: Vec<&str> = known.take(8).collect();
    match some.is_empty() {
        true => diagnostic.help("删去这一行", "remove this line"),
        false => diagnostic
            .help(format!("写政策里声明的名称，如 {}", some.join("、")), format!("write a name that the policy declares, such as {}", some.join(", "))),
    }
}

/// A clause that the policy does not have.
pub(super) fn no_clause(scheme: &Scheme, clause: &Name) -> Diagnostic {
    let known: Vec<&str> = scheme.clauses.iter().map(|c| c.id.as_str()).collect();
    let (zh, en) = (format!("没有条款 {}", clause.text), format!("there is no clause {}", clause.text));
    Diagnostic::new("E0205", clause.span, zh, en).help(format!("条款有：{}", known.join("、")), format!("the clauses are: {}", known.join(", ")))
}

/// Something else stands where yuan are expected.
pub(super) fn no_amount(span: Span) -> Diagnostic {
    Diagnostic::new("E0210", span, "这里应写金额", "an amount is expected here").help("写成 10万元，精确到分", "write it like 10万元, exact to the fen")
}

/// A choice that the fact does not have.
pub(super) fn no_choice(word: &str, span: Span, choices: &[String]) -> Diagnostic {
    let known = choices.join("、");
    let diagnostic = Diagnostic::new("E0203", span, format!("没有“{word}”这个选项"), format!("there is no choice '{word}'"));
    match nearest(word, choices.iter().map(String::as_str)) {
        Some(near) => diagnostic.help(format!("是不是“{near}”？可选：{known}"), format!("did you mean '{near}'? Choices: {known}")).replace(near),
        None => diagnostic.help(format!("可选：{known}"), format!("choices: {known}")),
    }
}

/// A value that does not fit its fact: what was expected and what stands there.
pub(super) fn unfit(fact: &str, ty: &FactType, choices: &[String], span: Span, found: Option<&Expr>) -> Diagnostic {
    let kind = found.map(|expr| &expr.kind);
    match (ty, kind) {
        (FactType::Choice(words), Some(ExprKind::Name(name))) => return no_choice(&name.text, span, if choices.is_empty() { words } else { choices }),
        (FactType::Number { word, .. }, Some(ExprKind::Quantity(_, written))) => {
            let (zh, en) = if written.is_empty() {
                (format!("“{fact}”的单位是 {word}，这里没有写单位"), format!("'{fact}' is in {word}, and no unit stands here"))
            } else {
                (format!("“{fact}”的单位是 {word}，这里写的是 {written}"), format!("'{fact}' is in {word}, and this is in {written}"))
            };
            return Diagnostic::new("E0214", span, zh, en).help(format!("数后面写 {word}"), format!("write {word} after the number"));
        }
        _ => {}
    }
    let (zh, en, example) = match ty {
        FactType::YesNo => ("是 或 否", "是 or 否", "是".to_owned()),
        FactType::Number { word, .. } if word == "比率" => ("百分数", "a percentage", "80%".to_owned()),
        FactType::Number { word, .. } => ("带单位的数", "a number with its unit", format!("1{word}")),
        FactType::Date => ("日期", "a date", "2024-12-31".to_owned()),
        FactType::Year => ("年份", "a year", "2024年".to_owned()),
        FactType::Choice(words) => ("一个选项", "a choice", words.join("、")),
        FactType::Text => ("文字", "text", "「…」".to_owned()),
        FactType::List { fields, .. } => {
            let fields: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
            ("名单，每行一条", "a list, one record a line", fields.join("、"))
        }
    };
    Diagnostic::new("E0210", span, format!("“{fact}”应填{zh}"), format!("'{fact}' takes {en}"))
        .help(format!("可以写：{example}"), format!("it may be: {example}"))
}
