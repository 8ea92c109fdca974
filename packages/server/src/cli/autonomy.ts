import type { Command } from 'commander';
import type { Autonomy, AutonomyView, Workflow } from '../kernel/autonomy.ts';
import { UserError } from '../kernel/errors.ts';
import type { People } from '../kernel/people.ts';
import { columns } from './columns.ts';
import { disposable } from './connect.ts';
import { type CredentialOptions, prove, type Terminal, takesCredential } from './credential.ts';

/** What the commands about levels work with; no server needs to run. */
export interface AutonomyOpened {
  readonly autonomy: Autonomy;
  readonly people: People;
  close(): Promise<void>;
}

export type OpenAutonomyOpened = (globals: Readonly<Record<string, unknown>>) => Promise<AutonomyOpened>;

interface Options extends CredentialOptions {
  readonly json?: boolean;
  readonly reason?: string;
}

const help = `
A workflow is what one plugin does with one tool. Its levels, the least first: draft (it only reads and drafts), approve (a
person each time), sample (staged; a person looks at a sample), unattended (it runs). Policy names the most; a sample that was
wrong and an undo lower it by themselves, and only a person raises it again, on evidence.

Examples:
  $ trapkey autonomy list
  $ trapkey autonomy show sales-outreach crm-act.set_tier
  $ trapkey autonomy raise sales-outreach crm-act.set_tier --reason "60 clean since the fix"
  $ trapkey autonomy lower sales-outreach crm-act.set_tier --reason "new staff this month"`;

/** `trapkey autonomy list|show|raise|lower`. */
export function autonomyCommands(program: Command, open: OpenAutonomyOpened, terminal: Terminal): void {
  const group = program
    .command('autonomy')
    .description('levels of workflows: see what is in force and why, raise and lower')
    .addHelpText('after', help);
  const say = (options: Options, value: unknown, words: string) =>
    terminal.stdout.write(options.json ? `${JSON.stringify(value, null, 2)}\n` : words);
  group
    .command('list')
    .description('every workflow that can change something')
    .option('--json', 'as JSON')
    .action(async (options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const all = await door.autonomy.list();
      say(options, all, all.length === 0 ? 'No workflow changes anything.\n' : table(all));
    });
  group
    .command('show <plugin> <tool>')
    .description('the level in force, its evidence, and what the next one takes; the tool as connector.tool')
    .option('--json', 'as JSON')
    .action(async (plugin: string, tool: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const view = await door.autonomy.show(workflowOf(plugin, tool));
      say(options, view, text(view));
    });
  for (const verb of ['raise', 'lower'] as const) {
    const command = group
      .command(`${verb} <plugin> <tool>`)
      .description(verb === 'raise' ? 'one step up, on evidence, never over what policy names' : 'one step down, at once')
      .requiredOption('--reason <reason>', 'why')
      .option('--json', 'as JSON');
    takesCredential(command).action(async (plugin: string, tool: string, options: Options, self: Command) => {
      await using door = disposable(await open(self.optsWithGlobals()));
      const by = await prove(door.people, options, terminal);
      const view = await door.autonomy[verb]({ workflow: workflowOf(plugin, tool), by, via: 'cli', reason: options.reason ?? '' });
      say(options, view, text(view));
    });
  }
}

function workflowOf(plugin: string, tool: string): Workflow {
  const dot = tool.indexOf('.');
  if (dot < 1) throw new UserError(`\`${tool}\` is no workflow. Nothing was changed.`, 'Write the tool as connector.tool.');
  return { plugin, connector: tool.slice(0, dot), tool: tool.slice(dot + 1) };
}

function table(all: readonly AutonomyView[]): string {
  const rows = all.map((view) => [
    view.plugin,
    `${view.connector}.${view.tool}`,
    view.level,
    view.policy,
    view.evidence.looked === 0 ? 'nothing looked at' : `${view.evidence.right} of ${view.evidence.looked} right`,
  ]);
  return columns(['PLUGIN', 'TOOL', 'LEVEL', 'POLICY', 'SINCE IT CHANGED'], rows);
}

function text(view: AutonomyView): string {
  const { evidence, changed, next } = view;
  const rate = evidence.cleanRate === null ? 'nothing was looked at' : `${evidence.right} of ${evidence.looked} looked at were right`;
  const bound =
    evidence.looked === 0 ? '' : `, so at least ${percent(evidence.cleanRateAtLeast)} at ${percent(evidence.confidence)} confidence`;
  const since = changed ? `since ${new Date(changed.atMs).toISOString().slice(0, 16).replace('T', ' ')} UTC` : 'so far';
  const lines = [
    `${view.plugin} ${view.connector}.${view.tool}: ${view.level}`,
    `  policy names ${view.policy}; ${view.rule} decides; owner ${view.owner}`,
    ...(changed ? [`  changed ${since.slice(6)} by ${changed.by}: ${changed.reason}`] : []),
    `  ${since}: ${rate}${bound}; ${evidence.lots} batches sampled, ${evidence.undone} changes undone`,
    next ? `  next: ${next.level}, ${next.met ? '' : 'which takes '}${next.needs}` : '  next: none, policy names no more',
  ];
  return `${lines.join('\n')}\n`;
}

function percent(share: number): string {
  return `${Math.floor(share * 1_000) / 10} %`;
}
