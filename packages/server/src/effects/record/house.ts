import type { Entry } from '@trapkey/contract/entry.ts';
import type { Acting } from '../../kernel/approvals.ts';
import { type Clock, rfc3339 } from '../../kernel/clock.ts';
import { UserError } from '../../kernel/errors.ts';
import type { RecordHouse } from '../../kernel/record-house.ts';
import type { Recorder } from '../../kernel/recorder.ts';
import { explain, type PolicyAt } from './explain.ts';
import { exportRecord } from './export.ts';
import { matcherOf } from './query/match.ts';
import { parseQuery } from './query/parse.ts';
import type { RecordReader } from './read.ts';
import { verifyLedger } from './verify-ledger.ts';
import { whoRead } from './who-read.ts';

/** What the record's commands and pages are served from. */
export interface HouseParts {
  readonly reader: RecordReader;
  readonly recorder: Pick<Recorder, 'commit'>;
  readonly clock: Clock;
  /** Who asks; exports are recorded under this name. */
  readonly by: Acting;
  readonly publicKey: string;
  /** Signs the present head, if it is not signed yet, and gives its note. */
  readonly sign: () => Promise<string>;
  readonly policyAt: PolicyAt;
  readonly close: () => Promise<void>;
}

/** Opens everything that may be asked of the record. */
export function openRecordHouse(parts: HouseParts): RecordHouse {
  const { reader, publicKey, clock } = parts;
  const query = (text: string) => parseQuery(text, clock());
  return {
    publicKey,
    async list(text, { limit, before }) {
      const parsed = query(text);
      const entries: Entry[] = [];
      let next = before;
      do {
        const page = await reader.list(parsed, { limit: limit - entries.length, ...(next !== undefined && { before: next }) });
        entries.push(...page.entries);
        next = page.next;
      } while (next !== undefined && entries.length < limit);
      return { entries, next };
    },
    async *follow(text, after, signal) {
      const newest = after ?? ((await reader.ledger.head())?.size ?? 0) - 1;
      yield* reader.follow(query(text), newest, { signal });
    },
    async show(id) {
      if (/^\d{1,15}$/.test(id)) {
        const entry = await reader.entry(Number(id));
        return entry && { call: entry.call, entries: [entry] };
      }
      return await reader.call(callOf(id));
    },
    async explain(id) {
      const shown = await reader.call(callOf(id));
      return shown && (await explain(shown.call, shown.entries, parts.policyAt));
    },
    async whoRead({ connector, since, until }) {
      if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(connector))
        throw new UserError(`${connector} is no name of a connector.`, 'See: trapkey policy check');
      const bounds = `${since === undefined ? '' : ` since:${since}`}${until === undefined ? '' : ` until:${until}`}`;
      const parsed = query(`connector:${connector} kind:executed${bounds}`);
      return await whoRead((before, limit) => reader.list(parsed, { limit, ...(before !== undefined && { before }) }));
    },
    async *export({ query: text, reason }) {
      const asked = text === undefined ? undefined : { text, matches: matcherOf(query(text)) };
      await recordExport(parts, text, reason);
      yield* exportRecord({ ledger: reader.ledger, publicKey, checkpoint: await parts.sign(), ...(asked && { query: asked }) });
    },
    verify: async ({ checkpoints }) => await verifyLedger(reader.ledger, { publicKey, checkpoints }),
    checkpoint: parts.sign,
    close: parts.close,
  };
}

/** Who took a copy of the record is in the record, and in the copy. */
async function recordExport({ recorder, clock, by }: HouseParts, query: string | undefined, reason: string | undefined): Promise<void> {
  const said = {
    ...(query !== undefined && { detail: query.slice(0, 500) }),
    ...(reason !== undefined && { reason: reason.slice(0, 500) }),
  };
  const entry = {
    timestamp: rfc3339(clock()),
    kind: 'admin',
    action: 'record.export',
    on_behalf_of: by.person,
    subject: 'record',
    assurance: { on_behalf_of: by.assurance },
    ...said,
  } as const;
  const committed = await recorder.commit({ entries: [entry] });
  if (committed.status !== 'committed') throw new UserError('The export could not be recorded, so nothing was exported.', 'Try again.');
}

/** A call by its id or its citation. */
function callOf(id: string): string {
  return id.startsWith(citationPrefix) ? id.slice(citationPrefix.length) : id;
}

const citationPrefix = 'trapkey:';
