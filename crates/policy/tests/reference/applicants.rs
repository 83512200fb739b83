//! Applications shown in the reference are read, and what they expect comes out.

use super::sections::{pages, sections};
use policy::input::{Defaults, Raw, read};
use policy::{AssessOptions, assess, compile};

#[test]
fn every_application_of_the_reference_is_read_and_its_amount_comes_out() {
    let (mut read_lines, mut amounts) = (0, 0);
    for (page, text) in pages() {
        for section in sections(&text) {
            for fence in section.fences.iter().filter(|f| f.info == "json") {
                let scheme = compile(&section.sources(section.text.clone())).scheme.unwrap_or_else(|| panic!("{page}:{}", fence.line));
                for line in fence.body.lines() {
                    let value: serde_json::Value = serde_json::from_str(line).unwrap();
                    let (application, errors) = read(&scheme, &Raw::from(&value), Defaults::default());
                    assert!(errors.is_empty(), "{page}:{}: {errors:?}", fence.line);
                    read_lines += 1;
                    let Some(clause) = value["clause"].as_str().and_then(|id| scheme.clause_named(id)) else { continue };
                    let population = assess(&scheme, &[application.unwrap()], &AssessOptions::default());
                    let found = population.assessments[0].clauses.iter().find(|r| r.clause == clause).unwrap();
                    assert_eq!(found.amount.map(values::Fen::yuan).as_deref(), value["expected"].as_str(), "{page}:{}", fence.line);
                    amounts += 1;
                }
            }
        }
    }
    assert!(read_lines >= 3 && amounts >= 2, "{read_lines} applications, {amounts} amounts");
}
