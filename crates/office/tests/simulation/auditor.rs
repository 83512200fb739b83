//! The auditor: keeps books of its own from what is asked and what is answered, and says what is wrong. Written from the
//! rules an office lives with, not from the office: it sees no store, no record and no entry, and has its own access rules,
//! its own sharing and its own reading of what an act does to the money. The scheme of a policy is the law it shares.

use crate::access::{Stand, access};
use crate::acts::Asked;
use crate::purse::{Purse, Wanted, shares};
use casework::Act;
use casework::Refusal;
use casework::call::{Call, CallAct, Period, StepKind};
use casework::case::{Amount, CaseAct};
use casework::determination::DeterminationAct;
use casework::instalment::InstalmentAct;
use casework::notice::NoticeAct;
use casework::organisation::Account;
use casework::payment::PaymentAct;
use casework::people::Role;
use casework::registry::RegistryAct;
use office::Outcome;
use policy::assessment::Mark;
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

#[derive(Clone, Default, PartialEq, Eq)]
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
    At(StepKind),
    Correcting,
    Resting,
    Determined,
    Shown,
    Disputed,
    /// From the end of a notice on; how far each payment is stands in the entries.
    Payable,
    Ended,
    /// Went a way that the auditor does not follow: only what holds anywhere is asked of it.
    Somewhere,
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
    /// The awards in force.
    pub determined: Vec<(String, i128)>,
    /// The most that was ever in force, by clause.
    pub most: BTreeMap<String, i128>,
    pub notice: Option<String>,
    /// Where it was before it rested.
    pub before: Option<Where>,
    /// It went back, or was corrected: steps may be left out from now on.
    pub bent: bool,
    /// Units asked beside those of the call.
    pub asked: Vec<String>,
    /// Whether the last look at the applicant's credit found nothing; none: nobody looked.
    pub credit: Option<bool>,
}

pub struct Round {
    pub call: Call,
    pub state: &'static str,
}

