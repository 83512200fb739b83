//! E-invoices. The samples are built here after the published names of the two forms; no taxpayer and no invoice in them exists.

use crate::samples::{date, ofd, zip};
use exchange::Limits;
use exchange::invoice::{Invoice, Origin, Use, from_ofd, from_xml, repeated};
use proptest::prelude::*;
use values::Fen;

const LIMITS: Limits = Limits::EVIDENCE;

/// What stands in a sample; written in each of the forms.
#[derive(Clone)]
struct Sample {
    code: &'static str,
    number: &'static str,
    on: &'static str,
    net: &'static str,
    tax: &'static str,
    total: &'static str,
    buyer: &'static str,
}

const OLD: Sample = Sample {
    code: "050002500111",
    number: "12345678",
    on: "2025年06月30日",
    net: "88495.58",
    tax: "11504.42",
    total: "100000.00",
    buyer: "重庆甲电子商务有限公司",
};
const NEW: Sample =
    Sample {
        code: "", number: "25502000000012345678", on: "2025-07-01", net: "943.40", tax: "56.60", total: "1000.00", buyer: "重庆甲电子商务有限公司"
    };

impl Sample {
    fn attached(&self) -> String {
        let Self { code, number, on, net, tax, total, buyer } = self;
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><fp:eInvoice xmlns:fp=\"urn:fp\"><fp:DocID>1</fp:DocID><fp:TypeCode>0</fp:TypeCode><fp:InvoiceCode>{code}</fp:InvoiceCode>\
             <fp:InvoiceNo>{number}</fp:InvoiceNo><fp:IssueDate>{on}</fp:IssueDate><fp:Buyer><fp:BuyerName>{buyer}</fp:BuyerName><fp:BuyerTaxID>91500114MA00000001</fp:BuyerTaxID></fp:Buyer>\
             <fp:Seller><fp:SellerName>重庆乙物流有限公司</fp:SellerName><fp:SellerTaxID>91500107ma00000002</fp:SellerTaxID></fp:Seller>\
             <fp:TaxInclusiveTotalAmount>{total}</fp:TaxInclusiveTotalAmount><fp:TaxTotalAmount>{tax}</fp:TaxTotalAmount><fp:TaxExclusiveTotalAmount>{net}</fp:TaxExclusiveTotalAmount></fp:eInvoice>"
        )
    }

    fn digital(&self) -> String {
        let Self { number, on, net, tax, total, buyer, .. } = self;
        format!(
            "<EInvoice><Header><EIid>{number}</EIid></Header><EInvoiceData><SellerInformation><SellerIdNum>91500107MA00000002</SellerIdNum><SellerName>重庆乙物流有限公司</SellerName></SellerInformation>\
             <BuyerInformation><BuyerIdNum>91500114MA00000001</BuyerIdNum><BuyerName>{buyer}</BuyerName></BuyerInformation><BasicInformation><TotalAmWithoutTax>{net}</TotalAmWithoutTax>\
             <TotalTaxAm>{tax}</TotalTaxAm><TotalTax-includedAmount>{total}</TotalTax-includedAmount><RequestTime>{on} 10:00:00</RequestTime></BasicInformation></EInvoiceData>\
             <TaxSupervisionInfo><InvoiceNumber>{number}</InvoiceNumber><IssueTime>{on}</IssueTime></TaxSupervisionInfo></EInvoice>"
        )
    }

    fn head(&self) -> String {
        let Self { code, number, on, net, tax, .. } = self;
        format!(
            "<ofd:OFD xmlns:ofd=\"http://www.ofdspec.org/2016\" DocType=\"OFD\"><ofd:DocBody><ofd:DocInfo><ofd:CustomDatas><ofd:CustomData Name=\"发票代码\">{code}</ofd:CustomData>\
             <ofd:CustomData Name=\"发票号码\">{number}</ofd:CustomData><ofd:CustomData Name=\"开票日期\">{on}</ofd:CustomData><ofd:CustomData Name=\"合计金额\">{net}</ofd:CustomData>\
             <ofd:CustomData Name=\"合计税额\">{tax}</ofd:CustomData><ofd:CustomData Name=\"购买方纳税人识别号\">91500114MA00000001</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo></ofd:DocBody></ofd:OFD>"
        )
    }

    fn tagged(&self) -> Vec<u8> {
        let fields = [
            ("InvoiceCode", self.code),
            ("InvoiceNo", self.number),
            ("IssueDate", self.on),
            ("BuyerName", self.buyer),
            ("BuyerTaxID", "91500114MA00000001"),
            ("TaxExclusiveTotalAmount", self.net),
            ("TaxTotalAmount", self.tax),
            ("TaxInclusiveTotalAmount", self.total),
        ];
        let (mut tags, mut page) = (String::new(), String::new());
        for (id, (name, value)) in (6900..).zip(fields) {
            tags += &format!("<{name}><ofd:ObjectRef PageRef=\"1\">{id}</ofd:ObjectRef></{name}>");
            page += &format!("<ofd:TextObject ID=\"{id}\" Boundary=\"0 0 9 9\"><ofd:TextCode X=\"0\" Y=\"3\">{value}</ofd:TextCode></ofd:TextObject>");
        }
        let ns = "xmlns:ofd=\"http://www.ofdspec.org/2016\"";
        let tags = format!("<eInvoice {ns}>{tags}</eInvoice>");
        let page = format!("<ofd:Page {ns}><ofd:Content><ofd:Layer>{page}</ofd:Layer></ofd:Content></ofd:Page>");
        ofd(&[("Doc_0/Tags/CustomTag.xml", tags.as_bytes()), ("Doc_0/Pages/Page_0/Content.xml", page.as_bytes())])
    }
}

