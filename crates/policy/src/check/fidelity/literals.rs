//! What a rule says in numbers: every literal of a block with its place and the part it plays, the names it uses,
//! and the rows that pair a threshold with a value.

use super::measures::{Amount, Base, Measures};
use crate::source::{Sources, Span};
use crate::syntax::ast::{
    Arith, Block, BlockKind, Bound, ClauseLine, Compare, Expr, ExprKind, FrequencyLine, Gather, Give, InstalmentLine, LimitLine, Member, Modifier, Overrun,
    Row, RowHead, RowTest, Source, TableKey, Window, YearRef,
};
use values::Rational;

/// The part a literal plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An amount or rate that is given.
    Given,
    /// Behind a comparison word.
    Compared(Compare, &'static str),
    /// A date behind 早于, 晚于 and their denials
    Dated(Compare, &'static str),
    /// 最高
    Cap,
    /// 最低
    Floor,
    /// 至多
    Ceiling,
    /// 限额, 额度
    Limit(Window),
    /// 每满 v
    Step,
    /// Any other number that must stand in the words.
    Other,
    /// An index that need not stand there (第 2 年). It is bound last, and only to words of instalments.
    Loose,
}

/// A literal of a rule.
#[derive(Clone, Debug)]
pub(super) struct Literal<'a> {
    /// Its value.
    pub(super) amount: Amount,
    /// Its unit as written.
    pub(super) unit: &'a str,
    /// Where.
    pub(super) span: Span,
    /// Its part.
    pub(super) role: Role,
    /// How many things it is multiplied by, as far as the rule shows it; many where it may be used anywhere.
    pub(super) factors: u32,
}

/// A row: the literals of its test and of its value, by number.
#[derive(Clone, Debug)]
pub(super) struct PairedRow<'a> {
    /// Lower bounds, or what stands before the colon.
    pub(super) keys: Vec<usize>,
    /// Names of choices before the colon.
    pub(super) choices: Vec<&'a str>,
    /// Literals of the value.
    pub(super) values: Vec<usize>,
    /// The row.
    pub(super) span: Span,
}

