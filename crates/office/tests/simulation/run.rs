//! One district from one seed: draws acts, does them on every store with failures in between, lets the auditor hear, and
//! compares. What fails is replayed with fewer and fewer acts until none can be left out.

use crate::auditor::Auditor;
use crate::compare::chain;
use crate::faults::{ACKNOWLEDGE, Plan, Switch};
use crate::generator::{Asked, Generator};
use crate::random::Random;
use crate::report::Report;
use crate::world::TABLES;
use casework::budget::BudgetAct;
use casework::case::CaseAct;
use casework::chain::Fingerprint;
use casework::{Act, Refusal};
use office::{Office, Outcome, Stop};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use store::Store;
use values::WorkCalendar;

/// The books are compared after so many acts.
const COMPARED: usize = 500;

/// Whole stores are compared after so many acts.
const CONTENTS: usize = 4000;

/// Around so many of three thousand acts, whole stores are compared before and after; less often once they are big.
const CHANGED: (usize, usize) = (3, 1);

/// A store with an office over it.
struct Place {
    name: &'static str,
    store: Store,
    office: Office,
    switch: Switch,
    events: i64,
    /// The last event whose place in the chain was looked at.
    chained: (i64, Fingerprint),
    spent: Duration,
}

type Contents = BTreeMap<(&'static str, String), (i64, Fingerprint)>;

impl Place {
    fn new(name: &'static str, store: Store) -> Self {
        let switch = Switch::default();
        let office = Office::new(store.with_faults(switch.hook()), WorkCalendar::china());
        Self { name, store, office, switch, events: 0, chained: (0, Fingerprint::NONE), spent: Duration::ZERO }
    }

    /// Does an act, through all failures of the plan. Gives the answer, whether an event was written, and how often it failed.
    async fn perform(&mut self, asked: &Asked, plan: Plan) -> Result<(Result<Outcome, Refusal>, bool, usize), String> {
        let begun = Instant::now();
        let before = self.events;
        for number in 0..2000 {
            let more = self.switch.arm(plan, number);
            let answer = self.office.perform(&asked.context, &asked.act).await;
            let failed = self.switch.failed();
            let events = self.count().await?;
            match (answer, failed) {
                (Err(Stop::Failed(_)), Some(doing)) => {
                    // What failed has done nothing, unless it was the answer alone that was lost.
                    if events != self.events && !doing.starts_with(ACKNOWLEDGE) {
                        return Err(format!("{}: failed at “{doing}”, and yet the log grew", self.name));
                    }
                    self.events = events;
                }
                (Err(Stop::Failed(failure)), None) => return Err(format!("{}: {} failed: {failure}", self.name, asked.act.name())),
                (_, Some(doing)) => return Err(format!("{}: “{doing}” failed, and {} was answered", self.name, asked.act.name())),
                (Ok(outcome), None) => {
                    self.events = events;
                    self.spent += begun.elapsed();
                    return Ok((Ok(outcome), events > before, number));
                }
                (Err(Stop::Refused(refusal)), None) => {
                    if events != before {
                        return Err(format!("{}: {} was refused, and the log grew", self.name, asked.act.name()));
                    }
                    self.spent += begun.elapsed();
                    return Ok((Err(refusal), false, number));
                }
            }
            if !more {
                return Err(format!("{}: {} fails without end", self.name, asked.act.name()));
            }
        }
        Err(format!("{}: {} fails without end", self.name, asked.act.name()))
    }

    async fn count(&self) -> Result<i64, String> {
        let mut work = self.store.begin().await.map_err(|e| e.to_string())?;
        let more = work.events(self.events, 3).await.map_err(|e| e.to_string())?;
        Ok(self.events + i64::try_from(more.len()).unwrap_or(0))
    }

    async fn contents(&self) -> Result<Contents, String> {
        let mut work = self.store.begin().await.map_err(|e| e.to_string())?;
        work.contents(TABLES).await.map_err(|e| e.to_string())
    }

    async fn audit(&mut self, auditor: &Auditor) -> Result<(), String> {
        let mut work = self.store.begin().await.map_err(|e| e.to_string())?;
        let books = work.all_books().await.map_err(|e| e.to_string())?;
        let entries = work.entries(&store::work::Entries::All).await.map_err(|e| e.to_string())?;
        auditor.compare(&books, &entries).map_err(|why| format!("{}: {why}", self.name))?;
        // What was looked at before is covered by the fingerprint of the last event.
        let events = work.events(self.chained.0, i64::MAX).await.map_err(|e| e.to_string())?;
        self.chained = chain(self.chained, &events).map_err(|why| format!("{}: {why}", self.name))?;
        Ok(())
    }
}

/// Which stores a district runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum On {
    Memory,
    Sqlite,
    Postgres,
}

