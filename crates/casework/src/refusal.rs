//! Why an act is refused: one enum a noun, each in the order in which its rules are checked. Refused means unchanged.

use crate::calendar::CalendarRefusal;
use crate::call::CallRefusal;
use crate::case::CaseRefusal;
use crate::determination::DeterminationRefusal;
use crate::guide::GuideRefusal;
use crate::history::HistoryRefusal;
use crate::ledger::LedgerRefusal;
use crate::matching::MatchingRefusal;
use crate::notice::NoticeRefusal;
use crate::organisation::OrganisationRefusal;
use crate::outbox::OutboxRefusal;
use crate::payment::PaymentRefusal;
use crate::people::PeopleRefusal;
use crate::performance::PerformanceRefusal;
use crate::policy_version::PolicyRefusal;
use crate::recognition::RecognitionRefusal;
use crate::recovery::RecoveryRefusal;

/// Why an act is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not this person, not in this role, not for this case.
    #[error("you may not do this")]
    Denied,
    /// There is no such thing, or not for this person to know of.
    #[error("there is no {what} {id}")]
    Unknown {
        /// What was looked for.
        what: &'static str,
        /// Under which id.
        id: String,
    },
    /// There is one already, and it is another.
    #[error("there is a {what} {id} already")]
    Exists {
        /// What.
        what: &'static str,
        /// Its id.
        id: String,
    },
    /// The request was made before, for something else.
    #[error("request {request} was made before, for something else")]
    RequestReused {
        /// The request.
        request: String,
    },
    /// Somebody changed it since it was read.
    #[error("{id} was changed since you read it: read it again, and decide again")]
    Stale {
        /// What.
        id: String,
    },
    /// What was given cannot be used.
    #[error("{0}")]
    Input(String),
    /// By the rules of calls.
    #[error(transparent)]
    Call(#[from] CallRefusal),
    /// By the rules of cases.
    #[error(transparent)]
    Case(#[from] CaseRefusal),
    /// By the rules of the ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerRefusal),
    /// By the rules of notices.
    #[error(transparent)]
    Notice(#[from] NoticeRefusal),
    /// By the rules of payments.
    #[error(transparent)]
    Payment(#[from] PaymentRefusal),
    /// By the rules of people and rights.
    #[error(transparent)]
    People(#[from] PeopleRefusal),
    /// By the rules of the register of organisations.
    #[error(transparent)]
    Organisation(#[from] OrganisationRefusal),
    /// By the rules of old ledgers.
    #[error(transparent)]
    History(#[from] HistoryRefusal),
    /// By the rules of awards without application.
    #[error(transparent)]
    Matching(#[from] MatchingRefusal),
    /// By the rules of messages.
    #[error(transparent)]
    Outbox(#[from] OutboxRefusal),
    /// By the rules of determinations.
    #[error(transparent)]
    Determination(#[from] DeterminationRefusal),
    /// By the rules of performance.
    #[error(transparent)]
    Performance(#[from] PerformanceRefusal),
    /// By the rules of clawbacks.
    #[error(transparent)]
    Recovery(#[from] RecoveryRefusal),
    /// By the rules of policy versions.
    #[error(transparent)]
    Policy(#[from] PolicyRefusal),
    /// By the rules of recognitions.
    #[error(transparent)]
    Recognition(#[from] RecognitionRefusal),
    /// By the rules of guides.
    #[error(transparent)]
    Guide(#[from] GuideRefusal),
    /// By the rules of the calendar.
    #[error(transparent)]
    Calendar(#[from] CalendarRefusal),
}
