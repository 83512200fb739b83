//! Fonts for pages: found in the folders where systems keep them, or named by the office (`font_path`). None comes with the
//! program. Only what a document uses of a font goes into its file.

use crate::lines::{Face, Measure, Unit};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::FileRef;
use skrifa::string::StringId;
use skrifa::{FontRef, MetadataProvider};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Signs a font must have to be of use.
const PROBE: &str = "的制发申报核定〔〕，。（）“”壹贰元";

/// Where systems keep fonts; `~` is the home of the user.
const FOLDERS: &[&str] =
    &["/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts", "/System/Library/Fonts", "C:\\Windows\\Fonts"];

/// File names, the best first, by what they are for: 仿宋 and 宋 for text, 小标宋 and bold 宋 for titles, 黑体 for headings.
const BODY: &[&str] = &[
    "simfang",
    "stfangso",
    "fangsong",
    "fzfs",
    "notoserifcjk-regular",
    "notoserifcjksc-regular",
    "notoserifsc",
    "sourcehanserif",
    "simsun",
    "songti",
    "uming",
];
const TITLE: &[&str] = &["fzxbs", "xiaobiaosong", "notoserifcjk-bold", "notoserifcjksc-bold", "notoserifsc-bold", "sourcehanserifsc-bold", "stzhongs"];
const HEADING: &[&str] = &["simhei", "notosanscjk-regular", "notosanscjksc-regular", "notosanssc", "sourcehansans", "wqy-zenhei", "wqy-microhei", "stheiti"];
const ANY: &[&str] =
    &["notosanscjk-regular", "notosanscjk", "sourcehansans", "wqy-zenhei", "wqy-microhei", "simhei", "msyh", "pingfang", "droidsansfallback", "ukai"];

/// Why there is no font.
#[derive(Debug, thiserror::Error)]
pub enum FontsError {
    /// None on the system.
    #[error(
        "没有找到中文字体，无法生成PDF（Word文件不受影响）。请安装字体：Debian、Ubuntu 用 apt install fonts-noto-cjk，Fedora 用 dnf install google-noto-serif-cjk-fonts，openEuler、麒麟可用 wqy-zenhei-fonts；或者在配置中用 font_path 指明字体文件或所在文件夹"
    )]
    None,
    /// The one that was named cannot be read.
    #[error("字体 {}：无法读取（{source}）。请检查配置中的 font_path", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The one that was named is none, or has no Chinese.
    #[error("字体 {}：不是含中文的字体文件。请检查配置中的 font_path，应为 .ttf、.otf 或 .ttc 文件", path.display())]
    Unfit {
        /// Which.
        path: PathBuf,
    },
}

/// One cut of a font.
pub(super) struct Cut {
    pub(super) data: Arc<Vec<u8>>,
    pub(super) index: u32,
    /// Glyph and width in thousandths of its size, by character.
    glyphs: HashMap<char, (u32, Unit)>,
}

/// The fonts of a system that documents are set in.
pub struct Fonts {
    cuts: [Arc<Cut>; 3],
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts").finish_non_exhaustive()
    }
}

impl Fonts {
    /// Finds fonts: in what the office named – a file or a folder – or on the system. Errors: none there, with what to install.
    pub fn find(named: Option<&Path>) -> Result<Self, FontsError> {
        match named {
            Some(path) if path.is_file() => {
                let body = load(path)?.ok_or_else(|| FontsError::Unfit { path: path.to_owned() })?;
                Ok(Self { cuts: [Arc::clone(&body), Arc::clone(&body), body] })
            }
            Some(path) => {
                std::fs::read_dir(path).map_err(|source| FontsError::Unreadable { path: path.to_owned(), source })?;
                Self::among(&fonts_in(&[path.to_owned()]))
            }
            None => Self::among(&fonts_in(&folders())),
        }
    }

    fn among(files: &[PathBuf]) -> Result<Self, FontsError> {
        let body = first(files, &[BODY, ANY, &[""]]).ok_or(FontsError::None)?;
        let title = first(files, &[TITLE]).unwrap_or_else(|| Arc::clone(&body));
        let heading = first(files, &[HEADING]).unwrap_or_else(|| Arc::clone(&body));
        Ok(Self { cuts: [body, title, heading] })
    }

