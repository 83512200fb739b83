//! `migrate`: the tables of a database brought up to date.

use crate::cli::MigrateArgs;
use crate::commands::config;
use crate::database;
use crate::failure::{Failure, Verdict};
use std::io::Write;
use store::Store;
use values::Lang;

/// Runs the command.
pub fn run(args: &MigrateArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    database::private();
    let url = config::of(&args.place)?.database_url();
    database::wait(async { Store::open(&url).await.map_err(|error| Failure::database_at(&url, &error)) })?;
    match lang {
        Lang::Zh => writeln!(out, "数据库已是最新：{}", config::shown(&url))?,
        Lang::En => writeln!(out, "the database is up to date: {}", config::shown(&url))?,
    }
    Ok(Verdict::Clean)
}
