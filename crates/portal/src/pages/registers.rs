//! 台账和档案: every list that the reader may see, page by page, filtered by its columns as other programs filter it, with the export
//! of exactly that filter. Which columns are shown is kept in a cookie. One record stands in `registers/record.rs`.

mod record;

use super::acts::{told, words};
use super::frame::Frame;
use super::market::encoded;
use super::views::{Views, columns_of};
use super::who::People;
use super::work::{HANDLERS, OFFICERS};
use super::{bulk, go, page_of, sent_to, shown, terms};
use crate::Portal;
use crate::export::ROWS_MAX;
use crate::operation::{Answering, Asked, Operation, Parameter, query};
use crate::problem::Problem;
use crate::records::reading;
use crate::shape::{NAME, Shape};
use askama::Template;
use axum::http::header;
use casework::case::Stage;
use casework::organisation::Organisation;
use exchange::{Cell, Column, Kind};
use office::reading::{COLLECTIONS, Collection, Read, Reading, Wanted, collection};
use std::collections::{BTreeMap, BTreeSet};
use values::Fen;

/// The list in the address.
const LIST: Parameter = Parameter { name: "collection", place: "path", about: ("列表名称", "name of a list"), kind: "string" };

/// Rows of a page.
const ROWS: usize = 50;
/// Columns shown before anybody chose.
const COLUMNS_FIRST: usize = 9;

/// All lists.
#[derive(Template)]
#[template(path = "registers.html")]
struct Lists {
    frame: Frame,
    groups: Vec<(&'static str, Vec<(String, &'static str)>)>,
}

/// A list.
#[derive(Template)]
#[template(path = "register.html")]
struct Register {
    frame: Frame,
    told: Option<String>,
    name: String,
    title: &'static str,
    /// Where this list stands.
    at: String,
    filters: Vec<Filter>,
    filtered: bool,
    columns: Vec<Choice>,
    heads: Vec<Head>,
    rows: Vec<Row>,
    sums: Vec<Option<Fen>>,
    count: String,
    export: String,
    next: Option<String>,
    first: String,
    begins: bool,
    acts: Vec<(String, &'static str)>,
    views: Views,
    /// Acts that may be done to the cases that are ticked; none: no cases, or none to do.
    bulk: Vec<(&'static str, &'static str, bool)>,
}

/// A filter by a column.
struct Filter {
    name: &'static str,
    label: &'static str,
    value: String,
    /// Values and words, where they are few.
    choices: Vec<(&'static str, &'static str)>,
}

/// A column that may be shown.
struct Choice {
    key: String,
    label: String,
    shown: bool,
}

/// The head of a column.
struct Head {
    label: String,
    numeric: bool,
}

/// A record in a list.
struct Row {
    href: String,
    id: String,
    cells: Vec<Shown>,
}

/// A cell as it is shown.
struct Shown {
    text: String,
    href: String,
    numeric: bool,
}

pub fn operations() -> Vec<Operation> {
    let list = list_parameters();
    let of_cases: Vec<Parameter> = list.iter().filter(|parameter| parameter.name != "collection").cloned().collect();
    let mut all = vec![
        page_of("/registers", "registers", ("档案", "All lists"), OFFICERS, lists),
        Operation { parameters: of_cases, ..page_of("/cases", "cases_page", ("申报台账", "The ledger of applications"), HANDLERS, register) },
        Operation { parameters: list, ..page_of("/registers/{collection}", "register", ("一个列表", "A list"), OFFICERS, register) },
        Operation {
            parameters: vec![LIST], ..sent_to("/registers/{collection}/columns", "register_columns", ("选择列", "Choose columns"), OFFICERS, columns)
        },
    ];
    all.extend(record::operations());
    all
}

/// What can be asked of a list: the columns of all of them.
fn list_parameters() -> Vec<Parameter> {
    let columns: BTreeMap<&'static str, &'static str> =
        COLLECTIONS.iter().filter_map(Collection::kind).flat_map(|kind| kind.table.columns).map(|column| (column.name, column.meaning)).collect();
    let mut out = vec![LIST, query("after", "上一页末项", "where the page before ended"), query("done", "已办理的请求", "the request that was done")];
    out.push(query("view", "本人保存的视图", "a view that the reader keeps"));
    out.extend(columns.into_iter().map(|(name, meaning)| query(name, "只看此值", meaning)));
    out
}

/// A heading in both languages, and lists under it: name, and what it is called.
type Group = (&'static str, &'static str, &'static [(&'static str, &'static str, &'static str)]);

