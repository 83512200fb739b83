//! What is forgotten, when, and that everything that was decided is as provable afterwards as before: on every store.

use crate::access::ground::{pay_first, start};
use crate::district::{District, day, id, stores, user};
use crate::paid::paid;
use crate::sound::everything;
use casework::Act;
use casework::call::CallAct;
use casework::case::{Case, CaseAct, Evidence, Stage};
use casework::chain::{Fingerprint, withdrawn};
use casework::id::{CallId, CaseId, OrganisationId, UserId};
use casework::organisation::{AccountEntry, Organisation, Snapshot};
use casework::payment::Due;
use casework::people::{Role, User};
use casework::refusal::Refusal;
use casework::registry::RegistryAct;
use casework::retention::{FORGOTTEN, OldContacts, RetentionAct, RetentionRefusal};
use office::checkpoint::Signed;
use office::verify::{self, Finding, Options, Report};
use office::{Outcome, bundle};
use serde_json::json;
use store::Store;
use values::{Fen, Moment, WorkCalendar};

fn read(act: serde_json::Value) -> Act {
    serde_json::from_value(act).unwrap()
}

fn nobody() -> Signed<std::io::Empty> {
    Signed::new(Vec::new()).unwrap()
}

/// Everything a store can be asked about itself: chain, records, determinations, and the log done again.
async fn verified(store: &Store) -> Report {
    let mut report = verify::store(store, &mut nobody(), Options { determinations: true, ..Options::default() }).await.unwrap();
    verify::replay(store, WorkCalendar::china(), &mut report).await.unwrap();
    assert!(report.is_good(), "{report:?}");
    assert_eq!(report.replayed, report.events, "every act was done again");
    report
}

async fn bundle_holds(store: &Store, case: &str, today: values::Date) {
    let mut work = store.begin().await.unwrap();
    let files = bundle::write(&mut work, &id(CaseId::parse, case), Moment::start_of(today), None).await.unwrap().unwrap();
    let report = bundle::check(&files, &mut nobody(), Options { determinations: true, ..Options::default() }).unwrap();
    assert!(report.is_good() && report.determinations > 0, "{report:?}");
}

fn empty(case: &str) -> Act {
    Act::Retention(RetentionAct::EmptyDraft { case: id(CaseId::parse, case) })
}

async fn set_periods(district: &District) {
    let act = RetentionAct::SetPeriods { drafts_days: 90, contacts_years: 10, basis: "会计档案管理办法第十四条；区档案处置规定".into() };
    district.ok("admin", Role::Administrator, Act::Retention(act)).await;
}

