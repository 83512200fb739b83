//! What is asked, drawn from a seed: likely acts by the right person, and from time to time something wrong about them. A
//! new act is one small function and one line of the `MAKERS` of its file.

use crate::acts::LIVE_CALLS;
use crate::district::id;
use crate::policies;
use crate::random::Random;
use crate::world::{Policy, World};
use crate::{acts, case_acts, matching_acts, money_acts, paper_acts, policy_acts, recovery_acts, register_acts};
use casework::Act;
use casework::call::Call;
use casework::case::{Case, CaseAct, Stage};
use casework::id::{CallId, OrganisationId, PolicyVersionId, RequestId, UnitId, UserId};
use casework::people::Role;
use office::Context;
use std::collections::VecDeque;
use values::{Date, Moment};

/// What is asked of the office, and by whom.
#[derive(Clone, Debug)]
pub struct Asked {
    pub context: Context,
    pub act: Act,
}

/// Draws what is asked.
pub struct Generator {
    pub random: Random,
    pub world: World,
    pub policies: Vec<Policy>,
    now: Moment,
    number: u64,
    /// Acts asked before, to be asked again.
    asked: VecDeque<Asked>,
    /// The first acts of a district, in order.
    pub opening: VecDeque<Asked>,
}

/// An act as it should be asked: who, as what, what. None where there is nothing at hand to do it to.
pub type Proposal = Option<(UserId, Role, Act)>;

/// How often an act is drawn, and what makes it.
pub type Maker = (usize, fn(&mut Generator) -> Proposal);

/// All of them, file by file.
const MAKERS: &[&[Maker]] = &[
    acts::MAKERS,
    case_acts::MAKERS,
    money_acts::MAKERS,
    register_acts::MAKERS,
    policy_acts::MAKERS,
    paper_acts::MAKERS,
    matching_acts::MAKERS,
    recovery_acts::MAKERS,
];

