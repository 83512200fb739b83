//! Words that people write by habit and the language has another word for: what an error message suggests then.
//! None of them is accepted; the law's sentence means one thing or the other and the rule must say which.

use super::words::lookup;
use crate::diagnostic::Text;

/// Words, and what to write instead.
const SLIPS: &[(&[&str], &str, &str)] = &[
    (&["以上", "及以上", ">=", "≥", ">", "=>", "大于", "大于等于"], "写 达到（含本数）或 超过（不含）", "write reaches (with the bound) or exceeds (without)"),
    (
        &["以下", "及以下", "以内", "<=", "≤", "<", "=<", "小于", "小于等于"],
        "写 不超过（含本数）或 低于（不含）",
        "write within (with the bound) or below (without)",
    ),
    (&["=", "==", "等于", "是"], "选项写 为；是否的事实直接写它的名称", "write is before a choice; a fact of yes or no stands alone"),
    (&["*", "x", "X", "×"], "写 乘，比率写 的", "write times_by, or of_rate before a ratio"),
    (&["最高不超过", "最多不超过", "封顶", "不高于最高"], "写 最高", "write at_most"),
    (&["最低不少于", "保底"], "写 最低", "write at_least"),
    (&["每年一次", "一年一次", "每年1次", "按年一次", "每年度"], "写 每年", "write every_year"),
    (&["仅一次", "只一次", "一次性享受", "1次", "终身一次"], "写 一次性", "write once"),
    (&["万元", "亿元", "金额", "人民币", "万", "亿"], "类型写 元；数里可以写 100万元", "the type is 元; a number may say 100万元"),
    (&["百分比", "比例", "百分数", "占比", "%"], "类型写 比率", "the type is ratio"),
    (&["整数", "数字", "数量", "数值", "个数"], "类型写量词：人、家、单、件……", "the type is a measure word: 人, 家, 单, 件 …"),
    (&["布尔", "是/否", "bool", "boolean"], "类型写 是否", "the type is yes_or_no"),
    (&["文本", "字符串", "字符", "名称", "string", "text"], "类型写 文字", "the type is words"),
    (&["枚举", "单选", "类型", "类别"], "类型写 选项（甲、乙）", "the type is one_of（甲、乙）"),
    (&["列表", "清单", "表格"], "类型写 名单（家），各栏写在下面", "the type is list（家）, its fields below"),
    (&["时间", "年月日"], "类型写 日期", "the type is date"),
];

/// What to write instead of a word of habit.
pub fn instead(word: &str) -> Option<Text> {
    SLIPS.iter().find(|(words, ..)| words.contains(&word)).map(|(_, zh, en)| Text::new(*zh, *en))
}

/// True for a unit that is written close behind its number.
pub fn is_unit(word: &str) -> bool {
    matches!(word, "万" | "亿" | "%") || ["万", "亿", ""].iter().any(|times| word.strip_prefix(times).is_some_and(|unit| values::known_unit(unit).is_some()))
}

/// English words that people write where the language has another, and that other; in Chinese where the rest is.
const OTHER_ENGLISH: &[(&str, &str)] = &[
    ("object", "对象"),
    ("target_group", "对象"),
    ("subject", "对象"),
    ("applicant", "对象"),
    ("condition", "条件"),
    ("amount", "给予"),
    ("grant", "给予"),
    ("award", "给予"),
    ("limit", "限额"),
    ("evidence", "佐证"),
];

/// What a line is meant to begin with where it begins with another English word.
pub fn line(word: &str) -> Option<&'static str> {
    OTHER_ENGLISH.iter().find(|(other, _)| *other == word).map(|(_, meant)| *meant)
}

/// A word of the language where a name is wanted: how it is written as a name.
pub fn as_name(word: &str) -> Option<Text> {
    lookup(word).map(|_| {
        Text::new(format!("“{word}”是语言里的词，作名称时写 『{word}』"), format!("'{word}' is a word of the language; as a name it is written 『{word}』"))
    })
}
