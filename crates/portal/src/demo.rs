//! The demonstration: a made-up district, entered act by act as an office would, on a clock that stands still. Its passwords
//! are printed; it lies in a folder of its own and is marked as such in every answer.

use crate::account::set_hash;
use crate::problem::Problem;
use casework::Act;
use casework::id::{IdError, RequestId, UnitId, UserId};
use casework::people::{Role, Unit, User};
use casework::registry::RegistryAct;
use office::{Context, Office, Stop};
use values::{Date, Moment};

/// The password of everybody in the demonstration.
pub const PASSWORD: &str = "demo-duixian-2026";

/// Why the demonstration could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// An act was refused, or the store failed.
    #[error("{act}: {why}")]
    Act {
        /// Which.
        act: &'static str,
        /// Why.
        why: Stop,
    },
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

/// Units: id and name.
const UNITS: &[(&str, &str)] = &[
    ("commerce", "区商务委"),
    ("treasury", "区财政局"),
    ("park", "工业园区管委会"),
    ("farms", "区农业农村委"),
    ("industry", "区经济信息委"),
    ("taxes", "区税务局"),
    ("audit", "区审计局"),
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
];

/// Who can sign in: id, and what the person is.
pub fn people() -> impl Iterator<Item = (&'static str, &'static str)> {
    PEOPLE.iter().map(|(id, _, _, _, what)| (*id, *what))
}

/// The demonstration on its way: each act has a request of its own, numbered.
struct Demo<'a> {
    office: &'a Office,
    requests: u32,
}

impl Demo<'_> {
    async fn act(&mut self, user: &str, role: Role, act: Act) -> Result<(), DemoError> {
        self.requests += 1;
        let context = Context { user: UserId::parse(user)?, role, now: now(), request: RequestId::parse(&format!("demo-{:05}", self.requests))? };
        let name = act.name();
        self.office.perform(&context, &act).await.map(drop).map_err(|why| DemoError::Act { act: name, why })
    }
}

/// Enters the made-up district, unless the office has been founded already.
///
/// Errors: an act that was refused, which would be a fault of the demonstration; a failure of the store.
pub async fn seed(office: &Office) -> Result<(), DemoError> {
    let failed = |why| DemoError::Act { act: "read", why: Stop::Failed(why) };
    if !office.store().begin().await.map_err(failed)?.events(0, 1).await.map_err(failed)?.is_empty() {
        return Ok(());
    }
    let mut demo = Demo { office, requests: 0 };
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
                demo.act(id, *role, Act::Registry(RegistryAct::Found { user })).await?;
                for (unit, name) in UNITS {
                    let unit = Unit { id: UnitId::parse(unit)?, name: (*name).into() };
                    demo.act("admin", Role::Administrator, Act::Registry(RegistryAct::PutUnit { unit })).await?;
                }
            }
            _ => {
                let needs_second = at > 1;
                demo.act("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user })).await?;
                if needs_second {
                    demo.act("admin2", Role::Administrator, Act::Registry(RegistryAct::ConfirmUser { user: UserId::parse(id)? })).await?;
                }
            }
        }
    }
    // One hash for all: it is printed anyway, and hashing is slow by design.
    let hash = crate::secret::hash(PASSWORD).map_err(DemoError::Door)?;
    for (id, ..) in PEOPLE {
        set_hash(office.store(), &UserId::parse(id)?, hash.clone(), false).await.map_err(DemoError::Door)?;
    }
    Ok(())
}
