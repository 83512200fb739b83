//! 资金 among everybody: claims are kept in the order of the file, and shared by `policy`'s rule, inner pools first.

use crate::groups::{ChunkHeld, NONE};
use crate::table::Chunk;
use policy::assessment::PoolShare;
use policy::diagnostic::Text;
use policy::eval::many;
use policy::scheme::{ClauseId, Overrun, Scheme};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use values::{Fen, Rational};

/// A claim of one applicant under one clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Position of the applicant in the file.
    pub row: u64,
    /// Award year.
    pub year: i32,
    /// Clause.
    pub clause: ClauseId,
    /// What is awarded, in fen: the claim, until a pool cuts it.
    pub awarded: i64,
    /// Kind of applicant, for sums by kind.
    pub kind: Option<u16>,
    /// Size band, for sums by size.
    pub size: u8,
}

/// Claims on the pools of a scheme.
pub struct Claims<'s> {
    scheme: &'s Scheme,
    /// Clauses of any pool; empty where no pool holds a sum.
    pooled: Vec<bool>,
    claims: Vec<Claim>,
    years: BTreeSet<i32>,
    /// What pools that go by a measure go by: by pool and row.
    measures: HashMap<(usize, u64), Option<Rational>>,
}

/// Claims of one chunk, made beside others.
#[derive(Default)]
pub struct ChunkClaims {
    claims: Vec<Claim>,
    years: BTreeSet<i32>,
    measures: Vec<((usize, u64), Option<Rational>)>,
}

/// What the pools came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// Pools by year.
    pub pools: Vec<PoolShare>,
    /// Claims that a pool cut: row, clause, the claim before and the award now, the last pool that cut it; in order.
    pub cuts: Vec<Cut>,
    /// When each pool of each year was used, where the length of the file was told.
    pub uses: Vec<Use>,
}

/// A claim that a pool cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Position of the applicant in the file.
    pub row: u64,
    /// Clause.
    pub clause: ClauseId,
    /// Position of the pool that cut it last.
    pub pool: u32,
    /// Award year.
    pub year: i32,
    /// The claim before any pool, in fen.
    pub claim: i64,
    /// The award after all of them.
    pub awarded: i64,
    /// Kind of applicant.
    pub kind: Option<u16>,
    /// Size band.
    pub size: u8,
}

/// Parts into which the file is cut to say when a pool is used.
pub const PARTS: usize = 10;

/// What a pool is used for over the file, in the order of its rows, in fen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// Position of the pool.
    pub pool: u32,
    /// Award year.
    pub year: i32,
    /// What is claimed in each tenth of the file, after inner pools.
    pub claims: [i128; PARTS],
    /// What is given in each.
    pub given: [i128; PARTS],
}

/// Claims as a checkpoint keeps them.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct KeptClaims {
    /// Row, year, clause, fen, kind, size.
    claims: Vec<(u64, i32, u32, i64, Option<u16>, u8)>,
    years: BTreeSet<i32>,
    /// Pool and row, and the measure as a fraction.
    measures: BTreeMap<(u64, u64), Option<(i128, i128)>>,
}

impl<'s> Claims<'s> {
    /// None yet.
    #[must_use]
    pub fn new(scheme: &'s Scheme) -> Self {
        let mut pooled = vec![false; scheme.clauses.len()];
        for member in scheme.pools.iter().flat_map(|pool| &pool.members) {
            if let Some(slot) = pooled.get_mut(member.index()) {
                *slot = true;
            }
        }
        Self { scheme, pooled, claims: Vec::new(), years: BTreeSet::new(), measures: HashMap::new() }
    }

