//! Project tasks: `cargo xtask test` (everything a commit must pass), `test-engines` (against outside programs),
//! `tidy` (house rules), `soak` (sizes too big for CI), `fuzz`, `bench`, `bench-office`,
//! `bench-service`, `bench-population`, `browser` and `screenshots` (of the pages).

mod browser;
mod engines;
mod fuzz;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

/// A task that failed says why.
type Outcome = Result<(), String>;

const HELP: &str = "cargo xtask TASK

  test          format, lints, all tests, house rules, both policies checked and tested
  tidy          the house rules alone
  test-engines  checks against programs from PyPI and npm, installed under target/; twenty seconds of fuzzing a target
  soak          the differential test on many generated schemes (DUIXIAN_CASES, DUIXIAN_SEED), all mutants of both policies,
                an office killed at any moment, again and again (DUIXIAN_ROUNDS), a million random acts against an auditor
                (DUIXIAN_ACTS, DUIXIAN_SEED), a million applicants through all evaluators, a CSV of 10 GB; `soak many`: the last two alone
  fuzz          coverage-guided fuzzing: fuzz [--seconds N] [parse|check|format|evaluate …]; needs a C++ compiler
  browser       what the tests of the pages need: Chromium from Debian, axe-core from npm
  screenshots   takes the pictures of the README anew, from the demonstration
  bench         the benchmarks
  bench-office  an office of 100,000 organisations, 1,000,000 cases and 10,000,000 events on SQLite, then on PostgreSQL, and
                how many acts a second it does: bench-office [--organisations N] [--cases N] [--events N] [--seconds N] [--tasks N];
                up to 15 GB under target/ and in the temporary folder, taken away at the end
  bench-service the same sizes, and how fast the program answers those who read: its start, its memory, 500 requests a second
                of what an office asks, and a cheap read beside a server of one query:
                bench-service [--organisations N] [--cases N] [--events N] [--rate N] [--seconds N] [--connections N]
  bench-pages   the same sizes, and how long the program takes for each page, for each role that may look at it:
                bench-pages [--organisations N] [--cases N] [--events N] [--pages N]
  bench-population
                eight clauses over many applicants, on one core and on two, beside a loop by hand, NumPy and OpenFisca from PyPI
                over the same rows; the memory of a million rows; a stream from Parquet:
                bench-population [--rows N] [--stream-rows N]; 1 GB under target/ for ten million rows, and 40 bytes for each row
                of the stream, taken away at the end
";

