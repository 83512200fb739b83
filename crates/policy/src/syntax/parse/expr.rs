//! Expressions: values, conditions, selections and collectives.

use super::{Cursor, Parser};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::syntax::ast::{Arith, Bound, Compare, Expr, ExprKind, Gather, Member, Memory, Modifier, Name, Period, Row, RowHead, RowTest, Source, YearRef};
use crate::syntax::layout::Line;
use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::words::Role;
use values::{Date, Rational};

/// Deeper than this no honest policy goes; it keeps a hostile file from exhausting the stack.
const DEPTH_MAX: u32 = 48;

/// Operators or modifiers in a row; a longer chain belongs under 合计 or gets names.
const CHAIN_MAX: u32 = 100;

/// The comparison a word stands for.
pub fn comparison(word: &str) -> Option<Compare> {
    Some(match word {
        "达到" | "不少于" | "不低于" | "满" => Compare::Ge,
        "超过" | "突破" | "高于" | "多于" => Compare::Gt,
        "不超过" | "不高于" | "不多于" => Compare::Le,
        "不满" | "不足" | "低于" | "少于" | "未达到" => Compare::Lt,
        _ => return None,
    })
}

fn date_comparison(word: &str) -> Option<Compare> {
    Some(match word {
        "早于" => Compare::Lt,
        "不早于" => Compare::Ge,
        "晚于" => Compare::Gt,
        "不晚于" => Compare::Le,
        _ => return None,
    })
}

pub(super) fn modifier(word: &str) -> Option<Modifier> {
    Some(match word {
        "最高" => Modifier::AtMost,
        "最低" => Modifier::AtLeast,
        "扣除" => Modifier::Less,
        "另加" => Modifier::Bonus,
        "无则" => Modifier::IfAbsent,
        "取整到" => Modifier::DownTo,
        _ => return None,
    })
}

fn gather(word: &str) -> Option<Gather> {
    Some(match word {
        "合计" => Gather::Sum,
        "平均" => Gather::Mean,
        "就高" => Gather::Max,
        "就低" => Gather::Min,
        "个数" => Gather::Count,
        "任一" => Gather::Any,
        "同时" => Gather::All,
        _ => return None,
    })
}

fn expr(kind: ExprKind, span: Span) -> Expr {
    Expr { kind, span }
}

/// A number without its unit: `1,234.5` of `1,234.5万元` with the 万 multiplied in, and the unit that is left.
/// Errors: too long or not a number.
pub fn quantity(digits: &str, suffix: &str) -> Option<ExprKind> {
    let number = Rational::parse_decimal(&digits.replace(',', "")).ok()?;
    let scaled = |n: i128, d: i128| number.checked_mul(Rational::new(n, d).ok()?).ok();
    match suffix {
        "%" => return Some(ExprKind::Ratio(scaled(1, 100)?)),
        "‰" => return Some(ExprKind::Ratio(scaled(1, 1000)?)),
        "个百分点" => return Some(ExprKind::Ratio(scaled(1, 100)?)),
        "年" if digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            return Some(ExprKind::Year(digits.parse().ok()?));
        }
        _ => {}
    }
    if let Some(lower) = suffix.strip_prefix('/').filter(|s| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit())) {
        return Some(ExprKind::Ratio(scaled(1, lower.parse().ok()?)?));
    }
    let (mut rest, mut times) = (suffix, 1_i128);
    loop {
        let (next, factor) = if let Some(next) = rest.strip_prefix('亿') {
            (next, 100_000_000)
        } else if let Some(next) = rest.strip_prefix('万') {
            (next, 10_000)
        } else {
            break;
        };
        times = times.checked_mul(factor)?;
        rest = next;
    }
    Some(ExprKind::Quantity(scaled(times, 1)?, rest.to_owned()))
}

/// `3月`; `13月` is no month.
fn month(digits: &str, suffix: &str) -> Option<u8> {
    (suffix == "月").then(|| digits.parse().ok()).flatten().filter(|month| (1..=12).contains(month))
}

impl<'a> Parser<'a> {
    /// A whole line of content: an expression, its modifiers after commas, below and beside.
    pub(super) fn value(&mut self, cursor: &mut Cursor<'a>, more: &'a [Line]) -> Expr {
        let mut value = self.modified(cursor);
        self.finish(cursor);
        if let Some(children) = cursor.take_children() {
            value = self.modifier_lines(value, children);
        }
        self.modifier_lines(value, more)
    }

