//! How a plain decimal number is read, and why one is refused. What it becomes (an exact fraction,
//! fen) is decided by `rational` and `money`; 万, 亿 and units belong to the language, not here.

/// Longest number accepted, in characters after trimming: 38 digits, a sign and a point.
pub const LENGTH_MAX: usize = 40;

/// Why a written number is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum NumberError {
    /// Nothing but white space.
    #[error("no number given")]
    Empty,
    /// More than [`LENGTH_MAX`] characters.
    #[error("a number has at most {LENGTH_MAX} characters")]
    TooLong,
    /// Scientific notation such as `1e7`, which spreadsheets produce and which loses digits.
    #[error("a number is written out in full, without an exponent")]
    Exponent,
    /// Digits grouped by commas, such as `1,234`.
    #[error("a number is written without thousands separators")]
    Separator,
    /// Anything else that is not an optional minus, digits, and optionally a point and digits.
    #[error("not a number")]
    NotANumber,
    /// More decimals than the value has, for money more than two.
    #[error("too many decimals")]
    TooManyDecimals,
    /// The number does not fit the type that must hold it.
    #[error("the number is too large")]
    OutOfRange,
}

/// The one character for a full-width digit, letter, sign or space (`１` → `1`); others unchanged.
pub(crate) fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => u8::try_from(u32::from(c) - 0xFEE0).map_or(c, char::from),
        '\u{3000}' => ' ',
        '\u{2212}' => '-',
        _ => c,
    }
}

/// A decimal number as written: `±digits · 10^−places`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    /// Whether a minus stands in front.
    pub(crate) negative: bool,
    /// All digits, the point left out.
    pub(crate) digits: u128,
    /// How many of the digits stand after the point, written zeros included.
    pub(crate) places: u32,
}

impl Decimal {
    /// Reads an optional minus, digits and optionally a point with digits; full-width twins are
    /// accepted, white space around is ignored.
    pub(crate) fn parse(text: &str) -> Result<Self, NumberError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(NumberError::Empty);
        }
        if text.chars().nth(LENGTH_MAX).is_some() {
            return Err(NumberError::TooLong);
        }
        let plain: String = text.chars().map(half_width).collect();
        let (negative, unsigned) = match plain.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, plain.as_str()),
        };
        let (whole, fraction) = match unsigned.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (unsigned, None),
        };
        if !is_digits(whole) || !fraction.is_none_or(is_digits) {
            return Err(refusal(unsigned));
        }
        let fraction = fraction.unwrap_or_default();
        let mut digits: u128 = 0;
        for digit in whole.chars().chain(fraction.chars()).filter_map(|c| c.to_digit(10)) {
            digits = digits.checked_mul(10).and_then(|shifted| shifted.checked_add(u128::from(digit))).ok_or(NumberError::OutOfRange)?;
        }
        let places = u32::try_from(fraction.len()).map_err(|_| NumberError::TooLong)?;
        Ok(Self { negative, digits, places })
    }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The most helpful reason for text that is not a plain decimal.
fn refusal(unsigned: &str) -> NumberError {
    let starts_with_digit = unsigned.starts_with(|c: char| c.is_ascii_digit());
    let only = |allowed: &str| unsigned.chars().all(|c| c.is_ascii_digit() || allowed.contains(c));
    let ends_with_digit = unsigned.ends_with(|c: char| c.is_ascii_digit());
    if starts_with_digit && ends_with_digit && only(".eE+-") && unsigned.contains(['e', 'E']) {
        NumberError::Exponent
    } else if starts_with_digit && ends_with_digit && only(".,") && unsigned.contains(',') {
        NumberError::Separator
    } else {
        NumberError::NotANumber
    }
}

/// Puts a comma between groups of three digits, counted from the right.
#[must_use]
pub fn group_thousands(digits: &str) -> String {
    let count = digits.chars().count();
    let mut out = String::with_capacity(count + count / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (count - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
