//! Reading: somebody, in a role, over one connection that cannot write. Who sees how much of what is the table in `collection`;
//! here a record is found to be of the own enterprise or unit, and cut to what is seen. Reading changes nothing and is no act.

pub mod collection;
mod entries;
mod frozen;
pub mod handling;
pub mod months;
pub mod own;
pub mod own_file;

use crate::desk::unknown_in;
use crate::{Loaded, Office, Stop};
use casework::authority::Standing;
use casework::call::{Call, CallStage};
use casework::case::Case;
use casework::document::{Document, Subject};
use casework::id::{CallId, CaseId, OrganisationId, UnitId, UserId};
use casework::kind::Kind;
use casework::ledger::Entry;
use casework::matching::MatchList;
use casework::payment::Batch;
use casework::people::{Role, User};
use casework::policy_version::{PolicyLife, PolicyStage, PolicyVersion};
use casework::recovery::Recovery;
use casework::{Key, Record, Refusal, Table};
use collection::{Belongs, Openly, Paper};
pub use collection::{COLLECTIONS, Collection, Sight, collection};
pub use frozen::Frozen;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::work::{Entries, Kept};
use store::{Filter, Store, StoreError, Work};
use values::WorkCalendar;

/// Who reads.
#[derive(Clone, Debug)]
pub struct Reader {
    /// The person.
    pub user: UserId,
    /// The role the person reads in.
    pub role: Role,
}

/// A record as somebody sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Id.
    pub id: String,
    /// Version: counts its changes.
    pub version: i64,
    /// What is seen of it.
    pub body: Value,
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The records, in the order of their ids.
    pub records: Vec<Read>,
    /// The id after which the next page begins; none: this was the last.
    pub next: Option<String>,
}

/// What is asked of a list.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    /// Column and value that records must have.
    pub filters: Vec<(&'a str, &'a str)>,
    /// The id after which the page begins.
    pub after: &'a str,
    /// How many, at most.
    pub limit: usize,
}

/// Records longest looked through for one page: a page may then come back short, with where to go on.
pub(crate) const LOOKED_AT_MAX: usize = 150;

/// Somebody who reads. All that is looked up for one answer goes through it: an answer that held one connection and waited for
/// another would wait for ever once all are held so.
pub struct Reading<'a> {
    pub(crate) office: &'a Office,
    /// The one connection.
    pub work: Work,
    pub(crate) role: Role,
    pub(crate) person: User,
    /// Calls at hand.
    calls: BTreeMap<CallId, Option<Call>>,
    /// Cases that were looked up, and whether they are of the person's unit.
    cases: BTreeMap<String, bool>,
    /// Calls of batches that were looked up.
    batches: BTreeMap<String, Option<CallId>>,
}

impl Office {
    /// Lets somebody read. `store` may be one for reading alone.
    ///
    /// Errors: denied, where nobody active is known by the name who has the role.
    pub async fn reading(&self, store: &Store, reader: &Reader) -> Result<Reading<'_>, Stop> {
        let mut work = store.begin().await?;
        let person: Option<User> = work.peek(reader.user.as_str()).await?;
        let person = person.filter(|person| person.active && person.roles.contains(&reader.role)).ok_or(Refusal::Denied)?;
        Ok(Reading { office: self, work, role: reader.role, person, calls: BTreeMap::new(), cases: BTreeMap::new(), batches: BTreeMap::new() })
    }

    /// A page of a collection, and nothing else: see [`Reading::page`].
    pub async fn page(&self, store: &Store, reader: &Reader, collection: &Collection, wanted: &Wanted<'_>) -> Result<Page, Stop> {
        let page = self.reading(store, reader).await?.page(collection, wanted).await?;
        if collection.goes_out {
            self.store.begin().await?.confirm().await?;
        }
        Ok(page)
    }

    /// One record, and nothing else: see [`Reading::one`].
    pub async fn one(&self, store: &Store, reader: &Reader, collection: &Collection, id: &str) -> Result<Read, Stop> {
        self.reading(store, reader).await?.one(collection, id).await
    }

    /// A policy version, compiled. Everybody may have one that was issued; a draft is for officers.
    ///
    /// Errors: unknown, also where it is not for this reader; its files do not compile.
    pub async fn scheme(&self, store: &Store, reader: Option<&Reader>, id: &str) -> Result<Arc<Loaded>, Stop> {
        let mut work = store.begin().await?;
        let life: Option<PolicyLife> = work.peek(id).await?;
        let issued = life.is_some_and(|life| life.stage == PolicyStage::Issued);
        let officer = match reader {
            Some(reader) if reader.role != Role::Applicant => {
                let person: Option<User> = work.peek(reader.user.as_str()).await?;
                person.is_some_and(|person| person.active && person.roles.contains(&reader.role))
            }
            _ => false,
        };
        if !issued && !officer {
            return Err(unknown_in(PolicyVersion::TABLE, id).into());
        }
        if let Some(loaded) = self.loaded.lock().ok().and_then(|loaded| loaded.get(id).cloned()) {
            return Ok(loaded);
        }
        let version: PolicyVersion = work.peek(id).await?.ok_or_else(|| unknown_in(PolicyVersion::TABLE, id))?;
        let loaded = Arc::new(crate::compile(&version).map_err(Refusal::Input)?);
        // A draft may get other files; what is issued never does.
        if let Some(mut all) = self.loaded.lock().ok().filter(|_| issued) {
            all.insert(id.to_owned(), Arc::clone(&loaded));
        }
        Ok(loaded)
    }
}

