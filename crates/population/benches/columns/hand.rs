//! The eight clauses written by hand for this one policy: what the columns are measured against.

use population::reason::Reason;
use population::table::{CHUNK_ROWS, Chunk, Values};

/// What a careful programmer writes for this one policy: unknowns, rounding and overflow looked after, one pass over the rows.
pub struct Hand {
    pub reasons: Vec<[u8; CHUNK_ROWS]>,
    pub amounts: Vec<[i64; CHUNK_ROWS]>,
}

const OVERFLOW: u8 = Reason::Fault as u8;

#[inline(always)]
fn hundredths(fen: i64, percent: i64, most: i64) -> Option<i64> {
    let parts = fen.checked_mul(percent)?;
    Some(((parts + 50) / 100).min(most))
}

impl Hand {
    pub fn new() -> Self {
        Self { reasons: vec![[0; CHUNK_ROWS]; 8], amounts: vec![[0; CHUNK_ROWS]; 8] }
    }

    /// The outcome of a clause: its conditions as no, yes or unknown, and the amount where all of it is known.
    #[inline(always)]
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

    #[inline(always)]
    pub fn chunk(&mut self, chunk: &Chunk, end: i64) {
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
