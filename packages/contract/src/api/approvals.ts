import { z } from 'zod';

const count = z.number().int().nonnegative();
const text = z.string();
const state = z.enum(['held', 'approved', 'executing', 'done', 'failed', 'unknown', 'refused', 'expired', 'withdrawn']);

const approval = z.object({
  person: text,
  atMs: z.number(),
  /** `self`: by who asked, where the organization is one person. `break-glass`: alone, in an emergency. */
  kind: z.enum(['human', 'self', 'break-glass']),
  inPlaceOf: text.optional(),
  groups: z.array(text).optional(),
  /** Why it could not wait, where somebody let it run alone. */
  reason: text.optional(),
});

const summary = {
  id: text,
  state,
  person: text,
  /** plugin@version */
  release: text,
  connector: text,
  tool: text,
  run: text,
  call: text,
  sentence: text,
  rule: text,
  reach: z.number().nullable(),
  /** `group:<name>` or a person. */
  asked: z.array(text),
  needs: count,
  approvals: z.array(approval),
  frozen: z.object({ stop: text, says: text }).optional(),
  decidedReason: text.optional(),
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
  decidedAtMs: z.number().optional(),
  tier: text.optional(),
  effect: text.optional(),
  cumulative: z.number().nullable().optional(),
  /** The first ticket of the same goal. */
  linked: text.optional(),
  distinct: z.array(text).optional(),
  escalatedTo: z.array(text).optional(),
  runs: z.enum(['resume', 'approval']).optional(),
  editors: z.array(text).optional(),
  edited: z.boolean().optional(),
  /** Digest of what it carries: another one as soon as a person changes that. Goes back as `seen` with what lets it run. */
  carries: text.optional(),
};

/** `asker`, `asked`, `onlooker` (sees all), `reader` (all but what it carries). */
export const standing = z.enum(['asker', 'asked', 'onlooker', 'reader', 'stranger']);

/** Whether whoever looks may decide it now; `says` is the reason why not. */
export const eligible = z.object({ may: z.boolean(), says: text.optional() });

/** One line of the list. */
export const listedTicket = z.object({
  ...summary,
  standing,
  eligible,
  /** The same for tickets of one person, release and tool: they are shown as a group. */
  group: text,
});
export type ListedTicket = z.output<typeof listedTicket>;

/** `GET /api/approvals?state=open&sort=urgent&tier=&person=&tool=connector.tool&rule=&max=&after=` */
export const approvalList = z.object({ tickets: z.array(listedTicket), next: text.nullable() });
export type ApprovalList = z.output<typeof approvalList>;

const payload = z.object({ method: z.json(), name: z.json(), arguments: z.json(), extra: z.json() });

/** A list among the arguments, without having to show all of it. */
export const payloadList = z.object({
  argument: text,
  length: count,
  first: z.array(z.json()),
  last: z.array(z.json()),
  /** Ten drawn from between; the same each time. */
  random: z.array(z.json()),
  /** Where its addresses lead, most first; empty where it holds none. */
  domains: z.array(z.object({ domain: text, count })),
  domainsMore: count,
});
export type PayloadList = z.output<typeof payloadList>;

/** One difference between two payloads. */
export const payloadChange = z.object({
  path: text,
  kind: z.enum(['added', 'removed', 'changed']),
  before: z.json().optional(),
  after: z.json().optional(),
});
export type PayloadChange = z.output<typeof payloadChange>;

/** Where a rule stands in the policy. */
export const rulePlace = z.object({ file: text, line: count, text });

/** Who of a client's agents asked, and what they had read. */
export const chain = z.object({
  actor: text.nullable(),
  model: text.nullable(),
  session: text.nullable(),
  agent: z.object({ id: text, parent: text.nullable(), depth: z.number().nullable() }).nullable(),
  instructions: z.object({ skill: text.nullable(), agentType: text.nullable(), prompt: text.nullable() }),
  sources: z.array(text),
  coverage: z.array(text),
});
export type Chain = z.output<typeof chain>;

const note = z.object({ id: text, atMs: z.number(), person: text, kind: z.enum(['question', 'answer', 'comment']), text });

/** Everything of one ticket. `GET /api/approvals/:ticket`, with `?payload=no` without what it carries: then looking leaves no entry. */
export const ticketDetail = z.object({
  ...summary,
  standing,
  eligible,
  group: text,
  /** null where it was not asked for, or is not for whoever looks. Long lists in it are cut: see `lists` and `payload.json`. */
  payload: payload.nullable(),
  /** What the agent asked for, where a person changed it. */
  original: payload.optional(),
  payloadCut: z.boolean(),
  lists: z.array(payloadList),
  bound: z.object({ arguments: text, definition: text, policy: text }).nullable(),
  /** What a person changed of what the agent asked for. */
  edits: z.array(payloadChange),
  /** What is other than in the last one of the same tool and plugin that was approved and ran. */
  similar: z.object({ ticket: text, atMs: z.number(), changes: z.array(payloadChange), more: z.boolean() }).nullable(),
  why: rulePlace.nullable(),
  chain: chain.nullable(),
  notes: z.array(note),
  pieces: z.array(z.object({ id: text, state, reach: z.number().nullable() })),
  /** Facts that were computed, as term and words. */
  computed: z.array(z.object({ term: text, words: text })),
  agentSays: text.nullable(),
  /** What has to be typed, and that a credential must just have been shown, before it may run. */
  confirm: text.nullable(),
  stepUp: z.boolean(),
  /** Whoever looks may make a standing grant of it: they approved it, and its rule leaves that open. */
  mayGrant: z.boolean(),
  /** Whoever looks may let it run alone, in an emergency. */
  mayBreakGlass: z.boolean(),
});
export type TicketDetail = z.output<typeof ticketDetail>;

/** What is sent to `POST /api/approvals/:ticket/decide`; the answer is the ticket as the list shows it. */
export const decided = z.object(summary);
