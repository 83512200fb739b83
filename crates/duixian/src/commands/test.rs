//! `test`: the situations of a policy, and what none of them tried.

use crate::cli::TestArgs;
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::{diagnostics, pick};
use policy::diagnostic::Diagnostic;
use policy::situation::{self, SituationResult};
use policy::source::{Sources, Span};
use std::io::Write;
use values::Lang;

/// Runs the command.
pub fn run(args: &TestArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let sources = load::sources(&args.dir)?;
    let compiled = load::compile(&sources);
    if compiled.scheme.is_none() {
        let errors: Vec<Diagnostic> = compiled.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
        diagnostics::text(&sources, &errors, lang, out)?;
        writeln!(out, "{}", pick(lang, "政策有错误，没有运行情形", "the policy has errors: no situation was run"))?;
        return Ok(Verdict::Findings);
    }
    let report = situation::run(&compiled);
    for result in report.results.iter().filter(|r| !r.passed) {
        failure(&sources, result, lang, out)?;
    }
    if !report.unexercised.is_empty() {
        writeln!(out, "{}", pick(lang, "没有情形用到：", "No situation exercises:"))?;
        for what in &report.unexercised {
            writeln!(out, "  {}", what.get(lang))?;
        }
    }
    if args.counts {
        for (clause, count) in &report.clauses {
            writeln!(out, "{clause}\t{count}")?;
        }
    }
    let failed = report.results.iter().filter(|r| !r.passed).count();
    let passed = report.results.len() - failed;
    let (clauses, left) = (report.clauses.iter().filter(|(_, n)| *n > 0).count(), report.unexercised.len());
    match lang {
        Lang::Zh => writeln!(out, "情形 {passed} 个通过，{failed} 个不符；涉及 {clauses}/{} 条条款，{left} 处没有用到", report.clauses.len())?,
        Lang::En => writeln!(out, "{passed} situations passed, {failed} failed; {clauses} of {} clauses, {left} places not exercised", report.clauses.len())?,
    }
    if left > 0 && !args.strict {
        writeln!(
            out,
            "{}",
            pick(lang, "没有用到的地方不算不符；加 --strict 则退出码为 1", "places not exercised are no failure; with --strict the exit code is 1")
        )?;
    }
    let passed = failed == 0 && (left == 0 || !args.strict);
    Ok(if passed { Verdict::Clean } else { Verdict::Findings })
}

fn failure(sources: &Sources, result: &SituationResult, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "✗ {}「{}」", place(sources, result.span), result.title)?;
    for (span, words) in &result.failures {
        writeln!(out, "    {} {}", place(sources, *span), words.get(lang))?;
    }
    Ok(())
}

fn place(sources: &Sources, span: Span) -> String {
    let (line, column) = sources.position(span.file, span.start);
    let name = sources.files.get(usize::from(span.file)).map_or("", |f| f.name.as_str());
    format!("{name}:{line}:{column}")
}
