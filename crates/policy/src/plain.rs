//! The scheme in plain words, Chinese or English: expressions, clauses, the policy's dates, names of what is missing.
//! The law's own words (names of facts, units of the office) stay as they are in both languages.

mod clause;
mod phrase;
pub(crate) mod terms;
pub mod worth;

use crate::assessment::Missing;
use crate::scheme::{ClauseId, FactId, FactType, NodeId, ParamId, Scheme, Spoken};
pub use clause::{clause, overview};
pub use phrase::phrase;
pub(crate) use phrase::{comparison, modifier_words, row, written};
use values::Lang;

/// What explanations in one language say in the same words, made once.
pub(crate) fn spoken(scheme: &Scheme, lang: Lang) -> &Spoken {
    let [zh, en] = &scheme.phrases.0;
    let cell = if lang == Lang::Zh { zh } else { en };
    cell.get_or_init(|| {
        let nodes = || (0..scheme.nodes.len()).filter_map(|at| u32::try_from(at).ok()).map(NodeId);
        let mut bars = vec![Box::default(); scheme.nodes.len()];
        for test in scheme.clauses.iter().flat_map(|c| &c.bars) {
            if let Some(slot) = bars.get_mut(test.node.index()) {
                *slot = bar_words(&phrase(scheme, test.node, lang), lang).into_boxed_str();
            }
        }
        Spoken {
            nodes: nodes().map(|at| phrase(scheme, at, lang).into_boxed_str()).collect(),
            steps: nodes().map(|at| phrase::steps(scheme, at, lang)).collect(),
            bars,
            clashes: scheme.groups.iter().map(|group| clash_words(&group.name, lang).into_boxed_str()).collect(),
            readings: scheme.clause_ids().map(|(id, _)| clause_readings(scheme, id, lang)).collect(),
        }
    })
}

fn bar_words(condition: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("排除 {condition}"),
        Lang::En => format!("excluded if {condition}"),
    }
}

fn clash_words(group: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("可能与另一项重复（「{group}」）：申报项目或类别未填"),
        Lang::En => format!("may clash under '{group}': project or kind is not given"),
    }
}

fn clause_readings(scheme: &Scheme, clause: ClauseId, lang: Lang) -> Vec<Box<str>> {
    scheme
        .readings
        .iter()
        .filter(|r| r.clauses.contains(&clause))
        .map(|r| {
            let words = r.words.as_ref().map_or(String::new(), |w| format!("“{w}” "));
            let line = match lang {
                Lang::Zh => format!("{words}取：{}；另：{}", r.taken.join("；"), r.others.join("；或 ")),
                Lang::En => format!("{words}read as: {}; could be: {}", r.taken.join("; "), r.others.join("; or ")),
            };
            line.into_boxed_str()
        })
        .collect()
}

/// The name of something missing, as the exchange format writes it: `品牌年销售额`, `主体税区级留成@2023`,
/// `引进人才[2].认定年度`, `参数 美元汇率`, `决定 1.3`, `名次 1.3`.
pub fn missing(scheme: &Scheme, what: &Missing, lang: Lang) -> String {
    let clause = |id: &ClauseId| scheme.clause(*id).map_or("", |c| c.id.as_str());
    let fact = |id: &FactId| scheme.fact(*id).map_or("", |f| f.name.as_str());
    let say = |zh: &str, en: &str, name: &str| match lang {
        Lang::Zh => format!("{zh} {name}"),
        Lang::En => format!("{en} {name}"),
    };
    match what {
        Missing::Fact(id, year, month) => match (year, month) {
            (None, None) => fact(id).to_owned(),
            (Some(year), None) => format!("{}@{year}", fact(id)),
            (year, Some(month)) => match year {
                Some(year) => format!("{}@{year}-{month:02}", fact(id)),
                None => format!("{}@{month:02}", fact(id)),
            },
        },
        Missing::Field(id, field, record) => format!("{}[{record}].{}", fact(id), field_name(scheme, *id, *field)),
        Missing::Param(id, year) => {
            let name = param(scheme, *id);
            match year {
                Some(year) => say("参数", "table", &format!("{name}@{year}")),
                None => say("参数", "table", name),
            }
        }
        Missing::Decision(id) => say("决定", "decision", clause(id)),
        Missing::Place(id) => say("名次", "place", clause(id)),
        Missing::HistoryKey(id, year) => say("往年", "earlier", &format!("{}@{year}", clause(id))),
        Missing::Project(id) => say("申报项目", "project", clause(id)),
        Missing::AmountPaid => say("已付额", "amount paid", "").trim_end().to_owned(),
        Missing::Reading(at) => say("读法", "reading", &(at + 1).to_string()),
    }
}

pub(crate) fn param(scheme: &Scheme, id: ParamId) -> &str {
    scheme.params.get(id.index()).map_or("", |p| p.name.as_str())
}

pub(crate) fn field_name(scheme: &Scheme, list: FactId, field: u16) -> &str {
    match scheme.fact(list).map(|f| &f.ty) {
        Some(FactType::List { fields, .. }) => fields.get(usize::from(field)).map_or("", |f| f.name.as_str()),
        _ => "",
    }
}
