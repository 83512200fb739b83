//! A unit of work: what an act reads is locked, what it writes is kept whole or not at all, and it ends with an event that
//! names everything it changed by its fingerprint.

use crate::hand::{Ahead, Hand};
use crate::memory::{Pending, Tables};
use crate::seen::Seen;
use crate::sql::Session;
use crate::{Place, Store, StoreError};
use casework::chain::{Effect, Event, Fingerprint};
use casework::id::{BookId, CaseId, RequestId};
use casework::ledger::{Book, Entry, Move};
use casework::{Key, Record, Refusal, Table};
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::OwnedMutexGuard;

/// Records of one question at most.
const BROUGHT_AT_ONCE: usize = 500;

/// Where a unit of work happens.
pub(crate) enum Inner {
    Memory(OwnedMutexGuard<Tables>, Pending),
    Sql(Session),
}

/// What an act does to the store, as one transaction. Dropped without [`finish`](Self::finish), nothing happened.
pub struct Work {
    pub(crate) inner: Inner,
    faults: Option<crate::Faults>,
    /// Versions of the records at hand; 0: there is none yet.
    versions: BTreeMap<(&'static str, String), i64>,
    /// Versions of the records that were written, as they were before.
    before: BTreeMap<(&'static str, String), i64>,
    /// Books at hand: version as it was read, book as it is now, whether it was changed.
    books: BTreeMap<BookId, (i64, Book, bool)>,
    /// Last write of each record and entry.
    effects: BTreeMap<(&'static str, String), (i64, Fingerprint)>,
    /// What others may change meanwhile.
    seen: Seen,
    /// What need not be asked for again.
    hand: Hand,
    /// Events whose words leave the log.
    withdrawn: Vec<Event>,
}

/// A record as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Id.
    pub id: String,
    /// Version: 1 for a new record.
    pub version: i64,
    /// The record as JSON.
    pub body: String,
}

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its number, in the order of posting.
    pub number: i64,
    /// Its id.
    pub id: String,
    /// The entry, or what makes it unreadable.
    pub entry: Result<Entry, String>,
}

/// Which entries are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entries {
    /// The one with this id.
    Of(String),
    /// Those of a book, in the order they were posted.
    Book(BookId),
    /// Those of a book that are of some kinds and, where one is given, of a clause.
    Moved {
        /// The book.
        book: BookId,
        /// The kinds.
        kinds: Vec<Move>,
        /// The clause.
        clause: Option<String>,
    },
    /// Those of a case.
    Case(CaseId),
    /// All of them.
    All,
}

impl Entries {
    /// Whether an entry is one of them.
    #[must_use]
    pub(crate) fn holds(&self, entry: &Entry) -> bool {
        match self {
            Self::Of(id) => entry.id.as_str() == id,
            Self::Book(book) => entry.fund == *book || entry.pool.as_ref() == Some(book),
            Self::Moved { book, kinds, clause } => {
                let of_clause = clause.is_none() || *clause == entry.clause;
                of_clause && kinds.contains(&entry.kind) && (entry.fund == *book || entry.pool.as_ref() == Some(book))
            }
            Self::Case(case) => entry.case.as_ref() == Some(case),
            Self::All => true,
        }
    }
}

impl Work {
    pub(crate) async fn begin(store: &Store) -> Result<Self, StoreError> {
        if store.faults.as_ref().is_some_and(|faults| faults("begin")) {
            return Err(StoreError::Injected { doing: "begin".into() });
        }
        let inner = match &store.place {
            Place::Memory(tables) => Inner::Memory(Arc::clone(tables).lock_owned().await, Pending::default()),
            Place::Sql(database) => Inner::Sql(Session::begin(database).await?),
        };
        let faults = store.faults.clone();
        Ok(Self {
            inner,
            faults,
            versions: BTreeMap::new(),
            before: BTreeMap::new(),
            books: BTreeMap::new(),
            effects: BTreeMap::new(),
            seen: Seen::default(),
            hand: Hand::default(),
            withdrawn: Vec::new(),
        })
    }

