import type { BlastPluginShown } from '@trapkey/contract/api/blast.ts';
import type { ReleaseDetailShown } from '@trapkey/contract/api/catalog.ts';
import { listed } from '../../../lib/format.ts';
import type { Tools } from '../subject-data.ts';

/** One line of what something can do. */
export interface Line {
  readonly term: string;
  readonly says: string;
  /** How much it deserves a look. */
  readonly weight: 'none' | 'usual' | 'high';
}

const kinds = [
  ['Reads', ['read', 'draft'], 'usual'],
  ['Changes', ['write'], 'usual'],
  ['Sends and pays', ['send', 'pay'], 'high'],
  ['Deletes and executes', ['delete', 'execute'], 'high'],
] as const;

/** What something can do in six lines: four by effect, what runs without a person, the worst way in and out. */
export function sixLines(tools: Tools, blast: BlastPluginShown | undefined, release: ReleaseDetailShown | undefined): readonly Line[] {
  const all = tools.flatMap(({ connector, access, tools: some }) =>
    some.filter(({ effect }) => access === 'read-write' || effect === 'read' || effect === 'draft').map((one) => ({ connector, ...one })),
  );
  const byEffect = kinds.map(([term, effects, weight]): Line => {
    const found = all.filter(({ effect }) => (effects as readonly string[]).includes(effect));
    if (found.length === 0) return { term, says: 'Nothing.', weight: 'none' };
    return {
      term,
      says: `${listed(
        found.map(({ connector, tool }) => `${connector}.${tool}`),
        5,
      )}.`,
      weight,
    };
  });
  const paths = blast?.paths ?? [];
  const worst = paths.find(({ unattended }) => unattended) ?? paths[0];
  const scanned = release?.manifest.paths[0];
  return [
    ...byEffect,
    {
      term: 'Without a person',
      says: blast?.says ?? 'As the plugins that have it are allowed to.',
      weight: blast?.over ? 'high' : 'usual',
    },
    {
      term: 'Worst way',
      says: worst?.says ?? scanned?.says ?? 'No way leads from outside words to an effect.',
      weight: worst || scanned ? 'high' : 'none',
    },
  ];
}
