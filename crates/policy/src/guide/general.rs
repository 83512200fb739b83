//! What stands once for all items: dates, the table of items, common conditions and papers, how awards go together,
//! budgets, clawback, and how an application goes.

use super::item::anchor;
use super::{About, Block, Cell, Row, Section, Table, Writer};
use crate::asked::{self, Asked};
use crate::check::{Sentence, SentenceUse};
use crate::plain::terms::{applicants, frequency, group, members, pool, prose};
use crate::scheme::{Clawback, FactId, Give, Origin};
use values::{Lang, WorkCalendar};

impl Writer<'_> {
    /// Facts that general rules ask for, once each.
    pub(super) fn general_facts(&self) -> Vec<Asked> {
        let mut out: Vec<Asked> = Vec::new();
        for (id, _) in self.scheme.clause_ids() {
            for asked in asked::of(self.scheme, id).into_iter().filter(|a| a.general) {
                if !out.iter().any(|a| a.fact == asked.fact) {
                    out.push(asked);
                }
            }
        }
        out
    }

    pub(super) fn about(&self) -> Vec<(String, String)> {
        let policy = &self.scheme.policy;
        let mut out = Vec::new();
        let mut add = |zh: &str, en: &str, words: Option<String>| {
            if let Some(words) = words {
                out.push((self.pick(zh, en), words));
            }
        };
        add("发布机关", "Issued by", policy.authority.clone());
        add("稿别", "Stage", policy.stage.clone());
        add("发布日期", "Published", policy.published.map(|d| d.to_string()));
        add("施行", "In force from", Some(self.in_force()));
        add("执行至", "Until", policy.expires.map(|d| d.to_string()));
        add("政策版本", "Version", Some(format!("{} · {}", policy.id, self.scheme.hash.chars().take(12).collect::<String>())));
        out
    }

    fn in_force(&self) -> String {
        let policy = &self.scheme.policy;
        if let Some(date) = policy.in_force {
            return date.to_string();
        }
        let year = policy.in_force_year.map_or(String::new(), |y| self.pick(&format!("{y}年，"), &format!("{y}, ")));
        let after = policy
            .in_force_after_days
            .map_or(String::new(), |days| self.pick(&format!("，须在公开发布满{days}日之后"), &format!(", {days} days after publication at the earliest")));
        format!("{year}{}{after}", self.pick("具体日期正式公布时确定", "the day to be set on publication"))
    }

    pub(super) fn overview(&self) -> Section {
        let rows: Vec<Vec<Cell>> = self
            .scheme
            .clauses
            .iter()
            .map(|clause| {
                let kinds = applicants(self.scheme, clause);
                let who = if kinds.is_empty() { self.pick("不限", "any") } else { self.list(&kinds) };
                let often = clause.frequency.as_ref().map_or("—".to_owned(), |f| frequency(self.scheme, f, self.lang));
                let lead = if clause.lead.is_empty() { "—".to_owned() } else { self.list(&clause.lead) };
                vec![
                    clause.id.as_str().into(),
                    Cell { words: clause.title.clone(), link: Some(anchor(clause)) },
                    who.into(),
                    self.headline(clause).into(),
                    often.into(),
                    lead.into(),
                ]
            })
            .collect();
        let columns = [("编号", "no."), ("事项", "item"), ("对象", "who"), ("标准", "award"), ("频次", "how often"), ("牵头单位", "lead")];
        let columns = columns.iter().map(|(zh, en)| self.pick(zh, en)).collect();
        let mut blocks = Vec::new();
        if let Some(note) = self.draft() {
            blocks.push(Block::Note(note));
        }
        let count = self.scheme.clauses.len();
        blocks.push(Block::Text(match self.lang {
            Lang::Zh => format!("本政策共有{count}项支持事项。先对照“共同事项”，再看所申报的事项；条件、标准都按政策原文执行，原文附在每项之后。"),
            Lang::En => format!("The policy has {count} items. See first what holds for all of them, then the item itself; the official words follow each."),
        }));
        blocks.push(Block::Table(Table { columns, widths: vec![2, 6, 4, 9, 4, 4], rows }));
        Section {
            about: About::Overview,
            anchor: "overview".into(),
            title: self.pick("一、支持事项一览", "1 All items"),
            lead: None,
            rows: vec![Row { label: String::new(), blocks }],
        }
    }

    /// That the text is a draft, and until when comments are taken.
    fn draft(&self) -> Option<String> {
        let policy = &self.scheme.policy;
        let stage = policy.stage.as_deref().filter(|s| s.contains("征求意见"))?;
        let mut out = match self.lang {
            Lang::Zh => format!("本政策现为{stage}，尚未施行。本指南供了解和测算，申报以正式公布的文本为准。"),
            Lang::En => "The policy is a draft for comment and not in force. This guide informs; applications follow the text as finally published.".to_owned(),
        };
        if let (Some(start), Some((days, working))) = (policy.published, policy.comment_period) {
            let calendar = WorkCalendar::china();
            let end = if working { calendar.deadline_working_days(start, days) } else { calendar.deadline_days(start, days) };
            let unit = if working { self.pick("个工作日", " working days") } else { self.pick("日", " days") };
            out.push_str(&match self.lang {
                Lang::Zh => format!("征求意见到{}（自{start}次日起{days}{unit}）。", end.date),
                Lang::En => format!(" Comments were asked for until {} ({days}{unit} from the day after {start}).", end.date),
            });
        }
        Some(out)
    }

    pub(super) fn general(&self) -> Section {
        let mut rows = Vec::new();
        let mut tests: Vec<String> = Vec::new();
        let mut bars: Vec<String> = Vec::new();
        for clause in &self.scheme.clauses {
            for test in clause.conditions.iter().filter(|t| t.origin != Origin::Clause) {
                tests.extend(self.tests(test.node));
            }
            for test in clause.bars.iter().filter(|t| t.origin != Origin::Clause) {
                bars.extend(self.cases(test.node));
            }
        }
        for list in [&mut tests, &mut bars] {
            let mut seen = Vec::new();
            list.retain(|words| {
                let new = !seen.contains(words);
                seen.push(words.clone());
                new
            });
        }
        if !tests.is_empty() {
            rows.push(self.row("共同条件", "Common conditions", vec![Block::List(tests)]));
        }
        if !bars.is_empty() {
            let head = self.pick("有下列情形的，不纳入支持范围：", "Excluded from all items:");
            rows.push(self.row("不予支持", "Excluded", vec![Block::Text(head), Block::List(bars)]));
        }
        let facts: Vec<FactId> = self.general_facts().iter().map(|a| a.fact).collect();
        let papers = self.materials(&facts, None);
        if !papers.is_empty() {
            rows.push(self.row("共同材料", "Common papers", papers));
        }
        let together: Vec<String> = self.scheme.groups.iter().flat_map(|g| group(self.scheme, g, self.lang)).collect();
        if !together.is_empty() {
            rows.push(self.row("同时申报几项", "Several items", vec![Block::List(together)]));
        }
        let pools: Vec<String> = self.scheme.pools.iter().map(|p| pool(self.scheme, p, self.lang)).collect();
        if !pools.is_empty() {
            rows.push(self.row("资金", "Budget", vec![Block::List(pools)]));
        }
        let clawbacks: Vec<Block> = self.scheme.clawbacks.iter().flat_map(|c| self.clawback(c)).collect();
        if !clawbacks.is_empty() {
            rows.push(self.row("追回", "Recovery", clawbacks));
        }
        let readings: Vec<String> = self
            .scheme
            .readings
            .iter()
            .filter(|r| r.clauses.is_empty() && self.touches_applicants(&r.heading))
            .map(|r| {
                let words = r.words.as_ref().map_or_else(|| named(&r.heading), |w| format!("“{w}”"));
                let taken = crate::plain::terms::tight(&r.taken.join("；"), self.lang);
                match self.lang {
                    Lang::Zh => format!("{words}：{taken}。"),
                    Lang::En => format!("{words}: {taken}."),
                }
            })
            .collect();
        if !readings.is_empty() {
            rows.push(self.row("原文的理解", "How the text is read", vec![Block::List(readings)]));
        }
        Section { about: About::General, anchor: "general".into(), title: self.pick("二、共同事项", "2 What holds for all items"), lead: None, rows }
    }

    /// Readings of groups, budgets and the policy's dates; those of targets decide no award.
    fn touches_applicants(&self, heading: &str) -> bool {
        ["并用", "资金", "政策", "group", "pool", "policy"].iter().any(|w| heading.contains(w))
    }

    fn clawback(&self, rule: &Clawback) -> Vec<Block> {
        let triggers: Vec<String> = rule.triggers.iter().flat_map(|t| self.cases(*t)).collect();
        let who = members(self.scheme, &rule.members, self.lang);
        let much = rule.recover.map_or(self.pick("全额", "all of it"), |n| prose(self.scheme, n, self.lang));
        let months = rule.months.map_or(self.pick("以后", "Afterwards"), |m| match self.lang {
            Lang::Zh if m % 12 == 0 => format!("{}年内", m / 12),
            Lang::Zh => format!("{m}个月内"),
            Lang::En => format!("Within {m} months"),
        });
        let mut more = String::new();
        if rule.stop_payment {
            more.push_str(&self.pick("，尚未拨付的停止拨付", "; payments still due stop"));
        }
        if let Some(years) = rule.bar_years {
            more.push_str(&self.pick(&format!("，{years}年内不得申报"), &format!("; no applications for {years} years")));
        }
        let head = match self.lang {
            Lang::Zh => format!("享受{who}{months}出现下列情形的，追回{much}{more}："),
            Lang::En => format!("{months}, for {who}, recovered: {much}{more}, on"),
        };
        vec![Block::Text(head), Block::List(triggers)]
    }

    /// When a round is open, and when the policy applies.
    fn times(&self) -> Vec<String> {
        let mut times = vec![self.pick("一批申报的起止日期：由受理单位公布。", "Dates of a round: announced by the unit that receives applications.")];
        times.push(format!("{}{}{}", self.pick("政策施行：", "In force from: "), self.in_force(), self.pick("。", ".")));
        if let Some(end) = self.scheme.policy.expires {
            let boundary = match (self.scheme.policy.boundary, self.lang) {
                (Some("事实发生"), Lang::Zh) => "，以事实发生的时间为准",
                (Some("申报"), Lang::Zh) => "，以申报的时间为准",
                (Some("认定"), Lang::Zh) => "，以认定的时间为准",
                (Some("申报"), Lang::En) => ", by the day of the application",
                (Some("认定"), Lang::En) => ", by the day of the determination",
                (Some(_), Lang::En) => ", by when the facts occur",
                _ => "",
            };
            times.push(match self.lang {
                Lang::Zh => format!("执行到{end}为止{boundary}。"),
                Lang::En => format!("Until {end}{boundary}."),
            });
        }
        times
    }

    pub(super) fn process(&self, sentences: &[Sentence]) -> Section {
        let clauses = &self.scheme.clauses;
        let mut steps = vec![
            self.pick(
                "对照条件，填写附表1和所申报事项的附表，备齐材料。",
                "Compare the conditions, fill in annex 1 and the annex of the item, collect the papers.",
            ),
            match clauses.iter().any(|c| !c.lead.is_empty()) {
                true => self.pick(
                    "向事项的牵头单位申报。起止日期、地点和提交方式由受理单位公布。",
                    "Apply to the lead unit of the item. Dates, place and way of handing in are announced by the unit that receives applications.",
                ),
                false => self.pick(
                    "向受理单位申报。受理单位、起止日期、地点和提交方式由发布机关公布。",
                    "Apply to the unit the issuing authority announces, with dates, place and way of handing in.",
                ),
            },
        ];
        if clauses.iter().any(|c| !c.with.is_empty()) {
            steps.push(self.pick(
                "牵头单位会同参与单位审核；“核验单位”一栏所列的单位核验对应的内容。",
                "The lead unit reviews with the participating units; the units named under “confirmed by” confirm their facts.",
            ));
        } else if self.scheme.facts.iter().any(|f| !f.verified_by.is_empty()) {
            steps.push(self.pick("审核；“核验单位”一栏所列的单位核验对应的内容。", "Review; the units named under “confirmed by” confirm their facts."));
        }
        if clauses.iter().any(|c| matches!(c.give, Some(Give::UpTo(_) | Give::Decided(_)))) {
            steps.push(self.pick("只定上限的事项，具体金额在上限以内审定。", "Where only a ceiling is set, the amount is decided up to it."));
        }
        if !self.scheme.groups.is_empty() || !self.scheme.pools.is_empty() {
            steps.push(self.pick(
                "按“共同事项”处理同时申报的几项和年度资金。",
                "Several items of one applicant, and the yearly budget, are settled as said under “What holds for all items”.",
            ));
        }
        steps.push(
            self.pick(
                "审核、公示、拨付的时间由受理单位公布。",
                "When applications are reviewed, published and paid is announced by the unit that receives them.",
            ),
        );
        let mut rows = vec![Row { label: String::new(), blocks: vec![Block::Steps(steps)] }];
        rows.push(self.row("时限", "Time", vec![Block::List(self.times())]));
        let words: Vec<String> = sentences
            .iter()
            .filter(|s| matches!(s.used, SentenceUse::Kind("程序" | "授权")))
            .map(|s| s.words.trim().to_owned())
            .filter(|w| !w.is_empty())
            .collect();
        if !words.is_empty() {
            rows.push(self.row("政策原文", "Official words", vec![Block::Official(words)]));
        }
        Section { about: About::Process, anchor: "process".into(), title: self.pick("三、申报流程", "3 How an application goes"), lead: None, rows }
    }
}

/// The name a heading holds: `并用「就高不重复」` is 就高不重复.
fn named(heading: &str) -> String {
    let inner = heading.split_once(['「', '“']).map_or(heading, |(_, rest)| rest);
    inner.trim_end_matches(['」', '”']).to_owned()
}
