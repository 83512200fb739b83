//! 政策测算: a scheme over a population, worked out behind the pages. Runs are kept in memory, the latest of each person; what they
//! read is a file of the service's own, which is gone when they are over. One runs at a time, on one thread: who works with cases
//! does not wait for it.

mod fitted;

use crate::problem::Problem;
use casework::id::UserId;
use fitted::fitted;
use office::Loaded;
use office::reading::Frozen;
use policy::diagnostic::Text;
use population::against::{Against, against};
use population::file::{Defaults, FileError, PopulationFile};
use population::simulate::{Options, Pass, Summary, simulate};
use population::size::Sizes;
use population::stream::Stopped;
use population::synth::{District, write};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use values::Moment;

/// Runs of a person that are kept.
const KEPT_MAX: usize = 8;
/// Rows of a file that is sent: more would take the memory of who works with cases.
const ROWS_MAX: u64 = 5_000_000;
/// Runs of a person that wait or go on.
const OPEN_MAX: usize = 2;

/// All runs.
#[derive(Default)]
pub struct Runs {
    /// By their ids.
    runs: Mutex<Vec<Arc<Run>>>,
    /// One at a time.
    turn: tokio::sync::Mutex<()>,
}

/// What a run reads.
pub enum Source {
    /// A made-up district.
    Made(District),
    /// A file that somebody sent: its ending, and its bytes.
    Sent(&'static str, bytes::Bytes),
    /// Applications as they were frozen under a version, a line each, with what was given by clause.
    Frozen(Frozen, String),
}

/// What is wanted.
pub struct Order {
    /// Who.
    pub by: UserId,
    /// The scheme.
    pub scheme: Arc<Loaded>,
    /// Another to compare it with.
    pub other: Option<Arc<Loaded>>,
    /// The population.
    pub source: Source,
    /// The same in words: Chinese and English.
    pub about: (String, String),
    /// Award year of rows that name none.
    pub year: i32,
    /// Since when.
    pub at: Moment,
}

/// A run.
pub struct Run {
    /// Its id.
    pub id: String,
    /// Who asked for it; nobody else sees it.
    pub by: UserId,
    /// The scheme.
    pub scheme: Arc<Loaded>,
    /// Another that it is compared with.
    pub other: Option<Arc<Loaded>>,
    /// The population in words.
    pub about: (String, String),
    /// Since when.
    pub at: Moment,
    /// Whether somebody wants no more of it.
    stop: AtomicBool,
    /// Rows so far of how many; 0: not known.
    rows: AtomicU64,
    of: AtomicU64,
    state: Mutex<State>,
}

/// How far a run is.
#[derive(Clone)]
pub enum State {
    /// Another one is before it.
    Waiting,
    /// It goes on since then: what for; none: a district is made up first.
    Going(Instant, Option<Pass>),
    /// It is over.
    Done(Arc<Done>),
    /// It was stopped.
    Stopped,
    /// Something is wrong with what it reads: what, and how to mend it, in both languages.
    Failed([(String, String); 2]),
}

/// What came of it.
pub struct Done {
    /// The sums.
    pub summary: Summary,
    /// Facts that no column holds.
    pub missing: Vec<String>,
    /// Columns of the file that no rule reads.
    pub ignored: Vec<String>,
    /// By what sizes are; none: nothing says it.
    pub sizes: Option<Sizes>,
    /// What the other scheme comes to, and who gains and loses.
    pub against: Option<(Summary, Against)>,
    /// What was given by clause: by the rules, and in the end; of frozen cases.
    pub given: Option<BTreeMap<String, (i128, i128)>>,
    /// What of frozen applications was left out, since a version does not know it: by name, how often.
    pub left_out: BTreeMap<String, u64>,
    /// How long it took.
    pub took: Duration,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Run {
    /// How far it is.
    pub fn state(&self) -> State {
        lock(&self.state).clone()
    }

    /// Rows so far, and of how many where that is known.
    pub fn rows(&self) -> (u64, Option<u64>) {
        (self.rows.load(Ordering::Relaxed), Some(self.of.load(Ordering::Relaxed)).filter(|of| *of > 0))
    }

    /// Wants no more of it.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    fn set(&self, state: State) {
        *lock(&self.state) = state;
    }

    fn is_open(&self) -> bool {
        matches!(*lock(&self.state), State::Waiting | State::Going(..))
    }
}

impl Runs {
    /// Runs of a person, the latest first.
    pub fn of(&self, by: &UserId) -> Vec<Arc<Run>> {
        lock(&self.runs).iter().rev().filter(|run| run.by == *by).cloned().collect()
    }

