//! One applicant's claim, typed for one scheme: what is evaluated. Reading it from names and words is [`read`](crate::input).

use crate::scheme::{ClauseId, FactId, ParamId};
use smallvec::SmallVec;
use values::{Date, Fen, Rational};

/// A value of a fact, in the smallest unit of its type. Its tag stands apart from the value, as that of a node does.
#[repr(u8)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactValue {
    /// 是否
    YesNo(bool),
    /// Number in the smallest unit: fen, ㎡, months, a ratio (80.01% is 8001/10000).
    Number(Rational),
    /// 日期
    Date(Date),
    /// 年份
    Year(i32),
    /// Position in the set.
    Choice(u16),
    /// 文字
    Text(String),
    /// Records; a field that is not known is `None`.
    List(Vec<Vec<Option<FactValue>>>),
}

/// When a value holds: a year, and a month of it for monthly facts (0: the whole year).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct When {
    /// Year.
    pub year: i32,
    /// Month 1–12, or 0.
    pub month: u8,
}

/// The known values of one fact. Most have one, which stands in the table of facts itself: an evaluation looks at all of them.
pub type Values = SmallVec<[(When, FactValue); 1]>;

/// An earlier determination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// Of which clause.
    pub clause: ClauseId,
    /// Award year.
    pub year: i32,
    /// How much.
    pub amount: Fen,
    /// What a frequency counts by: the festival, the project.
    pub key: Option<String>,
}

/// An award under another policy or by another level of government.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elsewhere {
    /// Its name.
    pub name: String,
    /// How much.
    pub amount: Fen,
    /// For which project.
    pub project: Option<String>,
    /// Which kind of fund (类别).
    pub kind: Option<String>,
}

/// One application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Id, unique in its file.
    pub id: String,
    /// Award year.
    pub year: i32,
    /// The day on which it is judged.
    pub as_of: Date,
    /// Name of the applicant.
    pub name: Option<String>,
    /// Unified social credit code.
    pub uscc: Option<String>,
    /// It only takes part in rankings.
    pub rank_only: bool,
    /// For each fact of the scheme its known values; the kind of applicant is fact 0. A fact that is neither by year
    /// nor by month has its value under the award year.
    pub facts: Vec<Values>,
    /// Earlier determinations.
    pub history: Vec<Earlier>,
    /// Decisions taken.
    pub decisions: Vec<(ClauseId, Fen)>,
    /// Parameters given with the application (rates).
    pub params: Vec<(ParamId, Rational)>,
    /// Projects applied for.
    pub projects: Vec<(ClauseId, String)>,
    /// Awards elsewhere.
    pub elsewhere: Vec<Elsewhere>,
    /// Choices among members of a 择一 group, by position of the group.
    pub choices: Vec<(u32, ClauseId)>,
    /// Places that were settled among others before, by clause: they stand instead of a ranking. `None`: no place is known.
    pub places: Vec<(ClauseId, Option<u32>)>,
    /// Clauses applied for; empty: all of them. The others are worked out, but take no part in groups and pools.
    pub applied: Vec<ClauseId>,
}

impl Application {
    /// An application that knows nothing, for a scheme of `facts` facts.
    pub fn empty(id: impl Into<String>, year: i32, as_of: Date, facts: usize) -> Self {
        Self {
            id: id.into(),
            year,
            as_of,
            name: None,
            uscc: None,
            rank_only: false,
            facts: vec![Values::new(); facts],
            history: Vec::new(),
            decisions: Vec::new(),
            params: Vec::new(),
            projects: Vec::new(),
            elsewhere: Vec::new(),
            choices: Vec::new(),
            places: Vec::new(),
            applied: Vec::new(),
        }
    }

    /// The value of a fact at a time, if it is known.
    pub fn value(&self, fact: FactId, when: When) -> Option<&FactValue> {
        self.facts.get(fact.index())?.iter().find(|(at, _)| *at == when).map(|(_, value)| value)
    }

    /// Sets a value, replacing what was known for that time.
    pub fn set(&mut self, fact: FactId, when: When, value: FactValue) {
        let Some(values) = self.facts.get_mut(fact.index()) else { return };
        match values.iter_mut().find(|(at, _)| *at == when) {
            Some(known) => known.1 = value,
            None => values.push((when, value)),
        }
    }

    /// The decision on a clause.
    pub fn decision(&self, clause: ClauseId) -> Option<Fen> {
        self.decisions.iter().find(|(of, _)| *of == clause).map(|(_, amount)| *amount)
    }

    /// What the application itself says of its place under a clause: nothing, that none is known, or which.
    pub fn settled_place(&self, clause: ClauseId) -> Option<Option<u32>> {
        self.places.iter().find(|(of, _)| *of == clause).map(|(_, place)| *place)
    }

    /// The project a clause is applied for with.
    pub fn project(&self, clause: ClauseId) -> Option<&str> {
        self.projects.iter().find(|(of, _)| *of == clause).map(|(_, name)| name.as_str())
    }
}
