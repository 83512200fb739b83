//! Payments: batches sent to the bank, what came back, and sending it again.

use crate::acts;
use crate::id::{BatchId, CallId, CaseId, EntryId};
use crate::organisation::Account;
use crate::record::{Column, Key, Record, Table};
use serde::{Deserialize, Serialize};
use values::Fen;

/// A line of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Case that is paid.
    pub case: CaseId,
    /// Clause.
    pub clause: String,
    /// How much.
    pub amount: Fen,
    /// Where to, as it was on the day of payment.
    pub account: Account,
}

/// A batch of payments (拨付批次).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Id.
    pub id: BatchId,
    /// Call.
    pub call: CallId,
    /// What is paid.
    pub lines: Vec<Line>,
}

/// Why an act on payments is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentRefusal {
    /// Nothing to pay.
    #[error("no case of the call waits for payment")]
    Empty,
    /// No account to pay to.
    #[error("the applicant of case {case} has no account")]
    NoAccount {
        /// The case.
        case: CaseId,
    },
}

acts! {
    /// Acts on payments.
    PaymentAct {
        /// Pays what a call has committed (拨付).
        Pay "payment.pay" { batch: BatchId, call: CallId, entry: EntryId }
    }
}

impl Record for Batch {
    const TABLE: &'static Table = &Table { name: "payment_batch", meaning: "拨付批次", columns: &[Column::text("call_id", "call")], changes: true };

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn keys(&self) -> Vec<Key> {
        vec![self.call.as_str().into()]
    }
}
