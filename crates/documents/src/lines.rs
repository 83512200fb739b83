//! Lines of Chinese text: broken anywhere between characters, but never so that a line begins with 。，、） or ends with （“《, that
//! a number, a day (2025年3月4日), an amount (50万元) or a Latin word falls apart, that …… and —— do, or that one character stands on the
//! last line alone. And how wide the columns of a table are for that. Sizes are whole thousandths of a point.

use crate::layout::Table;

/// A thousandth of a point.
pub type Unit = i32;

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

/// What is known without a font: Chinese is as wide as high, the rest half of it.
#[derive(Clone, Copy, Debug)]
pub struct Even;

impl Measure for Even {
    fn width(&self, _: Face, size: Unit, character: char) -> Unit {
        if character.is_ascii() { size / 2 } else { size }
    }
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
/// What stays with the number before it: 2025年, 50万元, 12户, 第6条.
const MEASURES: &str = "年月日时分万亿千百元角户家笔件条款项号期间天个批份倍页人";
/// Words that a title does not part (回行时词意完整).
const WORDS: &str = "申报 指南 扶持 资金 项目 通知 公告 公示 名单 征求 意见 意见稿 支持 拟支持 电商 电子 商务 产业 发展 若干 政策 措施 鼓励 公开 汇总表 \
    采纳 情况 拨付 请示 追回 决定书 告知书 企业 运营 补助 补贴 引进 人才 奖励 第一批 第二批 第三批 专项 培育 实施 办法 网络 零售 跨境 直播 促进 关于 年度";

fn is_latin(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | ',' | '-' | '/' | '_' | '%' | '@' | '+' | ':' | '#' | '&')
}

/// Whether no line ends between two characters.
fn joined(before: char, c: char) -> bool {
    let signs = NO_END.contains(before) || NO_START.contains(c) || (before == c && matches!(c, '…' | '—' | '＿'));
    let number = match (before.is_ascii_digit(), c.is_ascii_digit()) {
        // 6217 0037 6000 stays one account.
        (true, _) => c == ' ' || MEASURES.contains(c),
        (_, true) => matches!(before, ' ' | '年' | '月' | '〕' | '第'),
        _ => matches!((before, c), ('年', '度') | ('千' | '百', '万') | ('万' | '亿', '元') | ('个', '工') | ('工', '作') | ('作', '日')),
    };
    signs || number || (is_latin(before) && is_latin(c))
}

/// Pieces that are not broken, in order; all of them together are the text.
fn pieces(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut before: Option<char> = None;
    for c in text.chars() {
        match out.last_mut() {
            Some(last) if before.is_some_and(|b| joined(b, c)) => last.push(c),
            _ => out.push(c.to_string()),
        }
        before = Some(c);
    }
    out
}

/// The pieces of a title: words stay whole too.
fn title_pieces(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    // How many bytes of a word are still to come.
    let mut inside = 0_usize;
    let mut at = 0_usize;
    for piece in pieces(text) {
        let rest = text.get(at..).unwrap_or_default();
        let begins = piece.char_indices().filter_map(|(from, _)| {
            let after = rest.get(from..)?;
            let longest = WORDS.split(' ').filter(|word| !word.is_empty() && after.starts_with(word)).map(str::len).max()?;
            Some(from + longest)
        });
        let reach = begins.max().unwrap_or(0);
        at += piece.len();
        let left = reach.saturating_sub(piece.len());
        let still = inside.saturating_sub(piece.len());
        match out.last_mut() {
            Some(last) if inside > 0 => last.push_str(&piece),
            _ => out.push(piece),
        }
        inside = left.max(still);
    }
    out
}

/// A line being filled: pieces with their widths.
#[derive(Default)]
struct Filled(Vec<(String, Unit)>);

impl Filled {
    fn width(&self) -> Unit {
        self.0.iter().map(|(_, width)| *width).fold(0, Unit::saturating_add)
    }

    /// Characters that are no signs.
    fn full(&self) -> usize {
        self.0.iter().flat_map(|(piece, _)| piece.chars()).filter(|c| !NO_START.contains(*c) && !NO_END.contains(*c)).count()
    }
}

/// Breaks a paragraph: the first line begins `indent` further in. A piece wider than a line is broken where it must.
#[must_use]
pub fn broken(measure: &dyn Measure, text: &str, font: (Face, Unit), width: Unit, indent: Unit) -> Vec<Line> {
    filled(measure, pieces(text), font, width, indent)
}

fn filled(measure: &dyn Measure, pieces: Vec<String>, (face, size): (Face, Unit), width: Unit, indent: Unit) -> Vec<Line> {
    let wide = |words: &str| words.chars().map(|c| measure.width(face, size, c)).fold(0, Unit::saturating_add);
    let mut done: Vec<Filled> = Vec::new();
    let mut line = Filled::default();
    for piece in pieces {
        let piece_width = wide(&piece);
        let room = if done.is_empty() { width - indent } else { width };
        if line.width() + piece_width > room && !line.0.is_empty() {
            // A number of a document is parted after its year rather than leave much of a line empty.
            let parted = piece.split_once('〕').filter(|_| line.width() < room * 7 / 8).map(|(year, number)| (format!("{year}〕"), number.to_owned()));
            if let Some((year, number)) = parted.filter(|(year, number)| !number.is_empty() && line.width() + wide(year) <= room) {
                let year_width = wide(&year);
                line.0.push((year, year_width));
                done.push(std::mem::take(&mut line));
                line.0.push((number.clone(), wide(&number)));
                continue;
            }
            done.push(std::mem::take(&mut line));
        }
        let room = if done.is_empty() { width - indent } else { width };
        if piece_width <= room {
            line.0.push((piece, piece_width));
            continue;
        }
        for c in piece.chars() {
            let one = measure.width(face, size, c);
            let used = line.width();
            let room = if done.is_empty() { width - indent } else { width };
            // A single sign that may not begin a line hangs over.
            let hangs = NO_START.contains(c) && used <= room;
            if used + one > room && !line.0.is_empty() && !hangs {
                done.push(std::mem::take(&mut line));
            }
            line.0.push((c.to_string(), one));
        }
    }
    if !line.0.is_empty() || done.is_empty() {
        done.push(line);
    }
    company(&mut done, width);
    let last = done.len();
    let line = |(number, filled): (usize, Filled)| Line {
        width: filled.width(),
        text: filled.0.into_iter().map(|(piece, _)| piece).collect(),
        goes_on: number < last,
    };
    (1..).zip(done).map(line).collect()
}

