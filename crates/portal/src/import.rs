//! Lists that come back edited: what a file would change, to be looked at; then, confirmed by the mark of what was looked at, done
//! act by act. What somebody else changed meanwhile is a conflict and never overwritten.

use crate::Portal;
use crate::acts::{fitting, is_granted};
use crate::body::Unfit;
use crate::evidence::not_taken;
use crate::export::{Format, Listed, listed};
use crate::operation::{About, Answer, Answering, Asked, Operation, Payload, Who, operation, query};
use crate::problem::Problem;
use crate::records::reader;
use axum::http::Method;
use casework::chain::Fingerprint;
use casework::id::RequestId;
use casework::organisation::OrganisationRefusal;
use casework::{Act, Refusal};
use exchange::import::{Preview, Reviewed, Rules, Verdict, annotated, preview};
use exchange::{Cell, Limits};
use office::Context;
use office::reading::{Collection, collection};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use store::work::Kept;

/// A list that may come back edited.
pub struct Importable {
    /// The collection.
    collection: &'static str,
    /// The act that writes one of its records, and the field of the act that holds it.
    act: (&'static str, &'static str),
    /// Columns that may be changed.
    editable: &'static [&'static str],
}

/// All of them; what stands in which column is their shape (`shape.rs`).
const IMPORTABLE: &[Importable] = &[
    Importable { collection: "organisations", act: ("registry.put_organisation", "organisation"), editable: &["name", "credit_code", "aliases"] },
    Importable { collection: "units", act: ("registry.put_unit", "unit"), editable: &["name"] },
];

/// Whether a list may come back edited.
pub fn importable(name: &str) -> Option<&'static Importable> {
    IMPORTABLE.iter().find(|importable| importable.collection == name)
}

/// What a file would change, or what was done.
#[derive(Serialize, JsonSchema)]
struct Reviewing {
    /// Mark of this preview: send the same file with `mark` and `confirm=yes` to have its changes done. Sent again after a break, it
    /// goes on where it was broken off.
    mark: String,
    /// How many rows are added, changed, unchanged, conflicts, refused.
    counts: Value,
    /// Each row with what would become of it.
    rows: Vec<Value>,
    /// What is wrong with the file as a whole.
    problems: Vec<Value>,
    /// How many records are not in the file; they stay as they are.
    absent: usize,
    /// What was done; null: nothing yet.
    done: Option<Vec<DoneRow>>,
}

/// What became of a row that was confirmed.
#[derive(Serialize, JsonSchema)]
struct DoneRow {
    /// Line in the file.
    line: usize,
    /// What names the row.
    key: String,
    /// Why it was not done, in Chinese; null: it was.
    refused_zh: Option<String>,
    /// Why it was not done, in English; null: it was.
    refused_en: Option<String>,
}

/// An import of each of these lists, and the file given back with its errors.
pub fn operations() -> Vec<Operation> {
    IMPORTABLE.iter().flat_map(of).collect()
}

fn of(importable: &'static Importable) -> Vec<Operation> {
    let Some(collection) = collection(importable.collection) else { return Vec::new() };
    let meaning = collection.kind().map_or("", |kind| kind.table.meaning);
    let (path, name) = (format!("/api/v1/imports/{}", collection.name), collection.name.replace('-', "_"));
    let takes = Payload::Bytes("application/octet-stream");
    vec![
        Operation {
            parameters: vec![query("mark", "所确认预览的标记", "mark of the preview that is confirmed"), query("confirm", "yes：办理", "yes: do it")],
            takes,
            gives: (200, Payload::Json(|generator| generator.subschema_for::<Reviewing>())),
            about: About::Collection(collection),
            ..operation(
                Method::POST,
                &path,
                &format!("import_{name}"),
                "files",
                (&format!("导入{meaning}：先预览，后确认"), &format!("Take edited {} in: preview, then confirm", collection.name)),
                Who::SignedIn,
                import,
            )
        },
        Operation {
            takes,
            gives: (200, Payload::Bytes("*/*")),
            about: About::Collection(collection),
            ..operation(
                Method::POST,
                &format!("{path}/annotated"),
                &format!("annotate_{name}"),
                "files",
                (&format!("{meaning}导入错误清单"), "The same file with what is wrong written into it"),
                Who::SignedIn,
                annotate,
            )
        },
    ]
}

