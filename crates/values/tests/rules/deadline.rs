//! The clock of a period that is stopped; the dates were counted by hand in the calendar of the notices.

use proptest::prelude::*;
use values::{Clock, Date, DayOff, Deadline, Stop, WorkCalendar};

use crate::date::d;

fn stop(stopped: &str, resumed: &str) -> Stop {
    Stop::between(d(stopped), d(resumed)).unwrap()
}

fn end(start: &str, n: u32, stops: &[Stop]) -> Deadline {
    match WorkCalendar::china().clock_working_days(d(start), n, stops) {
        Clock::Ends(deadline) => deadline,
        Clock::Stands { since, left } => panic!("stands since {since} with {left} left"),
    }
}

#[test]
fn the_working_days_of_a_correction_do_not_count() {
    // 16 to 19 and 22 to 24 September are days 1 to 7; from 13 October on: 13 to 17 (12), 20 to 24 (17), 27 to 31 (22),
    // 3 to 7 November (27), 10, 11, 12 (30). Without the stop the last day is 31 October.
    let deadline = end("2025-09-15", 30, &[stop("2025-09-25", "2025-10-13")]);
    assert_eq!((deadline.date, deadline.provisional), (d("2025-11-12"), false));
    // The worked Sunday 28 September and the worked Saturday 11 October are working days that were lost.
    let stopped: Vec<String> = deadline.stopped.iter().map(Date::to_string).collect();
    assert_eq!(stopped, ["2025-09-25", "2025-09-26", "2025-09-28", "2025-09-29", "2025-09-30", "2025-10-09", "2025-10-10", "2025-10-11"]);
    assert_eq!(deadline.worked_weekends, []);
    assert!(deadline.skipped.contains(&(d("2025-10-01"), DayOff::Holiday)), "a day off within the stop stays a day off");
}

#[test]
fn the_day_of_resumption_counts_and_the_first_day_of_the_stop_does_not() {
    // 11, 12 February; 13, the worked Saturday 14 and 24 are lost; 25, 26, 27 count.
    let deadline = end("2026-02-10", 5, &[stop("2026-02-13", "2026-02-25")]);
    assert_eq!(deadline.date, d("2026-02-27"));
    assert_eq!(deadline.stopped, [d("2026-02-13"), d("2026-02-14"), d("2026-02-24")]);
    // Stopped on the last day, 24 February, and resumed the day after: one day later.
    assert_eq!(end("2026-02-10", 5, &[stop("2026-02-24", "2026-02-25")]).date, d("2026-02-25"));
}

#[test]
fn a_stop_within_the_spring_festival_a_stop_of_no_day_and_a_stop_after_the_end_cost_nothing() {
    let plain = WorkCalendar::china().deadline_working_days(d("2026-02-10"), 5);
    assert_eq!(plain.date, d("2026-02-24"));
    for free in [stop("2026-02-15", "2026-02-24"), stop("2026-02-12", "2026-02-12"), stop("2026-02-25", "2026-03-25"), Stop::since(d("2026-02-25"))] {
        assert_eq!(end("2026-02-10", 5, &[free]), plain, "{free:?}");
    }
    assert_eq!(end("2026-02-10", 5, &[]), plain);
}

#[test]
fn two_corrections_add_up_and_their_common_days_are_lost_once() {
    // 21, 22 April are days 1, 2; 23 and 24 are lost; 27, 28 are days 3, 4; 29, 30 are lost; 1 to 5 May are off; 6 May is day 5.
    let two = [stop("2026-04-29", "2026-05-01"), stop("2026-04-23", "2026-04-25")];
    let deadline = end("2026-04-20", 5, &two);
    assert_eq!(deadline.date, d("2026-05-06"));
    assert_eq!(deadline.stopped, [d("2026-04-23"), d("2026-04-24"), d("2026-04-29"), d("2026-04-30")]);
    // 23, 24, 27 are lost; 28, 29, 30 are days 3 to 5.
    let overlapping = [stop("2026-04-23", "2026-04-25"), stop("2026-04-24", "2026-04-28")];
    assert_eq!(end("2026-04-20", 5, &overlapping).date, d("2026-04-30"));
}

#[test]
fn an_open_stop_names_no_last_day_but_the_working_days_that_are_left() {
    let china = WorkCalendar::china();
    let clock = |stops: &[Stop]| china.clock_working_days(d("2025-09-15"), 30, stops);
    let since = d("2025-09-25");
    assert_eq!(clock(&[Stop::since(since)]), Clock::Stands { since, left: 23 });
    // An earlier correction that took 17 and 18 September leaves two days more.
    assert_eq!(clock(&[stop("2025-09-17", "2025-09-19"), Stop::since(since)]), Clock::Stands { since, left: 25 });
    assert_eq!(clock(&[Stop::since(d("2025-10-31"))]), Clock::Stands { since: d("2025-10-31"), left: 1 });
    assert_eq!(clock(&[Stop::since(d("2025-09-01"))]), Clock::Stands { since: d("2025-09-01"), left: 30 });
}

#[test]
fn a_stop_that_ends_before_it_begins_is_refused() {
    assert_eq!(Stop::between(d("2026-03-02"), d("2026-03-01")), None);
}

#[test]
fn a_stop_across_the_year_makes_the_deadline_provisional_until_the_notice_is_loaded() {
    // 29 December is day 1; 30 and 31 are lost, as are 1 and 4 January for all that is known; 5 to 8 are days 2 to 5.
    let across = [stop("2026-12-30", "2027-01-05")];
    let before = end("2026-12-28", 5, &across);
    assert_eq!((before.date, before.provisional), (d("2027-01-08"), true));
    assert_eq!(before.stopped, [d("2026-12-30"), d("2026-12-31"), d("2027-01-01"), d("2027-01-04")]);
    let next = WorkCalendar::china().with_year(2027, "date,kind\n2027-01-01,off\n").unwrap();
    let Clock::Ends(after) = next.clock_working_days(d("2026-12-28"), 5, &across) else { panic!("no stop is open") };
    assert_eq!((after.date, after.provisional), (d("2027-01-08"), false));
    assert_eq!(after.stopped, [d("2026-12-30"), d("2026-12-31"), d("2027-01-04")]);
}

proptest! {
    #[test]
    fn a_stopped_clock_ends_as_many_working_days_later_as_it_stood(
        offset in 0i64..5800,
        n in 1u32..60,
        spans in proptest::collection::vec((0i64..90, 0i64..40), 0..4),
    ) {
        let china = WorkCalendar::china();
        let start = d("2010-01-01").add_days(offset).unwrap();
        let day = |days: i64| start.add_days(days).unwrap();
        let stops: Vec<Stop> = spans.iter().map(|(from, length)| Stop::between(day(*from), day(from + length)).unwrap()).collect();
        let Clock::Ends(deadline) = china.clock_working_days(start, n, &stops) else { panic!("no stop is open") };
        let lost = u32::try_from(deadline.stopped.len()).unwrap();
        prop_assert_eq!(deadline.date, china.deadline_working_days(start, n + lost).date);
        let within = |date: Date| spans.iter().any(|(from, length)| (*from..from + length).contains(&start.days_until(date)));
        prop_assert!(deadline.stopped.iter().all(|date| within(*date) && china.day_off(*date).is_none()));
        let counted = (1..=start.days_until(deadline.date)).map(day).filter(|date| china.day_off(*date).is_none() && !within(*date)).count();
        prop_assert_eq!(counted, n as usize);
        prop_assert!(!within(deadline.date));
    }
}
