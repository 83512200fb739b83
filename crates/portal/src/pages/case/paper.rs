//! One paper of a case, shown beside the facts that it proves: what it is by its own bytes, how large, its fingerprint; and the way to
//! the next paper and back to the case.

use super::facts::{self, Fact, Paper};
use super::{Head, Way, head, known, rules};
use crate::Portal;
use crate::evidence::{inline, path_of};
use crate::operation::{Answering, Asked, ID, Operation, Parameter};
use crate::pages::frame::Frame;
use crate::pages::market::encoded;
use crate::pages::work::{ALL, AT, HANDLERS, IN};
use crate::pages::{page_of, shown};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::organisation::Organisation;
use exchange::evidence::FileKind;

/// The page.
#[derive(Template)]
#[template(path = "case_paper.html")]
struct PaperPage {
    frame: Frame,
    head: Head,
    way: Way,
    paper: Paper,
    /// Its place among the papers, and how many there are.
    number: usize,
    all: usize,
    before: Option<String>,
    after: Option<String>,
    kind: &'static str,
    size: String,
    /// How it is shown; none: it is not.
    look: Option<Look>,
    /// Whether the file is kept here.
    kept: bool,
    facts: Vec<Fact>,
}

/// How a paper is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Look {
    Document,
    Picture,
}

pub fn operation() -> Operation {
    let digest = Parameter { name: "digest", place: "path", about: ("文件摘要（SM3）", "SM3 of the file"), kind: "string" };
    Operation {
        parameters: vec![ID, digest, IN, AT, ALL],
        ..page_of("/cases/{id}/papers/{digest}", "case_paper", ("在案件旁查看材料", "A paper beside its case"), HANDLERS, paper)
    }
}

/// A size in words.
fn size_words(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", bytes.div_ceil(1_024)),
        _ => format!("{}.{} MB", bytes / 1_048_576, bytes % 1_048_576 * 10 / 1_048_576),
    }
}

fn paper<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "work");
        let digest = asked.path.get("digest").map_or("", String::as_str);
        let known = known(&mut reading(portal, asked).await?, asked.id()).await?;
        let mut papers = facts::papers(&known.case);
        let at = papers.iter().position(|paper| paper.digest == digest).ok_or_else(|| Problem::unknown("evidence", digest))?;
        let loaded = rules(portal, asked, &known).await?;
        let mut reading = reading(portal, asked).await?;
        let calendar = reading.calendar().await?;
        let firm: Option<Organisation> = reading.work.peek(known.case.organisation.as_str()).await?;
        drop(reading);
        let head = head(&known, firm.as_ref(), &calendar, portal.clock.now().date(), &frame);
        let way = Way::of(asked);
        let place = |paper: &Paper| format!("/cases/{}/papers/{}{}", encoded(asked.id()), paper.digest, way.behind());
        let before = at.checked_sub(1).and_then(|at| papers.get(at)).map(place);
        let after = papers.get(at + 1).map(place);
        // Whether the reader may have the bytes is asked again where they are given; here only what they are.
        let file = path_of(portal, digest);
        let size = tokio::fs::metadata(&file).await.ok().map(|known| known.len());
        let kind = if size.is_some() { inline::kind_of(&file).await.ok().flatten() } else { None };
        let (facts, others) = facts::of(&loaded.scheme, &known, &frame);
        let number = at + 1;
        let facts = facts.into_iter().chain(others).filter(|fact| fact.papers.iter().any(|(of, _)| *of == number)).collect();
        let all = papers.len();
        let paper = papers.swap_remove(at);
        let look = kind.map(|kind| if kind == FileKind::Pdf { Look::Document } else { Look::Picture });
        let kind = match kind {
            Some(FileKind::Pdf) => "PDF",
            Some(FileKind::Jpeg) => "JPEG",
            Some(FileKind::Png) => "PNG",
            _ => "",
        };
        let (kept, size) = (size.is_some(), size.map(size_words).unwrap_or_default());
        shown(&PaperPage { frame, head, way, paper, number, all, before, after, kind, size, look, kept, facts })
    })
}

#[cfg(test)]
mod tests {
    use super::size_words;

    #[test]
    fn a_size_is_said_in_the_unit_that_fits() {
        assert_eq!(size_words(812), "812 B");
        assert_eq!(size_words(1_025), "2 KB");
        assert_eq!(size_words(5_767_168), "5.5 MB");
    }
}
