//! One policy as an editor sees it: its files with what is open over what is on disk, compiled again after each
//! change. Only the file that changed is read anew.

use crate::text::Lines;
use policy::Compiled;
use policy::check::{OFFICIAL_FILE, Original, compile_parsed};
use policy::diagnostic::{Diagnostic, Text};
use policy::source::{SourceFile, Sources, Span};
use policy::symbols::Symbols;
use policy::syntax::ast::BlockKind;
use policy::syntax::parse::{Parsed, parse, parse_file};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// A policy is written by hand; a longer file is not one.
const SOURCE_BYTES_MAX: u64 = 16 << 20;

/// What a folder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// It holds a `policy.md`: all its files are one policy.
    Policy,
    /// A file that belongs to no policy: checked as a whole if it names one itself, else only its writing.
    Alone,
}

/// The texts that are open in the editor, by path.
pub type Open = HashMap<PathBuf, String>;

/// A policy, or a file of its own.
#[derive(Debug)]
pub struct Folder {
    sort: Sort,
    dir: PathBuf,
    /// Where the official text stands or should stand.
    official: Option<PathBuf>,
    /// Path of each of the sources.
    pub paths: Vec<PathBuf>,
    /// The texts.
    pub sources: Sources,
    /// What compiling them gave.
    pub compiled: Compiled,
    lines: Vec<Lines>,
    symbols: OnceCell<Symbols>,
    /// Files that could not be read, and why.
    pub unread: Vec<(PathBuf, Text)>,
}

/// The folder a file belongs to: its directory if that holds a policy and reads this file, else the file itself.
pub fn key(path: &Path, open: &Open) -> PathBuf {
    let Some(dir) = path.parent() else { return path.to_owned() };
    let policy = dir.join("policy.md");
    let holds = open.contains_key(&policy) || policy.is_file();
    // Which of the texts beside it is the official one, the policy says.
    if holds && (part_of_a_policy(path) || path.extension().is_some_and(|e| e == "txt")) { dir.to_owned() } else { path.to_owned() }
}

/// Markdown that the program reads in a folder.
fn part_of_a_policy(path: &Path) -> bool {
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    path.extension().is_some_and(|e| e == "md") && !name.starts_with("README") && !name.starts_with('.')
}

impl Folder {
    /// Reads a folder or a lone file, as [`key`] named it.
    pub fn load(key: &Path, open: &Open) -> Self {
        let mut unread = Vec::new();
        let policy = open.contains_key(&key.join("policy.md")) || key.join("policy.md").is_file();
        let (sort, dir) = if policy { (Sort::Policy, key.to_owned()) } else { (Sort::Alone, key.parent().unwrap_or(key).to_owned()) };
        let mut paths = if policy { markdown(key, open) } else { vec![key.to_owned()] };
        paths.truncate(usize::from(u16::MAX));
        let mut sources = Sources::default();
        for path in &paths {
            let text = text_of(path, open).unwrap_or_else(|why| {
                unread.push((path.clone(), why));
                String::new()
            });
            sources.files.push(SourceFile { name: path.display().to_string(), text });
        }
        let parsed = parse(&sources);
        let official = official(sort, &dir, &parsed);
        if let Some(official) = official.as_ref().filter(|path| open.contains_key(*path) || path.is_file()) {
            match text_of(official, open) {
                Ok(text) => sources.official = Some(text),
                Err(why) => unread.push((official.clone(), why)),
            }
        }
        let lines = sources.files.iter().map(|f| Lines::new(&f.text)).collect();
        let compiled = compiled(sort, &sources, parsed);
        Self { sort, dir, official, paths, sources, compiled, lines, symbols: OnceCell::new(), unread }
    }

    /// Takes the new text of one of its files and compiles. False if it has no such file, or now names another official
    /// text: then it is to be read anew.
    pub fn change(&mut self, path: &Path, text: &str) -> bool {
        let mut parsed = std::mem::take(&mut self.compiled.parsed);
        let known = if let Some(file) = self.file(path)
            && let Some(source) = self.sources.files.get_mut(usize::from(file))
        {
            source.text.clear();
            source.text.push_str(text);
            if let Some(lines) = self.lines.get_mut(usize::from(file)) {
                *lines = Lines::new(text);
            }
            parsed.replace(file, parse_file(file, text));
            true
        } else if self.is_official(path) {
            self.sources.official = Some(text.to_owned());
            true
        } else {
            false
        };
        self.unread.retain(|(unread, _)| unread != path || !known);
        let same = official(self.sort, &self.dir, &parsed) == self.official;
        self.compiled = compiled(self.sort, &self.sources, parsed);
        self.symbols = OnceCell::new();
        known && same
    }

