//! What the columns of `population` say of applicants, to be held against what SQL says of them.

use crate::rows::Said;
use policy::application::Application;
use policy::scheme::Scheme;
use population::table::Filler;

/// What the columns say of the same rows, in the order of applicants and clauses. Their amount is told apart from none by the outcome alone.
pub fn said(scheme: &Scheme, applications: &[Application], awards: bool) -> Vec<Said> {
    let mut alone = scheme.clone();
    if !awards {
        alone.groups.clear();
        alone.pools.clear();
    }
    let together = population::together::assess(&alone, Filler::of(&alone, applications).fill(applications));
    let rows = applications.iter().zip(&together.rows);
    let mut out: Vec<Said> = rows
        .flat_map(|(app, row)| scheme.clauses.iter().zip(row).map(move |(clause, of)| (app, clause, of)))
        .map(|(app, clause, of)| Said {
            id: app.id.clone(),
            clause: clause.id.clone(),
            outcome: of.outcome.code().to_owned(),
            amount: of.amount.map(|fen| fen.0),
            decided: None,
            awarded: of.awarded.filter(|_| awards).map(|fen| fen.0),
        })
        .collect();
    out.sort();
    out
}
