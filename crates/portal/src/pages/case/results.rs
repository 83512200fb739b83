//! What the rules give for each claimed clause as the case now stands: amount, conditions in a line, and behind them the whole
//! explanation from the words to the result.

use super::Known;
use crate::pages::frame::Frame;
use office::Assessed;
use policy::assessment::{Mark, Outcome};
use policy::explain::{Explainer, Explanation};
use policy::scheme::Scheme;
use values::Fen;

/// The results of a case.
pub struct Results<'s> {
    /// Clause by clause.
    pub clauses: Vec<ClauseResult<'s>>,
    /// Whether anything could be computed.
    pub computed: bool,
    /// What the rules give in all, and what was set.
    pub assessed: Fen,
    /// What was set.
    pub set: Option<Fen>,
}

/// The result of a claimed clause.
pub struct ClauseResult<'s> {
    /// Number of the clause.
    pub clause: String,
    /// Its title.
    pub title: String,
    /// Words of the outcome, and class of its tag.
    pub outcome: &'static str,
    /// Class of the tag.
    pub tag: &'static str,
    /// Whether the amount is but a ceiling.
    pub ceiling: bool,
    /// What the rules give now.
    pub amount: Option<Fen>,
    /// What they gave when it was handed in or corrected: what the summary goes by.
    pub assessed: Option<Fen>,
    /// What was set, and why less.
    pub set: Option<Fen>,
    /// Why less.
    pub reason: String,
    /// What others would give at most, and who.
    pub proposals: Vec<(String, Fen)>,
    /// Why.
    pub explanation: Option<Explanation<'s>>,
}

impl ClauseResult<'_> {
    /// How much less was set than the rules give.
    pub fn difference(&self) -> Option<Fen> {
        let (assessed, set) = self.assessed.zip(self.set)?;
        Some(Fen(set.0.saturating_sub(assessed.0))).filter(|difference| difference.0 != 0)
    }
}

fn outcome(of: Outcome, frame: &Frame) -> (&'static str, &'static str) {
    match of {
        Outcome::Eligible => (frame.pair("✓ 符合", "✓ met"), "tag--pass"),
        Outcome::Undetermined => (frame.pair("？ 待定", "? open"), "tag--unknown"),
        _ => (frame.pair("✗ 不符合", "✗ not met"), "tag--fail"),
    }
}

/// Who would give less, by name.
fn whose(known: &Known, who: &str, frame: &Frame) -> String {
    match who {
        "site_check" => frame.pair("现场核查", "site check").to_owned(),
        "audit" => frame.pair("专项审计", "audit").to_owned(),
        unit => known.unit(unit),
    }
}

/// The results of a case.
pub fn of<'s>(scheme: &'s Scheme, assessed: Option<&'s Assessed>, known: &Known, frame: &Frame) -> Results<'s> {
    let case = &known.case;
    let mut explainer = assessed.map(|assessed| (assessed, Explainer::new(scheme, &assessed.application, frame.lang())));
    let mut out = Vec::new();
    for claim in &case.claims {
        let title = scheme.clause_named(&claim.clause).and_then(|id| scheme.clause(id)).map(|clause| clause.title.clone());
        let mut one = ClauseResult {
            clause: claim.clause.clone(),
            title: title.unwrap_or_default(),
            outcome: frame.pair("未计算", "not computed"),
            tag: "",
            ceiling: false,
            amount: None,
            assessed: claim.assessed,
            set: claim.set,
            reason: claim.reason.clone().unwrap_or_default(),
            proposals: case.proposals(&claim.clause).into_iter().map(|(who, most)| (whose(known, &who, frame), most)).collect(),
            explanation: None,
        };
        if let Some((assessed, explainer)) = &mut explainer
            && let Some(result) = assessed.assessment.clauses.iter().find(|result| scheme.clause(result.clause).is_some_and(|clause| clause.id == claim.clause))
        {
            (one.outcome, one.tag) = outcome(result.outcome, frame);
            // Once an amount is set the rules go on with it; what they gave before stands beside it.
            let is_set = claim.set.is_some();
            one.ceiling = !is_set && (!result.decided || result.marks.contains(&Mark::Ceiling));
            one.amount = claim.assessed.filter(|_| is_set).or_else(|| assessed.of(scheme, &claim.clause));
            one.explanation = Some(explainer.of(&assessed.assessment, result));
        }
        out.push(one);
    }
    let sum = |of: fn(&ClauseResult<'_>) -> Option<Fen>| out.iter().filter_map(of).fold(Fen(0), |sum, one| Fen(sum.0.saturating_add(one.0)));
    let set = out.iter().any(|one| one.set.is_some()).then(|| sum(|one| one.set));
    Results { computed: assessed.is_some(), assessed: sum(|one| one.assessed), set, clauses: out }
}
