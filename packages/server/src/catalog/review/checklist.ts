import type { Finding } from '../../kernel/inventory.ts';
import type { ChecklistItem, ReleaseManifest } from '../../kernel/releases.ts';

const namedMax = 5;

/** The questions that every release is asked, and which findings of the scan answer them with no. */
const questions: readonly {
  readonly item: string;
  readonly rules: readonly string[];
  readonly bars: boolean;
  readonly passed: string;
}[] = [
  { item: 'pinned', rules: ['unpinned'], bars: true, passed: 'Everything that it starts is pinned to a version or digest.' },
  {
    item: 'files',
    rules: ['zip_bomb', 'path_traversal', 'leads_outside', 'invalid_archive', 'too_large', 'too_many_files'],
    bars: true,
    passed: 'Its files were read whole.',
  },
  { item: 'name', rules: ['look_alike', 'odd_name'], bars: true, passed: 'Its name is not easily taken for another.' },
  {
    item: 'addresses',
    rules: ['odd_address', 'plain_http', 'secret_in_address', 'private_address'],
    bars: true,
    passed: 'Its connectors are reached over https, at public names.',
  },
  {
    item: 'words',
    rules: [
      'override',
      'secrecy',
      'destroys',
      'uploads_secrets',
      'hidden-tags',
      'hidden-direction',
      'hidden-characters',
      'hidden-terminal',
    ],
    bars: true,
    passed: 'Nothing in its words hides, or tells the model to deceive.',
  },
  {
    item: 'definitions',
    rules: ['hidden-block', 'secrets', 'side-effect', 'command', 'orders', 'other-tools', 'cross-server', 'urgency'],
    bars: false,
    passed: 'No definition of its tools speaks past its purpose.',
  },
  { item: 'fetches', rules: ['fetches_and_runs', 'package_source'], bars: false, passed: 'It fetches no code from elsewhere.' },
  { item: 'secrets', rules: ['reads_secrets', 'runs_helper'], bars: false, passed: 'It asks for no places where secrets are kept.' },
];

/** The checklist of a release, filled from its scan. */
export function checklistOf(manifest: ReleaseManifest): readonly ChecklistItem[] {
  const answered = questions.map(({ item, rules, bars, passed }): ChecklistItem => {
    const found = manifest.findings.filter(({ rule }) => rules.includes(rule));
    return found.length === 0 ? { item, state: 'passed', says: passed } : { item, state: bars ? 'failed' : 'look', says: named(found) };
  });
  const known = new Set(questions.flatMap(({ rules }) => rules));
  const others = manifest.findings.filter(({ rule, severity }) => !known.has(rule) && (severity === 'high' || severity === 'critical'));
  const { hooks, paths, plugin } = manifest;
  return [
    ...answered,
    hooks.length === 0
      ? { item: 'hooks', state: 'passed', says: 'It has no hooks.' }
      : { item: 'hooks', state: 'look', says: `${hooks.length} run: ${hooks.slice(0, namedMax).join('; ')}` },
    paths.length === 0
      ? { item: 'paths', state: 'passed', says: 'No way leads from outside words to an effect.' }
      : {
          item: 'paths',
          state: 'look',
          says: paths
            .slice(0, namedMax)
            .map(({ says }) => says)
            .join(' '),
        },
    ...(others.length > 0 ? [{ item: 'other', state: 'look' as const, says: named(others) }] : []),
    ...uncovered(plugin?.connectors.filter(({ coverage }) => coverage === 'not covered').map(({ name }) => name) ?? []),
  ];
}

function uncovered(names: readonly string[]): readonly ChecklistItem[] {
  if (names.length === 0) return [{ item: 'coverage', state: 'passed', says: 'No connector leads past the gateway.' }];
  const says = `As it was sent in, calls of ${names.slice(0, 10).join(', ')} pass no gateway; served from here, its addresses lead through it.`;
  return [{ item: 'coverage', state: 'look', says }];
}

function named(found: readonly Finding[]): string {
  const more = found.length > namedMax ? ` And ${found.length - namedMax} more.` : '';
  return `${found
    .slice(0, namedMax)
    .map(({ says }) => says)
    .join('; ')}.${more}`;
}
