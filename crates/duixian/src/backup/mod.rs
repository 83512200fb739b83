//! What a backup is on the disk: a folder with the database at one moment, the evidence it names, and a manifest that says
//! what belongs there. Taking one and putting one back are commands; the programs of PostgreSQL are found in `postgres`.

pub mod postgres;

use crate::failure::Failure;
use casework::chain::Fingerprint;
use casework::ledger::Account;
use serde::{Deserialize, Serialize};
use sm3::{Digest, Sm3};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use store::Store;
use values::Moment;

/// Name of the manifest.
pub const MANIFEST: &str = "manifest.json";
/// Name of a database of SQLite in a backup.
pub const SQLITE: &str = "duixian.db";
/// Name of a database of PostgreSQL in a backup, in the form of `pg_dump --format=custom`.
pub const POSTGRES: &str = "duixian.pgdump";
/// Folder of the evidence, in a backup as in the data of the service; each file is named by the SM3 of its content.
pub const EVIDENCE: &str = "evidence";
/// Form of the manifest.
const FORM: u32 = 1;

/// A file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Bytes.
    pub bytes: u64,
    /// SM3 of its content.
    pub sm3: Fingerprint,
}

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Form of this file.
    pub form: u32,
    /// Version of the program that took the backup.
    pub program: String,
    /// Version of the tables.
    pub schema: i64,
    /// When it was taken.
    pub at: Moment,
    /// Position of the last event in it.
    pub seq: i64,
    /// Fingerprint of that event.
    pub head: String,
    /// Balances of every book, in fen, by account.
    pub books: BTreeMap<String, BTreeMap<String, i64>>,
    /// Files, by name in the folder.
    pub files: BTreeMap<String, Kept>,
    /// Evidence that the database names and that was not there.
    pub missing: Vec<String>,
}

/// What a database says of itself at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Position of the last event.
    pub seq: i64,
    /// Its fingerprint.
    pub head: String,
    /// Balances.
    pub books: BTreeMap<String, BTreeMap<String, i64>>,
}

impl Standing {
    /// Reads it within a unit of work. Errors: the database; a book that cannot be read.
    pub async fn read(work: &mut store::Work) -> Result<Self, Failure> {
        let broken = |error| Failure::database(&error);
        let (seq, head) = work.head().await.map_err(broken)?.unwrap_or_default();
        let mut books = BTreeMap::new();
        for (id, book) in work.books_kept().await.map_err(broken)? {
            let (_, book) = book.map_err(|why| {
                Failure::input(format!("账本 {id} 读不出：{why}"), format!("book {id} cannot be read: {why}"))
                    .help("先运行 duixian verify 查清", "run duixian verify first and look into it")
            })?;
            books.insert(id, Account::ALL.into_iter().map(|account| (account.name().to_owned(), book.balance(account).0)).collect());
        }
        Ok(Self { seq, head, books })
    }

    /// That of a store now.
    pub async fn of(store: &Store) -> Result<Self, Failure> {
        Self::read(&mut store.begin().await.map_err(|error| Failure::database(&error))?).await
    }
}

impl Manifest {
    /// A manifest without files.
    pub fn new(schema: i64, at: Moment, standing: Standing) -> Self {
        let Standing { seq, head, books } = standing;
        let program = env!("CARGO_PKG_VERSION").to_owned();
        Self { form: FORM, program, schema, at, seq, head, books, files: BTreeMap::new(), missing: Vec::new() }
    }

