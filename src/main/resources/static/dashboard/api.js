// Calls of the REST API.

import {t} from './i18n.js';
import {askToken, bearer} from './token.js';

/** What the server, or the way to it, had against a call (RFC 9457). */
export class Problem extends Error {
  constructor(status, detail, errors = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }

  /** Each fault by itself where there are several, with the place that it is about. */
  get lines() {
    const faults = this.errors.map(({pointer, detail}) => (pointer ? `${pointer}: ${detail}` : detail));
    return faults.length > 1 ? [this.message, ...faults] : [this.message];
  }
}

const PATIENCE_MS = 15_000;

/** Who is refused asks less often: each refusal is an event. */
export const REFUSED_MS = 30_000;

export function isRefusal({status}) {
  return status === 401 || status === 403;
}

/** The problem that an answer without success tells of. */
export async function problemOf(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // Not from this server: something between has answered.
  }
  const detail = body.detail ?? t('error.status', {status: response.status});
  return new Problem(response.status, detail, Array.isArray(body.errors) ? body.errors : []);
}

export function headers(more = {}) {
  const token = bearer();
  return token ? {...more, Authorization: `Bearer ${token}`} : more;
}

/**
 * Makes a call, and asks for a token where one is needed.
 *
 * @param options body: sent as JSON; ifMatch: an entity tag; ask: false for what the reader has not asked for
 * @returns the JSON of the answer, if it has any, and its entity tag
 * @throws Problem
 */
export async function call(method, path, {body, ifMatch, ask = true} = {}) {
  const response = await send(method, path, body, ifMatch);
  if (response.ok) return {json: await content(response), etag: response.headers.get('ETag')};
  const problem = await problemOf(response);
  if (problem.status === 401 && ask && (await askToken(problem.message))) {
    return call(method, path, {body, ifMatch, ask});
  }
  throw problem;
}

async function content(response) {
  try {
    const text = await response.text();
    return text === '' ? null : JSON.parse(text);
  } catch {
    throw new Problem(0, t('error.network')); // it stopped in the middle
  }
}

async function send(method, path, body, ifMatch) {
  const given = {};
  if (body !== undefined) given['Content-Type'] = 'application/json';
  if (ifMatch) given['If-Match'] = ifMatch;
  try {
    return await fetch(path, {
      method, headers: headers(given), cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS),
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Problem(0, t('error.network'));
  }
}

export function serverPath(address) {
  return `/lb/servers/${encodeURIComponent(address)}`;
}
