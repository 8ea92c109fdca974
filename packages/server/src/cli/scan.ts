import { type Command, InvalidArgumentError } from 'commander';
import type { Severity } from '../kernel/inventory.ts';
import type { ScanOptions, ScanReport } from '../kernel/scan.ts';
import { version } from '../version.ts';
import type { Terminal } from './credential.ts';
import { painted } from './record-text.ts';

/** What the command works with; no database, no server. */
export interface ScanCommandDoor {
  scan(options: ScanOptions): Promise<ScanReport>;
  text(
    report: ScanReport,
    look: { readonly paint: ReturnType<typeof painted>; readonly columns: number; readonly all: boolean; readonly next: readonly string[] },
  ): string;
  sarif(report: ScanReport, version: string): object;
  /** Only what an earlier report did not have. Throws in words when the file is none. */
  since(report: ScanReport, earlier: string): Promise<ScanReport>;
}

interface Options {
  readonly json?: boolean;
  readonly sarif?: boolean;
  readonly live?: boolean;
  readonly all?: boolean;
  readonly allowPrivate?: boolean;
  readonly catalog: boolean;
  readonly failOn?: Severity;
  readonly against?: string;
}

const severities: readonly Severity[] = ['critical', 'high', 'medium', 'low'];
const help = `
Reads files only: nothing is started, nobody is asked, no value of a secret is printed. With --live, servers are started
and asked for their tools. Exit codes: 0 done; 1 something is as bad as --fail-on says; 2 a path or address is wrong.

Examples:
  $ trapkey scan
  $ trapkey scan ./my-plugin bundle.mcpb .mcp.json
  $ trapkey scan https://github.com/owner/plugins.git
  $ trapkey scan . --fail-on high --sarif > trapkey.sarif
  $ trapkey scan --live --json`;

/** `trapkey scan`, and `trapkey` alone. */
export function scanCommand(program: Command, door: ScanCommandDoor, terminal: Terminal): void {
  program
    .command('scan')
    .description('what each plugin on this machine can read, change and contact, and how bad it can get')
    .argument('[path|git-url...]', 'folders, files, bundles, repositories; without any: this machine')
    .option('--live', 'start the servers and list their tools')
    .option('--all', 'every plugin and finding, however many')
    .option('--fail-on <severity>', 'exit 1 on a finding or path of this severity or worse: critical, high, medium, low', severity)
    .option('--against <report>', 'only what is new since this report of --json: findings, hosts, package sources, secrets')
    .option('--allow-private', 'fetch from private addresses, too')
    .option('--no-catalog', 'without what is known of well-known connectors')
    .option('--json', 'the whole report as JSON')
    .option('--sarif', 'findings as SARIF 2.1.0')
    .addHelpText('after', help)
    .action(async (targets: readonly string[], options: Options, self: Command) => {
      const now = await door.scan({
        targets,
        live: options.live === true,
        privateNetwork: options.allowPrivate === true,
        bundledCatalog: options.catalog,
      });
      const report = options.against === undefined ? now : await door.since(now, options.against);
      if (options.sarif) terminal.stdout.write(`${JSON.stringify(door.sarif(report, version), null, 2)}\n`);
      else if (options.json) terminal.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else {
        const known = new Set((self.parent?.commands ?? []).map((command) => command.name()));
        terminal.stdout.write(
          door.text(report, {
            paint: painted(terminal),
            columns: columnsOf(terminal),
            all: options.all === true,
            next: nextOf(report, targets, options, known),
          }),
        );
      }
      const { failOn } = options;
      const bad =
        failOn !== undefined &&
        [...report.findings, ...report.paths].some((one) => severities.indexOf(one.severity) <= severities.indexOf(failOn));
      if (bad) process.exitCode = 1;
    });
}

/** The one command that helps most from here; only commands that this build has. */
function nextOf(report: ScanReport, targets: readonly string[], options: Options, known: ReadonlySet<string>): readonly string[] {
  if (report.plugins.length === 0)
    return [
      'trapkey scan https://github.com/anthropics/knowledge-work-plugins.git   a marketplace',
      'trapkey scan ./my-plugin                                                  a folder, bundle or .mcp.json',
      ...(known.has('demo')
        ? ['trapkey demo                                                              a gateway with agents behind it']
        : []),
    ];
  const config = report.plugins.find(
    ({ kind, connectors }) => (kind === 'client' || kind === 'config') && connectors.some(({ coverage }) => coverage !== 'gateway'),
  );
  if (config && known.has('wrap')) return [`trapkey wrap ${config.file}   put the gateway in front; observes first, unwrap restores it`];
  if (!options.live && report.plugins.some(({ can }) => can.reads.unknown.length > 0))
    return [
      `trapkey scan${targets.map((one) => ` ${one}`).join('')} --live   ask the connectors that nobody knows for their tools (starts them)`,
    ];
  return ['trapkey up   a gateway that decides each call of these before it happens'];
}

function columnsOf({ stdout, env }: Terminal): number {
  const { columns } = stdout as { readonly columns?: number };
  const said = Number(env['COLUMNS']);
  return columns ?? (Number.isInteger(said) && said >= 20 ? said : 120);
}

function severity(value: string): Severity {
  const found = severities.find((one) => one === value);
  if (!found) throw new InvalidArgumentError(`It is one of ${severities.join(', ')}.`);
  return found;
}
