//! `readings`: the register of what the text leaves open, with the reading taken and the others.

use crate::cli::{Plain, ReadingsArgs};
use crate::failure::{Failure, Verdict};
use crate::input::{self, Request};
use crate::load;
use crate::output::pick;
use indicatif::ProgressBar;
use policy::application::Application;
use policy::diagnostic::Severity;
use policy::input::Defaults;
use policy::reading::{Change, changes, variant};
use policy::scheme::{Reading, Scheme};
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use values::{Fen, Lang};

#[derive(Serialize)]
struct Entry<'a> {
    number: usize,
    heading: &'a str,
    clauses: Vec<&'a str>,
    words: Option<&'a str>,
    taken: &'a [String],
    others: &'a [String],
    open: bool,
    because: Option<&'a str>,
    /// For each other reading what it changes; null where it is in words. Only with applicants.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    effects: Vec<Option<Effect>>,
}

/// What another reading changes for a file of applicants; amounts in yuan, `+` more than as taken.
#[derive(Serialize)]
struct Effect {
    applicants: usize,
    /// Of the clauses, before groups and pools, ceilings included.
    amount: String,
    /// After groups and pools.
    awarded: String,
    ids: Vec<String>,
}

fn effect(changes: &[Change]) -> Effect {
    let sum = |of: fn(&Change) -> (Fen, Fen)| {
        let total = changes.iter().map(of).fold(0_i128, |sum, (before, after)| sum + i128::from(after.0) - i128::from(before.0));
        i64::try_from(total).map_or_else(|_| total.to_string(), |fen| format!("{}{}", if fen > 0 { "+" } else { "" }, Fen(fen).grouped()))
    };
    Effect { applicants: changes.len(), amount: sum(|c| c.amount), awarded: sum(|c| c.awarded), ids: changes.iter().map(|c| c.id.clone()).collect() }
}

/// The applicants of a file; any mistake in it is an error.
pub fn applications(scheme: &Scheme, path: &Path, lang: Lang) -> Result<Vec<Application>, Failure> {
    let progress = ProgressBar::hidden();
    let intake = input::read(&Request { scheme, path, lists: &[], defaults: Defaults::default(), progress: &progress })?;
    for finding in intake.findings.iter().filter(|f| f.severity == Severity::Error) {
        finding.write(path, lang, &mut std::io::stderr().lock())?;
    }
    if intake.errors() > 0 {
        return Err(Failure::Reported);
    }
    Ok(intake.applications)
}

/// Runs the command.
pub fn run(args: &ReadingsArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let (sources, compiled, scheme) = load::policy(&args.dir, lang)?;
    let applications = match &args.facts {
        Some(path) => Some(applications(&scheme, path, lang)?),
        None => None,
    };
    for (number, reading) in (1..).zip(&scheme.readings) {
        let mut entry = entry(&scheme, number, reading);
        if let Some(applications) = &applications {
            let variants = (0..reading.others.len()).map(|other| variant(&sources, &compiled, number - 1, other));
            entry.effects = variants.map(|v| v.map(|v| effect(&changes(&scheme, &v, applications)))).collect();
        }
        match args.format {
            Plain::Json => {
                serde_json::to_writer(&mut *out, &entry).map_err(std::io::Error::from)?;
                writeln!(out)?;
            }
            Plain::Text => text(&entry, lang, out)?,
        }
    }
    Ok(Verdict::Clean)
}

fn entry<'a>(scheme: &'a Scheme, number: usize, reading: &'a Reading) -> Entry<'a> {
    Entry {
        number,
        heading: &reading.heading,
        clauses: reading.clauses.iter().filter_map(|c| scheme.clause(*c)).map(|c| c.id.as_str()).collect(),
        words: reading.words.as_deref(),
        taken: &reading.taken,
        others: &reading.others,
        open: reading.open,
        because: reading.because.as_deref(),
        effects: Vec::new(),
    }
}

fn text(entry: &Entry<'_>, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let words = entry.words.map_or(String::new(), |w| format!("「{w}」"));
    writeln!(out, "[{}] {}{words}", entry.number, entry.heading)?;
    if entry.open {
        writeln!(out, "   {}", pick(lang, "待定：还没有人决定", "open: nobody has decided"))?;
    }
    for taken in entry.taken {
        writeln!(out, "   {}{taken}", pick(lang, "取  ", "taken    "))?;
    }
    for (at, other) in entry.others.iter().enumerate() {
        writeln!(out, "   {}{other}", pick(lang, "另  ", "or else  "))?;
        match entry.effects.get(at) {
            None => {}
            Some(None) => writeln!(out, "       → {}", pick(lang, "不是规则行，不能试算", "not in lines: it cannot be worked out"))?,
            Some(Some(effect)) if effect.applicants == 0 => {
                writeln!(out, "       → {}", pick(lang, "这些申报人没有差别", "no difference for these applicants"))?
            }
            Some(Some(effect)) => match lang {
                Lang::Zh => writeln!(
                    out,
                    "       → {} 家不同：测算合计 {}元，实得合计 {}元（{}）",
                    effect.applicants,
                    effect.amount,
                    effect.awarded,
                    effect.ids.join("、")
                )?,
                Lang::En => writeln!(
                    out,
                    "       → {} differ: worked out {} yuan, awarded {} yuan ({})",
                    effect.applicants,
                    effect.amount,
                    effect.awarded,
                    effect.ids.join(", ")
                )?,
            },
        }
    }
    if let Some(because) = entry.because {
        writeln!(out, "   {}{because}", pick(lang, "因  ", "because  "))?;
    }
    Ok(())
}
