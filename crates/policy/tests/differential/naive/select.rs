//! Selections and collectives.

use num_traits::Zero;
use policy::syntax::ast::{Bound, Compare, Expr, ExprKind, Gather, Member, Modifier, Row, RowHead, RowTest, Source};
use values::Unit;

use super::expr::{Here, at_least_zero};
use super::person::Given;
use super::value::{Got, Missing, Q, Truth, Value, aligned, all, at_least, lift, lift_numbers, same, unit_of, whole};
use super::{World, row_choices};

/// A bound with whether it belongs to the interval.
type Edge = (Q, bool);

/// The part of the line a row is for.
#[derive(Clone, Debug, Default, PartialEq)]
struct Interval {
    low: Option<Edge>,
    high: Option<Edge>,
}

impl World<'_> {
    /// 若, 分档, 分类, 累进
    pub fn selection(&self, expr: &Expr, here: &Here) -> Got {
        match &expr.kind {
            ExprKind::If(condition, yes, no) => {
                let arms = vec![(self.test(condition, here), Some(&**yes))];
                self.choose(arms, Some(Some(no)), false, here)
            }
            ExprKind::Tier { first, measures, rows } => {
                let boolean = self.is_condition(expr, here.clause);
                let arms = if *first { self.new_tiers(measures, rows, here) } else { self.tiers(measures, rows, here) };
                // reading: rows that cover everything still leave 其余 (nothing) thinkable while the measure is unknown.
                self.choose(arms, Some(otherwise(rows)), boolean, here)
            }
            ExprKind::Case { subject, rows } => {
                let boolean = self.is_condition(expr, here.clause);
                let (subject_of, subject) = (subject, self.value(subject, here));
                let arms = rows.iter().filter_map(|row| {
                    let choices = row_choices(row)?;
                    let test = match &subject {
                        Got::Known(Value::Choice(word)) => Truth::of(choices.contains(&word.as_str())),
                        Got::Unknown(missing) => Truth::Unknown(missing.clone()),
                        other => panic!("分类 of {other:?}"),
                    };
                    Some((test, row.value.as_ref()))
                });
                // reading: rows for every choice leave no other case, even while the choice is unknown.
                let gap = rows.iter().any(|row| row.test.is_none()) || !self.every_choice(rows, subject_of);
                self.choose(arms.collect(), gap.then(|| otherwise(rows)), boolean, here)
            }
            ExprKind::Bracket { measure, rows } => self.bracket(measure, rows, here),
            other => panic!("no selection: {other:?}"),
        }
    }

    /// The first arm that holds; while arms are undecided, the value all that remain agree on.
    fn choose(&self, arms: Vec<(Truth, Option<&Expr>)>, otherwise: Option<Option<&Expr>>, boolean: bool, here: &Here) -> Got {
        let nothing = || if boolean { Truth::No.got() } else { Got::Absent };
        let give = |value: Option<&Expr>| value.map_or_else(nothing, |value| self.value(value, here));
        let (mut candidates, mut missing, mut certain) = (Vec::new(), Missing::new(), false);
        for (test, value) in arms {
            match test {
                Truth::No => {}
                Truth::Yes => {
                    candidates.push(give(value));
                    certain = true;
                    break;
                }
                Truth::Unknown(more) => {
                    missing.extend(more);
                    candidates.push(give(value));
                }
            }
        }
        if let (false, Some(otherwise)) = (certain, otherwise) {
            candidates.push(give(otherwise));
        }
        if candidates.len() == 1 {
            return candidates.remove(0);
        }
        // reading: arms that all give nothing agree as arms of one value do.
        if candidates.iter().all(|candidate| *candidate == Got::Absent) {
            return Got::Absent;
        }
        if let Some(Got::Known(first)) = candidates.first()
            && candidates.iter().all(|other| matches!(other, Got::Known(value) if same(first, value)))
        {
            return candidates.remove(0);
        }
        for candidate in &candidates {
            missing.extend(candidate.reasons());
        }
        Got::Unknown(missing)
    }

    /// Each row and whether the measures are in it, in the order in which rows are tried.
    fn tiers<'r>(&self, measures: &[Expr], rows: &'r [Row], here: &Here) -> Vec<(Truth, Option<&'r Expr>)> {
        let values: Vec<Got> = measures.iter().map(|measure| self.value(measure, here)).collect();
        let mut arms = Vec::new();
        if let ([value], Some(intervals)) = (values.as_slice(), self.intervals(rows, here)) {
            for (row, (interval, unit)) in tested(rows).zip(intervals) {
                arms.push((inside(value, &interval, unit.as_ref()), row.0.value.as_ref()));
            }
            return arms;
        }
        for (row, tests) in tested(rows) {
            let held: Vec<Truth> = tests.iter().zip(&values).map(|(test, value)| self.row_test(test, value, here)).collect();
            arms.push((all(&held), row.value.as_ref()));
        }
        // Of a chain the highest row is tried first; the rows stand from low to high.
        let rising = |test: &RowTest| matches!(test, RowTest::Compare(Compare::Ge | Compare::Gt, ..));
        if tested(rows).all(|(_, tests)| tests.iter().all(rising)) {
            arms.reverse();
        }
        arms
    }

    fn row_test(&self, test: &RowTest, value: &Got, here: &Here) -> Truth {
        match test {
            RowTest::Compare(compare, _, bound) => self.ordered(*compare, value.clone(), self.value(bound, here)),
            RowTest::Between(low, high) => all(&[self.over(value, low, here), self.under(value, high, here)]),
        }
    }

    /// Rows of one measure as intervals that do not overlap; none while a bound is not known.
    fn intervals(&self, rows: &[Row], here: &Here) -> Option<Vec<(Interval, Option<Unit>)>> {
        let mut unit: Option<Unit> = None;
        let mut intervals = Vec::new();
        for (_, tests) in tested(rows) {
            let [test] = tests else { return None };
            let mut edge = |bound: &Expr, included: bool| match self.value(bound, here) {
                Got::Known(Value::Number(value, of)) => {
                    let (_, value, joint) = aligned((Q::zero(), unit.clone()), (value, of));
                    unit = joint;
                    Some((value, included))
                }
                _ => None,
            };
            intervals.push(match test {
                RowTest::Compare(Compare::Ge, _, v) => Interval { low: Some(edge(v, true)?), high: None },
                RowTest::Compare(Compare::Gt, _, v) => Interval { low: Some(edge(v, false)?), high: None },
                RowTest::Compare(Compare::Le, _, v) => Interval { low: None, high: Some(edge(v, true)?) },
                RowTest::Compare(Compare::Lt, _, v) => Interval { low: None, high: Some(edge(v, false)?) },
                RowTest::Between(Bound { value: a, included: x }, Bound { value: b, included: y }) => {
                    Interval { low: Some(edge(a, *x)?), high: Some(edge(b, *y)?) }
                }
            });
        }
        let written = intervals.clone();
        // Lower edges sort (5 included) before (5 left out), upper edges the other way round.
        let low_rank = |edge: &Edge| (edge.0.clone(), !edge.1);
        let high_rank = |edge: &Edge| (edge.0.clone(), edge.1);
        for (index, interval) in intervals.iter_mut().enumerate() {
            let others = || written.iter().enumerate().filter(move |(at, _)| *at != index).map(|(_, other)| other);
            match (&interval.low, &interval.high) {
                (Some(own), None) => {
                    let next = others().filter_map(|other| other.low.clone()).filter(|edge| low_rank(edge) > low_rank(own));
                    interval.high = next.min_by_key(low_rank).map(|(value, included)| (value, !included));
                }
                (None, Some(own)) => {
                    let next = others().filter_map(|other| other.high.clone()).filter(|edge| high_rank(edge) < high_rank(own));
                    interval.low = next.max_by_key(high_rank).map(|(value, included)| (value, !included));
                }
                _ => {}
            }
        }
        Some(intervals.into_iter().map(|interval| (interval, unit.clone())).collect())
    }

    /// 首次: a tier counts where it is reached now and neither it nor a higher one was in an earlier year.
    fn new_tiers<'r>(&self, measures: &[Expr], rows: &'r [Row], here: &Here) -> Vec<(Truth, Option<&'r Expr>)> {
        let first = measures.iter().find_map(|measure| self.since(measure, here)).expect("首次 needs 自");
        let now = self.tiers(measures, rows, here);
        // reading: the tier reached now is asked for first, even where earlier years leave no tier to reach.
        if now.iter().any(|(test, _)| matches!(test, Truth::Unknown(_))) {
            return now;
        }
        let order: Vec<usize> = match self.intervals(rows, here) {
            Some(intervals) => {
                let mut order: Vec<usize> = (0..intervals.len()).collect();
                order.sort_by_key(|at| intervals[*at].0.low.clone().map(|(value, included)| (value, !included)));
                order
            }
            None => (0..now.len()).rev().collect(),
        };
        let earlier: Vec<_> = (first..here.year).map(|year| self.tiers(measures, rows, &Here { year, ..here.clone() })).collect();
        now.into_iter()
            .enumerate()
            .map(|(at, (test, value))| {
                let rank = order.iter().position(|row| *row == at).unwrap();
                let mut tests = vec![test];
                for year in &earlier {
                    let as_high: Vec<Truth> = order[rank..].iter().map(|row| year[*row].0.clone()).collect();
                    tests.push(super::value::any(&as_high).not());
                }
                (all(&tests), value)
            })
            .collect()
    }

    fn bracket(&self, measure: &Expr, rows: &[Row], here: &Here) -> Got {
        let value = self.value(measure, here);
        let intervals = self.intervals(rows, here).expect("bands are constants");
        let mut sum = Got::number(Q::zero(), None);
        for ((row, _), (interval, unit)) in tested(rows).zip(intervals) {
            let low = interval.low.map_or(Q::zero(), |edge| edge.0);
            let part = lift_numbers(Got::number(low, unit.clone()), value.clone(), |low, x, of| {
                let x = match &interval.high {
                    Some((high, _)) => x.min(high.clone()),
                    None => x,
                };
                Got::number(at_least_zero(x - low), of)
            });
            let ratio = self.value(row.value.as_ref().expect("a band has a ratio"), here);
            let product = lift(part, ratio, |a, b| match (a, b) {
                (Value::Number(x, ux), Value::Number(y, uy)) => super::value::times((x, ux), (y, uy)),
                other => panic!("two numbers are wanted, not {other:?}"),
            });
            sum = lift_numbers(sum, product, |x, y, unit| Got::number(x + y, unit));
        }
        sum
    }

    /// 合计, 平均, 就高, 就低, 个数
    pub fn collective(&self, expr: &Expr, here: &Here) -> Got {
        match &expr.kind {
            ExprKind::Gather { op, members, .. } => {
                let lines = members.iter().map(|member| self.member(member, here)).collect();
                gathered(*op, lines, !members.is_empty(), (Unit::none(), whole(1)))
            }
            ExprKind::Fold { op, source, guard, body } => {
                let there = match self.places(source, here) {
                    Ok(there) => there,
                    Err(missing) => return Got::Unknown(missing),
                };
                let may_drop = guard.is_some() || body.as_ref().is_some_and(|body| self.may_be_absent(body, here.clause));
                let members = there.iter().map(|at| {
                    let guard = guard.as_ref().map_or(Truth::Yes, |guard| self.test(guard, at));
                    let value = match (&guard, body) {
                        (Truth::No, _) => Got::Absent,
                        (_, Some(body)) if *op != Gather::Count => self.value(body, at),
                        _ => Got::number(whole(1), None),
                    };
                    (guard, value)
                });
                let unit = match source {
                    Source::List(name) => match &self.facts[name.text.as_str()].ty {
                        policy::syntax::ast::TypeWord::List(unit) => unit_of(unit),
                        other => panic!("a list of type {other:?}"),
                    },
                    // reading: a number of years or months is a duration.
                    Source::PastYears(_) | Source::Years(..) => unit_of("年"),
                    Source::Months(..) => unit_of("个月"),
                };
                gathered(*op, members.collect(), may_drop, unit)
            }
            other => panic!("no collective: {other:?}"),
        }
    }

    fn member(&self, member: &Member, here: &Here) -> (Truth, Got) {
        let guard = member.guard.as_ref().map_or(Truth::Yes, |guard| self.test(guard, here));
        let value = if guard == Truth::No { Got::Absent } else { self.value(&member.value, here) };
        (guard, value)
    }

    /// 任一, 同时, 至少
    pub fn collective_test(&self, expr: &Expr, here: &Here) -> Truth {
        let (op, tests): (Gather, Vec<Truth>) = match &expr.kind {
            ExprKind::Gather { op, members, .. } => (*op, members.iter().map(|member| self.test(&member.value, here)).collect()),
            ExprKind::Fold { op, source, guard, .. } => match self.places(source, here) {
                Ok(there) => {
                    let guard = guard.as_ref().expect("a test of each");
                    (*op, there.iter().map(|at| self.test(guard, at)).collect())
                }
                Err(missing) => return Truth::Unknown(missing),
            },
            other => panic!("no collective: {other:?}"),
        };
        match op {
            Gather::Any => super::value::any(&tests),
            Gather::All => all(&tests),
            Gather::AtLeast(wanted) => at_least(wanted as usize, &tests),
            other => panic!("{other:?} is no test"),
        }
    }

    /// Where each member of a source is evaluated.
    fn places(&self, source: &Source, here: &Here) -> Result<Vec<Here>, Missing> {
        let in_year = |year: i32| Here { year, ..here.clone() };
        let award = self.people[here.person].year;
        Ok(match source {
            Source::List(name) => match self.given(self.facts[name.text.as_str()], here)? {
                Given::List(records) => (0..records.len())
                    .map(|record| {
                        let mut there = here.clone();
                        there.records.push((name.text.clone(), record));
                        there
                    })
                    .collect(),
                other => panic!("{other:?} is no list"),
            },
            Source::PastYears(count) => {
                let count = i32::try_from(*count).unwrap();
                (award - count + 1..=award).map(in_year).collect()
            }
            Source::Years(from, to) => (*from..=*to).map(in_year).collect(),
            Source::Months(from, to) => (*from..=*to).map(|month| Here { month, ..here.clone() }).collect(),
        })
    }

    /// `T?`: whether a value may be absent.
    pub fn may_be_absent(&self, expr: &Expr, clause: Option<usize>) -> bool {
        let may = |expr: &Expr| self.may_be_absent(expr, clause);
        match &expr.kind {
            ExprKind::Name(name) => self.named(&name.text, clause).is_some_and(may),
            ExprKind::ClauseAmount(_) => true,
            ExprKind::At(_, inner) | ExprKind::Paren(inner) => may(inner),
            ExprKind::Rise(inner, _) | ExprKind::Growth(inner, _) => may(inner),
            ExprKind::Arith(_, a, b) | ExprKind::Above(a, b) | ExprKind::UpTo(a, b) => may(a) || may(b),
            ExprKind::Steps(a, b, c) => may(a) || may(b) || may(c),
            ExprKind::If(_, yes, no) => may(yes) || may(no),
            ExprKind::Modified(base, Modifier::Bonus | Modifier::Less, _) => may(base),
            ExprKind::Modified(_, Modifier::IfAbsent, argument) => may(argument),
            ExprKind::Modified(base, _, argument) => may(base) || may(argument),
            ExprKind::Tier { first, rows, .. } => {
                let rest = rows.iter().any(|row| row.test.is_none());
                *first || !(rest || self.everywhere(rows)) || rows_may(rows, &may)
            }
            ExprKind::Case { rows, subject } => {
                let rest = rows.iter().any(|row| row.test.is_none());
                !(rest || self.every_choice(rows, subject)) || rows_may(rows, &may)
            }
            ExprKind::Bracket { measure, .. } => may(measure),
            ExprKind::Gather { op: Gather::Count, .. } | ExprKind::Fold { op: Gather::Count, .. } => false,
            ExprKind::Gather { members, .. } => !members.is_empty() && members.iter().all(|member| member.guard.is_some() || may(&member.value)),
            ExprKind::Fold { op, source, guard, body } => {
                let empty = matches!(source, Source::List(_)) && *op != Gather::Sum;
                empty || guard.is_some() || body.as_ref().is_some_and(|body| may(body))
            }
            _ => false,
        }
    }

    fn every_choice(&self, rows: &[Row], subject: &Expr) -> bool {
        let listed: Vec<&str> = rows.iter().filter_map(row_choices).flatten().collect();
        self.choices(subject).iter().all(|choice| listed.contains(&choice.as_str()))
    }

    fn choices(&self, subject: &Expr) -> Vec<String> {
        match &subject.kind {
            ExprKind::Name(name) => match self.facts.get(name.text.as_str()).map(|fact| &fact.ty) {
                Some(policy::syntax::ast::TypeWord::Choice(words)) => words.iter().map(|word| word.text.clone()).collect(),
                _ => vec![String::new()],
            },
            _ => vec![String::new()],
        }
    }

    /// Whether the tests of the rows leave no gap.
    fn everywhere(&self, rows: &[Row]) -> bool {
        if self.people.is_empty() {
            return false;
        }
        let Some(mut intervals) = self.intervals(rows, &self.start(0, None)) else { return false };
        intervals.sort_by_key(|(interval, _)| interval.low.clone().map(|(value, included)| (value, !included)));
        let mut reached: Option<Option<Edge>> = None;
        for (interval, _) in intervals {
            let meets = match (&reached, &interval.low) {
                (None, None) => true,
                (Some(Some((end, end_in))), Some((low, low_in))) => end == low && end_in != low_in,
                _ => false,
            };
            if !meets {
                return false;
            }
            reached = Some(interval.high);
        }
        reached == Some(None)
    }
}

