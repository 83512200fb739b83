//! Acts on a case that need no more than the case and its call: one line each, what it means stands in `casework`.

use crate::desk::Desk;
use crate::{Outcome, Stop};
use casework::Refusal;
use casework::case::CaseAct;
use casework::people::Unit;

pub(super) async fn act(desk: &mut Desk<'_>, act: &CaseAct) -> Result<Outcome, Stop> {
    if let CaseAct::AskUnit { case, unit, .. } | CaseAct::PassOn { case, to: unit, .. } = act {
        // Who may not do this is told so, and not which units there are.
        desk.case(case).await?;
        desk.must_peek::<Unit>(unit.as_str()).await?;
    }
    match act {
        CaseAct::Withdraw { case } => desk.decide(case, |case, sitting| case.withdraw(sitting)).await,
        CaseAct::Accept { case } => desk.decide(case, |case, sitting| case.accept(sitting)).await,
        CaseAct::Decline { case, reason } => desk.decide(case, |case, sitting| case.decline(sitting, reason)).await,
        CaseAct::AskCorrection { case, defects } => desk.decide(case, |case, sitting| case.ask_correction(sitting, defects)).await,
        CaseAct::Lapse { case } => desk.decide(case, |case, sitting| case.lapse(sitting)).await,
        CaseAct::Screen { case } => desk.decide(case, |case, sitting| case.screen(sitting)).await,
        CaseAct::GiveOpinion { case, opinion } => desk.decide(case, |case, sitting| case.give_opinion(sitting, opinion)).await,
        CaseAct::ConfirmOpinion { case } => desk.decide(case, |case, sitting| case.confirm_opinion(sitting)).await,
        CaseAct::AskUnit { case, unit, reason } => desk.decide(case, |case, sitting| case.ask_unit(sitting, unit, reason)).await,
        CaseAct::PassOn { case, from, to, reason } => desk.decide(case, |case, sitting| case.pass_on(sitting, from, to, reason)).await,
        CaseAct::CloseOpinions { case } => desk.decide(case, |case, sitting| case.close_opinions(sitting)).await,
        CaseAct::CheckSite { case, check } => desk.decide(case, |case, sitting| case.check_site(sitting, check)).await,
        CaseAct::RecordAudit { case, report } => desk.decide(case, |case, sitting| case.record_audit(sitting, report)).await,
        CaseAct::Deliberate { case, minutes } => desk.decide(case, |case, sitting| case.deliberate(sitting, minutes)).await,
        CaseAct::SendBack { case, to, again, reason } => desk.decide(case, |case, sitting| case.send_back(sitting, *to, again, reason)).await,
        CaseAct::Suspend { case, reason } => desk.decide(case, |case, sitting| case.suspend(sitting, reason)).await,
        CaseAct::Resume { case } => desk.decide(case, |case, sitting| case.resume(sitting)).await,
        CaseAct::Terminate { case, reason } => desk.decide(case, |case, sitting| case.terminate(sitting, reason)).await,
        CaseAct::CheckCredit { case, check } => desk.decide(case, |case, sitting| case.check_credit(sitting, check)).await,
        CaseAct::Recount { case } => desk.decide(case, |case, sitting| case.recount(sitting)).await,
        CaseAct::Start { .. }
        | CaseAct::Fill { .. }
        | CaseAct::Attach { .. }
        | CaseAct::Submit { .. }
        | CaseAct::AnswerCorrection { .. }
        | CaseAct::Summarise { .. }
        | CaseAct::Approve { .. }
        | CaseAct::Archive { .. }
        | CaseAct::Refuse { .. } => Err(Refusal::Denied.into()),
    }
}
