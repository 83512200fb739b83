//! Changes to a case that leave most of it readable: words for words, lines for lines, numbers beside numbers, rules
//! of other policies between those of this one. The same for coverage-guided fuzzing and for the seeded slice.

use super::case::Case;
use super::random::Random;
use super::seeds;
use policy::source::{Span, split};
use policy::syntax::lexer::{Token, TokenKind, lex};
use policy::syntax::words::{self, WORDS};
use serde_json::Value;

/// Literals, units, signs and characters that rules are made of or broken by.
const PIECES: &[&str] = &[
    "0",
    "1",
    "3年",
    "2023年",
    "2024年",
    "2024-12-31",
    "3月",
    "6个月",
    "30日",
    "1%",
    "100%",
    "0.5‰",
    "1/3",
    "0元",
    "1元",
    "50万元",
    "1.5亿元",
    "100万美元",
    "0.01元",
    "5间",
    "10人",
    "1000平方米",
    "25元/平方米/月",
    "99999999999999999999元",
    "（",
    "）",
    "：",
    "，",
    "、",
    "；",
    "含",
    "甲",
    "乙",
    "『5G』",
    "「文」",
    "“文”",
    "条款 1",
    "近 3 年",
    "前 5 名",
    "第 1 年",
    "每年 2 次",
    "至少 1 项",
    "2023年至2025年",
    "上年",
    "+",
    "-",
    "×",
    "/",
    "是",
    "否",
    "全部",
];

/// Characters that look like others, or like none.
const ODD: &[&str] = &[
    "\t",
    "\u{3000}",
    "\u{A0}",
    "\u{200B}",
    "\u{202E}",
    "\u{FEFF}",
    "e\u{301}",
    "\r",
    "\0",
    "％",
    "１",
    "，",
    "(",
    ")",
    "\"",
    "「",
    "」",
    "『",
    "”",
    "#",
    "```",
    "𠮷",
    "\u{85}",
    "%%% facts\n",
    "．",
    "／",
    "－",
    ">",
    "\n\n",
];

/// Another case for a law.
pub fn case(law: &str, text: &str, random: &mut Random) -> String {
    match law {
        "evaluate" => {
            let mut case = Case::of(text);
            match random.below(10) {
                0..=3 => case.people = Some(random.bits() >> 40),
                4..=6 if case.place.is_some() || !case.facts.is_empty() => case.facts = facts(&case, random),
                _ if case.place.is_none() => case.policy = policy(&case.policy, random),
                _ => case.people = case.people.map(|seed| seed + 1),
            }
            case.write()
        }
        "check" => {
            let mut case = Case::of(text);
            match &mut case.official {
                Some(official) if random.chance(15) => *official = prose(official, random),
                _ => case.policy = policy(&case.policy, random),
            }
            case.write()
        }
        _ => policy(text, random),
    }
}

/// Another policy.
pub fn policy(text: &str, random: &mut Random) -> String {
    let mut out = text.to_owned();
    for _ in 0..=random.below(4) {
        out = change(&out, random);
    }
    out
}

fn change(text: &str, random: &mut Random) -> String {
    match random.below(20) {
        0..=5 => token(text, random),
        6..=8 => number(text, random),
        9 => translated(text, random),
        10..=13 => line(text, random),
        14 => indented(text, random),
        15 => spliced(text, random),
        16 | 17 => block(text, random),
        18 => crossed(text, random),
        _ => prose(text, random),
    }
}

/// A line of a rule, if there is one, as bytes of the text.
fn some_line(text: &str, random: &mut Random) -> Option<Span> {
    let fences = split(0, text).fences;
    let body = if fences.is_empty() || random.chance(5) { Span::new(0, 0, text.len()) } else { random.pick(&fences).body };
    let mut lines = Vec::new();
    let mut start = body.start as usize;
    for raw in body.of(text).split_inclusive('\n') {
        lines.push(Span::new(0, start, start + raw.trim_end_matches('\n').len()));
        start += raw.len();
    }
    (!lines.is_empty()).then(|| *random.pick(&lines))
}

fn some_token(text: &str, random: &mut Random) -> Option<Token> {
    for _ in 0..4 {
        let line = some_line(text, random)?;
        let tokens = lex(0, line.start as usize, line.of(text)).tokens;
        if !tokens.is_empty() {
            return Some(random.pick(&tokens).clone());
        }
    }
    None
}

fn replaced(text: &str, span: Span, by: &str) -> String {
    format!("{}{by}{}", &text[..span.start as usize], &text[span.end as usize..])
}

/// A word for a word, a word more, a word less, a word many times.
fn token(text: &str, random: &mut Random) -> String {
    let Some(here) = some_token(text, random) else { return prose(text, random) };
    let span = here.span;
    let written = span.of(text);
    match random.below(12) {
        0 => replaced(text, span, ""),
        1 => replaced(text, span, &format!("{written} {written}")),
        2 => replaced(text, span, &format!("{} {written}", word(text, &here, random))),
        3 => replaced(text, span, &format!("{written} {}", word(text, &here, random))),
        4 if random.chance(20) => replaced(text, span, &vec![written; *random.pick(&[3, 40, 300])].join(*random.pick(&["", " ", "、", " 加 "]))),
        5 => replaced(text, span, &format!("（{written}）")),
        _ => {
            let by = word(text, &here, random);
            replaced(text, span, &by)
        }
    }
}