    /// The claims of a chunk.
    #[must_use]
    pub fn of(&self, chunk: &Chunk, held: &ChunkHeld, bands: &[u8]) -> ChunkClaims {
        let mut out = ChunkClaims::default();
        if self.scheme.pools.is_empty() {
            return out;
        }
        let pooled: Vec<(ClauseId, &Vec<i64>)> =
            self.scheme.clause_ids().zip(&held.awards).zip(&self.pooled).filter(|(_, pooled)| **pooled).map(|(((id, _), awards), _)| (id, awards)).collect();
        for row in 0..chunk.rows {
            let (at, year) = (chunk.first + row as u64, chunk.years.get(row).copied().unwrap_or_default());
            out.years.insert(year);
            let (before, size) = (out.claims.len(), bands.get(row).copied().unwrap_or(u8::MAX));
            for (clause, awards) in &pooled {
                let awarded = awards.get(row).copied().unwrap_or(NONE);
                if awarded != NONE {
                    out.claims.push(Claim { row: at, year, clause: *clause, awarded, kind: chunk.kind(self.scheme, row), size });
                }
            }
            let own = out.claims.get(before..).unwrap_or_default();
            for (index, pool) in self.scheme.pools.iter().enumerate() {
                if let Overrun::ByMeasure(node, _) = &pool.overrun
                    && own.iter().any(|claim| pool.members.contains(&claim.clause))
                {
                    out.measures.push(((index, at), many::number(self.scheme, *node, &chunk.application(self.scheme, row))));
                }
            }
        }
        out
    }

    /// Adds the claims of a chunk; chunks come in the order of the file.
    pub fn add(&mut self, more: ChunkClaims) {
        self.claims.extend(more.claims);
        self.years.extend(more.years);
        self.measures.extend(more.measures);
    }

    /// Adds one claim by itself.
    pub fn push(&mut self, claim: Claim, measures: impl IntoIterator<Item = (usize, Option<Rational>)>) {
        self.years.insert(claim.year);
        self.measures.extend(measures.into_iter().map(|(pool, measure)| ((pool, claim.row), measure)));
        self.claims.push(claim);
    }

    /// What a checkpoint keeps.
    #[must_use]
    pub fn kept(&self) -> KeptClaims {
        let fraction = |n: &Rational| (n.numerator(), n.denominator());
        KeptClaims {
            claims: self.claims.iter().map(|c| (c.row, c.year, c.clause.0, c.awarded, c.kind, c.size)).collect(),
            years: self.years.clone(),
            measures: self.measures.iter().map(|((pool, row), n)| ((*pool as u64, *row), n.as_ref().map(fraction))).collect(),
        }
    }

    /// Claims that a checkpoint kept.
    #[must_use]
    pub fn restored(scheme: &'s Scheme, kept: KeptClaims) -> Self {
        let mut claims = Self::new(scheme);
        let claim = |(row, year, clause, awarded, kind, size)| Claim { row, year, clause: ClauseId(clause), awarded, kind, size };
        claims.claims = kept.claims.into_iter().map(claim).collect();
        claims.years = kept.years;
        let measure = |((pool, row), n): ((u64, u64), Option<(i128, i128)>)| {
            ((usize::try_from(pool).unwrap_or(usize::MAX), row), n.and_then(|(part, whole)| Rational::new(part, whole).ok()))
        };
        claims.measures = kept.measures.into_iter().map(measure).collect();
        claims
    }

    /// Shares every pool of every year; `rows` is how many rows the file has.
    #[must_use]
    pub fn share(mut self, rows: u64) -> Shared {
        let claimed: Vec<i64> = self.claims.iter().map(|claim| claim.awarded).collect();
        let mut cut_by: Vec<Option<u32>> = vec![None; self.claims.len()];
        let mut shared = Shared::default();
        for year in std::mem::take(&mut self.years) {
            for index in 0..self.scheme.pools.len() {
                self.one(index, (year, rows), &mut cut_by, &mut shared);
            }
        }
        for ((claim, before), pool) in self.claims.iter().zip(claimed).zip(cut_by) {
            if let Some(pool) = pool {
                shared.cuts.push(Cut {
                    row: claim.row,
                    clause: claim.clause,
                    pool,
                    year: claim.year,
                    claim: before,
                    awarded: claim.awarded,
                    kind: claim.kind,
                    size: claim.size,
                });
            }
        }
        shared
    }

