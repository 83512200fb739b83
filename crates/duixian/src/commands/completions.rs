//! `completions`: the script a shell completes with.

use crate::cli::{Cli, CompletionsArgs};
use crate::failure::{Failure, Verdict};
use clap::CommandFactory;
use std::io::Write;

/// Runs the command.
pub fn run(args: &CompletionsArgs, out: &mut dyn Write) -> Result<Verdict, Failure> {
    // The generator knows no failing writer: it fills memory first.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "duixian", &mut script);
    out.write_all(&script)?;
    Ok(Verdict::Clean)
}
