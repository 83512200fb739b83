//! Coverage-guided fuzzing of the targets in `fuzz/`: builds them with the flags that cargo-fuzz would give (stable ones,
//! so neither it nor another toolchain is installed), runs them, and keeps what they teach: the corpus in
//! `fuzz/corpus`, mistakes, made smaller, in `fuzz/regressions`. What is tried and what must hold is in `fuzz/`.

use crate::{Outcome, need, run};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The targets.
const TARGETS: &[&str] = &["parse", "check", "format", "evaluate"];

/// Seconds of a run when none are given.
const SECONDS: u64 = 60;

/// Bytes of the corpus that are kept for each target.
const KEPT_BYTES: u64 = 64 << 10;

/// Longest case, in bytes.
const CASE_BYTES_MAX: u64 = 12_000;

/// A case that takes longer than so many seconds is a mistake as well.
const CASE_SECONDS_MAX: u64 = 20;

/// Coverage for libFuzzer, as `cargo fuzz build --sanitizer none` has it: the crates have no unsafe code for a
/// sanitizer to watch. Debug assertions bring overflow checks.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
     -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing \
     -Cllvm-args=-simplifycfg-branch-fold-threshold=0 -Cdebug-assertions -Ccodegen-units=1";

/// `cargo xtask fuzz [--seconds N] [TARGET…]`
pub fn run_fuzz(root: &Path, arguments: &[String]) -> Outcome {
    let mut seconds = SECONDS;
    let mut targets: Vec<&str> = Vec::new();
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(argument) = rest.next() {
        match argument {
            "--seconds" => seconds = rest.next().and_then(|n| n.parse().ok()).ok_or("--seconds wants a number")?,
            target if TARGETS.contains(&target) => targets.push(target),
            other => return Err(format!("no target {other}; there are {}", TARGETS.join(", "))),
        }
    }
    if targets.is_empty() {
        targets = TARGETS.to_vec();
    }
    let fuzzing = Fuzzing::build(root)?;
    let outcome = fuzzing.all(&targets, &[format!("-max_total_time={seconds}")]);
    for target in &targets {
        fuzzing.keep(target)?;
    }
    outcome
}

/// Some seconds of every target, for CI: always the same search, as far as it comes, and no corpus is kept.
pub fn run_short(root: &Path) -> Outcome {
    Fuzzing::build(root)?.all(TARGETS, &["-seed=1".into(), "-max_total_time=20".into()])
}

struct Fuzzing<'r> {
    root: &'r Path,
    /// Where the programs are.
    programs: PathBuf,
    /// Working corpora, mistakes as found, logs.
    work: PathBuf,
}

