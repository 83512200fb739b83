//! Making steps: each is made once, and what is the same in every row is worked out at once.

use super::carry::Carry;
use super::chains::{join, set_apart};
use super::clause::ClauseCode;
use super::registers::{Outputs, alive, settle, written};
use super::{Bit, Code, Fraction, Int, NotHeld, Pair, Program, Step, Test};
use crate::table::{Form, Layout};
use policy::eval::value::Env;
use policy::scheme::{NodeId, Scheme};
use std::collections::HashMap;
use values::Date;

/// What is known of a value in each row: known, absent or bad; where none of them, it is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    pub known: Bit,
    pub absent: Bit,
    pub bad: Bit,
}

impl State {
    pub const KNOWN: Self = Self { known: Bit::Yes, absent: Bit::No, bad: Bit::No };
    pub const UNKNOWN: Self = Self { known: Bit::No, absent: Bit::No, bad: Bit::No };
    pub const ABSENT: Self = Self { known: Bit::No, absent: Bit::Yes, bad: Bit::No };

    pub fn known_in(known: Bit) -> Self {
        Self { known, ..Self::UNKNOWN }
    }
}

/// A number of fen, ㎡, …: parts of a denominator, and between which bounds the parts lie where known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number {
    pub parts: Int,
    pub den: Den,
    pub low: i128,
    pub high: i128,
}

/// A denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Den {
    /// The same in every row.
    Of(i64),
    /// One for each row, above zero.
    Row(Int),
}

/// What a node comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What<'a> {
    /// Never a value: always unknown or absent.
    Nothing,
    Number(Number),
    YesNo(Bit),
    Date(Int),
    Year(Int),
    Choice(Int),
    Words(&'a str),
    WordsOf(u32),
}

/// A value and its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    pub what: What<'a>,
    pub state: State,
}

impl<'a> Value<'a> {
    pub const UNKNOWN: Self = Self { what: What::Nothing, state: State::UNKNOWN };
    pub const ABSENT: Self = Self { what: What::Nothing, state: State::ABSENT };

    pub fn known(what: What<'a>) -> Self {
        Self { what, state: State::KNOWN }
    }

    pub fn yes_no(&self) -> Result<Bit, NotHeld> {
        match self.what {
            What::YesNo(bit) => Ok(bit),
            What::Nothing => Ok(Bit::No),
            _ => Err(NotHeld("a condition that is none")),
        }
    }
}

/// A node in a year and month, under a clause.
pub type NodeIn = (NodeId, i32, u8, Option<u32>);

/// What is made so far.
pub struct Builder<'a> {
    pub scheme: &'a Scheme,
    pub layout: &'a Layout,
    pub year: i32,
    pub as_of: Date,
    code: Vec<Code>,
    made: HashMap<Step, (u32, u32, u32)>,
    /// Where the step stands that makes each register of numbers, and of bits.
    makers: (Vec<usize>, Vec<usize>),
    ints: u32,
    bits: u32,
    pub nodes: HashMap<NodeIn, Result<Value<'a>, NotHeld>>,
    /// Clauses made so far, by position.
    pub results: Vec<Option<Result<ClauseCode, NotHeld>>>,
    /// The clause at hand.
    pub clause: Option<policy::scheme::ClauseId>,
    /// Rows that are no candidates, by clause with a ranking.
    pub ranks: Vec<(policy::scheme::ClauseId, Bit)>,
    /// How many nodes were made: no program is endless.
    pub fuel: u32,
}

/// Steps beyond which a clause is not held: folds over many years are rare, and then long.
const FUEL: u32 = 200_000;

/// Steps that are looked through for what a bit is a part of.
const WITHIN: u32 = 2;

/// Choices one after the other that are looked through.
const CHOICES: u32 = 8;

impl<'a> Builder<'a> {
    pub fn new(scheme: &'a Scheme, layout: &'a Layout, year: i32, as_of: Date) -> Self {
        Self {
            scheme,
            layout,
            year,
            as_of,
            code: Vec::new(),
            made: HashMap::new(),
            makers: (Vec::new(), Vec::new()),
            ints: 0,
            bits: 0,
            nodes: HashMap::new(),
            results: vec![None; scheme.clauses.len()],
            clause: None,
            ranks: Vec::new(),
            fuel: FUEL,
        }
    }

