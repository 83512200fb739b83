//! Selections and collectives as SQL. A selection among rows that are not decided is known only where all that may be
//! chosen are one value.

use crate::expr::junction;
use crate::refusal::Reason;
use crate::scope::{Env, Scope, YearAt};
use crate::value::{Den, Number, Val, What, gcd};
use policy::scheme::{Band, CaseRow, Compare, FactId, FactType, Gather, Member, NodeId, Otherwise, Over, Range, Tier, Type};
use values::Rational;

/// Rounds of a fold over years or months that are written out.
const ROUNDS_MAX: u32 = 120;

/// A list has no more records than this, as far as overflow is concerned.
const RECORDS_MAX: u128 = 1 << 31;

impl Scope<'_> {
    /// The value of the first row whose condition holds, or the other one.
    pub(crate) fn pick(&mut self, rows: &[(String, Val)], otherwise: &Val) -> Result<Val, Reason> {
        if rows.is_empty() {
            return Ok(otherwise.clone());
        }
        let rows: Vec<(String, Val)> = rows.iter().map(|(test, val)| (self.stages.bind(test.clone()), val.clone())).collect();
        let chosen = |of: &dyn Fn(&Val) -> String| {
            let mut out = String::from("CASE");
            for (test, val) in &rows {
                out.push_str(&format!(" WHEN {test} THEN {}", of(val)));
            }
            format!("{out} ELSE {} END", of(otherwise))
        };
        let may_be_absent = rows.iter().any(|(_, val)| val.absent.is_some()) || otherwise.absent.is_some();
        let absent = may_be_absent.then(|| chosen(&|val| val.absent.clone().unwrap_or_else(|| "FALSE".into())));
        let what = match &otherwise.what {
            What::Number(last) => {
                let numbers: Vec<&Number> = rows.iter().filter_map(|(_, val)| number(val)).chain([last]).collect();
                if numbers.len() != rows.len() + 1 {
                    return Err(Reason::new("选出的值种类不同", "a choice among values of different kinds"));
                }
                let fixed: Option<Vec<u128>> = numbers.iter().map(|n| if let Den::Fixed(den) = n.den { Some(den) } else { None }).collect();
                match fixed {
                    Some(dens) => {
                        let den = dens.iter().fold(1_u128, |a, b| (a / gcd(a, *b)).saturating_mul(*b));
                        let factor = |n: &Number| if let Den::Fixed(own) = n.den { den / own } else { 1 };
                        let max = numbers.iter().map(|n| n.max.saturating_mul(factor(n))).max().unwrap_or(0);
                        let num = chosen(&|val| number(val).map_or_else(String::new, |n| self.times(&n.num, factor(n))));
                        What::Number(Number { num, den: Den::Fixed(den), max, fixed: None })
                    }
                    None => {
                        let max = numbers.iter().map(|n| n.max).max().unwrap_or(0);
                        let den_max = numbers.iter().map(|n| n.den.max()).max().unwrap_or(1);
                        let num = chosen(&|val| number(val).map_or_else(String::new, |n| n.num.clone()));
                        let den = chosen(&|val| number(val).map_or_else(String::new, |n| self.den_sql(&n.den)));
                        What::Number(Number { num, den: Den::Sql(self.stages.bind(den), den_max), max, fixed: None })
                    }
                }
            }
            What::YesNo(_) => What::YesNo(chosen(&|val| val.sql().to_owned())),
            What::Date(_) => What::Date(chosen(&|val| val.sql().to_owned())),
            What::Plain(_) => What::Plain(chosen(&|val| val.sql().to_owned())),
        };
        let absent = absent.map(|sql| self.stages.bind(sql));
        let what = match what {
            What::Number(number) => What::Number(Number { num: self.stages.bind(number.num), ..number }),
            What::YesNo(sql) => What::YesNo(self.stages.bind(sql)),
            What::Date(sql) => What::Date(self.stages.bind(sql)),
            What::Plain(sql) => What::Plain(self.stages.bind(sql)),
        };
        Ok(Val { what, absent })
    }

    /// Whether both are absent, or known and equal; never NULL.
    pub(crate) fn alike_values(&mut self, a: &Val, b: &Val) -> Result<String, Reason> {
        let same = format!("COALESCE({}, FALSE)", self.same(a, b)?);
        Ok(match (&a.absent, &b.absent) {
            (Some(x), Some(y)) => format!("(({x} AND {y}) OR {same})"),
            _ => same,
        })
    }

    /// The value, not known where the condition holds; that is never NULL.
    pub(crate) fn unless(&mut self, condition: &str, val: &Val) -> Result<Val, Reason> {
        let open = self.stages.bind(condition.to_owned());
        let hide = |sql: &str| format!("CASE WHEN NOT {open} THEN {sql} END");
        let what = match &val.what {
            What::Number(number) => What::Number(Number { num: self.stages.bind(hide(&number.num)), fixed: None, ..number.clone() }),
            What::YesNo(sql) => What::YesNo(hide(sql)),
            What::Date(sql) => What::Date(hide(sql)),
            What::Plain(sql) => What::Plain(hide(sql)),
        };
        Ok(Val { what, absent: val.absent.as_ref().map(|absent| format!("({absent} AND NOT {open})")) })
    }

    fn maybe(&mut self, value: Option<NodeId>, ty: Type, env: Env) -> Result<Val, Reason> {
        match value {
            Some(node) => self.node(node, env),
            None => Ok(self.nothing(ty)),
        }
    }

    fn otherwise(&mut self, otherwise: Otherwise, ty: Type, env: Env) -> Result<Val, Reason> {
        match otherwise {
            Otherwise::Value(node) => self.node(node, env),
            Otherwise::Absent if ty == Type::YesNo => Ok(Val::yes_no("FALSE")),
            Otherwise::Absent | Otherwise::None => Ok(self.nothing(ty)),
        }
    }

    fn row(&mut self, tests: &[Range], measures: &[Val], env: Env) -> Result<String, Reason> {
        let mut all = Vec::new();
        for (range, measure) in tests.iter().zip(measures) {
            for (bound, wide, narrow) in [(range.low, Compare::Ge, Compare::Gt), (range.high, Compare::Le, Compare::Lt)] {
                let Some((node, included)) = bound else { continue };
                let bound = self.node(node, env)?;
                all.push(self.test(if included { wide } else { narrow }, measure, &bound)?);
            }
        }
        Ok(self.stages.bind(junction(true, &all)))
    }

    fn rows(&mut self, tier: &Tier, env: Env) -> Result<Vec<String>, Reason> {
        let measures = tier.measures.iter().map(|m| self.node(*m, env)).collect::<Result<Vec<_>, _>>()?;
        tier.rows.iter().map(|row| self.row(&row.tests, &measures, env)).collect()
    }

    pub(crate) fn tier(&mut self, tier: &Tier, ty: Type, env: Env) -> Result<Val, Reason> {
        let tests = self.rows(tier, env)?;
        let values = tier.rows.iter().map(|row| self.maybe(row.value, ty, env)).collect::<Result<Vec<_>, _>>()?;
        let end = self.otherwise(tier.otherwise, ty, env)?;
        let cases: Vec<(String, Val)> = tests.iter().cloned().zip(values.iter().cloned()).collect();
        let chosen = self.pick(&cases, &end)?;
        // Open rows before the first that holds.
        let mut earlier: Vec<String> = Vec::new();
        let mut opens = Vec::new();
        for test in &tests {
            let mut parts = vec![format!("{test} IS NULL")];
            parts.extend(earlier.iter().cloned());
            opens.push(self.stages.bind(junction(true, &parts)));
            earlier.push(format!("NOT COALESCE({test}, FALSE)"));
        }
        let Some(since) = tier.first_since else {
            let mut differing = Vec::new();
            for (open, value) in opens.iter().zip(&values) {
                differing.push(format!("({open} AND NOT {})", self.alike_values(value, &chosen)?));
            }
            return self.unless(&junction(false, &differing), &chosen);
        };
        // 首次: an open row leaves it open, unless nothing is given either way; a tier that was reached before gives nothing.
        let given = |val: &Val| val.absent.as_ref().map_or_else(|| "TRUE".to_owned(), |absent| format!("NOT {absent}"));
        let any_open = self.stages.bind(junction(false, &opens));
        let mut some_given = vec![given(&chosen)];
        some_given.extend(opens.iter().zip(&values).map(|(open, value)| format!("({open} AND {})", given(value))));
        let mut unknown = vec![format!("({any_open} AND {})", junction(false, &some_given))];
        let mut before = Vec::new();
        let mut height_open = Vec::new();
        for (at, row) in tier.rows.iter().enumerate() {
            let Some(test) = tests.get(at) else { continue };
            let mut parts = vec![format!("COALESCE({test}, FALSE)"), format!("NOT {any_open}")];
            parts.extend(tests.iter().take(at).map(|earlier| format!("NOT COALESCE({earlier}, FALSE)")));
            let here = self.stages.bind(junction(true, &parts));
            let (reached, open) = self.higher_before(tier, row.height, since, env)?;
            before.push(format!("({here} AND {reached})"));
            height_open.push(format!("({here} AND NOT {reached} AND {open})"));
        }
        unknown.extend(height_open);
        let before = junction(false, &before);
        let nothing = self.nothing(ty);
        let chosen = self.pick(&[(before, nothing)], &chosen)?;
        self.unless(&junction(false, &unknown), &chosen)
    }

    /// Whether an earlier year reached this height or more, and whether one may have; neither is ever NULL.
    fn higher_before(&mut self, tier: &Tier, height: u16, since: i32, env: Env) -> Result<(String, String), Reason> {
        let (mut reached, mut open) = (Vec::new(), Vec::new());
        for then in self.years_before(since, env)? {
            let tests = self.rows(tier, then)?;
            let mut earlier: Vec<String> = Vec::new();
            for (row, test) in tier.rows.iter().zip(&tests) {
                if row.height >= height {
                    let mut parts = vec![format!("COALESCE({test}, FALSE)")];
                    parts.extend(earlier.iter().cloned());
                    reached.push(junction(true, &parts));
                    let mut parts = vec![format!("{test} IS NULL")];
                    parts.extend(earlier.iter().cloned());
                    open.push(junction(true, &parts));
                }
                earlier.push(format!("NOT COALESCE({test}, FALSE)"));
            }
        }
        let (reached, open) = (junction(false, &reached), junction(false, &open));
        Ok((self.stages.bind(reached), self.stages.bind(open)))
    }

    pub(crate) fn case(&mut self, subject: NodeId, rows: &[CaseRow], otherwise: Otherwise, ty: Type, env: Env) -> Result<Val, Reason> {
        let subject_val = self.node(subject, env)?;
        let on = self.stages.bind(subject_val.sql().to_owned());
        let values = rows.iter().map(|row| self.maybe(row.value, ty, env)).collect::<Result<Vec<_>, _>>()?;
        let end = self.otherwise(otherwise, ty, env)?;
        let mut cases = Vec::new();
        for (row, value) in rows.iter().zip(&values) {
            let choices: Vec<String> = row.choices.iter().map(u16::to_string).collect();
            if !choices.is_empty() {
                cases.push((format!("{on} IN ({})", choices.join(", ")), value.clone()));
            }
        }
        let covered: usize = rows.iter().map(|row| row.choices.len()).sum();
        let choices = match self.scheme.node(subject).map(|n| n.ty) {
            Some(Type::Choice(fact)) => self.scheme.choices(fact).len(),
            _ => 0,
        };
        let mut may: Vec<Val> = values;
        if covered < choices {
            may.push(end.clone());
        }
        let chosen = self.pick(&cases, &end)?;
        // Without the subject it is known only where every row, and what may stand otherwise, is one value.
        let mut unknown = Vec::new();
        let first = may.first().cloned().unwrap_or_else(|| end.clone());
        for other in &may {
            unknown.push(format!("NOT {}", self.alike_values(other, &first)?));
        }
        let whole = self.pick(&[(format!("{on} IS NULL"), first)], &chosen)?;
        let known = self.unless(&format!("({on} IS NULL AND {})", junction(false, &unknown)), &whole)?;
        match subject_val.absent {
            Some(absent) => {
                let nothing = self.nothing(ty);
                self.pick(&[(absent, nothing)], &known)
            }
            None => Ok(known),
        }
    }

    pub(crate) fn bracket(&mut self, measure: NodeId, bands: &[Band], env: Env) -> Result<Val, Reason> {
        let x = self.node(measure, env)?;
        let zero = Val::of(What::Number(self.literal(Rational::ZERO)));
        let mut sum = zero.clone();
        for band in bands {
            let low = band.low.map_or_else(|| Ok(zero.clone()), |node| self.node(node, env))?;
            let capped = match band.high {
                Some(high) => {
                    let high = self.node(high, env)?;
                    self.on_numbers(&x, &high, |scope, x, h| scope.bounded(x, h, true))?
                }
                None => x.clone(),
            };
            let part = self.on_numbers(&capped, &low, |scope, x, l| {
                let rest = scope.add(x, l, true)?;
                scope.or_zero(&rest)
            })?;
            let ratio = self.node(band.ratio, env)?;
            let share = self.on_numbers(&part, &ratio, Self::mul)?;
            sum = self.on_numbers(&sum, &share, |scope, a, b| scope.add(a, b, false))?;
        }
        Ok(sum)
    }

    pub(crate) fn gather(&mut self, op: Gather, members: &[Member], env: Env) -> Result<Val, Reason> {
        if is_count(op) {
            let mut tests = Vec::new();
            for member in members {
                let value = self.counted(member.value, env)?;
                let test = match member.guard {
                    Some(guard) => junction(true, &[self.counted(guard, env)?, value]),
                    None => value,
                };
                tests.push(self.stages.bind(test));
            }
            return Ok(self.tests(op, &tests));
        }
        let mut list = Vec::new();
        for member in members {
            let guard = member.guard.map(|guard| self.counted(guard, env)).transpose()?;
            list.push((guard, self.node(member.value, env)?));
        }
        let may_drop = members.iter().all(|m| m.guard.is_some() || self.scheme.node(m.value).is_some_and(|n| n.optional));
        self.tally(op, &list, may_drop)
    }

    /// 任一, 同时, 至少 and 个数 of these conditions.
    fn tests(&mut self, op: Gather, tests: &[String]) -> Val {
        let count = |what: &str| {
            let parts: Vec<String> = tests.iter().map(|test| format!("CASE WHEN {test}{what} THEN 1 ELSE 0 END")).collect();
            if parts.is_empty() { "0".to_owned() } else { format!("({})", parts.join(" + ")) }
        };
        match op {
            Gather::Any => Val::yes_no(junction(false, tests)),
            Gather::All => Val::yes_no(junction(true, tests)),
            Gather::AtLeast(k) => {
                let (held, open) = (self.stages.bind(count("")), self.stages.bind(count(" IS NULL")));
                Val::yes_no(format!("CASE WHEN {held} >= {k} THEN TRUE WHEN {held} + {open} < {k} THEN FALSE END"))
            }
            _ => {
                let (held, open) = (count(""), count(" IS NULL"));
                let num = self.dialect.exact(&format!("CASE WHEN {open} = 0 THEN {held} END"));
                Val::of(What::Number(Number { num, den: Den::Fixed(1), max: tests.len() as u128, fixed: None }))
            }
        }
    }

    /// 合计, 平均, 就高, 就低 of members that are written out, those left out whose guard fails or that are absent.
    fn tally(&mut self, op: Gather, members: &[(Option<String>, Val)], may_drop: bool) -> Result<Val, Reason> {
        let mut opens = Vec::new();
        let mut counts = Vec::new();
        let mut total: Option<(Val, String)> = None;
        for (guard, value) in members {
            let mut kept = Vec::new();
            kept.extend(guard.as_ref().map(|guard| format!("COALESCE({guard}, TRUE)")));
            kept.extend(value.absent.as_ref().map(|absent| format!("NOT {absent}")));
            let kept = self.stages.bind(junction(true, &kept));
            let unknown = guard.as_ref().map_or_else(String::new, |guard| format!("{guard} IS NULL OR "));
            opens.push(format!("({kept} AND ({unknown}{} IS NULL))", value.sql()));
            counts.push(format!("CASE WHEN {kept} THEN 1 ELSE 0 END"));
            let present = Val { absent: None, ..value.clone() };
            total = Some(match total {
                None => (present, kept),
                Some((sum, some)) => {
                    let both = self.combined(op, &sum, &present)?;
                    // Where only one of the two is there, it is that one.
                    let next = self.pick(&[(format!("{some} AND {kept}"), both), (kept.clone(), present)], &sum)?;
                    (next, self.stages.bind(junction(false, &[some, kept])))
                }
            });
        }
        let zero = Val::of(What::Number(self.literal(Rational::ZERO)));
        let Some((sum, some)) = total else {
            let what = if op == Gather::Sum && !may_drop { zero } else { Val { absent: Some("TRUE".into()), ..zero } };
            return Ok(what);
        };
        let sum = if op == Gather::Mean {
            let count = self.stages.bind(self.dialect.exact(&format!("({})", counts.join(" + "))));
            let count = Number { num: count, den: Den::Fixed(1), max: members.len() as u128, fixed: None };
            self.on_numbers(&sum, &Val::of(What::Number(count)), Self::div)?
        } else {
            sum
        };
        let open = self.stages.bind(junction(false, &opens));
        let some = self.stages.bind(some);
        let end = if op == Gather::Sum && !may_drop {
            self.pick(&[(some, sum)], &zero)?
        } else {
            let none = Val { absent: Some("TRUE".into()), ..Val::of(What::Number(Number { num: self.dialect.exact("NULL"), ..self.literal(Rational::ZERO) })) };
            if some == "TRUE" { sum } else { self.pick(&[(some, sum)], &none)? }
        };
        self.unless(&open, &end)
    }

    fn combined(&mut self, op: Gather, a: &Val, b: &Val) -> Result<Val, Reason> {
        self.on_numbers(a, b, |scope, x, y| match op {
            Gather::Max => scope.bounded(x, y, false),
            Gather::Min => scope.bounded(x, y, true),
            _ => scope.add(x, y, false),
        })
    }

    pub(crate) fn fold(&mut self, op: Gather, over: Over, guard: Option<NodeId>, body: Option<NodeId>, env: Env) -> Result<Val, Reason> {
        let rounds: Vec<Env> = match over {
            Over::List(list) => return self.over_list(op, list, guard, body, env),
            Over::PastYears(n) if n <= ROUNDS_MAX => {
                let n = i32::try_from(n).unwrap_or(1);
                let at = |back: i32| match env.year {
                    YearAt::Off(off) => YearAt::Off(off - back),
                    YearAt::Fixed(year) => YearAt::Fixed(year - back),
                };
                (0..n).rev().map(|back| Env { year: at(back), ..env }).collect()
            }
            Over::Years(a, b) if a > b || b.abs_diff(a) < ROUNDS_MAX => (a..=b).map(|year| Env { year: self.year_at(year), ..env }).collect(),
            Over::Months(a, b) => (a..=b).map(|month| Env { month, ..env }).collect(),
            _ => return Err(Reason::new("“每个”的年数过多", "a collective over too many years")),
        };
        if is_count(op) {
            let mut tests = Vec::new();
            for env in rounds {
                let test = guard.map_or_else(|| Ok("TRUE".to_owned()), |guard| self.counted(guard, env))?;
                tests.push(self.stages.bind(test));
            }
            return Ok(self.tests(op, &tests));
        }
        let Some(body) = body else { return Err(Reason::new("没有内容的合计", "a collective of nothing")) };
        let mut list = Vec::new();
        for env in rounds {
            let test = guard.map(|guard| self.counted(guard, env)).transpose()?;
            list.push((test, self.node(body, env)?));
        }
        let may_drop = guard.is_some() || self.scheme.node(body).is_some_and(|n| n.optional);
        self.tally(op, &list, may_drop)
    }

    /// A collective over the records of a list: the records have a chain of stages of their own, summed up by applicant.
    fn over_list(&mut self, op: Gather, list: FactId, guard: Option<NodeId>, body: Option<NodeId>, env: Env) -> Result<Val, Reason> {
        let scheme = self.scheme;
        let Some(fact) = scheme.fact(list).filter(|f| matches!(f.ty, FactType::List { .. })) else { return Err(Reason::new("不是名单", "not a list")) };
        if self.list.is_some() {
            return Err(Reason::new("名单里的名单", "a list inside a list"));
        }
        let mut records = Scope::new(scheme, self.options, Some(list));
        records.needs = std::mem::take(&mut self.needs);
        records.needs.lists.entry(fact.name.clone()).or_default();
        let written = records.record(op, guard, body, env);
        self.needs = std::mem::take(&mut records.needs);
        let (sums, den, max) = written?;
        let at = self.folds;
        self.folds += 1;
        let name = format!("l{at}");
        let d = self.dialect;
        let table = d.name(&format!("{}_{}", self.options.table, fact.name));
        let from = format!("{table} r JOIN {} f ON f.id = r.id", d.name(&self.options.table));
        let (chain, last) = records.stages.write(d, &format!("{name}_"), &from, &[("id", "f.id".to_owned())], &sums);
        self.before.extend(chain);
        let columns: Vec<String> = sums.iter().enumerate().map(|(at, sum)| format!("{sum} AS v{at}")).collect();
        self.before.push(format!("{name} AS (\n  SELECT id, COUNT(*) AS n, {}\n  FROM {last}\n  GROUP BY id\n)", columns.join(", ")));
        self.joins.push(format!("LEFT JOIN {name} ON {name}.id = f.id"));
        // The list says how many records it has; where those are not all there, it is not known.
        let count = format!("f.{}", d.name(&fact.name));
        self.needs.fact(fact.name.clone(), crate::table::ColumnType::Records, Rational::ONE);
        let known = self.read(format!("CASE WHEN {count} = COALESCE({name}.n, 0) THEN TRUE ELSE FALSE END"));
        let mut sum = |at: usize| self.read(format!("COALESCE({name}.v{at}, 0)"));
        let (first, open) = (sum(0), sum(1));
        let all = self.read(format!("COALESCE({name}.n, 0)"));
        let unknown = format!("NOT {known}");
        let whole = |num: String, max| Val::of(What::Number(Number { num, den: Den::Fixed(1), max, fixed: None }));
        let val = match op {
            Gather::Any | Gather::AtLeast(_) | Gather::All => {
                let k = match op {
                    Gather::Any => "1".to_owned(),
                    Gather::AtLeast(k) => k.to_string(),
                    _ => all,
                };
                Val::yes_no(format!("CASE WHEN {first} >= {k} THEN TRUE WHEN {first} + {open} < {k} THEN FALSE END"))
            }
            Gather::Count => whole(d.exact(&format!("CASE WHEN {open} = 0 THEN {first} END")), RECORDS_MAX),
            _ => {
                let may_drop = guard.is_some() || body.and_then(|body| scheme.node(body)).is_some_and(|n| n.optional);
                let value = self.read(format!("{name}.v2"));
                let number = Number { num: self.stages.bind(d.exact(&value)), den: Den::Fixed(den), max, fixed: None };
                let sum = if op == Gather::Mean {
                    let count = Number { num: self.stages.bind(d.exact(&first)), den: Den::Fixed(1), max: RECORDS_MAX, fixed: None };
                    Val::of(What::Number(self.div(&number, &count)?))
                } else {
                    Val::of(What::Number(number))
                };
                let none = if op == Gather::Sum && !may_drop {
                    Val::of(What::Number(self.literal(Rational::ZERO)))
                } else {
                    self.nothing(Type::Number(policy::scheme::UnitId::RATIO))
                };
                let end = self.pick(&[(format!("{first} > 0"), sum)], &none)?;
                self.unless(&format!("({open} > 0)"), &end)?
            }
        };
        self.unless(&unknown, &val)
    }

    /// What is summed up over the records: how many count (or hold), how many are open, and the value; its denominator and bound.
    fn record(&mut self, op: Gather, guard: Option<NodeId>, body: Option<NodeId>, env: Env) -> Result<(Vec<String>, u128, u128), Reason> {
        let count = |test: &str| format!("SUM(CASE WHEN {test} THEN 1 ELSE 0 END)");
        let test = guard.map(|guard| self.counted(guard, env)).transpose()?.map(|sql| self.stages.bind(sql));
        if is_count(op) {
            let test = test.unwrap_or_else(|| "TRUE".into());
            return Ok((vec![count(&test), count(&format!("{test} IS NULL"))], 1, RECORDS_MAX));
        }
        let Some(body) = body else { return Err(Reason::new("没有内容的合计", "a collective of nothing")) };
        let value = self.node(body, env)?;
        let What::Number(number) = &value.what else { return Err(crate::number::not_numbers()) };
        let Den::Fixed(den) = number.den else { return Err(Reason::new("名单里除以不固定的数", "a division by what is not fixed, inside a list")) };
        let mut kept = Vec::new();
        kept.extend(test.as_ref().map(|test| format!("COALESCE({test}, TRUE)")));
        kept.extend(value.absent.as_ref().map(|absent| format!("NOT {absent}")));
        let kept = self.stages.bind(junction(true, &kept));
        let unknown = test.as_ref().map_or_else(String::new, |test| format!("{test} IS NULL OR "));
        let num = self.stages.bind(number.num.clone());
        let open = self.stages.bind(format!("({kept} AND ({unknown}{num} IS NULL))"));
        let sum = matches!(op, Gather::Sum | Gather::Mean);
        let max = if sum { number.max.saturating_mul(RECORDS_MAX) } else { number.max };
        if max > i128::MAX.unsigned_abs().min(self.dialect.scratch_max().unwrap_or(u128::MAX)) {
            return Err(Reason::new("名单的合计可能溢出", "the sum over a list may overflow"));
        }
        let aggregate = match op {
            Gather::Max => "MAX",
            Gather::Min => "MIN",
            _ => "SUM",
        };
        let value = format!("{aggregate}(CASE WHEN {kept} AND NOT {open} THEN {num} END)");
        Ok((vec![count(&kept), count(&open), value], den, max))
    }
}

fn is_count(op: Gather) -> bool {
    matches!(op, Gather::Any | Gather::All | Gather::AtLeast(_) | Gather::Count)
}

fn number(val: &Val) -> Option<&Number> {
    match &val.what {
        What::Number(number) => Some(number),
        _ => None,
    }
}
