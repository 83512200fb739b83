//! Applicants at random: values on thresholds of the scheme, one smallest unit beside them, or far off.

use policy::application::{Application, FactValue, When};
use policy::assessment::Missing;
use policy::scheme::{FactType, Op, Scheme, Type, UnitId};
use values::{Date, Rational};

/// A generator that repeats for a seed.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// Seeds of a run: fixed ones, or the one of DUIXIAN_SEED.
pub fn seeds(count: u64) -> Vec<u64> {
    match std::env::var("DUIXIAN_SEED").ok().and_then(|s| s.parse().ok()) {
        Some(seed) => vec![seed],
        None => (1..=count).collect(),
    }
}

/// Every number of a unit that stands in a rule.
fn numbers(scheme: &Scheme, unit: UnitId) -> Vec<Rational> {
    let mut out: Vec<Rational> = scheme
        .nodes
        .iter()
        .filter_map(|n| match (&n.op, n.ty) {
            (Op::Number(value), Type::Number(of)) if of == unit => Some(*value),
            _ => None,
        })
        .collect();
    out.push(Rational::ZERO);
    out
}

/// A value of a type.
pub fn value(scheme: &Scheme, ty: &FactType, year: i32, random: &mut Random) -> FactValue {
    match ty {
        FactType::YesNo => FactValue::YesNo(random.chance(50)),
        FactType::Date => FactValue::Date(Date::new(year, 12, 31).unwrap().add_days(i64::try_from(random.below(800)).unwrap() - 780).unwrap()),
        FactType::Year => FactValue::Year(year - i32::try_from(random.below(8)).unwrap()),
        FactType::Choice(words) => FactValue::Choice(u16::try_from(random.below(words.len())).unwrap()),
        FactType::Text => FactValue::Text(["甲", "乙"][random.below(2)].into()),
        FactType::Number { unit, scale, whole, .. } => {
            let bounds = numbers(scheme, *unit);
            let bound = bounds[random.below(bounds.len())];
            let step = if *whole { *scale } else { scale.checked_div(Rational::from_int(100)).unwrap() };
            let off = Rational::from_int([-1, 0, 0, 1, 7][random.below(5)]).checked_mul(step).unwrap();
            let factor = Rational::from_int([1, 1, 1, 3][random.below(4)]);
            FactValue::Number(bound.checked_mul(factor).unwrap().checked_add(off).unwrap().max(Rational::ZERO))
        }
        FactType::List { fields, .. } => {
            let count = random.below(4);
            FactValue::List((0..count).map(|_| fields.iter().map(|f| Some(value(scheme, &f.ty, year, random))).collect()).collect())
        }
    }
}

/// Fills in what is named, keeping everything else.
pub fn answer(scheme: &Scheme, app: &mut Application, what: &Missing, random: &mut Random) {
    match what {
        Missing::Fact(fact, year, month) => {
            let when = When { year: year.unwrap_or(app.year), month: month.unwrap_or(0) };
            let value = value(scheme, &scheme.fact(*fact).unwrap().ty, app.year, random);
            app.set(*fact, when, value);
        }
        Missing::Field(list, field, record) => {
            let now = When { year: app.year, month: 0 };
            let Some(FactValue::List(records)) = app.value(*list, now) else { panic!("a field of no list") };
            let mut records = records.clone();
            let FactType::List { fields, .. } = &scheme.fact(*list).unwrap().ty else { panic!("no list") };
            let ty = fields[usize::from(*field)].ty.clone();
            records[*record as usize - 1][usize::from(*field)] = Some(value(scheme, &ty, app.year, random));
            app.set(*list, now, FactValue::List(records));
        }
        other => panic!("nothing an applicant fills in: {other:?}"),
    }
}

/// Fills in every fact that is not known, for the award year and some years and months before.
pub fn rest(scheme: &Scheme, app: &mut Application, random: &mut Random) {
    for (at, fact) in (0..).zip(&scheme.facts) {
        let id = policy::scheme::FactId(at);
        let years = if fact.by_year || fact.by_month { 4 } else { 1 };
        for year in (app.year - years + 1)..=app.year {
            let months: Vec<u8> = if fact.by_month { (1..=12).collect() } else { vec![0] };
            for month in months {
                let when = When { year, month };
                if app.value(id, when).is_none() {
                    let value = value(scheme, &fact.ty, app.year, random);
                    app.set(id, when, value);
                }
            }
        }
        // Fields of known records that are not known.
        if let (FactType::List { fields, .. }, Some(FactValue::List(records))) = (&fact.ty, app.value(id, When { year: app.year, month: 0 })) {
            let mut records = records.clone();
            for record in &mut records {
                for (cell, field) in record.iter_mut().zip(fields) {
                    if cell.is_none() {
                        *cell = Some(value(scheme, &field.ty, app.year, random));
                    }
                }
            }
            app.set(id, When { year: app.year, month: 0 }, FactValue::List(records));
        }
    }
}
