//! What earlier awards leave open, and what is held elsewhere: sums by applicant over two tables beside the facts.

use crate::number::LONG_MAX;
use crate::refusal::Reason;
use crate::scope::Scope;
use crate::table::ColumnType;
use crate::value::{Den, Number};
use policy::scheme::{ClauseId, FactId, FactType, Frequency, Group, Key, Limit, Mode, Window};
use values::Rational;

/// How a frequency stands: two conditions that are never NULL.
pub(crate) struct Frequented {
    pub(crate) used_up: String,
    pub(crate) open: String,
}

impl Scope<'_> {
    /// A sum over the earlier awards of the applicant; NULL without any.
    fn of_history(&mut self, sum: String) -> String {
        self.needs.history = true;
        let at = self.history.iter().position(|known| *known == sum).unwrap_or_else(|| {
            self.history.push(sum);
            self.history.len() - 1
        });
        self.read(format!("h.h{at}"))
    }

    fn count_history(&mut self, test: &str) -> String {
        let sum = self.of_history(format!("SUM(CASE WHEN {test} THEN 1 ELSE 0 END)"));
        self.stages.bind(format!("COALESCE({sum}, 0)"))
    }

    fn outside(&self) -> Result<(), Reason> {
        if self.list.is_some() { Err(Reason::new("名单里用到以前的扶持", "earlier awards inside a list")) } else { Ok(()) }
    }

    fn clause_word(&self, id: ClauseId) -> String {
        self.dialect.words(self.scheme.clause(id).map_or("", |clause| &clause.id))
    }

    /// 本条 已得
    pub(crate) fn received(&mut self) -> Result<Number, Reason> {
        self.outside()?;
        let Some(clause) = self.clause else { return Err(Reason::new("不在条款里的“本条”", "本条 outside of a clause")) };
        let amount = self.dialect.exact("h.amount");
        let sum = self.of_history(format!("SUM(CASE WHEN h.clause = {} THEN {amount} ELSE 0 END)", self.clause_word(clause)));
        Ok(self.fen_sum(&sum))
    }

    /// A sum in fen as the evaluator holds it: nothing beyond 64 bits.
    fn fen_sum(&mut self, sum: &str) -> Number {
        let sum = self.stages.bind(self.dialect.exact(&format!("COALESCE({sum}, 0)")));
        let (low, high) = (self.dialect.number(i128::from(i64::MIN)), self.dialect.number(i128::from(i64::MAX)));
        let num = self.stages.bind(format!("CASE WHEN {sum} BETWEEN {low} AND {high} THEN {sum} END"));
        Number { num, den: Den::Fixed(1), max: LONG_MAX + 1, fixed: None }
    }

    /// 本条 首得年份
    pub(crate) fn first_year(&mut self) -> Result<String, Reason> {
        self.outside()?;
        let Some(clause) = self.clause else { return Err(Reason::new("不在条款里的“本条”", "本条 outside of a clause")) };
        let first = self.of_history(format!("MIN(CASE WHEN h.clause = {} AND h.amount > 0 THEN h.year END)", self.clause_word(clause)));
        let own = self.award_year();
        Ok(format!("COALESCE({first}, {own})"))
    }

    /// The award year where the tables are joined.
    fn year_there(&self) -> String {
        self.raw_year()
    }

    fn within(&self, window: Window) -> String {
        let year = self.year_there();
        match window {
            Window::Life => "TRUE".to_owned(),
            Window::Year => format!("h.year = ({year})"),
            Window::Years(n) => format!("h.year BETWEEN ({year}) - {} AND ({year})", i64::from(n).max(1) - 1),
        }
    }

    /// The word that a frequency, limit or group counts by, where the tables are joined; NULL where it is not known.
    pub(crate) fn key_word(&mut self, key: Key, clause: ClauseId) -> Result<String, Reason> {
        let scheme = self.scheme;
        let d = self.dialect;
        match key {
            Key::Project => {
                let name = format!("项目@{}", scheme.clause(clause).map_or("", |c| &c.id));
                self.needs.fact(name.clone(), ColumnType::Text, Rational::ONE);
                Ok(format!("f.{}", d.name(&name)))
            }
            Key::Kind => Ok(scheme.clause(clause).and_then(|c| c.kind.as_ref()).map_or_else(|| format!("CAST(NULL AS {})", d.text()), |kind| d.words(kind))),
            Key::Fact(fact) => self.fact_word(fact),
        }
    }

    fn fact_word(&mut self, id: FactId) -> Result<String, Reason> {
        let scheme = self.scheme;
        let refused = || Reason::new("按数计次或比较的“每个”", "counting by a number");
        let Some(fact) = scheme.fact(id) else { return Err(refused()) };
        if fact.by_month {
            return Err(Reason::new("按月的事实作“每个”", "counting by a monthly fact"));
        }
        let name = if id == scheme.kind_fact() { "kind".to_owned() } else { fact.name.clone() };
        let (ty, scale) = ColumnType::of(scheme, &fact.ty);
        let raw = format!("f.{}", self.dialect.name(&name));
        let word = match &fact.ty {
            FactType::Text => raw,
            FactType::Choice(words) => {
                let words: Vec<String> = words.iter().map(|word| self.dialect.words(word)).collect();
                format!("CASE WHEN {raw} IN ({}) THEN {raw} END", words.join(", "))
            }
            FactType::YesNo => format!("CASE WHEN {raw} THEN 'true' WHEN NOT {raw} THEN 'false' END"),
            FactType::Date | FactType::Year => format!("CAST({raw} AS {})", self.dialect.text()),
            FactType::Number { scale: unit, .. } => self.number_word(&raw, ty, *unit).ok_or_else(refused)?,
            FactType::List { .. } => return Err(refused()),
        };
        self.needs.fact(name, ty, scale);
        Ok(word)
    }

    /// A number as the evaluator writes it in its unit: without zeros at the end, at most six decimals.
    fn number_word(&self, raw: &str, ty: ColumnType, unit: Rational) -> Option<String> {
        let decimals = match ty {
            ColumnType::Fen if unit == Rational::from_int(100) => 2,
            ColumnType::Whole => 0,
            ColumnType::Measure => 6,
            _ => return None,
        };
        let text = self.dialect.text();
        let whole = match ty {
            ColumnType::Measure => self.dialect.integral(&format!("CAST({raw} AS DECIMAL(28, 6)) * 1000000")),
            _ => self.dialect.exact(raw),
        };
        if decimals == 0 {
            return Some(format!("CAST({whole} AS {text})"));
        }
        let power = self.dialect.number(10_i128.pow(decimals));
        let (front, rest) = (self.dialect.quotient(&format!("abs({whole})"), &power), format!("(abs({whole}) % {power})"));
        let digits = format!("TRIM(TRAILING '0' FROM lpad(CAST({rest} AS {text}), {decimals}, '0'))");
        let sign = format!("CASE WHEN {whole} < 0 THEN '-' ELSE '' END");
        Some(format!("CONCAT({sign}, CAST({front} AS {text}), CASE WHEN {rest} = 0 THEN '' ELSE CONCAT('.', {digits}) END)"))
            .map(|word| format!("CASE WHEN {raw} IS NOT NULL THEN {word} END"))
    }

    /// An earlier award of one of these clauses.
    fn paid_before(&self, clauses: &[ClauseId]) -> String {
        let words: Vec<String> = clauses.iter().map(|id| self.clause_word(*id)).collect();
        match words.as_slice() {
            [] => "FALSE".to_owned(),
            [one] => format!("h.clause = {one} AND h.amount > 0"),
            _ => format!("h.clause IN ({}) AND h.amount > 0", words.join(", ")),
        }
    }

    /// How many earlier awards of a group lie in a window, and their sum, for one value of a fact where it counts by one.
    pub(crate) fn used_by(&mut self, group: &Group, window: Window, word: Option<&str>) -> (String, String) {
        let mut test = format!("{} AND {}", self.paid_before(&group.members), self.within(window));
        if let Some(word) = word {
            test = format!("{test} AND h.key = {word}");
        }
        let count = self.count_history(&test);
        let amount = self.dialect.exact("h.amount");
        let sum = self.of_history(format!("SUM(CASE WHEN {test} THEN {amount} ELSE 0 END)"));
        (count, self.stages.bind(self.dialect.exact(&format!("COALESCE({sum}, 0)"))))
    }

    /// How a frequency over these clauses stands for an award of one of them.
    pub(crate) fn frequented(&mut self, frequency: Option<&Frequency>, clauses: &[ClauseId], id: ClauseId) -> Result<Frequented, Reason> {
        let Some(frequency) = frequency else { return Ok(Frequented { used_up: "FALSE".into(), open: "FALSE".into() }) };
        let paid = self.paid_before(clauses);
        let Some(key) = frequency.each else {
            let used_up = self.used_up(frequency, &paid);
            return Ok(Frequented { used_up, open: "FALSE".into() });
        };
        let own = self.key_word(key, id)?;
        let sure = self.used_up(frequency, &format!("{paid} AND h.key = {own}"));
        let possible = self.used_up(frequency, &format!("{paid} AND ({own} IS NULL OR h.key IS NULL OR h.key = {own})"));
        Ok(Frequented { used_up: sure.clone(), open: self.stages.bind(format!("({possible} AND NOT {sure})")) })
    }

    fn used_up(&mut self, frequency: &Frequency, test: &str) -> String {
        let within = self.within(frequency.window);
        let count = self.count_history(&format!("{test} AND {within}"));
        let mut used_up = format!("({count} >= {})", frequency.times);
        if let Some(n) = frequency.years_in_all {
            let years = self.of_history(format!("COUNT(DISTINCT CASE WHEN {test} AND h.year <> ({}) THEN h.year END)", self.year_there()));
            used_up = format!("({used_up} OR COALESCE({years}, 0) >= {n})");
        }
        self.stages.bind(used_up)
    }

    /// What a limit leaves, never below zero; NULL where that is not known.
    pub(crate) fn left_of(&mut self, limit: &Limit, id: ClauseId) -> Result<Number, Reason> {
        let total = self.node(limit.amount, crate::scope::Env::NOW)?;
        let crate::value::What::Number(total_number) = &total.what else { return Err(crate::number::not_numbers()) };
        let mut test = format!("h.clause = {} AND h.amount > 0 AND {}", self.clause_word(id), self.within(limit.window));
        let mut open = "FALSE".to_owned();
        if let Some(key) = limit.each {
            let own = self.key_word(key, id)?;
            let count = self.count_history(&format!("{test} AND ({own} IS NULL OR h.key IS NULL)"));
            open = format!("({count} > 0)");
            test = format!("{test} AND h.key = {own}");
        }
        let amount = self.dialect.exact("h.amount");
        let sum = self.of_history(format!("SUM(CASE WHEN {test} THEN {amount} ELSE 0 END)"));
        let used = self.fen_sum(&sum);
        let rest = self.add(total_number, &used, true)?;
        let left = self.or_zero(&rest)?;
        if open == "FALSE" {
            return Ok(left);
        }
        let open = self.stages.bind(open);
        let num = self.stages.bind(format!("CASE WHEN NOT {open} THEN {} END", left.num));
        Ok(Number { num, fixed: None, ..left })
    }

    /// What is held for the same thing elsewhere or was paid under another clause, and whether some of it blocks the award.
    pub(crate) fn taken(&mut self, id: ClauseId, groups: &[&Group]) -> Result<(String, String), Reason> {
        let (mut elsewhere, mut history, mut blocking, mut blocking_history) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for group in groups.iter().filter(|g| matches!(g.mode, Some(Mode::Highest | Mode::Choice)) && g.members.contains(&id)) {
            let (mut there, mut before) = (vec!["e.amount > 0".to_owned()], vec!["h.amount > 0".to_owned()]);
            let mut others = Vec::new();
            for other in group.members.iter().filter(|m| **m != id) {
                if self.stacked(id, *other)? != "TRUE" {
                    others.push(self.clause_word(*other));
                }
            }
            before.push(if others.is_empty() { "FALSE".to_owned() } else { format!("h.clause IN ({})", others.join(", ")) });
            for key in &group.same {
                let own = self.key_word(*key, id)?;
                match key {
                    Key::Project => there.push(format!("e.project = {own}")),
                    Key::Kind => there.push(format!("e.kind = {own}")),
                    Key::Fact(_) => there.push("FALSE".to_owned()),
                }
                before.push(match key {
                    Key::Kind => {
                        let kind = self.scheme.clause(id).and_then(|c| c.kind.as_ref());
                        let same = self.scheme.clauses.iter().filter(|c| kind.is_some() && c.kind.as_ref() == kind);
                        let same: Vec<String> = same.map(|c| self.dialect.words(&c.id)).collect();
                        if same.is_empty() { "FALSE".to_owned() } else { format!("h.clause IN ({})", same.join(", ")) }
                    }
                    _ => format!("h.key = {own}"),
                });
            }
            if group.elsewhere {
                let test = format!("({})", there.join(" AND "));
                blocking.extend(group.no_topping_up.then(|| test.clone()));
                elsewhere.push(test);
            }
            if !group.only_elsewhere {
                let test = format!("({})", before.join(" AND "));
                blocking_history.extend(group.no_topping_up.then(|| test.clone()));
                history.push(test);
            }
        }
        let mut sums = Vec::new();
        let mut blocks = Vec::new();
        if !elsewhere.is_empty() {
            let amount = self.dialect.exact("e.amount");
            sums.push(self.of_elsewhere(format!("SUM(CASE WHEN {} THEN {amount} ELSE 0 END)", elsewhere.join(" OR "))));
        }
        if !blocking.is_empty() {
            let count = self.of_elsewhere(format!("SUM(CASE WHEN {} THEN 1 ELSE 0 END)", blocking.join(" OR ")));
            blocks.push(format!("COALESCE({count}, 0) > 0"));
        }
        if !history.is_empty() {
            let amount = self.dialect.exact("h.amount");
            sums.push(self.of_history(format!("SUM(CASE WHEN {} THEN {amount} ELSE 0 END)", history.join(" OR "))));
        }
        if !blocking_history.is_empty() {
            let count = self.count_history(&blocking_history.join(" OR "));
            blocks.push(format!("{count} > 0"));
        }
        let zero = self.dialect.number(0);
        let sums: Vec<String> = sums.iter().map(|sum| format!("COALESCE({sum}, {zero})")).collect();
        let taken = if sums.is_empty() { zero } else { self.stages.bind(self.dialect.exact(&format!("({})", sums.join(" + ")))) };
        let blocked = if blocks.is_empty() { "FALSE".to_owned() } else { self.stages.bind(format!("({})", blocks.join(" OR "))) };
        Ok((taken, blocked))
    }

    fn of_elsewhere(&mut self, sum: String) -> String {
        self.needs.elsewhere = true;
        let at = self.elsewhere.iter().position(|known| *known == sum).unwrap_or_else(|| {
            self.elsewhere.push(sum);
            self.elsewhere.len() - 1
        });
        self.read(format!("e.e{at}"))
    }

    /// The tables of sums, and the tables that the stages of applicants read.
    pub(crate) fn sources(&mut self) -> (Vec<String>, String) {
        let d = self.dialect;
        let facts = d.name(&self.options.table);
        let mut ctes = std::mem::take(&mut self.before);
        let mut from = format!("{facts} f");
        for (short, name, sums) in [("h", "history", &self.history), ("e", "elsewhere", &self.elsewhere)] {
            if sums.is_empty() {
                continue;
            }
            let columns: Vec<String> = sums.iter().enumerate().map(|(at, sum)| format!("{sum} AS {short}{at}")).collect();
            let table = d.name(&format!("{}_{name}", self.options.table));
            ctes.push(format!(
                "{short}_sums AS (\n  SELECT f.id, {}\n  FROM {table} {short} JOIN {facts} f ON f.id = {short}.id\n  GROUP BY f.id\n)",
                columns.join(",\n    ")
            ));
            from.push_str(&format!("\n  LEFT JOIN {short}_sums {short} ON {short}.id = f.id"));
        }
        for join in std::mem::take(&mut self.joins) {
            from.push_str(&format!("\n  {join}"));
        }
        (ctes, from)
    }
}
