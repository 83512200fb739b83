//! What acts cost, whatever else the machine does: CPU time of this program and of the server beside it, how often the server
//! waited for its clients (once a round trip), transactions, and bytes written ahead.

use sqlx::AnyPool;
use std::fs::read_to_string;
use std::ops::Sub;

/// Counters as they stand.
#[derive(Clone, Copy, Default)]
pub struct Counters {
    /// CPU time of this program, in milliseconds.
    program_ms: f64,
    /// CPU time of the server with all its processes, in milliseconds.
    server_ms: f64,
    /// How often a process of the server waited.
    waits: f64,
    /// Transactions that were committed.
    commits: f64,
    /// Bytes written: to the write-ahead log of PostgreSQL, by this program where it is SQLite.
    bytes: f64,
}

/// Milliseconds of a tick, in which Linux counts CPU time.
const TICK_MS: f64 = 10.0;

/// Fields of `/proc/…/stat` after the name of the program.
fn stat(process: &str) -> Option<Vec<String>> {
    let text = read_to_string(format!("/proc/{process}/stat")).ok()?;
    Some(text.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}

fn ticks(fields: &[String], at: &[usize]) -> f64 {
    at.iter().filter_map(|at| fields.get(*at)?.parse::<f64>().ok()).sum::<f64>() * TICK_MS
}

fn number_after(text: &str, name: &str) -> f64 {
    text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()).unwrap_or_default()
}

impl Counters {
    /// As they stand now. The server must run on this machine.
    pub async fn now(pool: &AnyPool, postgres: bool) -> Self {
        let program_ms = stat("self").map_or(0.0, |fields| ticks(&fields, &[11, 12]));
        if !postgres {
            let bytes = number_after(&read_to_string("/proc/self/io").unwrap_or_default(), "write_bytes:");
            return Self { program_ms, bytes, ..Self::default() };
        }
        let one = |sql: &'static str| async move { sqlx::query_scalar::<_, i64>(sql).fetch_one(pool).await.expect("a counter") };
        let bytes = one("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint").await as f64;
        let commits = one("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()").await as f64;
        let backend = one("SELECT pg_backend_pid()::bigint").await;
        // The first process of the server is the parent of all others.
        let server = stat(&backend.to_string()).and_then(|fields| fields.get(1).cloned()).unwrap_or_default();
        let (mut server_ms, mut waits) = (stat(&server).map_or(0.0, |fields| ticks(&fields, &[11, 12, 13, 14])), 0.0);
        for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if let Some(fields) = stat(&name).filter(|fields| fields.get(1) == Some(&server)) {
                server_ms += ticks(&fields, &[11, 12]);
                waits += number_after(&read_to_string(format!("/proc/{name}/status")).unwrap_or_default(), "voluntary_ctxt_switches:");
            }
        }
        Self { program_ms, server_ms, waits, commits, bytes }
    }

    /// What one act cost, of so many.
    pub fn for_each(&self, acts: usize) -> String {
        let acts = acts.max(1) as f64;
        format!(
            "an act: {:.2} ms CPU of the program, {:.2} ms of the server, {:.1} waits of the server, {:.1} transactions, {:.0} bytes written",
            self.program_ms / acts,
            self.server_ms / acts,
            self.waits / acts,
            self.commits / acts,
            self.bytes / acts
        )
    }
}

impl Sub for Counters {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            program_ms: self.program_ms - before.program_ms,
            server_ms: self.server_ms - before.server_ms,
            waits: self.waits - before.waits,
            commits: self.commits - before.commits,
            bytes: self.bytes - before.bytes,
        }
    }
}
