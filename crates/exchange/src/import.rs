//! An exported table that comes back edited: what it would change, row by row, against what is kept. Nothing is changed here, and nothing is
//! ever overwritten unseen: a row carries the version it was exported with, and if what is kept has changed since, the row is a conflict.

mod annotate;

pub use annotate::annotated;

use crate::limits::Limits;
use crate::problem::{Problem, shown};
use crate::table::{Cell, Column, Intake, RawTable, Row, Table, VERSION};
use crate::table::{by_columns, missing_column, raw};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What an import may do.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Key of the column that names a row.
    pub key: &'a str,
    /// Keys of the columns that may be changed.
    pub editable: &'a [&'a str],
    /// Whether rows may be new.
    pub may_add: bool,
}

/// One cell that would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edit {
    /// Key of its column.
    pub column: String,
    /// What is kept.
    pub before: Cell,
    /// What the file says.
    pub after: Cell,
}

/// What would become of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is new.
    Added {
        /// Its cells that are not empty, by key of their column.
        cells: Vec<(String, Cell)>,
    },
    /// It changes what is kept.
    Changed {
        /// What.
        edits: Vec<Edit>,
    },
    /// It says what is kept.
    Unchanged,
    /// What is kept has changed since the file was exported, and the file says something else.
    Conflict {
        /// Where the file and what is kept differ now.
        edits: Vec<Edit>,
        /// What to do.
        problem: Problem,
    },
    /// It is wrong.
    Refused {
        /// Why.
        problems: Vec<Problem>,
    },
}

/// A row of the file with what would become of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reviewed {
    /// Its line in the file.
    pub line: usize,
    /// What names it; empty where the file does not say.
    pub key: String,
    /// The version it was exported with.
    pub version: String,
    /// What would become of it.
    pub verdict: Verdict,
}

/// How many rows of each verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// New.
    pub added: usize,
    /// Changed.
    pub changed: usize,
    /// As kept.
    pub unchanged: usize,
    /// Changed on both sides.
    pub conflicts: usize,
    /// Wrong.
    pub refused: usize,
}

/// What a file would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Each row of the file, in its order.
    pub rows: Vec<Reviewed>,
    /// What is wrong with the file as a whole; nothing may be taken from it then.
    pub problems: Vec<Problem>,
    /// Rows that are kept and not in the file. They stay as they are: a row that is left out is not deleted.
    pub absent: Vec<String>,
    /// How each column is headed in the file, by its key.
    #[serde(skip)]
    pub headings: Vec<(String, String)>,
}

impl Preview {
    /// How a column is headed in the file.
    #[must_use]
    pub fn heading<'a>(&'a self, key: &'a str) -> &'a str {
        self.headings.iter().find(|(of, _)| of == key).map_or(key, |(_, heading)| heading)
    }

    /// How many rows of each verdict.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            let count = match row.verdict {
                Verdict::Added { .. } => &mut counts.added,
                Verdict::Changed { .. } => &mut counts.changed,
                Verdict::Unchanged => &mut counts.unchanged,
                Verdict::Conflict { .. } => &mut counts.conflicts,
                Verdict::Refused { .. } => &mut counts.refused,
            };
            *count += 1;
        }
        counts
    }

    /// The rows that would do something; none while the file as a whole is wrong.
    pub fn changes(&self) -> impl Iterator<Item = &Reviewed> {
        let sound = self.problems.is_empty();
        self.rows.iter().filter(move |row| sound && matches!(row.verdict, Verdict::Added { .. } | Verdict::Changed { .. }))
    }

    /// All that is wrong, the file first, then row by row.
    #[must_use]
    pub fn all_problems(&self) -> Vec<Problem> {
        let of_row = |row: &Reviewed| match &row.verdict {
            Verdict::Conflict { problem, .. } => vec![problem.clone()],
            Verdict::Refused { problems } => problems.clone(),
            _ => Vec::new(),
        };
        self.problems.iter().cloned().chain(self.rows.iter().flat_map(of_row)).collect()
    }
}

