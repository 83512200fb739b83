//! Checks against outside programs, installed from PyPI by name into a virtual environment under `target/`:
//! working days against `chinesecalendar`, credit codes against `python-stdnum`, workbooks against `openpyxl`,
//! the amounts of the worked cases against Python's exact fractions, guides against `python-docx`, forms against `jsonschema`.

use crate::{Outcome, need, run};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use values::{CheckDigit, CreditCode, Date, WorkCalendar};

/// Packages of the environment.
const PACKAGES: &[&str] = &["chinesecalendar", "python-stdnum", "openpyxl", "python-docx", "jsonschema"];

/// Builds the environment if need be, writes what we say, and has Python compare.
pub fn run_engines(root: &Path) -> Outcome {
    let python = environment(root)?;
    let folder = root.join("target/engines");
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let write = |name: &str, text: String| fs::write(folder.join(name), text).map_err(|e| format!("{name}: {e}"));
    write("days.csv", days())?;
    write("codes.csv", codes())?;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    run(Command::new(cargo).args(["build", "--quiet", "--locked", "--package", "duixian"]).current_dir(root))?;
    let program = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| root.join("target"), PathBuf::from).join("debug/duixian");
    for script in ["calendar.py", "credit_codes.py", "workbooks.py", "guides.py", "forms.py"] {
        eprintln!("── {script}");
        run(Command::new(&python).arg(root.join("xtask/engines").join(script)).arg(&folder).arg(&program).current_dir(root))?;
    }
    Ok(())
}

fn environment(root: &Path) -> Result<PathBuf, String> {
    let venv = root.join("target/engines-venv");
    let python = venv.join("bin/python");
    if !python.exists() {
        need("python3", &["-c", "import venv, ensurepip"], &["python3", "python3-venv"])?;
        run(Command::new("python3").args(["-m", "venv"]).arg(&venv))?;
    }
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(PACKAGES))?;
    Ok(python)
}

/// Every day of the published years and whether it is worked.
fn days() -> String {
    let calendar = WorkCalendar::china();
    let mut out = String::from("date,working\n");
    let mut day = Date::new(2010, 1, 1);
    while let Some(date) = day.filter(|d| d.year() <= 2026) {
        if let Some(working) = calendar.is_working_day(date) {
            out.push_str(&format!("{date},{working}\n"));
        }
        day = date.add_days(1);
    }
    out
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
