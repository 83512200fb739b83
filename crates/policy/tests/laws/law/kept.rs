//! The kept corpus: one file a law, `fuzz/corpus/LAW.txt`, its cases divided by a line; and the mistakes found, one
//! file each, `fuzz/regressions/LAW/NAME.txt`.

use super::seeds;
use std::path::PathBuf;

/// The line between two cases.
const DIVIDER: &str = "\n%%%%%%%% case\n";

/// The file of the cases of a law.
pub fn file(law: &str) -> PathBuf {
    seeds::root().join("fuzz/corpus").join(law).with_extension("txt")
}

/// Cases of a kept file.
pub fn cases(text: &str) -> Vec<String> {
    text.split(DIVIDER).filter(|case| !case.is_empty()).map(str::to_owned).collect()
}

/// Cases as a kept file; one that holds the divider itself is left out.
pub fn joined(cases: &[String]) -> String {
    cases.iter().filter(|case| !case.contains(DIVIDER)).cloned().collect::<Vec<_>>().join(DIVIDER)
}

/// Mistakes that were found: name and case.
pub fn regressions(law: &str) -> Vec<(String, String)> {
    let Ok(folder) = std::fs::read_dir(seeds::root().join("fuzz/regressions").join(law)) else { return Vec::new() };
    let mut files: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|path| (path.file_stem().unwrap().to_string_lossy().into_owned(), super::text(&std::fs::read(path).unwrap()))).collect()
}
