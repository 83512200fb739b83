//! A PostgreSQL of our own for the tests: started on first use, one database a test, gone when the test program is.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A running server.
struct Server {
    folder: PathBuf,
    /// Its end of our pipe closes when we are gone, however we go; then it stops and cleans up.
    _keeper: Child,
}

static SERVER: OnceLock<Server> = OnceLock::new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// The address of a new, empty database.
pub fn database() -> String {
    let server = SERVER.get_or_init(start);
    let name = format!("test{}", NUMBER.fetch_add(1, Ordering::Relaxed));
    let socket = server.folder.join("socket");
    let made = as_postgres(&programs().join("createdb")).arg("-h").arg(&socket).args(["-U", "postgres", &name]).status().expect("createdb starts");
    assert!(made.success(), "createdb {name} failed");
    format!("postgres://postgres@localhost/{name}?host={}", socket.display())
}

/// Where Debian keeps the programs of the newest version it has installed.
fn programs() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").exists())
        .collect();
    found.sort();
    found.pop().expect("PostgreSQL is not installed: `cargo xtask test` installs it, or `apt-get install postgresql`")
}

/// PostgreSQL refuses to run as root: there, as the user that Debian made for it.
fn as_postgres(program: &Path) -> Command {
    let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout == b"0\n");
    if root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

fn start() -> Server {
    let folder = std::env::temp_dir().join(format!("duixian-postgres-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("socket")).expect("a folder for PostgreSQL");
    let owned = Command::new("chown").args(["-R", "postgres"]).arg(&folder).stderr(Stdio::null()).status();
    drop(owned);
    let data = folder.join("data");
    let made = as_postgres(&programs().join("initdb"))
        .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"])
        .arg(&data)
        .stdout(Stdio::null())
        .current_dir(&folder)
        .status()
        .expect("initdb starts");
    assert!(made.success(), "initdb failed in {}", folder.display());
    let keep = "p=$1; shift; \"$@\" >\"$p/log\" 2>&1 & server=$!; cat >/dev/null; kill -INT $server; wait $server; rm -rf \"$p\"";
    let server = as_postgres(&programs().join("postgres"));
    let mut keeper = Command::new("sh");
    keeper.args(["-c", keep, "sh"]).arg(&folder).arg(server.get_program()).args(server.get_args());
    keeper.arg("-D").arg(&data).arg("-k").arg(folder.join("socket")).args(["-c", "listen_addresses=", "-c", "max_connections=200"]);
    let keeper = keeper.stdin(Stdio::piped()).current_dir(&folder).spawn().expect("sh starts");
    // It answers as soon as it can; pg_isready itself waits between tries of ours.
    let ready =
        || as_postgres(&programs().join("pg_isready")).args(["-q", "-t", "1", "-h"]).arg(folder.join("socket")).status().is_ok_and(|status| status.success());
    let begun = std::time::Instant::now();
    while !ready() {
        assert!(begun.elapsed().as_secs() < 60, "PostgreSQL does not start: see {}", folder.join("log").display());
        std::thread::yield_now();
    }
    Server { folder, _keeper: keeper }
}
