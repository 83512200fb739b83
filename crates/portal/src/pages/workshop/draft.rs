//! The text of a version in an editor page: what the checker says of what was typed, the clauses in plain words, the findings of
//! the analysis, the comparison with the version in force. Checking keeps nothing; saving is an act of the drafter.

use super::super::compiling::compiled;
use super::super::frame::Frame;
use super::super::{Given, given, go, page_of, sent_to, shown};
use super::checked::{Beside, Checked, checked};
use super::{SEES, short_hash, stage_words, title_of, version};
use crate::operation::{Answer, Answering, Asked, ID, Operation, Who, query};
use crate::problem::Problem;
use crate::records::reading;
use crate::{Portal, secret};
use askama::Template;
use axum::http::StatusCode;
use casework::Act;
use casework::authority::{Standing, may};
use casework::id::{PolicyVersionId, RequestId};
use casework::people::Role;
use casework::policy_version::{PolicyAct, PolicyLife, PolicyStage, PolicyVersion};
use casework::registry::RegistryAct;
use office::Context;
use policy::diagnostic::Diagnostic;
use std::sync::Arc;

/// Longest text that is compiled, in bytes; the two real policies have a tenth of it.
const BYTES_MAX: usize = 1 << 20;

/// The page.
#[derive(Template)]
#[template(path = "draft.html")]
struct DraftPage {
    frame: Frame,
    id: String,
    title: String,
    stage: String,
    tag: &'static str,
    hash: String,
    is_changed: bool,
    file: String,
    text: String,
    /// The official text, once it was asked for: with it the page is one and a half times as long.
    official: Option<String>,
    beside: Beside,
    /// The clause whose section is previewed.
    clause: String,
    checked: Checked,
    may_save: bool,
    may_load: bool,
    compared_with: String,
    new_id: String,
    key: String,
    wrong: Option<String>,
    saved: bool,
}

/// What was typed.
struct Typed {
    text: String,
    /// None: it was not on the page and stays as it is kept.
    official: Option<String>,
    /// It is to be on the page now.
    opens_official: bool,
    beside: Beside,
    clause: String,
    /// The diagnostic whose fix is to be put into the text.
    mend: Option<usize>,
    new_id: String,
    key: String,
}

pub fn operations() -> Vec<Operation> {
    let drafter = Who::Roles(&[Role::Drafter]);
    let parameters = vec![
        ID,
        query("show", "旁栏：words、findings、compared", "beside the text: words, findings, compared"),
        query("clause", "预览此条款所在部分", "previews the section of this clause"),
        query("official", "同时打开印发原文", "with the official text"),
        query("saved", "刚保存", "was just saved"),
    ];
    vec![
        Operation { parameters, ..page_of("/workshop/{id}", "workshop_draft", ("政策文本与校验", "The text of a version, checked"), SEES, open) },
        Operation {
            parameters: vec![ID], ..sent_to("/workshop/{id}", "workshop_check", ("校验文本，不保存", "Check a text; nothing is kept"), SEES, check)
        },
        Operation {
            parameters: vec![ID], ..sent_to("/workshop/{id}/text", "workshop_save", ("保存草案文本", "Save the text of a draft"), drafter, save)
        },
        Operation {
            parameters: vec![ID], ..sent_to("/workshop/{id}/versions", "workshop_load", ("另存为新版本", "Save as a new version"), drafter, load)
        },
    ]
}

fn beside(word: &str) -> Beside {
    match word {
        "findings" => Beside::Findings,
        "compared" => Beside::Compared,
        _ => Beside::Words,
    }
}

/// What was typed. Errors: no text, or too long a one.
fn typed(given: &Given) -> Result<Typed, Problem> {
    let field = |name: &str| given.get(name).cloned().unwrap_or_default();
    // Browsers send the ends of lines as two characters.
    let lines = |text: String| text.replace("\r\n", "\n");
    let text = lines(given.get("text").cloned().ok_or_else(|| Problem::unusable("没有收到政策文本。", "No text came."))?);
    if text.len() > BYTES_MAX {
        return Err(Problem::unusable("政策文本超过 1 MB，不能校验。", "The text is longer than 1 MB."));
    }
    Ok(Typed {
        text,
        official: given.get("official").cloned().map(lines),
        opens_official: given.contains_key("opens_official"),
        // Whoever picks a clause wants to read it.
        beside: if given.contains_key("preview") { Beside::Words } else { beside(&field("show")) },
        clause: given.get("preview").or_else(|| given.get("clause")).cloned().unwrap_or_default(),
        mend: field("mend").parse().ok(),
        new_id: field("new_id").trim().to_owned(),
        key: field("key"),
    })
}

