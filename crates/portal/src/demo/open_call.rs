//! What is open now: 2025年度第一批, with a guide, recognitions that its applications need, cases that begin, a list of firms that
//! get something without applying; and the call after it, which is only announced.

use super::DemoError;
use super::applications::{Claim, application, of_qianjiang};
use super::calls::Plan;
use super::firms::account_of;
use super::policies::OF_QIANJIANG;
use super::walk::{Walk, digest};
use serde_json::{Value, json};

const CALL: &str = "ds2025";
const AT: (i32, &str) = (2025, "2025-05-31");
const STEPS: &[(&str, &str, u32)] = &[("screening", "clerk", 10), ("joint", "unit_reviewer", 10), ("summary", "reviewer", 10), ("approval", "leader", 10)];

const GUIDE: &str = "2025年度第一批电子商务扶持资金申报指南（演示）\n\
    一、品牌特色馆，是指2025年1月1日以后开馆或者续签开馆协议的特色馆。\n\
    二、实际投入额以2025年1月1日至5月31日开具的发票为准。\n\
    三、申报材料在系统中上传，不需要提交纸质材料。\n";

/// The call with its guide and recognitions, and cases that begin: a draft, one handed in, one being corrected, one screened.
pub(super) async fn cases(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    walk.on("2025-06-03")?;
    let guide = json!({
        "id": "zn2025-1", "policy": OF_QIANJIANG, "title": "2025年度第一批电子商务扶持资金申报指南", "number": "黔江商务演发〔2025〕3号", "on": "2025-06-03",
        "valid": ["2025-06-03", "2025-12-31"], "text": GUIDE, "digest": digest(GUIDE),
        "definitions": [{ "term": "品牌特色馆", "words": "2025年1月1日以后开馆或者续签开馆协议的特色馆", "clause": "1.2" }],
        "replaces": null, "entered": null,
    });
    walk.does("leader", "guide.issue", json!({ "guide": guide })).await?;
    let plan = Plan {
        id: CALL,
        title: "2025年度第一批电子商务扶持资金申报",
        year: AT.0,
        as_of: AT.1,
        clauses: &["1.2", "1.5", "7.1", "9.1"],
        open: ["2025-06-03", "2025-07-04"],
        with: &["park", "farms", "industry"],
        steps: STEPS,
        pool: true,
        credit: false,
        guide: Some("zn2025-1"),
    };
    walk.does("clerk", "call.prepare", json!({ "call": plan.call() })).await?;
    walk.does("leader", "call.open", json!({ "call": CALL })).await?;
    walk.issues("leader", "call", CALL, &["application_guide"]).await?;
    recognitions(walk).await?;
    walk.on("2025-06-06")?;
    let of = |case, firm, clauses, own| Claim { case, firm, clauses, own };
    let draft = of("ds2025-01", "ent01", &["7.1"][..], json!({ "网货标准化改造企业": true, "改造实际投资额": "186000" }));
    walk.starts(CALL, AT, &draft).await?;
    for claim in [
        of("ds2025-02", "ent15", &["1.5"][..], json!({ "活动方案获批": true, "活动审批方案金额": "120000", "活动实际支出": "118650.50" })),
        of("ds2025-03", "ent09", &["7.1"], json!({ "传统商贸企业": true, "网上下单线下配送": true, "改造实际投资额": "215000" })),
        of(
            "ds2025-04",
            "ent16",
            &["9.1"],
            json!({
                "指定孵化器": true,
                "孵化初创企业": [
                    { "名称": "竹外桃花工作室", "年网络销售额": "2360000", "已奖励金额": "10000" },
                    { "名称": "山脚豆腐坊", "年网络销售额": "1080000", "已奖励金额": "0" },
                ],
            }),
        ),
        of("ds2025-05", "ent08", &["7.1"], json!({ "网货标准化改造企业": true, "改造实际投资额": "298000" })),
    ] {
        walk.applies(CALL, AT, &claim).await?;
    }
    walk.on("2025-06-10")?;
    let defects = json!([
        { "what": "改造实际投资额", "mend": "补充付款凭证，金额与发票一致" },
        { "what": "网上下单线下配送", "mend": "补充系统截图和配送记录" },
    ]);
    walk.does("clerk", "case.ask_correction", json!({ "case": "ds2025-03", "defects": defects })).await?;
    walk.issues("clerk", "case", "ds2025-03", &["correction_notice"]).await?;
    walk.does("clerk", "case.accept", json!({ "case": "ds2025-04" })).await?;
    walk.does("leader", "case.terminate", json!({ "case": "ds2025-05", "reason": "申报人已办理注销登记，程序终止" })).await.map(drop)
}

