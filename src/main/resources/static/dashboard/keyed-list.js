/** So many rows are updated at once; the rest follows in slices, so that the page answers in between. */
const SLICE = 100;

/**
 * Children of an element, one for each item, known by a key. A child stays the same element while its item is there, so
 * that focus, selection and scroll position survive updates.
 */
export class KeyedList {
  #parent;
  #make;
  #rows = new Map();
  #later = [];
  #timer;

  /** @param make gives for an item an object with its element as root, and a function update(item) */
  constructor(parent, make) {
    this.#parent = parent;
    this.#make = make;
  }

  show(items, keyOf) {
    const rows = new Map();
    this.#later = [];
    for (const item of items) {
      const key = keyOf(item);
      const known = this.#rows.get(key);
      const row = known ?? this.#make(item);
      rows.set(key, row);
      if (known && rows.size > SLICE) this.#later.push([row, item]);
      else row.update(item);
    }
    const orphan = this.#removeAllBut(rows);
    this.#rows = rows;
    this.#arrange(rows);
    if (orphan) this.#adopt(orphan);
    this.#goOn();
  }

  #goOn() {
    clearTimeout(this.#timer);
    if (this.#later.length === 0) return;
    this.#timer = setTimeout(() => {
      for (const [row, item] of this.#later.splice(0, SLICE)) row.update(item);
      this.#goOn();
    });
  }

  clear() {
    this.#later = [];
    this.#rows.clear();
    this.#parent.replaceChildren();
  }

  /** Where the focus was, if a child had it that has gone. */
  #removeAllBut(rows) {
    let orphan = null;
    for (const [key, row] of this.#rows) {
      if (rows.has(key)) continue;
      if (row.root.contains(document.activeElement)) {
        orphan = {act: document.activeElement.dataset.act, next: row.root.nextElementSibling};
      }
      row.root.remove();
    }
    return orphan;
  }

  #adopt({act, next}) {
    const neighbour = next?.isConnected ? next : this.#parent.lastElementChild;
    const control = act && neighbour?.querySelector(`[data-act="${act}"]:not([hidden])`);
    (control ?? this.#parent.closest('[tabindex]'))?.focus({preventScroll: true});
  }

  #arrange(rows) {
    let place = this.#parent.firstElementChild;
    const focused = document.activeElement;
    for (const {root} of rows.values()) {
      if (root === place) place = place.nextElementSibling;
      else this.#move(root, place);
    }
    if (focused !== document.activeElement && this.#parent.contains(focused)) focused.focus({preventScroll: true});
  }

  #move(root, place) {
    // moveBefore keeps the focus, but takes only what is in the page already.
    if (root.parentNode === this.#parent && this.#parent.moveBefore) this.#parent.moveBefore(root, place);
    else this.#parent.insertBefore(root, place);
  }
}
