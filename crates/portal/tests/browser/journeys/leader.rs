//! A leader walks from a number to the words: 驾驶舱, what was paid, the entries that come to it, one of them, what it rests on, and
//! the clause as it was issued.

use super::{amounts, arrives, fen, goes, own_service, signed_in, text};
use crate::chrome::Chrome;
use crate::markup::strings;

/// In the page: the words of the clause, as they are quoted.
const QUOTED: &str =
    "[...document.querySelectorAll('blockquote.official')].map(b => [...b.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join(''))";

#[test]
fn a_leader_walks_from_what_was_paid_to_the_words_it_was_paid_for() {
    let base = own_service("leader");
    let chrome = Chrome::start("leader");
    let tab = signed_in(&chrome, &base, "leader");
    tab.go("/");
    goes(&tab, "驾驶舱", "/cockpit");
    tab.reads("2024 年度预算");
    assert_eq!(text(&tab, ".cp__k a[title='3,513,805.25'] b"), "351.38", "what was paid, in 万元 and to the fen");
    // The number leads to budgets that come to it, the budget to entries that come to the budget.
    goes(&tab, "净支付", "/ledger?year=2024#books");
    let column = "#books .panel__head + .tblbox :is(tbody, tfoot) td:nth-child(5)";
    let paid = amounts(&tab, column);
    let (whole, budgets) = paid.split_last().unwrap();
    assert_eq!((*whole, budgets.iter().sum::<i64>()), (351_380_525, 351_380_525), "{paid:?}");
    tab.click_at("#books a[href='/ledger/fund-2024?account=paid']");
    arrives(&tab, "/ledger/fund-2024?account=paid");
    let rows = amounts(&tab, "tbody td.num");
    assert_eq!((rows.iter().sum::<i64>(), rows.len()), (*whole, 11), "{rows:?}");
    assert_eq!(fen(&text(&tab, "tfoot td.num")), *whole);
    // One entry: where less was decided than the rules give.
    goes(&tab, "e-bf2025-2:1", "/entries/e-bf2025-2:1");
    tab.reads("支付 444,023.11 元");
    for words in [
        "品牌年销售额 达到 2000万元",
        "47,902,311.40元",
        "品牌年销售额 的 1%",
        "最高 50万元",
        "479,023.11元",
        "按规则 479,023.11 元，审定 444,023.11 元：异议处理：扣除代销商品销售额",
        "逐字节一致",
        "2024 黔江区鼓励电子商务产业发展若干政策 · 年度总额",
        "占用 → 支付",
        "预留 → 占用",
    ] {
        assert!(tab.words().contains(words), "{words} is not said:\n{}", tab.words());
    }
    let quoted = strings(&tab.tells(QUOTED));
    let words = "对围绕新时代、新模式的电商新品牌，销售额达到2000万元，按照销售额1%给予一次性奖励，最高不超过50万元。";
    assert!(quoted.iter().any(|one| one.contains(words)), "{quoted:?}");
    // The share of the pool that was kept for it before anything was decided, and the decision itself.
    goes(&tab, "d-yy2025-1", "/determinations/d-yy2025-1");
    tab.reads("扣除代销商品销售额");
    tab.click_at("a[href='/entries/e-bf2025-2:1']");
    arrives(&tab, "/entries/e-bf2025-2:1");
    // And the clause as it was issued, at its place in the policy.
    goes(&tab, "黔江区鼓励电子商务产业发展若干政策", "/policies/qianjiang-2023#c-qianjiang-2023-1.1");
    let clause = text(&tab, ":target");
    assert!(clause.contains("电商新品牌奖励") && clause.contains(words), "{clause}");
}
