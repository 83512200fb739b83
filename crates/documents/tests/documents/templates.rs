//! Templates of an office: what is wrong in one is said with place and fix, before anything is printed.

use crate::sample::{print, world};
use documents::{DocumentKind, Templates, TemplatesError, checked_template, text};
use expect_test::expect;

fn wrong(kind: DocumentKind, template: &str) -> String {
    let errors = checked_template(kind, template).expect_err("the template is wrong");
    errors.iter().map(|error| format!("{error}\n")).collect()
}

#[test]
fn every_kind_has_a_template_that_names_only_what_is_there() {
    Templates::built_in().unwrap_or_else(|why| panic!("{why}"));
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_how_to_mend_it() {
    let template = "@公文\n# 通知\n> {{申报主题}}：\n截止{{补正期限|大写}}，共{{补正事项}}。\n{{每 补正时长}}\n{{内容}}\n{{完}}\n@盖章\n";
    expect![[r#"
        第8行第1字：没有“@盖章”这种写法。可用：@公文、@上行文、@横、@落款、@签字 甲、乙、@分页
    "#]]
    .assert_eq(&wrong(DocumentKind::CorrectionNotice, template));
    expect![[r#"
        第3行第5字：没有“申报主题”这个字段。是不是“申报主体”？
        第4行第5字：“补正期限”没有“大写”这种写法。可用：短
        第4行第18字：“补正事项”是明细，有多行。请写成“{{每 补正事项}}”……“{{完}}”
        第5行第5字：“补正时长”不是明细，不能用“每”。只有明细（多行）可以用“每”；单个字段请直接写“{{字段}}”
    "#]]
    .assert_eq(&wrong(DocumentKind::CorrectionNotice, &template.replace("@盖章\n", "")));
    expect![[r#"
        第2行第1字：这一行有2格，表格有3列。请补足或删去；与左边合并的格写“<”
        第4行第1字：有“{{每 …}}”或“{{如 …}}”没有结束。请在相应位置加一行“{{完}}”
    "#]]
    .assert_eq(&wrong(DocumentKind::CorrectionNotice, "|--|--|--|\n| 甲 | 乙 |\n\n{{如 补正期限}}\n"));
    expect![[r#"
        第1行第1字：表格没有列宽行。请在表头下面加一行，如“|----|----:|”：横线的长短是列宽，右端的冒号是靠右
        第3行第5字：“{{”没有对应的“}}”。请补上“}}”
        第4行第1字：这里的“{{完}}”没有对应的开始。请删去这一行
    "#]]
    .assert_eq(&wrong(DocumentKind::CorrectionNotice, "| 甲 |\n\n截止{{补正期限\n{{完}}\n"));
}

#[test]
fn an_office_puts_its_own_template_in_the_place_of_ours() {
    let folder = std::env::temp_dir().join(format!("duixian-templates-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("decline_notice.md");
    std::fs::write(&file, "# 告知单\n{{申报主体}}：不予受理，{{理由}}\n").unwrap();
    let templates = Templates::from_folder(&folder).unwrap_or_else(|why| panic!("{why}"));
    let print = print(&world(), DocumentKind::DeclineNotice);
    assert!(text(&templates.layout(&print).unwrap()).contains("重庆濯水廊桥山货电子商务有限公司：不予受理，"));
    std::fs::write(&file, "# 告知单\n{{申报主本}}\n").unwrap();
    let said = Templates::from_folder(&folder).expect_err("the template is wrong").to_string();
    assert!(said.contains("decline_notice.md") && said.contains("第2行第3字：没有“申报主本”这个字段。是不是“申报主体”？"), "{said}");
    std::fs::rename(&file, folder.join("decline.md")).unwrap();
    assert!(matches!(Templates::from_folder(&folder), Err(TemplatesError::Unknown { name, .. }) if name == "decline"));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn only_the_pdf_fails_without_a_font_and_says_what_to_install() {
    let folder = std::env::temp_dir().join(format!("duixian-no-fonts-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let said = documents::pdf::Fonts::find(Some(&folder)).expect_err("there is no font").to_string();
    assert!(said.contains("apt install fonts-noto-cjk") && said.contains("font_path"), "{said}");
    let file = folder.join("none.ttf");
    std::fs::write(&file, "no font").unwrap();
    let said = documents::pdf::Fonts::find(Some(&file)).expect_err("this is no font").to_string();
    assert!(said.contains("不是含中文的字体文件"), "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}
