//! The life of a policy version, whatever is asked in whatever order: nothing is issued that was not reviewed as it stands.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails loudly, in its helpers too")]

use casework::call::Period;
use casework::id::{PolicyVersionId, UnitId, UserId};
use casework::policy_version::{Ending, Issue, PolicyLife, PolicyRefusal, PolicyStage, Review, View};
use casework::term::Term;
use proptest::prelude::*;
use values::{Date, Moment, WorkCalendar};

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

#[derive(Clone, Copy, Debug)]
enum Ask {
    Revise(u8),
    Consult,
    Reply,
    Invite,
    Release,
    Waive,
    Redraft,
    Competition(bool),
    Legality(bool),
    Resolve,
    Publish(i64, i64),
    End(i64),
    Wait,
}

fn ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        2 => (0_u8..4).prop_map(Ask::Revise),
        1 => Just(Ask::Consult),
        1 => Just(Ask::Reply),
        1 => Just(Ask::Invite),
        2 => Just(Ask::Release),
        1 => Just(Ask::Waive),
        1 => Just(Ask::Redraft),
        3 => prop::bool::weighted(0.8).prop_map(Ask::Competition),
        3 => prop::bool::weighted(0.8).prop_map(Ask::Legality),
        3 => Just(Ask::Resolve),
        4 => (-3_i64..40, -3_i64..400).prop_map(|(from, until)| Ask::Publish(from, until)),
        1 => (-3_i64..300).prop_map(Ask::End),
        2 => Just(Ask::Wait),
    ]
}

fn review(life: &PolicyLife, on: Date, passed: bool) -> Review {
    Review { number: "1".into(), on, passed, conclusion: "1".into(), scheme_hash: life.text().to_owned() }
}

fn asked(life: &mut PolicyLife, ask: Ask, today: Date) -> Result<(), PolicyRefusal> {
    let calendar = WorkCalendar::china();
    let term = |days| Term::new(&calendar, today, Period::Days(days));
    let unit = UnitId::parse("park").unwrap();
    match ask {
        Ask::Revise(text) => life.revise(&format!("text{text}"), Moment::start_of(today)),
        Ask::Consult => life.consult(&[unit], term(5)),
        Ask::Reply => life.reply(&unit, View::Agrees, ""),
        Ask::Invite => life.invite(term(7), "7日"),
        Ask::Release => life.release(Moment::start_of(today)),
        Ask::Waive => life.waive("1"),
        Ask::Redraft => life.redraft("1"),
        Ask::Competition(passed) => life.review_competition(review(life, today, passed)),
        Ask::Legality(passed) => life.review_legality(review(life, today, passed)),
        Ask::Resolve => life.resolve("1", today),
        Ask::Publish(from, until) => {
            let effective = today.add_days(from).unwrap();
            life.publish(&Issue { number: "1".into(), on: today, effective, until: effective.add_days(until) }, today, &calendar)
        }
        Ask::End(after) => life.end(today.add_days(after).unwrap(), Ending::Repealed("1".into())),
        Ask::Wait => Ok(()),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_issued_that_was_not_heard_reviewed_and_decided_as_it_stands(asks in prop::collection::vec(ask(), 1..60)) {
        let mut today = day("2025-03-03");
        let drafter = UserId::parse("drafter").unwrap();
        let mut life = PolicyLife::draft(PolicyVersionId::parse("p").unwrap(), UnitId::parse("commerce").unwrap(), "text0", Moment::start_of(today), &drafter);
        for ask in asks {
            if matches!(ask, Ask::Wait) {
                today = today.add_days(4).unwrap();
            }
            let before = life.clone();
            let done = asked(&mut life, ask, today).is_ok();
            prop_assert!(done || life == before, "refused means unchanged");
            prop_assert!(before.stage == PolicyStage::Draft || life.texts == before.texts, "only a draft changes");
            prop_assert!(before.stage != PolicyStage::Issued || life.stage == PolicyStage::Issued, "what is issued stays issued");
            if life.stage != PolicyStage::Issued {
                prop_assert!(!life.in_force(today), "only what is issued is in force");
                continue;
            }
            let of_this = |review: &Option<Review>| review.as_ref().is_some_and(|review| review.passed && review.scheme_hash == life.text());
            prop_assert!(of_this(&life.competition) && of_this(&life.legality));
            prop_assert!(life.resolution.as_ref().is_some_and(|(_, _, text)| text == life.text()));
            prop_assert!(life.released.is_some() || life.waived.is_some(), "the public was heard, or it is said why not");
            let issue = life.issue.as_ref().unwrap();
            prop_assert!(!life.in_force(issue.effective.add_days(-1).unwrap()) && life.in_force(issue.effective));
            prop_assert!(issue.until.is_none_or(|until| !life.in_force(until.add_days(1).unwrap())));
            prop_assert!(life.ended.as_ref().is_none_or(|ended| !life.in_force(ended.on)));
        }
    }
}
