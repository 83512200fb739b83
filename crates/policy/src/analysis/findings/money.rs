//! Pools: which clauses one applicant alone can use them up by, and what one applicant may get at most.

use super::show::{award_hangs, id, money};
use super::{Finding, Study, TRIED_MAX, Weight};
use crate::analysis::linear::{Constraint, Form};
use crate::analysis::witness::Goal;
use crate::analysis::{Assumption, Outcome};
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
    let cells = study.at_any_time();
    // Several records together may come to more than the one that was looked at.
    let records = cells.assumed().iter().any(|a| matches!(a, Assumption::Records(_)));
    if records || !cells.unexplored().is_empty() {
        return Most::Unknown;
    }
    let mut best: Option<Rational> = None;
    for cell in &cells.cells {
        let Some(amount) = cell.outcomes.first().and_then(Outcome::amount) else { continue };
        match cell.region.greatest(&cells.space, amount) {
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
    let (mut witness, mut year) = (None, None);
    for study in &members {
        let name = id(scheme, study.clause).to_owned();
        match most(study) {
            Most::Nothing => {}
            Most::Unknown => unknown.push(name),
            bound @ (Most::Fen(_) | Most::NoEnd) => {
                // Another year, with another table, may give more.
                if scheme.clause(study.clause).is_some_and(|c| award_hangs(scheme, c)) {
                    year = Some(study.cells.context.year);
                }
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
    let found = Exposure { year, much: money(amount), sum, ceilings, endless, unknown, alone };
    let place = witness.as_ref().map(|(clause, _)| *clause).or(members.first().map(|s| s.clause));
    let message = found.message(&pool.name);
    entries.push(Finding {
        code: "W0614",
        weight: Weight::Note,
        clauses: Vec::new(),
        span: place.map_or(Span::default(), |clause| super::show::clause_span(scheme, clause)),
        related: None,
        message,
        help: Text::new(
            "就高不重复之前的数，用来估计额度够不够；没有封顶的条款可写最高数额",
            "before groups, for judging whether the pool suffices; a clause without a cap may be given one",
        ),
        threshold: None,
        witnesses: witness.map(|(_, found)| found).into_iter().collect(),
    });
}

struct Exposure {
    /// The year it is told for, where it hangs on the year.
    year: Option<i32>,
    much: Text,
    sum: Fen,
    ceilings: Fen,
    endless: Vec<String>,
    unknown: Vec<String>,
    alone: Vec<String>,
}

impl Exposure {
    fn message(&self, pool: &str) -> Text {
        let (sum, ceilings) = (money(self.sum), money(self.ceilings));
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        if self.sum > Fen(0) {
            let (year, year_en) = self.year.map_or_else(Default::default, |year| (format!("按 {year}年度，"), format!("in {year}, ")));
            let mut part = format!("{year}一个申报人在有封顶的条款下合计最多 {}", sum.zh);
            let mut part_en = format!("{year_en}under the clauses with a cap one applicant gets {} at most", sum.en);
            if self.ceilings > Fen(0) {
                part.push_str(&format!("（其中 {} 是上限，由主管部门决定）", ceilings.zh));
                part_en.push_str(&format!(" ({} of it ceilings, to be decided)", ceilings.en));
            }
            zh.push(part);
            en.push(part_en);
        }
        for (list, words, words_en) in [
            (&self.endless, "没有封顶的条款", "clauses without a cap"),
            (&self.alone, "一个申报人凭一条就可以用完的", "by which alone one applicant can use it up"),
            (&self.unknown, "没有算的条款", "clauses not worked out"),
        ] {
            if !list.is_empty() {
                zh.push(format!("{words}：{}", list.join("、")));
                en.push(format!("{words_en}: {}", list.join(", ")));
            }
        }
        Text::new(format!("资金「{pool}」{}：{}", self.much.zh, zh.join("；")), format!("pool '{pool}' of {}: {}", self.much.en, en.join("; ")))
    }
}

/// An applicant whose award of one clause is not below the pool's amount.
fn exhausting(study: &Study<'_>, amount: Fen) -> Option<super::Witness> {
    study.cells.cells.iter().filter(|c| c.outcomes.first().is_some_and(|o| o.amount().is_some())).take(TRIED_MAX).find_map(|cell| {
        let form = cell.outcomes.first()?.amount()?;
        let form = form.sub(&Form::number(amount.to_rational())).ok()?;
        study.witness(cell, &[Goal::Holds(Constraint { form, strict: false })])
    })
}
