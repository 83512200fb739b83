//! A firm applies, is asked for a correction and corrects; the clerk compares and takes it in.

use super::{PDF, folder, open_act, reads, send_act, service_of, sign_in};
use crate::chrome::Chrome;

#[test]
fn a_firm_applies_is_asked_for_a_correction_and_corrects_what_was_asked() {
    let base = service_of("firm", Vec::new());
    let paper = folder("firm").join("改造合同和发票.pdf");
    std::fs::write(&paper, PDF).unwrap();
    let chrome = Chrome::start("firm");
    let firm = sign_in(&chrome, &base, "ent01");

    firm.follow("继续填写");
    reads(&firm, &["2025年度第一批电子商务扶持资金申报", "截止 2025-07-04", "供应链改造支持"]);
    firm.follow("下一步");
    reads(&firm, &["重庆雾脚里山货电子商务有限公司"]);
    firm.follow("下一步");
    reads(&firm, &["改造实际投资额"]);
    firm.fill("改造实际投资额", "286000.55");
    firm.bring(".fact__ev[data-upload='改造实际投资额'] input[type=file]", &paper);
    // At once: what is on its way is waited for.
    firm.follow("下一步");
    reads(&firm, &["已填写、还没有佐证 2", "注册地在本区", "114,400.22元", "自查结果供您参考，不影响提交"]);
    firm.follow("上一步");
    reads(&firm, &["改造合同和发票.pdf", "1 KB，SM3 "]);
    firm.follow("下一步");
    firm.follow("下一步");
    reads(&firm, &["您将提交的申报", "佐证材料 2 份", "上限 114,400.22元"]);
    firm.click("我已获本单位授权");
    firm.fill("授权人姓名", "傅某某");
    firm.fill("职务", "法定代表人");
    firm.follow("承诺并提交");
    assert_eq!(firm.at(), "/my/cases/ds2025-01");
    reads(&firm, &["已提交，待受理", "谁在办 区商务委", "最迟什么时候 2025-06-25", "剩余5个工作日", "2 份佐证材料", "≤ 114,400.22元"]);

    let clerk = sign_in(&chrome, &base, "clerk");
    reads(&clerk, &["ds2025-01", "11.44"]);
    clerk.follow("ds2025-01");
    reads(&clerk, &["286,000.55 元", "≤ 114,400.22", "改造合同和发票.pdf", "期限 2025-06-25"]);
    open_act(&clerk, "补正告知");
    clerk.fill("事项", "改造实际投资额");
    clerk.fill("补正要求", "合同金额与发票不一致，请按发票更正");
    send_act(&clerk, "补正告知");
    reads(&clerk, &["环节 补正中", "经办 申报企业", "期限 2025-07-02，剩余10个工作日"]);

    firm.go("/my");
    reads(&firm, &["供应链改造支持：请补正 1 项", "补正期限 2025-07-02，剩余10个工作日。补正期间不计入审核时限。"]);
    let words = firm.words();
    assert!(words.find("请补正 1 项") < words.find("去申报"), "what is wanted stands before everything else: {words}");
    firm.follow("去补正");
    reads(&firm, &["改造实际投资额", "合同金额与发票不一致，请按发票更正", "没有改动的内容保持原样"]);
    firm.fill("改造实际投资额", "236000.55");
    firm.follow("提交补正");
    reads(&firm, &["补正已提交。", "已提交，待受理", "谁在办 区商务委", "最迟什么时候 2025-06-25", "≤ 94,400.22元", "您已补正"]);

    clerk.follow_at("a[href='/work']");
    clerk.follow("ds2025-01");
    reads(&clerk, &["改造实际投资额 补正 236,000.55 元", "≤ 94,400.22"]);
    clerk.follow("对照 2 个版本");
    reads(&clerk, &["1 处不同", "改造实际投资额 不同 286,000.55 元 236,000.55 元", "申报人类型 企业 企业", "年度 2025 2025"]);
    clerk.click("只看不同");
    clerk.follow("对照");
    assert_eq!(clerk.tells("[...document.querySelectorAll('.tbl--versions tbody th')].map(th => th.innerText.trim()).join()"), "改造实际投资额 不同");
    clerk.follow("ds2025-01");
    clerk.follow("受理");
    // Asked once, the firm is not asked again.
    reads(&clerk, &["已办理：受理。", "环节 初审", "期限 2025-07-02，剩余10个工作日"]);
    assert_eq!(clerk.tells("[...document.querySelectorAll('.actbar summary')].some(one => one.innerText === '补正告知')"), false);
}
