//! Papers of a draft: a file by a form, or one that arrived in parts and is named by its digest; a paper that is there may
//! prove a further fact.

use super::super::frame::Frame;
use super::super::multipart::brought;
use super::super::{Payload, go, page_of, sent_to, shown};
use super::draft::Draft;
use super::save::{begun, place_of};
use super::{APPLICANT, Step, fields};
use crate::operation::{Answer, Answering, Asked, ID, Operation, query};
use crate::problem::Problem;
use crate::{Portal, secret, uploads};
use askama::Template;
use axum::http::StatusCode;
use casework::case::Evidence;
use casework::chain::Fingerprint;
use store::service::Upload;

/// The page.
#[derive(Template)]
#[template(path = "paper.html")]
struct PaperPage {
    frame: Frame,
    call: String,
    title: String,
    step: &'static str,
    fact: String,
    papers: String,
    /// Papers of the draft that do not prove this fact yet: digest and name.
    others: Vec<(String, String)>,
    /// Megabytes a file may have that comes by this form.
    most: usize,
    problem: Option<String>,
}

pub fn operations() -> Vec<Operation> {
    let path = "/calls/{id}/evidence";
    let fact = query("fact", "所证明的事实", "the fact it proves");
    vec![
        Operation { parameters: vec![ID, fact], ..page_of(path, "attach_page", ("上传佐证材料", "A paper for a draft"), APPLICANT, form) },
        Operation {
            parameters: vec![ID],
            takes: Payload::Bytes("multipart/form-data"),
            ..sent_to(path, "attach", ("上传佐证材料", "Add a paper to a draft"), APPLICANT, attach)
        },
    ]
}

fn form<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let draft = Draft::of(portal, asked, asked.id()).await?;
        page(portal, asked, &draft, asked.query("fact").unwrap_or_default(), None)
    })
}

fn page(portal: &Portal, asked: &Asked<'_>, draft: &Draft, fact: &str, problem: Option<&Problem>) -> Result<Answer, Problem> {
    let frame = Frame::new(portal, asked, "my");
    let id = draft.scheme().fact_named(fact);
    let papers = id.map(|id| fields::papers_of(draft, id, &draft.clause_ids(&draft.typed))).unwrap_or_default().join("、");
    let kept = draft.case.as_ref().map(|(case, _)| case.evidence.as_slice()).unwrap_or_default();
    let others = kept.iter().filter(|paper| !proves(paper, fact)).map(|paper| (paper.digest.to_string(), paper.name.clone())).collect();
    let page = PaperPage {
        call: draft.call.id.to_string(),
        title: draft.call.title.clone(),
        step: step_of(draft, fact).name(),
        fact: fact.to_owned(),
        papers,
        others,
        most: portal.config.body_bytes_max >> 20,
        problem: problem.map(|problem| problem.words(frame.lang()).to_owned()),
        frame,
    };
    Ok(Answer { status: problem.map_or(StatusCode::OK, |problem| problem.status), ..shown(&page)? })
}

/// The step on which a fact is asked.
fn step_of(draft: &Draft, fact: &str) -> Step {
    if draft.is_general(fact) { Step::Firm } else { Step::Facts }
}

fn proves(paper: &Evidence, fact: &str) -> bool {
    paper.facts.iter().any(|of| of.split('@').next() == Some(fact))
}

fn attach<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let form = brought(asked).await?;
        let fact = form.fields.get("fact").cloned().unwrap_or_default();
        let draft = Draft::of(portal, asked, asked.id()).await?;
        let named = form.fields.get("digest").filter(|digest| !digest.is_empty());
        let came = match (form.file, named) {
            (Some((name, bytes)), _) => uploads::whole(portal, asked, &name, bytes).await,
            (None, Some(digest)) => own(portal, &draft, digest).await,
            (None, None) => Err(Problem::unusable("请先选择文件", "choose a file first")),
        };
        let upload = match came {
            Ok(upload) => upload,
            Err(problem) => return page(portal, asked, &draft, &fact, Some(&problem)),
        };
        let digest = upload.digest.as_deref().and_then(Fingerprint::parse).ok_or_else(|| Problem::failed("a file without a digest"))?;
        let papers = |papers: &[Evidence]| with(papers, &upload.name, digest, &fact);
        let key = secret::fresh()?.chars().take(32).collect::<String>();
        match begun(portal, asked, &draft, &draft.typed, &key, &papers).await {
            Ok(_) => Ok(go(&format!("/calls/{}/apply?step={}{}", draft.call.id, step_of(&draft, &fact).name(), place_of(&draft, &fact)))),
            Err(problem) => page(portal, asked, &draft, &fact, Some(&problem)),
        }
    })
}

/// A file that arrived before, of the own firm. Errors: there is none.
async fn own(portal: &Portal, draft: &Draft, digest: &str) -> Result<Upload, Problem> {
    let unknown = || Problem::unknown("evidence", digest);
    let digest = Fingerprint::parse(digest).ok_or_else(unknown)?.to_string();
    let rows: Vec<Upload> = portal.office.store().service_rows("digest", &digest).await?;
    rows.into_iter().find(|row| row.organisation_id.as_deref() == Some(draft.organisation.id.as_str())).ok_or_else(unknown)
}

/// The papers with one that proves a fact.
fn with(papers: &[Evidence], name: &str, digest: Fingerprint, fact: &str) -> Vec<Evidence> {
    let mut out = papers.to_vec();
    let facts: Vec<String> = Some(fact.to_owned()).filter(|fact| !fact.is_empty()).into_iter().collect();
    match out.iter_mut().find(|paper| paper.digest == digest) {
        Some(paper) if !proves(paper, fact) => paper.facts.extend(facts),
        Some(_) => {}
        None => out.push(Evidence { name: name.to_owned(), digest, facts }),
    }
    out
}