/// What the lists are called, under what heading. Those without a line stand under the last heading by the name of their table.
const GROUPS: &[Group] = &[
    (
        "申报和审定",
        "Applications",
        &[
            ("cases", "申报台账", "Cases"),
            ("determinations", "审定", "Determinations"),
            ("motions", "提请", "Motions"),
            ("calls", "申报批次", "Calls"),
            ("notices", "公示", "Notices"),
            ("objections", "异议", "Objections"),
            ("documents", "文书", "Documents"),
        ],
    ),
    (
        "资金",
        "Money",
        &[
            ("batches", "拨付台账", "Batches"),
            ("dues", "应付款", "Dues"),
            ("receipts", "银行回单", "Receipts"),
            ("performances", "绩效报告", "Performance"),
            ("recoveries", "追回台账", "Clawbacks"),
            ("leads", "线索", "Leads"),
            ("earlier-awards", "期初台账", "Old ledgers"),
        ],
    ),
    (
        "企业",
        "Enterprises",
        &[
            ("organisations", "申报主体", "Enterprises"),
            ("accounts", "收款账户", "Accounts"),
            ("shops", "网店", "Shops"),
            ("former-names", "曾用名", "Former names"),
            ("recognitions", "认定", "Recognitions"),
            ("match-lists", "比对名单", "Match lists"),
            ("match-entries", "比对条目", "Match entries"),
        ],
    ),
    (
        "政策",
        "Policies",
        &[
            ("policies", "政策版本", "Policy versions"),
            ("policy-lives", "政策制定过程", "Lives of policies"),
            ("comments", "公众意见", "Comments"),
            ("guides", "申报指南", "Guides"),
            ("calendars", "工作日历", "Calendars"),
        ],
    ),
    (
        "权限和日志",
        "Rights and log",
        &[
            ("users", "人员", "People"),
            ("units", "单位", "Units"),
            ("links", "回避关系", "Recusals"),
            ("proposals", "权限变更", "Proposals"),
            ("checkpoints", "日志检查点", "Checkpoints"),
            ("messages", "消息", "Messages"),
        ],
    ),
];

/// What a list is called.
pub fn title(name: &str, frame: &Frame) -> &'static str {
    let line = GROUPS.iter().flat_map(|(.., lists)| *lists).find(|(known, ..)| *known == name);
    line.map_or_else(|| collection(name).and_then(Collection::kind).map_or("", |kind| kind.table.meaning), |(_, zh, en)| frame.pair(zh, en))
}

/// Where a list stands.
fn place(name: &str) -> String {
    if name == "cases" { "/cases".to_owned() } else { format!("/registers/{name}") }
}

/// Where a record of a list stands.
pub fn home_of(list: &str, id: &str) -> String {
    let id = encoded(id);
    match list {
        "cases" => format!("/cases/{id}"),
        "calls" => format!("/calls/{id}/manage"),
        "determinations" => format!("/determinations/{id}"),
        list => format!("/registers/{list}/{id}"),
    }
}

fn lists<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "registers");
        let role = asked.seat()?.role;
        let seen = |name: &str| collection(name).is_some_and(|of| of.sight(role).is_some());
        let group = |(zh, en, lists): &Group| {
            let own = lists.iter().filter(|(name, ..)| seen(name)).map(|(name, zh, en)| (place(name), frame.pair(zh, en)));
            (frame.pair(zh, en), own.collect::<Vec<_>>())
        };
        let groups = GROUPS.iter().map(group).filter(|(_, lists)| !lists.is_empty()).collect();
        shown(&Lists { groups, frame })
    })
}

