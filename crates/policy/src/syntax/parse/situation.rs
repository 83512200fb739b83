//! 情形: applicants, what is known of them, and what must come out.

use super::clause::items;
use super::{Cursor, Parser, spell};
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{Expectation, Expected, ExpectedOutcome, ExprKind, GivenFact, Name, Period, PersonLines, SituationBlock};
use crate::syntax::layout::Line;
use crate::syntax::lexer::{Token, TokenKind};

impl<'a> Parser<'a> {
    pub(super) fn situation(&mut self, line: &'a Line) -> SituationBlock {
        let mut cursor = Cursor::of(line.rest(), line);
        let title = cursor.text().unwrap_or_else(|| self.name(&mut cursor).text);
        self.finish(&mut cursor);
        let mut block = SituationBlock { title, common: PersonLines::default(), people: Vec::new(), expects: Vec::new() };
        for child in line.children.iter().chain(&line.more) {
            match child.key() {
                Some("申报人") => {
                    let mut cursor = Cursor::of(child.rest(), child);
                    let name = self.name(&mut cursor);
                    self.finish(&mut cursor);
                    let mut person = PersonLines::default();
                    for line in child.children.iter().chain(&child.more) {
                        if !self.person_line(line, &mut person) {
                            self.stray(line);
                        }
                    }
                    block.people.push((name, person));
                }
                Some(key @ ("结果" | "实得" | "追回")) => {
                    for (tokens, item) in items(child) {
                        let mut cursor = Cursor::of(tokens, item);
                        let expectation = self.expectation(&mut cursor, key);
                        block.expects.push(expectation);
                    }
                }
                _ => {
                    if !self.person_line(child, &mut block.common) {
                        self.stray(child);
                    }
                }
            }
        }
        block
    }

    fn person_line(&mut self, line: &'a Line, person: &mut PersonLines) -> bool {
        let Some(key) = line.key() else { return false };
        match key {
            "承" => {
                let mut cursor = Cursor::of(line.rest(), line);
                let at = cursor.here();
                person.like = cursor.text().map(|t| (t, at));
                self.finish(&mut cursor);
            }
            "年度" => {
                let mut cursor = Cursor::of(line.rest(), line);
                match self.atom(&mut cursor).kind {
                    ExprKind::Year(year) => person.year = Some(year),
                    _ => self.unexpected(&mut cursor),
                }
                self.finish(&mut cursor);
            }
            "截止" => {
                let mut cursor = Cursor::of(line.rest(), line);
                person.as_of = self.day(&mut cursor);
                self.finish(&mut cursor);
            }
            "对象" => {
                let mut cursor = Cursor::of(line.rest(), line);
                person.kind = Some(self.name(&mut cursor));
                self.finish(&mut cursor);
            }
            "事实" => {
                for (tokens, item) in items(line) {
                    let fact = self.given_fact(tokens, item);
                    person.facts.push(fact);
                }
            }
            "往年" | "决定" | "参数" | "项目" | "他处" | "选择" => {
                for (tokens, item) in items(line) {
                    let mut cursor = Cursor::of(tokens, item);
                    self.person_item(key, &mut cursor, person);
                    self.finish(&mut cursor);
                }
            }
            _ => return false,
        }
        true
    }

    fn person_item(&mut self, key: &str, cursor: &mut Cursor<'a>, person: &mut PersonLines) {
        match key {
            "往年" => {
                let clause = self.clause_reference(cursor);
                let year = match self.atom(cursor).kind {
                    ExprKind::Year(year) => year,
                    _ => {
                        self.unexpected(cursor);
                        0
                    }
                };
                let amount = self.atom(cursor);
                let _ = cursor.eat_sign('，');
                let of = cursor.text();
                person.history.push((clause, year, amount, of));
            }
            "决定" => {
                let clause = self.clause_reference(cursor);
                let amount = self.atom(cursor);
                person.decisions.push((clause, amount));
            }
            "参数" => {
                let name = self.name(cursor);
                let value = self.atom(cursor);
                person.params.push((name, value));
            }
            "项目" => {
                let clause = self.clause_reference(cursor);
                let project = cursor.text().unwrap_or_default();
                person.projects.push((clause, project));
            }
            "选择" => {
                let group = cursor.text().unwrap_or_default();
                let clause = self.clause_reference(cursor);
                person.choices.push((group, clause));
            }
            _ => {
                let name = cursor.text().unwrap_or_default();
                let amount = self.atom(cursor);
                let (mut project, mut kind) = (None, None);
                while cursor.eat_sign('，') {
                    if cursor.eat("申报项目") {
                        project = cursor.text();
                    } else {
                        self.expect(cursor, "类别");
                        kind = cursor.text();
                    }
                }
                person.elsewhere.push((name, amount, project, kind));
            }
        }
    }