    /// Fails here, if a test wants it to.
    pub(crate) fn fault(&self, doing: impl FnOnce() -> String) -> Result<(), StoreError> {
        match &self.faults {
            None => Ok(()),
            Some(faults) => {
                let doing = doing();
                if faults(&doing) { Err(StoreError::Injected { doing }) } else { Ok(()) }
            }
        }
    }

    /// Reads in one go what will be read, where going to and fro costs more than reading. Nothing else is different after it.
    pub async fn ahead(&mut self, request: &RequestId, reads: &[Ahead]) -> Result<(), StoreError> {
        self.fault(|| "read ahead".into())?;
        if let Inner::Sql(session) = &mut self.inner
            && session.reads_ahead()
        {
            let (found, answered) = session.ahead(request.as_str(), reads).await?;
            self.hand.put_found(reads, found);
            self.hand.unanswered = (!answered).then(|| request.to_string());
        }
        Ok(())
    }

    /// Reads a record and keeps others from changing it until the end of this work.
    pub async fn get<R: Record>(&mut self, id: &str) -> Result<Option<R>, StoreError> {
        self.read(id, true).await
    }

    /// Reads a record that this work will not change; others may.
    pub async fn peek<R: Record>(&mut self, id: &str) -> Result<Option<R>, StoreError> {
        self.read(id, false).await
    }

    /// Reads in one question records that will be peeked at one by one. Nothing else is different after it.
    pub async fn bring<R: Record>(&mut self, ids: impl IntoIterator<Item = &str>) -> Result<(), StoreError> {
        self.fault(|| format!("read some of {}", R::TABLE.name))?;
        let Inner::Sql(session) = &mut self.inner else { return Ok(()) };
        let wanted: BTreeSet<&str> = ids.into_iter().filter(|id| self.hand.record(R::TABLE.name, id, false).is_none()).collect();
        let wanted: Vec<&str> = wanted.into_iter().collect();
        for some in wanted.chunks(BROUGHT_AT_ONCE) {
            let keys = some.iter().map(|id| Key::from(*id)).collect();
            let found = session.page(R::TABLE, &[("id", keys)], "", i64::MAX).await?;
            let mut found: BTreeMap<String, Kept> = found.into_iter().map(|kept| (kept.id.clone(), kept)).collect();
            for id in some {
                self.hand.put(R::TABLE.name, id, found.remove(*id), false);
            }
        }
        Ok(())
    }

    /// Reads a part of a record that this work will not change: where many are looked at for little, the rest is passed over.
    pub async fn peek_part<R: Record, P: DeserializeOwned>(&mut self, id: &str) -> Result<Option<P>, StoreError> {
        self.read_kept::<R>(id, false).await?.map(|kept| decode(R::TABLE, &kept)).transpose()
    }

    async fn read<R: Record>(&mut self, id: &str, lock: bool) -> Result<Option<R>, StoreError> {
        self.read_kept::<R>(id, lock).await?.map(|kept| decode(R::TABLE, &kept)).transpose()
    }

    async fn read_kept<R: Record>(&mut self, id: &str, lock: bool) -> Result<Option<Kept>, StoreError> {
        self.fault(|| format!("read {} {id}", R::TABLE.name))?;
        let (kept, locked) = match self.hand.record(R::TABLE.name, id, lock) {
            Some(known) => known,
            None => (self.fetch(R::TABLE, id, lock).await?, lock),
        };
        let version = kept.as_ref().map_or(0, |kept| kept.version);
        let written = self.effects.contains_key(&(R::TABLE.name, id.to_owned()));
        if !written && !self.seen.note(R::TABLE, id, version, locked) {
            return Err(StoreError::Busy { doing: format!("read {} {id}", R::TABLE.name) });
        }
        self.versions.insert((R::TABLE.name, id.to_owned()), version);
        Ok(kept)
    }

