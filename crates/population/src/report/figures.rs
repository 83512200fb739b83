//! Figures as a report shows them: whole sums in the words of the language, tables in 万元, shares in hundredths of a per cent.
//! Everything is rounded half up for the eye only; the exact sum stands beside it.

use values::number::group_thousands;
use values::{Fen, Lang};

/// How many, in groups of three.
#[must_use]
pub fn count(number: u64) -> String {
    group_thousands(&number.to_string())
}

/// So many parts of a unit with two decimals.
fn decimals(fen: i128, unit: u128) -> String {
    let hundredths = (fen.unsigned_abs() * 100 + unit / 2) / unit;
    let sign = if fen < 0 && hundredths > 0 { "−" } else { "" };
    format!("{sign}{}.{:02}", group_thousands(&(hundredths / 100).to_string()), hundredths % 100)
}

/// 万元 with two decimals.
#[must_use]
pub fn myriads(fen: i128) -> String {
    decimals(fen, 1_000_000)
}

/// Yuan to the fen.
#[must_use]
pub fn exact(fen: i128, lang: Lang) -> String {
    let sum = i64::try_from(fen).map_or_else(|_| decimals(fen, 100), |fen| Fen(fen).grouped().replace('-', "−"));
    if lang == Lang::Zh { format!("{sum}元") } else { format!("¥{sum}") }
}

/// A sum for a sentence.
#[must_use]
pub fn sum(fen: i128, lang: Lang) -> String {
    let round = |text: String| text.strip_suffix(".00").map_or(text.clone(), str::to_owned);
    match (lang, fen.unsigned_abs()) {
        (Lang::Zh, 10_000_000_000..) => format!("{}亿元", round(decimals(fen, 10_000_000_000))),
        (Lang::Zh, 1_000_000..) => format!("{}万元", round(decimals(fen, 1_000_000))),
        (Lang::Zh, _) => format!("{}元", round(decimals(fen, 100))),
        (_, 100_000_000_000..) => format!("¥{} billion", round(decimals(fen, 100_000_000_000))),
        (_, 100_000_000..) => format!("¥{} million", round(decimals(fen, 100_000_000))),
        _ => format!("¥{}", round(decimals(fen, 100))),
    }
}

/// A sum on an axis.
#[must_use]
pub fn tick(fen: i64, lang: Lang) -> String {
    if fen == 0 { "0".to_owned() } else { sum(i128::from(fen), lang).replace('元', "").replace(" million", "M").replace(" billion", "B") }
}

/// A share in per cent with two decimals; what is not nought is never shown as nought.
#[must_use]
pub fn share(part: i128, whole: i128) -> String {
    if whole <= 0 {
        return "–".to_owned();
    }
    let parts = (part.unsigned_abs() * 10_000 + whole.unsigned_abs() / 2) / whole.unsigned_abs();
    match parts {
        0 if part != 0 => "<0.01%".to_owned(),
        _ => format!("{}.{:02}%", group_thousands(&(parts / 100).to_string()), parts % 100),
    }
}
