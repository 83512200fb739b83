//! From lines to blocks. Parsing never fails: what cannot be read becomes a diagnostic, and the rest goes on.

mod blocks;
mod clause;
mod expr;
mod situation;
mod spelling;

use super::ast::{Block, Name};
use super::layout::{self, Line};
use super::lexer::{Token, TokenKind};
use super::slips;
use crate::diagnostic::{Diagnostic, Text, nearest};
use crate::source::{Document, Sources, Span, split};
pub use expr::{comparison, quantity};
pub(crate) use spelling::spell;

/// All blocks of a scheme's files, with the documents they stand in.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// One for each file.
    pub documents: Vec<Document>,
    /// Blocks of all files in order.
    pub blocks: Vec<Block>,
    /// What is wrong with the writing.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Puts what was read anew of one file in place of what was read of it before.
    pub fn replace(&mut self, file: u16, read: Parsed) {
        let at = |span: Span| span.file.cmp(&file);
        let from = self.blocks.partition_point(|b| at(b.span).is_lt());
        let to = self.blocks.partition_point(|b| at(b.span).is_le());
        self.blocks.splice(from..to, read.blocks);
        let from = self.diagnostics.partition_point(|d| at(d.span).is_lt());
        let to = self.diagnostics.partition_point(|d| at(d.span).is_le());
        self.diagnostics.splice(from..to, read.diagnostics);
        let mut documents = read.documents.into_iter();
        match (self.documents.get_mut(usize::from(file)), documents.next()) {
            (Some(known), Some(document)) => *known = document,
            (None, Some(document)) => self.documents.push(document),
            (_, None) => {}
        }
    }
}

/// Reads every fence of every file.
pub fn parse(sources: &Sources) -> Parsed {
    let mut parsed = Parsed::default();
    for (index, source) in sources.files.iter().enumerate() {
        let Ok(file) = u16::try_from(index) else { break };
        let read = parse_file(file, &source.text);
        parsed.documents.extend(read.documents);
        parsed.blocks.extend(read.blocks);
        parsed.diagnostics.extend(read.diagnostics);
    }
    parsed
}

/// Reads every fence of one file; `file` is its number among the sources.
pub fn parse_file(file: u16, text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let document = split(file, text);
    if let Some(span) = document.unclosed {
        parsed
            .diagnostics
            .push(Diagnostic::new("E0110", span, "这段规则没有结束", "this fence is not closed").help("在末尾补一行 ```", "close it with a line of ```"));
    }
    for (number, fence) in document.fences.iter().enumerate() {
        let mut faults = Vec::new();
        unicode(file, fence.body, fence.body.of(text), &mut faults);
        let lines = layout::read(file, text, fence.body, &mut faults);
        let mut parser = Parser { text, faults, depth: 0 };
        for line in &lines {
            let heading = heading(line, text);
            let before = parser.faults.len();
            let block = parser.block(line, &document, number, &heading);
            for fault in parser.faults.iter_mut().skip(before) {
                fault.heading.clone_from(&heading);
            }
            parsed.blocks.extend(block);
        }
        parsed.diagnostics.append(&mut parser.faults);
    }
    parsed.documents.push(document);
    parsed
}

/// The head line without its modifiers: what diagnostics call the block.
fn heading(line: &Line, text: &str) -> String {
    line.tokens.first().zip(line.tokens.last()).map_or(String::new(), |(a, b)| a.span.to(b.span).of(text).trim().to_owned())
}

/// Writing that looks like something else: not NFC, invisible or bidirectional marks.
fn unicode(file: u16, body: Span, words: &str, faults: &mut Vec<Diagnostic>) {
    for (at, c) in words.char_indices() {
        if matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}') {
            let start = body.start as usize + at;
            faults.push(
                Diagnostic::new(
                    "E0103",
                    Span::new(file, start, start + c.len_utf8()),
                    format!("有看不见的字符 U+{:04X}", u32::from(c)),
                    format!("an invisible character U+{:04X}", u32::from(c)),
                )
                .help("删去它", "remove it")
                .replace(""),
            );
        }
    }
    if !unicode_normalization::is_nfc(words) {
        faults.push(
            Diagnostic::new("E0103", body, "有字符不是规范写法（NFC）", "text is not in normal form (NFC)")
                .help("用 duixian fmt 重写", "rewrite it with duixian fmt"),
        );
    }
}

