//! Places across the applications of one award year: standard competition ranking, ties share a place.

use super::expr::{Eval, PlaceKnown};
use super::memory::word;
use super::value::{Lack, Yield};
use crate::application::Application;
use crate::assessment::{Marks, Missing};
use crate::scheme::{Clause, ClauseId, Origin, Rank, Scheme};
use smallvec::SmallVec;
use std::borrow::Cow;
use std::collections::BTreeMap;
use values::Rational;

/// Places of one application, a clause each; most schemes rank one clause.
pub type Places = SmallVec<[(ClauseId, PlaceKnown); 1]>;

/// What one application brings to a ranking.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// Award year.
    pub year: i32,
    /// None: not known; Some(None): the ranking has no key.
    pub key: Option<Option<Cow<'a, str>>>,
    /// Score (the higher, the better) and what is compared where scores are equal; none where one of them is not known.
    pub score: Option<(Rational, Rational)>,
    /// Whether it is a candidate: `None` is undecided.
    pub candidate: Option<bool>,
    /// What would settle score and key.
    pub missing: Vec<Missing>,
}

/// Places of every ranked clause for every application, in the order of the file.
pub(super) fn places(scheme: &Scheme, applications: &[Application]) -> Vec<Places> {
    let mut places = vec![Places::new(); applications.len()];
    for id in &scheme.order {
        let Some(clause) = scheme.clause(*id) else { continue };
        if clause.rank.is_none() {
            continue;
        }
        let entries: Vec<Entry<'_>> = applications.iter().zip(&places).filter_map(|(app, known)| entry(scheme, *id, app, known)).collect();
        for ((ranked, known), app) in standing(&entries).into_iter().zip(&mut places).zip(applications) {
            known.push((*id, settled(app, *id).unwrap_or(ranked)));
        }
    }
    places
}

/// A place that was settled before, among records that are not here, stands; to the others its record counts as any.
#[must_use]
pub fn settled(app: &Application, id: ClauseId) -> Option<PlaceKnown> {
    app.settled_place(id).map(|place| place.map_or_else(|| PlaceKnown::Unknown(vec![Missing::Place(id)]), |place| PlaceKnown::Place(place, false)))
}

/// What an application brings to the ranking of a clause, given its places under the clauses before; none for a clause without one.
#[must_use]
pub fn entry<'a>(scheme: &'a Scheme, id: ClauseId, app: &'a Application, known: &[(ClauseId, PlaceKnown)]) -> Option<Entry<'a>> {
    let clause = scheme.clause(id)?;
    let rank = clause.rank.as_ref()?;
    Some(ranked(scheme, clause, id, rank, app, known))
}

fn ranked<'a>(scheme: &'a Scheme, clause: &'a Clause, id: ClauseId, rank: &'a Rank, app: &'a Application, known: &[(ClauseId, PlaceKnown)]) -> Entry<'a> {
    let mut eval = Eval::<false>::new(scheme, app, known);
    eval.clause = Some(id);
    let env = eval.env();
    let candidate = if rank.all_records { own_conditions(&mut eval, clause) } else { qualifies(&mut eval, clause, id) };
    let score = eval.eval(rank.score, env);
    let tie = rank.tie.map(|node| eval.eval(node, env));
    let mut lack = Lack(0);
    for part in [Some(score), tie].into_iter().flatten() {
        if let Yield::Unknown(more) = part {
            lack = eval.both(lack, more);
        }
    }
    let mut missing = eval.missing(lack).to_vec();
    let key = match rank.each {
        None => Some(None),
        Some(fact) => {
            let word = app.value(fact, eval.when(fact, env)).map(|value| word(scheme, fact, value));
            if word.is_none() {
                missing.push(Missing::Fact(fact, None, None));
            }
            word.map(Some)
        }
    };
    let tie_score = tie.map_or(Some(Rational::ZERO), Yield::number);
    let score = score.number().zip(tie_score).map(|(s, t)| (if rank.lowest_first { s.neg() } else { s }, t));
    Entry { year: app.year, key, score, candidate, missing }
}

