//! What is to be given is shown to everybody; somebody objects.

use super::{PDF, folder, reads, review, service_of, sign_in};
use crate::chrome::Chrome;
use crate::service::Done;
use crate::tab::Tab;
use serde_json::json;

/// All cases of the call are approved: what is left of the story is to publish it.
fn before() -> Vec<Done> {
    let case = "ds2025-01";
    let mut done = review::before();
    done.push(("clerk", "case.screen", json!({ "case": case })));
    let opinion = json!({ "view": "agree", "words": "" });
    done.extend(["park", "farms", "industry"].map(|unit| (unit, "case.give_opinion", json!({ "case": case, "opinion": opinion }))));
    let amounts = json!([{ "clause": "7.1", "amount": 6_988_888, "reason": "一张发票不在本项目内" }]);
    done.push(("reviewer", "case.summarise", json!({ "case": case, "amounts": amounts })));
    done.push(("leader", "call.close", json!({ "call": "ds2025" })));
    done.push(("clerk", "call.state_share", json!({ "call": "ds2025" })));
    done.push(("leader", "call.share", json!({ "call": "ds2025", "entry": "share-ds2025" })));
    for case in [case, "ds2025-02", "ds2025-04", "ms2025-ent04"] {
        done.push(("leader", "case.approve", json!({ "case": case, "determination": format!("d-{case}"), "entry": format!("e-{case}") })));
    }
    done
}

#[test]
fn a_notice_is_published_somebody_objects_and_only_that_row_waits() {
    let base = service_of("notice", before());
    let chrome = Chrome::start("notice");
    let clerk = sign_in(&chrome, &base, "clerk");
    clerk.go("/calls/ds2025/manage");
    reads(&clerk, &["现在发布公示，将列出", "69,888.88", "118,650.50", "20,000.00", "97,200.00"]);
    clerk.follow("发布公示");
    clerk.follow_at(".form__foot button");
    reads(&clerk, &["已办理：发布公示。", "公示中4"]);

    // Somebody who is not signed in finds it, reads it, and writes what is wrong with one row.
    let visitor = Tab::open(&chrome, &base);
    visitor.language("zh");
    visitor.go("/");
    visitor.follow("公示");
    reads(&visitor, &["公示期 2025-06-19 至 2025-06-25 公示中 剩余5个工作日"]);
    visitor.follow("关于“2025年度第一批");
    reads(&visitor, &["共 5 个工作日", "2025年6月19日至2025年6月25日", "合计 4 项 305,739.38", "核查期 10 个工作日"]);
    for row in ROWS {
        reads_row(&visitor, row, "公示中");
    }
    let notice = visitor.at();
    visitor.pick("针对哪一项", "1");
    visitor.fill("异议内容", GROUNDS);
    visitor.fill("您的姓名或单位", WHO);
    visitor.fill("联系电话", CONTACT);
    visitor.follow("提交异议");
    reads(&visitor, &["您刚才填写的内容已保留，登录后可以继续提交。"]);
    visitor.fill("用户名", "ent02");
    visitor.fill("密码", portal::demo::PASSWORD);
    visitor.follow_at("main form button[type=submit]");
    reads(&visitor, &["您已登录，填写的内容还在"]);
    visitor.follow("继续提交");
    reads(&visitor, &["请附上证据材料。没有证据的，可以勾选“只作为线索反映”。"]);
    let typed = "['#o-row', '#o-grounds', '#o-name', '#o-contact'].map(one => document.querySelector(one).value).join('|')";
    assert_eq!(visitor.tells(typed), format!("1|{GROUNDS}|{WHO}|{CONTACT}"), "all that was typed is in place");
    let paper = folder("notice").join("设备采购合同.pdf");
    std::fs::write(&paper, PDF).unwrap();
    visitor.bring("#o-file", &paper);
    visitor.follow("提交异议");
    reads(&visitor, &["您的异议已受理。我们在 2025-07-02 前核查并书面答复您；核查期间只暂停该项，不影响其他各项。"]);

    // Everybody sees that this row waits, and it alone; nobody but the office sees who objected.
    let public = Tab::open(&chrome, &base);
    public.language("zh");
    public.go(&notice);
    reads(&public, &["第 1 项收到实名异议，正在核查，只暂停该项，不影响其他各项。"]);
    reads_row(&public, ROWS[0], "异议核查中");
    for row in &ROWS[1..] {
        reads_row(&public, row, "公示中");
    }
    let firm = sign_in(&chrome, &base, "ent01");
    firm.follow("供应链改造支持");
    reads(&firm, &["69,888.88元", "异议核查中", "谁在办 区商务委", "最迟什么时候 2025-07-02 剩余10个工作日"]);
    for tab in [&public, &firm] {
        let page = tab.tells("document.documentElement.outerHTML");
        let page = page.as_str().unwrap();
        assert!(!page.contains(WHO) && !page.contains(CONTACT) && !page.contains(GROUNDS), "{} tells who objected", tab.at());
    }

    let reviewer = sign_in(&chrome, &base, "reviewer");
    reads(&reviewer, &["重庆雾脚里山货电子商务有限公司 7.1 7.44 6.99 −0.45 异议待核查 区商务委 经办/审核 2025-07-02剩余10个工作日"]);
    reviewer.follow("yy-");
    reads(&reviewer, &[WHO, CONTACT, GROUNDS, "设备采购合同.pdf", "答复期限 2025-06-18 — 2025-07-02（10 个工作日）", "核查异议"]);
    reviewer.go("/cases/ds2025-01");
    reads(&reviewer, &["环节 异议核查中"]);
    reviewer.go("/cases/ds2025-02");
    reads(&reviewer, &["环节 公示中"]);
}

/// The rows of the notice: number, firm, what for, by which clause, how much.
const ROWS: [&str; 4] = [
    "1 重庆雾脚里山货电子商务有限公司 供应链改造支持 7.1 69,888.88",
    "2 重庆九道拐会展传播有限公司 活动全额支持 1.5 118,650.50",
    "3 重庆梯田上创业孵化有限公司 孵化器奖励 9.1 20,000.00",
    "4 重庆苗灯记特色馆运营有限公司 品牌特色馆奖励 1.2 97,200.00",
];

const WHO: &str = "石墨坡百货 孔某某";
const CONTACT: &str = "023-00000077";
const GROUNDS: &str = "改造的设备在2023年已经申报过一次。";

fn reads_row(tab: &Tab<'_>, row: &str, state: &str) {
    tab.reads(&format!("{row} {state}"));
}
