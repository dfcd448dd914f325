/** Something that happens again and again, and those who want to know. */
export class Signal {
  #listeners = new Set();

  on(listener) {
    this.#listeners.add(listener);
  }

  emit(value) {
    for (const listener of this.#listeners) {
      listener(value);
    }
  }
}
