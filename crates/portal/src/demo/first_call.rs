//! The first call: 2024年度电商扶持资金, from applications to payment, an archived case and a clawback.

use super::DemoError;
use super::applications::{Claim, application, of_qianjiang};
use super::calls::Plan;
use super::walk::{Walk, paper};
use casework::case::Case;
use serde_json::{Value, json};
use values::Fen;

const CALL: &str = "ds2024";
const AT: (i32, &str) = (2024, "2024-12-31");

const STEPS: &[(&str, &str, u32)] =
    &[("screening", "clerk", 20), ("joint", "unit_reviewer", 10), ("summary", "reviewer", 10), ("meeting", "clerk", 10), ("approval", "leader", 10)];

fn claims() -> Vec<Claim<'static>> {
    let of = |case, firm, clauses, own| Claim { case, firm, clauses, own };
    vec![
        of("ds2024-01", "ent01", &["1.1"], json!({ "电商新品牌": true, "品牌年销售额": "38260000" })),
        of("ds2024-02", "ent02", &["7.1"], json!({ "传统商贸企业": true, "网上下单线下配送": true, "改造实际投资额": "436000" })),
        of("ds2024-03", "ent03", &["8.1"], json!({ "跨境电商企业": true, "跨境电商平台交易额": "2150000" })),
        of("ds2024-04", "ent04", &["1.2"], json!({ "品牌特色馆符合条件": true, "特色馆当年实际投入额": "1234567.89" })),
        of(
            "ds2024-05",
            "ent05",
            &["6.1"],
            json!({
                "从事直播带货且有直播基地": true, "直播基地面积": "1380.50", "直播间数": 12, "活跃主播人数": 26, "直播机构设立日期": "2022-05-18",
                "年带货交易额": "58900000", "应税网络销售额": "36812345.67",
            }),
        ),
        of("ds2024-06", "ent06", &["5.2"], json!({ "获批国家级数字商务示范企业": true })),
        of("ds2024-07", "ent07", &["1.1"], json!({ "电商新品牌": true, "品牌年销售额": "19860000" })),
        of("ds2024-08", "ent08", &["7.1"], json!({ "网货标准化改造企业": true, "改造实际投资额": "268000" })),
        of("ds2024-09", "ent09", &["1.1"], json!({ "电商新品牌": true, "品牌年销售额": "26000000" })),
        of("ds2024-10", "ent10", &["1.2"], json!({ "品牌特色馆符合条件": true, "特色馆当年实际投入额": "310000" })),
        of("ds2024-11", "ent11", &["8.1"], json!({ "跨境电商企业": true, "跨境电商平台交易额": "3998765.43" })),
        of("ds2024-12", "ent12", &["1.1"], json!({ "电商新品牌": true, "品牌年销售额": "48345678.90" })),
    ]
}

/// What a decision says at its end (救济途径).
const REMEDIES: &str =
    "如不服本决定，可以自收到本决定书之日起六十日内向黔江区人民政府申请行政复议，也可以自收到本决定书之日起六个月内依法向人民法院提起行政诉讼。";

/// Cases that are awarded something.
const AWARDED: [&str; 8] = ["ds2024-01", "ds2024-02", "ds2024-03", "ds2024-04", "ds2024-05", "ds2024-06", "ds2024-11", "ds2024-12"];

/// The call, and what came in: one corrected, one never corrected, one not taken in, one taken back.
pub(super) async fn applications(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    let plan = Plan {
        id: CALL,
        title: "2024年度电子商务扶持资金申报",
        year: 2024,
        as_of: AT.1,
        clauses: &["1.1", "1.2", "5.2", "6.1", "7.1", "8.1"],
        open: ["2025-01-06", "2025-01-24"],
        with: &["park", "farms", "industry"],
        steps: STEPS,
        pool: true,
        credit: false,
        guide: None,
    };
    walk.on("2025-01-06")?;
    walk.does("clerk", "call.prepare", json!({ "call": plan.call() })).await?;
    let source = "中国外汇交易中心 2024-12-31 人民币汇率中间价";
    walk.does("clerk", "call.set_rate", json!({ "call": CALL, "name": "USD", "value": "7.1884", "source": source })).await?;
    walk.does("leader", "call.open", json!({ "call": CALL })).await?;
    walk.issues("leader", "call", CALL, &["application_guide"]).await?;
    walk.on("2025-01-09")?;
    for claim in claims() {
        walk.applies(CALL, AT, &claim).await?;
    }
    walk.on("2025-01-13")?;
    walk.does("ent08", "case.withdraw", json!({ "case": "ds2024-08" })).await?;
    let reason = "商标注册证的持有人是另一家企业，申报人不是该品牌的经营主体";
    walk.does("clerk", "case.decline", json!({ "case": "ds2024-09", "reason": reason })).await?;
    let defects = json!([{ "what": "年度审计报告", "mend": "补充2024年度审计报告或经税务确认的销售数据" }]);
    walk.on_each("clerk", "case.ask_correction", &["ds2024-10", "ds2024-12"], &json!({ "defects": defects })).await?;
    walk.issues("clerk", "case", "ds2024-09", &["decline_notice"]).await?;
    walk.issues("clerk", "case", "ds2024-12", &["correction_notice"]).await?;
    walk.on("2025-01-20")?;
    let facts = of_qianjiang(&json!({ "电商新品牌": true, "品牌年销售额": "47902311.40" }));
    let evidence = paper("ds2024-12 2024年度审计报告", &["品牌年销售额"]);
    let answer = json!({ "case": "ds2024-12", "application": application("ds2024-12", "ent12", AT, &facts)?, "evidence": [evidence] });
    walk.does("ent12", "case.answer_correction", answer).await.map(drop)
}

