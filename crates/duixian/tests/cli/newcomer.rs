//! What newcomers ran into: slips that passed in silence, and messages that did not say what to do.

use crate::{duixian, file, folder};
use std::path::Path;

const QUOTE: &str = "# 例\n\n> 对电商企业一次性奖励15万元。\n\n";
const RULE: &str = "条款 1「奖励」\n  给予  15万元\n  频次  一次性\n";

fn policy(dir: &Path, head: &str, rest: &str) -> String {
    file(dir, "policy.md", format!("{QUOTE}```duixian\n{head}{RULE}{rest}```\n"));
    dir.display().to_string()
}

#[test]
fn the_official_text_that_a_policy_names_is_read_and_must_be_there() {
    let dir = folder("newcomer-original");
    file(&dir, "原文.txt", "对电商企业一次性奖励16万元。\n");
    let named = |name: &str| policy(&dir, &format!("政策 li「例」\n  底本  {name}\n"), "");
    let run = duixian(&["check", &named("原文.txt")]);
    assert!(run.code == 1 && run.out.contains("E0410") && run.out.contains("16万元"), "{}", run.out);
    file(&dir, "原文.txt", "对电商企业一次性奖励15万元。\n");
    assert_eq!(duixian(&["check", &named("原文.txt")]).code, 0);
    for name in ["offical.txt", "official.txt"] {
        let run = duixian(&["check", &named(name)]);
        assert!(run.code == 1 && run.out.contains(&format!("error[E0420]: 没有底本“{name}”")), "{}", run.out);
        assert!(run.out.contains("policy.md:7:3") && run.out.contains("→ 核对文件名"), "{}", run.out);
    }
    // What lies outside of the folder is never read, even where it is there.
    std::fs::create_dir_all(dir.join("内")).unwrap();
    file(&dir.join("内"), "原文.txt", "对电商企业一次性奖励15万元。\n");
    for name in ["「../newcomer-original/原文.txt」", "「内/原文.txt」"] {
        let run = duixian(&["check", &named(name)]);
        assert!(run.code == 1 && run.out.contains("E0420") && run.out.contains("只写文件名"), "{}", run.out);
    }
    // Without the line the usual name counts.
    file(&dir, "official.txt", "对电商企业一次性奖励16万元。\n");
    assert!(duixian(&["check", &policy(&dir, "政策 li「例」\n", "")]).out.contains("E0410"));
}
