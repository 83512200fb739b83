//! `export-log`: the log of a database as lines of JSON, for `verify` and for whoever keeps it.

use super::checkpoint::failure;
use crate::cli::ExportLogArgs;
use crate::database;
use crate::failure::{Failure, Verdict};
use office::verify;
use std::fs::File;
use std::io::{BufWriter, Write};
use values::Lang;

/// Runs the command.
pub fn run(args: &ExportLogArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let unwritable = |error: std::io::Error| Failure::unwritable(&args.out, &error);
    let mut file = BufWriter::new(File::create(&args.out).map_err(unwritable)?);
    let count = database::wait(async {
        let store = database::open(&args.database).await?;
        verify::export(&store, &mut file).await.map_err(|error| failure(&args.database, error))
    })?;
    file.flush().map_err(unwritable)?;
    match lang {
        Lang::Zh => writeln!(out, "日志 {} 条写入 {}", count, args.out.display())?,
        Lang::En => writeln!(out, "{} events written to {}", count, args.out.display())?,
    }
    Ok(Verdict::Clean)
}
