//! The measurement of the service (`examples/readers`) on a database that is small: whether what it asks is still what the
//! service answers. How fast, a test cannot say.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::float_arithmetic, dead_code, reason = "a test")]

#[path = "../../examples/readers/bare.rs"]
mod bare;
#[path = "../../examples/readers/client.rs"]
mod client;
#[path = "../../examples/readers/made.rs"]
mod made;
#[path = "../../examples/readers/mix.rs"]
mod mix;
#[path = "../../examples/readers/pace.rs"]
mod pace;
#[path = "../../examples/readers/pages.rs"]
mod pages;
#[path = "../../examples/readers/service.rs"]
mod service;

#[path = "../../../office/examples/load/after.rs"]
mod after;
#[path = "../../../office/tests/office/district.rs"]
mod district;
#[path = "../../../office/tests/office/postgres.rs"]
mod postgres;
#[path = "../../../office/tests/office/random.rs"]
mod random;
#[path = "../../../office/tests/office/records.rs"]
mod records;
#[path = "../../../office/examples/load/seed.rs"]
mod seed;
#[path = "../../../office/tests/office/sound.rs"]
mod sound;
#[path = "../../../office/tests/office/town.rs"]
mod town;

use std::time::Duration;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_an_office_reads_is_answered_with_many_calls_and_cases() {
    let file = district::database_file("readers");
    let sqlite = format!("sqlite:{}", file.display());
    for (database, made) in [(sqlite.clone(), format!("{sqlite}?mode=rwc")), {
        let own = postgres::database();
        (own.clone(), own)
    }] {
        seed::seed(&made, &seed::Size { organisations: 200, cases: 400, events: 3_000 }, |_, _| ()).await;
        let asked = pace::Asked {
            program: env!("CARGO_BIN_EXE_duixian").into(),
            bare: None,
            rate: 30,
            time: Duration::from_secs(5),
            connections: 8,
            idle: Duration::ZERO,
        };
        let measured = pace::measure(&database, &asked).await;
        println!("{database}\n{measured}");
        assert!(measured.wrong().is_empty(), "{measured}");
        assert_eq!(measured.by_kind.len(), mix::KINDS.len(), "{measured}");
        assert!(measured.started < Duration::from_secs(20) && measured.idle_kib < 1 << 20 && measured.idle_kib > 0, "{measured}");
    }
    let looked = pages::measure(&sqlite, env!("CARGO_BIN_EXE_duixian").as_ref(), (3, "")).await;
    println!("{looked}");
    assert!(!looked.pages.is_empty() && looked.pages.iter().all(|page| page.wrong.is_empty()), "{looked}");
    // Who does nothing to many cases at once has no page of what came of it; every other page is looked at.
    assert!(looked.left_out.iter().all(|left_out| left_out.starts_with("/bulk/runs/{id} of ")), "{looked}");
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{end}", file.display())));
    }
}