/// A single character on the last line gets company from the line before; （元） under a head may stand alone.
fn company(lines: &mut [Filled], width: Unit) {
    let Some((last, above)) = lines.split_last_mut() else { return };
    let Some(before) = above.last_mut() else { return };
    let bracketed = last.0.first().and_then(|(piece, _)| piece.chars().next()).is_some_and(|c| NO_END.contains(c));
    while last.full() < 2 && !bracketed && before.0.len() > 2 {
        let Some(piece) = before.0.pop() else { return };
        if last.width() + piece.1 > width || piece.0.starts_with(|c| NO_START.contains(c)) {
            before.0.push(piece);
            return;
        }
        last.0.insert(0, piece);
    }
}

/// The same for a name: words stay whole too.
#[must_use]
pub fn broken_between_words(measure: &dyn Measure, text: &str, font: (Face, Unit), width: Unit) -> Vec<Line> {
    filled(measure, title_pieces(text), font, width, 0)
}

/// The widest piece of a text that is not broken.
#[must_use]
pub fn widest(measure: &dyn Measure, text: &str, (face, size): (Face, Unit)) -> Unit {
    pieces(text).iter().map(|piece| piece.chars().map(|c| measure.width(face, size, c)).fold(0, Unit::saturating_add)).max().unwrap_or(0)
}

/// Breaks a title into lines of about the same length, as titles are set, and between words.
#[must_use]
pub fn balanced(measure: &dyn Measure, text: &str, font: (Face, Unit), width: Unit) -> Vec<Line> {
    let set = |room: Unit| broken_between_words(measure, text, font, room);
    let greedy = set(width);
    let lines = Unit::try_from(greedy.len()).unwrap_or(1);
    if lines < 2 {
        return greedy;
    }
    let all = greedy.iter().map(|line| line.width).fold(0, Unit::saturating_add);
    let mut room = all / lines;
    while room < width {
        let even = set(room);
        if even.len() == greedy.len() && even.iter().all(|line| line.width <= width) {
            return even;
        }
        room += font.1 / 2;
    }
    greedy
}

/// The widths of the columns of a table, in all `width`: as the template gives them, but no column narrower than its longest word – a
/// date, a code, an amount – as far as others have room. `beside` is the space beside the words of a cell.
#[must_use]
pub fn column_widths(measure: &dyn Measure, table: &Table, size: Unit, width: Unit, beside: Unit) -> Vec<Unit> {
    let all: i64 = table.columns.iter().map(|column| i64::from(column.width)).sum::<i64>().max(1);
    let given = |share: u32| Unit::try_from(i64::from(width) * i64::from(share) / all).unwrap_or(width);
    let mut widths: Vec<Unit> = table.columns.iter().map(|column| given(column.width)).collect();
    // What must not be parted comes first; then what reads better whole.
    let (mut needs, mut wishes) = (vec![0; widths.len()], vec![0; widths.len()]);
    for (row, face) in table.rows.iter().map(|row| (row, Face::Body)).chain([(&table.head, Face::Heading)]) {
        for (at, cell) in Table::placed(row).filter(|(_, cell)| cell.span == 1) {
            let wide = |words: &str| words.chars().map(|c| measure.width(face, size, c)).fold(0, Unit::saturating_add);
            // 序号, 待审定 stay on one line; long words get room for half a dozen characters.
            let (short, wish) = match cell.text.chars().count() {
                0..=3 => (wide(&cell.text), 0),
                4..=8 => (0, 2 * size),
                _ => (0, 6 * size),
            };
            let longest = widest(measure, &cell.text, (face, size)).max(short) + beside;
            if let (Some(need), Some(wanted)) = (needs.get_mut(at), wishes.get_mut(at)) {
                *need = longest.min(width / 4).max(*need);
                *wanted = (wish + beside).min(width / 4).max(*need).max(*wanted);
            }
        }
    }
    shift(&mut widths, &needs);
    shift(&mut widths, &wishes);
    let rest = width - widths.iter().sum::<Unit>();
    if let Some(last) = widths.last_mut() {
        *last += rest;
    }
    widths
}

/// Gives to columns that lack from those that have more than they need, as far as it goes.
fn shift(widths: &mut [Unit], needs: &[Unit]) {
    let lacking: Unit = widths.iter().zip(needs).map(|(has, need)| (need - has).max(0)).sum();
    let spare: Unit = widths.iter().zip(needs).map(|(has, need)| (has - need).max(0)).sum();
    if lacking == 0 || spare == 0 {
        return;
    }
    let moved = lacking.min(spare);
    for (has, need) in widths.iter_mut().zip(needs) {
        let part = |of: Unit, whole: Unit| Unit::try_from(i64::from(moved) * i64::from(of) / i64::from(whole)).unwrap_or(0);
        *has += part((need - *has).max(0), lacking) - part((*has - need).max(0), spare);
    }
}
