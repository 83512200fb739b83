//! What an act has before it: the person who asks, the time, and the unit of work it happens in.

use crate::{Context, Office, Stop};
use casework::authority::{Standing, TABLE, may};
use casework::call::Call;
use casework::case::{Case, CaseRefusal, Sitting};
use casework::determination::Determination;
use casework::id::{CaseId, OrganisationId, UnitId};
use casework::people::{Link, Role, User};
use casework::{Key, Record, Refusal, Table};
use store::Work;
use values::WorkCalendar;

/// The desk at which one act is done.
pub struct Desk<'a> {
    pub(crate) office: &'a Office,
    pub(crate) context: &'a Context,
    pub(crate) work: Work,
    pub(crate) act: &'static str,
    /// What the act is done to, for the log.
    pub(crate) subject: String,
    /// The record it is: what whoever asks has read, and whose version tells whether it changed since.
    about: Option<(&'static Table, String)>,
    /// How many messages the act has left so far.
    pub(crate) told: usize,
    /// Determinations as they may become by this act: what they give counts as awarded already.
    pub(crate) assumed: Vec<Determination>,
    /// The person; none only while an office is founded.
    person: Option<User>,
    authorised: bool,
    /// The working days, as the office knows them now.
    calendar: WorkCalendar,
}

impl<'a> Desk<'a> {
    /// Lets a person sit down: one who is known and active, holds the role, and may in that role do the act to something.
    pub(crate) async fn sit(office: &'a Office, context: &'a Context, mut work: Work, act: &'static str) -> Result<Self, Stop> {
        let person: Option<User> = work.peek(context.user.as_str()).await?;
        let known = person.as_ref().is_some_and(|person| person.active && person.roles.contains(&context.role));
        let granted = TABLE.iter().any(|(name, grants)| *name == act && grants.iter().any(|grant| grant.role == context.role));
        if !(known && granted) && act != "registry.found" {
            return Err(Refusal::Denied.into());
        }
        let calendar = crate::calendar::current(office, &mut work).await?;
        Ok(Self { office, context, work, act, subject: String::new(), about: None, told: 0, assumed: Vec::new(), person, authorised: false, calendar })
    }

    pub(crate) const fn authorised(&self) -> bool {
        self.authorised
    }

    /// Says what the act is done to.
    pub(crate) fn is_about<R: Record>(&mut self, id: &(impl ToString + ?Sized)) {
        self.subject = id.to_string();
        self.rests_on::<R>(id);
    }

    /// Says which record whoever asks must have read, where that is another than the one named in the log.
    pub(crate) fn rests_on<R: Record>(&mut self, id: &(impl ToString + ?Sized)) {
        self.about = Some((R::TABLE, id.to_string()));
    }

    /// Refuses the act where the record it is about had another version than whoever asks has seen.
    ///
    /// Errors: stale; the act is about no record that has a version.
    pub(crate) async fn must_have_version(&mut self, seen: i64) -> Result<(), Stop> {
        let Some((table, id)) = self.about.clone() else {
            return Err(Refusal::Input(format!("{} is about no record with a version: ask without If-Match", self.act)).into());
        };
        if self.work.version_before(table, &id).await? == seen { Ok(()) } else { Err(Refusal::Stale { id }.into()) }
    }

    pub(crate) fn calendar(&self) -> &WorkCalendar {
        &self.calendar
    }

    /// Asks whether the person may do the act to something the person so stands to.
    pub(crate) fn allow(&mut self, standing: Standing) -> Result<(), Refusal> {
        self.authorised = may(self.act, self.context.role, standing);
        if self.authorised { Ok(()) } else { Err(Refusal::Denied) }
    }

    /// The first act of all: there is nobody yet who could allow it.
    pub(crate) const fn allow_founding(&mut self) {
        self.authorised = true;
    }

    /// Asks for a call. An officer's unit is in charge, is asked, or has nothing to do with it.
    pub(crate) fn allow_call(&mut self, call: &Call) -> Result<(), Refusal> {
        let standing = self.standing_to_call(call);
        self.allow(standing)
    }

    /// Asks for a case. To an applicant another's case does not exist.
    pub(crate) fn allow_case(&mut self, call: &Call, case: &Case) -> Result<(), Refusal> {
        let own = self.person.as_ref().is_some_and(|person| person.organisation.as_ref() == Some(&case.organisation));
        let standing = match self.context.role {
            Role::Applicant if own => Standing::Own,
            Role::Applicant => return Err(unknown::<Case>(case.id.as_str())),
            _ => self.standing_to_case(call, case),
        };
        self.allow(standing)
    }

    /// Whether an officer may do this to a case as well: for what tells of many, and leaves out what is not the officer's.
    pub(crate) fn may_too(&self, call: &Call, case: &Case) -> bool {
        may(self.act, self.context.role, self.standing_to_case(call, case))
    }

    fn standing_to_case(&self, call: &Call, case: &Case) -> Standing {
        match self.standing_to_call(call) {
            // A unit that was asked in this case alone (加签, 转办).
            Standing::Foreign if case.review.asks.iter().any(|ask| Some(&ask.unit) == self.unit()) => Standing::Asked,
            standing => standing,
        }
    }

