// What is declared about a slice, and the editor of its rules.

import { api } from './api.js';
import { showCache } from './cache.js';
import { busy, field, make, one, setText } from './dom.js';
import * as format from './format.js';
import { followGates } from './gates.js';
import { showParity } from './parity.js';
import { showSwitch } from './switch.js';
import { readRules, writeRules } from './rules.js';

export function openDetails(slice, replica) {
  const dialog = one('#details');
  setText(one('#details-title'), slice.title);
  setText(field(dialog, 'details-id'), slice.id);
  showDeclaration(dialog, slice);
  showReasons(dialog, slice, replica);
  setUpRules(one('#rules'), slice);
  one('[data-action="close"]', dialog).onclick = () => dialog.close();
  dialog.showModal();
  followGates(dialog, slice);
  showParity(dialog, slice);
  showCache(dialog, slice);
  showSwitch(dialog, slice);
  one('.sheet-body', dialog).scrollTop = 0;
}

function showDeclaration(dialog, slice) {
  field(dialog, 'matches').replaceChildren(...slice.matches.map(matchItem));
  field(dialog, 'except-section').hidden = slice.except.length === 0;
  field(dialog, 'except').replaceChildren(...slice.except.map(matchItem));
  setText(field(dialog, 'freshness'), freshnessText(slice));
  showLosses(dialog, slice.losses);
  setText(field(dialog, 'table-count'), format.count(slice.tables.length));
  field(dialog, 'tables').replaceChildren(...slice.tables.map((table) => make('code', {}, table)));
}

function showLosses(dialog, losses) {
  field(dialog, 'losses-section').hidden = losses.length === 0;
  setText(field(dialog, 'losses-note'), format.count(losses.length));
  field(dialog, 'losses').replaceChildren(...losses.map((loss) => make('li', {}, loss)));
}

function showReasons(dialog, slice, replica) {
  setText(field(dialog, 'details-replica'), replica);
  const counted = Object.entries(slice.stats.reasons).sort((left, right) => right[1] - left[1]);
  table(field(dialog, 'reasons'), ['Reason', 'Requests'], counted.map(([reason, value]) => [format.words(reason), format.count(value)]), 'No request yet.');
}

function setUpRules(form, slice) {
  let version = slice.version;
  const faults = field(form, 'rules-fault');
  form.reset();
  form.elements.rules.value = writeRules(slice.rules);
  setText(field(form, 'rules-saved'), '');
  showFaults(faults, []);

  form.oninput = (event) => {
    setText(field(form, 'rules-saved'), '');
    if (event.target.name === 'rules') showFaults(faults, readRules(form.elements.rules.value).faults);
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    busy(form, async () => {
      const read = readRules(form.elements.rules.value);
      const reason = form.elements.reason.value.trim();
      const wrong = [...read.faults, ...(reason ? [] : ['Say why: the reason goes into the audit log.'])];
      showFaults(faults, wrong);
      if (wrong.length) return;
      const answer = await api.changeRules(slice.id, { rules: read.rules, reason, expectedVersion: version });
      if (answer.ok) {
        version = answer.body.version;
        form.elements.rules.value = writeRules(answer.body.rules);
        form.elements.reason.value = '';
        setText(field(form, 'rules-saved'), `Saved as version ${version}.`);
      } else if (answer.status === 409) {
        const now = await api.slice(slice.id);
        if (now.ok) version = now.body.version;
        showFaults(faults, [`Somebody was faster: now at ${now.ok ? `${format.stage(now.body)} (version ${version}), rules ${writeRules(now.body.rules)}` : 'another version'}. Save again to put yours in their place.`]);
      } else {
        showFaults(faults, [answer.message]);
      }
    });
  };
}

function showFaults(node, faults) {
  node.hidden = faults.length === 0;
  node.replaceChildren(...faults.map((fault) => make('li', {}, fault)));
}

const matchItem = (match) => make('li', {}, make('b', {}, match.methods.join(' ')), make('code', {}, match.path));

function table(node, heads, rows, empty) {
  node.replaceChildren(...(rows.length
    ? [make('tr', {}, ...heads.map((head) => make('th', { scope: 'col' }, head))), ...rows.map((row) => make('tr', {}, ...row.map((cell) => make('td', {}, cell))))]
    : [make('tr', {}, make('td', {}, empty))]));
}

function freshnessText({ freshness, freshnessCost: cost }) {
  const spent = cost.waits === 0 ? '' : ` In the last minute ${format.count(cost.waits)} requests waited, half of them up to ${format.duration(cost.p50)},`
    + ` 99 of 100 up to ${format.duration(cost.p99)}; ${format.count(cost.givenUp)} went to Magento.`;
  switch (freshness?.mode) {
    case 'bounded': return `Data at most ${format.bound(freshness.milliseconds)} old; else Magento answers.`;
    case 'session': return `Who has written sees it: their requests wait up to ${format.bound(freshness.waitMilliseconds)} for the data, else Magento answers.${spent}`;
    case 'strict': return `Every request sees what was committed before it came: it waits up to ${format.bound(freshness.waitMilliseconds)}, else Magento answers.${spent}`;
    default: return 'Eventual: no bound on the age of the data.';
  }
}
