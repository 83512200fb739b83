//! Which words of the language fit where: lines of each block, options of each line, parts of an expression.

use policy::syntax::lexer::{Token, TokenKind};

/// Heads of blocks.
pub(super) const HEADS: &[&str] = &["条款", "事实", "定义", "参数", "通则", "并用", "资金", "追回", "目标", "读法", "文句", "情形", "政策"];

/// Changes to the value before.
pub(super) const MODIFIERS: &[&str] = &["最高", "最低", "扣除", "另加", "无则", "取整到"];

/// Comparisons of numbers, the usual ones first.
pub(super) const COMPARISONS: &[&str] =
    &["达到", "超过", "不超过", "低于", "不少于", "不低于", "突破", "高于", "多于", "不高于", "不多于", "不满", "不足", "少于", "未达到", "介于", "首次"];

/// What may follow a number.
pub(super) const OPERATORS: &[&str] = &["的", "加", "减", "乘", "除以", "每满", "比", "的部分", "给", "增量", "增幅", "至"];

/// What a value may begin with, beside a name or a number.
pub(super) const OPERANDS: &[&str] = &[
    "分档", "分类", "累进", "合计", "平均", "就高", "就低", "个数", "任一", "同时", "至少", "若", "非", "上年", "符合", "条款", "本条", "年度", "截止", "年次",
    "年份", "名次",
];

/// Types that are words of the language.
pub(super) const TYPES: &[&str] = &["是否", "日期", "年份", "选项", "名单", "比率", "文字"];

/// What may come out of a clause.
pub(super) const OUTCOMES: &[&str] = &["不符合", "待定", "已享受", "禁入", "让位", "符合"];

/// Lines of a block.
pub(super) fn lines_of(head: &str) -> &'static [&'static str] {
    match head {
        "条款" => &["对象", "条件", "排除", "其中", "给予", "频次", "限额", "排名", "受益", "兑付", "类别", "牵头", "参与", "佐证", "原文", "字面", "不用"],
        "通则" => &["适用", "条件", "排除", "对象", "其中", "限额", "频次", "类别", "牵头", "参与", "佐证", "原文", "字面", "不用"],
        "并用" => &["适用", "同一", "方式", "限额", "频次", "原文", "字面", "不用"],
        "资金" => &["适用", "额度", "超额", "来源", "原文", "字面", "不用"],
        "追回" => &["适用", "触发", "期限", "收回", "并处", "原文", "字面", "不用"],
        "目标" => &["指标", "要求", "责任", "原文", "字面", "不用"],
        "读法" => &["取", "另", "因", "待定"],
        "文句" => &["责任", "原文", "字面", "不用"],
        "政策" => &["机关", "地区", "稿别", "发布", "征求意见", "施行", "失效", "底本", "修订", "引用", "分界", "单位", "原文", "字面", "不用"],
        "情形" => &["承", "年度", "截止", "事实", "往年", "决定", "参数", "项目", "他处", "选择", "申报人", "结果", "实得", "追回"],
        _ => &[],
    }
}

/// Words that may stand behind a word that opens a line or a block.
pub(super) fn options(key: &str) -> &'static [&'static str] {
    match key {
        "文句" => &["叙述", "鼓励", "程序", "释义", "授权", "任务"],
        "事实" => &["按年", "按月", "自", "佐证", "核验", "期间", "问"],
        "参数" => &["按年", "按日", "按", "有效", "来源"],
        "频次" => &["一次性", "每年", "每个", "共"],
        "限额" => &["累计", "每年", "每个"],
        "方式" => &["就高", "择一", "叠加", "只对", "他处", "已得不补"],
        "超额" => &["先到先得", "按比例", "按条款", "按", "顺延", "末位部分", "末位不给"],
        "适用" => &["全部", "本节", "他处", "除", "条款"],
        "同一" => &["申报项目", "类别"],
        "给予" => &["至多", "决定额", "减免", "服务"],
        "排名" => &["前", "名", "每个", "同分", "比", "并列", "低者先", "全部记录"],
        "额度" => &["每年", "另定"],
        "收回" => &["全额", "已付额"],
        "并处" => &["停付", "禁报"],
        "施行" | "失效" => &["另定", "公布满"],
        "分界" => &["按", "事实发生", "申报", "认定"],
        "兑付" => &["第", "均付", "其余", "须", "不符则"],
        "他处" => &["申报项目", "类别"],
        "受益" => &["每个"],
        "字面" => &["即", "因"],
        "不用" => &["因"],
        _ => &[],
    }
}

/// True for words whose line holds values or conditions.
pub(super) fn holds_values(key: &str) -> bool {
    matches!(
        key,
        "条件"
            | "排除"
            | "其中"
            | "给予"
            | "限额"
            | "排名"
            | "触发"
            | "收回"
            | "额度"
            | "计"
            | "值"
            | "兑付"
            | "须"
            | "要求"
            | "最高"
            | "最低"
            | "扣除"
            | "另加"
            | "无则"
            | "取整到"
    )
}

/// True where a value must come behind this token.
pub(super) fn awaits_value(token: &Token) -> bool {
    const CLOSES: &[&str] =
        &["增量", "增幅", "的部分", "已得", "首得年份", "本年所得", "已付额", "决定额", "不予", "年度", "截止", "名次", "其余", "含", "不含", "一次性", "一次"];
    match &token.kind {
        TokenKind::Word { key: Some((zh, _)), .. } => token.name().is_none() && !CLOSES.contains(zh),
        TokenKind::Sign(sign) => *sign != '）',
        _ => false,
    }
}
