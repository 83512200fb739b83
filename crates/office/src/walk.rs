//! The walk of a figure (溯源): from an entry or a balance to the determination it rests on, the steps of its amount, and the
//! words of the clause with their place in the official text. Everything is computed again on the way, not believed.

use crate::assess::{Loaded, compile, explained, repeat};
use crate::{Compiled, Office};
use casework::case::Case;
use casework::chain::{Event, Fingerprint};
use casework::determination::{Award, Determination};
use casework::id::{BookId, CaseId, DeterminationId};
use casework::ledger::{Account, Book, Entry};
use casework::notice::{Notice, Objection};
use casework::organisation::Organisation;
use casework::payment::{Batch, Due};
use casework::policy_version::PolicyVersion;
use casework::recovery::Recovery;
use casework::{Key, Record};
use policy::scheme::Scheme;
use serde::Serialize;
use std::sync::Arc;
use store::work::Entries;
use store::{StoreError, Work};
use values::{Fen, Lang, Moment};

/// Where a walk begins, and where it leads.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum Walk {
    /// One entry.
    Entry(Box<Step>),
    /// All entries of a book, or those that moved an account of it.
    Book {
        /// The book.
        book: Book,
        /// What it holds: account and amount.
        balances: Vec<(&'static str, Fen)>,
        /// The account that was asked for.
        account: Option<Account>,
        /// Entries in their order, each with its sign for the account; they sum up to what it holds.
        entries: Vec<(Entry, Fen)>,
    },
    /// All entries of a case or a determination.
    Entries {
        /// What it is: `case` or `determination`.
        what: &'static str,
        /// Its id.
        id: String,
        /// The entries in their order.
        entries: Vec<Entry>,
    },
}

/// An entry with all it rests on.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// The entry.
    pub entry: Entry,
    /// The budget.
    pub fund: Option<String>,
    /// The pool.
    pub pool: Option<String>,
    /// The event that posted it.
    pub event: Option<Posted>,
    /// The determination and what it rests on.
    pub decided: Option<Decided>,
}

/// The event that posted an entry.
#[derive(Clone, Debug, Serialize)]
pub struct Posted {
    /// Position in the log.
    pub seq: i64,
    /// When.
    pub at: Moment,
    /// Who.
    pub user: String,
    /// Which act.
    pub act: String,
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
}

impl From<&Event> for Posted {
    fn from(event: &Event) -> Self {
        Self { seq: event.seq, at: event.at, user: event.user.to_string(), act: event.act.clone(), fingerprint: event.fingerprint }
    }
}

/// A determination with the steps of the amount and the words it rests on.
#[derive(Clone, Debug, Serialize)]
pub struct Decided {
    /// Id.
    pub determination: DeterminationId,
    /// Whether it was made after the entry, which reserved what was to be determined.
    pub later: bool,
    /// Case.
    pub case: CaseId,
    /// Name of who is paid, as the register has it now.
    pub organisation: Option<String>,
    /// Award year.
    pub year: i32,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Moment,
    /// What is given under the clause: by the rules, and in fact, with the reason.
    pub award: Option<Award>,
    /// The policy version: its id and title.
    pub policy: (String, String),
    /// Hash of its scheme.
    pub scheme_hash: String,
    /// Why the assessment does not come out again byte for byte; none if it does.
    pub differs: Option<String>,
    /// Conditions and steps of the amount, as text.
    pub explanation: String,
    /// The words of the clause, each paragraph with its place.
    pub words: Vec<Words>,
}

/// A paragraph of the official text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Words {
    /// The words.
    pub text: String,
    /// Heading of the section.
    pub section: String,
    /// First line of the official text it stands on, from 1; none if the policy has no such text.
    pub line: Option<usize>,
    /// Where its rule stands: file and line.
    pub rule: (String, usize),
}

/// Walks back from an entry, a book, a determination or a case, whichever has the id; none if nothing has.
pub async fn walk(work: &mut Work, id: &str, account: Option<Account>, lang: Lang) -> Result<Option<Walk>, StoreError> {
    walk_by(&Compiled::default(), work, id, account, lang).await
}

impl Office {
    /// The same, with policy versions that are compiled already.
    pub async fn walk(&self, work: &mut Work, id: &str, lang: Lang) -> Result<Option<Walk>, StoreError> {
        walk_by(&self.loaded, work, id, None, lang).await
    }
}

