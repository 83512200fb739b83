//! 政策, 事实 and 参数: what a policy is, what it asks, what it looks up.

use super::super::{Cursor, Parser};
use crate::diagnostic::Diagnostic;
use crate::syntax::ast::{ExprKind, FactDecl, Period, PolicyBlock, TableDecl, TableKey, TableRow, TypeWord, YearRef};
use crate::syntax::layout::Line;
use crate::syntax::lexer::{Token, TokenKind};
use values::Date;

impl<'a> Parser<'a> {
    pub(super) fn policy(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> PolicyBlock {
        let mut block = PolicyBlock::default();
        let mut cursor = Cursor::of(line.rest(), line);
        if cursor.peek(0).and_then(Token::name).is_some() {
            block.id = Some(self.name(&mut cursor));
        }
        block.title = cursor.text();
        self.finish(&mut cursor);
        for child in line.children.iter().chain(&line.more) {
            let Some(key) = child.key() else {
                self.stray(child);
                continue;
            };
            let mut cursor = Cursor::of(child.rest(), child);
            let cursor = &mut cursor;
            match key {
                "原文" | "字面" | "不用" => {
                    others.push(child);
                    continue;
                }
                "发布" => block.published = self.day(cursor),
                "征求意见" => block.comment_period = self.days(cursor),
                "施行" => {
                    // `2023年 另定`: the text names the year and leaves month and day open.
                    if cursor.peek(1).is_some_and(|t| t.is("另定")) {
                        match self.period(cursor).and_then(|p| p.year) {
                            Some(YearRef::Fixed(year)) => block.in_force_year = Some(year),
                            _ => self.unexpected(cursor),
                        }
                    }
                    block.in_force = Some(if cursor.eat("另定") { None } else { self.day(cursor) });
                    if cursor.eat_sign('，') {
                        self.expect(cursor, "公布满");
                        block.in_force_after_days = self.calendar_days(cursor);
                    }
                }
                "失效" => block.expires = Some(if cursor.eat("另定") { None } else { self.day(cursor) }),
                "分界" => {
                    let _ = cursor.eat("按");
                    block.boundary = cursor.word().filter(|w| matches!(*w, "事实发生" | "申报" | "认定"));
                    if block.boundary.is_none() {
                        self.unexpected(cursor);
                    } else {
                        cursor.next();
                    }
                }
                "单位" => block.units = self.names(cursor),
                "别名" => {
                    let others = self.names(cursor);
                    self.expect(cursor, "即");
                    let unit = self.name(cursor);
                    block.aliases.extend(others.into_iter().map(|other| (other, unit.clone())));
                }
                "机关" | "地区" | "稿别" | "底本" | "修订" | "引用" => {
                    let words = self.words(cursor);
                    block.lines.push((key, words, child.extent()));
                }
                _ => {
                    self.stray(child);
                    continue;
                }
            }
            if matches!(key, "发布" | "征求意见" | "施行" | "失效") {
                block.lines.push((key, Vec::new(), child.extent()));
            }
            self.finish(cursor);
        }
        block
    }

    pub(in crate::syntax::parse) fn day(&mut self, cursor: &mut Cursor<'a>) -> Option<Date> {
        let value = self.atom(cursor);
        match value.kind {
            ExprKind::Date(date) => Some(date),
            ExprKind::Broken => None,
            _ => {
                self.fault(Diagnostic::new("E0108", value.span, "这里应写日期", "a date is expected here").help("写成 2024-12-31", "write it like 2024-12-31"));
                None
            }
        }
    }

    /// `30日` → (30, false), `30个工作日` → (30, true)
    pub(super) fn days(&mut self, cursor: &mut Cursor<'a>) -> Option<(u32, bool)> {
        let at = cursor.here();
        if let Some(TokenKind::Number { digits, suffix }) = cursor.kind()
            && let Ok(days) = digits.parse::<u32>()
            && let Some(working) = match suffix.as_str() {
                "日" | "天" => Some(false),
                "个工作日" | "工作日" => Some(true),
                _ => None,
            }
        {
            cursor.next();
            return Some((days, working));
        }
        self.fault(
            Diagnostic::new("E0108", at, "这里应写天数", "a number of days is expected here").help("写成 30日 或 30个工作日", "write 30日 or 30个工作日"),
        );
        cursor.next();
        None
    }

    /// Days of the calendar: working days cannot be meant where nobody counts by them.
    pub(super) fn calendar_days(&mut self, cursor: &mut Cursor<'a>) -> Option<u32> {
        let at = cursor.here();
        let (days, working) = self.days(cursor)?;
        if working {
            self.fault(
                Diagnostic::new("E0108", at, "这里按自然日计，不能写工作日", "days of the calendar are counted here, not working days")
                    .help(format!("写成 {days}日"), format!("write {days}日"))
                    .replace(format!("{days}日")),
            );
        }
        Some(days)
    }

    pub(super) fn type_word(&mut self, cursor: &mut Cursor<'a>) -> TypeWord {
        let at = cursor.here();
        let Some(token) = cursor.next() else {
            self.fault(
                Diagnostic::new("E0107", at, "这里缺类型", "the type is missing here")
                    .help("例：元、是否、平方米、日期、选项（甲、乙）", "for example: 元, 是否, 平方米, 日期, 选项（甲、乙）"),
            );
            return TypeWord::Text;
        };
        match token.word() {
            Some("是否") => TypeWord::YesNo,
            Some("日期") => TypeWord::Date,
            Some("年份") => TypeWord::Year,
            Some("文字") => TypeWord::Text,
            Some("比率") => TypeWord::Ratio,
            Some("选项") => {
                self.expect_sign(cursor, '（');
                let names = self.names(cursor);
                self.expect_sign(cursor, '）');
                TypeWord::Choice(names)
            }
            Some("名单") => {
                let mut unit = "条".to_owned();
                if cursor.eat_sign('（') {
                    unit = self.name(cursor).text;
                    self.expect_sign(cursor, '）');
                }
                TypeWord::List(unit)
            }
            _ => TypeWord::Unit(self.as_written(token)),
        }
    }

    pub(super) fn facts(&mut self, line: &'a Line) -> Vec<FactDecl> {
        let mut cursor = Cursor::of(line.rest(), line);
        self.finish(&mut cursor);
        line.children.iter().chain(&line.more).map(|child| self.fact(child)).collect()
    }

    fn fact(&mut self, line: &'a Line) -> FactDecl {
        let mut cursor = Cursor::of(&line.tokens, line);
        let cursor = &mut cursor;
        let name = self.name(cursor);
        let ty_start = cursor.here();
        let ty = self.type_word(cursor);
        let mut fact = FactDecl {
            name,
            ty,
            ty_span: ty_start.to(cursor.before()),
            by_year: false,
            by_month: false,
            since: None,
            evidence: Vec::new(),
            verified_by: Vec::new(),
            window: None,
            question: None,
            fields: Vec::new(),
        };
        while let Some(word) = cursor.word() {
            cursor.next();
            match word {
                "按年" => fact.by_year = true,
                "按月" => fact.by_month = true,
                // Not an atom: `2022年 核验` would read as a year of something called 核验.
                "自" => match self.period(cursor) {
                    Some(Period { year: Some(YearRef::Fixed(year)), month: None }) => fact.since = Some(year),
                    _ => {
                        let at = cursor.here();
                        self.fault(
                            Diagnostic::new("E0107", at, "“自”后面要写年份", "自 (since) needs a year")
                                .help("例：按年 自 2022年", "for example: 按年 自 2022年"),
                        );
                    }
                },
                "佐证" => fact.evidence.extend(self.texts(cursor)),
                "核验" => fact.verified_by = self.names(cursor).into_iter().map(|n| n.text).collect(),
                "期间" => fact.window = cursor.text(),
                "问" => fact.question = cursor.text(),
                _ => {
                    cursor.back_to(cursor.at() - 1);
                    self.unexpected(cursor);
                }
            }
        }
        self.finish(cursor);
        for child in line.children.iter().chain(&line.more) {
            fact.fields.push(self.fact(child));
        }
        fact
    }

    pub(super) fn texts(&mut self, cursor: &mut Cursor<'a>) -> Vec<String> {
        let mut texts = Vec::new();
        while let Some(text) = cursor.text() {
            texts.push(text);
            let _ = cursor.eat_sign('、');
        }
        texts
    }

    pub(super) fn table(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> TableDecl {
        let mut cursor = Cursor::of(line.rest(), line);
        let cursor = &mut cursor;
        let name = self.name(cursor);
        let start = cursor.here();
        let ty = self.type_word(cursor);
        let mut table = TableDecl {
            name,
            ty,
            ty_span: start.to(cursor.before()),
            by_day: false,
            by_year: false,
            by: Vec::new(),
            valid_days: None,
            source: None,
            rows: Vec::new(),
        };
        while let Some(word) = cursor.word() {
            cursor.next();
            match word {
                "按日" => table.by_day = true,
                "按年" => table.by_year = true,
                "按" => table.by = self.names(cursor),
                "有效" => table.valid_days = self.calendar_days(cursor),
                "来源" => table.source = cursor.text(),
                _ => {
                    cursor.back_to(cursor.at() - 1);
                    self.unexpected(cursor);
                }
            }
        }
        self.finish(cursor);
        for child in line.children.iter().chain(&line.more) {
            match child.key() {
                Some("原文" | "字面" | "不用") => others.push(child),
                _ => table.rows.push(self.table_row(child)),
            }
        }
        table
    }

    fn table_row(&mut self, line: &'a Line) -> TableRow {
        let mut cursor = Cursor::of(&line.tokens, line);
        let mut keys = Vec::new();
        while !cursor.done() && !cursor.sign('：') {
            if cursor.eat_sign('、') {
                continue;
            }
            match cursor.kind() {
                Some(TokenKind::Number { .. } | TokenKind::Date(_)) => match self.atom(&mut cursor).kind {
                    ExprKind::Date(date) => keys.push(TableKey::Day(date)),
                    ExprKind::Year(year) => keys.push(TableKey::Year(year)),
                    _ => self.unexpected(&mut cursor),
                },
                _ => {
                    let name = self.name(&mut cursor);
                    keys.push(TableKey::Choice(name));
                }
            }
        }
        self.expect_sign(&mut cursor, '：');
        let value = self.sum(&mut cursor);
        let announced = if cursor.eat("公布") { self.day(&mut cursor) } else { None };
        self.finish(&mut cursor);
        TableRow { keys, value, announced, span: line.span }
    }
}
