//! 经办人: who of a unit has taken a case at the step that the unit holds, and giving it on (领取、交办). A working aid: it gives nobody a
//! right and takes none away, so it is no act and stands in no log (docs/decisions/0028).

use crate::Stop;
use crate::queue::{Waiting, waits_of};
use crate::reading::Reading;
use casework::Key;
use casework::call::Call;
use casework::case::Case;
use casework::id::{UnitId, UserId};
use casework::people::{Link, Role, User};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Store;
use store::service::CaseHandler;
use values::Moment;

/// Changes of hands longest looked through for a queue.
const LOOKED_AT_MAX: i64 = 5_000;

/// A case at the reader's own unit.
#[derive(Clone, Debug)]
pub struct Place {
    /// The unit.
    pub unit: UnitId,
    /// The step that the unit holds.
    pub step: &'static str,
    /// Who has it; none: nobody took it yet.
    pub handler: Option<User>,
    /// People of the unit who can go on with it and need not keep away.
    pub colleagues: Vec<User>,
    /// Whether the reader may give it to others, or back, whoever has it.
    pub may_give: bool,
    /// Whether the reader can go on with it.
    pub may_take: bool,
    case: String,
    number: i64,
}

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// 领取: the reader takes it.
    Take,
    /// 交办: somebody else is to have it.
    Give(String),
    /// 退回待领: nobody has it any more.
    Back,
}

/// Why it was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Declined {
    /// The case does not wait for the reader's unit, or not for the reader's role.
    NotHere,
    /// Somebody of the unit has it.
    Taken(String),
    /// Somebody was faster.
    Faster,
    /// Who is to have it is not of the unit, cannot go on with it, or must keep away.
    NotThem,
}

impl Declined {
    /// In words: Chinese and English.
    #[must_use]
    pub fn words(&self) -> (String, String) {
        match self {
            Self::NotHere => ("这件现在不在您单位办理，或不由您的角色办理。".into(), "it does not wait for your unit, or not for your role.".into()),
            Self::Taken(who) => (
                format!("已由 {who} 领取；如需换人，请其交办，或由审核、审批人员交办。"),
                format!("{who} has it: they, or a reviewer or leader, can give it on."),
            ),
            Self::Faster => ("刚刚已有同事领取或交办，请刷新后再看。".into(), "a colleague was faster: load the page again.".into()),
            Self::NotThem => (
                "只能交给本单位能办理这一环节、且不需要回避的人员。".into(),
                "it can be given only to people of the unit who can go on with it and need not keep away.".into(),
            ),
        }
    }
}

/// Who of a unit has which case, by case: the step and the person.
pub type Handlers = BTreeMap<String, (String, String)>;

/// Whether somebody of the unit has what waits, and who.
#[must_use]
pub fn handler_of<'h>(handlers: &'h Handlers, waiting: &Waiting) -> Option<&'h str> {
    handlers.get(&waiting.id).filter(|(step, _)| waiting.collection == "cases" && step == waiting.step).map(|(_, user)| user.as_str())
}

