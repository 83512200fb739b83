//! What a year's determinations rested on, to work it out anew under another version of the policy: the applications as they were
//! frozen, and what was given. It is for sums over all of them; who is shown one record is decided elsewhere.

use super::Reading;
use crate::Stop;
use casework::determination::Determination;
use casework::people::Role;
use casework::{Key, Record, Refusal};
use std::collections::{BTreeMap, BTreeSet};

/// Who may have sums over the cases of the whole district: those who make a policy, answer for it or pay it.
const SUMS: &[Role] = &[Role::Drafter, Role::Leader, Role::Finance, Role::Auditor];
/// Records read at once.
const PAGE: i64 = 500;
/// Most determinations of a year that are taken.
const MOST: usize = 200_000;

/// What was determined in a year under a policy.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frozen {
    /// Applications, one line of the exchange format each, in the order of their determinations.
    pub lines: Vec<String>,
    /// What was given by clause, in fen: by the rules, and in the end.
    pub given: BTreeMap<String, (i128, i128)>,
}

impl Reading<'_> {
    /// The determinations of a year under the versions of a policy that stand, by `is_of` their version.
    ///
    /// Errors: denied; more than can be taken.
    pub async fn frozen(&mut self, year: i32, is_of: impl Fn(&str) -> bool) -> Result<Frozen, Stop> {
        if !SUMS.contains(&self.role) {
            return Err(Refusal::Denied.into());
        }
        let of_year = [("year", vec![Key::from(year)])];
        let mut standing: BTreeMap<String, Determination> = BTreeMap::new();
        let mut replaced: BTreeSet<String> = BTreeSet::new();
        let mut after = String::new();
        loop {
            let page = self.work.page(Determination::TABLE, &of_year, &after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after.clone_from(&last.id);
            for kept in &page {
                let one: Determination = super::decoded(kept)?;
                replaced.extend(one.supersedes.iter().map(ToString::to_string));
                if is_of(one.version.as_str()) {
                    standing.insert(kept.id.clone(), one);
                }
            }
            if standing.len() > MOST {
                return Err(Refusal::Input(format!("more than {MOST} determinations of {year}")).into());
            }
        }
        standing.retain(|id, _| !replaced.contains(id));
        let mut frozen = Frozen::default();
        for one in standing.into_values() {
            for award in &one.awards {
                let (assessed, amount) = frozen.given.entry(award.clause.clone()).or_default();
                *assessed += i128::from(award.assessed.0);
                *amount += i128::from(award.amount.0);
            }
            frozen.lines.push(one.application);
        }
        Ok(frozen)
    }
}
