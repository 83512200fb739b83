//! Random acts by random people: no act takes a case where the table of ways does not say, refused means unchanged, and what
//! must always hold of a case always holds.

use crate::play::*;
use casework::call::{Completion, StepKind};
use casework::case::{CaseAct, CaseRefusal, Credit, Stage, View, WAYS, declared};
use casework::people::Role;
use std::collections::BTreeSet;

/// A generator of its own, so that a seed says all.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides).unwrap()).unwrap()
    }

    fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.roll(list.len())].clone()
    }
}

fn application(dice: &mut Dice) -> serde_json::Value {
    match dice.roll(8) {
        0 => with_fact("品牌年销售额", "30000000"),
        1 => with_fact("跨境电商平台交易额", "2000000"),
        2 => with_fact("品牌年销售额", "很多"),
        _ => APPLICATION.clone(),
    }
}

fn papers(dice: &mut Dice) -> Vec<casework::case::Evidence> {
    let all = [paper("sales", &["品牌年销售额"]), paper("customs", &["跨境电商平台交易额"]), paper("statutes", &["独立法人"])];
    all.into_iter().filter(|_| dice.roll(3) > 0).collect()
}

fn said(dice: &mut Dice) -> casework::case::Given {
    let on = match dice.roll(4) {
        0 => basis(&[], &[]),
        1 => basis(&["品牌年销售额"], &[]),
        2 => basis(&["跨境电商平台交易额"], &["customs"]),
        _ => basis(&["电商企业"], &[]),
    };
    let mut said = match dice.roll(6) {
        0 => given(View::Disagree, dice.of(&["", "证照过期"]), on.clone()),
        1 => given(View::NotConcerned, "", on.clone()),
        2 => reduce(dice.of(&["1.1", "8.1"]), 20_000_000, dice.of(&["", "少"])),
        _ => given(View::Agree, "", on.clone()),
    };
    said.basis = on;
    said
}

fn act(dice: &mut Dice, name: &str) -> (&'static str, CaseAct) {
    let units = ["park", "farms", "roads"];
    let kinds = STEPS.map(|(kind, _)| kind);
    match name {
        "case.fill" => ("firm", fill(&["1.1", "8.1"], &application(dice), &papers(dice))),
        "case.attach" => ("firm", attach(paper(dice.of(&["a", "b", "sales"]), &["独立法人"]))),
        "case.submit" => ("firm", submit()),
        "case.withdraw" => ("firm", withdraw()),
        "case.accept" => (dice.of(&["clerk", "jack"]), accept()),
        "case.decline" => ("clerk", decline(dice.of(&["", "不属本批次"]))),
        "case.ask_correction" => (dice.of(&["clerk", "jack"]), ask_correction(dice.of(&[&["发票"][..], &[]]))),
        "case.answer_correction" => ("firm", answer(&application(dice), &papers(dice))),
        "case.lapse" => ("clerk", lapse()),
        "case.screen" => (dice.of(&["clerk", "jack"]), screen()),
        "case.give_opinion" => (dice.of(&units), opinion(said(dice))),
        "case.confirm_opinion" => (dice.of(&units), confirm()),
        "case.ask_unit" => ("clerk", ask_unit(dice.of(&units), "加签")),
        "case.pass_on" => ("clerk", pass_on(dice.of(&units), dice.of(&units), "转办")),
        "case.close_opinions" => ("clerk", close_opinions()),
        "case.check_site" => ("clerk", site(dice.roll(3) > 0)),
        "case.record_audit" => ("clerk", audit(dice.of(&[None, Some(20_000_000), Some(90_000_000)]))),
        "case.summarise" => ("reviewer", summarise(dice.of(&[None, Some(20_000_000)]), dice.of(&[None, Some("核减")]))),
        "case.deliberate" => ("clerk", deliberate(dice.roll(2) > 0)),
        "case.approve" => ("leader", approve()),
        "case.refuse" => ("leader", refuse("不符合条件", dice.of(&["", "复议"]))),
        "case.send_back" => (dice.of(&["leader", "reviewer"]), send_back(dice.of(&kinds), dice.of(&[&[][..], &["park"], &["roads", "farms"]]))),
        "case.suspend" => ("leader", suspend("涉诉")),
        "case.resume" => ("leader", resume()),
        "case.terminate" => ("leader", terminate(dice.of(&["", "已注销"]))),
        "case.check_credit" => ("finance", credit(dice.of(&[Credit::Clear, Credit::Clear, Credit::Listed("失信".into())]))),
        "case.recount" => ("clerk", recount()),
        other => panic!("{other} has no act here: add it"),
    }
}

