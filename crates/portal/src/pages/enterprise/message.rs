//! 消息: papers written to the enterprise and what changed for it, the newest first. It is read off the records themselves, so
//! that nothing can be told here that did not happen.

use super::super::frame::Frame;
use super::super::{page_of, shown, terms};
use super::mine::Book;
use super::{OWN, money, say, sum};
use crate::Portal;
use crate::operation::{Answering, Asked, Operation};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::payment::LineResult;
use office::reading::own::{Answered, OwnObjection, Served};
use office::reading::own_file::OwnAccount;
use values::Moment;

/// Most messages that are shown.
const SHOWN_MAX: usize = 100;

/// The page.
#[derive(Template)]
#[template(path = "enterprise/messages.html")]
struct Messages {
    frame: Frame,
    days: Vec<Day>,
    shown: usize,
    total: usize,
}

/// Messages of a day.
struct Day {
    day: String,
    lines: Vec<Message>,
}

/// A message.
struct Message {
    at: Moment,
    words: String,
    about: String,
    href: String,
    /// A paper to be had.
    paper: Option<String>,
}

pub fn operations() -> Vec<Operation> {
    vec![page_of("/my/messages", "own_messages", ("消息", "Messages"), OWN, messages)]
}

fn messages<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let book = Book::open(portal, asked).await?;
        let frame = Frame::new(portal, asked, "messages");
        let (papers, accounts) = beside(portal, asked, &book).await?;
        let mut all: Vec<Message> = papers.iter().map(|paper| of_paper(paper, &book, &frame)).collect();
        all.extend(accounts.iter().filter_map(|account| of_account(account, &frame)));
        for case in &book.cases {
            let title = book.clauses(case).0;
            all.extend(of_case(&book, case, &title, &frame));
        }
        all.extend(offers(&book, &frame));
        all.extend(super::objections::own(portal, asked, &book).await?.iter().flat_map(|one| of_objection(one, &frame)));
        all.sort_by_key(|message| std::cmp::Reverse(message.at));
        let total = all.len();
        all.truncate(SHOWN_MAX);
        let mut days: Vec<Day> = Vec::new();
        let shown_now = all.len();
        for message in all {
            let day = message.at.date().to_string();
            match days.last_mut().filter(|last| last.day == day) {
                Some(last) => last.lines.push(message),
                None => days.push(Day { day, lines: vec![message] }),
            }
        }
        shown(&Messages { frame, days, shown: shown_now, total })
    })
}

async fn beside(portal: &Portal, asked: &Asked<'_>, book: &Book) -> Result<(Vec<Served>, Vec<OwnAccount>), Problem> {
    let mut reading = reading(portal, asked).await?;
    let organisation = reading.own_organisation().await?;
    let accounts = reading.own_accounts(&organisation).await?;
    Ok((reading.own_papers(&book.cases, &book.recoveries).await?, accounts))
}

fn of_paper(paper: &Served, book: &Book, frame: &Frame) -> Message {
    let is_case = book.cases.iter().any(|case| case.id.as_str() == paper.about);
    let void = if paper.void.is_some() { frame.w("（已作废）", " (void)") } else { "" };
    Message {
        at: paper.at,
        words: format!("{}{}{void}", frame.w("收到", ""), terms::paper(paper.kind, frame.lang())),
        about: format!("{}　{}", paper.number, paper.about),
        href: format!("/my/{}/{}", if is_case { "cases" } else { "recoveries" }, paper.about),
        paper: Some(paper.id.to_string()),
    }
}

fn of_account(account: &OwnAccount, frame: &Frame) -> Option<Message> {
    Some(Message {
        at: account.verified?,
        words: frame.w("收款账户已核验", "An account was verified").to_owned(),
        about: format!("{}　{}", account.account.bank, account.account.number),
        href: "/my/firm".to_owned(),
        paper: None,
    })
}

/// What changed for a case, as far as its enterprise is told.
fn of_case(book: &Book, case: &office::reading::own::OwnCase, title: &str, frame: &Frame) -> Vec<Message> {
    let mut out = Vec::new();
    let mut tell = |at: Moment, zh: String, en: String| {
        let about = format!("{title}　{}", case.id);
        out.push(Message { at, words: say(frame.lang(), zh, en), about, href: format!("/my/cases/{}", case.id), paper: None });
    };
    if let Some(at) = case.accepted {
        tell(at, "申报已受理".into(), "An application was taken in".into());
    }
    if let Some(asked) = &case.asked {
        tell(asked.at, format!("请补正 {} 项", asked.defects.len()), format!("{} points to be mended", asked.defects.len()));
    }
    if let Some(one) = book.determination(case) {
        let amount = money(one.total());
        tell(one.at, format!("已审定，核定 {amount} 元"), format!("Decided: {amount} yuan"));
    }
    for own in book.dues.iter().filter(|own| own.due.case == case.id) {
        let amount = own.due.amount.grouped();
        match &own.result {
            Some(LineResult::Arrived { on, .. }) => tell(Moment::start_of(*on), format!("{amount} 元已到账"), format!("{amount} yuan arrived")),
            Some(LineResult::Returned { on, .. }) => tell(Moment::start_of(*on), format!("{amount} 元被银行退回"), format!("{amount} yuan came back")),
            _ => {}
        }
    }
    out
}

/// That an objection came in, and what was answered; both lead to where it is listed.
fn of_objection(one: &OwnObjection, frame: &Frame) -> Vec<Message> {
    let message = |at: Moment, words: &str, about: String| Message { at, words: words.to_owned(), about, href: format!("/my#{}", one.id), paper: None };
    let came = match &one.answer {
        Answered::AsLead(_) => frame.pair("异议已作为线索登记", "An objection was noted as a lead"),
        _ => frame.pair("异议已受理", "An objection was taken in"),
    };
    let mut out = vec![message(one.at, came, format!("{}　{}", one.about, one.grounds))];
    if let Answered::Decided { at, result, .. } = &one.answer {
        let (words, _) = super::objections::state(&one.answer, frame);
        out.push(message(*at, &format!("{} {words}", frame.w("异议", "Objection")), format!("{}　{result}", one.about)));
    }
    out
}

fn offers(book: &Book, frame: &Frame) -> Vec<Message> {
    let message = |offer: &office::reading::own_file::Offer| {
        let amount = money(sum(offer.amounts.iter().map(|(_, amount)| Some(*amount))));
        Some(Message {
            at: offer.pushed?.0,
            words: say(frame.lang(), format!("免申即享：可得 {amount} 元"), format!("Without application: {amount} yuan")),
            about: offer.call.title.clone(),
            href: format!("/my/offers/{}", offer.id),
            paper: None,
        })
    };
    book.offers.iter().filter_map(message).collect()
}
