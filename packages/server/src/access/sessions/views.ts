import type { ProvenPerson } from '../../kernel/approvals.ts';
import type { Signed } from '../../kernel/sessions.ts';
import { type Known, namesOf, rolesFor } from './identity.ts';
import type { SessionReader, SessionRow } from './read.ts';

/** Without a request for this long it is over; and after the second time in any case. */
export const idleForMs = 2 * 3_600_000;
export const lastsForMs = 12 * 3_600_000;

/** Public id of a session: part of a keyed hash, which is no way back to the token. */
export function idOf(hash: string): string {
  return `SE-${hash.slice(0, 16)}`;
}

/** Whether it is neither ended, nor past its time, nor unused for too long. */
export function isOpen(row: SessionRow, atMs: number): boolean {
  return row.revoked_at_ms === null && row.expires_at_ms > atMs && atMs - row.seen_at_ms < idleForMs;
}

/** A session as the rest of the house sees it. */
export async function signedOf(row: SessionRow, reader: Pick<SessionReader, 'enrolledRoles'>, policy: Known): Promise<Signed> {
  const groups: readonly string[] | undefined = row.groups === null ? undefined : JSON.parse(row.groups);
  const who: ProvenPerson = {
    person: row.person,
    roles: await rolesFor(policy, reader, row.person, groups),
    ...(groups && { groups }),
    ...(row.stepped_up_at_ms !== null && { freshAtMs: row.stepped_up_at_ms }),
  };
  const { hash, via, created_at_ms, seen_at_ms, expires_at_ms } = row;
  return { id: idOf(hash), hash, who, via, createdAtMs: created_at_ms, seenAtMs: seen_at_ms, expiresAtMs: expires_at_ms };
}

/** Those that are not over, with one question for the roles of everybody. */
export async function openOf(
  all: readonly SessionRow[],
  reader: SessionReader,
  policy: Known,
  atMs: number,
): Promise<ReadonlyMap<string, Signed>> {
  const rows = all.filter((row) => isOpen(row, atMs) && !policy.directory.get(row.person)?.inactive);
  const enrolled = await reader.enrolled([...new Set(rows.flatMap(({ person }) => namesOf(policy, person)))]);
  const read = { enrolledRoles: async (names: readonly string[]) => names.flatMap((name) => enrolled.get(name) ?? []) };
  const views = await Promise.all(rows.map((row) => signedOf(row, read, policy)));
  return new Map(views.map((one) => [one.hash, one]));
}
