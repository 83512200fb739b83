//! Stages 2 to 4: gates, frequency, rank, amount of each clause.

use std::collections::BTreeSet;

use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use policy::syntax::ast::{ExprKind, FrequencyLine, Give, LimitLine, Name, RankLine, Window};
use values::{Date, Unit};

use super::expr::{Here, at_least_zero};
use super::person::{Given, Past};
use super::value::{Got, Miss, Missing, Q, Truth, Value, big, half_up, only, to_unit, unit_of, whole};
use super::{KIND, Rule, World};

/// The word of an outcome, before and after groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// 符合
    Eligible,
    /// 不符合
    Ineligible,
    /// 待定
    Undetermined,
    /// 已享受
    Exhausted,
    /// 让位
    Yielded,
    /// 禁入
    Barred,
}

/// What a clause says of somebody, before groups.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Outcome.
    pub word: Word,
    /// Fen.
    pub amount: Option<BigInt>,
    /// Fen, of an amount that is decided within it.
    pub ceiling: Option<BigInt>,
    /// False for a ceiling without a decision.
    pub decided: bool,
    /// It is money to be paid.
    pub paid: bool,
    /// What an undetermined clause waits for.
    pub missing: Missing,
    /// What its limits will ask for once the formula is known.
    pub later: Missing,
    /// Place in the ranking.
    pub place: Option<u32>,
}

impl Verdict {
    fn plain(word: Word, missing: Missing) -> Self {
        Self { word, amount: None, ceiling: None, decided: true, paid: false, missing, later: Missing::new(), place: None }
    }
}

/// What stage 2 says.
enum Gate {
    Refused(Word),
    Undecided(Missing),
    Open,
}

/// Where somebody stands.
enum Standing {
    At(u32),
    Unknown(Missing),
    /// Not a candidate, or not one yet.
    None,
}

