//! A document as pages: A4 as GB/T 9704 has it, lines as [`crate::lines`] breaks them, tables over several pages. Sizes are whole
//! thousandths of a point; only `draw` hands them to the PDF as the numbers it wants.

#[cfg(feature = "pdf")]
mod draw;
#[cfg(feature = "pdf")]
mod font;
mod page;
mod table;

pub use crate::lines::{Face, Line, Measure, Unit, broken};
#[cfg(feature = "pdf")]
pub use draw::{PdfError, pdf};
#[cfg(feature = "pdf")]
pub use font::{Fonts, FontsError};
pub use page::{Colour, Item, Page, pitch, place};

/// A point.
pub const POINT: Unit = 1_000;
/// A millimetre, to the nearest.
pub const MILLIMETRE: Unit = 2_835;
