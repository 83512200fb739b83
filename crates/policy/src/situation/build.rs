//! Applications from the lines of a situation.

use super::wanted::{no_amount, no_choice, no_clause, unfit, unknown};
use crate::application::{Application, Earlier, Elsewhere, FactValue, When};
use crate::diagnostic::Diagnostic;
use crate::scheme::{FactId, FactType, ParamId, Scheme};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, GivenFact, Period, PersonLines, SituationBlock, YearRef};
use values::{Date, Fen, Rational, known_unit};

/// A chain of 承 longer than this is a circle.
const LIKE_MAX: usize = 20;

/// Award year of a situation that names none.
const YEAR: i32 = 2024;

pub(super) type Failures = Vec<Diagnostic>;

/// The applicants of a situation with their names.
pub(super) fn applications(
    scheme: &Scheme,
    situation: &SituationBlock,
    all: &[(&SituationBlock, Span)],
    failures: &mut Failures,
) -> (Vec<Option<String>>, Vec<Application>) {
    let mut names = Vec::new();
    let mut out = Vec::new();
    if situation.people.is_empty() {
        let chain = chain(&[&situation.common], all, failures);
        if let Some(app) = application(scheme, &situation.title, &chain, failures) {
            out.push(app);
            names.push(None);
        }
    }
    for (name, lines) in &situation.people {
        let chain = chain(&[&situation.common, lines], all, failures);
        let Some(mut app) = application(scheme, &name.text, &chain, failures) else { continue };
        app.name = Some(name.text.clone());
        out.push(app);
        names.push(Some(name.text.clone()));
    }
    (names, out)
}

