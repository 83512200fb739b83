//! `simulate`: what a policy costs a population, and who wins.

use super::serve::ended;
use crate::cli::{Plain, SimulateArgs};
use crate::failure::{Failure, Verdict};
use crate::input::{table, xlsx};
use crate::load;
use crate::output::simulation::{self, Simulation};
use crate::output::{pick, sheet};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use policy::diagnostic::Text;
use policy::scheme::Scheme;
use population::against::{Against, against};
use population::file::{Defaults, FileError, PopulationFile, TableRow, write_whole};
use population::report::Report;
use population::simulate::{Options, Pass, Summary, simulate};
use population::size::Sizes;
use population::stream::Stopped;
use population::sweep::{Spec, Sweep};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use values::Lang;

/// What the message about facts without a column names.
const NAMED: usize = 8;

/// What every run over the file has in common.
struct Runs<'a> {
    args: &'a SimulateArgs,
    defaults: Defaults,
    /// A workbook, which is read once.
    table: Option<(Vec<String>, Vec<TableRow>)>,
    stopped: Arc<AtomicBool>,
    lang: Lang,
}

/// What one of the runs is for.
#[derive(Clone, Copy)]
struct One<'o> {
    sizes: Option<&'o Sizes>,
    totals: bool,
    /// It is that of the policy itself: results and checkpoint are of it.
    own: bool,
    /// What stands before the progress.
    name: &'o str,
}

/// Runs the command.
pub fn run(args: &SimulateArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let begun = Instant::now();
    apart(args)?;
    let sources = load::sources(&args.dir)?;
    let scheme = load::whole(&sources, load::compile(&sources), lang)?;
    let other = args.against.as_ref().map(|dir| load::scheme(dir, lang)).transpose()?;
    let spec = args.sweep.as_deref().map(Spec::parse).transpose().map_err(failure)?;
    let variants = spec.as_ref().map(|spec| spec.variants(&sources)).transpose().map_err(failure)?.unwrap_or_default();
    let table = has_ending(&args.population, "xlsx").then(|| workbook(&args.population)).transpose()?;
    let runs = Runs { args, defaults: Defaults { year: args.year, as_of: args.as_of }, table, stopped: watch(), lang };
    let file = runs.open(&scheme)?;
    notes(&scheme, &file, lang)?;
    let sizes = Sizes::choose(&scheme, file.layout(), args.bands.as_deref()).map_err(failure)?;
    let own = One { sizes: sizes.as_ref(), totals: other.is_some(), own: true, name: "" };
    let summary = runs.one(&scheme, &file, own)?;
    let compared: Option<Against> = match &other {
        Some(other) => {
            let file = runs.open(other).map_err(|failure| failure.of("另一版读这个文件时：", "as the other version reads the file: "))?;
            let second = runs.one(other, &file, One { sizes: None, totals: true, own: false, name: pick(lang, "另一版 ", "other version: ") })?;
            Some(against((&scheme, &summary), (other, &second)))
        }
        None => None,
    };
    let mut points = Vec::new();
    for (variant, spec) in variants.iter().zip(std::iter::repeat(&spec)) {
        let Some(spec) = spec else { continue };
        let name = format!("{} ", variant.value);
        let come_to = runs.one(&variant.scheme, &runs.open(&variant.scheme)?, One { sizes: None, totals: false, own: false, name: &name })?;
        points.push(spec.point(variant, &come_to));
    }
    let sweep: Option<Sweep> = spec.as_ref().map(|spec| spec.sweep(&scheme, points));
    if let Some(path) = &args.report {
        let population = args.population.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let report = Report {
            scheme: &scheme,
            summary: &summary,
            population: &population,
            missing: &file.heading().missing,
            sizes: sizes.as_ref(),
            against: compared.as_ref(),
            sweep: sweep.as_ref(),
            lang,
        };
        write_whole(path, &[report.html().as_bytes()]).map_err(failure)?;
    }
    let simulation = Simulation {
        scheme: &scheme,
        summary: &summary,
        heading: file.heading(),
        sizes: sizes.as_ref(),
        against: compared.as_ref(),
        sweep: sweep.as_ref(),
        elapsed: begun.elapsed(),
        lang,
    };
    match args.format {
        Plain::Text => simulation::text::write(&simulation, out)?,
        Plain::Json => simulation::json(&simulation, out)?,
    }
    Ok(Verdict::Clean)
}

