//! What a comparison claims, against the evaluator: every witness is replayed under both versions, and applicants by brute
//! force never show anything that is not claimed, or something else where no change is claimed.

use crate::fill::{Random, seeds, value};
use crate::{PLACES, application, own, places, scheme};
use policy::application::{Application, Earlier, FactValue, When};
use policy::assessment::{ClauseResult, Outcome};
use policy::compare::{Affected, ClauseComparison, Comparison, Effect, Verdict, compare, text};
use policy::scheme::{ClauseId, FactId, FactType, Op, Scheme, Type};
use policy::source::{SourceFile, Sources};
use policy::syntax::ast::BlockKind;
use policy::syntax::parse::parse;
use policy::{AssessOptions, assess, check};
use serde_json::json;
use std::collections::BTreeMap;
use values::{Fen, Lang, Rational};

fn result(scheme: &Scheme, app: &Application, clause: ClauseId) -> (Outcome, Option<Fen>, bool) {
    let population = assess(scheme, std::slice::from_ref(app), &AssessOptions::default());
    let one: &ClauseResult = population.assessments[0].clauses.iter().find(|r| r.clause == clause).unwrap();
    // Groups are compared as rules.
    let outcome = if one.outcome == Outcome::Yielded { Outcome::Eligible } else { one.outcome };
    (outcome, one.amount, one.decided)
}

/// What one applicant experiences, worked out here anew.
fn experienced(old: (Outcome, Option<Fen>, bool), new: (Outcome, Option<Fen>, bool)) -> Option<Effect> {
    let refused = |o: Outcome| !matches!(o, Outcome::Eligible | Outcome::Undetermined);
    match (old.0, new.0) {
        (a, b) if refused(a) && refused(b) => None,
        (Outcome::Undetermined, Outcome::Undetermined) => None,
        (Outcome::Undetermined, _) | (_, Outcome::Undetermined) => Some(Effect::Open),
        (a, _) if refused(a) => Some(Effect::BecomesEligible),
        (_, b) if refused(b) => Some(Effect::NoLongerEligible),
        _ if old.2 != new.2 || old.1.is_some() != new.1.is_some() => Some(Effect::OtherKind),
        _ if new.1 > old.1 => Some(Effect::Gains),
        _ if new.1 < old.1 => Some(Effect::Loses),
        _ => None,
    }
}

/// The application with the facts of one scheme, by name, for another.
fn carried(from: &Scheme, to: &Scheme, app: &Application) -> Application {
    let mut out = Application::empty(app.id.clone(), app.year, app.as_of, to.facts.len());
    for (fact, values) in from.facts.iter().zip(&app.facts) {
        let Some(id) = to.fact_named(&fact.name) else { continue };
        for (when, value) in values {
            let value = match (value, &fact.ty, &to.fact(id).unwrap().ty) {
                (FactValue::Choice(at), FactType::Choice(words), FactType::Choice(others)) => {
                    let word = &words[usize::from(*at)];
                    let Some(at) = others.iter().position(|o| o == word) else { continue };
                    FactValue::Choice(u16::try_from(at).unwrap())
                }
                (value, _, _) => value.clone(),
            };
            out.set(id, *when, value);
        }
    }
    out.params.clone_from(&app.params);
    let clause = |id: ClauseId| to.clause_named(&from.clause(id).unwrap().id);
    out.history = app.history.iter().filter_map(|e| Some(Earlier { clause: clause(e.clause)?, ..e.clone() })).collect();
    out.decisions = app.decisions.iter().filter_map(|(c, fen)| Some((clause(*c)?, *fen))).collect();
    out.projects = app.projects.iter().filter_map(|(c, p)| Some((clause(*c)?, p.clone()))).collect();
    out
}

