//! Expressions: names resolved, types and units checked, definitions in their place.

use super::{DAYS, Lower, MONEY, MONTHS, Meaning, RATIO, State};
use crate::diagnostic::{Diagnostic, nearest};
use crate::scheme::{Arith, ChoiceSet, FactId, FactType, Gather, Member, Modifier, NodeId, Op, Over, Type};
use crate::source::Span;
use crate::syntax::ast::{Expr, ExprKind, Memory, Name, Source};
use values::Rational;

/// Deeper than this no honest rule goes, definitions within definitions included.
const NESTING_MAX: u32 = 100;

impl<'a> Lower<'a> {
    /// Lowers an expression; `None` where a diagnostic was given. `choices` is the set a bare name may belong to.
    pub(super) fn expr(&mut self, expr: &'a Expr, choices: Option<ChoiceSet>) -> Option<NodeId> {
        if self.nesting >= NESTING_MAX {
            self.too_complex(expr.span);
            return None;
        }
        self.nesting += 1;
        let node = self.expr_inside(expr, choices);
        self.nesting -= 1;
        node
    }

    pub(super) fn too_complex(&mut self, span: Span) {
        if !self.faults.iter().any(|f| f.code == "E0106") {
            self.fault(
                Diagnostic::new("E0106", span, "套得太深，或算起来步骤太多", "nested too deeply, or far too many steps").help(
                    "拆成几步；名称套名称不要超过几十层，年份不要跨几百年",
                    "split it; names upon names or spans of hundreds of years grow beyond bounds",
                ),
            );
        }
    }

