//! Documents (公文、表单) of the office: what each kind shows, filled from records by pure functions; templates an office may
//! change; and the writers – Word, PDF, plain text. Which document was issued under which number is the office's business. No
//! clock, no network; files are read only by [`Templates::from_folder`] and by the search for a font.

pub mod capital;
pub mod case;
pub mod consultation;
pub mod content;
pub mod field;
pub mod guide;
pub mod layout;
pub mod ledger;
pub mod lines;
pub mod meeting;
pub mod notice;
pub mod payment;
pub mod pdf;
mod print;
mod records;
pub mod recovery;
pub mod template;
mod text;
pub mod word;

pub use casework::document::DocumentKind;
pub use content::Content;
pub use print::{DEMO, Print, Templates, TemplatesError, template as checked_template};
pub use records::{NotYet, Records};
pub use text::text;
