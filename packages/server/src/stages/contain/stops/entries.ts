import type { Assurance } from '@trapkey/contract/codes.ts';
import type { EntryFields } from '@trapkey/contract/entry.ts';
import { rfc3339 } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { StopView } from '../../../kernel/readers.ts';
import { scopeText } from '../covers.ts';

/** A reason is kept in the record for good; longer ones are cut. */
const reasonCharactersMax = 500;

/** A reason as it is kept: one line, and some words. */
export function reasonOf(reason: string): string {
  const words = reason.replaceAll(/\p{C}+/gu, ' ').trim();
  if (words === '') throw new UserError('A reason is needed. Nothing was changed.', 'Add `--reason "…"`.');
  return words.slice(0, reasonCharactersMax);
}

/** Who did it, and why. */
export interface Act {
  readonly person: string;
  readonly assurance: Assurance;
  readonly reason: string;
  readonly atMs: number;
  readonly detail?: string | undefined;
}

/** The entry of an act on a stop. A person who is stopped stands where the recorder hides names. */
export function stopEntry(action: 'stop.engaged' | 'stop.released' | 'stop.lapsed', stop: StopView, act: Act): EntryFields {
  const { scope } = stop;
  const details = [
    scope.kind === 'person' ? stop.id : undefined,
    `mode ${stop.mode}`,
    stop.untilMs === undefined ? undefined : `until ${rfc3339(stop.untilMs)}`,
    stop.act === undefined ? undefined : `with ${stop.act}`,
    stop.by.startsWith('limit:') ? `of ${stop.by}` : undefined,
    act.detail,
  ];
  return {
    timestamp: rfc3339(act.atMs),
    kind: 'admin',
    action,
    subject: scope.kind === 'person' ? `person:${scope.id}` : `${stop.id} ${scopeText(scope)}`,
    detail: details.filter((text) => text !== undefined).join('; '),
    on_behalf_of: act.person,
    reason: act.reason,
    assurance: { on_behalf_of: act.assurance },
    ...(scope.kind === 'connector' && { connector: scope.id }),
    ...(scope.kind === 'run' && { run: scope.id }),
    ...(scope.kind === 'release' && { plugin: scope.id }),
  };
}
