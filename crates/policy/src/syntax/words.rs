//! The one table of the language's words: every Chinese keyword and its English twin. The parser speaks of a
//! word by its Chinese form; a file may use either, or mix them.

/// Where a word is reserved, which is also how a line that starts with it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Opens a block, in column 0.
    Head,
    /// Opens a line of a block; its content may go on below, in the same column.
    Line,
    /// Changes the value before it (`最高`); opens a line or follows a comma.
    Modifier,
    /// Stands inside an expression.
    Inner,
    /// Reserved only in the place that reads it; elsewhere it may be a name.
    Local,
}

use Role::{Head, Inner, Line, Local, Modifier};

/// `(Chinese, English, role)`. Both columns are free of repetition, so translation there and back is the identity.
pub const WORDS: &[(&str, &str, Role)] = &[
    ("政策", "policy", Head),
    ("事实", "facts", Head),
    ("参数", "table", Head),
    ("定义", "define", Head),
    ("条款", "clause", Head),
    ("通则", "general", Head),
    ("并用", "group", Head),
    ("资金", "pool", Head),
    ("追回", "clawback", Head),
    ("目标", "target", Head),
    ("读法", "reading", Head),
    ("文句", "text", Head),
    ("情形", "situation", Head),
    // lines of clauses and of blocks that cover clauses
    ("原文", "cite", Line),
    ("对象", "applicant", Line),
    ("受益", "beneficiary", Line),
    ("条件", "require", Line),
    ("排除", "bar", Line),
    ("其中", "where", Line),
    ("排名", "rank", Line),
    ("给予", "give", Line),
    ("频次", "frequency", Line),
    ("限额", "limit", Line),
    ("兑付", "pay", Line),
    ("类别", "kind", Line),
    ("牵头", "lead", Line),
    ("参与", "with", Line),
    ("佐证", "evidence", Line),
    ("字面", "literal", Line),
    ("不用", "unused", Line),
    ("适用", "scope", Line),
    ("同一", "same", Line),
    ("方式", "mode", Line),
    ("额度", "amount", Line),
    ("超额", "overrun", Line),
    ("来源", "source", Line),
    ("触发", "when", Line),
    ("期限", "time_limit", Line),
    ("收回", "recover", Line),
    ("并处", "also", Line),
    ("取", "read_as", Line),
    ("另", "instead", Line),
    ("因", "because", Line),
    ("计", "take", Line),
    ("值", "value", Line),
    ("不计", "left_out", Line),
    // lines of 政策, 目标, 情形: reserved only there
    ("机关", "authority", Local),
    ("地区", "region", Local),
    ("稿别", "stage", Local),
    ("发布", "published", Local),
    ("征求意见", "comment_period", Local),
    ("施行", "in_force", Local),
    ("失效", "expires", Local),
    ("底本", "original", Local),
    ("修订", "amends", Local),
    ("引用", "uses", Local),
    ("分界", "boundary", Local),
    ("单位", "unit", Local),
    ("别名", "alias", Local),
    ("指标", "indicator", Local),
    ("要求", "goal", Local),
    ("责任", "responsible", Local),
    ("承", "like", Local),
    ("往年", "earlier", Local),
    ("决定", "decision", Local),
    ("他处", "elsewhere", Local),
    ("项目", "project", Local),
    ("选择", "chosen", Local),
    ("申报人", "firm", Local),
    ("结果", "expect", Local),
    ("实得", "awarded", Local),
    // attributes of facts, tables, pools, groups, frequencies
    ("按年", "by_year", Local),
    ("按月", "by_month", Local),
    ("按日", "by_day", Local),
    ("按", "by", Local),
    ("自", "since", Local),
    ("核验", "verified_by", Local),
    ("期间", "window", Local),
    ("问", "ask", Local),
    ("公布", "announced", Local),
    ("公布满", "announced_for", Local),
    ("有效", "valid", Local),
    ("另定", "to_be_set", Local),
    ("全部", "all_clauses", Local),
    ("本节", "this_section", Local),
    ("除", "except", Local),
    ("择一", "choice", Local),
    ("叠加", "stack", Local),
    ("只对", "only", Local),
    ("已得不补", "no_topping_up", Local),
    ("先到先得", "first_come", Local),
    ("按比例", "pro_rata", Local),
    ("按条款", "by_clause", Local),
    ("顺延", "carry_over", Local),
    ("末位部分", "last_in_part", Local),
    ("末位不给", "last_not_at_all", Local),
    ("全额", "all_of_it", Local),
    ("停付", "stop_payment", Local),
    ("禁报", "bar_for", Local),
    ("终止", "end", Local),
    ("均付", "equally", Local),
    ("一次性", "once", Local),
    ("每年", "every_year", Local),
    ("一次", "one_time", Local),
    ("累计", "in_all", Local),
    ("共", "altogether", Local),
    ("第", "nth", Local),
    ("即", "for", Local),
    ("事实发生", "occurrence", Local),
    ("申报", "application", Local),
    ("认定", "recognition", Local),
    ("申报项目", "project_applied_for", Local),
    ("全部记录", "all_records", Local),
    ("低者先", "lowest_first", Local),
    ("高者先", "highest_first", Local),
    ("同分", "tie", Local),
    ("并列", "share_place", Local),
    ("前", "top", Local),
    ("名", "places", Local),
    ("次", "times", Local),
    ("项", "of", Local),
    ("叙述", "narrative", Local),
    ("鼓励", "encouragement", Local),
    ("程序", "procedure", Local),
    ("释义", "meaning", Local),
    ("授权", "delegation", Local),
    ("任务", "task", Local),
    ("不符合", "ineligible", Local),
    ("待定", "undetermined", Local),
    ("已享受", "exhausted", Local),
    ("禁入", "barred", Local),
    ("让位", "yielded", Local),
    ("上限", "ceiling", Local),
    ("缺", "missing", Local),
    ("无此行", "no_such_line", Local),
    ("是", "yes", Local),
    ("否", "no", Local),
    // types
    ("是否", "yes_or_no", Local),
    ("比率", "ratio", Local),
    ("日期", "date", Local),
    ("选项", "one_of", Local),
    ("名单", "list", Local),
    ("文字", "words", Local),
    // 给予
    ("至多", "up_to", Inner),
    ("决定额", "decided", Inner),
    ("减免", "waive", Inner),
    ("服务", "service", Inner),
    ("不予", "none", Inner),
    ("本条", "this_clause", Inner),
    ("已得", "received", Inner),
    ("首得年份", "first_year", Inner),
    ("本年所得", "this_year_amount", Inner),
    ("已付额", "amount_paid", Inner),
    // modifiers
    ("最高", "at_most", Modifier),
    ("最低", "at_least", Modifier),
    ("扣除", "less", Modifier),
    ("另加", "plus_bonus", Modifier),
    ("无则", "if_absent", Modifier),
    ("取整到", "down_to", Modifier),
    // expressions
    ("为", "is", Inner),
    ("不为", "is_not", Inner),
    ("属于", "in", Inner),
    ("的", "of_rate", Inner),
    ("的部分", "part", Inner),
    ("加", "plus", Inner),
    ("减", "minus", Inner),
    ("乘", "times_by", Inner),
    ("除以", "divided_by", Inner),
    ("每满", "per_full", Inner),
    ("给", "gives", Inner),
    ("比", "over", Inner),
    ("增量", "rise", Inner),
    ("增幅", "growth", Inner),
    ("分档", "tier", Inner),
    ("分类", "case", Inner),
    ("累进", "bracket", Inner),
    ("其余", "else", Inner),
    ("合计", "sum", Inner),
    ("平均", "mean", Inner),
    ("就高", "highest", Inner),
    ("就低", "lowest", Inner),
    ("个数", "count", Inner),
    ("任一", "any", Inner),
    ("同时", "all", Inner),
    ("至少", "at_least_of", Inner),
    ("每个", "each", Inner),
    ("若", "if", Inner),
    ("则", "then", Inner),
    ("否则", "otherwise", Inner),
    ("且", "and", Inner),
    ("或", "or", Inner),
    ("非", "not", Inner),
    ("介于", "between", Inner),
    ("至", "to", Inner),
    ("含", "incl", Inner),
    ("不含", "excl", Inner),
    ("首次", "first", Inner),
    ("上年", "last_year", Inner),
    ("近", "past", Inner),
    ("年度", "year", Inner),
    ("截止", "as_of", Inner),
    ("年次", "nth_year", Inner),
    ("年份", "year_of", Inner),
    ("名次", "place", Inner),
    ("符合", "eligible", Inner),
    ("须", "test", Inner),
    ("不符则", "failing", Inner),
    // comparisons; each synonym keeps its own twin, so the law's own word comes back
    ("达到", "reaches", Inner),
    ("不少于", "no_fewer_than", Inner),
    ("不低于", "not_below", Inner),
    ("满", "aged", Inner),
    ("超过", "exceeds", Inner),
    ("突破", "breaks", Inner),
    ("高于", "above", Inner),
    ("多于", "more_than", Inner),
    ("不超过", "within", Inner),
    ("不高于", "not_above", Inner),
    ("不多于", "no_more_than", Inner),
    ("不满", "short_of", Inner),
    ("不足", "under", Inner),
    ("低于", "below", Inner),
    ("少于", "fewer_than", Inner),
    ("未达到", "not_reaching", Inner),
    ("早于", "before", Inner),
    ("不早于", "not_before", Inner),
    ("晚于", "after", Inner),
    ("不晚于", "not_after", Inner),
];