/// What is written is not what is read, nor what is written besides: one would be lost without a word.
fn apart(args: &SimulateArgs) -> Result<(), Failure> {
    let files = [
        ("--population", Some(&args.population)),
        ("--results", args.results.as_ref()),
        ("--report", args.report.as_ref()),
        ("--checkpoint", args.checkpoint.as_ref()),
    ];
    let files: Vec<(&str, &PathBuf)> = files.into_iter().filter_map(|(name, path)| path.map(|path| (name, path))).collect();
    for (at, (name, path)) in files.iter().enumerate() {
        if let Some((before, _)) = files.iter().take(at).find(|(_, other)| place(other) == place(path)) {
            let (zh, en) = (format!("{before} 和 {name} 是同一个文件"), format!("{before} and {name} are the same file"));
            return Err(Failure::input(zh, en).help("各用一个文件名，谁也不覆盖谁", "name a file for each, so that none takes the place of another"));
        }
        let shown = path.display();
        if at > 0 && std::fs::metadata(path).is_ok_and(|about| !about.is_file()) {
            let (zh, en) = (format!("{shown} 不是普通文件，不能写在那里"), format!("{shown} is no plain file: nothing can be written there"));
            return Err(Failure::input(zh, en).help("换一个文件名", "name another file"));
        }
    }
    let report = args.report.as_ref().filter(|path| !has_ending(path, "html") && !has_ending(path, "htm"));
    match report {
        Some(path) => {
            let (zh, en) = (format!("报告是网页，写不成 {}", path.display()), format!("the report is a page, and cannot be written as {}", path.display()));
            Err(Failure::input(zh, en).help("名字以 .html 结尾", "let its name end in .html"))
        }
        None => Ok(()),
    }
}

/// Where a file is or will be.
fn place(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = || folder.canonicalize().ok().zip(path.file_name()).map(|(folder, name)| folder.join(name));
    path.canonicalize().ok().or_else(beside).unwrap_or_else(|| path.to_owned())
}

fn failure(error: FileError) -> Failure {
    Failure::Input { message: error.message, help: Some(error.help) }
}

fn has_ending(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(wanted))
}

/// Set when somebody wants the program to end.
fn watch() -> Arc<AtomicBool> {
    let stopped = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stopped);
    std::thread::spawn(move || {
        // Where signals cannot be listened to, they end the program at once; nothing partial is left under a name even then.
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
            runtime.block_on(ended());
            told.store(true, Ordering::Release);
        }
    });
    stopped
}

/// The applicants of a workbook as words.
fn workbook(path: &Path) -> Result<(Vec<String>, Vec<TableRow>), Failure> {
    let read = xlsx::main_table(path)?;
    if read.header.is_empty() {
        return Err(Failure::input(format!("{} 没有表头", path.display()), format!("{} has no header", path.display())));
    }
    let mut rows = Vec::with_capacity(read.rows.len());
    for row in &read.rows {
        let mut cells = Vec::with_capacity(read.header.len());
        for (at, name) in read.header.iter().enumerate() {
            cells.push(match row.cells.get(at) {
                None | Some(table::Cell::Empty) => String::new(),
                Some(table::Cell::Text(text) | table::Cell::Number(text)) => text.clone(),
                Some(table::Cell::YesNo(yes)) => if *yes { "是" } else { "否" }.to_owned(),
                Some(table::Cell::Bad(bad)) => {
                    let (_, what, help) = &**bad;
                    let (zh, en) = (format!("第 {} 行，{name}：{}", row.line, what.zh), format!("line {}, {name}: {}", row.line, what.en));
                    return Err(Failure::input(zh, en).help(help.zh.clone(), help.en.clone()));
                }
            });
        }
        rows.push(TableRow { line: row.line as u64, cells });
    }
    Ok((read.header, rows))
}

