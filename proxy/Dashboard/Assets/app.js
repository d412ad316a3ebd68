// The dashboard: follows the live events and puts the parts of the page together.

import { api, whenUnauthorized } from './api.js';
import { followAudit, refreshTimes, setUpAudit } from './audit.js';
import { openDetails } from './details.js';
import { busy, one, showFault } from './dom.js';
import { showConnection, showHeader } from './header.js';
import { followLive } from './live.js';
import { openKill, openMove } from './move.js';
import { setUpSlices, showSlices } from './slices.js';
import { nextStage } from './stages.js';
import { setUpTools, showSliceChoice } from './tools.js';

const DefaultShare = 5;
let view = null;

const live = followLive({
  onLive(next) {
    const now = Date.now();
    view = next;
    one('#page').hidden = false;
    showHeader(next, now);
    showSlices(next.slices, now);
    showSliceChoice(next.slices.slices);
    refreshTimes(now);
    followAudit(next.newestAuditId);
  },
  onConnection(state) {
    if (document.body.dataset.connection !== state) showConnection(state);
  },
});

const sliceOf = (id) => view.slices.slices.find((slice) => slice.id === id);

function move(id, stage) {
  const slice = sliceOf(id);
  openMove(slice, stage, view.status.killSwitch, slice.stage === 'canary' ? slice.percent : DefaultShare);
}

setUpSlices({
  promote: (id) => move(id, nextStage(sliceOf(id).stage)),
  canary: (id) => move(id, 'canary'),
  live: (id) => move(id, 'live'),
  rollback: (id) => move(id, 'legacy'),
  stage: move,
  details: (id) => openDetails(sliceOf(id), view.status.replica),
});
setUpAudit();
setUpTools();

for (const button of document.querySelectorAll('body > :is(header, section) [data-action="kill"]')) {
  button.addEventListener('click', () => { if (view) openKill(!view.status.killSwitch); });
}

whenUnauthorized(() => {
  live.stop();
  for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close();
  showConnection('login');
  document.title = 'Log in · Strangler';
  one('#page').hidden = true;
  one('#login').hidden = false;
  one('#login input').focus();
});

one('#login form').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  busy(form, async () => {
    const answer = await api.logIn(form.elements.key.value);
    showFault(one('.fault', form), answer.ok ? null : answer.message);
    if (!answer.ok) return;
    form.reset();
    one('#login').hidden = true;
    showConnection('connecting');
    live.start();
  });
});

live.start();
