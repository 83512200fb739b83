//! Values that hang rows or members below themselves: 分档, 分类, 累进, 合计 and their like.

use super::lines::Line;
use super::value::Val;
use super::{Around, Maker, Ty};

const LOW: &[&str] = &["达到", "不少于", "不低于", "超过", "突破", "高于", "多于"];
const HIGH: &[&str] = &["不超过", "不高于", "不多于", "不满", "不足", "低于", "少于", "未达到"];

/// What rows give.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Of {
    /// 元
    Money,
    /// 比率
    Rate,
    /// Conditions.
    Test,
}

impl Maker {
    /// A value that may be a block; it then stands last on its line.
    pub fn block_value(&mut self, around: Around) -> Val {
        if around.depth >= 3 || self.random.chance(25) {
            return self.value("元", around);
        }
        let inner = around.deeper();
        match self.random.below(12) {
            0..=2 => self.tier(Of::Money, inner),
            3 => self.case(Of::Money, inner),
            4 => self.bracket(inner),
            5 | 6 => {
                let base = self.atom("元", around);
                let (of, rates) = (self.word("的"), self.rates(inner));
                Val { text: format!("{} {of} {}", base.text, rates.text), optional: base.optional || rates.optional, ..rates }
            }
            7 | 8 => self.sum_of_lines(inner),
            _ => self.sum_of_each(inner),
        }
    }

    fn rates(&mut self, around: Around) -> Val {
        if self.random.chance(30) { self.case(Of::Rate, around) } else { self.tier(Of::Rate, around) }
    }

    /// What a row gives; `step` makes later rows worth more.
    fn row_value(&mut self, of: Of, step: usize, around: Around) -> (String, Vec<Line>, bool) {
        match of {
            Of::Test => (self.condition(around.firm().deeper()), Vec::new(), false),
            Of::Rate => (self.rate(), Vec::new(), false),
            Of::Money => match self.random.below(12) {
                0 if around.depth < 2 => {
                    let inner = self.tier(Of::Money, around.deeper());
                    (inner.text, inner.below, inner.optional)
                }
                1 => {
                    let value = self.value("元", around.deeper());
                    (value.text, Vec::new(), value.optional)
                }
                _ => {
                    let number = 10_000 * i64::try_from(step + 1).unwrap() + 1050 * i64::try_from(self.random.below(3)).unwrap();
                    (self.literal_of("元", number), Vec::new(), false)
                }
            },
        }
    }

    /// Thresholds in rising order, far enough apart for whole numbers.
    fn thresholds(&mut self, unit: &str, count: usize) -> Vec<i64> {
        let mut at = self.number(unit).max(300);
        let mut found = Vec::new();
        for _ in 0..count {
            found.push(at);
            at += match unit {
                "年" => 200,
                _ => self.number(unit).max(300),
            };
        }
        found
    }

    /// Left sides of rows that do not overlap, and whether they cover everything.
    fn left_sides(&mut self, unit: &'static str) -> (Vec<String>, bool) {
        let count = 1 + self.random.below(4);
        let at = self.thresholds(unit, count + 1);
        let mut rows = Vec::new();
        match self.random.below(4) {
            0 | 1 => {
                for number in &at[..count] {
                    rows.push(format!("{} {}", self.one(LOW), self.literal_of(unit, *number)));
                }
                return (rows, false);
            }
            2 => {
                for number in &at[..count] {
                    rows.push(format!("{} {}", self.one(HIGH), self.literal_of(unit, *number)));
                }
                return (rows, false);
            }
            _ => {}
        }
        // Bands that meet or leave a gap, and now and then an open row at either end.
        let mut whole = true;
        let mut included = self.random.chance(50);
        if self.random.chance(60) {
            let word = if included { "低于" } else { "不超过" };
            rows.push(format!("{} {}", self.word(word), self.literal_of(unit, at[0])));
        } else {
            whole = false;
        }
        for pair in at.windows(2) {
            let (between, to) = (self.word("介于"), self.word("至"));
            let end_in = self.random.chance(50);
            let (a, b) = (self.edge_of(unit, pair[0], included), self.edge_of(unit, pair[1], end_in));
            rows.push(format!("{between} {a}{to} {b}"));
            included = !end_in;
            if self.random.chance(15) {
                // A gap of the bound itself.
                whole &= !included;
                included = false;
            }
        }
        if self.random.chance(60) {
            let word = if included { "达到" } else { "超过" };
            rows.push(format!("{} {}", self.word(word), self.literal_of(unit, at[count])));
        } else {
            whole = false;
        }
        (rows, whole)
    }

    /// One row whose bound is no constant.
    fn loose_row(&mut self, unit: &'static str, around: Around) -> (Vec<String>, bool) {
        let bound = self.measure(unit, around).text;
        let comparison = if self.random.chance(60) { self.one(LOW) } else { self.one(HIGH) };
        (vec![format!("{comparison} {bound}")], false)
    }

    fn row(&mut self, left: &str, value: (String, Vec<Line>)) -> Line {
        let colon = self.sign('：');
        Line::words(format!("{left}{colon}{}", value.0)).below(value.1)
    }

