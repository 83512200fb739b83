//! Measures: what hangs on a number of the text or of a rule, brought to one base so that 两年 and 24个月 are the
//! same number and 人 and 人次 are not. Types and units of expressions are checked elsewhere.

use std::collections::HashMap;
use std::sync::OnceLock;
use values::unit_table::known_unit_words;
use values::{Date, Rational, known_unit};

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// Nothing is written behind it.
    None,
    /// A ratio: 1% is 1/100.
    Ratio,
    /// A unit every scheme knows, by its place in the table.
    Known(u16),
    /// A measure word of the policy's own.
    Own(u16),
}

/// A number with what it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    /// In the smallest of its unit.
    Number(Rational, Base),
    /// 2015年
    Year(i32),
    /// 2023年8月11日
    Date(Date),
}

/// How two numbers stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// The same number of the same thing.
    Same,
    /// The same digits, another unit: 20元 and 20万元, 100人 and 100人次.
    OtherUnit,
    /// Different numbers.
    Different,
}

/// Words that count the same things.
const SAME: &[(&str, &str)] =
    &[("名", "人"), ("位", "人"), ("幢", "栋"), ("座", "栋"), ("场次", "场"), ("课时", "学时"), ("周年", "年"), ("平方", "平方米"), ("圆", "元")];

/// Behind these the text writes a ratio; the second number divides.
const RATIOS: &[(&str, i64)] = &[("%", 100), ("％", 100), ("‰", 1000), ("个百分点", 100), ("倍", 1), ("成", 10)];

struct Table {
    units: HashMap<&'static str, (Base, Rational)>,
    generic: Base,
    months: Base,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut names: Vec<String> = Vec::new();
        let mut units = HashMap::new();
        for word in known_unit_words() {
            let Some((unit, scale)) = known_unit(word) else { continue };
            let Some(name) = unit.single().map(|base| base.name().to_owned()) else { continue };
            let at = names.iter().position(|known| *known == name).unwrap_or_else(|| {
                names.push(name);
                names.len() - 1
            });
            units.insert(word, (Base::Known(u16::try_from(at).unwrap_or(u16::MAX)), scale));
        }
        for (word, same) in SAME {
            if let Some(known) = units.get(same).copied() {
                units.insert(word, known);
            }
        }
        for (word, lower) in RATIOS {
            if let Ok(scale) = Rational::new(1, i128::from(*lower)) {
                units.insert(word, (Base::Ratio, scale));
            }
        }
        let of = |word: &str| units.get(word).map_or(Base::None, |(base, _)| *base);
        Table { generic: of("个"), months: of("月"), units }
    })
}

/// The measures of one policy.
pub(super) struct Measures<'a> {
    table: &'static Table,
    own: Vec<&'a str>,
}

impl<'a> Measures<'a> {
    /// With the measure words the policy declares.
    pub(super) fn new(own: Vec<&'a str>) -> Self {
        Self { table: table(), own }
    }

    /// A unit word and how many of the base it makes.
    pub(super) fn of(&self, word: &str) -> Option<(Base, Rational)> {
        if word.is_empty() {
            return Some((Base::None, Rational::ONE));
        }
        self.table.units.get(word).copied().or_else(|| {
            let at = self.own.iter().position(|own| *own == word)?;
            Some((Base::Own(u16::try_from(at).ok()?), Rational::ONE))
        })
    }

    /// The longest unit that `chars` begin with, and its length.
    pub(super) fn longest(&self, chars: &[char]) -> Option<(usize, Base, Rational)> {
        for own in &self.own {
            if own.chars().count() <= chars.len()
                && own.chars().zip(chars).all(|(a, b)| a == *b)
                && let Some((base, scale)) = self.of(own)
            {
                return Some((own.chars().count(), base, scale));
            }
        }
        let mut word = String::with_capacity(16);
        let mut ends = [0_usize; 5];
        let mut count = 0;
        for (c, end) in chars.iter().take(5).zip(&mut ends) {
            word.push(*c);
            *end = word.len();
            count += 1;
        }
        ends.iter().take(count).enumerate().rev().find_map(|(at, end)| {
            let (base, scale) = self.table.units.get(word.get(..*end)?)?;
            Some((at + 1, *base, *scale))
        })
    }

    /// The number of a literal: its value in the unit as written, brought to the base.
    pub(super) fn amount(&self, value: Rational, unit: &str) -> Amount {
        let first = unit.split(['/', '·']).next().unwrap_or_default();
        match self.of(first) {
            Some((base, scale)) => Amount::Number(value.checked_mul(scale).unwrap_or(value), base),
            None => Amount::Number(value, Base::None),
        }
    }

