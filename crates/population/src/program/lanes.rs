//! Loops over blocks of rows, eight numbers at a time, by the instructions that the processor has. Each says what plain arithmetic
//! on every row would say; they know nothing of clauses.

use super::carry::Carry;
use super::divisor::{Divide, Division, Whole};
use super::{Pair, Test};
use crate::bits::{Bits, WORDS};
use crate::reason::Reason;
use fearless_simd::prelude::*;
use fearless_simd::{i64x8, mask8x64, mask64x8, u8x64};

/// The rows of a word of bits. Loops over blocks have a fixed length, so that nothing is asked within them.
pub type Block = [i64; 64];

/// What stands where there is nothing.
pub static NO_ROWS: [Block; WORDS] = [[0; 64]; WORDS];

/// Blocks that a chain of steps goes through together.
pub const NEAR: usize = 8;

/// More members than this are not compared one after the other.
const MEMBERS: usize = 8;

/// Numbers as an operand.
#[derive(Clone, Copy)]
pub enum Operand<'r> {
    /// One number in every row.
    Same(i64),
    /// A number a row.
    Each(&'r [Block]),
}

impl Operand<'_> {
    /// The numbers of so manieth [`NEAR`] blocks.
    #[inline(always)]
    pub fn part(self, at: usize) -> Self {
        match self {
            Self::Same(_) => self,
            Self::Each(values) => Self::Each(values.chunks(NEAR).nth(at).unwrap_or_default()),
        }
    }

    /// The number of a row.
    #[inline]
    pub fn at(self, row: usize) -> i64 {
        match self {
            Self::Same(value) => value,
            Self::Each(values) => values.as_flattened().get(row).copied().unwrap_or(0),
        }
    }
}

/// The rows of a block, eight after eight.
trait Rows<S: Simd>: Copy {
    fn eight(self, simd: S, at: usize) -> i64x8<S>;
}

impl<S: Simd> Rows<S> for &Block {
    #[inline(always)]
    fn eight(self, simd: S, at: usize) -> i64x8<S> {
        i64x8::simd_from(simd, self.as_chunks().0.get(at).copied().unwrap_or_default())
    }
}

impl<S: Simd> Rows<S> for i64x8<S> {
    #[inline(always)]
    fn eight(self, _: S, _: usize) -> Self {
        self
    }
}

/// Work on two operands, made for each of the four ways in which they are numbers a row or one number.
macro_rules! beside {
    ($simd:expr, ($a:expr, $b:expr), |$x:ident, $y:ident| $work:expr) => {
        match ($a, $b) {
            (Operand::Each($x), Operand::Each($y)) => $work,
            (Operand::Each($x), Operand::Same(b)) => {
                let $y = std::iter::repeat(i64x8::splat($simd, b));
                $work
            }
            (Operand::Same(a), Operand::Each($y)) => {
                let $x = std::iter::repeat(i64x8::splat($simd, a));
                $work
            }
            (Operand::Same(a), Operand::Same(b)) => {
                let ($x, $y) = (std::iter::repeat(i64x8::splat($simd, a)), std::iter::repeat(i64x8::splat($simd, b)));
                $work
            }
        }
    };
}

#[inline(always)]
fn lay<S: Simd, X: Rows<S>, Y: Rows<S>>(
    simd: S,
    out: &mut [Block],
    (x, y): (impl IntoIterator<Item = X>, impl IntoIterator<Item = Y>),
    of: impl Fn(i64x8<S>, i64x8<S>) -> i64x8<S>,
) {
    for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
        for (at, slot) in out.as_chunks_mut().0.iter_mut().enumerate() {
            *slot = of(x.eight(simd, at), y.eight(simd, at)).into();
        }
    }
}