/// Reviews a file against what is kept. `kept` has a column of versions: those it was exported with, taken anew from what is kept now.
///
/// Errors: a file that cannot be read at all; everything else is in the preview.
pub fn preview(bytes: &[u8], kept: &Table, rules: &Rules<'_>, limits: &Limits) -> Result<Preview, Problem> {
    let raw = raw(bytes, limits)?;
    let kept = kept.with_versions();
    let intake = by_columns(&raw, kept.columns());
    let review = Review::new(&raw, &intake, &kept, rules);
    let mut problems: Vec<Problem> = intake.problems.iter().filter(|p| p.line.is_none()).cloned().collect();
    for key in [rules.key, VERSION] {
        if let Some(column) = kept.column(key)
            && intake.places.get(column).copied().flatten().is_none()
        {
            problems.extend(kept.columns().get(column).map(missing_column));
        }
    }
    let rows: Vec<Reviewed> = intake.rows.iter().map(|row| review.row(row)).collect();
    let named: HashSet<&str> = rows.iter().map(|row| row.key.as_str()).collect();
    let absent = kept.rows().iter().map(|row| kept.cell(row, rules.key).plain()).filter(|key| !named.contains(key.as_str())).collect();
    let headings = kept.columns().iter().map(|column| (column.key.clone(), review.heading(&column.key))).collect();
    Ok(Preview { rows, problems, absent, headings })
}

struct Review<'a> {
    raw: &'a RawTable,
    intake: &'a Intake,
    kept: &'a Table,
    rules: &'a Rules<'a>,
    by_key: HashMap<String, &'a Vec<Cell>>,
    /// Lines of each key in the file.
    lines: HashMap<String, Vec<usize>>,
    /// What was found wrong while the file was read, by line.
    wrong: HashMap<usize, Vec<Problem>>,
}

impl<'a> Review<'a> {
    fn new(raw: &'a RawTable, intake: &'a Intake, kept: &'a Table, rules: &'a Rules<'a>) -> Self {
        let by_key = kept.rows().iter().map(|row| (kept.cell(row, rules.key).plain(), row)).collect();
        let mut lines: HashMap<String, Vec<usize>> = HashMap::new();
        for row in &intake.rows {
            lines.entry(kept.cell(&row.cells, rules.key).plain()).or_default().push(row.line);
        }
        Self { raw, intake, kept, rules, by_key, lines, wrong: intake.by_line() }
    }

    fn row(&self, row: &Row) -> Reviewed {
        let key = self.kept.cell(&row.cells, self.rules.key).plain();
        let version = self.kept.cell(&row.cells, VERSION).plain();
        let mut problems = self.wrong.get(&row.line).cloned().unwrap_or_default();
        self.key(row.line, &key, &mut problems);
        let verdict = match self.by_key.get(&key) {
            Some(own) => self.known(row, own, &version, problems),
            None => self.unknown(row, &version, problems),
        };
        Reviewed { line: row.line, key, version, verdict }
    }

    fn key(&self, line: usize, key: &str, problems: &mut Vec<Problem>) {
        let heading = self.heading(self.rules.key);
        if key.is_empty() {
            if !problems.iter().any(|p| p.column.as_ref() == Some(&heading)) {
                problems
                    .push(Problem::new("no-key", ("没有填", "nothing is written here"), ("每行写自己的编号", "write what names the row")).at(line).of(heading));
            }
        } else if let Some(lines) = self.lines.get(key).filter(|lines| lines.len() > 1) {
            let others = lines.iter().filter(|other| **other != line).take(5).map(ToString::to_string).collect::<Vec<_>>().join("、");
            problems.push(
                Problem::new("duplicate-key", (format!("与第 {others} 行重复"), format!("it also stands in row {others}")), ("只留一行", "keep one of them"))
                    .at(line)
                    .of(heading),
            );
        }
    }

    /// How a column is headed in the file.
    fn heading(&self, key: &str) -> String {
        let at = self.kept.column(key);
        let place = at.and_then(|at| self.intake.places.get(at).copied().flatten());
        let own = at.and_then(|at| self.kept.columns().get(at)).map_or(key, |column| column.zh.as_str());
        place.and_then(|place| self.raw.header.get(place)).map_or(own, String::as_str).to_owned()
    }

