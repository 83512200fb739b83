//! Places a document on pages: what stands where. GB/T 9704: margins of 37, 26, 35 and 28 mm, twenty-two lines of twenty-eight
//! characters, titles in 22 points, text in 16; forms are set smaller and closer.

use super::table;
use super::{MILLIMETRE, POINT};
use crate::layout::{Block, Layout, Style};
use crate::lines::{Even, Face, Line, Measure, Unit, balanced, broken, broken_between_words};

/// Colour of what is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Text and rules.
    Black,
    /// 版头
    Red,
    /// Marks, the place of the seal.
    Grey,
}

/// Something on a page; from its top left corner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Words on a line.
    Text {
        /// Left end.
        x: Unit,
        /// Base line.
        y: Unit,
        /// Size.
        size: Unit,
        /// Face.
        face: Face,
        /// Colour.
        colour: Colour,
        /// Words.
        text: String,
        /// Added after each character.
        gap: Unit,
    },
    /// A straight line.
    Rule {
        /// One end.
        from: (Unit, Unit),
        /// The other.
        to: (Unit, Unit),
        /// How thick.
        width: Unit,
        /// Colour.
        colour: Colour,
    },
}

/// A page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// What is on it.
    pub items: Vec<Item>,
}

/// Sizes and distances of a kind of document.
pub(super) struct Sheet {
    pub(super) width: Unit,
    pub(super) height: Unit,
    pub(super) left: Unit,
    pub(super) top: Unit,
    pub(super) text_width: Unit,
    pub(super) text_height: Unit,
    /// Size of the text.
    pub(super) size: Unit,
    /// From base line to base line.
    pub(super) pitch: Unit,
    /// Size of a title.
    pub(super) title: Unit,
    /// Size in tables.
    pub(super) cell: Unit,
}

impl Sheet {
    fn of(layout: &Layout) -> Self {
        let (short, long) = (210 * MILLIMETRE, 297 * MILLIMETRE);
        if layout.head.is_some() {
            return Self {
                width: short,
                height: long,
                left: 28 * MILLIMETRE,
                top: 37 * MILLIMETRE,
                text_width: 156 * MILLIMETRE,
                text_height: 225 * MILLIMETRE,
                size: 16 * POINT,
                pitch: 28_990,
                title: 22 * POINT,
                cell: 12 * POINT,
            };
        }
        let (width, height) = if layout.landscape { (long, short) } else { (short, long) };
        Self {
            width,
            height,
            left: 20 * MILLIMETRE,
            top: 22 * MILLIMETRE,
            text_width: width - 40 * MILLIMETRE,
            text_height: height - 44 * MILLIMETRE,
            size: 12 * POINT,
            pitch: 20 * POINT,
            title: 20 * POINT,
            cell: 10_500,
        }
    }

    pub(super) fn bottom(&self) -> Unit {
        self.top + self.text_height
    }
}

/// Pages being filled.
pub(super) struct Placer<'m> {
    pub(super) measure: &'m dyn Measure,
    pub(super) sheet: Sheet,
    pub(super) pages: Vec<Page>,
    /// Where the next thing begins.
    pub(super) y: Unit,
}

/// Distances of lines that are tried where the closing of a letter would stand nearly alone.
const CLOSER: [Unit; 4] = [28_000, 27_000, 26_000, 25_000];

/// The pages of a document, with their size.
#[must_use]
pub fn place(layout: &Layout, measure: &dyn Measure) -> (Vec<Page>, (Unit, Unit)) {
    let mut placer = placed(layout, measure);
    placer.edges(layout);
    let size = (placer.sheet.width, placer.sheet.height);
    (placer.pages, size)
}

/// The distance of the lines of a document, as far as it is known without a font.
#[must_use]
pub fn pitch(layout: &Layout) -> Unit {
    placed(layout, &Even).sheet.pitch
}

fn placed<'m>(layout: &Layout, measure: &'m dyn Measure) -> Placer<'m> {
    let mut placer = set(layout, measure, Sheet::of(layout));
    // A seal with little text on a page of its own: lines are set closer, as the standard allows for it (7.3.5.4).
    if layout.head.is_some() && placer.pages.len() > 1 && placer.y - placer.sheet.top < 8 * placer.sheet.pitch {
        let closer = CLOSER.iter().map(|pitch| set(layout, measure, Sheet { pitch: *pitch, ..Sheet::of(layout) }));
        if let Some(fits) = closer.into_iter().find(|closer| closer.pages.len() < placer.pages.len()) {
            placer = fits;
        }
    }
    placer
}

