//! The report of sentences: text, JSON, and one printable page of HTML that needs no other file.

use super::pick;
use policy::coverage::{Coverage, Line, Sort, Totals};
use policy::markup::escape;
use policy::source::Sources;
use serde::Serialize;
use std::io::Write;
use values::Lang;

fn word(sort: Sort, lang: Lang) -> &'static str {
    let (zh, en) = sort.words();
    pick(lang, zh, en)
}

/// What is said of a sentence with money.
fn money(line: &Line, lang: Lang) -> &'static str {
    match (line.money, line.executable, line.registered) {
        (false, ..) => "",
        (true, true, _) => pick(lang, "金额可算", "computed"),
        (true, false, true) => pick(lang, "金额已登记读法", "in the register"),
        (true, false, false) => pick(lang, "金额未落实", "money left open"),
    }
}

/// A share as whole hundredths of a percent, without floats: `100%`, `97.5%`.
fn share(part: usize, whole: usize) -> String {
    if whole == 0 {
        return "100%".into();
    }
    let tenths = part * 1000 / whole;
    if tenths.is_multiple_of(10) { format!("{}%", tenths / 10) } else { format!("{}.{}%", tenths / 10, tenths % 10) }
}

fn sums(totals: &Totals, lang: Lang) -> [String; 2] {
    let Totals { sentences, classified, money, executable, registered } = *totals;
    let settled = share(executable + registered, money);
    let sorted = share(classified, sentences);
    match lang {
        Lang::Zh => [
            format!("{sentences} 句，{classified} 句已归类（{sorted}）"),
            format!("涉及金额 {money} 句：{executable} 句可算，{registered} 句只登记读法，合计 {settled}"),
        ],
        Lang::En => [
            format!("{sentences} sentences, {classified} classified ({sorted})"),
            format!("{money} bear money: {executable} are computed, {registered} are in the register only, {settled} in all"),
        ],
    }
}

/// What there is to write.
pub struct Page<'a> {
    /// The files.
    pub sources: &'a Sources,
    /// Sentence by sentence.
    pub report: &'a Coverage,
    /// Name of the policy.
    pub title: &'a str,
    /// What comes before all else.
    pub note: Option<&'a str>,
    /// Language.
    pub lang: Lang,
}

impl Page<'_> {
    fn heading(&self) -> String {
        let what = pick(self.lang, "逐句归类", "what each sentence is");
        if self.title.is_empty() { what.to_owned() } else { format!("{} · {what}", self.title) }
    }
}

/// For people: each section, each sentence with what it is.
pub fn text(page: &Page<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let Page { sources, report, lang, .. } = *page;
    writeln!(out, "{}", page.heading())?;
    if let Some(note) = page.note {
        writeln!(out, "✗ {note}")?;
    }
    let mut section = None;
    for line in &report.lines {
        if section != Some(&line.section) {
            section = Some(&line.section);
            writeln!(out, "\n{}", line.section)?;
        }
        let (row, _) = sources.position(line.span.file, line.span.start);
        let mark = if line.is_open() { "✗" } else { "✓" };
        writeln!(out, "  {mark} {row:>5}  {}", line.words)?;
        let mut notes = vec![word(line.sort, lang).to_owned()];
        notes.extend((!line.blocks.is_empty()).then(|| line.blocks.join("；")));
        notes.extend(Some(money(line, lang)).filter(|m| !m.is_empty()).map(String::from));
        notes.extend((line.registered && line.executable).then(|| pick(lang, "有读法", "has readings").to_owned()));
        writeln!(out, "           {}", notes.join(" · "))?;
    }
    writeln!(out)?;
    sums(&report.totals, lang).iter().try_for_each(|sum| writeln!(out, "{sum}"))
}

#[derive(Serialize)]
struct Row<'a> {
    words: &'a str,
    file: &'a str,
    line: usize,
    section: &'a str,
    sort: &'a str,
    blocks: &'a [String],
    money: bool,
    executable: bool,
    registered: bool,
}

#[derive(Serialize)]
struct Sum {
    sentences: usize,
    classified: usize,
    money: usize,
    executable: usize,
    registered: usize,
}

/// For programs: one object a sentence, then the totals.
pub fn json(page: &Page<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let Page { sources, report, lang, .. } = *page;
    for line in &report.lines {
        let row = Row {
            words: &line.words,
            file: sources.files.get(usize::from(line.span.file)).map_or("", |f| f.name.as_str()),
            line: sources.position(line.span.file, line.span.start).0,
            section: &line.section,
            sort: word(line.sort, lang),
            blocks: &line.blocks,
            money: line.money,
            executable: line.executable,
            registered: line.registered,
        };
        serde_json::to_writer(&mut *out, &row)?;
        writeln!(out)?;
    }
    let Totals { sentences, classified, money, executable, registered } = report.totals;
    serde_json::to_writer(&mut *out, &serde_json::json!({ "totals": Sum { sentences, classified, money, executable, registered } }))?;
    writeln!(out)
}

