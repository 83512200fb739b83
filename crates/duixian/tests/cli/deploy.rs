//! The files of an installation: what the program says of them.

use crate::duixian;
use office::Office;
use std::collections::BTreeSet;
use std::process::Command;
use store::Store;
use values::WorkCalendar;

#[test]
fn the_example_of_the_settings_is_accepted_and_names_every_setting() {
    let checked = duixian(&["config", "check", "deploy/duixian.toml"]);
    assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
    assert!(checked.out.contains("/var/lib/duixian/duixian.db"), "{}", checked.out);
    let text = std::fs::read_to_string(crate::root().join("deploy/duixian.toml")).unwrap();
    let names: BTreeSet<&str> = text.lines().filter_map(|line| line.trim_start_matches("# ").split_once(" = ")).map(|(name, _)| name).collect();
    let known: BTreeSet<&str> = portal::Config::NAMES.iter().copied().collect();
    assert_eq!(known.difference(&names).collect::<Vec<_>>(), Vec::<&&str>::new(), "settings that are not in the example");
}

/// Code and words of the program with one more variable in its environment.
fn with(variable: &str, value: &str) -> (Option<i32>, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_duixian"));
    let program = program.args(["--lang", "en", "config", "check", "deploy/duixian.toml"]).env(variable, value).current_dir(crate::root());
    let output = program.output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_variable_that_sets_nothing_is_refused_with_the_nearest_that_does() {
    let (code, words) = with("DUIXIAN_LOCK_AFTR", "3");
    assert!(code != Some(0) && words.contains("DUIXIAN_LOCK_AFTER"), "{words}");
    for (variable, value) in [("DUIXIAN_LOCK_AFTER", "3"), ("DUIXIAN_LOG", "info"), ("DUIXIAN_PG_BIN", "/usr/bin")] {
        let (code, words) = with(variable, value);
        assert_eq!(code, Some(0), "{variable}: {words}");
    }
}

#[test]
fn a_key_of_the_identity_provider_that_cannot_be_used_is_said_before_the_service_starts() {
    let dir = crate::folder("identity");
    let keys = crate::file(&dir, "keys.json", r#"{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}"#);
    let settings = format!("identity_issuer = \"https://sso.example.gov.cn\"\nidentity_keys = \"{keys}\"\n");
    let checked = duixian(&["--lang", "en", "config", "check", &crate::file(&dir, "duixian.toml", settings)]);
    assert!(checked.code != 0 && checked.err.contains("Ed25519") && checked.err.contains("RSA"), "{}", checked.err);
    let half = crate::file(&dir, "half.toml", "identity_issuer = \"https://sso.example.gov.cn\"\n");
    let checked = duixian(&["config", "check", &half]);
    assert!(checked.code != 0 && checked.err.contains("identity_keys"), "{}", checked.err);
}

#[test]
fn a_real_office_does_not_run_on_the_clock_of_the_demonstration_nor_a_demonstration_as_a_real_office() {
    let (real, demo) = (crate::folder("real-office"), crate::folder("demo-office"));
    let (real, made_up) = (real.display().to_string(), demo.display().to_string());
    assert_eq!(duixian(&["user", "add", "boss", "--name", "王敏", "--data", &real]).code, 0);
    let served = duixian(&["--lang", "en", "serve", "--demo", "--listen", "127.0.0.1:0", "--data", &real]);
    assert!(served.code != 0 && served.err.contains("real office"), "{}", served.err);
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let store = Store::open(&format!("sqlite:{}?mode=rwc", demo.join("duixian.db").display())).await.unwrap();
        portal::demo::found(&Office::new(store, WorkCalendar::china())).await.unwrap();
    });
    let served = duixian(&["--lang", "en", "serve", "--listen", "127.0.0.1:0", "--data", &made_up]);
    assert!(served.code != 0 && served.err.contains("passwords are printed"), "{}", served.err);
}
