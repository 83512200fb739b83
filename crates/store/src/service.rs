//! What the service keeps beside the office (migration 0002): sign-ins, sessions, tokens, uploads on their way, other systems
//! that listen. Rows as they stand in their tables, each found by one column; nothing here is an act, so nothing is in the log.
//! Times are seconds since 1970 by the machine's clock: they guard the door and decide nothing of a case.

use crate::sql::{Dialect, failed};
use crate::{Store, StoreError};
use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Row};

type Query<'q> = sqlx::query::Query<'q, Any, <Any as sqlx::Database>::Arguments>;

/// A row of a table of the service.
pub trait ServiceRow: Sized + Send {
    /// Table.
    const TABLE: &'static str;
    /// Its columns; the first names the row.
    const COLUMNS: &'static [&'static str];

    /// Reads a row.
    fn read(row: &AnyRow) -> Result<Self, sqlx::Error>;

    /// Binds the columns in their order.
    fn bind<'q>(&self, query: Query<'q>) -> Query<'q>;
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident $table:literal { $($(#[$field_doc:meta])* $field:ident: $ty:ty),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $($(#[$field_doc])* pub $field: $ty),* }

        impl ServiceRow for $name {
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn read(row: &AnyRow) -> Result<Self, sqlx::Error> {
                Ok(Self { $($field: row.try_get(stringify!($field))?),* })
            }

            fn bind<'q>(&self, query: Query<'q>) -> Query<'q> {
                query$(.bind(self.$field.clone()))*
            }
        }
    )*};
}

