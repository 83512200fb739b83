//! Heads, what stands in any block, and 通则. The other blocks have a file each for their kind; 条款 and 情形 stand beside this one.

mod declaration;
mod money;
mod text;

use super::clause::items;
use super::spelling::normalise;
use super::{Cursor, Parser};
use crate::diagnostic::Diagnostic;
use crate::source::Document;
use crate::syntax::ast::{Block, BlockKind, Cite, GeneralBlock, LiteralNote, Name, Scope};
use crate::syntax::layout::Line;
use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::words;

impl<'a> Parser<'a> {
    pub(super) fn block(&mut self, line: &'a Line, document: &Document, fence: usize, heading: &str) -> Option<Block> {
        let mut block = Block {
            kind: BlockKind::Facts(Vec::new()),
            span: line.extent(),
            heading: heading.to_owned(),
            file: line.span.file,
            section: document.fences.get(fence).map_or(0, |f| f.section),
            quote: document.fences.get(fence).and_then(|f| f.quote),
            cites: Vec::new(),
            notes: Vec::new(),
            normal: Vec::new(),
        };
        if matches!(line.key(), Some("条款" | "通则" | "并用" | "资金" | "政策")) {
            normalise(line, &mut block.normal);
        }
        let mut others: Vec<&'a Line> = Vec::new();
        block.kind = match line.key() {
            Some("条款") => {
                let (clause, rest) = self.clause(line);
                others = rest;
                BlockKind::Clause(Box::new(clause))
            }
            Some("政策") => BlockKind::Policy(self.policy(line, &mut others)),
            Some("事实") => BlockKind::Facts(self.facts(line)),
            Some("参数") => BlockKind::Table(self.table(line, &mut others)),
            Some("定义") => {
                let mut cursor = Cursor::of(line.rest(), line);
                let name = self.name(&mut cursor);
                self.expect(&mut cursor, "为");
                BlockKind::Define(name, self.value(&mut cursor, &line.more))
            }
            Some("通则") => BlockKind::General(self.general(line, &mut others)),
            Some("并用") => BlockKind::Group(self.group(line, &mut others)),
            Some("资金") => BlockKind::Pool(self.pool(line, &mut others)),
            Some("追回") => BlockKind::Clawback(self.clawback(line, &mut others)),
            Some("目标") => BlockKind::Target(self.target(line, &mut others)),
            Some("读法") => BlockKind::Reading(self.reading(line, &mut others)),
            Some("文句") => BlockKind::Sentence(self.sentence(line, &mut others)),
            Some("情形") => BlockKind::Situation(Box::new(self.situation(line))),
            _ => {
                self.unknown_head(line);
                return None;
            }
        };
        for line in others {
            self.annotation(line, &mut block);
        }
        Some(block)
    }

    fn unknown_head(&mut self, line: &Line) {
        let Some(token) = line.tokens.first() else { return };
        let words_here = token.span.of(self.text);
        let heads = words::WORDS.iter().filter(|w| w.2 == words::Role::Head).flat_map(|w| [w.0, w.1]);
        let near = crate::diagnostic::nearest(words_here, heads);
        let diagnostic = Diagnostic::new("E0113", token.span, format!("“{words_here}”不是一个块的开头"), format!("'{words_here}' opens no block"));
        self.fault(match near {
            Some(near) => diagnostic.help(format!("是不是“{near}”？"), format!("did you mean '{near}'?")).replace(near),
            None => diagnostic.help(
                "块以 政策、事实、参数、定义、条款、通则、并用、资金、追回、目标、读法、文句、情形 开头，从行首写起",
                "a block opens at the start of a line with policy, facts, table, define, clause, general, group, pool, clawback, target, reading, text or situation",
            ),
        });
    }

