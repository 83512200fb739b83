//! The summary of the unit in charge: the amount of each clause, and why it is not what the rules or the others say.

use super::{Amount, Case, CaseRefusal, View};
use values::Fen;

impl Case {
    /// Sets the amounts of all clauses.
    ///
    /// Errors, in order: clauses not covered, above the rules, less without a reason, an opinion not followed without one.
    pub fn set_amounts(&mut self, amounts: &[Amount]) -> Result<(), CaseRefusal> {
        if let Some(stray) = amounts.iter().find(|amount| !self.claims.iter().any(|claim| claim.clause == amount.clause)) {
            return Err(CaseRefusal::Clauses { clause: stray.clause.clone() });
        }
        let mut claims = self.claims.clone();
        for claim in &mut claims {
            let mut given = amounts.iter().filter(|amount| amount.clause == claim.clause);
            let (Some(amount), None) = (given.next(), given.next()) else { return Err(CaseRefusal::Clauses { clause: claim.clause.clone() }) };
            let assessed = claim.assessed.unwrap_or_default();
            if amount.amount > assessed || amount.amount < Fen(0) {
                return Err(CaseRefusal::AboveRules { clause: claim.clause.clone(), set: amount.amount, assessed });
            }
            let reasoned = amount.reason.as_deref().is_some_and(|reason| !reason.trim().is_empty());
            if amount.amount < assessed && !reasoned {
                return Err(CaseRefusal::NoReason { clause: claim.clause.clone() });
            }
            if !reasoned && let Some((whose, _)) = self.proposals(&claim.clause).into_iter().find(|(_, most)| amount.amount > *most) {
                return Err(CaseRefusal::NotFollowed { clause: claim.clause.clone(), whose });
            }
            claim.set = Some(amount.amount);
            claim.reason = amount.reason.clone();
        }
        self.claims = claims;
        Ok(())
    }

    /// What others would give at most under a clause, and who they are: units that reduce or disagree, the site check, the
    /// audit.
    #[must_use]
    pub fn proposals(&self, clause: &str) -> Vec<(String, Fen)> {
        let mut out = Vec::new();
        for ask in &self.review.asks {
            match ask.answer().map(|opinion| (&opinion.given.view, &opinion.given.reductions)) {
                Some((View::Disagree, _)) => out.push((ask.unit.to_string(), Fen(0))),
                Some((View::Reduce, reductions)) => {
                    out.extend(reductions.iter().filter(|r| r.clause == clause).map(|r| (ask.unit.to_string(), r.amount)));
                }
                _ => {}
            }
        }
        let check = self.review.site_checks.last().filter(|check| !check.given.fits);
        out.extend(check.map(|_| ("site_check".to_owned(), Fen(0))));
        let findings = self.review.audits.last().into_iter().flat_map(|report| &report.given.findings);
        out.extend(findings.filter(|f| f.clause == clause).filter_map(|f| f.amount.map(|most| ("audit".to_owned(), most))));
        out
    }
}
