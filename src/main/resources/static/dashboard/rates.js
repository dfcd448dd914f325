const POINTS = 4;

/** Connections and bytes per second of each server, from the counters of the last few statuses. */
export class Rates {
  #points = new Map();
  #rates = new Map();

  /** @param longestGapMs after a longer silence the rates begin anew */
  take(servers, atMs, longestGapMs) {
    const points = new Map();
    const rates = new Map();
    for (const {address, connections} of servers) {
      const next = [atMs, connections.total, connections.bytesIn, connections.bytesOut];
      const all = [...continued(this.#points.get(address), next, longestGapMs), next].slice(-POINTS);
      points.set(address, all);
      rates.set(address, between(all[0], next));
    }
    this.#points = points; // servers that have gone are forgotten
    this.#rates = rates;
  }

  forget() {
    this.#points.clear();
  }

  /** null until it is known. */
  of(address) {
    return this.#rates.get(address) ?? null;
  }
}

/** The former points, unless the next does not continue them: counters that shrink have started anew. */
function continued(points, next, longestGapMs) {
  const last = points?.at(-1);
  const goesOn = last && next[0] - last[0] <= longestGapMs && next.every((value, i) => value >= last[i]);
  return goesOn ? points : [];
}

function between(first, last) {
  const seconds = (last[0] - first[0]) / 1000;
  if (seconds <= 0) return null;
  const [sessions, bytesIn, bytesOut] = [1, 2, 3].map(i => (last[i] - first[i]) / seconds);
  return {sessions, bytesIn, bytesOut};
}