/// A word that could stand where `here` stands.
fn word(text: &str, here: &Token, random: &mut Random) -> String {
    let like = |other: &Token| match (&here.kind, &other.kind) {
        (TokenKind::Word { key: a, .. }, TokenKind::Word { key: b, .. }) => a.map(|k| k.1) == b.map(|k| k.1),
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    };
    let alike = random.chance(70);
    for _ in 0..6 {
        let from = if random.chance(75) { text } else { random.pick(seeds::policies()).as_str() };
        if random.chance(25) {
            let entry = random.pick(WORDS);
            let role = match &here.kind {
                TokenKind::Word { key: Some((_, role)), .. } => Some(*role),
                _ => None,
            };
            if !alike || role == Some(entry.2) {
                return (if random.chance(70) { entry.0 } else { entry.1 }).to_owned();
            }
        } else if let Some(other) = some_token(from, random).filter(|other| !alike || like(other)) {
            return other.span.of(from).to_owned();
        }
    }
    (*random.pick(PIECES)).to_owned()
}

/// A number beside the number, or far from it; another unit.
fn number(text: &str, random: &mut Random) -> String {
    for _ in 0..8 {
        let Some(here) = some_token(text, random) else { break };
        let TokenKind::Number { digits, suffix } = &here.kind else { continue };
        let value = digits.replace(',', "").parse::<u64>().unwrap_or(1);
        let new = match random.below(8) {
            0 => value.saturating_add(1).to_string(),
            1 => value.saturating_sub(1).to_string(),
            2 => (*random.pick(&[
                "0",
                "1",
                "2",
                "12",
                "13",
                "100",
                "2023",
                "10000",
                "10001",
                "2147483648",
                "9223372036854775807",
                "170141183460469231731687303715884105727",
            ]))
            .to_owned(),
            3 => format!("{digits}.5"),
            4 => format!("{digits}{digits}"),
            5 => random.below(100).to_string(),
            _ => digits.clone(),
        };
        let unit = match random.below(4) {
            0 => (*random.pick(&[
                "",
                "元",
                "万元",
                "亿元",
                "%",
                "‰",
                "/3",
                "年",
                "个月",
                "月",
                "日",
                "个工作日",
                "间",
                "人",
                "平方米",
                "美元",
                "万美元",
                "元/平方米",
                "元/平方米/年",
                "分",
                "个百分点",
                "名",
                "次",
            ]))
            .to_owned(),
            _ => suffix.clone(),
        };
        return replaced(text, here.span, &format!("{new}{unit}"));
    }
    token(text, random)
}

/// A keyword in its other language.
fn translated(text: &str, random: &mut Random) -> String {
    for _ in 0..8 {
        let Some(here) = some_token(text, random) else { break };
        let Some(zh) = here.word() else { continue };
        let written = here.span.of(text);
        let by = if written == zh { words::english(zh).unwrap_or(zh) } else { zh };
        return replaced(text, here.span, by);
    }
    text.to_owned()
}

/// A line twice, elsewhere, or nowhere.
fn line(text: &str, random: &mut Random) -> String {
    let (Some(a), Some(b)) = (some_line(text, random), some_line(text, random)) else { return prose(text, random) };
    let (words, other) = (a.of(text).to_owned(), b.of(text).to_owned());
    match random.below(5) {
        0 => replaced(text, a, &format!("{words}\n{words}")),
        1 => replaced(text, a, ""),
        2 => replaced(text, b, &format!("{other}\n{words}")),
        3 => replaced(text, a, &other),
        _ => {
            // A modifier or item below, in the column of the content.
            let indent = words.len() - words.trim_start().len();
            replaced(text, b, &format!("{other}\n{}{}", " ".repeat(indent), other.trim_start()))
        }
    }
}

fn indented(text: &str, random: &mut Random) -> String {
    let Some(here) = some_line(text, random) else { return text.to_owned() };
    let words = here.of(text);
    let bare = words.trim_start();
    let indent = words.len() - bare.len();
    let new = match random.below(4) {
        0 => indent.saturating_sub(2),
        1 => indent + 2,
        2 => indent + 1,
        _ => random.below(14),
    };
    replaced(text, here, &format!("{}{bare}", " ".repeat(new)))
}

/// A line of another policy.
fn spliced(text: &str, random: &mut Random) -> String {
    let from = random.pick(seeds::policies());
    let (Some(here), Some(other)) = (some_line(text, random), some_line(from, random)) else { return text.to_owned() };
    replaced(text, here, &format!("{}\n{}", here.of(text), other.of(from)))
}

