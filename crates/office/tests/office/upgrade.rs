//! From one version of the tables to the next: nothing is lost, a broken-off step leaves nothing, and what a newer program
//! wrote is not touched.

use crate::district::database_file;
use crate::paid::paid;
use crate::sound::{everything, everything_but, records};
use office::checkpoint::Signed;
use office::verify::Options;
use sqlx::AssertSqlSafe;
use store::{Store, StoreError};

/// Addresses of empty databases.
fn addresses(name: &str) -> Vec<String> {
    let file = database_file(&format!("upgrade-{name}"));
    vec![format!("sqlite:{}?mode=rwc", file.display()), crate::postgres::database()]
}

fn bare(url: &str) -> &str {
    if url.starts_with("sqlite:") { url.split('?').next().unwrap() } else { url }
}

async fn has_table(store: &Store, table: &str) -> bool {
    sqlx::query(AssertSqlSafe(format!("SELECT 1 FROM {table} WHERE 1 = 0"))).fetch_all(store.pool().unwrap()).await.is_ok()
}

#[tokio::test]
async fn an_office_of_the_version_before_is_upgraded_with_all_it_holds() {
    let addresses =
        [(1, addresses("whole-1")), (2, addresses("whole-2"))].into_iter().flat_map(|(version, urls)| urls.into_iter().map(move |url| (version, url)));
    for (version, url) in addresses {
        let old = Store::open_at(&url, version).await.unwrap();
        drop(paid(old.clone()).await);
        assert_eq!(has_table(&old, "sign_in").await, version > 1, "the first program knows no sign-ins");
        let before = everything_but(&old, &["retention"]).await;
        assert!(before.len() > 80, "there is something to lose: {}", before.len());
        old.close().await;

        let refused = Store::open_read_only(bare(&url)).await.err().unwrap();
        assert!(matches!(refused, StoreError::Version { found, known } if found == version && known > version), "{refused}");
        assert!(refused.to_string().contains("duixian migrate"), "{refused}");
        let as_it_is = Store::open_as_it_is(&url).await.unwrap();
        assert_eq!(as_it_is.version().await.unwrap(), version, "for a backup it is left as it is");
        as_it_is.close().await;

        let new = Store::open(&url).await.unwrap();
        assert!(new.version().await.unwrap() > version && has_table(&new, "retention").await);
        assert_eq!(everything(&new).await, before);
        records(&new).await;
        new.close().await;
        let reading = Store::open_read_only(bare(&url)).await.unwrap();
        let options = Options { determinations: true, ..Options::default() };
        let mut report = office::verify::store(&reading, &mut Signed::<std::io::Empty>::new(Vec::new()).unwrap(), options).await.unwrap();
        office::verify::replay(&reading, values::WorkCalendar::china(), &mut report).await.unwrap();
        assert!(report.is_good() && report.determinations == 1 && report.replayed > 20, "{report:?}");
    }
}

#[tokio::test]
async fn tables_of_a_newer_program_are_refused_by_name_and_left_alone() {
    for url in addresses("newer") {
        let store = Store::open(&url).await.unwrap();
        let newest = store.version().await.unwrap();
        sqlx::query("INSERT INTO schema_version (version) VALUES ($1)").bind(newest + 1).execute(store.pool().unwrap()).await.unwrap();
        store.close().await;
        let writing = Store::open(&url).await.err().expect("a newer schema is refused");
        let reading = Store::open_read_only(bare(&url)).await.err().expect("a newer schema is refused");
        let copying = Store::open_as_it_is(&url).await.err().expect("a newer schema is refused");
        for refused in [writing, reading, copying] {
            assert!(matches!(refused, StoreError::Version { found, known } if (found, known) == (newest + 1, newest)), "{refused}");
            assert!(refused.to_string().contains("newer program"), "{refused}");
        }
    }
}

#[tokio::test]
async fn an_upgrade_that_breaks_off_leaves_the_old_version_whole() {
    for url in addresses("broken") {
        let old = Store::open_at(&url, 1).await.unwrap();
        // The last table of the next version is there already: its migration fails at its very end.
        sqlx::raw_sql("CREATE TABLE webhook (id TEXT)").execute(old.pool().unwrap()).await.unwrap();
        old.close().await;
        let refused = Store::open(&url).await.err().expect("the migration fails");
        assert!(matches!(refused, StoreError::Database { .. }), "{refused}");
        let left = Store::open_as_it_is(&url).await.unwrap();
        assert_eq!(left.version().await.unwrap(), 1);
        for table in ["sign_in", "session", "api_token", "upload"] {
            assert!(!has_table(&left, table).await, "{table} was left behind");
        }
        sqlx::raw_sql("SELECT 1").execute(left.pool().unwrap()).await.unwrap();
        left.close().await;
        let mending = Store::open_at(&url, 1).await.unwrap();
        sqlx::raw_sql("DROP TABLE webhook").execute(mending.pool().unwrap()).await.unwrap();
        mending.close().await;
        assert!(Store::open(&url).await.unwrap().version().await.unwrap() > 1, "once the obstacle is gone it goes through");
    }
}
