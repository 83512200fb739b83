//! Treasury papers and receipts.

use crate::samples::{about, date, moment, table};
use casework::id::{BatchId, CallId, CaseId, DueId, UserId};
use casework::organisation::Account;
use casework::payment::{Batch, BatchState, Line, LineResult, Report};
use exchange::import::annotated;
use exchange::table::{csv, read, xlsx};
use exchange::treasury::{Appropriation, PlanLine, allocation_plan, bank_file, pay_lines, payment_application, receipt_columns, receipts};
use exchange::{Cell, Limits};
use proptest::prelude::*;
use values::{Fen, Lang};

fn batch() -> Batch {
    let line = |at: usize, fen: i64| Line {
        due: DueId::parse(&format!("D-{at}")).unwrap(),
        case: CaseId::parse(&format!("C-{at}")).unwrap(),
        clause: "6.1".into(),
        amount: Fen(fen),
        again: false,
        account: Some(Account { holder: format!("黔江{at}公司"), number: format!("622848000000000000{at}"), bank: "农行黔江支行".into() }),
        result: None,
    };
    let mut held = line(4, 400);
    held.result = Some(LineResult::Held { detail: "失信".into() });
    Batch {
        id: BatchId::parse("B-1").unwrap(),
        call: CallId::parse("call").unwrap(),
        state: BatchState::Sent,
        request_number: Some("黔江商务〔2026〕7号".into()),
        lines: vec![line(1, 100_000_000), line(2, 200), line(3, 300), held],
        planned_by: UserId::parse("u").unwrap(),
        sent: Some(moment("2026-03-02T10:00:00")),
    }
}

const HEAD: &str = "批次号,行号,金额（元）,日期,流水号,处理结果,退汇原因\n";

fn appropriation() -> Appropriation {
    let word = |word: &str| word.to_owned();
    Appropriation {
        unit: word("区商务委"),
        unit_code: word("001"),
        year: 2026,
        instrument: word("黔江财〔2026〕1号"),
        source: word("一般公共预算"),
        function: word("2160299"),
        economy: word("50799"),
        purpose: word("电商扶持资金"),
    }
}

#[test]
fn the_plan_the_application_and_the_bank_file_have_one_total() {
    let batch = batch();
    let lines = pay_lines(&batch).unwrap();
    assert_eq!(lines.len(), 3, "what was held back on the day is not sent");
    let total = Fen(100_000_500);
    let application = payment_application(&batch.id, "黔江商务〔2026〕7号", &appropriation(), &lines).unwrap();
    let bank = bank_file(&batch.id, "电商扶持资金", &lines).unwrap();
    for table in [&application, &bank] {
        assert_eq!(table.totals().unwrap()[0].1, total);
        for bytes in [xlsx(table, &about(Lang::Zh)).unwrap(), csv(table, Lang::Zh)] {
            assert_eq!(&read(&bytes, table.columns(), &Limits::TABLE).unwrap().table().unwrap(), table);
        }
    }
    let csv = String::from_utf8(csv(&bank, Lang::Zh)).unwrap();
    assert!(csv.contains("\"6228480000000000001\""), "an account is written digit by digit: {csv}");
    let plan = |pay: i64| {
        allocation_plan(&[PlanLine {
            case: "C-1".into(),
            applicant: "甲".into(),
            credit_code: "9".into(),
            clause: "6.1".into(),
            determined: Fen(100),
            pay: Fen(pay),
            remark: String::new(),
        }])
    };
    assert_eq!(plan(100).unwrap().totals().unwrap()[1].1, Fen(100));
    assert_eq!(plan(101).unwrap_err().code, "plan-amount");
    assert_eq!(plan(0).unwrap_err().code, "plan-amount");
}

#[test]
fn nothing_incomplete_goes_to_the_bank() {
    let batch = batch();
    let lines = pay_lines(&batch).unwrap();
    let mut twice = lines.clone();
    twice.push(lines[0].clone());
    assert_eq!(bank_file(&batch.id, "x", &twice).unwrap_err().code, "line-twice");
    let mut bad = lines.clone();
    bad[1].account.bank = " ".into();
    assert_eq!(bank_file(&batch.id, "x", &bad).unwrap_err().code, "account-incomplete");
    let mut bad = lines.clone();
    bad[1].amount = Fen(0);
    assert_eq!(bank_file(&batch.id, "x", &bad).unwrap_err().code, "pay-amount");
    assert_eq!(bank_file(&batch.id, "x", &[]).unwrap_err().code, "nothing-to-pay");
    let from = Appropriation { instrument: String::new(), ..appropriation() };
    assert_eq!(payment_application(&batch.id, "7", &from, &lines).unwrap_err().column.as_deref(), Some("指标文号"));
    let mut planned = batch;
    planned.lines[0].account = None;
    assert_eq!(pay_lines(&planned).unwrap_err().code, "no-account");
}

