//! Declarations: the version, facts, parameters, definitions, clause ids. One flat name space, no shadowing.

use super::{Definition, Lower, MONEY, Meaning, State};
use crate::diagnostic::{Diagnostic, nearest};
use crate::scheme::{ChoiceSet, Clause, ClauseId, Fact, FactId, FactType, Field, Param, ParamId, ParamRow, Policy, Type, UnitId};
use crate::source::Span;
use crate::syntax::ast::{BlockKind, ClauseLine, FactDecl, Name, PolicyBlock, TableDecl, TableKey, TypeWord};
use std::collections::BTreeSet;
use values::{Rational, Unit, currency_code};

/// Name of the built-in fact.
const KIND: &str = "申报人类型";

impl<'a> Lower<'a> {
    pub(super) fn policy(&mut self) {
        let blocks: Vec<&'a PolicyBlock> = self
            .blocks
            .iter()
            .filter_map(|block| match &block.kind {
                BlockKind::Policy(policy) => Some(policy),
                _ => None,
            })
            .collect();
        let mut policy = Policy::default();
        for block in blocks {
            if let Some(id) = &block.id {
                if policy.id.is_empty() {
                    policy.id.clone_from(&id.text);
                } else if policy.id != id.text {
                    self.fault(
                        Diagnostic::new("E0201", id.span, format!("前面的政策叫 {}", policy.id), format!("the policy is called {} above", policy.id))
                            .help("一个文件夹只放一项政策", "one folder holds one policy"),
                    );
                }
            }
            merge_policy(&mut policy, block);
            for unit in &block.units {
                self.own_units.push(unit.text.clone());
            }
        }
        if policy.id.is_empty() {
            policy.id = "policy".into();
        }
        self.scheme.policy = policy;
    }

    pub(super) fn declare(&mut self) {
        self.declare_kind();
        for block in self.blocks {
            match &block.kind {
                BlockKind::Facts(facts) => facts.iter().for_each(|fact| self.declare_fact(fact)),
                BlockKind::Define(name, expr) => {
                    let index = self.definitions.len();
                    self.definitions.push(Definition { name: name.text.clone(), span: name.span, expr, state: State::Untouched });
                    self.declare_name(name, Meaning::Definition(index));
                }
                _ => {}
            }
        }
        for block in self.blocks {
            if let BlockKind::Table(table) = &block.kind {
                self.declare_table(table);
            }
        }
        self.fields_shadow_nothing();
        for (index, block) in self.blocks.iter().enumerate() {
            let BlockKind::Clause(clause) = &block.kind else { continue };
            let id = ClauseId(u32::try_from(self.scheme.clauses.len()).unwrap_or(u32::MAX));
            if let Some((_, before)) = self.clause_ids.get(&clause.id.text) {
                let before = *before;
                self.fault(
                    Diagnostic::new(
                        "E0201",
                        clause.id.span,
                        format!("条款 {} 写了两次", clause.id.text),
                        format!("clause {} stands here twice", clause.id.text),
                    )
                    .related(before)
                    .help("改用另一个编号", "use another id"),
                );
                continue;
            }
            self.clause_ids.insert(clause.id.text.clone(), (id, clause.id.span));
            self.clause_blocks.push(index);
            self.scheme.clauses.push(empty_clause(&clause.id.text, &clause.title));
        }
    }

    /// A field of a list may not repeat a global name: inside 每个 nobody could tell which is meant.
    fn fields_shadow_nothing(&mut self) {
        for block in self.blocks {
            let BlockKind::Facts(facts) = &block.kind else { continue };
            for field in facts.iter().flat_map(|fact| &fact.fields) {
                if let Some((_, before)) = self.names.get(&field.name.text) {
                    let before = *before;
                    self.fault(
                        Diagnostic::new(
                            "E0201",
                            field.name.span,
                            format!("栏目“{}”与另一个名称相同", field.name.text),
                            format!("the field '{}' repeats another name", field.name.text),
                        )
                        .related(before)
                        .help("给栏目换一个名称", "rename the field"),
                    );
                }
            }
        }
    }

