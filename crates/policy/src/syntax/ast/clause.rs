//! 条款 and its lines.

use super::{Expr, Modifier, Name};
use crate::source::Span;

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
