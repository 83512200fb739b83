//! Running a program over a chunk: one loop a step, over the rows, without a branch in it where that is possible.

use super::{Bit, Code, Fraction, Int, Pair, Program, Step, Test, Then};
use crate::bits::{Bits, WORDS};
use crate::reason::Reason;
use crate::table::{CHUNK_ROWS, Column, Values, date_of, day_number};
use fearless_simd::{Level, dispatch};

/// The columns a program reads: those of the chunk, and the places behind them.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'c> {
    /// Columns of the chunk.
    pub columns: &'c [Column],
    /// Places, one column for each clause with a ranking.
    pub places: &'c [Column],
}

impl<'c> Inputs<'c> {
    fn column(&self, at: u32) -> Option<&'c Column> {
        let at = at as usize;
        self.columns.get(at).or_else(|| self.places.get(at.checked_sub(self.columns.len())?))
    }
}

/// The rows of a word of bits. Loops over blocks have a fixed length, so that they run over many rows at once.
type Block = [i64; 64];

/// Registers of a program, used again for each chunk.
#[derive(Clone, Debug)]
pub struct Machine {
    ints: Vec<Vec<Block>>,
    bits: Vec<Bits>,
    /// Instructions that this processor has: the steps are compiled for each such set.
    level: Level,
}

/// Numbers as an operand.
#[derive(Clone, Copy)]
enum Operand<'r> {
    Same(i64),
    Each(&'r [Block]),
}

static NO_ROWS: [Block; WORDS] = [[0; 64]; WORDS];

impl Default for Machine {
    fn default() -> Self {
        Self { ints: Vec::new(), bits: Vec::new(), level: Level::new() }
    }
}

impl Machine {
    /// Runs a program over a chunk.
    pub fn run(&mut self, program: &Program, inputs: Inputs<'_>) {
        self.ints.resize_with((program.ints as usize).max(self.ints.len()), || vec![[0; 64]; WORDS]);
        self.bits.resize((program.bits as usize).max(self.bits.len()), Bits::NONE);
        dispatch!(self.level, _simd => self.steps(program, inputs));
    }

    #[inline(always)]
    fn steps(&mut self, program: &Program, inputs: Inputs<'_>) {
        for code in &program.code {
            self.step(code, inputs);
        }
    }

    /// What a bit is after a run.
    #[must_use]
    pub fn bits_of(&self, bit: Bit, inputs: Inputs<'_>) -> Bits {
        Bits(*self.words_of(bit, inputs))
    }

    /// Lays reasons over each other, the later above the earlier, and takes the amounts of rows whose reason is one with money.
    pub fn results(&self, given: Reason, layers: &[(Bit, Reason)], amount: Int, inputs: Inputs<'_>, (reasons, amounts): (&mut Vec<Reason>, &mut Vec<i64>)) {
        let layers: Vec<_> = layers.iter().map(|(bit, reason)| (self.words_of(*bit, inputs), *reason)).collect();
        let amount = self.operand(amount, inputs);
        dispatch!(self.level, _simd => results(given, &layers, amount, (reasons.as_chunks_mut().0, amounts.as_chunks_mut().0)));
    }

    #[inline(always)]
    fn operand<'r>(&'r self, int: Int, inputs: Inputs<'r>) -> Operand<'r> {
        match int {
            Int::Const(value) => Operand::Same(value),
            Int::Column(column) => match inputs.column(column).map(|column| &column.values) {
                Some(Values::Ints(values)) => Operand::Each(values.as_chunks().0),
                _ => Operand::Each(&NO_ROWS),
            },
            Int::Reg(at) => Operand::Each(self.ints.get(at as usize).map_or(&NO_ROWS, Vec::as_slice)),
        }
    }

