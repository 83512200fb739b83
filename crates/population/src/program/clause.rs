//! A clause: bars, conditions, place, amount, limits and the one rounding, in the order of `policy`. Rows with earlier awards
//! stand beside the columns, so that frequencies are free and nothing of a limit is used.

use super::build::{Builder, Number, State, Value, What};
use super::expr::Held;
use super::{Bit, Int, NotHeld, Test};
use crate::table::About;
use policy::scheme::{Clause, ClauseId, Give, Origin};
use values::Date;

/// No award is above it: `policy` calls more an overflow.
const AWARD_MAX: i64 = 1_000_000_000_000_000;

/// What a clause comes to in each row. A row that is bad goes to `policy`; of the others the first of barred, refused, open
/// that holds is the outcome, else it is eligible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClauseCode {
    /// To `policy`.
    pub bad: Bit,
    /// A general bar holds.
    pub barred: Bit,
    /// The policy is not in force in this year.
    pub out_of_force: bool,
    /// The clause is not for this kind of applicant.
    pub wrong_kind: Bit,
    /// A condition does not hold.
    pub fails: Bit,
    /// Not among the first.
    pub not_placed: Bit,
    /// No tier or member gives an amount.
    pub nothing: Bit,
    /// Something is not known.
    pub open: Bit,
    /// Amount in fen, where eligible.
    pub amount: Int,
    /// The amount is a ceiling that nobody has decided.
    pub ceiling: Bit,
    /// A decision was above the ceiling.
    pub decision_cut: Bit,
    /// A limit cut the amount.
    pub limit_cut: Bit,
    /// What the clause gives.
    pub given: Given,
}

/// What a clause gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Money.
    Paid,
    /// Money that is not paid but left to the applicant.
    Waived,
    /// A service.
    Service,
}

impl<'a> Builder<'a> {
    /// Every clause, in the order in which they refer to each other.
    pub fn clauses(&mut self) -> Vec<Result<ClauseCode, NotHeld>> {
        let scheme = self.scheme;
        for id in &scheme.order {
            // Whether it is held stands in the results.
            let _ = self.made_clause(*id);
        }
        self.results.iter().map(|result| result.unwrap_or(Err(NotHeld("a clause out of order")))).collect()
    }

    fn made_clause(&mut self, id: ClauseId) -> Result<ClauseCode, NotHeld> {
        if let Some(Some(known)) = self.results.get(id.index()) {
            return *known;
        }
        let before = self.clause.replace(id);
        let scheme = self.scheme;
        let result = match scheme.clause(id) {
            Some(clause) => self.one(clause, id),
            None => Err(NotHeld("a clause that is not there")),
        };
        self.clause = before;
        if let Some(slot) = self.results.get_mut(id.index()) {
            *slot = Some(result);
        }
        result
    }

    fn one(&mut self, clause: &'a Clause, id: ClauseId) -> Result<ClauseCode, NotHeld> {
        let env = self.env();
        let (mut bars, mut conditions) = (Vec::new(), Vec::new());
        for bar in &clause.bars {
            let value = self.eval(bar.node, env)?;
            if bar.origin == Origin::Clause {
                let yes = value.yes_no()?;
                let not = self.but(value.state.known, yes);
                conditions.push(Value { what: What::YesNo(not), ..value });
            } else {
                bars.push(value);
            }
        }
        for test in &clause.conditions {
            conditions.push(self.eval(test.node, env)?);
        }
        let (barred, holds) = (self.any(&bars)?, self.every(&conditions)?);
        let barred_yes = barred.yes_no()?;
        let holds_yes = holds.yes_no()?;
        let fails = self.but(holds.state.known, holds_yes);
        let wrong_kind = self.wrong_kind(clause)?;
        let decided = self.and(barred.state.known, holds.state.known);
        let mut code = ClauseCode {
            bad: holds.state.bad,
            barred: barred_yes,
            out_of_force: self.out_of_force(),
            wrong_kind,
            fails,
            not_placed: Bit::No,
            nothing: Bit::No,
            open: self.not(decided),
            amount: Int::Const(0),
            ceiling: Bit::No,
            decision_cut: Bit::No,
            limit_cut: Bit::No,
            given: Given::Paid,
        };
        self.placed(clause, id, &mut code);
        if !clause.open_readings.is_empty() {
            code.open = Bit::Yes;
        }
        self.give(clause, id, &mut code)?;
        self.narrow(barred.state.bad, &mut code);
        self.rank_code(clause, id, &code)?;
        Ok(code)
    }

