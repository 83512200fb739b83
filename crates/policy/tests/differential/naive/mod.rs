//! A second evaluator, written from the language's description alone: it walks the typed syntax by names, with big
//! fractions and plain recursion, and knows nothing of the compiler or of the first evaluator.

pub mod clause;
pub mod expr;
pub mod person;
pub mod select;
pub mod share;
pub mod value;

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use policy::syntax::ast::{
    Block, BlockKind, ClauseLine, ClawbackBlock, Expr, ExprKind, FactDecl, FrequencyLine, Gather, Give, GroupBlock, InstalmentLine, LimitLine, PoolBlock,
    RankLine, Row, RowHead, Scope, TableDecl, TypeWord,
};
use policy::syntax::parse::Parsed;
use values::Date;

use clause::Verdict;
use person::Person;

/// The built-in choice fact.
pub const KIND: &str = "申报人类型";

/// One clause with what general rules add to it.
#[derive(Default)]
pub struct Rule<'a> {
    /// Id.
    pub id: String,
    /// File and section it stands in.
    pub place: (u16, usize),
    /// Sets of kinds, all of which must hold the applicant's.
    pub applicants: Vec<Vec<String>>,
    /// Its own 条件.
    pub conditions: Vec<&'a Expr>,
    /// 条件 of general rules.
    pub general_conditions: Vec<&'a Expr>,
    /// Its own 排除.
    pub bars: Vec<&'a Expr>,
    /// 排除 of general rules.
    pub general_bars: Vec<&'a Expr>,
    /// 其中
    pub locals: BTreeMap<String, &'a Expr>,
    /// 排名
    pub rank: Option<&'a RankLine>,
    /// 给予
    pub give: Option<&'a Give>,
    /// 频次
    pub frequency: Option<&'a FrequencyLine>,
    /// 限额
    pub limits: Vec<&'a LimitLine>,
    /// 兑付
    pub pay: Option<&'a [InstalmentLine]>,
    /// 类别
    pub kind: Option<String>,
}

