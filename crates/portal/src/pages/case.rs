//! A case as whoever handles it sees it: the form beside its evidence, what the rules give and why, what units said, what this
//! firm was given before, how far it has come; and the acts that are open to the reader now, on the same page.

mod bar;
mod course;
mod facts;
mod paper;
mod results;
mod versions;

use super::acts::form::{Look, Node};
use super::acts::told;
use super::frame::Frame;
use super::who::People;
use super::work::{ALL, AT, HANDLERS, IN};
use super::{page_of, shown};
use crate::Portal;
use crate::operation::{Answering, Asked, ID, Operation, query};
use crate::problem::Problem;
use crate::records::{reader, reading};
use askama::Template;
use bar::Bar;
use casework::call::Call;
use casework::case::{Case, Declaration, Holder, Stage};
use casework::organisation::Organisation;
use casework::people::Unit;
use course::{Course, Said};
use facts::{Fact, Paper};
use office::reading::{Reading, Wanted, collection};
use office::{Loaded, Stop};
use results::Results;
use std::collections::BTreeMap;
use std::sync::Arc;
use values::Fen;

/// The page.
#[derive(Template)]
#[template(path = "case.html")]
struct CasePage<'s> {
    frame: Frame,
    told: Option<String>,
    head: Head,
    facts: Vec<Fact>,
    others: Vec<Fact>,
    papers: Vec<Paper>,
    declared: Option<Declaration>,
    editions: usize,
    results: Results<'s>,
    said: Vec<Said>,
    checks: Vec<Said>,
    before: Vec<Before>,
    documents: Vec<(String, String)>,
    course: Course,
    bar: Bar,
    hand: Option<Hand>,
    way: Way,
}

/// Who of the reader's unit has the case.
struct Hand {
    /// Name; empty: nobody yet.
    name: String,
    is_own: bool,
    may_take: bool,
    may_give: bool,
    /// To whom it can be given: name of the person here, and what the person is called.
    colleagues: Vec<(String, String)>,
}

/// The list that the case was opened from.
struct Way {
    /// As it stands in the address; empty: not from a list.
    text: String,
    /// Its place there, and how many there are.
    place: Option<(usize, usize)>,
    /// The list.
    back: String,
    /// The page of the case.
    at: String,
}

impl Way {
    fn of(asked: &Asked<'_>) -> Self {
        let text = asked.query("in").unwrap_or_default().to_owned();
        let number = |name: &str| asked.query(name).and_then(|number| number.parse::<usize>().ok());
        let place = number("at").zip(number("all")).filter(|(at, all)| (1..=*all).contains(at));
        let back = if text.is_empty() { "/work".to_owned() } else { format!("/work?{text}") };
        let mut at = format!("/cases/{}", super::market::encoded(asked.id()));
        if let Some((number, all)) = place.filter(|_| !text.is_empty()) {
            at = format!("{at}?at={number}&all={all}&in={}", super::market::encoded(&text));
        }
        Self { text, place, back, at }
    }

    /// What stands behind the question mark of this page; empty: nothing.
    fn behind(&self) -> &str {
        self.at.find('?').and_then(|at| self.at.get(at..)).unwrap_or_default()
    }

    /// The address of the case before or after.
    fn step(&self, case: &str, to: &str) -> String {
        let at = self.place.map(|(at, _)| format!("&at={at}")).unwrap_or_default();
        let list = if self.text.is_empty() { String::new() } else { format!("&in={}", super::market::encoded(&self.text)) };
        format!("/step?case={}&to={to}{at}{list}", super::market::encoded(case))
    }
}

/// Who of the reader's unit has a case; none: it waits for others.
async fn hand(portal: &Portal, reading: &mut Reading<'_>, known: &Known) -> Result<Option<Hand>, Problem> {
    let store = portal.office.store();
    let Some(place) = reading.place(store, &known.call, &known.case, portal.clock.now()).await? else { return Ok(None) };
    let own = &reading.person().id;
    let others = place.colleagues.iter().filter(|person| place.handler.as_ref().is_none_or(|handler| handler.id != person.id));
    Ok(Some(Hand {
        is_own: place.handler.as_ref().is_some_and(|handler| handler.id == *own),
        name: place.handler.as_ref().map(|handler| handler.name.clone()).unwrap_or_default(),
        may_take: place.may_take && place.handler.is_none(),
        may_give: place.may_give,
        colleagues: others.map(|person| (person.id.to_string(), person.name.clone())).collect(),
    }))
}

/// What stands above everything.
struct Head {
    id: String,
    firm: String,
    firm_id: String,
    call: String,
    call_id: String,
    clauses: String,
    step: String,
    holder: String,
    until: String,
    left: String,
    late: bool,
    provisional: bool,
    /// How its last day was counted.
    why: String,
}

/// What the firm was given before, and its other cases.
struct Before {
    href: String,
    id: String,
    what: String,
    amount: Option<Fen>,
}

