//! 批次 for whoever runs them: the list of calls, and each call with how far it is, the way its cases take, how many stand at which
//! stage, the notice that would be published now, and the acts that its stage allows. The public page of a call is another.

use super::acts::{told, words};
use super::frame::Frame;
use super::market::encoded;
use super::work::OFFICERS;
use super::{page_of, shown};
use crate::acts::is_granted;
use crate::operation::{Answering, Asked, ID, Operation, query};
use crate::problem::Problem;
use crate::records::reading;
use crate::{Portal, secret};
use askama::Template;
use casework::call::{Call, CallStage, Period};
use casework::case::{Case, Stage};
use casework::organisation::Organisation;
use casework::people::{Role, Unit};
use casework::policy_version::PolicyVersion;
use office::reading::{Reading, Wanted, collection};
use values::{Fen, Lang};

/// Calls of a page.
const ROWS: usize = 30;

/// The list.
#[derive(Template)]
#[template(path = "calls.html")]
struct Calls {
    frame: Frame,
    told: Option<String>,
    rows: Vec<CallRow>,
    next: Option<String>,
    prepares: bool,
}

/// A call in the list.
struct CallRow {
    id: String,
    title: String,
    year: i32,
    stage: &'static str,
    tag: &'static str,
    open: String,
    lead: String,
    clauses: usize,
}

/// One call.
#[derive(Template)]
#[template(path = "call_manage.html")]
struct Manage {
    frame: Frame,
    told: Option<String>,
    id: String,
    title: String,
    version: i64,
    /// Stages: words, class, whether it is there now.
    flow: Vec<(&'static str, &'static str, bool)>,
    about: Vec<(&'static str, String)>,
    steps: Vec<StepRow>,
    /// Cases by stage: words, address, how many.
    stages: Vec<(&'static str, String, i64)>,
    total: i64,
    acts: Vec<CallAct>,
    links: Vec<(String, &'static str)>,
    notice: Vec<NoticeRow>,
    shares: Vec<(String, Fen, Fen, Fen, Fen)>,
    rates: Vec<(String, String, String)>,
    verifies: bool,
    public: bool,
}

/// A step of the way of its cases.
struct StepRow {
    step: String,
    role: &'static str,
    period: String,
    completion: String,
}

/// An act that its stage allows.
struct CallAct {
    act: &'static str,
    title: &'static str,
    /// Whether nothing is to be filled in.
    plain: bool,
    href: String,
    request: String,
}

/// A row of the notice that would be published now.
struct NoticeRow {
    case: String,
    firm: String,
    clauses: String,
    amount: Fen,
}

pub fn operations() -> Vec<Operation> {
    let done = || query("done", "已办理的请求", "the request that was done");
    let after = query("after", "上一页末项", "where the page before ended");
    vec![
        Operation { parameters: vec![after, done()], ..page_of("/calls", "calls_page", ("申报批次", "Calls"), OFFICERS, calls) },
        Operation { parameters: vec![ID, done()], ..page_of("/calls/{id}/manage", "call_manage", ("批次管理", "A call and its acts"), OFFICERS, manage) },
    ]
}

fn tag(stage: CallStage) -> &'static str {
    match stage {
        CallStage::Open => "tag--pass",
        CallStage::Closed | CallStage::Shared => "tag--info",
        CallStage::Draft | CallStage::Announced => "tag--warn",
        CallStage::Archived => "",
    }
}

fn calls<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "calls");
        let of = collection("calls").ok_or_else(Problem::denied)?;
        let mut reading = reading(portal, asked).await?;
        let told = told(&mut reading, asked, &frame).await?;
        let wanted = Wanted { filters: Vec::new(), after: asked.query("after").unwrap_or_default(), limit: ROWS };
        let page = reading.page(of, &wanted).await?;
        reading.work.bring::<Call>(page.records.iter().map(|read| read.id.as_str())).await?;
        let mut rows = Vec::new();
        for read in &page.records {
            let Some(call) = reading.work.peek::<Call>(&read.id).await? else { continue };
            let lead = reading.work.peek::<Unit>(call.lead.as_str()).await?.map_or_else(|| call.lead.to_string(), |unit| unit.name);
            rows.push(CallRow {
                stage: words::value("CallStage", call.stage.name(), frame.lang()),
                tag: tag(call.stage),
                open: format!("{} – {}", call.open.0, call.open.1),
                clauses: call.clauses.len(),
                year: call.year,
                title: call.title,
                id: read.id.clone(),
                lead,
            });
        }
        // What goes on comes before what is over.
        rows.sort_by_key(|row| row.tag.is_empty());
        let next = page.next.map(|next| format!("/calls?after={}", encoded(&next)));
        let prepares = is_granted("call.prepare", reading.role());
        shown(&Calls { told, rows, next, prepares, frame })
    })
}

/// A period in words.
pub fn period(period: Period, lang: Lang) -> String {
    match (period, lang) {
        (Period::Days(days), Lang::Zh) => format!("{days} 日"),
        (Period::WorkingDays(days), Lang::Zh) => format!("{days} 个工作日"),
        (Period::Days(days), Lang::En) => format!("{days} days"),
        (Period::WorkingDays(days), Lang::En) => format!("{days} working days"),
    }
}

