//! The course of a clawback: what each act does to it, and the sums that are left to take back.

use super::{Collected, Decision, Instalment, LeadId, Means, Part, Proposal, Recovery, RecoveryRefusal, RecoveryStage, Statement};
use crate::case::Hand;
use crate::id::{BookId, CallId, CaseId, DeterminationId, OrganisationId, RecoveryId, UserId};
use crate::ledger::{Entry, Move};
use crate::refusal::Named;
use crate::term::Term;
use values::{Date, Fen, Moment, WorkCalendar};

/// What stands paid under a clause, of one budget, pool and determination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// The clause.
    pub clause: String,
    /// Budget it was paid from.
    pub fund: BookId,
    /// Pool it counted against.
    pub pool: Option<BookId>,
    /// Determination it rested on.
    pub determination: Option<DeterminationId>,
    /// How much stands paid: paid and paid again, less what the bank returned and what came back.
    pub amount: Fen,
}

/// What a clawback is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Case that was paid.
    pub case: CaseId,
    /// Its call.
    pub call: CallId,
    /// Who was paid.
    pub organisation: OrganisationId,
    /// Determination in force.
    pub determination: DeterminationId,
}

/// A part of what comes back, with the budget it goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portion {
    /// What stood paid.
    pub paid: Paid,
    /// How much of it comes back now.
    pub amount: Fen,
}

/// What stands paid under a case, by its entries in the ledger.
///
/// `pools` are the books of its call's pools: an entry on such a book alone counts the same money once more, for a pool
/// around another, and is no payment.
#[must_use]
pub fn paid(entries: &[Entry], pools: &[BookId]) -> Vec<Paid> {
    let mut out: Vec<Paid> = Vec::new();
    for entry in entries.iter().filter(|entry| !pools.contains(&entry.fund)) {
        let amount = match entry.kind {
            Move::Pay | Move::Repay => entry.amount.0,
            Move::Return | Move::Recover => entry.amount.0.saturating_neg(),
            _ => continue,
        };
        let clause = entry.clause.clone().unwrap_or_default();
        let same = |p: &&mut Paid| p.clause == clause && p.fund == entry.fund && p.pool == entry.pool && p.determination == entry.determination;
        if let Some(paid) = out.iter_mut().find(same) {
            paid.amount = Fen(paid.amount.0.saturating_add(amount));
        } else {
            let (fund, pool, determination) = (entry.fund.clone(), entry.pool.clone(), entry.determination.clone());
            out.push(Paid { clause, fund, pool, determination, amount: Fen(amount) });
        }
    }
    out.retain(|paid| paid.amount > Fen(0));
    out
}

/// The pools around the pool of a clause that its payments were counted in as well.
#[must_use]
pub fn outer_pools(entries: &[Entry], pools: &[BookId], clause: &str) -> Vec<BookId> {
    let counted = |book: &&BookId| entries.iter().any(|e| e.kind == Move::Pay && e.fund == **book && e.clause.as_deref() == Some(clause));
    pools.iter().filter(counted).cloned().collect()
}

/// What is left to take back under a clause: what stands paid, less what other clawbacks of the case still wait for.
#[must_use]
pub fn left(paid: &[Paid], others: &[Recovery], clause: &str) -> Fen {
    let stands: i64 = paid.iter().filter(|paid| paid.clause == clause).fold(0, |sum, paid| sum.saturating_add(paid.amount.0));
    let waited: i64 = others.iter().fold(0, |sum, other| sum.saturating_add(other.waits_for(clause).0));
    Fen(stands.saturating_sub(waited).max(0))
}

/// The last day on which an organisation's applications are refused, if that is today or later (禁止申报期).
#[must_use]
pub fn barred_until(recoveries: &[Recovery], today: Date) -> Option<Date> {
    recoveries.iter().filter_map(Recovery::bar).filter(|until| *until >= today).max()
}