/// A file against what is kept now.
struct Review {
    importable: &'static Importable,
    collection: &'static Collection,
    kept: Listed,
    preview: Preview,
}

/// A row that is to be done.
struct Step<'r> {
    row: &'r Reviewed,
    /// Version of the record it was compared with; 0: there was none.
    version: i64,
    /// Whether an earlier try of the same confirmation did it.
    done: bool,
}

async fn review(portal: &Portal, asked: &Asked<'_>) -> Result<Review, Problem> {
    let (reader, collection) = (reader(asked)?, crate::records::subject(asked)?);
    let importable = importable(collection.name).ok_or_else(|| Problem::unknown("import", collection.name))?;
    if !is_granted(importable.act.0, reader.role) {
        return Err(Problem::denied());
    }
    let kept = listed(portal, &reader, collection, &[], asked.language).await?;
    let rules = Rules { key: "id", editable: importable.editable, may_add: true };
    let preview = preview(&asked.body, &kept.table, &rules, &Limits::TABLE).map_err(|why| not_taken(&why))?;
    let mut review = Review { importable, collection, kept, preview };
    review.try_out(portal, asked).await?;
    Ok(review)
}

impl Review {
    fn version(&self, row: &Reviewed) -> i64 {
        self.kept.versions.get(&row.key).copied().unwrap_or(0)
    }

    /// Tries the act of each row that would do something, as if it were done: what cannot be done is said before it is confirmed.
    async fn try_out(&mut self, portal: &Portal, asked: &Asked<'_>) -> Result<(), Problem> {
        let mut wrong = self.alike();
        for row in self.preview.changes() {
            if !wrong.contains_key(&row.line)
                && let Some(problem) = self.wrong(portal, asked, row).await?
            {
                wrong.insert(row.line, problem);
            }
        }
        self.refuse(wrong);
        Ok(())
    }

    fn refuse(&mut self, mut wrong: BTreeMap<usize, exchange::Problem>) {
        for row in &mut self.preview.rows {
            if let Some(problem) = wrong.remove(&row.line) {
                row.verdict = Verdict::Refused { problems: vec![problem] };
            }
        }
    }

