//! Every applicant of every finding and note, replayed in the evaluator: on both policies and on all examples of the
//! reference.

use crate::places;
use policy::analysis::{Report, analyse};
use policy::scheme::Scheme;
use policy::{AssessOptions, assess};

/// What of a report does not come out.
pub fn wrong(scheme: &Scheme, report: &Report) -> Vec<String> {
    let mut wrong = Vec::new();
    for entry in &report.entries {
        for witness in &entry.witnesses {
            let population = assess(scheme, std::slice::from_ref(&witness.application), &AssessOptions { trace: false, clauses: None });
            for expected in &witness.expected {
                let result = population.assessments[0].clauses.iter().find(|r| r.clause == expected.clause).unwrap();
                let outcome = match result.outcome {
                    // Giving way inside a group comes after what a clause says.
                    policy::assessment::Outcome::Yielded => policy::assessment::Outcome::Eligible,
                    other => other,
                };
                if outcome != expected.outcome || result.amount != expected.amount {
                    wrong.push(format!("{} {}: {:?} {:?}, expected {expected:?}", entry.code, entry.message.zh, outcome, result.amount));
                }
            }
        }
    }
    wrong
}

/// The report in a form to look at.
pub fn told(report: &Report) -> String {
    let mut out = String::new();
    for entry in &report.entries {
        out.push_str(&format!("{} {:?} {}\n", entry.code, entry.weight, entry.message.zh));
        for witness in &entry.witnesses {
            let facts: Vec<String> = witness.facts.iter().map(|(name, value)| format!("{} {}", name.zh, value.zh)).collect();
            let results: Vec<String> = witness.expected.iter().map(|e| format!("{} {:?}", e.outcome.zh(), e.amount.map(|f| f.plain_zh()))).collect();
            out.push_str(&format!("    {} => {}\n", facts.join("; "), results.join(", ")));
        }
    }
    for left in &report.not_explored {
        out.push_str(&format!("not explored {:?}: {:?}\n", left.clause, left.reasons.iter().map(|r| r.zh.as_str()).collect::<Vec<_>>()));
    }
    out
}

#[test]
fn every_witness_of_both_policies_comes_out_in_the_evaluator() {
    for name in ["qianjiang", "jiulongpo"] {
        let (_, compiled) = places::policy(name);
        let scheme = compiled.scheme.unwrap();
        let started = std::time::Instant::now();
        let report = analyse(&scheme, &compiled.sentences, None);
        println!("{name} {:?}\n{}", started.elapsed(), told(&report));
        let wrong = wrong(&scheme, &report);
        assert!(wrong.is_empty(), "{name}: {}", wrong.join("\n"));
    }
}

#[test]
fn every_witness_of_the_reference_comes_out_in_the_evaluator() {
    let (mut all, mut findings) = (Vec::new(), Vec::new());
    for (name, scheme) in places::examples() {
        let report = analyse(&scheme, &[], None);
        println!("{name}\n{}", told(&report));
        all.extend(wrong(&scheme, &report).into_iter().map(|w| format!("{name}: {w}")));
        // The entries of the analysis itself have examples of their own.
        if !name.contains("## W06") {
            findings.extend(report.findings().map(|f| format!("{name}: {} {}", f.code, f.message.zh)));
        }
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
    // Examples show one form each and are no whole policies; each line here was looked at and is true of its example.
    expect_test::expect![[r#"
        07-clauses.md ## A whole clause: W0608 “限额 50万元”从来不起作用
        11-groups.md ## 就高: the best combination: W0610 并用「就高不重复」就高：符合 2 的总符合 1，而且 1 不会更低，2 给不出去
        15-readings.md ## Groups, pools, the policy, words: W0610 并用「就高不重复」就高：符合 1 的总符合 2，而且 2 不会更低，1 给不出去
        patterns.md ## A bound claimed by both neighbours: W0602 多了反而少：年销售额 1000万元 的得 4万元，10,000,000.01元 的不给
    "#]]
    .assert_eq(&(findings.join("\n") + "\n"));
}
