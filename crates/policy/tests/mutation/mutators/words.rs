//! Words that decide: comparisons and bounds, how often, how much at most, 且 and 或, who goes first.

use super::one;
use crate::mutant::Mutant;
use crate::place::Place;
use crate::rules::{Rule, own_end};
use policy::source::Span;
use policy::syntax::lexer::{Token, TokenKind};

/// A comparison, what differs at the bound or turns it round, and another word for the same.
const COMPARISONS: &[(&[&str], &[&str])] = &[
    (&["达到", "不少于", "不低于"], &["超过", "低于"]),
    (&["超过", "突破", "高于", "多于"], &["达到", "不超过"]),
    (&["不超过", "不高于", "不多于"], &["低于", "超过"]),
    (&["低于", "不满", "不足", "少于", "未达到"], &["不超过", "达到"]),
    (&["早于"], &["不晚于"]),
    (&["不早于"], &["晚于"]),
    (&["晚于"], &["不早于"]),
    (&["不晚于"], &["早于"]),
];

pub fn comparisons(_: &Place, rule: &Rule, out: &mut Vec<Mutant>) {
    for token in &rule.line.tokens {
        let Some(word) = token.word() else { continue };
        if let Some((alike, others)) = COMPARISONS.iter().find(|(alike, _)| alike.contains(&word)) {
            for other in *others {
                out.push(one("比较词", rule, token.span, *other));
            }
            if let Some(alias) = alike.iter().find(|alias| **alias != word) {
                out.push(one("比较词：同义", rule, token.span, *alias));
            }
        }
        match word {
            "含" => out.push(one("含与不含", rule, token.span, "不含")),
            "不含" => out.push(one("含与不含", rule, token.span, "含")),
            "为" if rule.head != "定义" && rule.key != "其中" => out.push(one("比较词", rule, token.span, "不为")),
            "不为" => out.push(one("比较词", rule, token.span, "为")),
            _ => {}
        }
    }
}

/// 频次: each other frequency.
pub fn frequencies(_: &Place, rule: &Rule, out: &mut Vec<Mutant>) {
    if rule.key != "频次" || rule.line.key() != Some("频次") {
        return;
    }
    let rest = rule.line.rest();
    let first: Vec<&Token> = rest.iter().take_while(|t| !t.is_sign('，')).collect();
    let Some(span) = first.first().zip(first.last()).map(|(a, b)| a.span.to(b.span)) else { return };
    for other in ["一次性", "每年", "3年内 一次", "每年 2 次"] {
        let same = first.len() == 1 && first[0].is(other);
        if !same {
            out.push(one("频次", rule, span, other));
        }
    }
    let end = Span { start: rest[rest.len() - 1].span.end, ..rest[rest.len() - 1].span };
    if rest.iter().all(|t| !t.is("每个")) {
        out.push(one("频次", rule, end, "，每个 申报项目"));
    }
    if rest.iter().all(|t| !t.is("共")) {
        out.push(one("频次", rule, end, "，共 2 年"));
    }
}

/// Caps, deductions, ceilings, limits: turned round, taken away or put where none is.
pub fn ceilings(place: &Place, rule: &Rule, out: &mut Vec<Mutant>) {
    let tokens = &rule.line.tokens;
    for (at, token) in tokens.iter().enumerate() {
        let turned = match token.word() {
            Some("最高") => "最低",
            Some("最低") => "最高",
            Some("扣除") => "另加",
            Some("另加") => "扣除",
            _ => continue,
        };
        out.push(one("封顶和扣除", rule, token.span, turned));
        // `，最高 50万元` up to the next comma; the last one with what hangs on it.
        if at > 0 && tokens[at - 1].is_sign('，') {
            let next = tokens[at..].iter().find(|t| t.is_sign('，'));
            let end = next.map_or_else(|| own_end(rule.line), |t| t.span.start);
            out.push(one("封顶和扣除：删去", rule, Span { end, ..tokens[at - 1].span }, ""));
        }
    }
    if rule.line.key() == Some("给予")
        && let Some(first) = rule.line.rest().first()
    {
        if first.is("至多") {
            let end = rule.line.rest().get(1).map_or(first.span.end, |t| t.span.start);
            out.push(one("至多", rule, Span { end, ..first.span }, ""));
        } else if !first.is("服务") && !first.is("决定额") {
            out.push(one("至多", rule, Span { end: first.span.start, ..first.span }, "至多 "));
            out.push(one("至多", rule, Span { end: first.span.start, ..first.span }, "减免 "));
        }
    }
    if rule.key == "限额" {
        for token in tokens {
            match token.word() {
                Some("每年") => out.push(one("限额的期间", rule, token.span, "累计")),
                Some("累计") => out.push(one("限额的期间", rule, token.span, "每年")),
                _ => {}
            }
        }
        let last = tokens[tokens.len() - 1].span;
        out.push(one("限额的期间", rule, Span { start: last.end, ..last }, "，每个 申报项目"));
    }
    if rule.key == "收回" {
        for token in tokens.iter().filter(|t| t.is("全额")) {
            out.push(one("封顶和扣除", rule, token.span, "已付额 的 50%"));
        }
    }
    let _ = place;
}

