//! Papers that came from or went to another authority and are kept as they were: lists, answers, the platform's files. They lie with
//! the evidence, each once under its SM3, so that a backup has them too; a row of the uploads names them. They are never swept.

use crate::Portal;
use crate::clock::seconds;
use crate::evidence::{path_of, put_under_digest};
use crate::operation::Asked;
use crate::problem::Problem;
use crate::records::reader;
use crate::secret;
use crate::uploads::blocking;
use casework::authority::{Standing, may};
use casework::call::Call;
use casework::chain::Fingerprint;
use office::reading::collection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::service::Upload;

/// How the kinds of papers begin.
const KINDS: [&str; 2] = ["verification-", "platform-"];
/// How the ids of files end that were taken from another authority; older ones have the kind of any file.
const WHOLE: &str = ":file";

/// Whether a row is of such a paper: no act names it, and it is kept all the same.
#[must_use]
pub fn is_paper(row: &Upload) -> bool {
    row.id.ends_with(WHOLE) || row.kind.as_deref().is_some_and(|kind| KINDS.iter().any(|begins| kind.starts_with(begins)))
}

/// A paper that is to be kept.
pub struct Paper<'a> {
    /// Its id: the same paper kept again is kept once.
    pub id: &'a str,
    /// What it is.
    pub kind: &'a str,
    /// What it belongs to: the call of a list, the list of a snapshot.
    pub of: &'a str,
    /// The enterprise it is about, where it is about one.
    pub organisation: Option<&'a str>,
}

/// Keeps a paper; one that is there under this id stays as it is. True: it is there now and was not before.
pub async fn keep(portal: &Portal, asked: &Asked<'_>, paper: &Paper<'_>, bytes: Vec<u8>) -> Result<bool, Problem> {
    let store = portal.office.store();
    if store.service_row::<Upload>("id", paper.id).await?.is_some() {
        return Ok(false);
    }
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let digest = Fingerprint::of(&bytes).to_string();
    let (folder, name, beside) = (portal.config.data.join("evidence"), digest.clone(), secret::fresh()?);
    blocking(move || put_under_digest(&folder, &name, &beside, &bytes)).await?;
    let row = Upload {
        id: paper.id.to_owned(),
        user_id: asked.seat()?.user.to_string(),
        organisation_id: paper.organisation.map(str::to_owned),
        case_id: None,
        name: paper.of.to_owned(),
        size,
        received: size,
        kind: Some(paper.kind.to_owned()),
        digest: Some(digest),
        created: seconds(),
    };
    store.put_service_row(&row).await?;
    Ok(true)
}

/// The same for something that is written as JSON.
pub async fn keep_json<T: Serialize>(portal: &Portal, asked: &Asked<'_>, paper: &Paper<'_>, body: &T) -> Result<bool, Problem> {
    let bytes = serde_json::to_vec(body).map_err(|why| Problem::failed(&why.to_string()))?;
    keep(portal, asked, paper, bytes).await
}

/// The bytes of a paper.
pub async fn bytes_of(portal: &Portal, row: &Upload) -> Result<Vec<u8>, Problem> {
    let path = path_of(portal, row.digest.as_deref().unwrap_or_default());
    blocking(move || std::fs::read(path)).await
}

async fn read<T: DeserializeOwned>(portal: &Portal, row: &Upload) -> Result<T, Problem> {
    serde_json::from_slice(&bytes_of(portal, row).await?).map_err(|why| Problem::failed(&format!("{}: {why}", row.id)))
}

/// A paper of a kind under an id; none: there is none.
pub async fn kept<T: DeserializeOwned>(portal: &Portal, kind: &str, id: &str) -> Result<Option<T>, Problem> {
    let row: Option<Upload> = portal.office.store().service_row("id", id).await?;
    match row.filter(|row| row.kind.as_deref() == Some(kind)) {
        Some(row) => Ok(Some(read(portal, &row).await?)),
        None => Ok(None),
    }
}

/// All papers of a kind that belong to something, with their rows, in the order they came.
pub async fn all_of<T: DeserializeOwned>(portal: &Portal, kind: &str, of: &str) -> Result<Vec<(Upload, T)>, Problem> {
    let mut rows: Vec<Upload> = portal.office.store().service_rows("name", of).await?;
    rows.retain(|row| row.kind.as_deref() == Some(kind));
    rows.sort_by_key(|row| row.created);
    let mut out = Vec::new();
    for row in rows {
        let body = read(portal, &row).await?;
        out.push((row, body));
    }
    Ok(out)
}

/// A call whose cases whoever asks may check with others, by the table of the office. Errors: there is none for this person.
pub async fn checked_by(portal: &Portal, asked: &Asked<'_>, id: &str) -> Result<Call, Problem> {
    let unknown = || Problem::unknown("call", id);
    let calls = collection("calls").ok_or_else(unknown)?;
    portal.office.one(&portal.reading, &reader(asked)?, calls, id).await?;
    let call: Call = portal.reading.begin().await?.peek(id).await?.ok_or_else(unknown)?;
    let seat = asked.seat()?;
    let unit = portal.person(seat.user.as_str()).await?.and_then(|person| person.unit);
    let standing = if unit.as_ref() == Some(&call.lead) { Standing::Lead } else { Standing::Foreign };
    Some(call).filter(|_| may("case.check_credit", seat.role, standing)).ok_or_else(unknown)
}
