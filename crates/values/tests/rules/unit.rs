//! Units form a free abelian group, and the words of the language name them with the right scale.

use std::collections::HashSet;

use proptest::prelude::*;
use values::unit_table::known_unit_words;
use values::{Lang, Rational, Unit, currency_code, currency_word, known_unit};

/// A unit from words: `of("元/平方米/月")`.
fn of(words: &str) -> Unit {
    let mut parts = words.split('/').map(|word| known_unit(word).unwrap().0);
    let top = parts.next().unwrap();
    parts.fold(top, |unit, below| unit.div(&below))
}

fn unit() -> impl Strategy<Value = Unit> {
    let base = prop::sample::select(vec!["CNY", "USD", "平方米", "间", "月", "日", "辆"]);
    prop::collection::vec((base, any::<bool>()), 0..6).prop_map(|factors| {
        factors.into_iter().fold(Unit::none(), |unit, (name, up)| if up { unit.mul(&Unit::base(name)) } else { unit.div(&Unit::base(name)) })
    })
}

proptest! {
    #[test]
    fn units_form_an_abelian_group(a in unit(), b in unit(), c in unit()) {
        prop_assert_eq!(a.mul(&b), b.mul(&a));
        prop_assert_eq!(a.mul(&b).mul(&c), a.mul(&b.mul(&c)));
        prop_assert_eq!(&a.mul(&Unit::none()), &a);
        prop_assert_eq!(&a.div(&b).mul(&b), &a);
        prop_assert!(a.div(&a).is_none());
        prop_assert_eq!(Unit::none().div(&a.div(&b)), b.div(&a));
    }

    #[test]
    fn a_unit_has_one_form_sorted_and_without_zero_exponents(a in unit(), b in unit()) {
        let product = a.mul(&b);
        let names: Vec<&str> = product.factors().map(|(base, _)| base.name()).collect();
        prop_assert!(names.windows(2).all(|pair| pair[0] < pair[1]));
        for (base, exponent) in product.factors() {
            prop_assert!(exponent != 0);
            prop_assert_eq!(exponent, a.exponent(base.name()) + b.exponent(base.name()));
        }
        prop_assert_eq!(a == b, a.div(&b).is_none());
    }

    #[test]
    fn different_units_are_written_differently(a in unit(), b in unit()) {
        prop_assert_eq!(a == b, a.to_string() == b.to_string());
    }
}

#[test]
fn words_of_one_measure_share_a_base_and_differ_in_scale() {
    let scale = |word: &str| known_unit(word).unwrap().1;
    let same = |a: &str, b: &str| assert_eq!(known_unit(a).unwrap().0, known_unit(b).unwrap().0, "{a} {b}");
    for (a, b) in [
        ("元", "角"),
        ("元", "分钱"),
        ("平方米", "㎡"),
        ("公里", "米"),
        ("吨", "千克"),
        ("千克", "公斤"),
        ("年", "个月"),
        ("月", "个月"),
        ("日", "天"),
        ("工作日", "个工作日"),
        ("集装箱", "标箱"),
    ] {
        same(a, b);
    }
    assert_eq!(scale("元"), Rational::from(100));
    assert_eq!(scale("角"), Rational::from(10));
    assert_eq!(scale("分钱"), Rational::ONE);
    assert_eq!(scale("日元"), Rational::from(100));
    assert_eq!(scale("米"), Rational::new(1, 1000).unwrap());
    assert_eq!(scale("公斤"), Rational::new(1, 1000).unwrap());
    assert_eq!(scale("年"), Rational::from(12));
    assert_eq!(scale("平方公里"), Rational::from(1_000_000));
}

#[test]
fn measure_words_never_mix() {
    let words = [
        "元",
        "美元",
        "欧元",
        "港元",
        "日元",
        "英镑",
        "平方米",
        "亩",
        "公里",
        "吨",
        "月",
        "日",
        "工作日",
        "人",
        "人次",
        "家",
        "户",
        "间",
        "个",
        "件",
        "单",
        "次",
        "批",
        "辆",
        "台",
        "套",
        "场",
        "项",
        "名",
        "条",
        "座",
        "栋",
        "分",
        "车次",
        "标箱",
    ];
    let units: HashSet<Unit> = words.iter().map(|word| known_unit(word).unwrap().0).collect();
    assert_eq!(units.len(), words.len());
}

#[test]
fn no_word_stands_in_the_tables_twice() {
    let words: Vec<&str> = known_unit_words().collect();
    assert_eq!(words.iter().collect::<HashSet<_>>().len(), words.len());
    assert!(words.iter().all(|word| known_unit(word).is_some()));
}

#[test]
fn percent_signs_and_unknown_words_are_no_units() {
    for word in ["%", "‰", "％", "万", "亿", "", "匹", "CNY"] {
        assert_eq!(known_unit(word), None, "{word}");
    }
}

#[test]
fn currencies_have_a_code_and_a_word() {
    for (word, code) in [("元", "CNY"), ("美元", "USD"), ("欧元", "EUR"), ("港元", "HKD"), ("日元", "JPY"), ("英镑", "GBP")] {
        assert_eq!(currency_code(word), Some(code));
        assert_eq!(currency_word(code), Some(word));
        assert_eq!(Unit::currency(code).money(), Some(code));
        assert_eq!(known_unit(word).unwrap().0, Unit::currency(code));
    }
    assert_eq!(currency_code("港币"), Some("HKD"));
    assert_eq!(currency_code("平方米"), None);
    assert_eq!(currency_word("MXN"), None, "a currency that no policy text here names");
}

#[test]
fn only_a_currency_alone_is_money() {
    assert_eq!(Unit::cny().money(), Some("CNY"));
    assert_eq!(of("元/平方米").money(), None);
    assert_eq!(of("平方米").money(), None);
    assert_eq!(Unit::none().money(), None);
    assert_eq!(Unit::none().div(&Unit::cny()).money(), None);
}

#[test]
fn a_scheme_may_name_further_units() {
    let declared = Unit::base("匹");
    assert_eq!(declared.to_string(), "匹");
    assert_eq!(Unit::base("间"), known_unit("间").unwrap().0);
    assert_eq!(declared.single().map(|base| base.name()), Some("匹"));
}

#[test]
fn units_are_written_in_both_languages() {
    let zh = |unit: &Unit| unit.to_string();
    assert_eq!(zh(&of("元/平方米/月")), "元/平方米/月");
    assert_eq!(zh(&of("元/月").div(&of("间"))), "元/间/月");
    assert_eq!(zh(&Unit::cny().mul(&of("人"))), "元·人");
    assert_eq!(zh(&of("元/美元")), "元/美元");
    assert_eq!(zh(&of("平方米").mul(&of("平方米"))), "平方米^2");
    assert_eq!(zh(&Unit::none().div(&Unit::month())), "1/月");
    assert_eq!(zh(&Unit::none()), "");
    assert_eq!(of("元/平方米/月").write(Lang::En), "CNY/m²/month");
    assert_eq!(of("元/美元").write(Lang::En), "CNY/USD");
    assert_eq!(Unit::base("匹").write(Lang::En), "匹");
}
