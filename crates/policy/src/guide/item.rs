//! One clause as a section: 对象, 条件, 标准, 材料, 流程, 时限, 受理单位, 附表; then readings and the official words.

use super::{About, Block, Cell, Row, Section, Table, Writer};
use crate::asked::{self, Asked};
use crate::plain::terms::{applicants, key, prose, tight};
use crate::scheme::{Clause, ClauseId, FactId, Give, NodeId, Op, Origin, Scheme};
use values::Lang;

/// Anchor of a clause's section.
pub(super) fn anchor(clause: &Clause) -> String {
    format!("item-{}", clause.id)
}

/// Number of a clause's form among the annexes; the common form is 1.
fn form_number(scheme: &Scheme, id: ClauseId) -> Option<usize> {
    let with: Vec<ClauseId> = scheme.clause_ids().map(|(c, _)| c).filter(|c| asked::of(scheme, *c).iter().any(|a| !a.general)).collect();
    with.iter().position(|c| *c == id).map(|at| at + 2)
}

fn form_anchor(number: usize) -> String {
    format!("form-{number}")
}

impl Writer<'_> {
    pub(super) fn item(&self, id: ClauseId, clause: &Clause) -> Section {
        let asked: Vec<Asked> = asked::of(self.scheme, id).into_iter().filter(|a| !a.general).collect();
        let facts: Vec<FactId> = asked.iter().map(|a| a.fact).collect();
        let mut rows = vec![self.row("对象", "Who may apply", self.who(clause)), self.row("条件", "Conditions", self.conditions(clause))];
        rows.push(self.row("标准", "Award", self.standard(clause)));
        let mut papers = self.materials(&facts, Some(clause));
        papers.push(Block::Text(self.pick("“共同事项”所列的材料一并提交。", "With the papers listed under “What holds for all items”.")));
        rows.push(self.row("材料", "Papers", papers));
        rows.push(self.row("流程", "Procedure", self.own_process(clause)));
        rows.push(self.row("时限", "Time", self.time(clause, &asked)));
        rows.push(self.row("受理单位", "Where", self.where_(clause)));
        rows.push(self.row("附表", "Form", vec![Block::Text(self.forms(id))]));
        let readings = self.readings(id);
        if !readings.is_empty() {
            rows.push(self.row("原文的理解", "How the text is read", vec![Block::List(readings)]));
        }
        let words = self.scheme.clause_words.get(id.index()).map(|w| w.paragraphs.clone()).unwrap_or_default();
        if !words.is_empty() {
            rows.push(self.row("政策原文", "Official words", vec![Block::Official(words)]));
        }
        Section {
            about: About::Clause(clause.id.clone()),
            anchor: anchor(clause),
            title: format!("{}　{}", clause.id, clause.title),
            lead: Some(self.headline(clause)),
            rows,
        }
    }

    fn who(&self, clause: &Clause) -> Vec<Block> {
        let kinds = applicants(self.scheme, clause);
        let mut out = vec![Block::Text(if kinds.is_empty() {
            self.pick("不限申报人类型。", "Any kind of applicant.")
        } else {
            format!("{}{}", self.list(&kinds), self.pick("。", "."))
        })];
        if let Some(paid) = &clause.beneficiary {
            out.push(Block::Text(match self.lang {
                Lang::Zh => format!("受益人：{paid}。"),
                Lang::En => format!("Paid to: {paid}."),
            }));
        }
        out
    }

    fn conditions(&self, clause: &Clause) -> Vec<Block> {
        let own = |origin: Origin| origin == Origin::Clause;
        let tests: Vec<String> = clause.conditions.iter().filter(|t| own(t.origin)).map(|t| self.test(t.node)).collect();
        let bars: Vec<String> = clause.bars.iter().filter(|t| own(t.origin)).map(|t| self.test(t.node)).collect();
        let mut out = Vec::new();
        match tests.len() {
            0 => out.push(Block::Text(self.pick("符合“共同事项”所列条件即可。", "Only what holds for all items."))),
            1 => out.push(Block::List(tests)),
            _ => out.extend([Block::Text(self.pick("同时符合：", "All of these:")), Block::List(tests)]),
        }
        if !bars.is_empty() {
            out.extend([Block::Text(self.pick("有下列情形之一的，不予支持：", "Excluded by any of these:")), Block::List(bars)]);
        }
        if let Some(rank) = &clause.rank {
            let score = prose(self.scheme, rank.score, self.lang);
            let each = rank.each.map(|f| key(self.scheme, crate::scheme::Key::Fact(f), self.lang));
            let among = match (&each, self.lang) {
                (Some(each), Lang::Zh) => format!("在每个{each}内"),
                (Some(each), Lang::En) => format!(" inside each {each}"),
                (None, _) => String::new(),
            };
            let all = if rank.all_records { self.pick("，未申报的参加者也计名次", "; those who do not apply count too") } else { String::new() };
            let order = if rank.lowest_first { self.pick("从低到高", "lowest first") } else { self.pick("从高到低", "highest first") };
            let top = rank.top.map(|n| n.to_string());
            out.push(Block::Text(match (self.lang, top) {
                (Lang::Zh, Some(n)) => format!("{among}按{score}{order}排名，列前{n}名（并列的同为该名次）{all}。"),
                (Lang::Zh, None) => format!("{among}按{score}{order}排名{all}。"),
                (Lang::En, Some(n)) => format!("Among the first {n} by {score}, {order}{among}{all}."),
                (Lang::En, None) => format!("Ranked by {score}, {order}{among}{all}."),
            }));
        }
        out
    }

    /// A condition; a definition is said with what it stands for.
    fn test(&self, node: NodeId) -> String {
        let words = prose(self.scheme, node, self.lang);
        match self.scheme.node(node).map(|n| &n.op) {
            Some(Op::Named(_, inner)) => match (self.tests(*inner).as_slice(), self.lang) {
                ([one], Lang::Zh) => format!("{words}，即{one}"),
                ([one], Lang::En) => format!("{words}: {one}"),
                (all, Lang::Zh) => format!("{words}，即同时：{}", all.join("；")),
                (all, Lang::En) => format!("{words}, that is all of: {}", all.join("; ")),
            },
            // 任一 of conditions reads as a sentence.
            Some(Op::Gather(crate::scheme::Gather::Any, ..)) if self.lang == Lang::Zh => format!("{}（有一项即可）", self.cases(node).join("，或")),
            _ => words,
        }
    }

    fn own_process(&self, clause: &Clause) -> Vec<Block> {
        let mut steps = Vec::new();
        if clause.rank.is_some() {
            steps.push(self.pick("全部记录收齐后排定名次。", "Places are settled when all records are in."));
        }
        if matches!(clause.give, Some(Give::UpTo(_) | Give::Decided(_))) {
            steps.push(self.pick("审核通过后，在上限以内审定具体金额。", "The amount is then decided, up to the ceiling."));
        }
        if matches!(clause.give, Some(Give::Service(_))) {
            steps.push(self.pick("审核通过后提供服务，不拨付资金。", "The service is then given; no money is paid."));
        }
        if clause.kind.is_some() && self.scheme.groups.iter().any(|g| g.same.contains(&crate::scheme::Key::Project)) {
            steps.push(self.pick("申报时写明所申报的项目名称。", "Name the project that is applied for."));
        }
        let general = self.pick("按“申报流程”办理。", "As under “How an application goes”.");
        vec![Block::Text(std::iter::once(general).chain(steps).collect::<Vec<_>>().join(self.pick("", " ").as_str()))]
    }

    fn time(&self, clause: &Clause, asked: &[Asked]) -> Vec<Block> {
        let mut out = vec![self.pick("申报起止日期由受理单位公布。", "The dates of a round are announced by the unit that receives applications.")];
        if let Some(end) = self.scheme.policy.expires {
            out.push(match self.lang {
                Lang::Zh => format!("政策执行到{end}为止。"),
                Lang::En => format!("The policy applies until {end}."),
            });
        }
        for one in asked {
            if let Some(fact) = self.scheme.fact(one.fact)
                && let Some(window) = &fact.window
            {
                out.push(match self.lang {
                    Lang::Zh => format!("{}：按{window}的数计。", fact.name),
                    Lang::En => format!("{}: counted over {window}.", fact.name),
                });
            }
        }
        if clause.conditions.iter().any(|t| self.looks_at_the_day(t.node)) {
            out.push(self.pick("成立、运行等年限算到申报的截止日。", "Ages are counted to the closing day of the application."));
        }
        vec![Block::Text(out.join(self.pick("", " ").as_str()))]
    }

    fn looks_at_the_day(&self, node: NodeId) -> bool {
        self.scheme.node(node).is_some_and(|n| {
            matches!(n.op, Op::Aged { until: None, .. } | Op::AsOf) || crate::check::children(&n.op).into_iter().any(|c| self.looks_at_the_day(c))
        })
    }

    fn where_(&self, clause: &Clause) -> Vec<Block> {
        let mut out = Vec::new();
        if clause.lead.is_empty() {
            out.push(Block::Text(self.pick("政策没有写明牵头单位，由发布机关公布。", "The policy names no lead unit; the issuing authority announces it.")));
        } else {
            out.push(Block::Text(match self.lang {
                Lang::Zh => format!("牵头单位：{}", self.list(&clause.lead)),
                Lang::En => format!("Lead: {}", self.list(&clause.lead)),
            }));
        }
        if !clause.with.is_empty() {
            out.push(Block::Text(match self.lang {
                Lang::Zh => format!("参与单位：{}", self.list(&clause.with)),
                Lang::En => format!("With: {}", self.list(&clause.with)),
            }));
        }
        out.push(Block::Text(self.pick("地址和联系方式由受理单位公布。", "Address and contact are announced by that unit.")));
        out
    }

    fn forms(&self, id: ClauseId) -> String {
        match (form_number(self.scheme, id), self.lang) {
            (Some(n), Lang::Zh) => format!("附表1（共同事项）、附表{n}。"),
            (Some(n), Lang::En) => format!("Annex 1 (common) and annex {n}."),
            (None, Lang::Zh) => "附表1（共同事项）。".to_owned(),
            (None, Lang::En) => "Annex 1 (common).".to_owned(),
        }
    }

    fn readings(&self, id: ClauseId) -> Vec<String> {
        let readings = self.scheme.readings.iter().filter(|r| r.clauses.contains(&id));
        readings
            .map(|r| {
                let words = r.words.as_ref().map_or(String::new(), |w| format!("“{w}”"));
                let taken = tight(&r.taken.join(&self.pick("；", "; ")), self.lang);
                let because = r.because.clone().unwrap_or_default();
                match (r.open, self.lang) {
                    (true, Lang::Zh) => format!("{words}怎样理解尚未决定，决定以前不兑付。{because}。"),
                    (true, Lang::En) => format!("{words}: how to read it is not decided; nothing is paid until it is. {because}."),
                    (false, Lang::Zh) if because.is_empty() => format!("{words}按“{taken}”执行。"),
                    (false, Lang::Zh) => format!("{words}按“{taken}”执行。需要说明的是：{because}。"),
                    (false, Lang::En) if because.is_empty() => format!("{words} is read as “{taken}”."),
                    (false, Lang::En) => format!("{words} is read as “{taken}”. Why it is said: {because}."),
                }
            })
            .collect()
    }

    /// 附表1: who applies, and what every item asks.
    pub(super) fn common_form(&self) -> Section {
        let mut table = self.form_table(&self.general_facts());
        let kinds: Vec<String> = self.scheme.choices(self.scheme.kind_fact()).iter().map(|k| format!("{k} □")).collect();
        let head = [
            (self.pick("申报人名称", "name of the applicant"), self.pick("文字", "text")),
            (self.pick("统一社会信用代码", "unified social credit code"), self.pick("18位", "18 characters")),
            (self.pick("申报人类型", "kind of applicant"), kinds.join("　")),
            (self.pick("认定年度", "award year"), self.pick("年份", "year")),
            (self.pick("申报的事项和项目名称", "items applied for, and their projects"), self.pick("文字", "text")),
        ];
        let count = head.len();
        let mut rows: Vec<Vec<Cell>> = (1..)
            .zip(head)
            .map(|(n, (name, how))| vec![n.to_string().into(), name.into(), how.into(), self.pick("申报时", "when applying").into(), "".into()])
            .collect();
        for row in &mut table.rows {
            if let Some(first) = row.first_mut() {
                first.words = shifted(&first.words, count);
            }
        }
        rows.extend(std::mem::take(&mut table.rows));
        Section {
            about: About::Form(None),
            anchor: form_anchor(1),
            title: self.pick("附表1　共同事项申报表", "Annex 1: common form"),
            lead: None,
            rows: vec![Row { label: String::new(), blocks: vec![Block::Table(Table { rows, ..table }), Block::Text(self.promise())] }],
        }
    }

    fn promise(&self) -> String {
        self.pick("申报人承诺：以上内容属实。　　签章：　　　　　　　日期：", "The applicant declares that this is true.   Seal:              Date:")
    }

    /// The form of a clause, where it asks more than the common one.
    pub(super) fn form(&self, id: ClauseId, clause: &Clause) -> Option<Section> {
        let number = form_number(self.scheme, id)?;
        let asked: Vec<Asked> = asked::of(self.scheme, id).into_iter().filter(|a| !a.general).collect();
        let title = match self.lang {
            Lang::Zh => format!("附表{number}　{}申报表（{}）", clause.title, clause.id),
            Lang::En => format!("Annex {number}: {} ({})", clause.title, clause.id),
        };
        Some(Section {
            about: About::Form(Some(clause.id.clone())),
            anchor: form_anchor(number),
            title,
            lead: None,
            rows: vec![Row { label: String::new(), blocks: vec![Block::Table(self.form_table(&asked))] }],
        })
    }
}

/// `2.1` after five rows is `7.1`.
fn shifted(number: &str, by: usize) -> String {
    let (whole, rest) = number.split_once('.').map_or((number, None), |(a, b)| (a, Some(b)));
    let whole = whole.parse::<usize>().map_or(whole.to_owned(), |n| (n + by).to_string());
    rest.map_or(whole.clone(), |rest| format!("{whole}.{rest}"))
}