    fn expr_inside(&mut self, expr: &'a Expr, choices: Option<ChoiceSet>) -> Option<NodeId> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Broken => None,
            ExprKind::Paren(inner) => self.expr(inner, choices),
            ExprKind::Quantity(number, unit) => self.quantity(*number, unit, span),
            ExprKind::Ratio(number) => Some(self.push(Op::Number(*number), Type::Number(RATIO), false, span)),
            ExprKind::Year(year) => Some(self.push(Op::Year(*year), Type::Year, false, span)),
            ExprKind::Date(date) => Some(self.push(Op::Date(*date), Type::Date, false, span)),
            ExprKind::Text(text) => Some(self.push(Op::Text(text.clone()), Type::Text, false, span)),
            ExprKind::YesNo(yes) => Some(self.push(Op::YesNo(*yes), Type::YesNo, false, span)),
            ExprKind::Name(name) => self.name(name, choices),
            ExprKind::At(period, inner) => {
                let month = self.month;
                self.month |= period.month.is_some();
                let node = self.expr(inner, choices);
                self.month = month;
                let node = node?;
                let (ty, optional) = (self.ty(node), self.optional(node));
                Some(self.push(Op::At(*period, node), ty, optional, span))
            }
            ExprKind::AwardYear => Some(self.push(Op::AwardYear, Type::Year, false, span)),
            ExprKind::AsOf => Some(self.push(Op::AsOf, Type::Date, false, span)),
            ExprKind::Place => {
                if !self.place.ranked {
                    self.fault(
                        Diagnostic::new("E0503", span, "本条没有“排名”，不能用“名次”", "this clause has no 排名, so it has no 名次")
                            .help("加一行：排名 … 前 5 名", "add a line: 排名 … 前 5 名"),
                    );
                    return None;
                }
                let unit = self.unit_id(&values::Unit::base("名"));
                Some(self.push(Op::Place, Type::Number(unit), false, span))
            }
            ExprKind::AmountPaid => {
                if !self.place.clawback {
                    self.fault(Diagnostic::new("E0503", span, "“已付额”只用在“追回”里", "已付额 stands only in 追回").help("改用 本条 已得", "use 本条 已得"));
                    return None;
                }
                Some(self.push(Op::AmountPaid, Type::Number(MONEY), false, span))
            }
            ExprKind::Memory(memory) => {
                if self.place.clause.is_none() {
                    self.fault(
                        Diagnostic::new("E0503", span, "“本条”只用在条款里", "本条 stands only in a clause")
                            .help("写 条款 1.1 本年所得，或移到条款里", "move it into the clause"),
                    );
                    return None;
                }
                Some(match memory {
                    Memory::Received => self.push(Op::Received, Type::Number(MONEY), false, span),
                    Memory::FirstYear => self.push(Op::FirstYear, Type::Year, false, span),
                })
            }
            ExprKind::ClauseAmount(name) => {
                let id = self.reference(name)?;
                Some(self.push(Op::ClauseAmount(id), Type::Number(MONEY), true, span))
            }
            ExprKind::ClauseEligible(name) => {
                let id = self.reference(name)?;
                Some(self.push(Op::ClauseEligible(id), Type::YesNo, false, span))
            }
            ExprKind::NthYear(inner) => {
                let node = self.expr(inner, None)?;
                if !matches!(self.ty(node), Type::Date | Type::Year) {
                    return self.wrong_type(inner.span, node, "日期或年份", "a date or a year");
                }
                Some(self.push(Op::NthYear(node), Type::Number(MONTHS), false, span))
            }
            ExprKind::YearOf(inner) => {
                let node = self.expr(inner, None)?;
                if self.ty(node) != Type::Date {
                    return self.wrong_type(inner.span, node, "日期", "a date");
                }
                Some(self.push(Op::YearOf(node), Type::Year, false, span))
            }
            ExprKind::Arith(op, left, right) => self.arith(*op, left, right, span),
            ExprKind::Above(x, v) | ExprKind::UpTo(x, v) => {
                let (a, b) = self.same_unit(x, v)?;
                let (ty, optional) = (self.ty(a), self.optional(a) || self.optional(b));
                let op = if matches!(expr.kind, ExprKind::Above(..)) { Op::Above(a, b) } else { Op::UpTo(a, b) };
                Some(self.push(op, ty, optional, span))
            }
            ExprKind::Steps(x, step, each) => {
                let (a, b) = self.same_unit(x, step)?;
                let c = self.number(each)?;
                if self.constant(b).is_some_and(|v| v.is_zero() || v.is_negative()) {
                    self.fault(Diagnostic::new("E0311", step.span, "每满的数要大于零", "the step must be above zero").help("改写这个数", "change it"));
                }
                let optional = self.optional(a) || self.optional(b) || self.optional(c);
                let ty = self.ty(c);
                Some(self.push(Op::Steps(a, b, c), ty, optional, span))
            }
            ExprKind::Rise(x, period) => {
                let node = self.number(x)?;
                let (ty, optional) = (self.ty(node), self.optional(node));
                Some(self.push(Op::Rise(node, *period), ty, optional, span))
            }
            ExprKind::Growth(x, period) => {
                let node = self.number(x)?;
                let optional = self.optional(node);
                Some(self.push(Op::Growth(node, *period), Type::Number(RATIO), optional, span))
            }
            ExprKind::If(condition, yes, no) => {
                let c = self.condition(condition)?;
                let a = self.expr(yes, choices)?;
                let b = self.expr(no, choices)?;
                let b = self.agree(a, b, no.span)?;
                let optional = self.optional(a) || self.optional(b);
                let ty = self.ty(a);
                Some(self.push(Op::If(c, a, b), ty, optional, span))
            }
            ExprKind::Modified(value, modifier, argument) => self.modified(value, *modifier, argument, span),
            ExprKind::Tier { first, measures, rows } => self.tier(*first, measures, rows, span),
            ExprKind::Case { subject, rows } => self.case(subject, rows, span),
            ExprKind::Bracket { measure, rows } => self.bracket(measure, rows, span),
            ExprKind::Gather { op, members, left_out } => self.gather(*op, members, left_out, span),
            ExprKind::Fold { op, source, guard, body } => self.fold(*op, source, guard.as_deref(), body.as_deref(), span),
            _ => self.condition_kind(expr),
        }
    }

    fn quantity(&mut self, number: Rational, unit: &str, span: Span) -> Option<NodeId> {
        if unit == "月" {
            let digits = self.words(span).trim_end_matches('月');
            self.fault(
                Diagnostic::new("E0108", span, "“3月”是三月份，不是三个月", "'3月' is March, not three months")
                    .help(format!("时长写成 {digits}个月"), format!("write a duration as {digits}个月"))
                    .replace(format!("{digits}个月")),
            );
            return None;
        }
        let (base, scale) = self.unit(unit, span)?;
        let Ok(value) = number.checked_mul(scale) else {
            self.fault(Diagnostic::new("E0108", span, "这个数太大", "this number is too large").help("检查位数", "check its digits"));
            return None;
        };
        let id = self.unit_id(&base);
        let node = self.push(Op::Number(value), Type::Number(id), false, span);
        self.mark_period(node, unit);
        Some(node)
    }

    fn mark_period(&mut self, node: NodeId, written: &str) {
        if written.contains("/年") {
            self.per_year.insert(node);
        }
        if written.contains("/月") || written.contains("/个月") {
            self.per_month.insert(node);
        }
    }

    fn inherit_period(&mut self, node: NodeId, from: &[NodeId]) {
        if from.iter().any(|n| self.per_year.contains(n)) {
            self.per_year.insert(node);
        }
        if from.iter().any(|n| self.per_month.contains(n)) {
            self.per_month.insert(node);
        }
    }

    fn reference(&mut self, name: &Name) -> Option<crate::scheme::ClauseId> {
        let to = self.clause_id(name)?;
        match self.place.clause {
            Some(_) if self.place.ranking => {
                self.fault(
                    Diagnostic::new(
                        "E0503",
                        name.span,
                        "排名不能用条款的结果：名次和条款会互相等待",
                        "a ranking cannot name a clause's result: each would wait for the other",
                    )
                    .help("用申报人的事实排名", "rank by facts of the applicant"),
                );
                return None;
            }
            Some(from) => self.references.push((from, to, name.span)),
            None => {
                self.fault(
                    Diagnostic::new("E0503", name.span, "条款的结果只能在条款里引用", "a clause's result can be named only inside a clause")
                        .help("移到条款的“其中”里", "move it into 其中 of the clause"),
                );
                return None;
            }
        }
        Some(to)
    }

    fn name(&mut self, name: &Name, choices: Option<ChoiceSet>) -> Option<NodeId> {
        if let Some(list) = self.record
            && let Some(FactType::List { fields, .. }) = self.scheme.fact(list).map(|f| &f.ty)
            && let Some(at) = fields.iter().position(|field| field.name == name.text)
        {
            let ty = fields.get(at).map(|field| field.ty.clone())?;
            let field = u16::try_from(at).ok()?;
            let node_ty = self.value_type(ChoiceSet { fact: list, field: Some(field) }, &ty, name)?;
            let node = self.push(Op::Field(list, field), node_ty, false, name.span);
            if let FactType::Number { word, .. } = &ty {
                self.mark_period(node, word);
            }
            return Some(node);
        }
        if let Some(at) = self.locals.iter().position(|(known, ..)| *known == name.text) {
            return self.local(at, name);
        }
        match self.names.get(&name.text).map(|(meaning, _)| *meaning) {
            Some(Meaning::Fact(fact)) => self.fact(fact, name),
            Some(Meaning::Param(param)) => {
                let unit = self.scheme.params.get(param.index()).map_or(RATIO, |p| p.unit);
                let node = self.push(Op::Param(param), Type::Number(unit), false, name.span);
                Some(node)
            }
            Some(Meaning::Definition(index)) => {
                let node = self.definition(index)?;
                let (ty, optional) = (self.ty(node), self.optional(node));
                let named = self.push(Op::Named(name.text.clone(), node), ty, optional, name.span);
                self.inherit_period(named, &[node]);
                Some(named)
            }
            None => {
                if let Some(set) = choices {
                    if let Some(choice) = self.choice(set, &name.text) {
                        return Some(self.push(Op::Choice(choice), Type::Choice(set), false, name.span));
                    }
                    self.unknown_choice(name, Some(set));
                    return None;
                }
                self.unknown_name(name);
                None
            }
        }
    }

    fn unknown_name(&mut self, name: &Name) {
        if name.text.is_empty() {
            return;
        }
        let mut known: Vec<String> = self.names.keys().cloned().collect();
        known.extend(self.locals.iter().map(|(n, ..)| n.clone()));
        if let Some(list) = self.record
            && let Some(FactType::List { fields, .. }) = self.scheme.fact(list).map(|f| &f.ty)
        {
            known.extend(fields.iter().map(|f| f.name.clone()));
        }
        known.sort();
        let diagnostic = Diagnostic::new("E0202", name.span, format!("没有声明“{}”", name.text), format!("'{}' is not declared", name.text));
        let apart = ["的", "达到", "超过", "不超过", "低于", "不少于", "突破", "加", "减", "乘", "为"]
            .iter()
            .find_map(|op| name.text.split_once(op).filter(|(a, _)| known.iter().any(|k| k == a)).map(|(a, b)| format!("{a} {op} {b}").trim_end().to_owned()));
        let near = nearest(&name.text, known.iter().map(String::as_str)).map(String::from);
        self.fault(if let Some(apart) = apart {
            diagnostic.help(format!("词与词之间用空格分开 → {apart}"), format!("put spaces between words → {apart}")).replace(apart)
        } else if let Some(near) = near {
            diagnostic.help(format!("是不是“{near}”？"), format!("did you mean '{near}'?")).replace(near)
        } else {
            diagnostic.help("在“事实”“参数”“定义”或“其中”里声明它", "declare it in 事实, 参数, 定义 or 其中")
        });
    }

    fn value_type(&mut self, set: ChoiceSet, ty: &FactType, name: &Name) -> Option<Type> {
        Some(match ty {
            FactType::YesNo => Type::YesNo,
            FactType::Date => Type::Date,
            FactType::Year => Type::Year,
            FactType::Text => Type::Text,
            FactType::Choice(_) => Type::Choice(set),
            FactType::Number { unit, .. } => Type::Number(*unit),
            FactType::List { .. } => {
                self.fault(
                    Diagnostic::new("E0210", name.span, format!("“{}”是名单，不能直接当作值", name.text), format!("'{}' is a list, not a value", name.text))
                        .help(
                            format!("用 合计 每个 {0} 计 …，或 个数 每个 {0} 条件 …", name.text),
                            format!("use 合计 每个 {0} 计 …, or 个数 每个 {0} 条件 …", name.text),
                        ),
                );
                return None;
            }
        })
    }

    fn fact(&mut self, id: FactId, name: &Name) -> Option<NodeId> {
        let fact = self.scheme.fact(id)?.clone();
        let ty = self.value_type(id.into(), &fact.ty, name)?;
        if fact.by_month && !self.month {
            self.fault(
                Diagnostic::new(
                    "E0217",
                    name.span,
                    format!("“{}”按月填报，这里没有说明是哪个月", name.text),
                    format!("'{}' is monthly: which month?", name.text),
                )
                .help(format!("写 3月 {0}，或 合计 每个 1月至12月 计 {0}", name.text), format!("write 3月 {0}, or 合计 每个 1月至12月 计 {0}", name.text)),
            );
            return None;
        }
        let node = self.push(Op::Fact(id), ty, false, name.span);
        if let FactType::Number { word, .. } = &fact.ty {
            self.mark_period(node, word);
        }
        Some(node)
    }

    /// The node of a definition; lowered at its first use.
    pub(super) fn definition(&mut self, index: usize) -> Option<NodeId> {
        let (expr, state, span, name) = self.definitions.get(index).map(|d| (d.expr, d.state, d.span, d.name.clone()))?;
        match state {
            State::Done(node) => return node,
            State::Underway => {
                self.fault(
                    Diagnostic::new("E0502", span, format!("“{name}”绕回了自己"), format!("'{name}' is defined by itself"))
                        .help("断开这个循环", "break the cycle"),
                );
                return None;
            }
            State::Untouched => {}
        }
        if let Some(definition) = self.definitions.get_mut(index) {
            definition.state = State::Underway;
        }
        let locals = std::mem::take(&mut self.locals);
        let (record, month, place) = (self.record.take(), self.month, self.place);
        self.month = false;
        self.place = super::Place::default();
        let node = self.expr(expr, None);
        self.locals = locals;
        (self.record, self.month, self.place) = (record, month, place);
        if let Some(definition) = self.definitions.get_mut(index) {
            definition.state = State::Done(node);
        }
        node
    }

    pub(super) fn local(&mut self, at: usize, name: &Name) -> Option<NodeId> {
        let (state, expr, span) = self.locals.get(at).map(|(_, state, expr, span)| (*state, *expr, *span))?;
        let node = match (state, expr) {
            (State::Done(node), _) => node?,
            (State::Underway, _) | (_, None) => {
                self.fault(
                    Diagnostic::new("E0502", span, format!("“{}”绕回了自己", name.text), format!("'{}' is defined by itself", name.text))
                        .help("断开这个循环", "break the cycle"),
                );
                return None;
            }
            (State::Untouched, Some(expr)) => {
                if let Some(local) = self.locals.get_mut(at) {
                    local.1 = State::Underway;
                }
                let record = self.record.take();
                let node = self.expr(expr, None);
                self.record = record;
                if let Some(local) = self.locals.get_mut(at) {
                    local.1 = State::Done(node);
                }
                node?
            }
        };
        let (ty, optional) = (self.ty(node), self.optional(node));
        let named = self.push(Op::Named(name.text.clone(), node), ty, optional, name.span);
        self.inherit_period(named, &[node]);
        Some(named)
    }

    pub(super) fn wrong_type<T>(&mut self, span: Span, node: NodeId, zh: &str, en: &str) -> Option<T> {
        let (found, found_en) = (self.unit_word(self.ty(node)), self.type_en(self.ty(node)));
        self.fault(
            Diagnostic::new("E0210", span, format!("这里应是{zh}，写的是 {found}"), format!("{en} is expected here, this is {found_en}"))
                .help("换成相应类型的事实或数", "use a fact or number of that type"),
        );
        None
    }

    /// An expression that is a number.
    pub(super) fn number(&mut self, expr: &'a Expr) -> Option<NodeId> {
        let node = self.expr(expr, None)?;
        if matches!(self.ty(node), Type::Number(_)) {
            return Some(node);
        }
        self.wrong_type(expr.span, node, "数", "a number")
    }

    fn same_unit(&mut self, left: &'a Expr, right: &'a Expr) -> Option<(NodeId, NodeId)> {
        let a = self.number(left);
        let b = self.number(right);
        let (a, b) = (a?, b?);
        self.match_units(a, b, right.span)
    }

    /// Both in one unit, or a diagnostic.
    pub(super) fn match_units(&mut self, a: NodeId, b: NodeId, span: Span) -> Option<(NodeId, NodeId)> {
        let (Type::Number(left), Type::Number(right)) = (self.ty(a), self.ty(b)) else { return None };
        if left == right {
            return Some((a, b));
        }
        if let Some(fitted) = self.fit(b, left) {
            return Some((a, fitted));
        }
        if let Some(fitted) = self.fit(a, right) {
            return Some((fitted, b));
        }
        let (x, y) = (self.unit_word(Type::Number(left)), self.unit_word(Type::Number(right)));
        let digits: String = if self.words(span).contains(['%', '％', '‰']) { "" } else { self.words(span) }
            .chars()
            .take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '万' | '亿'))
            .collect();
        let (x_en, y_en) = (self.type_en(Type::Number(left)), self.type_en(Type::Number(right)));
        let diagnostic = Diagnostic::new("E0214", span, format!("左边是 {x}，右边是 {y}"), format!("the left side is in {x_en}, the right side in {y_en}"));
        let unit = self.words(span).get(digits.len()..).unwrap_or_default().trim();
        let compound = |words: &str| words.contains(['/', '·']);
        let diagnostic = if compound(&x) || compound(&y) {
            diagnostic.help(
                format!("检查乘除的各项：两边算出来的单位要相同（左边 {x}，右边 {y}）"),
                format!("check what is multiplied and divided: both sides must come out in one unit (left {x_en}, right {y_en})"),
            )
        } else if digits.is_empty() || self.scheme.unit(left).is_none() {
            diagnostic.help("两边要用同一单位；不同币种用“参数”换算", "both sides need one unit; currencies are joined by a table")
        } else if !unit.is_empty() {
            // The number is the law's; what is likelier wrong is how its fact was declared.
            let mut facts = Vec::new();
            crate::check::facts_of(&self.scheme, a, &mut facts);
            let fact = facts.first().and_then(|fact| self.scheme.fact(*fact)).map_or("", |fact| fact.name.as_str());
            let declared = self.names.get(fact).map(|(_, span)| *span);
            let written = self.words(span);
            let mut diagnostic = diagnostic.help(
                format!("原文就是“{written}”的，把事实“{fact}”声明里的单位改为 {y}；原文不是的，改这里的单位"),
                format!("where the text has '{written}', declare the fact '{fact}' in {y_en}; where it has not, change the unit here"),
            );
            diagnostic.related = declared;
            diagnostic
        } else {
            diagnostic.help(format!("改为 {digits}{x}"), format!("write {digits}{x}")).replace(format!("{digits}{x}"))
        };
        self.fault(diagnostic);
        None
    }

    /// Gives `b` the type of `a`, or a diagnostic; `a` stays as it is.
    pub(super) fn agree(&mut self, a: NodeId, b: NodeId, span: Span) -> Option<NodeId> {
        match (self.ty(a), self.ty(b)) {
            (Type::Number(unit), Type::Number(other)) => {
                if let Some(fitted) = self.fit(b, unit) {
                    return Some(fitted);
                }
                let (x, y) = (self.unit_word(Type::Number(unit)), self.unit_word(Type::Number(other)));
                self.fault(
                    Diagnostic::new("E0214", span, format!("前面以 {x} 计，这里以 {y} 计"), format!("the values before are in {x}, this one is in {y}"))
                        .help("各项用同一单位；按年的单价写明 乘 1年", "use one unit for all; write a yearly price × 1年"),
                );
                None
            }
            (x, y) if x == y => Some(b),
            (x, _) => {
                let (wanted, wanted_en) = (self.unit_word(x), self.type_en(x));
                self.wrong_type(span, b, &wanted, &wanted_en)
            }
        }
    }

    /// The first of these that is not a price by the year: the others are brought to its unit.
    pub(super) fn plainest(&self, nodes: &[NodeId]) -> Option<NodeId> {
        nodes.iter().copied().find(|n| !self.per_year.contains(n)).or_else(|| nodes.first().copied())
    }

    fn arith(&mut self, op: Arith, left: &'a Expr, right: &'a Expr, span: Span) -> Option<NodeId> {
        let a = self.expr(left, None);
        let b = self.expr(right, None);
        let (a, b) = (a?, b?);
        let optional = self.optional(a) || self.optional(b);
        let ty = match (op, self.ty(a), self.ty(b)) {
            (Arith::Add | Arith::Sub, Type::Number(_), Type::Number(_)) => {
                let (a, b) = self.match_units(a, b, right.span)?;
                let ty = self.ty(a);
                let node = self.push(Op::Arith(op, a, b), ty, optional, span);
                self.inherit_period(node, &[a, b]);
                return Some(node);
            }
            (Arith::Sub, Type::Year, Type::Year) => Type::Number(MONTHS),
            (Arith::Sub, Type::Date, Type::Date) => Type::Number(DAYS),
            (Arith::Add | Arith::Sub, Type::Date, Type::Number(unit @ (MONTHS | DAYS))) => {
                return Some(self.push(Op::Shift(a, b, unit == DAYS, op == Arith::Sub), Type::Date, optional, span));
            }
            (Arith::Add | Arith::Sub, Type::Year, Type::Number(MONTHS)) => Type::Year,
            (Arith::Of, Type::Number(unit), Type::Number(RATIO)) => Type::Number(unit),
            (Arith::Of, Type::Number(_), Type::Number(_)) => {
                return self.wrong_type(right.span, b, "比率（“的”右边）", "a ratio (right of 的)");
            }
            (Arith::Mul, Type::Number(x), Type::Number(y)) => {
                let unit = self.scheme.unit(x).mul(&self.scheme.unit(y));
                Type::Number(self.unit_id(&unit))
            }
            (Arith::Div, Type::Number(x), Type::Number(y)) => {
                self.divisor(b, right.span);
                let unit = self.scheme.unit(x).div(&self.scheme.unit(y));
                Type::Number(self.unit_id(&unit))
            }
            (_, Type::Number(_), _) => return self.wrong_type(right.span, b, "数", "a number"),
            _ => return self.wrong_type(left.span, a, "数", "a number"),
        };
        let node = self.push(Op::Arith(op, a, b), ty, optional, span);
        self.inherit_period(node, &[a, b]);
        Some(node)
    }

    fn divisor(&mut self, node: NodeId, span: Span) {
        if self.constant(node).is_some_and(Rational::is_zero) {
            self.fault(Diagnostic::new("E0311", span, "除数是零", "division by zero").help("改写除数", "change the divisor"));
        }
    }

    fn modified(&mut self, value: &'a Expr, modifier: Modifier, argument: &'a Expr, span: Span) -> Option<NodeId> {
        let a = self.number(value);
        let b = self.number(argument);
        let (a, b) = (a?, b?);
        let Type::Number(unit) = self.ty(a) else { return None };
        let b = match self.fit(b, unit) {
            Some(fitted) => fitted,
            None => {
                let (left, right) = self.match_units(a, b, argument.span)?;
                if left != a {
                    let ty = self.ty(left);
                    let optional = self.optional(left);
                    return Some(self.push(Op::Modified(left, modifier, right), ty, optional, span));
                }
                right
            }
        };
        if modifier == Modifier::DownTo && self.constant(b).is_some_and(|v| v.is_zero() || v.is_negative()) {
            self.fault(Diagnostic::new("E0311", argument.span, "取整的单位要大于零", "the step must be above zero").help("改写这个数", "change it"));
        }
        let optional = match modifier {
            Modifier::IfAbsent => self.optional(b),
            Modifier::Bonus | Modifier::Less => self.optional(a),
            // 最高 分档 …: below the lowest tier there is no cap and so no amount.
            _ => self.optional(a) || self.optional(b),
        };
        let ty = self.ty(a);
        let node = self.push(Op::Modified(a, modifier, b), ty, optional, span);
        self.inherit_period(node, &[a, b]);
        Some(node)
    }

    pub(super) fn may_be_absent(&mut self, span: Span) {
        self.fault(
            Diagnostic::new(
                "E0215",
                span,
                "这里可能没有值（没有一档适用，或没有一项符合）",
                "there may be no value here (no tier applies, or no member remains)",
            )
            .help("写明没有时怎么算：，无则 0元；或加一行“其余：…”", "say what holds then: ，无则 0元, or a row 其余：…"),
        );
    }

    fn gather(&mut self, op: Gather, members: &'a [crate::syntax::ast::Member], left_out: &'a [Name], span: Span) -> Option<NodeId> {
        let tests = matches!(op, Gather::Any | Gather::All | Gather::AtLeast(_));
        let mut out: Vec<Member> = Vec::new();
        let mut broken = false;
        for member in members {
            let guard = match &member.guard {
                Some(guard) => match self.condition(guard) {
                    Some(node) => Some(node),
                    None => {
                        broken = true;
                        continue;
                    }
                },
                None => None,
            };
            let value = if tests || op == Gather::Count { self.condition(&member.value) } else { self.number(&member.value) };
            let Some(value) = value else {
                broken = true;
                continue;
            };
            out.push(Member { guard, value });
        }
        let mut named = Vec::new();
        for name in left_out {
            match self.names.get(&name.text) {
                Some((Meaning::Fact(fact), _)) => named.push(*fact),
                _ => {
                    self.unknown_name(name);
                    broken = true;
                }
            }
        }
        if broken || out.is_empty() {
            return None;
        }
        if !tests && op != Gather::Count {
            let nodes: Vec<NodeId> = out.iter().map(|m| m.value).collect();
            let target = self.plainest(&nodes)?;
            for (at, member) in members.iter().enumerate() {
                if let Some(value) = nodes.get(at).and_then(|n| self.agree(target, *n, member.value.span))
                    && let Some(slot) = out.get_mut(at)
                {
                    slot.value = value;
                } else {
                    return None;
                }
            }
        }
        if let Gather::AtLeast(k) = op
            && k as usize > out.len()
        {
            self.fault(
                Diagnostic::new("E0210", span, format!("至少 {k} 项，但只列了 {} 项", out.len()), format!("at least {k} of {}", out.len()))
                    .help("改写项数", "change the number"),
            );
        }
        let first = out.first().map(|m| m.value)?;
        let ty = match op {
            Gather::Any | Gather::All | Gather::AtLeast(_) => Type::YesNo,
            Gather::Count => {
                let unit = self.unit_id(&values::Unit::base("项"));
                Type::Number(unit)
            }
            _ => self.ty(first),
        };
        let may_drop = |lower: &Self, m: &Member| m.guard.is_some() || lower.optional(m.value);
        let optional = matches!(op, Gather::Sum | Gather::Mean | Gather::Max | Gather::Min) && out.iter().all(|m| may_drop(self, m));
        let parts: Vec<NodeId> = out.iter().map(|m| m.value).collect();
        let node = self.push(Op::Gather(op, out, named), ty, optional, span);
        self.inherit_period(node, &parts);
        Some(node)
    }

    fn fold(&mut self, op: Gather, source: &Source, guard: Option<&'a Expr>, body: Option<&'a Expr>, span: Span) -> Option<NodeId> {
        let (over, unit) = match source {
            Source::List(name) => match self.names.get(&name.text).map(|(m, _)| *m) {
                Some(Meaning::Fact(fact)) if matches!(self.scheme.fact(fact).map(|f| &f.ty), Some(FactType::List { .. })) => {
                    let unit = match self.scheme.fact(fact).map(|f| &f.ty) {
                        Some(FactType::List { unit, .. }) => *unit,
                        _ => RATIO,
                    };
                    (Over::List(fact), unit)
                }
                Some(_) => {
                    self.fault(
                        Diagnostic::new("E0210", name.span, format!("“{}”不是名单", name.text), format!("'{}' is no list", name.text))
                            .help("声明为 名单（家）", "declare it as 名单（家）"),
                    );
                    return None;
                }
                None => {
                    self.unknown_name(name);
                    return None;
                }
            },
            Source::PastYears(n) => (Over::PastYears(*n), MONTHS),
            Source::Years(a, b) => (Over::Years(*a, *b), MONTHS),
            Source::Months(a, b) => (Over::Months(*a, *b), MONTHS),
        };
        let (record, month) = (self.record, self.month);
        match over {
            Over::List(fact) => {
                if self.record.is_some() {
                    self.fault(
                        Diagnostic::new("E0210", span, "名单里不能再套名单", "a list inside a list").help("拆成两步，用“其中”起名", "split it with 其中"),
                    );
                    return None;
                }
                self.record = Some(fact);
            }
            Over::Months(..) => self.month = true,
            _ => {}
        }
        let guard_node = guard.map(|g| self.condition(g));
        let body_node = body.map(|b| self.number(b));
        (self.record, self.month) = (record, month);
        let guard_node = guard_node.map_or(Some(None), |g| g.map(Some))?;
        let body_node = body_node.map_or(Some(None), |b| b.map(Some))?;
        let ty = match op {
            Gather::Any | Gather::All | Gather::AtLeast(_) => Type::YesNo,
            Gather::Count => Type::Number(unit),
            _ => body_node.map_or(Type::Number(RATIO), |b| self.ty(b)),
        };
        let drops = guard_node.is_some() || body_node.is_some_and(|b| self.optional(b));
        let optional = match op {
            Gather::Sum => drops,
            Gather::Mean | Gather::Max | Gather::Min => drops || matches!(over, Over::List(_)),
            _ => false,
        };
        let node = self.push(Op::Fold { op, over, guard: guard_node, body: body_node }, ty, optional, span);
        if let Some(body) = body_node {
            self.inherit_period(node, &[body]);
        }
        Some(node)
    }
}
