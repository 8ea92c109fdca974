import type { Json } from '@trapkey/contract/json.ts';
import { type Route, route, signedIn } from '../../../kernel/http.ts';
import { decide, decision, decisionBytesMax } from './decide.ts';
import type { ApprovalScreens } from './doors.ts';
import { involved } from './involved.ts';
import { listedFor, listQuery } from './list-filter.ts';

/** Approvals for programs: the same acts, the same words, the same permissions. */
export function jsonRoutes(doors: ApprovalScreens): readonly Route[] {
  const { approvals } = doors;
  return [
    route({
      method: 'GET',
      path: '/api/approvals',
      permission: 'signed in',
      async handle(asked) {
        const { tickets, next } = await listedFor(doors, signedIn(asked).who, listQuery(asked.query));
        return { json: { tickets: tickets.map(({ ticket }) => ticket) as unknown as Json, next: next ?? null } };
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
