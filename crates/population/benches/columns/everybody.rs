//! What needs everybody, by the clock on one core: a pool that is shared among all applicants by each rule (`share`), and the best
//! combination of awards under three overlapping groups (`groups`). `DUIXIAN_ROWS` applicants, a million unless it says otherwise.

use crate::{Random, core_ns};
use policy::compile;
use policy::scheme::{ClauseId, Scheme};
use policy::source::Sources;
use population::evaluate::Evaluator;
use population::groups::{Groups, NONE};
use population::places::Ranking;
use population::pools::{Claim, Claims};
use population::table::{About, CHUNK_ROWS, Chunk, Layout, form_of};
use std::hint::black_box;
use std::sync::Arc;
use values::{Date, Rational};

const RULES: [&str; 7] = ["按比例", "先到先得", "先到先得，末位部分", "按 得分 高者先", "按 得分 高者先，末位部分", "按 条款 2、1", "顺延"];

fn scheme(rules: &str) -> Scheme {
    let compiled = compile(&Sources::single(format!("# 例\n\n```duixian\n{}\n```\n", rules.trim())));
    compiled.scheme.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics.iter().filter(|d| d.is_error()).collect::<Vec<_>>()))
}

/// A claim of every applicant on a pool that holds some nine tenths of what is claimed.
pub fn share(rows: usize) {
    println!("{rows} applicants share a pool of nine tenths of what they claim:");
    for rule in RULES {
        let pool = rows as i64 * 45;
        let scheme = scheme(&format!(
            "事实\n  销售额  元\n  得分  分\n条款 1「甲」\n  给予  销售额\n  频次  每年\n条款 2「乙」\n  给予  销售额\n  频次  每年\n资金「总额」\n  适用  全部\n  额度  每年 {pool}元\n  超额  {rule}"
        ));
        let (mut claims, mut random) = (Claims::new(&scheme), Random(7));
        for row in 0..rows as u64 {
            let claim = Claim { row, year: 2024, clause: ClauseId((row % 2) as u32), awarded: random.below(10_000), kind: None, size: 0 };
            let measure = Rational::new(i128::from(random.below(100_000)), 7).ok();
            claims.push(claim, rule.starts_with("按 得分").then_some((0, measure)));
        }
        let begun = core_ns();
        let shared = black_box(claims.share(rows as u64));
        let ms = (core_ns() - begun) / 1_000_000;
        let pool = &shared.pools[0];
        assert!(pool.given.0 <= pool.amount.unwrap().0 && pool.given < pool.claims, "{rule}");
        println!("  {rule:<24} {ms:>5} ms, {} of {} yuan given, {} cut", pool.given.0 / 100, pool.claims.0 / 100, shared.cuts.len());
    }
}

const GROUPS: &str = "
事实
  甲  元
  乙  元
  丙  元
  丁  元
  戊  元
  己  元
条款 1「奖1」
  给予  甲 的 10%
  频次  每年
条款 2「奖2」
  给予  乙 的 10%
  频次  每年
条款 3「奖3」
  给予  丙 的 10%
  频次  每年
条款 4「奖4」
  给予  丁 的 10%
  频次  每年
条款 5「奖5」
  给予  戊 的 10%
  频次  每年
条款 6「奖6」
  给予  己 的 10%
  频次  每年
并用「一」
  适用  条款 1、2、3
  方式  就高
并用「二」
  适用  条款 3、4、5
  方式  就高
并用「三」
  适用  条款 5、6、1
  方式  就高";

/// Applicants of whom each has a choice under three groups that overlap.
pub fn groups(rows: usize) {
    let scheme = scheme(GROUPS);
    let day = Date::new(2024, 12, 31).unwrap();
    let columns = (0..).map(policy::scheme::FactId).zip(&scheme.facts).filter(|(_, fact)| fact.name.chars().count() == 1);
    let layout = Arc::new(Layout { columns: columns.map(|(id, fact)| (About::Fact(id), form_of(&fact.ty))).collect() });
    let mut random = Random(11);
    let chunks: Vec<Chunk> = (0..rows)
        .step_by(CHUNK_ROWS)
        .map(|first| {
            let mut chunk = Chunk::new(&layout, first as u64);
            chunk.rows = CHUNK_ROWS.min(rows - first);
            chunk.years = std::iter::repeat_n(2024, chunk.rows).collect();
            chunk.days = std::iter::repeat_n(day, chunk.rows).collect();
            for column in &mut chunk.columns {
                (0..chunk.rows).for_each(|row| column.push_int(row, random.below(100_000_000)));
            }
            chunk
        })
        .collect();
    let (groups, ranking, mut evaluator) = (Groups::of(&scheme), Ranking::default(), Evaluator::new(&scheme));
    let (mut chosen, mut claimed, mut held_sum, mut alone_ns) = (0, 0_i64, 0_i64, 0);
    let begun = core_ns();
    for chunk in &chunks {
        let before = core_ns();
        let result = evaluator.chunk(chunk, &ranking);
        alone_ns += core_ns() - before;
        claimed += result.clauses.iter().flat_map(|clause| &clause.amounts[..chunk.rows]).sum::<i64>();
        let held = groups.hold(&scheme, chunk, result);
        chosen += held.chosen;
        held_sum += held.awards.iter().flatten().filter(|award| **award != NONE).sum::<i64>();
    }
    let ms = (core_ns() - begun) / 1_000_000;
    println!(
        "{rows} applicants, six awards each under three overlapping groups: {ms} ms, of which {} ms before the groups; {chosen} had to choose, {} of {} yuan held",
        alone_ns / 1_000_000,
        held_sum / 100,
        claimed / 100
    );
}
