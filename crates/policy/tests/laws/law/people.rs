//! Applicants for any scheme: values stand on the numbers that its rules name, one step beside them, or are missing.
//! They are written as an application file would write them, so that reading is tried as well.

use super::random::Random;
use policy::input::Raw;
use policy::scheme::{Fact, FactId, FactType, Field, Give, Key, Node, NodeId, Op, Scheme, Type, UnitId};
use std::collections::BTreeSet;
use values::{Date, Rational};

const PROJECTS: &[&str] = &["楼甲", "楼乙"];
const TEXTS: &[&str] = &["春节", "双节", "双11"];

/// Numbers and days that the rules of a scheme name.
struct Ground<'s> {
    scheme: &'s Scheme,
    numbers: Vec<(UnitId, Rational)>,
    days: Vec<Date>,
    /// Facts that bar an applicant.
    bars: BTreeSet<FactId>,
    year: i32,
    as_of: Date,
    /// How often in a hundred a fact is missing, and a 是否 is 是.
    gap: usize,
    yes: usize,
}

/// What a node stands on. The forms of expression are many, their operands all print alike.
pub fn operands(node: &Node) -> Vec<NodeId> {
    let shown = format!("{:?}", node.op);
    let numbers = shown.match_indices("NodeId(").map(|(at, open)| shown[at + open.len()..].split(')').next().unwrap().parse().unwrap());
    numbers.map(NodeId).collect()
}

/// Facts that stand below the bars of the clauses.
fn barring(scheme: &Scheme) -> BTreeSet<FactId> {
    let mut stack: Vec<NodeId> = scheme.clauses.iter().flat_map(|c| c.bars.iter().map(|t| t.node)).collect();
    let (mut seen, mut facts) = (BTreeSet::new(), BTreeSet::new());
    while let Some(id) = stack.pop() {
        let Some(node) = scheme.node(id).filter(|_| seen.insert(id)) else { continue };
        if let Op::Fact(fact) = node.op {
            facts.insert(fact);
        }
        stack.extend(operands(node));
    }
    facts
}

/// So many applicants.
pub fn invented(scheme: &Scheme, random: &mut Random, count: usize) -> Vec<Raw> {
    let mut numbers = Vec::new();
    let mut days = Vec::new();
    for node in &scheme.nodes {
        match (&node.op, node.ty) {
            (Op::Number(value), Type::Number(unit)) => numbers.push((unit, *value)),
            (Op::Date(day), _) => days.push(*day),
            _ => {}
        }
    }
    let bars = barring(scheme);
    (0..count)
        .map(|at| {
            let year = if random.chance(80) { 2024 } else { random.within(2022, 2028) };
            let as_of = Date::new(year, u8::try_from(random.within(1, 12)).unwrap(), 15).unwrap();
            let gap = *random.pick(&[0, 0, 5, 15, 40]);
            let yes = *random.pick(&[50, 90, 97, 100]);
            let ground = Ground { scheme, numbers: numbers.clone(), days: days.clone(), bars: bars.clone(), year, as_of, gap, yes };
            ground.person(random, at)
        })
        .collect()
}

