//! What a policy must have to be used, beyond what a fragment must that is only looked at: clauses and a name.

use super::Compiled;
use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// Adds what a policy as a whole lacks. Without clauses there is no scheme.
pub fn whole(compiled: &mut Compiled) {
    let Some(scheme) = &compiled.scheme else { return };
    let start = Span::new(0, 0, 0);
    if scheme.clauses.is_empty() {
        compiled.scheme = None;
        let none = Diagnostic::new("E0421", start, "没有条款：还不是一份政策", "there is no clause: this is no policy yet").help(
            "规则写在 ```duixian 与 ``` 之间，至少有一条：条款 1「名称」",
            "rules stand between ```duixian and ```; write one at least: 条款 1「title」 (clause 1 \"title\")",
        );
        compiled.diagnostics.insert(0, none);
    } else if scheme.policy.title.is_empty() {
        compiled.diagnostics.insert(0, nameless(start));
    }
}

fn nameless(at: Span) -> Diagnostic {
    Diagnostic::new("W0503", at, "政策没有名称", "the policy has no name")
        .help("在第一个规则块开头写：政策 代号「名称」", "begin the first fence with: 政策 id「title」 (policy id \"title\")")
}
