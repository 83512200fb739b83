//! Whether the service is well, and how much it does: for those who watch it.

use crate::Portal;
use crate::operation::{Answer, Answering, Asked, Operation, Payload, Who, operation};
use axum::http::Method;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How the service is.
#[derive(Serialize, JsonSchema)]
struct Health {
    /// Always `ok`: a service that is not well answers with a problem.
    status: String,
    /// Version of the program.
    version: String,
}

/// What can be asked by those who watch.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation {
            gives: (200, Payload::Json(|generator| generator.subschema_for::<Health>())),
            ..operation(Method::GET, "/healthz", "health", "operation", ("健康检查", "Whether the service is well"), Who::Anybody, health)
        },
        Operation {
            gives: (200, Payload::Bytes(METRICS)),
            ..operation(Method::GET, "/metrics", "metrics", "operation", ("运行指标", "How much the service does"), Who::Anybody, metrics)
        },
    ]
}

const METRICS: &str = "text/plain; version=0.0.4; charset=utf-8";

fn health<'a>(portal: &'a Portal, _: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move {
        portal.reading.begin().await?.head().await?;
        Answer::ok(&Health { status: "ok".into(), version: env!("CARGO_PKG_VERSION").into() })
    })
}

fn metrics<'a>(portal: &'a Portal, _: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async move { Ok(Answer::bytes(METRICS, portal.metrics.text())) })
}

/// Upper bounds of how long answers took, in microseconds.
const BOUNDS: [u64; 8] = [1_000, 2_500, 5_000, 10_000, 20_000, 50_000, 200_000, 1_000_000];

/// Answers of one operation.
#[derive(Default)]
struct Counted {
    by_class: [AtomicU64; 6],
    within: [AtomicU64; BOUNDS.len()],
    micros: AtomicU64,
}

/// What was answered since the service started: by operation, never by person or content.
pub struct Metrics(BTreeMap<String, Counted>);

impl Metrics {
    pub(crate) fn new(operations: &[Operation]) -> Self {
        Self(operations.iter().map(|operation| (operation.id.clone(), Counted::default())).collect())
    }

    /// Counts an answer.
    pub(crate) fn count(&self, operation: &str, status: u16, took: Duration) {
        let Some(counted) = self.0.get(operation) else { return };
        let add = |slot: Option<&AtomicU64>, by: u64| slot.map(|slot| slot.fetch_add(by, Ordering::Relaxed));
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        add(counted.by_class.get(usize::from(status / 100)), 1);
        add(BOUNDS.iter().position(|bound| micros <= *bound).and_then(|at| counted.within.get(at)), 1);
        add(Some(&counted.micros), micros);
    }

    /// As Prometheus reads it.
    fn text(&self) -> String {
        let mut out = String::from("# TYPE duixian_requests_total counter\n# TYPE duixian_request_seconds histogram\n");
        for (operation, counted) in &self.0 {
            let classes: Vec<u64> = counted.by_class.iter().map(|slot| slot.load(Ordering::Relaxed)).collect();
            let all: u64 = classes.iter().sum();
            if all == 0 {
                continue;
            }
            for (class, number) in classes.iter().enumerate().filter(|(_, number)| **number > 0) {
                let _ = writeln!(out, "duixian_requests_total{{operation=\"{operation}\",status=\"{class}xx\"}} {number}");
            }
            let mut sum = 0;
            for (bound, slot) in BOUNDS.iter().zip(&counted.within) {
                sum += slot.load(Ordering::Relaxed);
                let _ = writeln!(out, "duixian_request_seconds_bucket{{operation=\"{operation}\",le=\"{}\"}} {sum}", seconds(*bound));
            }
            let _ = writeln!(out, "duixian_request_seconds_bucket{{operation=\"{operation}\",le=\"+Inf\"}} {all}");
            let _ = writeln!(out, "duixian_request_seconds_sum{{operation=\"{operation}\"}} {}", seconds(counted.micros.load(Ordering::Relaxed)));
            let _ = writeln!(out, "duixian_request_seconds_count{{operation=\"{operation}\"}} {all}");
        }
        out
    }
}

fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}
