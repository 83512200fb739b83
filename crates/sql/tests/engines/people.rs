//! Invented applicants for any scheme: values at the bounds of its rules, unknowns, earlier awards, and numbers near the
//! end of their column. The same seed gives the same people.

use policy::application::{Application, Earlier, Elsewhere, FactValue, When};
use policy::scheme::{ClauseId, FactType, Key, Mode, Op, Scheme};
use values::{Date, Fen, Rational};

/// A small generator of pseudo-random numbers (splitmix64).
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % n
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::try_from(self.below(of.len() as u64)).unwrap()]
    }
}

/// What people of a scheme are drawn from.
pub struct Ground<'s> {
    scheme: &'s Scheme,
    /// Numbers of the rules, in smallest units.
    numbers: Vec<Rational>,
    years: Vec<i32>,
    as_of: Option<Date>,
    /// Names of columns are those of a year: other years are looked up from it.
    words: Vec<String>,
}

impl<'s> Ground<'s> {
    pub fn new(scheme: &'s Scheme, years: &[i32]) -> Self {
        let mut numbers: Vec<Rational> = scheme.nodes.iter().filter_map(|node| if let Op::Number(n) = &node.op { Some(*n) } else { None }).collect();
        numbers.sort();
        numbers.dedup();
        if numbers.is_empty() {
            numbers.push(Rational::from(1_i64));
        }
        let words = ["甲", "乙", "2024年双11", "O'Brien\\n", "丙"].map(str::to_owned).to_vec();
        Self { scheme, numbers, years: years.to_vec(), as_of: None, words }
    }

    /// All of them are judged on one day.
    pub fn on(mut self, day: Date) -> Self {
        self.as_of = Some(day);
        self
    }

    pub fn people(&self, random: &mut Random, count: usize) -> Vec<Application> {
        (0..count).map(|at| self.person(random, at)).collect()
    }

    fn person(&self, random: &mut Random, at: usize) -> Application {
        let year = *random.one_of(&self.years);
        let as_of =
            self.as_of.unwrap_or_else(|| Date::new(year + i32::try_from(random.below(2)).unwrap(), 1 + u8::try_from(random.below(12)).unwrap(), 28).unwrap());
        let mut app = Application::empty(format!("p{at:05}"), year, as_of, self.scheme.facts.len());
        // Some know nearly everything, some much less.
        let known = *random.one_of(&[100, 99, 97, 80]);
        let yes = *random.one_of(&[98, 95, 60]);
        for (index, fact) in self.scheme.facts.iter().enumerate() {
            // A policy that names no kind of applicant has none to choose.
            if matches!(&fact.ty, FactType::Choice(words) if words.is_empty()) {
                continue;
            }
            let id = policy::scheme::FactId(u32::try_from(index).unwrap());
            let years = if fact.by_year || fact.by_month { (year - 3)..=year } else { year..=year };
            for of in years {
                let months = if fact.by_month { 0..=12 } else { 0..=0 };
                for month in months {
                    if random.chance(known) {
                        let value = self.value(random, &fact.ty, &fact.name, yes, as_of);
                        app.set(id, When { year: of, month }, value);
                    }
                }
            }
        }
        self.beside(random, &mut app);
        app
    }

    fn value(&self, random: &mut Random, ty: &FactType, name: &str, yes: u64, as_of: Date) -> FactValue {
        match ty {
            FactType::YesNo => {
                let rarely = ["列入", "虚假", "迁出", "受财政", "被行业", "被媒体", "事故", "投诉", "违法"].iter().any(|word| name.contains(word));
                FactValue::YesNo(random.chance(if rarely { 3 } else { yes }))
            }
            FactType::Date => {
                let years = i64::try_from(random.below(4)).unwrap();
                let days = i64::try_from(random.below(5)).unwrap() - 2;
                let day = as_of.add_months(-12 * years).and_then(|day| day.add_days(days));
                FactValue::Date(if random.chance(2) { Date::new(9999, 12, 30).unwrap() } else { day.unwrap_or(as_of) })
            }
            FactType::Year => FactValue::Year(as_of.year() - i32::try_from(random.below(4)).unwrap()),
            FactType::Choice(words) => FactValue::Choice(u16::try_from(random.below(words.len() as u64)).unwrap()),
            FactType::Text => FactValue::Text(random.one_of(&self.words).clone()),
            FactType::Number { .. } => FactValue::Number(self.number(random, ty)),
            FactType::List { fields, .. } => {
                let record =
                    |random: &mut Random| fields.iter().map(|field| random.chance(96).then(|| self.value(random, &field.ty, &field.name, 80, as_of))).collect();
                FactValue::List((0..random.below(4)).map(|_| record(random)).collect())
            }
        }
    }

