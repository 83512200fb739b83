//! The office behind a scheme, as pure state machines: what may be done to a case, a call, a payment or a budget, what it
//! changes, and why it is refused. No clock, no storage, no network: `store` keeps what stands here, `office` does the acts.

pub mod act;
pub mod authority;
pub mod budget;
pub mod calendar;
pub mod call;
pub mod case;
pub mod chain;
pub mod determination;
pub mod document;
pub mod guide;
pub mod history;
pub mod holding;
pub mod id;
pub mod instalment;
pub mod kind;
pub mod ledger;
pub mod matching;
pub mod motion;
pub mod notice;
pub mod organisation;
pub mod outbox;
pub mod payment;
pub mod people;
pub mod performance;
pub mod policy_version;
pub mod recognition;
pub mod record;
pub mod recovery;
pub mod refusal;
pub mod registry;
pub mod retention;
pub mod term;

pub use act::Act;
pub use record::{Column, Key, Record, Table};
pub use refusal::Refusal;
