//! The register: what may be entered, who verifies it, and that nothing decided changes with it.

use crate::access::ground::pay_first;
use crate::district::{District, day, id, policy_files, stores, user};
use casework::chain::{Effect, Fingerprint};
use casework::determination::Determination;
use casework::id::{AccountId, LinkId, OrganisationId, PolicyVersionId, ShopId, UserId};
use casework::notice::Notice;
use casework::organisation::{Account, Changed, FormerName, Organisation, OrganisationRefusal, Shop};
use casework::payment::Batch;
use casework::people::{Link, LinkKind, Role};
use casework::policy_version::PolicyVersion;
use casework::registry::RegistryAct;
use casework::{Act, Key, Record, Refusal};
use office::Office;
use store::{Store, Work};
use values::{CreditCode, Fen, WorkCalendar};

fn registry(act: RegistryAct) -> Act {
    Act::Registry(act)
}

fn put(organisation: Organisation) -> Act {
    registry(RegistryAct::PutOrganisation { organisation: organisation.into() })
}

fn new_account(entry: &str, from: &str) -> Act {
    registry(RegistryAct::PutAccount {
        entry: id(AccountId::parse, entry),
        organisation: id(OrganisationId::parse, "firm1"),
        account: Account { holder: "示例电商1号有限公司".into(), number: "62009999".into(), bank: "另一银行".into() },
        from: day(from),
        source: "账户变更申请表〔2025〕3号".into(),
    })
}

fn verify(entry: &str) -> Act {
    registry(RegistryAct::VerifyAccount { entry: id(AccountId::parse, entry) })
}

async fn organisation(district: &District, name: &str) -> Organisation {
    district.office.store().begin().await.unwrap().peek(name).await.unwrap().unwrap()
}

/// A code with one wrong character at its end, and the right one.
fn wrong_code() -> (String, char) {
    let right = CreditCode::with_check_digit("91500114000000042").unwrap();
    let expected = right.as_str().chars().last().unwrap();
    let wrong = if expected == '0' { '1' } else { '0' };
    (format!("{}{wrong}", &right.as_str()[..17]), expected)
}

#[tokio::test]
async fn a_credit_code_with_a_wrong_structure_is_refused_and_a_wrong_check_character_needs_evidence() {
    for (name, store) in stores("codes").await {
        println!("── {name}");
        let district = District::founded(store).await;
        let with = |code: &str| put(Organisation { credit_code: code.to_owned(), ..District::firm_for(1) });
        let refusal = district.refused("clerk", Role::Clerk, with("91500114MA8XQJ05")).await;
        assert!(matches!(refusal, Refusal::Organisation(OrganisationRefusal::Code { .. })), "{refusal}");
        // The letter O is in no code.
        let refusal = district.refused("clerk", Role::Clerk, with("9150O114MA8XQJ056N")).await;
        assert!(matches!(refusal, Refusal::Organisation(OrganisationRefusal::Code { .. })), "{refusal}");
        let (wrong, expected) = wrong_code();
        let warned = district.refused("clerk", Role::Clerk, with(&wrong)).await;
        assert_eq!(warned, Refusal::Organisation(OrganisationRefusal::CheckDigit { code: wrong.clone(), expected }));
        let admit = |code: &str, reason: &str| {
            registry(RegistryAct::AdmitCode { credit_code: code.to_owned(), evidence: Fingerprint::of(b"licence"), reason: reason.to_owned() })
        };
        let refusal = district.refused("clerk", Role::Clerk, admit(&wrong, " ")).await;
        assert_eq!(refusal, Refusal::Organisation(OrganisationRefusal::NoSource));
        let right = District::firm_for(1).credit_code;
        let refusal = district.refused("clerk", Role::Clerk, admit(&right, "营业执照副本")).await;
        assert_eq!(refusal, Refusal::Organisation(OrganisationRefusal::NothingToAdmit { code: right }));
        district.ok("clerk", Role::Clerk, admit(&wrong, "营业执照副本")).await;
        district.ok("clerk", Role::Clerk, with(&wrong.to_lowercase())).await;
        assert_eq!(organisation(&district, "firm1").await.credit_code, wrong);
    }
}

