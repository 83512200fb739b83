//! What is asked, drawn from a seed: likely acts by the right person, and from time to time something wrong about them. A
//! new act is one small function and one line of [`MAKERS`].

use crate::case_acts;
use crate::district::id;
use crate::money_acts;
use crate::policies;
use crate::random::Random;
use crate::register_acts;
use crate::world::{Policy, World};
use casework::Act;
use casework::budget::BudgetAct;
use casework::call::{Call, CallAct, CallStage, Completion, Period, Step, StepKind, Workflow};
use casework::case::{Amount, Case, CaseAct, Stage};
use casework::id::{BookId, CallId, CaseId, DeterminationId, EntryId, NoticeId, OrganisationId, PolicyVersionId, RequestId, UnitId, UserId};
use casework::notice::NoticeAct;
use casework::organisation::{Account, Organisation};
use casework::people::{Role, Unit, User};
use casework::registry::RegistryAct;
use office::Context;
use std::collections::VecDeque;
use values::{CreditCode, Date, Fen, Moment};

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
    opening: VecDeque<Asked>,
}

/// An act as it should be asked: who, as what, what. None where there is nothing at hand to do it to.
pub type Proposal = Option<(UserId, Role, Act)>;

/// How often an act is drawn, and what makes it.
pub type Maker = (usize, fn(&mut Generator) -> Proposal);

/// How often each act is drawn, and how it is made.
const MAKERS: &[Maker] = &[
    (1, found_again),
    (1, put_unit),
    (4, put_user),
    (28, put_firm),
    (32, put_applicant),
    (1, load_policy),
    (1, open_fund),
    (2, open_pool),
    (3, appropriate),
    (2, reduce),
    (16, prepare),
    (24, open_call),
    (20, close_call),
    (20, share),
    (104, start),
    (120, submit),
    (104, accept),
    (104, screen),
    (112, summarise),
    (104, approve),
    (24, publish),
    (24, conclude),
];

/// All of them: those here, and those of the review and of the money after the approval.
fn makers() -> impl Iterator<Item = &'static Maker> {
    MAKERS.iter().chain(case_acts::MAKERS).chain(money_acts::MAKERS).chain(register_acts::MAKERS)
}

/// Calls that are worked on at the same time.
const LIVE_CALLS: usize = 10;

