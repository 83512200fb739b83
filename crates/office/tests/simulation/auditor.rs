//! The auditor: keeps books of its own from what is asked and what is answered, and says what is wrong. Written from the
//! rules an office lives with, not from the office: it sees no store, no record and no entry, and has its own access rules,
//! its own sharing and its own reading of what an act does to the money. The scheme of a policy is the law it shares.

use crate::acts::Asked;
use crate::purse::{Purse, shares};
use casework::Act;
use casework::Refusal;
use casework::call::{Call, CallAct, Period, StepKind};
use casework::case::{Amount, CaseAct};
use casework::notice::NoticeAct;
use casework::payment::PaymentAct;
use casework::people::Role;
use office::Outcome;
use policy::scheme::{Overrun, Pool, Scheme};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use values::{Date, Fen, Moment, WorkCalendar};

/// What must come of an act, as far as the auditor can tell.
#[derive(Debug, PartialEq, Eq)]
pub enum View {
    /// A rule is broken: it must be refused.
    Wrong(String),
    /// No rule is broken: it must be done.
    Right,
    /// Not for the auditor to say.
    Open,
}

use View::{Open, Right, Wrong};

pub fn wrong(why: impl Into<String>) -> View {
    Wrong(why.into())
}

/// A rule that is known to be broken today, and stands in the tracker; [`wrong`] once it is mended.
pub fn reported(_why: &str) -> View {
    Open
}

/// The first view that is not [`Right`].
macro_rules! rules {
    ($($condition:expr => $why:expr),* $(,)?) => { $(if $condition { return wrong($why); })* };
}
pub(crate) use rules;

#[derive(Clone, Default)]
pub struct Person {
    pub unit: Option<String>,
    pub firm: Option<String>,
    pub roles: Vec<Role>,
    pub away_from: Vec<String>,
    pub here: bool,
}

/// Where a case is, in the auditor's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Where {
    Draft,
    HandedIn,
    Screening,
    Summary,
    Approval,
    Determined,
    Shown,
    Owed,
    Paid,
}

#[derive(Clone)]
pub struct Claimed {
    pub clause: String,
    /// What the rules give.
    pub given: i128,
    pub set: Option<i128>,
    pub part: Option<i128>,
}

#[derive(Clone)]
pub struct File {
    pub call: String,
    pub firm: String,
    pub application: Value,
    pub at: Where,
    pub claims: Vec<Claimed>,
    pub handed_in: Option<Moment>,
    pub hands: Vec<(&'static str, String)>,
    pub determined: Vec<(String, i128)>,
    pub notice: Option<String>,
}

pub struct Round {
    pub call: Call,
    pub state: &'static str,
}

/// The books and files of the auditor.
#[derive(Default)]
pub struct Auditor {
    pub laws: BTreeMap<String, Scheme>,
    pub people: BTreeMap<String, Person>,
    pub units: BTreeMap<String, String>,
    /// Credit code and whether there is an account, by firm.
    pub firms: BTreeMap<String, (String, bool)>,
    pub rounds: BTreeMap<String, Round>,
    pub files: BTreeMap<String, File>,
    pub files_of: BTreeMap<String, Vec<String>>,
    /// Last day and call of a notice.
    pub notices: BTreeMap<String, (Date, String)>,
    pub purses: BTreeMap<String, Purse>,
    pub entries: BTreeSet<String>,
    pub determinations: BTreeSet<String>,
    pub batches: BTreeSet<String>,
    /// What each firm was awarded: clause, year, amount.
    pub awarded: BTreeMap<String, Vec<(String, i32, i128)>>,
    /// What each case was paid in all, by clause.
    pub paid: BTreeMap<(String, String), i128>,
    /// Requests that were done: who, what, and what was answered.
    pub done: BTreeMap<String, (String, Role, String, Outcome)>,
    pub calendar: Option<WorkCalendar>,
}

impl Auditor {
    pub fn new() -> Self {
        Self { calendar: Some(WorkCalendar::china()), ..Self::default() }
    }

