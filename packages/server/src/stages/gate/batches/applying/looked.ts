import type { Looked } from '../../../../kernel/changes.ts';
import type { MakingParts, OnItsWay } from './parts.ts';

/** What people saw of a change beyond its record, before they said yes. */
export function lookedAt({ digests }: Pick<MakingParts, 'digests'>, { batch, change, image }: OnItsWay): Looked {
  const { reach, destination, recipients } = change;
  const later = image !== undefined && digests.image(image) !== change.image;
  return {
    reach: reach === null ? null : Number(reach),
    destination,
    recipients,
    lasting: Number(batch.lasting) !== 0,
    high: Number(batch.high) !== 0,
    later,
  };
}