async fn walk_by(compiled: &Compiled, work: &mut Work, id: &str, account: Option<Account>, lang: Lang) -> Result<Option<Walk>, StoreError> {
    if let Some(entry) = work.entries(&Entries::Of(id.to_owned())).await?.into_iter().next() {
        return Ok(Some(Walk::Entry(Box::new(step(compiled, work, entry, lang).await?))));
    }
    let book = match BookId::parse(id) {
        Ok(id) => work.book_peeked(&id).await?,
        Err(_) => None,
    };
    if let Some(book) = book {
        let entries = work.entries(&Entries::Book(book.id.clone())).await?;
        let entries = entries.into_iter().filter_map(|entry| moved(&entry, account).map(|amount| (entry, amount))).collect();
        let balances = Account::ALL.iter().map(|account| (account.name(), book.balance(*account))).collect();
        return Ok(Some(Walk::Book { book, balances, account, entries }));
    }
    if let Some(determination) = work.peek::<Determination>(id).await? {
        let mut entries = work.entries(&Entries::Case(determination.case)).await?;
        entries.retain(|entry| entry.determination.as_ref() == Some(&determination.id));
        return Ok(Some(Walk::Entries { what: "determination", id: id.to_owned(), entries }));
    }
    if let Some(case) = work.peek::<Case>(id).await? {
        let entries = work.entries(&Entries::Case(case.id)).await?;
        return Ok(Some(Walk::Entries { what: "case", id: id.to_owned(), entries }));
    }
    Ok(None)
}

/// What an entry does to an account; none if it leaves it alone. Without an account, what it moves.
fn moved(entry: &Entry, account: Option<Account>) -> Option<Fen> {
    let (from, to) = entry.kind.accounts();
    match account {
        None => Some(entry.amount),
        Some(account) if account == to => Some(entry.amount),
        Some(account) if account == from => Some(Fen(-entry.amount.0)),
        Some(_) => None,
    }
}

async fn step(compiled: &Compiled, work: &mut Work, entry: Entry, lang: Lang) -> Result<Step, StoreError> {
    let fund = titled(work, &entry.fund).await?;
    let pool = match &entry.pool {
        Some(pool) => titled(work, pool).await?,
        None => None,
    };
    let event = posted_by(work, &entry).await?.as_ref().map(Posted::from);
    let decided = match rests_on(work, &entry).await? {
        Some(id) => decided(compiled, work, &id, &entry, lang).await?,
        None => None,
    };
    Ok(Step { entry, fund, pool, event, decided })
}

async fn titled(work: &mut Work, id: &BookId) -> Result<Option<String>, StoreError> {
    Ok(work.book_peeked(id).await?.map(|book| format!("{} {}", book.year, book.name)))
}

/// The event that posted an entry. Most acts that post are done to a book, or to a case and what belongs to it: what is done to
/// these is looked at first, for the log is long. The whole of it is searched for the others.
async fn posted_by(work: &mut Work, entry: &Entry) -> Result<Option<Event>, StoreError> {
    let mut subjects = vec![entry.fund.to_string()];
    subjects.extend(entry.pool.iter().map(ToString::to_string));
    if let Some(id) = &entry.case {
        subjects.push(id.to_string());
        for table in [Due::TABLE, Objection::TABLE, Recovery::TABLE] {
            subjects.extend(work.rows_with(table, "case_id", id.as_str()).await?.into_iter().map(|kept| kept.id));
        }
        if let Some(case) = work.peek::<Case>(id.as_str()).await? {
            let call = case.call.as_str();
            for table in [Notice::TABLE, Batch::TABLE] {
                subjects.extend(work.rows_with(table, "call_id", call).await?.into_iter().map(|kept| kept.id));
            }
            subjects.push(call.to_owned());
        }
    }
    let near = work.events_to(&subjects, "entry", entry.id.as_str()).await?.into_iter().next();
    match near {
        Some(event) => Ok(Some(event)),
        None => Ok(work.events_of("entry", entry.id.as_str()).await?.into_iter().next()),
    }
}

