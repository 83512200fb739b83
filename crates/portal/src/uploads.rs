//! Files on their way in: begun, sent part by part, gone on with after a break, looked at when they are whole. A part that was
//! acknowledged is on the disk. What a file is, `exchange::evidence` says by its content; what is not taken is deleted at once.

use crate::clock::seconds;
use crate::evidence::{Taken, placed};
use crate::operation::{Answer, Answering, Asked, ID, Operation, Parameter, Payload, Who, operation};
use crate::problem::Problem;
use crate::{Portal, secret};
use axum::body::Bytes;
use axum::http::{Method, StatusCode};
use exchange::Limits;
use exchange::problem::plain;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use store::service::{Upload, Uploads};

/// Header that says at which byte a part begins.
pub const UPLOAD_OFFSET: &str = "upload-offset";
/// Longest name a file may come under, in characters.
const NAME_CHARS_MAX: usize = 255;
/// Files one person may have on their way at once.
const OPEN_MAX: i64 = 20;
/// Seconds after which a file that did not arrive is given up.
const ABANDONED: i64 = 3 * 24 * 3600;

const OFFSET: Parameter =
    Parameter { name: UPLOAD_OFFSET, place: "header", about: ("本段从第几字节开始", "byte at which this part begins"), kind: "integer" };

/// A file that is to be sent.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Begin {
    /// Its name; what it is, is told by its content.
    name: String,
    /// Its bytes.
    size: u64,
    /// The case it is about, where officers add to one.
    #[serde(default)]
    case: Option<String>,
}

/// How far a file is.
#[derive(Serialize, JsonSchema)]
struct Progress {
    /// Id.
    id: String,
    /// Name.
    name: String,
    /// Bytes in all.
    size: i64,
    /// Bytes that are kept: where to go on. Once this is `size` and `taken` is null, send an empty part to have it looked at.
    received: i64,
    /// Most bytes of a part.
    part_bytes_max: usize,
    /// What it is, once it is whole.
    taken: Option<Taken>,
}

/// What can be asked of uploads.
pub fn operations() -> Vec<Operation> {
    let progress = |status| (status, Payload::Json(|generator| generator.subschema_for::<Progress>()));
    vec![
        Operation {
            takes: Payload::Json(|generator| generator.subschema_for::<Begin>()),
            gives: progress(201),
            ..operation(Method::POST, "/api/v1/uploads", "begin_upload", "files", ("开始上传文件", "Begin to send a file"), Who::SignedIn, begin)
        },
        Operation {
            parameters: vec![ID],
            gives: progress(200),
            ..operation(Method::GET, "/api/v1/uploads/{id}", "upload", "files", ("上传进度：从何处续传", "How far a file is"), Who::SignedIn, show)
        },
        Operation {
            parameters: vec![ID, OFFSET],
            takes: Payload::Bytes("application/octet-stream"),
            gives: progress(200),
            ..operation(Method::PATCH, "/api/v1/uploads/{id}", "send_part", "files", ("上传一段", "Send a part of a file"), Who::SignedIn, part)
        },
        Operation {
            parameters: vec![ID],
            gives: (204, Payload::Nothing),
            ..operation(Method::DELETE, "/api/v1/uploads/{id}", "give_up_upload", "files", ("放弃上传", "Give up a file on its way"), Who::SignedIn, give_up)
        },
    ]
}

/// Where a file on its way stands. Its id is ours, never a name that somebody sent.
fn part_of(portal: &Portal, id: &str) -> PathBuf {
    portal.config.data.join("uploads").join(format!("{id}.part"))
}

fn progress(portal: &Portal, upload: &Upload, taken: Option<Taken>) -> Progress {
    Progress {
        id: upload.id.clone(),
        name: upload.name.clone(),
        size: upload.size,
        received: upload.received,
        part_bytes_max: portal.config.body_bytes_max,
        taken: taken.or_else(|| Taken::of(upload)),
    }
}

