import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import type { Grants, GrantView } from '../../../kernel/grants.ts';
import { type Asked, HttpRefusal, type Route, route, signedIn } from '../../../kernel/http.ts';
import { isFresh } from '../../../kernel/sessions.ts';
import { deciders } from '../../../kernel/sight.ts';

const states = z.enum(['live', 'expired', 'revoked', 'all']).default('live');
const whole = z.int().min(1);

/** What somebody does about a grant. */
export const acting = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('review') }),
  z.strictObject({ act: z.literal('revoke'), reason: z.string().trim().min(1).max(500) }),
]);
const making = z.strictObject({
  ticket: z.string().max(40),
  /** Without them it holds for exactly the arguments of the ticket. */
  bounds: z.string().max(4_096).optional(),
  reach_max: whole.optional(),
  count: whole,
  period_ms: whole.optional(),
  expires_in_ms: whole,
  because: z.string().max(2_000),
  for_everyone: z.boolean().optional(),
});

/** Own grants; all of them for whoever decides or looks after it. */
export const looking = { own: [...deciders, 'viewer', 'auditor'] } as const;
/** Whose grant it is besides is said by the act. */
export const acts = { own: deciders } as const;

/** Grants for programs: the same acts, the same words, the same permissions. */
export function grantJson({ grants }: { readonly grants: Grants }): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/grants',
      permission: looking,
      handle: async (asked) => ({ json: { grants: (await visible(grants, asked)) as unknown as Json } }),
    }),
    route({
      method: 'POST',
      path: '/api/grants',
      permission: acts,
      body: making,
      async handle(asked) {
        const { ticket, bounds, reach_max: reachMax, count, period_ms: periodMs, because } = asked.body;
        const rest = { expiresInMs: asked.body.expires_in_ms, forEveryone: asked.body.for_everyone };
        const by = fresh(asked);
        return {
          json: (await grants.make({ ticket, bounds, reachMax, count, periodMs, because, ...rest, by, via: 'api' })) as unknown as Json,
        };
      },
    }),
    route({
      method: 'POST',
      path: '/api/grants/:grant/act',
      permission: acts,
      body: acting,
      handle: async (asked) => ({ json: (await act(grants, asked, 'api')) as unknown as Json }),
    }),
  ];
}

/** Reviews or revokes it. */
export async function act(grants: Grants, asked: Asked<z.output<typeof acting>>, via: string): Promise<GrantView> {
  const of = { grant: asked.params['grant'] ?? '', by: signedIn(asked).who, via };
  return asked.body.act === 'review' ? await grants.review(of) : await grants.revoke({ ...of, reason: asked.body.reason });
}

/** Which of them an address asks for. */
export function stateOf({ query }: Pick<Asked<unknown>, 'query'>): z.output<typeof states> {
  const read = states.safeParse(query['state']);
  if (read.success) return read.data;
  throw new HttpRefusal(400, 'invalid_input', 'The state of a grant is live, expired, revoked or all.');
}

/** All of them, or those that are for oneself, that one owns or made. */
export async function visible(grants: Grants, asked: Asked<unknown>): Promise<readonly GrantView[]> {
  const { person } = signedIn(asked).who;
  return await grants.list({ state: stateOf(asked), ...(!asked.wide && { concerning: person }) });
}

/** It stands in for a person many times, so a session is not enough in any tier; at a terminal nobody makes one without their code. */
function fresh(asked: Asked<unknown>) {
  const { who } = signedIn(asked);
  if (isFresh(who, asked.atMs)) return who;
  const says = `To make a standing grant, ${who.person} must have shown a credential within the last 5 minutes. Nothing was changed.`;
  throw new HttpRefusal(403, 'step_up_needed', says, 'Show it at /prove, then send it again.');
}
