//! The walk from an entry back: what it moved, the act that posted it, the determination it rests on, the steps of the amount and
//! the clause's words; everything computed again on the way.

use super::book::{Line, kind_words};
use super::ledger::{book_words, titles};
use super::why::Why;
use super::{MONEY, Section, yuan};
use crate::Portal;
use crate::operation::{Answering, Asked, ID, Operation};
use crate::pages::frame::Frame;
use crate::pages::who::People;
use crate::pages::{page_of, shown};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::determination::Determination;
use casework::id::BookId;
use office::reading::Reading;
use office::walk::Walk;
use store::work::Entries;

/// The page.
#[derive(Template)]
#[template(path = "entry.html")]
struct EntryPage {
    frame: Frame,
    section: Section,
    line: Line,
    kind: &'static str,
    amount: String,
    /// Id and name of its books.
    fund: (String, String),
    pool: Option<(String, String)>,
    posted: Option<Posted>,
    decided: Option<Decided>,
    /// Other entries of the case and the clause.
    others: Vec<Line>,
}

/// The act that posted it.
struct Posted {
    seq: i64,
    at: String,
    user: String,
    act: String,
    fingerprint: String,
}

/// What it rests on.
struct Decided {
    determination: String,
    later: bool,
    organisation: String,
    year: i32,
    by: String,
    at: String,
    policy: String,
    policy_id: String,
    scheme_hash: String,
    differs: Option<String>,
    why: Why,
}

pub fn operations() -> Vec<Operation> {
    vec![Operation { parameters: vec![ID], ..page_of("/entries/{id}", "entry_page", ("分录与依据", "An entry and what it rests on"), MONEY, entry) }]
}

/// The year and the name of a book; none: it is not there.
async fn book_name(portal: &Portal, reading: &mut Reading<'_>, id: &BookId) -> Result<Option<String>, Problem> {
    let Some(book) = reading.work.book_peeked(id).await? else { return Ok(None) };
    let titles = titles(portal, reading).await?;
    Ok(Some(format!("{} {}", book.year, book_words(&book, &titles))))
}

fn entry<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let unknown = || Problem::unknown("entry", asked.id());
        let mut reading = reading(portal, asked).await?;
        // Whoever may not see a case does not see its money either.
        let (mut found, _) = reading.entries(&Entries::Of(asked.id().to_owned()), 0, 1).await?;
        found.pop().ok_or_else(unknown)?;
        let walk = portal.office.walk(&mut reading.work, asked.id(), asked.language).await?;
        let Some(Walk::Entry(step)) = walk else { return Err(unknown()) };
        let office::walk::Step { entry, fund, pool, event, decided } = *step;
        let pool = match &entry.pool {
            Some(id) => Some((id.to_string(), book_name(portal, &mut reading, id).await?.or(pool).unwrap_or_default())),
            None => None,
        };
        let frame = Frame::new(portal, asked, "money");
        let names = event.iter().map(|event| event.user.as_str()).chain(decided.iter().map(|decided| decided.by.as_str()));
        let people = People::of(&mut reading, names.collect()).await?;
        let lang = frame.lang();
        let decided = match decided {
            None => None,
            Some(decided) => {
                let unknown = || Problem::unknown("determination", decided.determination.as_str());
                let determination: Determination = reading.work.peek(decided.determination.as_str()).await?.ok_or_else(unknown)?;
                let proven = portal.office.proven(&mut reading.work, &determination).await?;
                Some(Decided {
                    why: Why::of(&proven, &determination, entry.clause.as_deref().unwrap_or_default(), &frame),
                    determination: decided.determination.to_string(),
                    later: decided.later,
                    organisation: decided.organisation.unwrap_or_default(),
                    year: decided.year,
                    by: people.name(&decided.by).to_owned(),
                    at: decided.at.date().to_string(),
                    policy_id: decided.policy.0,
                    policy: decided.policy.1,
                    scheme_hash: decided.scheme_hash,
                    differs: decided.differs,
                })
            }
        };
        let others = match &entry.case {
            None => Vec::new(),
            Some(case) => {
                let all = reading.work.entries(&Entries::Case(case.clone())).await?;
                let same = all.iter().filter(|other| other.clause == entry.clause && other.id != entry.id);
                same.map(|other| Line::of(other, None, lang)).collect()
            }
        };
        let posted = event.map(|event| Posted {
            seq: event.seq,
            at: event.at.to_string().replace('T', " "),
            user: people.name(&event.user).to_owned(),
            act: crate::pages::acts::words::title(&event.act, lang).to_owned(),
            fingerprint: event.fingerprint.to_string(),
        });
        shown(&EntryPage {
            section: Section::at("ledger", asked),
            kind: kind_words(entry.kind, lang),
            amount: yuan(entry.amount),
            fund: (entry.fund.to_string(), fund.unwrap_or_default()),
            pool,
            line: Line::of(&entry, None, lang),
            posted,
            decided,
            others,
            frame,
        })
    })
}
