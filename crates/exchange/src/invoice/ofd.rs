//! The data of an invoice inside an OFD (GB/T 33190 container). Makers put it in four places, which are tried from the fullest to the poorest:
//! the attached XML of a fully digital invoice (`EInvoice`), the attached invoice of the issuing system (`eInvoice`), tags on texts of the
//! page, the short data in the head. Where two places say a number, they must say the same. Names follow published sample files of both forms.

use super::{Invoice, Origin, Party};
use crate::archive::Archive;
use crate::limits::Limits;
use crate::problem::{Problem, shown};
use crate::xml::{Element, parse};
use std::collections::BTreeMap;
use values::{Date, Fen};

/// What the places say, as words.
#[derive(Clone, Debug, Default)]
struct Words {
    code: Option<String>,
    number: Option<String>,
    on: Option<String>,
    seller: Option<String>,
    seller_number: Option<String>,
    buyer: Option<String>,
    buyer_number: Option<String>,
    net: Option<String>,
    tax: Option<String>,
    total: Option<String>,
}

/// Reads the invoice in an OFD. Errors: a container over its limits; not an invoice; a field that is missing or does not read; amounts that
/// do not add up; two places that contradict one another.
pub fn from_ofd(bytes: &[u8], limits: &Limits) -> Result<Invoice, Problem> {
    let mut archive = Archive::open(bytes, limits)?;
    if !archive.has("OFD.xml") {
        return Err(not_an_invoice());
    }
    archive.check_all()?;
    let head = parse(&archive.read("OFD.xml")?, limits)?;
    let head = of_head(&head);
    let mut best: Option<(Origin, Words)> = None;
    for name in archive.names().to_vec() {
        let lower = name.to_lowercase();
        let attached = lower.ends_with(".xml") && (lower.contains("/attach") || lower.ends_with("original_invoice.xml"));
        if !attached {
            continue;
        }
        let root = parse(&archive.read(&name)?, limits)?;
        let Some(found) = of_attached(&root) else { continue };
        if best.as_ref().is_some_and(|(_, other)| other.number != found.1.number) {
            return Err(contradiction("发票号码", "the number"));
        }
        if best.as_ref().is_none_or(|(origin, _)| *origin != Origin::Digital) {
            best = Some(found);
        }
    }
    if best.is_none() {
        best = of_tags(&mut archive, limits)?.map(|words| (Origin::Tags, words));
    }
    let Some((origin, words)) = best else {
        let words = head.filter(|head| head.number.is_some()).ok_or_else(not_an_invoice)?;
        return invoice(Origin::Head, words);
    };
    if let Some(head) = head {
        agree(&words, &head)?;
    }
    invoice(origin, words)
}

/// Reads the XML of an invoice on its own: that of a fully digital invoice as the platform delivers it, or one taken out of an OFD.
pub fn from_xml(bytes: &[u8], limits: &Limits) -> Result<Invoice, Problem> {
    crate::archive::within(bytes.len() as u64, limits)?;
    let (origin, words) = of_attached(&parse(bytes, limits)?).ok_or_else(not_an_invoice)?;
    invoice(origin, words)
}

fn not_an_invoice() -> Problem {
    Problem::new(
        "not-an-invoice",
        ("文件里没有电子发票的数据", "the file holds no data of an e-invoice"),
        ("上传开票平台给的 OFD 原件，不是转换、打印或截图", "hand in the OFD the issuing platform gave, not a conversion, print or picture"),
    )
}

fn contradiction(zh: &str, en: &str) -> Problem {
    Problem::new(
        "invoice-contradicts-itself",
        (format!("文件里两处的{zh}不一致"), format!("two places of the file differ in {en}")),
        ("重新下载原件；仍不一致的请人工核对", "download the original again; if it still differs, check it by hand"),
    )
}

fn agree(words: &Words, head: &Words) -> Result<(), Problem> {
    for (zh, en, a, b) in [("发票号码", "the number", &words.number, &head.number), ("发票代码", "the code", &words.code, &head.code)] {
        if let (Some(a), Some(b)) = (a, b)
            && a != b
        {
            return Err(contradiction(zh, en));
        }
    }
    let money = |text: &Option<String>| text.as_deref().and_then(|text| fen(text).ok());
    for (zh, en, a, b) in [("金额", "the amount", &words.net, &head.net), ("税额", "the tax", &words.tax, &head.tax)] {
        if let (Some(a), Some(b)) = (money(a), money(b))
            && a != b
        {
            return Err(contradiction(zh, en));
        }
    }
    Ok(())
}