fn begin<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let upload = begun(portal, asked, asked.json()?).await?;
        Answer::json(StatusCode::CREATED, &progress(portal, &upload, None))
    })
}

/// Notes that a file is to come. Errors: too large, a name that is none, a case the person does not see, no room.
async fn begun(portal: &Portal, asked: &Asked<'_>, begin: Begin) -> Result<Upload, Problem> {
    let seat = asked.seat()?;
    if begin.size == 0 {
        return Err(Problem::unusable("文件是空的（0 字节），请核对后重新选择。", "the file is empty (0 bytes): look at it and choose again"));
    }
    let most = Limits::EVIDENCE.bytes_max;
    let size = i64::try_from(begin.size).ok().filter(|_| begin.size <= most);
    let size = size.ok_or_else(|| too_large(most))?;
    let name: String = plain(&begin.name).collect();
    if name.trim().is_empty() || name.chars().count() > NAME_CHARS_MAX {
        let (zh, en) = (format!("文件名应为 1 到 {NAME_CHARS_MAX} 字"), format!("a name has 1 to {NAME_CHARS_MAX} characters"));
        return Err(Problem::unusable(zh, en));
    }
    if let Some(case) = &begin.case {
        crate::records::reading(portal, asked).await?.case(case).await?;
    }
    let store = portal.office.store();
    let person = portal.person(seat.user.as_str()).await?;
    let organisation = person.and_then(|person| person.organisation).map(|own| own.to_string());
    let _turn = portal.beginning.lock().await;
    has_room(portal, seat.user.as_str(), organisation.as_deref(), size).await?;
    let upload = Upload {
        id: secret::fresh()?,
        user_id: seat.user.to_string(),
        organisation_id: organisation,
        case_id: begin.case,
        name,
        size,
        received: 0,
        kind: None,
        digest: None,
        created: seconds(),
    };
    store.put_service_row(&upload).await?;
    // Its part stands from the first, so that a file of which nothing ever came is swept too.
    drop(locked(part_of(portal, &upload.id)).await?);
    Ok(upload)
}

/// A file that came whole in one request, as from a form. Errors: as of one in parts.
pub async fn whole(portal: &Portal, asked: &Asked<'_>, name: &str, bytes: Bytes) -> Result<Upload, Problem> {
    let begin = Begin { name: name.to_owned(), size: u64::try_from(bytes.len()).unwrap_or(u64::MAX), case: None };
    let upload = begun(portal, asked, begin).await?;
    let path = part_of(portal, &upload.id);
    let kept = locked(path.clone()).await?;
    let at = kept.try_clone().map_err(failed)?;
    blocking(move || append(at, 0, &bytes)).await?;
    portal.office.store().upload_grew(&upload.id, 0, upload.size).await?;
    let upload = Upload { received: upload.size, ..upload };
    match placed(portal, asked, &upload, &path).await? {
        Ok((upload, _)) => Ok(upload),
        Err(refused) => {
            forget(portal, &upload.id).await?;
            Err(refused)
        }
    }
}

/// Whether one more file may come: neither too many are on their way, nor is what the person and the enterprise may keep used up.
///
/// Errors: it may not, and what there is.
async fn has_room(portal: &Portal, user: &str, organisation: Option<&str>, size: i64) -> Result<(), Problem> {
    let (store, config) = (portal.office.store(), &portal.config);
    let by_person = store.uploads_of("user_id", user).await?;
    if by_person.open >= OPEN_MAX {
        let title = ("未完成的上传过多", "Too many files on their way");
        let (zh, en) = (format!("最多同时上传 {OPEN_MAX} 个文件。请先完成或放弃。"), format!("At most {OPEN_MAX} at once. Finish some or give them up."));
        return Err(Problem::new(StatusCode::CONFLICT, "uploads-open", title, zh, en));
    }
    let most = (i64::from(config.person_files_max), i64::try_from(config.person_bytes_max).unwrap_or(i64::MAX));
    fits(("您", "You"), by_person, most, size)?;
    if let Some(organisation) = organisation {
        let most = (i64::from(config.organisation_files_max), i64::try_from(config.organisation_bytes_max).unwrap_or(i64::MAX));
        fits(("贵单位", "Your enterprise"), store.uploads_of("organisation_id", organisation).await?, most, size)?;
    }
    Ok(())
}

