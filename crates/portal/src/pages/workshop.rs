//! 政策工坊: the versions of policies with how far each has come. The text of a version with what the checker says of it stands
//! in `draft`, its course from draft to repeal in `course`.

mod checked;
mod course;
mod draft;
mod steps;

use super::frame::Frame;
use super::{page_of, shown};
use crate::Portal;
use crate::operation::{Answering, Asked, Operation, Who, query};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::people::{Role, Unit};
use casework::policy_version::{Ending, PolicyLife, PolicyStage, PolicyVersion};
use office::reading::{Reading, Wanted, collection};
use values::{Date, Lang};

/// Whoever sees drafts: the sights of `policy-lives`.
const SEES: Who = Who::Roles(&[Role::Drafter, Role::Leader, Role::Reviewer, Role::UnitReviewer, Role::Clerk, Role::Finance, Role::Auditor]);
/// Versions on a page of the list.
const LIMIT: usize = 50;

/// The list.
#[derive(Template)]
#[template(path = "workshop.html")]
struct Workshop {
    frame: Frame,
    lines: Vec<Line>,
    next: Option<String>,
    may_draft: bool,
}

/// A version in the list.
struct Line {
    id: String,
    title: String,
    lead: String,
    stage: String,
    tag: &'static str,
    next: String,
    until: String,
    number: String,
    hash: String,
}

pub fn operations() -> Vec<Operation> {
    let after = query("after", "上一页给出的编号", "what the page before gave as next");
    let list = Operation { parameters: vec![after], ..page_of("/workshop", "workshop", ("政策工坊", "Policy workshop"), SEES, list) };
    let mut all = vec![list];
    all.extend(draft::operations());
    all.extend(course::operations());
    all
}

/// The records of a version, as far as the reader sees them. Errors: there is none, or not for this reader.
async fn version(reading: &mut Reading<'_>, id: &str) -> Result<(PolicyVersion, PolicyLife), Problem> {
    let unknown = || Problem::unknown("policy_version", id);
    let lives = collection("policy-lives").ok_or_else(unknown)?;
    reading.one(lives, id).await?;
    let life: PolicyLife = reading.work.peek(id).await?.ok_or_else(unknown)?;
    let version: PolicyVersion = reading.work.peek(id).await?.ok_or_else(unknown)?;
    Ok((version, life))
}

async fn unit_name(reading: &mut Reading<'_>, id: &str) -> Result<String, Problem> {
    let unit: Option<Unit> = reading.work.peek(id).await?;
    Ok(unit.map_or_else(|| id.to_owned(), |unit| unit.name))
}

/// The title a policy file gives itself: 政策 qianjiang「…」. A draft need not compile for this.
pub fn title_of(version: &PolicyVersion) -> String {
    let text = version.files.first().map(|(_, text)| text.as_str()).unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("政策 ") || line.starts_with("policy "));
    let title = line.and_then(|line| line.split_once('「')?.1.split_once('」')).map(|(title, _)| title.to_owned());
    title.unwrap_or_else(|| version.id.to_string())
}

/// How far a version is on a day, in words, and how that is marked.
fn stage_words(life: &PolicyLife, today: Date, lang: Lang) -> (String, &'static str) {
    let zh = lang == Lang::Zh;
    if let Some(ended) = life.ended.as_ref().filter(|ended| ended.on <= today) {
        let words = match &ended.by {
            Ending::Amended(_) if zh => format!("已修订，{} 止", ended.on),
            Ending::Amended(_) => format!("amended, until {}", ended.on),
            Ending::Repealed(_) if zh => format!("已废止，{} 止", ended.on),
            Ending::Repealed(_) => format!("repealed, until {}", ended.on),
        };
        return (words, "");
    }
    match life.stage {
        PolicyStage::Issued if life.in_force(today) => (if zh { "施行中" } else { "in force" }.to_owned(), "tag--pass"),
        PolicyStage::Issued => (if zh { "已印发" } else { "issued" }.to_owned(), "tag--pass"),
        PolicyStage::Draft => (if zh { "起草" } else { "draft" }.to_owned(), "tag--info"),
        stage => (if zh { stage.title().to_owned() } else { stage.name().replace('_', " ") }, "tag--info"),
    }
}

/// What comes next and who does it, and until when the present step lasts.
fn next_words(life: &PolicyLife, lang: Lang) -> (String, String) {
    let zh = lang == Lang::Zh;
    let pick = |a: &str, b: &str| if zh { a.to_owned() } else { b.to_owned() };
    let until = |term: Option<&casework::term::Term>| term.map(|term| term.last.to_string()).unwrap_or_default();
    match life.stage {
        PolicyStage::Draft => (pick("征询部门意见 · 起草人", "ask units · drafter"), String::new()),
        PolicyStage::Consulting => (pick("各部门答复，后公开征求意见 · 起草人", "units answer, then the public · drafter"), until(life.units_until.as_ref())),
        PolicyStage::Inviting => {
            (pick("拟定答复 · 起草人；期满公布 · 审批人", "answers · drafter; published · leader"), until(life.invitation.as_ref().map(|(term, _)| term)))
        }
        PolicyStage::Answered => (pick("公平竞争审查 · 审核人", "fair competition · reviewer"), String::new()),
        PolicyStage::CompetitionReviewed => (pick("合法性审核 · 审核人", "legality · reviewer"), String::new()),
        PolicyStage::LegalityReviewed => (pick("集体审议 · 审批人", "collective decision · leader"), String::new()),
        PolicyStage::Resolved => (pick("印发 · 审批人", "issue · leader"), String::new()),
        PolicyStage::Issued => {
            let open = life.duties.iter().filter(|duty| duty.done.is_none()).count();
            let words = if open == 0 { String::new() } else { pick(&format!("印发后事项 {open} 项"), &format!("{open} things due after issuing")) };
            (words, life.issue.as_ref().and_then(|issue| issue.until).map(|day| day.to_string()).unwrap_or_default())
        }
    }
}

fn list<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "workshop");
        let today = portal.clock.now().date();
        let mut reading = reading(portal, asked).await?;
        let lives = collection("policy-lives").ok_or_else(|| Problem::unknown("collection", ""))?;
        let wanted = Wanted { filters: Vec::new(), after: asked.query("after").unwrap_or_default(), limit: LIMIT };
        let page = reading.page(lives, &wanted).await?;
        let mut lines = Vec::new();
        for read in page.records {
            let (version, life) = version(&mut reading, &read.id).await?;
            let (stage, tag) = stage_words(&life, today, frame.lang());
            let (next, until) = next_words(&life, frame.lang());
            lines.push((
                (life.stage == PolicyStage::Issued, life.ended.is_some()),
                Line {
                    id: read.id,
                    title: title_of(&version),
                    lead: unit_name(&mut reading, life.lead.as_str()).await?,
                    stage,
                    tag,
                    next,
                    until,
                    number: life.issue.as_ref().map(|issue| issue.number.clone()).unwrap_or_default(),
                    hash: short_hash(life.text()),
                },
            ));
        }
        // What is being worked on stands before what is in force, what is over at the end.
        lines.sort_by_key(|(order, _)| *order);
        let lines = lines.into_iter().map(|(_, line)| line).collect();
        shown(&Workshop { lines, next: page.next, may_draft: frame.role == Some(Role::Drafter), frame })
    })
}

/// The first characters of a hash.
fn short_hash(hash: &str) -> String {
    hash.chars().take(8).collect()
}
