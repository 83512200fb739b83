//! 政策测算: what a version of a policy, a draft too, costs a made-up district, a file of enterprises, or the cases of an earlier year as
//! they were frozen. A run goes on behind the pages; its page says how far it is and then what came of it, in sums alone.

mod outcome;

use super::frame::Frame;
use super::multipart::brought;
use super::workshop::title_of;
use super::{Given, go, page_of, sent_to, shown};
use crate::Portal;
use crate::operation::{Answer, Answering, Asked, ID, Operation, Payload, Who};
use crate::problem::Problem;
use crate::records::{reader, reading};
use crate::simulation::{Order, Run, Source, State, begin, folder};
use askama::Template;
use casework::people::Role;
use casework::policy_version::PolicyVersion;
use office::Loaded;
use office::reading::{Reading, Wanted, collection};
use outcome::Outcome;
use population::report::Report;
use population::simulate::Pass;
use population::synth::District;
use std::sync::Arc;
use values::Lang;
use values::number::group_thousands;

/// Whoever makes a policy, answers for it, pays it or audits it.
const SIMULATES: Who = Who::Roles(&[Role::Drafter, Role::Leader, Role::Finance, Role::Auditor]);
/// Versions to choose from.
const VERSIONS: usize = 200;
/// Frozen cases behind a sum, at least.
const LEAST: usize = 10;
/// Largest made-up district.
const ROWS_MAX: u64 = 1_000_000;

/// The form and the runs of whoever reads.
#[derive(Template)]
#[template(path = "simulations.html")]
struct Simulations {
    frame: Frame,
    wrong: Option<String>,
    versions: Vec<(String, String)>,
    given: Given,
    runs: Vec<Line>,
    megabytes: usize,
}

/// A run in the list.
struct Line {
    id: String,
    policy: String,
    about: String,
    at: String,
    state: &'static str,
    tag: &'static str,
}

/// A run.
#[derive(Template)]
#[template(path = "simulation.html")]
struct Simulation {
    frame: Frame,
    line: Line,
    other: Option<String>,
    progress: Option<Progress>,
    failed: Option<(String, String)>,
    outcome: Option<Outcome>,
}

/// How far a run is.
struct Progress {
    what: &'static str,
    rows: String,
    of: Option<String>,
    percent: Option<u64>,
    rate: String,
    left: Option<String>,
}

impl Simulations {
    fn value(&self, name: &str) -> &str {
        self.given.get(name).map_or("", String::as_str)
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.value(name) == value
    }
}

pub fn operations() -> Vec<Operation> {
    vec![
        page_of("/simulations", "simulations", ("政策测算", "What a policy costs"), SIMULATES, list),
        Operation {
            takes: Payload::Bytes("multipart/form-data"), ..sent_to("/simulations", "simulate", ("开始测算", "Begin a simulation"), SIMULATES, start)
        },
        Operation { parameters: vec![ID], ..page_of("/simulations/{id}", "simulation", ("一项测算", "A simulation"), SIMULATES, one) },
        Operation {
            parameters: vec![ID],
            ..page_of("/simulations/{id}/report", "simulation_report", ("测算报告", "The report of a simulation"), SIMULATES, report)
        },
        Operation { parameters: vec![ID], ..sent_to("/simulations/{id}/stop", "stop_simulation", ("停止测算", "Stop a simulation"), SIMULATES, stop) },
    ]
}

/// The versions that the reader sees, each with its title.
async fn versions(reading: &mut Reading<'_>) -> Result<Vec<(String, String)>, Problem> {
    let lives = collection("policy-lives").ok_or_else(|| Problem::unknown("collection", ""))?;
    let page = reading.page(lives, &Wanted { filters: Vec::new(), after: "", limit: VERSIONS }).await?;
    reading.work.bring::<PolicyVersion>(page.records.iter().map(|read| read.id.as_str())).await?;
    let mut out = Vec::new();
    for read in page.records {
        if let Some(version) = reading.work.peek::<PolicyVersion>(&read.id).await? {
            out.push((read.id, title_of(&version)));
        }
    }
    Ok(out)
}

