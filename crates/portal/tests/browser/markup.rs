//! Whether a page is valid HTML: what the parser of a browser mends in silence, and what it lets stand though nobody who reads
//! with ears or keys gets through it.

use html5ever::tendril::TendrilSink;
use html5ever::{ParseOpts, parse_document};
use markup5ever_rcdom::RcDom;
use serde_json::Value;

/// What the parser had to mend.
pub fn mended(html: &str) -> Vec<String> {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(html);
    let errors = dom.errors.borrow();
    errors.iter().map(|error| format!("HTML: {error}")).collect()
}

/// In the page: what is wrong with it, in words.
pub const WRONG: &str = r"(() => {
    const out = [];
    const all = selector => [...document.querySelectorAll(selector)];
    const words = e => (e.getAttribute('aria-label') || e.textContent || '').replace(/\s+/g, ' ').trim();
    const show = e => e.outerHTML.replace(/\s+/g, ' ').slice(0, 160);
    if (!['zh-CN', 'en'].includes(document.documentElement.lang)) out.push('no language');
    if (!document.title.split('·')[0].trim()) out.push('no title');
    if (all('h1').length !== 1) out.push(`${all('h1').length} h1`);
    let level = 0;
    if (all('h1').some(h => !h.closest('main, section.hero'))) out.push('h1 outside of the content');
    for (const h of all('h1, h2, h3, h4, h5, h6')) {
        if (!words(h)) out.push(`empty ${h.tagName}`);
        // What stands beside the content has an order of its own.
        if (h.closest('aside, nav') && !h.closest('main')) continue;
        const own = Number(h.tagName[1]);
        if (own > level + 1) out.push(`${h.tagName} after H${level}: ${words(h)}`);
        level = own;
    }
    if (all('main').length !== 1) out.push('not one main');
    const ids = new Set();
    for (const e of all('[id]')) { if (ids.has(e.id) || !e.id || /\s/.test(e.id)) out.push(`id ${e.id} twice or none`); ids.add(e.id); }
    for (const e of all('[for]')) if (!e.control) out.push(`label of nothing: ${show(e)}`);
    for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls', 'list'])
        for (const e of all(`[${name}]`)) for (const id of e.getAttribute(name).split(/\s+/)) if (!ids.has(id)) out.push(`${name} ${id} is not there`);
    for (const e of all('a[href^=\'#\']')) if (e.hash.length > 1 && !ids.has(decodeURIComponent(e.hash.slice(1)))) out.push(`a link to no place: ${show(e)}`);
    for (const e of all('a')) {
        if (!e.getAttribute('href')) out.push(`a link to nothing: ${show(e)}`);
        if (!words(e) && !e.querySelector('img[alt]')) out.push(`a link without words: ${show(e)}`);
    }
    for (const e of all('button')) if (!words(e)) out.push(`a button without words: ${show(e)}`);
    for (const e of all('input:not([type=hidden]), select, textarea')) {
        const own = e.getAttribute('aria-label') || (e.getAttribute('aria-labelledby') || '').split(/\s+/).some(id => id && words(document.getElementById(id) || e));
        if (!['submit', 'button', 'reset'].includes(e.type) && !own && ![...(e.labels || [])].some(words)) out.push(`a control without a label: ${show(e)}`);
    }
    for (const e of all('th')) if (!e.scope) out.push(`th without scope: ${show(e)}`);
    for (const e of all('img')) if (!e.hasAttribute('alt')) out.push(`a picture without words: ${show(e)}`);
    for (const e of all('ul > *, ol > *')) if (!['LI', 'SCRIPT', 'TEMPLATE'].includes(e.tagName)) out.push(`not an item of a list: ${show(e)}`);
    for (const e of all('dl > *')) if (!['DT', 'DD', 'DIV', 'SCRIPT', 'TEMPLATE'].includes(e.tagName)) out.push(`not in a list of terms: ${show(e)}`);
    for (const e of all('li')) if (!['UL', 'OL', 'MENU'].includes(e.parentElement.tagName)) out.push(`an item of no list: ${show(e)}`);
    const flow = 'div, p, section, article, ul, ol, dl, table, form, h1, h2, h3, h4, h5, h6, blockquote, details, fieldset';
    for (const e of all('span, small, b, i, em, strong, label, a > span')) {
        const inner = e.querySelector(flow);
        if (inner && !inner.closest('svg')) out.push(`${inner.tagName} in ${e.tagName}: ${show(e)}`);
    }
    for (const e of all('a, button, summary, label')) {
        const inner = e.querySelector(e.tagName === 'LABEL' ? 'label' : 'a, button, input:not([type=hidden]), select, textarea');
        if (inner && e.tagName !== 'SUMMARY') out.push(`a control in a control: ${show(e)}`);
    }
    for (const e of all('form')) {
        if (!['get', 'post'].includes(e.method) || (e.method === 'post' && !e.getAttribute('action'))) out.push(`a form sent nowhere: ${show(e)}`);
        const sent = [...e.elements].some(c => c.type === 'submit' || c.type === 'search');
        if (!sent) out.push(`a form that nothing sends without script: ${show(e)}`);
    }
    // How long a bar is, is data.
    for (const e of all('[style]')) if (!/^(width|height|left): ?[\d.]+%;?$/.test(e.getAttribute('style'))) out.push(`style in the page: ${show(e)}`);
    for (const e of all('*')) for (const a of e.attributes) if (a.name.startsWith('on')) out.push(`script in the page: ${show(e)}`);
    for (const e of all('script:not([src])')) if (e.type !== 'application/json') out.push('script in the page');
    for (const e of all('[tabindex]')) if (e.tabIndex > 0) out.push(`an order of its own: ${show(e)}`);
    if (document.documentElement.scrollWidth > window.innerWidth + 1) out.push(`wider than the window: ${document.documentElement.scrollWidth}`);
    return out;
})()";

/// In the page: its Chinese outside of what is marked as Chinese, piece by piece.
pub const CHINESE: &str = r"(() => {
    const out = [];
    const chinese = /\p{Script=Han}/u;
    const marked = e => { const of = e && e.closest('[lang]'); return of && of.lang.startsWith('zh'); };
    const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const element = node.nodeType === 1 ? node : node.parentElement;
        if (!element || marked(element) || ['SCRIPT', 'STYLE'].includes(element.tagName)) continue;
        const texts = node.nodeType === 1 ? ['aria-label', 'placeholder', 'title', 'alt'].map(a => node.getAttribute(a) || '') : [node.data];
        for (const text of texts) if (chinese.test(text)) out.push(text.replace(/\s+/g, ' ').trim());
    }
    return out;
})()";

/// Strings of a list.
pub fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
}