    pub fn env(&self) -> Env {
        Env { year: self.year, month: 0, record: 0 }
    }

    pub fn finish(mut self, mut clauses: Vec<Result<ClauseCode, NotHeld>>) -> Program {
        let outputs = Outputs { clauses: &mut clauses, ranks: &mut self.ranks };
        let code = alive(self.code, (self.ints, self.bits), &outputs);
        let mut code = join(code, &outputs);
        let made = set_apart(&mut code, &outputs);
        let (ints, bits) = settle(&mut code, (self.ints, self.bits), outputs);
        // They were settled as the last steps, so that what they read stands until then.
        let mut apart = code.split_off(code.len() - made.iter().filter(|made| **made).count()).into_iter();
        let amounts = made.iter().map(|made| made.then(|| apart.next()).flatten()).collect();
        Program { code, ints, bits, amounts, clauses, ranks: self.ranks }
    }

    /// Registers of a step, made now or before: two of numbers, one of bits.
    fn step(&mut self, step: Step) -> (u32, u32, u32) {
        if let Some(known) = self.made.get(&step) {
            return *known;
        }
        let (ints, bits) = written(&step);
        let registers = (self.ints, self.ints + 1, self.bits);
        self.ints += u32::try_from(ints).unwrap_or(0);
        self.bits += u32::try_from(bits).unwrap_or(0);
        self.makers.0.extend(std::iter::repeat_n(self.code.len(), ints));
        self.makers.1.extend(std::iter::repeat_n(self.code.len(), bits));
        self.code.push(Code { step: step.clone(), then: Vec::new(), ints: [registers.0, registers.1], bits: registers.2 });
        self.made.insert(step, registers);
        registers
    }

    fn bit(&mut self, step: Step) -> Bit {
        Bit::Reg(self.step(step).2)
    }

    fn int(&mut self, step: Step) -> Int {
        Int::Reg(self.step(step).0)
    }

    fn maker(&self, bit: Bit) -> Option<&Step> {
        let Bit::Reg(register) = bit else { return None };
        self.makers.1.get(register as usize).and_then(|at| self.code.get(*at)).map(|code| &code.step)
    }

    /// Whether the rows of a bit are among those of another, as far as a few steps show that.
    fn within(&self, a: Bit, b: Bit) -> bool {
        self.is_within(a, b, WITHIN)
    }

    fn is_within(&self, a: Bit, b: Bit, steps: u32) -> bool {
        let part = |x: Bit| steps > 0 && self.is_within(x, b, steps - 1);
        a == b
            || match self.maker(a) {
                Some(Step::And(x, y)) => part(*x) || part(*y),
                Some(Step::But(x, _)) => part(*x),
                _ => false,
            }
    }