impl<'r> Fuzzing<'r> {
    fn build(root: &'r Path) -> Result<Self, String> {
        let triple = host()?;
        let target = root.join("target/fuzz");
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["build", "--quiet", "--locked", "--release", "--bins", "--target", &triple, "--manifest-path"]).arg(root.join("fuzz/Cargo.toml"));
        command.arg("--target-dir").arg(&target).env("RUSTFLAGS", FLAGS).current_dir(root);
        // libFuzzer is C++.
        need("c++", &["--version"], &["g++"])?;
        run(&mut command)?;
        Ok(Self { root, programs: target.join(triple).join("release"), work: root.join("target/fuzz-work") })
    }

    /// Runs the targets, one a core at a time.
    fn all(&self, targets: &[&str], options: &[String]) -> Outcome {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut wrong = Vec::new();
        for some in targets.chunks(cores) {
            let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
                let running: Vec<_> = some.iter().map(|target| scope.spawn(move || self.one(target, options))).collect();
                running.into_iter().map(|thread| thread.join().unwrap_or_else(|_| Err("a run was broken off".into()))).collect()
            });
            wrong.extend(outcomes.into_iter().filter_map(Result::err));
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n  ")) }
    }

    fn one(&self, target: &str, options: &[String]) -> Outcome {
        let _ = fs::remove_dir_all(self.work.join(target).join("first"));
        let (first, found, mistakes) = (self.folder(target, "first")?, self.folder(target, "found")?, self.folder(target, "mistakes")?);
        run(self.corpus().arg("unpack").arg(target).arg(&first))?;
        let log = self.work.join(target).join("log.txt");
        let out = File::create(&log).map_err(|e| format!("{}: {e}", log.display()))?;
        let mut command = Command::new(self.programs.join(target));
        command.arg(&found).arg(&first).args(options).arg(format!("-timeout={CASE_SECONDS_MAX}"));
        command.arg(format!("-max_len={CASE_BYTES_MAX}")).arg(format!("-artifact_prefix={}/", mistakes.display())).arg("-print_final_stats=1");
        let last = self.work.join(target).join("last");
        command.env("DUIXIAN_LAST", &last).stdout(Stdio::null()).stderr(out).current_dir(self.root);
        let outcome = run(&mut command);
        eprintln!("── {target}: {}", summary(&fs::read(&log).unwrap_or_default()));
        if outcome.is_ok() {
            return Ok(());
        }
        // What ends the program outright (a stack that runs over) leaves nothing but the last input.
        if fs::read_dir(&mistakes).is_ok_and(|mut folder| folder.next().is_none()) {
            fs::rename(&last, mistakes.join("overflow")).map_err(|e| format!("{}: {e}", last.display()))?;
        }
        let stored = self.store(target, &mistakes)?;
        Err(format!("{target}: {}; see {}", stored.join(", "), log.display()))
    }

    /// Makes the mistakes found smaller and puts them where the tests replay them.
    fn store(&self, target: &str, mistakes: &Path) -> Result<Vec<String>, String> {
        let mut stored = Vec::new();
        for entry in fs::read_dir(mistakes).map_err(|e| e.to_string())?.flatten() {
            let name = entry.file_name().to_string_lossy().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(14).collect::<String>();
            let file = self.root.join("fuzz/regressions").join(target).join(name).with_extension("txt");
            run(self.corpus().arg("shrink").arg(target).arg(entry.path()).arg(&file))?;
            fs::remove_file(entry.path()).map_err(|e| e.to_string())?;
            stored.push(file.display().to_string());
        }
        Ok(stored)
    }

    /// The smallest set of cases that covers the same, and of these what fits, into the kept file.
    fn keep(&self, target: &str) -> Outcome {
        let small = self.work.join(target).join("small");
        let _ = fs::remove_dir_all(&small);
        let small = self.folder(target, "small")?;
        let mut command = Command::new(self.programs.join(target));
        command.args(["-merge=1", &format!("-timeout={CASE_SECONDS_MAX}")]).arg(&small);
        command.arg(self.folder(target, "first")?).arg(self.folder(target, "found")?);
        run(command.stdout(Stdio::null()).stderr(Stdio::null()).current_dir(self.root))?;
        run(self.corpus().arg("pack").arg(target).arg(&small).arg(KEPT_BYTES.to_string()))
    }

    fn corpus(&self) -> Command {
        let mut command = Command::new(self.programs.join("corpus"));
        command.current_dir(self.root);
        command
    }

    fn folder(&self, target: &str, name: &str) -> Result<PathBuf, String> {
        let folder = self.work.join(target).join(name);
        fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        Ok(folder)
    }
}

/// What a log of libFuzzer comes to.
fn summary(log: &[u8]) -> String {
    let log = String::from_utf8_lossy(log);
    let last = log.lines().rev().find(|line| line.contains(" cov: ")).unwrap_or("no run");
    let stat = |name: &str| log.lines().find_map(|line| line.strip_prefix(&format!("stat::{name}:"))).map(str::trim).unwrap_or("?");
    format!("{} executions, {} a second; {last}", stat("number_of_executed_units"), stat("average_exec_per_sec"))
}

/// The triple of this machine.
fn host() -> Result<String, String> {
    let out = Command::new("rustc").arg("-vV").output().map_err(|e| format!("rustc cannot be started: {e}"))?;
    let text = String::from_utf8_lossy(&out.stdout).into_owned();
    text.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned).ok_or_else(|| "rustc names no host".into())
}
