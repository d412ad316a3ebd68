// Explain, override tokens, and the tabs they live in.

import { api } from './api.js';
import { busy, field, make, one, setText, showFault } from './dom.js';
import * as format from './format.js';

export function setUpTools() {
  setUpTabs(one('.tabs'));
  onSubmit(one('#explain'), explain);
  onSubmit(one('#token'), makeToken);
  one('[data-action="copy"]').addEventListener('click', copyToken);
}

/** The slices to choose from for a token. */
export function showSliceChoice(slices) {
  const select = one('#token').elements.slice;
  const known = [...select.options].slice(1).map((option) => option.value).join();
  if (known === slices.map((slice) => slice.id).join()) return;
  const chosen = select.value;
  select.replaceChildren(select.options[0], ...slices.map((slice) => make('option', { value: slice.id }, slice.title)));
  select.value = slices.some((slice) => slice.id === chosen) ? chosen : '';
}

function setUpTabs(list) {
  const tabs = [...list.children];
  const select = (tab) => {
    for (const other of tabs) {
      const chosen = other === tab;
      other.setAttribute('aria-selected', String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      one(`#${other.getAttribute('aria-controls')}`).hidden = !chosen;
    }
  };
  list.addEventListener('click', (event) => { if (tabs.includes(event.target)) select(event.target); });
  list.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const index = tabs.indexOf(event.target);
    if (!step || index < 0) return;
    const next = tabs[(index + step + tabs.length) % tabs.length];
    select(next);
    next.focus();
  });
}

function onSubmit(form, work) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    busy(form, () => work(form));
  });
}

async function explain(form) {
  const result = one('#explanation');
  const headers = readHeaders(form.elements.headers.value);
  const answer = headers.fault ? { ok: false, message: headers.fault } : await api.explain({
    method: form.elements.method.value,
    url: form.elements.url.value.trim(),
    headers: headers.fields,
    clientAddress: form.elements.clientAddress.value.trim() || undefined,
  });
  showFault(one('.fault', form), answer.ok ? null : answer.message);
  result.replaceChildren(...(answer.ok ? explanation(answer.body) : []));
}

function explanation(view) {
  const verdict = view.side === 'extracted' ? 'The service answers' : 'Magento answers';
  return [
    make('p', { class: 'verdict', 'data-side': view.side, 'data-field': 'verdict' }, `${verdict}: ${format.words(view.reason)}`),
    make('ol', { class: 'steps' }, ...view.steps.map((step) => make('li', step.decides ? { class: 'decides' } : {},
      make('span', { class: 'rule' }, format.words(step.rule)),
      make('span', {}, step.finding, step.decides ? make('span', { class: 'tag' }, 'decides') : null)))),
  ];
}

function readHeaders(text) {
  const fields = {};
  for (const line of text.split('\n').map((part) => part.trim()).filter(Boolean)) {
    const colon = line.indexOf(':');
    if (colon < 1) return { fault: `"${line}" is no header: write Name: value.` };
    fields[line.slice(0, colon).trim()] = line.slice(colon + 1).trim();
  }
  return { fields };
}

async function makeToken(form) {
  const answer = await api.makeToken({
    side: form.elements.side.value, slice: form.elements.slice.value || undefined, minutes: form.elements.minutes.valueAsNumber,
  });
  const result = one('#token-result');
  showFault(one('.fault', form), answer.ok ? null : answer.message);
  result.hidden = !answer.ok;
  if (!answer.ok) return;
  field(result, 'token').value = answer.body.token;
  setText(field(result, 'token-header'), answer.body.header);
  setText(field(result, 'token-expires'), `until ${format.at(answer.body.expiresAt)}`);
}

async function copyToken() {
  const text = field(document, 'token');
  text.select();
  let copied = true;
  try {
    await navigator.clipboard.writeText(text.value);
  } catch {
    // Without TLS a browser has no clipboard for pages but this old one.
    copied = document.execCommand('copy');
  }

  const toast = one('#copied');
  setText(toast, copied ? 'Copied' : 'Not copied: select the token and copy it');
  toast.hidden = false;
  setTimeout(() => { toast.hidden = true; }, 2_000);
}