    /// An expression and its comma modifiers.
    pub(super) fn modified(&mut self, cursor: &mut Cursor<'a>) -> Expr {
        let mut value = self.any_of(cursor);
        let mut turns = 0;
        while cursor.sign('，')
            && let Some(kind) = cursor.peek(1).and_then(Token::word).and_then(modifier)
        {
            turns += 1;
            if turns > CHAIN_MAX {
                self.too_long(cursor);
                break;
            }
            let comma = cursor.next();
            let _ = cursor.next();
            if let Some(comma) = comma
                && inline_take(&value, comma.span)
            {
                self.fault(
                    Diagnostic::new("E0232", comma.span, "看不出这个限定管每一项，还是管全部", "does this modifier bind each member or the whole?").help(
                        "把“计”另起一行：限定写在“计”下（每项）或“给予”下（全部）",
                        "put 计 on its own line; write the modifier under 计 (each) or under 给予 (the whole)",
                    ),
                );
            }
            let argument = self.any_of(cursor);
            let span = value.span.to(argument.span);
            value = expr(ExprKind::Modified(Box::new(value), kind, Box::new(argument)), span);
        }
        value
    }

    /// Lines that must all be modifiers of `value`.
    pub(super) fn modifier_lines(&mut self, mut value: Expr, lines: &'a [Line]) -> Expr {
        for (turn, line) in lines.iter().enumerate() {
            if turn > CHAIN_MAX as usize {
                self.stray(line);
                break;
            }
            if let Some(kind) = line.key().and_then(modifier) {
                let mut cursor = Cursor::of(line.rest(), line);
                let argument = self.value(&mut cursor, &line.more);
                let span = value.span.to(argument.span);
                value = expr(ExprKind::Modified(Box::new(value), kind, Box::new(argument)), span);
            } else {
                self.stray(line);
            }
        }
        value
    }

    /// 或, then 且: a line may mix them only with parentheses.
    pub(super) fn any_of(&mut self, cursor: &mut Cursor<'a>) -> Expr {
        if self.depth >= DEPTH_MAX {
            return self.too_deep(cursor);
        }
        self.depth += 1;
        let first = self.unary(cursor);
        let result = match cursor.word() {
            Some(joint @ ("且" | "或")) => self.joined(cursor, first, joint),
            _ => first,
        };
        self.depth -= 1;
        result
    }

    fn too_deep(&mut self, cursor: &mut Cursor<'a>) -> Expr {
        let span = cursor.here();
        self.fault(Diagnostic::new("E0106", span, "套得太深", "nested too deeply").help("用“其中”或“定义”给里层起名", "name the inner part with 其中 or 定义"));
        cursor.skip();
        expr(ExprKind::Broken, span)
    }

    fn joined(&mut self, cursor: &mut Cursor<'a>, first: Expr, joint: &'static str) -> Expr {
        let mut span = first.span;
        let mut parts = vec![first];
        while cursor.eat(joint) {
            let part = self.unary(cursor);
            span = span.to(part.span);
            parts.push(part);
        }
        if let Some(other @ ("且" | "或")) = cursor.word() {
            let at = cursor.here();
            self.fault(
                Diagnostic::new("E0233", at, format!("“{joint}”与“{other}”混用，先后不明"), "且 (and) and 或 (or) are mixed: which binds first?")
                    .help("加括号", "add parentheses"),
            );
            cursor.skip();
        }
        let kind = if joint == "且" { ExprKind::And(parts) } else { ExprKind::Or(parts) };
        expr(kind, span)
    }

    fn unary(&mut self, cursor: &mut Cursor<'a>) -> Expr {
        let start = cursor.here();
        if cursor.eat("非") {
            if self.depth >= DEPTH_MAX {
                return self.any_of(cursor);
            }
            self.depth += 1;
            let inner = self.unary(cursor);
            self.depth -= 1;
            let span = start.to(inner.span);
            return expr(ExprKind::Not(Box::new(inner)), span);
        }
        if cursor.eat("符合") {
            let id = self.clause_reference(cursor);
            let span = start.to(id.span);
            return expr(ExprKind::ClauseEligible(id), span);
        }
        let left = self.sum(cursor);
        self.relation(cursor, left)
    }

