//! Numbers at the ends of what columns hold, and beyond: what 64 bits do not hold is `policy`'s to say, and never another amount.

use policy::application::{Application, FactValue, When};
use policy::compile;
use policy::source::Sources;
use values::{Date, Rational};

use crate::columns::{Seen, columns_against_policy};
use crate::generate::random::Random;
use crate::made::seeds;

const RULES: &str = "
事实
  甲额  元 按年
  乙额  元
  甲率  比率
  乙率  比率
  开业  日期
条款 1「积」
  给予  甲额 的 甲率 乘 乙率 除以 3
  频次  每年
条款 2「和」
  给予  合计
          甲额 的 甲率
          乙额 的 乙率
        最高 甲额
  频次  每年
条款 3「步」
  给予  甲额 每满 0.07元 给 乙额
  频次  每年
条款 4「比」
  条件  甲额 除以 3元 超过 100%
        甲率 加 乙率 不超过 50%
  给予  乙额
  频次  每年
条款 5「幅」
  条件  甲额 比 上年 增幅 达到 20%
  给予  甲额 比 上年 增量 的 乙率，最高 乙额
  频次  每年
条款 6「年」
  条件  开业 满 13个月
  给予  乙额 的 甲率，最低 0.01元
  频次  每年
条款 7「比比」
  给予  甲额 除以 乙额 乘 1元
  频次  每年
条款 8「另」
  条件  符合 条款 7
  给予  条款 7 本年所得 乘 甲率，另加 条款 6 本年所得
  频次  每年";

fn number(random: &mut Random, most: i32) -> i128 {
    let digits = random.within(0, most);
    (0..digits).fold(0_i128, |number, _| number * 10 + i128::try_from(random.below(10)).unwrap())
}

fn applicant(random: &mut Random, at: usize) -> Application {
    let year = 2024;
    let mut app = Application::empty(format!("p{at}"), year, Date::new(year, 12, 31).unwrap(), 6);
    for (fact, most, den) in [(1, 17, 1), (2, 17, 1), (3, 16, 10_000), (4, 20, 10_000)] {
        for year in if fact == 1 { vec![year, year - 1] } else { vec![year] } {
            if random.chance(93) {
                let value = Rational::new(number(random, most), den).unwrap();
                app.set(policy::scheme::FactId(fact), When { year, month: 0 }, FactValue::Number(value));
            }
        }
    }
    let days = [0, 28, 29, 30, 31, 365, 394, 395, 396, 397, 398, 3_000_000, -700_000];
    let opened = Date::new(2024, 12, 31).unwrap().add_days(-*random.pick(&days));
    if let Some(opened) = opened {
        app.set(policy::scheme::FactId(5), When { year, month: 0 }, FactValue::Date(opened));
    }
    app
}

#[test]
fn what_columns_do_not_hold_is_said_by_policy() {
    let sources = Sources::single(format!("# 例\n\n```duixian\n{}\n```\n", RULES.trim()));
    let compiled = compile(&sources);
    let scheme = compiled.scheme.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    let mut seen = Seen::default();
    for seed in seeds(40) {
        let mut random = Random::new(seed);
        let applications: Vec<Application> = (0..60).map(|at| applicant(&mut random, at)).collect();
        columns_against_policy(&scheme, &applications, &mut seen);
        assert!(seen.found.is_empty(), "DUIXIAN_SEED={seed} DUIXIAN_CASES=1\n{}", seen.found.join("\n"));
    }
    println!("{} cells, {} by policy, {:#?}", seen.cells, seen.asked, seen.reasons);
    let of = |reason: &str| seen.reasons.get(reason).copied().unwrap_or(0);
    assert!(of("fault") > 0 && of("given") > 0 && of("missing") > 0, "{:#?}", seen.reasons);
    assert!(seen.asked > 0 && seen.asked < seen.cells, "some rows are too large for columns, and some are not");
}
