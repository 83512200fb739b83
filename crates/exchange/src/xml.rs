//! XML of others: checked for depth and entities, and read into a small tree of names and texts. Namespaces are left out: e-invoices of
//! different makers use different ones for the same names.

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

/// Refuses XML that is broken, nested deeper than allowed, or declares a document type (and so entities).
pub fn check(bytes: &[u8], depth_max: usize) -> Result<(), Problem> {
    walk(bytes, depth_max, |_| ())
}

fn walk(bytes: &[u8], depth_max: usize, mut see: impl FnMut(&Event<'_>)) -> Result<(), Problem> {
    let mut reader = Reader::from_str(text_of(bytes)?);
    let mut depth = 0_usize;
    loop {
        let event = reader.read_event().map_err(|_| broken())?;
        match &event {
            Event::Start(_) => {
                depth += 1;
                if depth > depth_max {
                    return Err(Problem::new(
                        "xml-too-deep",
                        (format!("其中的 XML 嵌套超过 {depth_max} 层"), format!("the XML in it is nested deeper than {depth_max} levels")),
                        ("这不是正常的文件；请重新导出后再交", "this is not a normal file; export it again"),
                    ));
                }
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::DocType(_) => {
                return Err(Problem::new(
                    "xml-doctype",
                    ("其中的 XML 声明了文档类型", "the XML in it declares a document type"),
                    ("这不是正常的文件；请重新导出后再交", "this is not a normal file; export it again"),
                ));
            }
            Event::Eof if depth > 0 => return Err(broken()),
            Event::Eof => return Ok(()),
            _ => {}
        }
        see(&event);
    }
}

/// Reads XML into a tree. Errors: as [`check`], no root element, or an entity that XML itself does not know.
pub fn parse(bytes: &[u8], depth_max: usize) -> Result<Element, Problem> {
    let (mut stack, mut root, mut sound): (Vec<Element>, Option<Element>, bool) = (Vec::new(), None, true);
    walk(bytes, depth_max, |event| match event {
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
