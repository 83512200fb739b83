//! `check`: everything the compiler has to say about a policy.

use crate::cli::{CheckArgs, Plain};
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::{diagnostics, exceptions, pages};
use policy::Compiled;
use policy::diagnostic::Diagnostic;
use std::io::Write;
use values::Lang;

/// Runs the command.
pub fn run(args: &CheckArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    if let Some(code) = &args.explain {
        return pages::explain(code, lang, out);
    }
    let Some(dir) = &args.dir else { return Err(Failure::input("没有写政策的目录", "no folder of a policy is given")) };
    let sources = load::sources(dir)?;
    let compiled = load::compile(&sources);
    match args.format {
        Plain::Json if args.exceptions => exceptions::json(&sources, &compiled.exceptions, out)?,
        Plain::Text if args.exceptions => exceptions::text(&sources, &compiled.exceptions, lang, out)?,
        Plain::Json => diagnostics::json(&sources, &compiled.diagnostics, lang, out)?,
        Plain::Text => {
            diagnostics::text(&sources, &compiled.diagnostics, lang, out)?;
            summary(&compiled, lang, out)?;
        }
    }
    if args.exceptions && compiled.scheme.is_none() && args.format == Plain::Text {
        summary(&compiled, lang, out)?;
    }
    let errors = compiled.diagnostics.iter().any(Diagnostic::is_error);
    Ok(if errors { Verdict::Findings } else { Verdict::Clean })
}

/// The title, or the id where a small file has none.
fn name(scheme: &policy::scheme::Scheme) -> &str {
    if scheme.policy.title.is_empty() { &scheme.policy.id } else { &scheme.policy.title }
}

fn summary(compiled: &Compiled, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let errors = compiled.diagnostics.iter().filter(|d| d.is_error()).count();
    let warnings = compiled.diagnostics.len() - errors;
    let first = compiled.diagnostics.iter().find(|d| d.is_error()).map_or("", |d| d.code);
    match (&compiled.scheme, lang) {
        (None, Lang::Zh) => writeln!(out, "{errors} 个错误，{warnings} 个警告；每个编号都有说明：duixian check --explain {first}"),
        (None, Lang::En) => writeln!(out, "{errors} errors, {warnings} warnings; each code is explained: duixian check --explain {first} --lang en"),
        (Some(scheme), lang) => {
            let (clauses, facts, readings) = (scheme.clauses.len(), scheme.facts.len(), scheme.readings.len());
            match lang {
                Lang::Zh => writeln!(out, "{} 通过：{clauses} 条条款，{facts} 个事实，{readings} 条读法；{warnings} 个警告", name(scheme))?,
                Lang::En => writeln!(out, "{} is sound: {clauses} clauses, {facts} facts, {readings} readings; {warnings} warnings", name(scheme))?,
            }
            writeln!(out, "{} {}", scheme.policy.id, scheme.hash)
        }
    }
}
