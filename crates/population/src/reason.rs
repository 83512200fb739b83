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

    /// The reason with a code.
    #[must_use]
    #[inline]
    pub fn of_code(code: u8) -> Self {
        Self::ALL.get(usize::from(code)).copied().unwrap_or(Self::Fault)
    }

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

/// Reasons of rows, kept as their codes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reasons(Vec<u8>);

impl Reasons {
    /// That of a row.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<Reason> {
        self.0.get(row).copied().map(Reason::of_code)
    }

    /// Sets that of a row, where there is one.
    pub fn set(&mut self, row: usize, reason: Reason) {
        self.0.iter_mut().skip(row).take(1).for_each(|code| *code = reason as u8);
    }

    /// Sets those of all rows.
    pub fn fill(&mut self, reason: Reason) {
        self.0.fill(reason as u8);
    }

    /// Makes it so many rows; those that are new have this one.
    pub fn resize(&mut self, rows: usize, reason: Reason) {
        self.0.resize(rows, reason as u8);
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of all rows.
    pub fn iter(&self) -> impl Iterator<Item = Reason> {
        self.0.iter().copied().map(Reason::of_code)
    }

    /// A word of bits for each 64 rows: those whose reason is one of some.
    pub fn words(&self, holds: impl Fn(Reason) -> bool) -> impl Iterator<Item = u64> {
        let holds = Reason::ALL.iter().filter(|reason| holds(**reason)).fold(0_u32, |all, reason| all | 1 << *reason as u8);
        self.0.chunks(64).map(move |block| block.iter().enumerate().fold(0, |word, (at, code)| word | u64::from(holds >> code & 1) << at))
    }

    /// The codes of 64 rows after 64 rows, to be written.
    pub(crate) fn blocks_mut(&mut self) -> &mut [[u8; 64]] {
        self.0.as_chunks_mut().0
    }
}
