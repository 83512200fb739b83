//! One case of the enterprise: where it is, who has it, until when, what to do now, what was written to it, and its amount
//! explained from the words of the clause to the decision. What it can do to the case at once stands here too.

use super::super::frame::Frame;
use super::super::{Given, given, go, page_of, sent_to, shown};
use super::mine::{Book, Group, Todo};
use super::timeline::{Maker, Step};
use super::{File, OWN, Sent, bounded, chosen, does, files, holder, id_of, say, sent, told, typed};
use crate::Portal;
use crate::operation::{Answer, Answering, Asked, ID, Operation, query};
use crate::problem::Problem;
use crate::records::reading;
use crate::secret;
use askama::Template;
use axum::http::StatusCode;
use casework::Act;
use casework::case::CaseAct;
use casework::determination::Award;
use casework::id::{CaseId, ObjectionId};
use casework::notice::{NoticeAct, Objector, Reception};
use casework::organisation::Account;
use casework::payment::{DueState, LineResult, PaymentAct};
use office::reading::own::{OwnCase, Served};
use office::reading::own_file::OwnAccount;
use office::{Assessed, Loaded, Outcome};
use policy::assessment::ClauseResult;
use policy::explain::{Explainer, Explanation, Sign};
use std::sync::Arc;
use values::{Date, Fen};

/// The page.
#[derive(Template)]
#[template(path = "enterprise/case.html")]
struct CasePage<'s> {
    frame: Frame,
    groups: Vec<Group>,
    arrived: Fen,
    case: &'s OwnCase,
    title: String,
    amount: String,
    amount_words: &'static str,
    holder: String,
    until: String,
    left: String,
    reckoned: String,
    days: Vec<DayBox>,
    todos: Vec<Todo>,
    steps: Vec<Step>,
    items: Vec<Item<'s>>,
    evidence: Vec<String>,
    dues: Vec<DueLine>,
    papers: &'s [Served],
    mending: Option<Mending>,
    objecting: bool,
    files: Vec<File>,
    given: Given,
    wrong: Option<String>,
    request: String,
}

/// A day of the period that runs.
struct DayBox {
    look: &'static str,
    weekday: &'static str,
    day: String,
    words: String,
}

/// The amount under a clause, explained.
struct Item<'s> {
    title: String,
    clause: String,
    amount: String,
    /// What the rules give.
    assessed: Fen,
    /// What was given, with the reason where it is less; none: not decided yet.
    award: Option<Award>,
    explanation: Explanation<'s>,
}

/// A payment.
struct DueLine {
    what: String,
    amount: Fen,
    year: i32,
    state: &'static str,
    tag: &'static str,
    note: String,
}

/// What is to be mended before a returned payment goes out again.
struct Mending {
    /// Why it came back.
    reasons: Vec<String>,
    /// The account payments go to.
    used: Option<Account>,
    /// It is another one than the payment was sent to.
    is_other: bool,
    /// An account that waits to be verified.
    waits: Option<OwnAccount>,
    /// It was mended, and waits for its batch.
    is_mended: bool,
}

pub fn operations() -> Vec<Operation> {
    let of = |path: &str, id: &str, words: (&str, &str), run| Operation { parameters: vec![ID], ..sent_to(path, id, words, OWN, run) };
    vec![
        Operation {
            parameters: vec![ID, query("done", "刚办理的事项", "what was just done")],
            ..page_of("/my/cases/{id}", "my_case", ("一件申报", "One of the own cases"), OWN, show)
        },
        of("/my/cases/{id}/withdraw", "withdraw_case", ("撤回申报", "Take an application back"), withdraw),
        of("/my/cases/{id}/account", "mend_payment", ("确认更正后的收款账户", "Confirm the mended account"), mend),
        of("/my/cases/{id}/objection", "object_to_case", ("对公示提出异议", "Object to a row of a notice"), object),
    ]
}

fn show<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(case_page(portal, asked, Given::new(), None))
}

