//! 驾驶舱: one screen for leaders. Budget use, where the money goes by clause, cases by stage, units against their deadlines. Each
//! number is a link to rows that come to the same; each chart has its table.

use super::curve::{self, Curve};
use super::ledger::{Titles, account_words, brought_in, held, of_year, percent, titles, year_of};
use super::progress::{self, CallRow};
use super::{MONEY, sum};
use crate::Portal;
use crate::operation::{Answering, Asked, Operation, query};
use crate::pages::frame::Frame;
use crate::pages::market::encoded;
use crate::pages::{page_of, shown};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::case::Stage;
use casework::ledger::{Account, Book};
use casework::people::Unit;
use office::board::{Bounds, Counts, Held, OfStages, Sheet};
use office::reading::Reading;
use store::Sum;
use values::{Date, Fen, Lang, WorkCalendar};

/// 将到期: within so many working days.
pub const SOON_DAYS: u32 = 5;
/// Budgets of the chart, the largest first; the others stand in the ledger.
const BOOKS: usize = 10;
/// Clauses of the chart; the others stand in the ledger.
const CLAUSES: usize = 9;

/// The page.
#[derive(Template)]
#[template(path = "cockpit.html")]
struct Cockpit {
    frame: Frame,
    year: i32,
    years: Vec<i32>,
    at: String,
    key: Key,
    books: Vec<BookBar>,
    /// Budgets beside them.
    books_more: usize,
    clauses: Vec<ClauseBar>,
    clauses_more: usize,
    stages: Vec<StageRow>,
    total: StageRow,
    units: Vec<UnitRow>,
    curve: Option<Curve>,
    calls: Vec<CallRow>,
    columns: Vec<&'static str>,
    soon_days: u32,
}

/// The figures at the top, in 万元.
struct Key {
    budget: Wan,
    paid: Wan,
    bound: Wan,
    back: Wan,
    available: Wan,
    paid_share: String,
    bound_share: String,
    available_share: String,
    returned_href: String,
}

/// An amount in 万元, with the yuan for whoever points at it.
pub struct Wan {
    pub wan: String,
    pub yuan: String,
}

/// A budget as a bar: stretches in tenths of a percent.
struct BookBar {
    id: String,
    name: String,
    whole: Wan,
    parts: Vec<Part>,
}

/// A stretch of a bar.
struct Part {
    class: &'static str,
    words: &'static str,
    account: &'static str,
    from: String,
    width: String,
    amount: Wan,
}

/// A clause as a bar.
struct ClauseBar {
    words: String,
    href: String,
    parts: Vec<Part>,
    total: Wan,
}

/// Cases at a stage.
struct StageRow {
    stage: String,
    words: &'static str,
    counts: Counts,
}

/// A unit.
struct UnitRow {
    id: String,
    name: String,
    counts: Counts,
    /// Working days that what waits has waited, on average, in tenths.
    days: String,
    /// And how many it has, on average.
    given: String,
}

pub fn operations() -> Vec<Operation> {
    let year = query("year", "预算年度", "year of the budget");
    vec![Operation { parameters: vec![year], ..page_of("/cockpit", "cockpit", ("驾驶舱", "Cockpit"), MONEY, cockpit) }]
}

/// An amount in 万元, as dense tables write it.
pub fn wan(amount: Fen) -> Wan {
    Wan { wan: crate::pages::work::wan(&amount), yuan: super::yuan(amount) }
}

/// The name of a stage by its name in the column.
pub fn stage_words(stage: &str, lang: Lang) -> &'static str {
    let known = Stage::ALL.into_iter().find(|known| known.name() == stage);
    match (known, lang) {
        (Some(known), Lang::Zh) => known.title(),
        (Some(known), _) => english(known.name()),
        (None, _) => "",
    }
}

