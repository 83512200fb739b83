//! Running a program over a chunk, step by step, each over all its rows.

use super::lanes::{self, Block, Layer, NEAR, NO_ROWS, Operand};
use super::{Bit, Code, Fraction, Int, Pair, Program, Step, Test};
use crate::bits::{Bits, WORDS};
use crate::reason::{Reason, Reasons};
use crate::table::{CHUNK_ROWS, Column, Values, date_of, day_number};
use fearless_simd::{Level, Simd, dispatch};
use smallvec::SmallVec;

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

/// An amount: a number that stands, or the step that makes it where the results are laid.
#[derive(Clone, Copy)]
pub enum Amount<'p> {
    /// It stands.
    Is(Int),
    /// It is made.
    By(&'p Code),
}

/// Registers of a program, used again for each chunk.
#[derive(Clone, Debug)]
pub struct Machine {
    ints: Vec<Vec<Block>>,
    bits: Vec<Bits>,
    /// Instructions that this processor has: the steps are compiled for each such set.
    level: Level,
}

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
        dispatch!(self.level, simd => self.steps(simd, program, inputs));
    }

    #[inline(always)]
    fn steps<S: Simd>(&mut self, simd: S, program: &Program, inputs: Inputs<'_>) {
        for code in &program.code {
            self.step(simd, code, inputs);
        }
    }

    /// What a bit is after a run.
    #[must_use]
    pub fn bits_of(&self, bit: Bit, inputs: Inputs<'_>) -> Bits {
        Bits(*self.words_of(bit, inputs))
    }

    /// Lays reasons over each other, the later above the earlier, and takes the amounts of rows whose reason is one with money.
    pub fn results(&self, given: Reason, layers: &[(Bit, Reason)], amount: Amount<'_>, inputs: Inputs<'_>, (reasons, amounts): (&mut Reasons, &mut Vec<i64>)) {
        let some = layers.iter().filter(|(bit, _)| *bit != Bit::No);
        let layers: SmallVec<[_; 10]> = some.map(|(bit, reason)| (self.words_of(*bit, inputs), *reason)).collect();
        let amounts = amounts.as_chunks_mut().0;
        dispatch!(self.level, simd => self.laid(simd, (given, &layers), amount, inputs, (reasons.blocks_mut(), amounts)));
    }

    #[inline(always)]
    fn laid<S: Simd>(
        &self,
        simd: S,
        (given, layers): (Reason, &[Layer<'_>]),
        amount: Amount<'_>,
        inputs: Inputs<'_>,
        (codes, amounts): (&mut [[u8; 64]], &mut [Block]),
    ) {
        let paid = lanes::reasons(simd, given, layers, codes);
        match amount {
            Amount::Is(amount) => lanes::choose(simd, amounts, &paid, self.operand(amount, inputs), Operand::Same(0)),
            Amount::By(code) => self.chain(
                simd,
                code,
                amounts,
                inputs,
                #[inline(always)]
                |at, out| lanes::keep(simd, out, paid.chunks(NEAR).nth(at).unwrap_or_default()),
            ),
        }
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
    fn step<S: Simd>(&mut self, simd: S, code: &Code, inputs: Inputs<'_>) {
        match &code.step {
            Step::Pair(..) | Step::Carry(..) => self.number(simd, code, inputs),
            Step::Checked(pair, a, b) => self.checked(simd, code, *pair, [*a, *b], inputs),
            Step::Fraction(op, operands) => self.fraction(code, *op, *operands, inputs),
            Step::Round(fraction) => self.round(code, *fraction, inputs),
            Step::Test(test, a, b) => self.test(simd, code.bits, *test, [*a, *b], inputs),
            Step::TestFraction(test, operands) => self.test_fraction(code.bits, *test, *operands, inputs),
            Step::Choose(by, a, b) => self.choose(simd, code.ints[0], *by, [*a, *b], inputs),
            Step::Among(value, set) => self.among(simd, code.bits, *value, set, inputs),
            Step::YearOf(day) => self.map(code.ints[0], *day, inputs, |day| civil(day).0),
            Step::FullYears(start, day) => self.full_years(code.ints[0], *start, *day, inputs),
            Step::Later(day, length, days) => self.later(code, *day, *length, *days, inputs),
            Step::Words(column, words) => self.words(code.bits, |row| inputs.column(*column).and_then(|c| c.text(row)) == Some(words)),
            Step::SameWords(a, b) => {
                let (a, b) = (inputs.column(*a), inputs.column(*b));
                self.words(code.bits, |row| matches!((a, b), (Some(a), Some(b)) if a.text(row) == b.text(row)));
            }
            Step::And(a, b) => self.logic(code.bits, *a, *b, inputs, |a, b| a & b),
            Step::Or(a, b) => self.logic(code.bits, *a, *b, inputs, |a, b| a | b),
            Step::But(a, b) => self.logic(code.bits, *a, *b, inputs, |a, b| a & !b),
            Step::Not(a) => self.logic(code.bits, *a, *a, inputs, |a, _| !a),
            Step::Count(bit) => self.choose(simd, code.ints[0], *bit, [Int::Const(1), Int::Const(0)], inputs),
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
    fn number<S: Simd>(&mut self, simd: S, code: &Code, inputs: Inputs<'_>) {
        let mut out = self.take(code.ints[0]);
        self.chain(simd, code, &mut out, inputs, |_, _| ());
        self.put(code.ints[0], out);
    }

    /// A number of two or by constants, and what follows on it. Some rows are carried to the end before the next: they stay in the
    /// nearest cache.
    #[inline(always)]
    fn chain<S: Simd>(&self, simd: S, code: &Code, out: &mut [Block], inputs: Inputs<'_>, end: impl Fn(usize, &mut [Block])) {
        let (a, b) = match code.step {
            Step::Pair(_, a, b) => (self.operand(a, inputs), self.operand(b, inputs)),
            Step::Carry(a, _) => (self.operand(a, inputs), Operand::Same(0)),
            _ => return,
        };
        for (at, out) in out.chunks_mut(NEAR).enumerate() {
            match &code.step {
                Step::Pair(pair, ..) => lanes::pair(simd, out, *pair, a.part(at), b.part(at)),
                Step::Carry(_, carry) => lanes::carry(simd, out, Some(a.part(at)), carry),
                _ => {}
            }
            code.then.iter().for_each(|then| lanes::carry(simd, out, None, then));
            end(at, out);
        }
    }

    #[inline(always)]
    fn checked<S: Simd>(&mut self, simd: S, code: &Code, pair: Pair, [a, b]: [Int; 2], inputs: Inputs<'_>) {
        let mut out = self.take(code.ints[0]);
        let mut over = Bits::NONE;
        lanes::checked(simd, (&mut out, &mut over), pair, self.operand(a, inputs), self.operand(b, inputs));
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
    fn test<S: Simd>(&mut self, simd: S, to: u32, test: Test, [a, b]: [Int; 2], inputs: Inputs<'_>) {
        let mut out = Bits::NONE;
        lanes::test(simd, &mut out, test, self.operand(a, inputs), self.operand(b, inputs));
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
    fn choose<S: Simd>(&mut self, simd: S, to: u32, by: Bit, [a, b]: [Int; 2], inputs: Inputs<'_>) {
        let mut out = self.take(to);
        lanes::choose(simd, &mut out, self.words_of(by, inputs), self.operand(a, inputs), self.operand(b, inputs));
        self.put(to, out);
    }

    #[inline(always)]
    fn among<S: Simd>(&mut self, simd: S, to: u32, value: Int, set: &[u16], inputs: Inputs<'_>) {
        let mut out = Bits::NONE;
        lanes::among(simd, &mut out, self.operand(value, inputs), set);
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

    fn words(&mut self, to: u32, holds: impl Fn(usize) -> bool) {
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

#[cfg(test)]
mod tests {
    use super::civil;
    use crate::table::date_of;

    #[test]
    fn days_are_those_of_the_calendar() {
        for day in (-700_000..2_900_000).step_by(17).chain([0, -719_162, 2_932_896, 11_016, 19_782]) {
            let Some(date) = date_of(day) else { continue };
            assert_eq!(civil(day), (i64::from(date.year()), i64::from(date.month()), i64::from(date.day())), "{day}");
        }
    }
}
