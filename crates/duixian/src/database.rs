//! What the commands of the office have in common: a database opened for reading, keys, the clock. Only here does the
//! program wait for a database.

use crate::failure::Failure;
use office::key::{PublicKey, SecretKey};
use std::future::Future;
use std::path::Path;
use store::Store;
use values::Moment;

/// Runs something that waits for a database.
pub fn wait<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::Output)?;
    runtime.block_on(work)
}

/// Whether this is the address of a database, or a file of SQLite.
pub fn is_database(what: &str) -> bool {
    is_address(what) || starts_like_sqlite(Path::new(what))
}

fn is_address(what: &str) -> bool {
    ["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| what.starts_with(scheme))
}

fn starts_like_sqlite(path: &Path) -> bool {
    let mut first = [0; 16];
    std::fs::File::open(path).is_ok_and(|mut file| std::io::Read::read_exact(&mut file, &mut first).is_ok()) && first == *b"SQLite format 3\0"
}

/// Opens a database, never to write to it.
pub async fn open(what: &str) -> Result<Store, Failure> {
    let url = if is_address(what) {
        what.to_owned()
    } else {
        let path = Path::new(what);
        std::fs::metadata(path).map_err(|error| Failure::unreadable(path, &error))?;
        if !starts_like_sqlite(path) {
            return Err(Failure::input(format!("{what} 不是数据库"), format!("{what} is no database"))
                .help("给出 SQLite 文件，或 postgres:// 开头的地址", "name a file of SQLite, or an address that begins with postgres://"));
        }
        format!("sqlite:{what}")
    };
    Store::open_read_only(&url).await.map_err(|error| Failure::database_at(&url, &error))
}

/// From here on what the program writes – a database with what SQLite lays beside it, evidence, a backup, what `pg_dump` writes – is
/// for nobody but its own user: 0600 and 0700, whatever the shell allows. Windows gives rights by folder.
pub fn private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Now, by the clock of this machine.
pub fn now() -> Moment {
    portal::Clock::System.now()
}

/// The secret key in a file.
pub fn secret_key(path: &Path) -> Result<SecretKey, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::unreadable(path, &error))?;
    let name = path.display();
    SecretKey::parse(&text).map_err(|_| {
        Failure::input(format!("{name} 不是签名密钥"), format!("{name} is no secret key")).help("用 duixian key 生成", "make one with duixian key")
    })
}

/// A public key, as it is or in a file.
pub fn public_key(given: &str) -> Result<PublicKey, Failure> {
    let text = if given.starts_with("ed25519:") {
        given.to_owned()
    } else {
        std::fs::read_to_string(given).map_err(|error| Failure::unreadable(Path::new(given), &error))?
    };
    PublicKey::parse(&text).map_err(|_| {
        Failure::input(format!("{given} 不是公钥"), format!("{given} is no public key"))
            .help("写成 ed25519:…，或给出 duixian key 写的 .pub 文件", "write ed25519:… or name the .pub file that duixian key wrote")
    })
}
