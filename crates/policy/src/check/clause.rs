//! 条款 with what 通则 adds to it, and the order in which clauses can be evaluated.

use super::walk::{facts_of, names_a_clause};
use super::{Lower, MONEY, Place, RATIO, State};
use crate::diagnostic::Diagnostic;
use crate::scheme::{ClauseId, FactId, Frequency, General, Give, Instalment, Key, Limit, NodeId, Origin, Rank, Test, Type};
use crate::source::Span;
use crate::syntax::ast::{
    Alternative, BlockKind, ClauseBlock, ClauseLine, Expr, FrequencyLine, GeneralBlock, Give as GiveLine, InstalmentLine, LimitLine, Name, RankLine, Scope,
};
use values::Rational;

/// A 通则 ready to be shared out.
struct Shared {
    clauses: Vec<ClauseId>,
    conditions: Vec<Test>,
    bars: Vec<Test>,
    limits: Vec<Limit>,
    applicants: Vec<u16>,
    lead: Vec<String>,
    /// Where 牵头 is written.
    lead_span: Option<Span>,
    with: Vec<String>,
    evidence: Vec<(Option<FactId>, Vec<String>)>,
}

impl<'a> Lower<'a> {
    pub(super) fn clauses(&mut self) {
        let mut shared = Vec::new();
        for (index, block) in self.blocks.iter().enumerate() {
            if let BlockKind::General(general) = &block.kind {
                shared.push(self.general(index, general));
            }
        }
        for at in 0..self.clause_blocks.len() {
            let Some(block) = self.clause_blocks.get(at).and_then(|i| self.blocks.get(*i)) else { continue };
            let BlockKind::Clause(clause) = &block.kind else { continue };
            let Ok(id) = u32::try_from(at).map(ClauseId) else { continue };
            self.one_lead(clause, shared.iter().filter(|s| s.clauses.contains(&id)));
            for general in shared.iter().filter(|s| s.clauses.contains(&id)) {
                self.share_out(id, general);
            }
            self.clause(id, clause);
            self.finish_clause(id, clause);
        }
    }

