//! What the applicant sees and what officers see.

use crate::play::{Play, accept, ask_correction, day, lapse, screen, submit, unit};
use casework::call::StepKind;
use casework::case::{Holder, Left, Stage};
use casework::people::Role;

#[test]
fn the_applicant_sees_who_holds_the_case_until_when_and_not_which_unit_is_asked() {
    let mut play = Play::draft();
    let seen = |play: &Play| play.case.seen_by_applicant(&play.call, &play.calendar, play.today);
    assert_eq!((seen(&play).status.label.zh.as_str(), seen(&play).holder), ("草稿", Holder::Applicant));
    play.ok("firm", submit());
    let shown = seen(&play);
    assert_eq!(shown.holder, Holder::Unit(unit("commerce"), None));
    assert_eq!((shown.until, shown.left), (Some(day("2025-03-10")), Some(Left::Days(5))));
    play.ok("clerk", accept());
    let screening = seen(&play);
    play.ok("clerk", screen());
    let joint = seen(&play);
    assert_eq!((screening.status.label.zh.as_str(), &screening.holder), ("审核中", &joint.holder));
    assert_eq!(screening.status, joint.status);
    let officers = play.case.seen_by_officers(&play.call, &play.calendar, play.today);
    assert_eq!(officers.status.label.zh, "联审");
    assert_eq!(officers.holder, Holder::Units(vec![unit("park"), unit("farms")]));
}

#[test]
fn the_time_left_is_counted_in_working_days_and_then_over() {
    let mut play = Play::draft();
    play.ok("firm", submit());
    let left = |play: &Play| play.case.seen_by_applicant(&play.call, &play.calendar, play.today).left.unwrap().words().zh;
    for (today, words) in [("2025-03-07", "剩余1个工作日"), ("2025-03-09", "剩余1个工作日"), ("2025-03-10", "今日到期"), ("2025-03-12", "已超期2个工作日")]
    {
        play.today = day(today);
        assert_eq!(left(&play), words, "on {today}");
    }
}

#[test]
fn a_correction_is_with_the_applicant_and_one_that_never_came_says_so() {
    let mut play = Play::draft();
    play.ok("firm", submit());
    play.ok("clerk", ask_correction(&["发票"]));
    let shown = play.case.seen_by_applicant(&play.call, &play.calendar, play.today);
    assert_eq!((shown.holder, shown.until), (Holder::Applicant, Some(day("2025-03-17"))));
    play.today = day("2025-03-18");
    play.ok("clerk", lapse());
    let shown = play.case.seen_by_applicant(&play.call, &play.calendar, play.today);
    assert_eq!((shown.status.label.zh.as_str(), shown.holder, shown.until), ("视为撤回", Holder::Nobody, None));
}

#[test]
fn every_stage_has_words_in_both_languages_and_officers_know_whose_turn_it_is() {
    let mut play = Play::draft();
    for stage in Stage::ALL {
        play.case.stage = stage;
        for shown in [play.case.seen_by_applicant(&play.call, &play.calendar, play.today), play.case.seen_by_officers(&play.call, &play.calendar, play.today)] {
            for text in [&shown.status.label, &shown.status.note] {
                assert!(!text.zh.is_empty() && !text.en.is_empty() && text.en.is_ascii(), "{stage:?}: {text:?}");
            }
        }
    }
    play.case.stage = Stage::Review(StepKind::Summary);
    assert_eq!(play.case.holder(&play.call), Holder::Unit(unit("commerce"), Some(Role::Reviewer)));
}
