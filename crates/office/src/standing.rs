//! Which units stand to which calls, in memory as far as the log was read: lists of a unit are narrowed by it, and to read
//! every call for every list is slow where there are thousands. Whether a record is shown is decided by its call, not here.

use crate::{Office, Stop};
use casework::call::Call;
use casework::id::UnitId;
use casework::{Key, Record};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::work::Kept;
use store::{StoreError, Work};

/// Calls by the units that lead them or are asked in them.
type Calls = BTreeMap<UnitId, BTreeSet<String>>;

/// Calls by units, and the position in the log up to which that holds.
pub(crate) type Standings = (i64, Arc<Calls>);

/// Calls and events read at once.
const PAGE: i64 = 200;
/// So many events on, all calls are read anew instead.
const BEHIND_MAX: i64 = 2_000;
/// A unit that stands to more calls stands to most: its lists are looked through instead of narrowed.
const NARROWED_MAX: usize = 200;

impl Office {
    /// The calls that a unit leads or is asked in; none: they are too many to narrow a list by.
    pub(crate) async fn calls_of(&self, work: &mut Work, unit: &UnitId) -> Result<Option<Vec<Key>>, Stop> {
        let head = work.head().await?.map_or(0, |(seq, _)| seq);
        // One reads what is new, the others wait for it.
        let mut known = self.standings.lock().await;
        let calls = match known.take() {
            Some((seq, calls)) if seq >= head => (seq, calls),
            Some((seq, calls)) if head - seq <= BEHIND_MAX => (head, since(work, seq, calls).await?),
            _ => (head, Arc::new(all(work).await?)),
        };
        let (_, calls) = &*known.insert(calls);
        let few = calls.get(unit).map(|calls| calls.iter().take(NARROWED_MAX + 1).map(|id| Key::from(id.as_str())).collect::<Vec<_>>());
        Ok(Some(few.unwrap_or_default()).filter(|few| few.len() <= NARROWED_MAX))
    }
}

fn enter(calls: &mut Calls, kept: &Kept) -> Result<(), StoreError> {
    let unreadable = |why: serde_json::Error| StoreError::Unreadable { table: Call::TABLE.name, id: kept.id.clone(), why: why.to_string() };
    let call: Call = serde_json::from_str(&kept.body).map_err(unreadable)?;
    for of in calls.values_mut() {
        of.remove(&kept.id);
    }
    for unit in std::iter::once(call.lead).chain(call.with) {
        calls.entry(unit).or_default().insert(kept.id.clone());
    }
    Ok(())
}

async fn all(work: &mut Work) -> Result<Calls, Stop> {
    let (mut calls, mut after) = (Calls::new(), String::new());
    loop {
        let page = work.page(Call::TABLE, &[], &after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(calls) };
        after.clone_from(&last.id);
        page.iter().try_for_each(|kept| enter(&mut calls, kept))?;
    }
}

/// What is known, with the calls that were written since a position in the log.
async fn since(work: &mut Work, mut seq: i64, mut calls: Arc<Calls>) -> Result<Arc<Calls>, Stop> {
    let mut written = BTreeSet::new();
    loop {
        let events = work.events(seq, PAGE).await?;
        let Some(last) = events.last() else { break };
        seq = last.seq;
        for event in &events {
            let effects: Vec<casework::chain::Effect> = serde_json::from_str(&event.effects).unwrap_or_default();
            written.extend(effects.into_iter().filter(|effect| effect.table == Call::TABLE.name).map(|effect| effect.id));
        }
    }
    for id in written {
        if let Some(kept) = work.row(Call::TABLE, &id).await? {
            enter(Arc::make_mut(&mut calls), &kept)?;
        }
    }
    Ok(calls)
}
