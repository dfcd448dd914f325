// What a server's facts mean to an operator: words, shapes, and how much to worry.

import * as format from './format.js';
import {t, tn, word} from './i18n.js';
import {live} from './live.js';

const SECONDS_PER_DAY = 86_400;
const WARNING_DAYS = 30;
const LAST_WARNING_DAYS = 14;

const TONES = {
  up: 'good', 'going-down': 'warn', stopping: 'warn', 'going-up': 'warn', unchecked: 'info',
  down: 'bad', drain: 'off', maint: 'off', removing: 'off',
};
const ICONS = {unchecked: 'wait'};

export function icon(server) {
  return ICONS[server.state] ?? (server.state in TONES ? server.state : 'info');
}

export function tone(server) {
  const tone = TONES[server.state] ?? 'info';
  // Up, and yet not used: its identity is refused, say, or its weight is 0.
  return tone === 'good' && !server.usable ? 'warn' : tone;
}

export function state(server) {
  return word('state', server.state);
}

export function since(server) {
  return t('server.since', {span: format.span((live.nowMs - Date.parse(server.health.since)) / 1000)});
}

/** Whether it is used, or why not, and since when. */
export function why(server) {
  return [server.usable ? t('server.usable') : server.reason, since(server)].filter(Boolean).join(' · ');
}

/** Whether somebody should look at it. */
export function hasProblem(server) {
  return !server.usable || tone(server) !== 'good' || expiry(server).tone !== '' || identity(server).tone === 'bad'
    || server.warnings.length > 0;
}

export function check(server) {
  return server.check === null ? t('server.unchecked') : [server.check.result, server.check.code].filter(Boolean).join(' ');
}

export function took(server) {
  return server.check === null ? '' : format.millis(server.check.durationMs);
}

export function checkAgeSeconds(server) {
  return server.check === null ? null : (live.nowMs - Date.parse(server.check.at)) / 1000;
}

export function age(server) {
  const seconds = checkAgeSeconds(server);
  return seconds === null ? '' : t('server.ago', {span: format.span(seconds)});
}

export function daysLeft(server) {
  if (server.certificate === null) return null;
  return Math.floor((Date.parse(server.certificate.notAfter) - live.nowMs) / 1000 / SECONDS_PER_DAY);
}

/** When the certificate ends, with a tone where that is soon. */
export function expiry(server) {
  const left = daysLeft(server);
  if (left === null) return {text: '–', tone: ''};
  if (left < 0) return {text: t('certificate.expired', {days: format.days(-left)}), tone: 'bad'};
  const tone = left < LAST_WARNING_DAYS ? 'bad' : left < WARNING_DAYS ? 'warn' : '';
  return {text: t('certificate.expires', {days: format.days(left)}), tone};
}

/** Whether the certificate is that of one of our servers, and why not. */
export function identity(server) {
  const certificate = server.certificate;
  if (certificate === null) return {text: t('certificate.none'), reason: '', tone: ''};
  const tone = {verified: '', unverified: 'warn', 'out-of-date': 'warn', refused: 'bad'}[certificate.identity] ?? 'warn';
  return {text: word('identity', certificate.identity), reason: certificate.reason ?? '', tone};
}

/** What to know of its certificate, though it does the balancer itself no harm: it makes no server look broken. */
export function warnings(server) {
  return server.warnings.join(' · ');
}

export function names(server) {
  return server.certificate === null ? '–' : server.certificate.names.join(', ');
}

export function role(server) {
  return [word('role', server.role), ...server.origins.map(origin => word('origin', origin))].join(' · ');
}

export function admin(server) {
  return word('admin', server.admin);
}

export function kind(server) {
  return [role(server), server.kubernetesVersion, t('server.weighs', {weight: format.number(server.weight)})]
    .filter(Boolean).join(' · ');
}

export function counts(server) {
  const {total, failed} = server.connections;
  return `${tn('server.total', total, {count: format.number(total)})} · ${tn('server.failures', failed, {count: format.number(failed)})}`;
}

export function credit(server) {
  const {rise, fall, credit} = server.health;
  return {credit, most: rise + fall - 1, rise, text: t('server.credit', {credit, most: rise + fall - 1, rise})};
}