impl Reading<'_> {
    /// Who of the reader's unit has which case: of the latest changes of hands.
    pub async fn handlers(&mut self, store: &Store) -> Result<Handlers, Stop> {
        let Some(unit) = self.person().unit.clone() else { return Ok(Handlers::new()) };
        let mut newest: BTreeMap<String, CaseHandler> = BTreeMap::new();
        for row in store.case_handlers_of(unit.as_str(), LOOKED_AT_MAX).await? {
            match newest.get(&row.case_id) {
                Some(known) if known.number >= row.number => {}
                _ => drop(newest.insert(row.case_id.clone(), row)),
            }
        }
        Ok(newest.into_iter().filter_map(|(case, row)| Some((case, (row.step, row.user_id?)))).collect())
    }

    /// What a case waits for at the reader's own unit; none: it waits for others.
    async fn waits_here(&mut self, case: &Case, call: &Call) -> Result<Option<Arc<Waiting>>, Stop> {
        let calendar = self.calendar().await?;
        let unit = self.person.unit.as_ref();
        let is_here = |waiting: &Arc<Waiting>| match waiting.units.is_empty() {
            // Nobody's in particular: of the role, wherever it sits.
            true => waiting.roles.contains(&self.role),
            false => unit.is_some_and(|unit| waiting.units.contains(unit)),
        };
        Ok(waits_of(case, call, &calendar).find(is_here))
    }

    /// A case that the reader sees, at the reader's own unit; none: it waits for others.
    pub async fn place(&mut self, store: &Store, call: &Call, case: &Case, now: Moment) -> Result<Option<Place>, Stop> {
        let Some(waiting) = self.waits_here(case, call).await? else { return Ok(None) };
        let Some(unit) = self.person().unit.clone() else { return Ok(None) };
        let rows: Vec<CaseHandler> = store.service_rows("case_id", case.id.as_str()).await?;
        let last = rows.into_iter().filter(|row| row.unit_id == unit.as_str()).max_by_key(|row| row.number);
        let number = last.as_ref().map_or(0, |row| row.number);
        let user = last.filter(|row| row.step == waiting.step).and_then(|row| row.user_id);
        let handler = match user {
            Some(user) => self.work.peek::<User>(&user).await?,
            None => None,
        };
        let mut colleagues = Vec::new();
        for person in self.work.list::<User>("unit_id", &Key::from(unit.as_str())).await? {
            let can = person.active && person.roles.iter().any(|role| waiting.roles.contains(role));
            if can && !self.must_keep_away(&person, case, now).await? {
                colleagues.push(person);
            }
        }
        let is_own = handler.as_ref().is_none_or(|handler| handler.id == self.person().id);
        let may_take = waiting.roles.contains(&self.role()) && colleagues.iter().any(|person| person.id == self.person().id);
        let may_give = may_take && is_own || matches!(self.role(), Role::Reviewer | Role::Leader);
        Ok(Some(Place { unit, step: waiting.step, handler, colleagues, may_give, may_take, case: case.id.to_string(), number }))
    }

    async fn must_keep_away(&mut self, person: &User, case: &Case, now: Moment) -> Result<bool, Stop> {
        let links: Vec<Link> = self.work.list("user_id", &Key::from(person.id.as_str())).await?;
        let holds = links.iter().any(|link| link.organisation == case.organisation && link.holds(now.date()));
        Ok(holds || person.links.contains(&case.organisation))
    }
}

impl Place {
    /// Who is to have the case after what a reader wants. Errors: why not.
    fn after(&self, reader: &UserId, wanted: &Wanted) -> Result<Option<UserId>, Declined> {
        let taken = || self.handler.as_ref().map_or(Declined::NotHere, |handler| Declined::Taken(handler.name.clone()));
        match wanted {
            Wanted::Take if !self.may_take => Err(Declined::NotHere),
            Wanted::Take if self.handler.as_ref().is_some_and(|handler| handler.id != *reader) => Err(taken()),
            Wanted::Take => Ok(Some(reader.clone())),
            _ if !self.may_give => Err(taken()),
            Wanted::Give(to) => self.colleagues.iter().find(|person| person.id.as_str() == to).map(|person| Some(person.id.clone())).ok_or(Declined::NotThem),
            Wanted::Back => Ok(None),
        }
    }

    /// Notes who has the case from now on. The inner error: why not; somebody may have been faster.
    pub async fn change(&self, store: &Store, reader: &UserId, wanted: &Wanted, now: Moment) -> Result<Result<(), Declined>, Stop> {
        let to = match self.after(reader, wanted) {
            Ok(to) => to,
            Err(why) => return Ok(Err(why)),
        };
        // Asked twice, nothing changes.
        if to.as_ref() == self.handler.as_ref().map(|handler| &handler.id) {
            return Ok(Ok(()));
        }
        let number = self.number + 1;
        let row = CaseHandler {
            id: format!("{}:{}:{number}", self.case, self.unit),
            case_id: self.case.clone(),
            unit_id: self.unit.to_string(),
            step: self.step.to_owned(),
            number,
            user_id: to.map(|to| to.to_string()),
            by_user: reader.to_string(),
            at: now.to_string(),
        };
        // The number is taken by whoever was first.
        Ok(if store.add_service_row(&row).await? { Ok(()) } else { Err(Declined::Faster) })
    }
}
