//! `diff`: two versions of a policy, clause by clause: what changed, who gains or loses, what is proven the same.

use crate::cli::{DiffArgs, Rich};
use crate::failure::{Failure, Verdict};
use crate::load;
use policy::compare::{compare, html, text};
use std::io::Write;
use values::Lang;

/// Runs the command. Differences are findings, as with any `diff`.
pub fn run(args: &DiffArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let old = load::scheme(&args.old, lang)?;
    let new = load::scheme(&args.new, lang)?;
    let comparison = compare(&old, &new, lang);
    match args.format {
        Rich::Text => out.write_all(text(&comparison).as_bytes())?,
        Rich::Html => out.write_all(html(&comparison).as_bytes())?,
        Rich::Json => {
            serde_json::to_writer_pretty(&mut *out, &comparison).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
    }
    Ok(if comparison.same { Verdict::Clean } else { Verdict::Findings })
}
