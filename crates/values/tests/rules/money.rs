//! Money: read to the fen, written in four ways, and shared out of a pool without losing or making a fen.

use proptest::prelude::*;
use values::{Fault, Fen, NumberError, Rational, ShareError, share_largest_remainder};

fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text).unwrap()
}

proptest! {
    #[test]
    fn every_amount_reads_back_as_it_was_written(fen: i64) {
        prop_assert_eq!(Fen::parse_yuan(&Fen(fen).yuan()), Ok(Fen(fen)));
        prop_assert_eq!(Fen(fen).grouped().replace(',', ""), Fen(fen).yuan());
        prop_assert_eq!(Fen::from_rational_half_up(Fen(fen).to_rational()), Ok(Fen(fen)));
    }

    #[test]
    fn the_plain_form_names_exactly_the_same_amount(fen in prop_oneof![any::<i64>(), (any::<i32>(), 0u32..9).prop_map(|(n, tens)| i64::from(n) * 10i64.pow(tens))]) {
        let plain = Fen(fen).plain_zh();
        let number = plain.trim_end_matches('元').replace(',', "");
        let (digits, scale) = match (number.strip_suffix('亿'), number.strip_suffix('万')) {
            (Some(digits), _) => (digits, 10_000_000_000),
            (None, Some(digits)) => (digits, 1_000_000),
            (None, None) => (number.as_str(), 100),
        };
        let back = Rational::parse_decimal(digits).unwrap().checked_mul(Rational::from_int(scale));
        prop_assert_eq!(back, Ok(Fen(fen).to_rational()));
    }

    #[test]
    fn a_pool_is_shared_to_the_fen_and_nobody_gets_more_than_the_claim(
        claims in prop::collection::vec(prop_oneof![0i64..20, 0i64..100_000_000, 0i64..=i64::MAX], 0..12),
        pool in prop_oneof![0i64..100, 0i64..100_000_000, 0i64..=i64::MAX],
    ) {
        let claims: Vec<Fen> = claims.into_iter().map(Fen).collect();
        let shares = share_largest_remainder(&claims, Fen(pool)).unwrap();
        let sum = |amounts: &[Fen]| amounts.iter().map(|amount| i128::from(amount.0)).sum::<i128>();
        let total = sum(&claims);
        prop_assert_eq!(shares.len(), claims.len());
        prop_assert_eq!(sum(&shares), total.min(i128::from(pool)));
        let given = total.min(i128::from(pool));
        for (index, (claim, share)) in claims.iter().zip(&shares).enumerate() {
            prop_assert!(share.0 >= 0 && share <= claim);
            if total == 0 {
                continue;
            }
            // Less than one fen from the exact proportion.
            let off = i128::from(share.0) * total - i128::from(claim.0) * given;
            prop_assert!(off.abs() < total);
            // A larger claim never gets less, and of equal claims the earlier one does not.
            for (later_claim, later) in claims.iter().zip(&shares).skip(index + 1) {
                prop_assert!(later_claim < claim || share <= later || claim == later_claim);
                prop_assert!(later_claim != claim || share >= later);
            }
        }
    }

    #[test]
    fn rounding_to_fen_is_never_off_by_more_than_half_a_fen(num: i64, den in 1i64..1_000_000) {
        let exact = Rational::new(i128::from(num), i128::from(den)).unwrap();
        let rounded = Fen::from_rational_half_up(exact).unwrap().to_rational();
        let off = rounded.checked_sub(exact).unwrap();
        let half = Rational::new(1, 2).unwrap();
        prop_assert!(off <= half && off > half.neg());
    }
}

#[test]
fn yuan_are_read_to_the_fen() {
    assert_eq!(yuan("1234.5"), Fen(123_450));
    assert_eq!(yuan("-0.01"), Fen(-1));
    assert_eq!(yuan("１２．３０"), Fen(1230));
    assert_eq!(yuan("92233720368547758.07"), Fen(i64::MAX));
    assert_eq!(yuan("-92233720368547758.08"), Fen(i64::MIN));
}

