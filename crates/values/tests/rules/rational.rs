//! Exact fractions against big-integer fractions, near the limits of 128 bits as well as far from them.

use std::cmp::Ordering;

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};
use proptest::prelude::*;
use values::{Fault, NumberError, Rational};

fn r(num: i128, den: i128) -> Rational {
    Rational::new(num, den).unwrap()
}

fn big(value: Rational) -> BigRational {
    BigRational::new(BigInt::from(value.numerator()), BigInt::from(value.denominator()))
}

/// What the type must answer: the value if its reduced form fits, else `Overflow`.
fn fitting(value: &BigRational) -> Result<Rational, Fault> {
    let part = |part: &BigInt| part.to_i128().filter(|part| *part != i128::MIN);
    match (part(value.numer()), part(value.denom())) {
        (Some(num), Some(den)) => Ok(r(num, den)),
        _ => Err(Fault::Overflow),
    }
}

fn fitting_int(value: &BigInt) -> Result<i128, Fault> {
    value.to_i128().filter(|value| *value != i128::MIN).ok_or(Fault::Overflow)
}

/// Integers of every size, dense at zero, at the limits of 64 and 128 bits, and with common factors.
fn integer() -> impl Strategy<Value = i128> {
    prop_oneof![
        3 => -1000i128..1000,
        2 => any::<i64>().prop_map(i128::from),
        2 => any::<i128>(),
        1 => (0u32..127, -3i128..3).prop_map(|(bits, near)| (1i128 << bits) + near),
        1 => (0u32..127, -3i128..3).prop_map(|(bits, near)| -(1i128 << bits) + near),
        1 => (0u32..38, 1i128..30).prop_map(|(tens, times)| 10i128.pow(tens).saturating_mul(times)),
        1 => (0i128..5).prop_map(|below| i128::MAX - below),
    ]
}

fn rational() -> impl Strategy<Value = Rational> {
    (integer(), integer()).prop_filter_map("a fraction that fits", |(num, den)| Rational::new(num, den).ok())
}

