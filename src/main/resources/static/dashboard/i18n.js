// The page's words. What the server says (reasons, messages) is shown as it is, in English.

import en from './en.js';
import zh from './zh.js';
import {recall, remember} from './store.js';
import {Signal} from './signal.js';

const DICTIONARIES = {en, 'zh-CN': zh};

export const languageChanged = new Signal();

let language = spoken(recall('language', preferred()));
let plurals = new Intl.PluralRules(language);

/** What is remembered may be anything. */
function spoken(wanted) {
  return Object.hasOwn(DICTIONARIES, wanted) ? wanted : 'en';
}

function preferred() {
  for (const wanted of navigator.languages ?? [navigator.language]) {
    if (/^zh\b/i.test(wanted)) return 'zh-CN';
    if (/^en\b/i.test(wanted)) return 'en';
  }
  return 'en';
}

export function currentLanguage() {
  return language;
}

export function setLanguage(next) {
  language = spoken(next);
  plurals = new Intl.PluralRules(language);
  remember('language', language);
  apply();
}

/** Translates the page as it stands. */
export function apply() {
  document.documentElement.lang = language;
  translate(document);
  document.querySelectorAll('template').forEach(template => translate(template.content));
  languageChanged.emit(language);
}

/** The text of a key, with {name} replaced by values. */
export function t(key, values = {}) {
  const text = DICTIONARIES[language]?.[key] ?? en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** A text that depends on a count: key.one or key.other. */
export function tn(key, count, values = {}) {
  return t(`${key}.${plurals.select(count) === 'one' ? 'one' : 'other'}`, values);
}

/** Whether there is such a text: what a newer server says may have none. */
export function known(key) {
  return key in en;
}

/** A word of the API's in the reader's language, or as it is if it is new. */
export function word(prefix, value) {
  const key = `${prefix}.${value}`;
  return known(key) ? t(key) : value;
}

/** Fills all elements that name a key. */
export function translate(root) {
  for (const node of root.querySelectorAll('[data-t]')) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll('[data-t-label]')) node.setAttribute('aria-label', t(node.dataset.tLabel));
  for (const node of root.querySelectorAll('[data-t-title]')) node.title = t(node.dataset.tTitle);
  for (const node of root.querySelectorAll('[data-t-placeholder]')) node.placeholder = t(node.dataset.tPlaceholder);
}