/// Whether what is due to an organisation under a case is stopped by its clawbacks (停止兑付): everything until they are
/// settled, and for good what is due under the case that was taken back.
#[must_use]
pub fn payment_stopped(recoveries: &[Recovery], case: &CaseId) -> bool {
    let stops = |recovery: &&Recovery| recovery.decision.as_ref().is_some_and(|decision| decision.stop_payment);
    let open = |recovery: &Recovery| !matches!(recovery.stage, RecoveryStage::Settled | RecoveryStage::Closed);
    recoveries.iter().filter(stops).any(|recovery| open(recovery) || recovery.case == *case)
}

fn blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn sum(amounts: impl IntoIterator<Item = Fen>) -> Result<Fen, RecoveryRefusal> {
    amounts.into_iter().try_fold(Fen(0), |sum, amount| sum.checked_add(amount)).map_err(|_| RecoveryRefusal::TooLarge)
}

/// Each clause once, above zero, and no more than is left. Errors: parts, above what is left.
fn check_parts(parts: &[Part], left: impl Fn(&str) -> Fen) -> Result<(), RecoveryRefusal> {
    for (at, part) in parts.iter().enumerate() {
        if part.amount <= Fen(0) || parts.iter().take(at).any(|other| other.clause == part.clause) {
            return Err(RecoveryRefusal::Parts { clause: part.clause.clone() });
        }
        let left = left(&part.clause);
        if part.amount > left {
            return Err(RecoveryRefusal::AboveLeft { clause: part.clause.clone(), asked: part.amount, left });
        }
    }
    Ok(())
}

impl Recovery {
    /// Files a clawback on what stands paid under a case. Errors: nothing is left to take back.
    pub fn file(id: RecoveryId, about: About, leads: Vec<LeadId>, paid: &[Paid], others: &[Self]) -> Result<Self, RecoveryRefusal> {
        if !paid.iter().any(|p| left(paid, others, &p.clause) > Fen(0)) {
            return Err(RecoveryRefusal::NothingLeft { case: about.case });
        }
        Ok(Self {
            id,
            case: about.case,
            call: about.call,
            organisation: about.organisation,
            determination: about.determination,
            leads,
            stage: RecoveryStage::Filed,
            proposal: None,
            hearing: None,
            statements: Vec::new(),
            decision: None,
            decided: None,
            due: None,
            delivered_by: None,
            plan: Vec::new(),
            collected: Vec::new(),
            reminder: None,
            enforcement: None,
            amended: Vec::new(),
            closed: None,
            hands: Vec::new(),
        })
    }

    /// Goes on, if it is at one of these stages. Errors: [`RecoveryRefusal::Stage`].
    pub fn at(&self, stages: &[RecoveryStage]) -> Result<(), RecoveryRefusal> {
        if stages.contains(&self.stage) { Ok(()) } else { Err(RecoveryRefusal::Stage { stage: self.stage }) }
    }

    /// Notes who did an act, unless the same person did one that must not be the same hand.
    ///
    /// Errors: [`RecoveryRefusal::FourEyes`].
    pub fn by(&mut self, act: &str, user: &UserId, at: Moment, never_after: &[&str]) -> Result<(), RecoveryRefusal> {
        if let Some(hand) = self.hands.iter().find(|hand| hand.user == *user && never_after.contains(&hand.act.as_str())) {
            return Err(RecoveryRefusal::FourEyes { act: hand.act.clone() });
        }
        self.hands.push(Hand { act: act.to_owned(), user: user.clone(), at });
        Ok(())
    }

    /// 告知. A further notice takes the place of the first, and the time for a statement begins anew.
    pub fn notify(&mut self, proposal: &Proposal, left: impl Fn(&str) -> Fen, today: Date, calendar: &WorkCalendar) -> Result<(), RecoveryRefusal> {
        self.at(&[RecoveryStage::Filed, RecoveryStage::Notified])?;
        for (missing, text) in [(Named::RECOVERY_NOTICE_NUMBER, &proposal.number), (Named::FINDING, &proposal.grounds)] {
            if blank(text) {
                return Err(RecoveryRefusal::Incomplete { missing });
            }
        }
        if proposal.parts.is_empty() {
            return Err(RecoveryRefusal::Incomplete { missing: Named::RECOVERY_PARTS });
        }
        check_parts(&proposal.parts, left)?;
        self.hearing = Some(Term::new(calendar, today, proposal.period));
        self.proposal = Some(proposal.clone());
        self.stage = RecoveryStage::Notified;
        Ok(())
    }

