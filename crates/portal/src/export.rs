//! Lists as files: the same filter and the same sight as the list itself, as XLSX or CSV. That a list left the office is noted.

use crate::Portal;
use crate::evidence::{attached, not_taken};
use crate::operation::{About, Answer, Answering, Asked, Operation, Parameter, Payload, Who, operation, query};
use crate::problem::Problem;
use crate::records::{filters_of, reader, subject};
use crate::shape::{NAME, Shape};
use crate::uploads::blocking;
use axum::http::{Method, StatusCode};
use casework::organisation::Organisation;
use exchange::evidence::FileKind;
use exchange::{Cell, Table};
use office::reading::{COLLECTIONS, Collection, Read, Reader, Wanted};
use serde_json::Value;
use std::collections::BTreeMap;
use store::service::ExportNote;
use values::Lang;

/// Most rows of a file: as many as may come back in one.
pub const ROWS_MAX: usize = 50_000;
/// Records read at once.
const PAGE: usize = 500;
/// Parameters of lists that are no filter.
const NO_FILTER: &[&str] = &["after", "limit", "format"];

/// How a table is to be written.
pub const FORMAT: Parameter = query("format", "xlsx 或 csv，默认 xlsx", "xlsx or csv; xlsx unless said otherwise");

/// A file of each list.
pub fn operations() -> Vec<Operation> {
    COLLECTIONS.iter().map(of).collect()
}

fn of(collection: &'static Collection) -> Operation {
    let meaning = collection.kind().map_or("", |kind| kind.table.meaning);
    let mut parameters = vec![FORMAT];
    parameters.extend(filters_of(collection));
    Operation {
        parameters,
        gives: (200, Payload::Bytes("*/*")),
        about: About::Collection(collection),
        ..operation(
            Method::GET,
            &format!("/api/v1/{}/export", collection.name),
            &format!("export_{}", collection.name.replace('-', "_")),
            "files",
            (&format!("导出{meaning}"), &format!("{} as a file", collection.name)),
            Who::SignedIn,
            export,
        )
    }
}

/// The filter of a request, as the list understands it.
fn filter<'a>(asked: &'a Asked<'_>) -> Vec<(&'a str, &'a str)> {
    asked.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).filter(|(name, _)| !NO_FILTER.contains(name)).collect()
}

/// All that a reader sees of a list, as a table.
pub struct Listed {
    /// What stands in which column.
    pub shape: Shape,
    /// One row a record.
    pub table: Table,
    /// The version of each record, by id.
    pub versions: BTreeMap<String, i64>,
}

/// All that a reader sees of a collection under a filter, read page by page: of a record no more is kept than its cells. `language`: of
/// the words in them. Errors: as the list; more rows than a file holds; a record that does not fit, which would be a fault of ours.
pub async fn listed(portal: &Portal, reader: &Reader, collection: &Collection, filter: &[(&str, &str)], language: Lang) -> Result<Listed, Problem> {
    let (mut shape, mut rows, mut versions) = (Shape::of(collection, language), Vec::new(), BTreeMap::new());
    let mut names = BTreeMap::new();
    let mut after = String::new();
    loop {
        let wanted = Wanted { filters: filter.to_vec(), after: &after, limit: PAGE };
        let mut page = portal.office.page(&portal.reading, reader, collection, &wanted).await?;
        if shape.column(NAME).is_some() {
            name(portal, &mut page.records, &mut names).await?;
        }
        shape.widen(page.records.iter().map(|read| &read.body));
        for read in page.records {
            rows.push(shape.row(&read.body));
            versions.insert(read.id, read.version);
        }
        if rows.len() > ROWS_MAX {
            return Err(too_many());
        }
        match page.next {
            Some(next) => after = next,
            None => break,
        }
    }
    let mut table = Table::new(shape.columns());
    let width = table.columns().len();
    for mut row in rows {
        row.resize(width, Cell::Empty);
        table.push(row).map_err(|why| not_taken(&why))?;
    }
    Ok(Listed { shape, table, versions })
}

/// Puts the name of its enterprise beside each record that the reader sees; `names`: those at hand.
async fn name(portal: &Portal, records: &mut [Read], names: &mut BTreeMap<String, String>) -> Result<(), Problem> {
    let mut work = portal.reading.begin().await?;
    for read in records {
        let Some(body) = read.body.as_object_mut() else { continue };
        let Some(id) = body.get("organisation").and_then(Value::as_str).map(str::to_owned) else { continue };
        if !names.contains_key(&id) {
            let known: Option<Organisation> = work.peek(&id).await?;
            names.insert(id.clone(), known.map(|known| known.name).unwrap_or_default());
        }
        let name = names.get(&id).map(String::as_str).unwrap_or_default();
        body.insert(NAME.to_owned(), name.into());
    }
    Ok(())
}

