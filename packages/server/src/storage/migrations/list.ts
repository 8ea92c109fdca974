import type { Migration } from 'kysely/migration';
import { first } from './001-first.ts';
import { approvals } from './002-approvals.ts';

/** Which SQL a migration writes. */
export type DatabaseKind = 'sqlite' | 'postgres';

/** Every migration in order; its place in the list is the schema's version. Never edit one that was released: add one. */
export function migrations(kind: DatabaseKind): readonly { readonly name: string; readonly migration: Migration }[] {
  return [
    { name: '001-first', migration: first(kind) },
    { name: '002-approvals', migration: approvals(kind) },
  ];
}