/// `CustomDatas` of the head.
fn of_head(root: &Element) -> Option<Words> {
    let datas = root.path(&["DocBody", "DocInfo", "CustomDatas"])?;
    let said = |name: &str| {
        datas.children("CustomData").find(|data| data.attribute("Name") == Some(name)).map(|data| data.text.clone()).filter(|text| !text.is_empty())
    };
    Some(Words {
        code: said("发票代码"),
        number: said("发票号码"),
        on: said("开票日期"),
        seller: said("销售方名称"),
        seller_number: said("销售方纳税人识别号"),
        buyer: said("购买方名称"),
        buyer_number: said("购买方纳税人识别号"),
        net: said("合计金额"),
        tax: said("合计税额"),
        total: said("价税合计"),
    })
}

fn of_attached(root: &Element) -> Option<(Origin, Words)> {
    let at = |names: &[&str]| root.text_at(names).map(String::from);
    match root.name.as_str() {
        "EInvoice" => {
            let data = |part: &str, name: &str| at(&["EInvoiceData", part, name]);
            let number = at(&["TaxSupervisionInfo", "InvoiceNumber"]).or_else(|| at(&["Header", "EIid"]));
            let words = Words {
                code: None,
                number,
                on: at(&["TaxSupervisionInfo", "IssueTime"]).or_else(|| data("BasicInformation", "RequestTime")),
                seller: data("SellerInformation", "SellerName"),
                seller_number: data("SellerInformation", "SellerIdNum"),
                buyer: data("BuyerInformation", "BuyerName"),
                buyer_number: data("BuyerInformation", "BuyerIdNum"),
                net: data("BasicInformation", "TotalAmWithoutTax"),
                tax: data("BasicInformation", "TotalTaxAm"),
                total: data("BasicInformation", "TotalTax-includedAmount"),
            };
            Some((Origin::Digital, words))
        }
        "eInvoice" | "Invoice" | "invoice" if root.child("InvoiceNo").is_some() => {
            let words = Words {
                code: at(&["InvoiceCode"]),
                number: at(&["InvoiceNo"]),
                on: at(&["IssueDate"]),
                seller: at(&["Seller", "SellerName"]),
                seller_number: at(&["Seller", "SellerTaxID"]),
                buyer: at(&["Buyer", "BuyerName"]),
                buyer_number: at(&["Buyer", "BuyerTaxID"]),
                net: at(&["TaxExclusiveTotalAmount"]),
                tax: at(&["TaxTotalAmount"]),
                total: at(&["TaxInclusiveTotalAmount"]),
            };
            Some((Origin::Attached, words))
        }
        _ => None,
    }
}

