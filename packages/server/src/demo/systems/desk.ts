import { z } from 'zod';
import type { Book } from './book.ts';
import type { SystemTool } from './system.ts';

const id = z.string().max(20);

/** The support desk: what it holds was written by outsiders. */
export function deskTools({ tickets }: Book): Readonly<Record<string, SystemTool>> {
  const find = (wanted: unknown) => {
    const found = tickets.get(String(wanted));
    if (!found) throw new Error('There is no such request.');
    return found;
  };
  return {
    list_requests: {
      description: 'Lists open requests of customers.',
      reads: true,
      input: z.object({}),
      answer: () => ({ requests: [...tickets.values()].slice(0, 25).map((one) => ({ id: one.id, subject: one.subject })) }),
    },
    get_request: {
      description: 'Reads one request.',
      reads: true,
      input: z.object({ id }),
      answer: ({ id: wanted }) => ({ ...find(wanted) }),
    },
    reply: {
      description: 'Answers a request; the customer gets it by mail.',
      input: z.object({ id, text: z.string().max(4_000) }),
      answer: ({ id: wanted }) => ({ id: find(wanted).id, answered: true }),
    },
    tag: {
      description: 'Puts a tag on a request.',
      input: z.object({ id, tag: z.enum(['billing', 'delivery', 'access', 'other']) }),
      answer: ({ id: wanted, tag }) => ({ id: find(wanted).id, tag: String(tag) }),
    },
    refund: {
      description: 'Pays an amount back to a customer.',
      input: z.object({ id, amount: z.number().positive().max(10_000), currency: z.string().length(3) }),
      answer: ({ id: wanted, amount }) => ({ id: find(wanted).id, refunded: Number(amount) }),
    },
  };
}
