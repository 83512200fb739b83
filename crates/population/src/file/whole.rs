//! A file that is whole or not there: it is written under another name beside its own, which it takes when everything is on the disk.
//! No two runs share that other name, so that neither writes into what the other makes.

use super::FileError;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

/// The name under which a file is written; what stands there is gone with it.
pub struct Whole {
    path: PathBuf,
    /// None: it has its own name.
    part: Option<PathBuf>,
}

impl Whole {
    /// `.NAME.RUN-NUMBER.part` beside a name.
    #[must_use]
    pub fn of(path: &Path) -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let own = format!(".{name}.{}-{}.part", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        Self { path: path.to_owned(), part: Some(path.with_file_name(own)) }
    }

    /// Its own name.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Begins it.
    pub fn create(&self) -> Result<File, FileError> {
        File::create(self.part.as_deref().unwrap_or(&self.path)).map_err(|error| FileError::unwritable(&self.path, error))
    }

    /// Gives it its own name, once everything is on the disk.
    pub fn close(mut self, file: &File) -> Result<(), FileError> {
        let named = file.sync_all().and_then(|()| self.part.as_ref().map_or(Ok(()), |part| std::fs::rename(part, &self.path)));
        named.map_err(|error| FileError::unwritable(&self.path, error))?;
        self.part = None;
        Ok(())
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        if let Some(part) = &self.part {
            // Where that fails too, its name says what it is.
            let _ = std::fs::remove_file(part);
        }
    }
}

/// Writes a whole file.
pub fn write_whole(path: &Path, parts: &[&[u8]]) -> Result<(), FileError> {
    let whole = Whole::of(path);
    let mut file = whole.create()?;
    parts.iter().try_for_each(|bytes| file.write_all(bytes)).map_err(|error| FileError::unwritable(path, error))?;
    whole.close(&file)
}
