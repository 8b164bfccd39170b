// Light, dark, or what the system says. Runs before anything is drawn, so that nothing flashes.
(() => {
  const words = { auto: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' };
  const media = { auto: '(prefers-color-scheme: dark)', light: 'not all', dark: 'all' };
  const chosen = () => {
    const kept = localStorage.getItem('theme');
    return kept in words ? kept : 'auto';
  };
  const apply = () => {
    document.getElementById('dark-rules').media = media[chosen()];
    document.documentElement.style.colorScheme = chosen() === 'auto' ? '' : chosen();
  };
  apply();
  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    button.hidden = false;
    button.textContent = words[chosen()];
    button.addEventListener('click', () => {
      const order = Object.keys(words);
      localStorage.setItem('theme', order[(order.indexOf(chosen()) + 1) % order.length]);
      button.textContent = words[chosen()];
      apply();
    });
  });
})();
