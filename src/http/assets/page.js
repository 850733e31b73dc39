// What the pages can do beyond being read: they follow what happens, and find while one types. Without it they work all the same.
const main = document.querySelector('main');
let asked = 0;

/** Shows another state of the same page; of several that were asked for, the last. Where the reader is stays where it is. */
async function show(address) {
  const mine = ++asked;
  const answer = await fetch(address, { headers: { accept: 'text/html' } });
  const text = await answer.text();
  if (!answer.ok || mine !== asked) return;
  const page = new DOMParser().parseFromString(text, 'text/html');
  const focused = document.activeElement;
  const [id, from, to] = [focused?.id, focused?.selectionStart, focused?.selectionEnd];
  const typed = focused?.value;
  document.title = page.title;
  main.replaceChildren(...page.querySelector('main').childNodes);
  if (!id) return;
  const again = document.getElementById(id);
  if (again === null) return;
  if (typeof typed === 'string') again.value = typed;
  again.focus({ preventScroll: true });
  if (typeof from === 'number') again.setSelectionRange(from, to);
}

function quietly(address) {
  show(address).catch(() => {});
}

let typing;
document.addEventListener('input', ({ target }) => {
  if (target.id !== 'q') return;
  clearTimeout(typing);
  typing = setTimeout(() => {
    const address = `${target.form.action}?${new URLSearchParams(new FormData(target.form))}`;
    history.replaceState(null, '', address);
    quietly(address);
  }, 200);
});

/** A browser has few lines to one server: only the page that is looked at keeps one. */
let live = null;
function follow() {
  live?.close();
  live = null;
  if (document.visibilityState !== 'visible') return;
  live = new EventSource('/live');
  live.addEventListener('changed', () => quietly(location.href));
}
document.addEventListener('visibilitychange', () => {
  follow();
  if (live !== null) quietly(location.href);
});
addEventListener('pagehide', () => live?.close());
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload();
});
follow();
