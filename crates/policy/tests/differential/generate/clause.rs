//! Clauses and general rules.

use super::lines::Line;
use super::select::Of;
use super::value::Val;
use super::{Around, Maker, Named, Ty};

const NAMES: &[&str] = &["基数", "系数", "达标", "奖额"];

impl Maker {
    /// One clause; later ones may name it.
    pub fn clause(&mut self, id: &str) -> Line {
        self.locals.clear();
        self.divisors.clear();
        let around = Around { clause: true, optional: true, ..Around::default() };
        let mut lines = Vec::new();
        if self.random.chance(35) {
            let (word, kinds) = (self.word("对象"), *self.random.pick(&["企业", "企业、个体工商户", "企业、机构"]));
            lines.push(Line::key(word, kinds));
        }
        let mut conditions = self.conditions(around);
        let locals = self.local_lines(around);
        let ranked = self.random.chance(15);
        let rank = if ranked { Some(self.rank(around)) } else { None };
        let (give, money) = self.give(around, ranked);
        for name in std::mem::take(&mut self.divisors) {
            let (than, zero) = (self.word("超过"), "0元");
            conditions.push(Line::words(format!("{name} {than} {zero}")));
        }
        lines.extend(self.joined("条件", conditions));
        if self.random.chance(12) {
            let bar = self.condition(around.firm());
            lines.push(Line::key(self.word("排除"), bar));
        }
        lines.extend(locals);
        lines.extend(rank);
        lines.push(give);
        if money || self.random.chance(20) {
            lines.push(self.frequency());
        }
        if money && self.random.chance(30) {
            lines.push(self.limit(around));
        }
        if money && self.random.chance(15) {
            lines.push(self.instalments());
        }
        if self.random.chance(60) {
            let kinds = self.made.kinds.clone();
            lines.push(Line::key(self.word("类别"), self.random.pick(&kinds).clone()));
        }
        self.earlier.push((id.to_owned(), money));
        self.made.clauses.push(id.to_owned());
        Line::key(self.word("条款"), format!("{id}「例」")).below(lines)
    }

    fn conditions(&mut self, around: Around) -> Vec<Line> {
        let count = self.random.below(4);
        let mut found: Vec<Line> = Vec::new();
        for _ in 0..count {
            let part = self.condition_block(around.firm());
            found.push(Line::words(part.text).below(part.below));
        }
        if self.random.chance(12) {
            let rows = if self.random.chance(50) { self.tier(Of::Test, around.firm()) } else { self.case(Of::Test, around.firm()) };
            found.push(Line::words(rows.text).below(rows.below));
        }
        found
    }

