//! 资金台账: the budgets of a year from what was brought in to what was paid, by book and by clause. Each figure leads to rows that
//! come to the same: of the year to its books, of a book or clause to its entries.

use super::{MONEY, Section, sum, yuan};
use crate::Portal;
use crate::operation::{Answering, Asked, Operation, query};
use crate::pages::frame::Frame;
use crate::pages::{page_of, shown};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::ledger::{Account, Book, BookKind};
use office::board::Sheet;
use office::reading::Reading;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use store::Sum;
use values::{Fen, Lang};

/// The accounts in the order in which money goes through them; what is outside is written as what was brought in.
pub const COURSE: [Account; 6] = [Account::Reserved, Account::Committed, Account::Paid, Account::Returned, Account::Recovered, Account::Available];

/// Budgets on a page: the largest come first.
const BOOKS: usize = 40;

/// The page.
#[derive(Template)]
#[template(path = "ledger.html")]
struct Ledger {
    frame: Frame,
    section: Section,
    year: i32,
    at: String,
    /// Whether each book sums up to nothing, and its entries by clause to what it holds.
    is_balanced: bool,
    brought_in: String,
    flow: Vec<Cell>,
    bar: Vec<Stretch>,
    funds: Vec<Row>,
    total: Row,
    pools: Vec<Row>,
    clauses: Vec<Row>,
    clauses_total: Row,
    /// Where the budgets before and after those of this page stand.
    less: Option<String>,
    more: Option<String>,
    /// Budgets there are in all.
    of: usize,
}

/// A figure and where it leads.
pub struct Cell {
    /// The account.
    pub words: &'static str,
    /// Where its rows are; empty: nowhere.
    pub href: String,
    /// The amount as it is printed.
    pub amount: String,
    /// It is nothing.
    pub is_zero: bool,
}

/// A row of figures: of a book, of a clause, or of all of them.
pub struct Row {
    /// What it is called.
    pub words: String,
    /// Where it leads; empty: nowhere.
    pub href: String,
    /// Beside the name.
    pub hint: String,
    /// What was brought in; of a clause: how many entries.
    pub first: String,
    /// The accounts in their order.
    pub cells: Vec<Cell>,
    /// Of a clause: the accounts together.
    pub last: String,
}

/// A stretch of a bar that stands for a whole, in thousandths.
pub struct Stretch {
    pub class: &'static str,
    pub from: String,
    pub width: String,
    pub words: String,
}

pub fn operations() -> Vec<Operation> {
    let year = query("year", "预算年度", "year of the budget");
    let from = query("from", "从第几个账本起", "the budget to begin with");
    vec![Operation { parameters: vec![year, from], ..page_of("/ledger", "ledger", ("资金台账", "Ledger"), MONEY, ledger) }]
}

/// The name of an account.
pub fn account_words(account: Account, lang: Lang) -> &'static str {
    match (lang, account) {
        (Lang::Zh, Account::Outside) => "预算",
        (Lang::Zh, account) => account.title(),
        (_, Account::Outside) => "Budget",
        (_, Account::Available) => "Available",
        (_, Account::Reserved) => "Reserved",
        (_, Account::Committed) => "Committed",
        (_, Account::Paid) => "Paid",
        (_, Account::Returned) => "Returned",
        (_, Account::Recovered) => "Recovered",
    }
}

/// What sums of entries come to in an account.
pub fn held<'s>(sums: impl IntoIterator<Item = &'s Sum>, account: Account) -> Fen {
    sum(sums.into_iter().map(|one| {
        let (from, to) = one.kind.accounts();
        let taken = if to == account { one.amount.0 } else { 0 };
        let given = if from == account { one.amount.0 } else { 0 };
        Fen(taken.saturating_sub(given))
    }))
}

/// What was brought into a book.
pub fn brought_in(book: &Book) -> Fen {
    Fen(book.balance(Account::Outside).0.saturating_neg())
}

/// A part of a whole, in tenths of a hundredth, as it is written: `20.0`.
pub fn percent(part: Fen, whole: Fen) -> String {
    let thousandths = (i128::from(part.0) * 1000).checked_div(i128::from(whole.0)).unwrap_or_default();
    format!("{}.{}", thousandths / 10, thousandths % 10)
}

