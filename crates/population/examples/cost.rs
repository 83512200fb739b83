//! What a policy costs a file, and how long each part takes: `cargo run --release -p population --example cost -- DIR FILE [THREADS [REPORT]]`;
//! where FILE is not there yet, a district of `DUIXIAN_ROWS` rows is made up.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "an example for the hand")]

use policy::source::{SourceFile, Sources};
use population::file::{Defaults, PopulationFile};
use population::report::Report;
use population::simulate::{Options, simulate};
use population::size::Sizes;
use population::synth::{District, write};
use std::path::Path;
use std::time::Instant;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [dir, file, rest @ ..] = args.as_slice() else { panic!("DIR FILE [THREADS [REPORT]]") };
    let read = |name: &str| std::fs::read_to_string(Path::new(dir).join(name)).unwrap();
    let begun = Instant::now();
    let sources = Sources { files: vec![SourceFile { name: "policy.md".into(), text: read("policy.md") }], official: Some(read("official.txt")) };
    let scheme = policy::compile(&sources).scheme.unwrap();
    println!("compiled in {:?}", begun.elapsed());
    let path = Path::new(file);
    if !path.exists() {
        let rows = std::env::var("DUIXIAN_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
        let begun = Instant::now();
        write(&scheme, &District { rows, seed: 7, year: 2024 }, path, &|_| true).unwrap();
        println!("made up in {:?}", begun.elapsed());
    }
    let threads = rest.first().map_or(1, |text| text.parse().unwrap());
    let begun = Instant::now();
    let file = PopulationFile::open(&scheme, path, Defaults { year: Some(2024), as_of: None }).unwrap();
    let told = |pass, rows: u64| {
        if rows % 500_000 < 2048 {
            println!("  {pass:?} {rows} after {:?}", begun.elapsed());
        }
        true
    };
    let sizes = Sizes::choose(&scheme, file.layout(), None).unwrap();
    let summary = simulate(&scheme, &file, &Options { threads, sizes: sizes.as_ref(), progress: &told, ..Options::default() });
    let Ok(summary) = summary else { panic!("{:?}", summary.err()) };
    println!(
        "{} rows in {:?}: {} fen to {} rows, {} choices, {} by policy, {} cut, {:?}",
        summary.rows,
        begun.elapsed(),
        summary.awarded,
        summary.winners,
        summary.chosen,
        summary.asked_rows,
        summary.shared.cuts.len(),
        summary.shared.pools
    );
    if let Some(to) = rest.get(1) {
        let missing = &file.heading().missing;
        let report =
            Report { scheme: &scheme, summary: &summary, population: "-", missing, sizes: sizes.as_ref(), against: None, sweep: None, lang: values::Lang::Zh };
        std::fs::write(to, report.html()).unwrap();
        println!("report after {:?}", begun.elapsed());
    }
}