/// Words that join conditions and values.
const JUNCTIONS: &[(&str, &[&str])] = &[
    ("且", &["或"]),
    ("或", &["且"]),
    ("任一", &["同时"]),
    ("同时", &["任一"]),
    ("合计", &["就高", "平均"]),
    ("就高", &["合计", "就低"]),
    ("就低", &["就高"]),
    ("平均", &["合计"]),
    ("加", &["减"]),
    ("减", &["加"]),
    ("乘", &["除以"]),
    ("除以", &["乘"]),
    ("增量", &["增幅"]),
    ("增幅", &["增量"]),
    ("的部分", &[""]),
    ("分档", &["累进"]),
];

pub fn junctions(place: &Place, rule: &Rule, out: &mut Vec<Mutant>) {
    if matches!(rule.key, "方式") {
        return;
    }
    let tokens = &rule.line.tokens;
    for (at, token) in tokens.iter().enumerate() {
        let Some(word) = token.word() else { continue };
        if let Some((_, others)) = JUNCTIONS.iter().find(|(known, _)| *known == word) {
            for other in *others {
                out.push(one("且、或、合计、就高", rule, token.span, *other));
            }
        }
        let after = |n: usize| tokens.get(at + n).map_or(own_end(rule.line), |t| t.span.start);
        match word {
            "非" | "上年" | "首次" => out.push(one("且、或、合计、就高", rule, Span { end: after(1), ..token.span }, "")),
            // `X 比 上年 增量 的 …` → `X 的 …`
            "比" if tokens.get(at + 2).is_some_and(|t| t.is("增量")) => out.push(one("且、或、合计、就高", rule, Span { end: after(3), ..token.span }, "")),
            _ => {}
        }
    }
    let _ = place;
}

/// Ranking, groups, pools, dates: each with another way.
pub fn sharing(place: &Place, rule: &Rule, out: &mut Vec<Mutant>) {
    let tokens = &rule.line.tokens;
    let Some(last) = tokens.last() else { return };
    let end = Span { start: last.span.end, ..last.span };
    let rest = rule.line.rest();
    let content = rest.first().map(|first| first.span.to(last.span));
    let instead = |words: &[&str], kind, out: &mut Vec<Mutant>| {
        if let Some(content) = content {
            let now = content.of(&place.text);
            out.extend(words.iter().filter(|w| **w != now).map(|w| one(kind, rule, content, *w)));
        }
    };
    match rule.line.key() {
        Some("排名") => {
            out.push(one("排名", rule, end, "，低者先"));
            if !rest.iter().any(|t| t.is("全部记录")) {
                out.push(one("排名", rule, end, "，全部记录"));
            }
        }
        Some("方式") => {
            for token in rest {
                if token.is("就高") {
                    out.push(one("并用的方式", rule, token.span, "择一"));
                    out.push(one("并用的方式", rule, token.span, "叠加"));
                }
            }
            out.push(one("并用的方式", rule, end, "，已得不补"));
            if !rest.iter().any(|t| t.is("只对")) {
                out.push(one("并用的方式", rule, end, "，只对 他处"));
            }
        }
        Some("超额") => instead(&["先到先得，末位部分", "先到先得，末位不给", "顺延", "按比例"], "资金的分法", out),
        Some("分界") => instead(&["按 事实发生", "按 申报", "按 认定"], "期间和分界", out),
        Some("施行" | "失效") => instead(&["另定", "2026-06-30"], "期间和分界", out),
        Some("文句") => {
            for token in rest.iter().take(1) {
                for other in ["叙述", "鼓励", "程序", "释义", "授权", "任务"] {
                    if !token.is(other) {
                        out.push(one("文句的归类", rule, token.span, other));
                    }
                }
            }
        }
        Some("适用") => {
            for token in rest {
                match token.word() {
                    Some("全部") => out.push(one("适用的范围", rule, token.span, "本节")),
                    Some("本节") => out.push(one("适用的范围", rule, token.span, "全部")),
                    Some("除") => out.push(one("适用的范围", rule, token.span.to(last.span), "")),
                    _ => {}
                }
            }
        }
        _ => {}
    }
    for token in tokens {
        if matches!(&token.kind, TokenKind::Word { .. }) && rule.head == "事实" && matches!(token.word(), Some("按年" | "按月")) {
            out.push(one("事实的期间", rule, token.span, ""));
        }
    }
}
