//! What the firms of the demonstration write in their applications, and the acts that a case goes through in most calls.

use super::DemoError;
use super::firms::{code_of, name_of};
use super::walk::{Walk, paper};
use casework::case::{Case, Wording};
use serde_json::{Map, Value, json};
use values::Fen;

/// Facts of 黔江 that are yes for every firm here.
const YES: &[&str] = &["注册地在本区", "在本区纳税", "电商企业", "独立法人", "正常开展业务"];
/// Facts of 黔江 that are no unless an application says otherwise.
const NO: &[&str] = &[
    "近三年列入失信黑名单",
    "近三年受财政处罚处分",
    "电商新品牌",
    "品牌特色馆符合条件",
    "参加网购节",
    "活动方案获批",
    "入园企业",
    "国家级电商示范园区",
    "市级电商示范园区",
    "园区运营主体",
    "新落户",
    "新引进",
    "科技型企业",
    "高新技术企业",
    "获批国家级数字商务示范企业",
    "从事直播带货且有直播基地",
    "传统商贸企业",
    "网上下单线下配送",
    "网货标准化改造企业",
    "跨境电商企业",
    "第三方跨境电商平台企业",
    "指定孵化器",
    "政府认定的电商企业或个体",
    "培训经政府同意",
];
/// Facts of 九龙坡 that are yes for every firm here.
const YES_THERE: &[&str] = &["财务制度健全", "区内工商注册", "区内税务登记纳税", "独立法人", "电子商务企业", "网上交易结算", "区内纳税"];
/// Facts of 九龙坡 that are no unless an application says otherwise.
const NO_THERE: &[&str] = &[
    "被行业主管部门处罚",
    "被媒体曝光造成严重影响",
    "发生重大安全责任事故",
    "出现重大投诉事件",
    "有违法违纪行为",
    "新落户",
    "线上线下结合运营",
    "租用指定商务楼宇办公",
    "新获重庆市电子商务企业认定",
    "由区内特色传统企业分离",
    "独立网络零售法人",
    "加入区政府指定第三方平台",
    "平台付费会员",
    "区内第三方电商服务平台",
    "电商专业楼宇",
    "认定为示范性楼宇",
];

fn facts(yes: &[&str], no: &[&str], own: &Value) -> Map<String, Value> {
    let mut all: Map<String, Value> = yes.iter().map(|fact| ((*fact).to_owned(), true.into())).collect();
    all.extend(no.iter().map(|fact| ((*fact).to_owned(), false.into())));
    all.extend(own.as_object().into_iter().flatten().map(|(fact, value)| (fact.clone(), value.clone())));
    all
}

/// The facts of a firm of 黔江.
pub(super) fn of_qianjiang(own: &Value) -> Value {
    let mut all = facts(YES, NO, own);
    all.entry("引进人才").or_insert_with(|| json!([]));
    Value::Object(all)
}

/// The facts of a firm of 九龙坡.
pub(super) fn of_jiulongpo(own: &Value) -> Value {
    let mut all = facts(YES_THERE, NO_THERE, own);
    for (fact, value) in [("网络零售主体类型", json!("平台开店")), ("机构类型", json!("其他")), ("网店入网费用", json!([]))] {
        all.entry(fact).or_insert(value);
    }
    for fact in ["注册资金", "实缴资本"] {
        all.entry(fact).or_insert_with(|| json!("2000000"));
    }
    Value::Object(all)
}

/// An application in the exchange format.
pub(super) fn application(case: &str, firm: &str, (year, as_of): (i32, &str), facts: &Value) -> Result<Value, DemoError> {
    let applicant = json!({ "name": name_of(firm), "kind": "企业", "uscc": code_of(firm)? });
    Ok(json!({ "id": case, "year": year, "as_of": as_of, "applicant": applicant, "facts": facts }))
}

/// Who applies for what, with the facts that matter, which its papers prove.
pub(super) struct Claim<'c> {
    pub(super) case: &'c str,
    pub(super) firm: &'c str,
    pub(super) clauses: &'c [&'c str],
    pub(super) own: Value,
}

impl Claim<'_> {
    fn facts(&self) -> Vec<&str> {
        self.own.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect()
    }
}

/// A case as it is handed in: with the declaration, made by somebody who is nobody.
pub(super) fn handed_in(case: &str) -> Value {
    let version = Wording::in_use().map(|wording| wording.version);
    json!({ "case": case, "declaration": { "name": "罗某某", "post": "法定代表人", "version": version } })
}

