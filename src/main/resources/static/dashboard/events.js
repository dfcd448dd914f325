// What has happened, the newest first.

import {$, debounce, setIcon, setOptions, setText, stamp} from './dom.js';
import * as format from './format.js';
import {languageChanged, t, word} from './i18n.js';
import {KeyedList} from './keyed-list.js';
import {live} from './live.js';
import {showNote} from './note.js';
import {Signal} from './signal.js';
import {Stream, runWhileVisible} from './sse.js';
import {tokenGiven} from './token.js';

const MOST = 2_000;
const ANNOUNCE_MS = 4_000;
/** What happened longer before the latest status is no news: it is told again to whoever connects. By the server's clock. */
const NEWS_MS = 5_000;
/** A change that takes so many letters gets lines of its own. */
const LONG = 60;
const SEVERITIES = ['info', 'warn', 'error'];
const ICONS = {info: 'info', warn: 'going-down', error: 'down'};

/** What happens while the page is looked at. */
export const eventArrived = new Signal();

const known = new Set();
let events = [];
let list;

const renderSoon = debounce(40, render);

const stream = new Stream('/lb/events', {
  opened: () => showNote($('events-note'), null),
  event: ({data}) => take(JSON.parse(data)),
  failed: error => showNote($('events-note'), error.status ? error : null),
});

export function startEvents() {
  stream.lastId = 'none-0'; // of no run: all that are kept are sent
  list = new KeyedList($('events-list'), row);
  $('events-filter').addEventListener('input', renderSoon);
  $('events-severity').addEventListener('change', render);
  $('events-type').addEventListener('change', render);
  languageChanged.on(() => {
    list.clear();
    render();
  });
  eventArrived.on(({severity, message}) => severity === 'info' || announce(message));
  tokenGiven.on(() => stream.restart());
  render();
  runWhileVisible(stream);
}

/** A stream that is opened again may send again what has come. */
function take(event) {
  if (known.has(event.id)) return;
  known.add(event.id);
  events.unshift(event);
  if (events.length > MOST) events.splice(MOST).forEach(({id}) => known.delete(id));
  if (live.nowMs !== null && Date.parse(event.at) > live.nowMs - NEWS_MS) eventArrived.emit(event);
  renderSoon();
}

/** One at a time, with pauses: whoever listens to the page wants to hear something else as well. */
const announce = (() => {
  let latest = null;
  let busy = false;
  const say = () => {
    busy = latest !== null;
    if (!busy) return;
    setText($('announce'), latest);
    latest = null;
    setTimeout(say, ANNOUNCE_MS);
  };
  return text => {
    latest = text;
    if (!busy) say();
  };
})();

function render() {
  const all = t('filter.all');
  setOptions($('events-severity'), [['', `${t('events.severity')}: ${all}`],
    ...SEVERITIES.map(severity => [severity, t('events.atLeast', {severity: t(`severity.${severity}`)})]).slice(1)]);
  const types = [...new Set(events.map(({type}) => type))].sort();
  setOptions($('events-type'), [['', `${t('events.type')}: ${all}`], ...types.map(type => [type, word('type', type)])]);
  const shown = events.filter(matches);
  list.show(shown, ({id}) => id);
  setText($('events-count'), shown.length === events.length
    ? format.number(events.length)
    : t('count.of', {shown: format.number(shown.length), all: format.number(events.length)}));
}

function matches(event) {
  const {severity, type, message, server, actor, before, after} = event;
  const least = $('events-severity').value;
  if (least !== '' && SEVERITIES.indexOf(severity) < SEVERITIES.indexOf(least)) return false;
  if ($('events-type').value !== '' && type !== $('events-type').value) return false;
  const wanted = $('events-filter').value.trim().toLowerCase();
  return wanted === '' || [message, server, actor, before, after, type].join(' ').toLowerCase().includes(wanted);
}

/** An event does not change: it is filled once. */
function row(event) {
  const {root, parts} = stamp('event');
  root.dataset.severity = event.severity;
  setText(parts.at, format.moment(event.at));
  parts.at.dateTime = event.at;
  parts.at.title = `${format.fullDate(event.at)} · ${event.id}`;
  setIcon(parts.icon, ICONS[event.severity] ?? 'info');
  setText(parts.severity, word('severity', event.severity));
  setText(parts.type, word('type', event.type));
  setText(parts.message, event.message);
  setText(parts.server, event.server && !event.message.includes(event.server) ? event.server : '');
  setText(parts.change, change(event));
  if (parts.change.textContent.length > LONG) {
    parts.change.classList.add('long');
    parts.change.title = parts.change.textContent;
  }
  setText(parts.actor, event.actor);
  return {root, update: () => {}};
}

function change({before, after}) {
  if (before === null && after === null) return '';
  return `${before ?? '–'} → ${after ?? '–'}`;
}
