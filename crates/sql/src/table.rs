//! The tables a statement reads: which columns it needs, of which type, and what they mean.

use crate::dialect::Dialect;
use policy::scheme::{FactType, Scheme};
use std::collections::BTreeMap;
use values::Rational;

/// How a column holds its values; NULL is what is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColumnType {
    /// 是否
    YesNo,
    /// Money in fen (or the hundredth of its currency).
    Fen,
    /// A whole number in the unit that the policy declares.
    Whole,
    /// A number in the unit that the policy declares, at most six decimals.
    Measure,
    /// A plain ratio (80% is 0.8) or a rate, at most eight decimals.
    Ratio,
    /// A day.
    Date,
    /// A calendar year.
    Year,
    /// A word of a closed set.
    Choice,
    /// Words.
    Text,
    /// How many records the list has.
    Records,
    /// What names an applicant; never NULL.
    Id,
    /// A place in an order; never NULL.
    Position,
}

impl ColumnType {
    /// The type in a dialect.
    #[must_use]
    pub fn sql(self, dialect: Dialect) -> &'static str {
        match self {
            Self::YesNo => "BOOLEAN",
            Self::Fen | Self::Whole | Self::Records | Self::Position => "BIGINT",
            Self::Measure => "DECIMAL(18, 6)",
            Self::Ratio => "DECIMAL(18, 8)",
            Self::Date => "DATE",
            Self::Year => "INTEGER",
            Self::Choice | Self::Text | Self::Id => dialect.text(),
        }
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::YesNo => "是否",
            Self::Fen => "金额，单位分；外币为其百分之一",
            Self::Whole => "整数，单位同政策",
            Self::Measure => "数，单位同政策",
            Self::Ratio => "比率或汇率，80% 写 0.8",
            Self::Date => "日期",
            Self::Year => "年份",
            Self::Choice => "选项的原词，其他的词作不知道",
            Self::Text => "文字，逐字比较",
            Self::Records => "名单的条数；空为不知道，0 为没有",
            Self::Id => "申报人的编号，不空",
            Self::Position => "先后次序，不空、不重复",
        }
    }

    /// The column of a fact or field, and what one unit of it is in the evaluator's smallest unit.
    pub(crate) fn of(scheme: &Scheme, ty: &FactType) -> (Self, Rational) {
        match ty {
            FactType::YesNo => (Self::YesNo, Rational::ONE),
            FactType::Date => (Self::Date, Rational::ONE),
            FactType::Year => (Self::Year, Rational::ONE),
            FactType::Choice(_) => (Self::Choice, Rational::ONE),
            FactType::Text => (Self::Text, Rational::ONE),
            FactType::List { .. } => (Self::Records, Rational::ONE),
            FactType::Number { unit, scale, word, whole } => {
                let unit = scheme.unit(*unit);
                if unit.is_none() {
                    (Self::Ratio, *scale)
                } else if unit.money().is_some() {
                    (Self::Fen, Rational::ONE)
                } else if *whole || matches!(word.as_str(), "年" | "个月" | "月" | "日" | "天" | "工作日" | "个工作日") {
                    (Self::Whole, *scale)
                } else {
                    (Self::Measure, *scale)
                }
            }
        }
    }

    /// Decimals of the column.
    #[must_use]
    pub fn decimals(self) -> u32 {
        match self {
            Self::Measure => 6,
            Self::Ratio => 8,
            _ => 0,
        }
    }
}

/// What a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Type.
    pub ty: ColumnType,
    /// What one of it is in the smallest unit that the evaluator computes in.
    pub scale: Rational,
}

/// A table that the statement reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// One row of it is this.
    pub row: &'static str,
    /// Columns by name, in order.
    pub columns: Vec<(String, Column)>,
}

impl Table {
    /// The statement that makes it.
    #[must_use]
    pub fn create(&self, dialect: Dialect) -> String {
        let columns: Vec<String> = self.columns.iter().map(|(name, column)| format!("  {} {}", dialect.name(name), column.ty.sql(dialect))).collect();
        format!("CREATE TABLE {} (\n{}\n)", dialect.name(&self.name), columns.join(",\n"))
    }

    /// The same as lines of a comment, each column with its meaning.
    pub(crate) fn comment(&self, dialect: Dialect) -> String {
        let mut out = format!("-- {} （{}）\n", self.name, self.row);
        for (name, column) in &self.columns {
            out.push_str(&format!("--   {} {}  {}\n", name, column.ty.sql(dialect), column.ty.meaning()));
        }
        out
    }
}

/// Which columns were asked for while expressions were written.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs {
    /// Of the table of facts.
    pub(crate) facts: BTreeMap<String, Column>,
    /// Of lists: by the fact's name.
    pub(crate) lists: BTreeMap<String, BTreeMap<String, Column>>,
    pub(crate) history: bool,
    pub(crate) elsewhere: bool,
}

fn plain(ty: ColumnType) -> Column {
    Column { ty, scale: Rational::ONE }
}

impl Needs {
    pub(crate) fn fact(&mut self, name: impl Into<String>, ty: ColumnType, scale: Rational) {
        self.facts.insert(name.into(), Column { ty, scale });
    }

    /// The tables, that of facts first.
    pub(crate) fn tables(&self, name: &str, fixed: &[(&str, ColumnType)]) -> Vec<Table> {
        let mut columns: Vec<(String, Column)> = fixed.iter().map(|(name, ty)| ((*name).to_owned(), plain(*ty))).collect();
        columns.extend(self.facts.iter().map(|(name, column)| (name.clone(), *column)));
        let mut out = vec![Table { name: name.to_owned(), row: "一行一个申报人，id 不重复", columns }];
        for (list, fields) in &self.lists {
            let mut columns = vec![("id".to_owned(), plain(ColumnType::Id))];
            columns.extend(fields.iter().map(|(name, column)| (name.clone(), *column)));
            out.push(Table { name: format!("{name}_{list}"), row: "一行一条名单记录", columns });
        }
        let of = |list: &[(&str, ColumnType)]| list.iter().map(|(name, ty)| ((*name).to_owned(), plain(*ty))).collect();
        if self.history {
            let columns =
                [("id", ColumnType::Id), ("clause", ColumnType::Text), ("year", ColumnType::Year), ("amount", ColumnType::Fen), ("key", ColumnType::Text)];
            out.push(Table { name: format!("{name}_history"), row: "一行一笔以前的扶持", columns: of(&columns) });
        }
        if self.elsewhere {
            let columns = [("id", ColumnType::Id), ("amount", ColumnType::Fen), ("project", ColumnType::Text), ("kind", ColumnType::Text)];
            out.push(Table { name: format!("{name}_elsewhere"), row: "一行一笔他处的扶持", columns: of(&columns) });
        }
        out
    }
}