/// The lines that make up one applicant: what it inherits first, its own last.
fn chain<'s>(own: &[&'s PersonLines], all: &[(&'s SituationBlock, Span)], failures: &mut Failures) -> Vec<&'s PersonLines> {
    let mut out: Vec<&PersonLines> = Vec::new();
    for lines in own {
        let mut parents: Vec<&PersonLines> = vec![lines];
        let mut next = lines.like.as_ref();
        while let Some((title, span)) = next {
            let found = all.iter().find(|(s, _)| s.title == *title);
            match found {
                Some((parent, _)) if parents.len() < LIKE_MAX => {
                    parents.push(&parent.common);
                    next = parent.common.like.as_ref();
                }
                Some(_) => {
                    let circle = Diagnostic::new("E0502", *span, "“承”绕成了圈", "the chain of 承 goes in a circle");
                    failures.push(circle.help("删去其中一个 承", "remove one 承 of it"));
                    break;
                }
                None => {
                    let known = all.iter().map(|(s, _)| s.title.as_str());
                    failures.push(unknown(*span, format!("没有情形「{title}」"), format!("there is no situation '{title}'"), title, known));
                    break;
                }
            }
        }
        parents.reverse();
        out.extend(parents);
    }
    out
}

fn application(scheme: &Scheme, id: &str, chain: &[&PersonLines], failures: &mut Failures) -> Option<Application> {
    let year = chain.iter().rev().find_map(|l| l.year).unwrap_or(YEAR);
    let as_of = chain.iter().rev().find_map(|l| l.as_of).or_else(|| Date::last_of_year(year))?;
    let mut app = Application::empty(id, year, as_of, scheme.facts.len());
    for lines in chain {
        lines_into(scheme, lines, &mut app, failures);
    }
    Some(app)
}

fn lines_into(scheme: &Scheme, lines: &PersonLines, app: &mut Application, failures: &mut Failures) {
    let here = When { year: app.year, month: 0 };
    if let Some(kind) = &lines.kind {
        let at = scheme.choices(scheme.kind_fact()).iter().position(|k| *k == kind.text || (kind.text == "个体" && k == "个体工商户"));
        match at.and_then(|at| u16::try_from(at).ok()) {
            Some(at) => app.set(scheme.kind_fact(), here, FactValue::Choice(at)),
            None => failures.push(no_choice(&kind.text, kind.span, scheme.choices(scheme.kind_fact()))),
        }
    }
    for fact in &lines.facts {
        fact_into(scheme, fact, app, failures);
    }
    for (clause, year, amount, key) in &lines.history {
        match (scheme.clause_named(&clause.text), fen(amount)) {
            (Some(clause), Some(amount)) => app.history.push(Earlier { clause, year: *year, amount, key: key.clone() }),
            (None, _) => failures.push(no_clause(scheme, clause)),
            (_, None) => failures.push(no_amount(amount.span)),
        }
    }
    for (clause, amount) in &lines.decisions {
        match (scheme.clause_named(&clause.text), fen(amount)) {
            (Some(clause), Some(amount)) => {
                app.decisions.retain(|(known, _)| *known != clause);
                app.decisions.push((clause, amount));
            }
            (None, _) => failures.push(no_clause(scheme, clause)),
            (_, None) => failures.push(no_amount(amount.span)),
        }
    }
    for (name, value) in &lines.params {
        let at = scheme.params.iter().position(|p| p.name == name.text).and_then(|at| u32::try_from(at).ok());
        match at.zip(number(value)) {
            Some((at, value)) => {
                app.params.retain(|(known, _)| known.0 != at);
                app.params.push((ParamId(at), value));
            }
            None if at.is_some() => failures.push(
                Diagnostic::new("E0210", value.span, format!("参数“{}”的值应是数", name.text), format!("the value of '{}' is a number", name.text))
                    .help("写成 7.1元/美元 或 3%", "write it like 7.1元/美元 or 3%"),
            ),
            None => {
                let known = scheme.params.iter().map(|p| p.name.as_str());
                failures.push(unknown(name.span, format!("没有参数“{}”", name.text), format!("there is no table '{}'", name.text), &name.text, known));
            }
        }
    }
    for (clause, project) in &lines.projects {
        match scheme.clause_named(&clause.text) {
            Some(clause) => app.projects.push((clause, project.clone())),
            None => failures.push(no_clause(scheme, clause)),
        }
    }
    for (name, amount, project, kind) in &lines.elsewhere {
        match fen(amount) {
            Some(amount) => app.elsewhere.push(Elsewhere { name: name.clone(), amount, project: project.clone(), kind: kind.clone() }),
            None => failures.push(no_amount(amount.span)),
        }
    }
    for (group, clause) in &lines.choices {
        let at = scheme.groups.iter().position(|g| g.name == *group).and_then(|at| u32::try_from(at).ok());
        match (at, scheme.clause_named(&clause.text)) {
            (Some(at), Some(clause)) => app.choices.push((at, clause)),
            (Some(_), None) => failures.push(no_clause(scheme, clause)),
            (None, _) => {
                let known = scheme.groups.iter().map(|g| g.name.as_str());
                failures.push(unknown(clause.span, format!("没有并用「{group}」"), format!("there is no group '{group}'"), group, known));
            }
        }
    }
}

fn fact_into(scheme: &Scheme, given: &GivenFact, app: &mut Application, failures: &mut Failures) {
    let Some(id) = scheme.fact_named(&given.name.text) else {
        let (name, known) = (&given.name.text, scheme.facts.iter().map(|f| f.name.as_str()));
        failures.push(unknown(given.name.span, format!("没有事实“{name}”"), format!("there is no fact '{name}'"), name, known));
        return;
    };
    let when = moment(given.period, app.year);
    let Some(fact) = scheme.fact(id) else { return };
    // Nobody would ever look such a value up: the fact is asked once, and holds for the award year.
    if when.year != app.year && !fact.by_year && !fact.by_month {
        let other = Diagnostic::new(
            "E0212",
            given.name.span,
            format!("“{}”不是按年填的事项，不能另写一年", given.name.text),
            format!("'{}' is not asked by year: it has no value of another year", given.name.text),
        );
        failures.push(other.help("删去年份，或在 事实 里声明 按年", "remove the year, or declare the fact 按年"));
        return;
    }
    let ty = fact.ty.clone();
    let value = match (&ty, &given.value) {
        (FactType::List { fields, .. }, None) => {
            let mut records = Vec::new();
            for record in &given.records {
                let mut values = vec![None; fields.len()];
                for (name, expr) in record {
                    let Some(at) = fields.iter().position(|f| f.name == name.text) else {
                        let known = fields.iter().map(|f| f.name.as_str());
                        let (zh, en) = (format!("名单没有“{}”这一栏", name.text), format!("the list has no field '{}'", name.text));
                        failures.push(unknown(name.span, zh, en, &name.text, known));
                        continue;
                    };
                    let value = fields.get(at).and_then(|f| fact_value(scheme, id, &f.ty, expr));
                    if value.is_none()
                        && let Some(field) = fields.get(at)
                    {
                        failures.push(unfit(&name.text, &field.ty, scheme.choices(id), expr.span, Some(expr)));
                    }
                    if let Some(slot) = values.get_mut(at) {
                        *slot = value;
                    }
                }
                records.push(values);
            }
            Some(FactValue::List(records))
        }
        (ty, Some(expr)) => fact_value(scheme, id, ty, expr),
        _ => None,
    };
    match value {
        Some(value) => app.set(id, when, value),
        None => {
            let span = given.value.as_ref().map_or(given.name.span, |value| value.span);
            failures.push(unfit(&given.name.text, &ty, scheme.choices(id), span, given.value.as_ref()));
        }
    }
}

fn moment(period: Period, year: i32) -> When {
    let year = match period.year {
        None => year,
        Some(YearRef::Last) => year - 1,
        Some(YearRef::Fixed(year)) => year,
    };
    When { year, month: period.month.unwrap_or(0) }
}

fn fact_value(scheme: &Scheme, fact: FactId, ty: &FactType, expr: &Expr) -> Option<FactValue> {
    Some(match (ty, &expr.kind) {
        (FactType::YesNo, ExprKind::YesNo(b)) => FactValue::YesNo(*b),
        (FactType::Date, ExprKind::Date(d)) => FactValue::Date(*d),
        (FactType::Year, ExprKind::Year(y)) => FactValue::Year(*y),
        (FactType::Text, ExprKind::Text(t)) => FactValue::Text(t.clone()),
        (FactType::Text, ExprKind::Name(n)) => FactValue::Text(n.text.clone()),
        (FactType::Choice(words), ExprKind::Name(n)) => {
            let word = if fact == scheme.kind_fact() && n.text == "个体" { "个体工商户" } else { &n.text };
            FactValue::Choice(u16::try_from(words.iter().position(|w| w == word)?).ok()?)
        }
        (FactType::Number { unit, .. }, _) => {
            let value = number(expr)?;
            let unit = scheme.unit(*unit);
            let written = written_unit(expr)?;
            let own = scheme.units.contains(&unit) && unit.single().is_some_and(|b| Some(b.name()) == written_word(expr));
            if written != unit && !own {
                return None;
            }
            FactValue::Number(value)
        }
        _ => return None,
    })
}

fn written_word(expr: &Expr) -> Option<&str> {
    match &expr.kind {
        ExprKind::Quantity(_, word) => Some(word),
        _ => None,
    }
}

fn written_unit(expr: &Expr) -> Option<values::Unit> {
    match &expr.kind {
        ExprKind::Ratio(_) => Some(values::Unit::none()),
        ExprKind::Quantity(_, word) => scaled(word).map(|(unit, _)| unit),
        _ => None,
    }
}

fn scaled(word: &str) -> Option<(values::Unit, Rational)> {
    let mut unit = values::Unit::none();
    let mut scale = Rational::ONE;
    if word.is_empty() {
        return Some((unit, scale));
    }
    for (index, part) in word.split('/').enumerate() {
        for factor in part.split('·') {
            // A measure word that only the scheme declares is a base of its own.
            let (base, one) = known_unit(factor).unwrap_or_else(|| (values::Unit::base(factor), Rational::ONE));
            unit = if index == 0 { unit.mul(&base) } else { unit.div(&base) };
            scale = if index == 0 { scale.checked_mul(one) } else { scale.checked_div(one) }.ok()?;
        }
    }
    Some((unit, scale))
}

/// A literal number in the smallest unit.
pub(super) fn number(expr: &Expr) -> Option<Rational> {
    match &expr.kind {
        ExprKind::Ratio(n) => Some(*n),
        ExprKind::Quantity(n, word) => n.checked_mul(scaled(word)?.1).ok(),
        _ => None,
    }
}

/// A literal amount of yuan.
pub(super) fn fen(expr: &Expr) -> Option<Fen> {
    match &expr.kind {
        ExprKind::Quantity(_, word) if matches!(word.as_str(), "元" | "分钱" | "角") => {
            let value = number(expr)?;
            value.is_integer().then(|| i64::try_from(value.numerator()).ok().map(Fen)).flatten()
        }
        _ => None,
    }
}
