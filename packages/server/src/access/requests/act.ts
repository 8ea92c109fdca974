import type { EntryFields } from '@trapkey/contract/entry.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tell } from '../../kernel/messages.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import type { Requests, RequestView } from '../../kernel/requests.ts';
import { namesOf } from '../sessions/identity.ts';
import { noticeOf } from './notice.ts';
import { idOf, type OwningPolicy, ownerOf } from './owner.ts';
import { type RequestDatabase, type RequestRow, requestStore } from './store.ts';

interface RequestParts {
  readonly database: RequestDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly policy: () => OwningPolicy;
  /** Tells the owner, in the transaction of the request; without it nobody is told. */
  readonly tell?: Tell;
}

const textCharactersMax = 1_000;
const ruleCharactersMax = 300;
const openMax = 20;
const listMax = 500;

/** What people may do with requests. Works without a server. */
export function openRequests(parts: RequestParts): Requests {
  const { database, clock } = parts;
  const store = requestStore(database);
  const mayAnswer: Requests['mayAnswer'] = (request, by) => mayAnswerUnder(parts.policy(), request, by);
  return {
    open: (act) => openOne(parts, act),
    list: async (filter) => (await store.list(filter, listMax)).map(viewOf),
    async answerable(by) {
      const owners = by.roles.includes('administrator') ? undefined : namesOf(parts.policy(), idOf(parts.policy(), by.person));
      const waiting = (await store.waiting(owners, listMax)).map(viewOf);
      return waiting.filter((one) => mayAnswer(one, by).may).toReversed();
    },
    find: async (id) => {
      const row = await store.byId(id);
      return row && viewOf(row);
    },
    mayAnswer,
    async answer({ request, by, answer, via }) {
      const found = await store.byId(request);
      if (!found)
        throw new UserError(
          `There is no request ${request.slice(0, 40)}. Nothing was changed.`,
          'See them with `trapkey requests list --state all`.',
        );
      const may = mayAnswer(viewOf(found), by);
      if (!may.may) throw new UserError(`${may.says} Nothing was changed.`, `Who can answer: ${found.owner}, or an administrator.`);
      const words = wordsOf(answer, 'An answer', textCharactersMax);
      const atMs = clock();
      const person = idOf(parts.policy(), by.person);
      let row: RequestRow | undefined;
      await parts.recorder.commit({
        entries: [],
        steps: async (tx) => {
          row = await store.answer(tx, request, { answer: words, answered_by: person, answered_at_ms: atMs });
          if (!row) return { ok: false, conflict: 'answered already' };
          return { ok: true, entries: [requestEntry(row, 'request.answered', { person, via, reason: words, atMs })] };
        },
      });
      if (row) return viewOf(row);
      throw new UserError(`Request ${request} was answered already. Nothing was changed.`, 'Look at it again.');
    },
  };
}

async function openOne(
  { database, recorder, clock, policy, tell }: RequestParts,
  { by, rule, call, text, via }: Parameters<Requests['open']>[0],
): Promise<RequestView> {
  const store = requestStore(database);
  const atMs = clock();
  const person = idOf(policy(), by.person);
  const wanted: RequestRow = {
    id: newId('Q'),
    person,
    rule: wordsOf(rule, 'A rule', ruleCharactersMax),
    call: call?.slice(0, 64) ?? null,
    text: wordsOf(text, 'A sentence saying what it is needed for', textCharactersMax),
    owner: ownerOf(rule, policy()),
    state: 'open',
    created_at_ms: atMs,
    answer: null,
    answered_by: null,
    answered_at_ms: null,
  };
  let row: RequestRow | undefined;
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      const open = await store.openOf(tx, person, openMax);
      row = open.find((one) => one.rule === wanted.rule && one.call === wanted.call);
      if (row) return { ok: true };
      if (open.length >= openMax) return { ok: false, conflict: 'too many' };
      await store.insert(tx, wanted);
      await tell?.(tx, [noticeOf(wanted)]);
      row = wanted;
      return { ok: true, entries: [requestEntry(wanted, 'request.opened', { person, via, reason: undefined, atMs })] };
    },
  });
  if (row) return viewOf(row);
  throw new UserError(`${person} has ${openMax} open requests already. Nothing was changed.`, 'Wait until some of them are answered.');
}

function mayAnswerUnder(
  policy: OwningPolicy,
  request: RequestView,
  by: Parameters<Requests['mayAnswer']>[1],
): ReturnType<Requests['mayAnswer']> {
  const person = idOf(policy, by.person);
  if (request.state !== 'open') return { may: false, says: `Request ${request.id} was answered already.` };
  if (person === request.person && !policy.organization.solo) return { may: false, says: 'Nobody answers a request of their own.' };
  if (by.roles.includes('administrator') || idOf(policy, request.owner) === person) return { may: true };
  return { may: false, says: `${person} does not own rule ${request.rule} and is no administrator.` };
}

/** The person's own words stay out of the ledger: they may hold anything. */
function requestEntry(
  row: RequestRow,
  action: 'request.opened' | 'request.answered',
  act: { readonly person: string; readonly via: string; readonly reason: string | undefined; readonly atMs: number },
): EntryFields {
  return {
    timestamp: rfc3339(act.atMs),
    kind: 'admin',
    action,
    actor: `trapkey-${act.via}`,
    subject: row.id,
    on_behalf_of: act.person,
    rule: row.rule,
    assurance: { on_behalf_of: 'proved' },
    ...(row.call !== null && { call: row.call }),
    ...(act.reason !== undefined && { reason: act.reason.slice(0, 500) }),
  };
}

function wordsOf(text: string, what: string, charactersMax: number): string {
  const words = text
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, charactersMax);
  if (words === '') throw new UserError(`${what} is needed. Nothing was changed.`);
  return words;
}

function viewOf(row: RequestRow): RequestView {
  return {
    id: row.id,
    state: row.state,
    person: row.person,
    rule: row.rule,
    call: row.call ?? undefined,
    text: row.text,
    owner: row.owner,
    createdAtMs: row.created_at_ms,
    answer: row.answer ?? undefined,
    answeredBy: row.answered_by ?? undefined,
    answeredAtMs: row.answered_at_ms ?? undefined,
  };
}