    /// What is bad does not matter where a bar or condition that is sound settles the outcome.
    fn narrow(&mut self, bars_bad: Bit, code: &mut ClauseCode) {
        let refused = self.or(code.wrong_kind, code.fails);
        let settled = self.or(refused, code.barred);
        let settled = if code.out_of_force { Bit::Yes } else { settled };
        let open = self.but(code.bad, settled);
        code.bad = self.or(open, bars_bad);
    }

    /// Rows that are certainly no candidates of the ranking.
    fn rank_code(&mut self, clause: &'a Clause, id: ClauseId, code: &ClauseCode) -> Result<(), NotHeld> {
        let Some(rank) = &clause.rank else { return Ok(()) };
        let out = if rank.all_records {
            let env = self.env();
            let own = clause.conditions.iter().filter(|test| test.origin == Origin::Clause);
            let own = own.map(|test| self.eval(test.node, env)).collect::<Result<Vec<_>, _>>()?;
            let all = self.every(&own)?;
            let yes = all.yes_no()?;
            self.but(all.state.known, yes)
        } else {
            let refused = self.or(code.wrong_kind, code.fails);
            let refused = self.or(refused, code.barred);
            if code.out_of_force { Bit::Yes } else { refused }
        };
        self.ranks.push((id, out));
        Ok(())
    }

    fn out_of_force(&self) -> bool {
        let policy = &self.scheme.policy;
        let (first, last) = if policy.boundary == Some("申报") {
            (Some(self.as_of), Some(self.as_of))
        } else {
            (Date::first_of_year(self.year), Date::last_of_year(self.year))
        };
        let late = matches!((policy.expires, first), (Some(end), Some(first)) if first > end);
        let early = matches!((policy.in_force, last), (Some(start), Some(last)) if last < start);
        late || early || policy.in_force.is_none() && policy.in_force_year.is_some_and(|year| self.year < year)
    }

    fn wrong_kind(&mut self, clause: &Clause) -> Result<Bit, NotHeld> {
        if clause.applicants.is_empty() {
            return Ok(Bit::No);
        }
        let Some(column) = self.layout.of(About::Fact(self.scheme.kind_fact())) else { return Ok(Bit::No) };
        let kind = self.column(column)?;
        let What::Choice(of) = kind.what else { return Err(NotHeld("a kind that is no choice")) };
        let among = self.among(of, &clause.applicants);
        Ok(self.but(kind.state.known, among))
    }

