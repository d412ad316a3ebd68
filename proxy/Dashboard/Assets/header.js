// The head of the page: overall state with its reasons, figures, kill switch.

import { field, make, one, setAttribute, setLevel, setText } from './dom.js';
import * as format from './format.js';
import { isStale, usesService } from './stages.js';

// A replica says where it stands every two seconds; only what lasts longer is worth a word.
const ReplicaPatience = 6_000;
const ReplicaGone = 8_000;
const behindSince = new Map();

export function showHeader({ status, slices }, now) {
  const notices = [...statusNotices(status, now), ...sliceNotices(slices)];
  showState(status, notices);
  showNotices(notices);
  setText(field(document, 'magento'), status.magento.replace(/\/$/, ''));
  setText(field(document, 'storefront-rate'), format.rate(status.perSecond));
  showPages(status.pages);
  setText(field(document, 'replicas'), String(Math.max(1, status.replicas.length)));
  setAttribute(field(document, 'replicas'), 'title', status.replicas.map((replica) => `${replica.id}: version ${replica.version}`).join('\n')
    + `\nThe figures on this page are those of ${status.replica}.`);
  document.body.dataset.kill = status.killSwitch ? 'on' : 'off';
  one('#kill-banner').hidden = !status.killSwitch;
  const button = one('.kill');
  setAttribute(button, 'aria-pressed', String(status.killSwitch));
  setText(field(button, 'kill'), status.killSwitch ? 'ON · all to Magento' : 'off');
}

function showPages(pages) {
  field(document, 'pages').hidden = !pages;
  const asked = pages ? pages.hits + pages.misses : 0;
  setText(field(document, 'pages-share'), asked ? `${format.share(pages.hits, asked)} of ${format.count(asked)}` : '–');
}

/** The newest word on the switch, from the audit log. */
export function showKillReason(entry) {
  const text = entry ? `Since ${format.at(entry.at)}, by ${entry.who}: ${entry.reason}` : 'The kill switch is on.';
  setText(field(document, 'kill-why'), text);
}

export function showConnection(state) {
  document.body.dataset.connection = state;
  setText(field(document, 'connection'), { live: 'live', lost: 'lost', connecting: '…', login: '–' }[state]);
  if (state === 'lost') {
    setLevel(field(document, 'state'), 'bad');
    setText(field(document, 'state-text'), 'Connection lost, trying again');
    document.title = 'Connection lost · Strangler';
  }
}

function showState(status, notices) {
  const [level, text] = status.killSwitch ? ['bad', 'Kill switch on']
    : notices.length ? [notices.some((notice) => notice.level === 'bad') ? 'bad' : 'warn', 'Degraded']
    : ['good', 'All well'];
  setLevel(field(document, 'state'), level);
  setText(field(document, 'state-text'), text);
  document.title = `${text} · Strangler`;
}

function showNotices(notices) {
  const list = one('#notices');
  const text = JSON.stringify(notices);
  if (list.dataset.shown === text) return;
  list.dataset.shown = text;
  list.hidden = notices.length === 0;
  list.replaceChildren(...notices.map((notice) => make('li', { 'data-level': notice.level }, make('b', {}, notice.title), make('span', {}, notice.text))));
}

function* statusNotices(status, now) {
  if (status.controlDatabaseFault) {
    yield { level: 'bad', title: 'Control database away', text: `Traffic goes on as it stands, nothing can be moved. ${status.controlDatabaseFault}` };
  }
  if (status.cdcSyncFault) {
    yield { level: 'warn', title: 'cdc-sync away', text: `The age of the services' data is unknown; slices with a bound go to Magento. ${status.cdcSyncFault}` };
  }
  for (const fault of status.sliceFaults) {
    yield { level: 'warn', title: 'Slice file not taken', text: `${fault} The last good declarations stay in force.` };
  }
  if (!status.controlDatabaseFault) yield* replicaNotices(status, now);
}

const titles = (list) => list.map((slice) => slice.title).join(', ');

function* replicaNotices(status, now) {
  const own = status.replicas.find((replica) => replica.id === status.replica);
  for (const replica of status.replicas) {
    const gone = own && Date.parse(own.seenAt) - Date.parse(replica.seenAt) > ReplicaGone;
    const behind = !gone && replica.id !== status.replica && (replica.version !== status.version || (own && replica.catalogHash !== own.catalogHash));
    if (!behind) {
      behindSince.delete(replica.id);
      continue;
    }

    if (!behindSince.has(replica.id)) behindSince.set(replica.id, now);
    if (now - behindSince.get(replica.id) > ReplicaPatience) {
      const what = replica.version !== status.version ? `it routes by version ${replica.version}, this one by ${status.version}` : 'it has other slice declarations';
      yield { level: 'warn', title: `Replica ${replica.id} differs`, text: `${what}.` };
    }
  }
}

function* sliceNotices({ slices, killSwitch }) {
  if (killSwitch) return;
  const moved = slices.filter((slice) => usesService(slice.stage));
  const broken = moved.filter((slice) => slice.circuit === 'Open');
  if (broken.length) yield { level: 'bad', title: 'Circuit open', text: `The service failed too often; Magento answers: ${titles(broken)}.` };
  const stale = moved.filter(isStale);
  if (stale.length) yield { level: 'bad', title: 'Data not fresh', text: `Older than allowed; Magento answers: ${titles(stale)}.` };
}
