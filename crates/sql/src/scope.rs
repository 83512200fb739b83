//! What expressions are written over: one row of applicants, or one record of a list with its applicant. Facts and
//! parameters are read here; what is computed from them is in `expr` and `select`.

use crate::dialect::Dialect;
use crate::refusal::Reason;
use crate::stage::Stages;
use crate::table::{ColumnType, Needs};
use crate::value::{Den, Number, Val, What, gcd};
use crate::{Options, clause::Outcome};
use policy::scheme::{ClauseId, FactId, FactType, NodeId, ParamId, Period, Scheme, Type, YearRef};
use std::collections::{BTreeMap, HashMap};
use values::Rational;

/// Which year, relative to the award year where that is not one for all rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum YearAt {
    /// So many years from the award year.
    Off(i32),
    /// This year.
    Fixed(i32),
}

/// What is in force while a node is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Env {
    pub(crate) year: YearAt,
    pub(crate) month: u8,
}

impl Env {
    pub(crate) const NOW: Self = Self { year: YearAt::Off(0), month: 0 };
}

/// Expressions over one kind of row.
pub(crate) struct Scope<'s> {
    pub(crate) scheme: &'s Scheme,
    pub(crate) options: &'s Options,
    pub(crate) dialect: Dialect,
    pub(crate) stages: Stages,
    pub(crate) needs: Needs,
    pub(crate) memo: HashMap<(NodeId, Env, Option<ClauseId>), Val>,
    /// The list whose records are the rows.
    pub(crate) list: Option<FactId>,
    /// The clause that is written.
    pub(crate) clause: Option<ClauseId>,
    pub(crate) outcomes: BTreeMap<ClauseId, Outcome>,
    /// Tables that are made before the stages, and how they are joined to the facts.
    pub(crate) before: Vec<String>,
    pub(crate) joins: Vec<String>,
    /// Sums over earlier awards, and over awards elsewhere: expression by column.
    pub(crate) history: Vec<String>,
    pub(crate) elsewhere: Vec<String>,
    pub(crate) folds: usize,
    /// Places of ranked clauses, as columns.
    pub(crate) placed: Vec<(ClauseId, String)>,
}

impl<'s> Scope<'s> {
    pub(crate) fn new(scheme: &'s Scheme, options: &'s Options, list: Option<FactId>) -> Self {
        Self {
            scheme,
            options,
            dialect: options.dialect,
            stages: Stages::default(),
            needs: Needs::default(),
            memo: HashMap::new(),
            list,
            clause: None,
            outcomes: BTreeMap::new(),
            before: Vec::new(),
            joins: Vec::new(),
            history: Vec::new(),
            elsewhere: Vec::new(),
            folds: 0,
            placed: Vec::new(),
        }
    }

    /// The award year as it is read from the table, outside of the stages. Years that no application can have are unknown.
    pub(crate) fn raw_year(&self) -> String {
        match self.options.year {
            Some(year) => year.to_string(),
            None => "CASE WHEN f.year BETWEEN 1900 AND 2200 THEN f.year END".to_owned(),
        }
    }

    fn raw_as_of(&self) -> String {
        match self.options.as_of {
            Some(day) => self.dialect.day(day),
            None => "CASE WHEN f.as_of BETWEEN DATE '1900-01-01' AND DATE '2200-12-31' THEN f.as_of END".to_owned(),
        }
    }

    pub(crate) fn read(&mut self, sql: String) -> String {
        self.stages.read(sql)
    }

    pub(crate) fn award_year(&mut self) -> String {
        match self.options.year {
            Some(year) => year.to_string(),
            None => self.read(self.raw_year()),
        }
    }

    pub(crate) fn year(&mut self, env: Env) -> String {
        match env.year {
            YearAt::Fixed(year) => year.to_string(),
            YearAt::Off(0) => self.award_year(),
            YearAt::Off(off) => match self.options.year {
                Some(year) => (year + off).to_string(),
                None => {
                    let year = self.award_year();
                    self.stages.bind(format!("({year} + {off})"))
                }
            },
        }
    }

    /// The day of judgement, moved with the year in force.
    pub(crate) fn as_of(&mut self, env: Env) -> String {
        let day = match self.options.as_of {
            Some(day) => self.dialect.day(day),
            None => self.read(self.raw_as_of()),
        };
        let months = match env.year {
            YearAt::Off(0) => return day,
            YearAt::Off(off) => (off * 12).to_string(),
            YearAt::Fixed(year) => {
                let own = self.award_year();
                format!("(({year} - {own}) * 12)")
            }
        };
        self.stages.bind(self.dialect.months_later(&day, &months))
    }

    /// The same year as `Off` where the award year is one for all rows.
    pub(crate) fn year_at(&self, year: i32) -> YearAt {
        self.options.year.map_or(YearAt::Fixed(year), |own| YearAt::Off(year - own))
    }

