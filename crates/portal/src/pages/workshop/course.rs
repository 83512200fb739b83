//! The course of a version from draft to repeal: the records that have to be there before it is issued, each of the text at hand;
//! what the units and the public said; and the acts that whoever looks may do now.

use super::super::frame::Frame;
use super::super::{Given, given, go, page_of, sent_to, shown};
use super::steps::{Ask, Field, STEPS, Step, fields_of};
use super::{SEES, short_hash, stage_words, title_of, unit_name, version};
use crate::acts::act_of;
use crate::operation::{Answer, Answering, Asked, ID, Operation, query};
use crate::problem::Problem;
use crate::records::reading;
use crate::{Portal, secret};
use askama::Template;
use axum::http::StatusCode;
use casework::authority::{Standing, may};
use casework::id::{CommentId, RequestId};
use casework::people::Unit;
use casework::policy_version::{Anchor, Answer as Answered, Comment, PolicyAct, PolicyLife, PolicyStage, Review, Verdict, View};
use casework::{Act, Key};
use office::Context;
use office::reading::Reading;
use values::{Date, Lang};

/// The page.
#[derive(Template)]
#[template(path = "course.html")]
struct CoursePage {
    frame: Frame,
    id: String,
    title: String,
    stage: String,
    tag: &'static str,
    hash: String,
    records: Vec<Record>,
    units: Vec<(String, String)>,
    comments: Vec<CommentLine>,
    unanswered: usize,
    may_answer: bool,
    forms: Vec<Form>,
    choices: Choices,
    key: String,
    wrong: Option<String>,
}

/// Something the life cycle asks for, and how far it is.
struct Record {
    words: &'static str,
    mark: &'static str,
    glyph: &'static str,
    said: String,
}

/// What somebody of the public said.
struct CommentLine {
    id: String,
    anchor: String,
    author: String,
    words: String,
    at: String,
    verdict: &'static str,
    reason: String,
    is_released: bool,
}

/// An act that may be done now.
struct Form {
    step: &'static Step,
    /// It was just sent and came back.
    is_open: bool,
    given: Given,
}

/// What fields choose from.
#[derive(Default)]
struct Choices {
    units: Vec<(String, String)>,
    versions: Vec<(String, String)>,
    clauses: Vec<(String, String)>,
}

pub fn operations() -> Vec<Operation> {
    let path = "/workshop/{id}/course";
    let done = query("done", "刚办理", "was just done");
    vec![
        Operation { parameters: vec![ID, done], ..page_of(path, "workshop_course", ("政策版本的办理过程", "The course of a version"), SEES, open) },
        Operation { parameters: vec![ID], ..sent_to(path, "workshop_step", ("办理政策版本的下一步", "Do a step of its course"), SEES, act) },
    ]
}

fn open<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move { show(portal, asked, &Given::new(), None).await })
}

async fn show(portal: &Portal, asked: &Asked<'_>, given: &Given, wrong: Option<Problem>) -> Result<Answer, Problem> {
    let frame = Frame::new(portal, asked, "workshop");
    let lang = frame.lang();
    let mut reading = reading(portal, asked).await?;
    let (kept, life) = version(&mut reading, asked.id()).await?;
    let lead = reading.person().unit.as_ref() == Some(&life.lead);
    let standing = if lead { Standing::Lead } else { Standing::Foreign };
    let role = asked.seat()?.role;
    let comments: Vec<Comment> = reading.work.list("policy_id", &Key::from(asked.id())).await?;
    let mut units = Vec::new();
    for one in &life.units {
        let said = match &one.said {
            None => frame.w("尚未答复", "no answer yet").to_owned(),
            Some((View::Agrees, _)) => frame.w("无意见", "agrees").to_owned(),
            Some((View::WantsChanges, words)) => words.clone(),
        };
        units.push((unit_name(&mut reading, one.unit.as_str()).await?, said));
    }
    let offered = |step: &&Step| step.stages.contains(&life.stage) && may(step.act, role, standing);
    let sent = given.get("act").cloned().unwrap_or_default();
    let form = |step: &'static Step| Form { is_open: sent == step.act, given: if sent == step.act { given.clone() } else { Given::new() }, step };
    let forms: Vec<Form> = STEPS.iter().filter(offered).map(form).collect();
    let choices = if forms.is_empty() { Choices::default() } else { choices(&mut reading, portal, &kept.id.to_string(), &title_of(&kept)).await? };
    let (stage, tag) = stage_words(&life, portal.clock.now().date(), lang);
    let status = wrong.as_ref().map_or(StatusCode::OK, |problem| problem.status);
    let page = CoursePage {
        id: kept.id.to_string(),
        title: title_of(&kept),
        stage,
        tag,
        hash: short_hash(life.text()),
        records: records(&life, portal.clock.now().date(), &frame),
        units,
        unanswered: comments.iter().filter(|comment| comment.draft.is_none()).count(),
        may_answer: life.stage == PolicyStage::Inviting && may("policy.answer", role, standing),
        comments: comments.into_iter().map(|comment| comment_line(comment, given, lang)).collect(),
        forms,
        choices,
        key: secret::fresh()?,
        wrong: wrong.map(|problem| problem.words(lang).to_owned()),
        frame: if asked.query("done").is_some() { frame.telling("已办理。", "Done.") } else { frame },
    };
    Ok(Answer { status, ..shown(&page)? })
}

