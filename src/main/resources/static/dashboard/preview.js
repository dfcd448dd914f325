// Every change is shown before it is made: what it would do, then a button that does it.

import {call} from './api.js';
import {$, debounce, element, setText} from './dom.js';
import {openDialog} from './dialogs.js';
import * as format from './format.js';
import {t, tn} from './i18n.js';
import {refresh} from './live.js';
import {toast} from './toast.js';

const TYPING_MS = 250;
const STALE = 412;

/** The change that is being looked at, the answers asked for so far, and the version of the list that was shown. */
let current = null;
let asked = 0;
let shownTag = null;

export function setUpPreview() {
  $('action-form').addEventListener('submit', event => {
    event.preventDefault();
    if (!$('action-confirm').disabled) confirm();
  });
  $('action-form').addEventListener('input', () => {
    forbid();
    previewSoon();
  });
}

/**
 * Shows what a change would do, and makes it if the reader says so.
 *
 * @param change title, hint, confirm, method, path, done; fields [{name, label, value, type, ...}]; and
 *     body(values), which gives null while a field is empty
 */
export async function propose(change) {
  current = change;
  setText($('action-title'), change.title);
  setText($('action-hint'), change.hint ?? '');
  $('action-hint').hidden = !change.hint;
  setText($('action-confirm'), change.confirm);
  $('action-confirm').classList.toggle('danger', change.danger ?? false);
  $('action-fields').replaceChildren(...(change.fields ?? []).flatMap(field));
  tell('');
  $('action-preview').replaceChildren();
  forbid();
  const opener = document.activeElement;
  const closed = openDialog($('action'), $('action-fields').querySelector('input') ?? $('action-cancel'));
  preview();
  await closed;
  current = null;
  asked++; // an answer that comes later is nobody's
  if (document.activeElement === document.body) findPlace(opener);
}

/** For the focus, when the button that it came from has gone: what was proposed can no longer be done, but undone. */
function findPlace(opener) {
  const undo = opener.isConnected && opener.parentElement.querySelector(
    '[data-act="ready"]:not([hidden]), [data-act="drain"]:not([hidden])');
  (undo || $('servers')).focus({preventScroll: true});
}

function field({name, label, ...properties}) {
  const id = `action-${name}`;
  const input = element('input', {id, name, autocomplete: 'off', spellcheck: false, ...properties});
  return [element('label', {htmlFor: id}, label), input];
}

function values() {
  return Object.fromEntries(new FormData($('action-form')));
}

function body() {
  return current.body ? current.body(values()) : undefined;
}

const previewSoon = debounce(TYPING_MS, () => current && preview());

function forbid() {
  asked++;
  $('action-confirm').disabled = true;
}

async function preview() {
  const mine = ++asked;
  const given = body();
  if (given === null) {
    $('action-preview').replaceChildren();
    return;
  }
  try {
    const {json, etag} = await call(current.method, `${current.path}?dryRun=true`, {body: given});
    if (mine !== asked) return;
    shownTag = etag;
    showChanges(json);
  } catch (problem) {
    if (mine === asked) showProblem(problem);
  }
}

function showChanges({changes, sessionsToClose}) {
  const nothing = changes.length === 0;
  $('action-confirm').disabled = nothing;
  if (nothing) {
    $('action-preview').replaceChildren(element('p', {className: 'empty'}, t('preview.nothing')));
    return;
  }
  const closing = sessionsToClose === 0
    ? t('preview.noSessions')
    : tn('preview.sessions', sessionsToClose, {count: format.number(sessionsToClose)});
  $('action-preview').replaceChildren(
    element('h3', {}, t('preview.title')),
    element('ul', {className: 'changes'}, ...changes.map(change => element('li', {}, change))),
    element('p', {className: 'closing', data: sessionsToClose === 0 ? {} : {tone: 'warn'}}, closing));
}

function showProblem({lines}) {
  $('action-preview').replaceChildren(
    ...lines.map(line => element('p', {className: 'note', data: {tone: 'bad'}}, line)));
}

function tell(text) {
  setText($('action-told'), text);
  $('action-told').hidden = text === '';
}

async function confirm() {
  const change = current;
  const given = body();
  forbid();
  tell('');
  try {
    await call(change.method, change.path, {body: given, ifMatch: shownTag});
    if (current === change) $('action').close();
    toast(change.done);
    refresh();
  } catch (problem) {
    if (current !== change) {
      toast(problem.message); // its reader has closed the dialog, and may look at another one
    } else if (problem.status === STALE) {
      tell(t('preview.stale'));
      preview();
    } else {
      showProblem(problem);
    }
  }
}
