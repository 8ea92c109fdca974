import { ann, boss, dave } from './e2e-policy.ts';

/** What a test may want otherwise in the policy of the sales book. */
export interface SalesBook {
  readonly stage?: string;
  /** False: the CRM's tools have no argument for an idempotency key. */
  readonly keys?: boolean;
  /** After which the CRM is not waited for. */
  readonly callTimeout?: string;
  /** More keys of `set_tier`, each a line of YAML. */
  readonly setTier?: readonly string[];
  /** The reach of `set_tier`, as YAML. */
  readonly reach?: string;
  /** Tools that stand in place of those of the book, each as YAML. */
  readonly instead?: Readonly<Partial<Record<'add_note' | 'set_owner' | 'send_mail' | 'delete_account', string>>>;
  /** A tier that nobody may give any more. */
  readonly bars?: string;
  /** Lines to stand in place of `before` and `undo`. */
  readonly images?: readonly string[];
  /** Keys of the organization, each a line. */
  readonly organization?: readonly string[];
  /** Keys of the plugin, each a line. */
  readonly plugin?: readonly string[];
  /** Further documents. */
  readonly more?: string;
}

const images = [
  'before: { tool: get_account, args: { id: args.id } }',
  'undo: { tool: set_tier, args: { id: args.id, tier: before.tier } }',
] as const;

const setOwner =
  '{ effect: write, reach: "1", before: { tool: get_account, args: { id: args.id } }, undo: { tool: set_owner, args: { id: args.id, owner: before.owner } } }';

/** A sales book that agents re-tier: reading and acting are two connectors over one CRM, and from the 21st change on a run's changes are a batch. */
function salesBook(url: string, book: SalesBook = {}): string {
  const { stage = '{ over: 20 per run, sample: 10, ticket_over: 1000 }', keys = true, setTier = [], organization = [], plugin = [] } = book;
  const lines = (all: readonly string[], indent: string) => all.map((line) => `\n${indent}${line}`).join('');
  const key = keys ? ['idempotency_argument: idempotency_key', 'idempotent: true'] : [];
  return `
organization: corp
owner: ${boss}
inside: { domains: [corp.example] }
approvals: { medium: { approvers: ["group:leads"], needs: 1, expires: 1h }, high: { approvers: ["group:leads"], needs: 1, expires: 1h } }
lists: { flagged_accounts: flagged.csv, do_not_contact: dnc.csv }${lines(organization, '')}
---
directory:
  - { person: ${ann}, groups: [sales] }
  - { person: bob@corp.example, groups: [sales] }
  - { person: ${boss}, groups: [leads] }
  - { person: ${dave}, groups: [leads] }
---
connection: crm
owner: revops@corp.example
upstream: { url: "${url}" }
network: private
call_timeout: ${book.callTimeout ?? '10s'}
---
connector: crm
data: [pii]
tools:
  get_account:
    effect: read
    sources: ["'crm:account/' + args.id"]
    overlay: { of: crm-act.set_tier, where: "staged.id == args.id", set: { tier: staged.tier } }
  list_accounts: { effect: read }
---
connector: crm-act
connection: crm
access: read-write
because: Re-tiering is what this plugin is for
tools:
  set_tier:
    effect: write
    reach: ${book.reach ?? '"1"'}
    says: "make {args.id} a {args.tier}"
    arguments: { properties: { id: { pattern: "^[0-9]{4,8}$" } } }
    check:
      - { rule: "args.tier in ['A', 'B', 'C']", says: "Tiers are A, B or C." }
      - { rule: "!(args.id in lists.flagged_accounts)", says: "This account is flagged; ask Legal." }${book.bars === undefined ? '' : `\n      - { rule: "args.tier != '${book.bars}'", says: "Nobody becomes a ${book.bars} any more." }`}
    stage: ${stage}${lines([...(book.images ?? images), ...key, ...setTier], '    ')}
  add_note: ${book.instead?.add_note ?? '{ effect: write, reversible: true, reach: "1", stage: { over: 50 per run } }'}
  set_owner: ${book.instead?.set_owner ?? setOwner}
  send_mail: ${book.instead?.send_mail ?? '{ effect: send, reach: "1", says: "mail account {args.id} about {args.subject}" }'}
  delete_account: ${book.instead?.delete_account ?? '{ effect: delete, reach: "1", undo: { tool: restore_account, args: { id: args.id } } }'}
  restore_account: { effect: write, reversible: true, reach: "1" }
---
plugin: sales-outreach
owner: m.osei@corp.example
for: ["group:sales"]
release: { version: 2.1.0 }
connectors: [crm, crm-act]
autonomy: { crm-act.set_tier: unattended, crm-act.add_note: unattended, crm-act.restore_account: unattended }${lines(plugin, '')}
${book.more ?? ''}`;
}

/** The files of that policy, its lists among them. */
export function salesBookFiles(url: string, book: SalesBook = {}): Readonly<Record<string, string>> {
  return {
    'corp.yaml': salesBook(url, book),
    'flagged.csv': 'id\n13999\n',
    'dnc.csv': 'email\nnobody@corp.example\n',
  };
}
