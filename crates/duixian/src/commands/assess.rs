//! `assess`: what the applicants of a file get, and why.

use super::explain::clause;
use crate::cli::{AssessArgs, Rich};
use crate::failure::{Failure, Verdict};
use crate::input::{self, Intake, Request, annotate};
use crate::load;
use crate::output::{Results, html, json, pick, text};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use policy::diagnostic::Severity;
use policy::input::Defaults;
use policy::scheme::Scheme;
use policy::{AssessOptions, assess};
use std::io::Write;
use values::Lang;

/// Runs the command.
pub fn run(args: &AssessArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let scheme = load::scheme(&args.dir, lang)?;
    let clauses = args.clause.iter().map(|id| clause(&scheme, id)).collect::<Result<Vec<_>, _>>()?;
    let intake = take(args, &scheme, lang)?;
    let errors = intake.errors();
    report(args, &intake, lang)?;
    if errors > 0 && (!args.keep_going || intake.applications.is_empty()) {
        return Ok(Verdict::BadInput);
    }
    let trace = !args.no_trace;
    // A page of text or HTML names the deciding reason even where it does not show the whole way.
    let traced = trace || args.format != Rich::Json;
    let options = AssessOptions { trace: traced, clauses: (!clauses.is_empty()).then_some(clauses) };
    let population = assess(&scheme, &intake.applications, &options);
    let results = Results { scheme: &scheme, applications: &intake.applications, population: &population, lang, trace };
    let progress = bar(args.quiet, intake.applications.len() as u64);
    let tick = || progress.inc(1);
    match args.format {
        Rich::Json => json::write(&results, out, &tick)?,
        Rich::Text => text::write(&results, out, &tick)?,
        Rich::Html => html::write(&results, out, &tick)?,
    }
    progress.finish_and_clear();
    Ok(if errors > 0 { Verdict::BadInput } else { Verdict::Clean })
}

fn take(args: &AssessArgs, scheme: &Scheme, lang: Lang) -> Result<Intake, Failure> {
    let progress = bar(args.quiet, 0);
    let request = Request { scheme, path: &args.facts, lists: &args.lists, defaults: Defaults { year: args.year, as_of: args.as_of }, progress: &progress };
    let intake = input::read(&request);
    progress.finish_and_clear();
    let intake = intake?;
    let errors = intake.errors() > 0;
    // Without rows there is nothing to annotate.
    if intake.records > 0
        && let Some(to) = args.annotated.clone().or_else(|| (args.keep_going && errors).then(|| annotate::default_path(&args.facts)))
    {
        annotate::write(&args.facts, &to, &intake.findings, lang)?;
    }
    Ok(intake)
}

/// Says on stderr what is wrong with the file.
fn report(args: &AssessArgs, intake: &Intake, lang: Lang) -> Result<(), Failure> {
    let mut err = std::io::stderr().lock();
    for finding in &intake.findings {
        if finding.severity == Severity::Error || !args.quiet {
            finding.write(&args.facts, lang, &mut err)?;
        }
    }
    let errors = intake.errors();
    if errors == 0 || args.quiet {
        return Ok(());
    }
    let (good, all) = (intake.applications.len(), intake.records);
    if all == 0 {
        // What is wrong stands in the header or in the file as a whole.
        writeln!(err, "{}", pick(lang, "没有测算", "nothing was assessed"))?;
        return Ok(());
    }
    match (args.keep_going, lang) {
        (false, Lang::Zh) => writeln!(err, "{errors} 处错误（{all} 份中 {good} 份无误），没有测算。改正后再来，或加 --keep-going 先测算无误的")?,
        (false, Lang::En) => writeln!(err, "{errors} errors ({good} of {all} applications are right); nothing was assessed. Mend them, or use --keep-going")?,
        (true, Lang::Zh) => writeln!(err, "{errors} 处错误；只测算了 {all} 份中无误的 {good} 份，名次和资金也只按这些计算")?,
        (true, Lang::En) => writeln!(err, "{errors} errors; only {good} of {all} applications were assessed: places and budgets count no others")?,
    }
    if args.keep_going || args.annotated.is_some() {
        let to = args.annotated.clone().unwrap_or_else(|| annotate::default_path(&args.facts));
        writeln!(err, "{} {}", pick(lang, "错误清单：", "annotated copy:"), to.display())?;
    }
    Ok(())
}

/// A progress bar; nothing where stderr is not a terminal.
fn bar(quiet: bool, length: u64) -> ProgressBar {
    let target = if quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(5) };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    match ProgressStyle::with_template("{bar:40} {percent}% {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