    fn relation(&mut self, cursor: &mut Cursor<'a>, left: Expr) -> Expr {
        let Some(word) = cursor.word() else { return left };
        let start = left.span;
        if word == "首次"
            && let Some(compare) = cursor.peek(1).and_then(Token::word).and_then(|w| comparison(w).map(|c| (c, w)))
        {
            cursor.next();
            cursor.next();
            let right = self.sum(cursor);
            let span = start.to(right.span);
            return expr(ExprKind::FirstReach(compare.0, compare.1, Box::new(left), Box::new(right)), span);
        }
        if let Some(compare) = comparison(word) {
            cursor.next();
            let right = self.sum(cursor);
            let mut span = start.to(right.span);
            if word == "满" && cursor.sign('，') && cursor.peek(1).is_some_and(|t| t.is("至")) {
                cursor.next();
                cursor.next();
                let until = self.sum(cursor);
                span = span.to(until.span);
                return expr(ExprKind::Aged(Box::new(left), Box::new(right), Some(Box::new(until))), span);
            }
            return expr(ExprKind::Compare(compare, word, Box::new(left), Box::new(right)), span);
        }
        if let Some(compare) = date_comparison(word) {
            cursor.next();
            let right = self.sum(cursor);
            let span = start.to(right.span);
            return expr(ExprKind::DateCompare(compare, word, Box::new(left), Box::new(right)), span);
        }
        match word {
            "介于" => {
                cursor.next();
                let low = self.bound(cursor);
                self.expect(cursor, "至");
                let high = self.bound(cursor);
                let span = start.to(high.value.span);
                expr(ExprKind::Between(Box::new(left), Box::new(low), Box::new(high)), span)
            }
            "为" | "不为" => {
                cursor.next();
                let right = self.sum(cursor);
                let span = start.to(right.span);
                expr(ExprKind::Is(Box::new(left), Box::new(right), word == "不为"), span)
            }
            "属于" => {
                cursor.next();
                let names = self.names(cursor);
                let span = names.last().map_or(start, |n| start.to(n.span));
                expr(ExprKind::In(Box::new(left), names), span)
            }
            _ => left,
        }
    }

    /// `1000万元（含）`
    fn bound(&mut self, cursor: &mut Cursor<'a>) -> Bound {
        let value = self.sum(cursor);
        let mut included = None;
        if cursor.sign('（') && cursor.peek(1).is_some_and(|t| t.is("含") || t.is("不含")) {
            cursor.next();
            included = Some(cursor.eat("含"));
            if included == Some(false) {
                cursor.next();
            }
            self.expect_sign(cursor, '）');
        }
        if included.is_none() {
            self.fault(
                Diagnostic::new("E0234", value.span, "界限没有写明含不含本数", "this bound does not say whether it is included")
                    .help("在数后写（含）或（不含）", "write （含） or （不含） behind it"),
            );
        }
        Bound { value, included: included.unwrap_or(true) }
    }

    /// 加/减 over bare products; mixed with 乘/的 it needs parentheses.
    pub(super) fn sum(&mut self, cursor: &mut Cursor<'a>) -> Expr {
        let (mut left, mut mixed) = self.product(cursor);
        let mut terms: u32 = 1;
        loop {
            let operator = match cursor.word() {
                Some("加") => Arith::Add,
                Some("减") => Arith::Sub,
                _ => break,
            };
            cursor.next();
            let (right, right_mixed) = self.product(cursor);
            terms += 1;
            if terms > CHAIN_MAX {
                self.too_long(cursor);
                break;
            }
            mixed |= right_mixed;
            let span = left.span.to(right.span);
            left = expr(ExprKind::Arith(operator, Box::new(left), Box::new(right)), span);
        }
        if terms > 1 && mixed {
            let words = left.span;
            let (zh, en) = self.two_readings(words);
            self.fault(Diagnostic::new("E0231", words, "加减与乘除写在一起，有两种读法", "plus/minus beside times/of can be read in two ways").help(zh, en));
        }
        left
    }

    fn two_readings(&self, span: Span) -> (String, String) {
        let words = span.of(self.text).trim();
        let split = ["加", "减", "+", "-"].iter().find_map(|op| words.split_once(&format!(" {op} ")).map(|(a, b)| (a, *op, b)));
        let split_times = split.and_then(|(a, op, b)| {
            let times = ["的", "乘", "除以", "of_rate"].iter().find_map(|t| b.split_once(&format!(" {t} ")).map(|(x, y)| (x, *t, y)));
            times.map(|(x, t, y)| format!("（{a} {op} {x}） {t} {y}   或   {a} {op} （{b}）"))
        });
        match split_times {
            Some(both) => (both.clone(), both.replace("或", "or")),
            None => ("用括号写明先算哪一步".into(), "use parentheses to say what comes first".into()),
        }
    }

