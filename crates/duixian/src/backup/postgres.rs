//! `pg_dump` and `pg_restore` of the version of the server, wherever they are installed.

use crate::failure::Failure;
use percent_encoding::percent_decode_str;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where to look beside PATH, first of all.
pub const FOLDER: &str = "DUIXIAN_PG_BIN";

/// A program of PostgreSQL of a major version. Errors: there is none on this machine.
pub fn program(name: &str, major: i64) -> Result<PathBuf, Failure> {
    let mut met = Vec::new();
    for path in folders().into_iter().map(|folder| folder.join(name)).filter(|path| path.is_file()) {
        match version(&path) {
            Some(version) if version == major => return Ok(path),
            Some(version) => met.push(format!("{} ({version})", path.display())),
            None => {}
        }
    }
    let met = if met.is_empty() { "—".to_owned() } else { met.join(", ") };
    Err(Failure::input(
        format!("数据库是 PostgreSQL {major}，本机没有同版本的 {name}；找到的：{met}"),
        format!("the server is PostgreSQL {major} and this machine has no {name} of that version; found: {met}"),
    )
    .help(
        format!("安装 postgresql-client-{major}，或用环境变量 {FOLDER} 指出它所在的文件夹"),
        format!("install postgresql-client-{major}, or name its folder in {FOLDER}"),
    ))
}

/// Folders in which the programs may be, in the order in which they are asked.
fn folders() -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = std::env::var_os(FOLDER).map(PathBuf::from).into_iter().collect();
    out.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    // Debian, and what PostgreSQL itself builds for the Red Hat family: one folder a version, outside of PATH.
    for (root, prefix) in [("/usr/lib/postgresql", ""), ("/usr", "pgsql-"), ("/opt", "pgsql-")] {
        let entries = std::fs::read_dir(root).into_iter().flatten().flatten();
        let found = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix)).map(|entry| entry.path().join("bin"));
        out.extend(found.filter(|bin| bin.is_dir()));
    }
    out.push(PathBuf::from("/usr/local/pgsql/bin"));
    out
}

/// `pg_dump (PostgreSQL) 15.14 (Debian …)` is 15.
fn version(program: &Path) -> Option<i64> {
    let said = Command::new(program).arg("--version").stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&said.stdout).into_owned();
    let number = text.split_once(") ")?.1.split(|letter: char| !letter.is_ascii_digit()).next()?;
    number.parse().ok()
}

/// Runs a program on the database of an address. The password goes by the environment: everybody sees the arguments.
///
/// Errors: it does not start, or says no.
pub fn run(program: &Path, url: &str, arguments: &[&std::ffi::OsStr]) -> Result<(), Failure> {
    let (address, password) = without_password(url);
    let mut command = Command::new(program);
    command.args(arguments).arg("--dbname").arg(address).stdin(Stdio::null());
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let name = program.display();
    let said = command.output().map_err(|error| Failure::input(format!("{name} 无法运行：{error}"), format!("{name} does not run: {error}")))?;
    if said.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&said.stderr);
    let words = words.trim();
    Err(Failure::input(format!("{name} 失败：{words}"), format!("{name} failed: {words}")))
}

/// An address without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let parts = url.split_once("://").and_then(|(scheme, rest)| {
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (place, tail) = rest.split_at_checked(end)?;
        let (person, host) = place.rsplit_once('@')?;
        let (user, password) = person.split_once(':')?;
        Some((format!("{scheme}://{user}@{host}{tail}"), percent_decode_str(password).decode_utf8_lossy().into_owned()))
    });
    parts.map_or_else(|| (url.to_owned(), None), |(address, password)| (address, Some(password)))
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_does_not_stay_in_the_address() {
        let (address, password) = without_password("postgres://duixian:s%40cret@db.local:5433/office?sslmode=disable");
        assert_eq!((address.as_str(), password.as_deref()), ("postgres://duixian@db.local:5433/office?sslmode=disable", Some("s@cret")));
        let plain = "postgres://postgres@localhost/test1?host=/run/postgresql";
        assert_eq!(without_password(plain), (plain.to_owned(), None));
    }
}
