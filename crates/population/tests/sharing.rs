//! What every sharing keeps to, whatever its rule: nothing above the pool, nobody above the claim, nobody's luck by another order
//! where the rule does not go by order.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails loudly")]

use policy::compile;
use policy::scheme::{ClauseId, Scheme};
use policy::source::Sources;
use population::pools::{Claim, Claims, Shared};
use proptest::prelude::*;
use values::Rational;

const RULES: [&str; 6] = ["按比例", "先到先得", "先到先得，末位部分", "按 得分 高者先，末位部分", "按 条款 2、1", "顺延"];

fn scheme(rule: &str, pool_yuan: &str) -> Scheme {
    let text = format!(
        "# 例\n\n```duixian\n事实\n  销售额  元\n  得分  分\n条款 1「甲」\n  给予  销售额\n  频次  每年\n条款 2「乙」\n  给予  销售额\n  频次  每年\n资金「总额」\n  适用  全部\n  额度  每年 {pool_yuan}元\n  超额  {rule}\n```\n"
    );
    let compiled = compile(&Sources::single(text));
    compiled.scheme.unwrap_or_else(|| panic!("{rule}: {:#?}", compiled.diagnostics.iter().filter(|d| d.is_error()).collect::<Vec<_>>()))
}

fn yuan(fen: i64) -> String {
    format!("{}.{:02}", fen / 100, fen % 100)
}

/// Claims in fen with a score, shared by a rule; what each gets.
fn share(rule: &str, pool: i64, asked: &[(i64, i64)]) -> (Shared, Vec<i64>) {
    let scheme = scheme(rule, &yuan(pool));
    let mut claims = Claims::new(&scheme);
    for (row, (fen, score)) in (0..).zip(asked) {
        let clause = ClauseId(u32::try_from(row % 2).unwrap());
        let measure = (*score > 0).then(|| Rational::from(*score));
        claims.push(Claim { row, year: 2024, clause, awarded: *fen, kind: None, size: 0 }, [(0, measure)]);
    }
    let shared = claims.share(0);
    let gets = (0..).zip(asked).map(|(row, (fen, _))| {
        let clause = ClauseId(u32::try_from(row % 2).unwrap());
        shared.cut(row, clause).map_or(*fen, |cut| cut.awarded)
    });
    let gets = gets.collect();
    (shared, gets)
}

fn claims() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((prop_oneof![Just(0_i64), 1..5_i64, 1..1_000_000_i64, Just(1_000_000_000_000_i64)], 0..4_i64), 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn a_pool_gives_what_it_holds_and_nobody_more_than_the_claim(asked in claims(), pool in 0..2_000_000_i64) {
        let total: i64 = asked.iter().map(|(fen, _)| fen).sum();
        for rule in RULES {
            let (shared, gets) = share(rule, pool, &asked);
            let given: i64 = gets.iter().sum();
            prop_assert!(gets.iter().zip(&asked).all(|(got, (claim, _))| (0..=*claim).contains(got)), "{rule}");
            prop_assert_eq!(shared.pools[0].given.0, given, "{}", rule);
            prop_assert_eq!(shared.pools[0].claims.0, total);
            prop_assert!(given <= pool.max(0) || total <= pool, "{rule}");
            // The rules that leave nothing over give min(pool, claims) to the fen.
            if ["按比例"].contains(&rule) || rule.contains("末位部分") {
                prop_assert_eq!(given, total.min(pool), "{}", rule);
            }
            for cut in &shared.cuts {
                let scheme = scheme(rule, &yuan(pool));
                prop_assert!(shared.why(&scheme, cut).is_some(), "{rule}: each cut is explained");
            }
        }
    }

    #[test]
    fn a_larger_pool_takes_from_nobody_served_in_order(asked in claims(), pool in 0..2_000_000_i64, more in 0..500_000_i64) {
        for rule in RULES.into_iter().filter(|rule| *rule != "按比例") {
            let (_, small) = share(rule, pool, &asked);
            let (_, large) = share(rule, pool + more, &asked);
            prop_assert!(small.iter().zip(&large).all(|(a, b)| a <= b), "{rule}: {small:?} {large:?}");
        }
        // Pro rata the remainders move by a fen, and the whole never shrinks.
        let (_, small) = share("按比例", pool, &asked);
        let (_, large) = share("按比例", pool + more, &asked);
        prop_assert!(small.iter().zip(&large).all(|(a, b)| *a <= b + 1), "{small:?} {large:?}");
        prop_assert!(small.iter().sum::<i64>() <= large.iter().sum::<i64>());
    }

    #[test]
    fn pro_rata_does_not_go_by_order(asked in claims(), pool in 0..2_000_000_i64, turn in 0..24_usize) {
        let (_, before) = share("按比例", pool, &asked);
        let mut turned = asked.clone();
        let by = turn % asked.len();
        turned.rotate_left(by);
        let (_, mut after) = share("按比例", pool, &turned);
        after.rotate_right(by);
        // Of equal remainders the earlier claim comes first: only there, and by one fen, may another order differ.
        prop_assert!(before.iter().zip(&after).all(|(a, b)| (a - b).abs() <= 1), "{before:?} {after:?}");
        let sums = |gets: &[i64]| { let mut sorted: Vec<(i64, i64)> = gets.iter().copied().zip(asked.iter().map(|a| a.0)).map(|(got, claim)| (claim, got)).collect(); sorted.sort_unstable(); sorted };
        prop_assert_eq!(sums(&before), sums(&after), "those with the same claim get the same among them");
    }
}

#[test]
fn a_cut_says_its_ratio_and_why() {
    let (shared, _) = share("按比例", 82_340, &[(50_000, 1), (50_000, 1)]);
    let scheme = scheme("按比例", &yuan(82_340));
    let why = shared.why(&scheme, &shared.cuts[0]).unwrap();
    assert!(why.zh.starts_with("按 0.8234 折算"), "{}", why.zh);
    assert!(why.zh.contains("资金“总额”2024年为"), "{}", why.zh);
}
