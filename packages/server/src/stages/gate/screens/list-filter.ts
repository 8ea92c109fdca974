import { z } from 'zod';
import type { Approvals, ListedTicket, ProvenPerson, TicketFilter } from '../../../kernel/approvals.ts';
import { type Html, html } from '../../../kernel/html.ts';
import { HttpRefusal } from '../../../kernel/http.ts';
import { type Known, type Standing, standingOf } from './standing.ts';

const pageMax = 200;
/** Tickets that are looked at for one page, where most concern somebody else. */
const lookedAtMax = 2_000;

const listed = [
  'open',
  'held',
  'approved',
  'executing',
  'done',
  'failed',
  'unknown',
  'refused',
  'expired',
  'withdrawn',
  'decided',
  'all',
] as const;
const text = z
  .string()
  .max(254)
  .transform((typed) => typed.trim() || undefined)
  .optional();
const cursor = /^(?:(low|medium|high)\.)?(\d{1,16})\.(TK-[0-9A-Z]{10})$/;
const query = z.object({
  state: z.enum(listed).default('open'),
  tier: z
    .enum(['', 'low', 'medium', 'high'])
    .transform((tier) => tier || undefined)
    .optional(),
  person: text,
  /** `connector`, or `connector.tool`. */
  tool: text,
  rule: text,
  sort: z.enum(['newest', 'urgent']).default('newest'),
  after: z.string().regex(cursor).optional(),
  max: z.coerce.number().int().min(1).max(pageMax).default(pageMax),
});
/** What a list is asked with, as it stands in the address. */
export type ListQuery = z.infer<typeof query>;

/** Reads it from an address. */
export function listQuery(given: Readonly<Record<string, string>>): ListQuery {
  const read = query.safeParse(given);
  if (read.success) return read.data;
  const { path, message } = read.error.issues[0] ?? { path: [], message: '' };
  throw new HttpRefusal(400, 'invalid_input', `The query cannot be read: ${path.join('.')}: ${message}.`, 'See what waits at /approvals.');
}

/** A page of a list: those that concern somebody, and where to go on. */
export interface ListedPage {
  readonly tickets: readonly (ListedTicket & { readonly standing: Standing })[];
  readonly next: string | undefined;
}

/** Reads pages until enough concern this person. What concerns others is passed over, so a page may be short and not the last. */
export async function listedFor(
  { approvals, policy }: { readonly approvals: Pick<Approvals, 'listFor'>; readonly policy: () => Known },
  who: ProvenPerson,
  asked: ListQuery,
): Promise<ListedPage> {
  const found: ListedPage['tickets'][number][] = [];
  let after = cursorOf(asked.after);
  for (let looked = 0; looked < lookedAtMax; looked += pageMax) {
    const page = await approvals.listFor({ ...filterOf(asked), max: pageMax, after }, who);
    for (const { ticket, eligible } of page) {
      after = ticket;
      const standing = standingOf(policy(), ticket, who);
      if (standing !== 'stranger') found.push({ ticket, standing, eligible });
      if (found.length >= asked.max) return { tickets: found, next: textOf(asked, after) };
    }
    if (page.length < pageMax) return { tickets: found, next: undefined };
  }
  return { tickets: found, next: after && textOf(asked, after) };
}

/** The address of the same list, further down or from its top. */
export function listAddress({ state, tier, person, tool, rule, max }: ListQuery, after?: string): string {
  const given = { ...(state !== 'open' && { state }), tier, person, tool, rule, ...(max !== pageMax && { max: String(max) }), after };
  const params = new URLSearchParams(Object.entries(given).filter((one): one is [string, string] => typeof one[1] === 'string'));
  return params.size === 0 ? '/approvals' : `/approvals?${params}`;
}

/** Whether it is the list that everybody starts with. */
export function isPlain(asked: ListQuery): boolean {
  return asked.after === undefined && listAddress({ ...asked, max: pageMax }) === '/approvals';
}

/** What the list is of, to be changed; it is sent as an address, so it can be kept and passed on. */
export function filterForm(asked: ListQuery): Html {
  const choice = (value: string, label: string, now: string | undefined) =>
    html`<option value="${value}"${value === (now ?? '') && html` selected`}>${label}</option>`;
  const stateWords = { open: 'open', all: 'every state', done: 'done', executing: 'running' } as Readonly<Record<string, string>>;
  return html`<details class="filter"${!isPlain(asked) && html` open`}><summary>Choose what is shown</summary>
<form class="card" method="get" action="/approvals" aria-label="filter">
<p class="field"><label for="state">State</label><select id="state" name="state">${listed.map((one) => choice(one, stateWords[one] ?? one, asked.state))}</select></p>
<p class="field"><label for="tier">Tier</label><select id="tier" name="tier">${choice('', 'any', asked.tier)}${['high', 'medium', 'low'].map((one) => choice(one, one, asked.tier))}</select></p>
<p class="field"><label for="person">Asked for by</label><input id="person" name="person" maxlength="254" autocomplete="off" value="${asked.person ?? ''}"></p>
<p class="field"><label for="tool">Connector, or connector.tool</label><input id="tool" name="tool" maxlength="254" autocomplete="off" value="${asked.tool ?? ''}"></p>
<p class="actions"><button>Show</button> <a href="/approvals">Show all that is open</a></p></form></details>`;
}

function filterOf({ state, tier, person, tool, rule, sort }: ListQuery): TicketFilter {
  const [connector, ...name] = tool?.split('.') ?? [];
  return {
    state,
    sort,
    tier,
    rule,
    ...(person !== undefined && { person: person.toLowerCase() }),
    connector,
    ...(name.length > 0 && { tool: name.join('.') }),
  };
}

function cursorOf(after: string | undefined): TicketFilter['after'] {
  const [, tier, atMs, id] = cursor.exec(after ?? '') ?? [];
  return atMs === undefined || id === undefined ? undefined : { createdAtMs: Number(atMs), expiresAtMs: Number(atMs), tier, id };
}

function textOf({ sort }: ListQuery, { createdAtMs, expiresAtMs, tier, id }: NonNullable<TicketFilter['after']>): string {
  return sort === 'urgent' ? `${tier ?? 'high'}.${expiresAtMs}.${id}` : `${createdAtMs}.${id}`;
}