/// The stages of a call, in their order.
const STAGES: [CallStage; 6] = [CallStage::Draft, CallStage::Announced, CallStage::Open, CallStage::Closed, CallStage::Shared, CallStage::Archived];

/// Acts by the stages of the call at which they make sense; whether the call is all they ask for; whether they are asked of a subject.
const ACTS: &[(&str, &[CallStage], bool)] = &[
    ("call.open", &[CallStage::Draft, CallStage::Announced], true),
    ("call.close", &[CallStage::Open], true),
    ("call.set_rate", &[CallStage::Open, CallStage::Closed], false),
    ("call.rank", &[CallStage::Closed], false),
    ("call.state_share", &[CallStage::Closed], true),
    ("call.share", &[CallStage::Closed], true),
    ("call.share_again", &[CallStage::Shared], false),
    ("call.carry_over", &[CallStage::Closed, CallStage::Shared], false),
    ("matching.list", &[CallStage::Open, CallStage::Closed], false),
    ("notice.publish", &[CallStage::Open, CallStage::Closed, CallStage::Shared], true),
    ("payment.plan", &[CallStage::Open, CallStage::Closed, CallStage::Shared], false),
    ("call.archive", &[CallStage::Shared, CallStage::Closed], true),
];

fn manage<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "calls");
        let of = collection("calls").ok_or_else(Problem::denied)?;
        let mut reading = reading(portal, asked).await?;
        let told = told(&mut reading, asked, &frame).await?;
        let version = reading.one(of, asked.id()).await?.version;
        let call: Option<Call> = reading.work.peek(asked.id()).await?;
        let call = call.ok_or_else(|| Problem::unknown("call", asked.id()))?;
        let units: Vec<Unit> = reading.work.every().await?;
        let counts = reading.stages_of(&call).await?;
        let at = |name: &str| format!("/cases?call_id={}&stage={name}", encoded(call.id.as_str()));
        let stages: Vec<(&'static str, String, i64)> = Stage::ALL
            .iter()
            .filter_map(|stage| Some((stage, counts.iter().find(|(name, _)| name == stage.name())?.1)))
            .map(|(stage, count)| (words::value("Stage", stage.name(), frame.lang()), at(stage.name()), count))
            .collect();
        let notice = notice(&mut reading, &call).await?;
        let version_of: Option<PolicyVersion> = reading.work.peek(call.version.as_str()).await?;
        let fund = reading.work.book_peeked(&call.fund).await?;
        let named = (version_of.map(|one| super::workshop::title_of(&one)), fund.map(|book| book.name));
        let acts = acts(&reading, &call, !notice.is_empty(), &frame)?;
        let links = links(&reading, &call, &frame);
        let verifies = matches!(reading.role(), Role::Clerk | Role::Reviewer);
        let flow = STAGES.iter().map(|stage| {
            let class = if *stage < call.stage { "done" } else { "" };
            (words::value("CallStage", stage.name(), frame.lang()), class, *stage == call.stage)
        });
        let flow = flow.collect();
        shown(&Manage {
            told,
            id: call.id.to_string(),
            title: call.title.clone(),
            version,
            flow,
            about: about(&call, &units, &named, &frame),
            steps: steps(&call, &frame),
            total: stages.iter().map(|(.., count)| count).sum(),
            stages,
            acts,
            links,
            notice,
            shares: call.shares.iter().map(|share| (share.pool.clone(), share.held, share.claimed, share.given, share.left)).collect(),
            rates: call.rates.iter().map(|rate| (rate.name.clone(), rate.value.clone(), rate.source.clone())).collect(),
            verifies,
            public: call.stage != CallStage::Draft,
            frame,
        })
    })
}

fn about(call: &Call, units: &[Unit], (policy, fund): &(Option<String>, Option<String>), frame: &Frame) -> Vec<(&'static str, String)> {
    let unit = |id: &casework::id::UnitId| units.iter().find(|unit| unit.id == *id).map_or_else(|| id.to_string(), |unit| unit.name.clone());
    let lang = frame.lang();
    let with: Vec<String> = call.with.iter().map(unit).collect();
    let with_name = |name: Option<&String>, id: &str| name.map_or_else(|| id.to_owned(), |name| format!("{name}（{id}）"));
    let pools: Vec<String> = call.pools.iter().map(|(name, book)| format!("{name}（{book}）")).collect();
    vec![
        (frame.pair("年度", "Year"), call.year.to_string()),
        (frame.pair("事实认定日", "Facts as of"), call.as_of.to_string()),
        (frame.pair("申报期", "Open"), format!("{} – {}", call.open.0, call.open.1)),
        (frame.pair("条款", "Clauses"), call.clauses.join("、")),
        (frame.pair("牵头单位", "In charge"), unit(&call.lead)),
        (frame.pair("参与单位", "Asked"), with.join("、")),
        (frame.pair("政策版本", "Policy version"), with_name(policy.as_ref(), call.version.as_str())),
        (frame.pair("预算", "Budget"), with_name(fund.as_ref(), call.fund.as_str())),
        (frame.pair("资金池", "Pools"), pools.join("；")),
        (frame.pair("受理期限", "To accept"), period(call.workflow.acceptance, lang)),
        (frame.pair("补正期限", "To correct"), period(call.workflow.correction, lang)),
        (frame.pair("公示期", "Notice"), period(call.workflow.notice, lang)),
        (frame.pair("异议核查", "Objections"), period(call.workflow.objection, lang)),
        (
            frame.pair("信用核查", "Credit"),
            frame
                .pair(
                    if call.workflow.credit { "审定和拨付前必须" } else { "不要求" },
                    if call.workflow.credit { "before approval and payment" } else { "not asked for" },
                )
                .to_owned(),
        ),
    ]
}