/// The page; `wrong`: what kept a form from being done.
async fn case_page(portal: &Portal, asked: &Asked<'_>, given: Given, wrong: Option<&Problem>) -> Result<Answer, Problem> {
    let book = Book::open(portal, asked).await?;
    let case = book.cases.iter().find(|case| case.id.as_str() == asked.id()).ok_or_else(|| Problem::unknown("case", asked.id()))?;
    let (notice, papers, mending) = beside(portal, asked, &book, case).await?;
    let frame = telling(Frame::new(portal, asked, "my"), asked.query("done"));
    let loaded = portal.office.scheme(&portal.reading, None, case.call.version.as_str()).await.ok();
    let (loaded, assessed) = again(portal, &book, case, loaded).await;
    let items = match (&loaded, &assessed) {
        (Some(loaded), Some(assessed)) => items(&book, case, loaded, assessed, &frame),
        _ => Vec::new(),
    };
    let objecting = matches!(case.stage, "noticed" | "disputed") && notice.as_ref().is_some_and(|notice| notice.term.ends(&book.calendar) >= book.today);
    let (title, is_bound) = book.clauses(case);
    let answer = if case.stage == "disputed" { reading(portal, asked).await?.answered_until(&case.id).await? } else { None };
    // In a notice it waits for the notice, or for the answer to an objection.
    let until = case.shown.until.or(answer).or_else(|| notice.as_ref().filter(|_| objecting).map(|notice| notice.term.ends(&book.calendar)));
    let page = CasePage {
        groups: book.groups(&frame, Some(case.id.as_str())),
        arrived: super::sum(book.dues.iter().filter(|due| due.due.state == DueState::Paid).map(|due| Some(due.due.amount))).unwrap_or_default(),
        amount: bounded(book.amount(case), is_bound),
        title,
        amount_words: if case.determination.is_some() { frame.pair("核定金额", "Decided") } else { frame.pair("按申报测算", "By what you declared") },
        holder: holder(case, &frame),
        until: until.map_or_else(|| "—".to_owned(), |day| day.to_string()),
        left: until.map(|day| book.left(day, &frame)).unwrap_or_default(),
        reckoned: case.reckoned.as_ref().map(|words| words.get(frame.lang()).to_owned()).unwrap_or_default(),
        days: days(case, book.today, &frame),
        todos: book.todos(&frame, Some(case)),
        steps: Maker { book: &book, case, notice: notice.as_ref(), papers: &papers, frame: &frame }.steps(),
        evidence: case.evidence.iter().map(|paper| paper.name.clone()).collect(),
        dues: dues(&book, case, &items, &frame),
        papers: &papers,
        files: if objecting { files(portal, &book.organisation).await? } else { Vec::new() },
        wrong: wrong.map(|problem| problem.words(frame.lang()).to_owned()),
        request: given.get("request").cloned().map_or_else(secret::fresh, Ok)?,
        items,
        case,
        mending,
        objecting,
        given,
        frame,
    };
    Ok(Answer { status: wrong.map_or(StatusCode::OK, |problem| problem.status), ..shown(&page)? })
}

const WEEK: [(&str, &str); 7] = [("周一", "Mon"), ("周二", "Tue"), ("周三", "Wed"), ("周四", "Thu"), ("周五", "Fri"), ("周六", "Sat"), ("周日", "Sun")];

/// The days of the period that runs, each with its number or why it does not count.
fn days(case: &OwnCase, today: Date, frame: &Frame) -> Vec<DayBox> {
    let last = case.days.last().map(|day| day.date);
    let monday = Date::new(2024, 1, 1).unwrap_or(today);
    let one = |(at, counted): (usize, &office::reading::own::Counted)| {
        let (zh, en) = usize::try_from(monday.days_until(counted.date).rem_euclid(7)).ok().and_then(|day| WEEK.get(day)).copied().unwrap_or_default();
        let (look, words) = match counted.number {
            _ if at == 0 => ("d0", frame.w("起算", "begins").to_owned()),
            None => ("off", frame.w("不计", "not counted").to_owned()),
            Some(number) => {
                let look = if Some(counted.date) == last {
                    "dx"
                } else if counted.date <= today {
                    "past"
                } else {
                    "on"
                };
                (look, say(frame.lang(), format!("第 {number} 日"), format!("day {number}")))
            }
        };
        DayBox { look, weekday: frame.pair(zh, en), day: format!("{}/{}", counted.date.month(), counted.date.day()), words }
    };
    case.days.iter().enumerate().map(one).collect()
}

/// What was just done, at the head of the page.
fn telling(frame: Frame, done: Option<&str>) -> Frame {
    match done {
        Some("corrected") => frame.telling("补正已提交。", "The correction was handed in."),
        Some("withdrawn") => frame.telling("申报已撤回。", "The application was taken back."),
        Some("mended") => frame.telling("账户已确认，将重新拨付。", "The account is confirmed; it will be paid again."),
        Some("objected") => frame.telling("异议已收到，核查后书面答复您。", "Your objection was taken; you are answered once it was looked into."),
        Some("noted") => {
            frame.telling("已作为线索收下：没有附证据，不能作为异议处理。", "Noted as a lead: without a paper that proves it, it is no objection.")
        }
        Some("reported") => frame.telling("绩效报告已报送。", "The report was handed in."),
        Some("confirmed") => frame.telling("已确认，无需申报，等待审定。", "Confirmed: there is nothing to apply for, it waits for its decision."),
        _ => frame,
    }
}

