//! What waits (待办、超时): cases at a step, objections, reports, batches, clawbacks, and whatever one person entered and another
//! has to confirm; with who holds it, since when and until when. Nothing follows by itself from being late. What waits in the whole
//! office is gathered in `board`.

use casework::Record;
use casework::authority::{Standing, TABLE, may};
use casework::call::Call;
use casework::case::{Case, Holder, Left, Wait};
use casework::id::{CallId, CaseId, OrganisationId, UnitId, UserId};
use casework::motion::Motion;
use casework::notice::{Objection, ObjectionState};
use casework::organisation::AccountEntry;
use casework::payment::{Batch, BatchState};
use casework::people::{Proposal, Role};
use casework::performance::{Performance, PerformanceState};
use casework::recovery::{Lead, LeadState, Recovery, RecoveryStage};
use casework::term::Term;
use std::sync::Arc;
use values::{Date, WorkCalendar};

/// Whose queue is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// What the reader can do, in the role the reader has.
    Mine,
    /// What the reader sees, whoever holds it.
    Seen,
}

/// Something that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The collection of the record that waits.
    pub collection: &'static str,
    /// Its id.
    pub id: String,
    /// What it waits for: the stage of a case, the state of another thing.
    pub step: &'static str,
    /// The case it is about, where it is about one.
    pub case: Option<CaseId>,
    /// The call it is about, where it is about one.
    pub call: Option<CallId>,
    /// The enterprise it is about, where it is about one.
    pub organisation: Option<OrganisationId>,
    /// Roles that can go on with it; none: the bank.
    pub roles: Vec<Role>,
    /// Units whose people that are; none: of every unit, or of the enterprise.
    pub units: Vec<UnitId>,
    /// Who must not: four eyes.
    pub but: Option<UserId>,
    /// Since when.
    pub since: Option<Date>,
    /// Its last day, where a time is set and runs.
    pub until: Option<Date>,
    /// Whether the last day rests on a year whose working days are not published.
    pub provisional: bool,
    /// Whether its record waits for nobody else.
    pub is_only: bool,
}

impl Waiting {
    /// Where it stands in a queue: what ends first comes first, what has no end last. No two have the same.
    #[must_use]
    pub fn place(&self) -> String {
        let until = self.until.map_or_else(|| "9999-12-31".to_owned(), |until| until.to_string());
        let unit = self.units.first().map_or("", UnitId::as_str);
        format!("{until}/{}/{}/{unit}", self.collection, self.id)
    }

    /// Ids of whoever holds it; `applicant`, `finance` and `bank` stand for those who are no unit.
    pub fn holders(&self) -> impl Iterator<Item = &str> {
        let (alone, units) = match self.roles.as_slice() {
            [Role::Applicant] => (Some("applicant"), [].as_slice()),
            // Finance is one for the whole district.
            [Role::Finance] => (Some("finance"), [].as_slice()),
            [] => (Some("bank"), [].as_slice()),
            _ => (None, self.units.as_slice()),
        };
        alone.into_iter().chain(units.iter().map(UnitId::as_str))
    }

    /// Whether its last day is over (超时).
    #[must_use]
    pub fn is_over(&self, today: Date) -> bool {
        self.until.is_some_and(|until| until < today)
    }

    /// How much time is left, in working days.
    #[must_use]
    pub fn left(&self, calendar: &WorkCalendar, today: Date) -> Option<Left> {
        self.until.map(|until| Left::until(calendar, today, until))
    }

    fn new<R: Record>(collection: &'static str, record: &R, step: &'static str) -> Self {
        let id = record.id().to_owned();
        let (roles, units) = (Vec::new(), Vec::new());
        Self {
            collection,
            id,
            step,
            case: None,
            call: None,
            organisation: None,
            roles,
            units,
            but: None,
            since: None,
            until: None,
            provisional: false,
            is_only: true,
        }
    }

