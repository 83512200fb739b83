//! Who may do what: one table of acts, roles and how the person must stand to the thing. What is not in it is denied.

use crate::people::Role;

/// How a person stands to what an act is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It is the person's own enterprise.
    Own,
    /// The person's unit is in charge of the call (牵头).
    Lead,
    /// The person's unit was asked for its opinion (参与).
    Asked,
    /// None of these.
    Foreign,
}

impl Standing {
    /// All of them, in the order of the access table.
    pub const ALL: [Self; 4] = [Self::Own, Self::Lead, Self::Asked, Self::Foreign];
}

/// Who may do an act: a role, and the least the person must stand to the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The standing that is needed; `None`: any.
    pub standing: Option<Standing>,
}

const fn own(role: Role) -> Grant {
    Grant { role, standing: Some(Standing::Own) }
}

const fn lead(role: Role) -> Grant {
    Grant { role, standing: Some(Standing::Lead) }
}

const fn asked(role: Role) -> Grant {
    Grant { role, standing: Some(Standing::Asked) }
}

const fn any(role: Role) -> Grant {
    Grant { role, standing: None }
}

/// The access table: acts in the order of their nouns.
pub const TABLE: &[(&str, &[Grant])] = &[
    // Nobody may: it is the one act before there is anybody, and the office itself asks for it.
    ("registry.found", &[]),
    ("registry.put_unit", &[any(Role::Administrator)]),
    ("registry.put_user", &[any(Role::Administrator)]),
    ("registry.put_organisation", &[any(Role::Administrator), any(Role::Clerk)]),
    ("registry.load_policy", &[any(Role::Drafter)]),
    ("budget.open_fund", &[any(Role::Finance)]),
    ("budget.open_pool", &[any(Role::Finance)]),
    ("budget.appropriate", &[any(Role::Finance)]),
    ("budget.reduce", &[any(Role::Finance)]),
    ("call.prepare", &[lead(Role::Clerk)]),
    ("call.open", &[lead(Role::Leader)]),
    ("call.close", &[lead(Role::Leader)]),
    ("call.share", &[lead(Role::Leader)]),
    ("call.state_share", &[lead(Role::Clerk), lead(Role::Leader)]),
    ("call.share_again", &[lead(Role::Leader)]),
    ("call.archive", &[lead(Role::Leader)]),
    ("call.rank", &[lead(Role::Leader)]),
    ("call.set_rate", &[lead(Role::Clerk)]),
    ("call.carry_over", &[lead(Role::Leader)]),
    ("case.start", &[own(Role::Applicant)]),
    ("case.submit", &[own(Role::Applicant)]),
    ("case.accept", &[lead(Role::Clerk)]),
    ("case.screen", &[lead(Role::Clerk), lead(Role::Reviewer)]),
    ("case.summarise", &[lead(Role::Reviewer)]),
    ("case.approve", &[lead(Role::Leader)]),
    ("case.archive", &[lead(Role::Clerk)]),
    ("case.fill", &[own(Role::Applicant)]),
    ("case.attach", &[own(Role::Applicant)]),
    ("case.withdraw", &[own(Role::Applicant)]),
    ("case.decline", &[lead(Role::Clerk)]),
    ("case.ask_correction", &[lead(Role::Clerk), lead(Role::Reviewer)]),
    ("case.answer_correction", &[own(Role::Applicant)]),
    ("case.lapse", &[lead(Role::Clerk)]),
    ("case.give_opinion", &[asked(Role::UnitReviewer)]),
    ("case.confirm_opinion", &[asked(Role::UnitReviewer)]),
    ("case.ask_unit", &[lead(Role::Clerk), lead(Role::Reviewer)]),
    ("case.pass_on", &[lead(Role::Clerk), lead(Role::Reviewer)]),
    ("case.close_opinions", &[lead(Role::Clerk), lead(Role::Reviewer)]),
    ("case.check_site", &[lead(Role::Clerk), lead(Role::Reviewer), asked(Role::UnitReviewer)]),
    ("case.record_audit", &[lead(Role::Clerk), lead(Role::Reviewer)]),
    ("case.deliberate", &[lead(Role::Clerk), lead(Role::Reviewer), lead(Role::Leader)]),
    ("case.send_back", &[lead(Role::Reviewer), lead(Role::Leader)]),
    ("case.suspend", &[lead(Role::Leader)]),
    ("case.resume", &[lead(Role::Leader)]),
    ("case.terminate", &[lead(Role::Leader)]),
    ("case.refuse", &[lead(Role::Leader)]),
    ("case.check_credit", &[lead(Role::Clerk), lead(Role::Reviewer), any(Role::Finance)]),
    ("case.recount", &[lead(Role::Clerk)]),
    ("notice.publish", &[lead(Role::Clerk)]),
    ("notice.conclude", &[lead(Role::Leader)]),
    ("notice.object", &[any(Role::Applicant), lead(Role::Clerk)]),
    ("notice.check", &[lead(Role::Clerk), lead(Role::Reviewer)]),
    ("notice.settle", &[lead(Role::Leader)]),
    ("payment.plan", &[lead(Role::Clerk)]),
    ("payment.request", &[lead(Role::Leader)]),
    ("payment.cancel", &[lead(Role::Leader)]),
    ("payment.pay", &[any(Role::Finance)]),
    ("log.checkpoint", &[any(Role::Service)]),
    ("payment.report", &[any(Role::Finance)]),
    ("payment.mend", &[own(Role::Applicant), lead(Role::Clerk)]),
    ("payment.drop", &[lead(Role::Leader)]),
    // One asks, another confirms.
    ("determination.amend", &[lead(Role::Reviewer)]),
    ("determination.confirm_amendment", &[lead(Role::Leader)]),
    ("instalment.test", &[lead(Role::Clerk)]),
    ("instalment.confirm_test", &[lead(Role::Reviewer)]),
    ("instalment.fund", &[any(Role::Finance)]),
    ("performance.report", &[own(Role::Applicant)]),
    ("performance.accept", &[lead(Role::Reviewer)]),
    ("performance.send_back", &[lead(Role::Reviewer)]),
    // An administrator proposes, another one or a leader confirms; who proposed never does.
    ("registry.confirm_user", &[any(Role::Administrator), any(Role::Leader)]),
    ("registry.put_link", &[any(Role::Administrator), any(Role::Leader)]),
    ("registry.put_shop", &[any(Role::Administrator), any(Role::Clerk)]),
    ("registry.admit_code", &[any(Role::Administrator), any(Role::Clerk)]),
    ("registry.put_account", &[any(Role::Clerk), own(Role::Applicant)]),
    ("registry.verify_account", &[any(Role::Reviewer), any(Role::Finance)]),
    ("history.load", &[any(Role::Clerk)]),
    ("history.correct", &[any(Role::Clerk)]),
    ("history.confirm", &[any(Role::Reviewer), any(Role::Leader)]),
    ("matching.list", &[lead(Role::Clerk)]),
    ("matching.check", &[lead(Role::Clerk)]),
    ("matching.approve", &[lead(Role::Reviewer)]),
    ("matching.push", &[lead(Role::Clerk)]),
    ("matching.confirm", &[own(Role::Applicant)]),
    ("matching.refuse", &[own(Role::Applicant)]),
    ("outbox.deliver", &[any(Role::Service)]),
    ("recovery.note", &[any(Role::Clerk), any(Role::Leader)]),
    ("recovery.detect", &[lead(Role::Clerk)]),
    ("recovery.dismiss", &[any(Role::Leader)]),
    ("recovery.open", &[lead(Role::Clerk)]),
    ("recovery.notify", &[lead(Role::Clerk)]),
    ("recovery.state", &[own(Role::Applicant)]),
    ("recovery.decide", &[lead(Role::Leader)]),
    ("recovery.deliver", &[lead(Role::Clerk)]),
    ("recovery.agree", &[lead(Role::Leader)]),
    ("recovery.collect", &[any(Role::Finance)]),
    ("recovery.offset", &[any(Role::Finance)]),
    ("recovery.amend", &[lead(Role::Clerk)]),
    ("recovery.confirm_amendment", &[lead(Role::Leader)]),
    ("recovery.remind", &[lead(Role::Clerk)]),
    ("recovery.enforce", &[lead(Role::Leader)]),
    ("recovery.close", &[lead(Role::Leader)]),
    // The unit whose person drafted a version is in charge of it.
    ("policy.revise", &[lead(Role::Drafter)]),
    ("policy.consult", &[lead(Role::Drafter)]),
    ("policy.reply", &[any(Role::UnitReviewer)]),
    ("policy.invite", &[lead(Role::Drafter)]),
    ("policy.comment", &[any(Role::Applicant), any(Role::Clerk)]),
    ("policy.answer", &[lead(Role::Drafter)]),
    ("policy.release", &[lead(Role::Leader)]),
    ("policy.waive", &[lead(Role::Leader)]),
    ("policy.redraft", &[lead(Role::Drafter)]),
    ("policy.review_competition", &[any(Role::Reviewer)]),
    ("policy.review_legality", &[any(Role::Reviewer)]),
    ("policy.resolve", &[lead(Role::Leader)]),
    ("policy.publish", &[lead(Role::Leader)]),
    ("policy.repeal", &[lead(Role::Leader)]),
    ("policy.set_clause", &[lead(Role::Leader)]),
    ("policy.recognise", &[lead(Role::Drafter)]),
    ("policy.done", &[lead(Role::Drafter), lead(Role::Clerk)]),
    // The unit that issues a recognition stands to it as the unit in charge.
    ("recognition.issue", &[lead(Role::Leader)]),
    ("recognition.revoke", &[lead(Role::Leader)]),
    ("recognition.release", &[lead(Role::Leader), any(Role::Finance)]),
    ("guide.issue", &[any(Role::Leader)]),
    ("calendar.load", &[any(Role::Administrator)]),
    ("document.issue", &[lead(Role::Clerk), lead(Role::Leader)]),
    ("document.void", &[lead(Role::Leader)]),
    ("document.put_letterhead", &[any(Role::Administrator)]),
    ("retention.set_periods", &[any(Role::Administrator)]),
    ("retention.empty_draft", &[lead(Role::Leader)]),
    ("retention.forget_contacts", &[any(Role::Administrator)]),
];

/// Whether a person in a role who so stands to the thing may do an act.
#[must_use]
pub fn may(act: &str, role: Role, standing: Standing) -> bool {
    let grants = TABLE.iter().find(|(name, _)| *name == act).map_or(&[][..], |(_, grants)| grants);
    grants.iter().any(|grant| grant.role == role && grant.standing.is_none_or(|needed| needed == standing))
}