    pub(crate) fn shift(&self, period: Period, env: Env) -> Env {
        let year = match (period.year, env.year) {
            (None, year) => year,
            (Some(YearRef::Last), YearAt::Off(off)) => YearAt::Off(off - 1),
            (Some(YearRef::Last), YearAt::Fixed(year)) => YearAt::Fixed(year - 1),
            (Some(YearRef::Fixed(year)), _) => self.year_at(year),
        };
        Env { year, month: period.month.unwrap_or(env.month) }
    }

    /// The name of a fact's column at a time.
    fn column_name(&self, name: &str, year: YearAt, month: u8) -> String {
        let month = if month == 0 { String::new() } else { format!("-{month:02}") };
        match (year, self.options.year) {
            (YearAt::Off(0), _) if month.is_empty() => name.to_owned(),
            (YearAt::Off(off), Some(year)) => format!("{name}@{}{month}", year + off),
            (YearAt::Off(0), None) => format!("{name}@本年{month}"),
            (YearAt::Off(-1), None) => format!("{name}@上年{month}"),
            (YearAt::Off(off), None) if off < 0 => format!("{name}@前{}年{month}", -off),
            (YearAt::Off(off), None) => format!("{name}@后{off}年{month}"),
            (YearAt::Fixed(year), _) => format!("{name}@{year}{month}"),
        }
    }

    pub(crate) fn fact(&mut self, id: FactId, env: Env) -> Result<Val, Reason> {
        let scheme = self.scheme;
        let Some(fact) = scheme.fact(id) else { return Err(Reason::new("没有这个事实", "no such fact")) };
        let (year, month) = match (fact.by_month, fact.by_year) {
            (true, _) => (env.year, env.month),
            (_, true) => (env.year, 0),
            _ => (YearAt::Off(0), 0),
        };
        let name = if id == scheme.kind_fact() { "kind".to_owned() } else { self.column_name(&fact.name, year, month) };
        if name.eq_ignore_ascii_case("kind") && id != scheme.kind_fact() {
            return Err(Reason::new("事实与申报人类型的列重名", "a fact by the name of the column of the kind of applicant"));
        }
        let (ty, scale) = ColumnType::of(scheme, &fact.ty);
        self.needs.fact(name.clone(), ty, scale);
        let mut raw = format!("f.{}", self.dialect.name(&name));
        if let YearAt::Fixed(fixed) = year {
            // A year that the rule names may be the award year itself.
            let own = self.column_name(&fact.name, YearAt::Off(0), month);
            self.needs.fact(own.clone(), ty, scale);
            raw = format!("CASE WHEN f.year = {fixed} THEN f.{} ELSE {raw} END", self.dialect.name(&own));
        }
        self.value(&raw, &fact.ty)
    }

    /// A column of a table as a value.
    pub(crate) fn value(&mut self, raw: &str, ty: &FactType) -> Result<Val, Reason> {
        let (column, scale) = ColumnType::of(self.scheme, ty);
        let d = self.dialect;
        Ok(Val::of(match ty {
            FactType::YesNo => What::YesNo(self.read(raw.to_owned())),
            FactType::Date => What::Date(self.read(format!("CASE WHEN {raw} BETWEEN DATE '0001-01-01' AND DATE '9999-12-31' THEN {raw} END"))),
            FactType::Year => What::Plain(self.read(format!("CASE WHEN {raw} BETWEEN 1 AND 9999 THEN {raw} END"))),
            FactType::Text => What::Plain(self.read(raw.to_owned())),
            FactType::Choice(words) => {
                let rows: Vec<String> = words.iter().enumerate().map(|(at, word)| format!("WHEN {} THEN {at}", d.words(word))).collect();
                What::Plain(self.read(format!("CASE {raw} {} END", rows.join(" "))))
            }
            FactType::Number { .. } => What::Number(self.number_of(raw, column, scale)),
            FactType::List { .. } => return Err(Reason::new("名单不是一个值", "a list is not one value")),
        }))
    }

    fn number_of(&mut self, raw: &str, column: ColumnType, scale: Rational) -> Number {
        let (decimals, digits) = match column {
            ColumnType::Measure | ColumnType::Ratio => (10_u128.pow(column.decimals()), 10_u128.pow(18)),
            _ => (1, 1 << 63),
        };
        let (n, den) = (scale.numerator().unsigned_abs(), scale.denominator().unsigned_abs().saturating_mul(decimals));
        let common = gcd(n, den);
        // The column times its decimals is whole; the factor has what is left of the scale.
        let exact = if decimals == 1 {
            self.dialect.exact(raw)
        } else {
            self.dialect.integral(&format!("CAST({raw} AS DECIMAL(28, {places})) * CAST({decimals} AS DECIMAL(9, 0))", places = column.decimals()))
        };
        let num = self.read(self.times(&exact, n / common));
        Number { num, den: Den::Fixed(den / common), max: digits * (n / common), fixed: None }
    }