    fn of_case(self, case: &Case) -> Self {
        Self { case: Some(case.id.clone()), call: Some(case.call.clone()), organisation: Some(case.organisation.clone()), ..self }
    }

    /// Held by roles of a unit.
    fn by(self, roles: &[Role], unit: &UnitId) -> Self {
        Self { roles: roles.to_vec(), units: vec![unit.clone()], ..self }
    }

    fn within(self, term: &Term, calendar: &WorkCalendar) -> Self {
        Self { since: Some(term.from), until: Some(term.ends(calendar)), provisional: term.provisional, ..self }
    }

    fn held(self, holder: Holder) -> Self {
        let (roles, units) = match holder {
            Holder::Applicant => (vec![Role::Applicant], Vec::new()),
            // Finance is one for the whole district.
            Holder::Unit(_, Some(Role::Finance)) => (vec![Role::Finance], Vec::new()),
            Holder::Unit(unit, Some(role)) => (vec![role], vec![unit]),
            Holder::Unit(unit, None) => (vec![Role::Clerk, Role::Reviewer, Role::Leader], vec![unit]),
            Holder::Units(units) => (vec![Role::UnitReviewer], units),
            Holder::Bank | Holder::Nobody => (Vec::new(), Vec::new()),
        };
        Self { roles, units, ..self }
    }
}

/// A queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// What waits, in the order of [`Waiting::place`].
    pub waiting: Vec<Arc<Waiting>>,
}

/// Stages at which a case waits for somebody, by their names in the column.
pub(crate) const OPEN: &[&str] = &[
    "draft",
    "submitted",
    "correcting",
    "screening",
    "joint",
    "site_check",
    "audit",
    "summary",
    "meeting",
    "approval",
    "approved",
    "noticed",
    "disputed",
    "committed",
    "paying",
    "returned",
    "suspended",
];

/// The roles that may do an act, to anything.
fn roles_of(act: &str) -> Vec<Role> {
    TABLE.iter().find(|(name, _)| *name == act).map(|(_, grants)| grants.iter().map(|grant| grant.role).collect()).unwrap_or_default()
}

/// Whether a role may do an act to things of other units too.
fn may_anywhere(act: &str, role: Role) -> bool {
    may(act, role, Standing::Foreign)
}

/// Something that waits, with what says who sees it.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) waiting: Arc<Waiting>,
    /// What the applicant is told that it waits for; none: the same.
    pub(crate) told: Option<&'static str>,
    /// Units that were asked about its case.
    pub(crate) asked: Vec<UnitId>,
    /// Whom it is about: nobody confirms what is about themselves.
    pub(crate) about: Option<UserId>,
}

/// What a case waits for, to look at one of them.
pub(crate) fn waits_of(case: &Case, call: &Call, calendar: &WorkCalendar) -> impl Iterator<Item = Arc<Waiting>> {
    waits(case, call, calendar).into_iter().map(|post| post.waiting)
}

/// A record that may wait.
pub(crate) enum Thing {
    Case(Case),
    Objection(Objection),
    Report(Performance),
    Motion(Motion),
    Batch(Batch),
    Recovery(Recovery),
    Lead(Lead),
    Account(AccountEntry),
    Proposal(Proposal),
}

/// What a thing is about: its case, its call, the working days as they are known now.
pub(crate) struct About<'a> {
    pub(crate) case: Option<&'a Case>,
    pub(crate) call: Option<&'a Call>,
    pub(crate) calendar: &'a WorkCalendar,
}

impl Thing {
    /// A record of a collection. Errors: it cannot be read.
    pub(crate) fn read(collection: &str, body: &str) -> Result<Option<Self>, serde_json::Error> {
        Ok(Some(match collection {
            "cases" => Self::Case(serde_json::from_str(body)?),
            "objections" => Self::Objection(serde_json::from_str(body)?),
            "performances" => Self::Report(serde_json::from_str(body)?),
            "motions" => Self::Motion(serde_json::from_str(body)?),
            "batches" => Self::Batch(serde_json::from_str(body)?),
            "recoveries" => Self::Recovery(serde_json::from_str(body)?),
            "leads" => Self::Lead(serde_json::from_str(body)?),
            "accounts" => Self::Account(serde_json::from_str(body)?),
            "proposals" => Self::Proposal(serde_json::from_str(body)?),
            _ => return Ok(None),
        }))
    }