impl World<'_> {
    /// A clause for somebody.
    pub fn verdict(&self, person: usize, clause: usize) -> Verdict {
        if let Some(known) = self.memo.borrow().get(&(person, clause)) {
            return known.clone();
        }
        let verdict = self.judge(person, clause);
        self.memo.borrow_mut().insert((person, clause), verdict.clone());
        verdict
    }

    fn judge(&self, person: usize, clause: usize) -> Verdict {
        let rule = &self.rules[clause];
        let gate = self.gate(person, clause);
        let mut missing = match &gate {
            Gate::Refused(word) => return Verdict::plain(*word, Missing::new()),
            Gate::Undecided(missing) => missing.clone(),
            Gate::Open => Missing::new(),
        };
        let mut here = self.start(person, Some(clause));
        let mut place = None;
        if let Some(rank) = rule.rank {
            here.place = Some(Got::Unknown(only(Miss::Place(rule.id.clone()))));
            match self.standing(person, clause, rank, &gate) {
                Standing::At(at) => {
                    if rank.top.is_some_and(|top| at > top) {
                        return Verdict { place: Some(at), ..Verdict::plain(Word::Ineligible, Missing::new()) };
                    }
                    place = Some(at);
                    // reading: 名次 is compared with 15名, 1个 or a bare number; it has no unit of its own.
                    here.place = Some(Got::number(Q::from_integer(at.into()), Some(unit_of("名").0)));
                }
                Standing::Unknown(more) => missing.extend(more),
                Standing::None => {}
            }
        }
        Verdict { place, ..self.award(rule, &here, missing) }
    }

    /// Stage 4, given what is already missing.
    fn award(&self, rule: &Rule, here: &Here, mut missing: Missing) -> Verdict {
        let person = &self.people[here.person];
        let decision = person.decisions.get(&rule.id).map(|fen| Q::from_integer(fen.clone()));
        let (got, paid) = match rule.give.expect("a clause gives") {
            Give::Service(..) => {
                let word = if missing.is_empty() { Word::Eligible } else { Word::Undetermined };
                return Verdict::plain(word, missing);
            }
            Give::Amount(value) | Give::UpTo(value) => (self.value(value, here), true),
            Give::Waive(value) => (self.value(value, here), false),
            Give::Decided(modifiers, _) => {
                let base = match &decision {
                    Some(fen) => Got::number(fen.clone(), Some(Unit::cny())),
                    None => Got::Unknown(only(Miss::Decision(rule.id.clone()))),
                };
                (modifiers.iter().fold(base, |got, (modifier, by)| self.apply(got, *modifier, by, here)), true)
            }
        };
        let mut got = in_fen(got);
        let mut later = Missing::new();
        for limit in &rule.limits {
            // reading: what a limit asks for may be told of before or after the formula is known.
            if let Got::Unknown(_) | Got::Fault = got {
                let zero = Got::number(Q::zero(), Some(Unit::cny()));
                later.extend(self.value(&limit.amount, here).reasons());
                later.extend(self.limited(zero, limit, rule, here).reasons());
                continue;
            }
            got = self.limited(got, limit, rule, here);
        }
        match got {
            Got::Absent => return Verdict::plain(Word::Ineligible, Missing::new()),
            Got::Known(_) => {}
            ref other => missing.extend(other.reasons()),
        }
        let (Got::Known(Value::Number(exact, _)), true) = (got, missing.is_empty()) else {
            return Verdict { later, ..Verdict::plain(Word::Undetermined, missing) };
        };
        let most = half_up(&at_least_zero(exact));
        let mut verdict = Verdict { amount: Some(most.clone()), paid, ..Verdict::plain(Word::Eligible, missing) };
        if let Some(Give::UpTo(_)) = rule.give {
            verdict.ceiling = Some(most.clone());
            match decision {
                Some(fen) => verdict.amount = Some(most.min(fen.to_integer())),
                None => verdict.decided = false,
            }
        }
        verdict
    }

    /// min(amount, what is left of the limit)
    fn limited(&self, got: Got, limit: &LimitLine, rule: &Rule, here: &Here) -> Got {
        let person = &self.people[here.person];
        let entries = person.history.iter().filter(|past| {
            let ours = past.clause == rule.id && past.amount.is_positive();
            ours && within(limit.window, past.year, person.year)
        });
        let entries: Vec<&Past> = entries.collect();
        let most = in_fen(self.value(&limit.amount, here));
        let cut = |used: &[&Past]| {
            let used: BigInt = used.iter().map(|past| past.amount.clone()).sum();
            super::value::lift_numbers(got.clone(), most.clone(), |x, most, unit| Got::number(x.min(at_least_zero(most - Q::from_integer(used))), unit))
        };
        let Some(each) = &limit.each else { return cut(&entries) };
        let (sure, thinkable, missing) = self.by_key(here.person, here.clause.unwrap(), each, &entries);
        // reading: an entry that may or may not count leaves the limit open, even where it could not bind; while the own
        // key is not known, those of earlier awards are not asked for.
        let own: Missing = missing.iter().filter(|miss| !matches!(miss, Miss::HistoryKey(..))).cloned().collect();
        let missing = if own.is_empty() { missing } else { own };
        if got != Got::Absent && thinkable.len() > sure.len() { Got::Unknown(missing) } else { cut(&sure) }
    }

    /// Entries that surely have the own key, those that may have it, and what decides between them.
    fn by_key<'p>(&self, person: usize, clause: usize, each: &Name, entries: &[&'p Past]) -> (Vec<&'p Past>, Vec<&'p Past>, Missing) {
        let own = self.key_of(person, clause, each);
        let entries = entries.iter().copied();
        let sure: Vec<&Past> = entries.clone().filter(|past| own.as_ref().is_ok_and(|own| past.key.as_ref() == Some(own))).collect();
        let thinkable: Vec<&Past> = entries.filter(|past| own.is_err() || past.key.is_none() || sure.contains(past)).collect();
        let mut missing = own.err().unwrap_or_default();
        let keyless = thinkable.iter().filter(|past| past.key.is_none());
        missing.extend(keyless.map(|past| Miss::HistoryKey(past.clause.clone(), past.year)));
        (sure, thinkable, missing)
    }

    fn gate(&self, person: usize, clause: usize) -> Gate {
        let rule = &self.rules[clause];
        let here = self.start(person, Some(clause));
        let (mut refused, mut missing) = (false, Missing::new());
        let mut note = |truth: Truth, wanted: bool| match truth {
            Truth::Yes => refused |= !wanted,
            Truth::No => refused |= wanted,
            Truth::Unknown(more) => missing.extend(more),
        };
        let general: Vec<Truth> = rule.general_bars.iter().map(|bar| self.test(bar, &here)).collect();
        if general.contains(&Truth::Yes) {
            return Gate::Refused(Word::Barred);
        }
        for bar in general {
            note(bar, false);
        }
        for bar in &rule.bars {
            note(self.test(bar, &here), false);
        }
        for condition in rule.conditions.iter().chain(&rule.general_conditions) {
            note(self.test(condition, &here), true);
        }
        if let Some(kind) = &self.people[person].kind {
            note(Truth::of(rule.applicants.iter().all(|kinds| kinds.contains(kind))), true);
        }
        note(Truth::of(self.is_in_force(person)), true);
        match self.used_up(person, clause) {
            Truth::Yes => return Gate::Refused(Word::Exhausted),
            Truth::No => {}
            Truth::Unknown(more) => missing.extend(more),
        }
        if refused {
            Gate::Refused(Word::Ineligible)
        } else if missing.is_empty() {
            Gate::Open
        } else {
            Gate::Undecided(missing)
        }
    }

    fn is_in_force(&self, person: usize) -> bool {
        let person = &self.people[person];
        let (first, last) = if self.by_application {
            (person.as_of, person.as_of)
        } else {
            (Date::first_of_year(person.year).unwrap(), Date::last_of_year(person.year).unwrap())
        };
        let named = self.in_force.is_some() || self.in_force_year.is_none_or(|year| person.year >= year);
        named && self.expires.is_none_or(|end| first <= end) && self.in_force.is_none_or(|start| last >= start)
    }

    /// 频次
    fn used_up(&self, person: usize, clause: usize) -> Truth {
        let rule = &self.rules[clause];
        let Some(frequency) = rule.frequency else { return Truth::No };
        self.frequency_used_up(person, clause, frequency, &[clause])
    }

    /// Whether entries of these clauses use a frequency up.
    pub fn frequency_used_up(&self, person: usize, clause: usize, frequency: &FrequencyLine, members: &[usize]) -> Truth {
        let who = &self.people[person];
        let entries = who.history.iter().filter(|past| members.iter().any(|member| self.rules[*member].id == past.clause) && past.amount.is_positive());
        let entries: Vec<&Past> = entries.collect();
        let exceeds = |entries: &[&Past]| {
            let inside = entries.iter().filter(|past| within(frequency.window, past.year, who.year)).count();
            let years: BTreeSet<i32> = entries.iter().map(|past| past.year).filter(|year| *year != who.year).collect();
            inside >= frequency.times as usize || frequency.years_in_all.is_some_and(|most| years.len() >= most as usize)
        };
        let Some(each) = &frequency.each else { return Truth::of(exceeds(&entries)) };
        let (sure, thinkable, missing) = self.by_key(person, clause, each, &entries);
        if exceeds(&sure) {
            return Truth::Yes;
        }
        if exceeds(&thinkable) { Truth::Unknown(missing) } else { Truth::No }
    }

    /// What a frequency counts by, written as a key.
    fn key_of(&self, person: usize, clause: usize, each: &Name) -> Result<String, Missing> {
        let rule = &self.rules[clause];
        let who = &self.people[person];
        match each.text.as_str() {
            "申报项目" | "project_applied_for" => who.projects.get(&rule.id).cloned().ok_or_else(|| only(Miss::Project(rule.id.clone()))),
            KIND => who.kind.clone().ok_or_else(|| only(Miss::Fact(KIND.to_owned(), who.year, 0))),
            name => {
                let fact = self.facts[name];
                let given = self.given(fact, &self.start(person, Some(clause)))?;
                Ok(match given {
                    Given::Text(word) | Given::Choice(word) => word.clone(),
                    Given::Year(year) => year.to_string(),
                    Given::Date(date) => date.to_string(),
                    Given::Number(number) => {
                        let scale = match &fact.ty {
                            policy::syntax::ast::TypeWord::Unit(word) => unit_of(word).1,
                            _ => Q::from_integer(1.into()),
                        };
                        decimal(&(number / scale))
                    }
                    other => panic!("no key: {other:?}"),
                })
            }
        }
    }

    fn standing(&self, person: usize, clause: usize, rank: &RankLine, gate: &Gate) -> Standing {
        // reading: while the own conditions are undecided, the place is the one held if they hold.
        if matches!(gate, Gate::Refused(_)) {
            return Standing::None;
        }
        // reading: a place that was settled before stands, whoever is in this file; none known is none.
        if let Some(settled) = self.people[person].places.get(&self.rules[clause].id) {
            return settled.map_or_else(|| Standing::Unknown(only(Miss::Place(self.rules[clause].id.clone()))), Standing::At);
        }
        // reading: a record loaded for ranking only has no place in a ranking it takes no part in.
        if self.people[person].rank_only && !rank.all_records {
            return Standing::Unknown(only(Miss::Place(self.rules[clause].id.clone())));
        }
        let own = match self.score(person, clause, rank) {
            Ok(own) => own,
            Err(missing) => return Standing::Unknown(missing),
        };
        let mut place = 1;
        for (other, record) in self.people.iter().enumerate() {
            let same_year = record.year == self.people[person].year;
            if other == person || !same_year {
                continue;
            }
            // reading: 全部记录 counts every record that does not fail the clause's own conditions, whatever its
            // other gates, and records loaded for ranking only; these take part in no other ranking.
            let rival = if rank.all_records { self.counts(other, clause) } else { !record.rank_only && matches!(self.gate(other, clause), Gate::Open) };
            if !rival {
                continue;
            }
            let Ok(theirs) = self.score(other, clause, rank) else { continue };
            if theirs.group != own.group {
                continue;
            }
            let ahead = match theirs.score.cmp(&own.score) {
                std::cmp::Ordering::Equal => theirs.tie > own.tie,
                order => order.is_gt() != rank.lowest_first,
            };
            place += u32::from(ahead);
        }
        Standing::At(place)
    }

    /// 全部记录: sure to count are those who meet the clause's own conditions, and rank-only records that do not fail them.
    fn counts(&self, person: usize, clause: usize) -> bool {
        let here = self.start(person, Some(clause));
        let all = self.rules[clause].conditions.iter().all(|condition| self.test(condition, &here) == Truth::Yes);
        all || (self.people[person].rank_only && !self.fails_own(person, clause))
    }

    fn fails_own(&self, person: usize, clause: usize) -> bool {
        let here = self.start(person, Some(clause));
        self.rules[clause].conditions.iter().any(|condition| self.test(condition, &here) == Truth::No)
    }

    fn score(&self, person: usize, clause: usize, rank: &RankLine) -> Result<Score, Missing> {
        let here = self.start(person, Some(clause));
        let number = |got: Got| match got {
            Got::Known(Value::Number(number, _)) => Ok(number),
            Got::Unknown(_) | Got::Fault => Err(got.reasons()),
            other => panic!("no score: {other:?}"),
        };
        let score = number(self.value(&rank.score, &here));
        let group = rank.each.as_ref().map(|each| self.key_of(person, clause, each)).transpose();
        // reading: without its tie-break a record has no place, whether or not another has the same score.
        let tie = rank.tie.as_ref().map(|tie| number(self.value(tie, &here))).transpose();
        match (score, group, tie) {
            (Ok(score), Ok(group), Ok(tie)) => Ok(Score { score, group, tie }),
            (score, group, tie) => {
                let mut missing = score.err().unwrap_or_default();
                missing.extend(group.err().unwrap_or_default());
                missing.extend(tie.err().unwrap_or_default());
                Err(missing)
            }
        }
    }

    /// `条款 x 本年所得`: its amount before groups.
    pub fn amount_of(&self, person: usize, clause: usize) -> Got {
        let verdict = self.verdict(person, clause);
        match verdict.word {
            Word::Undetermined => Got::Unknown(verdict.missing),
            // An undecided ceiling is no amount: it waits for the decision.
            Word::Eligible if verdict.amount.is_some() && !verdict.decided => Got::Unknown(only(Miss::Decision(self.rules[clause].id.clone()))),
            Word::Eligible if verdict.amount.is_some() => Got::number(Q::from_integer(verdict.amount.unwrap()), Some(Unit::cny())),
            // reading: a clause that is refused, or gives a service, gives no amount (T?).
            _ => Got::Absent,
        }
    }

    /// `符合 条款 x`
    pub fn eligible(&self, person: usize, clause: usize) -> Truth {
        let verdict = self.verdict(person, clause);
        match verdict.word {
            Word::Eligible => Truth::Yes,
            Word::Undetermined => Truth::Unknown(verdict.missing),
            _ => Truth::No,
        }
    }
}

