//! From files to applications. A file gives neutral trees ([`policy::input::Raw`]) with places; `policy` says what
//! they mean; here are the forms of files, the places of mistakes, and what concerns a file as a whole.

pub mod annotate;
pub mod csv;
pub mod json;
pub mod table;
pub mod xlsx;

use crate::failure::Failure;
use indicatif::ProgressBar;
use policy::application::Application;
use policy::diagnostic::{Severity, Text};
use policy::input::{Defaults, Raw, id_of};
use policy::scheme::Scheme;
use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use values::Lang;

/// Files that are read as a whole (CSV, Excel, JSON that is not one object a line) may have so many bytes.
pub const WHOLE_BYTES_MAX: u64 = 512 << 20;

/// Where in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Sheet, or the file of a list.
    pub part: Option<String>,
    /// Line or row, from 1.
    pub line: Option<usize>,
    /// Column of a table: number from 1, and header.
    pub column: Option<(usize, String)>,
}

impl Place {
    /// A line of the file.
    pub fn line(line: usize) -> Self {
        Self { line: Some(line), ..Self::default() }
    }
}

/// Something wrong in a file: where, what, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where.
    pub place: Place,
    /// Line or row of the application it belongs to.
    pub record: Option<usize>,
    /// Id of that application.
    pub id: Option<String>,
    /// Field, in the names of the JSON form; empty for the file or line as a whole.
    pub field: String,
    /// Stable name of the kind of mistake.
    pub code: &'static str,
    /// Warnings leave the row usable.
    pub severity: Severity,
    /// What is wrong.
    pub message: Text,
    /// How to mend it.
    pub help: Text,
}

impl Finding {
    /// An error at a place.
    pub fn error(place: Place, field: impl Into<String>, code: &'static str, message: Text, help: Text) -> Self {
        let record = place.line;
        Self { place, record, id: None, field: field.into(), code, severity: Severity::Error, message, help }
    }

    /// One line of what and where, one of how to mend it.
    pub fn write(&self, file: &Path, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
        let word = match (self.severity, lang) {
            (Severity::Error, Lang::Zh) => "错误",
            (Severity::Error, Lang::En) => "error",
            (Severity::Warning, Lang::Zh) => "警告",
            (Severity::Warning, Lang::En) => "warning",
        };
        let colon = if lang == Lang::Zh { "：" } else { ": " };
        writeln!(out, "{}{colon}{word}[{}]{colon}{}", self.whereabouts(file, lang), self.code, self.message.get(lang))?;
        writeln!(out, "  → {}", self.help.get(lang))
    }

    /// `申报.csv:3 · “年度培训人次”列（L）· bad-02`
    fn whereabouts(&self, file: &Path, lang: Lang) -> String {
        let mut out = file.display().to_string();
        if let Some(part) = &self.place.part {
            out.push_str(&if lang == Lang::Zh { format!("【{part}】") } else { format!(" [{part}]") });
        }
        if let Some(line) = self.place.line {
            out.push_str(&format!(":{line}"));
        }
        if let Some((number, header)) = &self.place.column {
            let letters = letters(*number);
            out.push_str(&match lang {
                Lang::Zh => format!(" · “{header}”列（{letters}）"),
                Lang::En => format!(" · column '{header}' ({letters})"),
            });
        } else if !self.field.is_empty() {
            out.push_str(&format!(" · {}", self.field));
        }
        if let Some(id) = &self.id {
            out.push_str(&format!(" · {}", shorten(id)));
        }
        out
    }

    /// What a cell or field of an annotated copy says.
    pub fn note(&self, lang: Lang) -> String {
        let at = match &self.place.column {
            Some((_, header)) => header.clone(),
            None => self.field.clone(),
        };
        let (message, help) = (self.message.get(lang), self.help.get(lang));
        match (at.is_empty(), lang) {
            (true, Lang::Zh) => format!("{message}（{help}）"),
            (true, Lang::En) => format!("{message} ({help})"),
            (false, Lang::Zh) => format!("{at}：{message}（{help}）"),
            (false, Lang::En) => format!("{at}: {message} ({help})"),
        }
    }
}