    /// Takes note of an act and its answer. Errors: what is wrong, in words.
    pub fn hear(&mut self, asked: &Asked, answer: &Result<Outcome, Refusal>) -> Result<(), String> {
        let context = &asked.context;
        let input = serde_json::to_string(&asked.act).map_err(|e| e.to_string())?;
        if let Some((user, role, before, outcome)) = self.done.get(context.request.as_str()) {
            let same = *user == context.user.to_string() && *role == context.role && *before == input;
            return match answer {
                Ok(again) if same && again == outcome => Ok(()),
                Err(Refusal::RequestReused { .. }) if !same => Ok(()),
                other => Err(format!("a request made before ({}) is answered with {other:?}", if same { "the same" } else { "another" })),
            };
        }
        let view = self.view(asked);
        match (answer, view) {
            (Ok(_), Wrong(why)) => return Err(format!("{} was done, although {why}", asked.act.name())),
            (Err(refusal), Right) => return Err(format!("{} was refused for no reason: {refusal}", asked.act.name())),
            (Err(_), _) => return Ok(()),
            (Ok(_), _) => {}
        }
        let Ok(outcome) = answer else { return Ok(()) };
        self.record(asked, outcome)?;
        self.done.insert(context.request.to_string(), (context.user.to_string(), context.role, input, outcome.clone()));
        Ok(())
    }

    fn view(&self, asked: &Asked) -> View {
        let (act, user) = (&asked.act, asked.context.user.as_str());
        if serde_json::to_string(act).is_ok_and(|text| text.contains("\\u0000")) {
            return wrong("a NUL is in it, which no database keeps");
        }
        if let Act::Registry(casework::registry::RegistryAct::Found { .. }) = act {
            return if self.people.is_empty() { Right } else { wrong("the office is founded already") };
        }
        let Some(person) = self.people.get(user).filter(|person| person.here && person.roles.contains(&asked.context.role)) else {
            return wrong("the person is not here, or not in this role");
        };
        let view = self.may(asked, person);
        if view != Right {
            return view;
        }
        match act {
            Act::Registry(act) => self.registry(act),
            Act::Budget(act) => self.budget(act),
            Act::Call(act) => self.call(act),
            Act::Case(act) => self.case(act, asked, person),
            Act::Notice(act) => self.notice(act, asked),
            Act::Payment(act) => self.payment(act),
        }
    }

    /// Who may do what, as domain.md has it.
    fn may(&self, asked: &Asked, person: &Person) -> View {
        let role = asked.context.role;
        let lead = |call: Option<&str>| call.and_then(|call| self.rounds.get(call)).map(|round| round.call.lead.to_string());
        let of_case = |case: &str| self.files.get(case).map(|file| file.call.clone());
        let (roles, unit): (&[Role], Option<Option<String>>) = match &asked.act {
            Act::Registry(act) => match act.name() {
                "registry.put_organisation" => (&[Role::Administrator, Role::Clerk], None),
                "registry.load_policy" => (&[Role::Drafter], None),
                _ => (&[Role::Administrator], None),
            },
            Act::Budget(_) | Act::Payment(_) => (&[Role::Finance], None),
            Act::Call(CallAct::Prepare { call }) => (&[Role::Clerk], Some(Some(call.lead.to_string()))),
            Act::Call(CallAct::Open { call } | CallAct::Close { call } | CallAct::Share { call }) => (&[Role::Leader], Some(lead(Some(call.as_str())))),
            Act::Notice(NoticeAct::Publish { call, .. }) => (&[Role::Clerk], Some(lead(Some(call.as_str())))),
            Act::Notice(NoticeAct::Conclude { notice, .. }) => (&[Role::Leader], Some(lead(self.notices.get(notice.as_str()).map(|(_, call)| call.as_str())))),
            Act::Case(CaseAct::Start { organisation, .. }) => {
                rules!(role != Role::Applicant => "only applicants apply", person.firm.as_deref() != Some(organisation.as_str()) => "it is another's firm");
                return Right;
            }
            Act::Case(CaseAct::Submit { case }) => {
                let firm = self.files.get(case.as_str()).map(|file| &file.firm);
                rules!(role != Role::Applicant => "only applicants apply", firm.is_none() || person.firm.as_ref() != firm => "it is another's case");
                return Right;
            }
            Act::Case(act) => {
                let (case, roles): (_, &[Role]) = match act {
                    CaseAct::Accept { case } | CaseAct::Screen { case } => (case, &[Role::Clerk]),
                    CaseAct::Summarise { case, .. } => (case, &[Role::Reviewer]),
                    CaseAct::Approve { case, .. } => (case, &[Role::Leader]),
                    _ => return Open,
                };
                let away = self.files.get(case.as_str()).is_some_and(|file| person.away_from.contains(&file.firm));
                rules!(away => "the person must keep away from this firm");
                (roles, Some(lead(of_case(case.as_str()).as_deref())))
            }
        };
        rules!(!roles.contains(&role) => "this role may not do it");
        match unit {
            None => Right,
            Some(None) => wrong("there is no such call, case or notice"),
            Some(unit) if unit == person.unit => Right,
            Some(_) => wrong("the person's unit is not in charge"),
        }
    }

