//! Typed syntax: what the author wrote, block by block. Names are still words; types and units are not known.

use crate::source::Span;
use values::{Date, Rational};

/// A word and its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Name {
    /// As written (without 『』).
    pub text: String,
    /// Where.
    pub span: Span,
}

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

/// What a block is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its contents.
    pub kind: BlockKind,
    /// Head line to last line.
    pub span: Span,
    /// The head's words, for headings of diagnostics.
    pub heading: String,
    /// The document (file) it stands in.
    pub file: u16,
    /// Section of the document.
    pub section: usize,
    /// The quote it stands under.
    pub quote: Option<usize>,
    /// 原文
    pub cites: Vec<Cite>,
    /// 字面 and 不用
    pub notes: Vec<LiteralNote>,
    /// Every line in one spelling (keywords in Chinese, one space between words), for comparing with 取; only of blocks
    /// that a reading can speak of.
    pub normal: Vec<String>,
}

/// 原文: a span of official words by its first and last words, or one piece of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cite {
    /// First words (or all of them).
    pub from: String,
    /// Last words.
    pub to: Option<String>,
    /// True for `原文 …` that adds a place outside the quote.
    pub elsewhere: Option<String>,
    /// Where.
    pub span: Span,
}

/// 字面 or 不用 with its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiteralNote {
    /// True for 不用 (a number of the text that no rule uses).
    pub unused: bool,
    /// The literal or the number.
    pub what: String,
    /// 即: the words that say it.
    pub says: Option<String>,
    /// 因: why.
    pub because: Option<String>,
    /// Where.
    pub span: Span,
}

/// The blocks of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// 政策
    Policy(PolicyBlock),
    /// 事实
    Facts(Vec<FactDecl>),
    /// 参数
    Table(TableDecl),
    /// 定义
    Define(Name, Expr),
    /// 条款
    Clause(Box<ClauseBlock>),
    /// 通则
    General(GeneralBlock),
    /// 并用
    Group(GroupBlock),
    /// 资金
    Pool(PoolBlock),
    /// 追回
    Clawback(ClawbackBlock),
    /// 目标
    Target(TargetBlock),
    /// 读法
    Reading(ReadingBlock),
    /// 文句
    Sentence(SentenceBlock),
    /// 情形
    Situation(Box<SituationBlock>),
}

/// 政策: data of the version. May be written in several places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyBlock {
    /// Id.
    pub id: Option<Name>,
    /// Title.
    pub title: Option<String>,
    /// Simple lines: `(key, words, place)`.
    pub lines: Vec<(&'static str, Vec<String>, Span)>,
    /// 发布
    pub published: Option<Date>,
    /// 征求意见: length and whether working days.
    pub comment_period: Option<(u32, bool)>,
    /// 施行: a date, or `None` for 另定.
    pub in_force: Option<Option<Date>>,
    /// The year of 施行, where only month and day are to be set.
    pub in_force_year: Option<i32>,
    /// 公布满 n 日: days that must have passed since 公布.
    pub in_force_after_days: Option<u32>,
    /// 失效; the inner `None` is 另定.
    pub expires: Option<Option<Date>>,
    /// 分界
    pub boundary: Option<&'static str>,
    /// 单位: new measure words.
    pub units: Vec<Name>,
    /// 别名: another name of a unit, and the unit.
    pub aliases: Vec<(Name, Name)>,
}

/// Type words of a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeWord {
    /// 是否
    YesNo,
    /// 日期
    Date,
    /// 年份
    Year,
    /// 文字
    Text,
    /// 比率
    Ratio,
    /// 选项（…）
    Choice(Vec<Name>),
    /// 名单（家）
    List(String),
    /// A unit, as written: `元`, `元/平方米/年`, `间`
    Unit(String),
}

/// A line of 事实.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactDecl {
    /// Name.
    pub name: Name,
    /// Type as written.
    pub ty: TypeWord,
    /// Where the type stands.
    pub ty_span: Span,
    /// 按年
    pub by_year: bool,
    /// 按月
    pub by_month: bool,
    /// 自 2022年
    pub since: Option<i32>,
    /// 佐证
    pub evidence: Vec<String>,
    /// 核验
    pub verified_by: Vec<String>,
    /// 期间
    pub window: Option<String>,
    /// 问
    pub question: Option<String>,
    /// Fields of a list.
    pub fields: Vec<FactDecl>,
}

/// 参数
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableDecl {
    /// Name.
    pub name: Name,
    /// Type as written.
    pub ty: TypeWord,
    /// Where the type stands.
    pub ty_span: Span,
    /// 按日
    pub by_day: bool,
    /// 按年
    pub by_year: bool,
    /// 按 choice facts
    pub by: Vec<Name>,
    /// 有效 n日: how old the last row may be.
    pub valid_days: Option<u32>,
    /// 来源
    pub source: Option<String>,
    /// Rows.
    pub rows: Vec<TableRow>,
}

/// A row of 参数.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    /// Day, year or choices, as tokens of the index.
    pub keys: Vec<TableKey>,
    /// The value.
    pub value: Expr,
    /// 公布: known from this date.
    pub announced: Option<Date>,
    /// Where.
    pub span: Span,
}

