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
/// Whoever works here.
const OFFICE: &str = "clerk: all; reviewer: all; unit_reviewer: all; leader: all; finance: all; auditor: all; drafter: all; administrator: all";
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
/// Who makes a policy, answers for it, pays it or audits it.
const SUMS: &str = "leader: all; finance: all; auditor: all; drafter: all";
/// Those who work with money, of cases that they see.
const MONEY_OF_UNIT: &str = "clerk: lead, asked; reviewer: lead, asked; leader: lead, asked; finance: all; auditor: all";
/// Officers of every unit, with administrators and the enterprise itself.
const REGISTER: &str = "applicant: own; clerk: all; reviewer: all; unit_reviewer: all; leader: all; finance: all; auditor: all; administrator: all";

/// All of them.
pub const ROUTES: &[Route] = &[
    ("GET /", "", "", 200, EVERYBODY, "政策公开"),
    ("GET /assets/duixian.css", "", "", 200, EVERYBODY, "样式公开"),
    ("GET /assets/duixian.js", "", "", 200, EVERYBODY, "脚本公开"),
    ("GET /assets/duixian.svg", "", "", 200, EVERYBODY, "标志公开"),
    ("GET /calls/{id}", "c2", "", 200, EVERYBODY, "申报批次公告公开"),
    ("GET /calls/{id}/apply", "c2", "", 200, "applicant: own, foreign", "申报企业填写本企业的草稿"),
    ("POST /calls/{id}/apply", "c2", "{}", 303, "applicant: own, foreign", "申报企业填写本企业的草稿"),
    ("GET /calls/{id}/evidence", "c2", "", 200, "applicant: own, foreign", "申报企业为本企业的草稿上传佐证"),
    ("POST /calls/{id}/evidence", "c2", "{}", 422, "applicant: own, foreign", "申报企业为本企业的草稿上传佐证"),
    ("GET /language/{language}", "en", "", 303, EVERYBODY, "语言由读者自选"),
    ("GET /policies/{id}", "qianjiang-2023", "", 200, EVERYBODY, "政策公开"),
    ("GET /calculator", "", "", 303, EVERYBODY, "测算不需要登录"),
    ("GET /policies/{id}/calculator", "qianjiang-2023", "", 200, EVERYBODY, "测算不需要登录"),
    ("POST /policies/{id}/calculator", "qianjiang-2023", "{}", 200, EVERYBODY, "测算不需要登录"),
    ("GET /sign-in", "", "", 200, EVERYBODY, "登录前没有人登录"),
    ("POST /sign-in", "", "{}", 401, EVERYBODY, "登录前没有人登录"),
    ("POST /sign-out", "", "{}", 303, SIGNED_IN, "只退出本人"),
    ("GET /own", "", "", 200, SIGNED_IN, "只为本人"),
    ("POST /own/password", "", "{}", 422, SIGNED_IN, "只改本人的密码"),
    ("POST /own/role", "", "{}", 403, SIGNED_IN, "只切换到本人持有的角色"),
    ("GET /my", "", "", 200, "applicant: own, foreign", "只看本企业"),
    ("GET /my/cases/{id}", "paid", "", 200, "applicant: own", "只看本企业的案件"),
    ("POST /my/cases/{id}/withdraw", "paid", "{}", 409, "applicant: own", "只撤回本企业的申报，已审定的不能撤回"),
    ("POST /my/cases/{id}/account", "paid", "{}", 422, "applicant: own", "只为本企业更正账户"),
    ("POST /my/cases/{id}/objection", "paid", "{}", 422, "applicant: own", "在本企业的案件页上提出"),
    ("GET /my/cases/{id}/correction", "paid", "", 303, "applicant: own", "没有要求补正的，回到案件"),
    ("POST /my/cases/{id}/correction", "paid", "{}", 409, "applicant: own", "没有要求补正的，不能补正"),
    ("GET /my/reports/{id}", "e-n1:1:1.1", "", 200, "applicant: own", "只看本企业的绩效报告"),
    ("POST /my/reports/{id}", "e-n1:1:1.1", "{}", 409, "applicant: own", "绩效报告须附佐证"),
    ("GET /my/recoveries/{id}", "rv1", "", 200, "applicant: none", "告知之前不给企业看"),
    ("POST /my/recoveries/{id}", "rv1", "{}", 200, "applicant: none", "告知之前不给企业看"),
    ("GET /my/offers/{id}", "l1:firm1", "", 200, "applicant: none", "推送之前不给企业看"),
    ("POST /my/offers/{id}/confirm", "l1:firm1", "{}", 200, "applicant: none", "推送之前不能确认"),
    ("POST /my/offers/{id}/refuse", "l1:firm1", "{}", 200, "applicant: none", "推送之前不能放弃"),
    ("GET /my/firm", "", "", 200, "applicant: own, foreign", "只看本企业"),
    ("POST /my/firm/account", "", "{}", 422, "applicant: own, foreign", "只为本企业登记账户"),
    ("GET /my/messages", "", "", 200, "applicant: own, foreign", "只看本企业"),
    ("GET /register", "", "", 200, EVERYBODY, "注册之前没有账号"),
    ("POST /register", "", "{}", 422, EVERYBODY, "注册之前没有账号，填写的内容不保存"),
    ("GET /acts", "", "", 200, SIGNED_IN, "只列出本人角色的事项"),
    ("GET /acts/{act}", "case.accept", "", 200, "clerk: all", "表单只给有此事项的角色"),
    ("POST /acts/{act}", "case.accept", "{}", 422, "clerk: all", "事项只给有此事项的角色"),
    ("GET /work", "", "", 200, OFFICE, "工作台给工作人员，只有本人看得到的事项"),
    ("GET /step", "", "", 303, OFFICE, "同待办"),
    ("POST /bulk", "", "{}", 422, OFFICERS, "预览不办理，逐件按本人权限说明"),
    ("POST /bulk/runs", "", "{}", 422, OFFICERS, "批量办理逐件按事项的权限"),
    ("GET /bulk/runs/{id}", "none", "", 404, OFFICERS, "批量结果只给办理的本人"),
    ("POST /views", "", "{}", 422, OFFICE, "视图只属于本人，只保存筛选条件"),
    ("POST /handlers", "", "{}", 422, OFFICERS, "领取和交办限于正在办理的单位"),
    ("GET /cases", "", "", 200, OFFICERS, "台账同案件列表"),
    ("GET /cases/{id}", "paid", "", 200, OF_UNIT, "案件给牵头和参与单位、财政和审计；企业另有页面"),
    ("GET /cases/{id}/papers/{digest}", "draft/papers/{evidence}", "", 200, OF_UNIT, "材料同案件"),
    ("GET /cases/{id}/versions", "paid", "", 200, OF_UNIT, "申报版本同案件"),
    ("GET /registers", "", "", 200, OFFICE, "只列出本人角色看得到的列表"),
    ("GET /registers/{collection}", "determinations", "", 200, OFFICERS, "列表同接口"),
    ("GET /registers/{collection}/{id}", "determinations/d1", "", 200, OF_UNIT, "记录同接口"),
    ("POST /registers/{collection}/columns", "cases", "{}", 303, OFFICE, "只改本人浏览器里的列设置"),
    ("GET /calls", "", "", 200, OFFICE, "批次列表给工作人员；企业看公开页面"),
    ("GET /calls/{id}/manage", "c1", "", 200, OFFICE, "批次内容公开，案件数和事项按本人权限"),
    ("GET /people", "", "", 200, RIGHTS, "人员给管权限的人和审计"),
    ("GET /find", "?q=pa", "", 200, OFFICE, "只找本人看得到的"),
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
    ("GET /api/v1/evidence/{digest}/inline", "{evidence}", "", 422, EVIDENCE, "佐证同案件；内容与类型不符的不在页面内显示"),
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
    ("GET /ledger", "", "", 200, MONEY, "账本给办资金的人"),
    ("GET /ledger/{id}", "fund-2024", "", 200, MONEY, "账本给办资金的人"),
    ("GET /entries/{id}", "{entry}", "", 200, MONEY_OF_UNIT, "看不到案件的人也看不到它的钱"),
    ("GET /determinations/{id}", "d1", "", 200, OF_UNIT, "审定同案件，企业另有页面"),
    ("GET /batches", "", "", 200, OFFICERS, "拨付批次给办案人员"),
    ("POST /batches", "", "{}", 422, "clerk: all; leader: all", "编制方案、更正账户由经办，不再拨付由审批人"),
    ("GET /batches/{id}", "b1", "", 200, OF_UNIT, "拨付批次给本单位的批次"),
    ("POST /batches/{id}", "b1", "{}", 422, "clerk: lead, asked; leader: lead, asked; finance: all", "请示、拨付、回单各有其人"),
    ("GET /batches/{id}/receipts", "b1", "", 200, "finance: all", "银行回单由财政导入"),
    ("POST /batches/{id}/receipts", "b1", "{}", 422, "finance: all", "银行回单由财政导入"),
    ("GET /recoveries", "", "", 200, OFFICERS, "追回给办案人员"),
    ("POST /recoveries", "", "{}", 422, "clerk: all; leader: all", "线索由经办或审批人登记，立案由经办"),
    ("GET /recoveries/{id}", "rv1", "", 200, OF_UNIT, "追回给本单位的批次"),
    ("POST /recoveries/{id}", "rv1", "{}", 422, "clerk: lead, asked; leader: lead, asked; finance: all", "追回各步骤各有其人"),
    ("GET /cockpit", "", "", 200, MONEY, "驾驶舱汇总资金，给办资金的人"),
    ("GET /cockpit/entries", "?month=2025-03", "", 200, MONEY, "驾驶舱金额对应的分录，给办资金的人"),
    ("GET /cockpit/cases", "", "", 200, MONEY, "驾驶舱数字对应的办件，各看本单位的"),
    ("GET /audit", "", "", 200, "leader: all; auditor: all", "日志给审计和审批人"),
    ("GET /api/v1/bundle", "?case=paid", "", 200, "leader: lead, asked; auditor: all", "审计包给能看案件的审计和审批人"),
    ("GET /notices", "", "", 200, EVERYBODY, "公示公开"),
    ("GET /notices/{id}", "n1", "", 200, EVERYBODY, "公示公开"),
    ("GET /notices/{id}/table", "n1", "", 200, EVERYBODY, "公示名单公开"),
    ("GET /notices/{id}/file", "n1", "", 404, EVERYBODY, "公示公开；还没有制发的没有文件"),
    ("POST /notices/{id}/objections", "n1", "{}", 422, "applicant: own, foreign; clerk: all", "异议由企业提出，或由经办人登记"),
    ("GET /search", "?q=yy", "", 200, EVERYBODY, "政策公开"),
    ("GET /policies/{id}/guide", "qianjiang-2023?format=html", "", 200, EVERYBODY, "申报指南公开"),
    ("GET /simulations", "", "", 200, SUMS, "测算只出合计，供制定、审批、财政和审计"),
    ("POST /simulations", "", "{}", 422, SUMS, "测算只出合计，供制定、审批、财政和审计"),
    ("GET /simulations/{id}", "none", "", 404, SUMS, "测算结果只给发起的本人"),
    ("GET /simulations/{id}/report", "none", "", 404, SUMS, "测算结果只给发起的本人"),
    ("POST /simulations/{id}/stop", "none", "{}", 404, SUMS, "测算由发起的本人停止"),
    ("GET /workshop", "", "", 200, DRAFTS, "草案给工作人员"),
    ("GET /workshop/{id}", "draft-version", "", 200, DRAFTS, "草案给工作人员"),
    ("POST /workshop/{id}", "draft-version", "{}", 422, DRAFTS, "校验不保存，同看草案"),
    ("POST /workshop/{id}/text", "draft-version", "{}", 422, "drafter: all", "草案由起草人修改"),
    ("POST /workshop/{id}/versions", "draft-version", "{}", 422, "drafter: all", "新版本由起草人载入"),
    ("GET /workshop/{id}/course", "draft-version", "", 200, DRAFTS, "草案给工作人员"),
    ("POST /workshop/{id}/course", "draft-version", "{}", 422, DRAFTS, "各步由谁办理，按事项的权限"),
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
