//! Numbers too large for the real evaluator: it says so, or gives what the naive one gives, and never anything else.

use num_bigint::BigInt;
use num_traits::ToPrimitive;
use policy::assessment::Outcome;
use policy::compile;
use policy::source::Sources;
use policy::syntax::parse::parse;
use values::Fault;

use crate::compare;
use crate::generate::random::Random;
use crate::made::seeds;
use crate::naive::World;
use crate::naive::person::{Given, Person};
use crate::naive::value::Q;

const RULES: &str = "
事实
  甲额  元
  乙额  元
  甲率  比率
  乙率  比率
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
  频次  每年";

fn huge(random: &mut Random) -> Q {
    let mut part = |most: i32| {
        let digits = random.within(1, most);
        let number = (0..digits).fold(0_i128, |number, _| number * 10 + i128::try_from(random.below(10)).unwrap());
        BigInt::from(number.max(1))
    };
    Q::new(part(37), part(30))
}

#[test]
fn what_is_too_large_is_a_fault_and_never_another_amount() {
    let sources = Sources::single(format!("# 例\n\n```duixian\n{}\n```\n", RULES.trim()));
    let parsed = parse(&sources);
    let compiled = compile(&sources);
    let scheme = compiled.scheme.unwrap_or_else(|| panic!("{:#?}", compiled.diagnostics));
    let (mut faults, mut equal) = (0, 0);
    for seed in seeds(300) {
        let mut random = Random::new(seed);
        let mut person = Person::new("p0", 2024);
        for name in ["甲额", "乙额", "甲率", "乙率"] {
            person.facts.insert((name.to_owned(), 2024, 0), Given::Number(huge(&mut random)));
        }
        let people = [person];
        let ours = World::new(&parsed, &people).run();
        let theirs = compare::real(&scheme, &people);
        for (last, result) in ours.finals[0].iter().zip(&theirs.assessments[0].clauses) {
            if result.outcome == Outcome::Undetermined {
                assert_eq!(result.fault, Some(Fault::Overflow), "seed {seed}: {result:?} of {people:?}");
                faults += 1;
            } else {
                let amount = result.amount.map(|fen| BigInt::from(fen.0));
                assert_eq!(amount, last.verdict.amount, "seed {seed}: {people:?}");
                equal += 1;
            }
            let large = last.verdict.amount.as_ref().is_some_and(|amount| amount.to_i64().is_none());
            assert!(!large || result.outcome == Outcome::Undetermined, "seed {seed}: {result:?}");
        }
    }
    assert!(faults > 0 && equal > 0, "{faults} faults, {equal} equal");
}
