//! Eight clauses of mixed shape over ten million rows (`DUIXIAN_ROWS` for another number) on one core: the program over columns
//! beside a natural fused loop written by hand, in the same run over the same columns, and `policy` on a hundredth of the rows;
//! then two threads. `memory`: all of a million rows kept. `share`, `groups`: what needs everybody. `synth FILE`, `stream FILE`:
//! `DUIXIAN_STREAM_ROWS` made-up rows to Parquet and from it.
//! Run by hand: `cargo bench -p population`; beside other engines: `cargo xtask bench-population`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, reason = "a benchmark fails loudly")]

mod everybody;
mod files;
mod hand;

use fearless_simd::{Level, dispatch};
use hand::Hand;
use policy::compile;
use policy::scheme::{FactId, Scheme};
use policy::source::Sources;
use population::evaluate::Evaluator;
use population::places::Ranking;
use population::table::{About, CHUNK_ROWS, Chunk, Form, Layout, day_number, form_of};
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use values::Date;

const USAGE: &str = "cargo bench -p population -- [compare [DIR] | memory | share | groups | synth FILE | stream FILE]";

const RULES: &str = "
事实
  销售额  元 按年
  投入    元
  面积    平方米
  人数    人
  上榜    是否
  失信    是否
  成立    日期
  行业    选项（农业、工业、商业、服务业）
条款 1「比率封顶」
  条件  上榜
        销售额 达到 2000万元
  给予  销售额 的 1%，最高 50万元
  频次  每年
条款 2「分档定额」
  排除  失信
  给予  分档 销售额
          达到 5000万元：30万元
          达到 1000万元：10万元
          达到 500万元：5万元
  频次  每年
条款 3「面积」
  条件  面积 达到 1000平方米
        人数 超过 10人
  给予  面积 乘 30元/平方米，最高 20万元
  频次  每年
条款 4「增量」
  条件  销售额 超过 上年 销售额
  给予  销售额 比 上年 增量 的 2%，最高 30万元
  频次  每年
条款 5「投入」
  条件  成立 满 1年
  给予  投入 的 40%，最高 20万元
  频次  每年
条款 6「分类」
  条件  人数 不少于 5人
  给予  投入 的 分类 行业
          农业：30%
          工业：20%
          其余：10%
  频次  每年
条款 7「步」
  条件  销售额 达到 100万元
  给予  销售额 超过 100万元 的部分 每满 1万元 给 10元，最高 10万元
  频次  每年
条款 8「人头」
  排除  失信
  条件  行业 属于 农业、服务业
  给予  人数 乘 1000元/人，最高 投入
  频次  每年";

/// Day of judgement.
fn day() -> Date {
    Date::new(2024, 12, 31).unwrap()
}

fn scheme() -> Scheme {
    let compiled = compile(&Sources::single(format!("# 例\n\n```duixian\n{}\n```\n", RULES.trim())));
    compiled.scheme.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics.iter().filter(|d| d.is_error()).collect::<Vec<_>>()))
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        i64::try_from((z ^ (z >> 31)) % end).unwrap()
    }
}

fn layout(scheme: &Scheme) -> Arc<Layout> {
    let mut columns: Vec<(About, Form)> = (1..=8).map(|at| (About::Fact(FactId(at)), form_of(&scheme.facts[at as usize].ty))).collect();
    columns.push((About::FactAt(FactId(1), 2023, 0), columns[0].1));
    Arc::new(Layout { columns })
}

fn chunks(scheme: &Scheme, rows: usize) -> Vec<Chunk> {
    let (layout, mut random) = (layout(scheme), Random(7));
    let day = day();
    let end = day_number(day);
    let mut out = Vec::new();
    for first in (0..rows).step_by(CHUNK_ROWS) {
        let mut chunk = Chunk::new(&layout, first as u64);
        chunk.rows = CHUNK_ROWS.min(rows - first);
        chunk.years = std::iter::repeat_n(2024, chunk.rows).collect();
        chunk.days = std::iter::repeat_n(day, chunk.rows).collect();
        for (at, column) in chunk.columns.iter_mut().enumerate() {
            for row in 0..chunk.rows {
                if random.below(100) < 3 {
                    column.push_unknown();
                    continue;
                }
                let value = match at {
                    0 | 8 => random.below(10_000_000_000),
                    1 => random.below(200_000_000),
                    2 => random.below(50_000_000),
                    3 => random.below(100),
                    4 => i64::from(random.below(10) < 5),
                    5 => i64::from(random.below(100) < 2),
                    6 => end - random.below(4000),
                    _ => random.below(4),
                };
                column.push_int(row, value);
            }
        }
        out.push(chunk);
    }
    out
}

/// Nanoseconds that this thread has had a core for: on a shared machine the clock would count the others too.
fn core_ns() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec * 1_000_000_000 + time.tv_nsec).unwrap()
}

/// Million rows × clauses a second.
fn rate(rows: usize, ns: u64) -> u64 {
    rows as u64 * 8 * 1000 / ns.max(1)
}

/// The best of three, in nanoseconds: whatever disturbs makes it longer.
fn best(mut work: impl FnMut()) -> u64 {
    let mut once = || {
        let begun = core_ns();
        work();
        core_ns() - begun
    };
    (0..3).map(|_| once()).min().unwrap()
}

fn hundredths(a: u64, b: u64) -> String {
    format!("{}.{:02}", a / b.max(1), a * 100 / b.max(1) % 100)
}

