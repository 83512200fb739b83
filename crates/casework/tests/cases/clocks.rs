//! Deadlines of a case: counted by the calendar, stopped, explained, provisional.

use crate::play::{Play, accept, answer, ask_correction, ask_unit, day, lapse, pass_on, recount, resume, screen, submit, suspend, unit};
use casework::call::{Period, StepKind};
use casework::case::{CaseRefusal, Pause, Running, Stage, Standstill, Term};
use values::{Clock, Lang, WorkCalendar};

fn ends(clock: &Clock) -> String {
    match clock {
        Clock::Ends(deadline) => deadline.date.to_string(),
        Clock::Stands { since, left } => format!("stands since {since}, {left} left"),
    }
}

fn still(from: &str, until: Option<&str>, why: Pause) -> Standstill {
    Standstill { from: day(from), until: until.map(day), why }
}

#[test]
fn a_step_ends_after_the_working_days_of_the_notice() {
    // The fixtures of the domain.
    let china = WorkCalendar::china();
    for (since, days, end) in
        [("2025-09-15", 30, "2025-10-31"), ("2026-01-15", 30, "2026-03-04"), ("2025-09-25", 5, "2025-10-09"), ("2026-02-10", 5, "2026-02-24")]
    {
        let running = Running::begun(Term::Acceptance, day(since), Period::WorkingDays(days));
        assert_eq!(ends(&running.clock(&china, &[])), end, "{days} working days from {since}");
    }
}

#[test]
fn days_in_a_standstill_do_not_count_in_either_unit() {
    let china = WorkCalendar::china();
    let pause = [still("2025-03-05", Some("2025-03-12"), Pause::Correction)];
    let working = Running::begun(Term::Step(StepKind::Screening), day("2025-03-03"), Period::WorkingDays(5));
    // 4 March, then 12, 13, 14, 17.
    assert_eq!(ends(&working.clock(&china, &pause)), "2025-03-17");
    let days = Running::begun(Term::Step(StepKind::Screening), day("2025-03-03"), Period::Days(5));
    // 4 March, then 12, 13, 14, and 15 which is a Saturday.
    assert_eq!(ends(&days.clock(&china, &pause)), "2025-03-17");
    for period in [Period::Days(5), Period::WorkingDays(5)] {
        let own = Running::begun(Term::Correction, day("2025-03-03"), period);
        assert_eq!(own.clock(&china, &pause), own.clock(&china, &[]), "its own correction does not stop the applicant's time");
    }
    let open = [still("2025-03-05", None, Pause::Suspension)];
    assert_eq!(ends(&days.clock(&china, &open)), "stands since 2025-03-05, 4 left");
    assert_eq!(ends(&working.clock(&china, &open)), "stands since 2025-03-05, 4 left");
}

#[test]
fn a_correction_stops_the_office_and_not_the_applicant() {
    let mut play = Play::draft();
    play.ok("firm", submit());
    assert_eq!(play.case.due(), Some(day("2025-03-10")), "five working days to accept");
    play.today = day("2025-03-05");
    play.ok("clerk", ask_correction(&["发票"]));
    assert_eq!(play.case.due(), Some(day("2025-03-19")), "ten working days to mend");
    assert_eq!(play.case.review.clock.as_ref().unwrap().due, None, "the office waits");
    play.today = day("2025-03-14");
    let (application, evidence) = (play.case.application.clone(), play.case.evidence.clone());
    play.ok("firm", answer(&application, &evidence));
    // Two of five were used, 4 and 5 March; three are left after 14 March.
    assert_eq!(play.case.due(), Some(day("2025-03-19")));
}

#[test]
fn a_case_at_rest_has_no_deadline_and_afterwards_the_days_it_had_left() {
    let mut play = Play::at(Stage::Review(StepKind::Screening));
    assert_eq!(play.case.due(), Some(day("2025-03-17")));
    play.today = day("2025-03-10");
    play.ok("leader", suspend("涉诉"));
    assert_eq!(play.case.due(), None);
    play.today = day("2025-04-07");
    play.ok("leader", resume());
    assert_eq!(play.case.stage, Stage::Review(StepKind::Screening));
    // Five used until 10 March; five left from 8 April.
    assert_eq!(play.case.due(), Some(day("2025-04-14")));
}