/// More rows than a file holds.
pub fn too_many() -> Problem {
    let title = ("行数过多", "Too many rows");
    let (zh, en) = (format!("超过 {ROWS_MAX} 行。请缩小筛选范围后分次导出。"), format!("More than {ROWS_MAX} rows. Narrow the filter and export in parts."));
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too-many-rows", title, zh, en)
}

fn export<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let (reader, collection, filter) = (reader(asked)?, subject(asked)?, filter(asked));
        crate::filter::check(collection, &filter)?;
        let format = Format::of(asked, Format::Xlsx)?;
        let _turn = portal.lists.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
        let mut table = listed(portal, &reader, collection, &filter, asked.language).await?.table;
        if crate::import::importable(collection.name).is_some() {
            table = table.with_versions();
        }
        let meaning = collection.kind().map_or(collection.name, |kind| kind.table.meaning);
        let title = if asked.language == Lang::Zh { meaning } else { collection.name };
        let name = format!("{meaning}-{}", portal.clock.now().date());
        leaves(portal, asked, Leaving { list: collection.name, title, filter: &filter, name: &name, table }, format).await
    })
}

/// How a table is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A workbook.
    Xlsx,
    /// Plain.
    Csv,
}

impl Format {
    /// The one that is asked for. Errors: there is no such.
    pub fn of(asked: &Asked<'_>, unless_said: Self) -> Result<Self, Problem> {
        match asked.query("format") {
            None => Ok(unless_said),
            Some("xlsx") => Ok(Self::Xlsx),
            Some("csv") => Ok(Self::Csv),
            Some(_) => Err(Problem::malformed("format 应为 xlsx 或 csv", "format must be xlsx or csv")),
        }
    }

    /// The end of the file's name.
    pub const fn end(self) -> &'static str {
        match self {
            Self::Xlsx => FileKind::Xlsx.extension(),
            Self::Csv => "csv",
        }
    }

    /// The type of its content.
    pub const fn media(self) -> &'static str {
        match self {
            Self::Xlsx => FileKind::Xlsx.media_type(),
            Self::Csv => "text/csv; charset=utf-8",
        }
    }
}

/// A table that leaves the office.
pub struct Leaving<'a> {
    /// What is noted of it: the name of the list.
    pub list: &'a str,
    /// What it calls itself.
    pub title: &'a str,
    /// What was asked for: name and value.
    pub filter: &'a [(&'a str, &'a str)],
    /// Name of the file, without its end.
    pub name: &'a str,
    /// What stands in it.
    pub table: Table,
}

/// Who exports, as files name the person.
pub async fn exporter(portal: &Portal, asked: &Asked<'_>) -> Result<String, Problem> {
    let seat = asked.seat()?;
    Ok(portal.person(seat.user.as_str()).await?.map_or_else(|| seat.user.to_string(), |person| person.name))
}

/// Notes that something leaves the office. Nothing leaves that was not noted: this comes first.
pub async fn note(portal: &Portal, asked: &Asked<'_>, list: &str, filter: &[(&str, &str)], format: &str, rows: usize) -> Result<(), Problem> {
    let seat = asked.seat()?;
    let note = ExportNote {
        id: asked.request.clone(),
        user_id: seat.user.to_string(),
        role: seat.role.name().to_owned(),
        collection: list.to_owned(),
        filter: serde_json::to_string(filter).unwrap_or_default(),
        format: format.to_owned(),
        row_count: i64::try_from(rows).unwrap_or(i64::MAX),
        at: portal.clock.now().to_string(),
    };
    portal.office.store().put_service_row(&note).await?;
    tracing::info!(request = asked.request, list, rows, "exported");
    Ok(())
}

/// The file of a table, after noting it. It waits for its turn to be written, not while the list is read, and is written where that is
/// in nobody's way.
pub async fn leaves(portal: &Portal, asked: &Asked<'_>, leaving: Leaving<'_>, format: Format) -> Result<Answer, Problem> {
    let (lang, rows) = (asked.language, leaving.table.rows().len());
    let table = leaving.table;
    let turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
    let bytes = match format {
        Format::Csv => blocking(move || Ok(exchange::table::csv(&table, lang))).await?,
        Format::Xlsx => {
            let more = if portal.config.demo { vec![("演示".to_owned(), documents::DEMO.to_owned())] } else { Vec::new() };
            let filter = leaving.filter.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let (at, by) = (portal.clock.now(), exporter(portal, asked).await?);
            let about = exchange::About { title: leaving.title.to_owned(), filter, at, by, more, lang };
            blocking(move || Ok(exchange::table::xlsx(&table, &about))).await?.map_err(|why| not_taken(&why))?
        }
    };
    drop(turn);
    note(portal, asked, leaving.list, leaving.filter, format.end(), rows).await?;
    Ok(attached(format.media(), bytes, &format!("{}.{}", leaving.name, format.end())))
}
