//! Every refusal of a case, each by the act that meets it. Refused means unchanged. Money and recusal are refused by the
//! office, and tested there.

use crate::play::*;
use casework::call::{Completion, StepKind};
use casework::case::{CaseAct, CaseRefusal, Credit, Stage, View};
use casework::id::CaseId;
use casework::people::Role;
use casework::refusal::Named;
use serde_json::json;
use values::Fen;

fn at(kind: StepKind) -> Play {
    Play::at(Stage::Review(kind))
}

#[test]
fn bad_facts_are_told_at_once_with_field_and_fix() {
    let mut play = Play::draft();
    let mut wrong = with_fact("品牌年销售额", "6350万");
    wrong["facts"]["电商企业"] = "是的".into();
    wrong["year"] = 2023.into();
    let CaseRefusal::Facts(errors) = play.refused("firm", fill(&["1.1"], &wrong, &[])) else { panic!("facts") };
    let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
    assert_eq!(fields, ["year", "facts.品牌年销售额", "facts.电商企业"]);
    assert_eq!(errors[0].help.zh, "本批次为 2024");
    assert!(errors.iter().all(|error| !error.message.zh.is_empty() && !error.help.zh.is_empty()));
    let CaseRefusal::Facts(errors) = play.refused("firm", fill(&["1.1"], &json!([]), &[])) else { panic!("facts") };
    assert_eq!(errors[0].code, "not-an-object");
}

#[test]
fn a_draft_is_filled_anew_and_takes_papers_for_facts_of_the_policy() {
    let mut play = Play::draft();
    play.ok("firm", fill(&["1.1"], &json!({"id": "case1", "facts": {"品牌年销售额": "30000000"}}), &[]));
    assert_eq!(play.case.application["year"], 2024, "the call says so where the applicant does not");
    assert_eq!(play.case.application["as_of"], "2024-12-31");
    assert_eq!((play.case.claims.len(), play.case.evidence.len()), (1, 0));
    play.ok("firm", attach(paper("sales", &["品牌年销售额@2024"])));
    assert_eq!(play.refused("firm", attach(paper("sales", &[]))), CaseRefusal::PaperTwice { name: "sales".into() });
    assert_eq!(play.refused("firm", attach(paper("other", &["年销售额"]))), CaseRefusal::UnknownFact { fact: "年销售额".into() });
    assert_eq!(play.refused("firm", attach(paper(" ", &[]))), CaseRefusal::Empty { what: Named::PAPER_NAME });
    assert_eq!(play.refused("firm", fill(&["1.1", "9.9"], &APPLICATION, &[])), CaseRefusal::Clauses { clause: "9.9".into() });
    assert_eq!(play.refused("firm", fill(&["1.1", "1.1"], &APPLICATION, &[])), CaseRefusal::Clauses { clause: "1.1".into() });
    play.ok("firm", submit());
    assert_eq!(play.refused("firm", fill(&["1.1"], &APPLICATION, &[])), CaseRefusal::Stage { stage: Stage::Submitted });
}

#[test]
fn what_is_stated_and_not_proven_is_known_before_anybody_asks() {
    let mut play = Play::draft();
    let unproven = |play: &Play| play.case.unproven(&SCHEME).into_iter().map(|it| (it.fact, it.papers)).collect::<Vec<_>>();
    let of_sales = |play: &Play| unproven(play).into_iter().find(|(fact, _)| fact == "品牌年销售额");
    assert_eq!(of_sales(&play), None, "a paper proves it");
    play.case.evidence.clear();
    assert_eq!(of_sales(&play).unwrap().1, ["平台后台销售数据、纳税申报表"]);
    assert!(unproven(&play).iter().all(|(_, papers)| !papers.is_empty()));
    play.case.application["facts"]["品牌年销售额"] = serde_json::Value::Null;
    assert_eq!(of_sales(&play), None, "nobody stated it");
}

