//! The compiled scheme: typed, total, immutable. Everything is an index into a table of the scheme, so that an
//! evaluation allocates nothing to find its way. Places in the source stand apart and are not part of its hash.

use crate::source::Span;
pub use crate::syntax::ast::{Arith, Compare, Failing, Gather, Mode, Modifier, Period, Window, YearRef};
use std::sync::OnceLock;
use values::{Date, Fen, Rational, Unit};

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);
        impl $name {
            /// As a position in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// A fact of the scheme.
    FactId
);
index!(
    /// A parameter.
    ParamId
);
index!(
    /// A clause.
    ClauseId
);
index!(
    /// A node of an expression.
    NodeId
);
index!(
    /// A unit of measure.
    UnitId
);

impl ClauseId {
    /// Whether a list has this clause. Most lists are of all or nearly all clauses in order: there each stands at its own
    /// position or shortly before.
    #[inline]
    pub fn is_among(self, clauses: &[Self]) -> bool {
        let (before, after) = clauses.split_at_checked(self.index() + 1).unwrap_or((clauses, &[]));
        before.iter().rev().chain(after).any(|clause| *clause == self)
    }
}

impl UnitId {
    /// No unit: a ratio or plain number. Every scheme has these units, in this order.
    pub const RATIO: Self = Self(0);
    /// Fen.
    pub const MONEY: Self = Self(1);
    /// Months.
    pub const MONTHS: Self = Self(2);
    /// Days.
    pub const DAYS: Self = Self(3);
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Yes or no.
    YesNo,
    /// An exact number in a unit (the smallest of its kind: fen, months, ㎡; a ratio has no unit).
    Number(UnitId),
    /// A day.
    Date,
    /// A calendar year.
    Year,
    /// One of a closed set.
    Choice(ChoiceSet),
    /// Words.
    Text,
}

/// The fact, or the field of a list, that declares a closed set of choices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChoiceSet {
    /// The fact.
    pub fact: FactId,
    /// The field, where the fact is a list.
    pub field: Option<u16>,
}

impl From<FactId> for ChoiceSet {
    fn from(fact: FactId) -> Self {
        Self { fact, field: None }
    }
}

/// Type of a fact or field.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FactType {
    /// 是否
    YesNo,
    /// A number in a unit; `scale` turns one written unit (元, 年) into the smallest (fen, months).
    Number {
        /// Unit of the stored value.
        unit: UnitId,
        /// Stored value of one written unit.
        scale: Rational,
        /// The unit as the author wrote it.
        word: String,
        /// A count: whole and not negative.
        whole: bool,
    },
    /// 日期
    Date,
    /// 年份
    Year,
    /// 选项
    Choice(Vec<String>),
    /// 文字
    Text,
    /// 名单: unit of its count and fields.
    List {
        /// Unit of the count of records.
        unit: UnitId,
        /// Fields.
        fields: Vec<Field>,
    },
}

/// A field of a list fact.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// Name.
    pub name: String,
    /// Type; never a list.
    pub ty: FactType,
}

/// Something asked of the applicant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fact {
    /// Name, the law's word.
    pub name: String,
    /// Type and unit.
    pub ty: FactType,
    /// One value a year.
    pub by_year: bool,
    /// One value a month.
    pub by_month: bool,
    /// First year that is asked for.
    pub since: Option<i32>,
    /// Papers that prove it.
    pub evidence: Vec<String>,
    /// Units that confirm it.
    pub verified_by: Vec<String>,
    /// Window in words.
    pub window: Option<String>,
    /// Question on the form.
    pub question: Option<String>,
}

/// A value that is not the applicant's: a rate, a city average, a table by choice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Param {
    /// Name.
    pub name: String,
    /// Unit of the value; values are stored in the smallest unit.
    pub unit: UnitId,
    /// Stored value of one written unit.
    pub scale: Rational,
    /// By day: the last row not after the date.
    pub by_day: bool,
    /// By year.
    pub by_year: bool,
    /// By choices of these facts.
    pub by: Vec<FactId>,
    /// How old the last row may be.
    pub valid_days: Option<u32>,
    /// Where its values come from.
    pub source: Option<String>,
    /// The currency it is the rate of (`USD` for 元/美元).
    pub currency: Option<String>,
    /// Rows.
    pub rows: Vec<ParamRow>,
}

