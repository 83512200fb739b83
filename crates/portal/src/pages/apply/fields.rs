//! The fields of the form, made from the scheme: each fact with the rule that looks at it, its papers, what was typed and
//! what is wrong with that.

use super::super::{Given, calculator::years};
use super::draft::Draft;
use super::usable::{fact_at, rows_of};
use casework::case::Evidence;
use policy::asked::{self, Asked};
use policy::diagnostic::Severity;
use policy::input::InputError;
use policy::plain::phrase;
use policy::scheme::{ClauseId, Fact, FactId, FactType};
use values::Lang;

/// Facts under one heading.
pub struct Group {
    pub title: String,
    pub facts: Vec<FactField>,
}

/// A fact as it is asked.
pub struct FactField {
    /// Id in the page.
    pub id: String,
    /// The fact.
    pub name: String,
    /// What the rules want of it.
    pub rule: String,
    pub hint: String,
    pub inputs: Vec<Input>,
    pub list: Option<List>,
    /// Papers that prove it, in words; empty: none are asked for.
    pub papers: String,
    pub files: Vec<File>,
    /// What is wrong with it.
    pub wrong: Vec<String>,
    /// It was typed and no paper proves it yet.
    pub is_unproven: bool,
}

/// One control.
pub struct Input {
    pub id: String,
    pub name: String,
    /// What it is of, where a fact has several: a year, a month, a column.
    pub label: String,
    /// The column of a list it stands in.
    pub column: String,
    pub kind: Kind,
    pub value: String,
    pub is_wrong: bool,
}

/// How something is asked.
pub enum Kind {
    YesNo,
    Number(String),
    Day,
    Choice(Vec<String>),
    Words,
}

/// A list of records.
pub struct List {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Input>>,
    /// It was said that there is nothing to name.
    pub is_none: bool,
}

/// A paper that is there.
pub struct File {
    pub name: String,
    pub digest: String,
    /// How large it is, and how its fingerprint begins.
    pub about: String,
}

impl Kind {
    fn of(ty: &FactType) -> Self {
        match ty {
            FactType::YesNo => Self::YesNo,
            FactType::Number { word, .. } => Self::Number(word.clone()),
            FactType::Date => Self::Day,
            FactType::Choice(choices) => Self::Choice(choices.clone()),
            FactType::Year | FactType::Text | FactType::List { .. } => Self::Words,
        }
    }
}

/// What the form is made from.
pub struct Maker<'d> {
    pub draft: &'d Draft,
    pub typed: &'d Given,
    pub wrong: &'d [InputError],
    pub lang: Lang,
}

