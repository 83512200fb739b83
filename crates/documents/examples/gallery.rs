//! Writes every document, filled from samples, as Word file, PDF and text: `cargo run -p documents --example gallery -- DIR`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "an example fails loudly")]

#[path = "../tests/documents/sample.rs"]
mod sample;

use documents::pdf::{Fonts, pdf};
use documents::{DocumentKind, Templates, text, word};
use std::path::PathBuf;

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("a folder to write to"));
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    let templates = Templates::built_in().unwrap_or_else(|why| panic!("{why}"));
    let fonts = Fonts::find(None).unwrap_or_else(|why| panic!("{why}"));
    let world = sample::world();
    for (number, kind) in (1..).zip(DocumentKind::ALL) {
        let mut print = sample::print(&world, *kind);
        print.marks.push(documents::DEMO.to_owned());
        let layout = templates.layout(&print).expect("every kind has a template");
        let file = |end: &str| folder.join(format!("{number:02}-{}.{end}", kind.name()));
        std::fs::write(file("txt"), text(&layout)).unwrap();
        std::fs::write(file("docx"), word::bytes(&layout).unwrap()).unwrap();
        let bytes = pdf(&layout, &fonts).unwrap_or_else(|why| panic!("{why}"));
        println!("{number:02} {} ({} KB PDF)", kind.title(), bytes.len() / 1024);
        std::fs::write(file("pdf"), bytes).unwrap();
    }
}
