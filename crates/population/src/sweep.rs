//! What a number of the rules does to the sums: one number, named by the clause (or fund) and the words in which it stands, is
//! written anew in the rules, and the whole policy is compiled again for each value. A place that is not there, or not one,
//! is refused with the places that are.

use crate::file::FileError;
use crate::simulate::Summary;
use policy::assessment::Outcome;
use policy::check::compile_reading;
use policy::diagnostic::Text;
use policy::scheme::Scheme;
use policy::source::{Sources, Span};
use policy::syntax::ast::{Block, BlockKind};
use policy::syntax::parse::parse;
use values::Rational;

/// Values that a sweep has at most.
const VALUES_MAX: i128 = 50;

/// Values where nothing is said.
const VALUES: i128 = 5;

/// Decimals that a value has at most.
const PLACES: u32 = 4;

/// What is asked for: `1.4:2000万元=1000万元..3000万元/5`, with `#2` behind the words for the second place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spec {
    /// The clause, or the fund.
    pub place: String,
    /// The words as they stand.
    pub words: String,
    nth: Option<usize>,
    values: Vec<String>,
}

/// The rules with another value.
pub struct Variant {
    /// The value, in the words of the rules.
    pub value: String,
    /// It is the one that stands there now.
    pub current: bool,
    /// The policy with it.
    pub scheme: Scheme,
}

/// What it comes to with a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// The value, in the words of the rules.
    pub value: String,
    /// It is the one that stands there now.
    pub current: bool,
    /// Rows that meet the clause; of a fund, those that are awarded something.
    pub eligible: u64,
    /// Amounts of the clause before groups and pools, in fen; of a fund, what is claimed in all.
    pub amount: i128,
    /// What is claimed in all, after groups and before pools, in fen.
    pub claimed: i128,
    /// Awards in all, after groups and pools, in fen.
    pub awarded: i128,
    /// Rows that are awarded something.
    pub winners: u64,
}

/// A sweep that was worked out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sweep {
    /// The clause, or the fund.
    pub place: String,
    /// Its title; empty for a fund.
    pub title: String,
    /// The words that were changed.
    pub words: String,
    /// One for each value.
    pub points: Vec<Point>,
}

fn refused(zh: impl Into<String>, en: impl Into<String>, help: (String, String)) -> FileError {
    FileError::new(Text::new(zh, en), Text::new(help.0, help.1))
}

fn form() -> (String, String) {
    let example = "1.4:2000万元=1000万元..3000万元/5";
    (format!("写成 条款:原来的数=从..到/几个值，例如 {example}"), format!("write CLAUSE:NUMBER=FROM..TO/VALUES, for example {example}"))
}

/// A number and what stands behind it.
fn number(text: &str) -> Option<(Rational, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    Rational::parse_decimal(digits).ok().filter(|_| !digits.is_empty()).map(|n| (n, unit))
}

