//! Where the office keeps its records: in memory, in SQLite or in PostgreSQL, all three behind one unit of work. Nothing
//! here decides: what may be done, and what it changes, comes from `casework` through `office`.

pub mod bulk;
pub mod hand;
mod inspect;
mod memory;
mod seen;
pub mod service;
pub mod sql;
mod sums;
pub mod work;

pub use hand::Ahead;
pub use sql::page::Filter;
use sql::{Database, Dialect};
use std::sync::Arc;
pub use sums::{MonthSum, Sum};
pub use work::Work;

/// A failure of the world: what was being done, and why it did not work. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Someone else changed the same at the same time, or holds it for too long. Trying again may work.
    #[error("{doing}: another act was in the way")]
    Busy {
        /// What was being done.
        doing: String,
    },
    /// The database said no, or nothing.
    #[error("{doing}: {source}")]
    Database {
        /// What was being done.
        doing: String,
        /// What the database said.
        source: sqlx::Error,
    },
    /// What is kept cannot be read: it was written by another version, or changed by hand.
    #[error("{table} {id} cannot be read: {why}")]
    Unreadable {
        /// Table.
        table: &'static str,
        /// Id.
        id: String,
        /// Why.
        why: String,
    },
    /// The tables are of another version than this program needs.
    #[error("{}", version_words(*found, *known))]
    Version {
        /// The version they are of.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// A test asked for a failure here.
    #[error("{doing}: a failure was asked for")]
    Injected {
        /// What was being done.
        doing: String,
    },
}

/// What to do about tables of another version.
fn version_words(found: i64, known: i64) -> String {
    if found > known {
        format!(
            "the tables are of version {found}, written by a newer program; this one knows versions up to {known}. Use the newer program, or restore a backup made before the upgrade"
        )
    } else {
        format!("the tables are of version {found}, this program needs version {known}. Make a backup, then run duixian migrate")
    }
}

impl StoreError {
    /// Whether the same act may succeed when it is tried again at once.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::Busy { .. })
    }

    /// What went wrong, for a log that is to name no record and no person: where, and the database's own code for it.
    #[must_use]
    pub fn for_log(&self) -> String {
        match self {
            Self::Busy { .. } => "busy: another act was in the way".to_owned(),
            // The first two words say what to which table; what follows may be an id.
            Self::Database { doing, source } => {
                let doing: Vec<&str> = doing.split_whitespace().take(2).collect();
                format!("{}: {}", doing.join(" "), source_for_log(source))
            }
            // Why it cannot be read may quote what stands there.
            Self::Unreadable { table, .. } => format!("a record of {table} cannot be read; duixian verify names it"),
            Self::Version { .. } => self.to_string(),
            Self::Injected { .. } => "a failure was asked for".to_owned(),
        }
    }
}

/// What the database said, without its words where they may hold a value.
fn source_for_log(source: &sqlx::Error) -> String {
    match source {
        sqlx::Error::Database(said) => {
            let code = said.code().unwrap_or_default();
            // Errors of data and those that triggers raise quote what they are about.
            let quotes = code.starts_with("22") || code.starts_with("P0");
            let message = if quotes { "its words may quote a value".to_owned() } else { said.message().to_owned() };
            format!("code {code}: {message}")
        }
        sqlx::Error::Io(why) => format!("connection: {}", why.kind()),
        sqlx::Error::PoolTimedOut => "no connection became free in time".to_owned(),
        sqlx::Error::PoolClosed => "the connections are closed".to_owned(),
        sqlx::Error::RowNotFound => "no row".to_owned(),
        sqlx::Error::Tls(_) => "TLS".to_owned(),
        sqlx::Error::Protocol(_) => "protocol".to_owned(),
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index} cannot be read"),
        sqlx::Error::ColumnNotFound(name) => format!("there is no column {name}"),
        _ => "of another kind".to_owned(),
    }
}

/// Asked before every call of a database, with what is to be done: true makes it fail. For tests of failure.
pub type Faults = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// A store of records.
#[derive(Clone)]
pub struct Store {
    place: Place,
    faults: Option<Faults>,
}

#[derive(Clone)]
enum Place {
    Memory(Arc<tokio::sync::Mutex<memory::Tables>>),
    Sql(Database),
}

impl Store {
    /// A store that forgets everything when it is dropped: the pure model that the others must agree with.
    #[must_use]
    pub fn memory() -> Self {
        Self { place: Place::Memory(Arc::default()), faults: None }
    }

