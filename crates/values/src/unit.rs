//! Units of measure as products of powers of base units, so that mixing them shows as inequality.
//! The words of the language and their scales are in `unit_table`, how a quantity reads is in `write`.

use std::borrow::Borrow;
use std::fmt;
use std::sync::Arc;

use crate::Lang;
use crate::unit_table::{base_word_en, currency_word};

/// The name of one base unit: `平方米`, `间`, `月`, or the code of a currency (`CNY`).
///
/// A clone is cheap. Currencies are named by code, so `元` written by hand is another base unit; use [`Unit::currency`].
#[derive(Clone)]
pub struct BaseUnit(Name);

#[derive(Clone)]
enum Name {
    Fixed(&'static str),
    Shared(Arc<str>),
}

impl BaseUnit {
    /// A base unit that the program itself names.
    #[must_use]
    pub const fn fixed(name: &'static str) -> Self {
        Self(Name::Fixed(name))
    }

    /// A base unit that a scheme declares.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self(Name::Shared(Arc::from(name)))
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.0 {
            Name::Fixed(name) => name,
            Name::Shared(name) => name,
        }
    }

    /// The currency code, if this is a currency.
    #[must_use]
    pub fn currency(&self) -> Option<&str> {
        currency_word(self.name()).map(|_| self.name())
    }

    /// Units of time stand last in a written unit: 元/间/月, not 元/月/间.
    fn is_time(&self) -> bool {
        matches!(self.name(), "月" | "日" | "工作日")
    }

    fn word(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => currency_word(self.name()).unwrap_or(self.name()),
            Lang::En => base_word_en(self.name()).map_or(self.name(), |(one, _)| one),
        }
    }
}

impl PartialEq for BaseUnit {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for BaseUnit {}

impl PartialOrd for BaseUnit {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for BaseUnit {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.name().cmp(other.name())
    }
}

impl std::hash::Hash for BaseUnit {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name().hash(state);
    }
}

impl Borrow<str> for BaseUnit {
    fn borrow(&self) -> &str {
        self.name()
    }
}

impl fmt::Debug for BaseUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A unit: base units with their exponents, `元/平方米/月` being CNY¹ · 平方米⁻¹ · 月⁻¹.
///
/// Units form a free abelian group under [`Unit::mul`]. The factors are sorted by name and no exponent
/// is zero, so one unit has one form. A ratio has [`Unit::none`].
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Unit {
    factors: Vec<(BaseUnit, i32)>,
}

impl Unit {
    /// The unit of a ratio: none.
    #[must_use]
    pub const fn none() -> Self {
        Self { factors: Vec::new() }
    }

    /// The unit of one base unit by name, such as `间`. For money see [`Unit::currency`].
    #[must_use]
    pub fn base(name: &str) -> Self {
        Self::of(BaseUnit::new(name))
    }

    /// The unit of a currency by its ISO 4217 code, such as `CNY`; its quantities count 1/100 of the currency.
    #[must_use]
    pub fn currency(code: &str) -> Self {
        Self::base(code)
    }

    /// 元, the unit of money; its quantities are in fen.
    #[must_use]
    pub fn cny() -> Self {
        Self::of(BaseUnit::fixed("CNY"))
    }

    /// 月; a year is twelve of it.
    #[must_use]
    pub fn month() -> Self {
        Self::of(BaseUnit::fixed("月"))
    }

    /// 日 in the calendar; converts to nothing else.
    #[must_use]
    pub fn day() -> Self {
        Self::of(BaseUnit::fixed("日"))
    }

    /// The unit of one base unit.
    #[must_use]
    pub fn of(base: BaseUnit) -> Self {
        Self { factors: vec![(base, 1)] }
    }

    /// Whether this is the unit of a ratio.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.factors.is_empty()
    }

    /// The product of two units.
    ///
    /// Exponents stop at the limits of `i32`; no number survives that many multiplications.
    #[must_use]
    pub fn mul(&self, other: &Self) -> Self {
        self.combine(other, i32::saturating_add)
    }

    /// The quotient of two units. Exponents as in [`Unit::mul`].
    #[must_use]
    pub fn div(&self, other: &Self) -> Self {
        self.combine(other, i32::saturating_sub)
    }

    fn combine(&self, other: &Self, join: fn(i32, i32) -> i32) -> Self {
        let mut factors = Vec::with_capacity(self.factors.len() + other.factors.len());
        let (mut left, mut right) = (self.factors.iter().peekable(), other.factors.iter().peekable());
        loop {
            let order = match (left.peek(), right.peek()) {
                (None, None) => break,
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (Some((a, _)), Some((b, _))) => a.cmp(b),
            };
            let a = if order.is_le() { left.next() } else { None };
            let b = if order.is_ge() { right.next() } else { None };
            let exponent = join(a.map_or(0, |factor| factor.1), b.map_or(0, |factor| factor.1));
            if let (Some((base, _)), true) = (a.or(b), exponent != 0) {
                factors.push((base.clone(), exponent));
            }
        }
        Self { factors }
    }

    /// The base units with their exponents, sorted by name, none of them zero.
    pub fn factors(&self) -> impl Iterator<Item = (&BaseUnit, i32)> {
        self.factors.iter().map(|(base, exponent)| (base, *exponent))
    }

    /// The exponent of a base unit, 0 if it does not occur.
    #[must_use]
    pub fn exponent(&self, name: &str) -> i32 {
        self.factors().find(|(base, _)| base.name() == name).map_or(0, |(_, exponent)| exponent)
    }

    /// The base unit, if the unit is just that (exponent 1).
    #[must_use]
    pub fn single(&self) -> Option<&BaseUnit> {
        match self.factors.as_slice() {
            [(base, 1)] => Some(base),
            _ => None,
        }
    }

    /// The currency code, if the unit is money and nothing else.
    #[must_use]
    pub fn money(&self) -> Option<&str> {
        self.single().and_then(BaseUnit::currency)
    }

    /// The unit in words: `元/平方米/月`, `CNY/m²/month`; empty for a ratio.
    #[must_use]
    pub fn write(&self, lang: Lang) -> String {
        let (time, other): (Vec<_>, Vec<_>) = self.factors().partition(|(base, _)| base.is_time());
        let mut top = String::new();
        let mut bottom = String::new();
        for (base, exponent) in other.into_iter().chain(time) {
            if exponent > 0 && !top.is_empty() {
                top.push('·');
            }
            let part = if exponent > 0 { &mut top } else { &mut bottom };
            if exponent < 0 {
                part.push('/');
            }
            part.push_str(base.word(lang));
            if exponent.unsigned_abs() > 1 {
                part.push_str(&format!("^{}", exponent.unsigned_abs()));
            }
        }
        if top.is_empty() && !bottom.is_empty() {
            top.push('1');
        }
        top + &bottom
    }
}

impl fmt::Display for Unit {
    /// The unit in Chinese words; empty for a ratio.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.write(Lang::Zh))
    }
}

impl fmt::Debug for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.factors()).finish()
    }
}
