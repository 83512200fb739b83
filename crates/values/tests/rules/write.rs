//! How quantities read in an explanation.

use proptest::prelude::*;
use values::{Lang, Rational, Unit, known_unit, write};

/// A quantity as the language writes it: number and words of the unit, brought to base units.
fn quantity(number: &str, words: &str) -> (Rational, Unit) {
    let mut value = Rational::parse_decimal(number).unwrap();
    let mut unit = Unit::none();
    for (place, word) in words.split('/').filter(|word| !word.is_empty()).enumerate() {
        let (base, scale) = known_unit(word).unwrap();
        if place == 0 {
            value = value.checked_mul(scale).unwrap();
            unit = unit.mul(&base);
        } else {
            value = value.checked_div(scale).unwrap();
            unit = unit.div(&base);
        }
    }
    (value, unit)
}

fn zh(number: &str, words: &str) -> String {
    let (value, unit) = quantity(number, words);
    write(value, &unit, Lang::Zh)
}

fn en(number: &str, words: &str) -> String {
    let (value, unit) = quantity(number, words);
    write(value, &unit, Lang::En)
}

#[test]
fn money_reads_as_officers_write_it() {
    assert_eq!(zh("500000", "元"), "50万元");
    assert_eq!(zh("286542", "元"), "286,542.00元");
    assert_eq!(zh("1000000", "美元"), "100万美元");
    assert_eq!(zh("2000000000", "日元"), "20亿日元");
    assert_eq!(zh("1234.5", "欧元"), "1,234.50欧元");
    assert_eq!(en("500000", "元"), "¥500,000.00");
    assert_eq!(en("1234.5", "美元"), "USD 1,234.50");
}

#[test]
fn money_finer_than_a_fen_is_shown_exactly() {
    assert_eq!(zh("0.125", "元"), "0.125元");
    assert_eq!(zh("12345.678", "元"), "12,345.678元");
    assert_eq!(en("0.125", "元"), "CNY 0.125");
    let third = Rational::new(100_000, 3).unwrap();
    assert_eq!(write(third, &Unit::cny(), Lang::Zh), "1000/3元（约333.33元）");
    assert_eq!(write(third, &Unit::cny(), Lang::En), "CNY 1000/3 (about CNY 333.33)");
}

#[test]
fn ratios_read_as_percentages_where_they_end() {
    assert_eq!(zh("0.4", ""), "40%");
    assert_eq!(zh("0.005", ""), "0.5%");
    assert_eq!(zh("-1.5", ""), "-150%");
    assert_eq!(en("0.4", ""), "40%");
    assert_eq!(write(Rational::new(1, 3).unwrap(), &Unit::none(), Lang::Zh), "1/3（约33.33%）");
    assert_eq!(write(Rational::from_int(i128::MAX), &Unit::none(), Lang::Zh), format!("{}/1", i128::MAX));
}

#[test]
fn counts_and_measures_keep_their_word() {
    assert_eq!(zh("5", "间"), "5间");
    assert_eq!(zh("1000", "平方米"), "1000平方米");
    assert_eq!(zh("12000", "㎡"), "1.2万平方米");
    assert_eq!(zh("12345", "件"), "12,345件");
    assert_eq!(zh("50000", "单"), "5万单");
    assert_eq!(zh("4.7", "分"), "4.7分");
    assert_eq!(zh("-3", "人"), "-3人");
    assert_eq!(zh("500", "米"), "0.5公里");
    assert_eq!(en("1", "间"), "1 room");
    assert_eq!(en("5", "间"), "5 rooms");
    assert_eq!(en("12345.5", "平方米"), "12,345.5 m²");
    assert_eq!(en("-1234", "人"), "-1,234 people");
    assert_eq!(write(Rational::new(1, 3).unwrap(), &Unit::base("匹"), Lang::Zh), "1/3匹（约0.33匹）");
    assert_eq!(write(Rational::new(1, 700).unwrap(), &Unit::base("匹"), Lang::Zh), "1/700匹");
}

#[test]
fn durations_read_in_years_where_they_are_whole() {
    assert_eq!(zh("1", "年"), "1年");
    assert_eq!(zh("24", "个月"), "2年");
    assert_eq!(zh("6", "个月"), "6个月");
    assert_eq!(zh("0", "个月"), "0个月");
    assert_eq!(zh("30", "日"), "30日");
    assert_eq!(zh("30", "工作日"), "30个工作日");
    assert_eq!(en("1", "年"), "1 year");
    assert_eq!(en("2", "年"), "2 years");
    assert_eq!(en("1", "月"), "1 month");
    assert_eq!(en("30", "工作日"), "30 working days");
}

#[test]
fn prices_read_with_their_whole_unit() {
    assert_eq!(zh("25", "元/平方米/月"), "25元/平方米/月");
    assert_eq!(zh("0.3", "元/单"), "0.3元/单");
    assert_eq!(zh("7.1884", "元/美元"), "7.1884元/美元");
    assert_eq!(zh("18", "元/平方米/年"), "1.5元/平方米/月");
    assert_eq!(zh("25", "元/平方米/年"), "25元/平方米/年");
    assert_eq!(zh("20000", "元/人"), "2万元/人");
    assert_eq!(en("25", "元/平方米/月"), "25 CNY/m²/month");
    assert_eq!(en("25", "元/平方米/年"), "25 CNY/m²/year");
    let (value, unit) = quantity("2", "间");
    assert_eq!(write(value, &Unit::none().div(&unit), Lang::Zh), "2/间");
}

proptest! {
    #[test]
    fn every_quantity_can_be_written(num: i128, den in 1i128.., words in prop::sample::select(vec!["元", "美元", "间", "年", "日"]), other: bool) {
        if let Ok(value) = Rational::new(num, den) {
            let unit = known_unit(words).unwrap().0;
            let unit = if other { unit.div(&Unit::base("平方米")).mul(&Unit::cny()) } else { unit };
            for lang in [Lang::Zh, Lang::En] {
                prop_assert!(!write(value, &unit, lang).is_empty());
            }
        }
    }
}
