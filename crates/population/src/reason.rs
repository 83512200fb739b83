//! Why a clause comes to what it comes to, as one small code: the same from a result of `policy` and from the bits of a program.

use policy::assessment::{ClauseResult, Mark, Outcome};

/// The deciding reason, by its code in files of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Reason {
    /// Eligible: the amount follows from the rule.
    Given = 0,
    /// Eligible: the amount is a ceiling that nobody has decided.
    Ceiling = 1,
    /// Eligible: a decision was above the ceiling.
    DecisionCut = 2,
    /// Eligible: a limit cut the amount.
    LimitCut = 3,
    /// Eligible: it is not paid but left to the applicant.
    Waived = 4,
    /// Eligible: a service.
    Service = 5,
    /// Ineligible: a condition does not hold.
    Condition = 6,
    /// Ineligible: not for this kind of applicant.
    WrongKind = 7,
    /// Ineligible: not in force in this year.
    OutOfForce = 8,
    /// Ineligible: not among the first.
    NotPlaced = 9,
    /// Ineligible: no tier or member gives an amount.
    Nothing = 10,
    /// Barred: a general bar holds.
    Barred = 11,
    /// Exhausted: its frequency is used up.
    Exhausted = 12,
    /// Undetermined: something is not known.
    Missing = 13,
    /// Undetermined: arithmetic went wrong.
    Fault = 14,
}

impl Reason {
    /// All of them, by their codes.
    pub const ALL: [Self; 15] = [
        Self::Given,
        Self::Ceiling,
        Self::DecisionCut,
        Self::LimitCut,
        Self::Waived,
        Self::Service,
        Self::Condition,
        Self::WrongKind,
        Self::OutOfForce,
        Self::NotPlaced,
        Self::Nothing,
        Self::Barred,
        Self::Exhausted,
        Self::Missing,
        Self::Fault,
    ];

    /// The reason of a result before groups and pools.
    #[must_use]
    pub fn of(result: &ClauseResult) -> Self {
        let has = |wanted: fn(&Mark) -> bool| result.marks.iter().any(wanted);
        match result.outcome {
            Outcome::Barred => Self::Barred,
            Outcome::Exhausted => Self::Exhausted,
            Outcome::Undetermined if result.missing.is_empty() && result.fault.is_some() => Self::Fault,
            Outcome::Undetermined => Self::Missing,
            Outcome::Eligible | Outcome::Yielded => match () {
                () if has(|m| matches!(m, Mark::Service)) => Self::Service,
                () if has(|m| matches!(m, Mark::Waived)) => Self::Waived,
                () if !result.decided => Self::Ceiling,
                () if has(|m| matches!(m, Mark::DecisionCut(_))) => Self::DecisionCut,
                () if has(|m| matches!(m, Mark::LimitCut(_) | Mark::LimitUsedUp)) => Self::LimitCut,
                () => Self::Given,
            },
            Outcome::Ineligible => match () {
                () if has(|m| matches!(m, Mark::OutOfForce)) => Self::OutOfForce,
                () if has(|m| matches!(m, Mark::WrongKind)) => Self::WrongKind,
                () if has(|m| matches!(m, Mark::NotPlaced)) => Self::NotPlaced,
                () if has(|m| matches!(m, Mark::NothingGiven)) => Self::Nothing,
                () => Self::Condition,
            },
        }
    }

    /// The outcome it stands for.
    #[must_use]
    pub fn outcome(self) -> Outcome {
        match self {
            Self::Given | Self::Ceiling | Self::DecisionCut | Self::LimitCut | Self::Waived | Self::Service => Outcome::Eligible,
            Self::Condition | Self::WrongKind | Self::OutOfForce | Self::NotPlaced | Self::Nothing => Outcome::Ineligible,
            Self::Barred => Outcome::Barred,
            Self::Exhausted => Outcome::Exhausted,
            Self::Missing | Self::Fault => Outcome::Undetermined,
        }
    }

    /// Whether a result with it has an amount.
    #[must_use]
    pub fn has_money(self) -> bool {
        (self as u8) < Self::Service as u8
    }

    /// The word in files of results.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Given => "given",
            Self::Ceiling => "ceiling",
            Self::DecisionCut => "decision_cut",
            Self::LimitCut => "limit_cut",
            Self::Waived => "waived",
            Self::Service => "service",
            Self::Condition => "condition",
            Self::WrongKind => "wrong_kind",
            Self::OutOfForce => "out_of_force",
            Self::NotPlaced => "not_placed",
            Self::Nothing => "nothing_given",
            Self::Barred => "barred",
            Self::Exhausted => "exhausted",
            Self::Missing => "missing",
            Self::Fault => "fault",
        }
    }
}
