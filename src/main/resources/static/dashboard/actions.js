// What an operator can change, each as preview.js wants it.

import {serverPath} from './api.js';
import {t} from './i18n.js';
import {propose} from './preview.js';

const DEFAULT_WEIGHT = 100;
const MOST_WEIGHT = 256;
const REBALANCE_PERCENT = 10;

/** The texts of an action are its keys: title, hint, confirm and done. */
function texts(name, values) {
  return {
    title: t(`${name}.title`, values), hint: t(`${name}.hint`, values),
    confirm: t(`${name}.confirm`, values), done: t(`${name}.done`, values),
  };
}

function setAdmin(admin) {
  return ({address}) => propose({
    ...texts(`do.${admin}`, {server: address}), method: 'PATCH', path: serverPath(address), body: () => ({admin}),
  });
}

function weightField(value) {
  return {name: 'weight', label: t('field.weight'), type: 'number', min: '0', max: String(MOST_WEIGHT), value: String(value)};
}

/** What is no number is sent as it is: the server says best what is wrong with it. */
function numberOf(text) {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}

/** By name: actions on one server. */
const ON_SERVER = {
  drain: setAdmin('drain'),
  maint: setAdmin('maint'),
  ready: setAdmin('ready'),
  weight: ({address, weight}) => propose({
    ...texts('do.weight', {server: address}), method: 'PATCH', path: serverPath(address), fields: [weightField(weight)],
    body: values => (values.weight === '' ? null : {weight: numberOf(values.weight)}),
  }),
  remove: server => propose({
    ...texts('do.remove', {server: listed(server)}), danger: true, method: 'DELETE', path: serverPath(listed(server)),
  }),
};

/** As the managed list holds it: by name, if the server comes from a name. */
function listed({address, hostname}) {
  return hostname === null ? address : hostname + address.slice(address.lastIndexOf(':'));
}

export function actOnServer(name, server) {
  return ON_SERVER[name](server);
}

export function addServer() {
  return propose({
    ...texts('do.add'), method: 'POST', path: '/lb/servers',
    fields: [{name: 'address', label: t('field.address'), placeholder: '192.0.2.10:6443', className: 'mono'}, weightField(DEFAULT_WEIGHT)],
    body: ({address, weight}) => {
      if (address.trim() === '' || weight === '') return null;
      return {address: address.trim(), weight: numberOf(weight)};
    },
  });
}

export function rebalance() {
  return propose({
    ...texts('do.rebalance'), method: 'POST', path: '/lb/rebalance',
    fields: [{name: 'maxPercent', label: t('field.maxPercent'), type: 'number', min: '1', max: '100', value: String(REBALANCE_PERCENT)}],
    body: values => (values.maxPercent === '' ? null : {maxPercent: numberOf(values.maxPercent)}),
  });
}

export function refreshDiscovery() {
  return propose({...texts('do.refresh'), method: 'POST', path: '/lb/discovery/refresh'});
}

export function closeSession({id, client}) {
  return propose({
    ...texts('do.close', {client}), danger: true, method: 'DELETE', path: `/lb/connections/${encodeURIComponent(id)}`,
  });
}
