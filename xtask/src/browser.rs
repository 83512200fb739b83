//! What the tests of the pages need beside Rust: Chromium and fonts from Debian, axe-core from npm under `target/`; and the
//! pictures of the README, taken from the demonstration.

use crate::{Outcome, cargo, engines, need, step};
use std::path::Path;

/// The judge of accessibility. A newer one is a change of its own: what it finds may differ.
const AXE: &str = "axe-core@4.14.1";

/// Installs what is missing.
pub fn install(root: &Path) -> Outcome {
    need("chromium", &["--version"], &["chromium"])?;
    need("sh", &["-c", "fc-list :lang=zh-cn | grep -q ."], &["fontconfig", "fonts-noto-cjk"])?;
    let folder = root.join("target/axe-core");
    let installed = std::fs::read_to_string(folder.join("node_modules/axe-core/package.json")).unwrap_or_default();
    let version = AXE.rsplit('@').next().unwrap_or_default();
    if installed.contains(&format!("\"version\": \"{version}\"")) {
        return Ok(());
    }
    engines::npm_install(root, &folder, AXE)
}

/// Takes the pictures of the README anew.
pub fn screenshots(root: &Path) -> Outcome {
    install(root)?;
    let folder = root.join("docs/pictures").display().to_string();
    step("pictures", || cargo(&["run", "--locked", "--package", "portal", "--example", "pictures", "--", &folder], &[]))
}
