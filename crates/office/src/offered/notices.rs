//! Public notices as they were announced: which unit, under which number, until when, and the rows with how far each is. No
//! account, no determination, nothing of who objects: of an objection only that its row waits, and how it was decided.

use crate::{Office, Stop, calendar};
use casework::call::{Call, CallStage, Period};
use casework::document::{Document, DocumentKind, Letterhead};
use casework::id::{CallId, CaseId, NoticeId, PolicyVersionId, UnitId};
use casework::notice::{Notice, Objection, ObjectionState, Ruling, ShownAward};
use casework::people::Unit;
use casework::term::Term;
use casework::{Key, Record};
use serde::Deserialize;
use std::collections::BTreeMap;
use store::{Store, StoreError, Work};
use values::{Date, WorkCalendar};

/// Calls whose notices are looked for, at most, to fill one page of the list.
const CALLS_LOOKED_AT_MAX: usize = 60;

/// A notice in the list.
#[derive(Clone, Debug)]
pub struct NoticeLine {
    /// Id.
    pub id: NoticeId,
    /// Title of the call.
    pub call: String,
    /// Which notice of its call it is, from 1, and of how many.
    pub of_call: (usize, usize),
    /// Who announced it (发文机关).
    pub organ: String,
    /// Number of the announcement (文号), where one was issued.
    pub number: Option<String>,
    /// Day of the announcement; the day after is the first of the notice.
    pub announced: Date,
    /// Last day.
    pub until: Date,
    /// Whether the last day waits for a calendar.
    pub provisional: bool,
    /// How long.
    pub period: Period,
}

/// How far a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowState {
    /// 公示中, or over without an objection.
    Undisputed,
    /// 异议核查中: it alone waits.
    Held,
    /// 异议已处理：维持
    Dismissed,
    /// 异议已处理：调整
    Adjusted,
    /// 异议已处理：取消
    Cancelled,
}

/// A row as it was announced.
#[derive(Clone, Debug)]
pub struct NoticeRow {
    /// The case; for the form of objections alone.
    pub case: CaseId,
    /// Name of the applicant on that day.
    pub name: String,
    /// What is shown for each clause.
    pub awards: Vec<ShownAward>,
    /// How far it is.
    pub state: RowState,
}

/// A notice, whole.
#[derive(Clone, Debug)]
pub struct ShownNotice {
    /// What stands in the list.
    pub line: NoticeLine,
    /// The policy it rests on.
    pub version: PolicyVersionId,
    /// Award year.
    pub year: i32,
    /// Where objections are taken in: address and telephone.
    pub at: (String, String),
    /// Days of the notice that count, in order.
    pub days: Vec<Date>,
    /// How long the office has for an answer.
    pub answer: Period,
    /// Rows.
    pub rows: Vec<NoticeRow>,
}

/// What the list reads of a notice: its rows may be thousands.
#[derive(Deserialize)]
struct Head {
    id: NoticeId,
    term: Term,
}

impl Office {
    /// Public notices, those of the latest calls first; `after`: the call after whose notices the page begins. The second: where
    /// the next page begins; none: these were the last.
    pub async fn notices(&self, store: &Store, after: &str, limit: usize) -> Result<(Vec<NoticeLine>, Option<String>), Stop> {
        let mut work = store.begin().await?;
        let calendar = calendar::current(self, &mut work).await?;
        let mut calls = self.calls_that(&mut work, |call| call.stage != CallStage::Draft).await?;
        calls.sort_by(|a, b| (b.open, &b.id).cmp(&(a.open, &a.id)));
        let first = calls.iter().position(|call| call.id.as_str() == after).map_or(0, |at| at + 1);
        let mut out = Vec::new();
        for (at, call) in calls.iter().enumerate().skip(first) {
            out.extend(of_call(&mut work, &call.id, &call.title, &call.lead, &calendar).await?);
            if (out.len() >= limit || at - first + 1 >= CALLS_LOOKED_AT_MAX) && at + 1 < calls.len() {
                return Ok((out, Some(call.id.to_string())));
            }
        }
        Ok((out, None))
    }

    /// The announcement of a public notice, as it was issued. Errors: there is none of this id, or none was issued.
    pub async fn announcement(&self, store: &Store, id: &str) -> Result<Document, Stop> {
        let papers: Vec<Document> = store.begin().await?.list("subject_id", &Key::from(id)).await?;
        let issued = papers.into_iter().find(|paper| paper.kind == DocumentKind::PublicNotice && paper.void.is_none());
        issued.ok_or_else(|| crate::desk::unknown::<Notice>(id).into())
    }