    /// 陈述申辩, while its time runs.
    pub fn state(&mut self, statement: Statement) -> Result<(), RecoveryRefusal> {
        self.at(&[RecoveryStage::Notified])?;
        if blank(&statement.words) {
            return Err(RecoveryRefusal::Incomplete { missing: Named::STATEMENT });
        }
        match &self.hearing {
            Some(term) if term.is_over(statement.at.date()) => return Err(RecoveryRefusal::HearingOver { until: term.last }),
            _ => self.statements.push(statement),
        }
        Ok(())
    }

    /// 决定. `bar_longest`: the last day of the longest bar that a rule of the scheme orders, where a rule is the lead.
    pub fn decide(&mut self, decision: &Decision, left: impl Fn(&str) -> Fen, at: Moment, bar_longest: Option<Date>) -> Result<(), RecoveryRefusal> {
        self.at(&[RecoveryStage::Notified])?;
        self.complete(decision)?;
        check_parts(&decision.parts, left)?;
        for part in &decision.parts {
            let told = self.proposal.iter().flat_map(|p| &p.parts).find(|told| told.clause == part.clause).map_or(Fen(0), |told| told.amount);
            if part.amount > told {
                return Err(RecoveryRefusal::NotHeard { clause: part.clause.clone(), asked: part.amount, told });
            }
        }
        let heard = self.statements.iter().any(|statement| statement.last);
        if let Some(until) = self.hearing.as_ref().filter(|term| !heard && !term.is_over(at.date())).map(|term| term.last) {
            return Err(RecoveryRefusal::HearingOpen { until });
        }
        if let Some(until) = bar_longest.filter(|longest| decision.bar_until.is_some_and(|until| until > *longest)) {
            return Err(RecoveryRefusal::Bar { until });
        }
        sum(decision.parts.iter().map(|part| part.amount))?;
        self.decision = Some(decision.clone());
        self.decided = Some(at);
        self.stage = RecoveryStage::Decided;
        Ok(())
    }

    fn complete(&self, decision: &Decision) -> Result<(), RecoveryRefusal> {
        let missing = |what| Err(RecoveryRefusal::Incomplete { missing: what });
        if blank(&decision.number) {
            return missing(Named::DECISION_NUMBER);
        }
        if decision.basis.iter().all(|basis| blank(basis)) {
            return missing(Named::BASIS);
        }
        if blank(&decision.grounds) {
            return missing(Named::FINDING_AND_STATEMENT);
        }
        if blank(&decision.remedies) {
            return missing(Named::REMEDIES);
        }
        if decision.parts.is_empty() {
            return missing(Named::RECOVERY_PARTS);
        }
        Ok(())
    }

    /// 送达. The time to pay runs from that day.
    pub fn deliver(&mut self, on: Date, by: &str, today: Date, calendar: &WorkCalendar) -> Result<(), RecoveryRefusal> {
        self.at(&[RecoveryStage::Decided])?;
        let (Some(decision), Some(decided)) = (&self.decision, self.decided) else { return Err(RecoveryRefusal::Stage { stage: self.stage }) };
        if blank(by) {
            return Err(RecoveryRefusal::Incomplete { missing: Named::DELIVERY });
        }
        if on < decided.date() || on > today {
            return Err(RecoveryRefusal::Delivery { on });
        }
        self.due = Some(Term::new(calendar, on, decision.period));
        self.delivered_by = Some(by.to_owned());
        self.stage = RecoveryStage::Delivered;
        Ok(())
    }

    /// 分期: takes the place of a plan that was agreed before.
    pub fn agree(&mut self, plan: &[Instalment], today: Date) -> Result<(), RecoveryRefusal> {
        self.at(&[RecoveryStage::Delivered, RecoveryStage::Reminded])?;
        let ordered = plan.windows(2).all(|pair| matches!(pair, [a, b] if a.due < b.due)) && plan.first().is_some_and(|first| first.due > today);
        if !ordered || plan.iter().any(|part| part.amount <= Fen(0)) || sum(plan.iter().map(|part| part.amount))? != self.owed() {
            return Err(RecoveryRefusal::Plan);
        }
        // What came in before stands as a first instalment, so that the plan still comes to what was decided.
        let before = self.came_back();
        let early = (before > Fen(0)).then_some(Instalment { due: today, amount: before });
        self.plan = early.into_iter().chain(plan.iter().cloned()).collect();
        self.reminder = None;
        self.stage = RecoveryStage::Delivered;
        Ok(())
    }

