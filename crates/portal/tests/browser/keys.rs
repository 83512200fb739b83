//! Somebody at the keys: every control and link that is seen is reached by Tab, in the order in which the page is read, it shows
//! that it is reached, and the keys get out of it again. And whether a page stands still once it is there.

use crate::markup::strings;
use crate::tab::Tab;

/// In the page: what can be reached, how it looks before it is, and a note of whatever is.
const WATCH: &str = r"(() => {
    const seen = e => e.checkVisibility({ visibilityProperty: true }) && e.getClientRects().length > 0 && !e.closest('[inert]');
    const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]')]
        .filter(e => !e.matches(':disabled') && seen(e) && (e.tabIndex >= 0 || !e.matches('.vh')));
    // A mark of where the keys are may be drawn by what is around the thing.
    const look = e => [e, e.parentElement, e.parentElement?.parentElement, ...(e.labels || [])].filter(Boolean)
        .map(one => { const s = getComputedStyle(one); return [s.outlineStyle, s.outlineWidth, s.boxShadow, s.backgroundColor, s.borderColor].join(); }).join('|');
    // What sticks to an edge of the window stands above what is read before it.
    const sticks = e => e && (['sticky', 'fixed'].includes(getComputedStyle(e).position) || sticks(e.parentElement));
    const keys = { all, stuck: all.map(sticks), box: all.map(e => e.getBoundingClientRect()), before: all.map(look), way: [], hidden: new Set() };
    document.addEventListener('focusin', event => {
        const at = all.indexOf(event.target);
        keys.way.push(at);
        if (at >= 0 && look(event.target) === keys.before[at]) keys.hidden.add(at);
    });
    document.activeElement?.blur();
    getSelection().removeAllRanges();
    scrollTo(0, 0);
    window.duixianKeys = keys;
    return all.length + 6 * document.querySelectorAll('input[type=date], input[type=datetime-local]').length;
})()";

/// In the page: whether the keys are back where they began.
const ROUND: &str = "(() => { const way = duixianKeys.way.filter(at => at >= 0); return way.indexOf(way[0], 1) > 0 })()";

/// In the page: what is wrong with the way they took.
const FOUND: &str = r"(() => {
    const { all, box, stuck, way, hidden } = duixianKeys;
    const show = e => e.outerHTML.replace(/\s+/g, ' ').slice(0, 140);
    const own = way.filter(at => at >= 0);
    const end = own.indexOf(own[0], 1);
    if (end < 0) return [`the keys do not get out of ${own.length ? show(all[own[own.length - 1]]) : 'nothing'}`];
    const round = own.slice(0, end), reached = new Set(round), out = [];
    // Of radio buttons with one name the keys reach one; arrows lead on.
    const beside = e => e.type === 'radio' && all.some((other, at) => reached.has(at) && other.type === 'radio' && other.name === e.name && other.form === e.form);
    all.forEach((e, at) => { if (!reached.has(at) && !beside(e)) out.push(`not reached by keys: ${show(e)}`); });
    for (const at of hidden) out.push(`not seen that keys are at: ${show(all[at])}`);
    round.forEach((at, step) => {
        const [from, to] = [box[round[step - 1]], box[at]];
        // The way to the content is off the screen until keys are at it.
        if (!step || all[round[step - 1]].matches('.skip') || stuck[at] || stuck[round[step - 1]]) return;
        const back = to.bottom <= from.top && to.left < from.right - 1;
        if (back) out.push(`keys go back up to: ${show(all[at])} from ${show(all[round[step - 1]])}`);
    });
    return out;
})()";

/// In the page: what moved without being touched since it came.
const SHIFTS: &str = r"new Promise(done => {
    const out = [];
    let sum = 0;
    const watch = new PerformanceObserver(list => { for (const one of list.getEntries()) if (!one.hadRecentInput) { sum += one.value;
        out.push(...one.sources.map(source => (source.node?.outerHTML || '').replace(/\s+/g, ' ').slice(0, 140))); } });
    watch.observe({ type: 'layout-shift', buffered: true });
    const told = () => { watch.disconnect(); done(sum < 0.01 ? [] : [`the page shifts by ${sum.toFixed(3)}: ${out[0]}`]); };
    // What a script does after the page came is in the second picture from now.
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(told, 20)));
})";

/// What is wrong for somebody at the keys.
pub fn findings(tab: &Tab<'_>) -> Vec<String> {
    let most = tab.tells(WATCH).as_u64().unwrap_or(0) + 10;
    for pressed in 1..=most {
        tab.key("Tab", 9);
        if (pressed + 10 >= most || pressed % 20 == 0) && tab.tells(ROUND) == true {
            break;
        }
    }
    strings(&tab.tells(FOUND))
}

/// What moved on the page since it came.
pub fn shifts(tab: &Tab<'_>) -> Vec<String> {
    strings(&tab.tells(SHIFTS))
}

#[test]
fn a_page_that_is_spoilt_for_keys_or_moves_is_found_out() {
    let chrome = crate::chrome::Chrome::start("keys");
    let tab = Tab::open(&chrome, crate::service());
    tab.size(1366, 768);
    let style = |rule: &str| format!("{{ const sheet = new CSSStyleSheet(); sheet.replaceSync('{rule}'); document.adoptedStyleSheets = [sheet]; }} 0");
    let spoilt = [
        ("0".to_owned(), ""),
        ("document.querySelector('main a').tabIndex = -1; 0".to_owned(), "not reached by keys"),
        (style("main a:focus-visible { box-shadow: none !important; outline: none !important }"), "not seen that keys are at"),
        (style("body { display: flex; flex-direction: column-reverse }"), "keys go back up to"),
        ("document.querySelector('main a').addEventListener('keydown', event => event.preventDefault()); 0".to_owned(), "do not get out of"),
    ];
    for (how, what) in spoilt {
        tab.go("/notices");
        tab.tells(&how);
        let found = findings(&tab);
        assert_eq!(found.is_empty(), what.is_empty(), "{how}: {found:?}");
        assert!(found.iter().all(|one| one.contains(what)), "{how}: {found:?}");
    }
    tab.go("/notices");
    assert_eq!(shifts(&tab), Vec::<String>::new());
    tab.tells("document.querySelector('main').prepend(Object.assign(document.createElement('p'), { innerText: '1\\n2\\n3\\n4\\n5\\n6' })); 0");
    let moved = shifts(&tab);
    assert!(moved.len() == 1 && moved[0].contains("the page shifts by"), "{moved:?}");
}
