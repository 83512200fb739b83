//! One value: read at once where it is written as nearly all are, else by `policy`'s own reader, whose words also say what is
//! wrong with it.

use super::{FileError, Heading};
use crate::table::{About, Chunk, Column, Form, whole_in};
use policy::application::{Application, FactValue};
use policy::diagnostic::Text;
use policy::input::{self, Raw};
use policy::scheme::{FactId, FactType, Scheme, UnitId};
use values::{Date, Fen};

/// How a column of a file is read.
pub struct CellReader<'s> {
    scheme: &'s Scheme,
    about: About,
    form: Form,
    name: String,
    style: Style<'s>,
}

/// What the words of a column are.
enum Style<'s> {
    YesNo,
    /// Parts of one written unit over `over`, at most so many decimals.
    Number {
        parts: i64,
        over: i64,
        places: u32,
    },
    /// With a sign of per cent.
    Ratio {
        parts: i64,
        over: i64,
    },
    Date,
    Year,
    Choice(&'s [String]),
    Text,
    List,
}

/// A value that its column does not hold: the row stands beside.
pub type Beside = Vec<(usize, Application)>;

impl<'s> CellReader<'s> {
    /// For a column of the layout; `name` is how the file calls it.
    pub fn new(scheme: &'s Scheme, (about, form): (About, Form), name: &str) -> Self {
        let style = match about {
            About::Fact(fact) | About::FactAt(fact, ..) => scheme.fact(fact).map_or(Style::Text, |declared| match &declared.ty {
                FactType::YesNo => Style::YesNo,
                FactType::Number { unit, scale, whole, word } => number_style(scheme, form, *unit, *scale, *whole, word),
                FactType::Date => Style::Date,
                FactType::Year => Style::Year,
                FactType::Choice(words) => Style::Choice(words),
                FactType::Text => Style::Text,
                FactType::List { .. } => Style::List,
            }),
            About::Decision(_) => Style::Number { parts: 100, over: 1, places: 2 },
            // Rates are few of their kind: each is read by policy.
            About::Rate(_) => Style::Number { parts: 0, over: 1, places: 0 },
            About::Project(_) | About::Choice(_) => Style::Text,
        };
        Self { scheme, about, form, name: name.to_owned(), style }
    }

    /// The column it reads.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Adds the value of a cell to a row.
    pub fn read(&self, text: &str, column: &mut Column, row: usize, line: u64, moment: (i32, Date), beside: &mut Beside) -> Result<(), FileError> {
        let text = text.trim();
        if text.is_empty() {
            column.push_unknown();
            return Ok(());
        }
        if matches!(self.style, Style::Text) && !text.starts_with('=') && text.len() <= 500 && !matches!(self.about, About::Choice(_)) {
            column.push_text(row, text);
            return Ok(());
        }
        match self.quick(text) {
            Some(value) => column.push_int(row, value),
            None => self.slow(text, column, row, line, moment, beside)?,
        }
        Ok(())
    }

    /// Adds a whole number of a binary file: so many parts of ten to the power of `places`.
    pub fn read_number(
        &self,
        (value, places): (i64, u32),
        column: &mut Column,
        row: usize,
        line: u64,
        moment: (i32, Date),
        beside: &mut Beside,
    ) -> Result<(), FileError> {
        let quick = match &self.style {
            Style::Number { parts, over, places: most } if value >= 0 && places <= *most => self.scaled(value, places, *parts, *over),
            Style::Year if places == 0 => (1900..=2200).contains(&value).then_some(value),
            _ => None,
        };
        match quick {
            Some(value) => column.push_int(row, value),
            None => self.slow(&decimal(value, places), column, row, line, moment, beside)?,
        }
        Ok(())
    }

    /// Whether the numbers of a binary file can be read: those of a ratio would lack their sign.
    pub fn takes_numbers(&self) -> bool {
        matches!(self.style, Style::Number { .. } | Style::Year)
    }

    fn quick(&self, text: &str) -> Option<i64> {
        match &self.style {
            Style::YesNo => input::yes_or_no(text).map(i64::from),
            Style::Number { parts, over, places } => {
                let (value, written) = digits(text)?;
                if written <= *places { self.scaled(value, written, *parts, *over) } else { None }
            }
            Style::Ratio { parts, over } => {
                let (value, written) = digits(text.strip_suffix('%')?)?;
                self.scaled(value, written, *parts, over.checked_mul(100)?)
            }
            Style::Date => day(text),
            Style::Year => text.parse().ok().filter(|year| text.len() == 4 && (1900..=2200).contains(year)),
            Style::Choice(words) => words.iter().position(|word| word == text).and_then(|at| i64::try_from(at).ok()),
            Style::Text | Style::List => None,
        }
    }

