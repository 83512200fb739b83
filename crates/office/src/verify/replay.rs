//! Doing all acts of a log again, in memory: the same inputs must leave the same fingerprints, event by event.

use super::log::PAGE;
use super::{Finding, Report, VerifyError};
use crate::{Context, Office, Stop};
use casework::case::{Case, Review, Stage};
use casework::chain::{Effect, Event};
use casework::{Act, Record};
use std::collections::{BTreeMap, BTreeSet};
use store::{Store, Work};
use values::WorkCalendar;

/// Does the acts of a store's log again and tells the first that gives something else.
///
/// All that is kept is held in memory. Errors: a store fails.
pub async fn replay(store: &Store, calendar: WorkCalendar, report: &mut Report) -> Result<(), VerifyError> {
    let mut work = store.begin().await?;
    let office = Office::new(Store::memory(), calendar);
    let mut bare = Bare::default();
    let mut after = 0;
    loop {
        let page = work.events(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.seq;
        for event in page {
            report.replayed += 1;
            if event.is_withdrawn() {
                if let Some(why) = bare.stand_in(&office, &mut work, &event).await? {
                    report.note(Finding::Replay { position: event.seq, act: event.act, why });
                    return Ok(());
                }
                continue;
            }
            if let Some(why) = again(&office, &event, &mut bare).await? {
                report.note(Finding::Replay { position: event.seq, act: event.act, why });
                return Ok(());
            }
        }
    }
}

/// What is different when an act is done again; none if nothing is.
async fn again(office: &Office, event: &Event, bare: &mut Bare) -> Result<Option<String>, VerifyError> {
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
        Some(done) if done.fingerprint == event.fingerprint => {
            bare.filled(event);
            None
        }
        Some(done) if bare.explains(&done, event) => {
            office.store().put_in_place(event).await?;
            None
        }
        Some(done) => Some(difference(&done, event)),
    })
}

/// Drafts whose words left the log: what stands for each is bare, until the act that emptied it writes the same.
///
/// Nothing rests on such a draft, so only its own record comes out differently meanwhile; that it does so in versions that
/// follow each other is looked at all the same.
#[derive(Default)]
struct Bare {
    cases: BTreeSet<String>,
}

impl Bare {
    /// Writes the bare draft in the place of what an act wrote whose words are gone, and its event as the log has it.
    async fn stand_in(&mut self, office: &Office, work: &mut Work, event: &Event) -> Result<Option<String>, VerifyError> {
        let effects: Vec<Effect> = serde_json::from_str(&event.effects).unwrap_or_default();
        let [effect] = effects.as_slice() else { return Ok(Some("its words are gone, and it wrote more than a draft".into())) };
        let kept: Option<Case> = work.peek(&effect.id).await?;
        let Some(kept) = kept.filter(|_| effect.table == Case::TABLE.name && effect.id == event.subject) else {
            return Ok(Some("its words are gone, and there is no draft it was about".into()));
        };
        let mut again = office.store().begin().await?;
        let known: Option<Case> = again.get(&effect.id).await?;
        let draft = known.unwrap_or_else(|| Case { stage: Stage::Draft, review: Review::default(), ..kept.bare() });
        again.save(&draft).await?;
        let done = again.finish(event.clone()).await?;
        self.cases.insert(effect.id.clone());
        if self.explains(&done, event) {
            office.store().put_in_place(event).await?;
            return Ok(None);
        }
        Ok(Some(difference(&done, event)))
    }

    /// Whether nothing but bare drafts come out differently.
    fn explains(&self, done: &Event, event: &Event) -> bool {
        let effects = |event: &Event| serde_json::from_str::<Vec<Effect>>(&event.effects).unwrap_or_default();
        let (now, then) = (effects(done), effects(event));
        let alike = |now: &Effect, then: &Effect| {
            let bare = then.table == Case::TABLE.name && self.cases.contains(&then.id);
            now == then || bare && (&now.table, &now.id, now.version) == (&then.table, &then.id, then.version)
        };
        done.seq == event.seq && done.outcome == event.outcome && now.len() == then.len() && now.iter().zip(&then).all(|(now, then)| alike(now, then))
    }

    /// An act came out the same: what it wrote is bare no more.
    fn filled(&mut self, event: &Event) {
        if !self.cases.is_empty() {
            let effects: Vec<Effect> = serde_json::from_str(&event.effects).unwrap_or_default();
            for effect in effects.iter().filter(|effect| effect.table == Case::TABLE.name) {
                self.cases.remove(&effect.id);
            }
        }
    }
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
