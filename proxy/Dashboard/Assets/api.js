// The control API. An answer is {ok, status, body, message}; nothing throws but a mistake of ours.

let onUnauthorized = () => {};
export const whenUnauthorized = (listener) => { onUnauthorized = listener; };

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      cache: 'no-store',
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    return { ok: false, status: 0, body: null, message: 'The control listener does not answer. Nothing is known to have changed.' };
  }

  const text = await response.text().catch(() => '');
  const parsed = parse(text);
  if (response.status === 401 && path !== '/api/login') onUnauthorized();
  return { ok: response.ok, status: response.status, body: parsed, message: response.ok ? null : messageOf(response, parsed) };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function messageOf(response, problem) {
  if (problem?.detail) return problem.title ? `${problem.title}: ${problem.detail}` : problem.detail;
  return problem?.title ? `${problem.title} (${response.status})` : `The control listener answered ${response.status}.`;
}

const slicePath = (id) => `/api/slices/${encodeURIComponent(id)}`;

export const api = {
  status: () => call('GET', '/api/status'),
  slice: (id) => call('GET', slicePath(id)),
  cache: (id) => call('GET', `${slicePath(id)}/cache`),
  parity: (id) => call('GET', `${slicePath(id)}/parity`),
  resetParity: (id, reason) => call('POST', `${slicePath(id)}/parity/reset`, { reason }),
  writes: (id) => call('GET', `${slicePath(id)}/switch`),
  switchWrites: (id, order) => call('POST', `${slicePath(id)}/switch`, order),
  cancelSwitch: (id, reason) => call('POST', `${slicePath(id)}/switch/cancel`, { reason }),
  rehearse: (id, reason) => call('POST', `${slicePath(id)}/rehearse`, { reason }),
  changeStage: (id, change) => call('POST', `${slicePath(id)}/stage`, change),
  gates: (id) => call('GET', `${slicePath(id)}/gates`),
  ramp: (id) => call('GET', `${slicePath(id)}/ramp`),
  changeRamp: (id, change) => call('POST', `${slicePath(id)}/ramp`, change),
  evidence: (id) => call('GET', `/api/evidence?slice=${encodeURIComponent(id)}&limit=8`),
  changeRules: (id, change) => call('PUT', `${slicePath(id)}/rules`, change),
  setKillSwitch: (on, reason) => call('POST', '/api/kill-switch', { on, reason }),
  audit: (limit, before) => call('GET', `/api/audit?limit=${limit}${before ? `&before=${before}` : ''}`),
  checkAudit: () => call('GET', '/api/audit/check'),
  explain: (request) => call('POST', '/api/explain', request),
  makeToken: (request) => call('POST', '/api/override-tokens', request),
  logIn: (key) => call('POST', '/api/login', { key }),
};
