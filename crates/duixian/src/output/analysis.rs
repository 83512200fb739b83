//! An analysis as text, JSON and HTML: clause by clause, each statement with the applicants that show it as a small
//! table, thresholds gathered in one, and at the end what was not looked into.

use super::{money, pick};
use policy::analysis::findings::{Expected, Finding, Report, Weight, Witness};
use policy::assessment::Outcome;
use policy::diagnostic::Text;
use policy::explain;
use policy::markup::escape;
use policy::scheme::{ClauseId, Scheme};
use policy::source::Sources;
use serde::Serialize;
use std::io::Write;
use values::Lang;

/// Everything there is to write.
pub struct Analysis<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// Its sources, for places.
    pub sources: &'a Sources,
    /// What was found.
    pub report: &'a Report,
    /// The language of words.
    pub lang: Lang,
}

/// Entries about one clause (none: the whole policy): statements, then thresholds.
struct Part<'a> {
    clause: Option<ClauseId>,
    said: Vec<&'a Finding>,
    thresholds: Vec<&'a Finding>,
}

impl Analysis<'_> {
    fn parts(&self) -> Vec<Part<'_>> {
        let clauses = self.scheme.clause_ids().map(|(id, _)| Some(id)).chain([None]);
        clauses
            .map(|clause| {
                let of: Vec<&Finding> = self.report.entries.iter().filter(|f| f.clauses.first().copied() == clause).collect();
                let (thresholds, mut said): (Vec<_>, Vec<_>) = of.into_iter().partition(|f| f.weight == Weight::Note && f.threshold.is_some());
                said.sort_by_key(|f| f.weight);
                Part { clause, said, thresholds }
            })
            .filter(|part| !part.said.is_empty() || !part.thresholds.is_empty())
            .collect()
    }

    fn name(&self, clause: Option<ClauseId>) -> String {
        match clause.and_then(|c| self.scheme.clause(c)) {
            Some(clause) => format!("{}「{}」", clause.id, clause.title),
            None => pick(self.lang, "整份政策", "the whole policy").to_owned(),
        }
    }

    fn place(&self, finding: &Finding) -> Option<(&str, usize, usize)> {
        if finding.span == policy::source::Span::default() {
            return None;
        }
        let file = self.sources.files.get(usize::from(finding.span.file))?;
        let (line, column) = self.sources.position(finding.span.file, finding.span.start);
        Some((&file.name, line, column))
    }

    /// `1.1 不符合、1.2 100万元（上限）`
    fn results(&self, finding: &Finding, witness: &Witness) -> String {
        let alone = witness.expected.len() == 1 && finding.clauses.len() == 1;
        let parts: Vec<String> = witness.expected.iter().map(|e| self.result(e, alone)).collect();
        parts.join(pick(self.lang, "、", ", "))
    }

    fn result(&self, expected: &Expected, alone: bool) -> String {
        let id = self.scheme.clause(expected.clause).map_or("", |c| c.id.as_str());
        let words = match (expected.amount, self.lang) {
            (Some(fen), lang) if expected.ceiling => format!("{}{}", pick(lang, "上限 ", "up to "), money(fen, lang)),
            (Some(fen), lang) => money(fen, lang),
            (None, Lang::Zh) => expected.outcome.zh().to_owned(),
            (None, Lang::En) => outcome_en(expected.outcome).to_owned(),
        };
        if alone { words } else { format!("{id} {words}") }
    }

    fn headline(&self) -> String {
        let findings = self.report.findings().count();
        let notes = self.report.entries.len() - findings;
        let (title, year) = (&self.scheme.policy.title, self.report.context.year);
        let title = if title.is_empty() { &self.scheme.policy.id } else { title };
        match self.lang {
            Lang::Zh => format!("{title}：{findings} 处可能有问题，{notes} 条提示（{year}年度；看了 {} 种情形）", self.report.cells),
            Lang::En => {
                let s = |count: usize| if count == 1 { "" } else { "s" };
                format!("{title}: {findings} probable defect{}, {notes} note{} ({year}; {} cases looked at)", s(findings), s(notes), self.report.cells)
            }
        }
    }
}