/// Tags name the texts of the page that hold each field, by their ids.
fn of_tags(archive: &mut Archive<'_>, limits: &Limits) -> Result<Option<Words>, Problem> {
    let names = archive.names().to_vec();
    let Some(tags) = names.iter().find(|name| name.to_lowercase().ends_with("/customtag.xml")) else { return Ok(None) };
    let tags = parse(&archive.read(tags)?, limits)?;
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for name in names.iter().filter(|name| name.to_lowercase().ends_with("content.xml")) {
        let page = parse(&archive.read(name)?, limits)?;
        for object in page.walk().into_iter().filter(|element| element.name == "TextObject") {
            if let Some(id) = object.attribute("ID") {
                let text: String = object.children("TextCode").map(|code| code.text.as_str()).collect();
                texts.entry(id.to_owned()).or_default().push_str(&text);
            }
        }
    }
    let tagged = |name: &str| {
        let tag = tags.walk().into_iter().find(|element| element.name == name)?;
        let text: String = tag.children("ObjectRef").filter_map(|reference| texts.get(&reference.text)).map(String::as_str).collect();
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let words = Words {
        code: tagged("InvoiceCode"),
        number: tagged("InvoiceNo"),
        on: tagged("IssueDate"),
        seller: tagged("SellerName"),
        seller_number: tagged("SellerTaxID"),
        buyer: tagged("BuyerName"),
        buyer_number: tagged("BuyerTaxID"),
        net: tagged("TaxExclusiveTotalAmount"),
        tax: tagged("TaxTotalAmount"),
        total: tagged("TaxInclusiveTotalAmount"),
    };
    Ok(words.number.is_some().then_some(words))
}

fn unreadable(zh: &str, en: &str, text: Option<&str>) -> Problem {
    let help = ("重新下载原件；仍读不出的请人工录入", "download the original again; if it still cannot be read, enter it by hand");
    match text {
        None => Problem::new("invoice-field-missing", (format!("发票数据里没有{zh}"), format!("the invoice has no {en}")), help),
        Some(text) => {
            let text = shown(text);
            Problem::new("invoice-field", (format!("发票的{zh}“{text}”读不出"), format!("the {en} '{text}' of the invoice does not read")), help)
        }
    }
    .of(zh)
}

fn invoice(origin: Origin, words: Words) -> Result<Invoice, Problem> {
    let digits = |text: &str, lengths: &[usize]| lengths.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let number = words.number.ok_or_else(|| unreadable("号码", "number", None))?;
    if !digits(&number, &[8, 20]) {
        return Err(unreadable("号码", "number", Some(&number)));
    }
    let code = words.code.filter(|code| !code.is_empty());
    match &code {
        Some(code) if !digits(code, &[10, 12]) => return Err(unreadable("代码", "code", Some(code))),
        None if number.len() == 8 => return Err(unreadable("代码", "code", None)),
        _ => {}
    }
    let on = words.on.ok_or_else(|| unreadable("开票日期", "date", None))?;
    let on = day(&on).ok_or_else(|| unreadable("开票日期", "date", Some(&on)))?;
    let money = |zh: &str, en: &str, text: &str| fen(text).map_err(|()| unreadable(zh, en, Some(text)));
    let net = words.net.ok_or_else(|| unreadable("金额", "amount without tax", None)).and_then(|text| money("金额", "amount without tax", &text))?;
    // Exempt invoices show stars or nothing for the tax.
    let tax = match words.tax.as_deref().map(str::trim) {
        None | Some("") => Fen::ZERO,
        Some(stars) if stars.chars().all(|c| c == '*') => Fen::ZERO,
        Some(text) => money("税额", "tax", text)?,
    };
    let sum = net.checked_add(tax).map_err(|_| unreadable("金额", "amount without tax", Some("…")))?;
    let total = words.total.map_or(Ok(sum), |text| money("价税合计", "total", &text))?;
    if total != sum {
        let (net, tax, total) = (net.yuan(), tax.yuan(), total.yuan());
        return Err(Problem::new(
            "invoice-does-not-add-up",
            (format!("金额 {net} 加税额 {tax} 不等于价税合计 {total}"), format!("amount {net} and tax {tax} do not make the total {total}")),
            ("重新下载原件；仍不一致的请人工核对", "download the original again; if it still differs, check it by hand"),
        ));
    }
    let party = |name: Option<String>, tax_number: Option<String>| Party {
        name: name.unwrap_or_default(),
        tax_number: tax_number.map(|text| text.to_ascii_uppercase()),
    };
    let (seller, buyer) = (party(words.seller, words.seller_number), party(words.buyer, words.buyer_number));
    Ok(Invoice { code, number, on, seller, buyer, net, tax, total, origin })
}

fn fen(text: &str) -> Result<Fen, ()> {
    let plain = text.trim().trim_start_matches(['¥', '￥']).trim_end_matches('元');
    // Amounts without tax may stand with more zeros than fen have.
    let plain = match plain.split_once('.') {
        Some((whole, fraction)) if fraction.len() > 2 => match fraction.split_at_checked(2) {
            Some((kept, rest)) if rest.bytes().all(|b| b == b'0') => format!("{whole}.{kept}"),
            _ => plain.to_owned(),
        },
        _ => plain.to_owned(),
    };
    Fen::parse_yuan(&plain).map_err(|_| ())
}

/// `2026-02-28`, `2026年02月28日`, `20260228`, each with or without a time behind it.
fn day(text: &str) -> Option<Date> {
    let text = text.trim();
    let first = text.split([' ', 'T']).next().unwrap_or_default();
    if let Ok(date) = Date::parse(first) {
        return Some(date);
    }
    let compact = text.get(..8).filter(|digits| digits.bytes().all(|b| b.is_ascii_digit()) && matches!(text.len(), 8 | 14 | 17))?;
    Date::new(compact.get(..4)?.parse().ok()?, compact.get(4..6)?.parse().ok()?, compact.get(6..)?.parse().ok()?)
}
