//! `population`: populations to try a policy out on.

use crate::cli::{PopulationArgs, PopulationCommand, SynthArgs};
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::pick;
use population::synth::{District, write};
use std::io::Write;
use values::Lang;

/// Runs the command.
pub fn run(args: &PopulationArgs, lang: Lang) -> Result<Verdict, Failure> {
    match &args.what {
        PopulationCommand::Synth(args) => synth(args, lang),
    }
}

fn synth(args: &SynthArgs, lang: Lang) -> Result<Verdict, Failure> {
    let scheme = load::scheme(&args.dir, lang)?;
    let district = District { rows: args.rows, seed: args.seed, year: args.year };
    write(&scheme, &district, &args.out, &|_| true).map_err(|error| Failure::Input { message: error.message, help: Some(error.help) })?;
    let (rows, out) = (args.rows, args.out.display());
    let said = pick(lang, "户，由种子生成，不是真实数据：", "made-up applicants, no real data:");
    writeln!(std::io::stderr(), "{rows} {said} {out}")?;
    Ok(Verdict::Clean)
}
