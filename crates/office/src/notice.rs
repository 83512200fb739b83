//! Public notices: published, and concluded when their time is over.

use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::Key;
use casework::Refusal;
use casework::call::{Call, Period};
use casework::case::{Case, Stage};
use casework::determination::Determination;
use casework::id::{CallId, EntryId, NoticeId};
use casework::ledger::Move;
use casework::notice::{Notice, NoticeAct, NoticeRefusal};
use casework::outbox::{Addressee, Topic};
use values::{Date, Deadline, Fen, WorkCalendar};

pub(crate) async fn act(desk: &mut Desk<'_>, act: &NoticeAct) -> Result<Outcome, Stop> {
    match act {
        NoticeAct::Publish { notice, call } => publish(desk, notice, call).await,
        NoticeAct::Conclude { notice, entry } => conclude(desk, notice, entry).await,
    }
}

/// When a period that starts on a day is over.
pub(crate) fn deadline(calendar: &WorkCalendar, start: Date, period: Period) -> Deadline {
    match period {
        Period::Days(days) => calendar.deadline_days(start, days),
        Period::WorkingDays(days) => calendar.deadline_working_days(start, days),
    }
}

async fn publish(desk: &mut Desk<'_>, id: &NoticeId, call: &CallId) -> Result<Outcome, Stop> {
    let call: Call = desk.must_get(call.as_str()).await?;
    desk.allow_call(&call)?;
    desk.subject = id.to_string();
    desk.must_be_new::<Notice>(id.as_str()).await?;
    let mut cases: Vec<Case> = desk.work.find("call_id", &Key::from(call.id.as_str())).await?;
    cases.retain(|case| case.stage == Stage::Approved);
    if cases.is_empty() {
        return Err(NoticeRefusal::Empty.into());
    }
    let from = desk.context.now.date();
    let mut notice =
        Notice { id: id.clone(), call: call.id.clone(), from, until: deadline(desk.calendar(), from, call.workflow.notice).date, rows: Vec::new() };
    for case in &mut cases {
        let determination = desk.determination(case).await?;
        notice.rows.push((case.id.clone(), determination.awards.iter().map(|award| (award.clause.clone(), award.amount)).collect()));
        case.stage = Stage::Noticed;
        case.notice = Some(id.clone());
    }
    desk.work.save(&notice).await?;
    for case in &cases {
        desk.work.save(case).await?;
        desk.tell(Topic::Noticed, Addressee::Organisation(case.organisation.clone()), id.as_str(), Some(notice.until)).await?;
    }
    Ok(Outcome::Done)
}

async fn conclude(desk: &mut Desk<'_>, id: &NoticeId, entry: &EntryId) -> Result<Outcome, Stop> {
    let notice: Notice = desk.must_get(id.as_str()).await?;
    let call: Call = desk.must_peek(notice.call.as_str()).await?;
    desk.allow_call(&call)?;
    desk.subject = id.to_string();
    if desk.context.now.date() <= notice.until {
        return Err(NoticeRefusal::NotOver { until: notice.until }.into());
    }
    let mut cases: Vec<Case> = desk.work.find("notice_id", &Key::from(id.as_str())).await?;
    let mut sum = Fen(0);
    for (number, case) in (1..).zip(&mut cases).filter(|(_, case)| case.stage == Stage::Noticed) {
        let determination = desk.determination(case).await?;
        sum = determination.total().and_then(|total| sum.checked_add(total).ok()).ok_or_else(|| Refusal::Input("the sum is too large".into()))?;
        let id = EntryId::parse(&format!("{entry}:{number}")).map_err(|why| Refusal::Input(why.to_string()))?;
        desk.move_awards(&call, case, &determination, &id, Move::Commit, "公示期满").await?;
        case.stage = Stage::Committed;
        desk.work.save(&*case).await?;
    }
    Ok(Outcome::Sum(sum))
}

impl Desk<'_> {
    /// The determination in force of a case.
    pub(crate) async fn determination(&mut self, case: &Case) -> Result<Determination, Stop> {
        let id = case.determination.as_ref().ok_or_else(|| Refusal::Unknown { what: "determination", id: case.id.to_string() })?;
        self.must_peek(id.as_str()).await
    }
}
