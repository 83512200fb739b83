//! The tables as the databases have them, in one readable file for both (`docs/schema.sql`), and the words that say who may see
//! what of it (`crates/store/privacy.toml`). `UPDATE_EXPECT=1` writes the first anew; the second is written by people.

use crate::district::stores;
use crate::records::KINDS;
use expect_test::expect_file;
use sqlx::any::AnyRow;
use sqlx::{AnyPool, AssertSqlSafe, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use store::Store;

/// A table that holds no records: its name, what it is, and its columns with what they hold.
type Other = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// What the tables are that hold no records, and what their columns hold.
const OTHERS: &[Other] = &[
    (
        "book",
        "账本: a budget or a pool with its balances, in fen",
        &[
            ("kind", "fund or pool"),
            ("year", "year of the budget"),
            ("name", "source of the money, or scheme and pool"),
            ("outside_fen", "外部: minus what the book holds in all"),
            ("available_fen", "可用"),
            ("reserved_fen", "预留"),
            ("committed_fen", "占用"),
            ("paid_fen", "支付"),
            ("returned_fen", "退回"),
            ("recovered_fen", "追回"),
        ],
    ),
    (
        "entry",
        "分录: one movement of money, never changed",
        &[
            ("number", "order of posting"),
            ("at", "when"),
            ("kind", "what it does"),
            ("from_account", "account that gives"),
            ("to_account", "account that takes"),
            ("amount_fen", "how much"),
            ("fund_id", "budget it belongs to"),
            ("pool_id", "pool it counts against"),
            ("case_id", "case it is about"),
            ("clause", "clause it is about"),
            ("determination_id", "determination it rests on"),
            ("reason", "why, in words or as the number of a document"),
        ],
    ),
    (
        "entry_sum",
        "分录汇总: what the entries of a book come to by clause and kind, kept by the database as they are written",
        &[
            ("book_id", "the book"),
            ("clause", "clause they are about; empty: none"),
            ("kind", "what they do"),
            ("entries", "how many"),
            ("amount_fen", "how much, together"),
        ],
    ),
    (
        "event",
        "事件: one act that was done, never changed",
        &[
            ("seq", "position in the chain"),
            ("at", "when"),
            ("user_id", "who"),
            ("role", "as what"),
            ("act", "which act"),
            ("request_id", "request it answers"),
            ("subject", "what it was done to"),
            ("input", "what was asked for, as JSON"),
            ("outcome", "what was answered, as JSON"),
            ("effects", "what it changed: tables, ids, versions, fingerprints, as JSON"),
            ("before", "fingerprint of the event before"),
            ("fingerprint", "fingerprint of this event"),
        ],
    ),
    ("log_head", "the end of the log: who writes an event holds this row", &[("seq", "position of the last event"), ("fingerprint", "its fingerprint")]),
    (
        "sign_in",
        "登录: how a person signs in; a row of the service, not of the log",
        &[
            ("user_id", "the person"),
            ("password", "hash of the password, with salt and cost"),
            ("totp", "secret of the second factor"),
            ("totp_step", "last step of the second factor that was used"),
            ("failures", "failures in a row"),
            ("locked_until", "until when no password is tried"),
            ("must_change", "1: a password that others know"),
        ],
    ),
    (
        "session",
        "会话: somebody signed in",
        &[
            ("digest", "digest of the cookie"),
            ("user_id", "who"),
            ("role", "as what"),
            ("csrf", "what a form must repeat"),
            ("created", "since when"),
            ("seen", "last request"),
            ("expires", "when it ends"),
        ],
    ),
    (
        "api_token",
        "令牌: a key of a program",
        &[
            ("digest", "digest of the key"),
            ("user_id", "for whom it acts"),
            ("role", "as what"),
            ("name", "what it is called"),
            ("created", "since when"),
            ("expires", "when it ends"),
            ("revoked", "when it was revoked; 0: it holds"),
        ],
    ),
    (
        "upload",
        "上传: a file on its way, or arrived",
        &[
            ("user_id", "who sends it"),
            ("organisation_id", "for which enterprise"),
            ("case_id", "case it is about"),
            ("name", "its name, cleaned"),
            ("size", "bytes in all"),
            ("received", "bytes on the disk"),
            ("kind", "what it is by its content"),
            ("digest", "SM3 of its content"),
            ("created", "since when"),
        ],
    ),
    (
        "webhook",
        "推送: another system that is told of acts",
        &[
            ("user_id", "who set it up"),
            ("url", "where to"),
            ("secret", "key of the signature"),
            ("acts", "names of acts; empty: all"),
            ("delivered", "position of the last event that arrived"),
            ("failures", "failures in a row"),
            ("next_try", "not before"),
            ("active", "1: on"),
            ("trouble", "what went wrong last"),
        ],
    ),
    (
        "invoice_use",
        "发票使用: that an invoice was handed in",
        &[
            ("upload_id", "the upload it came with"),
            ("fingerprint", "which invoice"),
            ("digest", "digest of the file"),
            ("user_id", "who handed it in"),
            ("organisation_id", "for which enterprise"),
            ("at", "when"),
        ],
    ),
    (
        "draft_form",
        "填报内容: what was typed into the form of an application, wrong values and all, until it is handed in",
        &[
            ("organisation_id", "whose"),
            ("call_id", "of which call"),
            ("case_id", "draft that holds what of it can be used"),
            ("user_id", "who saved it last"),
            ("fields", "names and values, as a form sends them"),
            ("version", "how often it was saved"),
            ("request", "request that saved it last"),
            ("saved", "when"),
        ],
    ),
    (
        "case_handler",
        "经办人: that a case changed hands within a unit; the highest number of a case and unit holds, at its step alone",
        &[
            ("case_id", "case"),
            ("unit_id", "unit"),
            ("step", "step at which it was taken"),
            ("number", "how manieth time"),
            ("user_id", "who has it; none: it was given back"),
            ("by_user", "who took it, gave it on or gave it back"),
            ("at", "when"),
        ],
    ),
    (
        "bulk_run",
        "批量办理: what came of an act that was done to many cases at once",
        &[("user_id", "who asked"), ("role", "as what"), ("act", "act"), ("results", "cases and what came of each, as JSON"), ("at", "when")],
    ),
    (
        "list_view",
        "列表视图: a filter of a list with its columns that somebody keeps under a name",
        &[
            ("user_id", "whose"),
            ("list", "which list"),
            ("name", "what it is called"),
            ("filter", "filter, as it stands behind the question mark"),
            ("columns", "columns shown, separated by ~"),
            ("saved", "when"),
        ],
    ),
    (
        "export_note",
        "导出记录: that a list left as a file",
        &[
            ("user_id", "who took it"),
            ("role", "as what"),
            ("collection", "which list"),
            ("filter", "filter, as JSON"),
            ("format", "xlsx or csv"),
            ("row_count", "how many rows"),
            ("at", "when"),
        ],
    ),
    ("schema_version", "which migrations were done", &[("version", "number of a migration")]),
];

/// A column as a database has it.
#[derive(Debug, PartialEq, Eq)]
struct Column {
    name: String,
    kind: String,
    required: bool,
}

/// A table as a database has it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    columns: Vec<Column>,
    key: Vec<String>,
    unique: BTreeSet<Vec<String>>,
    /// Column, table and column it points to, and whether that is asked at the end of a transaction only.
    references: BTreeSet<(String, String, String, bool)>,
    indexes: BTreeSet<(String, Vec<String>)>,
    checks: usize,
    /// What a trigger refuses.
    refused: BTreeSet<String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Schema {
    tables: BTreeMap<String, Table>,
    views: BTreeMap<String, Vec<String>>,
}

async fn rows(pool: &AnyPool, sql: &str) -> Vec<AnyRow> {
    sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(pool).await.unwrap_or_else(|why| panic!("{sql}: {why}"))
}

fn text(row: &AnyRow, at: usize) -> String {
    row.try_get(at).expect("a text")
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(|name| name.trim().to_owned()).collect()
}

async fn of_sqlite(pool: &AnyPool) -> Schema {
    let mut schema = Schema::default();
    for row in rows(pool, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").await {
        let mut table = Table { checks: text(&row, 1).matches("CHECK (").count(), ..Table::default() };
        let name = text(&row, 0);
        for row in rows(pool, &format!("SELECT name, type, \"notnull\", pk FROM pragma_table_info('{name}') ORDER BY cid")).await {
            let kind = if text(&row, 1) == "INTEGER" { "BIGINT".to_owned() } else { text(&row, 1) };
            let key = row.try_get::<i64, _>(3).unwrap() > 0;
            if key {
                table.key.push(text(&row, 0));
            }
            table.columns.push(Column { name: text(&row, 0), kind, required: key || row.try_get::<i64, _>(2).unwrap() > 0 });
        }
        for row in rows(pool, &format!("SELECT name, \"unique\", origin FROM pragma_index_list('{name}')")).await {
            let (index, unique, origin) = (text(&row, 0), row.try_get::<i64, _>(1).unwrap(), text(&row, 2));
            let columns: Vec<String> =
                rows(pool, &format!("SELECT name FROM pragma_index_info('{index}') ORDER BY seqno")).await.iter().map(|row| text(row, 0)).collect();
            match (origin.as_str(), unique) {
                ("pk", _) => {}
                ("u", _) | (_, 1) => drop(table.unique.insert(columns)),
                _ => drop(table.indexes.insert((index, columns))),
            }
        }
        let source = text(&row, 1);
        for row in rows(pool, &format!("SELECT \"from\", \"table\", \"to\" FROM pragma_foreign_key_list('{name}')")).await {
            let column = text(&row, 0);
            let line = source.lines().find(|line| line.trim_start().starts_with(&format!("{column} "))).unwrap_or_default();
            table.references.insert((column, text(&row, 1), text(&row, 2), line.contains("INITIALLY DEFERRED")));
        }
        schema.tables.insert(name, table);
    }
    for row in rows(pool, "SELECT tbl_name, sql FROM sqlite_schema WHERE type = 'trigger'").await {
        for what in ["UPDATE", "DELETE", "INSERT"] {
            if text(&row, 1).contains(&format!("BEFORE {what} ON")) {
                schema.tables.get_mut(&text(&row, 0)).unwrap().refused.insert(what.to_owned());
            }
        }
    }
    for row in rows(pool, "SELECT name FROM sqlite_schema WHERE type = 'view'").await {
        let columns = rows(pool, &format!("SELECT name FROM pragma_table_info('{}') ORDER BY cid", text(&row, 0))).await;
        schema.views.insert(text(&row, 0), columns.iter().map(|row| text(row, 0)).collect());
    }
    schema
}

/// The conditions on each table, as the migrations word them.
async fn checks(pool: &AnyPool) -> BTreeMap<String, Vec<String>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows(pool, "SELECT name, sql FROM sqlite_schema WHERE type = 'table'").await {
        for part in text(&row, 1).split("CHECK (").skip(1) {
            let mut depth = 1;
            let end = part.find(|sign| {
                depth += i32::from(sign == '(') - i32::from(sign == ')');
                depth == 0
            });
            let condition = part[..end.expect("a condition ends")].split_whitespace().collect::<Vec<_>>().join(" ");
            out.entry(text(&row, 0)).or_default().push(condition);
        }
    }
    out
}

