//! How a quantity reads in an explanation: `50万元`, `40%`, `5间`, `1年`, `25元/平方米/月`.
//! For people only: nothing reads it back. Files and fields use `Fen::yuan` and `Rational::to_decimal`.

use crate::rational::Rational;
use crate::unit::{BaseUnit, Unit};
use crate::unit_table::{base_word_en, currency_word};
use crate::{Fen, Lang};

/// Decimals after which a number is written as a fraction instead: rates of exchange have four, percentages of fen two more.
const PLACES_MAX: u32 = 10;

/// Writes a quantity given in base units (money in fen, durations in months).
///
/// A number that does not end within six decimals is written as a fraction with its value to two
/// decimals: `1000/3元（约333.33元）`.
#[must_use]
pub fn write(value: Rational, unit: &Unit, lang: Lang) -> String {
    if unit.is_none() {
        return ratio(value, lang);
    }
    match unit.single() {
        Some(base) => match (base.currency(), base.name()) {
            (Some(code), _) => money(value, code, lang),
            (None, "月") => months(value, lang),
            _ => exact_or_near(value, lang, &|number| with_base(number, base, lang)),
        },
        None => compound(value, unit, lang),
    }
}

/// A ratio as a percentage; where that does not end, as a fraction with the percentage it is near to.
fn ratio(value: Rational, lang: Lang) -> String {
    let percent = value.checked_mul(Rational::from(100)).ok();
    if let Some(exact) = percent.and_then(|percent| percent.to_decimal(PLACES_MAX)) {
        return format!("{exact}%");
    }
    let fraction = format!("{}/{}", value.numerator(), value.denominator());
    match (percent.and_then(near), lang) {
        (None, _) => fraction,
        (Some(near), Lang::Zh) => format!("{fraction}（约{near}%）"),
        (Some(near), Lang::En) => format!("{fraction} (about {near}%)"),
    }
}

/// Money in any currency; `value` counts 1/100 of it.
fn money(value: Rational, code: &str, lang: Lang) -> String {
    let whole = i64::try_from(value.numerator()).ok().filter(|_| value.is_integer()).map(Fen);
    let word = currency_word(code).unwrap_or(code);
    match (whole, lang, code) {
        (Some(fen), Lang::Zh, "CNY") => fen.plain_zh(),
        (Some(fen), Lang::En, "CNY") => fen.plain_en(),
        (Some(fen), Lang::Zh, _) => {
            let number = myriads(value, 100).unwrap_or_else(|| fen.grouped());
            format!("{number}{word}")
        }
        (Some(fen), Lang::En, _) => format!("{code} {}", fen.grouped()),
        (None, ..) => match value.checked_div(Rational::from(100)) {
            Ok(amount) => exact_or_near(amount, lang, &|number| match lang {
                Lang::Zh => [number, word].concat(),
                Lang::En => [code, " ", number].concat(),
            }),
            Err(_) => format!("{value}/100 {code}"),
        },
    }
}

/// A duration in months, in years where that is whole.
fn months(value: Rational, lang: Lang) -> String {
    let years = value.checked_div(Rational::from(12)).ok();
    match (years.filter(|years| years.is_integer() && !years.is_zero()), lang) {
        (Some(years), Lang::Zh) => format!("{years}年"),
        (Some(years), Lang::En) if years.abs() == Rational::ONE => format!("{years} year"),
        (Some(years), Lang::En) => format!("{years} years"),
        (None, _) => exact_or_near(value, lang, &|number| match lang {
            Lang::Zh => format!("{number}个月"),
            Lang::En if number == "1" => format!("{number} month"),
            Lang::En => format!("{number} months"),
        }),
    }
}

/// A number with the word of its one base unit.
fn with_base(number: &str, base: &BaseUnit, lang: Lang) -> String {
    let name = base.name();
    match lang {
        Lang::Zh if name == "工作日" => [number, "个工作日"].concat(),
        Lang::Zh => [number, name].concat(),
        Lang::En => {
            let (one, several) = base_word_en(name).unwrap_or((name, name));
            format!("{number} {}", if number == "1" { one } else { several })
        }
    }
}