impl Walk<'_> {
    /// Starts an application of a firm of 黔江.
    pub(super) async fn starts(&mut self, call: &str, at: (i32, &str), claim: &Claim<'_>) -> Result<(), DemoError> {
        let facts = of_qianjiang(&claim.own);
        self.start_with(call, at, claim, &facts).await
    }

    /// Starts an application with all facts.
    pub(super) async fn start_with(&mut self, call: &str, at: (i32, &str), claim: &Claim<'_>, facts: &Value) -> Result<(), DemoError> {
        let evidence = paper(&format!("{}申报材料（财务报表、合同、发票）", claim.case), &claim.facts());
        let start = json!({
            "case": claim.case, "call": call, "organisation": claim.firm, "clauses": claim.clauses,
            "application": application(claim.case, claim.firm, at, facts)?, "evidence": [evidence],
        });
        self.does(claim.firm, "case.start", start).await.map(drop)
    }

    /// Starts an application of a firm of 黔江 and hands it in.
    pub(super) async fn applies(&mut self, call: &str, at: (i32, &str), claim: &Claim<'_>) -> Result<(), DemoError> {
        self.starts(call, at, claim).await?;
        self.does(claim.firm, "case.submit", handed_in(claim.case)).await.map(drop)
    }

    /// Takes cases in and screens them.
    pub(super) async fn accepts_and_screens(&mut self, clerk: &str, cases: &[&str]) -> Result<(), DemoError> {
        self.on_each(clerk, "case.accept", cases, &json!({})).await?;
        self.on_each(clerk, "case.screen", cases, &json!({})).await
    }

    /// Units agree to cases.
    pub(super) async fn agree(&mut self, units: &[&str], cases: &[&str]) -> Result<(), DemoError> {
        for unit in units {
            let opinion = json!({ "view": "agree", "reductions": [], "words": "经核对，无不同意见" });
            self.on_each(unit, "case.give_opinion", cases, &json!({ "opinion": opinion })).await?;
        }
        Ok(())
    }

    /// Sets the amounts of cases to what the rules give.
    pub(super) async fn summarises(&mut self, reviewer: &str, cases: &[&str]) -> Result<(), DemoError> {
        for case in cases {
            self.sets(reviewer, case, Fen(0), None).await?;
        }
        Ok(())
    }

    /// Sets the amounts of a case to what the rules give, less something of the first clause.
    pub(super) async fn sets(&mut self, reviewer: &str, case: &str, less: Fen, reason: Option<&str>) -> Result<(), DemoError> {
        let kept: Case = self.kept(case).await?;
        let mut less = less.0;
        let mut amounts = Vec::new();
        for claim in &kept.claims {
            let amount = claim.assessed.unwrap_or_default().0 - std::mem::take(&mut less);
            amounts.push(json!({ "clause": claim.clause, "amount": amount, "reason": reason }));
        }
        self.does(reviewer, "case.summarise", json!({ "case": case, "amounts": amounts })).await.map(drop)
    }

    /// Approves cases, with determinations of their names.
    pub(super) async fn approves(&mut self, leader: &str, cases: &[&str]) -> Result<(), DemoError> {
        for case in cases {
            let approve = json!({ "case": case, "determination": format!("d-{case}"), "entry": format!("e-{case}") });
            self.does(leader, "case.approve", approve).await?;
        }
        Ok(())
    }

    /// Issues documents about one thing, named after it.
    pub(super) async fn issues(&mut self, who: &str, about: &str, id: &str, kinds: &[&str]) -> Result<(), DemoError> {
        let wanted: Vec<Value> = kinds.iter().map(|kind| json!({ "document": format!("{id}-{}", kind.replace('_', "-")), "kind": kind })).collect();
        self.does(who, "document.issue", json!({ "subject": { about: id }, "documents": wanted })).await.map(drop)
    }

    /// What the bank says of cases in a batch: it arrived, or why it came back.
    pub(super) async fn reports(&mut self, batch: &str, cases: &[&str], returned: Option<&str>) -> Result<(), DemoError> {
        for case in cases {
            let on = self.today();
            // A bank's receipt is a short number: day, batch, case, line.
            let tail = |name: &str| name.chars().filter(char::is_ascii_digit).rev().take(2).collect::<Vec<_>>().into_iter().rev().collect::<String>();
            let day = on.to_string().replace('-', "");
            let receipt = |at: usize| format!("HD{day}{}{}{at}", tail(batch), tail(case));
            let reports: Vec<Value> =
                (1..).zip(&self.dues(case).await?).map(|(at, due)| json!({ "receipt": receipt(at), "due": due.id, "on": on, "returned": returned })).collect();
            self.does("finance", "payment.report", json!({ "batch": batch, "reports": reports, "entry": format!("e-{batch}-{case}") })).await?;
        }
        Ok(())
    }
}
