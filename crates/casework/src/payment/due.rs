//! What is due: one payment of one clause of a case, in the year and from the budget it belongs to. Whatever happens to the
//! money of an award after it was committed happens to one of these.

use super::PaymentRefusal;
use crate::case::Stage;
use crate::chain::Fingerprint;
use crate::id::{BatchId, BookId, CallId, CaseId, DeterminationId, DueId, OrganisationId, UserId};
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::{Fen, Moment};

/// How far a payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DueState {
    /// 应付: waits for its batch, its year, its test or its money.
    Open,
    /// 已列入方案
    Planned,
    /// 拨付中: at the bank.
    Paying,
    /// 已到账
    Paid,
    /// 已退汇: came back.
    Returned,
    /// 已更正: came back, and the account is mended.
    Mended,
    /// 重拨已列入方案
    PlannedAgain,
    /// 不再拨付
    Dropped,
    /// 失去: its test failed, or one before it that ends the rest.
    Lapsed,
    /// 作废: the determination was amended before it was paid.
    Void,
}

impl DueState {
    /// The name in tables and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Planned => "planned",
            Self::Paying => "paying",
            Self::Paid => "paid",
            Self::Returned => "returned",
            Self::Mended => "mended",
            Self::PlannedAgain => "planned_again",
            Self::Dropped => "dropped",
            Self::Lapsed => "lapsed",
            Self::Void => "void",
        }
    }
}

/// A test of an instalment on the facts of its year (复核).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Retest {
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Moment,
    /// The application with the new facts, as it was assessed.
    pub application: String,
    /// The line `duixian assess` gives for it.
    pub assessment: String,
    /// Fingerprints of the new papers.
    pub evidence: Vec<Fingerprint>,
    /// The year it is for after the test: a later one where it waits (顺延).
    pub year: i32,
    /// Whether it holds; none: to be tested again in that year.
    pub holds: Option<bool>,
}

/// A payment that is due (应付款).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Due {
    /// Id.
    pub id: DueId,
    /// Case.
    pub case: CaseId,
    /// Its call.
    pub call: CallId,
    /// Who is paid.
    pub organisation: OrganisationId,
    /// Clause.
    pub clause: String,
    /// The determination it rests on.
    pub determination: DeterminationId,
    /// Which instalment, from 1.
    pub number: u32,
    /// Of how many.
    pub of: u32,
    /// Year whose budget pays.
    pub year: i32,
    /// How much.
    pub amount: Fen,
    /// The budget that pays; none: that of its year is not there yet.
    pub fund: Option<BookId>,
    /// How far it is.
    pub state: DueState,
    /// Whether a test of its year's facts must hold first (须).
    pub tested_first: bool,
    /// Tests that were held.
    pub retests: Vec<Retest>,
    /// Batch it stands in, or stood in last.
    pub batch: Option<BatchId>,
}

impl Due {
    /// Goes on, if it is so far. Errors: [`PaymentRefusal::DueState`].
    pub fn at(&self, states: &[DueState]) -> Result<(), PaymentRefusal> {
        if states.contains(&self.state) { Ok(()) } else { Err(PaymentRefusal::DueState { due: self.id.clone(), state: self.state.name() }) }
    }

    /// Whether its test was held and holds, or it needs none.
    #[must_use]
    pub fn test_holds(&self) -> bool {
        !self.tested_first || self.retests.last().is_some_and(|test| test.holds == Some(true))
    }

    /// Whether it may enter a batch in a year.
    #[must_use]
    pub fn payable(&self, year: i32) -> bool {
        self.state == DueState::Mended || (self.state == DueState::Open && self.fund.is_some() && self.year <= year && self.test_holds())
    }

    /// Whether nothing more will happen to it.
    #[must_use]
    pub const fn over(&self) -> bool {
        matches!(self.state, DueState::Paid | DueState::Dropped | DueState::Lapsed | DueState::Void)
    }

    /// Enters a batch. Errors: it cannot be paid now, or stands in one already.
    pub fn plan(&mut self, batch: &BatchId, year: i32) -> Result<(), PaymentRefusal> {
        self.at(&[DueState::Open, DueState::Mended])?;
        if !self.payable(year) {
            return Err(PaymentRefusal::DueState { due: self.id.clone(), state: self.state.name() });
        }
        self.state = if self.state == DueState::Mended { DueState::PlannedAgain } else { DueState::Planned };
        self.batch = Some(batch.clone());
        Ok(())
    }

    /// Leaves a batch that was not sent, or that it was held back from.
    pub fn unplan(&mut self) -> Result<(), PaymentRefusal> {
        self.at(&[DueState::Planned, DueState::PlannedAgain])?;
        self.state = if self.state == DueState::PlannedAgain { DueState::Mended } else { DueState::Open };
        self.batch = None;
        Ok(())
    }

    /// Goes to the bank; true: for the second time, after it came back.
    pub fn send(&mut self) -> Result<bool, PaymentRefusal> {
        self.at(&[DueState::Planned, DueState::PlannedAgain])?;
        let again = self.state == DueState::PlannedAgain;
        self.state = DueState::Paying;
        Ok(again)
    }
}

/// The stage of a case after something happened to its payments; none: it has none.
///
/// What needs somebody comes first: money that came back, money at the bank, money that waits.
#[must_use]
pub fn stage_after(dues: &[Due], year: i32) -> Option<Stage> {
    let any = |states: &[DueState]| dues.iter().any(|due| states.contains(&due.state));
    if any(&[DueState::Returned, DueState::Mended, DueState::PlannedAgain]) {
        Some(Stage::Returned)
    } else if any(&[DueState::Paying]) {
        Some(Stage::Paying)
    } else if any(&[DueState::Planned]) || dues.iter().any(|due| due.payable(year)) {
        Some(Stage::Committed)
    } else if any(&[DueState::Paid]) {
        Some(Stage::Paid)
    } else if any(&[DueState::Open]) {
        Some(Stage::Committed)
    } else if any(&[DueState::Dropped, DueState::Lapsed]) {
        Some(Stage::Terminated)
    } else {
        None
    }
}

impl Record for Due {
    const TABLE: &'static Table = &Table {
        name: "due",
        meaning: "应付款",
        columns: &[
            Column::text("case_id", "case"),
            Column::text("call_id", "call"),
            Column::text("state", "how far it is"),
            Column::number("year", "year whose budget pays"),
            Column::number("amount_fen", "how much, in fen"),
        ],
        changes: true,
    };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.case.as_str().into(), self.call.as_str().into(), self.state.name().into(), self.year.into(), self.amount.0.into()]
    }
}
