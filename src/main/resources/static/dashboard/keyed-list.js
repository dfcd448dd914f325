/**
 * Children of an element, one for each item, known by a key. A child stays the same element while its item is there, so
 * that focus, selection and scroll position survive updates.
 */
export class KeyedList {
  #parent;
  #make;
  #rows = new Map();

  /** @param make gives for an item an object with its element as root, and a function update(item) */
  constructor(parent, make) {
    this.#parent = parent;
    this.#make = make;
  }

  show(items, keyOf) {
    const rows = new Map();
    for (const item of items) {
      const key = keyOf(item);
      const row = this.#rows.get(key) ?? this.#make(item);
      row.update(item);
      rows.set(key, row);
    }
    const orphan = this.#removeAllBut(rows);
    this.#rows = rows;
    this.#arrange(rows);
    if (orphan) this.#adopt(orphan);
  }

  clear() {
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
