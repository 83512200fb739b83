//! What an evaluation says: outcomes and amounts by clause, and what is awarded after groups and pools.

use crate::eval::trace::Trace;
use crate::scheme::{ClauseId, FactId, ParamId};
use smallvec::SmallVec;
use values::{Fault, Fen};

/// Outcome of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// 符合
    Eligible,
    /// 不符合: a condition is false, or no tier is reached
    Ineligible,
    /// 待定: facts are missing
    Undetermined,
    /// 已享受: its frequency is used up
    Exhausted,
    /// 让位: another award of the same kind was better
    Yielded,
    /// 禁入: a general bar holds
    Barred,
}

impl Outcome {
    /// The word of the exchange format.
    pub fn code(self) -> &'static str {
        match self {
            Self::Eligible => "eligible",
            Self::Ineligible => "ineligible",
            Self::Undetermined => "undetermined",
            Self::Exhausted => "exhausted",
            Self::Yielded => "yielded",
            Self::Barred => "barred",
        }
    }

    /// The Chinese word.
    pub fn zh(self) -> &'static str {
        match self {
            Self::Eligible => "符合",
            Self::Ineligible => "不符合",
            Self::Undetermined => "待定",
            Self::Exhausted => "已享受",
            Self::Yielded => "让位",
            Self::Barred => "禁入",
        }
    }
}

/// Something that is not known and matters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing {
    /// A fact: year and month where they are not the award year's.
    Fact(FactId, Option<i32>, Option<u8>),
    /// A field of a record (counted from 1).
    Field(FactId, u16, u32),
    /// A row of a parameter.
    Param(ParamId, Option<i32>),
    /// A decision.
    Decision(ClauseId),
    /// The places of a ranking.
    Place(ClauseId),
    /// The key of an earlier award, by which its frequency counts.
    HistoryKey(ClauseId, i32),
    /// The project a clause is applied for with.
    Project(ClauseId),
    /// The amount already paid, outside a clawback.
    AmountPaid,
    /// A reading of the register that nobody has decided.
    Reading(u32),
}

/// Why a clause is not payable, or how its amount was cut, beyond its conditions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The amount is a ceiling: no decision yet.
    Ceiling,
    /// A decision above the ceiling was cut.
    DecisionCut(Fen),
    /// A limit cut the amount: what was used before.
    LimitCut(Fen),
    /// The limit is used up.
    LimitUsedUp,
    /// The kind of applicant is not among those it is for.
    WrongKind,
    /// The award year lies outside the time the policy is in force.
    OutOfForce,
    /// Not among the first.
    NotPlaced,
    /// The place may change when others are decided.
    ProvisionalPlace,
    /// No tier or member gives an amount.
    NothingGiven,
    /// 减免: worked out, not paid.
    Waived,
    /// 服务
    Service,
    /// Beaten by another member of a group: group, winner (none: an award elsewhere).
    Yielded(u32, Option<ClauseId>),
    /// An award elsewhere or earlier was deducted.
    ToppedUp(Fen),
    /// A group's limit cut it.
    GroupCut(u32, Fen),
    /// A group's limit is not known: nothing is awarded until it is.
    GroupUnknown(u32),
    /// The order of a pool rests on a measure that is not known: last for now.
    PoolOrderUnknown(u32),
    /// A group may bite, but a key is unknown.
    PossibleClash(u32),
    /// The pool did not suffice: pool, what was cut.
    PoolCut(u32, Fen),
    /// The pool's amount is not set.
    PoolUnset(u32),
}

/// Marks of one result; hardly ever more than two.
pub type Marks = SmallVec<[Mark; 2]>;

/// Result of one clause for one applicant.
#[derive(Clone, Debug)]
pub struct ClauseResult {
    /// Which.
    pub clause: ClauseId,
    /// Outcome.
    pub outcome: Outcome,
    /// Amount before groups and pools.
    pub amount: Option<Fen>,
    /// The ceiling, where the amount is (or was) to be decided.
    pub ceiling: Option<Fen>,
    /// Whether the amount is final: false for an undecided ceiling.
    pub decided: bool,
    /// What is not known, in a fixed order.
    pub missing: Vec<Missing>,
    /// An arithmetic fault, if that is why it is undetermined.
    pub fault: Option<Fault>,
    /// Marks in the order they arose.
    pub marks: Marks,
    /// Place in a ranking.
    pub place: Option<u32>,
    /// Award after groups and pools (none: nothing is awarded).
    pub awarded: Option<Fen>,
    /// Payment plan of the award: year, amount, whether its test holds (none: not tested yet).
    pub plan: Vec<(i32, Fen, Option<bool>)>,
    /// How it came about, where asked for.
    pub trace: Option<Box<Trace>>,
}

/// An earlier award that is to be recovered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Position of the clawback rule.
    pub rule: u32,
    /// Clause of the earlier award.
    pub clause: ClauseId,
    /// Its year.
    pub year: i32,
    /// What was paid.
    pub paid: Fen,
    /// What is to be recovered; `None`: facts are missing.
    pub due: Option<Fen>,
}

/// How a group decided for an applicant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupChoice {
    /// Position of the group.
    pub group: u32,
    /// Members held.
    pub held: Vec<ClauseId>,
    /// Members that gave way.
    pub gave_way: Vec<ClauseId>,
    /// The sum of the best other lawful combination, where there is one.
    pub next_best: Option<Fen>,
}

/// Everything about one application.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// Id of the application.
    pub id: String,
    /// Award year.
    pub year: i32,
    /// One for each clause asked for, in order of the scheme.
    pub clauses: Vec<ClauseResult>,
    /// Choices of groups that bit.
    pub groups: Vec<GroupChoice>,
    /// Earlier awards to be recovered.
    pub recoveries: Vec<Recovery>,
    /// Sum of what is awarded.
    pub total: Fen,
}

/// How a pool of one year was shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolShare {
    /// Position of the pool.
    pub pool: u32,
    /// Year.
    pub year: i32,
    /// What it holds; `None`: not set.
    pub amount: Option<Fen>,
    /// Sum of the claims.
    pub claims: Fen,
    /// Sum of what was given.
    pub given: Fen,
}