#[test]
fn a_call_leaves_no_step_to_a_role_that_cannot_do_it() {
    use casework::call::CallRefusal;
    let mut play = Play::draft();
    assert_eq!(play.call.check(), Ok(()));
    play.call.workflow.steps[0].role = Role::Auditor;
    assert_eq!(play.call.check(), Err(CallRefusal::StepRole { kind: StepKind::Screening, role: Role::Auditor }));
    // A call that was written without saying anything of credit wants it looked at.
    let mut json = serde_json::to_value(&play.call).unwrap();
    json["workflow"].as_object_mut().unwrap().remove("credit");
    assert!(serde_json::from_value::<casework::call::Call>(json).unwrap().workflow.credit);
}

#[test]
fn an_application_is_handed_in_while_the_call_is_open() {
    for today in ["2025-02-28", "2025-04-01"] {
        let mut play = Play::draft();
        play.today = day(today);
        assert_eq!(play.refused("firm", submit()), CaseRefusal::CallNotOpen);
    }
}

#[test]
fn an_applicant_takes_back_what_is_not_determined() {
    for stage in [Stage::Draft, Stage::Submitted, Stage::Review(StepKind::Joint), Stage::Review(StepKind::Approval)] {
        let mut play = Play::at(stage);
        play.ok("firm", withdraw());
        assert_eq!(play.case.stage, Stage::Withdrawn);
    }
    let mut play = Play::at(Stage::Approved);
    assert_eq!(play.refused("firm", withdraw()), CaseRefusal::Stage { stage: Stage::Approved });
}

#[test]
fn not_taking_in_sending_back_resting_and_ending_need_a_reason() {
    let reason = CaseRefusal::Empty { what: Named::REASON };
    assert_eq!(Play::at(Stage::Submitted).refused("clerk", decline(" ")), reason);
    let mut play = at(StepKind::Summary);
    assert_eq!(play.refused("leader", suspend("")), reason);
    assert_eq!(play.refused("leader", terminate("")), reason);
    assert_eq!(play.refused("leader", refuse("", "可以申请行政复议")), reason);
    assert_eq!(play.refused("leader", refuse("不符合条件", "")), CaseRefusal::Empty { what: Named::REMEDIES_AGAINST });
    let back = CaseAct::SendBack { case: CaseId::parse("case1").unwrap(), to: StepKind::Screening, again: Vec::new(), reason: String::new() };
    assert_eq!(play.refused("leader", back), reason);
    let mut play = at(StepKind::Joint);
    assert_eq!(play.refused("clerk", ask_unit("roads", "")), reason);
    assert_eq!(play.refused("clerk", pass_on("park", "roads", "")), reason);
    assert_eq!(play.refused("park", opinion(given(View::Disagree, "", basis(&[], &[])))), reason);
}

#[test]
fn a_correction_is_asked_for_once_with_everything_in_it() {
    let mut play = Play::at(Stage::Submitted);
    assert_eq!(play.refused("clerk", ask_correction(&[])), CaseRefusal::Empty { what: Named::WHAT_TO_MEND });
    assert_eq!(play.refused("clerk", ask_correction(&["发票", ""])), CaseRefusal::Empty { what: Named::WHAT_IS_WRONG });
    play.ok("clerk", ask_correction(&["发票", "章程"]));
    assert_eq!(play.refused("clerk", accept()), CaseRefusal::Stage { stage: Stage::Correcting });
    let (application, evidence) = (play.case.application.clone(), play.case.evidence.clone());
    play.ok("firm", answer(&application, &evidence));
    assert_eq!(play.refused("clerk", ask_correction(&["还有"])), CaseRefusal::CorrectedOnce);
    play.ok("clerk", accept());
    assert_eq!(play.refused("clerk", ask_correction(&["还有"])), CaseRefusal::CorrectedOnce, "nor later");
}