    fn call(&self, act: &CallAct) -> View {
        match act {
            CallAct::Prepare { call } => self.prepare(call),
            CallAct::Open { call } => self.state(call.as_str(), "draft"),
            CallAct::Close { call } => self.state(call.as_str(), "open"),
            CallAct::Share { call } => {
                let view = self.state(call.as_str(), "closed");
                if view != Right {
                    return view;
                }
                let unset = self.of(call.as_str()).any(|(_, file)| matches!(file.at, Where::HandedIn | Where::Screening | Where::Summary));
                rules!(unset => "amounts of cases are not set yet");
                Right
            }
        }
    }

    fn state(&self, call: &str, state: &str) -> View {
        match self.rounds.get(call) {
            Some(round) if round.state == state => Right,
            _ => wrong(format!("the call is not {state}")),
        }
    }

    fn prepare(&self, call: &Call) -> View {
        let Some(law) = self.laws.get(call.version.as_str()) else { return wrong("there is no such policy") };
        let steps: Vec<StepKind> = call.workflow.steps.iter().map(|step| step.kind).collect();
        let mut ordered = steps.clone();
        ordered.sort();
        ordered.dedup();
        rules!(
            self.rounds.contains_key(call.id.as_str()) => "there is such a call already",
            ordered != steps || steps.last() != Some(&StepKind::Approval) || !steps.contains(&StepKind::Summary) => "its way cannot be gone",
            call.open.0 > call.open.1 => "it closes before it opens",
            !self.units.contains_key(call.lead.as_str()) => "nobody is in charge",
            call.with.iter().any(|unit| !self.units.contains_key(unit.as_str())) => "a unit is unknown",
            call.clauses.iter().any(|clause| law.clause_named(clause).is_none()) => "a clause is unknown",
            self.purses.get(call.fund.as_str()).is_none_or(|purse| purse.pool.is_some()) => "its money comes from no budget",
        );
        for (name, book) in &call.pools {
            let Some(purse) = self.purses.get(book.as_str()) else { return wrong("a pool has no book") };
            rules!(purse.pool != Some((law.policy.id.clone(), name.clone())) || purse.year != call.year => "a pool draws on the book of another pool or year");
        }
        for pool in call.clauses.iter().filter_map(|clause| pool_of(law, clause)) {
            rules!(!call.pools.iter().any(|(name, _)| *name == pool.name) => "a clause draws on a pool without a book");
        }
        Right
    }

    fn case(&self, act: &CaseAct, asked: &Asked, person: &Person) -> View {
        let user = asked.context.user.as_str();
        match act {
            CaseAct::Start { case, call, organisation, clauses, .. } => {
                let Some(round) = self.rounds.get(call.as_str()) else { return wrong("there is no such call") };
                let distinct: BTreeSet<&String> = clauses.iter().collect();
                rules!(
                    self.files.contains_key(case.as_str()) => "there is such a case already",
                    !self.firms.contains_key(organisation.as_str()) => "there is no such firm",
                    person.firm.as_deref() != Some(organisation.as_str()) => "it is another's firm",
                    distinct.len() != clauses.len() || clauses.iter().any(|clause| !round.call.clauses.contains(clause)) => "the call has no such clause",
                );
                Right
            }
            CaseAct::Submit { case } => self.submit(case.as_str(), asked.context.now.date()),
            CaseAct::Accept { case } => self.standing_at(case.as_str(), Where::HandedIn),
            CaseAct::Screen { case } => self.standing_at(case.as_str(), Where::Screening),
            CaseAct::Summarise { case, amounts } => self.summarise(case.as_str(), amounts, user),
            CaseAct::Approve { case, determination, entry } => self.approve(case.as_str(), determination.as_str(), entry.as_str(), user),
        }
    }

    fn standing_at(&self, case: &str, at: Where) -> View {
        match self.files.get(case) {
            Some(file) if file.at == at => Right,
            Some(file) => wrong(format!("the case is at {:?}, not at {at:?}", file.at)),
            None => wrong("there is no such case"),
        }
    }

    fn submit(&self, case: &str, today: Date) -> View {
        let view = self.standing_at(case, Where::Draft);
        let Some((file, round)) = self.files.get(case).and_then(|file| Some((file, self.rounds.get(&file.call)?))) else { return view };
        rules!(
            view != Right => "the case is no draft",
            round.state != "open" || today < round.call.open.0 || today > round.call.open.1 => "the call is not open",
            self.given(file, round).is_none() => "the application cannot be read",
        );
        // What is judged is the year and the day of the call.
        let year = file.application["year"].as_i64() != Some(i64::from(round.call.year));
        if year || file.application["as_of"].as_str() != Some(round.call.as_of.to_string().as_str()) {
            return reported("it is an application for another year or day");
        }
        Right
    }

