//! Charts as SVG, drawn by `plotters`: bars that lie, bars to both sides, lines. Colours are those of the style sheet; words are
//! anchored where they stand, so that Han characters, whose widths the library does not know, do not run into each other.

use plotters::backend::SVGBackend;
use plotters::chart::ChartBuilder;
use plotters::coord::Shift;
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::{PathElement, Rectangle, Text};
use plotters::series::LineSeries;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, IntoFont, RGBColor, TRANSPARENT, TextStyle};

/// Fonts of the system that have Han characters.
const FONTS: &str = "PingFang SC, HarmonyOS Sans SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, Source Han Sans SC, WenQuanYi Micro Hei, sans-serif";

const INK: RGBColor = RGBColor(0x18, 0x21, 0x2d);
const AXIS: RGBColor = RGBColor(0x5b, 0x67, 0x78);
const GRID: RGBColor = RGBColor(0xe3, 0xe8, 0xef);

/// A colour of a chart; the style sheet has a class of the same name for the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub &'static str, RGBColor);

/// What is given.
pub const GIVEN: Colour = Colour("k1", RGBColor(0x17, 0x50, 0x8f));
/// What is cut by a fund.
pub const CUT: Colour = Colour("k3", RGBColor(0xb4, 0xcf, 0xe9));
/// What groups leave out.
pub const LEFT: Colour = Colour("k4", RGBColor(0x2b, 0x7d, 0x7a));
/// What nobody has decided.
pub const CEILING: Colour = Colour("k5", RGBColor(0xb9, 0x8a, 0x2f));
/// What is waived.
pub const WAIVED: Colour = Colour("kw", RGBColor(0x8a, 0x7d, 0xbd));
/// Eligible; more.
pub const YES: Colour = Colour("kp", RGBColor(0x2f, 0x86, 0x5a));
/// Ineligible.
pub const NO: Colour = Colour("kn", RGBColor(0xd3, 0xda, 0xe3));
/// Undetermined.
pub const OPEN: Colour = Colour("ku", RGBColor(0x8a, 0x7d, 0xbd));
/// Less.
pub const LESS: Colour = Colour("ks", RGBColor(0xb0, 0x2a, 0x1f));
/// Shades from few to many.
pub const SHADES: [Colour; 7] = [
    Colour("s0", RGBColor(0xe0, 0xea, 0xf5)),
    Colour("s1", RGBColor(0xb9, 0xd1, 0xea)),
    Colour("s2", RGBColor(0x8f, 0xb6, 0xdc)),
    Colour("s3", RGBColor(0x63, 0x98, 0xcb)),
    Colour("s4", RGBColor(0x3b, 0x78, 0xb4)),
    Colour("s5", RGBColor(0x1f, 0x58, 0x96)),
    Colour("s6", RGBColor(0x0f, 0x3a, 0x6b)),
];

/// A bar.
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// Its parts from the left.
    pub parts: Vec<(i128, Colour)>,
    /// What stands at its end.
    pub note: String,
}

const WIDTH: u32 = 660;
const LABELS: u32 = 196;
const NOTES: u32 = 96;
const ROW: u32 = 26;
const AXIS_HEIGHT: u32 = 26;
/// Halves of an em that a label has room for.
const LABEL_HALVES: usize = 30;

type Area<'s> = DrawingArea<SVGBackend<'s>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

fn styled(colour: RGBColor, pos: Pos) -> TextStyle<'static> {
    TextStyle { font: (FONTS, 15).into_font(), color: colour.to_backend_color(), pos }
}

fn style(colour: RGBColor, anchor: HPos) -> TextStyle<'static> {
    styled(colour, Pos::new(anchor, VPos::Center))
}

fn clipped(label: &str) -> String {
    let (mut halves, mut out) = (0, String::new());
    for c in label.chars() {
        halves += if c.is_ascii() { 1 } else { 2 };
        if halves > LABEL_HALVES {
            out.push('…');
            return out;
        }
        out.push(c);
    }
    out
}

fn whole(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN / 2 } else { i64::MAX / 2 })
}

fn at(value: u32) -> i32 {
    i32::try_from(value).unwrap_or(i32::MAX)
}

/// A drawing of this height under a name for those who do not see it; nothing where it cannot be drawn: the table stands beside.
fn svg(height: u32, name: &str, draw: impl Fn(&Area<'_>) -> Drawn) -> String {
    let mut out = String::new();
    {
        let area = SVGBackend::with_string(&mut out, (WIDTH, height)).into_drawing_area();
        if draw(&area).and_then(|()| area.present()).is_err() {
            return String::new();
        }
    }
    let name = policy::markup::escape(name);
    out.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{name}\" "), 1)
}

fn words(area: &Area<'_>, bar: &Bar, row: u32) -> Drawn {
    let middle = at(row * ROW + ROW / 2 + 5);
    area.draw(&Text::new(clipped(&bar.label), (at(LABELS) - 10, middle), style(INK, HPos::Right)))?;
    area.draw(&Text::new(bar.note.clone(), (at(WIDTH) - 2, middle), style(INK, HPos::Right)))
}

