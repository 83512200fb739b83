//! A log with something wrong in it: the first bad record is named, whatever was done and wherever.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

use casework::chain::{Audit, Auditor, Event, Fingerprint, Proof, Wrong};
use casework::id::{RequestId, UserId};
use casework::people::Role;
use proptest::prelude::*;
use values::{Date, Moment};

fn event(number: usize) -> Event {
    Event {
        seq: 0,
        at: Moment::start_of(Date::parse("2025-03-03").unwrap()),
        user: UserId::parse("clerk").unwrap(),
        role: Role::Clerk,
        act: "case.accept".into(),
        request: RequestId::parse(&format!("r{number}")).unwrap(),
        subject: format!("case{number}"),
        input: format!("{{\"case\":{number}}}"),
        outcome: "\"done\"".into(),
        effects: "[]".into(),
        before: Fingerprint::NONE,
        fingerprint: Fingerprint::NONE,
    }
}

/// The same events chained anew, from a position on.
fn chained(mut events: Vec<Event>, from: usize) -> Vec<Event> {
    for at in from..events.len() {
        let before = if at == 0 { Fingerprint::NONE } else { events[at - 1].fingerprint };
        events[at] = events[at].clone().chained(at as i64 + 1, before);
    }
    events
}

fn log(length: usize) -> Vec<Event> {
    chained((0..length).map(event).collect(), 0)
}

fn head(events: &[Event]) -> (i64, Fingerprint) {
    events.last().map_or((0, Fingerprint::NONE), |event| (event.seq, event.fingerprint))
}

/// Reads a log against the head that was kept, and against what was signed.
fn audit(events: &[Event], head: Option<(i64, Fingerprint)>, signed: &[Fingerprint]) -> Audit {
    let mut auditor = Auditor::after(0, Fingerprint::NONE);
    for (at, event) in events.iter().enumerate() {
        auditor.push(Some(event.clone()), signed.get(at).copied());
    }
    auditor.end(head, signed.len() as i64)
}

fn fault(audit: &Audit) -> (i64, Wrong) {
    audit.fault.as_ref().map(|fault| (fault.position, fault.wrong.clone())).expect("a fault is found")
}

/// Renumbers without making new fingerprints, as an `UPDATE` of one column would.
fn numbered(mut events: Vec<Event>) -> Vec<Event> {
    for (at, event) in events.iter_mut().enumerate() {
        event.seq = at as i64 + 1;
    }
    events
}

/// Where in a log of 4 to 30 events; what stands there is followed by at least two more.
fn places() -> impl Strategy<Value = (usize, usize, bool)> {
    (4usize..30).prop_flat_map(|length| (Just(length), 0..length - 2, any::<bool>()))
}