fn map<const N: usize>(entries: [(&str, Raw); N]) -> Raw {
    Raw::Map(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn number(n: impl ToString) -> Raw {
    Raw::Number(n.to_string())
}

fn words(text: impl ToString) -> Raw {
    Raw::Text(text.to_string())
}

impl Ground<'_> {
    fn person(&self, random: &mut Random, at: usize) -> Raw {
        let scheme = self.scheme;
        let mut all = vec![("id".to_owned(), words(format!("p{at}"))), ("year".to_owned(), number(self.year))];
        if random.chance(40) {
            all.push(("as_of".to_owned(), words(self.as_of)));
        }
        if random.chance(80)
            && let kinds = scheme.choices(scheme.kind_fact())
            && !kinds.is_empty()
        {
            all.push(("applicant".to_owned(), map([("kind", words(random.pick(kinds)))])));
        }
        all.push(("facts".to_owned(), Raw::Map(scheme.facts.iter().skip(1).flat_map(|fact| self.fact(random, fact)).collect())));
        all.push(("rank_only".to_owned(), Raw::Bool(random.chance(5))));
        if scheme.clauses.is_empty() {
            return Raw::Map(all);
        }
        let earlier = (0..random.below(4)).map(|_| self.earlier(random)).collect();
        all.push(("history".to_owned(), Raw::List(earlier)));
        let elsewhere = (0..random.below(3)).map(|_| self.elsewhere(random)).collect();
        all.push(("elsewhere".to_owned(), Raw::List(elsewhere)));
        let (mut decisions, mut projects) = (Vec::new(), Vec::new());
        for clause in &scheme.clauses {
            if matches!(clause.give, Some(Give::UpTo(_) | Give::Decided(_))) && random.chance(50) {
                decisions.push((clause.id.clone(), self.yuan(random)));
            }
            if random.chance(60) {
                projects.push((clause.id.clone(), words(random.pick(PROJECTS))));
            }
        }
        all.push(("decisions".to_owned(), Raw::Map(decisions)));
        all.push(("projects".to_owned(), Raw::Map(projects)));
        let rates = scheme.params.iter().filter(|p| p.currency.is_some()).filter(|_| random.chance(50));
        let mut given: Vec<(String, Raw)> = rates.map(|p| (p.currency.clone().unwrap_or_default(), words("7.1884"))).collect();
        given.dedup_by(|a, b| a.0 == b.0);
        all.push(("rates".to_owned(), Raw::Map(given)));
        let groups = scheme.groups.iter().filter(|g| !g.members.is_empty() && random.chance(50)).map(|g| {
            let member = scheme.clause(g.members[0]).map_or("", |c| c.id.as_str());
            (g.name.clone(), words(member))
        });
        all.push(("choices".to_owned(), Raw::Map(groups.collect())));
        Raw::Map(all)
    }

    fn earlier(&self, random: &mut Random) -> Raw {
        let clause = random.pick(&self.scheme.clauses);
        let mut keys: Vec<String> = PROJECTS.iter().chain(TEXTS).map(|k| (*k).to_owned()).collect();
        if let Some(Key::Fact(fact)) = clause.frequency.as_ref().and_then(|f| f.each) {
            keys.extend(self.scheme.choices(fact).iter().cloned());
        }
        let mut entry = vec![
            ("clause".to_owned(), words(&clause.id)),
            ("year".to_owned(), number(self.year - random.within(0, 4))),
            ("amount".to_owned(), self.yuan(random)),
        ];
        if random.chance(70) {
            entry.push(("key".to_owned(), words(random.pick(&keys))));
        }
        Raw::Map(entry)
    }

    fn elsewhere(&self, random: &mut Random) -> Raw {
        let mut entry = vec![("amount".to_owned(), self.yuan(random))];
        if random.chance(80) {
            entry.push(("project".to_owned(), words(random.pick(PROJECTS))));
        }
        if random.chance(80) {
            let kinds: Vec<&str> = self.scheme.clauses.iter().filter_map(|c| c.kind.as_deref()).chain(["别类"]).collect();
            entry.push(("kind".to_owned(), words(random.pick(&kinds))));
        }
        Raw::Map(entry)
    }

    fn yuan(&self, random: &mut Random) -> Raw {
        self.amount(random, UnitId::MONEY, Rational::from_int(100), false)
    }

    fn fact(&self, random: &mut Random, fact: &Fact) -> Vec<(String, Raw)> {
        let years = if fact.by_year { self.year - 3..=self.year } else { self.year..=self.year };
        let whens: Vec<String> = match (fact.by_year, fact.by_month) {
            (_, true) => (self.year - 1..=self.year).flat_map(|y| (1..=12).map(move |m| format!("{}@{y}-{m:02}", fact.name))).collect(),
            (true, _) => years.map(|y| format!("{}@{y}", fact.name)).collect(),
            _ => vec![fact.name.clone()],
        };
        let bars = self.scheme.fact_named(&fact.name).is_some_and(|id| self.bars.contains(&id));
        let mut out = Vec::new();
        for name in whens {
            if bars && fact.ty == FactType::YesNo {
                out.push((name, Raw::Bool(random.chance(3))));
            } else if !random.chance(self.gap) {
                out.push((name, self.value(random, &fact.ty)));
            }
        }
        out
    }

    fn value(&self, random: &mut Random, ty: &FactType) -> Raw {
        match ty {
            FactType::YesNo => Raw::Bool(random.chance(self.yes)),
            FactType::Number { unit, scale, whole, word } => {
                let whole = *whole || matches!(word.as_str(), "年" | "个月" | "月" | "日" | "天" | "工作日" | "个工作日");
                self.amount(random, *unit, *scale, whole)
            }
            FactType::Date => words(self.day(random)),
            FactType::Year => number(self.year - random.within(-1, 6)),
            FactType::Choice(choices) if choices.is_empty() => Raw::Null,
            FactType::Choice(choices) => words(random.pick(choices)),
            FactType::Text => words(random.pick(TEXTS)),
            FactType::List { fields, .. } => Raw::List((0..random.below(4)).map(|_| self.record(random, fields)).collect()),
        }
    }

    fn record(&self, random: &mut Random, fields: &[Field]) -> Raw {
        Raw::Map(
            fields
                .iter()
                .filter_map(|field| if random.chance(self.gap / 2) { None } else { Some((field.name.clone(), self.value(random, &field.ty))) })
                .collect(),
        )
    }

    fn day(&self, random: &mut Random) -> Date {
        let near = if random.chance(40) && !self.days.is_empty() {
            Some(*random.pick(&self.days))
        } else {
            self.as_of.add_months(-i64::from(*random.pick(&[0, 1, 6, 12, 24, 36, 60])))
        };
        near.and_then(|day| day.add_days(i64::from(random.within(-1, 1)))).filter(|day| (1950..=2190).contains(&day.year())).unwrap_or(self.as_of)
    }

    /// A number as a file writes it, in the written unit.
    fn amount(&self, random: &mut Random, unit: UnitId, scale: Rational, whole: bool) -> Raw {
        let ratio = self.scheme.unit(unit).is_none();
        let named: Vec<Rational> = self.numbers.iter().filter(|(of, _)| *of == unit).filter_map(|(_, n)| n.checked_div(scale).ok()).collect();
        let base = match random.below(10) {
            0 => Rational::ZERO,
            1..=7 if !named.is_empty() => *random.pick(&named),
            9 => Rational::from_int(*random.pick(&[1_000_000_000, 999_999_999_999, 9_999_999_999_998])),
            _ => Rational::from_int(*random.pick(&[1, 7, 30, 123, 500, 2000, 12_345, 5_000_000])),
        };
        let parts = if whole { 1 } else { *random.pick(&[1, 100, 100]) };
        let step = Rational::new(i128::from(random.within(-1, 1)), parts).unwrap_or(Rational::ZERO);
        let value = base.checked_add(if ratio { step.checked_div(Rational::from_int(100)).unwrap_or(step) } else { step }).unwrap_or(base);
        let value = if value < Rational::ZERO && !ratio { Rational::ZERO } else { value };
        let shown = if ratio { value.checked_mul(Rational::from_int(100)).unwrap_or(value) } else { value };
        let places = if whole {
            0
        } else if unit == UnitId::MONEY || !ratio {
            2
        } else {
            4
        };
        let digits = shown.to_decimal(places).unwrap_or_else(|| shown.floor().to_string());
        words(if ratio { format!("{digits}%") } else { digits })
    }
}