/// The value of 其余; none where it is 不予 or not there.
fn otherwise(rows: &[Row]) -> Option<&Expr> {
    rows.iter().find(|row| row.test.is_none()).and_then(|row| row.value.as_ref())
}

fn rows_may(rows: &[Row], may: &impl Fn(&Expr) -> bool) -> bool {
    rows.iter().any(|row| row.value.as_ref().is_none_or(may))
}

/// Rows with a test.
fn tested(rows: &[Row]) -> impl Iterator<Item = (&Row, &[RowTest])> {
    rows.iter().filter_map(|row| match &row.test {
        Some(RowHead::Tests(tests)) => Some((row, tests.as_slice())),
        _ => None,
    })
}

fn inside(value: &Got, interval: &Interval, unit: Option<&Unit>) -> Truth {
    let (x, of) = match value {
        Got::Known(Value::Number(x, of)) => (x.clone(), of.clone()),
        Got::Absent => panic!("分档 of an absent value"),
        Got::Known(other) => panic!("分档 of {other:?}"),
        other => return Truth::Unknown(other.reasons()),
    };
    let (_, x, _) = aligned((Q::zero(), unit.cloned()), (x, of));
    let over = interval.low.as_ref().is_none_or(|(low, included)| if *included { x >= *low } else { x > *low });
    let under = interval.high.as_ref().is_none_or(|(high, included)| if *included { x <= *high } else { x < *high });
    Truth::of(over && under)
}

