//! 公示: what is to be given, shown to everybody before it is paid: the announcement as a document, its rows, which of them wait
//! for an objection, and how long objections are taken. The form itself is sent to `objection`.

use super::frame::Frame;
use super::objection::Typed;
use super::{page, shown};
use crate::Portal;
use crate::operation::{Answer, Answering, Asked, ID, Operation, query};
use crate::problem::Problem;
use askama::Template;
use axum::http::StatusCode;
use casework::call::Period;
use casework::case::Left;
use casework::people::Role;
use office::offered::{NoticeLine, RowState, ShownNotice};
use values::{Date, Fen, Lang};

/// Notices on a page of the list, at least; those of one call stay together.
const LIMIT: usize = 15;
/// Rows of a notice on a page.
const ROWS: usize = 200;

/// The list.
#[derive(Template)]
#[template(path = "notices.html")]
struct Notices {
    frame: Frame,
    lines: Vec<Line>,
    next: Option<String>,
    is_first: bool,
}

/// A notice in the list.
struct Line {
    id: String,
    title: String,
    organ: String,
    number: String,
    from: String,
    until: String,
    left: Option<String>,
}

/// One notice.
#[derive(Template)]
#[template(path = "notice.html")]
struct NoticePage {
    frame: Frame,
    id: String,
    title: String,
    organ: String,
    number: String,
    announced: String,
    policy: String,
    policy_id: String,
    year: i32,
    first: String,
    until: String,
    period: String,
    provisional: bool,
    answer: String,
    address: String,
    phone: String,
    households: usize,
    items: usize,
    total: String,
    hides: bool,
    rows: Vec<RowLine>,
    held: Vec<usize>,
    more: Option<usize>,
    less: Option<usize>,
    days: Vec<Day>,
    left: Option<u32>,
    may_object: bool,
    signed_in: bool,
    choices: Vec<(usize, String)>,
    typed: Typed,
    wrong: Option<String>,
    receipt: Option<String>,
}

/// A row of the table: one clause of one case.
struct RowLine {
    number: usize,
    name: String,
    title: String,
    clause: String,
    amount: Option<String>,
    state: &'static str,
    is_held: bool,
    /// Where the amount is explained: the case for whoever handles it, else the words and rules of the clause.
    href: String,
    /// Where the clause stands.
    words: String,
}

/// A day of the notice.
struct Day {
    words: String,
    is_over: bool,
    is_today: bool,
}

pub fn operations() -> Vec<Operation> {
    let after = query("after", "上一页给出的批次", "the call that the page before ended with");
    let shown_one = vec![
        ID,
        query("from", "从第几家起", "the row to begin with"),
        query("said", "异议提交结果", "what became of an objection"),
        query("until", "答复期限", "until when it is answered"),
    ];
    vec![
        Operation { parameters: vec![after], ..page("/notices", "notices_page", ("公示列表", "Public notices"), list) },
        Operation { parameters: shown_one, ..page("/notices/{id}", "notice_page", ("公示", "A public notice"), one) },
    ]
}

/// 5个工作日, 10日.
pub fn period_words(period: Period, lang: Lang) -> String {
    match (period, lang) {
        (Period::Days(n), Lang::Zh) => format!("{n} 日"),
        (Period::Days(n), Lang::En) => format!("{n} days"),
        (Period::WorkingDays(n), Lang::Zh) => format!("{n} 个工作日"),
        (Period::WorkingDays(n), Lang::En) => format!("{n} working days"),
    }
}

fn day(date: Date, lang: Lang) -> String {
    if lang == Lang::Zh { date.long_zh() } else { date.to_string() }
}

/// 关于“2024年度…申报”拟支持名单的公示（第 2 次）
pub fn title(line: &NoticeLine, frame: &Frame) -> String {
    let (at, of) = line.of_call;
    match (frame.lang(), of > 1) {
        (Lang::Zh, false) => format!("关于“{}”拟支持名单的公示", line.call),
        (Lang::Zh, true) => format!("关于“{}”拟支持名单的公示（第 {at} 次）", line.call),
        (Lang::En, false) => format!("Public notice: to be supported under “{}”", line.call),
        (Lang::En, true) => format!("Public notice {at}: to be supported under “{}”", line.call),
    }
}

fn list<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "notices");
        let after = asked.query("after").unwrap_or_default();
        let (found, next) = portal.office.notices(&portal.reading, after, LIMIT).await?;
        let calendar = portal.office.calendar(&portal.reading).await?;
        let today = portal.clock.now().date();
        let line = |line: NoticeLine| Line {
            title: title(&line, &frame),
            organ: line.organ,
            number: line.number.unwrap_or_default(),
            from: line.announced.add_days(1).unwrap_or(line.announced).to_string(),
            until: line.until.to_string(),
            left: (today <= line.until).then(|| Left::until(&calendar, today, line.until).words().get(frame.lang()).to_owned()),
            id: line.id.to_string(),
        };
        let lines = found.into_iter().map(line).collect();
        shown(&Notices { lines, next, is_first: after.is_empty(), frame })
    })
}

fn one<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(show(portal, asked, Typed::default(), None))
}

