//! `facts`: what a policy asks of applicants, with type, years, evidence and who asks; or a table to fill in.

use super::template;
use crate::cli::{FactsArgs, Plain};
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::pick;
use policy::scheme::{Fact, FactId, FactType, Scheme};
use serde::Serialize;
use std::io::Write;
use values::Lang;

/// A fact as it is listed.
#[derive(Serialize)]
pub struct Entry<'a> {
    /// Name.
    pub name: &'a str,
    /// Type in words.
    #[serde(rename = "type")]
    pub ty: String,
    /// Unit of a number.
    pub unit: Option<String>,
    /// Choices of a choice.
    pub choices: &'a [String],
    /// Columns of a list.
    pub fields: Vec<Entry<'a>>,
    /// `year`, `month` or `once`.
    pub period: &'static str,
    /// First year that is asked for.
    pub since: Option<i32>,
    /// Window in words.
    pub window: Option<&'a str>,
    /// Question on the form.
    pub question: Option<&'a str>,
    /// Papers that prove it, also those only one clause wants.
    pub evidence: Vec<&'a str>,
    /// Units that confirm it.
    pub verified_by: &'a [String],
    /// Clauses that ask for it.
    pub clauses: Vec<&'a str>,
}

/// Runs the command.
pub fn run(args: &FactsArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let scheme = load::scheme(&args.dir, lang)?;
    if let Some(path) = &args.template {
        if path.extension().is_none_or(|e| !e.eq_ignore_ascii_case("xlsx")) {
            let name = path.display();
            return Err(Failure::input(format!("表格只写成 .xlsx，不写 {name}"), format!("a template is an .xlsx file, not {name}"))
                .help("把文件名改为以 .xlsx 结尾", "let its name end in .xlsx"));
        }
        template::write(&scheme, args.year, lang, path)?;
        writeln!(out, "{} {}", pick(lang, "已写入", "written:"), path.display())?;
        return Ok(Verdict::Clean);
    }
    for entry in entries(&scheme, lang) {
        match args.format {
            Plain::Json => {
                serde_json::to_writer(&mut *out, &entry).map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
            Plain::Text => text(&entry, lang, out)?,
        }
    }
    Ok(Verdict::Clean)
}

/// Every fact, in the order of the policy.
pub fn entries(scheme: &Scheme, lang: Lang) -> Vec<Entry<'_>> {
    (0_u32..).map(FactId).zip(&scheme.facts).map(|(id, fact)| entry(scheme, id, fact, lang)).collect()
}

fn entry<'a>(scheme: &'a Scheme, id: FactId, fact: &'a Fact, lang: Lang) -> Entry<'a> {
    let mut evidence: Vec<&str> = fact.evidence.iter().map(String::as_str).collect();
    for (of, papers) in scheme.clauses.iter().flat_map(|c| &c.evidence) {
        if *of == Some(id) {
            evidence.extend(papers.iter().map(String::as_str).filter(|p| !fact.evidence.iter().any(|e| e == p)));
        }
    }
    evidence.dedup();
    let fields = match &fact.ty {
        FactType::List { fields, .. } => fields.iter().map(|f| bare(&f.name, &f.ty, lang)).collect(),
        _ => Vec::new(),
    };
    Entry {
        fields,
        period: if fact.by_month {
            "month"
        } else if fact.by_year {
            "year"
        } else {
            "once"
        },
        since: fact.since,
        window: fact.window.as_deref(),
        question: fact.question.as_deref(),
        evidence,
        verified_by: &fact.verified_by,
        clauses: scheme.clauses.iter().filter(|c| c.facts.contains(&id)).map(|c| c.id.as_str()).collect(),
        ..bare(&fact.name, &fact.ty, lang)
    }
}

fn bare<'a>(name: &'a str, ty: &'a FactType, lang: Lang) -> Entry<'a> {
    Entry {
        name,
        ty: type_words(ty, lang),
        unit: match ty {
            FactType::Number { word, .. } => Some(word.clone()),
            _ => None,
        },
        choices: match ty {
            FactType::Choice(words) => words,
            _ => &[],
        },
        fields: Vec::new(),
        period: "once",
        since: None,
        window: None,
        question: None,
        evidence: Vec::new(),
        verified_by: &[],
        clauses: Vec::new(),
    }
}

/// A type in words, with how it is written in a file.
pub fn type_words(ty: &FactType, lang: Lang) -> String {
    let words = match ty {
        FactType::YesNo => ("是否", "yes or no"),
        FactType::Date => ("日期（2024-12-31）", "date (2024-12-31)"),
        FactType::Year => ("年份", "year"),
        FactType::Choice(_) => ("选项", "choice"),
        FactType::Text => ("文字", "text"),
        FactType::List { .. } => ("名单", "list"),
        FactType::Number { whole: true, word, .. } => {
            return match lang {
                Lang::Zh => format!("整数（{word}）"),
                Lang::En => format!("whole number ({word})"),
            };
        }
        FactType::Number { word, .. } if word == "比率" => ("比率（80.01%）", "ratio (80.01%)"),
        FactType::Number { word, .. } => {
            return match lang {
                Lang::Zh => format!("数（{word}）"),
                Lang::En => format!("number ({word})"),
            };
        }
    };
    pick(lang, words.0, words.1).to_owned()
}

fn text(entry: &Entry<'_>, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let period = match entry.period {
        "year" => pick(lang, "，按年", ", by year"),
        "month" => pick(lang, "，按月", ", by month"),
        _ => "",
    };
    let since = entry.since.map_or(String::new(), |y| match lang {
        Lang::Zh => format!("，自{y}年"),
        Lang::En => format!(", since {y}"),
    });
    writeln!(out, "{}  {}{period}{since}", entry.name, entry.ty)?;
    let mut row = |zh: &str, en: &str, words: &str| if words.is_empty() { Ok(()) } else { writeln!(out, "    {}{words}", pick(lang, zh, en)) };
    row("可选：", "choices: ", &entry.choices.join("、"))?;
    for field in &entry.fields {
        let choices = if field.choices.is_empty() { String::new() } else { format!("（{}）", field.choices.join("、")) };
        row("· ", "- ", &format!("{}  {}{choices}", field.name, field.ty))?;
    }
    row("期间：", "window: ", entry.window.unwrap_or_default())?;
    row("问：", "asked as: ", entry.question.unwrap_or_default())?;
    row("佐证：", "evidence: ", &entry.evidence.join("、"))?;
    row("核验：", "confirmed by: ", &entry.verified_by.join("、"))?;
    row("条款：", "clauses: ", &entry.clauses.join("、"))
}