    /// Months, for a 期限 that has been turned into them.
    pub(super) fn months(&self, months: u32) -> Amount {
        Amount::Number(Rational::from(i64::from(months)), self.table.months)
    }

    /// One of what is counted: not of money, time or a ratio.
    pub(super) fn is_one(&self, amount: Amount) -> bool {
        matches!(amount, Amount::Number(value, Base::Known(_) | Base::Own(_)) if value == Rational::ONE) && !self.is_money(amount) && !self.is_time(amount)
    }

    /// True for numbers of months and years.
    pub(super) fn is_time(&self, amount: Amount) -> bool {
        matches!(amount, Amount::Number(_, base) if base == self.table.months)
    }

    /// True for an amount of money or a ratio of one.
    pub(super) fn is_money(&self, amount: Amount) -> bool {
        let yuan = self.of("元").map(|u| u.0);
        matches!(amount, Amount::Number(_, base) if base == Base::Ratio || Some(base) == yuan || self.is_foreign(base))
    }

    /// True for an amount of yuan.
    pub(super) fn is_yuan(&self, amount: Amount) -> bool {
        matches!(amount, Amount::Number(_, base) if self.of("元").is_some_and(|unit| unit.0 == base))
    }

    /// A currency that is not the yuan.
    pub(super) fn is_foreign(&self, base: Base) -> bool {
        ["美元", "欧元", "港元", "日元", "英镑"].iter().any(|word| self.of(word).is_some_and(|u| u.0 == base))
    }

    /// How a number of a rule stands to one of the text.
    pub(super) fn compare(&self, rule: Amount, text: Amount) -> Likeness {
        let (Amount::Number(a, mine), Amount::Number(b, theirs)) = (rule, text) else {
            let same = match (rule, text) {
                (Amount::Year(a), Amount::Year(b)) => a == b,
                (Amount::Date(a), Amount::Date(b)) => a == b,
                (Amount::Year(a), Amount::Number(b, Base::None)) => Rational::from(i64::from(a)) == b,
                _ => false,
            };
            return if same { Likeness::Same } else { Likeness::Different };
        };
        if mine == theirs {
            return self.same_base(a, b, mine);
        }
        // The text often leaves the unit out (前5的企业, 奖励20万); 个 counts whatever follows it.
        let money = self.of("元").map(|u| u.0);
        let silent = theirs == Base::None && mine != Base::Ratio;
        let generic = theirs == self.table.generic && !matches!(mine, Base::Ratio | Base::None) && Some(mine) != money && mine != self.table.months;
        let bare = mine == Base::None && (matches!(theirs, Base::Ratio) || theirs == self.table.generic || Some(theirs) == self.of("项").map(|u| u.0));
        if silent || generic || bare {
            let scaled = if silent && Some(mine) == money { b.checked_mul(Rational::from(100)).unwrap_or(b) } else { b };
            // 3个月 stands in months, a bare 3 may be years.
            let years = mine == self.table.months && b.checked_mul(Rational::from(12)) == Ok(a);
            return if a == scaled || silent && years { Likeness::Same } else { Likeness::Different };
        }
        if self.bare(a, mine) == self.bare(b, theirs) { Likeness::OtherUnit } else { Likeness::Different }
    }

    /// Numbers of one unit: equal, or apart by 万 or 亿.
    fn same_base(&self, a: Rational, b: Rational, base: Base) -> Likeness {
        if a == b {
            return Likeness::Same;
        }
        let apart = |n: i64| a.checked_mul(Rational::from(n)) == Ok(b) || b.checked_mul(Rational::from(n)) == Ok(a);
        let factors: &[i64] = if base == Base::Ratio { &[] } else { &[10_000, 100_000_000] };
        let years = base == self.table.months && apart(12);
        if a != Rational::ZERO && (factors.iter().any(|n| apart(*n)) || years) { Likeness::OtherUnit } else { Likeness::Different }
    }

    /// The number as it would be written in the largest unit of its base that leaves the digits alone.
    fn bare(&self, value: Rational, base: Base) -> Rational {
        let down = match base {
            Base::Ratio => return value.checked_mul(Rational::from(100)).unwrap_or(value),
            Base::Known(_) if self.is_money(Amount::Number(value, base)) => 100,
            Base::Known(_)
                if base == self.table.months && value.checked_div(Rational::from(12)).is_ok_and(|y| y.floor() > 0 && y == Rational::from_int(y.floor())) =>
            {
                12
            }
            _ => 1,
        };
        value.checked_div(Rational::from(down)).unwrap_or(value)
    }
}
