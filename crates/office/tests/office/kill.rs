//! Killed at any moment: a program that does acts is ended with SIGKILL, and PostgreSQL as by a power cut, again and again.
//! What was acknowledged is there, nothing was done twice, the ledger and the log hold. `DUIXIAN_ROUNDS` says how often,
//! `DUIXIAN_SEED` when.

use crate::district::{District, database_file, day, id};
use crate::postgres::Server;
use crate::random::Random;
use crate::sound;
use crate::town::{applicant, approve, asked, organisation, start, summarise};
use casework::Act;
use casework::case::CaseAct;
use casework::id::{AccountId, BatchId, CallId, CaseId, EntryId, NoticeId};
use casework::ledger::Move;
use casework::notice::NoticeAct;
use casework::payment::PaymentAct;
use casework::people::Role;
use casework::registry::RegistryAct;
use office::{Context, Office, Stop};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};
use store::Store;
use store::work::Entries;
use values::WorkCalendar;

/// The worker does acts side by side in so many lanes.
const LANES: u32 = 4;
/// Acts that a firm goes through.
const STEPS: u32 = 14;

/// What the worker was asked: where the records are, and with which firm it begins.
const DATABASE: &str = "DUIXIAN_WORKER_DATABASE";
const FIRST: &str = "DUIXIAN_WORKER_FIRST";

/// One of the acts that a firm goes through: odd firms draw on the pool for forty, the others on none. The last five are
/// for the whole call: whatever other firms have brought so far goes with them.
fn act_of(firm: u32, step: u32) -> (Context, Act) {
    let case = format!("case{firm}");
    let claims: &[(&str, i64)] = if firm % 2 == 1 { &[("1", 1_000_000)] } else { &[("3", 1_234_567)] };
    let case_id = || id(CaseId::parse, &case);
    let call = || id(CallId::parse, "c1");
    let person = format!("firm{firm}");
    let (who, role, today, act) = match step {
        0 => ("clerk", Role::Clerk, "2025-03-03", Act::Registry(RegistryAct::PutOrganisation { organisation: organisation(firm).into() })),
        1 => {
            let verify = RegistryAct::VerifyAccount { entry: id(AccountId::parse, &format!("firm{firm}:1")) };
            ("finance", Role::Finance, "2025-03-03", Act::Registry(verify))
        }
        2 => ("admin", Role::Administrator, "2025-03-03", Act::Registry(RegistryAct::PutUser { user: applicant(firm) })),
        3 => (person.as_str(), Role::Applicant, "2025-03-04", start("c1", firm, &case, claims)),
        4 => (person.as_str(), Role::Applicant, "2025-03-04", Act::Case(CaseAct::Submit { case: case_id(), declaration: None })),
        5 => ("clerk", Role::Clerk, "2025-03-05", Act::Case(CaseAct::Accept { case: case_id() })),
        6 => ("clerk", Role::Clerk, "2025-03-05", Act::Case(CaseAct::Screen { case: case_id() })),
        7 => ("reviewer", Role::Reviewer, "2025-03-06", summarise(&case, claims)),
        8 => ("leader", Role::Leader, "2025-03-07", approve(&case)),
        9 => ("clerk", Role::Clerk, "2025-03-10", Act::Notice(NoticeAct::Publish { notice: id(NoticeId::parse, &format!("n{firm}")), call: call() })),
        10 => {
            let conclude = NoticeAct::Conclude { notice: id(NoticeId::parse, &format!("n{firm}")), entry: id(EntryId::parse, &format!("e-n{firm}")) };
            ("leader", Role::Leader, "2025-05-06", Act::Notice(conclude))
        }
        11 => {
            let plan = PaymentAct::Plan { batch: id(BatchId::parse, &format!("b{firm}")), call: call(), cases: None };
            ("clerk", Role::Clerk, "2025-05-07", Act::Payment(plan))
        }
        12 => {
            let request = PaymentAct::Request { batch: id(BatchId::parse, &format!("b{firm}")), number: format!("请示-{firm}") };
            ("leader", Role::Leader, "2025-05-07", Act::Payment(request))
        }
        _ => {
            let batch = id(BatchId::parse, &format!("b{firm}"));
            ("finance", Role::Finance, "2025-05-07", Act::Payment(PaymentAct::Pay { batch, entry: id(EntryId::parse, &format!("e-b{firm}")) }))
        }
    };
    (asked(who, role, day(today), &format!("k{firm}-{step}")), act)
}

