// What is said above all else: name, mode, figures of the whole, and whether any of it is still true.

import {$, element, setAttribute, setIcon, setText} from './dom.js';
import * as format from './format.js';
import {languageChanged, t, word} from './i18n.js';
import {freshness, live, restarted, statusArrived} from './live.js';

const NEAR_LIMIT = 0.8;
const LIVE_ICONS = {live: 'up', connecting: 'wait', old: 'going-down', refused: 'down'};

let fresh = {state: 'connecting', ageMs: null, problem: null};
let restartedAt = null;

export function startHeader() {
  statusArrived.on(showSummary);
  freshness.on(next => {
    fresh = next;
    showFreshness();
  });
  restarted.on(() => {
    restartedAt = Date.now();
    showBanners();
  });
  languageChanged.on(() => {
    if (live.summary) showSummary();
    showFreshness();
  });
}

function showSummary() {
  const {name, version, mode, servers, connections, listeners, discovery} = live.summary;
  setText($('name'), name);
  setText($('version'), version);
  $('mode').hidden = false;
  setAttribute($('mode'), 'data-tone', modeTone());
  setIcon($('mode').querySelector('use'), modeTone() === 'good' ? 'up' : modeTone() === 'warn' ? 'going-down' : 'down');
  setText($('mode-text'), word('mode', mode));
  setText($('stat-usable'), format.number(servers.usable));
  setText($('stat-total'), t('overview.of', {total: format.number(servers.total)}));
  setAttribute($('stat-usable'), 'data-tone', servers.usable === 0 ? 'bad' : servers.usable < servers.total ? 'warn' : null);
  showSessions(connections);
  setText($('stat-listeners'), listeners.length === 0 ? t('overview.closed') : listeners.join('\n'));
  showDiscovery(discovery);
  $('refresh').hidden = discovery.kind === 'none';
  showBanners();
  document.title = `${servers.usable}/${servers.total} ${name} – apiserver-lb`;
}

function modeTone() {
  const {mode, servers} = live.summary;
  if (servers.usable === 0 || mode === 'last-resort') return 'bad';
  return mode === 'normal' ? 'good' : 'warn';
}

function showSessions({active, limit}) {
  setText($('stat-sessions'), format.number(active));
  setText($('stat-limit'), t('overview.of', {total: format.number(limit)}));
  const share = limit > 0 ? Math.min(1, active / limit) : 0;
  $('stat-meter').style.inlineSize = `${100 * share}%`;
  setAttribute($('stat-meter').parentElement, 'data-tone', share >= 1 ? 'bad' : share >= NEAR_LIMIT ? 'warn' : null);
}

function showDiscovery({kind, lastSuccess, error}) {
  setText($('stat-discovery'), word('discovery', kind));
  const since = lastSuccess === null ? t('discovery.never')
    : t('discovery.ok', {span: format.span((live.nowMs - Date.parse(lastSuccess)) / 1000)});
  setText($('stat-discovery-detail'), error ?? (kind === 'none' ? t('discovery.static') : since));
  setAttribute($('stat-discovery-detail'), 'data-tone', error ? 'bad' : null);
}

function showFreshness() {
  const {state, ageMs, problem} = fresh;
  setAttribute($('live'), 'data-live', state);
  setIcon($('live').querySelector('use'), LIVE_ICONS[state]);
  const age = ageMs === null ? '' : format.span(ageMs / 1000);
  setText($('live-text'), state === 'old' || (state === 'refused' && ageMs !== null) ? t('live.old', {age})
    : state === 'refused' ? t('live.refused') : t(`live.${state}`));
  setAttribute($('live'), 'title', problem?.message ?? null);
  setAttribute(document.body, 'data-old', state === 'old' || state === 'refused' ? '' : null);
  showBanners();
}

/** The reader need not compare numbers to see that something is wrong. */
function showBanners() {
  const wanted = [];
  if (fresh.state === 'old') wanted.push({tone: 'warn', key: 'banner.old'});
  if (fresh.state === 'refused') wanted.push({tone: 'bad', text: fresh.problem.message});
  if (live.summary !== null) {
    const {mode, servers} = live.summary;
    if (servers.total === 0) wanted.push({tone: 'bad', key: 'banner.empty'});
    else if (mode === 'last-resort' || servers.usable === 0) wanted.push({tone: 'bad', key: 'banner.lastResort'});
    else if (mode === 'fallback') wanted.push({tone: 'warn', key: 'banner.fallback'});
  }
  if (restartedAt !== null) {
    wanted.push({tone: 'info', text: t('banner.restarted', {time: format.time(restartedAt)}), dismiss: () => (restartedAt = null)});
  }
  const all = wanted.map(({text, key, ...rest}) => ({...rest, text: text ?? t(key)}));
  const now = JSON.stringify(all);
  if ($('banners').dataset.shown === now) return; // what is said once is not said again
  $('banners').dataset.shown = now;
  $('banners').replaceChildren(...all.map(banner));
}

function banner({tone, text, dismiss}) {
  const icon = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  setIcon(use, tone === 'bad' ? 'down' : tone === 'warn' ? 'going-down' : 'info');
  icon.setAttribute('aria-hidden', 'true');
  icon.append(use);
  const node = element('p', {className: 'banner', data: {tone}}, icon, element('span', {}, text));
  if (dismiss) {
    const button = element('button', {type: 'button', className: 'quiet'}, t('dismiss'));
    button.addEventListener('click', () => {
      dismiss();
      showBanners();
    });
    node.append(button);
  }
  return node;
}
