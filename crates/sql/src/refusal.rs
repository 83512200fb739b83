//! What a statement of a dialect cannot hold exactly: said with its clause and construct, never guessed.

use policy::diagnostic::{Diagnostic, Severity, Text};
use policy::scheme::{NodeId, Scheme};
use policy::source::Span;

/// The code of all refusals; `docs/sql.md` says what is refused.
pub const CODE: &str = "S0001";

/// A part of a policy that is not exported, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The clause, group or pool.
    pub subject: Text,
    /// What it is that has no exact form.
    pub construct: Text,
    /// Where it stands.
    pub span: Span,
}

impl Refusal {
    /// As a diagnostic of the policy's source: a warning where the rest is exported.
    #[must_use]
    pub fn diagnostic(&self, partial: bool) -> Diagnostic {
        let mut found = Diagnostic::new(
            CODE,
            self.span,
            format!("{}不能准确写成 SQL：{}", self.subject.zh, self.construct.zh),
            format!("{} has no exact form in SQL: {}", self.subject.en, self.construct.en),
        );
        if partial {
            found.severity = Severity::Warning;
            return found;
        }
        found.help("加 --partial 只导出其余部分；这一部分用 duixian assess 计算", "--partial exports the rest; duixian assess works this part out")
    }
}

/// Why something is refused, before it is known of what.
#[derive(Clone, Debug)]
pub(crate) struct Reason {
    pub(crate) construct: Text,
    pub(crate) node: Option<NodeId>,
}

impl Reason {
    pub(crate) fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { construct: Text::new(zh, en), node: None }
    }

    pub(crate) fn at(mut self, node: NodeId) -> Self {
        self.node.get_or_insert(node);
        self
    }

    pub(crate) fn of(self, scheme: &Scheme, subject: Text, otherwise: Span) -> Refusal {
        let span = self.node.and_then(|node| scheme.node_spans.get(node.index()).copied()).unwrap_or(otherwise);
        Refusal { subject, construct: self.construct, span }
    }
}
