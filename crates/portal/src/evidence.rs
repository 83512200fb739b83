//! Evidence that has arrived: looked at, kept once under its digest outside of what is served, given out only to whoever sees
//! where it is used. E-invoices among it are read, and found again when they come a second time.

pub mod inline;
mod outgoing;

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, Operation, Parameter, Payload, Who, operation};
use crate::problem::Problem;
use crate::records::reading;
use crate::uploads::{blocking, sync_folder};
use axum::body::Body;
use axum::http::{Method, StatusCode, header};
use casework::Record;
use casework::case::Case;
use casework::chain::Fingerprint;
use casework::people::Role;
use casework::performance::Performance;
use exchange::Limits;
use exchange::evidence::{FileKind, accept, safe_name};
use exchange::invoice::{Invoice, from_ofd, from_xml};
use office::Stop;
use office::reading::{Reading, collection};
use schemars::JsonSchema;
use serde::Serialize;
use std::io::Write;
use std::path::{Path, PathBuf};
use store::service::{InvoiceUse, Upload};
use values::{Date, Fen};

/// How an invoice that is not wrapped in an OFD is called among the kinds of files.
const XML: &str = "xml";

const DIGEST: Parameter = Parameter { name: "digest", place: "path", about: ("文件摘要（SM3）", "SM3 of the file"), kind: "string" };

/// A file that was taken.
#[derive(Serialize, JsonSchema)]
pub struct Taken {
    /// SM3 of its content; evidence is named by it in acts.
    digest: String,
    /// What it is: `pdf`, `jpg`, `png`, `ofd`, `xlsx` or `xml` (an e-invoice).
    kind: String,
    /// The name it is kept under.
    name: String,
    /// The invoice it holds, where it is one; only right after it has arrived.
    invoice: Option<ShownInvoice>,
}

impl Taken {
    /// What is kept of a file that was taken; none: it has not arrived.
    pub fn of(upload: &Upload) -> Option<Self> {
        let (digest, kind) = upload.digest.clone().zip(upload.kind.clone())?;
        Some(Self { digest, kind, name: upload.name.clone(), invoice: None })
    }
}

/// An e-invoice, amounts in fen.
#[derive(Serialize, JsonSchema)]
pub struct ShownInvoice {
    /// Code; fully digital invoices have none.
    code: Option<String>,
    /// Number.
    number: String,
    /// Day of issue.
    on: Date,
    /// Name of the seller.
    seller: String,
    /// Name of the buyer.
    buyer: String,
    /// Taxpayer number of the buyer.
    buyer_number: Option<String>,
    /// Without tax.
    net: Fen,
    /// Tax.
    tax: Fen,
    /// With tax; negative where it takes back another.
    total: Fen,
    /// Whether it takes back another (红字发票).
    red: bool,
    /// Where else the same invoice was handed in, whatever file it came in.
    seen: Vec<SeenBefore>,
}

/// That an invoice was handed in at another time.
#[derive(Serialize, JsonSchema)]
struct SeenBefore {
    /// When.
    at: String,
    /// Whether by the reader's own enterprise or the reader.
    own: bool,
    /// Whose it is; officers alone are told.
    organisation: Option<String>,
    /// Cases that hold it, as far as the reader sees them.
    cases: Vec<String>,
}

/// What can be asked of evidence.
pub fn operations() -> Vec<Operation> {
    vec![
        inline::operation(),
        Operation {
            parameters: vec![DIGEST],
            gives: (200, Payload::Bytes("*/*")),
            ..operation(Method::GET, "/api/v1/evidence/{digest}", "evidence", "files", ("下载佐证材料", "A piece of evidence"), Who::SignedIn, give)
        },
        Operation {
            parameters: vec![DIGEST],
            gives: (200, Payload::Json(|generator| generator.subschema_for::<ShownInvoice>())),
            ..operation(
                Method::GET,
                "/api/v1/evidence/{digest}/invoice",
                "evidence_invoice",
                "files",
                ("读取电子发票，查是否重复使用", "The e-invoice in a piece of evidence, and where else it was handed in"),
                Who::SignedIn,
                invoice,
            )
        },
    ]
}

