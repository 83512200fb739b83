//! Places among the cases of a call, amounts that an authority decides, rates: settled by the office, not by the applicant.

use crate::district::{District, id, stores};
use crate::ranked::*;
use casework::call::{Call, CallAct, CallRefusal, Others};
use casework::case::{Amount, Case, CaseAct, CaseRefusal};
use casework::chain::Fingerprint;
use casework::determination::{Determination, DeterminationAct};
use casework::id::{DeterminationId, EntryId, MatchListId, MotionId, OrganisationId};
use casework::matching::{Matched, MatchingAct, MatchingRefusal};
use casework::people::Role;
use casework::{Act, Refusal};
use office::{Outcome, Replayed, bundle};
use serde_json::{Value, json};
use store::Store;
use values::{Fen, Moment};

async fn given(d: &District, name: &str) -> Determination {
    d.ok("leader", Role::Leader, approve(name)).await;
    d.kept(&format!("d-{name}")).await
}

async fn ranks(d: &District, act: Act) -> Outcome {
    d.ok("leader", Role::Leader, act).await
}

#[tokio::test]
async fn the_fourth_of_three_places_gets_nothing_and_ties_share_a_place() {
    for (name, store) in stores("places").await {
        println!("── {name}");
        let d = four(store).await;
        assert_eq!(d.refused("leader", Role::Leader, approve("k1")).await, CaseRefusal::Ranked { clause: "1".into() }.into());
        assert_eq!(ranks(&d, rank("1", None)).await, Outcome::Count(4));
        // 并列: two first, then the third.
        for (name, place, fen) in [("k1", 1, 15_000_000), ("k2", 1, 15_000_000), ("k3", 3, 5_000_000), ("k4", 4, 0)] {
            let determined = given(&d, name).await;
            assert_eq!((determined.awards[0].assessed, determined.awards[0].amount), (Fen(fen), Fen(fen)), "{name}");
            assert_eq!(determined.awards[0].reason.as_deref(), Some(if fen == 15_000_000 { "核定" } else { "核定；名次" }));
            let frozen: Value = serde_json::from_str(&determined.application).unwrap();
            assert_eq!(frozen["places"], json!({"1": place, "3": null}), "{name}");
            assert!(!determined.application.contains("900") || place == 1, "no other firm's figure is in it");
            let version = d.kept(determined.version.as_str()).await;
            assert!(Replayed::of(&determined, &version).same, "{name}");
            let mut work = d.office.store().begin().await.unwrap();
            let files = bundle::write(&mut work, &case(name), Moment::start_of(d.today), None).await.unwrap().unwrap();
            let report =
                bundle::check(&files, &mut office::checkpoint::Signed::new(Vec::<(_, std::io::Empty)>::new()).unwrap(), office::verify::Options::default());
            assert_eq!(report.unwrap().findings, vec![], "{name}");
        }
        d.replays_alike().await;
    }
}

#[tokio::test]
async fn ranking_again_wants_a_reason_and_ends_with_the_first_determination() {
    for (name, store) in stores("places-again").await {
        println!("── {name}");
        let d = four(store).await;
        ranks(&d, rank("1", None)).await;
        d.ok("firm3", Role::Applicant, Act::Case(CaseAct::Withdraw { case: case("k3") })).await;
        // Nobody moves by itself.
        assert_eq!(d.kept::<Case>("k4").await.claims[0].amount(), Fen(0));
        assert_eq!(d.refused("leader", Role::Leader, rank("1", None)).await, CallRefusal::RankedBefore { clause: "1".into() }.into());
        assert_eq!(ranks(&d, rank("1", Some("第三名撤回"))).await, Outcome::Count(3));
        assert_eq!(given(&d, "k4").await.awards[0].amount, Fen(5_000_000));
        let refusal = d.refused("leader", Role::Leader, rank("1", Some("再排"))).await;
        assert_eq!(refusal, CallRefusal::Determined { case: case("k4") }.into());
        let kept: Call = d.kept("c1").await;
        assert_eq!(kept.rankings.iter().map(|ranking| (ranking.cases, ranking.reason.as_deref())).collect::<Vec<_>>(), [(4, None), (3, Some("第三名撤回"))]);
    }
}