/// A quantity of a compound unit: currencies brought from 1/100 to whole, a yearly price where the monthly one does not end.
fn compound(value: Rational, unit: &Unit, lang: Lang) -> String {
    let hundreds: i32 = unit.factors().filter(|(base, _)| base.currency().is_some()).map(|(_, exponent)| exponent).sum();
    let hundred = Rational::from(100);
    let mut shown = Ok(value);
    for _ in 0..hundreds.unsigned_abs() {
        shown = shown.and_then(|shown| if hundreds > 0 { shown.checked_div(hundred) } else { shown.checked_mul(hundred) });
    }
    let Ok(shown) = shown else {
        return format!("{value} × {}", unit.write(lang));
    };
    let words = unit.write(lang);
    if shown.to_decimal(PLACES_MAX).is_none() {
        // A price by the year is held by the month, which may not end: 25元/平方米/年 is 25/12 a month.
        let yearly = shown.checked_mul(Rational::from(12)).ok().filter(|yearly| yearly.to_decimal(PLACES_MAX).is_some());
        let by_year = match lang {
            Lang::Zh => words.strip_suffix("/月").map(|rest| format!("{rest}/年")),
            Lang::En => words.strip_suffix("/month").map(|rest| format!("{rest}/year")),
        };
        if let (Some(yearly), Some(by_year)) = (yearly, by_year) {
            return exact_or_near(yearly, lang, &|number| join(number, &by_year, lang));
        }
    }
    exact_or_near(shown, lang, &|number| join(number, &words, lang))
}

/// Number and unit in words; the unit of a pure quotient begins with `1/`, of which the 1 is the number.
fn join(number: &str, words: &str, lang: Lang) -> String {
    match (words.strip_prefix("1/"), lang) {
        (Some(rest), _) => format!("{number}/{rest}"),
        (None, Lang::Zh) => [number, words].concat(),
        (None, Lang::En) => [number, " ", words].concat(),
    }
}

/// A number that ends, with its unit, or else its fraction and what it is near to.
fn exact_or_near(value: Rational, lang: Lang, with_unit: &dyn Fn(&str) -> String) -> String {
    if let Some(number) = number(value, lang) {
        return with_unit(&number);
    }
    let exact = with_unit(&format!("{}/{}", value.numerator(), value.denominator()));
    let near = near(value).map(|near| grouped(near, lang));
    match (near, lang) {
        (None, _) => exact,
        (Some(near), Lang::Zh) => format!("{exact}（约{}）", with_unit(&near)),
        (Some(near), Lang::En) => format!("{exact} (about {})", with_unit(&near)),
    }
}

/// A decimal as people read it: 万 and 亿 or separators from 1万 up; English groups from 1,000.
fn number(value: Rational, lang: Lang) -> Option<String> {
    if let (Lang::Zh, Some(short)) = (lang, myriads(value, 1)) {
        return Some(short);
    }
    value.to_decimal(PLACES_MAX).map(|decimal| grouped(decimal, lang))
}

/// A decimal with separators where people want them.
fn grouped(decimal: String, lang: Lang) -> String {
    let grouped_from = if lang == Lang::Zh { 5 } else { 4 };
    let whole = decimal.find('.').unwrap_or(decimal.len());
    let digits = whole - usize::from(decimal.starts_with('-'));
    if digits < grouped_from {
        return decimal;
    }
    let mut out = String::with_capacity(decimal.len() + digits / 3);
    for (at, digit) in decimal.char_indices() {
        if at < whole && at + digits > whole && (whole - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// The value to two decimals, unless that is zero or does not fit.
fn near(value: Rational) -> Option<String> {
    let hundredths = value.checked_mul(Rational::from(100)).ok()?.round_half_up().ok()?;
    let near = Rational::new(hundredths, 100).ok()?;
    if near.is_zero() { None } else { near.to_decimal(2) }
}

/// The number before 万 or 亿 with that word, where it is short enough to be read at once.
///
/// `value` counts 1/`parts` of the unit. 亿 stands from 1亿 up if at most four decimals say it exactly
/// (1.0001亿 is 10001万), 万 from 1万 up with at most two.
pub(crate) fn myriads(value: Rational, parts: i64) -> Option<String> {
    // Two decimals of 万 are whole hundreds, four of 亿 whole ten thousands: what is neither is seen at once.
    let hundreds = i128::from(parts) * 100;
    if !value.is_integer() || value.numerator() % hundreds != 0 || value.numerator().unsigned_abs() / 100 < hundreds.unsigned_abs() {
        return None;
    }
    [(100_000_000, 4, "亿"), (10_000, 2, "万")].into_iter().find_map(|(size, places, word)| {
        let size = Rational::from(parts).checked_mul(Rational::from(size)).ok()?;
        let number = value.checked_div(size).ok()?;
        if number.abs() < Rational::ONE {
            return None;
        }
        number.to_decimal(places).map(|decimal| format!("{decimal}{word}"))
    })
}
