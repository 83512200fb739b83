//! The ledger: double entry in whole fen. A book is the budget of a year and source, or a pool of a scheme in a year; an
//! entry moves an amount between two accounts of its books and is never changed. A mistake is mended by a further entry.

use crate::id::{BookId, CaseId, DeterminationId, EntryId};
use serde::{Deserialize, Serialize};
use values::{Fen, Moment};

/// An account of a book (科目). What is outside of the book is below zero by what the book holds: the sum is always zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    /// 外部: where the budget comes from.
    Outside,
    /// 可用: neither promised nor spent.
    Available,
    /// 预留: kept for a call or an approved plan.
    Reserved,
    /// 占用: determined and noticed, not yet paid.
    Committed,
    /// 支付: at the bank.
    Paid,
    /// 退回: came back from the bank.
    Returned,
    /// 追回: taken back from the applicant.
    Recovered,
}

impl Account {
    /// All accounts, in the order of the columns of a book.
    pub const ALL: [Self; 7] = [Self::Outside, Self::Available, Self::Reserved, Self::Committed, Self::Paid, Self::Returned, Self::Recovered];

    /// The name in tables and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Available => "available",
            Self::Reserved => "reserved",
            Self::Committed => "committed",
            Self::Paid => "paid",
            Self::Returned => "returned",
            Self::Recovered => "recovered",
        }
    }
}

macro_rules! moves {
    ($($(#[$doc:meta])* $kind:ident $name:literal: $from:ident => $to:ident;)*) => {
        /// What an entry does (分录类型): from which account to which.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Move {$(
            $(#[$doc])*
            $kind,
        )*}

        impl Move {
            /// All moves.
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            /// The name in tables and records.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// The account that gives and the account that takes.
            #[must_use]
            pub const fn accounts(self) -> (Account, Account) {
                match self { $(Self::$kind => (Account::$from, Account::$to),)* }
            }
        }
    };
}

moves! {
    /// 预算下达
    Appropriate "appropriate": Outside => Available;
    /// 预算调减
    Reduce "reduce": Available => Outside;
    /// 预留
    Reserve "reserve": Available => Reserved;
    /// 释放预留
    Release "release": Reserved => Available;
    /// 占用
    Commit "commit": Reserved => Committed;
    /// 撤销占用: by an objection, or an amended determination
    Free "free": Committed => Available;
    /// 支付
    Pay "pay": Committed => Paid;
    /// 退汇
    Return "return": Paid => Returned;
    /// 重拨
    Repay "repay": Returned => Paid;
    /// 退汇后不再拨付
    Drop "drop": Returned => Available;
    /// 追回
    Recover "recover": Paid => Recovered;
    /// 追回款重新安排: to its own year and source
    Reuse "reuse": Recovered => Available;
}

/// What a book is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ::schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BookKind {
    /// 预算: a year and a source of money.
    Fund,
    /// 资金: a pool of a scheme in a year; what the policy promises at most.
    Pool,
}

impl BookKind {
    /// The name in tables and records.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Fund => "fund",
            Self::Pool => "pool",
        }
    }
}

/// A book with its balances (账本).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Book {
    /// Id.
    pub id: BookId,
    /// Fund or pool.
    pub kind: BookKind,
    /// Year of the budget.
    pub year: i32,
    /// Source of the money, or scheme and pool.
    pub name: String,
    /// Balances in the order of [`Account::ALL`], in fen.
    balances: [Fen; 7],
}

/// One movement of money (分录). Never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ::schemars::JsonSchema)]
pub struct Entry {
    /// Id, chosen by the act that posts it.
    pub id: EntryId,
    /// When.
    pub at: Moment,
    /// What it does.
    pub kind: Move,
    /// How much; more than zero.
    pub amount: Fen,
    /// Budget it belongs to.
    pub fund: BookId,
    /// Pool it counts against, if its clause draws on one.
    pub pool: Option<BookId>,
    /// Case it is about.
    pub case: Option<CaseId>,
    /// Clause it is about.
    pub clause: Option<String>,
    /// Determination it rests on.
    pub determination: Option<DeterminationId>,
    /// Why, in words or as the number of a document.
    pub reason: String,
}

/// Why an entry is refused, in the order in which it is checked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerRefusal {
    /// Zero or less.
    #[error("an entry moves more than nothing")]
    NotPositive,
    /// Its book is another one.
    #[error("the entry belongs to book {wanted}, not to {book}")]
    WrongBook {
        /// The book of the entry.
        wanted: BookId,
        /// The book at hand.
        book: BookId,
    },
    /// The account does not hold so much.
    #[error("{book}: {account:?} holds {} fen, {} are wanted", held.0, wanted.0)]
    NotEnough {
        /// The book.
        book: BookId,
        /// The account that gives.
        account: Account,
        /// What it holds.
        held: Fen,
        /// What is wanted of it.
        wanted: Fen,
    },
    /// More than 64 bits of fen.
    #[error("{book}: the sum is too large")]
    TooLarge {
        /// The book.
        book: BookId,
    },
}

impl Book {
    /// A book that holds nothing.
    #[must_use]
    pub fn new(id: BookId, kind: BookKind, year: i32, name: String) -> Self {
        Self { id, kind, year, name, balances: [Fen(0); 7] }
    }

    /// A book as it was kept; balances in the order of [`Account::ALL`].
    #[must_use]
    pub fn kept(id: BookId, kind: BookKind, year: i32, name: String, balances: [Fen; 7]) -> Self {
        Self { id, kind, year, name, balances }
    }

    /// What an account holds.
    #[must_use]
    pub fn balance(&self, account: Account) -> Fen {
        self.balances.get(account as usize).copied().unwrap_or_default()
    }

    /// All balances, in the order of [`Account::ALL`].
    #[must_use]
    pub const fn balances(&self) -> [Fen; 7] {
        self.balances
    }

    /// Moves the amount of an entry. Refused means unchanged.
    ///
    /// Errors: as [`LedgerRefusal`] lists them, in that order.
    pub fn post(&mut self, entry: &Entry) -> Result<(), LedgerRefusal> {
        if entry.amount <= Fen(0) {
            return Err(LedgerRefusal::NotPositive);
        }
        if entry.fund != self.id && entry.pool.as_ref() != Some(&self.id) {
            return Err(LedgerRefusal::WrongBook { wanted: entry.fund.clone(), book: self.id.clone() });
        }
        let (from, to) = entry.kind.accounts();
        let too_large = |_| LedgerRefusal::TooLarge { book: self.id.clone() };
        let held = self.balance(from);
        let given = held.checked_sub(entry.amount).map_err(too_large)?;
        if from != Account::Outside && given < Fen(0) {
            return Err(LedgerRefusal::NotEnough { book: self.id.clone(), account: from, held, wanted: entry.amount });
        }
        let taken = self.balance(to).checked_add(entry.amount).map_err(too_large)?;
        let mut balances = self.balances;
        for (account, balance) in [(from, given), (to, taken)] {
            if let Some(slot) = balances.get_mut(account as usize) {
                *slot = balance;
            }
        }
        self.balances = balances;
        // Nothing but Outside is below zero, and nothing is made or lost.
        assert!(Account::ALL.iter().all(|a| *a == Account::Outside || self.balance(*a) >= Fen(0)), "a balance below zero in {}", self.id);
        assert!(self.balances.iter().map(|fen| i128::from(fen.0)).sum::<i128>() == 0, "the balances of {} do not sum to zero", self.id);
        Ok(())
    }
}
