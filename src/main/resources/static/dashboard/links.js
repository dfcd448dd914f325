// Links to what may be served on another port (management.server.port), which only trying can tell.

import {t} from './i18n.js';
import {toast} from './toast.js';

export function startLinks() {
  for (const link of document.querySelectorAll('a[href^="/actuator/"]')) {
    link.addEventListener('click', async event => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const answer = await fetch(link.href, {method: 'HEAD', cache: 'no-store'}).catch(() => null);
      if (answer?.status === 404) toast(t('link.elsewhere', {path: link.pathname}));
      else location.assign(link.href);
    });
  }
}
