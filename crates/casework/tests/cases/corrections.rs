//! Which opinions survive a correction, and where the case then goes: the rule of docs/cases.md, line by line.

use crate::play::{
    APPLICATION, Play, agree, answer, ask_correction, ask_unit, audit, basis, close_opinions, confirm, day, given, opinion, paper, pass_on, reduce, screen,
    send_back, site, with_fact,
};
use casework::call::StepKind;
use casework::case::{Stage, View, Worth};
use serde_json::Value;

const SALES: &str = "品牌年销售额";
const TRADE: &str = "跨境电商平台交易额";

/// Both units agreed: the park on the sales, the farms on the trade.
fn at_site_check() -> Play {
    let mut play = Play::at(Stage::Review(StepKind::Joint));
    play.ok("park", opinion(given(View::Agree, "", basis(&[SALES], &[]))));
    play.ok("farms", opinion(given(View::Agree, "", basis(&[TRADE], &["customs"]))));
    assert_eq!(play.case.stage, Stage::Review(StepKind::SiteCheck));
    play.ok("clerk", ask_correction(&["销售额与发票不符"]));
    play
}

fn worth(play: &Play) -> Vec<Worth> {
    play.case.review.asks.iter().map(|ask| ask.opinions.last().unwrap().worth).collect()
}

fn papers() -> Vec<casework::case::Evidence> {
    vec![paper("sales", &[SALES]), paper("customs", &[TRADE])]
}

#[test]
fn nothing_changed_and_everything_is_kept() {
    let mut play = at_site_check();
    let same = play.case.application.clone();
    play.ok("firm", answer(&same, &papers()));
    assert_eq!(worth(&play), [Worth::Kept, Worth::Kept]);
    assert_eq!(play.case.stage, Stage::Review(StepKind::SiteCheck));
}

#[test]
fn the_same_number_written_otherwise_is_no_change() {
    let mut play = at_site_check();
    let mut same: Value = APPLICATION.clone();
    same["facts"][SALES] = 63_500_000.into();
    play.ok("firm", answer(&same, &papers()));
    assert_eq!(worth(&play), [Worth::Kept, Worth::Kept]);
}

#[test]
fn another_value_undoes_what_rests_on_it_and_nothing_else() {
    let mut play = at_site_check();
    play.ok("firm", answer(&with_fact(SALES, "30000000"), &papers()));
    assert_eq!(worth(&play), [Worth::Redo, Worth::Kept]);
    assert_eq!(play.case.stage, Stage::Review(StepKind::Screening), "a fact changed, so it is screened again");
    play.ok("clerk", screen());
    assert_eq!(play.case.stage, Stage::Review(StepKind::Joint));
    play.ok("park", opinion(agree()));
    assert_eq!(play.case.stage, Stage::Review(StepKind::SiteCheck), "the farms are not asked again");
}

#[test]
fn other_papers_make_an_opinion_stale_until_its_unit_stands_by_it() {
    let mut play = at_site_check();
    let same = play.case.application.clone();
    play.ok("firm", answer(&same, &[paper("sales", &[SALES]), paper("customs-2", &[TRADE])]));
    assert_eq!(worth(&play), [Worth::Kept, Worth::Stale]);
    assert_eq!(play.case.stage, Stage::Review(StepKind::Joint));
    play.ok("farms", confirm());
    assert_eq!(worth(&play), [Worth::Kept, Worth::Kept]);
    assert_eq!(play.case.stage, Stage::Review(StepKind::SiteCheck));
}

#[test]
fn a_stale_opinion_stands_when_its_unit_is_silent() {
    let mut play = at_site_check();
    let same = play.case.application.clone();
    play.ok("firm", answer(&same, &[paper("sales", &[SALES]), paper("customs-2", &[TRADE])]));
    play.today = day("2025-03-18");
    play.ok("clerk", close_opinions());
    assert_eq!(worth(&play), [Worth::Kept, Worth::Kept]);
    assert!(!play.case.review.asks[1].silent, "it did say something");
}

#[test]
fn an_opinion_that_names_nothing_rests_on_everything() {
    let mut play = Play::at(Stage::Review(StepKind::SiteCheck));
    play.ok("clerk", ask_correction(&["章程"]));
    let same = play.case.application.clone();
    play.ok("firm", answer(&same, &[papers(), vec![paper("statutes", &["独立法人"])]].concat()));
    assert_eq!(worth(&play), [Worth::Stale, Worth::Stale]);
    let mut play = Play::at(Stage::Review(StepKind::SiteCheck));
    play.ok("clerk", ask_correction(&["章程"]));
    play.ok("firm", answer(&with_fact(SALES, "30000000"), &papers()));
    assert_eq!(worth(&play), [Worth::Redo, Worth::Redo]);
}

#[test]
fn a_unit_that_is_not_concerned_is_not_asked_again() {
    let mut play = Play::at(Stage::Review(StepKind::Joint));
    play.ok("park", opinion(given(View::NotConcerned, "", basis(&[], &[]))));
    play.ok("farms", opinion(agree()));
    play.ok("clerk", ask_correction(&["销售额"]));
    play.ok("firm", answer(&with_fact(SALES, "30000000"), &papers()));
    assert_eq!(worth(&play), [Worth::Kept, Worth::Redo]);
}