/// Memory, and the databases up to one, empty. None of them waits for the disk: what is looked at is what they answer.
pub async fn stores(number: usize, on: On) -> Vec<(&'static str, Store)> {
    let mut out = vec![("memory", Store::memory())];
    if on >= On::Sqlite {
        remove(number, on);
        out.push(("sqlite", Store::open(&format!("sqlite:{}?mode=rwc", sqlite_file(number, on).display())).await.expect("SQLite opens")));
    }
    if on == On::Postgres {
        out.push(("postgres", Store::open(&crate::postgres::database()).await.expect("PostgreSQL opens")));
    }
    out
}

fn sqlite_file(number: usize, on: On) -> PathBuf {
    let shared = Path::new("/dev/shm");
    let folder = if shared.is_dir() { shared.to_path_buf() } else { std::env::temp_dir() };
    folder.join(format!("duixian-simulation-{}-{on:?}-{number}.db", std::process::id()))
}

/// Removes the SQLite database of a district; after a failure it stays, to be looked at.
pub fn remove(number: usize, on: On) {
    for end in ["", "-wal", "-shm"] {
        drop(std::fs::remove_file(format!("{}{end}", sqlite_file(number, on).display())));
    }
}

/// One act with the failures it goes through.
type Planned = (Asked, Plan);

/// What went wrong: at which act, and all acts up to it.
pub struct Failure {
    pub number: usize,
    pub why: String,
    script: Vec<Planned>,
}

