//! What is due is paid, one payment comes back, its firm is told what to do, and it is paid again.

use super::{amounts, arrives, fen, goes, opens, own_service, sends, signed_in, sound, text};
use crate::chrome::Chrome;
use crate::tab::Tab;
use serde_json::json;

/// What is committed, paid and returned of the budget, in fen.
fn balances(tab: &Tab<'_>) -> [i64; 3] {
    tab.go("/ledger?year=2024");
    assert!(tab.words().contains("借贷平衡"), "{}", tab.words());
    ["committed", "paid", "returned"]
        .map(|account| amounts(tab, &format!("#books a[href='/ledger/fund-2024?account={account}']")).first().copied().unwrap_or(0))
}

/// A firm whose payment came back enters another account, finance verifies it, the firm confirms it.
fn mends(firm: &Tab<'_>, finance: &Tab<'_>, (id, case, number, why): (&str, &str, &str, &str)) {
    firm.go("/my");
    firm.reads("款项被退回，请更正收款账户");
    sound(firm);
    goes(firm, "去更正", &format!("/my/cases/{case}"));
    firm.reads(&format!("银行退回的原因：{why}"));
    firm.reads("请先登记正确的账户，由主管部门核验。");
    goes(firm, "登记账户", "/my/firm");
    firm.click("登记新的收款账户");
    firm.fill("账号", number);
    firm.fill("开户行", "示例银行黔江支行");
    firm.fill("依据的材料，如开户许可证编号", "开户许可证演示0001");
    goes(firm, "登记账户", "/my/firm?done=");
    firm.reads("账户已登记，等待核验。");
    finance.go(&format!("/registers/accounts?organisation_id={id}"));
    finance.click_at(&format!("tbody a[href^='/registers/accounts/{id}:']:not([href$=':1'])"));
    arrives(finance, &format!("/registers/accounts/{id}:"));
    finance.reads(number);
    let entry = finance.at();
    goes(finance, "核验账户", "/acts/registry.verify_account");
    finance.click_at(".form__foot button[type=submit]");
    arrives(finance, &format!("{entry}?done="));
    firm.go(&format!("/my/cases/{case}"));
    firm.reads(number);
    goes(firm, "确认按此账户重新拨付", &format!("/my/cases/{case}?done=mended"));
    firm.reads("账户已更正，等待重新拨付。");
}

/// A batch of all that is due of the call: planned, asked for by another person, sent to the bank; its address.
fn pays(clerk: &Tab<'_>, leader: &Tab<'_>, finance: &Tab<'_>, number: &str, total: &str) -> String {
    clerk.go("/batches");
    opens(clerk, "编制分配方案");
    clerk.pick("申报批次", "ds2024");
    sends(clerk, "/batches/bf");
    let address = clerk.at().split('?').next().unwrap().to_owned();
    assert_eq!(text(clerk, "tfoot td.num"), total);
    assert!(!clerk.words().contains("拨付请示\n"), "who planned it does not ask for it:\n{}", clerk.words());
    leader.go("/batches");
    goes(leader, address.trim_start_matches("/batches/"), &address);
    opens(leader, "拨付请示");
    leader.fill("请示文号", number);
    sends(leader, &format!("{address}?done=yes"));
    finance.go(&address);
    finance.reads(number);
    opens(finance, "办理拨付");
    sends(finance, &format!("{address}?done=yes"));
    finance.reads("已送银行，待回单");
    address
}

/// The rows of the bank's file: line, amount and account, as finance takes it from the page.
fn bank_file(finance: &Tab<'_>) -> Vec<[String; 3]> {
    let file = finance.tells("fetch([...document.links].find(a => a.innerText === '下载银行文件').href).then(came => came.text())");
    let file = file.as_str().unwrap().trim_start_matches('\u{feff}').to_owned();
    let cells = |line: &str| -> Vec<String> { line.trim().trim_matches('"').split("\",\"").map(str::to_owned).collect() };
    let mut lines = file.lines();
    let head = cells(lines.next().unwrap());
    let at = |words: &str| head.iter().position(|one| one.contains(words)).unwrap_or_else(|| panic!("{head:?} has no {words}"));
    let places = [at("行号"), at("金额"), at("账号")];
    lines.map(|line| places.map(|place| cells(line)[place].clone())).collect()
}

/// Chooses a file in the page and sends it.
fn hands_in(tab: &Tab<'_>, name: &str, content: &str) {
    let chosen = tab.tells(&format!(
        "(() => {{ const files = new DataTransfer(); files.items.add(new File([{}], {})); const input = document.querySelector('#file'); input.files = files.files; return input.files.length }})()",
        json!(content),
        json!(name)
    ));
    assert_eq!(chosen, 1);
    tab.click("上传并预览");
}

const HEAD: &str = "批次号,行号,金额（元）,日期,流水号,处理结果,退汇原因\n";