    #[inline(always)]
    fn step(&mut self, code: &Code, inputs: Inputs<'_>) {
        match &code.step {
            Step::Pair(pair, a, b) => self.pair(code, *pair, *a, *b, inputs),
            Step::Checked(pair, a, b) => self.checked(code, *pair, *a, *b, inputs),
            Step::Fraction(op, operands) => self.fraction(code, *op, *operands, inputs),
            Step::Round(fraction) => self.round(code, *fraction, inputs),
            Step::Test(test, a, b) => self.test(code.bits, *test, *a, *b, inputs),
            Step::TestFraction(test, operands) => self.test_fraction(code.bits, *test, *operands, inputs),
            Step::Choose(by, a, b) => self.choose(code.ints[0], *by, *a, *b, inputs),
            Step::Among(value, set) => self.among(code.bits, *value, set, inputs),
            Step::YearOf(day) => self.map(code.ints[0], *day, inputs, |day| civil(day).0),
            Step::FullYears(start, day) => self.full_years(code.ints[0], *start, *day, inputs),
            Step::Later(day, length, days) => self.later(code, *day, *length, *days, inputs),
            Step::Words(column, words) => self.words(code.bits, inputs, |row| inputs.column(*column).and_then(|c| c.text(row)) == Some(words)),
            Step::SameWords(a, b) => {
                let (a, b) = (inputs.column(*a), inputs.column(*b));
                self.words(code.bits, inputs, |row| matches!((a, b), (Some(a), Some(b)) if a.text(row) == b.text(row)));
            }
            Step::And(a, b) => self.logic(code.bits, *a, *b, inputs, |a, b| a & b),
            Step::Or(a, b) => self.logic(code.bits, *a, *b, inputs, |a, b| a | b),
            Step::But(a, b) => self.logic(code.bits, *a, *b, inputs, |a, b| a & !b),
            Step::Not(a) => self.logic(code.bits, *a, *a, inputs, |a, _| !a),
            Step::Count(bit) => self.choose(code.ints[0], *bit, Int::Const(1), Int::Const(0), inputs),
        }
    }

    /// A register to write to: taken out while others are read.
    fn take(&mut self, at: u32) -> Vec<Block> {
        self.ints.get_mut(at as usize).map(std::mem::take).unwrap_or_default()
    }

    fn put(&mut self, at: u32, values: Vec<Block>) {
        if let Some(slot) = self.ints.get_mut(at as usize) {
            *slot = values;
        }
    }

    fn put_bits(&mut self, at: u32, bits: Bits) {
        if let Some(slot) = self.bits.get_mut(at as usize) {
            *slot = bits;
        }
    }

