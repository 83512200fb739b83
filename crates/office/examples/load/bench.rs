//! How many acts a second an office does, side by side, at the size it has: cases of firms all over the register, from the
//! draft to the determination, and entries of the register.

use crate::counters::Counters;
use crate::district::{day, id};
use crate::random::Random;
use crate::seed::firm;
use crate::town::{approve, asked, call, organisation, start, summarise};
use casework::Act;
use casework::call::CallAct;
use casework::case::CaseAct;
use casework::id::{CallId, CaseId};
use casework::people::Role;
use casework::registry::RegistryAct;
use office::Office;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::Store;
use store::sql::Dialect;
use tokio::task::JoinSet;
use values::WorkCalendar;

/// What the lanes have in common.
struct Run {
    office: Office,
    call: String,
    blocks: u64,
    next: AtomicU64,
    until: Instant,
}

/// How acts are done: side by side for so long; or kind by kind, so that each kind can be counted by itself.
#[derive(Clone, Copy)]
pub enum How {
    Seconds(u64),
    EachKind { cases: u64 },
}

pub async fn run(database: &str, how: How, tasks: u64) {
    let store = Store::open(database).await.expect("the database opens");
    let postgres = store.dialect() == Some(Dialect::Postgres);
    let pool = store.pool().expect("a database").clone();
    let count = |sql: &'static str| {
        let pool = pool.clone();
        async move { sqlx::query_scalar::<_, i64>(sql).fetch_one(&pool).await.expect("a count") }
    };
    let (organisations, cases) = (count("SELECT COUNT(*) FROM organisation").await, count("SELECT COUNT(*) FROM case_file").await);
    let events = count("SELECT seq FROM log_head").await;
    println!("{organisations} organisations, {cases} cases, {events} events; {tasks} tasks");
    let office = Office::new(store.clone(), WorkCalendar::china());
    // A call of this run's own.
    let name = format!("live-{events}");
    let mut live = call(&name);
    live.clauses = vec!["4".into()];
    let doing = |who, role, number: u64, act| {
        let (office, context) = (office.clone(), asked(who, role, day("2025-03-03"), &format!("{name}-{number}")));
        async move { office.perform(&context, &act).await.expect("done") }
    };
    doing("clerk", Role::Clerk, 1, Act::Call(CallAct::Prepare { call: live })).await;
    doing("leader", Role::Leader, 2, Act::Call(CallAct::Open { call: id(CallId::parse, &name) })).await;
    let blocks = u64::try_from(organisations).unwrap() / 100;
    let (begun, before) = (Instant::now(), Counters::now(&pool, postgres).await);
    match how {
        How::Seconds(seconds) => {
            let run = Arc::new(Run { office, call: name, blocks, next: AtomicU64::new(0), until: begun + Duration::from_secs(seconds) });
            let took = beside(tasks, |_| Arc::clone(&run).lane()).await;
            say("all acts", took, begun, Counters::now(&pool, postgres).await - before);
        }
        How::EachKind { cases } => {
            let run = Arc::new(Run { office, call: name, blocks, next: AtomicU64::new(0), until: begun });
            // As many cases before what is counted: plans are made, files are open.
            for (counted, from) in [(false, 0), (true, cases)] {
                for step in 0..STEPS {
                    let (begun, before) = (Instant::now(), Counters::now(&pool, postgres).await);
                    run.next.store(from, Ordering::Relaxed);
                    let took = beside(tasks, |_| Arc::clone(&run).kind(step, from + cases)).await;
                    if counted {
                        say(run.acts(0).1[step].2.name(), took, begun, Counters::now(&pool, postgres).await - before);
                    }
                }
            }
        }
    }
    store.pool().expect("a database").close().await;
}

/// Does something in several tasks at once; how long each act took.
async fn beside<D: Future<Output = Vec<Duration>> + Send + 'static>(tasks: u64, doing: impl Fn(u64) -> D) -> Vec<Duration> {
    let mut lanes = JoinSet::new();
    for lane in 0..tasks {
        lanes.spawn(doing(lane));
    }
    lanes.join_all().await.into_iter().flatten().collect()
}

fn say(what: &str, mut took: Vec<Duration>, begun: Instant, counters: Counters) {
    let elapsed = begun.elapsed();
    took.sort();
    let at = |share: usize| took.get(took.len() * share / 1000).copied().unwrap_or_default();
    println!(
        "{what}: {} in {:.1} s = {:.0} acts/s; median {:.1?}, 99 of 100 within {:.1?}, longest {:.1?}; {}",
        took.len(),
        elapsed.as_secs_f64(),
        took.len() as f64 / elapsed.as_secs_f64(),
        at(500),
        at(990),
        took.last().copied().unwrap_or_default(),
        counters.for_each(took.len())
    );
}

/// Acts on a case, the last of them on the register.
const STEPS: usize = 7;

/// Who does what in which role.
type Doing = (String, Role, Act);

impl Run {
    /// The name of a case and what is done with it, and with the entry of its firm, one after the other.
    fn acts(&self, number: u64) -> (String, Vec<Doing>) {
        // The firm is drawn by the number of the case.
        let mut random = Random::new(number);
        let firm = firm(1 + random.below(self.blocks), random.below(100));
        let case = format!("{}-case-{number}", self.call);
        let case_id = || id(CaseId::parse, &case);
        let person = format!("firm{firm}");
        let claims = [("4", 1_000_000 + i64::try_from(number % 1000).unwrap())];
        let clerk = || "clerk".to_owned();
        let mut organisation = organisation(firm);
        organisation.aliases = vec![format!("现名{number}")];
        let acts = vec![
            (person.clone(), Role::Applicant, start(&self.call, firm, &case, &claims)),
            (person, Role::Applicant, Act::Case(CaseAct::Submit { case: case_id(), declaration: None })),
            (clerk(), Role::Clerk, Act::Case(CaseAct::Accept { case: case_id() })),
            (clerk(), Role::Clerk, Act::Case(CaseAct::Screen { case: case_id() })),
            ("reviewer".to_owned(), Role::Reviewer, summarise(&case, &claims)),
            ("leader".to_owned(), Role::Leader, approve(&case)),
            (clerk(), Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation: organisation.into() })),
        ];
        (case, acts)
    }

    async fn perform(&self, case: &str, step: usize, (who, role, act): &Doing) -> Duration {
        let context = asked(who, *role, day("2025-03-04"), &format!("{case}-{step}"));
        let begun = Instant::now();
        self.office.perform(&context, act).await.unwrap_or_else(|stop| panic!("{}: {stop}", act.name()));
        begun.elapsed()
    }

    /// One case after the other, until the time is over; how long each act took.
    async fn lane(self: Arc<Self>) -> Vec<Duration> {
        let mut took = Vec::new();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let (case, acts) = self.acts(number);
            let steps = if number.is_multiple_of(3) { STEPS } else { STEPS - 1 };
            for (step, doing) in acts.iter().take(steps).enumerate() {
                if Instant::now() >= self.until {
                    return took;
                }
                took.push(self.perform(&case, step, doing).await);
            }
        }
    }

    /// One kind of act on one case after the other.
    async fn kind(self: Arc<Self>, step: usize, end: u64) -> Vec<Duration> {
        let mut took = Vec::new();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= end {
                return took;
            }
            let (case, acts) = self.acts(number);
            took.push(self.perform(&case, step, &acts[step]).await);
        }
    }
}
