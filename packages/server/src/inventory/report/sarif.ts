import type { Severity } from '../../kernel/inventory.ts';
import type { ScanReport } from '../../kernel/scan.ts';

const levels: Readonly<Record<Severity, 'error' | 'warning' | 'note'>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
};
const scores: Readonly<Record<Severity, string>> = { critical: '9.5', high: '7.5', medium: '5.0', low: '2.0' };

/** The report as SARIF 2.1.0, which code hosts show beside the files. */
export function scanSarif(report: ScanReport, version: string): object {
  const paths = report.paths.map(({ plugin, severity, says }) => ({
    rule: 'worst_path',
    severity,
    says,
    plugin,
    file: report.plugins.find(({ name }) => name === plugin)?.file,
  }));
  const all = [...report.findings, ...paths];
  const rules = [...new Map(all.map(({ rule, severity }) => [rule, severity] as const))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'trapkey',
            version,
            rules: rules.map(([id, severity]) => ({
              id,
              shortDescription: { text: id.replaceAll('_', ' ').replaceAll('-', ' ') },
              properties: { 'security-severity': scores[severity] },
            })),
          },
        },
        results: all.map(({ rule, severity, says, plugin, file }) => ({
          ruleId: rule,
          ruleIndex: rules.findIndex(([id]) => id === rule),
          level: levels[severity],
          message: { text: plugin === undefined || says.startsWith(plugin) ? says : `${plugin}: ${says}` },
          ...(file !== undefined && {
            locations: [{ physicalLocation: { artifactLocation: { uri: encodeURI(file.replace(/^~\//, '')) } } }],
          }),
        })),
      },
    ],
  };
}
