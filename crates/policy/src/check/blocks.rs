//! 并用, 资金, 追回, 目标 and the ambiguity register.

use super::{Lower, Place};
use crate::diagnostic::Diagnostic;
use crate::scheme::{ClauseId, Clawback, Group, Overrun, Pool, Reading, Target, TaskEntry, Type};
use crate::source::Span;
use crate::syntax::ast::{About, Alternative, BlockKind, ClawbackBlock, GroupBlock, Name, Overrun as OverrunLine, PoolBlock, Scope, TargetBlock};
use values::Fen;

impl<'a> Lower<'a> {
    fn members(&mut self, scope: Option<&'a Scope>, name: &Name) -> Vec<ClauseId> {
        let block = self.blocks.iter().position(|b| b.span.file == name.span.file && b.span.start <= name.span.start && name.span.end <= b.span.end);
        match (scope, block) {
            (Some(scope), Some(block)) => self.scope(scope, block),
            _ => {
                self.fault(
                    Diagnostic::new("E0305", name.span, "没有写“适用”", "it does not say which clauses it is for")
                        .help("加一行：适用 全部（或条款编号）", "add a line: 适用 全部 (or ids)"),
                );
                Vec::new()
            }
        }
    }

    pub(super) fn group(&mut self, block: &'a GroupBlock) {
        let members = self.members(block.scope.as_ref(), &block.name);
        let same = self.keys(&block.same);
        let limits = block.limits.iter().filter_map(|limit| self.limit(limit)).collect::<Vec<_>>();
        let frequency = block.frequency.as_ref().map(|f| self.frequency(f));
        if block.mode.is_none() && limits.is_empty() && frequency.is_none() {
            self.fault(
                Diagnostic::new("E0313", block.name.span, "并用没有写怎么并用", "the group does not say how its members stand together")
                    .help("加一行：方式 就高（或 择一、叠加），或 限额 …", "add a line: 方式 就高 (or 择一, 叠加), or 限额 …"),
            );
        }
        self.scheme.groups.push(Group {
            name: block.name.text.clone(),
            members,
            elsewhere: block.scope.as_ref().is_some_and(|s| s.elsewhere) || block.only_elsewhere,
            same,
            mode: block.mode,
            only_elsewhere: block.only_elsewhere,
            no_topping_up: block.no_topping_up,
            limits,
            frequency,
        });
    }

    pub(super) fn pool(&mut self, block: &'a PoolBlock) {
        let members = self.members(block.scope.as_ref(), &block.name);
        let mut amounts = Vec::new();
        for (year, amount) in &block.amounts {
            let fen = match amount {
                Some(expr) => match self.money(expr).and_then(|node| self.constant(node)).and_then(|v| Fen::from_rational_half_up(v).ok()) {
                    Some(fen) => Some(fen),
                    None => {
                        self.fault(
                            Diagnostic::new("E0314", expr.span, "额度应是一个金额，或写 另定", "the pool holds an amount, or 另定")
                                .help("例：额度 每年 1000万元", "for example: 额度 每年 1000万元"),
                        );
                        continue;
                    }
                },
                None => None,
            };
            amounts.push((*year, fen));
        }
        if amounts.is_empty() {
            self.fault(
                Diagnostic::new("E0314", block.name.span, "资金没有写“额度”", "the pool does not say how much it holds")
                    .help("加一行：额度 每年 1000万元（或 另定）", "add a line: 额度 每年 1000万元 (or 另定)"),
            );
        }
        let overrun = match &block.overrun {
            None => {
                self.fault(
                    Diagnostic::new("E0302", block.name.span, "资金没有写超额时怎么分", "the pool does not say how it is shared when it does not suffice")
                        .help(
                            "加一行：超额 按比例（或 先到先得、按 X 高者先、按条款 …、顺延）",
                            "add a line: 超额 按比例 (or 先到先得, 按 X 高者先, 按条款 …, 顺延)",
                        ),
                );
                Overrun::ProRata
            }
            Some(OverrunLine::FirstCome) => Overrun::FirstCome,
            Some(OverrunLine::ProRata) => Overrun::ProRata,
            Some(OverrunLine::CarryOver) => Overrun::CarryOver,
            Some(OverrunLine::ByClause(names)) => Overrun::ByClause(names.iter().filter_map(|n| self.clause_id(n)).collect()),
            Some(OverrunLine::ByMeasure(expr, highest)) => match self.number(expr) {
                Some(node) => Overrun::ByMeasure(node, *highest),
                None => Overrun::ProRata,
            },
        };
        self.scheme.pools.push(Pool {
            name: block.name.text.clone(),
            members,
            amounts,
            overrun,
            last_in_part: block.last_in_part,
            source: block.source.clone(),
        });
    }