#[tokio::test]
async fn two_organisations_do_not_have_one_credit_code() {
    for (name, store) in stores("one-code").await {
        println!("── {name}");
        let district = District::founded(store).await;
        district.firm(1).await;
        let second = Organisation { credit_code: District::firm_for(1).credit_code, ..District::firm_for(2) };
        let refusal = district.refused("clerk", Role::Clerk, put(second)).await;
        assert_eq!(refusal, Refusal::Exists { what: "organisation", id: "firm1".into() });
    }
}

#[tokio::test]
async fn an_account_counts_once_another_person_has_verified_it() {
    for (name, store) in stores("accounts").await {
        println!("── {name}");
        let mut district = District::founded(store).await;
        district.firm(1).await;
        let before = organisation(&district, "firm1").await.account;
        // Not on the way, with a changed name.
        let mut changed = District::firm_for(1);
        changed.account = Some(Account { number: "6299".into(), ..before.clone().unwrap() });
        assert_eq!(district.refused("clerk", Role::Clerk, put(changed)).await, Refusal::Organisation(OrganisationRefusal::Account));
        let mut both = user("both", Some("commerce"), None, Role::Clerk);
        both.roles.push(Role::Reviewer);
        district.ok("admin", Role::Administrator, registry(RegistryAct::PutUser { user: both })).await;
        district.ok("both", Role::Clerk, new_account("a1", "2025-04-01")).await;
        assert_eq!(district.refused("both", Role::Reviewer, verify("a1")).await, Refusal::Organisation(OrganisationRefusal::FourEyes));
        let early = district.refused("finance", Role::Finance, verify("a1")).await;
        assert_eq!(early, Refusal::Organisation(OrganisationRefusal::NotYet { from: day("2025-04-01") }));
        assert_eq!(organisation(&district, "firm1").await.account, before);
        district.today = day("2025-04-01");
        district.ok("finance", Role::Finance, verify("a1")).await;
        assert_eq!(organisation(&district, "firm1").await.account.unwrap().number, "62009999");
        // Taken away it stops payment; given back it is a change like any other.
        let with = |account| put(Organisation { account, ..District::firm_for(1) });
        district.ok("clerk", Role::Clerk, with(None)).await;
        assert_eq!(district.refused("clerk", Role::Clerk, with(before)).await, Refusal::Organisation(OrganisationRefusal::Account));
        assert_eq!(district.refused("finance", Role::Finance, verify("a1")).await, Refusal::Organisation(OrganisationRefusal::Verified));
        // The enterprise hears of it, whoever asked for it.
        let about: Vec<String> = district.office.waiting().await.unwrap().into_iter().map(|message| format!("{:?} {}", message.topic, message.about)).collect();
        let first = about.iter().filter(|line| line.ends_with("firm1:1"));
        assert_eq!(first.collect::<Vec<_>>(), ["AccountEntered firm1:1", "AccountVerified firm1:1"]);
        let second = about.iter().filter(|line| line.ends_with("a1"));
        assert_eq!(second.collect::<Vec<_>>(), ["AccountEntered a1", "AccountVerified a1"]);
    }
}

#[tokio::test]
async fn a_former_name_is_kept_with_the_code_it_went_with() {
    for (name, store) in stores("names").await {
        println!("── {name}");
        let district = District::founded(store).await;
        district.firm(1).await;
        for new in ["示例数字科技有限公司", "示例数智集团有限公司"] {
            district.ok("clerk", Role::Clerk, put(Organisation { name: new.into(), ..District::firm_for(1) })).await;
        }
        let mut work = district.office.store().begin().await.unwrap();
        let names: Vec<FormerName> = work.list("organisation_id", &Key::from("firm1")).await.unwrap();
        assert_eq!(names.iter().map(|name| name.name.as_str()).collect::<Vec<_>>(), ["示例电商1号有限公司", "示例数字科技有限公司"]);
        assert!(names.iter().all(|name| name.credit_code == District::firm_for(1).credit_code));
    }
}