impl Param {
    /// The row that holds in a year for some choices, as it was known on a day: the last that is not after it. None: there is none, or it is older than the rule allows.
    #[must_use]
    pub fn row_in_force(&self, choices: &[u16], year: i32, as_of: Date) -> Option<&ParamRow> {
        let holds = |row: &&ParamRow| {
            row.choices == choices
                && row.year.is_none_or(|y| y == year)
                && row.day.is_none_or(|day| day <= as_of)
                && row.announced.is_none_or(|day| day <= as_of)
        };
        let is_fresh = |row: &&ParamRow| match (row.day, self.valid_days) {
            (Some(day), Some(days)) => day.days_until(as_of) <= i64::from(days),
            _ => true,
        };
        self.rows.iter().filter(holds).max_by_key(|row| row.day).filter(is_fresh)
    }
}

/// A row of a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ParamRow {
    /// Day it holds from.
    pub day: Option<Date>,
    /// Year it holds for.
    pub year: Option<i32>,
    /// Choices, one for each fact of `by`.
    pub choices: Vec<u16>,
    /// Value in the smallest unit.
    pub value: Rational,
    /// Known from.
    pub announced: Option<Date>,
}

/// An operation with its operands. Its tag stands apart from them (of the type that the canonical form knows): an
/// evaluation reads it at every node, and out of the length of some operand it costs more steps.
#[repr(isize)]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A number in the unit of the node's type.
    Number(Rational),
    /// 是 or 否
    YesNo(bool),
    /// A day.
    Date(Date),
    /// A year.
    Year(i32),
    /// A choice by its position in the set.
    Choice(u16),
    /// Words.
    Text(String),
    /// A fact in the year and month in force.
    Fact(FactId),
    /// A field of the record in force.
    Field(FactId, u16),
    /// A parameter at the date, year or choices in force.
    Param(ParamId),
    /// A definition (定义, 其中) and what it stands for.
    Named(String, NodeId),
    /// A value in another year or month.
    At(Period, NodeId),
    /// 年度
    AwardYear,
    /// 截止
    AsOf,
    /// 名次
    Place,
    /// 已付额
    AmountPaid,
    /// 本条 已得
    Received,
    /// 本条 首得年份
    FirstYear,
    /// 条款 x 本年所得, before groups
    ClauseAmount(ClauseId),
    /// 符合 条款 x
    ClauseEligible(ClauseId),
    /// A day so much earlier (last `true`) or later; the length is in days (first `true`) or months.
    Shift(NodeId, NodeId, bool, bool),
    /// 年次, in months (a year is 12)
    NthYear(NodeId),
    /// 年份（日期）
    YearOf(NodeId),
    /// Arithmetic.
    Arith(Arith, NodeId, NodeId),
    /// max(x − v, 0)
    Above(NodeId, NodeId),
    /// min(x, v)
    UpTo(NodeId, NodeId),
    /// ⌊x ÷ step⌋ × each
    Steps(NodeId, NodeId, NodeId),
    /// max(x − x at the period, 0)
    Rise(NodeId, Period),
    /// x ÷ x at the period − 1
    Growth(NodeId, Period),
    /// 若 则 否则
    If(NodeId, NodeId, NodeId),
    /// A value and one modifier.
    Modified(NodeId, Modifier, NodeId),
    /// 分档
    Tier(Box<Tier>),
    /// 分类: subject, rows, 其余
    Case(NodeId, Vec<CaseRow>, Otherwise),
    /// 累进: measure and adjacent bands.
    Bracket(NodeId, Vec<Band>),
    /// A collective over its lines.
    Gather(Gather, Vec<Member>, Vec<FactId>),
    /// A collective over records, years or months.
    Fold {
        /// Which.
        op: Gather,
        /// What it runs over.
        over: Over,
        /// Members for which it is false are left out (for 任一/同时/至少 it is what is tested).
        guard: Option<NodeId>,
        /// What each gives.
        body: Option<NodeId>,
    },
    /// A comparison and its word.
    Compare(Compare, &'static str, NodeId, NodeId),
    /// Reached now and in no earlier year since.
    FirstReach {
        /// Which way.
        compare: Compare,
        /// Its word.
        word: &'static str,
        /// The measure.
        value: NodeId,
        /// What it must reach.
        bound: NodeId,
        /// First year that counts.
        since: i32,
    },
    /// An interval: value, low, low included, high, high included.
    Between(NodeId, NodeId, bool, NodeId, bool),
    /// 为; `true` for 不为
    Is(NodeId, NodeId, bool),
    /// 属于
    In(NodeId, Vec<u16>),
    /// 满: date, months or days that must have passed, days instead of months, until (截止 if none)
    Aged {
        /// Start.
        date: NodeId,
        /// How long.
        length: NodeId,
        /// Whether the length is in days.
        days: bool,
        /// Until which day; 截止 if none.
        until: Option<NodeId>,
    },
    /// 早于 … on dates or years
    DateCompare(Compare, &'static str, NodeId, NodeId),
    /// 非
    Not(NodeId),
    /// 且 (true) or 或 (false)
    Junction(bool, Vec<NodeId>),
}

/// What holds where no row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Otherwise {
    /// No 其余 row: absent (a condition is false).
    Absent,
    /// 其余：不予
    None,
    /// 其余：value
    Value(NodeId),
}