pub fn operations() -> Vec<Operation> {
    let mut all = vec![Operation {
        parameters: vec![ID, query("done", "已办理的请求", "the request that was done"), IN, AT, ALL],
        ..page_of("/cases/{id}", "case_page", ("案件办理", "A case"), HANDLERS, case)
    }];
    all.extend(versions::operations());
    all.push(paper::operation());
    all
}

/// What a page about a case goes by.
struct Known {
    case: Case,
    call: Call,
    version: i64,
    /// Names of units.
    units: BTreeMap<String, String>,
    /// Whoever did something in the case.
    people: People,
}

impl Known {
    fn unit(&self, id: &str) -> String {
        self.units.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }
}

/// A case that the reader sees, with its call. Errors: unknown, also where it is not for this reader.
async fn known(reading: &mut Reading<'_>, id: &str) -> Result<Known, Problem> {
    let cases = collection("cases").ok_or_else(Problem::denied)?;
    let version = reading.one(cases, id).await?.version;
    let case = reading.case(id).await?;
    let call: Option<Call> = reading.work.peek(case.call.as_str()).await?;
    let call = call.ok_or_else(|| Problem::unknown("call", case.call.as_str()))?;
    let units: Vec<Unit> = reading.work.every().await?;
    let units = units.into_iter().map(|unit| (unit.id.to_string(), unit.name)).collect();
    let review = &case.review;
    let opinions = review.asks.iter().flat_map(|ask| &ask.opinions).map(|opinion| &opinion.by);
    let checks = review.minutes.iter().map(|one| &one.by).chain(review.audits.iter().map(|one| &one.by));
    let checks = checks.chain(review.site_checks.iter().map(|one| &one.by)).chain(review.credit.iter().map(|one| &one.by));
    let all = case.hands.iter().map(|hand| &hand.user).chain(opinions).chain(checks);
    let people = People::of(reading, all.map(casework::id::UserId::as_str).collect()).await?;
    Ok(Known { case, call, version, units, people })
}

/// The rules of the call of a case. Before anything is read over the one connection: two at once could wait for each other.
async fn rules(portal: &Portal, asked: &Asked<'_>, known: &Known) -> Result<Arc<Loaded>, Problem> {
    Ok(portal.office.scheme(&portal.reading, Some(&reader(asked)?), known.call.version.as_str()).await?)
}

fn case<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "work");
        let known = known(&mut reading(portal, asked).await?, asked.id()).await?;
        let loaded = rules(portal, asked, &known).await?;
        let now = portal.clock.now();
        let mut reading = reading(portal, asked).await?;
        let told = told(&mut reading, asked, &frame).await?;
        let calendar = reading.calendar().await?;
        let firm: Option<Organisation> = reading.work.peek(known.case.organisation.as_str()).await?;
        let head = head(&known, firm.as_ref(), &calendar, now.date(), &frame);
        let offers = reading.offers(&known.call, &known.case, &calendar, now).await?;
        let before = before(&mut reading, &known, &frame).await?;
        let documents = documents(&mut reading, &known, &frame).await?;
        let editions =
            if known.case.review.correction.is_some() || known.case.determination.is_some() { reading.editions(&known.case).await?.len() } else { 1 };
        let assessed = match reading.assessed(&loaded, &known.call, &known.case).await {
            Ok(assessed) => Some(assessed),
            // An application that cannot be computed is shown as it is: what is wrong with it is what officers look for.
            Err(Stop::Refused(_)) => None,
            Err(failed) => return Err(failed.into()),
        };
        let bar = bar::of(portal, &frame, &reading, &known, offers)?;
        let (hand, way) = (hand(portal, &mut reading, &known).await?, Way::of(asked));
        drop(reading);
        let (facts, others) = facts::of(&loaded.scheme, &known, &frame);
        let results = results::of(&loaded.scheme, assessed.as_ref(), &known, &frame);
        let said = course::opinions(&known, &calendar, now.date(), &frame);
        let checks = course::checks(&known, &frame);
        let course = course::of(&known, &calendar, &frame);
        let papers = facts::papers(&known.case);
        shown(&CasePage {
            declared: known.case.declaration.clone(),
            told,
            head,
            facts,
            others,
            papers,
            editions,
            results,
            said,
            checks,
            before,
            documents,
            course,
            bar,
            hand,
            way,
            frame,
        })
    })
}

