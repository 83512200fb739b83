//! What changed in the rules, in plain words: lines of a clause, then numbers and words inside an expression.

use super::{Difference, What, canonical};
use crate::plain::terms::{self, prose};
use crate::plain::{modifier_words, row};
use crate::scheme::{Clause, ClauseId, Compare, FactId, Give, Modifier, NodeId, Op, Origin, Otherwise, Scheme, Test, Type};
use std::collections::BTreeSet;
use values::Lang;

/// Two versions and the language to speak.
pub(super) struct Pair<'a> {
    pub(super) old: &'a Scheme,
    pub(super) new: &'a Scheme,
    pub(super) lang: Lang,
}

/// What a number inside an expression is.
#[derive(Clone)]
struct Around {
    what: What,
    subject: String,
}

impl Pair<'_> {
    pub(super) fn pick(&self, zh: &str, en: &str) -> String {
        terms::pick(self.lang, zh, en).to_owned()
    }

    fn old_words(&self, node: NodeId) -> String {
        prose(self.old, node, self.lang)
    }

    fn new_words(&self, node: NodeId) -> String {
        prose(self.new, node, self.lang)
    }

    /// Everything that changed in a clause.
    pub(super) fn clause(&self, old: ClauseId, new: ClauseId) -> Vec<Difference> {
        let mut out = Vec::new();
        let (Some(a), Some(b)) = (self.old.clause(old), self.new.clause(new)) else { return out };
        let mut simple = |what: What, zh: &str, en: &str, from: String, to: String| {
            if from != to {
                out.push(Difference::of(what, self.pick(zh, en), from, to));
            }
        };
        simple(What::Title, "编号", "id", a.id.clone(), b.id.clone());
        simple(What::Title, "名称", "title", a.title.clone(), b.title.clone());
        let who = |scheme: &Scheme, clause: &Clause| {
            let mut kinds = terms::applicants(scheme, clause);
            kinds.sort();
            if kinds.is_empty() { self.pick("不限", "any") } else { terms::list(&kinds, self.lang) }
        };
        simple(What::Applicants, "对象", "who may apply", who(self.old, a), who(self.new, b));
        simple(What::Applicants, "受益", "who is paid", a.beneficiary.clone().unwrap_or_default(), b.beneficiary.clone().unwrap_or_default());
        self.tests(What::Condition, &a.conditions, &b.conditions, &mut out);
        self.tests(What::Bar, &a.bars, &b.bars, &mut out);
        self.ranks(a, b, &mut out);
        self.gives(a, b, &mut out);
        self.lines(a, b, &mut out);
        self.evidence(a, b, &mut out);
        out
    }

    /// Lines that are compared as they read: frequency, limits, plan, kind, units.
    fn lines(&self, a: &Clause, b: &Clause, out: &mut Vec<Difference>) {
        let mut simple = |what: What, zh: &str, en: &str, from: String, to: String| {
            if from != to {
                out.push(Difference::of(what, self.pick(zh, en), from, to));
            }
        };
        let often =
            |scheme: &Scheme, c: &Clause| c.frequency.as_ref().map_or(self.pick("不限", "any number of times"), |f| terms::frequency(scheme, f, self.lang));
        simple(What::Frequency, "频次", "how often", often(self.old, a), often(self.new, b));
        let limits = |scheme: &Scheme, c: &Clause| {
            let rows: Vec<String> = c.limits.iter().map(|l| terms::limit(scheme, l, self.lang)).collect();
            rows.join(&self.pick("；", "; "))
        };
        simple(What::Limit, "限额", "limit", limits(self.old, a), limits(self.new, b));
        let plan = |scheme: &Scheme, c: &Clause| {
            let rows: Vec<String> = c.instalments.iter().map(|i| terms::instalment(scheme, i, self.lang)).collect();
            rows.join(&self.pick("；", "; "))
        };
        simple(What::Plan, "兑付", "payment", plan(self.old, a), plan(self.new, b));
        simple(What::Kind, "资金类别", "kind of fund", a.kind.clone().unwrap_or_default(), b.kind.clone().unwrap_or_default());
        let units = |units: &[String]| {
            let mut units = units.to_vec();
            units.sort();
            terms::list(&units, self.lang)
        };
        simple(What::Units, "牵头单位", "lead unit", units(&a.lead), units(&b.lead));
        simple(What::Units, "参与单位", "participating units", units(&a.with), units(&b.with));
    }

    /// Conditions or bars: those with the same spelling are the same, of the rest those that speak of the same facts belong
    /// together, what is left was added or taken away.
    fn tests(&self, what: What, a: &[Test], b: &[Test], out: &mut Vec<Difference>) {
        let spelled = |scheme: &Scheme, tests: &[Test]| -> Vec<(NodeId, String, bool)> {
            tests.iter().map(|t| (t.node, canonical::node(scheme, t.node), t.origin != Origin::Clause)).collect()
        };
        let (mut old, mut new) = (spelled(self.old, a), spelled(self.new, b));
        old.retain(|(_, words, _)| match new.iter().position(|(_, other, _)| other == words) {
            Some(at) => {
                new.remove(at);
                false
            }
            None => true,
        });
        for (node, _, general) in old {
            let facts = names(self.old, node);
            let twin = new.iter().position(|(other, _, _)| names(self.new, *other) == facts);
            let from = self.general(self.old_words(node), general);
            match twin {
                Some(at) => {
                    let (other, _, _) = new.remove(at);
                    self.nodes(node, other, &Around { what, subject: from }, out);
                }
                None => out.push(Difference { what, subject: self.test_word(what), old: Some(from), new: None }),
            }
        }
        for (node, _, general) in new {
            out.push(Difference { what, subject: self.test_word(what), old: None, new: Some(self.general(self.new_words(node), general)) });
        }
    }

    fn test_word(&self, what: What) -> String {
        if what == What::Bar { self.pick("排除", "exclusion") } else { self.pick("条件", "condition") }
    }

    fn general(&self, words: String, general: bool) -> String {
        if general { format!("{words}{}", self.pick("（通则）", " (general rule)")) } else { words }
    }

    fn ranks(&self, a: &Clause, b: &Clause, out: &mut Vec<Difference>) {
        let words = |scheme: &Scheme, clause: &Clause| {
            clause.rank.as_ref().map(|rank| {
                let name = |f: FactId| scheme.fact(f).map_or(String::new(), |f| f.name.clone());
                let mut words = prose(scheme, rank.score, self.lang);
                words.push_str(&rank.top.map_or(String::new(), |n| self.pick(&format!("前{n}名"), &format!(", the first {n}"))));
                words.push_str(&rank.each.map_or(String::new(), |f| self.pick(&format!("，每个{}", name(f)), &format!(", for each {}", name(f)))));
                words.push_str(&if rank.lowest_first { self.pick("，低者先", ", lowest first") } else { String::new() });
                words.push_str(&rank.tie.map_or(String::new(), |t| {
                    let tie = prose(scheme, t, self.lang);
                    self.pick(&format!("，同分比{tie}"), &format!(", ties by {tie}"))
                }));
                words.push_str(&if rank.all_records { self.pick("，全部记录", ", among all records") } else { String::new() });
                words
            })
        };
        let (from, to) = (words(self.old, a), words(self.new, b));
        if from != to {
            out.push(Difference { what: What::Rank, subject: self.pick("排名", "ranking"), old: from, new: to });
        }
    }

    fn gives(&self, a: &Clause, b: &Clause, out: &mut Vec<Difference>) {
        let around = Around { what: What::Formula, subject: self.pick("金额", "amount") };
        match (&a.give, &b.give) {
            (Some(Give::Amount(x)), Some(Give::Amount(y))) | (Some(Give::UpTo(x)), Some(Give::UpTo(y))) | (Some(Give::Waive(x)), Some(Give::Waive(y))) => {
                self.nodes(*x, *y, &around, out);
            }
            (Some(Give::Decided(x)), Some(Give::Decided(y))) if x.iter().map(|m| m.0).eq(y.iter().map(|m| m.0)) => {
                for ((modifier, from), (_, to)) in x.iter().zip(y) {
                    self.nodes(*from, *to, &self.modifier(*modifier), out);
                }
            }
            (x, y) => {
                let (from, to) = (self.give(self.old, x.as_ref()), self.give(self.new, y.as_ref()));
                if from != to {
                    out.push(Difference::of(What::Formula, around.subject, from, to));
                }
            }
        }
    }

    /// The award in words.
    pub(super) fn give(&self, scheme: &Scheme, give: Option<&Give>) -> String {
        match give {
            None => String::new(),
            Some(Give::Amount(n)) => prose(scheme, *n, self.lang),
            Some(Give::UpTo(n)) => format!("{}{}", self.pick("不超过", "up to "), prose(scheme, *n, self.lang)),
            Some(Give::Waive(n)) => format!("{}{}", self.pick("减免", "a reduction of "), prose(scheme, *n, self.lang)),
            Some(Give::Service(words)) => format!("{}{words}", self.pick("服务：", "a service: ")),
            Some(Give::Decided(modifiers)) => {
                let mut words = self.pick("由审批决定", "to be decided");
                for (modifier, node) in modifiers {
                    let (zh, en) = modifier_words(*modifier);
                    words.push_str(&self.pick(&format!("，{zh}"), &format!(", {en} ")));
                    words.push_str(&prose(scheme, *node, self.lang));
                }
                words
            }
        }
    }

    fn modifier(&self, modifier: Modifier) -> Around {
        let (zh, en) = modifier_words(modifier);
        let what = if modifier == Modifier::AtMost { What::Cap } else { What::Formula };
        Around { what, subject: self.pick(if modifier == Modifier::AtMost { "最高额" } else { zh }, if modifier == Modifier::AtMost { "cap" } else { en }) }
    }

    /// Two expressions: the smallest parts that differ.
    fn nodes(&self, a: NodeId, b: NodeId, around: &Around, out: &mut Vec<Difference>) {
        if canonical::node(self.old, a) == canonical::node(self.new, b) {
            return;
        }
        let (Some(x), Some(y)) = (self.old.node(a), self.new.node(b)) else { return };
        match (&x.op, &y.op) {
            (Op::Named(name, p), Op::Named(other, q)) if name == other => self.nodes(*p, *q, around, out),
            (Op::Named(_, p), _) => self.nodes(*p, b, around, out),
            (_, Op::Named(_, q)) => self.nodes(a, *q, around, out),
            (Op::Modified(p, m, v), Op::Modified(q, n, w)) if m == n => {
                self.nodes(*p, *q, around, out);
                self.nodes(*v, *w, &self.modifier(*m), out);
            }
            // A modifier that only one version has.
            (Op::Modified(p, m, v), _) => {
                out.push(Difference { what: self.modifier(*m).what, subject: self.modifier(*m).subject, old: Some(self.old_words(*v)), new: None });
                self.nodes(*p, b, around, out);
            }
            (_, Op::Modified(q, m, v)) => {
                out.push(Difference { what: self.modifier(*m).what, subject: self.modifier(*m).subject, old: None, new: Some(self.new_words(*v)) });
                self.nodes(a, *q, around, out);
            }
            (Op::Arith(m, p, v), Op::Arith(n, q, w)) if m == n => {
                self.nodes(*p, *q, around, out);
                let ratio =
                    y.ty == Type::Number(crate::scheme::UnitId::MONEY) && self.new.node(*w).is_some_and(|n| n.ty == Type::Number(crate::scheme::UnitId::RATIO));
                let inner = if ratio { Around { what: What::Rate, subject: self.pick("比例", "rate") } } else { around.clone() };
                self.nodes(*v, *w, &inner, out);
            }
            (Op::Compare(c, word, p, v), Op::Compare(d, other, q, w)) => self.compared((*c, word, *p, *v), (*d, other, *q, *w), (a, b), around, out),
            (Op::Tier(s), Op::Tier(t)) if s.measures.len() == t.measures.len() => self.tiers((a, b), s, t, around, out),
            (Op::Gather(f, m, _), Op::Gather(g, n, _))
                if f == g && m.len() == n.len() && m.iter().zip(n).all(|(p, q)| p.guard.is_some() == q.guard.is_some()) =>
            {
                for (p, q) in m.iter().zip(n) {
                    if let (Some(p), Some(q)) = (p.guard, q.guard) {
                        self.nodes(p, q, around, out);
                    }
                    self.nodes(p.value, q.value, around, out);
                }
            }
            (Op::Steps(p, s, e), Op::Steps(q, t, f)) => {
                self.nodes(*p, *q, around, out);
                self.nodes(*s, *t, &Around { what: What::Formula, subject: self.pick("每满", "step") }, out);
                self.nodes(*e, *f, &Around { what: What::Rate, subject: self.pick("每步给", "for each step") }, out);
            }
            (Op::Above(p, v), Op::Above(q, w)) | (Op::UpTo(p, v), Op::UpTo(q, w)) => {
                self.nodes(*p, *q, around, out);
                self.nodes(*v, *w, &Around { what: What::Threshold, subject: self.pick("起点", "starting point") }, out);
            }
            (Op::Fold { op: f, over: o, guard: g, body: c }, Op::Fold { op: h, over: r, guard: k, body: d })
                if f == h && format!("{o:?}") == format!("{r:?}") && g.is_some() == k.is_some() && c.is_some() == d.is_some() =>
            {
                for (p, q) in g.iter().zip(k).chain(c.iter().zip(d)) {
                    self.nodes(*p, *q, around, out);
                }
            }
            _ => self.whole(a, b, around, out),
        }
    }

    /// Both as they read.
    fn whole(&self, a: NodeId, b: NodeId, around: &Around, out: &mut Vec<Difference>) {
        let (from, to) = (self.old_words(a), self.new_words(b));
        // The same words with another meaning: a definition or table behind a name has changed.
        let mark = if from == to {
            self.pick("（所用的条款、定义、参数或事实的类型改了）", " (a clause, definition, table or type of fact behind it changed)")
        } else {
            String::new()
        };
        let subject = if matches!(around.what, What::Condition | What::Bar) { self.test_word(around.what) } else { around.subject.clone() };
        out.push(Difference::of(around.what, subject, from, format!("{to}{mark}")));
    }

    fn compared(
        &self,
        (c, word, p, v): (Compare, &str, NodeId, NodeId),
        (d, other, q, w): (Compare, &str, NodeId, NodeId),
        (a, b): (NodeId, NodeId),
        around: &Around,
        out: &mut Vec<Difference>,
    ) {
        if canonical::node(self.old, p) != canonical::node(self.new, q) {
            return self.whole(a, b, around, out);
        }
        let measure = self.new_words(q);
        let _ = (word, other);
        if c != d && canonical::node(self.old, v) == canonical::node(self.new, w) {
            let how = |compare: Compare, value: String| match (compare, self.lang) {
                (Compare::Ge, Lang::Zh) => format!("达到{value}（含）"),
                (Compare::Gt, Lang::Zh) => format!("超过{value}（不含）"),
                (Compare::Le, Lang::Zh) => format!("不超过{value}（含）"),
                (Compare::Lt, Lang::Zh) => format!("低于{value}（不含）"),
                (Compare::Ge, Lang::En) => format!("at least {value}"),
                (Compare::Gt, Lang::En) => format!("more than {value}"),
                (Compare::Le, Lang::En) => format!("at most {value}"),
                (Compare::Lt, Lang::En) => format!("less than {value}"),
            };
            out.push(Difference::of(What::Operator, measure, how(c, self.old_words(v)), how(d, self.new_words(w))));
            return;
        }
        if c != d {
            return self.whole(a, b, around, out);
        }
        let subject = match self.lang {
            Lang::Zh => format!("{measure}门槛"),
            Lang::En => format!("threshold of {measure}"),
        };
        self.nodes(v, w, &Around { what: What::Threshold, subject }, out);
    }

    fn tiers(&self, (a, b): (NodeId, NodeId), s: &crate::scheme::Tier, t: &crate::scheme::Tier, around: &Around, out: &mut Vec<Difference>) {
        let same_measures = s.measures.iter().zip(&t.measures).all(|(p, q)| canonical::node(self.old, *p) == canonical::node(self.new, *q));
        if !same_measures || s.first_since != t.first_since {
            return self.whole(a, b, around, out);
        }
        let measures: Vec<String> = t.measures.iter().map(|m| self.new_words(*m)).collect();
        let by = terms::list(&measures, self.lang);
        let lines = |scheme: &Scheme, tier: &crate::scheme::Tier| -> Vec<(String, String)> {
            let mut rows: Vec<_> = tier.rows.iter().collect();
            rows.sort_by_key(|r| r.written);
            let mut out: Vec<(String, String)> = rows
                .into_iter()
                .map(|one| {
                    let test = terms::tight(&row(scheme, one, self.lang), self.lang);
                    (test, one.value.map_or(self.pick("不予", "nothing"), |v| prose(scheme, v, self.lang)))
                })
                .collect();
            match tier.otherwise {
                Otherwise::Absent => {}
                Otherwise::None => out.push((self.pick("其余", "otherwise"), self.pick("不予", "nothing"))),
                Otherwise::Value(v) => out.push((self.pick("其余", "otherwise"), prose(scheme, v, self.lang))),
            }
            out
        };
        let (old, mut new) = (lines(self.old, s), lines(self.new, t));
        let mut left = Vec::new();
        for (test, value) in old {
            match new.iter().position(|(other, _)| *other == test) {
                Some(at) => {
                    let (_, now) = new.remove(at);
                    if now != value {
                        out.push(Difference::of(What::Tier, format!("{by}{}{test}", self.pick("", " ")), value, now));
                    }
                }
                None => left.push((test, value)),
            }
        }
        // A row with the same value has moved its bound.
        for (test, value) in left {
            let moved = new.iter().position(|(_, other)| *other == value);
            let said = |test: &str, value: &str| format!("{test}{}{value}", self.pick("：", ": "));
            match moved {
                Some(at) => {
                    let (now, _) = new.remove(at);
                    let subject = match self.lang {
                        Lang::Zh => format!("{by}的档次（{value}）"),
                        Lang::En => format!("tier of {by} ({value})"),
                    };
                    out.push(Difference::of(What::Threshold, subject, test, now));
                }
                None => out.push(Difference { what: What::Tier, subject: by.clone(), old: Some(said(&test, &value)), new: None }),
            }
        }
        for (test, value) in new {
            out.push(Difference { what: What::Tier, subject: by.clone(), old: None, new: Some(format!("{test}{}{value}", self.pick("：", ": "))) });
        }
    }

    /// Papers and confirming units of the facts that both versions ask for.
    fn evidence(&self, a: &Clause, b: &Clause, out: &mut Vec<Difference>) {
        let papers = |scheme: &Scheme, clause: &Clause, fact: FactId| -> (Vec<String>, Vec<String>) {
            let Some(decl) = scheme.fact(fact) else { return (Vec::new(), Vec::new()) };
            let own = clause.evidence.iter().filter(|(of, _)| *of == Some(fact)).flat_map(|(_, p)| p.clone());
            (decl.evidence.iter().cloned().chain(own).collect(), decl.verified_by.clone())
        };
        let name = |scheme: &Scheme, f: &FactId| scheme.fact(*f).map_or(String::new(), |f| f.name.clone());
        for fact in &b.facts {
            let subject = name(self.new, fact);
            let to = papers(self.new, b, *fact);
            let Some(before) = a.facts.iter().find(|f| name(self.old, f) == subject) else {
                if *fact != self.new.kind_fact() {
                    out.push(Difference { what: What::Fact, subject: self.pick("填报内容", "fact asked for"), old: None, new: Some(subject) });
                }
                continue;
            };
            let from = papers(self.old, a, *before);
            for (what, zh, en, from, to) in
                [(What::Evidence, "的材料", "papers for", from.0, to.0), (What::Evidence, "的核验单位", "who confirms", from.1, to.1)]
            {
                if from != to {
                    let label = self.pick(&format!("{subject}{zh}"), &format!("{en} {subject}"));
                    out.push(Difference::of(what, label, terms::list(&from, self.lang), terms::list(&to, self.lang)));
                }
            }
        }
        for fact in a.facts.iter().filter(|f| **f != self.old.kind_fact()) {
            let subject = name(self.old, fact);
            if !b.facts.iter().any(|f| name(self.new, f) == subject) {
                out.push(Difference { what: What::Fact, subject: self.pick("填报内容", "fact asked for"), old: Some(subject), new: None });
            }
        }
    }
}

/// Names of the facts an expression speaks of.
fn names(scheme: &Scheme, node: NodeId) -> BTreeSet<String> {
    let mut facts = Vec::new();
    crate::check::facts_of(scheme, node, &mut facts);
    facts.into_iter().filter_map(|f| scheme.fact(f)).map(|f| f.name.clone()).collect()
}
