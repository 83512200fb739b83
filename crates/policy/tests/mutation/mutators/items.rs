//! What can be left out: blocks, lines, parts behind a comma, items of a list.

use super::one;
use crate::mutant::Mutant;
use crate::place::Place;
use crate::rules::{Rule, own_end, whole};
use policy::source::Span;
use policy::syntax::lexer::Token;

/// Each line deleted with what hangs on it; of a keyword with several items also the first item alone.
pub fn lines(place: &Place, rule: &Rule, out: &mut Vec<Mutant>) {
    let line = rule.line;
    let kind = if line.column == 0 {
        "整块删去"
    } else {
        match rule.key {
            "条件" | "排除" | "触发" => "条件行删去",
            "给予" => "给予和档次行删去",
            "牵头" | "参与" | "责任" => "牵头、参与、责任行删去",
            "字面" | "不用" | "原文" => "出处行删去",
            _ => "其他行删去",
        }
    };
    out.push(one(kind, rule, whole(&place.text, line), ""));
    if line.column > 0
        && let (Some(content), Some(next)) = (line.rest().first(), line.more.first())
    {
        let end = next.tokens.first().map_or(next.span.start, |t| t.span.start);
        out.push(one(kind, rule, Span { end, ..content.span }, ""));
    }
}

/// Each part behind a comma deleted, where commas part attributes.
pub fn parts(_: &Place, rule: &Rule, out: &mut Vec<Mutant>) {
    if !matches!(rule.key, "排名" | "频次" | "方式" | "超额" | "施行" | "兑付" | "限额") {
        return;
    }
    let tokens = &rule.line.tokens;
    for (at, comma) in tokens.iter().enumerate().filter(|(_, t)| t.is_sign('，')) {
        let end = tokens[at + 1..].iter().find(|t| t.is_sign('，')).map_or_else(|| own_end(rule.line), |t| t.span.start);
        out.push(one("逗号后的一项删去", rule, Span { end, ..comma.span }, ""));
    }
}

/// Each item of a list `甲、乙、丙` deleted.
pub fn listed(_: &Place, rule: &Rule, out: &mut Vec<Mutant>) {
    let kind = match rule.key {
        "牵头" | "参与" | "责任" => "牵头、参与、责任少一个",
        "对象" => "对象少一个",
        "适用" | "同一" => "适用的范围",
        "字面" | "不用" | "原文" => "出处行删去",
        _ => "名单少一项",
    };
    let tokens = &rule.line.tokens;
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|i| tokens.get(i));
        let after = tokens.get(at + 1);
        let comma = |t: Option<&Token>| t.is_some_and(|t| t.is_sign('、'));
        let span = match (before, after) {
            _ if token.is_sign('、') => continue,
            (Some(b), _) if comma(before) => b.span.to(token.span),
            (_, Some(a)) if comma(after) => token.span.to(a.span),
            _ => continue,
        };
        out.push(one(kind, rule, span, ""));
    }
}
