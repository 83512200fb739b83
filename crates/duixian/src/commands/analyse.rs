//! `analyse`: what a drafter should know of a policy's rules, each statement with an applicant that shows it.

use crate::cli::{AnalyseArgs, Rich};
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::analysis::{self, Analysis};
use policy::analysis::analyse;
use policy::scheme::{ClauseId, Scheme};
use std::io::Write;
use values::Lang;

/// Runs the command.
pub fn run(args: &AnalyseArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let (sources, compiled, scheme) = load::policy(&args.dir, lang)?;
    let only = args.clause.iter().map(|id| clause(&scheme, id)).collect::<Result<Vec<_>, _>>()?;
    let report = analyse(&scheme, &compiled.sentences, (!only.is_empty()).then_some(only.as_slice()));
    let analysis = Analysis { scheme: &scheme, sources: &sources, report: &report, lang };
    match args.format {
        Rich::Text => analysis::text(&analysis, out)?,
        Rich::Json => analysis::json(&analysis, out)?,
        Rich::Html => analysis::html(&analysis, out)?,
    }
    let found = report.findings().next().is_some();
    Ok(if args.strict && found { Verdict::Findings } else { Verdict::Clean })
}

fn clause(scheme: &Scheme, id: &str) -> Result<ClauseId, Failure> {
    scheme.clause_named(id).ok_or_else(|| {
        let known: Vec<&str> = scheme.clauses.iter().map(|c| c.id.as_str()).collect();
        Failure::input(format!("没有条款 {id}"), format!("there is no clause {id}"))
            .help(format!("条款有：{}", known.join("、")), format!("the clauses are: {}", known.join(", ")))
    })
}