fn outcome_en(outcome: Outcome) -> &'static str {
    outcome.code()
}

/// The facts of one or two applicants as a table: name, and a value for each.
fn table(witnesses: &[Witness], lang: Lang) -> Vec<(String, Vec<String>)> {
    let mut rows: Vec<(String, Vec<String>)> = Vec::new();
    for (at, witness) in witnesses.iter().enumerate() {
        for (name, value) in &witness.facts {
            let (name, value) = (name.get(lang).to_owned(), value.get(lang).to_owned());
            let known = rows.iter().position(|(n, _)| *n == name).unwrap_or_else(|| {
                rows.push((name, Vec::new()));
                rows.len() - 1
            });
            if let Some((_, values)) = rows.get_mut(known) {
                values.resize(at, String::new());
                values.push(value);
            }
        }
    }
    for (_, values) in &mut rows {
        values.resize(witnesses.len(), String::new());
    }
    rows
}

/// Columns a text takes: Han characters and full-width signs take two.
fn width(text: &str) -> usize {
    text.chars().map(|c| if c >= '\u{2E80}' || matches!(c, '“' | '”' | '…' | '—' | '＜') { 2 } else { 1 }).sum()
}

fn padded(text: &str, to: usize) -> String {
    format!("{text}{}", " ".repeat(to.saturating_sub(width(text))))
}

/// Rows of cells, each column as wide as its widest cell.
fn columns(rows: &[Vec<String>], indent: usize, out: &mut dyn Write) -> std::io::Result<()> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..count).map(|at| rows.iter().filter_map(|r| r.get(at)).map(|c| width(c)).max().unwrap_or(0)).collect();
    for row in rows {
        let line: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| padded(cell, *width)).collect();
        writeln!(out, "{:indent$}{}", "", line.join("  ").trim_end())?;
    }
    Ok(())
}

/// For people.
pub fn text(analysis: &Analysis<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let lang = analysis.lang;
    writeln!(out, "{}\n", analysis.headline())?;
    for part in analysis.parts() {
        writeln!(out, "━━ {}", analysis.name(part.clause))?;
        for finding in &part.said {
            said(analysis, finding, out)?;
        }
        if !part.thresholds.is_empty() {
            let code = part.thresholds.first().map_or("", |f| f.code);
            writeln!(out, "  · {code} {}", pick(lang, "门槛：差一步，金额就变 5% 以上", "thresholds: one step changes the award by more than 5%"))?;
            columns(&threshold_rows(&part.thresholds, lang), 6, out)?;
        }
        writeln!(out)?;
    }
    left(analysis, out)
}

fn said(analysis: &Analysis<'_>, finding: &Finding, out: &mut dyn Write) -> std::io::Result<()> {
    let lang = analysis.lang;
    let mark = if finding.weight == Weight::Finding { "✗" } else { "·" };
    writeln!(out, "  {mark} {} {}", finding.code, finding.message.get(lang))?;
    if let Some((file, line, _)) = analysis.place(finding) {
        writeln!(out, "      {file}:{line}")?;
    }
    let mut rows: Vec<Vec<String>> = table(&finding.witnesses, lang).into_iter().map(|(name, values)| std::iter::once(name).chain(values).collect()).collect();
    if !finding.witnesses.is_empty() {
        let head = pick(lang, "→ 结果", "→ result").to_owned();
        rows.push(std::iter::once(head).chain(finding.witnesses.iter().map(|w| analysis.results(finding, w))).collect());
    }
    columns(&rows, 6, out)?;
    writeln!(out, "      {}{}", pick(lang, "建议：", "advice: "), finding.help.get(lang))
}

fn threshold_rows(thresholds: &[&Finding], lang: Lang) -> Vec<Vec<String>> {
    let side = |(value, result): &(Text, Text)| format!("{} → {}", value.get(lang), result.get(lang));
    thresholds.iter().filter_map(|f| f.threshold.as_ref()).map(|t| vec![t.name.get(lang).to_owned(), side(&t.below), side(&t.above)]).collect()
}

