//! How large a file may be, so that no upload can take the machine down. What is over a limit is refused with the limit named.

/// Limits of one kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes_max: u64,
    /// Entries of a container (ZIP).
    pub entries_max: usize,
    /// Bytes of all entries of a container, unpacked.
    pub unpacked_bytes_max: u64,
    /// How many times larger than packed an entry may be, where it has more than [`RATIO_FREE_BYTES`].
    pub ratio_max: u64,
    /// Elements of XML inside one another.
    pub depth_max: usize,
    /// Elements of one XML.
    pub elements_max: usize,
    /// Attributes of one element of XML.
    pub attributes_max: usize,
    /// Bytes of one text or one tag of XML.
    pub text_bytes_max: usize,
    /// Rows of a table, the header left out.
    pub rows_max: usize,
    /// Columns of a table.
    pub columns_max: usize,
    /// Characters of a cell; a spreadsheet holds no more.
    pub cell_chars_max: usize,
    /// Points of an image.
    pub pixels_max: u64,
}

/// Small entries may be packed as well as they can be: a sheet of equal rows packs hundredfold and harms nobody.
pub const RATIO_FREE_BYTES: u64 = 1 << 20;

/// Elements of XML that is read into a tree, where each takes some two hundred bytes: an invoice has hundreds.
pub const TREE_ELEMENTS_MAX: usize = 100_000;

/// Bytes of the names, attributes and texts of such a tree.
pub const TREE_BYTES_MAX: usize = 16 << 20;

impl Limits {
    /// A table that is handed in.
    pub const TABLE: Self = Self {
        bytes_max: 32 << 20,
        entries_max: 500,
        unpacked_bytes_max: 256 << 20,
        ratio_max: 200,
        depth_max: 64,
        elements_max: 20_000_000,
        attributes_max: 256,
        text_bytes_max: 1 << 20,
        rows_max: 50_000,
        columns_max: 200,
        cell_chars_max: 32_767,
        pixels_max: 0,
    };

    /// A piece of evidence.
    pub const EVIDENCE: Self = Self {
        bytes_max: 200 << 20,
        entries_max: 2_000,
        unpacked_bytes_max: 256 << 20,
        ratio_max: 200,
        depth_max: 64,
        elements_max: 2_000_000,
        attributes_max: 256,
        text_bytes_max: 8 << 20,
        rows_max: 0,
        columns_max: 0,
        cell_chars_max: 0,
        pixels_max: 200_000_000,
    };
}
