//! Ways out of the review: back, at rest, and to an end without an award. Each says why, who and when.

use super::acceptance::given;
use super::clock::Pause;
use super::{Case, CaseRefusal, Sitting, Stage};
use crate::call::StepKind;
use crate::id::UserId;
use serde::{Deserialize, Serialize};
use values::{Fen, Moment};

/// A case that went back (退回).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct SentBack {
    /// From where.
    pub from: Stage,
    /// To which step.
    pub to: StepKind,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

/// A case that rests, or rested (中止).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Held {
    /// Where it was, and goes on.
    pub from: Stage,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// When it went on.
    pub resumed: Option<Moment>,
}

/// How a case ended without an award.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EndKind {
    /// 撤回
    Withdrawn,
    /// 不予受理
    Declined,
    /// 视为撤回: a correction did not come.
    Lapsed,
    /// 终止
    Terminated,
    /// 不予支持
    Refused,
}

/// The end of a case without an award.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct End {
    /// How.
    pub kind: EndKind,
    /// From where.
    pub from: Stage,
    /// Why.
    pub reason: String,
    /// What the applicant may do against it (救济途径).
    pub remedies: Option<String>,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
}

impl Case {
    /// Lets the case rest (中止). Errors: no reason.
    pub fn suspend(&mut self, sitting: &Sitting<'_>, reason: &str) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            given("the reason", reason)?;
            let held = Held { from: case.stage, reason: reason.to_owned(), by: sitting.user.clone(), at: sitting.now, resumed: None };
            case.review.held.push(held);
            case.stop(sitting.today(), Pause::Suspension);
            case.stage = Stage::Suspended;
            Ok(())
        })
    }

    /// Takes it up again where it was (恢复).
    pub fn resume(&mut self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            case.start(sitting.today(), Pause::Suspension);
            if let Some(held) = case.review.held.last_mut().filter(|held| held.resumed.is_none()) {
                held.resumed = Some(sitting.now);
                case.stage = held.from;
            }
            Ok(())
        })
    }

    /// Ends it without a decision (终止). Errors: no reason.
    pub fn terminate(&mut self, sitting: &Sitting<'_>, reason: &str) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            given("the reason", reason)?;
            case.close(sitting, Stage::Terminated, EndKind::Terminated, reason, None);
            Ok(())
        })
    }

    /// Refuses support (不予支持). What it rested on is frozen in a determination of nothing: a refusal decides about rights as an
    /// award does, and whoever reviews it must be able to compute it again.
    ///
    /// Errors: role of the approval, four eyes, no reason, no remedies.
    pub fn refuse(&mut self, sitting: &Sitting<'_>, determination: &crate::id::DeterminationId, reason: &str, remedies: &str) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            given("the reason", reason)?;
            given("what may be done against it", remedies)?;
            for claim in &mut case.claims {
                (claim.set, claim.reason) = (Some(Fen(0)), Some(reason.to_owned()));
            }
            case.determination = Some(determination.clone());
            case.close(sitting, Stage::Refused, EndKind::Refused, reason, Some(remedies));
            Ok(())
        })
    }

    /// Comes to an end without an award.
    pub(super) fn close(&mut self, sitting: &Sitting<'_>, stage: Stage, kind: EndKind, reason: &str, remedies: Option<&str>) {
        let remedies = remedies.map(str::to_owned);
        let end = End { kind, from: self.stage, reason: reason.to_owned(), remedies, by: sitting.user.clone(), at: sitting.now };
        self.review.end = Some(end);
        self.enter(stage, sitting);
    }
}
