//! Compiling a text: never fails, is the same every time, says what is wrong soundly, and means the same whatever
//! the language of its keywords.

use super::case::Case;
use super::people;
use super::places;
use policy::format::{Keywords, format};
use policy::{Compiled, compile, plain};
use values::Lang;

/// The laws of compiling.
pub fn holds(text: &str) {
    let case = Case::of(text);
    let sources = case.sources();
    let compiled = compile(&sources);
    for diagnostic in &compiled.diagnostics {
        places::is_sound(&sources, diagnostic);
    }
    assert_eq!(compiled.scheme.is_none(), compiled.diagnostics.iter().any(|d| d.is_error()), "a scheme, or an error");
    same(&compiled, &compile(&sources));
    for sentence in &compiled.sentences {
        assert!(!format!("{sentence:?}").is_empty());
    }
    let Some(scheme) = &compiled.scheme else { return };
    for (at, node) in scheme.nodes.iter().enumerate() {
        assert!(people::operands(node).iter().all(|operand| operand.index() < at), "node {at} stands before its operands: {node:?}");
    }
    assert_eq!(scheme.nodes.len(), scheme.node_spans.len());
    for span in &scheme.node_spans {
        places::lies_inside(&sources, *span, &"node");
    }
    for keywords in [Keywords::English, Keywords::Chinese] {
        let other = compile(&case.with(&format(0, &case.policy, Some(keywords)).text));
        let hash = other.scheme.as_ref().map(|s| &s.hash);
        assert_eq!(hash, Some(&scheme.hash), "{keywords:?} keywords: {:#?}", other.diagnostics);
    }
    for lang in [Lang::Zh, Lang::En] {
        for (id, _) in scheme.clause_ids() {
            assert!(!plain::clause(scheme, id, lang).is_empty());
        }
        let _ = plain::overview(scheme, &values::WorkCalendar::china(), scheme.policy.published, lang);
    }
}

/// Compiling has no memory and no order of its own.
fn same(a: &Compiled, b: &Compiled) {
    assert_eq!(a.diagnostics, b.diagnostics, "compiled twice");
    assert_eq!(format!("{:?}", a.sentences), format!("{:?}", b.sentences), "compiled twice");
    let (Some(a), Some(b)) = (&a.scheme, &b.scheme) else { return };
    assert_eq!(a.hash, b.hash, "compiled twice");
    assert_eq!(a.nodes, b.nodes, "compiled twice");
    assert_eq!(a.node_spans, b.node_spans, "compiled twice");
    assert_eq!(a.clauses, b.clauses, "compiled twice");
    assert_eq!(a.clause_words, b.clause_words, "compiled twice");
}
