// Who owns the data of a slice that writes, its switches and rehearsals, in the details.

import { api } from './api.js';
import { busy, field, make, one, setLevel, setText, showFault } from './dom.js';
import * as format from './format.js';

const Pace = 1000;
const sides = { magento: 'Magento', extracted: 'the service' };
const outcomes = { switched: 'good', wouldSwitch: 'good', refused: 'bad', cancelled: 'warn' };

/** Shows it now and every second, until the dialog is closed; nothing where the slice only reads. */
export function showSwitch(dialog, slice) {
  const section = field(dialog, 'switch-section');
  section.hidden = !slice.writes;
  if (!slice.writes) return;
  for (const name of ['switch-run', 'rehearsals']) field(dialog, name).replaceChildren();
  const form = one('#switch');
  let shown = null;
  const refresh = async () => {
    const answer = await api.writes(slice.id);
    if (!dialog.open || field(dialog, 'details-id').textContent !== slice.id) return;
    showFault(field(dialog, 'switch-fault'), answer.ok ? null : answer.message);
    if (answer.ok) draw(dialog, form, shown = answer.body);
  };
  setUp(form, slice.id, () => (shown?.record === 'magento' ? 'service' : 'magento'), refresh);
  refresh();
  const timer = setInterval(refresh, Pace);
  dialog.addEventListener('close', () => clearInterval(timer), { once: true });
}

function draw(dialog, form, writes) {
  const gate = { open: '', armed: ', a freeze is announced', frozen: ', unsafe requests wait' }[writes.gate] ?? `, ${writes.gate}`;
  setText(field(dialog, 'switch-note'), `${sides[writes.record] === 'Magento' ? 'Magento owns' : 'The service owns'} the data${gate}`);
  const run = writes.current ?? writes.switches[0];
  field(dialog, 'switch-run').replaceChildren(...(run ? runItems(run) : [make('p', { class: 'hint' }, 'Nothing was switched yet.')]));
  field(dialog, 'rehearsals').replaceChildren(...(writes.rehearsals.length
    ? writes.rehearsals.slice(0, 3).map(rehearsalItem)
    : [make('li', { class: 'hint' }, 'It was not rehearsed yet.')]));
  const running = writes.current !== null;
  setText(one('[value="switch"]', form), writes.record === 'magento' ? 'Switch to the service' : 'Switch back to Magento');
  for (const button of form.querySelectorAll('button')) button.hidden = (button.value === 'cancel') !== running;
}

function runItems(run) {
  const state = make('b', { 'data-field': 'switch-outcome' }, run.outcome ? format.words(run.outcome) : format.words(run.step));
  setLevel(state, run.outcome ? outcomes[run.outcome] : 'warn');
  const held = run.frozenMilliseconds === null ? '' : ` · unsafe requests waited ${format.duration(run.frozenMilliseconds)} at most`;
  return [
    make('p', {}, state, `: ${run.dryRun ? 'dry run' : 'switch'} ${run.id} to ${sides[run.to]}, by ${run.who} ${format.ago(run.startedAt)}: ${run.reason}${held}`),
    run.detail ? make('p', { class: 'hint' }, run.detail) : null,
    make('ol', { class: 'switch-steps' }, ...run.steps.map((line) => make('li', { 'data-level': line.ok ? 'good' : 'bad' },
      make('span', { class: 'gate-mark', title: line.ok ? 'fine' : 'speaks against it' }, line.ok ? '✓' : '✕'),
      make('span', { class: 'switch-step' }, format.words(line.step)), make('span', {}, line.text)))),
    run.replicas.length ? make('table', { class: 'plain' },
      make('tr', {}, ...['Replica', 'Gate', 'Under way', 'Waited', 'Refused'].map((head) => make('th', { scope: 'col' }, head))),
      ...run.replicas.map((replica) => make('tr', {}, ...[replica.replica, replica.gate, format.count(replica.inFlight), format.count(replica.held), format.count(replica.refused)]
        .map((cell) => make('td', {}, cell))))) : null,
  ].filter(Boolean);
}

function rehearsalItem(rehearsal) {
  const passed = make('b', {}, rehearsal.passed ? 'Passed' : 'Failed');
  setLevel(passed, rehearsal.passed ? 'good' : 'bad');
  return make('li', {}, passed, ` ${format.ago(rehearsal.finishedAt)}: there ${frozen(rehearsal.forwardFrozenMilliseconds)}, back ${frozen(rehearsal.reverseFrozenMilliseconds)}; `
    + `${format.count(rehearsal.requests)} requests, ${format.count(rehearsal.failed)} failed. ${rehearsal.detail ?? ''}`);
}

const frozen = (milliseconds) => (milliseconds === null ? 'not reached' : `frozen ${format.duration(milliseconds)}`);

function setUp(form, id, target, refresh) {
  const fault = one('.fault', form);
  const override = one('.override', form);
  form.reset();
  override.hidden = true;
  showFault(fault, null);
  form.onsubmit = (event) => {
    event.preventDefault();
    const action = event.submitter?.value;
    busy(form, async () => {
      const reason = form.elements.reason.value.trim();
      const answer = !reason ? { ok: false, message: 'Say why: the reason goes into the audit log.' }
        : action === 'cancel' ? await api.cancelSwitch(id, reason)
          : action === 'rehearse' ? await api.rehearse(id, reason)
            : await api.switchWrites(id, { to: target(), dryRun: action === 'dry-run', override: form.elements.override.checked, reason });
      showFault(fault, answer.ok ? null : answer.message);
      override.hidden = !answer.body?.gates;
      if (answer.ok) form.reset();
      await refresh();
    });
  };
}
