//! Payments: planned, asked for, sent; what the bank reports stands in `report`.

mod report;

use crate::desk::Desk;
use crate::holding::{About, numbered, pools_of, summed};
use crate::{Outcome, Stop};
use casework::authority::Standing;
use casework::call::Call;
use casework::case::{Case, CaseRefusal, Stage};
use casework::id::{BatchId, BookId, CallId, CaseId, EntryId};
use casework::ledger::Move;
use casework::organisation::Organisation;
use casework::payment::{Batch, BatchState, Due, DueState, Line, LineResult, PaymentAct, PaymentRefusal, stage_after};
use casework::performance::Performance;
use casework::{Key, Refusal};

pub(crate) async fn act(desk: &mut Desk<'_>, act: &PaymentAct) -> Result<Outcome, Stop> {
    match act {
        PaymentAct::Plan { batch, call, cases } => plan(desk, batch, call, cases.as_deref()).await,
        PaymentAct::Request { batch, number } => request(desk, batch, number).await,
        PaymentAct::Cancel { batch } => cancel(desk, batch).await,
        PaymentAct::Pay { batch, entry } => pay(desk, batch, entry).await,
        PaymentAct::Report { batch, reports, entry } => report::report(desk, batch, reports, entry).await,
        PaymentAct::Mend { case, account } => report::mend(desk, case, account).await,
        PaymentAct::Drop { due, entry, reason } => report::give_up(desk, due, entry, reason).await,
    }
}

/// 分配方案
async fn plan(desk: &mut Desk<'_>, id: &BatchId, call: &CallId, cases: Option<&[CaseId]>) -> Result<Outcome, Stop> {
    let call: Call = desk.must_get(call.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Batch>(id);
    desk.must_be_new::<Batch>(id.as_str()).await?;
    let year = desk.context.now.date().year();
    let mut dues: Vec<Due> = desk.work.find("call_id", &Key::from(call.id.as_str())).await?;
    dues.retain(|due| due.payable(year) && cases.is_none_or(|cases| cases.contains(&due.case)));
    // 回避: what was named is refused; of a whole call, rows of enterprises one is linked to are left to somebody else's batch.
    if let Some(case) = desk.kept_away(dues.iter().map(|due| (&due.case, &due.organisation))).await? {
        let mut rest = Vec::new();
        for due in dues {
            if !desk.must_keep_away(&due.organisation).await? {
                rest.push(due);
            }
        }
        if cases.is_some() || rest.is_empty() {
            return Err(CaseRefusal::RecusedOf { case }.into());
        }
        dues = rest;
    }
    let mut lines = Vec::new();
    let mut blocked = None;
    for due in &mut dues {
        // A case that is being determined anew waits; so does an instalment before which a report is missing.
        let case: Case = desk.must_peek(due.case.as_str()).await?;
        if !matches!(case.stage, Stage::Committed | Stage::Paying | Stage::Returned | Stage::Paid) {
            continue;
        }
        // 停止兑付: it waits for the end of a clawback, or will never be paid.
        if desk.payments_stopped(&case).await? {
            continue;
        }
        if let Some(missing) = desk.unreported(due).await? {
            blocked = Some(missing);
            continue;
        }
        due.plan(id, year)?;
        let again = due.state == DueState::PlannedAgain;
        let (case, clause) = (due.case.clone(), due.clause.clone());
        lines.push(Line { due: due.id.clone(), case, clause, amount: due.amount, again, account: None, result: None });
        desk.work.save(&*due).await?;
    }
    if lines.is_empty() {
        return Err(blocked.map_or(PaymentRefusal::Empty, |due| PaymentRefusal::ReportMissing { due }).into());
    }
    let sums: Vec<_> = lines.iter().map(|line| line.amount).collect();
    let planned_by = desk.context.user.clone();
    let batch = Batch { id: id.clone(), call: call.id, state: BatchState::Planned, request_number: None, lines, planned_by, sent: None };
    desk.work.save(&batch).await?;
    summed(sums)
}

impl Desk<'_> {
    /// The payment before an instalment whose report is not accepted yet.
    pub(crate) async fn unreported(&mut self, due: &Due) -> Result<Option<casework::id::DueId>, Stop> {
        if due.number <= 1 {
            return Ok(None);
        }
        let dues: Vec<Due> = self.work.list("case_id", &Key::from(due.case.as_str())).await?;
        let reports: Vec<Performance> = self.work.list("case_id", &Key::from(due.case.as_str())).await?;
        let earlier = dues.iter().filter(|other| other.clause == due.clause && other.number < due.number);
        let open = |other: &&Due| reports.iter().any(|report| report.due == other.id && !report.accepted());
        Ok(earlier.filter(|other| open(other)).map(|other| other.id.clone()).next())
    }

    /// Refuses a batch to whom is linked to somebody who is paid by it.
    async fn must_be_free_of_batch(&mut self, batch: &Batch) -> Result<(), Stop> {
        let mut cases: Vec<Case> = Vec::new();
        for line in &batch.lines {
            if !cases.iter().any(|case| case.id == line.case) {
                cases.push(self.must_peek(line.case.as_str()).await?);
            }
        }
        self.must_be_free_of(&cases).await
    }

    /// A batch with its call, both locked.
    async fn batch(&mut self, id: &BatchId) -> Result<(Call, Batch), Stop> {
        let of: Batch = self.must_peek(id.as_str()).await?;
        let call = self.must_get(of.call.as_str()).await?;
        let batch = self.must_get(id.as_str()).await?;
        Ok((call, batch))
    }

    /// Moves the money of what is due, on the budget that pays it and the pools of its clause.
    pub(crate) async fn post_due(&mut self, call: &Call, due: &Due, kind: Move, id: &EntryId, reason: &str) -> Result<(), Stop> {
        let loaded = self.loaded(&call.version).await?;
        let call = &*call.paying(&due.case, &due.clause);
        let pools: Vec<BookId> = pools_of(&loaded.scheme, call, &due.clause).into_iter().map(|(_, book)| book).collect();
        let about = About { case: &due.case, clause: &due.clause, determination: Some(&due.determination), reason };
        match &due.fund {
            Some(fund) => self.post_on((fund, &pools), &about, due.amount, kind, id).await,
            None => self.post_later(&pools, &about, due.amount, kind, id).await,
        }
    }

    /// Brings the stage of a case to what its payments are.
    pub(crate) async fn follow_payments(&mut self, case: &mut Case) -> Result<(), Stop> {
        let follows = matches!(case.stage, Stage::Committed | Stage::Paying | Stage::Returned | Stage::Paid | Stage::Archived | Stage::Terminated);
        let dues: Vec<Due> = self.work.list("case_id", &Key::from(case.id.as_str())).await?;
        if let Some(stage) = stage_after(&dues, self.context.now.date().year()).filter(|stage| follows && *stage != case.stage) {
            case.stage = stage;
            self.work.save(&*case).await?;
        }
        Ok(())
    }
}

