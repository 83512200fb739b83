//! What the rules want, written by hand: act, who may, and the rule it follows from.
//!
//! `role: lead, asked, other` for officers of the unit in charge, of a unit asked, of any other (`all`: any of them);
//! `applicant: own` for those of the enterprise concerned, to whom alone the thing exists; `own, foreign` for anybody.

use super::Answer;
use casework::people::Role;

/// Acts in the order of the nouns.
pub const EXPECTED: &[(&str, &str, &str)] = &[
    ("registry.found", "", "只在没有任何记录时，由创建者本人做一次"),
    ("registry.put_unit", "administrator: all", "系统管理管人员和单位，不碰案件和资金"),
    ("registry.put_user", "administrator: all", "系统管理提出；增加权限须另一人复核，不得改本人"),
    ("registry.put_organisation", "administrator: all; clerk: all", "经办登记申报主体；账户另走核验"),
    ("registry.load_policy", "drafter: all", "政策版本由起草人载入"),
    ("registry.confirm_user", "administrator: all; leader: all", "权限变更由另一名系统管理或审批人复核"),
    ("registry.put_link", "administrator: all; leader: all", "回避关系由系统管理或审批人登记，注明来源；审计只看不改"),
    ("registry.put_shop", "administrator: all; clerk: all", "经办登记网店"),
    ("registry.admit_code", "administrator: all; clerk: all", "校验位不符的信用代码凭证明登记"),
    ("registry.put_account", "clerk: all; applicant: own", "账户由企业本身或经办登记，他人企业的账户不可见"),
    ("registry.verify_account", "reviewer: all; finance: all", "账户由另一人（复核、财政）核验后才付款"),
    ("budget.open_fund", "finance: all", "预算由财政管"),
    ("budget.open_pool", "finance: all", "预算由财政管"),
    ("budget.appropriate", "finance: all", "预算由财政管"),
    ("budget.reduce", "finance: all", "预算由财政管"),
    ("call.prepare", "clerk: lead", "批次由牵头单位经办拟"),
    ("call.open", "leader: lead", "由牵头单位审批人开放"),
    ("call.close", "leader: lead", "由牵头单位审批人截止"),
    ("call.share", "leader: lead", "由牵头单位审批人分配"),
    ("case.start", "applicant: own", "只能为本企业申报"),
    ("case.submit", "applicant: own", "只有本企业能提交"),
    ("case.accept", "clerk: lead", "受理由牵头单位经办"),
    ("case.summarise", "reviewer: lead", "牵头汇总由复核人，不得是经办本人"),
    ("case.approve", "leader: lead", "审定由牵头单位审批人"),
    ("notice.publish", "clerk: lead", "公示由牵头单位发布"),
    ("notice.conclude", "leader: lead", "公示期满由牵头单位审批人确认"),
    ("payment.pay", "finance: all", "拨付由财政"),
    ("history.load", "clerk: all", "期初台账由经办导入，注明来源"),
    ("history.correct", "clerk: all", "更正是另一条记录，不改原记录"),
    ("history.confirm", "reviewer: all; leader: all", "期初台账的导入和更正由另一人（复核、审批）确认后才算数"),
    ("matching.list", "clerk: lead", "比对名单由牵头单位经办拟"),
    ("matching.check", "clerk: lead", "信用核查由牵头单位经办记录"),
    ("matching.approve", "reviewer: lead", "名单由复核人复核，不得是经办本人"),
    ("matching.push", "clerk: lead", "推送由牵头单位经办"),
    ("matching.confirm", "applicant: own", "只有本企业能确认；他人企业的条目不可见"),
    ("matching.refuse", "applicant: own", "只有本企业能放弃"),
    ("log.checkpoint", "service: all", "检查点由持密钥的程序签名，不是人"),
    ("outbox.deliver", "service: all", "送达由投递程序记录，不是人"),
    ("call.state_share", "clerk: lead; leader: lead", "分配测算由牵头单位说明，不动资金"),
    ("call.share_again", "leader: lead", "再分配由牵头单位审批人"),
    ("call.archive", "leader: lead", "归档由牵头单位审批人"),
    ("call.rank", "leader: lead", "排名同分配一样，由牵头单位审批人"),
    ("call.set_rate", "clerk: lead", "汇率由牵头单位经办登记，注明来源"),
    ("call.carry_over", "leader: lead", "顺延由牵头单位审批人，按规则和先后"),
    ("case.archive", "clerk: lead", "案件归档由牵头单位经办"),
    ("notice.object", "applicant: own, foreign; clerk: lead", "任何申报人可以实名提出异议；来信来访由牵头单位经办登记"),
    ("notice.check", "clerk: lead; reviewer: lead", "异议核查由牵头单位经办或复核人"),
    ("notice.settle", "leader: lead", "异议处理由牵头单位审批人"),
    ("payment.plan", "clerk: lead", "分配方案由牵头单位经办拟"),
    ("payment.request", "leader: lead", "拨付请示由牵头单位审批人"),
    ("payment.cancel", "leader: lead", "撤销批次由牵头单位审批人"),
    ("payment.report", "finance: all", "到账、退汇由财政记录"),
    ("payment.mend", "applicant: own; clerk: lead", "退汇后由企业或牵头单位经办更正账户"),
    ("payment.drop", "leader: lead", "不再拨付由牵头单位审批人"),
    ("determination.amend", "reviewer: lead", "更正审定由牵头单位复核人提请"),
    ("determination.confirm_amendment", "leader: lead", "更正审定由牵头单位审批人，不得是提请人本人"),
    ("instalment.test", "clerk: lead", "分期复核由牵头单位经办提请"),
    ("instalment.confirm_test", "reviewer: lead", "分期复核由牵头单位复核人确认，不得是提请人本人"),
    ("instalment.fund", "finance: all", "分期资金由财政安排"),
    ("performance.report", "applicant: own", "绩效由本企业报告"),
    ("performance.accept", "reviewer: lead", "绩效由牵头单位复核人认可"),
    ("performance.send_back", "reviewer: lead", "绩效由牵头单位复核人退回"),
    ("case.screen", "clerk: lead; reviewer: lead", "初审由牵头单位经办或复核人，流程定哪一个"),
    ("case.fill", "applicant: own", "草稿由本企业填写"),
    ("case.attach", "applicant: own", "佐证由本企业上传"),
    ("case.withdraw", "applicant: own", "只有本企业能撤回"),
    ("case.decline", "clerk: lead", "不予受理由牵头单位经办，写明理由"),
    ("case.ask_correction", "clerk: lead; reviewer: lead", "一次性补正告知由牵头单位经办或复核人"),
    ("case.answer_correction", "applicant: own", "补正由本企业"),
    ("case.lapse", "clerk: lead", "逾期未补正由牵头单位经办记录"),
    ("case.give_opinion", "unit_reviewer: asked", "只有被征求意见的参与单位给意见"),
    ("case.confirm_opinion", "unit_reviewer: asked", "补正后由原参与单位确认"),
    ("case.ask_unit", "clerk: lead; reviewer: lead", "加签由牵头单位"),
    ("case.pass_on", "clerk: lead; reviewer: lead", "转办由牵头单位"),
    ("case.close_opinions", "clerk: lead; reviewer: lead", "联审结束由牵头单位记录"),
    ("case.check_site", "clerk: lead; reviewer: lead; unit_reviewer: asked", "现场核查由牵头单位或参与单位"),
    ("case.record_audit", "clerk: lead; reviewer: lead", "第三方审计报告由牵头单位录入"),
    ("case.deliberate", "clerk: lead; reviewer: lead; leader: lead", "集体审议纪要由牵头单位录入"),
    ("case.send_back", "reviewer: lead; leader: lead", "退回由复核人或审批人"),
    ("case.suspend", "leader: lead", "中止由牵头单位审批人"),
    ("case.resume", "leader: lead", "恢复由牵头单位审批人"),
    ("case.terminate", "leader: lead", "终止由牵头单位审批人"),
    ("case.refuse", "leader: lead", "不予支持由牵头单位审批人，写明理由和救济"),
    ("case.check_credit", "clerk: lead; reviewer: lead; finance: all", "信用核查由牵头单位，拨付当日由财政"),
    ("case.recount", "clerk: lead", "载入新年历后由牵头单位经办重算"),
    ("recovery.note", "clerk: all; leader: all", "线索任何单位的经办或审批人都可登记"),
    ("recovery.detect", "clerk: lead", "按规则查找由牵头单位经办"),
    ("recovery.dismiss", "leader: all", "不予立案由审批人，不得是登记人本人"),
    ("recovery.open", "clerk: lead", "立案由牵头单位经办"),
    ("recovery.notify", "clerk: lead", "告知由牵头单位经办"),
    ("recovery.state", "applicant: own", "陈述申辩只由本企业"),
    ("recovery.decide", "leader: lead", "追回决定由牵头单位审批人"),
    ("recovery.deliver", "clerk: lead", "送达由牵头单位经办"),
    ("recovery.amend", "clerk: lead", "复议后减少由牵头单位经办提请"),
    ("recovery.confirm_amendment", "leader: lead", "复议后减少由牵头单位审批人，不得是提请人本人"),
    ("recovery.agree", "leader: lead", "分期由牵头单位审批人"),
    ("recovery.collect", "finance: all", "缴款由财政记录"),
    ("recovery.offset", "finance: all", "抵扣由财政记录"),
    ("recovery.remind", "clerk: lead", "催告由牵头单位经办"),
    ("recovery.enforce", "leader: lead", "申请强制执行由牵头单位审批人"),
    ("recovery.close", "leader: lead", "结案由牵头单位审批人"),
    ("policy.revise", "drafter: lead", "草案由牵头起草单位的起草人改"),
    ("policy.consult", "drafter: lead", "征询部门意见由牵头起草单位的起草人"),
    ("policy.reply", "unit_reviewer: all", "部门意见由各单位会审人"),
    ("policy.invite", "drafter: lead", "公开征求意见由牵头起草单位的起草人"),
    ("policy.comment", "applicant: own, foreign; clerk: all", "公众都可提意见；来信由经办登记"),
    ("policy.answer", "drafter: lead", "答复由牵头起草单位的起草人拟"),
    ("policy.release", "leader: lead", "反馈由牵头起草单位审批人一次公布"),
    ("policy.waive", "leader: lead", "不公开征求意见由牵头起草单位审批人写明依据"),
    ("policy.redraft", "drafter: lead", "退回起草由牵头起草单位的起草人"),
    ("policy.review_competition", "reviewer: all", "公平竞争审查由复核人，不得是起草人本人"),
    ("policy.review_legality", "reviewer: all", "合法性审核由复核人，不得是起草人本人"),
    ("policy.resolve", "leader: lead", "集体审议由牵头起草单位审批人记录"),
    ("policy.publish", "leader: lead", "印发由牵头起草单位审批人；被替代的版本也须是本单位的"),
    ("policy.repeal", "leader: lead", "废止由牵头起草单位审批人"),
    ("policy.set_clause", "leader: lead", "条款效力由牵头起草单位审批人定，注明文件"),
    ("policy.recognise", "drafter: lead", "哪些事实须凭认定由牵头起草单位的起草人写明"),
    ("policy.done", "drafter: lead; clerk: lead", "印发后应办事项由牵头起草单位的起草人或经办记录"),
    ("recognition.issue", "leader: lead", "认定由作出单位的审批人"),
    ("recognition.revoke", "leader: lead", "撤销由作出单位的审批人"),
    ("recognition.release", "leader: lead; finance: all", "到期释放由作出单位的审批人或财政"),
    ("guide.issue", "leader: all", "申报指南由审批人发布"),
    ("calendar.load", "administrator: all", "工作日历由系统管理载入"),
    ("document.issue", "clerk: lead; leader: lead", "公文由牵头单位经办或审批人制发；政策的公文由起草单位"),
    ("document.void", "leader: lead", "作废由制发单位的审批人，编号保留"),
    ("document.put_letterhead", "administrator: all", "版头由系统管理维护"),
    ("retention.set_periods", "administrator: all", "保存期限由系统管理按制度设定，并注明依据"),
    ("retention.empty_draft", "leader: lead", "未提交的申报期满后由牵头单位审批人清空"),
    ("retention.forget_contacts", "administrator: all", "联系信息期满后由系统管理清除，不动案件和资金"),
];