    /// Items of one keyword: on lines beside the first, or on lines of their own.
    fn joined(&mut self, zh: &str, items: Vec<Line>) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for item in items {
            match lines.last_mut() {
                // A line below the first one's own lines would hang on those.
                Some(line) if self.random.chance(70) => line.beside.push(item),
                _ => lines.push(Line::key(self.word(zh), item.rest).below(item.below)),
            }
        }
        lines
    }

    fn local_lines(&mut self, around: Around) -> Vec<Line> {
        let count = if self.random.chance(40) { 1 + self.random.below(2) } else { 0 };
        let mut items = Vec::new();
        for _ in 0..count {
            let name = format!("{}{}", self.random.pick(NAMES), self.made.clauses.len() * 10 + self.locals.len());
            let is = self.word("为");
            let (value, ty): (Val, Ty) = match self.random.below(5) {
                0 => (self.condition_block(around.firm()), Ty::YesNo),
                1 => (self.value("", around.firm()), Ty::Number("")),
                2 => (self.count_of_each().unwrap_or_else(|| Val::inline("5家".into(), false)), Ty::Number("家")),
                _ => (self.block_value(around), Ty::Number("元")),
            };
            items.push(Line::words(format!("{name} {is} {}", value.text)).below(value.below));
            self.locals.push(Named { name, ty, optional: value.optional, any_year: false });
        }
        self.joined("其中", items)
    }

    fn count_of_each(&mut self) -> Option<Val> {
        let list = self.a_list()?;
        if !matches!(self.made.facts[list].ty, Ty::List("家", _)) {
            return None;
        }
        let (count, each, require) = (self.word("个数"), self.word("每个"), self.word("条件"));
        let name = self.made.facts[list].name.clone();
        let inside = Around { list: Some(list), clause: true, depth: 1, ..Around::default() };
        let test = self.condition(inside);
        Some(Val::inline(format!("{count} {each} {name} {require} {test}"), false))
    }

    fn rank(&mut self, around: Around) -> Line {
        let unit = self.unit_among(&["元", "分", "人"], around);
        let mut text = self.measure(unit, around.firm()).text;
        if self.random.chance(80) {
            let (top, places, count) = (self.word("前"), self.word("名"), self.random.within(1, 3));
            let glued = top == "前" && places == "名" && self.random.chance(30);
            text = if glued { format!("{text} 前{count}名") } else { format!("{text} {top} {count} {places}") };
        }
        let comma = |maker: &mut Self| maker.sign('，');
        if self.random.chance(40)
            && let Some(name) = self.key_fact()
        {
            let (sign, each) = (comma(self), self.word("每个"));
            text = format!("{text}{sign}{each} {name}");
        }
        if self.random.chance(25) {
            let (sign, word) = (comma(self), self.word("低者先"));
            text = format!("{text}{sign}{word}");
        }
        if self.random.chance(20) {
            let (sign, word) = (comma(self), self.word("全部记录"));
            text = format!("{text}{sign}{word}");
        }
        match self.random.below(4) {
            0 => {
                let (sign, tie, over) = (comma(self), self.word("同分"), self.word("比"));
                let by = self.tie_fact();
                text = format!("{text}{sign}{tie} {over} {by}");
            }
            1 => {
                let (sign, tie, share) = (comma(self), self.word("同分"), self.word("并列"));
                text = format!("{text}{sign}{tie} {share}");
            }
            _ => {}
        }
        Line::key(self.word("排名"), text)
    }

    /// A fact applicants always know.
    fn tie_fact(&mut self) -> String {
        super::scheme::TIE.to_owned()
    }

    /// A fact that may be a key: a text, a choice or a year.
    fn key_fact(&mut self) -> Option<String> {
        let facts = self.made.facts.iter();
        let keys = facts.filter(|fact| matches!(fact.ty, Ty::Text | Ty::Choice(_) | Ty::Year | Ty::Date | Ty::Number("间" | "平方米")));
        let keys: Vec<String> = keys.map(|fact| fact.name.clone()).collect();
        (!keys.is_empty()).then(|| self.random.pick(&keys).clone())
    }

    fn give(&mut self, around: Around, ranked: bool) -> (Line, bool) {
        let give = self.word("给予");
        match self.random.below(20) {
            0 => {
                let service = self.word("服务");
                return (Line::key(give, format!("{service}「例」")), false);
            }
            1 => {
                let (decided, v) = (self.word("决定额"), self.literal("元"));
                let (comma, most) = (self.sign('，'), self.word("最高"));
                if self.random.chance(30) {
                    return (Line::key(give, decided), true);
                }
                if self.random.chance(40) {
                    let line = Line::key(most, self.value("元", around.firm()).text);
                    return (Line::key(give, decided).below(vec![line]), true);
                }
                return (Line::key(give, format!("{decided}{comma}{most} {v}")), true);
            }
            _ => {}
        }
        let value = if ranked && self.random.chance(40) { self.by_place() } else { self.block_value(around) };
        let mut text = value.text;
        let each = text.contains("每个") || text.contains("each");
        if value.below.is_empty() && !each && self.random.chance(30) {
            let (comma, most, v) = (self.sign('，'), self.word("最高"), self.literal("元"));
            text = format!("{text}{comma}{most} {v}");
        }
        let mut line = Line { key: give, rest: text, below: value.below, beside: self.modifier_lines(around, 30) };
        if value.optional && self.random.chance(15) {
            let (word, v) = (self.word("无则"), self.literal("元"));
            line.beside.push(Line::key(word, v));
        }
        match self.random.below(10) {
            0 | 1 => line.rest = format!("{} {}", self.word("至多"), line.rest),
            2 => line.rest = format!("{} {}", self.word("减免"), line.rest),
            _ => {}
        }
        (line, true)
    }

    fn by_place(&mut self) -> Val {
        let (tier, place) = (self.word("分档"), self.word("名次"));
        let mut rows = Vec::new();
        for (step, value) in [(1, "300元"), (2, "200元"), (3, "100.5元")] {
            let (left, colon) = (self.word("不超过"), self.sign('：'));
            rows.push(Line::words(format!("{left} {step}名{colon}{value}")));
        }
        Val { text: format!("{tier} {place}"), below: rows, atom: false, optional: true }
    }

    fn frequency(&mut self) -> Line {
        let mut text = match self.random.below(6) {
            0 | 1 => self.word("一次性"),
            2 => self.word("每年"),
            3 => {
                let (year, times) = (self.word("每年"), self.word("次"));
                format!("{year} {} {times}", self.random.within(1, 3))
            }
            4 => format!("{}年内 {}", self.random.within(2, 3), self.word("一次")),
            _ => format!("{}年内 {} {}", self.random.within(2, 4), self.random.within(2, 3), self.word("次")),
        };
        if self.random.chance(30) {
            let (comma, all) = (self.sign('，'), self.word("共"));
            text = format!("{text}{comma}{all} {} 年", self.random.within(1, 3));
        }
        if self.random.chance(35) {
            let fact = self.key_fact();
            let key = match fact {
                Some(name) if self.random.chance(60) => name,
                _ => "申报项目".to_owned(),
            };
            let (comma, each) = (self.sign('，'), self.word("每个"));
            text = format!("{text}{comma}{each} {key}");
        }
        Line::key(self.word("频次"), text)
    }

    fn limit(&mut self, around: Around) -> Line {
        let window = match self.random.below(3) {
            0 => self.word("累计"),
            1 => self.word("每年"),
            _ => format!("{}年内", self.random.within(2, 3)),
        };
        let mut amount = if self.random.chance(75) { self.literal("元") } else { self.value("元", around.firm()).text };
        if self.random.chance(25) {
            let (comma, each) = (self.sign('，'), self.word("每个"));
            let key = self.key_fact().filter(|_| self.random.chance(60)).unwrap_or_else(|| "申报项目".to_owned());
            amount = format!("{amount}{comma}{each} {key}");
        }
        Line::key(self.word("限额"), format!("{window} {amount}"))
    }

    fn instalments(&mut self) -> Line {
        let (nth, to, colon) = (self.word("第"), self.word("至"), self.sign('：'));
        let mut rows = Vec::new();
        if self.random.chance(30) {
            let equally = self.word("均付");
            rows.push(Line::words(format!("{nth} 1 {to} {} 年{colon}{equally}", self.random.within(2, 4))));
        } else {
            let count = self.random.within(1, 2);
            for at in 1..=count {
                let share = *self.random.pick(&["50%", "30%", "1/3", "0.5‰"]);
                rows.push(Line::words(format!("{nth} {at} 年{colon}{share}")));
            }
            let rest = self.word("其余");
            rows.push(Line::words(format!("{nth} {} 年{colon}{rest}", count + 1)));
        }
        if self.random.chance(40) {
            let (comma, test) = (self.sign('，'), self.word("须"));
            let fact = *self.random.pick(&["销售额 不低于 5元", "示范单位"]);
            let last = rows.last_mut().unwrap();
            last.rest = format!("{}{comma}{test} {fact}", last.rest);
        }
        Line::key(self.word("兑付"), "").below(rows)
    }

    /// 通则
    pub fn general(&mut self, scope: String) -> Line {
        let around = Around::default();
        let mut lines = vec![Line::key(self.word("适用"), scope)];
        if self.random.chance(60) {
            let tests = self.names_of(&Ty::YesNo, around);
            let test = if self.random.chance(60) { self.random.pick(&tests).text.clone() } else { self.condition(around) };
            lines.push(Line::key(self.word("条件"), test));
        }
        if self.random.chance(60) || lines.len() == 1 {
            let test = if self.random.chance(80) { "失信".to_owned() } else { self.condition(around) };
            lines.push(Line::key(self.word("排除"), test));
        }
        Line::key(self.word("通则"), "").below(lines)
    }
}
