// The servers as tiles.

import {setAttribute, setCut, setIcon, setText, stamp} from './dom.js';
import * as format from './format.js';
import {KeyedList} from './keyed-list.js';
import * as words from './server-words.js';

const UNKNOWN = '–';

export class Tiles {
  #list;
  #rates;
  #most = 1;

  constructor(parent, rates) {
    this.#rates = rates;
    this.#list = new KeyedList(parent, server => this.#tile(server));
  }

  show(servers) {
    this.#most = Math.max(1, ...servers.map(server => server.connections.active));
    this.#list.show(servers, server => server.address);
  }

  clear() {
    this.#list.clear();
  }

  #tile({address}) {
    const {root, parts} = stamp('tile');
    root.dataset.address = address;
    const buttons = Object.fromEntries([...root.querySelectorAll('[data-act]')].map(node => [node.dataset.act, node]));
    return {root, update: server => this.#fill(root, parts, buttons, server)};
  }

  #fill(root, parts, buttons, server) {
    setAttribute(root, 'data-tone', words.tone(server));
    setIcon(parts.icon, words.icon(server));
    setCut(parts.address, server.hostname === null ? server.address : `${server.hostname} (${server.address})`);
    setText(parts.state, words.state(server));
    setCut(parts.why, words.why(server));
    fillFigures(parts, server, this.#rates.of(server.address));
    setText(parts.check, [words.check(server), words.took(server)].filter(Boolean).join(' · '));
    setAttribute(parts.check, 'title', server.check?.detail ?? null);
    setText(parts.checkAge, words.age(server));
    fillPips(parts.pips, words.credit(server));
    fillCertificate(parts, server);
    setCut(parts.names, words.names(server));
    setCut(parts.warnings, words.warnings(server));
    parts.warnings.parentElement.hidden = server.warnings.length === 0;
    setCut(parts.kind, words.kind(server));
    setCut(parts.counts, words.counts(server));
    parts.share.style.inlineSize = `${(100 * server.connections.active) / this.#most}%`;
    showPossible(buttons, server);
  }
}

export function fillFigures(parts, server, rates) {
  setText(parts.sessions, format.number(server.connections.active));
  setText(parts.rate, rates ? format.rate(rates.sessions) : UNKNOWN);
  setText(parts.in, rates ? format.byteRate(rates.bytesIn) : UNKNOWN);
  setText(parts.out, rates ? format.byteRate(rates.bytesOut) : UNKNOWN);
}

export function fillCertificate(parts, server) {
  const expiry = words.expiry(server);
  const identity = words.identity(server);
  setText(parts.expiry, expiry.text);
  setAttribute(parts.expiry, 'data-tone', expiry.tone || null);
  setCut(parts.identity, [identity.text, identity.reason].filter(Boolean).join(': '));
  setAttribute(parts.identity, 'data-tone', identity.tone || null);
}

/** Only what can be done now; whoever was at a button that goes is taken to the one that undoes it. */
export function showPossible(buttons, server) {
  const impossible = {
    drain: server.admin === 'drain',
    maint: server.admin === 'maint',
    ready: server.admin === 'ready',
    remove: !server.origins.includes('managed'),
  };
  const focused = document.activeElement;
  for (const [name, hidden] of Object.entries(impossible)) buttons[name].hidden = hidden;
  if (focused.hidden && Object.values(buttons).includes(focused)) {
    (buttons.ready.hidden ? buttons.drain : buttons.ready).focus({preventScroll: true});
  }
}

/** The check's counter: one mark for each step, filled up to where it is. */
function fillPips(node, {credit, most, rise, text}) {
  setAttribute(node, 'aria-label', text);
  setAttribute(node, 'title', text);
  while (node.childElementCount < most) node.append(document.createElement('span'));
  while (node.childElementCount > most) node.lastElementChild.remove();
  [...node.children].forEach((mark, i) => {
    setAttribute(mark, 'class', i < credit ? 'full' : 'hollow');
    setAttribute(mark, 'data-rise', i === rise - 1 ? '' : null);
  });
}
