//! A policy version from draft to repeal, what the public says of it, and clauses that are suspended.

use crate::district::{District, day, example, id, policy_files, stores, user};
use casework::Act;
use casework::Refusal;
use casework::call::{CallAct, Period};
use casework::case::{Amount, CaseAct};
use casework::id::{CallId, CaseId, CommentId, DeterminationId, EntryId, OrganisationId, PolicyVersionId, UnitId};
use casework::people::Role;
use casework::policy_version::{
    Anchor, Answer, ClauseChange, ClauseStatus, Comment, DutyKind, Issue, Pending, PolicyAct, PolicyLife, PolicyRefusal, PolicyStage, PolicyVersion, Verdict,
    View,
};
use casework::registry::RegistryAct;
use values::Fen;

fn policy() -> PolicyVersionId {
    id(PolicyVersionId::parse, "draft")
}

/// A draft of the policy of the sample place.
fn draft() -> PolicyVersion {
    let (files, official) = policy_files("sample");
    let mut version = PolicyVersion { id: policy(), scheme_hash: String::new(), files, official };
    version.scheme_hash = office::hash_of(&version).expect("the policy compiles");
    version
}

fn why(refusal: Refusal) -> PolicyRefusal {
    match refusal {
        Refusal::Policy(refusal) => refusal,
        other => panic!("another refusal: {other}"),
    }
}

async fn life(d: &District, version: &str) -> PolicyLife {
    d.office.store().begin().await.unwrap().peek(version).await.unwrap().unwrap()
}

async fn comment(d: &District, name: &str) -> Comment {
    d.office.store().begin().await.unwrap().peek(name).await.unwrap().unwrap()
}

fn review(passed: bool) -> Act {
    let (number, conclusion) = ("审查〔2025〕1号".into(), "特定奖励已删除".into());
    Act::Policy(PolicyAct::ReviewCompetition { policy: policy(), number, on: day("2025-04-15"), passed, conclusion })
}

fn legality() -> Act {
    let (number, conclusion) = ("合审〔2025〕1号".into(), "合法".into());
    Act::Policy(PolicyAct::ReviewLegality { policy: policy(), number, on: day("2025-04-15"), passed: true, conclusion })
}

fn publish(effective: &str) -> Act {
    let issue = Issue { number: "云府发〔2025〕8号".into(), on: day("2025-09-25"), effective: day(effective), until: Some(day("2027-12-31")) };
    Act::Policy(PolicyAct::Publish { policy: policy(), issue, replaces: Some(id(PolicyVersionId::parse, "qianjiang-2023")) })
}

/// Units are asked, then the public; comments come in and are answered.
async fn heard(d: &mut District) {
    let units = vec![id(UnitId::parse, "park"), id(UnitId::parse, "taxes")];
    d.ok("drafter", Role::Drafter, Act::Policy(PolicyAct::Consult { policy: policy(), units, period: Period::WorkingDays(5) })).await;
    let reply = |view, words: &str| Act::Policy(PolicyAct::Reply { policy: policy(), view, words: words.into() });
    d.ok("park", Role::UnitReviewer, reply(View::Agrees, "")).await;
    assert_eq!(why(d.refused("farms", Role::UnitReviewer, reply(View::Agrees, "")).await), PolicyRefusal::NotAsked);
    let invite = || Act::Policy(PolicyAct::Invite { policy: policy(), period: Period::Days(30), basis: "涉及经营主体，30日".into() });
    // 2025-03-03 and five working days.
    assert_eq!(why(d.refused("drafter", Role::Drafter, invite()).await), PolicyRefusal::StillOpen { until: day("2025-03-10") });
    d.ok("taxes", Role::UnitReviewer, reply(View::WantsChanges, "第十三条与税收挂钩")).await;
    d.ok("drafter", Role::Drafter, invite()).await;
    d.firm(1).await;
    let say = |name: &str, anchor, words: &str| {
        let (comment, author) = (id(CommentId::parse, name), Some("示例电商1号有限公司".into()));
        Act::Policy(PolicyAct::Comment { comment, policy: policy(), anchor, author, words: words.into() })
    };
    d.ok("firm1", Role::Applicant, say("m1", Anchor::Clause("6".into()), "800平方米太高")).await;
    d.ok("firm1", Role::Applicant, say("m2", Anchor::Sentence("第二十二条 同一企业当年同时符合第六条、第十三条的".into()), "应当可以都享受")).await;
    let nowhere = d.refused("firm1", Role::Applicant, say("m3", Anchor::Sentence("这句话不在文中".into()), "？")).await;
    assert!(matches!(why(nowhere), PolicyRefusal::Anchor { .. }));
    assert!(matches!(why(d.refused("firm1", Role::Applicant, say("m3", Anchor::Clause("99".into()), "？")).await), PolicyRefusal::Anchor { .. }));
    let answer = |name: &str, verdict, reason: &str| Answer { comment: id(CommentId::parse, name), verdict, reason: reason.into() };
    let answers = |answers| Act::Policy(PolicyAct::Answer { policy: policy(), answers });
    // All of a bulk or none of it: the second has no reason.
    let half = vec![answer("m1", Verdict::NotAdopted, "与上级标准一致"), answer("m2", Verdict::AdoptedInPart, " ")];
    d.refused("drafter", Role::Drafter, answers(half)).await;
    assert_eq!(comment(d, "m1").await.draft, None);
    d.ok("drafter", Role::Drafter, answers(vec![answer("m1", Verdict::NotAdopted, "与上级标准一致")])).await;
    assert_eq!(comment(d, "m1").await.answer(), None, "nobody outside sees a draft");
    let release = || Act::Policy(PolicyAct::Release { policy: policy() });
    assert_eq!(why(d.refused("leader", Role::Leader, release()).await), PolicyRefusal::StillOpen { until: day("2025-04-02") });
    d.today = day("2025-04-03");
    assert_eq!(why(d.refused("firm1", Role::Applicant, say("late", Anchor::Whole, "晚了")).await), PolicyRefusal::NotOpen);
    assert_eq!(why(d.refused("leader", Role::Leader, release()).await), PolicyRefusal::Unanswered { comments: 1 });
    d.ok("drafter", Role::Drafter, answers(vec![answer("m2", Verdict::Adopted, "改为可以都享受")])).await;
    d.ok("leader", Role::Leader, release()).await;
    let (first, second) = (comment(d, "m1").await, comment(d, "m2").await);
    assert!(first.answer().is_some() && first.released == second.released, "all answers at one moment");
}