/// A selection by tiers. Rows stand in the order in which they are tried: the first that holds is taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tier {
    /// 首次: the tier must be higher than in every earlier year since.
    pub first_since: Option<i32>,
    /// Measures.
    pub measures: Vec<NodeId>,
    /// Rows in order of trial.
    pub rows: Vec<TierRow>,
    /// 其余
    pub otherwise: Otherwise,
}

/// A row of a tier table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TierRow {
    /// Position as written, from 0.
    pub written: u16,
    /// How high it stands among the rows, from 0.
    pub height: u16,
    /// One for each measure.
    pub tests: Vec<Range>,
    /// Value; `None` is 不予.
    pub value: Option<NodeId>,
}

/// Bounds of one measure: `(node, included)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Range {
    /// Lower bound.
    pub low: Option<(NodeId, bool)>,
    /// Upper bound.
    pub high: Option<(NodeId, bool)>,
    /// The lower bound is not written in this row but follows from its neighbours.
    pub low_implied: bool,
    /// The same of the upper bound.
    pub high_implied: bool,
}

/// A row of 分类.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CaseRow {
    /// Choices it is for.
    pub choices: Vec<u16>,
    /// Value; `None` is 不予.
    pub value: Option<NodeId>,
}

/// A band of 累进.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Band {
    /// From (0 if none).
    pub low: Option<NodeId>,
    /// To (no end if none).
    pub high: Option<NodeId>,
    /// Ratio of the part in the band.
    pub ratio: NodeId,
}

/// A line under a collective.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Member {
    /// It counts only where this is true.
    pub guard: Option<NodeId>,
    /// Value or condition.
    pub value: NodeId,
}

/// What a fold runs over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Over {
    /// Records of a list.
    List(FactId),
    /// The last n years, the award year included.
    PastYears(u32),
    /// Fixed years.
    Years(i32, i32),
    /// Months of the year in force.
    Months(u8, u8),
}

/// A node: operation, type, and whether its value may be absent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// Operation.
    pub op: Op,
    /// Type of its value.
    pub ty: Type,
    /// `T?`: it may be absent.
    pub optional: bool,
}

/// Where a condition comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The clause.
    Clause,
    /// A 通则, by its position in [`Scheme::generals`].
    General(u32),
}

/// A condition of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Test {
    /// The condition.
    pub node: NodeId,
    /// Where it comes from.
    pub origin: Origin,
}

/// What a frequency or limit counts by instead of by applicant, and what 同一 compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// 申报项目
    Project,
    /// 类别
    Kind,
    /// A fact.
    Fact(FactId),
}

/// 频次
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Frequency {
    /// Within what.
    pub window: Window,
    /// How many times.
    pub times: u32,
    /// How many years in all.
    pub years_in_all: Option<u32>,
    /// Counted for each of these.
    pub each: Option<Key>,
}

