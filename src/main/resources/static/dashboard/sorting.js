// Tables that are sorted by a click on a column's head.

import {element, setAttribute} from './dom.js';
import {languageChanged, t} from './i18n.js';
import {recall, remember} from './store.js';

const collator = new Intl.Collator('en', {numeric: true});

/**
 * The head of a table.
 *
 * A column has a name (its text is the key `<prefix>.<name>`), and by(item) if it can be sorted by: a number, a text or
 * null, which comes last. `descending` says which way the first click sorts.
 */
export class SortableHead {
  #columns;
  #prefix;
  #buttons = new Map();
  #order;
  #changed;

  constructor(head, columns, prefix, changed) {
    this.#columns = columns;
    this.#prefix = prefix;
    this.#changed = changed;
    const [name, way] = recall(`sort.${prefix}`, '').split(' ');
    this.#order = columns.some(column => column.name === name && column.by) ? {name, descending: way === 'down'} : null;
    head.replaceChildren(element('tr', {role: 'row'}, ...columns.map(column => this.#cell(column))));
    this.#label();
    languageChanged.on(() => this.#label());
  }

  sorted(items) {
    if (this.#order === null) return items;
    const {by} = this.#columns.find(column => column.name === this.#order.name);
    const sign = this.#order.descending ? -1 : 1;
    return [...items].sort((a, b) => compare(by(a), by(b), sign));
  }

  #cell(column) {
    const cell = element('th', {role: 'columnheader', scope: 'col', className: column.className ?? ''});
    if (!column.by) {
      const text = element('span', {className: 'hidden-text'});
      cell.append(text);
      this.#buttons.set(column.name, {cell, text});
      return cell;
    }
    const text = element('span');
    const button = element('button', {type: 'button'}, text, element('span', {className: 'arrow', ariaHidden: 'true'}));
    button.addEventListener('click', () => this.#sortBy(column));
    cell.append(button);
    this.#buttons.set(column.name, {cell, text});
    return cell;
  }

  /** First one way, then the other, then as the server lists them. */
  #sortBy({name, descending = false}) {
    if (this.#order?.name !== name) this.#order = {name, descending};
    else if (this.#order.descending === descending) this.#order = {name, descending: !descending};
    else this.#order = null;
    remember(`sort.${this.#prefix}`, this.#order ? `${name} ${this.#order.descending ? 'down' : 'up'}` : '');
    this.#label();
    this.#changed();
  }

  #label() {
    for (const {name, by} of this.#columns) {
      const {cell, text} = this.#buttons.get(name);
      text.textContent = t(`${this.#prefix}.${name}`);
      const sort = this.#order?.name !== name ? 'none' : this.#order.descending ? 'descending' : 'ascending';
      setAttribute(cell, 'aria-sort', by ? sort : null);
    }
  }
}

function compare(a, b, sign) {
  if (a === b) return 0;
  if (a === null || a === undefined) return 1;
  if (b === null || b === undefined) return -1;
  return sign * (typeof a === 'number' ? a - b : collator.compare(a, b));
}