async fn of_postgres(pool: &AnyPool) -> Schema {
    let mut schema = Schema::default();
    let columns = "SELECT c.table_name::text, c.column_name::text, upper(c.data_type::text), c.is_nullable::text, t.table_type::text \
        FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) \
        WHERE c.table_schema = 'public' ORDER BY c.table_name, c.ordinal_position";
    for row in rows(pool, columns).await {
        if text(&row, 4) == "VIEW" {
            schema.views.entry(text(&row, 0)).or_default().push(text(&row, 1));
        } else {
            let column = Column { name: text(&row, 1), kind: text(&row, 2), required: text(&row, 3) == "NO" };
            schema.tables.entry(text(&row, 0)).or_default().columns.push(column);
        }
    }
    let names = |keys: &str, table: &str| {
        format!(
            "(SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest({keys}) WITH ORDINALITY k(number, n) \
             JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = k.number)"
        )
    };
    let constraints = format!(
        "SELECT r.relname::text, c.contype::text, COALESCE({}, ''), COALESCE(f.relname::text, ''), COALESCE({}, ''), c.condeferred::int::bigint \
         FROM pg_constraint c JOIN pg_class r ON r.oid = c.conrelid LEFT JOIN pg_class f ON f.oid = c.confrelid \
         JOIN pg_namespace n ON n.oid = r.relnamespace WHERE n.nspname = 'public'",
        names("c.conkey", "c.conrelid"),
        names("c.confkey", "c.confrelid")
    );
    for row in rows(pool, &constraints).await {
        let table = schema.tables.get_mut(&text(&row, 0)).expect("the table of a constraint");
        match text(&row, 1).as_str() {
            "p" => table.key = list(&text(&row, 2)),
            "u" => drop(table.unique.insert(list(&text(&row, 2)))),
            "f" => drop(table.references.insert((text(&row, 2), text(&row, 3), text(&row, 4), row.try_get::<i64, _>(5).unwrap() > 0))),
            "c" => table.checks += 1,
            _ => {}
        }
    }
    let indexes = format!(
        "SELECT r.relname::text, i.relname::text, {}, x.indisunique::int::bigint FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid \
         JOIN pg_class r ON r.oid = x.indrelid JOIN pg_namespace n ON n.oid = r.relnamespace \
         WHERE n.nspname = 'public' AND NOT x.indisprimary",
        names("x.indkey::int2[]", "x.indrelid")
    );
    for row in rows(pool, &indexes).await {
        let table = schema.tables.get_mut(&text(&row, 0)).expect("the table of an index");
        if row.try_get::<i64, _>(3).unwrap() > 0 {
            table.unique.insert(list(&text(&row, 2)));
        } else {
            table.indexes.insert((text(&row, 1), list(&text(&row, 2))));
        }
    }
    let triggers = "SELECT event_object_table::text, event_manipulation::text FROM information_schema.triggers \
        WHERE trigger_schema = 'public' AND action_timing = 'BEFORE'";
    for row in rows(pool, triggers).await {
        schema.tables.get_mut(&text(&row, 0)).expect("the table of a trigger").refused.insert(text(&row, 1));
    }
    schema
}