#[tokio::test]
async fn a_call_is_ranked_when_it_is_closed_and_all_amounts_are_set() {
    let d = opened(Store::memory()).await;
    set(&d, 1, "1", json!({"销售额": "900"})).await;
    screened(&d, 2, &["1"], json!({"销售额": "900"})).await;
    assert!(matches!(d.refused("leader", Role::Leader, rank("1", None)).await, Refusal::Call(CallRefusal::Stage { .. })));
    close(&d).await;
    assert_eq!(d.refused("leader", Role::Leader, rank("2", None)).await, CallRefusal::RanksNobody { clause: "2".into() }.into());
    assert_eq!(d.refused("leader", Role::Leader, rank("3", None)).await, CallRefusal::Others { clause: "3".into(), wanted: true }.into());
    assert_eq!(d.refused("leader", Role::Leader, rank("1", None)).await, CallRefusal::CasesOpen { open: 1 }.into());
    assert_eq!(d.refused("clerk", Role::Clerk, rank("1", None)).await, Refusal::Denied);
}

#[tokio::test]
async fn other_facts_than_those_that_were_ranked_have_no_place() {
    let d = four(Store::memory()).await;
    ranks(&d, rank("1", None)).await;
    let back = CaseAct::SendBack { case: case("k4"), to: casework::call::StepKind::Screening, again: Vec::new(), reason: "漏报".into() };
    d.ok("leader", Role::Leader, Act::Case(back)).await;
    let defects = json!([{"what": "销售额", "mend": "补报"}]);
    let ask = serde_json::from_value::<Act>(json!({"case": {"ask_correction": {"case": "k4", "defects": defects}}}));
    let ask = ask.unwrap_or_else(|why| panic!("{why}"));
    d.ok("clerk", Role::Clerk, ask).await;
    let answer =
        CaseAct::AnswerCorrection { case: case("k4"), application: json!({"id": "k4", "year": 2024, "facts": {"销售额": "1000"}}), evidence: Vec::new() };
    d.ok("firm4", Role::Applicant, Act::Case(answer)).await;
    d.ok("clerk", Role::Clerk, Act::Case(CaseAct::Screen { case: case("k4") })).await;
    d.ok("reviewer", Role::Reviewer, summary("k4", &[("1", 15_000_000)])).await;
    assert_eq!(d.refused("leader", Role::Leader, approve("k4")).await, CaseRefusal::Ranked { clause: "1".into() }.into());
    ranks(&d, rank("1", Some("第四家补正"))).await;
    assert_eq!(given(&d, "k4").await.awards[0].amount, Fen(15_000_000));
    assert_eq!(given(&d, "k1").await.awards[0].amount, Fen(10_000_000));
}

#[tokio::test]
async fn whoever_has_no_place_may_take_what_gave_way_to_it() {
    let d = opened(Store::memory()).await;
    for (number, sales) in [(1, "900"), (2, "800"), (3, "700")] {
        set(&d, number, "1", json!({"销售额": sales})).await;
    }
    screened(&d, 4, &["1", "2"], json!({"销售额": "600"})).await;
    // As the first it would get clause 1, and clause 2 gave way to it.
    d.ok("reviewer", Role::Reviewer, summary("k4", &[("1", 15_000_000), ("2", 0)])).await;
    close(&d).await;
    ranks(&d, rank("1", None)).await;
    let claims = d.kept::<Case>("k4").await.claims;
    assert_eq!(claims.iter().map(|claim| claim.assessed).collect::<Vec<_>>(), [None, Some(Fen(10_000_000))]);
    let back = CaseAct::SendBack { case: case("k4"), to: casework::call::StepKind::Summary, again: Vec::new(), reason: "名次".into() };
    d.ok("leader", Role::Leader, Act::Case(back)).await;
    d.ok("reviewer", Role::Reviewer, summary("k4", &[("1", 0), ("2", 10_000_000)])).await;
    let determined = given(&d, "k4").await;
    assert_eq!(determined.awards.iter().map(|award| award.amount).collect::<Vec<_>>(), [Fen(0), Fen(10_000_000)]);
}