#[tokio::test]
async fn a_version_goes_from_draft_to_force_only_through_every_review_of_the_very_text_that_is_issued() {
    for (name, store) in stores("policy-life").await {
        println!("── {name}");
        let mut d = District::with_policy(store, Fen(2_000_000_000)).await;
        d.ok("drafter", Role::Drafter, Act::Registry(RegistryAct::LoadPolicy { version: draft() })).await;
        heard(&mut d).await;
        // The text changes after the comments; only as a draft, and with another hash.
        let revise = |version: &PolicyVersion| Act::Policy(PolicyAct::Revise { version: version.clone() });
        let mut other = draft();
        other.files[0].1 = other.files[0].1.replace("问「是否已迁出云岭区？」", "问「是否迁出了云岭区？」");
        other.scheme_hash = office::hash_of(&other).expect("the changed policy compiles");
        assert_ne!(other.scheme_hash, draft().scheme_hash);
        assert_eq!(why(d.refused("drafter", Role::Drafter, revise(&other)).await), PolicyRefusal::Stage { stage: PolicyStage::Answered });
        d.today = day("2025-04-15");
        d.ok("reviewer", Role::Reviewer, review(true)).await;
        d.ok("drafter", Role::Drafter, Act::Policy(PolicyAct::Redraft { policy: policy(), reason: "按采纳的意见修改".into() })).await;
        d.ok("drafter", Role::Drafter, revise(&other)).await;
        assert_eq!(life(&d, "draft").await.text(), other.scheme_hash);
        // The review of the old text does not serve the new one.
        assert_eq!(why(d.refused("reviewer", Role::Reviewer, legality()).await), PolicyRefusal::Stage { stage: PolicyStage::Draft });
        d.ok("reviewer", Role::Reviewer, review(false)).await;
        assert_eq!(life(&d, "draft").await.stage, PolicyStage::Draft, "a text that failed goes back to its drafter");
        d.ok("reviewer", Role::Reviewer, review(true)).await;
        d.ok("reviewer", Role::Reviewer, legality()).await;
        d.today = day("2025-09-25");
        let early = d.refused("leader", Role::Leader, publish("2025-11-01")).await;
        assert_eq!(why(early), PolicyRefusal::Stage { stage: PolicyStage::LegalityReviewed });
        let minutes = PolicyAct::Resolve { policy: policy(), minutes: "区政府常务会〔2025〕21号".into(), on: day("2025-09-24") };
        d.ok("leader", Role::Leader, Act::Policy(minutes)).await;
        assert_eq!(why(d.refused("leader", Role::Leader, publish("2025-09-01")).await), PolicyRefusal::Dates);
        d.ok("leader", Role::Leader, publish("2025-11-01")).await;
        // 修订: the version before ends the day this one begins.
        let (before, now) = (life(&d, "qianjiang-2023").await, life(&d, "draft").await);
        assert!(before.in_force(day("2025-10-31")) && !before.in_force(day("2025-11-01")));
        assert!(!now.in_force(day("2025-10-31")) && now.in_force(day("2025-11-01")) && !now.in_force(day("2028-01-01")));
        // Seven working days over the holiday of October.
        assert_eq!(now.duties.iter().map(|duty| duty.due.last).collect::<Vec<_>>(), vec![day("2025-10-11"); 3]);
        let done = |on| Act::Policy(PolicyAct::Done { policy: policy(), duty: DutyKind::Guide, on, document: "申报指南".into() });
        assert_eq!(why(d.refused("clerk", Role::Clerk, done(day("2025-09-26"))).await), PolicyRefusal::Dates);
        d.today = day("2025-10-09");
        d.ok("clerk", Role::Clerk, done(day("2025-10-09"))).await;
        assert_eq!(why(d.refused("clerk", Role::Clerk, done(day("2025-10-09"))).await), PolicyRefusal::NotDue);
        d.ok("leader", Role::Leader, Act::Policy(PolicyAct::Repeal { policy: policy(), on: day("2026-07-01"), instrument: "云府发〔2026〕3号".into() })).await;
        assert!(!life(&d, "draft").await.in_force(day("2026-07-01")));
        d.replays_alike().await;
    }
}

