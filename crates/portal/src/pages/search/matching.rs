//! Where a text speaks of what somebody typed: the words themselves, else most of their pairs of characters (bigrams), and for
//! Latin letters the pinyin of the characters, whole or first letters alone (`yy` finds 医药). Ranges are of characters.

use pinyin::ToPinyinMulti;
use std::collections::BTreeSet;
use std::ops::Range;

/// What was typed, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    words: Vec<Vec<char>>,
}

/// How a text answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Of 100: how much of what was typed it says.
    pub share: usize,
    /// The characters that say it, in order.
    pub ranges: Vec<Range<usize>>,
}

/// Longest that is looked for, in characters.
const CHARS_MAX: usize = 40;
/// A text that has fewer of the pairs of a word, of 100, does not speak of it.
const PAIRS_LEAST: usize = 60;
/// Fewest letters that are read as pinyin: one would be in every text.
const LETTERS_LEAST: usize = 2;

impl Wanted {
    /// Words that were typed, apart by spaces and stops.
    pub fn parse(text: &str) -> Self {
        let apart = |c: char| c.is_whitespace() || matches!(c, '，' | '。' | '、' | ',' | '；' | ';' | '？' | '?');
        let short: String = text.chars().take(CHARS_MAX).collect();
        let lower = |word: &str| word.chars().flat_map(char::to_lowercase).collect::<Vec<char>>();
        Self { words: short.split(apart).filter(|word| !word.is_empty()).map(lower).collect() }
    }

    /// Whether there is anything to look for.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Where a text speaks of it; none: not of every word.
    pub fn find(&self, text: &str) -> Option<Match> {
        let chars: Vec<char> = text.chars().flat_map(|c| if c.is_ascii() { c.to_ascii_lowercase() } else { c }.to_lowercase().take(1)).collect();
        let mut out = Match { share: 100, ranges: Vec::new() };
        for word in &self.words {
            let (share, ranges) = of_word(&chars, word)?;
            out.share = out.share.min(share);
            out.ranges.extend(ranges);
        }
        out.ranges = joined(out.ranges);
        Some(out).filter(|found| !found.ranges.is_empty())
    }
}

/// Where a word stands, and how much of it.
fn of_word(text: &[char], word: &[char]) -> Option<(usize, Vec<Range<usize>>)> {
    let whole: Vec<Range<usize>> = places(text, word).collect();
    if !whole.is_empty() {
        return Some((100, whole));
    }
    if word.iter().all(char::is_ascii_alphabetic) {
        let spoken: Vec<Range<usize>> = (0..text.len()).filter_map(|at| spoken_from(text, at, word)).collect();
        return Some((90, spoken)).filter(|(_, ranges)| !ranges.is_empty() && word.len() >= LETTERS_LEAST);
    }
    let pairs: BTreeSet<&[char]> = word.windows(2).collect();
    let mut ranges = Vec::new();
    let mut had = 0_usize;
    for pair in &pairs {
        let before = ranges.len();
        ranges.extend(places(text, pair));
        had += usize::from(ranges.len() > before);
    }
    let share = (had * 100).checked_div(pairs.len())?;
    (share >= PAIRS_LEAST).then_some((share.min(80), ranges))
}

fn places<'a>(text: &'a [char], word: &'a [char]) -> impl Iterator<Item = Range<usize>> + 'a {
    text.windows(word.len()).enumerate().filter(move |(_, window)| *window == word).map(move |(at, _)| at..at + word.len())
}

/// The characters from one on whose pinyin is what was typed.
fn spoken_from(text: &[char], at: usize, letters: &[char]) -> Option<Range<usize>> {
    let end = rest_spoken(text, at, letters)?;
    Some(at..end).filter(|range| range.len() >= 2)
}

fn rest_spoken(text: &[char], at: usize, letters: &[char]) -> Option<usize> {
    let Some(first) = letters.first() else { return Some(at) };
    let readings = text.get(at)?.to_pinyin_multi()?;
    // A character may have several readings: 重 is chong in 重庆 and zhong in 重点.
    let mut initial = false;
    for reading in readings {
        let plain = reading.plain();
        initial |= plain.starts_with(*first);
        let rest = plain.chars().zip(letters).all(|(a, b)| a == *b).then(|| letters.get(plain.len()..)).flatten();
        if let Some(end) = rest.and_then(|rest| rest_spoken(text, at + 1, rest)) {
            return Some(end);
        }
    }
    if initial { rest_spoken(text, at + 1, letters.get(1..)?) } else { None }
}

/// Ranges in order, those that touch as one.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    fn found(typed: &str, text: &str) -> Option<Vec<String>> {
        let chars: Vec<char> = text.chars().collect();
        let found = Wanted::parse(typed).find(text)?;
        Some(found.ranges.iter().map(|range| chars[range.clone()].iter().collect()).collect())
    }

    #[test]
    fn two_characters_are_found_wherever_they_stand() {
        assert_eq!(found("医药", "支持生物医药和医疗器械企业开展网上销售"), Some(vec!["医药".to_owned()]));
        assert_eq!(found("医药", "药品与医院"), None);
    }

    #[test]
    fn first_letters_of_pinyin_find_the_characters() {
        assert_eq!(found("yy", "支持生物医药企业"), Some(vec!["医药".to_owned()]));
        assert_eq!(found("YY", "支持生物医药企业"), Some(vec!["医药".to_owned()]));
        assert_eq!(found("swyy", "支持生物医药企业"), Some(vec!["生物医药".to_owned()]));
        assert_eq!(found("zb", "从事直播带货"), Some(vec!["直播".to_owned()]));
    }

    #[test]
    fn whole_pinyin_and_letters_mixed_find_them_too() {
        assert_eq!(found("zhibo", "从事直播带货"), Some(vec!["直播".to_owned()]));
        assert_eq!(found("zhib", "从事直播带货"), Some(vec!["直播".to_owned()]));
    }

    #[test]
    fn every_reading_of_a_character_counts() {
        assert_eq!(found("cq", "重庆市"), Some(vec!["重庆".to_owned()]));
        assert_eq!(found("zd", "重点企业"), Some(vec!["重点".to_owned()]));
    }

    #[test]
    fn one_letter_is_no_pinyin_but_latin_words_are_found_as_they_stand() {
        assert_eq!(found("z", "直播"), None);
        assert_eq!(found("b2b", "B2B平台"), Some(vec!["B2B".to_owned()]));
    }

    #[test]
    fn a_sentence_is_found_by_most_of_its_pairs() {
        assert_eq!(found("跨境电商企业", "跨境电商主体和企业"), Some(vec!["跨境电商".to_owned(), "企业".to_owned()]));
        assert_eq!(found("跨境电商企业", "企业所得税"), None);
    }

    #[test]
    fn every_word_must_be_spoken_of() {
        assert_eq!(found("直播 基地", "直播带货且有基地"), Some(vec!["直播".to_owned(), "基地".to_owned()]));
        assert_eq!(found("直播 仓库", "直播带货且有基地"), None);
    }

    #[test]
    fn nothing_typed_finds_nothing() {
        assert_eq!(found("  ，", "直播"), None);
        assert!(Wanted::parse(" ").is_empty());
    }
}