/// What always holds of a case.
fn sound(play: &Play) {
    let case = &play.case;
    let waits = matches!(case.stage, Stage::Submitted | Stage::Correcting | Stage::Review(_));
    assert_eq!(case.due().is_some(), waits, "somebody is waited for until a day, or nobody is: {:?}", case.stage);
    let still = case.review.standstills.iter().filter(|still| still.until.is_none()).count();
    assert_eq!(still, usize::from(matches!(case.stage, Stage::Correcting | Stage::Suspended) || still > 0 && case.review.end.is_some()));
    if let Stage::Review(kind) = case.stage {
        assert!(kind <= StepKind::Joint || case.open_asks() == 0, "nobody is asked after the joint review");
        assert_eq!(kind > StepKind::Summary, case.claims.iter().all(|claim| claim.set.is_some()), "amounts stand after the summary: {kind:?}");
    }
    let mut duties: BTreeSet<(&str, usize)> = BTreeSet::new();
    for hand in &case.hands {
        let kinds: [&[&str]; 3] = [&["case.accept", "case.decline", "case.screen"], &["case.summarise"], &["case.approve", "case.refuse"]];
        duties.extend(kinds.iter().position(|acts| acts.contains(&hand.act.as_str())).map(|kind| (hand.user.as_str(), kind)));
    }
    let people: BTreeSet<&str> = duties.iter().map(|(user, _)| *user).collect();
    assert_eq!(people.len(), duties.len(), "one person in two of three duties: {duties:?}");
}