    fn product(&mut self, cursor: &mut Cursor<'a>) -> (Expr, bool) {
        let mut left = self.postfix(cursor);
        let mut mixed = false;
        for turn in 0.. {
            if turn > CHAIN_MAX {
                self.too_long(cursor);
                break;
            }
            let operator = match cursor.word() {
                Some("乘") => Arith::Mul,
                Some("除以") => Arith::Div,
                Some("的") => Arith::Of,
                _ => return (left, mixed),
            };
            cursor.next();
            mixed = true;
            let right = self.postfix(cursor);
            let span = left.span.to(right.span);
            left = expr(ExprKind::Arith(operator, Box::new(left), Box::new(right)), span);
        }
        (left, mixed)
    }

    /// A chain that nobody could read, and that would exhaust the stack.
    fn too_long(&mut self, cursor: &mut Cursor<'a>) {
        let at = cursor.here();
        self.fault(
            Diagnostic::new("E0106", at, "一行里连得太长", "the chain on this line is too long")
                .help("用“合计”分行列出，或用“其中”起名", "list the parts under 合计, or name them with 其中"),
        );
        cursor.skip();
    }

    fn postfix(&mut self, cursor: &mut Cursor<'a>) -> Expr {
        let mut value = self.atom(cursor);
        for turn in 0.. {
            if turn > CHAIN_MAX {
                self.too_long(cursor);
                break;
            }
            let start = value.span;
            match cursor.word() {
                Some(word @ ("超过" | "不超过")) => {
                    // Only `X 超过 V 的部分` is a value; without its last word it is a comparison.
                    let mark = cursor.at();
                    let faults = self.fault_count();
                    cursor.next();
                    let bound = self.atom(cursor);
                    if !cursor.eat("的部分") {
                        cursor.back_to(mark);
                        self.drop_faults(faults);
                        return value;
                    }
                    let span = start.to(cursor.before());
                    let (x, v) = (Box::new(value), Box::new(bound));
                    value = expr(if word == "超过" { ExprKind::Above(x, v) } else { ExprKind::UpTo(x, v) }, span);
                }
                Some("每满") => {
                    cursor.next();
                    let step = self.atom(cursor);
                    self.expect(cursor, "给");
                    let each = self.atom(cursor);
                    let span = start.to(each.span);
                    value = expr(ExprKind::Steps(Box::new(value), Box::new(step), Box::new(each)), span);
                }
                Some("比") => {
                    cursor.next();
                    let period = self.period(cursor).unwrap_or_else(|| {
                        let at = cursor.here();
                        self.fault(
                            Diagnostic::new("E0107", at, "“比”后面要写期间：上年、2015年", "比 (over) needs a period: 上年, 2015年")
                                .help("例：线上零售额 比 上年 增量", "for example: 线上零售额 比 上年 增量"),
                        );
                        Period { year: Some(YearRef::Last), month: None }
                    });
                    let rise = cursor.eat("增量");
                    if !rise && !cursor.eat("增幅") {
                        self.expect(cursor, "增量");
                    }
                    let span = start.to(cursor.before());
                    let x = Box::new(value);
                    value = expr(if rise { ExprKind::Rise(x, period) } else { ExprKind::Growth(x, period) }, span);
                }
                _ => return value,
            }
        }
        value
    }

    /// 上年 · 2015年 · 3月 · 上年 3月, if one starts here.
    pub(super) fn period(&mut self, cursor: &mut Cursor<'a>) -> Option<Period> {
        let mut period = Period::default();
        if cursor.eat("上年") {
            period.year = Some(YearRef::Last);
        } else if let Some(TokenKind::Number { digits, suffix }) = cursor.kind()
            && let Some(ExprKind::Year(year)) = quantity(digits, suffix)
        {
            cursor.next();
            period.year = Some(YearRef::Fixed(year));
        }
        if let Some(TokenKind::Number { digits, suffix }) = cursor.kind()
            && let Some(month) = month(digits, suffix)
        {
            cursor.next();
            period.month = Some(month);
        }
        (period != Period::default()).then_some(period)
    }

