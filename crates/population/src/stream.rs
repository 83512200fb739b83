//! A file through several threads: chunks are taken one after the other, worked out beside each other, and handed on in the
//! order of the file. No more chunks are in flight than there are threads.

use crate::evaluate::Evaluator;
use crate::file::{FileError, PopulationFile, Reading};
use crate::table::Chunk;
use policy::diagnostic::Text;
use policy::scheme::Scheme;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// What is told while a file is read: rows so far. False ends the work.
pub type Progress<'p> = &'p (dyn Fn(u64) -> bool + Sync);

/// Why a file was not read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// The file is wrong, or a result could not be written.
    File(FileError),
    /// Somebody wanted no more of it.
    Interrupted,
}

impl From<FileError> for Stopped {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

struct Source {
    reading: Reading,
    next: u64,
}

struct Turn<F> {
    next: u64,
    rows: u64,
    failed: Option<(u64, Stopped)>,
    fold: F,
}

/// Runs a file once: `work` beside each other, `fold` in the order of the file.
pub fn run<T: Send>(
    scheme: &Scheme,
    file: &PopulationFile<'_>,
    threads: usize,
    progress: Progress<'_>,
    work: impl Fn(&mut Evaluator<'_>, &Chunk) -> T + Sync,
    fold: impl FnMut(&Chunk, T) -> Result<(), FileError> + Send,
) -> Result<(), Stopped> {
    run_from(scheme, file, threads, 0, progress, work, fold)
}

/// The same from a row on, which must be the first of a chunk.
pub fn run_from<T: Send>(
    scheme: &Scheme,
    file: &PopulationFile<'_>,
    threads: usize,
    first: u64,
    progress: Progress<'_>,
    work: impl Fn(&mut Evaluator<'_>, &Chunk) -> T + Sync,
    fold: impl FnMut(&Chunk, T) -> Result<(), FileError> + Send,
) -> Result<(), Stopped> {
    let mut reading = file.read()?;
    reading.skip_rows(first)?;
    let source = Mutex::new(Source { reading, next: 0 });
    let turn = (Mutex::new(Turn { next: 0, rows: first, failed: None, fold }), Condvar::new());
    let ended = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                let mut evaluator = Evaluator::new(scheme);
                while one(file, &source, &turn, &ended, progress, &work, &mut evaluator) {}
            });
        }
    });
    match lock(&turn.0).failed.take() {
        Some((_, stopped)) => Err(stopped),
        None => Ok(()),
    }
}

fn broken_off() -> FileError {
    FileError::new(
        Text::new("程序出错，测算中断，没有出任何结果", "a mistake of the program: it broke off, and nothing was worked out"),
        Text::new("请把命令和数据的样子告诉维护人员", "tell who maintains it the command and what the data are like"),
    )
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes one chunk all the way; false where there is no more to do.
fn one<T, F: FnMut(&Chunk, T) -> Result<(), FileError>>(
    file: &PopulationFile<'_>,
    source: &Mutex<Source>,
    turn: &(Mutex<Turn<F>>, Condvar),
    ended: &AtomicBool,
    progress: Progress<'_>,
    work: &impl Fn(&mut Evaluator<'_>, &Chunk) -> T,
    evaluator: &mut Evaluator<'_>,
) -> bool {
    let (number, rows) = {
        let mut source = lock(source);
        if ended.load(Ordering::Acquire) {
            return false;
        }
        let rows = source.reading.next_rows();
        let number = source.next;
        source.next += 1;
        match rows {
            Ok(Some(rows)) => (number, Ok(rows)),
            Ok(None) => {
                ended.store(true, Ordering::Release);
                return false;
            }
            Err(error) => (number, Err(error)),
        }
    };
    // A mistake of the program ends the run as well: the others would wait for this turn for ever.
    let worked = catch_unwind(AssertUnwindSafe(|| {
        rows.and_then(|rows| file.decode(rows)).map(|chunk| {
            let result = work(evaluator, &chunk);
            (chunk, result)
        })
    }));
    let made = worked.unwrap_or_else(|_| Err(broken_off()));
    let mut held = lock(&turn.0);
    while held.next != number {
        held = turn.1.wait(held).unwrap_or_else(PoisonError::into_inner);
    }
    // Whoever comes after a failure still has its turn, so that nobody waits for ever; it does nothing with it.
    if held.failed.is_none() {
        let done = match made {
            Ok((chunk, result)) => {
                held.rows += chunk.rows as u64;
                let folded = (held.fold)(&chunk, result).map_err(Stopped::File);
                folded.and_then(|()| if progress(held.rows) { Ok(()) } else { Err(Stopped::Interrupted) })
            }
            Err(error) => Err(Stopped::File(error)),
        };
        if let Err(stopped) = done {
            held.failed = Some((number, stopped));
            ended.store(true, Ordering::Release);
        }
    }
    held.next += 1;
    drop(held);
    turn.1.notify_all();
    true
}
