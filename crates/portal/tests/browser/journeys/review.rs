//! Units say what they think, the reviewer sets the amount, the leader approves.

use super::{open_act, reads, send_act, service_of, sign_in};
use crate::chrome::Chrome;
use crate::service::Done;
use crate::tab::Tab;
use serde_json::json;

/// The application of ent01 is taken in, and the other cases of its call are as far as they can come without it: what the pool
/// of the year holds is shared among all of them.
pub fn before() -> Vec<Done> {
    let (first, others) = ("ds2025-01", ["ds2025-02", "ds2025-04"]);
    let mut done: Vec<Done> = vec![
        ("ent01", "case.submit", json!({ "case": first })),
        ("clerk", "case.accept", json!({ "case": first })),
        ("ent09", "case.withdraw", json!({ "case": "ds2025-03" })),
        ("clerk", "case.accept", json!({ "case": others[0] })),
    ];
    for (case, clause, amount) in [(others[0], "1.5", 11_865_050), (others[1], "9.1", 2_000_000)] {
        done.push(("clerk", "case.screen", json!({ "case": case })));
        let opinion = json!({ "view": "agree", "words": "经核对，无不同意见" });
        done.extend(["park", "farms", "industry"].map(|unit| (unit, "case.give_opinion", json!({ "case": case, "opinion": opinion }))));
        done.push(("reviewer", "case.summarise", json!({ "case": case, "amounts": [{ "clause": clause, "amount": amount, "reason": null }] })));
    }
    done
}

/// What a unit does with the case, the answer it chooses among, and who the reviewer is told to be still missing then.
const UNITS: [(&str, &str, &str, &[&str]); 3] = [
    ("farms", "not_concerned", "不涉及", &["工业园区管委会 待反馈 期限 2025-07-02", "区经济信息委 待反馈"]),
    ("industry", "reduce", "部分核减", &["工业园区管委会 待反馈"]),
    ("park", "agree", "同意", &[]),
];

#[test]
fn three_units_review_the_reviewer_sets_less_with_a_reason_and_another_approves() {
    // The reviewer may act as a leader too.
    let mut done = before();
    let user =
        json!({ "id": "reviewer", "name": "周复核", "unit": "commerce", "organisation": null, "roles": ["reviewer", "leader"], "links": [], "active": true });
    done.push(("admin", "registry.put_user", json!({ "user": user })));
    done.push(("admin2", "registry.confirm_user", json!({ "user": "reviewer" })));
    let base = service_of("review", done);
    let chrome = Chrome::start("review");
    let clerk = sign_in(&chrome, &base, "clerk");
    clerk.follow("ds2025-01");
    reads(&clerk, &["环节 初审", "之后：联审 → 牵头汇总 → 审定"]);
    clerk.follow("初审");
    reads(&clerk, &["已办理：初审。", "环节 联审", "期限 2025-07-02，剩余10个工作日"]);

    let reviewer = sign_in(&chrome, &base, "reviewer");
    for (user, view, words, missing) in UNITS {
        let unit = sign_in(&chrome, &base, user);
        unit.follow("ds2025-01");
        reads(&unit, &["186,000 元", "≤ 74,400.00"]);
        open_act(&unit, "出具会审意见");
        unit.pick("意见", view);
        if view == "reduce" {
            unit.fill("条款", "7.1");
            unit.fill("核减后金额", "70000");
            unit.fill("理由", "一张发票不在本项目内");
        }
        send_act(&unit, "出具会审意见");
        reads(&unit, &["本案现在没有需要您办理的事项。"]);
        reviewer.go("/cases/ds2025-01");
        reads(&reviewer, &[words]);
        reads(&reviewer, missing);
        assert_eq!(reviewer.words().matches("待反馈").count(), missing.len(), "{}", reviewer.words());
    }

    reads(&reviewer, &["环节 牵头汇总", "意见：区经济信息委 ≤ 70,000.00", "条款 7.1 核减为 70,000.00 元：一张发票不在本项目内"]);
    open_act(&reviewer, "牵头汇总");
    assert_eq!(reviewer.tells("document.querySelector('details.act[open] .input').value"), "70000.00", "what the strictest would give stands there");
    reviewer.fill("金额", "69888.88");
    reviewer.fill("核减理由", "采纳区经济信息委意见，另核减一笔运费");
    send_act(&reviewer, "牵头汇总");
    reads(&reviewer, &["测算金额 74,400.00", "69,888.88 −4,511.12", "采纳区经济信息委意见，另核减一笔运费", "环节 审定", "经办 区商务委 审批"]);

    // Whoever set the amount may not approve it, in another role either, and is told why.
    reviewer.go("/own");
    reviewer.follow("审批");
    reviewer.go("/cases/ds2025-01");
    reads(&reviewer, &["审定：您已办理过“牵头汇总”，按照四眼原则不能再办理此事，请转由其他人员办理。"]);
    assert_eq!(buttons(&reviewer, "审定"), 0);

    let leader = sign_in(&chrome, &base, "leader");
    leader.follow_at("a[href='/work']");
    leader.follow("ds2025-01");
    assert_eq!(buttons(&leader, "审定"), 1);
    leader.follow("审定");
    reads(&leader, &["本批次资金尚未分配，请先办理资金分配。"]);
    leader.go("/calls/ds2025/manage");
    leader.follow("截止申报");
    reads(&leader, &["已办理：截止申报。"]);
    clerk.go("/calls/ds2025/manage");
    clerk.follow("分配测算");
    // 69,888.88 and what the others were set; the plan of one has its money already.
    reads(&clerk, &["给予 / 申领（元）：年度总额 187,088.88 / 187,088.88"]);
    leader.go("/calls/ds2025/manage");
    leader.follow("资金分配");
    leader.follow_at(".form__foot button");
    reads(&leader, &["已办理：资金分配", "年度总额 9,880,000.00 187,088.88 187,088.88 9,692,911.12"]);
    leader.go("/cases/ds2025-01");
    leader.follow("审定");
    reads(&leader, &["已办理：审定，金额合计 69,888.88 元。", "环节 已审定，待公示", "经办 区商务委 经办", "审定 区商务委 吴审批 2025-06-18"]);

    let firm = sign_in(&chrome, &base, "ent01");
    firm.follow("供应链改造支持");
    reads(
        &firm,
        &["核定金额 69,888.88元", "已审定，待公示", "谁在办 区商务委", "少于按规则计算的金额 74,400.00 元，理由：采纳区经济信息委意见，另核减一笔运费"],
    );
}

/// How many buttons of the bar are called so.
fn buttons(tab: &Tab<'_>, title: &str) -> i64 {
    let all = "[...document.querySelectorAll('.actbar summary, .actbar button:not([aria-hidden])')].filter(one => one.checkVisibility())";
    tab.tells(&format!("{all}.filter(one => one.innerText.trim() === '{title}').length")).as_i64().unwrap()
}