/// Every witness does what is said of it, under both versions.
fn replay(old: &Scheme, new: &Scheme, comparison: &Comparison) -> usize {
    let mut count = 0;
    for clause in &comparison.clauses {
        for affected in &clause.affected {
            let given = |scheme: &Scheme, app: &Option<Application>, id: &Option<String>| match (app, id) {
                (Some(app), Some(id)) => result(scheme, app, scheme.clause_named(id).unwrap()),
                _ => (Outcome::Ineligible, None, true),
            };
            let before = given(old, &affected.applications.0, &clause.old);
            let after = given(new, &affected.applications.1, &clause.new);
            assert_eq!(experienced(before, after), Some(affected.effect), "{} {:?}", clause.title, affected.facts);
            assert_eq!((before.1, after.1), (affected.old.amount, affected.new.amount), "{} {:?}", clause.title, affected.facts);
            if let (Some(from), Some(to)) = (&affected.applications.0, &affected.applications.1) {
                let same = carried(old, new, from);
                assert_eq!(result(new, &same, new.clause_named(clause.new.as_ref().unwrap()).unwrap()), after, "one applicant: {to:?}");
            }
            count += 1;
        }
    }
    count
}

/// An applicant is treated as the comparison of a clause says.
fn keeps_to(clause: &ClauseComparison, old: &Scheme, new: &Scheme, app: &Application, history: bool, context: &str) -> Option<Effect> {
    let (Some(a), Some(b)) = (&clause.old, &clause.new) else { return None };
    let before = result(old, app, old.clause_named(a).unwrap());
    let other = carried(old, new, app);
    let after = result(new, &other, new.clause_named(b).unwrap());
    let effect = experienced(before, after)?;
    assert_ne!(clause.verdict, Verdict::Same, "{context}: {before:?} {after:?} {app:?}");
    assert!(history || clause.verdict != Verdict::SameFirst, "{context}: {before:?} {after:?} {app:?}");
    // Of applicants with earlier awards only what is proven the same is claimed.
    if history {
        return Some(effect);
    }
    let claimed: Vec<&Affected> = clause.affected.iter().filter(|x| x.effect == effect).collect();
    assert!(!claimed.is_empty() || !clause.undecided.is_empty(), "{context}: {effect:?} is not claimed: {before:?} {after:?} {app:?}");
    if let (Some(x), Some(y)) = (before.1.or(Some(Fen(0))), after.1.or(Some(Fen(0))))
        && let [only] = claimed.as_slice()
        && let Some(most) = only.most
        && only.history.is_empty()
    {
        assert!((x.0 - y.0).abs() <= most.0 + 1, "{context}: {effect:?} by {} but at most {most:?}: {app:?}", (x.0 - y.0).abs());
    }
    Some(effect)
}

/// The thresholds of a fact's unit in both versions, with their neighbours.
fn grid(schemes: [&Scheme; 2], ty: &FactType) -> Vec<Rational> {
    let FactType::Number { scale, whole, .. } = ty else { return Vec::new() };
    let mut out = vec![Rational::ZERO];
    for scheme in schemes {
        let FactType::Number { unit, .. } = ty else { continue };
        let wanted = schemes[0].unit(*unit);
        for node in &scheme.nodes {
            if let (Op::Number(n), Type::Number(of)) = (&node.op, node.ty)
                && scheme.unit(of) == wanted
            {
                let step = if *whole { *scale } else { scale.checked_div(Rational::from_int(100)).unwrap() };
                out.extend([n.checked_sub(step).unwrap(), *n, n.checked_add(step).unwrap(), n.checked_mul(Rational::from_int(100)).unwrap()]);
            }
        }
    }
    out.retain(|n| *n >= Rational::ZERO && (!whole || n.is_integer()));
    out.sort();
    out.dedup();
    out
}

/// Applicants near the thresholds of a clause: mostly who meets its conditions, each number on the grid.
fn applicants(old: &Scheme, new: &Scheme, clause: ClauseId, base: &Application, random: &mut Random, count: usize) -> Vec<Application> {
    let facts: Vec<FactId> = old.clause(clause).unwrap().facts.clone();
    let grids: BTreeMap<FactId, Vec<Rational>> = facts.iter().map(|f| (*f, grid([old, new], &old.fact(*f).unwrap().ty))).collect();
    (0..count)
        .map(|_| {
            let mut app = base.clone();
            for fact in &facts {
                let decl = old.fact(*fact).unwrap();
                for year in [app.year, app.year - 1] {
                    if year != app.year && !decl.by_year {
                        continue;
                    }
                    let when = When { year, month: 0 };
                    if app.value(*fact, when).is_some() && random.chance(40) {
                        continue;
                    }
                    let points = &grids[fact];
                    let filled = match &decl.ty {
                        FactType::Number { .. } => FactValue::Number(points[random.below(points.len())]),
                        FactType::YesNo if random.chance(80) => app.value(*fact, when).cloned().unwrap_or(FactValue::YesNo(true)),
                        ty => value(old, ty, app.year, random),
                    };
                    app.set(*fact, when, filled);
                }
            }
            app
        })
        .collect()
}

