//! Numbers of Chinese official text: digits, 万 and 亿, percent, full width, 两/三, 百分之五, 大写, dates, lists and
//! ranges that share a unit. One pass over the characters. What the numbers mean for a rule is not decided here.

use super::measures::{Amount, Base, Measures};
use values::{Date, Rational};

/// A number of the text.
#[derive(Clone, Debug)]
pub(super) struct Number {
    /// Its quote.
    pub(super) quote: usize,
    /// First character.
    pub(super) from: usize,
    /// One past the last digit.
    pub(super) digits_to: usize,
    /// One past its unit.
    pub(super) to: usize,
    /// One past what belongs to it: 以上, （含）.
    pub(super) tail: usize,
    /// Its value; a unit shared with the next number is filled in.
    pub(super) amount: Amount,
    /// What was multiplied in: 万, 亿.
    times: i64,
    /// The number before 万 and unit.
    raw: Rational,
    /// How many of the base its unit makes.
    scale: Rational,
    /// How it goes on to the next number.
    pub(super) link: Link,
    /// Inside （含…）: it repeats its neighbour.
    pub(super) repeats: bool,
}

/// What stands between a number and the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// Other words.
    None,
    /// 6:4
    Parts,
    /// 、 ，或 和
    List,
    /// — 至
    Range,
}

/// Chinese numerals are numbers only before these: what measures, pays or counts applicants. Before 种, 类, 方, 层, 条,
/// 部, 期 and the like they make words (第三方, 两类, 一期), and 一 is an article unless time or money follows.
const COUNTED: &[&str] = &[
    "年",
    "周年",
    "个月",
    "月",
    "日",
    "天",
    "个工作日",
    "工作日",
    "小时",
    "元",
    "圆",
    "美元",
    "欧元",
    "港元",
    "倍",
    "成",
    "家",
    "户",
    "人",
    "名",
    "人次",
    "间",
    "次",
    "项",
    "场",
    "场次",
    "届",
    "台",
    "辆",
    "套",
    "个",
    "平方米",
    "平方",
    "亩",
    "吨",
    "公里",
    "批",
];

/// Behind 一 these are still a number.
const AFTER_ONE: &[&str] = &["年", "周年", "个月", "日", "天", "个工作日", "元", "圆", "美元", "倍"];

/// Before a number, these make it a reference: 附件1, 附表2.
const REFERENCES: &[&str] = &["附件", "附表", "附录", "图", "表"];

/// 第…条 names a place.
const PLACES: &[char] = &['条', '款', '项', '章', '节', '号', '批', '部', '方', '届', '轮', '个'];

fn digit(c: char) -> Option<u32> {
    match c {
        '0'..='9' => c.to_digit(10),
        '０'..='９' => Some(u32::from(c) - u32::from('０')),
        _ => None,
    }
}

fn numeral(c: char) -> Option<i64> {
    Some(match c {
        '零' | '〇' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn multiple(c: char) -> Option<i64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        '万' => 10_000,
        '亿' => 100_000_000,
        _ => return None,
    })
}

/// The number of an article, 3 or 十三, and where it ends.
pub(super) fn ordinal(chars: &[char], from: usize) -> Option<(u32, usize)> {
    let run = chars.get(from..)?.iter().take(4);
    let digits: Vec<u32> = run.clone().map_while(|c| digit(*c)).collect();
    if !digits.is_empty() {
        return Some((digits.iter().fold(0, |sum, d| sum * 10 + d), from + digits.len()));
    }
    let (mut total, mut last, mut length) = (0_u32, None, 0);
    for c in run {
        match (numeral(*c), multiple(*c)) {
            (Some(n), _) if last.is_none_or(|l| l == 0) => last = u32::try_from(n).ok(),
            (_, Some(factor @ (10 | 100))) => {
                total += last.unwrap_or(1) * u32::try_from(factor).ok()?;
                last = None;
            }
            _ => break,
        }
        length += 1;
    }
    (length > 0).then_some((total + last.unwrap_or(0), from + length))
}