    fn scaled(&self, value: i64, places: u32, parts: i64, over: i64) -> Option<i64> {
        let Form::Number { low, high, .. } = self.form else { return None };
        // Beyond 64 bits `policy` reads it.
        let (up, down) = (value.checked_mul(parts)?, over.checked_mul(10_i64.checked_pow(places)?)?);
        let whole = (parts != 0 && up % down == 0).then(|| up / down)?;
        (low..=high).contains(&whole).then_some(whole)
    }

    /// What `policy` reads of it.
    fn slow(&self, text: &str, column: &mut Column, row: usize, line: u64, (year, as_of): (i32, Date), beside: &mut Beside) -> Result<(), FileError> {
        if text.starts_with('=') {
            let message = Text::new("单元格里是公式，不是值", "the cell holds a formula, not a value");
            return Err(FileError::at(line, &self.name, &message, Text::new("粘贴为数值后再导出", "paste values only, then export again")));
        }
        if matches!(self.style, Style::List) {
            let message = Text::new("名单不能写在一格里", "a list cannot stand in one cell");
            return Err(FileError::at(
                line,
                &self.name,
                &message,
                Text::new("删去这一列，名单按不知道算", "remove the column: the list then counts as not known"),
            ));
        }
        let raw = self.raw(text, year, as_of);
        let (app, errors) = input::read(self.scheme, &raw, input::Defaults::default());
        let Some(app) = app else {
            let nothing = Text::new("读不懂", "it cannot be read");
            let (message, help) = errors.into_iter().next().map_or((nothing.clone(), nothing), |error| (error.message, error.help));
            return Err(FileError::at(line, &self.name, &message, help));
        };
        if !self.fitted(&app, column, row) {
            column.push_unknown();
            beside.push((row, app));
        }
        Ok(())
    }

    /// An application that says nothing but this.
    fn raw(&self, text: &str, year: i32, as_of: Date) -> Raw {
        let word = || Raw::Text(text.to_owned());
        let tail = self.name.rsplit_once('@').map_or("", |(_, tail)| tail).to_owned();
        let map = |name: String, value: Raw| Raw::Map(vec![(name, value)]);
        let kind = self.about == About::Fact(self.scheme.kind_fact());
        let fact = |of: FactId| self.scheme.fact(of).map_or(String::new(), |fact| fact.name.clone());
        let (section, value) = match self.about {
            About::Fact(_) if kind => ("applicant", map("kind".into(), word())),
            About::Fact(of) if self.scheme.fact(of).is_some_and(|fact| fact.by_year || fact.by_month) => {
                ("facts", map(fact(of), map(year.to_string(), word())))
            }
            About::Fact(of) => ("facts", map(fact(of), word())),
            About::FactAt(of, ..) => ("facts", map(fact(of), map(tail, word()))),
            About::Decision(_) => ("decisions", map(tail, word())),
            About::Rate(_) => ("rates", map(tail, word())),
            About::Project(_) => ("projects", map(tail, word())),
            About::Choice(_) => ("choices", map(tail, word())),
        };
        let mut entries =
            vec![("id".to_owned(), Raw::Text("1".into())), ("year".into(), Raw::Number(year.to_string())), ("as_of".into(), Raw::Text(as_of.to_string()))];
        if section != "facts" {
            entries.push(("facts".into(), Raw::Map(Vec::new())));
        }
        entries.push((section.to_owned(), value));
        Raw::Map(entries)
    }

    /// Adds the one value of an application to the column, where the column holds it.
    fn fitted(&self, app: &Application, column: &mut Column, row: usize) -> bool {
        let value = app.facts.iter().flatten().next().map(|(_, value)| value);
        let int = match (self.about, value) {
            (About::Decision(clause), _) => app.decision(clause).map(|Fen(fen)| fen),
            (About::Rate(_), _) => app.params.first().and_then(|(_, rate)| whole_in(*rate, self.form)),
            (About::Project(clause), _) => {
                return app.project(clause).map(|name| column.push_text(row, name)).is_some();
            }
            (About::Choice(_), _) => {
                let chosen = app.choices.first().and_then(|(_, clause)| self.scheme.clause(*clause));
                return chosen.map(|clause| column.push_text(row, &clause.id)).is_some();
            }
            (_, Some(FactValue::Text(text))) => {
                column.push_text(row, text);
                return true;
            }
            (_, Some(FactValue::YesNo(yes))) => Some(i64::from(*yes)),
            (_, Some(FactValue::Number(n))) => whole_in(*n, self.form),
            (_, Some(FactValue::Date(date))) => Some(crate::table::day_number(*date)),
            (_, Some(FactValue::Year(year))) => Some(i64::from(*year)),
            (_, Some(FactValue::Choice(choice))) => Some(i64::from(*choice)),
            _ => None,
        };
        int.map(|int| column.push_int(row, int)).is_some()
    }
}

