import type { Command } from 'commander';
import { parseDurationMs } from '../kernel/duration.ts';
import type { ReleaseSummary } from '../kernel/releases.ts';
import { type Acting, type ActOn, nameOf, type Options } from './releases-acting.ts';

/** `canary`, `approve` and `roll-back`. */
export function opening(group: Command, acting: Acting, actOn: ActOn): void {
  const canary = group
    .command('canary')
    .description('let some people use it; the others stay on the release before')
    .argument('<release>')
    .option('--for <person...>', 'these people')
    .option('--share <percent>', 'so many per cent of all, always the same people');
  acting<Options & { readonly for?: readonly string[]; readonly share?: string }>(canary, (releases, { words, options, by }) =>
    releases.canary({ ...actOn(words, options, by), people: options.for ?? [], share: Math.round(Number(options.share ?? 0) * 100) }),
  );
  const approve = group
    .command('approve')
    .description('make it the release that everybody uses')
    .argument('<release>')
    .option('--review-in <time>', 'when it has to be reviewed again; 180d unless told otherwise');
  acting<Options & { readonly reviewIn?: string }>(approve, (releases, { words, options, by }) => {
    const reviewInMs = options.reviewIn === undefined ? undefined : (parseDurationMs(options.reviewIn) ?? Number.NaN);
    return releases.approve({ ...actOn(words, options, by), ...(reviewInMs !== undefined && { reviewInMs }) });
  });
  const back = group
    .command('roll-back')
    .description('make the release before current again, from the next call on')
    .argument('<name>', 'a plugin, or connector:<name>')
    .option('--to <version>', 'this approved release, in place of the last good one');
  acting<Options & { readonly to?: string }>(back, async (releases, { words, options, by, tell }) => {
    const { kind, id } = nameOf(`${words[0]}@${options.to ?? '0'}`);
    const bad = (await releases.list()).find((one) => one.kind === kind && one.id === id && one.current);
    const now = await releases.rollBack({
      kind,
      id,
      by,
      reason: options.reason ?? '',
      ...(options.to !== undefined && { version: options.to }),
    });
    if (bad && kind === 'plugin' && bad.version !== now.version) tell(undoing(bad));
    return now;
  });
}

/** Nobody uses it any more; what it did still stands. */
function undoing({ id, version, stateAtMs }: ReleaseSummary): string {
  const since = new Date(stateAtMs).toISOString();
  return `What ${id}@${version} did still stands. See what of it can be undone:\n  trapkey undo release ${id}@${version} --since ${since} --dry-run --reason "rolled back"\n`;
}
