//! Conditions, on one line and as blocks.

use super::lines::Line;
use super::value::Val;
use super::{Around, Maker, Ty};

const UNITS: &[&str] = &["元", "元", "元", "人", "平方米", "间", "", "分", "美元"];
const COMPARE: &[&str] = &["达到", "不少于", "不低于", "超过", "突破", "高于", "多于", "不超过", "不高于", "不多于", "不满", "不足", "低于", "少于", "未达到"];

impl Maker {
    /// A condition on one line that needs no parentheses beside 且, 或, 非 and inside 若.
    pub fn simple_condition(&mut self, around: Around) -> String {
        let around = around.firm().deeper();
        let tests = self.names_of(&Ty::YesNo, around);
        match self.random.below(16) {
            0..=3 if !tests.is_empty() => self.random.pick(&tests).text.clone(),
            4 => self.choice_test(around),
            5 => self.date_test(around),
            6 => self.year_test(around),
            7 => {
                let unit = self.unit_among(UNITS, around);
                let (x, low) = (self.measure(unit, around), self.number(unit));
                let high = low + self.number(unit);
                self.between(&x.text, unit, low, high)
            }
            8 if !self.earlier.is_empty() && around.clause => {
                let earlier = self.earlier.clone();
                let id = &self.random.pick(&earlier).0;
                let (eligible, clause) = (self.word("符合"), self.word("条款"));
                if self.random.chance(50) { format!("{eligible} {clause} {id}") } else { format!("{eligible} {id}") }
            }
            9 => self.first_time().unwrap_or_else(|| self.comparison(around)),
            12 if around.clause && self.random.chance(40) => {
                let (award, minus, this, first) = (self.word("年度"), self.word("减"), self.word("本条"), self.word("首得年份"));
                format!("{award} {minus} {this} {first} {} {}年", self.one(&["低于", "不超过"]), self.random.within(1, 2))
            }
            13 if self.random.chance(40) => {
                let unit = self.unit_among(&["元", "平方米"], around);
                let (x, low) = (self.measure(unit, around), self.measure(unit, around));
                let (word, to, incl) = (self.word("介于"), self.word("至"), self.word("含"));
                let (mark, high) = (self.paren(&incl), self.edge(unit, 10_000_000));
                format!("{} {word} {}{mark}{to} {high}", x.text, low.text)
            }
            14 if self.random.chance(50) => match self.yearly("元") {
                Some(name) => {
                    let (over, last, growth) = (self.word("比"), self.word("上年"), self.word("增幅"));
                    let (than, v) = (self.one(COMPARE), self.literal(""));
                    format!("{name} {over} {last} {growth} {than} {v}")
                }
                None => self.comparison(around),
            },
            10 => {
                let unit = self.unit_among(&["元", "平方米"], around);
                let (a, b) = (self.measure(unit, around), self.measure(unit, around));
                let than = self.one(COMPARE);
                if a.text == b.text { self.comparison(around) } else { format!("{} {than} {}", a.text, b.text) }
            }
            11 => {
                let unit = *self.random.pick(&["元", ""]);
                let x = self.value(unit, around);
                let (than, v) = (self.one(COMPARE), self.literal(unit));
                format!("{} {than} {v}", x.text)
            }
            _ => self.comparison(around),
        }
    }

    fn comparison(&mut self, around: Around) -> String {
        let unit = self.unit_among(UNITS, around);
        let (x, than, v) = (self.measure(unit, around), self.one(COMPARE), self.literal(unit));
        format!("{} {than} {v}", x.text)
    }

    /// `X 介于 a（含）至 b（不含）`
    fn between(&mut self, x: &str, unit: &'static str, low: i64, high: i64) -> String {
        let (word, to) = (self.word("介于"), self.word("至"));
        let (a, b) = (self.edge(unit, low), self.edge(unit, high));
        format!("{x} {word} {a}{to} {b}")
    }

    /// `1000万元（含）` with a space behind where a word follows.
    fn edge(&mut self, unit: &'static str, number: i64) -> String {
        let included = self.random.chance(50);
        self.edge_of(unit, number, included)
    }

    /// A marked bound.
    pub fn edge_of(&mut self, unit: &'static str, number: i64, included: bool) -> String {
        let (v, mark) = (self.literal_of(unit, number), self.word(if included { "含" } else { "不含" }));
        let mark = self.paren(&mark);
        format!("{v}{mark}")
    }

