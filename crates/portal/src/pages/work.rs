//! 待办: what waits for whoever reads, what ends first first; who holds it, until when. And the step from one case to the next.

mod counted;
mod narrow;

use super::acts::{told, words};
use super::frame::Frame;
use super::market::encoded;
use super::views::Views;
use super::{bulk, go, page_of, shown};
use crate::Portal;
use crate::operation::{Answering, Asked, Operation, Parameter, Who, query};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::call::Call;
use casework::case::{Case, Left};
use casework::id::{CallId, CaseId, OrganisationId};
use casework::people::{Role, Unit, User};
use counted::Counted;
use narrow::{Hand, Known, SOON, Wish};
use office::handler::{Handlers, handler_of};
use office::queue::{Waiting, Whose};
use office::reading::Reading;
use std::collections::HashSet;
use std::sync::Arc;
use values::{Date, Fen, WorkCalendar};

/// Whoever handles cases.
pub const OFFICERS: Who =
    Who::Roles(&[Role::Clerk, Role::Reviewer, Role::UnitReviewer, Role::Leader, Role::Finance, Role::Auditor, Role::Drafter, Role::Administrator]);

/// Whoever handles cases, of whichever unit.
pub const HANDLERS: Who = Who::Roles(&[Role::Clerk, Role::Reviewer, Role::UnitReviewer, Role::Leader, Role::Finance, Role::Auditor]);

/// The list that a case was opened from, and its place there.
pub const IN: Parameter = query("in", "来自待办的哪一部分", "which part of the queue it comes from");
pub const AT: Parameter = query("at", "在其中的第几件", "its place there");
pub const ALL: Parameter = query("all", "其中共几件", "how many there are");

/// Rows of a page.
const ROWS: usize = 50;
/// Calls to choose from.
const CALLS: usize = 12;

/// The page.
#[derive(Template)]
#[template(path = "work.html")]
struct WorkPage {
    frame: Frame,
    told: Option<String>,
    title: &'static str,
    side: Vec<Link>,
    tabs: Vec<Link>,
    /// In whose hands: of cases at the own unit.
    hands: Vec<Link>,
    calls: Vec<Link>,
    rows: Vec<Row>,
    /// Acts that may be done to the cases that are ticked: name, title, whether it is the next thing to do.
    bulk: Vec<(&'static str, &'static str, bool)>,
    /// The address of this list.
    at: String,
    views: Views,
    /// How many there are under the filter, and where the next page begins.
    total: usize,
    next: Option<String>,
    first: bool,
    sum: Sum,
}

/// A link with a count.
struct Link {
    words: String,
    href: String,
    count: usize,
    here: bool,
    late: bool,
}

/// What the rows of the page come to.
#[derive(Default)]
struct Sum {
    assessed: Fen,
    set: Fen,
    open: usize,
}

/// Something that waits.
struct Row {
    href: String,
    id: String,
    firm: String,
    clauses: String,
    assessed: Option<Fen>,
    set: Option<Fen>,
    step: String,
    holder: String,
    /// Who of the own unit has it; none: it is not there, or no case.
    hand: Option<(Hand, String)>,
    is_case: bool,
    until: String,
    left: String,
    /// Class of the tag of its time.
    tag: &'static str,
    provisional: bool,
}

impl Row {
    fn difference(&self) -> Option<Fen> {
        let (assessed, set) = self.assessed.zip(self.set)?;
        Some(Fen(set.0.saturating_sub(assessed.0))).filter(|difference| difference.0 != 0)
    }
}

/// An amount in 万元 to the nearest hundredth, for dense tables; the amount to the fen stands beside it as a title.
pub fn wan(fen: &Fen) -> String {
    let hundredths = (i128::from(fen.0.unsigned_abs()) + 5_000) / 10_000;
    let sign = if fen.0 < 0 { "−" } else { "" };
    format!("{sign}{}", Fen(i64::try_from(hundredths).unwrap_or(i64::MAX)).grouped())
}

pub fn operations() -> Vec<Operation> {
    let parameters = vec![
        query("of", "mine 待办、soon 即将到期、late 超时、seen 可见全部", "mine, soon, late or seen"),
        query("step", "环节", "step"),
        query("call", "批次", "call"),
        query("list", "事项种类", "kind of thing"),
        query("hand", "own 我领取的、free 未领取、others 同事的", "own, free or others: in whose hands"),
        query("after", "上一页末项", "where the page before ended"),
        query("done", "已办理的请求", "the request that was done"),
    ];
    let step = vec![query("case", "当前案件", "the case at hand"), query("to", "next 下一件、prev 上一件", "next or prev"), IN, AT];
    vec![
        Operation { parameters, ..page_of("/work", "work", ("待办", "What waits"), OFFICERS, work) },
        Operation {
            parameters: step,
            gives: (303, crate::operation::Payload::Nothing),
            ..page_of("/step", "work_step", ("待办中的上一件、下一件", "The case before or after this one"), OFFICERS, step_on)
        },
    ]
}

