//! Lists as files: the same filter and the same sight as the list itself, as XLSX or CSV. That a list left the office is noted.

use crate::Portal;
use crate::evidence::{attached, not_taken};
use crate::operation::{About, Answering, Asked, Operation, Payload, Who, operation, query};
use crate::problem::Problem;
use crate::records::{filters_of, reader, subject};
use crate::shape::{Shape, shape_of};
use axum::http::{Method, StatusCode};
use exchange::Table;
use office::reading::{COLLECTIONS, Collection, Reader, Wanted};
use serde_json::Value;
use store::service::ExportNote;
use values::Lang;

/// Most rows of a file: as many as may come back in one.
const ROWS_MAX: usize = 50_000;
/// Records read at once.
const PAGE: usize = 500;
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Parameters of lists that are no filter.
const NO_FILTER: &[&str] = &["after", "limit", "format"];

/// A file of each list.
pub fn operations() -> Vec<Operation> {
    COLLECTIONS.iter().map(of).collect()
}

fn of(collection: &'static Collection) -> Operation {
    let meaning = collection.kind().map_or("", |kind| kind.table.meaning);
    let mut parameters = vec![query("format", "xlsx 或 csv，默认 xlsx", "xlsx or csv; xlsx unless said otherwise")];
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

/// All that a reader sees of a collection under a filter, page by page. Errors: as the list; more rows than a file holds.
pub async fn gathered(portal: &Portal, reader: &Reader, collection: &Collection, filter: &[(&str, &str)]) -> Result<Vec<Value>, Problem> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let wanted = Wanted { filters: filter.to_vec(), after: &after, limit: PAGE };
        let page = portal.office.page(&portal.reading, reader, collection, &wanted).await?;
        all.extend(page.records.into_iter().map(|read| read.body));
        if all.len() > ROWS_MAX {
            let title = ("行数过多", "Too many rows");
            let (zh, en) =
                (format!("超过 {ROWS_MAX} 行。请缩小筛选范围后分次导出。"), format!("More than {ROWS_MAX} rows. Narrow the filter and export in parts."));
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too-many-rows", title, zh, en));
        }
        match page.next {
            Some(next) => after = next,
            None => return Ok(all),
        }
    }
}

/// The table of a list: typed columns, one row a record. Errors: a record that does not fit, which would be a fault of ours.
pub fn table(shape: &Shape, bodies: &[Value]) -> Result<Table, Problem> {
    let mut table = Table::new(shape.columns());
    for body in bodies {
        table.push(shape.row(body)).map_err(|why| not_taken(&why))?;
    }
    Ok(table)
}

fn export<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let (reader, collection, filter) = (reader(asked)?, subject(asked)?, filter(asked));
        let format = asked.query("format").unwrap_or("xlsx");
        if !["xlsx", "csv"].contains(&format) {
            return Err(Problem::malformed("format 应为 xlsx 或 csv", "format must be xlsx or csv"));
        }
        let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
        let bodies = gathered(portal, &reader, collection, &filter).await?;
        let shape = shape_of(collection, &bodies);
        let mut table = table(&shape, &bodies)?;
        if crate::import::importable(collection.name).is_some() {
            table = table.with_versions();
        }
        let at = portal.clock.now();
        let by = portal.person(reader.user.as_str()).await?.map_or_else(|| reader.user.to_string(), |person| person.name);
        let meaning = collection.kind().map_or(collection.name, |kind| kind.table.meaning);
        let title = if asked.language == Lang::Zh { meaning.to_owned() } else { collection.name.to_owned() };
        let more = if portal.config.demo { vec![("演示".to_owned(), documents::DEMO.to_owned())] } else { Vec::new() };
        let named = filter.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let about = exchange::About { title, filter: named, at, by, more, lang: asked.language };
        let bytes = match format {
            "csv" => exchange::table::csv(&table, asked.language),
            _ => exchange::table::xlsx(&table, &about).map_err(|why| not_taken(&why))?,
        };
        let row_count = i64::try_from(bodies.len()).unwrap_or(i64::MAX);
        let note = ExportNote {
            id: asked.request.clone(),
            user_id: reader.user.to_string(),
            role: reader.role.name().to_owned(),
            collection: collection.name.to_owned(),
            filter: serde_json::to_string(&filter).unwrap_or_default(),
            format: format.to_owned(),
            row_count,
            at: at.to_string(),
        };
        // Nothing leaves that was not noted.
        portal.office.store().put_service_row(&note).await?;
        tracing::info!(request = asked.request, collection = collection.name, rows = row_count, "exported");
        let media = if format == "csv" { "text/csv; charset=utf-8" } else { XLSX };
        Ok(attached(media, bytes, &format!("{meaning}-{}.{format}", at.date())))
    })
}
