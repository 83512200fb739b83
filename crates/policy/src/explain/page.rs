//! An explanation as text and as HTML. The design follows the mock-ups: the service speaks in one voice, the
//! document in another; colour only repeats what word and mark already say.

use super::{Explanation, Line, Sign};
use crate::markup::escape;
use std::fmt::Write;

fn mark(sign: Sign) -> &'static str {
    match sign {
        Sign::Met => "✓",
        Sign::Failed => "✗",
        Sign::Unknown => "？",
        Sign::Step => "·",
        Sign::Note => "-",
    }
}

/// As lines of text.
pub fn text(explanation: &Explanation<'_>) -> String {
    let zh = explanation.lang == "zh";
    let mut out = String::new();
    let _ = writeln!(out, "{} {}  {}", explanation.clause, explanation.title, explanation.headline);
    // General conditions are the same for every clause: where all hold, one line says so.
    let general = explanation.conditions.iter().filter(|l| l.general).count();
    let all_met = general > 0 && explanation.conditions.iter().all(|l| !l.general || l.sign == Sign::Met);
    if all_met {
        let _ = writeln!(out, "  ✓ {}", if zh { format!("通则 {general} 项都符合") } else { format!("all {general} general conditions hold") });
    }
    for line in explanation.conditions.iter().filter(|l| !(all_met && l.general)) {
        write_line(&mut out, line, 1, zh);
    }
    if !explanation.amount.is_empty() {
        let _ = writeln!(out, "  {}", if zh { "金额" } else { "Amount" });
        for line in &explanation.amount {
            write_line(&mut out, line, 2, zh);
        }
    }
    for note in &explanation.notes {
        let _ = writeln!(out, "  → {note}");
    }
    for words in explanation.words {
        let _ = writeln!(out, "  {}{words}", if zh { "原文：" } else { "Text: " });
    }
    out
}

fn write_line(out: &mut String, line: &Line<'_>, depth: usize, zh: bool) {
    let colon = if zh { "：" } else { ": " };
    let value = line.value.as_ref().map_or(String::new(), |v| format!("{colon}{v}"));
    let gap = line.gap.as_ref().map_or(String::new(), |g| if zh { format!("（{g}）") } else { format!(" ({g})") });
    let general = if line.general { if zh { " [通则]" } else { " [general]" } } else { "" };
    let _ = writeln!(out, "{:indent$}{} {}{value}{gap}{general}", "", mark(line.sign), line.text, indent = depth * 2);
    // What holds needs no proof in a printed text; JSON and HTML carry it all.
    let folded = line.sign == Sign::Met;
    for inner in line.lines.iter().filter(|_| !folded) {
        write_line(out, inner, depth + 1, zh);
    }
}

