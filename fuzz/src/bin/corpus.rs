//! The corpus between its two forms: `corpus unpack LAW FOLDER` writes the first cases, the kept ones and the mistakes
//! found as one file each, as libFuzzer wants them; `corpus pack LAW FOLDER BYTES` keeps as many of the smallest files
//! of a folder as fit into so many bytes; `corpus shrink LAW FROM TO` makes a case that breaks a law smaller;
//! `corpus holds LAW FILE` fails where it does.

use duixian_fuzz::law::{self, kept, seeds};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["unpack", law, folder] => unpack(law, Path::new(folder)),
        ["pack", law, folder, bytes] => pack(law, Path::new(folder), bytes.parse()?),
        ["shrink", law, from, to] => shrink(law, Path::new(from), Path::new(to)),
        ["holds", law, file] => Ok(law_named(law)?(&law::text(&std::fs::read(file)?))),
        _ => Err("corpus unpack LAW FOLDER | corpus pack LAW FOLDER BYTES | corpus shrink LAW FROM TO | corpus holds LAW FILE".into()),
    }
}

fn unpack(law: &str, folder: &Path) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::create_dir_all(folder)?;
    let kept = kept::cases(&std::fs::read_to_string(kept::file(law)).unwrap_or_default());
    let found = kept::regressions(law).into_iter().map(|(_, case)| case);
    let all: BTreeSet<String> = seeds::cases(law).into_iter().chain(kept).chain(found).collect();
    for (at, case) in all.iter().enumerate() {
        std::fs::write(folder.join(format!("first-{at:04}")), case)?;
    }
    println!("{law}: {} first cases", all.len());
    Ok(())
}

fn pack(law: &str, folder: &Path, bytes: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        cases.push(law::text(&std::fs::read(entry?.path())?));
    }
    // What a checkout has anyway need not be kept.
    let known: BTreeSet<String> = seeds::cases(law).into_iter().collect();
    cases.retain(|case| !case.is_empty() && !known.contains(case));
    cases.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    let all = cases.len();
    let mut size = 0;
    cases.retain(|case| {
        size += case.len() + 16;
        size <= bytes
    });
    let file = kept::file(law);
    std::fs::create_dir_all(file.parent().ok_or("no folder")?)?;
    std::fs::write(&file, kept::joined(&cases))?;
    println!("{law}: {} of {all} cases kept", cases.len());
    Ok(())
}

fn law_named(name: &str) -> Result<law::Law, String> {
    law::LAWS.iter().find(|(known, _)| *known == name).map(|(_, law)| *law).ok_or_else(|| format!("no law {name}"))
}

/// Leaves out whatever the mistake does not need: lines, then characters. Each attempt is a process of its own, since a
/// stack may run over. What hangs is kept as it is.
fn shrink(name: &str, from: &Path, to: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut case = law::text(&std::fs::read(from)?);
    let program = std::env::current_exe()?;
    std::fs::create_dir_all(to.parent().ok_or("no folder")?)?;
    let broken = |text: &str| {
        std::fs::write(to, text).is_ok() && Command::new(&program).args(["holds", name]).arg(to).stderr(Stdio::null()).status().is_ok_and(|s| !s.success())
    };
    let hangs = from.file_name().is_some_and(|name| name.to_string_lossy().starts_with("timeout"));
    if !hangs && broken(&case) {
        case = without(case.split_inclusive('\n').map(str::to_owned).collect(), &broken);
        if case.len() < 2000 {
            case = without(case.chars().map(String::from).collect(), &broken);
        }
    }
    Ok(std::fs::write(to, case)?)
}

/// The parts without those that can go, in halves, quarters and so on.
fn without(mut parts: Vec<String>, broken: &dyn Fn(&str) -> bool) -> String {
    let mut size = parts.len().div_ceil(2).max(1);
    loop {
        let mut at = 0;
        while at < parts.len() {
            let end = (at + size).min(parts.len());
            let fewer: Vec<String> = parts[..at].iter().chain(&parts[end..]).cloned().collect();
            if broken(&fewer.concat()) {
                parts = fewer;
            } else {
                at = end;
            }
        }
        if size == 1 {
            return parts.concat();
        }
        size = size.div_ceil(2);
    }
}
