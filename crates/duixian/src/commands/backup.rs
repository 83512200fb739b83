//! `backup`: the database at one moment, while acts go on, and the evidence it names, in a folder that appears whole or not
//! at all.

use crate::backup::{self, EVIDENCE, MANIFEST, Manifest, POSTGRES, SQLITE, Standing, postgres};
use crate::cli::BackupArgs;
use crate::commands::config;
use crate::database;
use crate::failure::{Failure, Verdict};
use casework::case::Case;
use casework::chain::Fingerprint;
use casework::record::Record;
use portal::Config;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use store::service::Upload;
use store::{Store, StoreError};
use values::Lang;

/// Cases read at once.
const PAGE: i64 = 500;

/// Runs the command.
pub fn run(args: &BackupArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    database::private();
    let config = config::of(&args.place)?;
    let folder = args.folder.as_path();
    let name = folder.display();
    if folder.exists() {
        return Err(Failure::input(format!("{name} 已经存在"), format!("{name} is there already"))
            .help("备份从不覆盖：换一个名字，例如带日期", "a backup never writes over anything: choose another name, with the date for example"));
    }
    let part = backup::part(folder);
    std::fs::create_dir(&part).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::input(
            format!("{} 已经存在：另一次备份正在进行，或曾经中断", part.display()),
            format!("{} is there: another backup is running, or broke off", part.display()),
        )
        .help("确认没有备份在运行后删掉它", "make sure that none is running, then delete it"),
        _ => Failure::unwritable(&part, &error),
    })?;
    match write(&config, &part, folder) {
        Ok(manifest) => told(&manifest, folder, lang, out),
        Err(failure) => {
            drop(std::fs::remove_dir_all(&part));
            Err(failure)
        }
    }
}

fn write(config: &Config, part: &Path, folder: &Path) -> Result<Manifest, Failure> {
    let url = config.database_url();
    let (mut manifest, named) = database::wait(copy_database(&url, part))?;
    evidence(&config.data.join(EVIDENCE), &named, part, &mut manifest)?;
    let unwritable = |error: std::io::Error| Failure::unwritable(part, &error);
    let text = serde_json::to_vec_pretty(&manifest).map_err(std::io::Error::from)?;
    let mut file = File::create_new(part.join(MANIFEST)).map_err(unwritable)?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(unwritable)?;
    portal::sync_folder(part).map_err(unwritable)?;
    std::fs::rename(part, folder).map_err(|error| Failure::unwritable(folder, &error))?;
    let above = folder.parent().filter(|above| !above.as_os_str().is_empty()).unwrap_or(Path::new("."));
    portal::sync_folder(above).map_err(unwritable)?;
    Ok(manifest)
}

/// Copies the database; what stands in the copy, and the evidence that it names.
async fn copy_database(url: &str, part: &Path) -> Result<(Manifest, BTreeSet<String>), Failure> {
    let store = Store::open_as_it_is(url).await.map_err(|error| Failure::database_at(url, &error))?;
    let at = database::now();
    let copied = match store.dialect() {
        Some(store::sql::Dialect::Postgres) => postgres_copy(&store, url, part).await?,
        _ => sqlite_copy(&store, part).await?,
    };
    let (standing, schema, named, file) = copied;
    store.close().await;
    let mut manifest = Manifest::new(schema, at, standing);
    let path = part.join(file);
    let kept = backup::digest(&path).and_then(|kept| File::open(&path)?.sync_all().map(|()| kept));
    manifest.files.insert(file.to_owned(), kept.map_err(|error| Failure::unreadable(&path, &error))?);
    Ok((manifest, named))
}