rows! {
    /// How a person signs in.
    SignIn "sign_in" {
        /// The person.
        user_id: String,
        /// Hash of the password, with its salt and cost (argon2id, PHC format); empty: no password opens this door.
        password: String,
        /// Secret of the second factor, in base 32; none: not set up.
        totp: Option<String>,
        /// Last step of the second factor that was used: none is taken twice.
        totp_step: i64,
        /// Failures in a row.
        failures: i64,
        /// Until when no password is tried.
        locked_until: i64,
        /// 1: a password that others know; it must be changed first of all.
        must_change: i64,
    }
    /// Somebody signed in.
    Session "session" {
        /// Digest of the cookie.
        digest: String,
        /// Who.
        user_id: String,
        /// As what.
        role: String,
        /// What a form must repeat, so that no other page can send it.
        csrf: String,
        /// Since when.
        created: i64,
        /// Last request.
        seen: i64,
        /// When it ends, used or not.
        expires: i64,
    }
    /// A program's key.
    Token "api_token" {
        /// Id.
        id: String,
        /// Digest of the key.
        digest: String,
        /// For whom it acts.
        user_id: String,
        /// As what.
        role: String,
        /// What it is called.
        name: String,
        /// Since when.
        created: i64,
        /// When it ends.
        expires: i64,
        /// When it was revoked; 0: it holds.
        revoked: i64,
    }
    /// A file on its way, or arrived.
    Upload "upload" {
        /// Id.
        id: String,
        /// Who sends it.
        user_id: String,
        /// For which enterprise; none: an officer's.
        organisation_id: Option<String>,
        /// The case it is about, where that was said.
        case_id: Option<String>,
        /// Its name, cleaned.
        name: String,
        /// Bytes in all.
        size: i64,
        /// Bytes that are on the disk.
        received: i64,
        /// What it is by its content; none until it is whole.
        kind: Option<String>,
        /// SM3 of its content; none until it is whole.
        digest: Option<String>,
        /// Since when.
        created: i64,
    }
    /// Another system that is told of acts.
    Webhook "webhook" {
        /// Id.
        id: String,
        /// Who set it up; it hears of what this person may read.
        user_id: String,
        /// Where to.
        url: String,
        /// Key of the signature.
        secret: String,
        /// Names of acts, separated by commas; empty: all.
        acts: String,
        /// Position of the last event that arrived.
        delivered: i64,
        /// Failures in a row.
        failures: i64,
        /// Not before.
        next_try: i64,
        /// 1: on.
        active: i64,
        /// What went wrong last; empty: nothing.
        trouble: String,
    }
    /// That an invoice was handed in.
    InvoiceUse "invoice_use" {
        /// The upload it came with.
        upload_id: String,
        /// Which invoice: made of code and number alone.
        fingerprint: String,
        /// Digest of the file.
        digest: String,
        /// Who handed it in.
        user_id: String,
        /// For which enterprise; none: an officer's.
        organisation_id: Option<String>,
        /// When, by the clock of the office.
        at: String,
    }
    /// What was typed into the form of an application, as it was typed.
    DraftForm "draft_form" {
        /// Enterprise and call: `ent01:call1`.
        id: String,
        /// Whose.
        organisation_id: String,
        /// Of which call.
        call_id: String,
        /// The draft that holds what of it can be used.
        case_id: String,
        /// Who saved it last.
        user_id: String,
        /// Names and values, as a form sends them.
        fields: String,
        /// How often it was saved.
        version: i64,
        /// The request that saved it last, so that one sent twice is done once.
        request: String,
        /// When.
        saved: i64,
    }
    /// That a case changed hands within a unit. The row with the highest number of a case and unit holds, at its step alone.
    CaseHandler "case_handler" {
        /// Case, unit and number.
        id: String,
        /// The case.
        case_id: String,
        /// The unit.
        unit_id: String,
        /// The step at which it was taken.
        step: String,
        /// The how manieth time.
        number: i64,
        /// Who has it now; none: it was given back.
        user_id: Option<String>,
        /// Who took it, gave it on or gave it back.
        by_user: String,
        /// When, by the clock of the office.
        at: String,
    }
    /// What came of an act that was done to many cases at once.
    BulkRun "bulk_run" {
        /// Name of the request; each case has one of its own, made from it.
        id: String,
        /// Who asked.
        user_id: String,
        /// As what.
        role: String,
        /// The act.
        act: String,
        /// Cases and what came of each, as JSON.
        results: String,
        /// When, by the clock of the office.
        at: String,
    }
    /// A filter of a list, with its columns, that somebody keeps under a name.
    ListView "list_view" {
        /// Id.
        id: String,
        /// Whose.
        user_id: String,
        /// Which list.
        list: String,
        /// What it is called.
        name: String,
        /// The filter, as it stands behind the question mark.
        filter: String,
        /// Columns that are shown, separated by `~`; empty: as of the list.
        columns: String,
        /// When.
        saved: i64,
    }
    /// That a list left the office as a file.
    ExportNote "export_note" {
        /// Name of the request in the log.
        id: String,
        /// Who took it.
        user_id: String,
        /// As what.
        role: String,
        /// Which list.
        collection: String,
        /// The filter, as JSON of name and value.
        filter: String,
        /// `xlsx` or `csv`.
        format: String,
        /// How many rows.
        row_count: i64,
        /// When, by the clock of the office.
        at: String,
    }
}

/// How many files somebody has here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uploads {
    /// All of them.
    pub files: i64,
    /// Those that are on their way still.
    pub open: i64,
    /// Bytes, those to come included.
    pub bytes: i64,
}

/// Columns of a row, named.
fn names<R: ServiceRow>() -> String {
    R::COLUMNS.join(", ")
}

impl Store {
    fn service(&self) -> Result<&crate::sql::Database, StoreError> {
        let nowhere = || StoreError::Unreadable { table: "service", id: String::new(), why: "a store in memory keeps no sign-ins".into() };
        self.database().ok_or_else(nowhere)
    }

