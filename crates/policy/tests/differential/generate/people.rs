//! Applicants of a generated scheme: values stand on its thresholds, one smallest unit beside them, or are missing.

use std::collections::BTreeMap;

use num_bigint::BigInt;
use values::Date;

use super::random::Random;
use super::{Fact, Ty};
use crate::naive::person::{Given, Other, Past, Person};
use crate::naive::value::{Q, unit_of, whole};

/// What must be known of a scheme to invent applicants for it.
pub struct Ground<'a> {
    /// Facts.
    pub facts: &'a [Fact],
    /// Written numbers by unit, in hundredths.
    pub numbers: &'a [(&'static str, i64)],
    /// Days that are written.
    pub days: &'a [String],
    /// Kinds of applicants.
    pub kinds: &'a [String],
    /// Clause ids.
    pub clauses: &'a [String],
    /// Parameters an application may give.
    pub rates: &'a [String],
    /// 类别
    pub sorts: &'a [String],
    /// 择一 groups and their members.
    pub choices: &'a [(String, Vec<String>)],
    /// Award years.
    pub years: &'a [i32],
    /// How often in a hundred a 是否 is 是.
    pub yes: usize,
    /// Words in the names of facts that are rarely so.
    pub rarely: &'a [&'a str],
}

const PROJECTS: &[&str] = &["楼甲", "楼乙"];

