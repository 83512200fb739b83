//! One spelling of what a clause means, by names instead of positions: two clauses with the same spelling give the same to
//! every applicant with every history. Definitions are written out, order and layout that decide nothing are left out.

use crate::scheme::{
    CaseRow, Clause, ClauseId, Compare, FactId, Frequency, Gather, Give, Group, Instalment, Key, Limit, Modifier, NodeId, Op, Origin, Otherwise, Over, Overrun,
    ParamId, Period, Pool, Scheme, Test, Tier, Type,
};

/// Clauses may name clauses; their references have no cycles, and this bounds the walk all the same.
const DEPTH_MAX: u32 = 500;

pub(super) struct Speller<'a> {
    scheme: &'a Scheme,
    depth: u32,
}

/// Spelling of a clause.
pub(super) fn clause(scheme: &Scheme, id: ClauseId) -> String {
    Speller { scheme, depth: 0 }.clause(id)
}

/// Spelling of an expression.
pub(super) fn node(scheme: &Scheme, id: NodeId) -> String {
    Speller { scheme, depth: 0 }.node(id)
}

/// Spelling of a frequency, limits or keys: what earlier awards do to a clause.
pub(super) fn memory(scheme: &Scheme, clause: &Clause) -> String {
    let mut speller = Speller { scheme, depth: 0 };
    format!("{} {}", speller.frequency(clause.frequency.as_ref()), speller.limits(&clause.limits))
}

/// Spelling of a payment plan.
pub(super) fn plan(scheme: &Scheme, clause: &Clause) -> String {
    Speller { scheme, depth: 0 }.plan(clause)
}

/// Spelling of a group.
pub(super) fn group(scheme: &Scheme, group: &Group) -> String {
    let mut speller = Speller { scheme, depth: 0 };
    let keys: Vec<String> = group.same.iter().map(|k| speller.key(*k)).collect();
    format!(
        "{} {} {} {:?} {} {} {} {}",
        ids(scheme, &group.members),
        group.elsewhere,
        keys.join(","),
        group.mode,
        group.only_elsewhere,
        group.no_topping_up,
        speller.limits(&group.limits),
        speller.frequency(group.frequency.as_ref())
    )
}

/// Spelling of a pool.
pub(super) fn pool(scheme: &Scheme, pool: &Pool) -> String {
    let overrun = match &pool.overrun {
        Overrun::ByMeasure(node, high) => format!("by {} {high}", self::node(scheme, *node)),
        Overrun::ByClause(order) => format!("by {}", order.iter().filter_map(|c| scheme.clause(*c)).map(|c| c.id.as_str()).collect::<Vec<_>>().join(",")),
        other => format!("{other:?}"),
    };
    format!("{} {:?} {overrun} {}", ids(scheme, &pool.members), pool.amounts, pool.last_in_part)
}

fn ids(scheme: &Scheme, members: &[ClauseId]) -> String {
    let mut out: Vec<&str> = members.iter().filter_map(|c| scheme.clause(*c)).map(|c| c.id.as_str()).collect();
    out.sort_unstable();
    out.join(",")
}

fn sorted(mut parts: Vec<String>) -> String {
    parts.sort();
    parts.join("; ")
}