#[test]
fn a_correction_that_does_not_come_ends_the_case_after_its_time_and_not_before() {
    let mut play = Play::at(Stage::Submitted);
    play.ok("clerk", ask_correction(&["发票"]));
    play.today = day("2025-03-17");
    assert_eq!(play.refused("clerk", lapse()), CaseRefusal::NotDue { until: Some(day("2025-03-17")) });
    play.today = day("2025-03-18");
    let mut late = play.clone();
    let (application, evidence) = (late.case.application.clone(), late.case.evidence.clone());
    late.ok("firm", answer(&application, &evidence));
    assert_eq!(late.case.stage, Stage::Submitted, "late is better than never, as long as nobody ended it");
    play.ok("clerk", lapse());
    assert_eq!(play.case.stage, Stage::Terminated);
    assert_eq!(play.refused("firm", answer(&application, &evidence)), CaseRefusal::Stage { stage: Stage::Terminated });
}

#[test]
fn the_call_says_which_role_does_a_step() {
    let mut play = at(StepKind::Screening);
    assert_eq!(play.refused("reviewer", screen()), CaseRefusal::NotForRole { wanted: Role::Clerk });
    play.call.workflow.steps[0].role = Role::Reviewer;
    play.ok("reviewer", screen());
}

#[test]
fn one_person_does_not_screen_and_sum_up_and_approve() {
    let mut play = at(StepKind::Screening);
    play.ok("jack", screen());
    play.lead_to(Stage::Review(StepKind::Joint));
    play.ok("park", opinion(agree()));
    play.ok("farms", opinion(agree()));
    play.ok("jack", site(true));
    play.ok("jack", audit(None));
    let before = play.case.clone();
    let as_reviewer = play.act_as("jack", Role::Reviewer, &summarise(None, None));
    assert_eq!(as_reviewer, Err(CaseRefusal::FourEyes { act: "case.screen".into() }));
    assert_eq!(play.case, before);
    play.ok("reviewer", summarise(None, None));
    play.ok("clerk", deliberate(true));
    play.ok("clerk", credit(Credit::Clear));
    assert_eq!(play.act_as("reviewer", Role::Leader, &approve()), Err(CaseRefusal::FourEyes { act: "case.summarise".into() }));
    assert_eq!(play.act_as("clerk", Role::Leader, &refuse("不符", "复议")), Err(CaseRefusal::FourEyes { act: "case.accept".into() }));
}

#[test]
fn naming_defects_is_not_checking_ones_own_work() {
    let mut play = at(StepKind::Summary);
    play.ok("reviewer", ask_correction(&["发票"]));
    let (application, evidence) = (play.case.application.clone(), play.case.evidence.clone());
    play.ok("firm", answer(&application, &evidence));
    play.ok("reviewer", summarise(None, None));
}

#[test]
fn a_call_may_keep_more_steps_apart() {
    let mut play = at(StepKind::SiteCheck);
    play.call.workflow.apart = vec![vec![StepKind::Screening, StepKind::SiteCheck]];
    assert_eq!(play.refused("clerk", site(true)), CaseRefusal::FourEyes { act: "case.accept".into() });
    play.ok("jack", site(true));
}

#[test]
fn a_unit_answers_once_and_only_when_asked() {
    let mut play = at(StepKind::Joint);
    assert_eq!(play.refused("roads", opinion(agree())), CaseRefusal::NotAsked { unit: unit("roads") });
    play.ok("park", opinion(agree()));
    assert_eq!(play.refused("park", opinion(agree())), CaseRefusal::NotAsked { unit: unit("park") });
    assert_eq!(play.refused("farms", confirm()), CaseRefusal::NotAsked { unit: unit("farms") }, "there is nothing to stand by");
}