/// What a step of something that waits is called.
fn step_words(waiting: &Waiting, frame: &Frame) -> String {
    match waiting.collection {
        "motions" => words::title(waiting.step, frame.lang()).to_owned(),
        list => words::value(list, waiting.step, frame.lang()).to_owned(),
    }
}

/// Where something that waits is handled.
fn place(waiting: &Waiting) -> String {
    let id = encoded(&waiting.id);
    match waiting.collection {
        "cases" => format!("/cases/{id}"),
        list => format!("/registers/{list}/{id}"),
    }
}

fn work<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "work");
        let wish = Wish::of(asked);
        let whose = if wish.of == "seen" { Whose::Seen } else { Whose::Mine };
        let today = portal.clock.now().date();
        let mut reading = reading(portal, asked).await?;
        let told = told(&mut reading, asked, &frame).await?;
        let calendar = reading.calendar().await?;
        let handlers = reading.handlers(portal.office.store()).await?;
        let (reader, unit) = here(&reading);
        let known = Known { is_mine: whose == Whose::Mine, today, soon: narrow::soon(&calendar, today), handlers: &handlers, reader: &reader, unit: &unit };
        let after = asked.query("after").unwrap_or_default();
        let counted = reading.pass(whose, |queue| Counted::of(queue, &wish, &known, (after, ROWS))).await?;
        let shown_now: Vec<&Waiting> = counted.shown.iter().map(|(waiting, _)| waiting.as_ref()).collect();
        let next = shown_now
            .last()
            .filter(|_| counted.has_more)
            .map(|last| format!("{}{}after={}", wish.address(), if wish.address().contains('?') { "&" } else { "?" }, encoded(&last.place())));
        let calls = calls_of(&mut reading, &counted.calls).await?;
        let mut rows = rows(&mut reading, &shown_now, &calendar, today, &frame).await?;
        for (row, (waiting, at)) in rows.iter_mut().zip(&counted.shown) {
            if let Some(at) = at {
                row.href = wish.case(&row.id, *at, counted.cases);
            }
            row.hand = hand_of(&mut reading, waiting, &known, &handlers).await?;
        }
        let (hands, tabs) = (hands(counted.hands, &wish, &frame), tabs(&counted, &wish, &frame));
        let sum = sum(&rows);
        let side = side(&wish, &counted, &frame);
        let title = title(&wish.of, &frame);
        let links = calls.into_iter().map(|(id, words, count)| Link {
            words,
            href: wish.with("call", if wish.call == id { "" } else { &id }),
            count,
            here: wish.call == id,
            late: false,
        });
        let calls = links.collect();
        let bulk = bulk::acts_of(asked.seat()?.role, &wish.step, &frame);
        let views = Views::of(portal, asked, "/work", &wish.text(), &[]).await?;
        let (total, first, at) = (counted.total, after.is_empty(), wish.address());
        shown(&WorkPage { total, first, told, title, side, tabs, hands, calls, rows, bulk, at, views, next, sum, frame })
    })
}

/// Whoever reads, and of which unit.
fn here(reading: &Reading<'_>) -> (String, String) {
    let person = reading.person();
    (person.id.to_string(), person.unit.as_ref().map(ToString::to_string).unwrap_or_default())
}

/// What rows come to.
fn sum(rows: &[Row]) -> Sum {
    let mut sum = Sum::default();
    for row in rows {
        match row.assessed {
            Some(assessed) => sum.assessed = Fen(sum.assessed.0.saturating_add(assessed.0)),
            None => sum.open += 1,
        }
        sum.set = Fen(sum.set.0.saturating_add(row.set.unwrap_or_default().0));
    }
    sum
}

/// The cases of a queue in its order, each once.
fn cases_of<'w>(found: impl Iterator<Item = &'w Waiting>) -> Vec<&'w str> {
    let mut known = HashSet::new();
    found.filter(|waiting| waiting.collection == "cases" && known.insert(waiting.id.as_str())).map(|waiting| waiting.id.as_str()).collect()
}

/// In whose hands something is, and what that person is called.
async fn hand_of(reading: &mut Reading<'_>, waiting: &Waiting, known: &Known<'_>, handlers: &Handlers) -> Result<Option<(Hand, String)>, Problem> {
    let Some(hand) = known.hand(waiting) else { return Ok(None) };
    let name = match handler_of(handlers, waiting) {
        Some(user) => reading.work.peek::<User>(user).await?.map_or_else(|| user.to_owned(), |user| user.name),
        None => String::new(),
    };
    Ok(Some((hand, name)))
}

