//! A container (ZIP) that somebody else made: opened only within limits, every entry unpacked at most as far as it says it is large.
//! Nothing is ever written under a name from inside; names that would leave the folder are refused all the same, for whoever unpacks it later.

use crate::limits::{Limits, RATIO_FREE_BYTES};
use crate::problem::{Problem, shown};
use crate::xml;
use std::collections::HashSet;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Longest name of an entry, in bytes, and most folders in it.
const NAME_BYTES_MAX: usize = 255;
const FOLDERS_MAX: usize = 16;

/// A container whose table of contents is within the limits.
pub struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    names: Vec<String>,
    limits: Limits,
}

/// How many bytes as people read them.
#[must_use]
pub fn plain_size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes / 1024),
        _ => format!("{} MiB", bytes >> 20),
    }
}

/// Refuses a file that is larger than it may be.
pub fn within(bytes: u64, limits: &Limits) -> Result<(), Problem> {
    if bytes <= limits.bytes_max {
        return Ok(());
    }
    let (size, most) = (plain_size(bytes), plain_size(limits.bytes_max));
    Err(Problem::new(
        "file-too-large",
        (format!("文件有 {size}，超过 {most}"), format!("the file has {size}, more than {most}")),
        ("分成几个文件，或压缩图片后再交", "split it, or reduce its images"),
    ))
}

fn broken() -> Problem {
    Problem::new("broken-archive", ("文件已损坏，打不开", "the file is damaged and cannot be opened"), ("重新导出或下载后再交", "export or download it again"))
}

fn too_much(zh: String, en: String) -> Problem {
    Problem::new("archive-bomb", (zh, en), ("这不像正常的文件；请重新导出后再交", "this is not how such a file normally looks; export it again"))
}

impl<'a> Archive<'a> {
    /// Opens a container. Errors: too large, damaged, too many entries, a name that leads outside, a link, a password, more unpacked
    /// than allowed by what the entries say of themselves.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Problem> {
        within(bytes.len() as u64, limits)?;
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
        let count = zip.len();
        if count > limits.entries_max {
            let most = limits.entries_max;
            return Err(too_much(format!("文件里有 {count} 个部分，超过 {most} 个"), format!("the file has {count} parts, more than {most}")));
        }
        let (mut names, mut seen, mut packed, mut unpacked) = (Vec::with_capacity(count), HashSet::new(), 0_u64, 0_u64);
        for index in 0..count {
            let entry = zip.by_index_raw(index).map_err(|_| broken())?;
            let name = entry.name().map_err(|_| broken())?.into_owned();
            safe_name(&name)?;
            if !seen.insert(name.to_lowercase()) {
                let name = shown(&name);
                return Err(too_much(format!("文件里有两个“{name}”"), format!("the file has two parts named '{name}'")));
            }
            if entry.encrypted() {
                return Err(Problem::new("encrypted", ("文件有密码", "the file has a password"), ("去掉密码后再交", "remove the password")));
            }
            if entry.is_symlink() {
                return Err(unsafe_name(&name));
            }
            ratio(entry.size(), entry.compressed_size(), limits)?;
            unpacked = unpacked.saturating_add(entry.size());
            total(unpacked, limits)?;
            packed = packed.saturating_add(entry.compressed_size());
            if packed > bytes.len() as u64 {
                return Err(too_much("文件里的部分互相重叠".into(), "parts of the file lie over one another".into()));
            }
            names.push(name);
        }
        Ok(Self { zip, names, limits: *limits })
    }

    /// Names of the entries.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether there is an entry of that name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.iter().any(|n| n == name)
    }

    /// Unpacks one entry. Errors: damaged, or larger than it says.
    pub fn read(&mut self, name: &str) -> Result<Vec<u8>, Problem> {
        let index = self.names.iter().position(|n| n == name).ok_or_else(broken)?;
        self.unpack(index)
    }

    /// Unpacks everything once and keeps nothing: no entry is larger than it says, none is a container itself, and no XML
    /// is nested too deep or declares entities. To be asked before a library reads the container on its own.
    pub fn check_all(&mut self) -> Result<(), Problem> {
        for index in 0..self.names.len() {
            let name = self.names.get(index).cloned().unwrap_or_default();
            let lower = name.to_lowercase();
            if [".xml", ".rels"].iter().any(|end| lower.ends_with(end)) {
                let content = self.unpack(index)?;
                xml::check(&content, &self.limits).map_err(|e| e.of(shown(&name)))?;
                continue;
            }
            let head = self.pass(index)?;
            if head.starts_with(b"PK\x03\x04") || head.starts_with(&[0x1F, 0x8B]) {
                let name = shown(&name);
                return Err(too_much(format!("文件里的“{name}”又是压缩包"), format!("'{name}' inside the file is an archive itself")));
            }
        }
        Ok(())
    }

    /// Unpacks an entry without keeping it. Its first bytes.
    fn pass(&mut self, index: usize) -> Result<Vec<u8>, Problem> {
        let entry = self.zip.by_index(index).map_err(|_| broken())?;
        let declared = entry.size();
        let (mut head, mut rest) = (Vec::new(), entry.take(declared.saturating_add(1)));
        (&mut rest).take(4).read_to_end(&mut head).map_err(|_| broken())?;
        let after = std::io::copy(&mut rest, &mut std::io::sink()).map_err(|_| broken())?;
        if head.len() as u64 + after > declared { Err(larger()) } else { Ok(head) }
    }

    fn unpack(&mut self, index: usize) -> Result<Vec<u8>, Problem> {
        let entry = self.zip.by_index(index).map_err(|_| broken())?;
        let declared = entry.size();
        let mut content = Vec::new();
        entry.take(declared.saturating_add(1)).read_to_end(&mut content).map_err(|_| broken())?;
        if content.len() as u64 > declared { Err(larger()) } else { Ok(content) }
    }
}

fn larger() -> Problem {
    too_much("文件里有一部分比它自己说的大".into(), "a part of the file is larger than it says it is".into())
}

fn ratio(unpacked: u64, packed: u64, limits: &Limits) -> Result<(), Problem> {
    if unpacked <= RATIO_FREE_BYTES || unpacked <= packed.saturating_mul(limits.ratio_max) {
        return Ok(());
    }
    let most = limits.ratio_max;
    Err(too_much(format!("文件里有一部分解开后大 {most} 倍以上"), format!("a part of the file grows more than {most} times when unpacked")))
}

fn total(unpacked: u64, limits: &Limits) -> Result<(), Problem> {
    if unpacked <= limits.unpacked_bytes_max {
        return Ok(());
    }
    let most = plain_size(limits.unpacked_bytes_max);
    Err(too_much(format!("文件解开后超过 {most}"), format!("the file has more than {most} when unpacked")))
}

fn unsafe_name(name: &str) -> Problem {
    let name = shown(name);
    Problem::new(
        "unsafe-name",
        (format!("文件里的名称“{name}”指向外面"), format!("the name '{name}' inside the file leads outside")),
        ("这不是正常的文件；请重新导出后再交", "this is not a normal file; export it again"),
    )
}

/// A name that stays inside: no root, no drive, no `..`, no backslash, not too long or too deep.
fn safe_name(name: &str) -> Result<(), Problem> {
    let folders = name.split('/').count();
    let leads_out = name.split('/').any(|part| part == ".." || part == ".");
    let strange = name.starts_with('/') || name.contains(['\\', ':']) || name.chars().any(char::is_control);
    let long = name.is_empty() || name.len() > NAME_BYTES_MAX || folders > FOLDERS_MAX;
    if leads_out || strange || long { Err(unsafe_name(name)) } else { Ok(()) }
}
