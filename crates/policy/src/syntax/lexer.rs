//! Words, numbers, texts and punctuation of one line of a fence. Full-width digits and signs count as their
//! half-width twins; spans always point into the text as written.

use super::words::{self, Role};
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// What a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A word; `key` is the Chinese form where the table of words holds it.
    Word {
        /// As written.
        text: String,
        /// Canonical form and role of a keyword.
        key: Option<(&'static str, Role)>,
    },
    /// A name written 『…』: never a keyword.
    Quoted(String),
    /// Digits with what hangs on them: `1,234.56` + `元/平方米`.
    Number {
        /// ASCII digits, points and thousands commas as written.
        digits: String,
        /// Unit or sign directly behind; may be empty.
        suffix: String,
    },
    /// `2024-12-31`.
    Date(String),
    /// 「…」.
    Text(String),
    /// One of `（ ） ： ， 、 ；` and the operator signs, in a canonical form.
    Sign(char),
}

/// A token and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
    /// True where white space stands before it.
    pub spaced: bool,
}

impl Token {
    /// The Chinese form of a keyword of any role.
    pub fn word(&self) -> Option<&'static str> {
        match &self.kind {
            TokenKind::Word { key: Some((zh, _)), .. } => Some(zh),
            _ => None,
        }
    }

    /// True for this keyword.
    pub fn is(&self, zh: &str) -> bool {
        self.word() == Some(zh)
    }

    /// True for this sign.
    pub fn is_sign(&self, sign: char) -> bool {
        self.kind == TokenKind::Sign(sign)
    }

    /// A name: a word that is not reserved everywhere, or 『…』.
    pub fn name(&self) -> Option<&str> {
        match &self.kind {
            TokenKind::Quoted(name) => Some(name),
            TokenKind::Word { text, key: None | Some((_, Role::Local)) } => Some(text),
            _ => None,
        }
    }
}

fn sign(c: char) -> Option<char> {
    Some(match c {
        '（' | '(' => '（',
        '）' | ')' => '）',
        '：' | ':' => '：',
        '，' | ',' => '，',
        '、' => '、',
        '；' | ';' => '；',
        _ => return None,
    })
}

fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => None,
    }
}

fn breaks_word(c: char) -> bool {
    c.is_whitespace() || sign(c).is_some() || matches!(c, '「' | '」' | '『' | '』' | '“' | '”' | '"' | '#')
}

struct Lexer<'a> {
    file: u16,
    base: usize,
    chars: Vec<(usize, char)>,
    at: usize,
    line: &'a str,
    tokens: Vec<Token>,
    faults: Vec<Diagnostic>,
    spaced: bool,
}

/// Tokens of a line, the place of its comment if it has one, and what is wrong with it.
pub struct Lexed {
    /// In order.
    pub tokens: Vec<Token>,
    /// From `#` to the end of the line.
    pub comment: Option<Span>,
    /// Characters that cannot stand here.
    pub faults: Vec<Diagnostic>,
}

