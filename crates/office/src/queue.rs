//! What waits (待办、超时): cases at a step, objections, reports, batches, clawbacks, and whatever one person entered and another
//! has to confirm; with who holds it, since when and until when. Reading alone: nothing follows by itself from being late.

use crate::Stop;
use crate::reading::{Reading, collection};
use casework::authority::{Standing, TABLE, may};
use casework::call::Call;
use casework::case::{Case, Holder, Left};
use casework::id::{CallId, CaseId, OrganisationId, UnitId, UserId};
use casework::motion::Motion;
use casework::notice::{Objection, ObjectionState};
use casework::organisation::AccountEntry;
use casework::payment::{Batch, BatchState};
use casework::people::{Proposal, Role};
use casework::performance::{Performance, PerformanceState};
use casework::recovery::{Lead, LeadState, Recovery, RecoveryStage};
use casework::term::Term;
use casework::{Key, Record, Table};
use serde::de::DeserializeOwned;
use store::work::Kept;
use store::{Filter, StoreError};
use values::{Date, WorkCalendar};

/// Records of a kind longest looked at for a queue; a queue that is longer says that it is not complete.
const LOOKED_AT_MAX: usize = 5_000;

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
}

impl Waiting {
    /// Where it stands in a queue: what ends first comes first, what has no end last. No two have the same.
    #[must_use]
    pub fn place(&self) -> String {
        let until = self.until.map_or_else(|| "9999-12-31".to_owned(), |until| until.to_string());
        let unit = self.units.first().map_or("", UnitId::as_str);
        format!("{until}/{}/{}/{unit}", self.collection, self.id)
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
        Self { collection, id, step, case: None, organisation: None, roles, units, but: None, since: None, until: None, provisional: false }
    }

    fn of_case(self, case: &Case) -> Self {
        Self { case: Some(case.id.clone()), organisation: Some(case.organisation.clone()), ..self }
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
    pub waiting: Vec<Waiting>,
    /// Whether all that waits was looked at.
    pub is_complete: bool,
}

/// Stages at which a case waits for somebody, by their names in the column.
const OPEN: &[&str] = &[
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

fn one_of(column: &'static str, values: &[&str]) -> Filter {
    (column, values.iter().map(|value| Key::from(*value)).collect())
}

fn decode<R: DeserializeOwned>(table: &'static Table, kept: &[Kept]) -> Result<Vec<R>, StoreError> {
    let one =
        |kept: &Kept| serde_json::from_str(&kept.body).map_err(|why| StoreError::Unreadable { table: table.name, id: kept.id.clone(), why: why.to_string() });
    kept.iter().map(one).collect()
}

/// A queue on its way.
struct Gathering<'r, 'o> {
    reading: &'r mut Reading<'o>,
    whose: Whose,
    calendar: WorkCalendar,
    queue: Queue,
}

impl Reading<'_> {
    /// What waits, what ends first before the others; as far as the reader sees it. By the calendar as it is now, so that a day
    /// that was provisional is counted again.
    pub async fn queue(&mut self, whose: Whose) -> Result<Queue, Stop> {
        let calendar = self.calendar().await?;
        let mut gathering = Gathering { reading: self, whose, calendar, queue: Queue { waiting: Vec::new(), is_complete: true } };
        gathering.cases().await?;
        gathering.objections().await?;
        gathering.reports().await?;
        gathering.motions().await?;
        gathering.batches().await?;
        gathering.recoveries().await?;
        gathering.leads().await?;
        gathering.accounts().await?;
        gathering.proposals().await?;
        let mut queue = gathering.queue;
        if whose == Whose::Mine {
            queue.waiting.retain(|waiting| self.holds(waiting));
        }
        queue.waiting.sort_by_cached_key(Waiting::place);
        Ok(queue)
    }

    /// Whether it waits for the reader.
    fn holds(&self, waiting: &Waiting) -> bool {
        let person = self.person();
        let is_there = waiting.units.is_empty() || person.unit.as_ref().is_some_and(|unit| waiting.units.contains(unit));
        waiting.roles.contains(&self.role()) && is_there && waiting.but.as_ref() != Some(&person.id)
    }
}

impl Gathering<'_, '_> {
    /// Records of a collection that the reader sees and that a filter lets through.
    async fn found<R: Record>(&mut self, name: &'static str, filter: Filter) -> Result<Vec<R>, Stop> {
        let Some(sight) = collection(name).and_then(|collection| collection.sight(self.reading.role())) else { return Ok(Vec::new()) };
        let mut filters = vec![filter];
        filters.extend(self.reading.narrowed(sight, R::TABLE).await?);
        let at_most = i64::try_from(LOOKED_AT_MAX).unwrap_or(i64::MAX);
        let kept = self.reading.work.page(R::TABLE, &filters, "", at_most).await?;
        self.seen(name, &kept).await
    }