/// The determination of an entry. A part of a pool is reserved before it is determined: it leads to the first determination
/// of its case that came after it.
async fn rests_on(work: &mut Work, entry: &Entry) -> Result<Option<DeterminationId>, StoreError> {
    let (None, Some(case)) = (&entry.determination, &entry.case) else { return Ok(entry.determination.clone()) };
    let mut all: Vec<Determination> = work.list("case_id", &Key::from(case.as_str())).await?;
    all.retain(|determination| determination.at >= entry.at);
    let first = all.into_iter().min_by_key(|determination| (determination.at, determination.supersedes.is_some()));
    Ok(first.map(|determination| determination.id))
}

/// A version as it is kept, compiled anew unless what was compiled before is of the same words.
fn compiled_of(compiled: &Compiled, version: &PolicyVersion) -> Result<Arc<Loaded>, String> {
    let known = compiled.lock().ok().and_then(|all| all.get(version.id.as_str()).cloned());
    match known.filter(|known| known.version == *version) {
        Some(known) => Ok(known),
        None => compile(version).map(Arc::new),
    }
}

async fn decided(compiled: &Compiled, work: &mut Work, id: &DeterminationId, entry: &Entry, lang: Lang) -> Result<Option<Decided>, StoreError> {
    let Some(determination) = work.peek::<Determination>(id.as_str()).await? else { return Ok(None) };
    let organisation = work.peek::<Organisation>(determination.organisation.as_str()).await?.map(|organisation| organisation.name);
    let version = work.peek::<PolicyVersion>(determination.version.as_str()).await?;
    let loaded = version.as_ref().ok_or_else(|| format!("there is no policy version {}", determination.version)).and_then(|v| compiled_of(compiled, v));
    let clause = entry.clause.as_deref().unwrap_or_default();
    let (title, differs, explanation, words) = match &loaded {
        Ok(loaded) => (
            loaded.scheme.policy.title.clone(),
            repeat(&loaded.scheme, &determination).err(),
            explained(&loaded.scheme, &determination, clause, lang).unwrap_or_default(),
            words(&loaded.scheme, &loaded.version, clause),
        ),
        Err(why) => (String::new(), Some(why.clone()), String::new(), Vec::new()),
    };
    Ok(Some(Decided {
        award: determination.awards.iter().find(|award| award.clause == clause).cloned(),
        determination: determination.id,
        later: entry.determination.is_none(),
        case: determination.case,
        organisation,
        year: determination.year,
        by: determination.by.to_string(),
        at: determination.at,
        policy: (determination.version.to_string(), title),
        scheme_hash: determination.scheme_hash,
        differs,
        explanation,
        words,
    }))
}

/// The words of a clause with their places in the official text.
#[must_use]
pub fn words(scheme: &Scheme, version: &PolicyVersion, clause: &str) -> Vec<Words> {
    let Some(words) = scheme.clause_named(clause).and_then(|id| scheme.clause_words.get(id.index())) else { return Vec::new() };
    let (file, source) = version.files.get(usize::from(words.rule.file)).cloned().unwrap_or_default();
    let line = source.get(..(words.rule.start as usize).min(source.len())).map_or(1, |before| before.matches('\n').count() + 1);
    let official = version.official.as_deref().map(Letters::of);
    words
        .paragraphs
        .iter()
        .map(|text| Words {
            text: text.clone(),
            section: words.section.clone(),
            line: official.as_ref().and_then(|official| official.line_of(text)),
            rule: (file.clone(), line),
        })
        .collect()
}

/// A text without its white space: lines are broken otherwise in a policy file than in the text as it was published.
struct Letters {
    letters: String,
    /// Byte in `letters` at which each line of the text begins.
    lines: Vec<usize>,
}

impl Letters {
    fn of(text: &str) -> Self {
        let (mut letters, mut lines) = (String::new(), Vec::new());
        for line in text.lines() {
            lines.push(letters.len());
            letters.extend(line.chars().filter(|c| !c.is_whitespace()));
        }
        Self { letters, lines }
    }

    fn line_of(&self, words: &str) -> Option<usize> {
        let wanted: String = words.chars().filter(|c| !c.is_whitespace()).collect();
        let at = self.letters.find(&wanted)?;
        // The last line that begins there or before: lines without a letter begin where the next does.
        Some(self.lines.iter().filter(|start| **start <= at).count())
    }
}