    /// 原文, 字面, 不用: allowed in every block.
    fn annotation(&mut self, line: &'a Line, block: &mut Block) {
        match line.key() {
            Some("原文") => {
                for (tokens, item) in items(line) {
                    let mut cursor = Cursor::of(tokens, item);
                    let elsewhere = match cursor.kind() {
                        Some(TokenKind::Text(_)) | None => None,
                        Some(_) => {
                            let start = cursor.here();
                            while !cursor.done() && !matches!(cursor.kind(), Some(TokenKind::Text(_))) {
                                cursor.next();
                            }
                            let words = start.to(cursor.before()).of(self.text).split_whitespace();
                            Some(words.collect::<Vec<_>>().join(" "))
                        }
                    };
                    let from = cursor.text().unwrap_or_default();
                    let to = if cursor.eat("至") { cursor.text() } else { None };
                    self.finish(&mut cursor);
                    block.cites.push(Cite { from, to, elsewhere, span: item.extent() });
                }
            }
            Some(key @ ("字面" | "不用")) => {
                let mut cursor = Cursor::of(line.rest(), line);
                let mut whats = Vec::new();
                while !cursor.done() && !cursor.peek(0).is_some_and(|t| t.is("即") || t.is("因")) {
                    match cursor.text() {
                        Some(text) => whats.push(text),
                        None if cursor.eat_sign('、') => {}
                        None => whats.extend(cursor.next().map(|token| self.as_written(token))),
                    }
                }
                let says = if cursor.eat("即") { cursor.text() } else { None };
                let because = if cursor.eat("因") { cursor.text() } else { None };
                if says.is_none() && because.is_none() {
                    self.expect(&mut cursor, "因");
                }
                self.finish(&mut cursor);
                for what in whats {
                    block.notes.push(LiteralNote { unused: key == "不用", what, says: says.clone(), because: because.clone(), span: line.extent() });
                }
            }
            _ => self.stray(line),
        }
    }

    /// All words or texts of a line, for simple lines of data.
    fn words(&mut self, cursor: &mut Cursor<'a>) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        while !cursor.done() {
            if cursor.eat_sign('、') || cursor.eat_sign('，') {
                continue;
            }
            match cursor.text() {
                Some(text) => words.push(text),
                None => words.extend(cursor.next().map(|token| self.as_written(token))),
            }
        }
        words
    }

    /// A token letter for letter, but for signs and marks of quotation, which have twins that mean the same.
    fn as_written(&self, token: &Token) -> String {
        match &token.kind {
            TokenKind::Sign(sign) => sign.to_string(),
            TokenKind::Text(text) => format!("「{text}」"),
            _ => token.span.of(self.text).to_owned(),
        }
    }

    pub(super) fn scope(&mut self, line: &'a Line) -> Scope {
        let mut cursor = Cursor::of(line.rest(), line);
        let cursor = &mut cursor;
        let mut scope = Scope { span: line.extent(), ..Scope::default() };
        loop {
            if cursor.eat("全部") {
                scope.all = true;
            } else if cursor.eat("本节") {
                scope.section = true;
            } else if cursor.eat("他处") {
                scope.elsewhere = true;
            } else if !cursor.done() {
                scope.ids.push(self.clause_reference(cursor));
            }
            if !cursor.eat_sign('、') {
                break;
            }
        }
        if cursor.eat("除") {
            scope.except = self.clause_ids(cursor);
        }
        self.finish(cursor);
        scope
    }

    fn general(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> GeneralBlock {
        let mut cursor = Cursor::of(line.rest(), line);
        let _ = cursor.text();
        self.finish(&mut cursor);
        let mut block = GeneralBlock { scope: None, lines: Vec::new() };
        for child in line.children.iter().chain(&line.more) {
            if child.key() == Some("适用") {
                block.scope = Some(self.scope(child));
            } else if !self.clause_line(child, &mut block.lines) {
                others.push(child);
            }
        }
        block
    }

    fn titled(&mut self, line: &'a Line) -> Name {
        let mut cursor = Cursor::of(line.rest(), line);
        let span = cursor.here();
        let text = cursor.text().unwrap_or_else(|| self.name(&mut cursor).text);
        self.finish(&mut cursor);
        Name { text, span }
    }
}