#[inline(always)]
fn mark<S: Simd, X: Rows<S>, Y: Rows<S>>(
    simd: S,
    out: &mut Bits,
    (x, y): (impl IntoIterator<Item = X>, impl IntoIterator<Item = Y>),
    holds: impl Fn(i64x8<S>, i64x8<S>) -> mask64x8<S>,
) {
    for ((word, x), y) in out.0.iter_mut().zip(x).zip(y) {
        let mut bytes = [0_u8; 8];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = (holds(x.eight(simd, at), y.eight(simd, at)).to_bitmask() & 0xFF) as u8;
        }
        *word = u64::from_le_bytes(bytes);
    }
}

/// Two numbers to one, which wraps.
#[inline(always)]
pub fn pair<S: Simd>(simd: S, out: &mut [Block], pair: Pair, a: Operand<'_>, b: Operand<'_>) {
    match pair {
        Pair::Add => beside!(simd, (a, b), |x, y| lay(simd, out, (x, y), |x, y| x + y)),
        Pair::Sub => beside!(simd, (a, b), |x, y| lay(simd, out, (x, y), |x, y| x - y)),
        Pair::Mul => beside!(simd, (a, b), |x, y| lay(simd, out, (x, y), |x, y| x * y)),
        Pair::Min => beside!(simd, (a, b), |x, y| lay(simd, out, (x, y), |x, y| x.min(y))),
        Pair::Max => beside!(simd, (a, b), |x, y| lay(simd, out, (x, y), |x, y| x.max(y))),
    }
}

/// What constants make of eight numbers before they are divided.
#[derive(Clone, Copy)]
struct Within<S: Simd> {
    times: i64x8<S>,
    low: i64x8<S>,
    high: i64x8<S>,
    plus: i64x8<S>,
}

impl<S: Simd> Within<S> {
    #[inline(always)]
    fn new(simd: S, of: &Carry) -> Self {
        let [times, low, high, plus] = [of.times, of.low, of.high, of.plus].map(
            #[inline(always)]
            |constant| i64x8::splat(simd, constant),
        );
        Self { times, low, high, plus }
    }

    /// Of numbers that are not multiplied.
    #[inline(always)]
    fn once(self, x: i64x8<S>) -> i64x8<S> {
        x.min(self.high).max(self.low) + self.plus
    }

    #[inline(always)]
    fn times(self, x: i64x8<S>) -> i64x8<S> {
        self.once(x * self.times)
    }
}

/// What constants make of every number; of those that are there already where none are given.
#[inline(always)]
pub fn carry<S: Simd>(simd: S, out: &mut [Block], from: Option<Operand<'_>>, carry: &Carry) {
    let from = match from {
        Some(Operand::Same(from)) => return out.as_flattened_mut().fill(carry.of(from)),
        Some(Operand::Each(from)) => Some(from),
        None => None,
    };
    // A loop of its own for each way to divide: nothing is asked within it.
    match carry.division {
        Division::None => carried(simd, out, from, carry, Whole),
        Division::Narrow(narrow) => carried(simd, out, from, carry, narrow),
        Division::Wide(divisor) => carried(simd, out, from, carry, divisor),
    }
}

#[inline(always)]
fn carried<S: Simd, D: Divide>(simd: S, out: &mut [Block], from: Option<&[Block]>, carry: &Carry, by: D) {
    let within = Within::new(simd, carry);
    let zeros = || std::iter::repeat(i64x8::splat(simd, 0));
    // Whatever is called between the loop and the instructions is inlined, or it would be compiled without them.
    match (from, carry.times) {
        (Some(from), 1) => lay(
            simd,
            out,
            (from, zeros()),
            #[inline(always)]
            |x, _| by.floor(within.once(x)),
        ),
        (Some(from), _) => lay(
            simd,
            out,
            (from, zeros()),
            #[inline(always)]
            |x, _| by.floor(within.times(x)),
        ),
        (None, 1) => again(
            simd,
            out,
            #[inline(always)]
            |x| by.floor(within.once(x)),
        ),
        (None, _) => again(
            simd,
            out,
            #[inline(always)]
            |x| by.floor(within.times(x)),
        ),
    }
}