fn number_style<'s>(scheme: &Scheme, form: Form, unit: UnitId, scale: values::Rational, whole: bool, word: &str) -> Style<'s> {
    let Form::Number { den, .. } = form else { return Style::Text };
    let scaled = scale.checked_mul(values::Rational::from(den)).ok();
    let parts = scaled.and_then(|n| i64::try_from(n.numerator()).ok().zip(i64::try_from(n.denominator()).ok()));
    let unit = scheme.unit(unit);
    match parts {
        _ if unit.is_none() => Style::Ratio { parts: den, over: 1 },
        _ if unit.money().is_some() => Style::Number { parts: den.saturating_mul(100), over: 1, places: 2 },
        Some((parts, over)) => {
            let time = matches!(word, "年" | "个月" | "月" | "日" | "天" | "工作日" | "个工作日");
            Style::Number { parts, over, places: if whole || time { 0 } else { 6 } }
        }
        None => Style::Number { parts: 0, over: 1, places: 0 },
    }
}

/// Plain digits with at most one point: the number without it, and how many decimals.
fn digits(text: &str) -> Option<(i64, u32)> {
    let (mut value, mut places, mut point, mut any) = (0_i64, 0, false, false);
    if text.len() > 17 {
        return None;
    }
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => {
                value = value * 10 + i64::from(byte - b'0');
                places += u32::from(point);
                any = true;
            }
            b'.' if !point && any => point = true,
            _ => return None,
        }
    }
    (any && (!point || places > 0)).then_some((value, places))
}

/// `2024-12-31`
fn day(text: &str) -> Option<i64> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes.get(4) != Some(&b'-') || bytes.get(7) != Some(&b'-') {
        return None;
    }
    let (year, month, day) = (text.get(..4)?, text.get(5..7)?, text.get(8..)?);
    if ![year, month, day].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).map(crate::table::day_number)
}

fn decimal(value: i64, places: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", value.unsigned_abs(), width = places as usize + 1);
    let (whole, part) = digits.split_at(digits.len() - places as usize);
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}

/// Rows with a value that a column does not hold stand beside as whole applications.
pub fn set_beside(scheme: &Scheme, chunk: &mut Chunk, mut beside: Beside) {
    beside.sort_by_key(|(row, _)| *row);
    for (row, more) in beside {
        let at = u32::try_from(row).unwrap_or(u32::MAX);
        if chunk.odd.last().is_none_or(|(last, _)| *last != at) {
            let app = chunk.application(scheme, row);
            chunk.odd.push((at, Box::new(app)));
        }
        let Some((_, app)) = chunk.odd.last_mut() else { continue };
        for (slot, values) in app.facts.iter_mut().zip(more.facts) {
            slot.extend(values);
        }
        app.params.extend(more.params);
        app.decisions.extend(more.decisions);
    }
}

/// A fact in the award year and the same fact by its year must not say different things.
pub fn agree(scheme: &Scheme, heading: &Heading, chunk: &Chunk, line_of: impl Fn(usize) -> u64) -> Result<(), FileError> {
    let differ = |fact: FactId, year: i32, row: usize| {
        let name = scheme.fact(fact).map_or("", |fact| fact.name.as_str());
        let message = Text::new(format!("“{name}”与“{name}@{year}”不一样"), format!("'{name}' and '{name}@{year}' differ"));
        FileError::at(line_of(row), name, &message, Text::new("删去一列", "remove one of the columns"))
    };
    for (row, app) in &chunk.odd {
        for (fact, values) in (0..).map(FactId).zip(&app.facts) {
            let twice = values.iter().find(|(when, value)| values.iter().any(|(other, said)| other == when && said != value));
            if let Some((when, _)) = twice {
                return Err(differ(fact, when.year, *row as usize));
            }
        }
    }
    for ((about, _), column) in heading.layout.columns.iter().zip(&chunk.columns) {
        let About::FactAt(fact, year, 0) = about else { continue };
        let Some(plain) = heading.layout.of(About::Fact(*fact)).and_then(|at| chunk.columns.get(at)) else { continue };
        for (row, _) in chunk.years.iter().enumerate().filter(|(_, of)| *of == year) {
            if plain.known.get(row) && column.known.get(row) && !plain.same(column, row) {
                return Err(differ(*fact, *year, row));
            }
        }
    }
    Ok(())
}
