//! Assessments in the exchange format: one object of JSON each, as `duixian assess --format json` prints them and as a
//! determination freezes them. Amounts are strings in yuan with two decimals, or null; names of what is missing are those
//! of applications, in Chinese whatever the language.

use crate::application::Application;
use crate::assessment::{Assessment, ClauseResult, Mark, Outcome, PoolShare, Recovery};
use crate::explain::{self, Explanation};
use crate::plain;
use crate::scheme::{ClauseId, Scheme};
use serde::Serialize;
use values::{Fen, Lang};

/// What is written beside the assessments themselves.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// How its pools came out.
    pub pools: &'a [PoolShare],
    /// The language of explanations.
    pub lang: Lang,
    /// Explain each result; the assessment must have been traced.
    pub trace: bool,
}

/// Awards after groups and pools: what `total` adds up.
pub fn awards(results: &[ClauseResult]) -> impl Iterator<Item = (&ClauseResult, Fen)> {
    results.iter().filter(|r| r.outcome == Outcome::Eligible).filter_map(|r| r.awarded.map(|amount| (r, amount)))
}

/// An assessment in the exchange format.
#[derive(Serialize)]
pub struct Line<'a> {
    id: &'a str,
    scheme: &'a str,
    hash: &'a str,
    year: i32,
    clauses: Vec<Clause<'a>>,
    awarded: Vec<Award<'a>>,
    total: String,
    name: Option<&'a str>,
    as_of: String,
    rank_only: bool,
    groups: Vec<Group<'a>>,
    pools: Vec<Pool<'a>>,
    recoveries: Vec<Back<'a>>,
}

#[derive(Serialize)]
struct Clause<'a> {
    clause: &'a str,
    outcome: &'static str,
    amount: Option<String>,
    ceiling: Option<String>,
    missing: Vec<String>,
    trace: Option<Explanation<'a>>,
    title: &'a str,
    decided: bool,
    place: Option<u32>,
    marks: Vec<Marked<'a>>,
    awarded: Option<String>,
    plan: Vec<Instalment>,
}

#[derive(Serialize)]
struct Award<'a> {
    clause: &'a str,
    amount: String,
}

#[derive(Serialize)]
struct Instalment {
    year: i32,
    amount: String,
    /// Whether its test holds; null: facts of that year are not known yet.
    holds: Option<bool>,
}

#[derive(Serialize)]
struct Group<'a> {
    group: &'a str,
    held: Vec<&'a str>,
    gave_way: Vec<&'a str>,
    next_best: Option<String>,
}

#[derive(Serialize)]
struct Pool<'a> {
    pool: &'a str,
    year: i32,
    amount: Option<String>,
    claims: String,
    given: String,
}

#[derive(Serialize)]
struct Back<'a> {
    rule: &'a str,
    clause: &'a str,
    year: i32,
    paid: String,
    due: Option<String>,
}

#[derive(Default, Serialize)]
struct Marked<'a> {
    mark: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pool: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<&'a str>,
}

/// The line of one application.
#[must_use]
pub fn line<'a>(results: View<'a>, app: &'a Application, assessment: &'a Assessment) -> Line<'a> {
    let scheme = results.scheme;
    let pools = results.pools.iter().filter(|share| share.year == assessment.year);
    let mut explainer = explain::Explainer::new(scheme, app, results.lang);
    Line {
        id: &assessment.id,
        scheme: &scheme.policy.id,
        hash: &scheme.hash,
        year: assessment.year,
        clauses: assessment.clauses.iter().map(|result| clause(results, &mut explainer, assessment, result)).collect(),
        awarded: awards(&assessment.clauses).map(|(result, amount)| Award { clause: id(scheme, result.clause), amount: amount.yuan() }).collect(),
        total: assessment.total.yuan(),
        name: app.name.as_deref(),
        as_of: app.as_of.to_string(),
        rank_only: app.rank_only,
        groups: assessment
            .groups
            .iter()
            .map(|choice| Group {
                group: group(scheme, choice.group).unwrap_or_default(),
                held: choice.held.iter().map(|c| id(scheme, *c)).collect(),
                gave_way: choice.gave_way.iter().map(|c| id(scheme, *c)).collect(),
                next_best: choice.next_best.map(Fen::yuan),
            })
            .collect(),
        pools: pools.map(|share| pool_share(scheme, share)).collect(),
        recoveries: assessment.recoveries.iter().map(|recovery| back(scheme, recovery)).collect(),
    }
}