/// The schema as people read it.
fn written(schema: &Schema, checks: &BTreeMap<String, Vec<String>>, wrong: &mut Vec<String>) -> String {
    let mut out = String::from(
        "-- What the office keeps, as both databases have it. Written by a test from the migrated databases; not read by any program.\n\
         -- Who may see what of it stands in crates/store/privacy.toml.\n",
    );
    let meaning = |table: &str| match KINDS.iter().find(|kind| kind.table.name == table) {
        Some(kind) => Some(kind.table.meaning.to_owned()),
        None => OTHERS.iter().find(|(name, ..)| *name == table).map(|(_, meaning, _)| (*meaning).to_owned()),
    };
    for (name, table) in &schema.tables {
        let about = meaning(name).unwrap_or_else(|| {
            wrong.push(format!("table {name}: no record has it. Add its type to KINDS in crates/office/tests/office/records.rs (or to OTHERS in schema.rs)"));
            String::new()
        });
        let once = if table.refused.is_empty() { String::new() } else { format!("; {} refused", list_of(table.refused.iter())) };
        let _ = write!(out, "\n-- {about}{once}\nCREATE TABLE {name} (\n");
        let width = table.columns.iter().map(|column| column.name.len()).max().unwrap_or(0);
        for column in &table.columns {
            let mut line = format!("    {:width$} {:6}", column.name, column.kind);
            if table.key == [column.name.as_str()] {
                line += " PRIMARY KEY";
            } else if column.required {
                line += " NOT NULL";
            }
            if table.unique.contains(&vec![column.name.clone()]) {
                line += " UNIQUE";
            }
            for (_, to, id, late) in table.references.iter().filter(|(from, ..)| *from == column.name) {
                let _ = write!(line, " REFERENCES {to} ({id}){}", if *late { " DEFERRED" } else { "" });
            }
            let what = what(name, &column.name, wrong);
            let _ = writeln!(out, "{:70} -- {what}", format!("{},", line.trim_end()));
        }
        for columns in table.unique.iter().filter(|columns| columns.len() > 1) {
            let _ = writeln!(out, "    UNIQUE ({}),", columns.join(", "));
        }
        let _ = writeln!(out, ");");
        for (index, columns) in &table.indexes {
            let _ = writeln!(out, "CREATE INDEX {index} ON {name} ({});", columns.join(", "));
        }
        for check in checks.get(name).into_iter().flatten().filter(|check| *check != "version >= 1") {
            let _ = writeln!(out, "-- always: {check}");
        }
    }
    for (name, columns) in &schema.views {
        let _ = write!(out, "\nCREATE VIEW {name} ({});\n", columns.join(", "));
    }
    out
}

