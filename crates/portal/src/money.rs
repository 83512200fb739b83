//! The ledger over HTTP: books with their balances, entries, and the walk from an entry to the words of its clause.

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who, operation, query};
use crate::problem::Problem;
use crate::records::{LIMIT_MAX, reading};
use axum::http::Method;
use casework::id::BookId;
use casework::ledger::Entry;
use casework::people::Role;
use schemars::JsonSchema;
use serde::Serialize;
use store::work::Entries;
use values::Fen;

/// Who sees the ledger.
const SEERS: Who = Who::Roles(&[Role::Clerk, Role::Reviewer, Role::Leader, Role::Finance, Role::Auditor]);

/// A page of entries.
#[derive(Serialize, JsonSchema)]
struct EntriesPage {
    /// The entries, in the order they were posted; those of cases that the reader does not see are left out.
    entries: Vec<Entry>,
    /// What `after` is for the next page; null: this was the last.
    next: Option<i64>,
}

/// A book with its balances, in fen.
#[derive(Serialize, JsonSchema)]
struct ShownBook {
    /// Id.
    id: String,
    /// `fund` or `pool`.
    kind: String,
    /// Year of the budget.
    year: i32,
    /// Source of the money, or policy and pool.
    name: String,
    /// Balances by account.
    balances: std::collections::BTreeMap<String, Fen>,
}

/// What can be asked of the ledger.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation {
            parameters: vec![query("book", "只看此账本", "this book alone")],
            gives: (200, Payload::Json(|generator| generator.subschema_for::<Vec<ShownBook>>())),
            ..operation(Method::GET, "/api/v1/books", "books", "ledger", ("账本与余额", "Books with their balances"), SEERS, books)
        },
        Operation {
            parameters: vec![
                query("book", "账本编号", "id of a book"),
                query("case", "案件编号", "id of a case"),
                query("after", "上一页给出的 next", "what the page before gave as next"),
                query("limit", "每页条数，最多 200", "entries of a page, at most 200"),
            ],
            gives: (200, Payload::Json(|generator| generator.subschema_for::<EntriesPage>())),
            ..operation(Method::GET, "/api/v1/entries", "entries", "ledger", ("分录", "Entries of a book or a case"), SEERS, entries)
        },
        Operation {
            parameters: vec![ID],
            gives: (200, Payload::Json(|generator| generator.subschema_for::<serde_json::Map<String, serde_json::Value>>())),
            ..operation(
                Method::GET,
                "/api/v1/entries/{id}/trace",
                "trace",
                "ledger",
                ("由分录追溯到条款原文", "The walk from an entry to the words of its clause"),
                SEERS,
                trace,
            )
        },
    ]
}

fn books<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let bad = |why: casework::id::IdError| Problem::malformed("编号有误", why.to_string());
        let mut work = portal.reading.begin().await?;
        let all = match asked.query("book") {
            Some(book) => work.book_peeked(&BookId::parse(book).map_err(bad)?).await?.into_iter().collect(),
            None => work.all_books().await?,
        };
        let shown = all.iter().map(|book| ShownBook {
            id: book.id.to_string(),
            kind: book.kind.name().to_owned(),
            year: book.year,
            name: book.name.clone(),
            balances: casework::ledger::Account::ALL.iter().zip(book.balances()).map(|(account, fen)| (account.name().to_owned(), fen)).collect(),
        });
        Answer::ok(&shown.collect::<Vec<_>>())
    })
}

fn entries<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let bad = |why: casework::id::IdError| Problem::malformed("编号有误", why.to_string());
        let after = asked.number("after", 0, 0, i64::MAX)?;
        let limit = usize::try_from(asked.number("limit", 50, 1, LIMIT_MAX)?).unwrap_or(1);
        let mut reading = reading(portal, asked).await?;
        let which = match (asked.query("book"), asked.query("case")) {
            (Some(book), None) => Entries::Book(BookId::parse(book).map_err(bad)?),
            (None, Some(case)) => Entries::Case(reading.case(case).await?.id),
            _ => return Err(Problem::malformed("请给出 book 或 case 之一", "give either book or case")),
        };
        let (entries, next) = reading.entries(&which, after, limit).await?;
        Answer::ok(&EntriesPage { entries, next })
    })
}

fn trace<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let mut reading = reading(portal, asked).await?;
        let unknown = || Problem::unknown("entry", asked.id());
        // Whoever may not see a case does not see its money either.
        let (mut found, _) = reading.entries(&Entries::Of(asked.id().to_owned()), 0, 1).await?;
        found.pop().ok_or_else(unknown)?;
        let walk = portal.office.walk(&mut reading.work, asked.id(), asked.language).await?;
        Answer::ok(&walk.ok_or_else(unknown)?)
    })
}
