//! What to ask next: the facts that can still change whether something is given under some clauses, or how much, and in
//! which order. Exact in stopping: once nothing is left to ask, no value of the remaining facts changes a clause from given
//! to refused or back, or its amount (which of several reasons for a refusal is named may change). What is asked is a sound
//! upper bound: every fact that a clause still waits for, also where two conditions on the same fact exclude each other.

use crate::application::{Application, When};
use crate::assessment::{Assessment, Missing, Outcome};
use crate::check::facts_of;
use crate::diagnostic::Text;
use crate::eval::{AssessOptions, assess};
use crate::scheme::{ClauseId, Fact, FactId, FactType, Group, Key, Mode, Scheme};
use std::collections::BTreeMap;

/// A question, with why it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// What is not known: a fact (of a year, a month) or a field of a record.
    pub what: Missing,
    /// Open clauses that wait for it, in order of the scheme.
    pub clauses: Vec<ClauseId>,
    /// Those of them that can fail by it; the others only take their amount from it.
    pub decides: Vec<ClauseId>,
    /// It belongs to a general rule: the answer may settle all clauses at once.
    pub general: bool,
}

impl Question {
    /// Why it is asked, in one sentence.
    pub fn reason(&self, scheme: &Scheme) -> Text {
        let ids = |clauses: &[ClauseId], joint: &str| clauses.iter().filter_map(|c| scheme.clause(*c)).map(|c| c.id.as_str()).collect::<Vec<_>>().join(joint);
        if self.general {
            let (zh, en) = (ids(&self.clauses, "、"), ids(&self.clauses, ", "));
            Text::new(format!("共同条件：决定 {zh} 能不能申报"), format!("a common condition: it decides whether {en} can be had at all"))
        } else if !self.decides.is_empty() {
            let (zh, en) = (ids(&self.decides, "、"), ids(&self.decides, ", "));
            Text::new(format!("条件：决定 {zh} 符不符合"), format!("a condition: it decides whether {en} can be had"))
        } else {
            let (zh, en) = (ids(&self.clauses, "、"), ids(&self.clauses, ", "));
            Text::new(format!("金额：{zh} 按它计算"), format!("an amount: {en} is worked out from it"))
        }
    }
}

/// What is still to be asked for these clauses (all where none is named), most telling first. Empty: nothing that could be
/// filled in changes their results; decisions, rates, projects and places are not the applicant's to fill in and not asked.
pub fn next_questions(scheme: &Scheme, application: &Application, clauses: &[ClauseId]) -> Vec<Question> {
    let every: Vec<ClauseId> = scheme.clause_ids().map(|(id, _)| id).collect();
    let asked = if clauses.is_empty() { &every } else { clauses };
    let population = assess(scheme, std::slice::from_ref(application), &AssessOptions { trace: true, clauses: None });
    let Some(assessment) = population.assessments.first() else { return Vec::new() };
    let wanted = together(scheme, application, assessment, asked);
    let mut found: BTreeMap<Missing, Question> = BTreeMap::new();
    for result in assessment.clauses.iter().filter(|r| wanted.contains(&r.clause)) {
        let mut missing: Vec<Missing> = result.missing.iter().filter(|m| matches!(m, Missing::Fact(..) | Missing::Field(..))).cloned().collect();
        if restricts(scheme, result.clause) && may_hold(result.outcome) && !knows_kind(scheme, application) {
            missing.push(Missing::Fact(scheme.kind_fact(), None, None));
        }
        if may_hold(result.outcome) {
            missing.extend(group_facts(scheme, application, result.clause));
        }
        missing.sort();
        missing.dedup();
        for what in missing {
            add(scheme, &mut found, what, result.clause);
        }
    }
    let mut out: Vec<Question> = found.into_values().collect();
    out.sort_by_key(|question| rank(scheme, question));
    out
}

/// A refusal stays one; everything else may still be given.
fn may_hold(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Eligible | Outcome::Undetermined | Outcome::Yielded)
}

fn knows_kind(scheme: &Scheme, application: &Application) -> bool {
    application.value(scheme.kind_fact(), When { year: application.year, month: 0 }).is_some()
}

/// Declaring a kind of applicant can still exclude it.
fn restricts(scheme: &Scheme, clause: ClauseId) -> bool {
    let kinds = scheme.choices(scheme.kind_fact()).len();
    scheme.clause(clause).is_some_and(|c| !c.applicants.is_empty() && c.applicants.len() < kinds)
}

