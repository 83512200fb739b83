//! Analysis on generated schemes: an applicant of each cell, and every applicant of a finding, gets from the evaluator
//! what was promised.

use policy::analysis::{Context, Outcome, Subject, analyse, explore};
use policy::application::Application;
use policy::assessment;
use policy::scheme::{ClauseId, Scheme};
use policy::source::Sources;
use policy::{AssessOptions, assess, compile};

use crate::generate::scheme;
use crate::made::seeds;

fn evaluated(scheme: &Scheme, app: &Application, clause: ClauseId) -> (assessment::Outcome, Option<i64>) {
    let population = assess(scheme, std::slice::from_ref(app), &AssessOptions::default());
    let result = population.assessments[0].clauses.iter().find(|r| r.clause == clause).unwrap();
    let outcome = if result.outcome == assessment::Outcome::Yielded { assessment::Outcome::Eligible } else { result.outcome };
    (outcome, result.amount.map(|fen| fen.0))
}

/// What cells of all clauses promise and the evaluator does not give.
fn differing(scheme: &Scheme, tally: &mut [usize; 3]) -> Vec<String> {
    let mut wrong = Vec::new();
    let context = Context { cells: 300, ..Context::of(scheme) };
    for (id, clause) in scheme.clause_ids() {
        let cells = explore(&[Subject { scheme, clause: id }], context);
        for cell in cells.cells.iter().take(40) {
            tally[0] += 1;
            let promised = match &cell.outcomes[0] {
                Outcome::Unexplored(_) => continue,
                Outcome::Eligible { .. } | Outcome::Service => assessment::Outcome::Eligible,
                Outcome::Ineligible(_) => assessment::Outcome::Ineligible,
                Outcome::Barred { .. } => assessment::Outcome::Barred,
                Outcome::Undetermined => assessment::Outcome::Undetermined,
            };
            let Some(point) = cells.witness(cell, &[]) else { continue };
            tally[1] += 1;
            let app = cells.application(&point, scheme, &[id]);
            let got = evaluated(scheme, &app, id);
            let amount = cells.amount(&point, &cell.outcomes[0]).map(|fen| fen.0);
            if got != (promised, amount) {
                wrong.push(format!("{}: {promised:?} {amount:?}, evaluated {got:?}: {:?}", clause.id, cells.facts(&point, values::Lang::Zh)));
            }
        }
    }
    wrong
}

#[test]
fn cells_and_findings_of_generated_schemes_come_out_in_the_evaluator() {
    let (mut tally, mut schemes) = ([0; 3], 0);
    for seed in seeds(10) {
        let source = scheme::scheme(seed).source();
        let Some(scheme) = compile(&Sources::single(source.clone())).scheme else { continue };
        schemes += 1;
        let started = std::time::Instant::now();
        let mut wrong = differing(&scheme, &mut tally);
        for entry in analyse(&scheme, &[], None).entries {
            for witness in &entry.witnesses {
                for expected in &witness.expected {
                    tally[2] += 1;
                    let got = evaluated(&scheme, &witness.application, expected.clause);
                    if got != (expected.outcome, expected.amount.map(|fen| fen.0)) {
                        wrong.push(format!("{} {}: {expected:?}, evaluated {got:?}", entry.code, entry.message.zh));
                    }
                }
            }
        }
        if started.elapsed().as_secs() > 2 {
            println!("DUIXIAN_SEED={seed}: {:?}", started.elapsed());
        }
        assert!(wrong.is_empty(), "DUIXIAN_SEED={seed}\n{source}\n{}", wrong.join("\n"));
    }
    println!("{schemes} schemes: {} cells, {} with an applicant; {} applicants of findings", tally[0], tally[1], tally[2]);
    assert!(schemes == 0 || tally[1] * 2 > tally[0], "{tally:?}");
}
