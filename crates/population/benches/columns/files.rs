//! The same rows for the other engines, as bare columns in files, and a stream from Parquet.

use policy::scheme::Scheme;
use population::evaluate::Evaluator;
use population::file::{Defaults, PopulationFile};
use population::places::Ranking;
use population::reason::Reason;
use population::stream;
use population::synth::{self, District};
use population::table::{Chunk, Values};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

/// The most memory this process had, in MiB (Linux).
pub fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0).div_ceil(1024)
}

/// Writes the columns (64-bit numbers in the machine's order, a byte for each bit of known and 是否), and what we say: for each clause how many rows
/// have each reason, and the sum of the amounts.
pub fn write(scheme: &Scheme, chunks: &[Chunk], folder: &Path, columns_ns: u64) {
    std::fs::create_dir_all(folder).unwrap();
    let layout = &chunks[0].layout;
    for at in 0..layout.columns.len() {
        let file = |kind: &str| BufWriter::new(File::create(folder.join(format!("{at}.{kind}"))).unwrap());
        let (mut values, mut known) = (file("values"), file("known"));
        for chunk in chunks {
            let column = &chunk.columns[at];
            match &column.values {
                Values::Ints(ints) => ints[..chunk.rows].iter().for_each(|int| values.write_all(&int.to_le_bytes()).unwrap()),
                _ => (0..chunk.rows).for_each(|row| values.write_all(&[u8::from(column.int(row) == Some(1))]).unwrap()),
            }
            (0..chunk.rows).for_each(|row| known.write_all(&[u8::from(column.known.get(row))]).unwrap());
        }
        values.flush().unwrap();
        known.flush().unwrap();
    }
    let (ranking, mut evaluator) = (Ranking::default(), Evaluator::new(scheme));
    let mut sums = vec![(vec![0_u64; Reason::ALL.len()], 0_i128); scheme.clauses.len()];
    for chunk in chunks {
        for (column, (reasons, amount)) in evaluator.chunk(chunk, &ranking).clauses.iter().zip(&mut sums) {
            column.reasons.iter().for_each(|reason| reasons[reason as usize] += 1);
            *amount += column.amounts.iter().map(|fen| i128::from(*fen)).sum::<i128>();
        }
    }
    let sums: Vec<_> = sums.iter().map(|(reasons, amount)| serde_json::json!({"reasons": reasons, "amount": amount.to_string()})).collect();
    let rows: usize = chunks.iter().map(|chunk| chunk.rows).sum();
    let said = serde_json::json!({"rows": rows, "columns_ns": columns_ns, "clauses": sums});
    std::fs::write(folder.join("said.json"), said.to_string()).unwrap();
}

/// Makes rows up, as a Parquet file.
pub fn synth(scheme: &Scheme, path: &Path) {
    let rows = std::env::var("DUIXIAN_STREAM_ROWS").map_or(10_000_000, |text| text.parse().unwrap());
    let begun = Instant::now();
    synth::write(scheme, &District { rows, seed: 7, year: 2024 }, path, &|_| true).unwrap();
    println!("{rows} rows made up in {} s, {} MB", begun.elapsed().as_secs(), std::fs::metadata(path).unwrap().len() / 1_000_000);
}

/// Rows of a Parquet file through one thread and through two; how much of it goes into the clauses.
pub fn stream(scheme: &Scheme, path: &Path) {
    let file = PopulationFile::open(scheme, path, Defaults { year: Some(2024), as_of: None }).unwrap();
    let rows = file.rows().unwrap();
    let ranking = Ranking::default();
    for threads in [1, 2] {
        let (begun, amount, evaluating) = (Instant::now(), Mutex::new(0_i128), AtomicU64::new(0));
        let work = |evaluator: &mut Evaluator<'_>, chunk: &Chunk| {
            let begun = Instant::now();
            let result = evaluator.chunk(chunk, &ranking);
            evaluating.fetch_add(u64::try_from(begun.elapsed().as_nanos()).unwrap(), Relaxed);
            result.clauses.iter().map(|column| column.amounts.iter().map(|fen| i128::from(*fen)).sum::<i128>()).sum::<i128>()
        };
        let fold = |_: &Chunk, sum: i128| {
            *amount.lock().unwrap() += sum;
            Ok(())
        };
        stream::run(scheme, &file, threads, &|_| true, work, fold).unwrap();
        let (all, amount) = (u64::try_from(begun.elapsed().as_millis()).unwrap().max(1), amount.into_inner().unwrap());
        let share = evaluating.into_inner() / 10_000 / threads as u64 / all;
        println!("{rows} rows from Parquet, {threads} threads: {} thousand rows a second ({all} ms), {share}% of it the clauses; {amount} fen", rows / all);
    }
    println!("peak memory {} MiB", peak_mib());
}
