// Small tools for a page that is updated in place. Nothing is ever parsed as HTML.

export const $ = id => document.getElementById(id);

/** Sets a text only where it differs: what is left alone costs no layout and keeps its selection. */
export function setText(node, text) {
  const first = node.firstChild;
  if (first === null) {
    if (text !== '') node.append(text);
  } else if (first.nodeValue !== text) {
    first.nodeValue = text;
  }
}

/** Sets an attribute only where it differs; null takes it away. */
export function setAttribute(node, name, value) {
  if (value === null) {
    if (node.hasAttribute(name)) node.removeAttribute(name);
  } else if (node.getAttribute(name) !== value) {
    node.setAttribute(name, value);
  }
}

/** A text that may be cut off, with all of it as a tooltip. */
export function setCut(node, text) {
  setText(node, text);
  setAttribute(node, 'title', text === '' ? null : text);
}

export function setIcon(use, name) {
  setAttribute(use, 'href', `#i-${name}`);
}

export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'data') Object.assign(node.dataset, value);
    else if (key in node) node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

/** A copy of a template: its root, and by name the elements to fill. */
export function stamp(templateId) {
  const root = $(templateId).content.firstElementChild.cloneNode(true);
  const parts = {};
  for (const node of root.querySelectorAll('[data-f]')) parts[node.dataset.f] = node;
  return {root, parts};
}

/** Fills a select; keeps what is chosen if that is still there, else chooses the first. */
export function setOptions(select, options) {
  const wanted = options.map(([value, text]) => `${value}\u0000${text}`).join('\u0001');
  if (select.dataset.options === wanted) return;
  select.dataset.options = wanted;
  const chosen = select.value;
  select.replaceChildren(...options.map(([value, text]) => element('option', {value}, text)));
  select.value = options.some(([value]) => value === chosen) ? chosen : options[0][0];
}

/** Lets its last call happen once nothing has been called for a while. */
export function debounce(ms, action) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...values), ms);
  };
}
