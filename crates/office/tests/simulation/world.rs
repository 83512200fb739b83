//! What the generator knows of the district it plays in: the records as they stand in the store in memory, refreshed after
//! each act that was done. It may look, since it only has to ask for likely things; the auditor may not.

use casework::call::{Call, CallStage};
use casework::case::Case;
use casework::chain::{Effect, Event, Fingerprint};
use casework::document::Document;
use casework::guide::Guide;
use casework::history::EarlierAward;
use casework::id::{BookId, CaseId, OrganisationId, UnitId};
use casework::matching::{MatchEntry, MatchList};
use casework::motion::Motion;
use casework::notice::{Notice, Objection};
use casework::organisation::{Account, AccountEntry, CodeException, FormerName, Organisation, Shop, Snapshot};
use casework::payment::{Batch, Due, Receipt};
use casework::people::{Founding, Link, Proposal, Role, Unit, User};
use casework::performance::Performance;
use casework::policy_version::{Comment, PolicyLife, PolicyStage, PolicyVersion};
use casework::recognition::Recognition;
use casework::recovery::{Lead, Recovery};
use casework::{Record, Refusal, Table};
use serde_json::Value;
use std::collections::BTreeMap;
use store::Store;

use crate::random::Random;

/// All tables, for comparing whole stores.
pub const TABLES: &[&Table] = &[
    Unit::TABLE,
    User::TABLE,
    Organisation::TABLE,
    PolicyVersion::TABLE,
    Call::TABLE,
    Notice::TABLE,
    Case::TABLE,
    casework::determination::Determination::TABLE,
    Proposal::TABLE,
    Founding::TABLE,
    Link::TABLE,
    Shop::TABLE,
    AccountEntry::TABLE,
    FormerName::TABLE,
    CodeException::TABLE,
    Snapshot::TABLE,
    casework::outbox::Message::TABLE,
    Batch::TABLE,
    Due::TABLE,
    Receipt::TABLE,
    Objection::TABLE,
    Performance::TABLE,
    EarlierAward::TABLE,
    MatchList::TABLE,
    MatchEntry::TABLE,
    Lead::TABLE,
    Recovery::TABLE,
    PolicyLife::TABLE,
    Comment::TABLE,
    Recognition::TABLE,
    Guide::TABLE,
    casework::calendar::Calendar::TABLE,
    casework::chain::Checkpoint::TABLE,
    Motion::TABLE,
    Document::TABLE,
    casework::document::Sequence::TABLE,
    casework::document::Letterhead::TABLE,
];

/// A policy of the district: its version, its scheme, applications to start from.
pub struct Policy {
    pub version: PolicyVersion,
    pub scheme: policy::scheme::Scheme,
    /// Clause and application; empty for the policy of the simulation, whose facts are drawn.
    pub templates: Vec<(String, Value)>,
}

/// The records at hand.
#[derive(Default)]
pub struct World {
    pub users: BTreeMap<String, User>,
    /// Those of them who work for a unit.
    pub officers: BTreeMap<String, User>,
    pub organisations: Vec<OrganisationId>,
    pub accounts: BTreeMap<String, Option<Account>>,
    pub calls: BTreeMap<String, Call>,
    pub cases: BTreeMap<String, Case>,
    pub notices: BTreeMap<String, Notice>,
    pub batches: BTreeMap<String, Batch>,
    pub dues: BTreeMap<String, Due>,
    pub objections: BTreeMap<String, Objection>,
    pub reports: BTreeMap<String, Performance>,
    /// Cases by call, in the order they were started.
    pub of_call: BTreeMap<String, Vec<String>>,
    /// Calls that still have something to be done, oldest first.
    pub live: Vec<String>,
    pub funds: Vec<(BookId, i32)>,
    /// Name of the policy, year, pool and its book.
    pub pools: Vec<(String, i32, String, BookId)>,
    pub loaded: Vec<String>,
    pub versions: BTreeMap<String, PolicyVersion>,
    pub lives: BTreeMap<String, PolicyLife>,
    /// Versions issued since somebody last looked.
    pub issued: Vec<String>,
    pub comments: BTreeMap<String, Comment>,
    pub guides: BTreeMap<String, Guide>,
    pub recognitions: BTreeMap<String, Recognition>,
    pub earlier: BTreeMap<String, EarlierAward>,
    pub lists: BTreeMap<String, MatchList>,
    pub listed: BTreeMap<String, MatchEntry>,
    pub leads: BTreeMap<String, Lead>,
    pub recoveries: BTreeMap<String, Recovery>,
    pub motions: BTreeMap<String, Motion>,
    pub documents: BTreeMap<String, Document>,
    /// Accounts that were entered.
    pub entered: BTreeMap<String, AccountEntry>,
    /// Instalments that are tested before they are paid.
    pub tested: Vec<String>,
    /// Payments by case.
    pub dues_of: BTreeMap<String, Vec<String>>,
    /// Who gets something where a pool is shared again, as the office said when it was asked for others.
    pub winners: BTreeMap<String, Vec<CaseId>>,
    /// Position and fingerprint of the last event.
    pub head: Option<(i64, Fingerprint)>,
    /// How often an act on a case was refused since one was done: what is stuck is left alone, mostly.
    pub refused: BTreeMap<String, usize>,
    /// Every id that was ever used, by the first letters that tell its kind.
    pub ids: BTreeMap<&'static str, Vec<String>>,
}

