//! What one change of one fact would make of a result: how far a failed condition is from holding, how far the next tier or
//! step is, and what would then be given, always by assessing again. From an assessment with its trace; changes that need
//! two facts at once are not looked for.

mod solve;
mod targets;

use crate::application::{Application, FactValue, When};
use crate::assessment::{Assessment, ClauseResult, Mark, Outcome};
use crate::compare::reached;
use crate::eval::{AssessOptions, assess};
use crate::plain;
use crate::scheme::{ClauseId, FactId, FactType, NodeId, Scheme, Type, UnitId};
use values::{Date, Fen, Lang, Rational};

/// Which value is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A fact in a year and month.
    Fact(FactId, When),
    /// A field of a record (counted from 0).
    Field(FactId, u16, u32),
    /// The day of judgement: it only takes waiting.
    AsOf,
}

/// Why the change is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// A condition that does not hold.
    Condition,
    /// A bar that holds.
    Bar,
    /// A row of a table, a band or a case that is not reached.
    Tier,
    /// The next whole step.
    Step,
}

/// What is given after the change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Then {
    /// Outcome of the clause.
    pub outcome: Outcome,
    /// Its amount before groups and pools.
    pub amount: Option<Fen>,
    /// False for a ceiling that nobody has decided.
    pub decided: bool,
    /// Sum of all that is awarded, after groups and pools.
    pub total: Fen,
    /// The same without what depends on places among other applicants.
    pub total_unranked: Fen,
    /// It is paid out: neither waived nor a service.
    pub paid: bool,
    /// It depends on places among other applicants, who are not looked at.
    pub ranked: bool,
}

/// One change of one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Clause it is about.
    pub clause: ClauseId,
    /// Why.
    pub why: Why,
    /// The condition or table that asks for it.
    pub node: NodeId,
    /// Which value.
    pub place: Place,
    /// Its value now, in the smallest unit.
    pub current: FactValue,
    /// The nearest value that does it.
    pub needed: FactValue,
    /// How far that is, for numbers (in the smallest unit of the fact) and days.
    pub gap: Option<Rational>,
    /// What is given now.
    pub now: Then,
    /// What would be given.
    pub then: Then,
}

impl Change {
    /// Whether this change alone gives more: by this clause, and in all. Never where places among other applicants decide.
    pub fn helps(&self) -> bool {
        let more = given(&self.then) > given(&self.now);
        // A ceiling, a waiver or a service is in no sum: there it is enough that nothing else is lost.
        let summed = self.then.paid && self.then.decided && self.then.amount.is_some();
        let in_all = |now: Fen, then: Fen| if summed { then > now } else { then >= now };
        more && !self.then.ranked && in_all(self.now.total, self.then.total) && in_all(self.now.total_unranked, self.then.total_unranked)
    }
}

/// What the clause gives; nothing where it is refused.
fn given(then: &Then) -> Option<Fen> {
    (then.outcome == Outcome::Eligible).then(|| then.amount.unwrap_or(Fen(0)))
}

/// Changes for the clauses named (all where none is), those that help first, the nearest first.
pub fn changes(scheme: &Scheme, application: &Application, clauses: &[ClauseId]) -> Vec<Change> {
    let Some(base) = run(scheme, application) else { return Vec::new() };
    let mut out = Vec::new();
    for result in base.clauses.iter().filter(|r| clauses.is_empty() || clauses.contains(&r.clause)) {
        let mut own: Vec<Change> = Vec::new();
        for target in targets::of(scheme, application, result) {
            for change in solve::solve(scheme, application, &base, result, &target) {
                let known = own.iter().any(|c| c.place == change.place && c.needed == change.needed);
                // A table that is not reached is worth a word only where reaching it gives more.
                if !known && (change.helps() || matches!(change.why, Why::Condition | Why::Bar)) {
                    own.push(change);
                }
            }
        }
        own.sort_by_cached_key(|c| (!c.helps(), distance(c), c.place));
        out.extend(own);
    }
    out
}

/// How far a change is, relative to what is needed: gaps in different units can only be compared so.
pub fn distance(change: &Change) -> Rational {
    match (change.gap, &change.needed) {
        (None, _) => Rational::ZERO,
        (Some(gap), FactValue::Number(needed)) if !needed.is_zero() => gap.checked_div(*needed).map_or(gap, Rational::abs),
        (Some(days), FactValue::Date(_)) => days.checked_div(Rational::from_int(365)).unwrap_or(days),
        (Some(gap), _) => gap,
    }
}

/// Assesses one application with its trace.
fn run(scheme: &Scheme, application: &Application) -> Option<Assessment> {
    assess(scheme, std::slice::from_ref(application), &AssessOptions { trace: true, clauses: None }).assessments.pop()
}