#[test]
fn a_reduction_is_redone_when_the_rules_give_another_amount() {
    let mut play = Play::at(Stage::Review(StepKind::Joint));
    let mut reducing = reduce("1.1", 20_000_000, "部分不属本区");
    reducing.basis = basis(&["电商企业"], &[]);
    play.ok("park", opinion(reducing));
    play.ok("farms", opinion(given(View::Agree, "", basis(&["电商企业"], &[]))));
    play.ok("clerk", ask_correction(&["销售额"]));
    play.ok("firm", answer(&with_fact(SALES, "30000000"), &papers()));
    assert_eq!(worth(&play), [Worth::Redo, Worth::Kept]);
}

#[test]
fn silence_was_about_the_facts_as_they_were() {
    let mut play = Play::at(Stage::Review(StepKind::Joint));
    play.ok("park", opinion(given(View::NotConcerned, "", basis(&[], &[]))));
    play.today = day("2025-03-18");
    play.ok("clerk", close_opinions());
    assert!(play.case.review.asks[1].silent);
    play.ok("clerk", ask_correction(&["销售额"]));
    play.ok("firm", answer(&with_fact(SALES, "30000000"), &papers()));
    assert!(play.case.review.asks[1].is_open());
    assert_eq!(play.case.review.asks[1].clock.since, day("2025-03-18"), "with a time of its own again");
}

#[test]
fn visits_and_audits_are_redone_by_the_same_rule() {
    let mut play = Play::at(Stage::Review(StepKind::Audit));
    play.ok("clerk", audit(None));
    assert_eq!(play.case.stage, Stage::Review(StepKind::Summary));
    play.ok("reviewer", ask_correction(&["交易额"]));
    play.ok("firm", answer(&with_fact(TRADE, "2000000"), &papers()));
    let review = &play.case.review;
    assert_eq!((review.site_checks[0].worth, review.audits[0].worth), (Worth::Kept, Worth::Redo));
    assert_eq!(play.case.stage, Stage::Review(StepKind::Screening));
    play.ok("clerk", screen());
    play.ok("park", opinion(agree()));
    play.ok("farms", opinion(agree()));
    assert_eq!(play.case.stage, Stage::Review(StepKind::Audit), "past the visit, which stands");
}

#[test]
fn a_correction_in_the_joint_review_goes_on_with_those_who_were_still_asked() {
    let mut play = Play::at(Stage::Review(StepKind::Joint));
    play.ok("clerk", ask_unit("roads", "涉及物流"));
    play.ok("park", opinion(given(View::Agree, "", basis(&[SALES], &[]))));
    play.ok("clerk", ask_correction(&["章程"]));
    let same = play.case.application.clone();
    play.ok("firm", answer(&same, &[papers(), vec![paper("statutes", &["独立法人"])]].concat()));
    assert_eq!(play.case.stage, Stage::Review(StepKind::Joint));
    assert_eq!(play.case.open_asks(), 2);
    play.ok("farms", opinion(agree()));
    play.ok("roads", opinion(agree()));
    play.ok("clerk", site(true));
}

#[test]
fn what_a_unit_said_before_it_passed_the_matter_on_counts_no_more() {
    let mut play = Play::at(Stage::Review(StepKind::Joint));
    let mut reducing = reduce("1.1", 20_000_000, "部分不属本区");
    reducing.basis = basis(&[SALES], &[]);
    play.ok("park", opinion(reducing));
    let same = play.case.application.clone();
    play.ok("clerk", ask_correction(&["发票"]));
    play.ok("firm", answer(&same, &[paper("sales-2", &[SALES]), paper("customs", &[TRADE])]));
    assert_eq!(play.case.proposals("1.1").len(), 1, "stale, and not contradicted");
    play.ok("clerk", pass_on("park", "roads", "职责划转"));
    assert_eq!(play.case.proposals("1.1").len(), 0);
}

#[test]
fn a_case_that_was_sent_back_for_its_opinions_is_there_again_after_the_correction() {
    let mut play = Play::at(Stage::Review(StepKind::Summary));
    play.ok("leader", send_back(StepKind::Joint, &[]));
    play.ok("clerk", ask_correction(&["发票"]));
    let same = play.case.application.clone();
    play.ok("firm", answer(&same, &papers()));
    assert_eq!(play.case.stage, Stage::Review(StepKind::Joint), "whoever sent it back says when it goes on");
    play.ok("clerk", close_opinions());
    assert_eq!(play.case.stage, Stage::Review(StepKind::Summary));
}

#[test]
fn an_opinion_may_rest_on_a_part_of_the_application_that_is_no_fact() {
    let mut play = Play::at(Stage::Review(StepKind::Joint));
    play.ok("park", opinion(given(View::Agree, "", basis(&["applicant"], &[]))));
    play.ok("farms", opinion(given(View::Agree, "", basis(&[SALES], &[]))));
    play.ok("clerk", ask_correction(&["名称"]));
    let mut other = play.case.application.clone();
    other["applicant"]["name"] = "改名后的公司".into();
    play.ok("firm", answer(&other, &papers()));
    assert_eq!(worth(&play), [Worth::Redo, Worth::Kept]);
}
