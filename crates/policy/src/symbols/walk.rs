//! Goes over the syntax of all files: first declarations, then every place that says a name.

use super::{Occurrence, Symbol, SymbolKind, Symbols};
use crate::source::{Sources, Span};
use crate::syntax::ast::{
    About, Alternative, Block, BlockKind, ClauseLine, Expectation, Expected, ExpectedOutcome, Expr, ExprKind, FactDecl, Give, GivenFact, LimitLine, Name,
    Overrun, PersonLines, ReadingBlock, Row, RowHead, RowTest, Scope, SituationBlock, Source, TableDecl, TableKey, TypeWord,
};
use crate::syntax::lexer::{TokenKind, lex};
use crate::syntax::parse::Parsed;
use std::collections::HashMap;

/// The built-in fact.
const KIND: &str = "申报人类型";

pub(super) fn walk(sources: &Sources, parsed: &Parsed) -> Symbols {
    let mut walk = Walk {
        sources,
        symbols: Symbols::default(),
        globals: HashMap::new(),
        clauses: HashMap::new(),
        below: HashMap::new(),
        locals: HashMap::new(),
        titles: HashMap::new(),
        record: Vec::new(),
        block: 0,
        owner: 0,
    };
    let kind = walk.add(SymbolKind::Fact, KIND, None, None, None);
    walk.globals.insert(KIND.to_owned(), kind);
    for (at, block) in parsed.blocks.iter().enumerate() {
        walk.block = at;
        walk.owner = at;
        walk.declare(block);
    }
    for (at, block) in parsed.blocks.iter().enumerate() {
        walk.block = at;
        walk.owner = at;
        walk.block(block, &parsed.blocks);
    }
    let mut symbols = walk.symbols;
    symbols.occurrences.sort_by_key(|o| (o.span, !o.declares));
    symbols.occurrences.dedup_by_key(|o| o.span);
    symbols
}

struct Walk<'a> {
    sources: &'a Sources,
    symbols: Symbols,
    globals: HashMap<String, usize>,
    clauses: HashMap<String, usize>,
    /// Fields and choices by the fact or field they belong to.
    below: HashMap<(usize, String), usize>,
    /// 其中 by the block that declares them.
    locals: HashMap<(usize, String), usize>,
    titles: HashMap<(SymbolKind, String), usize>,
    /// Lists whose fields are visible, innermost last.
    record: Vec<usize>,
    block: usize,
    /// The block whose 其中 are visible: another one inside a reading.
    owner: usize,
}

