//! Ways around the access table that must not be there: people who are not, are not any more, or are too close; rights that
//! somebody would give themselves; answers that betray what one may not know.

use super::expected::Who;
use super::ground::{Ground, THERE};
use super::{Answer, answer, expected, names, samples};
use crate::district::{District, day, id, stores, user};
use casework::call::CallAct;
use casework::case::{CaseAct, CaseRefusal};
use casework::id::{CallId, CaseId, LinkId, OrganisationId, UnitId, UserId};
use casework::people::{Link, LinkKind, PeopleRefusal, Role, User};
use casework::registry::RegistryAct;
use casework::{Act, Refusal};
use office::{Outcome, Stop};
use store::Store;
use values::Fen;

fn put(user: User) -> Act {
    Act::Registry(RegistryAct::PutUser { user })
}

fn confirm(name: &str) -> Act {
    Act::Registry(RegistryAct::ConfirmUser { user: id(UserId::parse, name) })
}

#[tokio::test]
async fn who_is_unknown_inactive_or_without_the_role_is_denied_every_act() {
    let ground = Ground::laid().await;
    let mut nobody = user("gone", Some("commerce"), None, Role::Clerk);
    nobody.roles = Role::ALL.into_iter().filter(|role| ![Role::Applicant, Role::Administrator, Role::Auditor, Role::Service].contains(role)).collect();
    nobody.active = false;
    ground.district.ok("admin", Role::Administrator, put(nobody)).await;
    for act in samples::samples() {
        for role in Role::ALL {
            for who in ["gone", "never-entered"] {
                assert_eq!(answer(&ground, who, role, &act).await, Answer::Denied, "{} by {who} as {}", act.name(), role.name());
            }
            // Each officer has one role, and tries all others.
            for other in Role::ALL.into_iter().filter(|other| *other != role && *other != Role::Applicant) {
                let who = ground.person(other, Who::Lead);
                assert_eq!(answer(&ground, &who, role, &act).await, Answer::Denied, "{} by {who} as {}", act.name(), role.name());
            }
        }
    }
}

/// Officers who may do an act to firm 1 do not, once they are linked to it.
async fn all_recused(ground: &Ground, names_of: &str) {
    // Whoever knows of something may say so, linked or not.
    for act in names().into_iter().filter(|act| act.starts_with(names_of) && *act != "recovery.note") {
        let sample = samples::samples().into_iter().find(|sample| sample.name() == act).unwrap();
        for role in Role::ALL.into_iter().filter(|role| *role != Role::Applicant) {
            for who in Who::of(role).into_iter().filter(|who| expected(act).answer(role, *who) == Answer::Passed) {
                let refusal = ground.district.refused(&ground.person(role, who), role, sample.clone()).await;
                let recused = refusal.to_string().contains("must keep away");
                assert!(recused, "{act} by {} of {}: {refusal}", role.name(), who.name());
            }
        }
    }
}

#[tokio::test]
async fn who_is_linked_to_the_applicant_keeps_away_from_every_act_on_its_cases() {
    let ground = Ground::laid().await;
    let roles: Vec<Role> = Role::ALL.into_iter().filter(|role| *role != Role::Applicant).collect();
    for (number, name) in roles.iter().flat_map(|role| Who::of(*role).into_iter().map(|who| ground.person(*role, who))).enumerate() {
        let link = Link {
            id: id(LinkId::parse, &format!("link-{number}")),
            user: id(UserId::parse, &name),
            organisation: id(OrganisationId::parse, "firm1"),
            kind: LinkKind::FormerEmployer,
            source: "干部人事档案".into(),
            evidence: None,
            from: day("2025-01-01"),
            until: None,
        };
        ground.district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutLink { link })).await;
    }
    all_recused(&ground, "case.").await;
    all_recused(&ground, "matching.").await;
    all_recused(&ground, "recovery.").await;
    all_recused(&ground, "recognition.").await;
}