    /// A run of a person. Errors: there is none.
    pub fn one(&self, by: &UserId, id: &str) -> Result<Arc<Run>, Problem> {
        let runs = lock(&self.runs);
        runs.iter().find(|run| run.by == *by && run.id == id).cloned().ok_or_else(|| Problem::unknown("simulation", id))
    }

    /// The service ends: nothing goes on, and no file stays.
    pub fn stop_all(&self) {
        lock(&self.runs).iter().for_each(|run| run.stop());
    }

    /// Takes note of a run. Errors: the person has too many that are not over.
    fn begin(&self, run: &Arc<Run>) -> Result<(), Problem> {
        let mut runs = lock(&self.runs);
        if runs.iter().filter(|other| other.by == run.by && other.is_open()).count() >= OPEN_MAX {
            return Err(Problem::unusable(
                "您有两项测算还没有结束，请等其中一项结束，或先停止它。",
                "Two of your simulations are not over yet: wait for one, or stop it.",
            ));
        }
        runs.push(Arc::clone(run));
        while runs.iter().filter(|other| other.by == run.by).count() > KEPT_MAX {
            let Some(oldest) = runs.iter().position(|other| other.by == run.by && !other.is_open()) else { break };
            runs.remove(oldest);
        }
        Ok(())
    }
}

/// Begins a run; it goes on by itself. Errors: too many, no randomness.
pub fn begin(runs: &Arc<Runs>, folder: PathBuf, order: Order) -> Result<Arc<Run>, Problem> {
    let run = Arc::new(Run {
        id: crate::secret::fresh()?,
        by: order.by,
        scheme: order.scheme,
        other: order.other,
        about: order.about,
        at: order.at,
        stop: AtomicBool::new(false),
        rows: AtomicU64::new(0),
        of: AtomicU64::new(0),
        state: Mutex::new(State::Waiting),
    });
    runs.begin(&run)?;
    let (runs, own, source, year) = (Arc::clone(runs), Arc::clone(&run), order.source, order.year);
    let is_frozen = matches!(source, Source::Frozen(..));
    let kept_at = folder.join(&run.id).display().to_string();
    tokio::spawn(async move {
        let turn = runs.turn.lock().await;
        let of = Arc::clone(&own);
        let worked = tokio::task::spawn_blocking(move || work(&of, &folder, source, year)).await;
        drop(turn);
        own.set(match worked {
            Ok(Ok(done)) => State::Done(Arc::new(done)),
            Ok(Err(Stopped::Interrupted)) => State::Stopped,
            // What is wrong in one application is not for whoever sees sums alone.
            Ok(Err(Stopped::File(_))) if is_frozen => State::Failed([
                ("已审定的申请用这个版本读不出来。".to_owned(), "Applications that were determined cannot be read under this version.".to_owned()),
                ("请核对版本，或改用其他数据测算。".to_owned(), "Look at the version, or choose other data.".to_owned()),
            ]),
            Ok(Err(Stopped::File(error))) => {
                // Where the service keeps the file is nobody's business.
                let named = |text: String| text.replace(&kept_at, "file");
                State::Failed([(named(error.message.zh), named(error.message.en)), (error.help.zh, error.help.en)])
            }
            Err(_) => State::Failed([
                ("测算中断，服务记录了原因。".to_owned(), "It broke off; the service has noted why.".to_owned()),
                ("请稍后再试。".to_owned(), "Try again later.".to_owned()),
            ]),
        });
    });
    Ok(run)
}

/// Where files of runs lie.
pub fn folder(data: &Path) -> PathBuf {
    data.join("simulations")
}

/// Takes away what runs left that were broken off with the service.
pub fn sweep(data: &Path) {
    drop(std::fs::remove_dir_all(folder(data)));
}

/// A file that is gone with whoever holds it.
struct Held(PathBuf);

impl Drop for Held {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}

/// Opens a new file that this service alone may read.
fn fresh(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn work(run: &Run, folder: &Path, source: Source, year: i32) -> Result<Done, Stopped> {
    let begun = Instant::now();
    let goes_on = |pass: Option<Pass>, rows: u64| {
        // Rate and time left are those of the reading at hand.
        let since = match run.state() {
            State::Going(since, known) if known == pass && rows >= run.rows.load(Ordering::Relaxed) => since,
            _ => Instant::now(),
        };
        run.set(State::Going(since, pass));
        run.rows.store(rows, Ordering::Relaxed);
        !run.stop.load(Ordering::Relaxed)
    };
    let is_wanted = |pass: Pass, rows: u64| goes_on(Some(pass), rows);
    if !is_wanted(Pass::Sums, 0) {
        return Err(Stopped::Interrupted);
    }
    let ending = match &source {
        Source::Made(_) => "parquet",
        Source::Sent(ending, _) => ending,
        Source::Frozen(..) => "jsonl",
    };
    let unwritable = |path: &Path, why: std::io::Error| FileError::unwritable(Path::new(path.file_name().unwrap_or_default()), why);
    std::fs::create_dir_all(folder).map_err(|why| unwritable(folder, why))?;
    let held = Held(folder.join(format!("{}.{ending}", run.id)));
    let second = Held(folder.join(format!("{}-against.{ending}", run.id)));
    let (scheme, mut given, mut left_out) = (&run.scheme.scheme, None, BTreeMap::new());
    // Where the other version reads something else.
    let mut is_apart = false;
    match source {
        // Making it is a part of the run, and can be stopped.
        Source::Made(district) => {
            run.of.store(district.rows, Ordering::Relaxed);
            match write(scheme, &district, &held.0, &|rows| goes_on(None, rows)) {
                Err(_) if run.stop.load(Ordering::Relaxed) => return Err(Stopped::Interrupted),
                made => made?,
            }
        }
        Source::Sent(_, bytes) => fresh(&held.0).and_then(|mut file| file.write_all(&bytes)).map_err(|why| unwritable(&held.0, why))?,
        Source::Frozen(frozen, from) => {
            run.of.store(frozen.lines.len() as u64, Ordering::Relaxed);
            let mut put = |path: &Path, loaded: &Loaded| {
                let is_own = loaded.version.id.as_str() == from;
                let mut one = |line: &String| if is_own { line.clone() } else { fitted(line, &loaded.scheme, &mut left_out) };
                fresh(path).and_then(|mut file| frozen.lines.iter().try_for_each(|line| writeln!(file, "{}", one(line)))).map_err(|why| unwritable(path, why))
            };
            put(&held.0, &run.scheme)?;
            if let Some(other) = &run.other {
                put(&second.0, other)?;
                is_apart = true;
            }
            given = Some(frozen.given);
        }
    }
    let defaults = Defaults { year: Some(year), as_of: None };
    let file = PopulationFile::open(scheme, &held.0, defaults)?;
    run.of.fetch_max(file.rows().unwrap_or_default(), Ordering::Relaxed);
    if file.rows().is_some_and(|rows| rows > ROWS_MAX) {
        let (zh, en) = (format!("超过 {ROWS_MAX} 户"), format!("more than {ROWS_MAX} enterprises"));
        return Err(FileError::new(Text::new(zh, en), Text::new("用命令行 duixian simulate 测算", "use the command duixian simulate")).into());
    }
    let sizes = Sizes::choose(scheme, file.layout(), None)?;
    let totals = run.other.is_some();
    let mut missing = file.heading().missing.clone();
    let summary = simulate(scheme, &file, &Options { totals, sizes: sizes.as_ref(), progress: &is_wanted, ..Options::default() })?;
    let against = match &run.other {
        Some(other) => {
            let path = if is_apart { &second.0 } else { &held.0 };
            let file = PopulationFile::open(&other.scheme, path, defaults)?;
            missing.extend(file.heading().missing.iter().filter(|name| !missing.contains(name)).cloned().collect::<Vec<_>>());
            let others = simulate(&other.scheme, &file, &Options { totals, progress: &is_wanted, ..Options::default() })?;
            let compared = against((scheme, &summary), (&other.scheme, &others));
            Some((others, compared))
        }
        None => None,
    };
    let ignored = file.heading().ignored.clone();
    Ok(Done { summary, missing, ignored, sizes, against, given, left_out, took: begun.elapsed() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_run_left_that_was_broken_off_with_the_service_is_taken_away() {
        let data = std::env::temp_dir().join(format!("duixian-runs-{}", std::process::id()));
        std::fs::create_dir_all(folder(&data)).unwrap();
        std::fs::write(folder(&data).join("a.jsonl"), "{}").unwrap();
        sweep(&data);
        assert!(!folder(&data).exists());
        std::fs::remove_dir_all(&data).unwrap();
    }
}