    #[inline(always)]
    fn pair(&mut self, code: &Code, pair: Pair, a: Int, b: Int, inputs: Inputs<'_>) {
        let mut out = self.take(code.ints[0]);
        let (a, b) = (self.operand(a, inputs), self.operand(b, inputs));
        // A division is by a constant.
        let divisor = |pair: Pair, by: i64| if pair == Pair::Floor { Divisor::new(by) } else { Divisor::new(1) };
        let first = divisor(pair, if let Operand::Same(by) = b { by } else { 1 });
        let then: Vec<(Then, Divisor)> = code.then.iter().map(|then| (*then, divisor(then.pair, then.constant))).collect();
        let (mut same_a, mut same_b) = ([0; 64], [0; 64]);
        let (a, b) = (a.blocks(&mut same_a), b.blocks(&mut same_b));
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            let mut block = *a;
            carry(&mut block, pair, b, first);
            for (then, divisor) in &then {
                carry(&mut block, then.pair, &[then.constant; 64], *divisor);
            }
            *out = block;
        }
        self.put(code.ints[0], out);
    }

    #[inline(always)]
    fn checked(&mut self, code: &Code, pair: Pair, a: Int, b: Int, inputs: Inputs<'_>) {
        let mut out = self.take(code.ints[0]);
        let mut over = Bits::NONE;
        let (a, b) = (self.operand(a, inputs), self.operand(b, inputs));
        let apply = |x: i64, y: i64| match pair {
            Pair::Add => x.overflowing_add(y),
            Pair::Sub => x.overflowing_sub(y),
            _ => x.overflowing_mul(y),
        };
        for (row, slot) in out.as_flattened_mut().iter_mut().enumerate() {
            let (value, overflow) = apply(a.at(row), b.at(row));
            *slot = value;
            if overflow || value == i64::MIN {
                over.set(row);
            }
        }
        self.put(code.ints[0], out);
        self.put_bits(code.bits, over);
    }

    fn fraction(&mut self, code: &Code, op: Fraction, [a, da, b, db]: [Int; 4], inputs: Inputs<'_>) {
        let (mut number, mut den) = (self.take(code.ints[0]), self.take(code.ints[1]));
        let mut bad = Bits::NONE;
        let (a, da, b, db) = (self.operand(a, inputs), self.operand(da, inputs), self.operand(b, inputs), self.operand(db, inputs));
        for (row, (number, den)) in number.as_flattened_mut().iter_mut().zip(den.as_flattened_mut()).enumerate() {
            match fraction(op, (a.at(row), da.at(row)), (b.at(row), db.at(row))) {
                Some(result) => (*number, *den) = result,
                None => {
                    (*number, *den) = (0, 1);
                    bad.set(row);
                }
            }
        }
        self.put(code.ints[0], number);
        self.put(code.ints[1], den);
        self.put_bits(code.bits, bad);
    }

    fn round(&mut self, code: &Code, [number, den]: [Int; 2], inputs: Inputs<'_>) {
        let mut out = self.take(code.ints[0]);
        let mut bad = Bits::NONE;
        let (number, den) = (self.operand(number, inputs), self.operand(den, inputs));
        for (row, slot) in out.as_flattened_mut().iter_mut().enumerate() {
            let (n, d) = (i128::from(number.at(row)), i128::from(den.at(row)).max(1));
            let rounded = (n + d / 2).div_euclid(d);
            match i64::try_from(rounded) {
                Ok(fen) => *slot = fen,
                Err(_) => {
                    *slot = 0;
                    bad.set(row);
                }
            }
        }
        self.put(code.ints[0], out);
        self.put_bits(code.bits, bad);
    }

    #[inline(always)]
    fn test(&mut self, to: u32, test: Test, a: Int, b: Int, inputs: Inputs<'_>) {
        let mut out = Bits::NONE;
        let (a, b) = (self.operand(a, inputs), self.operand(b, inputs));
        match test {
            Test::Less => compare(&mut out, a, b, |x, y| x < y),
            Test::AtMost => compare(&mut out, a, b, |x, y| x <= y),
            Test::Equal => compare(&mut out, a, b, |x, y| x == y),
        }
        self.put_bits(to, out);
    }

    fn test_fraction(&mut self, to: u32, test: Test, [a, da, b, db]: [Int; 4], inputs: Inputs<'_>) {
        let mut out = Bits::NONE;
        let (a, da, b, db) = (self.operand(a, inputs), self.operand(da, inputs), self.operand(b, inputs), self.operand(db, inputs));
        for row in 0..CHUNK_ROWS {
            let left = i128::from(a.at(row)) * i128::from(db.at(row));
            let right = i128::from(b.at(row)) * i128::from(da.at(row));
            let holds = match test {
                Test::Less => left < right,
                Test::AtMost => left <= right,
                Test::Equal => left == right,
            };
            if holds {
                out.set(row);
            }
        }
        self.put_bits(to, out);
    }

    #[inline(always)]
    fn choose(&mut self, to: u32, by: Bit, a: Int, b: Int, inputs: Inputs<'_>) {
        let mut out = self.take(to);
        let by = self.bits_of(by, inputs);
        let (a, b) = (self.operand(a, inputs), self.operand(b, inputs));
        match (a, b) {
            (Operand::Same(a), Operand::Same(b)) => {
                for (out, word) in out.iter_mut().zip(by.0) {
                    for (at, slot) in out.iter_mut().enumerate() {
                        *slot = if word >> at & 1 == 1 { a } else { b };
                    }
                }
            }
            (Operand::Same(a), Operand::Each(b)) => pick(&mut out, &by, b, |chosen, b| if chosen { a } else { b }),
            (Operand::Each(a), Operand::Same(b)) => pick(&mut out, &by, a, |chosen, a| if chosen { a } else { b }),
            (Operand::Each(a), Operand::Each(b)) => {
                for (((out, word), a), b) in out.iter_mut().zip(by.0).zip(a).zip(b) {
                    for (at, ((slot, a), b)) in out.iter_mut().zip(a).zip(b).enumerate() {
                        *slot = if word >> at & 1 == 1 { *a } else { *b };
                    }
                }
            }
        }
        self.put(to, out);
    }

    #[inline(always)]
    fn among(&mut self, to: u32, value: Int, set: &[u16], inputs: Inputs<'_>) {
        let mut out = Bits::NONE;
        let value = self.operand(value, inputs);
        if set.iter().all(|of| *of < 64) {
            let mask = set.iter().fold(0_u64, |mask, of| mask | 1 << of);
            compare(&mut out, value, Operand::Same(0), |x, _| u32::try_from(x).is_ok_and(|x| x < 64 && mask >> x & 1 == 1));
        } else {
            compare(&mut out, value, Operand::Same(0), |x, _| u16::try_from(x).is_ok_and(|x| set.contains(&x)));
        }
        self.put_bits(to, out);
    }

    fn map(&mut self, to: u32, a: Int, inputs: Inputs<'_>, apply: impl Fn(i64) -> i64) {
        let mut out = self.take(to);
        let a = self.operand(a, inputs);
        out.as_flattened_mut().iter_mut().enumerate().for_each(|(row, slot)| *slot = apply(a.at(row)));
        self.put(to, out);
    }

    fn full_years(&mut self, to: u32, start: Int, day: i64, inputs: Inputs<'_>) {
        let (year, month, of_month) = civil(day);
        let common = !leap(year);
        self.map(to, start, inputs, |start| {
            let (from, m, d) = civil(start);
            // The anniversary of the 29th of February falls on the 28th in common years.
            let d = if common && m == 2 && d == 29 { 28 } else { d };
            year - from - i64::from((m, d) > (month, of_month))
        });
    }

    fn later(&mut self, code: &Code, day: Int, length: i64, days: bool, inputs: Inputs<'_>) {
        let mut out = self.take(code.ints[0]);
        let mut beyond = Bits::NONE;
        let day = self.operand(day, inputs);
        for (row, slot) in out.as_flattened_mut().iter_mut().enumerate() {
            let then = date_of(day.at(row)).and_then(|date| if days { date.add_days(length) } else { date.add_months(length) });
            match then {
                Some(then) => *slot = day_number(then),
                None => {
                    *slot = 0;
                    beyond.set(row);
                }
            }
        }
        self.put(code.ints[0], out);
        self.put_bits(code.bits, beyond);
    }

    fn words(&mut self, to: u32, _inputs: Inputs<'_>, holds: impl Fn(usize) -> bool) {
        let mut out = Bits::NONE;
        (0..CHUNK_ROWS).filter(|row| holds(*row)).for_each(|row| out.set(row));
        self.put_bits(to, out);
    }

    #[inline(always)]
    fn logic(&mut self, to: u32, a: Bit, b: Bit, inputs: Inputs<'_>, apply: impl Fn(u64, u64) -> u64) {
        let mut out = Bits::NONE;
        let (a, b) = (self.words_of(a, inputs), self.words_of(b, inputs));
        for ((slot, a), b) in out.0.iter_mut().zip(a).zip(b) {
            *slot = apply(*a, *b);
        }
        self.put_bits(to, out);
    }

    fn words_of<'r>(&'r self, bit: Bit, inputs: Inputs<'r>) -> &'r [u64; WORDS] {
        match bit {
            Bit::No => &Bits::NONE.0,
            Bit::Yes => &Bits::ALL.0,
            Bit::Known(column) => inputs.column(column).map_or(&Bits::NONE.0, |column| &column.known.0),
            Bit::Said(column) => match inputs.column(column).map(|column| &column.values) {
                Some(Values::Bits(bits)) => &bits.0,
                _ => &Bits::NONE.0,
            },
            Bit::Reg(at) => self.bits.get(at as usize).map_or(&Bits::NONE.0, |bits| &bits.0),
        }
    }
}