/// How somebody stands to the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Lead,
    Asked,
    Other,
    Own,
    Foreign,
}

impl Who {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Asked => "asked",
            Self::Other => "other",
            Self::Own => "own",
            Self::Foreign => "foreign",
        }
    }

    /// The ways in which somebody in a role may stand to a thing.
    pub fn of(role: Role) -> Vec<Self> {
        if role == Role::Applicant { vec![Self::Own, Self::Foreign] } else { vec![Self::Lead, Self::Asked, Self::Other] }
    }
}

/// Who may do an act.
pub struct Expected {
    may: Vec<(Role, Who)>,
    pub why: &'static str,
}

impl Expected {
    pub fn parse(who: &str, why: &'static str) -> Self {
        let mut may = Vec::new();
        for part in who.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (role, ways) = part.split_once(':').unwrap_or_else(|| panic!("{part}: write `role: lead, asked, other`"));
            let role = Role::ALL.into_iter().find(|known| known.name() == role.trim()).unwrap_or_else(|| panic!("{role} is no role"));
            for way in ways.split(',').map(str::trim) {
                let found: Vec<Who> = Who::of(role).into_iter().filter(|who| way == "all" || who.name() == way).collect();
                assert!(!found.is_empty(), "{part}: {way} says nothing of this role");
                may.extend(found.into_iter().map(|who| (role, who)));
            }
        }
        Self { may, why }
    }

    pub fn answer(&self, role: Role, who: Who) -> Answer {
        let may = |who| self.may.contains(&(role, who));
        match who {
            who if may(who) => Answer::Passed,
            Who::Foreign if may(Who::Own) => Answer::NotFound,
            _ => Answer::Denied,
        }
    }

    /// The cell of a role in the table.
    pub fn cell(&self, role: Role) -> String {
        let ways: Vec<&str> = Who::of(role).into_iter().filter(|who| self.may.contains(&(role, *who))).map(Who::name).collect();
        if ways.len() == 3 { "all".into() } else { ways.join(", ") }
    }
}
