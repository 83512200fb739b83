//! The exchange file with a higher-level platform: applications in, results out. JSON, one object a line: a head with schema and version, one
//! record a line, and an end with count, sum, SM3 and signature. Documented field by field in docs/exchange.md; a version that is not known,
//! a field that is not known and a file that is not whole are refused. Keys are the caller's: signing and checking are handed in.

mod records;

pub use records::{Application, Evidence, Outcome, Policy, Standing, Subject, unanswered};

use crate::archive::within;
use crate::limits::Limits;
use crate::problem::{Problem, shown};
use casework::chain::Fingerprint;
use records::Entry;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use values::{Fen, Moment};

/// Name of the form.
pub const SCHEMA: &str = "duixian-exchange";

/// Version that is written, and the only one that is read.
pub const VERSION: u32 = 1;

/// Longest head: it is read as a free value before its version is known, and a free value takes many times its bytes.
const HEAD_BYTES_MAX: usize = 16 << 10;

/// Which way a file goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    /// Applications, from the platform to the office.
    Applications,
    /// Results, from the office to the platform.
    Results,
}

/// What a file says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// [`SCHEMA`].
    pub schema: String,
    /// [`VERSION`].
    pub version: u32,
    /// Which way it goes.
    pub kind: FileKind,
    /// Id of the file; the same file may come twice and is known by it.
    pub id: String,
    /// Who made it.
    pub from: String,
    /// For whom.
    pub to: String,
    /// When.
    pub made: Moment,
}

/// Whose signature stands at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// Public key, with its kind in front: `ed25519:…`.
    pub key: String,
    /// Signature of [`statement`], in hexadecimal digits.
    pub signature: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct End {
    count: usize,
    total_fen: i64,
    sm3: Fingerprint,
    seal: Seal,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    Head(Head),
    Application(Box<Application>),
    Result(Box<Outcome>),
    End(End),
}

/// What stands between head and end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Applications.
    Applications(Vec<Application>),
    /// Results.
    Results(Vec<Outcome>),
}

/// A whole file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it says of itself.
    pub head: Head,
    /// Its records.
    pub body: Body,
}

/// The words that are signed: what the file is, its id and the SM3 of every line before the last.
#[must_use]
pub fn statement(head: &Head, digest: &Fingerprint) -> String {
    let kind = if head.kind == FileKind::Applications { "applications" } else { "results" };
    format!("{SCHEMA} v{} {kind}\n{}\n{} -> {}\n{}\n{digest}\n", head.version, head.id, head.from, head.to, head.made)
}

impl Message {
    /// A message of this version. The kind of the head follows the body.
    #[must_use]
    pub fn new(id: &str, from: &str, to: &str, made: Moment, body: Body) -> Self {
        let kind = if matches!(body, Body::Applications(_)) { FileKind::Applications } else { FileKind::Results };
        let head = Head { schema: SCHEMA.to_owned(), version: VERSION, kind, id: id.to_owned(), from: from.to_owned(), to: to.to_owned(), made };
        Self { head, body }
    }

    fn entries(&self) -> Vec<(Line, &dyn Entry)> {
        match &self.body {
            Body::Applications(all) => all.iter().map(|each| (Line::Application(Box::new(each.clone())), each as &dyn Entry)).collect(),
            Body::Results(all) => all.iter().map(|each| (Line::Result(Box::new(each.clone())), each as &dyn Entry)).collect(),
        }
    }

    /// The file. `sign` is given the words to sign. Errors: a record that must not leave (it says which), an empty id.
    pub fn write(&self, sign: impl FnOnce(&str) -> Seal) -> Result<Vec<u8>, Problem> {
        let mut out = line(&Line::Head(self.head.clone()))?;
        let entries = self.entries();
        let records: Vec<&dyn Entry> = entries.iter().map(|(_, entry)| *entry).collect();
        let total = sound(&self.head, &records)?;
        for (entry, _) in &entries {
            out.extend(line(entry)?);
        }
        let sm3 = Fingerprint::of(&out);
        let seal = sign(&statement(&self.head, &sm3));
        out.extend(line(&Line::End(End { count: entries.len(), total_fen: total.0, sm3, seal }))?);
        Ok(out)
    }

    /// Reads a file. `signed` is given the words that were signed and the seal, and says whether it is the seal of a key it trusts.
    ///
    /// Errors, in order: too large; no such form; an unknown version; a line that does not read; a broken order; count, sum or SM3 that do
    /// not fit; a seal that is not trusted; a record that is not sound.
    pub fn read(bytes: &[u8], limits: &Limits, signed: impl FnOnce(&str, &Seal) -> bool) -> Result<Self, Problem> {
        within(bytes.len() as u64, limits)?;
        let text = std::str::from_utf8(bytes).map_err(|_| no_such_form())?;
        let whole = text.strip_suffix('\n').ok_or_else(cut_off)?;
        let mut lines = whole.split('\n');
        let head = head(lines.next().unwrap_or_default())?;
        let mut rest: Vec<&str> = lines.collect();
        let last = rest.pop().ok_or_else(cut_off)?;
        if rest.len() > limits.rows_max {
            let most = limits.rows_max;
            return Err(Problem::new(
                "too-many-rows",
                (format!("记录超过 {most} 条"), format!("more than {most} records")),
                ("分成几个文件", "split the file"),
            ));
        }
        let end = match serde_json::from_str::<Line>(last) {
            Ok(Line::End(end)) => end,
            _ => return Err(cut_off()),
        };
        let before = bytes.len().saturating_sub(last.len() + 1);
        let digest = Fingerprint::of(bytes.get(..before).unwrap_or_default());
        let body = body(head.kind, &rest)?;
        let message = Self { head, body };
        let entries = message.entries();
        let records: Vec<&dyn Entry> = entries.iter().map(|(_, entry)| *entry).collect();
        if end.sm3 != digest || end.count != records.len() {
            return Err(altered());
        }
        if !signed(&statement(&message.head, &digest), &end.seal) {
            let key = shown(&end.seal.key);
            return Err(Problem::new(
                "seal-not-trusted",
                (format!("签名不对，或不认可密钥 {key}"), format!("the signature is wrong, or the key {key} is not trusted")),
                ("向对方核对公钥和文件", "check key and file with the other side"),
            ));
        }
        let total = sound(&message.head, &records)?;
        if total.0 != end.total_fen {
            return Err(altered());
        }
        Ok(message)
    }
}