fn then(scheme: &Scheme, assessment: &Assessment, clause: ClauseId) -> Option<Then> {
    let result = assessment.clauses.iter().find(|r| r.clause == clause)?;
    let unranked = assessment.clauses.iter().filter(|r| !ranked(scheme, r.clause)).filter_map(|r| r.awarded);
    Some(Then {
        outcome: result.outcome,
        amount: result.amount,
        decided: result.decided,
        total: assessment.total,
        total_unranked: unranked.fold(Fen(0), |sum, award| sum.checked_add(award).unwrap_or(Fen(i64::MAX))),
        paid: !result.marks.iter().any(|m| matches!(m, Mark::Waived | Mark::Service)),
        ranked: ranked(scheme, clause),
    })
}

/// The clause or one that it names goes by places among other applicants.
fn ranked(scheme: &Scheme, id: ClauseId) -> bool {
    reached(scheme, id).into_iter().filter_map(|id| scheme.clause(id)).any(|c| c.rank.is_some())
}

/// The value at a place.
fn value_at(application: &Application, place: Place) -> Option<FactValue> {
    match place {
        Place::Fact(fact, when) => application.value(fact, when).cloned(),
        Place::Field(list, field, record) => match application.value(list, When { year: application.year, month: 0 })? {
            FactValue::List(records) => records.get(record as usize)?.get(usize::from(field))?.clone(),
            _ => None,
        },
        Place::AsOf => Some(FactValue::Date(application.as_of)),
    }
}

/// The application with another value at a place.
pub fn changed(application: &Application, place: Place, value: &FactValue) -> Application {
    let mut out = application.clone();
    match (place, value) {
        (Place::Fact(fact, when), value) => out.set(fact, when, value.clone()),
        (Place::Field(list, field, record), value) => {
            let now = When { year: application.year, month: 0 };
            if let Some(FactValue::List(records)) = application.value(list, now) {
                let mut records = records.clone();
                if let Some(cell) = records.get_mut(record as usize).and_then(|r| r.get_mut(usize::from(field))) {
                    *cell = Some(value.clone());
                }
                out.set(list, now, FactValue::List(records));
            }
        }
        (Place::AsOf, FactValue::Date(date)) => out.as_of = *date,
        (Place::AsOf, _) => {}
    }
    out
}

fn type_of(scheme: &Scheme, place: Place) -> Option<&FactType> {
    match place {
        Place::Fact(fact, _) => scheme.fact(fact).map(|f| &f.ty),
        Place::Field(list, field, _) => match scheme.fact(list).map(|f| &f.ty) {
            Some(FactType::List { fields, .. }) => fields.get(usize::from(field)).map(|f| &f.ty),
            _ => None,
        },
        Place::AsOf => Some(&FactType::Date),
    }
}

/// The name of a place: `上年 税收`, `孵化初创企业[2].年网络销售额`.
pub fn name(scheme: &Scheme, application: &Application, place: Place, lang: Lang) -> String {
    match place {
        Place::AsOf => plain::terms::pick(lang, "截止日", "the day of judgement").to_owned(),
        Place::Field(list, field, record) => {
            let list_name = scheme.fact(list).map_or("", |f| f.name.as_str());
            format!("{list_name}[{}].{}", record + 1, plain::field_name(scheme, list, field))
        }
        Place::Fact(fact, when) => {
            let name = scheme.fact(fact).map_or("", |f| f.name.as_str());
            match (when.year == application.year, when.month, lang) {
                (true, 0, _) => name.to_owned(),
                (_, 0, Lang::Zh) => format!("{}年{name}", when.year),
                (_, 0, Lang::En) => format!("{name} {}", when.year),
                (_, month, _) => format!("{name} {}-{month:02}", when.year),
            }
        }
    }
}

/// A value for people, in the unit of its place.
pub fn shown(scheme: &Scheme, place: Place, value: &FactValue, lang: Lang) -> String {
    match (value, type_of(scheme, place)) {
        (FactValue::Number(n), Some(FactType::Number { unit, .. })) => number(scheme, *n, *unit, lang),
        (FactValue::Number(n), _) => n.to_string(),
        (FactValue::YesNo(yes), _) => plain::terms::pick(lang, if *yes { "是" } else { "否" }, if *yes { "yes" } else { "no" }).to_owned(),
        (FactValue::Date(date), _) => date.to_string(),
        (FactValue::Year(year), _) => year.to_string(),
        (FactValue::Choice(at), Some(FactType::Choice(words))) => words.get(usize::from(*at)).cloned().unwrap_or_default(),
        (FactValue::Choice(at), _) => at.to_string(),
        (FactValue::Text(text), _) => text.clone(),
        (FactValue::List(_), _) => String::new(),
    }
}