#[tokio::test]
async fn records_of_others_take_places_where_all_records_are_ranked() {
    for (name, store) in stores("places-others").await {
        println!("── {name}");
        let d = opened(store).await;
        for (number, sales) in [(1, "900"), (2, "700"), (3, "500")] {
            screened(&d, number, &["3"], json!({"节日销售": sales})).await;
            // 决定额: the reviewer's amount, up to what the clause allows.
            let name = format!("k{number}");
            let above = d.refused("reviewer", Role::Reviewer, summary(&name, &[("3", 10_000_001)])).await;
            assert_eq!(above, CaseRefusal::AboveRules { clause: "3".into(), set: Fen(10_000_001), assessed: Fen(10_000_000) }.into());
            d.ok("reviewer", Role::Reviewer, summary(&name, &[("3", 8_000_000)])).await;
        }
        close(&d).await;
        let others = |source: &str| Some(Others { source: source.into(), facts: vec![json!({"节日销售": "800"})] });
        let act = |source: &str| Act::Call(CallAct::Rank { call: call(), clause: "3".into(), others: others(source), reason: None });
        assert!(matches!(d.refused("leader", Role::Leader, act(" ")).await, Refusal::Call(CallRefusal::Others { .. })));
        assert_eq!(ranks(&d, act("平台榜单 2024-11-12")).await, Outcome::Count(3));
        assert_eq!(given(&d, "k1").await.awards[0].amount, Fen(8_000_000));
        for third in ["k2", "k3"] {
            let determined = given(&d, third).await;
            assert_eq!(determined.awards[0].amount, Fen(0), "{third}");
            assert!(!determined.application.contains("800\""), "the other's figure is not in it");
        }
        d.replays_alike().await;
    }
}

#[tokio::test]
async fn an_amount_that_is_decided_is_the_reviewers_up_to_the_ceiling() {
    let d = opened(Store::memory()).await;
    screened(&d, 1, &["5"], json!({})).await;
    let above = d.refused("reviewer", Role::Reviewer, summary("k1", &[("5", 20_000_001)])).await;
    assert_eq!(above, CaseRefusal::AboveRules { clause: "5".into(), set: Fen(20_000_001), assessed: Fen(20_000_000) }.into());
    d.ok("reviewer", Role::Reviewer, summary("k1", &[("5", 12_345_600)])).await;
    close(&d).await;
    let determined = given(&d, "k1").await;
    assert_eq!(determined.awards[0].amount, Fen(12_345_600));
    let frozen: Value = serde_json::from_str(&determined.application).unwrap();
    assert_eq!(frozen["decisions"], json!({"5": "123456.00"}));
}

/// Whether an act was refused for each of these fields of an application, and for no other.
fn not_the_applicants(refusal: &Refusal, fields: &[&str]) {
    let Refusal::Case(CaseRefusal::Facts(wrong)) = refusal else { panic!("{refusal}") };
    let found: Vec<_> = wrong.iter().filter(|error| error.code == "not-the-applicants").map(|error| error.field.as_str()).collect();
    assert_eq!(found, fields);
}

#[tokio::test]
async fn an_application_does_not_say_what_is_the_offices_to_say() {
    for (name, store) in stores("offices-own").await {
        println!("── {name}");
        let d = opened(store).await;
        let firm = d.firm(1).await;
        let forged = json!({"id": "k1", "year": 2024, "facts": {"净出口额": "1000"}, "rates": {"USD": "70"}, "decisions": {"5": "200000"},
            "history": [{"clause": "1", "year": 2023, "amount": "1"}], "rank_only": true, "places": {"1": 1}});
        let refusal = d.refused(&firm, Role::Applicant, start(&firm, "k1", &["4"], forged.clone())).await;
        not_the_applicants(&refusal, &["rates", "decisions", "history", "rank_only", "places"]);
        let honest = json!({"id": "k1", "year": 2024, "facts": {"净出口额": "1000"}});
        d.ok(&firm, Role::Applicant, start(&firm, "k1", &["4"], honest)).await;
        let fill = CaseAct::Fill { case: case("k1"), clauses: vec!["4".into()], application: forged, evidence: Vec::new() };
        not_the_applicants(&d.refused(&firm, Role::Applicant, Act::Case(fill)).await, &["rates", "decisions", "history", "rank_only", "places"]);
    }
}

