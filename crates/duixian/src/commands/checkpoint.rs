//! `checkpoint`: the fingerprints of all events, signed, in a file that is kept elsewhere.

use crate::cli::CheckpointArgs;
use crate::database;
use crate::failure::{Failure, Verdict};
use crate::output::verify::fault;
use office::checkpoint::{self, FileError, Range};
use office::verify::VerifyError;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::Path;
use values::Lang;

/// Runs the command. The file appears whole or not at all.
pub fn run(args: &CheckpointArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    if args.out.exists() {
        let name = args.out.display();
        return Err(Failure::input(format!("{name} 已经存在"), format!("{name} is there already")).help(
            "签过名的检查点从不覆盖：换一个名字，例如带日期",
            "a signed checkpoint is never written over: choose another name, with the date for example",
        ));
    }
    let key = database::secret_key(&args.key)?;
    let since = args.since.as_deref().map(|path| checked(path, Some(&key.public()))).transpose()?;
    let now = database::now();
    let part = args.out.with_extension("part");
    let unwritable = |error: std::io::Error| Failure::unwritable(&args.out, &error);
    let mut file = BufWriter::new(File::create(&part).map_err(unwritable)?);
    let written = database::wait(async {
        let store = database::open(&args.database).await?;
        checkpoint::export(&store, since.as_ref(), &key, now, &mut file).await.map_err(|error| failure(&args.database, error))
    });
    let whole = written.and_then(|written| {
        file.flush().map_err(unwritable)?;
        file.get_ref().sync_all().map_err(unwritable)?;
        Ok(written)
    });
    match whole {
        Ok(Ok(range)) => {
            std::fs::rename(&part, &args.out).map_err(unwritable)?;
            let (count, name) = (range.until - range.after, args.out.display());
            match lang {
                Lang::Zh if count == 0 => writeln!(out, "检查点 {name}：第 {} 条以后没有新的日志，链首 {}", range.until, range.head)?,
                Lang::En if count == 0 => writeln!(out, "checkpoint {name}: nothing new after record {}, head {}", range.until, range.head)?,
                Lang::Zh => writeln!(out, "检查点 {name}：第 {}–{} 条，共 {count} 条，链首 {}", range.after + 1, range.until, range.head)?,
                Lang::En => writeln!(out, "checkpoint {name}: records {} to {}, {count} in all, head {}", range.after + 1, range.until, range.head)?,
            }
            Ok(Verdict::Clean)
        }
        Ok(Err(bad)) => {
            drop(std::fs::remove_file(&part));
            writeln!(out, "✗ {}", fault(&bad, lang))?;
            match lang {
                Lang::Zh => writeln!(out, "没有签名：先查清这一条")?,
                Lang::En => writeln!(out, "nothing was signed: look into this record first")?,
            }
            Ok(Verdict::Findings)
        }
        Err(failure) => {
            drop(std::fs::remove_file(&part));
            Err(failure)
        }
    }
}

/// A file of checkpoints that is whole and signed by its key.
pub fn checked(path: &Path, key: Option<&office::key::PublicKey>) -> Result<Range, Failure> {
    let file = File::open(path).map_err(|error| Failure::unreadable(path, &error))?;
    checkpoint::check(BufReader::new(file), key).map_err(|error| unusable(path, &error))
}

/// A file of checkpoints that cannot be used.
pub fn unusable(path: &Path, error: &FileError) -> Failure {
    let name = path.display();
    let zh = match error {
        FileError::Io(error) => return Failure::unreadable(path, error),
        FileError::Form { line, .. } => format!("检查点 {name} 第{line}行不对：不是检查点文件，或被改过"),
        FileError::Signature => format!("检查点 {name} 的签名不对：文件被改过"),
        FileError::OtherKey(key) => format!("检查点 {name} 是用另一把密钥签的：{key}"),
    };
    Failure::input(zh, format!("checkpoint {name}: {error}"))
}

/// A check of this file or database that could not be done.
pub fn failure(what: &str, error: VerifyError) -> Failure {
    match error {
        VerifyError::Store(error) => Failure::database_at(what, &error),
        VerifyError::Io(error) => Failure::Output(error),
        VerifyError::Checkpoint(error) => Failure::input(format!("检查点：{error}"), format!("checkpoint: {error}")),
    }
}
