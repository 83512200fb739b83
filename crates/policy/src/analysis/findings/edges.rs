//! Where a single step of one fact (a fen, a person, a day) changes the award at once, and where more of it pays less.

use super::show::{at_least, at_most, clause_span, is_steep, span};
use super::{Finding, Study, TRIED_MAX, Threshold, Weight};
use crate::analysis::linear::{Constraint, Form, MeasureId};
use crate::analysis::space::{Kind, Quantity, Source};
use crate::analysis::witness::{Goal, Point};
use crate::analysis::{Branch, Cell, Outcome, Reason};
use crate::diagnostic::Text;
use crate::scheme::NodeId;
use std::collections::{BTreeMap, HashMap};
use values::{Fen, Lang, Rational};

/// Two applicants one step apart, the one with less of the measure first.
struct Step<'a> {
    measure: MeasureId,
    low: (Point, &'a Cell, Option<Fen>),
    high: (Point, &'a Cell, Option<Fen>),
}

/// An award that shows a jump well, in fen: 1万元.
const SHOWN: i64 = 1_000_000;

/// In how many cells the step across one threshold is tried.
const CELLS_A_THRESHOLD: usize = 3;

/// Thresholds that are tried in one clause.
const THRESHOLDS_MAX: usize = 60;

/// Finds cliffs and falls of a clause.
pub(super) fn find(study: &Study<'_>, entries: &mut Vec<Finding>) {
    let mut known: HashMap<&Form, usize> = HashMap::new();
    let mut steps: BTreeMap<(MeasureId, Option<Rational>), Step<'_>> = BTreeMap::new();
    for cell in &study.cells.cells {
        let Some(amount) = cell.outcomes.first().and_then(Outcome::amount) else { continue };
        let mut tried: Vec<&Form> = Vec::new();
        for constraint in &cell.region.constraints {
            if tried.contains(&&constraint.form) {
                continue;
            }
            tried.push(&constraint.form);
            // The same threshold parts many cells; a few of them show it.
            let new = known.len();
            let times = known.entry(&constraint.form).or_insert(0);
            *times += 1;
            if *times > CELLS_A_THRESHOLD || *times == 1 && new > THRESHOLDS_MAX {
                continue;
            }
            for measure in given(study, &constraint.form) {
                for step in crossings(study, cell, amount, constraint, measure) {
                    // Thresholds of one measure are told apart by their value, others by the measure alone.
                    let alone = constraint.form.terms.len() == 1;
                    let key = (measure, step.high.0.values.get(&measure).copied().filter(|_| alone));
                    let wide = |s: &Step<'_>| jump(s);
                    if steps.get(&key).is_none_or(|known| wide(&step) > wide(known)) {
                        steps.insert(key, step);
                    }
                }
            }
        }
    }
    let mut seen: Vec<Threshold> = Vec::new();
    for finding in steps.values().filter_map(|step| told(study, step)) {
        // A bound of its own and a row over several facts may part applicants at the same step.
        if let Some(threshold) = finding.threshold.clone().filter(|t| !seen.contains(t)) {
            seen.push(threshold);
            entries.push(finding);
        }
    }
}

/// Finds stretches on which more of what a clause asks for pays less and less.
pub(super) fn slopes(study: &Study<'_>, entries: &mut Vec<Finding>) {
    let space = &study.cells.space;
    let mut told: Vec<MeasureId> = Vec::new();
    for cell in study.cells.cells.iter().take(10 * TRIED_MAX) {
        let Some(amount) = cell.outcomes.first().and_then(Outcome::amount) else { continue };
        for (measure, factor) in &amount.terms {
            let Some(Quantity::Given(source @ Source::Fact { year, .. })) = space.measure(*measure).map(|m| &m.quantity) else { continue };
            let baseline = year.is_some_and(|year| year != study.cells.context.year);
            if !factor.is_negative() || baseline || told.contains(measure) || !is_asked_for(study, *measure) {
                continue;
            }
            let form = Form::measure(*measure);
            let some = at_least(amount, Rational::from(SHOWN));
            let goals: Vec<Goal> = some.into_iter().chain([Goal::Least(form.clone())]).collect();
            let Some(low) = study.cells.witness(cell, &goals) else { continue };
            let at = low.values.get(measure).copied().unwrap_or_default();
            let Some(higher) = at.checked_add(Rational::from(SHOWN)).ok().and_then(|next| at_least(&form, next)) else { continue };
            // All else stays as it is.
            let others = low.values.iter().filter(|(m, _)| *m != measure);
            let mut goals: Vec<Goal> =
                others.flat_map(|(m, value)| [at_least(&Form::measure(*m), *value), at_most(&Form::measure(*m), *value)]).flatten().collect();
            goals.extend([higher, Goal::Least(form)]);
            let Some(high) = study.cells.witness(cell, &goals) else { continue };
            let (Some(a), Some(b)) = (study.shown(cell, &low), study.shown(cell, &high)) else { continue };
            told.push(*measure);
            let (name, name_en) = (study.cells.name(source, Lang::Zh), study.cells.name(source, Lang::En));
            let message = Text::new(format!("多了反而少：{name} 越多，金额越少"), format!("more pays less: the more {name_en}, the lower the amount"));
            let help = Text::new("检查扣除的是不是这个数", "check whether this is what should be deducted");
            entries.push(study.finding("W0602", Weight::Finding, clause_span(study.scheme, study.clause), message, help, vec![a, b]));
        }
    }
}

/// The clause wants some of it: an applicant with too little gets nothing.
fn is_asked_for(study: &Study<'_>, measure: MeasureId) -> bool {
    let eligible = study.cells.cells.iter().filter(|c| c.outcomes.first().is_some_and(|o| o.amount().is_some()));
    let lows = eligible.map(|c| c.region.interval(&study.cells.space, measure).low.map(|(low, _)| low));
    let domain = study.cells.space.measure(measure).and_then(|m| m.low);
    lows.min().flatten() > domain
}

fn jump(step: &Step<'_>) -> u64 {
    let value = |amount: Option<Fen>| amount.map_or(0, |fen| fen.0);
    value(step.low.2).abs_diff(value(step.high.2))
}

/// Given numbers and dates a form speaks of.
fn given(study: &Study<'_>, form: &Form) -> Vec<MeasureId> {
    let mut out = Vec::new();
    for (measure, _) in &form.terms {
        match study.cells.space.measure(*measure).map(|m| &m.quantity) {
            Some(Quantity::Given(_)) => out.push(*measure),
            Some(Quantity::OfDate(date, _)) => out.push(*date),
            _ => {}
        }
    }
    out.retain(|m| study.cells.space.measure(*m).is_some_and(|m| matches!(&m.quantity, Quantity::Given(Source::Fact { .. } | Source::Field { .. }))));
    out
}

/// Steps out of a cell across a constraint.
fn crossings<'a>(study: &'a Study<'_>, cell: &'a Cell, amount: &Form, constraint: &Constraint, measure: MeasureId) -> Vec<Step<'a>> {
    let cells = &study.cells;
    let Some(grid) = cells.space.measure(measure).and_then(|m| m.grid) else { return Vec::new() };
    let edge = Goal::Least(constraint.form.clone());
    let much = at_least(amount, Rational::from(SHOWN));
    let shown = much.and_then(|much| cells.witness(cell, &[much, edge.clone()]));
    let Some(inside) = shown.or_else(|| cells.witness(cell, &[Goal::Greatest(amount.clone()), edge])) else { return Vec::new() };
    let inside = completed(study, inside);
    let mut out = Vec::new();
    for (move_by, up) in [(grid, true), (grid.neg(), false)] {
        let Some(moved) = inside.values.get(&measure).and_then(|v| v.checked_add(move_by).ok()) else { continue };
        let domain = cells.space.measure(measure);
        let too_low = domain.and_then(|m| m.low).is_some_and(|low| moved < low);
        if too_low || domain.and_then(|m| m.high).is_some_and(|high| moved > high) {
            continue;
        }
        let mut outside = inside.clone();
        outside.values.insert(measure, moved);
        if outside.lies_in(&cells.space, &cell.region) {
            continue;
        }
        let Some(other) = cells.cells.iter().find(|c| outside.lies_in(&cells.space, &c.region)) else { continue };
        if matches!(other.outcomes.first(), None | Some(Outcome::Unexplored(_) | Outcome::Undetermined)) {
            continue;
        }
        let here = cell.outcomes.first().and_then(|o| cells.amount(&inside, o));
        let there = other.outcomes.first().and_then(|o| cells.amount(&outside, o));
        // Where the rule of this cell would have given the same there is no jump, only a slope.
        let carried_on = cell.outcomes.first().and_then(|o| cells.amount(&outside, o));
        let (least, most) = (there.unwrap_or_default().min(carried_on.unwrap_or_default()), there.unwrap_or_default().max(carried_on.unwrap_or_default()));
        let apart = here.unwrap_or_default().0.abs_diff(there.unwrap_or_default().0);
        if apart == 0 || most.0.abs_diff(least.0) <= 1 {
            continue;
        }
        let (inside, outside) = ((inside.clone(), cell, here), (outside, other, there));
        let (low, high) = if up { (inside, outside) } else { (outside, inside) };
        out.push(Step { measure, low, high });
    }
    out
}

