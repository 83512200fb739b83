//! Applicants in columns: a few thousand rows of typed values with a bit for what is known. A row that does not fit the
//! columns (an earlier award, a number finer than its column) stands beside them as the application it is.

use crate::bits::Bits;
use crate::runs::Runs;
use policy::application::{Application, FactValue, When};
use policy::scheme::{ClauseId, FactId, FactType, ParamId, Scheme};
use std::sync::Arc;
use values::{Date, Fen, Rational};

/// Rows of a chunk: its columns stay in the nearest caches.
pub const CHUNK_ROWS: usize = 2048;

/// What a column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// A fact in the award year of the row (or one that has no year).
    Fact(FactId),
    /// A fact in a year, and a month of it (0: the whole year).
    FactAt(FactId, i32, u8),
    /// A decision.
    Decision(ClauseId),
    /// A parameter given with the application.
    Rate(ParamId),
    /// The project a clause is applied for with.
    Project(ClauseId),
    /// The choice in a 择一 group, by its position.
    Choice(u32),
}

/// How the values of a column are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 是否
    YesNo,
    /// Numbers as whole parts of a fixed denominator, none beyond these bounds.
    Number {
        /// The denominator.
        den: i64,
        /// No number lies below.
        low: i64,
        /// No number lies above.
        high: i64,
    },
    /// Days since 1970-01-01.
    Date,
    /// 年份
    Year,
    /// Positions in a set of choices.
    Choice,
    /// Words.
    Text,
    /// Records.
    List,
}

/// What stands in which column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Columns in order.
    pub columns: Vec<(About, Form)>,
}

impl Layout {
    /// The position of a column.
    #[must_use]
    pub fn of(&self, about: About) -> Option<usize> {
        self.columns.iter().position(|(known, _)| *known == about)
    }
}

/// Values of a column.
#[derive(Clone, Debug)]
pub enum Values {
    /// Numbers, days, years, choices, as many as a chunk has rows; 0 where not known.
    Ints(Vec<i64>),
    /// 是否; no bit where not known.
    Bits(Box<Bits>),
    /// Words, one after the other, with where each ends.
    Texts(String, Vec<u32>),
    /// Records.
    Lists(Vec<Option<FactValue>>),
}

/// A column of a chunk.
#[derive(Clone, Debug)]
pub struct Column {
    /// Rows whose value is known.
    pub known: Box<Bits>,
    /// The values.
    pub values: Values,
}

impl Column {
    /// An empty column.
    #[must_use]
    pub fn new(form: Form) -> Self {
        let values = match form {
            Form::YesNo => Values::Bits(Box::new(Bits::NONE)),
            Form::Text => Values::Texts(String::new(), Vec::new()),
            Form::List => Values::Lists(Vec::new()),
            _ => Values::Ints(vec![0; CHUNK_ROWS]),
        };
        Self { known: Box::new(Bits::NONE), values }
    }

    /// Adds a value that is not known.
    pub fn push_unknown(&mut self) {
        match &mut self.values {
            Values::Ints(_) | Values::Bits(_) => {}
            Values::Texts(text, ends) => ends.push(end(text)),
            Values::Lists(values) => values.push(None),
        }
    }

    /// Adds a number, day, year or choice, or a 是否 (0 or 1), to a row.
    pub fn push_int(&mut self, row: usize, value: i64) {
        self.known.set(row);
        match &mut self.values {
            Values::Ints(values) => {
                if let Some(slot) = values.get_mut(row) {
                    *slot = value;
                }
            }
            Values::Bits(bits) if value != 0 => bits.set(row),
            _ => {}
        }
    }

    /// Adds words to a row.
    pub fn push_text(&mut self, row: usize, words: &str) {
        self.known.set(row);
        if let Values::Texts(text, ends) = &mut self.values {
            text.push_str(words);
            ends.push(end(text));
        }
    }

    /// Adds records to a row.
    pub fn push_list(&mut self, row: usize, value: FactValue) {
        self.known.set(row);
        if let Values::Lists(values) = &mut self.values {
            values.push(Some(value));
        }
    }

    /// The number, day, year, choice or 是否 of a row.
    #[must_use]
    pub fn int(&self, row: usize) -> Option<i64> {
        if !self.known.get(row) {
            return None;
        }
        match &self.values {
            Values::Ints(values) => values.get(row).copied(),
            Values::Bits(bits) => Some(i64::from(bits.get(row))),
            _ => None,
        }
    }

    /// The words of a row.
    #[must_use]
    pub fn text(&self, row: usize) -> Option<&str> {
        let Values::Texts(text, ends) = &self.values else { return None };
        let start = row.checked_sub(1).and_then(|before| ends.get(before)).map_or(0, |at| *at as usize);
        self.known.get(row).then(|| ends.get(row).and_then(|end| text.get(start..*end as usize)))?
    }

