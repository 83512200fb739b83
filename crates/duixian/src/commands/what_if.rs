//! `what-if`: for each applicant and clause the changes of one fact that would give more, and how far each is.

use super::explain::clause;
use super::readings::applications;
use crate::cli::{Plain, WhatIfArgs};
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::pick;
use policy::application::{Application, FactValue};
use policy::assessment::Outcome;
use policy::scheme::Scheme;
use policy::what_if::{Change, changes, gap_words, name, shown, then_words};
use serde::Serialize;
use std::io::Write;
use values::Lang;

/// A change as it is listed; amounts in yuan.
#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    clause: &'a str,
    fact: String,
    current: String,
    needed: String,
    gap: String,
    helps: bool,
    now: Option<String>,
    then: Option<String>,
    ranked: bool,
    total_now: String,
    total_then: String,
    outcome: &'static str,
}

/// Runs the command.
pub fn run(args: &WhatIfArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let scheme = load::scheme(&args.dir, lang)?;
    let clauses = args.clause.iter().map(|id| clause(&scheme, id)).collect::<Result<Vec<_>, _>>()?;
    for application in applications(&scheme, &args.facts, lang)? {
        let found = changes(&scheme, &application, &clauses);
        match args.format {
            Plain::Text => text(&scheme, &application, &found, clauses.is_empty(), lang, out)?,
            Plain::Json => {
                for change in &found {
                    serde_json::to_writer(&mut *out, &entry(&scheme, &application, change, lang)).map_err(std::io::Error::from)?;
                    writeln!(out)?;
                }
            }
        }
    }
    Ok(Verdict::Clean)
}

fn entry<'a>(scheme: &'a Scheme, application: &'a Application, change: &Change, lang: Lang) -> Entry<'a> {
    let eligible = |then: &policy::what_if::Then| then.amount.filter(|_| then.outcome == Outcome::Eligible && !then.ranked).map(values::Fen::yuan);
    Entry {
        id: &application.id,
        clause: scheme.clause(change.clause).map_or("", |c| c.id.as_str()),
        fact: name(scheme, application, change.place, lang),
        current: shown(scheme, change.place, &change.current, lang),
        needed: shown(scheme, change.place, &change.needed, lang),
        gap: gap_words(scheme, application, change, lang),
        helps: change.helps(),
        now: eligible(&change.now),
        then: eligible(&change.then),
        ranked: change.then.ranked,
        total_now: change.now.total.yuan(),
        total_then: change.then.total.yuan(),
        outcome: change.then.outcome.code(),
    }
}

/// Where all clauses are asked for, only changes that alone give more are told.
fn text(scheme: &Scheme, application: &Application, found: &[Change], brief: bool, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{} {}", application.id, application.name.as_deref().unwrap_or_default())?;
    let mut last = None;
    let mut told = false;
    for change in found.iter().filter(|c| c.helps() || !brief) {
        if last != Some(change.clause) {
            let title = scheme.clause(change.clause).map_or(String::new(), |c| format!("{} {}", c.id, c.title));
            writeln!(out, "  {title}")?;
            last = Some(change.clause);
        }
        told = true;
        let numbers = matches!(change.current, FactValue::Number(_));
        let detail = if numbers {
            let (now, needed) = (shown(scheme, change.place, &change.current, lang), shown(scheme, change.place, &change.needed, lang));
            match lang {
                Lang::Zh => format!("（现 {now}，须 {needed}）"),
                Lang::En => format!(" (now {now}, needed {needed})"),
            }
        } else {
            String::new()
        };
        let mark = if change.helps() { "→" } else { "·" };
        writeln!(out, "    {mark} {}{detail}{}{}", gap_words(scheme, application, change, lang), pick(lang, "，", ", "), then_words(change, lang))?;
    }
    if !told {
        writeln!(out, "  {}", pick(lang, "没有哪一项单独改变能多得", "no single change gives more"))?;
    }
    Ok(())
}