/// One page: the document in its own face, the service's remarks beside it.
pub fn html(page: &Page<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let Page { sources, report, lang, .. } = *page;
    let code = if lang == Lang::Zh { "zh-CN" } else { "en" };
    let head = page.heading();
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")?;
    writeln!(out, "<title>{0}</title><style>{STYLE}</style></head><body><main><h1>{0}</h1>", escape(&head))?;
    if let Some(note) = page.note {
        writeln!(out, "<p class=\"sum bad\"><strong>✗ {}</strong></p>", escape(note))?;
    }
    let [sorted, settled] = sums(&report.totals, lang);
    writeln!(out, "<p class=\"sum\"><strong>{}</strong><br><strong>{}</strong></p>", escape(&sorted), escape(&settled))?;
    legend(report, lang, out)?;
    let mut section = None;
    for line in &report.lines {
        if section != Some(&line.section) {
            if section.is_some() {
                writeln!(out, "</tbody></table>")?;
            }
            section = Some(&line.section);
            let (what, is) = (pick(lang, "原文", "Text"), pick(lang, "归类", "What it is"));
            if !line.section.is_empty() {
                writeln!(out, "<h2>{}</h2>", escape(&line.section))?;
            }
            writeln!(out, "<table><thead><tr><th class=\"n\">{}</th><th>{what}</th><th class=\"k\">{is}</th></tr></thead><tbody>", pick(lang, "行", "Line"))?;
        }
        row(sources, line, lang, out)?;
    }
    if section.is_some() {
        writeln!(out, "</tbody></table>")?;
    }
    writeln!(out, "</main></body></html>")
}

/// How many sentences are what.
fn legend(report: &Coverage, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let mut sorts: Vec<Sort> = report.lines.iter().map(|l| l.sort).collect();
    sorts.sort_unstable();
    sorts.dedup();
    write!(out, "<p class=\"kinds\">")?;
    for sort in sorts {
        let count = report.lines.iter().filter(|l| l.sort == sort).count();
        write!(out, "<span>{} {count}</span> ", word(sort, lang))?;
    }
    writeln!(out, "</p>")
}

fn row(sources: &Sources, line: &Line, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let (number, _) = sources.position(line.span.file, line.span.start);
    let class = match (line.is_open(), line.money) {
        (true, _) => " class=\"open\"",
        (false, true) => " class=\"money\"",
        _ => "",
    };
    write!(out, "<tr{class}><td class=\"n\">{number}</td><td class=\"w\">{}</td><td class=\"k\"><b>{}</b>", escape(&line.words), word(line.sort, lang))?;
    for block in &line.blocks {
        write!(out, "<br>{}", escape(block))?;
    }
    let mut marks = vec![money(line, lang)];
    marks.push(if line.registered && line.executable { pick(lang, "有读法", "has readings") } else { "" });
    for mark in marks.into_iter().filter(|m| !m.is_empty()) {
        write!(out, "<br><i>{}{mark}</i>", if line.is_open() { "✗ " } else { "✓ " })?;
    }
    writeln!(out, "</td></tr>")
}

/// Style of the page, after the project's mock-ups: 宋体 for the document, 黑体 for the service.
const STYLE: &str = "\
:root{--ink:#18212d;--ink-2:#414d5e;--ink-3:#5b6778;--line:#dce2ea;--wash:#f4f6f9;--brand:#17508f;--tint:#e9f1fa;--pass:#176440;--seal:#b02a1f;--seal-tint:#fcefed}\
*{box-sizing:border-box}body{margin:0;color:var(--ink);font:400 15px/1.55 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',system-ui,sans-serif;font-variant-numeric:tabular-nums}\
main{max-width:1080px;margin:0 auto;padding:32px 24px 64px}h1{font-size:26px;line-height:1.35;margin:0 0 16px}h2{font-size:17px;margin:32px 0 8px;break-after:avoid}\
.sum{background:var(--tint);border-left:4px solid var(--brand);padding:12px 16px;margin:0 0 12px}.sum.bad{background:var(--seal-tint);border-color:var(--seal);color:var(--seal)}.kinds span{display:inline-block;border:1px solid var(--line);border-radius:4px;padding:2px 8px;margin:0 4px 4px 0;color:var(--ink-2);font-size:14px}\
table{width:100%;border-collapse:collapse;table-layout:fixed}th{font-size:13px;text-align:left;color:var(--ink-3);font-weight:600;border-bottom:1px solid var(--line);padding:6px 8px}\
td{vertical-align:top;border-bottom:1px solid var(--line);padding:8px}.n{width:56px;color:var(--ink-3);font-size:13px}.k{width:280px;font-size:14px;color:var(--ink-2);overflow-wrap:anywhere}.k i{font-style:normal;color:var(--pass)}\
.w{font-family:'Songti SC','Noto Serif CJK SC','Noto Serif SC',SimSun,serif;font-size:16px;line-height:1.8}tr.money .w{background:var(--wash)}tr.open td{background:var(--seal-tint)}tr.open i,tr.open b{color:var(--seal)}\
@media(max-width:640px){.k{width:150px}.n{display:none}main{padding:16px}}\
@media print{main{max-width:none;padding:0}body{font-size:10.5pt}.w{font-size:11pt}tr{break-inside:avoid}thead{display:table-header-group}tr.money .w,.sum{background:none}}";