fn left(analysis: &Analysis<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let lang = analysis.lang;
    if analysis.report.not_explored.is_empty() {
        return writeln!(
            out,
            "{}",
            pick(
                lang,
                "各条都看全了（以前没有得过、也没有排名的申报人）",
                "every clause was looked at in full (for applicants without earlier awards or rankings)"
            )
        );
    }
    writeln!(out, "{}", pick(lang, "没有看的", "Not looked into"))?;
    for entry in &analysis.report.not_explored {
        let id = analysis.scheme.clause(entry.clause).map_or("", |c| c.id.as_str());
        for reason in &entry.reasons {
            writeln!(out, "  {id}  {}", reason.get(lang))?;
        }
    }
    writeln!(out, "{}", pick(lang, "其他条款看全了", "the other clauses were looked at in full"))
}

#[derive(Serialize)]
struct Line<'a> {
    kind: Weight,
    code: &'a str,
    clauses: Vec<&'a str>,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    message: &'a str,
    help: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<Step<'a>>,
    witnesses: Vec<Shown<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    fact: &'a str,
    below: [&'a str; 2],
    above: [&'a str; 2],
}

#[derive(Serialize)]
struct Shown<'a> {
    year: i32,
    as_of: String,
    facts: Vec<[&'a str; 2]>,
    results: Vec<Outgoing<'a>>,
}

#[derive(Serialize)]
struct Outgoing<'a> {
    clause: &'a str,
    outcome: &'a str,
    amount: Option<String>,
    ceiling: bool,
}

#[derive(Serialize)]
struct Left<'a> {
    kind: &'static str,
    clause: &'a str,
    reasons: Vec<&'a str>,
}

/// For programs: one object a line; amounts in yuan; last what was not looked into.
pub fn json(analysis: &Analysis<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let lang = analysis.lang;
    let id = |clause: ClauseId| analysis.scheme.clause(clause).map_or("", |c| c.id.as_str());
    for finding in &analysis.report.entries {
        let place = analysis.place(finding);
        let shown = |w: &'_ Witness| -> Vec<Outgoing<'_>> {
            let outgoing = |e: &Expected| Outgoing { clause: id(e.clause), outcome: e.outcome.code(), amount: e.amount.map(|f| f.yuan()), ceiling: e.ceiling };
            w.expected.iter().map(outgoing).collect()
        };
        let line = Line {
            kind: finding.weight,
            code: finding.code,
            clauses: finding.clauses.iter().map(|c| id(*c)).collect(),
            file: place.map(|p| p.0),
            line: place.map(|p| p.1),
            column: place.map(|p| p.2),
            message: finding.message.get(lang),
            help: finding.help.get(lang),
            threshold: finding.threshold.as_ref().map(|t| Step {
                fact: t.name.get(lang),
                below: [t.below.0.get(lang), t.below.1.get(lang)],
                above: [t.above.0.get(lang), t.above.1.get(lang)],
            }),
            witnesses: finding
                .witnesses
                .iter()
                .map(|w| Shown {
                    year: w.application.year,
                    as_of: w.application.as_of.to_string(),
                    facts: w.facts.iter().map(|(name, value)| [name.get(lang), value.get(lang)]).collect(),
                    results: shown(w),
                })
                .collect(),
        };
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    }
    for entry in &analysis.report.not_explored {
        let line = Left { kind: "not_explored", clause: id(entry.clause), reasons: entry.reasons.iter().map(|r| r.get(lang)).collect() };
        serde_json::to_writer(&mut *out, &line)?;
        writeln!(out)?;
    }
    Ok(())
}