/// Cases of a call, at most.
const CASES_OF_A_CALL: usize = 40;

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

    /// Units and people that every district has.
    fn open_district(&mut self) {
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
    fn open_books(&mut self) {
        let mut acts = Vec::new();
        for year in [2019, 2020] {
            let (book, entry) = (id(BookId::parse, &self.name("fund")), id(EntryId::parse, &self.name("e")));
            acts.push(BudgetAct::OpenFund { book: book.clone(), year, source: format!("专项资金{year}") });
            acts.push(BudgetAct::Appropriate { entry, book: book.clone(), amount: Fen(900_000_000), reason: "预算下达".into() });
            self.world.funds.push((book, year));
            let pools = self.policies.iter().flat_map(|policy| policy.scheme.pools.iter().map(|pool| (policy.version.id.clone(), pool.name.clone())));
            for (version, pool) in pools.collect::<Vec<_>>() {
                let (book, entry) = (id(BookId::parse, &self.name("pool")), id(EntryId::parse, &self.name("e")));
                self.world.pools.push((version.to_string(), year, pool.clone(), book.clone()));
                acts.push(BudgetAct::OpenPool { book, year, version, pool, entry });
            }
        }
        for act in acts {
            let asked = self.asked_by(id(UserId::parse, "finance1"), Role::Finance, Act::Budget(act));
            self.opening.push_back(asked);
        }
    }

    /// The next thing that is asked.
    pub fn draw(&mut self) -> Asked {
        if let Some(asked) = self.opening.pop_front() {
            return asked;
        }
        self.pass_time();
        self.world.retire(LIVE_CALLS);
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

    fn asked_by(&mut self, user: UserId, role: Role, act: Act) -> Asked {
        let request = id(RequestId::parse, &self.name("r"));
        Asked { context: Context { user, role, now: self.now, request }, act }
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

const UNITS: &[(&str, &str)] = &[
    ("commerce", "区商务委"),
    ("economy", "区经济信息委"),
    ("park", "工业园区管委会"),
    ("farms", "区农业农村委"),
    ("taxes", "区税务局"),
    ("treasury", "区财政局"),
    ("audit", "区审计局"),
];

const PEOPLE: &[(&str, &str, &[Role])] = &[
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
const LEADS: &[&str] = &["commerce", "commerce", "economy"];

fn user(name: &str, unit: Option<&str>, roles: &[Role]) -> User {
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

fn found_again(g: &mut Generator) -> Proposal {
    if !g.random.chance(100) {
        return None;
    }
    let user = user("founder", None, &[Role::Administrator]);
    Some((user.id.clone(), Role::Administrator, Act::Registry(RegistryAct::Found { user })))
}

fn put_unit(g: &mut Generator) -> Proposal {
    let (unit, name) = if g.random.chance(500) {
        let (unit, name) = *g.random.one(UNITS)?;
        (unit.to_owned(), name.to_owned())
    } else {
        let name = g.name("unit");
        // Now and then under a name that another unit has.
        (name.clone(), if g.random.chance(200) { "区商务委".to_owned() } else { format!("单位{name}") })
    };
    let who = g.officer(Role::Administrator, None)?;
    Some((who, Role::Administrator, Act::Registry(RegistryAct::PutUnit { unit: Unit { id: id(UnitId::parse, &unit), name } })))
}

/// Links come and go, people leave and come back.
fn put_user(g: &mut Generator) -> Proposal {
    let (name, unit, roles) = *g.random.one(PEOPLE)?;
    let mut user = g.world.users.get(name).cloned().unwrap_or_else(|| user(name, Some(unit), roles));
    match g.random.below(4) {
        0 => user.active = !user.active || name == "admin2",
        1 => user.links.clear(),
        2 => user.links.extend(g.random.one(&g.world.organisations).cloned()),
        _ => user = self::user(name, Some(unit), roles),
    }
    user.links.truncate(8);
    Some((id(UserId::parse, "admin"), Role::Administrator, Act::Registry(RegistryAct::PutUser { user })))
}

fn put_firm(g: &mut Generator) -> Proposal {
    let known = g.random.chance(150).then(|| g.random.one(&g.world.organisations).cloned()).flatten();
    let changed = known.is_some();
    let kept = known.as_ref().and_then(|id| g.world.accounts.get(id.as_str())).cloned().flatten();
    let name = known.map_or_else(|| g.name("firm"), |id| id.to_string());
    // Now and then the code of another firm.
    let number = if g.random.chance(20) { "1".to_owned() } else { name.trim_start_matches("firm").to_owned() };
    let code = CreditCode::with_check_digit(&format!("91500114{number:0>9}")).ok()?;
    let account = Account { holder: format!("模拟{name}有限公司"), number: format!("6200{}", g.random.below(1_000_000)), bank: "示例银行".into() };
    let organisation = Organisation {
        id: id(OrganisationId::parse, &name),
        name: format!("模拟{name}有限公司"),
        credit_code: code.as_str().to_owned(),
        aliases: Vec::new(),
        // A known account is only taken away here; another one takes two persons.
        account: if changed { kept.filter(|_| !g.random.chance(150)) } else { (!g.random.chance(5)).then_some(account) },
    };
    let role = if g.random.chance(700) { Role::Clerk } else { Role::Administrator };
    let who = g.officer(role, None)?;
    Some((who, role, Act::Registry(RegistryAct::PutOrganisation { organisation })))
}

fn put_applicant(g: &mut Generator) -> Proposal {
    let organisation = recent(&mut g.random, &g.world.organisations)?.clone();
    let name = format!("of-{organisation}");
    let user = User { organisation: Some(organisation), ..user(&name, None, &[Role::Applicant]) };
    let who = g.officer(Role::Administrator, None)?;
    Some((who, Role::Administrator, Act::Registry(RegistryAct::PutUser { user })))
}

/// One of these, of the last ones rather than the first.
pub fn recent<'a, T>(random: &mut Random, of: &'a [T]) -> Option<&'a T> {
    let from = of.len().saturating_sub(if random.chance(700) { 30 } else { 600 });
    of.get(from..).and_then(|last| random.one(last))
}

fn load_policy(g: &mut Generator) -> Proposal {
    let at = g.random.below(g.policies.len());
    let mut version = g.policies.get(at)?.version.clone();
    version.id = id(PolicyVersionId::parse, &g.name("version"));
    if g.random.chance(500) {
        version.scheme_hash = version.scheme_hash.chars().rev().collect();
    } else if let Some((_, text)) = version.files.first_mut().filter(|_| at == 0) {
        // Another version: one amount more.
        let number = g.number;
        text.push_str(&format!("\n```duixian\n条款 90「第{number}版的补助」\n  给予  {}元\n  频次  每年\n```\n", 10_000 + number));
        version.scheme_hash = office::hash_of(&version).ok()?;
    }
    let who = g.officer(Role::Drafter, None)?;
    Some((who, Role::Drafter, Act::Registry(RegistryAct::LoadPolicy { version })))
}

fn finance(g: &mut Generator, act: BudgetAct) -> Proposal {
    let who = g.officer(Role::Finance, None)?;
    Some((who, Role::Finance, Act::Budget(act)))
}

fn year(g: &mut Generator) -> i32 {
    g.today().year() - 1 - i32::try_from(g.random.below(2)).unwrap_or(0)
}

fn open_fund(g: &mut Generator) -> Proposal {
    let year = year(g);
    let book = id(BookId::parse, &g.name("fund"));
    g.world.funds.push((book.clone(), year));
    finance(g, BudgetAct::OpenFund { book, year, source: format!("专项资金{}", g.number) })
}

fn open_pool(g: &mut Generator) -> Proposal {
    let year = year(g);
    let at = g.random.below(g.policies.len());
    let policy = g.policies.get(at)?;
    let (version, pools) = (policy.version.id.clone(), policy.scheme.pools.iter().map(|pool| pool.name.clone()).collect::<Vec<_>>());
    let pool = g.random.one(&pools)?.clone();
    let opened = |(of, y, name, _): &(String, i32, String, BookId)| *of == version.as_str() && *y == year && *name == pool;
    if g.world.pools.iter().any(opened) && !g.random.chance(30) {
        return None;
    }
    let (book, entry) = (id(BookId::parse, &g.name("pool")), id(EntryId::parse, &g.name("e")));
    g.world.pools.push((version.to_string(), year, pool.clone(), book.clone()));
    finance(g, BudgetAct::OpenPool { book, year, version, pool, entry })
}

fn appropriate(g: &mut Generator) -> Proposal {
    let at = g.world.funds.len().saturating_sub(4);
    let (book, _) = g.world.funds.get(at..).and_then(|last| g.random.one(last))?.clone();
    let amount = Fen(if g.random.chance(20) { i64::MAX - g.random.between(0, 3) } else { g.random.between(1_000_000, 600_000_000) });
    let entry = id(EntryId::parse, &g.name("e"));
    finance(g, BudgetAct::Appropriate { entry, book, amount, reason: "预算下达".into() })
}

fn reduce(g: &mut Generator) -> Proposal {
    let (book, _) = recent(&mut g.random, &g.world.funds)?.clone();
    let amount = Fen(g.random.between(1, 50_000_000));
    let entry = id(EntryId::parse, &g.name("e"));
    finance(g, BudgetAct::Reduce { entry, book, amount, reason: "预算调减".into() })
}

fn prepare(g: &mut Generator) -> Proposal {
    if g.world.live.len() >= LIVE_CALLS && !g.random.chance(100) {
        return None;
    }
    let at = g.random.below(g.policies.len() + 1).saturating_sub(1);
    let year = year(g);
    let policy = g.policies.get(at)?;
    let version = policy.version.id.clone();
    let all: Vec<String> = policy.scheme.clauses.iter().map(|clause| clause.id.clone()).collect();
    let from = g.random.below(all.len().saturating_sub(3));
    let clauses: Vec<String> = all.into_iter().skip(from).take(3 + g.random.below(8)).collect();
    let pools = g.world.pools.iter().filter(|(of, y, ..)| *of == version.as_str() && *y == year).map(|(.., name, book)| (name.clone(), book.clone()));
    let pools: Vec<(String, BookId)> = pools.collect();
    let draws = |pool: &policy::scheme::Pool| {
        policy.scheme.clauses.iter().enumerate().any(|(at, clause)| clauses.contains(&clause.id) && pool.members.iter().any(|m| m.index() == at))
    };
    let missing = policy.scheme.pools.iter().any(|pool| draws(pool) && !pools.iter().any(|(name, _)| *name == pool.name));
    if missing && !g.random.chance(30) {
        return None;
    }
    let fund = g.world.funds.iter().rev().find(|(_, y)| *y == year).or(g.world.funds.last())?.0.clone();
    // Now and then under a version that nobody has issued.
    let draft = g.random.chance(20).then(|| recent(&mut g.random, &g.world.loaded).cloned()).flatten();
    let version = draft.map_or(version, |draft| id(PolicyVersionId::parse, &draft));
    let lead = id(UnitId::parse, g.random.one(LEADS)?);
    let clauses_of = clauses.clone();
    let call = Call {
        id: id(CallId::parse, &g.name("call")),
        title: format!("{year}年度资金申报"),
        version,
        year,
        as_of: Date::last_of_year(year)?,
        clauses,
        open: (g.today().add_days(-1)?, g.today().add_days(g.random.between(4, 20))?),
        lead: lead.clone(),
        with: ["park", "farms", "taxes"].into_iter().take(g.random.below(4)).map(|unit| id(UnitId::parse, unit)).collect(),
        fund,
        pools,
        workflow: workflow(g),
        guide: None,
        stage: CallStage::Draft,
        shares: Vec::new(),
        terms: money_acts::terms(&mut g.random, &clauses_of),
        sharing: casework::call::Sharing::default(),
        rates: Vec::new(),
        rankings: Vec::new(),
    };
    let who = g.officer(Role::Clerk, Some(&lead))?;
    Some((who, Role::Clerk, Act::Call(CallAct::Prepare { call })))
}

fn workflow(g: &mut Generator) -> Workflow {
    let step = |kind, role| Step { kind, role, period: Period::WorkingDays(10), completion: Completion::All };
    let silent = |kind, role| Step { completion: Completion::SilenceIsConsent, ..step(kind, role) };
    let optional = [
        (800, step(StepKind::Screening, Role::Clerk)),
        (150, step(StepKind::Joint, Role::UnitReviewer)),
        (100, silent(StepKind::Joint, Role::UnitReviewer)),
        (120, step(StepKind::SiteCheck, Role::Clerk)),
        (120, step(StepKind::Audit, Role::Reviewer)),
    ];
    let mut steps: Vec<Step> = Vec::new();
    for (per_mille, step) in optional {
        if g.random.chance(per_mille) && steps.last().is_none_or(|before| before.kind < step.kind) {
            steps.push(step);
        }
    }
    steps.push(step(StepKind::Summary, Role::Reviewer));
    if g.random.chance(120) {
        steps.push(step(StepKind::Meeting, Role::Leader));
    }
    steps.push(step(StepKind::Approval, Role::Leader));
    if g.random.chance(30) {
        steps.reverse();
    }
    let notice = if g.random.chance(500) { Period::WorkingDays(5) } else { Period::Days(7) };
    Workflow {
        acceptance: Period::WorkingDays(5),
        correction: Period::WorkingDays(10),
        steps,
        notice,
        objection: Period::WorkingDays(10),
        unit_periods: Vec::new(),
        apart: Vec::new(),
        credit: g.random.chance(200),
    }
}

fn open_call(g: &mut Generator) -> Proposal {
    g.on_call(Role::Leader, |_, call| call.stage == CallStage::Draft, |_, call| Act::Call(CallAct::Open { call }))
}

/// Mostly when its days are over.
fn close_call(g: &mut Generator) -> Proposal {
    let done = |case: &Case| !matches!(case.stage, Stage::Draft | Stage::Submitted);
    let over = |g: &Generator, call: &Call| {
        let full = g.cases_of(call).count() >= CASES_OF_A_CALL && g.cases_of(call).all(done);
        call.stage == CallStage::Open && (call.open.1 < g.today() || full)
    };
    g.on_call(Role::Leader, over, |_, call| Act::Call(CallAct::Close { call }))
}

fn share(g: &mut Generator) -> Proposal {
    let ready = |case: &Case| {
        !matches!(case.stage, Stage::Submitted | Stage::Correcting | Stage::Suspended)
            && !matches!(case.stage, Stage::Review(step) if step <= StepKind::Summary)
    };
    let wanted = |g: &Generator, call: &Call| call.stage == CallStage::Closed && g.cases_of(call).all(ready);
    g.on_call(Role::Leader, wanted, |g, call| Act::Call(CallAct::Share { call, entry: id(EntryId::parse, &g.name("e")) }))
}

pub fn applicant(organisation: &OrganisationId) -> UserId {
    id(UserId::parse, &format!("of-{organisation}"))
}

fn start(g: &mut Generator) -> Proposal {
    let organisation = recent(&mut g.random, &g.world.organisations)?.clone();
    let call = g.world.call(&mut g.random, |call| call.stage == CallStage::Open)?.clone();
    if !g.world.users.contains_key(applicant(&organisation).as_str()) || (g.cases_of(&call).count() >= CASES_OF_A_CALL && !g.random.chance(50)) {
        return None;
    }
    let case = id(CaseId::parse, &g.name("case"));
    let at = g.policies.iter().position(|policy| policy.version.id == call.version)?;
    let policy = g.policies.get(at)?;
    let (clauses, application) = policies::application(&mut g.random, policy, &call.clauses, call.year, case.as_str());
    let start = CaseAct::Start { case, call: call.id, organisation: organisation.clone(), clauses, application, evidence: Vec::new() };
    Some((applicant(&organisation), Role::Applicant, Act::Case(start)))
}

fn submit(g: &mut Generator) -> Proposal {
    let any = g.random.chance(100);
    let open = |case: &Case, call: &Call| any || (case.stage == Stage::Draft && call.stage == CallStage::Open && call.open.1 >= g.now.date());
    let (case, _) = g.world.case_at(&mut g.random, open)?;
    Some((applicant(&case.organisation), Role::Applicant, Act::Case(CaseAct::Submit { case: case.id.clone() })))
}

fn accept(g: &mut Generator) -> Proposal {
    g.on_case(&[Stage::Submitted], Role::Clerk, |_, case, _| CaseAct::Accept { case: case.id.clone() })
}

fn screen(g: &mut Generator) -> Proposal {
    g.on_case(&[Stage::Review(StepKind::Screening)], Role::Clerk, |_, case, _| CaseAct::Screen { case: case.id.clone() })
}

fn summarise(g: &mut Generator) -> Proposal {
    g.on_case(&[Stage::Review(StepKind::Summary)], Role::Reviewer, |g, case, _| {
        let amounts = case.claims.iter().map(|claim| amount(&mut g.random, &claim.clause, claim.assessed.unwrap_or_default())).collect();
        CaseAct::Summarise { case: case.id.clone(), amounts }
    })
}

/// What the rules give, less with a reason, now and then too much or less without one.
pub fn amount(random: &mut Random, clause: &str, assessed: Fen) -> Amount {
    let less = Fen(random.between(0, assessed.0.max(0)));
    let (amount, reason) = match random.below(20) {
        0 => (Fen(assessed.0 + 1), None),
        1 => (less, None),
        2 => (Fen(-1), Some("负数")),
        3..=7 => (less, Some("凭证不全")),
        _ => (assessed, None),
    };
    Amount { clause: clause.to_owned(), amount, reason: reason.map(str::to_owned) }
}

fn approve(g: &mut Generator) -> Proposal {
    let any = g.random.chance(40);
    // Cases whose clauses draw on a shared pool wait for the sharing.
    let (case, call) = g.world.case_at(&mut g.random, |case, call| {
        let waits = call.stage != CallStage::Shared && case.claims.iter().any(|claim| claim.shared.is_none());
        any || (case.stage == Stage::Review(StepKind::Approval) && (!waits || !needs_sharing(&g.policies, case, call)))
    })?;
    let (case, lead) = (case.clone(), call.lead.clone());
    let who = g.other_hand(Role::Leader, &lead, &case)?;
    let case = case.id;
    let (determination, entry) = (id(DeterminationId::parse, &g.name("d")), id(EntryId::parse, &g.name("e")));
    Some((who, Role::Leader, Act::Case(CaseAct::Approve { case, determination, entry })))
}

fn needs_sharing(policies: &[Policy], case: &Case, call: &Call) -> bool {
    use policy::scheme::Overrun;
    let Some(policy) = policies.iter().find(|policy| policy.version.id == call.version) else { return false };
    let mut pools = policy.scheme.pools.iter().filter(|pool| !matches!(pool.overrun, Overrun::FirstCome | Overrun::CarryOver));
    pools.any(|pool| case.claims.iter().filter_map(|claim| policy.scheme.clause_named(&claim.clause)).any(|clause| pool.members.contains(&clause)))
}

fn publish(g: &mut Generator) -> Proposal {
    let wanted = |g: &Generator, call: &Call| g.cases_of(call).any(|case| case.stage == Stage::Approved);
    g.on_call(Role::Clerk, wanted, |g, call| Act::Notice(NoticeAct::Publish { notice: id(NoticeId::parse, &g.name("n")), call }))
}

fn conclude(g: &mut Generator) -> Proposal {
    let any = g.random.chance(150);
    let ripe = |g: &Generator, case: &Case| {
        let notice = case.notice.as_ref().and_then(|id| g.world.notices.get(id.as_str()));
        case.stage == Stage::Noticed && notice.is_some_and(|notice| any || notice.term.last < g.today())
    };
    let mut random = Random::new(g.random.number());
    let (case, call) = g.world.case_at(&mut random, |case, _| ripe(g, case))?;
    let (notice, lead) = (case.notice.clone()?, call.lead.clone());
    let who = g.officer(Role::Leader, Some(&lead))?;
    Some((who, Role::Leader, Act::Notice(NoticeAct::Conclude { notice, entry: id(EntryId::parse, &g.name("e")) })))
}