impl<'r> Operand<'r> {
    /// The blocks of a chunk; `same` holds the one that all are.
    #[inline(always)]
    fn blocks(self, same: &'r mut Block) -> impl Iterator<Item = &'r Block> {
        if let Self::Same(value) = self {
            *same = [value; 64];
        }
        let (each, same) = match self {
            Self::Each(values) => (values, None),
            Self::Same(_) => (&[][..], Some(&*same)),
        };
        each.iter().chain(same.into_iter().cycle().take(WORDS))
    }

    #[inline]
    fn at(self, row: usize) -> i64 {
        match self {
            Self::Same(value) => value,
            Self::Each(values) => values.as_flattened().get(row).copied().unwrap_or(0),
        }
    }
}

/// One step on a block, with another beside it.
#[inline(always)]
fn carry(block: &mut Block, pair: Pair, with: &Block, divisor: Divisor) {
    let each = block.iter_mut().zip(with);
    match pair {
        Pair::Add => each.for_each(|(x, y)| *x = x.wrapping_add(*y)),
        Pair::Sub => each.for_each(|(x, y)| *x = x.wrapping_sub(*y)),
        Pair::Mul => each.for_each(|(x, y)| *x = x.wrapping_mul(*y)),
        Pair::Min => each.for_each(|(x, y)| *x = (*x).min(*y)),
        Pair::Max => each.for_each(|(x, y)| *x = (*x).max(*y)),
        Pair::Floor => each.for_each(|(x, _)| *x = divisor.floor(*x)),
    }
}

#[inline(always)]
fn compare(out: &mut Bits, a: Operand<'_>, b: Operand<'_>, holds: impl Fn(i64, i64) -> bool) {
    match (a, b) {
        (Operand::Same(a), Operand::Same(b)) => *out = if holds(a, b) { Bits::ALL } else { Bits::NONE },
        (Operand::Each(a), Operand::Same(b)) => {
            for (slot, a) in out.0.iter_mut().zip(a) {
                *slot = a.iter().enumerate().fold(0, |word, (at, a)| word | u64::from(holds(*a, b)) << at);
            }
        }
        (Operand::Same(a), Operand::Each(b)) => {
            for (slot, b) in out.0.iter_mut().zip(b) {
                *slot = b.iter().enumerate().fold(0, |word, (at, b)| word | u64::from(holds(a, *b)) << at);
            }
        }
        (Operand::Each(a), Operand::Each(b)) => {
            for ((slot, a), b) in out.0.iter_mut().zip(a).zip(b) {
                *slot = a.iter().zip(b).enumerate().fold(0, |word, (at, (a, b))| word | u64::from(holds(*a, *b)) << at);
            }
        }
    }
}

#[inline(always)]
fn pick(out: &mut [Block], by: &Bits, values: &[Block], apply: impl Fn(bool, i64) -> i64) {
    for ((out, word), values) in out.iter_mut().zip(by.0).zip(values) {
        for (at, (slot, value)) in out.iter_mut().zip(values).enumerate() {
            *slot = apply(word >> at & 1 == 1, *value);
        }
    }
}

#[inline(always)]
fn results(given: Reason, layers: &[(&[u64; WORDS], Reason)], amount: Operand<'_>, (reasons, amounts): (&mut [[Reason; 64]], &mut [Block])) {
    for (at, (reasons, amounts)) in reasons.iter_mut().zip(amounts).enumerate() {
        *reasons = [given; 64];
        let mut paid = if given.has_money() { u64::MAX } else { 0 };
        for (words, reason) in layers {
            let (word, reason) = (words.get(at).copied().unwrap_or(0), *reason);
            for (row, slot) in reasons.iter_mut().enumerate() {
                // Written in any case: without a branch in it the loop runs over many rows at once.
                *slot = if word >> row & 1 == 1 { reason } else { *slot };
            }
            paid &= if reason.has_money() { u64::MAX } else { !word };
        }
        let made = match amount {
            Operand::Same(value) => &[value; 64],
            Operand::Each(values) => values.get(at).unwrap_or(&NO_ROWS[0]),
        };
        for (row, (slot, made)) in amounts.iter_mut().zip(made).enumerate() {
            *slot = if paid >> row & 1 == 1 { *made } else { 0 };
        }
    }
}

/// Two fractions with denominators above zero; none where the result does not fit, or there is none.
fn fraction(op: Fraction, (a, da): (i64, i64), (b, db): (i64, i64)) -> Option<(i64, i64)> {
    let (a, da, b, db) = (i128::from(a), i128::from(da), i128::from(b), i128::from(db));
    let (number, den) = match op {
        Fraction::Add => ((a * db).checked_add(b * da)?, da * db),
        Fraction::Sub => ((a * db).checked_sub(b * da)?, da * db),
        Fraction::Mul => (a * b, da * db),
        Fraction::Div if b == 0 => return None,
        Fraction::Div if b < 0 => (-(a * db), -(da * b)),
        Fraction::Div => (a * db, da * b),
        Fraction::Steps => {
            let (whole, part) = (a * db, da * b);
            let whole = if part < 0 { -whole } else { whole };
            let part = part.abs();
            if part == 0 {
                return None;
            }
            (whole.div_euclid(part), 1)
        }
    };
    let small = |number: i128, den: i128| Some((i64::try_from(number).ok().filter(|n| *n != i64::MIN)?, i64::try_from(den).ok()?));
    small(number, den).or_else(|| {
        let common = gcd(number.unsigned_abs(), den.unsigned_abs());
        let common = i128::try_from(common).ok().filter(|common| *common > 1)?;
        small(number / common, den / common)
    })
}

fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Year, month and day of a number of days since 1970-01-01, by whole numbers alone (the proleptic Gregorian calendar, whose
/// years begin in March here, so that the leap day comes last).
fn civil(day: i64) -> (i64, i64, i64) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Division by a constant above one as a multiplication: exact for every 64-bit number, since the rounded reciprocal of 64 bits
/// is off by less than a part in 2^63 of the quotient.
#[derive(Clone, Copy, Debug)]
struct Divisor {
    factor: u64,
    /// Of the upper half of the product.
    shift: u32,
}

impl Divisor {
    fn new(divisor: i64) -> Self {
        let divisor = divisor.max(2).unsigned_abs();
        let shift = 63 - (divisor - 1).leading_zeros();
        let factor = (1_u128 << (64 + shift)).div_ceil(u128::from(divisor));
        Self { factor: u64::try_from(factor).unwrap_or(u64::MAX), shift }
    }

    /// ⌊x ÷ divisor⌋
    #[inline(always)]
    fn floor(self, x: i64) -> i64 {
        // Of a negative number the complement is divided: ⌊−(k + 1) ÷ d⌋ is −⌊k ÷ d⌋ − 1.
        let sign = x >> 63;
        let magnitude = (x ^ sign) as u64;
        let upper = (u128::from(magnitude) * u128::from(self.factor)) >> 64;
        ((upper as u64 >> self.shift) as i64) ^ sign
    }
}

#[cfg(test)]
mod tests {
    use super::{Divisor, civil};
    use crate::table::date_of;

    #[test]
    fn a_division_by_a_constant_is_the_floor() {
        let edges = [0, 1, 2, 99, 100, 101, 9_999, 12_345_678_901, i64::MAX - 1, i64::MAX, -1, -2, -100, -101, i64::MIN + 1, i64::MIN];
        for divisor in [2, 3, 7, 10, 100, 1000, 10_000, 12, 365, 1 << 20, (1 << 40) + 1, i64::MAX / 2, i64::MAX] {
            for edge in edges {
                for x in [edge, edge.saturating_sub(1), edge.saturating_mul(divisor), edge.saturating_mul(divisor).saturating_sub(1)] {
                    assert_eq!(Divisor::new(divisor).floor(x), x.div_euclid(divisor), "{x} / {divisor}");
                }
            }
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for day in (-700_000..2_900_000).step_by(17).chain([0, -719_162, 2_932_896, 11_016, 19_782]) {
            let Some(date) = date_of(day) else { continue };
            assert_eq!(civil(day), (i64::from(date.year()), i64::from(date.month()), i64::from(date.day())), "{day}");
        }
    }
}
