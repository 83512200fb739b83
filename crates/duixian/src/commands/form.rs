//! `form`: the JSON Schema of an application for some clauses, or the questions still to ask and why.

use super::explain::clause;
use super::readings::applications;
use crate::cli::{FormArgs, Plain};
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::pick;
use policy::application::Application;
use policy::form::{Question, next_questions, schema};
use policy::plain;
use policy::scheme::{ClauseId, Scheme};
use serde::Serialize;
use std::io::Write;
use values::{Date, Lang};

#[derive(Serialize)]
struct Asked<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    what: String,
    reason: &'a str,
    clauses: Vec<&'a str>,
    decides: Vec<&'a str>,
}

/// Runs the command.
pub fn run(args: &FormArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let scheme = load::scheme(&args.dir, lang)?;
    let clauses = args.clause.iter().map(|id| clause(&scheme, id)).collect::<Result<Vec<_>, _>>()?;
    if !args.ask {
        serde_json::to_writer_pretty(&mut *out, &schema(&scheme, &clauses)).map_err(std::io::Error::from)?;
        writeln!(out)?;
        return Ok(Verdict::Clean);
    }
    match &args.facts {
        Some(path) => {
            for application in applications(&scheme, path, lang)? {
                if args.format == Plain::Text {
                    writeln!(out, "{} {}", application.id, application.name.as_deref().unwrap_or_default())?;
                }
                ask(&scheme, &application, &clauses, args.format, Some(&application.id), lang, out)?;
            }
        }
        None => {
            let year = scheme.policy.expires.or(scheme.policy.in_force).map_or(2024, Date::year);
            let as_of = Date::last_of_year(year).unwrap_or(Date::LAST);
            let nobody = Application::empty("", year, as_of, scheme.facts.len());
            ask(&scheme, &nobody, &clauses, args.format, None, lang, out)?;
        }
    }
    Ok(Verdict::Clean)
}

fn ask(
    scheme: &Scheme,
    application: &Application,
    clauses: &[ClauseId],
    format: Plain,
    id: Option<&str>,
    lang: Lang,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let questions = next_questions(scheme, application, clauses);
    for (number, question) in (1..).zip(&questions) {
        let what = plain::missing(scheme, &question.what, lang);
        let reason = question.reason(scheme);
        match format {
            Plain::Text => writeln!(out, "{number:>3}  {what}    {}", reason.get(lang))?,
            Plain::Json => {
                serde_json::to_writer(&mut *out, &entry(scheme, question, id, what, reason.get(lang))).map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
        }
    }
    if questions.is_empty() && format == Plain::Text {
        writeln!(out, "     {}", pick(lang, "不用再问：再填什么也不会改变结果", "nothing to ask: no further fact changes the result"))?;
    }
    Ok(())
}

fn entry<'a>(scheme: &'a Scheme, question: &Question, id: Option<&'a str>, what: String, reason: &'a str) -> Asked<'a> {
    let ids = |clauses: &[ClauseId]| clauses.iter().filter_map(|c| scheme.clause(*c)).map(|c| c.id.as_str()).collect();
    Asked { id, what, reason, clauses: ids(&question.clauses), decides: ids(&question.decides) }
}
