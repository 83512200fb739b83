//! Issued documents as files: what was frozen, printed as Word, PDF or text; the papers of a meeting together. Issuing is an
//! act of the office; here nothing is made that was not issued.

use crate::Portal;
use crate::evidence::attached;
use crate::export::note;
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who, operation, query};
use crate::problem::Problem;
use crate::records::reading;
use axum::http::{Method, StatusCode};
use casework::Record;
use casework::document::{Document, DocumentKind};
use documents::pdf::{Fonts, FontsError, pdf};
use documents::{Print, Templates, text, word};
use office::reading::collection;
use std::io::{Cursor, Write};
use values::Lang;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// What a document is printed as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Word,
    Pdf,
    Text,
}

impl Format {
    fn of(asked: &Asked<'_>) -> Result<Self, Problem> {
        match asked.query("format").unwrap_or("docx") {
            "docx" => Ok(Self::Word),
            "pdf" => Ok(Self::Pdf),
            "text" => Ok(Self::Text),
            _ => Err(Problem::malformed("format 应为 docx、pdf 或 text", "format must be docx, pdf or text")),
        }
    }

    const fn end(self) -> &'static str {
        match self {
            Self::Word => "docx",
            Self::Pdf => "pdf",
            Self::Text => "txt",
        }
    }

    const fn media(self) -> &'static str {
        match self {
            Self::Word => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// What can be asked of documents.
pub fn operations() -> Vec<Operation> {
    let format = || vec![ID, query("format", "docx（默认）、pdf 或 text", "docx (unless said otherwise), pdf or text")];
    vec![
        Operation {
            parameters: format(),
            gives: (200, Payload::Bytes("*/*")),
            ..operation(Method::GET, "/api/v1/documents/{id}/file", "document_file", "files", ("下载公文", "A document as a file"), Who::SignedIn, file)
        },
        Operation {
            parameters: format(),
            gives: (200, Payload::Bytes("application/zip")),
            ..operation(
                Method::GET,
                "/api/v1/calls/{id}/meeting-pack",
                "meeting_pack",
                "files",
                ("上会材料：已制发的分配方案、比较表、拟公示名单、纪要、底稿", "The papers of a meeting about a call, as they were issued last"),
                Who::SignedIn,
                pack,
            )
        },
    ]
}

/// Prints documents, one file each with its name. Errors: no font, for PDF alone; templates or data that cannot be used.
async fn printed(portal: &Portal, documents: Vec<Document>, format: Format) -> Result<Vec<(String, Vec<u8>)>, Problem> {
    let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
    let (demo, fonts, templates) = (portal.config.demo, portal.config.font_path.clone(), portal.config.templates_dir.clone());
    let work = move || {
        let failed = |why: String| Problem::failed(&format!("a document: {why}"));
        let templates = match &templates {
            Some(folder) => Templates::from_folder(folder),
            None => Templates::built_in(),
        };
        let templates = templates.map_err(|why| failed(why.to_string()))?;
        // Fonts take much memory: they are there while something is printed, and no longer.
        let fonts = if format == Format::Pdf { Some(Fonts::find(fonts.as_deref()).map_err(|why| no_font(&why))?) } else { None };
        let mut out = Vec::new();
        for document in documents {
            let print = Print::of(&document, demo).map_err(|why| failed(why.to_string()))?;
            let layout = templates.layout(&print).ok_or_else(|| failed(format!("{} has no template", document.kind.name())))?;
            let bytes = match &fonts {
                Some(fonts) => pdf(&layout, fonts).map_err(|why| failed(why.to_string()))?,
                None if format == Format::Word => word::bytes(&layout).map_err(|why| failed(why.to_string()))?,
                None => text(&layout).into_bytes(),
            };
            out.push((format!("{}-{}.{}", document.kind.title(), document.register_number(), format.end()), bytes));
        }
        Ok(out)
    };
    tokio::task::spawn_blocking(work).await.map_err(|why| Problem::failed(&why.to_string()))?
}

fn no_font(why: &FontsError) -> Problem {
    let title = ("没有可用的中文字体", "There is no Chinese font");
    let en = "PDF needs a Chinese font and none can be used: install fonts-noto-cjk (Debian, Ubuntu) or google-noto-serif-cjk-fonts (Fedora), or set font_path. Word and text do not need it.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "no-font", title, why.to_string(), en)
}

/// A document as PDF, with the name of the file. Errors: as of printing.
pub async fn as_pdf(portal: &Portal, document: Document) -> Result<Answer, Problem> {
    let id = document.id().to_owned();
    let (name, bytes) = printed(portal, vec![document], Format::Pdf).await?.pop().ok_or_else(|| Problem::unknown("document", &id))?;
    Ok(attached(Format::Pdf.media(), bytes, &name))
}

fn file<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let format = Format::of(asked)?;
        let document = reading(portal, asked).await?.document(asked.id()).await?;
        let mut files = printed(portal, vec![document], format).await?;
        let (name, bytes) = files.pop().ok_or_else(|| Problem::unknown("document", asked.id()))?;
        note(portal, asked, "document", &[("document", asked.id())], format.end(), 1).await?;
        Ok(attached(format.media(), bytes, &name))
    })
}

fn pack<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let format = Format::of(asked)?;
        let mut reading = reading(portal, asked).await?;
        let by_name = |name| collection(name).ok_or_else(|| Problem::unknown("collection", name));
        reading.one(by_name("calls")?, asked.id()).await?;
        if by_name("documents")?.sight(reading.role()).is_none() {
            return Err(Problem::denied());
        }
        let all: Vec<Document> = reading.work.list("subject_id", &asked.id().into()).await?;
        let mut chosen = Vec::new();
        let mut missing = Vec::new();
        for kind in DocumentKind::MEETING {
            let of_kind = all.iter().filter(|document| document.kind == kind && document.void.is_none());
            match of_kind.max_by_key(|document| (document.year, document.number)) {
                Some(last) => chosen.push(reading.document(last.id()).await?),
                None => missing.push(kind),
            }
        }
        if !missing.is_empty() {
            let title = ("上会材料尚未制发", "The papers were not issued yet");
            let zh = missing.iter().map(|kind| kind.title()).collect::<Vec<_>>().join("、");
            let en = missing.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(", ");
            let (zh, en) =
                (format!("尚未制发：{zh}。请先一并制发（document.issue）。"), format!("Not issued yet: {en}. Issue them together first (document.issue)."));
            return Err(Problem::new(StatusCode::CONFLICT, "not-issued", title, zh, en));
        }
        // Printing takes its time: the connection is for others meanwhile.
        drop(reading);
        let files = printed(portal, chosen, format).await?;
        let packed = zipped(&files).map_err(|why| Problem::failed(&why.to_string()))?;
        note(portal, asked, "meeting-pack", &[("call", asked.id())], format.end(), files.len()).await?;
        let name = if asked.language == Lang::Zh { "上会材料" } else { "meeting-pack" };
        let answer: Answer = attached("application/zip", packed, &format!("{name}-{}.zip", asked.id()));
        Ok(answer)
    })
}

fn zipped(files: &[(String, Vec<u8>)]) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (at, (name, bytes)) in files.iter().enumerate() {
        zip.start_file(format!("{:02} {name}", at + 1), SimpleFileOptions::default())?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
