//! A guide as one page of HTML that needs no other file and prints well, and as Markdown.

use super::{About, Block, Guide, Section, Table};
use crate::markup::escape;
use std::fmt::Write;

/// Style of the page: the look of the project, for screen and A4.
pub const STYLE: &str = "\
:root{--ink:#18212d;--ink-2:#414d5e;--ink-3:#5b6778;--line:#dce2ea;--line-2:#c3ccd8;--wash:#f4f6f9;--brand:#17508f;--brand-tint:#e9f1fa;--seal:#b02a1f;--warn:#855000;--warn-tint:#fdf3df;--warn-line:#ecd19a;\
--ui:\"PingFang SC\",\"Microsoft YaHei\",\"Noto Sans CJK SC\",\"Noto Sans SC\",system-ui,sans-serif;--official:\"Songti SC\",\"Noto Serif CJK SC\",\"Noto Serif SC\",SimSun,serif}\
*{box-sizing:border-box}body{margin:0;color:var(--ink);background:#fff;font:400 16px/1.7 var(--ui);font-variant-numeric:tabular-nums;line-break:strict;overflow-wrap:break-word}\
main{max-width:960px;margin:0 auto;padding:0 24px 64px}p,ul,ol,h1,h2,h3,dl,dd{margin:0;padding:0}\
header{border-bottom:3px solid var(--brand);padding:40px 0 20px;margin-bottom:24px}\
.mark{display:inline-grid;place-items:center;width:32px;height:32px;border-radius:4px;background:var(--seal);color:#fff;font:700 18px/1 var(--official);margin-bottom:12px}\
h1{font-size:30px;line-height:1.35;text-wrap:balance}\
.about{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:8px 24px;margin-top:16px;font-size:14px}.about dt{color:var(--ink-3)}.about dd{font-weight:600}\
nav{font-size:14px;columns:3 220px;column-gap:24px;margin-bottom:8px}nav a{display:block;color:var(--ink-2);text-decoration:none;padding:2px 0;break-inside:avoid}nav a:hover{color:var(--brand);text-decoration:underline}nav a.part{color:var(--brand);font-weight:600}\
section{padding-top:28px}h2{font-size:20px;line-height:1.4}.item>h2,.form>h2{font-size:18px}\
.group{font-size:20px;font-weight:700;margin-top:40px;padding-bottom:8px;border-bottom:1px solid var(--line-2)}\
.lead{color:var(--brand);font-weight:600;margin-top:2px}\
.rows{margin-top:12px;border-top:1px solid var(--line)}.row{display:grid;grid-template-columns:112px minmax(0,1fr);gap:16px;padding:10px 0;border-bottom:1px solid var(--line)}.row.bare{display:block;border:0;padding:12px 0 0}\
.row>dt{font-weight:600;color:var(--ink-2)}.row>dd>*+*,.bare>*+*{margin-top:8px}\
ul,ol{padding-left:1.3em}li+li{margin-top:2px}\
.official{font-family:var(--official);line-height:1.85;padding-left:16px;border-left:2px solid var(--line-2);text-align:justify}.official p+p{margin-top:6px}\
.note{border:1px solid var(--warn-line);background:var(--warn-tint);border-radius:4px;padding:10px 14px;font-size:15px}\
table{width:100%;border-collapse:collapse;font-size:14px;line-height:1.55}th,td{padding:6px 10px;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}thead th{background:var(--wash);color:var(--ink-2);font-weight:600;border-bottom:1px solid var(--line-2)}\
.form table th,.form table td{border:1px solid var(--line-2)}td a{color:var(--brand)}\
footer{margin-top:40px;padding-top:12px;border-top:1px solid var(--line);font-size:13px;color:var(--ink-3)}\
@media(max-width:640px){.row{display:block}.row>dt{margin-bottom:4px}table{font-size:13px}th,td{padding:5px 6px}}\
@page{size:A4;margin:18mm 16mm}\
@media print{body{font-size:10.5pt}main{max-width:none;padding:0}header{padding-top:0}nav{display:none}h2,.lead,.group{break-after:avoid}.row,tr,.note{break-inside:avoid}.form{break-inside:avoid}thead{display:table-header-group}a{color:inherit;text-decoration:none}table{font-size:9pt}}";