/// True where a name or text may hold a number at all.
pub(super) fn may_hold(words: &str) -> bool {
    words.chars().any(|c| digit(c).is_some() || numeral(c).is_some() || matches!(c, '十' | '半' | '百'))
}

/// All numbers of `chars`, in order.
pub(super) fn scan(quote: usize, chars: &[char], measures: &Measures<'_>) -> Vec<Number> {
    let mut scanner = Scanner { quote, chars, measures, out: Vec::new() };
    let mut at = 0;
    let mut title = 0_u32;
    while let Some(c) = chars.get(at).copied() {
        match c {
            '《' => title += 1,
            '》' => title = title.saturating_sub(1),
            _ if title > 0 => {}
            _ => {
                if let Some(next) = scanner.number(at, c) {
                    at = next;
                    continue;
                }
            }
        }
        at += 1;
    }
    scanner.share();
    scanner.out
}

struct Scanner<'a> {
    quote: usize,
    chars: &'a [char],
    measures: &'a Measures<'a>,
    out: Vec<Number>,
}

impl Scanner<'_> {
    fn get(&self, at: usize) -> Option<char> {
        self.chars.get(at).copied()
    }

    fn rest(&self, at: usize) -> &[char] {
        self.chars.get(at..).unwrap_or_default()
    }

    fn before(&self, at: usize, words: &str) -> bool {
        let count = words.chars().count();
        at.checked_sub(count).and_then(|from| self.chars.get(from..at)).is_some_and(|chars| words.chars().zip(chars).all(|(a, b)| a == *b))
    }

    /// Reads a number here, or says where to go on.
    fn number(&mut self, at: usize, c: char) -> Option<usize> {
        if digit(c).is_some() {
            return Some(self.arabic(at));
        }
        let out_of = c == '万' && self.get(at + 1) == Some('分') && self.get(at + 2) == Some('之');
        if numeral(c).is_some() || matches!(c, '十' | '拾' | '半' | '百' | '千') || out_of {
            return Some(self.chinese(at));
        }
        None
    }

    fn push(&mut self, (from, digits_to, to): (usize, usize, usize), amount: Amount, (raw, times, scale): (Rational, i64, Rational)) {
        let repeats = self.before(from, "（含") || self.before(from, "(含") || self.before(from, "（不含") || self.before(from, "(不含");
        let tail = tail(self.chars, to).0;
        self.out.push(Number { quote: self.quote, from, digits_to, to, tail, amount, times, raw, scale, link: Link::None, repeats });
    }

    fn arabic(&mut self, from: usize) -> usize {
        let mut at = from;
        let mut text = String::new();
        while let Some(c) = self.get(at) {
            if let Some(d) = digit(c) {
                text.extend(char::from_digit(d, 10));
            } else if matches!(c, '.' | '．') && !text.contains('.') && self.get(at + 1).and_then(digit).is_some() {
                text.push('.');
            } else if matches!(c, ',' | '，') && self.thousands(at, c) {
            } else {
                break;
            }
            at += 1;
        }
        let Ok(raw) = Rational::parse_decimal(&text) else { return at };
        if self.is_marker(from, at, &text) {
            return at;
        }
        if let Some(to) = self.calendar(from, at, &text) {
            return to;
        }
        if let Some(to) = self.parts(from, at, raw) {
            return to;
        }
        // 1/3
        if self.get(at) == Some('/')
            && let Some((lower, to)) = self.integer(at + 1)
            && let Ok(ratio) = Rational::from(lower).checked_mul(Rational::ONE).and_then(|l| raw.checked_div(l))
        {
            self.push((from, to, to), Amount::Number(ratio, Base::Ratio), (raw, 1, Rational::ONE));
            return to;
        }
        self.measured(from, at, raw)
    }

    /// 6:4 and 60:40, which share a whole: two ratios.
    fn parts(&mut self, from: usize, at: usize, raw: Rational) -> Option<usize> {
        if !matches!(self.get(at)?, ':' | '：' | '∶' | '比') || self.get(at + 1) == Some('0') {
            return None;
        }
        let (second, to) = self.integer(at + 1)?;
        let whole = raw.checked_add(Rational::from(second)).ok()?;
        if whole != Rational::from(10) && whole != Rational::from(100) {
            return None;
        }
        let second = Rational::from(second);
        let (first_share, second_share) = (raw.checked_div(whole).ok()?, second.checked_div(whole).ok()?);
        self.push((from, at, at), Amount::Number(first_share, Base::Ratio), (raw, 1, Rational::ONE));
        self.push((at + 1, to, to), Amount::Number(second_share, Base::Ratio), (second, 1, Rational::ONE));
        Some(to)
    }

    /// Digits, then 万, then a unit.
    fn measured(&mut self, from: usize, digits_to: usize, raw: Rational) -> usize {
        let mut at = digits_to;
        let mut times = 1_i64;
        while let Some(factor) = self.get(at).and_then(multiple) {
            // 千克 and 千瓦 are units.
            if self.measures.longest(self.rest(at)).is_some() {
                break;
            }
            times = times.saturating_mul(factor);
            at += 1;
        }
        let multiplied = at;
        let (base, scale) = match self.measures.longest(self.rest(at)) {
            Some((length, base, scale)) => {
                at += length;
                (base, scale)
            }
            None => (Base::None, Rational::ONE),
        };
        let value = raw.checked_mul(Rational::from(times)).and_then(|v| v.checked_mul(scale)).unwrap_or(raw);
        self.push((from, multiplied, at), Amount::Number(value, base), (raw, times, scale));
        at
    }

    fn integer(&self, from: usize) -> Option<(i64, usize)> {
        let mut at = from;
        let mut value = 0_i64;
        while let Some(d) = self.get(at).and_then(digit) {
            value = value.checked_mul(10)?.checked_add(i64::from(d))?;
            at += 1;
        }
        (at > from && value > 0).then_some((value, at))
    }

    fn thousands(&self, at: usize, c: char) -> bool {
        c == ',' && (1..=3).all(|n| self.get(at + n).and_then(digit).is_some()) && self.get(at + 4).and_then(digit).is_none()
    }

    /// 1. and 2、 that open a paragraph or an enumeration, 附件1, 第5条: names of places, not quantities.
    fn is_marker(&self, from: usize, to: usize, digits: &str) -> bool {
        let opens = from == 0 || matches!(from.checked_sub(1).and_then(|at| self.get(at)), Some('：' | '。' | '；' | ':' | ';'));
        let mark = matches!(self.get(to), Some('.' | '．')) || self.get(to) == Some('、') && self.get(to + 1).and_then(digit).is_none();
        let bracketed = matches!(from.checked_sub(1).and_then(|at| self.get(at)), Some('（' | '('))
            && matches!(self.get(to), Some('）' | ')'))
            && (from == 1 || matches!(from.checked_sub(2).and_then(|at| self.get(at)), Some('。' | '；' | '：')));
        let short = digits.len() <= 2 && !digits.contains('.');
        let reference = REFERENCES.iter().any(|word| self.before(from, word));
        let place = self.before(from, "第") && self.get(to).is_some_and(|c| PLACES.contains(&c));
        short && (opens && mark || bracketed || reference) || place
    }

    /// 2023年, 2023年8月11日
    fn calendar(&mut self, from: usize, at: usize, digits: &str) -> Option<usize> {
        if self.get(at) != Some('年') || digits.len() != 4 {
            return None;
        }
        let year: i32 = digits.parse().ok()?;
        if !(1900..=2200).contains(&year) {
            return None;
        }
        let raw = Rational::from(i64::from(year));
        if let Some((month, to)) = self.integer(at + 1)
            && self.get(to) == Some('月')
            && let Some((day, end)) = self.integer(to + 1)
            && self.get(end) == Some('日')
            && let Ok(date) = Date::parse(&format!("{year:04}-{month:02}-{day:02}"))
        {
            self.push((from, end + 1, end + 1), Amount::Date(date), (raw, 1, Rational::ONE));
            return Some(end + 1);
        }
        self.push((from, at, at + 1), Amount::Year(year), (raw, 1, Rational::ONE));
        Some(at + 1)
    }

    /// 三年, 百分之五, 三分之一, 五万元
    fn chinese(&mut self, from: usize) -> usize {
        if self.get(from) == Some('半') {
            return self.half(from);
        }
        let (value, at) = self.numerals(from);
        let Some(value) = value else { return at.max(from + 1) };
        if self.get(at) == Some('分') && self.get(at + 1) == Some('之') {
            let (upper, to) = self.numerals(at + 2);
            if let Some(upper) = upper.filter(|_| value > 0)
                && let Ok(ratio) = Rational::new(i128::from(upper), i128::from(value))
            {
                self.push((from, to, to), Amount::Number(ratio, Base::Ratio), (Rational::from(upper), 1, Rational::ONE));
                return to;
            }
        }
        let Some((length, base, scale)) = self.measures.longest(self.rest(at)) else { return at };
        let unit: String = self.rest(at).iter().take(length).collect();
        let allowed = if value == 1 { AFTER_ONE } else { COUNTED };
        // 百, 千 alone are words (百货, 千家万户); 数十 and 几十 are no numbers.
        let vague = self.before(from, "数") || self.before(from, "几") || matches!(self.get(from), Some('百' | '千'));
        let place = self.before(from, "第") && unit != "年" && unit != "次";
        // 成立, 成为 are verbs.
        let verb = unit == "成" && self.get(at + 1).is_some_and(|c| matches!(c, '立' | '为' | '功' | '长' | '果' | '员' | '本' | '交'));
        if !allowed.contains(&unit.as_str()) || vague || place || verb {
            return at;
        }
        let raw = Rational::from(value);
        let value = raw.checked_mul(scale).unwrap_or(raw);
        self.push((from, at, at + length), Amount::Number(value, base), (raw, 1, scale));
        at + length
    }

    fn half(&mut self, from: usize) -> usize {
        let unit = self.measures.longest(self.rest(from + 1));
        let Some((length, base, scale)) = unit.filter(|_| matches!(self.get(from + 1), Some('年')) || self.get(from + 1) == Some('个')) else {
            return from + 1;
        };
        let to = from + 1 + length;
        match scale.checked_div(Rational::from(2)) {
            Ok(value) if self.measures.is_time(Amount::Number(value, base)) => {
                self.push((from, from + 1, to), Amount::Number(value, base), (Rational::ONE, 1, value));
            }
            _ => {}
        }
        to
    }

    /// The value of a run of numerals, and where it ends. A run of digits without 十 or 百 (二〇二三) has none.
    fn numerals(&self, from: usize) -> (Option<i64>, usize) {
        let (mut total, mut section, mut last) = (0_i64, 0_i64, None::<i64>);
        let mut at = from;
        let mut plain = 0;
        while let Some(c) = self.get(at) {
            if let Some(n) = numeral(c) {
                plain += u32::from(last.is_some());
                last = Some(n);
            } else if let Some(factor) = multiple(c) {
                if factor >= 10_000 {
                    section = section.saturating_add(last.unwrap_or(0)).max(1);
                    total = total.saturating_add(section.saturating_mul(factor));
                    section = 0;
                } else {
                    section = section.saturating_add(last.unwrap_or(1).saturating_mul(factor));
                }
                last = None;
            } else {
                break;
            }
            at += 1;
        }
        let value = total.saturating_add(section).saturating_add(last.unwrap_or(0));
        ((plain == 0 && at > from).then_some(value), at)
    }

    /// 5万元（大写：伍万元整）: an amount that brackets repeat in the other writing.
    fn in_capitals(&mut self) {
        let chars = self.chars;
        let again = |pair: &[Number]| {
            let [first, second] = pair else { return false };
            let between = chars.get(first.to..second.from).unwrap_or_default();
            let within = between.iter().all(|c| matches!(c, '（' | '(' | '整' | '大' | '小' | '写' | '：' | ':' | '人' | '民' | '币' | '￥' | '¥' | '即'));
            first.amount == second.amount && within && between.iter().any(|c| matches!(c, '（' | '('))
        };
        let repeated: Vec<usize> = self.out.windows(2).enumerate().filter(|(_, pair)| again(pair)).map(|(at, _)| at + 1).collect();
        for at in repeated {
            if let Some(number) = self.out.get_mut(at) {
                number.repeats = true;
            }
        }
    }

    /// Links numbers that stand in one list or range, and hands the unit of the last to those before it.
    fn share(&mut self) {
        let chars = self.chars;
        self.in_capitals();
        let mut next: Option<Number> = None;
        for number in self.out.iter_mut().rev().filter(|n| !n.repeats) {
            if let Some(next) = &next {
                number.link = link(chars.get(number.tail..next.from).unwrap_or_default());
                if number.link != Link::None && matches!(number.amount, Amount::Number(_, Base::None)) {
                    number.take_unit(next);
                }
            }
            next = Some(number.clone());
        }
    }
}

