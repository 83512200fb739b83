//! Places across the applications of one award year: standard competition ranking, ties share a place.

use super::expr::{Eval, PlaceKnown};
use super::memory::word;
use super::value::{Lack, Yield};
use crate::application::Application;
use crate::assessment::{Marks, Missing};
use crate::scheme::{Clause, ClauseId, Origin, Rank, Scheme};
use smallvec::SmallVec;
use std::borrow::Cow;
use values::Rational;

/// Places of one application, a clause each; most schemes rank one clause.
pub(super) type Places = SmallVec<[(ClauseId, PlaceKnown); 1]>;

/// What one application brings to a ranking.
struct Entry<'a> {
    year: i32,
    /// None: not known; Some(None): the ranking has no key.
    key: Option<Option<Cow<'a, str>>>,
    score: Option<(Rational, Rational)>,
    /// Whether it is a candidate: `None` is undecided.
    candidate: Option<bool>,
    missing: Vec<Missing>,
}

/// Places of every ranked clause for every application, in the order of the file.
pub(super) fn places(scheme: &Scheme, applications: &[Application]) -> Vec<Places> {
    let mut places = vec![Places::new(); applications.len()];
    for id in &scheme.order {
        let Some(clause) = scheme.clause(*id) else { continue };
        let Some(rank) = &clause.rank else { continue };
        let entries: Vec<Entry<'_>> = applications.iter().zip(&places).map(|(app, known)| entry(scheme, clause, *id, rank, app, known)).collect();
        for ((ranked, known), app) in standing(&entries).into_iter().zip(&mut places).zip(applications) {
            known.push((*id, settled(app, *id).unwrap_or(ranked)));
        }
    }
    places
}

/// A place that was settled before, among records that are not here, stands; to the others its record counts as any.
fn settled(app: &Application, id: ClauseId) -> Option<PlaceKnown> {
    app.settled_place(id).map(|place| place.map_or_else(|| PlaceKnown::Unknown(vec![Missing::Place(id)]), |place| PlaceKnown::Place(place, false)))
}

fn entry<'a>(scheme: &'a Scheme, clause: &'a Clause, id: ClauseId, rank: &'a Rank, app: &'a Application, known: &[(ClauseId, PlaceKnown)]) -> Entry<'a> {
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

fn field_of<'f, K: Ord>(fields: &'f [(K, Field)], key: &K) -> Option<&'f Field> {
    fields.binary_search_by(|(known, _)| known.cmp(key)).ok().and_then(|at| fields.get(at)).map(|(_, field)| field)
}

/// Adds a record to the field of its key, new where there is none.
fn add_to<K: Ord>(fields: &mut Vec<(K, Field)>, key: K, entry: &Entry<'_>, certain_key: bool) {
    match fields.binary_search_by(|(known, _)| known.cmp(&key)) {
        Ok(at) => {
            if let Some((_, field)) = fields.get_mut(at) {
                field.add(entry, certain_key);
            }
        }
        Err(at) => {
            let mut field = Field::default();
            field.add(entry, certain_key);
            fields.insert(at, (key, field));
        }
    }
}

fn standing(entries: &[Entry<'_>]) -> Vec<PlaceKnown> {
    // Sorted by year and key; there are few of them.
    let mut fields: Vec<((i32, Option<&str>), Field)> = Vec::new();
    // Records whose key is not known may belong to any field of their year.
    let mut anywhere: Vec<(i32, Field)> = Vec::new();
    for entry in entries.iter().filter(|e| e.candidate != Some(false)) {
        match &entry.key {
            Some(key) => add_to(&mut fields, (entry.year, key.as_deref()), entry, true),
            None => add_to(&mut anywhere, entry.year, entry, false),
        }
    }
    for field in fields.iter_mut().map(|(_, f)| f).chain(anywhere.iter_mut().map(|(_, f)| f)) {
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
            let Some(field) = field_of(&fields, &(entry.year, key.as_deref())) else { return PlaceKnown::Unranked };
            let better = u32::try_from(Field::above(&field.sure, score)).unwrap_or(u32::MAX - 1);
            let others = field_of(&anywhere, &entry.year);
            let provisional = field.blank || Field::above(&field.perhaps, score) > 0 || others.is_some_and(|o| o.blank || Field::above(&o.perhaps, score) > 0);
            PlaceKnown::Place(better + 1, provisional)
        })
        .collect()
}