/// Reads a record again into the map of its kind.
macro_rules! keep {
    ($world:ident, $work:ident, $table:ident, $id:ident; $($map:ident: $record:ty),* $(,)?) => {$(
        if $table == <$record>::TABLE.name {
            let record: $record = $work.peek(&$id).await.unwrap().unwrap();
            $world.$map.insert($id.clone(), record);
        }
    )*};
}

impl World {
    /// Reads again what an event changed.
    pub async fn refresh(&mut self, store: &Store, event: &Event) {
        let effects: Vec<Effect> = serde_json::from_str(&event.effects).expect("the effects of an event");
        self.head = Some((event.seq, event.fingerprint));
        let mut work = store.begin().await.expect("the store in memory");
        for Effect { table, id, .. } in effects {
            self.know(&table, &id);
            if table == User::TABLE.name {
                let user: User = work.peek(&id).await.unwrap().unwrap();
                if user.organisation.is_none() {
                    self.officers.insert(id.clone(), user.clone());
                }
                self.users.insert(id.clone(), user);
            } else if table == Organisation::TABLE.name {
                let organisation: Organisation = work.peek(&id).await.unwrap().unwrap();
                self.accounts.insert(id.clone(), organisation.account);
                let id = OrganisationId::parse(&id).unwrap();
                if !self.organisations.contains(&id) {
                    self.organisations.push(id);
                }
            } else if table == Call::TABLE.name {
                if !self.calls.contains_key(&id) {
                    self.live.push(id.clone());
                }
                self.calls.insert(id.clone(), work.peek(&id).await.unwrap().unwrap());
            } else if table == Case::TABLE.name {
                let case: Case = work.peek(&id).await.unwrap().unwrap();
                self.refused.remove(&id);
                if !self.cases.contains_key(&id) {
                    self.of_call.entry(case.call.to_string()).or_default().push(id.clone());
                }
                self.cases.insert(id.clone(), case);
            } else if table == PolicyVersion::TABLE.name {
                self.loaded.push(id.clone());
            } else if table == PolicyLife::TABLE.name {
                let life: PolicyLife = work.peek(&id).await.unwrap().unwrap();
                let before = self.lives.insert(id.clone(), life.clone());
                if life.stage == PolicyStage::Issued && before.is_none_or(|before| before.stage != PolicyStage::Issued) {
                    self.issued.push(id.clone());
                }
            } else if table == Due::TABLE.name {
                let due: Due = work.peek(&id).await.unwrap().unwrap();
                if !self.dues.contains_key(&id) {
                    self.dues_of.entry(due.case.to_string()).or_default().push(id.clone());
                    if due.tested_first {
                        self.tested.push(id.clone());
                    }
                }
                self.dues.insert(id.clone(), due);
            }
            keep!(self, work, table, id;
                notices: Notice, batches: Batch, objections: Objection, reports: Performance, versions: PolicyVersion, comments: Comment, guides: Guide,
                recognitions: Recognition, earlier: EarlierAward, lists: MatchList, listed: MatchEntry, leads: Lead, recoveries: Recovery,
                motions: Motion, documents: Document, entered: AccountEntry,
            );
        }
    }