    /// Rows with a value in a column, in the order of their names. Errors: the database.
    pub async fn service_rows<R: ServiceRow>(&self, column: &'static str, value: &str) -> Result<Vec<R>, StoreError> {
        let doing = format!("find {} by {column}", R::TABLE);
        let sql = format!("SELECT {} FROM {} WHERE {column} = $1 ORDER BY 1", names::<R>(), R::TABLE);
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(value.to_owned()).fetch_all(self.service()?.pool()).await.map_err(failed(doing.as_str()))?;
        rows.iter().map(R::read).collect::<Result<_, _>>().map_err(failed(doing))
    }

    /// The one row with a value in a column. Errors: the database.
    pub async fn service_row<R: ServiceRow>(&self, column: &'static str, value: &str) -> Result<Option<R>, StoreError> {
        Ok(self.service_rows(column, value).await?.pop())
    }

    /// All rows of a table. Errors: the database.
    pub async fn service_all<R: ServiceRow>(&self) -> Result<Vec<R>, StoreError> {
        let doing = format!("list {}", R::TABLE);
        let sql = format!("SELECT {} FROM {} ORDER BY 1", names::<R>(), R::TABLE);
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(self.service()?.pool()).await.map_err(failed(doing.as_str()))?;
        rows.iter().map(R::read).collect::<Result<_, _>>().map_err(failed(doing))
    }

    /// Writes a row, in the place of one of the same name. Errors: the database.
    pub async fn put_service_row<R: ServiceRow>(&self, row: &R) -> Result<(), StoreError> {
        let places: Vec<String> = (1..=R::COLUMNS.len()).map(|at| format!("${at}")).collect();
        let id = R::COLUMNS.first().copied().unwrap_or_default();
        let sets: Vec<String> = R::COLUMNS.iter().skip(1).map(|column| format!("{column} = excluded.{column}")).collect();
        let sql = format!("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({id}) DO UPDATE SET {}", R::TABLE, names::<R>(), places.join(", "), sets.join(", "));
        self.write_service(row.bind(sqlx::query(AssertSqlSafe(sql))), &format!("write {}", R::TABLE)).await?;
        Ok(())
    }

    /// Takes away the rows with a value in a column; how many there were. Errors: the database.
    pub async fn drop_service_rows<R: ServiceRow>(&self, column: &'static str, value: &str) -> Result<u64, StoreError> {
        let sql = format!("DELETE FROM {} WHERE {column} = $1", R::TABLE);
        self.write_service(sqlx::query(AssertSqlSafe(sql)).bind(value.to_owned()), &format!("delete from {}", R::TABLE)).await
    }

    /// Counts a try to sign in as a failure before it is made, and locks the door until a time from the given number on; false:
    /// the door is locked, or there is none. [`Store::forgive_tries`] takes it back where the try was right. After a lock that
    /// has ended it counts from one again: one wrong word more does not lock for as long again.
    ///
    /// One statement: of a hundred tries at once no more pass than one after another. Errors: the database.
    pub async fn count_try(&self, user: &str, locks_at: i64, now: i64, locked_until: i64) -> Result<bool, StoreError> {
        // Behind SET a column is what it was before, in both dialects.
        let counted = "CASE WHEN locked_until > 0 THEN 1 ELSE failures + 1 END";
        let sql = format!(
            "UPDATE sign_in SET failures = {counted}, locked_until = CASE WHEN {counted} >= $2 THEN $3 ELSE CAST(0 AS BIGINT) END \
             WHERE user_id = $1 AND locked_until <= $4"
        );
        Ok(self.write_service(sqlx::query(AssertSqlSafe(sql)).bind(user.to_owned()).bind(locks_at).bind(locked_until).bind(now), "count a try").await? == 1)
    }

    /// Forgets the failures of somebody whose password was right; false: it is another by now. Nothing else of the row is touched:
    /// a used step of the second factor stays used. Errors: the database.
    pub async fn forgive_tries(&self, user: &str, password: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE sign_in SET failures = 0, locked_until = 0 WHERE user_id = $1 AND password = $2";
        Ok(self.write_service(sqlx::query(sql).bind(user.to_owned()).bind(password.to_owned()), "forget failures").await? == 1)
    }

