//! `coverage`: sentence by sentence, what the text is and whether its money is computed.

use crate::cli::{CoverageArgs, Rich};
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::coverage::{self as output, Page};
use crate::output::diagnostics;
use policy::coverage::{Line, coverage};
use policy::diagnostic::Diagnostic;
use std::io::Write;
use values::Lang;

/// Runs the command.
pub fn run(args: &CoverageArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let sources = load::sources(&args.dir)?;
    let compiled = load::compile(&sources);
    let report = coverage(&compiled);
    // A sentence that is nothing yet is what the report is there to show, and no reason to distrust it; money that is not
    // taken up (E0403, E0411) is a finding of it.
    let errors: Vec<Diagnostic> = compiled.diagnostics.iter().filter(|d| d.is_error() && d.code != "E0409").cloned().collect();
    if !errors.is_empty() {
        diagnostics::text(&sources, &errors, lang, &mut std::io::stderr().lock())?;
    }
    let note = (!errors.is_empty()).then(|| match lang {
        Lang::Zh => format!("政策有 {} 个错误，还不能测算；改好以前，下面的归类只供参考", errors.len()),
        Lang::En => format!("The policy has {} errors and computes nothing yet; until they are mended, what follows is provisional", errors.len()),
    });
    let title = compiled.scheme.as_ref().map_or("", |s| if s.policy.title.is_empty() { &s.policy.id } else { &s.policy.title });
    let page = Page { sources: &sources, report: &report, title, note: note.as_deref(), lang };
    match args.format {
        Rich::Text => output::text(&page, out)?,
        Rich::Json => output::json(&page, out)?,
        Rich::Html => output::html(&page, out)?,
    }
    Ok(match () {
        () if errors.iter().any(|d| !matches!(d.code, "E0403" | "E0411")) => Verdict::BadInput,
        () if !errors.is_empty() || report.lines.iter().any(Line::is_open) => Verdict::Findings,
        () => Verdict::Clean,
    })
}