/// From acceptance to what is approved.
pub(super) async fn review(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    walk.on("2025-02-10")?;
    let going = [&AWARDED[..], &["ds2024-07"]].concat();
    walk.accepts_and_screens("clerk", &going).await?;
    walk.issues("clerk", "case", "ds2024-01", &["acceptance_notice"]).await?;
    walk.on("2025-02-14")?;
    walk.agree(&["farms", "industry"], &going).await?;
    walk.agree(&["park"], &going.iter().copied().filter(|case| *case != "ds2024-02").collect::<Vec<_>>()).await?;
    let reductions = json!([{ "clause": "7.1", "amount": 15_000_000, "reason": "部分设备不在本项目内，发票核减" }]);
    let opinion = json!({ "view": "reduce", "reductions": reductions, "basis": { "facts": ["改造实际投资额"], "evidence": [] }, "words": "建议核减" });
    walk.does("park", "case.give_opinion", json!({ "case": "ds2024-02", "opinion": opinion })).await?;
    walk.on("2025-02-18")?;
    walk.does("clerk", "case.lapse", json!({ "case": "ds2024-10" })).await?;
    let refuse = json!({
        "case": "ds2024-07", "determination": "d-ds2024-07", "reason": "品牌年销售额未达到2000万元",
        "remedies": REMEDIES,
    });
    walk.does("leader", "case.refuse", refuse).await?;
    walk.issues("leader", "case", "ds2024-07", &["refusal_decision"]).await?;
    walk.on("2025-02-24")?;
    for case in AWARDED {
        let (less, reason) = if case == "ds2024-02" { (Fen(2_440_000), Some("采纳工业园区管委会意见，发票核减")) } else { (Fen(0), None) };
        walk.sets("reviewer", case, less, reason).await?;
    }
    walk.on("2025-02-28")?;
    let minutes = json!({
        "number": "黔江商务演会纪〔2025〕2号", "date": "2025-02-28", "present": ["吴审批", "周复核", "李经办"], "agreed": true, "decision": "同意核定金额",
    });
    walk.on_each("clerk", "case.deliberate", &AWARDED, &json!({ "minutes": minutes })).await?;
    walk.on("2025-03-03")?;
    walk.does("leader", "call.close", json!({ "call": CALL })).await?;
    walk.issues("clerk", "call", CALL, &["application_ledger"]).await?;
    walk.does("clerk", "call.state_share", json!({ "call": CALL })).await?;
    let pack = ["allocation_plan", "sharing_comparison", "draft_notice_table", "minutes_form", "audit_paper"];
    walk.issues("clerk", "call", CALL, &pack).await?;
    walk.does("leader", "call.share", json!({ "call": CALL, "entry": "e-share-ds2024" })).await?;
    walk.on("2025-03-05")?;
    walk.approves("leader", &AWARDED).await?;
    walk.issues("leader", "case", "ds2024-01", &["review_form", "calculation_sheet"]).await
}

/// 公示, with an objection that is upheld in part.
pub(super) async fn notice(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    walk.on("2025-03-07")?;
    walk.does("clerk", "notice.publish", json!({ "notice": "gs2025-1", "call": CALL })).await?;
    walk.issues("clerk", "notice", "gs2025-1", &["public_notice", "public_table"]).await?;
    walk.on("2025-03-11")?;
    let object = json!({
        "objection": "yy2025-1", "notice": "gs2025-1", "case": "ds2024-12", "by": { "name": "赵某某", "contact": "023-00000009" },
        "grounds": "该品牌销售额中含有代销的其他品牌商品", "evidence": [paper("代销合同复印件", &[])],
    });
    walk.does("ent09", "notice.object", object).await?;
    walk.on("2025-03-17")?;
    walk.does("leader", "notice.conclude", json!({ "notice": "gs2025-1", "entry": "e-gs2025-1" })).await?;
    walk.on("2025-03-20")?;
    walk.does("reviewer", "notice.check", json!({ "objection": "yy2025-1", "result": "部分属实：代销商品销售额已从基数中扣除" })).await?;
    let kept: Case = walk.kept("ds2024-12").await?;
    let set = kept.claims.first().and_then(|claim| claim.shared.or(claim.set)).unwrap_or_default().0;
    let amounts = json!([{ "clause": "1.1", "amount": set - 3_500_000, "reason": "扣除代销商品销售额" }]);
    let settle = json!({
        "objection": "yy2025-1", "ruling": { "adjusted": amounts }, "result": "经核查，反映的情况部分属实，已核减", "determination": "d-yy2025-1",
        "entry": "e-yy2025-1",
    });
    walk.does("leader", "notice.settle", settle).await?;
    walk.issues("clerk", "notice", "gs2025-1", &["objection_form"]).await?;
    walk.on("2025-03-24")?;
    walk.does("leader", "notice.conclude", json!({ "notice": "gs2025-1", "entry": "e-gs2025-1b" })).await.map(drop)
}

