//! `fmt`: rules laid out the one way, keywords translated where asked for.

use crate::cli::{FmtArgs, LangArg};
use crate::failure::{Failure, Verdict};
use crate::load::text_of;
use crate::output::{diagnostics, pick};
use policy::diagnostic::Diagnostic;
use policy::format::{Keywords, format};
use policy::source::{SourceFile, Sources};
use std::io::Write;
use std::path::Path;
use values::Lang;

/// Runs the command. A file with fences that cannot be read is left as it is.
pub fn run(args: &FmtArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let keywords = args.keywords.map(|k| match k {
        LangArg::Zh => Keywords::Chinese,
        LangArg::En => Keywords::English,
    });
    let (mut broken, mut differ) = (false, false);
    for path in &args.files {
        let text = text_of(path)?;
        let formatted = format(0, &text, keywords);
        if formatted.diagnostics.iter().any(Diagnostic::is_error) {
            let sources = Sources { files: vec![SourceFile { name: path.display().to_string(), text }], official: None };
            diagnostics::text(&sources, &formatted.diagnostics, lang, &mut std::io::stderr().lock())?;
            broken = true;
            continue;
        }
        if formatted.text == text {
            continue;
        }
        differ = true;
        if args.check {
            writeln!(out, "{} {}", pick(lang, "需要整理：", "would change:"), path.display())?;
        } else {
            replace(path, &formatted.text)?;
            writeln!(out, "{} {}", pick(lang, "已整理：", "changed:"), path.display())?;
        }
    }
    Ok(match (broken, args.check && differ) {
        (true, _) => Verdict::BadInput,
        (false, true) => Verdict::Findings,
        (false, false) => Verdict::Clean,
    })
}

/// Writes beside the file and renames, so that an interruption leaves the old text or the new one.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let fail = |e: std::io::Error| Failure::unwritable(path, &e);
    let real = std::fs::canonicalize(path).map_err(fail)?;
    let mut name = real.as_os_str().to_owned();
    name.push(".duixian-fmt");
    let beside = std::path::PathBuf::from(name);
    let permissions = std::fs::metadata(&real).map_err(fail)?.permissions();
    std::fs::write(&beside, text).and_then(|()| std::fs::set_permissions(&beside, permissions)).and_then(|()| std::fs::rename(&beside, &real)).map_err(|e| {
        // The half-written copy is of no use; if it cannot be removed either, the message below names the folder.
        let _ = std::fs::remove_file(&beside);
        fail(e)
    })
}
