import type { ProvenPerson } from '../../../kernel/approvals.ts';
import { type Clock, rfc3339 } from '../../../kernel/clock.ts';
import { UserError } from '../../../kernel/errors.ts';
import type { Recorder, Tx } from '../../../kernel/recorder.ts';
import type { StopFilesDesk, StopFileView, StopKeys, StopKeyView } from '../../../kernel/stop-files.ts';
import { keyIdOf, readPublicKey } from './order.ts';
import { clearFile, insertKey, readKeys, readKnown, removeKey, type StopFilesDatabase } from './store.ts';

interface Parts {
  readonly database: StopFilesDatabase;
  readonly recorder: Recorder;
  readonly clock: Clock;
}

/** The keys that stop files are checked with. Only public halves ever come here. */
export function openStopKeys({ database, recorder, clock }: Parts): StopKeys {
  return {
    list: () => readKeys(database),
    async add({ person, publicKey, by }) {
      mustAdminister(by, 'Registering a key');
      const key = readPublicKey(publicKey);
      const id = keyIdOf(key);
      const owner = person.trim().toLowerCase();
      if (!/^[^\s\p{C}]{1,256}$/u.test(owner))
        throw new UserError(`\`${person.slice(0, 80)}\` cannot be the id of a person. Nothing was changed.`);
      const atMs = clock();
      const row = {
        id,
        person: owner,
        public_key: key.export({ format: 'pem', type: 'spki' }).toString(),
        added_by: by.person,
        added_at_ms: atMs,
      };
      const committed = await recorder.commit({
        entries: [keyEntry('stop_key.added', row, by, atMs)],
        steps: async (tx) => ((await insertKey(tx, row)) ? { ok: true } : { ok: false, conflict: 'registered already' }),
      });
      if (committed.status !== 'committed')
        throw new UserError(`The key ${id} is registered already. Nothing was changed.`, 'See `trapkey stop key list`.');
      return { id, person: owner, publicKey: row.public_key, addedBy: by.person, addedAtMs: atMs, removedAtMs: undefined };
    },
    async remove({ id, by }) {
      mustAdminister(by, 'Removing a key');
      const atMs = clock();
      const removed = await changed(
        recorder,
        (tx) => removeKey(tx, id, by.person, atMs),
        (view) => keyEntry('stop_key.removed', view, by, atMs),
      );
      if (removed) return removed;
      throw new UserError(`No key ${id.slice(0, 80)} is registered. Nothing was changed.`, 'See `trapkey stop key list`.');
    },
  };
}

/** What became of stop files, and how a person is done with one that could not be believed. */
export function openStopFilesDesk({ database, recorder, clock }: Parts): StopFilesDesk {
  return {
    list: async () => [...(await readKnown(database)).files.values()].map(({ key: _key, nonce: _nonce, ...view }) => view),
    async clear({ digest, by, reason }) {
      mustAdminister(by, 'Clearing a stop file');
      const why = reason
        .replaceAll(/\p{C}+/gu, ' ')
        .trim()
        .slice(0, 500);
      if (why === '') throw new UserError('A reason is needed. Nothing was changed.', 'Add `--reason "…"`.');
      const atMs = clock();
      const cleared = await changed(
        recorder,
        (tx) => clearFile(tx, { digest, by: by.person, reason: why, atMs }),
        (view: StopFileView) => ({
          timestamp: rfc3339(atMs),
          kind: 'admin',
          action: 'stop_file.cleared',
          subject: view.digest,
          detail: `file ${view.file}`,
          on_behalf_of: by.person,
          reason: why,
          assurance: { on_behalf_of: 'proved' },
        }),
      );
      if (cleared) return cleared;
      throw new UserError(
        `No refused stop file ${digest.slice(0, 80)} waits to be cleared. Nothing was changed.`,
        'See `trapkey stop files list`.',
      );
    },
  };
}

/** Commits a change of one row with its entry; undefined where there was nothing to change. */
async function changed<T>(
  recorder: Recorder,
  change: (tx: Tx) => Promise<T | undefined>,
  entry: (view: T) => Parameters<Recorder['commit']>[0]['entries'][number],
): Promise<T | undefined> {
  let view: T | undefined;
  await recorder.commit({
    entries: [],
    steps: async (tx) => {
      view = await change(tx);
      return view === undefined ? { ok: false, conflict: 'nothing to change' } : { ok: true, entries: [entry(view)] };
    },
  });
  return view;
}

function mustAdminister(by: ProvenPerson, what: string): void {
  if (by.roles.includes('administrator')) return;
  throw new UserError(
    `${what} needs an administrator, and ${by.person} is not one. Nothing was changed.`,
    'Ask an administrator to run the command.',
  );
}

function keyEntry(action: 'stop_key.added' | 'stop_key.removed', key: Pick<StopKeyView, 'id' | 'person'>, by: ProvenPerson, atMs: number) {
  return {
    timestamp: rfc3339(atMs),
    kind: 'admin',
    action,
    subject: `key:${key.id}`,
    detail: `of person:${key.person}`,
    on_behalf_of: by.person,
    assurance: { on_behalf_of: 'proved' },
  } as const;
}
