// With the profile demo: switches that break and mend its servers. No preview: breaking is what they are for.

import {call} from './api.js';
import {$, element, setAttribute, setText, stamp} from './dom.js';
import {languageChanged, t, word} from './i18n.js';
import {KeyedList} from './keyed-list.js';
import {toast} from './toast.js';

const ACTIONS = ['stop', 'start', 'freeze', 'slow', 'red', 'green'];
const TONES = {running: 'good', slow: 'warn', red: 'warn', frozen: 'bad', stopped: 'bad'};
const REFRESH_MS = 5_000;

let servers = [];
let list;

export async function startDemo() {
  list = new KeyedList($('demo-servers'), row);
  languageChanged.on(() => {
    list.clear();
    show();
  });
  await refresh();
  if (servers.length > 0) setInterval(() => document.hidden || refresh(), REFRESH_MS);
}

async function refresh() {
  try {
    servers = (await call('GET', '/demo/servers', {ask: false})).json;
  } catch {
    // No demo, or not for now.
  }
  show();
}

function show() {
  $('demo').hidden = servers.length === 0;
  list.show(servers, ({server}) => server);
}

function row({server, address}) {
  const {root, parts} = stamp('demo-server');
  setText(parts.name, t('demo.server', {number: server}));
  setText(parts.address, address);
  setAttribute(parts.buttons, 'aria-label', t('demo.server', {number: server}));
  parts.buttons.append(...ACTIONS.map(action => {
    const button = element('button', {type: 'button', data: {act: action}, title: t(`demo.${action}.hint`)}, t(`demo.${action}`));
    button.addEventListener('click', () => act(server, action));
    return button;
  }));
  return {root, update: ({mode}) => {
    setText(parts.mode, word('demo.is', mode));
    setAttribute(parts.mode, 'data-tone', TONES[mode] ?? 'info');
  }};
}

async function act(server, action) {
  try {
    await call('POST', `/demo/servers/${server}/${action}`);
  } catch (problem) {
    toast(problem.message);
  }
  await refresh();
}