/// 全部记录: whoever is not excluded by the clause's own conditions is a record of the ranking. A rank-only record was
/// loaded to be counted; of another, unknown conditions leave it open whether it counts.
fn own_conditions(eval: &mut Eval<'_, false>, clause: &Clause) -> Option<bool> {
    let env = eval.env();
    let mut open = false;
    for test in clause.conditions.iter().filter(|t| t.origin == Origin::Clause) {
        match eval.eval(test.node, env).yes() {
            Some(false) => return Some(false),
            Some(true) => {}
            None => open = true,
        }
    }
    (!open || eval.app.rank_only).then_some(true)
}

fn qualifies<'a>(eval: &mut Eval<'a, false>, clause: &'a Clause, id: ClauseId) -> Option<bool> {
    if eval.app.rank_only {
        return Some(false);
    }
    let standing = eval.standing(clause, &mut None, &mut Marks::new());
    let frequented = eval.frequented(clause.frequency.as_ref(), &[id], id);
    match (standing.barred, standing.holds, frequented) {
        (Some(true), _, _) | (_, Some(false), _) | (_, _, super::memory::Frequented::UsedUp) => Some(false),
        (Some(false), Some(true), super::memory::Frequented::Free) => Some(true),
        _ => None,
    }
}

/// Scores of one year and key, sorted: those that count for sure, and those that may.
#[derive(Default)]
struct Field {
    sure: SmallVec<[(Rational, Rational); 1]>,
    perhaps: SmallVec<[(Rational, Rational); 1]>,
    /// Somebody whose score is not known.
    blank: bool,
}

impl Field {
    fn add(&mut self, entry: &Entry<'_>, certain_key: bool) {
        match entry.score {
            Some(score) if entry.candidate == Some(true) && certain_key => self.sure.push(score),
            Some(score) => self.perhaps.push(score),
            None => self.blank = true,
        }
    }

    fn above(scores: &[(Rational, Rational)], score: (Rational, Rational)) -> usize {
        scores.len() - scores.partition_point(|other| *other <= score)
    }
}

/// The place of each, in their order: one more than those above it in its year and key; equal scores share a place.
#[must_use]
pub fn standing(entries: &[Entry<'_>]) -> Vec<PlaceKnown> {
    // By year and key.
    let mut fields: BTreeMap<(i32, Option<&str>), Field> = BTreeMap::new();
    // Records whose key is not known may belong to any field of their year.
    let mut anywhere: BTreeMap<i32, Field> = BTreeMap::new();
    for entry in entries.iter().filter(|e| e.candidate != Some(false)) {
        match &entry.key {
            Some(key) => fields.entry((entry.year, key.as_deref())).or_default().add(entry, true),
            None => anywhere.entry(entry.year).or_default().add(entry, false),
        }
    }
    for field in fields.values_mut().chain(anywhere.values_mut()) {
        field.sure.sort_unstable();
        field.perhaps.sort_unstable();
    }
    entries
        .iter()
        .map(|entry| {
            if entry.candidate == Some(false) {
                return PlaceKnown::Unranked;
            }
            let (Some(score), Some(key)) = (entry.score, &entry.key) else { return PlaceKnown::Unknown(entry.missing.clone()) };
            let Some(field) = fields.get(&(entry.year, key.as_deref())) else { return PlaceKnown::Unranked };
            let better = u32::try_from(Field::above(&field.sure, score)).unwrap_or(u32::MAX - 1);
            let others = anywhere.get(&entry.year);
            let provisional = field.blank || Field::above(&field.perhaps, score) > 0 || others.is_some_and(|o| o.blank || Field::above(&o.perhaps, score) > 0);
            PlaceKnown::Place(better + 1, provisional)
        })
        .collect()
}
