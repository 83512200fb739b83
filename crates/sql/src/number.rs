//! Exact arithmetic and comparison of numbers as SQL.

use crate::refusal::Reason;
use crate::scope::Scope;
use crate::value::{Den, Number, Val, What, either, gcd};
use policy::scheme::{Arith, Compare};
use values::Rational;

/// What the evaluator can hold in a numerator or denominator.
const VALUE_MAX: u128 = i128::MAX.unsigned_abs();

/// The greatest number of 64 bits.
pub(crate) const LONG_MAX: u128 = i64::MAX.unsigned_abs() as u128;

impl Scope<'_> {
    pub(crate) fn literal(&self, value: Rational) -> Number {
        Number {
            num: self.dialect.number(value.numerator()),
            den: Den::Fixed(value.denominator().unsigned_abs()),
            max: value.numerator().unsigned_abs(),
            fixed: Some(value),
        }
    }

    /// A number that is never known: arithmetic that always goes wrong.
    fn never(&self) -> Number {
        Number { num: self.dialect.exact("NULL"), den: Den::Fixed(1), max: 0, fixed: None }
    }

    fn folded(&self, value: Result<Rational, values::Fault>) -> Number {
        value.map_or_else(|_| self.never(), |value| self.literal(value))
    }

    /// The operands as columns, and no result that the evaluator would call an overflow.
    fn fit(&mut self, number: Number) -> Result<Number, Reason> {
        let number = Number { num: self.stages.bind(number.num), ..number };
        let den = match number.den {
            Den::Fixed(den) => Den::Fixed(den),
            Den::Sql(sql, max) => Den::Sql(self.stages.bind(sql), max),
        };
        let number = Number { den, ..number };
        let max = number.max.max(number.den.max());
        if max <= VALUE_MAX.min(self.dialect.scratch_max().unwrap_or(u128::MAX)) {
            return Ok(number);
        }
        if self.dialect.scratch_max().is_some() {
            return Err(Reason::new("中间结果可能超出这种数据库整数的范围", "a step in between may not fit the whole numbers of this engine"));
        }
        // NUMERIC holds any length, so that what the evaluator calls an overflow can be told row by row: in lowest terms.
        let den = self.den_sql(&number.den);
        let common = self.stages.bind(format!("gcd({}, {den})", number.num));
        let bound = self.dialect.number(i128::MAX);
        let fits = format!("CASE WHEN abs({n}) <= {bound} * {common} AND {den} <= {bound} * {common} THEN {n} END", n = number.num);
        Ok(Number { num: self.stages.bind(fits), ..number })
    }

    pub(crate) fn den_sql(&self, den: &Den) -> String {
        match den {
            Den::Fixed(den) => self.dialect.number(i128::try_from(*den).unwrap_or(i128::MAX)),
            Den::Sql(sql, _) => sql.clone(),
        }
    }

    /// `sql` times a fixed factor.
    pub(crate) fn times(&self, sql: &str, factor: u128) -> String {
        if factor == 1 { sql.to_owned() } else { format!("({sql} * {})", self.dialect.number(i128::try_from(factor).unwrap_or(i128::MAX))) }
    }

    /// Both numerators over one denominator.
    pub(crate) fn alike(&mut self, a: &Number, b: &Number) -> (String, String, Den, u128) {
        match (&a.den, &b.den) {
            (Den::Fixed(x), Den::Fixed(y)) => {
                let common = gcd(*x, *y);
                let (left, right) = (y / common, x / common);
                let den = Den::Fixed(x.saturating_mul(left));
                let max = a.max.saturating_mul(left).max(b.max.saturating_mul(right));
                (self.times(&a.num, left), self.times(&b.num, right), den, max)
            }
            (Den::Sql(x, _), Den::Sql(y, _)) if x == y => (a.num.clone(), b.num.clone(), a.den.clone(), a.max.max(b.max)),
            (x, y) => {
                let (left, right) = (self.den_sql(y), self.den_sql(x));
                let max = a.max.saturating_mul(y.max()).max(b.max.saturating_mul(x.max()));
                let den = Den::Sql(format!("({right} * {left})"), x.max().saturating_mul(y.max()));
                (format!("({} * {left})", a.num), format!("({} * {right})", b.num), den, max)
            }
        }
    }

    fn scratch(&self, max: u128) -> Result<(), Reason> {
        match self.dialect.scratch_max() {
            Some(bound) if max > bound => {
                Err(Reason::new("两个数的比较可能超出这种数据库整数的范围", "a comparison may not fit the whole numbers of this engine"))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn compared(&mut self, compare: Compare, a: &Number, b: &Number) -> Result<String, Reason> {
        let (left, right, _, max) = self.alike(a, b);
        self.scratch(max)?;
        Ok(format!("({left} {} {right})", sign(compare)))
    }

    pub(crate) fn same_number(&mut self, a: &Number, b: &Number) -> Result<String, Reason> {
        let (left, right, _, max) = self.alike(a, b);
        self.scratch(max)?;
        Ok(format!("({left} = {right})"))
    }

    pub(crate) fn add(&mut self, a: &Number, b: &Number, minus: bool) -> Result<Number, Reason> {
        if let (Some(x), Some(y)) = (a.fixed, b.fixed) {
            return Ok(self.folded(if minus { x.checked_sub(y) } else { x.checked_add(y) }));
        }
        let (left, right, den, max) = self.alike(a, b);
        let sign = if minus { "-" } else { "+" };
        self.fit(Number { num: format!("({left} {sign} {right})"), den, max: max.saturating_mul(2), fixed: None })
    }

    pub(crate) fn mul(&mut self, a: &Number, b: &Number) -> Result<Number, Reason> {
        if let (Some(x), Some(y)) = (a.fixed, b.fixed) {
            return Ok(self.folded(x.checked_mul(y)));
        }
        // A fixed factor loses what it has in common with the other's denominator.
        let (a, b) = if a.fixed.is_some() { (b, a) } else { (a, b) };
        if let (Some(factor), Den::Fixed(den)) = (b.fixed, &a.den) {
            if factor.is_zero() {
                // Zero times what is not known is not known.
                return self.fit(Number { num: format!("({} * {})", a.num, b.num), den: Den::Fixed(1), max: 0, fixed: None });
            }
            let (n, d) = (factor.numerator().unsigned_abs(), factor.denominator().unsigned_abs());
            let common = gcd(n, *den);
            let whole = self.times(&a.num, n / common);
            let num = if factor.is_negative() { format!("(-{whole})") } else { whole };
            let den = Den::Fixed((den / common).saturating_mul(d));
            return self.fit(Number { num, den, max: a.max.saturating_mul(n / common), fixed: None });
        }
        let den = match (&a.den, &b.den) {
            (Den::Fixed(x), Den::Fixed(y)) => Den::Fixed(x.saturating_mul(*y)),
            (x, y) => Den::Sql(format!("({} * {})", self.den_sql(x), self.den_sql(y)), x.max().saturating_mul(y.max())),
        };
        self.fit(Number { num: format!("({} * {})", a.num, b.num), den, max: a.max.saturating_mul(b.max), fixed: None })
    }

    pub(crate) fn div(&mut self, a: &Number, b: &Number) -> Result<Number, Reason> {
        if let Some(by) = b.fixed {
            return match by.reciprocal() {
                Ok(factor) => {
                    let factor = self.literal(factor);
                    self.mul(a, &factor)
                }
                Err(_) => Ok(self.never()),
            };
        }
        let common = match (&a.den, &b.den) {
            (Den::Fixed(x), Den::Fixed(y)) => gcd(*x, *y),
            _ => 1,
        };
        let part = |den: &Den, scope: &Self| match den {
            Den::Fixed(den) => scope.dialect.number(i128::try_from(den / common).unwrap_or(i128::MAX)),
            Den::Sql(sql, _) => sql.clone(),
        };
        let by = self.stages.bind(b.num.clone());
        let num = self.stages.bind(format!("({} * {})", a.num, part(&b.den, self)));
        let num = format!("CASE WHEN {by} > 0 THEN {num} WHEN {by} < 0 THEN -{num} END");
        let den = format!("(abs({by}) * {})", part(&a.den, self));
        let num_max = a.max.saturating_mul(b.den.max() / common);
        let den_max = b.max.saturating_mul(a.den.max() / common);
        self.fit(Number { num, den: Den::Sql(den, den_max.max(1)), max: num_max, fixed: None })
    }

    /// The lesser or the greater of two.
    pub(crate) fn bounded(&mut self, a: &Number, b: &Number, at_most: bool) -> Result<Number, Reason> {
        if let (Some(x), Some(y)) = (a.fixed, b.fixed) {
            return Ok(self.literal(if at_most { x.min(y) } else { x.max(y) }));
        }
        let (left, right, den, max) = self.alike(a, b);
        self.scratch(max)?;
        let sign = if at_most { "<=" } else { ">=" };
        let first = self.stages.bind(format!("({left} {sign} {right})"));
        let over = |a: &Den, b: &Den| match (a, b) {
            (Den::Fixed(_), Den::Fixed(_)) => None,
            (a, b) if a == b => None,
            _ => Some(()),
        };
        if over(&a.den, &b.den).is_none() {
            let num = format!("CASE WHEN {first} THEN {left} WHEN NOT {first} THEN {right} END");
            return self.fit(Number { num, den, max, fixed: None });
        }
        // Over different denominators the chosen fraction is kept as it is, so that it grows no further.
        let pick = |x: &str, y: &str| format!("CASE WHEN {first} THEN {x} WHEN NOT {first} THEN {y} END");
        let num = pick(&a.num, &b.num);
        let den = pick(&self.den_sql(&a.den), &self.den_sql(&b.den));
        self.fit(Number { num, den: Den::Sql(den, a.den.max().max(b.den.max())), max: a.max.max(b.max), fixed: None })
    }

    pub(crate) fn or_zero(&mut self, a: &Number) -> Result<Number, Reason> {
        if let Some(x) = a.fixed {
            return Ok(self.literal(x.or_zero()));
        }
        let num = self.stages.bind(a.num.clone());
        let zero = self.dialect.number(0);
        self.fit(Number { num: format!("CASE WHEN {num} < 0 THEN {zero} ELSE {num} END"), ..a.clone() })
    }

    /// How many whole steps of a fixed size, rounded down; below zero counts as zero where `from_zero`.
    pub(crate) fn whole_steps(&mut self, x: &Number, step: &Number, from_zero: bool) -> Result<Number, Reason> {
        let Some(size) = step.fixed else {
            return Err(Reason::new("步长不是固定的数", "the size of a step is not a fixed number"));
        };
        if size.is_zero() {
            return Ok(self.never());
        }
        if size.is_negative() {
            return Err(Reason::new("步长低于零", "the size of a step is below zero"));
        }
        if let Some(x) = x.fixed {
            let steps = x.whole_steps(size).and_then(|n| Rational::new(if from_zero { n.max(0) } else { n }, 1));
            return Ok(self.folded(steps));
        }
        let factor = self.literal(size.reciprocal().unwrap_or(Rational::ONE));
        let ratio = self.mul(x, &factor)?;
        let steps_max = match ratio.den {
            Den::Fixed(den) => ratio.max / den.max(1) + 1,
            Den::Sql(..) => ratio.max,
        };
        if steps_max > LONG_MAX && self.dialect.scratch_max() == Some(10_u128.pow(38) - 1) {
            return Err(Reason::new("步数可能超过63位", "the number of steps may need more than 63 bits"));
        }
        let den = self.den_sql(&ratio.den);
        let num = &ratio.num;
        let zero = self.dialect.number(0);
        let below = if from_zero { zero } else { format!("-{}", self.dialect.quotient(&format!("({den} - 1 - {num})"), &den)) };
        let steps = format!("CASE WHEN {num} >= 0 THEN {} WHEN {num} < 0 THEN {below} END", self.dialect.quotient(num, &den));
        self.fit(Number { num: steps, den: Den::Fixed(1), max: steps_max, fixed: None })
    }

    /// Arithmetic on two values: absent where either is.
    pub(crate) fn on_numbers(&mut self, a: &Val, b: &Val, apply: impl FnOnce(&mut Self, &Number, &Number) -> Result<Number, Reason>) -> Result<Val, Reason> {
        let (What::Number(x), What::Number(y)) = (&a.what, &b.what) else { return Err(not_numbers()) };
        let what = What::Number(apply(self, x, y)?);
        Ok(Val { what, absent: either(a.absent.as_ref(), b.absent.as_ref()) })
    }

    pub(crate) fn arith(&mut self, op: Arith, a: &Val, b: &Val) -> Result<Val, Reason> {
        self.on_numbers(a, b, |scope, x, y| match op {
            Arith::Add => scope.add(x, y, false),
            Arith::Sub => scope.add(x, y, true),
            Arith::Mul | Arith::Of => scope.mul(x, y),
            Arith::Div => scope.div(x, y),
        })
    }

    /// Rounded half up to a whole number from 0 to `most`; NULL beyond that. The number is not below zero.
    pub(crate) fn rounded(&mut self, number: &Number, most: u128) -> String {
        let den = self.den_sql(&number.den);
        let num = self.stages.bind(number.num.clone());
        // Above this even the lesser neighbour is too much; below it no step can overflow.
        let over = format!("{num} >= {den} * {}", self.dialect.number(i128::try_from(most).unwrap_or(i128::MAX).saturating_add(1)));
        let rounded = self.dialect.quotient(&format!("({num} * 2 + {den})"), &format!("({den} * 2)"));
        let rounded = self.stages.bind(format!("CASE WHEN {over} THEN NULL ELSE {rounded} END"));
        self.stages.bind(format!("CASE WHEN {rounded} <= {} THEN {rounded} END", self.dialect.number(i128::try_from(most).unwrap_or(i128::MAX))))
    }
}

pub(crate) fn not_numbers() -> Reason {
    Reason::new("不是数的运算", "arithmetic on what is not a number")
}

pub(crate) const fn sign(compare: Compare) -> &'static str {
    match compare {
        Compare::Ge => ">=",
        Compare::Gt => ">",
        Compare::Le => "<=",
        Compare::Lt => "<",
    }
}
