//! What an act answered, in words: for the page that whoever did it comes back to.

use super::words;
use crate::operation::Asked;
use crate::pages::frame::Frame;
use crate::problem::Problem;
use casework::id::RequestId;
use casework::notice::Reception;
use office::Outcome;
use office::reading::Reading;

/// What is told of an act that the reader has just done; none: there is nothing to tell. Errors: of the store.
pub async fn told(reading: &mut Reading<'_>, asked: &Asked<'_>, frame: &Frame) -> Result<Option<String>, Problem> {
    let Some(request) = asked.query("done").and_then(|request| RequestId::parse(request).ok()) else { return Ok(None) };
    Ok(reading.done(&request).await?.map(|(act, outcome)| sentence(&act, &outcome, frame)))
}

/// An outcome as a sentence.
pub fn sentence(act: &str, outcome: &Outcome, frame: &Frame) -> String {
    let title = words::title(act, frame.lang());
    let (zh, en) = match outcome {
        Outcome::Done => (String::new(), String::new()),
        Outcome::Sum(sum) => (format!("，金额合计 {} 元", sum.grouped()), format!(", {} yuan in all", sum.grouped())),
        Outcome::Shared(shares) => {
            let one = |share: &casework::call::Share| format!("{} {} / {}", share.pool, share.given.grouped(), share.claimed.grouped());
            let list: Vec<String> = shares.iter().map(one).collect();
            (format!("，给予 / 申领（元）：{}", list.join("；")), format!(", given of claimed (yuan): {}", list.join("; ")))
        }
        Outcome::Received(Reception::Objection { until }) => {
            (format!("，作为异议受理，{until} 前答复"), format!(": taken as an objection, to be answered by {until}"))
        }
        Outcome::Received(Reception::Lead { .. }) => ("，不作为异议受理，已登记为线索".into(), ": noted as a lead".into()),
        Outcome::Tested { year, holds } => match holds {
            Some(true) => (format!("，{year} 年符合条件"), format!(": it holds for {year}")),
            Some(false) => (format!("，{year} 年不符合条件"), format!(": it does not hold for {year}")),
            None => (format!("，待 {year} 年"), format!(": it waits for {year}")),
        },
        Outcome::Proposed => ("，已提请，由另一人复核确认后生效".into(), ": it waits for another person".into()),
        Outcome::Count(count) => (format!("，共 {count} 条"), format!(": {count} records")),
        Outcome::Leads(leads) => {
            let list: Vec<String> = leads.iter().map(ToString::to_string).collect();
            (format!("，登记线索 {} 条：{}", leads.len(), list.join("、")), format!(": {} leads: {}", leads.len(), list.join(", ")))
        }
        Outcome::Moved(moved) => (format!("，{} 个期限有变动", moved.len()), format!(": {} deadlines moved", moved.len())),
        Outcome::Issued(numbers) => (format!("，文号：{}", numbers.join("、")), format!(": {}", numbers.join(", "))),
    };
    format!("{}{title}{}{}", frame.pair("已办理：", "Done: "), if frame.tag() == "en" { en } else { zh }, frame.pair("。", "."))
}
