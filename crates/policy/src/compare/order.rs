//! Order that decides: equal awards in a group go to the clause in front, a limit over several cuts from the last, a budget
//! serves and rounds in order, groups and budgets that share clauses act one after another.

use super::differ::Pair;
use super::{Difference, What};
use crate::plain::terms;
use crate::scheme::{ClauseId, Group, Mode, Scheme};

/// Whether the order of its members may decide who gets what.
fn ordered(group: &Group) -> bool {
    let chooses = matches!(group.mode, Some(Mode::Highest | Mode::Choice)) && !group.only_elsewhere;
    chooses || !group.limits.is_empty() || group.frequency.is_some()
}

/// Clauses that some group or budget weighs against others.
fn weighed(scheme: &Scheme) -> Vec<ClauseId> {
    let groups = scheme.groups.iter().filter(|g| ordered(g)).flat_map(|g| g.members.iter());
    groups.chain(scheme.pools.iter().flat_map(|p| p.members.iter())).copied().collect()
}

/// Names of those that share a clause with another, in order.
fn overlapping<'s>(all: &[(&'s str, &[ClauseId])]) -> Vec<&'s str> {
    let meets = |at: usize, members: &[ClauseId]| all.iter().enumerate().any(|(other, (_, theirs))| other != at && theirs.iter().any(|c| members.contains(c)));
    all.iter().enumerate().filter(|(at, (_, members))| meets(*at, members)).map(|(_, (name, _))| *name).collect()
}

fn groups(scheme: &Scheme) -> Vec<&str> {
    overlapping(&scheme.groups.iter().map(|g| (g.name.as_str(), g.members.as_slice())).collect::<Vec<_>>())
}

fn pools(scheme: &Scheme) -> Vec<&str> {
    overlapping(&scheme.pools.iter().map(|p| (p.name.as_str(), p.members.as_slice())).collect::<Vec<_>>())
}

impl Pair<'_> {
    /// What changed in the order of clauses, groups and budgets where it may decide who gets what.
    pub(super) fn order(&self, matched: &[(ClauseId, ClauseId)]) -> Vec<Difference> {
        let mut out = Vec::new();
        let (before, after) = (weighed(self.old), weighed(self.new));
        let mut pairs: Vec<(ClauseId, ClauseId)> = matched.iter().copied().filter(|(a, b)| before.contains(a) && after.contains(b)).collect();
        pairs.sort_by_key(|pair| pair.0);
        if !pairs.is_sorted_by_key(|pair| pair.1) {
            let old: Vec<ClauseId> = pairs.iter().map(|pair| pair.0).collect();
            pairs.sort_by_key(|pair| pair.1);
            let new: Vec<ClauseId> = pairs.iter().map(|pair| pair.1).collect();
            let ids = |scheme: &Scheme, clauses: &[ClauseId]| {
                let ids: Vec<String> = clauses.iter().filter_map(|c| scheme.clause(*c)).map(|c| c.id.clone()).collect();
                terms::list(&ids, self.lang)
            };
            let subject = self.pick(
                "条款的先后（数额相同取在前的，超过限额从后面的减）",
                "order of clauses (of equal amounts the first is taken, a limit cuts from the last)",
            );
            out.push(Difference::of(What::Group, subject, ids(self.old, &old), ids(self.new, &new)));
        }
        for (what, zh, en, from, to) in [
            (What::Group, "并用的先后（有共同的条款）", "order of groups that share clauses", groups(self.old), groups(self.new)),
            (What::Pool, "资金的先后（有共同的条款）", "order of budgets that share clauses", pools(self.old), pools(self.new)),
        ] {
            let kept = |names: &[&str], others: &[&str]| names.iter().filter(|n| others.contains(n)).map(|n| format!("「{n}」")).collect::<Vec<_>>();
            let (from, to) = (kept(&from, &to), kept(&to, &from));
            if from != to {
                out.push(Difference::of(what, self.pick(zh, en), terms::list(&from, self.lang), terms::list(&to, self.lang)));
            }
        }
        out
    }
}
