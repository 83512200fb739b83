//! Who may read what: one table of collections, roles and how much of a collection a role sees. What is not in it is not
//! there. Reading changes nothing and is no act; what an applicant sees of a case is made by `casework::case::view`.

use crate::desk::unknown_in;
use crate::{Loaded, Office, Stop};
use casework::authority::Standing;
use casework::call::{Call, CallStage};
use casework::case::Case;
use casework::document::{Document, DocumentKind, Subject};
use casework::id::{OrganisationId, UserId};
use casework::kind::{KINDS, Kind};
use casework::people::{Role, User};
use casework::policy_version::{PolicyLife, PolicyStage, PolicyVersion};
use casework::recovery::Recovery;
use casework::{Key, Record, Refusal, Table};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::work::Kept;
use store::{Filter, Store, Work};

/// How much of a collection a role sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// All of it.
    All,
    /// What is the own enterprise's, and of it these fields.
    Own(&'static [&'static str]),
    /// What belongs to calls that the own unit leads or is asked in.
    Unit,
    /// What the public sees too: see [`is_public`].
    Public,
}

/// A collection that can be read: its name in addresses, its table, and who sees how much of it.
pub struct Collection {
    /// Name in addresses: `cases`.
    pub name: &'static str,
    /// Table of the records.
    pub table: &'static str,
    /// Fields that only finance and the enterprise itself see (`secret` in privacy.toml).
    pub secret: &'static [&'static str],
    /// Who sees how much.
    pub sights: &'static [(Role, Sight)],
}

use Role::{Administrator, Applicant, Auditor, Clerk, Drafter, Finance, Leader, Reviewer, UnitReviewer};

/// Officers who work on cases see those of their unit; finance and audit see all.
const OF_UNIT: &[(Role, Sight)] =
    &[(Clerk, Sight::Unit), (Reviewer, Sight::Unit), (UnitReviewer, Sight::Unit), (Leader, Sight::Unit), (Finance, Sight::All), (Auditor, Sight::All)];

macro_rules! with_own {
    ($fields:expr) => {
        &[
            (Applicant, Sight::Own($fields)),
            (Clerk, Sight::Unit),
            (Reviewer, Sight::Unit),
            (UnitReviewer, Sight::Unit),
            (Leader, Sight::Unit),
            (Finance, Sight::All),
            (Auditor, Sight::All),
        ]
    };
}

macro_rules! officers {
    ($($more:expr),*) => {
        &[(Clerk, Sight::All), (Reviewer, Sight::All), (UnitReviewer, Sight::All), (Leader, Sight::All), (Finance, Sight::All), (Auditor, Sight::All), $($more),*]
    };
}

const EVERYBODY: &[(Role, Sight)] = officers![(Drafter, Sight::All), (Administrator, Sight::All), (Applicant, Sight::Public)];

/// All fields.
const WHOLE: &[&str] = &[];

/// Documents that are written to the enterprise they are about.
const SERVED: &[DocumentKind] = &[
    DocumentKind::AcceptanceNotice,
    DocumentKind::CorrectionNotice,
    DocumentKind::DeclineNotice,
    DocumentKind::CalculationSheet,
    DocumentKind::RefusalDecision,
    DocumentKind::RecoveryNotice,
    DocumentKind::RecoveryDecision,
    DocumentKind::RecoveryReminder,
];