#[inline(always)]
fn again<S: Simd>(simd: S, out: &mut [Block], of: impl Fn(i64x8<S>) -> i64x8<S>) {
    for x in out.as_flattened_mut().as_chunks_mut().0 {
        *x = of(i64x8::simd_from(simd, *x)).into();
    }
}

/// A sum, a difference or a product, and the rows where it does not fit; the least number of 64 bits counts as not fitting.
#[inline(always)]
pub fn checked<S: Simd>(simd: S, (out, over): (&mut [Block], &mut Bits), pair: Pair, a: Operand<'_>, b: Operand<'_>) {
    let (none, least) = (i64x8::splat(simd, 0), i64x8::splat(simd, i64::MIN));
    match (pair, a, b) {
        // A sum has another sign than both its parts; a difference another than what it is taken from, of parts with two signs.
        (Pair::Add, ..) => {
            beside!(simd, (a, b), |x, y| mark(simd, over, (x, y), |x, y| ((x ^ (x + y)) & (y ^ (x + y))).simd_lt(none) | (x + y).simd_eq(least)))
        }
        (Pair::Sub, ..) => beside!(simd, (a, b), |x, y| mark(simd, over, (x, y), |x, y| ((x ^ y) & (x ^ (x - y))).simd_lt(none) | (x - y).simd_eq(least))),
        (_, of, Operand::Same(by)) | (_, Operand::Same(by), of) => {
            let most = i64::MAX.unsigned_abs().checked_div(by.unsigned_abs()).and_then(|most| i64::try_from(most).ok()).unwrap_or(i64::MAX);
            let (low, high) = (i64x8::splat(simd, -most), i64x8::splat(simd, most));
            // Nothing times zero fits, the least number too.
            let low = if by == 0 { least } else { low };
            beside!(simd, (of, Operand::Same(0)), |x, y| mark(simd, over, (x, y), |x, _| x.simd_lt(low) | x.simd_gt(high)));
        }
        (_, Operand::Each(a), Operand::Each(b)) => {
            for ((word, a), b) in over.0.iter_mut().zip(a).zip(b) {
                let fits = |a: i64, b: i64| a.checked_mul(b).is_some_and(|product| product != i64::MIN);
                *word = a.iter().zip(b).enumerate().fold(0, |word, (at, (a, b))| word | u64::from(!fits(*a, *b)) << at);
            }
        }
    }
    self::pair(simd, out, pair, a, b);
}

/// A comparison.
#[inline(always)]
pub fn test<S: Simd>(simd: S, out: &mut Bits, test: Test, a: Operand<'_>, b: Operand<'_>) {
    match test {
        Test::Less => beside!(simd, (a, b), |x, y| mark(simd, out, (x, y), |x, y| x.simd_lt(y))),
        Test::AtMost => beside!(simd, (a, b), |x, y| mark(simd, out, (x, y), |x, y| x.simd_le(y))),
        Test::Equal => beside!(simd, (a, b), |x, y| mark(simd, out, (x, y), |x, y| x.simd_eq(y))),
    }
}

/// Whether a number is among these.
#[inline(always)]
pub fn among<S: Simd>(simd: S, out: &mut Bits, value: Operand<'_>, set: &[u16]) {
    let holds = |x: i64x8<S>| set.iter().map(|of| x.simd_eq(i64::from(*of))).reduce(|a, b| a | b);
    let none = mask64x8::splat(simd, false);
    if set.len() <= MEMBERS {
        beside!(simd, (value, Operand::Same(0)), |x, y| mark(simd, out, (x, y), |x, _| holds(x).unwrap_or(none)));
    } else {
        let is_member = |row: usize| u16::try_from(value.at(row)).is_ok_and(|value| set.contains(&value));
        for (at, word) in out.0.iter_mut().enumerate() {
            *word = (0..64).fold(0, |word, row| word | u64::from(is_member(at * 64 + row)) << row);
        }
    }
}

