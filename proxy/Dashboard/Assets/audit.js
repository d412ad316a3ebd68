// The audit log: newest first, follows by itself, older on demand, checked.

import { api } from './api.js';
import { field, make, one, setLevel, setText, showFault } from './dom.js';
import * as format from './format.js';
import { showKillReason } from './header.js';

const Page = 30;
const entries = [];
let loading = false;
let complete = false;

export function setUpAudit() {
  one('#audit-older').addEventListener('click', loadOlder);
}

/** Looks for what is new when the newest id is not the one shown. */
export async function followAudit(newestId) {
  if (loading || (entries.length > 0 && newestId <= entries[0].id) || (newestId === 0 && complete)) return;
  loading = true;
  try {
    await loadNewest();
  } finally {
    loading = false;
  }
}

/** Relative times grow old without any event. */
export function refreshTimes(now) {
  for (const time of one('#audit').querySelectorAll('time')) setText(time, format.ago(time.dateTime, now));
}

async function loadNewest() {
  const known = entries[0]?.id ?? 0;
  const answer = await api.audit(Page);
  if (!take(answer)) return;
  const fresh = answer.body.entries.filter((entry) => entry.id > known);
  // More than a page was written since: what lies between is not known, so the list begins anew.
  if (known && fresh.length === Page) entries.length = 0;
  if (entries.length === 0) {
    one('#audit').replaceChildren();
    complete = answer.body.entries.length < Page;
  }

  entries.unshift(...fresh);
  one('#audit').prepend(...fresh.map((entry) => item(entry, known > 0)));
  showState();
  await check();
}

async function loadOlder() {
  const answer = await api.audit(Page, entries.at(-1)?.id);
  if (!take(answer)) return;
  complete = answer.body.entries.length < Page;
  entries.push(...answer.body.entries);
  one('#audit').append(...answer.body.entries.map((entry) => item(entry, false)));
  showState();
}

function take(answer) {
  showFault(one('#audit-fault'), answer.ok || answer.status === 401 ? null : answer.message);
  return answer.ok;
}

function showState() {
  one('#audit-empty').hidden = entries.length > 0;
  one('#audit-older').hidden = complete;
  showKillReason(entries.find((entry) => entry.action === 'kill-switch' && entry.to === 'on'));
}

async function check() {
  const answer = await api.checkAudit();
  const node = field(document, 'audit-check');
  const [level, mark, text] = !answer.ok ? ['unknown', '·', 'The log cannot be checked now']
    : answer.body.intact ? ['good', '✓', 'Complete and unaltered']
    : ['bad', '✗', `Altered at entry ${answer.body.brokenAt}`];
  setLevel(node, level);
  setText(one('.mark', node), mark);
  setText(field(node, 'audit-check-text'), text);
}

function item(entry, fresh) {
  return make('li', { 'data-audit': entry.id, 'data-kill': entry.action === 'kill-switch' ? entry.to : null, class: fresh ? 'fresh' : null },
    make('p', { class: 'what' }, ...what(entry)),
    make('p', { class: 'why' }, entry.reason),
    make('p', { class: 'who' }, make('span', {}, entry.who), make('time', { datetime: entry.at, title: format.at(entry.at) }, format.ago(entry.at))));
}

function what(entry) {
  if (entry.action === 'kill-switch') return [`Kill switch ${entry.to}`];
  const slice = make('span', { class: 'slice' }, entry.slice ?? '');
  const [from, to] = entry.action === 'rules' ? [rulesText(entry.from.rules), rulesText(entry.to.rules)] : [stateText(entry.from), stateText(entry.to)];
  const subject = ['stage', 'rules', 'rollback'].includes(entry.action) ? '' : `${format.words(entry.action.replaceAll('-', ' '))} `;
  return [slice, subject, ...(from && to ? [from, make('span', { class: 'arrow' }, '→'), to] : [from || to])];
}

/** A stage in its words; anything else that an entry is about as it stands. */
function stateText(state) {
  if (state === null || state === undefined) return '';
  if (state.stage) return format.stage(state);
  return typeof state === 'object' ? JSON.stringify(state) : String(state);
}

function rulesText(rules) {
  const parts = ['include', 'exclude'].filter((name) => rules?.[name]?.length).map((name) => `${name} ${rules[name].length}`);
  if (rules?.timeWindow) parts.push('time window');
  return parts.length ? `rules: ${parts.join(', ')}` : 'no rules';
}