impl Ground<'_> {
    /// So many applicants.
    pub fn people(&self, random: &mut Random, count: usize) -> Vec<Person> {
        (0..count).map(|number| self.person(random, &format!("p{number}"))).collect()
    }

    fn person(&self, random: &mut Random, id: &str) -> Person {
        let year = if random.chance(85) { self.years[0] } else { *random.pick(self.years) };
        let mut person = Person::new(id, year);
        if random.chance(25) {
            person.as_of = Date::new(year, u8::try_from(random.within(1, 12)).unwrap(), 15).unwrap();
        }
        person.kind = if !self.kinds.is_empty() && random.chance(70) { Some(random.pick(self.kinds).clone()) } else { None };
        person.rank_only = random.chance(5);
        let gap = *random.pick(&[0, 0, 5, 15, 40]);
        for fact in self.facts {
            self.fact(random, &mut person, fact, gap);
        }
        let count = if self.clauses.is_empty() { 0 } else { random.below(4) };
        for _ in 0..count {
            person.history.push(Past {
                clause: random.pick(self.clauses).clone(),
                year: year - i32::try_from(random.below(4)).unwrap(),
                amount: BigInt::from(*random.pick(&[0, 1, 5000, 10_000, 10_050, 123_456])),
                key: self.key(random),
            });
        }
        for clause in self.clauses {
            if random.chance(40) {
                let fen = *random.pick(&[0, 1, 5000, 10_000, 99_999, 1_000_000]);
                person.decisions.insert(clause.clone(), BigInt::from(fen));
            }
            if random.chance(75) {
                person.projects.insert(clause.clone(), (*random.pick(PROJECTS)).to_owned());
            }
        }
        for rate in self.rates {
            if random.chance(40) {
                person.params.insert(rate.clone(), Q::new(71_884.into(), 10_000.into()));
            }
        }
        let others = if random.chance(30) { 1 + random.below(2) } else { 0 };
        for _ in 0..others {
            person.elsewhere.push(Other {
                amount: BigInt::from(*random.pick(&[0, 1, 5000, 10_000, 50_000])),
                project: random.chance(85).then(|| (*random.pick(PROJECTS)).to_owned()),
                kind: random.chance(85).then(|| random.pick(self.sorts).clone()),
            });
        }
        for (group, members) in self.choices {
            if random.chance(60) {
                person.choices.insert(group.clone(), random.pick(members).clone());
            }
        }
        // Of a clause that ranks nobody it says nothing.
        for clause in self.clauses {
            if random.chance(8) {
                person.places.insert(clause.clone(), *random.pick(&[None, Some(1), Some(2), Some(3), Some(40)]));
            }
        }
        person
    }

    fn key(&self, random: &mut Random) -> Option<String> {
        let choices = self.facts.iter().filter_map(|fact| match &fact.ty {
            Ty::Choice(words) => Some(words[0].clone()),
            _ => None,
        });
        let mut keys: Vec<String> = ["楼甲", "楼乙", "春节", "2023", "2022", "5", "100.5", "0"].map(str::to_owned).to_vec();
        keys.extend(choices);
        random.chance(75).then(|| random.pick(&keys).clone())
    }

    fn fact(&self, random: &mut Random, person: &mut Person, fact: &Fact, gap: usize) {
        let (year, name) = (person.year, fact.name.clone());
        let times: Vec<(i32, u8)> = match (fact.by_year, fact.by_month) {
            (_, true) => (year - 2..=year).flat_map(|y| (1..=6).map(move |m| (y, m))).collect(),
            (true, _) => (year - 4..=year).map(|y| (y, 0)).collect(),
            _ => vec![(year, 0)],
        };
        for (of, month) in times {
            if !random.chance(gap) {
                let given = self.given(random, fact, person.as_of, gap);
                person.facts.insert((name.clone(), of, month), given);
            }
        }
    }

    /// A value for a fact or field.
    pub fn given(&self, random: &mut Random, fact: &Fact, as_of: Date, gap: usize) -> Given {
        match &fact.ty {
            Ty::YesNo if self.rarely.iter().any(|word| fact.name.contains(word)) => Given::YesNo(random.chance(4)),
            Ty::YesNo => Given::YesNo(random.chance(self.yes)),
            Ty::Number(unit) => Given::Number(self.number(random, unit)),
            Ty::Date => Given::Date(self.day(random, as_of)),
            Ty::Year => Given::Year(as_of.year() - random.within(0, 5)),
            Ty::Choice(words) => Given::Choice(random.pick(words).clone()),
            Ty::Text => Given::Text((*random.pick(&["春节", "双节", "双11"])).to_owned()),
            Ty::List(_, fields) => {
                let count = random.below(4);
                let mut records = Vec::new();
                for _ in 0..count {
                    let mut record = BTreeMap::new();
                    for field in fields {
                        if !random.chance(gap / 2) {
                            record.insert(field.name.clone(), self.given(random, field, as_of, gap));
                        }
                    }
                    records.push(record);
                }
                Given::List(records)
            }
        }
    }

    /// In the smallest unit.
    fn number(&self, random: &mut Random, unit: &str) -> Q {
        let scale = if unit.is_empty() { Q::new(1.into(), 100.into()) } else { unit_of(unit).1 };
        let written: Vec<i64> = self.numbers.iter().filter(|(of, _)| *of == unit).map(|(_, n)| *n).collect();
        let hundredths = match random.below(10) {
            0 => 0,
            1..=7 if !written.is_empty() => {
                let at = *random.pick(&written);
                // One smallest unit: a fen, a hundredth, a whole one.
                let step = if matches!(unit, "元" | "美元" | "" | "平方米" | "分") { 1 } else { 100 };
                at + step * i64::from(random.within(-1, 1))
            }
            _ => *random.pick(&[100, 700, 3000, 12_345, 50_000, 200_000, 1_234_500]),
        };
        let hundredths = hundredths.max(0);
        let whole_only = !matches!(unit, "元" | "美元" | "" | "平方米" | "分");
        let hundredths = if whole_only { hundredths / 100 * 100 } else { hundredths };
        whole(hundredths) / whole(100) * scale
    }

    fn day(&self, random: &mut Random, as_of: Date) -> Date {
        if random.chance(30) && !self.days.is_empty() {
            let day: &String = random.pick(self.days);
            let day = Date::parse(day).unwrap();
            return day.add_days(i64::from(random.within(-1, 1))).unwrap();
        }
        let months = *random.pick(&[1, 6, 12, 24, 36]);
        match random.below(4) {
            0 => Date::new(2024, 2, 29).unwrap(),
            1 => as_of.add_days(-i64::from(random.within(28, 32))).unwrap(),
            _ => as_of.add_months(-months).unwrap().add_days(i64::from(random.within(-1, 1))).unwrap(),
        }
    }
}