/// 限额
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Limit {
    /// Within what.
    pub window: Window,
    /// How much, in fen.
    pub amount: NodeId,
    /// Counted for each of these.
    pub each: Option<Key>,
}

/// 排名
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rank {
    /// By what.
    pub score: NodeId,
    /// 前 n 名
    pub top: Option<u32>,
    /// Inside each value of this fact.
    pub each: Option<FactId>,
    /// 低者先
    pub lowest_first: bool,
    /// 同分 比
    pub tie: Option<NodeId>,
    /// 全部记录: everybody in the file is ranked, not only those who meet the conditions.
    pub all_records: bool,
}

/// 给予
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Give {
    /// The amount follows from the rule.
    Amount(NodeId),
    /// 至多: a ceiling; a decision fills it.
    UpTo(NodeId),
    /// 决定额, with modifiers.
    Decided(Vec<(Modifier, NodeId)>),
    /// 减免: worked out, not paid.
    Waive(NodeId),
    /// 服务
    Service(String),
}

/// A line of 兑付.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Instalment {
    /// Year since the award, from 1.
    pub year: u32,
    /// Share; `None` takes the rest.
    pub share: Option<Rational>,
    /// 须, tested on that year's facts.
    pub test: Option<NodeId>,
    /// What follows if it fails.
    pub failing: Failing,
}

/// 条款
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Clause {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Kinds of applicants (positions in the set of [`Scheme::kind_fact`]); empty: anyone.
    pub applicants: Vec<u16>,
    /// Who is paid, if not the applicant.
    pub beneficiary: Option<String>,
    /// The list whose records are paid one by one.
    pub beneficiary_list: Option<FactId>,
    /// All must hold.
    pub conditions: Vec<Test>,
    /// None may hold.
    pub bars: Vec<Test>,
    /// Clauses with the same general conditions and bars share this number: they are tested once for all of them.
    pub gate_set: u32,
    /// 其中, for reading.
    pub locals: Vec<(String, NodeId)>,
    /// 排名
    pub rank: Option<Rank>,
    /// 给予
    pub give: Option<Give>,
    /// 频次
    pub frequency: Option<Frequency>,
    /// 限额, in order
    pub limits: Vec<Limit>,
    /// 兑付; empty: one payment.
    pub instalments: Vec<Instalment>,
    /// 类别
    pub kind: Option<String>,
    /// The first clause of that kind: kinds compare by it.
    pub kind_as: Option<ClauseId>,
    /// 牵头
    pub lead: Vec<String>,
    /// 参与
    pub with: Vec<String>,
    /// 佐证 of the clause, beside that of its facts.
    pub evidence: Vec<(Option<FactId>, Vec<String>)>,
    /// Facts it asks for, in order of first use.
    pub facts: Vec<FactId>,
    /// Readings about it that nobody has decided, by their position: until then it cannot pay.
    pub open_readings: Vec<u32>,
}

/// 并用
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Group {
    /// Name.
    pub name: String,
    /// Members in order of clauses.
    pub members: Vec<ClauseId>,
    /// Awards under other policies are members too.
    pub elsewhere: bool,
    /// It bites only where all of these are equal.
    pub same: Vec<Key>,
    /// 方式
    pub mode: Option<Mode>,
    /// Own clauses never clash with each other.
    pub only_elsewhere: bool,
    /// What was already received blocks instead of being deducted.
    pub no_topping_up: bool,
    /// Limits of the members' sum.
    pub limits: Vec<Limit>,
    /// Frequency over all members.
    pub frequency: Option<Frequency>,
}

/// How a pool is shared when it does not suffice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Overrun {
    /// In order of the file.
    FirstCome,
    /// Largest remainder to the fen.
    ProRata,
    /// By a measure; `true`: highest first.
    ByMeasure(NodeId, bool),
    /// By clauses, in this order; the others after them.
    ByClause(Vec<ClauseId>),
    /// What does not fit waits for the next year.
    CarryOver,
}

