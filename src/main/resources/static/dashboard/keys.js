// Keys for those who do not want to reach for the mouse. They can be switched off, since screen readers have their own.

import {$} from './dom.js';
import {openDialog} from './dialogs.js';
import {recall, remember} from './store.js';

/** @param actions by key: what it does */
export function startKeys(actions) {
  const help = () => openDialog($('keys'));
  $('keys-open').addEventListener('click', help);
  $('keys-on').checked = recall('keys', 'on') === 'on';
  $('keys-on').addEventListener('change', () => remember('keys', $('keys-on').checked ? 'on' : 'off'));
  document.addEventListener('keydown', event => {
    if (!$('keys-on').checked || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target)) return;
    const action = event.key === '?' ? help : actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}

/** Whoever types, or looks at a dialog, means something else by a key. */
function isBusy(target) {
  return document.querySelector('dialog[open]') !== null || target.closest('input, select, textarea') !== null;
}
