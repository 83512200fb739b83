//! Eight clauses of mixed shape over ten million rows (`DUIXIAN_ROWS` for another number) on one core: the program over columns
//! beside a natural fused loop written by hand, in the same run over the same columns, and `policy` on a hundredth of the rows.
//! Run by hand: `cargo bench -p population`.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stdout, reason = "a benchmark fails loudly")]

use policy::compile;
use policy::scheme::{FactId, Scheme};
use policy::source::Sources;
use population::evaluate::Evaluator;
use population::places::Ranking;
use population::reason::Reason;
use population::table::{About, CHUNK_ROWS, Chunk, Form, Layout, form_of};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use values::Date;

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
    let day = Date::new(2024, 12, 31).unwrap();
    let end = population::table::day_number(day);
    let mut out = Vec::new();
    for first in (0..rows).step_by(CHUNK_ROWS) {
        let mut chunk = Chunk::new(&layout, first as u64);
        chunk.rows = CHUNK_ROWS.min(rows - first);
        chunk.years = vec![2024; chunk.rows];
        chunk.days = vec![day; chunk.rows];
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

/// What a careful programmer writes for this one policy: unknowns, rounding and overflow looked after, one pass over the rows.
struct Hand {
    reasons: Vec<[u8; CHUNK_ROWS]>,
    amounts: Vec<[i64; CHUNK_ROWS]>,
}

const OVERFLOW: u8 = Reason::Fault as u8;

#[inline]
fn hundredths(fen: i64, percent: i64, most: i64) -> Option<i64> {
    let parts = fen.checked_mul(percent)?;
    Some(((parts + 50) / 100).min(most))
}

impl Hand {
    fn new() -> Self {
        Self { reasons: vec![[0; CHUNK_ROWS]; 8], amounts: vec![[0; CHUNK_ROWS]; 8] }
    }

    /// The outcome of a clause: its conditions as no, yes or unknown, and the amount where all of it is known.
    #[inline]
    fn put(&mut self, clause: usize, row: usize, holds: Option<bool>, amount: Option<Option<i64>>) {
        let (reason, fen) = match (holds, amount) {
            (Some(false), _) => (Reason::Condition as u8, 0),
            (None, _) | (_, None) => (Reason::Missing as u8, 0),
            (_, Some(None)) => (OVERFLOW, 0),
            (Some(true), Some(Some(fen))) => (Reason::Given as u8, fen),
        };
        self.reasons[clause][row] = reason;
        self.amounts[clause][row] = fen;
    }

    fn chunk(&mut self, chunk: &Chunk, end: i64) {
        use population::table::Values;
        let ints = |at: usize| match &chunk.columns[at].values {
            Values::Ints(values) => values.as_slice(),
            _ => panic!("numbers"),
        };
        let bits = |at: usize| match &chunk.columns[at].values {
            Values::Bits(bits) => bits,
            _ => panic!("bits"),
        };
        let (sales, invested, area, people, founded, sector, before) = (ints(0), ints(1), ints(2), ints(3), ints(6), ints(7), ints(8));
        let (listed, barred) = (bits(4), bits(5));
        let known = |at: usize, row: usize| chunk.columns[at].known.get(row);
        let both = |a: Option<bool>, b: Option<bool>| match (a, b) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        let year_ago = end - 366;
        for row in 0..chunk.rows {
            let sale = known(0, row).then(|| sales[row]);
            let invest = known(1, row).then(|| invested[row]);
            let size = known(2, row).then(|| area[row]);
            let heads = known(3, row).then(|| people[row]);
            let good = known(5, row).then(|| !barred.get(row));
            let listed = known(4, row).then(|| listed.get(row));
            let last = known(8, row).then(|| before[row]);
            let old = known(6, row).then(|| founded[row] <= year_ago);
            let kind = known(7, row).then(|| sector[row]);
            self.put(0, row, both(listed, sale.map(|s| s >= 2_000_000_000)), sale.map(|s| hundredths(s, 1, 50_000_000)));
            let tier = sale.map(|s| match s {
                500_000_000..1_000_000_000 => 5_000_000,
                1_000_000_000..5_000_000_000 => 10_000_000,
                5_000_000_000.. => 30_000_000,
                _ => -1,
            });
            match tier {
                Some(-1) if good != Some(false) => {
                    self.reasons[1][row] = Reason::Nothing as u8;
                    self.amounts[1][row] = 0;
                }
                _ => self.put(1, row, good, tier.map(Some)),
            }
            self.put(
                2,
                row,
                both(size.map(|s| s >= 10_000_000), heads.map(|h| h > 10)),
                size.map(|s| s.checked_mul(3000).map(|parts| ((parts + 5000) / 10_000).min(20_000_000))),
            );
            self.put(3, row, sale.zip(last).map(|(s, l)| s > l), sale.zip(last).map(|(s, l)| hundredths((s - l).max(0), 2, 30_000_000)));
            self.put(4, row, old, invest.map(|i| hundredths(i, 40, 20_000_000)));
            let percent = kind.map(|k| match k {
                0 => 30,
                1 => 20,
                _ => 10,
            });
            self.put(5, row, heads.map(|h| h >= 5), invest.zip(percent).map(|(i, p)| hundredths(i, p, i64::MAX)));
            self.put(6, row, sale.map(|s| s >= 100_000_000), sale.map(|s| Some(((s - 100_000_000).max(0) / 1_000_000 * 1000).min(10_000_000))));
            self.put(7, row, both(good, kind.map(|k| k == 0 || k == 3)), heads.zip(invest).map(|(h, i)| h.checked_mul(100_000).map(|a| a.min(i))));
        }
    }
}

fn rate(rows: usize, begun: Instant) -> u128 {
    rows as u128 * 8 * 1000 / begun.elapsed().as_micros().max(1)
}

fn main() {
    let rows = std::env::var("DUIXIAN_ROWS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000_000);
    let scheme = scheme();
    let chunks = chunks(&scheme, rows);
    let end = population::table::day_number(Date::new(2024, 12, 31).unwrap());
    let (ranking, mut hand) = (Ranking::default(), Hand::new());
    let mut evaluator = Evaluator::new(&scheme);
    // Both say the same of the first chunks, reasons and fen.
    for chunk in chunks.iter().take(50) {
        let result = evaluator.chunk(chunk, &ranking);
        hand.chunk(chunk, end);
        for (clause, column) in result.clauses.iter().enumerate() {
            for row in 0..chunk.rows {
                let own = (column.reasons[row] as u8, column.amounts[row]);
                assert_eq!(own, (hand.reasons[clause][row], hand.amounts[clause][row]), "clause {} row {row}", clause + 1);
            }
        }
    }
    for round in 1..=3 {
        let begun = Instant::now();
        let mut asked = 0;
        for chunk in &chunks {
            asked += black_box(evaluator.chunk(chunk, &ranking)).asked_rows;
        }
        let columns = rate(rows, begun);
        let begun = Instant::now();
        for chunk in &chunks {
            hand.chunk(black_box(chunk), end);
            black_box(&hand);
        }
        let by_hand = rate(rows, begun);
        let few = &chunks[..chunks.len().div_ceil(100)];
        let begun = Instant::now();
        let mut policy = Evaluator::by_policy(&scheme);
        few.iter().for_each(|chunk| drop(black_box(policy.chunk(chunk, &ranking))));
        let by_policy = rate(few.len() * CHUNK_ROWS, begun);
        println!(
            "{round}: thousand rows x clauses a second: columns {columns}, by hand {by_hand}, policy {by_policy}; columns/hand {}.{:02}; {asked} rows by policy",
            columns / by_hand.max(1),
            columns * 100 / by_hand.max(1) % 100
        );
    }
}
