// The stream of live events: says what came, when it stopped coming, and comes back by itself.

import { api } from './api.js';

const SilenceLimit = 4_000;
const RetryDelays = [500, 1_000, 2_000, 4_000];

/** @param {{onLive: (view: object) => void, onConnection: (state: 'live' | 'lost') => void}} listener */
export function followLive(listener) {
  let source = null;
  let lastEvent = 0;
  let attempts = 0;
  let retry = null;
  let stopped = false;

  function open() {
    clearTimeout(retry);
    source?.close();
    lastEvent = Date.now();
    source = new EventSource('/api/events');
    source.addEventListener('live', (event) => {
      lastEvent = Date.now();
      attempts = 0;
      listener.onConnection('live');
      listener.onLive(JSON.parse(event.data));
    });
    source.addEventListener('error', lose);
  }

  async function lose() {
    source?.close();
    source = null;
    if (stopped || retry) return;
    const delay = RetryDelays[Math.min(attempts++, RetryDelays.length - 1)];
    retry = setTimeout(() => { retry = null; open(); }, delay);
    listener.onConnection('lost');
    // An event source does not tell why it failed; a plain question finds out whether a login is wanted.
    await api.status();
  }

  setInterval(() => { if (source && Date.now() - lastEvent > SilenceLimit) lose(); }, 1_000);
  addEventListener('online', () => { if (!source && !stopped) { retry = clearTimeout(retry) ?? null; open(); } });

  return {
    start() { stopped = false; attempts = 0; retry = clearTimeout(retry) ?? null; open(); },
    stop() { stopped = true; retry = clearTimeout(retry) ?? null; source?.close(); source = null; },
  };
}