/// In whose hands what waits is, with how many there are; nothing where no case waits for the own unit.
fn hands(counts: [usize; 3], wish: &Wish, frame: &Frame) -> Vec<Link> {
    let [own, free, others] = counts;
    let all = [
        (Hand::Own, frame.pair("我领取的", "Mine"), own),
        (Hand::Free, frame.pair("未领取", "Nobody's yet"), free),
        (Hand::Others, frame.pair("同事的", "Colleagues'"), others),
    ];
    if counts == [0; 3] {
        return Vec::new();
    }
    let link = |(hand, words, count): (Hand, &str, usize)| {
        let here = wish.hand == hand.name();
        Link { words: words.to_owned(), href: wish.with("hand", if here { "" } else { hand.name() }), count, here, late: false }
    };
    all.map(link).into()
}

fn title(of: &str, frame: &Frame) -> &'static str {
    match of {
        "soon" => frame.pair("即将到期", "Due soon"),
        "late" => frame.pair("已超时", "Overdue"),
        "seen" => frame.pair("本人可见全部", "All that I see"),
        _ => frame.pair("待办", "Waits for me"),
    }
}

/// The calls of what waits, with how much waits of each: those with most first.
async fn calls_of(reading: &mut Reading<'_>, counts: &[Option<(CallId, usize)>]) -> Result<Vec<(String, String, usize)>, Problem> {
    let mut most: Vec<(&str, usize)> = counts.iter().flatten().map(|(call, count)| (call.as_str(), *count)).collect();
    most.sort_by_key(|(call, count)| (std::cmp::Reverse(*count), *call));
    let mut out = Vec::new();
    for (call, count) in most.into_iter().take(CALLS) {
        let title = reading.work.peek::<Call>(call).await?.map_or_else(|| call.to_owned(), |call| call.title);
        out.push((call.to_owned(), title, count));
    }
    Ok(out)
}

fn side(wish: &Wish, counted: &Counted, frame: &Frame) -> Vec<Link> {
    let whole = |of: &str| if of == "seen" { String::from("/work?of=seen") } else { format!("/work?of={of}") };
    let of =
        |name: &'static str, count: usize, late: bool| Link { words: title(name, frame).to_owned(), href: whole(name), count, here: wish.of == name, late };
    let (all, late, soon) = (counted.all, counted.late, counted.soon);
    if wish.of == "seen" {
        // What waits for the reader was not counted: it is another queue.
        return vec![of("mine", 0, false), of("seen", all, false)];
    }
    vec![of("mine", all, false), of("soon", soon, false), of("late", late, late > 0), of("seen", 0, false)]
}

fn tabs(counted: &Counted, wish: &Wish, frame: &Frame) -> Vec<Link> {
    let all =
        Link { words: frame.pair("全部", "All").to_owned(), href: wish.with("step", ""), count: counted.in_hand(), here: wish.step.is_empty(), late: false };
    let of = |(waiting, count): &(Arc<Waiting>, usize)| {
        let (step, words) = (waiting.step, step_words(waiting, frame));
        Link { words, href: wish.with("step", step), count: *count, here: wish.step == step, late: false }
    };
    std::iter::once(all).chain(counted.steps.iter().map(of)).collect()
}

async fn rows(reading: &mut Reading<'_>, shown: &[&Waiting], calendar: &WorkCalendar, today: Date, frame: &Frame) -> Result<Vec<Row>, Problem> {
    let mut out = Vec::new();
    let firms: Vec<&str> = shown.iter().filter_map(|waiting| waiting.organisation.as_ref()).map(OrganisationId::as_str).collect();
    let names = reading.firm_names(&firms).await?;
    reading.work.bring::<Case>(shown.iter().filter_map(|waiting| waiting.case.as_ref()).map(CaseId::as_str)).await?;
    for waiting in shown {
        let case = match &waiting.case {
            Some(id) => reading.work.peek::<Case>(id.as_str()).await?,
            None => None,
        };
        let firm = waiting.organisation.as_ref().and_then(|id| names.get(id.as_str())).cloned();
        let claims = case.as_ref().map(|case| case.claims.as_slice()).unwrap_or_default();
        let sum = |of: fn(&casework::case::Claim) -> Option<Fen>| {
            claims.iter().map(of).try_fold(Fen(0), |sum, one| sum.checked_add(one?).ok()).filter(|_| !claims.is_empty())
        };
        let left = waiting.left(calendar, today);
        let tag = match left {
            Some(Left::Over(_)) => "tag tag--fail",
            Some(Left::Days(days)) if days <= SOON => "tag tag--warn",
            Some(_) => "days-left",
            None => "",
        };
        out.push(Row {
            href: place(waiting),
            id: waiting.id.clone(),
            firm: firm.unwrap_or_default(),
            clauses: claims.iter().map(|claim| claim.clause.as_str()).collect::<Vec<_>>().join(frame.w("、", ", ")),
            assessed: sum(|claim| claim.assessed),
            set: sum(|claim| claim.set),
            step: step_words(waiting, frame),
            holder: holder(reading, waiting, frame).await?,
            hand: None,
            is_case: waiting.collection == "cases",
            until: waiting.until.map(|until| until.to_string()).unwrap_or_default(),
            left: left.map(|left| left.words().get(frame.lang()).to_owned()).unwrap_or_default(),
            tag,
            provisional: waiting.provisional,
        });
    }
    Ok(out)
}

