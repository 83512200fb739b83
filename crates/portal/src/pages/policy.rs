//! One policy: its text as it was published, each clause beside its rule in plain words.

use super::frame::Frame;
use super::market::{ClauseCard, cards};
use super::{page, shown};
use crate::Portal;
use crate::operation::{Answering, Asked, ID, Operation};
use crate::problem::Problem;
use askama::Template;
use office::offered::Offered;

/// The page.
#[derive(Template)]
#[template(path = "policy.html")]
struct PolicyPage {
    frame: Frame,
    id: String,
    title: String,
    about: Vec<(String, String)>,
    general: Vec<Part>,
    clauses: Vec<ClauseCard>,
    hash: String,
}

/// A labelled part of what holds for all clauses.
pub struct Part {
    pub label: String,
    pub lines: Vec<String>,
}

pub fn operations() -> Vec<Operation> {
    vec![Operation { parameters: vec![ID], ..page("/policies/{id}", "policy_page", ("一份政策", "One policy"), policy) }]
}

/// A policy in force. Errors: there is none of this name.
pub async fn in_force(portal: &Portal, id: &str) -> Result<Offered, Problem> {
    let offered = portal.office.offered(&portal.reading, portal.clock.now().date()).await?;
    offered.into_iter().find(|one| one.id.as_str() == id).ok_or_else(|| Problem::unknown("policy", id))
}

fn policy<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let one = in_force(portal, asked.id()).await?;
        let frame = Frame::new(portal, asked, "market");
        let guide = policy::guide::of(&one.loaded.scheme, &[], frame.lang());
        let title = one.loaded.scheme.policy.title.clone();
        let clauses = cards(&one, frame.lang());
        let hash = one.loaded.scheme.hash.clone();
        let general = general(&guide);
        shown(&PolicyPage { id: one.id.to_string(), title, about: guide.about, general, clauses, hash, frame })
    })
}

/// What the guide says of all clauses.
pub fn general(guide: &policy::guide::Guide) -> Vec<Part> {
    use policy::guide::{About, Block};
    let rows = guide.sections.iter().filter(|section| section.about == About::General).flat_map(|section| &section.rows);
    let words = |block: &Block| match block {
        Block::Text(text) | Block::Note(text) => vec![text.clone()],
        Block::List(items) | Block::Steps(items) | Block::Official(items) => items.clone(),
        Block::Table(table) => table
            .rows
            .iter()
            .map(|row| row.iter().map(|cell| cell.words.as_str()).collect::<Vec<_>>().join(if guide.lang == "zh" { "　" } else { " – " }))
            .collect(),
    };
    rows.map(|row| Part { label: row.label.clone(), lines: row.blocks.iter().flat_map(words).collect() }).collect()
}
