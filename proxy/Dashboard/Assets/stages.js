// The order of stages, and what each means for whom.

export const Stages = ['legacy', 'shadow', 'canary', 'live', 'retired'];

export const nextStage = (stage) => Stages[Stages.indexOf(stage) + 1] ?? null;
export const isForward = (from, to) => Stages.indexOf(to) > Stages.indexOf(from);
export const usesService = (stage) => Stages.indexOf(stage) >= Stages.indexOf('canary');

export function effectOf(slice, stage, share) {
  switch (stage) {
    case 'legacy': return 'Magento answers every request of this slice.';
    case 'shadow': return `Magento answers. ${slice.service} may be asked beside it, for comparison only.`;
    case 'canary': return `${share} of the visitors are answered by ${slice.service}, always the same ones. Magento answers the others.`;
    case 'live': return `${slice.service} answers every request of this slice. Magento stands by for what it cannot answer.`;
    default: return `${slice.service} answers, and no way back is wanted any more.`;
  }
}

/** Why a move onto the service would not show at once. */
export function cautionsOf(slice, stage, killSwitch) {
  if (!usesService(stage)) return [];
  const cautions = [];
  if (killSwitch) cautions.push('The kill switch is on: Magento answers everything until it is released.');
  if (isStale(slice)) cautions.push(`The data of ${slice.service} are older than the slice allows, or their age is unknown: Magento answers until they are fresh.`);
  if (slice.circuit === 'Open') cautions.push(`The circuit to ${slice.service} is open: it failed just now.`);
  return cautions;
}

export function isStale(slice) {
  const age = slice.lag.milliseconds;
  return (slice.freshness?.mode === 'bounded' && !(age !== null && age <= slice.freshness.milliseconds)) || (slice.freshness?.mode === 'strict' && age === null);
}
