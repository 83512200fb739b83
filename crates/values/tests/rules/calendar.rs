//! Working days and deadlines, with the published fixtures of the domain notes.

use proptest::prelude::*;
use values::{CalendarError, Date, DateError, DayOff, WorkCalendar};

use crate::date::d;

#[test]
fn the_published_fixtures_hold() {
    let china = WorkCalendar::china();
    let fixtures = [
        ("2025-09-15", 30, "2025-10-31"),
        ("2026-01-15", 30, "2026-03-04"),
        ("2026-04-20", 30, "2026-06-03"),
        ("2025-09-25", 5, "2025-10-09"),
        ("2026-02-10", 5, "2026-02-24"),
        ("2023-08-11", 30, "2023-09-22"),
    ];
    for (start, days, end) in fixtures {
        let deadline = china.deadline_working_days(d(start), days);
        assert_eq!(deadline.date, d(end), "{days} working days from {start}");
        assert!(!deadline.provisional);
    }
}

#[test]
fn the_built_in_calendar_covers_2010_to_2026_without_a_gap() {
    let years: Vec<i32> = WorkCalendar::china().published_years().collect();
    assert_eq!(years, (2010..=2026).collect::<Vec<_>>());
}

#[test]
fn a_deadline_lists_each_day_it_left_out_and_each_weekend_that_was_worked() {
    let deadline = WorkCalendar::china().deadline_working_days(d("2025-09-25"), 5);
    let skipped: Vec<String> = deadline.skipped.iter().map(|(date, why)| format!("{date} {why:?}")).collect();
    assert_eq!(
        skipped,
        [
            "2025-09-27 Weekend",
            "2025-10-01 Holiday",
            "2025-10-02 Holiday",
            "2025-10-03 Holiday",
            "2025-10-04 Weekend",
            "2025-10-05 Weekend",
            "2025-10-06 Holiday",
            "2025-10-07 Holiday",
            "2025-10-08 Holiday",
        ]
    );
    assert_eq!(deadline.worked_weekends, [d("2025-09-28")]);
}

#[test]
fn a_period_in_days_that_ends_on_a_day_off_moves_to_the_next_working_day() {
    let china = WorkCalendar::china();
    let rolled = china.deadline_days(d("2025-09-24"), 7);
    assert_eq!(rolled.date, d("2025-10-09"));
    assert_eq!(rolled.skipped.len(), 8);
    assert!(!rolled.provisional);
    let worked_sunday = china.deadline_days(d("2025-09-21"), 7);
    assert_eq!(worked_sunday.date, d("2025-09-28"));
    assert_eq!(worked_sunday.worked_weekends, [d("2025-09-28")]);
    let plain = china.deadline_days(d("2025-09-01"), 30);
    assert_eq!((plain.date, plain.skipped.len()), (d("2025-10-09"), 8));
    let inside = china.deadline_days(d("2025-09-24"), 1);
    assert_eq!((inside.date, inside.skipped), (d("2025-09-25"), vec![]));
}

#[test]
fn a_deadline_in_an_unpublished_year_is_provisional_and_a_day_there_has_no_answer() {
    let china = WorkCalendar::china();
    assert_eq!(china.is_working_day(d("2027-01-04")), None);
    assert_eq!(china.is_working_day(d("2009-12-31")), None);
    assert_eq!(china.is_working_day(d("2026-12-31")), Some(true));
    assert!(!china.is_published(2027));
    let last = china.deadline_working_days(d("2026-12-28"), 3);
    assert_eq!((last.date, last.provisional), (d("2026-12-31"), false));
    let beyond = china.deadline_working_days(d("2026-12-28"), 5);
    assert!(beyond.provisional);
    assert_eq!(beyond.date, d("2027-01-04"));
    assert_eq!(beyond.skipped, [(d("2027-01-02"), DayOff::Weekend), (d("2027-01-03"), DayOff::Weekend)]);
    assert!(china.deadline_days(d("2026-12-28"), 30).provisional);
}

#[test]
fn working_days_are_told_from_days_off() {
    let china = WorkCalendar::china();
    assert_eq!(china.is_working_day(d("2025-09-28")), Some(true), "a worked Sunday");
    assert_eq!(china.is_working_day(d("2025-10-01")), Some(false), "a holiday");
    assert_eq!(china.is_working_day(d("2025-10-11")), Some(true), "a worked Saturday");
    assert_eq!(china.is_working_day(d("2025-10-12")), Some(false), "a Sunday");
    assert_eq!(china.day_off(d("2025-10-01")), Some(DayOff::Holiday));
    assert_eq!(china.day_off(d("2025-10-12")), Some(DayOff::Weekend));
    assert_eq!(china.day_off(d("2025-10-13")), None);
}