fn list_of<'a>(names: impl Iterator<Item = &'a String>) -> String {
    names.cloned().collect::<Vec<_>>().join(" and ")
}

/// What a column holds.
fn what(table: &str, column: &str, wrong: &mut Vec<String>) -> String {
    let record = KINDS.iter().find(|kind| kind.table.name == table);
    let other = OTHERS.iter().find(|(name, ..)| *name == table);
    let said = match (record, column) {
        (Some(_), "body") => Some("the record as JSON"),
        (Some(kind), _) if kind.table.columns.iter().any(|c| c.name == column) => kind.table.columns.iter().find(|c| c.name == column).map(|c| c.meaning),
        (None, _) if other.is_some_and(|(.., columns)| columns.iter().any(|(name, _)| *name == column)) => {
            other.and_then(|(.., columns)| columns.iter().find(|(name, _)| *name == column)).map(|(_, what)| *what)
        }
        (_, "id") => Some("its id"),
        (_, "version") => Some("how often it was written"),
        _ => None,
    };
    said.map_or_else(
        || {
            wrong.push(format!("{table}.{column}: nothing says what it holds: name it in `Table` of its record, or in OTHERS"));
            String::new()
        },
        str::to_owned,
    )
}

/// Every record finds its columns in the database.
fn records(schema: &Schema, wrong: &mut Vec<String>) {
    for kind in KINDS {
        let Some(table) = schema.tables.get(kind.table.name) else {
            wrong.push(format!("{}: there is no such table; add it to the migrations", kind.table.name));
            continue;
        };
        for column in kind.table.columns {
            let wanted = if column.number { "BIGINT" } else { "TEXT" };
            match table.columns.iter().find(|c| c.name == column.name) {
                None => wrong.push(format!("{}.{}: the record has it, the database has not", kind.table.name, column.name)),
                Some(found) if found.kind != wanted => {
                    wrong.push(format!("{}.{}: {} in the database, {wanted} in the record", kind.table.name, column.name, found.kind))
                }
                Some(_) => {}
            }
            let found = table.indexes.iter().any(|(_, columns)| columns.first().is_some_and(|c| c == column.name));
            let unique = table.unique.contains(&vec![column.name.to_owned()]);
            if column.unique != unique {
                wrong.push(format!("{}.{}: unique in the record: {}, in the database: {unique}", kind.table.name, column.name, column.unique));
            }
            // A number alone finds too much to be worth an index.
            if !found && !unique && !column.number && !NOT_LOOKED_FOR.contains(&(kind.table.name, column.name)) {
                wrong.push(format!("{}.{}: records are found by it, and it has no index", kind.table.name, column.name));
            }
        }
        let immutable = BTreeSet::from(["DELETE".to_owned(), "UPDATE".to_owned()]);
        if kind.table.changes != table.refused.is_empty() || (!kind.table.changes && table.refused != immutable) {
            wrong.push(format!("{}: `changes` is {}, triggers refuse {:?}", kind.table.name, kind.table.changes, table.refused));
        }
    }
}