fn with_attached(xml: &str) -> Vec<u8> {
    ofd(&[("Doc_0/Attachs/original_invoice.xml", xml.as_bytes())])
}

fn code_of(bytes: &[u8]) -> &'static str {
    from_ofd(bytes, &LIMITS).unwrap_err().code
}

#[test]
fn an_invoice_is_read_in_every_form_with_its_amounts_to_the_fen() {
    let attached = from_ofd(&with_attached(&OLD.attached()), &LIMITS).unwrap();
    assert_eq!(attached.origin, Origin::Attached);
    assert_eq!((attached.code.as_deref(), attached.number.as_str()), (Some("050002500111"), "12345678"));
    assert_eq!((attached.net, attached.tax, attached.total), (Fen(8_849_558), Fen(1_150_442), Fen(10_000_000)));
    assert_eq!(attached.on, date("2025-06-30"));
    assert_eq!(attached.buyer.name, "重庆甲电子商务有限公司");
    assert_eq!(attached.seller.tax_number.as_deref(), Some("91500107MA00000002"), "in upper case");
    let digital = from_ofd(&ofd(&[("Doc_0/Attachs/einvoice.xml", NEW.digital().as_bytes())]), &LIMITS).unwrap();
    assert_eq!(digital.origin, Origin::Digital);
    assert_eq!((digital.code, digital.number.as_str(), digital.total), (None, "25502000000012345678", Fen(100_000)));
    assert_eq!(from_xml(NEW.digital().as_bytes(), &LIMITS).unwrap().number, NEW.number);
    let tagged = from_ofd(&OLD.tagged(), &LIMITS).unwrap();
    assert_eq!((tagged.origin, tagged.total, tagged.buyer), (Origin::Tags, attached.total, attached.buyer.clone()));
    let head = from_ofd(&zip(&[("OFD.xml", OLD.head().as_bytes())]), &LIMITS).unwrap();
    assert_eq!((head.origin, head.total), (Origin::Head, attached.total));
    let all: Vec<_> = [&attached, &head].iter().map(|invoice| invoice.fingerprint()).collect();
    assert_eq!(all[0], all[1], "the same invoice in another file");
    assert_ne!(all[0], Invoice { number: "12345679".into(), ..attached.clone() }.fingerprint());
    assert_ne!(all[0], Invoice { code: Some("050002500112".into()), ..attached }.fingerprint());
}

#[test]
fn an_invoice_that_contradicts_itself_is_refused() {
    let head = Sample { number: "87654321", ..OLD }.head();
    assert_eq!(code_of(&zip(&[("OFD.xml", head.as_bytes()), ("Doc_0/Attachs/original_invoice.xml", OLD.attached().as_bytes())])), "invoice-contradicts-itself");
    let head = Sample { net: "1.00", ..OLD }.head();
    assert_eq!(code_of(&zip(&[("OFD.xml", head.as_bytes()), ("Doc_0/Attachs/original_invoice.xml", OLD.attached().as_bytes())])), "invoice-contradicts-itself");
    let two = ofd(&[("Doc_0/Attachs/a.xml", NEW.digital().as_bytes()), ("Doc_0/Attachs/original_invoice.xml", OLD.attached().as_bytes())]);
    assert_eq!(code_of(&two), "invoice-contradicts-itself");
    assert_eq!(code_of(&with_attached(&Sample { total: "100000.01", ..OLD }.attached())), "invoice-does-not-add-up");
}

#[test]
fn what_is_missing_or_does_not_read_is_named() {
    for (sample, code, column) in [
        (Sample { number: "", ..OLD }, "invoice-field-missing", "号码"),
        (Sample { number: "1234567A", ..OLD }, "invoice-field", "号码"),
        (Sample { code: "", ..OLD }, "invoice-field-missing", "代码"),
        (Sample { on: "二〇二五年", ..OLD }, "invoice-field", "开票日期"),
        (Sample { net: "八万", ..OLD }, "invoice-field", "金额"),
        (Sample { tax: "1.005", ..OLD }, "invoice-field", "税额"),
    ] {
        let problem = from_ofd(&with_attached(&sample.attached()), &LIMITS).unwrap_err();
        assert_eq!((problem.code, problem.column.as_deref()), (code, Some(column)));
    }
    assert_eq!(code_of(&ofd(&[])), "not-an-invoice");
    assert_eq!(code_of(&zip(&[("a.xml", b"<a/>")])), "not-an-invoice");
    assert_eq!(code_of(b"%PDF-1.4"), "broken-archive");
}