#[tokio::test]
async fn a_link_keeps_away_while_it_holds_and_has_a_source() {
    let mut district = District::with_policy(Store::memory(), Fen(2_000_000_000)).await;
    district.firm(1).await;
    let link = |source: &str| {
        registry(RegistryAct::PutLink {
            link: Link {
                id: id(LinkId::parse, "link1"),
                user: id(UserId::parse, "clerk"),
                organisation: id(OrganisationId::parse, "firm1"),
                kind: LinkKind::FormerEmployer,
                source: source.into(),
                evidence: None,
                from: day("2023-03-10"),
                until: Some(day("2025-03-10")),
            },
        })
    };
    assert_eq!(district.refused("admin", Role::Administrator, link("")).await, Refusal::Organisation(OrganisationRefusal::NoSource));
    district.ok("admin", Role::Administrator, link("干部人事档案")).await;
    district.call("c1", &["8.1", "1.1"]).await;
    crate::access::ground::start(&district, "case1", "c1").await;
    let case = id(casework::id::CaseId::parse, "case1");
    district.ok("firm1", Role::Applicant, Act::Case(casework::case::CaseAct::Submit { case: case.clone(), declaration: None })).await;
    let accept = Act::Case(casework::case::CaseAct::Accept { case });
    district.today = day("2025-03-10");
    assert_eq!(district.refused("clerk", Role::Clerk, accept.clone()).await, Refusal::Case(casework::case::CaseRefusal::Recused));
    district.today = day("2025-03-11");
    district.ok("clerk", Role::Clerk, accept).await;
}

/// What was decided, shown and paid, byte for byte.
async fn decided(work: &mut Work) -> Vec<String> {
    let determination: Determination = work.peek("d1").await.unwrap().unwrap();
    let notice: Notice = work.peek("n1").await.unwrap().unwrap();
    let batch: Batch = work.peek("b1").await.unwrap().unwrap();
    let entries = work.entries(&store::work::Entries::All).await.unwrap();
    let json = |text: Result<String, serde_json::Error>| text.unwrap();
    vec![
        json(serde_json::to_string(&determination)),
        json(serde_json::to_string(&notice)),
        json(serde_json::to_string(&batch)),
        json(serde_json::to_string(&entries)),
    ]
}

/// The policy as amended: clause 1.1 gives twice as much.
fn amended() -> PolicyVersion {
    let change = |text: String| text.replace("按照销售额1%", "按照销售额2%").replace("品牌年销售额 的 1%，最高 50万元", "品牌年销售额 的 2%，最高 50万元");
    let (files, official) = policy_files("qianjiang");
    let files = files.into_iter().map(|(name, text)| (name, change(text))).collect();
    let mut version = PolicyVersion { id: id(PolicyVersionId::parse, "qianjiang-2025"), scheme_hash: String::new(), files, official: official.map(change) };
    version.scheme_hash = office::hash_of(&version).unwrap();
    version
}

