// One slice's card: built once, then only its texts change.

import { field, make, one, setAttribute, setLevel, setText } from './dom.js';
import * as format from './format.js';
import { drawLines } from './history.js';
import { Stages, isStale, nextStage, usesService } from './stages.js';

const ErrorShareLimit = 0.01;

export function makeCard(slice, actions) {
  const card = one('#slice-card').content.firstElementChild.cloneNode(true);
  card.dataset.slice = slice.id;
  const stepper = field(card, 'stage');
  for (const stage of Stages) {
    const button = make('button', { type: 'button', 'data-stage': stage }, make('i'), make('span', {}, stage));
    stepper.append(make('li', {}, button));
  }

  card.addEventListener('click', (event) => {
    const button = event.target.closest('button');
    if (button?.dataset.action) actions[button.dataset.action](slice.id);
    else if (button?.dataset.stage && !button.hasAttribute('aria-current')) actions.stage(slice.id, button.dataset.stage);
  });
  return card;
}

export function updateCard(card, slice, points, now) {
  setText(field(card, 'title'), slice.title);
  setText(field(card, 'id'), slice.id);
  for (const name of ['service', 'service-name', 'service-label']) setText(field(card, name), slice.service);
  updateStage(card, slice);
  updateSplit(card, slice);
  updateSide(card, 'magento', slice.stats.magento);
  updateSide(card, 'service', slice.stats.extracted);
  updateLines(card, slice, points, now);
  updateFacts(card, slice, now);
}

function updateStage(card, slice) {
  const current = Stages.indexOf(slice.stage);
  const stepper = field(card, 'stage');
  setAttribute(stepper, 'data-stage', slice.stage);
  [...stepper.children].forEach((item, index) => {
    const button = item.firstElementChild;
    item.classList.toggle('passed', index <= current);
    setAttribute(button, 'aria-current', index === current ? 'step' : null);
    setText(button.lastElementChild, index === current ? format.stage(slice) : Stages[index]);
    setAttribute(button, 'title', index === current ? null : `Move to ${Stages[index]}`);
  });

  const next = nextStage(slice.stage);
  const promote = one('[data-action="promote"]', card);
  setText(promote, next ? `Forward to ${next}` : 'At its end');
  promote.disabled = !next;
  one('[data-action="rollback"]', card).disabled = slice.stage === 'legacy';
  one('[data-action="live"]', card).disabled = slice.stage === 'live';
}

function updateSplit(card, slice) {
  const { magento, extracted } = slice.stats;
  const total = magento.requests + extracted.requests;
  const width = total ? (100 * extracted.requests) / total : 0;
  const bar = field(card, 'bar');
  one('.bar-magento', bar).style.width = total ? `${100 - width}%` : '0';
  one('.bar-service', bar).style.width = `${width}%`;
  one('.bar-service', bar).toggleAttribute('data-empty', width === 0 || width === 100);
  setText(field(card, 'magento-share'), format.share(magento.requests, total));
  setText(field(card, 'service-share'), format.share(extracted.requests, total));
  setText(field(card, 'split-note'), total ? 'answered in the last minute' : 'no request in the last minute');
  setAttribute(bar, 'aria-label', total
    ? `Last minute: Magento ${format.share(magento.requests, total)}, ${slice.service} ${format.share(extracted.requests, total)}`
    : 'No request in the last minute');
}

function updateSide(card, side, window) {
  setText(field(card, `${side}-rate`), format.rate(window.perSecond));
  const errors = field(card, `${side}-errors`);
  setText(errors, format.share(window.errors, window.requests));
  setLevel(errors, window.requests && window.errors / window.requests > ErrorShareLimit ? 'bad' : null);
  for (const quantile of ['p50', 'p95', 'p99']) setText(field(card, `${side}-${quantile}`), format.milliseconds(window[quantile]));
}

function updateLines(card, slice, points, now) {
  const [rate, latency] = ['rate', 'latency'].map((name) => one(`[data-spark="${name}"] svg`, card));
  const highestRate = drawLines(rate, points, 'magentoRate', 'serviceRate', now);
  const highestLatency = drawLines(latency, points, 'magentoLatency', 'serviceLatency', now);
  const total = slice.stats.magento.perSecond + slice.stats.extracted.perSecond;
  setText(field(card, 'rate'), `now ${format.rate(total)}`);
  setText(field(card, 'latency'), `max ${format.duration(highestLatency || null)}`);
  setAttribute(rate, 'aria-label', `Requests a second over the last minutes, at most ${format.rate(highestRate)} on one side`);
  setAttribute(latency, 'aria-label', `95th percentile of latency over the last minutes, at most ${format.duration(highestLatency || null)}`);
}

function updateFacts(card, slice, now) {
  const stale = isStale(slice);
  const lag = field(card, 'lag');
  setText(lag, slice.lag.milliseconds === null ? 'unknown' : format.duration(slice.lag.milliseconds));
  setLevel(lag, stale ? (usesService(slice.stage) ? 'bad' : 'warn') : ['bounded', 'strict'].includes(slice.freshness?.mode) ? 'good' : null);
  note(card, 'lag', `${format.promise(slice.freshness)} · ${slice.lag.state}`);
  const losses = field(card, 'losses');
  losses.hidden = slice.losses.length === 0;
  setText(losses, `${format.count(slice.losses.length)} lost on the way`);
  setAttribute(losses, 'title', slice.losses.join('\n'));

  const circuit = field(card, 'circuit');
  setText(circuit, format.words(slice.circuit).trim());
  setLevel(circuit, { Closed: 'good', HalfOpen: 'warn' }[slice.circuit] ?? 'bad');
  note(card, 'circuit', { Closed: `${slice.service} may be asked`, HalfOpen: 'one request tries' }[slice.circuit] ?? 'Magento answers');

  const { declined = 0, ...failures } = slice.stats.fallbacks;
  const failed = Object.values(failures).reduce((sum, value) => sum + value, 0);
  setText(field(card, 'fallbacks'), format.count(failed));
  setLevel(field(card, 'fallbacks'), failed ? 'warn' : null);
  note(card, 'fallbacks', Object.entries(failures).map(([reason, value]) => `${format.words(reason)} ${format.count(value)}`).join(', ') || 'since start');
  setText(field(card, 'declines'), format.count(declined));
  note(card, 'declines', declined ? 'service said no' : 'since start');

  const changed = field(card, 'changed');
  setText(changed, slice.changedAt ? format.ago(slice.changedAt, now) : 'never');
  setAttribute(changed, 'title', slice.changedAt ? format.at(slice.changedAt) : null);
  setText(field(card, 'version'), `version ${slice.version}`);
}

function note(card, name, text) {
  const node = field(card, `${name}-note`);
  setText(node, text);
  setAttribute(node, 'title', text);
}
