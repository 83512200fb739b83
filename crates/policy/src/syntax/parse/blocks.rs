//! Heads, and every block but 条款 and 情形.

use super::clause::items;
use super::expr::comparison;
use super::{Cursor, Parser};
use crate::diagnostic::Diagnostic;
use crate::source::Document;
use crate::syntax::ast::{
    About, Alternative, Block, BlockKind, Cite, ClauseLine, ClawbackBlock, ExprKind, FactDecl, GeneralBlock, GroupBlock, LiteralNote, Mode, Name, Overrun,
    Period, PolicyBlock, PoolBlock, ReadingBlock, Scope, SentenceBlock, TableDecl, TableKey, TableRow, TargetBlock, TypeWord, YearRef,
};
use crate::syntax::layout::Line;
use crate::syntax::lexer::{Token, TokenKind};
use crate::syntax::words;
use values::Date;

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

    fn policy(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> PolicyBlock {
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

    pub(super) fn day(&mut self, cursor: &mut Cursor<'a>) -> Option<Date> {
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
    fn days(&mut self, cursor: &mut Cursor<'a>) -> Option<(u32, bool)> {
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
    fn calendar_days(&mut self, cursor: &mut Cursor<'a>) -> Option<u32> {
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

    fn type_word(&mut self, cursor: &mut Cursor<'a>) -> TypeWord {
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

    fn facts(&mut self, line: &'a Line) -> Vec<FactDecl> {
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

    fn texts(&mut self, cursor: &mut Cursor<'a>) -> Vec<String> {
        let mut texts = Vec::new();
        while let Some(text) = cursor.text() {
            texts.push(text);
            let _ = cursor.eat_sign('、');
        }
        texts
    }

    fn table(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> TableDecl {
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

    fn group(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> GroupBlock {
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

    fn pool(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> PoolBlock {
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

    fn clawback(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> ClawbackBlock {
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

    fn months(&mut self, cursor: &mut Cursor<'a>) -> Option<u32> {
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

    fn target(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> TargetBlock {
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

    fn sentence(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> SentenceBlock {
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

    fn reading(&mut self, line: &'a Line, others: &mut Vec<&'a Line>) -> ReadingBlock {
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

    fn title_here(&mut self, cursor: &mut Cursor<'a>) -> Name {
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

/// The line without its keyword, with what is below and beside it sorted anew by its own columns.
fn below(line: &Line) -> Line {
    let tokens: Vec<Token> = line.rest().to_vec();
    let offset = tokens.first().zip(tokens.get(1)).map(|(a, b)| b.span.start.saturating_sub(a.span.start));
    let opens = tokens.first().is_some_and(|t| matches!(&t.kind, TokenKind::Word { key: Some((zh, role)), .. } if words::opens_line(zh, *role)));
    let column = line.content.unwrap_or(line.column);
    // Columns of Han characters are two thirds of their bytes; spaces are one: count from the words themselves.
    let content = if opens { offset.map(|_| column + width_before_second(&tokens)) } else { None };
    let (more, children) = line.children.iter().cloned().partition(|child| Some(child.column) == content);
    Line { column, content, children, more, span: line.span, comment: line.comment, tokens }
}

fn width_before_second(tokens: &[Token]) -> usize {
    let Some((first, second)) = tokens.first().zip(tokens.get(1)) else { return 0 };
    let word = match &first.kind {
        TokenKind::Word { text, .. } => unicode_width::UnicodeWidthStr::width(text.as_str()),
        _ => 0,
    };
    word + (second.span.start.saturating_sub(first.span.end)) as usize
}

/// Every line in one spelling: words in Chinese, one space between, modifiers after commas also on their own.
pub(super) fn normalise(line: &Line, into: &mut Vec<String>) {
    let spelled = spell(&line.tokens);
    for piece in spelled.split(" ， ").skip(1) {
        into.push(piece.to_owned());
    }
    if let Some((head, _)) = spelled.split_once(" ， ") {
        into.push(head.to_owned());
    }
    into.push(spelled);
    for child in &line.children {
        normalise(child, into);
    }
    let key = line.tokens.first().map(|t| spell(std::slice::from_ref(t))).unwrap_or_default();
    // The lines of a block go on with nothing, even where they stand below its title.
    let head = matches!(line.tokens.first().map(|t| &t.kind), Some(TokenKind::Word { key: Some((_, words::Role::Head)), .. }));
    for next in &line.more {
        normalise(next, into);
        if !head {
            into.push(format!("{key} {}", spell(&next.tokens)));
        }
    }
}

/// The line and those below it, each in one spelling.
fn each_line(line: &Line, into: &mut Vec<String>) {
    into.push(spell(&line.tokens));
    for next in line.children.iter().chain(&line.more) {
        each_line(next, into);
    }
}

/// The line and those below it, each as a reader would write it.
fn spell_out(line: &Line, into: &mut Vec<String>) {
    let mut words = spell(&line.tokens);
    for sign in ["，", "：", "、", "（", "）"] {
        words = words.replace(&format!(" {sign} "), sign).replace(&format!(" {sign}"), sign);
    }
    into.push(words);
    for next in line.children.iter().chain(&line.more) {
        spell_out(next, into);
    }
}

/// Tokens in one spelling: keywords in Chinese, one space between words.
pub(crate) fn spell(tokens: &[Token]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut counting = false;
    for token in tokens {
        // `5 名` and `5名` are one thing.
        if counting
            && let TokenKind::Word { text, key } = &token.kind
            && let text = key.map_or(text.as_str(), |(zh, _)| zh)
            && matches!(text, "名" | "年" | "次" | "项" | "个月" | "家" | "户" | "个" | "期")
            && let Some(last) = words.last_mut()
        {
            last.push_str(text);
            counting = false;
            continue;
        }
        counting = matches!(&token.kind, TokenKind::Number { suffix, .. } if suffix.is_empty());
        words.push(match &token.kind {
            TokenKind::Word { key: Some((zh, _)), .. } => (*zh).to_owned(),
            TokenKind::Word { text, .. } | TokenKind::Date(text) | TokenKind::Quoted(text) => text.clone(),
            TokenKind::Number { digits, suffix } => format!("{}{suffix}", digits.replace(',', "")),
            TokenKind::Text(text) => format!("「{text}」"),
            TokenKind::Sign(sign) => sign.to_string(),
        });
    }
    words.join(" ")
}