/// 拨付请示
async fn request(desk: &mut Desk<'_>, id: &BatchId, number: &str) -> Result<Outcome, Stop> {
    let (call, mut batch) = desk.batch(id).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Batch>(id);
    desk.must_be_free_of_batch(&batch).await?;
    if !desk.work.list::<Batch>("request_number", &Key::from(number)).await?.is_empty() {
        return Err(Refusal::Exists { what: "request for payment", id: number.to_owned() }.into());
    }
    batch.request(number, &desk.context.user)?;
    desk.work.save(&batch).await?;
    summed(batch.lines.iter().map(|line| line.amount))
}

async fn cancel(desk: &mut Desk<'_>, id: &BatchId) -> Result<Outcome, Stop> {
    let (call, mut batch) = desk.batch(id).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Batch>(id);
    batch.at(&[BatchState::Planned, BatchState::Requested])?;
    for line in &batch.lines {
        let mut due: Due = desk.must_get(line.due.as_str()).await?;
        due.unplan()?;
        desk.work.save(&due).await?;
    }
    batch.state = BatchState::Cancelled;
    batch.request_number = None;
    desk.work.save(&batch).await?;
    Ok(Outcome::Done)
}

/// 拨付: the day on which accounts and credit are looked at. Whoever is not clear today is left out and waits.
async fn pay(desk: &mut Desk<'_>, id: &BatchId, entry: &EntryId) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    let (call, mut batch) = desk.batch(id).await?;
    desk.is_about::<Batch>(id);
    batch.at(&[BatchState::Requested])?;
    let mut of: Vec<CaseId> = batch.lines.iter().map(|line| line.case.clone()).collect();
    of.sort();
    of.dedup();
    let mut cases: Vec<Case> = Vec::new();
    for case in &of {
        cases.push(desk.must_get(case.as_str()).await?);
    }
    desk.must_be_free_of(&cases).await?;
    // The last look of today counts: without one nobody is paid, and who is listed waits.
    let mut listed = Vec::new();
    for case in cases.iter().filter(|_| call.workflow.credit) {
        match case.credit_clear(Some(desk.context.now.date())) {
            Err(CaseRefusal::CreditBad { found }) => listed.push((case.id.clone(), found)),
            other => other?,
        }
    }
    // A clawback may have stopped payments since the batch was planned.
    for case in &cases {
        if desk.payments_stopped(case).await? {
            listed.push((case.id.clone(), "停止兑付".to_owned()));
        }
    }
    let mut paid = Vec::new();
    let mut dues = Vec::new();
    for (number, line) in (1..).zip(&mut batch.lines) {
        let mut due: Due = desk.must_get(line.due.as_str()).await?;
        if let Some((_, found)) = listed.iter().find(|(case, _)| *case == line.case) {
            due.unplan()?;
            line.result = Some(LineResult::Held { detail: found.clone() });
        } else {
            let organisation: Organisation = desk.must_peek(due.organisation.as_str()).await?;
            line.account = Some(organisation.account.ok_or_else(|| PaymentRefusal::NoAccount { case: line.case.clone() })?);
            let kind = if due.send()? { Move::Repay } else { Move::Pay };
            dues.push((due.clone(), kind, numbered(entry, number)?));
            paid.push(due.amount);
        }
        desk.work.save(&due).await?;
    }
    // Books in one order: by the budget that pays, then the pools.
    dues.sort_by(|a, b| a.0.fund.cmp(&b.0.fund));
    for (due, _, _) in &dues {
        if let Some(fund) = &due.fund {
            desk.work.book(fund).await?;
        }
    }
    desk.lock_books(&call).await?;
    for (due, kind, id) in &dues {
        let reason = batch.request_number.clone().unwrap_or_default();
        desk.post_due(&call, due, *kind, id, &reason).await?;
    }
    for case in &mut cases {
        desk.follow_payments(case).await?;
    }
    batch.state = BatchState::Sent;
    batch.sent = Some(desk.context.now);
    desk.work.save(&batch).await?;
    summed(paid)
}
