//! What the columns of `population` say of applicants, to be held against what SQL says of them.

use crate::rows::Said;
use policy::application::Application;
use policy::scheme::Scheme;
use population::table::Filler;
use std::collections::BTreeSet;

/// The columns say of every row what is said of it elsewhere; of what is not said, nothing.
pub fn hold(scheme: &Scheme, applications: &[Application], awards: bool, elsewhere: &[Said]) {
    let known: BTreeSet<&str> = elsewhere.iter().map(|said| said.clause.as_str()).collect();
    let mut columns = said(scheme, applications, awards);
    columns.retain(|said| known.contains(said.clause.as_str()));
    assert_eq!(columns.len(), elsewhere.len());
    for (columns, found) in columns.iter().zip(elsewhere) {
        let amount = found.amount.and(columns.amount);
        let ours = (&columns.id, &columns.clause, &columns.outcome, amount, columns.awarded);
        assert_eq!(ours, (&found.id, &found.clause, &found.outcome, found.amount, found.awarded), "columns beside what is said");
    }
}

/// What the columns say of the same rows, in the order of applicants and clauses. Their amount is told apart from none by the outcome alone.
fn said(scheme: &Scheme, applications: &[Application], awards: bool) -> Vec<Said> {
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
