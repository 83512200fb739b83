//! Values, conditions and collectives as written.

use super::Name;
use crate::source::Span;
use values::{Date, Rational};

/// An expression: a value, a condition or a collective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where, rows below included.
    pub span: Span,
}

/// Operators of arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arith {
    /// 加
    Add,
    /// 减
    Sub,
    /// 乘
    Mul,
    /// 除以
    Div,
    /// 的: like 乘, with a ratio on its right
    Of,
}

/// Comparisons. Synonyms keep their own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compare {
    /// ≥
    Ge,
    /// >
    Gt,
    /// ≤
    Le,
    /// <
    Lt,
}

impl Compare {
    /// Whether a left side that stands so to the right one passes.
    #[must_use]
    #[inline]
    pub fn allows(self, order: std::cmp::Ordering) -> bool {
        match self {
            Self::Ge => order.is_ge(),
            Self::Gt => order.is_gt(),
            Self::Le => order.is_le(),
            Self::Lt => order.is_lt(),
        }
    }

    /// The comparison that holds exactly where this one does not.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Ge => Self::Lt,
            Self::Gt => Self::Le,
            Self::Le => Self::Gt,
            Self::Lt => Self::Ge,
        }
    }
}

/// Which year or month a name is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The year; `None` is the one in force.
    pub year: Option<YearRef>,
    /// The month, 1–12; `None` is the one in force.
    pub month: Option<u8>,
}

/// A year, fixed or relative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum YearRef {
    /// 上年
    Last,
    /// 2015年
    Fixed(i32),
}

/// What a fold runs over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Records of a list fact.
    List(Name),
    /// 近 n 年, the award year last.
    PastYears(u32),
    /// 2023年至2025年
    Years(i32, i32),
    /// 3月至4月
    Months(u8, u8),
}

/// Kinds of collectives over values or conditions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gather {
    /// 合计
    Sum,
    /// 平均
    Mean,
    /// 就高
    Max,
    /// 就低
    Min,
    /// 个数
    Count,
    /// 任一
    Any,
    /// 同时
    All,
    /// 至少 n 项
    AtLeast(u32),
}

/// A line under a collective.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// `条件：值`
    pub guard: Option<Expr>,
    /// The value or condition.
    pub value: Expr,
}

/// Modifiers, in the order they are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Modifier {
    /// 最高: min
    AtMost,
    /// 最低: max
    AtLeast,
    /// 扣除: max(x − v, 0)
    Less,
    /// 另加
    Bonus,
    /// 无则
    IfAbsent,
    /// 取整到
    DownTo,
}

/// One bound of an interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The value.
    pub value: Expr,
    /// 含
    pub included: bool,
}

/// The left side of a row under 分档: one test a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowTest {
    /// `达到 1000万元`; the word is kept as written.
    Compare(Compare, &'static str, Expr),
    /// `介于 a（含）至 b（不含）`
    Between(Bound, Bound),
}

/// A row of a selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// What must hold; see the selection. `None` is 其余.
    pub test: Option<RowHead>,
    /// The value; `None` is 不予.
    pub value: Option<Expr>,
    /// The row, without what hangs below.
    pub span: Span,
}

/// What stands before the colon of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowHead {
    /// Under 分档 and 累进, one for each measure.
    Tests(Vec<RowTest>),
    /// Under 分类.
    Choices(Vec<Name>),
}

/// Attributes of a clause's memory in a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// 本条 已得
    Received,
    /// 本条 首得年份
    FirstYear,
}

/// All forms an expression takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// A number with its unit as written (`""` for none, `%`, `元/平方米`); 万 and 亿 are already multiplied in.
    Quantity(Rational, String),
    /// `1个百分点`, `40%`, `1/3`
    Ratio(Rational),
    /// `2015年`: a point in time
    Year(i32),
    /// A calendar date.
    Date(Date),
    /// 「…」
    Text(String),
    /// 是, 否
    YesNo(bool),
    /// A fact, parameter, definition, local name, record field or choice value.
    Name(Name),
    /// `上年 X`
    At(Period, Box<Expr>),
    /// 年度
    AwardYear,
    /// 截止
    AsOf,
    /// 名次
    Place,
    /// 已付额
    AmountPaid,
    /// 本条 …
    Memory(Memory),
    /// `条款 5.1 本年所得`
    ClauseAmount(Name),
    /// `符合 条款 5.1`
    ClauseEligible(Name),
    /// 年次（D）
    NthYear(Box<Expr>),
    /// 年份（D）
    YearOf(Box<Expr>),
    /// `A 加 B`
    Arith(Arith, Box<Expr>, Box<Expr>),
    /// `X 超过 V 的部分`
    Above(Box<Expr>, Box<Expr>),
    /// `X 不超过 V 的部分`
    UpTo(Box<Expr>, Box<Expr>),
    /// `X 每满 V 给 A`
    Steps(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `X 比 P 增量`
    Rise(Box<Expr>, Period),
    /// `X 比 P 增幅`
    Growth(Box<Expr>, Period),
    /// 若 则 否则
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    /// A value and one modifier.
    Modified(Box<Expr>, Modifier, Box<Expr>),
    /// A value in parentheses.
    Paren(Box<Expr>),
    /// 分档, perhaps 首次, measures, rows
    Tier {
        /// 首次
        first: bool,
        /// One or more measures.
        measures: Vec<Expr>,
        /// Rows as written.
        rows: Vec<Row>,
    },
    /// 分类 choice, rows
    Case {
        /// The choice.
        subject: Box<Expr>,
        /// Rows as written.
        rows: Vec<Row>,
    },
    /// 累进 measure, bands
    Bracket {
        /// The measure.
        measure: Box<Expr>,
        /// Bands as written.
        rows: Vec<Row>,
    },
    /// A collective over its lines.
    Gather {
        /// Which.
        op: Gather,
        /// Lines.
        members: Vec<Member>,
        /// 不计: named, not counted.
        left_out: Vec<Name>,
    },
    /// A collective over records, years or months.
    Fold {
        /// Which.
        op: Gather,
        /// What it runs over.
        source: Source,
        /// 条件
        guard: Option<Box<Expr>>,
        /// 计 (or, for 任一/同时/至少, nothing: the 条件 is what is tested)
        body: Option<Box<Expr>>,
    },
    /// `X 达到 v`, with the word as written.
    Compare(Compare, &'static str, Box<Expr>, Box<Expr>),
    /// `X 首次 达到 v`
    FirstReach(Compare, &'static str, Box<Expr>, Box<Expr>),
    /// `X 介于 … 至 …`
    Between(Box<Expr>, Box<Bound>, Box<Bound>),
    /// `X 为 v`, `X 不为 v`
    Is(Box<Expr>, Box<Expr>, bool),
    /// `X 属于 甲、乙`
    In(Box<Expr>, Vec<Name>),
    /// `D 满 1年`, optionally 至 another day
    Aged(Box<Expr>, Box<Expr>, Option<Box<Expr>>),
    /// 早于 < · 晚于 > · 不早于 ≥ · 不晚于 ≤
    DateCompare(Compare, &'static str, Box<Expr>, Box<Expr>),
    /// 非
    Not(Box<Expr>),
    /// 且
    And(Vec<Expr>),
    /// 或
    Or(Vec<Expr>),
    /// A part that could not be read; a diagnostic says why.
    Broken,
}
