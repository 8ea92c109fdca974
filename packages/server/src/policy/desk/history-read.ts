import type { PolicyDatabase, StoredSet } from '../read.ts';

export type SetRow = Omit<StoredSet, 'files'>;

/** Stored sets without their texts, newest first. */
export async function listSets(
  { read }: PolicyDatabase,
  after: { readonly atMs: number; readonly digest: string } | undefined,
  max: number,
): Promise<readonly SetRow[]> {
  let query = read.selectFrom('policies').select(['digest', 'state', 'created_at_ms', 'by', 'note']);
  if (after !== undefined)
    query = query.where((eb) =>
      eb.or([eb('created_at_ms', '<', after.atMs), eb.and([eb('created_at_ms', '=', after.atMs), eb('digest', '>', after.digest)])]),
    );
  const rows = await query.orderBy('created_at_ms', 'desc').orderBy('digest').limit(max).execute();
  return rows.map(({ digest, state, created_at_ms, by, note }) => ({ digest, state, atMs: Number(created_at_ms), by, note }));
}
