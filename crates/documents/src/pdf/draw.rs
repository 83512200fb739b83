//! Writes placed pages as PDF. The only place where sizes become the numbers that PDF wants; money came here as words.

use super::font::{Fonts, FontsError};
use super::page::{Colour, Item, Page, place};
use crate::layout::Layout;
use crate::lines::{Face, Unit};
use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};
use krilla::{Data, Document};
use std::sync::Arc;

/// Why a PDF was not written.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// No font.
    #[error(transparent)]
    Fonts(#[from] FontsError),
    /// The font cannot be set in.
    #[error("字体无法用于PDF，请换一种字体（font_path）")]
    Font,
    /// The writer of PDF gave up.
    #[error("PDF未能写成：{0}")]
    Writer(String),
}

/// The document as PDF. Errors: a font that cannot be embedded.
pub fn pdf(layout: &Layout, fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
    let (pages, (width, height)) = place(layout, fonts);
    let cut = |face: Face| {
        let cut = fonts.cut(face);
        let data: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(Shared(Arc::clone(&cut.data)));
        Font::new(Data::from(data), cut.index).ok_or(PdfError::Font)
    };
    let faces = [cut(Face::Body)?, cut(Face::Title)?, cut(Face::Heading)?];
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(layout.name.clone()).language("zh-CN".into()).creator("Duixian 兑现".into()));
    for page in &pages {
        let settings = PageSettings::from_wh(points(width), points(height)).ok_or(PdfError::Font)?;
        let mut sheet = document.start_page_with(settings);
        let mut surface = sheet.surface();
        draw(&mut surface, page, fonts, &faces);
        surface.finish();
        sheet.finish();
    }
    document.finish().map_err(|why| PdfError::Writer(format!("{why:?}")))
}

/// Font data that several documents share.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Whole thousandths as points.
#[allow(clippy::float_arithmetic, clippy::cast_precision_loss, reason = "PDF wants such numbers; no money comes here")]
fn points(units: Unit) -> f32 {
    units as f32 / 1_000.0
}

/// A part of a size.
#[allow(clippy::float_arithmetic, reason = "PDF wants such numbers; no money comes here")]
fn ratio(of: Unit, size: Unit) -> f32 {
    points(of) / points(size)
}

fn colour(colour: Colour) -> rgb::Color {
    match colour {
        Colour::Black => rgb::Color::new(0, 0, 0),
        Colour::Red => rgb::Color::new(204, 0, 0),
        Colour::Grey => rgb::Color::new(150, 150, 150),
    }
}

fn draw(surface: &mut Surface<'_>, page: &Page, fonts: &Fonts, faces: &[Font; 3]) {
    let [body, title, heading] = faces;
    for item in &page.items {
        match item {
            Item::Text { x, y, size, face, colour: ink, text, gap } => {
                surface.set_stroke(None);
                surface.set_fill(Some(Fill { paint: colour(*ink).into(), ..Fill::default() }));
                let cut = fonts.cut(*face);
                let glyphs: Vec<KrillaGlyph> = text
                    .char_indices()
                    .map(|(at, c)| {
                        let (glyph, width) = cut.glyph(c);
                        let advance = Unit::try_from(i64::from(width) * i64::from(*size) / 1_000).unwrap_or(*size) + gap;
                        KrillaGlyph::new(GlyphId::new(glyph), ratio(advance, *size), 0.0, 0.0, 0.0, at..at + c.len_utf8(), None)
                    })
                    .collect();
                let font = match face {
                    Face::Body => body,
                    Face::Title => title,
                    Face::Heading => heading,
                };
                surface.draw_glyphs(Point::from_xy(points(*x), points(*y)), &glyphs, font.clone(), text, points(*size), false);
            }
            Item::Rule { from, to, width, colour: ink } => {
                let mut path = PathBuilder::new();
                path.move_to(points(from.0), points(from.1));
                path.line_to(points(to.0), points(to.1));
                if let Some(path) = path.finish() {
                    surface.set_fill(None);
                    surface.set_stroke(Some(Stroke { paint: colour(*ink).into(), width: points(*width), ..Stroke::default() }));
                    surface.draw_path(&path);
                }
            }
        }
    }
}
