//! `readings`: the register of what the text leaves open, with the reading taken and the others.

use crate::cli::{Plain, ReadingsArgs};
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::pick;
use policy::scheme::{Reading, Scheme};
use serde::Serialize;
use std::io::Write;
use values::Lang;

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
}

/// Runs the command.
pub fn run(args: &ReadingsArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let scheme = load::scheme(&args.dir, lang)?;
    for (number, reading) in (1..).zip(&scheme.readings) {
        let entry = entry(&scheme, number, reading);
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
    for other in entry.others {
        writeln!(out, "   {}{other}", pick(lang, "另  ", "or else  "))?;
    }
    if let Some(because) = entry.because {
        writeln!(out, "   {}{because}", pick(lang, "因  ", "because  "))?;
    }
    Ok(())
}
