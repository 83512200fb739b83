//! 并用, 资金 and 追回: how awards stand to each other, what they are paid of, when they come back.

use super::super::clause::items;
use super::super::{Cursor, Parser};
use crate::syntax::ast::{ClawbackBlock, GroupBlock, Mode, Name, Overrun, PoolBlock, YearRef};
use crate::syntax::layout::Line;
use crate::syntax::lexer::TokenKind;

impl<'a> Parser<'a> {
    pub(super) fn group(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> GroupBlock {
        let name = self.titled(line);
        let mut block =
            GroupBlock { name, scope: None, same: Vec::new(), mode: None, only_elsewhere: false, no_topping_up: false, limits: Vec::new(), frequency: None };
        for child in line.children.iter().chain(&line.more) {
            let mut cursor = Cursor::of(child.rest(), child);
            let cursor = &mut cursor;
            match child.key() {
                Some("适用") => block.scope = Some(self.scope(child)),
                Some("同一") => {
                    loop {
                        // 类别 is a line of clauses too, so it is no name.
                        let span = cursor.here();
                        block.same.push(if cursor.eat("类别") { Name { text: "类别".into(), span } } else { self.name(cursor) });
                        if !cursor.eat_sign('、') {
                            break;
                        }
                    }
                    self.finish(cursor);
                }
                Some("方式") => {
                    block.mode = match cursor.word() {
                        Some("就高") => Some(Mode::Highest),
                        Some("择一") => Some(Mode::Choice),
                        Some("叠加") => Some(Mode::Stack),
                        _ => None,
                    };
                    if block.mode.is_none() {
                        self.unexpected(cursor);
                    } else {
                        cursor.next();
                    }
                    while cursor.eat_sign('，') {
                        if cursor.eat("只对") {
                            self.expect(cursor, "他处");
                            block.only_elsewhere = true;
                        } else {
                            self.expect(cursor, "已得不补");
                            block.no_topping_up = true;
                        }
                    }
                    self.finish(cursor);
                }
                Some("限额") => {
                    let limit = self.limit(cursor, child);
                    block.limits.push(limit);
                }
                Some("频次") => {
                    block.frequency = Some(self.frequency(cursor));
                    self.finish(cursor);
                }
                _ => others.push(child),
            }
        }
        block
    }

    pub(super) fn pool(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> PoolBlock {
        let name = self.titled(line);
        let mut block = PoolBlock { name, scope: None, amounts: Vec::new(), overrun: None, last_in_part: true, source: None };
        for child in line.children.iter().chain(&line.more) {
            let mut cursor = Cursor::of(child.rest(), child);
            let cursor = &mut cursor;
            match child.key() {
                Some("适用") => block.scope = Some(self.scope(child)),
                Some("额度") => {
                    for (tokens, item) in items(child) {
                        let mut cursor = Cursor::of(tokens, item);
                        let year = if cursor.eat("每年") { None } else { self.period(&mut cursor).and_then(|p| p.year) };
                        let year = match year {
                            Some(YearRef::Fixed(year)) => Some(year),
                            _ => None,
                        };
                        let amount = if cursor.eat("另定") { None } else { Some(self.sum(&mut cursor)) };
                        self.finish(&mut cursor);
                        block.amounts.push((year, amount));
                    }
                }
                Some("超额") => {
                    block.overrun = self.overrun(cursor);
                    while cursor.eat_sign('，') {
                        if cursor.eat("末位不给") {
                            block.last_in_part = false;
                        } else {
                            self.expect(cursor, "末位部分");
                        }
                    }
                    self.finish(cursor);
                }
                Some("来源") => block.source = Some(self.words(cursor).concat()),
                _ => others.push(child),
            }
        }
        block
    }

    fn overrun(&mut self, cursor: &mut Cursor<'a>) -> Option<Overrun> {
        if cursor.eat("先到先得") {
            return Some(Overrun::FirstCome);
        }
        if cursor.eat("按比例") {
            return Some(Overrun::ProRata);
        }
        if cursor.eat("顺延") {
            return Some(Overrun::CarryOver);
        }
        if cursor.eat("按条款") {
            return Some(Overrun::ByClause(self.clause_ids(cursor)));
        }
        if cursor.eat("按") {
            if cursor.peek(0).is_some_and(|t| t.is("条款")) {
                return Some(Overrun::ByClause(self.clause_ids(cursor)));
            }
            let measure = self.sum(cursor);
            let high = !cursor.eat("低者先");
            if high {
                let _ = cursor.eat("高者先");
            }
            return Some(Overrun::ByMeasure(measure, high));
        }
        self.unexpected(cursor);
        None
    }

    pub(super) fn clawback(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> ClawbackBlock {
        let name = self.titled(line);
        let mut block = ClawbackBlock { name, scope: None, triggers: Vec::new(), months: None, recover: None, stop_payment: false, bar_years: None };
        for child in line.children.iter().chain(&line.more) {
            let mut cursor = Cursor::of(child.rest(), child);
            let cursor = &mut cursor;
            match child.key() {
                Some("适用") => block.scope = Some(self.scope(child)),
                Some("触发") => {
                    for (tokens, item) in items(child) {
                        let mut cursor = Cursor::of(tokens, item);
                        let trigger = self.value(&mut cursor, &[]);
                        block.triggers.push(trigger);
                    }
                }
                Some("期限") => {
                    block.months = self.months(cursor);
                    self.finish(cursor);
                }
                Some("收回") => {
                    if cursor.eat("全额") {
                        self.finish(cursor);
                    } else {
                        block.recover = Some(self.value(cursor, &child.more));
                    }
                }
                Some("并处") => {
                    loop {
                        if cursor.eat("停付") {
                            block.stop_payment = true;
                        } else {
                            self.expect(cursor, "禁报");
                            block.bar_years = self.months(cursor).map(|m| m / 12);
                        }
                        if !cursor.eat_sign('、') && !cursor.eat_sign('，') {
                            break;
                        }
                    }
                    self.finish(cursor);
                }
                _ => others.push(child),
            }
        }
        block
    }

    pub(super) fn months(&mut self, cursor: &mut Cursor<'a>) -> Option<u32> {
        if let Some(TokenKind::Number { digits, suffix }) = cursor.kind()
            && let Ok(count @ 1..=1200) = digits.parse::<u32>()
            && let Some(factor) = match suffix.as_str() {
                "年" => Some(12),
                "个月" => Some(1),
                _ => None,
            }
        {
            cursor.next();
            return Some(count * factor);
        }
        self.unexpected(cursor);
        None
    }
}