#[test]
fn a_payment_that_comes_back_is_told_mended_and_paid_again() {
    let base = own_service("payment");
    let chrome = Chrome::start("payment");
    let [clerk, leader, finance, ent03, ent06] = ["clerk", "leader", "finance", "ent03", "ent06"].map(|who| signed_in(&chrome, &base, who));
    let before = balances(&finance);
    // What came back in April is mended first, so that the batch sends it again beside what is new.
    mends(&ent03, &finance, ("ent03", "ds2024-03", "620000000093", "账号与户名不符"));
    let batch = pays(&clerk, &leader, &finance, "黔江商务演请〔2025〕4号", "1,072,753.00");
    let (id, lines) = (batch.trim_start_matches("/batches/").to_owned(), bank_file(&finance));
    let of = |amount: &str| lines.iter().find(|line| line[1] == amount).unwrap_or_else(|| panic!("{lines:?}")).clone();
    let ([new, ..], [again, _, account]) = (of("300000.00"), of("772753.00"));
    assert_eq!((lines.len(), account.as_str()), (2, "620000000093"), "the bank is given the account that was mended");
    // A wrong file: each wrong row is named, nothing is booked, and what was sent stands there to be mended.
    goes(&finance, "导入回单", &format!("{batch}/receipts"));
    let wrong = format!("{HEAD}{id},{new},300000.00,2025-06-18,HD4001,退汇,\n{id},{again},772753.01,2025-06-18,HD4002,到账,\n");
    hands_in(&finance, "回单.csv", &wrong);
    finance.reads("有误");
    for words in ["退汇的要填原因", "回单金额 772753.01，应为 772753.00", "一笔也没有登记"] {
        finance.reads(words);
    }
    assert_eq!(finance.tells("document.querySelector('#table').value"), wrong, "what was sent is not lost");
    assert!(!finance.words().contains("笔回单\n"), "a file with errors is not offered to be reported");
    sound(&finance);
    hands_in(&finance, "回单.pdf", "%PDF-1.7 no table at all\u{0}");
    finance.reads("不是 CSV 也不是 .xlsx");
    assert_eq!(finance.tells("document.querySelector('#table').value"), wrong, "a file that cannot be read takes nothing away");
    // The right one: what would be booked is said before it is.
    let right = wrong.replace("退汇,\n", "退汇,账户已注销\n").replace("772753.01", "772753.00");
    hands_in(&finance, "回单.csv", &right);
    finance.reads("登记 2 笔回单");
    for words in ["预览：尚未登记", "支付 → 退回", "账户已注销", "HD4002", "重庆五谷声数字商务有限公司"] {
        finance.reads(words);
    }
    sound(&finance);
    assert_eq!(balances(&clerk), [before[0] - 30_000_000, before[1] + 107_275_300, before[2] - 77_275_300], "nothing is booked by looking");
    goes(&finance, "登记 2 笔回单", &format!("{batch}?done=yes"));
    finance.reads("回单已齐");
    assert_eq!(amounts(&finance, ".kpis b").get(..3).unwrap(), [107_275_300, 77_275_300, 30_000_000], "in all, arrived, came back");
    assert_eq!(balances(&finance), [before[0] - 30_000_000, before[1] + 77_275_300, before[2] - 77_275_300 + 30_000_000]);
    // The firm whose money arrived reads when and how much; the other what to do.
    goes_to_own(&ent03, "ds2024-03", "已到账", "772,753.00", "2025-06-18");
    goes_to_own(&ent06, "ds2024-06", "已退汇", "300,000.00", "2025-06-18 账户已注销");
    mends(&ent06, &finance, ("ent06", "ds2024-06", "620000000096", "账户已注销"));
    let batch = pays(&clerk, &leader, &finance, "黔江商务演请〔2025〕5号", "300,000.00");
    let lines = bank_file(&finance);
    assert_eq!(lines.iter().map(|line| [line[1].as_str(), line[2].as_str()]).collect::<Vec<_>>(), [["300000.00", "620000000096"]]);
    finance.reads("重拨");
    goes(&finance, "导入回单", &format!("{batch}/receipts"));
    let id = batch.trim_start_matches("/batches/");
    hands_in(&finance, "回单.csv", &format!("{HEAD}{id},{},300000.00,2025-06-18,HD5001,到账,\n", lines[0][0]));
    finance.reads("登记 1 笔回单");
    goes(&finance, "登记 1 笔回单", &format!("{batch}?done=yes"));
    goes_to_own(&ent06, "ds2024-06", "已到账", "300,000.00", "2025-06-18");
    assert_eq!(balances(&finance), [before[0] - 30_000_000, before[1] + 107_275_300, before[2] - 77_275_300]);
}

/// A firm opens its case from the list of its own and reads what became of its money.
fn goes_to_own(firm: &Tab<'_>, case: &str, state: &str, amount: &str, note: &str) {
    firm.go("/my");
    firm.click_at(&format!("a[href='/my/cases/{case}']"));
    arrives(firm, &format!("/my/cases/{case}"));
    let row = "[aria-labelledby=h-pay] tbody tr";
    assert_eq!(text(firm, &format!("{row} .tag")), state);
    assert_eq!(fen(&text(firm, &format!("{row} td.num"))), fen(amount));
    assert_eq!(text(firm, &format!("{row} td:last-child")), note);
}
