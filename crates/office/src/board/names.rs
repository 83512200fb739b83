//! Names of enterprises, to be searched: no index of a database finds words in the middle of a Chinese name.

use super::Board;
use crate::Stop;
use crate::reading::{Read, Reading, Sight, collection};
use casework::Record;
use casework::organisation::Organisation;
use std::collections::BTreeMap;
use store::work::Kept;
use store::{StoreError, Work};

/// What an enterprise is found by: its name, then the other names it is known by, a line each.
fn text(organisation: &Organisation) -> String {
    std::iter::once(&organisation.name).chain(&organisation.aliases).map(String::as_str).collect::<Vec<_>>().join("\n")
}

impl Board {
    /// Takes note of an enterprise that was written.
    pub(super) fn named(&mut self, kept: &Kept) -> Result<(), StoreError> {
        let organisation: Organisation = serde_json::from_str(&kept.body).map_err(super::unreadable(Organisation::TABLE.name, &kept.id))?;
        self.names.insert(kept.id.clone(), text(&organisation).into_boxed_str());
        Ok(())
    }

    /// Takes note of all enterprises.
    pub(super) async fn all_named(&mut self, work: &mut Work) -> Result<(), StoreError> {
        let mut after = String::new();
        loop {
            let page = work.page(Organisation::TABLE, &[], &after, super::PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after.clone_from(&last.id);
            page.iter().try_for_each(|kept| self.named(kept))?;
        }
    }
}

impl Reading<'_> {
    /// What enterprises are called, by their ids, where the reader sees all enterprises.
    pub async fn firm_names(&mut self, ids: &[&str]) -> Result<BTreeMap<String, String>, Stop> {
        if collection("organisations").and_then(|of| of.sight(self.role)) != Some(Sight::All) {
            return Ok(BTreeMap::new());
        }
        let look = |board: &Board| {
            let name = |id: &&str| Some(((*id).to_owned(), board.names.get(*id)?.lines().next()?.to_owned()));
            ids.iter().filter_map(name).collect()
        };
        self.office.board(&mut self.work, look).await
    }

    /// Enterprises with some words in a name of theirs, as far as the reader sees them: first those whose name begins so.
    pub async fn firms_named(&mut self, words: &str, at_most: usize) -> Result<Vec<Read>, Stop> {
        let Some(of) = collection("organisations").filter(|of| of.sight(self.role).is_some()) else { return Ok(Vec::new()) };
        let look = |board: &Board| {
            let (mut first, mut others) = (Vec::new(), Vec::new());
            for (id, names) in &board.names {
                match names.find(words) {
                    Some(0) if first.len() < at_most => first.push(id.clone()),
                    Some(_) if others.len() < at_most => others.push(id.clone()),
                    _ => {}
                }
            }
            first.append(&mut others);
            first.truncate(at_most);
            first
        };
        let found = self.office.board(&mut self.work, look).await?;
        let mut out = Vec::new();
        for id in found {
            match self.one(of, &id).await {
                Ok(read) => out.push(read),
                Err(Stop::Refused(casework::Refusal::Unknown { .. })) => {}
                Err(stop) => return Err(stop),
            }
        }
        Ok(out)
    }
}