/// The notice, the papers, and the account where a payment came back.
async fn beside(
    portal: &Portal,
    asked: &Asked<'_>,
    book: &Book,
    case: &OwnCase,
) -> Result<(Option<casework::notice::Notice>, Vec<Served>, Option<Mending>), Problem> {
    let mut reading = reading(portal, asked).await?;
    let notice = match &case.notice {
        Some(id) => reading.notice(id).await?,
        None => None,
    };
    let recoveries: Vec<_> = book.recoveries.iter().filter(|one| one.case == case.id).cloned().collect();
    let papers = reading.own_papers(std::slice::from_ref(case), &recoveries).await?;
    if case.stage != "returned" {
        return Ok((notice, papers, None));
    }
    let organisation = reading.own_organisation().await?;
    let accounts = reading.own_accounts(&organisation).await?;
    let back: Vec<_> = book.dues.iter().filter(|due| due.due.case == case.id && due.due.state == DueState::Returned).collect();
    let reason = |due: &&office::reading::own::OwnDue| if let Some(LineResult::Returned { reason, .. }) = &due.result { Some(reason.clone()) } else { None };
    let mending = Mending {
        reasons: back.iter().filter_map(reason).collect(),
        is_other: organisation.account.is_some() && back.iter().all(|due| due.account != organisation.account),
        waits: accounts.into_iter().find(|account| account.verified.is_none()),
        used: organisation.account,
        is_mended: back.is_empty(),
    };
    Ok((notice, papers, Some(mending)))
}

/// What the case rests on, computed again: as it was determined, or else as it was declared.
async fn again(portal: &Portal, book: &Book, case: &OwnCase, loaded: Option<Arc<Loaded>>) -> (Option<Arc<Loaded>>, Option<Assessed>) {
    match book.determination(case) {
        Some(one) => {
            let loaded = portal.office.scheme(&portal.reading, None, one.version.as_str()).await.ok();
            let application = serde_json::from_str(&one.application).ok();
            let assessed = loaded.as_ref().zip(application).and_then(|(loaded, application)| office::assessed(&loaded.scheme, &application).ok());
            (loaded, assessed)
        }
        None => {
            let assessed = loaded.as_ref().and_then(|loaded| office::assessed(&loaded.scheme, &case.application).ok());
            (loaded, assessed)
        }
    }
}

fn items<'s>(book: &Book, case: &OwnCase, loaded: &'s Loaded, assessed: &'s Assessed, frame: &Frame) -> Vec<Item<'s>> {
    let scheme = &loaded.scheme;
    let determination = book.determination(case);
    let mut explainer = Explainer::new(scheme, &assessed.application, frame.lang());
    let of = |clause: &str| -> Option<&'s ClauseResult> {
        assessed.assessment.clauses.iter().find(|result| scheme.clause(result.clause).is_some_and(|known| known.id == clause))
    };
    let mut out = Vec::new();
    for claim in &case.claims {
        let Some(result) = of(&claim.clause) else { continue };
        let given = assessed.of(scheme, &claim.clause);
        let award = determination.and_then(|one| one.awards.iter().find(|award| award.clause == claim.clause)).cloned();
        // What the office adds from its books may make another amount of it: then only the office can explain it.
        if award.is_none() && given != claim.assessed {
            continue;
        }
        out.push(Item {
            title: scheme.clause(result.clause).map(|clause| clause.title.clone()).unwrap_or_default(),
            clause: claim.clause.clone(),
            amount: award.as_ref().map_or_else(|| bounded(given, !result.decided), |award| award.amount.grouped()),
            // Where the office decides up to a ceiling the award names what it decided; the ceiling stands in the claim.
            assessed: claim.assessed.or(given).unwrap_or_default(),
            award,
            explanation: explainer.of(&assessed.assessment, result),
        });
    }
    out
}

