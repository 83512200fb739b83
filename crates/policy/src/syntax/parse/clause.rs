//! 条款 and the lines it shares with 通则 and 读法.

use super::expr::modifier;
use super::{Cursor, Parser};
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{ClauseBlock, ClauseLine, Failing, FrequencyLine, Give, InstalmentLine, LimitLine, RankLine, Window};
use crate::syntax::layout::Line;
use crate::syntax::lexer::{Token, TokenKind};

impl<'a> Parser<'a> {
    pub(super) fn clause(&mut self, line: &'a Line) -> (ClauseBlock, Vec<&'a Line>) {
        let mut cursor = Cursor::of(line.rest(), line);
        let id = self.clause_id(&mut cursor);
        let title = cursor.text().unwrap_or_default();
        self.finish(&mut cursor);
        let mut block = ClauseBlock { id, title, lines: Vec::new() };
        let mut others = Vec::new();
        for child in line.children.iter().chain(&line.more) {
            if !self.clause_line(child, &mut block.lines) {
                others.push(child);
            }
        }
        (block, others)
    }

    /// Reads a line of a clause into `into`; false if it is none.
    pub(super) fn clause_line(&mut self, line: &'a Line, into: &mut Vec<ClauseLine>) -> bool {
        let Some(key) = line.key() else { return false };
        let mut cursor = Cursor::of(line.rest(), line);
        let cursor = &mut cursor;
        match key {
            "对象" => {
                let names = self.names(cursor);
                into.push(ClauseLine::Applicants(names));
            }
            "受益" => {
                let list = if cursor.eat("每个") { Some(self.name(cursor)) } else { None };
                let words = match &list {
                    Some(name) => name.text.clone(),
                    None => cursor.text().unwrap_or_else(|| self.name(cursor).text),
                };
                into.push(ClauseLine::Beneficiary(words, list));
            }
            "条件" | "排除" => {
                for (tokens, item) in items(line) {
                    let mut cursor = Cursor::of(tokens, item);
                    let test = self.value(&mut cursor, &[]);
                    into.push(if key == "条件" { ClauseLine::Require(test) } else { ClauseLine::Bar(test) });
                }
                return true;
            }
            "其中" => {
                for (tokens, item) in items(line) {
                    let mut cursor = Cursor::of(tokens, item);
                    let name = self.name(&mut cursor);
                    self.expect(&mut cursor, "为");
                    let value = self.value(&mut cursor, &[]);
                    into.push(ClauseLine::Where(name, value));
                }
                return true;
            }
            "排名" => into.push(ClauseLine::Rank(self.rank(cursor))),
            "给予" => {
                let give = self.give(cursor, line);
                into.push(ClauseLine::Give(give));
                return true;
            }
            "频次" => into.push(ClauseLine::Frequency(self.frequency(cursor))),
            "限额" => {
                let limit = self.limit(cursor, line);
                into.push(ClauseLine::Limit(limit));
                return true;
            }
            "兑付" => {
                self.finish(cursor);
                let rows = line.children.iter().chain(&line.more).map(|row| self.instalment(row)).collect();
                into.push(ClauseLine::Pay(rows));
                return true;
            }
            "类别" => into.push(ClauseLine::Kind(self.name(cursor))),
            "牵头" => into.push(ClauseLine::Lead(self.names(cursor))),
            "参与" => into.push(ClauseLine::With(self.names(cursor))),
            "佐证" => {
                for (tokens, item) in items(line) {
                    let mut cursor = Cursor::of(tokens, item);
                    let of = match cursor.peek(0).and_then(Token::name) {
                        Some(_) => {
                            let name = self.name(&mut cursor);
                            self.expect_sign(&mut cursor, '：');
                            Some(name)
                        }
                        None => None,
                    };
                    let mut papers = Vec::new();
                    while let Some(text) = cursor.text().or_else(|| {
                        cursor.peek(0).and_then(Token::name).map(str::to_owned).inspect(|_| {
                            cursor.next();
                        })
                    }) {
                        papers.push(text);
                        if !cursor.eat_sign('、') {
                            break;
                        }
                    }
                    self.finish(&mut cursor);
                    into.push(ClauseLine::Evidence(of, papers));
                }
                return true;
            }
            _ => return false,
        }
        self.finish(cursor);
        for extra in line.children.iter().chain(&line.more) {
            self.stray(extra);
        }
        true
    }

    fn give(&mut self, cursor: &mut Cursor<'a>, line: &'a Line) -> Give {
        if cursor.eat("至多") {
            return Give::UpTo(self.value(cursor, &line.more));
        }
        if cursor.eat("减免") {
            return Give::Waive(self.value(cursor, &line.more));
        }
        let span = cursor.here();
        if cursor.eat("服务") {
            let words = cursor.text().unwrap_or_else(|| self.name(cursor).text);
            self.finish(cursor);
            return Give::Service(words, span.to(cursor.before()));
        }
        if cursor.eat("决定额") {
            let mut modifiers = Vec::new();
            while cursor.sign('，')
                && let Some(kind) = cursor.peek(1).and_then(Token::word).and_then(modifier)
            {
                cursor.next();
                cursor.next();
                modifiers.push((kind, self.any_of(cursor)));
            }
            self.finish(cursor);
            for below in line.children.iter().chain(&line.more) {
                match below.key().and_then(modifier) {
                    Some(kind) => {
                        let mut inner = Cursor::of(below.rest(), below);
                        modifiers.push((kind, self.value(&mut inner, &below.more)));
                    }
                    None => self.stray(below),
                }
            }
            return Give::Decided(modifiers, span);
        }
        Give::Amount(self.value(cursor, &line.more))
    }

