//! From syntax to a scheme: names, types, units, and the checks that need no search. What needs search over
//! values (gaps, cliffs, comparison of versions) is analysis and not here.

mod blocks;
mod causes;
mod clause;
mod expr;
mod fidelity;
mod hash;
mod names;
mod original;
mod select;
mod text;
mod units;
mod walk;
mod whole;

use crate::diagnostic::Diagnostic;
use crate::scheme::{ClauseId, FactId, Node, NodeId, Op, Over, ParamId, Scheme, Type, UnitId};
use crate::source::{Sources, Span};
use crate::syntax::ast::{Block, BlockKind, Expr};
use crate::syntax::parse::{Parsed, parse};
pub use fidelity::{Exception, ExceptionKind};
pub(crate) use fidelity::{gives_in_words, names_money};
pub use original::{OFFICIAL_FILE, Original, official_file};
use std::collections::{BTreeMap, HashMap, HashSet};
pub use text::{Sentence, SentenceUse};
use values::{Rational, Unit};
pub(crate) use walk::{children, facts_of};
pub use whole::whole;

/// What compiling gives: the scheme, unless there are errors, and everything there is to say.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The scheme; `None` with errors.
    pub scheme: Option<Scheme>,
    /// All findings, in order of place.
    pub diagnostics: Vec<Diagnostic>,
    /// Each sentence of the official text and what it is.
    pub sentences: Vec<Sentence>,
    /// Where rules and words differ on purpose, in order of place.
    pub exceptions: Vec<Exception>,
    /// The syntax, for situations and tools.
    pub parsed: Parsed,
}

/// Compiles the files of a scheme. Never fails: mistakes are diagnostics.
pub fn compile(sources: &Sources) -> Compiled {
    lower(sources, parse(sources), true)
}

/// Compiles syntax that was read before.
pub fn compile_parsed(sources: &Sources, parsed: Parsed) -> Compiled {
    lower(sources, parsed, true)
}

/// Compiles syntax that was changed after it was read: another reading of the text, which need not keep to its words.
pub fn compile_reading(sources: &Sources, parsed: Parsed) -> Compiled {
    lower(sources, parsed, false)
}

fn lower(sources: &Sources, parsed: Parsed, faithful: bool) -> Compiled {
    let mut lower = Lower::new(sources, &parsed);
    lower.run();
    let mut diagnostics = parsed.diagnostics.clone();
    let Lower { mut scheme, faults, .. } = lower;
    // A word that could not be read at all need not be told of again as an unknown name.
    let unread: Vec<_> = diagnostics.iter().filter(|d| d.code == "E0102").map(|d| d.span).collect();
    // Nor is a line missing that stands there but could not be read.
    let broken: Vec<_> = diagnostics.iter().filter(|d| d.is_error()).map(|d| d.span).collect();
    let misread = |f: &Diagnostic| {
        let block = parsed.blocks.iter().find(|b| b.span.file == f.span.file && b.span.start <= f.span.start && f.span.end <= b.span.end);
        block.is_some_and(|b| broken.iter().any(|s| s.file == b.span.file && b.span.start <= s.start && s.end <= b.span.end))
    };
    let absence = |code: &str| matches!(code, "E0301" | "E0302" | "E0303" | "E0313" | "E0314" | "E0315");
    diagnostics.extend(faults.into_iter().filter(|f| !(f.code == "E0202" && unread.contains(&f.span) || absence(f.code) && misread(f))));
    let linked = text::link(sources, &parsed, &mut scheme, &mut diagnostics);
    let exceptions = if faithful { fidelity::check(sources, &parsed, &linked, &mut diagnostics) } else { Vec::new() };
    if faithful {
        original::check(sources, &parsed, &mut diagnostics);
    }
    causes::first(sources, &parsed, &mut diagnostics);
    // Only of rules that hold: an unknown fact may be one whose declaration is wrong.
    if faithful && !diagnostics.iter().any(Diagnostic::is_error) {
        diagnostics.extend(crate::situation::faults(&scheme, &parsed));
    }
    add_headings(&parsed.blocks, &mut diagnostics);
    diagnostics.sort_by(|a, b| (a.span, a.code).cmp(&(b.span, b.code)));
    diagnostics.dedup();
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    scheme.hash = hash::of(&scheme);
    Compiled { scheme: (!failed).then_some(scheme), diagnostics, sentences: linked.sentences, exceptions, parsed }
}

