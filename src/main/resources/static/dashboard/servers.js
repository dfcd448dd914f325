// The section of the servers: which of them are shown, and how.

import {$, debounce, setText} from './dom.js';
import * as format from './format.js';
import {languageChanged, t} from './i18n.js';
import {live, statusArrived} from './live.js';
import * as words from './server-words.js';
import {recall, remember} from './store.js';
import {Table} from './table.js';
import {Tiles} from './tiles.js';

/** More tiles than that are no overview. */
const MOST_TILES = 24;

let view = null;
let tiles;
let table;

export function startServers(act) {
  tiles = new Tiles($('tiles'), live.rates);
  table = new Table($('table'), live.rates, render);
  $('view-tiles').addEventListener('click', () => choose('tiles'));
  $('view-table').addEventListener('click', () => choose('table'));
  $('servers-filter').addEventListener('input', debounce(100, render));
  $('servers-problems').addEventListener('change', render);
  for (const parent of [$('tiles'), $('table')]) {
    parent.addEventListener('click', event => {
      const button = event.target.closest('[data-act]');
      const address = button?.closest('[data-address]')?.dataset.address;
      const server = live.list.servers.find(candidate => candidate.address === address);
      if (server) act(button.dataset.act, server);
    });
  }
  statusArrived.on(render);
  languageChanged.on(rebuild);
}

export function toggleView() {
  choose(view === 'tiles' ? 'table' : 'tiles');
}

function choose(next) {
  view = next;
  remember('view', next);
  render();
}

/** Labels inside of rows are translated when a row is made. */
function rebuild() {
  tiles.clear();
  table.clear();
  render();
}

function render() {
  if (live.list === null) return;
  const all = live.list.servers;
  view ??= recall('view', all.length > MOST_TILES ? 'table' : 'tiles');
  const shown = all.filter(matches);
  const [active, other] = view === 'table' ? [table, tiles] : [tiles, table];
  other.clear();
  active.show(shown);
  $('tiles').hidden = view === 'table';
  $('table').hidden = view !== 'table';
  $('view-tiles').setAttribute('aria-pressed', String(view === 'tiles'));
  $('view-table').setAttribute('aria-pressed', String(view === 'table'));
  setText($('servers-count'), shown.length === all.length
    ? format.number(all.length)
    : t('count.of', {shown: format.number(shown.length), all: format.number(all.length)}));
  $('servers-none').hidden = shown.length > 0;
  setText($('servers-none'), t(all.length === 0 ? 'servers.none' : 'servers.noMatch'));
}

function matches(server) {
  if ($('servers-problems').checked && !words.hasProblem(server)) return false;
  const wanted = $('servers-filter').value.trim().toLowerCase();
  if (wanted === '') return true;
  const text = [
    server.address, server.hostname, words.state(server), server.state, server.reason, words.role(server),
    server.check?.result, server.kubernetesVersion, words.names(server), words.warnings(server),
  ].join(' ').toLowerCase();
  return wanted.split(/\s+/).every(part => text.includes(part));
}
