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
use std::io::{BufReader, Write};
use std::path::Path;
use values::{Lang, WorkCalendar};

/// Runs the command.
pub fn run(args: &VerifyArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let key = args.key.as_deref().map(database::public_key).transpose()?;
    let mut signed = signed(args, key.as_ref())?;
    let options = Options { key: key.as_ref(), determinations: args.determinations };
    let path = Path::new(&args.what);
    let report = if path.is_dir() {
        bundle::check(&folder(path)?, &mut signed, options).map_err(failure)?
    } else if database::is_database(&args.what) {
        database::wait(stored(args, &mut signed, options))?
    } else {
        let file = File::open(path).map_err(|error| Failure::unreadable(path, &error))?;
        office::verify::file(BufReader::new(file), &mut signed, options).map_err(failure)?
    };
    match args.format {
        Plain::Text => verify::text(&report, Given { checkpoint: !args.checkpoint.is_empty(), key: key.is_some() }, lang, out)?,
        Plain::Json => writeln!(out, "{}", serde_json::to_string(&report).map_err(std::io::Error::from)?)?,
    }
    Ok(if report.is_good() { Verdict::Clean } else { Verdict::Findings })
}

async fn stored(args: &VerifyArgs, signed: &mut Signed<BufReader<File>>, options: Options<'_>) -> Result<Report, Failure> {
    let store = database::open(&args.what).await?;
    let mut report = office::verify::store(&store, signed, options).await.map_err(failure)?;
    if args.replay {
        office::verify::replay(&store, WorkCalendar::china(), &mut report).await.map_err(failure)?;
    }
    Ok(report)
}

/// The files of checkpoints: each checked as a whole, then opened again to be read beside the log.
fn signed(args: &VerifyArgs, key: Option<&PublicKey>) -> Result<Signed<BufReader<File>>, Failure> {
    let mut files = Vec::new();
    for path in &args.checkpoint {
        let range = checked(path, key)?;
        let file = File::open(path).map_err(|error| Failure::unreadable(path, &error))?;
        files.push((range, BufReader::new(file)));
    }
    Signed::new(files).map_err(|error| unusable(Path::new(""), &error))
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