fn line(run: &Run, frame: &Frame) -> Line {
    let (state, tag) = match run.state() {
        State::Waiting => (frame.pair("排队", "waits"), ""),
        State::Going(..) => (frame.pair("测算中", "goes on"), "tag--info"),
        State::Done(_) => (frame.pair("完成", "done"), "tag--pass"),
        State::Stopped => (frame.pair("已停止", "stopped"), ""),
        State::Failed(_) => (frame.pair("未完成", "failed"), "tag--fail"),
    };
    Line {
        id: run.id.clone(),
        policy: format!("{} {}", title_of(&run.scheme.version), run.scheme.version.id),
        about: frame.w(&run.about.0, &run.about.1).to_owned(),
        at: run.at.to_string().get(..16).unwrap_or_default().replace('T', " "),
        state,
        tag,
    }
}

async fn form(portal: &Portal, asked: &Asked<'_>, given: Given, wrong: Option<String>) -> Result<Simulations, Problem> {
    let frame = Frame::new(portal, asked, "simulations");
    let versions = versions(&mut reading(portal, asked).await?).await?;
    let runs = portal.runs.of(&asked.seat()?.user).iter().map(|run| line(run, &frame)).collect();
    Ok(Simulations { wrong, versions, given, runs, megabytes: portal.config.body_bytes_max >> 20, frame })
}

fn list<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let year = portal.clock.now().date().year() - 1;
        let first = [("source", "made".to_owned()), ("rows", "100000".to_owned()), ("seed", "1".to_owned()), ("year", year.to_string())];
        let given = first.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        shown(&form(portal, asked, given, None).await?)
    })
}

/// A scheme that the reader sees. Errors: none is named; there is none; it does not compile.
async fn scheme(portal: &Portal, asked: &Asked<'_>, id: Option<&String>) -> Result<Option<Arc<Loaded>>, Problem> {
    let Some(id) = id.filter(|id| !id.is_empty()) else { return Ok(None) };
    Ok(Some(portal.office.scheme(&portal.reading, Some(&reader(asked)?), id).await?))
}

fn number(given: &Given, name: &str, least: u64, most: u64, words: (&str, &str)) -> Result<u64, Problem> {
    let text = given.get(name).map(|text| text.trim().replace([',', '，'], "")).unwrap_or_default();
    text.parse().ok().filter(|number| (least..=most).contains(number)).ok_or_else(|| {
        Problem::unusable(format!("{}应为 {least} 到 {most} 的整数。", words.0), format!("{} must be a whole number from {least} to {most}.", words.1))
    })
}

/// What the form asks for. Errors: what is wrong, in words.
async fn order(portal: &Portal, asked: &Asked<'_>, given: &Given, file: Option<(String, bytes::Bytes)>) -> Result<Order, Problem> {
    let none = || Problem::unusable("请选择要测算的政策版本。", "Choose the version that is to be simulated.");
    let loaded = scheme(portal, asked, given.get("policy")).await?.ok_or_else(none)?;
    let other = scheme(portal, asked, given.get("against")).await?.filter(|other| other.version.id != loaded.version.id);
    let year = number(given, "year", 1990, 2100, ("年度", "The year"))?;
    let year = i32::try_from(year).unwrap_or_default();
    let (source, about) = match given.get("source").map(String::as_str) {
        Some("file") => {
            let choose = || Problem::unusable("请选择企业数据文件。", "Choose the file of enterprises.");
            let (name, bytes) = file.ok_or_else(choose)?;
            let ending = ["csv", "parquet", "jsonl"].into_iter().find(|ending| name.to_lowercase().ends_with(&format!(".{ending}")));
            let ending = ending.ok_or_else(|| Problem::unusable("文件应为 .csv、.parquet 或 .jsonl。", "The file must be .csv, .parquet or .jsonl."))?;
            (Source::Sent(ending, bytes), (format!("上传的文件 {name}"), format!("the file {name}")))
        }
        Some("frozen") => {
            let from = given.get("from").filter(|from| !from.is_empty()).cloned().unwrap_or_else(|| loaded.version.id.to_string());
            let frozen = reading(portal, asked).await?.frozen(year, |version| version == from).await?;
            if frozen.lines.is_empty() {
                let zh = format!("{from} 在 {year} 年度没有已审定的案件，请改选版本或年度。");
                return Err(Problem::unusable(zh, format!("Nothing was determined under {from} for {year}: choose another version or year.")));
            }
            let about =
                (format!("{from} {year} 年度已审定的 {} 件", frozen.lines.len()), format!("{} cases determined under {from} for {year}", frozen.lines.len()));
            if frozen.lines.len() < LEAST {
                let zh = format!("{from} 在 {year} 年度已审定的不足 {LEAST} 件，合计会看出单户的数，不能测算。");
                return Err(Problem::unusable(
                    zh,
                    format!("Fewer than {LEAST} cases were determined under {from} for {year}: a sum would tell of one of them."),
                ));
            }
            (Source::Frozen(frozen, from), about)
        }
        _ => {
            let rows = number(given, "rows", 1, ROWS_MAX, ("企业数", "The number of enterprises"))?;
            let seed = number(given, "seed", 0, u64::MAX, ("种子", "The seed"))?;
            let about = (format!("模拟地区（虚构），{rows} 户，种子 {seed}"), format!("a made-up district of {rows}, seed {seed}"));
            (Source::Made(District { rows, seed, year }), about)
        }
    };
    Ok(Order { by: asked.seat()?.user.clone(), scheme: loaded, other, source, about, year, at: portal.clock.now() })
}