#[test]
fn an_opinion_says_what_it_says() {
    let mut play = at(StepKind::Joint);
    let empty = |why: &CaseRefusal| matches!(why, CaseRefusal::Empty { .. });
    assert!(empty(&play.refused("park", opinion(given(View::Reduce, "少给", basis(&[], &[]))))), "a reduction of nothing");
    let mut both = reduce("1.1", 1, "少");
    both.view = View::Agree;
    assert!(empty(&play.refused("park", opinion(both))), "agreement with a reduction");
    assert_eq!(play.refused("park", opinion(reduce("2.1", 1, "少"))), CaseRefusal::Clauses { clause: "2.1".into() });
    let most = Fen(50_000_000);
    assert_eq!(play.refused("park", opinion(reduce("1.1", most.0, "少"))), CaseRefusal::AboveRules { clause: "1.1".into(), set: most, assessed: most });
    assert_eq!(play.refused("park", opinion(reduce("1.1", 1, " "))), CaseRefusal::NoReason { clause: "1.1".into() });
    let on = |facts: &[&str], papers: &[&str]| opinion(given(View::Agree, "", basis(facts, papers)));
    assert_eq!(play.refused("park", on(&["税款"], &[])), CaseRefusal::UnknownFact { fact: "税款".into() });
    assert!(matches!(play.refused("park", on(&[], &["税票"])), CaseRefusal::UnknownPaper { .. }));
}

#[test]
fn a_unit_is_asked_once_and_never_the_one_in_charge() {
    let mut play = at(StepKind::Joint);
    for name in ["park", "commerce"] {
        assert_eq!(play.refused("clerk", ask_unit(name, "加签")), CaseRefusal::AskedAlready { unit: unit(name) });
    }
    play.ok("clerk", pass_on("park", "roads", "职责已划转"));
    assert_eq!(play.refused("park", opinion(agree())), CaseRefusal::NotAsked { unit: unit("park") });
    assert_eq!(play.refused("clerk", pass_on("park", "taxes", "再转")), CaseRefusal::NotAsked { unit: unit("park") });
    assert_eq!(play.refused("clerk", pass_on("farms", "roads", "再转")), CaseRefusal::AskedAlready { unit: unit("roads") });
    play.ok("roads", opinion(agree()));
    play.ok("farms", opinion(agree()));
    assert_eq!(play.case.stage, Stage::Review(StepKind::SiteCheck));
}

#[test]
fn silence_passes_where_the_call_says_so_and_only_after_its_time() {
    for (completion, passes) in [(Completion::SilenceIsConsent, true), (Completion::All, false)] {
        let mut play = Play::of(call(&STEPS, completion));
        play.lead_to(Stage::Review(StepKind::Joint));
        play.ok("park", opinion(agree()));
        play.today = day("2025-03-17");
        assert_eq!(play.refused("clerk", close_opinions()), CaseRefusal::OpinionsOpen { open: 1 }, "its last day is not over");
        play.today = day("2025-03-18");
        if passes {
            play.ok("clerk", close_opinions());
            assert!(play.case.review.asks[1].silent);
            assert_eq!(play.refused("farms", opinion(agree())), CaseRefusal::Stage { stage: Stage::Review(StepKind::SiteCheck) });
        } else {
            assert_eq!(play.refused("clerk", close_opinions()), CaseRefusal::OpinionsOpen { open: 1 });
            play.ok("farms", opinion(agree()));
        }
        assert_eq!(play.case.stage, Stage::Review(StepKind::SiteCheck));
    }
}