/// The program that is killed. It says each act that was done, with its answer, as soon as it knows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worker_does_its_acts_when_a_test_asks_for_it() {
    let (Ok(database), Ok(first)) = (std::env::var(DATABASE), std::env::var(FIRST)) else { return };
    let first: u32 = first.parse().expect("a number");
    let office = Office::new(Store::open(&database).await.expect("the database opens"), WorkCalendar::china());
    let lanes = (0..LANES).map(|lane| {
        let office = office.clone();
        tokio::spawn(async move {
            for firm in (first..).filter(|firm| firm % LANES == lane) {
                for step in 0..STEPS {
                    let (context, act) = act_of(firm, step);
                    let said = match office.perform(&context, &act).await {
                        Ok(outcome) => format!("done {} {}", context.request, serde_json::to_string(&outcome).expect("JSON")),
                        Err(Stop::Refused(_)) => format!("refused {}", context.request),
                        // The server is gone. So are we.
                        Err(Stop::Failed(failure)) => {
                            eprintln!("{failure}");
                            std::process::exit(3);
                        }
                    };
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "\n{said}").and_then(|()| out.flush()).expect("someone listens");
                }
            }
        })
    });
    for lane in lanes.collect::<Vec<_>>() {
        lane.await.expect("a lane");
    }
}

/// What one worker said until it was gone.
struct Worker {
    child: std::process::Child,
    said: Receiver<String>,
}

impl Worker {
    fn start(database: &str, first: u32) -> Self {
        let mut command = Command::new(std::env::current_exe().expect("this program"));
        command
            .args(["--exact", "kill::the_worker_does_its_acts_when_a_test_asks_for_it", "--nocapture"])
            .env(DATABASE, database)
            .env(FIRST, first.to_string());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the worker starts");
        let out = BufReader::new(child.stdout.take().expect("its output"));
        let (send, said) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // Half a line is no acknowledgement.
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Self { child, said }
    }
}

/// Everything that any worker has said.
#[derive(Default)]
struct Said {
    done: BTreeMap<String, String>,
    refused: BTreeSet<String>,
}

impl Said {
    /// Takes in a line; whether it says something new.
    fn hear(&mut self, line: &str) -> bool {
        let mut words = line.splitn(3, ' ');
        match (words.next(), words.next(), words.next()) {
            (Some("done"), Some(request), Some(answer)) if answer.ends_with(['"', '}']) => {
                let before = self.done.insert(request.to_owned(), answer.to_owned());
                assert!(before.as_ref().is_none_or(|before| before == answer), "{request} was answered in two ways");
                before.is_none()
            }
            (Some("refused"), Some(request), None) => self.refused.insert(request.to_owned()),
            _ => false,
        }
    }

    /// The first firm that has an act nobody has heard an answer to; a few before it are asked for once more.
    fn first(&self) -> u32 {
        let open = |firm: u32| (0..STEPS).any(|step| !self.done.contains_key(&format!("k{firm}-{step}")) && !self.refused.contains(&format!("k{firm}-{step}")));
        (1..).find(|firm| open(*firm)).unwrap_or(1).saturating_sub(LANES).max(1)
    }
}