/// One part of the index of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableKey {
    /// A day.
    Day(Date),
    /// A year.
    Year(i32),
    /// A choice value.
    Choice(Name),
}

/// 条款
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseBlock {
    /// Id.
    pub id: Name,
    /// Title.
    pub title: String,
    /// Lines in order.
    pub lines: Vec<ClauseLine>,
}

/// One line of a clause, also what 取 and 另 repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClauseLine {
    /// 对象
    Applicants(Vec<Name>),
    /// 受益: words, or 每个 a list
    Beneficiary(String, Option<Name>),
    /// 条件
    Require(Expr),
    /// 排除
    Bar(Expr),
    /// 其中
    Where(Name, Expr),
    /// 排名
    Rank(RankLine),
    /// 给予
    Give(Give),
    /// 频次
    Frequency(FrequencyLine),
    /// 限额
    Limit(LimitLine),
    /// 兑付
    Pay(Vec<InstalmentLine>),
    /// 类别
    Kind(Name),
    /// 牵头
    Lead(Vec<Name>),
    /// 参与
    With(Vec<Name>),
    /// 佐证 X：「…」
    Evidence(Option<Name>, Vec<String>),
}

/// 排名
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankLine {
    /// By what.
    pub score: Expr,
    /// 前 n 名
    pub top: Option<u32>,
    /// 每个 F
    pub each: Option<Name>,
    /// 低者先
    pub lowest_first: bool,
    /// 同分 比 Y
    pub tie: Option<Expr>,
    /// 全部记录
    pub all_records: bool,
    /// Where.
    pub span: Span,
}

/// 给予
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Give {
    /// The amount follows.
    Amount(Expr),
    /// 至多
    UpTo(Expr),
    /// 决定额 with modifiers
    Decided(Vec<(Modifier, Expr)>, Span),
    /// 减免
    Waive(Expr),
    /// 服务「…」
    Service(String, Span),
}

/// Period words of 频次 and 限额.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Window {
    /// 一次性 / 累计
    Life,
    /// 每年
    Year,
    /// n年内, the award year last
    Years(u32),
}

/// 频次
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrequencyLine {
    /// Within what.
    pub window: Window,
    /// How many times.
    pub times: u32,
    /// 共 n 年
    pub years_in_all: Option<u32>,
    /// 每个 F: counted for each value instead of for the applicant.
    pub each: Option<Name>,
    /// Where.
    pub span: Span,
}

/// 限额
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitLine {
    /// Within what.
    pub window: Window,
    /// How much.
    pub amount: Expr,
    /// 每个 F
    pub each: Option<Name>,
    /// Where.
    pub span: Span,
}

/// What happens to an instalment whose test fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failing {
    /// It is lost.
    Lost,
    /// 顺延
    Later,
    /// 终止
    Ends,
}

/// A line of 兑付.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstalmentLine {
    /// First year, from 1.
    pub from: u32,
    /// Last year (the same for a single one).
    pub to: u32,
    /// Share; `None` is 其余, and for a range 均付.
    pub share: Option<Expr>,
    /// 须
    pub test: Option<Expr>,
    /// 不符则
    pub failing: Failing,
    /// Where.
    pub span: Span,
}

/// Which clauses a block speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// 全部
    pub all: bool,
    /// 本节
    pub section: bool,
    /// 他处 (groups only)
    pub elsewhere: bool,
    /// Clause ids.
    pub ids: Vec<Name>,
    /// 除
    pub except: Vec<Name>,
    /// Where.
    pub span: Span,
}

/// 通则
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneralBlock {
    /// 适用
    pub scope: Option<Scope>,
    /// Lines it shares out.
    pub lines: Vec<ClauseLine>,
}

/// How members of a group stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// 就高
    Highest,
    /// 择一
    Choice,
    /// 叠加
    Stack,
}

/// 并用
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupBlock {
    /// Name.
    pub name: Name,
    /// 适用
    pub scope: Option<Scope>,
    /// 同一
    pub same: Vec<Name>,
    /// 方式
    pub mode: Option<Mode>,
    /// 只对 他处
    pub only_elsewhere: bool,
    /// 已得不补
    pub no_topping_up: bool,
    /// 限额
    pub limits: Vec<LimitLine>,
    /// 频次
    pub frequency: Option<FrequencyLine>,
}

/// How a pool is shared when it does not suffice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Overrun {
    /// 先到先得
    FirstCome,
    /// 按比例
    ProRata,
    /// 按 X 高者先
    ByMeasure(Expr, bool),
    /// 按条款 2.1、1.1
    ByClause(Vec<Name>),
    /// 顺延
    CarryOver,
}

/// 资金
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolBlock {
    /// Name.
    pub name: Name,
    /// 适用
    pub scope: Option<Scope>,
    /// 额度: `(year or None for 每年, amount or None for 另定)`.
    pub amounts: Vec<(Option<i32>, Option<Expr>)>,
    /// 超额
    pub overrun: Option<Overrun>,
    /// 末位部分 (true, the default) or 末位不给
    pub last_in_part: bool,
    /// 来源
    pub source: Option<String>,
}