#[test]
fn each_unit_has_a_time_of_its_own() {
    let mut play = Play::draft();
    play.call.workflow.unit_periods = vec![(unit("farms"), Period::WorkingDays(3))];
    play.ok("firm", submit());
    play.ok("clerk", accept());
    play.ok("clerk", screen());
    let due = |play: &Play, name: &str| play.case.review.asks.iter().rfind(|ask| ask.unit == unit(name)).unwrap().clock.due.unwrap();
    assert_eq!(due(&play, "park"), day("2025-03-17"));
    assert_eq!(due(&play, "farms"), day("2025-03-06"));
    assert_eq!(play.case.due(), Some(day("2025-03-06")), "the case is overdue with the first of them");
    play.today = day("2025-03-05");
    play.ok("clerk", ask_unit("roads", "涉及物流"));
    assert_eq!(due(&play, "roads"), day("2025-03-19"), "ten days from when it is asked");
    play.ok("clerk", pass_on("farms", "taxes", "不属其职责"));
    assert_eq!(due(&play, "taxes"), day("2025-03-19"));
    assert_eq!(play.case.due(), Some(day("2025-03-17")), "who passed it on is not waited for");
}

#[test]
fn a_deadline_explains_itself_in_both_languages() {
    let china = WorkCalendar::china();
    let running = Running::begun(Term::Correction, day("2025-09-25"), Period::WorkingDays(5));
    let text = running.explained(&china, &[still("2025-09-26", Some("2025-09-28"), Pause::Suspension)]);
    let zh = "自2025年9月25日次日起5个工作日，至2025年10月10日止；周末：9月27日、10月4日、10月5日；\
              放假：10月1日、10月2日、10月3日、10月6日、10月7日、10月8日；停计：9月26日；周末上班（计入）：9月28日";
    assert_eq!(text.get(Lang::Zh), zh);
    assert!(
        text.get(Lang::En)
            .starts_with("5 working days from the day after 2025-09-25, until 2025-10-10; weekends: 2025-09-27, 2025-10-04, 2025-10-05; holidays: "),
        "{text:?}"
    );
}

#[test]
fn a_deadline_in_a_year_without_notice_is_provisional_until_it_is_counted_again() {
    let mut play = Play::draft();
    play.call.open.1 = day("2026-12-31");
    play.today = day("2026-12-29");
    play.ok("firm", submit());
    let clock = play.case.review.clock.clone().unwrap();
    assert!(clock.provisional && play.case.is_provisional(), "{clock:?}");
    assert_eq!(clock.due, Some(day("2027-01-05")), "by weekdays alone");
    assert!(clock.explained(&play.calendar, &[]).zh.contains("暂定"));
    play.calendar = play.calendar.with_year(2027, "date,kind\n2027-01-01,off\n2027-01-04,off\n").unwrap();
    play.ok("clerk", recount());
    let clock = play.case.review.clock.clone().unwrap();
    assert_eq!((clock.due, clock.provisional), (Some(day("2027-01-07")), false));
    assert!(!play.case.is_provisional());
}

#[test]
fn a_right_is_not_lost_on_a_day_that_the_calendar_loaded_since_has_moved() {
    let mut play = Play::draft();
    play.call.open.1 = day("2026-12-31");
    play.today = day("2026-12-21");
    play.ok("firm", submit());
    play.ok("clerk", ask_correction(&["发票"]));
    assert_eq!(play.case.due(), Some(day("2027-01-04")), "ten working days, by weekdays alone");
    play.calendar = play.calendar.with_year(2027, "date,kind\n2027-01-01,off\n2027-01-04,off\n").unwrap();
    play.today = day("2027-01-05");
    assert_eq!(play.refused("clerk", lapse()), CaseRefusal::NotDue { until: Some(day("2027-01-06")) });
}