fn head(known: &Known, firm: Option<&Organisation>, calendar: &values::WorkCalendar, today: values::Date, frame: &Frame) -> Head {
    let (case, call) = (&known.case, &known.call);
    let shown = case.seen_by_officers(call, calendar, today);
    let role = |role| {
        let (zh, en) = super::frame::role_words(role);
        frame.pair(zh, en)
    };
    let holder = match &shown.holder {
        Holder::Applicant => frame.pair("申报企业", "the enterprise").to_owned(),
        Holder::Unit(unit, Some(of)) => format!("{} {}", known.unit(unit.as_str()), role(*of)),
        Holder::Unit(unit, None) => known.unit(unit.as_str()),
        Holder::Units(units) => units.iter().map(|unit| known.unit(unit.as_str())).collect::<Vec<_>>().join("、"),
        Holder::Bank => frame.pair("银行", "the bank").to_owned(),
        Holder::Nobody => frame.pair("无", "nobody").to_owned(),
    };
    let why = case.waited_for().map(|clock| clock.explained(calendar, &case.review.standstills).get(frame.lang()).to_owned());
    Head {
        id: case.id.to_string(),
        firm: firm.map_or_else(|| case.organisation.to_string(), |firm| firm.name.clone()),
        firm_id: case.organisation.to_string(),
        call: call.title.clone(),
        call_id: call.id.to_string(),
        clauses: case.claims.iter().map(|claim| claim.clause.as_str()).collect::<Vec<_>>().join("、"),
        // The applicant is told that it waits for them; an officer, that it is being mended.
        step: match case.stage {
            Stage::Correcting => super::acts::words::value("Stage", case.stage.name(), frame.lang()).to_owned(),
            _ => shown.status.label.get(frame.lang()).to_owned(),
        },
        holder,
        until: shown.until.map(|until| until.to_string()).unwrap_or_default(),
        late: matches!(shown.left, Some(casework::case::Left::Over(_))),
        left: shown.left.map(|left| left.words().get(frame.lang()).to_owned()).unwrap_or_default(),
        provisional: shown.provisional,
        why: why.unwrap_or_default(),
    }
}

/// So many of each kind stand on the page; the register of the firm has all.
const BEFORE_MAX: usize = 6;

/// What the firm was given before, by determinations and by old ledgers, and its other cases; as far as the reader sees it.
async fn before(reading: &mut Reading<'_>, known: &Known, frame: &Frame) -> Result<Vec<Before>, Problem> {
    let mut out = Vec::new();
    let firm = known.case.organisation.as_str();
    for (list, what) in
        [("determinations", frame.pair("审定", "determined")), ("earlier-awards", frame.pair("历史兑付", "old ledger")), ("cases", frame.pair("案件", "case"))]
    {
        let Some(of) = collection(list).filter(|of| of.sight(reading.role()).is_some()) else { continue };
        let wanted = Wanted { filters: vec![("organisation_id", firm)], after: "", limit: BEFORE_MAX };
        for read in reading.page(of, &wanted).await?.records {
            let text = |name: &str| read.body.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default();
            if (list == "cases" && read.id == known.case.id.as_str()) || text("case") == known.case.id.as_str() {
                continue;
            }
            let awards = read.body.get("awards").and_then(serde_json::Value::as_array);
            let sum = awards.map(|awards| awards.iter().filter_map(|award| award.get("amount")?.as_i64()).fold(0, i64::saturating_add));
            let clauses = awards.map(|awards| awards.iter().filter_map(|award| award.get("clause")?.as_str()).collect::<Vec<_>>().join("、"));
            let stage = serde_json::from_value(read.body.get("stage").cloned().unwrap_or_default()).map(|stage: casework::case::Stage| stage.name());
            let detail = match list {
                "cases" => stage.map(|stage| super::acts::words::value("Stage", stage, frame.lang()).to_owned()).unwrap_or_default(),
                _ => format!("{} {}", text("year"), clauses.unwrap_or_else(|| text("clause"))),
            };
            let href = super::registers::home_of(list, &read.id);
            let amount = sum.or_else(|| read.body.get("amount")?.as_i64()).map(Fen);
            // What was determined is known by its case.
            let id = if list == "determinations" { text("case") } else { read.id.clone() };
            out.push(Before { href, id, what: format!("{what} {detail}"), amount });
        }
    }
    Ok(out)
}

/// Documents that were issued in the case: address and what they are.
async fn documents(reading: &mut Reading<'_>, known: &Known, frame: &Frame) -> Result<Vec<(String, String)>, Problem> {
    let Some(of) = collection("documents").filter(|of| of.sight(reading.role()).is_some()) else { return Ok(Vec::new()) };
    let wanted = Wanted { filters: vec![("subject_id", known.case.id.as_str())], after: "", limit: 20 };
    let page = reading.page(of, &wanted).await?;
    let one = |read: &office::reading::Read| {
        let kind = read.body.get("kind").and_then(serde_json::Value::as_str).unwrap_or_default();
        let number = read.body.get("number").and_then(serde_json::Value::as_str).unwrap_or_default();
        (
            format!("/registers/documents/{}", super::market::encoded(&read.id)),
            format!("{} {number}", super::acts::words::value("DocumentKind", kind, frame.lang())),
        )
    };
    Ok(page.records.iter().map(one).collect())
}