    /// A number at or near one of the rules, of any size, or near the end of what its column holds.
    fn number(&self, random: &mut Random, ty: &FactType) -> Rational {
        let FactType::Number { unit, scale, .. } = ty else { return Rational::ZERO };
        let money = self.scheme.unit(*unit).money().is_some();
        let near = |n: Rational, by: i64| n.checked_add(Rational::from(by)).unwrap();
        let step = i64::try_from(random.below(3)).unwrap() - 1;
        let raw = match random.below(20) {
            0..=8 => near(*random.one_of(&self.numbers), step),
            9..=11 => random.one_of(&self.numbers).checked_mul(Rational::from(i64::try_from(1 + random.below(40)).unwrap())).unwrap(),
            12..=15 => Rational::from(i64::try_from(random.below(10_000_000_000)).unwrap()),
            16 => Rational::from(i64::try_from(random.below(1000)).unwrap()),
            17 => Rational::from(-i64::try_from(random.below(1_000_000)).unwrap()),
            18 if money => Rational::from(i64::MAX - i64::try_from(random.below(3)).unwrap()),
            18 => Rational::from(999_999_999),
            _ if money => Rational::from(i64::try_from(1_000_000_000_000_000 + random.below(200_000_000_000_000_000)).unwrap()),
            _ => Rational::ZERO,
        };
        self.fitted(raw, ty, *scale, money)
    }

    /// The number as its column can hold it.
    fn fitted(&self, raw: Rational, ty: &FactType, scale: Rational, money: bool) -> Rational {
        if money {
            return Rational::from_int(raw.floor());
        }
        let FactType::Number { unit, whole, word, .. } = ty else { return raw };
        if self.scheme.unit(*unit).is_none() {
            let part = raw.numerator().rem_euclid(30_000);
            return Rational::new(part, 10_000).unwrap();
        }
        let bounded = Rational::from_int(raw.floor().clamp(-99_999_999_999, 99_999_999_999));
        if *whole || matches!(word.as_str(), "年" | "个月" | "月" | "日" | "天" | "工作日" | "个工作日") {
            return bounded.checked_mul(scale).unwrap();
        }
        bounded.checked_add(Rational::new(raw.numerator().rem_euclid(1000), 1_000_000).unwrap()).unwrap().checked_mul(scale).unwrap()
    }

    /// Decisions, projects, rates, earlier awards and awards elsewhere.
    fn beside(&self, random: &mut Random, app: &mut Application) {
        let kinds: Vec<String> = self.scheme.clauses.iter().filter_map(|c| c.kind.clone()).collect();
        for (id, clause) in self.scheme.clause_ids() {
            if random.chance(50) {
                app.decisions.push((id, Fen(i64::try_from(random.below(60_000_000)).unwrap() - 1_000)));
            }
            if random.chance(60) {
                app.projects.push((id, random.one_of(&self.words).clone()));
            }
            if random.chance(12) {
                let each = clause.frequency.as_ref().and_then(|f| f.each);
                let own = each.and_then(|key| self.own_word(app, id, key)).filter(|_| random.chance(50));
                let mut earlier = self.earlier(random, id, each, app.year);
                earlier.key = own.or(earlier.key);
                app.history.push(earlier);
            }
        }
        for (at, param) in self.scheme.params.iter().enumerate() {
            if random.chance(70) {
                let rate = Rational::new(i128::from(60_000 + random.below(20_000)), 10_000).unwrap();
                app.params.push((policy::scheme::ParamId(u32::try_from(at).unwrap()), rate.checked_mul(param.scale).unwrap()));
            }
        }
        for (at, group) in self.scheme.groups.iter().enumerate() {
            if group.mode == Some(Mode::Choice) && !group.members.is_empty() && random.chance(60) {
                app.choices.push((u32::try_from(at).unwrap(), *random.one_of(&group.members)));
            }
        }
        while random.chance(15) {
            let amount = Fen(i64::try_from(random.below(30_000_000)).unwrap());
            let project = random.chance(90).then(|| random.one_of(&self.words).clone());
            let kind = (random.chance(90) && !kinds.is_empty()).then(|| random.one_of(&kinds).clone());
            app.elsewhere.push(Elsewhere { name: "别处".into(), amount, project, kind });
        }
    }

    /// What a frequency counts by, as earlier awards have it.
    fn own_word(&self, app: &Application, clause: ClauseId, key: Key) -> Option<String> {
        let Key::Fact(fact) = key else { return app.project(clause).map(str::to_owned) };
        Some(match app.value(fact, When { year: app.year, month: 0 })? {
            FactValue::Text(words) => words.clone(),
            FactValue::Choice(at) => self.scheme.choices(fact)[usize::from(*at)].clone(),
            FactValue::YesNo(yes) => yes.to_string(),
            FactValue::Date(day) => day.to_string(),
            FactValue::Year(year) => year.to_string(),
            FactValue::Number(n) => match &self.scheme.facts[fact.index()].ty {
                FactType::Number { scale, .. } => n.checked_div(*scale).unwrap().to_string(),
                _ => return None,
            },
            FactValue::List(_) => return None,
        })
    }

    fn earlier(&self, random: &mut Random, clause: ClauseId, each: Option<Key>, year: i32) -> Earlier {
        let amount = if random.chance(3) { i64::MAX / 2 } else { i64::try_from(random.below(25_000_000)).unwrap() };
        let key = if each.is_some() || random.chance(50) { random.chance(90).then(|| random.one_of(&self.words).clone()) } else { None };
        Earlier { clause, year: year - i32::try_from(random.below(4)).unwrap(), amount: Fen(amount), key }
    }
}