fn makers() -> impl Iterator<Item = &'static Maker> {
    MAKERS.iter().copied().flatten()
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        let now = Moment::start_of(Date::parse("2021-03-01").expect("a day"));
        let mut out = Self {
            random: Random::new(seed),
            world: World::default(),
            policies: policies::all(),
            now,
            number: 0,
            asked: VecDeque::new(),
            opening: VecDeque::new(),
        };
        out.open_district();
        out.open_books();
        out
    }

    /// The next thing that is asked.
    pub fn draw(&mut self) -> Asked {
        if let Some(asked) = self.opening.pop_front() {
            return asked;
        }
        self.pass_time();
        self.world.retire(LIVE_CALLS);
        self.learn();
        if self.random.chance(25)
            && let Some(again) = self.again()
        {
            return again;
        }
        let proposal = self.propose();
        let mut asked = self.asked_by(proposal.0, proposal.1, proposal.2);
        if self.random.chance(260) {
            crate::spoil::spoil(self, &mut asked);
        }
        self.asked.push_back(asked.clone());
        if self.asked.len() > 200 {
            self.asked.pop_front();
        }
        asked
    }

    fn propose(&mut self) -> (UserId, Role, Act) {
        let weights: usize = makers().map(|(weight, _)| weight).sum();
        loop {
            let mut at = self.random.below(weights);
            for (weight, make) in makers() {
                if at < *weight {
                    if let Some(proposal) = make(self) {
                        return proposal;
                    }
                    break;
                }
                at -= weight;
            }
        }
    }

    pub fn asked_by(&mut self, user: UserId, role: Role, act: Act) -> Asked {
        let request = id(RequestId::parse, &self.name("r"));
        Asked { context: Context { user, role, now: self.now, request }, act }
    }

    /// Versions that were issued run from now on, beside those before.
    fn learn(&mut self) {
        for issued in std::mem::take(&mut self.world.issued) {
            let known = self.policies.iter().any(|policy| policy.version.id.as_str() == issued);
            if let Some(version) = self.world.versions.get(&issued).filter(|_| !known) {
                self.policies.extend(policies::of(version.clone()));
            }
        }
    }

    /// Something asked before, again: the same, or another thing under the same request.
    fn again(&mut self) -> Option<Asked> {
        let at = self.random.below(self.asked.len());
        let mut again = self.asked.get(at)?.clone();
        again.context.now = self.now;
        if self.random.chance(300) {
            again.act = self.propose().2;
        } else if self.random.chance(150) {
            again.context.user = self.anybody().0;
        }
        Some(again)
    }

    fn pass_time(&mut self) {
        let days = if self.random.chance(3) { self.random.between(1, 6) } else { 0 };
        let second = i64::from(self.now.second()) + self.random.between(0, 1500);
        let date = self.now.date().add_days(days + second / 86_400).unwrap_or(self.now.date());
        self.now = Moment::new(date, u32::try_from(second % 86_400).unwrap_or(0)).unwrap_or(self.now);
    }

    /// A name nobody has used.
    pub fn name(&mut self, kind: &str) -> String {
        self.number += 1;
        format!("{kind}{}", self.number)
    }

    /// Anybody, in any role the person holds.
    pub fn anybody(&mut self) -> (UserId, Role) {
        let at = self.random.below(self.world.users.len());
        let user = self.world.users.values().nth(at).cloned();
        let role = user.as_ref().and_then(|user| self.random.one(&user.roles)).copied().unwrap_or(Role::Clerk);
        (user.map_or_else(|| id(UserId::parse, "admin"), |user| user.id), role)
    }

    pub fn officer(&mut self, role: Role, unit: Option<&UnitId>) -> Option<UserId> {
        self.world.person(&mut self.random, role, unit).map(|user| user.id.clone())
    }

    /// An officer who did nothing on the case before, mostly.
    pub fn other_hand(&mut self, role: Role, unit: &UnitId, case: &Case) -> Option<UserId> {
        let mut who = self.officer(role, Some(unit))?;
        for _ in 0..4 {
            if !case.hands.iter().any(|hand| hand.user == who) || self.random.chance(150) {
                break;
            }
            who = self.officer(role, Some(unit))?;
        }
        Some(who)
    }

    pub const fn now(&self) -> Moment {
        self.now
    }

    /// How many names were given so far.
    pub const fn number(&self) -> u64 {
        self.number
    }

    pub fn today(&self) -> Date {
        self.now.date()
    }

    fn policy(&self, version: &PolicyVersionId) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.version.id == *version)
    }

    /// A case at a stage with its call; now and then at any stage.
    pub fn case_at(&mut self, stages: &[Stage]) -> Option<(Case, Call)> {
        let any = self.random.chance(40);
        let found = self.world.case_at(&mut self.random, |case, _| any || stages.contains(&case.stage))?;
        Some((found.0.clone(), found.1.clone()))
    }

    /// A case act by an officer of the unit in charge.
    pub fn on_case(&mut self, stages: &[Stage], role: Role, act: impl FnOnce(&mut Self, &Case, &Call) -> CaseAct) -> Proposal {
        let (case, call) = self.case_at(stages)?;
        let who = self.other_hand(role, &call.lead, &case)?;
        Some((who, role, Act::Case(act(self, &case, &call))))
    }

    /// An act on a call by an officer of the unit in charge.
    pub fn on_call(&mut self, role: Role, wanted: impl Fn(&Self, &Call) -> bool, act: impl FnOnce(&mut Self, CallId) -> Act) -> Proposal {
        let any = self.random.chance(60);
        let mut random = Random::new(self.random.number());
        let call = self.world.call(&mut random, |call| any || wanted(self, call))?.clone();
        let who = self.officer(role, Some(&call.lead))?;
        Some((who, role, act(self, call.id)))
    }

    pub fn cases_of(&self, call: &Call) -> impl Iterator<Item = &Case> {
        self.world.of_call.get(call.id.as_str()).into_iter().flatten().filter_map(|id| self.world.cases.get(id))
    }
}

/// One of these, of the last ones rather than the first.
pub fn recent<'a, T>(random: &mut Random, of: &'a [T]) -> Option<&'a T> {
    let from = of.len().saturating_sub(if random.chance(700) { 30 } else { 600 });
    of.get(from..).and_then(|last| random.one(last))
}

pub fn applicant(organisation: &OrganisationId) -> UserId {
    id(UserId::parse, &format!("of-{organisation}"))
}
