//! Single values: numbers in their unit, dates, choices, words.

use super::{Raw, Reader};
use crate::application::FactValue;
use crate::diagnostic::{Text, nearest};
use crate::scheme::{FactId, FactType, Field};
use values::{Date, Fen, NumberError, Rational};

/// Ten trillion yuan in fen: more than any applicant has, and sums of thousands of them still fit 64 bits.
const FEN_MAX: i128 = 1_000_000_000_000_000;

/// Measures beyond this are a slip of the keyboard, and would only cause overflow later.
const MEASURE_MAX: i128 = 1_000_000_000_000_000;

impl Reader<'_> {
    pub(super) fn value(&mut self, field: &str, fact: FactId, ty: &FactType, value: &Raw) -> Option<FactValue> {
        match ty {
            FactType::YesNo => self.yes_no(field, value).map(FactValue::YesNo),
            FactType::Date => self.date(field, value).map(FactValue::Date),
            FactType::Year => self.calendar_year(field, value).map(FactValue::Year),
            FactType::Text => self.words(field, value).map(FactValue::Text),
            FactType::Choice(_) => {
                let word = self.words(field, value)?;
                self.choice(field, fact, &word).map(FactValue::Choice)
            }
            FactType::Number { unit, scale, whole, word } => {
                let unit = self.scheme.unit(*unit);
                let before = self.errors.len();
                let number = if unit.is_none() {
                    self.ratio(field, value)
                } else if unit.money().is_some() {
                    self.money(field, value)
                } else if *whole || matches!(word.as_str(), "年" | "个月" | "月" | "日" | "天" | "工作日" | "个工作日") {
                    self.count(field, value).and_then(|n| n.checked_mul(*scale).ok())
                } else {
                    self.decimal(field, value, 6).and_then(|n| n.checked_mul(*scale).ok())
                };
                if !unit.is_none() {
                    self.name_the_unit(before, word);
                }
                number.map(FactValue::Number)
            }
            FactType::List { .. } => None,
        }
    }

    /// Says which unit a number is in, where another one was written.
    fn name_the_unit(&mut self, before: usize, word: &str) {
        for error in self.errors.iter_mut().skip(before).filter(|error| error.code == "wrong-unit") {
            error.help = Text::new(format!("只写数，单位是 {word}；万、亿要写开"), format!("write the number only, in {word}, without 万 or 亿"));
        }
    }

    /// An amount in yuan, not negative.
    pub(super) fn yuan(&mut self, field: &str, value: &Raw) -> Option<Fen> {
        let number = self.money(field, value)?;
        i64::try_from(number.numerator()).ok().map(Fen)
    }

    pub(super) fn records(&mut self, field: &str, fields: &[Field], records: &[Raw]) -> Option<Vec<Vec<Option<FactValue>>>> {
        let mut out = Vec::with_capacity(records.len());
        let before = self.errors.len();
        for (at, record) in records.iter().enumerate() {
            let prefix = format!("{field}[{}]", at + 1);
            let Raw::Map(entries) = record else {
                self.error(
                    prefix,
                    "wrong-type",
                    Text::new("名单的每一条应是名称和值", "a record holds names and values"),
                    Text::new("写成 {\"名称\":\"…\"}", "write {\"name\": …}"),
                );
                continue;
            };
            self.duplicates(&format!("{prefix}."), entries);
            for (name, _) in entries {
                if !fields.iter().any(|f| f.name == *name) {
                    let known = fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join("、");
                    let near =
                        nearest(name, fields.iter().map(|f| f.name.as_str())).map_or(format!("可用：{known}"), |n| format!("是不是“{n}”？可用：{known}"));
                    self.error(
                        format!("{prefix}.{name}"),
                        "unknown-field",
                        Text::new(format!("名单没有“{name}”这一栏"), format!("the list has no field '{name}'")),
                        Text::new(near.clone(), near),
                    );
                }
            }
            let mut values = Vec::with_capacity(fields.len());
            for decl in fields {
                let given = entries.iter().find(|(name, _)| *name == decl.name).map(|(_, v)| v);
                values.push(match given {
                    None | Some(Raw::Null) => None,
                    Some(value) => self.field_value(&format!("{prefix}.{}", decl.name), decl, value),
                });
            }
            out.push(values);
        }
        (self.errors.len() == before).then_some(out)
    }

    fn field_value(&mut self, field: &str, decl: &Field, value: &Raw) -> Option<FactValue> {
        if let FactType::Choice(words) = &decl.ty {
            let word = self.words(field, value)?;
            let at = words.iter().position(|w| *w == word);
            if at.is_none() {
                self.no_choice(field, &word, words);
            }
            return at.and_then(|at| u16::try_from(at).ok()).map(FactValue::Choice);
        }
        self.value(field, FactId(0), &decl.ty, value)
    }

    pub(super) fn yes_no(&mut self, field: &str, value: &Raw) -> Option<bool> {
        match value {
            Raw::Bool(b) => Some(*b),
            Raw::Text(text) if let Some(said) = yes_or_no(text.trim()) => Some(said),
            _ => self.wrong(field, value, "是或否", "yes or no", "true、false、是、否"),
        }
    }

    fn wrong<T>(&mut self, field: &str, value: &Raw, zh: &str, en: &str, example: &str) -> Option<T> {
        let found = match value {
            Raw::Null => "空".to_owned(),
            Raw::Bool(b) => b.to_string(),
            Raw::Number(n) | Raw::Text(n) => shorten(n),
            Raw::List(_) => "列表".to_owned(),
            Raw::Map(_) => "对象".to_owned(),
        };
        self.error(
            field,
            "wrong-type",
            Text::new(format!("这里应填{zh}，读到的是“{found}”"), format!("{en} is expected, found '{found}'")),
            Text::new(format!("写成 {example}"), format!("write it like {example}")),
        );
        None
    }

    pub(super) fn words(&mut self, field: &str, value: &Raw) -> Option<String> {
        match value {
            Raw::Text(text) if text.chars().count() <= 500 => Some(text.clone()),
            Raw::Number(number) => Some(number.clone()),
            Raw::Text(_) => {
                self.error(field, "too-long", Text::new("文字超过500字", "more than 500 characters"), Text::new("缩短它", "shorten it"));
                None
            }
            _ => self.wrong(field, value, "文字", "text", "\"…\""),
        }
    }

    pub(super) fn choice(&mut self, field: &str, fact: FactId, word: &str) -> Option<u16> {
        let wanted = if fact == self.scheme.kind_fact() && word == "个体" { "个体工商户" } else { word };
        let words = self.scheme.choices(fact).to_vec();
        let at = words.iter().position(|w| w == wanted);
        if at.is_none() {
            self.no_choice(field, word, &words);
        }
        at.and_then(|at| u16::try_from(at).ok())
    }

    fn no_choice(&mut self, field: &str, word: &str, words: &[String]) {
        let known = words.join("、");
        let help = match nearest(word, words.iter().map(String::as_str)) {
            Some(near) => Text::new(format!("是不是“{near}”？可选：{known}"), format!("did you mean '{near}'? Choices: {known}")),
            None => Text::new(format!("可选：{known}"), format!("choices: {known}")),
        };
        self.error(field, "unknown-choice", Text::new(format!("没有“{}”这个选项", shorten(word)), format!("there is no choice '{}'", shorten(word))), help);
    }

    pub(super) fn date(&mut self, field: &str, value: &Raw) -> Option<Date> {
        if let Raw::Text(text) = value {
            match Date::parse(text.trim()) {
                Ok(date) => return Some(date),
                Err(error) => {
                    self.error(
                        field,
                        "date",
                        Text::new(format!("“{}”不是日期，或没有这一天", shorten(text)), error.to_string()),
                        Text::new("写成 2024-12-31", "write it like 2024-12-31"),
                    );
                    return None;
                }
            }
        }
        self.wrong(field, value, "日期", "a date", "\"2024-12-31\"")
    }

    pub(super) fn calendar_year(&mut self, field: &str, value: &Raw) -> Option<i32> {
        let text = match value {
            Raw::Number(n) => n.as_str(),
            Raw::Text(t) => t.trim().trim_end_matches('年'),
            _ => return self.wrong(field, value, "年份", "a year", "2024"),
        };
        match text.parse::<i32>() {
            Ok(year @ 1900..=2200) if text.len() == 4 => Some(year),
            _ => self.wrong(field, value, "四位年份", "a year of four digits", "2024"),
        }
    }

    /// The digits of a number: an integer, or text. A JSON number with a point or an exponent has been through a
    /// float somewhere and is refused.
    fn digits<'v>(&mut self, field: &str, value: &'v Raw) -> Option<&'v str> {
        match value {
            Raw::Text(text) => Some(text.trim()),
            Raw::Number(number) if number.bytes().all(|b| b.is_ascii_digit() || b == b'-') => Some(number),
            Raw::Number(number) => {
                let found = shorten(number);
                self.error(
                    field,
                    "float",
                    Text::new(format!("“{found}”是浮点数，可能已不精确"), format!("'{found}' is a floating-point number and may be inexact")),
                    Text::new("小数写成文字：\"1234.56\"；整数直接写", "write decimals as text: \"1234.56\"; integers as they are"),
                );
                None
            }
            _ => self.wrong(field, value, "数", "a number", "\"1234.56\""),
        }
    }

    fn number(&mut self, field: &str, text: &str) -> Option<Rational> {
        match Rational::parse_decimal(text) {
            Ok(number) => Some(number),
            Err(error) => {
                let found = shorten(text);
                let (code, help) = match error {
                    NumberError::Exponent => ("float", Text::new("不用科学记数法，写成 10000000", "write 10000000, not 1e7")),
                    NumberError::TooLong => ("too-long", Text::new("检查位数", "check its digits")),
                    NumberError::Separator => ("not-a-number", Text::new("不写千分位逗号", "leave out thousands separators")),
                    _ if unit_like(text) => (
                        "wrong-unit",
                        Text::new("只写数；单位是事实声明里的单位，万、亿要写开", "write the number only, in the unit the fact declares, without 万 or 亿"),
                    ),
                    _ => ("not-a-number", Text::new("只写数字和小数点，如 1234.56", "digits and a point only, like 1234.56")),
                };
                self.error(field, code, Text::new(format!("“{found}”不是可用的数"), format!("'{found}' is not a usable number")), help);
                None
            }
        }
    }

    fn not_negative(&mut self, field: &str, number: Rational) -> Option<Rational> {
        if number.is_negative() {
            self.error(
                field,
                "negative",
                Text::new("不能是负数", "it cannot be negative"),
                Text::new("核对这个数；减少额请另列事实", "check it; a decrease is a fact of its own"),
            );
            return None;
        }
        Some(number)
    }

    /// Money in its currency: at most two decimals, not negative, in fen.
    pub(super) fn money(&mut self, field: &str, value: &Raw) -> Option<Rational> {
        let text = self.digits(field, value)?;
        if let Some((_, decimals)) = text.split_once(['.', '．'])
            && decimals.chars().count() > 2
            && Rational::parse_decimal(text).is_ok()
        {
            let found = shorten(text);
            self.error(
                field,
                "too-many-decimals",
                Text::new(format!("“{found}”多于两位小数"), format!("'{found}' has more than two decimals")),
                Text::new("金额精确到分", "money is exact to the fen"),
            );
            return None;
        }
        let number = self.number(field, text)?;
        let number = self.not_negative(field, number)?;
        let fen = number.checked_mul(Rational::from_int(100)).ok().filter(|n| n.is_integer() && n.numerator() <= FEN_MAX);
        if fen.is_none() {
            self.error(field, "out-of-range", Text::new("金额超过10万亿元", "the amount is above ten trillion"), Text::new("检查位数", "check its digits"));
        }
        fen
    }

    pub(super) fn decimal(&mut self, field: &str, value: &Raw, places: usize) -> Option<Rational> {
        let text = self.digits(field, value)?;
        let number = self.number(field, text)?;
        let number = self.not_negative(field, number)?;
        if text.split_once('.').is_some_and(|(_, d)| d.len() > places) {
            self.error(
                field,
                "too-many-decimals",
                Text::new(format!("多于{places}位小数"), format!("more than {places} decimals")),
                Text::new("减少小数位", "fewer decimals"),
            );
            return None;
        }
        self.bounded(field, number)
    }

    fn bounded(&mut self, field: &str, number: Rational) -> Option<Rational> {
        if number > Rational::from_int(MEASURE_MAX) {
            self.error(field, "out-of-range", Text::new("数太大", "the number is too large"), Text::new("检查位数", "check its digits"));
            return None;
        }
        Some(number)
    }

    fn count(&mut self, field: &str, value: &Raw) -> Option<Rational> {
        let text = self.digits(field, value)?;
        let number = self.number(field, text)?;
        let number = self.not_negative(field, number)?;
        if !number.is_integer() {
            self.error(field, "not-whole", Text::new("这里应是整数", "a whole number is expected"), Text::new("去掉小数", "leave out the decimals"));
            return None;
        }
        self.bounded(field, number)
    }

    /// `80.01%` is 8001/10000; the sign must stand there, since 80 and 0.8 could both be meant.
    pub(super) fn ratio(&mut self, field: &str, value: &Raw) -> Option<Rational> {
        let Raw::Text(text) = value else {
            return self.wrong_ratio(field, value);
        };
        let text = text.trim();
        let (digits, per) = match (text.strip_suffix(['%', '％']), text.strip_suffix('‰')) {
            (Some(digits), _) => (digits, 100),
            (None, Some(digits)) => (digits, 1000),
            (None, None) => return self.wrong_ratio(field, value),
        };
        let number = self.number(field, digits.trim_end())?;
        let number = self.bounded(field, number.abs()).map(|_| number)?;
        number.checked_div(Rational::from_int(per)).ok()
    }

    fn wrong_ratio<T>(&mut self, field: &str, value: &Raw) -> Option<T> {
        let found = match value {
            Raw::Number(n) | Raw::Text(n) => shorten(n),
            _ => "…".to_owned(),
        };
        self.error(
            field,
            "wrong-unit",
            Text::new(format!("比率要带百分号，读到的是“{found}”"), format!("a ratio carries its sign, found '{found}'")),
            Text::new("写成 \"80.01%\"", "write it like \"80.01%\""),
        );
        None
    }
}

/// What a message repeats of the input: never more than a glance.
fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(24).collect();
    if text.chars().count() > 24 {
        short.push('…');
    }
    short
}

fn unit_like(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit()) && text.ends_with(|c: char| !c.is_ascii() || c == '%')
}

impl From<&serde_json::Value> for super::Raw {
    /// A parsed JSON value. Numbers that are no integers come as the parser writes them, so a file's own spelling is kept only
    /// by readers that see the text.
    fn from(value: &serde_json::Value) -> Self {
        match value {
            serde_json::Value::Null => Self::Null,
            serde_json::Value::Bool(b) => Self::Bool(*b),
            serde_json::Value::Number(n) => Self::Number(n.to_string()),
            serde_json::Value::String(s) => Self::Text(s.clone()),
            serde_json::Value::Array(items) => Self::List(items.iter().map(Self::from).collect()),
            serde_json::Value::Object(entries) => Self::Map(entries.iter().map(|(name, value)| (name.clone(), Self::from(value))).collect()),
        }
    }
}

/// Whether a word says yes or no; none where it says neither.
#[must_use]
pub fn yes_or_no(word: &str) -> Option<bool> {
    match word {
        "是" | "true" | "TRUE" | "True" => Some(true),
        "否" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}
