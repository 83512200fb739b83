//! Tables on pages: long cells are wrapped, the head stands again on each page, a row goes over to the next page as a whole
//! unless it is higher than a page.

use super::POINT;
use super::page::{Colour, Item, Placer};
use crate::layout::{Align, Cell, Table};
use crate::lines::{Face, Line, Unit, broken, column_widths};

/// Space beside the words of a cell.
const SIDE: Unit = 4 * POINT;
/// Space above and below.
const EDGE: Unit = 3 * POINT;

/// A row, measured.
struct Measured {
    /// Left end, width, where words stand, lines.
    cells: Vec<(Unit, Unit, Align, Vec<Line>)>,
    /// Most lines of a cell.
    lines: usize,
    face: Face,
}

/// Places a table; `after` is how high what stands below it is and must not stand on a page alone: notes, places to sign.
pub(super) fn place(placer: &mut Placer<'_>, table: &Table, after: Unit) {
    let usual = placer.sheet.cell;
    if table.is_crowded() {
        placer.sheet.cell = usual.min(9 * POINT);
    }
    rows(placer, table, after);
    placer.sheet.cell = usual;
}

/// How much of a table must stand on the page it begins on: its head with the first row, or all of it where it is short.
pub(super) fn least(placer: &Placer<'_>, table: &Table) -> Unit {
    let ends = ends(placer, table);
    let pitch = placer.sheet.cell * 7 / 5;
    let shown = if table.rows.len() > 3 { 1 } else { table.rows.len() };
    let rows = table.rows.iter().take(shown).map(|row| (row, false)).chain((!table.head.is_empty()).then_some((&table.head, true)));
    let height: Unit = rows.map(|(row, head)| Unit::try_from(measured(placer, table, &ends, row, head).lines).unwrap_or(1) * pitch + 2 * EDGE).sum();
    4 * POINT + height.min(placer.sheet.text_height / 2)
}

fn rows(placer: &mut Placer<'_>, table: &Table, after: Unit) {
    let size = placer.sheet.cell;
    let pitch = size * 7 / 5;
    let first = least(placer, table);
    let ends = ends(placer, table);
    let head = (!table.head.is_empty()).then(|| measured(placer, table, &ends, &table.head, true));
    let height = |row: &Measured| Unit::try_from(row.lines).unwrap_or(1) * pitch + 2 * EDGE;
    // The head never stands alone at the foot of a page.
    placer.need(first);
    placer.y += 4 * POINT;
    let rows: Vec<Measured> = table.rows.iter().map(|row| measured(placer, table, &ends, row, false)).collect();
    if let Some(head) = &head {
        draw(placer, head, 0..head.lines, pitch);
    }
    let repeated = |placer: &mut Placer<'_>| {
        placer.new_page();
        if let Some(head) = &head {
            draw(placer, head, 0..head.lines, pitch);
        }
    };
    let page_room = placer.sheet.text_height - head.as_ref().map_or(0, height);
    // The last two rows – one of them is often the sum – go over together, with what stands below.
    let kept = rows.len().saturating_sub(2);
    let last = rows.iter().skip(kept).map(height).sum::<Unit>() + 6 * POINT + after;
    for (at, row) in rows.iter().enumerate() {
        let tall = height(row);
        let over = at == kept && at > 0 && placer.y + last > placer.sheet.bottom() && last <= page_room;
        if over {
            repeated(placer);
        }
        if placer.y + tall <= placer.sheet.bottom() {
            draw(placer, row, 0..row.lines, pitch);
        } else if tall <= page_room {
            repeated(placer);
            draw(placer, row, 0..row.lines, pitch);
        } else {
            in_parts(placer, row, pitch, repeated);
        }
    }
    placer.y += 6 * POINT;
}

/// A row higher than a page: as many lines as fit, the rest on the next.
fn in_parts(placer: &mut Placer<'_>, row: &Measured, pitch: Unit, repeated: impl Fn(&mut Placer<'_>)) {
    let mut from = 0;
    while from < row.lines {
        let room = placer.sheet.bottom() - placer.y - 2 * EDGE;
        let fit = usize::try_from(room / pitch).unwrap_or(0);
        // On a fresh page at least one line is set, whatever fits.
        let fit = if fit == 0 && placer.is_fresh() { 1 } else { fit };
        if fit > 0 {
            let to = (from + fit).min(row.lines);
            draw(placer, row, from..to, pitch);
            from = to;
        }
        if from < row.lines {
            repeated(placer);
            if usize::try_from((placer.sheet.bottom() - placer.y - 2 * EDGE) / pitch).unwrap_or(0) == 0 {
                draw(placer, row, from..row.lines, pitch);
                from = row.lines;
            }
        }
    }
}

/// The left end of each column, and the right end of the last.
fn ends(placer: &Placer<'_>, table: &Table) -> Vec<Unit> {
    let widths = column_widths(placer.measure, table, placer.sheet.cell, placer.sheet.text_width, 2 * SIDE + POINT);
    let mut out = vec![0];
    let mut sum = 0;
    for width in widths {
        sum += width;
        out.push(sum);
    }
    out
}

fn measured(placer: &Placer<'_>, table: &Table, ends: &[Unit], row: &[Cell], head: bool) -> Measured {
    let size = placer.sheet.cell;
    let face = if head { Face::Heading } else { Face::Body };
    let mut cells = Vec::new();
    for (at, cell) in Table::placed(row) {
        let from = ends.get(at).copied().unwrap_or(0);
        let to = ends.get(at + cell.span).copied().unwrap_or(from);
        let own = table.columns.get(at).map_or(Align::Left, |column| column.align);
        let align = if head { Align::Centre } else { own };
        let lines = broken(placer.measure, &cell.text, (face, size), (to - from - 2 * SIDE).max(size), 0);
        cells.push((from, to - from, align, lines));
    }
    let lines = cells.iter().map(|(.., lines)| lines.len()).max().unwrap_or(1);
    Measured { cells, lines, face }
}

fn draw(placer: &mut Placer<'_>, row: &Measured, lines: std::ops::Range<usize>, pitch: Unit) {
    let (left, size, top) = (placer.sheet.left, placer.sheet.cell, placer.y);
    let shown = Unit::try_from(lines.len()).unwrap_or(1);
    let height = shown * pitch + 2 * EDGE;
    for (x, width, align, all) in &row.cells {
        let own = all.get(lines.start..lines.end.min(all.len())).unwrap_or_default();
        // Short cells stand in the middle of a high row, if the row is whole.
        let spare = if lines.len() == row.lines { (shown - Unit::try_from(own.len()).unwrap_or(0)) * pitch / 2 } else { 0 };
        for (number, line) in (1..).zip(own) {
            let at = match align {
                Align::Left => left + x + SIDE,
                Align::Centre => left + x + (width - line.width) / 2,
                Align::Right => left + x + width - SIDE - line.width,
            };
            let y = top + EDGE + spare + number * pitch - (pitch - size) / 2 - size / 8;
            placer.text(at, y, (row.face, size), Colour::Black, &line.text, 0);
        }
        let (right, bottom) = (left + x + width, top + height);
        let corners = [(left + x, top), (right, top), (right, bottom), (left + x, bottom)];
        for (from, to) in corners.iter().zip(corners.iter().cycle().skip(1)) {
            placer.push(Item::Rule { from: *from, to: *to, width: 500, colour: Colour::Black });
        }
    }
    placer.y += height;
}