/// The guide as HTML.
pub fn html(guide: &Guide) -> String {
    let zh = guide.lang == "zh";
    let mut out = String::new();
    let code = if zh { "zh-CN" } else { "en" };
    let title = escape(&guide.title);
    let _ = write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"{code}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head>\n<body><main>\n<header><span class=\"mark\" aria-hidden=\"true\">兑</span><h1>{title}</h1><dl class=\"about\">"
    );
    for (label, words) in &guide.about {
        let _ = write!(out, "<div><dt>{}</dt><dd>{}</dd></div>", escape(label), escape(words));
    }
    let _ = write!(out, "</dl></header>\n<nav aria-label=\"{}\">", if zh { "目录" } else { "Contents" });
    for section in guide.sections.iter().filter(|s| !matches!(s.about, About::Form(Some(_)))) {
        let class = if matches!(section.about, About::Clause(_)) { "" } else { " class=\"part\"" };
        let _ = write!(out, "<a{class} href=\"#{}\">{}</a>", escape(&section.anchor), escape(&section.title));
    }
    out.push_str("</nav>\n");
    let mut before: Option<&About> = None;
    for section in &guide.sections {
        if let Some(words) = opens(section, before, zh) {
            let _ = writeln!(out, "<p class=\"group\">{words}</p>");
        }
        before = Some(&section.about);
        html_section(&mut out, section);
    }
    let _ = write!(out, "<footer>{}</footer>\n</main></body></html>\n", escape(&closing(zh)));
    out
}

/// Words that open the clauses and the annexes.
fn opens(section: &Section, before: Option<&About>, zh: bool) -> Option<&'static str> {
    match (&section.about, before) {
        (About::Clause(_), Some(About::Clause(_))) | (About::Form(_), Some(About::Form(_))) => None,
        (About::Clause(_), _) => Some(if zh { "四、各项支持" } else { "4 The items" }),
        (About::Form(_), _) => Some(if zh { "五、附表" } else { "5 Annexes" }),
        _ => None,
    }
}

fn closing(zh: bool) -> String {
    if zh {
        "本指南由政策文件自动写成，条件和金额与系统测算一致；与政策原文不一致的，以原文为准。".to_owned()
    } else {
        "Written from the policy file; conditions and amounts are those the system computes with. The official words prevail.".to_owned()
    }
}

fn html_section(out: &mut String, section: &Section) {
    let class = match section.about {
        About::Clause(_) => "item",
        About::Form(_) => "form",
        _ => "part",
    };
    let _ = write!(out, "<section class=\"{class}\" id=\"{}\"><h2>{}</h2>", escape(&section.anchor), escape(&section.title));
    if let Some(lead) = &section.lead {
        let _ = write!(out, "<p class=\"lead\">{}</p>", escape(lead));
    }
    let labelled = section.rows.iter().any(|r| !r.label.is_empty());
    if labelled {
        out.push_str("<dl class=\"rows\">");
    }
    for row in &section.rows {
        if row.label.is_empty() {
            let tag = if labelled { "dd" } else { "div" };
            let _ = write!(out, "<{tag} class=\"row bare\">");
            row.blocks.iter().for_each(|b| html_block(out, b));
            let _ = write!(out, "</{tag}>");
        } else {
            let _ = write!(out, "<div class=\"row\"><dt>{}</dt><dd>", escape(&row.label));
            row.blocks.iter().for_each(|b| html_block(out, b));
            out.push_str("</dd></div>");
        }
    }
    out.push_str(if labelled { "</dl></section>\n" } else { "</section>\n" });
}