    pub(crate) fn field(&mut self, list: FactId, field: u16) -> Result<Val, Reason> {
        let Some(fact) = self.scheme.fact(list) else { return Err(Reason::new("没有这个事实", "no such fact")) };
        let FactType::List { fields, .. } = &fact.ty else { return Err(Reason::new("不是名单", "not a list")) };
        if self.list != Some(list) {
            return Err(Reason::new("名单的一栏用在名单之外", "a field of a list outside of it"));
        }
        let Some(field) = fields.get(usize::from(field)) else { return Err(Reason::new("名单没有这一栏", "no such field")) };
        let (ty, scale) = ColumnType::of(self.scheme, &field.ty);
        self.needs.lists.entry(fact.name.clone()).or_default().insert(field.name.clone(), crate::table::Column { ty, scale });
        let raw = format!("r.{}", self.dialect.name(&field.name));
        self.value(&raw, &field.ty)
    }

    /// The value of a parameter: what comes with the application, or the last row of its table that holds.
    pub(crate) fn param(&mut self, id: ParamId, env: Env) -> Result<Val, Reason> {
        let scheme = self.scheme;
        let Some(param) = scheme.params.get(id.index()) else { return Err(Reason::new("没有这个参数", "no such parameter")) };
        let mut subjects = Vec::new();
        for fact in &param.by {
            let subject = self.fact(*fact, env)?;
            subjects.push(self.stages.bind(subject.sql().to_owned()));
        }
        let as_of = self.as_of(Env::NOW);
        let year = self.year(env);
        let mut rows: Vec<_> = param.rows.iter().collect();
        // The last of the latest is taken, so the latest stand first, and of one day the last one.
        rows.reverse();
        rows.sort_by_key(|row| std::cmp::Reverse(row.day));
        let den = rows.iter().fold(1_u128, |den, row| {
            let own = row.value.denominator().unsigned_abs();
            den / gcd(den, own) * own
        });
        let mut cases = String::new();
        let mut max = 0;
        for row in rows {
            let mut tests: Vec<String> = subjects.iter().zip(&row.choices).map(|(subject, choice)| format!("{subject} = {choice}")).collect();
            tests.extend(row.year.map(|y| format!("{year} = {y}")));
            tests.extend(row.day.map(|day| format!("{as_of} >= {}", self.dialect.day(day))));
            tests.extend(row.announced.map(|day| format!("{as_of} >= {}", self.dialect.day(day))));
            let factor = den / row.value.denominator().unsigned_abs();
            let value = row.value.numerator().saturating_mul(i128::try_from(factor).unwrap_or(i128::MAX));
            max = max.max(value.unsigned_abs());
            let literal = self.dialect.number(value);
            let fresh = match (row.day, param.valid_days) {
                (Some(day), Some(days)) => {
                    format!("CASE WHEN {} <= {days} THEN {literal} END", self.dialect.days_between(&self.dialect.day(day), &as_of))
                }
                _ => literal,
            };
            let test = if tests.is_empty() { "TRUE".to_owned() } else { tests.join(" AND ") };
            cases.push_str(&format!(" WHEN {test} THEN {fresh}"));
        }
        let table = if cases.is_empty() { self.dialect.exact("NULL") } else { format!("CASE{cases} END") };
        let table = Number { num: self.stages.bind(table), den: Den::Fixed(den), max, fixed: None };
        // What is given with the application is the award year's.
        if param.by_year && env.year != YearAt::Off(0) {
            if let YearAt::Fixed(_) = env.year {
                return Err(Reason::new("按年的参数取某一年的值：请用 --year 定下年度", "a parameter of a named year: give --year"));
            }
            return Ok(Val::of(What::Number(table)));
        }
        let name = format!("汇率@{}", param.currency.as_ref().unwrap_or(&param.name));
        let scale = param.scale;
        self.needs.fact(name.clone(), ColumnType::Ratio, scale);
        let raw = format!("f.{}", self.dialect.name(&name));
        let given = self.number_of(&raw, ColumnType::Ratio, scale);
        let (left, right, den, max) = self.alike(&given, &table);
        // A row whose choices are not known has no value, but one that was given it needs none.
        let num = self.stages.bind(format!("CASE WHEN {} IS NOT NULL THEN {left} ELSE {right} END", given.num));
        Ok(Val::of(What::Number(Number { num, den, max, fixed: None })))
    }

    /// The value that is absent, of a type.
    pub(crate) fn nothing(&self, ty: Type) -> Val {
        let what = match ty {
            Type::YesNo => What::YesNo("CAST(NULL AS BOOLEAN)".into()),
            Type::Number(_) => What::Number(Number { num: self.dialect.exact("NULL"), den: Den::Fixed(1), max: 0, fixed: None }),
            Type::Date => What::Date("CAST(NULL AS DATE)".into()),
            Type::Year | Type::Choice(_) => What::Plain("CAST(NULL AS INTEGER)".into()),
            Type::Text => What::Plain(format!("CAST(NULL AS {})", self.dialect.text())),
        };
        Val { what, absent: Some("TRUE".into()) }
    }
}
