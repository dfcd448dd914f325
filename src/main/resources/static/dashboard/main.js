// Puts the page together.

import {actOnServer, addServer, closeSession, rebalance, refreshDiscovery} from './actions.js';
import {startCharts} from './charts.js';
import {startDemo} from './demo.js';
import {openDetails, setUpDetails} from './details.js';
import {setUpDialogs} from './dialogs.js';
import {$} from './dom.js';
import {eventArrived, startEvents} from './events.js';
import {startHeader} from './header.js';
import {apply, currentLanguage, setLanguage} from './i18n.js';
import {startKeys} from './keys.js';
import {startLinks} from './links.js';
import {refresh, startLive} from './live.js';
import {setUpPreview} from './preview.js';
import {startServers, toggleView} from './servers.js';
import {startSessions, togglePause} from './sessions.js';
import {startTheme} from './theme.js';
import {startWhy} from './why.js';

apply();
document.documentElement.dataset.ready = '';

$('language').value = currentLanguage();
$('language').addEventListener('change', () => setLanguage($('language').value));
startTheme();
setUpDialogs();
setUpPreview();
setUpDetails(actOnServer);

$('add').addEventListener('click', addServer);
$('rebalance').addEventListener('click', rebalance);
$('refresh').addEventListener('click', refreshDiscovery);

startHeader();
startServers((name, server) => (name === 'details' ? openDetails(server) : actOnServer(name, server)));
startCharts();
startEvents();
startSessions(closeSession);
startWhy();
startDemo();
startLinks();
startKeys({
  '/': () => focus('servers-filter'),
  v: toggleView,
  a: addServer,
  e: () => focus('events-filter'),
  s: () => focus('sessions-filter'),
  w: () => focus('why-client'),
  p: togglePause,
});
startLive();

const CHANGES = new Set(['server-state', 'mode', 'list', 'setting', 'certificate']);
eventArrived.on(({type}) => CHANGES.has(type) && refresh());

function focus(id) {
  $(id).scrollIntoView({block: 'center'});
  $(id).focus({preventScroll: true});
}