fn clause<'a>(results: View<'a>, explainer: &mut explain::Explainer<'a>, assessment: &Assessment, result: &'a ClauseResult) -> Clause<'a> {
    let scheme = results.scheme;
    Clause {
        clause: id(scheme, result.clause),
        outcome: result.outcome.code(),
        amount: result.amount.map(Fen::yuan),
        ceiling: result.ceiling.map(Fen::yuan),
        missing: result.missing.iter().map(|what| plain::missing(scheme, what, Lang::Zh)).collect(),
        trace: results.trace.then(|| explainer.of(assessment, result)),
        title: scheme.clause(result.clause).map_or("", |c| c.title.as_str()),
        decided: result.decided,
        place: result.place,
        marks: result.marks.iter().map(|mark| marked(scheme, mark)).collect(),
        awarded: result.awarded.map(Fen::yuan),
        plan: result.plan.iter().map(|(year, amount, holds)| Instalment { year: *year, amount: amount.yuan(), holds: *holds }).collect(),
    }
}

fn id(scheme: &Scheme, clause: ClauseId) -> &str {
    scheme.clause(clause).map_or("", |c| c.id.as_str())
}

fn group(scheme: &Scheme, at: u32) -> Option<&str> {
    scheme.groups.get(at as usize).map(|g| g.name.as_str())
}

fn pool(scheme: &Scheme, at: u32) -> Option<&str> {
    scheme.pools.get(at as usize).map(|p| p.name.as_str())
}

fn pool_share<'a>(scheme: &'a Scheme, share: &PoolShare) -> Pool<'a> {
    Pool {
        pool: pool(scheme, share.pool).unwrap_or_default(),
        year: share.year,
        amount: share.amount.map(Fen::yuan),
        claims: share.claims.yuan(),
        given: share.given.yuan(),
    }
}

fn back<'a>(scheme: &'a Scheme, recovery: &Recovery) -> Back<'a> {
    Back {
        rule: scheme.clawbacks.get(recovery.rule as usize).map_or("", |c| c.name.as_str()),
        clause: id(scheme, recovery.clause),
        year: recovery.year,
        paid: recovery.paid.yuan(),
        due: recovery.due.map(Fen::yuan),
    }
}

fn marked<'a>(scheme: &'a Scheme, mark: &Mark) -> Marked<'a> {
    let plain = |mark| Marked { mark, ..Marked::default() };
    let cut = |mark, fen: &Fen| Marked { mark, amount: Some(fen.yuan()), ..Marked::default() };
    match mark {
        Mark::Ceiling => plain("ceiling"),
        Mark::DecisionCut(fen) => cut("decision_cut", fen),
        Mark::LimitCut(fen) => cut("limit_cut", fen),
        Mark::LimitUsedUp => plain("limit_used_up"),
        Mark::WrongKind => plain("wrong_kind"),
        Mark::OutOfForce => plain("out_of_force"),
        Mark::NotPlaced => plain("not_placed"),
        Mark::ProvisionalPlace => plain("provisional_place"),
        Mark::NothingGiven => plain("nothing_given"),
        Mark::Waived => plain("waived"),
        Mark::Service => plain("service"),
        Mark::Yielded(at, winner) => Marked { group: group(scheme, *at), clause: winner.map(|w| id(scheme, w)), ..plain("yielded") },
        Mark::ToppedUp(fen) => cut("topped_up", fen),
        Mark::GroupCut(at, fen) => Marked { group: group(scheme, *at), ..cut("group_cut", fen) },
        Mark::GroupUnknown(at) => Marked { group: group(scheme, *at), ..plain("group_unknown") },
        Mark::PoolOrderUnknown(at) => Marked { pool: scheme.pools.get(*at as usize).map(|p| p.name.as_str()), ..plain("pool_order_unknown") },
        Mark::PossibleClash(at) => Marked { group: group(scheme, *at), ..plain("possible_clash") },
        Mark::PoolCut(at, fen) => Marked { pool: pool(scheme, *at), ..cut("pool_cut", fen) },
        Mark::PoolUnset(at) => Marked { pool: pool(scheme, *at), ..plain("pool_unset") },
    }
}