type Copied = (Standing, i64, BTreeSet<String>, &'static str);

/// The copy is asked what stands in it: that is the moment at which it was made.
async fn sqlite_copy(store: &Store, part: &Path) -> Result<Copied, Failure> {
    let broken = |error: StoreError| Failure::database(&error);
    let file = part.join(SQLITE);
    store.copy_to(&file.display().to_string()).await.map_err(broken)?;
    let copy = Store::open_as_it_is(&format!("sqlite:{}", file.display())).await.map_err(broken)?;
    let schema = copy.version().await.map_err(broken)?;
    let standing = Standing::of(&copy).await?;
    let named = named(&copy, schema).await?;
    copy.close().await;
    Ok((standing, schema, named, SQLITE))
}

/// What stands in it is read in the transaction whose moment `pg_dump` copies.
async fn postgres_copy(store: &Store, url: &str, part: &Path) -> Result<Copied, Failure> {
    let broken = |error: StoreError| Failure::database(&error);
    let mut work = store.begin().await.map_err(broken)?;
    let snapshot = work.snapshot().await.map_err(broken)?.unwrap_or_default();
    let major = work.server_version().await.map_err(broken)?.unwrap_or_default();
    let standing = Standing::read(&mut work).await?;
    let program = postgres::program("pg_dump", major)?;
    let file = part.join(POSTGRES);
    let snapshot = format!("--snapshot={snapshot}");
    let options = ["--format=custom", "--no-owner", "--no-privileges", snapshot.as_str(), "--file"].map(OsStr::new);
    let arguments: Vec<&OsStr> = options.into_iter().chain([file.as_os_str()]).collect();
    postgres::run(&program, url, &arguments)?;
    drop(work);
    let schema = store.version().await.map_err(broken)?;
    // Uploads are only added: what the copy names is among what is named now.
    let named = named(store, schema).await?;
    Ok((standing, schema, named, POSTGRES))
}

/// Digests of the evidence that arrived whole, and of what the cases rest on.
async fn named(store: &Store, schema: i64) -> Result<BTreeSet<String>, Failure> {
    let broken = |error: StoreError| Failure::database(&error);
    let mut digests = BTreeSet::new();
    if schema >= 2 {
        let uploads: Vec<Upload> = store.service_all().await.map_err(broken)?;
        digests.extend(uploads.into_iter().filter_map(|upload| upload.digest));
    }
    // The papers of the demonstration are made up: no file of them ever was.
    if portal::demo::is_ours(store).await.map_err(broken)? == Some(true) {
        return Ok(digests);
    }
    let mut work = store.begin().await.map_err(broken)?;
    let mut after = String::new();
    loop {
        let page = work.page(Case::TABLE, &[], &after, PAGE).await.map_err(broken)?;
        let Some(last) = page.last() else { return Ok(digests) };
        after.clone_from(&last.id);
        for case in page.iter().filter_map(|kept| serde_json::from_str::<Case>(&kept.body).ok()) {
            digests.extend(case.evidence.iter().map(|paper| paper.digest.to_string()));
        }
    }
}

/// Copies every file of the evidence, after the database: what the database names arrived before it was named.
fn evidence(from: &Path, named: &BTreeSet<String>, part: &Path, manifest: &mut Manifest) -> Result<(), Failure> {
    let to = part.join(EVIDENCE);
    if from.is_dir() {
        std::fs::create_dir(&to).map_err(|error| Failure::unwritable(&to, &error))?;
        for entry in std::fs::read_dir(from).map_err(|error| Failure::unreadable(from, &error))? {
            let path = entry.map_err(|error| Failure::unreadable(from, &error))?.path();
            // What is not named by a digest is on its way still.
            let Some(digest) = path.file_name().and_then(OsStr::to_str).and_then(Fingerprint::parse).filter(|_| path.is_file()) else { continue };
            let kept = backup::copy(&path, &to.join(digest.to_string())).map_err(|error| Failure::unreadable(&path, &error))?;
            if kept.sm3 != digest {
                return Err(Failure::input(
                    format!("{} 的内容与名字不符：SM3 实为 {}", path.display(), kept.sm3),
                    format!("{} is not what its name says: its SM3 is {}", path.display(), kept.sm3),
                )
                .help("此文件已损坏：从以前的备份取回，再备份", "the file is damaged: take it from an earlier backup, then try again"));
            }
            manifest.files.insert(format!("{EVIDENCE}/{digest}"), kept);
        }
        portal::sync_folder(&to).map_err(|error| Failure::unwritable(&to, &error))?;
    }
    manifest.missing = named.iter().filter(|digest| !manifest.files.contains_key(&format!("{EVIDENCE}/{digest}"))).cloned().collect();
    Ok(())
}

fn told(manifest: &Manifest, folder: &Path, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let bytes: u64 = manifest.files.values().map(|kept| kept.bytes).sum();
    let (name, seq, files, books) = (folder.display(), manifest.seq, manifest.files.len() - 1, manifest.books.len());
    match lang {
        Lang::Zh => writeln!(out, "备份 {name}：日志到第 {seq} 条，账本 {books} 本，材料 {files} 份，共 {bytes} 字节。链首 {}", manifest.head)?,
        Lang::En => writeln!(out, "backup {name}: {seq} events, {books} books, {files} files of evidence, {bytes} bytes. Head {}", manifest.head)?,
    }
    for digest in &manifest.missing {
        match lang {
            Lang::Zh => writeln!(out, "✗ 材料 {digest} 数据库里有登记，文件不在：备份里也没有")?,
            Lang::En => writeln!(out, "✗ evidence {digest} is named in the database and is not there: the backup lacks it too")?,
        }
    }
    Ok(if manifest.missing.is_empty() { Verdict::Clean } else { Verdict::Findings })
}