#[test]
fn records_are_of_days_that_have_come_and_say_who_was_there() {
    let mut play = at(StepKind::SiteCheck);
    let CaseAct::CheckSite { case, check } = site(true) else { panic!() };
    let with = |change: &dyn Fn(&mut casework::case::SiteCheck)| {
        let mut check = check.clone();
        change(&mut check);
        CaseAct::CheckSite { case: case.clone(), check }
    };
    assert_eq!(play.refused("clerk", with(&|check| check.date = day("2025-03-04"))), CaseRefusal::Future { date: day("2025-03-04") });
    assert_eq!(play.refused("clerk", with(&|check| check.present.clear())), CaseRefusal::Empty { what: Named::PRESENT });
    assert_eq!(play.refused("clerk", with(&|check| check.present.push(" ".into()))), CaseRefusal::Empty { what: Named::EACH_NAME });
    assert_eq!(play.refused("clerk", with(&|check| check.words.clear())), CaseRefusal::Empty { what: Named::FINDING });
    let mut play = at(StepKind::Meeting);
    for (change, what) in [
        (&(|m: &mut casework::case::Minutes| m.number.clear()) as &dyn Fn(&mut casework::case::Minutes), Named::MINUTES_NUMBER),
        (&|m| m.decision.clear(), Named::DECISION),
        (&|m| m.present.clear(), Named::PRESENT),
    ] {
        let mut minutes = minutes(true);
        change(&mut minutes);
        assert_eq!(play.refused("clerk", CaseAct::Deliberate { case: case.clone(), minutes }), CaseRefusal::Empty { what });
    }
}

#[test]
fn an_audit_speaks_of_every_clause_and_never_above_the_rules() {
    let mut play = at(StepKind::Audit);
    let CaseAct::RecordAudit { case, report } = audit(None) else { panic!() };
    let with = |change: &dyn Fn(&mut casework::case::Report)| {
        let mut report = report.clone();
        change(&mut report);
        CaseAct::RecordAudit { case: case.clone(), report }
    };
    assert_eq!(play.refused("clerk", with(&|report| report.firm.clear())), CaseRefusal::Empty { what: Named::AUDIT_FIRM });
    assert_eq!(play.refused("clerk", with(&|report| report.number.clear())), CaseRefusal::Empty { what: Named::REPORT_NUMBER });
    assert_eq!(play.refused("clerk", with(&|report| report.findings[1].words.clear())), CaseRefusal::Empty { what: Named::AUDIT_FINDING });
    assert_eq!(play.refused("clerk", with(&|report| drop(report.findings.pop()))), CaseRefusal::Clauses { clause: "8.1".into() });
    let above = CaseRefusal::AboveRules { clause: "1.1".into(), set: Fen(50_000_001), assessed: Fen(50_000_000) };
    assert_eq!(play.refused("clerk", audit(Some(50_000_001))), above);
}

#[test]
fn what_others_would_give_less_is_followed_or_answered() {
    let followed = |mut play: Play, whose: &str, most: i64| {
        let not = CaseRefusal::NotFollowed { clause: "1.1".into(), whose: whose.into() };
        assert_eq!(play.refused("reviewer", summarise(None, None)), not);
        let mut with_reason = play.clone();
        with_reason.ok("reviewer", summarise(None, Some("核对后不采纳")));
        assert_eq!(play.refused("reviewer", summarise(Some(most), None)), CaseRefusal::NoReason { clause: "1.1".into() });
        play.ok("reviewer", summarise(Some(most), Some("采纳")));
        assert_eq!(play.case.claims[0].set, Some(Fen(most)));
    };
    let joint = |first: casework::case::Given| {
        let mut play = at(StepKind::Joint);
        play.ok("park", opinion(first));
        play.ok("farms", opinion(agree()));
        play
    };
    let mut play = joint(reduce("1.1", 20_000_000, "部分不属本区"));
    play.ok("clerk", site(true));
    play.ok("clerk", audit(None));
    followed(play, "park", 20_000_000);
    let mut play = joint(given(View::Disagree, "证照过期", basis(&[], &[])));
    play.ok("clerk", site(true));
    play.ok("clerk", audit(None));
    followed(play, "park", 0);
    let mut play = joint(agree());
    play.ok("clerk", site(false));
    play.ok("clerk", audit(None));
    followed(play, "site_check", 0);
    let mut play = joint(agree());
    play.ok("clerk", site(true));
    play.ok("clerk", audit(Some(30_000_000)));
    followed(play, "audit", 30_000_000);
}