/// Columns that stand there to be seen, and by which nothing is looked for.
const NOT_LOOKED_FOR: &[(&str, &str)] = &[("determination", "scheme_hash")];

/// Both databases, read; the file of SQLite has a name of its own in each test.
async fn both(file: &str) -> (Schema, Schema, BTreeMap<String, Vec<String>>) {
    let (mut sqlite, mut postgres, mut conditions) = (Schema::default(), Schema::default(), BTreeMap::new());
    for (name, store) in stores(file).await {
        match name {
            "sqlite" => {
                sqlite = of_sqlite(store.pool().unwrap()).await;
                conditions = checks(store.pool().unwrap()).await;
            }
            "postgres" => postgres = of_postgres(store.pool().unwrap()).await,
            _ => {}
        }
    }
    (sqlite, postgres, conditions)
}

#[tokio::test]
async fn both_databases_have_the_schema_that_the_docs_show_and_every_record_finds_its_columns() {
    let (sqlite, postgres, conditions) = both("schema-alike").await;
    for (name, table) in &sqlite.tables {
        assert_eq!(Some(table), postgres.tables.get(name), "{name} in SQLite and in PostgreSQL");
    }
    assert_eq!(sqlite, postgres);
    let mut wrong = Vec::new();
    let text = written(&sqlite, &conditions, &mut wrong);
    records(&sqlite, &mut wrong);
    assert!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
    expect_file!["../../../../docs/schema.sql"].assert_eq(&text);
}

