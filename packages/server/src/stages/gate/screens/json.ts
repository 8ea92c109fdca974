import type { Json } from '@trapkey/contract/json.ts';
import { z } from 'zod';
import type { TicketFilter } from '../../../kernel/approvals.ts';
import { HttpRefusal, type Route, route, signedIn } from '../../../kernel/http.ts';
import { decide, decision, decisionBytesMax } from './decide.ts';
import type { ApprovalScreens } from './doors.ts';
import { involved } from './involved.ts';
import { standingOf } from './standing.ts';

const listMax = 200;
const filter = z.object({
  state: z
    .enum(['open', 'held', 'approved', 'executing', 'done', 'failed', 'unknown', 'refused', 'expired', 'withdrawn', 'all'])
    .default('open'),
  max: z.coerce.number().int().min(1).max(listMax).default(listMax),
});

/** Approvals for programs: the same acts, the same words, the same permissions. */
export function jsonRoutes(doors: ApprovalScreens): readonly Route[] {
  const { approvals, policy } = doors;
  return [
    route({
      method: 'GET',
      path: '/api/approvals',
      permission: 'signed in',
      async handle(asked) {
        const read = filter.safeParse(asked.query);
        if (!read.success) throw new HttpRefusal(400, 'invalid_input', `The query cannot be read: ${read.error.issues[0]?.message ?? ''}.`);
        const tickets = await approvals.list(read.data as TicketFilter);
        const mine = tickets.filter((ticket) => standingOf(policy(), ticket, signedIn(asked).who) !== 'stranger');
        return { json: { tickets: mine as unknown as Json } };
      },
    }),
    route({
      method: 'GET',
      path: '/api/approvals/:ticket',
      permission: 'signed in',
      async handle(asked) {
        const { who } = signedIn(asked);
        const { ticket } = await involved(doors, asked);
        const detail = await approvals.show(ticket.id, { person: who.person, assurance: 'proved' });
        return { json: { ...detail, eligible: await approvals.eligible(ticket.id, who) } as unknown as Json };
      },
    }),
    route({
      method: 'POST',
      path: '/api/approvals/:ticket/decide',
      permission: 'signed in',
      body: decision,
      bodyBytesMax: decisionBytesMax,
      async handle(asked) {
        const { ticket } = await involved(doors, asked);
        await decide({ approvals, ticket, by: signedIn(asked).who, via: 'api', atMs: asked.atMs }, asked.body);
        return { json: (await approvals.find(ticket.id)) as unknown as Json };
      },
    }),
  ];
}
