//! 申报指南 of a call: when, who, under which conditions, how much, with which papers, and what the office does with an application.
//! Conditions, amounts and papers are those of [`policy::guide`], which writes them from the rules; what the policy leaves to a
//! guide is taken word for word from the one the call goes by.

use crate::field::data;
use crate::records::{NotYet, Records, period};
use casework::call::{CallStage, StepKind};
use policy::guide::{About, Block, Row, Section};
use values::{Date, Lang};

data! {
    /// Words.
    LineRow { words: String = "内容" }

    /// An item that may be applied for.
    ItemRow {
        clause: String = "条款", title: String = "条款名称", who: String = "申报对象", conditions: String = "申报条件", standard: String = "支持标准",
        papers: Option<String> = "专项材料",
    }

    /// A paper that everybody hands in.
    CommonPaperRow { name: String = "材料名称", proves: String = "证明事项" }

    /// What the policy leaves to the guide.
    DefinitionRow { term: String = "术语", words: String = "释义" }

    /// 申报指南
    Guide {
        name: String = "指南名称", call: String = "申报批次", policy: String = "政策", year: i64 = "奖补年度", from: Date = "开始日期", until: Date = "截止日期",
        as_of: Date = "认定日期", common: Vec<LineRow> = "共同条件", bars: Vec<LineRow> = "不予支持情形", items: Vec<ItemRow> = "支持事项",
        papers: Vec<CommonPaperRow> = "共同材料", together: Vec<LineRow> = "同时申报", definitions: Vec<DefinitionRow> = "释义明细", definitions_of: Option<String> = "释义来源",
        acceptance: String = "受理时长", correction: String = "补正时长", steps: String = "审核环节", notice: String = "公示时长",
    }
}

/// Words of a block; a table in one sentence.
fn words(block: &Block) -> String {
    match block {
        Block::Text(words) | Block::Note(words) => words.clone(),
        Block::List(items) | Block::Steps(items) => sentence(items.iter().map(String::as_str)),
        Block::Table(table) => {
            let row = |row: &Vec<policy::guide::Cell>| row.iter().map(|cell| cell.words.as_str()).collect::<Vec<_>>().join("：");
            let rows: Vec<String> = table.rows.iter().map(row).collect();
            sentence(rows.iter().map(String::as_str))
        }
        Block::Official(_) => String::new(),
    }
}

/// Items as one sentence.
fn sentence<'a>(items: impl Iterator<Item = &'a str>) -> String {
    let items: Vec<&str> = items.map(|item| item.trim().trim_end_matches(['。', '；'])).filter(|item| !item.is_empty()).collect();
    if items.is_empty() { String::new() } else { format!("{}。", items.join("；")) }
}

/// What stands under a label of a section.
fn under<'s>(section: Option<&'s Section>, label: &str) -> Option<&'s Row> {
    section.and_then(|section| section.rows.iter().find(|row| row.label == label))
}

fn text(section: &Section, label: &str) -> String {
    let said: String = under(Some(section), label).map(|row| row.blocks.iter().map(words).collect()).unwrap_or_default();
    // The tables of the page stand in the sentence here, and common conditions have a part of their own.
    said.trim_start_matches("同时符合：").replace("，见表", "").replace("（见表）", "").replace("“共同事项”所列条件", "共同条件")
}

fn lines(section: Option<&Section>, label: &str) -> Vec<LineRow> {
    let blocks = under(section, label).map(|row| row.blocks.as_slice()).unwrap_or_default();
    let items = blocks.iter().filter_map(|block| if let Block::List(items) = block { Some(items) } else { None }).flatten();
    items.map(|words| LineRow { words: words.trim_end_matches(['。', '；']).to_owned() }).collect()
}

/// Rows of the tables under a label, as words by column.
fn cells<'s>(section: Option<&'s Section>, label: &str) -> Vec<Vec<&'s str>> {
    let blocks = under(section, label).map(|row| row.blocks.as_slice()).unwrap_or_default();
    let tables = blocks.iter().filter_map(|block| if let Block::Table(table) = block { Some(table) } else { None });
    tables.flat_map(|table| &table.rows).map(|row| row.iter().map(|cell| cell.words.as_str()).collect()).collect()
}

fn item(section: &Section, clause: &str, title: String) -> ItemRow {
    let papers = cells(Some(section), "材料");
    let papers = papers.iter().filter_map(|row| Some(format!("{}（{}）", row.first()?, row.get(1)?))).collect::<Vec<_>>();
    ItemRow {
        clause: clause.to_owned(),
        title,
        who: text(section, "对象"),
        conditions: text(section, "条件"),
        standard: text(section, "标准"),
        papers: (!papers.is_empty()).then(|| papers.join("；")),
    }
}

const fn step(kind: StepKind) -> &'static str {
    match kind {
        StepKind::Screening => "初审",
        StepKind::Joint => "部门联审",
        StepKind::SiteCheck => "现场核查",
        StepKind::Audit => "第三方专项审计",
        StepKind::Summary => "牵头汇总",
        StepKind::Meeting => "集体审议",
        StepKind::Approval => "审定",
    }
}

pub(crate) fn guide(records: &Records<'_>) -> Result<Guide, NotYet> {
    let call = records.call()?;
    if call.stage == CallStage::Draft {
        return Err(NotYet("申报批次尚未发布"));
    }
    let scheme = records.scheme.ok_or(NotYet("没有政策版本"))?;
    let written = policy::guide::of(scheme, &[], Lang::Zh);
    let general = written.sections.iter().find(|section| section.about == About::General);
    let of_clause = |clause: &str| written.sections.iter().find(|section| matches!(&section.about, About::Clause(id) if id == clause));
    let items = call.clauses.iter().filter_map(|clause| Some(item(of_clause(clause)?, clause, records.title(clause)))).collect();
    let paper = |row: &Vec<&str>| Some(CommonPaperRow { name: (*row.first()?).to_owned(), proves: (*row.get(1)?).to_owned() });
    let definitions = records.guide.iter().flat_map(|guide| &guide.definitions);
    let definition = |one: &casework::guide::Definition| DefinitionRow { term: one.term.clone(), words: one.words.clone() };
    let steps: Vec<&str> = call.workflow.steps.iter().map(|one| step(one.kind)).collect();
    Ok(Guide {
        name: if call.title.ends_with("申报") { format!("{}指南", call.title) } else { format!("{}申报指南", call.title) },
        call: call.title.clone(),
        policy: records.policy(),
        year: i64::from(call.year),
        from: call.open.0,
        until: call.open.1,
        as_of: call.as_of,
        common: lines(general, "共同条件"),
        bars: lines(general, "不予支持"),
        items,
        papers: cells(general, "共同材料").iter().filter_map(paper).collect(),
        together: lines(general, "同时申报几项"),
        definitions: definitions.map(definition).collect(),
        definitions_of: records.guide.as_ref().map(|guide| format!("《{}》（{}）", guide.title, guide.number)),
        acceptance: period(call.workflow.acceptance),
        correction: period(call.workflow.correction),
        steps: steps.join("、"),
        notice: period(call.workflow.notice),
    })
}
