//! E0419: 字面 and 不用 that explain nothing. A note that holds is an exception and is listed.

use super::bind::Bound;
use super::{Exception, ExceptionKind, Fidelity, Id};
use crate::check::text::squeeze;
use crate::diagnostic::{Diagnostic, Text};
use crate::source::Span;
use crate::syntax::ast::{Block, LiteralNote};

/// A 不用 and the numbers it speaks of.
pub(super) struct UnusedNote<'a> {
    block: &'a Block,
    note: &'a LiteralNote,
    ids: Vec<Id>,
    span: Option<Span>,
}

impl<'a> Fidelity<'a> {
    /// Finds what each 不用 speaks of, and marks those numbers.
    pub(super) fn unused_notes(&mut self) -> Vec<UnusedNote<'a>> {
        let mut out = Vec::new();
        for (at, block) in self.blocks.iter().enumerate() {
            let places = self.places(at);
            for note in block.notes.iter().filter(|n| n.unused && !places.is_empty()) {
                let needle = squeeze(&note.what);
                let mut ids = Vec::new();
                let mut span = None;
                for &(quote_at, from, to) in places {
                    let Some(quote) = self.quote(quote_at) else { continue };
                    let chars = quote.chars.get(from..to).unwrap_or_default();
                    for start in chars.windows(needle.len().max(1)).enumerate().filter(|(_, w)| *w == needle.as_slice()).map(|(at, _)| from + at) {
                        let end = start + needle.len();
                        let digit = |at: Option<usize>| at.and_then(|at| quote.chars.get(at)).is_some_and(char::is_ascii_digit);
                        let cut = digit(start.checked_sub(1)) && digit(Some(start)) || digit(Some(end)) && digit(end.checked_sub(1));
                        if cut {
                            continue;
                        }
                        span.get_or_insert(quote.span(start, end));
                        let within = self.numbers.get(quote_at).into_iter().flatten().enumerate().filter(|(_, n)| start <= n.from && n.digits_to <= end);
                        ids.extend(within.map(|(at, _)| (quote_at, at)));
                    }
                }
                for (quote, at) in &ids {
                    if let Some(mark) = self.excused.get_mut(*quote).and_then(|q| q.get_mut(*at)) {
                        *mark = true;
                    }
                }
                out.push(UnusedNote { block, note, ids, span });
            }
        }
        out
    }

    /// Notes of 不用 that speak of nothing, or of numbers that a rule uses.
    pub(super) fn rotten_notes(&mut self, notes: &[UnusedNote<'a>]) {
        for UnusedNote { block, note, ids, span } in notes {
            let what = &note.what;
            if ids.is_empty() && self.is_look_alike_note(*span) {
                continue;
            }
            if ids.iter().any(|id| !self.is_used(*id)) {
                self.exceptions.push(Exception {
                    kind: ExceptionKind::Unused,
                    what: what.clone(),
                    because: note.because.clone().unwrap_or_default(),
                    heading: block.heading.clone(),
                    span: note.span,
                    words: *span,
                });
                continue;
            }
            let (zh, en) = if ids.is_empty() {
                (format!("所引原文没有“{what}”这个数"), format!("the words cited hold no number '{what}'"))
            } else {
                (format!("规则用到了“{what}”，不能写 不用"), format!("a rule uses '{what}', which this note calls unused"))
            };
            let mut diagnostic = Diagnostic::new("E0419", note.span, zh, en);
            diagnostic.related = *span;
            self.fault(block, diagnostic, Text::new("删去这一条，或改正它", "remove the note, or correct it"));
        }
    }

    /// Notes of 字面 of a block: each must explain a literal that the words lack.
    pub(super) fn literal_notes(&mut self, block: &'a Block, bound: &Bound<'_>) {
        for note in block.notes.iter().filter(|n| !n.unused) {
            let what = &note.what;
            let literal = bound.rule.literals.iter().position(|literal| self.speaks_of(what, literal));
            let says = note.says.as_deref().map(|says| squeeze(says).into_iter().collect::<String>());
            let place = says.as_deref().and_then(|says| self.find_in(bound.places, says));
            let (zh, en) = match literal {
                None => (format!("规则里没有“{what}”"), format!("the rule has no literal '{what}'")),
                Some(at) if bound.matched.get(at).copied().flatten().is_some() => {
                    (format!("“{what}”本来就在所引原文里"), format!("'{what}' stands in the words cited anyway"))
                }
                Some(_) if says.is_some() && place.is_none() => {
                    let says = note.says.as_deref().unwrap_or_default();
                    (format!("所引原文没有“{says}”"), format!("the words cited do not hold '{says}'"))
                }
                Some(_) => {
                    self.exceptions.push(Exception {
                        kind: ExceptionKind::Literal,
                        what: what.clone(),
                        because: note.because.clone().or_else(|| note.says.as_ref().map(|says| format!("即「{says}」"))).unwrap_or_default(),
                        heading: block.heading.clone(),
                        span: note.span,
                        words: place,
                    });
                    continue;
                }
            };
            let diagnostic = Diagnostic::new("E0419", note.span, zh, en).related(self.first_place(bound.places));
            self.fault(block, diagnostic, Text::new("删去这一条，或改正它", "remove the note, or correct it"));
        }
    }
}
