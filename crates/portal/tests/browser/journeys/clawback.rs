//! Money that was paid comes back: a lead, the clawback that is filed on it, the firm's answer, the decision, the money, and what the
//! ledger says at each level. By the rules a clerk files it, a leader decides, finance takes the money in.

use super::{amounts, arrives, fen, goes, opens, own_service, sends, signed_in, sound, text};
use crate::chrome::Chrome;
use crate::tab::Tab;

/// In which order the accounts stand in the tables of the ledger, after the budget itself.
const COURSE: [&str; 6] = ["reserved", "committed", "paid", "returned", "recovered", "available"];

/// What the budget of 2024 holds in each account, where each level of the pages says the same.
fn balances(tab: &Tab<'_>) -> [i64; 6] {
    tab.go("/ledger?year=2024");
    tab.reads("借贷平衡");
    sound(tab);
    let column = |panel: &str, part: &str, at: usize| amounts(tab, &format!("{panel} .panel__head + .tblbox {part} td:nth-child({at})"));
    let mut budgets = [0; 6];
    for (at, (account, budget)) in COURSE.iter().zip(&mut budgets).enumerate() {
        let (rows, total) = (column("#books", "tbody", at + 3), column("#books", "tfoot", at + 3));
        assert_eq!(total, [rows.iter().sum::<i64>()], "{account}: the budgets come to what stands below them");
        *budget = rows[0];
        if *account != "available" {
            let (rows, of_clauses) = (column("#clauses", "tbody", at + 3), column("#clauses", "tfoot", at + 3));
            assert_eq!((of_clauses.as_slice(), rows.iter().sum::<i64>()), (total.as_slice(), total[0]), "{account}: so do the clauses");
        }
    }
    for (account, budget) in COURSE.iter().zip(budgets) {
        tab.go(&format!("/ledger/fund-2024?account={account}"));
        let (rows, total) = (amounts(tab, "tbody td.num"), fen(&text(tab, "tfoot tr:last-child td.num")));
        assert_eq!((rows.iter().sum::<i64>(), total), (budget, budget), "{account}: the entries come to what the budget holds");
    }
    budgets
}

/// The clerk notes a lead and files the clawback on it; its address.
fn files(clerk: &Tab<'_>) -> String {
    clerk.go("/cases/ds2024-01");
    goes(clerk, "资金", "/ledger");
    goes(clerk, "追回", "/recoveries");
    opens(clerk, "登记线索");
    clerk.pick("来源", "audit");
    clerk.fill("审计文号或举报人", "审〔2025〕演示8号");
    clerk.fill("企业编号", "ent01");
    clerk.fill("案件编号", "ds2024-01");
    clerk.fill("线索内容", "品牌年销售额中有退货未冲减");
    sends(clerk, "/recoveries?done=yes#leads");
    clerk.reads("审计：审〔2025〕演示8号");
    opens(clerk, "追回立案");
    assert_eq!(clerk.tells("document.querySelector('details[open] [name=case]').value"), "ds2024-01", "the lead says which case");
    sends(clerk, "/recoveries/zh-");
    let address = clerk.at().split('?').next().unwrap().to_owned();
    clerk.reads("已立案");
    // Nobody is told of more than was paid.
    opens(clerk, "追回告知");
    clerk.fill("文号", "黔江商务演追告〔2025〕8号");
    clerk.fill("查明的事实", "品牌年销售额中有退货1000万元未冲减");
    clerk.fill("追回金额", "1.1 382,600.01");
    clerk.click_at("details.actform[open] button[type=submit]");
    clerk.reads("拟追回382,600.01元，超过尚可追回的382,600.00元");
    assert_eq!(clerk.tells("document.querySelector('[name=grounds]').value"), "品牌年销售额中有退货1000万元未冲减", "nothing typed is lost");
    clerk.fill("追回金额", "1.1 100,000.00");
    sends(clerk, &format!("{address}?done=yes"));
    clerk.reads("拟追回 1.1 100,000.00");
    clerk.reads("陈述申辩至 2025-06-25");
    address
}

#[test]
fn what_comes_back_is_heard_decided_and_booked() {
    let base = own_service("clawback");
    let chrome = Chrome::start("clawback");
    let [clerk, leader, finance, ent01] = ["clerk", "leader", "finance", "ent01"].map(|who| signed_in(&chrome, &base, who));
    let before = balances(&finance);
    let address = files(&clerk);
    let own = format!("/my{address}");
    // The firm reads what, why and until when, and answers in time.
    ent01.go("/my");
    ent01.reads("拟追回资金，您可以陈述申辩");
    ent01.reads("案件 ds2024-01，期限 2025-06-25");
    ent01.click_at(&format!("a[href='{own}']"));
    arrives(&ent01, &own);
    for words in ["品牌年销售额中有退货1000万元未冲减", "100,000.00 元", "期限 2025-06-25"] {
        ent01.reads(words);
    }
    ent01.fill("您的意见", "退货为826万元，已补充退货清单");
    ent01.click("没有其他意见，可以提前作出决定");
    goes(&ent01, "提交", &format!("{own}?done=stated"));
    ent01.reads("陈述申辩已收到。");
    // Who reads what it said, decides: no more than the firm was heard on, with its grounds in the policy.
    leader.go("/recoveries");
    leader.click_at(&format!("a[href='{address}']"));
    arrives(&leader, &address);
    leader.reads("退货为826万元，已补充退货清单");
    opens(&leader, "追回决定");
    leader.fill("文号", "黔江商务演追决〔2025〕8号");
    leader.fill("依据", "《黔江区鼓励电子商务产业发展若干政策》（一）支持电商企业开展“三品”建设");
    leader.fill("事实和对申辩的意见", "采纳申辩，按退货826万元核减");
    leader.fill("追回金额", "1.1 100,000.01");
    leader.click_at("details.actform[open] button[type=submit]");
    leader.reads("超过追回告知书载明的100,000.00元");
    leader.fill("追回金额", "1.1 82,600.00");
    sends(&leader, &format!("{address}?done=yes"));
    clerk.go(&address);
    opens(&clerk, "送达");
    sends(&clerk, &format!("{address}?done=yes"));
    ent01.go("/my");
    ent01.reads("请按追回决定缴回款项");
    ent01.go(&own);
    for words in ["尚欠 82,600.00 元", "（一）支持电商企业开展“三品”建设", "采纳申辩，按退货826万元核减", "2025-07-09", "六十日内申请行政复议"]
    {
        ent01.reads(words);
    }
    sound(&ent01);
    assert_eq!(balances(&leader), before, "nothing moves before money came back");
    // The money: no more than is owed.
    finance.go(&address);
    opens(&finance, "登记缴款");
    assert_eq!(finance.tells("document.querySelector('details[open] [name=amount]').value"), "82,600.00");
    finance.fill("金额（元）", "82,600.01");
    finance.fill("缴款凭证号", "非税票据演示0008");
    finance.click_at("details.actform[open] button[type=submit]");
    finance.reads("应当大于零且不超过尚欠的82,600.00元");
    finance.fill("金额（元）", "82,600.00");
    sends(&finance, &format!("{address}?done=yes"));
    finance.reads("已结清");
    assert_eq!(amounts(&finance, ".kpis dd b").get(..3).unwrap(), [8_260_000, 8_260_000, 0], "decided, came back, owed");
    let mut after = before;
    (after[2], after[4]) = (before[2] - 8_260_000, before[4] + 8_260_000);
    assert_eq!(balances(&finance), after);
    ent01.go(&own);
    ent01.reads("尚欠 0.00 元");
}
