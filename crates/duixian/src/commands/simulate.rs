//! `simulate`: what a policy costs a population, and who wins.

use crate::cli::{Plain, SimulateArgs};
use crate::failure::{Failure, Verdict};
use crate::load;
use crate::output::simulation::{self, Simulation};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use policy::diagnostic::Text;
use policy::scheme::Scheme;
use population::file::{Defaults, FileError, PopulationFile};
use population::simulate::{Options, Pass, Summary, against, simulate};
use population::stream::Stopped;
use std::io::Write;
use std::time::{Duration, Instant};
use values::Lang;

/// Runs the command.
pub fn run(args: &SimulateArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let begun = Instant::now();
    let scheme = load::scheme(&args.dir, lang)?;
    let other = args.against.as_ref().map(|dir| load::scheme(dir, lang)).transpose()?;
    let defaults = Defaults { year: args.year, as_of: args.as_of };
    let file = PopulationFile::open(&scheme, &args.population, defaults).map_err(failure)?;
    notes(&scheme, &file, lang)?;
    let summary = one(args, &scheme, &file, other.is_some(), true)?;
    let compared = match &other {
        Some(other) => {
            let file = PopulationFile::open(other, &args.population, defaults).map_err(failure)?;
            Some(against(&summary, &one(args, other, &file, true, false)?))
        }
        None => None,
    };
    let simulation = Simulation { scheme: &scheme, summary: &summary, heading: file.heading(), against: compared.as_ref(), elapsed: begun.elapsed(), lang };
    match args.format {
        Plain::Text => simulation::text(&simulation, out)?,
        Plain::Json => simulation::json(&simulation, out)?,
    }
    Ok(Verdict::Clean)
}

fn failure(error: FileError) -> Failure {
    Failure::Input { message: error.message, help: Some(error.help) }
}

fn one(args: &SimulateArgs, scheme: &Scheme, file: &PopulationFile<'_>, totals: bool, first: bool) -> Result<Summary, Failure> {
    let threads = args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from);
    let target = if args.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(5) };
    let bar = ProgressBar::with_draw_target(file.rows(), target);
    if let Ok(style) = ProgressStyle::with_template("{msg} {human_pos} {per_sec} {elapsed} {eta}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let told = |pass: Pass, rows: u64| {
        bar.set_message(match pass {
            Pass::Ranking => "名次",
            Pass::Sums => "测算",
            Pass::Results => "结果",
        });
        bar.set_position(rows);
        true
    };
    let results = args.results.as_deref().filter(|_| first);
    let options = Options { threads, totals, seed: args.seed.filter(|_| first), results, progress: &told };
    let summary = simulate(scheme, file, &options);
    bar.finish_and_clear();
    summary.map_err(|stopped| match stopped {
        Stopped::File(error) => failure(error),
        Stopped::Interrupted => Failure::input("中途停止", "it was stopped"),
    })
}

/// Says once what no column holds, and which columns no rule reads.
fn notes(scheme: &Scheme, file: &PopulationFile<'_>, lang: Lang) -> Result<(), Failure> {
    let heading = file.heading();
    let mut err = std::io::stderr().lock();
    if !heading.missing.is_empty() {
        let names = heading.missing.join("、");
        let text = Text::new(
            format!("文件没有这些列，对所有人都按不知道算：{names}"),
            format!("the file has no columns for these facts; they count as not known of anybody: {names}"),
        );
        writeln!(err, "{}", text.get(lang))?;
    }
    for name in &heading.ignored {
        let near = heading.near(scheme, name);
        let text = match near {
            Some(near) => Text::new(format!("“{name}”列不用：没有这个事实，是不是“{near}”？"), format!("column '{name}' is not used: did you mean '{near}'?")),
            None => Text::new(format!("“{name}”列不用：政策没有这个事实"), format!("column '{name}' is not used: the policy has no such fact")),
        };
        writeln!(err, "{}", text.get(lang))?;
    }
    Ok(())
}
