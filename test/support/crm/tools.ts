import { z } from 'zod';
import type { Account } from './accounts.ts';
import type { Book, Made } from './store.ts';

/** A tool of the CRM: its definition, and what it does inside the transaction. */
export interface CrmTool {
  readonly description: string;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  readonly annotations: Readonly<Record<string, boolean>>;
  readonly changes: boolean;
  readonly run: (book: Book, args: never) => Made;
}

const id = z.string().regex(/^[0-9]{4,8}$/);
const tier = z.enum(['A', 'B', 'C']);
const account = z.object({
  id,
  name: z.string(),
  tier,
  region: z.string(),
  owner: z.string(),
  email: z.string(),
  turnover: z.int(),
  notes: z.string(),
});
const changed = z.object({ id, before: z.string(), after: z.string() });
const look = { readOnlyHint: true };
const change = { readOnlyHint: false, destructiveHint: false };
const destroy = { readOnlyHint: false, destructiveHint: true };

/** Ties the arguments' type to the schema that they were parsed with. */
function tool<I extends z.ZodObject>(
  definition: Omit<CrmTool, 'input' | 'run'> & { readonly input: I; readonly run: (book: Book, args: z.output<I>) => Made },
): CrmTool {
  return definition as unknown as CrmTool;
}

const refused = (error: string, of?: string): Made => ({ account: of, did: 'refused', answer: { error } });

/** A change of one field, refused where there is no such account. */
function setField(book: Book, of: string, field: 'tier' | 'owner' | 'notes', next: (found: Account) => string): Made {
  const found = book.account(of);
  if (!found) return refused(`There is no account ${of}.`, of);
  const after = next(found);
  book.update(of, { [field]: after });
  return {
    account: of,
    did: 'applied',
    before: { [field]: found[field] },
    after: { [field]: after },
    answer: { id: of, before: found[field], after },
  };
}

/** Everything that the CRM offers. Those that change something take an `idempotency_key` besides, where the CRM knows keys. */
export const tools: Readonly<Record<string, CrmTool>> = {
  get_account: tool({
    description: 'One account by its id',
    input: z.strictObject({ id }),
    output: account,
    annotations: look,
    changes: false,
    run(book, { id: of }) {
      const found = book.account(of);
      return found ? { account: of, did: 'read', answer: { ...found } } : refused(`There is no account ${of}.`, of);
    },
  }),
  list_accounts: tool({
    description: 'Accounts in the order of their ids, a page at a time',
    input: z.strictObject({
      region: z.string().optional(),
      tier: tier.optional(),
      after: id.optional(),
      limit: z.int().min(1).max(1_000).default(200),
    }),
    output: z.object({ accounts: z.array(account), next: z.string().optional() }),
    annotations: look,
    changes: false,
    run(book, args) {
      const accounts = book.accounts(args as never);
      return { did: 'read', answer: { accounts, ...(accounts.length === args.limit && { next: accounts.at(-1)?.id }) } };
    },
  }),
  set_tier: tool({
    description: 'Sets the tier of an account',
    input: z.strictObject({ id, tier }),
    output: changed,
    annotations: { ...change, idempotentHint: true },
    changes: true,
    run: (book, args) => setField(book, args.id, 'tier', () => args.tier),
  }),
  set_owner: tool({
    description: 'Gives an account to another of our people',
    input: z.strictObject({ id, owner: z.email() }),
    output: changed,
    annotations: { ...change, idempotentHint: true },
    changes: true,
    run: (book, args) => setField(book, args.id, 'owner', () => args.owner),
  }),
  add_note: tool({
    description: 'Adds a line to the notes of an account',
    input: z.strictObject({ id, text: z.string().min(1).max(2_000) }),
    output: changed,
    annotations: change,
    changes: true,
    run: (book, args) => setField(book, args.id, 'notes', ({ notes }) => `${notes}${args.text}\n`),
  }),
  set_notes: tool({
    description: 'Replaces the notes of an account',
    input: z.strictObject({ id, text: z.string().max(20_000) }),
    output: changed,
    annotations: { ...destroy, idempotentHint: true },
    changes: true,
    run: (book, args) => setField(book, args.id, 'notes', () => args.text),
  }),
  send_mail: tool({
    description: 'Sends a mail to the office of an account',
    input: z.strictObject({ id, subject: z.string().min(1).max(200), body: z.string().max(10_000) }),
    output: z.object({ mail: z.int(), to: z.string() }),
    annotations: { ...destroy, openWorldHint: true },
    changes: true,
    run(book, args) {
      const found = book.account(args.id);
      if (!found) return refused(`There is no account ${args.id}.`, args.id);
      const mail = book.mail(found.email, args.subject, args.body);
      return { account: args.id, did: 'applied', after: { mail }, answer: { mail, to: found.email } };
    },
  }),
  delete_account: tool({
    description: 'Deletes an account; it can be restored',
    input: z.strictObject({ id }),
    output: z.object({ id }),
    annotations: destroy,
    changes: true,
    run(book, args) {
      const found = book.account(args.id);
      if (!found) return refused(`There is no account ${args.id}.`, args.id);
      book.update(args.id, { deleted: 1 });
      return { account: args.id, did: 'applied', before: { ...found }, answer: { id: args.id } };
    },
  }),
  restore_account: tool({
    description: 'Restores a deleted account',
    input: z.strictObject({ id }),
    output: z.object({ id }),
    annotations: change,
    changes: true,
    run(book, args) {
      if (book.account(args.id)) return refused(`Account ${args.id} is not deleted.`, args.id);
      book.update(args.id, { deleted: 0 });
      const found = book.account(args.id);
      return found
        ? { account: args.id, did: 'applied', after: { ...found }, answer: { id: args.id } }
        : refused(`There is no account ${args.id}.`, args.id);
    },
  }),
  merge_accounts: tool({
    description: 'Moves the notes of one account to another, and deletes the one: cannot be taken back',
    input: z.strictObject({ from: id, into: id }),
    output: z.object({ id }),
    annotations: destroy,
    changes: true,
    run(book, { from, into }) {
      const [gone, stays] = [book.account(from), book.account(into)];
      if (!gone || !stays || from === into) return refused('Both accounts must exist, and be two.', into);
      book.update(into, { notes: `${stays.notes}${gone.notes}` });
      book.update(from, { deleted: 1 });
      return { account: into, did: 'applied', before: { from: gone, into: stays }, answer: { id: into } };
    },
  }),
};