/// The books and files of the auditor.
#[derive(Default)]
pub struct Auditor {
    pub laws: BTreeMap<String, Scheme>,
    /// From which day each version is in force; drafts are not here.
    pub in_force: BTreeMap<String, Date>,
    pub people: BTreeMap<String, Person>,
    pub units: BTreeMap<String, String>,
    /// Credit code and account, by firm.
    pub firms: BTreeMap<String, (String, Option<Account>)>,
    /// Firms that a person keeps away from, with the first and last day.
    pub away: BTreeMap<String, Vec<(String, Date, Option<Date>)>>,
    /// Rights that wait for a second person: what, and who proposed it.
    pub proposed: BTreeMap<String, (Person, String)>,
    /// Accounts that wait to be verified: firm, account, who entered it.
    pub entered: BTreeMap<String, (String, Account, String)>,
    pub links: BTreeSet<String>,
    pub admitted: BTreeSet<String>,
    /// Whether the office has had two administrators.
    pub founded: bool,
    pub rounds: BTreeMap<String, Round>,
    pub files: BTreeMap<String, File>,
    pub files_of: BTreeMap<String, Vec<String>>,
    /// Last day and call of a notice.
    pub notices: BTreeMap<String, (Date, String)>,
    pub purses: BTreeMap<String, Purse>,
    pub entries: BTreeSet<String>,
    pub determinations: BTreeSet<String>,
    pub files_of_firm: BTreeMap<String, Vec<String>>,
    /// What was sent to the bank, came back and was given up, by call.
    pub sent: BTreeMap<String, i128>,
    pub back: BTreeMap<String, i128>,
    pub given_up: BTreeMap<String, i128>,
    /// What waits for a second person: the act, and who asked.
    pub motions: BTreeMap<String, (Act, String)>,
    /// Calls of which something will never be paid: what that was counts no longer, and the auditor does not know whose it is.
    pub never_paid: BTreeSet<String>,
    /// Call, person who planned it, and how far it is, by batch.
    pub batches: BTreeMap<String, (String, String, &'static str)>,
    /// Case, person who looked into it, by objection.
    pub objections: BTreeMap<String, (String, Option<String>)>,
    /// The call of each id under which a notice was concluded: what is due is named after it.
    pub concluded: BTreeMap<String, String>,
    /// Acts that were done and are not in the auditor's access table.
    pub unaudited: BTreeSet<&'static str>,
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
            // Who may not ask any more is not answered again either.
            let gone = self.people.get(context.user.as_str()).is_none_or(|person| !person.here || !person.roles.contains(&context.role))
                || access(asked.act.name()).is_some_and(|grants| grants.iter().all(|(role, _)| *role != context.role));
            return match answer {
                Err(Refusal::Denied) if gone => Ok(()),
                Err(Refusal::Input(_)) if input.contains("\\u0000") => Ok(()),
                Ok(again) if same && again == outcome => Ok(()),
                Err(Refusal::RequestReused { .. }) if !same => Ok(()),
                other => Err(format!("a request made before ({}) is answered with {other:?}", if same { "the same" } else { "another" })),
            };
        }
        let view = self.view(asked);
        match (answer, view) {
            (Ok(_), Wrong(why)) => return Err(format!("{} was done, although {why}", asked.act.name())),
            (Err(Refusal::Denied), Open) if access(asked.act.name()).is_some() && !asked.act.name().starts_with("performance") => {
                return Err(format!("{} was denied to somebody who may do it", asked.act.name()));
            }
            (Err(refusal), Right) => return Err(format!("{} was refused for no reason: {refusal}", asked.act.name())),
            (Err(_), _) => return Ok(()),
            (Ok(_), _) => {}
        }
        let Ok(outcome) = answer else { return Ok(()) };
        if access(asked.act.name()).is_none() {
            self.unaudited.insert(asked.act.name());
        }
        self.record(asked, outcome)?;
        self.done.insert(context.request.to_string(), (context.user.to_string(), context.role, input, outcome.clone()));
        Ok(())
    }

    fn view(&self, asked: &Asked) -> View {
        let (act, user) = (&asked.act, asked.context.user.as_str());
        if serde_json::to_string(act).is_ok_and(|text| text.contains("\\u0000")) {
            return wrong("a NUL is in it, which no database keeps");
        }
        if act.name() == "registry.found" {
            return if self.people.is_empty() { Right } else { wrong("the office is founded already") };
        }
        let Some(person) = self.people.get(user).filter(|person| person.here && person.roles.contains(&asked.context.role)) else {
            return wrong("the person is not here, or not in this role");
        };
        let about = self.about(act);
        let view = self.may(asked, person, &about);
        if view != Right {
            return view;
        }
        if let Some(file) = about.case.as_ref().and_then(|case| self.files.get(case)) {
            // 回避
            rules!(self.keeps_away(asked, person, &file.firm) => "the person must keep away from this firm");
        }
        if let Some(firm) = self.together(asked, &about).find(|firm| self.keeps_away(asked, person, firm)) {
            return wrong(format!("the person must keep away from {firm}, whose case is among them"));
        }
        match act {
            Act::Registry(act) => {
                let firm = self.firm_of(act);
                rules!(firm.is_some_and(|firm| self.keeps_away(asked, person, &firm)) => "the person must keep away from this firm");
                self.registry(act, user)
            }
            Act::Budget(act) => self.budget(act),
            Act::Call(act) => self.call(act, asked.context.now.date()),
            Act::Case(act) => self.case(act, asked, person),
            Act::Notice(act) => self.notice(act, asked),
            Act::Payment(act) => self.payment(act, user),
            Act::Determination(DeterminationAct::ConfirmAmendment { motion, .. }) | Act::Instalment(InstalmentAct::ConfirmTest { motion, .. }) => {
                let Some((_, asked_by)) = self.motions.get(motion.as_str()) else { return wrong("nobody asked for it, or it is done") };
                rules!(asked_by == user => "four eyes");
                Open
            }
            _ => Open,
        }
    }

    /// Whether an officer must keep away from a firm today.
    fn keeps_away(&self, asked: &Asked, person: &Person, firm: &str) -> bool {
        let today = asked.context.now.date();
        let away = self.away.get(asked.context.user.as_str()).into_iter().flatten();
        let mut away = away.filter(|(of, from, until)| of == firm && *from <= today && until.is_none_or(|until| today <= until));
        asked.context.role != Role::Applicant && (away.next().is_some() || person.away_from.iter().any(|of| of == firm))
    }

    /// The firm that an act on the register is about.
    fn firm_of(&self, act: &RegistryAct) -> Option<String> {
        match act {
            RegistryAct::PutOrganisation { organisation } => Some(organisation.id.to_string()),
            RegistryAct::PutAccount { organisation, .. } => Some(organisation.to_string()),
            RegistryAct::VerifyAccount { entry } => self.entered.get(entry.as_str()).map(|(firm, ..)| firm.clone()),
            _ => None,
        }
    }

    /// The firms that an act over cases together decides on, as far as the auditor follows them: which cases are in a batch it
    /// does not know.
    fn together<'a>(&'a self, asked: &'a Asked, about: &'a About) -> impl Iterator<Item = &'a String> + use<'a> {
        let wanted = match &asked.act {
            Act::Notice(NoticeAct::Publish { .. }) => Some(Where::Determined),
            Act::Notice(NoticeAct::Conclude { .. }) => Some(Where::Shown),
            _ => None,
        };
        let notice = about.fields["notice"].as_str().filter(|_| wanted == Some(Where::Shown));
        let of = about.call.as_deref().filter(|_| wanted.is_some()).into_iter().flat_map(|call| self.of(call));
        of.filter(move |(_, file)| Some(file.at) == wanted && notice.is_none_or(|notice| file.notice.as_deref() == Some(notice))).map(|(_, file)| &file.firm)
    }

    /// The case and the call that an act is about.
    pub fn about(&self, act: &Act) -> About {
        let value = serde_json::to_value(act).unwrap_or_default();
        let fields = value.as_object().and_then(|act| act.values().next()?.as_object()?.values().next()).cloned().unwrap_or_default();
        let text = |name: &str| fields[name].as_str().map(str::to_owned);
        let objection = text("objection").and_then(|id| self.objections.get(&id)).map(|(case, _)| case.clone());
        let of_object = matches!(act, Act::Notice(NoticeAct::Object { .. }));
        let case = text("case").filter(|_| !of_object).or(objection);
        let call = text("call").or_else(|| fields["call"]["lead"].as_str().and(fields["call"]["id"].as_str().map(str::to_owned)));
        let call = call.or_else(|| Some(self.files.get(case.as_ref()?)?.call.clone()));
        let call = call.or_else(|| Some(self.notices.get(&text("notice")?)?.1.clone()));
        let call = call.or_else(|| Some(self.batches.get(&text("batch")?)?.0.clone()));
        let call = call.or_else(|| self.concluded.get(text("due")?.split(':').next()?).cloned());
        About { case, call, fields }
    }

    /// Who may do what, as domain.md has it.
    fn may(&self, asked: &Asked, person: &Person, about: &About) -> View {
        let Some(grants) = access(asked.act.name()) else { return Open };
        let lead = match &asked.act {
            Act::Call(CallAct::Prepare { call }) => Some(call.lead.to_string()),
            _ => about.call.as_ref().and_then(|call| self.rounds.get(call)).map(|round| round.call.lead.to_string()),
        };
        let file = about.case.as_ref().and_then(|case| self.files.get(case));
        let asked_units = || {
            let of_call = about.call.as_ref().and_then(|call| self.rounds.get(call)).map(|round| round.call.with.iter().map(ToString::to_string));
            let mut units: Vec<String> = of_call.into_iter().flatten().collect();
            units.extend(file.into_iter().flat_map(|file| file.asked.clone()));
            units
        };
        let grants: Vec<Stand> = grants.iter().filter(|(role, _)| *role == asked.context.role).map(|(_, stand)| *stand).collect();
        rules!(grants.is_empty() => "this role may not do it");
        if asked.act.name().starts_with("performance") && grants.contains(&Stand::Own) {
            return Open;
        }
        let firm = about.fields["organisation"].as_str().or_else(|| file.map(|file| file.firm.as_str()));
        let stands = |stand: &Stand| match stand {
            Stand::Any => true,
            Stand::Own => firm.is_some() && person.firm.as_deref() == firm,
            Stand::Lead => lead.is_some() && person.unit == lead,
            Stand::Asked => person.unit.as_ref().is_some_and(|unit| Some(unit) != lead.as_ref() && asked_units().contains(unit)),
        };
        if grants.iter().any(stands) { Right } else { wrong("the person does not stand to it so that it is allowed") }
    }

    fn call(&self, act: &CallAct, today: Date) -> View {
        match act {
            CallAct::Prepare { call } => self.prepare(call, today),
            CallAct::Open { call } => self.state(call.as_str(), "draft"),
            CallAct::Close { call } => self.state(call.as_str(), "open"),
            CallAct::Share { call, .. } | CallAct::StateShare { call } => {
                let view = self.state(call.as_str(), "closed");
                if view != Right {
                    return view;
                }
                let unset = |at: Where| matches!(at, Where::HandedIn | Where::Correcting) || matches!(at, Where::At(step) if step <= StepKind::Summary);
                rules!(self.of(call.as_str()).any(|(_, file)| unset(file.at)) => "amounts of cases are not set yet");
                Open
            }
            CallAct::ShareAgain { call, .. } => match self.state(call.as_str(), "shared") {
                Right => Open,
                view => view,
            },
            CallAct::Rank { .. } | CallAct::SetRate { .. } => Open,
            CallAct::CarryOver { call, .. } => {
                rules!(!self.rounds.get(call.as_str()).is_some_and(|round| matches!(round.state, "closed" | "shared")) => "the call is not so far");
                Open
            }
            CallAct::Archive { call, .. } => {
                let round = self.rounds.get(call.as_str());
                rules!(!round.is_some_and(|round| matches!(round.state, "closed" | "shared")) => "the call is not so far");
                rules!(self.of(call.as_str()).any(|(_, file)| matches!(file.at, Where::HandedIn | Where::At(_) | Where::Determined | Where::Shown | Where::Disputed)) => "cases have not ended");
                Open
            }
        }
    }

    fn state(&self, call: &str, state: &str) -> View {
        match self.rounds.get(call) {
            Some(round) if round.state == state => Right,
            _ => wrong(format!("the call is not {state}")),
        }
    }

    fn prepare(&self, call: &Call, today: Date) -> View {
        let Some(law) = self.laws.get(call.version.as_str()) else { return wrong("there is no such policy") };
        let steps: Vec<StepKind> = call.workflow.steps.iter().map(|step| step.kind).collect();
        let mut ordered = steps.clone();
        ordered.sort();
        ordered.dedup();
        rules!(
            self.rounds.contains_key(call.id.as_str()) => "there is such a call already",
            self.in_force.get(call.version.as_str()).is_none_or(|since| *since > today) => "its policy is not in force",
            ordered != steps || steps.last() != Some(&StepKind::Approval) || !steps.contains(&StepKind::Summary) => "its way cannot be gone",
            call.open.0 > call.open.1 => "it closes before it opens",
            !self.units.contains_key(call.lead.as_str()) => "nobody is in charge",
            call.with.iter().any(|unit| !self.units.contains_key(unit.as_str())) => "a unit is unknown",
            call.clauses.iter().any(|clause| law.clause_named(clause).is_none()) => "a clause is unknown",
            self.purses.get(call.fund.as_str()).is_none_or(|purse| purse.pool.is_some()) => "its money comes from no budget",
            self.purses.get(call.fund.as_str()).is_some_and(|purse| purse.year != call.year) => "its money is that of another year",
        );
        for (name, book) in &call.pools {
            let Some(purse) = self.purses.get(book.as_str()) else { return wrong("a pool has no book") };
            rules!(purse.pool != Some((law.policy.id.clone(), name.clone())) || purse.year != call.year => "a pool draws on the book of another pool or year");
        }
        for pool in call.clauses.iter().flat_map(|clause| pools_of(law, clause)) {
            rules!(!call.pools.iter().any(|(name, _)| *name == pool.name) => "a clause draws on a pool without a book");
        }
        Right
    }

    fn case(&self, act: &CaseAct, asked: &Asked, person: &Person) -> View {
        let (user, role) = (asked.context.user.as_str(), asked.context.role);
        let case = match act {
            CaseAct::Start { case, call, organisation, clauses, application, .. } => {
                let Some(round) = self.rounds.get(call.as_str()) else { return wrong("there is no such call") };
                let distinct: BTreeSet<&String> = clauses.iter().collect();
                rules!(
                    self.files.contains_key(case.as_str()) => "there is such a case already",
                    !self.firms.contains_key(organisation.as_str()) => "there is no such firm",
                    person.firm.as_deref() != Some(organisation.as_str()) => "it is another's firm",
                    distinct.len() != clauses.len() || clauses.iter().any(|clause| !round.call.clauses.contains(clause)) => "the call has no such clause",
                    is_other(&application["year"], &json!(round.call.year)) => "it is an application for another year",
                    is_other(&application["as_of"], &json!(round.call.as_of.to_string())) => "it is an application for another day",
                    says_what_the_office_says(application) => "the application says what is the office's to say",
                );
                return Open;
            }
            _ => self.about(&asked.act).case.unwrap_or_default(),
        };
        let Some(file) = self.files.get(&case) else { return wrong("there is no such case") };
        let Some(round) = self.rounds.get(&file.call) else { return wrong("there is no such call") };
        let steps = allowed(act);
        rules!(!steps.is_empty() && file.at != Where::Somewhere && !steps.contains(&file.at) => format!("the case is at {:?}", file.at));
        if let Some(step) = step_of(act.name()).and_then(|kind| round.call.workflow.steps.iter().find(|step| step.kind == kind)) {
            rules!(step.role != role => "the call has another role do this step");
        }
        // Who prepares, who checks, who decides.
        if let Some(hand) = hand(act.name(), role) {
            rules!(file.hands.iter().any(|(did, who)| who == user && *did != hand) => "four eyes");
        }
        match act {
            CaseAct::Submit { .. } => {
                let today = asked.context.now.date();
                rules!(round.state != "open" || today < round.call.open.0 || today > round.call.open.1 => "the call is not open");
                let code = file.application["applicant"]["uscc"].as_str().map(|code| code.trim().to_uppercase());
                let registered = self.firms.get(&file.firm).map(|(code, _)| code.clone());
                rules!(code.is_some() && code != registered => "it is handed in under another credit code");
                if file.at == Where::Draft { Right } else { Open }
            }
            CaseAct::Fill { application, .. } | CaseAct::AnswerCorrection { application, .. } if says_what_the_office_says(application) => {
                wrong("the application says what is the office's to say")
            }
            CaseAct::Accept { .. } | CaseAct::Screen { .. } if file.at != Where::Somewhere => Right,
            CaseAct::Summarise { amounts, .. } => summarise(file, amounts),
            CaseAct::Approve { determination, .. } => {
                rules!(
                    self.determinations.contains(determination.as_str()) => "there is such a determination already",
                    round.call.workflow.credit && file.credit != Some(true) => "the credit was not looked at, or is bad",
                );
                self.approve(file, round)
            }
            CaseAct::Refuse { determination, .. } => {
                rules!(self.determinations.contains(determination.as_str()) => "there is such a determination already");
                Open
            }
            _ => Open,
        }
    }

    fn approve(&self, file: &File, round: &Round) -> View {
        let Some(law) = self.laws.get(round.call.version.as_str()) else { return wrong("there is no such policy") };
        let given = self.given(file, round).unwrap_or_default();
        for (claim, given) in file.claims.iter().zip(given) {
            let shared = pools_of(law, &claim.clause).any(|pool| !in_turn(pool));
            rules!(shared && claim.part.is_none() && file.at != Where::Somewhere => "its pool is not shared yet");
            // Of a pool in turn the last may get a part; all others get what was set, or shared.
            let part = pools_of(law, &claim.clause).any(|pool| in_turn(pool) && pool.last_in_part);
            rules!(!part && claim.part.or(claim.set).unwrap_or(0) > given => "more than the rules leave now");
        }
        Open
    }

    /// What the rules give for each clause of a case now, with what the firm was awarded in its other cases.
    pub fn given(&self, file: &File, round: &Round) -> Option<Vec<i128>> {
        let law = self.laws.get(round.call.version.as_str())?;
        let mut application = file.application.clone();
        let fields = application.as_object_mut()?;
        let mut before = Vec::new();
        for other in self.files_of_firm.get(&file.firm).into_iter().flatten().filter_map(|case| self.files.get(case)) {
            if !std::ptr::eq(other, file) && self.never_paid.contains(&other.call) {
                return Some(vec![i128::MAX; file.claims.len()]);
            }
            let year = self.rounds.get(&other.call).map_or(0, |round| round.call.year);
            let known = other.determined.iter().filter(|(clause, amount)| *amount > 0 && law.clause_named(clause).is_some());
            before
                .extend(known.filter(|_| !std::ptr::eq(other, file)).map(|(clause, amount)| json!({"clause": clause, "year": year, "amount": yuan(*amount)})));
        }
        // What a firm says of its own awards is not the office's knowledge.
        fields.insert("history".into(), before.into());
        fields.insert("clauses".into(), file.claims.iter().map(|claim| claim.clause.as_str()).collect());
        fields.insert("year".into(), round.call.year.into());
        fields.insert("as_of".into(), round.call.as_of.to_string().into());
        let (read, _) = policy::input::read(law, &policy::input::Raw::from(&application), policy::input::Defaults::default());
        let options = policy::AssessOptions { trace: false, clauses: None };
        let result = policy::assess(law, std::slice::from_ref(&read?), &options).assessments.into_iter().next()?;
        let amount = |claim: &Claimed| {
            let of = law.clause_named(&claim.clause)?;
            let rule = law.clause(of)?;
            // Counted by project or by a fact: more than the auditor follows.
            if rule.frequency.as_ref().is_some_and(|frequency| frequency.each.is_some()) || rule.limits.iter().any(|limit| limit.each.is_some()) {
                return Some(i128::MAX);
            }
            let clause = result.clauses.iter().find(|result| result.clause == of)?;
            // Alone before the pools: what they cut is for all to share.
            let cut: i128 = clause.marks.iter().map(|mark| if let Mark::PoolCut(_, cut) = mark { i128::from(cut.0) } else { 0 }).sum();
            let awarded = clause.awarded.map(|fen| i128::from(fen.0) + cut).or(clause.ceiling.map(|fen| i128::from(fen.0)));
            (clause.outcome == policy::assessment::Outcome::Eligible).then_some(awarded).flatten()
        };
        Some(file.claims.iter().map(|claim| amount(claim).unwrap_or(0)).collect())
    }

    fn notice(&self, act: &NoticeAct, asked: &Asked) -> View {
        let at = |at: Where| move |(_, file): (&String, &File)| file.at == at || file.at == Where::Somewhere;
        match act {
            NoticeAct::Publish { notice, call } => {
                rules!(
                    self.notices.contains_key(notice.as_str()) => "there is such a notice already",
                    !self.of(call.as_str()).any(at(Where::Determined)) => "there is nothing to show",
                );
                Open
            }
            NoticeAct::Conclude { notice, .. } => {
                let Some((until, call)) = self.notices.get(notice.as_str()) else { return wrong("there is no such notice") };
                rules!(
                    asked.context.now.date() <= *until => "the notice still stands",
                    !self.of(call).any(at(Where::Shown)) => "nothing undisputed waits",
                );
                Open
            }
            NoticeAct::Object { objection, .. } => {
                rules!(self.objections.contains_key(objection.as_str()) => "there is such an objection already");
                Open
            }
            NoticeAct::Check { .. } => Open,
            NoticeAct::Settle { objection, .. } => {
                let Some((_, checked)) = self.objections.get(objection.as_str()) else { return wrong("there is no such objection") };
                rules!(
                    checked.is_none() => "nobody looked into it",
                    checked.as_deref() == Some(asked.context.user.as_str()) => "four eyes",
                );
                Open
            }
        }
    }

    fn payment(&self, act: &PaymentAct, user: &str) -> View {
        let so_far = |batch: &casework::id::BatchId, states: &[&str]| self.batches.get(batch.as_str()).is_some_and(|(_, _, state)| states.contains(state));
        match act {
            PaymentAct::Plan { batch, .. } => rules!(self.batches.contains_key(batch.as_str()) => "there is such a batch already"),
            PaymentAct::Request { batch, .. } => {
                rules!(!so_far(batch, &["planned"]) => "the batch is not planned");
                rules!(self.batches.get(batch.as_str()).is_some_and(|(_, by, _)| by == user) => "four eyes");
            }
            PaymentAct::Cancel { batch } => rules!(!so_far(batch, &["planned", "requested"]) => "the batch is sent"),
            PaymentAct::Pay { batch, .. } => rules!(!so_far(batch, &["requested"]) => "nobody asked for its payment"),
            PaymentAct::Report { batch, .. } => rules!(!so_far(batch, &["sent"]) => "the batch is not at the bank"),
            PaymentAct::Mend { case, account } => {
                let firm = self.files.get(case.as_str()).and_then(|file| self.firms.get(&file.firm));
                rules!(firm.and_then(|(_, verified)| verified.as_ref()) != Some(account) => "nobody verified the account");
            }
            PaymentAct::Drop { .. } => {}
        }
        Open
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

    /// Divides the pools of a call among its cases, inner pools first, with what each pool is said to hold. What it gives to
    /// each claim, and the sums by pool.
    pub fn divide(&self, call: &str, held: &[(String, i128)]) -> (Vec<(String, i128, i128)>, Vec<Part>) {
        let Some(round) = self.rounds.get(call) else { return Default::default() };
        let Some(law) = self.laws.get(round.call.version.as_str()) else { return Default::default() };
        let mut waiting: Vec<(&String, &File)> = self.of(call).filter(|(_, file)| matches!(file.at, Where::At(_))).collect();
        waiting.sort_by_key(|(case, file)| (file.handed_in, *case));
        let mut claims: Vec<Wanted> = Vec::new();
        for (case, file) in &waiting {
            for claim in file.claims.iter().filter(|claim| pools_of(law, &claim.clause).any(|pool| !in_turn(pool))) {
                claims.push(((*case).clone(), claim.clause.clone(), claim.set.unwrap_or(0), file.application["facts"]["评审得分"].as_i64()));
            }
        }
        let mut sums = Vec::new();
        for (name, held) in held {
            let Some(pool) = law.pools.iter().find(|pool| pool.name == *name) else { continue };
            let member = |claim: &Wanted| law.clause_named(&claim.1).is_some_and(|clause| pool.members.contains(&clause));
            let mine: Vec<Wanted> = claims.iter().filter(|claim| member(claim)).cloned().collect();
            let parts = shares(law, pool, *held, &mine);
            sums.push((name.clone(), mine.iter().map(|claim| claim.2).sum(), parts.iter().sum()));
            for ((case, clause, ..), part) in mine.into_iter().zip(parts) {
                if let Some(claim) = claims.iter_mut().find(|claim| claim.0 == case && claim.1 == clause) {
                    claim.2 = part;
                }
            }
        }
        (sums, claims.into_iter().map(|(case, clause, part, _)| (case, clause, part)).collect())
    }
}

