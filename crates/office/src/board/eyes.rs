//! Who sees and who holds what waits. Tens of thousands of things are looked at for one page: what decides it stands beside each in
//! numbers, so that no id is followed for it.

use super::{Board, Posted, SOURCES};
use crate::queue::{Post, Waiting};
use crate::reading::Sight;
use crate::reading::collection::Belongs;
use casework::call::Call;
use casework::id::UnitId;
use casework::people::{Role, User};
use std::collections::HashMap;
use std::sync::Arc;

/// Ids of calls, units and whoever holds something by numbers that stay theirs.
#[derive(Default)]
pub(super) struct Numbers {
    names: Vec<String>,
    of: HashMap<String, u32>,
}

impl Numbers {
    pub(super) fn known(&self, name: &str) -> Option<u32> {
        self.of.get(name).copied()
    }

    pub(super) fn of(&mut self, name: &str) -> u32 {
        if let Some(number) = self.of.get(name) {
            return *number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.to_owned());
        self.of.insert(name.to_owned(), number);
        number
    }

    pub(super) fn name(&self, number: usize) -> String {
        self.names.get(number).cloned().unwrap_or_default()
    }
}

/// The place of a number, which is made where there is none.
pub(super) fn place<T: Default>(all: &mut Vec<T>, at: u32) -> Option<&mut T> {
    let at = usize::try_from(at).ok()?;
    if all.len() <= at {
        all.resize_with(at + 1, T::default);
    }
    all.get_mut(at)
}

/// Some numbers, mostly none or one.
#[derive(Clone, Default)]
struct Few {
    first: Option<u32>,
    others: Box<[u32]>,
}

impl Few {
    fn of(numbers: &mut Numbers, units: &[UnitId]) -> Self {
        let mut all = units.iter().map(|unit| numbers.of(unit.as_str()));
        Self { first: all.next(), others: all.collect() }
    }

    fn is_empty(&self) -> bool {
        self.first.is_none()
    }

    fn has(&self, number: Option<u32>) -> bool {
        number.is_some() && (self.first == number || self.others.iter().any(|other| Some(*other) == number))
    }
}

/// What decides who sees something that waits, and who holds it.
#[derive(Clone)]
pub(super) struct Marks {
    /// The place of its collection among [`SOURCES`].
    source: u8,
    has_case: bool,
    /// Somebody must not go on with it.
    has_but: bool,
    /// A bit for each role that can go on with it.
    roles: u16,
    /// Its call.
    pub(super) call: Option<u32>,
    /// Units whose people those are; none: of every unit.
    units: Few,
    /// Units that were asked about its case.
    asked: Few,
}

impl Marks {
    pub(super) fn source(&self) -> usize {
        usize::from(self.source)
    }
}

fn bit(role: Role) -> u16 {
    Role::ALL.iter().position(|known| *known == role).and_then(|at| 1_u16.checked_shl(u32::try_from(at).ok()?)).unwrap_or_default()
}

impl Board {
    pub(super) fn marks(&mut self, post: &Post, call: Option<&Call>) -> Marks {
        let waiting = &post.waiting;
        let source = SOURCES.iter().position(|(name, _)| *name == waiting.collection);
        Marks {
            source: source.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX),
            has_case: waiting.case.is_some(),
            has_but: waiting.but.is_some(),
            roles: waiting.roles.iter().fold(0, |all, role| all | bit(*role)),
            call: call.map(|call| self.numbers.of(call.id.as_str())),
            units: Few::of(&mut self.numbers, &waiting.units),
            asked: Few::of(&mut self.numbers, &post.asked),
        }
    }
}

/// Who looks, and in which role.
pub(super) struct Eyes<'e> {
    person: &'e User,
    role: Role,
    unit: Option<u32>,
    /// By the number of a call: whether the reader's unit stands to it.
    calls: Vec<bool>,
}

impl<'e> Eyes<'e> {
    pub(super) fn new(board: &Board, person: &'e User, role: Role) -> Self {
        let mut calls = Vec::new();
        let of_unit = |call: &&Arc<Call>| person.unit.as_ref().is_some_and(|unit| call.lead == *unit || call.with.contains(unit));
        for call in board.calls.values().filter(of_unit) {
            if let Some(seen) = board.numbers.known(call.id.as_str()).and_then(|number| place(&mut calls, number)) {
                *seen = true;
            }
        }
        Self { person, role, unit: person.unit.as_ref().and_then(|unit| board.numbers.known(unit.as_str())), calls }
    }

    pub(super) fn see(&self, posted: &Posted, sight: Sight, belongs: Belongs) -> bool {
        // Nobody confirms what is about themselves.
        if posted.post.about.as_ref() == Some(&self.person.id) {
            return false;
        }
        let waiting = || &posted.post.waiting;
        match sight {
            Sight::All => true,
            Sight::Public(..) => false,
            // An applicant is not told which unit the review has come to.
            Sight::Own(_) if waiting().collection == "cases" && waiting().roles != [Role::Applicant] => false,
            Sight::Own(_) => waiting().organisation.is_some() && waiting().organisation == self.person.organisation,
            Sight::Unit if !posted.marks.has_case && belongs == Belongs::OfCaseOrAll => true,
            Sight::Unit => self.of_unit(&posted.marks),
        }
    }

    /// Whether the reader's unit stands to the call of something, or was asked about its case.
    pub(super) fn of_unit(&self, marks: &Marks) -> bool {
        let of_call = || marks.call.and_then(|call| usize::try_from(call).ok()).and_then(|call| self.calls.get(call)).copied().unwrap_or_default();
        marks.asked.has(self.unit) || of_call()
    }

    /// Whether it waits for whoever looks.
    pub(super) fn hold(&self, posted: &Posted) -> bool {
        let marks = &posted.marks;
        let is_there = marks.units.is_empty() || marks.units.has(self.unit);
        marks.roles & bit(self.role) != 0 && is_there && !(marks.has_but && posted.post.waiting.but.as_ref() == Some(&self.person.id))
    }

    pub(super) fn told(&self, post: &Post) -> Arc<Waiting> {
        match post.told.filter(|told| self.role == Role::Applicant && *told != post.waiting.step) {
            Some(step) => Arc::new(Waiting { step, ..(*post.waiting).clone() }),
            None => Arc::clone(&post.waiting),
        }
    }
}