    pub(super) fn atom(&mut self, cursor: &mut Cursor<'a>) -> Expr {
        let start = cursor.here();
        let Some(token) = cursor.peek(0) else {
            self.fault(
                Diagnostic::new("E0107", start, "这里还缺一个数、名称或条件", "a number, name or condition is missing here")
                    .help("补全这一行", "complete the line"),
            );
            return expr(ExprKind::Broken, start);
        };
        match &token.kind {
            TokenKind::Number { digits, suffix } => self.number(cursor, digits, suffix),
            TokenKind::Date(text) => {
                cursor.next();
                self.date(text, start)
            }
            TokenKind::Text(text) => {
                cursor.next();
                expr(ExprKind::Text(text.clone()), start)
            }
            TokenKind::Sign('（') => {
                cursor.next();
                let inner = self.modified(cursor);
                self.expect_sign(cursor, '）');
                expr(ExprKind::Paren(Box::new(inner)), start.to(cursor.before()))
            }
            TokenKind::Quoted(name) => {
                cursor.next();
                expr(ExprKind::Name(Name { text: name.clone(), span: start }), start)
            }
            TokenKind::Word { text, key } => self.word(cursor, text, *key),
            TokenKind::Sign(_) => {
                self.unexpected(cursor);
                expr(ExprKind::Broken, start)
            }
        }
    }

    /// `上年 X`, `2023年 3月 X`: a value in another period, which may itself stand in another.
    fn at_period(&mut self, cursor: &mut Cursor<'a>) -> Expr {
        if self.depth >= DEPTH_MAX {
            return self.too_deep(cursor);
        }
        self.depth += 1;
        let start = cursor.here();
        let period = self.period(cursor).unwrap_or_default();
        let inner = self.atom(cursor);
        self.depth -= 1;
        let span = start.to(inner.span);
        expr(ExprKind::At(period, Box::new(inner)), span)
    }

    fn date(&mut self, text: &str, span: Span) -> Expr {
        match Date::parse(text) {
            Ok(date) => expr(ExprKind::Date(date), span),
            Err(_) => {
                self.fault(
                    Diagnostic::new("E0108", span, format!("没有 {text} 这一天"), format!("there is no day {text}"))
                        .help("写成 2024-12-31 的样子", "write it like 2024-12-31"),
                );
                expr(ExprKind::Broken, span)
            }
        }
    }

    fn number(&mut self, cursor: &mut Cursor<'a>, digits: &str, suffix: &str) -> Expr {
        let start = cursor.here();
        // 2024年12月31日
        if suffix == "年"
            && let (Some(month), Some(day)) = (glued(cursor.peek(1), "月"), glued(cursor.peek(2), "日"))
        {
            cursor.next();
            cursor.next();
            cursor.next();
            let text = format!("{digits:0>4}-{month:0>2}-{day:0>2}");
            return self.date(&text, start.to(cursor.before()));
        }
        let names_follow =
            |ahead: usize| cursor.peek(ahead).is_some_and(|t| t.name().is_some() || matches!(&t.kind, TokenKind::Number { suffix, .. } if suffix == "月"));
        let is_year = matches!(quantity(digits, suffix), Some(ExprKind::Year(_)));
        if (is_year || month(digits, suffix).is_some()) && names_follow(1) {
            return self.at_period(cursor);
        }
        cursor.next();
        match quantity(digits, suffix) {
            Some(kind) => expr(kind, start),
            None => {
                self.fault(
                    Diagnostic::new("E0108", start, "这个数太长，或写法不对", "this number is too long or malformed")
                        .help("写成 1000万元、1%、1/3、25元/平方米/月 的样子", "write it like 1000万元, 1%, 1/3, 25元/平方米/月"),
                );
                expr(ExprKind::Broken, start)
            }
        }
    }

