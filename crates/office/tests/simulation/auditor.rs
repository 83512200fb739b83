//! The auditor: keeps books of its own from what is asked and what is answered, and says what is wrong. Written from the
//! rules an office lives with, not from the office: it sees no store, no record and no entry, and has its own access rules,
//! its own sharing and its own reading of what an act does to the money. The scheme of a policy is the law it shares.

use crate::access::{Stand, access};
use crate::claws::{Claw, Halt, Lead};
use crate::generator::Asked;
use crate::lives::{Life, version_of};
use crate::purse::Purse;
use crate::rights::{Earlier, List, Recognised};
use casework::Act;
use casework::Refusal;
use casework::call::{Call, CallAct, StepKind};
use casework::determination::DeterminationAct;
use casework::history::HistoryAct;
use casework::id::MotionId;
use casework::instalment::InstalmentAct;
use casework::matching::MatchingAct;
use casework::notice::NoticeAct;
use casework::organisation::Account;
use casework::people::Role;
use casework::recovery::RecoveryAct;
use casework::registry::RegistryAct;
use office::Outcome;
use policy::scheme::{Overrun, Pool, Scheme};
use serde_json::Value;
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
    ($($condition:expr => $why:expr),* $(,)?) => {{ $(if $condition { return wrong($why); })* }};
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
    /// What was set counts by something that the auditor does not follow.
    pub unknown: bool,
    /// Its claims may wait for a later year, with money of that year.
    pub carried: bool,
}

pub struct Round {
    pub call: Call,
    pub state: &'static str,
    /// What the office says of currencies.
    pub rates: BTreeMap<String, String>,
    /// Books of later years that claims may wait for.
    pub later: Vec<String>,
}

