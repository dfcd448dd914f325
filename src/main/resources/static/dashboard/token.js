// The bearer token of the reader: asked for when a call needs it, and kept nowhere but here. What a tab stores, a browser
// brings back with the tab.

import {$, setText} from './dom.js';
import {openDialog} from './dialogs.js';
import {t} from './i18n.js';
import {Signal} from './signal.js';

/** What a header can carry; for anything else a call would fail without a reason. */
const TOKEN = /^[\x21-\x7e]+$/;

/** A token has been given: what was refused for want of one may be tried again. */
export const tokenGiven = new Signal();

let token = null;
let asking = null;

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
  tell('');
  let given = false;
  $('token-form').onsubmit = event => {
    event.preventDefault();
    const value = field.value.trim();
    if (value === '') return;
    if (!TOKEN.test(value)) {
      tell(t('token.characters'));
      return;
    }
    token = value;
    given = true;
    $('token').close();
  };
  await openDialog($('token'), field);
  field.value = '';
  if (given) tokenGiven.emit();
  return given;
}

function tell(text) {
  setText($('token-told'), text);
  $('token-told').hidden = text === '';
}
