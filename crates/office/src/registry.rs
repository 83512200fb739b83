//! Registers: units, people, organisations, policy versions.

use crate::assess::compile;
use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::Refusal;
use casework::authority::Standing;
use casework::organisation::Organisation;
use casework::people::{Role, Unit, User};
use casework::policy_version::{PolicyLife, PolicyVersion};
use casework::registry::RegistryAct;
use values::CreditCode;

pub(crate) async fn act(desk: &mut Desk<'_>, act: &RegistryAct) -> Result<Outcome, Stop> {
    match act {
        RegistryAct::Found { user } => found(desk, user).await,
        RegistryAct::PutUnit { unit } => put_unit(desk, unit).await,
        RegistryAct::PutUser { user } => put_user(desk, user).await,
        RegistryAct::PutOrganisation { organisation } => put_organisation(desk, organisation).await,
        RegistryAct::LoadPolicy { version } => load_policy(desk, version).await,
    }
}

/// The first act of an office: its first administrator. Refused as soon as there is anything in the log.
async fn found(desk: &mut Desk<'_>, user: &User) -> Result<Outcome, Stop> {
    let empty = desk.work.events(0, 1).await?.is_empty();
    if !empty || user.id != desk.context.user || user.roles != [Role::Administrator] {
        return Err(Refusal::Denied.into());
    }
    desk.allow_founding();
    desk.subject = user.id.to_string();
    desk.work.save(user).await?;
    Ok(Outcome::Done)
}

async fn put_unit(desk: &mut Desk<'_>, unit: &Unit) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.subject = unit.id.to_string();
    desk.work.get::<Unit>(unit.id.as_str()).await?;
    desk.work.save(unit).await?;
    Ok(Outcome::Done)
}

async fn put_user(desk: &mut Desk<'_>, user: &User) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.subject = user.id.to_string();
    if let Some(unit) = &user.unit {
        desk.must_peek::<Unit>(unit.as_str()).await?;
    }
    desk.work.get::<User>(user.id.as_str()).await?;
    desk.work.save(user).await?;
    Ok(Outcome::Done)
}

async fn put_organisation(desk: &mut Desk<'_>, organisation: &Organisation) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.subject = organisation.id.to_string();
    CreditCode::parse(&organisation.credit_code).map_err(|why| Refusal::Input(why.to_string()))?;
    desk.work.get::<Organisation>(organisation.id.as_str()).await?;
    desk.work.save(organisation).await?;
    Ok(Outcome::Done)
}

async fn load_policy(desk: &mut Desk<'_>, version: &PolicyVersion) -> Result<Outcome, Stop> {
    desk.allow(Standing::Foreign)?;
    desk.subject = version.id.to_string();
    desk.must_be_new::<PolicyVersion>(version.id.as_str()).await?;
    let loaded = compile(version).map_err(Refusal::Input)?;
    if loaded.scheme.hash != version.scheme_hash {
        return Err(Refusal::Input(format!("the files compile to {}, not to {}", loaded.scheme.hash, version.scheme_hash)).into());
    }
    desk.work.save(version).await?;
    let life = PolicyLife::draft(version.id.clone(), &version.scheme_hash, desk.context.now, &desk.context.user);
    desk.work.save(&life).await?;
    Ok(Outcome::Done)
}
