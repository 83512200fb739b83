//! Numbers and the units behind them.

use super::one;
use crate::mutant::{Edit, Mutant};
use crate::place::Place;
use crate::rules::Rule;
use policy::syntax::lexer::{Token, TokenKind};

/// Each literal ten times as large, one more in its last digit, exchanged with its neighbour in the block.
pub fn numbers(place: &Place, rule: &Rule, out: &mut Vec<Mutant>) {
    for token in &rule.line.tokens {
        match &token.kind {
            TokenKind::Number { digits, suffix } => {
                out.push(one("数字：十倍", rule, token.span, format!("{}{suffix}", tenfold(digits))));
                out.push(one("数字：末位加一", rule, token.span, format!("{}{suffix}", one_more(digits))));
                exchange(place, rule, token, digits, suffix, out);
            }
            TokenKind::Date(written) => {
                let (year, rest) = written.split_at(4);
                let other: u32 = year.parse::<u32>().unwrap() + 1;
                out.push(one("日期：年加一", rule, token.span, format!("{other}{rest}")));
                let (front, day) = written.rsplit_once('-').unwrap();
                let day: u32 = day.parse().unwrap();
                out.push(one("日期：差一天", rule, token.span, format!("{front}-{:02}", if day > 1 { day - 1 } else { 2 })));
            }
            _ => {}
        }
    }
}

/// With the next number of the block that is another; only the digits where the units differ.
fn exchange(place: &Place, rule: &Rule, token: &Token, digits: &str, suffix: &str, out: &mut Vec<Mutant>) {
    let next = rule.all.iter().filter(|t| t.span.start > token.span.start).find_map(|t| match &t.kind {
        TokenKind::Number { digits: d, suffix: s } if d != digits || s != suffix => Some((t, d, s)),
        _ => None,
    });
    let Some((other, d, s)) = next else { return };
    let words = |t: &Token| t.span.of(&place.text).to_owned();
    let (here, there) = if s == suffix { (words(other), words(token)) } else { (format!("{d}{suffix}"), format!("{digits}{s}")) };
    if here == words(token) {
        return;
    }
    out.push(Mutant {
        kind: "数字：与邻数对换",
        block: rule.block.clone(),
        edits: vec![Edit::new(token.span, here), Edit::new(other.span, there)],
        official: None,
    });
}

/// `6.6` → `66`, `0.05` → `0.5`, `1000` → `10000`.
pub fn tenfold(digits: &str) -> String {
    match digits.split_once('.') {
        None => format!("{digits}0"),
        Some((whole, part)) => {
            let (first, rest) = part.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            format!("{whole}{first}{point}{rest}")
        }
    }
}

/// One more in the last place.
pub fn one_more(digits: &str) -> String {
    let places = digits.split_once('.').map_or(0, |(_, part)| part.len());
    let number: u64 = digits.chars().filter(char::is_ascii_digit).collect::<String>().parse().unwrap();
    let next = format!("{:0>width$}", number + 1, width = places + 1);
    let (whole, part) = next.split_at(next.len() - places);
    if places == 0 { whole.to_owned() } else { format!("{whole}.{part}") }
}

/// Units people mix up.
pub const UNITS: &[(&str, &[&str])] = &[
    ("元", &["万元", "美元"]),
    ("万元", &["元", "亿元"]),
    ("亿元", &["万元"]),
    ("美元", &["元"]),
    ("万美元", &["美元", "万元"]),
    ("平方米", &["间", "公里"]),
    ("间", &["家"]),
    ("人", &["人次", "家"]),
    ("人次", &["人"]),
    ("户", &["家"]),
    ("家", &["户", "个"]),
    ("个", &["家"]),
    ("批", &["个"]),
    ("日", &["工作日", "年"]),
    ("工作日", &["日"]),
    ("个工作日", &["日"]),
    ("年", &["个月", "日"]),
    ("个月", &["年"]),
    ("%", &["‰", ""]),
    ("元/美元", &["美元/元"]),
];

/// The unit of each literal, and of each fact, table and list, replaced.
pub fn units(place: &Place, rule: &Rule, out: &mut Vec<Mutant>) {
    for token in &rule.line.tokens {
        let (unit, from) = match &token.kind {
            TokenKind::Number { suffix, .. } => (suffix.as_str(), token.span.of(&place.text).len().saturating_sub(suffix.len())),
            TokenKind::Word { text, .. } if matches!(rule.head, "事实" | "参数") => (text.as_str(), 0),
            _ => continue,
        };
        let Some((_, others)) = UNITS.iter().find(|(known, _)| *known == unit) else { continue };
        let mut span = token.span;
        span.start += u32::try_from(from).unwrap();
        for other in *others {
            out.push(one("计量单位", rule, span, *other));
        }
    }
}
