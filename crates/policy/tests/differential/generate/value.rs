//! Values on one line: literals, names, arithmetic and postfix forms.

use super::lines::Line;
use super::{Around, Maker, Ty};

/// A value as written.
#[derive(Clone, Debug)]
pub struct Val {
    /// The end of the line it stands on.
    pub text: String,
    /// Lines that hang on it: then it can only stand last.
    pub below: Vec<Line>,
    /// A literal or a name.
    pub atom: bool,
    /// It may be absent.
    pub optional: bool,
}

impl Val {
    pub fn atom(text: String, optional: bool) -> Self {
        Self { text, below: Vec::new(), atom: true, optional }
    }

    pub fn inline(text: String, optional: bool) -> Self {
        Self { text, below: Vec::new(), atom: false, optional }
    }
}

impl Maker {
    /// A number of a unit, in hundredths (hundredths of a percent for ratios); it becomes a threshold for applicants.
    pub fn literal_of(&mut self, unit: &'static str, hundredths: i64) -> String {
        self.made.numbers.push((unit, hundredths));
        let (whole, part) = (hundredths / 100, hundredths % 100);
        let plain = match (whole, part) {
            (_, 0) => whole.to_string(),
            (_, part) if part % 10 == 0 => format!("{whole}.{}", part / 10),
            (_, part) => format!("{whole}.{part:02}"),
        };
        match unit {
            "" if self.random.chance(10) && hundredths % 10 == 0 => format!("{}‰", hundredths / 10),
            "" => format!("{plain}%"),
            "元" | "美元" if part == 0 && whole % 1000 == 0 && whole > 0 && self.random.chance(50) => match whole / 1000 {
                thousands if thousands % 10 == 0 => format!("{}万{unit}", thousands / 10),
                thousands => format!("{}.{}万{unit}", thousands / 10, thousands % 10),
            },
            "元" if part == 0 && (1000..1_000_000).contains(&whole) && self.random.chance(20) => {
                format!("{},{:03}元", whole / 1000, whole % 1000)
            }
            "平方米" if self.random.chance(20) => format!("{plain}㎡"),
            unit => format!("{plain}{unit}"),
        }
    }

    /// A likely number of a unit, in hundredths.
    pub fn number(&mut self, unit: &str) -> i64 {
        let from: &[i64] = match unit {
            "元" | "美元" => &[500, 1000, 2000, 5000, 10_000, 50_000, 100_000, 250_050, 1_000_000, 2_000_000],
            "" => &[50, 100, 500, 1000, 2500, 4000, 5000, 8000, 10_000, 12_000],
            "平方米" => &[1000, 5000, 10_000, 50_000, 100_050],
            "年" => &[100, 200, 300, 500],
            "分" => &[1000, 6000, 8000, 9050],
            _ => &[200, 500, 1000, 2000, 10_000],
        };
        *self.random.pick(from)
    }

    /// A literal.
    pub fn literal(&mut self, unit: &'static str) -> String {
        let number = self.number(unit);
        self.literal_of(unit, number)
    }

    /// A ratio of at most one, for rates.
    pub fn rate(&mut self) -> String {
        if self.random.chance(8) {
            return (*self.random.pick(&["1/3", "2/3", "1/2"])).to_owned();
        }
        let number = *self.random.pick(&[50, 100, 300, 1000, 3000, 4000, 6500, 10_000]);
        self.literal_of("", number)
    }

