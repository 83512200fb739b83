//! Numbers: exact parts of a denominator. Where the bounds of both sides show that nothing overflows, nothing is checked.

use super::build::{Builder, Den, Number, State, Value, What};
use super::{Bit, Fraction, Int, NotHeld, Pair, Test};
use values::Rational;

/// Bounds of a number that is checked as it is made.
const ANY: (i128, i128) = (-(i64::MAX as i128), i64::MAX as i128);

fn fits(low: i128, high: i128) -> bool {
    low >= ANY.0 && high <= ANY.1
}

impl Number {
    /// A number that is the same in every row.
    pub fn constant(number: Rational) -> Result<Self, NotHeld> {
        let parts = i64::try_from(number.numerator()).map_err(|_| NotHeld("a number above 64 bits"))?;
        let den = i64::try_from(number.denominator()).map_err(|_| NotHeld("a number above 64 bits"))?;
        Ok(Self::whole(Int::Const(parts), parts.into(), parts.into(), den))
    }

    pub fn whole(parts: Int, low: i128, high: i128, den: i64) -> Self {
        Self { parts, den: Den::Of(den), low, high }
    }

    /// The number, where it is the same in every row.
    pub fn as_constant(&self) -> Option<Rational> {
        match (self.parts, self.den) {
            (Int::Const(parts), Den::Of(den)) => Rational::new(parts.into(), den.into()).ok(),
            _ => None,
        }
    }

    pub fn den_int(&self) -> Int {
        match self.den {
            Den::Of(den) => Int::Const(den),
            Den::Row(int) => int,
        }
    }
}

fn lcm(a: i64, b: i64) -> Option<i64> {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (a / x).checked_mul(b)
}

/// Both at one denominator.
struct Level {
    a: Int,
    b: Int,
    bounds_a: (i128, i128),
    bounds_b: (i128, i128),
    den: i64,
}

impl<'a> Builder<'a> {
    /// Both numbers at a common denominator, where that is possible without overflow.
    fn level(&mut self, a: &Number, b: &Number) -> Option<Level> {
        let (Den::Of(da), Den::Of(db)) = (a.den, b.den) else { return None };
        let den = lcm(da, db)?;
        let (ka, kb) = (den / da, den / db);
        let scaled = |n: &Number, k: i64| (n.low * i128::from(k), n.high * i128::from(k));
        let (bounds_a, bounds_b) = (scaled(a, ka), scaled(b, kb));
        if !fits(bounds_a.0, bounds_a.1) || !fits(bounds_b.0, bounds_b.1) {
            return None;
        }
        let a = self.pair(Pair::Mul, a.parts, Int::Const(ka));
        let b = self.pair(Pair::Mul, b.parts, Int::Const(kb));
        Some(Level { a, b, bounds_a, bounds_b, den })
    }

    fn operands(a: &Number, b: &Number) -> [Int; 4] {
        [a.parts, a.den_int(), b.parts, b.den_int()]
    }

    /// A fraction of a denominator of its own, and where it is bad.
    fn broken(&mut self, op: Fraction, a: &Number, b: &Number) -> (Number, Bit) {
        let (parts, den, bad) = self.fraction(op, Self::operands(a, b));
        let den = if op == Fraction::Steps { Den::Of(1) } else { Den::Row(den) };
        (Number { parts, den, low: ANY.0, high: ANY.1 }, bad)
    }

    fn sum(&mut self, a: &Number, b: &Number, minus: bool) -> (Number, Bit) {
        let Some(level) = self.level(a, b) else { return self.broken(if minus { Fraction::Sub } else { Fraction::Add }, a, b) };
        let pair = if minus { Pair::Sub } else { Pair::Add };
        let (low, high) = if minus {
            (level.bounds_a.0 - level.bounds_b.1, level.bounds_a.1 - level.bounds_b.0)
        } else {
            (level.bounds_a.0 + level.bounds_b.0, level.bounds_a.1 + level.bounds_b.1)
        };
        if fits(low, high) {
            return (Number::whole(self.pair(pair, level.a, level.b), low, high, level.den), Bit::No);
        }
        let (parts, bad) = self.checked(pair, level.a, level.b);
        (Number::whole(parts, ANY.0, ANY.1, level.den), bad)
    }

