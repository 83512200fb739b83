//! The register runs: which alternatives have a scheme of their own, and what they change.

use super::{application, compiled, lines, sources};
use policy::reading::{changes, variant};

#[test]
fn most_alternatives_in_lines_have_a_scheme_of_their_own() {
    for (place, least) in [("qianjiang", 30), ("jiulongpo", 12)] {
        let (sources, compiled) = (sources(place), compiled(place));
        let scheme = compiled.scheme.as_ref().unwrap();
        let (mut run, mut not) = (0, Vec::new());
        for (at, reading) in scheme.readings.iter().enumerate() {
            for (other, words) in reading.others.iter().enumerate() {
                match variant(&sources, &compiled, at, other) {
                    Some(variant) => {
                        assert_ne!(variant.hash, scheme.hash);
                        run += 1;
                    }
                    None => not.push(format!("{} {words}", reading.heading)),
                }
            }
        }
        assert!(run >= least, "{place}: {run} run; not: {not:#?}");
    }
}

#[test]
fn a_yearly_livestream_award_pays_again_where_a_single_one_does_not() {
    let (sources, compiled) = (sources("qianjiang"), compiled("qianjiang"));
    let scheme = compiled.scheme.as_ref().unwrap();
    let at = scheme.readings.iter().position(|r| r.heading == "6.1" && r.taken == ["频次 一次性"]).unwrap();
    let yearly = variant(&sources, &compiled, at, 0).unwrap();
    let case = lines("qianjiang", "cases.jsonl").into_iter().find(|c| c["id"] == "a_1_6_livestream_award-10").unwrap();
    let mut app = application(scheme, &case);
    assert!(changes(scheme, &yearly, std::slice::from_ref(&app)).is_empty(), "a first award is the same under both");
    app.history.push(policy::application::Earlier { clause: scheme.clause_named("6.1").unwrap(), year: 2023, amount: values::Fen(1), key: None });
    let found = changes(scheme, &yearly, &[app]);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].amount.0.yuan(), found[0].amount.1.yuan()), ("0.00".into(), "500000.00".into()));
}