/// The files of a version with another text.
fn with_text(version: &PolicyVersion, typed: &Typed) -> (Vec<(String, String)>, Option<String>) {
    let mut files = version.files.clone();
    match files.first_mut() {
        Some((_, text)) => text.clone_from(&typed.text),
        None => files.push(("policy.md".to_owned(), typed.text.clone())),
    }
    let official = typed.official.clone().or_else(|| version.official.clone());
    (files, official.filter(|text| !text.trim().is_empty()))
}

fn open<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(show(portal, asked, None, None))
}

fn check<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let typed = typed(&given(asked))?;
        show(portal, asked, Some(typed), None).await
    })
}

/// The text with the fix of a diagnostic in its place.
fn mended(text: &str, one: Option<&Diagnostic>) -> Option<String> {
    let one = one.filter(|one| one.span.file == 0)?;
    let (start, end) = (one.span.start as usize, one.span.end as usize);
    Some(format!("{}{}{}", text.get(..start)?, one.replacement.as_ref()?, text.get(end..)?))
}

/// The page with what was typed, or else what is kept.
async fn show(portal: &Portal, asked: &Asked<'_>, typed: Option<Typed>, wrong: Option<Problem>) -> Result<Answer, Problem> {
    let mut reading = reading(portal, asked).await?;
    let (kept, life) = version(&mut reading, asked.id()).await?;
    let own_unit = reading.person().unit.clone();
    drop(reading);
    let frame = Frame::new(portal, asked, "workshop");
    let mut typed = typed.unwrap_or_else(|| Typed {
        text: kept.files.first().map(|(_, text)| text.clone()).unwrap_or_default(),
        official: None,
        opens_official: asked.query("official").is_some(),
        beside: beside(asked.query("show").unwrap_or_default()),
        clause: asked.query("clause").unwrap_or_default().to_owned(),
        mend: None,
        new_id: String::new(),
        key: String::new(),
    });
    if typed.official.is_none() && typed.opens_official {
        typed.official = Some(kept.official.clone().unwrap_or_default());
    }
    if let Some(at) = typed.mend.take() {
        let (files, official) = with_text(&kept, &typed);
        let text = typed.text.clone();
        let mended = compiled(portal, files, official, move |_, compiled| Ok(mended(&text, compiled.diagnostics.get(at)))).await?;
        typed.text = mended.unwrap_or(typed.text);
    }
    let in_force = in_force(portal, &kept).await?;
    let (compared_with, old) = in_force.map_or((String::new(), None), |one| (one.id.to_string(), Some(Arc::clone(&one.loaded))));
    let (files, official) = with_text(&kept, &typed);
    let (beside, lang, clause) = (typed.beside, frame.lang(), typed.clause.clone());
    let checked = compiled(portal, files, official, move |sources, compiled| {
        Ok(checked(sources, compiled, (beside, &clause), old.as_ref().map(|loaded| &loaded.scheme), lang))
    })
    .await?;
    let standing = if own_unit.as_ref() == Some(&life.lead) { Standing::Lead } else { Standing::Foreign };
    let role = asked.seat()?.role;
    let (stage, tag) = stage_words(&life, portal.clock.now().date(), lang);
    let status = wrong.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let page = DraftPage {
        id: kept.id.to_string(),
        title: title_of(&kept),
        stage,
        tag,
        hash: short_hash(life.text()),
        is_changed: !checked.hash.is_empty() && checked.hash != life.text(),
        file: kept.files.first().map(|(name, _)| name.clone()).unwrap_or_default(),
        may_save: life.stage == PolicyStage::Draft && may("policy.revise", role, standing),
        may_load: may("registry.load_policy", role, standing),
        compared_with,
        key: if typed.key.is_empty() { secret::fresh()? } else { typed.key },
        text: typed.text,
        official: typed.official,
        beside,
        clause: typed.clause,
        checked,
        new_id: typed.new_id,
        wrong: wrong.map(|problem| problem.words(lang).to_owned()),
        saved: asked.query("saved").is_some(),
        frame,
    };
    Ok(Answer { status, ..shown(&page)? })
}

