//! Takes the pictures of the README from the demonstration: `cargo xtask screenshots`. A page is a row of the table.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, dead_code, reason = "a tool of the tests, which fails loudly")]

#[path = "../../tests/browser/chrome.rs"]
mod chrome;
mod palette;
#[path = "../../tests/browser/service.rs"]
mod service;
#[path = "../../tests/browser/tab.rs"]
mod tab;

use base64ct::{Base64, Encoding};
use chrome::Chrome;
use std::path::PathBuf;
use tab::Tab;

/// A picture.
struct Picture {
    /// Name of the file.
    name: &'static str,
    /// User of the demonstration; empty: nobody.
    user: &'static str,
    address: &'static str,
    size: (u32, u32),
    /// What is done on the page first.
    first: fn(&Tab<'_>),
}

/// What a laptop in an office shows.
const SCREEN: (u32, u32) = (1366, 768);

/// Heaviest that a picture may be, in bytes.
const BYTES_MAX: usize = 200_000;

const PICTURES: &[Picture] = &[
    Picture { name: "home", user: "", address: "/", size: SCREEN, first: as_it_is },
    Picture { name: "clause", user: "", address: "/policies/qianjiang-2023#c-qianjiang-2023-6.1", size: SCREEN, first: as_it_is },
    Picture { name: "calculator", user: "", address: "/policies/qianjiang-2023/calculator", size: SCREEN, first: facts_of_a_brand },
    Picture { name: "wizard", user: "ent01", address: "/calls/ds2025/apply?step=facts", size: SCREEN, first: as_it_is },
    Picture { name: "timeline", user: "ent01", address: "/my/cases/ds2024-01", size: SCREEN, first: as_it_is },
    Picture { name: "queue", user: "clerk", address: "/work", size: SCREEN, first: as_it_is },
    Picture { name: "case", user: "leader", address: "/cases/yy2024-08", size: SCREEN, first: as_it_is },
    Picture { name: "notice", user: "", address: "/notices/gs2025-3", size: SCREEN, first: as_it_is },
    Picture { name: "cockpit", user: "leader", address: "/cockpit", size: SCREEN, first: as_it_is },
    Picture { name: "entry", user: "leader", address: "/entries/e-gs2025-1:5:1", size: SCREEN, first: as_it_is },
    Picture { name: "workshop", user: "drafter", address: "/workshop/qianjiang-2026", size: SCREEN, first: clause_of_live_streaming },
];

fn as_it_is(_: &Tab<'_>) {}

fn facts_of_a_brand(tab: &Tab<'_>) {
    tab.pick("申报人类型", "企业");
    for (question, answer) in [("注册地在本区", "是"), ("在本区纳税", "是"), ("近三年列入失信黑名单", "否"), ("近三年受财政处罚处分", "否")]
    {
        tab.choose(question, answer);
    }
    tab.click("电商新品牌奖励");
    tab.choose("电商新品牌", "是");
    tab.fill("品牌年销售额", "28654200");
    tab.click("更新结果");
    tab.reads("286,542.00");
    tab.click("展开说明");
    tab.tells("scrollTo(0, 0)");
}

/// What the window shows, pixel by pixel: the browser itself takes its picture apart.
fn pixels(tab: &Tab<'_>) -> Vec<u8> {
    let shown = tab.picture();
    tab.go("/notices");
    let told = tab.tells(&format!(
        r"(async () => {{
            const image = await createImageBitmap(new Blob([Uint8Array.from(atob('{shown}'), sign => sign.charCodeAt(0))]));
            const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
            canvas.drawImage(image, 0, 0);
            const bytes = canvas.getImageData(0, 0, image.width, image.height).data;
            const parts = [];
            for (let at = 0; at < bytes.length; at += 32768) parts.push(String.fromCharCode(...bytes.subarray(at, at + 32768)));
            return btoa(parts.join(''));
        }})()"
    ));
    Base64::decode_vec(told.as_str().unwrap()).unwrap()
}

/// The clause in the editor, and what the rule now says beside it.
fn clause_of_live_streaming(tab: &Tab<'_>) {
    tab.click("6.1 直播电商奖励");
    tab.reads("直播间数");
    // As far down as the text before the clause is high.
    tab.tells(
        r"(area => {
            const text = area.value;
            area.value = text.slice(0, text.indexOf('条款 6.1'));
            const down = area.scrollHeight;
            area.value = text;
            area.scrollTop = down - area.clientHeight / 2;
        })(document.querySelector('#text'))",
    );
}

fn main() {
    let folder = PathBuf::from(std::env::args().nth(1).expect("a folder for the pictures"));
    std::fs::create_dir_all(&folder).unwrap();
    let data = std::env::temp_dir().join(format!("duixian-pictures-{}", std::process::id()));
    let base = service::start(&data);
    let chrome = Chrome::start("pictures");
    let mut heavy = Vec::new();
    for picture in PICTURES {
        let tab = Tab::open(&chrome, &base);
        tab.size(picture.size.0, picture.size.1);
        tab.language("zh");
        if !picture.user.is_empty() {
            tab.sign_in(picture.user, portal::demo::PASSWORD);
        }
        let came = tab.go(picture.address);
        assert_eq!(came.status, 200, "{}", picture.address);
        (picture.first)(&tab);
        let (width, height) = picture.size;
        let png = palette::png(width, height, &pixels(&tab));
        heavy.extend((png.len() > BYTES_MAX).then_some(picture.name));
        let file = folder.join(format!("{}.png", picture.name));
        std::fs::write(&file, &png).unwrap();
        println!("{} {} KB", file.display(), png.len() / 1000);
    }
    drop(chrome);
    drop(std::fs::remove_dir_all(&data));
    assert!(heavy.is_empty(), "more than {BYTES_MAX} bytes: {heavy:?}");
}
