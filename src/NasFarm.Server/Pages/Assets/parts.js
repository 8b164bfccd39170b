// Keeps the parts of a page that the server marked with data-part up to date: reads the page again and puts the new parts in.
const main = document.getElementById('main');

/** Reads the page again. A part with the focus inside stays as it is until the next time. */
export async function refresh() {
  const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-part]')) {
    const next = fresh.getElementById(part.id);
    if (!next || part.contains(document.activeElement) || next.innerHTML === part.innerHTML) continue;
    const opened = new Set([...part.querySelectorAll('details[open] > summary')].map(s => s.textContent));
    part.replaceChildren(...next.childNodes);
    for (const summary of part.querySelectorAll('details > summary')) {
      if (opened.has(summary.textContent)) summary.parentElement.open = true;
    }
  }
}

/** Calls at once or, when called often, once in so many milliseconds. */
export function seldom(call, milliseconds) {
  let last = 0, timer = 0;
  return () => {
    if (timer) return;
    timer = setTimeout(() => { timer = 0; last = Date.now(); call(); }, Math.max(0, last + milliseconds - Date.now()));
  };
}

if (main.dataset.refresh) {
  setInterval(() => { if (!document.hidden) refresh().catch(() => {}); }, 1000 * Number(main.dataset.refresh));
}

if (main.dataset.run) {
  const soon = seldom(() => refresh().catch(() => {}), 1000);
  const source = new EventSource(main.dataset.events);
  source.addEventListener('moves', event => {
    const news = JSON.parse(event.data);
    if (news.missed || news.moves.some(move => move.runId === main.dataset.run)) soon();
  });
  source.addEventListener('gone', () => source.close());
}