/// The version in force of the same policy; of several the last.
async fn in_force(portal: &Portal, kept: &PolicyVersion) -> Result<Option<office::offered::Offered>, Problem> {
    let offered = portal.office.offered(&portal.reading, portal.clock.now().date()).await?;
    let title = title_of(kept);
    let same = |one: &office::offered::Offered| one.loaded.scheme.policy.title == title && one.id != kept.id;
    let own = offered.iter().any(|one| one.id == kept.id);
    Ok(offered.into_iter().rev().find(|one| same(one) || (own && one.id == kept.id)))
}

/// A version with what was typed, under an id. Errors: it does not compile.
async fn version_of(portal: &Portal, kept: &PolicyVersion, typed: &Typed, id: PolicyVersionId) -> Result<PolicyVersion, Problem> {
    let (files, official) = with_text(kept, typed);
    let mut new = PolicyVersion { id, scheme_hash: String::new(), files: files.clone(), official: official.clone() };
    let hash = compiled(portal, files, official, |_, compiled| {
        let errors = compiled.diagnostics.iter().filter(|one| one.is_error()).count();
        match &compiled.scheme {
            Some(scheme) if errors == 0 => Ok(scheme.hash.clone()),
            _ => {
                let (zh, en) = (format!("文本还有 {errors} 处错误，改正后才能保存。"), format!("The text has {errors} errors: mend them first."));
                Err(Problem::unusable(zh, en))
            }
        }
    });
    new.scheme_hash = hash.await?;
    Ok(new)
}

async fn perform(portal: &Portal, asked: &Asked<'_>, key: &str, act: &Act) -> Result<(), Problem> {
    let seat = asked.seat()?;
    let key = if key.is_empty() { secret::fresh()? } else { key.to_owned() };
    let request = RequestId::parse(&key).map_err(|why| Problem::unusable("表单已失效，请重新打开本页。", why.to_string()))?;
    let context = Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request };
    portal.office.perform(&context, act).await?;
    Ok(())
}

/// The version at hand, for whoever may see it. Errors: not for this person.
async fn kept(portal: &Portal, asked: &Asked<'_>) -> Result<(PolicyVersion, PolicyLife), Problem> {
    version(&mut reading(portal, asked).await?, asked.id()).await
}

fn save<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let typed = typed(&given(asked))?;
        let (kept, _) = kept(portal, asked).await?;
        let done = match version_of(portal, &kept, &typed, kept.id.clone()).await {
            Ok(version) => perform(portal, asked, &typed.key, &Act::Policy(PolicyAct::Revise { version })).await,
            Err(problem) => Err(problem),
        };
        match done {
            Ok(()) => Ok(go(&format!("/workshop/{}?saved=yes", kept.id))),
            Err(problem) => show(portal, asked, Some(Typed { key: String::new(), ..typed }), Some(problem)).await,
        }
    })
}

fn load<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let typed = typed(&given(asked))?;
        let (kept, _) = kept(portal, asked).await?;
        let id =
            PolicyVersionId::parse(&typed.new_id).map_err(|why| Problem::unusable("新版本编号用字母、数字、点和横线，例如 qianjiang-2026b。", why.to_string()));
        let done = match id {
            Ok(id) => match version_of(portal, &kept, &typed, id.clone()).await {
                Ok(version) => perform(portal, asked, &typed.key, &Act::Registry(RegistryAct::LoadPolicy { version })).await.map(|()| id),
                Err(problem) => Err(problem),
            },
            Err(problem) => Err(problem),
        };
        match done {
            Ok(id) => Ok(go(&format!("/workshop/{id}?saved=yes"))),
            Err(problem) => show(portal, asked, Some(Typed { key: String::new(), ..typed }), Some(problem)).await,
        }
    })
}

impl DraftPage {
    fn is_words(&self) -> bool {
        self.beside == Beside::Words
    }

    fn is_previewed(&self, clause: &str) -> bool {
        self.is_words() && self.checked.cards.iter().any(|card| card.id == clause)
    }

    fn is_findings(&self) -> bool {
        self.beside == Beside::Findings
    }

    fn is_compared(&self) -> bool {
        self.beside == Beside::Compared
    }

    fn beside_name(&self) -> &'static str {
        match self.beside {
            Beside::Words => "words",
            Beside::Findings => "findings",
            Beside::Compared => "compared",
        }
    }
}