impl Maker<'_> {
    /// What every clause that is applied for asks: the kind of applicant, then the facts of general rules.
    pub fn general(&self) -> Vec<FactField> {
        let scheme = self.draft.scheme();
        let clauses = self.draft.clause_ids(self.typed);
        let mut out: Vec<FactField> = scheme.fact(scheme.kind_fact()).map(|fact| self.kind_field(fact)).into_iter().collect();
        let mut seen = Vec::new();
        for one in clauses.iter().flat_map(|id| asked::of(scheme, *id)).filter(|one| one.general) {
            if !seen.contains(&one.fact) {
                seen.push(one.fact);
                out.extend(self.field(&one, &clauses));
            }
        }
        out
    }

    /// The facts of each clause that is applied for, each fact once.
    pub fn of_clauses(&self) -> Vec<Group> {
        let scheme = self.draft.scheme();
        let clauses = self.draft.clause_ids(self.typed);
        let general: Vec<FactId> = clauses.iter().flat_map(|id| asked::of(scheme, *id)).filter(|one| one.general).map(|one| one.fact).collect();
        let mut seen = general;
        let mut out = Vec::new();
        for id in &clauses {
            let Some(clause) = scheme.clause(*id) else { continue };
            let mut facts = Vec::new();
            for one in asked::of(scheme, *id) {
                if !seen.contains(&one.fact) {
                    seen.push(one.fact);
                    facts.extend(self.field(&one, &clauses));
                }
            }
            facts.extend(self.papers_of_clause(*id));
            out.push(Group { title: clause.title.clone(), facts });
        }
        out
    }

    fn kind_field(&self, fact: &Fact) -> FactField {
        let name = format!("f.{}", fact.name);
        let wrong = self.words("applicant.kind", |field| field == "applicant.kind");
        let input = self.input("kind-0".into(), name, String::new(), &fact.ty, !wrong.is_empty());
        FactField {
            id: "kind".into(),
            name: fact.name.clone(),
            rule: String::new(),
            hint: self.pick("与营业执照一致", "as on the business licence"),
            inputs: vec![input],
            list: None,
            papers: String::new(),
            files: Vec::new(),
            wrong,
            is_unproven: false,
        }
    }

    /// Papers that a clause asks for and that prove no fact in particular.
    fn papers_of_clause(&self, id: ClauseId) -> Option<FactField> {
        let clause = self.draft.scheme().clause(id)?;
        let papers: Vec<&str> = clause.evidence.iter().filter(|(of, _)| of.is_none()).flat_map(|(_, papers)| papers).map(String::as_str).collect();
        (!papers.is_empty()).then(|| FactField {
            id: format!("p{}", id.index()),
            name: String::new(),
            rule: String::new(),
            hint: String::new(),
            inputs: Vec::new(),
            list: None,
            papers: papers.join("、"),
            files: self.files(|paper| paper.facts.is_empty()),
            wrong: Vec::new(),
            is_unproven: false,
        })
    }

    fn field(&self, one: &Asked, clauses: &[ClauseId]) -> Option<FactField> {
        let scheme = self.draft.scheme();
        let fact = scheme.fact(one.fact)?;
        let id = format!("f{}", one.fact.index());
        let list = if let FactType::List { .. } = &fact.ty { Some(self.list(&id, fact)) } else { None };
        let inputs = if list.is_some() { Vec::new() } else { self.inputs(&id, one, fact) };
        let of_fact = |field: &str| fact_at(field).is_some_and(|key| key.split('@').next() == Some(fact.name.as_str()));
        let papers = papers_of(self.draft, one.fact, clauses);
        let files = self.files(|paper| paper.facts.iter().any(|of| of.split('@').next() == Some(fact.name.as_str())));
        let is_typed = inputs.iter().any(|input| !input.value.is_empty() && input.value != "否") || list.as_ref().is_some_and(|list| !list.rows.is_empty());
        Some(FactField {
            rule: self.rule(one.fact, fact, clauses),
            hint: fact.question.clone().or_else(|| fact.window.clone()).unwrap_or_default(),
            wrong: self.words(&id, of_fact),
            is_unproven: is_typed && !papers.is_empty() && files.is_empty(),
            name: fact.name.clone(),
            papers: papers.join("、"),
            id,
            inputs,
            list,
            files,
        })
    }

    fn inputs(&self, id: &str, one: &Asked, fact: &Fact) -> Vec<Input> {
        let year = self.draft.call.year;
        let ats = years(one, year, fact);
        let several = ats.len() > 1 || fact.by_month;
        let mut out = Vec::new();
        for at in ats {
            let of_year = at.unwrap_or(year);
            let months: Vec<Option<u8>> = match fact.by_month {
                false => vec![None],
                true if one.months.is_empty() => (1..=12).map(Some).collect(),
                true => one.months.iter().copied().map(Some).collect(),
            };
            for month in months {
                let key = match (month, at) {
                    (Some(month), _) => format!("{}@{of_year}-{month:02}", fact.name),
                    (None, Some(at)) => format!("{}@{at}", fact.name),
                    (None, None) => fact.name.clone(),
                };
                let label = match (month, several || at.is_some()) {
                    (Some(month), _) => self.pick(&format!("{of_year} 年 {month} 月"), &format!("{of_year}-{month:02}")),
                    (None, true) => self.pick(&format!("{of_year} 年"), &of_year.to_string()),
                    (None, false) => String::new(),
                };
                let is_wrong = self.wrong.iter().any(|error| fact_at(&error.field) == Some(key.as_str()));
                let id = if out.is_empty() { format!("{id}-0") } else { format!("{id}-{}", out.len()) };
                out.push(self.input(id, format!("f.{key}"), label, &fact.ty, is_wrong));
            }
        }
        out
    }

    fn list(&self, id: &str, fact: &Fact) -> List {
        let FactType::List { fields, .. } = &fact.ty else { return List { columns: Vec::new(), rows: Vec::new(), is_none: false } };
        let cell = |at: usize, column: usize, field: &policy::scheme::Field| {
            let place = format!("facts.{}[{}].{}", fact.name, at + 1, field.name);
            let is_wrong = self.wrong.iter().any(|error| error.field == place);
            let label = self.pick(&format!("第 {} 行 {}", at + 1, field.name), &format!("row {}: {}", at + 1, field.name));
            let input = self.input(format!("{id}-{at}-{column}"), format!("l.{}/{at}/{}", fact.name, field.name), label, &field.ty, is_wrong);
            Input { column: with_unit(field), ..input }
        };
        let row = |at: usize| fields.iter().enumerate().map(|(column, field)| cell(at, column, field)).collect();
        List {
            columns: fields.iter().map(with_unit).collect(),
            rows: (0..rows_of(self.typed, &fact.name)).map(row).collect(),
            is_none: self.typed.get(&format!("n.{}", fact.name)).is_some_and(|number| number == "none"),
        }
    }

    fn input(&self, id: String, name: String, label: String, ty: &FactType, is_wrong: bool) -> Input {
        let value = self.typed.get(&name).cloned().unwrap_or_default();
        Input { id, name, label, column: String::new(), kind: Kind::of(ty), value, is_wrong }
    }

    /// What is wrong, in words, of the places that a test picks.
    fn words(&self, _id: &str, of: impl Fn(&str) -> bool) -> Vec<String> {
        let own = self.wrong.iter().filter(|error| of(&error.field) && error.severity == Severity::Error);
        own.map(|error| format!("{}{}{}", error.message.get(self.lang), self.pick("。", ". "), error.help.get(self.lang))).collect()
    }

    fn files(&self, of: impl Fn(&Evidence) -> bool) -> Vec<File> {
        let papers = self.draft.case.as_ref().map(|(case, _)| case.evidence.as_slice()).unwrap_or_default();
        let file = |paper: &Evidence| {
            let digest = paper.digest.to_string();
            let size = self.draft.sizes.get(&digest).map(|bytes| size_words(*bytes));
            let print = format!("SM3 {}", digest.get(..8).unwrap_or(&digest));
            File { name: paper.name.clone(), about: size.into_iter().chain([print]).collect::<Vec<_>>().join(self.separator()), digest }
        };
        papers.iter().filter(|paper| of(paper)).map(file).collect()
    }

    /// What the clauses want of a fact, in plain words.
    fn rule(&self, id: FactId, fact: &Fact, clauses: &[ClauseId]) -> String {
        let scheme = self.draft.scheme();
        let mut out: Vec<String> = Vec::new();
        let mut say = |words: String| {
            if !out.contains(&words) {
                out.push(words);
            }
        };
        for clause in clauses {
            let used = asked::use_of(scheme, *clause, id);
            for node in used.conditions {
                let bare = asked::is_bare(scheme, node, id) && fact.ty == FactType::YesNo;
                say(if bare { self.pick("要求为“是”", "must be yes") } else { self.pick("要求：", "wanted: ") + &phrase(scheme, node, self.lang) });
            }
            for node in used.bars {
                let bare = asked::is_bare(scheme, node, id) && fact.ty == FactType::YesNo;
                say(if bare {
                    self.pick("要求为“否”", "must be no")
                } else {
                    self.pick("不得有：", "must not be: ") + &phrase(scheme, node, self.lang)
                });
            }
            if used.amount {
                say(self.pick("金额按它计算", "the amount is worked out from it"));
            }
        }
        out.join(&self.pick("；", "; "))
    }

    fn separator(&self) -> &'static str {
        if self.lang == Lang::Zh { "，" } else { ", " }
    }

    fn pick(&self, zh: &str, en: &str) -> String {
        if self.lang == Lang::Zh { zh.to_owned() } else { en.to_owned() }
    }
}

