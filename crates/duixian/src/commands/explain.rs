//! `explain`: a clause or the whole policy in plain words.

use crate::cli::ExplainArgs;
use crate::failure::{Failure, Verdict};
use crate::load;
use policy::plain;
use policy::scheme::{ClauseId, Scheme};
use std::io::Write;
use values::{Lang, WorkCalendar};

/// Runs the command.
pub fn run(args: &ExplainArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let scheme = load::scheme(&args.dir, lang)?;
    let words = match &args.clause {
        Some(id) => plain::clause(&scheme, clause(&scheme, id)?, lang),
        None => plain::overview(&scheme, &WorkCalendar::china(), args.published, lang),
    };
    writeln!(out, "{}", words.trim_end())?;
    Ok(Verdict::Clean)
}

/// A clause by its id.
pub fn clause(scheme: &Scheme, id: &str) -> Result<ClauseId, Failure> {
    scheme.clause_named(id).ok_or_else(|| {
        let known = scheme.clauses.iter().map(|c| c.id.as_str()).collect::<Vec<_>>().join("、");
        Failure::input(format!("没有条款 {id}"), format!("there is no clause {id}")).help(format!("条款有：{known}"), format!("clauses: {known}"))
    })
}
