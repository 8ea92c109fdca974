import type { Severity } from '../../kernel/inventory.ts';
import { type Capability, capabilities, type ScannedPlugin, type ScanReport } from '../../kernel/scan.ts';
import { cut, padded, wrapped } from './columns.ts';

/** Colours, or functions that leave text alone. */
export interface ScanPaint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

export interface ScanLook {
  readonly paint: ScanPaint;
  readonly columns: number;
  /** Every plugin and finding, however many. */
  readonly all: boolean;
  readonly next: readonly string[];
}

const headings: Readonly<Record<Capability, string>> = {
  reads: 'reads',
  changes: 'changes',
  contacts: 'contacts',
  destroys: 'destroys',
  runs_code: 'runs code',
  untrusted: 'outsiders',
};
const alarming: readonly Capability[] = ['destroys', 'runs_code'];
const rowsMax = 25;
const findingsShownMax = 12;
const narrowColumns = 96;

/** The report for people: a table, the worst paths in sentences, what stands out, and what to do next. */
export function scanText(report: ScanReport, look: ScanLook): string {
  if (report.plugins.length === 0 && report.marketplaces.length === 0) return nothing(report, look);
  const { paint, columns } = look;
  const plugins = report.plugins.toSorted((a, b) => weightOf(b) - weightOf(a) || (a.name < b.name ? -1 : 1));
  const shown = look.all ? plugins : plugins.slice(0, rowsMax);
  const rest = plugins.length - shown.length;
  const lines = [wrapped(headline(report), columns, '', paint.bold), wrapped(details(report), columns, '', paint.dim), ''];
  if (shown.length > 0) {
    lines.push(...(columns < narrowColumns ? blocks(shown, look) : table(shown, look)));
    if (rest > 0) lines.push(paint.dim(`and ${rest} more: --all`));
    lines.push(
      '',
      paint.dim(
        wrapped(
          'Numbers count the connectors and parts that can; ? counts those that nobody knows. outsiders: brings in text that others write.',
          columns,
          '',
        ),
      ),
      '',
    );
  }
  if (report.paths.length > 0) {
    lines.push(paint.bold('The worst that could happen'));
    for (const [at, { says, severity }] of report.paths.entries())
      lines.push(wrapped(`${at + 1}. ${says}`, columns, '   ', (text) => coloured(severity, paint)(text)));
    lines.push('');
  }
  lines.push(...findings(report, look));
  lines.push(paint.bold('Next'), ...look.next.map((line) => `  ${line}`));
  return `${lines.join('\n')}\n`;
}

function nothing({ looked }: ScanReport, { paint, next }: ScanLook): string {
  return [
    paint.bold('No plugins, connectors or client settings were found.'),
    looked.length > 0
      ? `Looked at ${looked.join(', ')}.`
      : 'Looked where Claude Code, Claude Desktop, Cursor and Windsurf keep theirs, and in this folder.',
    '',
    paint.bold('Try'),
    ...next.map((line) => `  ${line}`),
    '',
  ].join('\n');
}

function headline({ totals }: ScanReport): string {
  const parts = [counted(totals.plugins, 'plugin'), counted(totals.skills, 'skill'), counted(totals.connectors, 'connector')];
  if (totals.hooks > 0) parts.push(counted(totals.hooks, 'hook'));
  if (totals.marketplace_entries > 0)
    parts.push(`${totals.marketplace_entries} marketplace ${totals.marketplace_entries === 1 ? 'entry' : 'entries'}`);
  return parts.join(' · ');
}

function details({ totals, ms, live }: ScanReport): string {
  const covered = `${totals.connectors_stdio} run here, ${totals.connectors_without_address} without an address`;
  const pinned = totals.marketplace_entries > 0 ? `; ${totals.marketplace_entries_pinned} entries pinned` : '';
  return `${covered}${pinned}; ${counted(totals.commands, 'command')}, ${counted(totals.agents, 'agent')}; ${(ms / 1_000).toFixed(1)} s, ${live ? 'servers were asked for their tools' : 'nothing was started'}`;
}

