import { z } from 'zod';
import type { Book } from './book.ts';
import type { SystemTool } from './system.ts';

const id = z.string().max(20);

/** The customer book: reading and changing are tools of one server, and two connectors of the policy. */
export function crmTools({ accounts }: Book): Readonly<Record<string, SystemTool>> {
  const find = (wanted: unknown) => {
    const found = accounts.get(String(wanted));
    if (!found) throw new Error('There is no such account.');
    return found;
  };
  return {
    search_accounts: {
      description: 'Finds accounts by region and tier.',
      reads: true,
      input: z.object({ region: z.string().max(10).optional(), tier: z.string().max(2).optional() }),
      answer: ({ region, tier }) => {
        const found = [...accounts.values()].filter(
          (one) => (region === undefined || one.region === region) && (tier === undefined || one.tier === tier),
        );
        return { total: found.length, accounts: found.slice(0, 20).map(({ notes: _, ...one }) => ({ ...one })) };
      },
    },
    get_account: {
      description: 'Reads one account.',
      reads: true,
      input: z.object({ id }),
      answer: ({ id: wanted }) => ({ ...find(wanted) }),
    },
    set_tier: {
      description: 'Sets the tier of an account.',
      input: z.object({ id, tier: z.string().max(2) }),
      answer: ({ id: wanted, tier }) => {
        const found = find(wanted);
        found.tier = String(tier);
        return { id: found.id, tier: found.tier };
      },
    },
    add_note: {
      description: 'Adds a note to an account.',
      input: z.object({ id, note: z.string().max(2_000) }),
      answer: ({ id: wanted, note }) => ({ id: find(wanted).id, notes: find(wanted).notes.push(String(note)) }),
    },
    delete_account: {
      description: 'Deletes an account with its history.',
      input: z.object({ id }),
      answer: ({ id: wanted }) => ({ id: find(wanted).id, deleted: true }),
    },
  };
}