fn english(stage: &'static str) -> &'static str {
    match stage {
        "submitted" => "Submitted",
        "correcting" => "Being corrected",
        "screening" => "Screening",
        "joint" => "Joint review",
        "site_check" => "Site check",
        "audit" => "Third-party audit",
        "summary" => "Summary",
        "meeting" => "Meeting",
        "approval" => "Approval",
        "approved" => "Determined",
        "noticed" => "On notice",
        "disputed" => "Objection checked",
        "committed" => "To be paid",
        "paying" => "At the bank",
        "returned" => "Came back",
        "suspended" => "Suspended",
        other => other,
    }
}

/// The day before today, and the last day that counts as soon.
pub fn days(calendar: &WorkCalendar, today: Date) -> (Date, Date) {
    (today.add_days(-1).unwrap_or(today), calendar.deadline_working_days(today, SOON_DAYS).date)
}

fn parts(of: &[(&'static str, Account, Fen)], whole: Fen, lang: Lang) -> Vec<Part> {
    let mut from = Fen(0);
    let mut out = Vec::new();
    for (class, account, amount) in of.iter().filter(|(.., amount)| amount.0 > 0) {
        let words = account_words(*account, lang);
        out.push(Part { class, words, account: account.name(), from: percent(from, whole), width: percent(*amount, whole), amount: wan(*amount) });
        from = sum([from, *amount]);
    }
    out
}

fn book_bar(book: &Book, lang: Lang) -> BookBar {
    let of = |class, account| (class, account, book.balance(account));
    let course = [
        of("k1", Account::Paid),
        of("k5", Account::Returned),
        of("k6", Account::Recovered),
        of("k2", Account::Committed),
        of("k3", Account::Reserved),
        of("k4", Account::Available),
    ];
    BookBar { id: book.id.to_string(), name: book.name.clone(), whole: wan(brought_in(book)), parts: parts(&course, brought_in(book), lang) }
}

/// The clauses that take most, each as a bar against the largest, and how many there are beside them.
fn clause_bars(funds: &[&Sheet], titles: &Titles, lang: Lang) -> (Vec<ClauseBar>, usize) {
    let bound = |own: &[Sum]| [Account::Paid, Account::Returned, Account::Recovered, Account::Committed, Account::Reserved].map(|account| held(own, account));
    let mut all: Vec<(Fen, (&str, &str), [Fen; 5])> = Vec::new();
    for fund in funds {
        for own in fund.sums.chunk_by(|a, b| a.clause == b.clause) {
            let Some(clause) = own.first().map(|one| one.clause.as_str()).filter(|clause| !clause.is_empty()) else { continue };
            let bound = bound(own);
            all.push((sum(bound), (fund.book.id.as_str(), clause), bound));
        }
    }
    all.retain(|(total, ..)| total.0 > 0);
    all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    let largest = all.first().map_or(Fen(1), |(total, ..)| *total);
    let more = all.len().saturating_sub(CLAUSES);
    let bar = |(total, (fund, clause), [paid, returned, recovered, committed, reserved]): (Fen, (&str, &str), [Fen; 5])| {
        let course = [
            ("k1", Account::Paid, paid),
            ("k5", Account::Returned, returned),
            ("k6", Account::Recovered, recovered),
            ("k2", Account::Committed, committed),
            ("k3", Account::Reserved, reserved),
        ];
        let title = titles.of_clause(fund, clause);
        ClauseBar {
            words: format!("{clause} {title}"),
            href: format!("/ledger/{fund}?clause={}", encoded(clause)),
            parts: parts(&course, largest, lang),
            total: wan(total),
        }
    };
    (all.into_iter().take(CLAUSES).map(bar).collect(), more)
}

/// The stages as leaders look at them: Chinese, English, and the stages each is of.
pub const GROUPS: &[(&str, &str, &[&str])] = &[
    ("受理与补正", "Acceptance", &["submitted", "correcting"]),
    ("初审", "Screening", &["screening"]),
    ("联审", "Joint review", &["joint"]),
    ("核查与审计", "Checks and audits", &["site_check", "audit"]),
    ("汇总与审议", "Summary and meeting", &["summary", "meeting"]),
    ("审定", "Approval", &["approval", "approved"]),
    ("公示与异议", "Notice and objections", &["noticed", "disputed"]),
    ("拨付", "Payment", &["committed", "paying", "returned"]),
    ("中止", "Suspended", &["suspended"]),
];

/// Cases at each group of stages: all, those that end soon, those that are late.
fn stage_rows(of: &OfStages, frame: &Frame) -> (Vec<StageRow>, StageRow) {
    let row = |(zh, en, stages): &(&'static str, &'static str, &'static [&'static str])| StageRow {
        stage: stages.join(","),
        words: frame.pair(zh, en),
        counts: of.at(stages),
    };
    let rows = GROUPS.iter().map(row).filter(|row| row.counts.open > 0).collect();
    (rows, StageRow { stage: String::new(), words: frame.pair("合计", "Together"), counts: of.all() })
}

/// A mean in tenths, of a sum of so many.
fn mean((all, of): (u64, u64)) -> String {
    (all * 10).checked_div(of).map_or_else(|| "—".to_owned(), |tenths| format!("{}.{}", tenths / 10, tenths % 10))
}

/// What a holder is called.
pub async fn holder_name(reading: &mut Reading<'_>, id: &str, frame: &Frame) -> Result<String, Problem> {
    Ok(match id {
        "applicant" => frame.w("申报企业", "Applicants").to_owned(),
        "bank" => frame.w("银行", "Bank").to_owned(),
        "finance" => frame.w("财政", "Finance").to_owned(),
        id => reading.work.peek::<Unit>(id).await?.map_or_else(|| id.to_owned(), |unit| unit.name),
    })
}

/// How those who hold cases keep their deadlines.
async fn unit_rows(reading: &mut Reading<'_>, holders: Vec<Held>, frame: &Frame) -> Result<Vec<UnitRow>, Problem> {
    let mut rows = Vec::new();
    for Held { id, counts, waited, given } in holders {
        let name = holder_name(reading, &id, frame).await?;
        rows.push(UnitRow { id, name, counts, days: mean(waited), given: mean(given) });
    }
    let place = |row: &UnitRow| (row.counts.late, row.counts.soon, row.counts.open);
    rows.sort_by(|a, b| place(b).cmp(&place(a)).then_with(|| a.id.cmp(&b.id)));
    Ok(rows)
}

fn key(funds: &[&Sheet], year: i32) -> Key {
    let of = |account| sum(funds.iter().map(|fund| fund.book.balance(account)));
    let whole = sum(funds.iter().map(|fund| brought_in(&fund.book)));
    let bound = sum([of(Account::Committed), of(Account::Reserved)]);
    let back = sum([of(Account::Returned), of(Account::Recovered)]);
    let returned_href = format!("/ledger?year={year}#books");
    Key {
        budget: wan(whole),
        paid: wan(of(Account::Paid)),
        bound: wan(bound),
        back: wan(back),
        available: wan(of(Account::Available)),
        paid_share: percent(of(Account::Paid), whole),
        bound_share: percent(bound, whole),
        available_share: percent(of(Account::Available), whole),
        returned_href,
    }
}

fn cockpit<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let mut reading = reading(portal, asked).await?;
        let of_year = of_year(&mut reading, year_of(asked)?).await?;
        let (year, funds) = (of_year.year, of_year.funds());
        let titles = titles(portal, &mut reading).await?;
        let frame = Frame::new(portal, asked, "cockpit");
        let lang = frame.lang();
        let now = portal.clock.now();
        let (late, soon) = days(&reading.calendar().await?, now.date());
        let bounds = Bounds { today: now.date(), late, soon };
        let tally = reading.tally(&bounds).await?;
        reading.work.bring::<Unit>(tally.holders.iter().map(|held| held.id.as_str())).await?;
        let (stages, total) = stage_rows(&tally.stages, &frame);
        let calls = progress::rows(&mut reading, &tally, &bounds, &frame).await?;
        let units = unit_rows(&mut reading, tally.holders, &frame).await?;
        let curve = curve::of(&mut reading, &funds, year, now.date()).await?;
        let (clauses, clauses_more) = clause_bars(&funds, &titles, lang);
        shown(&Cockpit {
            year,
            years: of_year.years.clone(),
            at: format!("{} {}", now.date(), now.to_string().get(11..16).unwrap_or_default()),
            key: key(&funds, year),
            books: funds.iter().take(BOOKS).map(|fund| book_bar(&fund.book, lang)).collect(),
            books_more: funds.len().saturating_sub(BOOKS),
            clauses,
            clauses_more,
            curve,
            columns: if calls.is_empty() { Vec::new() } else { progress::columns(&frame) },
            calls,
            stages,
            total,
            units,
            soon_days: SOON_DAYS,
            frame,
        })
    })
}
