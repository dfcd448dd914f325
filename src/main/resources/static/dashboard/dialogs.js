// What all dialogs have in common. The browser keeps the focus inside, closes on Escape, and gives the focus back.

/** Opens a dialog; done when it is closed. */
export function openDialog(dialog, focus) {
  if (!dialog.open) dialog.showModal();
  focus?.focus();
  return new Promise(done => dialog.addEventListener('close', done, {once: true}));
}

export function setUpDialogs() {
  for (const dialog of document.querySelectorAll('dialog')) {
    dialog.addEventListener('click', event => {
      // A click that begins and ends on the backdrop has the dialog itself as its target.
      if (event.target === dialog || event.target.closest('[data-close]')) dialog.close();
    });
  }
}
