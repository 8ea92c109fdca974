import { z } from 'zod';
import { parseDurationMs } from '../../../kernel/duration.ts';
import { HttpRefusal } from '../../../kernel/http.ts';
import type { StopScope, StopView } from '../../../kernel/readers.ts';
import { freshForMs, isFresh, type Signed } from '../../../kernel/sessions.ts';
import { hasAny, runners } from '../../../kernel/sight.ts';
import type { StopDesk, Stops } from '../../../kernel/stops.ts';
import { isWide, scopeText } from '../covers.ts';
import { identityIn, type StopPolicy } from './releasing.ts';

/** What the addresses of stops work with. */
export interface StopScreens {
  readonly stops: Stops;
  readonly desk: StopDesk;
  readonly policy: () => NonNullable<StopPolicy>;
}

/** A stop as it is asked for over HTTP. */
export const asking = z.strictObject({
  scope: z.string().min(1).max(300),
  mode: z.enum(['full', 'freeze']).default('full'),
  reason: z.string().min(1).max(4_000),
  with_connectors: z.boolean().default(false),
  revoke: z.boolean().default(false),
  /** How long, such as `2h`. */
  lasts: z.string().max(20).optional(),
});

/** Whoever may look at all calls may stop anything; everybody else what runs for themselves. */
export function seesAll({ who }: Signed): boolean {
  return hasAny(runners, who);
}

/** Throws, in words, unless this person may stop that. */
export function mayStop(policy: StopPolicy, signed: Signed, scope: StopScope): void {
  if (isOwn(policy, signed, scope) || seesAll(signed)) return;
  const me = identityIn(policy, signed.who.person);
  throw new HttpRefusal(
    403,
    'role_missing',
    `${signed.who.person} can stop their own runs (run:…) and what runs for them (person:${me}), not ${scopeText(scope)}. Nothing was stopped.`,
    'Operators and administrators can stop anything.',
  );
}

/** What runs for this person alone. */
function isOwn(policy: StopPolicy, signed: Signed, scope: StopScope): boolean {
  const me = identityIn(policy, signed.who.person);
  return (scope.kind === 'run' && identityIn(policy, scope.person) === me) || (scope.kind === 'person' && scope.id === me);
}

/** Throws unless what reaches across everybody's work is stopped by somebody who just showed a credential. */
function mustBeFresh(policy: StopPolicy, signed: Signed, scope: StopScope, atMs: number): void {
  if (!isWide(scope) || isOwn(policy, signed, scope) || isFresh(signed.who, atMs)) return;
  throw new HttpRefusal(
    403,
    'step_up_needed',
    `To stop ${scopeText(scope)}, ${signed.who.person} must have shown a credential within the last ${freshForMs / 60_000} minutes. Nothing was stopped.`,
    'Show it at /prove?to=/stops, then stop it; `trapkey stop` on a server needs none.',
  );
}

/** Stops it, as the person who is signed in. */
export async function engageFor(doors: StopScreens, signed: Signed, asked: z.infer<typeof asking>, atMs: number): Promise<StopView> {
  const { stops, desk, policy } = doors;
  const scope = await desk.resolve(asked.scope);
  mayStop(policy(), signed, scope);
  mustBeFresh(policy(), signed, scope, atMs);
  const { lasts, mode, reason, revoke } = asked;
  const lastsMs = lasts === undefined || lasts.trim() === '' ? undefined : parseDurationMs(lasts.trim());
  if (lastsMs === undefined && lasts?.trim())
    throw new HttpRefusal(400, 'invalid_input', 'How long is a whole number and a unit: 30m, 2h, 7d. Nothing was stopped.');
  return await stops.engage({
    scope,
    mode,
    by: { person: signed.who.person, assurance: 'proved' },
    reason,
    untilMs: lastsMs === undefined ? undefined : atMs + lastsMs,
    also: asked.with_connectors ? desk.alsoOf(scope) : [],
    revoke,
  });
}