/// A worker runs until it has said so much and a moment longer; then `end` ends it, or what it stands on.
fn round(database: &str, said: &mut Said, random: &mut Random, end: impl FnOnce(&mut std::process::Child)) {
    let mut worker = Worker::start(database, said.first());
    let enough = 1 + random.below(40);
    let moment = Duration::from_micros(random.below(4000));
    let mut heard = 0;
    while heard < enough {
        let line = worker.said.recv().expect("a worker that runs until it is killed");
        heard += u64::from(said.hear(&line));
    }
    // Somewhere inside of an act, between two statements, or between a commit and its answer.
    let begun = Instant::now();
    while let Some(left) = moment.checked_sub(begun.elapsed())
        && let Ok(line) = worker.said.recv_timeout(left)
    {
        said.hear(&line);
    }
    end(&mut worker.child);
    drop(worker.child.kill());
    worker.child.wait().expect("the worker ends");
    while let Ok(line) = worker.said.recv() {
        said.hear(&line);
    }
}

async fn check(database: &str, said: &Said) -> Store {
    let store = Store::open(database).await.expect("the database opens again");
    let events = sound::records(&store).await;
    let answers: BTreeMap<&str, &str> = events.iter().map(|event| (event.request.as_str(), event.outcome.as_str())).collect();
    for (request, answer) in &said.done {
        assert_eq!(answers.get(request.as_str()), Some(&answer.as_str()), "{request} was acknowledged");
    }
    store
}

fn rounds() -> u64 {
    std::env::var("DUIXIAN_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(20)
}

fn seed() -> u64 {
    let seed = std::env::var("DUIXIAN_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_250_301);
    println!("seed {seed}");
    seed
}

async fn prepare(database: &str) {
    let district = District::of_a_town(Store::open(database).await.expect("a new database")).await;
    district.town_call("c1").await;
}

/// Nothing was paid twice, and no pool gave more than it holds; the whole log can be done again.
async fn end(store: &Store, said: &Said) {
    let events = sound::holds(store).await;
    let mut work = store.begin().await.unwrap();
    let mut moved: BTreeMap<(Move, String), i64> = BTreeMap::new();
    let mut pool = 0;
    for entry in work.entries(&Entries::All).await.unwrap() {
        if let Some(case) = &entry.case {
            *moved.entry((entry.kind, case.to_string())).or_default() += entry.amount.0;
            if entry.kind == Move::Reserve && entry.pool.is_some() {
                pool += entry.amount.0;
            }
        }
    }
    for ((kind, case), fen) in &moved {
        assert!(matches!(*fen, 1_000_000 | 1_234_567), "{} of {case}: {fen} fen", kind.name());
    }
    assert!(pool <= 40_000_000, "{pool} fen of a pool for forty");
    let paid = moved.keys().filter(|(kind, _)| *kind == Move::Pay).count();
    println!("{} acts acknowledged, {} refused, {} events, {paid} cases paid, {pool} fen of the pool", said.done.len(), said.refused.len(), events.len());
    assert!(paid > 0, "somebody was paid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_killed_at_any_moment_on_sqlite_has_lost_and_doubled_nothing() {
    let file = database_file("kill");
    let database = format!("sqlite:{}?mode=rwc", file.display());
    let (mut said, mut random) = (Said::default(), Random::new(seed()));
    prepare(&database).await;
    for _ in 0..rounds() {
        round(&database, &mut said, &mut random, |_| ());
        drop(check(&database, &said).await);
    }
    end(&check(&database, &said).await, &said).await;
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{end}", file.display())));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_or_its_server_killed_at_any_moment_on_postgresql_has_lost_and_doubled_nothing() {
    let server = Server::start();
    let database = server.database();
    let (mut said, mut random) = (Said::default(), Random::new(seed()));
    prepare(&database).await;
    for number in 0..rounds() {
        // Every other time it is the server.
        round(&database, &mut said, &mut random, |_| {
            if number % 2 == 1 {
                server.crash_and_start();
            }
        });
        check(&database, &said).await.pool().unwrap().close().await;
    }
    end(&check(&database, &said).await, &said).await;
}
