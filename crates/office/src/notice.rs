//! Public notices: published with rows that never change, and concluded when their time is over: what is undisputed is
//! committed and becomes due. Objections stand in `objection`.

mod objection;

use crate::desk::Desk;
use crate::determination::not_due;
use crate::holding::{About, clause_of, numbered, pools_of, summed};
use crate::{Outcome, Stop};
use casework::Key;
use casework::Refusal;
use casework::call::Call;
use casework::case::{Case, Stage};
use casework::determination::Determination;
use casework::id::{BookId, CallId, DueId, EntryId, NoticeId};
use casework::instalment::{near_and_later, parts};
use casework::ledger::Move;
use casework::notice::{Notice, NoticeAct, NoticeRefusal, Row, ShownAward};
use casework::organisation::Organisation;
use casework::outbox::{Addressee, Topic};
use casework::payment::{Due, DueState};
use casework::term::Term;
use policy::scheme::Scheme;
use values::Fen;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &NoticeAct) -> Result<Outcome, Stop> {
    match act {
        NoticeAct::Publish { notice, call } => publish(desk, notice, call).await,
        NoticeAct::Conclude { notice, entry } => conclude(desk, notice, entry).await,
        NoticeAct::Object { objection, notice, case, by, grounds, evidence } => objection::object(desk, (objection, notice, case), by, grounds, evidence).await,
        NoticeAct::Check { objection, result } => objection::check(desk, objection, result).await,
        NoticeAct::Settle { objection, ruling, result, determination, entry } => {
            objection::settle(desk, objection, (ruling, result), determination.as_ref(), entry).await
        }
    }
}

/// Whether a notice shows what is given under a clause: not where it is the pay of natural persons.
fn is_shown(scheme: &Scheme, call: &Call, clause: &str) -> bool {
    let persons = scheme.clauses.iter().any(|c| c.id == clause && c.beneficiary_list.is_some());
    !persons && !call.terms.not_shown.iter().any(|hidden| hidden == clause)
}

