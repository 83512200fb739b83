//! The parts of a scheme that no outcome and no amount depends on: what people read, and what the other lines of the
//! same clause keep from ever mattering. Each has the words in which the list of equivalents tells of it.

use policy::scheme::{Clause, Fact, FactType, Op, Scheme};
use std::fmt::Debug;

/// The words, and how the part is written down to be compared.
pub type Part = (&'static str, fn(&Scheme) -> String);

pub const ASIDE: &[Part] = &[
    ("比较词是同一种比较的别名", |s| {
        written(s.nodes.iter().filter_map(|n| word(&n.op))) + &written(s.targets.iter().map(|t| t.goals.iter().map(|g| g.2).collect::<Vec<_>>()))
    }),
    ("只改登记的读法，现行读法不变", |s| written(&s.readings)),
    ("只改表单上的问题、佐证、核验、期间", |s| facts(s, |f| (&f.evidence, &f.verified_by, &f.window, &f.question))),
    ("只改表单上用年还是用月来问，算的数不变", |s| facts(s, |f| if let FactType::Number { word, .. } = &f.ty { word.as_str() } else { "" })),
    ("名单的户数没有条款用到", |s| facts(s, |f| if let FactType::List { unit, .. } = &f.ty { Some(s.unit(*unit)) } else { None })),
    ("只改参数的来源说明", |s| written(s.params.iter().map(|p| (&p.name, &p.source)))),
    ("参数表里没有行，有效期不起作用", |s| written(s.params.iter().map(|p| p.valid_days))),
    ("只改编号、名称、机关、地区、稿别这些标签", |s| {
        let p = &s.policy;
        written([&p.title, &p.id]) + &written([&p.authority, &p.region, &p.stage, &p.amends])
    }),
    ("只改条款的名称", |s| clauses(s, |c| &c.title)),
    ("类别的名称没有地方用来比较", |s| clauses(s, |c| &c.kind)),
    ("只改写明的受益人，结果和金额不变", |s| clauses(s, |c| (&c.beneficiary, c.beneficiary_list))),
    ("换成同一单位的另一个名称（别名）", |s| clauses(s, |c| (&c.lead, &c.with))),
    ("一次性的本来就不会有第二年，“共几年”不起作用", |s| clauses(s, |c| c.frequency.as_ref().map(|f| f.years_in_all))),
    ("频次在同一期间只有一次，限额按什么分都一样", |s| clauses(s, |c| c.limits.iter().map(|l| l.each).collect::<Vec<_>>())),
    ("“不计”的项目只列在表单上，不进金额", |s| {
        written(s.nodes.iter().filter_map(|n| if let Op::Gather(_, _, out) = &n.op { Some(out) } else { None }))
    }),
    ("只改并用、资金、追回的名称", |s| {
        written(s.groups.iter().map(|g| &g.name)) + &written(s.pools.iter().map(|p| (&p.name, &p.source))) + &written(s.clawbacks.iter().map(|c| &c.name))
    }),
    ("目标的量词，“个”数的就是“家”", |s| written(s.targets.iter().map(|t| t.goals.iter().map(|g| s.unit(g.4)).collect::<Vec<_>>()))),
    ("只改目标的名称", |s| written(s.targets.iter().map(|t| &t.name))),
    ("没有条款用到的定义", |s| written(s.definitions.iter().map(|(name, _)| name))),
    ("只改文句归为哪一类", |s| written(s.tasks.iter().map(|t| &t.words)) + &written(&s.generals)),
    ("只改所引原文的范围", |s| written(s.clause_words.iter().map(|w| &w.paragraphs))),
];

/// The word of a comparison.
fn word(op: &Op) -> Option<&'static str> {
    match op {
        Op::Compare(_, word, ..) | Op::FirstReach { word, .. } | Op::DateCompare(_, word, ..) => Some(word),
        _ => None,
    }
}

fn written<T: Debug>(items: impl IntoIterator<Item = T>) -> String {
    format!("{:?}", items.into_iter().collect::<Vec<_>>())
}

fn facts<'s, T: Debug>(scheme: &'s Scheme, part: impl Fn(&'s Fact) -> T) -> String {
    written(scheme.facts.iter().map(part))
}

fn clauses<'s, T: Debug>(scheme: &'s Scheme, part: impl Fn(&'s Clause) -> T) -> String {
    written(scheme.clauses.iter().map(part))
}
