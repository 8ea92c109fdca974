import type { JsonObject } from '@trapkey/contract/json.ts';
import type { TicketDetail } from '../../packages/server/src/kernel/approvals.ts';
import type { Enrolled } from '../../packages/server/src/kernel/people.ts';
import { browser } from '../sign-in/browser.ts';

/** What the control plane answered. */
export interface Answered {
  readonly status: number;
  readonly body: JsonObject;
}

/** Somebody at the control plane, signed in with a code of their own. */
export interface Person {
  readonly name: string;
  show(ticket: string): Promise<TicketDetail>;
  decide(ticket: string, body: JsonObject): Promise<Answered>;
  /** Stops something, from wherever they are. */
  stop(body: JsonObject): Promise<Answered>;
  /** A page, by its address, as a browser sees it. */
  open(address: string): Promise<{ readonly status: number; readonly text: string }>;
  /** Approves it after typing what it asks to be typed. */
  approve(ticket: string, more?: JsonObject): Promise<Answered>;
}

/** Signs in over HTTP, as a browser does. */
export async function signIn(url: string, enrolled: Enrolled): Promise<Person> {
  const mine = browser(url);
  const page = await mine.signIn(enrolled);
  const token = mine.cookies.get('trapkey-session');
  if (token === undefined) throw new Error(`${enrolled.person} could not sign in: ${page.status}`);
  const send = async (path: string, body?: JsonObject): Promise<Answered> => {
    const reply = await fetch(new URL(path, url), {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });
    return { status: reply.status, body: (await reply.json()) as JsonObject };
  };
  const me: Person = {
    name: enrolled.person,
    async show(ticket) {
      const { status, body } = await send(`/api/approvals/${ticket}`);
      if (status !== 200) throw new Error(`${ticket}: ${JSON.stringify(body)}`);
      return body as unknown as TicketDetail;
    },
    async open(address) {
      const reply = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
      return { status: reply.status, text: await reply.text() };
    },
    stop: (body) => send('/api/stops', body),
    decide: (ticket, body) => send(`/api/approvals/${ticket}/decide`, body),
    async approve(ticket, more = {}) {
      const { reach } = await me.show(ticket);
      return await me.decide(ticket, { decision: 'approve', confirm: reach ?? ticket.slice(-4), ...more });
    },
  };
  return me;
}
