//! A book with its entries, page by page: all of them, those that moved an account, those of a clause or of a case. What the
//! rows come to is said beside them.

use super::ledger::{COURSE, Cell, account_words, brought_in, held};
use super::{MONEY, ROWS, Section, sum, yuan};
use crate::Portal;
use crate::operation::{Answering, Asked, ID, Operation, Parameter, query};
use crate::pages::frame::Frame;
use crate::pages::market::encoded;
use crate::pages::views::Views;
use crate::pages::{page_of, shown};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::id::BookId;
use casework::ledger::{Account, Book, Entry, Move};
use casework::people::Role;
use office::reading::Reading;
use store::Sum;
use store::work::Entries;
use values::{Fen, Lang};

/// The page.
#[derive(Template)]
#[template(path = "book.html")]
struct BookPage {
    frame: Frame,
    section: Section,
    id: String,
    name: String,
    year: i32,
    is_pool: bool,
    brought_in: String,
    balances: Vec<Cell>,
    /// Value, words, whether it is chosen.
    accounts: Vec<(&'static str, &'static str, bool)>,
    clauses: Vec<(String, String, bool)>,
    case: String,
    rows: Vec<Line>,
    here: String,
    total: String,
    /// What the total is of.
    of: String,
    /// Whether entries of cases that the reader does not see are left out.
    may_miss: bool,
    next: Option<String>,
    is_first: bool,
    views: Views,
}

/// An entry as a row.
pub struct Line {
    pub id: String,
    pub at: String,
    pub kind: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub amount: String,
    pub clause: String,
    pub case: String,
    pub reason: String,
}

const FILTERS: [Parameter; 4] = [
    query("account", "只看动用此科目的分录", "entries that moved this account alone"),
    query("clause", "只看此条款", "of this clause alone"),
    query("case", "只看此案件", "of this case alone"),
    query("after", "上一页末条的序号", "number of the last entry before"),
];

pub fn operations() -> Vec<Operation> {
    let mut parameters = vec![ID];
    parameters.extend(FILTERS);
    vec![Operation { parameters, ..page_of("/ledger/{id}", "book_page", ("账本与分录", "A book and its entries"), MONEY, book) }]
}

/// What an entry does, in words.
pub fn kind_words(kind: Move, lang: Lang) -> &'static str {
    let (zh, en) = match kind {
        Move::Appropriate => ("预算下达", "Brought in"),
        Move::Reduce => ("预算调减", "Taken out"),
        Move::Reserve => ("预留", "Reserved"),
        Move::Release => ("释放预留", "Released"),
        Move::Commit => ("占用", "Committed"),
        Move::Free => ("撤销占用", "Freed"),
        Move::Pay => ("支付", "Paid"),
        Move::Return => ("退汇", "Returned"),
        Move::Repay => ("重拨", "Paid again"),
        Move::Drop => ("不再拨付", "Given up"),
        Move::Recover => ("追回", "Recovered"),
        Move::Reuse => ("重新安排", "Used again"),
    };
    if lang == Lang::Zh { zh } else { en }
}

/// What an entry does to an account; without one, what it moves.
fn moved(kind: Move, amount: Fen, account: Option<Account>) -> Option<Fen> {
    let (from, to) = kind.accounts();
    match account {
        None => Some(amount),
        Some(account) if account == to => Some(amount),
        Some(account) if account == from => Some(Fen(amount.0.saturating_neg())),
        Some(_) => None,
    }
}

impl Line {
    /// An entry, with its sign for an account.
    pub fn of(entry: &Entry, account: Option<Account>, lang: Lang) -> Self {
        let (from, to) = entry.kind.accounts();
        // What was brought in counts for the budget with its own sign.
        let amount = moved(entry.kind, entry.amount, account).unwrap_or_default();
        let amount = if account == Some(Account::Outside) { Fen(amount.0.saturating_neg()) } else { amount };
        Self {
            id: entry.id.to_string(),
            at: entry.at.to_string().get(..16).unwrap_or_default().replace('T', " "),
            kind: kind_words(entry.kind, lang),
            from: account_words(from, lang),
            to: account_words(to, lang),
            amount: yuan(amount),
            clause: entry.clause.clone().unwrap_or_default(),
            case: entry.case.as_ref().map(ToString::to_string).unwrap_or_default(),
            reason: crate::pages::terms::said(&entry.reason, lang),
        }
    }
}

/// What is looked for.
struct Wanted<'a> {
    account: Option<Account>,
    clause: Option<&'a str>,
    case: Option<&'a str>,
}

