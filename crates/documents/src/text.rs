//! A document as plain text: for reading on a screen, for search, and for tests that are read.

use crate::layout::{Block, Cell, Layout, Style};
use std::fmt::Write;

/// The document as text.
#[must_use]
pub fn text(layout: &Layout) -> String {
    let mut out = String::new();
    for mark in &layout.marks {
        let _ = writeln!(out, "【{mark}】");
    }
    if let Some((organ, number)) = &layout.head {
        let signer = layout.signer.as_ref().map(|name| format!("　　签发人：{name}")).unwrap_or_default();
        let _ = writeln!(out, "《{organ}》（版头）\n{number}{signer}\n────────");
    }
    for block in &layout.blocks {
        match block {
            Block::Title(words) => {
                let _ = writeln!(out, "\n　　【{words}】\n");
            }
            Block::Heading(_, words) => {
                let _ = writeln!(out, "　　{words}");
            }
            Block::Paragraph(Style::Body, words) => {
                let _ = writeln!(out, "　　{words}");
            }
            Block::Paragraph(Style::Attachment, words) => {
                let _ = writeln!(out, "\n　　{words}");
            }
            Block::Paragraph(Style::Flush, words) => {
                let _ = writeln!(out, "{words}");
            }
            Block::Paragraph(Style::Centre | Style::Right, words) => {
                let _ = writeln!(out, "　　　　　　{words}");
            }
            Block::Paragraph(Style::Note, words) => {
                let _ = writeln!(out, "（注）{words}");
            }
            Block::Table(table) => {
                for row in std::iter::once(&table.head).filter(|head| !head.is_empty()).chain(&table.rows) {
                    let _ = writeln!(out, "{}", line(row));
                }
            }
            Block::Closing { organ, date } => {
                let _ = writeln!(out, "\n　　　　　　　　{organ}（印章）\n　　　　　　　　{date}");
            }
            Block::Signatures(names) => {
                let _ = writeln!(out, "{}", names.iter().map(|name| format!("{name}：＿＿＿＿")).collect::<Vec<_>>().join("　"));
            }
            Block::PageBreak => out.push_str("\n――――――――（另页）――――――――\n"),
        }
    }
    if !layout.foot.is_empty() {
        let _ = writeln!(out, "〔{}〕", layout.foot);
    }
    out
}

fn line(row: &[Cell]) -> String {
    format!("│ {} │", row.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>().join(" │ "))
}
