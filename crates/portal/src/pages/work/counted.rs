//! A queue gone through once: what its links count, and the stretch that the page shows. Tens of thousands of things may wait.

use super::narrow::{Hand, Known, Wish};
use casework::id::CallId;
use office::queue::Waiting;
use std::collections::HashMap;
use std::sync::Arc;

/// What a part of a queue comes to.
#[derive(Default)]
pub struct Counted {
    /// Of the whole queue: all, late, about to end.
    pub all: usize,
    pub late: usize,
    pub soon: usize,
    /// By the number of a call, of the whole queue: the call, and how much waits of it.
    pub calls: Vec<Option<(CallId, usize)>>,
    /// Of the part that is wanted, whoever has it: the reader's own, nobody's, colleagues'.
    pub hands: [usize; 3],
    /// By step, of what is in the hands that are wanted: one that is at it, and how many are.
    pub steps: Vec<(Arc<Waiting>, usize)>,
    /// What is wanted, and how many cases are in it.
    pub total: usize,
    pub cases: usize,
    /// What the page shows of it, each case with its place among the cases.
    pub shown: Vec<(Arc<Waiting>, Option<usize>)>,
    /// There is more than it shows.
    pub has_more: bool,
    /// Places of cases that wait for several.
    places: HashMap<String, usize>,
}

impl Counted {
    /// Goes through a queue; `rows` things are shown after a place.
    pub fn of(queue: &mut dyn Iterator<Item = (Arc<Waiting>, Option<u32>)>, wish: &Wish, known: &Known<'_>, (after, rows): (&str, usize)) -> Self {
        let mut counted = Self::default();
        let mut has_begun = after.is_empty();
        for (waiting, call) in queue {
            has_begun = has_begun || waiting.place().as_str() > after;
            let Some(place) = counted.count(&waiting, call, wish, known) else { continue };
            match counted.shown.len() {
                _ if !has_begun => {}
                shown if shown == rows => counted.has_more = true,
                _ => counted.shown.push((waiting, place)),
            }
        }
        counted
    }

    /// Counts something. None: it is not wanted; else its place where it is a case.
    fn count(&mut self, waiting: &Arc<Waiting>, call: Option<u32>, wish: &Wish, known: &Known<'_>) -> Option<Option<usize>> {
        self.all += 1;
        self.late += usize::from(waiting.is_over(known.today));
        self.soon += usize::from(known.is_soon(waiting));
        if let Some(at) = call.and_then(|call| usize::try_from(call).ok()) {
            if self.calls.len() <= at {
                self.calls.resize_with(at + 1, || None);
            }
            match self.calls.get_mut(at) {
                Some(Some((_, count))) => *count += 1,
                Some(first) => *first = waiting.call.clone().map(|call| (call, 1)),
                None => {}
            }
        }
        if !known.is_of(waiting, wish) {
            return None;
        }
        let hand = known.hand(waiting);
        let [own, free, others] = &mut self.hands;
        match hand {
            Some(Hand::Own) => *own += 1,
            Some(Hand::Free) => *free += 1,
            Some(Hand::Others) => *others += 1,
            None => {}
        }
        if !wish.hand.is_empty() && hand.is_none_or(|hand| hand.name() != wish.hand) {
            return None;
        }
        match self.steps.iter_mut().find(|(first, _)| first.step == waiting.step) {
            Some((_, count)) => *count += 1,
            None => self.steps.push((Arc::clone(waiting), 1)),
        }
        if !wish.step.is_empty() && waiting.step != wish.step {
            return None;
        }
        self.total += 1;
        Some((waiting.collection == "cases").then(|| self.place(waiting)))
    }

    /// The place of a case: one that waits for several stands where the first of it stands.
    fn place(&mut self, waiting: &Waiting) -> usize {
        if let Some(place) = self.places.get(&waiting.id).filter(|_| !waiting.is_only) {
            return *place;
        }
        self.cases += 1;
        if !waiting.is_only {
            self.places.insert(waiting.id.clone(), self.cases);
        }
        self.cases
    }

    /// How many are in the hands that are wanted, at whatever step.
    pub fn in_hand(&self) -> usize {
        self.steps.iter().map(|(_, count)| count).sum()
    }
}