    /// Whether both say the same of a row.
    #[must_use]
    pub fn same(&self, other: &Self, row: usize) -> bool {
        match (&self.values, &other.values) {
            (Values::Texts(..), Values::Texts(..)) => self.text(row) == other.text(row),
            (Values::Lists(a), Values::Lists(b)) => a.get(row) == b.get(row),
            _ => self.int(row) == other.int(row),
        }
    }
}

fn end(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// Rows of applicants.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// What stands in which column.
    pub layout: Arc<Layout>,
    /// How many.
    pub rows: usize,
    /// Position of the first in the file, from 0.
    pub first: u64,
    /// Their ids; empty: they go by their positions.
    pub ids: Column,
    /// Award years.
    pub years: Runs<i32>,
    /// Days of judgement.
    pub days: Runs<Date>,
    /// Rows that only take part in rankings.
    pub rank_only: Box<Bits>,
    /// Columns, in the order of the layout.
    pub columns: Vec<Column>,
    /// Rows that the columns do not hold, in order; their columns say nothing.
    pub odd: Vec<(u32, Box<Application>)>,
}

impl Chunk {
    /// No rows yet.
    #[must_use]
    pub fn new(layout: &Arc<Layout>, first: u64) -> Self {
        Self {
            layout: Arc::clone(layout),
            rows: 0,
            first,
            ids: Column::new(Form::Text),
            years: Runs::default(),
            days: Runs::default(),
            rank_only: Box::new(Bits::NONE),
            columns: layout.columns.iter().map(|(_, form)| Column::new(*form)).collect(),
            odd: Vec::new(),
        }
    }

    /// The id of a row.
    #[must_use]
    pub fn id(&self, row: usize) -> String {
        self.ids.text(row).filter(|id| !id.is_empty()).map_or_else(|| (self.first + row as u64 + 1).to_string(), str::to_owned)
    }

    /// The kind of applicant of a row, by its position among the choices.
    #[must_use]
    pub fn kind(&self, scheme: &Scheme, row: usize) -> Option<u16> {
        let fact = scheme.kind_fact();
        if let Some(app) = self.odd_at(row) {
            return match app.value(fact, When { year: app.year, month: 0 }) {
                Some(FactValue::Choice(kind)) => Some(*kind),
                _ => None,
            };
        }
        let column = self.layout.of(About::Fact(fact)).and_then(|at| self.columns.get(at))?;
        column.int(row).and_then(|kind| u16::try_from(kind).ok())
    }

    /// The application that stands beside the columns.
    #[must_use]
    pub fn odd_at(&self, row: usize) -> Option<&Application> {
        let row = u32::try_from(row).ok()?;
        self.odd.binary_search_by_key(&row, |(at, _)| *at).ok().and_then(|at| self.odd.get(at)).map(|(_, app)| &**app)
    }

    /// A row as the application that `policy` reads.
    #[must_use]
    pub fn application(&self, scheme: &Scheme, row: usize) -> Application {
        if let Some(app) = self.odd_at(row) {
            return app.clone();
        }
        let year = self.years.get(row).copied().unwrap_or_default();
        let as_of = self.days.get(row).copied().unwrap_or(Date::LAST);
        let mut app = Application::empty(self.id(row), year, as_of, scheme.facts.len());
        app.rank_only = self.rank_only.get(row);
        for ((about, form), column) in self.layout.columns.iter().zip(&self.columns) {
            if column.known.get(row) {
                put(scheme, &mut app, *about, *form, column, row);
            }
        }
        app
    }
}

fn put(scheme: &Scheme, app: &mut Application, about: About, form: Form, column: &Column, row: usize) {
    let year = app.year;
    match about {
        About::Fact(fact) => {
            let value = fact_value(form, column, row);
            if let Some(value) = value {
                app.set(fact, When { year, month: 0 }, value);
            }
        }
        About::FactAt(fact, year, month) => {
            if let Some(value) = fact_value(form, column, row) {
                app.set(fact, When { year, month }, value);
            }
        }
        About::Decision(clause) => app.decisions.extend(column.int(row).map(|fen| (clause, Fen(fen)))),
        About::Rate(param) => {
            if let (Form::Number { den, .. }, Some(value)) = (form, column.int(row)) {
                app.params.extend(Rational::new(i128::from(value), i128::from(den)).ok().map(|rate| (param, rate)));
            }
        }
        About::Project(clause) => app.projects.extend(column.text(row).map(|name| (clause, name.to_owned()))),
        About::Choice(group) => {
            let chosen = column.text(row).and_then(|id| scheme.clause_named(id));
            app.choices.extend(chosen.map(|clause| (group, clause)));
        }
    }
}