function table(plugins: readonly ScannedPlugin[], { paint, columns }: ScanLook): readonly string[] {
  const name = Math.min(Math.max(...plugins.map((plugin) => plugin.name.length), 6), Math.max(12, columns - 74));
  const widths = capabilities.map((one) => Math.max(headings[one].length, 6));
  const head = [
    padded('', name),
    ...capabilities.map((one, at) => padded(headings[one], widths[at] as number)),
    padded('secrets', 7),
    'seen by',
  ];
  return [
    paint.dim(head.join('  ').trimEnd()),
    ...plugins.map((plugin) =>
      [
        padded(cut(plugin.name, name), name),
        ...capabilities.map((one, at) => cell(plugin, one, widths[at] as number, paint)),
        padded(plugin.secrets.length === 0 ? '–' : String(plugin.secrets.length), 7),
        coverageOf(plugin),
      ].join('  '),
    ),
  ];
}

/** On a narrow terminal: a plugin a block, only what it can. */
function blocks(plugins: readonly ScannedPlugin[], { paint, columns }: ScanLook): readonly string[] {
  return plugins.flatMap((plugin) => {
    const can = capabilities.filter((one) => numberOf(plugin, one) !== '–').map((one) => `${headings[one]} ${numberOf(plugin, one)}`);
    const secrets = plugin.secrets.length > 0 ? [`secrets ${plugin.secrets.length}`] : [];
    return [paint.bold(cut(plugin.name, columns)), wrapped(`  ${[...can, ...secrets, coverageOf(plugin)].join(', ')}`, columns, '  ')];
  });
}

function cell(plugin: ScannedPlugin, one: Capability, width: number, paint: ScanPaint): string {
  const text = padded(numberOf(plugin, one), width);
  if (plugin.can[one].yes.length > 0 && alarming.includes(one)) return paint.red(text);
  return plugin.can[one].yes.length > 0 ? text : paint.dim(text);
}

function numberOf(plugin: ScannedPlugin, one: Capability): string {
  const { yes, unknown } = plugin.can[one];
  if (yes.length === 0 && unknown.length === 0) return '–';
  return `${yes.length > 0 ? yes.length : ''}${unknown.length > 0 ? `${yes.length > 0 ? '+' : ''}${unknown.length}?` : ''}`;
}

function coverageOf({ connectors }: ScannedPlugin): string {
  const covered = connectors.filter(({ coverage }) => coverage === 'gateway').length;
  if (connectors.length === 0) return '–';
  if (covered === 0) return 'not covered';
  return covered === connectors.length ? 'gateway' : `gateway ${covered}/${connectors.length}`;
}

function findings({ findings: all }: ScanReport, { paint, columns, all: everything }: ScanLook): readonly string[] {
  if (all.length === 0) return [];
  const loud = all.filter(({ severity }) => severity !== 'low');
  const wanted = everything ? all : (loud.length > 0 ? loud : all).slice(0, findingsShownMax);
  const rest = all.length - wanted.length;
  return [
    paint.bold(`${counted(all.length, 'finding')}`),
    ...wanted.map(({ severity, says, plugin }) =>
      wrapped(`${padded(severity, 8)}  ${plugin === undefined ? '' : `${plugin}: `}${says}`, columns, ' '.repeat(10), (text) =>
        text.replace(severity, coloured(severity, paint)(severity)),
      ),
    ),
    ...(rest > 0 ? [paint.dim(`and ${rest} more: --all, or --json`)] : []),
    '',
  ];
}

function coloured(severity: Severity, paint: ScanPaint): (text: string) => string {
  if (severity === 'critical' || severity === 'high') return paint.red;
  return severity === 'medium' ? paint.yellow : paint.dim;
}

function weightOf(plugin: ScannedPlugin): number {
  const worth: Readonly<Record<Capability, number>> = { runs_code: 16, contacts: 8, destroys: 4, untrusted: 2, changes: 1, reads: 0.5 };
  return capabilities.reduce(
    (sum, one) => sum + (plugin.can[one].yes.length > 0 ? worth[one] : plugin.can[one].unknown.length > 0 ? worth[one] / 2 : 0),
    0,
  );
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