fn set<'m>(layout: &Layout, measure: &'m dyn Measure, sheet: Sheet) -> Placer<'m> {
    let top = sheet.top;
    let mut placer = Placer { measure, sheet, pages: vec![Page::default()], y: top };
    if let Some((organ, number)) = &layout.head {
        placer.head(organ, number, layout.signer.as_deref());
    }
    let mut rest = layout.blocks.as_slice();
    while let Some((block, after)) = rest.split_first() {
        placer.block(block, after);
        rest = after;
    }
    placer
}

impl Placer<'_> {
    pub(super) fn push(&mut self, item: Item) {
        if let Some(page) = self.pages.last_mut() {
            page.items.push(item);
        }
    }

    pub(super) fn new_page(&mut self) {
        self.pages.push(Page::default());
        self.y = self.sheet.top;
    }

    /// Whether nothing stands on this page yet.
    pub(super) fn is_fresh(&self) -> bool {
        self.y <= self.sheet.top
    }

    /// Begins a new page where so much does not fit.
    pub(super) fn need(&mut self, height: Unit) {
        if self.y + height > self.sheet.bottom() && !self.is_fresh() {
            self.new_page();
        }
    }

    pub(super) fn width_of(&self, face: Face, size: Unit, text: &str) -> Unit {
        text.chars().map(|c| self.measure.width(face, size, c)).fold(0, Unit::saturating_add)
    }

    pub(super) fn text(&mut self, x: Unit, y: Unit, (face, size): (Face, Unit), colour: Colour, text: &str, gap: Unit) {
        if !text.is_empty() {
            self.push(Item::Text { x, y, size, face, colour, text: text.to_owned(), gap });
        }
    }

    /// 版头: the organ in red, its number, a red rule.
    fn head(&mut self, organ: &str, number: &str, signer: Option<&str>) {
        let (left, width) = (self.sheet.left, self.sheet.text_width);
        let mut size = 36 * POINT;
        while size > 16 * POINT && self.width_of(Face::Title, size, organ) > width - 20 * POINT {
            size -= POINT;
        }
        let words = self.width_of(Face::Title, size, organ);
        // A short name is spread a little, as seals and heads are.
        let gaps = Unit::try_from(organ.chars().count().saturating_sub(1)).unwrap_or(0).max(1);
        let gap = ((width * 8 / 10 - words) / gaps).clamp(0, size / 4);
        let whole = words + gap * gaps;
        let y = self.sheet.top + 30 * POINT;
        self.text(left + (width - whole) / 2, y, (Face::Title, size), Colour::Red, organ, gap);
        let (size, y) = (16 * POINT, y + 2 * self.sheet.pitch);
        if let Some(signer) = signer {
            // 上行文: the number one character from the left, who signed one from the right.
            let words = format!("签发人：{signer}");
            let wide = self.width_of(Face::Body, size, &words);
            self.text(left + size, y, (Face::Body, size), Colour::Black, number, 0);
            self.text(left + width - size - wide, y, (Face::Body, size), Colour::Black, &words, 0);
        } else {
            let wide = self.width_of(Face::Body, size, number);
            self.text(left + (width - wide) / 2, y, (Face::Body, size), Colour::Black, number, 0);
        }
        let y = y + 4 * MILLIMETRE;
        self.push(Item::Rule { from: (left, y), to: (left + width, y), width: 1_500, colour: Colour::Red });
        // The title stands two lines below.
        self.y = y + self.sheet.pitch * 3 / 2;
    }

    fn block(&mut self, block: &Block, rest: &[Block]) {
        let next = rest.first();
        match block {
            Block::Title(words) => self.title(words),
            Block::Heading(level, words) => {
                let face = if *level == 1 { Face::Heading } else { Face::Body };
                self.heading(words, face, self.opening(rest));
            }
            Block::Paragraph(style, words) => {
                // A line that leads to a table stays with it.
                if let Some(Block::Table(_)) = next
                    && self.is_short(words)
                {
                    self.need(self.sheet.pitch + self.opening(rest));
                }
                self.paragraph(*style, words, next);
            }
            Block::Table(table) => table::place(self, table, self.below(rest)),
            Block::Closing { organ, date } => self.closing(organ, date),
            Block::Signatures(names) => self.signatures(names),
            Block::PageBreak => self.new_page(),
        }
    }

    /// Whether words fill one line at most.
    fn is_short(&self, words: &str) -> bool {
        self.width_of(Face::Body, self.sheet.size, words) + 2 * self.sheet.size <= self.sheet.text_width
    }

    /// How much of what follows a heading stays with it: a line, the beginning of a table, or a line with the table it leads to.
    fn opening(&self, rest: &[Block]) -> Unit {
        match rest {
            [Block::Table(table), ..] => table::least(self, table),
            [Block::Paragraph(_, words), Block::Table(table), ..] if self.is_short(words) => self.sheet.pitch + table::least(self, table),
            _ => self.sheet.pitch,
        }
    }

    /// How high the notes, places to sign and the date are that stand below a table.
    fn below(&self, rest: &[Block]) -> Unit {
        let width = self.sheet.text_width;
        let mut sum = 0;
        for block in rest {
            sum += match block {
                Block::Paragraph(Style::Note, words) => {
                    let lines = broken(self.measure, words, (Face::Body, self.sheet.cell), width, 0);
                    Unit::try_from(lines.len()).unwrap_or(1) * (self.sheet.cell * 8 / 5)
                }
                Block::Paragraph(Style::Right, _) => self.sheet.pitch,
                Block::Signatures(_) => 3 * self.sheet.pitch,
                _ => break,
            };
        }
        sum
    }

    fn title(&mut self, words: &str) {
        let (size, width) = (self.sheet.title, self.sheet.text_width);
        let lines = balanced(self.measure, words, (Face::Title, size), width);
        let pitch = size * 3 / 2;
        self.y += self.sheet.pitch / 2;
        for line in lines {
            self.y += pitch;
            let x = self.sheet.left + (width - line.width) / 2;
            self.text(x, self.y - pitch / 4, (Face::Title, size), Colour::Black, &line.text, 0);
        }
        self.y += self.sheet.pitch * if self.sheet.size < 16 * POINT { 3 } else { 4 } / 4;
    }

    /// A heading stays with what follows.
    fn heading(&mut self, words: &str, face: Face, below: Unit) {
        let (size, pitch) = (self.sheet.size, self.sheet.pitch);
        let lines = broken(self.measure, words, (face, size), self.sheet.text_width, 2 * size);
        self.need(pitch * Unit::try_from(lines.len()).unwrap_or(1) + below);
        self.lines(&lines, (face, size), Style::Body);
    }

    fn paragraph(&mut self, style: Style, words: &str, next: Option<&Block>) {
        let size = if style == Style::Note { self.sheet.cell } else { self.sheet.size };
        let indent = if style == Style::Body { 2 * size } else { 0 };
        let lines = match style {
            Style::Attachment => self.attachment(words),
            _ => broken(self.measure, words, (Face::Body, size), self.sheet.text_width, indent),
        };
        let pitch = self.sheet.pitch;
        if style == Style::Attachment && !self.is_fresh() {
            self.y += pitch;
        }
        // The last lines of a letter go over with its closing: a seal never stands on a page of its own.
        let closing = matches!(next, Some(Block::Closing { .. }));
        let height = Unit::try_from(lines.len()).unwrap_or(1) * pitch;
        if closing && self.y + height + self.closing_height() > self.sheet.bottom() {
            let kept = lines.len().saturating_sub(2);
            let (first, last) = lines.split_at_checked(kept).unwrap_or((&lines, &[]));
            self.lines(first, (Face::Body, size), style);
            if self.y + Unit::try_from(last.len()).unwrap_or(1) * pitch + self.closing_height() > self.sheet.bottom() {
                self.new_page();
            }
            let style = if first.is_empty() { style } else { Style::Flush };
            self.lines(last, (Face::Body, size), style);
        } else {
            self.lines(&lines, (Face::Body, size), style);
        }
    }

    /// 附件： and its name; further lines stand under the name.
    fn attachment(&mut self, words: &str) -> Vec<Line> {
        let font = (Face::Body, self.sheet.size);
        let (label, name) = words.split_once('：').map_or((String::new(), words), |(label, name)| (format!("{label}："), name));
        let mut lines = broken_between_words(self.measure, name, font, self.sheet.text_width - 5 * font.1);
        if let Some(first) = lines.first_mut() {
            first.width += self.width_of(font.0, font.1, &label);
            first.text.insert_str(0, &label);
        }
        lines
    }

    fn lines(&mut self, lines: &[Line], (face, size): (Face, Unit), style: Style) {
        let pitch = if style == Style::Note { size * 8 / 5 } else { self.sheet.pitch };
        for (number, line) in lines.iter().enumerate() {
            self.need(pitch);
            self.y += pitch;
            let indent = match (style, number) {
                (Style::Body | Style::Attachment, 0) => 2 * size,
                (Style::Attachment, _) => 5 * size,
                _ => 0,
            };
            let room = self.sheet.text_width - indent;
            let x = match style {
                Style::Centre => self.sheet.left + (room - line.width) / 2,
                Style::Right => self.sheet.left + room - line.width,
                Style::Body | Style::Flush | Style::Note | Style::Attachment => self.sheet.left + indent,
            };
            let spread = line.goes_on && !matches!(style, Style::Centre | Style::Right);
            let gap = if spread { spread_over(line, room) } else { 0 };
            self.text(x, self.y - (pitch - size) / 2 - size / 8, (face, size), Colour::Black, &line.text, gap);
        }
    }

    fn closing_height(&self) -> Unit {
        3 * self.sheet.pitch + self.sheet.pitch / 2
    }

    /// 署名, 印章, 成文日期: the day four characters from the right, the organ centred above it, the seal over both.
    fn closing(&mut self, organ: &str, date: &str) {
        self.need(self.closing_height());
        let (size, pitch) = (self.sheet.size, self.sheet.pitch);
        let right = self.sheet.left + self.sheet.text_width;
        let date_width = self.width_of(Face::Body, size, date);
        let organ_width = self.width_of(Face::Body, size, organ);
        let date_x = right - 4 * size - date_width;
        let centre = date_x + date_width / 2;
        let organ_x = (centre - organ_width / 2).min(right - organ_width);
        let middle = organ_x + organ_width / 2;
        self.y += 2 * pitch + pitch / 2;
        let seal = "（印章）";
        let seal_width = self.width_of(Face::Body, 10 * POINT, seal);
        self.text(middle - seal_width / 2, self.y - pitch, (Face::Body, 10 * POINT), Colour::Grey, seal, 0);
        self.text(organ_x, self.y - pitch / 3, (Face::Body, size), Colour::Black, organ, 0);
        self.y += pitch;
        self.text(date_x, self.y - pitch / 3, (Face::Body, size), Colour::Black, date, 0);
    }

    /// Places to sign, side by side.
    fn signatures(&mut self, names: &[String]) {
        let (size, pitch) = (self.sheet.size, self.sheet.pitch);
        self.need(3 * pitch);
        self.y += 2 * pitch;
        let each = self.sheet.text_width / Unit::try_from(names.len()).unwrap_or(1).max(1);
        let left = self.sheet.left;
        for (x, name) in (0..).map(|at| left + at * each).zip(names) {
            let label = format!("{name}：");
            let used = self.width_of(Face::Body, size, &label);
            let y = self.y;
            self.text(x, y, (Face::Body, size), Colour::Black, &label, 0);
            self.push(Item::Rule { from: (x + used, y + 2 * POINT), to: (x + each - 2 * size, y + 2 * POINT), width: 500, colour: Colour::Black });
        }
        self.y += pitch;
    }

    /// Marks at the head, page numbers at the foot of each page.
    fn edges(&mut self, layout: &Layout) {
        let official = layout.head.is_some();
        let (left, width, bottom) = (self.sheet.left, self.sheet.text_width, self.sheet.bottom());
        let total = self.pages.len();
        for at in 0..total {
            let mut items = Vec::new();
            let mut words = |x: Unit, y: Unit, size: Unit, colour: Colour, text: String| {
                items.push(Item::Text { x, y, size, face: Face::Body, colour, text, gap: 0 });
            };
            for (line, mark) in (0..).zip(&layout.marks) {
                let mark_width = self.width_of(Face::Body, 11 * POINT, mark);
                words(left + (width - mark_width) / 2, 12 * MILLIMETRE + line * 14 * POINT, 11 * POINT, Colour::Red, mark.clone());
            }
            let number = at + 1;
            let text = format!("— {number} —");
            let size = if official { 14 * POINT } else { 10_500 };
            let text_width = self.width_of(Face::Body, size, &text);
            let y = bottom + if official { 7 * MILLIMETRE + size } else { 5 * MILLIMETRE + size };
            // 单页码居右空一字，双页码居左空一字
            let x = match (official, number % 2) {
                (false, _) => left + (width - text_width) / 2,
                (true, 1) => left + width - size - text_width,
                (true, _) => left + size,
            };
            words(x, y, size, Colour::Black, text);
            if !layout.foot.is_empty() {
                let foot_width = self.width_of(Face::Body, 9 * POINT, &layout.foot);
                let x = if official && number % 2 == 0 { left + width - foot_width } else { left };
                words(x, y, 9 * POINT, Colour::Grey, layout.foot.clone());
            }
            if let Some(page) = self.pages.get_mut(at) {
                page.items.extend(items);
            }
        }
    }
}

/// What is added after each character so that a line fills its width; a line far too short stays as it is.
fn spread_over(line: &Line, room: Unit) -> Unit {
    let gaps = Unit::try_from(line.text.chars().count().saturating_sub(1)).unwrap_or(0);
    if gaps == 0 || line.width < room * 5 / 6 { 0 } else { (room - line.width).max(0) / gaps }
}