pub fn path_of(portal: &Portal, digest: &str) -> PathBuf {
    portal.config.data.join("evidence").join(digest)
}

/// Looks at a file that is whole and keeps it under its digest. The inner error: it is not taken, and why.
///
/// Done again after a break it does the same: the part goes last.
pub async fn placed(portal: &Portal, asked: &Asked<'_>, upload: &Upload, part: &Path) -> Result<Result<(Upload, Taken), Problem>, Problem> {
    let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
    let (from, folder, name) = (part.to_owned(), portal.config.data.join("evidence"), upload.name.clone());
    let looked = blocking(move || {
        let bytes = std::fs::read(&from)?;
        let looked = match look(&name, &bytes) {
            Ok(looked) => looked,
            Err(why) => return Ok(Err(why)),
        };
        let beside = from.file_stem().unwrap_or_default().to_string_lossy();
        put_under_digest(&folder, &looked.digest.to_string(), &beside, &bytes)?;
        Ok(Ok(looked))
    });
    let looked = match looked.await? {
        Ok(looked) => looked,
        Err(why) => return Ok(Err(not_taken(&why))),
    };
    let row = Upload { name: looked.name, kind: Some(looked.kind), digest: Some(looked.digest.to_string()), ..upload.clone() };
    let invoice = match &looked.invoice {
        Some(found) => {
            let at = portal.clock.now().to_string();
            let note = InvoiceUse {
                upload_id: row.id.clone(),
                fingerprint: found.fingerprint().to_string(),
                digest: looked.digest.to_string(),
                user_id: row.user_id.clone(),
                organisation_id: row.organisation_id.clone(),
                at,
            };
            portal.office.store().put_service_row(&note).await?;
            Some(shown(portal, asked, found, Some(&row.id)).await?)
        }
        None => None,
    };
    portal.office.store().put_service_row(&row).await?;
    drop(std::fs::remove_file(part));
    let taken = Taken::of(&row).ok_or_else(|| Problem::failed("a file without a digest"))?;
    Ok(Ok((row, Taken { invoice, ..taken })))
}

/// Keeps bytes once under their digest. Never half a file under a digest: written beside it under a name of its own, then named.
pub fn put_under_digest(folder: &Path, digest: &str, beside: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let place = folder.join(digest);
    if !place.exists() {
        let beside = folder.join(format!("{beside}.new"));
        let mut file = std::fs::File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&beside, &place)?;
        sync_folder(folder)?;
    }
    Ok(())
}

/// What was found out about a file.
struct Looked {
    kind: String,
    name: String,
    digest: Fingerprint,
    invoice: Option<Invoice>,
}

fn look(name: &str, bytes: &[u8]) -> Result<Looked, exchange::Problem> {
    let limits = Limits::EVIDENCE;
    let bare = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if bare.first() == Some(&b'<') {
        // Markup is taken where it is an invoice and nothing else.
        let invoice = from_xml(bytes, &limits)?;
        let stem = name.strip_suffix(".xml").or_else(|| name.strip_suffix(".XML")).unwrap_or(name);
        let safe = safe_name(stem, FileKind::Ofd);
        let name = format!("{}.{XML}", safe.strip_suffix(".ofd").unwrap_or(&safe));
        return Ok(Looked { kind: XML.into(), name, digest: Fingerprint::of(bytes), invoice: Some(invoice) });
    }
    let accepted = accept(name, bytes, &limits)?;
    let invoice = if accepted.kind == FileKind::Ofd { in_ofd(bytes)? } else { None };
    Ok(Looked { kind: accepted.kind.extension().into(), name: accepted.name, digest: accepted.digest, invoice })
}

