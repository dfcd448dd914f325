// Server-sent events by fetch: unlike EventSource it can send a token, and tells why it was refused.

import {REFUSED_MS, headers, isRefusal, problemOf} from './api.js';

const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 3_000;
/** The server says something every 15 s at least: whoever is silent for so long has gone, or the machine has slept. */
const SILENT_MS = 45_000;
const LOOKS = 9;

/** Splits text into server-sent events; parts may end anywhere. */
export class EventParser {
  #rest = '';
  #event = {};
  #emit;

  constructor(emit) {
    this.#emit = emit;
  }

  feed(text) {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop();
    for (const line of lines) this.#line(line.endsWith('\r') ? line.slice(0, -1) : line);
  }

  #line(line) {
    if (line === '') {
      if (this.#event.data !== undefined) this.#emit({type: 'message', ...this.#event});
      this.#event = {};
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return; // a comment: the connection lives
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') this.#event.data = this.#event.data === undefined ? value : `${this.#event.data}\n${value}`;
    else if (name === 'event') this.#event.type = value;
    else if (name === 'id') this.#event.id = value;
  }
}

/** A stream of events that is opened again whenever it ends. */
export class Stream {
  #path;
  #handlers;
  #silentMs;
  #stopper = null;
  lastId = null;

  /**
   * @param handlers event({type, data, id}), opened(), and failed(error), which is told a Problem or a TypeError
   * @param silentMs after how long without a word it begins anew
   */
  constructor(path, handlers, silentMs = SILENT_MS) {
    this.#path = path;
    this.#handlers = handlers;
    this.#silentMs = silentMs;
  }

  get running() {
    return this.#stopper !== null;
  }

  start() {
    if (this.#stopper) return;
    this.#stopper = new AbortController();
    this.#run(this.#stopper.signal);
  }

  stop() {
    this.#stopper?.abort();
    this.#stopper = null;
  }

  restart() {
    this.stop();
    this.start();
  }

  async #run(signal) {
    let pause = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        await this.#read(signal, () => (pause = FIRST_PAUSE_MS));
        throw new TypeError('the stream has ended');
      } catch (error) {
        if (signal.aborted) return;
        this.#handlers.failed(error);
        if (isRefusal(error)) pause = REFUSED_MS;
      }
      await waited(pause, signal);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    }
  }

  async #read(stopped, alive) {
    const silence = new Silence(this.#silentMs);
    const signal = AbortSignal.any([stopped, silence.signal]);
    try {
      const more = this.lastId === null ? {} : {'Last-Event-ID': this.lastId};
      const response = await fetch(this.#path, {
        signal, cache: 'no-store', headers: headers({Accept: 'text/event-stream', ...more}),
      });
      if (!response.ok) throw await problemOf(response);
      this.#handlers.opened?.();
      const parser = new EventParser(event => {
        if (event.id !== undefined) this.lastId = event.id;
        alive();
        this.#handlers.event(event);
      });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        if (signal.aborted) return;
        silence.broken();
        parser.feed(part.value);
      }
    } finally {
      silence.over();
    }
  }
}

/** Gives its signal once nothing has been heard for too long. */
class Silence {
  #stopper = new AbortController();
  #heard = Date.now();
  #timer;

  constructor(mostMs) {
    this.#timer = setInterval(() => {
      // By the clock of the day, which goes on while the machine sleeps; one that is set is as good a reason to begin anew.
      if (Math.abs(Date.now() - this.#heard) > mostMs) this.#stopper.abort(new TypeError('the stream is silent'));
    }, mostMs / LOOKS);
  }

  get signal() {
    return this.#stopper.signal;
  }

  broken() {
    this.#heard = Date.now();
  }

  over() {
    clearInterval(this.#timer);
  }
}

function waited(ms, signal) {
  return new Promise(done => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      done();
    }, {once: true});
  });
}

const HIDDEN_MS = 15_000;

/**
 * Stops streams while nobody looks, and starts them when somebody does: a browser has six connections to a server for
 * all its tabs, and the server follows only so many of them.
 */
export function runWhileVisible(...streams) {
  let timer;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => streams.forEach(stream => stream.stop()), HIDDEN_MS);
    else streams.forEach(stream => stream.start());
  };
  document.addEventListener('visibilitychange', look);
  look();
}
