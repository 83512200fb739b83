//! What an enterprise sees and does, beside filling in an application: its cases, what it has to do, its file, its messages,
//! and how it gets an account. Each page reads what the office tells of the own enterprise (`office::reading::own`).

mod case;
mod correction;
mod file;
mod message;
mod mine;
mod objections;
mod offer;
mod recovery;
mod register;
mod report;
mod timeline;

use super::Given;
use super::frame::Frame;
use super::multipart::brought;
use crate::operation::{Asked, Operation, Who};
use crate::problem::Problem;
use crate::{Portal, secret, uploads};
use casework::case::{Evidence, Holder};
use casework::chain::Fingerprint;
use casework::id::RequestId;
use casework::people::Role;
use casework::{Act, Refusal};
use office::reading::own::OwnCase;
use office::{Context, Loaded, Outcome, Stop};
use policy::scheme::Give;
use store::service::Upload;
use values::{Fen, Lang, Moment};

/// Whose these pages are.
const OWN: Who = Who::Roles(&[Role::Applicant]);

pub fn operations() -> Vec<Operation> {
    let mut all = mine::operations();
    all.extend(case::operations());
    all.extend(correction::operations());
    all.extend(report::operations());
    all.extend(recovery::operations());
    all.extend(offer::operations());
    all.extend(file::operations());
    all.extend(message::operations());
    all.extend(register::operations());
    all
}

/// Does an act for whoever sent a form. The form names its request, so that one sent twice is done once.
async fn does(portal: &Portal, asked: &Asked<'_>, given: &Given, act: &Act) -> Result<Result<Outcome, Stop>, Problem> {
    let seat = asked.seat()?;
    let named = given.get("request").and_then(|name| RequestId::parse(name).ok());
    let request = match named {
        Some(request) => request,
        None => RequestId::parse(&secret::fresh()?).map_err(|why| Problem::failed(&why.to_string()))?,
    };
    let context = Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request };
    Ok(portal.office.perform(&context, act).await)
}

/// A refusal as it is told. The role has the act, so what is denied is this thing: to this person it does not exist.
fn told(stop: Stop) -> Problem {
    match stop {
        Stop::Refused(Refusal::Denied) => Problem::unknown("record", ""),
        stop => stop.into(),
    }
}

/// What was typed into a field, without the white space around it.
fn typed<'g>(given: &'g Given, name: &str) -> &'g str {
    given.get(name).map_or("", |value| value.trim())
}

/// An id made of a form's request: the same however often the form is sent.
fn id_of<I>(given: &Given, before: &str, parse: impl Fn(&str) -> Result<I, casework::id::IdError>) -> Result<I, Problem> {
    let digest = Fingerprint::of(typed(given, "request").as_bytes()).to_string();
    let short: String = digest.chars().take(20).collect();
    parse(&format!("{before}{short}")).map_err(|why| Problem::failed(&why.to_string()))
}

/// A file of the enterprise that has arrived.
struct File {
    digest: String,
    name: String,
}

/// Files of the enterprise that have arrived, the latest first.
async fn files(portal: &Portal, organisation: &str) -> Result<Vec<File>, Problem> {
    let mut all: Vec<Upload> = portal.reading.service_rows("organisation_id", organisation).await?;
    all.sort_by_key(|upload| std::cmp::Reverse(upload.created));
    let arrived = |upload: Upload| Some(File { digest: upload.digest?, name: upload.name });
    Ok(all.into_iter().filter_map(arrived).take(FILES_MAX).collect())
}

/// A form that may send a file on the way.
struct Sent {
    /// Its fields, with the file that came chosen.
    given: Given,
    /// Only the file was sent: the form is shown again. What was typed is sent as any form is, so that the door keeps it.
    is_only_file: bool,
    /// Why the file was not taken.
    problem: Option<Problem>,
}