/// Reads the tokens of one line; the lines below belong to whatever asks for them first.
#[derive(Clone)]
pub(crate) struct Cursor<'a> {
    tokens: &'a [Token],
    at: usize,
    children: Option<&'a [Line]>,
    end: Span,
}

impl<'a> Cursor<'a> {
    pub(crate) fn of(tokens: &'a [Token], line: &'a Line) -> Self {
        let last = line.tokens.last().map_or(line.span, |t| t.span);
        Self { tokens, at: 0, children: (!line.children.is_empty()).then_some(line.children.as_slice()), end: Span { start: last.end, ..last } }
    }

    pub(crate) fn peek(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead)
    }

    pub(crate) fn kind(&self) -> Option<&'a TokenKind> {
        self.peek(0).map(|t| &t.kind)
    }

    pub(crate) fn word(&self) -> Option<&'static str> {
        self.peek(0).and_then(Token::word)
    }

    pub(crate) fn next(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.at);
        self.at += usize::from(token.is_some());
        token
    }

    pub(crate) fn eat(&mut self, word: &str) -> bool {
        let found = self.peek(0).is_some_and(|t| t.is(word));
        self.at += usize::from(found);
        found
    }

    pub(crate) fn sign(&self, sign: char) -> bool {
        self.peek(0).is_some_and(|t| t.is_sign(sign))
    }

    pub(crate) fn eat_sign(&mut self, sign: char) -> bool {
        let found = self.sign(sign);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        match self.kind() {
            Some(TokenKind::Text(text)) => {
                self.at += 1;
                Some(text.clone())
            }
            _ => None,
        }
    }

    pub(crate) fn here(&self) -> Span {
        self.peek(0).map_or(self.end, |t| t.span)
    }

    pub(crate) fn before(&self) -> Span {
        self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or_else(|| self.here(), |t| t.span)
    }

    pub(crate) fn at(&self) -> usize {
        self.at
    }

    pub(crate) fn back_to(&mut self, mark: usize) {
        self.at = mark;
    }

    pub(crate) fn done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    pub(crate) fn skip(&mut self) {
        self.at = self.tokens.len();
    }

    pub(crate) fn skip_to(&mut self, sign: char) {
        while !self.done() && !self.sign(sign) {
            self.at += 1;
        }
    }

    pub(crate) fn take_children(&mut self) -> Option<&'a [Line]> {
        self.children.take()
    }
}

/// Collects what is wrong while reading.
pub(crate) struct Parser<'a> {
    text: &'a str,
    faults: Vec<Diagnostic>,
    depth: u32,
}

impl<'a> Parser<'a> {
    pub(crate) fn fault(&mut self, diagnostic: Diagnostic) {
        self.faults.push(diagnostic);
    }

    fn fault_count(&self) -> usize {
        self.faults.len()
    }

    fn drop_faults(&mut self, count: usize) {
        self.faults.truncate(count);
    }

    /// Everything on the line must have been read.
    pub(crate) fn finish(&mut self, cursor: &mut Cursor<'a>) {
        if cursor.done() {
            return;
        }
        self.unexpected(cursor);
        cursor.skip();
    }