/// One page that needs no other file.
pub fn html(analysis: &Analysis<'_>, out: &mut dyn Write) -> std::io::Result<()> {
    let lang = analysis.lang;
    let code = if lang == Lang::Zh { "zh-CN" } else { "en" };
    let title = escape(&format!("{} · {}", analysis.scheme.policy.title, pick(lang, "规则分析", "analysis of its rules")));
    writeln!(out, "<!DOCTYPE html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">")?;
    writeln!(out, "<title>{title}</title><style>{}{STYLE}</style></head><body><main>", explain::STYLE)?;
    let version = pick(lang, "政策版本", "Version of the policy");
    writeln!(out, "<h1>{title}</h1><p>{}</p>", escape(&analysis.headline()))?;
    writeln!(out, "<p>{version} {} <code>{}</code></p>", escape(&analysis.scheme.policy.id), escape(&analysis.scheme.hash))?;
    for part in analysis.parts() {
        writeln!(out, "<section><h2>{}</h2>", escape(&analysis.name(part.clause)))?;
        for finding in &part.said {
            said_html(analysis, finding, out)?;
        }
        if !part.thresholds.is_empty() {
            let words = pick(lang, "门槛：差一步，金额就变 5% 以上", "Thresholds: one step changes the award by more than 5%");
            writeln!(out, "<h3>{words}</h3><table>")?;
            for row in threshold_rows(&part.thresholds, lang) {
                row_html(&row, out)?;
            }
            writeln!(out, "</table>")?;
        }
        writeln!(out, "</section>")?;
    }
    writeln!(out, "<h2>{}</h2><ul>", pick(lang, "没有看的", "Not looked into"))?;
    for entry in &analysis.report.not_explored {
        for reason in &entry.reasons {
            writeln!(out, "<li>{}：{}</li>", escape(&analysis.name(Some(entry.clause))), escape(reason.get(lang)))?;
        }
    }
    writeln!(out, "</ul></main></body></html>")
}

/// What this page has beside the look that it shares with the results of an assessment.
const STYLE: &str = "th{font-weight:400}.finding,.note{background:#fff;border:1px solid var(--line);border-left:4px solid var(--line-2);border-radius:4px;padding:8px 16px;margin:12px 0;break-inside:avoid}\
.finding{border-left-color:var(--no)}.finding strong{color:var(--no)}h3{font-size:16px;margin:16px 0 4px}code{color:var(--soft);font-size:13px}p{margin:4px 0}";

fn said_html(analysis: &Analysis<'_>, finding: &Finding, out: &mut dyn Write) -> std::io::Result<()> {
    let lang = analysis.lang;
    let (class, word) = match finding.weight {
        Weight::Finding => ("finding", pick(lang, "可能有问题", "Probable defect")),
        Weight::Note => ("note", pick(lang, "提示", "Note")),
    };
    writeln!(out, "<div class=\"{class}\"><p><strong>{word}</strong> <code>{}</code> {}</p>", finding.code, escape(finding.message.get(lang)))?;
    if !finding.witnesses.is_empty() {
        writeln!(out, "<table>")?;
        for (name, values) in table(&finding.witnesses, lang) {
            row_html(&std::iter::once(name).chain(values).collect::<Vec<_>>(), out)?;
        }
        let head = pick(lang, "结果", "Result").to_owned();
        row_html(&std::iter::once(head).chain(finding.witnesses.iter().map(|w| analysis.results(finding, w))).collect::<Vec<_>>(), out)?;
        writeln!(out, "</table>")?;
    }
    writeln!(out, "<p>{}{}</p>", pick(lang, "建议：", "Advice: "), escape(finding.help.get(lang)))?;
    if let Some((file, line, _)) = analysis.place(finding) {
        writeln!(out, "<p><small>{}:{line}</small></p>", escape(file))?;
    }
    writeln!(out, "</div>")
}

fn row_html(cells: &[String], out: &mut dyn Write) -> std::io::Result<()> {
    write!(out, "<tr>")?;
    for (at, cell) in cells.iter().enumerate() {
        let tag = if at == 0 { "th scope=\"row\"" } else { "td" };
        let end = if at == 0 { "th" } else { "td" };
        write!(out, "<{tag}>{}</{end}>", escape(cell))?;
    }
    writeln!(out, "</tr>")
}