fn fact_value(form: Form, column: &Column, row: usize) -> Option<FactValue> {
    Some(match form {
        Form::YesNo => FactValue::YesNo(column.int(row)? != 0),
        Form::Number { den, .. } => FactValue::Number(Rational::new(i128::from(column.int(row)?), i128::from(den)).ok()?),
        Form::Date => FactValue::Date(date_of(column.int(row)?)?),
        Form::Year => FactValue::Year(i32::try_from(column.int(row)?).ok()?),
        Form::Choice => FactValue::Choice(u16::try_from(column.int(row)?).ok()?),
        Form::Text => FactValue::Text(column.text(row)?.to_owned()),
        Form::List => match &column.values {
            Values::Lists(values) => values.get(row)?.clone()?,
            _ => return None,
        },
    })
}

/// Days from 1970-01-01 to a day.
#[must_use]
pub fn day_number(date: Date) -> i64 {
    Date::new(1970, 1, 1).map_or(0, |epoch| epoch.days_until(date))
}

/// The day so many days after 1970-01-01.
#[must_use]
pub fn date_of(days: i64) -> Option<Date> {
    Date::new(1970, 1, 1)?.add_days(days)
}

/// The numbers that files may hold of a fact: how fine, and how large.
#[must_use]
pub fn form_of(ty: &FactType) -> Form {
    match ty {
        FactType::YesNo => Form::YesNo,
        FactType::Number { scale, whole, unit, word } => {
            let money = *unit == policy::scheme::UnitId::MONEY;
            let whole = money || *whole || scale.denominator() == 1 && matches!(word.as_str(), "年" | "个月" | "月" | "日" | "天" | "工作日" | "个工作日");
            let den = if whole { 1 } else { FINE };
            Form::Number { den, low: -LARGE, high: LARGE }
        }
        FactType::Date => Form::Date,
        FactType::Year => Form::Year,
        FactType::Choice(_) => Form::Choice,
        FactType::Text => Form::Text,
        FactType::List { .. } => Form::List,
    }
}

/// Four decimals: what a measure or a ratio of a column may be as fine as.
const FINE: i64 = 10_000;

/// Six decimals of a rate given with the application.
pub const RATE_DEN: i64 = 1_000_000;

/// Ten trillion yuan in fen; a measure of four decimals up to a hundred billion.
pub const LARGE: i64 = 1_000_000_000_000_000;

/// Adds applications to columns: those that do not fit stand beside.
pub struct Filler<'a> {
    scheme: &'a Scheme,
    layout: Arc<Layout>,
    chunk: Chunk,
}

impl<'a> Filler<'a> {
    /// Columns for what these applications say.
    #[must_use]
    pub fn of(scheme: &'a Scheme, applications: &[Application]) -> Self {
        let mut columns = Vec::new();
        for app in applications {
            for (fact, values) in (0..).map(FactId).zip(&app.facts) {
                for (when, _) in values {
                    let plain = when.month == 0 && when.year == app.year;
                    columns.push(if plain { About::Fact(fact) } else { About::FactAt(fact, when.year, when.month) });
                }
            }
            columns.extend(app.decisions.iter().map(|(clause, _)| About::Decision(*clause)));
            columns.extend(app.params.iter().map(|(param, _)| About::Rate(*param)));
            columns.extend(app.projects.iter().map(|(clause, _)| About::Project(*clause)));
            columns.extend(app.choices.iter().map(|(group, _)| About::Choice(*group)));
        }
        columns.sort_unstable();
        columns.dedup();
        let columns = columns.into_iter().map(|about| (about, form_about(scheme, about))).collect();
        Self::from(scheme, &Arc::new(Layout { columns }), 0)
    }

    /// These columns, for rows from a position in the file on.
    #[must_use]
    pub fn from(scheme: &'a Scheme, layout: &Arc<Layout>, first: u64) -> Self {
        Self { scheme, layout: Arc::clone(layout), chunk: Chunk::new(layout, first) }
    }

    /// The columns.
    #[must_use]
    pub const fn layout(&self) -> &Arc<Layout> {
        &self.layout
    }

    /// At most [`CHUNK_ROWS`] applications as one chunk.
    #[must_use]
    pub fn fill_one(mut self, applications: &[Application]) -> Chunk {
        applications.iter().take(CHUNK_ROWS).for_each(|app| self.add(app));
        self.chunk
    }

    /// These applications as chunks.
    #[must_use]
    pub fn fill(mut self, applications: &[Application]) -> Vec<Chunk> {
        let mut out = Vec::new();
        for app in applications {
            self.add(app);
            if self.chunk.rows == CHUNK_ROWS {
                let first = self.chunk.first + CHUNK_ROWS as u64;
                out.push(std::mem::replace(&mut self.chunk, Chunk::new(&self.layout, first)));
            }
        }
        out.push(self.chunk);
        out
    }

