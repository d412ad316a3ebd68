// The list of slices, with its filter.

import { make, one, setText } from './dom.js';
import { makeCard, updateCard } from './card.js';
import { remember } from './history.js';
import { Stages } from './stages.js';

const CompactKey = 'strangler.compact';
const cards = new Map();
let wanted = null;
let actions = {};
let last = null;

export function setUpSlices(cardActions) {
  actions = cardActions;
  const filter = one('#stage-filter');
  for (const stage of Stages) {
    const button = make('button', { type: 'button', 'data-stage': stage, 'aria-pressed': 'false' }, make('b', {}, '0'), ` ${stage}`);
    button.addEventListener('click', () => {
      wanted = wanted === stage ? null : stage;
      for (const other of filter.children) other.setAttribute('aria-pressed', String(other.dataset.stage === wanted));
      applyFilter();
    });
    filter.append(button);
  }

  one('#search').addEventListener('input', applyFilter);
  const compact = one('#compact');
  const setCompact = (on) => {
    compact.setAttribute('aria-pressed', String(on));
    one('#cards').classList.toggle('compact', on);
  };
  setCompact(localStorage.getItem(CompactKey) === 'true');
  compact.addEventListener('click', () => {
    const on = compact.getAttribute('aria-pressed') !== 'true';
    localStorage.setItem(CompactKey, String(on));
    setCompact(on);
  });
}

export function showSlices(view, now) {
  last = view;
  const list = one('#cards');
  const ids = new Set(view.slices.map((slice) => slice.id));
  for (const [id, card] of cards) if (!ids.has(id)) { card.remove(); cards.delete(id); }
  view.slices.forEach((slice, index) => {
    let card = cards.get(slice.id);
    if (!card) {
      card = makeCard(slice, actions);
      cards.set(slice.id, card);
    }

    if (list.children[index] !== card) list.insertBefore(card, list.children[index] ?? null);
    updateCard(card, slice, remember(slice, now), now);
  });
  for (const button of one('#stage-filter').children) {
    setText(button.firstElementChild, String(view.slices.filter((slice) => slice.stage === button.dataset.stage).length));
  }
  applyFilter();
}

function applyFilter() {
  if (!last) return;
  const text = one('#search').value.trim().toLowerCase();
  let shown = 0;
  for (const slice of last.slices) {
    const fits = (!wanted || slice.stage === wanted) && `${slice.title} ${slice.id} ${slice.service}`.toLowerCase().includes(text);
    cards.get(slice.id).hidden = !fits;
    shown += fits ? 1 : 0;
  }
  one('#no-slices').hidden = shown > 0;
  setText(one('#no-slices'), last.slices.length ? 'No slice fits the filter.' : 'No slice is declared: the slices folder is empty.');
}