    fn choice_test(&mut self, around: Around) -> String {
        let mut facts: Vec<(String, Vec<String>)> = Vec::new();
        for fact in &self.made.facts {
            if let Ty::Choice(words) = &fact.ty {
                facts.push((fact.name.clone(), words.clone()));
            }
        }
        let text_field = around.list.is_some();
        if facts.is_empty() || self.random.chance(15) {
            let texts = self.names_of(&Ty::Text, around);
            if !texts.is_empty() && (text_field || self.random.chance(50)) {
                let (name, is) = (self.random.pick(&texts).text.clone(), self.one(&["为", "不为"]));
                return format!("{name} {is} 「{}」", self.random.pick(&["春节", "双节"]));
            }
            let (is, kinds) = (self.word("属于"), *self.random.pick(&["企业", "企业、个体工商户", "机构"]));
            return format!("申报人类型 {is} {kinds}");
        }
        let (name, words) = self.random.pick(&facts).clone();
        if self.random.chance(40) {
            let count = 1 + self.random.below(words.len() - 1);
            return format!("{name} {} {}", self.word("属于"), words[..count].join("、"));
        }
        format!("{name} {} {}", self.one(&["为", "不为"]), self.random.pick(&words))
    }

    fn date_test(&mut self, around: Around) -> String {
        let dates = self.names_of(&Ty::Date, around);
        if dates.is_empty() {
            return self.comparison(around);
        }
        let date = self.random.pick(&dates).text.clone();
        let day = format!("{}-{:02}-{:02}", self.random.within(2020, 2024), self.random.within(1, 12), self.random.within(1, 28));
        match self.random.below(6) {
            5 => {
                let (year, inner) = (self.word("年份"), self.paren(&date));
                let than = self.one(&["早于", "不早于", "晚于", "不晚于"]);
                let of = if self.random.chance(50) { self.word("年度") } else { format!("{}年", self.random.within(2021, 2024)) };
                format!("{year}{inner} {than} {of}")
            }
            0 => {
                self.made.days.push(day.clone());
                format!("{date} {} {day}", self.one(&["早于", "不早于", "晚于", "不晚于"]))
            }
            1 => {
                let (nth, years) = (self.word("年次"), self.random.within(1, 4));
                let than = self.one(&["不超过", "达到", "低于", "超过"]);
                let inner = self.paren(&date);
                format!("{nth}{inner} {than} {years}年")
            }
            2 => {
                let (aged, to, comma) = (self.word("满"), self.word("至"), self.sign('，'));
                let length = *self.random.pick(&["1年", "6个月", "30日"]);
                format!("{date} {aged} {length}{comma}{to} {day}")
            }
            3 => {
                let (as_of, minus) = (self.word("截止"), self.word("减"));
                format!("{as_of} {minus} {date} {} 365日", self.one(&["达到", "低于"]))
            }
            _ => format!("{date} {} {}", self.word("满"), self.random.pick(&["1年", "2年", "6个月", "1个月", "30日", "365日"])),
        }
    }

    fn year_test(&mut self, around: Around) -> String {
        let years = self.names_of(&Ty::Year, around);
        if years.is_empty() {
            return self.comparison(around);
        }
        let year = self.random.pick(&years).text.clone();
        match self.random.below(4) {
            0 => format!("{year} {} {}年", self.one(&["早于", "不早于", "晚于", "不晚于"]), self.random.within(2020, 2024)),
            1 => {
                let nth = self.word("年次");
                let (between, to, inner) = (self.word("介于"), self.word("至"), self.paren(&year));
                let (incl, excl) = (self.word("含"), self.word("不含"));
                let (a, b) = (self.paren(&incl), self.paren(&excl));
                let low = self.random.within(1, 2);
                format!("{nth}{inner} {between} {low}年{a}{to} {}年{b}", low + self.random.within(1, 4))
            }
            2 if !around.year => {
                let (award, minus) = (self.word("年度"), self.word("减"));
                format!("{award} {minus} {year} {} {}年", self.one(&["低于", "达到"]), self.random.within(1, 3))
            }
            _ => {
                let (nth, inner) = (self.word("年次"), self.paren(&year));
                format!("{nth}{inner} {} {}年", self.one(&["不超过", "达到"]), self.random.within(1, 4))
            }
        }
    }

    fn first_time(&mut self) -> Option<String> {
        let fact = self.made.facts.iter().find(|fact| fact.since.is_some())?.clone();
        let Ty::Number(unit) = fact.ty else { return None };
        let (first, than, v) = (self.word("首次"), self.one(&["达到", "超过"]), self.literal(unit));
        Some(format!("{} {first} {than} {v}", fact.name))
    }