/// A point with a value for every measure and atom, so that it lies in some cell.
fn completed(study: &Study<'_>, mut point: Point) -> Point {
    for (at, measure) in (0_u32..).map(MeasureId).zip(&study.cells.space.measures) {
        if matches!(measure.quantity, Quantity::Given(_)) {
            let low = measure.low.unwrap_or(Rational::ZERO).max(Rational::ZERO);
            point.values.entry(at).or_insert(low);
        }
    }
    for (at, _) in (0_u32..).map(crate::analysis::space::AtomId).zip(&study.cells.space.atoms) {
        point.options.entry(at).or_insert(0);
    }
    point
}

fn told(study: &Study<'_>, step: &Step<'_>) -> Option<Finding> {
    let (low, high) = (step.low.2, step.high.2);
    let (low_fen, high_fen) = (low.unwrap_or_default(), high.unwrap_or_default());
    let falls = high_fen < low_fen;
    let measure = study.cells.space.measure(step.measure)?;
    let time = measure.kind != Kind::Number || matches!(measure.unit.single().map(values::BaseUnit::name), Some("月" | "日" | "工作日"));
    let (least, most) = (low_fen.min(high_fen), low_fen.max(high_fen));
    let steep = is_steep(least, most);
    // A condition may bound from above (small firms only); an amount that falls inside the rule is another thing.
    let by_condition = matches!(step.high.1.outcomes.first(), Some(Outcome::Ineligible(Reason::Condition(_) | Reason::Kind) | Outcome::Barred { .. }));
    if !steep && (!falls || most.0 - least.0 < SHOWN / 100) {
        return None;
    }
    let Quantity::Given(source) = &measure.quantity else { return None };
    // More of it in an earlier year is a higher start, not more performance.
    let baseline = matches!(source, Source::Fact { year: Some(year), .. } if *year != study.cells.context.year);
    let name = |lang| study.cells.name(source, lang);
    let value =
        |side: &Point, lang| side.values.get(&step.measure).map_or(String::new(), |v| crate::analysis::witness::write(measure.kind, &measure.unit, *v, lang));
    let got = |cell: &Cell, amount: Option<Fen>, lang| {
        let ceiling = matches!(cell.outcomes.first(), Some(Outcome::Eligible { ceiling: true, .. }));
        match (amount, lang) {
            (Some(fen), Lang::Zh) => format!("{}{}", if ceiling { "上限 " } else { "" }, fen.plain_zh()),
            (Some(fen), Lang::En) => format!("{}{}", if ceiling { "up to " } else { "" }, fen.plain_en()),
            (None, Lang::Zh) => "不给".to_owned(),
            (None, Lang::En) => "nothing".to_owned(),
        }
    };
    let line = |lang: Lang| {
        let (a, b) = (value(&step.low.0, lang), value(&step.high.0, lang));
        let (x, y) = (got(step.low.1, low, lang), got(step.high.1, high, lang));
        match lang {
            Lang::Zh => format!("{} {a} 的得 {x}，{b} 的得 {y}", name(lang)).replace("的得 不给", "的不给"),
            Lang::En => format!("{} of {a} gives {x}, {b} gives {y}", name(lang)),
        }
    };
    let place = differing(step.low.1, step.high.1).map_or_else(|| clause_span(study.scheme, study.clause), |node| span(study.scheme, node));
    let witnesses = vec![study.shown(step.low.1, &step.low.0)?, study.shown(step.high.1, &step.high.0)?];
    let text = |of: &dyn Fn(Lang) -> String| Text::new(of(Lang::Zh), of(Lang::En));
    let threshold = Threshold {
        name: text(&name),
        below: (text(&|lang| value(&step.low.0, lang)), text(&|lang| got(step.low.1, low, lang))),
        above: (text(&|lang| value(&step.high.0, lang)), text(&|lang| got(step.high.1, high, lang))),
    };
    let mut finding = if falls && !time && !baseline && !by_condition {
        let message = Text::new(format!("多了反而少：{}", line(Lang::Zh)), format!("more pays less: {}", line(Lang::En)));
        let help = Text::new("改成只对超出部分用新的比例（累进），或调整各档", "apply the new rate to the part above only (累进), or change the rows");
        study.finding("W0602", Weight::Finding, place, message, help, witnesses)
    } else if steep && !baseline {
        let message = Text::new(format!("悬崖：{}", line(Lang::Zh)), format!("cliff: {}", line(Lang::En)));
        let help = Text::new("若是有意的门槛，不必改；申报时这一步要仔细核实", "leave it where the threshold is meant; this is the figure to verify with care");
        study.finding("W0603", Weight::Note, place, message, help, witnesses)
    } else {
        return None;
    };
    finding.threshold = Some(threshold);
    Some(finding)
}

/// The test or selection at which two cells part.
fn differing(a: &Cell, b: &Cell) -> Option<NodeId> {
    let other = |node: NodeId, branch: Branch| b.branches.iter().any(|(_, n, other)| *n == node && *other != branch);
    let parted: Vec<NodeId> =
        a.branches.iter().filter(|(_, node, branch)| other(*node, *branch) && !b.branches.contains(&(0, *node, *branch))).map(|(_, node, _)| *node).collect();
    // Operands stand before their users: the lowest is the one that says why.
    parted.into_iter().min()
}
