import type { Mine, RefusedCall } from '@trapkey/contract/api/mine.ts';
import { codes } from '@trapkey/contract/codes.ts';
import type { Entry } from '@trapkey/contract/entry.ts';
import type { Approvals, ListedTicket, ProvenPerson } from '../../kernel/approvals.ts';
import type { Grants } from '../../kernel/grants.ts';
import type { Limits } from '../../kernel/limits.ts';
import type { StopSnapshot } from '../../kernel/readers.ts';
import type { Requests } from '../../kernel/requests.ts';
import type { RunLists } from '../../kernel/run-views.ts';
import type { Tokens } from '../../kernel/tokens.ts';

const runsMax = 20;
const ticketsMax = 50;
const refusedMax = 30;
const listedMax = 100;

/** What a person's own page is made from. */
export interface MineParts {
  readonly approvals: Pick<Approvals, 'listFor'>;
  readonly runs: Pick<RunLists, 'list'>;
  readonly requests: Pick<Requests, 'list' | 'answerable'>;
  readonly grants: Pick<Grants, 'list'>;
  readonly limits: Pick<Limits, 'trips'>;
  readonly tokens: Pick<Tokens, 'list'>;
  readonly stops: { current(): StopSnapshot };
  readonly scopeText: (scope: StopSnapshot['stops'][number]['scope']) => string;
  /** Entries that a query of the record finds, newest first. */
  readonly record: (query: string, max: number) => Promise<{ readonly entries: readonly Entry[]; readonly more: boolean }>;
  readonly ownerOf: (rule: string) => string;
  readonly places: (rule: string) => Promise<RefusedCall['place'] | undefined>;
  readonly listed: (ticket: ListedTicket) => Mine['waiting'][number];
}

/** Everything that concerns one person, and nothing of anybody else's. */
export async function mineOf(parts: MineParts, who: ProvenPerson, atMs: number): Promise<Mine> {
  const { person } = who;
  const [open, all, runs, requests, toAnswer, grants, trips, tokens, refused] = await Promise.all([
    parts.approvals.listFor({ state: 'open', person, max: ticketsMax }, who),
    parts.approvals.listFor({ state: 'all', person, max: ticketsMax }, who),
    parts.runs.list({ person, max: runsMax }),
    parts.requests.list({ state: 'all', person }),
    parts.requests.answerable(who),
    parts.grants.list({ state: 'live', concerning: person }),
    parts.limits.trips({ state: 'open', concerning: person }),
    parts.tokens.list(person),
    refusedOf(parts, person),
  ]);
  const waiting = new Set(open.map(({ ticket }) => ticket.id));
  const live = tokens.filter((one) => one.person === person && one.revokedAtMs === undefined && one.expiresAtMs > atMs);
  return {
    person,
    stopScope: `person:${person}`,
    runs: runs as unknown as Mine['runs'],
    waiting: open.map(parts.listed),
    decided: all.filter(({ ticket }) => !waiting.has(ticket.id)).map(parts.listed),
    ...refused,
    requests: requests.slice(0, listedMax) as unknown as Mine['requests'],
    // Those that wait longest, where there are more than a page shows.
    toAnswer: toAnswer.slice(-listedMax) as unknown as Mine['toAnswer'],
    grants: grants.filter((one) => one.person?.toLowerCase() === person).slice(0, listedMax) as unknown as Mine['grants'],
    stops: stopsOn(parts, person),
    limits: trips
      .filter((one) => one.person === person)
      .slice(0, listedMax)
      .map(({ id, text, used, max, atMs: at, owner }) => ({ id, text, used, max, atMs: at, owner })),
    tokens: live.slice(0, listedMax).map(({ plugin, version, connector, expiresAtMs }) => ({ plugin, version, connector, expiresAtMs })),
    tokensMore: Math.max(0, live.length - listedMax),
  };
}

async function refusedOf(parts: MineParts, person: string): Promise<Pick<Mine, 'refused' | 'refusedMore'>> {
  const { entries, more } = await parts.record(`kind:decided verdict:deny since:7d on_behalf_of:${JSON.stringify(person)}`, refusedMax);
  const rules = [...new Set(entries.map(({ rule }) => rule ?? ''))];
  const places = new Map(await Promise.all(rules.map(async (rule) => [rule, (await parts.places(rule)) ?? null] as const)));
  const refused = entries.map(
    (entry): RefusedCall => ({
      call: entry.call ?? '',
      atMs: Date.parse(entry.timestamp),
      release: entry.plugin ?? '',
      connector: entry.connector ?? '',
      tool: entry.tool ?? '',
      run: entry.run ?? null,
      code: entry.code ?? '',
      explains: (entry.code && codes[entry.code]) ?? '',
      rule: entry.rule ?? '',
      place: places.get(entry.rule ?? '') ?? null,
      owner: parts.ownerOf(entry.rule ?? ''),
      ticket: entry.ticket ?? null,
    }),
  );
  return { refused, refusedMore: more };
}

/** Stops on oneself, on one's runs, and on everything. */
function stopsOn({ stops, scopeText }: MineParts, person: string): Mine['stops'] {
  const mine = stops.current().stops.filter(({ scope }) => {
    if (scope.kind === 'everything') return true;
    return scope.kind === 'run' ? scope.person.toLowerCase() === person : scope.kind === 'person' && scope.id.toLowerCase() === person;
  });
  return mine.map(({ id, scope, mode, by, reason, atMs }) => ({ id, scope: scopeText(scope), mode, by, reason, atMs }));
}