/// The invoice of an OFD; none: it is something else, as many a contract is. Errors: an invoice that contradicts itself, lacks something
/// or does not add up: taken as any other file, it would be an invoice that is never found again.
fn in_ofd(bytes: &[u8]) -> Result<Option<Invoice>, exchange::Problem> {
    match from_ofd(bytes, &Limits::EVIDENCE) {
        Ok(invoice) => Ok(Some(invoice)),
        Err(why) if why.code == "not-an-invoice" => Ok(None),
        Err(why) => Err(why),
    }
}

/// A problem of a file, as the service tells it.
pub fn not_taken(why: &exchange::Problem) -> Problem {
    let words = |lang| why.note(lang);
    let title = ("文件不能使用", "The file cannot be used");
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why.code, title, words(values::Lang::Zh), words(values::Lang::En))
}

/// Ids of cases of a file that the reader sees holding it, the first ones.
async fn holding(reading: &mut Reading<'_>, upload: &Upload, digest: &str) -> Result<Vec<String>, Problem> {
    let mut cases: Vec<Case> = match &upload.organisation_id {
        Some(own) => reading.work.list("organisation_id", &own.as_str().into()).await?,
        None => Vec::new(),
    };
    if let Some(case) = &upload.case_id {
        cases.extend(reading.work.peek::<Case>(case).await?.filter(|case| !cases.iter().any(|other| other.id == case.id)));
    }
    let mut out = Vec::new();
    for case in cases {
        // What an officer added to a case may belong to what stands beside it: officers who see the case have it.
        let by_officer = reading.role() != Role::Applicant && upload.case_id.as_deref() == Some(case.id.as_str());
        let reports: Vec<Performance> = reading.work.list("case_id", &case.id.as_str().into()).await?;
        let reports = reports.iter().map(|report| ("performances", report.id().to_owned()));
        for (name, id) in [("cases", case.id.to_string())].into_iter().chain(reports) {
            let Some(body) = seen(reading, name, &id).await? else { continue };
            if body.contains(digest) || by_officer && name == "cases" {
                out.push(case.id.to_string());
                break;
            }
        }
    }
    Ok(out)
}

/// What a reader sees of a record, as text; none: nothing.
async fn seen(reading: &mut Reading<'_>, name: &str, id: &str) -> Result<Option<String>, Problem> {
    let Some(collection) = collection(name) else { return Ok(None) };
    match reading.one(collection, id).await {
        Ok(read) => Ok(Some(read.body.to_string())),
        Err(Stop::Refused(_)) => Ok(None),
        Err(failed) => Err(failed.into()),
    }
}

/// How the reader may have a file: as one who sent it, or as one who sees a case that holds it. Errors: not at all.
///
/// Only cases of the enterprise that sent it count: who writes another's digest into an own case gets nothing by it.
pub async fn own_or_held(portal: &Portal, asked: &Asked<'_>) -> Result<Upload, Problem> {
    let seat = asked.seat()?;
    let digest = asked.path.get("digest").map_or("", String::as_str);
    let unknown = || Problem::unknown("evidence", digest);
    let named = Fingerprint::parse(digest).ok_or_else(unknown)?.to_string();
    let rows: Vec<Upload> = portal.office.store().service_rows("digest", &named).await?;
    if let Some(own) = rows.iter().find(|row| row.user_id == seat.user.as_str()) {
        return Ok(own.clone());
    }
    let mut reading = reading(portal, asked).await?;
    for row in rows {
        if !holding(&mut reading, &row, &named).await?.is_empty() {
            return Ok(row);
        }
    }
    Err(unknown())
}

fn give<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let row = own_or_held(portal, asked).await?;
        let path = path_of(portal, row.digest.as_deref().unwrap_or_default());
        let file = outgoing::open(&path).await.map_err(|why| Problem::failed(&format!("files: {why}")))?;
        let kind = FileKind::ALL.into_iter().find(|kind| Some(kind.extension()) == row.kind.as_deref());
        let media = kind.map_or("application/octet-stream", FileKind::media_type);
        Ok(attached(media, file, &row.name))
    })
}