/// The classes of what is kept, from what anybody may see to what must not leave.
const CLASSES: [&str; 4] = ["public", "internal", "personal", "secret"];

/// `privacy.toml`: by table and column, or `body.field`, the class and the reason.
pub fn privacy() -> BTreeMap<(String, String), (String, String)> {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../store/privacy.toml");
    let text = std::fs::read_to_string(file).expect("crates/store/privacy.toml");
    let mut out = BTreeMap::new();
    let mut table = String::new();
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut table);
            continue;
        }
        let parts = line.split_once(" = [\"").and_then(|(column, rest)| Some((column.trim(), rest.strip_suffix("\"]")?.split_once("\", \"")?)));
        let Some((column, (class, reason))) = parts else { panic!("privacy.toml:{number}: a line says `column = [\"class\", \"reason\"]`: {line}") };
        let before = out.insert((table.clone(), column.to_owned()), (class.to_owned(), reason.to_owned()));
        assert!(before.is_none(), "privacy.toml:{number}: {table}.{column} is there twice");
    }
    out
}

#[tokio::test]
async fn every_column_and_every_field_is_classified() {
    let said = privacy();
    let (schema, ..) = both("schema-described").await;
    let mut needed = BTreeSet::new();
    for (name, table) in &schema.tables {
        let fields = KINDS.iter().find(|kind| kind.table.name == name).map(|kind| (kind.fields)()).unwrap_or_default();
        needed.extend(table.columns.iter().filter(|column| column.name != "body" || fields.is_empty()).map(|column| (name.clone(), column.name.clone())));
        needed.extend(fields.iter().map(|field| (name.clone(), format!("body.{field}"))));
    }
    let mut wrong: Vec<String> = needed.iter().filter(|at| !said.contains_key(at)).map(|(table, column)| format!("[{table}] {column} is missing")).collect();
    wrong.extend(said.keys().filter(|at| !needed.contains(at)).map(|(table, column)| format!("[{table}] {column} is not in the database any more")));
    for ((table, column), (class, reason)) in &said {
        if !CLASSES.contains(&class.as_str()) || reason.trim().is_empty() {
            wrong.push(format!("[{table}] {column}: `{class}` is none of {CLASSES:?}, or has no reason"));
        }
    }
    assert!(wrong.is_empty(), "crates/store/privacy.toml:\n  {}", wrong.join("\n  "));
}

/// One statement that must be refused, and whether at once or at the end of the transaction.
async fn refused(store: &Store, sql: &str) {
    let mut tx = store.pool().unwrap().begin().await.unwrap();
    let at_once = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut *tx).await;
    let done = match at_once {
        Ok(_) => tx.commit().await,
        Err(why) => Err(why),
    };
    let why = done.err().unwrap_or_else(|| panic!("{sql}: this was let through"));
    assert!(why.as_database_error().is_some(), "{sql}: {why}");
}