    /// Asks for a thing of an enterprise. To an applicant that of another does not exist.
    pub(crate) fn allow_of<R: Record>(&mut self, id: &str, organisation: &OrganisationId) -> Result<(), Refusal> {
        let own = self.person.as_ref().is_some_and(|person| person.organisation.as_ref() == Some(organisation));
        let standing = match self.context.role {
            Role::Applicant if own => Standing::Own,
            Role::Applicant => return Err(unknown::<R>(id)),
            _ => Standing::Foreign,
        };
        self.allow(standing)
    }

    /// Whether the person must keep away from an enterprise today (回避): declared with the person, or entered with its source.
    pub(crate) async fn must_keep_away(&mut self, organisation: &OrganisationId) -> Result<bool, Stop> {
        let Some(person) = self.person().filter(|_| self.context.role != Role::Applicant).cloned() else { return Ok(false) };
        self.is_linked(&person, organisation).await
    }

    /// Whether a person is linked to an enterprise today.
    pub(crate) async fn is_linked(&mut self, person: &User, organisation: &OrganisationId) -> Result<bool, Stop> {
        if person.links.contains(organisation) {
            return Ok(true);
        }
        let today = self.context.now.date();
        let links: Vec<Link> = self.work.list("user_id", &Key::from(person.id.as_str())).await?;
        Ok(links.iter().any(|link| link.organisation == *organisation && link.holds(today)))
    }

    /// The first case of several whose applicant the person must keep away from.
    pub(crate) async fn kept_away<'c>(&mut self, cases: impl IntoIterator<Item = (&'c CaseId, &'c OrganisationId)>) -> Result<Option<CaseId>, Stop> {
        let Some(person) = self.person().filter(|_| self.context.role != Role::Applicant).cloned() else { return Ok(None) };
        let today = self.context.now.date();
        let links: Vec<Link> = self.work.list("user_id", &Key::from(person.id.as_str())).await?;
        let linked = |of: &OrganisationId| person.links.contains(of) || links.iter().any(|link| link.organisation == *of && link.holds(today));
        Ok(cases.into_iter().find(|(_, of)| linked(of)).map(|(case, _)| case.clone()))
    }

    /// Refuses an act over cases together to whom is linked to one of the applicants.
    ///
    /// Not done without that row: a share, a notice or a payment of the others would be another one without it, and there is
    /// always a second person, or four eyes could not be kept.
    pub(crate) async fn must_be_free_of(&mut self, cases: &[Case]) -> Result<(), Stop> {
        match self.kept_away(cases.iter().map(|case| (&case.id, &case.organisation))).await? {
            Some(case) => Err(CaseRefusal::RecusedOf { case }.into()),
            None => Ok(()),
        }
    }

    /// The unit of the person.
    fn unit(&self) -> Option<&UnitId> {
        self.person.as_ref().and_then(|person| person.unit.as_ref())
    }

    /// What a pure decision about a case may know.
    pub(crate) fn sitting<'s>(&'s self, call: &'s Call) -> Sitting<'s> {
        Sitting { act: self.act, call, calendar: self.calendar(), user: &self.context.user, role: self.context.role, unit: self.unit(), now: self.context.now }
    }

    fn standing_to_call(&self, call: &Call) -> Standing {
        match self.person.as_ref().and_then(|person| person.unit.as_ref()) {
            Some(unit) if *unit == call.lead => Standing::Lead,
            Some(unit) if call.with.contains(unit) => Standing::Asked,
            _ => Standing::Foreign,
        }
    }

    /// The person, where one is known.
    pub(crate) const fn person(&self) -> Option<&User> {
        self.person.as_ref()
    }

    /// A record that must be there, locked.
    pub(crate) async fn must_get<R: Record>(&mut self, id: &str) -> Result<R, Stop> {
        Ok(self.work.get(id).await?.ok_or_else(|| unknown::<R>(id))?)
    }

    /// A record that must be there, for reading.
    pub(crate) async fn must_peek<R: Record>(&mut self, id: &str) -> Result<R, Stop> {
        Ok(self.work.peek(id).await?.ok_or_else(|| unknown::<R>(id))?)
    }

    /// Refuses an id that is taken.
    pub(crate) async fn must_be_new<R: Record>(&mut self, id: &str) -> Result<(), Stop> {
        match self.work.peek::<R>(id).await? {
            None => Ok(()),
            Some(_) => Err(Refusal::Exists { what: R::TABLE.name, id: id.to_owned() }.into()),
        }
    }

    /// Refuses a record that has what only one may have, like a credit code, when another has it.
    pub(crate) async fn must_be_alone<R: Record>(&mut self, record: &R) -> Result<(), Stop> {
        let keys = record.keys();
        for (column, key) in R::TABLE.columns.iter().zip(&keys).filter(|(column, key)| column.unique && **key != Key::Null) {
            let same: Vec<R> = self.work.list(column.name, key).await?;
            if let Some(other) = same.iter().find(|other| other.id() != record.id()) {
                return Err(Refusal::Exists { what: R::TABLE.name, id: other.id().to_owned() }.into());
            }
        }
        Ok(())
    }
}

pub(crate) fn unknown<R: Record>(id: &str) -> Refusal {
    Refusal::Unknown { what: R::TABLE.name, id: id.to_owned() }
}

pub(crate) fn unknown_in(table: &'static casework::Table, id: &str) -> Refusal {
    Refusal::Unknown { what: table.name, id: id.to_owned() }
}
