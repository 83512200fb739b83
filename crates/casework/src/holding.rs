//! What the entries of a case add up to: how much of a clause is reserved, committed, paid in a book. Folded from the
//! entries each time, so that there is no second account of the same money that could differ.

use crate::id::BookId;
use crate::ledger::{Account, Entry};
use values::Fen;

/// What a case holds of one book under one clause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holding {
    balances: [Fen; 7],
}

impl Holding {
    /// Folds the entries of a case: those of this clause whose budget is this book. What one case moves fits 64 bits; more stays
    /// at the limit, and no book could hold it.
    #[must_use]
    pub fn of(entries: &[Entry], clause: &str, fund: &BookId) -> Self {
        let mut holding = Self::default();
        for entry in entries.iter().filter(|entry| entry.clause.as_deref() == Some(clause) && entry.fund == *fund) {
            let (from, to) = entry.kind.accounts();
            holding.add(from, Fen(entry.amount.0.saturating_neg()));
            holding.add(to, entry.amount);
        }
        holding
    }

    fn add(&mut self, account: Account, amount: Fen) {
        if let Some(slot) = self.balances.get_mut(account as usize) {
            *slot = Fen(slot.0.saturating_add(amount.0));
        }
    }

    /// What it has in an account.
    #[must_use]
    pub fn balance(&self, account: Account) -> Fen {
        self.balances.get(account as usize).copied().unwrap_or_default()
    }

    /// 预留
    #[must_use]
    pub fn reserved(&self) -> Fen {
        self.balance(Account::Reserved)
    }

    /// 占用
    #[must_use]
    pub fn committed(&self) -> Fen {
        self.balance(Account::Committed)
    }
}
