//! The demonstration: a made-up district, entered act by act as an office would, on a clock that stands still. Its passwords
//! are printed; it lies in a folder of its own and is marked as such in every answer. What is entered stands beside it, a
//! file for each call.

mod applications;
mod calls;
mod firms;
mod first_call;
mod jiulongpo;
mod open_call;
mod policies;
mod second_call;
mod walk;

use crate::account::set_hash;
use crate::problem::Problem;
use casework::Act;
use casework::id::{IdError, UnitId, UserId};
use casework::people::{Role, Unit, User};
use casework::registry::RegistryAct;
use office::{Office, Stop};
use store::service::SignIn;
use store::{Store, StoreError};
use values::{Date, Moment};
use walk::Walk;

/// The password of everybody in the demonstration.
pub const PASSWORD: &str = "demo-duixian-2026";

/// Why the demonstration could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// An act was refused, or the store failed.
    #[error("{subject} {act}: {why}")]
    Act {
        /// Which.
        act: &'static str,
        /// By whom, and on which day.
        subject: String,
        /// Why.
        why: Stop,
    },
    /// An act of ours is none.
    #[error("{act}: {why}")]
    Words {
        /// Which.
        act: String,
        /// Why.
        why: serde_json::Error,
    },
    /// The database holds an office that is none of ours.
    #[error("this database holds a real office: the demonstration goes into one of its own (--data FOLDER)")]
    Real,
    /// A record that should be there is not.
    #[error("there is no {0}")]
    Missing(String),
    /// A policy in the program does not compile.
    #[error("{0}")]
    Policy(String),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A sign-in could not be written.
    #[error("{0:?}")]
    Door(Problem),
    /// A name of ours is no id.
    #[error(transparent)]
    Id(#[from] IdError),
}

/// The moment at which the clock stands: a working day on which everything of the demonstration is at some stage.
#[must_use]
pub fn now() -> Moment {
    Date::new(2025, 6, 18).and_then(|day| Moment::new(day, 9 * 3600)).unwrap_or_else(|| Moment::start_of(Date::LAST))
}

/// Units: id and name. Two districts share the office here, so that it shows two policies, and that neither sees the other's cases.
const UNITS: &[(&str, &str)] = &[
    ("commerce", "区商务委"),
    ("treasury", "区财政局"),
    ("park", "工业园区管委会"),
    ("farms", "区农业农村委"),
    ("industry", "区经济信息委"),
    ("taxes", "区税务局"),
    ("audit", "区审计局"),
    ("jlp-commerce", "九龙坡区商务委"),
];

/// Who can sign in: id, name, unit, role, and what the person is, in a word.
const PEOPLE: &[(&str, &str, Option<&str>, Role, &str)] = &[
    ("admin", "系统管理员", None, Role::Administrator, "系统管理"),
    ("admin2", "安全管理员", None, Role::Administrator, "系统管理（复核权限变更）"),
    ("drafter", "陈起草", Some("commerce"), Role::Drafter, "区商务委 · 起草"),
    ("clerk", "李经办", Some("commerce"), Role::Clerk, "区商务委 · 经办"),
    ("reviewer", "周复核", Some("commerce"), Role::Reviewer, "区商务委 · 复核"),
    ("leader", "吴审批", Some("commerce"), Role::Leader, "区商务委 · 审批"),
    ("park", "郑会审", Some("park"), Role::UnitReviewer, "工业园区管委会 · 会审"),
    ("farms", "王会审", Some("farms"), Role::UnitReviewer, "区农业农村委 · 会审"),
    ("industry", "冯会审", Some("industry"), Role::UnitReviewer, "区经济信息委 · 会审"),
    ("finance", "孙财政", Some("treasury"), Role::Finance, "区财政局 · 财政"),
    ("auditor", "钱审计", Some("audit"), Role::Auditor, "区审计局 · 审计"),
    ("drafter2", "何起草", Some("jlp-commerce"), Role::Drafter, "九龙坡区商务委 · 起草"),
    ("clerk2", "刘经办", Some("jlp-commerce"), Role::Clerk, "九龙坡区商务委 · 经办"),
    ("reviewer2", "蒋复核", Some("jlp-commerce"), Role::Reviewer, "九龙坡区商务委 · 复核"),
    ("leader2", "沈审批", Some("jlp-commerce"), Role::Leader, "九龙坡区商务委 · 审批"),
    ("messenger", "消息网关", None, Role::Service, "系统服务（发送短信）"),
];

/// Who can sign in: id, and what the person is. Of the applicants two; the others have the same password.
pub fn people() -> impl Iterator<Item = (&'static str, &'static str)> {
    PEOPLE.iter().map(|(id, _, _, _, what)| (*id, *what)).chain(firms::printed())
}

