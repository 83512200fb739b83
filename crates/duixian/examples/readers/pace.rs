//! Asking at a steady pace, whatever the answers take: how long each took is counted from when it was to be asked, so a pause
//! of the service is not hidden by a pause in asking. And asking as fast as it goes.

use crate::bare::Bare;
use crate::client::{Connection, Question, Seat};
use crate::mix::{KINDS, Sample};
use crate::random::Random;
use crate::service::{self, Service};
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// What is to be measured, and by which programs.
pub struct Asked {
    pub program: PathBuf,
    /// The program that serves one query; none: this one does beside asking, for tests.
    pub bare: Option<PathBuf>,
    /// Requests a second.
    pub rate: u64,
    pub time: Duration,
    pub connections: u64,
    /// How long the service is left alone before its memory is looked at.
    pub idle: Duration,
}

/// Answers of one kind.
#[derive(Debug, Default)]
pub struct Answers {
    took: Vec<Duration>,
    /// Those that were not 200.
    pub wrong: Vec<String>,
}

/// What came out.
pub struct Measured {
    pub started: Duration,
    pub idle_kib: u64,
    pub busy_kib: u64,
    pub by_kind: BTreeMap<&'static str, Answers>,
    /// Reads a second: of the service, of the bare server.
    pub throughput: (f64, f64),
}

impl Measured {
    pub fn wrong(&self) -> Vec<&String> {
        self.by_kind.values().flat_map(|answers| &answers.wrong).collect()
    }
}

fn at(sorted: &[Duration], share: usize) -> f64 {
    sorted.get(sorted.len() * share / 1000).or(sorted.last()).copied().unwrap_or_default().as_secs_f64() * 1000.0
}

fn line(f: &mut fmt::Formatter<'_>, kind: &str, took: &[Duration], wrong: usize) -> fmt::Result {
    let mut sorted = took.to_vec();
    sorted.sort();
    writeln!(f, "{kind:<34}{:>8}{:>10.2}{:>10.2}{:>10.2}{wrong:>7}", sorted.len(), at(&sorted, 500), at(&sorted, 990), at(&sorted, 1000))
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "started in {:.0} ms; memory: idle {} MiB, after the requests {} MiB",
            self.started.as_secs_f64() * 1000.0,
            self.idle_kib / 1024,
            self.busy_kib / 1024
        )?;
        writeln!(f, "{:<34}{:>8}{:>10}{:>10}{:>10}{:>7}", "what is read", "asked", "p50 ms", "p99 ms", "max ms", "wrong")?;
        for (kind, answers) in &self.by_kind {
            line(f, kind, &answers.took, answers.wrong.len())?;
        }
        let all: Vec<Duration> = self.by_kind.values().flat_map(|answers| answers.took.iter().copied()).collect();
        line(f, "all", &all, self.wrong().len())?;
        if let Some(wrong) = self.wrong().first() {
            writeln!(f, "the first that was wrong: {wrong}")?;
        }
        let (service, bare) = self.throughput;
        writeln!(f, "a case as fast as it goes: {service:.0} a second; axum with one query: {bare:.0}; the service does {:.2} of it", service / bare)
    }
}

/// Everything in one run, on a database that is filled.
pub async fn measure(database: &str, asked: &Asked) -> Measured {
    let folder: PathBuf = std::env::temp_dir().join(format!("duixian-readers-{}", std::process::id()));
    let sample = Sample::drawn(database).await;
    let people = service::passwords(&asked.program, database, &folder, &sample.people());
    let running = Service::start(&asked.program, database, &folder).await;
    tokio::time::sleep(asked.idle).await;
    let idle_kib = running.memory_kib();
    let seats = service::sign_in(running.address, &people).await;
    let by_kind = steadily(running.address, asked, &sample, &seats).await;
    let busy_kib = running.memory_kib();
    let bare = Bare::start(asked.bare.as_deref(), database).await;
    let throughput = as_fast_as_it_goes(running.address, bare.address, asked, &sample, &seats).await;
    let measured = Measured { started: running.started, idle_kib, busy_kib, by_kind, throughput };
    drop((running, bare));
    drop(std::fs::remove_dir_all(&folder));
    measured
}