    fn know(&mut self, table: &str, id: &str) {
        let kind = TABLES.iter().map(|table| table.name).chain(["book", "entry"]).find(|name| *name == table).unwrap_or("other");
        let known = self.ids.entry(kind).or_default();
        if known.len() >= 4000 {
            known.drain(..2000);
        }
        known.push(id.to_owned());
    }

    /// A call that still has something to be done.
    pub fn call(&self, random: &mut Random, wanted: impl Fn(&Call) -> bool) -> Option<&Call> {
        let fitting: Vec<&Call> = self.live.iter().filter_map(|id| self.calls.get(id)).filter(|call| wanted(call)).collect();
        random.one(&fitting).copied()
    }

    /// A case of a live call at one of these stages; none where no such case is at hand.
    pub fn case_at(&self, random: &mut Random, wanted: impl Fn(&Case, &Call) -> bool) -> Option<(&Case, &Call)> {
        // Some calls are looked at, not all: what is asked for should not depend on the oldest call alone.
        for _ in 0..4 {
            let call = self.call(random, |_| true)?;
            let cases = self.of_call.get(call.id.as_str()).map_or(&[][..], Vec::as_slice);
            let stuck = |case: &&Case| self.refused.get(case.id.as_str()).is_some_and(|times| *times > 3);
            let any = random.chance(30);
            let fitting: Vec<&Case> =
                cases.iter().filter_map(|id| self.cases.get(id)).filter(|case| any || !stuck(case)).filter(|case| wanted(case, call)).collect();
            if let Some(case) = random.one(&fitting) {
                return Some((*case, call));
            }
        }
        None
    }

    /// One of these, tried some times; those that changed last are likelier to wait for something.
    pub fn one_of<'a, T>(&self, random: &mut Random, table: &str, all: &'a BTreeMap<String, T>, wanted: impl Fn(&T) -> bool) -> Option<&'a T> {
        let known = self.ids.get(table).map_or(&[][..], Vec::as_slice);
        for at_most in [60, 60, 400].into_iter().cycle().take(60) {
            let last = known.get(known.len().saturating_sub(at_most)..)?;
            if let Some(one) = random.one(last).and_then(|id| all.get(id)).filter(|one| wanted(one)) {
                return Some(one);
            }
        }
        None
    }

    /// A person with a role, of a unit if one is named.
    pub fn person(&self, random: &mut Random, role: Role, unit: Option<&UnitId>) -> Option<&User> {
        let fits = |user: &&User| user.active && user.roles.contains(&role) && unit.is_none_or(|unit| user.unit.as_ref() == Some(unit));
        // Applicants are many, and looked up by their firm instead.
        let fitting: Vec<&User> = self.officers.values().filter(fits).collect();
        random.one(&fitting).copied()
    }

    /// Takes note of a refusal: of which case it was, if of one; and who is to get something.
    pub fn refusal(&mut self, act: &casework::Act, why: &Refusal) {
        use casework::Act;
        use casework::call::{CallAct, CallRefusal};
        if let (Act::Call(CallAct::ShareAgain { call, .. }), Refusal::Call(CallRefusal::Determinations { cases })) = (act, why) {
            self.winners.insert(call.to_string(), cases.clone());
        }
        let value = serde_json::to_value(act).unwrap_or_default();
        let inner = value.as_object().and_then(|act| act.values().next()?.as_object()?.values().next().cloned());
        if let Some(case) = inner.as_ref().and_then(|inner| inner["case"].as_str()).filter(|case| self.cases.contains_key(*case)) {
            *self.refused.entry(case.to_owned()).or_default() += 1;
        }
    }

    /// Lets go of calls in which nothing is left to do, and of the oldest when there are too many.
    pub fn retire(&mut self, at_most: usize) {
        let World { live, calls, .. } = self;
        live.retain(|id| calls.get(id).is_some_and(|call| call.stage != CallStage::Archived));
        while live.len() > at_most {
            live.remove(0);
        }
    }
}