    /// 分档
    pub fn tier(&mut self, of: Of, around: Around) -> Val {
        if of == Of::Money && self.random.chance(20) {
            return self.joint_tier(around);
        }
        if self.random.chance(12)
            && let Some(tier) = self.first_tier(of)
        {
            return tier;
        }
        let unit = self.unit_among(&["元", "元", "人", "平方米", "", "间"], around);
        let measure = self.measure(unit, around);
        let (mut left, whole) = if self.random.chance(8) { self.loose_row(unit, around) } else { self.left_sides(unit) };
        if self.random.chance(25) {
            self.random.shuffle(&mut left);
        }
        let (below, optional) = self.rows(of, left, whole, around);
        Val { text: format!("{} {}", self.word("分档"), measure.text), below, atom: false, optional }
    }

    /// Rows with their values, perhaps 其余, and whether the value may be absent.
    fn rows(&mut self, of: Of, left: Vec<String>, whole: bool, around: Around) -> (Vec<Line>, bool) {
        let (mut optional, mut gap) = (false, !whole && of != Of::Test);
        let mut lines = Vec::new();
        for (step, left) in left.iter().enumerate() {
            if of != Of::Test && self.random.chance(6) && step > 0 {
                let none = self.word("不予");
                lines.push(self.row(left, (none, Vec::new())));
                optional = true;
                continue;
            }
            let (text, below, absent) = self.row_value(of, step, around);
            lines.push(self.row(left, (text, below)));
            optional |= absent;
        }
        if !whole && of != Of::Test && self.random.chance(35) {
            let rest = self.word("其余");
            let (text, below, absent) = self.row_value(of, 0, around);
            lines.push(self.row(&rest, (text, below)));
            optional |= absent;
            gap = false;
        }
        (lines, optional || gap)
    }

    fn joint_tier(&mut self, around: Around) -> Val {
        let (a, b) = (self.unit_among(&["元", "平方米"], around), self.unit_among(&["人", "", "元"], around));
        let (x, y) = (self.measure(a, around), self.measure(b, around));
        if x.text == y.text {
            return self.tier(Of::Money, around);
        }
        let count = 1 + self.random.below(3);
        let (at, and) = (self.thresholds(a, count), self.thresholds(b, count));
        let mut lines = Vec::new();
        for step in 0..count {
            let (low, second) = (self.one(&["达到", "超过"]), self.one(&["达到", "超过"]));
            let (v, w) = (self.literal_of(a, at[step]), self.literal_of(b, and[step]));
            let left = if self.random.chance(60) { format!("{low} {v}、{w}") } else { format!("{low} {v}、{second} {w}") };
            let (text, below, _) = self.row_value(Of::Money, step, around);
            lines.push(self.row(&left, (text, below)));
        }
        Val { text: format!("{} {}、{}", self.word("分档"), x.text, y.text), below: lines, atom: false, optional: true }
    }

    fn first_tier(&mut self, of: Of) -> Option<Val> {
        if of != Of::Money {
            return None;
        }
        let fact = self.made.facts.iter().find(|fact| fact.since.is_some())?.clone();
        let Ty::Number(unit) = fact.ty else { return None };
        let count = 1 + self.random.below(3);
        let at = self.thresholds(unit, count);
        let mut lines = Vec::new();
        for (step, number) in at.iter().enumerate() {
            let left = format!("{} {}", self.one(&["达到", "超过"]), self.literal_of(unit, *number));
            let value = self.literal_of("元", 10_000 * i64::try_from(step + 1).unwrap());
            lines.push(self.row(&left, (value, Vec::new())));
        }
        let text = format!("{} {} {}", self.word("分档"), self.word("首次"), fact.name);
        Some(Val { text, below: lines, atom: false, optional: true })
    }

    /// 分类
    pub fn case(&mut self, of: Of, around: Around) -> Val {
        let facts = self.made.facts.iter().filter_map(|fact| match &fact.ty {
            Ty::Choice(words) => Some((fact.name.clone(), words.clone())),
            _ => None,
        });
        let facts: Vec<_> = facts.collect();
        if facts.is_empty() {
            return self.tier(of, around);
        }
        let (name, words) = self.random.pick(&facts).clone();
        let (mut left, mut rest) = (Vec::new(), words.as_slice());
        let all = self.random.chance(50);
        while !rest.is_empty() && (all || left.is_empty() || self.random.chance(60)) {
            let count = 1 + self.random.below(rest.len().min(2));
            left.push(rest[..count].join("、"));
            rest = &rest[count..];
        }
        let (below, optional) = self.rows(of, left, rest.is_empty(), around);
        Val { text: format!("{} {name}", self.word("分类")), below, atom: false, optional }
    }

