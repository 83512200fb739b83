//! Reading a log in its order and naming the first record that is not as it was written. Nothing is trusted but what is
//! computed here and what a signed checkpoint says; where the events come from is the caller's business.

use super::{Event, Fingerprint};
use serde::Serialize;
use std::collections::VecDeque;

/// What is wrong at a place of the log (问题).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrong {
    /// 被改: its content is not what its fingerprint, the one after it, or a checkpoint says.
    Altered,
    /// 缺失: so many records that stood here are gone.
    Missing(i64),
    /// 多出: no act wrote it; the record that belongs here comes after it, or there is none.
    Inserted,
    /// 次序颠倒: the record that belongs here stands further down.
    OutOfOrder,
    /// 截尾: the log ends before its head or a checkpoint.
    TailCut(i64),
    /// 整链重算: it fits its neighbours, and is not the record that was signed.
    Recomputed,
    /// 链首不符: the head does not name the last record.
    Head,
}

/// The first record that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// Its position: 1, 2, 3 …
    pub position: i64,
    /// What is wrong.
    pub wrong: Wrong,
    /// What stands there: act, subject and request; none if nothing does, or it cannot be read.
    pub found: Option<Found>,
    /// Where the record stands that belongs here, in order of reading, if it was met further down.
    pub stands_at: Option<i64>,
}

/// What stands at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The position it claims.
    pub seq: i64,
    /// When.
    pub at: String,
    /// Which act.
    pub act: String,
    /// What it was done to.
    pub subject: String,
    /// The request it answers.
    pub request: String,
}

impl Found {
    fn of(event: &Event) -> Self {
        Self { seq: event.seq, at: event.at.to_string(), act: event.act.clone(), subject: event.subject.clone(), request: event.request.to_string() }
    }
}

/// One record on its way through: as it was read, or nothing if it cannot be; and the fingerprint a checkpoint has for the
/// place.
struct Place {
    event: Option<Event>,
    signed: Option<Fingerprint>,
}

/// So many records after one tell whether it is the one that is wrong.
const AHEAD: usize = 2;

/// So far a record may have been moved up by taking out others, and still be recognised with another number on it.
const SHIFT_MAX: i64 = 100_000;

/// Reads a log record by record.
pub struct Auditor {
    /// Records that are good.
    position: i64,
    /// Fingerprint of the last of them.
    last: Fingerprint,
    /// Places read and not yet judged.
    ahead: VecDeque<Place>,
    /// Judged, good or not.
    judged: i64,
    fault: Option<Fault>,
    /// What is looked for after a gap: the record that rests on the last good one, or that was signed for its place.
    sought: Option<(Fingerprint, Option<Fingerprint>)>,
}

/// How a log came out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// Position of the last record that is good.
    pub position: i64,
    /// Its fingerprint.
    pub head: Fingerprint,
    /// The first that is not.
    pub fault: Option<Fault>,
}

impl Auditor {
    /// Begins after a record that is known to be good; after [`Fingerprint::NONE`] at 0 for a whole log.
    #[must_use]
    pub const fn after(position: i64, last: Fingerprint) -> Self {
        Self { position, last, ahead: VecDeque::new(), judged: position, fault: None, sought: None }
    }

    /// The record at the next place, or nothing if it cannot be read, with the fingerprint that was signed for the place.
    ///
    /// Answers a record that was found good, a few places behind.
    pub fn push(&mut self, event: Option<Event>, signed: Option<Fingerprint>) -> Option<Event> {
        self.ahead.push_back(Place { event, signed });
        if self.ahead.len() > AHEAD { self.judge() } else { None }
    }

    /// The first fault so far.
    #[must_use]
    pub const fn fault(&self) -> Option<&Fault> {
        self.fault.as_ref()
    }

    /// One of the last records, when there are no more: good, or not. None when all are judged.
    pub fn drain(&mut self) -> Option<Option<Event>> {
        (!self.ahead.is_empty()).then(|| self.judge())
    }

    /// Ends the reading: against the head that was kept beside the log, and the last position that was signed.
    #[must_use]
    pub fn end(mut self, head: Option<(i64, Fingerprint)>, signed_until: i64) -> Audit {
        while self.drain().is_some() {}
        if self.fault.is_none() {
            let until = head.map_or(0, |(seq, _)| seq).max(signed_until);
            let wrong = match head {
                _ if until > self.position => Some((self.position + 1, Wrong::TailCut(until - self.position))),
                Some((seq, _)) if seq < self.position => Some((seq + 1, Wrong::Inserted)),
                Some((_, fingerprint)) if fingerprint != self.last => Some((self.position, Wrong::Head)),
                _ => None,
            };
            self.fault = wrong.map(|(position, wrong)| Fault { position, wrong, found: None, stands_at: None });
        }
        Audit { position: self.position, head: self.last, fault: self.fault }
    }

