// Checks targeting rules as typed, before they are sent. Every fault names its place.

const RuleLists = ['storeViews', 'customerGroups', 'ipRanges'];
const RuleMaps = ['headers', 'cookies'];
const RuleKeys = [...RuleLists, ...RuleMaps];

/** @returns {{rules: object | null, faults: string[]}} */
export function readRules(text) {
  let rules;
  try {
    rules = JSON.parse(text.trim() || '{}');
  } catch (fault) {
    return { rules: null, faults: [`Not JSON: ${fault.message}`] };
  }

  const faults = [...faultsOf(rules)];
  return { rules: faults.length ? null : rules, faults };
}

/** The rules as they are edited: without what is not set. */
export function writeRules(rules) {
  const kept = (value) => (Array.isArray(value) ? value.map(kept)
    : value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null).map(([key, item]) => [key, kept(item)]))
    : value);
  return JSON.stringify(kept(rules), null, 2);
}

function* faultsOf(rules) {
  if (!isObject(rules)) {
    yield 'The rules must be one object, such as {"include": [{"storeViews": ["de"]}]}.';
    return;
  }

  yield* unknownKeys(rules, ['include', 'exclude', 'timeWindow'], '');
  for (const name of ['include', 'exclude']) yield* listFaults(rules[name], name);
  yield* windowFaults(rules.timeWindow);
}

function* listFaults(list, name) {
  if (list === undefined || list === null) return;
  if (!Array.isArray(list)) {
    yield `${name}: must be a list of rules.`;
    return;
  }

  for (const [index, rule] of list.entries()) yield* ruleFaults(rule, `${name}[${index}]`);
}

function* ruleFaults(rule, place) {
  if (!isObject(rule)) {
    yield `${place}: must be an object.`;
    return;
  }

  yield* unknownKeys(rule, RuleKeys, `${place}.`);
  if (!RuleKeys.some((key) => rule[key] && Object.keys(rule[key]).length)) yield `${place}: needs at least one of ${RuleKeys.join(', ')}.`;
  for (const key of RuleLists) {
    if (rule[key] != null && !(Array.isArray(rule[key]) && rule[key].every((item) => typeof item === 'string'))) yield `${place}.${key}: must be a list of texts.`;
  }
  for (const key of RuleMaps) {
    if (rule[key] != null && !(isObject(rule[key]) && Object.values(rule[key]).every((item) => typeof item === 'string'))) {
      yield `${place}.${key}: must be an object of name and value; * means present.`;
    }
  }
}

function* windowFaults(window) {
  if (window === undefined || window === null) return;
  if (!isObject(window)) {
    yield 'timeWindow: must be an object with start, end or both.';
    return;
  }

  yield* unknownKeys(window, ['start', 'end'], 'timeWindow.');
  for (const key of ['start', 'end']) {
    const isTime = typeof window[key] === 'string' && /T.*(Z|[+-]\d\d:\d\d)$/.test(window[key]) && !Number.isNaN(Date.parse(window[key]));
    if (window[key] != null && !isTime) yield `timeWindow.${key}: must be a time with its zone, such as 2030-01-31T08:00:00Z.`;
  }
}

function* unknownKeys(object, known, prefix) {
  for (const key of Object.keys(object)) if (!known.includes(key)) yield `${prefix}${key}: not known; possible are ${known.join(', ')}.`;
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
