//! One clause as SQL: bars, frequency, conditions, place, amount, decision, limits, one rounding, as `policy::eval` has it.

use crate::expr::junction;
use crate::number::LONG_MAX;
use crate::refusal::Reason;
use crate::scope::{Env, Scope};
use crate::table::ColumnType;
use crate::value::{Den, Number, Val, What};
use policy::scheme::{Clause, ClauseId, Give, Origin, Rank};
use values::Rational;

/// No award reaches ten trillion yuan: what the evaluator calls a fault.
pub(crate) const AWARD_MAX: u128 = 1_000_000_000_000_000;

/// What a clause came to, as columns.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) outcome: String,
    /// In fen; NULL where the clause gives none.
    pub(crate) amount: String,
    /// Whether the amount is final: a condition that is never NULL.
    pub(crate) decided: String,
    /// It is part of what is paid.
    pub(crate) paid: bool,
}

/// Conditions of a clause, as columns.
struct Standing {
    barred: String,
    holds: String,
}

impl Scope<'_> {
    /// The clause's columns; they are kept for the clauses that name it.
    pub(crate) fn outcome(&mut self, id: ClauseId) -> Result<(), Reason> {
        let scheme = self.scheme;
        let Some(clause) = scheme.clause(id) else { return Err(Reason::new("没有这个条款", "no such clause")) };
        self.clause = Some(id);
        let written = self.clause_columns(clause, id);
        self.clause = None;
        self.outcomes.insert(id, written?);
        Ok(())
    }

    fn clause_columns(&mut self, clause: &Clause, id: ClauseId) -> Result<Outcome, Reason> {
        let d = self.dialect;
        let standing = self.standing(clause)?;
        let frequented = self.frequented(clause.frequency.as_ref(), &[id], id)?;
        let mut open = vec![format!("{} IS NULL", standing.holds), format!("{} IS NULL", standing.barred), frequented.open.clone()];
        let mut refused = vec![format!("NOT {}", standing.holds)];
        if let Some(rank) = &clause.rank {
            let place = self.places(clause, rank, &standing.holds, &standing.barred, &frequented)?;
            open.push(format!("{place} IS NULL"));
            refused.extend(rank.top.map(|top| format!("{place} > {top}")));
        }
        if !clause.open_readings.is_empty() {
            open.push("TRUE".into());
        }
        let null = self.stages.bind("CAST(NULL AS BIGINT)".to_owned());
        let (mut amount, mut decided, mut paid) = (null, "TRUE".to_owned(), true);
        match &clause.give {
            None => refused.push("TRUE".into()),
            Some(Give::Service(_)) => paid = false,
            Some(give) => {
                let value = self.given(give, id)?;
                let What::Number(exact) = &value.what else { return Err(crate::number::not_numbers()) };
                refused.extend(value.absent.clone());
                let (fen, final_) = self.limited(clause, id, give, exact)?;
                open.push(format!("{fen} IS NULL"));
                (amount, decided) = (fen, final_);
                paid = !matches!(give, Give::Waive(_));
            }
        }
        let (refused, open) = (junction(false, &refused), junction(false, &open));
        let outcome = self.stages.bind(format!(
            "CASE WHEN {} THEN 'barred' WHEN {} THEN 'exhausted' WHEN {refused} THEN 'ineligible' WHEN {open} THEN 'undetermined' ELSE 'eligible' END",
            standing.barred, frequented.used_up
        ));
        let amount = self.stages.bind(format!("CASE WHEN {outcome} = 'eligible' THEN {} END", format_args!("CAST({amount} AS {})", d.whole())));
        Ok(Outcome { outcome, amount, decided, paid })
    }

    fn standing(&mut self, clause: &Clause) -> Result<Standing, Reason> {
        let (mut bars, mut all) = (Vec::new(), Vec::new());
        for bar in &clause.bars {
            if bar.origin != Origin::Clause {
                bars.push(self.counted(bar.node, Env::NOW)?);
                continue;
            }
            let val = self.node(bar.node, Env::NOW)?;
            all.push(match &val.absent {
                // What is absent does not hold, neither as a bar nor as its opposite.
                Some(absent) => format!("CASE WHEN {absent} THEN FALSE ELSE NOT {} END", val.sql()),
                None => format!("NOT {}", val.sql()),
            });
        }
        all.extend(self.in_force());
        if !clause.applicants.is_empty() {
            let kind = self.fact(self.scheme.kind_fact(), Env::NOW)?;
            let kinds: Vec<String> = clause.applicants.iter().map(u16::to_string).collect();
            // A kind that is not declared is none that is wrong; a word that is no kind leaves it open.
            let undeclared = self.read("f.kind IS NULL".to_owned());
            all.push(format!("COALESCE({} IN ({}), CASE WHEN {undeclared} THEN TRUE END)", kind.sql(), kinds.join(", ")));
        }
        for test in &clause.conditions {
            all.push(self.counted(test.node, Env::NOW)?);
        }
        Ok(Standing { barred: self.stages.bind(junction(false, &bars)), holds: self.stages.bind(junction(true, &all)) })
    }

    /// The time in force, as conditions.
    fn in_force(&mut self) -> Vec<String> {
        let policy = &self.scheme.policy;
        let mut out = Vec::new();
        let year = self.award_year();
        if policy.boundary == Some("申报") {
            let day = self.as_of(Env::NOW);
            out.extend(policy.expires.map(|end| format!("{day} <= {}", self.dialect.day(end))));
            out.extend(policy.in_force.map(|start| format!("{day} >= {}", self.dialect.day(start))));
        } else {
            // The whole year lies after the end, or before the start.
            out.extend(policy.expires.map(|end| format!("{year} <= {}", end.year())));
            out.extend(policy.in_force.map(|start| format!("{year} >= {}", start.year())));
        }
        if policy.in_force.is_none() {
            out.extend(policy.in_force_year.map(|start| format!("{year} >= {start}")));
        }
        out
    }

    fn decision(&mut self, id: ClauseId) -> Number {
        let name = format!("决定@{}", self.scheme.clause(id).map_or("", |clause| &clause.id));
        self.needs.fact(name.clone(), ColumnType::Fen, Rational::ONE);
        let num = self.read(self.dialect.exact(&format!("f.{}", self.dialect.name(&name))));
        Number { num, den: Den::Fixed(1), max: LONG_MAX + 1, fixed: None }
    }

    fn given(&mut self, give: &Give, id: ClauseId) -> Result<Val, Reason> {
        match give {
            Give::Amount(node) | Give::Waive(node) | Give::UpTo(node) => self.node(*node, Env::NOW),
            Give::Decided(modifiers) => {
                let mut value = Val::of(What::Number(self.decision(id)));
                for (modifier, node) in modifiers {
                    let argument = self.node(*node, Env::NOW)?;
                    value = self.modified(&value, *modifier, &argument)?;
                }
                Ok(value)
            }
            Give::Service(_) => Err(Reason::new("服务没有金额", "a service has no amount")),
        }
    }

    /// The amount in fen after limits, rounding and decision, and whether it is final.
    fn limited(&mut self, clause: &Clause, id: ClauseId, give: &Give, exact: &Number) -> Result<(String, String), Reason> {
        let mut value = self.or_zero(exact)?;
        for limit in &clause.limits {
            let left = self.left_of(limit, id)?;
            value = self.bounded(&value, &left, true)?;
        }
        let fen = self.rounded(&value, AWARD_MAX);
        if !matches!(give, Give::UpTo(_)) {
            return Ok((fen, "TRUE".into()));
        }
        let decision = self.decision(id).num;
        let zero = self.dialect.number(0);
        let within = format!("CASE WHEN {decision} < 0 THEN {zero} WHEN {decision} < {fen} THEN {decision} ELSE {fen} END");
        let amount = self.stages.bind(format!("CASE WHEN {fen} IS NULL THEN NULL WHEN {decision} IS NULL THEN {fen} ELSE {within} END"));
        let decided = self.stages.bind(format!("({decision} IS NOT NULL)"));
        Ok((amount, decided))
    }

    pub(crate) fn clause_amount(&mut self, id: ClauseId) -> Result<Val, Reason> {
        let of = self.known_outcome(id)?;
        let paid = self.scheme.clause(id).is_some_and(|c| !matches!(c.give, Some(Give::Service(_)) | None));
        let gives = if paid { format!("{} IN ('eligible', 'undetermined')", of.outcome) } else { format!("{} = 'undetermined'", of.outcome) };
        let num = self.stages.bind(format!("CASE WHEN {} THEN {} END", of.decided, of.amount));
        Ok(Val {
            what: What::Number(Number { num, den: Den::Fixed(1), max: AWARD_MAX, fixed: None }),
            absent: Some(self.stages.bind(format!("(NOT {gives})"))),
        })
    }

    pub(crate) fn clause_eligible(&mut self, id: ClauseId) -> Result<Val, Reason> {
        let of = self.known_outcome(id)?.outcome;
        Ok(Val::yes_no(format!("CASE {of} WHEN 'eligible' THEN TRUE WHEN 'undetermined' THEN CAST(NULL AS BOOLEAN) ELSE FALSE END")))
    }

    fn known_outcome(&self, id: ClauseId) -> Result<Outcome, Reason> {
        let name = self.scheme.clause(id).map_or("", |clause| &clause.id);
        let why = || Reason::new(format!("它引用的条款 {name} 不能导出"), format!("it names clause {name}, which is not exported"));
        self.outcomes.get(&id).cloned().ok_or_else(why)
    }

    /// 名次
    pub(crate) fn place(&mut self) -> Result<Val, Reason> {
        let Some(id) = self.clause else { return Err(Reason::new("不在条款里的名次", "a place outside of a clause")) };
        let Some((_, place)) = self.placed.iter().find(|(clause, _)| *clause == id).cloned() else {
            return Err(Reason::new("名次用在排名之前", "a place before it is known"));
        };
        let num = self.stages.bind(self.dialect.exact(&place));
        Ok(Val::of(What::Number(Number { num, den: Den::Fixed(1), max: 1 << 40, fixed: None })))
    }

    /// Places among the applicants of a year (and key): one more than there are better ones for certain. NULL where its own
    /// score or key is not known.
    fn places(&mut self, clause: &Clause, rank: &Rank, holds: &str, barred: &str, frequented: &crate::memory::Frequented) -> Result<String, Reason> {
        let rank_only = self.read("COALESCE(f.rank_only, FALSE)".to_owned());
        let candidate = if rank.all_records {
            let own = clause.conditions.iter().filter(|test| test.origin == Origin::Clause);
            let own = own.map(|test| self.node(test.node, Env::NOW).map(|val| val.sql().to_owned())).collect::<Result<Vec<_>, _>>()?;
            let own = self.stages.bind(junction(true, &own));
            format!("COALESCE({own}, CASE WHEN {rank_only} THEN TRUE END)")
        } else {
            let out = format!("{rank_only} OR COALESCE({barred}, FALSE) OR COALESCE(NOT {holds}, FALSE) OR {}", frequented.used_up);
            format!("CASE WHEN {out} THEN FALSE WHEN NOT {barred} AND {holds} AND NOT {} THEN TRUE END", frequented.open)
        };
        let candidate = self.stages.bind(candidate);
        let score = self.measure(rank.score)?;
        let tie = rank.tie.map(|tie| self.measure(tie)).transpose()?;
        let tie = tie.unwrap_or_default();
        let mut known: Vec<String> = score.iter().chain(&tie).map(|digit| format!("{digit} IS NOT NULL")).collect();
        let year = self.award_year();
        let mut field = vec![if self.options.year.is_some() { "1".to_owned() } else { year }];
        if let Some(fact) = rank.each {
            let word = self.key_word(policy::scheme::Key::Fact(fact), self.clause.unwrap_or(ClauseId(0)))?;
            let key = self.read(word);
            known.push(format!("{key} IS NOT NULL"));
            field.push(key);
        }
        let known = self.stages.bind(junction(true, &known));
        let sure = self.stages.bind(format!("CASE WHEN {candidate} AND {known} THEN 1 ELSE 0 END"));
        let better = if rank.lowest_first { "ASC" } else { "DESC" };
        let mut order: Vec<String> = score.iter().map(|digit| format!("{digit} {better}")).collect();
        order.extend(tie.iter().map(|digit| format!("{digit} DESC")));
        let peers: Vec<&str> = field.iter().chain(&score).chain(&tie).map(String::as_str).collect();
        let up_to = format!("SUM({sure}) OVER (PARTITION BY {} ORDER BY {})", field.join(", "), order.join(", "));
        let alike = format!("SUM({sure}) OVER (PARTITION BY {})", peers.join(", "));
        // In stages of their own, so that each window is worked out once.
        let (up_to, alike) = (self.stages.bind(up_to), self.stages.bind(alike));
        let place = self.stages.bind(format!("CASE WHEN {known} AND COALESCE({candidate}, TRUE) THEN {up_to} - {alike} + 1 END"));
        if let Some(id) = self.clause {
            self.placed.push((id, place.clone()));
        }
        Ok(place)
    }

    /// What rows are ordered by: whole numbers, the first of which counts most.
    ///
    /// Two fractions of denominators up to D differ by 1/D² or not at all. So a quotient is ordered by its digits, as many of
    /// them as tell that much apart, each digit of a base that the engine's whole numbers can hold.
    pub(crate) fn measure(&mut self, node: policy::scheme::NodeId) -> Result<Vec<String>, Reason> {
        let val = self.node(node, Env::NOW)?;
        let What::Number(number) = &val.what else { return Err(crate::number::not_numbers()) };
        let num = self.stages.bind(number.num.clone());
        let Den::Sql(den, most) = &number.den else { return Ok(vec![num]) };
        let refused = || Reason::new("排序所依据的商需要的位数太多", "an order by a quotient of too many digits").at(node);
        let room = self.dialect.scratch_max().unwrap_or(i128::MAX.unsigned_abs());
        let (base, first) = (10_u128.pow(18).min(room / most), if number.max > LONG_MAX { 10_u128.pow(10) } else { 1 });
        if base < 2 || most.saturating_mul(first) > room || number.max / first > LONG_MAX {
            return Err(refused());
        }
        let den = self.stages.bind(den.clone());
        let unit = self.stages.bind(self.times(&den, first));
        let below = self.dialect.quotient(&format!("({unit} - 1 - {num})"), &unit);
        let digit = format!("CASE WHEN {num} >= 0 THEN {} WHEN {num} < 0 THEN -{below} END", self.dialect.quotient(&num, &unit));
        let digit = self.stages.bind(self.dialect.exact(&digit));
        let mut rest = self.stages.bind(format!("({num} - {digit} * {unit})"));
        let mut out = vec![digit];
        let factors = std::iter::once(1).filter(|_| first > 1).chain(std::iter::repeat_n(base, (2 * most.ilog2() + 2).div_ceil(base.ilog2()) as usize));
        for factor in factors {
            let whole = self.stages.bind(self.times(&rest, factor));
            let digit = self.stages.bind(self.dialect.quotient(&whole, &den));
            rest = self.stages.bind(format!("({whole} - {digit} * {den})"));
            out.push(digit);
        }
        Ok(out)
    }
}
