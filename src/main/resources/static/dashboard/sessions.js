// The live sessions, asked for only while they can be seen.

import {REFUSED_MS, call, isRefusal} from './api.js';
import {$, debounce, setAttribute, setCut, setOptions, setText, stamp} from './dom.js';
import * as format from './format.js';
import {languageChanged, t, word} from './i18n.js';
import {KeyedList} from './keyed-list.js';
import {live} from './live.js';
import {showNote} from './note.js';
import {SortableHead} from './sorting.js';
import {tokenGiven} from './token.js';

const POLL_MS = 2_000;
const LIMITS = [100, 300, 1000];
const STATES = ['connecting', 'established', 'half-closed', 'leaving'];
const COLUMNS = [
  {name: 'client', by: session => session.client, className: 'fixed'},
  {name: 'process', by: process},
  {name: 'server', by: session => session.server},
  {name: 'state', by: session => session.state},
  {name: 'age', by: session => session.ageMs, descending: true, className: 'num'},
  {name: 'idle', by: session => session.idleMs, descending: true, className: 'num'},
  {name: 'in', by: session => session.bytesIn, descending: true, className: 'num'},
  {name: 'out', by: session => session.bytesOut, descending: true, className: 'num'},
  {name: 'listener', by: session => session.listener},
  {name: 'close'},
];

let sessions = [];
let list;
let head;
let visible = false;
let paused = false;
let timer;
let asking = false;

export function startSessions(close) {
  head = new SortableHead($('sessions').querySelector('thead'), COLUMNS, 'session', render);
  list = new KeyedList($('sessions').querySelector('tbody'), row);
  $('sessions').querySelector('tbody').addEventListener('click', event => {
    const id = event.target.closest('[data-act]') && event.target.closest('[data-id]')?.dataset.id;
    const session = sessions.find(candidate => candidate.id === id);
    if (session) close(session).then(pollNow);
  });
  $('sessions-filter').addEventListener('input', debounce(100, render));
  $('sessions-state').addEventListener('change', render);
  $('sessions-server').addEventListener('change', pollNow);
  $('sessions-limit').addEventListener('change', pollNow);
  $('sessions-pause').addEventListener('click', togglePause);
  document.addEventListener('visibilitychange', pollNow);
  tokenGiven.on(pollNow);
  languageChanged.on(() => {
    list.clear();
    fillChoices();
    render();
  });
  fillChoices();
  render();
  new IntersectionObserver(([entry]) => {
    visible = entry.isIntersecting;
    pollNow();
  }).observe($('sessions'));
}

export function togglePause() {
  paused = !paused;
  setAttribute($('sessions-pause'), 'aria-pressed', String(paused));
  pollNow();
}

function pollNow() {
  clearTimeout(timer);
  if (visible && !paused && !document.hidden) poll();
}

async function poll() {
  if (asking) return;
  asking = true;
  let pause = POLL_MS;
  const asked = query();
  try {
    const {json} = await call('GET', `/lb/connections?${asked}`, {ask: false});
    showNote($('sessions-note'), null);
    if (asked === query()) {
      sessions = json;
      if (!paused) render();
    }
  } catch (problem) {
    showNote($('sessions-note'), problem);
    if (isRefusal(problem)) pause = REFUSED_MS;
  } finally {
    asking = false;
    clearTimeout(timer);
    if (asked === query()) timer = setTimeout(pollNow, pause);
    else pollNow(); // something else is wanted by now
  }
}

function query() {
  const server = $('sessions-server').value;
  return new URLSearchParams({limit: $('sessions-limit').value, ...(server ? {server} : {})}).toString();
}

function fillChoices() {
  setOptions($('sessions-limit'), LIMITS.map(limit => [String(limit), t('sessions.newest', {count: format.number(limit)})]));
  setOptions($('sessions-state'), [['', `${t('sessions.state')}: ${t('filter.all')}`],
    ...STATES.map(state => [state, word('session.is', state)])]);
  const chosen = $('sessions-server').value;
  const addresses = new Set((live.list?.servers ?? []).map(({address}) => address));
  if (chosen) addresses.add(chosen); // a server that has left the list may have sessions still
  setOptions($('sessions-server'), [['', `${t('sessions.server')}: ${t('filter.all')}`],
    ...[...addresses].map(address => [address, address])]);
}

function render() {
  fillChoices();
  const shown = head.sorted(sessions.filter(matches));
  list.show(shown, ({id}) => id);
  const active = live.summary?.connections.active ?? sessions.length;
  setText($('sessions-count'), t('count.of', {shown: format.number(shown.length), all: format.number(Math.max(active, sessions.length))}));
  setText($('sessions-none'), t(sessions.length === 0 ? 'sessions.none' : 'sessions.noMatch'));
  $('sessions-none').hidden = shown.length > 0;
}

function matches(session) {
  const state = $('sessions-state').value;
  if (state !== '' && session.state !== state) return false;
  const wanted = $('sessions-filter').value.trim().toLowerCase();
  return wanted === '' || [session.client, process(session), session.process?.containerId, session.server, session.listener, session.id]
    .join(' ').toLowerCase().includes(wanted);
}

function process(session) {
  return session.process === null ? null : `${session.process.command} ${session.process.pid}`;
}

function row({id, client}) {
  const {root, parts} = stamp('session-row');
  root.dataset.id = id;
  setAttribute(parts.close, 'aria-label', t('session.closeOf', {client}));
  return {root, update: session => fill(parts, session)};
}

function fill(parts, session) {
  setCut(parts.client, session.client);
  setCut(parts.process, process(session) ?? '–');
  setAttribute(parts.process, 'title', session.process?.containerId ?? null);
  setText(parts.server, session.server ?? '–');
  setText(parts.state, word('session.is', session.state));
  setText(parts.age, format.span(session.ageMs / 1000));
  setAttribute(parts.age, 'title', format.fullDate(session.startedAt));
  setText(parts.idle, format.span(session.idleMs / 1000));
  setText(parts.in, format.bytes(session.bytesIn));
  setText(parts.out, format.bytes(session.bytesOut));
  setText(parts.listener, session.listener);
}