/// The letters of a column of a spreadsheet: 1 is A, 27 is AA.
fn letters(number: usize) -> String {
    let mut out = Vec::new();
    let mut left = number;
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        out.push(char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    out.iter().rev().collect()
}

/// What a message repeats of the input: never more than a glance.
pub fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if text.chars().count() > 40 {
        short.push('…');
    }
    short
}

/// A file of facts and what the command line says about it.
pub struct Request<'a> {
    /// The scheme it is for.
    pub scheme: &'a Scheme,
    /// The file.
    pub path: &'a Path,
    /// Files of lists named on the command line.
    pub lists: &'a [(String, PathBuf)],
    /// What fills in where a line leaves it out.
    pub defaults: Defaults,
    /// Bytes read.
    pub progress: &'a ProgressBar,
}

/// The forms a file may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// JSON and JSON Lines.
    Json,
    /// CSV.
    Csv,
    /// Excel.
    Xlsx,
}

/// The form, by the file's name.
pub fn form_of(path: &Path) -> Result<Form, Failure> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        "json" | "jsonl" | "ndjson" => Ok(Form::Json),
        "csv" => Ok(Form::Csv),
        "xlsx" => Ok(Form::Xlsx),
        _ => {
            let name = path.display();
            Err(Failure::input(format!("不认识 {name} 的类型"), format!("{name}: the type of the file is not known")).help(
                "用 .json、.jsonl、.csv（UTF-8 或 GB18030）或 .xlsx；.xls、.et 请另存为 .xlsx",
                "use .json, .jsonl, .csv (UTF-8 or GB18030) or .xlsx; save .xls and .et as .xlsx",
            ))
        }
    }
}

/// What a file holds.
#[derive(Debug, Default)]
pub struct Intake {
    /// The good applications, in order.
    pub applications: Vec<Application>,
    /// What is wrong, in order.
    pub findings: Vec<Finding>,
    /// How many lines or rows there were.
    pub records: usize,
}

impl Intake {
    /// How many errors.
    pub fn errors(&self) -> usize {
        self.findings.iter().filter(|f| f.severity == Severity::Error).count()
    }
}

/// Reads a file of facts: everything that is right, and everything that is wrong.
pub fn read(request: &Request<'_>) -> Result<Intake, Failure> {
    let form = form_of(request.path)?;
    if form != Form::Csv && !request.lists.is_empty() {
        return Err(Failure::input("--list 只用于 CSV 文件", "--list is for CSV files only")
            .help("JSON 把名单写在 facts 里；Excel 用同名工作表", "JSON holds lists in facts, Excel in sheets of their name"));
    }
    let length = std::fs::metadata(request.path).map_err(|e| Failure::unreadable(request.path, &e))?.len();
    request.progress.set_length(length);
    let mut collector = Collector { scheme: request.scheme, defaults: request.defaults, seen: HashMap::new(), intake: Intake::default() };
    match form {
        Form::Json => json::read(request, &mut collector)?,
        Form::Csv => csv::read(request, &mut collector)?,
        Form::Xlsx => xlsx::read(request, &mut collector)?,
    }
    let mut intake = collector.intake;
    other_policy(request.scheme, &mut intake);
    if intake.records == 0 && intake.findings.is_empty() {
        intake.findings.push(empty_file());
    }
    Ok(intake)
}

/// How many unknown names are shown of a file that seems to belong to another policy.
const UNKNOWN_SHOWN_MAX: usize = 8;