    /// Names of a type that may stand here, written with a period where they need or may have one.
    pub fn names_of(&mut self, ty: &Ty, around: Around) -> Vec<Val> {
        let mut found = Vec::new();
        for fact in self.made.facts.clone() {
            let fits = match (&fact.ty, ty) {
                (Ty::Choice(_), Ty::Choice(_)) => true,
                (a, b) => a == b,
            };
            if !fits {
                continue;
            }
            if fact.by_month && !around.month {
                let month = self.random.within(1, 6);
                let last = if self.random.chance(30) { format!("{} ", self.word("上年")) } else { String::new() };
                found.push(Val::atom(format!("{last}{month}月 {}", fact.name), false));
            } else if (fact.by_year || fact.by_month) && self.random.chance(20) {
                let period = if self.random.chance(60) { self.word("上年") } else { format!("{}年", self.random.within(2021, 2023)) };
                found.push(Val::atom(format!("{period} {}", fact.name), false));
            } else {
                found.push(Val::atom(fact.name, false));
            }
        }
        if let Some(list) = around.list
            && let Ty::List(_, fields) = self.made.facts[list].ty.clone()
        {
            for field in fields.iter().filter(|field| field.ty == *ty) {
                // Fields are what a fold is about.
                found.extend([Val::atom(field.name.clone(), false), Val::atom(field.name.clone(), false)]);
            }
        }
        let locals = if around.clause { self.locals.clone() } else { Vec::new() };
        for named in self.named.clone().into_iter().chain(locals) {
            if named.ty == *ty && (around.optional || !named.optional) && (named.any_year || !around.year) {
                let last = named.any_year && self.random.chance(20);
                let period = if last { format!("{} ", self.word("上年")) } else { String::new() };
                found.push(Val::atom(format!("{period}{}", named.name), named.optional));
            }
        }
        found
    }

    /// A name or a literal.
    pub fn atom(&mut self, unit: &'static str, around: Around) -> Val {
        let names = self.names_of(&Ty::Number(unit), around);
        if names.is_empty() || self.random.chance(10) {
            return Val::atom(self.literal(unit), false);
        }
        self.random.pick(&names).clone()
    }

