//! The form of an objection to a row of a notice. Its name and its key come from the page, so that a form sent twice is taken
//! once. What is incomplete comes back with everything that was typed; whoever wants to leave a lead says so.

use super::multipart::brought;
use super::notices::show;
use super::{Given, go, sent_to};
use crate::operation::{Answering, Asked, ID, Operation, Who};
use crate::problem::Problem;
use crate::{Portal, secret, uploads};
use casework::Act;
use casework::case::Evidence;
use casework::chain::Fingerprint;
use casework::id::{NoticeId, ObjectionId, RequestId};
use casework::notice::{LeadReason, NoticeAct, Objector, Reception};
use casework::people::Role;
use office::{Context, Outcome};

/// What was typed into the form.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Name of the request and of the objection.
    pub key: String,
    /// Number of the row, as it was sent.
    pub row: String,
    /// What is said.
    pub grounds: String,
    /// Real name of the person or organisation.
    pub name: String,
    /// How the answer reaches them.
    pub contact: String,
    /// Evidence that arrived before: its fingerprint and name.
    pub digest: String,
    /// See there.
    pub file: String,
    /// It is meant as a lead: without a name, or without evidence.
    pub lead: bool,
}

impl Typed {
    fn of(given: &Given) -> Self {
        let field = |name: &str| given.get(name).map(|value| value.trim().to_owned()).unwrap_or_default();
        Self {
            key: field("key"),
            row: field("row"),
            grounds: field("grounds"),
            name: field("name"),
            contact: field("contact"),
            digest: field("digest"),
            file: field("file_name"),
            lead: given.contains_key("lead"),
        }
    }

    /// The same, named. Errors: no randomness.
    pub fn with_key(self) -> Result<Self, Problem> {
        // It is an id, which people read.
        let key = if self.key.is_empty() { format!("yy-{}", secret::fresh()?.get(..16).unwrap_or_default()) } else { self.key };
        Ok(Self { key, ..self })
    }
}

pub fn operations() -> Vec<Operation> {
    // By the access table of the office (`notice.object`): enterprises, and clerks for whoever comes to the desk.
    let who = Who::Roles(&[Role::Applicant, Role::Clerk]);
    vec![Operation { parameters: vec![ID], ..sent_to("/notices/{id}/objections", "object_page", ("提出异议", "Object to a row of a notice"), who, object) }]
}

fn object<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let brought = brought(asked).await?;
        let mut typed = Typed::of(&brought.fields);
        if let Some((name, bytes)) = brought.file {
            match uploads::whole(portal, asked, &name, bytes).await {
                Ok(upload) => (typed.digest, typed.file) = (upload.digest.unwrap_or_default(), upload.name),
                Err(problem) => return show(portal, asked, typed, Some(problem)).await,
            }
        }
        match perform(portal, asked, &typed).await {
            Ok(said) => Ok(go(&format!("/notices/{}?{said}", asked.id()))),
            Err(problem) => show(portal, asked, typed, Some(problem)).await,
        }
    })
}

/// What is missing, first of all; a lead may be without name and evidence.
fn complete(typed: &Typed) -> Result<(), Problem> {
    let missing = |zh: &str, en: &str| Err(Problem::unusable(zh, en));
    if typed.grounds.is_empty() {
        return missing("请写明异议的事实和理由。", "Say what is wrong, and why.");
    }
    if typed.lead {
        return Ok(());
    }
    if typed.name.is_empty() || typed.contact.is_empty() {
        return missing(
            "请填写您的真实姓名或单位名称和联系电话。不愿署名的，可以勾选“只作为线索反映”。",
            "Give your real name and how to reach you; or tick “as a lead only”.",
        );
    }
    if typed.digest.is_empty() {
        return missing("请附上证据材料。没有证据的，可以勾选“只作为线索反映”。", "Attach what proves it; or tick “as a lead only”.");
    }
    Ok(())
}

/// Does the act; what became of it, for the address of the page.
async fn perform(portal: &Portal, asked: &Asked<'_>, typed: &Typed) -> Result<String, Problem> {
    let notice = portal.office.notice(&portal.reading, asked.id()).await?;
    let row = typed.row.parse::<usize>().ok().and_then(|at| at.checked_sub(1)).and_then(|at| notice.rows.get(at));
    let row = row.ok_or_else(|| Problem::unusable("请选择针对哪一项提出异议。", "Choose the row."))?;
    complete(typed)?;
    let unusable = |why: casework::id::IdError| Problem::unusable("表单已失效，请重新打开本页。", why.to_string());
    let key = typed.clone().with_key()?.key;
    let evidence = match Fingerprint::parse(&typed.digest) {
        Some(digest) => vec![Evidence { name: typed.file.clone(), digest, facts: Vec::new() }],
        None => Vec::new(),
    };
    let act = NoticeAct::Object {
        objection: ObjectionId::parse(&key).map_err(unusable)?,
        notice: NoticeId::parse(asked.id()).map_err(unusable)?,
        case: row.case.clone(),
        by: Objector { name: typed.name.clone(), contact: typed.contact.clone() },
        grounds: typed.grounds.clone(),
        evidence,
    };
    let seat = asked.seat()?;
    let request = RequestId::parse(&key).map_err(unusable)?;
    let context = Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request };
    let outcome = portal.office.perform(&context, &Act::Notice(act)).await?;
    Ok(match outcome {
        Outcome::Received(Reception::Objection { until }) => format!("said=objection&until={until}"),
        Outcome::Received(Reception::Lead { why }) => format!("said={}", lead_word(why)),
        _ => String::new(),
    })
}

const fn lead_word(why: LeadReason) -> &'static str {
    match why {
        LeadReason::Late => "late",
        LeadReason::Anonymous => "anonymous",
        LeadReason::NoEvidence => "no_evidence",
        LeadReason::Settled => "settled",
    }
}
