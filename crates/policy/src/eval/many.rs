//! The stages of an assessment one by one, for a program that works out many applicants in columns and asks for the
//! rest: the result of single clauses, a place, the best combination, the parts of a pool. The rules are those of
//! [`assess`](super::assess), which runs the same functions.

use super::expr::Eval;
pub use super::expr::PlaceKnown;
pub use super::pool::{Claim, divide, held_in};
pub use super::rank::{Entry, Places, entry, settled, standing};
use crate::application::Application;
use crate::assessment::{Assessment, ClauseResult};
use crate::scheme::{ClauseId, NodeId, Scheme};
use values::{Fen, Rational};

/// Results of these clauses before groups and pools, in their order.
#[must_use]
pub fn results(scheme: &Scheme, app: &Application, places: &[(ClauseId, PlaceKnown)], clauses: &[ClauseId]) -> Vec<ClauseResult> {
    let mut eval = Eval::<false>::new(scheme, app, places);
    clauses.iter().map(|id| eval.result(*id).clone()).collect()
}

/// One application by itself, before pools: every clause, and what is held of them under the groups.
#[must_use]
pub fn alone(scheme: &Scheme, app: &Application, places: &[(ClauseId, PlaceKnown)]) -> Assessment {
    super::one::<false>(scheme, app, places)
}

/// What is held of an applicant's results (one a clause, in the order of the scheme) under the groups: outcomes, awards and
/// marks are written into them.
pub fn combine(scheme: &Scheme, app: &Application, results: Vec<ClauseResult>) -> Assessment {
    let mut assessment = Assessment { id: app.id.clone(), year: app.year, clauses: results, groups: Vec::new(), recoveries: Vec::new(), total: Fen(0) };
    let mut eval = Eval::<false>::new(scheme, app, &[]);
    super::group::choose(scheme, &mut eval, &mut assessment);
    assessment
}

/// The number that a node outside of any clause yields for an application, if it is known.
#[must_use]
pub fn number(scheme: &Scheme, node: NodeId, app: &Application) -> Option<Rational> {
    let mut eval = Eval::<false>::new(scheme, app, &[]);
    let env = eval.env();
    eval.eval(node, env).number()
}
