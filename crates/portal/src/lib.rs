//! The service around the office: the API under `/api/v1`, sign-in, uploads, what keeps it running. It asks the office for
//! every act and every reading; whether something may be done is never decided here. No SQL.

mod account;
mod acts;
mod body;
pub mod clock;
pub mod config;
mod connection;
pub mod delivery;
pub mod demo;
mod departure;
mod docs;
mod evidence;
mod export;
mod feed;
mod filter;
mod health;
pub mod identity;
mod import;
mod invoices;
mod keeping;
mod money;
mod notes;
pub mod openapi;
pub mod operation;
mod pages;
mod platform;
mod prints;
mod problem;
mod queue;
mod records;
mod retention;
mod scheme;
mod secret;
pub mod serve;
mod shape;
mod sign_in;
mod simulation;
mod treasury;
mod uploads;
mod verification;
mod webhooks;

pub use account::set_password;
pub use clock::Clock;
pub use config::Config;
pub use keeping::is_paper;
pub use operation::{Operation, Who, operations};
#[doc(hidden)]
pub use pages::acts::there_and_back;
pub use problem::Problem;
pub use uploads::{sweep as sweep_uploads, sync_folder};

use office::Office;
use std::sync::Arc;
use store::Store;

/// Everything a request may need.
pub struct Portal {
    /// The office that does the acts.
    pub office: Office,
    /// The same database, for reading alone: nobody who reads waits for one who writes.
    pub reading: Store,
    /// What the operator set.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    pub(crate) limits: serve::Limits,
    pub(crate) metrics: health::Metrics,
    pub(crate) operations: Vec<Operation>,
    pub(crate) description: serde_json::Value,
    /// Who else says who somebody is; none: nobody.
    pub(crate) identity: Option<Arc<dyn identity::Identity>>,
    /// Whom a connection to a listener trusts.
    pub(crate) trusted: delivery::Trusted,
    /// How many passwords are hashed at once: each takes memory by design.
    pub(crate) hashing: Arc<tokio::sync::Semaphore>,
    /// How many files are read, written or printed at once: each may be held in memory whole.
    pub(crate) files: tokio::sync::Semaphore,
    /// How many lists are on their way to be files: each is in memory whole, and reading one is slow. Whoever holds a turn here may
    /// wait for one of `files`, never the other way round.
    pub(crate) lists: tokio::sync::Semaphore,
    /// Held while an upload begins: what is there is counted and added to by one at a time, or many at once would pass the limit.
    pub(crate) beginning: tokio::sync::Mutex<()>,
    /// Simulations that go on or are over.
    pub(crate) runs: Arc<simulation::Runs>,
}

impl Portal {
    /// A service over an office. `reading` is the same database opened for reading, or the same store where it is in memory.
    #[must_use]
    pub fn new(office: Office, reading: Store, config: Config, clock: Clock) -> Arc<Self> {
        Self::with_identity(office, reading, config, clock, None)
    }

    /// The same, with somebody else who says who a person is.
    #[must_use]
    pub fn with_identity(office: Office, reading: Store, config: Config, clock: Clock, identity: Option<Arc<dyn identity::Identity>>) -> Arc<Self> {
        let operations = operations();
        let description = openapi::document(&operations);
        let limits = serve::Limits::new(&config);
        let metrics = health::Metrics::new(&operations);
        Arc::new(Self {
            office,
            reading,
            config,
            clock,
            limits,
            metrics,
            operations,
            description,
            identity,
            trusted: delivery::Trusted::new(),
            hashing: Arc::new(tokio::sync::Semaphore::new(2)),
            files: tokio::sync::Semaphore::new(2),
            lists: tokio::sync::Semaphore::new(4),
            beginning: tokio::sync::Mutex::default(),
            runs: Arc::default(),
        })
    }
}