#[test]
fn a_policy_compared_with_itself_changes_nothing_and_that_is_proven() {
    for place in PLACES {
        let scheme = scheme(place);
        let comparison = compare(&scheme, &scheme, Lang::Zh);
        assert!(comparison.same && comparison.policy.is_empty());
        assert!(comparison.clauses.iter().all(|c| c.verdict == Verdict::Same && c.differences.is_empty() && c.affected.is_empty()));
        assert!(text(&comparison).contains("已证明"));
    }
}

/// The policy's text without its register, compiled without the official text: rules may then be edited one by one.
fn rules(text: &str) -> Option<Scheme> {
    let sources = Sources { files: vec![SourceFile { name: "policy.md".into(), text: text.to_owned() }], official: None };
    let mut parsed = parse(&sources);
    parsed.blocks.retain(|b| !matches!(b.kind, BlockKind::Reading(_) | BlockKind::Situation(_)));
    check::compile_reading(&sources, parsed).scheme
}

/// The text with one thing changed in the lines of a clause: a number, a comparison, a frequency, a condition taken away.
fn edits(text: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut clause = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if !line.starts_with(' ') {
            clause = line.strip_prefix("条款 ").map(|rest| rest.split('「').next().unwrap_or_default().to_owned());
        }
        let end = start + line.len();
        if let Some(id) =
            clause.as_ref().filter(|_| line.starts_with(' ') && !line.trim_start().starts_with(['因', '#']) && !line.contains("字面") && !line.contains("不用"))
        {
            let mut edit = |what: &str, changed: String| {
                let new = format!("{}{changed}{}", &text[..start], &text[end..]);
                out.push((format!("{id} {what}: {} → {}", line.trim(), changed.trim()), new));
            };
            for (from, to) in [
                ("达到", "超过"),
                ("超过", "达到"),
                ("不少于", "多于"),
                ("低于", "不超过"),
                ("一次性", "每年"),
                ("每年", "一次性"),
                ("累计", "每年"),
                ("企业、个体工商户", "企业"),
                ("，最高", "，最低"),
                ("共 2 年", "共 3 年"),
                ("（含）至", "（不含）至"),
            ] {
                if let Some(at) = line.find(from) {
                    edit("word", format!("{}{to}{}", &line[..at], &line[at + from.len()..]));
                }
            }
            if line.starts_with("        ") && !line.contains('：') && !line.contains("最高") && !line.contains("扣除") {
                edit("line away", String::new());
            }
            let bytes = line.as_bytes();
            let mut at = 0;
            while at < bytes.len() {
                if bytes[at].is_ascii_digit() && (at == 0 || !bytes[at - 1].is_ascii_digit() && bytes[at - 1] != b'.') {
                    let len = bytes[at..].iter().take_while(|b| b.is_ascii_digit()).count();
                    let number: i64 = line[at..at + len].parse().unwrap();
                    for changed in [number + 1, (number / 2).max(1)] {
                        if changed != number {
                            edit("number", format!("{}{changed}{}", &line[..at], &line[at + len..]));
                        }
                    }
                    at += len;
                } else {
                    at += 1;
                }
            }
        }
        start = end;
    }
    out
}