struct Score {
    score: Q,
    group: Option<String>,
    tie: Option<Q>,
}

/// How an award is paid: year and fen.
pub fn plan(rule: &Rule, year: i32, award: &BigInt) -> Vec<(i32, BigInt)> {
    let mut rows: Vec<(i32, Option<Q>)> = Vec::new();
    for line in rule.pay.unwrap_or_default() {
        let years = i64::from(line.to - line.from + 1);
        for at in line.from..=line.to {
            let share = line.share.as_ref().map(|share| match &share.kind {
                ExprKind::Ratio(share) => big(*share),
                other => panic!("a share {other:?}"),
            });
            // 均付: equal parts, the last of which takes what is left.
            let share = share.or_else(|| (at < line.to).then(|| whole(1) / whole(years)));
            rows.push((year + i32::try_from(at).unwrap() - 1, share));
        }
    }
    let parts: Vec<Option<BigInt>> =
        rows.iter().map(|(_, share)| share.as_ref().map(|share| (share * Q::from_integer(award.clone())).floor().to_integer())).collect();
    let paid: BigInt = parts.iter().flatten().cloned().sum();
    let rest = award - paid;
    // Shares that make up the whole leave no fen over either.
    let all_shares = parts.iter().all(Option::is_some);
    let last = parts.len().saturating_sub(1);
    let parts = parts.into_iter().enumerate().map(|(at, part)| part.map(|part| if all_shares && at == last { part + &rest } else { part }));
    rows.iter().zip(parts).map(|((year, _), part)| (*year, part.unwrap_or_else(|| rest.clone()))).collect()
}

