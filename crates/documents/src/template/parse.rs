//! Reads a template. Lines: `@公文` red head, `@上行文` red head with 签发人, `@横` pages on their side, `# ` title, `## ` and `### ` headings (`## 〇、` numbers itself), `> ` set flush
//! (主送), `~ ` in the middle, `>> ` at the right, `* ` a note, `+ ` 附件说明, `|…|` a row of a table, `@落款`, `@签字 甲、乙`, `@分页`, `{{每 …}}`, `{{如 …}}`,
//! `{{无 …}}`, `{{完}}`; anything else is a paragraph. In a table `|----|--:|:-:|` gives each column's share of the width by its length
//! and where its words stand; a row before it is the head; a cell `<` belongs to the one at its left; an empty line parts two
//! tables. `//` opens a remark.

use super::{Form, Name, Node, Piece, Rows, Template, TemplateError, Words};
use crate::layout::{Align, Column, Style};

/// What a line becomes of its words.
type Making = fn(Words) -> Node;

/// What opens lines that belong together.
enum Opening {
    Each(Name),
    If(Name, bool),
}

/// A part that is open.
struct Frame {
    opening: Option<Opening>,
    nodes: Vec<Node>,
}

/// Reads it. Errors: all that is wrong, in order.
pub fn parse(text: &str) -> Result<Template, Vec<TemplateError>> {
    let mut reader = Reader { letter: false, upward: false, landscape: false, errors: Vec::new(), frames: vec![Frame { opening: None, nodes: Vec::new() }] };
    let lines: Vec<(usize, &str)> = (1..).zip(text.lines()).filter(|(_, line)| !line.trim_start().starts_with("//")).collect();
    let mut rest = lines.as_slice();
    while let Some(((number, line), after)) = rest.split_first() {
        let table = table_length(rest);
        if table > 0 {
            let (rows, later) = rest.split_at_checked(table).unwrap_or((rest, &[]));
            reader.table(rows);
            rest = later;
        } else {
            if !line.trim().is_empty() {
                reader.line(*number, line.trim());
            }
            rest = after;
        }
    }
    let open = reader.frames.len();
    let nodes = reader.frames.into_iter().next().map(|frame| frame.nodes).unwrap_or_default();
    if open > 1 {
        let last = lines.last().map_or(1, |(number, _)| *number);
        reader.errors.push(error(last, 1, "有“{{每 …}}”或“{{如 …}}”没有结束", "请在相应位置加一行“{{完}}”"));
    }
    if reader.errors.is_empty() {
        Ok(Template { letter: reader.letter, upward: reader.upward, landscape: reader.landscape, nodes })
    } else {
        Err(reader.errors)
    }
}

/// How many lines from here on are one table: rows, and what repeats rows, if it begins with a row.
fn table_length(lines: &[(usize, &str)]) -> usize {
    let mut depth = 0_usize;
    let mut length = 0;
    let begins = lines.first().is_some_and(|(_, line)| line.trim_start().starts_with('|'));
    if !begins {
        return 0;
    }
    for (at, (_, line)) in lines.iter().enumerate() {
        let line = line.trim();
        if line.starts_with('|') {
        } else if opening(0, line).is_some() && lines.get(at + 1).is_some_and(|(_, next)| next.trim().starts_with('|') || opening(0, next.trim()).is_some()) {
            depth += 1;
        } else if line == "{{完}}" && depth > 0 {
            depth -= 1;
        } else {
            break;
        }
        if depth == 0 {
            length = at + 1;
        }
    }
    length
}

fn error(line: usize, column: usize, message: impl Into<String>, help: impl Into<String>) -> TemplateError {
    TemplateError { line, column, message: message.into(), help: help.into() }
}