fn line(line: &Line) -> Result<Vec<u8>, Problem> {
    let mut out = serde_json::to_vec(line).map_err(|_| no_such_form())?;
    out.push(b'\n');
    Ok(out)
}

fn no_such_form() -> Problem {
    Problem::new(
        "not-an-exchange-file",
        ("不是交换文件", "this is no exchange file"),
        ("第一行是文件头，见交换文件说明", "the first line is a head, see the description of the file"),
    )
}

fn cut_off() -> Problem {
    Problem::new("cut-off", ("文件不完整：最后一行不是结束行", "the file is not whole: its last line is no end"), ("重新传送", "send it again"))
}

fn altered() -> Problem {
    Problem::new(
        "altered",
        ("文件内容与结束行的条数、合计或 SM3 不符", "count, sum or SM3 of the end do not fit the file"),
        ("不要改动文件；重新传送", "do not change the file; send it again"),
    )
}

/// The head: the version is looked at before anything else of it, for another version may have other fields.
fn head(text: &str) -> Result<Head, Problem> {
    if text.len() > HEAD_BYTES_MAX {
        return Err(no_such_form());
    }
    let value: serde_json::Value = serde_json::from_str(text).map_err(|_| no_such_form())?;
    let said = |name: &str| value.get("head").and_then(|head| head.get(name));
    if said("schema").and_then(serde_json::Value::as_str) != Some(SCHEMA) {
        return Err(no_such_form());
    }
    let version = said("version").cloned().unwrap_or_default();
    if version != VERSION {
        let version = shown(&version.to_string());
        return Err(Problem::new(
            "unknown-version",
            (format!("不认识版本 {version}，只认版本 {VERSION}"), format!("version {version} is not known, only {VERSION}")),
            ("请对方按这一版本导出，或升级本系统", "have it exported in this version, or upgrade"),
        ));
    }
    match serde_json::from_str::<Line>(text) {
        Ok(Line::Head(head)) => Ok(head),
        Ok(_) => Err(no_such_form()),
        Err(error) => Err(unreadable(1, &error)),
    }
}

fn unreadable(line: usize, error: &serde_json::Error) -> Problem {
    let why = error.to_string();
    let why = why.split(" at line ").next().unwrap_or_default();
    Problem::new(
        "record-unreadable",
        (format!("这一行读不出：{why}"), format!("the line does not read: {why}")),
        ("按交换文件说明更正字段", "mend it after the description of the file"),
    )
    .at(line)
}

fn body(kind: FileKind, lines: &[&str]) -> Result<Body, Problem> {
    let (mut applications, mut results) = (Vec::new(), Vec::new());
    for (number, text) in (2..).zip(lines) {
        match (kind, serde_json::from_str::<Line>(text)) {
            (FileKind::Applications, Ok(Line::Application(each))) => applications.push(*each),
            (FileKind::Results, Ok(Line::Result(each))) => results.push(*each),
            (_, Ok(_)) => {
                let message = ("这种记录不属于这种文件", "a record of this kind has no place in this file");
                return Err(Problem::new("record-out-of-place", message, ("申报与结果分开传送", "send applications and results apart")).at(number));
            }
            (_, Err(error)) => return Err(unreadable(number, &error)),
        }
    }
    Ok(if kind == FileKind::Applications { Body::Applications(applications) } else { Body::Results(results) })
}

/// What every file must hold to. The total of its amounts.
fn sound(head: &Head, records: &[&dyn Entry]) -> Result<Fen, Problem> {
    for (zh, en, value) in [("编号", "id", &head.id), ("发送方", "sender", &head.from), ("接收方", "receiver", &head.to)] {
        if value.trim().is_empty() {
            return Err(Problem::new("head-incomplete", (format!("文件头没有{zh}"), format!("the head has no {en}")), ("补上", "fill it in")).at(1));
        }
    }
    let mut seen = HashSet::new();
    let mut total = Fen::ZERO;
    for (number, record) in (2..).zip(records) {
        if !seen.insert(record.id()) {
            let id = shown(record.id());
            return Err(Problem::new("record-twice", (format!("“{id}”有两条"), format!("'{id}' stands twice")), ("每份申报一条", "one record an application"))
                .at(number));
        }
        record.check().map_err(|problem| problem.at(number))?;
        total = total.checked_add(record.amount()).map_err(|_| altered())?;
    }
    Ok(total)
}
