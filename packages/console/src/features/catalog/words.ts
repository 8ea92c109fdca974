import type { CatalogSubject } from '@trapkey/contract/api/catalog.ts';
import { count } from '../../lib/format.ts';

/** The start of a digest, enough to compare by eye. */
export function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

/** What one run alters without a person, as one cell. */
export function blastText({ blast }: Pick<CatalogSubject, 'blast'>): string {
  if (!blast) return '—';
  const most = (value: number | null, unit: string) => (value === 0 ? [] : [`${value === null ? 'any' : count(value)} ${unit}`]);
  const parts = [...most(blast.people, 'people'), ...most(blast.records, 'records')];
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** For sorting by what one run alters: what nothing bounds is the most. */
export function blastRank({ blast }: Pick<CatalogSubject, 'blast'>): number {
  if (!blast) return -1;
  return Math.max(blast.people ?? Number.MAX_SAFE_INTEGER, blast.records ?? Number.MAX_SAFE_INTEGER);
}

/** Capabilities as people read them. */
export const capabilityWords: Readonly<Record<string, string>> = {
  reads: 'Reads',
  changes: 'Changes records',
  contacts: 'Contacts people or systems',
  destroys: 'Destroys',
  runs_code: 'Runs code',
  untrusted: 'Takes in words of outsiders',
};

/** What a reviewer looks at. */
export const aspectWords = { security: 'Security', data: 'Data', blast_radius: 'Blast radius' } as const;
