//! `simulate` and `population synth`: the sums of a file, in the words of the tracker.

use crate::{duixian, folder};
use serde_json::Value as Json;

fn object(out: &str) -> Json {
    serde_json::from_str(out).unwrap()
}

/// The keys of an object, in the order in which they are written.
fn keys(text: &str) -> Vec<String> {
    let Json::Object(_) = object(text) else { panic!("{text}") };
    let top = text.lines().filter(|line| line.starts_with("  \"")).filter_map(|line| line.trim().strip_prefix('"'));
    top.filter_map(|line| line.split_once('"').map(|(key, _)| key.to_owned())).collect()
}

#[test]
fn a_made_up_district_is_simulated_alike_from_csv_and_parquet() {
    let dir = folder("simulated");
    let at = |name: &str| dir.join(name).display().to_string();
    for file in ["d.csv", "d.parquet"] {
        let run = duixian(&["population", "synth", "policies/qianjiang", "--rows", "700", "--seed", "3", "--out", &at(file)]);
        assert_eq!(run.code, 0, "{}", run.err);
    }
    let simulate = |file: &str| duixian(&["simulate", "policies/qianjiang", "--population", &at(file), "--format", "json", "--quiet"]);
    let (csv, parquet) = (simulate("d.csv"), simulate("d.parquet"));
    assert_eq!(csv.code, 0, "{}", csv.err);
    assert_eq!(keys(&csv.out), ["rows", "seconds", "clauses", "awarded", "pools", "more"]);
    let (mut csv, mut parquet) = (object(&csv.out), object(&parquet.out));
    csv["seconds"].take();
    parquet["seconds"].take();
    assert_eq!(csv, parquet);
    assert_eq!(csv["rows"], 700);
    for clause in csv["clauses"].as_array().unwrap() {
        let count = |of: &str| clause[of].as_u64().unwrap();
        assert_eq!(count("eligible") + count("ineligible") + count("undetermined"), 700, "{clause}");
    }
    // Under itself nobody gains or loses.
    let same = duixian(&["simulate", "policies/qianjiang", "--population", &at("d.csv"), "--against", "policies/qianjiang", "--format", "json", "--quiet"]);
    let against = &object(&same.out)["more"]["against"];
    assert_eq!((against["gain"].as_u64(), against["lose"].as_u64(), against["same"].as_u64()), (Some(0), Some(0), Some(700)));
}

#[test]
fn a_bad_line_of_a_population_is_named_and_nothing_is_worked_out() {
    let dir = folder("simulated-bad");
    let (file, results) = (dir.join("d.csv"), dir.join("r.csv"));
    std::fs::write(&file, "id,year,kind,品牌年销售额\n1,2024,企业,100\n2,2024,企业,一百\n").unwrap();
    let (file, out) = (file.display().to_string(), results.display().to_string());
    let run = duixian(&["simulate", "policies/qianjiang", "--population", &file, "--results", &out, "--quiet"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("第 3 行，品牌年销售额"), "{}", run.err);
    assert!(run.out.is_empty() && !results.exists());
}
