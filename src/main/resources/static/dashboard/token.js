// The bearer token of the reader: kept for this tab only, asked for when a call needs it.

import {$, setText} from './dom.js';
import {openDialog} from './dialogs.js';
import {Signal} from './signal.js';

const KEY = 'lb.token';

/** A token has been given: what was refused for want of one may be tried again. */
export const tokenGiven = new Signal();

let token = read();
let asking = null;

function read() {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function bearer() {
  return token;
}

/** Asks for a token; whether one was given. Those who ask meanwhile get the same answer. */
export function askToken(reason) {
  asking ??= ask(reason).finally(() => (asking = null));
  return asking;
}

async function ask(reason) {
  setText($('token-reason'), reason);
  const field = $('token-value');
  field.value = '';
  let given = false;
  $('token-form').onsubmit = event => {
    event.preventDefault();
    const value = field.value.trim();
    if (value === '') return;
    keep(value);
    given = true;
    $('token').close();
  };
  await openDialog($('token'), field);
  field.value = '';
  if (given) tokenGiven.emit();
  return given;
}

function keep(value) {
  token = value;
  try {
    sessionStorage.setItem(KEY, value);
  } catch {
    // It lives as long as the page does.
  }
}
