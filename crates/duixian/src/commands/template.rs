//! The Excel table to fill in: one column a fact, a sheet for each list, earlier awards and awards elsewhere, and a
//! sheet that explains the columns. What it writes, `assess` reads.

use super::facts::{Entry, entries};
use crate::failure::Failure;
use crate::input::table::{ELSEWHERE, HISTORY, NOTHING};
use crate::input::xlsx::MAIN;
use crate::output::pick;
use exchange::workbook::NOTES;
use policy::scheme::{FactType, Field, Give, Key, Mode, NodeId, Op, Scheme};
use rust_xlsxwriter::{DataValidation, Format, Workbook, Worksheet, XlsxError};
use std::path::Path;
use values::Lang;

/// Rows of a column that get its format and its choices.
const ROWS: u32 = 1000;

/// Longest list of choices a cell may offer; a limit of the file format.
const CHOICES_CHARS_MAX: usize = 255;

/// How the cells of a column look.
enum Look {
    Text,
    General,
    Date,
    Percent,
    Money,
    Choices(Vec<String>),
}

struct Column {
    header: String,
    look: Look,
    note: String,
}

/// Writes the template.
pub fn write(scheme: &Scheme, year: Option<i32>, lang: Lang, path: &Path) -> Result<(), Failure> {
    build(scheme, year, lang).and_then(|mut book| book.save(path)).map_err(|e| Failure::unwritable_workbook(path, e))
}

fn build(scheme: &Scheme, year: Option<i32>, lang: Lang) -> Result<Workbook, XlsxError> {
    let mut book = Workbook::new();
    let columns = columns(scheme, year, lang);
    fill(book.add_worksheet().set_name(MAIN)?, &columns)?;
    for fact in &scheme.facts {
        if let FactType::List { fields, .. } = &fact.ty {
            fill(book.add_worksheet().set_name(&fact.name)?, &list_columns(fields))?;
        }
    }
    let id = || plain("id", Look::Text);
    fill(
        book.add_worksheet().set_name(HISTORY)?,
        &[id(), plain("clause", Look::Text), plain("year", Look::General), plain("amount", Look::Money), plain("key", Look::Text)],
    )?;
    fill(
        book.add_worksheet().set_name(ELSEWHERE)?,
        &[id(), plain("name", Look::Text), plain("amount", Look::Money), plain("project", Look::Text), plain("kind", Look::Text)],
    )?;
    notes(book.add_worksheet().set_name(NOTES)?, &columns, scheme, lang)?;
    Ok(book)
}

fn plain(header: &str, look: Look) -> Column {
    Column { header: header.to_owned(), look, note: String::new() }
}

fn list_columns(fields: &[Field]) -> Vec<Column> {
    let mut out = vec![plain("id", Look::Text)];
    out.extend(fields.iter().map(|f| plain(&f.name, look(&f.ty))));
    out
}

fn look(ty: &FactType) -> Look {
    match ty {
        FactType::YesNo => Look::Choices(vec!["是".into(), "否".into()]),
        FactType::Choice(words) => Look::Choices(words.clone()),
        FactType::Date => Look::Date,
        FactType::Number { word, .. } if word == "比率" => Look::Percent,
        FactType::Number { word, .. } if word.ends_with('元') => Look::Money,
        FactType::Number { .. } | FactType::Year => Look::General,
        FactType::Text | FactType::List { .. } => Look::Text,
    }
}

fn columns(scheme: &Scheme, year: Option<i32>, lang: Lang) -> Vec<Column> {
    let noted = |header: &str, look: Look, zh: &str, en: &str| Column { header: header.to_owned(), look, note: pick(lang, zh, en).to_owned() };
    let kinds = Look::Choices(scheme.choices(scheme.kind_fact()).to_vec());
    let mut out = vec![
        noted("id", Look::Text, "编号，不重复；必填", "an id of its own; required"),
        noted("year", Look::General, "认定年度；必填", "award year; required"),
        noted("as_of", Look::Date, "认定日，空着是当年12月31日", "day of judgement; empty: 31 December"),
        noted("name", Look::Text, "申报人名称", "name"),
        noted("kind", kinds, "申报人类型", "kind of applicant"),
        noted("uscc", Look::Text, "统一社会信用代码", "credit code"),
    ];
    if scheme.clauses.iter().any(|c| c.rank.is_some()) {
        out.push(noted("仅排名", Look::Choices(vec!["是".into(), "否".into()]), "是：只计名次，不申报", "yes: counts for places only"));
    }
    for (at, (fact, entry)) in scheme.facts.iter().zip(entries(scheme, lang)).enumerate() {
        // The kind of applicant has its own column; months are too many for columns nobody asked for.
        if at == 0 {
            continue;
        }
        let note = note(&entry, lang);
        if fact.by_month {
            let months = year.map_or_else(Vec::new, |y| (1..=12).map(|m| format!("{}@{y}-{m:02}", fact.name)).collect());
            out.extend(months.into_iter().map(|header| Column { header, look: look(&fact.ty), note: note.clone() }));
            continue;
        }
        out.push(Column { header: fact.name.clone(), look: look(&fact.ty), note: note.clone() });
        for y in earlier(scheme, at, fact.since, year) {
            out.push(Column { header: format!("{}@{y}", fact.name), look: look(&fact.ty), note: note.clone() });
        }
    }
    out.extend(decided(scheme, lang));
    out
}