/// The entry of a word in either language: its Chinese form and role.
pub fn lookup(word: &str) -> Option<(&'static str, Role)> {
    use std::collections::HashMap;
    use std::sync::OnceLock;
    static TABLE: OnceLock<HashMap<&'static str, (&'static str, Role)>> = OnceLock::new();
    let table = TABLE.get_or_init(|| WORDS.iter().flat_map(|(zh, en, role)| [(*zh, (*zh, *role)), (*en, (*zh, *role))]).collect());
    table.get(word).copied()
}

/// The English twin of a Chinese word of the table.
pub fn english(zh: &str) -> Option<&'static str> {
    WORDS.iter().find(|(word, _, _)| *word == zh).map(|(_, en, _)| *en)
}

/// True where a line may start with this word and go on below in the column of its content.
pub fn opens_line(zh: &str, role: Role) -> bool {
    match role {
        Head | Line | Modifier => true,
        Inner => zh == "须",
        Local => LOCAL_LINES.contains(&zh),
    }
}

/// Words of [`Role::Local`] that open a line of 政策, 目标 or 情形.
const LOCAL_LINES: &[&str] = &[
    "机关",
    "地区",
    "稿别",
    "发布",
    "征求意见",
    "施行",
    "失效",
    "底本",
    "修订",
    "引用",
    "分界",
    "单位",
    "别名",
    "指标",
    "要求",
    "责任",
    "承",
    "往年",
    "决定",
    "他处",
    "项目",
    "选择",
    "申报人",
    "结果",
    "实得",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_word_has_a_twin_of_its_own() {
        let chinese: BTreeSet<_> = WORDS.iter().map(|w| w.0).collect();
        let english: BTreeSet<_> = WORDS.iter().map(|w| w.1).collect();
        assert_eq!(chinese.len(), WORDS.len());
        assert_eq!(english.len(), WORDS.len());
        assert!(chinese.is_disjoint(&english));
    }
}