fn comment_line(comment: Comment, given: &Given, lang: Lang) -> CommentLine {
    let zh = lang == Lang::Zh;
    let anchor = match comment.anchor {
        Anchor::Clause(clause) if zh => format!("条款 {clause}"),
        Anchor::Clause(clause) => format!("clause {clause}"),
        Anchor::Sentence(sentence) => format!("“{sentence}”"),
        Anchor::Whole => if zh { "全文" } else { "all of it" }.to_owned(),
    };
    let typed = |field: &str| given.get(&format!("{field}.{}", comment.id)).cloned();
    let verdict = match comment.draft.as_ref().map(|draft| draft.verdict) {
        None => "",
        Some(Verdict::Adopted) => "adopted",
        Some(Verdict::AdoptedInPart) => "adopted_in_part",
        Some(Verdict::NotAdopted) => "not_adopted",
    };
    CommentLine {
        anchor,
        author: comment.author.unwrap_or_else(|| if zh { "未署名" } else { "no name" }.to_owned()),
        words: comment.words,
        at: comment.at.date().to_string(),
        verdict,
        reason: typed("reason").or(comment.draft.map(|draft| draft.reason)).unwrap_or_default(),
        is_released: comment.released.is_some(),
        id: comment.id.to_string(),
    }
}

/// What stands to be chosen: units, the other versions in force of the policy, its clauses.
async fn choices(reading: &mut Reading<'_>, portal: &Portal, id: &str, title: &str) -> Result<Choices, Problem> {
    let units: Vec<Unit> = reading.work.every().await?;
    let offered = portal.office.offered(&portal.reading, portal.clock.now().date()).await?;
    let own = offered.iter().find(|one| one.id.as_str() == id);
    let clauses = own.map(|one| one.loaded.scheme.clauses.iter().map(|clause| (clause.id.clone(), clause.title.clone())).collect());
    let others = offered.iter().filter(|one| one.id.as_str() != id && one.loaded.scheme.policy.title == title);
    Ok(Choices {
        units: units.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect(),
        versions: others.map(|one| (one.id.to_string(), one.id.to_string())).collect(),
        clauses: clauses.unwrap_or_default(),
    })
}

/// The records that issuing asks for; those of another text are told as such.
fn records(life: &PolicyLife, today: Date, frame: &Frame) -> Vec<Record> {
    let none = || frame.w("还没有", "not yet").to_owned();
    let record = |words, is_there: Option<bool>, said| {
        let (mark, glyph) = match is_there {
            Some(true) => ("mark--pass", "✓"),
            Some(false) => ("mark--fail", "✗"),
            None => ("mark--none", "–"),
        };
        Record { words, mark, glyph, said }
    };
    let review = |words, review: &Option<Review>| match review {
        None => record(words, None, none()),
        Some(review) if review.scheme_hash != life.text() => {
            record(words, Some(false), format!("{} {} · {}", review.number, review.on, frame.w("是旧文本的，须重新审查", "of an older text: to be done again")))
        }
        Some(review) => record(words, Some(review.passed), format!("{} {} · {}", review.number, review.on, review.conclusion)),
    };
    let invited = life.invitation.as_ref().map(|(term, basis)| format!("{} {} · {basis}", frame.w("至", "until"), term.last));
    let heard = match (&life.waived, &life.invitation, &life.released) {
        (Some(reason), None, _) => (Some(true), reason.clone()),
        (_, _, Some(at)) => (Some(true), format!("{} · {} {}", invited.unwrap_or_default(), frame.w("意见采纳情况公布于", "answers published on"), at.date())),
        (_, Some((term, _)), None) if term.is_over(today) => {
            (None, format!("{} · {}", invited.unwrap_or_default(), frame.w("已期满，待公布采纳情况", "over; answers to be published")))
        }
        (_, Some(_), None) => (None, invited.unwrap_or_default()),
        (None, None, None) => (None, none()),
    };
    let resolved = match &life.resolution {
        None => (None, none()),
        Some((minutes, on, hash)) => (Some(hash == life.text()), format!("{minutes} {on}")),
    };
    let issued = life.issue.as_ref().map(|issue| format!("{} {} · {} {}", issue.number, issue.on, frame.w("施行", "in force"), issue.effective));
    vec![
        record(frame.pair("公开征求意见", "The public was asked"), heard.0, heard.1),
        review(frame.pair("公平竞争审查", "Fair competition"), &life.competition),
        review(frame.pair("合法性审核", "Legality"), &life.legality),
        record(frame.pair("集体审议", "Collective decision"), resolved.0, resolved.1),
        record(frame.pair("印发", "Issued"), issued.is_some().then_some(true), issued.unwrap_or_else(none)),
    ]
}