    /// 累进
    fn bracket(&mut self, around: Around) -> Val {
        let measure = self.measure("元", around);
        let count = 1 + self.random.below(3);
        let at = self.thresholds("元", count);
        let mut lines = Vec::new();
        let first = format!("{} {}", self.word("不超过"), self.literal_of("元", at[0]));
        let mut left = vec![first];
        for pair in at.windows(2) {
            let (between, to) = (self.word("介于"), self.word("至"));
            let (a, b) = (self.edge_of("元", pair[0], false), self.edge_of("元", pair[1], true));
            left.push(format!("{between} {a}{to} {b}"));
        }
        left.push(format!("{} {}", self.word("超过"), self.literal_of("元", at[count - 1])));
        for left in left {
            let rate = self.rate();
            lines.push(self.row(&left, (rate, Vec::new())));
        }
        Val { text: format!("{} {}", self.word("累进"), measure.text), below: lines, atom: false, optional: measure.optional }
    }

    fn gather_word(&mut self) -> String {
        self.one(&["合计", "合计", "平均", "就高", "就低"])
    }

    fn sum_of_lines(&mut self, around: Around) -> Val {
        let op = self.gather_word();
        let count = 1 + self.random.below(4);
        let (mut lines, mut firm) = (Vec::new(), false);
        for _ in 0..count {
            let guard = self.random.chance(35);
            let value = if self.random.chance(30) { self.block_value(around) } else { self.value("元", around) };
            let mut text = value.text;
            firm |= !guard && !value.optional;
            if guard {
                let (test, colon) = (self.condition(around.firm().deeper()), self.sign('：'));
                text = format!("{test}{colon}{text}");
            }
            let mut line = Line::words(text).below(value.below);
            let each = line.rest.contains("每个") || line.rest.contains("each");
            if self.random.chance(15) && line.below.is_empty() && !each {
                let (comma, most, v) = (self.sign('，'), self.word("最高"), self.literal("元"));
                line.rest = format!("{}{comma}{most} {v}", line.rest);
            }
            lines.push(line);
        }
        if self.random.chance(12) && op == "合计" {
            let plain = self.made.facts.iter().filter(|fact| fact.ty == Ty::Number("元") && !fact.by_month);
            let names: Vec<String> = plain.map(|fact| fact.name.clone()).take(2).collect();
            lines.push(Line::key(self.word("不计"), names.join("、")));
        }
        Val { text: op, below: lines, atom: false, optional: !firm }
    }

    fn sum_of_each(&mut self, around: Around) -> Val {
        let (op, each) = (self.gather_word(), self.word("每个"));
        let lists = self.a_list().filter(|_| around.list.is_none());
        let months = self.made.facts.iter().any(|fact| fact.by_month && fact.ty == Ty::Number("元"));
        let (source, inside) = match (self.random.below(10), lists) {
            (0..=5, Some(list)) => (self.made.facts[list].name.clone(), Around { list: Some(list), ..around }),
            (6 | 7, _) if months => (self.months(), Around { month: true, ..around }),
            _ => (self.years(), Around { year: true, ..around }),
        };
        let inside = inside.deeper();
        let (require, take) = (self.word("条件"), self.word("计"));
        let guard = self.random.chance(50);
        let empty_possible = inside.list.is_some() && around.list.is_none() && op != "合计" && op != "sum";
        if self.random.chance(35) {
            let mut text = format!("{op} {each} {source}");
            if guard {
                text = format!("{text} {require} {}", self.condition(inside.firm()));
            }
            let value = self.value("元", inside);
            return Val::inline(format!("{text} {take} {}", value.text), guard || value.optional || empty_possible);
        }
        let mut below = Vec::new();
        if guard {
            let mut line = Line::key(require, self.condition(inside.firm()));
            if self.random.chance(30) {
                let more = self.condition(inside.firm());
                line = line.beside(vec![Line::words(more)]);
            }
            below.push(line);
        }
        let value = if self.random.chance(40) { self.tier(Of::Money, inside) } else { self.value("元", inside) };
        let mut line = Line::key(take, value.text).below(value.below);
        line.beside = self.modifier_lines(inside, 25);
        below.push(line);
        Val { text: format!("{op} {each} {source}"), below, atom: false, optional: guard || value.optional || empty_possible }
    }

    /// Modifiers, each on its line, so many times in a hundred.
    pub fn modifier_lines(&mut self, around: Around, percent: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        while lines.len() < 3 && self.random.chance(percent) {
            lines.push(self.modifier_line(around));
        }
        lines
    }

    fn modifier_line(&mut self, around: Around) -> Line {
        let zh = *self.random.pick(&["最高", "最高", "最高", "最低", "扣除", "另加", "另加", "取整到"]);
        let word = self.word(zh);
        match zh {
            "取整到" => Line::key(word, self.literal("元")),
            "最高" | "另加" if around.depth < 3 && self.random.chance(35) => {
                let mut by = self.block_value(around.deeper());
                if zh == "最高" && by.optional {
                    by = self.value("元", around.firm().deeper());
                }
                Line::key(word, by.text).below(by.below)
            }
            "最高" | "最低" => Line::key(word, self.value("元", around.firm().deeper()).text),
            _ => Line::key(word, self.value("元", around.deeper()).text),
        }
    }
}