    /// A public notice. Errors: there is none of this id.
    pub async fn notice(&self, store: &Store, id: &str) -> Result<ShownNotice, Stop> {
        let mut work = store.begin().await?;
        let calendar = calendar::current(self, &mut work).await?;
        let unknown = || crate::desk::unknown::<Notice>(id);
        let notice: Notice = work.peek(id).await?.ok_or_else(unknown)?;
        let call: Call = work.peek(notice.call.as_str()).await?.ok_or_else(unknown)?;
        let line = of_call(&mut work, &call.id, &call.title, &call.lead, &calendar).await?.into_iter().find(|line| line.id == notice.id).ok_or_else(unknown)?;
        let letterhead: Option<Letterhead> = work.peek(call.lead.as_str()).await?;
        let objections: Vec<Objection> = work.list("notice_id", &Key::from(id)).await?;
        let states: BTreeMap<&CaseId, RowState> = states(&objections);
        let until = line.until;
        let rows = notice.rows.into_iter();
        let rows = rows.map(|row| NoticeRow {
            state: states.get(&row.case).copied().unwrap_or(RowState::Undisputed),
            case: row.case,
            name: row.name,
            awards: row.awards,
        });
        Ok(ShownNotice {
            rows: rows.collect(),
            version: call.version,
            year: call.year,
            at: letterhead.map_or_else(Default::default, |head| (head.address, head.phone)),
            days: days(&calendar, &notice.term, until),
            answer: call.workflow.objection,
            line,
        })
    }
}

/// How far the rows are that somebody objected to: one that still waits comes before what was decided, the last decision counts.
fn states(objections: &[Objection]) -> BTreeMap<&CaseId, RowState> {
    let mut out = BTreeMap::new();
    let mut settled: Vec<_> =
        objections.iter().filter_map(|one| if let ObjectionState::Settled { at, ruling, .. } = &one.state { Some((at, one, ruling)) } else { None }).collect();
    settled.sort_by_key(|(at, ..)| **at);
    for (_, objection, ruling) in settled {
        let state = match ruling {
            Ruling::Dismissed => RowState::Dismissed,
            Ruling::Adjusted(_) => RowState::Adjusted,
            Ruling::Cancelled => RowState::Cancelled,
        };
        out.insert(&objection.case, state);
    }
    out.extend(objections.iter().filter(|objection| objection.stops()).map(|objection| (&objection.case, RowState::Held)));
    out
}

/// The days of a notice that count: working days, or all of them.
fn days(calendar: &WorkCalendar, term: &Term, until: Date) -> Vec<Date> {
    let counts = |day: &Date| matches!(term.period, Period::Days(_)) || calendar.day_off(*day).is_none();
    let after = |day: &Date| day.add_days(1).filter(|next| *next <= until);
    std::iter::successors(after(&term.from), after).filter(counts).collect()
}

/// The notices of a call, the latest first.
async fn of_call(work: &mut Work, call: &CallId, title: &str, lead: &UnitId, calendar: &WorkCalendar) -> Result<Vec<NoticeLine>, Stop> {
    let kept = work.rows_with(Notice::TABLE, "call_id", call.as_str()).await?;
    let unreadable = |id: &str, why: serde_json::Error| StoreError::Unreadable { table: Notice::TABLE.name, id: id.to_owned(), why: why.to_string() };
    let mut heads = kept.iter().map(|kept| serde_json::from_str::<Head>(&kept.body).map_err(|why| unreadable(&kept.id, why))).collect::<Result<Vec<_>, _>>()?;
    heads.sort_by(|a, b| (a.term.from, &a.id).cmp(&(b.term.from, &b.id)));
    let all = heads.len();
    let mut out = Vec::new();
    for (at, head) in heads.into_iter().enumerate() {
        let papers: Vec<Document> = work.list("subject_id", &Key::from(head.id.as_str())).await?;
        let announcement = papers.into_iter().find(|paper| paper.kind == DocumentKind::PublicNotice && paper.void.is_none());
        let (organ, number) = match announcement {
            Some(paper) => (paper.letterhead.organ.clone(), Some(paper.register_number())),
            None => (organ(work, lead).await?, None),
        };
        let until = head.term.ends(calendar);
        out.push(NoticeLine {
            call: title.to_owned(),
            of_call: (at + 1, all),
            organ,
            number,
            announced: head.term.from,
            until,
            provisional: head.term.provisional,
            period: head.term.period,
            id: head.id,
        });
    }
    out.reverse();
    Ok(out)
}

/// Who a call's unit in charge writes as.
async fn organ(work: &mut Work, lead: &UnitId) -> Result<String, Stop> {
    if let Some(head) = work.peek::<Letterhead>(lead.as_str()).await? {
        return Ok(head.organ);
    }
    Ok(work.peek::<Unit>(lead.as_str()).await?.map_or_else(|| lead.to_string(), |unit| unit.name))
}
