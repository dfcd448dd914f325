// Runs before the first paint, so that no page flashes in the wrong colours.
(() => {
  const root = document.documentElement;
  try {
    root.dataset.theme = localStorage.getItem('lb.theme') ?? 'auto';
  } catch {
    root.dataset.theme = 'auto'; // storage is forbidden here
  }
})();