#[tokio::test]
async fn what_the_rules_forbid_the_databases_refuse_as_well() {
    for (name, store) in stores("constraints").await {
        if store.pool().is_none() {
            continue;
        }
        println!("── {name}");
        let district = crate::district::District::of_a_town(store).await;
        district.town_call("c1").await;
        district.ok("clerk", casework::people::Role::Clerk, put(1)).await;
        district.ok("admin", casework::people::Role::Administrator, person(1)).await;
        district.case_for_approval("c1", 1, "case1", &[("3", 100)]).await;
        district.ok("leader", casework::people::Role::Leader, crate::town::approve("case1")).await;
        let store = district.office.store();
        let entry = |id: &str, kind: &str, from: &str, to: &str, fen: i64, fund: &str, pool: &str, case: &str| {
            format!(
                "INSERT INTO entry (id, at, kind, from_account, to_account, amount_fen, fund_id, pool_id, case_id, reason) \
                 VALUES ('{id}', '2025-03-03', '{kind}', '{from}', '{to}', {fen}, '{fund}', {pool}, {case}, 'x')"
            )
        };
        for sql in [
            // What was done is not undone by hand.
            "UPDATE entry SET amount_fen = 1".to_owned(),
            "DELETE FROM entry".into(),
            "UPDATE determination SET year = 2020".into(),
            "DELETE FROM determination".into(),
            "UPDATE event SET act = 'x' WHERE seq = 1".into(),
            "DELETE FROM event WHERE seq = 1".into(),
            // Nothing is spent that is not there, made or lost.
            "UPDATE book SET available_fen = -1, outside_fen = 1 WHERE id = 'fund-2024'".into(),
            "UPDATE book SET available_fen = available_fen - 1 WHERE id = 'fund-2024'".into(),
            "UPDATE book SET reserved_fen = reserved_fen + available_fen + 1, available_fen = -1 WHERE id = 'pool-shops'".into(),
            "UPDATE book SET kind = 'purse' WHERE id = 'fund-2024'".into(),
            // An entry moves more than nothing, between the accounts of its kind, of books that are there, for a case that is there.
            entry("x1", "pay", "committed", "paid", 0, "fund-2024", "NULL", "NULL"),
            entry("x2", "pay", "available", "paid", 5, "fund-2024", "NULL", "NULL"),
            entry("x3", "gift", "available", "paid", 5, "fund-2024", "NULL", "NULL"),
            entry("x4", "pay", "committed", "paid", 5, "no-such-fund", "NULL", "NULL"),
            entry("x5", "pay", "committed", "paid", 5, "fund-2024", "'no-such-pool'", "NULL"),
            entry("x7", "pay", "committed", "paid", 5, "fund-2024", "'fund-2024'", "NULL"),
            entry("x6", "pay", "committed", "paid", 5, "fund-2024", "NULL", "'no-such-case'"),
            entry("e-budget", "appropriate", "outside", "available", 5, "fund-2024", "NULL", "NULL"),
            "DELETE FROM book WHERE id = 'fund-2024'".into(),
            // One event for a request, one for a place, one head.
            "INSERT INTO event SELECT seq + 1000, at, user_id, role, act, request_id, subject, input, outcome, effects, before, fingerprint FROM event WHERE seq = 1".into(),
            "INSERT INTO event SELECT seq, at, user_id, role, act, 'another', subject, input, outcome, effects, before, fingerprint FROM event WHERE seq = 1".into(),
            "INSERT INTO log_head (id, seq, fingerprint) VALUES (2, 0, 'x')".into(),
            // Records point to records, and no two have what only one may have.
            "INSERT INTO case_file (id, version, call_id, organisation_id, stage, body) VALUES ('x', 1, 'no-such-call', 'firm1', 'draft', '{}')".into(),
            "INSERT INTO case_file (id, version, call_id, organisation_id, stage, body) VALUES ('x', 1, 'c1', 'no-such-firm', 'draft', '{}')".into(),
            "INSERT INTO case_file (id, version, call_id, organisation_id, stage, body) VALUES ('x', 0, 'c1', 'firm1', 'draft', '{}')".into(),
            "INSERT INTO organisation (id, version, credit_code, body) SELECT 'twin', 1, credit_code, '{}' FROM organisation WHERE id = 'firm1'".into(),
            "DELETE FROM organisation WHERE id = 'firm1'".into(),
            "DELETE FROM call WHERE id = 'c1'".into(),
        ] {
            refused(store, &sql).await;
        }
        crate::sound::holds(store).await;
        // A balance changed by hand so that it still adds up is let through, and shown by the view.
        let sql = "UPDATE book SET available_fen = available_fen - 7, paid_fen = paid_fen + 7 WHERE id = 'fund-2024'";
        sqlx::raw_sql(sql).execute(store.pool().unwrap()).await.unwrap();
        let astray =
            rows(store.pool().unwrap(), "SELECT book_id, account, kept_fen - posted_fen FROM book_replay WHERE kept_fen <> posted_fen ORDER BY account").await;
        let astray: Vec<_> = astray.iter().map(|row| (text(row, 0), text(row, 1), row.try_get::<i64, _>(2).unwrap())).collect();
        assert_eq!(astray, [("fund-2024".into(), "available".into(), -7), ("fund-2024".into(), "paid".into(), 7)]);
    }
}

fn put(firm: u32) -> casework::Act {
    casework::Act::Registry(casework::registry::RegistryAct::PutOrganisation { organisation: crate::town::organisation(firm).into() })
}

fn person(firm: u32) -> casework::Act {
    casework::Act::Registry(casework::registry::RegistryAct::PutUser { user: crate::town::applicant(firm) })
}
