// Numbers and times as text of steady width.

const digits = [0, 1, 2].map((count) => new Intl.NumberFormat('en', { minimumFractionDigits: count, maximumFractionDigits: count }));
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export const Nothing = '–';
export const count = (value) => digits[0].format(value);

export function rate(perSecond) {
  return digits[perSecond >= 99.95 || perSecond === 0 ? 0 : 1].format(perSecond);
}

export function share(part, whole) {
  if (!whole) return Nothing;
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 0.1) return '<0.1 %';
  if (percent < 100 && percent > 99.9) return '>99.9 %';
  return `${digits[percent === 0 || percent === 100 ? 0 : 1].format(percent)} %`;
}

/** A number as far as its digits say something. */
export const decimal = (value) => new Intl.NumberFormat('en', { maximumSignificantDigits: 4 }).format(value);

/** A percentage as somebody typed it. */
export const percent = (value) => `${new Intl.NumberFormat('en', { maximumFractionDigits: 3 }).format(value)} %`;

export function duration(milliseconds) {
  if (milliseconds === null || milliseconds === undefined) return Nothing;
  if (milliseconds < 9.95) return `${digits[1].format(milliseconds)} ms`;
  if (milliseconds < 999.5) return `${digits[0].format(milliseconds)} ms`;
  if (milliseconds < 9_950) return `${digits[2].format(milliseconds / 1000)} s`;
  if (milliseconds < 119_500) return `${digits[0].format(milliseconds / 1000)} s`;
  if (milliseconds < 7_200_000) return `${digits[0].format(milliseconds / 60_000)} min`;
  return `${digits[0].format(milliseconds / 3_600_000)} h`;
}

/** The same for a column that is headed by its unit. */
export function milliseconds(value) {
  return value === null || value === undefined ? Nothing : digits[value < 9.95 ? 1 : 0].format(value);
}

/** A bound as it is declared: without digits that say nothing. */
export const bound = (milliseconds) => (milliseconds % 1000 === 0 ? `${count(milliseconds / 1000)} s` : `${count(milliseconds)} ms`);

export function ago(instant, now = Date.now()) {
  const seconds = Math.max(0, (now - Date.parse(instant)) / 1000);
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

export const at = (instant) => absolute.format(new Date(instant));

export function stage(entry) {
  return entry.stage === 'canary' ? `canary ${percent(entry.percent)}` : entry.stage;
}

/** camelCase as words: serverError, server error. */
export const words = (name) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** What a slice promises about its data, in a few words. */
export function promise(freshness) {
  switch (freshness?.mode) {
    case 'bounded': return `at most ${bound(freshness.milliseconds)}`;
    case 'session': return 'own writes seen';
    case 'strict': return 'as of arrival';
    default: return 'no bound';
  }
}