    fn one(&mut self, index: usize, (year, rows): (i32, u64), cut_by: &mut [Option<u32>], shared: &mut Shared) {
        let Some(pool) = self.scheme.pools.get(index) else { return };
        let measured = matches!(pool.overrun, Overrun::ByMeasure(..));
        let mut claims = Vec::new();
        for (at, claim) in self.claims.iter().enumerate().filter(|(_, c)| c.year == year && c.clause.is_among(&pool.members)) {
            let measure = if measured { self.measures.get(&(index, claim.row)).copied().flatten() } else { None };
            claims.push(many::Claim {
                person: usize::try_from(claim.row).unwrap_or(usize::MAX),
                at,
                clause: claim.clause,
                amount: Fen(claim.awarded),
                measure,
            });
        }
        let sum = claims.iter().fold(Fen(0), |a, c| a.checked_add(c.amount).unwrap_or(Fen(i64::MAX)));
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        let held = many::held_in(pool, year);
        let mut used = Use { pool: number, year, ..Use::default() };
        let part_of = |row: usize| usize::try_from((row as u64).saturating_mul(PARTS as u64) / rows.max(1)).unwrap_or(0).min(PARTS - 1);
        for claim in &claims {
            used.claims.iter_mut().skip(part_of(claim.person)).take(1).for_each(|sum| *sum += i128::from(claim.amount.0));
        }
        let Some(amount) = held.filter(|held| sum > *held) else {
            shared.pools.push(PoolShare { pool: number, year, amount: held, claims: sum, given: sum });
            used.given = used.claims;
            shared.uses.extend((rows > 0).then_some(used));
            return;
        };
        let mut total = Fen(0);
        for (claim, part) in claims.iter().zip(many::divide(pool, amount, &claims)) {
            total = total.checked_add(part).unwrap_or(total);
            used.given.iter_mut().skip(part_of(claim.person)).take(1).for_each(|sum| *sum += i128::from(part.0));
            if part < claim.amount
                && let (Some(slot), Some(by)) = (self.claims.get_mut(claim.at), cut_by.get_mut(claim.at))
            {
                (slot.awarded, *by) = (part.0, Some(number));
            }
        }
        shared.pools.push(PoolShare { pool: number, year, amount: Some(amount), claims: sum, given: total });
        shared.uses.extend((rows > 0).then_some(used));
    }
}

impl Shared {
    /// The award of a row under a clause, where a pool cut it.
    #[must_use]
    pub fn cut(&self, row: u64, clause: ClauseId) -> Option<&Cut> {
        self.cuts.binary_search_by_key(&(row, clause), |cut| (cut.row, cut.clause)).ok().and_then(|at| self.cuts.get(at))
    }

    /// Why a claim was cut, in words.
    #[must_use]
    pub fn why(&self, scheme: &Scheme, cut: &Cut) -> Option<Text> {
        let pool = scheme.pools.get(cut.pool as usize)?;
        let share = self.pools.iter().find(|share| share.pool == cut.pool && share.year == cut.year)?;
        let (name, year) = (&pool.name, cut.year);
        let (held, claims) = (share.amount?.plain_zh(), share.claims.plain_zh());
        let (held_en, claims_en) = (share.amount?.plain_en(), share.claims.plain_en());
        let because = Text::new(
            format!("资金“{name}”{year}年为{held}，申请合计{claims}"),
            format!("the fund {name} holds {held_en} in {year} and {claims_en} is claimed"),
        );
        let (zh, en) = match &pool.overrun {
            Overrun::ProRata => {
                let ratio = ratio_of(share.amount?, share.claims)?;
                (format!("按 {ratio} 折算，余数从大到小补到分"), format!("shared pro rata at {ratio}, remainders rounded to the fen by size"))
            }
            Overrun::FirstCome => ("按先后次序，轮到时所剩不足".to_owned(), "served in order of arrival, and what was left did not suffice".to_owned()),
            Overrun::CarryOver => {
                ("按先后次序，不足的顺延到下一年".to_owned(), "served in order of arrival; what does not fit waits for the next year".to_owned())
            }
            Overrun::ByMeasure(..) => {
                ("按排序依据的高低，轮到时所剩不足".to_owned(), "served in order of the measure, and what was left did not suffice".to_owned())
            }
            Overrun::ByClause(_) => ("按条款的先后，轮到时所剩不足".to_owned(), "served in the order of clauses, and what was left did not suffice".to_owned()),
        };
        Some(Text::new(format!("{zh}，因为{}", because.zh), format!("{en}, because {}", because.en)))
    }
}

/// A ratio to four decimals, cut off: `0.8234`.
#[must_use]
pub fn ratio_of(part: Fen, whole: Fen) -> Option<String> {
    let ratio = part.to_rational().checked_div(whole.to_rational()).ok()?;
    let scaled = ratio.checked_mul(Rational::from_int(10_000)).ok()?.floor();
    Some(format!("{}.{:04}", scaled / 10_000, scaled % 10_000))
}
