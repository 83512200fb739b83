//! What an act on a case happens in: who does it, as what, when, by which call and calendar. All a pure decision may know.

use super::{Case, CaseRefusal};
use crate::call::{Call, StepKind};
use crate::id::{UnitId, UserId};
use crate::people::Role;
use values::{Date, Moment, WorkCalendar};

/// Who acts on a case, and by which rules.
#[derive(Clone, Copy, Debug)]
pub struct Sitting<'a> {
    /// Name of the act.
    pub act: &'a str,
    /// Call of the case.
    pub call: &'a Call,
    /// Which days are worked.
    pub calendar: &'a WorkCalendar,
    /// Who.
    pub user: &'a UserId,
    /// As what.
    pub role: Role,
    /// For which unit.
    pub unit: Option<&'a UnitId>,
    /// Now.
    pub now: Moment,
}

impl Sitting<'_> {
    /// Today.
    #[must_use]
    pub const fn today(&self) -> Date {
        self.now.date()
    }
}

/// The step of the workflow that an act does: the call says which role may.
fn step_of(act: &str) -> Option<StepKind> {
    match act {
        "case.confirm_opinion" => Some(StepKind::Joint),
        "case.refuse" => Some(StepKind::Approval),
        _ => StepKind::ALL.into_iter().find(|kind| kind.act() == act),
    }
}

/// The part of the work an act belongs to, for four eyes. Taking a case in and screening it are one.
fn duty(act: &str, role: Option<Role>) -> Option<StepKind> {
    match act {
        // Whoever asks for a correction as clerk prepares the case; a reviewer asks while checking it.
        "case.ask_correction" if role == Some(Role::Clerk) => Some(StepKind::Screening),
        // What is asked for after the approval is prepared, checked and decided like what came before it.
        "instalment.test" => Some(StepKind::Screening),
        "determination.amend" | "instalment.confirm_test" => Some(StepKind::Summary),
        "determination.confirm_amendment" => Some(StepKind::Approval),
        // A case without application: the list stands for its review.
        "case.accept" | "case.decline" | "matching.list" | "matching.check" => Some(StepKind::Screening),
        "matching.approve" => Some(StepKind::Summary),
        _ => step_of(act),
    }
}

/// Who prepares, who checks and who decides are never the same person, whatever the call says.
pub const APART: [StepKind; 3] = [StepKind::Screening, StepKind::Summary, StepKind::Approval];

impl Case {
    /// Changes the case by an act, or leaves it as it is. Asked first, in this order: may the act be done at this stage, does
    /// the call leave it to this role, and are four eyes kept. Deadlines are counted again before and after.
    pub(super) fn change(&mut self, sitting: &Sitting<'_>, change: impl FnOnce(&mut Self) -> Result<(), CaseRefusal>) -> Result<(), CaseRefusal> {
        let mut next = self.clone();
        // A day that rested on a year without a notice may be another by now: what is decided on it is decided by today's calendar.
        next.count(sitting.calendar);
        next.taken_up(sitting)?;
        change(&mut next)?;
        next.count(sitting.calendar);
        assert!(super::declared(sitting.act, self.stage, next.stage), "{}: from {:?} to {:?} is no way of a case", sitting.act, self.stage, next.stage);
        *self = next;
        Ok(())
    }

    /// Whether an act could be taken up now by this person, by stage, role and four eyes. What else it needs is asked when it is
    /// done.
    ///
    /// Errors: as every act.
    pub fn open_to(&self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        self.clone().taken_up(sitting)
    }

    /// Whether the act may be done now by this person; notes that they did.
    pub(super) fn taken_up(&mut self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        self.may(sitting.act)?;
        let step = step_of(sitting.act).and_then(|kind| sitting.call.step(kind));
        if let Some(step) = step.filter(|step| step.role != sitting.role) {
            return Err(CaseRefusal::NotForRole { wanted: step.role });
        }
        if sitting.role == Role::Applicant { Ok(()) } else { self.hand(sitting) }
    }

    /// Notes who did an act on what was determined. Errors: four eyes.
    pub fn noted(&mut self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        self.hand(sitting)
    }

    /// Notes who did this, unless the same person did something that must be kept apart from it (四眼原则).
    ///
    /// Errors: [`CaseRefusal::FourEyes`].
    fn hand(&mut self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        if let Some(mine) = duty(sitting.act, Some(sitting.role)) {
            let asked_as = self.review.correction.as_ref().map(|correction| correction.role);
            let lists = sitting.call.workflow.apart.iter().map(Vec::as_slice).chain([&APART[..]]);
            let barred: Vec<StepKind> = lists.filter(|list| list.contains(&mine)).flatten().copied().filter(|kind| *kind != mine).collect();
            let mut before = self.hands.iter().filter(|hand| hand.user == *sitting.user);
            if let Some(hand) = before.find(|hand| duty(&hand.act, asked_as).is_some_and(|kind| barred.contains(&kind))) {
                return Err(CaseRefusal::FourEyes { act: hand.act.clone() });
            }
        }
        self.hands.push(super::Hand { act: sitting.act.to_owned(), user: sitting.user.clone(), at: sitting.now });
        Ok(())
    }
}
