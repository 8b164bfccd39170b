// Keeps a sweep's page up to date: moves come as events, the runs that moved are read again, the arms' numbers come with the moves.
import { refresh, seldom } from './parts.js';
import { drawMap, watchMap } from './map.js';

const main = document.getElementById('main');
const live = document.getElementById('live');
const map = document.getElementById('map');
const cells = new Map();      // run id → {id, row, column, look, accuracy}
const seeds = [];             // of the columns
const moved = new Set();
const MOST_AT_ONCE = 100;     // more runs than this are read with all others

const signs = { waiting: '·', running: '▸', failed: '×', cancelled: '–', collapsed: '▼', diverged: '◇', finished: '' };

/** Reads some runs, or all. */
async function read(ids) {
  const query = ids ? '?' + ids.map(id => 'run=' + encodeURIComponent(id)).join('&') : '';
  const answer = await fetch(main.dataset.cells + query);
  if (!answer.ok) return;
  const news = await answer.json();
  if (!ids) seeds.splice(0, seeds.length, ...news.seeds);
  for (const [id, row, column, look, accuracy] of news.cells) {
    const known = cells.get(id);
    if (known) Object.assign(known, { look, accuracy });
    else if (!ids) cells.set(id, { id, row, column, look, accuracy });
  }
  if (map) drawMap(map, cells.values());
  else fillTable();
  countCollapses();
}

function fillTable() {
  for (const link of document.querySelectorAll('a.cell')) {
    const cell = cells.get(link.dataset.run);
    if (!cell || (link.dataset.look === cell.look && link.dataset.accuracy === String(cell.accuracy))) continue;
    Object.assign(link.dataset, { look: cell.look, accuracy: cell.accuracy });
    link.className = 'cell ' + cell.look;
    const isOver = ['finished', 'collapsed', 'diverged'].includes(cell.look);
    const [sign, spoken] = link.children;
    sign.textContent = signs[cell.look] + (isOver && cell.accuracy !== null ? cell.accuracy.toFixed(1) : cell.look === 'finished' ? '✓' : '');
    const name = spoken.textContent.split(': ')[0];
    const words = `${name}: ${cell.look === 'collapsed' || cell.look === 'diverged' ? 'finished, ' : ''}${cell.look}` +
      (cell.accuracy === null ? '' : `, ${cell.accuracy.toFixed(2)} %`);
    spoken.textContent = words;
    link.title = words;
  }
}

const rows = [...document.querySelectorAll('#aggregate tbody tr')];
const decimals = new Set(['meanAccuracy', 'standardDeviation', 'lowest', 'highest']);
const whole = new Intl.NumberFormat('en-US');

function fillArms(arms) {
  for (const arm of arms) {
    const row = rows.find(r => r.dataset.arm === arm.arm);
    for (const cell of row ? row.querySelectorAll('[data-of]') : []) {
      const of = cell.dataset.of;
      if (of === 'collapsed') continue;
      cell.textContent = !decimals.has(of) ? whole.format(arm[of] ?? 0) : arm[of] == null ? '–' : arm[of].toFixed(2);
    }
  }
}

// Grid rows carry an arm's label, in a sweep of several settings with the setting behind it.
const armOfRow = (main.dataset.arms ?? '').split('\n');

function countCollapses() {
  const counts = new Map();
  for (const cell of cells.values()) {
    const arm = armOfRow[cell.row];
    const count = counts.get(arm) ?? { collapsed: 0, finished: 0 };
    if (cell.look === 'collapsed' || cell.look === 'diverged') count.collapsed++;
    if (['finished', 'collapsed', 'diverged'].includes(cell.look)) count.finished++;
    counts.set(arm, count);
  }
  for (const row of rows) {
    const count = counts.get(row.dataset.arm);
    if (count) row.querySelector('[data-of=collapsed]').textContent = `${whole.format(count.collapsed)} of ${whole.format(count.finished)}`;
  }
}

const readMoved = seldom(() => {
  const ids = [...moved];
  moved.clear();
  read(ids.length > MOST_AT_ONCE || ids.some(id => !cells.has(id)) ? null : ids).catch(() => {});
}, 500);
const readParts = seldom(() => refresh().catch(() => {}), map ? 30000 : 2000);

const source = new EventSource(main.dataset.events);
source.onopen = () => {
  live.textContent = 'live';
  // What moved before the first event is in none: everything is read once.
  read(null).catch(() => {});
};
source.onerror = () => { live.textContent = 'connection lost, trying again'; };
source.addEventListener('aggregate', event => fillArms(JSON.parse(event.data).arms));
source.addEventListener('gone', () => { source.close(); live.textContent = 'the sweep was deleted'; });
source.addEventListener('moves', event => {
  const news = JSON.parse(event.data);
  fillArms(news.aggregate.arms);
  for (const move of news.moves) moved.add(move.runId);
  if (news.missed) read(null).catch(() => {});
  if (news.moves.length > 0) { readMoved(); readParts(); }
});

if (map) watchMap(map, cells, document.getElementById('under'), armOfRow, seeds);
