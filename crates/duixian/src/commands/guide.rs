//! `guide`: the application guide (申报指南) of a policy as HTML, Markdown or a Word document.

use crate::cli::{GuideArgs, GuideFormat};
use crate::failure::{Failure, Verdict};
use crate::load;
use documents::word::guide as docx;
use policy::guide;
use std::ffi::OsStr;
use std::io::{IsTerminal, Write};
use std::path::Path;
use values::Lang;

/// Runs the command.
pub fn run(args: &GuideArgs, lang: Lang, out: &mut dyn Write) -> Result<Verdict, Failure> {
    let named = args.out.as_deref().and_then(by_name);
    if let (None, None, Some(path)) = (args.format, named, &args.out)
        && path.extension().is_some()
    {
        let name = path.display();
        return Err(Failure::input(format!("指南写不成 {name} 这种文件"), format!("a guide cannot be written as {name}")).help(
            "文件名用 .html、.docx 或 .md；要 PDF 请用浏览器打开 .html 后打印成 PDF",
            "name it .html, .docx or .md; for a PDF open the .html in a browser and print it to one",
        ));
    }
    let format = args.format.or(named).unwrap_or(GuideFormat::Html);
    if format == GuideFormat::Docx && args.out.is_none() && std::io::stdout().is_terminal() {
        return Err(Failure::input("DOCX 不能显示在终端里", "a DOCX cannot be shown in a terminal").help("加上 --out 申报指南.docx", "add --out guide.docx"));
    }
    let (_, compiled, scheme) = load::policy(&args.dir, lang)?;
    if scheme.policy.title.is_empty() {
        return Err(Failure::input("政策没有名称，指南没有标题", "the policy has no name, so that the guide has no title")
            .help("在第一个规则块开头写：政策 代号「名称」", "begin the first fence with: 政策 id「title」 (policy id \"title\")"));
    }
    let guide = guide::of(&scheme, &compiled.sentences, lang);
    let bytes = match format {
        GuideFormat::Html => guide::html(&guide).into_bytes(),
        GuideFormat::Md => guide::markdown(&guide).into_bytes(),
        GuideFormat::Docx => docx::bytes(&guide).map_err(|e| Failure::input(format!("写不成 DOCX：{e}"), format!("cannot write the DOCX: {e}")))?,
    };
    match &args.out {
        Some(path) => {
            std::fs::write(path, bytes).map_err(|e| Failure::unwritable(path, &e))?;
            writeln!(out, "{} {}", crate::output::pick(lang, "已写入", "written:"), path.display())?;
        }
        None => out.write_all(&bytes)?,
    }
    Ok(Verdict::Clean)
}

/// The format a file's name asks for.
fn by_name(path: &Path) -> Option<GuideFormat> {
    match path.extension().and_then(OsStr::to_str)?.to_ascii_lowercase().as_str() {
        "html" | "htm" => Some(GuideFormat::Html),
        "md" => Some(GuideFormat::Md),
        "docx" => Some(GuideFormat::Docx),
        _ => None,
    }
}
