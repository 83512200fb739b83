//! The policies of the demonstration: both of this project as if they were in force, and a revised draft that the public is
//! asked about. Their files are in the program, so that it runs from any folder.

use super::DemoError;
use super::walk::{Walk, day};
use casework::Act;
use casework::id::PolicyVersionId;
use casework::people::Role;
use casework::policy_version::{PolicyVersion, course_on_paper};
use casework::registry::RegistryAct;
use serde_json::json;

const QIANJIANG: [&str; 2] = [include_str!("../../../../policies/qianjiang/policy.md"), include_str!("../../../../policies/qianjiang/official.txt")];
const JIULONGPO: [&str; 2] = [include_str!("../../../../policies/jiulongpo/policy.md"), include_str!("../../../../policies/jiulongpo/official.txt")];

/// The version of 黔江.
pub(super) const OF_QIANJIANG: &str = "qianjiang-2023";
/// The version of 九龙坡.
pub(super) const OF_JIULONGPO: &str = "jiulongpo-2013";
/// The draft of a revision.
const DRAFT: &str = "qianjiang-2026";

fn version(id: &str, [policy, official]: [&str; 2]) -> Result<PolicyVersion, DemoError> {
    let files = vec![("policy.md".to_owned(), policy.to_owned())];
    let mut version = PolicyVersion { id: PolicyVersionId::parse(id)?, scheme_hash: String::new(), files, official: Some(official.to_owned()) };
    version.scheme_hash = office::hash_of(&version).map_err(DemoError::Policy)?;
    Ok(version)
}

/// Loads both policies and brings them into force.
pub(super) async fn in_force(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    let letterheads = [
        ("commerce", "重庆市黔江区商务委员会（演示）", "黔江商务演", "黔江区示例大道1号", "023-00000001"),
        ("treasury", "重庆市黔江区财政局（演示）", "黔江财演", "黔江区示例大道2号", "023-00000002"),
        ("jlp-commerce", "重庆市九龙坡区商务委员会（演示）", "九龙坡商务演", "九龙坡区示例路1号", "023-00000003"),
    ];
    for (unit, organ, code, address, phone) in letterheads {
        let letterhead = json!({ "unit": unit, "organ": organ, "code": code, "address": address, "phone": phone });
        walk.does("admin", "document.put_letterhead", json!({ "letterhead": letterhead })).await?;
    }
    for (id, texts, number, since, people) in [
        (OF_QIANJIANG, QIANJIANG, "黔江府发〔2023〕演示1号", "2023-08-11", ["drafter", "reviewer", "leader"]),
        (OF_JIULONGPO, JIULONGPO, "九龙坡府发〔2013〕演示1号", "2013-07-01", ["drafter2", "reviewer2", "leader2"]),
    ] {
        let version = version(id, texts)?;
        let policy = version.id.clone();
        let [drafter, reviewer, leader] = people;
        walk.act(drafter, Act::Registry(RegistryAct::LoadPolicy { version })).await?;
        for (role, act) in course_on_paper(&policy, number, day(since)?, day(since)?) {
            walk.act(if role == Role::Leader { leader } else { reviewer }, Act::Policy(act)).await?;
        }
    }
    let facts = json!([["活动方案获批", "plan_approved"], ["培训经政府同意", "agreed"], ["指定孵化器", "designated"]]);
    walk.does("drafter", "policy.recognise", json!({ "policy": OF_QIANJIANG, "facts": facts })).await?;
    Ok(())
}

/// A revised draft: units answered, the public is being asked.
pub(super) async fn consultation(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    walk.on("2025-05-27")?;
    let revised = QIANJIANG[0].replace("问「该品牌全年的销售额」", "问「该品牌全年的销售额（不含税）」");
    let version = version(DRAFT, [&revised, QIANJIANG[1]])?;
    walk.act("drafter", Act::Registry(RegistryAct::LoadPolicy { version })).await?;
    walk.does("drafter", "policy.consult", json!({ "policy": DRAFT, "units": ["park", "industry"], "period": { "working_days": 5 } })).await?;
    walk.on("2025-05-28")?;
    walk.does("park", "policy.reply", json!({ "policy": DRAFT, "view": "agrees", "words": "" })).await?;
    walk.does("industry", "policy.reply", json!({ "policy": DRAFT, "view": "wants_changes", "words": "建议写明品牌特色馆投入的起算日期" })).await?;
    let invite = json!({ "policy": DRAFT, "period": { "working_days": 30 }, "basis": "文件要求公开征求意见30个工作日" });
    walk.does("drafter", "policy.invite", invite).await?;
    walk.issues("clerk", "policy", DRAFT, &["consultation_notice"]).await
}

/// What the public says, and answers that are drafted to some of it.
pub(super) async fn comments(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    walk.on("2025-06-09")?;
    for (comment, who, anchor, words) in [
        ("comment1", "ent01", json!({ "clause": "1.1" }), "销售额含税还是不含税，请在条文中写明。"),
        ("comment2", "ent17", json!({ "clause": "7.1" }), "茶叶加工企业的包装改造能否计入改造投资？"),
        ("comment3", "ent11", json!("whole"), "希望每年在第一季度开放申报，方便企业安排资金。"),
    ] {
        let words = json!({ "comment": comment, "policy": DRAFT, "anchor": anchor, "author": super::firms::name_of(who), "words": words });
        walk.does(who, "policy.comment", words).await?;
    }
    walk.on("2025-06-11")?;
    let answers = json!([
        { "comment": "comment1", "verdict": "adopted", "reason": "在条文旁的问题中注明不含税" },
        { "comment": "comment3", "verdict": "adopted_in_part", "reason": "申报时间由每年的申报通知规定，尽量安排在上半年" },
    ]);
    walk.does("drafter", "policy.answer", json!({ "policy": DRAFT, "answers": answers })).await?;
    Ok(())
}
