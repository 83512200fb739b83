//! Cells against the evaluator: an applicant of a cell gets what the cell says, to the fen.

use crate::places;
use policy::analysis::{Cells, Context, Outcome, Subject, explore};
use policy::application::Application;
use policy::assessment;
use policy::scheme::{ClauseId, Scheme};
use policy::{AssessOptions, assess};

/// The evaluator's outcome and amount of a clause.
pub fn evaluated(scheme: &Scheme, app: &Application, clause: ClauseId) -> (assessment::Outcome, Option<i64>) {
    let population = assess(scheme, std::slice::from_ref(app), &AssessOptions { trace: false, clauses: None });
    let result = population.assessments[0].clauses.iter().find(|r| r.clause == clause).unwrap();
    // What gives way inside a group was eligible before: cells know clauses only.
    let outcome = if result.outcome == assessment::Outcome::Yielded { assessment::Outcome::Eligible } else { result.outcome };
    (outcome, result.amount.map(|fen| fen.0))
}

/// What a cell promises, in the evaluator's words; nothing where it was not explored.
pub fn promised(cells: &Cells, point: &policy::analysis::witness::Point, outcome: &Outcome) -> Option<(assessment::Outcome, Option<i64>)> {
    Some(match outcome {
        Outcome::Eligible { .. } => (assessment::Outcome::Eligible, Some(cells.amount(point, outcome).unwrap().0)),
        Outcome::Service => (assessment::Outcome::Eligible, None),
        Outcome::Ineligible(_) => (assessment::Outcome::Ineligible, None),
        Outcome::Barred { .. } => (assessment::Outcome::Barred, None),
        Outcome::Undetermined => (assessment::Outcome::Undetermined, None),
        Outcome::Unexplored(_) => return None,
    })
}

/// Replays a witness of each cell; gives cells, witnesses found, and what differs.
fn replay(name: &str, scheme: &Scheme) -> (usize, usize, Vec<String>) {
    let (mut all, mut found, mut wrong) = (0, 0, Vec::new());
    for (id, clause) in scheme.clause_ids() {
        let cells = explore(&[Subject { scheme, clause: id }], Context::of(scheme));
        for stop in cells.unexplored() {
            println!("{name} {}: not explored: {stop:?}", clause.id);
        }
        for (at, cell) in cells.cells.iter().enumerate() {
            all += 1;
            let Some(point) = cells.witness(cell, &[]) else {
                println!("{name} {}: no witness of cell {at}", clause.id);
                continue;
            };
            found += 1;
            let app = cells.application(&point, scheme, &[id]);
            let Some(promised) = promised(&cells, &point, &cell.outcomes[0]) else { continue };
            let got = evaluated(scheme, &app, id);
            if got != promised {
                wrong.push(format!("{name} {}: cell {at} promises {promised:?}, evaluated {got:?}: {:?}", clause.id, cells.facts(&point, values::Lang::Zh)));
            }
        }
    }
    (all, found, wrong)
}

#[test]
fn an_applicant_of_each_cell_of_both_policies_gets_what_the_cell_says() {
    for name in ["qianjiang", "jiulongpo"] {
        let (_, compiled) = places::policy(name);
        let scheme = compiled.scheme.unwrap();
        let started = std::time::Instant::now();
        let (all, found, wrong) = replay(name, &scheme);
        println!("{name}: {all} cells, {found} witnesses, {:?}", started.elapsed());
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert_eq!(all, found, "{name}: a cell without a witness");
    }
}

#[test]
fn an_applicant_of_each_cell_of_the_reference_gets_what_the_cell_says() {
    let (mut all, mut found, mut wrong) = (0, 0, Vec::new());
    for (name, scheme) in places::examples() {
        let (cells, witnesses, differs) = replay(&name, &scheme);
        all += cells;
        found += witnesses;
        wrong.extend(differs);
    }
    println!("{all} cells, {found} witnesses");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
