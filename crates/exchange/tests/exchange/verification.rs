//! Lists for other authorities and their answers.

use crate::samples::{moment, table};
use casework::chain::Fingerprint;
use exchange::table::{notes, read, xlsx};
use exchange::verification::{Authority, List, Subject};
use exchange::{Cell, Limits, Table};
use values::{CreditCode, Fen, Lang};

fn code(at: usize) -> String {
    CreditCode::with_check_digit(&format!("91500114MA00000{at:02}")).unwrap().as_str().to_owned()
}

fn list(authority: Authority) -> List {
    List {
        id: "V-2026-1".into(),
        authority,
        period: authority.of_period().then(|| "2025年".into()),
        purpose: "2025年度电商扶持资金审核".into(),
        legal_basis: "政务数据共享条例".into(),
        at: moment("2026-03-01T09:30:00"),
        by: "张敏".into(),
        subjects: (1..=3).map(|at| Subject { credit_code: code(at), name: format!("黔江{at}公司") }).collect(),
    }
}

fn answered(list: &List, answers: &[(usize, &[(&str, Cell)])]) -> Table {
    let empty = list.table().unwrap();
    let rows = empty.rows().iter().enumerate().map(|(at, row)| {
        let mut row = row.clone();
        for (key, cell) in answers.iter().filter(|(of, _)| *of == at).flat_map(|(_, cells)| cells.iter()) {
            row[empty.column(key).unwrap()] = cell.clone();
        }
        row
    });
    table(empty.columns().to_vec(), rows.collect())
}

fn file(list: &List, table: &Table) -> Vec<u8> {
    let about = exchange::About { title: "回填".into(), filter: Vec::new(), at: list.at, by: "税务".into(), more: Vec::new(), lang: Lang::Zh };
    xlsx(table, &about).unwrap()
}

const NONE: &[(&str, Cell)] = &[];

#[test]
fn a_list_holds_only_what_the_authority_needs_and_says_why() {
    for authority in Authority::ALL {
        let list = list(authority);
        let bytes = list.file(Lang::Zh).unwrap();
        let table = read(&bytes, list.table().unwrap().columns(), &Limits::TABLE).unwrap().table().unwrap();
        let filled: Vec<&str> =
            table.columns().iter().enumerate().filter(|(at, _)| table.rows().iter().any(|row| row[*at] != Cell::Empty)).map(|(_, c)| c.key.as_str()).collect();
        let expected: &[&str] =
            if authority.of_period() { &["list", "checksum", "credit_code", "name", "period"] } else { &["list", "checksum", "credit_code", "name"] };
        assert_eq!(filled, expected);
        let notes = notes(&bytes, &Limits::TABLE).unwrap();
        for (name, value) in [("用途", list.purpose.as_str()), ("法律依据", "政务数据共享条例"), ("名单编号", "V-2026-1"), ("校验码", &list.checksum())]
        {
            assert!(notes.iter().any(|(n, v)| n == name && v == value), "{name}");
        }
    }
}

#[test]
fn a_list_without_purpose_ground_or_need_does_not_leave() {
    let refused = |change: fn(&mut List)| {
        let mut list = list(Authority::Tax);
        change(&mut list);
        list.file(Lang::Zh).unwrap_err().code
    };
    assert_eq!(refused(|l| l.purpose = " ".into()), "list-incomplete");
    assert_eq!(refused(|l| l.legal_basis.clear()), "list-incomplete");
    assert_eq!(refused(|l| l.period = None), "list-incomplete");
    assert_eq!(refused(|l| l.subjects.clear()), "list-incomplete");
    assert_eq!(refused(|l| l.authority = Authority::Credit), "not-needed");
    assert_eq!(refused(|l| l.subjects[1] = l.subjects[0].clone()), "subject-twice");
    assert_eq!(refused(|l| l.subjects[1].credit_code = "5102281990010100".into()), "credit-code");
}

#[test]
fn answers_become_a_snapshot_with_source_time_and_digest_and_missing_rows_are_said() {
    let list = list(Authority::Tax);
    let bytes = file(
        &list,
        &answered(&list, &[(0, &[("taxable_sales", Cell::Money(Fen(123_456_789))), ("arrears", Cell::text("无"))]), (2, &[("arrears", Cell::text("有"))])]),
    );
    let got = list.answers(&bytes, "区税务局 李强", moment("2026-03-05T15:00:00"), &Limits::TABLE).unwrap();
    assert!(got.problems.is_empty(), "{:?}", got.problems);
    assert_eq!(got.missing, [list.subjects[1].clone()]);
    let snapshot = &got.snapshot;
    assert_eq!((snapshot.list.as_str(), snapshot.source.as_str(), snapshot.file), ("V-2026-1", "区税务局 李强", Fingerprint::of(&bytes)));
    assert_eq!(snapshot.answers[0].cells, [("taxable_sales".to_owned(), Cell::Money(Fen(123_456_789))), ("arrears".to_owned(), Cell::text("无"))]);
    assert_eq!(snapshot.answers[1].credit_code, code(3));
    let kept = serde_json::to_string(snapshot).unwrap();
    assert_eq!(&serde_json::from_str::<exchange::verification::Snapshot>(&kept).unwrap(), snapshot);
}

#[test]
fn answers_to_another_list_or_another_state_of_it_are_not_taken_at_all() {
    let own = list(Authority::Credit);
    let bytes = file(&own, &answered(&own, &[(0, &[("result", Cell::text("正常"))])]));
    let take = |list: &List| list.answers(&bytes, "x", list.at, &Limits::TABLE).unwrap_err().code;
    let mut other = own.clone();
    other.id = "V-2026-2".into();
    assert_eq!(take(&other), "other-list");
    let mut later = own.clone();
    later.subjects[2].name = "改了名".into();
    assert_eq!(take(&later), "other-list");
}

#[test]
fn unknown_changed_and_incomplete_answers_are_refused_row_by_row() {
    let list = list(Authority::Market);
    let good: &[(&str, Cell)] = &[("status", Cell::text("存续")), ("abnormal", Cell::text("无")), ("serious", Cell::text("无"))];
    let look = |at: usize, key: &str, cell: Cell| {
        let table = answered(&list, &[(0, good), (1, good), (2, good)]);
        let rows = table.rows().iter().enumerate().map(|(row, cells)| {
            let mut cells = cells.clone();
            if row == at {
                cells[table.column(key).unwrap()] = cell.clone();
            }
            cells
        });
        let table = crate::samples::table(table.columns().to_vec(), rows.collect());
        let got = list.answers(&file(&list, &table), "x", list.at, &Limits::TABLE).unwrap();
        assert_eq!(got.snapshot.answers.len() + got.missing.len(), 3);
        got.problems.iter().map(|p| (p.code, p.line.unwrap())).collect::<Vec<_>>()
    };
    assert_eq!(look(1, "status", Cell::text("存续")), []);
    assert_eq!(look(1, "credit_code", Cell::text(&code(9))), [("unknown-subject", 3)]);
    assert_eq!(look(1, "credit_code", Cell::text(&code(1))), [("name-changed", 3)]);
    assert_eq!(look(2, "name", Cell::text("另一家")), [("name-changed", 4)]);
    assert_eq!(look(0, "status", Cell::text("好")), [("answer-choice", 2)]);
    assert_eq!(look(0, "abnormal", Cell::Empty), [("answer-missing", 2)]);
    let empty = list.answers(&file(&list, &answered(&list, &[(0, NONE)])), "x", list.at, &Limits::TABLE).unwrap();
    assert_eq!(empty.missing.len(), 3);
}