/// The list that is asked for. Errors: there is none of this name.
fn list_of(asked: &Asked<'_>) -> Result<&'static Collection, Problem> {
    let name = asked.path.get("collection").map_or("cases", String::as_str);
    collection(name).ok_or_else(|| Problem::unknown("collection", name))
}

/// The cookie that remembers which columns of a list are shown.
fn cookie_name(list: &str) -> String {
    format!("duixian_columns_{list}")
}

/// The columns that the reader chose; none: nobody chose.
fn chosen(asked: &Asked<'_>, list: &str) -> Option<Vec<String>> {
    let cookies = asked.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let name = cookie_name(list);
    let value = cookies.flat_map(|line| line.split(';')).find_map(|pair| pair.trim().strip_prefix(&name)?.strip_prefix('='))?;
    Some(value.split('~').filter(|key| !key.is_empty()).map(str::to_owned).collect())
}

fn columns<'a>(_: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let list = list_of(asked)?;
        let sign = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.' | '-');
        let keys = form_urlencoded::parse(&asked.body).filter(|(name, _)| name == "column").map(|(_, key)| key.into_owned());
        let keys: Vec<String> = keys.filter(|key| key.len() < 60 && key.chars().all(sign)).take(40).collect();
        let cookie = format!("{}={}; Path=/; Max-Age=31536000; SameSite=Lax", cookie_name(list.name), keys.join("~"));
        let back = form_urlencoded::parse(&asked.body).find(|(name, _)| name == "back").map(|(_, back)| back.into_owned());
        let back = back.filter(|back| super::is_ours(back)).unwrap_or_else(|| place(list.name));
        Ok(go(&back).with(header::SET_COOKIE, &cookie))
    })
}

fn register<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let list = list_of(asked)?;
        let frame = Frame::new(portal, asked, if list.name == "cases" { "work" } else { "registers" });
        let mut reading = reading(portal, asked).await?;
        let told = told(&mut reading, asked, &frame).await?;
        let beside = |name: &str| matches!(name, "after" | "done" | "view");
        let filter: Vec<(&str, &str)> =
            asked.query.iter().filter(|(name, value)| !beside(name) && !value.is_empty()).map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let after = asked.query("after").unwrap_or_default();
        let page = reading.page(list, &Wanted { filters: filter.clone(), after, limit: ROWS }).await?;
        let count = counted(&mut reading, list, &filter, (after.is_empty() && page.next.is_none()).then_some(page.records.len()), &frame).await?;
        let mut shape = Shape::of(list, asked.language);
        shape.widen(page.records.iter().map(|read| &read.body));
        let columns = shape.columns();
        let of_view = columns_of(portal, asked).await?.filter(|keys| !keys.is_empty());
        let wanted =
            of_view.or_else(|| chosen(asked, list.name)).unwrap_or_else(|| columns.iter().take(COLUMNS_FIRST).map(|column| column.key.clone()).collect());
        let firms = firms(&mut reading, &columns, &page.records).await?;
        let cells: Vec<Vec<Cell>> = page.records.iter().map(|read| shape.row(&read.body)).collect();
        let names = (firms, people(&mut reading, &columns, &cells).await?);
        // The name of an enterprise stands in the column of its id.
        let is_twice = |column: &Column| column.key == NAME && columns.iter().any(|other| other.key == "organisation");
        let is_shown: Vec<bool> = columns.iter().map(|column| column.key == "id" || wanted.contains(&column.key) && !is_twice(column)).collect();
        let rows: Vec<Row> = page.records.iter().zip(&cells).map(|(read, cells)| row(list, &columns, &is_shown, (read, cells), &names, &frame)).collect();
        let sums = sums(&columns, &is_shown, &cells);
        let heading = |column: &Column| label(list, column, &frame);
        let shown_columns = || columns.iter().zip(&is_shown).filter(|(column, shown)| **shown && column.key != "id");
        let heads = shown_columns().map(|(column, _)| Head { label: heading(column), numeric: matches!(column.kind, Kind::Money | Kind::Count) }).collect();
        let choices = columns.iter().zip(&is_shown).filter(|(column, _)| column.key != "id" && !is_twice(column));
        let choices = choices.map(|(column, shown)| Choice { key: column.key.clone(), label: heading(column), shown: *shown }).collect();
        let with = |more: &[(&str, &str)]| address(&place(list.name), &filter, more);
        let acts = record::acts_of_list(list.name, asked.seat()?.role, &frame);
        let text = address("", &filter, &[]);
        let views = Views::of(portal, asked, &place(list.name), text.trim_start_matches('?'), &wanted).await?;
        let stage = filter.iter().find(|(name, _)| *name == "stage").map_or("", |(_, stage)| *stage);
        let bulk = if list.name == "cases" { bulk::acts_of(asked.seat()?.role, stage, &frame) } else { Vec::new() };
        shown(&Register {
            told,
            name: list.name.to_owned(),
            title: title(list.name, &frame),
            at: place(list.name),
            filters: filters(list, reading.role(), &filter, &frame),
            filtered: !filter.is_empty(),
            columns: choices,
            heads,
            rows,
            sums,
            count,
            export: address(&format!("/api/v1/{}/export", list.name), &filter, &[("format", "xlsx")]),
            next: page.next.as_deref().map(|next| with(&[("after", next)])),
            first: with(&[]),
            begins: after.is_empty(),
            acts,
            views,
            bulk,
            frame,
        })
    })
}