/// Whether a year lies in a window that ends with the award year.
pub fn within(window: Window, year: i32, award: i32) -> bool {
    match window {
        Window::Life => true,
        Window::Year => year == award,
        Window::Years(count) => (award - i32::try_from(count).unwrap() + 1..=award).contains(&year),
    }
}

/// Money in fen, a yearly amount taken once.
pub fn in_fen(got: Got) -> Got {
    match got {
        Got::Known(Value::Number(x, Some(unit))) => Got::number(to_unit(x, &unit, &Unit::cny()), Some(Unit::cny())),
        Got::Known(Value::Number(x, None)) => Got::number(x, Some(Unit::cny())),
        Got::Known(other) => panic!("money is wanted, not {other:?}"),
        other => other,
    }
}

/// A number as it is written, `12.5`.
fn decimal(value: &Q) -> String {
    let mut places = 0_u32;
    let mut scaled = value.clone();
    while !scaled.is_integer() {
        scaled *= Q::from_integer(10.into());
        places += 1;
        assert!(places < 40, "{value} has no end");
    }
    let digits = scaled.to_integer().abs().to_string();
    let sign = if value.is_negative() { "-" } else { "" };
    if places == 0 {
        return format!("{sign}{digits}");
    }
    let digits = format!("{digits:0>width$}", width = places as usize + 1);
    let (whole, part) = digits.split_at(digits.len() - places as usize);
    debug_assert!(!value.is_zero());
    format!("{sign}{whole}.{part}")
}