#[test]
fn receipts_become_reports_that_the_batch_takes() {
    let file = format!("{HEAD}B-1,D-1,\"1,000,000.00\",2026-03-03,S-1,到账,\nB-1,D-2,2.00,2026/3/4,S-2,退汇,账号不符\n");
    let read = receipts(file.as_bytes(), &batch(), date("2026-03-05"), &Limits::TABLE).unwrap();
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    assert_eq!(read.missing, [DueId::parse("D-3").unwrap()]);
    assert_eq!((read.arrived, read.returned), (Fen(100_000_000), Fen(200)));
    let mut batch = batch();
    for report in &read.reports {
        batch.report(report).unwrap();
    }
    assert_eq!(
        read.reports[1],
        Report {
            receipt: casework::id::ReceiptId::parse("S-2").unwrap(),
            due: DueId::parse("D-2").unwrap(),
            on: date("2026-03-04"),
            returned: Some("账号不符".into())
        }
    );
}

#[test]
fn a_receipt_that_does_not_fit_is_refused_with_row_and_fix() {
    for (row, code) in [
        ("B-2,D-1,1000000,2026-03-03,S-1,到账,", "other-batch"),
        ("B-1,D-9,1000000,2026-03-03,S-1,到账,", "unknown-line"),
        ("B-1,D-4,4,2026-03-03,S-1,到账,", "line-held"),
        ("B-1,D-1,1000000.01,2026-03-03,S-1,到账,", "other-amount"),
        ("B-1,D-1,1000000,2026-03-01,S-1,到账,", "receipt-date"),
        ("B-1,D-1,1000000,2026-03-06,S-1,到账,", "receipt-date"),
        ("B-1,D-1,1000000,2026-03-03,流水 1,到账,", "serial"),
        ("B-1,D-1,1000000,2026-03-03,S-1,在途,", "result"),
        ("B-1,D-1,1000000,2026-03-03,S-1,退汇,", "no-reason"),
        ("B-1,D-1,1000000,2026-03-03,S-1,到账,账号不符", "reason-with-arrival"),
        ("B-1,D-1,,2026-03-03,S-1,到账,", "cell-empty"),
        ("B-1,D-1,一百万,2026-03-03,S-1,到账,", "number"),
    ] {
        let read = receipts(format!("{HEAD}{row}\n").as_bytes(), &batch(), date("2026-03-05"), &Limits::TABLE).unwrap();
        assert_eq!(read.problems.iter().map(|p| (p.code, p.line)).collect::<Vec<_>>(), [(code, Some(2))], "{row}");
        assert!(read.reports.is_empty() && read.missing.len() == 3);
    }
    let twice =
        format!("{HEAD}B-1,D-2,2,2026-03-03,S-1,到账,\nB-1,D-2,2,2026-03-03,S-2,到账,\nB-1,D-3,3,2026-03-03,S-1,到账,\nB-1,D-2,2,2026-03-04,S-3,退汇,销户\n");
    let read = receipts(twice.as_bytes(), &batch(), date("2026-03-05"), &Limits::TABLE).unwrap();
    assert_eq!(read.problems.iter().map(|p| (p.code, p.line.unwrap())).collect::<Vec<_>>(), [("already-reported", 3), ("serial-twice", 4)]);
    assert_eq!(read.reports.len(), 2, "what arrived may still come back");
    let copy = annotated(twice.as_bytes(), &read.problems, Lang::Zh, &Limits::TABLE).unwrap();
    assert!(String::from_utf8(copy).unwrap().contains("流水号与第 2 行重复"));
    assert_eq!(receipts("批次号,行号\nB-1,D-1\n".as_bytes(), &batch(), date("2026-03-05"), &Limits::TABLE).unwrap_err().code, "missing-column");
    let mut planned = batch();
    planned.state = BatchState::Requested;
    let read = receipts(twice.as_bytes(), &planned, date("2026-03-05"), &Limits::TABLE).unwrap();
    assert_eq!(read.problems[0].code, "batch-not-sent");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_the_bank_sends_no_line_is_reported_twice_or_with_another_amount(
        rows in prop::collection::vec((0_usize..6, 0_usize..4, 0_i64..4, any::<bool>(), 0_usize..8), 0..12), excel in any::<bool>(),
    ) {
        let rows: Vec<Vec<Cell>> = rows.iter().map(|(due, batch, fen, arrived, serial)| vec![
            Cell::text(if *batch == 0 { "B-2" } else { "B-1" }), Cell::text(&format!("D-{due}")), Cell::Money(Fen([100_000_000, 200, 300, 5][usize::try_from(*fen).unwrap()])),
            Cell::Date(date("2026-03-03")), Cell::text(&format!("S-{serial}")), Cell::text(if *arrived { "到账" } else { "退汇" }), if *arrived { Cell::Empty } else { Cell::text("销户") },
        ]).collect();
        let count = rows.len();
        let table = table(receipt_columns(), rows);
        let bytes = if excel { xlsx(&table, &about(Lang::Zh)).unwrap() } else { csv(&table, Lang::Zh) };
        let read = receipts(&bytes, &batch(), date("2026-03-05"), &Limits::TABLE).unwrap();
        prop_assert_eq!(read.reports.len() + read.problems.len(), count, "each row is a report or a problem");
        let mut kept = batch();
        for report in &read.reports {
            kept.report(report).unwrap();
        }
        let waiting = kept.lines.iter().filter(|line| line.result.is_none()).count();
        prop_assert_eq!(waiting, read.missing.len());
    }
}