    /// The column of which no two records have the same.
    fn unique(&self) -> Option<&'static str> {
        self.collection.kind()?.table.columns.iter().find(|column| column.unique).map(|column| column.name)
    }

    /// Rows that write the same where no two records may have the same, by line.
    fn alike(&self) -> BTreeMap<usize, exchange::Problem> {
        let mut lines: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let Some(unique) = self.unique() else { return BTreeMap::new() };
        for row in self.preview.changes() {
            if let Some(Cell::Text(text)) = cells(row).find(|(key, _)| *key == unique).map(|(_, cell)| cell) {
                lines.entry(text.as_str()).or_default().push(row.line);
            }
        }
        let mut wrong = BTreeMap::new();
        for line in lines.values().filter(|lines| lines.len() > 1).flatten() {
            let others = lines.values().find(|lines| lines.contains(line)).into_iter().flatten().filter(|other| *other != line);
            let others = others.take(5).map(ToString::to_string).collect::<Vec<_>>().join("、");
            let message = (format!("与第 {others} 行相同"), format!("the same as in row {others}"));
            wrong.insert(
                *line,
                exchange::Problem::new("exists", message, ("各行应不同，请核对", "no two rows may have the same")).at(*line).of(self.preview.heading(unique)),
            );
        }
        wrong
    }

    /// Why a row cannot be done as things stand; none: it can.
    async fn wrong(&self, portal: &Portal, asked: &Asked<'_>, row: &Reviewed) -> Result<Option<exchange::Problem>, Problem> {
        let kind = self.collection.kind().ok_or_else(|| Problem::unknown("collection", self.collection.name))?;
        let kept = portal.reading.begin().await?.kept(kind.table, &row.key).await?;
        let act = match self.act(row, kept) {
            Ok(act) => act,
            Err(unfit) => return Ok(Some(self.unfit(row, unfit))),
        };
        match portal.office.rehearse(&context(portal, asked, request_of("trial", row)?)?, &act, None).await {
            Ok(_) => Ok(None),
            Err(office::Stop::Refused(refusal)) => Ok(Some(self.refused(row, &refusal))),
            Err(failed) => Err(failed.into()),
        }
    }

    fn unfit(&self, row: &Reviewed, unfit: Unfit) -> exchange::Problem {
        let key = unfit.field.rsplit('.').next().unwrap_or_default();
        let is_empty = cells(row).find(|(of, _)| *of == key).is_none_or(|(_, cell)| *cell == Cell::Empty) && !matches!(key, "" | "id");
        let (message, help) = match is_empty {
            true => (("没有填".to_owned(), "nothing is written here".to_owned()), ("填写后重新导入", "write it and hand the file in again")),
            false => ((unfit.zh, unfit.en), ("改正这一格后重新导入", "mend this cell and hand the file in again")),
        };
        exchange::Problem::new("unusable", message, help).at(row.line).of(self.preview.heading(key))
    }

    fn refused(&self, row: &Reviewed, refusal: &Refusal) -> exchange::Problem {
        let column = match refusal {
            Refusal::Exists { .. } => self.unique(),
            Refusal::Organisation(OrganisationRefusal::Code { .. } | OrganisationRefusal::CheckDigit { .. } | OrganisationRefusal::AdmitterRecused { .. }) => {
                Some("credit_code")
            }
            _ => None,
        };
        let words = refusal.words();
        let problem = match refusal {
            Refusal::Exists { what, id } => exchange::Problem::new(
                refusal.code(),
                (format!("与{} {id} 的相同", casework::refusal::noun(what)), format!("the {what} {id} has the same")),
                ("请核对，改正后重新导入", "look into it, mend it and hand the file in again"),
            ),
            _ => exchange::Problem::new(refusal.code(), (words.zh, words.en), ("改正后重新导入", "mend it and hand the file in again")),
        };
        let problem = problem.at(row.line);
        column.map_or(problem.clone(), |column| problem.of(self.preview.heading(column)))
    }

    /// The act of a row: of the whole record, also what the table does not show; only what was edited changes.
    fn act(&self, row: &Reviewed, kept: Option<Kept>) -> Result<Act, Unfit> {
        let whole = kept.and_then(|kept| serde_json::from_str::<Map<String, Value>>(&kept.body).ok());
        let mut record = whole.unwrap_or_default();
        for (key, cell) in cells(row) {
            let value = self.kept.shape.column(key).and_then(|shown| shown.value(cell));
            record.insert(key.to_owned(), value.unwrap_or_default());
        }
        let (name, field) = self.importable.act;
        fitting(name, json!({ field: record }))
    }

    fn steps(&self) -> Vec<Step<'_>> {
        self.preview.changes().map(|row| Step { row, version: self.version(row), done: false }).collect()
    }

    /// The mark of what would be done: the very file, and each row with the version of the record it changes. Who confirms it has seen
    /// all of that; what another changes afterwards – also in a field the table does not show, also back again – gives another mark.
    fn mark(&self, file: &[u8], steps: &[Step<'_>]) -> String {
        let rows: Vec<_> = steps.iter().map(|step| (step.row.line, &step.row.key, step.version)).collect();
        let said = serde_json::to_vec(&(self.collection.name, Fingerprint::of(file), rows)).unwrap_or_default();
        Fingerprint::of(&said).to_string()
    }
}

/// What a row writes: cells by the key of their column.
fn cells(row: &Reviewed) -> impl Iterator<Item = (&str, &Cell)> {
    let (added, edits) = match &row.verdict {
        Verdict::Added { cells } => (cells.as_slice(), [].as_slice()),
        Verdict::Changed { edits } => ([].as_slice(), edits.as_slice()),
        _ => ([].as_slice(), [].as_slice()),
    };
    added.iter().map(|(key, cell)| (key.as_str(), cell)).chain(edits.iter().map(|edit| (edit.column.as_str(), &edit.after)))
}

fn context(portal: &Portal, asked: &Asked<'_>, request: RequestId) -> Result<Context, Problem> {
    let seat = asked.seat()?;
    Ok(Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request })
}