/// Joins members; those that are absent or whose guard is false are left out.
fn gathered(op: Gather, members: Vec<(Truth, Got)>, may_drop: bool, (unit, scale): (Unit, Q)) -> Got {
    let (mut counted, mut missing, mut fault): (Vec<Got>, _, _) = (Vec::new(), Missing::new(), false);
    for (guard, value) in members {
        if guard == Truth::No || value == Got::Absent {
            continue;
        }
        if let Truth::Unknown(more) = guard {
            missing.extend(more);
            missing.extend(value.reasons());
            continue;
        }
        match value {
            Got::Unknown(more) => missing.extend(more),
            Got::Fault => fault = true,
            known => counted.push(known),
        }
    }
    if fault {
        return Got::Fault;
    }
    if !missing.is_empty() {
        return Got::Unknown(missing);
    }
    let count = whole(i64::try_from(counted.len()).unwrap());
    if op == Gather::Count {
        return Got::number(count * scale, Some(unit));
    }
    let mut rest = counted.into_iter();
    let Some(first) = rest.next() else {
        let zero = op == Gather::Sum && !may_drop;
        return if zero { Got::number(Q::zero(), None) } else { Got::Absent };
    };
    let joined = rest.fold(first, |sum, next| {
        lift_numbers(sum, next, |x, y, unit| {
            Got::number(
                match op {
                    Gather::Max => x.max(y),
                    Gather::Min => x.min(y),
                    _ => x + y,
                },
                unit,
            )
        })
    });
    match (op, joined) {
        (Gather::Mean, Got::Known(Value::Number(sum, unit))) => Got::number(sum / count, unit),
        (_, joined) => joined,
    }
}
