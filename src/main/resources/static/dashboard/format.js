// Numbers, times and sizes as the reader's language writes them.

import {currentLanguage, languageChanged, t} from './i18n.js';

const DAY = 86_400;
/** Beyond single bytes, whose name languages write out. */
const BYTE_UNITS = ['kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'];

let cache = new Map();
languageChanged.on(() => (cache = new Map()));

/** Making a format costs more than a hundred uses of it. */
function cached(key, make) {
  let format = cache.get(key);
  if (!format) cache.set(key, (format = make(currentLanguage())));
  return format;
}

export function number(value, digits = 0) {
  return cached(`n${digits}`, l => new Intl.NumberFormat(l, {maximumFractionDigits: digits})).format(value);
}

function withUnit(value, unit, digits, display) {
  return cached(`${unit}/${digits}/${display}`, l => new Intl.NumberFormat(l, {
    style: 'unit', unit, unitDisplay: display, minimumFractionDigits: digits, maximumFractionDigits: digits,
  })).format(value);
}

/** One digit after the point while it is small; tidy, as on an axis: none where it is 0. */
function digitsOf(value, tidy = false) {
  return value >= 100 || (tidy && Number.isInteger(value)) ? 0 : 1;
}

export function rate(value, tidy) {
  const digits = digitsOf(value, tidy);
  return cached(`r${digits}`, l => new Intl.NumberFormat(l, {
    minimumFractionDigits: digits, maximumFractionDigits: digits,
  })).format(value);
}

function scaledBytes(value, suffix, tidy) {
  let scaled = value / 1000;
  let step = 0;
  while (scaled >= 999.5 && step < BYTE_UNITS.length - 1) {
    scaled /= 1000;
    step++;
  }
  return withUnit(scaled, BYTE_UNITS[step] + suffix, digitsOf(scaled, tidy), 'short');
}

export function bytes(value) {
  return value < 999.5 ? t('unit.bytes', {count: number(value)}) : scaledBytes(value, '');
}

export function byteRate(value, tidy) {
  return value < 999.5 ? t('unit.bytesPerSecond', {count: number(value)}) : scaledBytes(value, '-per-second', tidy);
}

export function millis(value, tidy) {
  if (value >= 10_000) return withUnit(value / 1000, 'second', 1, 'short');
  return withUnit(value, 'millisecond', value < 10 ? digitsOf(value, tidy) : 0, 'short');
}

/** A length of time in its one or two largest units. */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const narrow = (value, unit) => withUnit(value, unit, 0, 'narrow');
  if (whole < 60) return narrow(whole, 'second');
  if (whole < 3600) return joined(narrow(Math.floor(whole / 60), 'minute'), narrow(whole % 60, 'second'), whole % 60);
  if (whole < 2 * DAY) {
    const minutes = Math.floor((whole % 3600) / 60);
    return joined(narrow(Math.floor(whole / 3600), 'hour'), narrow(minutes, 'minute'), minutes);
  }
  return days(Math.floor(whole / DAY));
}

function joined(large, small, smallValue) {
  return smallValue === 0 ? large : `${large} ${small}`;
}

export function days(count) {
  return withUnit(count, 'day', 0, 'long');
}

export function time(millisOrText) {
  return cached('time', l => new Intl.DateTimeFormat(l, {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'}))
    .format(new Date(millisOrText));
}

/** The time, with the day in front where it is not today's. */
export function moment(text) {
  const date = new Date(text);
  if (date.toDateString() === new Date().toDateString()) return time(text);
  return cached('day', l => new Intl.DateTimeFormat(l, {
    month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
  })).format(date);
}

export function fullDate(text) {
  return cached('full', l => new Intl.DateTimeFormat(l, {dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23'}))
    .format(new Date(text));
}

export function list(texts) {
  return texts.join(t('list.separator'));
}