    fn judge(&mut self) -> Option<Event> {
        let place = self.ahead.pop_front()?;
        self.judged += 1;
        if self.fault.is_some() {
            self.seek(&place);
            return None;
        }
        match self.wrong(&place) {
            None => {
                let event = place.event?;
                self.position += 1;
                self.last = event.fingerprint;
                Some(event)
            }
            Some(wrong) => {
                let found = place.event.as_ref().map(Found::of);
                if matches!(wrong, Wrong::Missing(_)) {
                    self.sought = Some((self.last, place.signed));
                }
                self.fault = Some(Fault { position: self.position + 1, wrong, found, stands_at: None });
                None
            }
        }
    }

    /// Whether a record further down is the one that is missing: then it was moved.
    fn seek(&mut self, place: &Place) {
        let (Some((before, signed)), Some(event)) = (self.sought, &place.event) else { return };
        if event.before == before || signed == Some(event.fingerprint) {
            self.sought = None;
            if let Some(fault) = &mut self.fault {
                fault.wrong = Wrong::OutOfOrder;
                fault.stands_at = Some(self.judged);
            }
        }
    }

    fn next(&self, at: usize) -> Option<&Event> {
        self.ahead.get(at).and_then(|place| place.event.as_ref())
    }

    /// What is wrong with the record at the next place.
    fn wrong(&self, place: &Place) -> Option<Wrong> {
        let number = self.position + 1;
        let next = self.next(0);
        let Some(event) = &place.event else {
            let skipped = next.is_some_and(|next| next.before == self.last);
            return Some(if skipped { Wrong::Inserted } else { Wrong::Altered });
        };
        let own = event.computed() == event.fingerprint;
        let fits = event.seq == number && event.before == self.last;
        if let Some(signed) = place.signed {
            if event.fingerprint == signed {
                return if own && fits { None } else { Some(Wrong::Altered) };
            }
            let signed_next = self.ahead.front().and_then(|place| place.signed);
            match next {
                Some(next) if next.fingerprint == signed && signed_next == Some(event.fingerprint) => return Some(Wrong::OutOfOrder),
                Some(next) if next.fingerprint == signed => return Some(Wrong::Inserted),
                _ if signed_next == Some(event.fingerprint) => return Some(Wrong::Missing(1)),
                _ if own && fits => return Some(Wrong::Recomputed),
                _ => {}
            }
        }
        if own && fits { self.disowned(event) } else { Some(self.misfit(event, own)) }
    }

    /// A record that fits what is before it: does what comes after rest on it, or on another in its place?
    fn disowned(&self, event: &Event) -> Option<Wrong> {
        let (next, after) = (self.next(0)?, self.next(1));
        if next.before == event.fingerprint {
            return None;
        }
        let rested_on = after.is_none_or(|after| after.before == next.fingerprint);
        if next.before == self.last && after.is_some() && rested_on {
            return Some(Wrong::Inserted);
        }
        let true_next = next.seq == event.seq + 1 && next.computed() == next.fingerprint;
        // The next one is whole and rests on another: this one was changed and given a fingerprint to match.
        (true_next && next.before != self.last && rested_on).then_some(Wrong::Altered)
    }

    /// A record that does not fit where it stands.
    fn misfit(&self, event: &Event, own: bool) -> Wrong {
        let number = self.position + 1;
        if let Some(next) = self.next(0).filter(|next| next.before == self.last && next.fingerprint != event.fingerprint) {
            if event.before == next.fingerprint {
                return Wrong::OutOfOrder;
            }
            if event.before != self.last || !own {
                return Wrong::Inserted;
            }
        }
        if event.before == self.last {
            return Wrong::Altered;
        }
        if own {
            return match event.seq - number {
                gap if gap > 0 => Wrong::Missing(gap),
                0 => Wrong::Altered,
                _ => Wrong::Inserted,
            };
        }
        // Taken for the one before it by another number: others were taken out, and the rest numbered anew.
        let moved = (1..=SHIFT_MAX).find(|gap| event.computed_at(number + gap) == event.fingerprint);
        moved.map_or(Wrong::Altered, Wrong::Missing)
    }
}
