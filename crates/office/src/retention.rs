//! Forgetting, by acts: an application that was never handed in, and how an enterprise was reached and paid when its time is
//! over. What may go is looked at by the same rules as it then goes; what was decided, paid and posted stays as it was.

use crate::desk::Desk;
use crate::{Office, Outcome, Stop};
use casework::authority::Standing;
use casework::call::{Call, CallStage};
use casework::case::{Case, Stage};
use casework::chain::withdrawn::WITHDRAWABLE;
use casework::determination::Determination;
use casework::id::{CaseId, OrganisationId, UnitId, UserId};
use casework::matching::{EntryState, MatchEntry, MatchList};
use casework::organisation::{AccountEntry, Organisation};
use casework::payment::Due;
use casework::people::{Proposal, User};
use casework::recovery::{Lead, LeadState, Recovery, RecoveryStage};
use casework::retention::{Forget, OldContacts, OldDraft, Retention, RetentionAct, RetentionRefusal, is_over};
use casework::{Key, Record};
use store::{Store, Work};
use values::Date;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &RetentionAct) -> Result<Outcome, Stop> {
    match act {
        RetentionAct::SetPeriods { drafts_days, contacts_years, basis } => set_periods(desk, *drafts_days, *contacts_years, basis).await,
        RetentionAct::EmptyDraft { case } => empty_draft(desk, case).await,
        RetentionAct::ForgetContacts { organisation, people } => forget_contacts(desk, organisation, people).await,
    }
}

async fn set_periods(desk: &mut Desk<'_>, drafts_days: u32, contacts_years: u32, basis: &str) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.subject = Retention::ID.to_owned();
    let periods = Retention::new(drafts_days, contacts_years, basis, &desk.context.user, desk.context.now)?;
    desk.work.get::<Retention>(Retention::ID).await?;
    desk.work.save(&periods).await?;
    Ok(Outcome::Done)
}

async fn periods(work: &mut Work) -> Result<Retention, Stop> {
    Ok(work.peek(Retention::ID).await?.ok_or(RetentionRefusal::NoPeriods)?)
}

async fn empty_draft(desk: &mut Desk<'_>, id: &CaseId) -> Result<Outcome, Stop> {
    let (call, mut case) = desk.case(id).await?;
    let periods = periods(&mut desk.work).await?;
    case.empty(&desk.context.user, desk.context.now)?;
    draft_is_over(&periods, &call, desk.context.now.date())?;
    desk.work.save(&case).await?;
    for event in desk.work.events_about(id.as_str()).await? {
        if WITHDRAWABLE.contains(&event.act.as_str()) && !event.is_withdrawn() {
            desk.work.withdraw(&event);
        }
    }
    Ok(Outcome::Done)
}

fn draft_is_over(periods: &Retention, call: &Call, today: Date) -> Result<(), RetentionRefusal> {
    if matches!(call.stage, CallStage::Draft | CallStage::Announced | CallStage::Open) {
        return Err(RetentionRefusal::Running { what: Call::TABLE.name, id: call.id.to_string() });
    }
    is_over(periods.draft_until(call.open.1), today)
}

async fn forget_contacts(desk: &mut Desk<'_>, id: &OrganisationId, people: &[UserId]) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.subject = id.to_string();
    let mut organisation: Organisation = desk.must_get(id.as_str()).await?;
    let periods = periods(&mut desk.work).await?;
    let last_year = last_year(&mut desk.work, id).await?;
    is_over(periods.contacts_until(last_year), desk.context.now.date())?;
    let mut forgotten = 0;
    if organisation.forget() {
        desk.work.save(&organisation).await?;
        forgotten += 1;
    }
    for mut entry in desk.work.find::<AccountEntry>("organisation_id", &Key::from(id.as_str())).await? {
        if entry.forget() {
            desk.work.save(&entry).await?;
            forgotten += 1;
        }
    }
    for user in people {
        forgotten += u32::from(forget_person(desk, id, user).await?);
    }
    if forgotten == 0 {
        return Err(RetentionRefusal::NothingLeft.into());
    }
    Ok(Outcome::Count(forgotten))
}

async fn forget_person(desk: &mut Desk<'_>, organisation: &OrganisationId, id: &UserId) -> Result<bool, Stop> {
    let mut person: User = desk.must_get(id.as_str()).await?;
    if person.organisation.as_ref() != Some(organisation) {
        return Err(RetentionRefusal::NotTheirs { user: id.clone() }.into());
    }
    if person.active {
        return Err(RetentionRefusal::Active { user: id.clone() }.into());
    }
    if !person.forget() {
        return Ok(false);
    }
    desk.work.save(&person).await?;
    if let Some(mut proposal) = desk.work.get::<Proposal>(id.as_str()).await? {
        proposal.user.forget();
        if let Some(known) = &mut proposal.known {
            known.forget();
        }
        desk.work.save(&proposal).await?;
    }
    Ok(true)
}