/// The request under which a row is done. The mark is in it, and the version of the record in the mark: no answer of another state is repeated.
fn request_of(mark: &str, row: &Reviewed) -> Result<RequestId, Problem> {
    let name = format!("import-{}-{}", mark.get(..32).unwrap_or(mark), row.line);
    RequestId::parse(&name).map_err(|why| Problem::malformed("mark 有误", format!("mark: {why}")))
}

/// What is to be done under a mark: what the preview says now, together with what an earlier try of this confirmation did already.
/// Errors: that is not what was looked at.
async fn confirmed<'r>(portal: &Portal, asked: &Asked<'_>, review: &'r Review, mark: &str) -> Result<Vec<Step<'r>>, Problem> {
    let mut steps = review.steps();
    if review.mark(&asked.body, &steps) != mark && review.preview.problems.is_empty() {
        let seat = asked.seat()?;
        let mut work = portal.reading.begin().await?;
        for row in review.preview.rows.iter().filter(|row| row.verdict == Verdict::Unchanged) {
            let event = work.answered(&request_of(mark, row)?).await?;
            if event.is_some_and(|event| event.user == seat.user) {
                // The act gave the record its next version: before, it had the one below.
                steps.push(Step { row, version: review.version(row) - 1, done: true });
            }
        }
        steps.sort_by_key(|step| step.row.line);
    }
    if review.mark(&asked.body, &steps) == mark {
        return Ok(steps);
    }
    Err(Problem::not_looked_at())
}

fn import<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
        let mut review = review(portal, asked).await?;
        let mut mark = review.mark(&asked.body, &review.steps());
        let mut done = None;
        if asked.query("confirm") == Some("yes") {
            asked.query("mark").unwrap_or_default().clone_into(&mut mark);
            let (mut rows, mut wrong) = (Vec::new(), BTreeMap::new());
            for step in confirmed(portal, asked, &review, &mark).await? {
                let refused = if step.done { None } else { write(portal, asked, &review, &step, &mark).await.err() };
                if let Some(why) = &refused {
                    let message = (why.detail.0.as_str(), why.detail.1.as_str());
                    let help = ("重新预览后再确认", "look at the preview again and confirm that");
                    wrong.insert(step.row.line, exchange::Problem::new(why.code, message, help).at(step.row.line));
                }
                let (refused_zh, refused_en) = refused.map(|why| why.detail).unzip();
                rows.push(DoneRow { line: step.row.line, key: step.row.key.clone(), refused_zh, refused_en });
            }
            done = Some(rows);
            // Counted is then what was done.
            review.refuse(wrong);
        }
        let value = |each: Result<Value, serde_json::Error>| each.unwrap_or_default();
        let preview = &review.preview;
        Answer::ok(&Reviewing {
            counts: value(serde_json::to_value(preview.counts())),
            rows: preview.rows.iter().map(|row| value(serde_json::to_value(row))).collect(),
            problems: preview.problems.iter().map(|problem| value(serde_json::to_value(problem))).collect(),
            absent: preview.absent.len(),
            mark,
            done,
        })
    })
}

/// Does the act of one row. Errors: refused, or the record has another version than the one that was looked at.
async fn write(portal: &Portal, asked: &Asked<'_>, review: &Review, step: &Step<'_>, mark: &str) -> Result<(), Problem> {
    let row = step.row;
    let kind = review.collection.kind().ok_or_else(|| Problem::unknown("collection", review.collection.name))?;
    let kept = portal.reading.begin().await?.kept(kind.table, &row.key).await?;
    if kept.as_ref().map_or(0, |kept| kept.version) != step.version {
        return Err(office::Stop::Refused(Refusal::Stale { id: row.key.clone() }).into());
    }
    let act = review.act(row, kept)?;
    let context = context(portal, asked, request_of(mark, row)?)?;
    // The office looks once more, inside the act: between reading and writing nobody comes.
    portal.office.perform_on(&context, &act, Some(step.version)).await?;
    Ok(())
}

fn annotate<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
        let review = review(portal, asked).await?;
        let bytes = annotated(&asked.body, &review.preview.all_problems(), asked.language, &Limits::TABLE).map_err(|why| not_taken(&why))?;
        let format = if bytes.starts_with(b"PK") { Format::Xlsx } else { Format::Csv };
        Ok(crate::evidence::attached(format.media(), bytes, &format!("错误清单.{}", format.end())))
    })
}