    async fn fetch(&mut self, table: &'static Table, id: &str, lock: bool) -> Result<Option<Kept>, StoreError> {
        let kept = match &mut self.inner {
            Inner::Memory(tables, pending) => pending.record(tables, table.name, id),
            Inner::Sql(session) => session.record(table, id, lock).await?,
        };
        self.hand.put(table.name, id, kept.clone(), lock);
        Ok(kept)
    }

    /// Reads all records of a kind, in the order of their ids: where there are few.
    pub async fn every<R: Record>(&mut self) -> Result<Vec<R>, StoreError> {
        self.all(R::TABLE).await?.iter().map(|kept| decode(R::TABLE, kept)).collect()
    }

    /// Reads all records with a value in a column, in the order of their ids, and keeps others from changing them.
    pub async fn find<R: Record>(&mut self, column: &'static str, key: &Key) -> Result<Vec<R>, StoreError> {
        self.select(column, key, true).await
    }

    /// The same without keeping others from changing them.
    pub async fn list<R: Record>(&mut self, column: &'static str, key: &Key) -> Result<Vec<R>, StoreError> {
        self.select(column, key, false).await
    }

    /// Reads all records whose column of text is not beyond a value, in the order of that column: what is due by a day.
    pub async fn list_until<R: Record>(&mut self, column: &'static str, key: &str) -> Result<Vec<R>, StoreError> {
        self.fault(|| format!("find {} until {column}", R::TABLE.name))?;
        let kept = match &mut self.inner {
            Inner::Memory(tables, pending) => pending.until(tables, R::TABLE, column, key),
            Inner::Sql(session) => session.until(R::TABLE, column, key).await?,
        };
        kept.iter().map(|kept| decode(R::TABLE, kept)).collect()
    }

    async fn select<R: Record>(&mut self, column: &'static str, key: &Key, lock: bool) -> Result<Vec<R>, StoreError> {
        self.fault(|| format!("find {} by {column}", R::TABLE.name))?;
        let known = self.hand.list(R::TABLE.name, column, key, lock);
        let kept = match (known, &mut self.inner) {
            (Some(known), _) => known,
            (None, inner) => {
                let kept = match inner {
                    Inner::Memory(tables, pending) => pending.find(tables, R::TABLE, column, key),
                    Inner::Sql(session) => session.find(R::TABLE, column, key, lock).await?,
                };
                self.hand.put_list(R::TABLE.name, column, key, kept.clone(), lock);
                kept
            }
        };
        self.seen.note_found(R::TABLE, column, key, kept.iter().map(|kept| (kept.id.clone(), kept.version)).collect());
        kept.iter()
            .map(|kept| {
                self.versions.insert((R::TABLE.name, kept.id.clone()), kept.version);
                decode(R::TABLE, kept)
            })
            .collect()
    }

    /// Writes a record: a new one, or one that was read in this work.
    ///
    /// Errors: someone else wrote it since it was read.
    pub async fn save<R: Record>(&mut self, record: &R) -> Result<(), StoreError> {
        let id = record.id().to_owned();
        self.fault(|| format!("write {} {id}", R::TABLE.name))?;
        let unreadable = |why: serde_json::Error| StoreError::Unreadable { table: R::TABLE.name, id: id.clone(), why: why.to_string() };
        let body = serde_json::to_string(record).map_err(unreadable)?;
        let old = self.versions.get(&(R::TABLE.name, id.clone())).copied().unwrap_or(0);
        let kept = Kept { id: id.clone(), version: old + 1, body };
        let fingerprint = Fingerprint::of(kept.body.as_bytes());
        let keys = record.keys();
        self.seen.wrote(R::TABLE, &id, kept.version, &keys);
        self.hand.wrote(R::TABLE.name, &kept);
        match &mut self.inner {
            Inner::Memory(tables, pending) => pending.write(tables, R::TABLE, kept, keys)?,
            Inner::Sql(session) => session.write(R::TABLE, &kept, &keys).await?,
        }
        self.before.entry((R::TABLE.name, id.clone())).or_insert(old);
        self.versions.insert((R::TABLE.name, id.clone()), old + 1);
        self.effects.insert((R::TABLE.name, id), (old + 1, fingerprint));
        Ok(())
    }