    /// Which database it is: the name of its file.
    pub fn database(&self) -> Option<&'static str> {
        [SQLITE, POSTGRES].into_iter().find(|name| self.files.contains_key(*name))
    }

    /// Reads that of a backup. Errors: it is none, or of a form that this program does not know.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let path = folder.join(MANIFEST);
        let name = folder.display();
        let text = std::fs::read_to_string(&path).map_err(|error| {
            Failure::input(format!("{name} 不是完整的备份：没有可读的 {MANIFEST}（{error}）"), format!("{name} is no whole backup: {MANIFEST}: {error}"))
                .help("备份写完之前文件夹名以 .part 结尾，那样的不能用", "a folder that still ends in .part was broken off and is of no use")
        })?;
        let manifest: Self = serde_json::from_str(&text)
            .map_err(|why| Failure::input(format!("{} 读不懂：{why}", path.display()), format!("{} cannot be read: {why}", path.display())))?;
        if manifest.form != FORM || manifest.database().is_none() {
            return Err(Failure::input(
                format!("{name} 的备份格式 {} 本程序不认识", manifest.form),
                format!("{name} has form {}, which this program does not know", manifest.form),
            )
            .help("用较新的 duixian 恢复", "restore it with a newer duixian"));
        }
        Ok(manifest)
    }

    /// Compares every file with what stands here. Errors: one is missing, different, or not named.
    pub fn check(&self, folder: &Path) -> Result<(), Failure> {
        let help = |failure: Failure| failure.help("备份损坏或被改动：请改用另一份备份", "the backup is damaged or was changed: use another one");
        for (name, wanted) in &self.files {
            let path = folder.join(name);
            let plain = !name.split('/').any(|part| part.is_empty() || part.starts_with('.')) && !name.contains('\\');
            let found = if plain { digest(&path).ok() } else { None };
            match found {
                None => {
                    return Err(help(Failure::input(format!("{} 不见了或读不了", path.display()), format!("{} is missing or cannot be read", path.display()))));
                }
                Some(found) if found != *wanted => {
                    return Err(help(Failure::input(
                        format!("{} 与 {MANIFEST} 不符：SM3 应为 {}，实为 {}", path.display(), wanted.sm3, found.sm3),
                        format!("{} is not what {MANIFEST} says: SM3 {} expected, {} found", path.display(), wanted.sm3, found.sm3),
                    )));
                }
                Some(_) => {}
            }
        }
        for name in files(folder)? {
            if name != MANIFEST && !self.files.contains_key(&name) {
                return Err(help(Failure::input(
                    format!("{name} 是多出来的：{MANIFEST} 里没有"),
                    format!("{name} does not belong here: {MANIFEST} does not name it"),
                )));
            }
        }
        Ok(())
    }
}

/// Names of all files of a backup: those beside the manifest and those of the evidence.
fn files(folder: &Path) -> Result<Vec<String>, Failure> {
    let mut out = Vec::new();
    for (inside, prefix) in [(folder.to_owned(), ""), (folder.join(EVIDENCE), "evidence/")] {
        if !inside.is_dir() {
            continue;
        }
        for entry in std::fs::read_dir(&inside).map_err(|error| Failure::unreadable(&inside, &error))? {
            let entry = entry.map_err(|error| Failure::unreadable(&inside, &error))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if prefix.is_empty() && name == EVIDENCE && entry.path().is_dir() {
                continue;
            }
            out.push(format!("{prefix}{name}"));
        }
    }
    Ok(out)
}

/// Size and digest of a file.
pub fn digest(path: &Path) -> std::io::Result<Kept> {
    through(path, |_| Ok(()))
}

/// Copies a file, onto the disk; size and digest of what was copied.
pub fn copy(from: &Path, to: &Path) -> std::io::Result<Kept> {
    let mut out = File::create_new(to)?;
    let kept = through(from, |bytes| out.write_all(bytes))?;
    out.sync_all()?;
    Ok(kept)
}

fn through(path: &Path, mut take: impl FnMut(&[u8]) -> std::io::Result<()>) -> std::io::Result<Kept> {
    let mut file = File::open(path)?;
    let (mut hash, mut bytes, mut buffer) = (Sm3::new(), 0_u64, vec![0_u8; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else { break };
        hash.update(piece);
        take(piece)?;
        bytes += read as u64;
    }
    Ok(Kept { bytes, sm3: Fingerprint::of_hash(hash.finalize().into()) })
}

/// The same folder while it is written.
pub fn part(folder: &Path) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}