    /// Pools must be nested or disjoint; inner ones are shared first.
    pub(super) fn nest_pools(&mut self) {
        let mut clashes = Vec::new();
        for (at, pool) in self.scheme.pools.iter().enumerate() {
            for other in self.scheme.pools.iter().skip(at + 1) {
                let common = pool.members.iter().filter(|m| other.members.contains(m)).count();
                if common > 0 && common < pool.members.len() && common < other.members.len() {
                    clashes.push((pool.name.clone(), other.name.clone()));
                }
            }
        }
        for (a, b) in clashes {
            let span = self.block_named(&b).unwrap_or_default();
            self.fault(
                Diagnostic::new(
                    "E0504",
                    span,
                    format!("资金「{a}」与「{b}」互有交叉，说不清先分哪一个"),
                    format!("the pools '{a}' and '{b}' overlap without one holding the other"),
                )
                .help("让一个包含另一个，或互不相交", "nest them or keep them apart"),
            );
        }
        self.scheme.pools.sort_by_key(|pool| pool.members.len());
    }

    fn block_named(&self, name: &str) -> Option<Span> {
        self.blocks.iter().find_map(|b| match &b.kind {
            BlockKind::Pool(pool) if pool.name.text == name => Some(pool.name.span),
            _ => None,
        })
    }

    pub(super) fn clawback(&mut self, block: &'a ClawbackBlock) {
        let members = self.members(block.scope.as_ref(), &block.name);
        let triggers: Vec<_> = block.triggers.iter().filter_map(|trigger| self.condition(trigger)).collect();
        if block.triggers.is_empty() {
            self.fault(
                Diagnostic::new("E0315", block.name.span, "追回没有写“触发”", "the clawback does not say what sets it off")
                    .help("加一行：触发 …", "add a line: 触发 …"),
            );
        }
        self.place = Place { clawback: true, ..Place::default() };
        let recover = block.recover.as_ref().and_then(|expr| self.money(expr));
        self.place = Place::default();
        self.scheme.clawbacks.push(Clawback {
            name: block.name.text.clone(),
            members,
            triggers,
            months: block.months,
            recover,
            stop_payment: block.stop_payment,
            bar_years: block.bar_years,
        });
    }

    pub(super) fn target(&mut self, block: &'a TargetBlock) {
        let mut goals = Vec::new();
        for (year, compare, word, expr) in &block.goals {
            if let Some(node) = self.number(expr)
                && let Some(value) = self.constant(node)
                && let Type::Number(unit) = self.ty(node)
            {
                goals.push((*year, *compare, *word, value, unit));
            }
        }
        let indicator = block.indicator.clone().unwrap_or_default();
        if indicator.is_empty() || block.goals.is_empty() {
            self.fault(
                Diagnostic::new("E0316", block.name.span, "目标要写“指标”和“要求”", "a target needs 指标 and 要求")
                    .help("例：指标 网络零售额；要求 2027年 超过 100亿元", "for example: 指标 网络零售额; 要求 2027年 超过 100亿元"),
            );
        }
        self.scheme.targets.push(Target {
            name: block.name.text.clone(),
            indicator,
            goals,
            responsible: block.responsible.iter().map(|n| n.text.clone()).collect(),
        });
    }

