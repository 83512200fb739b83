//! Leads and clawbacks: filed, heard, decided, delivered, collected, closed. What comes back is posted to the budget and
//! pool it was paid from. Applications and payments ask here whether a clawback stands in their way.

use crate::assess::settled;
use crate::desk::{Desk, unknown};
use crate::{Outcome, Stop};
use casework::authority::Standing;
use casework::call::{Call, Period};
use casework::case::{Case, Stage};
use casework::id::{BookId, CaseId, DueId, EntryId, LeadId, MotionId, OrganisationId, RecoveryId};
use casework::ledger::{Entry, Move};
use casework::motion::Motion;
use casework::organisation::Organisation;
use casework::payment::{Due, DueState, PaymentRefusal};
use casework::recovery::{
    About, Decision, Lead, LeadSource, LeadState, Means, Paid, Part, Portion, Proposal, Recovery, RecoveryAct, RecoveryRefusal, RecoveryStage, Statement,
    barred_until, left, outer_pools, paid, payment_stopped,
};
use casework::refusal::Named;
use casework::term::Term;
use casework::{Act, Key, Refusal};
use policy::assessment::Recovery as Found;
use policy::scheme::Scheme;
use serde_json::Value;
use store::work::Entries;
use values::{Date, Fen};

pub(crate) async fn act(desk: &mut Desk<'_>, act: &RecoveryAct) -> Result<Outcome, Stop> {
    match act {
        RecoveryAct::Note { lead, source, organisation, case, words } => note(desk, lead, source, organisation, case.as_ref(), words).await,
        RecoveryAct::Detect { lead, case, application } => detect(desk, lead, case, application).await,
        RecoveryAct::Dismiss { lead, reason } => dismiss(desk, lead, reason).await,
        RecoveryAct::Open { recovery, case, leads } => open(desk, recovery, case, leads).await,
        RecoveryAct::Notify { recovery, proposal } => notify(desk, recovery, proposal).await,
        RecoveryAct::Decide { recovery, decision } => decide(desk, recovery, decision).await,
        RecoveryAct::Collect { recovery, entry, amount, receipt } => collect(desk, recovery, entry, *amount, receipt).await,
        RecoveryAct::Offset { recovery, entry, against, clause, amount } => offset(desk, recovery, entry, against, clause, *amount).await,
        RecoveryAct::Amend { motion, recovery, number, parts } => propose_amendment(desk, motion, recovery, (number, parts), act).await,
        RecoveryAct::ConfirmAmendment { recovery, motion } => confirm_amendment(desk, recovery, motion).await,
        RecoveryAct::State { recovery, .. }
        | RecoveryAct::Deliver { recovery, .. }
        | RecoveryAct::Agree { recovery, .. }
        | RecoveryAct::Remind { recovery, .. }
        | RecoveryAct::Enforce { recovery, .. }
        | RecoveryAct::Close { recovery, .. } => step(desk, recovery, act).await,
    }
}

impl Desk<'_> {
    /// A clawback with its case and call, after asking whether the person may do this and is not linked to the organisation.
    /// The case is locked as well: two clawbacks of one award never count at the same time.
    async fn recovery(&mut self, id: &RecoveryId) -> Result<(Call, Case, Recovery), Stop> {
        let seen: Recovery = self.must_peek(id.as_str()).await?;
        let case: Case = self.must_get(seen.case.as_str()).await?;
        let call: Call = self.must_peek(case.call.as_str()).await?;
        // To another applicant the clawback is not there, and the case behind it even less.
        self.may_recover(&call, &case).await.map_err(|stop| match stop {
            Stop::Refused(Refusal::Unknown { .. }) => unknown::<Recovery>(id.as_str()).into(),
            other => other,
        })?;
        self.is_about::<Recovery>(id);
        let recovery: Recovery = self.must_get(id.as_str()).await?;
        Ok((call, case, recovery))
    }

    async fn may_recover(&mut self, call: &Call, case: &Case) -> Result<(), Stop> {
        self.allow_case(call, case)?;
        if self.must_keep_away(&case.organisation).await? {
            return Err(RecoveryRefusal::Recused.into());
        }
        Ok(())
    }

    /// What stands paid under a case, and the other clawbacks of it.
    async fn paid_under(&mut self, call: &Call, case: &Case, but: Option<&RecoveryId>) -> Result<(Vec<Paid>, Vec<Recovery>), Stop> {
        let paid = paid(&self.work.entries(&Entries::Case(case.id.clone())).await?, &pools_of(call));
        let mut others: Vec<Recovery> = self.work.list("case_id", &Key::from(case.id.as_str())).await?;
        others.retain(|other| but.is_none_or(|id| other.id != *id));
        Ok((paid, others))
    }

    /// Refuses the application of an organisation that may not apply for a time (禁止申报期).
    pub(crate) async fn not_barred(&mut self, organisation: &OrganisationId) -> Result<(), Stop> {
        let all: Vec<Recovery> = self.work.list("organisation_id", &Key::from(organisation.as_str())).await?;
        match barred_until(&all, self.context.now.date()) {
            Some(until) => Err(RecoveryRefusal::Barred { until }.into()),
            None => Ok(()),
        }
    }

    /// Whether what is due under a case is stopped by a clawback (停止兑付).
    pub(crate) async fn payments_stopped(&mut self, case: &Case) -> Result<bool, Stop> {
        let all: Vec<Recovery> = self.work.list("organisation_id", &Key::from(case.organisation.as_str())).await?;
        Ok(payment_stopped(&all, &case.id))
    }
}