/// The role of somebody; who is no officer is an applicant.
fn role_of(id: &str) -> Role {
    PEOPLE.iter().find(|(known, ..)| *known == id).map_or(Role::Applicant, |(_, _, _, role, _)| *role)
}

/// Whether the data are the demonstration's: its first act has a request of its own, and the log is never written anew. None: there
/// are no data yet. Errors: of the store.
pub async fn is_ours(store: &Store) -> Result<Option<bool>, StoreError> {
    let first = store.begin().await?.events(0, 1).await?.into_iter().next();
    Ok(first.map(|event| event.request.as_str() == walk::request(1)))
}

/// Enters the made-up district. A demonstration that is complete stays, however it was used since; one that was broken off is
/// taken up where it ended.
///
/// Errors: the data are a real office's, on which a clock that stands still would be a disaster; an act that was refused, which
/// would be a fault of the demonstration; a failure of the store.
pub async fn seed(office: &Office) -> Result<(), DemoError> {
    if is_ours(office.store()).await? == Some(false) {
        return Err(DemoError::Real);
    }
    let Some(done) = broken_off_at(office).await? else { return Ok(()) };
    let mut walk = Walk::begun(office, done)?;
    people_and_units(&mut walk).await?;
    firms::enter(&mut walk).await?;
    policies::in_force(&mut walk).await?;
    calls::budget(&mut walk).await?;
    first_call::applications(&mut walk).await?;
    first_call::review(&mut walk).await?;
    first_call::notice(&mut walk).await?;
    first_call::payment(&mut walk).await?;
    second_call::applications(&mut walk).await?;
    second_call::review(&mut walk).await?;
    first_call::clawback(&mut walk).await?;
    policies::consultation(&mut walk).await?;
    second_call::first_notice(&mut walk).await?;
    jiulongpo::cases(&mut walk).await?;
    open_call::cases(&mut walk).await?;
    open_call::without_application(&mut walk).await?;
    policies::comments(&mut walk).await?;
    second_call::second_notice(&mut walk).await?;
    walk.deliver_messages("2025-06-16").await?;
    open_call::announced(&mut walk).await?;
    // Last of all, so that nobody can sign in to half a demonstration.
    passwords(office, PEOPLE.iter().map(|(id, ..)| *id).chain(firms::ids())).await
}

/// Enters units and people only, with their passwords, in an office where there is nothing yet: for tests, whose people are those
/// of the demonstration, without waiting for all of it. Errors: as [`seed`].
pub async fn found(office: &Office) -> Result<(), DemoError> {
    people_and_units(&mut Walk::begun(office, 0)?).await?;
    passwords(office, PEOPLE.iter().map(|(id, ..)| *id)).await
}

/// How many acts of the demonstration are done; none: it is complete.
///
/// Its passwords are written last of all, so that the log of one without them is its beginning and nothing else.
async fn broken_off_at(office: &Office) -> Result<Option<u32>, DemoError> {
    let last = firms::ids().last().unwrap_or_default();
    if office.store().service_row::<SignIn>("user_id", last).await?.is_some() {
        return Ok(None);
    }
    let events = office.store().begin().await?.events(0, i64::MAX).await?;
    let ours = (1..).zip(&events).all(|(number, event)| event.request.as_str() == walk::request(number));
    Ok(ours.then(|| u32::try_from(events.len()).unwrap_or(u32::MAX)))
}

async fn people_and_units(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    for (at, (id, name, unit, role, _)) in PEOPLE.iter().enumerate() {
        let user = User {
            id: UserId::parse(id)?,
            name: (*name).into(),
            unit: unit.map(UnitId::parse).transpose()?,
            organisation: None,
            roles: vec![*role],
            links: Vec::new(),
            active: true,
        };
        match at {
            0 => {
                walk.act(id, Act::Registry(RegistryAct::Found { user })).await?;
                for (unit, name) in UNITS {
                    let unit = Unit { id: UnitId::parse(unit)?, name: (*name).into() };
                    walk.act("admin", Act::Registry(RegistryAct::PutUnit { unit })).await?;
                }
            }
            _ => {
                walk.act("admin", Act::Registry(RegistryAct::PutUser { user })).await?;
                // The second administrator is the first who can confirm.
                if at > 1 {
                    walk.act("admin2", Act::Registry(RegistryAct::ConfirmUser { user: UserId::parse(id)? })).await?;
                }
            }
        }
    }
    Ok(())
}

async fn passwords(office: &Office, ids: impl Iterator<Item = &str>) -> Result<(), DemoError> {
    // One hash for all: it is printed anyway, and hashing is slow by design.
    let hash = crate::secret::hash(PASSWORD).map_err(DemoError::Door)?;
    for id in ids {
        set_hash(office.store(), &UserId::parse(id)?, &hash, false).await.map_err(DemoError::Door)?;
    }
    Ok(())
}
