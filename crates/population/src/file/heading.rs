//! What the columns of a file are, by their names.

use super::FileError;
use crate::table::{About, Form, Layout, form_of};
use policy::diagnostic::{Text, nearest};
use policy::scheme::{FactId, ParamId, Scheme};
use std::sync::Arc;
use values::Date;

/// What holds where a file has no such column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Defaults {
    /// Award year.
    pub year: Option<i32>,
    /// Day of judgement.
    pub as_of: Option<Date>,
}

/// What a column of a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Ids.
    Id,
    /// Award years.
    Year,
    /// Days of judgement.
    AsOf,
    /// Whether a row is only ranked.
    RankOnly,
    /// A column of the layout, by its position.
    Value(usize),
    /// Nothing that a rule reads.
    Ignored,
}

/// The columns of a file.
#[derive(Clone, Debug)]
pub struct Heading {
    /// Names as written.
    pub names: Vec<String>,
    /// What each is for.
    pub roles: Vec<Role>,
    /// What stands in which column of a chunk.
    pub layout: Arc<Layout>,
    /// What holds where there is no column.
    pub defaults: Defaults,
    /// Columns that no rule reads.
    pub ignored: Vec<String>,
    /// Facts that some clause asks for and that no column holds: they are not known of any row.
    pub missing: Vec<String>,
}

impl Heading {
    /// Reads the names of columns.
    pub fn read(scheme: &Scheme, names: Vec<String>, defaults: Defaults) -> Result<Self, FileError> {
        let (mut columns, mut roles, mut ignored) = (Vec::new(), Vec::new(), Vec::new());
        for (at, name) in names.iter().enumerate() {
            if names.iter().take(at).any(|before| before == name) {
                return Err(FileError::new(
                    Text::new(format!("“{name}”列有两列"), format!("there are two columns '{name}'")),
                    Text::new("删去一列", "remove one"),
                ));
            }
            let role = match name.as_str() {
                "id" | "编号" => Role::Id,
                "year" | "年度" if scheme.fact_named(name).is_none() => Role::Year,
                "as_of" | "截止" if scheme.fact_named(name).is_none() => Role::AsOf,
                "rank_only" | "仅排名" => Role::RankOnly,
                "name" | "uscc" => Role::Ignored,
                _ => match about(scheme, name)? {
                    Some((about, form)) => {
                        columns.push((about, form));
                        Role::Value(columns.len() - 1)
                    }
                    None => {
                        ignored.push(name.clone());
                        Role::Ignored
                    }
                },
            };
            if !matches!(role, Role::Value(_) | Role::Ignored)
                && let Some(before) = roles.iter().position(|of| *of == role).and_then(|at| names.get(at))
            {
                return Err(FileError::new(
                    Text::new(format!("“{before}”列和“{name}”列说的是同一件事"), format!("columns '{before}' and '{name}' are about the same thing")),
                    Text::new("只留一列", "keep one of them"),
                ));
            }
            roles.push(role);
        }
        for (at, (about, _)) in columns.iter().enumerate() {
            if columns.iter().take(at).any(|(before, _)| before == about) {
                return Err(FileError::new(
                    Text::new("有两列说的是同一件事", "two columns are about the same thing"),
                    Text::new(format!("只留一列：{}", names.join("、")), format!("keep one of: {}", names.join(", "))),
                ));
            }
        }
        if !roles.contains(&Role::Year) && defaults.year.is_none() {
            return Err(FileError::new(
                Text::new("没有 year（认定年度）列", "there is no column year (the award year)"),
                Text::new("加一列 year，或用 --year 2024", "add a column year, or use --year 2024"),
            ));
        }
        if columns.iter().all(|(about, _)| *about == About::Fact(scheme.kind_fact())) {
            return Err(nothing_read(&names));
        }
        let missing = missing(scheme, &columns);
        Ok(Self { names, roles, layout: Arc::new(Layout { columns }), defaults, ignored, missing })
    }

    /// Of a file that names its values line by line, so that none is missing of all.
    #[must_use]
    pub fn of_layout(layout: &Arc<Layout>, defaults: Defaults) -> Self {
        Self { names: Vec::new(), roles: Vec::new(), layout: Arc::clone(layout), defaults, ignored: Vec::new(), missing: Vec::new() }
    }

    /// What a rule reads that comes closest to the name of an ignored column.
    #[must_use]
    pub fn near<'s>(&self, scheme: &'s Scheme, name: &str) -> Option<&'s str> {
        nearest(name, scheme.facts.iter().map(|fact| fact.name.as_str()))
    }
}

