//! Terms of a clause that are not expressions: who, how often, how much in all, how budgets are shared. For texts that
//! people read as prose: Chinese without the spaces between the words of the rules.

use super::{phrase, written};
use crate::scheme::{Clause, Frequency, Group, Instalment, Key, Limit, Mode, NodeId, Overrun, Pool, Scheme, Type, UnitId, Window};
use values::{Fen, Lang};

/// One of two twins.
pub(crate) fn pick<'a>(lang: Lang, zh: &'a str, en: &'a str) -> &'a str {
    match lang {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

/// Chinese prose has no spaces between its words; those between two Latin words or numbers stay.
pub(crate) fn tight(words: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return words.to_owned();
    }
    let latin = |c: Option<&char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let chars: Vec<char> = words.chars().collect();
    let mut out = String::with_capacity(words.len());
    for (at, c) in chars.iter().enumerate() {
        let between = latin(at.checked_sub(1).and_then(|b| chars.get(b))) && latin(chars.get(at + 1));
        if *c != ' ' || between {
            out.push(*c);
        }
    }
    out
}

/// A node as prose.
pub(crate) fn prose(scheme: &Scheme, node: NodeId, lang: Lang) -> String {
    // Whole yuan need no fen where nothing is added up.
    tight(&phrase(scheme, node, lang), lang).replace(".00元", "元")
}

/// An amount for people: `50万元`.
pub(crate) fn money(fen: Fen, lang: Lang) -> String {
    match lang {
        Lang::Zh => fen.plain_zh(),
        Lang::En => fen.plain_en(),
    }
}

/// Joins as a list is written.
pub(crate) fn list(items: &[String], lang: Lang) -> String {
    items.join(pick(lang, "、", ", "))
}

/// Kinds of applicants a clause is for; empty: anyone.
pub(crate) fn applicants(scheme: &Scheme, clause: &Clause) -> Vec<String> {
    clause.applicants.iter().filter_map(|k| scheme.choices(scheme.kind_fact()).get(usize::from(*k)).cloned()).collect()
}

/// What a frequency or limit counts by.
pub(crate) fn key(scheme: &Scheme, key: Key, lang: Lang) -> String {
    match key {
        Key::Project => pick(lang, "申报项目", "project").to_owned(),
        Key::Kind => pick(lang, "资金类别", "kind of fund").to_owned(),
        Key::Fact(fact) => scheme.fact(fact).map_or(String::new(), |f| f.name.clone()),
    }
}

fn window(window: Window, lang: Lang) -> String {
    match (window, lang) {
        (Window::Life, Lang::Zh) => "累计".to_owned(),
        (Window::Life, Lang::En) => "in all".to_owned(),
        (Window::Year, Lang::Zh) => "每年".to_owned(),
        (Window::Year, Lang::En) => "a year".to_owned(),
        (Window::Years(n), Lang::Zh) => format!("{n}年内"),
        (Window::Years(n), Lang::En) => format!("within {n} years"),
    }
}

/// How often a clause may be had.
pub(crate) fn frequency(scheme: &Scheme, frequency: &Frequency, lang: Lang) -> String {
    let each = frequency.each.map(|k| key(scheme, k, lang));
    let mut words = match (frequency.window, frequency.times, lang) {
        (Window::Life, 1, Lang::Zh) => "一次性".to_owned(),
        (Window::Life, 1, Lang::En) => "once".to_owned(),
        (Window::Year, 1, Lang::Zh) => "每年一次".to_owned(),
        (Window::Year, 1, Lang::En) => "once a year".to_owned(),
        (other, n, Lang::Zh) => format!("{}最多{n}次", window(other, lang)),
        (other, n, Lang::En) => format!("at most {n} times {}", window(other, lang)),
    };
    if let Some(each) = each {
        words.push_str(&match lang {
            Lang::Zh => format!("（按每个{each}分别计）"),
            Lang::En => format!(" for each {each}"),
        });
    }
    if let Some(years) = frequency.years_in_all {
        words.push_str(&match lang {
            Lang::Zh => format!("，共{years}年"),
            Lang::En => format!(", {years} years in all"),
        });
    }
    words
}

/// A limit of what a clause gives, earlier awards included.
pub(crate) fn limit(scheme: &Scheme, limit: &Limit, lang: Lang) -> String {
    let amount = prose(scheme, limit.amount, lang);
    let each = limit.each.map(|k| key(scheme, k, lang));
    match (lang, each) {
        (Lang::Zh, None) => format!("{}不超过{amount}", window(limit.window, lang)),
        (Lang::Zh, Some(each)) => format!("每个{each}{}不超过{amount}", window(limit.window, lang)),
        (Lang::En, None) => format!("at most {amount} {}", window(limit.window, lang)),
        (Lang::En, Some(each)) => format!("at most {amount} {} for each {each}", window(limit.window, lang)),
    }
}

/// One line of a payment plan.
pub(crate) fn instalment(scheme: &Scheme, row: &Instalment, lang: Lang) -> String {
    use crate::scheme::Failing;
    let share = row.share.map_or(pick(lang, "其余", "the rest").to_owned(), |s| written(scheme, s, Type::Number(UnitId::RATIO), lang));
    let test = row.test.map(|t| prose(scheme, t, lang));
    let failing = match (row.failing, lang) {
        (Failing::Lost, Lang::Zh) => "不满足的，该期不再兑付",
        (Failing::Lost, Lang::En) => "otherwise that part is lost",
        (Failing::Later, Lang::Zh) => "不满足的，顺延",
        (Failing::Later, Lang::En) => "otherwise it waits",
        (Failing::Ends, Lang::Zh) => "不满足的，终止兑付",
        (Failing::Ends, Lang::En) => "otherwise payment ends",
    };
    match (lang, test) {
        (Lang::Zh, None) => format!("第{}年：{share}", row.year),
        (Lang::Zh, Some(test)) => format!("第{}年：{share}，须{test}，{failing}", row.year),
        (Lang::En, None) => format!("year {}: {share}", row.year),
        (Lang::En, Some(test)) => format!("year {}: {share}, if {test}; {failing}", row.year),
    }
}

/// Ids of clauses, or all of them but some.
pub(crate) fn members(scheme: &Scheme, members: &[crate::scheme::ClauseId], lang: Lang) -> String {
    let id = |c: &crate::scheme::ClauseId| scheme.clause(*c).map_or(String::new(), |c| c.id.clone());
    let out: Vec<String> = scheme.clause_ids().filter(|(c, _)| !members.contains(c)).map(|(_, c)| c.id.clone()).collect();
    match (out.len(), lang) {
        (0, Lang::Zh) => "全部事项".to_owned(),
        (0, Lang::En) => "all items".to_owned(),
        (n, Lang::Zh) if n < members.len() => format!("除{}以外的全部事项", list(&out, lang)),
        (n, Lang::En) if n < members.len() => format!("all items but {}", list(&out, lang)),
        _ => list(&members.iter().map(id).collect::<Vec<_>>(), lang),
    }
}

/// What a group allows, as sentences.
pub(crate) fn group(scheme: &Scheme, group: &Group, lang: Lang) -> Vec<String> {
    let mut out = Vec::new();
    let who = members(scheme, &group.members, lang);
    let same: Vec<String> = group.same.iter().map(|k| key(scheme, *k, lang)).collect();
    let same = match (same.is_empty(), lang) {
        (true, _) => String::new(),
        (false, Lang::Zh) => format!("{}相同的，", list(&same, lang)),
        (false, Lang::En) => format!(" with the same {}", list(&same, lang)),
    };
    let topping = match (group.no_topping_up, lang) {
        (false, Lang::Zh) => "；已得较低一项的，补足差额",
        (false, Lang::En) => "; what was already received is deducted",
        (true, Lang::Zh) => "；已得一项的，不再给予",
        (true, Lang::En) => "; who has one receives no other",
    };
    match (group.mode, group.only_elsewhere, lang) {
        (Some(Mode::Highest), true, Lang::Zh) => out.push(format!("{who}与其他政策的支持{same}只取最高的一项{topping}；本政策各项之间不受此限。")),
        (Some(Mode::Highest), true, Lang::En) => {
            out.push(format!(
                "Of {who} and awards under other policies{same}, only the highest is given{topping}; items of this policy do not exclude each other."
            ));
        }
        (Some(Mode::Highest), false, Lang::Zh) => {
            let other = if group.elsewhere { "（含其他政策的支持）" } else { "" };
            out.push(format!("{who}{other}，{same}只取最高的一项{topping}。"));
        }
        (Some(Mode::Highest), false, Lang::En) => {
            let other = if group.elsewhere { " and awards under other policies" } else { "" };
            out.push(format!("Of {who}{other}{same}, only the highest is given{topping}."));
        }
        (Some(Mode::Choice), _, Lang::Zh) => out.push(format!("{who}，{same}由申报人选择一项{topping}。")),
        (Some(Mode::Choice), _, Lang::En) => out.push(format!("Of {who}{same}, the applicant chooses one{topping}.")),
        (Some(Mode::Stack), _, Lang::Zh) => out.push(format!("{who}可以同时享受。")),
        (Some(Mode::Stack), _, Lang::En) => out.push(format!("{who} may be held together.")),
        (None, ..) => {}
    }
    for row in &group.limits {
        let words = limit(scheme, row, lang);
        out.push(match lang {
            Lang::Zh => format!("{who}合计{words}。"),
            Lang::En => format!("{who} together: {words}."),
        });
    }
    if let Some(often) = &group.frequency {
        let words = frequency(scheme, often, lang);
        out.push(match lang {
            Lang::Zh => format!("{who}合并计算次数：{words}。"),
            Lang::En => format!("{who} count together: {words}."),
        });
    }
    out
}

/// A budget and how it is shared.
pub(crate) fn pool(scheme: &Scheme, pool: &Pool, lang: Lang) -> String {
    let amounts: Vec<String> = pool
        .amounts
        .iter()
        .map(|(year, amount)| {
            let when = match (year, lang) {
                (None, Lang::Zh) => "每年".to_owned(),
                (None, Lang::En) => "each year ".to_owned(),
                (Some(y), Lang::Zh) => format!("{y}年"),
                (Some(y), Lang::En) => format!("{y}: "),
            };
            format!("{when}{}", amount.map_or(pick(lang, "另定", "to be set").to_owned(), |fen| money(fen, lang)))
        })
        .collect();
    let in_turn = matches!(pool.overrun, Overrun::FirstCome | Overrun::ByMeasure(..) | Overrun::ByClause(_));
    let part = match (pool.last_in_part && in_turn, lang) {
        (true, Lang::Zh) => "，末位得余下的部分",
        (true, Lang::En) => ", the last one served gets what is left",
        (false, _) => "",
    };
    let rule = overrun(scheme, &pool.overrun, lang);
    let who = members(scheme, &pool.members, lang);
    match lang {
        Lang::Zh => format!("{}：{}，用于{who}。申领合计超过额度的，{rule}{part}。", pool.name, list(&amounts, lang)),
        Lang::En => format!("{}: {}, for {who}. Where the claims exceed it, {rule}{part}.", pool.name, list(&amounts, lang)),
    }
}

/// How a budget is shared when it does not suffice.
pub(crate) fn overrun(scheme: &Scheme, rule: &Overrun, lang: Lang) -> String {
    match (rule, lang) {
        (Overrun::FirstCome, Lang::Zh) => "先到先得".to_owned(),
        (Overrun::FirstCome, Lang::En) => "first come, first served".to_owned(),
        (Overrun::ProRata, Lang::Zh) => "各项按同一比例折算".to_owned(),
        (Overrun::ProRata, Lang::En) => "all are cut pro rata".to_owned(),
        (Overrun::CarryOver, Lang::Zh) => "余下的顺延到下一年".to_owned(),
        (Overrun::CarryOver, Lang::En) => "the rest waits for the next year".to_owned(),
        (Overrun::ByMeasure(node, high), Lang::Zh) => format!("按{}{}的在先", prose(scheme, *node, lang), if *high { "高" } else { "低" }),
        (Overrun::ByMeasure(node, high), Lang::En) => format!("{} by {}", if *high { "highest first" } else { "lowest first" }, prose(scheme, *node, lang)),
        (Overrun::ByClause(order), Lang::Zh) => format!("依次支付{}", members(scheme, order, lang)),
        (Overrun::ByClause(order), Lang::En) => format!("in the order {}", members(scheme, order, lang)),
    }
}