    /// The number of a file among the sources.
    pub fn file(&self, path: &Path) -> Option<u16> {
        self.paths.iter().position(|p| p == path).and_then(|at| u16::try_from(at).ok())
    }

    /// True for the file of the official text.
    pub fn is_official(&self, path: &Path) -> bool {
        self.official.as_deref() == Some(path)
    }

    /// The text of a file.
    pub fn text(&self, file: u16) -> &str {
        self.sources.files.get(usize::from(file)).map_or("", |f| f.text.as_str())
    }

    /// The lines of a file.
    pub fn lines(&self, file: u16) -> &Lines {
        static NONE: Lines = Lines::none();
        self.lines.get(usize::from(file)).unwrap_or(&NONE)
    }

    /// The words at a place.
    pub fn words(&self, span: Span) -> &str {
        self.sources.words(span)
    }

    /// All names, worked out when first asked for.
    pub fn symbols(&self) -> &Symbols {
        self.symbols.get_or_init(|| Symbols::of(&self.sources, &self.compiled.parsed))
    }

    /// The findings in one file, in order.
    pub fn diagnostics(&self, file: u16) -> &[Diagnostic] {
        let all = &self.compiled.diagnostics;
        let from = all.partition_point(|d| d.span.file < file);
        let to = all.partition_point(|d| d.span.file <= file);
        all.get(from..to).unwrap_or_default()
    }

    /// The same files with other texts, compiled: what an edit would make of them.
    pub fn tried(&self, sources: &Sources) -> Compiled {
        compiled(self.sort, sources, parse(sources))
    }
}

/// The file of the official text: what 底本 names, or `official.txt` in the folder of a policy.
fn official(sort: Sort, dir: &Path, parsed: &Parsed) -> Option<PathBuf> {
    match Original::of(parsed) {
        Some(original) => original.is_plain().then(|| dir.join(original.name)),
        None => (sort == Sort::Policy).then(|| dir.join(OFFICIAL_FILE)),
    }
}

fn compiled(sort: Sort, sources: &Sources, parsed: Parsed) -> Compiled {
    let named = parsed.blocks.iter().any(|b| matches!(b.kind, BlockKind::Policy(_)));
    if sort == Sort::Policy || named {
        return compile_parsed(sources, parsed);
    }
    // Examples, drafts, pages of a manual: their rules are not one policy, but their writing can be looked at.
    let mut diagnostics = parsed.diagnostics.clone();
    diagnostics.sort_by_key(|d| (d.span, d.code));
    Compiled { scheme: None, diagnostics, sentences: Vec::new(), exceptions: Vec::new(), parsed }
}

/// `policy.md` first, then the others by name, those only open in the editor included.
fn markdown(dir: &Path, open: &Open) -> Vec<PathBuf> {
    let on_disk = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).filter(|p| p.is_file());
    let in_editor = open.keys().filter(|p| p.parent() == Some(dir)).cloned();
    let mut paths: Vec<PathBuf> = on_disk.chain(in_editor).filter(|p| part_of_a_policy(p)).collect();
    let policy = dir.join("policy.md");
    paths.retain(|p| *p != policy);
    paths.sort();
    paths.dedup();
    paths.insert(0, policy);
    paths
}

/// What is open, or what is on disk without a byte order mark.
fn text_of(path: &Path, open: &Open) -> Result<String, Text> {
    if let Some(text) = open.get(path) {
        return Ok(text.clone());
    }
    let unreadable = |e: std::io::Error| Text::new(format!("不能读这个文件：{e}"), format!("this file cannot be read: {e}"));
    if std::fs::metadata(path).map_err(unreadable)?.len() > SOURCE_BYTES_MAX {
        return Err(Text::new("超过16MB，不是政策文件", "larger than 16 MB: not a policy file"));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{FEFF}').map(String::from).unwrap_or(text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let line = error.as_bytes().iter().take(good).filter(|b| **b == b'\n').count() + 1;
            Err(Text::new(format!("第{line}行不是 UTF-8，请另存为 UTF-8"), format!("line {line} is not UTF-8: save the file as UTF-8")))
        }
    }
}
