//! The exchange file with a higher-level platform.

use crate::samples::{date, moment};
use casework::chain::Fingerprint;
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier};
use exchange::Limits;
use exchange::platform::{Application, Body, Evidence, Message, Outcome, Policy, Seal, Standing, Subject, unanswered};
use proptest::prelude::*;
use std::collections::BTreeMap;
use values::{CreditCode, Fen};

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn sign(words: &str) -> Seal {
    Seal { key: format!("ed25519:{}", hex(key().verifying_key().as_bytes())), signature: hex(&key().sign(words.as_bytes()).to_bytes()) }
}

fn signed(words: &str, seal: &Seal) -> bool {
    let bytes: Option<Vec<u8>> = (0..seal.signature.len() / 2).map(|at| u8::from_str_radix(seal.signature.get(at * 2..at * 2 + 2)?, 16).ok()).collect();
    let signature = bytes.and_then(|bytes| Signature::from_slice(&bytes).ok());
    seal.key == sign("").key && signature.is_some_and(|signature| key().verifying_key().verify(words.as_bytes(), &signature).is_ok())
}

fn application(id: &str) -> Application {
    Application {
        id: id.into(),
        policy: Policy { title: "黔江区电商政策".into(), number: "黔江府发〔2025〕1号".into(), clause: "6.1".into() },
        year: 2025,
        subject: Subject { name: "黔江甲公司".into(), credit_code: CreditCode::with_check_digit("91500114MA0000001").unwrap().as_str().into() },
        claimed_fen: Some(Fen(5_000_000)),
        submitted: moment("2026-01-05T10:00:00"),
        facts: BTreeMap::from([("年带货交易额".to_owned(), "2000万元".to_owned())]),
        evidence: vec![Evidence { name: "申报表.pdf".into(), bytes: 3, sm3: Fingerprint::of(b"abc") }],
    }
}

fn outcome(id: &str, standing: Standing, amount: Option<i64>, reason: Option<&str>) -> Outcome {
    Outcome {
        id: id.into(),
        case: format!("C-{id}"),
        standing,
        amount_fen: amount.map(Fen),
        on: date("2026-03-01"),
        document: None,
        reason: reason.map(String::from),
    }
}

fn message(body: Body) -> Message {
    Message::new("X-1", "市平台", "黔江区", moment("2026-03-01T09:30:00"), body)
}

fn file() -> Vec<u8> {
    message(Body::Applications(vec![application("P-1"), application("P-2")])).write(sign).unwrap()
}

fn refused(bytes: &[u8]) -> &'static str {
    Message::read(bytes, &Limits::TABLE, signed).unwrap_err().code
}

#[test]
fn applications_and_results_come_back_as_they_left() {
    let results = Body::Results(vec![
        outcome("P-1", Standing::Determined, Some(5_000_000), None),
        outcome("P-2", Standing::Rejected, None, Some("不符合条件")),
        outcome("P-3", Standing::Returned, Some(1), Some("账号不符")),
    ]);
    for body in [Body::Applications(vec![application("P-1")]), Body::Applications(vec![]), results] {
        let message = message(body);
        let bytes = message.write(sign).unwrap();
        assert_eq!(Message::read(&bytes, &Limits::TABLE, signed).unwrap(), message);
    }
}

#[test]
fn an_unknown_version_or_field_or_kind_is_refused() {
    let text = String::from_utf8(file()).unwrap();
    assert_eq!(refused(text.replace("\"version\":1", "\"version\":2").as_bytes()), "unknown-version");
    assert_eq!(refused(text.replace("\"version\":1", "\"version\":\"1\"").as_bytes()), "unknown-version");
    assert_eq!(
        refused(text.replace("\"version\":1", "\"version\":9,\"shape\":\"new\"").as_bytes()),
        "unknown-version",
        "before its other fields are looked at"
    );
    assert_eq!(refused(text.replace("duixian-exchange", "other").as_bytes()), "not-an-exchange-file");
    assert_eq!(refused(text.replacen("\"year\":2025", "\"year\":2025,\"extra\":1", 1).as_bytes()), "record-unreadable");
    assert_eq!(refused(text.replace("\"kind\":\"applications\"", "\"kind\":\"results\"").as_bytes()), "record-out-of-place");
    assert_eq!(refused(b""), "cut-off");
    let long = text.replacen("\"version\":1", &format!("\"version\":1,\"pad\":[{}0]", "0,".repeat(20_000)), 1);
    assert_eq!(refused(long.as_bytes()), "not-an-exchange-file", "a head is short");
    assert_eq!(refused(b"PK\x03\x04\n"), "not-an-exchange-file");
}