/// An address with a filter and more behind the question mark.
fn address(path: &str, filter: &[(&str, &str)], more: &[(&str, &str)]) -> String {
    let said: Vec<String> = filter.iter().chain(more).map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    if said.is_empty() { path.to_owned() } else { format!("{path}?{}", said.join("&")) }
}

/// How many rows an export of the filter has, in words.
async fn counted(reading: &mut Reading<'_>, list: &Collection, filter: &[(&str, &str)], all: Option<usize>, frame: &Frame) -> Result<String, Problem> {
    let most = i64::try_from(ROWS_MAX).unwrap_or(i64::MAX);
    let count = match all {
        Some(all) => Some(i64::try_from(all).unwrap_or(i64::MAX)),
        None => reading.count(list, filter, most + 1).await?,
    };
    Ok(match count {
        Some(count) if count > most => frame.pair("超过 50,000 行，请筛选后导出", "More than 50,000 rows: filter first").to_owned(),
        Some(count) if frame.tag() == "en" => format!("Export these {count} rows"),
        Some(count) => format!("导出这 {count} 行"),
        None => frame.pair("按当前筛选导出", "Export this filter").to_owned(),
    })
}

/// What a column is called.
fn label(list: &Collection, column: &Column, frame: &Frame) -> String {
    let own = column.heading(frame.lang());
    if own == column.key { words::label(list.name, &column.key, frame.lang()).to_owned() } else { own.to_owned() }
}

/// The filters of a list that the reader may use.
fn filters(list: &'static Collection, role: casework::people::Role, filter: &[(&str, &str)], frame: &Frame) -> Vec<Filter> {
    let columns = list.kind().map_or(&[][..], |kind| kind.table.columns);
    let open = columns.iter().filter(|column| list.may_ask_by(role, column.name));
    let one = |column: &'static casework::Column| {
        let field = column.name.strip_suffix("_id").or_else(|| column.name.strip_suffix("_fen")).unwrap_or(column.name);
        let value = filter.iter().find(|(name, _)| *name == column.name).map_or("", |(_, value)| value).to_owned();
        let choices = match (list.name, column.name) {
            ("cases", "stage") => {
                let names: Vec<&'static str> = Stage::ALL.iter().map(|stage| stage.name()).collect();
                names.into_iter().map(|name| (name, words::value("Stage", name, frame.lang()))).collect()
            }
            // What is so or not.
            (_, "provisional" | "open") => vec![("1", frame.pair("是", "yes")), ("0", frame.pair("否", "no"))],
            _ => Vec::new(),
        };
        Filter { name: column.name, label: words::label(list.name, field, frame.lang()), value, choices }
    };
    open.map(one).collect()
}

/// Names beside a page of a list: of enterprises by id, and of people.
type Names = (BTreeMap<String, String>, People);

/// Columns that hold a person, with a time or without.
const PEOPLE: &[&str] = &["by", "confirmed", "approved", "issued", "verified", "planned_by", "user"];

/// Whoever stands in those columns of a page.
async fn people(reading: &mut Reading<'_>, columns: &[Column], rows: &[Vec<Cell>]) -> Result<People, Problem> {
    let cells = rows.iter().flat_map(|row| columns.iter().zip(row).filter(|(column, _)| PEOPLE.contains(&column.key.as_str())));
    let texts: Vec<String> = cells.map(|(_, cell)| cell.plain()).collect();
    People::of(reading, texts.iter().filter_map(|text| text.split('、').next()).collect()).await
}