fn start<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let sent = brought(asked).await?;
        let begun = match order(portal, asked, &sent.fields, sent.file).await {
            Ok(order) => begin(&portal.runs, folder(&portal.config.data), order),
            Err(problem) => Err(problem),
        };
        match begun {
            Ok(run) => Ok(go(&format!("/simulations/{}", run.id))),
            Err(problem) if problem.status.is_client_error() && problem.status != axum::http::StatusCode::FORBIDDEN => {
                let words = if asked.language == Lang::Zh { problem.detail.0.clone() } else { problem.detail.1.clone() };
                let mut answer = shown(&form(portal, asked, sent.fields, Some(words)).await?)?;
                answer.status = problem.status;
                Ok(answer)
            }
            Err(problem) => Err(problem),
        }
    })
}

fn progress(run: &Run, frame: &Frame) -> Option<Progress> {
    let (begun, what) = match run.state() {
        State::Waiting => {
            return Some(Progress {
                what: frame.pair("排在另一项测算之后", "waits for another one"),
                rows: String::new(),
                of: None,
                percent: None,
                rate: String::new(),
                left: None,
            });
        }
        State::Going(begun, None) => (begun, frame.pair("造模拟地区的数据", "making the district up")),
        State::Going(begun, Some(Pass::Ranking)) => (begun, frame.pair("排名次", "places")),
        State::Going(begun, _) => (begun, frame.pair("逐户测算", "enterprise by enterprise")),
        _ => return None,
    };
    let (rows, of) = run.rows();
    let seconds = begun.elapsed().as_secs().max(1);
    let rate = rows / seconds;
    let left = of.filter(|_| rate > 0).map(|of| of.saturating_sub(rows).div_ceil(rate.max(1)));
    Some(Progress {
        what,
        rows: grouped(rows),
        of: of.map(grouped),
        percent: of.map(|of| (rows.saturating_mul(100) / of.max(1)).min(100)),
        rate: grouped(rate),
        left: left.map(|left| if frame.lang() == Lang::Zh { format!("约 {left} 秒") } else { format!("some {left} s") }),
    })
}

/// A whole number with its thousands apart.
fn grouped(number: u64) -> String {
    group_thousands(&number.to_string())
}

fn one<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let frame = Frame::new(portal, asked, "simulations");
        let run = portal.runs.one(&asked.seat()?.user, asked.id())?;
        let (failed, outcome) = match run.state() {
            State::Failed([what, help]) => (Some((frame.w(&what.0, &what.1).to_owned(), frame.w(&help.0, &help.1).to_owned())), None),
            State::Done(done) => (None, Some(Outcome::of(&run, &done, &frame))),
            _ => (None, None),
        };
        let other = run.other.as_ref().map(|other| format!("{} {}", title_of(&other.version), other.version.id));
        shown(&Simulation { line: line(&run, &frame), other, progress: progress(&run, &frame), failed, outcome, frame })
    })
}

/// The report with its charts, as one page that needs nothing else: it can be kept and printed.
fn report<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let run = portal.runs.one(&asked.seat()?.user, asked.id())?;
        let State::Done(done) = run.state() else { return Err(Problem::unknown("report", &run.id)) };
        let report = Report {
            scheme: &run.scheme.scheme,
            summary: &done.summary,
            population: if asked.language == Lang::Zh { &run.about.0 } else { &run.about.1 },
            missing: &done.missing,
            sizes: done.sizes.as_ref(),
            against: done.against.as_ref().map(|(_, against)| against),
            sweep: None,
            lang: asked.language,
        };
        Ok(Answer::bytes("text/html; charset=utf-8", report.html()))
    })
}

fn stop<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let run = portal.runs.one(&asked.seat()?.user, asked.id())?;
        run.stop();
        Ok(go(&format!("/simulations/{}", run.id)))
    })
}
