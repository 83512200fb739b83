//! One bit a row of a chunk.

use crate::table::CHUNK_ROWS;

/// Words of a chunk.
pub const WORDS: usize = CHUNK_ROWS / 64;

/// One bit for each row of a chunk; bits beyond its last row mean nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bits(pub [u64; WORDS]);

impl Bits {
    /// No row.
    pub const NONE: Self = Self([0; WORDS]);
    /// Every row.
    pub const ALL: Self = Self([u64::MAX; WORDS]);

    /// Whether a row has it.
    #[must_use]
    #[inline]
    pub fn get(&self, row: usize) -> bool {
        self.0.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Sets the bit of a row.
    #[inline]
    pub fn set(&mut self, row: usize) {
        if let Some(word) = self.0.get_mut(row / 64) {
            *word |= 1 << (row % 64);
        }
    }

    /// Takes the bit of a row away.
    pub fn clear(&mut self, row: usize) {
        if let Some(word) = self.0.get_mut(row / 64) {
            *word &= !(1 << (row % 64));
        }
    }

    /// The rows that have it, of the first so many.
    pub fn rows(&self, rows: usize) -> impl Iterator<Item = usize> {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(at, word)| {
                let mut left = *word;
                std::iter::from_fn(move || {
                    let bit = left.trailing_zeros() as usize;
                    (left != 0).then(|| {
                        left &= left - 1;
                        at * 64 + bit
                    })
                })
            })
            .take_while(move |row| *row < rows)
    }

    /// How many of the first so many rows have it.
    #[must_use]
    pub fn count(&self, rows: usize) -> u64 {
        let whole: u64 = self.0.iter().take(rows / 64).map(|word| u64::from(word.count_ones())).sum();
        let rest = self.0.get(rows / 64).map_or(0, |word| u64::from((word & ((1 << (rows % 64)) - 1)).count_ones()));
        whole + rest
    }
}