fn opening(number: usize, line: &str) -> Option<Opening> {
    let inner = line.strip_prefix("{{")?.strip_suffix("}}")?.trim();
    let name = |word: &str| {
        let rest = inner.strip_prefix(word)?;
        let name = rest.strip_prefix([' ', '　'])?.trim();
        Some(Name { name: name.to_owned(), line: number, column: 3 + word.chars().count() + 1 })
    };
    name("每").map(Opening::Each).or_else(|| name("如").map(|n| Opening::If(n, true))).or_else(|| name("无").map(|n| Opening::If(n, false)))
}

struct Reader {
    letter: bool,
    upward: bool,
    landscape: bool,
    errors: Vec<TemplateError>,
    frames: Vec<Frame>,
}

impl Reader {
    fn push(&mut self, node: Node) {
        if let Some(frame) = self.frames.last_mut() {
            frame.nodes.push(node);
        }
    }

    fn line(&mut self, number: usize, line: &str) {
        if let Some(opening) = opening(number, line) {
            self.frames.push(Frame { opening: Some(opening), nodes: Vec::new() });
        } else if line == "{{完}}" {
            self.close(number);
        } else if let Some(directive) = line.strip_prefix('@') {
            self.directive(number, directive.trim());
        } else {
            self.words_line(number, line);
        }
    }

    fn close(&mut self, number: usize) {
        let last = if self.frames.len() > 1 { self.frames.pop() } else { None };
        match last.and_then(|frame| frame.opening.map(|opening| (opening, frame.nodes))) {
            Some((Opening::Each(name), nodes)) => self.push(Node::Each(name, nodes)),
            Some((Opening::If(name, holds), nodes)) => self.push(Node::If(name, holds, nodes)),
            None => self.errors.push(error(number, 1, "这里的“{{完}}”没有对应的开始", "请删去这一行")),
        }
    }

    fn directive(&mut self, number: usize, directive: &str) {
        match directive {
            "公文" => self.letter = true,
            "上行文" => (self.letter, self.upward) = (true, true),
            "横" => self.landscape = true,
            "落款" => self.push(Node::Closing),
            "分页" => self.push(Node::PageBreak),
            _ => match directive.strip_prefix("签字") {
                Some(names) => self.push(Node::Signatures(names.trim().split('、').map(str::to_owned).collect())),
                None => self.errors.push(error(number, 1, format!("没有“@{directive}”这种写法"), "可用：@公文、@上行文、@横、@落款、@签字 甲、乙、@分页")),
            },
        }
    }

    fn words_line(&mut self, number: usize, line: &str) {
        let kinds: [(&str, Making); 8] = [
            ("### ", |w| Node::Heading(2, w)),
            ("## ", |w| Node::Heading(1, w)),
            ("# ", Node::Title),
            (">> ", |w| Node::Paragraph(Style::Right, w)),
            ("> ", |w| Node::Paragraph(Style::Flush, w)),
            ("~ ", |w| Node::Paragraph(Style::Centre, w)),
            ("* ", |w| Node::Paragraph(Style::Note, w)),
            ("+ ", |w| Node::Paragraph(Style::Attachment, w)),
        ];
        let (prefix, make) = kinds.into_iter().find(|(prefix, _)| line.starts_with(prefix)).unwrap_or(("", |w| Node::Paragraph(Style::Body, w)));
        let words = self.words(number, prefix.chars().count(), line.strip_prefix(prefix).unwrap_or(line));
        self.push(make(words));
    }

    /// Words with fields: `{{名称}}`, `{{名称|写法}}`.
    fn words(&mut self, line: usize, before: usize, text: &str) -> Words {
        let mut out = Vec::new();
        let mut rest = text;
        let mut column = before + 1;
        while let Some((words, from)) = rest.split_once("{{") {
            if !words.is_empty() {
                out.push(Piece::Text(words.to_owned()));
            }
            column += words.chars().count() + 2;
            let Some((inner, after)) = from.split_once("}}") else {
                self.errors.push(error(line, column, "“{{”没有对应的“}}”", "请补上“}}”"));
                return out;
            };
            let (name, how) = inner.split_once(['|', '｜']).map_or((inner, None), |(name, how)| (name, Some(how.trim().to_owned())));
            out.push(Piece::Field(Name { name: name.trim().to_owned(), line, column }, how));
            column += inner.chars().count() + 2;
            rest = after;
        }
        if !rest.is_empty() {
            out.push(Piece::Text(rest.to_owned()));
        }
        out
    }

