//! Size bands of applicants: by one number that the file holds of them, in bands of fixed ends, so that two files can be laid
//! beside each other.

use crate::file::FileError;
use crate::table::{About, Chunk, Form, Layout, form_of, whole_in};
use policy::application::{FactValue, When};
use policy::diagnostic::Text;
use policy::scheme::{FactId, FactType, Scheme, UnitId};
use values::{Fen, Rational};

/// Ends of the bands of money, in yuan.
const MONEY: [i64; 5] = [1_000_000, 5_000_000, 20_000_000, 100_000_000, 500_000_000];

/// Ends of the bands of everything else, in the unit of the fact.
const OTHER: [i64; 5] = [10, 50, 100, 300, 1_000];

/// Bands of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sizes {
    fact: FactId,
    /// Name of the fact.
    pub name: String,
    form: Form,
    /// Where bands end, in parts of the column; what is exactly there belongs to the next.
    ends: Vec<i64>,
    /// What the ends are in words.
    words: Vec<Text>,
}

impl Sizes {
    /// By a fact of this name; without a name by the money fact that most rules read of those that the file has, else by such a
    /// number. None where there is none of either.
    pub fn choose(scheme: &Scheme, layout: &Layout, wanted: Option<&str>) -> Result<Option<Self>, FileError> {
        let there = |fact: FactId| layout.columns.iter().any(|(about, _)| matches!(about, About::Fact(f) | About::FactAt(f, _, 0) if *f == fact));
        if let Some(name) = wanted {
            let fact = scheme.fact_named(name).filter(|fact| there(*fact)).and_then(|fact| Self::of(scheme, fact));
            return fact.map(Some).ok_or_else(|| {
                let known: Vec<&str> = (0..)
                    .map(FactId)
                    .zip(&scheme.facts)
                    .filter(|(id, _)| there(*id) && Self::of(scheme, *id).is_some())
                    .map(|(_, f)| f.name.as_str())
                    .collect();
                FileError::new(
                    Text::new(format!("不能按“{name}”分档：文件里没有这个数"), format!("no bands by '{name}': the file has no such number")),
                    Text::new(format!("可以用：{}", known.join("、")), format!("there are: {}", known.join(", "))),
                )
            });
        }
        let reads = |fact: FactId| scheme.clauses.iter().filter(|clause| clause.facts.contains(&fact)).count();
        let candidates = (0..).map(FactId).take(scheme.facts.len()).filter(|fact| there(*fact)).filter_map(|fact| Self::of(scheme, fact));
        let weight = |sizes: &Self| (sizes.money(scheme), reads(sizes.fact), std::cmp::Reverse(sizes.fact));
        Ok(candidates.max_by_key(weight))
    }

    fn money(&self, scheme: &Scheme) -> bool {
        matches!(scheme.fact(self.fact).map(|fact| &fact.ty), Some(FactType::Number { unit, .. }) if *unit == UnitId::MONEY)
    }

    fn of(scheme: &Scheme, id: FactId) -> Option<Self> {
        let fact = scheme.fact(id).filter(|fact| !fact.by_month)?;
        let FactType::Number { unit, scale, word, .. } = &fact.ty else { return None };
        let form = form_of(&fact.ty);
        let part = |n: Rational| whole_in(n, form);
        let (ends, words): (Vec<Option<i64>>, Vec<Text>) = if *unit == UnitId::MONEY {
            let fen = |yuan: i64| Fen(yuan.saturating_mul(100));
            MONEY.iter().map(|yuan| (part(fen(*yuan).to_rational()), Text::new(fen(*yuan).plain_zh(), fen(*yuan).plain_en().replace(".00", "")))).unzip()
        } else if scheme.unit(*unit).is_none() {
            return None;
        } else {
            let stored = |n: i64| Rational::from(n).checked_mul(*scale).ok().and_then(part);
            OTHER.iter().map(|n| (stored(*n), Text::new(format!("{n}{word}"), format!("{n} {word}")))).unzip()
        };
        Some(Self { fact: id, name: fact.name.clone(), form, ends: ends.into_iter().collect::<Option<_>>()?, words })
    }

    /// How many bands there are, the last for those whose size is not known.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len() + 2
    }

    /// Never.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// What a band is called.
    #[must_use]
    pub fn name_of(&self, band: usize) -> Text {
        let at = |index: usize| self.words.get(index).cloned().unwrap_or_else(|| Text::new("", ""));
        let last = self.ends.len();
        match band {
            0 => Text::new(format!("不足{}", at(0).zh), format!("under {}", at(0).en)),
            _ if band == last => Text::new(format!("{}以上", at(last - 1).zh), format!("{} and more", at(last - 1).en)),
            _ if band > last => Text::new("不知道", "not known"),
            _ => Text::new(format!("{}—{}", at(band - 1).zh, at(band).zh), format!("{} to {}", at(band - 1).en, at(band).en)),
        }
    }

    /// The band of each row of a chunk.
    #[must_use]
    pub fn bands(&self, chunk: &Chunk) -> Vec<u8> {
        let column = |about: About| chunk.layout.of(about).and_then(|at| chunk.columns.get(at));
        let plain = column(About::Fact(self.fact));
        let mut year = None;
        let mut by_year = None;
        let mut out = Vec::with_capacity(chunk.rows);
        for (row, of) in chunk.years.iter().enumerate().take(chunk.rows) {
            if year != Some(*of) {
                (year, by_year) = (Some(*of), column(About::FactAt(self.fact, *of, 0)));
            }
            let value = plain.and_then(|column| column.int(row)).or_else(|| by_year.and_then(|column| column.int(row)));
            let value = value.or_else(|| match chunk.odd_at(row)?.value(self.fact, When { year: *of, month: 0 })? {
                FactValue::Number(n) => whole_in(*n, self.form),
                _ => None,
            });
            let band = value.map_or(self.ends.len() + 1, |value| self.ends.partition_point(|end| *end <= value));
            out.push(u8::try_from(band).unwrap_or(u8::MAX));
        }
        out
    }
}