    fn word(&mut self, cursor: &mut Cursor<'a>, text: &str, key: Option<(&'static str, Role)>) -> Expr {
        let start = cursor.here();
        let zh = key.map_or("", |(zh, _)| zh);
        let simple = match zh {
            "是" => Some(ExprKind::YesNo(true)),
            "否" => Some(ExprKind::YesNo(false)),
            "年度" => Some(ExprKind::AwardYear),
            "截止" => Some(ExprKind::AsOf),
            "名次" => Some(ExprKind::Place),
            "已付额" => Some(ExprKind::AmountPaid),
            _ => None,
        };
        if let Some(kind) = simple {
            cursor.next();
            return expr(kind, start);
        }
        match zh {
            "上年" => self.at_period(cursor),
            "年次" | "年份" if cursor.peek(1).is_some_and(|t| t.is_sign('（')) => {
                cursor.next();
                cursor.next();
                let inner = self.any_of(cursor);
                self.expect_sign(cursor, '）');
                let inner = Box::new(inner);
                let kind = if zh == "年次" { ExprKind::NthYear(inner) } else { ExprKind::YearOf(inner) };
                expr(kind, start.to(cursor.before()))
            }
            "本条" => {
                cursor.next();
                let memory = if cursor.eat("首得年份") {
                    Memory::FirstYear
                } else {
                    self.expect(cursor, "已得");
                    Memory::Received
                };
                expr(ExprKind::Memory(memory), start.to(cursor.before()))
            }
            "条款" => {
                let id = self.clause_reference(cursor);
                self.expect(cursor, "本年所得");
                expr(ExprKind::ClauseAmount(id), start.to(cursor.before()))
            }
            "若" => {
                cursor.next();
                // Each 否则 may hold another 若: they count as depth.
                if self.depth >= DEPTH_MAX {
                    return self.any_of(cursor);
                }
                self.depth += 1;
                let condition = self.any_of(cursor);
                self.expect(cursor, "则");
                let yes = self.sum(cursor);
                self.expect(cursor, "否则");
                let no = self.sum(cursor);
                self.depth -= 1;
                let span = start.to(no.span);
                expr(ExprKind::If(Box::new(condition), Box::new(yes), Box::new(no)), span)
            }
            "分档" | "分类" | "累进" => self.selection(cursor, zh),
            "至少" => self.at_least(cursor),
            _ => match gather(zh) {
                Some(op) => {
                    cursor.next();
                    self.collective(cursor, op, start)
                }
                None => match cursor.peek(0).and_then(Token::name) {
                    Some(_) => {
                        cursor.next();
                        expr(ExprKind::Name(Name { text: text.to_owned(), span: start }), start)
                    }
                    None => {
                        self.unexpected(cursor);
                        expr(ExprKind::Broken, start)
                    }
                },
            },
        }
    }

    fn at_least(&mut self, cursor: &mut Cursor<'a>) -> Expr {
        let start = cursor.here();
        cursor.next();
        let count = self.count(cursor, &["项", "个月", "年", "月"]);
        self.collective(cursor, Gather::AtLeast(count), start)
    }

    fn collective(&mut self, cursor: &mut Cursor<'a>, op: Gather, start: Span) -> Expr {
        if cursor.eat("每个") {
            return self.fold(cursor, op, start);
        }
        let lines = cursor.take_children().unwrap_or_default();
        let (mut members, mut left_out, mut modifiers) = (Vec::new(), Vec::new(), Vec::new());
        let mut span = start;
        for line in lines {
            span = span.to(line.extent());
            match line.key() {
                Some(key) if modifier(key).is_some() => modifiers.push(line),
                Some("不计") => {
                    let mut inner = Cursor::of(line.rest(), line);
                    left_out.extend(self.names(&mut inner));
                    self.finish(&mut inner);
                }
                key => {
                    let tokens = if key == Some("值") { line.rest() } else { &line.tokens };
                    members.push(self.member(tokens, line));
                }
            }
        }
        if members.is_empty() && left_out.is_empty() {
            self.fault(
                Diagnostic::new("E0109", start, "下面没有列出各项", "nothing is listed below")
                    .help("在下一行缩进两栏，一行一项；或写“每个 名单”", "list the members below, indented; or write 每个 and a list"),
            );
        }
        let mut value = expr(ExprKind::Gather { op, members, left_out }, span);
        for line in modifiers {
            value = self.modifier_lines(value, std::slice::from_ref(line));
        }
        value
    }

    fn member(&mut self, tokens: &'a [Token], line: &'a Line) -> Member {
        let mut cursor = Cursor::of(tokens, line);
        let first = self.modified(&mut cursor);
        if cursor.sign('：') {
            cursor.next();
            let value = self.value(&mut cursor, &line.more);
            return Member { guard: Some(first), value };
        }
        self.finish(&mut cursor);
        let mut value = first;
        if let Some(children) = cursor.take_children() {
            value = self.modifier_lines(value, children);
        }
        Member { guard: None, value: self.modifier_lines(value, &line.more) }
    }

    fn fold(&mut self, cursor: &mut Cursor<'a>, op: Gather, start: Span) -> Expr {
        let source = self.source(cursor);
        let (mut guard, mut body) = (None, None);
        if cursor.eat("条件") {
            guard = Some(Box::new(self.any_of(cursor)));
        }
        if cursor.eat("计") {
            body = Some(Box::new(self.any_of(cursor)));
        }
        let mut span = start.to(cursor.before());
        let mut modifiers = Vec::new();
        for line in cursor.take_children().unwrap_or_default() {
            span = span.to(line.extent());
            let mut inner = Cursor::of(line.rest(), line);
            match line.key() {
                Some("条件") => {
                    let mut all = vec![self.value(&mut inner, &[])];
                    for next in &line.more {
                        let mut inner = Cursor::of(&next.tokens, next);
                        all.push(self.value(&mut inner, &[]));
                    }
                    guard = Some(Box::new(conjunction(all)));
                }
                Some("计") => body = Some(Box::new(self.value(&mut inner, &line.more))),
                Some(key) if modifier(key).is_some() => modifiers.push(line),
                _ => self.stray(line),
            }
        }
        let is_test = matches!(op, Gather::Any | Gather::All | Gather::AtLeast(_));
        if (is_test && guard.is_none()) || (!is_test && op != Gather::Count && body.is_none()) {
            let (zh, en) = if is_test {
                ("“每个”后面缺“条件”", "条件 (require) is missing after 每个")
            } else {
                ("“每个”后面缺“计”：每一项算多少", "计 (take) is missing: how much for each?")
            };
            self.fault(Diagnostic::new("E0109", span, zh, en).help("补上这一行", "add that line"));
        }
        let mut value = expr(ExprKind::Fold { op, source, guard, body }, span);
        for line in modifiers {
            value = self.modifier_lines(value, std::slice::from_ref(line));
        }
        value
    }

    fn source(&mut self, cursor: &mut Cursor<'a>) -> Source {
        if cursor.eat("近") {
            return Source::PastYears(self.count(cursor, &["年"]));
        }
        if let Some(TokenKind::Number { digits, suffix }) = cursor.kind() {
            let unit = suffix.clone();
            let from = digits.parse::<i32>().unwrap_or_default();
            cursor.next();
            self.expect(cursor, "至");
            let to = match cursor.kind() {
                Some(TokenKind::Number { digits, suffix }) if *suffix == unit => digits.parse::<i32>().unwrap_or_default(),
                _ => from,
            };
            let span = cursor.here();
            cursor.next();
            let month = |n: i32| u8::try_from(n).ok().filter(|m| (1..=12).contains(m));
            if unit == "月"
                && let (Some(a), Some(b)) = (month(from), month(to))
                && a <= b
            {
                return Source::Months(a, b);
            }
            if unit != "年" || from > to || to - from > 100 {
                self.fault(
                    Diagnostic::new("E0107", span, "期间写法不对", "this is not a period")
                        .help("例：每个 2023年至2025年、每个 3月至4月", "for example: 每个 2023年至2025年"),
                );
                return Source::PastYears(1);
            }
            return Source::Years(from, to);
        }
        Source::List(self.name(cursor))
    }

    fn selection(&mut self, cursor: &mut Cursor<'a>, word: &'static str) -> Expr {
        let start = cursor.here();
        cursor.next();
        let first = word == "分档" && cursor.eat("首次");
        let mut measures = vec![self.sum(cursor)];
        while cursor.sign('、') {
            cursor.next();
            measures.push(self.sum(cursor));
        }
        let mut span = start.to(cursor.before());
        let (mut rows, mut modifiers) = (Vec::new(), Vec::new());
        for line in cursor.take_children().unwrap_or_default() {
            span = span.to(line.extent());
            if line.key().is_some_and(|key| modifier(key).is_some()) {
                modifiers.push(line);
            } else {
                rows.push(self.row(line, word, measures.len()));
            }
        }
        if rows.is_empty() {
            self.fault(
                Diagnostic::new("E0109", span, format!("“{word}”下面没有行"), "no rows below")
                    .help("每档一行：达到 1000万元：10万元", "one row a tier: 达到 1000万元：10万元"),
            );
        }
        let kind = match word {
            "分类" => ExprKind::Case { subject: Box::new(self.single(measures)), rows },
            "累进" => ExprKind::Bracket { measure: Box::new(self.single(measures)), rows },
            _ => ExprKind::Tier { first, measures, rows },
        };
        let mut value = expr(kind, span);
        for line in modifiers {
            value = self.modifier_lines(value, std::slice::from_ref(line));
        }
        value
    }

    fn single(&mut self, mut measures: Vec<Expr>) -> Expr {
        if let Some(extra) = measures.get(1) {
            self.fault(
                Diagnostic::new("E0109", extra.span, "这里只能有一个量", "only one measure can stand here").help("多个量用“分档”", "use 分档 for several"),
            );
        }
        measures.swap_remove(0)
    }

    fn row(&mut self, line: &'a Line, word: &str, measures: usize) -> Row {
        let mut cursor = Cursor::of(&line.tokens, line);
        let test = if cursor.eat("其余") {
            None
        } else if word == "分类" {
            Some(RowHead::Choices(self.names(&mut cursor)))
        } else {
            Some(RowHead::Tests(self.row_tests(&mut cursor, measures)))
        };
        self.expect_sign(&mut cursor, '：');
        let value = if cursor.eat("不予") {
            self.finish(&mut cursor);
            None
        } else {
            Some(self.value(&mut cursor, &line.more))
        };
        Row { test, value, span: line.span }
    }

    fn row_tests(&mut self, cursor: &mut Cursor<'a>, measures: usize) -> Vec<RowTest> {
        let mut tests: Vec<RowTest> = Vec::new();
        loop {
            let at = cursor.here();
            if cursor.eat("介于") {
                let low = self.bound(cursor);
                self.expect(cursor, "至");
                tests.push(RowTest::Between(low, self.bound(cursor)));
            } else if let Some((word, compare)) = cursor.word().and_then(|w| comparison(w).map(|c| (w, c))) {
                cursor.next();
                tests.push(RowTest::Compare(compare, word, self.sum(cursor)));
            } else if let Some(RowTest::Compare(compare, word, _)) = tests.first() {
                let (compare, word) = (*compare, *word);
                tests.push(RowTest::Compare(compare, word, self.sum(cursor)));
            } else {
                self.fault(
                    Diagnostic::new("E0109", at, "每一行要以比较词开头", "a row starts with a comparison")
                        .help("例：达到 1000万元：10万元；介于 a（含）至 b（不含）：…；其余：…", "for example: 达到 1000万元：10万元; 其余：…"),
                );
                cursor.skip_to('：');
                break;
            }
            if !cursor.sign('、') {
                break;
            }
            cursor.next();
        }
        if tests.len() != measures && !tests.is_empty() {
            let at = cursor.before();
            self.fault(
                Diagnostic::new(
                    "E0109",
                    at,
                    format!("有 {measures} 个量，这一行写了 {} 个界限", tests.len()),
                    format!("{measures} measures, but {} bounds", tests.len()),
                )
                .help("每个量一个界限，用、分开", "one bound a measure, separated by 、"),
            );
        }
        tests
    }
}

/// One condition from several lines.
pub(super) fn conjunction(mut all: Vec<Expr>) -> Expr {
    if all.len() == 1 {
        return all.swap_remove(0);
    }
    let span = all.first().zip(all.last()).map_or(Span::default(), |(a, b)| a.span.to(b.span));
    expr(ExprKind::Gather { op: Gather::All, members: all.into_iter().map(|value| Member { guard: None, value }).collect(), left_out: Vec::new() }, span)
}

fn glued<'t>(token: Option<&'t Token>, unit: &str) -> Option<&'t str> {
    match token {
        Some(Token { kind: TokenKind::Number { digits, suffix }, spaced: false, .. }) if suffix == unit => Some(digits),
        _ => None,
    }
}

/// True where the line ended with an inline 计, which leaves a comma modifier two readings.
fn inline_take(value: &Expr, comma: Span) -> bool {
    match &value.kind {
        ExprKind::Fold { body: Some(body), .. } => body.span.end <= comma.start,
        ExprKind::Arith(_, _, right) => inline_take(right, comma),
        ExprKind::Modified(inner, _, _) => inline_take(inner, comma),
        _ => false,
    }
}
