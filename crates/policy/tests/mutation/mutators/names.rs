//! Names: units of government, facts, choices, kinds of funds, each taken for another.

use super::one;
use crate::mutant::Mutant;
use crate::place::Place;
use crate::rules::Rule;
use policy::scheme::{FactType, Scheme};
use policy::syntax::lexer::TokenKind;
use std::collections::BTreeMap;

/// The names of a policy.
pub struct Known {
    /// Units of government in order of appearance.
    offices: Vec<String>,
    /// Kinds of funds.
    kinds: Vec<String>,
    /// Sets of choices; the first are the kinds of applicants.
    choices: Vec<Vec<String>>,
    /// Names that may stand for each other, by their type.
    alike: BTreeMap<String, Vec<String>>,
}

impl Known {
    pub fn of(place: &Place, rules: &[Rule]) -> Self {
        let mut offices: Vec<String> = Vec::new();
        let mut kinds: Vec<String> = Vec::new();
        for rule in rules {
            let list = match rule.key {
                "牵头" | "参与" | "责任" => &mut offices,
                "类别" => &mut kinds,
                _ => continue,
            };
            for name in rule.line.tokens.iter().filter_map(|t| t.name()) {
                if !matches!(name, "牵头" | "参与" | "责任" | "类别") && !list.iter().any(|known| known == name) {
                    list.push(name.to_owned());
                }
            }
        }
        let scheme = &place.scheme;
        let mut choices = Vec::new();
        let mut alike: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for fact in &scheme.facts {
            match &fact.ty {
                FactType::List { fields, .. } => {
                    alike.entry("名单".into()).or_default().push(fact.name.clone());
                    for field in fields {
                        alike.entry(format!("{} {}", fact.name, sort(scheme, &field.ty, false))).or_default().push(field.name.clone());
                    }
                }
                FactType::Choice(words) => {
                    choices.push(words.clone());
                    alike.entry("选项".into()).or_default().push(fact.name.clone());
                }
                ty => alike.entry(sort(scheme, ty, fact.by_year)).or_default().push(fact.name.clone()),
            }
        }
        Self { offices, kinds, choices, alike }
    }
}

fn sort(scheme: &Scheme, ty: &FactType, by_year: bool) -> String {
    match ty {
        // Whether it is by year does not keep people from mixing up two sums of money.
        FactType::Number { unit, .. } => format!("{:?}", scheme.unit(*unit)),
        other => format!("{other:?} {by_year}"),
    }
}

/// Each unit replaced by the next one the policy knows, and by one that it does not.
pub fn offices(known: &Known, rule: &Rule, out: &mut Vec<Mutant>) {
    let kind = match rule.key {
        "牵头" => "牵头单位",
        "参与" => "参与单位",
        "责任" => "责任单位",
        "核验" => "核验单位",
        _ => {
            verifiers(known, rule, out);
            return;
        }
    };
    let own: Vec<&str> = rule.line.tokens.iter().filter_map(|t| t.name()).collect();
    for token in rule.line.rest() {
        let Some(name) = token.name() else { continue };
        let at = known.offices.iter().position(|o| o == name).unwrap_or(0);
        let next = known.offices.iter().cycle().skip(at + 1).take(known.offices.len()).find(|o| !own.contains(&o.as_str()));
        if let Some(next) = next {
            out.push(one(kind, rule, token.span, next.as_str()));
        }
        out.push(one(kind, rule, token.span, "区水利局"));
    }
}

/// 核验 inside a line of 事实.
fn verifiers(known: &Known, rule: &Rule, out: &mut Vec<Mutant>) {
    if rule.head != "事实" {
        return;
    }
    let mut here = false;
    for token in &rule.line.tokens {
        if here && let Some(name) = token.name() {
            let other = known.offices.iter().find(|o| *o != name);
            out.extend(other.map(|o| one("核验单位", rule, token.span, o.as_str())));
        }
        here = token.is("核验");
    }
}

/// Each name of a fact replaced by the next of the same type.
pub fn facts(known: &Known, rule: &Rule, out: &mut Vec<Mutant>) {
    if matches!(rule.head, "事实" | "文句" | "目标" | "政策") || matches!(rule.key, "牵头" | "参与" | "类别" | "受益" | "字面" | "不用" | "原文" | "因")
    {
        return;
    }
    let kind = if rule.head == "读法" { "事实名（读法）" } else { "事实名" };
    for token in &rule.line.tokens {
        let Some(name) = token.name() else { continue };
        for names in known.alike.values() {
            let Some(at) = names.iter().position(|n| n == name) else { continue };
            let others: Vec<&String> = names.iter().cycle().skip(at + 1).take(names.len() - 1).collect();
            // The next one declared and the one before: what stands near is mixed up most easily.
            let mut picked: Vec<&String> = others.first().into_iter().chain(others.last()).copied().collect();
            picked.dedup();
            out.extend(picked.into_iter().map(|other| one(kind, rule, token.span, other.as_str())));
        }
    }
}

/// Choices, kinds of applicants and kinds of funds replaced by another of their set.
pub fn choices(known: &Known, rule: &Rule, out: &mut Vec<Mutant>) {
    if matches!(rule.head, "事实" | "目标" | "文句") {
        return;
    }
    for token in &rule.line.tokens {
        let TokenKind::Word { text, .. } = &token.kind else { continue };
        if rule.key == "类别" {
            let other = known.kinds.iter().find(|k| *k != text);
            if known.kinds.contains(text) {
                out.extend(other.map(|o| one("类别", rule, token.span, o.as_str())));
                out.push(one("类别", rule, token.span, "另一类"));
            }
            continue;
        }
        for set in &known.choices {
            let Some(at) = set.iter().position(|c| c == text) else { continue };
            let kind = if rule.key == "对象" { "对象" } else { "选项" };
            for other in [at + 1, at + set.len() - 1] {
                let other = &set[other % set.len()];
                if other != text {
                    out.push(one(kind, rule, token.span, other.as_str()));
                }
            }
        }
    }
}