/// What a form brought; a file that came is chosen in the field `place` names.
async fn sent(portal: &Portal, asked: &Asked<'_>, place: impl Fn(&Given) -> String) -> Result<Sent, Problem> {
    let form = brought(asked).await?;
    let mut given = form.fields;
    let is_only_file = given.remove("upload").is_some();
    // Without its own button a file comes as its name alone.
    let is_left = given.remove("file").is_some_and(|name| !name.is_empty());
    let problem = match form.file {
        Some((name, bytes)) => match uploads::whole(portal, asked, &name, bytes).await {
            Ok(upload) => {
                given.insert(place(&given), upload.digest.unwrap_or_default());
                None
            }
            Err(problem) => Some(problem),
        },
        None if is_left => Some(Problem::unusable("选择的文件还没有上传，请先按“上传”", "the file you chose was not sent yet: press Send first")),
        None if is_only_file => Some(Problem::unusable("请先选择文件", "choose a file first")),
        None => None,
    };
    Ok(Sent { given, is_only_file, problem })
}

/// Most files that are offered to choose from.
const FILES_MAX: usize = 100;

/// The paper that was chosen, with the facts it proves; none: none was. Errors: a file that is not the enterprise's.
fn chosen(files: &[File], digest: &str, facts: &[String]) -> Result<Option<Evidence>, Problem> {
    if digest.is_empty() {
        return Ok(None);
    }
    let unknown = || Problem::unusable("没有这份材料，请重新选择", "there is no such file; choose another");
    let file = files.iter().find(|file| file.digest == digest).ok_or_else(unknown)?;
    let digest = serde_json::from_value(serde_json::Value::from(digest)).map_err(|_| unknown())?;
    Ok(Some(Evidence { name: file.name.clone(), digest, facts: facts.to_vec() }))
}

/// What the clauses of a case are called, by its policy, and whether the office decides on an amount up to what the rules give at most.
fn clauses_of(loaded: Option<&Loaded>, case: &OwnCase) -> (String, bool) {
    let clause = |id: &str| loaded.and_then(|loaded| loaded.scheme.clause(loaded.scheme.clause_named(id)?));
    let titles: Vec<String> = case.claims.iter().map(|claim| clause(&claim.clause).map_or_else(|| claim.clause.clone(), |known| known.title.clone())).collect();
    let is_bound = case.claims.iter().filter_map(|claim| clause(&claim.clause)).any(|known| matches!(known.give, Some(Give::UpTo(_) | Give::Decided(_))));
    (if titles.is_empty() { case.call.title.clone() } else { titles.join("、") }, is_bound && case.determination.is_none())
}

/// An amount that is only a bound is marked as one.
fn bounded(amount: Option<Fen>, is_bound: bool) -> String {
    match amount {
        Some(amount) if is_bound => format!("≤ {}", amount.grouped()),
        amount => money(amount),
    }
}

/// Who has a case, in words for its enterprise.
fn holder(case: &OwnCase, frame: &Frame) -> String {
    match case.shown.holder {
        Holder::Applicant => frame.w("您", "You").to_owned(),
        Holder::Unit(..) | Holder::Units(_) => case.call.lead_name.clone(),
        Holder::Bank => frame.w("银行", "The bank").to_owned(),
        Holder::Nobody => "—".to_owned(),
    }
}

/// The look of a state: what needs the reader, what is well, what is refused, what is on its way.
fn tag(stage: &str) -> &'static str {
    match stage {
        "correcting" | "returned" => "tag--warn",
        "paid" | "archived" => "tag--pass",
        "declined" | "refused" => "tag--fail",
        "draft" | "withdrawn" | "terminated" => "",
        _ => "tag--info",
    }
}

/// An amount that may not be known yet.
fn money(amount: Option<Fen>) -> String {
    amount.map_or_else(|| "—".to_owned(), Fen::grouped)
}

fn sum(amounts: impl IntoIterator<Item = Option<Fen>>) -> Option<Fen> {
    amounts.into_iter().try_fold(Fen(0), |sum, amount| sum.checked_add(amount?).ok())
}

fn day(moment: Moment) -> String {
    moment.date().to_string()
}

/// A sentence in the language of the reader.
fn say(lang: Lang, zh: String, en: String) -> String {
    if lang == Lang::Zh { zh } else { en }
}