fn compare(rows: usize, folder: Option<&Path>) {
    let scheme = scheme();
    let chunks = chunks(&scheme, rows);
    let end = day_number(day());
    let (ranking, mut hand, level) = (Ranking::default(), Hand::new(), Level::new());
    let mut evaluator = Evaluator::new(&scheme);
    // Both say the same of the first chunks, reasons and fen.
    for chunk in chunks.iter().take(50) {
        let result = evaluator.chunk(chunk, &ranking);
        hand.chunk(chunk, end);
        for (clause, column) in result.clauses.iter().enumerate() {
            for row in 0..chunk.rows {
                let own = (column.reasons.get(row).unwrap() as u8, column.amounts[row]);
                assert_eq!(own, (hand.reasons[clause][row], hand.amounts[clause][row]), "clause {} row {row}", clause + 1);
            }
        }
    }
    let mut asked = 0;
    let columns_ns = best(|| asked += chunks.iter().map(|chunk| black_box(evaluator.chunk(chunk, &ranking)).asked_rows).sum::<u64>());
    let hand_ns = best(|| {
        for chunk in &chunks {
            hand.chunk(black_box(chunk), end);
            black_box(&hand);
        }
    });
    let vector_ns = best(|| {
        for chunk in &chunks {
            dispatch!(level, _simd => hand.chunk(black_box(chunk), end));
            black_box(&hand);
        }
    });
    // The same few rows again and again: what is left of the time where nothing comes from memory.
    let near = |chunks: &'_ [Chunk]| (0..chunks.len()).map(|at| at % 8).collect::<Vec<_>>();
    let near_ns = best(|| near(&chunks).iter().for_each(|at| _ = black_box(evaluator.chunk(&chunks[*at], &ranking))));
    let near_hand_ns = best(|| {
        for at in near(&chunks) {
            hand.chunk(black_box(&chunks[at]), end);
            black_box(&hand);
        }
    });
    let few = &chunks[..chunks.len().div_ceil(100)];
    let mut policy = Evaluator::by_policy(&scheme);
    let policy_ns = best(|| few.iter().for_each(|chunk| _ = black_box(policy.chunk(chunk, &ranking))));
    println!("{rows} rows x 8 clauses, million a second of a core (best of three), and how many times as long as the columns take:");
    let line = |name: &str, rows: usize, ns: u64| {
        println!("  {name:<38} {:>6}  {:>6}", rate(rows, ns), hundredths(ns * chunks.len() as u64 * CHUNK_ROWS as u64 / rows as u64, columns_ns))
    };
    line("columns", rows, columns_ns);
    line("by hand", rows, hand_ns);
    line("by hand, all instructions of this core", rows, vector_ns);
    line("columns, rows in the caches", rows, near_ns);
    line("by hand, rows in the caches", rows, near_hand_ns);
    line("policy, a hundredth of the rows", few.len() * CHUNK_ROWS, policy_ns);
    println!("  rows that the columns left to policy: {asked}");
    two_cores(&scheme, &chunks, rows, columns_ns);
    if let Some(folder) = folder {
        files::write(&scheme, &chunks, folder, columns_ns);
    }
}

/// The same work by two threads: by the clock, which the others on the machine disturb, and by what both had of their cores.
fn two_cores(scheme: &Scheme, chunks: &[Chunk], rows: usize, one_ns: u64) {
    let ranking = Ranking::default();
    let half = |chunks: &[Chunk]| {
        let mut evaluator = Evaluator::new(scheme);
        let begun = core_ns();
        chunks.iter().for_each(|chunk| _ = black_box(evaluator.chunk(chunk, &ranking)));
        core_ns() - begun
    };
    let run = || {
        let (begun, middle) = (Instant::now(), chunks.len() / 2);
        let both = std::thread::scope(|scope| {
            let other = scope.spawn(|| half(&chunks[middle..]));
            half(&chunks[..middle]) + other.join().unwrap()
        });
        (u64::try_from(begun.elapsed().as_nanos()).unwrap(), both)
    };
    let runs: Vec<(u64, u64)> = (0..3).map(|_| run()).collect();
    let (clock, cores) = (runs.iter().map(|run| run.0).min().unwrap(), runs.iter().map(|run| run.1).min().unwrap());
    println!(
        "  two threads: {} times one by the clock ({} a second), {} by the time on their cores",
        hundredths(one_ns, clock),
        rate(rows, clock),
        hundredths(2 * one_ns, cores)
    );
}

/// Everything kept at once: the rows and all results of all clauses.
fn memory(rows: usize) {
    let scheme = scheme();
    let chunks = chunks(&scheme, rows);
    let (ranking, mut evaluator) = (Ranking::default(), Evaluator::new(&scheme));
    let begun = core_ns();
    let kept: Vec<_> = chunks.iter().map(|chunk| evaluator.chunk(chunk, &ranking).clone()).collect();
    let ns = core_ns() - begun;
    println!("{rows} rows x 8 clauses, rows and results all kept: {} million a second, peak memory {} MiB", rate(rows, ns), files::peak_mib());
    black_box(kept);
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let rows = |usual| std::env::var("DUIXIAN_ROWS").map_or(usual, |text| text.parse().unwrap());
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] | ["compare"] => compare(rows(10_000_000), None),
        ["compare", folder] => compare(rows(10_000_000), Some(Path::new(folder))),
        ["memory"] => memory(rows(1_000_000)),
        ["share"] => everybody::share(rows(1_000_000)),
        ["groups"] => everybody::groups(rows(1_000_000)),
        ["synth", file] => files::synth(&scheme(), Path::new(file)),
        ["stream", file] => files::stream(&scheme(), Path::new(file)),
        _ => panic!("{USAGE}"),
    }
}