/// 资金
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pool {
    /// Name.
    pub name: String,
    /// Members.
    pub members: Vec<ClauseId>,
    /// Amount of a year; `None` as amount: not set yet.
    pub amounts: Vec<(Option<i32>, Option<Fen>)>,
    /// Sharing rule.
    pub overrun: Overrun,
    /// The last one served gets what is left.
    pub last_in_part: bool,
    /// Budget line.
    pub source: Option<String>,
}

/// 追回
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Clawback {
    /// Name.
    pub name: String,
    /// Clauses.
    pub members: Vec<ClauseId>,
    /// Any one opens a case.
    pub triggers: Vec<NodeId>,
    /// How long after the award, in months.
    pub months: Option<u32>,
    /// What is recovered of 已付额; `None`: all of it.
    pub recover: Option<NodeId>,
    /// Payments still due stop.
    pub stop_payment: bool,
    /// Years without applications.
    pub bar_years: Option<u32>,
}

/// 目标
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Target {
    /// Name.
    pub name: String,
    /// Indicator.
    pub indicator: String,
    /// `(year, comparison, word, value, unit)`, value in the smallest unit.
    pub goals: Vec<(i32, Compare, &'static str, Rational, UnitId)>,
    /// Units responsible.
    pub responsible: Vec<String>,
}

/// 文句 任务: work without a number, and who does it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TaskEntry {
    /// Words of the text.
    pub words: String,
    /// Units responsible.
    pub responsible: Vec<String>,
}

/// An entry of the ambiguity register.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reading {
    /// Clauses it is about; empty for others.
    pub clauses: Vec<ClauseId>,
    /// Head as written.
    pub heading: String,
    /// Words it reads.
    pub words: Option<String>,
    /// The reading taken.
    pub taken: Vec<String>,
    /// Others.
    pub others: Vec<String>,
    /// Nobody has decided.
    pub open: bool,
    /// Why it is open.
    pub because: Option<String>,
}

/// 通则, for reading: what it adds stands in each clause.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct General {
    /// Words it encodes.
    pub words: String,
}

/// Data of the version.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// 机关
    pub authority: Option<String>,
    /// 地区
    pub region: Option<String>,
    /// 稿别
    pub stage: Option<String>,
    /// 发布
    pub published: Option<Date>,
    /// 征求意见: length, whether in working days
    pub comment_period: Option<(u32, bool)>,
    /// 施行; `None`: to be set
    pub in_force: Option<Date>,
    /// 施行 2023年 另定: the year, where only month and day are to be set
    pub in_force_year: Option<i32>,
    /// Days after 公布 that must have passed before 施行.
    pub in_force_after_days: Option<u32>,
    /// 失效; `None`: to be set
    pub expires: Option<Date>,
    /// 分界: 事实发生, 申报 or 认定
    pub boundary: Option<&'static str>,
    /// 修订
    pub amends: Option<String>,
}

/// Words of the text that a clause, general rule, group, pool or clawback encodes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Words {
    /// Words, one paragraph each.
    pub paragraphs: Vec<String>,
    /// Where the rule stands.
    pub rule: Span,
    /// Heading of its section.
    pub section: String,
}

/// A compiled scheme.
#[derive(Clone, Debug, Default)]
pub struct Scheme {
    /// Data of the version.
    pub policy: Policy,
    /// Units in use.
    pub units: Vec<Unit>,
    /// Facts; the first is the kind of applicant.
    pub facts: Vec<Fact>,
    /// Parameters.
    pub params: Vec<Param>,
    /// Nodes of all expressions; operands stand before their users.
    pub nodes: Vec<Node>,
    /// Definitions.
    pub definitions: Vec<(String, NodeId)>,
    /// General rules.
    pub generals: Vec<General>,
    /// Clauses in the order of the file.
    pub clauses: Vec<Clause>,
    /// Clauses in the order of references: a clause stands after those it names.
    pub order: Vec<ClauseId>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Pools, inner ones first.
    pub pools: Vec<Pool>,
    /// Clawback rules.
    pub clawbacks: Vec<Clawback>,
    /// Targets.
    pub targets: Vec<Target>,
    /// Tasks.
    pub tasks: Vec<TaskEntry>,
    /// Ambiguity register.
    pub readings: Vec<Reading>,
    /// SM3 over the canonical form of all of the above and the official words, in hexadecimal.
    pub hash: String,
    /// Place of each node.
    pub node_spans: Vec<Span>,
    /// Words of each clause.
    pub clause_words: Vec<Words>,
    /// Phrases made once for all explanations; no part of the hash.
    pub phrases: Phrases,
}