fn add_headings(blocks: &[Block], diagnostics: &mut [Diagnostic]) {
    for diagnostic in diagnostics.iter_mut().filter(|d| d.heading.is_empty()) {
        let inside = |b: &&Block| b.span.file == diagnostic.span.file && b.span.start <= diagnostic.span.start && diagnostic.span.end <= b.span.end;
        if let Some(block) = blocks.iter().find(inside) {
            diagnostic.heading.clone_from(&block.heading);
        }
    }
}

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Fact(FactId),
    Param(ParamId),
    /// Position in `Lower::definitions`.
    Definition(usize),
}

/// A 定义 on its way down: lowered when first used.
struct Definition<'a> {
    name: String,
    span: Span,
    expr: &'a Expr,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Untouched,
    Underway,
    Done(Option<NodeId>),
}

/// What may be named where an expression stands.
#[derive(Clone, Copy, Debug, Default)]
struct Place {
    /// The clause, in 条款 and its lines.
    clause: Option<ClauseId>,
    /// 名次 may be used.
    ranked: bool,
    /// 已付额 may be used.
    clawback: bool,
    /// A ranking: results of clauses may not be used.
    ranking: bool,
}

struct Lower<'a> {
    sources: &'a Sources,
    blocks: &'a [Block],
    scheme: Scheme,
    faults: Vec<Diagnostic>,
    names: HashMap<String, (Meaning, Span)>,
    definitions: Vec<Definition<'a>>,
    /// 其中 of the clause at hand.
    locals: Vec<(String, State, Option<&'a Expr>, Span)>,
    /// The list whose fields are visible.
    record: Option<FactId>,
    /// A month is in force.
    month: bool,
    place: Place,
    /// Clause ids and where they stand, in an order of their own: the nearest is the same every time.
    clause_ids: BTreeMap<String, (ClauseId, Span)>,
    /// Which clause names which.
    references: Vec<(ClauseId, ClauseId, Span)>,
    own_units: Vec<String>,
    /// How deep the expression at hand stands.
    nesting: u32,
    /// Steps that evaluating each node takes at most, records of lists counted as one.
    steps: Vec<u64>,
    /// How many nodes stand on each other.
    depths: Vec<u32>,
    per_year: HashSet<NodeId>,
    per_month: HashSet<NodeId>,
    /// Block of each clause.
    clause_blocks: Vec<usize>,
}

impl<'a> Lower<'a> {
    fn new(sources: &'a Sources, parsed: &'a Parsed) -> Self {
        Self {
            sources,
            blocks: &parsed.blocks,
            scheme: Scheme { units: vec![Unit::none(), Unit::cny(), Unit::month(), Unit::day()], ..Scheme::default() },
            faults: Vec::new(),
            names: HashMap::new(),
            definitions: Vec::new(),
            locals: Vec::new(),
            record: None,
            month: false,
            place: Place::default(),
            clause_ids: BTreeMap::new(),
            references: Vec::new(),
            own_units: Vec::new(),
            nesting: 0,
            steps: Vec::new(),
            depths: Vec::new(),
            per_year: HashSet::new(),
            per_month: HashSet::new(),
            clause_blocks: Vec::new(),
        }
    }

