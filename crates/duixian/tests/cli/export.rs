//! `export sql`: what is written, and what is refused. That the statements agree with the evaluator is tested in `sql`.

use crate::duixian;

#[test]
fn a_policy_comes_out_as_sql_for_every_dialect_with_its_version_and_tables() {
    for dialect in ["postgres", "duckdb", "spark"] {
        for place in ["policies/qianjiang", "policies/jiulongpo"] {
            let run = duixian(&["export", "sql", place, "--dialect", dialect, "--table", "申报"]);
            assert_eq!((run.code, run.err.as_str()), (0, ""), "{place} {dialect}");
            for words in
                [&format!("-- 方言 {dialect}\n") as &str, "-- 版本 ", "-- 申报 （一行一个申报人", "CREATE OR REPLACE TEMPORARY VIEW duixian_results AS"]
            {
                assert!(run.out.contains(words), "{place} {dialect}: {words}");
            }
            assert_eq!(run.out.contains("VIEW duixian_pools"), place.ends_with("qianjiang"));
        }
    }
}

#[test]
fn what_a_dialect_cannot_hold_is_refused_by_its_clause_unless_the_rest_is_wanted() {
    let command = ["export", "sql", "policies/sample", "--dialect", "spark", "--year", "2027", "--as-of", "2028-03-01"];
    let run = duixian(&command);
    assert_eq!((run.code, run.out.as_str()), (1, ""));
    assert!(run.err.contains("S0001") && run.err.contains("条款 13不能准确写成 SQL"), "{}", run.err);
    let run = duixian(&[&command[..], &["--partial"]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("-- 没有导出：条款 13：") && run.err.contains("条款 13"), "{}", run.err);
    let run = duixian(&["export", "sql", "policies/sample", "--dialect", "postgres", "--year", "2027", "--as-of", "2028-03-01"]);
    assert_eq!((run.code, run.err.as_str()), (0, ""));
}
