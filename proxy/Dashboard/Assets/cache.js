// What the facade keeps of a slice's answers, in its details.

import { api } from './api.js';
import { field, make, setText } from './dom.js';
import * as format from './format.js';

const Pace = 2000;

/** Shows it now and every two seconds, until the dialog is closed; nothing where the slice keeps no answers. */
export function showCache(dialog, slice) {
  const section = field(dialog, 'cache-section');
  section.hidden = true;
  const refresh = async () => {
    const answer = await api.cache(slice.id);
    if (!dialog.open || field(dialog, 'details-id').textContent !== slice.id) return;
    section.hidden = !answer.ok || !answer.body;
    if (!section.hidden) draw(dialog, answer.body);
  };
  refresh();
  const timer = setInterval(refresh, Pace);
  dialog.addEventListener('close', () => clearInterval(timer), { once: true });
}

function draw(dialog, cache) {
  const asked = cache.hits + cache.misses;
  setText(field(dialog, 'cache-note'), asked ? `${format.share(cache.hits, asked)} of ${format.count(asked)} from the store` : 'No request yet.');
  field(dialog, 'cache').replaceChildren(make('dl', { class: 'parity-numbers' }, ...[
    ['Answers', format.count(cache.answers), `Kept for ${cache.seconds} s at most, until something they were made of changes`],
    ['Kilobytes', format.count(Math.round(cache.bytes / 1000)), 'Their memory on this replica'],
    ['Shared', format.count(cache.joined), 'Requests that waited for an answer already under way'],
    ['Overtaken', format.count(cache.overtaken), 'Answers not kept because something changed on their way'],
    ['Not proven', format.count(cache.notProven), 'Kept answers not served because nobody could say that they were fresh enough'],
    ['In need', format.count(cache.inNeed), 'Old answers served because neither side could answer'],
    ['Proven', cache.provenMilliseconds === null ? '–' : format.duration(cache.provenMilliseconds), 'How long ago all kept answers were known to be right'],
  ].map(([name, value, title]) => make('div', { title }, make('dt', {}, name), make('dd', {}, value)))));
}
