// All that is known of one server, kept up to date while it is looked at.

import {$, element, setAttribute, setText} from './dom.js';
import {openDialog} from './dialogs.js';
import * as format from './format.js';
import {t} from './i18n.js';
import {live, statusArrived} from './live.js';
import * as words from './server-words.js';
import {showPossible} from './tiles.js';

const ACTIONS = ['drain', 'maint', 'ready', 'weight', 'remove'];

let address = null;
let act;

export function setUpDetails(actOnServer) {
  act = actOnServer;
  statusArrived.on(() => address && show());
}

export async function openDetails(server) {
  address = server.address;
  $('details-facts').replaceChildren();
  $('details-actions').replaceChildren(...ACTIONS.map(name => {
    const button = element('button', {type: 'button', data: {act: name}}, t(`action.${name}`));
    if (name === 'remove') button.classList.add('danger');
    button.addEventListener('click', () => act(name, find()));
    return button;
  }));
  show();
  await openDialog($('details'), $('details').querySelector('[data-close]'));
  address = null;
}

function find() {
  return live.list.servers.find(server => server.address === address);
}

function show() {
  const server = find();
  setText($('details-title'), address);
  const buttons = Object.fromEntries([...$('details-actions').children].map(button => [button.dataset.act, button]));
  if (server) showPossible(buttons, server);
  $('details-actions').hidden = !server;
  const rows = server ? facts(server) : [['state', t('details.gone')]];
  const list = $('details-facts');
  rows.forEach(([name, text, tone], i) => {
    const row = list.children[i] ?? list.appendChild(element('div', {}, element('dt'), element('dd')));
    setText(row.children[0], t(`server.${name}`));
    setText(row.children[1], text || '–');
    setAttribute(row.children[1], 'data-tone', tone || null);
  });
  while (list.childElementCount > rows.length) list.lastElementChild.remove();
}

function facts(server) {
  const {check, certificate, connections, health} = server;
  const rates = live.rates.of(server.address);
  const expiry = words.expiry(server);
  const identity = words.identity(server);
  return [
    ['state', words.state(server), words.tone(server)],
    ['why', words.why(server)],
    ['sinceTime', format.fullDate(health.since)],
    ['host', server.hostname],
    ['role', words.role(server)],
    ['admin', words.admin(server)],
    ['weight', format.number(server.weight)],
    ['health', words.credit(server).text],
    ['sessions', format.number(connections.active)],
    ['rate', rates && format.rate(rates.sessions)],
    ['throughput', rates && t('server.inOut', {in: format.byteRate(rates.bytesIn), out: format.byteRate(rates.bytesOut)})],
    ['counts', words.counts(server)],
    ['bytes', t('server.inOut', {in: format.bytes(connections.bytesIn), out: format.bytes(connections.bytesOut)})],
    ['check', check && [check.type, words.check(server), words.took(server), words.age(server)].join(' · ')],
    ['detail', check?.detail],
    ['connect', check?.connectMs === null || check === null ? '' : format.millis(check.connectMs)],
    ['identity', [identity.text, identity.reason].filter(Boolean).join(': '), identity.tone],
    ['warnings', words.warnings(server), server.warnings.length > 0 ? 'warn' : ''],
    ['expiry', certificate && `${expiry.text} (${format.fullDate(certificate.notAfter)})`, expiry.tone],
    ['validFrom', certificate && format.fullDate(certificate.notBefore)],
    ['subject', certificate?.subject],
    ['names', certificate && certificate.names.join(', ')],
    ['version', server.kubernetesVersion],
  ];
}
