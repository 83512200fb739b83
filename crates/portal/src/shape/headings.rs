//! The headings of every column of every list, Chinese and English: for lists with a shape of their own, of one list, of all lists.

use super::Take::{self, At, Joined, Many, Sum};
use exchange::Kind::{self, Count, Date as Day, Money, Text};

/// Field, headings, what it holds, how it is taken. A key with a dot leads inside.
pub type Line = (&'static str, &'static str, &'static str, Kind, Take);

/// Lists with a shape of their own. `organisation_name` is looked up beside the record.
pub const SHAPES: &[(&str, &[Line])] = &[
    (
        "organisations",
        &[
            ("id", "编号", "Id", Text, At),
            ("name", "名称", "Name", Text, At),
            ("credit_code", "统一社会信用代码", "Credit code", Text, At),
            ("aliases", "其他名称", "Other names", Text, Joined),
        ],
    ),
    ("units", &[("id", "编号", "Id", Text, At), ("name", "名称", "Name", Text, At)]),
    (
        "cases",
        &[
            ("id", "案件编号", "Case", Text, At),
            ("call", "申报批次", "Call", Text, At),
            ("organisation", "申报主体", "Applicant", Text, At),
            (NAME, "申报主体名称", "Applicant's name", Text, At),
            ("stage", "阶段", "Stage", Text, At),
            ("claims.assessed", "测算金额（元）", "Assessed (yuan)", Money, Sum("assessed")),
            ("claims.set", "核定金额（元）", "Set (yuan)", Money, Sum("set")),
            ("submitted", "提交时间", "Submitted", Text, At),
            ("evidence", "佐证份数", "Papers", Count, Many),
            ("determination", "审定", "Determination", Text, At),
        ],
    ),
    (
        "determinations",
        &[
            ("id", "编号", "Id", Text, At),
            ("case", "案件编号", "Case", Text, At),
            ("organisation", "申报主体", "Applicant", Text, At),
            (NAME, "申报主体名称", "Applicant's name", Text, At),
            ("year", "年度", "Year", Count, At),
            ("awards.assessed", "测算金额（元）", "Assessed (yuan)", Money, Sum("assessed")),
            ("awards.amount", "核定金额（元）", "Amount (yuan)", Money, Sum("amount")),
            ("at", "审定时间", "Determined", Text, At),
        ],
    ),
    (
        "batches",
        &[
            ("id", "批次号", "Batch", Text, At),
            ("call", "申报批次", "Call", Text, At),
            ("state", "状态", "State", Text, At),
            ("request_number", "请示文号", "Request", Text, At),
            ("lines", "笔数", "Payments", Count, Many),
            ("lines.amount", "金额（元）", "Amount (yuan)", Money, Sum("amount")),
        ],
    ),
    (
        "dues",
        &[
            ("id", "应付编号", "Payment", Text, At),
            ("case", "案件编号", "Case", Text, At),
            ("call", "申报批次", "Call", Text, At),
            ("organisation", "申报主体", "Applicant", Text, At),
            (NAME, "申报主体名称", "Applicant's name", Text, At),
            ("clause", "条款", "Clause", Text, At),
            ("number", "期次", "Instalment", Count, At),
            ("of", "共几期", "Of how many", Count, At),
            ("year", "年度", "Year", Count, At),
            ("amount", "金额（元）", "Amount (yuan)", Money, At),
            ("state", "状态", "State", Text, At),
            ("tested_first", "拨付前须复核", "Tested first", Text, At),
            ("fund", "预算", "Budget", Text, At),
            ("determination", "审定", "Determination", Text, At),
            ("batch", "拨付批次", "Batch", Text, At),
        ],
    ),
];

/// The field under which the name of a record's enterprise is put.
pub const NAME: &str = "organisation_name";

/// Fields that mean something of their own in one list.
const OF_ONE: &[(&str, Line)] = &[
    ("calls", ("open", "申报起止", "Open from and until", Text, Joined)),
    ("checkpoints", ("key", "签名公钥", "Public key", Text, At)),
    ("documents", ("number", "序号", "Number in the series", Count, At)),
    ("documents", ("own_number", "文号", "Number", Text, At)),
    ("match-entries", ("id", "名单与主体", "List and enterprise", Text, At)),
    ("match-lists", ("document", "比对数据", "Data it was matched from", Text, At)),
    ("messages", ("due", "办理期限", "Due", Text, At)),
    ("performances", ("due", "应付编号", "Payment", Text, At)),
    ("recognitions", ("kept", "保留金额（元）", "Kept (yuan)", Money, At)),
    ("recognitions", ("document", "文件指纹", "Fingerprint of the document", Text, At)),
    ("recoveries", ("closed", "结案原因", "Why it was closed", Text, At)),
    ("receipts", ("id", "回单编号", "Receipt", Text, At)),
];

/// Fields of lists without a shape, and which of them are money.
const FIELDS: &[Line] = &[
    ("id", "编号", "Id", Text, At),
    ("name", "名称", "Name", Text, At),
    ("title", "标题", "Title", Text, At),
    ("about", "有关事项", "About", Text, At),
    ("active", "启用", "Active", Text, At),
    ("amount", "金额（元）", "Amount (yuan)", Money, At),
    ("anchor", "意见位置", "Place in the text", Text, At),
    ("as_of", "事实基准日", "Facts as of", Day, At),
    ("at", "时间", "At", Text, At),
    ("author", "提出人", "Author", Text, At),
    ("batch", "拨付批次", "Batch", Text, At),
    ("by", "经手人", "By", Text, At),
    ("call", "申报批次", "Call", Text, At),
    ("case", "案件编号", "Case", Text, At),
    ("clause", "条款", "Clause", Text, At),
    ("clauses", "条款", "Clauses", Text, Joined),
    ("confirmed", "确认人和时间", "Confirmed by, and when", Text, Joined),
    ("approved", "复核人和时间", "Checked by, and when", Text, Joined),
    ("corrects", "更正的记录和理由", "Corrects, and why", Text, Joined),
    ("credit_code", "统一社会信用代码", "Credit code", Text, At),
    ("data", "内容", "Content", Text, At),
    ("decided", "决定时间", "Decided", Text, At),
    ("delivered", "送达时间和方式", "Delivered, and how", Text, Joined),
    ("delivered_by", "送达方式", "How it was delivered", Text, At),
    ("determination", "审定", "Determination", Text, At),
    ("digest", "指纹（SM3）", "Fingerprint (SM3)", Text, At),
    ("document", "文件", "Document", Text, At),
    ("due", "期限", "Due", Text, At),
    ("enforcement", "强制执行法院和案号", "Court and number", Text, Joined),
    ("entered", "录入时间", "Entered", Text, At),
    ("evidence", "佐证指纹", "Fingerprint of the paper", Text, At),
    ("fact", "事实", "Fact", Text, At),
    ("from", "开始", "From", Text, At),
    ("fund", "预算", "Budget", Text, At),
    ("grounds", "理由", "Grounds", Text, At),
    ("guide", "申报指南", "Guide", Text, At),
    ("head", "链首指纹", "Head of the log", Text, At),
    ("issued", "录入人和时间", "Entered by, and when", Text, Joined),
    ("issuer", "作出单位", "Issuer", Text, At),
    ("key", "计次依据", "Counted by", Text, At),
    ("kind", "类型", "Kind", Text, At),
    ("lead", "牵头单位", "Lead unit", Text, At),
    ("leads", "线索", "Leads", Text, Joined),
    ("links", "回避的申报主体", "Keeps away from", Text, Joined),
    ("list", "名单", "List", Text, At),
    ("notice", "公示", "Notice", Text, At),
    ("number", "文号", "Number", Text, At),
    ("official", "公布文本", "Text as published", Text, At),
    ("on", "日期", "On", Text, At),
    ("organisation", "申报主体", "Organisation", Text, At),
    ("organisations", "申报主体", "Organisations", Text, Joined),
    ("platform", "平台", "Platform", Text, At),
    ("policy", "政策版本", "Policy version", Text, At),
    ("pushed", "推送时间和答复期限", "Pushed, and answer hoped for until", Text, Joined),
    ("queued", "生成时间", "Queued", Text, At),
    ("reason", "理由", "Reason", Text, At),
    ("released", "公布时间", "Released", Text, At),
    ("replaces", "替代的指南", "Replaces", Text, At),
    ("reminder", "催告", "Reminder", Text, At),
    ("report", "报告", "Report", Text, At),
    ("resolution", "集体审议", "Resolution", Text, Joined),
    ("rests_on", "所依据的内容", "Rests on", Text, At),
    ("roles", "角色", "Roles", Text, Joined),
    ("scheme_hash", "规则指纹", "Hash of the scheme", Text, At),
    ("seq", "日志位置", "Place in the log", Count, At),
    ("signature", "签名", "Signature", Text, At),
    ("source", "来源", "Source", Text, At),
    ("stage", "阶段", "Stage", Text, At),
    ("state", "状态", "State", Text, At),
    ("subject", "事由", "Subject", Text, At),
    ("text", "正文", "Text", Text, At),
    ("to", "收件人", "To", Text, At),
    ("topic", "主题", "Topic", Text, At),
    ("unit", "单位", "Unit", Text, At),
    ("until", "截止", "Until", Text, At),
    ("user", "人员", "Person", Text, At),
    ("valid", "有效期", "Valid", Text, Joined),
    ("verified", "核实人和时间", "Verified by, and when", Text, Joined),
    ("version", "政策版本", "Policy version", Text, At),
    ("waived", "不公开征求意见的理由", "Why the public was not asked", Text, At),
    ("with", "参与单位", "Units asked", Text, Joined),
    ("words", "内容", "Words", Text, At),
    ("year", "年度", "Year", Count, At),
];

/// How a field of a list without a shape is headed; none: nobody gave it words yet.
pub fn heading(list: &str, field: &str) -> Option<&'static Line> {
    let own = OF_ONE.iter().find(|(of, line)| *of == list && line.0 == field).map(|(_, line)| line);
    own.or_else(|| FIELDS.iter().find(|line| line.0 == field))
}
