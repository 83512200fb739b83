//! Blocks but 条款 and 情形: what each kind of block says.

use super::{ClauseBlock, ClauseLine, Compare, Expr, FrequencyLine, LimitLine, Name, SituationBlock};
use crate::source::Span;
use values::Date;

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
