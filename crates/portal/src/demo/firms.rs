//! The firms of the demonstration: all made up, each with an account that a second person verified, somebody who signs in for
//! it, and some with shops. Ids, names, codes and accounts belong to nobody.

use super::DemoError;
use super::walk::Walk;
use serde_json::json;
use values::CreditCode;

/// Id and name. The first eighteen are of 黔江, the others of 九龙坡.
pub(super) const FIRMS: &[(&str, &str)] = &[
    ("ent01", "重庆雾脚里山货电子商务有限公司"),
    ("ent02", "重庆石墨坡百货连锁有限公司"),
    ("ent03", "重庆三岔云程跨境贸易有限公司"),
    ("ent04", "重庆苗灯记特色馆运营有限公司"),
    ("ent05", "重庆青岩垭直播电商有限公司"),
    ("ent06", "重庆五谷声数字商务有限公司"),
    ("ent07", "重庆桃子湾网络零售有限公司"),
    ("ent08", "重庆晒谷坪冷链食品有限公司"),
    ("ent09", "重庆半坡雨家居电子商务有限公司"),
    ("ent10", "重庆土漆坊工艺品有限公司"),
    ("ent11", "重庆武水桥国际供应链有限公司"),
    ("ent12", "重庆檐下灯文创电子商务有限公司"),
    ("ent13", "重庆岩蜂谷蜂业电子商务有限公司"),
    ("ent14", "重庆木叶飞数贸服务有限公司"),
    ("ent15", "重庆九道拐会展传播有限公司"),
    ("ent16", "重庆梯田上创业孵化有限公司"),
    ("ent17", "重庆火铺头茶叶网络销售有限公司"),
    ("ent18", "重庆溪口渡软件科技有限公司"),
    ("ent19", "重庆坡上街鲜品电子商务有限公司"),
    ("ent20", "重庆轨道边家纺网络销售有限公司"),
    ("ent21", "重庆厂房七号数码商城有限公司"),
    ("ent22", "重庆江岸灯云商数据有限公司"),
    ("ent23", "重庆老车间文创网络零售有限公司"),
    ("ent24", "重庆滩子口果品电子商务有限公司"),
];

/// Ids of those who sign in for them.
pub(super) fn ids() -> impl Iterator<Item = &'static str> {
    FIRMS.iter().map(|(id, _)| *id)
}

/// The applicants that are printed.
pub(super) fn printed() -> impl Iterator<Item = (&'static str, &'static str)> {
    [("ent01", "申报人：重庆雾脚里山货电子商务有限公司（黔江）"), ("ent19", "申报人：重庆坡上街鲜品电子商务有限公司（九龙坡）")].into_iter()
}

/// The name of a firm.
pub(super) fn name_of(firm: &str) -> &'static str {
    FIRMS.iter().find(|(id, _)| *id == firm).map_or("", |(_, name)| *name)
}

/// The credit code of a firm, with a body that no office gives out.
pub(super) fn code_of(firm: &str) -> Result<String, DemoError> {
    let district = if is_of_jiulongpo(firm) { "500107" } else { "500114" };
    let number = firm.trim_start_matches("ent");
    let code = CreditCode::with_check_digit(&format!("91{district}MADEM00{number}")).map_err(|why| DemoError::Missing(format!("code of {firm}: {why:?}")))?;
    Ok(code.as_str().to_owned())
}

/// Whether a firm is of the second district.
pub(super) fn is_of_jiulongpo(firm: &str) -> bool {
    firm >= "ent19"
}

/// The account of a firm as it was entered first.
pub(super) fn account_of(firm: &str) -> serde_json::Value {
    let number = firm.trim_start_matches("ent");
    json!({ "holder": name_of(firm), "number": format!("6200000000{number}"), "bank": "示例农村商业银行营业部" })
}

/// Shops: whose, platform, name.
const SHOPS: &[(&str, &str, &str)] = &[
    ("ent01", "示例商城", "雾脚里山货旗舰店"),
    ("ent01", "示例短视频", "雾脚里的山货"),
    ("ent05", "示例短视频", "青岩垭直播间"),
    ("ent07", "示例商城", "桃子湾果园店"),
    ("ent13", "示例拼购", "岩蜂谷蜂蜜"),
    ("ent19", "示例商城", "坡上街鲜品"),
];

/// Enters firms, accounts, people and shops.
pub(super) async fn enter(walk: &mut Walk<'_>) -> Result<(), DemoError> {
    walk.on("2025-01-03")?;
    for (id, name) in FIRMS {
        let clerk = if is_of_jiulongpo(id) { "clerk2" } else { "clerk" };
        let organisation = json!({ "id": id, "name": name, "credit_code": code_of(id)?, "account": account_of(id) });
        walk.does(clerk, "registry.put_organisation", json!({ "organisation": organisation })).await?;
        walk.does("finance", "registry.verify_account", json!({ "entry": format!("{id}:1") })).await?;
        let user = json!({
            "id": id, "name": format!("{name}经办人"), "unit": null, "organisation": id, "roles": ["applicant"], "links": [], "active": true
        });
        walk.does("admin", "registry.put_user", json!({ "user": user })).await?;
    }
    for (number, (firm, platform, name)) in (1..).zip(SHOPS) {
        let clerk = if is_of_jiulongpo(firm) { "clerk2" } else { "clerk" };
        let shop = json!({ "id": format!("shop{number}"), "organisation": firm, "platform": platform, "name": name, "from": "2022-03-01", "until": null });
        walk.does(clerk, "registry.put_shop", json!({ "shop": shop })).await?;
    }
    Ok(())
}
