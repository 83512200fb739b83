//! A visitor from the first page to an amount and its reason.

use crate::chrome::Chrome;
use crate::judge;
use crate::tab::Tab;

#[test]
fn a_visitor_finds_a_clause_works_out_what_it_gives_and_reads_why() {
    let chrome = Chrome::start("visitor");
    let tab = Tab::open(&chrome, crate::service());
    tab.language("zh");
    assert_eq!(tab.go("/").status, 200);
    tab.key("Tab", 9);
    assert_eq!(
        tab.tells("document.activeElement.innerText + (document.activeElement.getBoundingClientRect().top >= 0)"),
        "跳到正文true",
        "keys begin with the content"
    );
    tab.fill("查找政策", "新品牌");
    tab.click("查政策");
    tab.reads("份施行中的政策里找到");
    tab.click("电商新品牌奖励");
    tab.reads("按照销售额1%给予一次性奖励");
    tab.click("算一算");
    tab.reads("政策计算器");
    tab.click("电商新品牌奖励");
    tab.pick("申报人类型", "企业");
    for (question, answer) in
        [("注册地在本区", "是"), ("在本区纳税", "是"), ("近三年列入失信黑名单", "否"), ("近三年受财政处罚处分", "否"), ("电商新品牌", "是")]
    {
        tab.choose(question, answer);
    }
    tab.fill("品牌年销售额", "28654200");
    tab.click("更新结果");
    tab.reads("286,542.00");
    tab.click("展开说明");
    tab.reads("最高不超过50万元");
    let wrong = judge::shown(&tab, true);
    assert!(wrong.is_empty(), "the result is no sound page: {wrong:#?}");
}