#[tokio::test]
async fn a_matched_list_says_no_more_than_an_application() {
    let d = opened(Store::memory()).await;
    let firm = d.firm(1).await;
    let application = json!({"id": "m1", "year": 2024, "facts": {}, "history": [{"clause": "2", "year": 2023, "amount": "1"}]});
    let list = MatchingAct::List {
        list: id(MatchListId::parse, "l1"),
        call: call(),
        document: "名单".into(),
        digest: Fingerprint::of(b"list"),
        entries: vec![Matched { organisation: id(OrganisationId::parse, &firm), clauses: vec!["2".into()], application, sources: Vec::new() }],
    };
    let refusal = d.refused("clerk", Role::Clerk, Act::Matching(list)).await;
    assert!(
        matches!(&refusal, Refusal::Matching(MatchingRefusal::Entries(bad)) if bad[0].1.en.contains("history: the office enters this itself")),
        "{refusal}"
    );
}

#[tokio::test]
async fn a_correction_of_a_determination_is_an_application_like_any_other() {
    let d = four(Store::memory()).await;
    ranks(&d, rank("1", None)).await;
    given(&d, "k3").await;
    let amend = |application: Value| {
        Act::Determination(DeterminationAct::Amend {
            motion: id(MotionId::parse, "mo1"),
            case: case("k3"),
            determination: id(DeterminationId::parse, "d2"),
            entry: id(EntryId::parse, "e2"),
            application: Some(application),
            amounts: vec![Amount { clause: "1".into(), amount: Fen(15_000_000), reason: None }],
            reason: "更正".into(),
        })
    };
    let forged = json!({"id": "k3", "year": 2024, "facts": {"销售额": "500"}, "places": {"1": 1}});
    not_the_applicants(&d.refused("reviewer", Role::Reviewer, amend(forged)).await, &["places"]);
    let other_year = json!({"id": "k3", "year": 2023, "facts": {"销售额": "500"}});
    assert!(matches!(d.refused("reviewer", Role::Reviewer, amend(other_year)).await, Refusal::Case(CaseRefusal::Facts(_))));
    // More sales now move nobody: the place stands.
    let more = json!({"id": "k3", "year": 2024, "facts": {"销售额": "5000"}});
    assert!(matches!(d.refused("reviewer", Role::Reviewer, amend(more)).await, Refusal::Case(CaseRefusal::Group { left: Fen(5_000_000), .. })));
}

fn rate(name: &str, value: &str, source: &str) -> Act {
    Act::Call(CallAct::SetRate { call: call(), name: name.into(), value: value.into(), source: source.into() })
}

#[tokio::test]
async fn a_rate_comes_from_an_officer_with_its_source_and_is_frozen() {
    for (name, store) in stores("rates").await {
        println!("── {name}");
        let d = opened(store).await;
        screened(&d, 1, &["4"], json!({"净出口额": "10000"})).await;
        assert_eq!(d.kept::<Case>("k1").await.claims[0].assessed, None, "nobody entered the rate yet");
        assert_eq!(d.refused("clerk", Role::Clerk, rate("USD", "7", " ")).await, CallRefusal::NoSource.into());
        assert!(matches!(d.refused("clerk", Role::Clerk, rate("EUR", "7", "中间价")).await, Refusal::Input(_)));
        d.ok("clerk", Role::Clerk, rate("USD", "7.0", "中间价 2024-12-30")).await;
        d.ok("clerk", Role::Clerk, rate("美元汇率", "7.1884", "中间价 2024-12-31")).await;
        assert_eq!(d.kept::<Call>("c1").await.rates.len(), 1, "a currency and its parameter are one rate");
        assert_eq!(d.kept::<Case>("k1").await.claims[0].assessed, Some(Fen(71_884)));
        d.ok("reviewer", Role::Reviewer, summary("k1", &[("4", 71_884)])).await;
        close(&d).await;
        let determined = given(&d, "k1").await;
        assert_eq!(determined.awards[0].amount, Fen(71_884));
        let frozen: Value = serde_json::from_str(&determined.application).unwrap();
        assert_eq!(frozen["rates"], json!({"USD": "7.1884"}));
        assert_eq!(d.refused("clerk", Role::Clerk, rate("USD", "8", "中间价")).await, CallRefusal::Determined { case: case("k1") }.into());
        d.replays_alike().await;
    }
}