impl Runs<'_> {
    fn open<'s>(&self, scheme: &'s Scheme) -> Result<PopulationFile<'s>, Failure> {
        let path = &self.args.population;
        match &self.table {
            Some((names, rows)) => PopulationFile::of_table(scheme, path, names.clone(), rows.clone(), self.defaults),
            None => PopulationFile::open(scheme, path, self.defaults),
        }
        .map_err(failure)
    }

    fn one(&self, scheme: &Scheme, file: &PopulationFile<'_>, one: One<'_>) -> Result<Summary, Failure> {
        let args = self.args;
        let threads = args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get), usize::from);
        let target = if args.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr_with_hz(5) };
        let bar = ProgressBar::with_draw_target(file.rows(), target);
        if let Ok(style) = ProgressStyle::with_template("{msg} {human_pos} {per_sec} {elapsed} {eta}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        let told = |pass: Pass, rows: u64| {
            let doing = match pass {
                Pass::Ranking => pick(self.lang, "名次", "places"),
                Pass::Sums => pick(self.lang, "测算", "sums"),
                Pass::Results => pick(self.lang, "结果", "results"),
            };
            bar.set_message(format!("{}{doing}", one.name));
            bar.set_position(rows);
            !self.stopped.load(Ordering::Acquire)
        };
        let wanted = args.results.as_deref().filter(|_| one.own);
        let sheet = wanted.filter(|path| has_ending(path, "xlsx"));
        if let (Some(path), Some(rows)) = (sheet, file.rows()) {
            sheet::fits(path, rows.saturating_mul(scheme.clauses.len() as u64))?;
        }
        // A workbook is made of the lines of a CSV file, which is gone afterwards.
        let lines: Option<PathBuf> = sheet.map(sheet::lines_of);
        let options = Options {
            threads,
            totals: one.totals,
            sizes: one.sizes,
            seed: args.seed.filter(|_| one.own),
            results: lines.as_deref().or(wanted),
            checkpoint: args.checkpoint.as_deref().filter(|_| one.own),
            progress: &told,
        };
        let summary = simulate(scheme, file, &options);
        bar.finish_and_clear();
        let summary = summary.map_err(|stopped| match stopped {
            Stopped::File(error) => failure(error),
            Stopped::Interrupted => interrupted(options.checkpoint),
        })?;
        if let (Some(path), Some(lines)) = (sheet, &lines) {
            sheet::write(path, lines)?;
        }
        Ok(summary)
    }
}

/// What is left where somebody stopped the run.
fn interrupted(checkpoint: Option<&Path>) -> Failure {
    match checkpoint {
        None => Failure::input("中途停止，没有留下结果", "it was stopped; nothing was left"),
        // While places are worked out nothing is kept yet.
        Some(path) if !path.exists() => Failure::input("中途停止，还没有可接着算的断点", "it was stopped before there was a checkpoint")
            .help("再运行同一条命令就从头算", "the same command begins anew"),
        Some(path) => {
            let name = path.display();
            Failure::input(format!("中途停止；算到的存在 {name}"), format!("it was stopped; how far it came is in {name}"))
                .help("再运行同一条命令就接着算", "the same command goes on from there")
        }
    }
}

/// Says once what no column holds, and which columns no rule reads.
fn notes(scheme: &Scheme, file: &PopulationFile<'_>, lang: Lang) -> Result<(), Failure> {
    let heading = file.heading();
    let mut err = std::io::stderr().lock();
    if !heading.missing.is_empty() {
        let named = heading.missing.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join("、");
        let count = heading.missing.len();
        let (more, more_en) = if count > NAMED {
            (
                format!("等{count}项（--format json 的 more.facts_without_a_column 列出全部）"),
                format!(" … {count} in all (more.facts_without_a_column of --format json names them)"),
            )
        } else {
            (String::new(), String::new())
        };
        let text = Text::new(
            format!("文件没有这些列，对所有人都按不知道算：{named}{more}"),
            format!("the file has no columns for these facts; they count as not known of anybody: {named}{more_en}"),
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

#[cfg(test)]
mod tests {
    use super::interrupted;
    use std::path::Path;

    #[test]
    fn a_checkpoint_is_promised_only_where_there_is_one() {
        assert!(interrupted(None).to_string().contains("nothing was left"));
        assert!(interrupted(Some(Path::new("no/such/checkpoint"))).to_string().contains("before there was"));
        assert!(interrupted(Some(Path::new("Cargo.toml"))).to_string().contains("is in Cargo.toml"));
    }
}
