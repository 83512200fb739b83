//! Objections that the enterprise made: what to, when, and what became of each.

use super::mine::Book;
use super::say;
use crate::Portal;
use crate::operation::Asked;
use crate::pages::frame::Frame;
use crate::problem::Problem;
use crate::records::reading;
use casework::notice::{LeadReason, Ruling};
use office::reading::own::{Answered, OwnObjection};

/// Notices that are looked through beside those of the own cases: the latest.
const NOTICES: usize = 15;

/// An objection as it is listed.
pub struct Line {
    pub id: String,
    /// Whose row it is about.
    pub about: String,
    pub notice: String,
    /// The own case it is about; empty: the row is another's.
    pub case: String,
    pub grounds: String,
    pub at: String,
    pub state: String,
    pub tag: &'static str,
    /// What was answered, or until when it is.
    pub answer: String,
}

/// The objections of the enterprise, the newest first.
pub async fn own(portal: &Portal, asked: &Asked<'_>, book: &Book) -> Result<Vec<OwnObjection>, Problem> {
    let (notices, _) = portal.office.notices(&portal.reading, "", NOTICES).await?;
    let others: Vec<_> = notices.into_iter().map(|line| line.id).collect();
    Ok(reading(portal, asked).await?.own_objections(&book.cases, &others).await?)
}

/// As they are listed.
pub fn lines(all: &[OwnObjection], book: &Book, frame: &Frame) -> Vec<Line> {
    all.iter().map(|one| line(one, book, frame)).collect()
}

fn line(one: &OwnObjection, book: &Book, frame: &Frame) -> Line {
    let (state, tag) = state(&one.answer, frame);
    Line {
        id: one.id.to_string(),
        about: one.about.clone(),
        notice: one.notice.to_string(),
        case: one.case.as_ref().map(ToString::to_string).unwrap_or_default(),
        grounds: one.grounds.clone(),
        at: one.at.date().to_string(),
        state: state.to_owned(),
        tag,
        answer: answer(one, book, frame),
    }
}

/// Where it stands, in a word, and the look of the word.
pub fn state(answer: &Answered, frame: &Frame) -> (&'static str, &'static str) {
    match answer {
        Answered::AsLead(_) => (frame.pair("作为线索登记", "noted as a lead"), ""),
        Answered::NotYet => (frame.pair("核查中", "looked into"), "tag--info"),
        Answered::Decided { ruling: Ruling::Dismissed, .. } => (frame.pair("已答复：维持", "answered: upheld as shown"), "tag--fail"),
        Answered::Decided { ruling: Ruling::Adjusted(_), .. } => (frame.pair("已答复：调整", "answered: less is given"), "tag--pass"),
        Answered::Decided { ruling: Ruling::Cancelled, .. } => (frame.pair("已答复：取消", "answered: nothing is given"), "tag--pass"),
    }
}

fn answer(one: &OwnObjection, book: &Book, frame: &Frame) -> String {
    match &one.answer {
        Answered::Decided { at, result, .. } => format!("{} {result}", at.date()),
        Answered::NotYet => match one.term.as_ref().map(|term| term.ends(&book.calendar)) {
            Some(until) => {
                say(frame.lang(), format!("{until} 前书面答复，{}", book.left(until, frame)), format!("answered by {until}, {}", book.left(until, frame)))
            }
            None => String::new(),
        },
        Answered::AsLead(why) => {
            let (zh, en) = match why {
                LeadReason::Late => ("公示期已满后提出", "it came after the notice was over"),
                LeadReason::Anonymous => ("没有署名", "without a name"),
                LeadReason::NoEvidence => ("没有附证据", "without evidence"),
                LeadReason::Settled => ("该项已办结", "that row was settled"),
            };
            frame.w(zh, en).to_owned()
        }
    }
}
