//! What the service is held against: axum with one query, and nothing else of it. A program of its own, so that neither takes
//! from the other.

use crate::client::{Connection, Question, Seat};
use crate::service::free;
use axum::Router;
use axum::extract::{Path as Of, State};
use axum::http::StatusCode;
use axum::routing::get;
use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Row};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;
use store::Store;

/// The server, running.
pub struct Bare {
    child: Option<Child>,
    pub address: SocketAddr,
}

impl Bare {
    /// Starts a program with the word `bare`, or serves here beside everything else.
    pub async fn start(program: Option<&Path>, database: &str) -> Self {
        let address = free();
        let place = format!("{address} {database}");
        let child = program.map(|program| Command::new(program).args(["bare", &place]).spawn().expect("the program starts"));
        if child.is_none() {
            tokio::spawn(async move { serve(&place).await });
        }
        let bare = Self { child, address };
        for _ in 0..1_000 {
            if let Ok(mut connection) = Connection::open(address).await
                && connection.ask(&Seat::default(), &Question::get("/".into())).await.is_ok()
            {
                return bare;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the bare server does not answer");
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Serves one row of cases by its id, with as many connections to the database as the service reads by.
pub async fn serve(place: &str) {
    let (address, database) = place.split_once(' ').expect("an address and a database");
    // The drivers are made known by opening the store.
    Store::open_read_only(database).await.expect("the database opens").close().await;
    let url = if database.starts_with("sqlite:") { format!("{}?mode=ro", database.split('?').next().unwrap_or(database)) } else { database.to_owned() };
    let pool = AnyPoolOptions::new().max_connections(4).connect(&url).await.expect("the database opens");
    let router = Router::new().route("/", get(|| async { "here" })).route("/{id}", get(one)).with_state(pool);
    let listener = tokio::net::TcpListener::bind(address).await.expect("a free port");
    axum::serve(listener, router).await.expect("it serves");
}

async fn one(State(pool): State<AnyPool>, Of(id): Of<String>) -> Result<String, StatusCode> {
    let row = sqlx::query("SELECT id, version, body FROM case_file WHERE id = $1").bind(id).fetch_optional(&pool).await;
    let row = row.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?.ok_or(StatusCode::NOT_FOUND)?;
    row.try_get(2).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}
