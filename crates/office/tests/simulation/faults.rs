//! Failures of the store, asked for at one call, at every call in turn, at random, or after the commit, when only the answer
//! is lost. The act is then asked again with the same request, as a program that lost its connection would.

use crate::random::Random;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::Faults;

/// What the store asks about after a commit: failing there loses the answer, not the act.
pub const ACKNOWLEDGE: &str = "acknowledge";

/// How an act is to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// Not at all.
    None,
    /// At its first call of the store, then at its second, and so on until there is none left to fail.
    Each,
    /// Each call so many times in a thousand, after this seed.
    Random(u64, usize),
    /// After the commit.
    Answer,
}

#[derive(Default)]
struct State {
    armed: Option<Armed>,
    /// Calls since it was armed.
    calls: usize,
    /// What failed, if anything did.
    failed: Option<String>,
    /// Calls and failures so far, by kind of call.
    kinds: Kinds,
}

/// Calls and failures, by kind of call.
pub type Kinds = BTreeMap<String, (usize, usize)>;

/// The kind of a call: what is done with which table, without the id.
fn kind(doing: &str) -> &str {
    let words = match doing.split(' ').next() {
        Some("find") => usize::MAX,
        Some("read" | "write") => 2,
        _ => 1,
    };
    let end = doing.match_indices(' ').nth(words - 1).map_or(doing.len(), |(at, _)| at);
    doing.get(..end).unwrap_or(doing)
}

enum Armed {
    At(usize),
    Random(Random, usize),
    Answer,
}

/// The switch of the failures of one store.
#[derive(Clone, Default)]
pub struct Switch(Arc<Mutex<State>>);

impl Switch {
    /// What the store asks before each call.
    pub fn hook(&self) -> Faults {
        let switch = self.clone();
        Arc::new(move |doing| {
            let mut state = switch.0.lock().expect("the switch");
            state.calls += 1;
            let calls = state.calls;
            let fails = match &mut state.armed {
                None => false,
                Some(Armed::At(at)) => calls == *at,
                Some(Armed::Random(random, per_mille)) => random.chance(*per_mille),
                Some(Armed::Answer) => doing.starts_with(ACKNOWLEDGE),
            };
            let kind = kind(doing);
            match state.kinds.get_mut(kind) {
                Some((all, failed)) => (*all, *failed) = (*all + 1, *failed + usize::from(fails)),
                None => drop(state.kinds.insert(kind.to_owned(), (1, usize::from(fails)))),
            }
            if fails {
                state.armed = None;
                state.failed = Some(doing.to_owned());
            }
            fails
        })
    }

    /// Arms it for the try of this number, counted from 0. False: the plan has no more failures.
    pub fn arm(&self, plan: Plan, try_number: usize) -> bool {
        let armed = match plan {
            Plan::None => None,
            Plan::Each => Some(Armed::At(try_number + 1)),
            Plan::Random(seed, per_mille) => (try_number < 20).then(|| Armed::Random(Random::new(seed.wrapping_add(try_number as u64)), per_mille)),
            Plan::Answer => (try_number == 0).then_some(Armed::Answer),
        };
        let more = armed.is_some();
        let mut state = self.0.lock().expect("the switch");
        (state.armed, state.calls, state.failed) = (armed, 0, None);
        more
    }

    /// Calls and failures so far.
    pub fn kinds(&self) -> Kinds {
        self.0.lock().expect("the switch").kinds.clone()
    }

    /// What failed since it was armed.
    pub fn failed(&self) -> Option<String> {
        self.0.lock().expect("the switch").failed.take()
    }
}
