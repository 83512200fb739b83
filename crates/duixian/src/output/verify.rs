//! What `verify` found, in words.

use super::pick;
use casework::chain::{Fault, Wrong};
use casework::kind::KINDS;
use office::verify::{FINDINGS_MAX, FileWrong, Finding, KeptWrong, Report};
use std::io::Write;
use values::Lang;

/// What whoever asked knew by other means.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// Checkpoints.
    pub checkpoint: bool,
    /// The office's key.
    pub key: bool,
}

/// Writes a report: what is wrong first, or else how much was checked.
pub fn text(report: &Report, given: Given, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    for found in &report.findings {
        writeln!(out, "✗ {}", finding(found, lang))?;
    }
    if report.findings.len() >= FINDINGS_MAX {
        writeln!(out, "{}", pick(lang, "……后面的不再列出", "… more are not listed"))?;
    }
    let counts = counts(report, lang);
    match (report.is_good(), lang) {
        (true, Lang::Zh) => writeln!(out, "✓ 核对无误：{counts}")?,
        (true, Lang::En) => writeln!(out, "✓ all is as it was written: {counts}")?,
        (false, Lang::Zh) => writeln!(out, "核对不符 {} 处；核对到的：{counts}", report.findings.len())?,
        (false, Lang::En) => writeln!(out, "{} findings; checked: {counts}", report.findings.len())?,
    }
    notes(report, given, lang, out)
}

/// What was not looked into, and what the reader has to know by other means.
fn notes(report: &Report, given: Given, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let bundle = report.files > 0;
    if !given.checkpoint {
        let (zh, en) = if bundle {
            (
                "· 没有给出检查点：事件是否在签名的日志里，没有核对（--checkpoint）",
                "· no checkpoint was given: whether the events stand in a signed log was not looked into (--checkpoint)",
            )
        } else {
            (
                "· 没有给出检查点：整链重算、连同链首一起截尾，查不出来（--checkpoint）",
                "· no checkpoint was given: a chain recomputed as a whole, or cut together with its head, cannot be told (--checkpoint)",
            )
        };
        writeln!(out, "{}", pick(lang, zh, en))?;
    } else if report.signed < report.events {
        match (bundle, lang) {
            (true, Lang::Zh) => writeln!(out, "· {} 条事件没有检查点覆盖", report.events - report.signed)?,
            (true, Lang::En) => writeln!(out, "· no checkpoint covers {} of the events", report.events - report.signed)?,
            (false, Lang::Zh) => writeln!(out, "· 第 {} 条以后没有检查点覆盖", report.signed)?,
            (false, Lang::En) => writeln!(out, "· no checkpoint covers what comes after record {}", report.signed)?,
        }
    }
    for key in report.signed_by.iter().filter(|_| !given.key) {
        match lang {
            Lang::Zh => writeln!(out, "· 给出的检查点由 {key} 签名：是不是办公系统的密钥，没有核对（--key）")?,
            Lang::En => writeln!(out, "· the given checkpoint is signed by {key}: whether that is the office's was not looked into (--key)")?,
        }
    }
    for key in report.signers.iter().filter(|_| !given.key) {
        match lang {
            Lang::Zh => writeln!(out, "· 日志内检查点由 {key} 签名：是不是办公系统的密钥，请另行确认（--key）")?,
            Lang::En => writeln!(out, "· the checkpoints in the log are signed by {key}: find out by other means whether that is the office's (--key)")?,
        }
    }
    Ok(())
}

fn counts(report: &Report, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    let mut parts = Vec::new();
    let mut part = |number: i64, zh_words: (&str, &str), en: &str| {
        if number > 0 {
            parts.push(if zh { format!("{} {number} {}", zh_words.0, zh_words.1) } else { format!("{number} {en}") });
        }
    };
    part(report.files, ("文件", "个"), "files");
    part(report.events, ("日志", "条"), "events");
    part(report.signed, ("检查点覆盖", "条"), "of them signed");
    part(report.checkpoints, ("日志内检查点", "个"), "checkpoints in the log");
    part(report.records, ("记录", "条"), "records");
    part(report.entries, ("分录", "笔"), "entries");
    part(report.books, ("账本", "本"), "books");
    part(report.determinations, ("复算审定", "件"), "determinations computed again");
    part(report.replayed, ("重做操作", "个"), "acts done again");
    part(report.withdrawn, ("内容已按期撤下", "条"), "events whose words were forgotten");
    if parts.is_empty() {
        return pick(lang, "日志 0 条", "0 events").to_owned();
    }
    parts.join(if zh { "，" } else { ", " })
}

/// The first bad record of a log.
pub fn fault(fault: &Fault, lang: Lang) -> String {
    let n = fault.position;
    let (zh, en) = match &fault.wrong {
        Wrong::Altered => {
            (format!("日志第 {n} 条被改：内容与指纹不符"), format!("record {n} of the log was altered: its content does not have its fingerprint"))
        }
        Wrong::Missing(many) => (format!("日志第 {n} 条缺失：此处少了 {many} 条"), format!("record {n} of the log is missing: {many} are gone from here")),
        Wrong::Inserted => (format!("日志第 {n} 条是多出来的：没有操作写过它"), format!("record {n} of the log was inserted: no act wrote it")),
        Wrong::OutOfOrder => (format!("日志第 {n} 条次序颠倒"), format!("record {n} of the log is out of order")),
        Wrong::TailCut(many) => (format!("日志从第 {n} 条起被截断：少了 {many} 条"), format!("the log is cut off from record {n} on: {many} are gone")),
        Wrong::Recomputed => (
            format!("日志第 {n} 条不是当初签名的那一条：从这里起整链被重算"),
            format!("record {n} of the log is not the one that was signed: the chain was recomputed from here"),
        ),
        Wrong::Head => (format!("链首与日志最后一条（第 {n} 条）不符"), format!("the head does not name the last record ({n})")),
    };
    let mut out = if lang == Lang::Zh { zh } else { en };
    if let Some(at) = fault.stands_at {
        out +=
            &if lang == Lang::Zh { format!("：应在这里的一条排在第 {at} 位") } else { format!(": the one that belongs here stands at place {at}") };
    }
    if let Some(found) = &fault.found {
        out += &match lang {
            Lang::Zh => format!("（这里是：{} {}，{}，请求 {}）", found.act, found.subject, found.at, found.request),
            Lang::En => format!(" (here stands: {} {}, {}, request {})", found.act, found.subject, found.at, found.request),
        };
    }
    out
}

