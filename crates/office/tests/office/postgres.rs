//! A PostgreSQL of our own for the tests: started on first use, one database a test, gone when the test program is.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A running server.
pub struct Server {
    folder: PathBuf,
    /// Settings beside those every server here has, as options of `postgres`.
    settings: &'static str,
    /// Its end of our pipe closes when we are gone, however we go; then it stops the server and cleans up.
    _keeper: Child,
}

static SERVER: OnceLock<Server> = OnceLock::new();
static NUMBER: AtomicU32 = AtomicU32::new(0);

/// The address of a new, empty database on the server that all tests share.
pub fn database() -> String {
    SERVER.get_or_init(Server::start).database()
}

/// The address of a new, empty database on a server with further settings, if no other server was asked for before.
#[allow(dead_code, reason = "the measurements ask for it, the tests do not")]
pub fn database_of(settings: &'static str) -> String {
    SERVER.get_or_init(|| Server::start_with(settings)).database()
}

/// The address of one that sorts words as people do, not by their bytes: an office may find its database so.
pub fn database_sorted_by_words() -> String {
    SERVER.get_or_init(Server::start).database_with(&["--template=template0", "--locale-provider=icu", "--icu-locale=en-US"])
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

impl Server {
    /// Starts a server of one's own, with the durability that PostgreSQL has when nothing is said.
    pub fn start() -> Self {
        Self::start_with("")
    }

    /// The same with further settings.
    pub fn start_with(settings: &'static str) -> Self {
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("duixian-postgres-{}-{number}", std::process::id()));
        std::fs::create_dir_all(folder.join("socket")).expect("a folder for PostgreSQL");
        let owned = Command::new("chown").args(["-R", "postgres"]).arg(&folder).stderr(Stdio::null()).status();
        drop(owned);
        let made = as_postgres(&programs().join("initdb"))
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"])
            .arg(folder.join("data"))
            .stdout(Stdio::null())
            .current_dir(&folder)
            .status()
            .expect("initdb starts");
        assert!(made.success(), "initdb failed in {}", folder.display());
        let keep = "trap '' INT TERM; p=$1; shift; cat >/dev/null; \"$@\" >/dev/null 2>&1; rm -rf \"$p\"";
        let stop = control(&folder, &["stop", "--mode=fast"]);
        let mut keeper = Command::new("sh");
        keeper.args(["-c", keep, "sh"]).arg(&folder).arg(stop.get_program()).args(stop.get_args());
        let keeper = keeper.stdin(Stdio::piped()).current_dir(&folder).spawn().expect("sh starts");
        let server = Self { folder, settings, _keeper: keeper };
        server.go();
        server
    }

    /// Starts the server and waits until it answers.
    fn go(&self) {
        let socket = self.folder.join("socket");
        let always = "-c listen_addresses= -c max_connections=200 -c recovery_init_sync_method=syncfs";
        let options = format!("-k {} {always} {}", socket.display(), self.settings);
        let mut start = control(&self.folder, &["start", "--wait", "--timeout=60"]);
        let started = start.arg("--log").arg(self.folder.join("log")).arg("--options").arg(options).stdout(Stdio::null()).current_dir(&self.folder).status();
        assert!(started.expect("pg_ctl starts").success(), "PostgreSQL does not start: see {}", self.folder.join("log").display());
    }

    /// Ends the server as a power cut would: nothing is finished, nothing written that is not on the disk. Then it starts again.
    pub fn crash_and_start(&self) {
        let mut stop = control(&self.folder, &["stop", "--mode=immediate"]);
        let stopped = stop.stdout(Stdio::null()).current_dir(&self.folder).status().expect("pg_ctl starts");
        assert!(stopped.success(), "PostgreSQL does not stop: see {}", self.folder.join("log").display());
        self.go();
    }

    /// The address of a new, empty database.
    pub fn database(&self) -> String {
        self.database_with(&[])
    }

    /// The same, made with further options of `createdb`.
    pub fn database_with(&self, options: &[&str]) -> String {
        let name = format!("test{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let socket = self.folder.join("socket");
        let mut command = as_postgres(&programs().join("createdb"));
        let made = command.arg("-h").arg(&socket).args(["-U", "postgres"]).args(options).arg(&name).status().expect("createdb starts");
        assert!(made.success(), "createdb {name} failed");
        format!("postgres://postgres@localhost/{name}?host={}", socket.display())
    }
}

/// `pg_ctl` for the server of a folder.
fn control(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = as_postgres(&programs().join("pg_ctl"));
    command.args(arguments).arg("--pgdata").arg(folder.join("data"));
    command
}
