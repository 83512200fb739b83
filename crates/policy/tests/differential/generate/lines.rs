//! Lines as a tree, written by the two rules of indentation.

/// A line: a keyword that opens it (or none), its words, the lines that hang on it, and those that go on with it.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Keyword as written, or empty.
    pub key: String,
    /// What follows.
    pub rest: String,
    /// Deeper lines.
    pub below: Vec<Line>,
    /// Lines in the column of the content.
    pub beside: Vec<Line>,
}

impl Line {
    /// A line of words.
    pub fn words(rest: impl Into<String>) -> Self {
        Self { rest: rest.into(), ..Self::default() }
    }

    /// A keyword with its content.
    pub fn key(key: impl Into<String>, rest: impl Into<String>) -> Self {
        Self { key: key.into(), rest: rest.into(), ..Self::default() }
    }

    /// With deeper lines.
    #[must_use]
    pub fn below(mut self, below: Vec<Self>) -> Self {
        self.below = below;
        self
    }

    /// With lines beside the content.
    #[must_use]
    pub fn beside(mut self, beside: Vec<Self>) -> Self {
        self.beside = beside;
        self
    }

    /// Writes it from a column on.
    pub fn write(&self, column: usize, out: &mut String) {
        let mut content = column;
        out.push_str(&" ".repeat(column));
        if !self.key.is_empty() {
            out.push_str(&self.key);
            content += width(&self.key);
            if !self.rest.is_empty() {
                out.push(' ');
                content += 1;
            }
        }
        out.push_str(&self.rest);
        out.push('\n');
        for line in &self.below {
            // Lines of a block stand in column 2, all others behind the content they belong to.
            line.write(if column == 0 { 2 } else { content + 2 }, out);
        }
        for line in &self.beside {
            line.write(content, out);
        }
    }
}

/// Display columns: a Han character or a full-width sign takes two.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}