/// Two batches: one payment comes back, and its account is not mended yet.
pub(super) async fn payment(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    let first = ["ds2024-01", "ds2024-02", "ds2024-03", "ds2024-04", "ds2024-05", "ds2024-11"];
    walk.on("2025-04-08")?;
    pays(walk, "bf2025-1", "黔江商务演请〔2025〕1号", &first).await?;
    walk.issues("leader", "batch", "bf2025-1", &["payment_request", "payment_letter", "payment_table", "treasury_application"]).await?;
    walk.on("2025-04-15")?;
    walk.reports("bf2025-1", &first.into_iter().filter(|case| *case != "ds2024-03").collect::<Vec<_>>(), None).await?;
    walk.reports("bf2025-1", &["ds2024-03"], Some("账号与户名不符")).await?;
    walk.on("2025-04-22")?;
    pays(walk, "bf2025-2", "黔江商务演请〔2025〕2号", &["ds2024-12"]).await?;
    walk.on("2025-04-28")?;
    walk.reports("bf2025-2", &["ds2024-12"], None).await?;
    walk.on("2025-04-30")?;
    walk.on_each("clerk", "case.archive", &["ds2024-01", "ds2024-05"], &json!({})).await
}

/// Plans, asks for and sends what is due of cases.
pub(super) async fn pays(walk: &mut Walk<'_>, batch: &str, number: &str, cases: &[&str]) -> Result<(), DemoError> {
    let call = cases.first().and_then(|case| case.split('-').next()).unwrap_or_default();
    walk.does("clerk", "payment.plan", json!({ "batch": batch, "call": call, "cases": cases })).await?;
    walk.does("leader", "payment.request", json!({ "batch": batch, "number": number })).await?;
    walk.does("finance", "payment.pay", json!({ "batch": batch, "entry": format!("e-{batch}") })).await.map(drop)
}

/// 线索 to 分期缴款: a part of a payment comes back; the first instalment is in.
pub(super) async fn clawback(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    let parts = json!([{ "clause": "8.1", "amount": 20_000_000 }]);
    let of = |more: Value| {
        let mut all = json!({ "recovery": "zh2025-1" });
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
        all
    };
    walk.on("2025-05-16")?;
    let note = json!({
        "lead": "xs2025-1", "source": { "audit": { "document": "审〔2025〕演示3号" } }, "organisation": "ent11", "case": "ds2024-11",
        "words": "部分跨境交易重复计入",
    });
    walk.does("clerk", "recovery.note", note).await?;
    walk.does("clerk", "recovery.open", of(json!({ "case": "ds2024-11", "leads": ["xs2025-1"] }))).await?;
    let proposal = json!({ "number": "黔江商务演追告〔2025〕1号", "grounds": "审计发现部分交易重复计入", "parts": parts, "period": { "working_days": 5 } });
    walk.does("clerk", "recovery.notify", of(json!({ "proposal": proposal }))).await?;
    walk.issues("clerk", "recovery", "zh2025-1", &["recovery_notice"]).await?;
    walk.on("2025-05-20")?;
    walk.does("ent11", "recovery.state", of(json!({ "words": "对事实没有异议，申请分两期缴回", "evidence": [], "last": true }))).await?;
    walk.on("2025-05-23")?;
    let decision = json!({
        "number": "黔江商务演追决〔2025〕1号", "basis": ["《黔江区鼓励电子商务产业发展若干政策》第八条"], "grounds": "部分交易重复计入，当事人无异议",
        "parts": parts, "period": { "working_days": 15 }, "remedies": REMEDIES, "bar_until": null, "stop_payment": false,
    });
    walk.does("leader", "recovery.decide", of(json!({ "decision": decision }))).await?;
    walk.issues("leader", "recovery", "zh2025-1", &["recovery_decision"]).await?;
    walk.on("2025-05-26")?;
    walk.does("clerk", "recovery.deliver", of(json!({ "on": "2025-05-26", "by": "直接送达" }))).await?;
    let plan = json!([{ "due": "2025-06-10", "amount": 8_000_000 }, { "due": "2025-07-10", "amount": 12_000_000 }]);
    walk.does("leader", "recovery.agree", of(json!({ "plan": plan }))).await?;
    let collect = json!({ "entry": "e-zh2025-1", "amount": 8_000_000, "receipt": "非税票据演示0001" });
    walk.does("finance", "recovery.collect", of(collect)).await?;
    walk.issues("clerk", "call", CALL, &["payment_ledger", "quota_ledger", "recovery_ledger"]).await?;
    let page = json!({ "subject": { "organisation": ["ent11", CALL] }, "documents": [{ "document": "ent11-enterprise-file", "kind": "enterprise_file" }] });
    walk.does("clerk", "document.issue", page).await.map(drop)
}