    pub fn and(&mut self, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (Bit::No, _) | (_, Bit::No) => Bit::No,
            (Bit::Yes, x) | (x, Bit::Yes) => x,
            _ if self.within(a, b) => a,
            _ if self.within(b, a) => b,
            _ => self.bit(Step::And(a, b)),
        }
    }

    pub fn or(&mut self, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (Bit::Yes, _) | (_, Bit::Yes) => Bit::Yes,
            (Bit::No, x) | (x, Bit::No) => x,
            _ if self.within(a, b) => b,
            _ if self.within(b, a) => a,
            // A part of something and the rest of it.
            _ => match (self.maker(a), self.maker(b)) {
                (_, Some(Step::But(whole, part))) if *part == a && self.within(a, *whole) => *whole,
                (Some(Step::But(whole, part)), _) if *part == b && self.within(b, *whole) => *whole,
                _ => self.bit(Step::Or(a, b)),
            },
        }
    }

    /// a and not b
    pub fn but(&mut self, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (Bit::No, _) | (_, Bit::Yes) => Bit::No,
            (x, Bit::No) => x,
            (Bit::Yes, x) => self.not(x),
            _ if self.within(a, b) => Bit::No,
            _ => match self.maker(b) {
                // All but what is left of it without something: that.
                Some(Step::But(whole, part)) if *whole == a => {
                    let part = *part;
                    self.and(a, part)
                }
                _ => self.bit(Step::But(a, b)),
            },
        }
    }

    pub fn not(&mut self, a: Bit) -> Bit {
        match a {
            Bit::No => Bit::Yes,
            Bit::Yes => Bit::No,
            _ => match self.maker(a) {
                Some(Step::Not(before)) => *before,
                _ => self.bit(Step::Not(a)),
            },
        }
    }

    /// Bits by a bit.
    pub fn choose_bit(&mut self, by: Bit, a: Bit, b: Bit) -> Bit {
        let a = self.and(by, a);
        let b = self.but(b, by);
        self.or(a, b)
    }

    /// A number by a bit.
    pub fn choose(&mut self, by: Bit, a: Int, b: Int) -> Int {
        match by {
            Bit::Yes => a,
            Bit::No => b,
            _ if a == b => a,
            _ => self.int(Step::Choose(by, a, b)),
        }
    }

    /// Two numbers that are shown not to overflow.
    pub fn pair(&mut self, pair: Pair, a: Int, b: Int) -> Int {
        if let (Int::Const(a), Int::Const(b)) = (a, b)
            && let Some(value) = constant(pair, a, b)
        {
            return Int::Const(value);
        }
        match (pair, a, b) {
            (Pair::Mul, x, Int::Const(1)) | (Pair::Mul, Int::Const(1), x) | (Pair::Add | Pair::Sub, x, Int::Const(0)) | (Pair::Add, Int::Const(0), x) => x,
            (_, x, Int::Const(constant)) => self.int(Step::Carry(x, Carry::pair(pair, constant))),
            (Pair::Add | Pair::Mul | Pair::Min | Pair::Max, Int::Const(constant), x) => self.int(Step::Carry(x, Carry::pair(pair, constant))),
            _ => self.int(Step::Pair(pair, a, b)),
        }
    }

    /// ⌊x ÷ by⌋, by above zero.
    pub fn floor(&mut self, x: Int, by: i64) -> Int {
        match (x, by) {
            (_, 1) => x,
            (Int::Const(x), _) => Int::Const(x.div_euclid(by)),
            _ => self.int(Step::Carry(x, Carry::floor(by))),
        }
    }

    /// Two numbers, and where they overflow.
    pub fn checked(&mut self, pair: Pair, a: Int, b: Int) -> (Int, Bit) {
        let (int, _, bits) = self.step(Step::Checked(pair, a, b));
        (Int::Reg(int), Bit::Reg(bits))
    }

    pub fn fraction(&mut self, op: Fraction, operands: [Int; 4]) -> (Int, Int, Bit) {
        let (number, den, bad) = self.step(Step::Fraction(op, operands));
        (Int::Reg(number), Int::Reg(den), Bit::Reg(bad))
    }

    pub fn round(&mut self, fraction: [Int; 2]) -> (Int, Bit) {
        let (int, _, bad) = self.step(Step::Round(fraction));
        (Int::Reg(int), Bit::Reg(bad))
    }

    /// What a number was chosen from, where that are constants and so many choices at most.
    fn choice(&self, number: Int, deep: u32) -> Option<(Bit, Int, Int)> {
        let Int::Reg(register) = number else { return None };
        match self.makers.0.get(register as usize).and_then(|at| self.code.get(*at)).map(|code| &code.step) {
            Some(Step::Choose(by, x, y)) => {
                let deep = deep.checked_sub(1)?;
                let is_constant = |of: Int| matches!(of, Int::Const(_)) || self.choice(of, deep).is_some();
                (is_constant(*x) && is_constant(*y)).then_some((*by, *x, *y))
            }
            _ => None,
        }
    }

    pub fn test(&mut self, test: Test, a: Int, b: Int) -> Bit {
        if let (Int::Const(a), Int::Const(b)) = (a, b) {
            let holds = match test {
                Test::Less => a < b,
                Test::AtMost => a <= b,
                Test::Equal => a == b,
            };
            return if holds { Bit::Yes } else { Bit::No };
        }
        if a == b {
            return if test == Test::Less { Bit::No } else { Bit::Yes };
        }
        // Which of some constants a number is says the bit that chose it.
        if let (Some((by, x, y)), Int::Const(_)) = (self.choice(a, CHOICES), b) {
            let (x, y) = (self.test(test, x, b), self.test(test, y, b));
            return self.choose_bit(by, x, y);
        }
        if let (Int::Const(_), Some((by, x, y))) = (a, self.choice(b, CHOICES)) {
            let (x, y) = (self.test(test, a, x), self.test(test, a, y));
            return self.choose_bit(by, x, y);
        }
        // The constant stands first, so that both sides of a bound are one step.
        match (test, b) {
            (Test::Less, Int::Const(_)) => {
                let reached = self.bit(Step::Test(Test::AtMost, b, a));
                return self.not(reached);
            }
            (Test::AtMost, Int::Const(_)) => {
                let passed = self.bit(Step::Test(Test::Less, b, a));
                return self.not(passed);
            }
            _ => {}
        }
        self.bit(Step::Test(test, a, b))
    }

    pub fn test_fraction(&mut self, test: Test, operands: [Int; 4]) -> Bit {
        self.bit(Step::TestFraction(test, operands))
    }

    pub fn among(&mut self, value: Int, set: &[u16]) -> Bit {
        match (value, set) {
            (_, []) => Bit::No,
            (_, [one]) => self.test(Test::Equal, value, Int::Const(i64::from(*one))),
            (Int::Const(value), _) => {
                if set.iter().any(|of| i64::from(*of) == value) {
                    Bit::Yes
                } else {
                    Bit::No
                }
            }
            _ => self.bit(Step::Among(value, set.to_vec())),
        }
    }

    pub fn year_of(&mut self, day: Int) -> Int {
        match day {
            Int::Const(day) => Int::Const(crate::table::date_of(day).map_or(0, |date| i64::from(date.year()))),
            _ => self.int(Step::YearOf(day)),
        }
    }

    /// Whole years from a day to a constant day.
    pub fn full_years(&mut self, start: Int, day: i64) -> Int {
        match (start, crate::table::date_of(day)) {
            (Int::Const(start), Some(day)) => Int::Const(crate::table::date_of(start).map_or(0, |start| start.full_years_until(day))),
            _ => self.int(Step::FullYears(start, day)),
        }
    }

    /// A day so many days (or months) later, and where there is none.
    pub fn later_day(&mut self, day: Int, length: i64, days: bool) -> (Int, Bit) {
        let (int, _, bits) = self.step(Step::Later(day, length, days));
        (Int::Reg(int), Bit::Reg(bits))
    }

    pub fn words(&mut self, column: u32, words: &str) -> Bit {
        self.bit(Step::Words(column, words.to_owned()))
    }

    pub fn same_words(&mut self, a: u32, b: u32) -> Bit {
        if a == b { Bit::Yes } else { self.bit(Step::SameWords(a, b)) }
    }

    pub fn count(&mut self, bit: Bit) -> Int {
        match bit {
            Bit::No => Int::Const(0),
            Bit::Yes => Int::Const(1),
            _ => self.int(Step::Count(bit)),
        }
    }

    /// The values of a column.
    pub fn column(&self, at: usize) -> Result<Value<'a>, NotHeld> {
        let column = u32::try_from(at).map_err(|_| NotHeld("too many columns"))?;
        let (_, form) = self.layout.columns.get(at).ok_or(NotHeld("a column that is not there"))?;
        let what = match form {
            Form::YesNo => What::YesNo(Bit::Said(column)),
            Form::Number { den, low, high } => {
                What::Number(Number { parts: Int::Column(column), den: Den::Of(*den), low: i128::from(*low), high: i128::from(*high) })
            }
            Form::Date => What::Date(Int::Column(column)),
            Form::Year => What::Year(Int::Column(column)),
            Form::Choice => What::Choice(Int::Column(column)),
            Form::Text => What::WordsOf(column),
            Form::List => return Err(NotHeld("a list")),
        };
        Ok(Value { what, state: State::known_in(Bit::Known(column)) })
    }
}

fn constant(pair: Pair, a: i64, b: i64) -> Option<i64> {
    match pair {
        Pair::Add => a.checked_add(b),
        Pair::Sub => a.checked_sub(b),
        Pair::Mul => a.checked_mul(b),
        Pair::Min => Some(a.min(b)),
        Pair::Max => Some(a.max(b)),
    }
}
