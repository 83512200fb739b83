//! Samples of what happens to money after its determination, as JSON.

use super::{paper, read};
use casework::Act;
use serde_json::json;

/// The payment of clause 1.1 of case `paid`.
const DUE: &str = "e-n1:1:1.1";

pub fn samples() -> Vec<Act> {
    let paper = json!({"name": "举报材料", "digest": paper().to_string(), "facts": []});
    let amounts = json!([{"clause": "1.1", "amount": 0, "reason": "更正"}, {"clause": "8.1", "amount": 0, "reason": "更正"}]);
    let account = json!({"holder": "示例电商1号有限公司", "number": "62009999", "bank": "示例银行"});
    [
        json!({"call":{"state_share":{"call": "c2"}}}),
        json!({"call": {"share_again": {"call": "c1", "pool": "年度总额", "entry": "e-again", "determinations": []}}}),
        json!({"call": {"carry_over": {"call": "c1", "pool": "年度总额", "fund": "fund-2024", "pools": [], "entry": "e-carry"}}}),
        json!({"call": {"archive": {"call": "c1", "entry": "e-arc"}}}),
        json!({"call": {"rank": {"call": "c1", "clause": "1.3", "others": null, "reason": null}}}),
        json!({"call": {"set_rate": {"call": "c2", "name": "USD", "value": "7.1884", "source": "中国外汇交易中心"}}}),
        json!({"case": {"archive": {"case": "paid"}}}),
        json!({"notice": {"object": {
            "objection": "o2", "notice": "n1", "case": "paid", "by": {"name": "李某", "contact": "电话"}, "grounds": "材料不实", "evidence": [paper]
        }}}),
        json!({"notice": {"check": {"objection": "o1", "result": "属实"}}}),
        json!({"notice": {"settle": {"objection": "o1", "ruling": "dismissed", "result": "维持", "determination": null, "entry": "e-o1"}}}),
        json!({"payment": {"plan": {"batch": "b2", "call": "c1", "cases": null}}}),
        json!({"payment": {"request": {"batch": "b1", "number": "商务委〔2025〕9号"}}}),
        json!({"payment": {"cancel": {"batch": "b1"}}}),
        json!({"payment": {"report": {"batch": "b1", "reports": [], "entry": "e-r2"}}}),
        json!({"payment": {"mend": {"case": "paid", "account": account}}}),
        json!({"payment": {"drop": {"due": DUE, "entry": "e-drop", "reason": "企业注销"}}}),
        json!({"determination": {"amend": {"motion": "mo1",
            "case": "paid", "determination": "d9", "entry": "e-d9", "application": null, "amounts": amounts, "reason": "更正"
        }}}),
        json!({"determination": {"confirm_amendment": {"case": "paid", "motion": "mo1"}}}),
        json!({"instalment": {"test": {"motion": "mo2", "due": DUE, "facts": {}, "evidence": [], "entry": "e-t1"}}}),
        json!({"instalment": {"confirm_test": {"due": DUE, "motion": "mo2"}}}),
        json!({"instalment": {"fund": {"due": DUE, "fund": "fund-2024", "entry": "e-f1"}}}),
        json!({"performance": {"report": {"due": DUE, "reached": [], "words": "已完成", "evidence": []}}}),
        json!({"performance": {"send_back": {"due": DUE, "reason": "不完整"}}}),
        json!({"performance": {"accept": {"due": DUE, "opinion": "认可"}}}),
    ]
    .into_iter()
    .map(read)
    .collect()
}