    /// The same, of those whose body holds some words.
    async fn saying<R: Record>(&mut self, name: &'static str, words: &str) -> Result<Vec<R>, Stop> {
        if collection(name).is_none_or(|collection| collection.sight(self.reading.role()).is_none()) {
            return Ok(Vec::new());
        }
        let at_most = i64::try_from(LOOKED_AT_MAX).unwrap_or(i64::MAX);
        let kept = self.reading.work.rows_saying(R::TABLE, words, at_most).await?;
        self.seen(name, &kept).await
    }

    async fn seen<R: Record>(&mut self, name: &str, kept: &[Kept]) -> Result<Vec<R>, Stop> {
        self.queue.is_complete &= kept.len() < LOOKED_AT_MAX;
        let mut seen = Vec::new();
        for kept in kept {
            if let Some(collection) = collection(name)
                && self.reading.sees(collection, kept).await?
            {
                seen.push(kept.clone());
            }
        }
        Ok(decode(R::TABLE, &seen)?)
    }

    /// A case with its call. Nothing is said of what has none: the checks of the log name it.
    async fn case(&mut self, id: &CaseId) -> Result<Option<(Case, Call)>, Stop> {
        let Some(case) = self.reading.work.peek::<Case>(id.as_str()).await? else { return Ok(None) };
        Ok(self.call(&case.call).await?.map(|call| (case, call)))
    }

    async fn call(&mut self, id: &CallId) -> Result<Option<Call>, Stop> {
        self.reading.call(id).await
    }

    async fn cases(&mut self) -> Result<(), Stop> {
        let stages: &[&str] = match (self.whose, self.reading.role()) {
            (Whose::Mine, Role::UnitReviewer) => &["joint", "site_check"],
            (Whose::Mine, Role::Finance) => &["committed"],
            _ => OPEN,
        };
        for case in self.found::<Case>("cases", one_of("stage", stages)).await? {
            let Some(call) = self.call(&case.call).await? else { continue };
            let step = if self.reading.role() == Role::Applicant { case.stage_told() } else { case.stage.name() };
            for wait in case.waits(&call, &self.calendar) {
                // An applicant is not told which unit the review has come to.
                if self.reading.role() == Role::Applicant && wait.holder != Holder::Applicant {
                    continue;
                }
                let waiting = Waiting::new("cases", &case, step).of_case(&case).held(wait.holder);
                self.queue.waiting.push(Waiting { since: wait.since, until: wait.until, provisional: wait.provisional, ..waiting });
            }
        }
        Ok(())
    }

    async fn objections(&mut self) -> Result<(), Stop> {
        for objection in self.found::<Objection>("objections", one_of("state", &["received", "checked"])).await? {
            let Some((case, call)) = self.case(&objection.case).await? else { continue };
            let (step, roles) = match &objection.state {
                ObjectionState::Received => ("received", roles_of("notice.check")),
                _ => ("checked", roles_of("notice.settle")),
            };
            // Who checked does not decide.
            let but = if let ObjectionState::Checked { by, .. } = &objection.state { Some(by.clone()) } else { None };
            let waiting = Waiting::new("objections", &objection, step).of_case(&case).by(&roles, &call.lead);
            let waiting = match &objection.term {
                Some(term) => waiting.within(term, &self.calendar),
                None => waiting,
            };
            self.queue.waiting.push(Waiting { but, ..waiting });
        }
        Ok(())
    }

