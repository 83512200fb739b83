//! All that is open in the editor, and the policies it belongs to. Changes are noted at once and compiled when
//! somebody asks or nothing else is waiting.

use crate::folder::{Folder, Open, key};
use crate::text::Lines;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};

/// What is open and what was made of it.
#[derive(Debug, Default)]
pub struct Workspace {
    open: Open,
    /// Line starts of the open texts, for edits that name lines.
    lines: HashMap<PathBuf, Lines>,
    folders: HashMap<PathBuf, Folder>,
    /// Open files whose text is newer than what was compiled.
    changed: BTreeSet<PathBuf>,
    /// Folders to be read anew.
    stale: BTreeSet<PathBuf>,
}

impl Workspace {
    /// An editor opened a file.
    pub fn open(&mut self, path: PathBuf, text: String) {
        self.lines.insert(path.clone(), Lines::new(&text));
        self.open.insert(path.clone(), text);
        let key = key(&path, &self.open);
        let known = self.folders.get(&key).is_some_and(|f| f.file(&path).is_some() || f.is_official(&path));
        if known {
            self.changed.insert(path);
        } else {
            self.stale.insert(key);
        }
    }

    /// An open text and its lines, to be edited in place. `None` if it is not open.
    pub fn text(&self, path: &Path) -> Option<(&str, &Lines)> {
        Some((self.open.get(path)?.as_str(), self.lines.get(path)?))
    }

    /// Replaces bytes `from..to` of an open text; bytes that are no character boundaries leave it as it is.
    pub fn edit(&mut self, path: &Path, from: usize, to: usize, words: &str) {
        let Some(text) = self.open.get_mut(path) else { return };
        if text.get(from..to).is_none() {
            return;
        }
        text.replace_range(from..to, words);
        self.lines.insert(path.to_owned(), Lines::new(text));
        self.changed.insert(path.to_owned());
    }

    /// An editor closed a file: what is on disk counts again.
    pub fn close(&mut self, path: &Path) {
        let before = key(path, &self.open);
        self.open.remove(path);
        self.lines.remove(path);
        self.changed.remove(path);
        self.stale.insert(before);
    }

    /// A file changed, came or went on disk.
    pub fn touched(&mut self, path: &Path) {
        if self.open.contains_key(path) {
            return;
        }
        if let Some(dir) = path.parent().filter(|dir| self.folders.contains_key(*dir)) {
            self.stale.insert(dir.to_owned());
        }
        if path.file_name().is_some_and(|n| n == "policy.md" || n.to_string_lossy().ends_with(".txt")) {
            // It may make a policy of what was lone files, or the other way round.
            let beside: Vec<PathBuf> = self.open.keys().filter(|p| p.parent() == path.parent()).cloned().collect();
            for file in beside {
                self.stale.insert(file.clone());
                self.stale.insert(key(&file, &self.open));
            }
        }
    }

    /// Compiles what changed. Gives the folders that are new or different, and those that are gone.
    pub fn refresh(&mut self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let (mut fresh, mut gone) = (BTreeSet::new(), BTreeSet::new());
        let stale = std::mem::take(&mut self.stale);
        if !stale.is_empty() {
            let wanted: BTreeSet<PathBuf> = self.open.keys().map(|path| key(path, &self.open)).collect();
            // Not only those that are stale: a policy.md that comes or goes makes a policy of lone files, or the other way round.
            gone.extend(self.folders.keys().chain(&stale).filter(|k| !wanted.contains(*k)).cloned());
            self.folders.retain(|k, _| wanted.contains(k) && !stale.contains(k));
            for key in wanted {
                if !self.folders.contains_key(&key) {
                    self.folders.insert(key.clone(), Folder::load(&key, &self.open));
                    fresh.insert(key);
                }
            }
            self.changed.retain(|path| !fresh.contains(&key(path, &self.open)));
        }
        for path in std::mem::take(&mut self.changed) {
            let key = key(&path, &self.open);
            let Some(text) = self.open.get(&path) else { continue };
            let taken = self.folders.get_mut(&key).is_some_and(|folder| folder.change(&path, text));
            if !taken {
                self.folders.insert(key.clone(), Folder::load(&key, &self.open));
            }
            fresh.insert(key);
        }
        (fresh.into_iter().collect(), gone.into_iter().collect())
    }

    /// The key of the folder a file belongs to.
    pub fn key(&self, path: &Path) -> PathBuf {
        key(path, &self.open)
    }

    /// A folder by its key.
    pub fn folder(&self, key: &Path) -> Option<&Folder> {
        self.folders.get(key)
    }

    /// The folder of an open file and the file's number there.
    pub fn at(&self, path: &Path) -> Option<(&Folder, u16)> {
        let folder = self.folders.get(&key(path, &self.open))?;
        Some((folder, folder.file(path)?))
    }

    /// All folders.
    pub fn folders(&self) -> impl Iterator<Item = &Folder> {
        self.folders.values()
    }
}