/// The books and files of the auditor.
#[derive(Default)]
pub struct Auditor {
    pub laws: BTreeMap<String, Scheme>,
    pub lives: BTreeMap<String, Life>,
    /// Version, whether an answer is drafted, and whether it is published, by comment.
    pub comments: BTreeMap<String, (String, bool, bool)>,
    /// Version, first and last day, by guide.
    pub guides: BTreeMap<String, (String, Date, Option<Date>)>,
    pub checkpoints: BTreeSet<String>,
    pub recognitions: BTreeMap<String, Recognised>,
    pub earlier: BTreeMap<String, Earlier>,
    pub lists: BTreeMap<String, List>,
    pub leads: BTreeMap<String, Lead>,
    pub claws: BTreeMap<String, Claw>,
    /// What came back, by call.
    pub recovered: BTreeMap<String, i128>,
    pub halts: Vec<Halt>,
    /// What one person asked for and a second one confirms: the act, and who asked.
    pub motions: BTreeMap<String, (Act, String)>,
    pub confirmed: BTreeSet<String>,
    /// Unit, and whether it is void, by document.
    pub documents: BTreeMap<String, (String, bool)>,
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
        // 回避
        let officer = asked.context.role != Role::Applicant;
        let today = asked.context.now.date();
        rules!(officer && about.firms.iter().any(|firm| self.keeps_away(user, firm, today)) => "the person must keep away from this firm");
        match act {
            Act::Registry(act) => self.registry(act, user),
            Act::Budget(act) => self.budget(act),
            Act::Call(act) => self.call(act, asked.context.now.date()),
            Act::Case(act) => self.case(act, asked, person),
            Act::Notice(act) => self.notice(act, asked),
            Act::Payment(act) => self.payment(act, user),
            Act::Policy(act) => self.policy(act, asked, person),
            Act::Guide(act) => self.guide(act, today),
            Act::Calendar(act) => self.calendar(act, today),
            Act::Log(act) => self.log(act),
            Act::Recognition(act) => self.recognition(act, today),
            Act::History(act) => self.history(act, user, today),
            Act::Matching(act) => self.matching(act, asked),
            Act::Recovery(act) => self.recovery(act, asked),
            Act::Document(act) => self.document(act),
            Act::Determination(DeterminationAct::Amend { motion, .. }) | Act::Instalment(InstalmentAct::Test { motion, .. }) => self.new_motion(motion),
            Act::Determination(DeterminationAct::ConfirmAmendment { motion, .. }) | Act::Instalment(InstalmentAct::ConfirmTest { motion, .. }) => {
                self.second_hand(motion, user)
            }
            Act::Outbox(_) | Act::Instalment(_) | Act::Performance(_) | Act::Retention(_) => Open,
        }
    }

    /// What must come of asking for something that a second person confirms.
    pub fn new_motion(&self, motion: &MotionId) -> View {
        rules!(self.motions.contains_key(motion.as_str()) => "there is such a motion already");
        Open
    }

    /// What must come of confirming it.
    pub fn second_hand(&self, motion: &MotionId, user: &str) -> View {
        let Some((_, asked_by)) = self.motions.get(motion.as_str()) else { return wrong("nobody asked for it") };
        rules!(self.confirmed.contains(motion.as_str()) => "it is done", asked_by == user => "four eyes");
        Open
    }

    /// Whether a person must keep away from a firm on a day (回避).
    pub fn keeps_away(&self, user: &str, firm: &str, today: Date) -> bool {
        let away = self.away.get(user).into_iter().flatten();
        let mut away = away.filter(|(of, from, until)| of == firm && *from <= today && until.is_none_or(|until| today <= until));
        away.next().is_some() || self.people.get(user).is_some_and(|person| person.away_from.iter().any(|of| of == firm))
    }

    /// The case, the call, the firms and the unit in charge that an act is about.
    pub fn about(&self, act: &Act) -> About {
        let value = serde_json::to_value(act).unwrap_or_default();
        let fields = value.as_object().and_then(|act| act.values().next()?.as_object()?.values().next()).cloned().unwrap_or_default();
        let text = |name: &str| fields[name].as_str().map(str::to_owned);
        let objection = text("objection").and_then(|id| self.objections.get(&id)).map(|(case, _)| case.clone());
        let of_object = matches!(act, Act::Notice(NoticeAct::Object { .. }));
        let claw = self.claw_of(&fields).map(|claw| claw.case.clone());
        let subject = |name: &str| fields["subject"][name].as_str().map(str::to_owned);
        let case = text("case").filter(|_| !of_object).or(objection).or(claw).or_else(|| subject("case"));
        let call = text("call").or_else(|| fields["call"]["lead"].as_str().and(fields["call"]["id"].as_str().map(str::to_owned)));
        let call = call.or_else(|| Some(self.files.get(case.as_ref()?)?.call.clone()));
        let call = call.or_else(|| subject("call"));
        let call = call.or_else(|| Some(self.notices.get(&text("notice").or_else(|| subject("notice"))?)?.1.clone()));
        let call = call.or_else(|| Some(self.batches.get(&text("batch")?)?.0.clone()));
        let call = call.or_else(|| self.call_of_due(&text("due")?));
        let list = text("list").and_then(|list| self.lists.get(&list));
        let call = call.or_else(|| list.map(|list| list.call.clone()));
        let recognised = text("recognition").and_then(|id| self.recognitions.get(&id));
        let issuer = recognised.map(|known| known.issuer.clone()).or_else(|| fields["recognition"]["issuer"].as_str().map(str::to_owned));
        let of_policy =
            if let Act::Policy(act) = act { Some(self.lives.get(&version_of(act)).map(|life| life.lead.clone()).unwrap_or_default()) } else { None };
        let of_document = text("document").and_then(|id| self.documents.get(&id)).map(|(unit, _)| unit.clone());
        let lead =
            issuer.or(of_policy).or(of_document).or_else(|| call.as_ref().and_then(|call| self.rounds.get(call)).map(|round| round.call.lead.to_string()));
        let mut firms: Vec<String> = case.as_ref().and_then(|case| self.files.get(case)).map(|file| file.firm.clone()).into_iter().collect();
        firms.extend(recognised.map(|known| known.firm.clone()));
        firms.extend(fields["recognition"]["organisation"].as_str().map(str::to_owned));
        firms.extend(list.into_iter().flat_map(List::firms).cloned());
        firms.extend(self.firms_of(act));
        firms.extend(self.together(act, call.as_deref(), &fields));
        About { case, call, firms, lead, fields }
    }

    /// The firms that an act names itself.
    fn firms_of(&self, act: &Act) -> Vec<String> {
        match act {
            Act::Matching(MatchingAct::List { entries, .. }) => entries.iter().map(|entry| entry.organisation.to_string()).collect(),
            Act::Recovery(RecoveryAct::Note { organisation, .. }) => vec![organisation.to_string()],
            Act::Registry(RegistryAct::PutOrganisation { organisation }) => vec![organisation.id.to_string()],
            Act::Registry(RegistryAct::PutAccount { organisation, .. }) => vec![organisation.to_string()],
            Act::Registry(RegistryAct::VerifyAccount { entry }) => self.entered.get(entry.as_str()).map(|(firm, ..)| firm.clone()).into_iter().collect(),
            Act::History(HistoryAct::Confirm { motion }) => match self.motions.get(motion.as_str()) {
                Some((Act::History(act), _)) => self.firms_of_ledger(act),
                _ => Vec::new(),
            },
            Act::History(act) => self.firms_of_ledger(act),
            Act::Notice(NoticeAct::Object { case, .. }) => self.files.get(case.as_str()).map(|file| file.firm.clone()).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    /// The firms that an act over cases together decides on, as far as the auditor follows them: which cases are in a batch it
    /// does not know.
    fn together(&self, act: &Act, call: Option<&str>, fields: &Value) -> Vec<String> {
        let wanted = match act {
            Act::Notice(NoticeAct::Publish { .. }) => Where::Determined,
            Act::Notice(NoticeAct::Conclude { .. }) => Where::Shown,
            _ => return Vec::new(),
        };
        let notice = fields["notice"].as_str().filter(|_| wanted == Where::Shown);
        let of = call.into_iter().flat_map(|call| self.of(call));
        let of = of.filter(|(_, file)| file.at == wanted && notice.is_none_or(|notice| file.notice.as_deref() == Some(notice)));
        of.map(|(_, file)| file.firm.clone()).collect()
    }

    /// The call of something that is due: its name begins with that of the entry under which its notice was concluded.
    pub fn call_of_due(&self, due: &str) -> Option<String> {
        due.rmatch_indices(':').find_map(|(at, _)| self.concluded.get(&due[..at])).cloned()
    }

    /// Who may do what, as domain.md has it.
    fn may(&self, asked: &Asked, person: &Person, about: &About) -> View {
        let Some(grants) = access(asked.act.name()) else { return Open };
        let lead = match &asked.act {
            Act::Call(CallAct::Prepare { call }) => Some(call.lead.to_string()),
            _ => about.lead.clone(),
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
}

/// What an act is about, and what it says.
pub struct About {
    pub case: Option<String>,
    pub call: Option<String>,
    pub firms: Vec<String>,
    pub lead: Option<String>,
    pub fields: Value,
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