fn fits(whose: (&str, &str), kept: Uploads, (files_max, bytes_max): (i64, i64), size: i64) -> Result<(), Problem> {
    if kept.files < files_max && kept.bytes.saturating_add(size) <= bytes_max {
        return Ok(());
    }
    let Uploads { files, bytes, .. } = kept;
    let title = ("上传空间已满", "No room for further files");
    let zh = format!(
        "{}已上传 {files} 个文件、{bytes} 字节，上限为 {files_max} 个、{bytes_max} 字节，这个文件放不下。请压缩后再传，或请主管单位调整上限。",
        whose.0
    );
    let en = format!(
        "{} has {files} files of {bytes} bytes here; {files_max} files and {bytes_max} bytes are the limit, and this one goes beyond it. Make it smaller, or ask the office for more room.",
        whose.1
    );
    Err(Problem::new(StatusCode::CONFLICT, "uploads-full", title, zh, en))
}

/// A file on its way, of whoever asks. Errors: there is none, or it is another's.
async fn own(portal: &Portal, asked: &Asked<'_>) -> Result<Upload, Problem> {
    let seat = asked.seat()?;
    let upload: Option<Upload> = portal.office.store().service_row("id", asked.id()).await?;
    upload.filter(|upload| upload.user_id == seat.user.as_str()).ok_or_else(|| Problem::unknown("upload", asked.id()))
}

fn show<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move { Answer::ok(&progress(portal, &own(portal, asked).await?, None)) })
}

fn give_up<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let upload = own(portal, asked).await?;
        if upload.digest.is_some() {
            let title = ("文件已上传完成", "The file has arrived");
            return Err(Problem::new(StatusCode::CONFLICT, "upload-whole", title, "已完成的文件不能放弃。", "A file that has arrived cannot be given up."));
        }
        forget(portal, &upload.id).await?;
        Ok(Answer::nothing())
    })
}

fn part<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let known = own(portal, asked).await?;
        if known.digest.is_some() {
            return Answer::ok(&progress(portal, &known, None));
        }
        let offset: i64 = asked.headers.get(UPLOAD_OFFSET).and_then(|value| value.to_str().ok()?.parse().ok()).ok_or_else(|| {
            Problem::malformed(format!("请在 {UPLOAD_OFFSET} 中给出本段的起始字节"), format!("{UPLOAD_OFFSET} must say at which byte the part begins"))
        })?;
        let path = part_of(portal, asked.id());
        let kept = locked(path.clone()).await?;
        // Read once nobody else can change it: another tab may have been faster, or finished.
        let upload = own(portal, asked).await?;
        if upload.digest.is_some() {
            // The part lies where it was made anew by opening it.
            drop(std::fs::remove_file(&path));
            return Answer::ok(&progress(portal, &upload, None));
        }
        if offset != upload.received {
            return Err(wrong_offset(upload.received));
        }
        let after = offset + i64::try_from(asked.body.len()).unwrap_or(i64::MAX / 2);
        if after > upload.size {
            return Err(too_large(u64::try_from(upload.size).unwrap_or(0)));
        }
        if after > offset {
            let (piece, from) = (asked.body.clone(), u64::try_from(offset).unwrap_or(0));
            let at = kept.try_clone().map_err(failed)?;
            blocking(move || append(at, from, &piece)).await?;
            if !portal.office.store().upload_grew(&upload.id, offset, after).await? {
                return Err(busy());
            }
        }
        let upload = Upload { received: after, ..upload };
        if after < upload.size {
            return Answer::ok(&progress(portal, &upload, None));
        }
        match placed(portal, asked, &upload, &path).await? {
            Ok((upload, taken)) => Answer::ok(&progress(portal, &upload, Some(taken))),
            Err(refused) => {
                forget(portal, &upload.id).await?;
                Err(refused)
            }
        }
    })
}

