//! What goes in and out of the office as files: tables, edits of tables, evidence, e-invoices, treasury papers, lists for other
//! authorities, the file of a higher-level platform. Bytes in, bytes out: no HTTP, no database, no clock, and no decision –
//! what a file says is handed on as typed values with every fault named, and the office decides.

pub mod archive;
pub mod evidence;
pub mod import;
pub mod invoice;
pub mod limits;
pub mod plain;
pub mod platform;
pub mod problem;
pub mod table;
pub mod treasury;
pub mod verification;
pub mod workbook;
mod xml;

pub use limits::Limits;
pub use problem::Problem;
pub use table::{About, Cell, Column, Kind, Table};