#[test]
fn versions_that_differ_in_one_place_are_told_apart_truly() {
    for place in PLACES {
        let source = std::fs::read_to_string(crate::folder(place).join("policy.md")).unwrap();
        let old = rules(&source).expect("the rules compile without the register");
        let cases = crate::cases(place, &old);
        let random = &mut Random(7);
        let (mut mutants, mut differ, mut same, mut open, mut witnesses, mut seen) = (0, 0, 0, 0, 0, 0);
        let mut silent = Vec::new();
        for (name, changed) in edits(&source) {
            let Some(new) = rules(&changed) else { continue };
            mutants += 1;
            let comparison = compare(&old, &new, Lang::Zh);
            witnesses += replay(&old, &new, &comparison);
            let id = name.split(' ').next().unwrap();
            for clause in &comparison.clauses {
                let other = clause.new.as_deref() != Some(id);
                assert!(!other || matches!(clause.verdict, Verdict::Same), "{place} {name}: {} is not the clause that changed", clause.title);
            }
            let clause = comparison.clauses.iter().find(|c| c.new.as_deref() == Some(id)).unwrap();
            let at = old.clause_named(id).unwrap();
            match clause.verdict {
                Verdict::Differs => differ += 1,
                Verdict::Same | Verdict::SameFirst => {
                    same += 1;
                    silent.push(format!("{name}: proven {:?}", clause.verdict));
                }
                _ => {
                    open += 1;
                    silent.push(format!("{name}: {:?}", clause.undecided));
                }
            }
            if clause.verdict != Verdict::Same {
                assert!(!clause.differences.is_empty(), "{place} {name}: nothing is said of what changed");
            }
            // Around worked cases and witnesses, with and without earlier awards.
            let mut bases: Vec<Application> = clause.affected.iter().filter_map(|a| a.applications.0.clone()).collect();
            bases.extend(cases.iter().filter(|c| c.id.contains(id)).take(2).cloned());
            bases.push(cases[random.below(cases.len())].clone());
            for base in bases {
                let mut base = base;
                if let Some(rate) = cases.iter().find(|c| !c.params.is_empty()) {
                    base.params.clone_from(&rate.params);
                }
                (base.year, base.as_of) = (comparison.year.unwrap(), values::Date::last_of_year(comparison.year.unwrap()).unwrap());
                for (count, app) in (0..).zip(applicants(&old, &new, at, &base, random, 12)) {
                    let mut app = app;
                    let history = count % 3 == 2;
                    if history {
                        let year = app.year - i32::try_from(random.below(3)).unwrap();
                        app.history = vec![Earlier { clause: at, year, amount: Fen(1_000_000), key: None }];
                    } else {
                        app.history.clear();
                    }
                    seen += usize::from(keeps_to(clause, &old, &new, &app, history, &format!("{place} {name}")).is_some());
                }
            }
        }
        println!(
            "{place}: {mutants} edited versions: {differ} differ, {same} proven the same, {open} not decided; {witnesses} witnesses replayed; {seen} applicants by brute force treated otherwise as told"
        );
        silent.iter().for_each(|line| println!("  {line}"));
        assert!(differ > 30, "{place}");
        assert!(open * 5 < mutants, "{place}: most is decided");
    }
}

/// A small clause at random: two measures, two yes/no facts.
fn small(random: &mut Random) -> Vec<String> {
    let money = |random: &mut Random| format!("{}元", 10 + 10 * random.below(4));
    let compare = |random: &mut Random| ["达到", "超过", "不超过", "低于"][random.below(4)].to_owned();
    let mut lines = vec![format!("  对象  {}", ["企业", "企业、机构"][random.below(2)])];
    let mut conditions = Vec::new();
    if random.chance(60) {
        conditions.push("甲".to_owned());
    }
    if random.chance(30) {
        conditions.push("甲 或 乙".to_owned());
    }
    if random.chance(60) {
        conditions.push(format!("销售 {} {}", compare(random), money(random)));
    }
    if random.chance(40) {
        conditions.push(format!("人数 {} {}人", compare(random), 1 + random.below(3)));
    }
    if random.chance(20) {
        conditions.push("销售 超过 投入".to_owned());
    }
    for (at, condition) in conditions.iter().enumerate() {
        lines.push(format!("  {}{condition}", if at == 0 { "条件  " } else { "      " }));
    }
    let give = match random.below(5) {
        0 => money(random),
        1 => format!("销售 的 {}%", [5, 10, 25][random.below(3)]),
        2 => format!("（销售 加 投入） 的 {}%", [5, 10][random.below(2)]),
        3 => format!("销售 超过 {} 的部分 的 50%", money(random)),
        _ => {
            let low = 10 + 10 * random.below(2);
            lines.push("  给予  分档 销售".to_owned());
            lines.push(format!("          {} {low}元：{}", ["达到", "超过"][random.below(2)], money(random)));
            lines.push(format!("          {} {}元：{}", ["达到", "超过"][random.below(2)], low + 20, money(random)));
            String::new()
        }
    };
    if !give.is_empty() {
        let cap = if random.chance(50) { format!("，最高 {}", money(random)) } else { String::new() };
        lines.push(format!("  给予  {give}{cap}"));
    }
    lines.push("  频次  每年".to_owned());
    lines
}