    /// 申报人类型 holds the kinds known to everybody and those that a 对象 names.
    fn declare_kind(&mut self) {
        let mut kinds: Vec<String> = ["企业", "个体工商户", "机构"].map(String::from).to_vec();
        for block in self.blocks {
            let lines: &[ClauseLine] = match &block.kind {
                BlockKind::Clause(clause) => &clause.lines,
                BlockKind::General(general) => &general.lines,
                _ => continue,
            };
            for line in lines {
                if let ClauseLine::Applicants(names) = line {
                    for name in names {
                        if name.text != "个体" && !kinds.contains(&name.text) {
                            kinds.push(name.text.clone());
                        }
                    }
                }
            }
        }
        self.scheme.facts.push(Fact {
            name: KIND.into(),
            ty: FactType::Choice(kinds),
            by_year: false,
            by_month: false,
            since: None,
            evidence: Vec::new(),
            verified_by: Vec::new(),
            window: None,
            question: None,
        });
        self.names.insert(KIND.into(), (Meaning::Fact(FactId(0)), Span::default()));
    }

    fn declare_name(&mut self, name: &Name, meaning: Meaning) {
        if let Some((_, before)) = self.names.get(&name.text) {
            let before = *before;
            self.fault(
                Diagnostic::new("E0201", name.span, format!("“{}”已有声明", name.text), format!("'{}' is declared already", name.text))
                    .related(before)
                    .help("一个名称只声明一次；要重名请改名", "a name is declared once; rename one of them"),
            );
            return;
        }
        self.names.insert(name.text.clone(), (meaning, name.span));
    }

    fn declare_fact(&mut self, decl: &FactDecl) {
        let id = FactId(u32::try_from(self.scheme.facts.len()).unwrap_or(u32::MAX));
        let ty = self.fact_type(decl);
        if decl.by_month && decl.by_year {
            self.fault(Diagnostic::new("E0212", decl.ty_span, "按年与按月只能取一个", "either 按年 or 按月").help("删去一个", "remove one"));
        }
        self.scheme.facts.push(Fact {
            name: decl.name.text.clone(),
            ty,
            by_year: decl.by_year,
            by_month: decl.by_month,
            since: decl.since,
            evidence: decl.evidence.clone(),
            verified_by: decl.verified_by.clone(),
            window: decl.window.clone(),
            question: decl.question.clone(),
        });
        self.declare_name(&decl.name, Meaning::Fact(id));
    }

    fn fact_type(&mut self, decl: &FactDecl) -> FactType {
        match &decl.ty {
            TypeWord::YesNo => FactType::YesNo,
            TypeWord::Date => FactType::Date,
            TypeWord::Year => FactType::Year,
            TypeWord::Text => FactType::Text,
            TypeWord::Ratio => FactType::Number { unit: UnitId(0), scale: Rational::ONE, word: String::new(), whole: false },
            TypeWord::Choice(names) => {
                let mut seen = BTreeSet::new();
                for name in names {
                    if !seen.insert(&name.text) {
                        self.fault(
                            Diagnostic::new("E0201", name.span, format!("选项“{}”重复", name.text), format!("the choice '{}' stands twice", name.text))
                                .help("删去一个", "remove one"),
                        );
                    }
                }
                FactType::Choice(names.iter().map(|n| n.text.clone()).collect())
            }
            TypeWord::Unit(word) => self.number_type(word, decl.ty_span),
            TypeWord::List(unit) => {
                let unit = self.unit(unit, decl.ty_span).map_or_else(Unit::none, |(unit, _)| unit);
                let unit = self.unit_id(&unit);
                let mut fields: Vec<Field> = Vec::new();
                for field in &decl.fields {
                    if matches!(field.ty, TypeWord::List(_)) {
                        self.fault(
                            Diagnostic::new("E0212", field.ty_span, "名单里不能再放名单", "a list inside a list").help("拆成两个事实", "make it two facts"),
                        );
                    }
                    if fields.iter().any(|known| known.name == field.name.text) {
                        self.fault(
                            Diagnostic::new(
                                "E0201",
                                field.name.span,
                                format!("栏目“{}”重复", field.name.text),
                                format!("the field '{}' stands twice", field.name.text),
                            )
                            .help("改名", "rename it"),
                        );
                    }
                    let ty = self.fact_type(field);
                    fields.push(Field { name: field.name.text.clone(), ty });
                }
                if fields.is_empty() {
                    self.fault(
                        Diagnostic::new("E0212", decl.ty_span, "名单没有栏目", "the list has no fields")
                            .help("在下面缩进写栏目，一行一个", "write its fields below, one a line"),
                    );
                }
                FactType::List { unit, fields }
            }
        }
    }

