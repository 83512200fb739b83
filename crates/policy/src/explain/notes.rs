//! What happened to an amount beyond its formula: decision, limits, rounding, groups, pools, history, plan.

use super::lines::{Teller, pick, words};
use crate::assessment::{Assessment, ClauseResult, Mark};
use crate::scheme::{ClauseId, Frequency, Window};
use std::borrow::Cow;

/// Notes in the order of the stages.
pub(super) fn of<'s>(teller: &Teller<'s>, assessment: &Assessment, result: &ClauseResult) -> Vec<Cow<'s, str>> {
    let mut out = Vec::with_capacity(result.marks.len() + result.plan.len() + 2);
    if let Some(trace) = &result.trace {
        if let (Some(exact), Some(amount)) = (trace.exact, result.amount)
            && !exact.is_integer()
            && result.decided
        {
            let yuan = crate::plain::written(teller.scheme, exact, crate::scheme::Type::Number(crate::scheme::UnitId::MONEY), teller.lang);
            out.push(words!(pick!(teller, "四舍五入到分：", "rounded half up to the fen: "), yuan, " → ", teller.money(amount)).into());
        }
        if let Some(decision) = trace.decision {
            out.push(pick!(teller, format!("决定：{}", teller.money(decision)), format!("decided: {}", teller.money(decision))));
        }
        if !trace.history.is_empty() {
            let rows: Vec<String> = trace.history.iter().map(|(year, fen)| words!(year.to_string(), pick!(teller, "年 ", " "), teller.money(*fen))).collect();
            let frequency = teller.scheme.clause(result.clause).and_then(|c| c.frequency.as_ref()).map_or(Cow::default(), |f| frequency(teller, f));
            out.push(pick!(teller, format!("往年已得：{}{frequency}", rows.join("、")), format!("received before: {}{frequency}", rows.join(", "))));
        }
    }
    out.extend(result.marks.iter().filter_map(|mark| note(teller, mark)));
    for choice in assessment.groups.iter().filter(|g| g.held.contains(&result.clause) || g.gave_way.contains(&result.clause)) {
        let name = teller.scheme.groups.get(choice.group as usize).map_or("", |g| g.name.as_str());
        let next = choice.next_best.map_or(Cow::default(), |fen| {
            pick!(
                teller,
                format!("；换别的组合，各条款合计最多 {}", teller.money(fen)),
                format!("; any other combination gives at most {} over all clauses", teller.money(fen))
            )
        });
        out.push(pick!(
            teller,
            format!("{name}：取 {}，让 {}{next}", ids(teller, &choice.held), ids(teller, &choice.gave_way)),
            format!("{name}: held {}, gave way {}{next}", ids(teller, &choice.held), ids(teller, &choice.gave_way))
        ));
    }
    if let Some(award) = result.awarded {
        out.push(words!(pick!(teller, "实得 ", "awarded "), teller.money(award)).into());
    }
    for (year, part, holds) in &result.plan {
        let state = match holds {
            Some(true) => Cow::default(),
            Some(false) => pick!(teller, "（条件不符）", " (its test fails)"),
            None => pick!(teller, "（到期再核）", " (tested when due)"),
        };
        out.push(pick!(teller, format!("{year}年兑付 {}{state}", teller.money(*part)), format!("{year}: pay {}{state}", teller.money(*part))));
    }
    for recovery in assessment.recoveries.iter().filter(|r| r.clause == result.clause) {
        let due = recovery.due.map_or(pick!(teller, "待定", "undetermined"), |fen| teller.money(fen).into());
        out.push(pick!(
            teller,
            format!("{}年已付的 {} 应追回 {due}", recovery.year, teller.money(recovery.paid)),
            format!("of {} paid for {}, {due} is to be recovered", teller.money(recovery.paid), recovery.year)
        ));
    }
    out
}