/// A bar of parts of a whole: class, amount, and what it is called.
pub fn bar(parts: &[(&'static str, Fen, &str)], whole: Fen) -> Vec<Stretch> {
    let mut from = Fen(0);
    let mut out = Vec::new();
    for (class, amount, name) in parts.iter().filter(|(_, amount, _)| amount.0 > 0) {
        out.push(Stretch { class, from: percent(from, whole), width: percent(*amount, whole), words: format!("{name} {}%", percent(*amount, whole)) });
        from = sum([from, *amount]);
    }
    out
}

/// What clauses and policies are called.
#[derive(Default)]
pub struct Titles {
    /// Titles of policies by their ids.
    policies: BTreeMap<String, String>,
    /// Titles of clauses by policy version and number.
    clauses: BTreeMap<String, BTreeMap<String, String>>,
    /// Policy versions by the budgets that pay for them.
    paid_from: BTreeMap<String, BTreeSet<String>>,
}

impl Titles {
    /// A clause that a budget pays; empty: it has none of this number.
    pub fn of_clause(&self, fund: &str, clause: &str) -> &str {
        let versions = self.paid_from.get(fund).into_iter().flatten();
        versions.filter_map(|version| self.clauses.get(version)?.get(clause)).next().map_or("", String::as_str)
    }

    /// A clause of this number, of whichever policy.
    pub fn of_any(&self, clause: &str) -> &str {
        self.clauses.values().filter_map(|of| of.get(clause)).next().map_or("", String::as_str)
    }
}

/// The name of a book: of a pool, with the title of its policy.
pub fn book_words(book: &Book, titles: &Titles) -> String {
    let parts = book.name.split_once('/').filter(|_| book.kind == BookKind::Pool);
    let titled = parts.and_then(|(policy, pool)| Some(format!("{} · {pool}", titles.policies.get(policy)?)));
    titled.unwrap_or_else(|| book.name.clone())
}

/// The books of a year.
pub struct Year {
    /// The year.
    pub year: i32,
    /// All years there are books of.
    pub years: Vec<i32>,
    sheets: Vec<Arc<Sheet>>,
}

impl Year {
    fn of(&self, kind: BookKind) -> impl Iterator<Item = &Sheet> {
        self.sheets.iter().map(AsRef::as_ref).filter(move |sheet| sheet.book.kind == kind)
    }

    /// Its budgets, the largest first.
    pub fn funds(&self) -> Vec<&Sheet> {
        let mut funds: Vec<&Sheet> = self.of(BookKind::Fund).collect();
        funds.sort_by_key(|fund| std::cmp::Reverse(brought_in(&fund.book)));
        funds
    }
}

/// The books of a year that is wanted, else of the last in which something was determined, else of the last of all.
pub async fn of_year(reading: &mut Reading<'_>, wanted: Option<i32>) -> Result<Year, Problem> {
    let mut sheets = reading.sheets().await?;
    let mut years: Vec<i32> = sheets.iter().map(|sheet| sheet.book.year).collect();
    years.sort_unstable_by(|a, b| b.cmp(a));
    years.dedup();
    let moves = |sheet: &&Arc<Sheet>| [Account::Committed, Account::Paid].iter().any(|account| sheet.book.balance(*account) > Fen(0));
    let last = sheets.iter().filter(moves).map(|sheet| sheet.book.year).max().or_else(|| years.first().copied());
    let year = wanted.or(last).unwrap_or_default();
    sheets.retain(|sheet| sheet.book.year == year);
    Ok(Year { year, years, sheets })
}

/// The year that was asked for.
pub fn year_of(asked: &Asked<'_>) -> Result<Option<i32>, Problem> {
    let year = asked.number("year", 0, 0, 9999)?;
    Ok(i32::try_from(year).ok().filter(|year| *year > 0))
}

/// What clauses and policies are called, of all calls there are.
pub async fn titles(portal: &Portal, reading: &mut Reading<'_>) -> Result<Titles, Problem> {
    let calls = reading.calls_that(|_| true).await?;
    let paid: HashSet<(&str, &str)> = calls.iter().map(|call| (call.version.as_str(), call.fund.as_str())).collect();
    let mut titles = Titles::default();
    for (version, fund) in paid {
        if !titles.clauses.contains_key(version) {
            let loaded = portal.office.compiled(&mut reading.work, version).await?;
            let scheme = loaded.as_ref().map(|loaded| &loaded.scheme);
            titles.policies.extend(scheme.map(|scheme| (scheme.policy.id.clone(), scheme.policy.title.clone())));
            let named = scheme.into_iter().flat_map(|scheme| &scheme.clauses).map(|clause| (clause.id.clone(), clause.title.clone()));
            titles.clauses.insert(version.to_owned(), named.collect());
        }
        titles.paid_from.entry(fund.to_owned()).or_default().insert(version.to_owned());
    }
    Ok(titles)
}

fn ledger<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let mut reading = reading(portal, asked).await?;
        let of_year = of_year(&mut reading, year_of(asked)?).await?;
        let (year, funds) = (of_year.year, of_year.funds());
        let titles = titles(portal, &mut reading).await?;
        let frame = Frame::new(portal, asked, "money");
        let lang = frame.lang();
        let from = usize::try_from(asked.number("from", 1, 1, 1_000_000)?).unwrap_or(1);
        let page: Vec<&Sheet> = funds.iter().skip(from - 1).take(BOOKS).copied().collect();
        let whole = sum(funds.iter().map(|fund| brought_in(&fund.book)));
        let in_all = |account| sum(funds.iter().map(|fund| fund.book.balance(account)));
        let only = if let [one] = funds.as_slice() { format!("/ledger/{}", one.book.id) } else { "#books".to_owned() };
        let flow = |account: Account| {
            let href = if only.starts_with('#') { only.clone() } else { format!("{only}?account={}", account.name()) };
            Cell { words: account_words(account, lang), href, amount: yuan(in_all(account)), is_zero: in_all(account) == Fen(0) }
        };
        let stretch = |class, account| (class, in_all(account), account_words(account, lang));
        let bar = bar(
            &[
                stretch("k1", Account::Paid),
                stretch("k5", Account::Returned),
                stretch("k6", Account::Recovered),
                stretch("k2", Account::Committed),
                stretch("k3", Account::Reserved),
                stretch("k4", Account::Available),
            ],
            whole,
        );
        let total = Row {
            words: frame.w("预算合计", "All budgets").to_owned(),
            href: String::new(),
            hint: String::new(),
            first: yuan(whole),
            cells: COURSE.map(|account| plain(in_all(account), lang, account)).into(),
            last: String::new(),
        };
        let clauses_total = clauses_total(&funds, &frame);
        let address = |from: usize| format!("/ledger?year={year}&from={from}#books");
        let mut section = Section::at("ledger", asked);
        section.years = of_year.years.iter().map(|known| (*known, *known == year)).collect();
        let at = portal.clock.now();
        shown(&Ledger {
            section,
            year,
            at: format!("{} {}", at.date(), at.to_string().get(11..16).unwrap_or_default()),
            is_balanced: of_year.sheets.iter().all(|sheet| is_balanced(sheet)),
            brought_in: yuan(whole),
            flow: COURSE.map(flow).into(),
            bar,
            clauses: page.iter().flat_map(|fund| clauses(fund, funds.len() > 1, &titles, lang)).collect(),
            clauses_total,
            less: (from > 1).then(|| address(from.saturating_sub(BOOKS).max(1))),
            more: (funds.len() >= from + BOOKS).then(|| address(from + BOOKS)),
            of: funds.len(),
            funds: page.iter().map(|fund| of_book(&fund.book, &titles, lang)).collect(),
            total,
            pools: of_year.of(BookKind::Pool).map(|pool| of_book(&pool.book, &titles, lang)).collect(),
            frame,
        })
    })
}

