//! The second call: 2024年度运营补助, whose clauses draw on no pool. A case at every step of the review, and two notices.

use super::DemoError;
use super::applications::Claim;
use super::calls::Plan;
use super::first_call::pays;
use super::walk::{Walk, digest, paper};
use serde_json::json;

const CALL: &str = "yy2024";
const AT: (i32, &str) = (2024, "2024-12-31");

const STEPS: &[(&str, &str, u32)] = &[
    ("screening", "clerk", 10),
    ("joint", "unit_reviewer", 20),
    ("site_check", "clerk", 20),
    ("audit", "reviewer", 20),
    ("summary", "reviewer", 20),
    ("meeting", "clerk", 20),
    ("approval", "leader", 20),
];

/// Number, firm, trade of the year and contribution.
const FIRMS: [(u32, &str, &str, &str); 13] = [
    (1, "ent01", "8600000", "182640.55"),
    (2, "ent05", "58900000", "640128.10"),
    (3, "ent06", "23500000", "355210.00"),
    (4, "ent07", "19860000", "260114.32"),
    (5, "ent10", "6300000", "98420.00"),
    (6, "ent11", "72100000", "1020460.75"),
    (7, "ent12", "47900000", "521300.20"),
    (8, "ent13", "11200000", "143870.66"),
    (9, "ent14", "128000000", "1386420.35"),
    (10, "ent15", "9100000", "120050.00"),
    (11, "ent16", "15800000", "201330.48"),
    (12, "ent17", "31000000", "402217.90"),
    (13, "ent18", "52300000", "777001.01"),
];

fn case(number: u32) -> String {
    format!("{CALL}-{number:02}")
}

/// Cases that came at least so far as the one with this number.
fn from(number: u32) -> Vec<String> {
    (number..=13).map(case).collect()
}

fn lent(cases: &[String]) -> Vec<&str> {
    cases.iter().map(String::as_str).collect()
}

/// The call and its applications.
pub(super) async fn applications(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    let plan = Plan {
        id: CALL,
        title: "2024年度电商企业运营补助和引进人才奖励申报",
        year: 2024,
        as_of: AT.1,
        clauses: &["3.2", "4.1"],
        open: ["2025-05-06", "2025-05-16"],
        with: &["park", "industry"],
        steps: STEPS,
        pool: false,
        credit: true,
        guide: None,
    };
    walk.on("2025-05-06")?;
    walk.does("clerk", "call.prepare", json!({ "call": plan.call() })).await?;
    walk.does("leader", "call.open", json!({ "call": CALL })).await?;
    walk.issues("leader", "call", CALL, &["application_guide"]).await?;
    walk.on("2025-05-08")?;
    for (number, firm, trade, contribution) in FIRMS {
        let mut own = json!({ "新引进": true, "年实际交易额": trade, "地方经济贡献": contribution });
        let mut clauses = vec!["4.1"];
        if number % 4 == 1 {
            clauses.insert(0, "3.2");
            let person = json!({ "姓名": "高某某", "经认定": true, "认定年度": 2023, "工薪所得地方经济贡献": "21008.12" });
            if let Some(own) = own.as_object_mut() {
                own.insert("引进人才".into(), json!([person]));
            }
        }
        walk.applies(CALL, AT, &Claim { case: &case(number), firm, clauses: &clauses, own }).await?;
    }
    Ok(())
}

