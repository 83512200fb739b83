//! Analysis of a policy's own rules: a clause taken apart into cells of applicants within which its outcome is one
//! linear form, and what is to be said about those cells. Complete for linear conditions and amounts; what is left
//! out is named. Nothing here decides an award: every statement is replayed in the evaluator by the tests.
//!
//! The way in is [`explore`]: it gives the [`Cells`] of one clause, or of several at once (two versions, two members
//! of a group), each with a [`Region`] and an [`Outcome`] for each of them; [`Cells::witness`] makes an applicant.

mod choose;
pub mod findings;
pub mod linear;
mod path;
pub mod region;
pub mod space;
mod stages;
mod symbolic;
pub mod witness;

use crate::scheme::{ClauseId, NodeId, Scheme};
pub use findings::{Finding, Report, Weight, analyse};
use linear::Form;
use path::Path;
pub use path::{Assumption, Stop};
use region::Region;
use space::Space;
use symbolic::Walk;
use values::Date;

/// A clause of a scheme.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The scheme.
    pub scheme: &'a Scheme,
    /// The clause.
    pub clause: ClauseId,
}

/// When the applicants of an analysis apply, and how far it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// Award year.
    pub year: i32,
    /// Day of judgement.
    pub as_of: Date,
    /// How many records a list has at most.
    pub records: u16,
    /// How many cells are explored at most.
    pub cells: usize,
}

/// The year of an analysis where a policy names none.
const YEAR: i32 = 2024;

impl Context {
    /// A year in which the scheme is in force and its tables have rows; judged on 31 December.
    pub fn of(scheme: &Scheme) -> Self {
        let policy = &scheme.policy;
        let first = policy.in_force.map(Date::year).or(policy.in_force_year);
        let last = policy.expires.map(Date::year);
        let inside = |year: i32| first.is_none_or(|f| year >= f) && last.is_none_or(|l| year <= l);
        // The first full year: in the year of 施行 part of it may lie before.
        let start = match first {
            Some(year) if inside(year.saturating_add(1)) => year.saturating_add(1),
            Some(year) => year,
            None => last.map_or(YEAR, |l| l.min(YEAR)),
        };
        let rows = |year: i32| scheme.params.iter().filter(|p| p.by_year).filter(|p| p.rows.iter().any(|r| r.year == Some(year))).count();
        let candidates = scheme.params.iter().flat_map(|p| p.rows.iter().filter_map(|r| r.year)).filter(|y| inside(*y));
        let year = candidates.fold(start, |best, year| if rows(year) > rows(best) { year } else { best });
        Self { year, as_of: Date::last_of_year(year).unwrap_or(Date::LAST), records: 1, cells: 1_000 }
    }
}

/// Which way a node went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Branch {
    /// A condition held, or not.
    Test(bool),
    /// A row, member or side was taken, by its position as written (若: 0 则, 1 否则).
    Row(u16),
    /// 其余
    Otherwise,
    /// No row.
    NoRow,
    /// A modifier or bound changed the value, or not.
    Binds(bool),
    /// A limit of the clause cut the amount, or not.
    Limit(u16, bool),
}

/// Why nothing is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The year lies outside the time the policy is in force.
    OutOfForce,
    /// The clause is for other kinds of applicants.
    Kind,
    /// This condition fails (or this 排除 of the clause holds).
    Condition(NodeId),
    /// No tier or member gives anything.
    NothingGiven,
}

/// What becomes of the applicants of a cell under a clause, with history and decisions empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// 符合: the amount in fen before the one rounding (half up to the fen).
    Eligible {
        /// Amount; not negative in the cell.
        amount: Form,
        /// It is a ceiling (至多).
        ceiling: bool,
        /// It is what is decided (决定额), cut by what the rule says.
        decided: bool,
    },
    /// 符合, in kind.
    Service,
    /// 不符合
    Ineligible(Reason),
    /// 禁入
    Barred {
        /// The general bar that holds.
        by: NodeId,
    },
    /// 待定 although every fact is known: a divisor of zero, a table without a row, an open reading.
    Undetermined,
    /// Left for the reason given; nothing is known of these applicants.
    Unexplored(Stop),
}

impl Outcome {
    /// The amount, where there is one.
    pub fn amount(&self) -> Option<&Form> {
        match self {
            Self::Eligible { amount, .. } => Some(amount),
            _ => None,
        }
    }
}

