// The dialogs that change something: a slice's stage, the kill switch. Both want a reason.

import { api } from './api.js';
import { busy, field, make, one, setAttribute, setText, showFault } from './dom.js';
import * as format from './format.js';
import { cautionsOf, effectOf, isForward, usesService } from './stages.js';

/** Opens the dialog for a move from where the slice stands now. @param percent the canary's share to begin with */
export function openMove(slice, stage, killSwitch, percent = 5) {
  const dialog = one('#move');
  const form = one('form', dialog);
  const change = { slice, stage };
  form.reset();
  showFault(field(form, 'fault'), null);
  showRefusal(form, null);
  setText(field(form, 'move-slice'), `${slice.title} · ${slice.id}`);
  field(form, 'shares').hidden = stage !== 'canary';
  choosePercent(form, percent);

  const show = () => {
    const share = form.elements.percent.valueAsNumber;
    const target = { stage, percent: Number.isFinite(share) ? share : 0 };
    setText(one('#move-title'), titleOf(change.slice, stage));
    chip(field(form, 'from'), change.slice);
    chip(field(form, 'to'), target);
    setText(field(form, 'effect'), effectOf(change.slice, stage, format.percent(target.percent)));
    const cautions = cautionsOf(change.slice, stage, killSwitch);
    field(form, 'cautions').hidden = cautions.length === 0;
    field(form, 'cautions').replaceChildren(...cautions.map((caution) => make('li', {}, caution)));
    const confirm = one('[data-action="confirm"]', form);
    setText(confirm, stage === 'legacy' ? 'Roll back' : `Move to ${format.stage(target)}`);
    confirm.className = `button ${isForward(change.slice.stage, stage) || stage === change.slice.stage ? 'primary' : 'danger'}`;
  };

  form.oninput = (event) => {
    if (event.target.name === 'share') form.elements.percent.value = event.target.value;
    if (event.target.name === 'percent') choosePercent(form, event.target.value);
    show();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    busy(form, () => send(dialog, form, change, show));
  };
  one('[data-action="cancel"]', form).onclick = () => dialog.close();
  show();
  dialog.showModal();
  form.elements.reason.focus();
}

async function send(dialog, form, change, show) {
  const fault = faultOf(form, change.stage);
  showFault(field(form, 'fault'), fault);
  if (fault) return;

  const answer = await api.changeStage(change.slice.id, {
    stage: change.stage,
    percent: change.stage === 'canary' ? form.elements.percent.valueAsNumber : undefined,
    reason: form.elements.reason.value.trim(),
    expectedVersion: change.slice.version,
    override: form.elements.override.checked || undefined,
  });
  showRefusal(form, answer.body?.gates);
  if (answer.ok) {
    dialog.close();
  } else if (answer.status === 409 && answer.body?.gates) {
    showFault(field(form, 'fault'), answer.body.title);
  } else if (answer.status === 409) {
    await showConflict(form, change, show);
  } else {
    showFault(field(form, 'fault'), answer.message);
  }
}

/** The gates that refused a move, and the way round them; none when there are none. */
function showRefusal(form, gates) {
  field(form, 'refused').hidden = !gates;
  form.elements.override.checked = false;
  field(form, 'refusing').replaceChildren(...(gates ?? []).map((gate) => make('li', {}, make('b', {}, format.words(gate.metric)), ` ${gate.verdict}: ${gate.detail}`)));
}

async function showConflict(form, change, show) {
  const now = await api.slice(change.slice.id);
  if (!now.ok) {
    showFault(field(form, 'fault'), `Somebody was faster, and where the slice is now cannot be read: ${now.message}`);
    return;
  }

  change.slice = now.body;
  show();
  showFault(field(form, 'fault'), `Somebody was faster: now at ${format.stage(now.body)} (version ${now.body.version}). Nothing of yours was changed. Confirm again to move it from there.`);
}

function faultOf(form, stage) {
  const share = form.elements.percent.valueAsNumber;
  if (stage === 'canary' && !(share >= 0 && share <= 100)) return 'The share must be a number from 0 to 100.';
  return form.elements.reason.value.trim() ? null : 'Say why: the reason goes into the audit log.';
}

function choosePercent(form, percent) {
  if (form.elements.percent.value !== String(percent)) form.elements.percent.value = percent;
  for (const radio of form.elements.share) radio.checked = Number(radio.value) === Number(percent);
}

function titleOf(slice, stage) {
  if (stage === 'legacy') return 'Roll back to Magento?';
  if (stage === 'canary') return slice.stage === 'canary' ? 'Change the share of the canary' : 'Move to canary';
  return isForward(slice.stage, stage) ? `Move forward to ${stage}` : `Move back to ${stage}`;
}

function chip(node, entry) {
  setText(node, format.stage(entry));
  setAttribute(node, 'data-side', usesService(entry.stage) ? 'service' : 'magento');
}

/** Opens the dialog of the kill switch. */
export function openKill(on) {
  const dialog = one('#kill-dialog');
  const form = one('form', dialog);
  form.reset();
  showFault(field(form, 'fault'), null);
  setText(one('#kill-title'), on ? 'Send everything to Magento?' : 'Release the kill switch?');
  setText(field(form, 'effect'), on
    ? 'Magento answers every request of every slice, at once and on all replicas. Stages stay as they are and hold again when the switch is released.'
    : 'Every slice goes on at the stage where it stands. Services answer again at once.');
  const confirm = one('[data-action="confirm"]', form);
  setText(confirm, on ? 'Everything to Magento' : 'Release');
  confirm.className = `button ${on ? 'danger' : 'primary'}`;
  form.onsubmit = (event) => {
    event.preventDefault();
    busy(form, async () => {
      const reason = form.elements.reason.value.trim();
      const answer = reason ? await api.setKillSwitch(on, reason) : { message: 'Say why: the reason goes into the audit log.' };
      if (answer.ok) dialog.close();
      else showFault(field(form, 'fault'), answer.message);
    });
  };
  one('[data-action="cancel"]', form).onclick = () => dialog.close();
  dialog.showModal();
  form.elements.reason.focus();
}
