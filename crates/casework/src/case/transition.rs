//! Which act takes a case from where to where: the one table that every act on a case asks first, and that the tests of
//! random acts check afterwards. What is not in it does not happen.

use super::{Case, CaseRefusal, Stage};
use crate::call::StepKind;

/// Where an act leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goes {
    /// Nowhere: the case stays where it is.
    Stays,
    /// To a step of the review, and from a step to a later one.
    On,
    /// From a step to an earlier one.
    Back,
    /// To this stage.
    To(Stage),
    /// To wherever it was before it was suspended or corrected, or to an earlier step.
    Returns,
}

/// A way of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// The act.
    pub act: &'static str,
    /// Where it may be done.
    pub from: &'static [Stage],
    /// Where it leads; more than one where it depends.
    pub goes: &'static [Goes],
}

const SCREENING: Stage = Stage::Review(StepKind::Screening);
const JOINT: Stage = Stage::Review(StepKind::Joint);
const SITE: Stage = Stage::Review(StepKind::SiteCheck);
const AUDIT: Stage = Stage::Review(StepKind::Audit);
const SUMMARY: Stage = Stage::Review(StepKind::Summary);
const MEETING: Stage = Stage::Review(StepKind::Meeting);
const APPROVAL: Stage = Stage::Review(StepKind::Approval);

const REVIEW: &[Stage] = &[SCREENING, JOINT, SITE, AUDIT, SUMMARY, MEETING, APPROVAL];
const BEFORE_AMOUNTS: &[Stage] = &[Stage::Submitted, SCREENING, JOINT, SITE, AUDIT, SUMMARY];
const AT_WORK: &[Stage] = &[Stage::Submitted, SCREENING, JOINT, SITE, AUDIT, SUMMARY, MEETING, APPROVAL];
const UNDETERMINED: &[Stage] = &[Stage::Submitted, Stage::Correcting, SCREENING, JOINT, SITE, AUDIT, SUMMARY, MEETING, APPROVAL, Stage::Suspended];
const OWN: &[Stage] = &[Stage::Draft, Stage::Submitted, Stage::Correcting, SCREENING, JOINT, SITE, AUDIT, SUMMARY, MEETING, APPROVAL, Stage::Suspended];
const CREDIT: &[Stage] = &[
    Stage::Submitted,
    SCREENING,
    JOINT,
    SITE,
    AUDIT,
    SUMMARY,
    MEETING,
    APPROVAL,
    Stage::Approved,
    Stage::Noticed,
    Stage::Disputed,
    Stage::Committed,
    Stage::Returned,
];

const fn way(act: &'static str, from: &'static [Stage], goes: &'static [Goes]) -> Way {
    Way { act, from, goes }
}

/// All ways of a case up to its determination. What becomes of an award afterwards is with notices and payments.
pub const WAYS: &[Way] = &[
    way("case.fill", &[Stage::Draft], &[Goes::Stays]),
    way("case.attach", &[Stage::Draft], &[Goes::Stays]),
    way("case.submit", &[Stage::Draft], &[Goes::To(Stage::Submitted)]),
    way("case.withdraw", OWN, &[Goes::To(Stage::Withdrawn)]),
    way("case.accept", &[Stage::Submitted], &[Goes::On]),
    way("case.decline", &[Stage::Submitted], &[Goes::To(Stage::Declined)]),
    way("case.ask_correction", BEFORE_AMOUNTS, &[Goes::To(Stage::Correcting)]),
    way("case.answer_correction", &[Stage::Correcting], &[Goes::Returns]),
    way("case.lapse", &[Stage::Correcting], &[Goes::To(Stage::Terminated)]),
    way("case.screen", &[SCREENING], &[Goes::On]),
    way("case.give_opinion", &[JOINT], &[Goes::Stays, Goes::On]),
    way("case.confirm_opinion", &[JOINT], &[Goes::Stays, Goes::On]),
    way("case.ask_unit", &[JOINT], &[Goes::Stays]),
    way("case.pass_on", &[JOINT], &[Goes::Stays]),
    way("case.close_opinions", &[JOINT], &[Goes::On]),
    way("case.check_site", &[SITE], &[Goes::On]),
    way("case.record_audit", &[AUDIT], &[Goes::On]),
    way("case.summarise", &[SUMMARY], &[Goes::On]),
    way("case.deliberate", &[MEETING], &[Goes::Stays, Goes::On]),
    way("case.approve", &[APPROVAL], &[Goes::To(Stage::Approved)]),
    way("case.refuse", REVIEW, &[Goes::To(Stage::Refused)]),
    way("case.send_back", REVIEW, &[Goes::Back]),
    way("case.suspend", AT_WORK, &[Goes::To(Stage::Suspended)]),
    way("case.resume", &[Stage::Suspended], &[Goes::Returns]),
    way("case.terminate", UNDETERMINED, &[Goes::To(Stage::Terminated)]),
    way("case.check_credit", CREDIT, &[Goes::Stays]),
    way("case.recount", UNDETERMINED, &[Goes::Stays]),
];

/// Whether an act may lead from one stage to another.
#[must_use]
pub fn declared(act: &str, from: Stage, to: Stage) -> bool {
    let leads = |goes: &Goes| match *goes {
        Goes::Stays => from == to,
        Goes::To(stage) => to == stage,
        Goes::On => match (from, to) {
            (Stage::Review(before), Stage::Review(after)) => before < after,
            (_, to) => matches!(to, Stage::Review(_)),
        },
        Goes::Back => matches!((from, to), (Stage::Review(before), Stage::Review(after)) if after < before),
        Goes::Returns => matches!(to, Stage::Submitted | Stage::Review(_)),
    };
    WAYS.iter().any(|way| way.act == act && way.from.contains(&from) && way.goes.iter().any(leads))
}

impl Case {
    /// Goes on, if an act may be done at the stage of the case. Errors: [`CaseRefusal::Stage`].
    pub fn may(&self, act: &str) -> Result<(), CaseRefusal> {
        if WAYS.iter().any(|way| way.act == act && way.from.contains(&self.stage)) { Ok(()) } else { Err(CaseRefusal::Stage { stage: self.stage }) }
    }
}