/// A cell: applicants who take the same way through the rules.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Who they are.
    pub region: Region,
    /// What becomes of them, one outcome for each subject.
    pub outcomes: Vec<Outcome>,
    /// Branches taken, with the position of the subject. Conditions behind the one that decides are not tried.
    pub branches: Vec<(u16, NodeId, Branch)>,
    /// What the selections over one measure were taken by, with the position of the subject.
    pub measured: Vec<(u16, NodeId, Form)>,
    /// What must be known although nothing is decided by it: scores of a ranking.
    pub needed: Vec<Form>,
    /// What is taken for granted beside empty history and decisions.
    pub assumed: Vec<Assumption>,
}

/// The cells of some clauses: together they are all applicants (with no more records than the context says).
#[derive(Clone, Debug)]
pub struct Cells {
    /// Measures and atoms the regions speak of.
    pub space: Space,
    /// Cells; no applicant lies in two.
    pub cells: Vec<Cell>,
    /// The bound on cells was reached: some applicants lie in none.
    pub cut_off: bool,
    /// When.
    pub context: Context,
}

impl Cells {
    /// Reasons for which the cells do not speak of every applicant, each once.
    pub fn unexplored(&self) -> Vec<Stop> {
        let mut out: Vec<Stop> =
            self.cells.iter().flat_map(|c| &c.outcomes).filter_map(|o| if let Outcome::Unexplored(stop) = o { Some(*stop) } else { None }).collect();
        if self.cut_off {
            out.push(Stop::TooDeep);
        }
        out.sort();
        out.dedup();
        out
    }

    /// What some cell takes for granted, each once.
    pub fn assumed(&self) -> Vec<Assumption> {
        let mut out: Vec<Assumption> = self.cells.iter().flat_map(|c| c.assumed.iter().copied()).collect();
        out.sort();
        out.dedup();
        out
    }

    /// Linear reasoning decides everything: no products or quotients of facts are left in the regions.
    pub fn is_linear(&self) -> bool {
        !self.space.measures.iter().any(space::Measure::is_opaque)
    }

    /// The cells speak of every applicant without history: what no cell does, no applicant does.
    pub fn is_complete(&self) -> bool {
        self.unexplored().is_empty() && !self.assumed().iter().any(|a| matches!(a, Assumption::Records(_) | Assumption::Alone))
    }
}

/// Takes clauses apart into cells, together: each cell holds one outcome of every subject.
///
/// Facts, choices and parameters of the same name and unit are the same in all of them, so that the cells of an old
/// and a new version are those of their comparison.
pub fn explore(subjects: &[Subject<'_>], context: Context) -> Cells {
    let mut space = Space::default();
    let mut cells = Vec::new();
    let mut pending: Vec<Vec<bool>> = vec![Vec::new()];
    let mut cut_off = false;
    let mut rounds = 0;
    while let Some(answers) = pending.pop() {
        if cells.len() >= context.cells || space.solved > SOLVED_MAX {
            cut_off = true;
            break;
        }
        let (cell, others) = walk(subjects, &mut space, &context, answers);
        pending.extend(others);
        cells.push(cell);
        if std::mem::take(&mut space.widened) {
            // Words that came late were no options on the paths before.
            rounds += 1;
            cells.clear();
            pending = vec![Vec::new()];
            if rounds > ROUNDS_MAX {
                cut_off = true;
                break;
            }
        }
    }
    Cells { space, cells, cut_off, context }
}

/// Questions that need the solver, in one exploration; real clauses ask a few dozen.
const SOLVED_MAX: usize = 6_000;

/// How often late words may start an exploration again.
const ROUNDS_MAX: usize = 200;

fn walk(subjects: &[Subject<'_>], space: &mut Space, context: &Context, answers: Vec<bool>) -> (Cell, Vec<Vec<bool>>) {
    let mut path = Path::new(space, context, answers);
    let mut outcomes = Vec::with_capacity(subjects.len());
    for (at, subject) in (0_u16..).zip(subjects) {
        path.subject = at;
        let mut walk = Walk { scheme: subject.scheme, path: &mut path, clause: subject.clause };
        outcomes.push(walk.clause(subject.clause).unwrap_or_else(Outcome::Unexplored));
    }
    let Path { region, others, branches, measured, needed, assumed, .. } = path;
    (Cell { region, outcomes, branches, measured, needed, assumed }, others)
}