    /// Reads a book with its balances and keeps others from posting to it.
    pub async fn book(&mut self, id: &BookId) -> Result<Option<Book>, StoreError> {
        if let Some((_, book, _)) = self.books.get(id) {
            return Ok(Some(book.clone()));
        }
        self.fault(|| format!("read book {id}"))?;
        let kept = match &mut self.inner {
            Inner::Memory(tables, pending) => pending.book(tables, id),
            Inner::Sql(session) => session.book(id).await?,
        };
        self.hand.forget_entries();
        Ok(kept.map(|(version, book)| {
            self.books.insert(id.clone(), (version, book.clone(), false));
            book
        }))
    }

    /// Opens a book that was not there.
    pub fn open_book(&mut self, book: Book) {
        self.books.insert(book.id.clone(), (0, book, true));
    }

    /// Posts an entry to its budget and its pool, or to neither.
    ///
    /// Errors: a refusal of the ledger, or an unknown book; a failure of the store. Id and books are looked up first.
    pub async fn post(&mut self, entry: &Entry) -> Result<(), PostError> {
        // One book counted twice would hold other sums than its entries give.
        if entry.pool.as_ref() == Some(&entry.fund) {
            return Err(Refusal::Input(format!("{}: a budget is not its own pool", entry.fund)).into());
        }
        let mut changed = Vec::new();
        for id in std::iter::once(&entry.fund).chain(&entry.pool) {
            let mut book = self.book(id).await?.ok_or_else(|| Refusal::Unknown { what: "book", id: id.to_string() })?;
            book.post(entry).map_err(Refusal::from)?;
            changed.push(book);
        }
        self.fault(|| format!("write entry {}", entry.id))?;
        let body = serde_json::to_string(entry).map_err(|why| StoreError::Unreadable { table: "entry", id: entry.id.to_string(), why: why.to_string() })?;
        match &mut self.inner {
            Inner::Memory(tables, pending) => pending.entry(tables, entry)?,
            Inner::Sql(session) => session.entry(entry).await?,
        }
        self.hand.forget_entries();
        self.effects.insert(("entry", entry.id.to_string()), (1, Fingerprint::of(body.as_bytes())));
        for book in changed {
            if let Some((_, kept, dirty)) = self.books.get_mut(&book.id) {
                *kept = book;
                *dirty = true;
            }
        }
        Ok(())
    }

    /// Ids of the records of a table that this work has written so far, in order.
    #[must_use]
    pub fn written(&self, table: &Table) -> Vec<String> {
        self.effects.keys().filter(|(name, _)| *name == table.name).map(|(_, id)| id.clone()).collect()
    }

    /// The version that a record had when this work began; 0: there was none.
    pub async fn version_before(&mut self, table: &'static Table, id: &str) -> Result<i64, StoreError> {
        let at = (table.name, id.to_owned());
        if let Some(version) = self.before.get(&at).or_else(|| self.versions.get(&at)) {
            return Ok(*version);
        }
        let version = self.fetch(table, id, false).await?.map_or(0, |kept| kept.version);
        // What was only looked at is looked at once more when the work ends.
        if !self.seen.note(table, id, version, false) {
            return Err(StoreError::Busy { doing: format!("read {} {id}", table.name) });
        }
        Ok(version)
    }

    /// Entries of the ledger.
    pub async fn entries(&mut self, which: &Entries) -> Result<Vec<Entry>, StoreError> {
        self.fault(|| "read entries".into())?;
        if let Entries::Case(case) = which
            && let Some(known) = self.hand.entries(case.as_str())
        {
            return Ok(known);
        }
        let entries = match &mut self.inner {
            Inner::Memory(tables, pending) => pending.entries(tables, which),
            Inner::Sql(session) => session.entries(which).await?,
        };
        if let Entries::Case(case) = which {
            self.hand.put_entries(case.as_str(), entries.clone());
        }
        Ok(entries)
    }

