//! What the generator knows of the district it plays in: the records as they stand in the store in memory, refreshed after
//! each act that was done. It may look, since it only has to ask for likely things; the auditor may not.

use casework::call::{Call, CallStage};
use casework::case::Case;
use casework::chain::{Effect, Event};
use casework::id::{BookId, OrganisationId, UnitId};
use casework::notice::{Notice, Objection};
use casework::organisation::{Account, AccountEntry, CodeException, FormerName, Organisation, Shop, Snapshot};
use casework::payment::{Batch, Due, Receipt};
use casework::people::{Founding, Link, Proposal, Role, Unit, User};
use casework::performance::Performance;
use casework::policy_version::PolicyVersion;
use casework::{Record, Table};
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
    casework::history::EarlierAward::TABLE,
    casework::matching::MatchList::TABLE,
    casework::matching::MatchEntry::TABLE,
    casework::recovery::Lead::TABLE,
    casework::recovery::Recovery::TABLE,
    casework::policy_version::PolicyLife::TABLE,
    casework::policy_version::Comment::TABLE,
    casework::recognition::Recognition::TABLE,
    casework::guide::Guide::TABLE,
    casework::calendar::Calendar::TABLE,
    casework::chain::Checkpoint::TABLE,
    casework::motion::Motion::TABLE,
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
    pub motions: BTreeMap<String, casework::motion::Motion>,
    /// Cases by call, in the order they were started.
    pub of_call: BTreeMap<String, Vec<String>>,
    /// Calls that still have something to be done, oldest first.
    pub live: Vec<String>,
    pub funds: Vec<(BookId, i32)>,
    /// Policy, year, pool and its book.
    pub pools: Vec<(String, i32, String, BookId)>,
    pub loaded: Vec<String>,
    /// How often an act on a case was refused since one was done: what is stuck is left alone, mostly.
    pub refused: BTreeMap<String, usize>,
    /// Every id that was ever used, by the first letters that tell its kind.
    pub ids: BTreeMap<&'static str, Vec<String>>,
}

impl World {
    /// Reads again what an event changed.
    pub async fn refresh(&mut self, store: &Store, event: &Event) {
        let effects: Vec<Effect> = serde_json::from_str(&event.effects).expect("the effects of an event");
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
            } else if table == Notice::TABLE.name {
                self.notices.insert(id.clone(), work.peek(&id).await.unwrap().unwrap());
            } else if table == Case::TABLE.name {
                let case: Case = work.peek(&id).await.unwrap().unwrap();
                self.refused.remove(&id);
                if !self.cases.contains_key(&id) {
                    self.of_call.entry(case.call.to_string()).or_default().push(id.clone());
                }
                self.cases.insert(id.clone(), case);
            } else if table == Batch::TABLE.name {
                self.batches.insert(id.clone(), work.peek(&id).await.unwrap().unwrap());
            } else if table == Due::TABLE.name {
                self.dues.insert(id.clone(), work.peek(&id).await.unwrap().unwrap());
            } else if table == Objection::TABLE.name {
                self.objections.insert(id.clone(), work.peek(&id).await.unwrap().unwrap());
            } else if table == Performance::TABLE.name {
                self.reports.insert(id.clone(), work.peek(&id).await.unwrap().unwrap());
            } else if table == casework::motion::Motion::TABLE.name {
                self.motions.insert(id.clone(), work.peek(&id).await.unwrap().unwrap());
            } else if table == PolicyVersion::TABLE.name {
                self.loaded.push(id.clone());
            }
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

    /// Takes note of a refusal: of which case it was, if of one.
    pub fn refusal(&mut self, act: &casework::Act) {
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