    /// The case that has to be known to say what waits.
    pub(crate) const fn case(&self) -> Option<&CaseId> {
        match self {
            Self::Objection(objection) => Some(&objection.case),
            Self::Report(report) => Some(&report.case),
            Self::Motion(motion) => motion.case.as_ref(),
            Self::Recovery(recovery) => Some(&recovery.case),
            Self::Case(_) | Self::Batch(_) | Self::Lead(_) | Self::Account(_) | Self::Proposal(_) => None,
        }
    }

    /// The call it names itself.
    pub(crate) const fn call(&self) -> Option<&CallId> {
        match self {
            Self::Case(case) => Some(&case.call),
            Self::Batch(batch) => Some(&batch.call),
            _ => None,
        }
    }

    /// What waits of it. Nothing is said of what has no case or no call where it should: the checks of the log name it.
    pub(crate) fn posts(&self, about: &About<'_>) -> Vec<Post> {
        let of_case = about.case.zip(about.call);
        let asked = |case: &Case| case.review.asks.iter().map(|ask| ask.unit.clone()).collect();
        let post = |waiting| Post { waiting: Arc::new(waiting), told: None, asked: about.case.map(asked).unwrap_or_default(), about: None };
        match self {
            Self::Case(case) => about.call.map(|call| waits(case, call, about.calendar)).unwrap_or_default(),
            Self::Objection(objection) => of_case.and_then(|(case, call)| objected(objection, case, call, about.calendar)).map(post).into_iter().collect(),
            Self::Report(report) => of_case.and_then(|(case, call)| reported(report, case, call, about.calendar)).map(post).into_iter().collect(),
            Self::Motion(motion) => moved(motion, of_case).map(post).into_iter().collect(),
            Self::Batch(batch) => about.call.and_then(|call| paid(batch, call)).map(post).into_iter().collect(),
            Self::Recovery(recovery) => of_case.and_then(|(case, call)| recovered(recovery, case, call)).map(post).into_iter().collect(),
            Self::Lead(lead) => led(lead).map(post).into_iter().collect(),
            Self::Account(entry) => entered(entry).map(post).into_iter().collect(),
            Self::Proposal(proposal) => {
                let about = Some(proposal.user.id.clone());
                proposed(proposal).map(|waiting| Post { about, ..post(waiting) }).into_iter().collect()
            }
        }
    }
}

fn waits(case: &Case, call: &Call, calendar: &WorkCalendar) -> Vec<Post> {
    if !OPEN.contains(&case.stage.name()) {
        return Vec::new();
    }
    let asked: Vec<UnitId> = case.review.asks.iter().map(|ask| ask.unit.clone()).collect();
    let all = case.waits(call, calendar);
    let is_only = all.len() <= 1;
    let post = |wait: Wait| {
        let waiting = Waiting::new("cases", case, case.stage.name()).of_case(case).held(wait.holder);
        let waiting = Waiting { since: wait.since, until: wait.until, provisional: wait.provisional, is_only, ..waiting };
        Post { waiting: Arc::new(waiting), told: Some(case.stage_told()), asked: asked.clone(), about: None }
    };
    all.into_iter().map(post).collect()
}