    /// Columns that the file has, versions left out, with what it says and what is kept.
    fn compared<'b>(&'b self, row: &'b Row, own: &'b [Cell]) -> impl Iterator<Item = (&'b Column, &'b Cell, &'b Cell)> {
        let cells = self.kept.columns().iter().zip(&self.intake.places).zip(row.cells.iter().zip(own));
        cells.filter(|((column, place), _)| place.is_some() && column.key != VERSION).map(|((column, _), (said, kept))| (column, said, kept))
    }

    fn known(&self, row: &Row, own: &[Cell], version: &str, mut problems: Vec<Problem>) -> Verdict {
        let differing: Vec<(&Column, Edit)> = self
            .compared(row, own)
            .filter(|(_, said, kept)| said != kept)
            .map(|(column, said, kept)| (column, Edit { column: column.key.clone(), before: kept.clone(), after: said.clone() }))
            .collect();
        let current = self.kept.cell(own, VERSION).plain();
        let edits = || differing.iter().map(|(_, edit)| edit.clone()).collect::<Vec<_>>();
        if problems.is_empty() && differing.is_empty() {
            return Verdict::Unchanged;
        }
        if problems.is_empty() && !version.is_empty() && version != current {
            let problem = Problem::new(
                "changed-meanwhile",
                ("这一行导出后系统里已有改动", "the row has been changed in the system since it was exported"),
                ("重新导出，在新的表里再改", "export it again and make the change there"),
            );
            return Verdict::Conflict { edits: edits(), problem: problem.at(row.line) };
        }
        if version.is_empty() && problems.is_empty() {
            problems.push(
                Problem::new(
                    "no-version",
                    ("这一行系统里已有，但没有版本", "the row is kept already but has no version here"),
                    ("从系统导出后修改，不要删去版本列的内容", "change an exported file and leave the versions as they are"),
                )
                .at(row.line)
                .of(self.heading(VERSION)),
            );
        }
        // With two rows of one key nobody knows which one says something else.
        let twice = problems.iter().any(|problem| problem.code == "duplicate-key");
        for (column, _) in differing.iter().filter(|_| !twice) {
            let refused = problems.iter().any(|p| p.column.as_deref() == Some(&self.heading(&column.key)));
            if !self.rules.editable.contains(&column.key.as_str()) && !refused {
                problems.push(
                    Problem::new(
                        "column-fixed",
                        ("这一列不能在表里改", "this column cannot be changed in a table"),
                        ("改回原来的内容", "put back what stood there"),
                    )
                    .at(row.line)
                    .of(self.heading(&column.key)),
                );
            }
        }
        if problems.is_empty() { Verdict::Changed { edits: edits() } } else { Verdict::Refused { problems } }
    }

    fn unknown(&self, row: &Row, version: &str, mut problems: Vec<Problem>) -> Verdict {
        let heading = self.heading(self.rules.key);
        if problems.is_empty() && !version.is_empty() {
            let problem = Problem::new(
                "no-longer-kept",
                (format!("系统里已没有“{}”", shown(&self.kept.cell(&row.cells, self.rules.key).plain())), "the system no longer has this row"),
                ("删去这一行；新增的行不填版本", "remove the row; new rows have no version"),
            );
            problems.push(problem.at(row.line).of(heading));
        } else if problems.is_empty() && !self.rules.may_add {
            problems.push(
                Problem::new(
                    "no-new-rows",
                    ("这张表不能新增行", "no rows can be added to this table"),
                    ("删去这一行，或核对编号", "remove the row, or check what names it"),
                )
                .at(row.line)
                .of(heading),
            );
        }
        if !problems.is_empty() {
            return Verdict::Refused { problems };
        }
        let cells = self.kept.columns().iter().zip(&row.cells).filter(|(column, cell)| column.key != VERSION && **cell != Cell::Empty);
        Verdict::Added { cells: cells.map(|(column, cell)| (column.key.clone(), cell.clone())).collect() }
    }
}
