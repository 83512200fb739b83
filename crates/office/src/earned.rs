//! What an enterprise was awarded before, as the rules of a policy count it (往年已得), and where each award is known from.

use casework::id::CaseId;
use serde_json::{Value, json};
use values::Fen;

/// An earlier award.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earned {
    /// Id of its clause.
    pub clause: String,
    /// Its year.
    pub year: i32,
    /// How much.
    pub amount: Fen,
    /// What a frequency or limit counts it by, where that is known.
    pub key: Option<String>,
    /// Where it is known from.
    pub source: Source,
}

/// Where an earlier award is known from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Determined here.
    Case(CaseId),
    /// Loaded from an old ledger: its document and row.
    Ledger(String, u32),
}

impl Earned {
    /// As an item of `history` in an application.
    #[must_use]
    pub fn said(&self) -> Value {
        match &self.key {
            None => json!({"clause": self.clause, "year": self.year, "amount": self.amount.yuan()}),
            Some(key) => json!({"clause": self.clause, "year": self.year, "amount": self.amount.yuan(), "key": key}),
        }
    }
}
