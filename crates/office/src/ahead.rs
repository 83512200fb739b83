//! What the frequent acts are known to read before they begin: fetched in one go or two instead of one by one. What is not
//! said here is read when it is needed; what is said and not needed does no harm. Rows are locked in the order the act does.

use crate::Context;
use casework::Record;
use casework::calendar::Calendar;
use casework::call::Call;
use casework::case::{Case, CaseAct};
use casework::determination::Determination;
use casework::history::EarlierAward;
use casework::id::CaseId;
use casework::organisation::{Organisation, Shop};
use casework::payment::Due;
use casework::people::{Link, Role, User};
use casework::policy_version::PolicyLife;
use casework::recognition::Recognition;
use casework::recovery::Recovery;
use casework::registry::RegistryAct;
use casework::{Act, Table};
use store::Ahead;

/// The reads of an act, those that need what others lock in a second list.
pub(crate) fn reads(context: &Context, act: &Act) -> Vec<Vec<Ahead>> {
    let mut first = vec![Ahead::peek(User::TABLE, context.user.as_str()), Ahead::peek(Calendar::TABLE, Calendar::ID)];
    let mut then = Vec::new();
    match act {
        Act::Case(CaseAct::Start { case, call, organisation, .. }) => {
            first.push(Ahead::peek(Call::TABLE, call.as_str()));
            first.push(Ahead::peek(Case::TABLE, case.as_str()));
            first.push(Ahead::peek(Organisation::TABLE, organisation.as_str()));
            first.push(Ahead::list(Recovery::TABLE, "organisation_id", organisation.as_str()));
        }
        Act::Case(CaseAct::Submit { case, .. } | CaseAct::AnswerCorrection { case, .. }) => {
            let (case, call) = file(&mut first, context, case);
            first.push(Ahead::peek_from(PolicyLife::TABLE, call, "version_id"));
            first.push(Ahead::peek_from(Organisation::TABLE, case, "organisation_id"));
            of_applicant(&mut first, case, &[Recovery::TABLE, EarlierAward::TABLE]);
            awards(&mut first, case);
        }
        Act::Case(CaseAct::Summarise { case, .. }) => {
            // The call is locked before the case.
            let peeked = first.len();
            first.push(Ahead::peek(Case::TABLE, case.as_str()));
            first.push(Ahead { lock: true, ..Ahead::peek_from(Call::TABLE, peeked, "call_id") });
            first.push(Ahead::get(Case::TABLE, case.as_str()));
            links(&mut first, context);
        }
        Act::Case(CaseAct::Approve { case, determination, .. }) => {
            first.push(Ahead::peek(Determination::TABLE, determination.as_str()));
            let (of, call) = file(&mut first, context, case);
            first.push(Ahead::peek_from(PolicyLife::TABLE, call, "version_id"));
            first.push(Ahead { lock: true, ..Ahead::peek_from(Organisation::TABLE, of, "organisation_id") });
            // While nobody else determines for the applicant.
            then.push(Ahead::peek(Case::TABLE, case.as_str()));
            of_applicant(&mut then, 0, &[EarlierAward::TABLE, Shop::TABLE]);
            then.push(Ahead { lock: true, ..Ahead::list_from(Recognition::TABLE, "organisation_id", 0, "organisation_id") });
            awards(&mut then, 0);
            then.push(Ahead::list(Due::TABLE, "case_id", case.as_str()));
        }
        Act::Case(
            CaseAct::Accept { case }
            | CaseAct::Screen { case }
            | CaseAct::Decline { case, .. }
            | CaseAct::AskCorrection { case, .. }
            | CaseAct::GiveOpinion { case, .. }
            | CaseAct::ConfirmOpinion { case, .. }
            | CaseAct::CloseOpinions { case }
            | CaseAct::Deliberate { case, .. }
            | CaseAct::CheckCredit { case, .. }
            | CaseAct::Withdraw { case },
        ) => {
            file(&mut first, context, case);
        }
        Act::Registry(RegistryAct::PutOrganisation { organisation }) => {
            links(&mut first, context);
            first.push(Ahead::get(Organisation::TABLE, organisation.id.as_str()));
            first.push(Ahead::list(Organisation::TABLE, "credit_code", &organisation.credit_code));
        }
        _ => {}
    }
    if then.is_empty() { vec![first] } else { vec![first, then] }
}

/// A case, locked, its call, and whom the person must keep away from. The places of case and call.
fn file(reads: &mut Vec<Ahead>, context: &Context, id: &CaseId) -> (usize, usize) {
    let case = reads.len();
    reads.push(Ahead::get(Case::TABLE, id.as_str()));
    reads.push(Ahead::peek_from(Call::TABLE, case, "call_id"));
    links(reads, context);
    (case, case + 1)
}

fn links(reads: &mut Vec<Ahead>, context: &Context) {
    if context.role != Role::Applicant {
        reads.push(Ahead::list(Link::TABLE, "user_id", context.user.as_str()));
    }
}

/// What there is of the applicant of a case.
fn of_applicant(reads: &mut Vec<Ahead>, case: usize, tables: &[&'static Table]) {
    reads.extend(tables.iter().map(|table| Ahead::list_from(table, "organisation_id", case, "organisation_id")));
}

/// What the applicant of a case was awarded, and what became due of it.
fn awards(reads: &mut Vec<Ahead>, case: usize) {
    let awarded = reads.len();
    of_applicant(reads, case, &[Determination::TABLE]);
    reads.push(Ahead::list_from(Due::TABLE, "case_id", awarded, "case_id"));
}
