//! Applications as rows of the tables that a statement reads, and what the evaluator says of them.

use policy::application::{Application, FactValue, When};
use policy::scheme::{FactId, FactType, Scheme};
use policy::{AssessOptions, assess};
use sql::{Column, Table};
use values::Rational;

/// A cell; `None` is NULL.
pub type Cell = Option<String>;

/// What is said of one applicant under one clause.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    pub id: String,
    pub clause: String,
    pub outcome: String,
    pub amount: Option<i64>,
    /// Whether the amount is final, where there is one.
    pub decided: Option<bool>,
    pub awarded: Option<i64>,
}

/// What is said of a pool in a year.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shared {
    pub year: i32,
    pub pool: String,
    pub amount: Option<i64>,
    pub claims: i64,
    pub given: i64,
}

/// What the evaluator says of everybody, in order of ids and clauses.
pub fn expected(scheme: &Scheme, applications: &[Application], awards: bool) -> (Vec<Said>, Vec<Shared>) {
    // What is not exported takes no part: then outcomes are those before groups and pools.
    let mut alone = scheme.clone();
    if !awards {
        alone.groups.clear();
        alone.pools.clear();
    }
    let population = assess(&alone, applications, &AssessOptions::default());
    let mut out = Vec::new();
    for assessment in &population.assessments {
        for result in &assessment.clauses {
            let clause = &scheme.clauses[result.clause.index()];
            out.push(Said {
                id: assessment.id.clone(),
                clause: clause.id.clone(),
                outcome: result.outcome.code().to_owned(),
                amount: result.amount.map(|fen| fen.0),
                decided: result.amount.map(|_| result.decided),
                awarded: result.awarded.filter(|_| awards).map(|fen| fen.0),
            });
        }
    }
    out.sort();
    let mut pools: Vec<Shared> = population
        .pools
        .iter()
        .map(|share| Shared {
            year: share.year,
            pool: scheme.pools[share.pool as usize].name.clone(),
            amount: share.amount.map(|fen| fen.0),
            claims: share.claims.0,
            given: share.given.0,
        })
        .collect();
    pools.sort();
    (out, pools)
}

/// Rows of every table, in the order of its columns.
pub fn rows(scheme: &Scheme, tables: &[Table], main: &str, applications: &[Application]) -> Vec<Vec<Vec<Cell>>> {
    tables
        .iter()
        .map(|table| match table.name.strip_prefix(main).unwrap_or(&table.name).strip_prefix('_') {
            None => applications.iter().enumerate().map(|(at, app)| facts(scheme, table, at, app)).collect(),
            Some("history") => applications.iter().flat_map(|app| history(scheme, app)).collect(),
            Some("elsewhere") => applications.iter().flat_map(elsewhere).collect(),
            Some(list) => applications.iter().flat_map(|app| records(scheme, table, list, app)).collect(),
        })
        .collect()
}

fn facts(scheme: &Scheme, table: &Table, at: usize, app: &Application) -> Vec<Cell> {
    table.columns.iter().map(|(name, column)| cell(scheme, name, column, at, app)).collect()
}

fn cell(scheme: &Scheme, name: &str, column: &Column, at: usize, app: &Application) -> Cell {
    let clause = |id: &str| scheme.clause_named(id).unwrap();
    match name {
        "id" => return Some(app.id.clone()),
        "year" => return Some(app.year.to_string()),
        "as_of" => return Some(app.as_of.to_string()),
        "rank_only" => return Some(app.rank_only.to_string()),
        "seq" => return Some(at.to_string()),
        "kind" => return value(scheme, scheme.kind_fact(), app.value(scheme.kind_fact(), When { year: app.year, month: 0 })?, column),
        _ => {}
    }
    match name.split_once('@') {
        Some(("决定", id)) => app.decision(clause(id)).map(|fen| fen.0.to_string()),
        Some(("选择", name)) => {
            let at = scheme.groups.iter().position(|group| group.name == name)?;
            let (_, chosen) = app.choices.iter().find(|(group, _)| *group as usize == at)?;
            Some(scheme.clauses[chosen.index()].id.clone())
        }
        Some(("项目", id)) => app.project(clause(id)).map(str::to_owned),
        Some(("汇率", of)) => {
            let (_, rate) = app.params.iter().find(|(id, _)| scheme.params[id.index()].currency.as_deref().unwrap_or(&scheme.params[id.index()].name) == of)?;
            Some(number(*rate, column))
        }
        other => {
            let (bare, label) = other.unwrap_or((name, "本年"));
            let fact = scheme.fact_named(bare).unwrap();
            value(scheme, fact, app.value(fact, when(label, app.year))?, column)
        }
    }
}

/// The time that the name of a column says.
fn when(label: &str, own: i32) -> When {
    let (year, month) = label.split_once('-').unwrap_or((label, "0"));
    let year = match year {
        "本年" => own,
        "上年" => own - 1,
        _ => match year.strip_prefix('前').and_then(|y| y.strip_suffix('年')) {
            Some(back) => own - back.parse::<i32>().unwrap(),
            None => year.parse().unwrap(),
        },
    };
    When { year, month: month.parse().unwrap() }
}

fn number(value: Rational, column: &Column) -> String {
    let written = value.checked_div(column.scale).unwrap();
    written.to_decimal(column.ty.decimals()).unwrap_or_else(|| panic!("{value} does not fit its column"))
}

fn value(scheme: &Scheme, fact: FactId, value: &FactValue, column: &Column) -> Cell {
    Some(match value {
        FactValue::YesNo(yes) => yes.to_string(),
        FactValue::Number(n) => number(*n, column),
        FactValue::Date(day) => day.to_string(),
        FactValue::Year(year) => year.to_string(),
        FactValue::Choice(at) => scheme.choices(fact)[usize::from(*at)].clone(),
        FactValue::Text(words) => words.clone(),
        FactValue::List(records) => records.len().to_string(),
    })
}

fn records(scheme: &Scheme, table: &Table, list: &str, app: &Application) -> Vec<Vec<Cell>> {
    let fact = scheme.fact_named(list).unwrap();
    let FactType::List { fields, .. } = &scheme.facts[fact.index()].ty else { panic!("{list} is a list") };
    let Some(FactValue::List(records)) = app.value(fact, When { year: app.year, month: 0 }) else { return Vec::new() };
    let of = |record: &Vec<Option<FactValue>>, name: &str, column: &Column| -> Cell {
        if name == "id" {
            return Some(app.id.clone());
        }
        let at = fields.iter().position(|field| field.name == name).unwrap();
        match (record.get(at)?.as_ref()?, &fields[at].ty) {
            (FactValue::Choice(choice), FactType::Choice(words)) => Some(words[usize::from(*choice)].clone()),
            (known, _) => value(scheme, fact, known, column),
        }
    };
    records.iter().map(|record| table.columns.iter().map(|(name, column)| of(record, name, column)).collect()).collect()
}

fn history(scheme: &Scheme, app: &Application) -> Vec<Vec<Cell>> {
    let row = |e: &policy::application::Earlier| {
        let clause = scheme.clauses[e.clause.index()].id.clone();
        vec![Some(app.id.clone()), Some(clause), Some(e.year.to_string()), Some(e.amount.0.to_string()), e.key.clone()]
    };
    app.history.iter().map(row).collect()
}

fn elsewhere(app: &Application) -> Vec<Vec<Cell>> {
    app.elsewhere.iter().map(|e| vec![Some(app.id.clone()), Some(e.amount.0.to_string()), e.project.clone(), e.kind.clone()]).collect()
}
