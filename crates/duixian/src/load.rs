//! From a folder on disk to sources and a compiled scheme.

use crate::failure::Failure;
use crate::output::diagnostics;
use policy::Compiled;
use policy::check::official_file;
use policy::scheme::Scheme;
use policy::source::{SourceFile, Sources};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use values::Lang;

/// A policy is written by hand; a longer file is not one.
const SOURCE_BYTES_MAX: u64 = 16 << 20;

/// Reads `policy.md`, the other Markdown files in order of name (`README*` left out) and the official text: the file
/// that 底本 names, or else `official.txt`.
///
/// A path to a file gives that file alone, with the official text beside it.
pub fn sources(path: &Path) -> Result<Sources, Failure> {
    let (dir, names) = if path.is_dir() { (path, markdown(path)?) } else { (path.parent().unwrap_or(Path::new("")), vec![path.to_owned()]) };
    let mut sources = Sources::default();
    for name in names {
        let text = text_of(&name)?;
        sources.files.push(SourceFile { name: name.display().to_string(), text });
    }
    if let Some(official) = official_file(&sources).map(|name| dir.join(name)).filter(|path| path.exists()) {
        sources.official = Some(text_of(&official)?);
    }
    Ok(sources)
}

fn markdown(dir: &Path) -> Result<Vec<PathBuf>, Failure> {
    let policy = dir.join("policy.md");
    if !policy.is_file() {
        let name = dir.display();
        return Err(Failure::input(format!("{name} 里没有 policy.md"), format!("there is no policy.md in {name}"))
            .help("给出政策所在的文件夹，例如 policies/qianjiang", "name the folder of a policy, for example policies/qianjiang"));
    }
    let mut others = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(|e| Failure::unreadable(dir, &e))? {
        let path = entry.map_err(|e| Failure::unreadable(dir, &e))?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let wanted = path.extension() == Some(OsStr::new("md")) && !name.starts_with("README") && !name.starts_with('.');
        if wanted && name != "policy.md" && path.is_file() {
            others.push(path);
        }
    }
    others.sort();
    others.insert(0, policy);
    Ok(others)
}

/// The text of a source file, without a byte order mark.
pub fn text_of(path: &Path) -> Result<String, Failure> {
    let unreadable = |e: std::io::Error| Failure::unreadable(path, &e);
    let name = path.display();
    if std::fs::metadata(path).map_err(unreadable)?.len() > SOURCE_BYTES_MAX {
        return Err(Failure::input(format!("{name} 超过16MB，不是政策文件"), format!("{name} is larger than 16 MB: not a policy file")));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    match String::from_utf8(bytes) {
        Ok(text) => Ok(text.strip_prefix('\u{FEFF}').map(String::from).unwrap_or(text)),
        Err(error) => {
            let good = error.utf8_error().valid_up_to();
            let line = error.as_bytes().iter().take(good).filter(|b| **b == b'\n').count() + 1;
            Err(Failure::input(format!("{name} 第{line}行不是 UTF-8"), format!("{name}, line {line}: not UTF-8")).help("另存为 UTF-8", "save it as UTF-8"))
        }
    }
}

/// Compiles a policy that is to be used as a whole.
pub fn compile(sources: &Sources) -> Compiled {
    let mut compiled = policy::compile(sources);
    policy::check::whole(&mut compiled);
    compiled
}

/// A scheme that compiles. Otherwise the errors are written to stderr.
pub fn scheme(path: &Path, lang: Lang) -> Result<Scheme, Failure> {
    let sources = sources(path)?;
    let compiled = compile(&sources);
    whole(&sources, compiled, lang)
}

/// A policy that compiles, with its sources and syntax. Otherwise the errors are written to stderr.
pub fn policy(path: &Path, lang: Lang) -> Result<(Sources, Compiled, Scheme), Failure> {
    let sources = sources(path)?;
    let compiled = compile(&sources);
    let scheme = whole(&sources, compiled.clone(), lang)?;
    Ok((sources, compiled, scheme))
}

/// The scheme of what was compiled; otherwise its errors are written to stderr.
pub fn whole(sources: &Sources, compiled: Compiled, lang: Lang) -> Result<Scheme, Failure> {
    match compiled.scheme {
        Some(scheme) => Ok(scheme),
        None => {
            let errors: Vec<_> = compiled.diagnostics.into_iter().filter(|d| d.is_error()).collect();
            diagnostics::text(sources, &errors, lang, &mut std::io::stderr().lock())?;
            Err(Failure::Reported)
        }
    }
}