fn html_block(out: &mut String, block: &Block) {
    match block {
        Block::Text(words) => {
            let _ = write!(out, "<p>{}</p>", escape(words));
        }
        Block::Note(words) => {
            let _ = write!(out, "<p class=\"note\">{}</p>", escape(words));
        }
        Block::List(items) | Block::Steps(items) => {
            let tag = if matches!(block, Block::Steps(_)) { "ol" } else { "ul" };
            let _ = write!(out, "<{tag}>");
            for item in items {
                let _ = write!(out, "<li>{}</li>", escape(item));
            }
            let _ = write!(out, "</{tag}>");
        }
        Block::Official(paragraphs) => {
            out.push_str("<div class=\"official\">");
            for words in paragraphs {
                let _ = write!(out, "<p>{}</p>", escape(words));
            }
            out.push_str("</div>");
        }
        Block::Table(table) => html_table(out, table),
    }
}

fn html_table(out: &mut String, table: &Table) {
    let sum: u32 = table.widths.iter().sum::<u32>().max(1);
    out.push_str("<table><colgroup>");
    for width in &table.widths {
        let _ = write!(out, "<col style=\"width:{}%\">", width * 100 / sum);
    }
    out.push_str("</colgroup><thead><tr>");
    for column in &table.columns {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escape(column));
    }
    out.push_str("</tr></thead><tbody>");
    for row in &table.rows {
        out.push_str("<tr>");
        for cell in row {
            let words = escape(&cell.words);
            let _ = match &cell.link {
                Some(link) => write!(out, "<td><a href=\"#{}\">{words}</a></td>", escape(link)),
                None => write!(out, "<td>{words}</td>"),
            };
        }
        out.push_str("</tr>");
    }
    out.push_str("</tbody></table>");
}

/// The guide as Markdown.
pub fn markdown(guide: &Guide) -> String {
    let zh = guide.lang == "zh";
    let mut out = format!("# {}\n\n", mark(&guide.title));
    for (label, words) in &guide.about {
        let _ = writeln!(out, "- {}{}{}", mark(label), if zh { "：" } else { ": " }, mark(words));
    }
    let mut before: Option<&About> = None;
    for section in &guide.sections {
        if let Some(words) = opens(section, before, zh) {
            let _ = write!(out, "\n## {words}\n");
        }
        before = Some(&section.about);
        let level = if matches!(section.about, About::Clause(_) | About::Form(_)) { "###" } else { "##" };
        let _ = write!(out, "\n{level} {}\n", mark(&section.title));
        if let Some(lead) = &section.lead {
            let _ = write!(out, "\n{}\n", mark(lead));
        }
        for row in &section.rows {
            if !row.label.is_empty() {
                let _ = write!(out, "\n**{}**\n", mark(&row.label));
            }
            row.blocks.iter().for_each(|b| markdown_block(&mut out, b));
        }
    }
    let _ = write!(out, "\n---\n\n{}\n", closing(zh));
    out
}

/// Words that would be marks of Markdown.
fn mark(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    for c in words.chars() {
        if matches!(c, '\\' | '*' | '_' | '`' | '<' | '[' | ']' | '|' | '#') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn markdown_block(out: &mut String, block: &Block) {
    out.push('\n');
    match block {
        Block::Text(words) => {
            let _ = writeln!(out, "{}", mark(words));
        }
        Block::Note(words) => {
            let _ = writeln!(out, "**{}**", mark(words));
        }
        Block::List(items) => {
            for item in items {
                let _ = writeln!(out, "- {}", mark(item));
            }
        }
        Block::Steps(items) => {
            for (number, item) in (1..).zip(items) {
                let _ = writeln!(out, "{number}. {}", mark(item));
            }
        }
        Block::Official(paragraphs) => {
            let lines: Vec<String> = paragraphs.iter().map(|p| format!("> {}\n", mark(p))).collect();
            out.push_str(&lines.join(">\n"));
        }
        Block::Table(table) => {
            let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
            out.push_str(&row(table.columns.iter().map(|c| mark(c)).collect()));
            out.push_str(&row(table.columns.iter().map(|_| "---".to_owned()).collect()));
            for cells in &table.rows {
                out.push_str(&row(cells.iter().map(|c| mark(&c.words)).collect()));
            }
        }
    }
}