    /// Says what was found where something else was meant, with the likeliest fix.
    pub(crate) fn unexpected(&mut self, cursor: &mut Cursor<'a>) {
        let before = cursor.at.checked_sub(1).and_then(|i| cursor.tokens.get(i));
        let glued = [cursor.peek(0), before, cursor.peek(1)].into_iter().flatten().find_map(|t| unglue(t.span.of(self.text)).map(|apart| (t.span, apart)));
        let at = glued.as_ref().map_or_else(|| cursor.here(), |(span, _)| *span);
        let words = at.of(self.text);
        let mut diagnostic = if words.is_empty() {
            Diagnostic::new("E0102", at, "这一行没有写完", "this line is not finished")
        } else {
            Diagnostic::new("E0102", at, format!("读到“{words}”就接不下去"), format!("cannot go on at '{words}'"))
        };
        let number = before.filter(|t| t.span.of(self.text).chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',')));
        let apart = cursor.peek(0).is_some_and(|t| slips::is_unit(t.span.of(self.text)));
        diagnostic = if let Some(number) = number.filter(|_| apart && glued.is_none()) {
            let joined = format!("{}{words}", number.span.of(self.text));
            diagnostic.span = number.span.to(at);
            diagnostic.help(format!("数和单位之间不空格 → {joined}"), format!("no space between a number and its unit → {joined}")).replace(joined)
        } else if words.is_empty() && number.is_some() {
            let digits = number.map_or("", |t| t.span.of(self.text));
            let (zh, en) = if digits.len() == 4 {
                (format!("年份写 {digits}年"), format!("a year is written {digits}年"))
            } else {
                ("数的后面写单位".into(), "a number wants its unit".into())
            };
            diagnostic.help(zh, en)
        } else if let Some(slip) = slips::instead(words).or_else(|| slips::as_name(words)) {
            diagnostic.help(slip.zh, slip.en)
        } else if let Some((_, apart)) = glued {
            diagnostic.help(format!("词与词之间用空格分开 → {apart}"), format!("put spaces between words → {apart}")).replace(apart)
        } else if let Some(near) = nearest(words, super::words::WORDS.iter().flat_map(|w| [w.0, w.1])) {
            diagnostic.help(format!("是不是“{near}”？"), format!("did you mean '{near}'?"))
        } else {
            diagnostic.help("检查这里的词、空格和标点", "check the words, spaces and signs here")
        };
        self.fault(diagnostic);
        cursor.next();
    }

    pub(crate) fn stray(&mut self, line: &Line) {
        let at = line.tokens.first().map_or(line.span, |t| t.span);
        let words = at.of(self.text);
        let known = slips::line(words).or_else(|| nearest(words, super::words::WORDS.iter().flat_map(|w| [w.0, w.1])).filter(|near| *near != words));
        let diagnostic = Diagnostic::new("E0111", at, format!("这一行（{words}…）放在这里没有意义"), format!("this line ({words}…) means nothing here"));
        self.fault(match known {
            Some(near) => diagnostic.help(format!("是不是“{near}”？"), format!("did you mean '{near}'?")),
            None => diagnostic.help("检查缩进：它应接在哪一行下", "check the indentation: which line does it belong to?"),
        });
    }

    pub(crate) fn expect(&mut self, cursor: &mut Cursor<'a>, word: &'static str) {
        if cursor.eat(word) {
            return;
        }
        let at = cursor.here();
        let en = super::words::english(word).unwrap_or(word);
        self.fault(
            Diagnostic::new("E0107", at, format!("这里应写“{word}”"), format!("'{en}' is expected here")).help(format!("补上“{word}”"), format!("add '{en}'")),
        );
    }

    pub(crate) fn expect_sign(&mut self, cursor: &mut Cursor<'a>, sign: char) {
        if !cursor.eat_sign(sign) {
            let at = cursor.here();
            self.fault(
                Diagnostic::new("E0107", at, format!("这里应有“{sign}”"), format!("'{sign}' is expected here"))
                    .help(format!("补上“{sign}”"), format!("add '{sign}'")),
            );
        }
    }

    pub(crate) fn name(&mut self, cursor: &mut Cursor<'a>) -> Name {
        let span = cursor.here();
        if let Some(name) = cursor.peek(0).and_then(Token::name) {
            cursor.next();
            return Name { text: name.to_owned(), span };
        }
        let help = slips::as_name(span.of(self.text)).unwrap_or_else(|| Text::new("写一个名称；含符号时写作『…』", "write a name; with signs in it, 『…』"));
        self.fault(Diagnostic::new("E0107", span, "这里应写一个名称", "a name is expected here").help(help.zh, help.en));
        if !cursor.done() {
            cursor.next();
        }
        Name { text: String::new(), span }
    }

    /// Names separated by 、.
    pub(crate) fn names(&mut self, cursor: &mut Cursor<'a>) -> Vec<Name> {
        let mut names = vec![self.name(cursor)];
        while cursor.eat_sign('、') {
            names.push(self.name(cursor));
        }
        names
    }

    /// A clause id: `6.1`, or a name.
    pub(crate) fn clause_id(&mut self, cursor: &mut Cursor<'a>) -> Name {
        let span = cursor.here();
        if let Some(TokenKind::Number { digits, suffix }) = cursor.kind() {
            cursor.next();
            return Name { text: format!("{digits}{suffix}"), span };
        }
        self.name(cursor)
    }

    /// `条款 6.1`; 条款 may be left out.
    pub(crate) fn clause_reference(&mut self, cursor: &mut Cursor<'a>) -> Name {
        let _ = cursor.eat("条款");
        self.clause_id(cursor)
    }

    pub(crate) fn clause_ids(&mut self, cursor: &mut Cursor<'a>) -> Vec<Name> {
        let mut ids = vec![self.clause_reference(cursor)];
        while cursor.eat_sign('、') {
            ids.push(self.clause_reference(cursor));
        }
        ids
    }

    /// A count: `5`, `5名`, `5 名`; the measure word is one of `units`.
    pub(crate) fn count(&mut self, cursor: &mut Cursor<'a>, units: &[&str]) -> u32 {
        let at = cursor.here();
        let Some(TokenKind::Number { digits, suffix }) = cursor.kind() else {
            self.fault(
                Diagnostic::new("E0107", at, "这里应写一个数", "a number is expected here").help("例：前 5 名、近 3 年", "for example: 前 5 名, 近 3 年"),
            );
            return 1;
        };
        cursor.next();
        if suffix.is_empty() {
            if cursor
                .peek(0)
                .is_some_and(|t| matches!(&t.kind, TokenKind::Word { text, .. } if units.contains(&text.as_str())) || units.iter().any(|u| t.is(u)))
            {
                cursor.next();
            }
        } else if !units.contains(&suffix.as_str()) {
            self.fault(
                Diagnostic::new("E0108", at, format!("单位“{suffix}”不能用在这里"), format!("the unit '{suffix}' cannot stand here"))
                    .help(format!("写成 {digits} {}", units.first().unwrap_or(&"")), "use the measure word of this line"),
            );
        }
        match digits.parse::<u32>() {
            Ok(count @ 1..=10_000) => count,
            _ => {
                self.fault(
                    Diagnostic::new("E0108", at, "个数应是 1 到 10000 的整数", "a whole number from 1 to 10000 is expected")
                        .help("改写这个数", "change the number"),
                );
                1
            }
        }
    }
}

/// `应税网络销售额的` → `应税网络销售额 的`
fn unglue(word: &str) -> Option<String> {
    ["的", "达到", "超过", "不超过", "低于", "不少于", "突破", "加", "减", "乘"]
        .iter()
        .find_map(|op| word.strip_suffix(op).filter(|rest| rest.chars().count() > 1).map(|rest| format!("{rest} {op}")))
        .or_else(|| {
            // `最高100万元` → `最高 100万元`
            let front = ["最高", "最低", "扣除", "另加", "达到", "不少于", "不低于", "超过", "突破", "不超过", "低于", "不满"];
            front.iter().find_map(|op| word.strip_prefix(op).filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit())).map(|rest| format!("{op} {rest}")))
        })
}