/// Everything that can be read, in the order of the addresses.
pub const COLLECTIONS: &[Collection] = &[
    Collection { name: "accounts", table: "account_entry", secret: &["account"], sights: officers![(Applicant, Sight::Own(WHOLE))] },
    Collection { name: "batches", table: "payment_batch", secret: &[], sights: OF_UNIT },
    Collection { name: "calendars", table: "work_calendar", secret: &[], sights: EVERYBODY },
    Collection { name: "calls", table: "call", secret: &[], sights: EVERYBODY },
    Collection {
        name: "cases",
        table: "case_file",
        secret: &[],
        sights: with_own!(&["id", "call", "organisation", "stage", "application", "evidence", "claims", "determination", "notice", "submitted"]),
    },
    Collection { name: "checkpoints", table: "checkpoint", secret: &[], sights: &[(Auditor, Sight::All), (Administrator, Sight::All), (Leader, Sight::All)] },
    Collection { name: "comments", table: "comment", secret: &[], sights: officers![(Drafter, Sight::All)] },
    Collection { name: "determinations", table: "determination", secret: &[], sights: with_own!(WHOLE) },
    // What a document shows may hold accounts: it is given out as the document alone.
    Collection {
        name: "documents",
        table: "document",
        secret: &["data"],
        sights: with_own!(&["id", "kind", "subject", "unit", "year", "number", "own_number", "at", "void"]),
    },
    Collection { name: "dues", table: "due", secret: &["account"], sights: with_own!(WHOLE) },
    Collection { name: "earlier-awards", table: "earlier_award", secret: &[], sights: officers![(Applicant, Sight::Own(WHOLE))] },
    Collection { name: "former-names", table: "former_name", secret: &[], sights: officers![(Applicant, Sight::Own(WHOLE))] },
    Collection { name: "guides", table: "guide", secret: &[], sights: EVERYBODY },
    Collection { name: "leads", table: "recovery_lead", secret: &[], sights: officers![] },
    Collection { name: "links", table: "recusal_link", secret: &[], sights: &[(Administrator, Sight::All), (Auditor, Sight::All), (Leader, Sight::All)] },
    Collection { name: "match-entries", table: "match_entry", secret: &[], sights: OF_UNIT },
    Collection { name: "match-lists", table: "match_list", secret: &[], sights: OF_UNIT },
    Collection { name: "messages", table: "outbox", secret: &[], sights: &[(Auditor, Sight::All), (Role::Service, Sight::All)] },
    Collection { name: "notices", table: "notice", secret: &[], sights: EVERYBODY },
    Collection { name: "objections", table: "objection", secret: &[], sights: OF_UNIT },
    Collection {
        name: "organisations",
        table: "organisation",
        secret: &["account"],
        sights: officers![(Administrator, Sight::All), (Applicant, Sight::Own(WHOLE))],
    },
    Collection { name: "performances", table: "performance", secret: &[], sights: with_own!(WHOLE) },
    Collection { name: "policies", table: "policy_version", secret: &[], sights: EVERYBODY },
    Collection { name: "policy-lives", table: "policy_life", secret: &[], sights: officers![(Drafter, Sight::All)] },
    Collection {
        name: "proposals",
        table: "rights_proposal",
        secret: &[],
        sights: &[(Administrator, Sight::All), (Auditor, Sight::All), (Leader, Sight::All)],
    },
    Collection { name: "receipts", table: "bank_receipt", secret: &[], sights: OF_UNIT },
    Collection { name: "recognitions", table: "recognition", secret: &[], sights: officers![(Applicant, Sight::Own(WHOLE))] },
    Collection { name: "recoveries", table: "recovery", secret: &[], sights: OF_UNIT },
    Collection { name: "shops", table: "shop", secret: &[], sights: officers![(Administrator, Sight::All), (Applicant, Sight::Own(WHOLE))] },
    Collection { name: "units", table: "unit", secret: &[], sights: officers![(Drafter, Sight::All), (Administrator, Sight::All), (Applicant, Sight::All)] },
    Collection { name: "users", table: "user_account", secret: &[], sights: &[(Administrator, Sight::All), (Auditor, Sight::All), (Leader, Sight::All)] },
];

/// The collection of a name.
#[must_use]
pub fn collection(name: &str) -> Option<&'static Collection> {
    COLLECTIONS.iter().find(|collection| collection.name == name)
}

impl Collection {
    /// How much of it a role sees; none: to that role it does not exist.
    #[must_use]
    pub fn sight(&self, role: Role) -> Option<Sight> {
        self.sights.iter().find(|(seer, _)| *seer == role).map(|(_, sight)| *sight)
    }

