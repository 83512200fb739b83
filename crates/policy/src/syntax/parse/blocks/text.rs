//! 目标, 文句 and 读法: what of the text is no award, and how it was read.

use super::super::clause::items;
use super::super::expr::comparison;
use super::super::spelling::{below, each_line, normalise, spell_out};
use super::super::{Cursor, Parser};
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{About, Alternative, ClauseLine, ExprKind, Name, ReadingBlock, SentenceBlock, TargetBlock};
use crate::syntax::layout::Line;
use crate::syntax::lexer::{Token, TokenKind};

impl<'a> Parser<'a> {
    pub(super) fn target(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> TargetBlock {
        let name = self.titled(line);
        let mut block = TargetBlock { name, indicator: None, goals: Vec::new(), responsible: Vec::new() };
        for child in line.children.iter().chain(&line.more) {
            let mut cursor = Cursor::of(child.rest(), child);
            let cursor = &mut cursor;
            match child.key() {
                Some("指标") => block.indicator = Some(self.words(cursor).concat()),
                Some("要求") => {
                    for (tokens, item) in items(child) {
                        let mut cursor = Cursor::of(tokens, item);
                        let year = match self.atom(&mut cursor).kind {
                            ExprKind::Year(year) => year,
                            _ => {
                                self.unexpected(&mut cursor);
                                0
                            }
                        };
                        let word = cursor.word();
                        match word.and_then(comparison) {
                            Some(compare) => {
                                cursor.next();
                                let value = self.sum(&mut cursor);
                                block.goals.push((year, compare, word.unwrap_or_default(), value));
                            }
                            None => self.unexpected(&mut cursor),
                        }
                        self.finish(&mut cursor);
                    }
                }
                Some("责任") => {
                    block.responsible = self.names(cursor);
                    self.finish(cursor);
                }
                _ => others.push(child),
            }
        }
        block
    }

    pub(super) fn sentence(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> SentenceBlock {
        let mut cursor = Cursor::of(line.rest(), line);
        let sort = cursor.word().filter(|w| matches!(*w, "叙述" | "鼓励" | "程序" | "释义" | "授权" | "任务"));
        if sort.is_some() {
            cursor.next();
        } else {
            let at = cursor.here();
            self.fault(
                Diagnostic::new("E0114", at, "文句要写明是哪一类", "say what the sentence is")
                    .help("叙述、鼓励、程序、释义、授权、任务 之一", "one of narrative, encouragement, procedure, meaning, delegation, task"),
            );
            cursor.skip();
        }
        self.finish(&mut cursor);
        let mut block = SentenceBlock { sort: sort.unwrap_or("叙述"), responsible: Vec::new() };
        for child in line.children.iter().chain(&line.more) {
            if child.key() == Some("责任") {
                let mut cursor = Cursor::of(child.rest(), child);
                block.responsible = self.names(&mut cursor);
                self.finish(&mut cursor);
            } else {
                others.push(child);
            }
        }
        block
    }

    pub(super) fn reading(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> ReadingBlock {
        let mut cursor = Cursor::of(line.rest(), line);
        let cursor = &mut cursor;
        let about = if cursor.eat("并用") {
            About::Group(self.title_here(cursor))
        } else if cursor.eat("资金") {
            About::Pool(self.title_here(cursor))
        } else if cursor.eat("政策") {
            if cursor.peek(0).and_then(Token::name).is_some() {
                cursor.next();
            }
            About::Policy
        } else if matches!(cursor.kind(), Some(TokenKind::Text(_)) | None) {
            About::Words
        } else {
            About::Clauses(self.clause_ids(cursor))
        };
        let words = cursor.text();
        self.finish(cursor);
        let mut block = ReadingBlock { about, words, taken: Vec::new(), others: Vec::new(), open: false, because: None };
        for child in line.children.iter().chain(&line.more) {
            match child.key() {
                Some("取") => {
                    let taken = self.alternative(child, &block.about);
                    block.taken.push(taken);
                }
                Some("另") => {
                    let other = self.alternative(child, &block.about);
                    block.others.push(other);
                }
                Some("待定") => block.open = true,
                Some("因") => {
                    let mut cursor = Cursor::of(child.rest(), child);
                    block.because = cursor.text();
                    self.finish(&mut cursor);
                }
                _ => others.push(child),
            }
        }
        block
    }

    pub(super) fn title_here(&mut self, cursor: &mut Cursor<'a>) -> Name {
        let span = cursor.here();
        let text = cursor.text().unwrap_or_else(|| self.name(cursor).text);
        Name { text, span }
    }

    fn alternative(&mut self, line: &Line, about: &About) -> Alternative {
        let mut alternative = Alternative {
            words: Vec::new(),
            no_line: false,
            lines: Vec::new(),
            spelled_lines: Vec::new(),
            spelled: Vec::new(),
            clause_lines: Vec::new(),
            span: line.extent(),
        };
        let first = below(line);
        for item in std::iter::once(&first).chain(&line.more) {
            let mut cursor = Cursor::of(&item.tokens, item);
            if matches!(cursor.kind(), Some(TokenKind::Text(_))) {
                let mut sub = Parser { text: self.text, faults: Vec::new(), depth: self.depth };
                alternative.words.extend(sub.texts(&mut cursor));
                sub.finish(&mut cursor);
                self.faults.append(&mut sub.faults);
                continue;
            }
            if cursor.eat("无此行") {
                alternative.no_line = true;
                continue;
            }
            normalise(item, &mut alternative.lines);
            spell_out(item, &mut alternative.spelled);
            each_line(item, &mut alternative.spelled_lines);
            if matches!(about, About::Clauses(_)) {
                let mut sub = Parser { text: self.text, faults: Vec::new(), depth: self.depth };
                let mut lines: Vec<ClauseLine> = Vec::new();
                if sub.clause_line(item, &mut lines) {
                    self.faults.append(&mut sub.faults);
                    alternative.clause_lines.append(&mut lines);
                }
            }
        }
        alternative
    }
}
