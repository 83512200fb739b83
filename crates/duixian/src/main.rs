//! The program: reads the command line, hands over to one file a command, and turns what comes back into an exit
//! code. It holds no rule of its own: everything about money is in `policy`.

mod backup;
mod cli;
mod commands;
mod database;
mod failure;
mod input;
mod load;
mod output;

use clap::Parser;
use cli::{Cli, Command, ExportCommand};
use failure::{Failure, Verdict};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let lang = cli.lang.into();
    // Not locked: `lsp` writes from a thread of its own.
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let result = run(&cli, &mut out).and_then(|verdict| {
        out.flush()?;
        Ok(verdict)
    });
    match result {
        Ok(verdict) => verdict.into(),
        // Whoever reads our output has seen enough (`| head`): nothing to complain about.
        Err(Failure::Output(error)) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            // Where even stderr is gone there is nobody left to tell.
            let _ = failure.write(&mut std::io::stderr().lock(), lang);
            Verdict::BadInput.into()
        }
    }
}

fn run(cli: &Cli, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let lang = cli.lang.into();
    match &cli.command {
        Command::Check(args) => commands::check::run(args, lang, out),
        Command::Fmt(args) => commands::fmt::run(args, lang, out),
        Command::Test(args) => commands::test::run(args, lang, out),
        Command::Assess(args) => commands::assess::run(args, lang, out),
        Command::Explain(args) => commands::explain::run(args, lang, out),
        Command::Facts(args) => commands::facts::run(args, lang, out),
        Command::Readings(args) => commands::readings::run(args, lang, out),
        Command::Coverage(args) => commands::coverage::run(args, lang, out),
        Command::Lsp(_) => commands::lsp::run(lang),
        Command::Guide(args) => commands::guide::run(args, lang, out),
        Command::Form(args) => commands::form::run(args, lang, out),
        Command::WhatIf(args) => commands::what_if::run(args, lang, out),
        Command::Diff(args) => commands::diff::run(args, lang, out),
        Command::Analyse(args) => commands::analyse::run(args, lang, out),
        Command::ParallelRun(args) => commands::parallel_run::run(args, lang, out),
        Command::Verify(args) => commands::verify::run(args, lang, out),
        Command::Trace(args) => commands::trace::run(args, lang, out),
        Command::Checkpoint(args) => commands::checkpoint::run(args, lang, out),
        Command::Key(args) => commands::key::run(args, lang, out),
        Command::Serve(args) => commands::serve::run(args, lang, out),
        Command::User(args) => commands::user::run(args, lang, out),
        Command::Config(args) => commands::config::run(args, lang, out),
        Command::Migrate(args) => commands::migrate::run(args, lang, out),
        Command::Backup(args) => commands::backup::run(args, lang, out),
        Command::Restore(args) => commands::restore::run(args, lang, out),
        Command::Retention(args) => commands::retention::run(args, lang, out),
        Command::ExportLog(args) => commands::export_log::run(args, lang, out),
        Command::Export(args) => match &args.what {
            ExportCommand::Sql(args) => commands::export_sql::run(args, lang, out),
        },
        Command::Bundle(args) => commands::bundle::run(args, lang, out),
        Command::Simulate(args) => commands::simulate::run(args, lang, out),
        Command::Population(args) => commands::population::run(args, lang),
        Command::Completions(args) => commands::completions::run(args, out),
    }
}
