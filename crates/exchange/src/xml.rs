//! XML of others: checked for depth, size and entities, and read into a small tree of names and texts. Namespaces are left out: e-invoices of
//! different makers use different ones for the same names.

use crate::limits::{Limits, TREE_BYTES_MAX, TREE_ELEMENTS_MAX};
use crate::problem::Problem;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// An element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Name without its prefix.
    pub name: String,
    /// Attributes by name without prefix.
    pub attributes: Vec<(String, String)>,
    /// Text directly in it, trimmed.
    pub text: String,
    /// Elements in it.
    pub children: Vec<Element>,
}

impl Element {
    /// The first child of that name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// All children of that name.
    pub fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The element at the end of a way of child names.
    pub fn path(&self, names: &[&str]) -> Option<&Self> {
        names.iter().try_fold(self, |at, name| at.child(name))
    }

    /// The text at the end of a way, if it is not empty.
    pub fn text_at(&self, names: &[&str]) -> Option<&str> {
        self.path(names).map(|e| e.text.as_str()).filter(|text| !text.is_empty())
    }

    /// An attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// This element and all in it, in the order of the file.
    pub fn walk(&self) -> Vec<&Self> {
        let (mut out, mut stack) = (Vec::new(), vec![self]);
        while let Some(element) = stack.pop() {
            out.push(element);
            stack.extend(element.children.iter().rev());
        }
        out
    }
}

fn broken() -> Problem {
    Problem::new("broken-xml", ("其中的 XML 不完好", "the XML in it is not well formed"), ("重新下载原件后再交", "download the original again"))
}

fn text_of(bytes: &[u8]) -> Result<&str, Problem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|_| {
        Problem::new("xml-encoding", ("其中的 XML 不是 UTF-8", "the XML in it is not UTF-8"), ("请开票平台重新生成", "have the issuing platform make it again"))
    })
}

fn too_much(code: &'static str, zh: String, en: String) -> Problem {
    Problem::new(code, (zh, en), ("这不是正常的文件；请重新导出后再交", "this is not a normal file; export it again"))
}

/// Refuses XML that is broken, is nested deeper than allowed, has more elements, attributes or longer texts than allowed, or declares a
/// document type (and so entities). It keeps nothing, however large the XML is.
pub fn check(bytes: &[u8], limits: &Limits) -> Result<(), Problem> {
    walk(bytes, limits, |_| Ok(()))
}

/// How much of an XML has been seen.
#[derive(Default)]
struct Measured {
    depth: usize,
    elements: usize,
}

impl Measured {
    fn take(&mut self, event: &Event<'_>, limits: &Limits) -> Result<(), Problem> {
        let bytes = match event {
            Event::Start(start) | Event::Empty(start) => {
                self.elements += 1;
                let most = limits.elements_max;
                if self.elements > most {
                    return Err(too_much("xml-too-large", format!("其中的 XML 超过 {most} 个元素"), format!("the XML in it has more than {most} elements")));
                }
                let most = limits.attributes_max;
                // Without looking for doubles: that takes the square of their number.
                if start.attributes().with_checks(false).take(most + 1).count() > most {
                    let (zh, en) = (format!("其中的 XML 有元素超过 {most} 个属性"), format!("an element of the XML in it has more than {most} attributes"));
                    return Err(too_much("xml-too-large", zh, en));
                }
                start.len()
            }
            Event::Text(text) => text.len(),
            Event::CData(text) => text.len(),
            Event::DocType(_) => {
                return Err(too_much("xml-doctype", "其中的 XML 声明了文档类型".into(), "the XML in it declares a document type".into()));
            }
            _ => 0,
        };
        let most = limits.text_bytes_max;
        if bytes > most {
            return Err(too_much(
                "xml-too-large",
                format!("其中的 XML 有一段超过 {most} 字节"),
                format!("a piece of the XML in it has more than {most} bytes"),
            ));
        }
        match event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        let most = limits.depth_max;
        if self.depth > most {
            return Err(too_much("xml-too-deep", format!("其中的 XML 嵌套超过 {most} 层"), format!("the XML in it is nested deeper than {most} levels")));
        }
        Ok(())
    }
}

fn walk(bytes: &[u8], limits: &Limits, mut see: impl FnMut(&Event<'_>) -> Result<(), Problem>) -> Result<(), Problem> {
    let mut reader = Reader::from_str(text_of(bytes)?);
    let mut measured = Measured::default();
    loop {
        let event = reader.read_event().map_err(|_| broken())?;
        measured.take(&event, limits)?;
        match &event {
            Event::Eof if measured.depth > 0 => return Err(broken()),
            Event::Eof => return Ok(()),
            _ => see(&event)?,
        }
    }
}

/// Reads XML into a tree. Errors: as [`check`]; more than a tree may hold; no root element; an entity that XML itself does not know.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Element, Problem> {
    let limits = Limits { elements_max: limits.elements_max.min(TREE_ELEMENTS_MAX), ..*limits };
    let (mut stack, mut root, mut sound, mut held): (Vec<Element>, Option<Element>, bool, usize) = (Vec::new(), None, true, 0);
    walk(bytes, &limits, |event| {
        // An attribute or text is never longer in the tree than in the file.
        held = held.saturating_add(match event {
            Event::Start(start) | Event::Empty(start) => start.len(),
            Event::Text(text) => text.len(),
            Event::CData(text) => text.len(),
            Event::GeneralRef(_) => 4,
            _ => 0,
        });
        if held > TREE_BYTES_MAX {
            let most = TREE_BYTES_MAX;
            return Err(too_much("xml-too-large", format!("其中的 XML 超过 {most} 字节"), format!("the XML in it has more than {most} bytes")));
        }
        match event {
            Event::Start(start) => stack.push(element(start, &mut sound)),
            Event::Empty(start) => {
                let empty = element(start, &mut sound);
                close(empty, &mut stack, &mut root);
            }
            Event::End(_) => {
                if let Some(done) = stack.pop() {
                    close(done, &mut stack, &mut root);
                }
            }
            Event::Text(text) => add(&mut stack, &text.xml10_content()),
            Event::CData(text) => add(&mut stack, &text.xml10_content()),
            Event::GeneralRef(entity) => match resolved(entity) {
                Some(text) => add(&mut stack, &text),
                None => sound = false,
            },
            _ => {}
        }
        Ok(())
    })?;
    root.filter(|_| sound).ok_or_else(broken)
}

fn resolved(entity: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    let name: &str = entity.as_ref();
    if let Some(known) = quick_xml::escape::resolve_xml_entity(name) {
        return Some(known.to_owned());
    }
    entity.resolve_char_ref().ok().flatten().map(String::from)
}

fn element(start: &BytesStart<'_>, sound: &mut bool) -> Element {
    let name: &str = start.local_name().into_inner();
    let mut out = Element { name: name.to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let Ok(attribute) = attribute else {
            *sound = false;
            continue;
        };
        let key: &str = attribute.key.local_name().into_inner();
        match quick_xml::escape::unescape(&attribute.value) {
            Ok(value) => out.attributes.push((key.to_owned(), value.into_owned())),
            Err(_) => *sound = false,
        }
    }
    out
}

fn add(stack: &mut [Element], text: &str) {
    if let Some(open) = stack.last_mut() {
        open.text.push_str(text);
    }
}

fn close(mut element: Element, stack: &mut [Element], root: &mut Option<Element>) {
    element.text = element.text.trim().to_owned();
    match stack.last_mut() {
        Some(parent) => parent.children.push(element),
        None => {
            root.get_or_insert(element);
        }
    }
}
