//! From a scheme and applications to outcomes and amounts. Pure and total: no clock, no IO, and nothing in the
//! data can make it fail.

mod clause;
mod expr;
mod group;
mod lookup;
pub mod many;
mod memory;
mod pool;
mod rank;
mod select;
pub mod trace;
pub use pool::{Asked, share_claims};
pub mod value;

use crate::application::Application;
use crate::assessment::{Assessment, Mark, Outcome, PoolShare, Recovery};
use crate::scheme::{ClauseId, Failing, Scheme};
use expr::{Eval, PlaceKnown};
use value::Yield;
use values::{Date, Fen, Rational};

/// What is wanted of an assessment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AssessOptions {
    /// Record how each result came about.
    pub trace: bool,
    /// Only these clauses in the result; groups and pools see all of them.
    pub clauses: Option<Vec<ClauseId>>,
}

/// The results of a file of applications.
#[derive(Clone, Debug, Default)]
pub struct Population {
    /// One for each application, in order; those that only take part in rankings have no clauses.
    pub assessments: Vec<Assessment>,
    /// Pools by year.
    pub pools: Vec<PoolShare>,
}

/// Assesses applications as one population: ranks and pools are computed over them, by award year.
pub fn assess(scheme: &Scheme, applications: &[Application], options: &AssessOptions) -> Population {
    let places = rank::places(scheme, applications);
    let mut assessments: Vec<Assessment> = applications
        .iter()
        .zip(&places)
        .map(|(app, places)| if options.trace { one::<true>(scheme, app, places) } else { one::<false>(scheme, app, places) })
        .collect();
    let pools = pool::share(scheme, applications, &mut assessments);
    for ((assessment, app), places) in assessments.iter_mut().zip(applications).zip(&places) {
        finish(scheme, app, places, options, assessment);
    }
    Population { assessments, pools }
}

/// Stages 2 to 5 for one application.
fn one<const TRACE: bool>(scheme: &Scheme, app: &Application, places: &[(ClauseId, PlaceKnown)]) -> Assessment {
    let mut assessment = Assessment { id: app.id.clone(), year: app.year, clauses: Vec::new(), groups: Vec::new(), recoveries: Vec::new(), total: Fen(0) };
    if app.rank_only {
        return assessment;
    }
    let mut eval = Eval::<TRACE>::new(scheme, app, places);
    for id in &scheme.order {
        eval.make(*id);
    }
    assessment.clauses = std::mem::take(&mut eval.results);
    if !assessment.clauses.is_sorted_by_key(|result| result.clause) {
        assessment.clauses.sort_by_key(|result| result.clause);
    }
    let mut plain = Eval::<false>::new(scheme, app, places);
    group::choose(scheme, &mut plain, &mut assessment);
    assessment.recoveries = recoveries(scheme, app);
    assessment
}

/// Totals and payment plans, after the pools.
fn finish(scheme: &Scheme, app: &Application, places: &[(ClauseId, PlaceKnown)], options: &AssessOptions, assessment: &mut Assessment) {
    // Groups and pools saw every clause; what was not asked for is left out only now.
    if let Some(wanted) = &options.clauses {
        assessment.clauses.retain(|result| wanted.contains(&result.clause));
    }
    for result in &mut assessment.clauses {
        if let Some(award) = result.awarded {
            assessment.total = assessment.total.checked_add(award).unwrap_or(Fen(i64::MAX));
            result.plan = plan(scheme, app, places, result.clause, award);
        }
    }
}

/// An instalment that waits is not looked for beyond this many years.
const LATER_MAX: i32 = 10;

/// Instalments: each rounded down to the fen, 其余 takes what is left.
fn plan(scheme: &Scheme, app: &Application, places: &[(ClauseId, PlaceKnown)], id: ClauseId, award: Fen) -> Vec<(i32, Fen, Option<bool>)> {
    let Some(clause) = scheme.clause(id).filter(|clause| !clause.instalments.is_empty()) else { return Vec::new() };
    let mut left = award;
    let mut out = Vec::new();
    let mut ended = false;
    let all_shares = clause.instalments.iter().all(|i| i.share.is_some());
    let last = clause.instalments.len().saturating_sub(1);
    for (at, instalment) in clause.instalments.iter().enumerate() {
        let year = app.year.saturating_add(i32::try_from(instalment.year).unwrap_or(i32::MAX)).saturating_sub(1);
        let part = match instalment.share {
            // Shares that make up the whole leave no fen over: the last takes what rounding left.
            Some(_) if all_shares && at == last => left,
            Some(share) => award.to_rational().checked_mul(share).map(Rational::floor).ok().and_then(|n| i64::try_from(n).ok()).map_or(Fen(0), Fen).min(left),
            None => left,
        };
        left = left.checked_sub(part).unwrap_or_default();
        let tested = |year: i32| {
            instalment.test.map_or(Some(true), |node| {
                let mut eval = Eval::<false>::new(scheme, app, places);
                eval.clause = Some(id);
                eval.later = true;
                let env = value::Env { year, ..eval.env() };
                eval.eval(node, env).yes()
            })
        };
        let mut due = year;
        let mut holds = tested(due);
        // 顺延: it waits for the first year in which its test holds.
        while holds == Some(false) && instalment.failing == Failing::Later && due < year.saturating_add(LATER_MAX) {
            due = due.saturating_add(1);
            holds = tested(due);
        }
        if ended {
            holds = Some(false);
        }
        ended |= holds == Some(false) && instalment.failing == Failing::Ends;
        out.push((due, part, holds));
    }
    out
}

/// Earlier awards that a clawback rule reaches.
fn recoveries(scheme: &Scheme, app: &Application) -> Vec<Recovery> {
    let mut out = Vec::new();
    for (index, rule) in scheme.clawbacks.iter().enumerate() {
        let covered: Vec<_> = app.history.iter().filter(|e| rule.members.contains(&e.clause) && e.amount > Fen(0)).collect();
        if covered.is_empty() {
            continue;
        }
        let mut eval = Eval::<false>::new(scheme, app, &[]);
        let env = eval.env();
        let triggers: Vec<Yield<'_>> = rule.triggers.iter().map(|t| eval.eval(*t, env)).collect();
        let triggered = eval.counted(&triggers).at_least(1).yes();
        if triggered == Some(false) {
            continue;
        }
        for earlier in covered {
            let end = rule.months.and_then(|months| Date::last_of_year(earlier.year)?.add_months(i64::from(months)));
            if end.is_some_and(|end| app.as_of > end) {
                continue;
            }
            let due = triggered.and_then(|_| match rule.recover {
                None => Some(earlier.amount),
                Some(node) => {
                    eval.paid = Some(earlier.amount);
                    let amount = eval.eval(node, env).number()?;
                    Fen::from_rational_half_up(amount.or_zero()).ok().map(|fen| fen.min(earlier.amount))
                }
            });
            out.push(Recovery { rule: u32::try_from(index).unwrap_or(u32::MAX), clause: earlier.clause, year: earlier.year, paid: earlier.amount, due });
        }
    }
    out
}

/// True where a result is part of what is paid.
pub fn is_paid(result: &crate::assessment::ClauseResult) -> bool {
    result.outcome == Outcome::Eligible && !result.marks.iter().any(|m| matches!(m, Mark::Waived | Mark::Service))
}