    /// Opens the database at `sqlite:…` or `postgres:…` and brings its tables up to date.
    ///
    /// Errors: it cannot be reached, or a migration fails.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        Ok(Self { place: Place::Sql(sql::open(url, None).await?), faults: None })
    }

    /// Opens the database at `sqlite:…` or `postgres:…` for reading alone: not a byte of it changes. A unit of work sees one
    /// moment of it; [`Work::get`], [`Work::find`] and [`Work::book`] want to lock and are not for it.
    ///
    /// Errors: it cannot be reached, or its tables are of another version.
    pub async fn open_read_only(url: &str) -> Result<Self, StoreError> {
        Ok(Self { place: Place::Sql(sql::inspect::open(url).await?), faults: None })
    }

    /// Opens a database as it is, for a copy of it: tables of an older version are left as they are, and nothing is written.
    ///
    /// Errors: it cannot be reached, is not there, or was written by a newer program.
    pub async fn open_as_it_is(url: &str) -> Result<Self, StoreError> {
        Ok(Self { place: Place::Sql(sql::schema::open_as_it_is(url).await?), faults: None })
    }

    /// Opens a database and brings its tables to a version only: for tests of an upgrade from there, which no other crate can make.
    ///
    /// Errors: it cannot be reached, or a migration fails.
    pub async fn open_at(url: &str, version: i64) -> Result<Self, StoreError> {
        Ok(Self { place: Place::Sql(sql::open(url, Some(version)).await?), faults: None })
    }

    /// Opens a database of PostgreSQL in which there may be nothing yet, to ask the server about itself.
    ///
    /// Errors: it cannot be reached.
    pub async fn open_server(url: &str) -> Result<Self, StoreError> {
        Ok(Self { place: Place::Sql(sql::schema::open_server(url).await?), faults: None })
    }

    /// Whether a database of PostgreSQL has nothing in it yet.
    ///
    /// Errors: it cannot be reached.
    pub async fn is_empty(url: &str) -> Result<bool, StoreError> {
        sql::schema::is_empty(url).await
    }

    /// The version of the tables; 0 in memory. Errors: the database.
    pub async fn version(&self) -> Result<i64, StoreError> {
        match &self.place {
            Place::Memory(_) => Ok(0),
            Place::Sql(database) => sql::schema::version(database.pool()).await,
        }
    }

    /// Writes what SQLite keeps in the log beside its file into the file, so that the file alone is the database: before it is
    /// moved or copied by hand. Closing does it too, but not by the moment it returns. Errors: somebody still reads or writes.
    pub async fn settle(&self) -> Result<(), StoreError> {
        match &self.place {
            Place::Sql(database) if database.dialect() == Dialect::Sqlite => database.settle().await,
            _ => Ok(()),
        }
    }

    /// In memory: puts an event as another log has it in the place of the one that was made anew, for doing a log again whose words
    /// are partly gone. A database refuses it. Errors: it is one.
    pub async fn put_in_place(&self, event: &casework::chain::Event) -> Result<(), StoreError> {
        match &self.place {
            Place::Memory(tables) => {
                tables.lock().await.put_in_place(event);
                Ok(())
            }
            Place::Sql(_) => Err(StoreError::Unreadable { table: "event", id: event.seq.to_string(), why: "events are never changed".into() }),
        }
    }

    /// Waits until everything that was committed so far is on the disk. An act is acknowledged only then, but others see it
    /// before: whoever tells the outside of something that was read, and cannot call it back, waits here first.
    ///
    /// Errors: the database.
    pub async fn on_disk(&self) -> Result<(), StoreError> {
        match &self.place {
            Place::Memory(_) => Ok(()),
            Place::Sql(database) => database.flush().await,
        }
    }

    /// Lets go of the database.
    pub async fn close(&self) {
        if let Some(pool) = self.pool() {
            pool.close().await;
        }
    }

    /// The same store, failing where `faults` says so.
    #[must_use]
    pub fn with_faults(&self, faults: Faults) -> Self {
        Self { place: self.place.clone(), faults: Some(faults) }
    }

    /// Begins a unit of work. Dropping it undoes it.
    pub async fn begin(&self) -> Result<Work, StoreError> {
        Work::begin(self).await
    }

    const fn database(&self) -> Option<&Database> {
        match &self.place {
            Place::Memory(_) => None,
            Place::Sql(database) => Some(database),
        }
    }

    /// The pool of connections, where there is a database: for checks and reports of the operator.
    #[must_use]
    pub const fn pool(&self) -> Option<&sqlx::AnyPool> {
        match &self.place {
            Place::Memory(_) => None,
            Place::Sql(database) => Some(database.pool()),
        }
    }

    /// Which database it is, where it is one.
    #[must_use]
    pub const fn dialect(&self) -> Option<Dialect> {
        match &self.place {
            Place::Memory(_) => None,
            Place::Sql(database) => Some(database.dialect()),
        }
    }

    /// Writes a copy of an SQLite database, as it is at one moment, into a new file, while acts go on.
    ///
    /// Errors: there is a file already, or it is not SQLite: PostgreSQL brings `pg_dump` for this.
    pub async fn copy_to(&self, file: &str) -> Result<(), StoreError> {
        match &self.place {
            Place::Sql(database) if database.dialect() == Dialect::Sqlite => database.copy_to(file).await,
            _ => Err(StoreError::Unreadable { table: "store", id: file.to_owned(), why: "only SQLite is copied into a file".into() }),
        }
    }
}