fn dues(book: &Book, case: &OwnCase, items: &[Item<'_>], frame: &Frame) -> Vec<DueLine> {
    let of = book.dues.iter().filter(|due| due.due.case == case.id);
    let line = |own: &office::reading::own::OwnDue| {
        let due = &own.due;
        let title = items.iter().find(|item| item.clause == due.clause).map_or_else(|| due.clause.clone(), |item| item.title.clone());
        let (zh, en, tag) = match due.state {
            DueState::Open | DueState::Planned => ("待拨付", "to be paid", ""),
            DueState::Paying => ("拨付中", "at the bank", "tag--info"),
            DueState::Paid => ("已到账", "arrived", "tag--pass"),
            DueState::Returned => ("已退汇", "came back", "tag--warn"),
            DueState::Mended | DueState::PlannedAgain => ("待重新拨付", "to be paid again", "tag--info"),
            DueState::Dropped => ("不再拨付", "given up", ""),
            DueState::Lapsed => ("未达条件", "condition not met", "tag--fail"),
            DueState::Void => ("已作废", "void", ""),
        };
        let note = match &own.result {
            Some(LineResult::Arrived { on, .. }) => on.to_string(),
            Some(LineResult::Returned { on, reason, .. }) => format!("{on} {reason}"),
            _ => String::new(),
        };
        let what = if due.of > 1 { format!("{title}（{}/{}）", due.number, due.of) } else { title };
        DueLine { what, amount: due.amount, year: due.year, state: frame.pair(zh, en), tag, note }
    };
    of.map(line).collect()
}

/// Does what a form asks and leads on to the case; refused, the case is shown with the problem and what was typed.
async fn done(portal: &Portal, asked: &Asked<'_>, given: Given, act: Result<Act, Problem>, word: impl Fn(&Outcome) -> &'static str) -> Result<Answer, Problem> {
    let problem = match act {
        Ok(act) => match does(portal, asked, &given, &act).await? {
            Ok(outcome) => return Ok(go(&format!("/my/cases/{}?done={}", asked.id(), word(&outcome)))),
            Err(stop) => told(stop),
        },
        Err(problem) => problem,
    };
    if problem.status == StatusCode::NOT_FOUND {
        return Err(problem);
    }
    case_page(portal, asked, given, Some(&problem)).await
}

/// The case in the address. Errors: no name that a case could have.
pub fn case_id(asked: &Asked<'_>) -> Result<CaseId, Problem> {
    CaseId::parse(asked.id()).map_err(|_| Problem::unknown("case", asked.id()))
}

fn withdraw<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let act = Act::Case(CaseAct::Withdraw { case: case_id(asked)? });
        done(portal, asked, given(asked), Ok(act), |_| "withdrawn").await
    })
}

fn mend<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let given = given(asked);
        let case = case_id(asked)?;
        let registered = reading(portal, asked).await?.own_organisation().await?.account;
        // What is confirmed is the account that was looked at.
        let act = match registered.filter(|account| account.number == typed(&given, "number")) {
            Some(account) => Ok(Act::Payment(PaymentAct::Mend { case, account })),
            None => Err(Problem::unusable("收款账户有变化，请核对后再确认", "the account is another one by now; look at it and confirm again")),
        };
        done(portal, asked, given, act, |_| "mended").await
    })
}

fn object<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let Sent { given, is_only_file, problem } = sent(portal, asked, |_| "paper".to_owned()).await?;
        if problem.is_some() || is_only_file {
            return case_page(portal, asked, given, problem.as_ref()).await;
        }
        let act = objection(portal, asked, &given).await;
        let word = |outcome: &Outcome| if matches!(outcome, Outcome::Received(Reception::Lead { .. })) { "noted" } else { "objected" };
        done(portal, asked, given, act, word).await
    })
}

async fn objection(portal: &Portal, asked: &Asked<'_>, given: &Given) -> Result<Act, Problem> {
    let mut reading = reading(portal, asked).await?;
    let case = reading.own_case(asked.id(), portal.clock.now().date()).await?;
    let organisation = reading.own_organisation().await?;
    drop(reading);
    let notice = case.notice.ok_or_else(|| Problem::unusable("本案不在公示中", "the case stands in no notice"))?;
    let (grounds, contact) = (typed(given, "grounds").to_owned(), typed(given, "contact").to_owned());
    if grounds.is_empty() || contact.is_empty() {
        return Err(Problem::unusable("请写明异议内容和联系方式", "say what you object to, and how the answer reaches you"));
    }
    let files = files(portal, organisation.id.as_str()).await?;
    let evidence = chosen(&files, typed(given, "paper"), &[])?.into_iter().collect();
    let objection = id_of(given, "yy-", ObjectionId::parse)?;
    let by = Objector { name: organisation.name, contact };
    Ok(Act::Notice(NoticeAct::Object { objection, notice, case: case.id, by, grounds, evidence }))
}

impl CasePage<'_> {
    /// What was typed into a field before.
    fn typed(&self, name: &str) -> &str {
        typed(&self.given, name)
    }

    fn glyph(&self, sign: &Sign) -> &'static str {
        match sign {
            Sign::Met => "✓",
            Sign::Failed => "✗",
            Sign::Unknown => "？",
            Sign::Step | Sign::Note => "–",
        }
    }

    fn mark(&self, sign: &Sign) -> &'static str {
        match sign {
            Sign::Met => "mark--pass",
            Sign::Failed => "mark--fail",
            Sign::Unknown => "mark--unknown",
            Sign::Step | Sign::Note => "mark--none",
        }
    }
}