    /// A condition on one line.
    pub fn condition(&mut self, around: Around) -> String {
        match self.random.below(10) {
            0 if around.depth < 2 => {
                let (a, b) = (self.joint_part(around), self.joint_part(around));
                let joint = self.one(&["且", "或"]);
                if self.random.chance(20) {
                    let c = self.joint_part(around);
                    format!("{a} {joint} {b} {joint} {c}")
                } else {
                    format!("{a} {joint} {b}")
                }
            }
            1 => self.negated(around),
            _ => self.simple_condition(around),
        }
    }

    fn negated(&mut self, around: Around) -> String {
        let (not, inner) = (self.word("非"), self.simple_condition(around));
        let inner = self.paren(&inner);
        format!("{not} {inner}")
    }

    fn joint_part(&mut self, around: Around) -> String {
        if self.random.chance(25) {
            let inner = self.condition(around.deeper());
            return self.paren(&inner);
        }
        if self.random.chance(20) { self.negated(around) } else { self.simple_condition(around) }
    }

    /// A condition that may be a block.
    pub fn condition_block(&mut self, around: Around) -> Val {
        if around.depth >= 2 || self.random.chance(65) {
            return Val::inline(self.condition(around), false);
        }
        let inner = around.deeper();
        match self.random.below(5) {
            0 | 1 => {
                let word = self.one(&["任一", "同时"]);
                let below = self.condition_lines(inner, 2);
                Val { text: word, below, atom: false, optional: false }
            }
            2 => {
                let below = self.condition_lines(inner, 3);
                let (least, of) = (self.word("至少"), self.word("项"));
                let count = 1 + self.random.below(below.len() - 1);
                Val { text: format!("{least} {count} {of}"), below, atom: false, optional: false }
            }
            3 => self.each_year_test(inner),
            _ => self.each_record_test(inner),
        }
    }

    /// Several conditions, each on its line.
    fn condition_lines(&mut self, around: Around, least: usize) -> Vec<Line> {
        let count = least + self.random.below(3);
        let mut lines = Vec::new();
        for _ in 0..count {
            let part = self.condition_block(around);
            lines.push(Line::words(part.text).below(part.below));
        }
        lines
    }

    fn each_year_test(&mut self, around: Around) -> Val {
        let month = self.random.chance(40) && self.made.facts.iter().any(|fact| fact.by_month);
        let source = if month { self.months() } else { self.years() };
        let (op, each, require) = (self.one(&["任一", "同时"]), self.word("每个"), self.word("条件"));
        let test = self.condition(Around { month, year: !month, ..around.firm() });
        if self.random.chance(50) {
            return Val::inline(format!("{op} {each} {source} {require} {test}"), false);
        }
        let below = vec![Line::key(require, test)];
        Val { text: format!("{op} {each} {source}"), below, atom: false, optional: false }
    }

    /// `3月至4月`
    pub fn months(&mut self) -> String {
        let from = self.random.within(1, 4);
        let last = from + self.random.within(0, 2);
        if self.random.chance(50) { format!("{from}月至{last}月") } else { format!("{from}月 {} {last}月", self.word("至")) }
    }

    /// `近 3 年` or `2022年至2024年`
    pub fn years(&mut self) -> String {
        if self.random.chance(70) {
            let (past, count) = (self.word("近"), self.random.within(1, 3));
            return if past == "近" && self.random.chance(40) { format!("近{count}年") } else { format!("{past} {count} 年") };
        }
        let from = self.random.within(2021, 2023);
        format!("{from}年至{}年", from + self.random.within(0, 2))
    }

    /// The position of a list among the facts.
    pub fn a_list(&mut self) -> Option<usize> {
        let lists = self.made.facts.iter().enumerate().filter(|(_, fact)| matches!(fact.ty, Ty::List(..)));
        let lists: Vec<usize> = lists.map(|(index, _)| index).collect();
        (!lists.is_empty()).then(|| *self.random.pick(&lists))
    }

    fn each_record_test(&mut self, around: Around) -> Val {
        let Some(list) = self.a_list().filter(|_| around.list.is_none()) else {
            return Val::inline(self.condition(around), false);
        };
        let name = self.made.facts[list].name.clone();
        let op = if self.random.chance(30) { format!("{} 2 {}", self.word("至少"), self.word("项")) } else { self.one(&["任一", "同时"]) };
        let (each, require) = (self.word("每个"), self.word("条件"));
        let inside = Around { list: Some(list), ..around.firm() };
        let first = self.condition(inside);
        let mut line = Line::key(require, first);
        if self.random.chance(30) {
            let more = self.condition(inside);
            line = line.beside(vec![Line::words(more)]);
        }
        Val { text: format!("{op} {each} {name}"), below: vec![line], atom: false, optional: false }
    }
}