/// One number or the other, by a bit.
#[inline(always)]
pub fn choose<S: Simd>(simd: S, out: &mut [Block], by: &[u64; WORDS], a: Operand<'_>, b: Operand<'_>) {
    beside!(simd, (a, b), |x, y| {
        for (((out, word), x), y) in out.iter_mut().zip(by).zip(x).zip(y) {
            for (at, slot) in out.as_chunks_mut().0.iter_mut().enumerate() {
                let chosen = mask64x8::from_bitmask(simd, word >> (8 * at) & 0xFF);
                *slot = chosen.select(x.eight(simd, at), y.eight(simd, at)).into();
            }
        }
    });
}

/// Rows of a reason.
pub type Layer<'r> = (&'r [u64; WORDS], Reason);

/// Lays reasons over each other, the later above the earlier: the rows whose reason is one with money.
#[inline(always)]
pub fn reasons<S: Simd>(simd: S, given: Reason, layers: &[Layer<'_>], codes: &mut [[u8; 64]]) -> [u64; WORDS] {
    let mut paid = [if given.has_money() { u64::MAX } else { 0 }; WORDS];
    for (at, (codes, paid)) in codes.iter_mut().zip(&mut paid).enumerate() {
        let mut laid = u8x64::splat(simd, given as u8);
        for (words, reason) in layers {
            let word = words.get(at).copied().unwrap_or(0);
            laid = mask8x64::from_bitmask(simd, word).select(u8x64::splat(simd, *reason as u8), laid);
            *paid = if reason.has_money() { *paid | word } else { *paid & !word };
        }
        *codes = laid.into();
    }
    paid
}

/// Numbers where a bit is, and zero elsewhere.
#[inline(always)]
pub fn keep<S: Simd>(simd: S, out: &mut [Block], by: &[u64]) {
    let none = i64x8::splat(simd, 0);
    for (out, word) in out.iter_mut().zip(by) {
        for (at, slot) in out.as_chunks_mut().0.iter_mut().enumerate() {
            let kept = mask64x8::from_bitmask(simd, word >> (8 * at) & 0xFF);
            *slot = kept.select(i64x8::simd_from(simd, *slot), none).into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, Operand, Pair, Test, among, carry, checked, choose, keep, pair, reasons, test};
    use crate::bits::{Bits, WORDS};
    use crate::program::carry::Carry;
    use crate::reason::Reason;
    use fearless_simd::{Level, dispatch};

    /// What plain arithmetic says of two numbers.
    type Plain<T> = fn(i64, i64) -> T;

    const EDGES: [i64; 12] = [0, 1, -1, 2, 7, 64, 1 << 32, -(1 << 40), i64::MAX / 2, i64::MAX, i64::MIN + 1, i64::MIN];

    /// A chunk of numbers in which every edge meets every other.
    fn blocks(turn: usize) -> Vec<Block> {
        (0..WORDS).map(|block| std::array::from_fn(|row| EDGES[(block * 64 + row) / turn % EDGES.len()])).collect()
    }

    fn everything(level: Level, a: Operand<'_>, b: Operand<'_>) {
        let (mut out, mut bits) = (vec![[0; 64]; WORDS], Bits::NONE);
        let rows = |holds: &dyn Fn(i64, i64) -> bool, bits: &Bits| {
            (0..WORDS * 64).for_each(|row| assert_eq!(bits.get(row), holds(a.at(row), b.at(row)), "{level:?} {} {}", a.at(row), b.at(row)));
        };
        let numbers = |of: &dyn Fn(i64, i64) -> i64, out: &[Block]| {
            (0..WORDS * 64).for_each(|row| assert_eq!(out[row / 64][row % 64], of(a.at(row), b.at(row)), "{level:?} {} {}", a.at(row), b.at(row)));
        };
        let pairs: [(Pair, Plain<i64>); 5] =
            [(Pair::Add, i64::wrapping_add), (Pair::Sub, i64::wrapping_sub), (Pair::Mul, i64::wrapping_mul), (Pair::Min, i64::min), (Pair::Max, i64::max)];
        for (of, plain) in pairs {
            dispatch!(level, simd => pair(simd, &mut out, of, a, b));
            numbers(&plain, &out);
        }
        let some = [Some(Carry::pair(Pair::Mul, 3)), Some(Carry::floor(7)), Carry::pair(Pair::Min, 2_000_000_000).and(Carry::pair(Pair::Max, 0))];
        let some = some.into_iter().flatten().flat_map(|one| [Some(one), one.and(Carry::pair(Pair::Add, 50)), one.and(Carry::floor(100))]).flatten();
        for of in some {
            dispatch!(level, simd => carry(simd, &mut out, Some(a), &of));
            numbers(&|a, _| of.of(a), &out);
            dispatch!(level, simd => carry(simd, &mut out, None, &of));
            numbers(&|a, _| of.of(of.of(a)), &out);
        }
        let sums: [(Pair, Plain<Option<i64>>); 3] = [(Pair::Add, i64::checked_add), (Pair::Sub, i64::checked_sub), (Pair::Mul, i64::checked_mul)];
        for (of, plain) in sums {
            dispatch!(level, simd => checked(simd, (&mut out, &mut bits), of, a, b));
            rows(&|a, b| plain(a, b).is_none_or(|value| value == i64::MIN), &bits);
        }
        let tests: [(Test, Plain<bool>); 3] = [(Test::Less, |a, b| a < b), (Test::AtMost, |a, b| a <= b), (Test::Equal, |a, b| a == b)];
        for (of, plain) in tests {
            dispatch!(level, simd => test(simd, &mut bits, of, a, b));
            rows(&plain, &bits);
        }
        for set in [&[1_u16, 64][..], &[0, 1, 2, 3, 4, 5, 6, 7, 64, 65]] {
            dispatch!(level, simd => among(simd, &mut bits, a, set));
            rows(&|a, _| u16::try_from(a).is_ok_and(|a| set.contains(&a)), &bits);
        }
        let by: [u64; WORDS] = std::array::from_fn(|word| 0x9E37_79B9_7F4A_7C15_u64.rotate_left(u32::try_from(word).unwrap()));
        dispatch!(level, simd => choose(simd, &mut out, &by, a, b));
        (0..WORDS * 64).for_each(|row| assert_eq!(out[row / 64][row % 64], if Bits(by).get(row) { a.at(row) } else { b.at(row) }));
        let (over, mut codes) = (by.map(|word| word & (word >> 1)), vec![[0; 64]; WORDS]);
        let layers = [(&by, Reason::Ceiling), (&over, Reason::Barred)];
        let paid = dispatch!(level, simd => reasons(simd, Reason::Given, &layers, &mut codes));
        dispatch!(level, simd => choose(simd, &mut out, &paid, a, Operand::Same(0)));
        let chosen = out.clone();
        dispatch!(level, simd => choose(simd, &mut out, &[u64::MAX; WORDS], a, Operand::Same(0)));
        dispatch!(level, simd => keep(simd, &mut out, &paid));
        assert!(out == chosen, "{level:?}");
        for row in 0..WORDS * 64 {
            let reason = if Bits(over).get(row) {
                Reason::Barred
            } else if Bits(by).get(row) {
                Reason::Ceiling
            } else {
                Reason::Given
            };
            let amount = if reason.has_money() { a.at(row) } else { 0 };
            assert_eq!((codes[row / 64][row % 64], out[row / 64][row % 64]), (reason as u8, amount), "{level:?} row {row}");
        }
    }

    #[test]
    fn loops_say_what_plain_arithmetic_says_whatever_the_processor_has() {
        let (each, other) = (blocks(1), blocks(EDGES.len()));
        for level in [Level::new(), Level::baseline()] {
            everything(level, Operand::Each(&each), Operand::Each(&other));
            for edge in EDGES {
                everything(level, Operand::Each(&each), Operand::Same(edge));
                everything(level, Operand::Same(edge), Operand::Each(&each));
            }
        }
    }
}
