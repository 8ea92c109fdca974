import type { TicketDetail } from '../../kernel/approvals.ts';
import { UserError } from '../../kernel/errors.ts';
import { type Answer, type Asked, HttpRefusal, type Route, route, signedIn } from '../../kernel/http.ts';
import { lookers, openers } from '../../kernel/sight.ts';
import { decide, decisionBytesMax } from './screens/decide.ts';
import type { ApprovalScreens } from './screens/doors.ts';
import { decisionForm, decisionOf } from './screens/form.ts';
import { found, involved } from './screens/involved.ts';
import { jsonRoutes } from './screens/json.ts';
import { isPlain, listedFor, listQuery } from './screens/list-filter.ts';
import { listPage } from './screens/list-page.ts';
import { standingOf } from './screens/standing.ts';
import { strangerPage, ticketPage } from './screens/ticket-page.ts';

const ownMax = 20;

/** Every address of approvals: the list, the ticket, its decisions; as pages and as JSON. */
export function approvalRoutes(doors: ApprovalScreens): readonly Route[] {
  return [...pages(doors), ...jsonRoutes(doors)];
}

function pages(doors: ApprovalScreens): readonly Route[] {
  const { approvals } = doors;
  return [
    route({
      method: 'GET',
      path: '/approvals',
      permission: { own: lookers },
      async handle(asked) {
        const { who } = signedIn(asked);
        const query = listQuery(asked.query);
        const { tickets, next } = await listedFor(doors, who, query);
        const own = isPlain(query) ? await approvals.list({ state: 'all', person: who.person, max: ownMax }) : [];
        return { title: 'Approvals', page: listPage({ tickets, own, query, next }, asked.atMs) };
      },
    }),
    route({ method: 'GET', path: '/t/:ticket', permission: { own: openers }, handle: (asked) => showPage(doors, asked) }),
    route({
      method: 'POST',
      path: '/t/:ticket/decide',
      permission: 'signed in',
      body: decisionForm,
      bodyBytesMax: decisionBytesMax,
      async handle(asked) {
        const { ticket } = await involved(doors, asked);
        try {
          await decide({ approvals, ticket, by: signedIn(asked).who, via: 'page', atMs: asked.atMs }, decisionOf(asked.body));
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          return await showPage(doors, asked, error);
        }
        return { location: `/t/${ticket.id}` };
      },
    }),
    route({
      method: 'GET',
      path: '/t/:ticket/payload.json',
      permission: { own: openers },
      async handle(asked) {
        const { ticket } = await involved(doors, asked);
        const { payload } = await approvals.show(ticket.id, { person: signedIn(asked).who.person, assurance: 'proved' });
        return { file: `${JSON.stringify(payload, null, 2)}\n`, name: `${ticket.id}.json`, type: 'application/json' };
      },
    }),
  ];
}

async function showPage(doors: ApprovalScreens, asked: Asked<unknown>, error?: UserError): Promise<Answer> {
  const { approvals, policy } = doors;
  const { who } = signedIn(asked);
  const summary = await found(doors, asked);
  const [standing, eligible] = [standingOf(policy(), summary, who), await approvals.eligible(summary.id, who)];
  const glass = (await approvals.mayBreakGlass(summary.id, who)).may;
  if ((standing === 'stranger' || standing === 'reader') && !eligible.may && !glass) {
    const page = strangerPage(summary, policy().organization.owner, asked.atMs);
    return { title: `Ticket ${summary.id}`, page, status: 403 };
  }
  const ticket: TicketDetail = await approvals.show(summary.id, { person: who.person, assurance: 'proved' });
  const problem = error && { says: error.message, next: error.next };
  const status = error === undefined ? 200 : error instanceof HttpRefusal ? error.status : 409;
  return { title: `Ticket ${ticket.id}`, page: ticketPage({ ticket, standing, eligible, glass, asked, problem }), status };
}
