//! Every diagnostic has a page of its own: both languages, a wrong and a right example, and the words the compiler
//! really says. The list of all of them is written from the pages.

use crate::sections::{Section, folder, read, sections};
use policy::analysis::analyse;
use policy::check::whole;
use policy::diagnostic::Text;
use policy::source::Sources;
use policy::{Compiled, compile};
use std::collections::BTreeSet;
use std::path::Path;

const HEADINGS: [&str; 4] = ["## 中文", "## English", "## 错的写法 · Wrong", "## 对的写法 · Right"];

/// The pages of codes: code and text.
fn code_pages() -> Vec<(String, String)> {
    let pages = read("diagnostics/").into_iter();
    pages.map(|(name, text)| (name.trim_start_matches("diagnostics/").trim_end_matches(".md").to_owned(), text)).filter(|(code, _)| code != "README").collect()
}

/// Codes that stand in the source as `"E0101"`.
fn raised() -> BTreeSet<String> {
    let mut codes = BTreeSet::new();
    let mut stack = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(path) = stack.pop() {
        if path.is_dir() {
            stack.extend(std::fs::read_dir(path).unwrap().map(|e| e.unwrap().path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for (at, _) in text.match_indices("\"E0").chain(text.match_indices("\"W0")) {
            let code: String = text[at + 1..].chars().take(5).collect();
            if code[1..].chars().all(|c| c.is_ascii_digit()) {
                codes.insert(code);
            }
        }
    }
    codes
}

#[test]
fn every_diagnostic_has_a_page_and_every_page_a_diagnostic() {
    let pages: BTreeSet<String> = code_pages().into_iter().map(|(code, _)| code).collect();
    let raised = raised();
    assert!(raised.len() > 50);
    assert_eq!(pages, raised, "left: pages of docs/language/diagnostics; right: codes in the source");
}

#[test]
fn every_page_says_in_both_languages_what_the_compiler_says_of_its_wrong_example() {
    let mut wrong = Vec::new();
    for (code, text) in code_pages() {
        let found = sections(&text);
        let titles: Vec<&str> = found.iter().skip(2).map(|s| s.title.as_str()).collect();
        if titles != HEADINGS || !found[1].title.starts_with(&format!("# {code} ")) || !found[1].title.contains(" · ") {
            wrong.push(format!("{code}: headings {titles:?} under {:?}", found[1].title));
            continue;
        }
        let [zh, en, bad, good] = [&found[2], &found[3], &found[4], &found[5]];
        for (section, least) in [(zh, 20), (en, 40)] {
            let explanation: String = section.text.lines().filter(|line| !line.starts_with("- ")).collect();
            if explanation.trim().chars().count() < least {
                wrong.push(format!("{code} {}: no explanation", section.title));
            }
        }
        examples(&code, zh, en, bad, good, &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn examples(code: &str, zh: &Section, en: &Section, bad: &Section, good: &Section, wrong: &mut Vec<String>) {
    let own = |text: &(&'static str, Text, Text)| text.0 == code;
    let Some((fence, sources)) = bad.fences.iter().find_map(|fence| bad.wrong(fence).or_else(|| bad.finding(fence))) else {
        wrong.push(format!("{code}: no wrong example"));
        return;
    };
    if fence != code {
        wrong.push(format!("{code}: the wrong example is of {fence}"));
    }
    let said = said(&compiled(code, &sources));
    let lines = said
        .iter()
        .filter(|text| own(text))
        .map(|(_, message, help)| (format!("- 提示：{}\n- 改法：{}\n", message.zh, help.zh), format!("- Message: {}\n- Fix: {}\n", message.en, help.en)));
    let lines: Vec<(String, String)> = lines.collect();
    if said.iter().any(|text| text.0.starts_with('E') && !own(text)) {
        wrong.push(format!("{code}: the wrong example has other errors: {said:?}"));
    }
    if !lines.iter().any(|(chinese, english)| zh.text.contains(chinese) && en.text.contains(english)) {
        wrong.push(format!("{code}: the page does not say what the compiler says:\n{}", lines.iter().map(|(a, b)| format!("{a}{b}")).collect::<String>()));
    }
    if !good.fences.iter().any(|f| matches!(f.info.as_str(), "duixian" | "duixian-file")) {
        wrong.push(format!("{code}: no right example"));
    }
    let whole = good.bodies("duixian-file");
    let text = if whole.is_empty() { good.text.clone() } else { whole };
    // Of the right example the compiler says nothing; the analysis may have notes of another sort.
    let still = said_of_right(&compiled(code, &good.sources(text)), code);
    if !still.is_empty() {
        wrong.push(format!("{code}: the right example is not right: {still:?}"));
    }
}

/// An example, compiled; as a policy of its own only where the page is of what a policy as a whole must have.
pub fn compiled(code: &str, sources: &Sources) -> Compiled {
    let mut compiled = compile(sources);
    if matches!(code, "E0421" | "W0503") {
        whole(&mut compiled);
    }
    compiled
}

/// What the compiler says, and of a sound scheme what the analysis says: code, message, fix.
fn said(compiled: &Compiled) -> Vec<(&'static str, Text, Text)> {
    let mut out: Vec<_> = compiled.diagnostics.iter().map(|d| (d.code, d.message.clone(), d.help.clone().unwrap())).collect();
    if let Some(scheme) = &compiled.scheme {
        out.extend(analyse(scheme, &compiled.sentences, None).entries.into_iter().map(|f| (f.code, f.message, f.help)));
    }
    out
}

fn said_of_right(compiled: &Compiled, code: &str) -> Vec<String> {
    said(compiled)
        .into_iter()
        .filter(|(found, ..)| !found.starts_with("W06") || *found == code)
        .map(|(code, message, _)| format!("{code} {}", message.zh))
        .collect()
}

#[test]
fn the_list_of_diagnostics_is_that_of_the_pages() {
    let mut list = String::from(
        "# 诊断 · Diagnostics\n\n\
         编译时的每一条提示都有编号，每个编号有一页：什么意思，怎样改，错的和对的例子。E 是错误，改好才能用；W 是提醒。在命令行看某一页：`duixian check --explain E0402`。\n\n\
         Each message of the compiler has a code, and each code a page: what it means, how to mend it, a wrong and a right example. E is an error, W a warning.\n\
         On the command line: `duixian check --explain E0402 --lang en`.\n\n\
         | 编号 | 中文 | English |\n|---|---|---|\n",
    );
    for (code, text) in code_pages() {
        let title = text.lines().next().unwrap().trim_start_matches("# ").trim_start_matches(code.as_str()).trim();
        let (zh, en) = title.split_once(" · ").unwrap();
        list.push_str(&format!("| [{code}]({code}.md) | {zh} | {en} |\n"));
    }
    expect_test::expect_file![folder().join("diagnostics/README.md")].assert_eq(&list);
}

#[test]
fn every_link_of_the_reference_leads_to_a_page() {
    let mut broken = Vec::new();
    for (name, text) in crate::pages() {
        let page = folder().join(&name);
        for (at, _) in text.match_indices("](") {
            let target: String = text[at + 2..].chars().take_while(|c| *c != ')').collect();
            let file = target.split('#').next().unwrap();
            if file.ends_with(".md") && !target.contains("://") && !page.parent().unwrap().join(file).exists() {
                broken.push(format!("{name}: {target}"));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
