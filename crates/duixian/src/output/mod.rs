//! How results are written: diagnostics of a policy, assessments as JSON, text and HTML. Nothing here decides.

pub mod analysis;
pub mod coverage;
pub mod diagnostics;
pub mod exceptions;
pub mod html;
pub mod json;
pub mod pages;
pub mod sheet;
pub mod simulation;
pub mod text;
pub mod verify;
pub mod walk;

use policy::Population;
use policy::application::Application;
use policy::assessment::{ClauseResult, Outcome, PoolShare};
pub use policy::exchange::awards;
use policy::scheme::{Overrun, Scheme};
use values::{Fen, Lang, Rational};

/// Everything there is to write about a file of applications.
pub struct Results<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The applications.
    pub applications: &'a [Application],
    /// What came out, in the same order.
    pub population: &'a Population,
    /// The language of words.
    pub lang: Lang,
    /// Explain each result.
    pub trace: bool,
}

/// The twin of a language.
pub fn pick<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// An amount for people.
pub fn money(fen: Fen, lang: Lang) -> String {
    match lang {
        Lang::Zh => fen.plain_zh(),
        Lang::En => fen.plain_en(),
    }
}

/// Results that need no more than one line: nothing is given, and a single reason decides.
pub fn plain_no(result: &ClauseResult) -> bool {
    matches!(result.outcome, Outcome::Ineligible | Outcome::Barred)
}

/// How a pool came out, in one line:
/// `年度总额 2024：额度 1000万元，应付 1214.5万元，实付 1000万元，按 0.8234 折算`.
pub fn pool_line(scheme: &Scheme, share: &PoolShare, lang: Lang) -> String {
    let pool = scheme.pools.get(share.pool as usize);
    let name = pool.map_or("", |p| p.name.as_str());
    let (claims, given) = (money(share.claims, lang), money(share.given, lang));
    let Some(amount) = share.amount else {
        return match lang {
            Lang::Zh => format!("{name} {}：额度未定，应付 {claims}，未作折算", share.year),
            Lang::En => format!("{name} {}: amount not set, claims {claims}, nothing cut", share.year),
        };
    };
    let much = money(amount, lang);
    if share.given == share.claims {
        let left = money(amount.checked_sub(share.given).unwrap_or_default(), lang);
        return match lang {
            Lang::Zh => format!("{name} {}：额度 {much}，应付 {claims}，足额支付，余 {left}", share.year),
            Lang::En => format!("{name} {}: holds {much}, claims {claims}, paid in full, {left} left", share.year),
        };
    }
    let how = overrun(pool.map(|p| &p.overrun), share, lang);
    match lang {
        Lang::Zh => format!("{name} {}：额度 {much}，应付 {claims}，实付 {given}，{how}", share.year),
        Lang::En => format!("{name} {}: holds {much}, claims {claims}, paid {given}, {how}", share.year),
    }
}

fn overrun(rule: Option<&Overrun>, share: &PoolShare, lang: Lang) -> String {
    let words = match rule {
        Some(Overrun::ProRata) | None => {
            let factor = factor(share.given, share.claims);
            return match lang {
                Lang::Zh => format!("按 {factor} 折算"),
                Lang::En => format!("each at {factor}"),
            };
        }
        Some(Overrun::FirstCome) => ("先到先得", "first come, first served"),
        Some(Overrun::ByMeasure(..)) => ("按排序支付", "in order of the measure"),
        Some(Overrun::ByClause(_)) => ("按条款先后支付", "in order of clauses"),
        Some(Overrun::CarryOver) => ("其余顺延到下一年", "the rest waits for the next year"),
    };
    pick(lang, words.0, words.1).to_owned()
}

/// Given over claims as a percentage to two decimals; for reading, nothing is computed from it.
fn factor(given: Fen, claims: Fen) -> String {
    let exact = given.to_rational().checked_div(claims.to_rational());
    let near = exact.and_then(|x| x.checked_mul(Rational::from(10_000))).and_then(Rational::round_half_up).and_then(|n| Rational::new(n, 100));
    near.ok().and_then(|x| x.to_decimal(2)).map_or(String::new(), |percent| format!("{percent}%"))
}