fn wrapped(lines: &[String]) -> String {
    let facts = "政策 试「试」\n事实\n  甲    是否\n  乙    是否\n  人数  人\n  销售  元 按年\n  投入  元\n";
    format!("{facts}条款 1「试」\n{}\n", lines.join("\n"))
}

fn try_own(rules: &str) -> Option<Scheme> {
    let text = format!("# 试\n\n```duixian\n{rules}\n```\n");
    policy::compile(&Sources { files: vec![SourceFile { name: "policy.md".into(), text }], official: None }).scheme
}

#[test]
fn random_clauses_are_compared_as_a_full_grid_of_applicants_says() {
    let (mut pairs, mut differ, mut same, mut cells) = (0, 0, 0, 0);
    for seed in seeds(60) {
        let random = &mut Random(seed);
        let before = small(random);
        let mut after = small(random);
        // Mostly the same clause with one line of another.
        if random.chance(80) {
            let with = after;
            after = before.clone();
            let at = random.below(after.len());
            let kind = |line: &str| line.chars().take(6).collect::<String>();
            if let Some(line) = with.iter().find(|l| kind(l) == kind(&after[at])) {
                after[at].clone_from(line);
            }
        }
        let (Some(old), Some(new)) = (try_own(&wrapped(&before)), try_own(&wrapped(&after))) else { continue };
        pairs += 1;
        let comparison = compare(&old, &new, Lang::Zh);
        replay(&old, &new, &comparison);
        let clause = &comparison.clauses[0];
        let context = format!("DUIXIAN_SEED={seed}\n{}\n→\n{}\n{}", before.join("\n"), after.join("\n"), text(&comparison));
        let mut effects: Vec<Effect> = Vec::new();
        let points = grid([&old, &new], &old.fact(old.fact_named("销售").unwrap()).unwrap().ty);
        for kind in ["企业", "机构"] {
            for yes in 0..4_u8 {
                for people in 0..5 {
                    for sales in &points {
                        for spent in [0_i64, 1500, 2999, 5000] {
                            let yuan = sales.checked_div(Rational::from_int(100)).unwrap().to_decimal(2).unwrap();
                            let app = application(
                                &old,
                                &json!({"id": "1", "year": comparison.year.unwrap(), "applicant": {"kind": kind}, "facts": {"甲": yes & 1 == 1, "乙": yes & 2 == 2, "人数": people, "销售": yuan,
                                    "投入": format!("{}.{:02}", spent / 100, spent % 100)}}),
                            );
                            cells += 1;
                            if let Some(effect) = keeps_to(clause, &old, &new, &app, false, &context) {
                                effects.push(effect);
                            }
                        }
                    }
                }
            }
        }
        effects.sort();
        effects.dedup();
        assert!(clause.undecided.is_empty(), "linear clauses are decided: {context}");
        // What is claimed was shown by a witness; what the grid shows must be claimed.
        let claimed: Vec<Effect> = clause.affected.iter().map(|a| a.effect).collect();
        assert!(effects.iter().all(|e| claimed.contains(e)), "{effects:?} {context}");
        match clause.verdict {
            Verdict::Differs => differ += 1,
            _ => same += 1,
        }
    }
    println!("{pairs} pairs: {differ} differ, {same} proven the same; {cells} applicants");
    assert!(differ > 15 && same > 5, "{differ} {same}");
}

const OLD: &str = "\
政策 试「试」
事实
  合格    是否
  销售额  元 按年
  人数    人
条款 1「甲」
  对象  企业
  条件  合格
        销售额 达到 1000元
  给予  销售额 的 10%，最高 500元
  频次  每年
  牵头  商务委
";