/// The books of the pools of a call.
fn pools_of(call: &Call) -> Vec<BookId> {
    call.books().1.into_iter().cloned().collect()
}

async fn note(
    desk: &mut Desk<'_>,
    id: &LeadId,
    source: &LeadSource,
    organisation: &OrganisationId,
    case: Option<&CaseId>,
    words: &str,
) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<Lead>(id);
    desk.must_be_new::<Lead>(id.as_str()).await?;
    desk.must_peek::<Organisation>(organisation.as_str()).await?;
    if desk.must_keep_away(organisation).await? {
        return Err(RecoveryRefusal::Recused.into());
    }
    if let Some(case) = case {
        let case: Case = desk.must_peek(case.as_str()).await?;
        if case.organisation != *organisation {
            return Err(RecoveryRefusal::Lead { lead: id.clone() }.into());
        }
    }
    // What a rule of the scheme says is found by asking the scheme, not by writing it down.
    if matches!(source, LeadSource::Scheme { .. }) {
        return Err(Refusal::Input("a lead of the scheme comes from the scheme".into()).into());
    }
    if words.trim().is_empty() {
        return Err(RecoveryRefusal::Incomplete { missing: Named::LEAD_WORDS }.into());
    }
    desk.work.save(&lead(desk, id.clone(), source.clone(), organisation.clone(), case.cloned(), words.to_owned())).await?;
    Ok(Outcome::Done)
}

fn lead(desk: &Desk<'_>, id: LeadId, source: LeadSource, organisation: OrganisationId, case: Option<CaseId>, words: String) -> Lead {
    let (at, by) = (desk.context.now, desk.context.user.clone());
    Lead { id, source, organisation, case, clause: None, words, amount: None, at, by, state: LeadState::Open }
}

/// The scheme's own rules on the facts of today, with what was awarded as history.
async fn detect(desk: &mut Desk<'_>, id: &LeadId, case: &CaseId, application: &Value) -> Result<Outcome, Stop> {
    let case: Case = desk.must_peek(case.as_str()).await?;
    let call: Call = desk.must_peek(case.call.as_str()).await?;
    desk.may_recover(&call, &case).await?;
    desk.is_about::<Lead>(id);
    let determination = desk.determination(&case).await?;
    let loaded = desk.loaded(&determination.version).await?;
    // What the case itself was awarded is what may have to come back: it is an earlier award here.
    let assessed = desk.assess_for(&loaded, &call, (&case.organisation, None), &settled(&case), application).await?;
    let awarded = |found: &&Found| {
        let clause = loaded.scheme.clause(found.clause).map_or("", |clause| clause.id.as_str());
        found.year == determination.year && determination.awards.iter().any(|award| award.clause == clause && award.amount > Fen(0))
    };
    let mut out = Vec::new();
    for (number, found) in (1..).zip(assessed.assessment.recoveries.iter().filter(awarded)) {
        let id = LeadId::parse(&format!("{id}:{number}")).map_err(|why| Refusal::Input(why.to_string()))?;
        desk.must_be_new::<Lead>(id.as_str()).await?;
        let (source, clause) = rule(&loaded.scheme, found);
        let words = if found.due.is_some() { "按规则应追回" } else { "按规则可能应追回，事实还不全" };
        let blank = lead(desk, id.clone(), source, case.organisation.clone(), Some(case.id.clone()), words.to_owned());
        desk.work.save(&Lead { clause: Some(clause), amount: found.due, ..blank }).await?;
        out.push(id);
    }
    Ok(Outcome::Leads(out))
}

