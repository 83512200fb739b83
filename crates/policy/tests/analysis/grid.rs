//! Brute force against the cells: applicants on and beside every threshold lie in exactly one cell and get what it
//! says. `DUIXIAN_SEED` and `DUIXIAN_CASES` choose other ones.

use crate::cells::{evaluated, promised};
use crate::places;
use policy::analysis::space::Quantity;
use policy::analysis::witness::Point;
use policy::analysis::{Cells, Context, Outcome, Subject, explore};
use policy::scheme::Scheme;
use std::collections::BTreeMap;
use values::Rational;

/// A small generator: the same numbers for the same seed.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x1234_5678_9ABC_DEF1)
    }

    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// Values of each given measure on and one step beside its thresholds.
fn edges(cells: &Cells) -> BTreeMap<policy::analysis::linear::MeasureId, Vec<Rational>> {
    let mut out = BTreeMap::new();
    for (at, measure) in (0..).zip(&cells.space.measures) {
        if matches!(measure.quantity, Quantity::Given(_)) {
            let low = measure.low.unwrap_or(Rational::ZERO);
            out.insert(policy::analysis::linear::MeasureId(at), vec![low, low.checked_add(measure.grid.unwrap()).unwrap()]);
        }
    }
    for constraint in cells.cells.iter().flat_map(|c| &c.region.constraints) {
        for (id, factor) in &constraint.form.terms {
            let Some(values) = out.get_mut(id) else { continue };
            let measure = &cells.space.measures[id.index()];
            let grid = measure.grid.unwrap();
            let near = constraint.form.constant.neg().checked_div(*factor).unwrap().checked_div(grid).unwrap().floor();
            for step in [-1, 0, 1, 2] {
                let value = Rational::new(near + step, 1).unwrap().checked_mul(grid).unwrap();
                if measure.low.is_none_or(|l| value >= l) && measure.high.is_none_or(|h| value <= h) && !values.contains(&value) {
                    values.push(value);
                }
            }
        }
    }
    for values in out.values_mut() {
        let most = *values.iter().max().unwrap();
        values.push(most.checked_mul(Rational::from(3)).unwrap_or(most));
    }
    for (id, values) in &mut out {
        let high = cells.space.measures[id.index()].high;
        values.retain(|v| high.is_none_or(|h| *v <= h));
    }
    out
}

/// Tries random combinations of edges; says what is wrong.
fn tried(name: &str, scheme: &Scheme, random: &mut Random, points: usize) -> (usize, Vec<String>) {
    let (mut judged, mut wrong) = (0, Vec::new());
    for (id, clause) in scheme.clause_ids() {
        let cells = explore(&[Subject { scheme, clause: id }], Context::of(scheme));
        let edges = edges(&cells);
        for _ in 0..points {
            let mut point = Point::default();
            for (measure, values) in &edges {
                point.values.insert(*measure, *random.pick(values));
            }
            for (at, atom) in (0..).zip(&cells.space.atoms) {
                point.options.insert(policy::analysis::space::AtomId(at), random.below(atom.size()));
            }
            let homes: Vec<_> = cells.cells.iter().filter(|cell| point.lies_in(&cells.space, &cell.region)).collect();
            let facts = || format!("{name} {}: {:?}", clause.id, cells.facts(&point, values::Lang::Zh));
            match homes.as_slice() {
                [cell] => {
                    if matches!(cell.outcomes[0], Outcome::Unexplored(_)) {
                        continue;
                    }
                    let app = cells.application(&point, scheme, &[id]);
                    let promise = promised(&cells, &point, &cell.outcomes[0]).unwrap();
                    let got = evaluated(scheme, &app, id);
                    judged += 1;
                    if got != promise {
                        wrong.push(format!("{}: promised {promise:?}, evaluated {got:?}", facts()));
                    }
                }
                // A divisor of zero leaves the point without a value in cells behind it.
                homes => wrong.push(format!("{}: {} cells", facts(), homes.len())),
            }
        }
    }
    (judged, wrong)
}

fn judge(judged: usize, wrong: &[String]) {
    println!("{judged} applicants judged");
    assert!(wrong.is_empty(), "{} wrong, the first: {}", wrong.len(), wrong.iter().take(5).cloned().collect::<Vec<_>>().join("\n"));
}

#[test]
fn applicants_at_the_edges_of_both_policies_lie_in_one_cell_and_get_what_it_says() {
    let seed = number("DUIXIAN_SEED", 7);
    println!("seed {seed}");
    let mut random = Random::new(seed);
    let (mut judged, mut wrong) = (0, Vec::new());
    for name in ["qianjiang", "jiulongpo"] {
        let scheme = places::policy(name).1.scheme.unwrap();
        let (more, differs) = tried(name, &scheme, &mut random, 60);
        judged += more;
        wrong.extend(differs);
    }
    for (name, scheme) in places::examples() {
        let (more, differs) = tried(&name, &scheme, &mut random, 25);
        judged += more;
        wrong.extend(differs);
    }
    judge(judged, &wrong);
}