fn objected(objection: &Objection, case: &Case, call: &Call, calendar: &WorkCalendar) -> Option<Waiting> {
    let (step, roles) = match &objection.state {
        ObjectionState::Received => ("received", roles_of("notice.check")),
        ObjectionState::Checked { .. } => ("checked", roles_of("notice.settle")),
        _ => return None,
    };
    // Who checked does not decide.
    let but = if let ObjectionState::Checked { by, .. } = &objection.state { Some(by.clone()) } else { None };
    let waiting = Waiting::new("objections", objection, step).of_case(case).by(&roles, &call.lead);
    let waiting = match &objection.term {
        Some(term) => waiting.within(term, calendar),
        None => waiting,
    };
    Some(Waiting { but, ..waiting })
}

fn reported(report: &Performance, case: &Case, call: &Call, calendar: &WorkCalendar) -> Option<Waiting> {
    let waiting = Waiting::new("performances", report, report.state.name()).of_case(case);
    match report.state {
        PerformanceState::Awaited => Some(waiting.held(Holder::Applicant).within(&report.term, calendar)),
        PerformanceState::Reported => {
            Some(Waiting { since: report.reports.last().map(|last| last.at.date()), ..waiting.by(&roles_of("performance.accept"), &call.lead) })
        }
        _ => None,
    }
}

fn moved(motion: &Motion, of_case: Option<(&Case, &Call)>) -> Option<Waiting> {
    let act = motion.confirmed_by().filter(|_| motion.confirmed.is_none())?;
    let waiting = Waiting::new("motions", motion, act);
    let waiting = match of_case {
        Some((case, call)) => waiting.of_case(case).by(&roles_of(act), &call.lead),
        None => Waiting { roles: roles_of(act), ..waiting },
    };
    Some(Waiting { but: Some(motion.by.clone()), since: Some(motion.at.date()), ..waiting })
}

fn paid(batch: &Batch, call: &Call) -> Option<Waiting> {
    batch.lines.iter().find(|line| line.result.is_none())?;
    let act = match batch.state {
        BatchState::Planned => "payment.request",
        BatchState::Requested => "payment.pay",
        BatchState::Sent => "payment.report",
        BatchState::Cancelled => return None,
    };
    let units = if may_anywhere(act, Role::Finance) { Vec::new() } else { vec![call.lead.clone()] };
    let since = batch.sent.map(values::Moment::date);
    let waiting = Waiting::new("batches", batch, batch.state.name());
    Some(Waiting { call: Some(call.id.clone()), roles: roles_of(act), units, since, ..waiting })
}

fn recovered(recovery: &Recovery, case: &Case, call: &Call) -> Option<Waiting> {
    let act = match recovery.stage {
        RecoveryStage::Filed => "recovery.notify",
        RecoveryStage::Notified => "recovery.decide",
        RecoveryStage::Decided => "recovery.deliver",
        _ => return None,
    };
    let since = recovery.hands.last().map(|hand| hand.at.date());
    Some(Waiting { since, ..Waiting::new("recoveries", recovery, recovery.stage.name()).of_case(case).by(&roles_of(act), &call.lead) })
}

fn led(lead: &Lead) -> Option<Waiting> {
    let (case, organisation) = (lead.case.clone(), Some(lead.organisation.clone()));
    let waiting = Waiting::new("leads", lead, "open");
    (lead.state == LeadState::Open).then(|| Waiting { case, organisation, roles: roles_of("recovery.dismiss"), since: Some(lead.at.date()), ..waiting })
}

fn entered(entry: &AccountEntry) -> Option<Waiting> {
    let (roles, organisation) = (roles_of("registry.verify_account"), Some(entry.organisation.clone()));
    let waiting = Waiting::new("accounts", entry, "entered");
    entry.verified.is_none().then(|| Waiting { organisation, roles, but: Some(entry.by.clone()), since: Some(entry.at.date()), ..waiting })
}

fn proposed(proposal: &Proposal) -> Option<Waiting> {
    let waiting = Waiting::new("proposals", proposal, "proposed");
    let (roles, but, since) = (roles_of("registry.confirm_user"), Some(proposal.by.clone()), Some(proposal.at.date()));
    proposal.confirmed.is_none().then_some(Waiting { roles, but, since, ..waiting })
}
