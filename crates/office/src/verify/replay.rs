//! Doing all acts of a log again, in memory: the same inputs must leave the same fingerprints, event by event.

use super::log::PAGE;
use super::{Finding, Report, VerifyError};
use crate::{Context, Office, Stop};
use casework::Act;
use casework::chain::{Effect, Event};
use std::collections::BTreeMap;
use store::Store;
use values::WorkCalendar;

/// Does the acts of a store's log again and tells the first that gives something else.
///
/// All that is kept is held in memory. Errors: a store fails.
pub async fn replay(store: &Store, calendar: WorkCalendar, report: &mut Report) -> Result<(), VerifyError> {
    let mut work = store.begin().await?;
    let office = Office::new(Store::memory(), calendar);
    let mut after = 0;
    loop {
        let page = work.events(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.seq;
        for event in page {
            report.replayed += 1;
            if let Some(why) = again(&office, &event).await? {
                report.note(Finding::Replay { position: event.seq, act: event.act, why });
                return Ok(());
            }
        }
    }
}

/// What is different when an act is done again; none if nothing is.
async fn again(office: &Office, event: &Event) -> Result<Option<String>, VerifyError> {
    let act: Act = match serde_json::from_str(&event.input) {
        Ok(act) => act,
        Err(why) => return Ok(Some(format!("the input cannot be read: {why}"))),
    };
    let context = Context { user: event.user.clone(), role: event.role, now: event.at, request: event.request.clone() };
    match office.perform(&context, &act).await {
        Err(Stop::Failed(failure)) => return Err(failure.into()),
        Err(Stop::Refused(refusal)) => return Ok(Some(format!("it is refused now: {refusal}"))),
        Ok(_) => {}
    }
    let done = office.store().begin().await?.answered(&event.request).await?;
    Ok(match done {
        None => Some("it left no event".into()),
        Some(done) if done.fingerprint == event.fingerprint => None,
        Some(done) => Some(difference(&done, event)),
    })
}

fn difference(done: &Event, event: &Event) -> String {
    if done.seq != event.seq {
        return format!("it is number {} now", done.seq);
    }
    if done.outcome != event.outcome {
        return format!("it answers {} now, and answered {}", done.outcome, event.outcome);
    }
    let effects = |event: &Event| -> BTreeMap<(String, String), Effect> {
        let all: Vec<Effect> = serde_json::from_str(&event.effects).unwrap_or_default();
        all.into_iter().map(|effect| ((effect.table.clone(), effect.id.clone()), effect)).collect()
    };
    let (now, then) = (effects(done), effects(event));
    let other = now.iter().find(|(at, effect)| then.get(*at) != Some(effect)).or_else(|| then.iter().find(|(at, _)| !now.contains_key(*at)));
    other.map_or_else(|| "its head is different".into(), |((table, id), _)| format!("{table} {id} comes out differently"))
}
