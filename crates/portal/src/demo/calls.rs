//! Money and calls of the demonstration.

use super::DemoError;
use super::policies::{OF_JIULONGPO, OF_QIANJIANG};
use super::walk::Walk;
use serde_json::{Value, json};

/// Budgets of two years, and the pool that the policy of 黔江 sets for each.
pub(super) async fn budget(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    for (number, (fund, year, source, yuan)) in (1..).zip([
        ("fund-2024", 2024, "电子商务产业发展专项资金（2024年度）", 20_000_000_i64),
        ("fund-2025", 2025, "电子商务产业发展专项资金（2025年度）", 15_000_000),
        ("fund-jlp-2024", 2024, "网络零售产业发展专项资金（2024年度）", 5_000_000),
    ]) {
        walk.does("finance", "budget.open_fund", json!({ "book": fund, "year": year, "source": source })).await?;
        let appropriate = json!({ "entry": format!("e-{fund}"), "book": fund, "amount": yuan * 100, "reason": format!("预算〔2025〕演示{number}号") });
        walk.does("finance", "budget.appropriate", appropriate).await?;
    }
    for year in [2024, 2025] {
        let pool = json!({ "book": format!("pool-{year}"), "year": year, "version": OF_QIANJIANG, "pool": "年度总额", "entry": format!("e-pool-{year}") });
        walk.does("finance", "budget.open_pool", pool).await?;
    }
    Ok(())
}

/// A step: kind, role, working days.
fn step((kind, role, days): &(&str, &str, u32)) -> Value {
    json!({ "kind": kind, "role": role, "period": { "working_days": days }, "completion": "all" })
}

/// A call of 黔江, led by 区商务委.
pub(super) struct Plan<'p> {
    pub(super) id: &'p str,
    pub(super) title: &'p str,
    pub(super) year: i32,
    pub(super) as_of: &'p str,
    pub(super) clauses: &'p [&'p str],
    pub(super) open: [&'p str; 2],
    pub(super) with: &'p [&'p str],
    pub(super) steps: &'p [(&'p str, &'p str, u32)],
    /// Whether its clauses draw on the pool of the year.
    pub(super) pool: bool,
    pub(super) credit: bool,
    pub(super) guide: Option<&'p str>,
}

impl Plan<'_> {
    /// The call as it is prepared.
    pub(super) fn call(&self) -> Value {
        let pools = if self.pool { json!([["年度总额", format!("pool-{}", self.year)]]) } else { json!([]) };
        self.of(OF_QIANJIANG, "commerce", &format!("fund-{}", self.year), &pools)
    }

    /// The same for 九龙坡.
    pub(super) fn call_of_jiulongpo(&self) -> Value {
        self.of(OF_JIULONGPO, "jlp-commerce", "fund-jlp-2024", &json!([]))
    }

    fn of(&self, version: &str, lead: &str, fund: &str, pools: &Value) -> Value {
        json!({
            "id": self.id, "title": self.title, "version": version, "year": self.year, "as_of": self.as_of,
            "clauses": self.clauses, "open": self.open, "lead": lead, "with": self.with, "fund": fund, "pools": pools,
            "workflow": {
                "acceptance": { "working_days": 5 },
                "correction": { "working_days": 10 },
                "steps": self.steps.iter().map(step).collect::<Vec<_>>(),
                "notice": { "working_days": 5 },
                "objection": { "working_days": 10 },
                "unit_periods": [], "apart": [], "credit": self.credit,
            },
            "guide": self.guide,
            "stage": "draft",
        })
    }
}