fn note(entry: &Entry<'_>, lang: Lang) -> String {
    let mut parts = vec![entry.ty.clone()];
    if !entry.fields.is_empty() {
        parts.push(match lang {
            Lang::Zh => format!("写在工作表“{}”；没有就在这里写“{NOTHING}”", entry.name),
            Lang::En => format!("goes into the sheet '{}'; write {NOTHING} here for none", entry.name),
        });
    }
    parts.extend(entry.question.or(entry.window).map(String::from));
    if !entry.evidence.is_empty() {
        parts.push(format!("{}{}", pick(lang, "佐证：", "evidence: "), entry.evidence.join("、")));
    }
    if !entry.clauses.is_empty() {
        parts.push(format!("{}{}", pick(lang, "条款：", "clauses: "), entry.clauses.join("、")));
    }
    parts.join(pick(lang, "；", "; "))
}

/// Earlier years a rule looks at: those since the fact's first year, or last year where a rule compares with it.
fn earlier(scheme: &Scheme, fact: usize, since: Option<i32>, year: Option<i32>) -> Vec<i32> {
    let Some(year) = year else { return Vec::new() };
    if let Some(since) = since {
        return (since.max(year - 10)..year).rev().collect();
    }
    let is_fact = |node: &NodeId| matches!(scheme.node(*node).map(|n| &n.op), Some(Op::Fact(id)) if id.index() == fact);
    let moved = scheme.nodes.iter().any(|node| match &node.op {
        Op::At(_, inner) | Op::Rise(inner, _) | Op::Growth(inner, _) => is_fact(inner),
        _ => false,
    });
    if moved { vec![year - 1] } else { Vec::new() }
}

/// Columns for decisions, rates, projects and choices, where the policy asks for them.
fn decided(scheme: &Scheme, lang: Lang) -> Vec<Column> {
    let mut out = Vec::new();
    for clause in &scheme.clauses {
        if matches!(clause.give, Some(Give::UpTo(_) | Give::Decided(_))) {
            out.push(Column {
                header: format!("决定@{}", clause.id), look: Look::Money, note: pick(lang, "核定的金额", "the amount decided").to_owned()
            });
        }
    }
    for currency in scheme.params.iter().filter_map(|p| p.currency.as_ref()) {
        out.push(Column { header: format!("汇率@{currency}"), look: Look::Text, note: pick(lang, "折合人民币元", "in yuan").to_owned() });
    }
    let by_project = |keys: &[Key]| keys.contains(&Key::Project);
    for (id, clause) in scheme.clause_ids() {
        let own = clause.frequency.iter().filter_map(|f| f.each).chain(clause.limits.iter().filter_map(|l| l.each)).any(|k| k == Key::Project);
        if own || scheme.groups.iter().any(|g| by_project(&g.same) && g.members.contains(&id)) {
            out.push(Column {
                header: format!("项目@{}", clause.id), look: Look::Text, note: pick(lang, "申报的项目", "the project applied for").to_owned()
            });
        }
    }
    for group in scheme.groups.iter().filter(|g| g.mode == Some(Mode::Choice)) {
        let ids = group.members.iter().filter_map(|id| scheme.clause(*id)).map(|c| c.id.clone()).collect();
        out.push(Column {
            header: format!("选择@{}", group.name),
            look: Look::Choices(ids),
            note: pick(lang, "选哪一条", "which clause is chosen").to_owned(),
        });
    }
    out
}

fn fill(sheet: &mut Worksheet, columns: &[Column]) -> Result<(), XlsxError> {
    let head = Format::new().set_bold().set_background_color("#E8EDF2").set_text_wrap();
    sheet.set_freeze_panes(1, 1)?;
    for (at, column) in (0_u16..).zip(columns) {
        sheet.write_string_with_format(0, at, &column.header, &head)?;
        let format = match &column.look {
            Look::Text => "@",
            Look::Date => "yyyy-mm-dd",
            Look::Percent => "0.00%",
            Look::Money => "#,##0.00",
            Look::General | Look::Choices(_) => "General",
        };
        sheet.set_column_format(at, &Format::new().set_num_format(format))?;
        let chars = u16::try_from(column.header.chars().count()).unwrap_or(40);
        sheet.set_column_width(at, chars.saturating_mul(2).clamp(10, 40))?;
        if let Look::Choices(words) = &column.look
            && words.iter().map(|w| w.chars().count() + 1).sum::<usize>() <= CHOICES_CHARS_MAX
        {
            sheet.add_data_validation(1, at, ROWS, at, &DataValidation::new().allow_list_strings(words)?)?;
        }
    }
    Ok(())
}

fn notes(sheet: &mut Worksheet, columns: &[Column], scheme: &Scheme, lang: Lang) -> Result<(), XlsxError> {
    let head = Format::new().set_bold();
    sheet.write_string_with_format(0, 0, &scheme.policy.title, &head)?;
    let lines = [
        pick(lang, "每行一份申请；空着的格是“未知”，不是 0，也不是“否”。", "One application a row; an empty cell is unknown, not 0 and not no."),
        pick(
            lang,
            "别的年度的值另加一列：事实@2023（按月：事实@2023-03）。不写公式。",
            "Values of other years get a column of their own: fact@2023 (monthly: fact@2023-03). No formulas.",
        ),
        pick(
            lang,
            "往年：本政策以前认定的金额。他处：其他政策或上级给的。都用 id 对应。",
            "往年: earlier awards of this policy. 他处: awards under others. Both joined by id.",
        ),
    ];
    for (row, line) in (1_u32..).zip(lines) {
        sheet.write_string(row, 0, line)?;
    }
    for (row, column) in (5_u32..).zip(columns) {
        sheet.write_string_with_format(row, 0, &column.header, &head)?;
        sheet.write_string(row, 1, &column.note)?;
    }
    sheet.set_column_width(0, 36)?;
    sheet.set_column_width(1, 90)?;
    Ok(())
}