#[test]
fn random_acts_never_leave_the_declared_ways_and_refused_means_unchanged() {
    let mut taken: BTreeSet<(&str, usize)> = BTreeSet::new();
    let mut refused: BTreeSet<String> = BTreeSet::new();
    for seed in 1..=2000_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let completion = dice.of(&[Completion::All, Completion::SilenceIsConsent]);
        let keep = dice.roll(128);
        let steps: Vec<_> = STEPS
            .into_iter()
            .enumerate()
            .filter(|(at, (kind, _))| matches!(kind, StepKind::Summary | StepKind::Approval) || seed % 3 > 0 || keep & (1 << at) > 0)
            .map(|(_, step)| step)
            .collect();
        let mut play = Play::of(call(&steps, completion));
        for turn in 0..120 {
            if dice.roll(6) == 0 {
                play.today = play.today.add_days(dice.of(&[1, 2, 5, 30])).unwrap();
            }
            // Three times in four something that has a way from here; ends are rarer, or nothing would get far.
            let here: Vec<&str> = WAYS.iter().filter(|way| way.from.contains(&play.case.stage)).map(|way| way.act).collect();
            let mut name = if here.is_empty() || dice.roll(4) == 0 { dice.of(WAYS).act } else { dice.of(&here) };
            let end = matches!(name, "case.withdraw" | "case.decline" | "case.terminate" | "case.refuse" | "case.lapse");
            // The one correction is worth most where there are opinions.
            let early = name == "case.ask_correction" && play.case.review.asks.iter().all(|ask| ask.opinions.is_empty());
            if (end || early) && dice.roll(12) > 0 {
                name = dice.of(&here.iter().copied().chain(["case.recount"]).collect::<Vec<_>>());
            }
            let (mut who, act) = act(&mut dice, name);
            let mut role = PEOPLE.iter().find(|(known, _, _)| *known == who).unwrap().1;
            if dice.roll(10) == 0 {
                who = dice.of(&["clerk", "jack", "reviewer", "leader"]);
                role = dice.of(&[Role::Clerk, Role::Reviewer, Role::Leader, Role::UnitReviewer]);
            }
            let before = play.case.clone();
            let doing = format!("seed {seed}, turn {turn}: {who} as {role:?}: {name} at {:?}", before.stage);
            match play.act_as(who, role, &act) {
                Ok(()) => {
                    assert!(declared(name, before.stage, play.case.stage), "{doing}: goes to {:?}", play.case.stage);
                    let way = WAYS.iter().position(|way| way.act == name && way.from.contains(&before.stage)).unwrap();
                    taken.insert((name, way));
                    taken.extend(Stage::ALL.iter().position(|stage| *stage == play.case.stage).map(|at| ("stage", at)));
                }
                Err(why) => {
                    assert_eq!(play.case, before, "{doing}: refused and changed");
                    refused.insert(name_of(&why).to_owned());
                }
            }
            if here.is_empty() && turn % 8 == 0 {
                break;
            }
            let caught = std::panic::catch_unwind(|| sound(&play));
            assert!(caught.is_ok(), "{doing}: led to {:?}", play.case.stage);
        }
    }
    let never: Vec<&str> = WAYS.iter().map(|way| way.act).filter(|act| !taken.iter().any(|(name, _)| name == act)).collect();
    assert_eq!(never, Vec::<&str>::new(), "acts that no random run ever did");
    let stages = taken.iter().filter(|(name, _)| *name == "stage").count();
    assert_eq!(stages, 16, "all stages up to the determination, and all ends");
    println!("refused: {refused:?}");
    assert!(refused.len() >= 15, "{refused:?}");
}

/// The name of a refusal. Exhaustive: a new one has to be thought of here, and tested in `refusals` or by the office.
fn name_of(why: &CaseRefusal) -> &'static str {
    match why {
        CaseRefusal::Recused => "recused",
        CaseRefusal::RecusedOf { .. } => "recused_of",
        CaseRefusal::Stage { .. } => "stage",
        CaseRefusal::NotForRole { .. } => "not_for_role",
        CaseRefusal::FourEyes { .. } => "four_eyes",
        CaseRefusal::CallNotOpen => "call_not_open",
        CaseRefusal::Clauses { .. } => "clauses",
        CaseRefusal::AboveRules { .. } => "above_rules",
        CaseRefusal::NoReason { .. } => "no_reason",
        CaseRefusal::NotFollowed { .. } => "not_followed",
        CaseRefusal::Shared => "shared",
        CaseRefusal::NotOver { .. } => "not_over",
        CaseRefusal::NotShared => "not_shared",
        CaseRefusal::Ranked { .. } => "ranked",
        CaseRefusal::Group { .. } => "group",
        CaseRefusal::Facts(_) => "facts",
        CaseRefusal::UnknownFact { .. } => "unknown_fact",
        CaseRefusal::UnknownPaper { .. } => "unknown_paper",
        CaseRefusal::PaperTwice { .. } => "paper_twice",
        CaseRefusal::Empty { .. } => "empty",
        CaseRefusal::CorrectedOnce => "corrected_once",
        CaseRefusal::NotDue { .. } => "not_due",
        CaseRefusal::NotAsked { .. } => "not_asked",
        CaseRefusal::AskedAlready { .. } => "asked_already",
        CaseRefusal::OpinionsOpen { .. } => "opinions_open",
        CaseRefusal::NotBack { .. } => "not_back",
        CaseRefusal::AlreadyShared => "already_shared",
        CaseRefusal::Future { .. } => "future",
        CaseRefusal::CreditUnchecked { .. } => "credit_unchecked",
        CaseRefusal::CreditBad { .. } => "credit_bad",
    }
}
