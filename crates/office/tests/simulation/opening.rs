//! What every district begins with: units, people, the policies in force, budgets and the books of their pools.

use crate::district::id;
use crate::generator::Generator;
use casework::Act;
use casework::budget::BudgetAct;
use casework::id::{BookId, EntryId, PolicyVersionId, UnitId, UserId};
use casework::people::{Role, Unit, User};
use casework::registry::RegistryAct;
use values::{Date, Fen};

impl Generator {
    /// Units and people that every district has.
    pub fn open_district(&mut self) {
        let admin = || id(UserId::parse, "admin");
        let mut acts = vec![RegistryAct::Found { user: user("admin", None, &[Role::Administrator]) }];
        for (unit, name) in UNITS {
            acts.push(RegistryAct::PutUnit { unit: Unit { id: id(UnitId::parse, unit), name: (*name).into() } });
        }
        for (name, unit, roles) in PEOPLE {
            acts.push(RegistryAct::PutUser { user: user(name, Some(unit), roles) });
        }
        for act in acts {
            let asked = self.asked_by(admin(), Role::Administrator, Act::Registry(act));
            self.opening.push_back(asked);
        }
        for at in 0..self.policies.len() {
            let Some(policy) = self.policies.get(at) else { continue };
            let act = Act::Registry(RegistryAct::LoadPolicy { version: policy.version.clone() });
            let version = policy.version.id.clone();
            let asked = self.asked_by(id(UserId::parse, "drafter"), Role::Drafter, act);
            self.opening.push_back(asked);
            self.bring_into_force(&version);
        }
    }

    /// The procedure of a version, gone through on paper long ago. Versions loaded later stay drafts.
    fn bring_into_force(&mut self, version: &PolicyVersionId) {
        let since = Date::parse("2015-01-01").expect("a day");
        for (role, act) in casework::policy_version::course_on_paper(version, "区府发〔2015〕1号", since, since) {
            let who = if role == Role::Leader { "leader1" } else { "reviewer1" };
            let asked = self.asked_by(id(UserId::parse, who), role, Act::Policy(act));
            self.opening.push_back(asked);
        }
    }

    /// Budgets of two years, and the books of all pools, so that there is something to ask for soon.
    pub fn open_books(&mut self) {
        let mut acts = Vec::new();
        for year in [2019, 2020] {
            let (book, entry) = (id(BookId::parse, &self.name("fund")), id(EntryId::parse, &self.name("e")));
            acts.push(BudgetAct::OpenFund { book: book.clone(), year, source: format!("专项资金{year}") });
            acts.push(BudgetAct::Appropriate { entry, book: book.clone(), amount: Fen(900_000_000), reason: "预算下达".into() });
            self.world.funds.push((book, year));
            let pools = self.policies.iter().flat_map(|policy| policy.scheme.pools.iter().map(move |pool| (policy, pool.name.clone())));
            let pools = pools.map(|(policy, pool)| (policy.version.id.clone(), policy.scheme.policy.id.clone(), pool));
            for (version, policy, pool) in pools.collect::<Vec<_>>() {
                let (book, entry) = (id(BookId::parse, &self.name("pool")), id(EntryId::parse, &self.name("e")));
                self.world.pools.push((policy, year, pool.clone(), book.clone()));
                acts.push(BudgetAct::OpenPool { book, year, version, pool, entry });
            }
        }
        for act in acts {
            let asked = self.asked_by(id(UserId::parse, "finance1"), Role::Finance, Act::Budget(act));
            self.opening.push_back(asked);
        }
    }
}

pub const UNITS: &[(&str, &str)] = &[
    ("commerce", "区商务委"),
    ("economy", "区经济信息委"),
    ("park", "工业园区管委会"),
    ("farms", "区农业农村委"),
    ("taxes", "区税务局"),
    ("treasury", "区财政局"),
    ("audit", "区审计局"),
];

pub const PEOPLE: &[(&str, &str, &[Role])] = &[
    ("finance1", "treasury", &[Role::Finance]),
    ("finance2", "treasury", &[Role::Finance]),
    ("drafter", "commerce", &[Role::Drafter]),
    ("clerk1", "commerce", &[Role::Clerk]),
    ("clerk2", "commerce", &[Role::Clerk]),
    ("reviewer1", "commerce", &[Role::Reviewer]),
    ("reviewer2", "commerce", &[Role::Reviewer, Role::Clerk]),
    ("leader1", "commerce", &[Role::Leader]),
    ("leader2", "commerce", &[Role::Leader, Role::Reviewer]),
    ("clerk3", "economy", &[Role::Clerk]),
    ("reviewer3", "economy", &[Role::Reviewer]),
    ("leader3", "economy", &[Role::Leader]),
    ("leader4", "economy", &[Role::Leader, Role::Reviewer, Role::Clerk]),
    ("park1", "park", &[Role::UnitReviewer]),
    ("farms1", "farms", &[Role::UnitReviewer]),
    ("taxes1", "taxes", &[Role::UnitReviewer]),
    ("taxes2", "taxes", &[Role::UnitReviewer, Role::Clerk]),
    ("auditor", "audit", &[Role::Auditor]),
    ("courier", "audit", &[Role::Service]),
    // With a second administrator the founding is over: from then on rights take two.
    ("admin2", "audit", &[Role::Administrator]),
];

/// Units that run calls.
pub const LEADS: &[&str] = &["commerce", "commerce", "economy"];

pub fn user(name: &str, unit: Option<&str>, roles: &[Role]) -> User {
    User {
        id: id(UserId::parse, name),
        name: name.into(),
        unit: unit.map(|unit| id(UnitId::parse, unit)),
        organisation: None,
        roles: roles.to_vec(),
        links: Vec::new(),
        active: true,
    }
}