proptest! {
    #[test]
    fn a_log_as_it_was_written_is_good((length, _, signed) in places()) {
        let events = log(length);
        let marks: Vec<_> = events.iter().map(|e| e.fingerprint).filter(|_| signed).collect();
        let audit = audit(&events, Some(head(&events)), &marks);
        prop_assert_eq!((audit.fault, audit.position), (None, length as i64));
    }

    #[test]
    fn an_altered_record_is_named((length, at, signed) in places(), refit in any::<bool>()) {
        let good = log(length);
        let marks: Vec<_> = good.iter().map(|e| e.fingerprint).filter(|_| signed).collect();
        let mut events = good.clone();
        events[at].input = "{\"case\":0,\"more\":true}".into();
        if refit {
            // With a fingerprint to match, the next one tells.
            events[at].fingerprint = events[at].computed();
        }
        let (position, wrong) = fault(&audit(&events, Some(head(&good)), &marks));
        prop_assert_eq!(position, at as i64 + 1);
        prop_assert_eq!(wrong, if refit && signed { Wrong::Recomputed } else { Wrong::Altered });
    }

    #[test]
    fn a_deleted_record_is_named((length, at, signed) in places(), renumber in any::<bool>()) {
        let good = log(length);
        let marks: Vec<_> = good.iter().map(|e| e.fingerprint).filter(|_| signed).collect();
        let mut events = good.clone();
        events.remove(at);
        let events = if renumber { numbered(events) } else { events };
        prop_assert_eq!(fault(&audit(&events, Some(head(&good)), &marks)), (at as i64 + 1, Wrong::Missing(1)));
    }

    #[test]
    fn an_inserted_record_is_named((length, at, signed) in places(), renumber in any::<bool>(), fits in any::<bool>()) {
        let good = log(length);
        let marks: Vec<_> = good.iter().map(|e| e.fingerprint).filter(|_| signed).collect();
        let mut events = good.clone();
        let before = if at == 0 { Fingerprint::NONE } else { good[at - 1].fingerprint };
        let mut foreign = event(999).chained(at as i64 + 1, before);
        if !fits {
            foreign.fingerprint = Fingerprint::of(b"made up");
            foreign.before = Fingerprint::of(b"made up too");
        }
        events.insert(at, foreign);
        let events = if renumber { numbered(events) } else { events };
        prop_assert_eq!(fault(&audit(&events, Some(head(&good)), &marks)), (at as i64 + 1, Wrong::Inserted));
    }

    #[test]
    fn records_in_another_order_are_named((length, at, signed) in places(), by in 1usize..8, renumber in any::<bool>()) {
        let good = log(length);
        let to = (at + by).min(length - 1);
        prop_assume!(to > at);
        let marks: Vec<_> = good.iter().map(|e| e.fingerprint).filter(|_| signed).collect();
        let mut events = good.clone();
        events.swap(at, to);
        let events = if renumber { numbered(events) } else { events };
        let (position, wrong) = fault(&audit(&events, Some(head(&good)), &marks));
        prop_assert_eq!((position, wrong), (at as i64 + 1, Wrong::OutOfOrder));
    }

    #[test]
    fn a_cut_tail_is_named((length, at, signed) in places()) {
        let good = log(length);
        let marks: Vec<_> = good.iter().map(|e| e.fingerprint).filter(|_| signed).collect();
        let cut = &good[..at];
        let kept = Some(head(&good));
        prop_assert_eq!(fault(&audit(cut, kept, &marks)), (at as i64 + 1, Wrong::TailCut((length - at) as i64)));
        if signed {
            // Also where the head was cut back with it.
            prop_assert_eq!(fault(&audit(cut, Some(head(cut)), &marks)), (at as i64 + 1, Wrong::TailCut((length - at) as i64)));
        }
    }

    #[test]
    fn a_chain_recomputed_as_a_whole_is_told_by_the_checkpoint((length, at, _) in places()) {
        let good = log(length);
        let marks: Vec<_> = good.iter().map(|e| e.fingerprint).collect();
        let mut events = good;
        events[at].outcome = "\"sum\"".into();
        let events = chained(events, at);
        // Nothing inside of it shows that: this is what checkpoints are for.
        prop_assert_eq!(audit(&events, Some(head(&events)), &[]).fault, None);
        prop_assert_eq!(fault(&audit(&events, Some(head(&events)), &marks)), (at as i64 + 1, Wrong::Recomputed));
    }

    #[test]
    fn a_record_taken_out_of_a_recomputed_chain_is_told_by_the_checkpoint((length, at, _) in places()) {
        let good = log(length);
        let marks: Vec<_> = good.iter().map(|e| e.fingerprint).collect();
        let mut events = good;
        events.remove(at);
        let events = chained(events, at);
        prop_assert_eq!(fault(&audit(&events, Some(head(&events)), &marks)), (at as i64 + 1, Wrong::Recomputed));
    }

    #[test]
    fn a_record_that_cannot_be_read_is_named((length, at, signed) in places()) {
        let good = log(length);
        let mut auditor = Auditor::after(0, Fingerprint::NONE);
        for (place, event) in good.iter().enumerate() {
            auditor.push((place != at).then(|| event.clone()), signed.then_some(event.fingerprint));
        }
        prop_assert_eq!(fault(&auditor.end(None, 0)), (at as i64 + 1, Wrong::Altered));
    }
}

#[test]
fn a_record_written_behind_the_head_is_named() {
    let good = log(5);
    let kept = head(&good[..4]);
    assert_eq!(fault(&audit(&good, Some(kept), &[])), (5, Wrong::Inserted));
}

#[test]
fn a_head_that_names_another_record_is_told() {
    let good = log(5);
    assert_eq!(fault(&audit(&good, Some((5, Fingerprint::of(b"another"))), &[])), (5, Wrong::Head));
}

#[test]
fn a_proof_without_words_has_the_fingerprint_of_its_event() {
    let event = &log(3)[2];
    for shown in [true, false] {
        let proof = Proof::of(event, shown);
        assert_eq!(proof.computed(), event.fingerprint);
        assert_eq!(proof.input.text().is_some(), shown);
    }
}
