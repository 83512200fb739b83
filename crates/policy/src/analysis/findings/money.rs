//! Pools: which clauses one applicant alone can use them up by, and what one applicant may get at most.

use super::show::{id, money};
use super::{Finding, Study, Weight};
use crate::analysis::Outcome;
use crate::analysis::linear::{Constraint, Form};
use crate::analysis::witness::Goal;
use crate::diagnostic::Text;
use crate::scheme::{ClauseId, Give, Pool, Scheme};
use crate::source::Span;
use values::{Fen, Rational};

/// What one award of a clause may come to at most.
enum Most {
    Nothing,
    /// This, or less.
    Fen(Fen),
    NoEnd,
    Unknown,
}

fn most(study: &Study<'_>) -> Most {
    if !study.cells.unexplored().is_empty() {
        return Most::Unknown;
    }
    let mut best: Option<Rational> = None;
    for cell in &study.cells.cells {
        let Some(amount) = cell.outcomes.first().and_then(Outcome::amount) else { continue };
        match cell.region.greatest(&study.cells.space, amount) {
            Ok(Some(value)) => best = Some(best.map_or(value, |b| b.max(value))),
            Ok(None) => return Most::NoEnd,
            Err(_) => return Most::Unknown,
        }
    }
    match best.map(Fen::from_rational_half_up) {
        None => Most::Nothing,
        Some(Ok(fen)) => Most::Fen(fen),
        Some(Err(_)) => Most::Unknown,
    }
}

/// Notes on each pool whose amount is set.
pub(super) fn find(scheme: &Scheme, studies: &[Study<'_>], entries: &mut Vec<Finding>) {
    for pool in &scheme.pools {
        let amounts = pool.amounts.iter().filter_map(|(_, amount)| *amount);
        let Some(amount) = amounts.min() else { continue };
        of_pool(scheme, studies, pool, amount, entries);
    }
}

fn of_pool(scheme: &Scheme, studies: &[Study<'_>], pool: &Pool, amount: Fen, entries: &mut Vec<Finding>) {
    let paid = |id: &ClauseId| scheme.clause(*id).is_some_and(|c| matches!(c.give, Some(Give::Amount(_) | Give::UpTo(_) | Give::Decided(_))));
    let members: Vec<&Study<'_>> = pool.members.iter().filter(|m| paid(m)).filter_map(|m| studies.iter().find(|s| s.clause == *m)).collect();
    let (mut alone, mut endless, mut sum, mut ceilings, mut unknown) = (Vec::new(), Vec::new(), Fen(0), Fen(0), Vec::new());
    let mut witness = None;
    for study in &members {
        let name = id(scheme, study.clause).to_owned();
        match most(study) {
            Most::Nothing => {}
            Most::Unknown => unknown.push(name),
            bound @ (Most::Fen(_) | Most::NoEnd) => {
                match bound {
                    Most::Fen(most) => {
                        sum = sum.checked_add(most).unwrap_or(sum);
                        if scheme.clause(study.clause).is_some_and(|c| matches!(c.give, Some(Give::UpTo(_)))) {
                            ceilings = ceilings.checked_add(most).unwrap_or(ceilings);
                        }
                    }
                    _ => endless.push(name.clone()),
                }
                let reaches = !matches!(bound, Most::Fen(most) if most < amount);
                if reaches && let Some(found) = exhausting(study, amount) {
                    alone.push(name);
                    witness.get_or_insert((study.clause, found));
                }
            }
        }
    }
    let much = money(amount);
    let place = |clause: ClauseId| super::show::clause_span(scheme, clause);
    if let Some((clause, found)) = witness {
        let (list, list_en) = (alone.join("、"), alone.join(", "));
        entries.push(Finding {
            code: "W0614",
            weight: Weight::Note,
            clauses: studies.iter().filter(|s| alone.iter().any(|a| a == id(scheme, s.clause))).map(|s| s.clause).collect(),
            span: place(clause),
            related: None,
            message: Text::new(
                format!("资金「{}」{}：一个申报人凭 {list} 中的一条就可以用完", pool.name, much.zh),
                format!("pool '{}' of {}: one applicant can use it up by a single clause ({list_en})", pool.name, much.en),
            ),
            help: Text::new("给这些条款写最高数额，或确认就是这样", "give these clauses a cap, or confirm that this is meant"),
            witnesses: vec![found],
        });
    }
    exposure(scheme, pool, &members, &Exposure { much, sum, ceilings, endless, unknown }, entries);
}

struct Exposure {
    much: Text,
    sum: Fen,
    ceilings: Fen,
    endless: Vec<String>,
    unknown: Vec<String>,
}

fn exposure(scheme: &Scheme, pool: &Pool, members: &[&Study<'_>], found: &Exposure, entries: &mut Vec<Finding>) {
    let (sum, ceilings) = (money(found.sum), money(found.ceilings));
    let mut zh = format!("资金「{}」{}：一个申报人在有封顶的条款下合计最多 {}", pool.name, found.much.zh, sum.zh);
    let mut en = format!("pool '{}' of {}: under the clauses with a cap one applicant gets {} at most", pool.name, found.much.en, sum.en);
    if found.ceilings > Fen(0) {
        zh.push_str(&format!("（其中 {} 是上限，由主管部门决定）", ceilings.zh));
        en.push_str(&format!(" ({} of it ceilings, to be decided)", ceilings.en));
    }
    if !found.endless.is_empty() {
        zh.push_str(&format!("；没有封顶的：{}", found.endless.join("、")));
        en.push_str(&format!("; without a cap: {}", found.endless.join(", ")));
    }
    if !found.unknown.is_empty() {
        zh.push_str(&format!("；没有算的：{}", found.unknown.join("、")));
        en.push_str(&format!("; not worked out: {}", found.unknown.join(", ")));
    }
    entries.push(Finding {
        code: "W0614",
        weight: Weight::Note,
        clauses: members.iter().map(|s| s.clause).collect(),
        span: members.first().map_or(Span::default(), |s| super::show::clause_span(scheme, s.clause)),
        related: None,
        message: Text::new(zh, en),
        help: Text::new("就高不重复之前的数；用来估计额度够不够", "before groups; for judging whether the pool suffices"),
        witnesses: Vec::new(),
    });
}

/// An applicant whose award of one clause is not below the pool's amount.
fn exhausting(study: &Study<'_>, amount: Fen) -> Option<super::Witness> {
    study.cells.cells.iter().find_map(|cell| {
        let form = cell.outcomes.first()?.amount()?;
        let form = form.sub(&Form::number(amount.to_rational())).ok()?;
        study.witness(cell, &[Goal::Holds(Constraint { form, strict: false })])
    })
}
