//! An expression as a phrase.

use super::{field_name, param};
use crate::scheme::{
    Arith, CaseRow, ChoiceSet, Compare, FactId, Gather, Modifier, NodeId, Op, Otherwise, Over, Period, Range, Scheme, Tier, TierRow, Type, UnitId, YearRef,
};
use values::{Lang, Rational};

/// How tightly a phrase binds: what stands inside a tighter one is put in parentheses.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Grip {
    Loose,
    Condition,
    Sum,
    Product,
    Word,
}

struct Speaker<'a> {
    scheme: &'a Scheme,
    lang: Lang,
}

/// A node in plain words.
pub fn phrase(scheme: &Scheme, node: NodeId, lang: Lang) -> String {
    Speaker { scheme, lang }.say(node, Grip::Loose)
}

/// What a row of a tier table asks, in plain words.
pub(crate) fn row(scheme: &Scheme, row: &TierRow, lang: Lang) -> String {
    Speaker { scheme, lang }.tests(row)
}

/// What a node says as steps of an amount: a modifier with its argument, or each row of a tier table.
pub(crate) fn steps(scheme: &Scheme, node: NodeId, lang: Lang) -> Box<[Box<str>]> {
    match scheme.node(node).map(|n| &n.op) {
        Some(Op::Modified(_, modifier, argument)) => {
            let (zh, en) = modifier_words(*modifier);
            let word = if lang == Lang::Zh { zh } else { en };
            Box::new([format!("{word} {}", phrase(scheme, *argument, lang)).into_boxed_str()])
        }
        Some(Op::Tier(tier)) => tier.rows.iter().map(|r| row(scheme, r, lang).into_boxed_str()).collect(),
        _ => Box::default(),
    }
}

/// A number in its unit, for people.
pub(crate) fn written(scheme: &Scheme, value: Rational, ty: Type, lang: Lang) -> String {
    match ty {
        Type::Number(unit) => number(scheme, value, unit, lang),
        _ => value.to_string(),
    }
}

fn number(scheme: &Scheme, value: Rational, unit: UnitId, lang: Lang) -> String {
    values::write(value, &scheme.unit(unit), lang)
}

/// A comparison: the law's own word in Chinese.
pub(crate) fn comparison(compare: Compare, word: &str, lang: Lang) -> String {
    match (lang, compare) {
        (Lang::Zh, _) => word.to_owned(),
        (Lang::En, Compare::Ge) => "is at least".into(),
        (Lang::En, Compare::Gt) => "is more than".into(),
        (Lang::En, Compare::Le) => "is at most".into(),
        (Lang::En, Compare::Lt) => "is less than".into(),
    }
}