/// The size of a file: 3.4 MB, 12 KB.
fn size_words(bytes: i64) -> String {
    match bytes.saturating_mul(10) >> 20 {
        0 => format!("{} KB", (bytes + 1023) >> 10),
        tenths => format!("{}.{} MB", tenths / 10, tenths % 10),
    }
}

/// The name of a column, with the unit of what stands in it.
fn with_unit(field: &policy::scheme::Field) -> String {
    match &field.ty {
        FactType::Number { word, .. } => format!("{}（{word}）", field.name),
        _ => field.name.clone(),
    }
}

/// Papers that prove a fact, as the policy words them, for the clauses that are applied for.
pub fn papers_of(draft: &Draft, id: FactId, clauses: &[ClauseId]) -> Vec<String> {
    let scheme = draft.scheme();
    let own = scheme.fact(id).map(|fact| fact.evidence.clone()).unwrap_or_default();
    let of_clauses = clauses.iter().filter_map(|clause| scheme.clause(*clause)).flat_map(|clause| &clause.evidence);
    let of_clauses = of_clauses.filter(|(of, _)| *of == Some(id)).flat_map(|(_, papers)| papers.clone());
    let mut out: Vec<String> = Vec::new();
    for paper in own.into_iter().chain(of_clauses) {
        if !out.contains(&paper) {
            out.push(paper);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::size_words;

    #[test]
    fn the_size_of_a_file_is_said_in_the_unit_people_know() {
        assert_eq!(size_words(1), "1 KB");
        assert_eq!(size_words(12_288), "12 KB");
        assert_eq!(size_words(3_600_000), "3.4 MB");
    }
}