    fn add(&mut self, app: &Application) {
        let row = self.chunk.rows;
        let fits = app.history.is_empty() && app.elsewhere.is_empty() && app.places.is_empty() && app.applied.is_empty() && self.fits(app);
        self.chunk.ids.push_text(row, &app.id);
        self.chunk.years.push(app.year);
        self.chunk.days.push(app.as_of);
        if app.rank_only {
            self.chunk.rank_only.set(row);
        }
        for ((about, form), column) in self.layout.columns.iter().zip(&mut self.chunk.columns) {
            if !fits || !add_value(self.scheme, app, *about, *form, column, row) {
                column.push_unknown();
            }
        }
        if !fits {
            self.chunk.odd.push((u32::try_from(row).unwrap_or(u32::MAX), Box::new(app.clone())));
        }
        self.chunk.rows += 1;
    }

    fn fits(&self, app: &Application) -> bool {
        let numbers = self.layout.columns.iter().all(|(about, form)| match (value_of(app, *about), form) {
            (Some(FactValue::Number(n)), Form::Number { .. }) => whole_in(*n, *form).is_some(),
            (Some(FactValue::Date(date)), Form::Date) => date_of(day_number(*date)) == Some(*date),
            _ => true,
        });
        // What has no column would be lost in them.
        let held = self.layout.columns.iter().filter(|(about, _)| value_of(app, *about).is_some()).count();
        let has = |about: About| self.layout.of(about).is_some();
        let others = app.decisions.iter().all(|(clause, _)| has(About::Decision(*clause)))
            && app.params.iter().all(|(param, _)| has(About::Rate(*param)))
            && app.projects.iter().all(|(clause, _)| has(About::Project(*clause)))
            && app.choices.iter().all(|(group, _)| has(About::Choice(*group)));
        if !others || held != app.facts.iter().map(|values| values.len()).sum::<usize>() {
            return false;
        }
        let rates = app.params.iter().all(|(param, rate)| whole_in(*rate, form_about(self.scheme, About::Rate(*param))).is_some());
        numbers && rates && app.decisions.iter().all(|(_, fen)| (-LARGE..=LARGE).contains(&fen.0))
    }
}

fn form_about(scheme: &Scheme, about: About) -> Form {
    match about {
        About::Fact(fact) | About::FactAt(fact, ..) => scheme.fact(fact).map_or(Form::Text, |fact| form_of(&fact.ty)),
        About::Decision(_) => Form::Number { den: 1, low: -LARGE, high: LARGE },
        About::Rate(_) => Form::Number { den: RATE_DEN, low: -LARGE, high: LARGE },
        About::Project(_) | About::Choice(_) => Form::Text,
    }
}

fn value_of(app: &Application, about: About) -> Option<&FactValue> {
    match about {
        About::Fact(fact) => app.value(fact, When { year: app.year, month: 0 }),
        About::FactAt(_, year, 0) if year == app.year => None,
        About::FactAt(fact, year, month) => app.value(fact, When { year, month }),
        _ => None,
    }
}

/// A number as whole parts of a column's denominator, where it is no finer and within its bounds.
#[must_use]
pub fn whole_in(number: Rational, form: Form) -> Option<i64> {
    let Form::Number { den, low, high } = form else { return None };
    let parts = number.checked_mul(Rational::from(den)).ok().filter(|n| n.is_integer())?;
    i64::try_from(parts.numerator()).ok().filter(|n| (low..=high).contains(n))
}

fn add_value(scheme: &Scheme, app: &Application, about: About, form: Form, column: &mut Column, row: usize) -> bool {
    if let Some(value) = value_of(app, about) {
        let int = match value {
            FactValue::YesNo(yes) => Some(i64::from(*yes)),
            FactValue::Number(n) => whole_in(*n, form),
            FactValue::Date(date) => Some(day_number(*date)),
            FactValue::Year(year) => Some(i64::from(*year)),
            FactValue::Choice(choice) => Some(i64::from(*choice)),
            FactValue::Text(text) => {
                column.push_text(row, text);
                return true;
            }
            FactValue::List(_) => {
                column.push_list(row, value.clone());
                return true;
            }
        };
        return int.map(|int| column.push_int(row, int)).is_some();
    }
    match about {
        About::Decision(clause) => app.decision(clause).map(|fen| column.push_int(row, fen.0)).is_some(),
        About::Rate(param) => {
            let rate = app.params.iter().find(|(of, _)| *of == param).and_then(|(_, rate)| whole_in(*rate, form));
            rate.map(|int| column.push_int(row, int)).is_some()
        }
        About::Project(clause) => app.project(clause).map(|name| column.push_text(row, name)).is_some(),
        About::Choice(group) => {
            let chosen = app.choices.iter().find(|(of, _)| *of == group).and_then(|(_, clause)| scheme.clause(*clause));
            chosen.map(|clause| column.push_text(row, &clause.id)).is_some()
        }
        _ => false,
    }
}
