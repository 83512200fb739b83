//! A browser without script: pages looked at, forms filled in and sent with what stands in their hidden fields.

use crate::house::{Browser, Came, House};
use axum::body::Body;
use axum::http::{Request, header};

/// Fields of a form, in order; of one name there may be several.
pub type Fields = Vec<(String, String)>;

/// What stands between two words behind a place.
pub fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<&'t str> {
    text.split_once(before)?.1.split_once(after).map(|(found, _)| found)
}

fn plain(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    between(tag, &format!(" {name}=\""), "\"").map(plain)
}

/// What a browser would send of the form of an action, without a button.
pub fn form_of(html: &str, action: &str) -> Fields {
    let form = html.split("<form").find(|form| form.contains(&format!("action=\"{action}\""))).unwrap_or_else(|| panic!("no form {action}: {html}"));
    let form = form.split("</form>").next().unwrap();
    let mut out = Fields::new();
    for tag in form.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap()) {
        let kind = attribute(tag, "type").unwrap_or_default();
        let Some(name) = attribute(tag, "name") else { continue };
        if matches!(kind.as_str(), "radio" | "checkbox") && !tag.contains(" checked") || kind == "file" {
            continue;
        }
        out.push((name, attribute(tag, "value").unwrap_or_default()));
    }
    for select in form.split("<select").skip(1) {
        let options = select.split("</select>").next().unwrap();
        let chosen = options.split("<option").skip(1).find(|option| option.split('>').next().unwrap().contains("selected"));
        let value = chosen.map(|option| attribute(option, "value").unwrap_or_else(|| plain(between(option, ">", "<").unwrap()))).unwrap_or_default();
        out.push((attribute(select, "name").unwrap(), value));
    }
    out
}

/// Fills fields in, those that are not there too.
pub fn fill(mut form: Fields, values: &[(&str, &str)]) -> Fields {
    for (name, value) in values {
        form.retain(|(known, _)| known != name);
        form.push(((*name).to_owned(), (*value).to_owned()));
    }
    form
}

impl Came {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn leads_to(&self) -> &str {
        self.headers.get(header::LOCATION).unwrap_or_else(|| panic!("{}: {}", self.status, self.text())).to_str().unwrap()
    }
}

impl House {
    pub async fn look(&self, browser: &Browser, path: &str) -> String {
        let came = self.get(browser, path.split('#').next().unwrap()).await;
        assert!(came.status.is_success(), "{path}: {} {}", came.status, came.text());
        came.text()
    }

    /// Sends a form as a browser does: the cookie, and no header of ours.
    pub async fn submit(&self, browser: &Browser, action: &str, form: &Fields) -> Came {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.bring(browser, action, "application/x-www-form-urlencoded", body.into_bytes()).await
    }

    pub async fn bring(&self, browser: &Browser, action: &str, kind: &str, body: Vec<u8>) -> Came {
        let mut request = Request::builder().method("POST").uri(action).header(header::CONTENT_TYPE, kind).header("sec-fetch-site", "same-origin");
        if !browser.cookie.is_empty() {
            request = request.header(header::COOKIE, &browser.cookie);
        }
        self.send(request.body(Body::from(body)).unwrap()).await
    }
}