/// Opens a file on its way so that nobody else – another tab, another process – writes to it meanwhile.
async fn locked(path: PathBuf) -> Result<File, Problem> {
    let opened = blocking(move || {
        let folder = path.parent().map(Path::to_owned).unwrap_or_default();
        std::fs::create_dir_all(&folder)?;
        let new = !path.exists();
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        if new {
            sync_folder(&folder)?;
        }
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(why)) => Err(why),
        }
    });
    opened.await?.ok_or_else(busy)
}

/// Writes a part where the last one that was acknowledged ended, and comes back once it is on the disk.
fn append(mut file: File, from: u64, piece: &[u8]) -> io::Result<()> {
    if file.metadata()?.len() < from {
        return Err(io::Error::other("parts that were acknowledged are no longer there"));
    }
    // What a broken-off request left behind it was never acknowledged.
    file.set_len(from)?;
    file.seek(SeekFrom::Start(from))?;
    file.write_all(piece)?;
    file.sync_all()
}

/// Brings the names in a folder onto the disk.
///
/// Errors: the disk.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    // Windows has no such thing: there a name is on the disk with its file.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Does what waits for the disk where it does not keep others waiting.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|why| Problem::failed(&why.to_string()))?.map_err(failed)
}

fn failed(why: io::Error) -> Problem {
    Problem::failed(&format!("files: {why}"))
}

/// Takes away a file on its way. First the row: a part without one is swept.
async fn forget(portal: &Portal, id: &str) -> Result<(), Problem> {
    portal.office.store().drop_service_rows::<Upload>("id", id).await?;
    drop(std::fs::remove_file(part_of(portal, id)));
    Ok(())
}

/// Gives up files that did not arrive in three days, and parts that belong to no file on its way; how many.
///
/// Errors: the database, or the folder.
pub async fn sweep(portal: &Portal, now: i64) -> Result<usize, Problem> {
    let folder = portal.config.data.join("uploads");
    let names = blocking(move || {
        let Ok(entries) = std::fs::read_dir(&folder) else { return Ok(Vec::new()) };
        entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect::<io::Result<Vec<_>>>()
    });
    let mut swept = 0;
    for name in names.await? {
        let Some(id) = name.strip_suffix(".part") else { continue };
        let upload: Option<Upload> = portal.office.store().service_row("id", id).await?;
        match upload {
            Some(upload) if upload.digest.is_none() && upload.created >= now - ABANDONED => continue,
            Some(upload) if upload.digest.is_none() => forget(portal, id).await?,
            _ => drop(std::fs::remove_file(part_of(portal, id))),
        }
        swept += 1;
    }
    Ok(swept)
}

fn too_large(most: u64) -> Problem {
    let title = ("文件过大", "The file is too large");
    let (zh, en) = (format!("文件应有 1 到 {most} 字节。请压缩图片或分成几个文件。"), format!("A file has 1 to {most} bytes. Reduce images or split it."));
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "file-too-large", title, zh, en)
}

fn wrong_offset(received: i64) -> Problem {
    let title = ("续传位置不对", "Not where the upload goes on");
    let (zh, en) = (format!("应从第 {received} 字节续传。"), format!("The upload goes on at byte {received}."));
    Problem::new(StatusCode::CONFLICT, "wrong-offset", title, zh, en)
}

fn busy() -> Problem {
    let title = ("正在上传", "Being sent");
    let problem = Problem::new(StatusCode::CONFLICT, "upload-busy", title, "这个文件正在另一处上传。", "This file is being sent elsewhere at the same time.");
    Problem { retry_after: Some(1), ..problem }
}
