// The last minutes of each slice, from the live events, and their lines.

import { setAttribute } from './dom.js';

const Span = 5 * 60_000;
const ShortestSpan = 60_000;
const Gap = 5_000;
const Width = 300;
const Height = 60;
const Inset = 4;

const StorageKey = 'strangler.history';
const bySlice = new Map(Object.entries(restore()));

// A reload keeps the lines; what happened meanwhile stays a gap.
addEventListener('pagehide', () => {
  try {
    sessionStorage.setItem(StorageKey, JSON.stringify(Object.fromEntries(bySlice)));
  } catch {
    // Full or forbidden: the lines begin anew.
  }
});

function restore() {
  try {
    return JSON.parse(sessionStorage.getItem(StorageKey)) ?? {};
  } catch {
    return {};
  }
}

export function remember(slice, now) {
  const points = bySlice.get(slice.id) ?? [];
  bySlice.set(slice.id, points);
  const { magento, extracted } = slice.stats;
  // A change sends an event at once; twice within a second tells nothing new.
  if (points.length > 0 && now - points.at(-1).at < 700) return points;
  points.push({
    at: now,
    magentoRate: magento.perSecond, serviceRate: extracted.perSecond,
    magentoLatency: magento.p95, serviceLatency: extracted.p95,
  });
  while (points[0].at < now - Span) points.shift();
  return points;
}

export function drawLines(svg, points, magentoKey, serviceKey, now) {
  if (!svg.firstChild) {
    for (const name of ['line-magento', 'line-service']) {
      const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
      path.setAttribute('class', name);
      svg.append(path);
    }
  }

  const span = Math.min(Span, Math.max(ShortestSpan, now - points[0].at));
  const highest = points.reduce((max, point) => Math.max(max, point[magentoKey] ?? 0, point[serviceKey] ?? 0), 0);
  setAttribute(svg.children[0], 'd', pathOf(points, magentoKey, highest, now, span));
  setAttribute(svg.children[1], 'd', pathOf(points, serviceKey, highest, now, span));
  return highest;
}

function pathOf(points, key, highest, now, span) {
  let path = '';
  let previous = null;
  for (const point of points) {
    const value = point[key];
    if (value === null || value === undefined) {
      previous = null;
      continue;
    }

    const x = Width * (1 - (now - point.at) / span);
    const y = Height - Inset - (highest > 0 ? (value / highest) * (Height - 2 * Inset) : 0);
    path += `${previous !== null && point.at - previous < Gap ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    previous = point.at;
  }
  return path;
}
