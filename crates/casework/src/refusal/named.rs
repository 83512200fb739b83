//! Things that messages name, in both languages: what is missing, what something should be, how far something is.
//! Names of records stand in their tables, names of acts with the acts.

use std::fmt;

/// A thing as messages name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
}

impl fmt::Display for Named {
    /// In English, like all of `Display`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.en)
    }
}

macro_rules! names {
    ($($name:ident $zh:literal $en:literal;)*) => {
        #[allow(missing_docs, reason = "the words say it")]
        impl Named {
            /// A thing with both its names.
            #[must_use]
            pub const fn new(zh: &'static str, en: &'static str) -> Self {
                Self { zh, en }
            }

            $(pub const $name: Self = Self::new($zh, $en);)*
        }
    };
}

names! {
    AUDIT_FINDING "审计发现的问题" "what the audit found";
    AUDIT_FIRM "审计机构" "the firm that audited";
    BASIS "决定的依据" "what the decision rests on";
    BUDGET "预算" "a budget";
    COLLECTIVE_REVIEW "集体审议" "collective";
    COMMENT "意见内容" "the comment";
    COMPETITION_REVIEW "公平竞争审查" "fair competition";
    CONCLUSION "审查结论" "the conclusion of the review";
    COURT_OR_NUMBER "受理法院或申请编号" "the court, or the number of the application";
    DECISION "审议决定" "the decision";
    DECISION_NUMBER "决定书文号" "the number of the decision";
    DECLARATION "所确认的承诺书版本" "the version of the declaration";
    DECLARING "作出承诺的授权人姓名" "the name of the person who declares";
    DELIVERY "送达方式" "the way of delivery";
    DOCUMENT "文件" "the document";
    DOCUMENT_NUMBER "文号" "the number of the document";
    DOCUMENT_NUMBER_OR_REASON "文号或理由" "the number of the document, or the reason";
    DRAFTER_UNIT "起草人的所属单位" "the unit of the drafter";
    DUE "应付" "due";
    EACH_NAME "每位人员的姓名" "each name";
    EACH_REDUCTION "各条款的核减金额（只在意见为“部分核减”时填写）" "the reduction of each clause, and of a reducing opinion alone,";
    FACT_PROVEN "所证明的事实" "the fact it proves";
    FINDING "查明的情况" "what was found";
    FINDING_AND_STATEMENT "查明的事实和对陈述申辩的采纳情况" "what was found, and what became of the statement";
    FUNDED "已安排资金" "funded";
    HOW_TO_MEND "补正要求" "how to mend it";
    INSTRUMENT "依据文件" "the instrument";
    JUDGMENT_NUMBER "决定书或判决书文号" "the number of the decision or judgment";
    LEAD "线索" "a lead";
    LEAD_WORDS "线索内容" "what the lead says";
    LEGALITY_REVIEW "合法性审核" "legality";
    MINUTES_NUMBER "会议纪要编号" "the number of the minutes";
    NOTICE_NUMBER "通知文号" "the number of the notice";
    ORGAN_CODE "机关代字" "its word in numbers";
    ORGAN_NAME "机关名称" "the name of the organ";
    PAPER_NAME "佐证材料名称" "the name of the paper";
    PERIOD "期限" "a period of at least one";
    PERIOD_BASIS "期限的依据" "the rule the period rests on";
    POOL_OF_CLAUSE "该条款在预算所属年度的资金池" "the pool of its clause in the year of its budget";
    POST "授权人职务" "the post of the person who declares";
    PRESENT "在场人员" "who was present";
    REASON "理由" "the reason";
    REASON_OF_ANSWER "意见答复的理由" "the reason of an answer";
    RECEIPT_NUMBER "缴款凭证号" "the number of the receipt";
    RECOVERY_NOTICE_NUMBER "追回告知书文号" "the number of the notice";
    RECOVERY_PARTS "追回的条款和金额" "what is to come back";
    REMEDIES "救济途径" "the remedies";
    REMEDIES_AGAINST "救济途径" "what may be done against it";
    REMINDER_NUMBER "催告书文号" "the number of the reminder";
    REPORT_NUMBER "报告编号" "the number of the report";
    REVIEW_NUMBER "审查文号" "the number of the review";
    SOURCE "来源" "the source";
    STATEMENT "陈述申辩内容" "the statement";
    SUBJECT "认定的对象或内容" "what it is about";
    TEXT "正文" "the text";
    TITLE "标题" "the title";
    UNIT "征询单位" "a unit";
    WHAT_TO_CHANGE "修改意见" "what is to be changed";
    WHAT_TO_MEND "需要补正的事项" "what is to be mended";
    WHAT_IS_WRONG "存在的问题" "what is wrong";
}
