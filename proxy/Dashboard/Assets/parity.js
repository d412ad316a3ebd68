// What the comparison of both sides' answers has found about a slice, in its details.

import { api } from './api.js';
import { busy, field, make, setText, showFault } from './dom.js';
import * as format from './format.js';

const Pace = 2000;

/** Shows it now and every two seconds, until the dialog is closed. */
export function showParity(dialog, slice) {
  const section = field(dialog, 'parity');
  const list = make('div', { 'data-field': 'parity-groups' });
  let shown = '';
  const show = (parity) => {
    const text = JSON.stringify(parity);
    if (text === shown) setText(field(dialog, 'parity-note'), noteOf(parity));
    else draw(dialog, list, parity);
    shown = text;
  };
  const refresh = async () => {
    const answer = await api.parity(slice.id);
    if (!dialog.open || !section.contains(list)) return;
    if (answer.ok) show(answer.body);
    else setText(field(dialog, 'parity-note'), answer.message);
  };

  setText(field(dialog, 'parity-note'), '');
  section.replaceChildren(list, resetForm(slice, show));
  refresh();
  const timer = setInterval(refresh, Pace);
  dialog.addEventListener('close', () => clearInterval(timer), { once: true });
}

function noteOf(parity) {
  if (parity.since === null) return 'Nothing compared yet: a slice in stage shadow compares what both sides answer.';
  return parity.compared
    ? `${format.share(parity.compared - parity.different, parity.compared)} the same of ${format.count(parity.compared)}, first ${format.ago(parity.since)}`
    : `No pair compared since ${format.at(parity.since)}.`;
}

function draw(dialog, list, parity) {
  setText(field(dialog, 'parity-note'), noteOf(parity));
  const open = new Set([...list.querySelectorAll('details[open]')].map((node) => node.dataset.group));
  const focused = list.contains(document.activeElement) ? document.activeElement.closest('details')?.dataset.group : null;
  list.replaceChildren(...(parity.since === null ? [] : [numbers(parity), ...parity.groups.map((group) => groupItem(group, parity, open))]));
  if (focused) [...list.querySelectorAll('details')].find((node) => node.dataset.group === focused)?.querySelector('summary').focus();
}

const numbers = (parity) => make('dl', { class: 'parity-numbers' }, ...[
  ['Different', parity.different, 'Pairs that differ beyond noise and ignore rules'],
  ['Noise only', parity.noisy, 'Pairs that differ only where Magento differs from itself'],
  ['Raced a write', parity.raced, 'Differences that were gone when both sides were asked again at a known position'],
  ['Asked Magento twice', parity.noiseCompared, 'Pairs of Magento’s own answers, from which noise is learned'],
  ['Not comparable', parity.uncomparable, 'No answer of the other side, broken off, or too large'],
  ['Not copied', parity.dropped, 'No room: the service is slow, or the share is large'],
].map(([name, value, title]) => make('div', { title }, make('dt', {}, name), make('dd', {}, format.count(value)))));

function groupItem(group, parity, open) {
  const key = `${group.kind} ${group.path}`;
  const item = make('details', { class: 'parity-group', 'data-group': key, 'data-noise': group.isNoise ? 'true' : null },
    make('summary', {},
      make('code', {}, group.path),
      make('span', { class: 'kind' }, group.isNoise ? `${group.kind}, noise` : group.kind),
      make('b', {}, `${format.count(group.count)} (${format.share(group.count, parity.compared)})`)),
    make('p', { class: 'hint' }, `First ${format.ago(group.firstSeen)}, last ${format.ago(group.lastSeen)}. ${itselfText(group, parity)}`),
    ...group.samples.map(sampleItem));
  item.open = open.has(key);
  return item;
}

const itselfText = (group, parity) => (parity.noiseCompared
  ? `Magento against itself: ${format.count(group.noiseCount)} of ${format.count(parity.noiseCompared)}.`
  : 'Magento was not asked twice yet.');

const sampleItem = (sample) => make('div', { class: 'parity-sample' },
  make('code', { class: 'target' }, sample.request),
  make('div', {}, make('span', { class: 'parity-magento' }, 'Magento'), valueOf(sample.magento)),
  make('div', {}, make('span', { class: 'parity-service' }, 'Service'), valueOf(sample.service)));

const valueOf = (value) => (value === null ? make('span', { class: 'hint' }, 'nothing') : make('code', {}, value === '' ? '""' : value));

function resetForm(slice, show) {
  const fault = make('p', { class: 'fault', role: 'alert', 'data-field': 'parity-fault', hidden: '' });
  const form = make('form', { class: 'form parity-reset', novalidate: '' },
    make('div', { class: 'inline' },
      make('label', { class: 'grow' }, 'Begin anew, for instance after a new release of the service', make('input', { name: 'reason', maxlength: '1000', placeholder: 'Why? It goes into the audit log.' })),
      make('button', { class: 'button', 'data-action': 'reset-parity' }, 'Reset')),
    fault);
  form.onsubmit = (event) => {
    event.preventDefault();
    busy(form, async () => {
      const reason = form.elements.reason.value.trim();
      const answer = reason ? await api.resetParity(slice.id, reason) : { ok: false, message: 'Say why: the reason goes into the audit log.' };
      showFault(fault, answer.ok ? '' : answer.message);
      if (!answer.ok) return;
      form.reset();
      show(answer.body);
    });
  };
  return form;
}
