//! The files of an installation: what the program says of them.

use crate::duixian;
use std::collections::BTreeSet;

#[test]
fn the_example_of_the_settings_is_accepted_and_names_every_setting() {
    let checked = duixian(&["config", "check", "deploy/duixian.toml"]);
    assert_eq!(checked.code, 0, "{}{}", checked.out, checked.err);
    assert!(checked.out.contains("/var/lib/duixian/duixian.db"), "{}", checked.out);
    let text = std::fs::read_to_string(crate::root().join("deploy/duixian.toml")).unwrap();
    let names: BTreeSet<&str> = text.lines().filter_map(|line| line.trim_start_matches("# ").split_once(" = ")).map(|(name, _)| name).collect();
    for name in ["listen", "data", "database", "https", "idle_minutes", "lock_after", "requests_a_minute", "body_bytes_max", "webhook_private"] {
        assert!(names.contains(name), "{name} is not in the example");
    }
}