/// Runs one district. A failure is made smaller and reported with its seed.
pub async fn simulate(seed: u64, acts: usize, stores: Vec<(&'static str, Store)>) -> Report {
    match attempt(seed, acts, stores, false).await {
        Ok(report) => report,
        Err(failure) => fail(seed, &failure).await,
    }
}

/// Runs one district. `planted`: the office books one fen more than it was told, which the auditor has to find.
pub async fn attempt(seed: u64, acts: usize, stores: Vec<(&'static str, Store)>, planted: bool) -> Result<Report, Failure> {
    let mut generator = Generator::new(seed);
    let mut plans = Random::new(seed ^ 0x6661_756c_7473);
    let mut district = District { planted, ..District::new(stores) };
    let mut report = Report::default();
    let mut script: Vec<Planned> = Vec::new();
    for number in 0..acts {
        let asked = generator.draw();
        let plan = match plans.below(100) {
            // Each act fails at each of its calls once at least, as soon as it is asked for.
            _ if report.times(asked.act.name()) < 2 => Plan::Each,
            0..3 => Plan::Each,
            3..10 => Plan::Random(plans.number(), 60),
            10..14 => Plan::Answer,
            _ => Plan::None,
        };
        script.push((asked.clone(), plan));
        match district.step(&asked, plan, number).await {
            Err(why) => return Err(Failure { number, why, script }),
            Ok((answer, written, failures)) => {
                report.note(&asked.act, &answer, written, failures);
                if written {
                    let memory = &district.places[0];
                    let event = memory.store.begin().await.unwrap().events(memory.events - 1, 1).await.unwrap().remove(0);
                    generator.world.refresh(&memory.store, &event).await;
                } else if let Err(why) = &answer {
                    generator.world.refusal(&asked.act, why);
                }
            }
        }
    }
    if let Err(why) = district.compare_all().await {
        return Err(Failure { number: acts, why, script });
    }
    report.spent = district.places.iter().map(|place| (place.name, place.spent)).collect();
    report.kinds = district.places.first().map(|place| place.switch.kinds()).unwrap_or_default();
    Ok(report)
}

/// Stores that should agree, and the auditor.
struct District {
    places: Vec<Place>,
    auditor: Auditor,
    /// Determinations as they were first seen.
    determined: BTreeMap<String, (i64, Fingerprint)>,
    chance: Random,
    planted: bool,
}

impl District {
    fn new(stores: Vec<(&'static str, Store)>) -> Self {
        let places = stores.into_iter().map(|(name, store)| Place::new(name, store)).collect();
        Self { places, auditor: Auditor::new(), determined: BTreeMap::new(), chance: Random::new(1), planted: false }
    }

    /// Does one act everywhere, and hears what comes of it.
    async fn step(&mut self, asked: &Asked, plan: Plan, number: usize) -> Result<(Result<Outcome, Refusal>, bool, usize), String> {
        let looked_at = self.chance.below(3000) < if number < 2000 { CHANGED.0 } else { CHANGED.1 };
        let before = if looked_at { Some(self.all_contents().await?) } else { None };
        let mut first: Option<(Result<Outcome, Refusal>, bool, usize)> = None;
        let mut booked = asked.clone();
        if let (true, Act::Budget(BudgetAct::Appropriate { amount, .. })) = (self.planted, &mut booked.act) {
            amount.0 = amount.0.saturating_add(1);
        }
        for place in &mut self.places {
            let (answer, written, failures) = place.perform(&booked, plan).await?;
            match &first {
                None => first = Some((answer, written, failures)),
                Some((in_memory, there, _)) if *in_memory == answer && *there == written => {}
                Some((in_memory, ..)) => return Err(format!("{}: {} is answered {answer:?}, in memory {in_memory:?}", place.name, asked.act.name())),
            }
        }
        let Some((answer, written, failures)) = first else { return Err("no store".into()) };
        if written {
            self.same_log().await?;
        } else if let Some(before) = before
            && before != self.all_contents().await?
        {
            return Err(format!("{} was not done, and the store changed", asked.act.name()));
        }
        self.auditor.hear(asked, &answer)?;
        if number % COMPARED == COMPARED - 1 {
            for place in &mut self.places {
                place.audit(&self.auditor).await?;
            }
        }
        if number % CONTENTS == CONTENTS - 1 {
            self.compare_all().await?;
        }
        Ok((answer, written, failures))
    }

    async fn all_contents(&self) -> Result<Vec<Contents>, String> {
        let mut out = Vec::new();
        for place in &self.places {
            out.push(place.contents().await?);
        }
        Ok(out)
    }

    /// Whether all logs end with the same event: its fingerprint covers everything that it changed, and all before it.
    async fn same_log(&self) -> Result<(), String> {
        let mut first = None;
        for place in self.places.iter().filter(|_| self.places.len() > 1) {
            let mut work = place.store.begin().await.map_err(|e| e.to_string())?;
            let last = work.events(place.events - 1, 1).await.map_err(|e| e.to_string())?.pop();
            match &first {
                None => first = Some(last),
                Some(in_memory) if *in_memory == last => {}
                Some(in_memory) => return Err(format!("{}: the log has {last:?}, in memory {in_memory:?}", place.name)),
            }
        }
        Ok(())
    }

    /// Books and entries against the auditor, stores against each other, determinations against what they were.
    async fn compare_all(&mut self) -> Result<(), String> {
        for place in &mut self.places {
            place.audit(&self.auditor).await?;
        }
        let all = self.all_contents().await?;
        for (place, contents) in self.places.iter().zip(&all) {
            if let Some((first, _)) = all.first().into_iter().flatten().zip(contents).find(|(a, b)| a != b) {
                return Err(format!("{}: {first:?} is not what is in memory", place.name));
            }
            if all.first().map(BTreeMap::len) != Some(contents.len()) {
                return Err(format!("{}: not as much as in memory", place.name));
            }
        }
        for ((table, id), kept) in all.into_iter().next().into_iter().flatten().filter(|((table, _), _)| *table == "determination") {
            if *self.determined.entry(id.clone()).or_insert(kept) != kept {
                return Err(format!("{table} {id} has changed"));
            }
        }
        if self.determined.len() != self.auditor.determinations.len() {
            return Err("not as many determinations as approvals".into());
        }
        Ok(())
    }
}

/// Makes a failure smaller, and ends the test with it.
async fn fail(seed: u64, failure: &Failure) -> ! {
    let Failure { number, why, script } = failure;
    println!("seed {seed}, act {number}: {why}");
    let sqlite = if std::env::var_os("DUIXIAN_SQLITE").is_some() { "DUIXIAN_SQLITE=1 " } else { "" };
    println!("replay: {sqlite}DUIXIAN_SEED={seed} DUIXIAN_ACTS={} (DUIXIAN_ACTS_SQL, where PostgreSQL took part)", number + 1);
    let print = |(asked, plan): &Planned| {
        let input = serde_json::to_string(&asked.act).unwrap_or_default();
        let input: String = input.chars().take(400).collect();
        println!("  {} {:?} {} {plan:?} {input}", asked.context.now, asked.context.role, asked.context.user);
    };
    let named = why.split(|c: char| !c.is_ascii_alphanumeric()).find(|word| word.starts_with("case") && word.len() > 4).unwrap_or("nothing");
    println!("what was asked about {named}:");
    let quoted = format!("\"{named}\"");
    let says = |asked: &Asked, words: &str| serde_json::to_string(&asked.act).is_ok_and(|text| text.contains(words));
    // What the call was asked decides on the money of its cases.
    let call =
        script.iter().find_map(|(asked, _)| if let Act::Case(CaseAct::Start { call, .. }) = &asked.act { says(asked, &quoted).then_some(call) } else { None });
    let of_call = |asked: &Asked| matches!(asked.act, Act::Call(_)) && call.is_some_and(|call| says(asked, &format!("\"{call}\"")));
    script.iter().filter(|(asked, _)| says(asked, &quoted) || of_call(asked)).for_each(print);
    let small = shrink(script, why, Instant::now() + Duration::from_secs(60)).await;
    println!("{} of {} acts are enough, in memory; the last of them:", small.len(), script.len());
    small.iter().skip(small.len().saturating_sub(40)).for_each(print);
    panic!("seed {seed}, act {number}: {why}");
}

/// Leaves out acts as long as what is left fails in memory at its last act. Whole, where it does not fail there.
async fn shrink(script: &[Planned], why: &str, until: Instant) -> Vec<Planned> {
    let mut kept = script.to_vec();
    if !fails(&kept, why).await {
        return kept;
    }
    let mut width = kept.len() / 2;
    while width > 0 && Instant::now() < until {
        let mut from = 0;
        while from < kept.len().saturating_sub(1) && Instant::now() < until {
            let to = (from + width).min(kept.len() - 1);
            let fewer: Vec<Planned> = kept[..from].iter().chain(&kept[to..]).cloned().collect();
            if fails(&fewer, why).await {
                kept = fewer;
            } else {
                from = to;
            }
        }
        width /= 2;
    }
    kept
}

/// Whether these acts fail at the last of them, for the same reason.
async fn fails(script: &[Planned], why: &str) -> bool {
    let mut district = District::new(vec![("memory", Store::memory())]);
    for (number, (asked, plan)) in script.iter().enumerate() {
        if let Err(other) = district.step(asked, *plan, 0).await {
            return number + 1 == script.len() && other == why;
        }
    }
    district.compare_all().await.is_err_and(|other| other == why)
}
