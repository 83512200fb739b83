//! What a file is by its content. Each kind is followed as far as its own format says where it ends, so that nothing can hide behind a head
//! of a few bytes; a file that is two things at once is refused.

use super::FileKind;
use crate::archive::Archive;
use crate::limits::Limits;
use crate::problem::Problem;
use crate::xml;

/// What a file is. Errors: empty; of a kind that is not taken; cut off; two kinds at once; a container over its limits; macros or scripts.
pub fn kind_of(bytes: &[u8], limits: &Limits) -> Result<FileKind, Problem> {
    if bytes.is_empty() {
        return Err(Problem::new("empty-file", ("文件是空的", "the file is empty"), ("重新选择文件", "choose the file again")));
    }
    let kind = if bytes.starts_with(b"%PDF-") {
        pdf(bytes)?;
        FileKind::Pdf
    } else if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        area(jpeg(bytes).ok_or_else(cut_off)?, limits)?;
        FileKind::Jpeg
    } else if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
        area(png(bytes).ok_or_else(cut_off)?, limits)?;
        FileKind::Png
    } else if bytes.starts_with(b"PK\x03\x04") {
        return container(bytes, limits);
    } else {
        return Err(not_taken());
    };
    if zip::ZipArchive::new(std::io::Cursor::new(bytes)).is_ok() {
        return Err(two_kinds());
    }
    Ok(kind)
}

fn not_taken() -> Problem {
    Problem::new(
        "kind-not-taken",
        ("这种文件不能上传（按内容判断，与文件名无关）", "files of this kind are not taken (by content, whatever the name)"),
        ("只收 PDF、JPG、PNG、OFD、XLSX；其他文件请打印成 PDF", "PDF, JPG, PNG, OFD and XLSX are; print others to PDF"),
    )
}

fn cut_off() -> Problem {
    Problem::new("cut-off", ("文件不完整或已损坏", "the file is cut off or damaged"), ("重新导出或拍摄后再交", "export or photograph it again"))
}

fn two_kinds() -> Problem {
    Problem::new("two-kinds", ("文件同时是两种文件", "the file is two kinds of file at once"), ("重新导出后再交", "export it again"))
}

fn found(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

/// A PDF ends as one, and holds no scripts or commands that can be seen (those inside compressed streams cannot).
fn pdf(bytes: &[u8]) -> Result<(), Problem> {
    const TAIL: usize = 2048;
    let tail = bytes.get(bytes.len().saturating_sub(TAIL)..).unwrap_or_default();
    if !found(tail, b"%%EOF") {
        return Err(cut_off());
    }
    if [b"/JavaScript".as_slice(), b"/Launch"].iter().any(|what| found(bytes, what)) {
        return Err(Problem::new(
            "active-pdf",
            ("PDF 里有脚本或命令", "the PDF holds scripts or commands"),
            ("打印成新的 PDF 后再交", "print it to a new PDF"),
        ));
    }
    Ok(())
}

fn area((width, height): (u64, u64), limits: &Limits) -> Result<(), Problem> {
    if width == 0 || height == 0 {
        return Err(cut_off());
    }
    if width.saturating_mul(height) > limits.pixels_max {
        return Err(Problem::new(
            "image-too-large",
            (format!("图片有 {width}×{height} 点，太大"), format!("the image has {width}×{height} points, too many")),
            ("缩小后再交", "make it smaller"),
        ));
    }
    Ok(())
}

fn big_endian(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    Some(bytes.get(at..at.checked_add(width)?)?.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte)))
}

/// Width and height of a PNG whose chunks follow one another up to the last; none if they do not.
fn png(bytes: &[u8]) -> Option<(u64, u64)> {
    let (mut at, mut size) = (8, None);
    loop {
        let length = usize::try_from(big_endian(bytes, at, 4)?).ok()?;
        let name = bytes.get(at + 4..at + 8)?;
        if at == 8 {
            (name == b"IHDR" && length == 13).then_some(())?;
            size = Some((big_endian(bytes, at + 8, 4)?, big_endian(bytes, at + 12, 4)?));
        }
        // Length, name and checksum stand around the content.
        at = at.checked_add(length)?.checked_add(12)?;
        if at > bytes.len() {
            return None;
        }
        if name == b"IEND" {
            return size.filter(|_| at == bytes.len());
        }
    }
}

/// Width and height of a JPEG whose segments lead to an image that ends; none if they do not.
fn jpeg(bytes: &[u8]) -> Option<(u64, u64)> {
    let (mut at, mut size) = (2, None);
    loop {
        let marker = *bytes.get(at + 1).filter(|_| bytes.get(at) == Some(&0xFF))?;
        match marker {
            0xFF => at += 1,
            0x01 | 0xD0..=0xD7 => at += 2,
            // The image itself: it has no length, but an end.
            0xDA => return size.filter(|_| found(bytes.get(at..).unwrap_or_default(), &[0xFF, 0xD9])),
            0xD8 | 0xD9 => return None,
            _ => {
                let length = usize::try_from(big_endian(bytes, at + 2, 2)?).ok().filter(|length| *length >= 2)?;
                if matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC) {
                    size = Some((big_endian(bytes, at + 7, 2)?, big_endian(bytes, at + 5, 2)?));
                }
                at = at.checked_add(length)?.checked_add(2)?;
            }
        }
    }
}

fn container(bytes: &[u8], limits: &Limits) -> Result<FileKind, Problem> {
    let mut archive = Archive::open(bytes, limits)?;
    archive.check_all()?;
    let ofd = archive.has("OFD.xml");
    let office = archive.has("[Content_Types].xml");
    let xlsx = office && archive.has("xl/workbook.xml");
    match (ofd, office) {
        (true, true) => return Err(two_kinds()),
        (true, false) => {
            let root = xml::parse(&archive.read("OFD.xml")?, limits)?;
            return if root.name == "OFD" && root.child("DocBody").is_some() { Ok(FileKind::Ofd) } else { Err(cut_off()) };
        }
        _ => {}
    }
    if !xlsx {
        return Err(not_taken());
    }
    if archive.names().iter().any(|name| name.to_lowercase().contains("vbaproject") || name.to_lowercase().contains("activex")) {
        return Err(Problem::new("macros", ("工作簿里有宏", "the workbook holds macros"), ("另存为不带宏的 .xlsx", "save it as .xlsx without macros")));
    }
    Ok(FileKind::Xlsx)
}