    fn rank(&mut self, cursor: &mut Cursor<'a>) -> RankLine {
        let start = cursor.here();
        let score = self.sum(cursor);
        let mut rank = RankLine { score, top: None, each: None, lowest_first: false, tie: None, all_records: false, span: start };
        if cursor.eat("前") {
            rank.top = Some(self.count(cursor, &["名", "家", "户", "个"]));
        }
        while cursor.eat_sign('，') || !cursor.done() {
            if cursor.eat("每个") {
                rank.each = Some(self.name(cursor));
            } else if cursor.eat("低者先") {
                rank.lowest_first = true;
            } else if cursor.eat("全部记录") {
                rank.all_records = true;
            } else if cursor.eat("前") {
                rank.top = Some(self.count(cursor, &["名", "家", "户", "个"]));
            } else if cursor.eat("同分") {
                if !cursor.eat("并列") {
                    self.expect(cursor, "比");
                    rank.tie = Some(self.sum(cursor));
                }
            } else {
                break;
            }
        }
        rank.span = start.to(cursor.before());
        rank
    }

    /// 一次性 · 每年 · 每年 5 次 · 3年内 一次，共 2 年，每个 F
    pub(super) fn frequency(&mut self, cursor: &mut Cursor<'a>) -> FrequencyLine {
        let start = cursor.here();
        let mut line = FrequencyLine { window: Window::Life, times: 1, years_in_all: None, each: None, span: start };
        if !cursor.eat("一次性") {
            line.window = self.window(cursor);
            if cursor.eat("一次") {
                line.times = 1;
            } else if matches!(cursor.kind(), Some(TokenKind::Number { .. })) {
                line.times = self.count(cursor, &["次"]);
            }
        }
        while cursor.eat_sign('，') {
            if cursor.eat("共") {
                line.years_in_all = Some(self.count(cursor, &["年"]));
            } else if cursor.eat("每个") {
                line.each = Some(self.name(cursor));
            } else {
                self.unexpected(cursor);
            }
        }
        line.span = start.to(cursor.before());
        line
    }

    /// 累计 · 每年 · 3年内
    fn window(&mut self, cursor: &mut Cursor<'a>) -> Window {
        if cursor.eat("累计") || cursor.eat("一次性") {
            return Window::Life;
        }
        if cursor.eat("每年") {
            return Window::Year;
        }
        if let Some(TokenKind::Number { digits, suffix }) = cursor.kind()
            && suffix == "年内"
            && let Ok(years @ 1..=100) = digits.parse::<u32>()
        {
            cursor.next();
            return Window::Years(years);
        }
        let at = cursor.here();
        self.fault(
            Diagnostic::new("E0112", at, "这里应写期间：一次性、累计、每年或 3年内", "a period is expected: 一次性, 累计, 每年 or 3年内")
                .help("例：频次 每年，共 2 年；限额 累计 20万元", "for example: 频次 每年，共 2 年; 限额 累计 20万元"),
        );
        Window::Life
    }

    pub(super) fn limit(&mut self, cursor: &mut Cursor<'a>, line: &'a Line) -> LimitLine {
        let start = cursor.here();
        let window = self.window(cursor);
        let amount = self.modified(cursor);
        let mut each = None;
        if cursor.eat_sign('，') {
            self.expect(cursor, "每个");
            each = Some(self.name(cursor));
        }
        let span = start.to(cursor.before());
        self.finish(cursor);
        let amount = match cursor.take_children() {
            Some(children) => self.modifier_lines(amount, children),
            None => amount,
        };
        LimitLine { window, amount: self.modifier_lines(amount, &line.more), each, span }
    }

    /// 第 2 年：30%，须 …，不符则 顺延
    fn instalment(&mut self, line: &'a Line) -> InstalmentLine {
        let mut cursor = Cursor::of(&line.tokens, line);
        let cursor = &mut cursor;
        self.expect(cursor, "第");
        let from = self.count(cursor, &["年", "次", "期", ""]);
        let to = if cursor.eat("至") { self.count(cursor, &["年", "次", "期"]) } else { from };
        self.expect_sign(cursor, '：');
        let share = if cursor.eat("其余") || cursor.eat("均付") { None } else { Some(self.sum(cursor)) };
        let mut row = InstalmentLine { from, to: to.max(from), share, test: None, failing: Failing::Lost, span: line.span };
        while cursor.eat_sign('，') {
            if cursor.eat("须") {
                row.test = Some(self.any_of(cursor));
            } else if cursor.eat("不符则") {
                if cursor.eat("顺延") {
                    row.failing = Failing::Later;
                } else {
                    self.expect(cursor, "终止");
                    row.failing = Failing::Ends;
                }
            } else {
                self.unexpected(cursor);
            }
        }
        self.finish(cursor);
        row
    }
}

/// The items of a line: its own content, then the lines beside it, or those below a bare keyword.
pub(super) fn items(line: &Line) -> Vec<(&[Token], &Line)> {
    let mut items = Vec::new();
    if line.tokens.len() > 1 {
        items.push((line.rest(), line));
    } else {
        items.extend(line.children.iter().map(|child| (child.tokens.as_slice(), child)));
    }
    items.extend(line.more.iter().map(|next| (next.tokens.as_slice(), next)));
    items
}
