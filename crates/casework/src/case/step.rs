//! From step to step of the call's workflow: screening, visits, audits, the summary, meetings, the approval, and back.

use super::acceptance::given;
use super::clock::{Running, Term};
use super::exit::SentBack;
use super::opinion::Worth;
use super::review::{Minutes, Noted, Report, SiteCheck};
use super::{Amount, Case, CaseRefusal, Credit, CreditCheck, Sitting, Stage};
use crate::call::{Period, StepKind};
use crate::id::UnitId;
use crate::refusal::Named;
use values::{Date, Fen};

impl Case {
    /// Screens the case (初审通过). Errors: as every act.
    pub fn screen(&mut self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            case.go_on(Some(StepKind::Screening), sitting);
            Ok(())
        })
    }

    /// Records a visit (现场核查). Errors: role; a day to come; who was there and what was found; what the case does not have.
    pub fn check_site(&mut self, sitting: &Sitting<'_>, check: &SiteCheck) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            not_in_future(sitting, check.date)?;
            persons(&check.present)?;
            given(Named::FINDING, &check.words)?;
            case.check_basis(&check.basis)?;
            case.review.site_checks.push(Noted { given: check.clone(), by: sitting.user.clone(), at: sitting.now, worth: Worth::Kept });
            case.go_on(Some(StepKind::SiteCheck), sitting);
            Ok(())
        })
    }

    /// Records the report of an audit (专项审计). Errors: role; a day to come; firm, number and findings; stray clauses.
    pub fn record_audit(&mut self, sitting: &Sitting<'_>, report: &Report) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            not_in_future(sitting, report.date)?;
            given(Named::AUDIT_FIRM, &report.firm)?;
            given(Named::REPORT_NUMBER, &report.number)?;
            if let Some(claim) = case.claims.iter().find(|claim| !report.findings.iter().any(|finding| finding.clause == claim.clause)) {
                return Err(CaseRefusal::Clauses { clause: claim.clause.clone() });
            }
            for finding in &report.findings {
                let claim = case.claims.iter().find(|claim| claim.clause == finding.clause);
                let assessed = claim.ok_or_else(|| CaseRefusal::Clauses { clause: finding.clause.clone() })?.assessed.unwrap_or_default();
                given(Named::AUDIT_FINDING, &finding.words)?;
                if let Some(set) = finding.amount.filter(|amount| *amount < Fen(0) || *amount > assessed) {
                    return Err(CaseRefusal::AboveRules { clause: finding.clause.clone(), set, assessed });
                }
            }
            case.check_basis(&report.basis)?;
            case.review.audits.push(Noted { given: report.clone(), by: sitting.user.clone(), at: sitting.now, worth: Worth::Kept });
            case.go_on(Some(StepKind::Audit), sitting);
            Ok(())
        })
    }

    /// Sums up (牵头汇总). Errors: role, four eyes, then as [`Case::set_amounts`] lists them.
    pub fn summarise(&mut self, sitting: &Sitting<'_>, amounts: &[Amount]) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            case.set_amounts(amounts)?;
            case.go_on(Some(StepKind::Summary), sitting);
            Ok(())
        })
    }

    /// Records what a meeting decided (集体审议). Where it did not agree, the case waits to be sent back or refused.
    ///
    /// Errors: role; a day to come; number, persons and decision.
    pub fn deliberate(&mut self, sitting: &Sitting<'_>, minutes: &Minutes) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            not_in_future(sitting, minutes.date)?;
            given(Named::MINUTES_NUMBER, &minutes.number)?;
            persons(&minutes.present)?;
            given(Named::DECISION, &minutes.decision)?;
            case.review.minutes.push(Noted { given: minutes.clone(), by: sitting.user.clone(), at: sitting.now, worth: Worth::Kept });
            if minutes.agreed {
                case.go_on(Some(StepKind::Meeting), sitting);
            }
            Ok(())
        })
    }

    /// Whether the case may be approved now (审定), noting who does it. What is decided, and the money, is the office's.
    ///
    /// Errors: stage, role, four eyes, credit.
    pub fn approvable(&mut self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        let mut next = self.clone();
        next.taken_up(sitting)?;
        if sitting.call.workflow.credit {
            self.credit_clear(None)?;
        }
        *self = next;
        Ok(())
    }

    /// It is determined: no period of the review runs any more.
    pub fn approved(&mut self, sitting: &Sitting<'_>) {
        self.enter(Stage::Approved, sitting);
    }

    /// Records a look at the credit of the applicant (信用核查). Errors: no source, or nothing said of what was found.
    pub fn check_credit(&mut self, sitting: &Sitting<'_>, check: &CreditCheck) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            given(Named::SOURCE, &check.source)?;
            if let Credit::Listed(found) = &check.result {
                given(Named::FINDING, found)?;
            }
            case.review.credit.push(Noted { given: check.clone(), by: sitting.user.clone(), at: sitting.now, worth: Worth::Kept });
            Ok(())
        })
    }

    /// Whether somebody looked at the credit of the applicant on a day, and the last look found nothing.
    #[must_use]
    pub fn credit_checked_on(&self, date: Date) -> bool {
        self.credit_clear(Some(date)).is_ok()
    }

    /// The same with the reason why not; without a day, any look will do. Errors: nobody looked; something was found.
    pub fn credit_clear(&self, on: Option<Date>) -> Result<(), CaseRefusal> {
        let last = self.review.credit.iter().rfind(|check| on.is_none_or(|day| check.at.date() == day));
        match last.map(|check| &check.given.result) {
            None => Err(CaseRefusal::CreditUnchecked { on }),
            Some(Credit::Listed(found)) => Err(CaseRefusal::CreditBad { found: found.clone() }),
            Some(Credit::Clear) => Ok(()),
        }
    }

    /// Sends the case back to an earlier step (退回). Opinions stay, but for those of the units that are asked again; amounts
    /// that were set have to be set again.
    ///
    /// Errors: no reason; pools shared; not an earlier step of the call; a unit that was never asked, or one to be asked again
    /// where nobody is.
    pub fn send_back(&mut self, sitting: &Sitting<'_>, to: StepKind, again: &[UnitId], reason: &str) -> Result<(), CaseRefusal> {
        self.change(sitting, |case| {
            given(Named::REASON, reason)?;
            if case.claims.iter().any(|claim| claim.shared.is_some()) {
                return Err(CaseRefusal::AlreadyShared);
            }
            if sitting.call.step(to).is_none() || !matches!(case.stage, Stage::Review(from) if to < from) {
                return Err(CaseRefusal::NotBack { to });
            }
            for unit in again {
                let ask = case.review.asks.iter_mut().find(|ask| ask.unit == *unit && ask.passed_on.is_none());
                let ask = ask.ok_or_else(|| CaseRefusal::NotAsked { unit: unit.clone() })?;
                ask.silent = false;
                ask.clock = Running::begun(Term::Opinion, sitting.today(), ask.clock.period);
                if let Some(opinion) = ask.opinions.last_mut() {
                    opinion.worth = Worth::Redo;
                }
            }
            if to > StepKind::Joint && case.open_asks() > 0 {
                return Err(CaseRefusal::OpinionsOpen { open: case.open_asks() });
            }
            case.review.sent_back.push(SentBack { from: case.stage, to, reason: reason.to_owned(), by: sitting.user.clone(), at: sitting.now });
            if to <= StepKind::Summary {
                for claim in &mut case.claims {
                    (claim.set, claim.reason) = (None, None);
                }
            }
            case.enter(Stage::Review(to), sitting);
            Ok(())
        })
    }

    /// Counts the deadlines again (重算期限). Errors: nothing runs.
    pub fn recount(&mut self, sitting: &Sitting<'_>) -> Result<(), CaseRefusal> {
        self.change(sitting, |_| Ok(()))
    }

    /// Goes to the next step of the call after one, past those whose work is done and stands.
    pub(super) fn go_on(&mut self, after: Option<StepKind>, sitting: &Sitting<'_>) {
        let mut after = after;
        while let Some(next) = sitting.call.next_step(after) {
            if !self.stands(next) {
                return self.enter(Stage::Review(next), sitting);
            }
            after = Some(next);
        }
    }

    /// Whether the work of a step was done before and still holds.
    fn stands(&self, kind: StepKind) -> bool {
        match kind {
            StepKind::Joint => !self.review.asks.is_empty() && self.open_asks() == 0,
            StepKind::SiteCheck => self.review.site_checks.last().is_some_and(|check| check.worth != Worth::Redo),
            StepKind::Audit => self.review.audits.last().is_some_and(|report| report.worth != Worth::Redo),
            StepKind::Screening | StepKind::Summary | StepKind::Meeting | StepKind::Approval => false,
        }
    }

    /// Comes to a stage, where the clock for it begins.
    pub(super) fn enter(&mut self, stage: Stage, sitting: &Sitting<'_>) {
        self.stage = stage;
        let begun = |term, period: Period| Some(Running::begun(term, sitting.today(), period));
        self.review.clock = match stage {
            Stage::Submitted => begun(Term::Acceptance, sitting.call.workflow.acceptance),
            Stage::Review(kind) => sitting.call.step(kind).and_then(|step| begun(Term::Step(kind), step.period)),
            _ => None,
        };
        if stage == Stage::Review(StepKind::Joint) {
            self.ask_all(sitting);
        }
    }
}

fn not_in_future(sitting: &Sitting<'_>, date: Date) -> Result<(), CaseRefusal> {
    if date > sitting.today() { Err(CaseRefusal::Future { date }) } else { Ok(()) }
}

fn persons(present: &[String]) -> Result<(), CaseRefusal> {
    if present.is_empty() { Err(CaseRefusal::Empty { what: Named::PRESENT }) } else { present.iter().try_for_each(|name| given(Named::EACH_NAME, name)) }
}