#[tokio::test]
async fn register_policy_and_calendar_are_edited_after_a_determination_and_nothing_decided_changes() {
    for (name, store) in stores("frozen").await {
        println!("── {name}");
        let mut district = District::with_policy(store.clone(), Fen(2_000_000_000)).await;
        district.firm(1).await;
        let shop = |name: &str| Shop {
            id: id(ShopId::parse, "s1"),
            organisation: id(OrganisationId::parse, "firm1"),
            platform: "示例平台".into(),
            name: name.into(),
            from: day("2023-01-01"),
            until: None,
        };
        district.ok("clerk", Role::Clerk, registry(RegistryAct::PutShop { shop: shop("山货店") })).await;
        pay_first(&mut district).await;
        let before = decided(&mut store.begin().await.unwrap()).await;
        let seq = store.begin().await.unwrap().events(0, 10_000).await.unwrap().len();
        assert_eq!(district.office.registry_difference("d1").await.unwrap(), []);

        // The register: another name, code, account, shop.
        let code = CreditCode::with_check_digit("91500114000000099").unwrap();
        let renamed = Organisation {
            name: "示例数智集团有限公司".into(),
            credit_code: code.as_str().into(),
            aliases: vec!["数智集团".into()],
            ..organisation(&district, "firm1").await
        };
        district.ok("clerk", Role::Clerk, put(renamed)).await;
        district.ok("firm1", Role::Applicant, new_account("a1", "2025-03-01")).await;
        district.ok("finance", Role::Finance, verify("a1")).await;
        district.ok("clerk", Role::Clerk, registry(RegistryAct::PutShop { shop: shop("数智旗舰店") })).await;
        // The policy: a further version; the one that was applied cannot be written over.
        district.ok("drafter", Role::Drafter, registry(RegistryAct::LoadPolicy { version: amended() })).await;
        let over = PolicyVersion { id: id(PolicyVersionId::parse, "qianjiang-2023"), ..amended() };
        let refusal = district.refused("drafter", Role::Drafter, registry(RegistryAct::LoadPolicy { version: over })).await;
        assert!(matches!(refusal, Refusal::Exists { what: "policy_version", .. }), "{refusal}");
        // The calendar: every day of March 2025 is off. A notice that stands keeps the day it was published with.
        let off: String = (1..=31).map(|day| format!("2025-03-{day:02},off\n")).collect();
        let calendar = WorkCalendar::china().with_year_amended(2025, &format!("date,kind\n{off}")).unwrap();
        assert!(!WorkCalendar::china().changed_days(&calendar).is_empty());
        let office = Office::new(store.clone(), calendar);

        assert_eq!(decided(&mut store.begin().await.unwrap()).await, before);
        let replayed = office.replay(2024).await.unwrap();
        assert_eq!(replayed.len(), 1);
        assert!(replayed[0].same, "{:?}", replayed[0].instead);
        let row = |what: &str, frozen: &str, now: &str| Changed { what: what.into(), frozen: frozen.into(), now: now.into() };
        let first = District::firm_for(1);
        assert_eq!(
            office.registry_difference("d1").await.unwrap(),
            [
                row("name", &first.name, "示例数智集团有限公司"),
                row("credit_code", &first.credit_code, code.as_str()),
                row("aliases", "", "数智集团"),
                row("account", "示例电商1号有限公司 示例银行 620000000001", "示例电商1号有限公司 另一银行 62009999"),
                row("shop s1", "示例平台 山货店 2023-01-01–", "示例平台 数智旗舰店 2023-01-01–"),
            ]
        );
        // Nor did any of it touch a table of what was decided, by the log's own account.
        let events = store.begin().await.unwrap().events(i64::try_from(seq).unwrap(), 10_000).await.unwrap();
        let effects: Vec<Effect> = events.iter().flat_map(|event| serde_json::from_str::<Vec<Effect>>(&event.effects).unwrap()).collect();
        let touched = [Determination::TABLE, Notice::TABLE, Batch::TABLE].map(|table| table.name);
        assert!(effects.iter().all(|effect| !touched.contains(&effect.table.as_str()) && effect.table != "entry"), "{effects:?}");
    }
}

#[tokio::test]
async fn a_determination_that_was_tampered_with_does_not_replay() {
    let mut district = District::with_policy(Store::memory(), Fen(2_000_000_000)).await;
    district.firm(1).await;
    pay_first(&mut district).await;
    let mut work = district.office.store().begin().await.unwrap();
    let determination: Determination = work.peek("d1").await.unwrap().unwrap();
    let version: PolicyVersion = work.peek("qianjiang-2023").await.unwrap().unwrap();
    assert!(office::Replayed::of(&determination, &version).same);
    let more = Determination { application: determination.application.replace("63500000", "63500001"), ..determination.clone() };
    assert!(!office::Replayed::of(&more, &version).same);
    // The amended version gives another amount, and says that it is not the one that was applied.
    let replayed = office::Replayed::of(&determination, &amended());
    assert!(!replayed.same && replayed.instead.unwrap().contains("not to"));
}

#[tokio::test]
async fn an_account_that_is_left_out_stays_and_null_takes_it_away() {
    for (name, store) in stores("left-out").await {
        println!("── {name}");
        let district = District::founded(store).await;
        district.firm(1).await;
        let firm = organisation(&district, "firm1").await;
        assert!(firm.account.is_some());
        // As it is sent back by who read it without the account.
        let put = |fields: serde_json::Value| {
            serde_json::from_value::<Act>(serde_json::json!({ "registry": { "put_organisation": { "organisation": fields } } })).unwrap()
        };
        let mut fields = serde_json::json!({ "id": "firm1", "name": "改名有限公司", "credit_code": firm.credit_code, "aliases": firm.aliases });
        district.ok("clerk", Role::Clerk, put(fields.clone())).await;
        let renamed = organisation(&district, "firm1").await;
        assert_eq!((renamed.name.as_str(), &renamed.account), ("改名有限公司", &firm.account));
        fields["account"] = serde_json::Value::Null;
        district.ok("clerk", Role::Clerk, put(fields)).await;
        assert_eq!(organisation(&district, "firm1").await.account, None);
        district.replays_alike().await;
    }
}