/// Who can go on: units by their names, else roles.
async fn holder(reading: &mut Reading<'_>, waiting: &Waiting, frame: &Frame) -> Result<String, Problem> {
    let mut parts = Vec::new();
    for unit in waiting.units.iter().take(2) {
        parts.push(reading.work.peek::<Unit>(unit.as_str()).await?.map_or_else(|| unit.to_string(), |unit| unit.name));
    }
    let role = |role: &Role| {
        let (zh, en) = super::frame::role_words(*role);
        frame.pair(zh, en)
    };
    let roles: Vec<&str> = waiting.roles.iter().map(role).collect();
    match (parts.is_empty(), roles.is_empty()) {
        (true, true) => Ok(frame.pair("银行", "the bank").to_owned()),
        (false, _) if waiting.units.len() > 2 => Ok(format!("{} {}", parts.join("、"), frame.pair("等", "…"))),
        (false, _) => Ok(format!("{} {}", parts.join("、"), roles.join("/"))),
        (true, false) => Ok(roles.join("/")),
    }
}

/// Leads on to the case before or after one in the part of the queue that it was opened from: found when it is asked for, so that a
/// page about one case need not look at all of them. What colleagues have is passed over, unless it is theirs that is looked at.
fn step_on<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let wish = Wish::parse(asked.query("in").unwrap_or_default());
        let whose = if wish.of == "seen" { Whose::Seen } else { Whose::Mine };
        let mut reading = reading(portal, asked).await?;
        let queue = reading.queue(whose).await?;
        let calendar = reading.calendar().await?;
        let handlers = reading.handlers(portal.office.store()).await?;
        let (reader, unit) = here(&reading);
        let today = portal.clock.now().date();
        let known = Known { is_mine: whose == Whose::Mine, today, soon: narrow::soon(&calendar, today), handlers: &handlers, reader: &reader, unit: &unit };
        let order = cases_of(queue.waiting.iter().map(AsRef::as_ref).filter(|waiting| known.fits(waiting, &wish)));
        let is_passed_over = |case: &str| {
            let of = |waiting: &&Arc<Waiting>| waiting.collection == "cases" && waiting.id == case;
            wish.hand.is_empty() && queue.waiting.iter().find(of).is_some_and(|waiting| known.hand(waiting) == Some(Hand::Others))
        };
        let at = order.iter().position(|case| Some(*case) == asked.query("case"));
        // What is done is no more in the queue: on with what stands now where it stood.
        let stood = asked.query("at").and_then(|at| at.parse::<usize>().ok()).map_or(0, |at| at.saturating_sub(1)).min(order.len());
        let is_open = |(_, case): &(usize, &&str)| !is_passed_over(case);
        let numbered = || order.iter().enumerate();
        let wanted = match asked.query("to") == Some("prev") {
            true => numbered().take(at.unwrap_or(stood)).rev().find(is_open),
            false => numbered().skip(at.map_or(stood, |at| at + 1)).find(is_open),
        };
        let to = wanted.map_or_else(|| wish.address(), |(at, id)| wish.case(id, at + 1, order.len()));
        Ok(go(&to))
    })
}

#[cfg(test)]
mod tests {
    use super::wan;
    use values::Fen;

    #[test]
    fn an_amount_in_ten_thousand_yuan_is_rounded_to_the_nearest_hundredth() {
        assert_eq!(wan(&Fen(28_654_200)), "28.65");
        assert_eq!(wan(&Fen(-242_000)), "−0.24");
        assert_eq!(wan(&Fen(0)), "0.00");
        assert_eq!(wan(&Fen(5_000)), "0.01");
    }
}
