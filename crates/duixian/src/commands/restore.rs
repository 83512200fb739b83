//! `restore`: a backup put where there is nothing yet, and checked there as `verify` checks.

use super::checkpoint::failure;
use crate::backup::{self, EVIDENCE, Manifest, POSTGRES, SQLITE, Standing, postgres};
use crate::cli::RestoreArgs;
use crate::commands::config;
use crate::database;
use crate::failure::{Failure, Verdict};
use crate::output::verify::{self, Given};
use office::checkpoint::Signed;
use office::verify::{Options, Report};
use portal::Config;
use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use store::service::{Session, Webhook};
use store::{Store, StoreError};
use values::Lang;

/// Runs the command.
pub fn run(args: &RestoreArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    database::private();
    let config = config::of(&args.place)?;
    let folder = args.folder.as_path();
    let manifest = Manifest::read(folder)?;
    manifest.check(folder)?;
    let url = config.database_url();
    fits(&manifest, &url)?;
    is_free(&config, &url)?;
    std::fs::create_dir_all(&config.data).map_err(|error| Failure::unwritable(&config.data, &error))?;
    let put = evidence(&manifest, folder, &config.data).and_then(|()| match sqlite_file(&url) {
        Some(file) => into_file(&manifest, folder, Path::new(file)),
        None => database::wait(into_server(&manifest, folder, &url)),
    });
    if put.is_err() {
        // It was empty before: another try finds it so.
        drop(std::fs::remove_dir_all(config.data.join(EVIDENCE)));
    }
    let report = put?;
    verify::text(&report, Given { checkpoint: false, key: false }, lang, out)?;
    if !report.is_good() {
        match lang {
            Lang::Zh => writeln!(out, "恢复出来的数据核对不符：不要使用。请换一份备份")?,
            Lang::En => writeln!(out, "what was restored is not what acts have written: do not use it. Take another backup")?,
        }
        return Ok(Verdict::Findings);
    }
    told(&manifest, lang, out)?;
    Ok(if manifest.missing.is_empty() { Verdict::Clean } else { Verdict::Findings })
}

/// A backup of SQLite is for SQLite, one of PostgreSQL for PostgreSQL.
fn fits(manifest: &Manifest, url: &str) -> Result<(), Failure> {
    let of_sqlite = manifest.database() == Some(SQLITE);
    match (of_sqlite, url.starts_with("sqlite:")) {
        (true, false) => Err(Failure::input("这是 SQLite 的备份，不能恢复到 PostgreSQL", "this is a backup of SQLite, not for PostgreSQL")
            .help("用 --data 文件夹", "use --data FOLDER")),
        (false, true) => Err(Failure::input("这是 PostgreSQL 的备份，不能恢复到 SQLite", "this is a backup of PostgreSQL, not for SQLite")
            .help("用 --database postgres://…", "use --database postgres://…")),
        _ => Ok(()),
    }
}

/// Nothing is ever written over. Errors: there are data.
fn is_free(config: &Config, url: &str) -> Result<(), Failure> {
    let taken = |name: String| {
        Failure::input(format!("{name} 里已有数据"), format!("there are data in {name}"))
            .help("恢复从不覆盖：换一个空的位置，核对后再切换", "nothing is written over: restore to an empty place, check it, then switch")
    };
    let evidence = config.data.join(EVIDENCE);
    if std::fs::read_dir(&evidence).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(taken(evidence.display().to_string()));
    }
    if let Some(file) = sqlite_file(url) {
        let there = ["", "-wal", "-shm", "-journal"].iter().any(|end| Path::new(&format!("{file}{end}")).exists());
        return if there { Err(taken(file.to_owned())) } else { Ok(()) };
    }
    let empty = database::wait(async { Store::is_empty(url).await.map_err(|error| Failure::database(&error)) })?;
    if empty { Ok(()) } else { Err(taken(config::shown(url))) }
}

fn sqlite_file(url: &str) -> Option<&str> {
    let path = url.strip_prefix("sqlite:")?;
    Some(path.split('?').next().unwrap_or(path).trim_start_matches("//"))
}

fn evidence(manifest: &Manifest, folder: &Path, data: &Path) -> Result<(), Failure> {
    let to = data.join(EVIDENCE);
    let unwritable = |error: std::io::Error| Failure::unwritable(&to, &error);
    std::fs::create_dir_all(&to).map_err(unwritable)?;
    for name in manifest.files.keys().filter(|name| name.starts_with("evidence/")) {
        backup::copy(&folder.join(name), &data.join(name)).map_err(unwritable)?;
    }
    portal::sync_folder(&to).map_err(unwritable)
}

