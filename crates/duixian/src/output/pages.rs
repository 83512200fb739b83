//! The pages of diagnostics, carried inside the program: what a code means, how to mend it, a wrong and a right example.
//! The pages themselves stand in `docs/language/diagnostics`.

use super::pick;
use crate::failure::{Failure, Verdict};
use policy::diagnostic::nearest;
use std::io::Write;
use values::Lang;

macro_rules! pages {
    ($($code:literal),+ $(,)?) => {
        /// Code and page.
        const PAGES: &[(&str, &str)] = &[$(($code, include_str!(concat!("../../../../docs/language/diagnostics/", $code, ".md")))),+];
    };
}

#[rustfmt::skip]
pages![
    "E0101", "E0102", "E0103", "E0104", "E0105", "E0106", "E0107", "E0108", "E0109", "E0110",
    "E0111", "E0112", "E0113", "E0114", "E0201", "E0202", "E0203", "E0204", "E0205", "E0210",
    "E0212", "E0214", "E0215", "E0216", "E0217", "E0231", "E0232", "E0233", "E0234", "E0301",
    "E0302", "E0303", "E0304", "E0305", "E0306", "E0307", "E0308", "E0309", "E0310", "E0311",
    "E0312", "E0313", "E0314", "E0315", "E0316", "E0317", "E0318", "E0319", "E0402", "E0403",
    "E0404", "E0405", "E0406", "E0407", "E0408", "E0409", "E0410", "E0411", "E0412", "E0413",
    "E0414", "E0415", "E0416", "E0417", "E0418", "E0419", "E0420", "E0421", "E0422", "E0502", "E0503", "E0504",
    "W0501", "W0502", "W0503", "W0601", "W0602", "W0603", "W0604", "W0605", "W0606", "W0607", "W0608", "W0609",
    "W0610", "W0611", "W0612", "W0613", "W0614", "W0615", "W0616", "W0620", "W0621",
];

/// Writes the part of a page that is in the language asked for.
pub fn explain(code: &str, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let wanted = code.trim().to_ascii_uppercase();
    let Some((_, page)) = PAGES.iter().find(|(known, _)| *known == wanted) else {
        let near = nearest(&wanted, PAGES.iter().map(|(known, _)| *known)).unwrap_or("E0402");
        let failure = Failure::input(format!("没有编号 {code}"), format!("there is no code {code}"));
        return Err(failure.help(format!("例如：duixian check --explain {near}"), format!("for example: duixian check --explain {near}")));
    };
    let title = page.lines().next().unwrap_or_default().trim_start_matches(['#', ' ']);
    let (zh, en) = title.split_once(" · ").unwrap_or((title, title));
    let title = pick(lang, zh, en);
    let code_before = if title.starts_with(&wanted) { String::new() } else { format!("{wanted} ") };
    writeln!(out, "{code_before}{title}\n")?;
    writeln!(out, "{}\n", prose(section(page, pick(lang, "中文", "English"))))?;
    for (heading, shown) in [("错的写法 · Wrong", pick(lang, "错的写法", "Wrong")), ("对的写法 · Right", pick(lang, "对的写法", "Right"))] {
        writeln!(out, "{shown}\n{}", example(section(page, heading)))?;
    }
    Ok(Verdict::Clean)
}

/// What stands under a heading of the second level.
fn section<'a>(page: &'a str, heading: &str) -> &'a str {
    let mark = format!("## {heading}\n");
    let rest = page.split_once(&mark).map_or("", |(_, rest)| rest);
    rest.split("\n## ").next().unwrap_or_default().trim()
}

/// The explanation, without the marks of links.
fn prose(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('[') {
        out.push_str(before);
        match after.split_once("](").and_then(|(words, target)| target.split_once(')').map(|(_, rest)| (words, rest))) {
            Some((words, behind)) => {
                out.push_str(words);
                rest = behind;
            }
            None => {
                out.push('[');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// An example, indented, without the marks of its fence.
fn example(text: &str) -> String {
    let mut out = String::new();
    // Of a file as a whole the inner marks are what it is about.
    let whole = text.starts_with("````");
    let marks = if whole { "````" } else { "```" };
    for line in text.lines().filter(|line| !line.starts_with(marks)) {
        if !line.trim().is_empty() {
            out.push_str("    ");
            out.push_str(line);
        }
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_page_of_the_reference_is_carried() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/language/diagnostics");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().trim_end_matches(".md").to_owned());
        let pages: BTreeSet<String> = names.filter(|name| name != "README").collect();
        assert_eq!(pages, PAGES.iter().map(|(code, _)| (*code).to_owned()).collect());
    }

    #[test]
    fn every_page_reads_well_in_both_languages() {
        for (code, _) in PAGES {
            for lang in [Lang::Zh, Lang::En] {
                let mut out = Vec::new();
                explain(code, lang, &mut out).unwrap();
                let text = String::from_utf8(out).unwrap();
                assert!(text.starts_with(code) && !text.contains("```duixian-") && text.lines().count() > 8, "{text}");
            }
        }
    }
}