fn rule(scheme: &Scheme, found: &Found) -> (LeadSource, String) {
    let rule = scheme.clawbacks.get(found.rule as usize);
    let clause = scheme.clause(found.clause).map_or(String::new(), |clause| clause.id.clone());
    let source = LeadSource::Scheme {
        rule: rule.map_or(String::new(), |rule| rule.name.clone()),
        bar_years: rule.and_then(|rule| rule.bar_years),
        stop_payment: rule.is_some_and(|rule| rule.stop_payment),
    };
    (source, clause)
}

async fn dismiss(desk: &mut Desk<'_>, id: &LeadId, reason: &str) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<Lead>(id);
    let mut lead: Lead = desk.must_get(id.as_str()).await?;
    if desk.must_keep_away(&lead.organisation).await? {
        return Err(RecoveryRefusal::Recused.into());
    }
    if lead.state != LeadState::Open {
        return Err(RecoveryRefusal::Lead { lead: id.clone() }.into());
    }
    if lead.by == desk.context.user {
        return Err(RecoveryRefusal::FourEyes { act: "recovery.note".into() }.into());
    }
    if reason.trim().is_empty() {
        return Err(RecoveryRefusal::Incomplete { missing: Named::REASON }.into());
    }
    lead.state = LeadState::Dismissed(reason.to_owned());
    desk.work.save(&lead).await?;
    Ok(Outcome::Done)
}

/// 立案
async fn open(desk: &mut Desk<'_>, id: &RecoveryId, case: &CaseId, leads: &[LeadId]) -> Result<Outcome, Stop> {
    let case: Case = desk.must_get(case.as_str()).await?;
    let call: Call = desk.must_peek(case.call.as_str()).await?;
    desk.may_recover(&call, &case).await?;
    desk.is_about::<Recovery>(id);
    desk.must_be_new::<Recovery>(id.as_str()).await?;
    if leads.is_empty() {
        return Err(RecoveryRefusal::Incomplete { missing: Named::LEAD }.into());
    }
    for lead_id in leads {
        let mut lead: Lead = desk.must_get(lead_id.as_str()).await?;
        let about = lead.organisation == case.organisation && lead.case.as_ref().is_none_or(|named| *named == case.id);
        if lead.state != LeadState::Open || !about {
            return Err(RecoveryRefusal::Lead { lead: lead_id.clone() }.into());
        }
        lead.state = LeadState::Filed(id.clone());
        desk.work.save(&lead).await?;
    }
    let (paid, others) = desk.paid_under(&call, &case, None).await?;
    let determination = case.determination.clone().ok_or_else(|| RecoveryRefusal::NothingLeft { case: case.id.clone() })?;
    let about = About { case: case.id.clone(), call: case.call.clone(), organisation: case.organisation.clone(), determination };
    let mut recovery = Recovery::file(id.clone(), about, leads.to_vec(), &paid, &others)?;
    recovery.by(desk.act, &desk.context.user, desk.context.now, &[])?;
    desk.work.save(&recovery).await?;
    Ok(Outcome::Done)
}

async fn notify(desk: &mut Desk<'_>, id: &RecoveryId, proposal: &Proposal) -> Result<Outcome, Stop> {
    let (call, case, mut recovery) = desk.recovery(id).await?;
    recovery.by(desk.act, &desk.context.user, desk.context.now, &[])?;
    let (paid, others) = desk.paid_under(&call, &case, Some(id)).await?;
    recovery.notify(proposal, |clause| left(&paid, &others, clause), desk.context.now.date(), desk.calendar())?;
    desk.work.save(&recovery).await?;
    Ok(Outcome::Done)
}

async fn decide(desk: &mut Desk<'_>, id: &RecoveryId, decision: &Decision) -> Result<Outcome, Stop> {
    let (call, case, mut recovery) = desk.recovery(id).await?;
    recovery.at(&[RecoveryStage::Notified])?;
    recovery.by(desk.act, &desk.context.user, desk.context.now, &["recovery.open", "recovery.notify"])?;
    let (paid, others) = desk.paid_under(&call, &case, Some(id)).await?;
    let bar = longest_bar(desk, &recovery).await?;
    recovery.decide(decision, |clause| left(&paid, &others, clause), desk.context.now, bar)?;
    desk.work.save(&recovery).await?;
    Ok(Outcome::Sum(recovery.decided_sum()))
}

