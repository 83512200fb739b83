//! A call as it was announced: what may be applied for, until when, what is needed, and the way into the application.

use super::frame::Frame;
use super::market::{ClauseCard, cards};
use super::{page, shown};
use crate::Portal;
use crate::operation::{Answering, Asked, ID, Operation};
use askama::Template;
use casework::call::CallStage;
use casework::people::Role;
use office::offered::Offered;
use values::Lang;

/// The page.
#[derive(Template)]
#[template(path = "announced.html")]
struct AnnouncedPage {
    frame: Frame,
    id: String,
    title: String,
    policy: (String, String),
    year: i32,
    open: (String, String),
    /// How the time stands, in words, and whether applications are taken today.
    left: String,
    is_open: bool,
    as_of: String,
    lead: String,
    guide: Option<(String, String)>,
    clauses: Vec<ClauseCard>,
    papers: Vec<String>,
    /// Whoever reads may begin: an applicant, or nobody yet.
    may_begin: bool,
}

pub fn operations() -> Vec<Operation> {
    vec![Operation { parameters: vec![ID], ..page("/calls/{id}", "announced_call", ("申报批次公告", "A call as it was announced"), announced) }]
}

fn announced<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let found = portal.office.announced(&portal.reading, asked.id()).await?;
        let loaded = portal.office.scheme(&portal.reading, None, found.call.version.as_str()).await?;
        let frame = Frame::new(portal, asked, "market");
        let offered = Offered { id: found.call.version.clone(), loaded };
        let mut clauses = cards(&offered, frame.lang());
        clauses.retain(|card| found.call.clauses.contains(&card.id));
        let scheme = &offered.loaded.scheme;
        let mut papers = Vec::new();
        for id in found.call.clauses.iter().filter_map(|id| scheme.clause_named(id)) {
            for paper in papers_of(scheme, id) {
                if !papers.contains(&paper) {
                    papers.push(paper);
                }
            }
        }
        let today = portal.clock.now().date();
        let (from, until) = found.call.open;
        let is_open = found.stage == CallStage::Open && from <= today && today <= until;
        let left = standing(&frame, found.stage, today.days_until(from), today.days_until(until));
        let may_begin = frame.role.is_none_or(|role| role == Role::Applicant);
        shown(&AnnouncedPage {
            id: found.call.id.to_string(),
            title: found.call.title,
            policy: (offered.id.to_string(), scheme.policy.title.clone()),
            year: found.call.year,
            open: (from.to_string(), until.to_string()),
            left,
            is_open,
            as_of: found.as_of.to_string(),
            lead: found.lead,
            guide: found.guide,
            clauses,
            papers,
            may_begin,
            frame,
        })
    })
}

/// Papers that the facts of a clause ask for, as the policy words them.
fn papers_of(scheme: &policy::scheme::Scheme, id: policy::scheme::ClauseId) -> Vec<String> {
    let Some(clause) = scheme.clause(id) else { return Vec::new() };
    let of_facts = clause.facts.iter().filter_map(|fact| scheme.fact(*fact)).flat_map(|fact| &fact.evidence);
    of_facts.chain(clause.evidence.iter().flat_map(|(_, papers)| papers)).cloned().collect()
}

/// How the time of a call stands, in words; days until its first and its last day.
fn standing(frame: &Frame, stage: CallStage, begins: i64, ends: i64) -> String {
    let zh = frame.lang() == Lang::Zh;
    match stage {
        _ if begins > 0 && zh => format!("还有 {begins} 天开始"),
        _ if begins > 0 => format!("opens in {begins} days"),
        CallStage::Open if ends > 0 && zh => format!("剩余 {ends} 天"),
        CallStage::Open if ends > 0 => format!("{ends} days left"),
        CallStage::Open if ends == 0 => frame.w("今天截止", "ends today").to_owned(),
        CallStage::Announced => frame.w("尚未开始", "not open yet").to_owned(),
        _ => frame.w("已截止", "over").to_owned(),
    }
}
