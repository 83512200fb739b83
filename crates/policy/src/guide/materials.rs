//! 材料 and 附表: which papers prove which facts and who confirms them, and the table of facts an applicant fills in.

use super::{Block, Cell, Table, Writer};
use crate::asked::{Asked, Year};
use crate::scheme::{Clause, FactId, FactType};
use values::Lang;

/// Papers that prove the same facts and are confirmed by the same units.
struct Material {
    papers: Vec<String>,
    facts: Vec<String>,
    verified_by: Vec<String>,
}

/// Papers are written with 、 between them; inside parentheses it belongs to the name of one.
fn papers(words: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut depth = 0_i32;
    for c in words.chars() {
        match c {
            '（' | '(' => depth += 1,
            '）' | ')' => depth -= 1,
            _ => {}
        }
        if c == '、' && depth == 0 {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out.retain(|p| !p.trim().is_empty());
    out
}

impl Writer<'_> {
    /// Papers of these facts, each paper once.
    pub(super) fn materials(&self, facts: &[FactId], clause: Option<&Clause>) -> Vec<Block> {
        // First each paper with what it proves, in order of first mention.
        let mut single: Vec<Material> = Vec::new();
        let mut add = |paper: String, fact: &str, verified_by: &[String]| match single.iter_mut().find(|m| m.papers == [paper.as_str()]) {
            Some(known) => {
                if !fact.is_empty() && !known.facts.iter().any(|f| f == fact) {
                    known.facts.push(fact.to_owned());
                }
                for unit in verified_by {
                    if !known.verified_by.contains(unit) {
                        known.verified_by.push(unit.clone());
                    }
                }
            }
            None => single.push(Material {
                papers: vec![paper],
                facts: if fact.is_empty() { Vec::new() } else { vec![fact.to_owned()] },
                verified_by: verified_by.to_vec(),
            }),
        };
        let mut without = Vec::new();
        let mut checked: Vec<(String, Vec<String>)> = Vec::new();
        for id in facts {
            let Some(fact) = self.scheme.fact(*id) else { continue };
            let own = clause.iter().flat_map(|c| &c.evidence).filter(|(of, _)| *of == Some(*id)).flat_map(|(_, papers)| papers);
            let all: Vec<String> = fact.evidence.iter().chain(own).flat_map(|words| papers(words)).collect();
            if all.is_empty() && fact.verified_by.is_empty() {
                without.push(fact.name.clone());
            } else if all.is_empty() {
                checked.push((fact.name.clone(), fact.verified_by.clone()));
            }
            for paper in all {
                add(paper, &fact.name, &fact.verified_by);
            }
        }
        for (_, words) in clause.iter().flat_map(|c| &c.evidence).filter(|(of, _)| of.is_none()) {
            words.iter().flat_map(|w| papers(w)).for_each(|paper| add(paper, "", &[]));
        }
        // Then papers that prove the same are one line.
        let mut merged: Vec<Material> = Vec::new();
        for one in single {
            match merged.iter_mut().find(|m| m.facts == one.facts && m.verified_by == one.verified_by) {
                Some(known) => known.papers.extend(one.papers),
                None => merged.push(one),
            }
        }
        let mut rows: Vec<Vec<Cell>> =
            merged.iter().map(|m| vec![self.list(&m.papers).into(), self.list(&m.facts).into(), self.list(&m.verified_by).into()]).collect();
        rows.extend(checked.into_iter().map(|(fact, units)| vec![self.pick("无需提交", "nothing to hand in").into(), fact.into(), self.list(&units).into()]));
        for row in &mut rows {
            if let Some(last) = row.last_mut().filter(|c| c.words.is_empty()) {
                last.words = "—".to_owned();
            }
        }
        let mut out = Vec::new();
        if !rows.is_empty() {
            let columns = vec![self.pick("材料", "paper"), self.pick("证明的内容", "what it proves"), self.pick("核验单位", "confirmed by")];
            out.push(Block::Table(Table { columns, widths: vec![5, 5, 3], rows }));
        }
        if !without.is_empty() {
            let names = self.list(&without);
            out.push(Block::Text(match self.lang {
                Lang::Zh => format!("{names}：政策没有列明材料，如实填写；需要补充材料的，由受理单位公布。"),
                Lang::En => format!("{names}: the policy names no papers; fill in truthfully. Further papers, if any, are announced by {}.", self.receiver()),
            }));
        }
        out
    }

    /// The years of a fact in words, for the award year.
    pub(super) fn years(&self, asked: &Asked) -> String {
        let Some(fact) = self.scheme.fact(asked.fact) else { return String::new() };
        if let Some(window) = &fact.window {
            return window.clone();
        }
        if !fact.by_year && !fact.by_month {
            return self.pick("申报时", "when applying");
        }
        let words: Vec<String> = asked
            .years
            .iter()
            .map(|year| match (year, self.lang) {
                (Year::Before(0), Lang::Zh) => "认定年度".to_owned(),
                (Year::Before(0), Lang::En) => "the award year".to_owned(),
                (Year::Before(1), Lang::Zh) => "上年度".to_owned(),
                (Year::Before(1), Lang::En) => "the year before".to_owned(),
                (Year::Before(n), Lang::Zh) => format!("认定年度前第{n}年"),
                (Year::Before(n), Lang::En) => format!("{n} years before"),
                (Year::Fixed(y), Lang::Zh) => format!("{y}年"),
                (Year::Fixed(y), Lang::En) => y.to_string(),
                (Year::Since(y), Lang::Zh) => format!("{y}年以来各年"),
                (Year::Since(y), Lang::En) => format!("each year since {y}"),
            })
            .collect();
        let mut out = self.list(&words);
        if fact.by_month {
            let months: Vec<String> = asked.months.iter().map(|m| if self.lang == Lang::Zh { format!("{m}月") } else { format!("month {m}") }).collect();
            out = if months.is_empty() { format!("{out}{}", self.pick("各月", ", by month")) } else { format!("{out}{}", self.list(&months)) };
        }
        out
    }

    fn kind_of_answer(&self, ty: &FactType) -> String {
        match ty {
            FactType::YesNo => self.pick("是 □　否 □", "yes □  no □"),
            FactType::Date => self.pick("日期", "date"),
            FactType::Year => self.pick("年份", "year"),
            FactType::Text => self.pick("文字", "text"),
            FactType::Choice(words) => words.iter().map(|w| format!("{w} □")).collect::<Vec<_>>().join("　"),
            FactType::List { .. } => self.pick("名单，逐条填写", "a list, one line each"),
            FactType::Number { word, .. } if word == "比率" => "%".to_owned(),
            FactType::Number { word, whole, .. } => match (*whole, self.lang) {
                (true, Lang::Zh) => format!("{word}（整数）"),
                (true, Lang::En) => format!("{word} (whole)"),
                (false, _) => word.clone(),
            },
        }
    }

    /// The table an applicant fills in.
    pub(super) fn form_table(&self, asked: &[Asked]) -> Table {
        let mut rows: Vec<Vec<Cell>> = Vec::new();
        for (number, one) in (1..).zip(asked) {
            let Some(fact) = self.scheme.fact(one.fact) else { continue };
            let name = match &fact.question {
                Some(question) if self.lang == Lang::Zh => format!("{}（{question}）", fact.name),
                _ => fact.name.clone(),
            };
            rows.push(vec![number.to_string().into(), name.into(), self.kind_of_answer(&fact.ty).into(), self.years(one).into(), "".into()]);
            if let FactType::List { fields, .. } = &fact.ty {
                for (column, field) in (1..).zip(fields) {
                    rows.push(vec![
                        format!("{number}.{column}").into(),
                        field.name.clone().into(),
                        self.kind_of_answer(&field.ty).into(),
                        "".into(),
                        "".into(),
                    ]);
                }
            }
        }
        Table { columns: self.form_columns(), widths: vec![2, 9, 5, 5, 6], rows }
    }

    pub(super) fn form_columns(&self) -> Vec<String> {
        [("序号", "no."), ("填报内容", "what"), ("填法、单位", "how, unit"), ("年度、期间", "year, period"), ("申报人填写", "to fill in")]
            .iter()
            .map(|(zh, en)| self.pick(zh, en))
            .collect()
    }
}
