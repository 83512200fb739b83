//! Pages of the language reference as sections and fences, and the example that each makes.

use policy::source::Sources;
use std::path::{Path, PathBuf};

/// A fence of a page: its mark, its body, and the line it starts on.
pub struct Fence {
    pub info: String,
    pub body: String,
    pub line: usize,
}

/// A section: everything from a heading to the next heading of any level.
pub struct Section {
    pub title: String,
    pub text: String,
    pub fences: Vec<Fence>,
}

impl Section {
    /// The bodies of its fences of one sort, one after the other.
    pub fn bodies(&self, info: &str) -> String {
        self.fences.iter().filter(|f| f.info == info).map(|f| f.body.as_str()).collect()
    }

    /// A scheme of one file, with the official text where the section holds one.
    pub fn sources(&self, text: String) -> Sources {
        let official = Some(self.bodies("duixian-official")).filter(|text| !text.is_empty());
        Sources { official, ..Sources::single(text) }
    }

    /// An example that the analysis has something to say of, with its code.
    pub fn finding(&self, fence: &Fence) -> Option<(String, Sources)> {
        if let Some(code) = fence.info.strip_prefix("markdown duixian-finding ") {
            return Some((code.trim().to_owned(), self.sources(fence.body.clone())));
        }
        let code = fence.info.strip_prefix("duixian-finding ")?.trim().to_owned();
        Some((code, self.sources(format!("```duixian\n{}\n```\n", fence.body))))
    }

    /// A wrong example with its code: what it is a file of.
    pub fn wrong(&self, fence: &Fence) -> Option<(String, Sources)> {
        if let Some(code) = fence.info.strip_prefix("duixian-file-error ") {
            return Some((code.trim().to_owned(), self.sources(fence.body.clone())));
        }
        let code = fence.info.strip_prefix("duixian-error ")?.trim().to_owned();
        // Lines that begin with `>` are the official words the fence stands under.
        let (words, body): (Vec<&str>, Vec<&str>) = fence.body.lines().partition(|line| line.starts_with('>'));
        let source = format!("{}\n\n```duixian\n{}{}\n```\n", words.join("\n"), self.bodies("duixian-base"), body.join("\n"));
        Some((code, self.sources(source)))
    }
}

pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/language")
}

/// The pages of the reference, and those of the diagnostics, each with its name.
pub fn pages() -> Vec<(String, String)> {
    let mut pages = read("");
    assert!(pages.len() > 18, "the reference has a page for each topic");
    pages.extend(read("diagnostics/"));
    pages
}

/// The pages of a folder of the reference.
pub fn read(under: &str) -> Vec<(String, String)> {
    let mut pages: Vec<_> = std::fs::read_dir(folder().join(under))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "md"))
        .map(|path| (format!("{under}{}", path.file_name().unwrap().to_string_lossy()), std::fs::read_to_string(&path).unwrap()))
        .collect();
    pages.sort();
    pages
}

pub fn sections(text: &str) -> Vec<Section> {
    let mut out = vec![Section { title: String::new(), text: String::new(), fences: Vec::new() }];
    let mut open: Option<(String, Fence)> = None;
    for (number, line) in text.lines().enumerate() {
        let section = out.last_mut().unwrap();
        if let Some((marks, fence)) = &mut open {
            section.text.push_str(line);
            section.text.push('\n');
            if line.trim_start().starts_with(marks.as_str()) {
                section.fences.push(open.take().unwrap().1);
            } else {
                fence.body.push_str(line);
                fence.body.push('\n');
            }
            continue;
        }
        let marks: String = line.chars().take_while(|c| *c == '`').collect();
        if marks.len() >= 3 {
            open = Some((marks.clone(), Fence { info: line[marks.len()..].trim().to_owned(), body: String::new(), line: number + 1 }));
        } else if line.starts_with('#') {
            out.push(Section { title: line.to_owned(), text: String::new(), fences: Vec::new() });
            continue;
        }
        let section = out.last_mut().unwrap();
        section.text.push_str(line);
        section.text.push('\n');
    }
    assert!(open.is_none(), "an open fence");
    out
}