/// Names of the enterprises in a page of a list.
async fn firms(reading: &mut Reading<'_>, columns: &[Column], records: &[Read]) -> Result<BTreeMap<String, String>, Problem> {
    let mut out = BTreeMap::new();
    if !columns.iter().any(|column| column.key == "organisation") {
        return Ok(out);
    }
    let ids: BTreeSet<&str> = records.iter().filter_map(|read| read.body.get("organisation")?.as_str()).collect();
    reading.work.bring::<Organisation>(ids.iter().copied()).await?;
    for id in ids {
        if let Some(firm) = reading.work.peek::<Organisation>(id).await? {
            out.insert(id.to_owned(), firm.name);
        }
    }
    Ok(out)
}

fn row(list: &Collection, columns: &[Column], is_shown: &[bool], (read, cells): (&Read, &[Cell]), names: &Names, frame: &Frame) -> Row {
    let all = columns.iter().zip(is_shown).zip(cells).filter(|((column, shown), _)| **shown && column.key != "id");
    let cells = all.map(|((column, _), cell)| cell_shown(list, column, cell, names, frame)).collect();
    Row { href: home_of(list.name, &read.id), id: read.id.clone(), cells }
}

/// A moment to the minute; anything else as it is.
fn to_the_minute(text: &str) -> String {
    let is_moment = text.len() == 19 && text.as_bytes().get(10) == Some(&b'T');
    if is_moment { text.get(..16).unwrap_or(text).replace('T', " ") } else { text.to_owned() }
}

fn cell_shown(list: &Collection, column: &Column, cell: &Cell, (firms, people): &Names, frame: &Frame) -> Shown {
    let plain = cell.plain();
    let numeric = matches!(column.kind, Kind::Money | Kind::Count);
    let (text, href) = match (column.key.as_str(), cell) {
        (_, Cell::Money(fen)) => (super::money::yuan(*fen), String::new()),
        ("organisation", _) => (firms.get(&plain).cloned().unwrap_or_else(|| plain.clone()), format!("/registers/organisations/{}", encoded(&plain))),
        ("case", Cell::Text(_)) => (plain.clone(), home_of("cases", &plain)),
        ("call", Cell::Text(_)) => (plain.clone(), home_of("calls", &plain)),
        ("determination", Cell::Text(_)) => (plain.clone(), home_of("determinations", &plain)),
        ("stage" | "state" | "kind" | "status", Cell::Text(text)) => {
            let name = text.strip_prefix("review: ").unwrap_or(text);
            let of = if list.name == "calls" { "CallStage" } else { list.name };
            (words::value(of, name, frame.lang()).to_owned(), String::new())
        }
        ("roles", Cell::Text(text)) => (text.split('、').map(|role| words::value("Role", role, frame.lang())).collect::<Vec<_>>().join("、"), String::new()),
        (key, _) if PEOPLE.contains(&key) => {
            let parts: Vec<String> = plain.split('、').map(|part| to_the_minute(people.name(part))).collect();
            (parts.join("　"), String::new())
        }
        ("delivered_by", Cell::Text(text)) => (terms::said(text, frame.lang()), String::new()),
        (_, Cell::Text(text)) => (text.split('、').map(to_the_minute).collect::<Vec<_>>().join("、"), String::new()),
        _ => (plain.clone(), String::new()),
    };
    Shown { text, href, numeric }
}

/// What the money of a page comes to, column by column.
fn sums(columns: &[Column], is_shown: &[bool], rows: &[Vec<Cell>]) -> Vec<Option<Fen>> {
    let sum = |at: usize| {
        let cells = rows.iter().filter_map(|row| row.get(at));
        cells.filter_map(|cell| if let Cell::Money(fen) = cell { Some(*fen) } else { None }).try_fold(Fen(0), Fen::checked_add).ok()
    };
    let shown = columns.iter().zip(is_shown).enumerate().filter(|(_, (column, shown))| **shown && column.key != "id");
    shown.map(|(at, (column, _))| (column.kind == Kind::Money).then(|| sum(at)).flatten()).collect()
}
