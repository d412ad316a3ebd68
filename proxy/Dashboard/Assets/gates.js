// A slice's gates, its ramp and the evidence of its moves, in the details: asked for every two seconds while they are open.

import { api } from './api.js';
import { busy, field, make, one, setAttribute, setLevel, setText, showFault } from './dom.js';
import * as format from './format.js';

const Interval = 2000;
const levels = { pass: 'good', fail: 'bad', inconclusive: 'warn' };
const marks = { pass: '✓', fail: '✕', inconclusive: '…' };
const names = {
  errorRate: 'Errors of the service', errorRateDelta: 'Errors against Magento', fallbackRate: 'Fallbacks', latencyP95: 'p95', latencyP99: 'p99',
  latencyP95Ratio: 'p95 against Magento', latencyP99Ratio: 'p99 against Magento', lag: 'Lag', parity: 'Same answers', parityField: 'Worst field',
  dataDifferences: 'Rows that differ', deadLetters: 'Rows held back', retention: 'Log kept', orders: 'Orders', cartAdds: 'Additions to carts', logins: 'Logins',
  rehearsal: 'Rehearsal',
};
const actions = {
  start: (state) => ![ 'running', 'holding' ].includes(state),
  pause: (state) => [ 'running', 'holding' ].includes(state),
  resume: (state) => [ 'paused', 'holding' ].includes(state),
  abort: (state) => [ 'running', 'holding', 'paused', 'completed' ].includes(state),
};

let timer = null;

export function followGates(dialog, slice) {
  clearTimeout(timer);
  for (const name of ['gates', 'ramp-steps', 'packs']) field(dialog, name).replaceChildren();
  setUpRamp(one('#ramp'), slice.id, () => refresh(dialog, slice.id));
  const next = async () => {
    if (!dialog.open || field(dialog, 'details-id').textContent !== slice.id) return;
    await refresh(dialog, slice.id);
    timer = setTimeout(next, Interval);
  };
  timer = setTimeout(next, 0);
}

async function refresh(dialog, id) {
  const [gates, ramp, packs] = await Promise.all([api.gates(id), api.ramp(id), api.evidence(id)]);
  if (field(dialog, 'details-id').textContent !== id) return;
  showFault(field(dialog, 'gates-fault'), gates.ok ? null : gates.message);
  if (gates.ok) showGates(dialog, gates.body);
  if (ramp.ok) showRamp(dialog, ramp.body);
  if (packs.ok) showPacks(dialog, packs.body.packs);
}

function showGates(dialog, view) {
  const verdict = field(dialog, 'gates-verdict');
  const blocking = view.gates.filter((gate) => gate.verdict !== 'pass' && (gate.required || gate.verdict === 'fail'));
  setText(field(dialog, 'gates-target'), view.target ? `before ${format.stage(view.target)}` : 'at its end');
  setText(verdict, !view.target || view.gates.length === 0 ? 'No gate stands before the next step.'
    : view.verdict === 'pass' ? `All ${view.gates.length} gates pass.`
      : `${blocking.length} of ${view.gates.length} gates ${view.verdict === 'fail' ? 'stand in the way' : 'cannot tell yet'}.`);
  setLevel(verdict, view.gates.length ? levels[view.verdict] : null);
  field(dialog, 'gates').replaceChildren(...view.gates.map(gateItem));
}

function gateItem(gate) {
  const samples = gate.samples > 1 || gate.minimumSamples > 1 ? `${format.count(gate.samples)} samples` : null;
  const facts = [gate.stale ? 'stale' : null, samples, gate.required ? null : 'may be unknown', gate.declared ? null : 'usual gate'].filter(Boolean).join(' · ');
  return make('li', { 'data-level': levels[gate.verdict] },
    make('span', { class: 'gate-mark', title: gate.verdict }, marks[gate.verdict]),
    make('span', { class: 'gate-name' }, names[gate.metric] ?? format.words(gate.metric)),
    make('span', { class: 'gate-value' }, `${value(gate, gate.value)} `, make('small', {}, wanted(gate))),
    make('p', { class: 'gate-detail' }, gate.detail, make('small', {}, facts ? ` · ${facts}` : '')));
}

function value(gate, number) {
  if (number === null || number === undefined) return format.Nothing;
  if (/^(errorRate|errorRateDelta|fallbackRate|parity|parityField)$/.test(gate.metric)) return format.percent(number * 100);
  if (/^(lag|latencyP\d+)$/.test(gate.metric)) return format.duration(number);
  if (/Ratio$|^(orders|cartAdds|logins)$/.test(gate.metric)) return `${format.decimal(number)} ×`;
  if (/^(retention|rehearsal)$/.test(gate.metric)) return `${format.decimal(number)} h`;
  return format.count(number);
}

function wanted(gate) {
  if (gate.min !== null && gate.min !== undefined) return `at least ${value(gate, gate.min)}`;
  return gate.max !== null && gate.max !== undefined ? `at most ${value(gate, gate.max)}` : '';
}

function showRamp(dialog, ramp) {
  const state = field(dialog, 'ramp-state');
  setText(state, ramp.state ?? 'none');
  setLevel(state, { running: 'good', completed: 'good', holding: 'bad', paused: 'warn' }[ramp.state] ?? null);
  const at = ramp.steps.findIndex((step) => step.stage === ramp.stage && (step.stage !== 'canary' || step.percent >= ramp.percent));
  field(dialog, 'ramp-steps').replaceChildren(...ramp.steps.map((step, index) =>
    make('li', { 'aria-current': index === at ? 'step' : null, class: index <= at ? 'passed' : null }, format.stage(step))));
  const running = ramp.state === 'running' || ramp.state === 'holding';
  setText(field(dialog, 'ramp-waits'), running && ramp.next ? `Next ${format.stage(ramp.next)}; waits for ${ramp.waitsFor ?? 'the gates'}.` : '');
  setText(field(dialog, 'ramp-note'), ramp.note ? `${ramp.note}${ramp.rollbacks ? ` · went back ${ramp.rollbacks} times` : ''}` : '');
  for (const [action, may] of Object.entries(actions)) one(`[value="${action}"]`, dialog).hidden = !may(ramp.state);
}

function setUpRamp(form, id, done) {
  form.reset();
  showFault(one('.fault', form), null);
  form.onsubmit = (event) => {
    event.preventDefault();
    busy(form, async () => {
      const reason = form.elements.reason.value.trim();
      const answer = reason ? await api.changeRamp(id, { action: event.submitter?.value, reason }) : { message: 'Say why: the reason goes into the audit log.' };
      showFault(one('.fault', form), answer.ok ? null : answer.message);
      if (!answer.ok) return;
      form.reset();
      await done();
    });
  };
}

function showPacks(dialog, packs) {
  field(dialog, 'packs').replaceChildren(...(packs.length ? packs.map(packItem) : [make('li', { class: 'hint' }, 'It was not moved yet.')]));
}

function packItem(pack) {
  const link = make('a', { href: `/api/evidence/${pack.id}`, target: '_blank', rel: 'noopener' }, pack.kind);
  setAttribute(link, 'title', 'The signed pack');
  return make('li', {}, link, make('time', { datetime: pack.at, title: format.at(pack.at) }, format.ago(pack.at)));
}