/// Cases 1 to 8 stop at a step each: at rest, screening, joint review, visit, audit, summary, meeting, approval.
pub(super) async fn review(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    walk.on("2025-05-13")?;
    let all = from(1);
    walk.on_each("clerk", "case.accept", &lent(&all), &json!({})).await?;
    walk.issues("clerk", "case", &case(2), &["acceptance_notice"]).await?;
    walk.does("leader", "case.suspend", json!({ "case": case(1), "reason": "申报人正在办理注册地变更，待变更完成后继续" })).await?;
    walk.on_each("clerk", "case.screen", &lent(&from(3)), &json!({})).await?;
    walk.on("2025-05-15")?;
    let reductions = json!([{ "clause": "4.1", "amount": 20_000_000, "reason": "一笔税款已退库，应予扣除" }]);
    let opinion = json!({ "view": "reduce", "reductions": reductions, "basis": { "facts": ["地方经济贡献"], "evidence": [] }, "words": "建议核减" });
    walk.does("park", "case.give_opinion", json!({ "case": case(3), "opinion": opinion })).await?;
    walk.agree(&["park", "industry"], &lent(&from(4))).await?;
    walk.on("2025-05-16")?;
    let check = json!({ "date": "2025-05-16", "present": ["李经办", "郑会审"], "words": "企业在园区正常经营，办公场所与申报一致", "fits": true });
    walk.on_each("clerk", "case.check_site", &lent(&from(5)), &json!({ "check": check })).await?;
    for number in 6..=13 {
        let clauses = if number % 4 == 1 { vec!["3.2", "4.1"] } else { vec!["4.1"] };
        let findings: Vec<_> = clauses.iter().map(|clause| json!({ "clause": clause, "words": "数据与完税证明一致", "amount": null })).collect();
        let report = json!({
            "firm": "重庆示例会计师事务所", "number": format!("演审字〔2025〕{number}号"), "date": "2025-05-16",
            "digest": digest(&format!("{} 专项审计报告", case(number))), "findings": findings,
        });
        walk.does("reviewer", "case.record_audit", json!({ "case": case(number), "report": report })).await?;
    }
    walk.summarises("reviewer", &lent(&from(7))).await?;
    let minutes = json!({
        "number": "黔江商务演会纪〔2025〕5号", "date": "2025-05-16", "present": ["吴审批", "周复核", "李经办"], "agreed": true, "decision": "同意核定金额",
    });
    walk.on_each("clerk", "case.deliberate", &lent(&from(8)), &json!({ "minutes": minutes })).await?;
    let look = json!({ "source": "信用中国（演示）", "result": "clear", "digest": digest("信用查询页面") });
    walk.on_each("clerk", "case.check_credit", &lent(&from(8)), &json!({ "check": look })).await
}

/// The first notice: cases 12 and 13 become payable, one of them is on its way to the bank.
pub(super) async fn first_notice(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    walk.on("2025-05-28")?;
    walk.approves("leader", &lent(&from(12))).await?;
    walk.does("clerk", "notice.publish", json!({ "notice": "gs2025-2", "call": CALL })).await?;
    walk.issues("clerk", "notice", "gs2025-2", &["public_notice", "public_table"]).await
}

/// The second: case 10 stands in it, 11 is objected to, and 9 was approved after it was published.
pub(super) async fn second_notice(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    walk.on("2025-06-12")?;
    walk.does("leader", "notice.conclude", json!({ "notice": "gs2025-2", "entry": "e-gs2025-2" })).await?;
    walk.does("leader", "call.close", json!({ "call": CALL })).await?;
    walk.approves("leader", &[&case(10), &case(11)]).await?;
    walk.does("clerk", "notice.publish", json!({ "notice": "gs2025-3", "call": CALL })).await?;
    walk.issues("clerk", "notice", "gs2025-3", &["public_notice", "public_table"]).await?;
    walk.on("2025-06-13")?;
    let look = json!({ "source": "信用中国（演示）", "result": "clear", "digest": null });
    walk.does("finance", "case.check_credit", json!({ "case": case(13), "check": look })).await?;
    pays(walk, "bf2025-3", "黔江商务演请〔2025〕3号", &[&case(13)]).await?;
    walk.on("2025-06-16")?;
    let object = json!({
        "objection": "yy2025-2", "notice": "gs2025-3", "case": case(11), "by": { "name": "孔某某", "contact": "023-00000010" },
        "grounds": "该企业不是新引进的企业", "evidence": [paper("企业变更登记记录", &[])],
    });
    walk.does("ent02", "notice.object", object).await?;
    walk.on("2025-06-17")?;
    walk.approves("leader", &[&case(9)]).await
}
