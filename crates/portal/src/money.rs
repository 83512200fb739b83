//! The ledger over HTTP: books with their balances, entries, and the walk from an entry to the words of its clause.

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who, operation, query};
use crate::problem::Problem;
use crate::records::LIMIT_MAX;
use axum::http::Method;
use casework::id::{BookId, CaseId};
use casework::ledger::Entry;
use casework::people::Role;
use office::reading::{Reader, collection};
use schemars::JsonSchema;
use serde::Serialize;
use store::work::Entries;
use values::Fen;

/// Who sees the ledger.
const SEERS: Who = Who::Roles(&[Role::Clerk, Role::Reviewer, Role::Leader, Role::Finance, Role::Auditor]);

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
                query("after", "从此分录之后开始（按账本查时）", "begin after this entry, where a book is given"),
                query(
                    "limit",
                    "每页条数，最多 10000，默认 1000（按账本查时）",
                    "entries of a page, at most 10000, 1000 if nothing is said, where a book is given",
                ),
            ],
            gives: (200, Payload::Json(|generator| generator.subschema_for::<Vec<Entry>>())),
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

/// Whoever may not see a case does not see its money either. Errors: there is no such case for this person.
async fn check_case(portal: &Portal, asked: &Asked<'_>, case: &CaseId) -> Result<(), Problem> {
    let seat = asked.seat()?;
    let cases = collection("cases").ok_or_else(|| Problem::unknown("case", case.as_str()))?;
    let reader = Reader { user: seat.user.clone(), role: seat.role };
    portal.office.one(&portal.reading, &reader, cases, case.as_str()).await?;
    Ok(())
}

fn entries<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let bad = |why: casework::id::IdError| Problem::malformed("编号有误", why.to_string());
        let (after, at_most) = (asked.number("after", 0, 0, i64::MAX)?, asked.number("limit", 50, 1, LIMIT_MAX)?);
        let entries = match (asked.query("book"), asked.query("case")) {
            (Some(book), None) => {
                let page = portal.reading.begin().await?.entries_of_book(&BookId::parse(book).map_err(bad)?, after, at_most).await?;
                page.into_iter().map(|(_, entry)| entry).collect()
            }
            (None, Some(case)) => {
                let case = CaseId::parse(case).map_err(bad)?;
                check_case(portal, asked, &case).await?;
                portal.reading.begin().await?.entries(&Entries::Case(case)).await?
            }
            _ => return Err(Problem::malformed("请给出 book 或 case 之一", "give either book or case")),
        };
        Answer::ok(&entries)
    })
}

fn trace<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let mut work = portal.reading.begin().await?;
        let entry = work.entries(&Entries::Of(asked.id().to_owned())).await?.pop().ok_or_else(|| Problem::unknown("entry", asked.id()))?;
        if let Some(case) = &entry.case {
            check_case(portal, asked, case).await?;
        }
        let walk = portal.office.walk(&mut work, asked.id(), asked.language).await?;
        Answer::ok(&walk.ok_or_else(|| Problem::unknown("entry", asked.id()))?)
    })
}
