import type { SignOffNeed } from '../../kernel/blast.ts';
import { counted } from '../../kernel/counted.ts';
import type { ApprovedCapability, ChecklistItem, ReleaseChange, SignOff } from '../../kernel/releases.ts';
import { missingBlast } from './blast.ts';

/** What a release needs, as far as it is looked at. */
export interface Reviewed {
  readonly checklist: readonly ChecklistItem[];
  readonly changes: readonly ReleaseChange[];
  readonly signOffs: readonly SignOff[];
  readonly capabilities: readonly ApprovedCapability[];
  readonly over: SignOffNeed | undefined;
}

/** What is missing before a release may be used, in words; empty when nothing is. */
export function missingOf({ checklist, changes, signOffs, capabilities, over }: Reviewed): readonly string[] {
  const passed = (aspect: SignOff['aspect']) => signOffs.filter((one) => one.aspect === aspect && one.passed).length;
  const heavy = changes.find(({ weight }) => weight === 'high');
  const securityNeeded = heavy ? 2 : 1;
  return [
    ...checklist.filter(({ state }) => state === 'failed').map(({ item, says }) => `${item}: ${says}`),
    ...signOffs.filter((one) => !one.passed).map(({ aspect, person, note }) => `${person} did not pass the ${aspect} review: ${note}`),
    ...(passed('security') >= securityNeeded
      ? []
      : [
          `${counted(securityNeeded - passed('security'), 'more security sign-off', 'more security sign-offs')}${heavy ? ` (two, because it changes what it can do or say: ${heavy.says})` : ''}`,
        ]),
    ...(passed('data') >= 1 ? [] : ['a data sign-off']),
    ...missingBlast(over, signOffs),
    ...capabilities
      .filter(({ approvedBy }) => approvedBy.length === 0)
      .map(
        ({ capability, parts, unknown }) =>
          `nobody approved that it ${words[capability]} (${[...parts, ...unknown].slice(0, 5).join(', ')})`,
      ),
  ];
}

/** Capabilities as parts of a sentence. */
const words = {
  reads: 'reads',
  changes: 'changes things',
  contacts: 'contacts people or systems',
  destroys: 'destroys things',
  runs_code: 'runs code',
  untrusted: 'takes in words of outsiders',
} as const;