    /// Who is in charge of a clause stands in one place: in the clause itself, or else in one general rule.
    fn one_lead<'s>(&mut self, clause: &ClauseBlock, generals: impl Iterator<Item = &'s Shared>) {
        if clause.lines.iter().any(|line| matches!(line, ClauseLine::Lead(_))) {
            return;
        }
        let mut spans = generals.filter_map(|general| general.lead_span);
        if let (Some(first), Some(second)) = (spans.next(), spans.next())
            && !self.faults.iter().any(|f| f.code == "E0319" && f.span == second)
        {
            let id = &clause.id.text;
            self.fault(
                Diagnostic::new(
                    "E0319",
                    second,
                    format!("条款 {id} 的牵头单位写在两个通则里"),
                    format!("two general rules say who is in charge of clause {id}"),
                )
                .related(first)
                .help("改一改“适用”，或在条款里写 牵头", "change the scope of one, or write 牵头 in the clause"),
            );
        }
    }

    fn share_out(&mut self, id: ClauseId, general: &Shared) {
        let Some(clause) = self.scheme.clauses.get_mut(id.index()) else { return };
        clause.conditions.extend(&general.conditions);
        clause.bars.extend(&general.bars);
        clause.limits.extend(general.limits.iter().cloned());
        clause.applicants.extend(&general.applicants);
        clause.lead.extend(general.lead.iter().cloned());
        clause.with.extend(general.with.iter().cloned());
        clause.evidence.extend(general.evidence.iter().cloned());
    }

    fn general(&mut self, index: usize, block: &'a GeneralBlock) -> Shared {
        let origin = Origin::General(u32::try_from(self.scheme.generals.len()).unwrap_or(u32::MAX));
        self.scheme.generals.push(General { words: String::new() });
        let clauses = match &block.scope {
            Some(scope) => self.scope(scope, index),
            None => {
                let span = self.blocks.get(index).map(|b| b.span).unwrap_or_default();
                self.fault(
                    Diagnostic::new("E0305", span, "通则没有写“适用”", "the general rule does not say which clauses it is for")
                        .help("加一行：适用 全部（或 本节、条款编号）", "add a line: 适用 全部 (or 本节, or ids)"),
                );
                Vec::new()
            }
        };
        let mut shared = Shared {
            clauses,
            conditions: Vec::new(),
            bars: Vec::new(),
            limits: Vec::new(),
            applicants: Vec::new(),
            lead: Vec::new(),
            lead_span: None,
            with: Vec::new(),
            evidence: Vec::new(),
        };
        for line in &block.lines {
            match line {
                ClauseLine::Require(expr) => shared.conditions.extend(self.condition(expr).map(|node| Test { node, origin })),
                ClauseLine::Bar(expr) => shared.bars.extend(self.condition(expr).map(|node| Test { node, origin })),
                ClauseLine::Limit(limit) => shared.limits.extend(self.limit(limit)),
                ClauseLine::Applicants(names) => shared.applicants = self.applicants(names),
                ClauseLine::Lead(names) => {
                    shared.lead.extend(names.iter().map(|n| n.text.clone()));
                    shared.lead_span = names.first().zip(names.last()).map(|(a, b)| a.span.to(b.span));
                }
                ClauseLine::With(names) => shared.with.extend(names.iter().map(|n| n.text.clone())),
                ClauseLine::Evidence(of, papers) => {
                    let fact = of.as_ref().and_then(|name| self.fact_id(name));
                    shared.evidence.push((fact, papers.clone()));
                }
                _ => {
                    let span = self.blocks.get(index).map(|b| b.span).unwrap_or_default();
                    self.fault(
                        Diagnostic::new(
                            "E0305",
                            span,
                            "通则里只能写 对象、条件、排除、限额、牵头、参与、佐证",
                            "a general rule may hold only 对象, 条件, 排除, 限额, 牵头, 参与, 佐证",
                        )
                        .help("其余的行写进条款", "put the other lines into the clauses"),
                    );
                }
            }
        }
        shared
    }

    /// Clauses a scope names, in order of the scheme.
    pub(super) fn scope(&mut self, scope: &Scope, block: usize) -> Vec<ClauseId> {
        let here = self.blocks.get(block).map(|b| (b.file, b.section));
        let named: Vec<ClauseId> = scope.ids.iter().filter_map(|name| self.clause_id(name)).collect();
        let except: Vec<ClauseId> = scope.except.iter().filter_map(|name| self.clause_id(name)).collect();
        let mut out = Vec::new();
        for (at, index) in self.clause_blocks.iter().enumerate() {
            let Ok(id) = u32::try_from(at).map(ClauseId) else { continue };
            let section = self.blocks.get(*index).map(|b| (b.file, b.section));
            if (scope.all || named.contains(&id) || (scope.section && section == here)) && !except.contains(&id) {
                out.push(id);
            }
        }
        if scope.section && out.is_empty() && !scope.all {
            self.fault(
                Diagnostic::new("W0501", scope.span, "本节没有条款", "there is no clause in this section")
                    .help("检查标题和“适用”", "check the headings and the scope"),
            );
        }
        out
    }

    fn applicants(&mut self, names: &[Name]) -> Vec<u16> {
        names.iter().filter_map(|name| self.choice(FactId(0), &name.text)).collect()
    }

    fn fact_id(&mut self, name: &Name) -> Option<FactId> {
        match self.names.get(&name.text).map(|(meaning, _)| *meaning) {
            Some(super::Meaning::Fact(fact)) => Some(fact),
            _ => {
                self.fault(
                    Diagnostic::new("E0202", name.span, format!("“{}”不是事实", name.text), format!("'{}' is no fact", name.text))
                        .help("在“事实”里声明它", "declare it in 事实"),
                );
                None
            }
        }
    }

    fn clause(&mut self, id: ClauseId, block: &'a ClauseBlock) {
        let ranked = block.lines.iter().any(|line| matches!(line, ClauseLine::Rank(_)));
        self.place = Place { clause: Some(id), ranked, ..Place::default() };
        self.locals.clear();
        for line in &block.lines {
            if let ClauseLine::Where(name, expr) = line {
                let taken = self.names.get(&name.text).map(|(_, span)| *span).or_else(|| self.locals.iter().find(|l| l.0 == name.text).map(|l| l.3));
                if let Some(before) = taken {
                    self.fault(
                        Diagnostic::new("E0201", name.span, format!("“{}”已有声明", name.text), format!("'{}' is declared already", name.text))
                            .related(before)
                            .help("换一个名称", "choose another name"),
                    );
                    continue;
                }
                self.locals.push((name.text.clone(), State::Untouched, Some(expr), name.span));
            }
        }
        for line in &block.lines {
            self.clause_line(id, line);
        }
        let names: Vec<(String, Span)> = self.locals.iter().map(|(name, _, _, span)| (name.clone(), *span)).collect();
        for (at, (name, span)) in names.into_iter().enumerate() {
            if matches!(self.locals.get(at).map(|l| l.1), Some(State::Untouched)) {
                self.fault(
                    Diagnostic::new("W0502", span, format!("“{name}”没有用到"), format!("'{name}' is not used"))
                        .help("删去它，或在“给予”里用上", "remove or use it"),
                );
            }
            if let Some(State::Done(Some(node))) = self.locals.get(at).map(|l| l.1)
                && let Some(clause) = self.scheme.clauses.get_mut(id.index())
            {
                clause.locals.push((name, node));
            }
        }
        self.locals.clear();
        self.place = Place::default();
    }

    /// Checks the lines of a reading as if they stood in the clause, and leaves the scheme as it was.
    pub(super) fn would_compile(&mut self, id: ClauseId, other: &'a Alternative) {
        let Some(block) = self.clause_blocks.get(id.index()).and_then(|i| self.blocks.get(*i)) else { return };
        let BlockKind::Clause(block) = &block.kind else { return };
        let (before, nodes, references) = (self.scheme.clauses.get(id.index()).cloned(), self.scheme.nodes.len(), self.references.len());
        let ranked = block.lines.iter().chain(&other.clause_lines).any(|line| matches!(line, ClauseLine::Rank(_)));
        self.place = Place { clause: Some(id), ranked, ..Place::default() };
        // Names of the clause, those that the reading gives anew first.
        self.locals.clear();
        for line in other.clause_lines.iter().chain(&block.lines) {
            if let ClauseLine::Where(name, expr) = line
                && !self.locals.iter().any(|l| l.0 == name.text)
            {
                self.locals.push((name.text.clone(), State::Untouched, Some(expr), name.span));
            }
        }
        for at in 0..self.locals.len() {
            if let Some((name, span)) = self.locals.get(at).map(|l| (l.0.clone(), l.3)) {
                let _ = self.local(at, &Name { text: name, span });
            }
        }
        self.edit(id, |clause| clause.give = None);
        for line in &other.clause_lines {
            self.clause_line(id, line);
        }
        self.locals.clear();
        self.place = Place::default();
        self.references.truncate(references);
        self.scheme.nodes.truncate(nodes);
        self.scheme.node_spans.truncate(nodes);
        self.steps.truncate(nodes);
        self.depths.truncate(nodes);
        if let (Some(before), Some(slot)) = (before, self.scheme.clauses.get_mut(id.index())) {
            *slot = before;
        }
    }

    fn clause_line(&mut self, id: ClauseId, line: &'a ClauseLine) {
        match line {
            ClauseLine::Applicants(names) => {
                let kinds = self.applicants(names);
                self.edit(id, |clause| clause.applicants = kinds);
            }
            ClauseLine::Beneficiary(words, list) => {
                let list = list.as_ref().and_then(|name| self.fact_id(name));
                let words = words.clone();
                self.edit(id, |clause| {
                    clause.beneficiary = Some(words);
                    clause.beneficiary_list = list;
                });
            }
            ClauseLine::Require(expr) => {
                if let Some(node) = self.condition(expr) {
                    self.edit(id, |clause| clause.conditions.push(Test { node, origin: Origin::Clause }));
                }
            }
            ClauseLine::Bar(expr) => {
                if let Some(node) = self.condition(expr) {
                    self.edit(id, |clause| clause.bars.push(Test { node, origin: Origin::Clause }));
                }
            }
            ClauseLine::Where(..) => {}
            ClauseLine::Rank(rank) => {
                let rank = self.rank(rank);
                self.edit(id, |clause| clause.rank = rank);
            }
            ClauseLine::Give(give) => self.give(id, give),
            ClauseLine::Frequency(frequency) => {
                let frequency = self.frequency(frequency);
                self.edit(id, |clause| clause.frequency = Some(frequency));
            }
            ClauseLine::Limit(limit) => {
                let limit = self.limit(limit);
                self.edit(id, |clause| clause.limits.extend(limit));
            }
            ClauseLine::Pay(rows) => {
                let rows = self.instalments(rows);
                self.edit(id, |clause| clause.instalments = rows);
            }
            ClauseLine::Kind(name) => {
                let kind = name.text.clone();
                self.edit(id, |clause| clause.kind = Some(kind));
            }
            ClauseLine::Lead(names) => {
                let names: Vec<String> = names.iter().map(|n| n.text.clone()).collect();
                self.edit(id, |clause| clause.lead = names);
            }
            ClauseLine::With(names) => {
                let names: Vec<String> = names.iter().map(|n| n.text.clone()).collect();
                self.edit(id, |clause| clause.with = names);
            }
            ClauseLine::Evidence(of, papers) => {
                let fact = of.as_ref().map(|name| self.fact_id(name));
                if let Some(fact) = fact.map_or(Some(None), |f| f.map(Some)) {
                    let papers = papers.clone();
                    self.edit(id, |clause| clause.evidence.push((fact, papers)));
                }
            }
        }
    }

    fn edit(&mut self, id: ClauseId, change: impl FnOnce(&mut crate::scheme::Clause)) {
        if let Some(clause) = self.scheme.clauses.get_mut(id.index()) {
            change(clause);
        }
    }

    /// A value in yuan.
    pub(super) fn money(&mut self, expr: &'a Expr) -> Option<NodeId> {
        let node = self.number(expr)?;
        if let Some(fitted) = self.fit(node, MONEY) {
            return Some(fitted);
        }
        let (found, found_en) = (self.unit_word(self.ty(node)), self.type_en(self.ty(node)));
        self.fault(
            Diagnostic::new("E0214", expr.span, format!("这里应得出 元，得出的是 {found}"), format!("this must come out in 元, it comes out in {found_en}"))
                .help("检查各项单位：外币乘汇率，单价乘数量，比率乘金额", "check the units: currency × rate, price × quantity, ratio × money"),
        );
        None
    }

    fn give(&mut self, id: ClauseId, give: &'a GiveLine) {
        let lowered = match give {
            GiveLine::Amount(expr) => self.money(expr).map(Give::Amount),
            GiveLine::UpTo(expr) => self.money(expr).map(Give::UpTo),
            GiveLine::Waive(expr) => self.money(expr).map(Give::Waive),
            GiveLine::Service(words, _) => Some(Give::Service(words.clone())),
            GiveLine::Decided(modifiers, _) => {
                modifiers.iter().map(|(modifier, expr)| self.money(expr).map(|node| (*modifier, node))).collect::<Option<_>>().map(Give::Decided)
            }
        };
        let span = match give {
            GiveLine::Amount(e) | GiveLine::UpTo(e) | GiveLine::Waive(e) => e.span,
            GiveLine::Service(_, span) | GiveLine::Decided(_, span) => *span,
        };
        if self.scheme.clauses.get(id.index()).is_some_and(|c| c.give.is_some()) {
            self.fault(
                Diagnostic::new("E0304", span, "一个条款只有一个“给予”", "a clause gives one thing")
                    .help("两种给予写成两个条款，或用 就高、合计 合成一个", "make it two clauses, or join them with 就高 or 合计"),
            );
            return;
        }
        self.edit(id, |clause| clause.give = lowered);
    }

    fn rank(&mut self, line: &'a RankLine) -> Option<Rank> {
        self.place.ranking = true;
        let rank = self.ranking(line);
        self.place.ranking = false;
        rank
    }

    fn ranking(&mut self, line: &'a RankLine) -> Option<Rank> {
        let score = self.number(&line.score)?;
        if self.optional(score) {
            self.may_be_absent(line.score.span);
        }
        let tie = match &line.tie {
            Some(expr) => Some(self.number(expr)?),
            None => None,
        };
        let each = match &line.each {
            Some(name) => Some(self.fact_id(name)?),
            None => None,
        };
        for node in [Some(score), tie].into_iter().flatten() {
            if names_a_clause(&self.scheme, node) {
                self.fault(
                    Diagnostic::new(
                        "E0503",
                        line.span,
                        "排名不能用条款的结果：名次和条款会互相等待",
                        "a ranking cannot name a clause's result: each would wait for the other",
                    )
                    .help("用申报人的事实排名", "rank by facts of the applicant"),
                );
                return None;
            }
        }
        Some(Rank { score, top: line.top, each, lowest_first: line.lowest_first, tie, all_records: line.all_records })
    }

    fn key(&mut self, name: &Name) -> Option<Key> {
        match name.text.as_str() {
            "申报项目" | "project_applied_for" => Some(Key::Project),
            "类别" | "kind" => Some(Key::Kind),
            _ => self.fact_id(name).map(Key::Fact),
        }
    }

    pub(super) fn keys(&mut self, names: &[Name]) -> Vec<Key> {
        names.iter().filter_map(|name| self.key(name)).collect()
    }

    pub(super) fn frequency(&mut self, line: &FrequencyLine) -> Frequency {
        let each = line.each.as_ref().and_then(|name| self.key(name));
        Frequency { window: line.window, times: line.times, years_in_all: line.years_in_all, each }
    }

    pub(super) fn limit(&mut self, line: &'a LimitLine) -> Option<Limit> {
        let amount = self.money(&line.amount)?;
        if self.optional(amount) {
            self.may_be_absent(line.amount.span);
        }
        let each = match &line.each {
            Some(name) => Some(self.key(name)?),
            None => None,
        };
        Some(Limit { window: line.window, amount, each })
    }

    fn instalments(&mut self, rows: &'a [InstalmentLine]) -> Vec<Instalment> {
        let mut out: Vec<Instalment> = Vec::new();
        let mut sum = Rational::ZERO;
        let mut rest = false;
        for row in rows {
            let test = row.test.as_ref().and_then(|test| self.condition(test));
            let years = i128::from(row.to) - i128::from(row.from) + 1;
            for year in row.from..=row.to.min(row.from.saturating_add(99)) {
                let share = match &row.share {
                    Some(expr) => {
                        let share = self.number(expr).filter(|n| self.ty(*n) == Type::Number(RATIO)).and_then(|n| self.constant(n));
                        if share.is_none() {
                            self.fault(
                                Diagnostic::new("E0312", expr.span, "每期写占总额的比例", "an instalment is a share of the whole")
                                    .help("例：第 1 年：50%", "for example: 第 1 年：50%"),
                            );
                        }
                        share
                    }
                    // 均付 over several years: equal parts, the last takes what rounding leaves.
                    None if years > 1 && year < row.to => Rational::new(1, years).ok(),
                    None => {
                        rest = true;
                        None
                    }
                };
                if let Some(share) = share {
                    sum = sum.checked_add(share).unwrap_or(sum);
                }
                out.push(Instalment { year, share, test, failing: row.failing });
            }
        }
        let over = sum > Rational::ONE || (!rest && sum != Rational::ONE);
        if over && let Some(row) = rows.last() {
            self.fault(
                Diagnostic::new("E0312", row.span, "各期加起来不是全额", "the instalments do not add up to the whole")
                    .help("改写比例，或最后一期写 其余", "change the shares, or write 其余 in the last row"),
            );
        }
        out
    }

    fn finish_clause(&mut self, id: ClauseId, block: &'a ClauseBlock) {
        let Some(clause) = self.scheme.clauses.get(id.index()) else { return };
        let span = block.id.span;
        let no_give = !block.lines.iter().any(|l| matches!(l, ClauseLine::Give(_)));
        let money = matches!(clause.give, Some(Give::Amount(_) | Give::UpTo(_) | Give::Decided(_)));
        let no_frequency = clause.frequency.is_none();
        let mut roots: Vec<NodeId> = clause.conditions.iter().chain(&clause.bars).map(|t| t.node).collect();
        match &clause.give {
            Some(Give::Amount(n) | Give::UpTo(n) | Give::Waive(n)) => roots.push(*n),
            Some(Give::Decided(modifiers)) => roots.extend(modifiers.iter().map(|m| m.1)),
            _ => {}
        }
        if let Some(rank) = &clause.rank {
            roots.push(rank.score);
            roots.extend(rank.tie);
        }
        roots.extend(clause.limits.iter().map(|l| l.amount));
        let mut facts = Vec::new();
        if !clause.applicants.is_empty() {
            facts.push(FactId(0));
        }
        for root in roots {
            facts_of(&self.scheme, root, &mut facts);
        }
        if let Some(fact) = clause.rank.as_ref().and_then(|r| r.each)
            && !facts.contains(&fact)
        {
            facts.push(fact);
        }
        let keys = clause.frequency.iter().filter_map(|f| f.each).chain(clause.limits.iter().filter_map(|l| l.each));
        for key in keys {
            if let Key::Fact(fact) = key
                && !facts.contains(&fact)
            {
                facts.push(fact);
            }
        }
        self.edit(id, |clause| clause.facts = facts);
        let nothing = !no_give && self.scheme.clauses.get(id.index()).is_some_and(|c| c.give.is_none()) && !self.faults.iter().any(Diagnostic::is_error);
        if no_give || nothing {
            self.fault(
                Diagnostic::new("E0303", span, "条款没有写“给予”", "the clause does not say what it gives")
                    .help("加一行：给予 …（金额、至多 …、服务「…」）", "add a line: 给予 …"),
            );
        } else if money && no_frequency {
            self.fault(
                Diagnostic::new("E0301", span, "给钱的条款要写“频次”：给一次，还是每年给", "a clause that pays must say how often")
                    .help("加一行：频次 一次性（或 每年、每年，共 2 年）", "add a line: 频次 一次性 (or 每年; 每年，共 2 年)"),
            );
        }
    }

    /// Numbers the sets of general tests, so that an evaluation runs each once.
    pub(super) fn gate_sets(&mut self) {
        let mut sets: Vec<(Vec<Test>, Vec<Test>)> = Vec::new();
        for clause in &mut self.scheme.clauses {
            let general = |tests: &[Test]| tests.iter().copied().filter(|t| t.origin != Origin::Clause).collect::<Vec<_>>();
            let own = (general(&clause.conditions), general(&clause.bars));
            let at = sets.iter().position(|known| *known == own).unwrap_or_else(|| {
                sets.push(own);
                sets.len() - 1
            });
            clause.gate_set = u32::try_from(at).unwrap_or(u32::MAX);
        }
    }

    /// Kinds of funds compare by the first clause that has them.
    pub(super) fn kinds(&mut self) {
        let kinds: Vec<Option<String>> = self.scheme.clauses.iter().map(|c| c.kind.clone()).collect();
        for clause in &mut self.scheme.clauses {
            clause.kind_as =
                clause.kind.as_ref().and_then(|kind| kinds.iter().position(|k| k.as_ref() == Some(kind))).and_then(|at| u32::try_from(at).ok()).map(ClauseId);
        }
    }

    /// Orders clauses so that each stands after those it names; tells of cycles.
    pub(super) fn order(&mut self) {
        let count = self.scheme.clauses.len();
        let mut state = vec![0_u8; count];
        let mut order = Vec::new();
        for start in 0..count {
            self.visit(start, &mut state, &mut order);
        }
        self.scheme.order = order;
    }

    fn visit(&mut self, at: usize, state: &mut [u8], order: &mut Vec<ClauseId>) {
        let mut stack = vec![(at, false)];
        while let Some((clause, done)) = stack.pop() {
            let Ok(id) = u32::try_from(clause).map(ClauseId) else { continue };
            let Some(mark) = state.get_mut(clause) else { continue };
            if done {
                *mark = 2;
                order.push(id);
                continue;
            }
            if *mark != 0 {
                continue;
            }
            *mark = 1;
            stack.push((clause, true));
            let next: Vec<(ClauseId, Span)> = self.references.iter().filter(|r| r.0 == id).map(|r| (r.1, r.2)).collect();
            for (to, span) in next {
                match state.get(to.index()) {
                    Some(0) => stack.push((to.index(), false)),
                    Some(1) => {
                        let name = |c: ClauseId| self.scheme.clause(c).map_or(String::new(), |c| c.id.clone());
                        let (a, b) = (name(id), name(to));
                        self.fault(
                            Diagnostic::new(
                                "E0502",
                                span,
                                format!("条款互相引用：{a} → {b} → … → {a}"),
                                format!("clauses name each other: {a} → {b} → … → {a}"),
                            )
                            .help("断开其中一处引用", "break one of the references"),
                        );
                    }
                    _ => {}
                }
            }
        }
    }
}