fn act<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let given = given(asked);
        match perform(portal, asked, &given).await {
            Ok(()) => Ok(go(&format!("/workshop/{}/course?done=yes", asked.id()))),
            Err(problem) => show(portal, asked, &given, Some(problem)).await,
        }
    })
}

async fn perform(portal: &Portal, asked: &Asked<'_>, given: &Given) -> Result<(), Problem> {
    // Whoever may not see the version learns nothing of what was sent.
    version(&mut reading(portal, asked).await?, asked.id()).await?;
    let name = given.get("act").map(String::as_str).unwrap_or_default();
    let act = match STEPS.iter().find(|step| step.act == name) {
        Some(step) => act_of(name, fields_of(step, asked.id(), given)?)?,
        None if name == "policy.answer" => answers(asked.id(), given)?,
        None => return Err(Problem::unusable("请选择要办理的事项。", "Choose what is to be done.")),
    };
    let seat = asked.seat()?;
    let key = given.get("key").filter(|key| !key.is_empty()).cloned().map_or_else(secret::fresh, Ok)?;
    let request = RequestId::parse(&key).map_err(|why| Problem::unusable("表单已失效，请重新打开本页。", why.to_string()))?;
    let context = Context { user: seat.user.clone(), role: seat.role, now: portal.clock.now(), request };
    portal.office.perform(&context, &act).await?;
    Ok(())
}

/// The answers that were typed; comments without a verdict are left for later. Errors: none was typed, or no such comment.
fn answers(policy: &str, given: &Given) -> Result<Act, Problem> {
    let unusable = |why: casework::id::IdError| Problem::unusable("表单已失效，请重新打开本页。", why.to_string());
    let mut answers = Vec::new();
    for (name, value) in given {
        let Some(comment) = name.strip_prefix("verdict.") else { continue };
        let verdict = match value.as_str() {
            "adopted" => Verdict::Adopted,
            "adopted_in_part" => Verdict::AdoptedInPart,
            "not_adopted" => Verdict::NotAdopted,
            _ => continue,
        };
        let reason = given.get(&format!("reason.{comment}")).cloned().unwrap_or_default();
        answers.push(Answered { comment: CommentId::parse(comment).map_err(unusable)?, verdict, reason });
    }
    if answers.is_empty() {
        return Err(Problem::unusable("请至少为一条意见选择采纳情况。", "Choose what becomes of one comment at least."));
    }
    let policy = casework::id::PolicyVersionId::parse(policy).map_err(unusable)?;
    Ok(Act::Policy(PolicyAct::Answer { policy, answers }))
}

impl Form {
    /// What was typed into a field.
    fn typed(&self, field: &Field) -> &str {
        self.given.get(field.0).map(String::as_str).unwrap_or_default()
    }

    fn has_unit(&self, unit: &str) -> bool {
        self.given.contains_key(&format!("unit.{unit}"))
    }

    /// The id of a control in the page.
    fn control(&self, field: &Field) -> String {
        format!("{}-{}", self.step.act, field.0).replace('.', "-")
    }
}

impl Ask {
    /// What is chosen from, where the choices are fixed.
    fn fixed(&self) -> &'static [(&'static str, &'static str, &'static str)] {
        if let Self::Choice(choices) = self { choices } else { &[] }
    }
}