impl Wanted<'_> {
    fn holds(&self, book: &BookId, entry: &Entry) -> bool {
        let of_book = entry.fund == *book || entry.pool.as_ref() == Some(book);
        let of_clause = self.clause.is_none_or(|clause| entry.clause.as_deref() == Some(clause));
        of_book && of_clause && moved(entry.kind, entry.amount, self.account).is_some()
    }

    /// As the database finds them.
    fn of_book(&self, book: &BookId) -> Entries {
        if self.account.is_none() && self.clause.is_none() {
            return Entries::Book(book.clone());
        }
        let kinds = Move::ALL.iter().copied().filter(|kind| moved(*kind, Fen(1), self.account).is_some()).collect();
        Entries::Moved { book: book.clone(), kinds, clause: self.clause.map(str::to_owned) }
    }

    /// What they all come to, from what the database has added up; of a case from its few entries.
    async fn total(&self, reading: &mut Reading<'_>, book: &Book, sums: &[Sum]) -> Result<Fen, Problem> {
        let signed = |amount: Fen| if self.account == Some(Account::Outside) { Fen(amount.0.saturating_neg()) } else { amount };
        if let Some(case) = self.case {
            let case = reading.case(case).await?;
            let all = reading.work.entries(&Entries::Case(case.id)).await?;
            let own = all.iter().filter(|entry| self.holds(&book.id, entry));
            return Ok(signed(sum(own.filter_map(|entry| moved(entry.kind, entry.amount, self.account)))));
        }
        let own: Vec<&Sum> = sums.iter().filter(|one| one.book == book.id && self.clause.is_none_or(|clause| one.clause == clause)).collect();
        Ok(match self.account {
            Some(account) => signed(held(own.iter().copied(), account)),
            None => sum(own.iter().map(|one| one.amount)),
        })
    }
}

fn book<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let unknown = || Problem::unknown("book", asked.id());
        let id = BookId::parse(asked.id()).map_err(|_| unknown())?;
        let mut reading = reading(portal, asked).await?;
        let book = reading.work.book_peeked(&id).await?.ok_or_else(unknown)?;
        let sums = reading.work.sums_of(&id).await?;
        let titles = super::ledger::titles(portal, &mut reading).await?;
        let said = |name| asked.query(name).map(str::trim).filter(|value: &&str| !value.is_empty());
        let account = said("account").and_then(|name| Account::ALL.into_iter().find(|account| account.name() == name));
        let wanted = Wanted { account, clause: said("clause"), case: said("case") };
        let after = asked.number("after", 0, 0, i64::MAX)?;
        let which = match wanted.case {
            Some(case) => Entries::Case(reading.case(case).await?.id),
            None => wanted.of_book(&id),
        };
        let (entries, next) = reading.entries_that(&which, after, ROWS, |entry| wanted.holds(&id, entry)).await?;
        let total = wanted.total(&mut reading, &book, &sums).await?;
        let frame = Frame::new(portal, asked, "money");
        let lang = frame.lang();
        let here = sum(entries.iter().filter_map(|entry| moved(entry.kind, entry.amount, account)));
        let here = if account == Some(Account::Outside) { Fen(here.0.saturating_neg()) } else { here };
        let address = |account: Option<Account>| format!("/ledger/{id}{}", account.map_or(String::new(), |account| format!("?account={}", account.name())));
        let cell = |account: Account| Cell {
            words: account_words(account, lang),
            href: address(Some(account)),
            amount: yuan(book.balance(account)),
            is_zero: book.balance(account) == Fen(0),
        };
        let mut known: Vec<&str> = sums.iter().filter(|one| one.book == id && !one.clause.is_empty()).map(|one| one.clause.as_str()).collect();
        known.dedup();
        let is_pool = book.kind == casework::ledger::BookKind::Pool;
        let clauses = known.into_iter().map(|clause| {
            let words = if is_pool { titles.of_any(clause) } else { titles.of_clause(id.as_str(), clause) };
            (clause.to_owned(), format!("{clause} {words}"), wanted.clause == Some(clause))
        });
        let accounts = Account::ALL.map(|known| (known.name(), account_words(known, lang), account == Some(known)));
        let of = match account {
            Some(account) => format!("{}{}", account_words(account, lang), frame.w("余额", ", balance")),
            None => frame.w("发生额合计", "All that was moved").to_owned(),
        };
        let filters =
            [("account", account.map_or("", Account::name)), ("clause", wanted.clause.unwrap_or_default()), ("case", wanted.case.unwrap_or_default())];
        let query: Vec<String> = filters.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}&", encoded(value))).collect();
        let text = query.concat();
        shown(&BookPage {
            views: Views::of(portal, asked, &format!("/ledger/{id}"), text.trim_end_matches('&'), &[]).await?,
            section: Section::at("ledger", asked),
            id: id.to_string(),
            name: super::ledger::book_words(&book, &titles),
            year: book.year,
            is_pool: book.kind == casework::ledger::BookKind::Pool,
            brought_in: yuan(brought_in(&book)),
            balances: COURSE.map(cell).into(),
            accounts: accounts.into(),
            clauses: clauses.collect(),
            case: wanted.case.unwrap_or_default().to_owned(),
            rows: entries.iter().map(|entry| Line::of(entry, account, lang)).collect(),
            here: yuan(here),
            total: yuan(total),
            of,
            may_miss: !matches!(reading.role(), Role::Finance | Role::Auditor),
            next: next.map(|next| format!("/ledger/{id}?{}after={next}", query.concat())),
            is_first: after == 0,
            frame,
        })
    })
}
