//! E-invoices: read from the structured data that an OFD carries, never from how its page looks to people. Their amounts in fen; a fingerprint
//! by which the same invoice is found twice. Seals and signatures are not verified here: whether an invoice is genuine, the tax authority says.

mod ofd;

pub use ofd::{from_ofd, from_xml};

use casework::chain::Fingerprint;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use values::{Date, Fen};

/// A side of an invoice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Name; empty where the invoice's data do not give it.
    pub name: String,
    /// Taxpayer number; a person has none.
    pub tax_number: Option<String>,
}

/// Where the data of an invoice stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The invoice of the issuing system, attached (`original_invoice.xml`).
    Attached,
    /// The data of a fully digital invoice (数电票), attached.
    Digital,
    /// Tags that point at texts of the page (`CustomTag.xml`).
    Tags,
    /// The short data in the head of the file (`CustomDatas`).
    Head,
}

/// An e-invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// Code of 10 or 12 digits (发票代码); fully digital invoices have none.
    pub code: Option<String>,
    /// Number: 8 digits, or 20 of a fully digital invoice.
    pub number: String,
    /// Day of issue.
    pub on: Date,
    /// Who sold.
    pub seller: Party,
    /// Who bought.
    pub buyer: Party,
    /// Without tax (合计金额).
    pub net: Fen,
    /// Tax (合计税额).
    pub tax: Fen,
    /// With tax (价税合计); negative on a red invoice (红字).
    pub total: Fen,
    /// Where the data stood.
    pub origin: Origin,
}

impl Invoice {
    /// What an invoice is found by, whoever hands it in and when: its code and number, nothing else. The same invoice may come in different files.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        let code = self.code.as_deref().unwrap_or_default();
        Fingerprint::of(format!("duixian invoice v1\n{code}\n{}\n", self.number).as_bytes())
    }

    /// Whether the invoice takes back another (红字发票).
    #[must_use]
    pub const fn is_red(&self) -> bool {
        self.total.0 < 0
    }
}

/// That an invoice was handed in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Use {
    /// Which invoice.
    pub invoice: Fingerprint,
    /// The application it was handed in with.
    pub case: String,
    /// Year of the call.
    pub year: i32,
    /// The fact it is evidence of.
    pub fact: String,
}

/// An invoice that was handed in with more than one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Repeated {
    /// Which invoice.
    pub invoice: Fingerprint,
    /// All its uses, by year and application.
    pub uses: Vec<Use>,
}

/// Invoices that stand in more than one application, of whatever year; the same invoice for two facts of one application is no repetition.
#[must_use]
pub fn repeated(uses: &[Use]) -> Vec<Repeated> {
    let mut by_invoice: BTreeMap<Fingerprint, Vec<Use>> = BTreeMap::new();
    for each in uses {
        by_invoice.entry(each.invoice).or_default().push(each.clone());
    }
    let mut out = Vec::new();
    for (invoice, mut uses) in by_invoice {
        uses.sort_by(|a, b| (a.year, &a.case, &a.fact).cmp(&(b.year, &b.case, &b.fact)));
        uses.dedup();
        if uses.windows(2).any(|pair| matches!(pair, [a, b] if a.case != b.case)) {
            out.push(Repeated { invoice, uses });
        }
    }
    out
}
