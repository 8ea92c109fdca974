import type { Command } from 'commander';
import { counted } from '../kernel/counted.ts';
import type { WhoRead } from '../kernel/record-house.ts';
import type { Out, Within } from './record-look.ts';
import type { Paint } from './record-text.ts';

interface Options {
  readonly since?: string;
  readonly until?: string;
  readonly json?: boolean;
}

const help = `
Counts answers that were released; what was refused or withheld showed nothing.

Examples:
  $ trapkey record who-read crm --since 24h
  $ trapkey record who-read crm --since 2026-06-04T08:00Z --until 2026-06-04T12:00Z --json`;

/** `trapkey record who-read`. */
export function whoReadCommand(group: Command, within: Within, out: Out, paint: Paint): void {
  group
    .command('who-read <connector>')
    .description('who got answers of a connector between two moments, run by run')
    .option('--since <moment>', 'from then on: 24h, 2026-06-04 or 2026-06-04T08:00Z')
    .option('--until <moment>', 'up to then')
    .option('--json', 'as JSON')
    .addHelpText('after', help)
    .action(async (connector: string, { since, until, json }: Options, self: Command) => {
      await within(self, async (house) => {
        const found = await house.whoRead({ connector, since, until });
        out(json ? `${JSON.stringify(found, null, 2)}\n` : whoReadText(connector, found, paint));
      });
    });
}

function whoReadText(connector: string, { runs, calls, more }: WhoRead, paint: Paint): string {
  if (runs.length === 0) return `Nobody got an answer of ${connector} in that time.\n`;
  const lines = runs.map(
    (one) =>
      `${one.last}  ${one.person}  ${one.plugin}  ${one.run}  ${counted(one.calls, 'answer', 'answers')}, ${counted(one.rows, 'row', 'rows')}  ${paint.dim(one.tools.join(', '))}\n`,
  );
  const all = `${counted(calls, 'answer', 'answers')} of ${connector} in ${counted(runs.length, 'run', 'runs')}.\n`;
  return lines.join('') + all + (more ? 'There are more than one question looks at: ask for a shorter time.\n' : '');
}