fn number(scheme: &Scheme, value: Rational, unit: UnitId, lang: Lang) -> String {
    plain::written(scheme, value, Type::Number(unit), lang)
}

/// The gap in words: `还差 120万元 品牌年销售额`, `还需 41日`, `须为 是`.
pub fn gap_words(scheme: &Scheme, application: &Application, change: &Change, lang: Lang) -> String {
    let name = name(scheme, application, change.place, lang);
    match (&change.current, &change.needed, change.gap) {
        (FactValue::Number(now), FactValue::Number(needed), Some(gap)) => {
            let unit = match type_of(scheme, change.place) {
                Some(FactType::Number { unit, .. }) => *unit,
                _ => UnitId::RATIO,
            };
            let much = number(scheme, gap, unit, lang);
            match (needed > now, lang) {
                (true, Lang::Zh) => format!("还差 {much} {name}"),
                (true, Lang::En) => format!("{much} more {name}"),
                (false, Lang::Zh) => format!("须少 {much} {name}"),
                (false, Lang::En) => format!("{much} less {name}"),
            }
        }
        (_, FactValue::Date(day), Some(days)) if change.place == Place::AsOf => match lang {
            Lang::Zh => format!("还需 {days}日，到 {day}"),
            Lang::En => format!("{days} days to wait, until {day}"),
        },
        (_, needed, _) => {
            let needed = shown(scheme, change.place, needed, lang);
            match lang {
                Lang::Zh => format!("{name} 须为 {needed}"),
                Lang::En => format!("{name} must be {needed}"),
            }
        }
    }
}

/// What it would give, in words: a promise only where the change helps.
pub fn then_words(change: &Change, lang: Lang) -> String {
    let pick = |zh: &str, en: &str| plain::terms::pick(lang, zh, en).to_owned();
    let money = |fen: Fen| plain::terms::money(fen, lang);
    match (change.then.outcome, change.then.amount) {
        (Outcome::Eligible, _) if change.then.ranked => {
            pick("条件即符合，能否获得要看排名（其他申报人）", "the conditions are then met; places among the other applicants decide")
        }
        (Outcome::Eligible, Some(Fen(0))) if given(&change.now).is_none_or(|now| now == Fen(0)) => pick("即符合，但数额为0", "is then met, but gives nothing"),
        (Outcome::Eligible, Some(amount)) => {
            let ceiling = if change.then.decided { String::new() } else { pick("至多 ", "up to ") };
            let before = given(&change.now).map_or(String::new(), |fen| pick(&format!("（现在 {}）", money(fen)), &format!(" (now {})", money(fen))));
            let words = format!("{ceiling}{}{before}", money(amount));
            let in_all = in_all(change, lang);
            if change.helps() {
                pick(&format!("可得 {words}{in_all}"), &format!("gives {words}{in_all}"))
            } else {
                pick(&format!("本条 {words}{in_all}"), &format!("this clause alone: {words}{in_all}"))
            }
        }
        (Outcome::Eligible, None) => format!("{}{}", pick("即符合", "is then met"), in_all(change, lang)),
        (Outcome::Undetermined, _) => pick("其余条件还有没填的，尚不能确定", "other facts are not filled in yet"),
        _ => pick("还有其他条件不符合", "other conditions still fail"),
    }
}

/// What becomes of the sum, where that is not plain from the clause.
fn in_all(change: &Change, lang: Lang) -> String {
    let pick = |zh: &str, en: &str| plain::terms::pick(lang, zh, en).to_owned();
    let (now, then) = (change.now.total, change.then.total);
    let words = format!("{} → {}", plain::terms::money(now, lang), plain::terms::money(then, lang));
    let rise = change.then.amount.unwrap_or_default().checked_sub(given(&change.now).unwrap_or_default()).ok();
    match then.cmp(&now) {
        std::cmp::Ordering::Less => pick(&format!("，但合计减少：{words}"), &format!(", but the sum falls: {words}")),
        std::cmp::Ordering::Equal if change.helps() => String::new(),
        std::cmp::Ordering::Equal => pick("，但合计不变", ", but the sum stays"),
        std::cmp::Ordering::Greater if then.checked_sub(now).ok() == rise => String::new(),
        std::cmp::Ordering::Greater => pick(&format!("，合计 {words}"), &format!(", in all {words}")),
    }
}

/// The trace of a result, where it has one.
fn parts(result: &ClauseResult) -> &[crate::eval::trace::Part] {
    result.trace.as_ref().map_or(&[], |t| t.parts.as_slice())
}

fn days_between(a: Date, b: Date) -> Rational {
    Rational::from_int(i128::from(a.days_until(b)))
}
