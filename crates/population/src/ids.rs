//! Ids of a whole population: none stands there twice, as `assess` asks for too. Kept are eight bytes of each, so that of a million
//! different ones two are taken for the same once in thirty million files.

use crate::file::FileError;
use crate::table::Chunk;
use policy::diagnostic::Text;
use serde::{Deserialize, Serialize};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Ids by their hashes, in the order of rows; zero where a row has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ids(Vec<u64>);

/// Those of a chunk; none where the file names none.
pub fn chunk_ids(chunk: &Chunk) -> Vec<u64> {
    let hash = |id: &str| {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        hasher.finish().max(1)
    };
    let ids = (0..chunk.rows).map(|row| chunk.ids.text(row).filter(|id| !id.is_empty()).map_or(0, hash));
    let ids: Vec<u64> = ids.collect();
    if ids.iter().all(|id| *id == 0) { Vec::new() } else { ids }
}

impl Ids {
    /// Adds those of the next chunk.
    pub fn add(&mut self, ids: Vec<u64>) {
        self.0.extend(ids);
    }

    /// Refuses a file in which two rows have the same.
    pub fn differ(self) -> Result<(), FileError> {
        let mut ids: Vec<(u64, usize)> = self.0.into_iter().zip(1..).filter(|(id, _)| *id != 0).collect();
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
