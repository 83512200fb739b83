//! Which part of a queue is wanted: in time, at a step, of a call, of a kind of thing, in whose hands. The same for the list and for the
//! step from one case to the next, so that whoever works through a list stays in it.

use crate::operation::Asked;
use crate::pages::market::encoded;
use office::handler::{Handlers, handler_of};
use office::queue::Waiting;
use std::collections::BTreeMap;
use values::{Date, WorkCalendar};

/// So many working days before its end something is about to end.
pub const SOON: u32 = 2;

/// Which part is wanted.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// `mine`, `soon`, `late` or `seen`.
    pub of: String,
    /// Step; empty: all.
    pub step: String,
    /// Call; empty: all.
    pub call: String,
    /// Kind of thing; empty: all.
    pub list: String,
    /// `own`, `free` or `others`; empty: all.
    pub hand: String,
}

/// In whose hands something is, within the own unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    /// 我领取的
    Own,
    /// 未领取
    Free,
    /// 同事的
    Others,
}

impl Hand {
    /// As it stands in an address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Free => "free",
            Self::Others => "others",
        }
    }
}

/// What a wish is held against.
pub struct Known<'k> {
    /// Everything in the queue is the reader's to go on with: nothing waits for another unit.
    pub is_mine: bool,
    pub today: Date,
    /// The last day that is soon.
    pub soon: Date,
    pub handlers: &'k Handlers,
    /// Whoever reads, and of which unit.
    pub reader: &'k str,
    pub unit: &'k str,
}

/// The last day that is soon.
pub fn soon(calendar: &WorkCalendar, today: Date) -> Date {
    calendar.deadline_working_days(today, SOON).date
}

impl Known<'_> {
    /// In whose hands a case is that waits for the own unit; none: it does not, or is no case.
    pub fn hand(&self, waiting: &Waiting) -> Option<Hand> {
        let is_here = self.is_mine || waiting.units.is_empty() || waiting.units.iter().any(|unit| unit.as_str() == self.unit);
        if waiting.collection != "cases" || !is_here {
            return None;
        }
        Some(match handler_of(self.handlers, waiting) {
            None => Hand::Free,
            Some(user) if user == self.reader => Hand::Own,
            Some(_) => Hand::Others,
        })
    }

    /// Whether something ends within the next working days.
    pub fn is_soon(&self, waiting: &Waiting) -> bool {
        waiting.until.is_some_and(|until| self.today <= until && until <= self.soon)
    }

    /// Whether something is in the part that is wanted, whatever its step and whoever has it.
    pub fn is_of(&self, waiting: &Waiting, wish: &Wish) -> bool {
        let in_time = match wish.of.as_str() {
            "late" => waiting.is_over(self.today),
            "soon" => self.is_soon(waiting),
            _ => true,
        };
        let of_call = || wish.call.is_empty() || waiting.call.as_ref().is_some_and(|call| call.as_str() == wish.call);
        in_time && of_call() && (wish.list.is_empty() || waiting.collection == wish.list)
    }

    /// Whether it is in the hands that are wanted.
    pub fn is_in_hand(&self, waiting: &Waiting, wish: &Wish) -> bool {
        wish.hand.is_empty() || self.hand(waiting).is_some_and(|hand| hand.name() == wish.hand)
    }

    /// Whether it is wanted.
    pub fn fits(&self, waiting: &Waiting, wish: &Wish) -> bool {
        self.is_of(waiting, wish) && self.is_in_hand(waiting, wish) && (wish.step.is_empty() || waiting.step == wish.step)
    }
}

impl Wish {
    /// As it was asked for.
    pub fn of(asked: &Asked<'_>) -> Self {
        let said = |name: &str| asked.query(name).unwrap_or_default().to_owned();
        Self { of: asked.query("of").unwrap_or("mine").to_owned(), step: said("step"), call: said("call"), list: said("list"), hand: said("hand") }
    }

    /// Read from what [`text`](Self::text) gives.
    pub fn parse(text: &str) -> Self {
        let given: BTreeMap<String, String> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let said = |name: &str| given.get(name).cloned().unwrap_or_default();
        let of = Some(said("of")).filter(|of| !of.is_empty()).unwrap_or_else(|| "mine".to_owned());
        Self { of, step: said("step"), call: said("call"), list: said("list"), hand: said("hand") }
    }

    /// As it stands behind the question mark.
    pub fn text(&self) -> String {
        let all = [("of", &self.of), ("step", &self.step), ("call", &self.call), ("list", &self.list), ("hand", &self.hand)];
        let said: Vec<String> = all.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        said.join("&")
    }

    /// The address of the same with one thing changed.
    pub fn with(&self, name: &str, value: &str) -> String {
        let mut other = self.clone();
        let field = match name {
            "of" => &mut other.of,
            "step" => &mut other.step,
            "call" => &mut other.call,
            "list" => &mut other.list,
            _ => &mut other.hand,
        };
        value.clone_into(field);
        other.address()
    }

    /// The address of the list.
    pub fn address(&self) -> String {
        let text = self.text();
        if text.is_empty() { "/work".to_owned() } else { format!("/work?{text}") }
    }

    /// The address of a case of the list, with its place there, so that the way back and the next are known.
    pub fn case(&self, id: &str, at: usize, all: usize) -> String {
        format!("/cases/{}?at={at}&all={all}&in={}", encoded(id), encoded(&self.text()))
    }
}
