import { type ConsoleHouse, customers } from './house.ts';

/** What there is to see: tickets by their ids. */
export interface Seeded {
  /** A mail to 2,310 customers, held. */
  readonly bulk: string;
  /** A refund, held. */
  readonly refund: string;
  /** Thirty tags, proposed. */
  readonly batch: string;
}

/** A morning of a few agents: reads, small changes, and what waits for a person. All of it through the gateway. */
export async function seed(house: ConsoleHouse): Promise<Seeded> {
  const crm = await house.agent('ann@acme.example', 'campaigns', 'crm');
  const mail = await house.agent('ann@acme.example', 'campaigns', 'mail');
  const bens = await house.agent('ben@acme.example', 'campaigns', 'mail');
  const billing = await house.agent('ben@acme.example', 'helpdesk', 'billing');
  const desk = await house.agent('ben@acme.example', 'helpdesk', 'crm');
  await crm.call('find_contacts', { query: 'spring' });
  await crm.call('tag_contacts', { ids: ['c-1', 'c-2', 'c-3'], tag: 'spring' });
  await billing.call('list_invoices', { customer: 'Northwind' });
  const bulk = await mail.call('send_mail', {
    to: customers(2_310),
    subject: 'Spring prices',
    body: 'Dear customer,\n\nour spring prices start on 1 March. Reply to this mail and we will call you.\n\nAnn Lindqvist, Acme',
  });
  const small = await bens.call('send_mail', { to: customers(12), subject: 'Your open case', body: 'We looked at your case.' });
  await desk.call('delete_contacts', { ids: ['c-88', 'c-91'] });
  const fair = await mail.call('send_mail', { to: customers(140), subject: 'Trade fair', body: 'See you in Hanover.' });
  const refund = await billing.call('refund', { customer: 'Northwind', amount: '129.00 EUR', invoice: '2041' });
  await desk.call('no_such_tool', {});
  const max = ['max@acme.example', ['approver']] as const;
  await house.decide(...max, small.ticket, { decision: 'approve', confirm: 12 });
  await bens.call('trapkey_wait', { ticket: small.ticket, seconds: 5 });
  await house.decide(...max, fair.ticket, { decision: 'refuse', reason: 'The fair is over.' });
  for (let at = 0; at < 30; at++) await crm.call('tag_contacts', { ids: [`c-${100 + at}`], tag: at % 5 === 0 ? 'autumn' : 'spring' });
  const staged = await crm.call('trapkey_batch_status', {});
  const batch = /B-[0-9A-Z]+/.exec(staged.text)?.[0] ?? '';
  await crm.call('trapkey_batch_submit', { batch });
  return { bulk: bulk.ticket, refund: refund.ticket, batch };
}