/// A block of another policy in a fence of this one, or one block less.
fn block(text: &str, random: &mut Random) -> String {
    let fences = split(0, text).fences;
    let body = random.pick(seeds::fences());
    if fences.is_empty() {
        return format!("{text}\n```duixian\n{body}```\n");
    }
    let fence = random.pick(&fences).body;
    match random.below(4) {
        0 => replaced(text, Span { start: fence.end, ..fence }, body),
        1 => replaced(text, Span { end: fence.start, ..fence }, body),
        2 => replaced(text, fence, body),
        _ => {
            let blocks: Vec<&str> = fence.of(text).split_inclusive('\n').collect();
            let heads: Vec<usize> = (0..blocks.len()).filter(|at| !blocks[*at].starts_with([' ', '\n'])).collect();
            if heads.is_empty() {
                return text.to_owned();
            }
            let at = random.below(heads.len());
            let end = heads.get(at + 1).copied().unwrap_or(blocks.len());
            let kept: String = blocks.iter().enumerate().filter(|(n, _)| !(heads[at]..end).contains(n)).map(|(_, line)| *line).collect();
            replaced(text, fence, &kept)
        }
    }
}

/// The first lines of one, the last of another.
fn crossed(text: &str, random: &mut Random) -> String {
    let other = random.pick(seeds::policies());
    let head: Vec<&str> = text.split_inclusive('\n').collect();
    let tail: Vec<&str> = other.split_inclusive('\n').collect();
    let (a, b) = (random.below(head.len() + 1), random.below(tail.len() + 1));
    head[..a].concat() + &tail[b..].concat()
}

/// Characters without regard for what they mean.
fn prose(text: &str, random: &mut Random) -> String {
    let chars: Vec<char> = text.chars().collect();
    let at = random.below(chars.len() + 1);
    let to = (at + random.below(4)).min(chars.len());
    let head: String = chars[..at].iter().collect();
    let tail: String = chars[to..].iter().collect();
    let by = if random.chance(50) { *random.pick(ODD) } else { *random.pick(PIECES) };
    match random.below(3) {
        0 => head + &tail,
        1 => head + by + &tail,
        _ => head + by + &chars[at..].iter().collect::<String>(),
    }
}

/// Other applications: of the policy's own files, with values taken out, doubled or changed.
fn facts(case: &Case, random: &mut Random) -> String {
    let mut lines: Vec<String> = case.facts.lines().map(str::to_owned).collect();
    if lines.is_empty() || random.chance(10) {
        lines.push(
            case.place.as_ref().map_or_else(|| "{\"id\":\"1\",\"year\":2024,\"facts\":{}}".to_owned(), |place| random.pick(seeds::applications(place)).clone()),
        );
    }
    let at = random.below(lines.len());
    match serde_json::from_str::<Value>(&lines[at]) {
        Ok(mut value) if random.chance(90) => {
            for _ in 0..=random.below(3) {
                json(&mut value, random);
            }
            lines[at] = value.to_string();
        }
        Ok(_) => drop(lines.remove(at)),
        Err(_) => lines[at] = prose(&lines[at], random),
    }
    lines.truncate(4);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn json(value: &mut Value, random: &mut Random) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            let name = map.keys().nth(random.below(map.len())).cloned().unwrap_or_default();
            match random.below(8) {
                0 => drop(map.remove(&name)),
                1 => {
                    let other = map.values().nth(random.below(map.len())).cloned().unwrap_or_default();
                    map.insert(name, other);
                }
                2 => {
                    let taken = map[&name].clone();
                    map.insert(format!("{name}@{}", random.within(2020, 2026)), taken);
                }
                _ => json(&mut map[&name], random),
            }
        }
        Value::Array(items) if !items.is_empty() => {
            let at = random.below(items.len());
            match random.below(6) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => json(&mut items[at], random),
            }
        }
        _ => {
            let number = value.as_str().and_then(|s| s.parse::<i64>().ok()).or(value.as_i64());
            *value = match (random.below(10), number) {
                (0, _) => Value::Null,
                (1, _) => Value::Bool(random.chance(50)),
                (2, _) => {
                    Value::from(*random.pick(&["", "是", "0", "0.01", "-1", "80.01%", "1e9", "2024-02-29", "2024", "10000000000000", "企业", "7.1884", "０"]))
                }
                (3, _) => Value::from(*random.pick(&[0, 1, -1, 1900, 2200, 2024, i64::MAX])),
                (4, _) => Value::Array(vec![value.clone()]),
                (_, Some(number)) => Value::from(number.saturating_add(i64::from(random.within(-1, 1)))),
                (5, _) => Value::from(0.1),
                (_, None) if value.is_boolean() => Value::Bool(value == &Value::Bool(false)),
                (_, None) => {
                    let sign = if value.as_str().is_some_and(|s| s.ends_with('%')) { "%" } else { "" };
                    Value::from(format!("{}.{:02}{sign}", random.below(1_000_000), random.below(100)))
                }
            };
        }
    }
}