    /// Sets the password of a person, whatever was there; the second factor stays. Errors: the database.
    pub async fn set_password(&self, user: &str, hash: &str, must_change: bool) -> Result<(), StoreError> {
        let sql = "INSERT INTO sign_in (user_id, password, totp_step, failures, locked_until, must_change) VALUES ($1, $2, 0, 0, 0, $3) \
                   ON CONFLICT (user_id) DO UPDATE SET password = excluded.password, failures = 0, locked_until = 0, must_change = excluded.must_change";
        let query = sqlx::query(sql).bind(user.to_owned()).bind(hash.to_owned()).bind(i64::from(must_change));
        self.write_service(query, "set a password").await?;
        Ok(())
    }

    /// Gives a first password to a person who has none, or whose given one was never changed; false: the person has an own one.
    /// Errors: the database.
    pub async fn give_password(&self, user: &str, hash: &str) -> Result<bool, StoreError> {
        let sql = "INSERT INTO sign_in (user_id, password, totp_step, failures, locked_until, must_change) VALUES ($1, $2, 0, 0, 0, 1) \
                   ON CONFLICT (user_id) DO UPDATE SET password = excluded.password, failures = 0, locked_until = 0 WHERE sign_in.must_change = 1";
        Ok(self.write_service(sqlx::query(sql).bind(user.to_owned()).bind(hash.to_owned()), "give a password").await? == 1)
    }

    /// Puts an own password in the place of another; false: that is no longer the password. Errors: the database.
    pub async fn change_password(&self, user: &str, from: &str, to: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE sign_in SET password = $3, failures = 0, locked_until = 0, must_change = 0 WHERE user_id = $1 AND password = $2";
        Ok(self.write_service(sqlx::query(sql).bind(user.to_owned()).bind(from.to_owned()).bind(to.to_owned()), "change a password").await? == 1)
    }

    /// Notes that a person comes in by an identity from elsewhere: the row then has no password, and none is given by one
    /// administrator alone. A given password that was never changed ends; an own one stays. True: the row is new, or such a password
    /// ended. Errors: the database.
    pub async fn note_identity(&self, user: &str) -> Result<bool, StoreError> {
        let sql = "INSERT INTO sign_in (user_id, password, totp_step, failures, locked_until, must_change) VALUES ($1, '', 0, 0, 0, 0) \
                   ON CONFLICT (user_id) DO UPDATE SET password = '', must_change = 0 WHERE sign_in.must_change = 1";
        Ok(self.write_service(sqlx::query(sql).bind(user.to_owned()), "note an identity").await? == 1)
    }

    /// Sets the second factor up, the step that proved it used; false: there is one already. Errors: the database.
    pub async fn set_totp(&self, user: &str, secret: &str, step: i64) -> Result<bool, StoreError> {
        let sql = "UPDATE sign_in SET totp = $2, totp_step = $3 WHERE user_id = $1 AND totp IS NULL";
        Ok(self.write_service(sqlx::query(sql).bind(user.to_owned()).bind(secret.to_owned()).bind(step), "set a second factor up").await? == 1)
    }

    /// Marks a step of the second factor as used; false: it, or a later one, was used before. Errors: the database.
    pub async fn use_totp_step(&self, user: &str, step: i64) -> Result<bool, StoreError> {
        let sql = "UPDATE sign_in SET totp_step = $2 WHERE user_id = $1 AND totp_step < $2";
        Ok(self.write_service(sqlx::query(sql).bind(user.to_owned()).bind(step), "use a second factor").await? == 1)
    }

    /// Notes that more of an upload is on the disk; false: another request went on with it meanwhile. Errors: the database.
    pub async fn upload_grew(&self, id: &str, from: i64, to: i64) -> Result<bool, StoreError> {
        let sql = "UPDATE upload SET received = $3 WHERE id = $1 AND received = $2";
        Ok(self.write_service(sqlx::query(sql).bind(id.to_owned()).bind(from).bind(to), "write upload").await? == 1)
    }