#[tokio::test]
async fn a_link_that_a_person_declared_counts_as_much_as_an_entered_one() {
    let ground = Ground::laid().await;
    let mut reviewer = user("reviewer-lead", Some("commerce"), None, Role::Reviewer);
    reviewer.links = vec![id(OrganisationId::parse, "firm1")];
    ground.district.ok("admin", Role::Administrator, put(reviewer.clone())).await;
    let act = samples::samples().into_iter().find(|act| act.name() == "case.summarise").unwrap();
    let refusal = ground.district.refused("reviewer-lead", Role::Reviewer, act).await;
    assert_eq!(refusal, Refusal::Case(CaseRefusal::Recused));
    // Taking the link away again gives back a right: one administrator is not enough.
    reviewer.links.clear();
    assert_eq!(ground.district.ok("admin", Role::Administrator, put(reviewer)).await, Outcome::Proposed);
}

#[tokio::test]
async fn an_applicant_who_changes_the_enterprise_leaves_its_cases_behind() {
    let ground = Ground::laid().await;
    let submit = Act::Case(CaseAct::Submit { case: id(CaseId::parse, "draft"), declaration: None });
    ground.district.ok("admin", Role::Administrator, put(user("firm1", None, Some("firm2"), Role::Applicant))).await;
    assert_eq!(answer(&ground, "firm1", Role::Applicant, &submit).await, Answer::NotFound);
    ground.district.ok("admin", Role::Administrator, put(user("firm2", None, Some("firm1"), Role::Applicant))).await;
    assert_eq!(answer(&ground, "firm2", Role::Applicant, &submit).await, Answer::Passed);
}

#[tokio::test]
async fn what_is_anothers_and_what_is_not_there_answer_alike() {
    let ground = Ground::laid().await;
    let hidden: Vec<&str> = THERE.iter().filter(|(what, _)| !["call", "organisation"].contains(what)).map(|(_, id)| *id).collect();
    // Every id of a thing that may not be known of, as one that nobody ever used.
    let elsewhere = |text: String| hidden.iter().fold(text, |text, id| text.replace(&format!("\"{id}\""), &format!("\"{id}-x\"")));
    for act in names().into_iter().filter(|act| expected(act).answer(Role::Applicant, Who::Foreign) == Answer::NotFound) {
        let sample = samples::samples().into_iter().find(|sample| sample.name() == act).unwrap();
        let none: Act = serde_json::from_str(&elsewhere(serde_json::to_string(&sample).unwrap())).unwrap();
        let foreign = ground.district.refused("firm2", Role::Applicant, sample).await;
        let none = ground.district.refused("firm2", Role::Applicant, none).await;
        let bare = |refusal: &Refusal| refusal.to_string().replace("-x", "");
        assert_eq!(bare(&foreign), bare(&none), "{act} betrays what is there");
    }
}

#[tokio::test]
async fn a_call_in_preparation_does_not_exist_for_applicants() {
    let ground = Ground::laid().await;
    ground.district.ok("clerk", Role::Clerk, Act::Call(CallAct::Prepare { call: District::call_for("secret", &["1.1"]) })).await;
    let start = |call: &str| {
        Act::Case(CaseAct::Start {
            case: id(CaseId::parse, "early"),
            call: id(CallId::parse, call),
            organisation: id(OrganisationId::parse, "firm1"),
            clauses: vec!["1.1".into()],
            application: crate::district::example(5, "early"),
            evidence: Vec::new(),
        })
    };
    let secret = ground.district.refused("firm1", Role::Applicant, start("secret")).await;
    let none = ground.district.refused("firm1", Role::Applicant, start("nope")).await;
    assert_eq!(secret.to_string().replace("secret", "nope"), none.to_string());
}

