//! What the bank reports: money that arrived, money that came back, and what becomes of that.

use crate::desk::Desk;
use crate::holding::{numbered, summed};
use crate::{Outcome, Stop};
use casework::Key;
use casework::authority::Standing;
use casework::call::Call;
use casework::case::{Case, Stage};
use casework::id::{BatchId, BookId, CaseId, DueId, EntryId};
use casework::ledger::Move;
use casework::organisation::{Account, Organisation};
use casework::payment::{Batch, BatchState, Due, DueState, PaymentRefusal, Receipt, Report};
use casework::performance::{Performance, PerformanceState};
use casework::recovery::paid;
use casework::term::Term;
use store::work::Entries;
use values::Fen;

/// 到账、退汇. The number of a receipt is taken once.
pub(crate) async fn report(desk: &mut Desk<'_>, id: &BatchId, reports: &[Report], entry: &EntryId) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    let (call, mut batch) = desk.batch(id).await?;
    desk.is_about::<Batch>(id);
    // Also where nothing is reported: only of what was sent is there anything to say.
    batch.at(&[BatchState::Sent])?;
    let mut of = Vec::new();
    for report in reports {
        desk.must_be_new::<Receipt>(report.receipt.as_str()).await?;
        batch.report(report)?;
        of.extend(batch.lines.iter().filter(|line| line.due == report.due).map(|line| line.case.clone()));
        desk.work.save(&Receipt { batch: id.clone(), report: report.clone() }).await?;
    }
    of.sort();
    of.dedup();
    let mut cases: Vec<Case> = Vec::new();
    for case in &of {
        cases.push(desk.must_get(case.as_str()).await?);
    }
    let mut back = Vec::new();
    for (number, report) in (1..).zip(reports) {
        let mut due: Due = desk.must_get(report.due.as_str()).await?;
        match &report.returned {
            None => {
                due.at(&[DueState::Paying])?;
                due.state = DueState::Paid;
                desk.await_report(&call, &due).await?;
            }
            Some(reason) => {
                due.at(&[DueState::Paying, DueState::Paid])?;
                due.state = DueState::Returned;
                back.push((due.clone(), numbered(entry, number)?, reason.clone()));
            }
        }
        desk.work.save(&due).await?;
    }
    for (due, id, reason) in &back {
        desk.must_stand_paid(&call, due).await?;
        desk.post_due(&call, due, Move::Return, id, reason).await?;
    }
    for case in &mut cases {
        desk.follow_payments(case).await?;
    }
    desk.work.save(&batch).await?;
    summed(back.iter().map(|(due, _, _)| due.amount))
}

impl Desk<'_> {
    /// Refuses a late return of money that a clawback took back meanwhile: it would come back twice.
    async fn must_stand_paid(&mut self, call: &Call, due: &Due) -> Result<(), Stop> {
        let pools: Vec<BookId> = call.pools.iter().map(|(_, book)| book.clone()).collect();
        let stands = paid(&self.work.entries(&Entries::Case(due.case.clone())).await?, &pools);
        let of = stands.iter().filter(|paid| paid.clause == due.clause && Some(&paid.fund) == due.fund.as_ref());
        let sum = of.fold(0_i64, |sum, paid| sum.saturating_add(paid.amount.0));
        if sum < due.amount.0 { Err(PaymentRefusal::TakenBack { due: due.id.clone() }.into()) } else { Ok(()) }
    }

    /// From the day the money arrived a report is awaited, where the call asks for one.
    async fn await_report(&mut self, call: &Call, due: &Due) -> Result<(), Stop> {
        let Some(wanted) = call.terms.performance.iter().find(|term| term.clause == due.clause) else { return Ok(()) };
        if self.work.get::<Performance>(due.id.as_str()).await?.is_some() {
            return Ok(());
        }
        let term = Term::new(self.calendar(), self.context.now.date(), wanted.period);
        let (goals, state) = (wanted.goals.clone(), PerformanceState::Awaited);
        self.work.save(&Performance { due: due.id.clone(), case: due.case.clone(), term, goals, reports: Vec::new(), state }).await?;
        Ok(())
    }
}

/// 更正账户: what came back may be sent again, to this account.
pub(crate) async fn mend(desk: &mut Desk<'_>, id: &CaseId, account: &Account) -> Result<Outcome, Stop> {
    let (_, mut case) = desk.case(id).await?;
    case.at(&[Stage::Returned])?;
    // Who could change the account on the way could change where the money goes: it stands in the register, verified.
    let organisation: Organisation = desk.must_get(case.organisation.as_str()).await?;
    if organisation.account.as_ref() != Some(account) {
        return Err(PaymentRefusal::NotVerified { case: id.clone() }.into());
    }
    let mut dues: Vec<Due> = desk.work.find("case_id", &Key::from(id.as_str())).await?;
    for due in dues.iter_mut().filter(|due| due.state == DueState::Returned) {
        due.state = DueState::Mended;
        due.batch = None;
        desk.work.save(&*due).await?;
    }
    desk.follow_payments(&mut case).await?;
    Ok(Outcome::Done)
}

/// 不再拨付: what came back is free again.
pub(crate) async fn give_up(desk: &mut Desk<'_>, id: &DueId, entry: &EntryId, reason: &str) -> Result<Outcome, Stop> {
    let of: Due = desk.must_peek(id.as_str()).await?;
    let (call, mut case) = desk.case(&of.case).await?;
    desk.is_about::<Due>(id);
    let mut due: Due = desk.must_get(id.as_str()).await?;
    due.at(&[DueState::Returned, DueState::Mended])?;
    if reason.trim().is_empty() {
        return Err(PaymentRefusal::NoReason.into());
    }
    due.state = DueState::Dropped;
    desk.work.save(&due).await?;
    desk.post_due(&call, &due, Move::Drop, entry, reason).await?;
    desk.follow_payments(&mut case).await?;
    Ok(Outcome::Sum(Fen(due.amount.0)))
}