/// Bars that lie, from nought to the right; `most` is the end of the axis where it is not the longest bar.
#[must_use]
pub fn bars(name: &str, bars: &[Bar], most: Option<i128>, axis: &dyn Fn(i64) -> String) -> String {
    let rows = u32::try_from(bars.len()).unwrap_or(0);
    let longest = bars.iter().map(|bar| bar.parts.iter().map(|(value, _)| value).sum::<i128>()).max().unwrap_or(0);
    let most = whole(most.unwrap_or(longest)).max(1);
    svg(rows * ROW + AXIS_HEIGHT + 4, name, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin_top(4)
            .margin_left(LABELS)
            .margin_right(NOTES)
            .x_label_area_size(AXIS_HEIGHT)
            .build_cartesian_2d(0..most, 0..at(rows * ROW))?;
        mesh(&mut chart, axis)?;
        for (row, bar) in (0_u32..).zip(bars) {
            let (top, bottom) = (at((rows - row) * ROW - 5), at((rows - row - 1) * ROW + 5));
            let mut from = 0_i64;
            for (value, colour) in &bar.parts {
                let to = from.saturating_add(whole(*value)).min(most);
                if to > from {
                    chart.draw_series([Rectangle::new([(from, top), (to, bottom)], colour.1.filled())])?;
                }
                from = to;
            }
            words(area, bar, row)?;
        }
        Ok(())
    })
}

type Plane<'a, 's> = plotters::chart::ChartContext<
    'a,
    SVGBackend<'s>,
    plotters::coord::cartesian::Cartesian2d<plotters::coord::types::RangedCoordi64, plotters::coord::types::RangedCoordi32>,
>;

fn mesh(chart: &mut Plane<'_, '_>, axis: &dyn Fn(i64) -> String) -> Drawn {
    let label = |value: &i64| axis(*value);
    chart
        .configure_mesh()
        .disable_y_mesh()
        .disable_y_axis()
        .x_labels(5)
        .x_label_formatter(&label)
        .x_label_style(style(AXIS, HPos::Center))
        .light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(GRID)
        .draw()
}

/// Bars to both sides of nought: the first part to the left, the second to the right.
#[must_use]
pub fn both_sides(name: &str, bars: &[Bar], axis: &dyn Fn(i64) -> String) -> String {
    let rows = u32::try_from(bars.len()).unwrap_or(0);
    let part = |bar: &Bar, at: usize| bar.parts.get(at).map_or(0, |(value, _)| whole(*value));
    let left = bars.iter().map(|bar| part(bar, 0)).max().unwrap_or(0);
    let right = bars.iter().map(|bar| part(bar, 1)).max().unwrap_or(0).max(i64::from(left == 0));
    svg(rows * ROW + AXIS_HEIGHT + 4, name, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin_top(4)
            .margin_left(LABELS)
            .margin_right(NOTES)
            .x_label_area_size(AXIS_HEIGHT)
            .build_cartesian_2d(-left..right, 0..at(rows * ROW))?;
        mesh(&mut chart, axis)?;
        for (row, bar) in (0_u32..).zip(bars) {
            let (top, bottom) = (at((rows - row) * ROW - 5), at((rows - row - 1) * ROW + 5));
            for (index, (value, colour)) in bar.parts.iter().enumerate() {
                let end = if index == 0 { -whole(*value) } else { whole(*value) };
                if end != 0 {
                    chart.draw_series([Rectangle::new([(end.min(0), top), (end.max(0), bottom)], colour.1.filled())])?;
                }
            }
            words(area, bar, row)?;
        }
        chart.draw_series([PathElement::new([(0, 0), (0, at(rows * ROW))], AXIS)])?;
        Ok(())
    })
}

/// Lines over the tenths of a file, with a level that they may reach; what is beyond the top is cut off.
#[must_use]
pub fn lines(name: &str, lines: &[(&[i128], Colour)], level: Option<(i128, &str)>, ends: &[String], axis: &dyn Fn(i64) -> String) -> String {
    const HEIGHT: u32 = 250;
    // Between two ends a line may leave the drawing.
    const STEP: i32 = 100;
    let longest = lines.iter().flat_map(|(values, _)| values.iter()).max().copied().unwrap_or(0);
    // Where far more is claimed than there is, the level must still be seen.
    let most = whole(level.map_or(longest, |(level, _)| longest.min(level.saturating_mul(3) / 2).max(level + level / 5))).max(1);
    let last = at(u32::try_from(ends.len()).unwrap_or(0).saturating_sub(1)) * STEP;
    svg(HEIGHT, name, |area| {
        let mut chart = ChartBuilder::on(area)
            .margin_top(16)
            .margin_right(24)
            .margin_left(8)
            .x_label_area_size(AXIS_HEIGHT)
            .y_label_area_size(84)
            .build_cartesian_2d(0..last, 0..most)?;
        let (label, end) =
            (|value: &i64| axis(*value), |value: &i32| usize::try_from(*value / STEP).ok().and_then(|at| ends.get(at)).cloned().unwrap_or_default());
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(ends.len())
            .y_labels(5)
            .x_label_formatter(&end)
            .y_label_formatter(&label)
            .x_label_style(style(AXIS, HPos::Center))
            .y_label_style(style(AXIS, HPos::Right))
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(GRID)
            .draw()?;
        for (values, colour) in lines {
            let mut points: Vec<(i32, i64)> = Vec::new();
            for (x, value) in (0..).zip(values.iter().map(|value| whole(*value))) {
                if value > most {
                    let before = points.last().map_or(0, |(_, before)| *before);
                    let along = i128::from(most - before) * i128::from(STEP) / i128::from(value - before).max(1);
                    points.push(((x - 1) * STEP + i32::try_from(along).unwrap_or(0), most));
                    break;
                }
                points.push((x * STEP, value));
            }
            chart.draw_series(LineSeries::new(points, colour.1.stroke_width(3)))?;
        }
        if let Some((level, label)) = level {
            let (level, end) = (whole(level), last);
            chart.draw_series([PathElement::new([(0, level), (end, level)], INK.stroke_width(2))])?;
            let above = styled(INK, Pos::new(HPos::Right, VPos::Bottom));
            chart.draw_series([Text::new(label.to_owned(), (end, level), above)])?;
        }
        Ok(())
    })
}