/// A scheme with the people who apply under it.
pub struct World<'a> {
    /// Facts by name.
    pub facts: BTreeMap<&'a str, &'a FactDecl>,
    /// Parameters by name.
    pub tables: BTreeMap<&'a str, &'a TableDecl>,
    /// Definitions by name.
    pub definitions: BTreeMap<&'a str, &'a Expr>,
    /// Clauses in order.
    pub rules: Vec<Rule<'a>>,
    /// Groups in order.
    pub groups: Vec<(&'a GroupBlock, (u16, usize))>,
    /// Pools in order of writing.
    pub pools: Vec<(&'a PoolBlock, (u16, usize))>,
    /// Clawbacks in order.
    pub clawbacks: Vec<(&'a ClawbackBlock, (u16, usize))>,
    /// 施行
    pub in_force: Option<Date>,
    /// The year of 施行, where only that is named.
    pub in_force_year: Option<i32>,
    /// 失效
    pub expires: Option<Date>,
    /// 分界 按 申报
    pub by_application: bool,
    /// Everybody in the file.
    pub people: &'a [Person],
    /// Verdicts already reached.
    memo: RefCell<HashMap<(usize, usize), Verdict>>,
}

impl<'a> World<'a> {
    /// Reads the blocks of a scheme.
    pub fn new(parsed: &'a Parsed, people: &'a [Person]) -> Self {
        let mut world = Self {
            facts: BTreeMap::new(),
            tables: BTreeMap::new(),
            definitions: BTreeMap::new(),
            rules: Vec::new(),
            groups: Vec::new(),
            pools: Vec::new(),
            clawbacks: Vec::new(),
            in_force: None,
            in_force_year: None,
            expires: None,
            by_application: false,
            people,
            memo: RefCell::new(HashMap::new()),
        };
        for block in &parsed.blocks {
            world.take(block);
        }
        for block in &parsed.blocks {
            if let BlockKind::General(general) = &block.kind {
                let members = world.scope(general.scope.as_ref(), (block.file, block.section));
                for index in members {
                    for line in &general.lines {
                        world.rules[index].take(line, true);
                    }
                }
            }
        }
        world
    }

    fn take(&mut self, block: &'a Block) {
        let place = (block.file, block.section);
        match &block.kind {
            BlockKind::Policy(policy) => {
                self.in_force = policy.in_force.flatten().or(self.in_force);
                self.in_force_year = policy.in_force_year.or(self.in_force_year);
                self.expires = policy.expires.flatten().or(self.expires);
                self.by_application |= policy.boundary == Some("申报");
            }
            BlockKind::Facts(facts) => {
                for fact in facts {
                    self.facts.insert(&fact.name.text, fact);
                }
            }
            BlockKind::Table(table) => {
                self.tables.insert(&table.name.text, table);
            }
            BlockKind::Define(name, value) => {
                self.definitions.insert(&name.text, value);
            }
            BlockKind::Clause(clause) => {
                let mut rule = Rule { id: clause.id.text.clone(), place, ..Rule::default() };
                for line in &clause.lines {
                    rule.take(line, false);
                }
                self.rules.push(rule);
            }
            BlockKind::Group(group) => self.groups.push((group, place)),
            BlockKind::Pool(pool) => self.pools.push((pool, place)),
            BlockKind::Clawback(clawback) => self.clawbacks.push((clawback, place)),
            BlockKind::General(_) | BlockKind::Target(_) | BlockKind::Reading(_) | BlockKind::Sentence(_) | BlockKind::Situation(_) => {}
        }
    }

    /// The clauses a block speaks of, in order of the file.
    pub fn scope(&self, scope: Option<&Scope>, place: (u16, usize)) -> Vec<usize> {
        let Some(scope) = scope else { return Vec::new() };
        let named = |names: &[policy::syntax::ast::Name], id: &str| names.iter().any(|name| name.text == id);
        (0..self.rules.len())
            .filter(|index| {
                let rule = &self.rules[*index];
                let inside = scope.all || (scope.section && rule.place == place) || named(&scope.ids, &rule.id);
                inside && !named(&scope.except, &rule.id)
            })
            .collect()
    }

    /// The position of a clause.
    pub fn rule_named(&self, id: &str) -> usize {
        self.rules.iter().position(|rule| rule.id == id).unwrap_or_else(|| panic!("no clause {id}"))
    }

    /// What an expression is called by, looked up in the clause and then in the scheme.
    pub fn named(&self, name: &str, clause: Option<usize>) -> Option<&'a Expr> {
        let local = clause.and_then(|index| self.rules[index].locals.get(name).copied());
        local.or_else(|| self.definitions.get(name).copied())
    }

    /// The declaration of a field of any list.
    pub fn field(&self, list: &str, name: &str) -> Option<&'a FactDecl> {
        self.facts.get(list).and_then(|fact| fact.fields.iter().find(|field| field.name.text == name))
    }

    /// Whether an expression is a condition.
    pub fn is_condition(&self, expr: &Expr, clause: Option<usize>) -> bool {
        let rows = |rows: &[Row]| rows.iter().filter_map(|row| row.value.as_ref()).any(|v| self.is_condition(v, clause));
        match &expr.kind {
            ExprKind::YesNo(_)
            | ExprKind::ClauseEligible(_)
            | ExprKind::Compare(..)
            | ExprKind::FirstReach(..)
            | ExprKind::Between(..)
            | ExprKind::Is(..)
            | ExprKind::In(..)
            | ExprKind::Aged(..)
            | ExprKind::DateCompare(..)
            | ExprKind::Not(_)
            | ExprKind::And(_)
            | ExprKind::Or(_) => true,
            ExprKind::Gather { op, .. } | ExprKind::Fold { op, .. } => {
                matches!(op, Gather::Any | Gather::All | Gather::AtLeast(_))
            }
            ExprKind::Name(name) => match self.named(&name.text, clause) {
                Some(inner) => self.is_condition(inner, clause),
                None => {
                    let fields = self.facts.values().flat_map(|fact| fact.fields.iter());
                    let declared = self.facts.values().copied().chain(fields).find(|fact| fact.name.text == name.text);
                    declared.is_some_and(|fact| fact.ty == TypeWord::YesNo)
                }
            },
            ExprKind::At(_, inner) | ExprKind::Paren(inner) | ExprKind::Modified(inner, _, _) => self.is_condition(inner, clause),
            ExprKind::If(_, yes, _) => self.is_condition(yes, clause),
            ExprKind::Tier { rows: list, .. } | ExprKind::Case { rows: list, .. } => rows(list),
            _ => false,
        }
    }
}

impl<'a> Rule<'a> {
    fn take(&mut self, line: &'a ClauseLine, general: bool) {
        match line {
            // reading: 对象 of a clause and of a general rule must both be met.
            ClauseLine::Applicants(names) => {
                self.applicants.push(names.iter().map(|n| if n.text == "个体" { "个体工商户".to_owned() } else { n.text.clone() }).collect())
            }
            ClauseLine::Require(test) if general => self.general_conditions.push(test),
            ClauseLine::Require(test) => self.conditions.push(test),
            ClauseLine::Bar(test) if general => self.general_bars.push(test),
            ClauseLine::Bar(test) => self.bars.push(test),
            ClauseLine::Where(name, value) => {
                self.locals.insert(name.text.clone(), value);
            }
            ClauseLine::Rank(rank) => self.rank = Some(rank),
            ClauseLine::Give(give) => self.give = Some(give),
            ClauseLine::Frequency(frequency) => self.frequency = Some(frequency),
            ClauseLine::Limit(limit) => self.limits.push(limit),
            ClauseLine::Pay(rows) => self.pay = Some(rows),
            ClauseLine::Kind(name) => self.kind = Some(name.text.clone()),
            ClauseLine::Beneficiary(..) | ClauseLine::Lead(_) | ClauseLine::With(_) | ClauseLine::Evidence(..) => {}
        }
    }
}

/// The choices a row of 分类 is for.
pub fn row_choices(row: &Row) -> Option<Vec<&str>> {
    match &row.test {
        Some(RowHead::Choices(names)) => Some(names.iter().map(|n| n.text.as_str()).collect()),
        _ => None,
    }
}