impl Walk<'_> {
    fn add(&mut self, kind: SymbolKind, name: &str, place: Option<Span>, of: Option<usize>, block: Option<usize>) -> usize {
        let at = self.symbols.all.len();
        self.symbols.all.push(Symbol { kind, name: name.to_owned(), place, of, block });
        if let Some(span) = place {
            self.symbols.occurrences.push(Occurrence { span, symbol: at, declares: true, raw: false, block: block.unwrap_or_default() });
        }
        at
    }

    fn declared(&mut self, kind: SymbolKind, name: &Name, of: Option<usize>) -> usize {
        self.add(kind, &name.text, Some(name.span), of, Some(self.block))
    }

    /// A global name: the first declaration counts.
    fn global(&mut self, kind: SymbolKind, name: &Name) -> usize {
        let at = self.declared(kind, name, None);
        self.globals.entry(name.text.clone()).or_insert(at);
        at
    }

    fn titled(&mut self, kind: SymbolKind, name: &Name) {
        let at = self.declared(kind, name, None);
        self.titles.entry((kind, name.text.clone())).or_insert(at);
    }

    fn declare(&mut self, block: &Block) {
        match &block.kind {
            BlockKind::Facts(facts) => facts.iter().for_each(|fact| self.declare_fact(fact)),
            BlockKind::Table(table) => {
                self.global(SymbolKind::Param, &table.name);
            }
            BlockKind::Define(name, _) => {
                self.global(SymbolKind::Definition, name);
            }
            BlockKind::Clause(clause) => {
                let at = self.declared(SymbolKind::Clause, &clause.id, None);
                self.clauses.entry(clause.id.text.clone()).or_insert(at);
                self.declare_locals(&clause.lines);
            }
            BlockKind::General(general) => self.declare_locals(&general.lines),
            BlockKind::Group(group) => self.titled(SymbolKind::Group, &group.name),
            BlockKind::Pool(pool) => self.titled(SymbolKind::Pool, &pool.name),
            BlockKind::Clawback(clawback) => self.titled(SymbolKind::Clawback, &clawback.name),
            BlockKind::Target(target) => self.titled(SymbolKind::Target, &target.name),
            BlockKind::Situation(situation) => {
                if let Some(span) = self.find(block.span, |kind| matches!(kind, TokenKind::Text(text) if *text == situation.title)) {
                    self.titled(SymbolKind::Situation, &Name { text: situation.title.clone(), span });
                }
            }
            BlockKind::Policy(_) | BlockKind::Reading(_) | BlockKind::Sentence(_) => {}
        }
    }

    fn declare_fact(&mut self, fact: &FactDecl) {
        let at = self.global(SymbolKind::Fact, &fact.name);
        self.declare_choices(at, fact);
        for field in &fact.fields {
            let below = self.declared(SymbolKind::Field, &field.name, Some(at));
            self.below.entry((at, field.name.text.clone())).or_insert(below);
            self.declare_choices(below, field);
        }
    }

    fn declare_choices(&mut self, of: usize, fact: &FactDecl) {
        if let TypeWord::Choice(names) = &fact.ty {
            for name in names {
                let at = self.declared(SymbolKind::Choice, name, Some(of));
                self.below.entry((of, name.text.clone())).or_insert(at);
            }
        }
    }

    fn declare_locals(&mut self, lines: &[ClauseLine]) {
        for line in lines {
            if let ClauseLine::Where(name, _) = line {
                let at = self.declared(SymbolKind::Local, name, None);
                self.locals.entry((self.block, name.text.clone())).or_insert(at);
            }
        }
    }

    fn say(&mut self, span: Span, symbol: usize) {
        self.symbols.occurrences.push(Occurrence { span, symbol, declares: false, raw: false, block: self.block });
    }

    /// The span of the first token of the first line of `extent` that fits.
    fn find(&self, extent: Span, fits: impl Fn(&TokenKind) -> bool) -> Option<Span> {
        let line = self.sources.words(extent).lines().next()?;
        lex(extent.file, extent.start as usize, line).tokens.into_iter().find(|token| fits(&token.kind)).map(|token| token.span)
    }

    fn block(&mut self, block: &Block, all: &[Block]) {
        match &block.kind {
            BlockKind::Table(table) => self.table(table),
            BlockKind::Define(_, expr) => self.expr(expr, None),
            BlockKind::Clause(clause) => self.lines(&clause.lines),
            BlockKind::General(general) => {
                self.scope(general.scope.as_ref());
                self.lines(&general.lines);
            }
            BlockKind::Group(group) => {
                self.scope(group.scope.as_ref());
                self.names(&group.same);
                group.limits.iter().for_each(|limit| self.limit(limit));
                self.names(group.frequency.iter().filter_map(|f| f.each.as_ref()));
            }
            BlockKind::Pool(pool) => {
                self.scope(pool.scope.as_ref());
                pool.amounts.iter().filter_map(|(_, amount)| amount.as_ref()).for_each(|amount| self.expr(amount, None));
                match &pool.overrun {
                    Some(Overrun::ByMeasure(expr, _)) => self.expr(expr, None),
                    Some(Overrun::ByClause(ids)) => self.ids(ids),
                    _ => {}
                }
            }
            BlockKind::Clawback(clawback) => {
                self.scope(clawback.scope.as_ref());
                clawback.triggers.iter().chain(&clawback.recover).for_each(|expr| self.expr(expr, None));
            }
            BlockKind::Target(target) => target.goals.iter().for_each(|(.., value)| self.expr(value, None)),
            BlockKind::Reading(reading) => self.reading(reading, all),
            BlockKind::Situation(situation) => self.situation(situation),
            BlockKind::Policy(_) | BlockKind::Facts(_) | BlockKind::Sentence(_) => {}
        }
    }

    fn table(&mut self, table: &TableDecl) {
        self.names(&table.by);
        let by: Vec<Option<usize>> = table.by.iter().map(|name| self.globals.get(&name.text).copied()).collect();
        for row in &table.rows {
            let mut next = by.iter();
            for key in &row.keys {
                if let TableKey::Choice(name) = key {
                    self.choice(name, next.next().copied().flatten());
                }
            }
            self.expr(&row.value, None);
        }
    }

    fn lines(&mut self, lines: &[ClauseLine]) {
        for line in lines {
            match line {
                ClauseLine::Require(expr) | ClauseLine::Bar(expr) => self.expr(expr, None),
                ClauseLine::Where(name, expr) => {
                    self.name(name, None);
                    self.expr(expr, None);
                }
                ClauseLine::Beneficiary(_, Some(name)) | ClauseLine::Evidence(Some(name), _) => self.name(name, None),
                ClauseLine::Rank(rank) => {
                    self.expr(&rank.score, None);
                    self.names(&rank.each);
                    rank.tie.iter().for_each(|tie| self.expr(tie, None));
                }
                ClauseLine::Give(give) => self.give(give),
                ClauseLine::Frequency(frequency) => self.names(&frequency.each),
                ClauseLine::Limit(limit) => self.limit(limit),
                ClauseLine::Pay(rows) => rows.iter().flat_map(|row| row.share.iter().chain(&row.test)).for_each(|expr| self.expr(expr, None)),
                _ => {}
            }
        }
    }

    fn give(&mut self, give: &Give) {
        match give {
            Give::Amount(expr) | Give::UpTo(expr) | Give::Waive(expr) => self.expr(expr, None),
            Give::Decided(modifiers, _) => modifiers.iter().for_each(|(_, expr)| self.expr(expr, None)),
            Give::Service(..) => {}
        }
    }

    fn limit(&mut self, limit: &LimitLine) {
        self.expr(&limit.amount, None);
        self.names(&limit.each);
    }

    fn scope(&mut self, scope: Option<&Scope>) {
        if let Some(scope) = scope {
            self.ids(&scope.ids);
            self.ids(&scope.except);
        }
    }

    fn ids<'n>(&mut self, ids: impl IntoIterator<Item = &'n Name>) {
        for id in ids {
            if let Some(at) = self.clauses.get(&id.text).copied() {
                self.say(id.span, at);
            }
        }
    }

    fn names<'n>(&mut self, names: impl IntoIterator<Item = &'n Name>) {
        for name in names {
            self.name(name, None);
        }
    }

    /// A name where a value may stand: a field of the list at hand, a 其中, a global name, a choice of `set`.
    fn name(&mut self, name: &Name, set: Option<usize>) {
        if let Some(at) = self.meaning(&name.text).or_else(|| self.below.get(&(set?, name.text.clone())).copied()) {
            self.say(name.span, at);
        }
    }

    fn meaning(&self, name: &str) -> Option<usize> {
        let field = self.record.iter().rev().find_map(|list| self.below.get(&(*list, name.to_owned())));
        field.or_else(|| self.locals.get(&(self.owner, name.to_owned()))).or_else(|| self.globals.get(name)).copied()
    }

    fn choice(&mut self, name: &Name, set: Option<usize>) {
        if let Some(at) = set.and_then(|set| self.below.get(&(set, name.text.clone()))).copied() {
            self.say(name.span, at);
        }
    }

    /// The fact or field whose choices a value is of.
    fn set(&self, expr: &Expr) -> Option<usize> {
        match &expr.kind {
            ExprKind::Name(name) => self.meaning(&name.text),
            ExprKind::At(_, inner) | ExprKind::Paren(inner) => self.set(inner),
            _ => None,
        }
    }

    fn expr(&mut self, expr: &Expr, set: Option<usize>) {
        match &expr.kind {
            ExprKind::Name(name) => self.name(name, set),
            ExprKind::At(_, a)
            | ExprKind::NthYear(a)
            | ExprKind::YearOf(a)
            | ExprKind::Rise(a, _)
            | ExprKind::Growth(a, _)
            | ExprKind::Paren(a)
            | ExprKind::Not(a) => {
                self.expr(a, set);
            }
            ExprKind::ClauseAmount(id) | ExprKind::ClauseEligible(id) => self.ids([id]),
            ExprKind::Arith(_, a, b)
            | ExprKind::Above(a, b)
            | ExprKind::UpTo(a, b)
            | ExprKind::Compare(_, _, a, b)
            | ExprKind::FirstReach(_, _, a, b)
            | ExprKind::DateCompare(_, _, a, b)
            | ExprKind::Modified(a, _, b) => self.both(a, b, set),
            ExprKind::Steps(a, b, c) | ExprKind::If(a, b, c) => {
                self.expr(a, None);
                self.both(b, c, set);
            }
            ExprKind::Between(a, low, high) => {
                self.expr(a, None);
                self.both(&low.value, &high.value, None);
            }
            ExprKind::Aged(a, b, until) => {
                self.both(a, b, None);
                until.iter().for_each(|day| self.expr(day, None));
            }
            ExprKind::Is(a, b, _) => {
                self.expr(a, None);
                let set = self.set(a);
                self.expr(b, set);
            }
            ExprKind::In(a, names) => {
                self.expr(a, None);
                let set = self.set(a);
                names.iter().for_each(|name| self.choice(name, set));
            }
            ExprKind::Tier { measures, rows, .. } => {
                measures.iter().for_each(|measure| self.expr(measure, None));
                self.rows(rows, None, set);
            }
            ExprKind::Case { subject, rows } => {
                self.expr(subject, None);
                let subject = self.set(subject);
                self.rows(rows, subject, set);
            }
            ExprKind::Bracket { measure, rows } => {
                self.expr(measure, None);
                self.rows(rows, None, set);
            }
            ExprKind::Gather { members, left_out, .. } => {
                for member in members {
                    member.guard.iter().for_each(|guard| self.expr(guard, None));
                    self.expr(&member.value, set);
                }
                self.names(left_out);
            }
            ExprKind::Fold { source, guard, body, .. } => self.fold(source, guard.as_deref(), body.as_deref()),
            ExprKind::And(parts) | ExprKind::Or(parts) => parts.iter().for_each(|part| self.expr(part, None)),
            _ => {}
        }
    }

    fn both(&mut self, a: &Expr, b: &Expr, set: Option<usize>) {
        self.expr(a, set);
        self.expr(b, set);
    }

    fn fold(&mut self, source: &Source, guard: Option<&Expr>, body: Option<&Expr>) {
        let mut list = None;
        if let Source::List(name) = source {
            self.name(name, None);
            list = self.globals.get(&name.text).copied();
        }
        self.record.extend(list);
        guard.into_iter().chain(body).for_each(|expr| self.expr(expr, None));
        if list.is_some() {
            self.record.pop();
        }
    }

    fn rows(&mut self, rows: &[Row], subject: Option<usize>, set: Option<usize>) {
        for row in rows {
            match &row.test {
                Some(RowHead::Choices(names)) => names.iter().for_each(|name| self.choice(name, subject)),
                Some(RowHead::Tests(tests)) => {
                    for test in tests {
                        match test {
                            RowTest::Compare(_, _, bound) => self.expr(bound, None),
                            RowTest::Between(low, high) => self.both(&low.value, &high.value, None),
                        }
                    }
                }
                None => {}
            }
            row.value.iter().for_each(|value| self.expr(value, set));
        }
    }

    fn reading(&mut self, reading: &ReadingBlock, all: &[Block]) {
        let mut owner = None;
        match &reading.about {
            About::Clauses(ids) => {
                self.ids(ids);
                owner = ids.first().and_then(|id| self.clauses.get(&id.text)).and_then(|at| self.symbols.all.get(*at)).and_then(|s| s.block);
            }
            About::Group(name) => self.title(SymbolKind::Group, &name.text, name.span),
            About::Pool(name) => self.title(SymbolKind::Pool, &name.text, name.span),
            About::Policy | About::Words => {}
        }
        self.owner = owner.filter(|at| *at < all.len()).unwrap_or(self.block);
        for alternative in reading.taken.iter().chain(&reading.others) {
            self.lines(&alternative.clause_lines);
            self.tokens(alternative);
        }
    }

    fn title(&mut self, kind: SymbolKind, name: &str, span: Span) {
        if let Some(at) = self.titles.get(&(kind, name.to_owned())).copied() {
            self.say(span, at);
        }
    }

    /// Lines that repeat those of a group or pool, and bare modifiers: no syntax was made of them.
    fn tokens(&mut self, alternative: &Alternative) {
        let span = alternative.span;
        let mut offset = span.start as usize;
        let words = self.sources.words(span).to_owned();
        for raw in words.split_inclusive('\n') {
            let mut ids = false;
            for token in lex(span.file, offset, raw.trim_end_matches(['\n', '\r'])).tokens {
                match &token.kind {
                    TokenKind::Number { digits, suffix } if ids => self.ids([&Name { text: format!("{digits}{suffix}"), span: token.span }]),
                    TokenKind::Sign('、') => {}
                    _ => {
                        ids = token.word().is_some_and(|word| matches!(word, "条款" | "适用" | "除" | "按条款"));
                        if let Some(at) = token.name().and_then(|name| self.meaning(name).or_else(|| self.field(name))) {
                            self.say(token.span, at);
                        }
                    }
                }
            }
            offset += raw.len();
        }
    }

    fn situation(&mut self, situation: &SituationBlock) {
        for person in std::iter::once(&situation.common).chain(situation.people.iter().map(|(_, lines)| lines)) {
            self.person(person);
        }
        for expectation in &situation.expects {
            self.ids([&expectation.clause]);
            self.expectation(expectation);
        }
    }

    fn person(&mut self, person: &PersonLines) {
        if let Some((title, span)) = &person.like {
            self.title(SymbolKind::Situation, title, *span);
        }
        person.facts.iter().for_each(|fact| self.given(fact));
        self.ids(person.history.iter().map(|(id, ..)| id));
        self.ids(person.decisions.iter().map(|(id, _)| id));
        self.ids(person.projects.iter().map(|(id, _)| id));
        self.ids(person.choices.iter().map(|(_, id)| id));
        self.names(person.params.iter().map(|(name, _)| name));
    }

    fn given(&mut self, fact: &GivenFact) {
        self.name(&fact.name, None);
        let of = self.globals.get(&fact.name.text).copied();
        self.given_value(fact.value.as_ref(), of);
        for (field, value) in fact.records.iter().flatten() {
            self.choice(field, of);
            let set = of.and_then(|of| self.below.get(&(of, field.text.clone()))).copied();
            self.given_value(Some(value), set);
        }
    }

    /// What a situation gives is a value: a name there is a choice, whatever else has that name.
    fn given_value(&mut self, value: Option<&Expr>, set: Option<usize>) {
        match value.map(|v| &v.kind) {
            Some(ExprKind::Name(name)) => self.choice(name, set),
            _ => value.into_iter().for_each(|v| self.expr(v, set)),
        }
    }

    /// A field by its name alone: of a list that the block at hand names, or of any.
    fn field(&self, name: &str) -> Option<usize> {
        let fields = || self.symbols.all.iter().enumerate().filter(|(_, s)| s.kind == SymbolKind::Field && s.name == name);
        let near = |of: Option<usize>| self.symbols.occurrences.iter().any(|o| o.block == self.owner && Some(o.symbol) == of);
        fields().find(|(_, s)| near(s.of)).or_else(|| fields().next()).map(|(at, _)| at)
    }

    /// `不符合 因 品牌年销售额`, `待定 缺 主体税区级留成@2023`: the reason is kept letter for letter, names stand in it.
    fn expectation(&mut self, expectation: &Expectation) {
        let Expected::Outcome(ExpectedOutcome::Ineligible(Some(reason)) | ExpectedOutcome::Undetermined(Some(reason))) = &expectation.what else { return };
        let file = expectation.span.file;
        let Some(from) = self.sources.words(expectation.span).rfind(reason.as_str()) else { return };
        let mut start = expectation.span.start as usize + from;
        for part in reason.split_inclusive('、') {
            let name = part.trim_end_matches('、').split('@').next().unwrap_or_default().trim_end();
            if let Some(symbol) = self.globals.get(name).copied() {
                self.say_raw(Span::new(file, start, start + name.len()), symbol);
            } else {
                self.words_of(part, file, start);
            }
            start += part.len();
        }
    }

    /// Names among other words: `引进人才[2].认定年度`, `参数 美元汇率`.
    fn words_of(&mut self, part: &str, file: u16, start: usize) {
        let apart = |c: char| !(c.is_alphanumeric() || matches!(c, '·' | '_'));
        let mut at = start;
        for word in part.split_inclusive(apart) {
            let name = word.trim_end_matches(apart);
            if let Some(symbol) = self.globals.get(name).copied().or_else(|| self.field(name)) {
                self.say_raw(Span::new(file, at, at + name.len()), symbol);
            }
            at += word.len();
        }
    }

    fn say_raw(&mut self, span: Span, symbol: usize) {
        self.symbols.occurrences.push(Occurrence { span, symbol, declares: false, raw: true, block: self.block });
    }
}
