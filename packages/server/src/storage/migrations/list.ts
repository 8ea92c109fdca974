import type { Migration } from 'kysely/migration';
import { first } from './001-first.ts';
import { approvals } from './002-approvals.ts';
import { stops } from './003-stops.ts';
import { stopFiles } from './004-stop-files.ts';
import { limits } from './005-limits.ts';
import { announcements } from './006-announcements.ts';
import { runs } from './007-runs.ts';
import { alerts } from './008-alerts.ts';
import { releases } from './009-releases.ts';
import { people } from './010-people.ts';
import { provenance } from './011-provenance.ts';
import { classes } from './012-classes.ts';
import { lookups } from './020-lookups.ts';
import { policySigns } from './030-policy-signs.ts';
import { spend } from './031-spend.ts';
import { batches } from './040-batches.ts';
import { autonomy } from './041-autonomy.ts';
import { undos } from './042-undos.ts';
import { looked } from './043-looked.ts';
import { batchReminders } from './048-batch-reminders.ts';
import { batchAsking } from './049-batch-asking.ts';
import { usedTools } from './050-used-tools.ts';
import { seenOrder } from './051-seen-order.ts';
import { pieceSums } from './052-piece-sums.ts';
import { moreIndexes } from './053-indexes.ts';
import { countersOver } from './054-counters-over.ts';
import { clientDevices } from './055-client-devices.ts';

/** Which SQL a migration writes. */
export type DatabaseKind = 'sqlite' | 'postgres';

/** Every migration in order; its place in the list is the schema's version. Never edit one that was released: add one. */
export function migrations(kind: DatabaseKind): readonly { readonly name: string; readonly migration: Migration }[] {
  return [
    { name: '001-first', migration: first(kind) },
    { name: '002-approvals', migration: approvals(kind) },
    { name: '003-stops', migration: stops(kind) },
    { name: '004-stop-files', migration: stopFiles(kind) },
    { name: '005-limits', migration: limits(kind) },
    { name: '006-announcements', migration: announcements(kind) },
    { name: '007-runs', migration: runs(kind) },
    { name: '008-alerts', migration: alerts(kind) },
    { name: '009-releases', migration: releases(kind) },
    { name: '011-provenance', migration: provenance(kind) },
    { name: '010-people', migration: people(kind) },
    { name: '012-classes', migration: classes(kind) },
    { name: '020-lookups', migration: lookups(kind) },
    { name: '030-policy-signs', migration: policySigns(kind) },
    { name: '031-spend', migration: spend(kind) },
    { name: '040-batches', migration: batches(kind) },
    { name: '041-autonomy', migration: autonomy(kind) },
    { name: '042-undos', migration: undos(kind) },
    { name: '043-looked', migration: looked() },
    { name: '048-batch-reminders', migration: batchReminders(kind) },
    { name: '049-batch-asking', migration: batchAsking(kind) },
    { name: '050-used-tools', migration: usedTools(kind) },
    { name: '051-seen-order', migration: seenOrder(kind) },
    { name: '052-piece-sums', migration: pieceSums(kind) },
    { name: '053-indexes', migration: moreIndexes() },
    { name: '054-counters-over', migration: countersOver(kind) },
    { name: '055-client-devices', migration: clientDevices() },
  ];
}