fn lines_of(old: &str, new: &str) -> String {
    let (old, new) = (own(old), own(new));
    let comparison = compare(&old, &new, Lang::Zh);
    replay(&old, &new, &comparison);
    text(&comparison).lines().skip(2).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_threshold_a_rate_and_a_cap_are_each_told_with_who_gains_and_loses() {
    let new = OLD.replace("达到 1000元", "达到 800元").replace("10%", "8%").replace("500元", "600元");
    let said = lines_of(OLD, &new);
    for line in ["销售额门槛：1,000元 → 800元", "比例：10% → 8%", "最高额：500元 → 600元"] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    for line in [
        "+ 新符合：销售额 800.00元至999.99元的，最多可得80.00元",
        "− 少得：销售额 1,000.00元至6,249.99元的，最多少得100.00元",
        "+ 多得：销售额 6,250.01元起的，最多多得100.00元",
        "销售额 6,250.07元 —— 原 500.00元，现 500.01元",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
}

#[test]
fn rules_written_otherwise_that_mean_the_same_are_proven_the_same() {
    let units = OLD.replace("1000元", "0.1万元");
    assert!(lines_of(OLD, &units).contains("两个版本对任何申报人都一样"));
    let order = OLD.replace("  条件  合格\n        销售额 达到 1000元", "  条件  销售额 达到 1000元\n        合格");
    assert!(lines_of(OLD, &order).contains("两个版本对任何申报人都一样"));
    let negation = OLD.replace("销售额 达到 1000元", "非 销售额 低于 1000元");
    let said = lines_of(OLD, &negation);
    assert!(said.contains("结果不变（已证明：2024年度"), "{said}");
}

#[test]
fn a_frequency_is_told_with_an_applicant_who_had_it_before() {
    let said = lines_of(OLD, &OLD.replace("频次  每年", "频次  一次性"));
    assert!(said.contains("频次：每年一次 → 一次性") && said.contains("− 不再符合") && said.contains("2023年已得"), "{said}");
}

#[test]
fn a_renamed_clause_is_matched_and_new_and_lost_ones_are_told() {
    let renamed = OLD.replace("条款 1「甲」", "条款 2「甲」");
    assert!(lines_of(OLD, &renamed).contains("1 → 2 甲"), "{}", lines_of(OLD, &renamed));
    let more = format!("{OLD}条款 2「乙」\n  对象  企业\n  条件  人数 达到 10人\n  给予  100元\n  频次  每年\n");
    let said = lines_of(OLD, &more);
    assert!(said.contains("2 乙  新增条款") && said.contains("人数 10人"), "{said}");
    let less = lines_of(&more, OLD);
    assert!(less.contains("2 乙  删去条款") && less.contains("现 没有这一条"), "{less}");
}

#[test]
fn units_and_papers_are_told_though_no_amount_changes() {
    let said = lines_of(OLD, &OLD.replace("牵头  商务委", "牵头  经信委").replace("  合格    是否", "  合格    是否  佐证「证书」"));
    assert!(said.contains("牵头单位：商务委 → 经信委") && said.contains("合格的材料：新增 证书"), "{said}");
    assert!(said.contains("任何申报人都一样"), "{said}");
}

#[test]
fn a_payment_plan_and_a_kind_of_fund_are_told_and_not_claimed_to_change_nothing() {
    let plan = format!("{OLD}  兑付\n    第 1 年：50%\n    第 2 年：其余\n");
    let said = lines_of(OLD, &plan);
    assert!(said.contains("没有判定：分期兑付的改动不逐户比较"), "{said}");
    let kind = lines_of(OLD, &format!("{OLD}  类别  销售奖励\n"));
    assert!(kind.contains("资金类别：新增 销售奖励") && kind.contains("没有判定"), "{kind}");
}

#[test]
fn versions_that_never_apply_in_one_year_are_compared_as_rules_only() {
    let dated = |from: &str, to: &str, rules: &str| rules.replace("政策 试「试」\n", &format!("政策 试「试」\n  施行  {from}\n  失效  {to}\n"));
    let (old, new) = (dated("2020-01-01", "2022-12-31", OLD), dated("2023-01-01", "2027-12-31", &OLD.replace("10%", "12%")));
    let said = lines_of(&old, &new);
    assert!(said.contains("比例：10% → 12%") && said.contains("没有同时施行的年度"), "{said}");
    assert!(said.contains("施行：2020-01-01 → 2023-01-01"), "{said}");
    let later = lines_of(&dated("2020-01-01", "2022-12-31", OLD), &dated("2020-01-01", "2027-12-31", OLD));
    assert!(later.contains("失效：2022-12-31 → 2027-12-31") && !later.contains("任何申报人都一样"), "{later}");
}

/// The scheme with one number of one clause moved: by the smallest step, or to half.
fn moved(scheme: &Scheme, clause: ClauseId, random: &mut Random) -> Option<Scheme> {
    let own = scheme.clause(clause).unwrap();
    let mut open: Vec<policy::scheme::NodeId> = own.conditions.iter().map(|t| t.node).collect();
    if let Some(policy::scheme::Give::Amount(node) | policy::scheme::Give::UpTo(node)) = &own.give {
        open.push(*node);
    }
    let first = open.iter().map(|n| n.index()).min()?;
    let last = open.iter().map(|n| n.index()).max()?;
    // Operands stand before their users, so a clause's numbers lie around its roots.
    let numbers: Vec<usize> = (first.saturating_sub(12)..=last).filter(|at| matches!(scheme.nodes[*at].op, Op::Number(_))).collect();
    let at = *numbers.get(random.below(numbers.len().max(1)))?;
    let mut out = scheme.clone();
    let Op::Number(value) = &mut out.nodes[at].op else { return None };
    let small = value.checked_mul(Rational::new(1, 10).unwrap()).unwrap();
    *value = match random.below(3) {
        0 => value.checked_add(Rational::ONE).unwrap(),
        1 if !value.is_integer() => value.checked_sub(small).unwrap(),
        _ => Rational::new(value.checked_div(Rational::from_int(2)).unwrap().floor().max(1), 1).unwrap(),
    };
    out.hash = "moved".into();
    Some(out)
}

#[test]
fn moved_numbers_of_every_example_of_the_reference_are_told_truly() {
    let (mut versions, mut differ, mut same, mut open, mut seen) = (0, 0, 0, 0, 0);
    for (name, old) in places::examples() {
        let whole = compare(&old, &old, Lang::Zh);
        assert!(whole.same, "{name}");
        for seed in seeds(1) {
            let random = &mut Random(seed * 7919);
            let ids: Vec<ClauseId> = old.clause_ids().map(|(id, _)| id).collect();
            let Some(new) = moved(&old, ids[random.below(ids.len())], random) else { continue };
            versions += 1;
            let comparison = compare(&old, &new, Lang::Zh);
            replay(&old, &new, &comparison);
            for clause in &comparison.clauses {
                match clause.verdict {
                    Verdict::Differs => differ += 1,
                    Verdict::Same | Verdict::SameFirst => same += 1,
                    _ => open += 1,
                }
                let at = old.clause_named(clause.old.as_ref().unwrap()).unwrap();
                let year = comparison.year.unwrap();
                let mut bases: Vec<Application> = clause.affected.iter().filter_map(|a| a.applications.0.clone()).filter(|a| a.history.is_empty()).collect();
                let mut any = Application::empty("任意", year, values::Date::last_of_year(year).unwrap(), old.facts.len());
                crate::fill::rest(&old, &mut any, random);
                bases.push(any);
                for base in bases {
                    for mut app in applicants(&old, &new, at, &base, random, 8) {
                        crate::fill::rest(&old, &mut app, random);
                        let context = format!("{name} {} DUIXIAN_SEED={seed}\n{}", clause.title, text(&comparison));
                        seen += usize::from(keeps_to(clause, &old, &new, &app, false, &context).is_some());
                    }
                }
            }
        }
    }
    println!("{versions} versions: clauses {differ} differ, {same} proven the same, {open} not decided; {seen} applicants treated otherwise as told");
    assert!(differ > 30, "{differ}");
}

#[test]
fn targets_budgets_and_dates_are_told() {
    let rules = format!(
        "{OLD}目标 规模\n  指标  网络零售额\n  要求  2027年 达到 100亿元\n  责任  商务委\n资金「年度总额」\n  适用  全部\n  额度  每年 1000万元\n  超额  按比例\n"
    );
    let said = lines_of(&rules, &rules.replace("100亿元", "120亿元").replace("1000万元", "800万元").replace("按比例", "顺延"));
    assert!(said.contains("目标「规模」：网络零售额：2027年达到100亿元（商务委） → 网络零售额：2027年达到120亿元（商务委）"), "{said}");
    assert!(said.contains("资金「年度总额」") && said.contains("每年800万元") && said.contains("余下的顺延到下一年"), "{said}");
    assert!(!said.contains("任何申报人都一样"), "{said}");
}

/// Two clauses of equal worth, one of them once in a lifetime, and what stands behind them.
fn equals(first: &str, second: &str, rest: &str) -> String {
    let clause = |id: &str| {
        let often = if id == "1" { "一次性" } else { "每年" };
        format!("条款 {id}「奖{id}」\n  条件  甲\n  给予  8万元\n  频次  {often}\n")
    };
    format!("政策 试「试」\n事实\n  甲  是否\n{}{}{rest}", clause(first), clause(second))
}

#[test]
fn clauses_exchanged_are_not_proven_the_same_where_their_order_decides_who_gets_what() {
    let highest = "并用「就高」\n  适用  全部\n  方式  就高\n";
    let limit = "并用「合计」\n  适用  全部\n  限额  每年 10万元\n";
    let pool = "资金「额度」\n  额度  每年 5万元\n  超额  按比例\n  适用  条款 1\n";
    for rest in [highest.to_owned(), limit.to_owned(), format!("{highest}{pool}")] {
        let (old, new) = (own(&equals("1", "2", &rest)), own(&equals("2", "1", &rest)));
        let comparison = compare(&old, &new, Lang::Zh);
        let said = text(&comparison);
        assert!(!comparison.same && !comparison.same_together, "{said}");
        assert!(said.contains("条款的先后（数额相同取在前的，超过限额从后面的减）：1、2 → 2、1"), "{said}");
        assert!(said.contains("合计也可能变"), "{said}");
    }
    // Where nothing weighs them against each other, order decides nothing.
    assert!(compare(&own(&equals("1", "2", "")), &own(&equals("2", "1", "")), Lang::Zh).same);
}

#[test]
fn a_clause_of_another_id_is_not_proven_the_same_for_who_had_it_before() {
    let renamed = OLD.replace("条款 1「甲」", "条款 2「甲」");
    assert!(!compare(&own(OLD), &own(&renamed), Lang::Zh).same);
}

#[test]
fn a_clause_that_names_another_remembers_what_that_one_remembers() {
    let rules = "政策 试「试」\n事实\n  费用  元 按年\n条款 1「一」\n  给予  费用 的 10%，最高 50万元\n  频次  每年\n条款 2「二」\n  条件  符合 条款 1\n  给予  1万元\n  频次  每年\n";
    let said = lines_of(rules, &rules.replacen("频次  每年", "频次  一次性", 1));
    assert!(said.starts_with("2条结果有变"), "{said}");
    assert!(said.contains("2023年已得条款1的1.00元 —— 原 1万元，现 不符合"), "{said}");
    // A bar lets in who had it: that is not tried, and so not claimed.
    let bar = rules.replace("条件  符合 条款 1", "排除  符合 条款 1");
    let said = lines_of(&bar, &bar.replacen("频次  每年", "频次  一次性", 1));
    assert!(said.contains("没有判定1条"), "{said}");
}

#[test]
fn what_is_the_same_in_one_year_only_is_not_counted_as_proven() {
    let rules = "政策 试「试」\n事实\n  甲  是否\n  费用  元 按年\n  日  日期\n条款 1「一」\n  条件  甲\n        上年 费用 达到 100万元\n        日 满 2年\n  给予  费用 的 10%，最高 50万元\n  频次  每年\n";
    for (from, to) in [("上年 费用 达到", "2023年 费用 达到"), ("满 2年", "满 2年，至 2024-12-31"), ("日 满 2年", "日 满 2年\n        年度 不早于 2024年")]
    {
        let said = lines_of(rules, &rules.replace(from, to));
        assert!(said.starts_with("0条结果有变，没有判定1条。") && !said.contains("已证明"), "{said}");
        assert!(said.contains("其他年度和截止日没有比较"), "{said}");
    }
    let scoped = lines_of(rules, &rules.replace("        上年 费用 达到 100万元", "        非 上年 费用 低于 100万元"));
    assert!(scoped.starts_with("0条结果有变，1条在2024年度不变（已证明，限往年没有得过、截止12月31日的；其他没有证明）。"), "{scoped}");
}