#[test]
fn what_is_no_amount_is_refused_with_its_reason() {
    let read = Fen::parse_yuan;
    assert_eq!(read("1.005"), Err(NumberError::TooManyDecimals));
    assert_eq!(read("1.000"), Err(NumberError::TooManyDecimals));
    assert_eq!(read("92233720368547758.08"), Err(NumberError::OutOfRange));
    assert_eq!(read(&"9".repeat(38)), Err(NumberError::OutOfRange));
    assert_eq!(read("1e7"), Err(NumberError::Exponent));
    assert_eq!(read("1,000"), Err(NumberError::Separator));
    assert_eq!(read(""), Err(NumberError::Empty));
}

#[test]
fn sums_that_do_not_fit_are_faults() {
    assert_eq!(Fen(1).checked_add(Fen(2)), Ok(Fen(3)));
    assert_eq!(Fen(1).checked_sub(Fen(2)), Ok(Fen(-1)));
    assert_eq!(Fen(i64::MAX).checked_add(Fen(1)), Err(Fault::Overflow));
    assert_eq!(Fen(i64::MIN).checked_sub(Fen(1)), Err(Fault::Overflow));
    let beyond = Rational::from_int(i128::from(i64::MAX) + 1);
    assert_eq!(Fen::from_rational_half_up(beyond), Err(Fault::Overflow));
}

#[test]
fn an_officer_reads_amounts_the_usual_way() {
    let cases = [
        ("0", "0.00元"),
        ("9999.99", "9,999.99元"),
        ("10000", "1万元"),
        ("12500", "1.25万元"),
        ("12345", "12,345.00元"),
        ("286542", "286,542.00元"),
        ("500000", "50万元"),
        ("19999999.99", "19,999,999.99元"),
        ("20000000", "2000万元"),
        ("100000000", "1亿元"),
        ("150000000", "1.5亿元"),
        ("100010000", "1.0001亿元"),
        ("100012300", "10001.23万元"),
        ("100012345", "100,012,345.00元"),
        ("-500000", "-50万元"),
        ("-0.05", "-0.05元"),
    ];
    for (amount, plain) in cases {
        assert_eq!(yuan(amount).plain_zh(), plain);
    }
}

#[test]
fn files_and_english_texts_have_two_decimals_always() {
    assert_eq!(yuan("1234.5").yuan(), "1234.50");
    assert_eq!(yuan("1234.5").to_string(), "1234.50");
    assert_eq!(yuan("-0.05").yuan(), "-0.05");
    assert_eq!(yuan("1234567.8").grouped(), "1,234,567.80");
    assert_eq!(yuan("-123").grouped(), "-123.00");
    assert_eq!(yuan("500000").plain_en(), "¥500,000.00");
    assert_eq!(yuan("-1").plain_en(), "-¥1.00");
    assert_eq!(Fen(i64::MIN).grouped(), "-92,233,720,368,547,758.08");
}

#[test]
fn of_equal_remainders_the_earlier_claim_gets_the_fen() {
    let thirds = share_largest_remainder(&[Fen(100); 3], Fen(200)).unwrap();
    assert_eq!(thirds, [Fen(67), Fen(67), Fen(66)]);
    let uneven = share_largest_remainder(&[Fen(10), Fen(0), Fen(35), Fen(55)], Fen(33)).unwrap();
    assert_eq!(uneven, [Fen(3), Fen(0), Fen(12), Fen(18)]);
}

#[test]
fn a_pool_that_suffices_pays_every_claim_in_full() {
    let claims = [Fen(5), Fen(7)];
    assert_eq!(share_largest_remainder(&claims, Fen(12)).unwrap(), claims);
    assert_eq!(share_largest_remainder(&claims, Fen(i64::MAX)).unwrap(), claims);
    assert_eq!(share_largest_remainder(&[], Fen(5)).unwrap(), []);
    assert_eq!(share_largest_remainder(&claims, Fen(0)).unwrap(), [Fen(0), Fen(0)]);
}

#[test]
fn below_zero_nothing_is_shared() {
    assert_eq!(share_largest_remainder(&[Fen(1), Fen(-1)], Fen(5)), Err(ShareError::NegativeClaim { index: 1 }));
    assert_eq!(share_largest_remainder(&[Fen(1)], Fen(-5)), Err(ShareError::NegativePool));
}