    pub(super) fn readings(&mut self) {
        let policy_id = self.scheme.policy.id.clone();
        for block in self.blocks {
            match &block.kind {
                BlockKind::Sentence(sentence) if sentence.sort == "任务" => {
                    self.scheme.tasks.push(TaskEntry { words: String::new(), responsible: sentence.responsible.iter().map(|n| n.text.clone()).collect() })
                }
                BlockKind::Reading(reading) => {
                    let clauses = match &reading.about {
                        About::Clauses(names) => names.iter().filter_map(|name| self.clause_id(name)).collect(),
                        _ => Vec::new(),
                    };
                    let lines = self.lines_of(&reading.about, &clauses);
                    if let Some(lines) = lines {
                        for taken in &reading.taken {
                            self.taken_stands(taken, &lines);
                        }
                    }
                    let at = u32::try_from(self.scheme.readings.len()).unwrap_or(u32::MAX);
                    for clause in &clauses {
                        for other in &reading.others {
                            self.would_compile(*clause, other);
                        }
                        if reading.open
                            && let Some(clause) = self.scheme.clauses.get_mut(clause.index())
                        {
                            clause.open_readings.push(at);
                        }
                    }
                    if reading.taken.is_empty() && !reading.open {
                        self.fault(
                            Diagnostic::new("E0317", block.span, "读法没有写“取”", "the reading does not say what is taken")
                                .help("加一行：取 …；还没定就写 待定", "add a line: 取 …; 待定 if nobody has decided"),
                        );
                    }
                    self.scheme.readings.push(Reading {
                        clauses,
                        heading: head_of(&reading.about, policy_id.as_str()),
                        words: reading.words.clone(),
                        taken: reading.taken.iter().map(Self::spelled).collect(),
                        others: reading.others.iter().map(Self::spelled).collect(),
                        open: reading.open,
                        because: reading.because.clone(),
                    });
                }
                _ => {}
            }
        }
    }

    /// Words or lines of an alternative, as a reader sees them.
    fn spelled(alternative: &Alternative) -> String {
        if alternative.no_line {
            return "无此行".into();
        }
        if !alternative.words.is_empty() {
            return alternative.words.join("；");
        }
        alternative.spelled.join("；")
    }

    fn lines_of(&self, about: &About, clauses: &[ClauseId]) -> Option<Vec<String>> {
        match about {
            About::Clauses(_) => {
                let mut lines = Vec::new();
                for clause in clauses {
                    let block = self.clause_blocks.get(clause.index()).and_then(|i| self.blocks.get(*i))?;
                    lines.extend(block.normal.iter().cloned());
                }
                // A clause's applicants and conditions may also come from a 通则.
                for block in self.blocks {
                    if matches!(block.kind, BlockKind::General(_)) {
                        lines.extend(block.normal.iter().cloned());
                    }
                }
                Some(lines)
            }
            About::Group(name) => self.blocks.iter().find_map(|b| match &b.kind {
                BlockKind::Group(group) if group.name.text == name.text => Some(b.normal.clone()),
                _ => None,
            }),
            About::Pool(name) => self.blocks.iter().find_map(|b| match &b.kind {
                BlockKind::Pool(pool) if pool.name.text == name.text => Some(b.normal.clone()),
                _ => None,
            }),
            About::Policy => Some(self.blocks.iter().filter(|b| matches!(b.kind, BlockKind::Policy(_))).flat_map(|b| b.normal.iter().cloned()).collect()),
            About::Words => None,
        }
    }

    /// 取 must repeat lines that stand there.
    fn taken_stands(&mut self, taken: &Alternative, lines: &[String]) {
        for line in &taken.lines {
            if !lines.iter().any(|known| known == line || known.ends_with(&format!(" {line}"))) {
                self.fault(
                    Diagnostic::new(
                        "E0318",
                        taken.span,
                        format!("“取”写的“{line}”在所指的条款里没有"),
                        format!("the line taken, '{line}', does not stand in the block it names"),
                    )
                    .help("照抄条款里的那一行", "repeat the line as it stands there"),
                );
            }
        }
    }
}

/// What a reading is about, in the words of the language.
fn head_of(about: &About, policy: &str) -> String {
    match about {
        About::Clauses(names) => names.iter().map(|n| n.text.as_str()).collect::<Vec<_>>().join("、"),
        About::Group(name) => format!("并用「{}」", name.text),
        About::Pool(name) => format!("资金「{}」", name.text),
        About::Policy => format!("政策 {policy}"),
        About::Words => String::new(),
    }
}