#[tokio::test]
async fn one_person_in_several_roles_is_still_one_pair_of_eyes() {
    let ground = Ground::laid().await;
    let mut all = user("all-in-one", Some("commerce"), None, Role::Clerk);
    all.roles = vec![Role::Clerk, Role::Reviewer, Role::Leader];
    assert_eq!(ground.district.ok("admin", Role::Administrator, put(all)).await, Outcome::Proposed);
    ground.district.ok("leader", Role::Leader, confirm("all-in-one")).await;
    let case = || id(CaseId::parse, "case1");
    ground.district.ok("all-in-one", Role::Clerk, Act::Case(CaseAct::Accept { case: case() })).await;
    ground.district.ok("all-in-one", Role::Clerk, Act::Case(CaseAct::Screen { case: case() })).await;
    let act = samples::samples().into_iter().find(|act| act.name() == "case.summarise").unwrap();
    let refusal = ground.district.refused("all-in-one", Role::Reviewer, act).await;
    assert!(matches!(refusal, Refusal::Case(CaseRefusal::FourEyes { .. })), "{refusal}");
}

#[tokio::test]
async fn nobody_changes_what_they_may_do_themselves() {
    let ground = Ground::laid().await;
    let mut me = user("administrator-lead", Some("commerce"), None, Role::Finance);
    let oneself = Refusal::People(PeopleRefusal::Oneself);
    assert_eq!(ground.district.refused("administrator-lead", Role::Administrator, put(me.clone())).await, oneself);
    // Another proposes it: the person concerned does not confirm it either.
    me.roles = vec![Role::Administrator];
    me.unit = Some(id(UnitId::parse, "audit"));
    assert_eq!(ground.district.ok("admin", Role::Administrator, put(me)).await, Outcome::Proposed);
    assert_eq!(ground.district.refused("administrator-lead", Role::Administrator, confirm("administrator-lead")).await, oneself);
}

#[tokio::test]
async fn more_rights_need_two_persons_and_fewer_need_one() {
    for (name, store) in stores("rights").await {
        println!("── {name}");
        let district = District::founded(store).await;
        let refused = |who: &'static str, act| district.refused(who, Role::Administrator, act);
        district.ok("admin", Role::Administrator, put(user("second", None, None, Role::Administrator))).await;
        let newcomer = user("newcomer", Some("commerce"), None, Role::Finance);
        assert_eq!(district.ok("admin", Role::Administrator, put(newcomer.clone())).await, Outcome::Proposed);
        // Not yet in force, and not confirmed by who proposed it.
        let open = Act::Budget(casework::budget::BudgetAct::OpenFund { book: id(casework::id::BookId::parse, "f"), year: 2025, source: "x".into() });
        assert_eq!(district.refused("newcomer", Role::Finance, open.clone()).await, Refusal::Denied);
        assert_eq!(refused("admin", confirm("newcomer")).await, Refusal::People(PeopleRefusal::FourEyes));
        district.ok("second", Role::Administrator, confirm("newcomer")).await;
        district.ok("newcomer", Role::Finance, open).await;
        assert_eq!(refused("second", confirm("newcomer")).await, Refusal::People(PeopleRefusal::NothingProposed));
        // Taking away is at once, and what was proposed on the old state does not count any more.
        let mut leader = newcomer.clone();
        leader.roles = vec![Role::Finance, Role::Leader];
        assert_eq!(district.ok("second", Role::Administrator, put(leader)).await, Outcome::Proposed);
        let mut inactive = newcomer;
        inactive.active = false;
        assert_eq!(district.ok("admin", Role::Administrator, put(inactive)).await, Outcome::Done);
        assert_eq!(refused("admin", confirm("newcomer")).await, Refusal::People(PeopleRefusal::Stale));
    }
}

