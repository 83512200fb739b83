//! 情形: the cases a policy is tried on.

use super::{Expr, Name, Period};
use crate::source::Span;
use values::Date;

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