/// `案件` for `case_file`.
fn titled(table: &str, lang: Lang) -> &str {
    match (lang, table) {
        (Lang::Zh, "entry") => "分录",
        (Lang::Zh, "book") => "账本",
        (Lang::Zh, "event") => "日志",
        (Lang::Zh, _) => KINDS.iter().find(|kind| kind.table.name == table).map_or(table, |kind| kind.table.meaning),
        (Lang::En, _) => table,
    }
}

fn finding(finding: &Finding, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    match finding {
        Finding::Log(bad) => fault(bad, lang),
        Finding::Checkpoint { position, covers, since } if zh => {
            format!("日志第 {position} 条的检查点对不上第 {covers} 条：第 {} 至 {covers} 条之间被重算，或签名的不是这把密钥", since + 1)
        }
        Finding::Checkpoint { position, covers, since } => {
            format!(
                "the checkpoint in record {position} does not bind record {covers}: between {} and {covers} the chain was recomputed, or another key signed",
                since + 1
            )
        }
        Finding::Withdrawn { position } if zh => format!("日志第 {position} 条的内容被撤下，而没有清除操作撤下它"),
        Finding::Withdrawn { position } => format!("the words of record {position} of the log are gone, and no act of forgetting took them out"),
        Finding::Kept { table, id, wrong, event } => kept(titled(table, lang), id, wrong, *event, zh),
        Finding::Rows { table, has, read } if zh => format!("{}表有 {has} 行，依次只读到 {read} 行：有编号重复或不该有的行", titled(table, lang)),
        Finding::Rows { table, has, read } => format!("{table} has {has} rows, of which {read} can be reached in order"),
        Finding::Balance { book, why } if zh => format!("账本 {book} 的余额与分录不符：{why}"),
        Finding::Balance { book, why } => format!("the balances of book {book} are not what its entries give: {why}"),
        Finding::Determination { id, why } if zh => format!("审定 {id} 复算不出原来的结果：{why}"),
        Finding::Determination { id, why } => format!("determination {id} does not come out again: {why}"),
        Finding::Replay { position, act, why } if zh => format!("重做日志第 {position} 条（{act}）结果不同：{why}"),
        Finding::Replay { position, act, why } => format!("record {position} of the log ({act}) done again is different: {why}"),
        Finding::File { name, why } => file(name, why, zh),
    }
}

fn kept(title: &str, id: &str, wrong: &KeptWrong, event: Option<i64>, zh: bool) -> String {
    let last = event
        .map_or(String::new(), |seq| if zh { format!("（最后由日志第 {seq} 条写下）") } else { format!(" (last written by record {seq} of the log)") });
    let words = match wrong {
        KeptWrong::Altered if zh => "被改：与日志中的指纹不符".to_owned(),
        KeptWrong::Altered => "was altered: the log has another fingerprint for it".to_owned(),
        KeptWrong::Missing if zh => "被删".to_owned(),
        KeptWrong::Missing => "was deleted".to_owned(),
        KeptWrong::Inserted if zh => "是多出来的：日志中没有写下它的事件".to_owned(),
        KeptWrong::Inserted => "was inserted: no event wrote it".to_owned(),
        KeptWrong::Column(column) if zh => format!("的 {column} 列被改：与记录本身不符"),
        KeptWrong::Column(column) => format!("has another {column} in its column than in itself"),
        KeptWrong::Unreadable(why) if zh => format!("读不出：{why}"),
        KeptWrong::Unreadable(why) => format!("cannot be read: {why}"),
        KeptWrong::UnknownTable if zh => "在本程序不认识的表里：请用较新的程序核对".to_owned(),
        KeptWrong::UnknownTable => "is in a table this program does not know: use a newer one".to_owned(),
    };
    format!("{title} {id} {words}{last}")
}

fn file(name: &str, why: &FileWrong, zh: bool) -> String {
    match why {
        FileWrong::Altered if zh => format!("文件 {name} 被改：与 manifest.json 不符"),
        FileWrong::Altered => format!("file {name} was altered: manifest.json has another SM3 for it"),
        FileWrong::Missing if zh => format!("文件 {name} 不见了"),
        FileWrong::Missing => format!("file {name} is missing"),
        FileWrong::Inserted if zh => format!("文件 {name} 是多出来的：manifest.json 里没有"),
        FileWrong::Inserted => format!("file {name} was inserted: manifest.json does not name it"),
        FileWrong::Unfit(why) if zh => format!("文件 {name} 与其余不符：{why}"),
        FileWrong::Unfit(why) => format!("file {name} does not fit the rest: {why}"),
    }
}