#[test]
fn a_period_of_no_days_ends_where_it_starts() {
    let china = WorkCalendar::china();
    assert_eq!(china.deadline_working_days(d("2025-10-01"), 0).date, d("2025-10-01"));
    assert_eq!(china.deadline_days(d("2025-10-01"), 0).date, d("2025-10-09"));
}

#[test]
fn a_period_past_the_last_date_ends_there_provisionally() {
    let china = WorkCalendar::china();
    for deadline in [china.deadline_working_days(d("9999-12-20"), u32::MAX), china.deadline_days(d("9999-12-20"), u32::MAX)] {
        assert_eq!((deadline.date, deadline.provisional), (Date::LAST, true));
    }
}

#[test]
fn a_calendar_file_is_refused_at_its_first_wrong_line() {
    let read = |lines: &str| WorkCalendar::from_csv(&format!("date,kind\n{lines}"));
    assert_eq!(WorkCalendar::from_csv(""), Err(CalendarError::Header));
    assert_eq!(WorkCalendar::from_csv("2027-01-01,off"), Err(CalendarError::Header));
    assert_eq!(read("2027-01-01"), Err(CalendarError::Form { line: 2 }));
    let source = DateError::NoSuchDay { year: 2027, month: 2, day: 29 };
    assert_eq!(read("2027-02-29,off"), Err(CalendarError::Date { line: 2, source }));
    assert_eq!(read("\n2027-01-01,free"), Err(CalendarError::Kind { line: 3, kind: "free".into() }));
    let date = d("2027-01-01");
    assert_eq!(read("2027-01-01,off\n2027-01-01,off"), Err(CalendarError::Twice { line: 3, date }));
    assert_eq!(read("2027-01-01,work"), Err(CalendarError::WorkOnWeekday { line: 2, date }));
    let bom = WorkCalendar::from_csv("\u{FEFF}date,kind\r\n# notice of 2026\r\n2027-01-01,off\r\n").unwrap();
    assert_eq!(bom.is_working_day(date), Some(false));
    assert_eq!(bom.published_years().collect::<Vec<_>>(), [2027]);
}

/// A notice for 2027 made up for these tests: its first days, and nothing that the real one will have to agree with.
const INVENTED_2027: &str = "date,kind\n2027-01-01,off\n2027-01-03,work\n2027-01-08,off\n";

#[test]
fn the_next_notice_is_loaded_onto_the_calendar_and_leaves_every_published_day_as_it_was() {
    let china = WorkCalendar::china();
    let next = china.with_year(2027, INVENTED_2027).unwrap();
    assert_eq!(next.published_years().collect::<Vec<_>>(), (2010..=2027).collect::<Vec<_>>());
    assert_eq!(next.is_working_day(d("2027-01-01")), Some(false));
    assert_eq!(next.is_working_day(d("2027-01-03")), Some(true));
    assert_eq!(next.is_working_day(d("2028-01-03")), None);
    assert_eq!(china.changed_days(&next), []);
    assert_eq!(china.is_working_day(d("2027-01-01")), None, "the calendar it was loaded onto stays as it is");
    assert_eq!(next.with_year(2027, INVENTED_2027), Ok(next.clone()), "loading it twice does no harm");
}

#[test]
fn a_published_day_changes_only_when_told_so() {
    let next = WorkCalendar::china().with_year(2027, INVENTED_2027).unwrap();
    let corrected = "date,kind\n2027-01-01,off\n2027-01-04,off\n2027-01-08,off\n";
    let days = vec![d("2027-01-03"), d("2027-01-04")];
    assert_eq!(next.with_year(2027, corrected), Err(CalendarError::Changes { days: days.clone() }));
    let amended = next.with_year_amended(2027, corrected).unwrap();
    assert_eq!(next.changed_days(&amended), days);
    assert_eq!(amended.day_off(d("2027-01-03")), Some(DayOff::Weekend));
    assert_eq!(amended.day_off(d("2027-01-04")), Some(DayOff::Holiday));
    assert_eq!(amended.is_working_day(d("2025-09-28")), Some(true), "other years keep their days");
}