    /// Notes the last request of a session, if it is still there. Errors: the database.
    pub async fn session_seen(&self, digest: &str, at: i64) -> Result<(), StoreError> {
        let sql = "UPDATE session SET seen = $2 WHERE digest = $1";
        self.write_service(sqlx::query(sql).bind(digest.to_owned()).bind(at), "note a request").await?;
        Ok(())
    }

    /// Revokes a token, if it is still there. Errors: the database.
    pub async fn revoke_token(&self, id: &str, at: i64) -> Result<(), StoreError> {
        let sql = "UPDATE api_token SET revoked = $2 WHERE id = $1";
        self.write_service(sqlx::query(sql).bind(id.to_owned()).bind(at), "revoke a token").await?;
        Ok(())
    }

    /// Notes of what left the office, in the order of time, after a note (when and id), at most so many. Errors: the database.
    pub async fn export_notes(&self, user: Option<&str>, after: (&str, &str), at_most: i64) -> Result<Vec<ExportNote>, StoreError> {
        let doing = "list export_note";
        let sql = format!(
            "SELECT {} FROM export_note WHERE (at > $1 OR (at = $1 AND id > $2)) AND ($3 = '' OR user_id = $3) ORDER BY at, id LIMIT $4",
            names::<ExportNote>()
        );
        let query = sqlx::query(AssertSqlSafe(sql)).bind(after.0.to_owned()).bind(after.1.to_owned()).bind(user.unwrap_or_default().to_owned()).bind(at_most);
        let rows = query.fetch_all(self.service()?.pool()).await.map_err(failed(doing))?;
        rows.iter().map(ExportNote::read).collect::<Result<_, _>>().map_err(failed(doing))
    }

    /// Keeps what was typed, if it is still of the version that whoever typed has seen (0: there was nothing); false: it was saved
    /// by another window meanwhile, and nothing is changed. Errors: the database.
    pub async fn save_draft_form(&self, row: &DraftForm, seen: i64) -> Result<bool, StoreError> {
        let doing = "save a form";
        if seen == 0 {
            let places: Vec<String> = (1..=DraftForm::COLUMNS.len()).map(|at| format!("${at}")).collect();
            let sql = format!("INSERT INTO draft_form ({}) VALUES ({}) ON CONFLICT (id) DO NOTHING", names::<DraftForm>(), places.join(", "));
            return Ok(self.write_service(row.bind(sqlx::query(AssertSqlSafe(sql))), doing).await? == 1);
        }
        let sql = "UPDATE draft_form SET case_id = $3, user_id = $4, fields = $5, version = $6, request = $7, saved = $8 WHERE id = $1 AND version = $2";
        let query = sqlx::query(sql).bind(row.id.clone()).bind(seen).bind(row.case_id.clone()).bind(row.user_id.clone()).bind(row.fields.clone());
        Ok(self.write_service(query.bind(row.version).bind(row.request.clone()).bind(row.saved), doing).await? == 1)
    }

    /// Writes a row where there is none of its name; false: there is one. Errors: the database.
    pub async fn add_service_row<R: ServiceRow>(&self, row: &R) -> Result<bool, StoreError> {
        let places: Vec<String> = (1..=R::COLUMNS.len()).map(|at| format!("${at}")).collect();
        let id = R::COLUMNS.first().copied().unwrap_or_default();
        let sql = format!("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({id}) DO NOTHING", R::TABLE, names::<R>(), places.join(", "));
        Ok(self.write_service(row.bind(sqlx::query(AssertSqlSafe(sql))), &format!("add {}", R::TABLE)).await? == 1)
    }