#[test]
fn a_file_that_was_altered_cut_or_sealed_by_another_is_refused() {
    let bytes = file();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert_eq!(refused(text.replace("黔江甲公司", "黔江乙公司").as_bytes()), "altered");
    assert_eq!(refused(text.replace("\"count\":2", "\"count\":3").as_bytes()), "altered");
    assert_eq!(refused(text.replace("\"total_fen\":10000000", "\"total_fen\":10000001").as_bytes()), "altered");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(refused(format!("{}\n", lines[..3].join("\n")).as_bytes()), "cut-off");
    assert_eq!(refused(format!("{}\n{}\n{}\n", lines[0], lines[1], lines[3]).as_bytes()), "altered");
    let other = message(Body::Applications(vec![])).write(|words| Seal { key: "ed25519:00".into(), ..sign(words) }).unwrap();
    assert_eq!(refused(&other), "seal-not-trusted");
    let forged = message(Body::Applications(vec![])).write(|_| sign("something else")).unwrap();
    assert_eq!(refused(&forged), "seal-not-trusted");
}

#[test]
fn what_is_not_sound_neither_leaves_nor_comes_in() {
    let leaves = |body: Body| message(body).write(sign).unwrap_err();
    let with = |change: fn(&mut Application)| {
        let mut one = application("P-1");
        change(&mut one);
        leaves(Body::Applications(vec![one])).column
    };
    assert_eq!(with(|a| a.subject.credit_code = "1".into()).as_deref(), Some("subject.credit_code"));
    assert_eq!(with(|a| a.claimed_fen = Some(Fen(-1))).as_deref(), Some("claimed_fen"));
    assert_eq!(with(|a| a.evidence.push(a.evidence[0].clone())).as_deref(), Some("evidence"));
    assert_eq!(leaves(Body::Applications(vec![application("P-1"), application("P-1")])).code, "record-twice");
    for (standing, amount, reason) in [
        (Standing::Rejected, None, None),
        (Standing::Rejected, Some(1), Some("x")),
        (Standing::Paid, None, None),
        (Standing::Paid, Some(0), None),
        (Standing::Recovered, Some(1), Some(" ")),
    ] {
        assert_eq!(leaves(Body::Results(vec![outcome("P-1", standing, amount, reason)])).line, Some(2));
    }
}

#[test]
fn what_no_result_speaks_of_is_said() {
    let (asked, told) =
        ([application("P-1"), application("P-2")], [outcome("P-2", Standing::Paid, Some(1), None), outcome("P-9", Standing::Paid, Some(1), None)]);
    assert_eq!(unanswered(&asked, &told), (vec!["P-1"], vec!["P-9"]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_change_of_any_byte_goes_unseen(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = file();
        let at = at.index(bytes.len());
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        // The case of a hexadecimal digit of seal or SM3 is the one change that says the same.
        let same = file()[at].eq_ignore_ascii_case(&byte);
        prop_assert!(same || Message::read(&bytes, &Limits::TABLE, signed).is_err());
    }

    #[test]
    fn hostile_bytes_never_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200), depth in 0_usize..2000) {
        let _ = Message::read(&bytes, &Limits::TABLE, signed);
        let deep = format!("{{\"head\":{}{}}}\n", "[".repeat(depth), "]".repeat(depth));
        prop_assert!(Message::read(deep.as_bytes(), &Limits::TABLE, signed).is_err());
    }
}
