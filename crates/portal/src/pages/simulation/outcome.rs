//! What came of a simulation, as its page shows it: by clause, by pool, by kind of applicant, against another version, and against what
//! was given in the year.

use super::grouped;
use crate::pages::frame::Frame;
use crate::simulation::{Done, Run};
use policy::assessment::Outcome as Said;
use population::simulate::Summary;
use values::{Fen, Lang};

/// The tables.
pub struct Outcome {
    pub rows: String,
    pub winners: String,
    pub awarded: Money,
    pub seconds: String,
    pub clauses: Vec<Clause>,
    pub pools: Vec<Pool>,
    pub kinds: Vec<(String, String, String, Money)>,
    pub against: Option<Compared>,
    /// Whether what was given in the year stands beside it, and whether the sums are the same.
    pub frozen: Option<bool>,
    pub missing: Option<String>,
    pub ignored: Option<String>,
    /// What of the frozen applications a version does not know.
    pub left_out: Option<String>,
}

/// A sum: in 万元, and to the fen.
pub struct Money {
    pub wan: String,
    pub yuan: String,
}

/// A clause.
pub struct Clause {
    pub id: String,
    pub title: String,
    pub eligible: String,
    pub ineligible: String,
    pub undetermined: String,
    pub amount: Money,
    pub awarded: Money,
    pub winners: String,
    /// Under the other version: what is awarded; none: it has no such clause.
    pub other: Option<Money>,
    /// What was assessed and given in the year, and whether this run comes to the same.
    pub given: Option<(Money, Money, bool)>,
}

/// A pool of a year.
pub struct Pool {
    pub name: String,
    pub year: i32,
    /// What it holds; none: not set.
    pub most: Option<Money>,
    pub claims: Money,
    pub given: Money,
    /// How much of what is asked is given, in percent.
    pub share: String,
    pub is_short: bool,
}

/// Who gains and who loses against the other version.
pub struct Compared {
    pub gain: String,
    pub gained: Money,
    pub lose: String,
    pub lost: Money,
    pub same: String,
    pub other: Money,
}

fn money(fen: i128) -> Money {
    let yuan = |fen: i128| i64::try_from(fen).map_or_else(|_| fen.to_string(), |fen| Fen(fen).grouped());
    let hundredths = (fen.abs() + 5_000) / 10_000;
    let sign = if fen < 0 { "−" } else { "" };
    Money { wan: format!("{sign}{}", yuan(hundredths)), yuan: yuan(fen) }
}

fn awarded(summary: &Summary, at: usize) -> i128 {
    summary.clauses.get(at).map_or(0, |clause| clause.awarded)
}

impl Outcome {
    pub fn of(run: &Run, done: &Done, frame: &Frame) -> Self {
        let (scheme, summary) = (&run.scheme.scheme, &done.summary);
        let other = run.other.as_ref().zip(done.against.as_ref());
        let clauses: Vec<Clause> = scheme
            .clauses
            .iter()
            .zip(&summary.clauses)
            .map(|(clause, sum)| {
                let under_other = other.map(|(loaded, (others, _))| {
                    let at = loaded.scheme.clause_named(&clause.id);
                    at.map(|at| money(awarded(others, at.index())))
                });
                let given = done.given.as_ref().map(|given| {
                    let (assessed, amount) = given.get(&clause.id).copied().unwrap_or_default();
                    (money(assessed), money(amount), assessed == sum.awarded)
                });
                Clause {
                    id: clause.id.clone(),
                    title: clause.title.clone(),
                    eligible: grouped(sum.rows(Said::Eligible)),
                    ineligible: grouped(sum.rows(Said::Ineligible)),
                    undetermined: grouped(sum.rows(Said::Undetermined)),
                    amount: money(sum.amount),
                    awarded: money(sum.awarded),
                    winners: grouped(sum.winners),
                    other: under_other.flatten(),
                    given,
                }
            })
            .collect();
        let kinds = scheme.choices(scheme.kind_fact()).iter().map(String::as_str).chain([frame.w("未填", "not known")]).zip(&summary.kinds);
        let short = |claims: i128, given: i128| if claims > 0 { given.saturating_mul(10_000) / claims } else { 10_000 };
        let pools = summary.shared.pools.iter().map(|pool| {
            let share = short(i128::from(pool.claims.0), i128::from(pool.given.0));
            Pool {
                name: usize::try_from(pool.pool).ok().and_then(|at| scheme.pools.get(at)).map(|of| of.name.clone()).unwrap_or_default(),
                year: pool.year,
                most: pool.amount.map(|most| money(i128::from(most.0))),
                claims: money(i128::from(pool.claims.0)),
                given: money(i128::from(pool.given.0)),
                share: format!("{}.{:02}", share / 100, share % 100),
                is_short: pool.given < pool.claims,
            }
        });
        let millis = done.took.as_millis();
        Self {
            rows: grouped(summary.rows),
            winners: grouped(summary.winners),
            awarded: money(summary.awarded),
            seconds: format!("{}.{}", millis / 1000, millis / 100 % 10),
            frozen: done.given.as_ref().map(|_| clauses.iter().all(|clause| clause.given.as_ref().is_none_or(|(.., same)| *same))),
            kinds: kinds
                .filter(|(_, sum)| sum.rows > 0)
                .map(|(name, sum)| (name.to_owned(), grouped(sum.rows), grouped(sum.winners), money(sum.awarded)))
                .collect(),
            pools: pools.collect(),
            against: done.against.as_ref().map(|(others, against)| Compared {
                gain: grouped(against.all.gain),
                gained: money(against.all.gained),
                lose: grouped(against.all.lose),
                lost: money(against.all.lost),
                same: grouped(against.same),
                other: money(others.awarded),
            }),
            left_out: (!done.left_out.is_empty()).then(|| {
                let each: Vec<String> = done.left_out.iter().take(12).map(|(name, times)| format!("{name}（{times}）")).collect();
                each.join(frame.w("、", ", "))
            }),
            missing: first_of(&done.missing, frame),
            ignored: first_of(&done.ignored, frame),
            clauses,
        }
    }
}

/// The first of some names, and how many there are; none where there is none.
fn first_of(names: &[String], frame: &Frame) -> Option<String> {
    let first: Vec<&str> = names.iter().take(8).map(String::as_str).collect();
    let more = names.len().saturating_sub(8);
    (!names.is_empty()).then(|| match (more, frame.lang()) {
        (0, _) => first.join(frame.w("、", ", ")),
        (_, Lang::Zh) => format!("{}等 {} 项", first.join("、"), names.len()),
        (more, Lang::En) => format!("{} and {more} more", first.join(", ")),
    })
}