/// 追回
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClawbackBlock {
    /// Name.
    pub name: Name,
    /// 适用
    pub scope: Option<Scope>,
    /// 触发, any one
    pub triggers: Vec<Expr>,
    /// 期限, months after payment
    pub months: Option<u32>,
    /// 收回; `None` is 全额.
    pub recover: Option<Expr>,
    /// 并处 停付
    pub stop_payment: bool,
    /// 并处 禁报 n年, in years
    pub bar_years: Option<u32>,
}

/// 目标
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetBlock {
    /// Name.
    pub name: Name,
    /// 指标
    pub indicator: Option<String>,
    /// 要求: `(year, comparison, word, value)`
    pub goals: Vec<(i32, Compare, &'static str, Expr)>,
    /// 责任
    pub responsible: Vec<Name>,
}

/// 读法
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadingBlock {
    /// What it is about.
    pub about: About,
    /// Words of the text it reads.
    pub words: Option<String>,
    /// 取
    pub taken: Vec<Alternative>,
    /// 另
    pub others: Vec<Alternative>,
    /// 待定: nobody has decided.
    pub open: bool,
    /// 因
    pub because: Option<String>,
}

/// The head of a reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// Clauses by id.
    Clauses(Vec<Name>),
    /// 并用「…」
    Group(Name),
    /// 资金「…」
    Pool(Name),
    /// 政策 id
    Policy,
    /// Words only.
    Words,
}

/// 取 or 另: words, or lines as tokens (re-read as lines of the block named).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// Readings in words.
    pub words: Vec<String>,
    /// 无此行
    pub no_line: bool,
    /// Lines of the clause or block, normalised to keywords and words for comparison.
    pub lines: Vec<String>,
    /// Each of its lines on its own, in one spelling.
    pub spelled_lines: Vec<String>,
    /// The same for readers: one entry a line, in Chinese keywords whatever the file uses.
    pub spelled: Vec<String>,
    /// Clause lines, where it is about clauses.
    pub clause_lines: Vec<ClauseLine>,
    /// As written.
    pub span: Span,
}

/// 文句: what a sentence is that is no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentenceBlock {
    /// 叙述, 鼓励, 程序, 释义, 授权 or 任务.
    pub sort: &'static str,
    /// 责任 of a task.
    pub responsible: Vec<Name>,
}

/// 情形
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SituationBlock {
    /// Title.
    pub title: String,
    /// Lines outside 申报人 blocks, for all of them.
    pub common: PersonLines,
    /// 申报人 blocks.
    pub people: Vec<(Name, PersonLines)>,
    /// 结果
    pub expects: Vec<Expectation>,
}

/// What a situation says of one applicant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonLines {
    /// 承
    pub like: Option<(String, Span)>,
    /// 年度
    pub year: Option<i32>,
    /// 截止
    pub as_of: Option<Date>,
    /// 事实
    pub facts: Vec<GivenFact>,
    /// 往年: clause, year, amount, key
    pub history: Vec<(Name, i32, Expr, Option<String>)>,
    /// 决定
    pub decisions: Vec<(Name, Expr)>,
    /// 参数
    pub params: Vec<(Name, Expr)>,
    /// 项目
    pub projects: Vec<(Name, String)>,
    /// 他处: name, amount, project, kind
    pub elsewhere: Vec<(String, Expr, Option<String>, Option<String>)>,
    /// 选择: group, clause
    pub choices: Vec<(String, Name)>,
    /// 对象: kind of applicant
    pub kind: Option<Name>,
}

/// A fact of a situation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenFact {
    /// Name.
    pub name: Name,
    /// Year or month it is of.
    pub period: Period,
    /// The value; `None` for a list.
    pub value: Option<Expr>,
    /// Records of a list: `(field, value)` each.
    pub records: Vec<Vec<(Name, Expr)>>,
}

/// What a situation expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// An outcome of a clause, before groups.
    Outcome(ExpectedOutcome),
    /// 实得: after groups and pools; `None`: nothing is awarded.
    Awarded(Option<Expr>),
    /// 追回: year of the award, amount to be recovered
    Recovered(i32, Expr),
}

/// An expected outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpectedOutcome {
    /// An amount; `ceiling`: it is an undecided ceiling.
    Amount {
        /// How much.
        amount: Expr,
        /// 上限
        ceiling: bool,
    },
    /// 符合 without an amount
    Eligible,
    /// 不符合 [因 X]
    Ineligible(Option<String>),
    /// 待定 [缺 X]
    Undetermined(Option<String>),
    /// 已享受
    Exhausted,
    /// 禁入
    Barred,
    /// 让位
    Yielded,
}

/// A line of 结果, 实得 or 追回.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Whose, where there are several.
    pub person: Option<Name>,
    /// Which clause.
    pub clause: Name,
    /// What.
    pub what: Expected,
    /// Where.
    pub span: Span,
}