    async fn reports(&mut self) -> Result<(), Stop> {
        for report in self.found::<Performance>("performances", one_of("state", &["awaited", "reported"])).await? {
            let Some((case, call)) = self.case(&report.case).await? else { continue };
            let waiting = Waiting::new("performances", &report, report.state.name()).of_case(&case);
            self.queue.waiting.push(match report.state {
                PerformanceState::Awaited => waiting.held(Holder::Applicant).within(&report.term, &self.calendar),
                _ => Waiting { since: report.reports.last().map(|last| last.at.date()), ..waiting.by(&roles_of("performance.accept"), &call.lead) },
            });
        }
        Ok(())
    }

    async fn motions(&mut self) -> Result<(), Stop> {
        for motion in self.found::<Motion>("motions", ("open", vec![Key::from(1_i64)])).await? {
            let Some(act) = motion.confirmed_by() else { continue };
            let waiting = Waiting::new("motions", &motion, act);
            let found = match &motion.case {
                Some(case) => self.case(case).await?,
                None => None,
            };
            let waiting = match found {
                Some((case, call)) => waiting.of_case(&case).by(&roles_of(act), &call.lead),
                None => Waiting { roles: roles_of(act), ..waiting },
            };
            self.queue.waiting.push(Waiting { but: Some(motion.by.clone()), since: Some(motion.at.date()), ..waiting });
        }
        Ok(())
    }

    async fn batches(&mut self) -> Result<(), Stop> {
        for batch in self.saying::<Batch>("batches", "\"result\":null").await? {
            let Some(call) = self.call(&batch.call).await? else { continue };
            let act = match batch.state {
                BatchState::Planned => "payment.request",
                BatchState::Requested => "payment.pay",
                BatchState::Sent => "payment.report",
                BatchState::Cancelled => continue,
            };
            let units = if may_anywhere(act, Role::Finance) { Vec::new() } else { vec![call.lead] };
            let since = batch.sent.map(values::Moment::date);
            self.queue.waiting.push(Waiting { roles: roles_of(act), units, since, ..Waiting::new("batches", &batch, batch.state.name()) });
        }
        Ok(())
    }

    async fn recoveries(&mut self) -> Result<(), Stop> {
        for recovery in self.found::<Recovery>("recoveries", one_of("stage", &["filed", "notified", "decided"])).await? {
            let Some((case, call)) = self.case(&recovery.case).await? else { continue };
            let act = match recovery.stage {
                RecoveryStage::Filed => "recovery.notify",
                RecoveryStage::Notified => "recovery.decide",
                _ => "recovery.deliver",
            };
            let since = recovery.hands.last().map(|hand| hand.at.date());
            let waiting = Waiting::new("recoveries", &recovery, recovery.stage.name()).of_case(&case).by(&roles_of(act), &call.lead);
            self.queue.waiting.push(Waiting { since, ..waiting });
        }
        Ok(())
    }

    async fn leads(&mut self) -> Result<(), Stop> {
        for lead in self.found::<Lead>("leads", one_of("state", &["open"])).await? {
            if lead.state != LeadState::Open {
                continue;
            }
            let waiting = Waiting::new("leads", &lead, "open");
            let (case, organisation) = (lead.case.clone(), Some(lead.organisation.clone()));
            self.queue.waiting.push(Waiting { case, organisation, roles: roles_of("recovery.dismiss"), since: Some(lead.at.date()), ..waiting });
        }
        Ok(())
    }

    async fn accounts(&mut self) -> Result<(), Stop> {
        // What an applicant entered waits for the office, and is no work of the applicant's.
        for entry in self.saying::<AccountEntry>("accounts", "\"verified\":null").await? {
            let waiting = Waiting::new("accounts", &entry, "entered");
            let (roles, organisation) = (roles_of("registry.verify_account"), Some(entry.organisation.clone()));
            self.queue.waiting.push(Waiting { organisation, roles, but: Some(entry.by.clone()), since: Some(entry.at.date()), ..waiting });
        }
        Ok(())
    }

    async fn proposals(&mut self) -> Result<(), Stop> {
        for proposal in self.saying::<Proposal>("proposals", "\"confirmed\":null").await? {
            // Nobody confirms what is about themselves.
            if proposal.user.id == self.reading.person().id {
                continue;
            }
            let waiting = Waiting::new("proposals", &proposal, "proposed");
            self.queue.waiting.push(Waiting {
                roles: roles_of("registry.confirm_user"),
                but: Some(proposal.by.clone()),
                since: Some(proposal.at.date()),
                ..waiting
            });
        }
        Ok(())
    }
}