    /// What the rules give for each clause of a case now, with what the firm was awarded before.
    fn given(&self, file: &File, round: &Round) -> Option<Vec<i128>> {
        let law = self.laws.get(round.call.version.as_str())?;
        let mut application = file.application.clone();
        let fields = application.as_object_mut()?;
        let before = self.awarded.get(&file.firm).into_iter().flatten().filter(|(clause, ..)| law.clause_named(clause).is_some());
        let before = before.map(|(clause, year, amount)| json!({"clause": clause, "year": year, "amount": yuan(*amount)}));
        let list = fields.entry("history").or_insert_with(|| json!([]));
        list.as_array_mut()?.extend(before);
        let (read, _) = policy::input::read(law, &policy::input::Raw::from(&application), policy::input::Defaults::default());
        let options = policy::AssessOptions { trace: false, clauses: None };
        let result = policy::assess(law, std::slice::from_ref(&read?), &options).assessments.into_iter().next()?;
        let amount = |claim: &Claimed| {
            let of = law.clause_named(&claim.clause)?;
            let clause = result.clauses.iter().find(|result| result.clause == of)?;
            let eligible = clause.outcome == policy::assessment::Outcome::Eligible;
            eligible.then_some(clause.awarded.or(clause.ceiling)).flatten().map(|fen| i128::from(fen.0))
        };
        Some(file.claims.iter().map(|claim| amount(claim).unwrap_or(0)).collect())
    }

    fn summarise(&self, case: &str, amounts: &[Amount], user: &str) -> View {
        let view = self.standing_at(case, Where::Summary);
        let (Right, Some(file)) = (&view, self.files.get(case)) else { return view };
        rules!(did(file, &["case.accept", "case.screen"], user) => "the person took the case in");
        rules!(amounts.len() != file.claims.len() => "not each clause has one amount");
        for claim in &file.claims {
            let Some(amount) = amounts.iter().find(|amount| amount.clause == claim.clause) else { return wrong("a clause has no amount") };
            let set = i128::from(amount.amount.0);
            rules!(
                set < 0 || set > claim.given => "more than the rules give",
                set < claim.given && amount.reason.as_deref().unwrap_or_default().trim().is_empty() => "less without a reason",
            );
        }
        Right
    }

    fn approve(&self, case: &str, determination: &str, entry: &str, user: &str) -> View {
        let view = self.standing_at(case, Where::Approval);
        let (Right, Some(file)) = (&view, self.files.get(case)) else { return view };
        let Some(round) = self.rounds.get(&file.call) else { return wrong("there is no such call") };
        let Some(law) = self.laws.get(round.call.version.as_str()) else { return wrong("there is no such policy") };
        rules!(
            did(file, &["case.accept", "case.screen", "case.summarise"], user) => "the person worked on the case before",
            self.determinations.contains(determination) => "there is such a determination already",
        );
        let given = self.given(file, round).unwrap_or_default();
        let mut wanted: BTreeMap<String, i128> = BTreeMap::new();
        for (number, (claim, given)) in (1..).zip(file.claims.iter().zip(given)) {
            let pool = pool_of(law, &claim.clause);
            rules!(pool.is_some_and(|pool| !in_turn(pool)) && claim.part.is_none() => "its pool is not shared yet");
            let amount = claim.part.or(claim.set).unwrap_or(0);
            rules!(amount > given => "more than the rules leave now");
            let books = pool.and_then(|pool| round.call.pool_book(&pool.name)).into_iter().chain([&round.call.fund]);
            for book in books {
                *wanted.entry(book.to_string()).or_default() += amount;
            }
            rules!(amount > 0 && self.entries.contains(&format!("{entry}:{number}")) => "there is such an entry already");
            rules!(amount > 0 && entry.len() > 60 => "the id of the entry is too long");
        }
        rules!(wanted.iter().any(|(book, wanted)| self.purses.get(book).is_none_or(|purse| purse.free() < *wanted)) => "there is not so much money");
        Right
    }