    /// All books.
    pub async fn all_books(&mut self) -> Result<Vec<Book>, StoreError> {
        self.fault(|| "read books".into())?;
        match &mut self.inner {
            Inner::Memory(tables, _) => Ok(tables.books.values().map(|(_, book)| book.clone()).collect()),
            Inner::Sql(session) => session.books().await,
        }
    }

    /// The event that answered a request, if it was done before.
    pub async fn answered(&mut self, request: &RequestId) -> Result<Option<Event>, StoreError> {
        self.fault(|| format!("read request {request}"))?;
        if self.hand.unanswered.as_deref() == Some(request.as_str()) {
            return Ok(None);
        }
        match &mut self.inner {
            Inner::Memory(tables, _) => Ok(tables.requests.get(request).and_then(|at| tables.events.get(*at)).cloned()),
            Inner::Sql(session) => session.answered(request).await,
        }
    }

    /// Events after a position, in order, at most so many.
    pub async fn events(&mut self, after: i64, at_most: i64) -> Result<Vec<Event>, StoreError> {
        self.fault(|| "read events".into())?;
        let events: Vec<Event> = match &mut self.inner {
            Inner::Memory(tables, _) => {
                // The first event stands at place 0 and is number 1.
                let skipped = usize::try_from(after.max(0)).unwrap_or(usize::MAX);
                tables.events.iter().skip(skipped).take(usize::try_from(at_most).unwrap_or(usize::MAX)).cloned().collect()
            }
            Inner::Sql(session) => session.events(after, at_most).await?,
        };
        if events.is_empty() {
            self.seen.note_end(after);
        }
        Ok(events)
    }

    /// Events about a subject, in order.
    pub async fn events_about(&mut self, subject: &str) -> Result<Vec<Event>, StoreError> {
        self.fault(|| format!("read events of {subject}"))?;
        match &mut self.inner {
            Inner::Memory(tables, _) => Ok(tables.events.iter().filter(|event| event.subject == subject).cloned().collect()),
            Inner::Sql(session) => session.events_about(subject).await,
        }
    }

    /// Takes the words of an event out of the log when this work ends: the fingerprint of its input stands in their place.
    pub fn withdraw(&mut self, event: &Event) {
        self.withdrawn.push(Event { input: casework::chain::withdrawn::in_place_of(&event.input), ..event.clone() });
    }

    /// A record as it is kept, whatever it is: for checks and copies.
    pub async fn kept(&mut self, table: &'static Table, id: &str) -> Result<Option<Kept>, StoreError> {
        self.fault(|| format!("read {} {id}", table.name))?;
        match &mut self.inner {
            Inner::Memory(tables, pending) => Ok(pending.record(tables, table.name, id)),
            Inner::Sql(session) => session.record(table, id, false).await,
        }
    }

    /// Everything in a table, in the order of the ids: for checks and copies.
    pub async fn all(&mut self, table: &'static Table) -> Result<Vec<Kept>, StoreError> {
        self.fault(|| format!("read all of {}", table.name))?;
        match &mut self.inner {
            Inner::Memory(tables, pending) => Ok(pending.all(tables, table.name)),
            Inner::Sql(session) => session.all(table).await,
        }
    }

    /// Ends work that changed nothing, once everything it read is as safe as if it had been acknowledged.
    pub async fn confirm(self) -> Result<(), StoreError> {
        self.fault(|| "confirm".into())?;
        match self.inner {
            Inner::Memory(..) => Ok(()),
            Inner::Sql(session) => session.confirm().await,
        }
    }