    /// `X 5万元` · `2023年 X 5万元` · `X 全国总部` · `X` with records below
    fn given_fact(&mut self, tokens: &'a [Token], line: &'a Line) -> GivenFact {
        let mut cursor = Cursor::of(tokens, line);
        let cursor = &mut cursor;
        let period = self.period(cursor).unwrap_or(Period { year: None, month: None });
        let name = self.name(cursor);
        let value = if cursor.done() { None } else { Some(self.atom(cursor)) };
        self.finish(cursor);
        let mut records = Vec::new();
        for child in cursor.take_children().unwrap_or_default() {
            let mut inner = Cursor::of(&child.tokens, child);
            records.push(self.record(&mut inner));
            self.finish(&mut inner);
        }
        GivenFact { name, period, value, records }
    }

    fn record(&mut self, cursor: &mut Cursor<'a>) -> Vec<(Name, crate::syntax::ast::Expr)> {
        let mut fields = Vec::new();
        loop {
            let name = self.name(cursor);
            let value = self.atom(cursor);
            fields.push((name, value));
            if !cursor.eat_sign('，') && !cursor.eat_sign('、') {
                return fields;
            }
        }
    }

    fn expectation(&mut self, cursor: &mut Cursor<'a>, key: &str) -> Expectation {
        let start = cursor.here();
        // `甲 1.1 …` or `1.1 …`; a clause id may be a name too, so a name before an id is a person.
        let second_is_id = matches!(cursor.peek(1).map(|t| &t.kind), Some(TokenKind::Number { suffix, .. }) if suffix.is_empty());
        let person = if cursor.peek(0).and_then(Token::name).is_some() && second_is_id { Some(self.name(cursor)) } else { None };
        let clause = self.clause_reference(cursor);
        let what = match key {
            "实得" => {
                if cursor.eat("不予") || cursor.eat("让位") {
                    Expected::Awarded(None)
                } else {
                    Expected::Awarded(Some(self.atom(cursor)))
                }
            }
            "追回" => {
                let year = match self.atom(cursor).kind {
                    ExprKind::Year(year) => year,
                    _ => {
                        self.unexpected(cursor);
                        0
                    }
                };
                Expected::Recovered(year, self.atom(cursor))
            }
            _ => Expected::Outcome(self.outcome(cursor)),
        };
        self.finish(cursor);
        Expectation { person, clause, what, span: start.to(cursor.before()) }
    }

    fn outcome(&mut self, cursor: &mut Cursor<'a>) -> ExpectedOutcome {
        let reason = |parser: &mut Self, cursor: &mut Cursor<'a>, word: &str| {
            if !cursor.eat(word) {
                return None;
            }
            let at = cursor.here();
            if cursor.done() {
                parser.fault(
                    Diagnostic::new("E0107", at, "这里缺一个名称", "a name is missing here")
                        .help("写事实的名称，或删去“因”“缺”", "name the fact, or leave the word out"),
                );
                return None;
            }
            // In one spelling: white space and marks of quotation are layout.
            Some(cursor.text().unwrap_or_else(|| {
                let words = spell(cursor.tokens.get(cursor.at()..).unwrap_or_default());
                cursor.skip();
                words
            }))
        };
        let word = cursor.word();
        match word {
            Some("不符合") => {
                cursor.next();
                ExpectedOutcome::Ineligible(reason(self, cursor, "因"))
            }
            Some("待定") => {
                cursor.next();
                ExpectedOutcome::Undetermined(reason(self, cursor, "缺"))
            }
            Some("已享受") => {
                cursor.next();
                ExpectedOutcome::Exhausted
            }
            Some("禁入") => {
                cursor.next();
                if cursor.eat("因") {
                    cursor.skip();
                }
                ExpectedOutcome::Barred
            }
            Some("让位") => {
                cursor.next();
                ExpectedOutcome::Yielded
            }
            Some("符合") => {
                cursor.next();
                if cursor.done() {
                    return ExpectedOutcome::Eligible;
                }
                let ceiling = cursor.eat("上限");
                ExpectedOutcome::Amount { amount: self.atom(cursor), ceiling }
            }
            Some("上限") => {
                cursor.next();
                ExpectedOutcome::Amount { amount: self.atom(cursor), ceiling: true }
            }
            _ => {
                if cursor.done() {
                    let at = cursor.here();
                    self.fault(
                        Diagnostic::new("E0107", at, "这里缺结果", "the outcome is missing here")
                            .help("例：1.1 20万元、1.1 不符合 因 销售额、1.1 待定 缺 销售额", "for example: 1.1 20万元, 1.1 不符合, 1.1 待定"),
                    );
                }
                ExpectedOutcome::Amount { amount: self.atom(cursor), ceiling: false }
            }
        }
    }
}
