//! How many acts a second an office does, side by side, at the size it has: cases of firms all over the register, from the
//! draft to the determination, and entries of the register.

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

pub async fn run(database: &str, seconds: u64, tasks: u64) {
    let store = Store::open(database).await.expect("the database opens");
    let pool = store.pool().expect("a database").clone();
    let count = |sql: &'static str| {
        let pool = pool.clone();
        async move { sqlx::query_scalar::<_, i64>(sql).fetch_one(&pool).await.expect("a count") }
    };
    let (organisations, cases) = (count("SELECT COUNT(*) FROM organisation").await, count("SELECT COUNT(*) FROM case_file").await);
    let events = count("SELECT seq FROM log_head").await;
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
    let begun = Instant::now();
    let run = Arc::new(Run { office, call: name, blocks, next: AtomicU64::new(0), until: begun + Duration::from_secs(seconds) });
    let mut lanes = JoinSet::new();
    for lane in 0..tasks {
        let run = Arc::clone(&run);
        lanes.spawn(async move { run.lane(lane).await });
    }
    let mut took: Vec<Duration> = lanes.join_all().await.into_iter().flatten().collect();
    let elapsed = begun.elapsed();
    took.sort();
    let at = |share: usize| took.get(took.len() * share / 1000).copied().unwrap_or_default();
    println!(
        "{organisations} organisations, {cases} cases, {events} events; {tasks} tasks: {} acts in {:.1} s = {:.0} acts/s; median {:?}, 99 of 100 within {:?}, longest {:?}",
        took.len(),
        elapsed.as_secs_f64(),
        took.len() as f64 / elapsed.as_secs_f64(),
        at(500),
        at(990),
        took.last().copied().unwrap_or_default()
    );
    store.pool().expect("a database").close().await;
}

impl Run {
    /// One case after the other, until the time is over; how long each act took.
    async fn lane(&self, lane: u64) -> Vec<Duration> {
        let mut random = Random::new(lane);
        let mut took = Vec::new();
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let firm = firm(1 + random.below(self.blocks), random.below(100));
            let case = format!("{}-case-{number}", self.call);
            let case_id = || id(CaseId::parse, &case);
            let person = format!("firm{firm}");
            let claims = [("4", 1_000_000 + i64::try_from(number % 1000).unwrap())];
            let mut acts = vec![
                (person.as_str(), Role::Applicant, start(&self.call, firm, &case, &claims)),
                (person.as_str(), Role::Applicant, Act::Case(CaseAct::Submit { case: case_id() })),
                ("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case_id() })),
                ("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case_id() })),
                ("reviewer", Role::Reviewer, summarise(&case, &claims)),
                ("leader", Role::Leader, approve(&case)),
            ];
            if number.is_multiple_of(3) {
                let mut organisation = organisation(firm);
                organisation.aliases = vec![format!("现名{number}")];
                acts.push(("clerk", Role::Clerk, Act::Registry(RegistryAct::PutOrganisation { organisation })));
            }
            for (step, (who, role, act)) in acts.into_iter().enumerate() {
                let context = asked(who, role, day("2025-03-04"), &format!("{case}-{step}"));
                let begun = Instant::now();
                if begun >= self.until {
                    return took;
                }
                self.office.perform(&context, &act).await.unwrap_or_else(|stop| panic!("{}: {stop}", act.name()));
                took.push(begun.elapsed());
            }
        }
    }
}
