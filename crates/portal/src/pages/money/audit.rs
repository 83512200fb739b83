//! The auditor's desk: where the log ends, what was signed of it, whether its last part holds, how the whole is checked offline,
//! what left the office, and the bundle of any case. A log of millions is never checked for a page: that is the program's work.

use crate::Portal;
use crate::evidence::attached;
use crate::export::note;
use crate::operation::{Answering, Asked, Operation, Parameter, Payload, Who, operation, query};
use crate::pages::frame::Frame;
use crate::pages::who::People;
use crate::pages::{go, page_of, shown};
use crate::problem::Problem;
use crate::records::{reader, reading};
use askama::Template;
use axum::http::Method;
use casework::Record;
use casework::chain::{Auditor, Checkpoint, Fingerprint};
use casework::people::Role;
use office::reading::Reading;
use std::io::{Cursor, Write};
use store::service::ExportNote;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Who looks at the log.
const AUDIT: Who = Who::Roles(&[Role::Auditor, Role::Leader]);
/// Records of the log that a page may check.
const TAIL_MAX: i64 = 2_000;
/// Events that are shown.
const EVENTS: i64 = 15;
/// Notes of exports that are shown.
const NOTES: i64 = 50;

/// The page.
#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    length: i64,
    head: String,
    checkpoints: Vec<Signed>,
    tail: Tail,
    events: Vec<EventRow>,
    /// None: not for whoever reads.
    notes: Option<Vec<NoteRow>>,
}

/// A signed checkpoint.
struct Signed {
    seq: i64,
    at: String,
    head: String,
    key: String,
    is_signed: bool,
}

/// The end of the log since the newest checkpoint.
enum Tail {
    /// It holds, from one place to another.
    Good(i64, i64),
    /// At this place it does not.
    Bad(i64),
    /// So many: more than a page checks.
    Long(i64),
}

/// An act.
struct EventRow {
    seq: i64,
    at: String,
    user: String,
    act: String,
    subject: String,
}

/// What left the office.
struct NoteRow {
    at: String,
    user: String,
    list: String,
    rows: i64,
    format: String,
}

pub fn operations() -> Vec<Operation> {
    let case = Parameter { name: "case", place: "query", about: ("案件编号", "id of the case"), kind: "string" };
    let words = ("下载审计包", "The audit bundle of a case");
    vec![
        Operation {
            parameters: vec![query("case", "打开此案件", "opens this case")],
            ..page_of("/audit", "audit_page", ("审计：日志与导出", "Audit: the log and what left the office"), AUDIT, audit)
        },
        Operation {
            parameters: vec![case],
            gives: (200, Payload::Bytes("application/zip")),
            ..operation(Method::GET, "/api/v1/bundle", "audit_bundle", "files", words, AUDIT, bundle)
        },
    ]
}

/// Checks the log behind a place whose fingerprint is known, if it is short enough.
async fn tail(reading: &mut Reading<'_>, from: (i64, Fingerprint), head: (i64, Fingerprint)) -> Result<Tail, Problem> {
    let length = head.0 - from.0;
    if length > TAIL_MAX {
        return Ok(Tail::Long(length));
    }
    let mut auditor = Auditor::after(from.0, from.1);
    for (_, event) in reading.work.events_kept(from.0, TAIL_MAX).await? {
        auditor.push(event.ok(), None);
    }
    let audit = auditor.end(Some(head), 0);
    Ok(audit.fault.map_or(Tail::Good(from.0 + 1, head.0), |fault| Tail::Bad(fault.position)))
}

fn audit<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        if let Some(case) = asked.query("case").map(str::trim).filter(|case| !case.is_empty()) {
            return Ok(go(&format!("/cases/{}", crate::pages::market::encoded(case))));
        }
        let mut reading = reading(portal, asked).await?;
        let (length, head) = reading.work.head().await?.unwrap_or_default();
        let kept = reading.work.largest(Checkpoint::TABLE, "seq", 5).await?;
        let mut checkpoints: Vec<Checkpoint> = Vec::new();
        for kept in kept {
            checkpoints.push(serde_json::from_str(&kept.body).map_err(|why| Problem::failed(&why.to_string()))?);
        }
        // From the newest signed place; without one, from the beginning.
        let newest = checkpoints.iter().find(|one| one.seq <= length && office::checkpoint::signed(one));
        let from = newest.map_or((0, Fingerprint::NONE), |one| (one.seq, one.head));
        let tail = match Fingerprint::parse(&head) {
            Some(fingerprint) => tail(&mut reading, from, (length, fingerprint)).await?,
            None => Tail::Bad(length),
        };
        let frame = Frame::new(portal, asked, "audit");
        let mut events: Vec<EventRow> = Vec::new();
        let last = reading.work.events((length - EVENTS).max(0), EVENTS).await?;
        let people = People::of(&mut reading, last.iter().map(|event| event.user.as_str()).collect()).await?;
        for event in last {
            let act = crate::pages::acts::words::title(&event.act, frame.lang()).to_owned();
            let at = event.at.to_string().replace('T', " ");
            events.push(EventRow { seq: event.seq, at, user: people.name(event.user.as_str()).to_owned(), act, subject: event.subject });
        }
        events.reverse();
        let is_auditor = reading.role() == Role::Auditor;
        drop(reading);
        let notes = if is_auditor { Some(portal.office.store().newest_export_notes(NOTES).await?.into_iter().map(note_row).collect()) } else { None };
        let signed = |one: &Checkpoint| Signed {
            seq: one.seq,
            at: one.at.to_string().replace('T', " "),
            head: one.head.to_string(),
            key: one.key.clone(),
            is_signed: office::checkpoint::signed(one),
        };
        let checkpoints = checkpoints.iter().map(signed).collect();
        shown(&AuditPage { length, head, checkpoints, tail, events, notes, frame })
    })
}

fn note_row(note: ExportNote) -> NoteRow {
    NoteRow { at: note.at.replace('T', " "), user: note.user_id, list: note.collection, rows: note.row_count, format: note.format }
}

fn bundle<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let id = asked.query("case").unwrap_or_default().trim().to_owned();
        reader(asked)?;
        let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
        let mut reading = reading(portal, asked).await?;
        let case = reading.case(&id).await?;
        let files = office::bundle::write(&mut reading.work, &case.id, portal.clock.now(), None).await?;
        drop(reading);
        let files = files.ok_or_else(|| Problem::unknown("case", &id))?;
        let packed = zipped(&files).map_err(|why| Problem::failed(&why.to_string()))?;
        note(portal, asked, "bundle", &[("case", case.id.as_str())], "zip", files.len()).await?;
        Ok(attached("application/zip", packed, &format!("审计包-{}.zip", case.id)))
    })
}

fn zipped(files: &office::bundle::Files) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), SimpleFileOptions::default())?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
