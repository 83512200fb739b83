//! A scheme compiled to a program over columns, for one award year and one day of judgement: what depends on these two is
//! worked out while compiling. Every rule is that of `policy::eval`, where unknown is a bit beside the value; what a 64-bit
//! number does not hold and what would be a fault are marked `bad`, and those rows go to `policy` itself.

mod build;
mod carry;
mod chains;
mod clause;
mod divisor;
mod expr;
mod lanes;
mod machine;
mod number;
mod registers;
mod select;

pub use clause::{ClauseCode, Given};
pub use machine::Inputs;
pub use machine::{Amount, Machine};

use crate::table::Layout;
use build::Builder;
use carry::Carry;
use policy::scheme::{ClauseId, Scheme};
use values::Date;

/// Whole numbers, one a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Int {
    /// The same in every row.
    Const(i64),
    /// A column of the chunk.
    Column(u32),
    /// What an instruction made.
    Reg(u32),
}

/// Bits, one a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bit {
    /// No row.
    No,
    /// Every row.
    Yes,
    /// Rows where a column is known.
    Known(u32),
    /// Rows where a column of 是否 says yes.
    Said(u32),
    /// What an instruction made.
    Reg(u32),
}

/// Two numbers to one; all wrap where the compiler has shown that they cannot overflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pair {
    /// a + b
    Add,
    /// a − b
    Sub,
    /// a · b
    Mul,
    /// min
    Min,
    /// max
    Max,
}

/// Fractions: (a, b) of denominators of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fraction {
    /// a + b
    Add,
    /// a − b
    Sub,
    /// a · b
    Mul,
    /// a ÷ b; zero is bad
    Div,
    /// ⌊a ÷ b⌋; zero is bad
    Steps,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// a < b
    Less,
    /// a ≤ b
    AtMost,
    /// a = b
    Equal,
}

/// One step over all rows of a chunk.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Two numbers.
    Pair(Pair, Int, Int),
    /// A number by constants alone.
    Carry(Int, Carry),
    /// The same, and a second result: bits where it overflowed.
    Checked(Pair, Int, Int),
    /// Two fractions `(number, denominator)`; results: number, denominator, bits where it did not fit or there is none.
    Fraction(Fraction, [Int; 4]),
    /// A fraction rounded half up to a whole number of fen; a second result: bits where it is too large.
    Round([Int; 2]),
    /// A comparison of numbers.
    Test(Test, Int, Int),
    /// A comparison of fractions.
    TestFraction(Test, [Int; 4]),
    /// A number by a bit.
    Choose(Bit, Int, Int),
    /// Whether a small number is among these.
    Among(Int, Vec<u16>),
    /// The year of a day.
    YearOf(Int),
    /// Whole years from a day to this day.
    FullYears(Int, i64),
    /// A day so many days (or months) later; a second result: bits where there is none.
    Later(Int, i64, bool),
    /// Whether the words of a column are these.
    Words(u32, String),
    /// Whether two columns have the same words.
    SameWords(u32, u32),
    /// a ∧ b
    And(Bit, Bit),
    /// a ∨ b
    Or(Bit, Bit),
    /// a ∧ ¬b
    But(Bit, Bit),
    /// ¬a
    Not(Bit),
    /// Bits as numbers 0 and 1.
    Count(Bit),
}

/// A step and where its results go.
#[derive(Clone, Debug)]
pub struct Code {
    pub(crate) step: Step,
    /// What follows on the number of a `Step::Pair` or `Step::Carry` before it is written.
    pub(crate) then: Vec<Carry>,
    /// Registers of numbers it writes.
    pub(crate) ints: [u32; 2],
    /// The register of bits it writes.
    pub(crate) bits: u32,
}

/// What the program cannot say of a clause: why it goes to `policy` row by row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotHeld(pub &'static str);

/// The program of a scheme.
#[derive(Clone, Debug)]
pub struct Program {
    pub(crate) code: Vec<Code>,
    pub(crate) ints: u32,
    pub(crate) bits: u32,
    /// For each clause, by its position, the step that makes its amount where nothing else reads that: it is made where the
    /// results are laid, and never stands in a register.
    pub(crate) amounts: Vec<Option<Code>>,
    /// What each clause comes to, by its position, or why it is not held.
    pub clauses: Vec<Result<ClauseCode, NotHeld>>,
    /// Rows that are certainly no candidates of a ranking, for the clauses that have one and are held.
    pub ranks: Vec<(ClauseId, Bit)>,
}

impl Program {
    /// Compiles a scheme for an award year and a day of judgement.
    #[must_use]
    pub fn compile(scheme: &Scheme, layout: &Layout, year: i32, as_of: Date) -> Self {
        let mut builder = Builder::new(scheme, layout, year, as_of);
        let clauses = builder.clauses();
        builder.finish(clauses)
    }
}

#[cfg(test)]
mod tests {
    use super::{Program, Step};
    use crate::table::{About, Layout, form_of};
    use policy::scheme::FactId;
    use policy::source::Sources;
    use values::Date;

    #[test]
    fn what_constants_make_of_a_number_is_one_step() {
        let rules = "事实\n  销售额  元 按年\n条款 1「奖」\n  条件  销售额 达到 10万元\n  给予  销售额 的 1%，最高 50万元\n  频次  每年";
        let scheme = policy::compile(&Sources::single(format!("# 例\n\n```duixian\n{rules}\n```\n"))).scheme.unwrap();
        let layout = Layout { columns: vec![(About::Fact(FactId(1)), form_of(&scheme.facts[1].ty))] };
        let program = Program::compile(&scheme, &layout, 2024, Date::new(2024, 12, 31).unwrap());
        assert!(!program.code.iter().any(|code| matches!(code.step, Step::Pair(..) | Step::Carry(..))), "{:#?}", program.code);
        let amounts: Vec<_> = program.amounts.iter().flatten().collect();
        assert!(matches!(amounts.as_slice(), [one] if one.then.is_empty()), "at most, at least, half a unit up, divided: {amounts:#?}");
    }
}
