// Which server a client's next session gets, and why not another.

import {call} from './api.js';
import {$, element} from './dom.js';
import * as format from './format.js';
import {t, word} from './i18n.js';

export function startWhy() {
  $('why-form').addEventListener('submit', async event => {
    event.preventDefault();
    const client = $('why-client').value.trim();
    try {
      const query = client === '' ? '' : `?${new URLSearchParams({client})}`;
      $('why-answer').replaceChildren(...answer((await call('GET', `/lb/why${query}`)).json));
    } catch (problem) {
      $('why-answer').replaceChildren(...problem.lines.map(line => element('p', {className: 'note', data: {tone: 'bad'}}, line)));
    }
  });
}

function answer({client, admission, policy, prefer, mode, choice, certain, because, candidates, leftOut}) {
  const admitted = admission.verdict === 'admitted';
  const preferred = prefer === 'none' ? null : t('why.prefer', {prefer: word('prefer', prefer)});
  const how = [policy, preferred, word('mode', mode)].filter(Boolean).join(' · ');
  const parts = [...(admitted ? [] : [notAdmitted(client, admission)]), chosen(client, choice, admitted, certain),
    element('p', {}, because), element('p', {className: 'muted small'}, how)];
  if (candidates.length > 0) {
    parts.push(element('h3', {}, t('why.candidates')), element('ol', {className: 'candidates'}, ...candidates.map(candidate)));
  }
  if (leftOut.length > 0) {
    parts.push(element('h3', {}, t('why.leftOut')), element('ul', {className: 'candidates'}, ...leftOut.map(({address, state, reason}) =>
      element('li', {}, element('span', {className: 'mono'}, address), element('span', {className: 'muted'}, `${word('state', state)} · ${reason}`)))));
  }
  return parts;
}

/** What comes before the choice. */
function notAdmitted(client, {verdict, reason}) {
  const tone = verdict === 'waits' ? 'warn' : 'bad';
  const text = t(verdict === 'waits' ? 'why.waits' : 'why.refused', {client});
  return element('p', {className: 'note', data: {tone}}, [text, reason].filter(Boolean).join(' '));
}

function chosen(client, choice, admitted, certain) {
  if (choice === null) return element('p', {className: 'note', data: {tone: 'bad'}}, t('why.nobody'));
  const text = admitted
    ? t(certain ? 'why.choice' : 'why.likely', {client})
    : t(certain ? 'why.otherwise' : 'why.otherwiseLikely');
  return element('p', {className: admitted ? 'choice' : 'choice otherwise'}, text, ' ', element('strong', {className: 'mono'}, choice));
}

function candidate({address, role, weight, effectiveWeight, sessions, load, tier, current}) {
  const facts = [
    role === 'primary' ? null : word('role', role),
    t('why.load', {sessions: format.number(sessions), weight: format.number(effectiveWeight, 1), load: format.number(load, 3)}),
    effectiveWeight < weight ? t('why.slowStart') : null,
    tier === null ? null : t('why.tier', {tier}),
    current ? t('why.current') : null,
  ];
  return element('li', {}, element('span', {className: 'mono'}, address),
    element('span', {className: 'muted'}, facts.filter(Boolean).join(' · ')));
}