impl Number {
    /// 1000（含）-5000万元 and 50、30、10万元: 万 and unit of the neighbour. A number far larger before 万 keeps its own.
    fn take_unit(&mut self, next: &Number) {
        let far = next.raw.checked_mul(Rational::from(if next.times == 10_000 { 100 } else { 1 })).unwrap_or(next.raw);
        if self.times == 1 && (self.raw <= next.raw || self.raw < far) {
            self.times = next.times;
        }
        self.amount = match next.amount {
            Amount::Number(_, base) => {
                let value = self.raw.checked_mul(Rational::from(self.times)).and_then(|v| v.checked_mul(next.scale)).unwrap_or(self.raw);
                Amount::Number(value, base)
            }
            Amount::Year(_) if self.raw >= Rational::from(1900) && self.raw <= Rational::from(2200) => {
                Amount::Year(i32::try_from(self.raw.floor()).unwrap_or_default())
            }
            _ => return,
        };
        self.scale = next.scale;
    }
}

fn link(between: &[char]) -> Link {
    match between {
        ['、' | '，' | ',' | '或' | '和' | '及'] | ['或', '者'] => Link::List,
        ['-' | '—' | '–' | '―' | '~' | '～' | '－' | '至' | '到'] | ['—', '—'] => Link::Range,
        [':' | '：' | '∶' | '比'] => Link::Parts,
        _ => Link::None,
    }
}