/// What a claim is given: case, clause, amount.
pub type Part = (String, String, i128);

/// What an act is about, and what it says.
pub struct About {
    pub case: Option<String>,
    pub call: Option<String>,
    pub fields: Value,
}

fn says_what_the_office_says(application: &Value) -> bool {
    ["rates", "decisions", "history", "rank_only", "places"].iter().any(|name| !application[*name].is_null())
}

fn is_other(given: &Value, wanted: &Value) -> bool {
    !given.is_null() && given != wanted
}

fn summarise(file: &File, amounts: &[Amount]) -> View {
    rules!(amounts.len() != file.claims.len() => "not each clause has one amount");
    for claim in &file.claims {
        let Some(amount) = amounts.iter().find(|amount| amount.clause == claim.clause) else { return wrong("a clause has no amount") };
        let set = i128::from(amount.amount.0);
        rules!(
            set < 0 || set > claim.given => "more than the rules give",
            claim.given < i128::MAX && set < claim.given && amount.reason.as_deref().unwrap_or_default().trim().is_empty() => "less without a reason",
        );
    }
    Open
}

/// The part of the work that an act belongs to, where one person may do only one of them.
pub fn hand(act: &str, role: Role) -> Option<&'static str> {
    match act {
        // Asked for by a clerk a correction belongs to the taking in; by a reviewer to whichever step the case is at.
        "case.ask_correction" if role == Role::Clerk => Some("takes in"),
        "case.accept" | "case.decline" | "case.screen" => Some("takes in"),
        "case.summarise" => Some("sums up"),
        "case.approve" | "case.refuse" => Some("decides"),
        _ => None,
    }
}

