//! 统一社会信用代码 after GB 32100: its structure, which must hold, and its check character, which real
//! codes sometimes fail. Whether a code is registered to anybody is asked of the registers, not here.

use std::fmt;

use crate::number::half_width;

/// Characters of a code; their place is their value. I, O, S, V and Z are left out by the standard.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Weights of the first 17 characters: powers of 3 modulo 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Characters in a code.
pub const LENGTH: usize = 18;

/// A code whose structure is right: 18 characters of the alphabet, digits in the region part.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode([u8; LENGTH]);

/// Whether the last character follows from the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CheckDigit {
    /// It does.
    Right,
    /// It does not: a warning, since codes issued with a wrong character exist.
    Wrong {
        /// The character the standard asks for.
        expected: char,
    },
}

/// Why a text is no credit code; positions count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum CreditCodeError {
    /// Not 18 characters.
    #[error("a credit code has 18 characters, not {found}")]
    Length {
        /// Number of characters given.
        found: usize,
    },
    /// A character the standard does not use, such as the letter O for the digit 0.
    #[error("character {position} is `{found}`, which no credit code contains")]
    Character {
        /// Place of the character.
        position: usize,
        /// The character as given.
        found: char,
    },
    /// A letter among characters 3 to 8, which are the digits of the region.
    #[error("character {position} is `{found}`, but characters 3 to 8 are the digits of the region")]
    Region {
        /// Place of the character.
        position: usize,
        /// The character as given.
        found: char,
    },
}

impl CreditCode {
    /// Reads a code; lower-case and full-width characters are accepted, white space around is ignored.
    ///
    /// The structure must hold; the check character is reported beside the code. Errors: the first fault from the left.
    pub fn parse(text: &str) -> Result<(Self, CheckDigit), CreditCodeError> {
        let code = Self(characters(text)?);
        let expected = code.expected_check();
        let right = code.0.last().is_some_and(|last| char::from(*last) == expected);
        Ok((code, if right { CheckDigit::Right } else { CheckDigit::Wrong { expected } }))
    }

    /// The code of 17 characters with the check character that belongs to them, for examples and tests.
    ///
    /// Errors: as for [`CreditCode::parse`]; `Length` tells the length with the check character.
    pub fn with_check_digit(first17: &str) -> Result<Self, CreditCodeError> {
        let mut code = Self(characters(&format!("{}0", first17.trim()))?);
        let expected = code.expected_check();
        if let (Some(last), Ok(check)) = (code.0.last_mut(), u8::try_from(expected)) {
            *last = check;
        }
        Ok(code)
    }

    /// The check character of the first 17: (31 − Σ mod 31) mod 31, the outer modulo so that a sum of
    /// zero gives `0`.
    fn expected_check(&self) -> char {
        let sum: u32 = self.0.iter().zip(WEIGHTS).map(|(c, weight)| value(*c).unwrap_or(0) * weight).sum();
        let place = usize::try_from((31 - sum % 31) % 31).unwrap_or(0);
        ALPHABET.get(place).map_or('0', |c| char::from(*c))
    }

    /// The code in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // All characters come from the alphabet, which is ASCII.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Character 1, the registering authority: 1 机构编制, 5 民政, 9 市场监管, Y 其他 …
    #[must_use]
    pub fn authority(&self) -> char {
        self.as_str().chars().next().unwrap_or_default()
    }

    /// Characters 3 to 8, the region where the code was issued, after GB/T 2260: `500114` is 黔江区.
    #[must_use]
    pub fn region(&self) -> &str {
        self.as_str().get(2..8).unwrap_or_default()
    }

    /// Characters 9 to 17, the organisation itself.
    #[must_use]
    pub fn organisation(&self) -> &str {
        self.as_str().get(8..17).unwrap_or_default()
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreditCode({})", self.as_str())
    }
}

/// The 18 characters of a code with the right structure.
fn characters(text: &str) -> Result<[u8; LENGTH], CreditCodeError> {
    let text = text.trim();
    let found = text.chars().count();
    if found != LENGTH {
        return Err(CreditCodeError::Length { found });
    }
    let mut code = [0; LENGTH];
    for ((slot, given), position) in code.iter_mut().zip(text.chars()).zip(1..) {
        let plain = half_width(given).to_ascii_uppercase();
        let byte = u8::try_from(plain).ok().filter(|byte| value(*byte).is_some());
        let byte = byte.ok_or(CreditCodeError::Character { position, found: given })?;
        if (3..=8).contains(&position) && !byte.is_ascii_digit() {
            return Err(CreditCodeError::Region { position, found: given });
        }
        *slot = byte;
    }
    Ok(code)
}

/// The value of a character; none if the standard does not use it.
fn value(character: u8) -> Option<u32> {
    ALPHABET.iter().zip(0..).find_map(|(known, value)| (*known == character).then_some(value))
}
