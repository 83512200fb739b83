//! Ids of a population: none stands there twice, as `assess` asks for too. Kept are eight bytes of each, so that of a million
//! different ones two are taken for the same once in thirty million files; and of the first four million rows alone, so that
//! a whole country needs no more memory than a city.

use crate::file::FileError;
use crate::table::Chunk;
use policy::diagnostic::Text;
use serde::{Deserialize, Serialize};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Rows whose ids are compared.
const COMPARED: usize = 1 << 22;

/// Ids that are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids {
    /// By their hashes, in the order of rows; zero where a row has none.
    hashes: Vec<u64>,
    /// Rows behind those that are compared.
    pub beyond: u64,
}

/// Those of a chunk; none where the file names none.
pub fn chunk_ids(chunk: &Chunk) -> Vec<u64> {
    let hash = |id: &str| {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        hasher.finish().max(1)
    };
    let named = (0..chunk.rows).any(|row| chunk.ids.text(row).is_some());
    if !named {
        return Vec::new();
    }
    (0..chunk.rows).map(|row| chunk.ids.text(row).filter(|id| !id.is_empty()).map_or(0, hash)).collect()
}

impl Ids {
    /// Adds those of the next chunk.
    pub fn add(&mut self, ids: Vec<u64>) {
        let room = COMPARED.saturating_sub(self.hashes.len()).min(ids.len());
        self.beyond += (ids.len() - room) as u64;
        self.hashes.extend(ids.into_iter().take(room));
    }

    /// Refuses a file in which two rows have the same.
    pub fn differ(self) -> Result<(), FileError> {
        let mut ids: Vec<(u64, usize)> = self.hashes.into_iter().zip(1..).filter(|(id, _)| *id != 0).collect();
        ids.sort_unstable();
        let twice = ids.windows(2).filter_map(|pair| match pair {
            [(a, first), (b, second)] if a == b => Some((*second, *first)),
            _ => None,
        });
        let Some((second, first)) = twice.min() else { return Ok(()) };
        let message = Text::new(
            format!("第 {second} 户和第 {first} 户（不算表头）的 id 相同"),
            format!("applicants {first} and {second} (the header not counted) have the same id"),
        );
        let help = Text::new("每户用自己的 id；同一户写了两次就删去一次；没有测算", "give each an id of its own, or remove the copy; nothing was worked out");
        Err(FileError::new(message, help))
    }
}

#[cfg(test)]
mod tests {
    use super::{COMPARED, Ids};

    #[test]
    fn what_comes_behind_the_first_rows_is_told_and_not_kept() {
        let mut ids = Ids::default();
        ids.add((1..=COMPARED as u64 - 1).collect());
        ids.add(vec![7_000_000, 7_000_001, 7_000_001]);
        assert_eq!((ids.hashes.len(), ids.beyond), (COMPARED, 2));
        assert!(ids.clone().differ().is_ok(), "two that were not compared");
        ids.hashes[0] = 7_000_000;
        assert!(ids.differ().unwrap_err().message.zh.starts_with(&format!("第 {COMPARED} 户和第 1 户")));
    }
}