    fn number_type(&mut self, word: &str, span: Span) -> FactType {
        match self.unit(word, span) {
            Some((unit, scale)) => {
                let whole = Self::counts(&unit);
                let unit = self.unit_id(&unit);
                FactType::Number { unit, scale, word: word.to_owned(), whole }
            }
            None => FactType::Number { unit: UnitId(0), scale: Rational::ONE, word: word.to_owned(), whole: false },
        }
    }

    fn declare_table(&mut self, table: &'a TableDecl) {
        let (unit, scale, word) = match &table.ty {
            TypeWord::Ratio => (UnitId(0), Rational::ONE, ""),
            TypeWord::Unit(word) => match self.unit(word, table.ty_span) {
                Some((unit, scale)) => (self.unit_id(&unit), scale, word.as_str()),
                None => (MONEY, Rational::ONE, word.as_str()),
            },
            _ => {
                self.fault(
                    Diagnostic::new("E0212", table.ty_span, "参数只能是数", "a table holds numbers")
                        .help("例：参数 美元汇率 元/美元 按日", "for example: 参数 美元汇率 元/美元 按日"),
                );
                (UnitId(0), Rational::ONE, "")
            }
        };
        let mut by = Vec::new();
        for name in &table.by {
            match self.names.get(&name.text) {
                Some((Meaning::Fact(fact), _)) if !self.scheme.choices(*fact).is_empty() => by.push(*fact),
                _ => self.fault(
                    Diagnostic::new("E0202", name.span, format!("“{}”不是一个选项事实", name.text), format!("'{}' is no fact of choices", name.text))
                        .help("参数按选项事实取值：先在“事实”里声明", "a table is indexed by facts of choices: declare it in 事实"),
                ),
            }
        }
        // 元/美元 is the rate of the dollar.
        let currency = word.split_once('/').filter(|(home, _)| *home == "元").and_then(|(_, other)| currency_code(other)).map(String::from);
        let mut param = Param {
            name: table.name.text.clone(),
            unit,
            scale,
            by_day: table.by_day,
            by_year: table.by_year,
            by,
            valid_days: table.valid_days,
            source: table.source.clone(),
            currency,
            rows: Vec::new(),
        };
        for row in &table.rows {
            if let Some(row) = self.table_row(&param, row) {
                param.rows.push(row);
            }
        }
        let id = ParamId(u32::try_from(self.scheme.params.len()).unwrap_or(u32::MAX));
        self.scheme.params.push(param);
        self.declare_name(&table.name, Meaning::Param(id));
    }

    fn table_row(&mut self, param: &Param, row: &'a crate::syntax::ast::TableRow) -> Option<ParamRow> {
        let node = self.expr(&row.value, None)?;
        let value = self.fit(node, param.unit).and_then(|fitted| self.constant(fitted));
        let Some(value) = value else {
            let (ty, ty_en) = (self.unit_word(self.ty(node)), self.type_en(self.ty(node)));
            let wanted = self.unit_word(Type::Number(param.unit));
            let wanted_en = self.type_en(Type::Number(param.unit));
            self.fault(
                Diagnostic::new(
                    "E0214",
                    row.value.span,
                    format!("这里应是以 {wanted} 计的数，写的是 {ty}"),
                    format!("a number of {wanted_en} is expected, this is {ty_en}"),
                )
                .help("改写单位", "change the unit"),
            );
            return None;
        };
        let mut out = ParamRow { day: None, year: None, choices: Vec::new(), value, announced: row.announced };
        for key in &row.keys {
            match key {
                TableKey::Day(day) if param.by_day => out.day = Some(*day),
                TableKey::Year(year) if param.by_year => out.year = Some(*year),
                TableKey::Choice(name) => {
                    let fact = param.by.get(out.choices.len()).copied();
                    let choice = fact.and_then(|fact| self.choice(fact, &name.text));
                    match choice {
                        Some(choice) => out.choices.push(choice),
                        None => self.unknown_choice(name, fact.map(ChoiceSet::from)),
                    }
                }
                _ => self.fault(
                    Diagnostic::new("E0212", row.span, "这一行的索引与参数的声明不符", "the index of this row does not match the declaration")
                        .help("按日写日期，按年写年份，按选项写选项", "a day for 按日, a year for 按年, choices for 按 …"),
                ),
            }
        }
        if out.choices.len() != param.by.len() || (param.by_day && out.day.is_none()) || (param.by_year && out.year.is_none()) {
            self.fault(
                Diagnostic::new("E0212", row.span, "这一行的索引不全", "the index of this row is not complete")
                    .help("每个索引写一个值，用、分开", "one value for each index, separated by 、"),
            );
            return None;
        }
        Some(out)
    }

