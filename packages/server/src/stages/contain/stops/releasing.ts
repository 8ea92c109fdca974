import type { ProvenPerson } from '../../../kernel/approvals.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { StopView } from '../../../kernel/readers.ts';
import type { PolicySet } from '../../../kernel/rules.ts';
import { freshForMs, isFresh } from '../../../kernel/sessions.ts';
import { isWide, scopeText } from '../covers.ts';

/** What of the running policy says who is who; undefined where none can be read. */
export type StopPolicy = Pick<PolicySet, 'directory' | 'organization'> | undefined;

/** One id for one person: aliases and upper case are the same human. */
export function identityIn(policy: StopPolicy, name: string): string {
  const lower = name.trim().toLowerCase();
  return policy?.directory.get(lower)?.id.toLowerCase() ?? lower;
}

/**
 * Throws, in words, unless this person may release these stops. Gives what the entry says besides: that the same person
 * did both, where the organization has nobody else.
 */
export function mayRelease(policy: StopPolicy, stops: readonly StopView[], by: ProvenPerson, atMs: number): string | undefined {
  if (!by.roles.includes('administrator'))
    throw new UserError('Releasing a stop needs an administrator. Nothing was changed.', 'Ask an administrator to run `trapkey release`.');
  const me = identityIn(policy, by.person);
  const wide = stops.filter(({ scope }) => isWide(scope));
  if (wide.length > 0 && !isFresh(by, atMs))
    throw new UserError(
      `To release ${named(wide)}, ${by.person} must have shown a credential within the last ${freshForMs / 60_000} minutes. Nothing was changed.`,
      'Show it again, then release.',
    );
  const own = wide.filter((stop) => identityIn(policy, stop.by) === me);
  const mine = stops.filter(({ scope }) => scope.kind === 'person' && identityIn(policy, scope.id) === me);
  if (own.length + mine.length === 0) return undefined;
  if (policy?.organization.solo) return `self: ${me} engaged it or is whom it stops, and the organization is solo`;
  if (mine.length > 0)
    throw new UserError(
      `${by.person} is whom ${named(mine)} stops and cannot release it. Nothing was changed.`,
      'Ask another administrator.',
    );
  throw new UserError(
    `${by.person} engaged ${named(own)}, which reaches across everybody's work; another person has to release it. Nothing was changed.`,
    'Ask another administrator to run `trapkey release`.',
  );
}

/** Who may release such a stop, in words. */
export function mayReleaseText(stop: StopView): string {
  return isWide(stop.scope) ? `an administrator other than ${stop.by}` : 'an administrator';
}

function named(stops: readonly StopView[]): string {
  return stops.map((stop) => `${stop.id} (${scopeText(stop.scope)})`).join(', ');
}
