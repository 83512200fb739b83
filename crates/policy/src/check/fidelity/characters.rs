//! E0418: characters that look like others, in quotes and rules: Cyrillic and Greek letters, radicals that pass for
//! characters, ○ for 〇, a letter O between digits, digits of two widths in one number. A text that holds one on
//! purpose says so with 不用.

use super::Fidelity;
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use unicode_normalization::UnicodeNormalization;

/// Letters of other scripts and the Latin ones they pass for.
const LETTERS: &[(char, char)] = &[
    ('А', 'A'),
    ('В', 'B'),
    ('С', 'C'),
    ('Е', 'E'),
    ('Н', 'H'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('К', 'K'),
    ('М', 'M'),
    ('О', 'O'),
    ('Р', 'P'),
    ('Ѕ', 'S'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('У', 'Y'),
    ('а', 'a'),
    ('с', 'c'),
    ('е', 'e'),
    ('і', 'i'),
    ('ј', 'j'),
    ('о', 'o'),
    ('р', 'p'),
    ('ѕ', 's'),
    ('х', 'x'),
    ('у', 'y'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
    ('ο', 'o'),
    ('ν', 'v'),
    ('ρ', 'p'),
];

impl Fidelity<'_> {
    pub(super) fn characters(&mut self) {
        let mut places = Vec::new();
        for (at, quote) in self.linked.quotes.iter().enumerate() {
            for (here, c) in quote.chars.iter().enumerate() {
                let before = here.checked_sub(1).and_then(|at| quote.chars.get(at)).copied();
                if let Some(meant) = look_alike(before, *c, quote.chars.get(here + 1).copied()) {
                    let span = quote.span(here, here + 1);
                    if !self.kept(at, here) {
                        places.push((span, *c, meant));
                    }
                }
            }
        }
        for block in self.blocks {
            let words = self.sources.words(block.span);
            let mut before = None;
            let mut chars = words.char_indices().peekable();
            while let Some((at, c)) = chars.next() {
                let noted = || block.notes.iter().any(|n| n.unused && n.what.contains(c));
                if let Some(meant) = look_alike(before, c, chars.peek().map(|(_, c)| *c)).filter(|_| !noted()) {
                    let start = block.span.start as usize + at;
                    places.push((Span::new(block.span.file, start, start + c.len_utf8()), c, meant));
                }
                before = Some(c);
            }
        }
        for (span, c, meant) in places {
            let code = u32::from(c);
            let diagnostic = Diagnostic::new(
                "E0418",
                span,
                format!("“{c}”（U+{code:04X}）看起来像“{meant}”，不是同一个字"),
                format!("'{c}' (U+{code:04X}) looks like '{meant}' and is another character"),
            );
            let help =
                (format!("改为 {meant}；原文本来如此的，写 不用 「{c}」因「…」"), format!("write {meant}; where the text has it so: 不用 「{c}」因「…」"));
            self.faults.push(diagnostic.help(help.0, help.1).replace(meant));
        }
    }

    /// A 不用 of a block that cites this character speaks of it.
    fn kept(&self, quote: usize, at: usize) -> bool {
        let c = self.quote(quote).and_then(|q| q.chars.get(at)).copied().unwrap_or_default();
        self.blocks
            .iter()
            .zip(&self.linked.cited)
            .any(|(block, places)| block.notes.iter().any(|n| n.unused && n.what.contains(c)) && places.iter().any(|p| p.0 == quote && p.1 <= at && at < p.2))
    }

    /// True where a 不用 speaks of such a character instead of a number.
    pub(super) fn is_look_alike_note(&self, span: Option<Span>) -> bool {
        let words = span.map_or("", |span| self.sources.words(span));
        let chars: Vec<char> = words.chars().collect();
        chars.iter().enumerate().any(|(at, c)| look_alike(at.checked_sub(1).and_then(|b| chars.get(b)).copied(), *c, chars.get(at + 1).copied()).is_some())
    }
}

/// What a character passes for where it stands.
fn look_alike(before: Option<char>, c: char, after: Option<char>) -> Option<String> {
    let code = u32::from(c);
    // Most of a text is Han, and none of that is looked up.
    if (0x3400..0xA000).contains(&code) {
        return None;
    }
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let numeral = |c: Option<char>| c.is_some_and(|c| "一二三四五六七八九十".contains(c));
    match c {
        'O' | 'o' if digit(before) && (digit(after) || matches!(after, Some('万' | '元' | '%'))) => Some("0".into()),
        'l' | 'I' if digit(before) && digit(after) => Some("1".into()),
        'O' | '0' | '○' | '◯' | '０' if numeral(before) && numeral(after) => Some("〇".into()),
        '○' | '◯' if numeral(before) || numeral(after) => Some("〇".into()),
        '０'..='９' if digit(before) || digit(after) => char::from_digit(code - u32::from('０'), 10).map(String::from),
        '\u{2E80}'..='\u{2FDF}' | '\u{F900}'..='\u{FAFF}' => Some(c.nfkc().collect::<String>()).filter(|meant| *meant != c.to_string()),
        '\u{370}'..='\u{52F}' => LETTERS.iter().find(|(from, _)| *from == c).map(|(_, to)| to.to_string()),
        _ => None,
    }
}