fn refusal(refused: Refusal) -> RetentionRefusal {
    match refused {
        Refusal::Retention(why) => why,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_draft_that_was_never_handed_in_is_emptied_and_its_words_leave_the_log() {
    for (name, store) in stores("retention-draft").await {
        println!("── {name}");
        let mut district = District::with_policy(store.clone(), Fen(2_000_000_000)).await;
        district.firm(1).await;
        pay_first(&mut district).await;
        district.today = day("2025-03-28");
        district.call("c2", &["8.1", "1.1", "1.2"]).await;
        start(&district, "draft", "c2").await;
        let telling = "张三的身份证";
        let paper = Evidence { name: telling.into(), digest: Fingerprint::of(telling.as_bytes()), facts: Vec::new() };
        let attach = || Act::Case(CaseAct::Attach { case: id(CaseId::parse, "draft"), evidence: paper.clone() });
        let context = district.context("firm1", Role::Applicant);
        district.office.perform(&context, &attach()).await.unwrap();
        start(&district, "taken-back", "c2").await;
        district.ok("firm1", Role::Applicant, Act::Case(CaseAct::Withdraw { case: id(CaseId::parse, "taken-back") })).await;

        let refused = async |district: &District, case: &str| refusal(district.refused("leader", Role::Leader, empty(case)).await);
        assert_eq!(refused(&district, "draft").await, RetentionRefusal::NoPeriods);
        set_periods(&district).await;
        assert!(matches!(refused(&district, "draft").await, RetentionRefusal::Running { what: "call", .. }));
        assert!(matches!(refused(&district, "paid").await, RetentionRefusal::HandedIn { .. }));
        district.ok("leader", Role::Leader, Act::Call(CallAct::Close { call: id(CallId::parse, "c2") })).await;
        district.today = day("2025-06-29");
        assert_eq!(refused(&district, "draft").await, RetentionRefusal::TooEarly { until: day("2025-06-29") });
        assert_eq!(district.office.old_drafts(&store, district.today, None).await.unwrap(), []);
        district.today = day("2025-06-30");
        let old: Vec<String> = district.office.old_drafts(&store, district.today, None).await.unwrap().into_iter().map(|old| old.case.to_string()).collect();
        assert_eq!(old, ["draft", "taken-back"]);
        let of = id(casework::id::UnitId::parse, "park");
        assert_eq!(district.office.old_drafts(&store, district.today, Some(&of)).await.unwrap(), [], "of another unit");
        let before = verified(&store).await;

        for case in ["draft", "taken-back"] {
            assert_eq!(district.ok("leader", Role::Leader, empty(case)).await, Outcome::Done);
        }
        assert_eq!(district.office.old_drafts(&store, district.today, None).await.unwrap(), []);
        let kept: Case = district.kept("draft").await;
        assert_eq!((kept.stage, &kept.application, kept.evidence.len(), kept.claims.len()), (Stage::Withdrawn, &json!({}), 0, 0));
        let all = everything(&store).await;
        let telling_still: Vec<&String> = all.iter().filter(|(_, body)| body.contains(telling)).map(|(at, _)| at).collect();
        assert_eq!(telling_still, Vec::<&String>::new());

        let after = verified(&store).await;
        assert_eq!((before.withdrawn, after.withdrawn, after.events), (0, 3, before.events + 2));
        bundle_holds(&store, "paid", district.today).await;
        // Whoever asks the same again is answered as before; with other words it is another request.
        assert_eq!(district.office.perform(&context, &attach()).await.unwrap(), Outcome::Done);
        let other = Act::Case(CaseAct::Attach { case: id(CaseId::parse, "draft"), evidence: Evidence { name: "another".into(), ..paper.clone() } });
        assert!(district.office.perform(&context, &other).await.is_err());
        words_that_nobody_took_out_are_missed(&store).await;
        and_the_database_lets_no_others_go(&store).await;
    }
}

/// In a log as a file: of another application, and of an act whose words never go.
async fn words_that_nobody_took_out_are_missed(store: &Store) {
    let mut file = Vec::new();
    verify::export(store, &mut file).await.unwrap();
    let good = String::from_utf8(file).unwrap();
    let check = |text: &str| verify::file(text.as_bytes(), &mut nobody(), Options::default()).unwrap();
    let report = check(&good);
    assert!(report.is_good() && report.withdrawn == 3, "{report:?}");
    for (act, subject) in [("case.start", "paid"), ("registry.put_user", "firm1")] {
        let mut place = 0;
        let forged: Vec<String> = good
            .lines()
            .map(|line| {
                let mut event: serde_json::Value = serde_json::from_str(line).unwrap();
                if event["act"] == act && event["subject"] == subject {
                    event["input"] = withdrawn::in_place_of(event["input"].as_str().unwrap()).into();
                    place = event["seq"].as_i64().unwrap();
                }
                event.to_string()
            })
            .collect();
        assert_eq!(check(&forged.join("\n")).findings, [Finding::Withdrawn { position: place }], "the chain holds, and yet it is found");
    }
}

async fn and_the_database_lets_no_others_go(store: &Store) {
    let Some(pool) = store.pool() else { return };
    let gone = withdrawn::in_place_of("x");
    for change in [
        format!("UPDATE event SET input = '{gone}' WHERE act = 'registry.put_user'"),
        format!("UPDATE event SET input = '{gone}' WHERE act = 'case.start' AND input LIKE '%withdrawn%'"),
        "UPDATE event SET input = '{}' WHERE act = 'case.start'".to_owned(),
        format!("UPDATE event SET input = '{gone}', subject = 'x' WHERE act = 'case.start' AND subject = 'paid'"),
        "UPDATE event SET outcome = '' WHERE act = 'case.start'".to_owned(),
        "DELETE FROM event WHERE act = 'case.start'".to_owned(),
    ] {
        let done = sqlx::query(sqlx::AssertSqlSafe(change.clone())).execute(pool).await;
        assert!(done.is_err_and(|why| why.to_string().contains("never changed")), "{change}");
    }
}

#[tokio::test]
async fn contacts_of_an_enterprise_are_forgotten_ten_years_after_its_last_year_and_what_was_paid_stays_provable() {
    for (name, store) in stores("retention-contacts").await {
        println!("── {name}");
        let mut district = paid(store.clone()).await;
        set_periods(&district).await;
        let firm = || id(OrganisationId::parse, "firm1");
        let forget = |people: &[&str]| {
            let people = people.iter().map(|user| id(UserId::parse, user)).collect();
            Act::Retention(RetentionAct::ForgetContacts { organisation: firm(), people })
        };
        let refused = async |district: &District, people: &[&str]| refusal(district.refused("admin", Role::Administrator, forget(people)).await);
        assert!(matches!(refused(&district, &["firm1"]).await, RetentionRefusal::Running { what: "case_file", .. }), "it is being paid");
        let dues: Vec<Due> = store.begin().await.unwrap().list("case_id", &"case1".into()).await.unwrap();
        let arrived = |(number, due): (usize, &Due)| json!({"receipt": format!("bank-{number}"), "due": due.id, "on": "2025-05-01", "returned": null});
        let reports: Vec<_> = dues.iter().enumerate().map(arrived).collect();
        district.ok("finance", Role::Finance, read(json!({"payment": {"report": {"batch": "b1", "reports": reports, "entry": "e-r1"}}}))).await;
        district.ok("clerk", Role::Clerk, Act::Case(CaseAct::Archive { case: id(CaseId::parse, "case1") })).await;

        assert_eq!(refused(&district, &["firm1"]).await, RetentionRefusal::TooEarly { until: day("2035-12-31") });
        district.today = day("2036-01-01");
        assert!(matches!(refused(&district, &["firm1"]).await, RetentionRefusal::Active { .. }));
        let (old, next) = district.office.old_contacts(&store, district.today, "", 100).await.unwrap();
        let expected = OldContacts { organisation: firm(), until: day("2035-12-31"), people: Vec::new(), active: vec![id(UserId::parse, "firm1")] };
        assert_eq!((old, next), (vec![expected], None));
        let gone = User { active: false, ..user("firm1", None, Some("firm1"), Role::Applicant) };
        district.ok("admin", Role::Administrator, Act::Registry(RegistryAct::PutUser { user: gone })).await;
        assert!(matches!(refused(&district, &["clerk"]).await, RetentionRefusal::NotTheirs { .. }), "an officer is none of theirs");
        let before: Snapshot = district.kept("d1").await;
        // The register, one account, one person.
        assert_eq!(district.ok("admin", Role::Administrator, forget(&["firm1"])).await, Outcome::Count(3));
        assert_eq!(refused(&district, &["firm1"]).await, RetentionRefusal::NothingLeft);
        assert_eq!(district.office.old_contacts(&store, district.today, "", 100).await.unwrap().0, []);

        let organisation: Organisation = district.kept("firm1").await;
        assert!(organisation.account.is_none() && organisation.name.contains("示例电商1号"), "names and codes are in the public register");
        assert_eq!(district.kept::<AccountEntry>("firm1:1").await.account.number, FORGOTTEN);
        let verify = Act::Registry(RegistryAct::VerifyAccount { entry: id(casework::id::AccountId::parse, "firm1:1") });
        assert!(matches!(district.refused("finance", Role::Finance, verify).await, Refusal::Unknown { .. }), "what was forgotten becomes no account again");
        assert_eq!(district.kept::<User>("firm1").await.name, FORGOTTEN);
        assert_eq!(district.kept::<Snapshot>("d1").await, before, "where the money went is proven by what was frozen");
        let report = verified(&store).await;
        assert_eq!((report.withdrawn, report.determinations), (0, 1));
        bundle_holds(&store, "case1", district.today).await;
    }
}