/// Style for pages that hold explanations.
pub const STYLE: &str = "\
:root{--ink:#18212d;--soft:#5b6778;--line:#dce2ea;--line-2:#c3ccd8;--paper:#fff;--wash:#f4f6f9;--brand:#17508f;--pass:#176440;--warn:#855000;--no:#b02a1f;--unknown:#574a86}
*{box-sizing:border-box}body{font:400 16px/1.7 'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',system-ui,sans-serif;color:var(--ink);background:#fff;margin:0;font-variant-numeric:tabular-nums;line-break:strict;overflow-wrap:break-word}
main{max-width:960px;margin:0 auto;padding:32px 24px 64px}
h1{font-size:28px;line-height:1.35;margin:0 0 16px;padding-bottom:16px;border-bottom:3px solid var(--brand);text-wrap:balance}h2{font-size:20px;line-height:1.4;margin:32px 0 8px;break-after:avoid}
.clause{background:var(--paper);border:1px solid var(--line);border-radius:4px;margin:.8rem 0;padding:.8rem 1rem}
.clause>summary,.clause>h3{font-size:1rem;font-weight:600;margin:0;cursor:default}
.clause .id{color:var(--soft);margin-right:.4em}.headline{display:block;font-weight:400;margin:.15rem 0 .4rem}
.eligible .headline{color:var(--pass)}.ineligible .headline,.barred .headline{color:var(--no)}.undetermined .headline{color:var(--unknown)}.exhausted .headline,.yielded .headline{color:var(--warn)}
ul.lines{list-style:none;margin:.2rem 0;padding-left:1.2rem}ul.lines ul.lines{padding-left:1.4rem;border-left:1px solid var(--line)}
.lines .m{display:inline-block;width:1.3em;margin-left:-1.3em}.met>.m{color:var(--pass)}.failed>.m{color:var(--no)}.unknown>.m{color:var(--unknown)}
h4{font-size:.9rem;color:var(--soft);margin:.6rem 0 .1rem}.lines details{display:inline-block;vertical-align:top}.lines summary{cursor:pointer;list-style:none}.lines summary::-webkit-details-marker{display:none}.lines summary::after{content:' ▸';color:var(--soft)}.lines details[open]>summary::after{content:' ▾'}
.v{margin-left:.6em;font-weight:600}.gap{margin-left:.6em;color:var(--soft)}.general{margin-left:.6em;font-size:.85em;color:var(--soft)}
.notes{margin:.4rem 0;padding-left:1.2rem}blockquote{font-family:'Songti SC','Noto Serif CJK SC','Noto Serif SC',SimSun,serif;line-height:1.85;margin:.6rem 0 0;padding:.1rem 0 .1rem 16px;border-left:2px solid var(--line-2)}
table{border-collapse:collapse;margin:8px 0;font-size:14px;line-height:1.55}td,th{border:1px solid var(--line);padding:6px 10px;text-align:left;vertical-align:top}th{background:var(--wash)}td.n{text-align:right}
@page{size:A4;margin:18mm 16mm}@media print{body{font-size:10.5pt}main{max-width:none;padding:0}.clause{break-inside:avoid;border-color:#999}}";

/// As a fragment of HTML; everything from outside is escaped.
pub fn html(explanation: &Explanation<'_>) -> String {
    let zh = explanation.lang == "zh";
    let mut out = String::new();
    let _ = write!(
        out,
        "<section class=\"clause {}\"><h3><span class=\"id\">{}</span>{}</h3><span class=\"headline\">{}</span>",
        explanation.outcome,
        escape(explanation.clause),
        escape(explanation.title),
        escape(&explanation.headline)
    );
    list(&mut out, &explanation.conditions);
    if !explanation.amount.is_empty() {
        let _ = write!(out, "<h4>{}</h4>", if zh { "金额" } else { "Amount" });
        list(&mut out, &explanation.amount);
    }
    if !explanation.notes.is_empty() {
        out.push_str("<ul class=\"notes\">");
        for note in &explanation.notes {
            let _ = write!(out, "<li>{}</li>", escape(note));
        }
        out.push_str("</ul>");
    }
    if !explanation.words.is_empty() {
        let _ = write!(out, "<blockquote lang=\"zh\" title=\"{}\">", if zh { "原文" } else { "The official words" });
        for words in explanation.words {
            let _ = write!(out, "<p>{}</p>", escape(words));
        }
        out.push_str("</blockquote>");
    }
    out.push_str("</section>\n");
    out
}

fn list(out: &mut String, lines: &[Line<'_>]) {
    if lines.is_empty() {
        return;
    }
    out.push_str("<ul class=\"lines\">");
    for line in lines {
        let class = match line.sign {
            Sign::Met => "met",
            Sign::Failed => "failed",
            Sign::Unknown => "unknown",
            Sign::Step => "step",
            Sign::Note => "note",
        };
        let _ = write!(out, "<li class=\"{class}\"><span class=\"m\">{}</span>", mark(line.sign));
        // What holds needs no proof at first sight; one press shows it.
        let folded = line.sign == Sign::Met && !line.lines.is_empty();
        if folded {
            out.push_str("<details><summary>");
        }
        out.push_str(&escape(&line.text));
        if let Some(value) = &line.value {
            let _ = write!(out, "<span class=\"v\">{}</span>", escape(value));
        }
        if let Some(gap) = &line.gap {
            let _ = write!(out, "<span class=\"gap\">{}</span>", escape(gap));
        }
        if line.general {
            out.push_str("<span class=\"general\">通则</span>");
        }
        if folded {
            out.push_str("</summary>");
        }
        list(out, &line.lines);
        out.push_str(if folded { "</details></li>" } else { "</li>" });
    }
    out.push_str("</ul>");
}