/// What every explanation of a scheme says in the same words, made when first asked for: Chinese, then English.
#[derive(Clone, Debug, Default)]
pub struct Phrases(pub(crate) [OnceLock<Spoken>; 2]);

/// Words of one language.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spoken {
    /// One phrase a node.
    pub(crate) nodes: Vec<Box<str>>,
    /// What a node says as one step of an amount: `最高 50万元` of a modifier, the rows of a tier table.
    pub(crate) steps: Vec<Box<[Box<str>]>>,
    /// How a condition reads as a bar, where it is one.
    pub(crate) bars: Vec<Box<str>>,
    /// What is said of an award that may clash under each group.
    pub(crate) clashes: Vec<Box<str>>,
    /// Readings of each clause, one line each.
    pub(crate) readings: Vec<Vec<Box<str>>>,
}

impl Spoken {
    /// A node in plain words.
    pub(crate) fn node(&self, node: NodeId) -> &str {
        self.nodes.get(node.index()).map_or("", |words| words)
    }

    /// A condition as a bar.
    pub(crate) fn bar(&self, node: NodeId) -> &str {
        self.bars.get(node.index()).map_or("", |words| words)
    }

    /// A modifier with its argument (row 0), or a row of a tier table, as one step of an amount.
    pub(crate) fn step(&self, node: NodeId, row: usize) -> &str {
        self.steps.get(node.index()).and_then(|rows| rows.get(row)).map_or("", |words| words)
    }

    /// What is said of an award that may clash under a group.
    pub(crate) fn clash(&self, group: u32) -> &str {
        self.clashes.get(group as usize).map_or("", |words| words)
    }

    /// Readings of the register that a clause rests on, one line each.
    pub(crate) fn readings_of(&self, clause: ClauseId) -> &[Box<str>] {
        self.readings.get(clause.index()).map_or(&[], Vec::as_slice)
    }
}

impl Scheme {
    /// The built-in fact 申报人类型.
    pub fn kind_fact(&self) -> FactId {
        FactId(0)
    }

    /// A fact.
    pub fn fact(&self, id: FactId) -> Option<&Fact> {
        self.facts.get(id.index())
    }

    /// A fact by its name.
    pub fn fact_named(&self, name: &str) -> Option<FactId> {
        let at = self.facts.iter().position(|fact| fact.name == name)?;
        u32::try_from(at).ok().map(FactId)
    }

    /// A clause.
    pub fn clause(&self, id: ClauseId) -> Option<&Clause> {
        self.clauses.get(id.index())
    }

    /// A clause by its id.
    pub fn clause_named(&self, id: &str) -> Option<ClauseId> {
        let at = self.clauses.iter().position(|clause| clause.id == id)?;
        u32::try_from(at).ok().map(ClauseId)
    }

    /// Clause ids with their indices.
    pub fn clause_ids(&self) -> impl Iterator<Item = (ClauseId, &Clause)> {
        (0_u32..).map(ClauseId).zip(&self.clauses)
    }

    /// A node.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id.index())
    }

    /// A unit; a ratio's if the index is unknown.
    pub fn unit(&self, id: UnitId) -> Unit {
        self.units.get(id.index()).cloned().unwrap_or_else(Unit::none)
    }

    /// The words of a set of choices, or none.
    pub fn choices(&self, set: impl Into<ChoiceSet>) -> &[String] {
        let set = set.into();
        match (self.fact(set.fact).map(|fact| &fact.ty), set.field) {
            (Some(FactType::Choice(words)), None) => words,
            (Some(FactType::List { fields, .. }), Some(field)) => match fields.get(usize::from(field)).map(|f| &f.ty) {
                Some(FactType::Choice(words)) => words,
                _ => &[],
            },
            _ => &[],
        }
    }
}
