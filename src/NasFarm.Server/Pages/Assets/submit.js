// The editor of manifests: numbers lines, checks while one types, shows the plan without leaving the page.
const main = document.getElementById('main');
const text = document.getElementById('manifest');
const gutter = document.getElementById('gutter');
const problems = document.getElementById('problems');

function numberLines(wrong = new Set()) {
  gutter.replaceChildren(...text.value.split('\n').map((_, i) => {
    const line = document.createElement('span');
    line.textContent = `${i + 1}\n`;
    if (wrong.has(i + 1)) line.className = 'wrong';
    return line;
  }));
  gutter.scrollTop = text.scrollTop;
}

function goTo(line) {
  const lines = text.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, l) => sum + l.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] ?? '').length);
  text.scrollTop = Math.max(0, (line - 6) * parseFloat(getComputedStyle(text).lineHeight));
}

function show(errors) {
  numberLines(new Set(errors.map(e => e.line)));
  text.toggleAttribute('aria-invalid', errors.length > 0);
  const list = document.createElement(errors.length ? 'ol' : 'p');
  list.className = errors.length ? 'problems' : 'right';
  if (errors.length === 0) list.textContent = 'Nothing is wrong with it.';
  for (const error of errors) {
    const item = document.createElement('li'), link = document.createElement('a');
    link.href = '#manifest';
    link.dataset.line = error.line;
    link.textContent = `Line ${error.line}`;
    item.append(link);
    if (error.path) {
      const path = document.createElement('code');
      path.textContent = error.path;
      item.append(' ', path);
    }
    item.append(`: ${error.message}`);
    list.append(item);
  }
  problems.replaceChildren(list);
}

let asked = 0, timer = 0;
async function check() {
  const mine = ++asked;
  const answer = await fetch(main.dataset.check, { method: 'POST', headers: { 'Content-Type': 'application/yaml' }, body: text.value });
  if (mine === asked && answer.ok) show((await answer.json()).errors);
}

text.addEventListener('input', () => {
  numberLines();
  clearTimeout(timer);
  timer = setTimeout(() => check().catch(() => {}), 400);
});
text.addEventListener('scroll', () => { gutter.scrollTop = text.scrollTop; });
problems.addEventListener('click', event => {
  const line = event.target.dataset?.line;
  if (line) { event.preventDefault(); goTo(Number(line)); }
});
numberLines(new Set([...problems.querySelectorAll('[data-line]')].map(link => Number(link.dataset.line))));