/// Of a case what says which units it is of.
#[derive(Deserialize)]
struct CaseUnits {
    call: CallId,
    #[serde(default)]
    review: ReviewUnits,
}

#[derive(Default, Deserialize)]
struct ReviewUnits {
    #[serde(default)]
    asks: Vec<AskUnit>,
}

#[derive(Deserialize)]
struct AskUnit {
    unit: UnitId,
}

/// Whether records of a table belong to units through their call alone, and not through what a unit was asked of one case.
fn is_through_call(table: &'static Table) -> bool {
    COLLECTIONS.iter().any(|collection| collection.table == table.name && collection.belongs == Belongs::OfCall)
}

/// A number of records, as the store wants it.
fn at_most(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Filters in words, as the store wants them. Errors: no such column, or none for this role; no number where one is needed.
fn filters(collection: &Collection, table: &'static Table, role: Role, wanted: &[(&str, &str)]) -> Result<Vec<Filter>, Refusal> {
    let filter = |(name, value): &(&str, &str)| {
        let open = || table.columns.iter().filter(|column| collection.may_ask_by(role, column.name));
        let column = open().find(|column| column.name == *name).ok_or_else(|| {
            let known: Vec<&str> = open().map(|column| column.name).collect();
            Refusal::Input(format!("there is no filter {name}; there are: {}", known.join(", ")))
        })?;
        let key = match column.number {
            true => Key::Number(value.parse().map_err(|_| Refusal::Input(format!("{name}: {value} is no whole number")))?),
            false => Key::from(*value),
        };
        Ok((column.name, vec![key]))
    };
    wanted.iter().map(filter).collect()
}

/// The values of a record's columns by name, as far as they say who sees it.
type Keys = BTreeMap<&'static str, Key>;

/// The same of a record that came without them; nothing, where all of them are seen: reading a record is what a page costs.
fn keys_of(kind: &Kind, sight: Sight, kept: &Kept) -> Result<Keys, StoreError> {
    if matches!(sight, Sight::All | Sight::Public(..)) {
        return Ok(Keys::new());
    }
    let (_, keys) = kind.read(&kept.body).map_err(|why| StoreError::Unreadable { table: kind.table.name, id: kept.id.clone(), why })?;
    Ok(kind.table.columns.iter().map(|column| column.name).zip(keys).collect())
}

fn text<'k>(keys: &'k Keys, column: &str) -> Option<&'k str> {
    match keys.get(column) {
        Some(Key::Text(text)) => Some(text),
        _ => None,
    }
}

