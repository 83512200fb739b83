//! One applicant as the naive evaluator sees it: everything by name, numbers in the smallest unit.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use values::Date;

use super::value::Q;

/// A given value.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// 是否
    YesNo(bool),
    /// In the smallest unit.
    Number(Q),
    /// 日期
    Date(Date),
    /// 年份
    Year(i32),
    /// 选项, by its word
    Choice(String),
    /// 文字
    Text(String),
    /// 名单: fields that are known, by name
    List(Vec<BTreeMap<String, Given>>),
}

/// An earlier determination.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// Clause id.
    pub clause: String,
    /// Award year.
    pub year: i32,
    /// Fen.
    pub amount: BigInt,
    /// Key of its frequency.
    pub key: Option<String>,
}

/// An award elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub struct Other {
    /// Fen.
    pub amount: BigInt,
    /// Project.
    pub project: Option<String>,
    /// 类别
    pub kind: Option<String>,
}

/// An applicant.
#[derive(Clone, Debug, PartialEq)]
pub struct Person {
    /// Id.
    pub id: String,
    /// Award year.
    pub year: i32,
    /// 截止
    pub as_of: Date,
    /// 申报人类型
    pub kind: Option<String>,
    /// Only takes part in rankings.
    pub rank_only: bool,
    /// Values by name, year and month.
    pub facts: BTreeMap<(String, i32, u8), Given>,
    /// Earlier determinations.
    pub history: Vec<Past>,
    /// Fen by clause.
    pub decisions: BTreeMap<String, BigInt>,
    /// Rates by parameter.
    pub params: BTreeMap<String, Q>,
    /// Projects by clause.
    pub projects: BTreeMap<String, String>,
    /// Awards elsewhere.
    pub elsewhere: Vec<Other>,
    /// Places settled before, by clause; `None`: none is known.
    pub places: BTreeMap<String, Option<u32>>,
    /// Chosen clause by name of the group.
    pub choices: BTreeMap<String, String>,
}

impl Person {
    /// Somebody of whom nothing is known.
    pub fn new(id: &str, year: i32) -> Self {
        Self {
            id: id.to_owned(),
            year,
            as_of: Date::last_of_year(year).unwrap(),
            kind: None,
            rank_only: false,
            facts: BTreeMap::new(),
            history: Vec::new(),
            decisions: BTreeMap::new(),
            params: BTreeMap::new(),
            projects: BTreeMap::new(),
            elsewhere: Vec::new(),
            places: BTreeMap::new(),
            choices: BTreeMap::new(),
        }
    }
}