async fn publish(desk: &mut Desk<'_>, id: &NoticeId, call: &CallId) -> Result<Outcome, Stop> {
    let call: Call = desk.must_get(call.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Notice>(id);
    desk.must_be_new::<Notice>(id.as_str()).await?;
    let mut cases: Vec<Case> = desk.work.find("call_id", &Key::from(call.id.as_str())).await?;
    cases.retain(|case| case.stage == Stage::Approved);
    if cases.is_empty() {
        return Err(NoticeRefusal::Empty.into());
    }
    desk.must_be_free_of(&cases).await?;
    let loaded = desk.loaded(&call.version).await?;
    let term = Term::new(desk.calendar(), desk.context.now.date(), call.workflow.notice);
    let mut notice = Notice { id: id.clone(), call: call.id.clone(), term, rows: Vec::new() };
    for case in &mut cases {
        let determination = desk.determination(case).await?;
        let organisation: Organisation = desk.must_peek(case.organisation.as_str()).await?;
        let dues: Vec<Due> = desk.work.list("case_id", &Key::from(case.id.as_str())).await?;
        let mut awards = Vec::new();
        for award in &determination.awards {
            // Of what was shown before, nothing is shown again: only what is added.
            let waits = not_due(&dues, &award.clause, award.amount)?;
            if waits == Fen(0) && award.amount > Fen(0) {
                continue;
            }
            let title = clause_of(&loaded.scheme, &award.clause)?.title.clone();
            let amount = is_shown(&loaded.scheme, &call, &award.clause).then_some(waits);
            awards.push(ShownAward { clause: award.clause.clone(), title, amount });
        }
        notice.rows.push(Row { case: case.id.clone(), name: organisation.name, determination: determination.id, awards });
        case.stage = Stage::Noticed;
        case.notice = Some(id.clone());
    }
    desk.work.save(&notice).await?;
    let until = notice.term.ends(desk.calendar());
    for case in &cases {
        desk.work.save(case).await?;
        desk.tell(Topic::Noticed, Addressee::Organisation(case.organisation.clone()), id.as_str(), Some(until)).await?;
    }
    Ok(Outcome::Done)
}

async fn conclude(desk: &mut Desk<'_>, id: &NoticeId, entry: &EntryId) -> Result<Outcome, Stop> {
    let notice: Notice = desk.must_get(id.as_str()).await?;
    let call: Call = desk.must_peek(notice.call.as_str()).await?;
    desk.allow_call(&call)?;
    desk.is_about::<Notice>(id);
    let until = notice.term.ends(desk.calendar());
    if desk.context.now.date() <= until {
        return Err(NoticeRefusal::NotOver { until }.into());
    }
    let mut cases: Vec<Case> = desk.work.find("notice_id", &Key::from(id.as_str())).await?;
    cases.retain(|case| case.stage == Stage::Noticed);
    if cases.is_empty() {
        return Err(NoticeRefusal::NothingWaits.into());
    }
    desk.must_be_free_of(&cases).await?;
    desk.lock_books(&call).await?;
    let mut sums = Vec::new();
    for (number, case) in (1..).zip(&mut cases) {
        let determination = desk.determination(case).await?;
        sums.push(desk.commit(&call, case, &determination, &numbered(entry, number)?).await?);
        let dues: Vec<Due> = desk.work.list("case_id", &Key::from(case.id.as_str())).await?;
        // Nothing was given: the case ends here, with its reason in the determination.
        case.stage = casework::payment::stage_after(&dues, desk.context.now.date().year()).unwrap_or(Stage::Refused);
        desk.work.save(&*case).await?;
    }
    summed(sums)
}

impl Desk<'_> {
    /// 占用: commits what of a determination is not due yet and makes it due, part by part.
    async fn commit(&mut self, call: &Call, case: &Case, determination: &Determination, id: &EntryId) -> Result<Fen, Stop> {
        let loaded = self.loaded(&call.version).await?;
        let known: Vec<Due> = self.work.list("case_id", &Key::from(case.id.as_str())).await?;
        let mut sum = Fen(0);
        for (number, award) in (1..).zip(&determination.awards) {
            let amount = not_due(&known, &award.clause, award.amount)?;
            if amount == Fen(0) {
                continue;
            }
            sum = sum.checked_add(amount).map_err(crate::holding::too_large)?;
            let id = numbered(id, number)?;
            let call = &*call.paying(&case.id, &award.clause);
            let clause = clause_of(&loaded.scheme, &award.clause)?;
            let pools: Vec<BookId> = pools_of(&loaded.scheme, call, &award.clause).into_iter().map(|(_, book)| book).collect();
            let about = About { case: &case.id, clause: &award.clause, determination: Some(&determination.id), reason: "公示期满" };
            let (near, later) = near_and_later(clause, call.year, amount);
            if near > Fen(0) {
                self.post_on((&call.fund, &pools), &about, near, Move::Commit, &id).await?;
            }
            if later > Fen(0) {
                self.post_later(&pools, &about, later, Move::Commit, &id).await?;
            }
            let parts = parts(clause, call.year, amount);
            let of = u32::try_from(parts.len()).unwrap_or(u32::MAX);
            for part in parts.into_iter().filter(|part| part.amount > Fen(0)) {
                let due = Due {
                    id: DueId::parse(&format!("{id}.{}", part.number)).map_err(|why| Refusal::Input(why.to_string()))?,
                    case: case.id.clone(),
                    call: call.id.clone(),
                    organisation: case.organisation.clone(),
                    clause: award.clause.clone(),
                    determination: determination.id.clone(),
                    number: part.number,
                    of,
                    year: part.year,
                    amount: part.amount,
                    fund: (part.year <= call.year).then(|| call.fund.clone()),
                    state: DueState::Open,
                    tested_first: part.tested_first,
                    retests: Vec::new(),
                    batch: None,
                };
                self.must_be_new::<Due>(due.id.as_str()).await?;
                self.work.save(&due).await?;
            }
        }
        Ok(sum)
    }
}
