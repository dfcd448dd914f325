// The servers as a table that can be sorted.

import {setAttribute, setCut, setIcon, setText, stamp} from './dom.js';
import * as format from './format.js';
import {KeyedList} from './keyed-list.js';
import * as words from './server-words.js';
import {SortableHead} from './sorting.js';
import {fillCertificate, fillFigures} from './tiles.js';

/** The worst first. */
const STATES = ['down', 'stopping', 'going-down', 'going-up', 'unchecked', 'removing', 'maint', 'drain', 'up'];

export class Table {
  #list;
  #head;
  #rates;

  constructor(region, rates, changed) {
    this.#rates = rates;
    this.#head = new SortableHead(region.querySelector('thead'), columns(rates), 'server', changed);
    this.#list = new KeyedList(region.querySelector('tbody'), server => this.#row(server));
  }

  show(servers) {
    this.#list.show(this.#head.sorted(servers), server => server.address);
  }

  clear() {
    this.#list.clear();
  }

  #row({address}) {
    const {root, parts} = stamp('server-row');
    root.dataset.address = address;
    return {root, update: server => this.#fill(root, parts, server)};
  }

  #fill(root, parts, server) {
    setAttribute(root, 'data-tone', words.tone(server));
    setIcon(parts.icon, words.icon(server));
    setText(parts.address, server.address);
    setCut(parts.host, server.hostname ?? '');
    setText(parts.state, words.state(server));
    setCut(parts.why, server.usable ? words.since(server) : words.why(server));
    fillFigures(parts, server, this.#rates.of(server.address));
    setText(parts.check, words.check(server));
    setAttribute(parts.check, 'title', server.check?.detail ?? null);
    setText(parts.took, words.took(server));
    setText(parts.age, server.check === null ? '' : format.span(words.checkAgeSeconds(server)));
    setText(parts.weight, format.number(server.weight));
    setText(parts.admin, words.admin(server));
    setCut(parts.role, words.role(server));
    fillCertificate(parts, server);
    setCut(parts.warnings, words.warnings(server));
    setCut(parts.names, words.names(server));
    setText(parts.version, server.kubernetesVersion ?? '–');
    setText(parts.failed, format.number(server.connections.failed));
    setAttribute(parts.failed, 'data-tone', server.connections.failed > 0 ? 'warn' : null);
  }
}

function columns(rates) {
  const rate = name => server => rates.of(server.address)?.[name] ?? null;
  return [
    {name: 'address', by: server => server.address, className: 'fixed'},
    {name: 'state', by: server => STATES.indexOf(server.state)},
    {name: 'why', by: server => server.reason},
    {name: 'sessions', by: server => server.connections.active, descending: true, className: 'num'},
    {name: 'rate', by: rate('sessions'), descending: true, className: 'num'},
    {name: 'in', by: rate('bytesIn'), descending: true, className: 'num'},
    {name: 'out', by: rate('bytesOut'), descending: true, className: 'num'},
    {name: 'check', by: server => server.check?.result ?? null},
    {name: 'took', by: server => server.check?.durationMs ?? null, descending: true, className: 'num'},
    {name: 'age', by: server => words.checkAgeSeconds(server), descending: true, className: 'num'},
    {name: 'weight', by: server => server.weight, descending: true, className: 'num'},
    {name: 'admin', by: server => server.admin},
    {name: 'role', by: words.role},
    {name: 'expiry', by: words.daysLeft},
    {name: 'identity', by: server => server.certificate?.identity ?? null},
    {name: 'warnings', by: server => server.warnings.length, descending: true},
    {name: 'names', by: words.names},
    {name: 'version', by: server => server.kubernetesVersion},
    {name: 'failed', by: server => server.connections.failed, descending: true, className: 'num'},
  ];
}