#[tokio::test]
async fn nobody_reviews_what_they_wrote_and_a_call_runs_only_what_is_in_force() {
    for (name, store) in stores("policy-hands").await {
        println!("── {name}");
        let d = District::with_policy(store, Fen(2_000_000_000)).await;
        d.both("chief", &[Role::Drafter, Role::Reviewer, Role::Leader]).await;
        d.ok("chief", Role::Drafter, Act::Registry(RegistryAct::LoadPolicy { version: draft() })).await;
        let waive = Act::Policy(PolicyAct::Waive { policy: policy(), reason: "紧急".into() });
        assert!(matches!(why(d.refused("chief", Role::Leader, waive.clone()).await), PolicyRefusal::FourEyes { .. }));
        let unheard =
            PolicyAct::ReviewCompetition {
                policy: policy(), number: "审查〔2025〕1号".into(), on: day("2025-03-01"), passed: true, conclusion: "符合".into()
            };
        assert!(matches!(why(d.refused("reviewer", Role::Reviewer, Act::Policy(unheard.clone())).await), PolicyRefusal::Stage { .. }));
        d.ok("leader", Role::Leader, waive).await;
        assert!(matches!(why(d.refused("chief", Role::Reviewer, Act::Policy(unheard)).await), PolicyRefusal::FourEyes { .. }));
        let refusal = d.call_refused("c1", "draft", &["6"]).await;
        assert!(matches!(why(refusal), PolicyRefusal::NotInForce { .. }));
    }
}

fn suspend(clause: &str, from: &str, pending: Pending) -> Act {
    let change =
        ClauseChange { clause: clause.into(), status: ClauseStatus::Suspended, from: day(from), instrument: "区府办〔2025〕9号".into(), pending };
    Act::Policy(PolicyAct::SetClause { policy: id(PolicyVersionId::parse, "qianjiang-2023"), change })
}

/// A case of a clause, up to the point where it can be determined.
async fn summarised(d: &District, case: &str, firm: &str, clause: &str) {
    start(d, case, firm, clause).await;
    let case = id(CaseId::parse, case);
    d.ok(firm, Role::Applicant, Act::Case(CaseAct::Submit { case: case.clone(), declaration: None })).await;
    d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Accept { case: case.clone() })).await;
    d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case.clone() })).await;
    let amounts = vec![Amount { clause: clause.into(), amount: Fen(100), reason: Some("核减".into()) }];
    d.ok("reviewer", Role::Reviewer, Act::Case(CaseAct::Summarise { case, amounts })).await;
}

async fn start(d: &District, case: &str, firm: &str, clause: &str) {
    let start = CaseAct::Start {
        case: id(CaseId::parse, case),
        call: id(CallId::parse, "c1"),
        organisation: id(OrganisationId::parse, firm),
        clauses: vec![clause.into()],
        application: example(5, case),
        evidence: Vec::new(),
    };
    d.ok(firm, Role::Applicant, Act::Case(start)).await;
}

fn approve(case: &str) -> Act {
    let (determination, entry) = (id(DeterminationId::parse, &format!("d-{case}")), id(EntryId::parse, &format!("e-{case}")));
    Act::Case(CaseAct::Approve { case: id(CaseId::parse, case), determination, entry })
}