/// The last day of the longest bar that rules of the scheme order, where a rule is among the leads.
async fn longest_bar(desk: &mut Desk<'_>, recovery: &Recovery) -> Result<Option<Date>, Stop> {
    let mut years: Option<u32> = None;
    for lead in &recovery.leads {
        let lead: Lead = desk.must_peek(lead.as_str()).await?;
        if let LeadSource::Scheme { bar_years, .. } = lead.source {
            years = years.max(Some(bar_years.unwrap_or(0)));
        }
    }
    let today = desk.context.now.date();
    Ok(years.and_then(|years| today.add_months(i64::from(years) * 12)))
}

/// The acts that need nothing but the clawback itself.
async fn step(desk: &mut Desk<'_>, id: &RecoveryId, act: &RecoveryAct) -> Result<Outcome, Stop> {
    let (_, _, mut recovery) = desk.recovery(id).await?;
    let (now, today) = (desk.context.now, desk.context.now.date());
    recovery.by(desk.act, &desk.context.user, now, &[])?;
    match act {
        RecoveryAct::State { words, evidence, last, .. } => {
            recovery.state(Statement { words: words.clone(), evidence: evidence.clone(), last: *last, at: now })?;
        }
        RecoveryAct::Deliver { on, by, .. } => recovery.deliver(*on, by, today, desk.calendar())?,
        RecoveryAct::Agree { plan, .. } => recovery.agree(plan, today)?,
        RecoveryAct::Remind { number, period, .. } => recovery.remind(number, remind_term(desk, today, *period))?,
        RecoveryAct::Enforce { court, number, .. } => recovery.enforce(court, number, today)?,
        RecoveryAct::Close { reason, .. } => recovery.close(reason, today)?,
        _ => return Err(Refusal::Denied.into()),
    }
    desk.work.save(&recovery).await?;
    Ok(Outcome::Done)
}

/// 提请减少: it is looked at as it would be done, and waits.
async fn propose_amendment(
    desk: &mut Desk<'_>,
    motion: &MotionId,
    id: &RecoveryId,
    (number, parts): (&str, &[Part]),
    act: &RecoveryAct,
) -> Result<Outcome, Stop> {
    let (_, case, mut recovery) = desk.recovery(id).await?;
    recovery.clone().amend(number, parts)?;
    recovery.by(desk.act, &desk.context.user, desk.context.now, &[])?;
    desk.work.save(&recovery).await?;
    desk.propose(motion, Some(&case.id), Act::Recovery(act.clone()), recovery.amended.len().to_string()).await
}

async fn confirm_amendment(desk: &mut Desk<'_>, id: &RecoveryId, motion: &MotionId) -> Result<Outcome, Stop> {
    let (_, _, mut recovery) = desk.recovery(id).await?;
    let motion: Motion = desk.must_get(motion.as_str()).await?;
    let asks = motion.asks.clone();
    let (number, parts) = match &asks {
        Act::Recovery(RecoveryAct::Amend { recovery, number, parts, .. }) if recovery == id => (number, parts),
        _ => return Err(motion.other().into()),
    };
    desk.confirm(motion, &recovery.amended.len().to_string()).await?;
    recovery.by(desk.act, &desk.context.user, desk.context.now, &[])?;
    recovery.amend(number, parts)?;
    desk.work.save(&recovery).await?;
    Ok(Outcome::Done)
}

fn remind_term(desk: &Desk<'_>, today: Date, period: Period) -> Term {
    Term::new(desk.calendar(), today, period)
}

/// 缴款
async fn collect(desk: &mut Desk<'_>, id: &RecoveryId, entry: &EntryId, amount: Fen, receipt: &str) -> Result<Outcome, Stop> {
    let (call, case, recovery) = desk.recovery(id).await?;
    if receipt.trim().is_empty() {
        return Err(RecoveryRefusal::Incomplete { missing: Named::RECEIPT_NUMBER }.into());
    }
    come_back(desk, (&call, &case), recovery, entry, amount, Means::Receipt(receipt.to_owned())).await
}