/// Everything a block says that the words must hold.
pub(super) struct Rule<'a> {
    measures: &'a Measures<'a>,
    sources: &'a Sources,
    /// In order of the source.
    pub(super) literals: Vec<Literal<'a>>,
    /// Names and texts, whose numbers count as used.
    pub(super) names: Vec<&'a str>,
    /// Rows of each selection.
    pub(super) selections: Vec<Vec<PairedRow<'a>>>,
    /// 每满 occurs.
    pub(super) steps: Option<Span>,
    /// 频次 of a clause.
    pub(super) frequency: Option<&'a FrequencyLine>,
    /// 限额 lines.
    pub(super) limits: Vec<&'a LimitLine>,
    /// An amount is given.
    pub(super) gives: bool,
    negated: bool,
    factors: u32,
    /// 其中: each name with its literals.
    locals: Vec<(&'a str, std::ops::Range<usize>)>,
    /// Names used as something else than an amount given.
    plays: Vec<(&'a str, Role)>,
}

impl<'a> Rule<'a> {
    /// Reads a block.
    pub(super) fn of(block: &'a Block, measures: &'a Measures<'a>, sources: &'a Sources) -> Self {
        let mut rule = Self {
            measures,
            sources,
            literals: Vec::new(),
            names: Vec::new(),
            selections: Vec::new(),
            steps: None,
            frequency: None,
            limits: Vec::new(),
            gives: false,
            negated: false,
            factors: 0,
            locals: Vec::new(),
            plays: Vec::new(),
        };
        rule.block(block);
        rule.hand_down();
        rule
    }

    fn block(&mut self, block: &'a Block) {
        match &block.kind {
            BlockKind::Clause(clause) => clause.lines.iter().for_each(|line| self.line(line)),
            BlockKind::General(general) => general.lines.iter().for_each(|line| self.line(line)),
            BlockKind::Define(name, expr) => {
                self.names.push(&name.text);
                self.value(expr, Role::Given);
            }
            BlockKind::Group(group) => {
                group.limits.iter().for_each(|limit| self.limit(limit));
                if let Some(frequency) = &group.frequency {
                    self.frequency(frequency);
                }
            }
            BlockKind::Pool(pool) => {
                for (year, amount) in &pool.amounts {
                    if let Some(year) = year {
                        self.year(*year, block.span);
                    }
                    if let Some(amount) = amount {
                        self.value(amount, Role::Other);
                    }
                }
                if let Some(Overrun::ByMeasure(expr, _)) = &pool.overrun {
                    self.value(expr, Role::Other);
                }
            }
            BlockKind::Clawback(clawback) => {
                clawback.triggers.iter().for_each(|trigger| self.value(trigger, Role::Other));
                if let Some(months) = clawback.months {
                    self.push(self.measures.months(months), "", block.span, Role::Other);
                }
                if let Some(recover) = &clawback.recover {
                    self.value(recover, Role::Given);
                }
                if let Some(years) = clawback.bar_years {
                    self.count(years, "年", block.span, Role::Other);
                }
            }
            BlockKind::Target(target) => {
                self.names.push(&target.name.text);
                self.names.extend(target.indicator.as_deref());
                for (year, compare, word, expr) in &target.goals {
                    self.year(*year, block.span);
                    self.value(expr, Role::Compared(*compare, word));
                }
            }
            BlockKind::Table(table) => {
                self.names.push(&table.name.text);
                // Values that come from a source it names have that for their origin, not the text.
                for row in table.rows.iter().filter(|_| table.source.is_none()) {
                    for key in &row.keys {
                        match key {
                            TableKey::Day(date) => self.push(Amount::Date(*date), "", row.span, Role::Other),
                            TableKey::Year(year) => self.year(*year, row.span),
                            TableKey::Choice(name) => self.names.push(&name.text),
                        }
                    }
                    self.value(&row.value, Role::Other);
                }
                if let Some(days) = table.valid_days {
                    self.count(days, "日", block.span, Role::Other);
                }
            }
            BlockKind::Policy(policy) => {
                let at = |word: &str| policy.lines.iter().find(|(key, ..)| *key == word).map_or(block.span, |(_, _, line)| self.last_word(*line));
                let (published, in_force, expires, comments) = (at("发布"), at("施行"), at("失效"), at("征求意见"));
                let dates = [(policy.published, published), (policy.in_force.flatten(), in_force), (policy.expires.flatten(), expires)];
                for (date, span) in dates {
                    if let Some(date) = date {
                        self.push(Amount::Date(date), "", span, Role::Other);
                    }
                }
                if let Some(year) = policy.in_force_year {
                    self.year(year, block.span);
                }
                if let Some((days, working)) = policy.comment_period {
                    self.count(days, if working { "个工作日" } else { "日" }, comments, Role::Other);
                }
                if let Some(days) = policy.in_force_after_days {
                    self.count(days, "日", in_force, Role::Other);
                }
            }
            _ => {}
        }
    }

    /// The last word of a line of 政策: its date or period.
    fn last_word(&self, line: Span) -> Span {
        let words = self.sources.words(line).trim_end();
        let from = words.rfind(char::is_whitespace).map_or(0, |at| at + words.get(at..).and_then(|w| w.chars().next()).map_or(1, char::len_utf8));
        Span::new(line.file, line.start as usize + from, line.start as usize + words.len())
    }

    fn line(&mut self, line: &'a ClauseLine) {
        match line {
            ClauseLine::Beneficiary(words, list) => {
                self.names.push(words);
                self.names.extend(list.iter().map(|n| n.text.as_str()));
            }
            ClauseLine::Require(expr) | ClauseLine::Bar(expr) => self.value(expr, Role::Other),
            ClauseLine::Where(name, expr) => {
                self.names.push(&name.text);
                let first = self.literals.len();
                self.multiplied(MANY, expr, Role::Given);
                self.locals.push((&name.text, first..self.literals.len()));
            }
            ClauseLine::Rank(rank) => {
                self.value(&rank.score, Role::Other);
                if let Some(top) = rank.top {
                    self.count(top, "名", rank.span, Role::Other);
                }
                self.names.extend(rank.each.iter().map(|n| n.text.as_str()));
                if let Some(tie) = &rank.tie {
                    self.value(tie, Role::Other);
                }
            }
            ClauseLine::Give(give) => self.give(give),
            ClauseLine::Frequency(frequency) => self.frequency(frequency),
            ClauseLine::Limit(limit) => self.limit(limit),
            ClauseLine::Pay(rows) => {
                for row in rows {
                    self.count(row.from, "年", row.span, Role::Loose);
                    if row.to != row.from {
                        self.count(row.to, "年", row.span, Role::Loose);
                    }
                    match &row.share {
                        Some(share) => self.value(share, Role::Other),
                        None => self.rest_of(rows, row.span),
                    }
                    if let Some(test) = &row.test {
                        self.value(test, Role::Other);
                    }
                }
            }
            ClauseLine::Applicants(_) | ClauseLine::Kind(_) | ClauseLine::Lead(_) | ClauseLine::With(_) | ClauseLine::Evidence(..) => {}
        }
    }

    /// 其余 and 均付 stand for what the other instalments leave, which the text may write out.
    fn rest_of(&mut self, rows: &[InstalmentLine], span: Span) {
        let shares = rows.iter().filter_map(|row| row.share.as_ref()).map(|share| if let ExprKind::Ratio(value) = &share.kind { Some(*value) } else { None });
        let Some(shares) = shares.collect::<Option<Vec<_>>>() else { return };
        let sum = shares.iter().try_fold(Rational::ZERO, |sum, share| sum.checked_add(*share));
        if let Ok(rest) = sum.and_then(|sum| Rational::ONE.checked_sub(sum)) {
            self.push(Amount::Number(rest, Base::Ratio), "%", span, Role::Loose);
        }
    }

    fn give(&mut self, give: &'a Give) {
        self.gives = !matches!(give, Give::Service(..));
        match give {
            Give::Amount(expr) | Give::Waive(expr) => self.value(expr, Role::Given),
            Give::UpTo(expr) => self.value(expr, Role::Ceiling),
            Give::Decided(modifiers, _) => modifiers.iter().for_each(|(modifier, expr)| self.modifier(*modifier, expr)),
            Give::Service(words, _) => self.names.push(words),
        }
    }

    fn frequency(&mut self, line: &'a FrequencyLine) {
        self.frequency = Some(line);
        if let Window::Years(years) = line.window {
            self.count(years, "年", line.span, Role::Other);
        }
        if line.times > 1 {
            self.count(line.times, "次", line.span, Role::Other);
        }
        if let Some(years) = line.years_in_all {
            self.count(years, "年", line.span, Role::Other);
        }
        self.names.extend(line.each.iter().map(|n| n.text.as_str()));
    }

    fn limit(&mut self, line: &'a LimitLine) {
        if let Window::Years(years) = line.window {
            self.count(years, "年", line.span, Role::Other);
        }
        self.value(&line.amount, Role::Limit(line.window));
        self.limits.push(line);
    }

    /// What a 其中 names plays the part in which the name is used: 最高 封顶.
    fn hand_down(&mut self) {
        for (name, literals) in std::mem::take(&mut self.locals) {
            let Some((_, role)) = self.plays.iter().find(|(used, _)| *used == name) else { continue };
            for literal in self.literals.iter_mut().take(literals.end).skip(literals.start).filter(|l| l.role == Role::Given) {
                literal.role = *role;
            }
        }
    }

    fn push(&mut self, amount: Amount, unit: &'a str, span: Span, role: Role) {
        self.literals.push(Literal { amount, unit, span, role, factors: self.factors });
    }

    fn year(&mut self, year: i32, span: Span) {
        let span = self.narrow(span, &year.to_string(), "年");
        self.push(Amount::Year(year), "年", span, Role::Other);
    }

    fn count(&mut self, count: u32, unit: &'a str, span: Span, role: Role) {
        let amount = self.measures.amount(Rational::from(i64::from(count)), unit);
        let span = self.narrow(span, &count.to_string(), unit);
        self.push(amount, unit, span, role);
    }

    /// Where these digits stand inside a place.
    fn narrow(&self, span: Span, digits: &str, unit: &str) -> Span {
        let words = self.sources.words(span);
        let found = words.match_indices(digits).map(|(at, _)| at).find(|at| {
            let ends = |c: Option<char>| !c.is_some_and(|c| c.is_ascii_digit());
            ends(words.get(..*at).and_then(|w| w.chars().next_back())) && ends(words.get(at + digits.len()..).and_then(|w| w.chars().next()))
        });
        found.map_or(span, |at| {
            let start = span.start as usize + at;
            let rest = words.get(at + digits.len()..).unwrap_or_default();
            Span::new(span.file, start, start + digits.len() + if rest.starts_with(unit) { unit.len() } else { 0 })
        })
    }

    fn compared(&mut self, compare: Compare, word: &'static str, expr: &'a Expr) {
        let compare = if self.negated { compare.opposite() } else { compare };
        let role = if literal(expr) { Role::Compared(compare, word) } else { Role::Other };
        self.value(expr, role);
    }

    fn bound(&mut self, bound: &'a Bound, lower: bool) {
        let compare = match (lower, bound.included) {
            (true, true) => Compare::Ge,
            (true, false) => Compare::Gt,
            (false, true) => Compare::Le,
            (false, false) => Compare::Lt,
        };
        self.compared(compare, "介于", &bound.value);
    }

    fn modifier(&mut self, modifier: Modifier, expr: &'a Expr) {
        let role = match modifier {
            Modifier::AtMost => Role::Cap,
            Modifier::AtLeast => Role::Floor,
            Modifier::Less | Modifier::Bonus => Role::Given,
            Modifier::IfAbsent | Modifier::DownTo => Role::Other,
        };
        self.value(expr, role);
    }

    fn source(&mut self, source: &'a Source, span: Span) {
        match source {
            Source::List(name) => self.names.push(&name.text),
            Source::PastYears(years) => self.count(*years, "年", span, Role::Other),
            Source::Years(from, to) => {
                self.year(*from, span);
                self.year(*to, span);
            }
            Source::Months(from, to) => {
                self.count(u32::from(*from), "月", span, Role::Other);
                self.count(u32::from(*to), "月", span, Role::Other);
            }
        }
    }

    fn period(&mut self, period: crate::syntax::ast::Period, span: Span) {
        if let Some(YearRef::Fixed(year)) = period.year {
            self.year(year, span);
        }
        if let Some(month) = period.month {
            self.count(u32::from(month), "月", span, Role::Other);
        }
    }

    fn value(&mut self, expr: &'a Expr, role: Role) {
        match &expr.kind {
            ExprKind::Quantity(value, unit) => self.push(self.measures.amount(*value, unit), unit, expr.span, role),
            ExprKind::Ratio(value) => self.push(Amount::Number(*value, Base::Ratio), "%", expr.span, role),
            ExprKind::Year(year) => self.push(Amount::Year(*year), "年", expr.span, role),
            ExprKind::Date(date) => self.push(Amount::Date(*date), "", expr.span, role),
            ExprKind::Text(words) => self.names.push(words),
            ExprKind::Name(name) => {
                self.names.push(&name.text);
                if role != Role::Given {
                    self.plays.push((&name.text, role));
                }
            }
            ExprKind::At(period, inner) | ExprKind::Rise(inner, period) | ExprKind::Growth(inner, period) => {
                self.value(inner, role);
                self.period(*period, expr.span);
            }
            ExprKind::NthYear(inner) | ExprKind::YearOf(inner) => self.value(inner, Role::Other),
            ExprKind::Paren(inner) => self.value(inner, role),
            ExprKind::Arith(Arith::Mul, a, b) => {
                self.multiplied(factors_of(b), a, role);
                self.multiplied(factors_of(a), b, role);
            }
            ExprKind::Arith(_, a, b) => {
                self.value(a, role);
                self.value(b, role);
            }
            ExprKind::Above(a, b) | ExprKind::UpTo(a, b) => {
                self.value(a, role);
                self.value(b, Role::Other);
            }
            ExprKind::Steps(measure, step, amount) => {
                self.steps.get_or_insert(expr.span);
                self.value(measure, Role::Other);
                self.value(step, Role::Step);
                self.multiplied(1, amount, role);
            }
            ExprKind::If(condition, a, b) => {
                self.value(condition, Role::Other);
                self.value(a, role);
                self.value(b, role);
            }
            ExprKind::Modified(inner, modifier, by) => {
                self.value(inner, role);
                self.modifier(*modifier, by);
            }
            ExprKind::Tier { measures, rows, .. } => {
                measures.iter().for_each(|measure| self.value(measure, Role::Other));
                self.rows(rows, role);
            }
            ExprKind::Case { subject: measure, rows } | ExprKind::Bracket { measure, rows } => {
                self.value(measure, Role::Other);
                self.rows(rows, role);
            }
            ExprKind::Gather { op, members, left_out } => self.gather(*op, members, left_out, expr.span, role),
            ExprKind::Fold { op, source, guard, body } => {
                if let Gather::AtLeast(count) = op {
                    self.count(*count, "", expr.span, Role::Other);
                }
                self.source(source, expr.span);
                guard.iter().for_each(|guard| self.value(guard, Role::Other));
                body.iter().for_each(|body| self.multiplied(MANY, body, role));
            }
            _ => self.condition(expr),
        }
    }

    /// What is multiplied by this many things.
    fn multiplied(&mut self, by: u32, expr: &'a Expr, role: Role) {
        self.factors += by;
        self.value(expr, role);
        self.factors -= by;
    }

    fn condition(&mut self, expr: &'a Expr) {
        match &expr.kind {
            ExprKind::Compare(compare, word, a, b) | ExprKind::FirstReach(compare, word, a, b) => {
                self.value(a, Role::Other);
                self.compared(*compare, word, b);
            }
            ExprKind::DateCompare(compare, word, a, b) => {
                self.value(a, Role::Other);
                let compare = if self.negated { compare.opposite() } else { *compare };
                self.value(b, if matches!(b.kind, ExprKind::Date(_)) { Role::Dated(compare, word) } else { Role::Other });
            }
            ExprKind::Is(a, b, _) => {
                self.value(a, Role::Other);
                self.value(b, Role::Other);
            }
            ExprKind::Between(a, lower, upper) => {
                self.value(a, Role::Other);
                self.bound(lower, true);
                self.bound(upper, false);
            }
            ExprKind::In(a, names) => {
                self.value(a, Role::Other);
                self.names.extend(names.iter().map(|n| n.text.as_str()));
            }
            ExprKind::Aged(a, duration, until) => {
                self.value(a, Role::Other);
                self.compared(Compare::Ge, "满", duration);
                until.iter().for_each(|until| self.value(until, Role::Other));
            }
            ExprKind::Not(inner) => {
                self.negated = !self.negated;
                self.value(inner, Role::Other);
                self.negated = !self.negated;
            }
            ExprKind::And(all) | ExprKind::Or(all) => all.iter().for_each(|one| self.value(one, Role::Other)),
            _ => {}
        }
    }

    fn gather(&mut self, op: Gather, members: &'a [Member], left_out: &'a [crate::syntax::ast::Name], span: Span, role: Role) {
        if let Gather::AtLeast(count) = op {
            self.count(count, "", span, Role::Other);
        }
        let mut rows = Vec::new();
        for member in members {
            let first = self.literals.len();
            if let Some(guard) = &member.guard {
                self.value(guard, Role::Other);
            }
            let middle = self.literals.len();
            self.value(&member.value, role);
            rows.push(PairedRow {
                keys: (first..middle).collect(),
                choices: Vec::new(),
                values: (middle..self.literals.len()).collect(),
                span: member.value.span,
            });
        }
        self.names.extend(left_out.iter().map(|n| n.text.as_str()));
        self.selections.push(rows);
    }

    fn rows(&mut self, rows: &'a [Row], role: Role) {
        let mut paired = Vec::new();
        for row in rows {
            let first = self.literals.len();
            let mut choices = Vec::new();
            match &row.test {
                Some(RowHead::Tests(tests)) => {
                    for test in tests {
                        match test {
                            RowTest::Compare(compare, word, expr) => self.compared(*compare, word, expr),
                            RowTest::Between(lower, upper) => {
                                self.bound(lower, true);
                                self.bound(upper, false);
                            }
                        }
                    }
                }
                Some(RowHead::Choices(names)) => {
                    choices.extend(names.iter().map(|n| n.text.as_str()));
                    self.names.extend(&choices);
                }
                None => {}
            }
            let middle = self.literals.len();
            if let Some(value) = &row.value {
                self.value(value, role);
            }
            paired.push(PairedRow { keys: (first..middle).collect(), choices, values: (middle..self.literals.len()).collect(), span: row.span });
        }
        self.selections.push(paired);
    }
}

/// True for a literal that need not stand in the words.
pub(super) fn is_loose(rule: &Rule<'_>, at: usize) -> bool {
    rule.literals.get(at).is_some_and(|literal| literal.role == Role::Loose)
}

/// More than any text names.
const MANY: u32 = 9;

/// The factors of a product; one of anything else.
fn factors_of(expr: &Expr) -> u32 {
    match &expr.kind {
        ExprKind::Arith(Arith::Mul, a, b) => factors_of(a) + factors_of(b),
        ExprKind::Paren(inner) => factors_of(inner),
        _ => 1,
    }
}

fn literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Quantity(..) | ExprKind::Ratio(_) | ExprKind::Year(_) => true,
        ExprKind::Paren(inner) => literal(inner),
        _ => false,
    }
}
