//! Lines of Chinese text: broken anywhere between characters, but never so that a line begins with 。，、） or ends with （“《, that
//! a number or a Latin word falls apart, or that …… and —— do.

use super::Unit;

/// Which cut of a font.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Face {
    /// 正文 (仿宋, 宋)
    Body,
    /// 标题 (小标宋)
    Title,
    /// 一级标题 (黑体)
    Heading,
}

/// How wide a character is.
pub trait Measure {
    /// Width in a face of a size.
    fn width(&self, face: Face, size: Unit, character: char) -> Unit;
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its words.
    pub text: String,
    /// How wide they are.
    pub width: Unit,
    /// Whether the paragraph goes on: then it is spread over the whole width.
    pub goes_on: bool,
}

/// Signs that no line begins with.
pub const NO_START: &str = "。，、；：？！）】》〉」』〕｝”’％℃…—·,.;:?!)]}%‰";
/// Signs that no line ends with.
pub const NO_END: &str = "（【《〈「『〔｛“‘([{￥¥";

fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '-' | '/' | '_' | '%' | '@' | '+' | ':' | '#' | '&')
}

/// Pieces that are not broken, in order; all of them together are the text.
fn pieces(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    for c in text.chars() {
        let joined =
            before.is_some_and(|b| (is_latin(b) && is_latin(c)) || NO_END.contains(b) || NO_START.contains(c) || (b == c && matches!(c, '…' | '—' | '＿')));
        match out.last_mut() {
            Some(last) if joined => last.push(c),
            _ => out.push(c.to_string()),
        }
        before = Some(c);
    }
    out
}

/// Breaks a paragraph: the first line begins `indent` further in. A piece wider than a line is broken where it must.
#[must_use]
pub fn broken(measure: &dyn Measure, text: &str, (face, size): (Face, Unit), width: Unit, indent: Unit) -> Vec<Line> {
    let wide = |words: &str| words.chars().map(|c| measure.width(face, size, c)).fold(0, Unit::saturating_add);
    let mut out: Vec<Line> = Vec::new();
    let mut line = String::new();
    let mut used = 0;
    for piece in pieces(text) {
        let piece_width = wide(&piece);
        let room = if out.is_empty() { width - indent } else { width };
        if used + piece_width <= room {
            line.push_str(&piece);
            used += piece_width;
            continue;
        }
        if !line.is_empty() {
            out.push(Line { text: std::mem::take(&mut line), width: used, goes_on: true });
            used = 0;
        }
        let room = if out.is_empty() { width - indent } else { width };
        if piece_width <= room {
            line.push_str(&piece);
            used = piece_width;
        } else {
            for c in piece.chars() {
                let one = measure.width(face, size, c);
                // A single sign that may not begin a line hangs over.
                let hangs = NO_START.contains(c) && used <= room;
                if used + one > room && !line.is_empty() && !hangs {
                    out.push(Line { text: std::mem::take(&mut line), width: used, goes_on: true });
                    used = 0;
                }
                line.push(c);
                used += one;
            }
        }
    }
    if !line.is_empty() || out.is_empty() {
        out.push(Line { text: line, width: used, goes_on: false });
    } else if let Some(last) = out.last_mut() {
        last.goes_on = false;
    }
    out
}

/// The widest piece of a text that is not broken.
#[must_use]
pub fn widest(measure: &dyn Measure, text: &str, (face, size): (Face, Unit)) -> Unit {
    pieces(text).iter().map(|piece| piece.chars().map(|c| measure.width(face, size, c)).fold(0, Unit::saturating_add)).max().unwrap_or(0)
}

/// Breaks a title into lines of about the same length, as titles are set.
#[must_use]
pub fn balanced(measure: &dyn Measure, text: &str, font: (Face, Unit), width: Unit) -> Vec<Line> {
    let greedy = broken(measure, text, font, width, 0);
    let lines = Unit::try_from(greedy.len()).unwrap_or(1);
    if lines < 2 {
        return greedy;
    }
    let all = greedy.iter().map(|line| line.width).fold(0, Unit::saturating_add);
    let mut room = all / lines;
    while room < width {
        let even = broken(measure, text, font, room, 0);
        if even.len() == greedy.len() && even.iter().all(|line| line.width <= width) {
            return even;
        }
        room += font.1 / 2;
    }
    greedy
}
