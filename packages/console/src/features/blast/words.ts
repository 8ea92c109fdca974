import type { BlastActionShown, BlastPluginShown } from '@trapkey/contract/api/blast.ts';
import { count } from '../../lib/format.ts';

/** A bound as people read it. */
export function mostText(most: number | null): string {
  return most === null ? 'any number of' : count(most);
}

/** The larger of the two numbers of a plugin, with its unit; what nothing bounds is the largest. */
export function worstOf({ run }: Pick<BlastPluginShown, 'run'>): { readonly most: number | null; readonly unit: 'people' | 'records' } {
  if (run.people === null) return { most: null, unit: 'people' };
  if (run.records === null) return { most: null, unit: 'records' };
  return run.people >= run.records ? { most: run.people, unit: 'people' } : { most: run.records, unit: 'records' };
}

/** What stands between an action and its effect. */
export function guardOf({ unattended, held }: BlastActionShown): string {
  return unattended.length > 0 ? `Runs by itself: ${unattended.join('; ')}` : (held ?? 'A person decides every call');
}
