//! 预算执行曲线: how the budgets of a year are used month by month, as a drawing and as the table of the same figures. Each figure
//! leads to the entries it is the sum of.

use super::book::Line;
use super::cockpit::{Wan, wan};
use super::ledger::{brought_in, of_year, year_of};
use super::{MONEY, ROWS, sum, yuan};
use crate::Portal;
use crate::operation::{Answering, Asked, Operation, query};
use crate::pages::frame::Frame;
use crate::pages::{page_of, shown};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::ledger::{Account, Entry};
use casework::people::Role;
use office::board::Sheet;
use office::reading::Reading;
use office::reading::months::{Month, OfFunds, OfMonth, Span, crossing, month_of};
use std::collections::BTreeMap;
use values::{Date, Fen};

/// What is looked at together: name in addresses, accounts.
const OF: [(&str, &[Account]); 2] = [("bound", &[Account::Committed, Account::Paid]), ("paid", &[Account::Paid])];
/// Months that are drawn at most: the last.
const MONTHS: usize = 24;
/// The drawing: left, right, top and bottom of the field, in its own units.
const FIELD: (i128, i128, i128, i128) = (52, 624, 14, 176);

/// The curve.
pub struct Curve {
    pub months: Vec<MonthRow>,
    /// The areas: class and points.
    pub areas: [(&'static str, String); 2],
    /// Marks of the scale: where, and how much in 万元.
    pub marks: Vec<(i128, String)>,
    /// Where each month ends, and what it is called.
    pub ticks: Vec<(i128, String)>,
    /// Where the budget lies.
    pub top: i128,
    /// Today, where it is in the field.
    pub now: Option<i128>,
}

/// Figures of a month.
pub struct MonthRow {
    /// As addresses name it: `2025-03`.
    pub month: String,
    /// Gained in the month, and held at its end: committed and paid, and paid.
    pub figures: [Figure; 4],
}

/// A figure and the rows behind it.
pub struct Figure {
    pub of: &'static str,
    /// Of everything until the end of the month.
    pub all: bool,
    pub amount: Wan,
    pub is_zero: bool,
}

/// The page of the rows.
#[derive(Template)]
#[template(path = "cockpit_entries.html")]
struct Rows {
    frame: Frame,
    title: String,
    year: i32,
    rows: Vec<Line>,
    here: String,
    total: String,
    may_miss: bool,
    next: Option<String>,
    is_first: bool,
}

pub fn operations() -> Vec<Operation> {
    let parameters = vec![
        query("year", "预算年度", "year of the budget"),
        query("month", "月份，如 2025-03", "month, like 2025-03"),
        query("until", "yes：从年初到该月底", "yes: everything until the end of the month"),
        query("of", "bound：占用和支付；paid：支付", "bound: committed and paid; paid: paid"),
        query("after", "上一页给出的位置", "where the page before ended"),
    ];
    vec![Operation {
        parameters,
        ..page_of("/cockpit/entries", "cockpit_entries", ("驾驶舱金额对应的分录", "The entries behind an amount of the cockpit"), MONEY, rows)
    }]
}

const fn after((year, month): Month) -> Month {
    if month >= 12 { (year + 1, 1) } else { (year, month + 1) }
}

fn name((year, month): Month) -> String {
    format!("{year}-{month:02}")
}

/// What accounts taken together got more in each month, for each of [`OF`].
fn gains(funds: &[&Sheet], all: &OfFunds) -> BTreeMap<Month, [Fen; 2]> {
    let mut gains: BTreeMap<Month, [Fen; 2]> = BTreeMap::new();
    for (month, of_month) in funds.iter().filter_map(|fund| all.get(&fund.book.id)).flatten() {
        let [bound, paid] = gains.entry(*month).or_default();
        let [of_bound, of_paid] = OF.map(|(_, accounts)| of_month.gain(accounts));
        (*bound, *paid) = (sum([*bound, of_bound]), sum([*paid, of_paid]));
    }
    gains
}

/// The curve of a year. None: there is nothing to draw, or it is still being added up.
pub async fn of(reading: &mut Reading<'_>, funds: &[&Sheet], year: i32, today: Date) -> Result<Option<Curve>, Problem> {
    let Some(all) = reading.months(funds, |all| gains(funds, all)).await? else { return Ok(None) };
    let Some((last, _)) = all.last_key_value() else { return Ok(None) };
    // From the beginning of the year, or of what was posted.
    let first = all.keys().next().copied().filter(|first| first.0 != year).unwrap_or((year, 1));
    let last = (*last).max((year, 12));
    let whole = sum(funds.iter().map(|fund| brought_in(&fund.book)));
    let mut held = [Fen(0); 2];
    let (mut rows, mut points, mut at) = (Vec::new(), Vec::new(), first);
    while at <= last {
        let gains = all.get(&at).copied().unwrap_or_default();
        held = [sum([held[0], gains[0]]), sum([held[1], gains[1]])];
        points.push((at, held));
        if at <= month_of(today) || gains.iter().any(|gain| *gain != Fen(0)) {
            let figure = |of: &'static str, all: bool, amount: Fen| Figure { of, all, amount: wan(amount), is_zero: amount == Fen(0) };
            let [(bound, _), (paid, _)] = OF;
            rows.push(MonthRow {
                month: name(at),
                figures: [figure(bound, false, gains[0]), figure(paid, false, gains[1]), figure(bound, true, held[0]), figure(paid, true, held[1])],
            });
        }
        at = after(at);
    }
    let skipped = points.len().saturating_sub(MONTHS);
    let drawn = drawn(points.get(skipped..).unwrap_or_default(), whole, today);
    let rows = rows.split_off(rows.len().saturating_sub(MONTHS));
    Ok(Some(Curve { months: rows, ..drawn }))
}

/// A part of a whole on a stretch.
fn scaled(part: i128, whole: i128, stretch: i128) -> i128 {
    (part * stretch).checked_div(whole).unwrap_or_default()
}

fn drawn(points: &[(Month, [Fen; 2])], whole: Fen, today: Date) -> Curve {
    let (left, right, top, bottom) = FIELD;
    let most = points.iter().flat_map(|(_, held)| held).copied().chain([whole, Fen(1)]).max().unwrap_or(Fen(1));
    let count = i128::try_from(points.len()).unwrap_or(1);
    let x = |at: usize| left + scaled(i128::try_from(at + 1).unwrap_or(0), count, right - left);
    let y = |amount: Fen| bottom - scaled(i128::from(amount.0), i128::from(most.0), bottom - top);
    // What lies ahead is not drawn.
    let past: Vec<(usize, [Fen; 2])> =
        points.iter().enumerate().filter(|(_, (month, _))| *month <= month_of(today)).map(|(at, (_, held))| (at, *held)).collect();
    let area = |of: usize| {
        let mut out = vec![format!("{left},{bottom}")];
        out.extend(past.iter().filter_map(|(at, held)| Some(format!("{},{}", x(*at), y(*held.get(of)?)))));
        out.extend(past.last().map(|(at, _)| format!("{},{bottom}", x(*at))));
        out.join(" ")
    };
    let marks = (0..=4_i64).map(|part| Fen(i64::try_from(scaled(i128::from(part), 4, i128::from(most.0))).unwrap_or(0)));
    let tick = |(at, (month, _)): (usize, &(Month, [Fen; 2]))| match (at, month.1) {
        (0, _) => (x(at), name(*month)),
        (_, 1) => (x(at), month.0.to_string()),
        (_, number) => (x(at), number.to_string()),
    };
    Curve {
        months: Vec::new(),
        areas: [("k2", area(0)), ("k1", area(1))],
        marks: marks.map(|amount| (y(amount), Fen(amount.0 / 1_000_000 * 100).grouped().trim_end_matches(".00").to_owned())).collect(),
        ticks: points.iter().enumerate().map(tick).collect(),
        top: y(whole),
        now: past.last().filter(|(at, _)| at + 1 < points.len()).map(|(at, _)| x(*at)),
    }
}

/// Where a page of rows begins: budget and number.
fn place(asked: &Asked<'_>) -> (String, i64) {
    let after = asked.query("after").unwrap_or_default();
    after.rsplit_once('~').and_then(|(fund, number)| Some((fund.to_owned(), number.parse().ok()?))).unwrap_or_default()
}

/// What is asked for.
struct Wanted {
    month: Month,
    all: bool,
    of: (&'static str, &'static [Account]),
}

fn wanted(asked: &Asked<'_>) -> Result<Wanted, Problem> {
    let text = asked.query("month").unwrap_or_default();
    let month = text.split_once('-').and_then(|(year, month)| Some((year.parse().ok()?, month.parse().ok().filter(|month| (1..=12).contains(month))?)));
    let month = month.ok_or_else(|| Problem::malformed("月份应写成 2025-03 这样", "write the month like 2025-03"))?;
    let of = OF.into_iter().find(|(name, _)| asked.query("of") == Some(*name)).unwrap_or(OF[0]);
    Ok(Wanted { month, all: asked.query("until") == Some("yes"), of })
}

impl Wanted {
    /// The numbers of the entries of a budget that are looked at, and what they come to.
    fn in_fund(&self, months: &BTreeMap<Month, OfMonth>) -> Option<((i64, i64), Fen)> {
        let wanted: Vec<&OfMonth> =
            months.iter().filter(|(at, _)| if self.all { **at <= self.month } else { **at == self.month }).map(|(_, month)| month).collect();
        let first = wanted.iter().map(|month| month.numbers.0).min()?;
        let last = wanted.iter().map(|month| month.numbers.1).max()?;
        Some(((first, last), sum(wanted.iter().map(|month| month.gain(self.of.1)))))
    }

    fn line(&self, entry: &Entry, frame: &Frame) -> Line {
        Line { amount: yuan(crossing(entry.kind, entry.amount, self.of.1)), ..Line::of(entry, None, frame.lang()) }
    }

    fn title(&self, frame: &Frame) -> String {
        let of = if self.of.0 == "paid" { frame.w("支付", "Paid") } else { frame.w("占用和支付", "Committed and paid") };
        let month = name(self.month);
        match (self.all, frame.tag()) {
            (true, "en") => format!("{of} until the end of {month}"),
            (false, "en") => format!("{of} in {month}"),
            (true, _) => format!("截至 {month} 月底累计{of}"),
            (false, _) => format!("{month} 月{of}"),
        }
    }
}

fn rows<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let wanted = wanted(asked)?;
        let mut reading = reading(portal, asked).await?;
        let of_year = of_year(&mut reading, year_of(asked)?).await?;
        let (year, funds) = (of_year.year, of_year.funds());
        let frame = Frame::new(portal, asked, "cockpit");
        let being_read = || Problem::unusable("分录正在汇总，请稍后再看。", "The entries are being added up; look again in a moment.");
        let in_funds = |all: &OfFunds| {
            let in_fund = |fund: &&Sheet| Some((fund.book.id.clone(), wanted.in_fund(all.get(&fund.book.id)?)?));
            funds.iter().copied().filter_map(|fund| in_fund(&fund)).collect::<BTreeMap<_, _>>()
        };
        let all = reading.months(&funds, in_funds).await?.ok_or_else(being_read)?;
        let (from, mut number) = place(asked);
        let (mut found, mut next) = (Vec::new(), None);
        let total = sum(all.values().map(|(_, amount)| *amount));
        for (fund, (numbers, _)) in &all {
            if fund.as_str() < from.as_str() || next.is_some() {
                continue;
            }
            let span = Span { book: fund, numbers: *numbers, accounts: wanted.of.1 };
            let (entries, more) = reading.entries_in(&span, if fund.as_str() == from { number } else { 0 }, ROWS - found.len()).await?;
            number = 0;
            found.extend(entries);
            next = more.map(|number| format!("{fund}~{number}"));
        }
        let here = sum(found.iter().map(|entry| crossing(entry.kind, entry.amount, wanted.of.1)));
        let until = if wanted.all { "&until=yes" } else { "" };
        let address = |next: String| format!("/cockpit/entries?year={year}&month={}{until}&of={}&after={next}", name(wanted.month), wanted.of.0);
        shown(&Rows {
            title: wanted.title(&frame),
            year,
            rows: found.iter().map(|entry| wanted.line(entry, &frame)).collect(),
            here: yuan(here),
            total: yuan(total),
            may_miss: !matches!(reading.role(), Role::Finance | Role::Auditor),
            next: next.map(address),
            is_first: from.is_empty(),
            frame,
        })
    })
}
