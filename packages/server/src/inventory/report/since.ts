import { readFile } from 'node:fs/promises';
import { UserError } from '../../kernel/errors.ts';
import type { Finding } from '../../kernel/inventory.ts';
import type { ScannedPlugin, ScanReport } from '../../kernel/scan.ts';

/** What plugins name that they did not name before, and how much each kind of it matters. */
const facts: readonly (readonly [
  rule: string,
  severity: Finding['severity'],
  words: string,
  of: (plugin: ScannedPlugin) => readonly string[],
])[] = [
  ['new_source', 'high', 'takes packages from a new place', ({ sources }) => sources],
  ['new_host', 'medium', 'names a new host', ({ hosts }) => hosts],
  ['new_secret', 'medium', 'names a new secret', ({ secrets }) => secrets],
  ['new_script', 'medium', 'has a new script', ({ scripts }) => scripts],
  [
    'new_connector',
    'medium',
    'has a new connector',
    ({ connectors }) => connectors.map(({ name, url, command }) => `${name} (${url ?? command?.join(' ') ?? 'no address'})`),
  ],
];

/** The report with only those findings that an earlier one did not have, and with what plugins newly name. */
export async function newSince(report: ScanReport, earlierFile: string): Promise<ScanReport> {
  const earlier = await reportOf(earlierFile);
  const key = ({ rule, plugin, says }: Finding) => `${rule} ${plugin} ${says}`;
  const known = new Set(earlier.findings.map(key));
  const before = new Map(earlier.plugins.map((plugin) => [plugin.name, plugin] as const));
  const grown = report.plugins.flatMap((plugin): readonly Finding[] => {
    const old = before.get(plugin.name);
    if (!old) return [{ rule: 'new_plugin', severity: 'medium', says: 'was not there before', plugin: plugin.name, file: plugin.file }];
    return facts.flatMap(([rule, severity, words, of]) =>
      of(plugin)
        .filter((one) => !of(old).includes(one))
        .map((one) => ({ rule, severity, says: `${words}: ${one}`, plugin: plugin.name, file: plugin.file })),
    );
  });
  const paths = new Set(earlier.paths.map(({ says }) => says));
  return {
    ...report,
    findings: [...grown, ...report.findings.filter((one) => !known.has(key(one)))],
    paths: report.paths.filter(({ says }) => !paths.has(says)),
  };
}

async function reportOf(file: string): Promise<ScanReport> {
  try {
    const report = JSON.parse(await readFile(file, 'utf8')) as ScanReport;
    if (report.format === 'trapkey-scan/1') return report;
  } catch {
    // Said below: what it is not, whatever it is.
  }
  throw new UserError('The earlier report cannot be read.', 'Make one with: trapkey scan --json > scan.json');
}
