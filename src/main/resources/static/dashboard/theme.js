// Light, dark, or as the system has it.

import {$} from './dom.js';
import {Signal} from './signal.js';
import {recall, remember} from './store.js';

export const themeChanged = new Signal();

export function startTheme() {
  const select = $('theme');
  select.value = recall('theme', 'auto');
  select.addEventListener('change', () => {
    remember('theme', select.value);
    document.documentElement.dataset.theme = select.value;
    themeChanged.emit();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => themeChanged.emit());
}