/// A file that is saved, never shown inside a page.
pub fn attached(media: &'static str, bytes: impl Into<Body>, name: &str) -> Answer {
    disposed("attachment", media, bytes, name)
}

fn disposed(how: &str, media: &'static str, bytes: impl Into<Body>, name: &str) -> Answer {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let encoded: String = name.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect();
    let end = name.rsplit_once('.').map_or("bin", |(_, end)| end);
    let end: String = end.chars().filter(char::is_ascii_alphanumeric).collect();
    Answer::bytes(media, bytes).with(header::CONTENT_DISPOSITION, &format!("{how}; filename=\"file.{end}\"; filename*=UTF-8''{encoded}"))
}

fn invoice<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let row = own_or_held(portal, asked).await?;
        let path = path_of(portal, row.digest.as_deref().unwrap_or_default());
        let is_xml = row.kind.as_deref() == Some(XML);
        if !is_xml && row.kind.as_deref() != Some(FileKind::Ofd.extension()) {
            return Err(no_invoice_read());
        }
        let _turn = portal.files.acquire().await.map_err(|why| Problem::failed(&why.to_string()))?;
        let read = blocking(move || {
            let bytes = std::fs::read(path)?;
            Ok(if is_xml { from_xml(&bytes, &Limits::EVIDENCE) } else { from_ofd(&bytes, &Limits::EVIDENCE) })
        });
        let found = read.await?.map_err(|why| not_taken(&why))?;
        Answer::ok(&shown(portal, asked, &found, Some(&row.id)).await?)
    })
}

/// Whether a picture or a PDF is an invoice is for people.
fn no_invoice_read() -> Problem {
    let title = ("不读取此类发票", "Invoices of this kind are not read");
    let zh = "系统只读取 OFD 和 XML 格式的电子发票；PDF、图片等格式的发票照常收存，请人工核对。";
    let en = "E-invoices are read from OFD and XML alone; one that is a PDF or a picture is kept as evidence and has to be read by people.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invoice-not-read", title, zh, en)
}

async fn shown(portal: &Portal, asked: &Asked<'_>, found: &Invoice, but: Option<&str>) -> Result<ShownInvoice, Problem> {
    let seat = asked.seat()?;
    let store = portal.office.store();
    let uses: Vec<InvoiceUse> = store.service_rows("fingerprint", &found.fingerprint().to_string()).await?;
    let mut others = Vec::new();
    for use_ in uses.into_iter().filter(|use_| Some(use_.upload_id.as_str()) != but) {
        let upload: Option<Upload> = store.service_row("id", &use_.upload_id).await?;
        others.push((use_, upload));
    }
    let mut reading = reading(portal, asked).await?;
    let own = reading.person().organisation.as_ref().map(ToString::to_string);
    let mut seen = Vec::new();
    for (use_, upload) in others {
        let cases = match &upload {
            Some(upload) => holding(&mut reading, upload, &use_.digest).await?,
            None => Vec::new(),
        };
        let is_own = use_.user_id == seat.user.as_str() || own.is_some() && own == use_.organisation_id;
        let organisation = use_.organisation_id.filter(|_| is_own || seat.role != Role::Applicant);
        seen.push(SeenBefore { at: use_.at, own: is_own, organisation, cases });
    }
    seen.sort_by(|a, b| a.at.cmp(&b.at));
    Ok(ShownInvoice {
        code: found.code.clone(),
        number: found.number.clone(),
        on: found.on,
        seller: found.seller.name.clone(),
        buyer: found.buyer.name.clone(),
        buyer_number: found.buyer.tax_number.clone(),
        net: found.net,
        tax: found.tax,
        total: found.total,
        red: found.is_red(),
        seen,
    })
}
