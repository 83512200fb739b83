//! Acts on budgets and pools; what they do to a book stands in `ledger`.

use crate::acts;
use crate::id::{BookId, EntryId};
use values::Fen;

acts! {
    /// Acts on budgets and pools.
    BudgetAct {
        /// Opens the budget of a year and source (预算).
        OpenFund "budget.open_fund" "设立预算" {
            /// Id of the book.
            book: BookId,
            /// Year.
            year: i32,
            /// Source of the money.
            source: String,
        }
        /// Opens a pool of a policy for a year, with the amount that the policy names.
        OpenPool "budget.open_pool" "设立资金池" {
            /// Id of the book.
            book: BookId,
            /// Year.
            year: i32,
            /// Policy version.
            version: crate::id::PolicyVersionId,
            /// Name of the pool in the policy.
            pool: String,
            /// Id of the entry that brings its amount in.
            entry: EntryId,
        }
        /// Brings money into a budget (预算下达).
        Appropriate "budget.appropriate" "预算下达" {
            /// Id of the entry.
            entry: EntryId,
            /// The budget.
            book: BookId,
            /// How much.
            amount: Fen,
            /// Number of the document.
            reason: String,
        }
        /// Takes money out of a budget (预算调减), as far as it is free.
        Reduce "budget.reduce" "预算调减" {
            /// Id of the entry.
            entry: EntryId,
            /// The budget.
            book: BookId,
            /// How much.
            amount: Fen,
            /// Number of the document.
            reason: String,
        }
    }
}