impl Spec {
    /// Reads what is asked for.
    pub fn parse(text: &str) -> Result<Self, FileError> {
        let wrong = || refused(format!("看不懂“{text}”"), format!("'{text}' is not understood"), form());
        let (place, rest) = text.split_once(':').or_else(|| text.split_once('：')).ok_or_else(wrong)?;
        let (words, range) = rest.split_once('=').ok_or_else(wrong)?;
        let (words, nth) = match words.split_once('#') {
            Some((words, nth)) => (words, Some(nth.parse::<usize>().ok().filter(|nth| *nth > 0).ok_or_else(wrong)?)),
            None => (words, None),
        };
        let (range, count) = match range.rsplit_once('/') {
            Some((range, count)) => (range, count.trim().parse::<i128>().map_err(|_| wrong())?),
            None => (range, VALUES),
        };
        if !(2..=VALUES_MAX).contains(&count) {
            return Err(refused("值的个数要在2到50之间", "between 2 and 50 values", form()));
        }
        let (from, to) = range.split_once("..").ok_or_else(wrong)?;
        let (place, words, from, to) = (place.trim(), words.trim(), from.trim(), to.trim());
        let (Some((_, unit)), Some((low, low_unit)), Some((high, high_unit))) = (number(words), number(from), number(to)) else { return Err(wrong()) };
        if unit != low_unit || unit != high_unit {
            let help = (format!("都写成“…{unit}”"), format!("write all of them with '{unit}'"));
            return Err(refused("三个数的单位不一样", "the units of the three numbers differ", help));
        }
        if low == high {
            return Err(refused("从和到是同一个数", "it goes from a number to itself", form()));
        }
        let mut values = Vec::new();
        for at in 0..count {
            let value = high.checked_sub(low).and_then(|d| d.checked_mul(Rational::from_int(at))).and_then(|d| d.checked_div(Rational::from_int(count - 1)));
            let value = value.and_then(|d| d.checked_add(low)).ok().and_then(|n| n.to_decimal(PLACES));
            let value = value.ok_or_else(|| {
                let help = ("换一个值的个数，使每步都除得尽".to_owned(), "choose a number of values that divides the range evenly".to_owned());
                refused("每步的值除不尽", "the values have too many decimals", help)
            })?;
            values.push(format!("{value}{unit}"));
        }
        Ok(Self { place: place.to_owned(), words: words.to_owned(), nth, values })
    }

    /// The policy with each value.
    pub fn variants(&self, sources: &Sources) -> Result<Vec<Variant>, FileError> {
        let span = self.find(sources)?;
        let mut out = Vec::new();
        for value in &self.values {
            let mut changed = sources.clone();
            if let Some(file) = changed.files.get_mut(usize::from(span.file)) {
                file.text.replace_range(span.start as usize..span.end as usize, value);
            }
            let mut parsed = parse(&changed);
            // The register and the situations speak of the number as it stands.
            parsed.blocks.retain(|block| !matches!(block.kind, BlockKind::Reading(_) | BlockKind::Situation(_)));
            let compiled = compile_reading(&changed, parsed);
            let Some(scheme) = compiled.scheme else {
                let why = compiled.diagnostics.into_iter().find(|d| d.is_error()).map_or_else(|| Text::new("", ""), |d| d.message);
                let (place, words) = (&self.place, &self.words);
                let help = ("换一个范围，或换一处".to_owned(), "choose another range, or another place".to_owned());
                let zh = format!("{place} 的 {words} 改成 {value} 后规则不成立：{}", why.zh);
                return Err(refused(zh, format!("with {value} for {words} of {place} the rules do not hold: {}", why.en), help));
            };
            out.push(Variant { value: value.clone(), current: *value == self.words, scheme });
        }
        Ok(out)
    }

    /// Where the words stand.
    fn find(&self, sources: &Sources) -> Result<Span, FileError> {
        let parsed = parse(sources);
        let named: Vec<(&str, &Block)> = parsed.blocks.iter().filter_map(|block| Some((name(block)?, block))).collect();
        let Some((_, block)) = named.iter().find(|(name, _)| *name == self.place) else {
            let known: Vec<&str> = named.iter().map(|(name, _)| *name).collect();
            let help = (format!("有这些：{}", known.join("、")), format!("there are: {}", known.join(", ")));
            return Err(refused(format!("没有条款或资金“{}”", self.place), format!("there is no clause or fund '{}'", self.place), help));
        };
        let text = sources.words(block.span);
        let numbers = numbers(text);
        let found: Vec<usize> = numbers.iter().filter(|(_, words)| *words == self.words).map(|(at, _)| *at).collect();
        let chosen = match (found.as_slice(), self.nth) {
            ([one], None) => Some(one),
            (several, Some(nth)) => several.get(nth - 1),
            _ => None,
        };
        let (place, words) = (&self.place, &self.words);
        let Some(at) = chosen else {
            return Err(if found.is_empty() {
                let all: Vec<&str> = numbers.iter().map(|(_, words)| *words).collect();
                let help = (format!("那里的数：{}", all.join("、")), format!("its numbers: {}", all.join(", ")));
                refused(format!("{place} 的规则里没有“{words}”"), format!("the rules of {place} have no '{words}'"), help)
            } else {
                let lines: Vec<String> = (1..).zip(&found).map(|(nth, at)| format!("{words}#{nth} {}", line_of(text, *at))).collect();
                let help = (format!("写明是第几处：{}", lines.join("；")), format!("say which: {}", lines.join("; ")));
                refused(format!("“{words}”在 {place} 里有 {} 处", found.len()), format!("'{words}' stands in {} places of {place}", found.len()), help)
            });
        };
        let start = block.span.start as usize + at;
        Ok(Span::new(block.span.file, start, start + words.len()))
    }

