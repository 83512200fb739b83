//! What the rules want of every route that is no act, written by hand: who may ask, and the rule it follows from. Acts have
//! theirs in the office's test (`crates/office/tests/office/access/expected.rs`), in the same words.

/// Method and path; the id, and behind a question mark the query, of a thing that is there (of firm 1, in a call that
/// `lead` leads and `asked` is asked in); a body; the status when all is well; who may; the rule.
///
/// Who has the role and may not have this thing is told 404, who has not the role 403, nobody 401. `nobody;` before the
/// roles: to everybody else there is no such thing; `signed in;`: to everybody else who is signed in. `none` behind a role:
/// it may ask, and not about this. A body of `{}` is no use to any route: 422 is then the sign that
/// whoever asked came through.
pub type Route = (&'static str, &'static str, &'static str, u16, &'static str, &'static str);

/// Anybody, signed in or not.
pub const EVERYBODY: &str = "everybody";
/// Anybody who is signed in.
pub const SIGNED_IN: &str = "signed in";

/// Officers who see all cases and those of calls of their unit.
const OF_UNIT: &str = "clerk: lead, asked; reviewer: lead, asked; unit_reviewer: lead, asked; leader: lead, asked; finance: all; auditor: all";
/// The same, and the enterprise itself.
const WITH_OWN: &str = "applicant: own; clerk: lead, asked; reviewer: lead, asked; unit_reviewer: lead, asked; leader: lead, asked; finance: all; auditor: all";
/// Officers of every unit.
const OFFICERS: &str = "clerk: all; reviewer: all; unit_reviewer: all; leader: all; finance: all; auditor: all";
/// The same, and the enterprise itself.
const OFFICERS_AND_OWN: &str = "applicant: own; clerk: all; reviewer: all; unit_reviewer: all; leader: all; finance: all; auditor: all";
/// Everybody but programs.
const PUBLIC: &str = "applicant: own, foreign; clerk: all; reviewer: all; unit_reviewer: all; leader: all; finance: all; auditor: all; \
                      drafter: all; administrator: all";
/// Who looks after rights.
const RIGHTS: &str = "administrator: all; auditor: all; leader: all";
/// Who works with money.
const MONEY: &str = "clerk: all; reviewer: all; leader: all; finance: all; auditor: all";
/// Who asks for what a second person confirms, who confirms, and audit.
const FOUR_EYES: &str = "clerk: all; reviewer: all; leader: all; auditor: all";
/// The same, of cases of the own unit.
const FOUR_EYES_OF_UNIT: &str = "clerk: lead, asked; reviewer: lead, asked; leader: lead, asked; auditor: all";
/// Working papers of a call, which no enterprise has.
const PACK: &str = "applicant: none; clerk: lead, asked; reviewer: lead, asked; unit_reviewer: lead, asked; leader: lead, asked; finance: all; auditor: all";
/// Evidence of an enterprise, as its case; to all others it is not there.
const EVIDENCE: &str = "signed in; applicant: own; clerk: lead, asked; reviewer: lead, asked; unit_reviewer: lead, asked; leader: lead, asked; \
                        finance: all; auditor: all";
/// Officers and drafters.
const DRAFTS: &str = "clerk: all; reviewer: all; unit_reviewer: all; leader: all; finance: all; auditor: all; drafter: all";
/// Those who work with money, of cases that they see.
const MONEY_OF_UNIT: &str = "clerk: lead, asked; reviewer: lead, asked; leader: lead, asked; finance: all; auditor: all";
/// Officers of every unit, with administrators and the enterprise itself.
const REGISTER: &str = "applicant: own; clerk: all; reviewer: all; unit_reviewer: all; leader: all; finance: all; auditor: all; administrator: all";

/// All of them.
pub const ROUTES: &[Route] = &[
    ("GET /healthz", "", "", 200, EVERYBODY, "健康检查不需要登录"),
    ("GET /metrics", "", "", 200, EVERYBODY, "指标只有次数和时长，没有人和企业"),
    ("GET /api/v1/openapi.json", "", "", 200, EVERYBODY, "接口说明公开"),
    ("GET /api/v1/docs", "", "", 200, EVERYBODY, "接口说明公开"),
    ("GET /api/v1/docs/{file}", "start.js", "", 200, EVERYBODY, "接口说明公开"),
    ("POST /api/v1/session", "", "{}", 422, EVERYBODY, "登录前没有人登录"),
    ("POST /api/v1/session/identity", "", "{}", 422, EVERYBODY, "登录前没有人登录"),
    ("GET /api/v1/session", "", "", 200, SIGNED_IN, "只说本人"),
    ("DELETE /api/v1/session", "", "", 204, SIGNED_IN, "只退出本人"),
    ("PUT /api/v1/session/role", "", "{}", 422, SIGNED_IN, "只切换本人"),
    ("PUT /api/v1/password", "", "{}", 422, SIGNED_IN, "只改本人的密码"),
    ("PUT /api/v1/users/{id}/password", "clerk", "{}", 422, "administrator: all", "初始密码由系统管理设置"),
    ("POST /api/v1/factor", "", "", 200, SIGNED_IN, "只为本人"),
    ("PUT /api/v1/factor", "", "{}", 422, SIGNED_IN, "只为本人"),
    ("GET /api/v1/tokens", "", "", 200, SIGNED_IN, "只看本人的令牌"),
    ("POST /api/v1/tokens", "", "{}", 422, SIGNED_IN, "只为本人"),
    ("DELETE /api/v1/tokens/{id}", "{own}", "", 204, SIGNED_IN, "只吊销本人的令牌"),
    ("GET /api/v1/accounts", "", "", 200, OFFICERS_AND_OWN_LIST, "账户给办案人员和企业本身"),
    ("GET /api/v1/accounts/{id}", "firm1:1", "", 200, OFFICERS_AND_OWN, "账户给办案人员和企业本身"),
    ("GET /api/v1/batches", "", "", 200, OFFICERS, "拨付批次给办案人员"),
    ("GET /api/v1/batches/{id}", "b1", "", 200, OF_UNIT, "拨付批次给本单位的批次"),
    ("GET /api/v1/calendars", "", "", 200, PUBLIC, "工作日历公开"),
    ("GET /api/v1/calendars/{id}", "china", "", 200, PUBLIC, "工作日历公开"),
    ("GET /api/v1/calls", "", "", 200, PUBLIC, "已发布的批次公开"),
    ("GET /api/v1/calls/{id}", "c1", "", 200, PUBLIC, "已发布的批次公开"),
    ("GET /api/v1/cases", "", "", 200, WITH_OWN_LIST, "案件给牵头和参与单位、财政、审计和企业本身"),
    ("GET /api/v1/cases/{id}", "paid", "", 200, WITH_OWN, "案件给牵头和参与单位、财政、审计和企业本身"),
    ("GET /api/v1/cases/{id}/status", "paid", "", 200, WITH_OWN, "进度同案件"),
    ("GET /api/v1/checkpoints", "", "", 200, RIGHTS, "检查点给审计、系统管理和审批人"),
    ("GET /api/v1/checkpoints/{id}", "k1", "", 200, RIGHTS, "检查点给审计、系统管理和审批人"),
    ("GET /api/v1/comments", "", "", 200, DRAFTS, "意见由起草人和各单位看"),
    ("GET /api/v1/comments/{id}", "co1", "", 200, DRAFTS, "意见由起草人和各单位看"),
    ("GET /api/v1/determinations", "", "", 200, WITH_OWN_LIST, "审定同案件"),
    ("GET /api/v1/determinations/{id}", "d1", "", 200, WITH_OWN, "审定同案件"),
    ("GET /api/v1/dues", "", "", 200, WITH_OWN_LIST, "应付同案件"),
    ("GET /api/v1/dues/{id}", "e-n1:1:1.1", "", 200, WITH_OWN, "应付同案件"),
    ("GET /api/v1/earlier-awards", "", "", 200, OFFICERS_AND_OWN_LIST, "期初台账给办案人员和企业本身"),
    ("GET /api/v1/earlier-awards/{id}", "old:1", "", 200, OFFICERS_AND_OWN, "期初台账给办案人员和企业本身"),
    ("GET /api/v1/former-names", "", "", 200, OFFICERS_AND_OWN_LIST, "曾用名给办案人员和企业本身"),
    ("GET /api/v1/former-names/{id}", "firm1:1", "", 200, OFFICERS_AND_OWN, "曾用名给办案人员和企业本身"),
    ("GET /api/v1/retention", "", "", 200, RIGHTS, "期满内容的清单给系统管理、审批人和审计"),
    ("GET /api/v1/guides", "", "", 200, PUBLIC, "申报指南公开"),
    ("GET /api/v1/guides/{id}", "g1", "", 200, PUBLIC, "申报指南公开"),
    ("GET /api/v1/leads", "", "", 200, OFFICERS, "线索不给企业"),
    ("GET /api/v1/leads/{id}", "ld1", "", 200, OFFICERS, "线索不给企业"),
    ("GET /api/v1/links", "", "", 200, RIGHTS, "回避关系给登记和审计的人"),
    ("GET /api/v1/links/{id}", "link1", "", 200, RIGHTS, "回避关系给登记和审计的人"),
    ("GET /api/v1/match-entries", "", "", 200, OFFICERS, "比对条目给办案人员"),
    ("GET /api/v1/match-entries/{id}", "l1:firm1", "", 200, OF_UNIT, "比对条目给本单位的批次"),
    ("GET /api/v1/match-lists", "", "", 200, OFFICERS, "比对名单给办案人员"),
    ("GET /api/v1/match-lists/{id}", "l1", "", 200, OF_UNIT, "比对名单给本单位的批次"),
    ("GET /api/v1/messages", "", "", 200, "auditor: all; service: all", "待发消息给投递程序和审计"),
    ("GET /api/v1/messages/{id}", "{message}", "", 200, "auditor: all; service: all", "待发消息给投递程序和审计"),
    ("GET /api/v1/motions", "", "", 200, FOUR_EYES, "提请给提请的人、确认的人和审计"),
    ("GET /api/v1/motions/{id}", "mo-paid", "", 200, FOUR_EYES_OF_UNIT, "提请给提请的人、确认的人和审计，案件的只给本单位"),
    ("GET /api/v1/notices", "", "", 200, PUBLIC, "公示公开"),
    ("GET /api/v1/notices/{id}", "n1", "", 200, PUBLIC, "公示公开"),
    ("GET /api/v1/objections", "", "", 200, OFFICERS, "异议人身份只给办案人员"),
    ("GET /api/v1/objections/{id}", "o1", "", 200, OF_UNIT, "异议人身份只给办案人员"),
    ("GET /api/v1/organisations", "", "", 200, REGISTER_LIST, "企业登记给办案人员、系统管理和企业本身"),
    ("GET /api/v1/organisations/{id}", "firm1", "", 200, REGISTER, "企业登记给办案人员、系统管理和企业本身"),
    ("GET /api/v1/performances", "", "", 200, WITH_OWN_LIST, "绩效同案件"),
    ("GET /api/v1/performances/{id}", "e-n1:1:1.1", "", 200, WITH_OWN, "绩效同案件"),
    ("GET /api/v1/policies", "", "", 200, PUBLIC, "印发的政策公开"),
    ("GET /api/v1/policies/{id}", "qianjiang-2023", "", 200, PUBLIC, "印发的政策公开"),
    ("GET /api/v1/policy-lives", "", "", 200, DRAFTS, "起草过程不公开"),
    ("GET /api/v1/policy-lives/{id}", "qianjiang-2023", "", 200, DRAFTS, "起草过程不公开"),
    ("GET /api/v1/proposals", "", "", 200, RIGHTS, "权限变更给复核的人和审计"),
    ("GET /api/v1/proposals/{id}", "administrator-other", "", 200, RIGHTS, "权限变更给复核的人和审计"),
    ("GET /api/v1/receipts", "", "", 200, OFFICERS, "银行回单给办案人员"),
    ("GET /api/v1/receipts/{id}", "bank-1", "", 200, OF_UNIT, "银行回单给本单位的批次"),
    ("GET /api/v1/recognitions", "", "", 200, OFFICERS_AND_OWN_LIST, "认定给办案人员和企业本身"),
    ("GET /api/v1/recognitions/{id}", "rec1", "", 200, OFFICERS_AND_OWN, "认定给办案人员和企业本身"),
    ("GET /api/v1/recoveries", "", "", 200, OFFICERS, "追回给办案人员"),
    ("GET /api/v1/recoveries/{id}", "rv1", "", 200, OF_UNIT, "追回给本单位的批次"),
    ("GET /api/v1/shops", "", "", 200, REGISTER_LIST, "网店给办案人员、系统管理和企业本身"),
    ("GET /api/v1/shops/{id}", "s1", "", 200, REGISTER, "网店给办案人员、系统管理和企业本身"),
    ("GET /api/v1/units", "", "", 200, PUBLIC, "单位公开"),
    ("GET /api/v1/units/{id}", "commerce", "", 200, PUBLIC, "单位公开"),
    ("GET /api/v1/users", "", "", 200, RIGHTS, "人员给管权限的人和审计"),
    ("GET /api/v1/users/{id}", "clerk", "", 200, RIGHTS, "人员给管权限的人和审计"),
    ("GET /api/v1/queue", "", "", 200, SIGNED_IN, "只有本人的待办和本人看得到的事项"),
    ("GET /api/v1/books", "", "", 200, MONEY, "账本给办资金的人"),
    ("GET /api/v1/entries", "?case=paid", "", 200, MONEY_OF_UNIT, "看不到案件的人也看不到它的钱"),
    ("GET /api/v1/entries/{id}/trace", "{entry}", "", 200, MONEY_OF_UNIT, "看不到案件的人也看不到它的钱"),
    ("GET /api/v1/policies/{id}/clauses", "draft-version", "", 200, DRAFT_VERSION, "草案只给工作人员"),
    ("GET /api/v1/policies/{id}/form", "draft-version", "", 200, DRAFT_VERSION, "草案只给工作人员"),
    ("POST /api/v1/policies/{id}/assess", "draft-version", "{\"application\":{}}", 422, DRAFT_VERSION, "草案只给工作人员"),
    ("POST /api/v1/policies/{id}/explain", "draft-version", "{\"application\":{}}", 422, DRAFT_VERSION, "草案只给工作人员"),
    ("GET /api/v1/events", "", "", 200, "auditor: all; service: all", "事件流给审计和其他系统"),
    ("GET /api/v1/accounts/export", "?format=csv", "", 200, OFFICERS_AND_OWN_LIST, "导出同列表"),
    ("GET /api/v1/batches/export", "?format=csv", "", 200, OFFICERS, "导出同列表"),
    ("GET /api/v1/calendars/export", "?format=csv", "", 200, PUBLIC, "导出同列表"),
    ("GET /api/v1/calls/export", "?format=csv", "", 200, PUBLIC, "导出同列表"),
    ("GET /api/v1/cases/export", "?format=csv", "", 200, WITH_OWN_LIST, "导出同列表"),
    ("GET /api/v1/checkpoints/export", "?format=csv", "", 200, RIGHTS, "导出同列表"),
    ("GET /api/v1/comments/export", "?format=csv", "", 200, DRAFTS, "导出同列表"),
    ("GET /api/v1/determinations/export", "?format=csv", "", 200, WITH_OWN_LIST, "导出同列表"),
    ("GET /api/v1/dues/export", "?format=csv", "", 200, WITH_OWN_LIST, "导出同列表"),
    ("GET /api/v1/earlier-awards/export", "?format=csv", "", 200, OFFICERS_AND_OWN_LIST, "导出同列表"),
    ("GET /api/v1/former-names/export", "?format=csv", "", 200, OFFICERS_AND_OWN_LIST, "导出同列表"),
    ("GET /api/v1/guides/export", "?format=csv", "", 200, PUBLIC, "导出同列表"),
    ("GET /api/v1/leads/export", "?format=csv", "", 200, OFFICERS, "导出同列表"),
    ("GET /api/v1/links/export", "?format=csv", "", 200, RIGHTS, "导出同列表"),
    ("GET /api/v1/match-entries/export", "?format=csv", "", 200, OFFICERS, "导出同列表"),
    ("GET /api/v1/match-lists/export", "?format=csv", "", 200, OFFICERS, "导出同列表"),
    ("GET /api/v1/messages/export", "?format=csv", "", 200, "auditor: all; service: all", "导出同列表"),
    ("GET /api/v1/motions/export", "?format=csv", "", 200, FOUR_EYES, "导出同列表"),
    ("GET /api/v1/notices/export", "?format=csv", "", 200, PUBLIC, "导出同列表"),
    ("GET /api/v1/objections/export", "?format=csv", "", 200, OFFICERS, "导出同列表"),
    ("GET /api/v1/organisations/export", "?format=csv", "", 200, REGISTER_LIST, "导出同列表"),
    ("GET /api/v1/performances/export", "?format=csv", "", 200, WITH_OWN_LIST, "导出同列表"),
    ("GET /api/v1/policies/export", "?format=csv", "", 200, PUBLIC, "导出同列表"),
    ("GET /api/v1/policy-lives/export", "?format=csv", "", 200, DRAFTS, "导出同列表"),
    ("GET /api/v1/proposals/export", "?format=csv", "", 200, RIGHTS, "导出同列表"),
    ("GET /api/v1/receipts/export", "?format=csv", "", 200, OFFICERS, "导出同列表"),
    ("GET /api/v1/recognitions/export", "?format=csv", "", 200, OFFICERS_AND_OWN_LIST, "导出同列表"),
    ("GET /api/v1/recoveries/export", "?format=csv", "", 200, OFFICERS, "导出同列表"),
    ("GET /api/v1/shops/export", "?format=csv", "", 200, REGISTER_LIST, "导出同列表"),
    ("GET /api/v1/units/export", "?format=csv", "", 200, PUBLIC, "导出同列表"),
    ("GET /api/v1/users/export", "?format=csv", "", 200, RIGHTS, "导出同列表"),
    ("GET /api/v1/documents", "", "", 200, WITH_OWN_LIST, "公文同案件"),
    ("GET /api/v1/documents/{id}", "served", "", 200, WITH_OWN, "公文同案件"),
    ("GET /api/v1/documents/export", "?format=csv", "", 200, WITH_OWN_LIST, "导出同列表"),
    ("GET /api/v1/documents/{id}/file", "served?format=text", "", 200, WITH_OWN, "公文同案件"),
    ("GET /api/v1/calls/{id}/meeting-pack", "c1?format=text", "", 200, PACK, "上会材料同批次的公文"),
    ("POST /api/v1/uploads", "", "{}", 422, SIGNED_IN, "只为本人或本人能看的案件"),
    ("GET /api/v1/uploads/{id}", "{own}", "", 200, SIGNED_IN, "只看本人的上传"),
    ("PATCH /api/v1/uploads/{id}", "{own}", "", 400, SIGNED_IN, "只续本人的上传"),
    ("DELETE /api/v1/uploads/{id}", "{own}", "", 204, SIGNED_IN, "只放弃本人的上传"),
    ("GET /api/v1/evidence/{digest}", "{evidence}", "", 200, EVIDENCE, "佐证同案件"),
    ("GET /api/v1/evidence/{digest}/invoice", "{evidence}", "", 422, EVIDENCE, "佐证同案件"),
    ("POST /api/v1/imports/organisations", "", "", 422, "clerk: all; administrator: all", "导入同登记"),
    ("POST /api/v1/imports/organisations/annotated", "", "", 422, "clerk: all; administrator: all", "导入同登记"),
    ("POST /api/v1/imports/units", "", "", 422, "administrator: all", "导入同登记"),
    ("POST /api/v1/imports/units/annotated", "", "", 422, "administrator: all", "导入同登记"),
    ("GET /api/v1/batches/{id}/bank-file", "b1", "", 200, "finance: all", "银行文件只给财政"),
    ("POST /api/v1/batches/{id}/receipts", "b1", "{}", 422, "finance: all", "银行回单由财政导入"),
    ("GET /api/v1/batches/{id}/allocation-plan", "b1?format=csv", "", 200, OF_UNIT, "分配方案同拨付批次"),
    ("GET /api/v1/batches/{id}/payment-application", "none", "", 404, "finance: all", "账户只给财政"),
    ("GET /api/v1/calls/{id}/verification-list", "c1", "", 400, "clerk: lead; reviewer: lead", "核查由牵头单位审核人员办理"),
    ("POST /api/v1/verifications/{id}/answers", "none", "", 404, "clerk: all; reviewer: all", "核查由牵头单位审核人员办理"),
    ("GET /api/v1/cases/{id}/verifications", "paid", "", 200, OF_UNIT, "核查结果给办理本案的人，不给企业"),
    ("GET /api/v1/cases/{id}/repeated-invoices", "paid", "", 200, OF_UNIT, "发票重复给办理本案的人，不给企业"),
    ("POST /api/v1/platform/files", "", "", 409, "clerk: all; service: all", "上级平台文件由经办人或程序传送"),
    ("GET /api/v1/platform/applications", "", "", 200, "applicant: own, foreign", "只看本企业"),
    ("GET /api/v1/platform/files/{id}/results", "none", "", 404, "finance: all; service: all", "结果涉及各单位案件，由财政或程序传送"),
    ("GET /api/v1/export-notes", "", "", 200, "auditor: all", "导出记录给审计"),
    ("GET /api/v1/export-notes/export", "?format=csv", "", 200, "auditor: all", "导出记录给审计"),
    ("GET /api/v1/webhooks", "", "", 200, "administrator: all; service: all", "推送由系统管理或程序设置"),
    ("POST /api/v1/webhooks", "", "{}", 422, "administrator: all; service: all", "推送由系统管理或程序设置"),
    ("PATCH /api/v1/webhooks/{id}", "{own}", "{\"active\":false}", 204, "administrator: all; service: all", "程序只动自己设的推送，系统管理可动全部"),
    ("DELETE /api/v1/webhooks/{id}", "{own}", "", 204, "administrator: all; service: all", "程序只动自己设的推送，系统管理可动全部"),
    ("DELETE /api/v1/users/{id}/sign-in", "farms", "", 409, "administrator: all", "离职人员的登录由系统管理收回"),
];

/// Every applicant may ask for the list; what stands in it is another matter.
const OFFICERS_AND_OWN_LIST: &str = "applicant: own, foreign; clerk: all; reviewer: all; unit_reviewer: all; leader: all; finance: all; auditor: all";
/// The same.
const WITH_OWN_LIST: &str = OFFICERS_AND_OWN_LIST;
/// The same, with administrators.
const REGISTER_LIST: &str =
    "applicant: own, foreign; clerk: all; reviewer: all; unit_reviewer: all; leader: all; finance: all; auditor: all; administrator: all";
/// A draft is for whoever works here, and to all others not there.
const DRAFT_VERSION: &str = "nobody; clerk: all; reviewer: all; unit_reviewer: all; leader: all; finance: all; auditor: all; drafter: all; \
                             administrator: all; service: all";
