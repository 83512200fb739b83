//! The policies that the simulated district runs, and applications under them: facts around the thresholds of the two real
//! policies, drawn facts for the policy of the simulation.

use crate::district::{id, policy_files};
use crate::random::Random;
use crate::world::Policy;
use casework::id::PolicyVersionId;
use casework::policy_version::PolicyVersion;
use serde_json::{Map, Value, json};
use std::path::Path;

/// All of them: 黔江, 九龙坡, and the one written for this.
pub fn all() -> Vec<Policy> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/simulation/policy.md");
    let own = std::fs::read_to_string(here).expect("the policy of the simulation");
    let mut out = vec![policy("moni", vec![("policy.md".to_owned(), own)], None, Vec::new())];
    for place in ["qianjiang", "jiulongpo"] {
        let (files, official) = policy_files(place);
        out.push(policy(place, files, official, templates(place)));
    }
    out
}

fn policy(name: &str, files: Vec<(String, String)>, official: Option<String>, templates: Vec<(String, Value)>) -> Policy {
    let sources = files.iter().map(|(name, text)| policy::source::SourceFile { name: name.clone(), text: text.clone() }).collect();
    let scheme = policy::compile(&policy::source::Sources { files: sources, official: official.clone() }).scheme.expect("a policy that compiles");
    let version = PolicyVersion { id: id(PolicyVersionId::parse, name), scheme_hash: scheme.hash.clone(), files, official };
    Policy { version, scheme, templates }
}

/// A version that was issued in the district itself: its applications are drawn. None where it does not compile.
pub fn of(version: PolicyVersion) -> Option<Policy> {
    let scheme = office::compile(&version).ok()?.scheme;
    Some(Policy { version, scheme, templates: Vec::new() })
}

/// The situations around the thresholds, as the tests of the policies have them.
fn templates(place: &str) -> Vec<(String, Value)> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies").join(place).join("thresholds.jsonl");
    let text = std::fs::read_to_string(file).expect("the thresholds of a policy");
    let read = |line: &str| {
        let mut line: Value = serde_json::from_str(line).expect("JSON");
        (line["clause"].as_str().unwrap_or_default().to_owned(), line["application"].take())
    };
    text.lines().map(read).collect()
}

/// An application for some of these clauses in a year.
pub fn application(random: &mut Random, policy: &Policy, clauses: &[String], year: i32, case: &str) -> (Vec<String>, Value) {
    let mut wanted = Vec::new();
    for _ in 0..1 + random.below(3) {
        if let Some(clause) = random.one(clauses).filter(|clause| !wanted.contains(*clause)) {
            wanted.push(clause.clone());
        }
    }
    let mut value = if policy.templates.is_empty() { drawn(random) } else { merged(random, policy, &wanted, year) };
    value["id"] = case.into();
    value["year"] = year.into();
    value["as_of"] = format!("{year}-12-31").into();
    (wanted, value)
}

/// Around the thresholds of the policy of the simulation, to the fen.
fn drawn(random: &mut Random) -> Value {
    let near = |random: &mut Random, marks: &[i64]| {
        let mark = random.one(marks).copied().unwrap_or_default();
        let fen = if random.chance(300) { mark + random.between(-1, 1) } else { random.between(mark / 2, mark * 2 + 3) };
        values::Fen(fen.max(0)).yuan()
    };
    let mut facts = Map::new();
    facts.insert("投入".into(), near(random, &[10_000_000, 20_000_000, 100_000_000, 300_000_000]).into());
    facts.insert("研发费".into(), near(random, &[100_000_000, 800_000_000, 75_000_000]).into());
    facts.insert("评审得分".into(), random.between(50, 100).into());
    facts.insert("经营面积".into(), random.between(40, 2500).into());
    facts.insert("项目运行".into(), random.chance(800).into());
    // What nobody filled in is unknown.
    if random.chance(60) {
        let name = ["投入", "研发费", "评审得分", "经营面积"][random.below(4)];
        facts.remove(name);
    }
    json!({"applicant": {"name": "模拟企业", "kind": "企业"}, "facts": facts})
}

/// The facts of a situation for each clause, in the year that is wanted.
fn merged(random: &mut Random, policy: &Policy, clauses: &[String], year: i32) -> Value {
    let mut out = json!({"applicant": {"name": "模拟企业", "kind": "企业"}, "facts": {}});
    for clause in clauses {
        let fitting: Vec<&Value> = policy.templates.iter().filter(|(of, _)| of == clause).map(|(_, value)| value).collect();
        let Some(template) = random.one(&fitting) else { continue };
        for (key, value) in template.as_object().into_iter().flatten() {
            match (out.get_mut(key).and_then(Value::as_object_mut), value.as_object()) {
                (Some(known), Some(more)) => known.extend(more.clone()),
                _ if key == "applicant" => {}
                _ => out[key] = value.clone(),
            }
        }
        out["applicant"]["kind"] = template["applicant"]["kind"].clone();
    }
    // What is the office's to say, it says itself.
    if let Some(fields) = out.as_object_mut().filter(|_| random.chance(970)) {
        fields.retain(|name, _| !matches!(name.as_str(), "rates" | "decisions" | "history" | "rank_only" | "places"));
    }
    // The situations are of 2024.
    let text = out.to_string();
    let shifted = shift(&text, year - 2024);
    serde_json::from_str(&shifted).unwrap_or(out)
}

/// The same text with every year from 2015 to 2030 moved.
fn shift(text: &str, by: i32) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    for c in text.chars().chain(['\0']) {
        if c.is_ascii_digit() || (c == '.' && !digits.is_empty()) {
            digits.push(c);
            continue;
        }
        match digits.parse::<i32>() {
            Ok(year) if (2015..=2030).contains(&year) => out.push_str(&(year + by).to_string()),
            _ => out.push_str(&digits),
        }
        digits.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}