/// A notice with its form as it was filled in, and what is wrong with that.
pub async fn show(portal: &Portal, asked: &Asked<'_>, typed: Typed, wrong: Option<Problem>) -> Result<Answer, Problem> {
    let notice = portal.office.notice(&portal.reading, asked.id()).await?;
    let calendar = portal.office.calendar(&portal.reading).await?;
    let policy = portal.office.scheme(&portal.reading, None, notice.version.as_str()).await?.scheme.policy.title.clone();
    let frame = Frame::new(portal, asked, "notices");
    let today = portal.clock.now().date();
    let is_over = today > notice.line.until;
    let from = usize::try_from(asked.number("from", 1, 1, 1_000_000)?).unwrap_or(1);
    let amounts = || notice.rows.iter().flat_map(|row| &row.awards);
    let total = amounts().filter_map(|award| award.amount).try_fold(Fen(0), Fen::checked_add).map_err(|why| Problem::failed(&why.to_string()))?;
    let lang = frame.lang();
    let first = notice.line.announced.add_days(1).unwrap_or(notice.line.announced);
    let status = wrong.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let page = NoticePage {
        id: notice.line.id.to_string(),
        title: title(&notice.line, &frame),
        announced: day(notice.line.announced, lang),
        policy_id: notice.version.to_string(),
        year: notice.year,
        first: day(first, lang),
        until: day(notice.line.until, lang),
        period: period_words(notice.line.period, lang),
        provisional: notice.line.provisional,
        answer: period_words(notice.answer, lang),
        households: notice.rows.len(),
        items: amounts().count(),
        total: total.grouped(),
        hides: amounts().any(|award| award.amount.is_none()),
        rows: rows(&notice, from, is_over, &frame),
        held: notice.rows.iter().zip(1..).filter(|(row, _)| row.state == RowState::Held).map(|(_, at)| at).collect(),
        more: (notice.rows.len() >= from + ROWS).then_some(from + ROWS),
        less: (from > 1).then(|| from.saturating_sub(ROWS).max(1)),
        days: notice.days.iter().map(|on| day_of_bar(*on, today, &frame)).collect(),
        left: match Left::until(&calendar, today, notice.line.until) {
            Left::Days(days) => Some(days),
            Left::Over(_) => None,
        },
        may_object: frame.role.is_none_or(|role| matches!(role, Role::Applicant | Role::Clerk)),
        signed_in: frame.role.is_some(),
        choices: notice.rows.iter().zip(1..).map(|(row, at)| (at, row.name.clone())).collect(),
        typed: typed.with_key()?,
        wrong: wrong.map(|problem| problem.words(lang).to_owned()),
        receipt: receipt(asked, &frame),
        organ: notice.line.organ,
        number: notice.line.number.unwrap_or_default(),
        address: notice.at.0,
        phone: notice.at.1,
        policy,
        frame,
    };
    Ok(Answer { status, ..shown(&page)? })
}

impl NoticePage {
    /// Whether a row was chosen in the form.
    fn chosen(&self, at: &usize) -> bool {
        self.typed.row == at.to_string()
    }
}

/// How far a row is, in words.
pub fn state_words(state: RowState, is_over: bool, frame: &Frame) -> &'static str {
    match state {
        RowState::Undisputed if is_over => frame.pair("公示期满", "over"),
        RowState::Undisputed => frame.pair("公示中", "shown"),
        RowState::Held => frame.pair("异议核查中", "under objection"),
        RowState::Dismissed => frame.pair("异议已核查：维持", "objection: upheld as shown"),
        RowState::Adjusted => frame.pair("异议已核查：调整", "objection: less is given"),
        RowState::Cancelled => frame.pair("异议已核查：取消", "objection: nothing is given"),
    }
}

fn rows(notice: &ShownNotice, from: usize, is_over: bool, frame: &Frame) -> Vec<RowLine> {
    let mut out = Vec::new();
    for (at, row) in notice.rows.iter().enumerate().skip(from.saturating_sub(1)).take(ROWS) {
        let state = state_words(row.state, is_over, frame);
        let words = |clause: &str| format!("/policies/{0}#c-{0}-{clause}", notice.version);
        let href = |clause: &str| if frame.handles_cases() { format!("/cases/{}", row.case) } else { words(clause) };
        out.extend(row.awards.iter().map(|award| RowLine {
            href: href(&award.clause),
            words: words(&award.clause),
            number: at + 1,
            name: row.name.clone(),
            title: award.title.clone(),
            clause: award.clause.clone(),
            amount: award.amount.map(Fen::grouped),
            state,
            is_held: row.state == RowState::Held,
        }));
    }
    out
}

fn day_of_bar(on: Date, today: Date, frame: &Frame) -> Day {
    let words = if on == today { frame.w("今天", "today").to_owned() } else { format!("{}/{}", on.month(), on.day()) };
    Day { words, is_over: on <= today, is_today: on == today }
}

/// What became of an objection that was just sent. Only words of ours and a day come out of the address.
fn receipt(asked: &Asked<'_>, frame: &Frame) -> Option<String> {
    let until = asked.query("until").and_then(|day| Date::parse(day).ok());
    let lead = |zh: &str, en: &str| Some(frame.w(zh, en).to_owned());
    match (asked.query("said")?, until) {
        ("objection", Some(until)) if frame.lang() == Lang::Zh => {
            Some(format!("您的异议已受理。我们在 {until} 前核查并书面答复您；核查期间只暂停该项，不影响其他各项。"))
        }
        ("objection", Some(until)) => Some(format!("Your objection was taken in. It is looked into and answered by {until}; only that row waits.")),
        ("late", _) => lead("公示期已满，不作为异议受理，已作为线索登记。", "The notice is over: this is no objection any more and was noted as a lead."),
        ("anonymous", _) => lead("没有署名，不作为异议受理，已作为线索登记。", "Without a name it is no objection; it was noted as a lead."),
        ("no_evidence", _) => lead("没有附证据，不作为异议受理，已作为线索登记。", "Without evidence it is no objection; it was noted as a lead."),
        ("settled", _) => lead("该项已办结，不作为异议受理，已作为线索登记。", "That row is settled: it was noted as a lead."),
        _ => None,
    }
}