/// No column is of this policy.
fn nothing_read(names: &[String]) -> FileError {
    let apart = match names {
        [one] if one.contains(';') => Some(("分号", "semicolons")),
        [one] if one.contains('\t') => Some(("制表符", "tabs")),
        _ => None,
    };
    let help = match apart {
        Some((zh, en)) => {
            Text::new(format!("各格看来是用{zh}隔开的：另存为逗号分隔的 CSV"), format!("its cells seem to stand apart by {en}: save it with commas"))
        }
        None => Text::new(
            "列名用政策里的事实名（duixian facts 列出），并核对是不是这项政策的文件",
            "name columns as the policy names its facts (duixian facts), and see that the file is for this policy",
        ),
    };
    FileError::new(Text::new("文件里没有一列是这项政策要读的", "no column of the file is one that this policy reads"), help)
}

fn missing(scheme: &Scheme, columns: &[(About, Form)]) -> Vec<String> {
    let there = |fact: FactId| columns.iter().any(|(about, _)| matches!(about, About::Fact(f) | About::FactAt(f, ..) if *f == fact));
    let mut asked: Vec<FactId> = scheme.clauses.iter().flat_map(|clause| clause.facts.iter().copied()).collect();
    asked.sort_unstable();
    asked.dedup();
    asked.into_iter().filter(|fact| !there(*fact)).filter_map(|fact| scheme.fact(fact).map(|f| f.name.clone())).collect()
}

/// What a column is about: `事实`, `事实@2023`, `事实@2023-05`, `kind`, `决定@1.4`, `汇率@USD`, `项目@2.1`, `选择@…`.
fn about(scheme: &Scheme, name: &str) -> Result<Option<(About, Form)>, FileError> {
    if name == "kind" {
        return Ok(Some((About::Fact(scheme.kind_fact()), Form::Choice)));
    }
    if let Some(fact) = scheme.fact_named(name) {
        return Ok(scheme.fact(fact).map(|f| (About::Fact(fact), form_of(&f.ty))));
    }
    let Some((head, tail)) = name.rsplit_once('@') else { return Ok(None) };
    let wrong =
        |zh: String, en: String| Err(FileError::new(Text::new(zh, en), Text::new("改列名，或删去这一列", "change the name of the column, or remove it")));
    if let Some(fact) = scheme.fact_named(head) {
        let Some(declared) = scheme.fact(fact) else { return Ok(None) };
        let (year, month) = tail.split_once('-').unwrap_or((tail, "0"));
        let (Ok(year), Ok(month)) = (year.parse::<i32>(), month.parse::<u8>()) else {
            return wrong(format!("“{name}”的年份写得不对"), format!("the year of '{name}' is not one"));
        };
        let fits = if declared.by_month { (1..=12).contains(&month) } else { declared.by_year && month == 0 };
        if !fits {
            return wrong(format!("“{head}”不按这样的时间填"), format!("'{head}' is not asked for by such a time"));
        }
        return Ok(Some((About::FactAt(fact, year, month), form_of(&declared.ty))));
    }
    let clause = scheme.clause_named(tail);
    let money = Form::Number { den: 1, low: 0, high: crate::table::LARGE };
    Ok(match (head, clause) {
        ("决定", Some(clause)) => Some((About::Decision(clause), money)),
        ("项目", Some(clause)) => Some((About::Project(clause), Form::Text)),
        ("决定" | "项目", None) => return wrong(format!("没有条款 {tail}"), format!("there is no clause {tail}")),
        ("选择", _) => {
            let group = scheme.groups.iter().position(|group| group.name == tail).and_then(|at| u32::try_from(at).ok());
            match group {
                Some(group) => Some((About::Choice(group), Form::Text)),
                None => return wrong(format!("没有并用规则“{tail}”"), format!("there is no group '{tail}'")),
            }
        }
        ("汇率", _) => {
            let at = scheme.params.iter().position(|p| p.currency.as_deref() == Some(tail) || p.name == tail);
            match at.and_then(|at| u32::try_from(at).ok()) {
                Some(at) => Some((About::Rate(ParamId(at)), Form::Number { den: crate::table::RATE_DEN, low: 0, high: crate::table::LARGE })),
                None => return wrong(format!("本政策不用“{tail}”"), format!("this policy does not use '{tail}'")),
            }
        }
        _ => None,
    })
}