/// The database is checked beside its place, and moved there as the last thing if it is good.
fn into_file(manifest: &Manifest, folder: &Path, file: &Path) -> Result<Report, Failure> {
    let part = backup::part(file);
    let unwritable = |error: std::io::Error| Failure::unwritable(file, &error);
    clear(&part);
    backup::copy(&folder.join(SQLITE), &part).map_err(unwritable)?;
    let report = database::wait(checked(manifest, &format!("sqlite:{}", part.display())))?;
    if !report.is_good() {
        return Ok(report);
    }
    std::fs::rename(&part, file).map_err(unwritable)?;
    clear(&part);
    portal::sync_folder(file.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."))).map_err(unwritable)?;
    Ok(report)
}

/// No file of a try, and none of those that SQLite keeps beside it.
fn clear(part: &Path) {
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{end}", part.display())));
    }
}

async fn into_server(manifest: &Manifest, folder: &Path, url: &str) -> Result<Report, Failure> {
    let major = async {
        let store = Store::open_server(url).await?;
        let major = store.begin().await?.server_version().await?;
        store.close().await;
        Ok(major.unwrap_or_default())
    };
    let major = major.await.map_err(|error: StoreError| Failure::database(&error))?;
    let program = postgres::program("pg_restore", major)?;
    let dump = folder.join(POSTGRES);
    let options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"].map(OsStr::new);
    let arguments: Vec<&OsStr> = options.into_iter().chain([dump.as_os_str()]).collect();
    postgres::run(&program, url, &arguments)?;
    checked(manifest, url).await
}

/// Brings the tables up to date, ends what must not live on, and checks everything.
async fn checked(manifest: &Manifest, url: &str) -> Result<Report, Failure> {
    let broken = |error: StoreError| Failure::database(&error);
    let store = Store::open(url).await.map_err(broken)?;
    // Whoever was signed in then is not now; and other systems are not told twice by a copy.
    for session in store.service_all::<Session>().await.map_err(broken)? {
        store.drop_service_rows::<Session>("digest", &session.digest).await.map_err(broken)?;
    }
    for listener in store.service_all::<Webhook>().await.map_err(broken)? {
        store.switch_webhook(&listener.id, false).await.map_err(broken)?;
    }
    store.settle().await.map_err(broken)?;
    store.close().await;
    let reading = Store::open_read_only(url).await.map_err(broken)?;
    let options = Options { key: None, determinations: true };
    let mut none = Signed::<std::io::Empty>::new(Vec::new()).map_err(|why| Failure::input(why.to_string(), why.to_string()))?;
    let report = office::verify::store(&reading, &mut none, options).await.map_err(|error| failure(url, error))?;
    let found = Standing::of(&reading).await?;
    reading.close().await;
    let wanted = Standing { seq: manifest.seq, head: manifest.head.clone(), books: manifest.books.clone() };
    if found != wanted {
        return Err(Failure::input(
            format!("恢复后日志到第 {} 条、链首 {}，备份时为第 {} 条、{}，或账本余额不符", found.seq, found.head, wanted.seq, wanted.head),
            format!("restored: {} events, head {}; when it was taken: {}, {}; or the balances differ", found.seq, found.head, wanted.seq, wanted.head),
        )
        .help("不要使用恢复出来的数据，换一份备份", "do not use what was restored; take another backup"));
    }
    Ok(report)
}

fn told(manifest: &Manifest, lang: Lang, out: &mut dyn Write) -> std::io::Result<()> {
    let (seq, books) = (manifest.seq, manifest.books.len());
    match lang {
        Lang::Zh => {
            writeln!(out, "已恢复到 {} 的状态：日志第 {seq} 条，{books} 本账本的余额与备份时一致。", manifest.at)?;
            writeln!(out, "所有人需重新登录；对外推送已暂停，确认这就是正式系统后再启用。")?;
        }
        Lang::En => {
            writeln!(out, "restored as of {}: {seq} events, the balances of {books} books as they were.", manifest.at)?;
            writeln!(out, "Everybody signs in anew; listeners are paused: switch them on once this is the office's own.")?;
        }
    }
    for digest in &manifest.missing {
        match lang {
            Lang::Zh => writeln!(out, "✗ 材料 {digest} 备份时就已缺失")?,
            Lang::En => writeln!(out, "✗ evidence {digest} was missing when the backup was taken")?,
        }
    }
    Ok(())
}
