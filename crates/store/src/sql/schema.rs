//! Which version the tables are of: bringing them up to date, refusing what a newer program wrote, and opening them as they
//! are for a copy. The migrations themselves stand in [`super::Dialect::migrations`].

use super::{Database, Dialect, failed};
use crate::StoreError;
use sqlx::AnyPool;
use sqlx::any::AnyPoolOptions;
use std::sync::Arc;

/// The newest version this program knows.
pub(crate) fn newest(dialect: Dialect) -> i64 {
    i64::try_from(dialect.migrations().len()).unwrap_or(i64::MAX)
}

/// Brings the tables to a version, all steps or none of them. Errors: they are of a version that this program does not know.
pub(crate) async fn migrate(pool: &AnyPool, dialect: Dialect, to: i64) -> Result<(), StoreError> {
    let doing = "bring the tables up to date";
    let begin = if dialect == Dialect::Sqlite { dialect.begin() } else { "BEGIN" };
    let mut tx = pool.begin_with(begin).await.map_err(failed(doing))?;
    if dialect == Dialect::Postgres {
        // Two programs that start at once: one migrates, the other waits and finds it done.
        sqlx::raw_sql("SELECT pg_advisory_xact_lock(20230811)").execute(&mut *tx).await.map_err(failed(doing))?;
    }
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)").execute(&mut *tx).await.map_err(failed(doing))?;
    let done: i64 = sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM schema_version").fetch_one(&mut *tx).await.map_err(failed(doing))?;
    let known = newest(dialect);
    if done > known {
        return Err(StoreError::Version { found: done, known });
    }
    for (number, pair) in (1..).zip(dialect.migrations()) {
        if number <= done || number > to {
            continue;
        }
        for statements in pair {
            sqlx::raw_sql(*statements).execute(&mut *tx).await.map_err(failed(doing))?;
        }
        sqlx::query("INSERT INTO schema_version (version) VALUES ($1)").bind(number).execute(&mut *tx).await.map_err(failed(doing))?;
    }
    tx.commit().await.map_err(failed(doing))
}

/// The version of the tables. Errors: there are none of ours.
pub(crate) async fn version(pool: &AnyPool) -> Result<i64, StoreError> {
    sqlx::query_scalar("SELECT COALESCE(MAX(version), 0) FROM schema_version").fetch_one(pool).await.map_err(failed("read the version"))
}

/// Opens a database as it is, for a copy of it: nothing is brought up to date, nothing is made that is not there.
pub(crate) async fn open_as_it_is(url: &str) -> Result<Database, StoreError> {
    sqlx::any::install_default_drivers();
    let dialect = Dialect::of(url);
    let url = match dialect {
        Dialect::Sqlite => format!("{}?mode=rw", url.split('?').next().unwrap_or(url)),
        Dialect::Postgres => url.to_owned(),
    };
    let database = quietly(&url, dialect).await?;
    let (found, known) = (version(&database.pool).await?, newest(dialect));
    if found > known {
        return Err(StoreError::Version { found, known });
    }
    Ok(database)
}

/// Opens a database of PostgreSQL whatever is in it.
pub(crate) async fn open_server(url: &str) -> Result<Database, StoreError> {
    sqlx::any::install_default_drivers();
    quietly(url, Dialect::Postgres).await
}

/// Opens a database without a word about its tables, never to write to it. SQLite is not told so: a copy is a write to it.
async fn quietly(url: &str, dialect: Dialect) -> Result<Database, StoreError> {
    let hello = match dialect {
        Dialect::Sqlite => "PRAGMA busy_timeout = 20000",
        Dialect::Postgres => "SET default_transaction_read_only = on",
    };
    let options = AnyPoolOptions::new().max_connections(2).after_connect(move |connection, _| {
        Box::pin(async move {
            sqlx::raw_sql(hello).execute(&mut *connection).await?;
            Ok(())
        })
    });
    let pool = options.connect(url).await.map_err(failed("open the database"))?;
    Ok(Database { pool, dialect, writer: Arc::default(), read_only: true, disk: Arc::default(), head: Arc::default() })
}

/// Whether a database of PostgreSQL has no tables yet, ours or others'.
pub(crate) async fn is_empty(url: &str) -> Result<bool, StoreError> {
    sqlx::any::install_default_drivers();
    let pool = AnyPoolOptions::new().max_connections(1).connect(url).await.map_err(failed("open the database"))?;
    let sql = "SELECT COUNT(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
               WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'S')";
    let tables: i64 = sqlx::query_scalar(sql).fetch_one(&pool).await.map_err(failed("list the tables"))?;
    pool.close().await;
    Ok(tables == 0)
}
