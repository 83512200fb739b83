//! The office's key: it signs checkpoints and audit bundles. Where the secret comes from is the program's business; here is
//! no randomness.

use casework::chain::hex;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use std::fmt;

/// The secret half of a key (签名密钥).
pub struct SecretKey(SigningKey);

/// The public half of a key (公钥).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

/// Why a key is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is written like ed25519:… with 64 hexadecimal digits")]
pub struct KeyError;

const PUBLIC: &str = "ed25519:";
const SECRET: &str = "ed25519-secret:";

fn bytes<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut out = [0; N];
    if text.len() != 2 * N || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (slot, pair) in out.iter_mut().zip(text.as_bytes().chunks(2)) {
        *slot = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(out)
}

impl SecretKey {
    /// The key of 32 random bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(bytes))
    }

    /// Reads what [`text`](Self::text) gives.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        text.trim().strip_prefix(SECRET).and_then(bytes).map(|bytes| Self::from_bytes(&bytes)).ok_or(KeyError)
    }

    /// The secret as a line of text, for a file that only the office reads.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{SECRET}{}", hex(&self.0.to_bytes()))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    /// Signs a text; the same text always gets the same signature, in hexadecimal digits.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        hex(&self.0.sign(text.as_bytes()).to_bytes())
    }
}

impl PublicKey {
    /// Reads `ed25519:…`.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let bytes = text.trim().strip_prefix(PUBLIC).and_then(bytes).ok_or(KeyError)?;
        VerifyingKey::from_bytes(&bytes).map(Self).map_err(|_| KeyError)
    }

    /// Whether a signature is this key's for a text.
    #[must_use]
    pub fn signed(&self, text: &str, signature: &str) -> bool {
        bytes(signature).is_some_and(|bytes| self.0.verify_strict(text.as_bytes(), &Signature::from_bytes(&bytes)).is_ok())
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC}{}", hex(self.0.as_bytes()))
    }
}