/// Asks the mix at the rate that is wanted.
async fn steadily(address: SocketAddr, asked: &Asked, sample: &Sample, seats: &BTreeMap<String, Seat>) -> BTreeMap<&'static str, Answers> {
    let mut random = Random::new(7);
    let number = asked.rate * asked.time.as_secs().max(1);
    let questions: Arc<Vec<(usize, Seat, Question)>> = Arc::new(
        (0..number)
            .map(|_| {
                let (kind, who, question) = sample.question(&mut random);
                (kind, seats[&who].clone(), question)
            })
            .collect(),
    );
    let (next, rate) = (Arc::new(AtomicU64::new(0)), asked.rate);
    let begin = Instant::now() + Duration::from_millis(200);
    let mut lanes = JoinSet::new();
    for _ in 0..asked.connections {
        let (questions, next) = (Arc::clone(&questions), Arc::clone(&next));
        lanes.spawn(async move {
            let mut connection = Connection::open(address).await.expect("the service answers");
            let mut done = Vec::new();
            loop {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let Some((kind, seat, question)) = usize::try_from(place).ok().and_then(|place| questions.get(place)) else { return done };
                let due = begin + Duration::from_nanos(place * 1_000_000_000 / rate);
                tokio::time::sleep_until(due.into()).await;
                let came = connection.ask(seat, question).await;
                let took = due.elapsed();
                let wrong = match came {
                    Ok(came) if came.status == 200 => None,
                    Ok(came) => Some(format!("{} {}: {}", question.path, came.status, String::from_utf8_lossy(&came.body))),
                    Err(why) => {
                        connection = Connection::open(address).await.expect("the service answers");
                        Some(format!("{}: {why}", question.path))
                    }
                };
                done.push((*kind, took, wrong));
            }
        });
    }
    let mut by_kind: BTreeMap<&'static str, Answers> = BTreeMap::new();
    for (kind, took, wrong) in lanes.join_all().await.into_iter().flatten() {
        let answers = by_kind.entry(KINDS[kind].0).or_default();
        answers.took.push(took);
        answers.wrong.extend(wrong);
    }
    by_kind
}

/// Connections that ask without a pause.
const EAGER: usize = 8;

/// One cheap read after the other: of the service and of the bare server by turns, twice, each for a twelfth of the time.
async fn as_fast_as_it_goes(service: SocketAddr, bare: SocketAddr, asked: &Asked, sample: &Sample, seats: &BTreeMap<String, Seat>) -> (f64, f64) {
    let turn = (asked.time / 12).max(Duration::from_millis(500));
    let mut random = Random::new(11);
    let cases: Arc<Vec<String>> = Arc::new((0..1_000).map(|_| sample.case(&mut random).to_owned()).collect());
    let mut done = (0, 0);
    for _ in 0..2 {
        done.0 += eagerly(service, turn, &cases, "/api/v1/cases/", &seats["auditor"]).await;
        done.1 += eagerly(bare, turn, &cases, "/", &Seat::default()).await;
    }
    let seconds = turn.as_secs_f64() * 2.0;
    (done.0 as f64 / seconds, done.1 as f64 / seconds)
}

async fn eagerly(address: SocketAddr, time: Duration, cases: &Arc<Vec<String>>, prefix: &'static str, seat: &Seat) -> u64 {
    let until = Instant::now() + time;
    let mut lanes = JoinSet::new();
    for lane in 0..EAGER {
        let (cases, seat) = (Arc::clone(cases), seat.clone());
        lanes.spawn(async move {
            let mut connection = Connection::open(address).await.expect("it answers");
            let mut done = 0;
            for case in cases.iter().cycle().skip(lane * 100) {
                if Instant::now() >= until {
                    break;
                }
                let came = connection.ask(&seat, &Question::get(format!("{prefix}{case}"))).await.expect("an answer");
                assert_eq!(came.status, 200, "{came:?}");
                done += 1;
            }
            done
        });
    }
    lanes.join_all().await.into_iter().sum()
}
