//! `verify`: whether a log, a database of the office or an audit bundle is what acts have written.

use super::checkpoint::{checked, failure, unusable};
use crate::cli::{Plain, VerifyArgs};
use crate::database;
use crate::failure::{Failure, Verdict};
use crate::output::verify::{self, Given};
use office::bundle;
use office::checkpoint::Signed;
use office::key::PublicKey;
use office::verify::{Options, Report};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use values::{Lang, WorkCalendar};

/// Runs the command.
pub fn run(args: &VerifyArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let key = args.key.as_deref().map(database::public_key).transpose()?;
    let (mut signed, signers) = signed(args, key.as_ref())?;
    let options = Options { key: key.as_ref(), determinations: args.determinations };
    let path = Path::new(&args.what);
    let unable = |error| failure(&args.what, error);
    let mut report = if path.is_dir() {
        bundle::check(&folder(path)?, &mut signed, options).map_err(unable)?
    } else if database::is_database(&args.what) {
        database::wait(stored(args, &mut signed, options))?
    } else {
        log(path)?;
        let file = File::open(path).map_err(|error| Failure::unreadable(path, &error))?;
        office::verify::file(BufReader::new(file), &mut signed, options).map_err(unable)?
    };
    report.signed_by = signers;
    match args.format {
        Plain::Text => verify::text(&report, Given { checkpoint: !args.checkpoint.is_empty(), key: key.is_some() }, lang, out)?,
        Plain::Json => writeln!(out, "{}", serde_json::to_string(&report).map_err(std::io::Error::from)?)?,
    }
    Ok(if report.is_good() { Verdict::Clean } else { Verdict::Findings })
}

async fn stored(args: &VerifyArgs, signed: &mut Signed<BufReader<File>>, options: Options<'_>) -> Result<Report, Failure> {
    let store = database::open(&args.what).await?;
    let mut report = office::verify::store(&store, signed, options).await.map_err(|error| failure(&args.what, error))?;
    if args.replay {
        office::verify::replay(&store, WorkCalendar::china(), &mut report).await.map_err(|error| failure(&args.what, error))?;
    }
    Ok(report)
}

/// Errors: there is nothing in a file, or not one line of it is of a log. One that is, however it was changed, is for the check.
fn log(path: &Path) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| Failure::unreadable(path, &error);
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let (mut line, mut is_empty, name) = (Vec::new(), true, path.display());
    while file.read_until(b'\n', &mut line).map_err(unreadable)? > 0 {
        let read = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(line.trim_ascii());
        if read.is_ok_and(|read| read.contains_key("head") || read.contains_key("fingerprint")) {
            return Ok(());
        }
        is_empty &= line.trim_ascii().is_empty();
        line.clear();
    }
    let failure = if is_empty {
        Failure::input(format!("{name} 是空的"), format!("{name} is empty"))
    } else {
        Failure::input(format!("{name} 不是数据库、日志或审计包"), format!("{name} is no database, log or bundle"))
    };
    Err(failure.help(
        "给出数据库、duixian export-log 写的日志，或 duixian bundle 写的文件夹",
        "name a database, a log written by duixian export-log, or a folder written by duixian bundle",
    ))
}

/// The files of checkpoints: each checked as a whole, then opened again to be read beside the log; and the keys that signed them.
fn signed(args: &VerifyArgs, key: Option<&PublicKey>) -> Result<(Signed<BufReader<File>>, Vec<String>), Failure> {
    let (mut files, mut signers) = (Vec::new(), Vec::new());
    for path in &args.checkpoint {
        let range = checked(path, key)?;
        let file = File::open(path).map_err(|error| Failure::unreadable(path, &error))?;
        if !signers.contains(&range.key) {
            signers.push(range.key.clone());
        }
        files.push((range, BufReader::new(file)));
    }
    Ok((Signed::new(files).map_err(|error| unusable(Path::new(""), &error))?, signers))
}

/// All files of a folder, by name.
fn folder(root: &Path) -> Result<bundle::Files, Failure> {
    let mut files = bundle::Files::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |error: std::io::Error| Failure::unreadable(&folder, &error);
        for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let parts = path.strip_prefix(root).unwrap_or(&path).components();
            let name: Vec<String> = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
            files.insert(name.join("/"), std::fs::read(&path).map_err(|error| Failure::unreadable(&path, &error))?);
        }
    }
    if !files.contains_key(bundle::MANIFEST) {
        let name = root.display();
        return Err(Failure::input(format!("{name} 不是审计包：没有 {}", bundle::MANIFEST), format!("{name} is no bundle: there is no {}", bundle::MANIFEST)));
    }
    Ok(files)
}