/// Where every application has names that the policy does not know, it is the file or the policy that is wrong.
fn other_policy(scheme: &Scheme, intake: &mut Intake) {
    let foreign = |f: &Finding| matches!(f.code, "unknown-fact" | "unknown-clause");
    let records: HashSet<usize> = intake.findings.iter().filter(|f| foreign(f)).filter_map(|f| f.record).collect();
    let count = intake.findings.iter().filter(|f| foreign(f)).count();
    if intake.records < 2 || records.len() < intake.records || !intake.applications.is_empty() || count <= UNKNOWN_SHOWN_MAX {
        return;
    }
    let mut shown = 0;
    intake.findings.retain(|f| {
        shown += usize::from(foreign(f));
        !foreign(f) || shown <= UNKNOWN_SHOWN_MAX
    });
    let title = &scheme.policy.title;
    let hint = Finding::error(
        Place::default(),
        "",
        "other-policy",
        Text::new(
            format!("{} 份申请都有《{title}》没有的名称，共 {count} 处：这个文件像是另一项政策的", intake.records),
            format!("all {} applications have names that '{title}' does not know, {count} in all: the file seems to belong to another policy", intake.records),
        ),
        Text::new(
            format!("核对政策文件夹和 --facts 是否一对；下面只列前 {UNKNOWN_SHOWN_MAX} 处"),
            format!("check that folder and --facts belong together; only the first {UNKNOWN_SHOWN_MAX} follow"),
        ),
    );
    intake.findings.insert(0, hint);
}

fn empty_file() -> Finding {
    Finding::error(
        Place::default(),
        "",
        "empty-file",
        Text::new("文件里没有申请", "the file holds no application"),
        Text::new("每行写一份申请；表格从第二行起填写", "write one application a line; in a table from the second row on"),
    )
}

/// Takes the records of a file one by one.
pub struct Collector<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    defaults: Defaults,
    /// Where each id stood first.
    seen: HashMap<String, usize>,
    /// What has been taken.
    pub intake: Intake,
}

impl Collector<'_> {
    /// True where the command line gives the year.
    pub fn has_year(&self) -> bool {
        self.defaults.year.is_some()
    }

    /// Takes one record. `locate` says where a field stands; `before` is what was found wrong while it was read.
    pub fn take(&mut self, raw: &Raw, line: usize, before: Vec<Finding>, locate: &dyn Fn(&str) -> Place) {
        self.intake.records += 1;
        let id = id_of(raw).map(String::from);
        let mut findings = before;
        let (application, errors) = policy::input::read(self.scheme, raw, self.defaults);
        // A cell that was refused is not also missing.
        let refused: Vec<String> = findings.iter().map(|f| f.field.clone()).collect();
        findings.extend(errors.into_iter().filter(|e| !refused.contains(&e.field)).map(|e| Finding {
            place: locate(&e.field),
            record: Some(line),
            id: None,
            field: e.field,
            code: e.code,
            severity: e.severity,
            message: e.message,
            help: e.help,
        }));
        if let Some(id) = &id {
            match self.seen.get(id) {
                Some(first) => findings.push(Finding::error(
                    locate("id"),
                    "id",
                    "duplicate-id",
                    Text::new(format!("id 与第{first}行重复"), format!("the id stands already in line {first}")),
                    Text::new("每份申请用自己的 id；同一份写了两次就删去一次", "give each application an id of its own, or remove the copy"),
                )),
                None => {
                    self.seen.insert(id.clone(), line);
                }
            }
        }
        // A mistake told twice is one mistake.
        let mut told: Vec<(String, &'static str)> = Vec::new();
        findings.retain(|f| {
            let key = (f.field.clone(), f.code);
            let new = !told.contains(&key);
            told.push(key);
            new
        });
        let good = findings.iter().all(|f| f.severity != Severity::Error);
        for finding in &mut findings {
            finding.record = Some(line);
            finding.id.clone_from(&id);
        }
        self.intake.findings.append(&mut findings);
        self.intake.applications.extend(application.filter(|_| good));
    }

    /// Refuses a record that could not be read at all.
    pub fn refuse(&mut self, finding: Finding) {
        self.intake.records += 1;
        self.intake.findings.push(finding);
    }

    /// Notes what is wrong with the file as a whole.
    pub fn note(&mut self, finding: Finding) {
        self.intake.findings.push(finding);
    }
}
