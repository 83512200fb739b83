//! The rows behind the numbers of the cockpit: open cases at a stage, of a unit, that end soon or are late. What is listed and
//! what is counted go by the same bounds.

use super::cockpit::{days, holder_name, stage_words};
use super::{MONEY, ROWS};
use crate::Portal;
use crate::operation::{Answering, Asked, Operation, query};
use crate::pages::frame::Frame;
use crate::pages::market::encoded;
use crate::pages::{page_of, shown};
use crate::problem::Problem;
use crate::records::reading;
use askama::Template;
use casework::call::Call;
use casework::case::Left;
use casework::id::OrganisationId;
use casework::organisation::Organisation;
use office::board::{Bounds, Choice, Chosen, Due, Open};
use office::reading::Reading;
use values::{Date, WorkCalendar};

/// The page.
#[derive(Template)]
#[template(path = "cockpit_cases.html")]
struct Cases {
    frame: Frame,
    title: String,
    rows: Vec<Row>,
    /// How many the cockpit counts.
    total: usize,
    /// Cases listed: one that several units hold stands once.
    next: Option<String>,
    is_first: bool,
}

/// A case.
struct Row {
    id: String,
    organisation: String,
    call: String,
    stage: &'static str,
    holders: String,
    since: String,
    until: String,
    left: String,
    is_late: bool,
}

pub fn operations() -> Vec<Operation> {
    let parameters = vec![
        query("stage", "只看这些环节，用逗号分开", "at these stages alone, with commas between"),
        query("call", "只看此批次", "of this call alone"),
        query("unit", "只看此单位待办", "that this unit holds"),
        query("due", "over：超期；soon：将到期", "over: late; soon: ends soon"),
        query("after", "上一页末项", "where the page before ended"),
    ];
    vec![Operation {
        parameters,
        ..page_of("/cockpit/cases", "cockpit_cases", ("驾驶舱数字对应的办件", "The cases behind a number of the cockpit"), MONEY, cases)
    }]
}

fn cases<'a>(portal: &'a Portal, asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        let mut reading = reading(portal, asked).await?;
        let said = |name| asked.query(name).map(str::trim).filter(|value: &&str| !value.is_empty());
        let (unit, due, after) = (said("unit"), said("due").unwrap_or_default(), said("after"));
        let call = said("call");
        let stages: Vec<&str> = said("stage").into_iter().flat_map(|stages| stages.split(',')).collect();
        let calendar = reading.calendar().await?;
        let today = portal.clock.now().date();
        let (late, soon) = days(&calendar, today);
        let frame = Frame::new(portal, asked, "cockpit");
        let wanted = Choice {
            stages: &stages,
            call,
            holder: unit,
            due: match due {
                "over" => Due::Late,
                "soon" => Due::Soon,
                _ => Due::Any,
            },
        };
        // Of a unit the cockpit counts what it holds, else cases.
        let Chosen { total, shown: shown_now, has_more } = reading.chosen(&wanted, &Bounds { today, late, soon }, after.unwrap_or_default(), ROWS).await?;
        let asked_for: Vec<String> = [
            ("stage", stages.join(",")),
            ("call", call.unwrap_or_default().to_owned()),
            ("unit", unit.unwrap_or_default().to_owned()),
            ("due", due.to_owned()),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}&", encoded(&value)))
        .collect();
        let last = shown_now.last().filter(|_| has_more);
        let next = last.map(|last| format!("/cockpit/cases?{}after={}", asked_for.concat(), encoded(&last.place())));
        let firms = shown_now.iter().flat_map(|open| &open.waits).filter_map(|wait| wait.organisation.as_ref());
        reading.work.bring::<Organisation>(firms.map(OrganisationId::as_str)).await?;
        reading.work.bring::<Call>(shown_now.iter().map(|open| open.call.as_str())).await?;
        let mut rows = Vec::new();
        for open in &shown_now {
            rows.push(row(&mut reading, open, &calendar, (today, late), &frame).await?);
        }
        let mut title = vec![match due {
            "over" => frame.w("超期办件", "Overdue").to_owned(),
            "soon" => frame.w("将到期办件", "Ending soon").to_owned(),
            _ => frame.w("在办", "Open cases").to_owned(),
        }];
        title.extend(stages.iter().map(|stage| stage_words(stage, frame.lang()).to_owned()));
        if let Some(call) = call {
            let known: Option<Call> = reading.work.peek(call).await?;
            title.push(known.map_or_else(|| call.to_owned(), |known| known.title));
        }
        if let Some(unit) = unit {
            title.push(holder_name(&mut reading, unit, &frame).await?);
        }
        shown(&Cases { title: title.join(" · "), rows, total, next, is_first: after.is_none(), frame })
    })
}

/// A case as a row: who holds it, since when and until when.
async fn row(reading: &mut Reading<'_>, open: &Open, calendar: &WorkCalendar, (today, late): (Date, Date), frame: &Frame) -> Result<Row, Problem> {
    let mut holders = Vec::new();
    for id in open.waits.iter().flat_map(|wait| wait.holders()) {
        holders.push(holder_name(reading, id, frame).await?);
    }
    let organisation: Option<Organisation> = match open.waits.iter().find_map(|wait| wait.organisation.as_ref()) {
        Some(id) => reading.work.peek(id.as_str()).await?,
        None => None,
    };
    let call: Option<Call> = reading.work.peek(open.call.as_str()).await?;
    let until = open.until();
    Ok(Row {
        id: open.case.to_string(),
        organisation: organisation.map(|of| of.name).unwrap_or_default(),
        call: call.map_or_else(|| open.call.to_string(), |call| call.title),
        stage: stage_words(open.stage, frame.lang()),
        holders: holders.join("、"),
        since: open.waits.iter().filter_map(|wait| wait.since).min().map(|day| day.to_string()).unwrap_or_default(),
        until: until.map(|day| day.to_string()).unwrap_or_default(),
        left: until.map(|until| Left::until(calendar, today, until).words().get(frame.lang()).to_owned()).unwrap_or_default(),
        is_late: until.is_some_and(|until| until <= late),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use casework::people::Role;
    use values::Lang;

    #[test]
    fn a_list_of_nothing_says_so_in_the_language_of_whoever_reads() {
        for (lang, words) in [(Lang::Zh, "没有这样的办件。"), (Lang::En, "There are none.")] {
            let frame = Frame::sample(lang, Some(Role::Leader));
            let page = Cases { frame, title: String::new(), rows: Vec::new(), total: 0, next: None, is_first: true };
            assert!(page.render().unwrap().contains(words), "{words}");
        }
    }
}