#[tokio::test]
async fn taking_the_second_administrator_away_does_not_bring_the_founding_back() {
    let district = District::founded(Store::memory()).await;
    let mut second = user("second", None, None, Role::Administrator);
    district.ok("admin", Role::Administrator, put(second.clone())).await;
    second.active = false;
    assert_eq!(district.ok("admin", Role::Administrator, put(second)).await, Outcome::Done);
    assert_eq!(district.ok("admin", Role::Administrator, put(user("puppet", Some("commerce"), None, Role::Leader))).await, Outcome::Proposed);
    assert_eq!(district.refused("admin", Role::Administrator, confirm("puppet")).await, Refusal::People(PeopleRefusal::FourEyes));
    // A leader who is there can.
    district.ok("leader", Role::Leader, confirm("puppet")).await;
}

#[tokio::test]
async fn whoever_was_shut_out_is_let_in_again_by_two_an_applicant_too() {
    let district = District::founded(Store::memory()).await;
    district.ok("admin", Role::Administrator, put(user("second", None, None, Role::Administrator))).await;
    district.firm(1).await;
    let applicant = |active| User { active, ..user("boss1", None, Some("firm1"), Role::Applicant) };
    assert_eq!(district.ok("admin", Role::Administrator, put(applicant(true))).await, Outcome::Done, "an account is opened by one");
    assert_eq!(district.ok("admin", Role::Administrator, put(applicant(false))).await, Outcome::Done, "and closed by one");
    assert_eq!(district.ok("admin", Role::Administrator, put(applicant(true))).await, Outcome::Proposed);
    assert_eq!(district.refused("admin", Role::Administrator, confirm("boss1")).await, Refusal::People(PeopleRefusal::FourEyes));
    district.ok("second", Role::Administrator, confirm("boss1")).await;
}

#[tokio::test]
async fn roles_that_do_not_go_together_are_refused() {
    let district = District::founded(Store::memory()).await;
    for role in [Role::Administrator, Role::Auditor, Role::Applicant, Role::Service] {
        let mut both = user("both", Some("commerce"), None, Role::Leader);
        both.roles.push(role);
        let refusal = district.refused("admin", Role::Administrator, put(both)).await;
        assert_eq!(refusal, Refusal::People(PeopleRefusal::Incompatible { role }));
    }
    // An officer acts for no enterprise, an applicant for no unit.
    district.firm(1).await;
    for (unit, organisation, role) in
        [(Some("commerce"), Some("firm1"), Role::Clerk), (Some("commerce"), Some("firm1"), Role::Applicant), (None, None, Role::Applicant)]
    {
        let refusal = district.refused("admin", Role::Administrator, put(user("both", unit, organisation, role))).await;
        assert_eq!(refusal, Refusal::People(PeopleRefusal::Place));
    }
}

#[tokio::test]
async fn a_request_is_not_answered_again_to_who_may_not_ask_any_more() {
    let district = District::with_policy(Store::memory(), Fen(1)).await;
    district.firm(1).await;
    district.call("c1", &["8.1", "1.1"]).await;
    let act = Act::Case(CaseAct::Start {
        case: id(CaseId::parse, "case1"),
        call: id(CallId::parse, "c1"),
        organisation: id(OrganisationId::parse, "firm1"),
        clauses: vec!["1.1".into()],
        application: crate::district::example(5, "case1"),
        evidence: Vec::new(),
    });
    let context = district.context("firm1", Role::Applicant);
    district.office.perform(&context, &act).await.unwrap();
    assert_eq!(district.office.perform(&context, &act).await.unwrap(), Outcome::Done);
    let mut gone = user("firm1", None, Some("firm1"), Role::Applicant);
    gone.active = false;
    district.ok("admin", Role::Administrator, put(gone)).await;
    assert!(matches!(district.office.perform(&context, &act).await, Err(Stop::Refused(Refusal::Denied))));
    // Somebody else who guesses the request learns nothing from it.
    let mut other = district.context("clerk", Role::Clerk);
    other.request = context.request.clone();
    assert!(matches!(district.office.perform(&other, &act).await, Err(Stop::Refused(Refusal::Denied))));
}
