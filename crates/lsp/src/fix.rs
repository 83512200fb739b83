//! Fixes: the edit of a finding that one edit mends, a class for a sentence that is nothing yet, the end of a fence.

use crate::folder::Folder;
use crate::place;
use policy::diagnostic::Diagnostic;
use policy::source::Span;
use policy::syntax::words::english;
use values::Lang;

/// One way to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// What is replaced by what.
    pub edits: Vec<(Span, String)>,
    /// The finding, by its position among those of the file; `None`: all that mend themselves.
    pub finding: Option<usize>,
    /// The one way there is.
    pub only: bool,
}

/// What a sentence may be that is no rule.
const SORTS: &[&str] = &["叙述", "程序", "鼓励", "任务", "释义", "授权"];

/// The fixes of findings that touch bytes `from..=to` of a file, and one for all that have an edit if there are several.
pub fn fixes(folder: &Folder, file: u16, from: usize, to: usize, lang: Lang) -> Vec<Fix> {
    let findings = folder.diagnostics(file);
    let mut out = Vec::new();
    for (at, finding) in findings.iter().enumerate() {
        if finding.span.start as usize <= to && from <= finding.span.end as usize {
            out.extend(of(folder, finding, at, lang));
        }
    }
    let all = all(findings);
    if all.len() > 1 {
        let title = match lang {
            Lang::Zh => format!("改正全文能自动改的 {} 处", all.len()),
            Lang::En => format!("Fix all {} findings of this file that have an edit", all.len()),
        };
        out.push(Fix { title, edits: all, finding: None, only: false });
    }
    out
}

/// Every edit that stands apart from the one before it.
fn all(findings: &[Diagnostic]) -> Vec<(Span, String)> {
    let mut out: Vec<(Span, String)> = Vec::new();
    for finding in findings {
        if let Some(text) = &finding.replacement
            && out.last().is_none_or(|(last, _)| last.end <= finding.span.start && last.start < finding.span.start)
        {
            out.push((finding.span, text.clone()));
        }
    }
    out
}

fn of(folder: &Folder, finding: &Diagnostic, at: usize, lang: Lang) -> Vec<Fix> {
    let file = finding.span.file;
    let fix = |title: String, edits, only| Fix { title, edits, finding: Some(at), only };
    if let Some(text) = &finding.replacement {
        let old = folder.words(finding.span);
        let title = match (lang, text.is_empty()) {
            (Lang::Zh, true) => format!("删去“{}”", old.escape_debug()),
            (Lang::En, true) => format!("Remove '{}'", old.escape_debug()),
            (Lang::Zh, false) => format!("改为“{text}”"),
            (Lang::En, false) => format!("Change to '{text}'"),
        };
        return vec![fix(title, vec![(finding.span, text.clone())], true)];
    }
    let text = folder.text(file);
    let end_of = |text: &str| if text.ends_with('\n') || text.is_empty() { "" } else { "\n" };
    match finding.code {
        "E0110" => {
            let title = if lang == Lang::Zh { "在末尾补一行 ```" } else { "Close the fence at the end" };
            let end = Span::new(file, text.len(), text.len());
            vec![fix(title.to_owned(), vec![(end, format!("{}```\n", end_of(text)))], true)]
        }
        "E0409" => {
            let Some((_, quote)) = place::quote(folder, file, finding.span.start as usize) else { return Vec::new() };
            let after = Span { start: quote.span.end, ..quote.span };
            let class = |sort: &&str| {
                let title = match lang {
                    Lang::Zh => format!("归为 文句 {sort}"),
                    Lang::En => format!("Class it as {}", english(sort).unwrap_or(sort)),
                };
                fix(title, vec![(after, format!("\n\n```duixian\n文句 {sort}\n```"))], false)
            };
            SORTS.iter().map(class).collect()
        }
        _ => Vec::new(),
    }
}
