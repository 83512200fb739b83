//! axe-core, run in the page: what hinders people who hear, magnify or type instead of seeing and pointing, contrast among it.

use crate::markup::strings;
use crate::tab::Tab;
use std::path::Path;
use std::sync::OnceLock;

/// Runs it and gives what is serious or critical, in words.
const RUN: &str = r"axe.run(document, { resultTypes: ['violations'] }).then(found => found.violations
    .filter(v => ['serious', 'critical'].includes(v.impact))
    .flatMap(v => v.nodes.slice(0, 3).map(n => `axe ${v.id} (${v.nodes.length}): ${n.html.replace(/\s+/g, ' ').slice(0, 160)} — ${n.failureSummary.replace(/\s+/g, ' ').slice(0, 200)}`)))";

fn source() -> &'static str {
    static SOURCE: OnceLock<String> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/axe-core/node_modules/axe-core/axe.min.js");
        let read = std::fs::read_to_string(&file);
        read.unwrap_or_else(|why| panic!("{}: {why}; `cargo xtask browser` fetches axe-core", file.display()))
    })
}

/// What is serious or critical on the page.
pub fn findings(tab: &Tab<'_>) -> Vec<String> {
    tab.tells(&format!("{}; 0", source()));
    strings(&tab.tells(RUN))
}