/// What came back is entered in the clawback and posted where it was paid from.
async fn come_back(
    desk: &mut Desk<'_>,
    (call, case): (&Call, &Case),
    mut recovery: Recovery,
    entry: &EntryId,
    amount: Fen,
    means: Means,
) -> Result<Outcome, Stop> {
    recovery.by(desk.act, &desk.context.user, desk.context.now, &["recovery.decide"])?;
    let (paid, _) = desk.paid_under(call, case, Some(&recovery.id)).await?;
    let reason = match &means {
        Means::Receipt(receipt) => format!("追回缴款 {receipt}"),
        Means::Offset(case, clause) => format!("追回抵扣 {case} {clause}"),
    };
    let portions = recovery.collect(amount, means, desk.context.now.date(), &paid)?;
    desk.work.save(&recovery).await?;
    for (number, portion) in (1..).zip(&portions) {
        let id = EntryId::parse(&format!("{entry}:{number}")).map_err(|why| Refusal::Input(why.to_string()))?;
        let posted = recovered(desk, id, case, portion, &reason);
        let entries = desk.work.entries(&Entries::Case(case.id.clone())).await?;
        desk.post(&posted).await?;
        // A pool around the pool of the clause counted the payment as well.
        for (outer, book) in (1..).zip(outer_pools(&entries, &pools_of(call), &portion.paid.clause)) {
            let id = EntryId::parse(&format!("{entry}:{number}:p{outer}")).map_err(|why| Refusal::Input(why.to_string()))?;
            desk.post(&Entry { id, fund: book, pool: None, ..posted.clone() }).await?;
        }
    }
    Ok(Outcome::Sum(recovery.owed()))
}

fn recovered(desk: &Desk<'_>, id: EntryId, case: &Case, portion: &Portion, reason: &str) -> Entry {
    Entry {
        id,
        at: desk.context.now,
        kind: Move::Recover,
        amount: portion.amount,
        fund: portion.paid.fund.clone(),
        pool: portion.paid.pool.clone(),
        case: Some(case.id.clone()),
        clause: Some(portion.paid.clause.clone()),
        determination: portion.paid.determination.clone(),
        reason: reason.to_owned(),
    }
}

/// 抵扣: a payment still due is made to the budget instead of the bank. Both sides are posted in full: what was due counts
/// as paid under its own award, and the same amount comes back under the award that is taken back.
async fn offset(desk: &mut Desk<'_>, id: &RecoveryId, entry: &EntryId, against: &CaseId, clause: &str, amount: Fen) -> Result<Outcome, Stop> {
    let seen: Recovery = desk.must_peek(id.as_str()).await?;
    // Two cases are locked in the order of their ids, like everywhere.
    let due: Case = if seen.case < *against {
        desk.must_get::<Case>(seen.case.as_str()).await?;
        desk.must_get(against.as_str()).await?
    } else {
        desk.must_get(against.as_str()).await?
    };
    let (of, case, recovery) = desk.recovery(id).await?;
    let call: Call = desk.must_peek(due.call.as_str()).await?;
    let id_of = recovery.id.to_string();
    let not_owed = || RecoveryRefusal::NotOwed { case: against.clone(), clause: clause.to_owned() };
    if due.organisation != recovery.organisation || due.stage != Stage::Committed {
        return Err(not_owed().into());
    }
    // Of one payment that is due and stands in no batch: a part of it becomes a payment of its own, made to the budget.
    let dues: Vec<Due> = desk.work.find("case_id", &Key::from(due.id.as_str())).await?;
    let year = desk.context.now.date().year();
    let fits = |owed: &Due| owed.clause == clause && owed.state == DueState::Open && owed.payable(year) && owed.amount >= amount;
    let mut owed = dues.into_iter().find(fits).filter(|_| amount > Fen(0)).ok_or_else(not_owed)?;
    if let Some(due) = desk.unreported(&owed).await? {
        return Err(PaymentRefusal::ReportMissing { due }.into());
    }
    let mut part = Due { amount, state: DueState::Paid, ..owed.clone() };
    if owed.amount > amount {
        part.id = DueId::parse(&format!("{entry}:due")).map_err(|why| Refusal::Input(why.to_string()))?;
        owed.amount = Fen(owed.amount.0.saturating_sub(amount.0));
        desk.work.save(&owed).await?;
    }
    desk.work.save(&part).await?;
    let outcome = come_back(desk, (&of, &case), recovery, entry, amount, Means::Offset(against.clone(), clause.to_owned())).await?;
    let id = EntryId::parse(&format!("{entry}:due")).map_err(|why| Refusal::Input(why.to_string()))?;
    desk.post_due(&call, &part, Move::Pay, &id, &format!("抵扣 {id_of}")).await?;
    let mut due = due;
    desk.follow_payments(&mut due).await?;
    Ok(outcome)
}
