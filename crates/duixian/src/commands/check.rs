//! `check`: everything the compiler has to say about a policy.

use crate::cli::{CheckArgs, Plain};
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::diagnostics;
use policy::Compiled;
use policy::diagnostic::Diagnostic;
use std::io::Write;
use values::Lang;

/// Runs the command.
pub fn run(args: &CheckArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let sources = load::sources(&args.dir)?;
    let compiled = policy::compile(&sources);
    match args.format {
        Plain::Json => diagnostics::json(&sources, &compiled.diagnostics, lang, out)?,
        Plain::Text => {
            diagnostics::text(&sources, &compiled.diagnostics, lang, out)?;
            summary(&compiled, lang, out)?;
        }
    }
    let errors = compiled.diagnostics.iter().any(Diagnostic::is_error);
    Ok(if errors { Verdict::Findings } else { Verdict::Clean })
}

fn summary(compiled: &Compiled, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let errors = compiled.diagnostics.iter().filter(|d| d.is_error()).count();
    let warnings = compiled.diagnostics.len() - errors;
    match (&compiled.scheme, lang) {
        (None, Lang::Zh) => writeln!(out, "{errors} 个错误，{warnings} 个警告"),
        (None, Lang::En) => writeln!(out, "{errors} errors, {warnings} warnings"),
        (Some(scheme), lang) => {
            let (clauses, facts, readings) = (scheme.clauses.len(), scheme.facts.len(), scheme.readings.len());
            match lang {
                Lang::Zh => writeln!(out, "{} 通过：{clauses} 条条款，{facts} 个事实，{readings} 条读法；{warnings} 个警告", scheme.policy.title)?,
                Lang::En => writeln!(out, "{} is sound: {clauses} clauses, {facts} facts, {readings} readings; {warnings} warnings", scheme.policy.title)?,
            }
            writeln!(out, "{} {}", scheme.policy.id, scheme.hash)
        }
    }
}