    /// Cells of a row; a bar inside a field is none between cells.
    fn cells(&mut self, line: usize, text: &str) -> Vec<(Words, usize)> {
        let mut out: Vec<(Words, usize)> = Vec::new();
        let mut depth = 0_i32;
        let inner = text.trim().trim_start_matches('|');
        let inner = inner.strip_suffix('|').unwrap_or(inner);
        let split = inner.split(|c: char| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == '|' && depth == 0
        });
        let mut column = 1;
        for cell in split {
            let words = cell.trim();
            if words == "<"
                && let Some((_, span)) = out.last_mut()
            {
                *span += 1;
            } else {
                let lead = cell.chars().take_while(|c| c.is_whitespace()).count();
                out.push((self.words(line, column + lead, words), 1));
            }
            column += cell.chars().count() + 1;
        }
        out
    }

    fn table(&mut self, lines: &[(usize, &str)]) {
        let is_rule = |line: &str| line.trim().chars().all(|c| matches!(c, '|' | '-' | ':' | ' ')) && line.contains('-');
        let first = lines.first().map_or(0, |(number, _)| *number);
        let Some(at) = lines.iter().take(2).position(|(_, line)| is_rule(line)) else {
            self.errors.push(error(first, 1, "表格没有列宽行", "请在表头下面加一行，如“|----|----:|”：横线的长短是列宽，右端的冒号是靠右"));
            return;
        };
        let columns = lines.get(at).map(|(_, line)| columns(line)).unwrap_or_default();
        let head = if at == 1 { self.cells(first, lines.first().map_or("", |(_, line)| line)) } else { Vec::new() };
        let mut rows = lines.get(at + 1..).unwrap_or_default();
        let body = self.rows(&mut rows, columns.len());
        if !head.is_empty() {
            self.count(first, &head, columns.len());
        }
        self.push(Node::Table(Form { columns, head, rows: body }));
    }

    fn rows(&mut self, lines: &mut &[(usize, &str)], columns: usize) -> Vec<Rows> {
        let mut out = Vec::new();
        while let Some(((number, line), after)) = lines.split_first() {
            *lines = after;
            let line = line.trim();
            if line == "{{完}}" {
                break;
            }
            match opening(*number, line) {
                Some(Opening::Each(name)) => out.push(Rows::Each(name, self.rows(lines, columns))),
                Some(Opening::If(name, holds)) => out.push(Rows::If(name, holds, self.rows(lines, columns))),
                None => {
                    let cells = self.cells(*number, line);
                    self.count(*number, &cells, columns);
                    out.push(Rows::One(cells));
                }
            }
        }
        out
    }

    fn count(&mut self, line: usize, cells: &[(Words, usize)], columns: usize) {
        let wide: usize = cells.iter().map(|(_, span)| span).sum();
        if wide != columns {
            self.errors.push(error(line, 1, format!("这一行有{wide}格，表格有{columns}列"), "请补足或删去；与左边合并的格写“<”"));
        }
    }
}

fn columns(line: &str) -> Vec<Column> {
    let cells = line.trim().trim_matches('|').split('|');
    cells
        .map(|cell| {
            let cell = cell.trim();
            let align = match (cell.starts_with(':'), cell.ends_with(':')) {
                (true, true) => Align::Centre,
                (false, true) => Align::Right,
                _ => Align::Left,
            };
            Column { width: u32::try_from(cell.chars().filter(|c| *c == '-').count()).unwrap_or(1).max(1), align }
        })
        .collect()
}
