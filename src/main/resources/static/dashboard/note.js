// Why a section shows nothing new, and a way out where there is one.

import {element} from './dom.js';
import {t} from './i18n.js';
import {askToken} from './token.js';

const NEEDS_TOKEN = 401;

/** @param problem null: all is well */
export function showNote(node, problem) {
  node.hidden = !problem;
  if (!problem || node.dataset.shown === problem.message) return;
  node.dataset.shown = problem.message;
  node.replaceChildren(problem.message);
  if (problem.status === NEEDS_TOKEN) {
    const button = element('button', {type: 'button'}, t('token.give'));
    button.addEventListener('click', () => askToken(problem.message));
    node.append(' ', button);
  }
}