#[test]
fn an_exempt_invoice_and_a_red_one_are_read() {
    let exempt = Sample { tax: "***", net: "100000.00", ..OLD };
    assert_eq!(from_ofd(&with_attached(&exempt.attached()), &LIMITS).unwrap().tax, Fen::ZERO);
    let red = Sample { net: "-943.40", tax: "-56.60", total: "-1000.00", ..NEW };
    assert!(from_xml(red.digital().as_bytes(), &LIMITS).unwrap().is_red());
}

#[test]
fn the_same_invoice_is_found_across_applications_and_years() {
    let invoice = from_ofd(&with_attached(&OLD.attached()), &LIMITS).unwrap().fingerprint();
    let other = from_xml(NEW.digital().as_bytes(), &LIMITS).unwrap().fingerprint();
    let used = |invoice, case: &str, year, fact: &str| Use { invoice, case: case.into(), year, fact: fact.into() };
    let uses = [
        used(invoice, "C-2026-7", 2026, "物流费用"),
        used(other, "C-2025-1", 2025, "物流费用"),
        used(other, "C-2025-1", 2025, "包装费用"),
        used(invoice, "C-2025-1", 2025, "物流费用"),
    ];
    let found = repeated(&uses);
    assert_eq!(found.len(), 1, "two facts of one application are no repetition");
    assert_eq!(found[0].uses.iter().map(|u| (u.year, u.case.as_str())).collect::<Vec<_>>(), [(2025, "C-2025-1"), (2026, "C-2026-7")]);
}

#[test]
fn entities_and_deep_xml_in_an_invoice_are_refused() {
    let entity =
        format!("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{}", OLD.attached().replace("<?xml version=\"1.0\" encoding=\"UTF-8\"?>", ""));
    assert_eq!(code_of(&with_attached(&entity)), "xml-doctype");
    assert_eq!(code_of(&with_attached(&OLD.attached().replace("重庆甲", "&unknown;"))), "broken-xml");
    let deep = format!("{}{}", "<a>".repeat(5000), "</a>".repeat(5000));
    assert_eq!(code_of(&with_attached(&deep)), "xml-too-deep");
}

#[test]
fn xml_with_too_many_elements_attributes_or_too_long_a_text_is_refused_before_it_fills_the_memory() {
    let code = |inner: &str, limits: &Limits| from_xml(format!("<eInvoice>{inner}</eInvoice>").as_bytes(), limits).unwrap_err().code;
    assert_eq!(code(&"<a/>".repeat(100_001), &Limits::EVIDENCE), "xml-too-large");
    let attributes: String = (0..300_u32).map(|n| format!(" a{n}=\"{n}\"")).collect();
    assert_eq!(code(&format!("<a{attributes}/>"), &Limits::EVIDENCE), "xml-too-large");
    let small = Limits { text_bytes_max: 1000, ..Limits::EVIDENCE };
    for long in [format!("<a>{}</a>", "x".repeat(1001)), format!("<a b=\"{}\"/>", "x".repeat(1001)), format!("<![CDATA[{}]]>", "x".repeat(1001))] {
        assert_eq!(code(&long, &small), "xml-too-large");
        assert_ne!(code(&long, &Limits::EVIDENCE), "xml-too-large");
    }
    let many = format!("<a>{}</a>", "x".repeat(6 << 20)).repeat(3);
    assert_eq!(code(&many, &Limits::EVIDENCE), "xml-too-large", "many texts, each within its limit");
    // What is only looked through, on the way to a library that reads it, has limits too.
    let few = Limits { elements_max: 10, ..Limits::EVIDENCE };
    let page = ofd(&[("Doc_0/Pages/Page_0/Content.xml", format!("<a>{}</a>", "<b/>".repeat(11)).as_bytes())]);
    assert_eq!(from_ofd(&page, &few).unwrap_err().code, "xml-too-large");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn amounts_survive_every_form(net in -10_000_000_i64..10_000_000_000, tax in 0_i64..1_000_000_000) {
        let text = |fen: i64| Fen(fen).yuan();
        let xml = OLD.attached().replace(OLD.net, &text(net)).replace(OLD.tax, &text(tax)).replace(OLD.total, &text(net + tax));
        let invoice = from_xml(xml.as_bytes(), &LIMITS).unwrap();
        prop_assert_eq!((invoice.net, invoice.tax, invoice.total), (Fen(net), Fen(tax), Fen(net + tax)));
    }

    #[test]
    fn hostile_xml_never_breaks_the_reader(text in "[<>/a-zA-Z&;\"'= !\\[\\]?-]{0,120}", bytes in prop::collection::vec(any::<u8>(), 0..80), at in any::<prop::sample::Index>()) {
        let _ = from_xml(text.as_bytes(), &LIMITS);
        let _ = from_xml(&bytes, &LIMITS);
        let mut xml = OLD.attached().into_bytes();
        let at = at.index(xml.len());
        xml.splice(at..at, bytes);
        let _ = from_xml(&xml, &LIMITS);
        let _ = from_ofd(&with_attached(&text), &LIMITS);
    }
}
