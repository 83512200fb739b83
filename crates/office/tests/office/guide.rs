//! Application guides: cited like the policy, named by a call, frozen in a determination.

use crate::district::{District, day, example, id, stores};
use crate::recovery::committed_under;
use casework::Act;
use casework::Refusal;
use casework::call::CallAct;
use casework::chain::Fingerprint;
use casework::determination::Determination;
use casework::guide::{Definition, Guide, GuideAct, GuideRefusal, GuideUsed};
use casework::id::{GuideId, PolicyVersionId};
use casework::people::Role;
use casework::policy_version::{DutyKind, PolicyLife};
use values::Fen;

const TEXT: &str = "一、本指南所称电商新品牌，是指2023年1月1日以后注册的商标。\n二、申报材料一式两份。\n";

fn guide(name: &str) -> Guide {
    Guide {
        id: id(GuideId::parse, name),
        policy: id(PolicyVersionId::parse, "qianjiang-2023"),
        title: "2024年度电商扶持资金申报指南".into(),
        number: "黔江商务发〔2025〕3号".into(),
        on: day("2025-03-01"),
        valid: (day("2025-03-01"), Some(day("2025-12-31"))),
        text: TEXT.into(),
        digest: Fingerprint::of(TEXT.as_bytes()),
        definitions: vec![Definition { term: "电商新品牌".into(), words: "2023年1月1日以后注册的商标".into(), clause: Some("1.1".into()) }],
        replaces: None,
        entered: None,
    }
}

fn issue(guide: Guide) -> Act {
    Act::Guide(GuideAct::Issue { guide })
}

fn why(refusal: Refusal) -> GuideRefusal {
    match refusal {
        Refusal::Guide(refusal) => refusal,
        other => panic!("another refusal: {other}"),
    }
}

#[tokio::test]
async fn a_call_names_its_guide_and_the_determination_freezes_which_one_it_was() {
    for (name, store) in stores("guide").await {
        println!("── {name}");
        let mut d = District::with_policy(store, Fen(2_000_000_000)).await;
        let firm = d.firm(1).await;
        let other = Guide { digest: Fingerprint::of(b"another text"), ..guide("g1") };
        assert!(matches!(why(d.refused("leader", Role::Leader, issue(other)).await), GuideRefusal::Digest { .. }));
        let mut invented = guide("g1");
        invented.definitions[0].words = "2020年以后注册的商标".into();
        assert!(matches!(why(d.refused("leader", Role::Leader, issue(invented)).await), GuideRefusal::Definition { .. }));
        let mut strange = guide("g1");
        strange.definitions[0].clause = Some("99".into());
        assert!(matches!(why(d.refused("leader", Role::Leader, issue(strange)).await), GuideRefusal::Definition { .. }));
        d.ok("leader", Role::Leader, issue(guide("g1"))).await;
        d.ok("leader", Role::Leader, issue(Guide { valid: (day("2026-01-01"), None), ..guide("next") })).await;

        let mut call = d.call_of("c1", "qianjiang-2023", &["8.1"]);
        call.guide = Some(id(GuideId::parse, "next"));
        let early = d.refused("clerk", Role::Clerk, Act::Call(CallAct::Prepare { call: call.clone() })).await;
        assert_eq!(why(early), GuideRefusal::NotUsable { guide: id(GuideId::parse, "next") });
        call.guide = Some(id(GuideId::parse, "g1"));
        committed_under(&mut d, call, "case1", &firm, example(5, "case1"), &[("8.1", 100_000_000)]).await;
        let mut work = d.office.store().begin().await.unwrap();
        let determination: Determination = work.peek("d-case1").await.unwrap().unwrap();
        let used = GuideUsed { id: id(GuideId::parse, "g1"), digest: Fingerprint::of(TEXT.as_bytes()) };
        assert_eq!(determination.guide, Some(used));
        // The guide was due within seven working days of issuing the policy: it is noted with its day.
        let life: PolicyLife = work.peek("qianjiang-2023").await.unwrap().unwrap();
        let duty = life.duties.into_iter().find(|duty| duty.kind == DutyKind::Guide).unwrap();
        assert_eq!((duty.due.last, duty.done), (day("2023-08-22"), Some((day("2025-03-01"), "黔江商务发〔2025〕3号".into()))));
        drop(work);
        d.replays_alike().await;
    }
}