    pub(super) fn cut(&self, face: Face) -> &Cut {
        let [body, title, heading] = &self.cuts;
        match face {
            Face::Body => body,
            Face::Title => title,
            Face::Heading => heading,
        }
    }
}

impl Cut {
    /// The glyph of a character, and its width in thousandths of the size; what the font does not have is its empty box.
    pub(super) fn glyph(&self, character: char) -> (u32, Unit) {
        self.glyphs.get(&character).copied().unwrap_or((0, 1_000))
    }
}

impl Measure for Fonts {
    fn width(&self, face: Face, size: Unit, character: char) -> Unit {
        let (_, width) = self.cut(face).glyph(character);
        Unit::try_from(i64::from(width) * i64::from(size) / 1_000).unwrap_or(size)
    }
}

fn folders() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let resolved = |folder: &&str| match folder.strip_prefix("~/") {
        Some(rest) => home.as_ref().map(|home| home.join(rest)),
        None => Some(PathBuf::from(folder)),
    };
    FOLDERS.iter().filter_map(resolved).collect()
}

/// Font files in folders and below, in the order of their names.
fn fonts_in(folders: &[PathBuf]) -> Vec<PathBuf> {
    let mut stack = folders.to_vec();
    let mut out = Vec::new();
    while let Some(folder) = stack.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            // A link back up would never end.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                stack.push(path);
            } else if path.extension().is_some_and(|end| ["ttf", "otf", "ttc"].iter().any(|known| end.eq_ignore_ascii_case(known))) {
                out.push(path);
            }
        }
    }
    out.sort();
    out
}

/// The first fit font by lists of names.
fn first(files: &[PathBuf], lists: &[&[&str]]) -> Option<Arc<Cut>> {
    let name = |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().to_lowercase().replace([' ', '_'], "")).unwrap_or_default();
    let wanted = lists.iter().flat_map(|list| list.iter());
    wanted.flat_map(|want| files.iter().filter(move |path| name(path).contains(want))).find_map(|path| load(path).ok().flatten())
}

/// Reads a font; none: it is none, or has no Chinese.
fn load(path: &Path) -> Result<Option<Arc<Cut>>, FontsError> {
    let data = Arc::new(std::fs::read(path).map_err(|source| FontsError::Unreadable { path: path.to_owned(), source })?);
    let Ok(file) = FileRef::new(&data) else { return Ok(None) };
    let faces: Vec<(u32, FontRef<'_>)> =
        (0..).zip(file.fonts()).filter_map(|(index, font)| font.ok().map(|font| (index, font))).filter(|(_, f)| fits(f)).collect();
    let simplified = faces.iter().find(|(_, font)| {
        let family: String = font.localized_strings(StringId::FAMILY_NAME).english_or_first().map(|name| name.chars().collect()).unwrap_or_default();
        family.ends_with(" SC") || family.ends_with(" GB") || family.ends_with(" CN")
    });
    let Some((index, font)) = simplified.or(faces.first()) else { return Ok(None) };
    let cut = Cut { data: Arc::clone(&data), index: *index, glyphs: glyphs(font) };
    Ok(Some(Arc::new(cut)))
}

fn fits(font: &FontRef<'_>) -> bool {
    let map = font.charmap();
    PROBE.chars().all(|c| map.map(c).is_some())
}

/// Every character's glyph and width.
#[allow(clippy::float_arithmetic, clippy::cast_possible_truncation, reason = "widths of glyphs come as numbers of this kind; from here on they are whole")]
fn glyphs(font: &FontRef<'_>) -> HashMap<char, (u32, Unit)> {
    let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
    let em = i64::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em.max(1));
    let width = |glyph| i64::from(metrics.advance_width(glyph).unwrap_or_default().round() as i32) * 1_000 / em;
    let all = font.charmap().mappings().filter_map(|(code, glyph)| char::from_u32(code).map(|c| (c, glyph)));
    all.map(|(c, glyph)| (c, (glyph.to_u32(), Unit::try_from(width(glyph)).unwrap_or(1_000)))).collect()
}