fn main() -> ExitCode {
    let task = std::env::args().nth(1).unwrap_or_default();
    let outcome = match task.as_str() {
        "test" => test(),
        "tidy" => tidy::run(&root()),
        "test-engines" => engines::run_engines(&root()).and_then(|()| step("fuzzing", || fuzz::run_short(&root()))),
        "soak" if std::env::args().nth(2).as_deref() == Some("many") => many(),
        "soak" => soak(),
        "fuzz" => fuzz::run_fuzz(&root(), &std::env::args().skip(2).collect::<Vec<_>>()),
        "browser" => browser::install(&root()),
        "screenshots" => browser::screenshots(&root()),
        "bench" => cargo(&["bench", "--package", "policy"], &[]),
        "bench-office" => bench_office(&std::env::args().skip(2).collect::<Vec<_>>()),
        "bench-service" => bench_service("bench-service", &std::env::args().skip(2).collect::<Vec<_>>(), &PACE),
        "bench-pages" => bench_service("bench-pages", &std::env::args().skip(2).collect::<Vec<_>>(), &[("--pages", "200")]),
        "bench-population" => bench_population(&std::env::args().skip(2).collect::<Vec<_>>()),
        _ => {
            eprint!("{HELP}");
            return if matches!(task.as_str(), "" | "help" | "--help") { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask {task}: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

fn test() -> Outcome {
    step("house rules", || tidy::run(&root()))?;
    step("format", || cargo(&["fmt", "--all", "--check"], &[]).and_then(|()| cargo(&["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"], &[])))?;
    step("lints", || cargo(&["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"], &[]))?;
    // The stores are tested on a PostgreSQL of their own, which the tests start.
    need("sh", &["-c", "ls /usr/lib/postgresql/*/bin/initdb"], &["postgresql"])?;
    // Documents are printed as PDF and their text read again.
    need("sh", &["-c", "ls /usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc && pdftotext -v"], &["fonts-noto-cjk", "poppler-utils"])?;
    // Pages are looked at in a browser.
    browser::install(&root())?;
    // A run tests what the one before tested; `PROPTEST_RNG_SEED` from outside draws other cases.
    let seed = std::env::var("PROPTEST_RNG_SEED").unwrap_or_else(|_| "20240229".to_owned());
    step(&format!("tests, PROPTEST_RNG_SEED={seed}"), || cargo(&["test", "--workspace", "--locked"], &[("PROPTEST_RNG_SEED", &seed)]))?;
    step("documentation", || cargo(&["doc", "--workspace", "--no-deps", "--locked", "--quiet"], &[("RUSTDOCFLAGS", "-D warnings")]))?;
    for place in ["policies/qianjiang", "policies/jiulongpo", "policies/sample"] {
        step(place, || {
            duixian(&["check", place])?;
            duixian(&["test", "--strict", place])?;
            let files: Vec<String> = ["policy.md", "situations.md"].iter().map(|file| format!("{place}/{file}")).collect();
            let mut arguments = vec!["fmt", "--check"];
            arguments.extend(files.iter().map(String::as_str));
            duixian(&arguments)
        })?;
    }
    // The README's first command, which names no package; its pages of text are not for this log.
    step("README", || {
        for place in ["qianjiang", "jiulongpo", "sample"] {
            let (policy, facts) = (format!("policies/{place}"), format!("examples/{place}.jsonl"));
            let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
            let arguments = ["run", "--quiet", "--locked", "--", "assess", &policy, "--facts", &facts];
            run(Command::new(cargo).args(arguments).stdout(std::process::Stdio::null()).current_dir(root()))?;
        }
        Ok(())
    })
}

fn soak() -> Outcome {
    let cases = std::env::var("DUIXIAN_CASES").unwrap_or_else(|_| "100000".into());
    let test = |name: &str, variable: (&str, &str)| {
        step(name, || cargo(&["test", "--release", "--package", "policy", "--test", name, "--locked", "--", "--nocapture"], &[variable]))
    };
    test("mutation", ("DUIXIAN_MUTATION", "all"))?;
    test("differential", ("DUIXIAN_CASES", &cases))?;
    many()?;
    let rounds = std::env::var("DUIXIAN_ROUNDS").unwrap_or_else(|_| "300".into());
    let killed = ["test", "--package", "office", "--test", "office", "--locked", "--", "kill::", "--nocapture"];
    step("killed at any moment", || cargo(&killed, &[("DUIXIAN_ROUNDS", &rounds)]))?;
    let acts = std::env::var("DUIXIAN_ACTS").unwrap_or_else(|_| "1000000".into());
    let number: u64 = acts.parse().map_err(|_| "DUIXIAN_ACTS is a number")?;
    let simulated = |name: &str, variables: &[(&str, &str)]| {
        let arguments = ["test", "--release", "--package", "office", "--test", "simulation", "--locked", "--", name, "--nocapture"];
        step(name, || cargo(&arguments, variables))
    };
    simulated("the_office_agrees_with_the_auditor", &[("DUIXIAN_ACTS", &acts), ("DUIXIAN_SQLITE", "1")])?;
    // PostgreSQL answers more slowly, so it is asked a twentieth.
    simulated("both_databases_agree_with_the_pure_model", &[("DUIXIAN_ACTS_SQL", &(number / 20).to_string())])
}

/// Many applicants: a million of generated schemes, of each policy and of the examples of the reference, by the naive evaluator,
/// `policy` and columns; a million of generated schemes, and of each policy, by columns, `policy` and SQL; ten thousand million bytes of CSV with a bad line near the end.
fn many() -> Outcome {
    let test = |package: &str, test: &str, name: &str, variables: &[(&str, &str)]| {
        let arguments = ["test", "--release", "--package", package, "--test", test, "--locked", "--", name, "--nocapture"];
        step(&format!("{package}: {test} {name}"), || cargo(&arguments, variables))
    };
    let million = [("DUIXIAN_CASES", "5000"), ("DUIXIAN_PEOPLE", "200")];
    test("population", "differential", "columns_agree_on_generated", &million)?;
    test("population", "differential", "columns_agree_on_the_policy", &million)?;
    // There are more than a hundred of them.
    test("population", "differential", "columns_agree_on_every_example", &[("DUIXIAN_CASES", "50"), ("DUIXIAN_PEOPLE", "200")])?;
    test("sql", "engines", "come", &[("DUIXIAN_CASES", "500"), ("DUIXIAN_PEOPLE", "2000")])?;
    step("a million of each policy on DuckDB", || engines::many_statements(&root()))?;
    test("population", "files", "a_bad_line_at_the_end", &[("DUIXIAN_CSV_BYTES", "10000000000")])
}

/// The options of a measurement: as they are given, or as they usually are.
fn options(given: &[String], usual: &[(&str, &str)]) -> Vec<String> {
    let value = |name: &str, usual: &str| {
        let given = given.iter().position(|word| word == name).and_then(|at| given.get(at + 1));
        [name.to_owned(), given.map_or_else(|| usual.to_owned(), Clone::clone)]
    };
    usual.iter().flat_map(|(name, usual)| value(name, usual)).collect()
}

/// One database after the other, so that there is room for both.
fn on_both(name: &str, run: impl Fn(&str) -> Outcome) -> Outcome {
    let folder = root().join("target").join(name);
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let done = step("SQLite", || run(&format!("sqlite:{}", folder.join("office.db").display())));
    drop(std::fs::remove_dir_all(&folder));
    done.and_then(|()| step("PostgreSQL", || run("--own-postgres")))
}

const SIZE: [(&str, &str); 3] = [("--organisations", "100000"), ("--cases", "1000000"), ("--events", "10000000")];

fn bench_office(given: &[String]) -> Outcome {
    let sizes = options(given, &[&SIZE[..], &[("--seconds", "60"), ("--tasks", "8")]].concat());
    on_both("bench-office", |database| {
        let mut arguments = vec!["run", "--release", "--locked", "--package", "office", "--example", "load", "--", "both", database];
        arguments.extend(sizes.iter().map(String::as_str));
        cargo(&arguments, &[])
    })
}

/// How a steady pace is asked.
const PACE: [(&str, &str); 3] = [("--rate", "500"), ("--seconds", "60"), ("--connections", "64")];

fn bench_service(name: &str, given: &[String], how: &[(&str, &str)]) -> Outcome {
    let sizes = options(given, &[&SIZE[..], how].concat());
    cargo(&["build", "--release", "--locked", "--package", "duixian", "--bin", "duixian"], &[])?;
    on_both(name, |database| {
        let mut arguments = vec!["run", "--release", "--locked", "--package", "duixian", "--example", "readers", "--", database];
        arguments.extend(sizes.iter().map(String::as_str));
        cargo(&arguments, &[])
    })
}

fn bench_population(given: &[String]) -> Outcome {
    let sizes = options(given, &[("--rows", "10000000"), ("--stream-rows", "100000000")]);
    let [_, rows, _, stream_rows] = sizes.as_slice() else { return Err("--rows N --stream-rows N".into()) };
    let folder = root().join("target/bench-population");
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let (place, stream) = (folder.display().to_string(), folder.join("stream.parquet").display().to_string());
    let bench = |arguments: &[&str], variables: &[(&str, &str)]| {
        let all = [&["bench", "--quiet", "--locked", "--package", "population", "--bench", "columns", "--"], arguments].concat();
        cargo(&all, variables)
    };
    let done = step("one core and two", || bench(&["compare", &place], &[("DUIXIAN_ROWS", rows)]))
        .and_then(|()| step("NumPy and OpenFisca", || engines::run_population(&root(), &folder)))
        .and_then(|()| step("memory", || bench(&["memory"], &[])))
        .and_then(|()| step("rows made up", || bench(&["synth", &stream], &[("DUIXIAN_STREAM_ROWS", stream_rows)])))
        .and_then(|()| step("stream", || bench(&["stream", &stream], &[])));
    drop(std::fs::remove_dir_all(&folder));
    done
}

fn step(name: &str, run: impl FnOnce() -> Outcome) -> Outcome {
    let start = Instant::now();
    eprintln!("── {name}");
    run()?;
    eprintln!("── {name}: {} s", start.elapsed().as_secs());
    Ok(())
}

fn duixian(arguments: &[&str]) -> Outcome {
    let mut all = vec!["run", "--quiet", "--locked", "--package", "duixian", "--"];
    all.extend(arguments);
    cargo(&all, &[])
}

/// Runs cargo in the root.
fn cargo(arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    run(Command::new(cargo).args(arguments).envs(variables.iter().copied()).current_dir(root()))
}

/// Installs Debian's packages where the program that they bring does not answer; the name is the fix where that is refused.
fn need(program: &str, arguments: &[&str], packages: &[&str]) -> Outcome {
    if answers(program, arguments) {
        return Ok(());
    }
    eprintln!("── installing {}", packages.join(", "));
    run(Command::new("apt-get").args(["-qq", "update"]))
        .and_then(|()| run(Command::new("apt-get").args(["-qq", "-y", "install"]).args(packages)))
        .map_err(|why| format!("{why}; install {} and run this again", packages.join(", ")))
}

/// Whether a program is there and does what it is asked.
fn answers(program: &str, arguments: &[&str]) -> bool {
    let status = Command::new(program).args(arguments).stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// Runs a command; anything but success is an error that names it.
fn run(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| format!("{:?} cannot be started: {error}", command.get_program()))?;
    if status.success() { Ok(()) } else { Err(format!("{:?} {:?} failed ({status})", command.get_program(), command.get_args().collect::<Vec<_>>())) }
}
