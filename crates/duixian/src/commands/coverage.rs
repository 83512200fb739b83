//! `coverage`: sentence by sentence, what the text is and whether its money is computed.

use crate::cli::{CoverageArgs, Rich};
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::coverage as output;
use policy::coverage::{Line, coverage};
use std::io::Write;
use values::Lang;

/// Runs the command.
pub fn run(args: &CoverageArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let sources = load::sources(&args.dir)?;
    let compiled = policy::compile(&sources);
    let report = coverage(&compiled);
    let title = compiled.scheme.as_ref().map_or("", |s| if s.policy.title.is_empty() { &s.policy.id } else { &s.policy.title });
    match args.format {
        Rich::Text => output::text(&sources, &report, lang, out)?,
        Rich::Json => output::json(&sources, &report, lang, out)?,
        Rich::Html => output::html(&sources, &report, title, lang, out)?,
    }
    Ok(if report.lines.iter().any(Line::is_open) { Verdict::Findings } else { Verdict::Clean })
}
