//! Nothing that somebody typed is lost: while the service is gone, in two windows, when the session ended, on the way back.

use super::{PDF, folder, reads};
use crate::chrome::Chrome;
use crate::service::Service;
use crate::tab::Tab;

const FACT: &str = "改造实际投资额";

/// What stands in the field.
fn stands(tab: &Tab<'_>) -> String {
    tab.tells(&format!("document.querySelector(`[name='f.{FACT}']`).value")).as_str().unwrap().to_owned()
}

/// A firm that fills in facts.
fn at_facts(tab: &Tab<'_>) {
    tab.language("zh");
    tab.sign_in("ent01", portal::demo::PASSWORD);
    tab.go("/calls/ds2025/apply?step=facts");
    reads(tab, &[FACT]);
}

#[test]
fn what_is_typed_while_the_service_is_gone_is_there_when_it_comes_back() {
    let service = Service::begin(&folder("kept-service"), Vec::new());
    let base = service.base.clone();
    let chrome = Chrome::start("kept-service");
    let firm = Tab::open(&chrome, &base);
    at_facts(&firm);

    // It is gone while somebody types: told, and saved by itself later.
    let gone = service.kill();
    firm.fill(FACT, "212345.67");
    firm.reads("连接中断，内容留在本窗口，稍后自动再存");
    let service = gone.again();
    firm.until("/^草稿已于/.test(document.getElementById('saved').textContent)");
    firm.go("/calls/ds2025/apply?step=facts");
    assert_eq!(stands(&firm), "212345.67");

    // It is gone when somebody sends: the browser has no page. Opened anew, what was typed is offered back.
    let gone = service.kill();
    firm.fill(FACT, "223456.78");
    firm.click("下一步");
    firm.until("location.protocol === 'chrome-error:'");
    let service = gone.again();
    firm.go("/calls/ds2025/apply?step=facts");
    assert_eq!(stands(&firm), "212345.67");
    reads(&firm, &["上次有内容没有保存成功，还留在本窗口。"]);
    firm.click("恢复");
    assert_eq!(stands(&firm), "223456.78");
    firm.follow("下一步");
    reads(&firm, &["上限 89,382.71元"]);
    firm.go("/calls/ds2025/apply?step=facts");
    assert_eq!(stands(&firm), "223456.78");
    assert!(!firm.words().contains("上次有内容没有保存成功"), "what arrived is not offered again: {}", firm.words());
    std::mem::forget(service);
}

#[test]
fn what_is_typed_in_two_windows_and_when_the_session_ended_is_told_and_kept() {
    let base = super::service_of("kept-windows", Vec::new());
    let chrome = Chrome::start("kept-windows");
    let one = Tab::open(&chrome, &base);
    at_facts(&one);
    let two = one.beside();
    two.go("/calls/ds2025/apply?step=facts");

    one.fill(FACT, "212345.67");
    one.follow("保存草稿");
    two.fill(FACT, "223456.78");
    two.follow("保存草稿");
    reads(&two, &["另一个窗口保存的内容", "改造实际投资额：212345.67"]);
    assert_eq!(stands(&two), "223456.78", "what was typed here stays");
    two.follow("保存草稿");
    one.go("/calls/ds2025/apply?step=facts");
    assert_eq!(stands(&one), "223456.78", "sent once more it holds");

    // Signed out in one window, it is typed on in the other.
    two.go("/own");
    two.follow("退出登录");
    one.fill(FACT, "234567.89");
    one.follow("下一步");
    reads(&one, &["您刚才填写的内容已保留，登录后可以继续提交。"]);
    one.fill("用户名", "ent01");
    one.fill("密码", portal::demo::PASSWORD);
    one.follow_at("main form button[type=submit]");
    one.follow("继续提交");
    reads(&one, &["上限 93,827.16元"]);

    // Back from the next step, what was typed stands there.
    one.go("/calls/ds2025/apply?step=facts");
    one.fill(FACT, "245678.90");
    one.follow("下一步");
    reads(&one, &["上限 98,271.56元"]);
    one.tells("history.back()");
    one.until("location.search === '?step=facts' && document.readyState === 'complete'");
    assert_eq!(stands(&one), "245678.90");
}

#[test]
fn a_large_file_that_is_broken_off_goes_on_where_it_ended() {
    const PARTS: usize = 12;
    let base = super::service_of("kept-file", Vec::new());
    let paper = folder("kept-file").join("改造合同.pdf");
    let comment = vec![b'x'; PARTS << 20];
    std::fs::write(&paper, [b"%PDF-1.4\n%", comment.as_slice(), b"\n", &PDF[9..]].concat()).unwrap();
    let chrome = Chrome::start("kept-file");
    let firm = Tab::open(&chrome, &base);
    at_facts(&firm);

    // Slow enough to be caught in the middle.
    firm.network(true, Some(4 << 20));
    firm.bring(&format!(".fact__ev[data-upload='{FACT}'] input[type=file]"), &paper);
    firm.until("(document.querySelector('.up progress')?.value ?? 0) > 0");
    firm.network(false, None);
    let before = firm.tells("document.querySelector('.up progress').value").as_u64().unwrap();
    assert!(before < (PARTS as u64) << 20, "it is not there yet");
    // Whoever presses on meanwhile is kept: the file would be lost on the way.
    firm.click("下一步");
    firm.reads("文件传完后继续");
    firm.network(true, None);
    firm.until("location.search.includes('step=check') && document.readyState === 'complete'");
    assert_eq!(firm.sent("POST", "/api/v1/uploads"), 1, "it was not begun anew");
    firm.go("/calls/ds2025/apply?step=facts");
    reads(&firm, &["改造合同.pdf", "12.0 MB，SM3 "]);
}