fn steps(call: &Call, frame: &Frame) -> Vec<StepRow> {
    let lang = frame.lang();
    let one = |step: &casework::call::Step| StepRow {
        step: words::value("StepKind", step.kind.name(), lang).to_owned(),
        role: {
            let (zh, en) = super::frame::role_words(step.role);
            frame.pair(zh, en)
        },
        period: period(step.period, lang),
        completion: words::value("Completion", if step.completion == casework::call::Completion::All { "all" } else { "silence_is_consent" }, lang).to_owned(),
    };
    call.workflow.steps.iter().map(one).collect()
}

/// What would stand in a notice that is published now: determined cases of the call, as many as a page shows.
async fn notice(reading: &mut Reading<'_>, call: &Call) -> Result<Vec<NoticeRow>, Problem> {
    let of = collection("cases").filter(|of| of.sight(reading.role()).is_some());
    let Some(of) = of else { return Ok(Vec::new()) };
    let wanted = Wanted { filters: vec![("call_id", call.id.as_str()), ("stage", Stage::Approved.name())], after: "", limit: ROWS };
    let mut out = Vec::new();
    let page = reading.page(of, &wanted).await?;
    reading.work.bring::<Case>(page.records.iter().map(|read| read.id.as_str())).await?;
    for read in page.records {
        let Some(case) = reading.work.peek::<Case>(&read.id).await? else { continue };
        let firm = reading.work.peek::<Organisation>(case.organisation.as_str()).await?.map_or_else(|| case.organisation.to_string(), |firm| firm.name);
        let amount = case.claims.iter().fold(Fen(0), |sum, claim| Fen(sum.0.saturating_add(claim.amount().0)));
        let clauses = case.claims.iter().map(|claim| claim.clause.as_str()).collect::<Vec<_>>().join("、");
        out.push(NoticeRow { case: read.id, firm, clauses, amount });
    }
    Ok(out)
}

fn acts(reading: &Reading<'_>, call: &Call, noticeable: bool, frame: &Frame) -> Result<Vec<CallAct>, Problem> {
    let id = encoded(call.id.as_str());
    let mut out = Vec::new();
    for (act, stages, plain) in ACTS {
        let fits = stages.contains(&call.stage) && (*act != "notice.publish" || noticeable);
        if !fits || !reading.may_do_to_call(call, act) {
            continue;
        }
        let href = format!("/acts/{act}?call={id}&fixed=call&back=/calls/{id}/manage");
        // Acts that make something have an id to be made up: their form has it filled in already.
        let makes = words::fresh(act, "entry").is_some() && matches!(*act, "call.share" | "call.archive") || *act == "notice.publish";
        out.push(CallAct { act, title: words::title(act, frame.lang()), plain: *plain && !makes, href, request: secret::fresh()? });
    }
    if reading.may_do_to_call(call, "document.issue") {
        let href = format!("/acts/document.issue?subject=call:{id}&back=/calls/{id}/manage");
        out.push(CallAct { act: "document.issue", title: words::title("document.issue", frame.lang()), plain: false, href, request: String::new() });
    }
    Ok(out)
}

fn links(reading: &Reading<'_>, call: &Call, frame: &Frame) -> Vec<(String, &'static str)> {
    let id = encoded(call.id.as_str());
    let all = [
        ("cases", format!("/cases?call_id={id}"), frame.pair("全部案件", "All cases")),
        ("notices", format!("/registers/notices?call_id={id}"), frame.pair("公示", "Notices")),
        ("batches", format!("/registers/batches?call_id={id}"), frame.pair("拨付批次", "Batches")),
        ("dues", format!("/registers/dues?call_id={id}"), frame.pair("应付款", "Dues")),
        ("match-lists", format!("/registers/match-lists?call_id={id}"), frame.pair("比对名单", "Match lists")),
        ("calls", format!("/registers/calls/{id}"), frame.pair("批次记录", "The record")),
        ("documents", format!("/api/v1/calls/{id}/meeting-pack?format=pdf"), frame.pair("上会材料（PDF）", "Meeting pack (PDF)")),
    ];
    let sees = |list: &str| collection(list).is_some_and(|of| of.sight(reading.role()).is_some());
    all.into_iter().filter(|(list, ..)| sees(list)).map(|(_, href, words)| (href, words)).collect()
}