fn step_of(act: &str) -> Option<StepKind> {
    match act {
        "case.screen" => Some(StepKind::Screening),
        "case.give_opinion" | "case.confirm_opinion" => Some(StepKind::Joint),
        "case.check_site" => Some(StepKind::SiteCheck),
        "case.record_audit" => Some(StepKind::Audit),
        "case.summarise" => Some(StepKind::Summary),
        "case.deliberate" => Some(StepKind::Meeting),
        "case.approve" | "case.refuse" => Some(StepKind::Approval),
        _ => None,
    }
}

/// Where a case may be for an act; empty: not for the auditor to say.
fn allowed(act: &CaseAct) -> &'static [Where] {
    match act {
        CaseAct::Fill { .. } | CaseAct::Attach { .. } | CaseAct::Submit { .. } => &[Where::Draft],
        CaseAct::Accept { .. } | CaseAct::Decline { .. } => &[Where::HandedIn],
        CaseAct::AnswerCorrection { .. } | CaseAct::Lapse { .. } => &[Where::Correcting],
        CaseAct::Screen { .. } => &[Where::At(StepKind::Screening)],
        CaseAct::GiveOpinion { .. } | CaseAct::ConfirmOpinion { .. } | CaseAct::AskUnit { .. } | CaseAct::PassOn { .. } | CaseAct::CloseOpinions { .. } => {
            &[Where::At(StepKind::Joint)]
        }
        CaseAct::CheckSite { .. } => &[Where::At(StepKind::SiteCheck)],
        CaseAct::RecordAudit { .. } => &[Where::At(StepKind::Audit)],
        CaseAct::Summarise { .. } => &[Where::At(StepKind::Summary)],
        CaseAct::Deliberate { .. } => &[Where::At(StepKind::Meeting)],
        CaseAct::Approve { .. } => &[Where::At(StepKind::Approval)],
        CaseAct::Resume { .. } => &[Where::Resting],
        _ => &[],
    }
}

/// Pools whose claims are served as they are determined.
pub const fn in_turn(pool: &Pool) -> bool {
    matches!(pool.overrun, Overrun::FirstCome | Overrun::CarryOver)
}

/// The pools that a clause draws on.
pub fn pools_of<'a>(law: &'a Scheme, clause: &str) -> impl Iterator<Item = &'a Pool> + use<'a> {
    let clause = law.clause_named(clause);
    law.pools.iter().filter(move |pool| clause.is_some_and(|clause| pool.members.contains(&clause)))
}

pub fn fen(amount: i128) -> Fen {
    Fen(i64::try_from(amount).unwrap_or(i64::MAX))
}

fn yuan(fen: i128) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}
