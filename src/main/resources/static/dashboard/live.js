// What the balancer says of itself, each second: status, list of servers, one sample for the charts.

import {call} from './api.js';
import {Stream, runWhileVisible} from './sse.js';
import {Signal} from './signal.js';
import {Rates} from './rates.js';
import {tokenGiven} from './token.js';

const SECOND_MS = 1_000;
const SERVERS_PER_SECOND = 100;
const SILENT_MS = 3 * SECOND_MS;
/** A stream that has been silent for so many times as long as is normal is given up: its peer may have gone. */
const GIVEN_UP = 4;
/** Of the time between two statuses: what the next one will tell is not asked for too often. */
const REFRESH_SHARE = 0.1;
const QUIETLY = {ask: false};

export const statusArrived = new Signal();
export const sampleArrived = new Signal();
export const historyArrived = new Signal();
/** Each second, and at every change: {state: connecting, live, old, refused; ageMs; problem}. */
export const freshness = new Signal();
/** The service has been started anew. */
export const restarted = new Signal();

export const live = {boot: null, summary: null, list: null, nowMs: null, rates: new Rates()};

/** When what is shown came, and when the stream last told something: an answer to a question is no sign that it lives. */
let receivedAt = null;
let toldAt = null;
let openedAt = performance.now();
let problem = null;

const stream = new Stream('/lb/live', {
  opened() {
    openedAt = performance.now();
  },
  event({type, data}) {
    if (type === 'history') historyArrived.emit(JSON.parse(data));
    else if (type === 'status') takeStatus(JSON.parse(data));
  },
  failed(error) {
    problem = error.status ? error : null;
    tellFreshness();
  },
});

function takeStatus({boot, sample, summary, list}) {
  problem = null;
  toldAt = performance.now();
  const anew = live.boot !== null && live.boot !== boot;
  if (anew) live.rates.forget();
  live.boot = boot;
  take(summary, list, sample[0]);
  sampleArrived.emit(sample);
  if (anew) restarted.emit(boot);
  tellFreshness();
}

function take(summary, list, nowMs) {
  receivedAt = performance.now();
  Object.assign(live, {summary, list, nowMs});
  live.rates.take(list.servers, nowMs, 4 * periodMs());
  statusArrived.emit();
}

let refreshing = false;
let again = false;

/** Asks at once, when something is known to have changed: the next status may be seconds away. */
export async function refresh() {
  again = refreshing;
  if (refreshing || receivedAt === null) return;
  refreshing = true;
  try {
    await new Promise(done => setTimeout(done, REFRESH_SHARE * periodMs())); // changes come in groups
    const asked = toldAt;
    const [summary, list] = await Promise.all([call('GET', '/lb', QUIETLY), call('GET', '/lb/servers', QUIETLY)]);
    // A status that came meanwhile is newer.
    if (asked === toldAt) take(summary.json, list.json, live.nowMs + performance.now() - receivedAt);
  } catch {
    // The stream tells the same, a little later.
  } finally {
    refreshing = false;
    if (again) refresh();
  }
}

/** Large lists come less often. */
export function periodMs() {
  return SECOND_MS * (1 + Math.floor((live.list?.servers.length ?? 0) / SERVERS_PER_SECOND));
}

function limitMs() {
  return Math.max(SILENT_MS, 2 * periodMs() + SECOND_MS);
}

function tellFreshness() {
  const now = performance.now();
  const ageMs = toldAt === null ? null : now - toldAt;
  let state = 'live';
  if (ageMs === null || ageMs > limitMs()) state = problem ? 'refused' : ageMs === null ? 'connecting' : 'old';
  freshness.emit({state, ageMs, problem});
  const silentMs = now - Math.max(openedAt, toldAt ?? 0);
  if (stream.running && silentMs > GIVEN_UP * limitMs()) {
    openedAt = now;
    stream.restart();
  }
}

export function startLive() {
  runWhileVisible(stream);
  tokenGiven.on(() => stream.restart());
  setInterval(tellFreshness, SECOND_MS);
}
