//! Checks a template against the fields of its data: what is not there is named with its place and the nearest that is.

use super::{Name, Node, Piece, Rows, Template, TemplateError, Words};
use crate::field::{Field, Shape};

/// Ways to write amounts.
const MONEY: &[&str] = &["大写", "数", "万元"];
/// Ways to write days.
const DAY: &[&str] = &["短"];

/// All that is wrong with it, in order; `fields` are those of the data and of the head.
#[must_use]
pub fn check(template: &Template, fields: &[Field]) -> Vec<TemplateError> {
    let mut checker = Checker { scopes: vec![fields.to_vec()], errors: Vec::new() };
    checker.nodes(&template.nodes);
    checker.errors
}

struct Checker {
    /// Fields that may be named, the innermost rows last.
    scopes: Vec<Vec<Field>>,
    errors: Vec<TemplateError>,
}

impl Checker {
    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            match node {
                Node::Title(words) | Node::Heading(_, words) | Node::Paragraph(_, words) => self.words(words),
                Node::Table(form) => {
                    form.head.iter().for_each(|(words, _)| self.words(words));
                    self.rows(&form.rows);
                }
                Node::Each(name, inner) => {
                    if self.enter(name) {
                        self.nodes(inner);
                        self.scopes.pop();
                    }
                }
                Node::If(name, _, inner) => {
                    self.find(name);
                    self.nodes(inner);
                }
                Node::Closing | Node::Signatures(_) | Node::PageBreak => {}
            }
        }
    }

    fn rows(&mut self, rows: &[Rows]) {
        for row in rows {
            match row {
                Rows::One(cells) => cells.iter().for_each(|(words, _)| self.words(words)),
                Rows::Each(name, inner) => {
                    if self.enter(name) {
                        self.rows(inner);
                        self.scopes.pop();
                    }
                }
                Rows::If(name, _, inner) => {
                    self.find(name);
                    self.rows(inner);
                }
            }
        }
    }

    fn enter(&mut self, name: &Name) -> bool {
        match self.find(name) {
            Some(Shape::Rows(fields)) => {
                let mut inner = fields.to_vec();
                inner.push(Field { name: "序号", shape: Shape::Number });
                self.scopes.push(inner);
                true
            }
            Some(_) => {
                self.say(name, format!("“{}”不是明细，不能用“每”", name.name), "只有明细（多行）可以用“每”；单个字段请直接写“{{字段}}”");
                false
            }
            None => false,
        }
    }

    fn words(&mut self, words: &Words) {
        for piece in words {
            let Piece::Field(name, how) = piece else { continue };
            let Some(shape) = self.find(name) else { continue };
            let ways = match shape {
                Shape::Money => MONEY,
                Shape::Day => DAY,
                Shape::Text | Shape::Number => &[],
                Shape::Rows(_) => {
                    self.say(name, format!("“{}”是明细，有多行", name.name), format!("请写成“{{{{每 {}}}}}”……“{{{{完}}}}”", name.name));
                    continue;
                }
            };
            if let Some(how) = how.as_deref().filter(|how| !ways.contains(how)) {
                let help = if ways.is_empty() { "请删去“|”及其后的字".to_owned() } else { format!("可用：{}", ways.join("、")) };
                self.say(name, format!("“{}”没有“{how}”这种写法", name.name), help);
            }
        }
    }

    fn find(&mut self, name: &Name) -> Option<Shape> {
        let known = self.scopes.iter().rev().flatten().find(|field| field.name == name.name).map(|field| field.shape);
        if known.is_none() {
            let all = self.scopes.iter().rev().flatten().map(|field| field.name);
            let nearest = all.map(|field| (strsim::levenshtein(field, &name.name), field)).min_by_key(|(distance, _)| *distance);
            let help = match nearest.filter(|(distance, field)| *distance < field.chars().count()) {
                Some((_, field)) => format!("是不是“{field}”？"),
                None => {
                    let names: Vec<&str> = self.scopes.iter().flatten().map(|field| field.name).collect();
                    format!("可用的字段：{}", names.join("、"))
                }
            };
            self.say(name, format!("没有“{}”这个字段", name.name), help);
        }
        known
    }

    fn say(&mut self, name: &Name, message: String, help: impl Into<String>) {
        self.errors.push(TemplateError { line: name.line, column: name.column, message, help: help.into() });
    }
}