#[tokio::test]
async fn a_suspended_clause_takes_nothing_new_and_pending_cases_go_on_or_stop_as_its_rule_says() {
    for (name, store) in stores("policy-clause").await {
        println!("── {name}");
        let d = District::with_policy(store, Fen(2_000_000_000)).await;
        d.call("c1", &["8.1", "1.1"]).await;
        let firms = [d.firm(1).await, d.firm(2).await, d.firm(3).await];
        summarised(&d, "on", &firms[0], "1.1").await;
        summarised(&d, "stop", &firms[1], "8.1").await;
        start(&d, "draft1", &firms[2], "1.1").await;
        d.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: id(CallId::parse, "c1") })).await;
        d.ok("leader", Role::Leader, Act::Call(CallAct::Share { call: id(CallId::parse, "c1"), entry: id(EntryId::parse, "e-share") })).await;
        let unknown = d.refused("leader", Role::Leader, suspend("99", "2025-03-01", Pending::Stop)).await;
        assert_eq!(why(unknown), PolicyRefusal::UnknownClause { clause: "99".into() });
        d.ok("leader", Role::Leader, suspend("1.1", "2025-03-01", Pending::GoOn)).await;
        d.ok("leader", Role::Leader, suspend("8.1", "2025-03-01", Pending::Stop)).await;
        d.ok("leader", Role::Leader, approve("on")).await;
        let stopped = PolicyRefusal::ClauseNotInForce { clause: "8.1".into(), since: day("2025-03-01"), instrument: "区府办〔2025〕9号".into() };
        assert_eq!(why(d.refused("leader", Role::Leader, approve("stop")).await), stopped);
        // Nothing new: no call, no application.
        assert_eq!(why(d.call_refused("c2", "qianjiang-2023", &["8.1"]).await), stopped);
        let change = ClauseChange {
            clause: "8.1".into(),
            status: ClauseStatus::InForce,
            from: day("2025-03-03"),
            instrument: "区府办〔2025〕12号".into(),
            pending: Pending::GoOn,
        };
        d.ok("leader", Role::Leader, Act::Policy(PolicyAct::SetClause { policy: id(PolicyVersionId::parse, "qianjiang-2023"), change })).await;
        d.ok("leader", Role::Leader, approve("stop")).await;
        d.replays_alike().await;
    }
}

#[tokio::test]
async fn an_application_under_a_clause_suspended_while_the_call_is_open_is_refused() {
    for (name, store) in stores("policy-submit").await {
        println!("── {name}");
        let d = District::with_policy(store, Fen(2_000_000_000)).await;
        d.call("c1", &["8.1"]).await;
        let firm = d.firm(1).await;
        start(&d, "case1", &firm, "8.1").await;
        d.ok("leader", Role::Leader, suspend("8.1", "2025-03-03", Pending::GoOn)).await;
        let submit = Act::Case(CaseAct::Submit { case: id(CaseId::parse, "case1"), declaration: None });
        assert!(matches!(why(d.refused(&firm, Role::Applicant, submit).await), PolicyRefusal::ClauseNotInForce { .. }));
    }
}

#[tokio::test]
async fn a_version_is_the_unit_s_that_drafted_it_and_ends_none_of_another() {
    for (name, store) in stores("policy-lead").await {
        println!("── {name}");
        let d = District::with_policy(store, Fen(2_000_000_000)).await;
        for (who, role) in [("park-drafter", Role::Drafter), ("park-leader", Role::Leader)] {
            let user = user(who, Some("park"), None, role);
            d.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user })).await;
        }
        d.ok("park-drafter", Role::Drafter, Act::Registry(RegistryAct::LoadPolicy { version: draft() })).await;
        assert_eq!(life(&d, "draft").await.lead, id(UnitId::parse, "park"));
        let before = life(&d, "qianjiang-2023").await;
        for (role, act) in casework::policy_version::course_on_paper(&policy(), "云府发〔2025〕8号", day("2025-03-01"), day("2025-03-01")) {
            if role == Role::Leader {
                assert_eq!(d.refused("leader", role, Act::Policy(act.clone())).await, Refusal::Denied, "{act:?}");
            }
            if let PolicyAct::Publish { issue, .. } = &act {
                let replaces = Some(id(PolicyVersionId::parse, "qianjiang-2023"));
                let replacing = PolicyAct::Publish { policy: policy(), issue: issue.clone(), replaces };
                assert_eq!(d.refused("park-leader", role, Act::Policy(replacing)).await, Refusal::Denied);
            }
            d.ok(if role == Role::Leader { "park-leader" } else { "reviewer" }, role, Act::Policy(act)).await;
        }
        let repeal = PolicyAct::Repeal { policy: before.id.clone(), on: day("2026-07-01"), instrument: "云府发〔2026〕3号".into() };
        assert_eq!(d.refused("park-leader", Role::Leader, Act::Policy(repeal)).await, Refusal::Denied);
        assert_eq!(life(&d, "qianjiang-2023").await, before, "another unit changed it");
    }
}
