import {$, setText} from './dom.js';

const SHOWN_MS = 5_000;

let timer;

/** Says for a while what has been done. */
export function toast(text) {
  setText($('toast'), text);
  $('toast').classList.add('shown');
  clearTimeout(timer);
  timer = setTimeout(() => {
    $('toast').classList.remove('shown');
    setText($('toast'), '');
  }, SHOWN_MS);
}