fn add(scheme: &Scheme, found: &mut BTreeMap<Missing, Question>, what: Missing, id: ClauseId) {
    let fact = fact_of(&what);
    let Some(clause) = scheme.clause(id) else { return };
    let tests = clause.conditions.iter().chain(&clause.bars);
    let within = |general: bool| {
        tests.clone().filter(|t| (t.origin != crate::scheme::Origin::Clause) == general).any(|t| {
            let mut facts = Vec::new();
            facts_of(scheme, t.node, &mut facts);
            fact.is_some_and(|f| facts.contains(&f))
        })
    };
    let kind = fact == Some(scheme.kind_fact());
    let (general, own) = (kind || within(true), within(false));
    let question = found.entry(what.clone()).or_insert_with(|| Question { what, clauses: Vec::new(), decides: Vec::new(), general: false });
    question.clauses.push(id);
    question.general |= general;
    if general || own || fact.is_some_and(|f| counts_by(scheme, id, f)) {
        question.decides.push(id);
    }
}

/// Its frequency, or that of a group, counts by this fact: whether it was had before depends on it.
fn counts_by(scheme: &Scheme, id: ClauseId, fact: FactId) -> bool {
    let own = scheme.clause(id).and_then(|c| c.frequency.as_ref());
    let groups = scheme.groups.iter().filter(|g| g.members.contains(&id)).filter_map(|g| g.frequency.as_ref());
    own.into_iter().chain(groups).any(|f| f.each == Some(Key::Fact(fact)))
}

fn fact_of(what: &Missing) -> Option<FactId> {
    match what {
        Missing::Fact(fact, ..) | Missing::Field(fact, ..) => Some(*fact),
        _ => None,
    }
}

/// The kind of applicant, then what decides most clauses, then what is quickly answered, then the order of the file.
fn rank(scheme: &Scheme, question: &Question) -> (bool, std::cmp::Reverse<usize>, bool, u8, Missing) {
    let fact = fact_of(&question.what).unwrap_or(scheme.kind_fact());
    let effort = match (scheme.fact(fact).map(|f: &Fact| &f.ty), &question.what) {
        (Some(FactType::YesNo), _) => 0,
        (Some(FactType::Choice(_)), _) => 1,
        (Some(FactType::List { .. }), Missing::Fact(..)) => 3,
        _ => 2,
    };
    (fact != scheme.kind_fact(), std::cmp::Reverse(question.decides.len()), !question.general, effort, question.what.clone())
}

/// The clauses asked for, and those that can take one of them away: members of a group that bites, and theirs in turn.
fn together(scheme: &Scheme, application: &Application, assessment: &Assessment, asked: &[ClauseId]) -> Vec<ClauseId> {
    let live: Vec<ClauseId> = assessment.clauses.iter().filter(|r| may_hold(r.outcome)).map(|r| r.clause).collect();
    let mut out: Vec<ClauseId> = asked.to_vec();
    let mut at = 0;
    while let Some(one) = out.get(at).copied() {
        at += 1;
        if !live.contains(&one) {
            continue;
        }
        for other in &live {
            if !out.contains(other) && scheme.groups.iter().any(|g| bites(scheme, application, g, one, *other)) {
                out.push(*other);
            }
        }
    }
    out
}

/// Whether a group can let one of two clauses change what is given for the other, whatever facts are filled in.
fn bites(scheme: &Scheme, application: &Application, group: &Group, a: ClauseId, b: ClauseId) -> bool {
    if !group.members.contains(&a) || !group.members.contains(&b) {
        return false;
    }
    if !group.limits.is_empty() || group.frequency.is_some() {
        return true;
    }
    let excludes = matches!(group.mode, Some(Mode::Highest | Mode::Choice)) && !group.only_elsewhere;
    excludes
        && group.same.iter().all(|key| match key {
            Key::Project => application.project(a).is_some() && application.project(a) == application.project(b),
            Key::Kind => {
                let kind = |c: ClauseId| scheme.clause(c).and_then(|c| c.kind_as);
                kind(a).is_some() && kind(a) == kind(b)
            }
            // Both have the same value of the fact, once it is known.
            Key::Fact(_) => true,
        })
}

/// Facts that the groups of a clause need: keys and limits. They are asked for the award year.
fn group_facts(scheme: &Scheme, application: &Application, clause: ClauseId) -> Vec<Missing> {
    let mut facts = Vec::new();
    for group in scheme.groups.iter().filter(|g| g.members.contains(&clause)) {
        for limit in &group.limits {
            facts_of(scheme, limit.amount, &mut facts);
        }
        let keys = group.same.iter().copied().chain(group.limits.iter().filter_map(|l| l.each)).chain(group.frequency.iter().filter_map(|f| f.each));
        facts.extend(keys.filter_map(|key| match key {
            Key::Fact(fact) => Some(fact),
            _ => None,
        }));
    }
    let now = When { year: application.year, month: 0 };
    facts.into_iter().filter(|f| application.value(*f, now).is_none()).map(|f| Missing::Fact(f, None, None)).collect()
}