/// Reads one line; `base` is the byte of the file at which it starts.
pub fn lex(file: u16, base: usize, line: &str) -> Lexed {
    let mut lexer = Lexer { file, base, chars: line.char_indices().collect(), at: 0, line, tokens: Vec::new(), faults: Vec::new(), spaced: false };
    let comment = lexer.run();
    Lexed { tokens: lexer.tokens, comment, faults: lexer.faults }
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).map(|(_, c)| *c)
    }

    fn byte(&self, index: usize) -> usize {
        self.chars.get(index).map_or(self.line.len(), |(byte, _)| *byte)
    }

    fn span(&self, from: usize) -> Span {
        Span::new(self.file, self.base + self.byte(from), self.base + self.byte(self.at))
    }

    fn push(&mut self, kind: TokenKind, from: usize) {
        let span = self.span(from);
        self.tokens.push(Token { kind, span, spaced: self.spaced });
        self.spaced = false;
    }

    fn run(&mut self) -> Option<Span> {
        while let Some(c) = self.peek(0) {
            let from = self.at;
            if c == '#' {
                self.at = self.chars.len();
                return Some(self.span(from));
            } else if c.is_whitespace() {
                self.at += 1;
                self.spaced = true;
            } else if let Some(sign) = sign(c) {
                self.at += 1;
                self.push(TokenKind::Sign(sign), from);
            } else if let Some(close) = closing(c) {
                self.enclosed(from, close);
            } else if matches!(c, '」' | '』' | '”') {
                self.at += 1;
                let span = self.span(from);
                self.faults.push(
                    Diagnostic::new("E0101", span, format!("“{c}”没有与之成对的前引号"), format!("'{c}' closes nothing"))
                        .help("删去它，或补上前引号", "remove it, or add the opening mark"),
                );
            } else if digit(c).is_some() {
                self.number();
            } else {
                self.word();
            }
        }
        None
    }

    fn enclosed(&mut self, from: usize, close: char) {
        self.at += 1;
        let start = self.at;
        while self.peek(0).is_some_and(|c| c != close) {
            self.at += 1;
        }
        let inner = self.line.get(self.byte(start)..self.byte(self.at)).unwrap_or_default().to_owned();
        if self.peek(0).is_some() {
            self.at += 1;
        } else {
            let span = self.span(from);
            self.faults.push(
                Diagnostic::new("E0101", span, "引号没有结束", "this quotation is not closed")
                    .help(format!("在行末补上“{close}”"), format!("add '{close}' at the end")),
            );
        }
        let kind = if close == '』' { TokenKind::Quoted(inner) } else { TokenKind::Text(inner) };
        self.push(kind, from);
    }

    /// Digits from here; `2024-12-31` is one token.
    fn number(&mut self) {
        let from = self.at;
        let mut digits = String::new();
        while let Some(c) = self.peek(0) {
            if let Some(d) = digit(c) {
                digits.push(d);
            } else if matches!(c, '.' | '．') && self.peek(1).and_then(digit).is_some() {
                digits.push('.');
            } else if c == ',' && self.thousands() {
                digits.push(',');
            } else if c == '-' && self.date_follows(&digits) {
                digits.push('-');
            } else {
                break;
            }
            self.at += 1;
        }
        if digits.contains('-') {
            self.push(TokenKind::Date(digits), from);
            return;
        }
        let start = self.at;
        while let Some(c) = self.peek(0) {
            if breaks_word(c) || digit(c).is_some() && self.line.get(self.byte(start)..self.byte(self.at)) != Some("/") {
                break;
            }
            if c == '至' && self.peek(1).and_then(digit).is_some() {
                break;
            }
            self.at += 1;
            // `1/3`: a fraction keeps its lower number in the suffix.
            while self.line.get(self.byte(start)..self.byte(start) + 1) == Some("/") && self.peek(0).and_then(digit).is_some() {
                self.at += 1;
            }
        }
        let suffix: String = self
            .line
            .get(self.byte(start)..self.byte(self.at))
            .unwrap_or_default()
            .chars()
            .map(|c| match c {
                '％' => '%',
                '／' => '/',
                other => digit(other).unwrap_or(other),
            })
            .collect();
        self.push(TokenKind::Number { digits, suffix }, from);
        if self.peek(0) == Some('至') {
            let from = self.at;
            self.at += 1;
            self.push(word_kind("至"), from);
        }
    }

    /// A comma inside a number: exactly three digits follow.
    fn thousands(&self) -> bool {
        (1..=3).all(|n| self.peek(n).and_then(digit).is_some()) && self.peek(4).and_then(digit).is_none()
    }

    fn date_follows(&self, digits: &str) -> bool {
        match digits.matches('-').count() {
            0 => digits.len() == 4 && (1..=2).all(|n| self.peek(n).and_then(digit).is_some()) && self.peek(3) == Some('-'),
            1 => (1..=2).all(|n| self.peek(n).and_then(digit).is_some()),
            _ => false,
        }
    }

    fn word(&mut self) {
        let from = self.at;
        while self.peek(0).is_some_and(|c| !breaks_word(c)) {
            self.at += 1;
        }
        let text = self.line.get(self.byte(from)..self.byte(self.at)).unwrap_or_default().to_owned();
        if let Some(operator) = operator(&text) {
            self.push(word_kind(operator), from);
            return;
        }
        if words::lookup(&text).is_none()
            && let Some(prefix) = COUNTED.iter().find(|p| counted(&text, p))
        {
            // `前5名`: the space before and after the number is free.
            self.at = from + prefix.chars().count();
            self.push(word_kind(prefix), from);
            return;
        }
        self.check_name(&text, from);
        self.push(word_kind(&text), from);
    }

    fn check_name(&mut self, text: &str, from: usize) {
        let odd = text.chars().find(|c| !(c.is_alphanumeric() || matches!(c, '·' | '_' | '.' | '/')));
        if let Some(c) = odd {
            let span = self.span(from);
            self.faults.push(
                Diagnostic::new(
                    "E0101",
                    span,
                    format!("“{}”不能写在这里（U+{:04X}）", c.escape_debug(), u32::from(c)),
                    format!("'{}' cannot stand here (U+{:04X})", c.escape_debug(), u32::from(c)),
                )
                .help(format!("名称含其他符号时写作『{text}』"), format!("write 『{text}』 if it is part of a name")),
            );
        }
    }
}

fn closing(c: char) -> Option<char> {
    match c {
        '「' => Some('」'),
        '『' => Some('』'),
        '“' => Some('”'),
        '"' => Some('"'),
        _ => None,
    }
}

fn operator(text: &str) -> Option<&'static str> {
    Some(match text {
        "+" | "＋" => "加",
        "-" | "−" | "－" => "减",
        "*" | "×" => "乘",
        "/" | "÷" => "除以",
        _ => return None,
    })
}

/// Words that may be written together with the count behind them.
const COUNTED: &[&str] = &["前", "近", "第", "至少", "每年", "共"];

/// `text` is `prefix`, digits, then nothing or one of the counting words.
fn counted(text: &str, prefix: &str) -> bool {
    let Some(rest) = text.strip_prefix(prefix) else { return false };
    let tail = rest.trim_start_matches(|c| digit(c).is_some());
    tail.len() < rest.len() && matches!(tail, "" | "名" | "年" | "次" | "项" | "个月" | "月")
}

fn word_kind(text: &str) -> TokenKind {
    TokenKind::Word { text: text.to_owned(), key: words::lookup(text) }
}
