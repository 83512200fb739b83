//! `trace`: from an entry or a balance back to the words of the clause.

use crate::cli::{Plain, TraceArgs};
use crate::database;
use crate::failure::{Failure, Verdict};
use crate::output::walk;
use std::io::Write;
use values::Lang;

/// Runs the command.
pub fn run(args: &TraceArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let found = database::wait(async {
        let store = database::open(&args.database).await?;
        let database = |error| Failure::database_at(&args.database, &error);
        let mut work = store.begin().await.map_err(database)?;
        office::walk::walk(&mut work, &args.id, args.account, lang).await.map_err(database)
    })?;
    let found = found.ok_or_else(|| {
        Failure::input(format!("没有分录、账本、审定或案件 {}", args.id), format!("there is no entry, book, determination or case {}", args.id))
    })?;
    match args.format {
        Plain::Text => walk::text(&found, lang, out)?,
        Plain::Json => writeln!(out, "{}", serde_json::to_string(&found).map_err(std::io::Error::from)?)?,
    }
    Ok(Verdict::Clean)
}