    fn run(&mut self) {
        self.policy();
        self.declare();
        for index in 0..self.definitions.len() {
            if let Some(node) = self.definition(index)
                && let Some(definition) = self.definitions.get(index)
            {
                self.scheme.definitions.push((definition.name.clone(), node));
            }
        }
        self.clauses();
        self.kinds();
        self.gate_sets();
        self.order();
        for block in self.blocks {
            match &block.kind {
                BlockKind::Group(group) => self.group(group),
                BlockKind::Pool(pool) => self.pool(pool),
                BlockKind::Clawback(clawback) => self.clawback(clawback),
                BlockKind::Target(target) => self.target(target),
                _ => {}
            }
        }
        self.nest_pools();
        self.readings();
    }

    fn fault(&mut self, diagnostic: Diagnostic) {
        self.faults.push(diagnostic);
    }

    fn words(&self, span: Span) -> &'a str {
        self.sources.words(span)
    }

    fn push(&mut self, op: Op, ty: Type, optional: bool, span: Span) -> NodeId {
        let id = NodeId(u32::try_from(self.scheme.nodes.len()).unwrap_or(u32::MAX));
        let below = children(&op).into_iter().fold(1_u64, |sum, child| sum.saturating_add(self.steps.get(child.index()).copied().unwrap_or(0)));
        let steps = below.saturating_mul(rounds(&op));
        // What is refused is cut off here, so that nothing walks it.
        let depth = children(&op).into_iter().filter_map(|child| self.depths.get(child.index())).max().map_or(1, |d| d + 1);
        let (op, steps, depth) = if steps > STEPS_MAX || depth > DEPTH_MAX {
            self.too_complex(span);
            (Op::Number(Rational::ZERO), 1, 1)
        } else {
            (op, steps, depth)
        };
        self.steps.push(steps);
        self.depths.push(depth);
        self.scheme.nodes.push(Node { op, ty, optional });
        self.scheme.node_spans.push(span);
        id
    }

    fn ty(&self, node: NodeId) -> Type {
        self.scheme.node(node).map_or(Type::Text, |n| n.ty)
    }

    fn optional(&self, node: NodeId) -> bool {
        self.scheme.node(node).is_some_and(|n| n.optional)
    }

    /// The number of a node that is a literal.
    fn constant(&self, node: NodeId) -> Option<Rational> {
        match self.scheme.node(node).map(|n| &n.op) {
            Some(Op::Number(value)) => Some(*value),
            Some(Op::Year(year)) => Some(Rational::from_int(i128::from(*year))),
            _ => None,
        }
    }

    fn unit_id(&mut self, unit: &Unit) -> UnitId {
        let at = self.scheme.units.iter().position(|known| known == unit).unwrap_or_else(|| {
            self.scheme.units.push(unit.clone());
            self.scheme.units.len() - 1
        });
        UnitId(u32::try_from(at).unwrap_or(u32::MAX))
    }
}

/// Nobody's rule takes more steps; it keeps definitions upon definitions from doubling without end.
const STEPS_MAX: u64 = 200_000;

/// Nodes upon nodes; the evaluator goes down this far and no further.
const DEPTH_MAX: u32 = 200;

/// How often a node evaluates what is below it.
fn rounds(op: &Op) -> u64 {
    match op {
        Op::Fold { over: Over::PastYears(n), .. } => u64::from(*n).max(1),
        Op::Fold { over: Over::Years(a, b), .. } => u64::from(b.abs_diff(*a)) + 1,
        Op::Fold { over: Over::Months(a, b), .. } => u64::from(b.abs_diff(*a)) + 1,
        Op::Rise(..) | Op::Growth(..) => 2,
        Op::Tier(tier) if tier.first_since.is_some() => 100,
        Op::FirstReach { .. } => 100,
        _ => 1,
    }
}

const RATIO: UnitId = UnitId::RATIO;
const MONEY: UnitId = UnitId::MONEY;
const MONTHS: UnitId = UnitId::MONTHS;
const DAYS: UnitId = UnitId::DAYS;
