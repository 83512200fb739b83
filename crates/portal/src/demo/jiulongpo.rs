//! The call of 九龙坡, in the hands of its own officers.

use super::DemoError;
use super::applications::{Claim, of_jiulongpo};
use super::calls::Plan;
use super::walk::Walk;
use serde_json::json;
use values::Fen;

const CALL: &str = "jlp2024";
const AT: (i32, &str) = (2024, "2024-12-31");
const STEPS: &[(&str, &str, u32)] = &[("screening", "clerk", 10), ("summary", "reviewer", 10), ("approval", "leader", 10)];

/// Five cases: handed in, in review, set, approved, taken back.
pub(super) async fn cases(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    let plan = Plan {
        id: CALL,
        title: "九龙坡区2024年度网络零售扶持申报",
        year: AT.0,
        as_of: AT.1,
        clauses: &["2.1", "4.1", "5.1", "7.1", "9.1"],
        open: ["2025-05-26", "2025-06-27"],
        with: &[],
        steps: STEPS,
        pool: false,
        credit: false,
        guide: None,
    };
    walk.on("2025-05-28")?;
    walk.does("clerk2", "call.prepare", json!({ "call": plan.call_of_jiulongpo() })).await?;
    walk.does("leader2", "call.open", json!({ "call": CALL })).await?;
    walk.on("2025-05-29")?;
    let shops = json!([{ "平台": "示例商城", "费用": "12800" }, { "平台": "示例拼购", "费用": "9600" }]);
    let of = |case, firm, clauses, own| Claim { case, firm, clauses, own };
    for claim in [
        of("jlp2024-01", "ent19", &["2.1"][..], json!({ "新落户": true, "线上线下结合运营": true, "注册资金": "5000000", "实缴资本": "3284567.50" })),
        of("jlp2024-02", "ent20", &["4.1"], json!({ "区级财政贡献额": "132000", "主体税区级留成": { "2024": "104500", "2023": "98000" } })),
        of("jlp2024-03", "ent21", &["7.1"], json!({ "加入区政府指定第三方平台": true, "平台付费会员": true, "网店入网费用": shops })),
        of("jlp2024-04", "ent22", &["9.1"], json!({ "数据专线年租赁费": "120000" })),
        of("jlp2024-05", "ent23", &["5.1"], json!({ "新获重庆市电子商务企业认定": true })),
        of("jlp2024-06", "ent24", &["5.1"], json!({ "新获重庆市电子商务企业认定": true })),
    ] {
        let facts = of_jiulongpo(&claim.own);
        walk.start_with(CALL, AT, &claim, &facts).await?;
        walk.does(claim.firm, "case.submit", super::applications::handed_in(claim.case)).await?;
    }
    walk.on("2025-06-03")?;
    walk.does("ent24", "case.withdraw", json!({ "case": "jlp2024-06" })).await?;
    walk.accepts_and_screens("clerk2", &["jlp2024-02", "jlp2024-03", "jlp2024-04"]).await?;
    walk.does("clerk2", "case.accept", json!({ "case": "jlp2024-05" })).await?;
    walk.issues("clerk2", "case", "jlp2024-02", &["acceptance_notice"]).await?;
    walk.sets("reviewer2", "jlp2024-03", Fen(0), None).await?;
    walk.sets("reviewer2", "jlp2024-04", Fen(600_000), Some("“不超过30%”，按会议确定的25%给予")).await?;
    walk.approves("leader2", &["jlp2024-04"]).await
}