/// Two fractions that are likely to share factors or to be neighbours.
fn pair() -> impl Strategy<Value = (Rational, Rational)> {
    prop_oneof![
        (rational(), rational()),
        (rational(), integer()).prop_filter_map("fits", |(a, num)| { Rational::new(num, a.denominator()).ok().map(|b| (a, b)) }),
        (rational(), -2i128..=2, -2i128..=2).prop_filter_map("fits", |(a, num, den)| {
            let num = a.numerator().checked_add(num)?;
            let den = a.denominator().checked_add(den)?;
            Rational::new(num, den).ok().map(|b| (a, b))
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn a_fraction_is_held_in_lowest_terms_with_a_positive_denominator(num in integer(), den in integer()) {
        if den == 0 {
            prop_assert_eq!(Rational::new(num, den), Err(Fault::DivisionByZero));
        } else {
            let exact = BigRational::new(BigInt::from(num), BigInt::from(den));
            let made = Rational::new(num, den);
            prop_assert_eq!(made, fitting(&exact));
            if let Ok(made) = made {
                prop_assert_eq!(BigInt::from(made.numerator()), exact.numer().clone());
                prop_assert_eq!(BigInt::from(made.denominator()), exact.denom().clone());
            }
        }
    }

    #[test]
    fn sums_and_differences_are_exact_and_overflow_only_when_the_result_does_not_fit((a, b) in pair()) {
        prop_assert_eq!(a.checked_add(b), fitting(&(big(a) + big(b))));
        prop_assert_eq!(a.checked_sub(b), fitting(&(big(a) - big(b))));
    }

    #[test]
    fn products_and_quotients_are_exact_and_overflow_only_when_the_result_does_not_fit((a, b) in pair()) {
        prop_assert_eq!(a.checked_mul(b), fitting(&(big(a) * big(b))));
        if b.is_zero() {
            prop_assert_eq!(a.checked_div(b), Err(Fault::DivisionByZero));
        } else {
            prop_assert_eq!(a.checked_div(b), fitting(&(big(a) / big(b))));
        }
    }

    #[test]
    fn the_order_is_exact_at_every_size((a, b) in pair()) {
        prop_assert_eq!(a.cmp(&b), big(a).cmp(&big(b)));
        prop_assert_eq!(a == b, a.cmp(&b) == Ordering::Equal);
    }

    #[test]
    fn floor_ceil_and_rounding_agree_with_big_integers(a in rational()) {
        let half = BigRational::new(BigInt::from(1), BigInt::from(2));
        prop_assert_eq!(BigInt::from(a.floor()), big(a).floor().to_integer());
        prop_assert_eq!(BigInt::from(a.ceil()), big(a).ceil().to_integer());
        prop_assert_eq!(BigInt::from(a.round_half_up().unwrap()), (big(a) + half).floor().to_integer());
    }

    #[test]
    fn whole_steps_are_the_floor_of_the_quotient_even_where_the_quotient_does_not_fit((a, b) in pair()) {
        if b.is_zero() {
            prop_assert_eq!(a.whole_steps(b), Err(Fault::DivisionByZero));
        } else {
            prop_assert_eq!(a.whole_steps(b), fitting_int(&(big(a) / big(b)).floor().to_integer()));
        }
    }

    #[test]
    fn sign_and_magnitude_always_exist(a in rational()) {
        prop_assert_eq!(big(a.neg()), -big(a));
        prop_assert_eq!(big(a.abs()), big(a).abs());
        prop_assert_eq!(a.or_zero(), a.max(Rational::ZERO));
        prop_assert_eq!(a.is_negative(), big(a).is_negative());
        prop_assert_eq!(a.is_zero(), big(a).is_zero());
        prop_assert_eq!(a.is_integer(), big(a).is_integer());
    }

    #[test]
    fn what_is_written_as_a_decimal_reads_back_as_the_same_number(a in rational(), places in 0u32..30) {
        if let Some(text) = a.to_decimal(places) {
            let (negative, unsigned) = (text.starts_with('-'), text.trim_start_matches('-'));
            let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
            prop_assert!(fraction.len() <= places as usize);
            prop_assert!(!fraction.ends_with('0'));
            let digits: BigInt = format!("{whole}{fraction}").parse().unwrap();
            let scale = BigInt::from(10).pow(u32::try_from(fraction.len()).unwrap());
            let exact = BigRational::new(if negative { -digits } else { digits }, scale);
            prop_assert_eq!(exact, big(a));
            if text.len() <= 38 {
                prop_assert_eq!(Rational::parse_decimal(&text), Ok(a));
            }
        } else {
            let scaled = big(a) * BigRational::from_integer(BigInt::from(10).pow(places));
            prop_assert!(!scaled.is_integer());
        }
    }

    #[test]
    fn a_number_as_written_is_read_exactly(negative: bool, whole in 0u64.., fraction in "[0-9]{0,15}") {
        let text = format!("{}{whole}{}{fraction}", if negative { "-" } else { "" }, if fraction.is_empty() { "" } else { "." });
        let digits: BigInt = format!("{whole}{fraction}").parse().unwrap();
        let exact = BigRational::new(if negative { -digits } else { digits }, BigInt::from(10).pow(fraction.len() as u32));
        prop_assert_eq!(big(Rational::parse_decimal(&text).unwrap()), exact);
    }

    #[test]
    fn no_text_makes_reading_a_number_fail_otherwise_than_with_a_reason(text in "\\PC{0,50}") {
        let _ = Rational::parse_decimal(&text);
    }
}

#[test]
fn one_value_has_one_form() {
    assert_eq!(r(6, -8), r(-3, 4));
    assert_eq!(r(0, -5), Rational::ZERO);
    assert_eq!(r(i128::MIN, 2).numerator(), i128::MIN / 2);
    assert_eq!(Rational::new(i128::MIN, 1), Err(Fault::Overflow));
    assert_eq!(Rational::new(1, i128::MIN), Err(Fault::Overflow));
    assert_eq!(Rational::new(i128::MIN, i128::MIN), Ok(Rational::ONE));
}

#[test]
fn comparison_never_overflows() {
    let (a, b) = (r(i128::MAX, i128::MAX - 1), r(i128::MAX - 1, i128::MAX - 2));
    assert!(a < b);
    assert!(a.neg() > b.neg());
    assert!(a.neg() < b);
    assert_eq!(a.max(b), b);
}

#[test]
fn a_sum_whose_parts_overflow_but_whose_result_fits_is_given() {
    let den = i128::MAX - 1;
    let near_one = r(den - 1, den);
    assert_eq!(near_one.checked_add(r(1, den)), Ok(Rational::ONE));
    // The common denominator 2^62·(2^33 + 1)·(2^33 − 1) leaves 128 bits; the sum cancels all of 2^62.
    let (p, q) = ((1i128 << 33) + 1, (1i128 << 33) - 1);
    let sum = r(1, p << 62).checked_add(r(4_611_686_001_247_518_721, q << 62));
    assert_eq!(sum, Ok(r(8_589_934_561, p * q)));
}

#[test]
fn an_integer_result_at_the_limit_is_an_overflow_and_not_a_wrong_sign() {
    let max = Rational::from_int(i128::MAX);
    assert_eq!(max.checked_add(Rational::ONE), Err(Fault::Overflow));
    assert_eq!(max.neg().checked_sub(Rational::ONE), Err(Fault::Overflow));
    assert_eq!(max.checked_mul(Rational::from_int(-1)), Ok(max.neg()));
    assert_eq!(max.neg().checked_div(r(1, 2)), Err(Fault::Overflow));
}

#[test]
#[should_panic(expected = "no Rational")]
fn the_one_integer_without_a_negative_is_stopped() {
    let _ = Rational::from_int(std::hint::black_box(i128::MIN));
}

#[test]
fn halves_round_towards_plus_infinity() {
    let rounded = |num, den| r(num, den).round_half_up().unwrap();
    assert_eq!((rounded(5, 2), rounded(-5, 2), rounded(7, 2), rounded(-7, 2)), (3, -2, 4, -3));
    assert_eq!((rounded(1, 3), rounded(2, 3), rounded(-1, 3), rounded(-2, 3)), (0, 1, 0, -1));
    assert_eq!(rounded(i128::MAX, 1), i128::MAX);
    assert_eq!(rounded(i128::MAX, 2), i128::MAX / 2 + 1);
    // The floor times the denominator lies below i128::MIN here.
    assert_eq!(rounded(2 - i128::MAX, 61), (2 - i128::MAX) / 61);
}

#[test]
fn only_whole_steps_count() {
    let steps = |a: &str, b: &str| Rational::parse_decimal(a).unwrap().whole_steps(Rational::parse_decimal(b).unwrap());
    assert_eq!(steps("999.99", "500"), Ok(1));
    assert_eq!(steps("1000", "500"), Ok(2));
    assert_eq!(steps("0.3", "0.1"), Ok(3));
    assert_eq!(steps("-0.01", "500"), Ok(-1));
    assert_eq!(steps("1", "0"), Err(Fault::DivisionByZero));
}

#[test]
fn numbers_are_read_as_people_write_them() {
    let read = Rational::parse_decimal;
    assert_eq!(read("-12.340"), Ok(r(-617, 50)));
    assert_eq!(read("０．５"), Ok(r(1, 2)));
    assert_eq!(read("－３"), Ok(r(-3, 1)));
    assert_eq!(read("\u{2212}3"), Ok(r(-3, 1)));
    assert_eq!(read(" 7\u{3000}"), Ok(r(7, 1)));
    assert_eq!(read("-0"), Ok(Rational::ZERO));
    assert_eq!(read("007"), Ok(r(7, 1)));
}

#[test]
fn each_refused_number_says_why() {
    let read = Rational::parse_decimal;
    for empty in ["", "  ", "\u{3000}"] {
        assert_eq!(read(empty), Err(NumberError::Empty), "{empty:?}");
    }
    for exponent in ["1e7", "1E+7", "1.5e-3", "-2e2", "１ｅ７"] {
        assert_eq!(read(exponent), Err(NumberError::Exponent), "{exponent:?}");
    }
    for separated in ["1,234", "1，234.5", "-12,345"] {
        assert_eq!(read(separated), Err(NumberError::Separator), "{separated:?}");
    }
    let garbage = ["-", ".", ".5", "5.", "+5", "1.2.3", "--1", "NaN", "inf", "0x1f", "十", "1 000", "1%", "1万", "e7", "٣", "²"];
    for text in garbage {
        assert_eq!(read(text), Err(NumberError::NotANumber), "{text:?}");
    }
    assert_eq!(read(&"1".repeat(41)), Err(NumberError::TooLong));
    assert_eq!(read(&"1".repeat(40)), Err(NumberError::OutOfRange));
    assert_eq!(read(&"9".repeat(39)), Err(NumberError::OutOfRange));
    assert_eq!(read(&i128::MAX.to_string()), Ok(Rational::from_int(i128::MAX)));
    assert_eq!(read(&format!("0.{}", "0".repeat(38))), Ok(Rational::ZERO));
    assert_eq!(read(&format!("0.{}1", "0".repeat(37))), Ok(r(1, 10i128.pow(38))));
}

#[test]
fn a_decimal_has_no_trailing_zeros_and_a_fraction_that_never_ends_stays_a_fraction() {
    assert_eq!(r(1, 3).to_decimal(100), None);
    assert_eq!(r(1, 8).to_decimal(2), None);
    assert_eq!(r(1, 8).to_decimal(3).as_deref(), Some("0.125"));
    assert_eq!(r(-5, 2).to_decimal(1).as_deref(), Some("-2.5"));
    assert_eq!(r(101, 100).to_decimal(6).as_deref(), Some("1.01"));
    assert_eq!(r(1, 1 << 126).to_decimal(126).map(|text| text.len()), Some(128));
    assert_eq!(r(-1, 3).to_string(), "-1/3");
    assert_eq!(r(1, 10_000_000).to_string(), "1/10000000");
    assert_eq!(format!("{:>6}|{:?}", r(1, 2), r(1, 2)), "   0.5|1/2");
}
