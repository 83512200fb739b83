//! Registers: units, people and their rights, organisations, policy versions. What was decided never changes with them.

mod organisation;

use crate::assess::compile;
use crate::desk::{Desk, unknown};
use crate::{Outcome, Stop};
use casework::Refusal;
use casework::authority::Standing;
use casework::id::UserId;
use casework::organisation::Organisation;
use casework::outbox::{Addressee, Topic};
use casework::people::{Founding, Link, PeopleRefusal, Proposal, Role, Unit, User};
use casework::policy_version::{PolicyLife, PolicyRefusal, PolicyVersion};
use casework::refusal::Named;
use casework::registry::RegistryAct;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &RegistryAct) -> Result<Outcome, Stop> {
    match act {
        RegistryAct::Found { user } => found(desk, user).await,
        RegistryAct::PutUnit { unit } => put_unit(desk, unit).await,
        RegistryAct::PutUser { user } => put_user(desk, user).await,
        RegistryAct::PutOrganisation { organisation } => organisation::put(desk, organisation).await,
        RegistryAct::LoadPolicy { version } => load_policy(desk, version).await,
        RegistryAct::ConfirmUser { user } => confirm_user(desk, user).await,
        RegistryAct::PutLink { link } => put_link(desk, link).await,
        RegistryAct::PutShop { shop } => organisation::put_shop(desk, shop).await,
        RegistryAct::AdmitCode { credit_code, evidence, reason } => organisation::admit_code(desk, credit_code, *evidence, reason).await,
        RegistryAct::PutAccount { entry, organisation, account, from, source } => {
            organisation::put_account(desk, entry, organisation, account, *from, source).await
        }
        RegistryAct::VerifyAccount { entry } => organisation::verify_account(desk, entry).await,
    }
}

/// The first act of an office: its first administrator. Refused as soon as there is anything in the log.
async fn found(desk: &mut Desk<'_>, user: &User) -> Result<Outcome, Stop> {
    let empty = desk.work.events(0, 1).await?.is_empty();
    if !empty || user.id != desk.context.user || user.roles != [Role::Administrator] {
        return Err(Refusal::Denied.into());
    }
    desk.allow_founding();
    desk.is_about::<User>(&user.id);
    user.check()?;
    desk.work.save(user).await?;
    Ok(Outcome::Done)
}

async fn put_unit(desk: &mut Desk<'_>, unit: &Unit) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<Unit>(&unit.id);
    desk.must_be_alone(unit).await?;
    desk.work.get::<Unit>(unit.id.as_str()).await?;
    desk.work.save(unit).await?;
    Ok(Outcome::Done)
}

async fn put_user(desk: &mut Desk<'_>, user: &User) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<User>(&user.id);
    if user.id == desk.context.user {
        return Err(PeopleRefusal::Oneself.into());
    }
    user.check()?;
    if let Some(unit) = &user.unit {
        desk.must_peek::<Unit>(unit.as_str()).await?;
    }
    if let Some(organisation) = &user.organisation {
        desk.must_peek::<Organisation>(organisation.as_str()).await?;
    }
    let known: Option<User> = desk.work.get(user.id.as_str()).await?;
    let founded = desk.work.peek::<Founding>(Founding::ID).await?.is_some();
    if founded && user.gains(known.as_ref()) {
        desk.work.get::<Proposal>(user.id.as_str()).await?;
        let proposal = Proposal { user: user.clone(), known, by: desk.context.user.clone(), at: desk.context.now, confirmed: None };
        desk.work.save(&proposal).await?;
        desk.tell(Topic::RightsProposed, Addressee::Administrators, user.id.as_str(), None).await?;
        return Ok(Outcome::Proposed);
    }
    desk.work.save(user).await?;
    // With a second administrator the founding is over, for good: taking one away again does not bring it back.
    if !founded && user.roles.contains(&Role::Administrator) {
        let founding = Founding { id: Founding::ID.to_owned(), by: desk.context.user.clone(), at: desk.context.now };
        desk.work.save(&founding).await?;
    }
    Ok(Outcome::Done)
}

async fn confirm_user(desk: &mut Desk<'_>, id: &UserId) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<Proposal>(id);
    if *id == desk.context.user {
        return Err(PeopleRefusal::Oneself.into());
    }
    let proposal: Option<Proposal> = desk.work.get(id.as_str()).await?;
    let mut proposal = proposal.filter(|proposal| proposal.confirmed.is_none()).ok_or(PeopleRefusal::NothingProposed)?;
    if proposal.by == desk.context.user {
        return Err(PeopleRefusal::FourEyes.into());
    }
    if desk.work.get::<User>(id.as_str()).await? != proposal.known {
        return Err(PeopleRefusal::Stale.into());
    }
    proposal.confirmed = Some((desk.context.user.clone(), desk.context.now));
    desk.work.save(&proposal).await?;
    desk.work.save(&proposal.user).await?;
    desk.tell(Topic::RightsChanged, Addressee::User(id.clone()), id.as_str(), None).await?;
    Ok(Outcome::Done)
}

async fn put_link(desk: &mut Desk<'_>, link: &Link) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<Link>(&link.id);
    if link.source.trim().is_empty() {
        return Err(casework::organisation::OrganisationRefusal::NoSource.into());
    }
    desk.must_be_new::<Link>(link.id.as_str()).await?;
    desk.work.peek::<User>(link.user.as_str()).await?.ok_or_else(|| unknown::<User>(link.user.as_str()))?;
    desk.must_peek::<Organisation>(link.organisation.as_str()).await?;
    desk.work.save(link).await?;
    Ok(Outcome::Done)
}

async fn load_policy(desk: &mut Desk<'_>, version: &PolicyVersion) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.is_about::<PolicyVersion>(&version.id);
    desk.must_be_new::<PolicyVersion>(version.id.as_str()).await?;
    desk.must_be_alone(version).await?;
    let loaded = compile(version).map_err(Refusal::Input)?;
    if loaded.scheme.hash != version.scheme_hash {
        return Err(Refusal::Input(format!("the files compile to {}, not to {}", loaded.scheme.hash, version.scheme_hash)).into());
    }
    // Whose version it is: without a unit nobody could issue it.
    let lead = desk.person().and_then(|person| person.unit.clone()).ok_or(PolicyRefusal::Incomplete { missing: Named::DRAFTER_UNIT })?;
    desk.work.save(version).await?;
    let life = PolicyLife::draft(version.id.clone(), lead, &version.scheme_hash, desk.context.now, &desk.context.user);
    desk.work.save(&life).await?;
    Ok(Outcome::Done)
}