    /// What was decided under a clause.
    fn decided_for(&self, clause: &str) -> Fen {
        self.decision.iter().flat_map(|decision| &decision.parts).find(|part| part.clause == clause).map_or(Fen(0), |part| part.amount)
    }

    /// What was decided, in all; it was checked to fit.
    #[must_use]
    pub fn decided_sum(&self) -> Fen {
        self.decision.iter().flat_map(|decision| &decision.parts).fold(Fen(0), |sum, part| Fen(sum.0.saturating_add(part.amount.0)))
    }

    /// What came back so far.
    #[must_use]
    pub fn came_back(&self) -> Fen {
        self.collected.iter().fold(Fen(0), |sum, part| Fen(sum.0.saturating_add(part.amount.0)))
    }

    /// What is still owed.
    #[must_use]
    pub fn owed(&self) -> Fen {
        Fen(self.decided_sum().0.saturating_sub(self.came_back().0).max(0))
    }

    fn came_back_of(&self, clause: &str) -> Fen {
        let parts = self.collected.iter().flat_map(|collected| &collected.parts).filter(|part| part.clause == clause);
        parts.fold(Fen(0), |sum, part| Fen(sum.0.saturating_add(part.amount.0)))
    }

    /// What it still waits for under a clause.
    #[must_use]
    pub fn waits_for(&self, clause: &str) -> Fen {
        if matches!(self.stage, RecoveryStage::Closed) {
            return Fen(0);
        }
        Fen(self.decided_for(clause).0.saturating_sub(self.came_back_of(clause).0).max(0))
    }

    /// The day after which something is overdue; none if nothing is owed or the decision is not delivered.
    #[must_use]
    pub fn next_due(&self) -> Option<Date> {
        if self.owed() == Fen(0) {
            return None;
        }
        let mut sum = 0_i64;
        let unpaid = self.plan.iter().find(|part| {
            sum = sum.saturating_add(part.amount.0);
            sum > self.came_back().0
        });
        unpaid.map(|part| part.due).or_else(|| self.due.as_ref().map(|term| term.last))
    }

    /// Money that came back (缴款、抵扣): how it goes to the clauses, budgets and pools it was paid from, in their order.
    ///
    /// Errors: stage, more than is owed or nothing, more than stands paid under a clause.
    pub fn collect(&mut self, amount: Fen, means: Means, on: Date, paid: &[Paid]) -> Result<Vec<Portion>, RecoveryRefusal> {
        self.at(&[RecoveryStage::Delivered, RecoveryStage::Reminded, RecoveryStage::Enforced])?;
        let owed = self.owed();
        if amount <= Fen(0) || amount > owed {
            return Err(RecoveryRefusal::AboveOwed { asked: amount, owed });
        }
        let mut rest = amount.0;
        let (mut portions, mut parts) = (Vec::new(), Vec::new());
        for part in self.decision.iter().flat_map(|decision| &decision.parts) {
            let mut here = self.waits_for(&part.clause).0.min(rest);
            rest = rest.saturating_sub(here);
            if here > 0 {
                parts.push(Part { clause: part.clause.clone(), amount: Fen(here) });
            }
            for paid in paid.iter().filter(|paid| paid.clause == part.clause) {
                let taken = here.min(paid.amount.0);
                if taken > 0 {
                    portions.push(Portion { paid: paid.clone(), amount: Fen(taken) });
                    here = here.saturating_sub(taken);
                }
            }
            if here > 0 {
                let stands = paid.iter().filter(|paid| paid.clause == part.clause).fold(0_i64, |sum, paid| sum.saturating_add(paid.amount.0));
                return Err(RecoveryRefusal::AboveLeft { clause: part.clause.clone(), asked: Fen(stands.saturating_add(here)), left: Fen(stands) });
            }
        }
        self.collected.push(Collected { on, amount, parts, means });
        if self.owed() == Fen(0) {
            self.stage = RecoveryStage::Settled;
        }
        Ok(portions)
    }