    fn product(&mut self, a: &Number, b: &Number) -> (Number, Bit) {
        let (Den::Of(da), Den::Of(db)) = (a.den, b.den) else { return self.broken(Fraction::Mul, a, b) };
        // A constant is cancelled against the other's denominator.
        let (mut a, mut b, mut da, mut db) = (*a, *b, da, db);
        for swap in [false, true] {
            let (constant, other) = if swap { (&mut b, &mut da) } else { (&mut a, &mut db) };
            if let Int::Const(parts) = constant.parts
                && let Ok(reduced) = Rational::new(parts.into(), (*other).into())
                && let (Ok(parts), Ok(den)) = (i64::try_from(reduced.numerator()), i64::try_from(reduced.denominator()))
            {
                (constant.parts, constant.low, constant.high, *other) = (Int::Const(parts), parts.into(), parts.into(), den);
            }
        }
        let Some(den) = da.checked_mul(db) else { return self.broken(Fraction::Mul, &a, &b) };
        let corners = [a.low.checked_mul(b.low), a.low.checked_mul(b.high), a.high.checked_mul(b.low), a.high.checked_mul(b.high)];
        let corners: Option<Vec<i128>> = corners.into_iter().collect();
        let bounds = corners.and_then(|all| Some((*all.iter().min()?, *all.iter().max()?)));
        match bounds {
            Some((low, high)) if fits(low, high) => (Number::whole(self.pair(Pair::Mul, a.parts, b.parts), low, high, den), Bit::No),
            _ => {
                let (parts, bad) = self.checked(Pair::Mul, a.parts, b.parts);
                (Number::whole(parts, ANY.0, ANY.1, den), bad)
            }
        }
    }

    fn quotient(&mut self, a: &Number, b: &Number) -> (Number, Bit) {
        match b.as_constant().map(Rational::reciprocal) {
            Some(Ok(inverse)) => match Number::constant(inverse) {
                Ok(inverse) => self.product(a, &inverse),
                Err(_) => self.broken(Fraction::Div, a, b),
            },
            _ => self.broken(Fraction::Div, a, b),
        }
    }

    /// Whether a stands so to b.
    pub fn compare(&mut self, test: Test, a: &Number, b: &Number) -> Bit {
        if let Some(bit) = self.compare_constant(test, a, b) {
            return bit;
        }
        match self.level(a, b) {
            Some(level) => self.test(test, level.a, level.b),
            None => self.test_fraction(test, Self::operands(a, b)),
        }
    }

    /// A side that is the same in every row is brought to the other's parts: x/d < c is x < ⌈c·d⌉.
    fn compare_constant(&mut self, test: Test, a: &Number, b: &Number) -> Option<Bit> {
        let bound = |c: Rational, d: i64, up: bool| {
            let scaled = c.checked_mul(Rational::from(d)).ok()?;
            let whole = if up { scaled.ceil() } else { scaled.floor() };
            i64::try_from(whole).ok().map(|whole| (Int::Const(whole), scaled.is_integer()))
        };
        if let (Some(c), Den::Of(d)) = (b.as_constant(), a.den) {
            let (bound, exact) = bound(c, d, test == Test::Less)?;
            return Some(if test == Test::Equal && !exact { Bit::No } else { self.test(test, a.parts, bound) });
        }
        if let (Some(c), Den::Of(d)) = (a.as_constant(), b.den) {
            // c < x/d is ⌊c·d⌋ < x, c ≤ x/d is ⌈c·d⌉ ≤ x.
            let (bound, exact) = bound(c, d, test == Test::AtMost)?;
            return Some(if test == Test::Equal && !exact { Bit::No } else { self.test(test, bound, b.parts) });
        }
        None
    }

    /// One of two numbers by a bit.
    pub fn choose_number(&mut self, by: Bit, a: &Number, b: &Number) -> (Number, Bit) {
        match by {
            Bit::Yes => return (*a, Bit::No),
            Bit::No => return (*b, Bit::No),
            _ => {}
        }
        if let Some(level) = self.level(a, b) {
            let (low, high) = (level.bounds_a.0.min(level.bounds_b.0), level.bounds_a.1.max(level.bounds_b.1));
            return (Number::whole(self.choose(by, level.a, level.b), low, high, level.den), Bit::No);
        }
        let parts = self.choose(by, a.parts, b.parts);
        let den = self.choose(by, a.den_int(), b.den_int());
        let den = if let Int::Const(den) = den { Den::Of(den) } else { Den::Row(den) };
        (Number { parts, den, low: a.low.min(b.low), high: a.high.max(b.high) }, Bit::No)
    }

    fn extreme(&mut self, a: &Number, b: &Number, most: bool) -> (Number, Bit) {
        if let Some(level) = self.level(a, b) {
            let (pair, low, high) = if most {
                (Pair::Max, level.bounds_a.0.max(level.bounds_b.0), level.bounds_a.1.max(level.bounds_b.1))
            } else {
                (Pair::Min, level.bounds_a.0.min(level.bounds_b.0), level.bounds_a.1.min(level.bounds_b.1))
            };
            return (Number::whole(self.pair(pair, level.a, level.b), low, high, level.den), Bit::No);
        }
        let less = self.compare(Test::Less, a, b);
        if most { self.choose_number(less, b, a) } else { self.choose_number(less, a, b) }
    }

