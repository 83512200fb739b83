//! Dates: read strictly, moved by months with the last day kept inside the month.

use proptest::prelude::*;
use values::{Date, DateError};

pub fn d(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub fn any_date() -> impl Strategy<Value = Date> {
    (1i32..=9999, 1u8..=12, 1u8..=31).prop_filter_map("a day there is", |(y, m, day)| Date::new(y, m, day))
}

proptest! {
    #[test]
    fn every_date_reads_back_from_both_forms(date in any_date()) {
        prop_assert_eq!(Date::parse(&date.to_string()), Ok(date));
        if date.year() >= 1000 {
            prop_assert_eq!(Date::parse(&date.long_zh()), Ok(date));
        }
    }

    #[test]
    fn adding_days_and_counting_them_agree(date in any_date(), days in -800_000i64..800_000) {
        if let Some(moved) = date.add_days(days) {
            prop_assert_eq!(date.days_until(moved), days);
            prop_assert_eq!(moved.days_until(date), -days);
        }
    }

    #[test]
    fn adding_months_keeps_the_day_or_takes_the_last_one(date in any_date(), months in -2000i64..2000) {
        if let Some(moved) = date.add_months(months) {
            let index = |date: Date| i64::from(date.year()) * 12 + i64::from(date.month());
            prop_assert_eq!(index(moved) - index(date), months);
            let ends_month = moved.add_days(1).is_none_or(|next| next.month() != moved.month());
            prop_assert!(moved.day() == date.day() || (moved.day() < date.day() && ends_month));
        }
    }

    #[test]
    fn full_years_are_the_last_anniversary_not_after_the_day(from in any_date(), to in any_date()) {
        let years = from.full_years_until(to);
        if let Some(passed) = from.add_months(12 * years) {
            prop_assert!(passed <= to);
        }
        if let Some(next) = from.add_months(12 * (years + 1)) {
            prop_assert!(next > to);
        }
    }

    #[test]
    fn no_text_makes_reading_a_date_fail_otherwise_than_with_a_reason(text in "\\PC{0,20}") {
        let _ = Date::parse(&text);
    }
}

#[test]
fn dates_are_read_in_two_forms() {
    let new_year = Date::new(2024, 1, 5).unwrap();
    for text in ["2024-01-05", "2024年1月5日", "2024年01月05日", " 2024-01-05 ", "２０２４－０１－０５", "２０２４年１月５日"] {
        assert_eq!(Date::parse(text), Ok(new_year), "{text}");
    }
}

#[test]
fn what_is_no_date_says_so_and_a_day_that_does_not_exist_is_named() {
    let forms = [
        "2024-1-5",
        "24-01-05",
        "2024/01/05",
        "20240105",
        "2024-01-05T00:00",
        "2024年1月",
        "2024年1月5",
        "2024年123月5日",
        "+024-01-05",
        "2024-01-",
        "一月",
        "2024-01-5日",
        "02024-01-05",
    ];
    for text in forms {
        assert_eq!(Date::parse(text), Err(DateError::Form), "{text}");
    }
    assert_eq!(Date::parse("  "), Err(DateError::Empty));
    let missing = DateError::NoSuchDay { year: 2023, month: 2, day: 29 };
    assert_eq!(Date::parse("2023-02-29"), Err(missing));
    assert_eq!(missing.to_string(), "there is no day 2023-02-29");
    assert!(matches!(Date::parse("2023年13月1日"), Err(DateError::NoSuchDay { month: 13, .. })));
    assert!(matches!(Date::parse("0000-01-01"), Err(DateError::NoSuchDay { year: 0, .. })));
}

#[test]
fn months_end_where_they_end() {
    let after = |text: &str, months| d(text).add_months(months).map(|date| date.to_string());
    assert_eq!(after("2023-01-31", 1).as_deref(), Some("2023-02-28"));
    assert_eq!(after("2024-01-31", 1).as_deref(), Some("2024-02-29"));
    assert_eq!(after("2023-02-28", 1).as_deref(), Some("2023-03-28"));
    assert_eq!(after("2023-12-15", 1).as_deref(), Some("2024-01-15"));
    assert_eq!(after("2024-03-31", -1).as_deref(), Some("2024-02-29"));
    assert_eq!(after("2024-01-01", -1).as_deref(), Some("2023-12-01"));
    assert_eq!(after("9999-12-01", 1), None);
    assert_eq!(after("2024-01-01", i64::MAX), None);
    assert_eq!(after("2024-01-01", i64::MIN), None);
}

#[test]
fn an_anniversary_of_the_leap_day_falls_on_the_28th() {
    assert_eq!(d("2020-02-29").full_years_until(d("2021-02-27")), 0);
    assert_eq!(d("2020-02-29").full_years_until(d("2021-02-28")), 1);
    assert_eq!(d("2020-02-29").full_years_until(d("2024-02-28")), 3);
    assert_eq!(d("2020-02-29").full_years_until(d("2024-02-29")), 4);
    assert_eq!(d("2023-12-31").full_years_until(d("2024-12-30")), 0);
    assert_eq!(d("2024-01-02").full_years_until(d("2024-01-01")), -1);
    assert_eq!(d("2024-01-01").full_years_until(d("2024-01-01")), 0);
}

#[test]
fn days_stay_within_four_digit_years() {
    assert_eq!(d("9999-12-31").add_days(1), None);
    assert_eq!(d("0001-01-01").add_days(-1), None);
    assert_eq!(d("2024-01-01").add_days(i64::MAX), None);
    assert_eq!(d("2024-01-01").add_days(i64::MIN), None);
    assert_eq!(Date::new(-1, 1, 1), None);
    assert_eq!(Date::new(i32::MAX, 1, 1), None);
    assert_eq!(Date::new(2024, 255, 255), None);
    assert_eq!(Date::LAST, d("9999-12-31"));
    assert_eq!(Date::last_of_year(2024), Some(d("2024-12-31")));
    assert_eq!(Date::first_of_year(2024), Some(d("2024-01-01")));
}

#[test]
fn saturdays_and_sundays_are_the_weekend() {
    assert!(d("2025-09-27").is_weekend() && d("2025-09-28").is_weekend());
    assert!(!d("2025-09-26").is_weekend() && !d("2025-09-29").is_weekend());
    assert_eq!(d("2024-02-09").long_zh(), "2024年2月9日");
}