/// Where what belongs to a number ends: 以上, （含）, 人民币; and what the marks say: 含 or 不含, and the word behind.
pub(super) fn tail(chars: &[char], to: usize) -> (usize, Option<bool>, Option<&'static str>) {
    let (mut at, mut included, mut word) = (to, None, None);
    for _ in 0..4 {
        let rest = chars.get(at..).unwrap_or_default();
        match rest {
            ['（' | '(', '含', ..] | ['（' | '(', '不', '含', ..] => {
                let Some(close) = rest.iter().take(14).position(|c| matches!(c, '）' | ')')) else { break };
                included = Some(rest.get(1) == Some(&'含'));
                at += close + 1;
            }
            ['人', '民', '币', ..] => at += 3,
            _ => {
                let Some(found) = BEHIND.iter().find(|w| w.chars().count() <= rest.len() && w.chars().zip(rest).all(|(a, b)| a == *b)) else { break };
                word = Some(*found);
                at += found.chars().count();
            }
        }
    }
    (at, included, word)
}

/// Comparison words behind a number, longest first.
const BEHIND: &[&str] =
    &["（及以上）", "（及以下）", "(及以上)", "(及以下)", "及其以上", "及其以下", "及以上", "及以下", "或以上", "或以下", "以上", "以下", "以内", "之内"];
