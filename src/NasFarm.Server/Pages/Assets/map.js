// The map of a large sweep: the marks that GridMap.cs draws, drawn again when runs move, and readable under the pointer.
const PER_LINE = 100, SIDE = 10, HEAD = 22, LEFT = 2;
const shapes = {
  waiting: 'm3 3h3v3h-3z', running: 'm1 1h7v7h-7zm2 2v3h3v-3z', finished: 'm1 1h7v7h-7z', collapsed: 'm0 1h9l-4.5 8z',
  diverged: 'm4.5 0l4.5 4.5l-4.5 4.5l-4.5 -4.5zm0 2.4l-2.1 2.1l2.1 2.1l2.1 -2.1z',
  failed: 'm0 1.5l1.5 -1.5l3 3l3 -3l1.5 1.5l-3 3l3 3l-1.5 1.5l-3 -3l-3 3l-1.5 -1.5l3 -3z', cancelled: 'm1 3.5h7v2h-7z',
};

/** Draws every mark. */
export function drawMap(map, cells) {
  const block = Number(map.dataset.block);
  const paths = Object.fromEntries(Object.keys(shapes).map(look => [look, []]));
  for (const { row, column, look } of cells) {
    paths[look].push(`M${LEFT + column % PER_LINE * SIDE} ${row * block + HEAD + Math.floor(column / PER_LINE) * SIDE}${shapes[look]}`);
  }
  for (const path of map.querySelectorAll('[data-look]')) path.setAttribute('d', paths[path.dataset.look].join(''));
}

/** Says what is under the pointer, and opens it on a click. */
export function watchMap(map, cells, words, arms, seeds) {
  const block = Number(map.dataset.block);
  const usual = words.textContent;
  const at = event => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    const row = Math.floor(point.y / block), line = Math.floor((point.y - row * block - HEAD) / SIDE), place = Math.floor((point.x - LEFT) / SIDE);
    if (line < 0 || place < 0 || place >= PER_LINE) return null;
    const column = line * PER_LINE + place;
    for (const cell of cells.values()) if (cell.row === row && cell.column === column) return cell;
    return null;
  };
  map.addEventListener('pointermove', event => {
    const cell = at(event);
    map.classList.toggle('over', cell !== null);
    words.textContent = cell === null ? usual
      : `${arms[cell.row]}, seed ${seeds[cell.column]}: ${cell.look}${cell.accuracy === null ? '' : `, ${cell.accuracy.toFixed(2)} %`}`;
  });
  map.addEventListener('pointerleave', () => { words.textContent = usual; });
  map.addEventListener('click', event => {
    const cell = at(event);
    if (cell) location.href = '/runs/' + encodeURIComponent(cell.id);
  });
}