    /// What a variant came to.
    #[must_use]
    pub fn point(&self, variant: &Variant, summary: &Summary) -> Point {
        let clause = variant.scheme.clause_named(&self.place).and_then(|id| summary.clauses.get(id.index()));
        Point {
            value: variant.value.clone(),
            current: variant.current,
            eligible: clause.map_or(summary.winners, |clause| clause.rows(Outcome::Eligible)),
            amount: clause.map_or(summary.claimed, |clause| clause.amount),
            claimed: summary.claimed,
            awarded: summary.awarded,
            winners: summary.winners,
        }
    }

    /// A sweep of these points.
    #[must_use]
    pub fn sweep(&self, scheme: &Scheme, points: Vec<Point>) -> Sweep {
        let title = scheme.clause_named(&self.place).and_then(|id| scheme.clause(id)).map_or_else(String::new, |clause| clause.title.clone());
        Sweep { place: self.place.clone(), title, words: self.words.clone(), points }
    }
}

fn name(block: &Block) -> Option<&str> {
    match &block.kind {
        BlockKind::Clause(clause) => Some(&clause.id.text),
        BlockKind::Pool(pool) => Some(&pool.name.text),
        _ => None,
    }
}

fn line_of(text: &str, at: usize) -> &str {
    let start = text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1);
    text.get(start..).and_then(|rest| rest.lines().next()).map_or("", str::trim)
}

/// Numbers with their units and where they stand. Those inside 「」 and “” are words, and those behind # are nobody's.
fn numbers(text: &str) -> Vec<(usize, &str)> {
    const UNIT_ENDS: &str = " \t\r\n，、；：:。（）()「」“”#+*=";
    let mut out = Vec::new();
    // The first line names the block.
    let rules = text.find('\n').unwrap_or(text.len());
    let (mut quoted, mut remark, mut before, mut skip) = (0_u32, false, ' ', 0);
    for (at, c) in text.char_indices() {
        match c {
            '\n' => remark = false,
            _ if remark => {}
            '「' | '“' => quoted += 1,
            '」' | '”' => quoted = quoted.saturating_sub(1),
            '#' if quoted == 0 => remark = true,
            _ if at < skip || at < rules || quoted > 0 => {}
            '0'..='9' if !before.is_ascii_alphanumeric() && !matches!(before, '.' | '@' | '-') => {
                let rest = text.get(at..).unwrap_or_default();
                let end = rest.find(|c| UNIT_ENDS.contains(c)).unwrap_or(rest.len());
                out.push((at, rest.get(..end).unwrap_or_default()));
                skip = at + end;
            }
            _ => {}
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn numbers_of_rules_are_neither_words_nor_remarks() {
        let rules =
            "条款 3「奖」\n  给予  分档 销售额\n    达到 1000万元：10万元   # 原为 8万元\n    达到 500万元:60%\n  说明  “不超过 7天”，「20日」\n  限额  3次";
        let found: Vec<&str> = numbers(rules).into_iter().map(|(_, words)| words).collect();
        assert_eq!(found, ["1000万元", "10万元", "500万元", "60%", "3次"]);
    }
}
