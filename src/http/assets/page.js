// What the pages can do beyond being read: they follow what happens, and find while one types. Without it they work all the same.
/** Beside the folder of this script, wherever a proxy puts that. */
const LIVE = new URL('../live', document.currentScript.src);
const main = document.querySelector('main');
let asked = 0;

/**
 * Shows another state of the same page; of several that were asked for, the last. Where the reader is stays where it is.
 * `isUnwelcome`: asked when it is there; then it is left out.
 */
async function show(address, isUnwelcome) {
  const mine = ++asked;
  const answer = await fetch(address, { headers: { accept: 'text/html' } });
  const text = await answer.text();
  if (!answer.ok || mine !== asked || isUnwelcome()) return;
  const page = new DOMParser().parseFromString(text, 'text/html');
  const focused = document.activeElement;
  const [from, to] = [focused?.selectionStart, focused?.selectionEnd];
  const typed = focused?.value;
  const scrolled = main.querySelector('.chips')?.scrollLeft ?? 0;
  const opened = [...main.querySelectorAll('details[open]')].map(({ id }) => id);
  document.title = page.title;
  main.replaceChildren(...page.querySelector('main').childNodes);
  for (const id of opened) document.getElementById(id)?.setAttribute('open', '');
  const chips = main.querySelector('.chips');
  if (chips !== null) chips.scrollLeft = scrolled;
  offerCopies();
  inReadersZone();
  say();
  const again = sameAs(focused);
  if (again === null || again === undefined) return;
  if (typeof typed === 'string') again.value = typed;
  again.focus({ preventScroll: true });
  if (typeof from === 'number') again.setSelectionRange(from, to);
}

/** Its like on the new page: by id, or the link that leads to the same place. */
function sameAs(element) {
  if (element?.id) return document.getElementById(element.id);
  const place = element?.getAttribute?.('href');
  return place ? main.querySelector(`a[href="${globalThis.CSS.escape(place)}"]`) : null;
}

/** For who listens: what the page says first, and how many match, when that has changed. */
const said = document.getElementById('said');
const summary = () =>
  [main.querySelector('h1'), main.querySelector('.empty, .matching')]
    .map((each) => each?.textContent.trim() ?? '')
    .join(' ');
let last = summary();
function say() {
  const now = summary();
  if (now !== last) said.textContent = now;
  last = now;
}

function quietly(address, isUnwelcome = () => false) {
  show(address, isUnwelcome).catch(() => {});
}

/** What was copied last, and what its button says since: also when the page is shown anew, as long as the text is the same. */
let copied = { text: null, label: '' };
const sourceOf = (button) => document.getElementById(button.dataset?.copies ?? '');

/** Only where the browser lets a page write to the clipboard: on loopback, and over HTTPS. */
function offerCopies() {
  if (!globalThis.navigator.clipboard) return;
  for (const button of main.querySelectorAll('[data-copies]')) {
    button.hidden = false;
    if (sourceOf(button)?.textContent === copied.text) button.textContent = copied.label;
  }
}
offerCopies();
document.addEventListener('click', async ({ target }) => {
  const text = sourceOf(target)?.textContent;
  if (text === undefined) return;
  try {
    await globalThis.navigator.clipboard.writeText(text);
    copied = { text, label: 'Copied' };
  } catch {
    document.getSelection().selectAllChildren(sourceOf(target));
    copied = { text, label: 'Selected: copy it with the keyboard' };
  }
  said.textContent = copied.label;
  offerCopies();
});

/** The server writes times in its own zone. Intl: as domain/text/time-format.ts. */
const { DateTimeFormat } = Intl;
const FULL = new DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const ZONE = new DateTimeFormat('en-GB', { timeZoneName: 'short' });
const CLOCK = new DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
function inReadersZone() {
  for (const each of main.querySelectorAll('time')) {
    const time = new Date(each.dateTime);
    const zone = ZONE.formatToParts(time).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const exact = `${FULL.format(time)} ${zone}`;
    if (each.title === '') each.textContent = exact;
    else each.title = exact;
  }
  for (const each of main.querySelectorAll('title[data-time]'))
    each.textContent = each.textContent.replace(/^.*?\d\d:\d\d/, CLOCK.format(new Date(each.dataset.time)));
}
inReadersZone();

document.addEventListener('keydown', (event) => {
  const { key, target, ctrlKey, altKey, metaKey } = event;
  const field = document.getElementById('q');
  if (key !== '/' || ctrlKey || altKey || metaKey || field === null || target.matches('input, select, textarea'))
    return;
  event.preventDefault();
  field.focus();
  field.select();
});

/** At once, without the button. */
document.addEventListener('change', ({ target }) => {
  if (target.id === 'author') find(target.form);
});
function find(form) {
  const given = [...new FormData(form)].filter(([, value]) => value !== '');
  const address = `${form.action}?${new URLSearchParams(given)}`;
  history.replaceState(null, '', address);
  quietly(address);
}

let typing;
document.addEventListener('input', ({ target }) => {
  if (target.id !== 'q') return;
  clearTimeout(typing);
  typing = setTimeout(() => find(target.form), 200);
});

/** What is being copied is not taken away: the page is shown anew when nothing is selected any more. */
let isStale = false;
const isSelecting = () => !document.getSelection().isCollapsed && main.contains(document.getSelection().anchorNode);
const mustWait = () => (isStale = isSelecting());
function refresh() {
  if (!mustWait()) quietly(location.href, mustWait);
}
document.addEventListener('selectionchange', () => {
  if (isStale) refresh();
});

/** A browser has few lines to one server: only the page that is looked at keeps one. */
const offline = document.getElementById('offline');
let live = null;
function follow() {
  live?.close();
  live = null;
  if (document.visibilityState !== 'visible') return;
  live = new EventSource(LIVE);
  live.addEventListener('changed', refresh);
  live.addEventListener('error', () => {
    offline.hidden = false;
    // A browser tries again by itself, but not when it was turned away.
    if (live?.readyState === EventSource.CLOSED) setTimeout(follow, 30_000);
  });
  live.addEventListener('open', () => {
    if (!offline.hidden) refresh();
    offline.hidden = true;
  });
}
document.addEventListener('visibilitychange', () => {
  follow();
  if (live !== null) refresh();
});
addEventListener('pagehide', () => live?.close());
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});
follow();