    /// 复议、诉讼改变: a clause that is not named any more is lowered to nothing. What was agreed on instalments ends.
    pub fn amend(&mut self, number: &str, parts: &[Part]) -> Result<(), RecoveryRefusal> {
        self.at(&[RecoveryStage::Delivered, RecoveryStage::Reminded, RecoveryStage::Enforced])?;
        if blank(number) {
            return Err(RecoveryRefusal::Incomplete { missing: Named::JUDGMENT_NUMBER });
        }
        check_parts(parts, |clause| self.decided_for(clause))?;
        let new = |clause: &str| parts.iter().find(|part| part.clause == clause).map_or(Fen(0), |part| part.amount);
        let Some(decision) = &self.decision else { return Err(RecoveryRefusal::Stage { stage: self.stage }) };
        if let Some(part) = decision.parts.iter().find(|part| new(&part.clause) < self.came_back_of(&part.clause)) {
            return Err(RecoveryRefusal::Amendment { clause: part.clause.clone() });
        }
        let mut lowered = Decision { parts: parts.to_vec(), ..decision.clone() };
        if parts.is_empty() {
            // Nothing is left of the decision, so nothing of what it ordered beside.
            lowered.bar_until = None;
            lowered.stop_payment = false;
        }
        self.amended.push((number.to_owned(), decision.parts.clone()));
        self.decision = Some(lowered);
        self.plan = Vec::new();
        if self.owed() == Fen(0) {
            self.stage = RecoveryStage::Settled;
        }
        Ok(())
    }

    /// 催告, once something is overdue.
    pub fn remind(&mut self, number: &str, term: Term) -> Result<(), RecoveryRefusal> {
        self.at(&[RecoveryStage::Delivered, RecoveryStage::Reminded])?;
        if blank(number) {
            return Err(RecoveryRefusal::Incomplete { missing: Named::REMINDER_NUMBER });
        }
        if let Some(until) = self.next_due().filter(|until| term.from <= *until) {
            return Err(RecoveryRefusal::NotDue { until });
        }
        self.reminder = Some((number.to_owned(), term));
        self.stage = RecoveryStage::Reminded;
        Ok(())
    }

    /// 申请强制执行, once the time of the reminder is over as well.
    pub fn enforce(&mut self, court: &str, number: &str, today: Date) -> Result<(), RecoveryRefusal> {
        self.at(&[RecoveryStage::Reminded])?;
        if blank(court) || blank(number) {
            return Err(RecoveryRefusal::Incomplete { missing: Named::COURT_OR_NUMBER });
        }
        if let Some(until) = self.reminder.as_ref().map(|(_, term)| term.last).filter(|until| today <= *until) {
            return Err(RecoveryRefusal::NotDue { until });
        }
        self.enforcement = Some((court.to_owned(), number.to_owned()));
        self.stage = RecoveryStage::Enforced;
        Ok(())
    }

    /// The last day on which applications are refused: a bar binds once the decision was delivered.
    #[must_use]
    pub fn bar(&self) -> Option<Date> {
        let delivered = self.due.is_some();
        self.decision.as_ref().filter(|_| delivered).and_then(|decision| decision.bar_until)
    }

    /// 结案: before a decision when nothing is to come back, after it when all has and no bar runs.
    pub fn close(&mut self, reason: &str, today: Date) -> Result<(), RecoveryRefusal> {
        self.at(&[RecoveryStage::Filed, RecoveryStage::Notified, RecoveryStage::Settled])?;
        if blank(reason) {
            return Err(RecoveryRefusal::Incomplete { missing: Named::REASON });
        }
        if let Some(until) = self.bar().filter(|until| *until >= today) {
            return Err(RecoveryRefusal::Barred { until });
        }
        self.closed = Some(reason.to_owned());
        self.stage = RecoveryStage::Closed;
        Ok(())
    }
}