impl Speller<'_> {
    pub(super) fn clause(&mut self, id: ClauseId) -> String {
        if self.depth >= DEPTH_MAX {
            return format!("clause {}", id.0);
        }
        self.depth += 1;
        let out = self.written(id);
        self.depth -= 1;
        out
    }

    fn written(&mut self, id: ClauseId) -> String {
        let scheme = self.scheme;
        let Some(clause) = scheme.clause(id) else { return String::new() };
        let kinds = scheme.choices(scheme.kind_fact());
        let who = sorted(clause.applicants.iter().filter_map(|k| kinds.get(usize::from(*k)).cloned()).collect());
        let tests = |speller: &mut Self, tests: &[Test], own: bool| {
            sorted(tests.iter().filter(|t| (t.origin == Origin::Clause) == own).flat_map(|t| speller.all_of(t.node)).collect())
        };
        let conditions = sorted(clause.conditions.iter().flat_map(|t| self.all_of(t.node)).collect());
        let (bars, general) = (tests(self, &clause.bars, true), tests(self, &clause.bars, false));
        let rank = clause.rank.as_ref().map_or(String::new(), |r| {
            let tie = r.tie.map(|t| self.node(t));
            let each = r.each.map(|f| self.fact(f));
            format!("{} {:?} {each:?} {} {tie:?} {}", self.node(r.score), r.top, r.lowest_first, r.all_records)
        });
        let give = match &clause.give {
            None => "nothing".to_owned(),
            Some(Give::Amount(n)) => format!("amount {}", self.node(*n)),
            Some(Give::UpTo(n)) => format!("ceiling {}", self.node(*n)),
            Some(Give::Waive(n)) => format!("waive {}", self.node(*n)),
            Some(Give::Service(words)) => format!("service {words}"),
            Some(Give::Decided(modifiers)) => {
                format!("decided {}", modifiers.iter().map(|(m, n)| format!("{m:?} {}", self.node(*n))).collect::<Vec<_>>().join(" "))
            }
        };
        let paid = clause.beneficiary_list.map(|f| self.fact(f));
        format!(
            "clause[{who}] if[{conditions}] bars[{bars}] barred[{general}] rank[{rank}] give[{give}] often[{}] limits[{}] plan[{}] kind[{:?}] paid[{paid:?}] open[{}]",
            self.frequency(clause.frequency.as_ref()),
            self.limits(&clause.limits),
            self.plan(clause),
            clause.kind,
            !clause.open_readings.is_empty()
        )
    }

    fn plan(&mut self, clause: &Clause) -> String {
        let row = |speller: &mut Self, i: &Instalment| format!("{} {:?} {:?} {:?}", i.year, i.share, i.test.map(|t| speller.node(t)), i.failing);
        clause.instalments.iter().map(|i| row(self, i)).collect::<Vec<_>>().join("; ")
    }

    /// A condition as those of its parts that must all hold.
    fn all_of(&mut self, id: NodeId) -> Vec<String> {
        match self.scheme.node(id).map(|n| n.op.clone()) {
            Some(Op::Named(_, inner)) => self.all_of(inner),
            Some(Op::Junction(true, parts)) => parts.into_iter().flat_map(|p| self.all_of(p)).collect(),
            Some(Op::Gather(Gather::All, members, _)) if members.iter().all(|m| m.guard.is_none()) => {
                members.into_iter().flat_map(|m| self.all_of(m.value)).collect()
            }
            _ => vec![self.node(id)],
        }
    }

    fn key(&self, key: Key) -> String {
        match key {
            Key::Project => "project".to_owned(),
            Key::Kind => "kind".to_owned(),
            Key::Fact(fact) => self.fact(fact),
        }
    }

    fn frequency(&self, frequency: Option<&Frequency>) -> String {
        frequency.map_or("any".to_owned(), |f| format!("{:?} {} {:?} {:?}", f.window, f.times, f.years_in_all, f.each.map(|k| self.key(k))))
    }

    fn limits(&mut self, limits: &[Limit]) -> String {
        sorted(limits.iter().map(|l| format!("{:?} {} {:?}", l.window, self.node(l.amount), l.each.map(|k| self.key(k)))).collect())
    }

    fn fact(&self, id: FactId) -> String {
        let Some(fact) = self.scheme.fact(id) else { return String::new() };
        format!("{}:{}", fact.name, self.fact_type(&fact.ty)) + if fact.by_year { "/year" } else { "" } + if fact.by_month { "/month" } else { "" }
    }

    fn fact_type(&self, ty: &crate::scheme::FactType) -> String {
        use crate::scheme::FactType;
        match ty {
            FactType::Number { unit, whole, scale, .. } => format!("{:?} {scale}{}", self.scheme.unit(*unit), if *whole { " whole" } else { "" }),
            FactType::List { unit, fields } => {
                let fields = fields.iter().map(|f| format!("{}:{}", f.name, self.fact_type(&f.ty))).collect();
                format!("list {:?} {}", self.scheme.unit(*unit), sorted(fields))
            }
            FactType::Choice(words) => format!("choice {}", sorted(words.clone())),
            other => format!("{other:?}"),
        }
    }

    fn param(&self, id: ParamId) -> String {
        let Some(param) = self.scheme.params.get(id.index()) else { return String::new() };
        let by: Vec<String> = param.by.iter().map(|f| self.fact(*f)).collect();
        let rows = param.rows.iter().map(|row| {
            let choices: Vec<&str> =
                param.by.iter().zip(&row.choices).filter_map(|(f, c)| self.scheme.choices(*f).get(usize::from(*c))).map(String::as_str).collect();
            format!("{:?} {:?} {} {} {:?}", row.day, row.year, choices.join(","), row.value, row.announced)
        });
        format!(
            "{}:{:?} {} {} {} {:?} {:?} [{}]",
            param.name,
            self.scheme.unit(param.unit),
            param.by_day,
            param.by_year,
            by.join(","),
            param.valid_days,
            param.currency,
            sorted(rows.collect())
        )
    }

    fn choice(&self, ty: Type, at: u16) -> String {
        match ty {
            Type::Choice(set) => self.scheme.choices(set).get(usize::from(at)).cloned().unwrap_or_default(),
            _ => at.to_string(),
        }
    }

    fn maybe(&mut self, id: Option<NodeId>) -> String {
        id.map_or("none".to_owned(), |n| self.node(n))
    }

    pub(super) fn node(&mut self, id: NodeId) -> String {
        let Some(node) = self.scheme.node(id).cloned() else { return String::new() };
        if self.depth >= DEPTH_MAX {
            return format!("node {}", id.0);
        }
        self.depth += 1;
        let out = self.op(&node.op, node.ty);
        self.depth -= 1;
        out
    }

    fn op(&mut self, op: &Op, ty: Type) -> String {
        match op {
            Op::Number(n) => match ty {
                Type::Number(unit) => format!("{n} {:?}", self.scheme.unit(unit)),
                _ => n.to_string(),
            },
            Op::YesNo(b) => b.to_string(),
            Op::Date(d) => d.to_string(),
            Op::Year(y) => format!("year {y}"),
            Op::Choice(c) => format!("'{}'", self.choice(ty, *c)),
            Op::Text(t) => format!("\"{t}\""),
            Op::Fact(fact) => self.fact(*fact),
            Op::Field(list, field) => format!("{}.{}", self.fact(*list), crate::plain::field_name(self.scheme, *list, *field)),
            Op::Param(param) => self.param(*param),
            Op::Named(_, inner) => self.node(*inner),
            Op::At(period, inner) => format!("at({} {})", period_words(*period), self.node(*inner)),
            Op::AwardYear => "award_year".to_owned(),
            Op::AsOf => "as_of".to_owned(),
            Op::Place => "place".to_owned(),
            Op::AmountPaid => "paid".to_owned(),
            Op::Received => "received".to_owned(),
            Op::FirstYear => "first_year".to_owned(),
            Op::ClauseAmount(id) => format!("amount_of({})", self.named_clause(*id)),
            Op::ClauseEligible(id) => format!("eligible({})", self.named_clause(*id)),
            Op::Shift(a, b, days, back) => format!("shift({} {} {days} {back})", self.node(*a), self.node(*b)),
            Op::NthYear(a) => format!("nth_year({})", self.node(*a)),
            Op::YearOf(a) => format!("year_of({})", self.node(*a)),
            Op::Arith(how, a, b) => self.arith(*how, *a, *b),
            Op::Above(a, b) => format!("above({} {})", self.node(*a), self.node(*b)),
            Op::UpTo(a, b) => format!("up_to({} {})", self.node(*a), self.node(*b)),
            Op::Steps(a, b, c) => format!("steps({} {} {})", self.node(*a), self.node(*b), self.node(*c)),
            Op::Rise(a, p) => format!("rise({} {})", self.node(*a), period_words(*p)),
            Op::Growth(a, p) => format!("growth({} {})", self.node(*a), period_words(*p)),
            Op::If(c, a, b) => format!("if({} {} {})", self.node(*c), self.node(*a), self.node(*b)),
            Op::Modified(a, m, b) => format!("{}({} {})", modifier(*m), self.node(*a), self.node(*b)),
            Op::Tier(tier) => self.tier(tier),
            Op::Case(subject, rows, rest) => self.case(*subject, rows, *rest),
            Op::Bracket(measure, bands) => {
                let rows = bands.iter().map(|b| format!("{} {} {}", self.maybe(b.low), self.maybe(b.high), self.node(b.ratio))).collect::<Vec<_>>();
                format!("bracket({} [{}])", self.node(*measure), rows.join("; "))
            }
            _ => self.condition(op),
        }
    }

    fn condition(&mut self, op: &Op) -> String {
        match op {
            // What is left out of a sum is shown and decides nothing.
            Op::Gather(how, members, _) => {
                let rows = members.iter().map(|m| format!("{}:{}", m.guard.map_or(String::new(), |g| self.node(g)), self.node(m.value))).collect();
                format!("{how:?}({})", sorted(rows))
            }
            Op::Fold { op, over, guard, body } => {
                let over = match over {
                    Over::List(fact) => self.fact(*fact),
                    other => format!("{other:?}"),
                };
                format!("each {op:?}({over} {} {})", self.maybe(*guard), self.maybe(*body))
            }
            Op::Compare(c, _, a, b) => format!("({} {} {})", self.node(*a), compare(*c), self.node(*b)),
            Op::DateCompare(c, _, a, b) => format!("(date {} {} {})", self.node(*a), compare(*c), self.node(*b)),
            Op::FirstReach { compare: c, value, bound, since, .. } => format!("first({} {} {} {since})", self.node(*value), compare(*c), self.node(*bound)),
            Op::Between(a, l, li, h, hi) => format!("between({} {} {li} {} {hi})", self.node(*a), self.node(*l), self.node(*h)),
            Op::Is(a, b, not) => format!("is({} {} {not})", self.node(*a), self.node(*b)),
            Op::In(a, set) => {
                let ty = self.scheme.node(*a).map_or(Type::Text, |n| n.ty);
                let words = set.iter().map(|c| self.choice(ty, *c)).collect();
                format!("in({} {})", self.node(*a), sorted(words))
            }
            Op::Aged { date, length, days, until } => format!("aged({} {} {days} {})", self.node(*date), self.node(*length), self.maybe(*until)),
            Op::Not(a) => format!("not({})", self.node(*a)),
            Op::Junction(all, parts) => {
                let parts = parts.iter().map(|p| self.node(*p)).collect();
                format!("{}({})", if *all { "and" } else { "or" }, sorted(parts))
            }
            other => format!("{other:?}"),
        }
    }

    fn named_clause(&mut self, id: ClauseId) -> String {
        let name = self.scheme.clause(id).map_or(String::new(), |c| c.id.clone());
        format!("{name} {}", self.clause(id))
    }

    fn arith(&mut self, how: crate::scheme::Arith, a: NodeId, b: NodeId) -> String {
        use crate::scheme::Arith;
        let (a, b) = (self.node(a), self.node(b));
        match how {
            Arith::Add => format!("add({})", sorted(vec![a, b])),
            // “X 的 1%” is a product.
            Arith::Mul | Arith::Of => format!("mul({})", sorted(vec![a, b])),
            Arith::Sub => format!("sub({a} {b})"),
            Arith::Div => format!("div({a} {b})"),
        }
    }

    fn tier(&mut self, tier: &Tier) -> String {
        let measures: Vec<String> = tier.measures.iter().map(|m| self.node(*m)).collect();
        let rows: Vec<String> = tier
            .rows
            .iter()
            .map(|row| {
                let tests: Vec<String> = row
                    .tests
                    .iter()
                    .map(|t| {
                        let bound = |speller: &mut Self, bound: Option<(NodeId, bool)>| bound.map(|(n, included)| format!("{} {included}", speller.node(n)));
                        format!("{:?}..{:?}", bound(self, t.low), bound(self, t.high))
                    })
                    .collect();
                format!("{} -> {}", tests.join(","), self.maybe(row.value))
            })
            .collect();
        format!("tier({:?} {} [{}] {})", tier.first_since, measures.join(","), rows.join("; "), self.rest(tier.otherwise))
    }

    fn case(&mut self, subject: NodeId, rows: &[CaseRow], rest: Otherwise) -> String {
        let ty = self.scheme.node(subject).map_or(Type::Text, |n| n.ty);
        let lines =
            rows.iter().map(|row| format!("{} -> {}", sorted(row.choices.iter().map(|c| self.choice(ty, *c)).collect()), self.maybe(row.value))).collect();
        format!("case({} [{}] {})", self.node(subject), sorted(lines), self.rest(rest))
    }

    fn rest(&mut self, rest: Otherwise) -> String {
        match rest {
            Otherwise::Absent => "absent".to_owned(),
            Otherwise::None => "none".to_owned(),
            Otherwise::Value(node) => self.node(node),
        }
    }
}

fn compare(compare: Compare) -> &'static str {
    match compare {
        Compare::Ge => ">=",
        Compare::Gt => ">",
        Compare::Le => "<=",
        Compare::Lt => "<",
    }
}

fn modifier(modifier: Modifier) -> &'static str {
    match modifier {
        Modifier::AtMost => "min",
        Modifier::AtLeast => "max",
        Modifier::Less => "less",
        Modifier::Bonus => "plus",
        Modifier::IfAbsent => "else",
        Modifier::DownTo => "down_to",
    }
}

fn period_words(period: Period) -> String {
    format!("{:?} {:?}", period.year, period.month)
}
