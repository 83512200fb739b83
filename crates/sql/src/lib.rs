//! A compiled policy as SQL for the engine that somebody already runs: outcome and exact amount of every clause, 并用 and
//! 资金, over a table of facts. What a dialect cannot hold exactly is refused by name. No database is spoken to here.

mod award;
mod clause;
mod dialect;
mod expr;
mod group;
mod memory;
mod number;
mod refusal;
mod scope;
mod select;
mod stage;
mod table;
mod value;

pub use dialect::Dialect;
pub use refusal::{CODE, Refusal};
pub use table::{Column, ColumnType, Table};

use policy::diagnostic::Text;
use policy::scheme::Scheme;
use policy::source::Span;
use refusal::Reason;
use scope::Scope;
use values::Date;

/// What is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// For which engine.
    pub dialect: Dialect,
    /// The table of facts; those of lists, earlier awards and awards elsewhere begin with its name.
    pub table: String,
    /// The award year of all rows; else a column says it.
    pub year: Option<i32>,
    /// The day of judgement of all rows; else a column says it.
    pub as_of: Option<Date>,
    /// Export what can be, and say what is left out.
    pub partial: bool,
}

/// A policy as SQL.
#[derive(Clone, Debug)]
pub struct Export {
    /// The statements with their head, ready to run.
    pub text: String,
    /// The statements one by one, without comments: the view of results, then that of pools where there are any.
    pub statements: Vec<String>,
    /// The tables they read.
    pub tables: Vec<Table>,
    /// What is left out.
    pub left_out: Vec<Refusal>,
    /// Whether 并用 and 资金 are worked out (column `awarded`).
    pub awards: bool,
}

/// The name of the view of results: one row for each applicant and clause.
pub const RESULTS: &str = "duixian_results";

/// The name of the view of pools: one row for each year and pool.
pub const POOLS: &str = "duixian_pools";

/// Writes a scheme as SQL.
///
/// # Errors
///
/// What the dialect cannot hold exactly, each by its clause, group or pool; with `partial` only if nothing is left.
pub fn export(scheme: &Scheme, options: &Options) -> Result<Export, Vec<Refusal>> {
    let mut scope = Scope::new(scheme, options, None);
    let mut refused = Vec::new();
    for id in &scheme.order {
        let Some(clause) = scheme.clause(*id) else { continue };
        if let Err(reason) = scope.outcome(*id) {
            let subject = Text::new(format!("条款 {}", clause.id), format!("clause {}", clause.id));
            let span = scheme.clause_words.get(id.index()).map_or(Span::default(), |words| words.rule);
            refused.push(reason.of(scheme, subject, span));
        }
    }
    if scope.outcomes.is_empty() {
        return Err(refused);
    }
    let awards = match award::plan(&mut scope, refused.is_empty()) {
        Ok(plan) => Some(plan),
        Err((subject, reason)) => {
            refused.push(reason.of(scheme, subject, Span::default()));
            None
        }
    };
    if let Some(reason) = unusable_name(&scope) {
        return Err(vec![reason.of(scheme, Text::new("政策", "the policy"), Span::default())]);
    }
    if !(refused.is_empty() || options.partial) {
        return Err(refused);
    }
    Ok(award::write(scope, awards, refused))
}

/// Columns that are not facts.
const OWN_COLUMNS: [&str; 6] = ["id", "year", "as_of", "kind", "rank_only", "seq"];

/// A name that the tables of the dialect cannot have: too long, or the same as another without regard to case.
fn unusable_name(scope: &Scope<'_>) -> Option<Reason> {
    let max = scope.dialect.name_max().unwrap_or(usize::MAX);
    let own = |name: &String| OWN_COLUMNS.iter().any(|own| own.eq_ignore_ascii_case(name)) && name != "kind";
    let lists = scope.needs.lists.iter().map(|(list, fields)| (vec![format!("{}_{list}", scope.options.table)], fields));
    for (tables, columns) in lists.chain([(Vec::new(), &scope.needs.facts)]) {
        let mut seen = std::collections::BTreeSet::new();
        for name in tables.iter().chain(columns.keys()) {
            if name.len() > max {
                return Some(Reason::new(format!("名称“{name}”超过{max}个字节"), format!("the name '{name}' is longer than {max} bytes")));
            }
            if own(name) || !seen.insert(name.to_lowercase()) {
                return Some(Reason::new(format!("名称“{name}”和别的列重名"), format!("the name '{name}' is that of another column")));
            }
        }
    }
    None
}
