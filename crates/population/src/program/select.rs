//! Selections and collectives.

use super::build::{Builder, Number, State, Value, What};
use super::expr::Held;
use super::number::Arithmetic;
use super::{Bit, Int, NotHeld, Test};
use policy::eval::value::Env;
use policy::scheme::{Band, CaseRow, Compare, Gather, Member, NodeId, Otherwise, Over, Range, Tier, Type};
use values::Rational;

/// Rounds of a fold beyond which it is not written out.
const ROUNDS_MAX: u32 = 120;

impl<'a> Builder<'a> {
    /// Where it is open which of these is the value: the one that all of them are, or unknown.
    pub fn candidates(&mut self, open: Bit, mut end: Value<'a>, rows: &[(Bit, Value<'a>)]) -> Held<'a> {
        if open != Bit::No {
            let settled = self.or(end.state.known, end.state.absent);
            let mut same = settled;
            let mut bad = Bit::No;
            for (here, value) in rows {
                let equal = self.equal(&end, value)?;
                let both = self.and(end.state.known, value.state.known);
                let equal = self.and(both, equal);
                let absent = self.and(end.state.absent, value.state.absent);
                let alike = self.or(equal, absent);
                let unlike = self.but(*here, alike);
                same = self.but(same, unlike);
                let here_bad = self.and(*here, value.state.bad);
                bad = self.or(bad, here_bad);
            }
            let lost = self.but(open, same);
            end.state.known = self.but(end.state.known, lost);
            end.state.absent = self.but(end.state.absent, lost);
            end.state.bad = self.or(end.state.bad, bad);
        }
        Ok(self.bad_first(end))
    }

    /// What is bad is nothing else.
    fn bad_first(&mut self, value: Value<'a>) -> Value<'a> {
        let State { known, absent, bad } = value.state;
        Value { state: State { known: self.but(known, bad), absent: self.but(absent, bad), bad }, ..value }
    }

    fn maybe(&mut self, value: Option<NodeId>, env: Env) -> Held<'a> {
        value.map_or(Ok(Value::ABSENT), |node| self.eval(node, env))
    }

    fn otherwise(&mut self, otherwise: Otherwise, ty: Type, env: Env) -> Held<'a> {
        match otherwise {
            Otherwise::Value(node) => self.eval(node, env),
            Otherwise::Absent if ty == Type::YesNo => Ok(Value::known(What::YesNo(Bit::No))),
            Otherwise::Absent | Otherwise::None => Ok(Value::ABSENT),
        }
    }

    fn row(&mut self, tests: &[Range], measures: &[Value<'a>], env: Env) -> Held<'a> {
        let mut all = Vec::new();
        for (range, measure) in tests.iter().zip(measures) {
            if let Some((node, included)) = range.low {
                let bound = self.eval(node, env)?;
                all.push(self.compared(if included { Compare::Ge } else { Compare::Gt }, measure, &bound)?);
            }
            if let Some((node, included)) = range.high {
                let bound = self.eval(node, env)?;
                all.push(self.compared(if included { Compare::Le } else { Compare::Lt }, measure, &bound)?);
            }
        }
        self.every(&all)
    }

    pub fn tier(&mut self, tier: &'a Tier, ty: Type, env: Env) -> Held<'a> {
        let measures = tier.measures.iter().map(|m| self.eval(*m, env)).collect::<Result<Vec<_>, _>>()?;
        // Rows that no row before has settled.
        let mut waiting = Bit::Yes;
        let (mut open, mut bad) = (Bit::No, Bit::No);
        let mut chosen: Vec<(Bit, Value<'a>)> = Vec::new();
        let mut candidates: Vec<(Bit, Value<'a>)> = Vec::new();
        for row in &tier.rows {
            let test = self.row(&row.tests, &measures, env)?;
            let value = self.maybe(row.value, env)?;
            let holds = test.yes_no()?;
            let here = self.and(waiting, holds);
            let unsettled = self.but(waiting, test.state.known);
            let unsettled = self.but(unsettled, test.state.absent);
            let here_bad = self.and(waiting, test.state.bad);
            bad = self.or(bad, here_bad);
            open = self.or(open, unsettled);
            if unsettled != Bit::No {
                candidates.push((unsettled, value));
            }
            chosen.push((here, value));
            waiting = self.but(waiting, here);
        }
        let otherwise = self.otherwise(tier.otherwise, ty, env)?;
        let mut end = otherwise;
        for (here, value) in chosen.iter().rev() {
            end = self.choose_value(*here, value, &end)?;
        }
        end.state.bad = self.or(end.state.bad, bad);
        let Some(since) = tier.first_since else { return self.candidates(open, end, &candidates) };
        let mut first = otherwise;
        for ((here, value), row) in chosen.iter().zip(&tier.rows).rev() {
            let value = self.first_reached(tier, row.height, since, *value, env)?;
            first = self.choose_value(*here, &value, &first)?;
        }
        // Where it is open which tier is reached, it is not known whether that is the first time; where none gives anything, nothing.
        let mut absent = end.state.absent;
        let mut here_bad = end.state.bad;
        for (here, value) in candidates {
            let gives = self.but(here, value.state.absent);
            absent = self.but(absent, gives);
            here_bad = self.or(here_bad, value.state.bad);
        }
        let undecided = Value { what: What::Nothing, state: State { known: Bit::No, absent, bad: here_bad } };
        first.state.bad = self.or(first.state.bad, bad);
        let value = self.choose_value(open, &undecided, &first)?;
        Ok(self.bad_first(value))
    }

    /// A tier's value where no earlier year since then reached this height; absent where one did, unknown where one may have.
    fn first_reached(&mut self, tier: &'a Tier, height: u16, since: i32, value: Value<'a>, env: Env) -> Held<'a> {
        if env.year.saturating_sub(since) > i32::try_from(ROUNDS_MAX).unwrap_or(i32::MAX) {
            return Err(NotHeld("首次 since many years"));
        }
        let (mut before, mut perhaps, mut bad) = (Bit::No, Bit::No, Bit::No);
        for year in since..env.year {
            let then = Env { year, ..env };
            let measures = tier.measures.iter().map(|m| self.eval(*m, then)).collect::<Result<Vec<_>, _>>()?;
            let mut waiting = Bit::Yes;
            for row in &tier.rows {
                let test = self.row(&row.tests, &measures, then)?;
                let holds = test.yes_no()?;
                let reached = self.and(waiting, holds);
                if row.height >= height {
                    before = self.or(before, reached);
                    let unknown = self.but(waiting, test.state.known);
                    perhaps = self.or(perhaps, unknown);
                }
                bad = self.or(bad, test.state.bad);
                waiting = self.but(waiting, reached);
            }
        }
        let lost = self.or(before, perhaps);
        let known = self.but(value.state.known, lost);
        let absent = self.but(value.state.absent, perhaps);
        let absent = self.or(absent, before);
        let bad = self.or(value.state.bad, bad);
        Ok(self.bad_first(Value { state: State { known, absent, bad }, ..value }))
    }

    pub fn case(&mut self, subject: NodeId, rows: &'a [CaseRow], otherwise: Otherwise, ty: Type, env: Env) -> Held<'a> {
        let subject_ty = self.scheme.node(subject).map(|n| n.ty);
        let subject = self.eval(subject, env)?;
        let of = match subject.what {
            What::Choice(of) => Some(of),
            What::Nothing => None,
            _ => return Err(NotHeld("分类 of other than a choice")),
        };
        let settled = self.or(subject.state.known, subject.state.absent);
        let open = self.not(settled);
        let mut end = self.otherwise(otherwise, ty, env)?;
        let covered: usize = rows.iter().map(|row| row.choices.len()).sum();
        let choices = match subject_ty {
            Some(Type::Choice(set)) => self.scheme.choices(set).len(),
            _ => 0,
        };
        let mut candidates = Vec::new();
        if covered < choices {
            candidates.push((open, end));
        }
        for row in rows.iter().rev() {
            let value = self.maybe(row.value, env)?;
            candidates.push((open, value));
            let here = match of {
                Some(of) => self.among(of, &row.choices),
                None => Bit::No,
            };
            let here = self.and(here, subject.state.known);
            end = self.choose_value(here, &value, &end)?;
        }
        // Where the choice is open, any of them stands for the first.
        if let Some((_, first)) = candidates.first().copied() {
            end = self.choose_value(open, &first, &end)?;
        }
        end.state.bad = self.or(end.state.bad, subject.state.bad);
        let mut value = self.candidates(open, end, &candidates)?;
        // An absent subject is absent.
        value.state.known = self.but(value.state.known, subject.state.absent);
        value.state.absent = self.or(value.state.absent, subject.state.absent);
        if candidates.is_empty() {
            value.state.known = self.but(value.state.known, open);
            value.state.absent = self.but(value.state.absent, open);
        }
        Ok(self.bad_first(value))
    }

    pub fn bracket(&mut self, measure: NodeId, bands: &'a [Band], env: Env) -> Held<'a> {
        let x = self.eval(measure, env)?;
        let mut sum = Value::known(What::Number(Number::constant(Rational::ZERO)?));
        for band in bands {
            let low = match band.low {
                Some(low) => self.eval(low, env)?,
                None => Value::known(What::Number(Number::constant(Rational::ZERO)?)),
            };
            let capped = match band.high {
                Some(high) => {
                    let high = self.eval(high, env)?;
                    self.arithmetic(Arithmetic::Min, &x, &high)?
                }
                None => x,
            };
            let part = self.arithmetic(Arithmetic::Less, &capped, &low)?;
            let ratio = self.eval(band.ratio, env)?;
            let share = self.arithmetic(Arithmetic::Mul, &part, &ratio)?;
            sum = self.arithmetic(Arithmetic::Add, &sum, &share)?;
        }
        Ok(sum)
    }

    pub fn gather(&mut self, op: Gather, members: &'a [Member], env: Env) -> Held<'a> {
        if is_count(op) {
            let mut tests = Vec::new();
            for member in members {
                let value = self.eval(member.value, env)?;
                tests.push(match member.guard {
                    Some(guard) => {
                        let guard = self.eval(guard, env)?;
                        self.every(&[guard, value])?
                    }
                    None => value,
                });
            }
            return self.counted(op, &tests);
        }
        let mut all = Vec::new();
        for member in members {
            let guard = member.guard.map(|g| self.eval(g, env)).transpose()?;
            all.push((guard, self.eval(member.value, env)?));
        }
        let may_drop = members.iter().all(|m| m.guard.is_some() || self.scheme.node(m.value).is_some_and(|n| n.optional));
        self.tally(op, &all, may_drop)
    }

    pub fn fold(&mut self, op: Gather, over: Over, guard: Option<NodeId>, body: Option<NodeId>, env: Env) -> Held<'a> {
        let envs: Vec<Env> = match over {
            Over::List(fact) => {
                let there = self.layout.of(crate::table::About::Fact(fact)).is_some();
                // A list that no row names is known of none.
                return if there { Err(NotHeld("a list")) } else { Ok(Value::UNKNOWN) };
            }
            Over::PastYears(n) if n <= ROUNDS_MAX => {
                let n = i32::try_from(n).unwrap_or(0);
                (0..n).map(|on| Env { year: env.year - (n - 1) + on, ..env }).collect()
            }
            Over::Years(a, b) if a.abs_diff(b) < ROUNDS_MAX => (a..=b).map(|year| Env { year, ..env }).collect(),
            Over::Months(a, b) => (a..=b).map(|month| Env { month, ..env }).collect(),
            _ => return Err(NotHeld("a fold over many years")),
        };
        if is_count(op) {
            let mut tests = Vec::new();
            for env in envs {
                tests.push(match guard {
                    Some(guard) => self.eval(guard, env)?,
                    None => Value::known(What::YesNo(Bit::Yes)),
                });
            }
            return self.counted(op, &tests);
        }
        let Some(body) = body else { return Ok(Value::ABSENT) };
        let mut all = Vec::new();
        for env in envs {
            let guard = guard.map(|g| self.eval(g, env)).transpose()?;
            all.push((guard, self.eval(body, env)?));
        }
        let may_drop = guard.is_some() || self.scheme.node(body).is_some_and(|n| n.optional);
        self.tally(op, &all, may_drop)
    }

    fn counted(&mut self, op: Gather, tests: &[Value<'a>]) -> Held<'a> {
        match op {
            Gather::Any => self.any(tests),
            Gather::All => self.every(tests),
            Gather::AtLeast(_) | Gather::Count => {
                let (mut held, mut open) = (Int::Const(0), Int::Const(0));
                let (mut undecided, mut bad) = (Bit::No, Bit::No);
                let all = i128::try_from(tests.len()).unwrap_or(0);
                for test in tests {
                    let yes = test.yes_no()?;
                    let yes = self.and(yes, test.state.known);
                    let decided = self.or(test.state.known, test.state.absent);
                    let unknown = self.not(decided);
                    let (yes, maybe) = (self.count(yes), self.count(unknown));
                    held = self.pair(super::Pair::Add, held, yes);
                    open = self.pair(super::Pair::Add, open, maybe);
                    undecided = self.or(undecided, unknown);
                    bad = self.or(bad, test.state.bad);
                }
                if let Gather::AtLeast(k) = op {
                    let k = Int::Const(i64::from(k));
                    let enough = self.test(Test::AtMost, k, held);
                    let most = self.pair(super::Pair::Add, held, open);
                    let out = self.test(Test::Less, most, k);
                    let known = self.or(enough, out);
                    let known = self.but(known, bad);
                    return Ok(Value { what: What::YesNo(enough), state: State { known, absent: Bit::No, bad } });
                }
                let known = self.not(undecided);
                let known = self.but(known, bad);
                Ok(Value { what: What::Number(Number::whole(held, 0, all, 1)), state: State { known, absent: Bit::No, bad } })
            }
            _ => Err(NotHeld("a collective of numbers")),
        }
    }

    /// 合计, 平均, 就高, 就低 of members: left out where their guard is false or their value absent.
    fn tally(&mut self, op: Gather, members: &[(Option<Value<'a>>, Value<'a>)], may_drop: bool) -> Held<'a> {
        let mut total: Option<Value<'a>> = None;
        let (mut unknown, mut bad, mut any) = (Bit::No, Bit::No, Bit::No);
        let mut count = Int::Const(0);
        for (guard, value) in members {
            let (mut here, mut guard_unknown, mut guard_bad) = (Bit::Yes, Bit::No, Bit::No);
            if let Some(guard) = guard {
                let yes = guard.yes_no()?;
                here = self.and(yes, guard.state.known);
                let decided = self.or(guard.state.known, guard.state.absent);
                guard_unknown = self.not(decided);
                guard_bad = guard.state.bad;
            }
            // Where the guard is open, an absent value is left out all the same.
            let counts = self.or(here, guard_unknown);
            let decided = self.or(value.state.known, value.state.absent);
            let value_open = self.but(here, decided);
            let guard_open = self.but(guard_unknown, value.state.absent);
            unknown = self.or(unknown, value_open);
            unknown = self.or(unknown, guard_open);
            let value_bad = self.and(counts, value.state.bad);
            bad = self.or(bad, value_bad);
            bad = self.or(bad, guard_bad);
            let added = self.and(here, value.state.known);
            any = self.or(any, added);
            let one = self.count(added);
            count = self.pair(super::Pair::Add, count, one);
            if added == Bit::No {
                continue;
            }
            let What::Number(number) = value.what else { return Err(NotHeld("a collective of other than numbers")) };
            let number = Value::known(What::Number(number));
            total = Some(match total {
                None => {
                    let zero = Value::known(What::Number(Number::constant(Rational::ZERO)?));
                    if matches!(op, Gather::Max | Gather::Min) { number } else { self.choose_value(added, &number, &zero)? }
                }
                Some(before) => {
                    match op {
                        Gather::Max | Gather::Min => {
                            let arithmetic = if op == Gather::Max { Arithmetic::Max } else { Arithmetic::Min };
                            let best = self.arithmetic(arithmetic, &before, &number)?;
                            // The first that counts stands by itself.
                            let first = self.first_counted(added, members, value)?;
                            let best = self.choose_value(first, &number, &best)?;
                            self.choose_value(added, &best, &before)?
                        }
                        _ => {
                            let sum = self.arithmetic(Arithmetic::Add, &before, &number)?;
                            self.choose_value(added, &sum, &before)?
                        }
                    }
                }
            });
        }
        let Some(total) = total else {
            let value = if op == Gather::Sum && !may_drop { Value::known(What::Number(Number::constant(Rational::ZERO)?)) } else { Value::ABSENT };
            let (known, absent) = (self.but(value.state.known, unknown), self.but(value.state.absent, unknown));
            return Ok(self.bad_first(Value { state: State { known, absent, bad }, ..value }));
        };
        let mut result = total;
        if op == Gather::Mean {
            let most = i128::try_from(members.len()).unwrap_or(0);
            let at_least_one = self.pair(super::Pair::Max, count, Int::Const(1));
            let by = Value::known(What::Number(Number::whole(at_least_one, 1, most, 1)));
            result = self.arithmetic(Arithmetic::Div, &total, &by)?;
        }
        bad = self.or(bad, result.state.bad);
        let none = self.not(any);
        let (known, absent) = if op == Gather::Sum && !may_drop { (Bit::Yes, Bit::No) } else { (any, none) };
        let (known, absent) = (self.but(known, unknown), self.but(absent, unknown));
        Ok(self.bad_first(Value { what: result.what, state: State { known, absent, bad } }))
    }

    /// Rows in which this member is the first that counts.
    fn first_counted(&mut self, added: Bit, members: &[(Option<Value<'a>>, Value<'a>)], of: &Value<'a>) -> Result<Bit, NotHeld> {
        let mut before = Bit::No;
        for (guard, value) in members {
            if std::ptr::eq(value, of) {
                break;
            }
            let here = match guard {
                Some(guard) => {
                    let yes = guard.yes_no()?;
                    self.and(yes, guard.state.known)
                }
                None => Bit::Yes,
            };
            let counted = self.and(here, value.state.known);
            before = self.or(before, counted);
        }
        Ok(self.but(added, before))
    }
}

fn is_count(op: Gather) -> bool {
    matches!(op, Gather::Any | Gather::All | Gather::AtLeast(_) | Gather::Count)
}