    /// The last times that cases changed hands within a unit, the last first, at most so many. Errors: the database.
    pub async fn case_handlers_of(&self, unit: &str, at_most: i64) -> Result<Vec<CaseHandler>, StoreError> {
        let doing = "list case_handler";
        let sql = format!("SELECT {} FROM case_handler WHERE unit_id = $1 ORDER BY at DESC, number DESC LIMIT $2", names::<CaseHandler>());
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(unit.to_owned()).bind(at_most).fetch_all(self.service()?.pool()).await.map_err(failed(doing))?;
        rows.iter().map(CaseHandler::read).collect::<Result<_, _>>().map_err(failed(doing))
    }

    /// The newest notes, the last first. Errors: the database.
    pub async fn newest_export_notes(&self, at_most: i64) -> Result<Vec<ExportNote>, StoreError> {
        let doing = "list export_note";
        let sql = format!("SELECT {} FROM export_note ORDER BY at DESC, id DESC LIMIT $1", names::<ExportNote>());
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(at_most).fetch_all(self.service()?.pool()).await.map_err(failed(doing))?;
        rows.iter().map(ExportNote::read).collect::<Result<_, _>>().map_err(failed(doing))
    }

    /// How many files there are with a value in a column. Errors: the database.
    pub async fn uploads_of(&self, column: &'static str, value: &str) -> Result<Uploads, StoreError> {
        let sql = format!("SELECT COUNT(*), COUNT(*) - COUNT(digest), CAST(COALESCE(SUM(size), 0) AS BIGINT) FROM upload WHERE {column} = $1");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(value.to_owned()).fetch_one(self.service()?.pool()).await.map_err(failed("count uploads"))?;
        let read = |at| row.try_get(at).map_err(failed("count uploads"));
        Ok(Uploads { files: read(0)?, open: read(1)?, bytes: read(2)? })
    }

    /// Ends sessions whose time is over; how many. Errors: the database.
    pub async fn sweep_sessions(&self, now: i64, idle_since: i64) -> Result<u64, StoreError> {
        let sql = "DELETE FROM session WHERE expires <= $1 OR seen <= $2";
        self.write_service(sqlx::query(sql).bind(now).bind(idle_since), "end sessions").await
    }

    /// Notes that a listener has everything up to a position; false: it was paused, removed or moved meanwhile. Errors: the database.
    pub async fn webhook_heard(&self, id: &str, from: i64, to: i64) -> Result<bool, StoreError> {
        let sql = "UPDATE webhook SET delivered = $3, failures = 0, next_try = 0, trouble = '' WHERE id = $1 AND delivered = $2 AND active = 1";
        Ok(self.write_service(sqlx::query(sql).bind(id.to_owned()).bind(from).bind(to), "note a delivery").await? == 1)
    }

    /// Notes that a listener could not be told, and not to try before a time. Errors: the database.
    pub async fn webhook_failed(&self, id: &str, next_try: i64, trouble: &str) -> Result<(), StoreError> {
        let sql = "UPDATE webhook SET failures = failures + 1, next_try = $2, trouble = $3 WHERE id = $1";
        self.write_service(sqlx::query(sql).bind(id.to_owned()).bind(next_try).bind(trouble.to_owned()), "note a failed delivery").await?;
        Ok(())
    }

    /// Pauses a listener or lets it go on, at once; false: there is none. Errors: the database.
    pub async fn switch_webhook(&self, id: &str, on: bool) -> Result<bool, StoreError> {
        let sql = "UPDATE webhook SET active = $2, failures = 0, next_try = 0, trouble = '' WHERE id = $1";
        Ok(self.write_service(sqlx::query(sql).bind(id.to_owned()).bind(i64::from(on)), "switch a listener").await? == 1)
    }

    async fn write_service(&self, query: Query<'_>, doing: &str) -> Result<u64, StoreError> {
        let database = self.service()?;
        // SQLite has one writer; those of this program queue as acts do.
        let _turn = if database.dialect() == Dialect::Sqlite { Some(database.turn().await) } else { None };
        Ok(query.execute(database.pool()).await.map_err(failed(doing))?.rows_affected())
    }
}