    /// One of these units in which something can be named here.
    pub fn unit_among(&mut self, units: &[&'static str], around: Around) -> &'static str {
        let named = units.iter().filter(|unit| !self.names_of(&Ty::Number(unit), around.firm()).is_empty());
        let named: Vec<&'static str> = named.copied().collect();
        named[self.random.below(named.len())]
    }

    /// A name where there is one.
    pub fn measure(&mut self, unit: &'static str, around: Around) -> Val {
        let names = self.names_of(&Ty::Number(unit), around.firm());
        if names.is_empty() { Val::atom(self.literal(unit), false) } else { self.random.pick(&names).clone() }
    }

    /// A fact by year, bare, for comparing years.
    pub fn yearly(&mut self, unit: &'static str) -> Option<String> {
        let facts = self.made.facts.iter();
        let names: Vec<String> = facts.filter(|f| f.by_year && f.ty == Ty::Number(unit)).map(|f| f.name.clone()).collect();
        (!names.is_empty()).then(|| self.random.pick(&names).clone())
    }

    fn as_atom(&mut self, value: Val) -> String {
        if value.atom { value.text } else { self.paren(&value.text) }
    }

    /// A value of a unit on one line.
    pub fn value(&mut self, unit: &'static str, around: Around) -> Val {
        if around.depth >= 3 || self.random.chance(35) {
            return self.atom(unit, around);
        }
        let inner = around.deeper();
        match self.random.below(13) {
            0 | 1 => {
                let a = self.value(unit, inner);
                let b = self.value(unit, inner);
                let optional = a.optional || b.optional;
                let (a, b) = (self.as_atom(a), self.as_atom(b));
                let op = self.one(&["加", "减"]);
                Val::inline(format!("{a} {op} {b}"), optional)
            }
            2 | 3 => {
                let a = self.value(unit, inner);
                let optional = a.optional;
                let a = self.as_atom(a);
                let (op, rate) = (self.one(&["的", "乘"]), self.rate());
                Val::inline(format!("{a} {op} {rate}"), optional)
            }
            4 => {
                let x = self.atom(unit, inner);
                let form = self.one(&["超过", "不超过"]);
                let (v, part) = (self.literal(unit), self.word("的部分"));
                Val::inline(format!("{} {form} {v} {part}", x.text), x.optional)
            }
            5 if unit == "元" => {
                let of = self.unit_among(&["元", "人", "平方米", "间"], inner);
                let x = self.atom(of, inner);
                let (full, step, gives, each) = (self.word("每满"), self.literal(of), self.word("给"), self.literal(unit));
                Val::inline(format!("{} {full} {step} {gives} {each}", x.text), x.optional)
            }
            6 => match self.yearly(unit) {
                Some(name) => {
                    let period = if self.random.chance(70) { self.word("上年") } else { "2021年".to_owned() };
                    let (over, rise) = (self.word("比"), self.word("增量"));
                    Val::inline(format!("{name} {over} {period} {rise}"), false)
                }
                None => self.atom(unit, around),
            },
            7 | 8 => {
                let condition = self.simple_condition(inner);
                let (a, b) = (self.atom(unit, inner), self.atom(unit, inner));
                let (if_, then, else_) = (self.word("若"), self.word("则"), self.word("否则"));
                let optional = a.optional || b.optional;
                Val::inline(format!("{if_} {condition} {then} {} {else_} {}", a.text, b.text), optional)
            }
            9 => {
                let x = self.value(unit, inner);
                let text = self.modified(x.text, unit, inner);
                Val::atom(self.paren(&text), x.optional)
            }
            _ => self.special(unit, inner),
        }
    }

    /// A comma modifier behind a value.
    fn modified(&mut self, text: String, unit: &'static str, around: Around) -> String {
        let word = *self.random.pick(&["最高", "最低", "扣除", "另加", "取整到"]);
        let by = if word == "取整到" { self.literal(unit) } else { self.atom(unit, around.firm()).text };
        let (comma, word) = (self.sign('，'), self.word(word));
        format!("{text}{comma}{word} {by}")
    }

    /// Forms of one unit alone.
    fn special(&mut self, unit: &'static str, around: Around) -> Val {
        match unit {
            "" => self.special_ratio(around),
            "元" => match self.random.below(6) {
                0 if around.clause => {
                    let (this, got) = (self.word("本条"), self.word("已得"));
                    Val::atom(format!("{this} {got}"), false)
                }
                1 if self.earlier.iter().any(|(_, money)| *money) && around.clause => {
                    let money: Vec<String> = self.earlier.iter().filter(|e| e.1).map(|e| e.0.clone()).collect();
                    let id = self.random.pick(&money).clone();
                    let (clause, amount) = (self.word("条款"), self.word("本年所得"));
                    let text = format!("{clause} {id} {amount}");
                    if around.optional && self.random.chance(50) {
                        return Val::atom(text, true);
                    }
                    let (comma, absent, v) = (self.sign('，'), self.word("无则"), self.literal("元"));
                    Val::atom(self.paren(&format!("{text}{comma}{absent} {v}")), false)
                }
                2 | 3 => {
                    let area = self.measure("平方米", around);
                    let by = self.word("乘");
                    if self.random.chance(40) {
                        // A yearly price, taken once.
                        let price = *self.random.pick(&["18元/平方米/年", "7.5元/平方米/年"]);
                        return Val::inline(format!("{} {by} {price}", area.text), area.optional);
                    }
                    let (price, months) = (*self.random.pick(&["1.5元/平方米/月", "2元/平方米/年"]), self.random.within(1, 12));
                    Val::inline(format!("{} {by} {price} {by} {months}个月", area.text), area.optional)
                }
                4 => {
                    let head = self.measure("人", around);
                    let by = self.word("乘");
                    Val::inline(format!("{} {by} 3.5元/人", head.text), head.optional)
                }
                _ if !self.made.rates.is_empty() => {
                    let foreign = self.measure("美元", around);
                    let (by, rate) = (self.word("乘"), self.made.rates[0].clone());
                    Val::inline(format!("{} {by} {rate}", foreign.text), false)
                }
                _ => self.atom(unit, around),
            },
            _ => self.atom(unit, around),
        }
    }

    fn special_ratio(&mut self, around: Around) -> Val {
        match self.random.below(3) {
            0 => {
                if let Some(name) = self.yearly("元") {
                    let (over, last, growth) = (self.word("比"), self.word("上年"), self.word("增幅"));
                    return Val::inline(format!("{name} {over} {last} {growth}"), false);
                }
                self.atom("", around)
            }
            1 if around.clause && around.list.is_none() && !around.year && !around.month => {
                // A divisor must not be zero under the conditions of the clause.
                let facts = self.made.facts.iter();
                let plain = facts.filter(|f| f.ty == Ty::Number("元") && !f.by_month).map(|f| f.name.clone());
                let plain: Vec<String> = plain.collect();
                let (a, b) = (self.atom("元", around.firm()), self.random.pick(&plain).clone());
                self.divisors.push(b.clone());
                let by = self.word("除以");
                Val::inline(format!("{} {by} {b}", a.text), false)
            }
            _ => {
                let (a, by, b) = (self.atom("元", around.firm()), self.word("除以"), self.literal("元"));
                Val::inline(format!("{} {by} {b}", a.text), false)
            }
        }
    }
}