#[test]
fn the_summary_covers_each_clause_and_never_more_than_the_rules_give() {
    let mut play = at(StepKind::Summary);
    let above = CaseRefusal::AboveRules { clause: "1.1".into(), set: Fen(50_000_001), assessed: Fen(50_000_000) };
    assert_eq!(play.refused("reviewer", summarise(Some(50_000_001), Some("多给"))), above);
    let CaseAct::Summarise { case, mut amounts } = summarise(None, None) else { panic!() };
    let dropped = amounts.pop().unwrap();
    let short = CaseAct::Summarise { case: case.clone(), amounts: amounts.clone() };
    assert_eq!(play.refused("reviewer", short), CaseRefusal::Clauses { clause: "8.1".into() });
    amounts.push(dropped.clone());
    amounts.push(casework::case::Amount { clause: "2.1".into(), ..dropped });
    assert_eq!(play.refused("reviewer", CaseAct::Summarise { case, amounts }), CaseRefusal::Clauses { clause: "2.1".into() });
}

#[test]
fn a_meeting_that_does_not_agree_leaves_the_case_to_be_sent_back() {
    let mut play = at(StepKind::Meeting);
    play.ok("clerk", deliberate(false));
    assert_eq!(play.case.stage, Stage::Review(StepKind::Meeting));
    play.ok("leader", send_back(StepKind::Joint, &["park"]));
    assert_eq!(play.case.open_asks(), 1, "the farms' opinion stays");
    assert_eq!(play.case.claims[0].set, None, "the amounts are to be set again");
    play.ok("park", opinion(agree()));
    assert_eq!(play.case.stage, Stage::Review(StepKind::Summary), "past the visit and the audit, which stand");
}

#[test]
fn a_case_goes_back_to_an_earlier_step_of_its_call_before_the_pools_are_shared() {
    let mut play = at(StepKind::Joint);
    assert_eq!(play.refused("leader", send_back(StepKind::Joint, &[])), CaseRefusal::NotBack { to: StepKind::Joint });
    assert_eq!(play.refused("leader", send_back(StepKind::Summary, &[])), CaseRefusal::NotBack { to: StepKind::Summary });
    let mut play = at(StepKind::Approval);
    assert_eq!(play.refused("leader", send_back(StepKind::Joint, &["roads"])), CaseRefusal::NotAsked { unit: unit("roads") });
    assert_eq!(play.refused("leader", send_back(StepKind::Audit, &["park"])), CaseRefusal::OpinionsOpen { open: 1 }, "nobody is asked at the audit");
    play.case.claims[0].shared = Some(Fen(1));
    assert_eq!(play.refused("leader", send_back(StepKind::Joint, &[])), CaseRefusal::AlreadyShared);
}

#[test]
fn nothing_is_approved_before_the_credit_was_looked_at_and_found_clear() {
    let mut play = at(StepKind::Approval);
    assert!(!play.case.credit_checked_on(play.today));
    play.case.review.credit.clear();
    assert_eq!(play.refused("leader", approve()), CaseRefusal::CreditUnchecked { on: None });
    play.ok("clerk", credit(Credit::Clear));
    play.ok("finance", credit(Credit::Listed("失信被执行人".into())));
    assert_eq!(play.refused("leader", approve()), CaseRefusal::CreditBad { found: "失信被执行人".into() }, "the last look counts");
    assert_eq!(play.refused("clerk", credit(Credit::Listed(String::new()))), CaseRefusal::Empty { what: Named::FINDING });
    play.ok("clerk", credit(Credit::Clear));
    play.ok("leader", approve());
    assert!(play.case.credit_checked_on(play.today));
    let later = day("2025-05-06");
    assert!(!play.case.credit_checked_on(later), "and looked at again on the day of payment");
    assert_eq!(play.case.credit_clear(Some(later)), Err(CaseRefusal::CreditUnchecked { on: Some(later) }));
    let mut without = at(StepKind::Approval);
    without.case.review.credit.clear();
    without.call.workflow.credit = false;
    without.ok("leader", approve());
}