/// Whether a book sums up to nothing, and what the database added up of its entries to what it holds.
fn is_balanced(Sheet { book, sums, .. }: &Sheet) -> bool {
    sum(book.balances()) == Fen(0) && Account::ALL.iter().all(|account| held(sums, *account) == book.balance(*account))
}

fn plain(amount: Fen, lang: Lang, account: Account) -> Cell {
    Cell { words: account_words(account, lang), href: String::new(), amount: yuan(amount), is_zero: amount == Fen(0) }
}

fn of_book(book: &Book, titles: &Titles, lang: Lang) -> Row {
    let id = &book.id;
    let cell = |account: Account| Cell { href: format!("/ledger/{id}?account={}", account.name()), ..plain(book.balance(account), lang, account) };
    Row {
        words: book_words(book, titles),
        href: format!("/ledger/{id}"),
        hint: id.to_string(),
        first: yuan(brought_in(book)),
        cells: COURSE.map(cell).into(),
        last: String::new(),
    }
}

/// The accounts that money of a clause goes through.
fn course() -> impl Iterator<Item = Account> {
    COURSE.into_iter().filter(|account| *account != Account::Available)
}

/// Rows of the clauses that a budget pays.
fn clauses(Sheet { book: fund, sums, .. }: &Sheet, is_named: bool, titles: &Titles, lang: Lang) -> Vec<Row> {
    let row = |own: &[Sum]| {
        let clause = own.first().map(|one| one.clause.as_str()).filter(|clause| !clause.is_empty())?;
        let href = format!("/ledger/{}?clause={}", fund.id, crate::pages::market::encoded(clause));
        let cell = |account: Account| Cell { href: format!("{href}&account={}", account.name()), ..plain(held(own, account), lang, account) };
        Some(Row {
            words: format!("{clause} {}", titles.of_clause(fund.id.as_str(), clause)),
            hint: if is_named { fund.name.clone() } else { String::new() },
            first: own.iter().map(|one| one.entries).sum::<i64>().to_string(),
            cells: course().map(cell).collect(),
            last: yuan(sum(course().map(|account| held(own, account)))),
            href,
        })
    };
    sums.chunk_by(|a, b| a.clause == b.clause).filter_map(row).collect()
}

/// What all clauses that budgets pay come to.
fn clauses_total(funds: &[&Sheet], frame: &Frame) -> Row {
    let all = || funds.iter().flat_map(|fund| &fund.sums).filter(|one| !one.clause.is_empty());
    Row {
        words: frame.w("条款合计", "All clauses").to_owned(),
        href: String::new(),
        hint: String::new(),
        first: all().map(|one| one.entries).sum::<i64>().to_string(),
        cells: course().map(|account| plain(held(all(), account), frame.lang(), account)).collect(),
        last: yuan(sum(course().map(|account| held(all(), account)))),
    }
}