    /// Ends the work: books are written, the event takes its place in the chain, everything is kept.
    ///
    /// The event comes without place, effects and fingerprint. Errors: nothing is kept then.
    pub async fn finish(mut self, mut event: Event) -> Result<Event, StoreError> {
        self.fault(|| format!("finish {}", event.act))?;
        let faults = self.faults.clone();
        let books = std::mem::take(&mut self.books);
        for (id, (version, book, _)) in books.into_iter().filter(|(_, (_, _, dirty))| *dirty) {
            let unreadable = |why: serde_json::Error| StoreError::Unreadable { table: "book", id: id.to_string(), why: why.to_string() };
            let body = serde_json::to_string(&book).map_err(unreadable)?;
            self.fault(|| format!("write book {id}"))?;
            match &mut self.inner {
                Inner::Memory(_, pending) => pending.write_book(version + 1, &book),
                Inner::Sql(session) => session.write_book(version + 1, &book).await?,
            }
            self.effects.insert(("book", id.to_string()), (version + 1, Fingerprint::of(body.as_bytes())));
        }
        for withdrawn in std::mem::take(&mut self.withdrawn) {
            self.fault(|| format!("withdraw the words of event {}", withdrawn.seq))?;
            match &mut self.inner {
                Inner::Memory(_, pending) => pending.withdrawn.push(withdrawn),
                Inner::Sql(session) => session.withdraw(&withdrawn).await?,
            }
        }
        let effects: Vec<Effect> =
            self.effects.into_iter().map(|((table, id), (version, fingerprint))| Effect { table: table.to_owned(), id, version, fingerprint }).collect();
        event.effects =
            serde_json::to_string(&effects).map_err(|why| StoreError::Unreadable { table: "event", id: event.act.clone(), why: why.to_string() })?;
        let failing = |doing: String| match &faults {
            Some(faults) if faults(&doing) => Err(StoreError::Injected { doing }),
            _ => Ok(()),
        };
        failing(format!("commit {}", event.act))?;
        let event = match self.inner {
            Inner::Memory(mut tables, pending) => {
                let before = tables.events.last().map_or(Fingerprint::NONE, |last| last.fingerprint);
                let event = event.chained(i64::try_from(tables.events.len()).unwrap_or(i64::MAX).saturating_add(1), before);
                pending.apply(&mut tables, &event);
                event
            }
            Inner::Sql(session) => session.finish(event, &self.seen).await?,
        };
        // The one failure after which something was changed: the answer is lost. Asking again with the same request gives it.
        failing(format!("acknowledge {}", event.act))?;
        Ok(event)
    }

    /// All that is kept in these tables, and all books, entries and events: version and fingerprint by table and id. For
    /// checks that compare two stores, or the same one before and after.
    pub async fn contents(&mut self, of: &[&'static Table]) -> Result<BTreeMap<(&'static str, String), (i64, Fingerprint)>, StoreError> {
        let mut out = BTreeMap::new();
        for table in of {
            let all = self.all(table).await?;
            out.extend(all.into_iter().map(|kept| ((table.name, kept.id), (kept.version, Fingerprint::of(kept.body.as_bytes())))));
        }
        let written = |id: &str, body: Result<String, serde_json::Error>| {
            let body = body.map_err(|why| StoreError::Unreadable { table: "entry", id: id.to_owned(), why: why.to_string() })?;
            Ok::<_, StoreError>((1, Fingerprint::of(body.as_bytes())))
        };
        for book in self.all_books().await? {
            out.insert(("book", book.id.to_string()), written(book.id.as_str(), serde_json::to_string(&book))?);
        }
        for entry in self.entries(&Entries::All).await? {
            out.insert(("entry", entry.id.to_string()), written(entry.id.as_str(), serde_json::to_string(&entry))?);
        }
        for event in self.events(0, i64::MAX).await? {
            out.insert(("event", event.seq.to_string()), (1, event.fingerprint));
        }
        Ok(out)
    }
}

/// Why an entry was not posted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// By a rule.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// By a failure.
    #[error(transparent)]
    Failed(#[from] StoreError),
}

use std::sync::Arc;

fn decode<R: DeserializeOwned>(table: &'static Table, kept: &Kept) -> Result<R, StoreError> {
    serde_json::from_str(&kept.body).map_err(|why| StoreError::Unreadable { table: table.name, id: kept.id.clone(), why: why.to_string() })
}
