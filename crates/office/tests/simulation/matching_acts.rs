//! Awards without application (免申即享): lists drawn up, credit looked at, approved, pushed, confirmed, refused.

use crate::district::id;
use crate::generator::{Generator, Maker, Proposal, applicant, recent};
use crate::policies;
use casework::Act;
use casework::Record;
use casework::call::{Call, CallStage, Period};
use casework::chain::Fingerprint;
use casework::id::{CaseId, MatchListId};
use casework::matching::{CreditCheck, EntryState, FactSource, ListStage, MatchEntry, MatchList, Matched, MatchingAct};
use casework::organisation::Account;
use casework::people::Role;

pub const MAKERS: &[Maker] = &[(16, list), (24, check), (12, approve), (12, push), (24, confirm), (4, refuse)];

/// Somebody and what is known of it; now and then a fact that nobody stands for.
fn matched(g: &mut Generator, call: &Call) -> Option<Matched> {
    let organisation = recent(&mut g.random, &g.world.organisations)?.clone();
    let at = g.policies.iter().position(|policy| policy.version.id == call.version)?;
    let policy = g.policies.get(at)?;
    let name = format!("{organisation}");
    let (clauses, application) = policies::application(&mut g.random, policy, &call.clauses, call.year, &name);
    let mut facts: Vec<String> = application["facts"].as_object()?.keys().cloned().collect();
    if g.random.chance(30) {
        facts.pop();
    }
    let source = FactSource { facts, source: "税务登记".into(), digest: Fingerprint::of(name.as_bytes()) };
    Some(Matched { organisation, clauses, application, sources: vec![source] })
}

fn list(g: &mut Generator) -> Proposal {
    let call = g.world.call(&mut g.random, |call| call.stage == CallStage::Open)?.clone();
    let mut entries: Vec<Matched> = Vec::new();
    for _ in 0..1 + g.random.below(2) {
        let one = matched(g, &call)?;
        if g.random.chance(30) || entries.iter().all(|known| known.organisation != one.organisation) {
            entries.push(one);
        }
    }
    let name = g.name("list");
    let (list, digest) = (id(MatchListId::parse, &name), Fingerprint::of(name.as_bytes()));
    let who = g.officer(Role::Clerk, Some(&call.lead))?;
    Some((who, Role::Clerk, Act::Matching(MatchingAct::List { list, call: call.id, document: "税务数据".into(), digest, entries })))
}

/// A list that is so far, and its call.
fn found(g: &mut Generator, wanted: impl Fn(&MatchList, &Call) -> bool) -> Option<(MatchList, Call)> {
    let any = g.random.chance(60);
    let fits = |list: &MatchList| any || g.world.calls.get(list.call.as_str()).is_some_and(|call| call.stage == CallStage::Open && wanted(list, call));
    let list = g.world.one_of(&mut g.random, MatchList::TABLE.name, &g.world.lists, fits)?.clone();
    let call = g.world.calls.get(list.call.as_str())?.clone();
    Some((list, call))
}

fn check(g: &mut Generator) -> Proposal {
    let (list, call) = found(g, |list, _| list.stage == ListStage::Listed)?;
    let unchecked = |organisation: &&casework::id::OrganisationId| {
        g.world.listed.get(&MatchEntry::id_of(&list.id, organisation)).is_some_and(|entry| entry.checks.is_empty())
    };
    let organisation = list.organisations.iter().find(unchecked).or_else(|| list.organisations.first())?.clone();
    let clear = g.random.chance(850);
    let check = CreditCheck { source: "信用中国".into(), clear, result: "查询结果".into(), digest: Fingerprint::of(b"credit") };
    let who = g.officer(Role::Clerk, Some(&call.lead))?;
    Some((who, Role::Clerk, Act::Matching(MatchingAct::Check { list: list.id, organisation, check })))
}

fn approve(g: &mut Generator) -> Proposal {
    let (list, call) = found(g, |list, _| list.stage == ListStage::Listed)?;
    let who = g.officer(Role::Reviewer, Some(&call.lead))?;
    Some((who, Role::Reviewer, Act::Matching(MatchingAct::Approve { list: list.id })))
}

fn push(g: &mut Generator) -> Proposal {
    let (list, call) = found(g, |list, _| list.stage == ListStage::Approved)?;
    let who = g.officer(Role::Clerk, Some(&call.lead))?;
    Some((who, Role::Clerk, Act::Matching(MatchingAct::Push { list: list.id, period: Period::WorkingDays(5) })))
}

/// An entry that waits for its organisation.
fn waiting(g: &mut Generator) -> Option<MatchEntry> {
    let any = g.random.chance(60);
    let fits = |entry: &MatchEntry| any || matches!(entry.state, EntryState::Pushed | EntryState::Refused { .. });
    g.world.one_of(&mut g.random, MatchEntry::TABLE.name, &g.world.listed, fits).cloned()
}

fn confirm(g: &mut Generator) -> Proposal {
    let entry = waiting(g)?;
    let organisation = entry.matched.organisation;
    let other = Account { holder: "确认户名".into(), number: "6222000009".into(), bank: "示例银行".into() };
    let known = g.world.accounts.get(organisation.as_str()).cloned().flatten().filter(|_| !g.random.chance(150));
    let case = id(CaseId::parse, &g.name("case"));
    let commitment = Fingerprint::of(case.as_str().as_bytes());
    let act = MatchingAct::Confirm { list: entry.list, organisation: organisation.clone(), case, account: known.unwrap_or(other), commitment };
    Some((applicant(&organisation), Role::Applicant, Act::Matching(act)))
}

fn refuse(g: &mut Generator) -> Proposal {
    let entry = waiting(g)?;
    let organisation = entry.matched.organisation;
    let act = MatchingAct::Refuse { list: entry.list, organisation: organisation.clone(), reason: "不需要".into() };
    Some((applicant(&organisation), Role::Applicant, Act::Matching(act)))
}