    /// The place of the clause at hand. Places stand in columns behind those of the layout, in the order of the scheme.
    pub fn place(&mut self) -> Held<'a> {
        let Some(column) = self.clause.and_then(|clause| self.place_column(clause)) else { return Ok(Value::UNKNOWN) };
        let number = Number::whole(Int::Column(column), 0, i128::from(u32::MAX), 1);
        Ok(Value { what: What::Number(number), state: State::known_in(Bit::Known(column)) })
    }

    fn place_column(&self, clause: ClauseId) -> Option<u32> {
        let ranked = self.scheme.clause_ids().filter(|(_, c)| c.rank.is_some()).position(|(id, _)| id == clause)?;
        u32::try_from(self.layout.columns.len() + ranked).ok()
    }

    fn placed(&mut self, clause: &Clause, id: ClauseId, code: &mut ClauseCode) {
        let (Some(rank), Some(column)) = (&clause.rank, self.place_column(id)) else { return };
        if let Some(top) = rank.top {
            let beyond = self.test(Test::Less, Int::Const(i64::from(top)), Int::Column(column));
            code.not_placed = self.and(beyond, Bit::Known(column));
        }
        let unplaced = self.not(Bit::Known(column));
        code.open = self.or(code.open, unplaced);
    }

    fn give(&mut self, clause: &'a Clause, id: ClauseId, code: &mut ClauseCode) -> Result<(), NotHeld> {
        let env = self.env();
        let value = match &clause.give {
            None => Value::ABSENT,
            Some(Give::Service(_)) => {
                code.given = Given::Service;
                return Ok(());
            }
            Some(Give::Amount(node) | Give::Waive(node) | Give::UpTo(node)) => self.eval(*node, env)?,
            Some(Give::Decided(modifiers)) => {
                let mut value = self.decision(id)?;
                for (modifier, node) in modifiers {
                    let argument = self.eval(*node, env)?;
                    value = self.modify(&value, *modifier, &argument)?;
                }
                value
            }
        };
        if matches!(clause.give, Some(Give::Waive(_))) {
            code.given = Given::Waived;
        }
        code.nothing = value.state.absent;
        code.bad = self.or(code.bad, value.state.bad);
        let decided = self.or(value.state.known, value.state.absent);
        let undecided = self.not(decided);
        code.open = self.or(code.open, undecided);
        let number = match value.what {
            What::Number(_) => self.at_least_zero(&value),
            What::Nothing => return Ok(()),
            _ => return Err(NotHeld("an amount that is no number")),
        };
        self.limited(clause, id, number, code)
    }

    fn decision(&mut self, id: ClauseId) -> Held<'a> {
        match self.layout.of(About::Decision(id)) {
            Some(column) => self.column(column),
            None => Ok(Value::UNKNOWN),
        }
    }

    fn limited(&mut self, clause: &'a Clause, id: ClauseId, exact: Value<'a>, code: &mut ClauseCode) -> Result<(), NotHeld> {
        let env = self.env();
        let What::Number(mut number) = exact.what else { return Ok(()) };
        let has = exact.state.known;
        let mut bad = Bit::No;
        for limit in &clause.limits {
            let left = self.eval(limit.amount, env)?;
            let left = self.at_least_zero(&left);
            bad = self.or(bad, left.state.bad);
            let open = self.not(left.state.known);
            let open = self.and(open, has);
            code.open = self.or(code.open, open);
            let What::Number(most) = left.what else { continue };
            let cut = self.compare(Test::Less, &most, &number);
            let cut = self.and(cut, left.state.known);
            code.limit_cut = self.or(code.limit_cut, cut);
            number = self.choose_number(cut, &most, &number).0;
        }
        let (fen, large) = self.rounded(&number, AWARD_MAX);
        bad = self.or(bad, large);
        let bad = self.and(bad, has);
        code.bad = self.or(code.bad, bad);
        code.amount = fen;
        if matches!(clause.give, Some(Give::UpTo(_))) {
            let decision = self.decision(id)?;
            code.ceiling = self.not(decision.state.known);
            if let What::Number(decided) = decision.what {
                let above = self.test(Test::Less, fen, decided.parts);
                code.decision_cut = self.and(above, decision.state.known);
                let within = self.pair(super::Pair::Min, decided.parts, fen);
                let within = self.pair(super::Pair::Max, within, Int::Const(0));
                code.amount = self.choose(decision.state.known, within, fen);
            }
        }
        Ok(())
    }

    /// Rows in which a clause is eligible, and in which it is undetermined.
    fn outcome(&mut self, code: &ClauseCode) -> (Bit, Bit) {
        if code.out_of_force {
            return (Bit::No, Bit::No);
        }
        let mut refused = code.barred;
        for more in [code.wrong_kind, code.fails, code.not_placed, code.nothing, code.bad] {
            refused = self.or(refused, more);
        }
        let standing = self.not(refused);
        (self.but(standing, code.open), self.and(standing, code.open))
    }

    pub fn clause_amount(&mut self, id: ClauseId) -> Held<'a> {
        let code = self.made_clause(id).map_err(|_| NotHeld("it names a clause that is not held"))?;
        let (eligible, undetermined) = self.outcome(&code);
        if code.given == Given::Service {
            let absent = self.not(undetermined);
            let absent = self.but(absent, code.bad);
            return Ok(Value { what: What::Nothing, state: State { known: Bit::No, absent, bad: code.bad } });
        }
        let decided = self.but(eligible, code.ceiling);
        let open = self.or(eligible, undetermined);
        let absent = self.not(open);
        let absent = self.but(absent, code.bad);
        let number = Number::whole(code.amount, 0, i128::from(AWARD_MAX), 1);
        Ok(Value { what: What::Number(number), state: State { known: decided, absent, bad: code.bad } })
    }

    pub fn clause_eligible(&mut self, id: ClauseId) -> Held<'a> {
        let code = self.made_clause(id).map_err(|_| NotHeld("it names a clause that is not held"))?;
        let (eligible, undetermined) = self.outcome(&code);
        let known = self.not(undetermined);
        let known = self.but(known, code.bad);
        Ok(Value { what: What::YesNo(eligible), state: State { known, absent: Bit::No, bad: code.bad } })
    }
}
