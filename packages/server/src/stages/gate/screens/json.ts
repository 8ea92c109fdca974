import type { ApprovalList } from '@trapkey/contract/api/approvals.ts';
import type { Json } from '@trapkey/contract/json.ts';
import { type Route, route, signedIn } from '../../../kernel/http.ts';
import { lookers } from '../../../kernel/sight.ts';
import { decide, decision, decisionBytesMax } from './decide.ts';
import { detailFor, listed } from './detail.ts';
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
      permission: { own: lookers },
      async handle(asked) {
        const { tickets, next } = await listedFor(doors, signedIn(asked).who, listQuery(asked.query));
        const page: ApprovalList = {
          tickets: tickets.map(({ ticket, standing, eligible }) => listed(ticket, standing, eligible)),
          next: next ?? null,
        };
        return { json: page as unknown as Json };
      },
    }),
    route({
      method: 'GET',
      path: '/api/approvals/:ticket',
      permission: { own: lookers },
      handle: async (asked) => ({ json: (await detailFor(doors, asked)) as unknown as Json }),
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