/// The last year in which an enterprise had anything to do here. Errors: something of it is not over.
async fn last_year(work: &mut Work, id: &OrganisationId) -> Result<i32, Stop> {
    let running = |what: &'static str, id: &str| Stop::from(RetentionRefusal::Running { what, id: id.to_owned() });
    let key = Key::from(id.as_str());
    let mut years = Vec::new();
    for case in work.list::<Case>("organisation_id", &key).await? {
        if !case.is_at_an_end() {
            return Err(running(Case::TABLE.name, case.id.as_str()));
        }
        let call: Option<Call> = work.peek(case.call.as_str()).await?;
        years.extend(call.map(|call| call.open.1.year()));
        years.extend(case.submitted.into_iter().chain(case.hands.iter().map(|hand| hand.at)).map(|at| at.date().year()));
        for due in work.list::<Due>("case_id", &Key::from(case.id.as_str())).await? {
            if !due.over() {
                return Err(running(Due::TABLE.name, due.id.as_str()));
            }
            years.push(due.year);
        }
    }
    years.extend(work.list::<Determination>("organisation_id", &key).await?.iter().map(|made| made.at.date().year()));
    for recovery in work.list::<Recovery>("organisation_id", &key).await? {
        if recovery.stage != RecoveryStage::Closed {
            return Err(running(Recovery::TABLE.name, recovery.id.as_str()));
        }
        years.extend(recovery.hands.iter().map(|hand| hand.at.date().year()));
    }
    for lead in work.list::<Lead>("organisation_id", &key).await? {
        if lead.state == LeadState::Open {
            return Err(running(Lead::TABLE.name, lead.id.as_str()));
        }
        years.push(lead.at.date().year());
    }
    for entry in work.list::<MatchEntry>("organisation_id", &key).await? {
        let list: Option<MatchList> = work.peek(entry.list.as_str()).await?;
        let call: Option<Call> = match list {
            Some(list) => work.peek(list.call.as_str()).await?,
            None => None,
        };
        // An offer that nobody answered is open as long as its call is.
        if matches!(entry.state, EntryState::Listed | EntryState::Pushed) && call.as_ref().is_some_and(|call| call.stage != CallStage::Archived) {
            return Err(running(MatchEntry::TABLE.name, &entry.id));
        }
        years.extend(call.map(|call| call.open.1.year()));
    }
    years.extend(work.list::<AccountEntry>("organisation_id", &key).await?.iter().map(|entry| entry.at.date().year()));
    // Whoever never did anything here but stands in the register: nothing says since when, so nothing is over.
    years.into_iter().max().ok_or_else(|| running(Organisation::TABLE.name, id.as_str()))
}

impl Office {
    /// How long what is kept; none: nothing is forgotten. Errors: the store.
    pub async fn periods(&self, reading: &Store) -> Result<Option<Retention>, Stop> {
        Ok(reading.begin().await?.peek(Retention::ID).await?)
    }

    /// Drafts that may be emptied on a day, of the calls that a unit leads, or of all. Nothing is changed.
    ///
    /// Errors: no periods are set; the store.
    pub async fn old_drafts(&self, reading: &Store, today: Date, lead: Option<&UnitId>) -> Result<Vec<OldDraft>, Stop> {
        let mut work = reading.begin().await?;
        let periods = periods(&mut work).await?;
        let mut out = Vec::new();
        for stage in [Stage::Draft, Stage::Withdrawn] {
            for case in work.list::<Case>("stage", &Key::from(stage.name())).await? {
                let Some(call) = work.peek::<Call>(case.call.as_str()).await?.filter(|call| lead.is_none_or(|lead| call.lead == *lead)) else { continue };
                let has_words = case.was_never_handed_in() && case != case.bare();
                if has_words && draft_is_over(&periods, &call, today).is_ok() {
                    out.push(OldDraft { case: case.id, call: call.id, until: periods.draft_until(call.open.1) });
                }
            }
        }
        Ok(out)
    }

    /// Enterprises after an id whose contacts may be forgotten on a day; and the id after which to go on, if there are more.
    ///
    /// So many of the register are looked at. Errors: no periods are set; the store.
    pub async fn old_contacts(&self, reading: &Store, today: Date, after: &str, at_most: i64) -> Result<(Vec<OldContacts>, Option<String>), Stop> {
        let mut work = reading.begin().await?;
        let periods = periods(&mut work).await?;
        let page = work.page(Organisation::TABLE, &[], after, at_most).await?;
        let next = page.last().map(|kept| kept.id.clone()).filter(|_| i64::try_from(page.len()).is_ok_and(|many| many == at_most));
        let mut out = Vec::new();
        for kept in page {
            let organisation: Organisation = read(&kept)?;
            let until = match last_year(&mut work, &organisation.id).await {
                Ok(year) => periods.contacts_until(year),
                Err(Stop::Refused(_)) => continue,
                Err(failed) => return Err(failed),
            };
            if is_over(until, today).is_err() {
                continue;
            }
            let mut entries = work.list::<AccountEntry>("organisation_id", &Key::from(organisation.id.as_str())).await?;
            let left = organisation.clone().forget() | entries.iter_mut().fold(false, |left, entry| entry.forget() | left);
            out.push((left, OldContacts { organisation: organisation.id, until, people: Vec::new(), active: Vec::new() }));
        }
        if !out.is_empty() {
            for kept in work.all(User::TABLE).await? {
                let mut person: User = read(&kept)?;
                let Some((_, old)) = out.iter_mut().find(|(_, old)| person.organisation.as_ref() == Some(&old.organisation)) else { continue };
                if person.active {
                    old.active.push(person.id);
                } else if person.forget() {
                    old.people.push(person.id);
                }
            }
        }
        let left = |(left, old): (bool, OldContacts)| (left || !old.people.is_empty() || !old.active.is_empty()).then_some(old);
        Ok((out.into_iter().filter_map(left).collect(), next))
    }
}

fn read<R: Record>(kept: &store::work::Kept) -> Result<R, Stop> {
    let unreadable = |why: serde_json::Error| store::StoreError::Unreadable { table: R::TABLE.name, id: kept.id.clone(), why: why.to_string() };
    Ok(serde_json::from_str(&kept.body).map_err(unreadable)?)
}