impl Speaker<'_> {
    fn pick(&self, zh: &str, en: &str) -> String {
        match self.lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }

    fn say(&self, id: NodeId, around: Grip) -> String {
        let Some(node) = self.scheme.node(id) else { return String::new() };
        let (words, own) = self.words(&node.op, node.ty);
        if own < around {
            match self.lang {
                Lang::Zh => format!("（{words}）"),
                Lang::En => format!("({words})"),
            }
        } else {
            words
        }
    }

    fn fact(&self, fact: FactId) -> String {
        self.scheme.fact(fact).map_or(String::new(), |f| f.name.clone())
    }

    fn words(&self, op: &Op, ty: Type) -> (String, Grip) {
        let word = |words: String| (words, Grip::Word);
        match op {
            Op::Number(value) => word(written(self.scheme, *value, ty, self.lang)),
            Op::YesNo(yes) => word(self.pick(if *yes { "是" } else { "否" }, if *yes { "yes" } else { "no" })),
            Op::Date(date) => word(date.to_string()),
            Op::Year(year) => word(self.pick(&format!("{year}年"), &year.to_string())),
            Op::Choice(choice) => word(match ty {
                Type::Choice(fact) => self.choice(fact, *choice),
                _ => String::new(),
            }),
            Op::Text(text) => word(format!("「{text}」")),
            Op::Fact(fact) => word(self.fact(*fact)),
            Op::Field(list, field) => word(field_name(self.scheme, *list, *field).to_owned()),
            Op::Param(id) => word(param(self.scheme, *id).to_owned()),
            Op::Named(name, _) => word(name.clone()),
            Op::At(period, inner) => word(format!("{} {}", self.period(*period), self.say(*inner, Grip::Word))),
            Op::AwardYear => word(self.pick("年度", "the award year")),
            Op::AsOf => word(self.pick("截止日", "the day of judgement")),
            Op::Place => word(self.pick("名次", "the place")),
            Op::AmountPaid => word(self.pick("已付额", "the amount paid")),
            Op::Received => word(self.pick("本条 已得", "what was received under this clause")),
            Op::FirstYear => word(self.pick("本条 首得年份", "the first year awarded")),
            Op::ClauseAmount(id) => word(self.clause(*id, "条款 {} 本年所得", "this year's amount of clause {}")),
            Op::ClauseEligible(id) => (self.clause(*id, "符合 条款 {}", "clause {} is met"), Grip::Condition),
            Op::NthYear(inner) => word(format!("{}（{}）", self.pick("年次", "year number since "), self.say(*inner, Grip::Loose))),
            Op::YearOf(inner) => word(format!("{}（{}）", self.pick("年份", "year of "), self.say(*inner, Grip::Loose))),
            Op::If(c, a, b) => {
                let (c, a, b) = (self.say(*c, Grip::Condition), self.say(*a, Grip::Sum), self.say(*b, Grip::Sum));
                (self.pick(&format!("若 {c} 则 {a} 否则 {b}"), &format!("{a} if {c}, otherwise {b}")), Grip::Loose)
            }
            Op::Modified(x, modifier, v) => (self.modified(*x, *modifier, *v), Grip::Loose),
            Op::Tier(tier) => (self.tier(tier), Grip::Product),
            Op::Case(subject, rows, rest) => (self.case(*subject, rows, *rest), Grip::Product),
            Op::Bracket(measure, bands) => {
                let rows: Vec<String> = bands
                    .iter()
                    .map(|band| {
                        let low = band.low.map(|n| self.say(n, Grip::Sum));
                        let high = band.high.map(|n| self.say(n, Grip::Sum));
                        let ratio = self.say(band.ratio, Grip::Sum);
                        let part = match (low, high, self.lang) {
                            (None, Some(h), Lang::Zh) => format!("不超过 {h} 的部分"),
                            (Some(l), None, Lang::Zh) => format!("超过 {l} 的部分"),
                            (Some(l), Some(h), Lang::Zh) => format!("{l} 至 {h} 的部分"),
                            (None, Some(h), Lang::En) => format!("the part up to {h}"),
                            (Some(l), None, Lang::En) => format!("the part above {l}"),
                            (Some(l), Some(h), Lang::En) => format!("the part from {l} to {h}"),
                            (None, None, _) => String::new(),
                        };
                        self.pick(&format!("{part}：{ratio}"), &format!("{part}: {ratio}"))
                    })
                    .collect();
                (format!("{} {}{}", self.pick("累进", "in brackets of"), self.say(*measure, Grip::Sum), self.rows(&rows)), Grip::Product)
            }
            Op::Gather(gather, members, _) => {
                let rows: Vec<String> = members
                    .iter()
                    .map(|member| {
                        let value = self.say(member.value, Grip::Loose);
                        member.guard.map_or(value.clone(), |guard| format!("{}{}{value}", self.say(guard, Grip::Loose), self.pick("：", ": ")))
                    })
                    .collect();
                (format!("{}{}", self.gather(*gather), self.rows(&rows)), Grip::Product)
            }
            Op::Fold { op, over, guard, body } => (self.fold(*op, *over, *guard, *body), Grip::Product),
            _ => self.more(op),
        }
    }

    fn more(&self, op: &Op) -> (String, Grip) {
        match op {
            Op::Arith(arith, a, b) => self.arith(*arith, *a, *b),
            Op::Shift(date, length, _, back) => {
                let (d, n) = (self.say(*date, Grip::Sum), self.say(*length, Grip::Product));
                (format!("{d} {} {n}", self.pick(if *back { "减" } else { "加" }, if *back { "−" } else { "+" })), Grip::Sum)
            }
            Op::Above(x, v) => {
                let (x, v) = (self.say(*x, Grip::Word), self.say(*v, Grip::Word));
                (self.pick(&format!("{x} 超过 {v} 的部分"), &format!("the part of {x} above {v}")), Grip::Word)
            }
            Op::UpTo(x, v) => {
                let (x, v) = (self.say(*x, Grip::Word), self.say(*v, Grip::Word));
                (self.pick(&format!("{x} 不超过 {v} 的部分"), &format!("the part of {x} up to {v}")), Grip::Word)
            }
            Op::Steps(x, step, each) => {
                let (x, step, each) = (self.say(*x, Grip::Word), self.say(*step, Grip::Word), self.say(*each, Grip::Word));
                (self.pick(&format!("{x} 每满 {step} 给 {each}"), &format!("{each} for each full {step} of {x}")), Grip::Word)
            }
            Op::Rise(x, period) => {
                let (x, p) = (self.say(*x, Grip::Word), self.period(*period));
                (self.pick(&format!("{x} 比 {p} 增量"), &format!("the rise of {x} over {p}")), Grip::Word)
            }
            Op::Growth(x, period) => {
                let (x, p) = (self.say(*x, Grip::Word), self.period(*period));
                (self.pick(&format!("{x} 比 {p} 增幅"), &format!("the growth of {x} over {p}")), Grip::Word)
            }
            Op::Compare(compare, word, a, b) | Op::DateCompare(compare, word, a, b) => {
                (format!("{} {} {}", self.say(*a, Grip::Sum), comparison(*compare, word, self.lang), self.say(*b, Grip::Sum)), Grip::Condition)
            }
            Op::FirstReach { compare, word, value, bound, .. } => {
                let first = self.pick("首次", "for the first time");
                (format!("{} {first} {} {}", self.say(*value, Grip::Sum), comparison(*compare, word, self.lang), self.say(*bound, Grip::Sum)), Grip::Condition)
            }
            Op::Between(x, low, low_in, high, high_in) => {
                let (x, l, h) = (self.say(*x, Grip::Sum), self.say(*low, Grip::Sum), self.say(*high, Grip::Sum));
                let zh = |b: &bool| if *b { "（含）" } else { "（不含）" };
                let en = |b: &bool| if *b { "included" } else { "excluded" };
                (
                    self.pick(
                        &format!("{x} 介于 {l}{} 至 {h}{}", zh(low_in), zh(high_in)),
                        &format!("{x} is between {l} ({}) and {h} ({})", en(low_in), en(high_in)),
                    ),
                    Grip::Condition,
                )
            }
            Op::Is(a, b, negated) => {
                let verb = self.pick(if *negated { "不为" } else { "为" }, if *negated { "is not" } else { "is" });
                (format!("{} {verb} {}", self.say(*a, Grip::Sum), self.say(*b, Grip::Sum)), Grip::Condition)
            }
            Op::In(a, set) => {
                let fact = match self.scheme.node(*a).map(|n| n.ty) {
                    Some(Type::Choice(fact)) => fact,
                    _ => FactId(0).into(),
                };
                let names: Vec<String> = set.iter().map(|c| self.choice(fact, *c)).collect();
                (
                    self.pick(
                        &format!("{} 属于 {}", self.say(*a, Grip::Sum), names.join("、")),
                        &format!("{} is one of {}", self.say(*a, Grip::Sum), names.join(", ")),
                    ),
                    Grip::Condition,
                )
            }
            Op::Aged { date, length, until, .. } => {
                let (d, n) = (self.say(*date, Grip::Sum), self.say(*length, Grip::Sum));
                let until = until.map_or(String::new(), |u| self.pick(&format!("，至 {}", self.say(u, Grip::Sum)), &format!(" by {}", self.say(u, Grip::Sum))));
                (self.pick(&format!("{d} 满 {n}{until}"), &format!("{d} lies at least {n} back{until}")), Grip::Condition)
            }
            Op::Not(inner) => (format!("{} {}", self.pick("非", "not"), self.say(*inner, Grip::Product)), Grip::Condition),
            // 非 甲 或 乙 is how the language writes “if 甲 then 乙”.
            Op::Junction(false, parts) if matches!(parts.as_slice(), [first, _] if matches!(self.scheme.node(*first).map(|n| &n.op), Some(Op::Not(_)))) => {
                let given = parts.first().and_then(|p| self.scheme.node(*p)).map_or(String::new(), |n| match n.op {
                    Op::Not(inner) => self.say(inner, Grip::Condition),
                    _ => String::new(),
                });
                let then = parts.get(1).map_or(String::new(), |p| self.say(*p, Grip::Condition));
                (self.pick(&format!("{given}的，须 {then}"), &format!("{then}, if {given}")), Grip::Loose)
            }
            Op::Junction(all, parts) => {
                let joint = if *all { self.pick(" 且 ", " and ") } else { self.pick(" 或 ", " or ") };
                (parts.iter().map(|p| self.say(*p, Grip::Condition)).collect::<Vec<_>>().join(&joint), Grip::Loose)
            }
            _ => (String::new(), Grip::Word),
        }
    }

    fn clause(&self, id: crate::scheme::ClauseId, zh: &str, en: &str) -> String {
        let name = self.scheme.clause(id).map_or("", |c| c.id.as_str());
        self.pick(zh, en).replace("{}", name)
    }

    fn choice(&self, set: ChoiceSet, choice: u16) -> String {
        self.scheme.choices(set).get(usize::from(choice)).cloned().unwrap_or_default()
    }

    fn period(&self, period: Period) -> String {
        let year = match period.year {
            None => String::new(),
            Some(YearRef::Last) => self.pick("上年", "last year"),
            Some(YearRef::Fixed(year)) => self.pick(&format!("{year}年"), &year.to_string()),
        };
        let month = period.month.map_or(String::new(), |m| self.pick(&format!("{m}月"), &format!("month {m}")));
        [year, month].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
    }

    fn arith(&self, op: Arith, a: NodeId, b: NodeId) -> (String, Grip) {
        let sum = |word: &str| (format!("{} {word} {}", self.say(a, Grip::Sum), self.say(b, Grip::Product)), Grip::Sum);
        let product = |word: &str| (format!("{} {word} {}", self.say(a, Grip::Product), self.say(b, Grip::Word)), Grip::Product);
        match (op, self.lang) {
            (Arith::Add, Lang::Zh) => sum("加"),
            (Arith::Add, Lang::En) => sum("+"),
            (Arith::Sub, Lang::Zh) => sum("减"),
            (Arith::Sub, Lang::En) => sum("−"),
            (Arith::Mul, Lang::Zh) => product("乘"),
            (Arith::Mul, Lang::En) => product("×"),
            (Arith::Div, Lang::Zh) => product("除以"),
            (Arith::Div, Lang::En) => product("÷"),
            (Arith::Of, Lang::Zh) => (format!("{} 的 {}", self.say(a, Grip::Product), self.say(b, Grip::Product)), Grip::Product),
            (Arith::Of, Lang::En) => (format!("{} of {}", self.say(b, Grip::Product), self.say(a, Grip::Product)), Grip::Product),
        }
    }

    fn modified(&self, x: NodeId, modifier: Modifier, v: NodeId) -> String {
        let (x, v) = (self.say(x, Grip::Loose), self.say(v, Grip::Sum));
        let (zh, en) = modifier_words(modifier);
        self.pick(&format!("{x}，{zh} {v}"), &format!("{x}, {en} {v}"))
    }

    fn rows(&self, rows: &[String]) -> String {
        match self.lang {
            Lang::Zh => format!("（{}）", rows.join("；")),
            Lang::En => format!(" ({})", rows.join("; ")),
        }
    }

    fn tests(&self, row: &TierRow) -> String {
        let tests: Vec<String> = row.tests.iter().map(|t| self.range(t)).collect();
        tests.join(&self.pick("、", " and "))
    }

    fn range(&self, range: &Range) -> String {
        let low = range.low.filter(|_| !range.low_implied);
        let high = range.high.filter(|_| !range.high_implied);
        match (low, high) {
            (Some((l, li)), Some((h, hi))) => {
                let (l, h) = (self.say(l, Grip::Sum), self.say(h, Grip::Sum));
                let zh = |b: bool| if b { "（含）" } else { "（不含）" };
                self.pick(
                    &format!("{l}{}至{h}{}", zh(li), zh(hi)),
                    &format!("{} {l} and {} {h}", if li { "at least" } else { "more than" }, if hi { "at most" } else { "less than" }),
                )
            }
            (Some((l, li)), None) => {
                let l = self.say(l, Grip::Sum);
                self.pick(&format!("{} {l}", if li { "达到" } else { "超过" }), &format!("{} {l}", if li { "at least" } else { "more than" }))
            }
            (None, Some((h, hi))) => {
                let h = self.say(h, Grip::Sum);
                self.pick(&format!("{} {h}", if hi { "不超过" } else { "低于" }), &format!("{} {h}", if hi { "at most" } else { "less than" }))
            }
            (None, None) => String::new(),
        }
    }

    fn value(&self, value: Option<NodeId>) -> String {
        value.map_or(self.pick("不予", "nothing"), |v| self.say(v, Grip::Loose))
    }

    fn tier(&self, tier: &Tier) -> String {
        let measures: Vec<String> = tier.measures.iter().map(|m| self.say(*m, Grip::Sum)).collect();
        let mut ordered: Vec<_> = tier.rows.iter().collect();
        ordered.sort_by_key(|row| row.written);
        let mut rows: Vec<String> = ordered.iter().map(|row| format!("{}{}{}", self.tests(row), self.pick("：", ": "), self.value(row.value))).collect();
        self.rest(tier.otherwise, &mut rows);
        let first = if tier.first_since.is_some() { self.pick("首次 ", "newly reached ") } else { String::new() };
        format!("{} {first}{}{}", self.pick("按档", "by tier of"), measures.join("、"), self.rows(&rows))
    }

    fn rest(&self, otherwise: Otherwise, rows: &mut Vec<String>) {
        match otherwise {
            Otherwise::Absent => {}
            Otherwise::None => rows.push(format!("{}{}", self.pick("其余：", "otherwise: "), self.value(None))),
            Otherwise::Value(node) => rows.push(format!("{}{}", self.pick("其余：", "otherwise: "), self.value(Some(node)))),
        }
    }

    fn case(&self, subject: NodeId, rows: &[CaseRow], rest: Otherwise) -> String {
        let fact = match self.scheme.node(subject).map(|n| n.ty) {
            Some(Type::Choice(fact)) => fact,
            _ => FactId(0).into(),
        };
        let mut lines: Vec<String> = rows
            .iter()
            .map(|row| {
                let names: Vec<String> = row.choices.iter().map(|c| self.choice(fact, *c)).collect();
                format!("{}{}{}", names.join("、"), self.pick("：", ": "), self.value(row.value))
            })
            .collect();
        self.rest(rest, &mut lines);
        format!("{} {}{}", self.pick("按类", "by"), self.say(subject, Grip::Sum), self.rows(&lines))
    }

    fn gather(&self, op: Gather) -> String {
        match op {
            Gather::Sum => self.pick("合计", "the sum of"),
            Gather::Mean => self.pick("平均", "the mean of"),
            Gather::Max => self.pick("取最高", "the highest of"),
            Gather::Min => self.pick("取最低", "the lowest of"),
            Gather::Count => self.pick("个数", "the number of"),
            Gather::Any => self.pick("任一", "any of"),
            Gather::All => self.pick("同时", "all of"),
            Gather::AtLeast(k) => self.pick(&format!("至少 {k} 项"), &format!("at least {k} of")),
        }
    }

    fn fold(&self, op: Gather, over: Over, guard: Option<NodeId>, body: Option<NodeId>) -> String {
        let source = match over {
            Over::List(fact) => self.fact(fact),
            Over::PastYears(n) => self.pick(&format!("近 {n} 年"), &format!("of the past {n} years")),
            Over::Years(a, b) => self.pick(&format!("{a}年至{b}年"), &format!("year {a}–{b}")),
            Over::Months(a, b) => self.pick(&format!("{a}月至{b}月"), &format!("month {a}–{b}")),
        };
        let guard = guard.map_or(String::new(), |g| self.pick(&format!(" 条件 {}", self.say(g, Grip::Loose)), &format!(" where {}", self.say(g, Grip::Loose))));
        let body = body.map_or(String::new(), |b| self.pick(&format!(" 计 {}", self.say(b, Grip::Loose)), &format!(": {}", self.say(b, Grip::Loose))));
        self.pick(&format!("{} 每个 {source}{guard}{body}", self.gather(op)), &format!("{} each {source}{guard}{body}", self.gather(op)))
    }
}

/// A modifier in both languages.
pub(crate) fn modifier_words(modifier: Modifier) -> (&'static str, &'static str) {
    match modifier {
        Modifier::AtMost => ("最高", "at most"),
        Modifier::AtLeast => ("最低", "at least"),
        Modifier::Less => ("扣除", "less"),
        Modifier::Bonus => ("另加", "plus"),
        Modifier::IfAbsent => ("没有时算", "or, if there is none,"),
        Modifier::DownTo => ("取整到", "rounded down to whole"),
    }
}