    /// Position of a choice.
    pub(super) fn choice(&self, set: impl Into<ChoiceSet>, word: &str) -> Option<u16> {
        let set = set.into();
        let word = if set.fact.0 == 0 && word == "个体" { "个体工商户" } else { word };
        let at = self.scheme.choices(set).iter().position(|known| known == word)?;
        u16::try_from(at).ok()
    }

    pub(super) fn unknown_choice(&mut self, name: &Name, set: Option<ChoiceSet>) {
        let known: Vec<String> = set.map(|set| self.scheme.choices(set).to_vec()).unwrap_or_default();
        let near = nearest(&name.text, known.iter().map(String::as_str)).map(String::from);
        let diagnostic = Diagnostic::new("E0203", name.span, format!("没有“{}”这个选项", name.text), format!("there is no choice '{}'", name.text));
        let list = known.join("、");
        self.fault(match near {
            Some(near) => diagnostic.help(format!("是不是“{near}”？可选：{list}"), format!("did you mean '{near}'? Choices: {list}")).replace(near),
            None => diagnostic.help(format!("可选：{list}"), format!("choices: {list}")),
        });
    }

    /// A clause by the id written.
    pub(super) fn clause_id(&mut self, name: &Name) -> Option<ClauseId> {
        if let Some((id, _)) = self.clause_ids.get(&name.text) {
            return Some(*id);
        }
        let near = nearest(&name.text, self.clause_ids.keys().map(String::as_str)).map(String::from);
        let diagnostic = Diagnostic::new("E0205", name.span, format!("没有条款 {}", name.text), format!("there is no clause {}", name.text));
        self.fault(match near {
            Some(near) => diagnostic.help(format!("是不是 {near}？"), format!("did you mean {near}?")).replace(near),
            None => diagnostic.help("检查条款编号", "check the id"),
        });
        None
    }
}

fn merge_policy(policy: &mut Policy, block: &PolicyBlock) {
    if let Some(title) = &block.title {
        policy.title.clone_from(title);
    }
    for (key, words, _) in &block.lines {
        let words = Some(words.join("、")).filter(|w| !w.is_empty());
        match *key {
            "机关" => policy.authority = words,
            "地区" => policy.region = words,
            "稿别" => policy.stage = words,
            "修订" => policy.amends = words,
            _ => {}
        }
    }
    policy.published = block.published.or(policy.published);
    policy.comment_period = block.comment_period.or(policy.comment_period);
    policy.in_force = block.in_force.flatten().or(policy.in_force);
    policy.in_force_year = block.in_force_year.or(policy.in_force_year);
    policy.in_force_after_days = block.in_force_after_days.or(policy.in_force_after_days);
    policy.expires = block.expires.flatten().or(policy.expires);
    policy.boundary = block.boundary.or(policy.boundary);
}

fn empty_clause(id: &str, title: &str) -> Clause {
    Clause {
        id: id.to_owned(),
        title: title.to_owned(),
        applicants: Vec::new(),
        beneficiary: None,
        beneficiary_list: None,
        conditions: Vec::new(),
        bars: Vec::new(),
        gate_set: 0,
        locals: Vec::new(),
        rank: None,
        give: None,
        frequency: None,
        limits: Vec::new(),
        instalments: Vec::new(),
        kind: None,
        kind_as: None,
        lead: Vec::new(),
        with: Vec::new(),
        evidence: Vec::new(),
        facts: Vec::new(),
        open_readings: Vec::new(),
    }
}