/// An approved plan, with money kept for it, and a designation.
async fn recognitions(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    let of = |id: &str, kind: &str, firm: &str, subject: &str, fact: &str, promise: Value| {
        json!({
            "id": id, "kind": kind, "number": format!("黔江商务演〔2025〕{id}号"), "on": "2025-06-03", "valid": ["2025-01-01", "2025-12-31"],
            "issuer": "commerce", "organisation": firm, "subject": subject, "policy": OF_QIANJIANG, "fact": fact, "document": digest(subject),
            "promise": promise, "kept": 0, "drawn": [], "revoked": null, "issued": null,
        })
    };
    let promise = json!({ "clause": "1.5", "fund": "fund-2025", "pool": "pool-2025", "amount": 12_000_000, "keep_until": "2025-12-31" });
    for recognition in [
        of("rd1", "plan_approved", "ent15", "春茶网上展销活动方案", "活动方案获批", promise),
        of("rd2", "designated", "ent16", "电商创业孵化基地", "指定孵化器", Value::Null),
    ] {
        let entry = format!("e-{}", recognition.get("id").and_then(Value::as_str).unwrap_or_default());
        walk.does("leader", "recognition.issue", json!({ "recognition": recognition, "entry": entry })).await?;
    }
    Ok(())
}

/// 免申即享: three firms are matched; one confirmed, one does not want it, one has not answered.
pub(super) async fn without_application(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    let matched = [("ent04", "486000"), ("ent13", "152300.50"), ("ent17", "230000")];
    let mut entries = Vec::new();
    for (firm, invested) in matched {
        let facts = of_qianjiang(&json!({ "品牌特色馆符合条件": true, "特色馆当年实际投入额": invested }));
        let names: Vec<&String> = facts.as_object().into_iter().flat_map(|facts| facts.keys()).collect();
        let sources = json!([{ "facts": names, "source": "特色馆开馆备案与市场监管登记信息（演示）", "digest": digest("比对数据") }]);
        let application = application(&format!("ms2025-{firm}"), firm, AT, &facts)?;
        entries.push(json!({ "organisation": firm, "clauses": ["1.2"], "application": application, "sources": sources }));
    }
    let list = json!({ "list": "ms2025", "call": CALL, "document": "2025年度特色馆认定名单", "digest": digest("比对数据"), "entries": entries });
    walk.does("clerk", "matching.list", list).await?;
    let check = json!({ "source": "信用中国（演示）", "clear": true, "result": "无失信记录", "digest": digest("信用查询页面") });
    for (firm, _) in matched {
        walk.does("clerk", "matching.check", json!({ "list": "ms2025", "organisation": firm, "check": check })).await?;
    }
    walk.does("reviewer", "matching.approve", json!({ "list": "ms2025" })).await?;
    walk.does("clerk", "matching.push", json!({ "list": "ms2025", "period": { "working_days": 10 } })).await?;
    walk.on("2025-06-11")?;
    let confirm = json!({ "list": "ms2025", "organisation": "ent04", "case": "ms2025-ent04", "account": account_of("ent04"), "commitment": digest("承诺书") });
    walk.does("ent04", "matching.confirm", confirm).await?;
    walk.does("ent17", "matching.refuse", json!({ "list": "ms2025", "organisation": "ent17", "reason": "今年的投入已由上级资金支持" })).await.map(drop)
}

/// The next call, prepared and not open (预告).
pub(super) async fn announced(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    walk.on("2025-06-17")?;
    let plan = Plan {
        id: "ds2025b",
        title: "2025年度第二批电子商务扶持资金申报（预告）",
        year: 2025,
        as_of: "2025-12-31",
        clauses: &["1.1", "6.1"],
        open: ["2025-09-01", "2025-09-30"],
        with: &["park", "farms", "industry"],
        steps: STEPS,
        pool: true,
        credit: false,
        guide: None,
    };
    walk.does("clerk", "call.prepare", json!({ "call": plan.call() })).await.map(drop)
}
