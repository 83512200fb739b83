//! `export sql`: a policy as SQL for PostgreSQL, DuckDB or Spark. What it means is in `sql`; here it is written out.

use crate::cli::{DialectArg, ExportSqlArgs};
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::diagnostics;
use sql::{Dialect, Options};
use std::io::Write;
use values::Lang;

/// Runs the command.
pub fn run(args: &ExportSqlArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let (sources, _, scheme) = load::policy(&args.dir, lang)?;
    let dialect = match args.dialect {
        DialectArg::Postgres => Dialect::Postgres,
        DialectArg::Duckdb => Dialect::DuckDb,
        DialectArg::Spark => Dialect::Spark,
    };
    let options = Options { dialect, table: args.table.clone(), year: args.year, as_of: args.as_of, partial: args.partial };
    let (export, refused) = match sql::export(&scheme, &options) {
        Ok(export) => (Some(export.text), export.left_out),
        Err(refused) => (None, refused),
    };
    let found: Vec<_> = refused.iter().map(|refusal| refusal.diagnostic(args.partial)).collect();
    diagnostics::text(&sources, &found, lang, &mut std::io::stderr().lock())?;
    let Some(text) = export else { return Ok(Verdict::Findings) };
    match &args.out {
        Some(path) => std::fs::write(path, text).map_err(|error| Failure::unwritable(path, &error))?,
        None => out.write_all(text.as_bytes())?,
    }
    Ok(Verdict::Clean)
}
