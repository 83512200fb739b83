//! What left the office as files: read by the auditor, newest last. The notes themselves are written where something leaves (`export.rs`).

use crate::Portal;
use crate::export::{FORMAT, Format, Leaving, leaves};
use crate::operation::{Answer, Answering, Asked, Operation, Payload, Who, operation, query};
use axum::http::Method;
use casework::people::Role;
use exchange::{Cell, Column, Kind, Table};
use schemars::JsonSchema;
use serde::Serialize;
use store::service::ExportNote;

const AUDIT: Who = Who::Roles(&[Role::Auditor]);
/// Most notes of a page.
const LIMIT_MAX: i64 = 200;

/// That something left the office.
#[derive(Serialize, JsonSchema)]
struct Note {
    /// Name of the request in the log of the service.
    id: String,
    /// Who took it.
    user: String,
    /// As what.
    role: String,
    /// Which list.
    list: String,
    /// What was asked for: name and value, as JSON.
    filter: String,
    /// Form of the file.
    format: String,
    /// How many rows.
    rows: i64,
    /// When.
    at: String,
}

/// A page of notes.
#[derive(Serialize, JsonSchema)]
struct Notes {
    /// In the order of time.
    records: Vec<Note>,
    /// Where the next page begins; null: this was the last.
    next: Option<String>,
}

/// What can be asked of them.
pub fn operations() -> Vec<Operation> {
    let user = || query("user_id", "只看此人", "of this person alone");
    vec![
        Operation {
            parameters: vec![
                query("after", "上一页给出的位置", "where the page before ended"),
                query("limit", "每页条数，最多 200", "notes of a page, at most 200"),
                user(),
            ],
            gives: (200, Payload::Json(|generator| generator.subschema_for::<Notes>())),
            ..operation(Method::GET, "/api/v1/export-notes", "list_export_notes", "records", ("导出记录", "What left the office as files"), AUDIT, page)
        },
        Operation {
            parameters: vec![FORMAT, user()],
            gives: (200, Payload::Bytes("*/*")),
            ..operation(Method::GET, "/api/v1/export-notes/export", "export_export_notes", "files", ("导出：导出记录", "The same as a file"), AUDIT, file)
        },
    ]
}

impl From<ExportNote> for Note {
    fn from(note: ExportNote) -> Self {
        let ExportNote { id, user_id, role, collection, filter, format, row_count, at } = note;
        Self { id, user: user_id, role, list: collection, filter, format, rows: row_count, at }
    }
}

fn page<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let limit = asked.number("limit", 50, 1, LIMIT_MAX)?;
        let (at, id) = asked.query("after").unwrap_or_default().split_once('_').unwrap_or_default();
        let mut notes = portal.office.store().export_notes(asked.query("user_id"), (at, id), limit + 1).await?;
        let most = usize::try_from(limit).unwrap_or(1);
        let more = notes.len() > most;
        notes.truncate(most);
        let next = notes.last().filter(|_| more).map(|last| format!("{}_{}", last.at, last.id));
        Answer::ok(&Notes { records: notes.into_iter().map(Note::from).collect(), next })
    })
}

fn file<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let format = Format::of(asked, Format::Xlsx)?;
        let text = |key, zh, en| Column::new(key, zh, en, Kind::Text);
        let mut table = Table::new(vec![
            text("at", "时间", "At"),
            text("user_id", "人员", "Person"),
            text("role", "角色", "Role"),
            text("list", "导出内容", "List"),
            text("filter", "筛选条件", "Filter"),
            text("format", "格式", "Format"),
            Column::new("rows", "行数", "Rows", Kind::Count),
            text("id", "请求编号", "Request"),
        ]);
        let (mut at, mut id) = (String::new(), String::new());
        loop {
            let notes = portal.office.store().export_notes(asked.query("user_id"), (&at, &id), LIMIT_MAX).await?;
            let Some(last) = notes.last() else { break };
            (at, id) = (last.at.clone(), last.id.clone());
            for note in notes {
                let words = |words: &str| Cell::text(&words.chars().take(8_000).collect::<String>());
                let row = [&note.at, &note.user_id, &note.role, &note.collection, &note.filter, &note.format].map(|each| words(each));
                let mut row = row.to_vec();
                row.extend([Cell::Count(note.row_count), words(&note.id)]);
                table.push(row).map_err(|why| crate::evidence::not_taken(&why))?;
            }
            if table.rows().len() > crate::export::ROWS_MAX {
                return Err(crate::export::too_many());
            }
        }
        let filter: Vec<(&str, &str)> = asked.query("user_id").map(|user| ("user_id", user)).into_iter().collect();
        let name = format!("导出记录-{}", portal.clock.now().date());
        leaves(portal, asked, Leaving { list: "export-notes", title: "导出记录", filter: &filter, name: &name, table }, format).await
    })
}
