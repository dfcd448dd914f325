// What the page remembers of its reader's wishes. Storage may be full or forbidden: then it forgets.

const PREFIX = 'lb.';

export function recall(name, otherwise) {
  try {
    return localStorage.getItem(PREFIX + name) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // The wish holds until the page is left.
  }
}