/// A clause over a few facts, by chance.
fn clause(random: &mut Random) -> String {
    let money = ["甲额", "乙额", "上年 甲额", "丙额"];
    let amounts = ["100万元", "250万元", "500万元", "80.5万元", "1000万元"];
    let value = |random: &mut Random| match random.below(9) {
        0 => format!("{} 的 {}", random.pick(&money), random.pick(&["1%", "2.5%", "30%"])),
        1 => format!("（{} 加 {}） 的 10%", random.pick(&money), random.pick(&money)),
        2 => format!("{} 超过 {} 的部分 的 5%", random.pick(&["甲额", "乙额"]), random.pick(&amounts)),
        3 => format!("{} 每满 {} 给 1万元", random.pick(&["甲额", "乙额"]), random.pick(&["30万元", "100万元"])),
        4 => format!("人数 乘 {}", random.pick(&["500元/人", "3000元/人"])),
        5 => "甲额 比 上年 增量 的 20%".to_owned(),
        6 => format!("若 达标 则 {} 否则 {}", random.pick(&["5万元", "甲额"]), random.pick(&["3万元", "乙额"])),
        7 => (*random.pick(&amounts)).to_owned(),
        _ => "甲额 的 级别率".to_owned(),
    };
    let condition = |random: &mut Random| match random.below(10) {
        0 | 1 => format!("{} {} {}", random.pick(&money), random.pick(&["达到", "超过", "不超过", "低于"]), random.pick(&amounts)),
        2 => format!("{} 超过 {}", random.pick(&money), random.pick(&money)),
        3 => format!("人数 {} {}人", random.pick(&["不少于", "超过", "少于"]), 1 + random.below(30)),
        4 => "达标".to_owned(),
        5 => format!("级别 属于 {}", random.pick(&["甲级", "甲级、乙级", "丙级"])),
        6 => "开业日期 满 1年".to_owned(),
        7 => "甲额 比 上年 增幅 超过 10%".to_owned(),
        8 => format!("甲额 加 乙额 {} {}", random.pick(&["达到", "低于"]), random.pick(&amounts)),
        _ => "年次（起始年） 介于 1年（含）至 3年（含）".to_owned(),
    };
    let mut conditions: Vec<String> = (0..random.below(4)).map(|_| condition(random)).collect();
    conditions.push("上年 甲额 超过 0元".into());
    let mut text = String::from(
        "事实\n  甲额  元 按年\n  乙额  元\n  丙额  元\n  人数  人\n  达标  是否\n  级别  选项（甲级、乙级、丙级）\n  开业日期  日期\n  起始年  年份\n",
    );
    text.push_str("条款 1「试」\n  对象  企业\n");
    for (at, condition) in conditions.iter().enumerate() {
        text.push_str(if at == 0 { "  条件  " } else { "        " });
        text.push_str(condition);
        text.push('\n');
    }
    text.push_str("  其中  级别率 为 分类 级别\n          甲级：10%\n          乙级：5%\n          丙级：1%\n");
    match random.below(5) {
        0 => text.push_str("  给予  分档 甲额\n          达到 100万元：1万元\n          超过 250万元：乙额 的 1%\n          达到 1000万元：20万元\n"),
        1 => text.push_str("  给予  累进 甲额\n          不超过 250万元：2%\n          超过 250万元：3%\n"),
        2 => {
            let (a, b) = (value(random), value(random));
            text.push_str(&format!("  给予  就高\n          {a}\n          {b}\n"));
        }
        3 => text.push_str("  给予  分档 甲额、人数\n          达到 100万元、5人：1万元\n          达到 250万元、20人：6万元\n"),
        _ => {
            let (a, b) = (value(random), value(random));
            text.push_str(&format!("  给予  合计\n          {a}\n          达标：{b}\n"));
        }
    }
    let modifiers = ["最高 50万元", "最低 1万元", "扣除 丙额", "另加 2万元", "取整到 1万元"];
    for _ in 0..random.below(3) {
        text.push_str(&format!("        {}\n", random.pick(&modifiers)));
    }
    if random.below(3) == 0 {
        text.push_str("  限额  累计 40万元\n");
    }
    text.push_str("  频次  每年\n");
    text
}

#[test]
fn the_cells_of_random_clauses_say_what_the_evaluator_says() {
    let seed = number("DUIXIAN_SEED", 20_251);
    let (mut judged, mut compiled, mut wrong) = (0, 0, Vec::new());
    for case in 0..number("DUIXIAN_CASES", 120) {
        let seed = seed.wrapping_add(case);
        let mut random = Random::new(seed);
        let rules = clause(&mut random);
        let sources = policy::source::Sources::single(format!("```duixian\n{rules}\n```\n"));
        let result = policy::compile(&sources);
        let Some(scheme) = result.scheme else {
            let why: Vec<_> = result.diagnostics.iter().map(|d| d.message.zh.clone()).collect();
            println!("refused: {why:?}\n{rules}");
            continue;
        };
        compiled += 1;
        let (more, differs) = tried(&format!("DUIXIAN_SEED={seed}\n{rules}"), &scheme, &mut random, 40);
        judged += more;
        wrong.extend(differs);
    }
    println!("{compiled} clauses");
    assert!(compiled > 80 || number("DUIXIAN_CASES", 120) < 100);
    judge(judged, &wrong);
}