    /// Its kind of records.
    #[must_use]
    pub fn kind(&self) -> Option<&'static Kind> {
        KINDS.iter().find(|kind| kind.table.name == self.table)
    }
}

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
const LOOKED_AT_MAX: usize = 5_000;

impl Office {
    /// A page of a collection, as far as the reader sees it. `store` may be one for reading alone.
    ///
    /// Errors: denied, where the role sees nothing of it; a filter by a column it does not have, or a value that is no number.
    pub async fn page(&self, store: &Store, reader: &Reader, collection: &Collection, wanted: &Wanted<'_>) -> Result<Page, Stop> {
        let mut seen = Seen::open(store, reader, collection).await?;
        let mut filters = filters(seen.kind.table, &wanted.filters)?;
        if let Some(filter) = seen.narrowed(self, wanted).await? {
            filters.push(filter);
        }
        let mut page = Page { records: Vec::new(), next: None };
        let mut after = wanted.after.to_owned();
        let mut looked_at = 0;
        let limit = wanted.limit.max(1);
        loop {
            let at_most = i64::try_from(limit - page.records.len() + 1).unwrap_or(i64::MAX);
            let kept = seen.work.page(seen.kind.table, &filters, &after, at_most).await?;
            let last = kept.len() < usize::try_from(at_most).unwrap_or(usize::MAX);
            looked_at += kept.len();
            for kept in kept {
                if page.records.len() == limit {
                    page.next = Some(after);
                    return Ok(page);
                }
                after.clone_from(&kept.id);
                if let Some(read) = seen.shown(&kept).await? {
                    page.records.push(read);
                }
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

    /// One record, as the reader sees it. Errors: unknown, also where it is not for this reader to know of.
    pub async fn one(&self, store: &Store, reader: &Reader, collection: &Collection, id: &str) -> Result<Read, Stop> {
        let mut seen = Seen::open(store, reader, collection).await?;
        let kept = seen.work.row(seen.kind.table, id).await?;
        let shown = match kept {
            Some(kept) => seen.shown(&kept).await?,
            None => None,
        };
        Ok(shown.ok_or_else(|| unknown_in(seen.kind.table, id))?)
    }
}

impl Office {
    /// A policy version, compiled. Everybody may have one that was issued; a draft is for officers.
    ///
    /// Errors: unknown, also where it is not for this reader; its files do not compile.
    pub async fn scheme(&self, store: &Store, reader: Option<&Reader>, id: &str) -> Result<Arc<Loaded>, Stop> {
        let mut work = store.begin().await?;
        let life: Option<PolicyLife> = work.peek(id).await?;
        let issued = life.is_some_and(|life| life.stage == PolicyStage::Issued);
        let officer = match reader {
            Some(reader) if reader.role != Applicant => {
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

/// Filters in words, as the store wants them. Errors: no such column; no number where one is needed.
fn filters(table: &'static Table, wanted: &[(&str, &str)]) -> Result<Vec<Filter>, Refusal> {
    let filter = |(name, value): &(&str, &str)| {
        let column = table.columns.iter().find(|column| column.name == *name).ok_or_else(|| {
            let known: Vec<&str> = table.columns.iter().map(|column| column.name).collect();
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

/// What one reader sees of one collection, with what was looked up for it.
struct Seen<'a> {
    work: Work,
    reader: &'a Reader,
    person: User,
    sight: Sight,
    collection: &'a Collection,
    kind: &'static Kind,
    calls: BTreeMap<String, Option<Call>>,
}

impl<'a> Seen<'a> {
    async fn open(store: &Store, reader: &'a Reader, collection: &'a Collection) -> Result<Self, Stop> {
        let mut work = store.begin().await?;
        let person: Option<User> = work.peek(reader.user.as_str()).await?;
        let person = person.filter(|person| person.active && person.roles.contains(&reader.role)).ok_or(Refusal::Denied)?;
        let (sight, kind) = collection.sight(reader.role).zip(collection.kind()).ok_or(Refusal::Denied)?;
        Ok(Self { work, reader, person, sight, collection, kind, calls: BTreeMap::new() })
    }

    /// What the database can leave out by itself.
    async fn narrowed(&mut self, office: &Office, wanted: &Wanted<'_>) -> Result<Option<Filter>, Stop> {
        let has = |name: &str| self.kind.table.columns.iter().any(|column| column.name == name);
        match self.sight {
            Sight::Own(_) if has("organisation_id") => {
                Ok(Some(("organisation_id", self.person.organisation.iter().map(|own| Key::from(own.as_str())).collect())))
            }
            // A unit that was asked in one case alone stands to no call; its cases are then looked at one by one.
            Sight::Unit if self.reader.role == Role::UnitReviewer => Ok(None),
            Sight::Unit if has("call_id") && !wanted.filters.iter().any(|(column, _)| *column == "call_id") => match &self.person.unit {
                Some(unit) => Ok(office.calls_of(&mut self.work, unit).await?.map(|calls| ("call_id", calls))),
                None => Ok(Some(("call_id", Vec::new()))),
            },
            _ => Ok(None),
        }
    }

    fn stands_to(&self, call: &Call) -> Standing {
        match &self.person.unit {
            Some(unit) if *unit == call.lead => Standing::Lead,
            Some(unit) if call.with.contains(unit) => Standing::Asked,
            _ => Standing::Foreign,
        }
    }

    /// A record as the reader sees it; none: not at all.
    async fn shown(&mut self, kept: &Kept) -> Result<Option<Read>, Stop> {
        let unreadable = |why: String| store::StoreError::Unreadable { table: self.kind.table.name, id: kept.id.clone(), why };
        let mut body: Value = serde_json::from_str(&kept.body).map_err(|e| unreadable(e.to_string()))?;
        let (_, keys) = self.kind.read(&kept.body).map_err(unreadable)?;
        let keys: BTreeMap<&str, &Key> = self.kind.table.columns.iter().map(|column| column.name).zip(&keys).collect();
        let sees = match self.sight {
            Sight::All => true,
            Sight::Public if self.kind.table.name == "policy_version" => self.is_issued(&kept.id).await?,
            Sight::Public => is_public(self.kind.table, &body),
            Sight::Own(_) => match self.person.organisation.clone() {
                Some(own) => self.is_of(&own, kept, &keys).await?,
                None => false,
            },
            Sight::Unit => self.is_of_unit(kept, &keys).await?,
        };
        if !sees {
            return Ok(None);
        }
        if let Value::Object(fields) = &mut body {
            if let Sight::Own(own) = self.sight {
                fields.retain(|field, _| own.is_empty() || own.contains(&field.as_str()));
            } else if self.reader.role != Role::Finance {
                fields.retain(|field, _| !self.collection.secret.contains(&field.as_str()));
            }
        }
        Ok(Some(Read { id: kept.id.clone(), version: kept.version, body }))
    }

    async fn is_of(&mut self, own: &OrganisationId, kept: &Kept, keys: &BTreeMap<&str, &Key>) -> Result<bool, Stop> {
        if self.kind.table.name == "organisation" {
            return Ok(kept.id == own.as_str());
        }
        if self.kind.table.name == Document::TABLE.name {
            return self.is_served_on(own, &decoded(kept)?).await;
        }
        match (keys.get("organisation_id"), keys.get("case_id")) {
            (Some(Key::Text(organisation)), _) => Ok(organisation == own.as_str()),
            (None, Some(Key::Text(case))) => Ok(self.work.peek::<Case>(case).await?.is_some_and(|case| case.organisation == *own)),
            _ => Ok(false),
        }
    }

    /// Whether a document was written to an enterprise. Working papers about it are not for it.
    async fn is_served_on(&mut self, own: &OrganisationId, document: &Document) -> Result<bool, Stop> {
        if !SERVED.contains(&document.kind) {
            return Ok(false);
        }
        Ok(match &document.subject {
            Subject::Case(case) => self.work.peek::<Case>(case.as_str()).await?.is_some_and(|case| case.organisation == *own),
            Subject::Recovery(id) => self.work.peek::<Recovery>(id.as_str()).await?.is_some_and(|recovery| recovery.organisation == *own),
            _ => false,
        })
    }

    /// Whether a document is of the person's unit, or of a call that the unit leads or is asked in.
    async fn is_document_of_unit(&mut self, document: &Document) -> Result<bool, Stop> {
        if self.person.unit.as_ref() == Some(&document.unit) {
            return Ok(true);
        }
        match &document.subject {
            Subject::Call(call) | Subject::Organisation(_, call) => self.is_call_of_unit(call.as_str()).await,
            Subject::Case(case) => match self.work.peek::<Case>(case.as_str()).await? {
                Some(case) => self.is_call_of_unit(case.call.as_str()).await,
                None => Ok(false),
            },
            _ => Ok(false),
        }
    }

    async fn is_issued(&mut self, id: &str) -> Result<bool, Stop> {
        let life: Option<PolicyLife> = self.work.peek(id).await?;
        Ok(life.is_some_and(|life| life.stage == PolicyStage::Issued))
    }

    async fn is_of_unit(&mut self, kept: &Kept, keys: &BTreeMap<&str, &Key>) -> Result<bool, Stop> {
        if self.kind.table.name == Document::TABLE.name {
            return self.is_document_of_unit(&decoded(kept)?).await;
        }
        // The call first: where many records of one are looked at, it is known already.
        if let Some(Key::Text(call)) = keys.get("call_id")
            && self.is_call_of_unit(call).await?
        {
            return Ok(true);
        }
        let case: Option<Case> = match (self.kind.table.name, keys.get("case_id")) {
            ("case_file", _) => Some(decoded(kept)?),
            (_, Some(Key::Text(case))) => self.work.peek(case).await?,
            _ => None,
        };
        if let Some(case) = case {
            let asked = case.review.asks.iter().any(|ask| Some(&ask.unit) == self.person.unit.as_ref());
            return Ok(asked || self.is_call_of_unit(case.call.as_str()).await?);
        }
        let call = match (keys.get("batch_id"), keys.get("list_id")) {
            (Some(Key::Text(batch)), _) => {
                let Some(batch) = self.work.peek::<casework::payment::Batch>(batch).await? else { return Ok(false) };
                batch.call.to_string()
            }
            (_, Some(Key::Text(list))) => {
                let Some(list) = self.work.peek::<casework::matching::MatchList>(list).await? else { return Ok(false) };
                list.call.to_string()
            }
            _ => return Ok(false),
        };
        self.is_call_of_unit(&call).await
    }

    async fn is_call_of_unit(&mut self, id: &str) -> Result<bool, Stop> {
        if !self.calls.contains_key(id) {
            let call = self.work.peek::<Call>(id).await?;
            self.calls.insert(id.to_owned(), call);
        }
        let call = self.calls.get(id).and_then(Option::as_ref);
        Ok(call.is_some_and(|call| self.stands_to(call) != Standing::Foreign))
    }
}

/// A record from what is kept of it. Errors: it cannot be read.
fn decoded<R: Record>(kept: &Kept) -> Result<R, store::StoreError> {
    let unreadable = |why: serde_json::Error| store::StoreError::Unreadable { table: R::TABLE.name, id: kept.id.clone(), why: why.to_string() };
    serde_json::from_str(&kept.body).map_err(unreadable)
}

/// Whether the public sees a record by itself: a call from its announcement on, notices, guides, calendars, units.
#[must_use]
pub fn is_public(table: &Table, body: &Value) -> bool {
    match table.name {
        "notice" | "guide" | "work_calendar" | "unit" => true,
        "call" => body.get("stage").and_then(|stage| serde_json::from_value::<CallStage>(stage.clone()).ok()).is_some_and(|stage| stage != CallStage::Draft),
        _ => false,
    }
}
