import type { JsonObject } from '@trapkey/contract/json.ts';
import type { Chance } from './chance.ts';
import type { DemoPerson } from './people.ts';

/** One thing that an agent does. */
export interface Deed {
  readonly connector: string;
  readonly tool: string;
  readonly args: JsonObject;
}

type Habit = readonly [weight: number, make: (chance: Chance, person: DemoPerson) => Deed];

const deed = (connector: string, tool: string, args: JsonObject): Deed => ({ connector, tool, args });
const accountId = (chance: Chance) => String(1_000 + chance.below(400));
const requestId = (chance: Chance) => String(7_000 + chance.below(60));

const notes = ['Renewal in March', 'Asked for a second demo', 'Moved to the new plan', 'Champion is on leave', 'Wants the security paper'];

const habits: Readonly<Record<DemoPerson['plugin'], readonly Habit[]>> = {
  'sales-outreach': [
    [30, (_, { region }) => deed('crm', 'search_accounts', { region })],
    [40, (chance) => deed('crm', 'get_account', { id: accountId(chance) })],
    [14, (chance) => deed('crm-act', 'add_note', { id: accountId(chance), note: chance.pick(notes) })],
    [16, (chance) => deed('crm-act', 'set_tier', { id: accountId(chance), tier: chance.pick(['A', 'B', 'C']) })],
    [10, (chance) => deed('mail', 'create_draft', { subject: chance.pick(notes), body: 'Hello, shall we talk next week?' })],
    [
      2,
      (chance) =>
        deed('mail', 'send_mail', { to: [`contact${1 + chance.below(400)}@customer.example`], subject: 'Next week', body: 'Hello' }),
    ],
    [2, (chance) => deed('crm-act', 'set_tier', { id: accountId(chance), tier: 'Z' })],
    [2, (chance) => deed('crm-act', 'delete_account', { id: accountId(chance) })],
  ],
  'support-desk': [
    [30, () => deed('desk', 'list_requests', {})],
    [40, (chance) => deed('desk', 'get_request', { id: requestId(chance) })],
    [20, (chance) => deed('desk-act', 'tag', { id: requestId(chance), tag: chance.pick(['billing', 'delivery', 'access', 'other']) })],
    [3, (chance) => deed('desk-act', 'refund', { id: requestId(chance), amount: 20 + chance.below(200), currency: 'EUR' })],
    [10, (chance) => deed('crm', 'get_account', { id: accountId(chance) })],
  ],
  'finance-close': [
    [20, () => deed('warehouse', 'describe', {})],
    [
      40,
      (chance) =>
        deed('warehouse', 'query', {
          sql: `select stage, count(*), sum(amount_eur) from deals where id > ${chance.below(1_900)} group by stage`,
        }),
    ],
    [
      30,
      (chance) =>
        deed('warehouse', 'query', { sql: `select id, amount_eur from deals where region = 'EMEA' limit ${20 + chance.below(300)}` }),
    ],
    [3, (chance) => deed('warehouse', 'query', { sql: `select bank_account from deals limit ${1 + chance.below(90)}` })],
  ],
  research: [
    [40, (chance) => deed('warehouse', 'query', { sql: `select quarter, amount_eur from forecasts limit ${1 + chance.below(6)}` })],
    [20, (chance) => deed('memory', 'search_nodes', { query: chance.pick(notes) })],
    [
      20,
      (chance) =>
        deed('memory', 'create_entities', {
          entities: [{ name: `note-${chance.below(1e6)}`, entityType: 'note', observations: [chance.pick(notes)] }],
        }),
    ],
  ],
};

/** What the agent of this person does next. */
export function nextDeed(person: DemoPerson, chance: Chance): Deed {
  const mine = habits[person.plugin];
  let at = chance.next() * mine.reduce((sum, [weight]) => sum + weight, 0);
  const habit =
    mine.find(([weight]) => {
      at -= weight;
      return at < 0;
    }) ?? mine[0];
  if (!habit) throw new Error(`${person.plugin} has no habits`);
  return habit[1](chance, person);
}