    fn or_zero(&mut self, a: &Number) -> Number {
        if a.low >= 0 {
            return *a;
        }
        Number { parts: self.pair(Pair::Max, a.parts, Int::Const(0)), low: 0, high: a.high.max(0), ..*a }
    }

    fn steps(&mut self, a: &Number, b: &Number) -> (Number, Bit) {
        // ⌊(x/d) ÷ (p/q)⌋ is ⌊x·q ÷ (d·p)⌋ for a step above zero.
        if let (Some(step), Den::Of(d)) = (b.as_constant(), a.den)
            && !step.is_negative()
            && !step.is_zero()
            && let Some(scale) = Rational::new(step.denominator(), 1).ok().and_then(|q| q.checked_div(step_parts(step, d)?).ok())
            && let (Ok(p), Ok(q)) = (i64::try_from(scale.numerator()), i64::try_from(scale.denominator()))
            && fits(a.low * i128::from(p), a.high * i128::from(p))
        {
            let up = self.pair(Pair::Mul, a.parts, Int::Const(p));
            let parts = self.floor(up, q);
            let bounds = |n: i128| (n * i128::from(p)).div_euclid(i128::from(q));
            return (Number::whole(parts, bounds(a.low), bounds(a.high), 1), Bit::No);
        }
        self.broken(Fraction::Steps, a, b)
    }

    /// Two values to one: absent wins, then bad, then unknown.
    pub fn combine(&mut self, a: &Value<'a>, b: &Value<'a>) -> State {
        let known = self.and(a.state.known, b.state.known);
        let absent = self.or(a.state.absent, b.state.absent);
        let bad = self.or(a.state.bad, b.state.bad);
        State { known, absent: self.but(absent, bad), bad }
    }

    /// Arithmetic on two values.
    pub fn arithmetic(&mut self, op: Arithmetic, a: &Value<'a>, b: &Value<'a>) -> Result<Value<'a>, NotHeld> {
        let mut state = self.combine(a, b);
        let (x, y) = match (&a.what, &b.what) {
            (What::Number(x), What::Number(y)) => (x, y),
            (What::Nothing, What::Nothing | What::Number(_)) | (What::Number(_), What::Nothing) => return Ok(Value { what: What::Nothing, state }),
            _ => return Err(NotHeld("arithmetic on other than numbers")),
        };
        let (number, bad) = match op {
            Arithmetic::Add => self.sum(x, y, false),
            Arithmetic::Sub => self.sum(x, y, true),
            Arithmetic::Less => {
                let (number, bad) = self.sum(x, y, true);
                (self.or_zero(&number), bad)
            }
            Arithmetic::Mul => self.product(x, y),
            Arithmetic::Div => self.quotient(x, y),
            Arithmetic::Min => self.extreme(x, y, false),
            Arithmetic::Max => self.extreme(x, y, true),
            Arithmetic::Steps => self.steps(x, y),
        };
        let bad = self.and(bad, state.known);
        state.bad = self.or(state.bad, bad);
        state.known = self.but(state.known, bad);
        Ok(Value { what: What::Number(number), state })
    }

    /// The same, never below zero.
    pub fn at_least_zero(&mut self, a: &Value<'a>) -> Value<'a> {
        match &a.what {
            What::Number(number) => Value { what: What::Number(self.or_zero(number)), ..*a },
            _ => *a,
        }
    }

    /// A number rounded half up to whole fen, and where it is beyond any award.
    pub fn rounded(&mut self, number: &Number, most: i64) -> (Int, Bit) {
        let too_large = |builder: &mut Self, int: Int| builder.test(Test::Less, Int::Const(most), int);
        if let Den::Of(den) = number.den
            && number.low >= 0
            && number.high <= ANY.1 - i128::from(den)
        {
            let up = self.pair(Pair::Add, number.parts, Int::Const(den / 2));
            let fen = self.floor(up, den);
            let bad = if number.high / i128::from(den) < i128::from(most) { Bit::No } else { too_large(self, fen) };
            return (fen, bad);
        }
        let (fen, bad) = self.round([number.parts, number.den_int()]);
        let large = too_large(self, fen);
        let bad = self.or(bad, large);
        (fen, bad)
    }
}

/// Arithmetic on numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arithmetic {
    Add,
    Sub,
    /// max(a − b, 0)
    Less,
    Mul,
    Div,
    Min,
    Max,
    /// ⌊a ÷ b⌋
    Steps,
}

/// The parts of a step at the denominator of what it counts.
fn step_parts(step: Rational, den: i64) -> Option<Rational> {
    Rational::from_int(step.numerator()).checked_mul(Rational::from(den)).ok()
}