fn frequency(teller: &Teller<'_>, frequency: &Frequency) -> Cow<'static, str> {
    let window = match frequency.window {
        Window::Life => pick!(teller, "一次性", "once"),
        Window::Year => pick!(teller, "每年", "a year"),
        Window::Years(n) => pick!(teller, format!("{n}年内"), format!("within {n} years")),
    };
    pick!(teller, format!("（频次：{window} {} 次）", frequency.times), format!(" (frequency: {} {window})", frequency.times))
}

fn ids(teller: &Teller<'_>, clauses: &[ClauseId]) -> String {
    clauses.iter().filter_map(|c| teller.scheme.clause(*c)).map(|c| c.id.as_str()).collect::<Vec<_>>().join("、")
}

/// The mark that decided a refusal.
pub(super) fn decisive<'s>(teller: &Teller<'s>, result: &ClauseResult) -> Option<Cow<'s, str>> {
    let decides = |m: &&Mark| matches!(m, Mark::WrongKind | Mark::OutOfForce | Mark::NotPlaced | Mark::NothingGiven | Mark::Yielded(..));
    result.marks.iter().find(decides).and_then(|mark| note(teller, mark))
}

fn note<'s>(teller: &Teller<'s>, mark: &Mark) -> Option<Cow<'s, str>> {
    let scheme = teller.scheme;
    let group = |at: &u32| scheme.groups.get(*at as usize).map_or("", |g| g.name.as_str());
    let pool = |at: &u32| scheme.pools.get(*at as usize).map_or("", |p| p.name.as_str());
    Some(match mark {
        Mark::Ceiling => pick!(teller, "这是上限，具体金额待决定，不计入合计", "a ceiling: the amount is to be decided and is not in the total"),
        Mark::DecisionCut(_) => pick!(teller, "决定高于上限，已减到上限", "the decision was above the ceiling and is cut to it"),
        Mark::LimitCut(left) => words!(pick!(teller, "按限额减到 ", "cut by its limit to "), teller.money(*left)).into(),
        Mark::LimitUsedUp => pick!(teller, "额度已用完", "the limit is used up"),
        Mark::WrongKind => pick!(teller, "申报人类型不在对象之内", "this kind of applicant is not among those it is for"),
        Mark::OutOfForce => pick!(teller, "认定年度不在施行期内", "the award year lies outside the time in force"),
        Mark::NotPlaced => pick!(teller, "名次在规定名额之外", "not among the first"),
        Mark::ProvisionalPlace => pick!(teller, "名次暂定：还有申报人未定", "the place is provisional: others are not decided"),
        Mark::NothingGiven => pick!(teller, "没有一档适用，或没有一项符合", "no tier applies, or no member remains"),
        Mark::Waived => pick!(teller, "减免，不拨付", "a reduction: nothing is paid"),
        Mark::Service => pick!(teller, "实物或服务，不拨付资金", "in kind: no money is paid"),
        Mark::Yielded(at, Some(winner)) => {
            let winner = scheme.clause(*winner).map_or("", |c| c.id.as_str());
            pick!(teller, format!("按「{}」让位于 {winner}", group(at)), format!("under '{}' it gave way to {winner}", group(at)))
        }
        Mark::Yielded(at, None) => {
            pick!(teller, format!("按「{}」，他处已得不低于本条", group(at)), format!("under '{}': as much is held elsewhere", group(at)))
        }
        Mark::ToppedUp(fen) => pick!(
            teller,
            format!("同一项目他处（或本年另条）已得 {}", teller.money(*fen)),
            format!("{} is held elsewhere for the same project", teller.money(*fen))
        ),
        Mark::GroupCut(at, fen) => {
            pick!(teller, format!("按「{}」的限额减 {}", group(at), teller.money(*fen)), format!("cut by {} under '{}'", teller.money(*fen), group(at)))
        }
        Mark::PossibleClash(at) => Cow::Borrowed(teller.spoken.clash(*at)),
        Mark::GroupUnknown(at) => pick!(
            teller,
            format!("「{}」的限额还算不出，暂不能给", group(at)),
            format!("the limit of '{}' is not known yet: nothing is awarded until it is", group(at))
        ),
        Mark::PoolOrderUnknown(at) => {
            pick!(teller, format!("「{}」的排序依据未填，暂排最后", pool(at)), format!("what '{}' is ordered by is not filled in: last for now", pool(at)))
        }
        Mark::PoolCut(at, fen) => {
            pick!(teller, words!("「", pool(at), "」不足，减 ", teller.money(*fen)), words!("'", pool(at), "' does not suffice: cut by ", teller.money(*fen)))
        }
        Mark::PoolUnset(at) => pick!(teller, format!("「{}」的额度未定，金额暂定", pool(at)), format!("the amount of '{}' is not set: provisional", pool(at))),
    })
}