#[test]
fn a_notice_that_reaches_into_the_december_before_changes_those_days_alone() {
    // As the notice for 2019 did: 29 December 2018 was worked, 31 December off.
    let before = WorkCalendar::from_csv("date,kind\n2018-10-01,off\n").unwrap();
    let notice = "date,kind\n2018-12-29,work\n2018-12-31,off\n2019-01-01,off\n";
    let days = vec![d("2018-12-29"), d("2018-12-31")];
    assert_eq!(before.with_year(2019, notice), Err(CalendarError::Changes { days: days.clone() }));
    let after = before.with_year_amended(2019, notice).unwrap();
    assert_eq!(before.changed_days(&after), days);
    assert_eq!(after.is_working_day(d("2018-10-01")), Some(false));
    assert_eq!(after.is_working_day(d("2019-01-01")), Some(false));
}

#[test]
fn the_file_of_another_year_is_refused() {
    let china = WorkCalendar::china();
    assert_eq!(china.with_year(2028, INVENTED_2027), Err(CalendarError::NoDayOf { year: 2028 }));
    assert_eq!(china.with_year(2027, "date,kind\n"), Err(CalendarError::NoDayOf { year: 2027 }));
    let slip = "date,kind\n2027-01-01,off\n2072-01-01,off\n";
    let date = d("2072-01-01");
    assert_eq!(china.with_year(2027, slip), Err(CalendarError::OtherYear { date }));
    assert_eq!(china.with_year_amended(2027, slip), Err(CalendarError::OtherYear { date }));
    assert_eq!(china.with_year(2027, "date,kind\n2027-01-01,work"), Err(CalendarError::WorkOnWeekday { line: 2, date: d("2027-01-01") }));
}

#[test]
fn a_provisional_deadline_is_computed_again_once_the_notice_is_loaded() {
    let china = WorkCalendar::china();
    let before = china.deadline_working_days(d("2026-12-28"), 8);
    assert_eq!((before.date, before.provisional), (d("2027-01-07"), true));
    // 29, 30, 31 December; 1 January is off, Sunday 3 is worked; 4, 5, 6, 7: the eighth day is the same, for other reasons.
    let next = china.with_year(2027, INVENTED_2027).unwrap();
    let after = next.deadline_working_days(d("2026-12-28"), 8);
    assert_eq!((after.date, after.provisional), (d("2027-01-07"), false));
    assert_eq!(after.skipped, [(d("2027-01-01"), DayOff::Holiday), (d("2027-01-02"), DayOff::Weekend)]);
    assert_eq!(after.worked_weekends, [d("2027-01-03")]);
    // One day more meets the day off on Friday 8 and moves from Friday 8 to Monday 11.
    assert_eq!(china.deadline_working_days(d("2026-12-28"), 9).date, d("2027-01-08"));
    assert_eq!(next.deadline_working_days(d("2026-12-28"), 9).date, d("2027-01-11"));
    // A period in days that ends on that Friday is rolled over the weekend too.
    assert_eq!(china.deadline_days(d("2026-12-28"), 11).date, d("2027-01-08"));
    assert_eq!(next.deadline_days(d("2026-12-28"), 11).date, d("2027-01-11"));
}

proptest! {
    #[test]
    fn a_deadline_has_exactly_its_working_days_after_the_start(offset in 0i64..6000, n in 1u32..80) {
        let china = WorkCalendar::china();
        let start = d("2010-01-01").add_days(offset).unwrap();
        let deadline = china.deadline_working_days(start, n);
        let days: Vec<Date> = (1..=start.days_until(deadline.date)).map(|k| start.add_days(k).unwrap()).collect();
        let worked = days.iter().filter(|day| china.day_off(**day).is_none()).count();
        prop_assert_eq!(worked, n as usize);
        prop_assert_eq!(china.day_off(deadline.date), None);
        prop_assert_eq!(deadline.skipped.len() + worked, days.len());
        prop_assert_eq!(deadline.provisional, days.iter().any(|day| china.is_working_day(*day).is_none()));
    }

    #[test]
    fn a_deadline_in_days_is_the_first_working_day_not_before_its_end(offset in 0i64..6000, n in 0u32..80) {
        let china = WorkCalendar::china();
        let start = d("2010-01-01").add_days(offset).unwrap();
        let deadline = china.deadline_days(start, n);
        prop_assert_eq!(china.day_off(deadline.date), None);
        prop_assert_eq!(start.days_until(deadline.date), i64::from(n) + deadline.skipped.len() as i64);
    }
}