impl Reading<'_> {
    /// The role that is read in.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Who reads.
    #[must_use]
    pub const fn person(&self) -> &User {
        &self.person
    }

    /// The working days as the office knows them now.
    pub async fn calendar(&mut self) -> Result<WorkCalendar, Stop> {
        crate::calendar::current(self.office, &mut self.work).await
    }

    /// A page of a collection, as far as the reader sees it.
    ///
    /// Errors: denied, where the role sees nothing of it; a filter by a column it does not show, or a value that is no number.
    pub async fn page(&mut self, collection: &Collection, wanted: &Wanted<'_>) -> Result<Page, Stop> {
        let (sight, kind) = collection.sight(self.role).zip(collection.kind()).ok_or(Refusal::Denied)?;
        let mut filters = filters(collection, kind.table, self.role, &wanted.filters)?;
        // What is asked of one call is narrowed by that.
        let of_call = wanted.filters.iter().any(|(column, _)| *column == "call_id");
        if !of_call || !matches!(sight, Sight::Unit) {
            filters.extend(self.narrowed(sight, kind.table).await?);
        }
        let mut page = Page { records: Vec::new(), next: None };
        let mut after = wanted.after.to_owned();
        let mut looked_at = 0;
        let limit = wanted.limit.max(1);
        loop {
            let at_most = i64::try_from(limit - page.records.len() + 1).unwrap_or(i64::MAX);
            let found = self.work.rows(kind.table, &filters, &after, at_most).await?;
            let last = found.len() < usize::try_from(at_most).unwrap_or(usize::MAX);
            looked_at += found.len();
            let named = |keys: Vec<Key>| kind.table.columns.iter().map(|column| column.name).zip(keys).collect::<Keys>();
            let with_keys: Vec<(Kept, Keys)> = found.into_iter().map(|(kept, keys)| (kept, named(keys))).collect();
            if sight == Sight::Unit && matches!(collection.belongs, Belongs::OfCase | Belongs::OfCaseOrAll) {
                self.look_up_cases(with_keys.iter().filter_map(|(_, keys)| text(keys, "case_id"))).await?;
            }
            for (kept, keys) in with_keys {
                if page.records.len() == limit {
                    page.next = Some(after);
                    return Ok(page);
                }
                after.clone_from(&kept.id);
                page.records.extend(self.seen(collection, &kept, &keys).await?);
            }
            if last {
                return Ok(page);
            }
            if looked_at >= LOOKED_AT_MAX {
                page.next = Some(after);
                return Ok(page);
            }
        }
    }

    /// One record, as the reader sees it. Errors: denied, where the role sees nothing of its collection; unknown, also where it is not for this reader to know of.
    pub async fn one(&mut self, collection: &Collection, id: &str) -> Result<Read, Stop> {
        let kind = collection.kind().filter(|_| collection.sight(self.role).is_some()).ok_or(Refusal::Denied)?;
        let shown = match self.work.row(kind.table, id).await? {
            Some(kept) => self.shown(collection, &kept).await?,
            None => None,
        };
        Ok(shown.ok_or_else(|| unknown_in(kind.table, id))?)
    }

    /// A case that the reader sees, whole: what stands beside it – its state, its money, its papers – is seen by who sees it.
    ///
    /// Errors: as [`one`](Self::one).
    pub async fn case(&mut self, id: &str) -> Result<Case, Stop> {
        let cases = collection("cases").ok_or(Refusal::Denied)?;
        self.one(cases, id).await?;
        Ok(self.work.peek(id).await?.ok_or_else(|| unknown_in(Case::TABLE, id))?)
    }

    /// A document that the reader may have printed, whole. Errors: as [`one`](Self::one); denied, where it holds accounts that
    /// are not for the reader.
    pub async fn document(&mut self, id: &str) -> Result<Document, Stop> {
        let documents = collection("documents").ok_or(Refusal::Denied)?;
        self.one(documents, id).await?;
        let document: Document = self.work.peek(id).await?.ok_or_else(|| unknown_in(Document::TABLE, id))?;
        let is_own = self.person.unit.as_ref() == Some(&document.unit);
        if Paper::of(document.kind) == Some(Paper::WithAccounts) && self.role != Role::Finance && !is_own {
            return Err(Refusal::Denied.into());
        }
        Ok(document)
    }

    /// Entries after a number, at most so many, and the number after which to go on; none: these were the last. Money of a
    /// case is seen by who sees the case, so a page may come back short.
    pub async fn entries(&mut self, which: &Entries, after: i64, limit: usize) -> Result<(Vec<Entry>, Option<i64>), Stop> {
        self.entries_that(which, after, limit, |_| true).await
    }

    /// Reads the cases of entries together, where it depends on them who sees an entry.
    pub(crate) async fn bring_cases(&mut self, entries: impl Iterator<Item = &Entry>) -> Result<(), Stop> {
        if collection("cases").and_then(|cases| cases.sight(self.role)) == Some(Sight::Unit) {
            self.look_up_cases(entries.filter_map(|entry| entry.case.as_ref()).map(CaseId::as_str)).await?;
        }
        Ok(())
    }

    /// Whether cases are of the person's unit, for all of them in two questions.
    async fn look_up_cases(&mut self, ids: impl Iterator<Item = &str>) -> Result<(), Stop> {
        let ids: BTreeSet<&str> = ids.filter(|id| !self.cases.contains_key(*id)).collect();
        self.work.bring::<Case>(ids.iter().copied()).await?;
        let mut cases: Vec<(&str, CaseUnits)> = Vec::new();
        for id in ids {
            if let Some(case) = self.work.peek_part::<Case, CaseUnits>(id).await? {
                cases.push((id, case));
            }
        }
        self.work.bring::<Call>(cases.iter().map(|(_, case)| case.call.as_str())).await?;
        for (id, case) in cases {
            let is_of_unit = self.is_of_asked_unit(&case).await?;
            self.cases.insert(id.to_owned(), is_of_unit);
        }
        Ok(())
    }

    /// Whether an entry is of no case, or of one that the reader sees.
    pub(crate) async fn sees_entry(&mut self, entry: &Entry) -> Result<bool, Stop> {
        match &entry.case {
            Some(case) => self.sees_case(case.as_str()).await,
            None => Ok(true),
        }
    }

    /// Whether somebody who handles cases sees this one.
    async fn sees_case(&mut self, id: &str) -> Result<bool, Stop> {
        match collection("cases").and_then(|cases| cases.sight(self.role)) {
            Some(Sight::All) => Ok(true),
            Some(Sight::Unit) => self.is_case_of_unit(id).await,
            _ => Ok(false),
        }
    }

    /// Of these cases those that somebody who handles cases sees, read together.
    pub async fn cases(&mut self, ids: &[&str]) -> Result<BTreeMap<String, Case>, Stop> {
        self.look_up_cases(ids.iter().copied()).await?;
        let mut out = BTreeMap::new();
        for id in ids {
            if self.sees_case(id).await?
                && let Some(case) = self.work.peek::<Case>(id).await?
            {
                out.insert((*id).to_owned(), case);
            }
        }
        Ok(out)
    }

    /// A call, read once.
    pub(crate) async fn call(&mut self, id: &CallId) -> Result<Option<Call>, Stop> {
        if !self.calls.contains_key(id) {
            let call = self.work.peek::<Call>(id.as_str()).await?;
            self.calls.insert(id.clone(), call);
        }
        Ok(self.calls.get(id).cloned().flatten())
    }

    pub(crate) fn stands_to(&self, call: &Call) -> Standing {
        match &self.person.unit {
            Some(unit) if *unit == call.lead => Standing::Lead,
            Some(unit) if call.with.contains(unit) => Standing::Asked,
            _ => Standing::Foreign,
        }
    }

    /// What the database can leave out by itself.
    pub(crate) async fn narrowed(&mut self, sight: Sight, table: &'static Table) -> Result<Option<Filter>, Stop> {
        let has = |name: &str| table.columns.iter().any(|column| column.name == name);
        let own = || self.person.organisation.iter().map(|own| Key::from(own.as_str())).collect::<Vec<_>>();
        match sight {
            Sight::Own(_) if has("organisation_id") => Ok(Some(("organisation_id", own()))),
            Sight::Own(_) if has("case_id") => {
                let mut cases: Vec<Case> = Vec::new();
                for own in own() {
                    cases.extend(self.work.list::<Case>("organisation_id", &own).await?);
                }
                Ok(Some(("case_id", cases.iter().map(|case| Key::from(case.id.as_str())).collect())))
            }
            // A unit that was asked in one case alone stands to no call; its cases are then looked at one by one.
            Sight::Unit if has("call_id") && (self.role != Role::UnitReviewer || is_through_call(table)) => match &self.person.unit {
                Some(unit) => Ok(self.office.calls_of(&mut self.work, unit).await?.map(|calls| ("call_id", calls))),
                None => Ok(Some(("call_id", Vec::new()))),
            },
            _ => Ok(None),
        }
    }

    /// A record as the reader sees it; none: not at all.
    async fn shown(&mut self, collection: &Collection, kept: &Kept) -> Result<Option<Read>, Stop> {
        let Some((sight, kind)) = collection.sight(self.role).zip(collection.kind()) else { return Ok(None) };
        let keys = keys_of(kind, sight, kept)?;
        self.seen(collection, kept, &keys).await
    }

    /// The same, where its columns are known.
    async fn seen(&mut self, collection: &Collection, kept: &Kept, keys: &Keys) -> Result<Option<Read>, Stop> {
        let Some(sight) = collection.sight(self.role) else { return Ok(None) };
        let unreadable = |why: serde_json::Error| StoreError::Unreadable { table: collection.table, id: kept.id.clone(), why: why.to_string() };
        let read = || serde_json::from_str::<Value>(&kept.body).map_err(unreadable);
        let sees = match sight {
            Sight::All => true,
            Sight::Public(openly, _) => self.is_public(openly, &kept.id, &read()?).await?,
            Sight::Own(_) => match self.person.organisation.clone() {
                Some(own) => self.is_of(&own, collection.belongs, kept, keys).await?,
                None => false,
            },
            Sight::Unit => self.is_of_unit(collection.belongs, kept, keys).await?,
        };
        if !sees {
            return Ok(None);
        }
        let mut body = read()?;
        if let Value::Object(fields) = &mut body {
            collection.cut(self.role, fields).map_err(unreadable)?;
        }
        Ok(Some(Read { id: kept.id.clone(), version: kept.version, body }))
    }

    async fn is_public(&mut self, openly: Openly, id: &str, body: &Value) -> Result<bool, Stop> {
        Ok(match openly {
            Openly::Always => true,
            Openly::Announced => {
                let stage = body.get("stage").and_then(|stage| serde_json::from_value::<CallStage>(stage.clone()).ok());
                stage.is_some_and(|stage| stage != CallStage::Draft)
            }
            Openly::Issued => self.work.peek::<PolicyLife>(id).await?.is_some_and(|life| life.stage == PolicyStage::Issued),
        })
    }

    async fn is_of(&mut self, own: &OrganisationId, belongs: Belongs, kept: &Kept, keys: &Keys) -> Result<bool, Stop> {
        let case = match belongs {
            Belongs::Enterprise => return Ok(kept.id == own.as_str()),
            Belongs::OfEnterprise => return Ok(text(keys, "organisation_id") == Some(own.as_str())),
            Belongs::Document => return self.is_served_on(own, &decoded(kept)?).await,
            Belongs::Case => return Ok(decoded::<Case>(kept)?.organisation == *own),
            Belongs::OfCase | Belongs::OfCaseOrAll => text(keys, "case_id"),
            Belongs::Nowhere | Belongs::OfCall | Belongs::OfBatch | Belongs::OfList => None,
        };
        let Some(case) = case else { return Ok(false) };
        Ok(self.work.peek::<Case>(case).await?.is_some_and(|case| case.organisation == *own))
    }

    /// Whether a document was written to an enterprise. Working papers about it are not for it.
    async fn is_served_on(&mut self, own: &OrganisationId, document: &Document) -> Result<bool, Stop> {
        if Paper::of(document.kind) != Some(Paper::Served) {
            return Ok(false);
        }
        Ok(match &document.subject {
            Subject::Case(case) => self.work.peek::<Case>(case.as_str()).await?.is_some_and(|case| case.organisation == *own),
            Subject::Recovery(id) => self.work.peek::<Recovery>(id.as_str()).await?.is_some_and(|recovery| recovery.organisation == *own),
            _ => false,
        })
    }

    async fn is_of_unit(&mut self, belongs: Belongs, kept: &Kept, keys: &Keys) -> Result<bool, Stop> {
        let call = match belongs {
            Belongs::Nowhere | Belongs::Enterprise | Belongs::OfEnterprise => return Ok(false),
            Belongs::Document => return self.is_document_of_unit(&decoded(kept)?).await,
            Belongs::Case | Belongs::OfCase | Belongs::OfCaseOrAll if self.is_of_known_call(keys) => return Ok(true),
            Belongs::Case => return self.is_of_asked_unit(&part::<Case, _>(kept)?).await,
            Belongs::OfCase | Belongs::OfCaseOrAll => {
                return match text(keys, "case_id") {
                    Some(case) => self.is_case_of_unit(case).await,
                    None => Ok(belongs == Belongs::OfCaseOrAll),
                };
            }
            Belongs::OfCall => text(keys, "call_id").map(CallId::parse).and_then(Result::ok),
            Belongs::OfBatch => match text(keys, "batch_id") {
                Some(batch) => self.call_of_batch(batch).await?,
                None => None,
            },
            Belongs::OfList => match text(keys, "list_id") {
                Some(list) => self.work.peek::<MatchList>(list).await?.map(|list| list.call),
                None => None,
            },
        };
        match call {
            Some(call) => self.is_call_of_unit(&call).await,
            None => Ok(false),
        }
    }

    /// Whether a document is of the person's unit, or of a call that the unit leads or is asked in.
    async fn is_document_of_unit(&mut self, document: &Document) -> Result<bool, Stop> {
        if self.person.unit.as_ref() == Some(&document.unit) {
            return Ok(true);
        }
        match &document.subject {
            Subject::Call(call) | Subject::Organisation(_, call) => self.is_call_of_unit(call).await,
            Subject::Case(case) => self.is_case_of_unit(case.as_str()).await,
            _ => Ok(false),
        }
    }

    async fn is_case_of_unit(&mut self, id: &str) -> Result<bool, Stop> {
        if !self.cases.contains_key(id) {
            self.look_up_cases(std::iter::once(id)).await?;
        }
        Ok(self.cases.get(id).copied().unwrap_or(false))
    }

    /// Whether the record names a call that was looked up already and is of the unit: where many records of one are looked at.
    fn is_of_known_call(&self, keys: &Keys) -> bool {
        let known = text(keys, "call_id").and_then(|id| CallId::parse(id).ok()).and_then(|id| self.calls.get(&id)?.as_ref());
        known.is_some_and(|call| self.stands_to(call) != Standing::Foreign)
    }

    async fn is_of_asked_unit(&mut self, case: &CaseUnits) -> Result<bool, Stop> {
        let asked = case.review.asks.iter().any(|ask| Some(&ask.unit) == self.person.unit.as_ref());
        Ok(asked || self.is_call_of_unit(&case.call).await?)
    }

    async fn is_call_of_unit(&mut self, id: &CallId) -> Result<bool, Stop> {
        if !self.calls.contains_key(id) {
            self.call(id).await?;
        }
        let call = self.calls.get(id).and_then(Option::as_ref);
        Ok(call.is_some_and(|call| self.stands_to(call) != Standing::Foreign))
    }

    /// The call of a batch; asked for the many records of one batch, it is looked up once.
    async fn call_of_batch(&mut self, id: &str) -> Result<Option<CallId>, Stop> {
        if let Some(known) = self.batches.get(id) {
            return Ok(known.clone());
        }
        let call = self.work.peek::<Batch>(id).await?.map(|batch| batch.call);
        self.batches.insert(id.to_owned(), call.clone());
        Ok(call)
    }
}

/// A record from what is kept of it. Errors: it cannot be read.
fn decoded<R: Record>(kept: &Kept) -> Result<R, StoreError> {
    part::<R, R>(kept)
}

/// A part of a record from what is kept of it. Errors: it cannot be read.
fn part<R: Record, P: DeserializeOwned>(kept: &Kept) -> Result<P, StoreError> {
    let unreadable = |why: serde_json::Error| StoreError::Unreadable { table: R::TABLE.name, id: kept.id.clone(), why: why.to_string() };
    serde_json::from_str(&kept.body).map_err(unreadable)
}
