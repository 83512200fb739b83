//! Who may do what, as the auditor reads domain.md: for each act the roles, and how the person must stand to it.

use casework::people::Role;

/// How a person has to stand to what an act is done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// Anyhow.
    Any,
    /// It is the person's own enterprise.
    Own,
    /// The person's unit is in charge of the call.
    Lead,
    /// The person's unit was asked for its opinion.
    Asked,
}

use Role::{Administrator, Applicant, Clerk, Drafter, Finance, Leader, Reviewer, Service, UnitReviewer};
use Stand::{Any, Asked, Lead, Own};

/// By act; an act that is not here is not audited for access, and the report names it.
pub fn access(act: &str) -> Option<&'static [(Role, Stand)]> {
    Some(match act {
        "registry.put_unit" | "registry.put_user" => &[(Administrator, Any)],
        "registry.confirm_user" | "registry.put_link" => &[(Administrator, Any), (Leader, Any)],
        "registry.put_shop" | "registry.admit_code" => &[(Administrator, Any), (Clerk, Any)],
        "registry.put_account" => &[(Clerk, Any), (Applicant, Own)],
        "registry.verify_account" => &[(Reviewer, Any), (Finance, Any)],
        "outbox.deliver" => &[(Service, Any)],
        "registry.put_organisation" => &[(Administrator, Any), (Clerk, Any)],
        "registry.load_policy" => &[(Drafter, Any)],
        // 合法性审核、公平竞争审查 are a reviewer's, deciding and issuing a leader's.
        "policy.review_competition" | "policy.review_legality" => &[(Reviewer, Any)],
        "policy.waive" | "policy.resolve" | "policy.publish" => &[(Leader, Lead)],
        // 财政: budget and payments are the treasury's, for whichever unit.
        "budget.open_fund" | "budget.open_pool" | "budget.appropriate" | "budget.reduce" | "payment.pay" | "payment.report" | "instalment.fund" => {
            &[(Finance, Any)]
        }
        // 经办 prepares, takes in and shows; 审批 decides; 复核 sums up; all of the unit in charge.
        "call.prepare" | "case.accept" | "case.decline" | "case.lapse" | "case.recount" | "case.archive" | "notice.publish" | "payment.plan"
        | "instalment.test" | "call.set_rate" => &[(Clerk, Lead)],
        "call.open"
        | "call.close"
        | "call.share"
        | "call.share_again"
        | "call.archive"
        | "call.carry_over"
        | "call.rank"
        | "notice.conclude"
        | "notice.settle"
        | "payment.request"
        | "payment.cancel"
        | "payment.drop"
        | "determination.confirm_amendment"
        | "case.approve"
        | "case.refuse"
        | "case.suspend"
        | "case.resume"
        | "case.terminate" => &[(Leader, Lead)],
        "call.state_share" => &[(Clerk, Lead), (Leader, Lead)],
        "case.summarise" | "determination.amend" | "instalment.confirm_test" | "performance.accept" | "performance.send_back" => &[(Reviewer, Lead)],
        "case.screen" | "case.ask_correction" | "case.ask_unit" | "case.pass_on" | "case.close_opinions" | "case.record_audit" | "notice.check" => {
            &[(Clerk, Lead), (Reviewer, Lead)]
        }
        "case.send_back" => &[(Reviewer, Lead), (Leader, Lead)],
        "case.deliberate" => &[(Clerk, Lead), (Reviewer, Lead), (Leader, Lead)],
        "case.check_credit" => &[(Clerk, Lead), (Reviewer, Lead), (Finance, Any)],
        // 会审: the units that were asked.
        "case.give_opinion" | "case.confirm_opinion" => &[(UnitReviewer, Asked)],
        "case.check_site" => &[(Clerk, Lead), (Reviewer, Lead), (UnitReviewer, Asked)],
        // 申报人: the own enterprise alone; anybody may object.
        "case.start" | "case.fill" | "case.attach" | "case.submit" | "case.withdraw" | "case.answer_correction" | "performance.report" => &[(Applicant, Own)],
        "notice.object" => &[(Applicant, Any), (Clerk, Lead)],
        "payment.mend" => &[(Applicant, Own), (Clerk, Lead)],
        "history.load" | "history.correct" => &[(Clerk, Any)],
        "history.confirm" => &[(Reviewer, Any), (Leader, Any)],
        // 认定 and 活动审批: the unit that does it, its leader; what is over may be freed by the treasury as well.
        "recognition.issue" | "recognition.revoke" => &[(Leader, Lead)],
        "recognition.release" => &[(Leader, Lead), (Finance, Any)],
        "document.issue" => &[(Clerk, Lead), (Leader, Lead)],
        "document.void" => &[(Leader, Lead)],
        "document.put_letterhead" => &[(Administrator, Any)],
        "retention.set_periods" | "retention.forget_contacts" => &[(Administrator, Any)],
        "retention.empty_draft" => &[(Leader, Lead)],
        "guide.issue" => &[(Leader, Any)],
        "calendar.load" => &[(Administrator, Any)],
        "log.checkpoint" => &[(Service, Any)],
        // 免申即享
        "matching.list" | "matching.check" | "matching.push" => &[(Clerk, Lead)],
        "matching.approve" => &[(Reviewer, Lead)],
        "matching.confirm" | "matching.refuse" => &[(Applicant, Own)],
        // 追回: anybody of the office notes a lead, the unit in charge files, its leader decides, the treasury collects.
        "recovery.note" => &[(Clerk, Any), (Leader, Any)],
        "recovery.dismiss" => &[(Leader, Any)],
        "recovery.detect" | "recovery.open" | "recovery.notify" | "recovery.deliver" | "recovery.remind" | "recovery.amend" => &[(Clerk, Lead)],
        "recovery.decide" | "recovery.agree" | "recovery.confirm_amendment" | "recovery.enforce" | "recovery.close" => &[(Leader, Lead)],
        "recovery.state" => &[(Applicant, Own)],
        "recovery.collect" | "recovery.offset" => &[(Finance, Any)],
        // The unit that drafted a version is in charge of it.
        "policy.revise" | "policy.consult" | "policy.invite" | "policy.answer" | "policy.redraft" | "policy.recognise" => &[(Drafter, Lead)],
        "policy.reply" => &[(UnitReviewer, Any)],
        "policy.comment" => &[(Applicant, Any), (Clerk, Any)],
        "policy.release" | "policy.repeal" | "policy.set_clause" => &[(Leader, Lead)],
        "policy.done" => &[(Drafter, Lead), (Clerk, Lead)],
        _ => return None,
    })
}