    fn notice(&self, act: &NoticeAct, asked: &Asked) -> View {
        match act {
            NoticeAct::Publish { notice, call } => {
                rules!(
                    self.notices.contains_key(notice.as_str()) => "there is such a notice already",
                    !self.of(call.as_str()).any(|(_, file)| file.at == Where::Determined) => "there is nothing to show",
                );
                Right
            }
            NoticeAct::Conclude { notice, entry } => {
                let Some((until, _)) = self.notices.get(notice.as_str()) else { return wrong("there is no such notice") };
                rules!(asked.context.now.date() <= *until => "the notice still stands");
                if self.used(entry.as_str()) { Open } else { Right }
            }
        }
    }

    /// Whether an id may clash with one of an entry.
    fn used(&self, entry: &str) -> bool {
        entry.len() > 56 || self.entries.range(format!("{entry}:")..).next().is_some_and(|id| id.starts_with(&format!("{entry}:")))
    }

    fn payment(&self, act: &PaymentAct) -> View {
        let PaymentAct::Pay { batch, call, entry } = act;
        let mut owed = self.of(call.as_str()).filter(|(_, file)| file.at == Where::Owed).peekable();
        rules!(
            self.batches.contains(batch.as_str()) => "there is such a batch already",
            owed.peek().is_none() => "nothing is owed",
            owed.any(|(_, file)| !self.firms.get(&file.firm).is_some_and(|(_, account)| *account)) => "a firm has no account",
        );
        if self.used(entry.as_str()) { Open } else { Right }
    }

    /// The cases of a call, by their names.
    pub fn of<'a>(&'a self, call: &str) -> impl Iterator<Item = (&'a String, &'a File)> + use<'a> {
        self.files_of.get(call).into_iter().flatten().filter_map(|case| self.files.get_key_value(case))
    }

    pub fn until(&self, from: Date, period: Period) -> Date {
        let Some(calendar) = &self.calendar else { return from };
        match period {
            Period::Days(days) => calendar.deadline_days(from, days).date,
            Period::WorkingDays(days) => calendar.deadline_working_days(from, days).date,
        }
    }

    /// What the rules give when a case is handed in.
    pub fn given_now(&self, case: &str) -> Vec<i128> {
        let given = self.files.get(case).and_then(|file| self.given(file, self.rounds.get(&file.call)?));
        given.unwrap_or_default()
    }

    /// Divides the pools of a call among its cases. What it gives to each claim: case, clause, part; and the sums by pool.
    pub fn divide(&self, call: &str) -> Vec<(String, Fen, Fen, Fen, Vec<(String, String, i128)>)> {
        let Some(round) = self.rounds.get(call) else { return Vec::new() };
        let Some(law) = self.laws.get(round.call.version.as_str()) else { return Vec::new() };
        let mut waiting: Vec<(&String, &File)> = self.of(call).filter(|(_, file)| file.at == Where::Approval).collect();
        waiting.sort_by_key(|(case, file)| (file.handed_in, *case));
        let mut out = Vec::new();
        for (name, book) in &round.call.pools {
            let Some(pool) = law.pools.iter().find(|pool| pool.name == *name && !in_turn(pool)) else { continue };
            let mut claims = Vec::new();
            for (case, file) in &waiting {
                for claim in file.claims.iter().filter(|claim| law.clause_named(&claim.clause).is_some_and(|clause| pool.members.contains(&clause))) {
                    claims.push(((*case).clone(), claim.clause.clone(), claim.set.unwrap_or(0), file.application["facts"]["评审得分"].as_i64()));
                }
            }
            let held = self.purses.get(book.as_str()).map_or(0, Purse::free);
            let parts = shares(law, pool, held, &claims);
            let (claimed, given) = (claims.iter().map(|claim| claim.2).sum::<i128>(), parts.iter().sum::<i128>());
            let parts = claims.into_iter().zip(parts).map(|((case, clause, ..), part)| (case, clause, part)).collect();
            out.push((name.clone(), fen(held), fen(claimed), fen(given), parts));
        }
        out
    }
}

fn did(file: &File, acts: &[&str], user: &str) -> bool {
    file.hands.iter().any(|(act, who)| acts.contains(act) && who == user)
}

/// Pools whose claims are served as they are determined.
pub const fn in_turn(pool: &Pool) -> bool {
    matches!(pool.overrun, Overrun::FirstCome | Overrun::CarryOver)
}

pub fn pool_of<'a>(law: &'a Scheme, clause: &str) -> Option<&'a Pool> {
    let clause = law.clause_named(clause)?;
    law.pools.iter().find(|pool| pool.members.contains(&clause))
}

pub fn fen(amount: i128) -> Fen {
    Fen(i64::try_from(amount).unwrap_or(i64::MAX))
}

fn yuan(fen: i128) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}
