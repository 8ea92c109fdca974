import type {
  ApplyReport,
  CaseResult,
  CheckReport,
  DiffReport,
  PolicyProblem,
  ReplayReport,
  SignReport,
} from '@trapkey/contract/policy/reports.ts';

/** Mistakes first, then warnings, then cases. */
export function checkText({ digest, errors, warnings, cases }: CheckReport & { readonly cases: readonly CaseResult[] }): string {
  const lines = [
    ...errors.map(problemLine),
    ...warnings.map((warning) => `warning: ${warning}`),
    ...cases.filter(({ passed }) => !passed).map(failedLine),
    errors.length > 0 ? `${count(errors.length, 'error')}. The set is refused whole.` : undefined,
    digest === undefined
      ? undefined
      : `${cases.some(({ passed }) => !passed) ? 'The set checks, but a case fails' : 'The set checks'}: ${digest}, ${passedWords(cases)}.`,
  ];
  return `${lines.filter((line) => line !== undefined).join('\n')}\n`;
}

/** Every case with its result. */
export function casesText(errors: readonly PolicyProblem[], cases: readonly CaseResult[]): string {
  if (errors.length > 0) return `${errors.map(problemLine).join('\n')}\nThe set does not check, so no case ran.\n`;
  return `${[...cases.map((one) => (one.passed ? `ok    ${one.name}` : failedLine(one))), `${passedWords(cases)}.`].join('\n')}\n`;
}

/** Changes by document; what waits for a person is marked. */
export function diffText({ changes, tightens, blast = [], signOff }: DiffReport): string {
  if (changes.length === 0) return 'The folder is the running policy.\n';
  const marks = { tightens: '-', loosens: '+', neither: ' ' } as const;
  const lines = changes.map(({ effect, says }) => `${marks[effect]} ${says}`);
  const end = tightens
    ? 'Every change is proved to tighten: it applies by itself.'
    : 'Not every change is proved to tighten (+): it waits for `trapkey policy apply`.';
  const without = blast.length > 0 ? ['Without a person:', ...blast.map((says) => `  ${says}`)] : [];
  return `${[...lines, ...without, end, ...(signOff === undefined ? [] : [signOff])].join('\n')}\n`;
}

/** Transitions with their counts, then each changed decision. */
export function replayText({ replayed, same, unreadable, transitions, changed, more }: ReplayReport): string {
  const lines = [
    `${count(replayed, 'decision')} replayed, ${same} the same.`,
    ...Object.entries(transitions).map(([transition, times]) => `  ${transition} ${times}`),
    ...changed.map(({ call, says, was, now, code, rule }) => `${call}  ${was}→${now}  ${says}  (${code}, rule ${rule})`),
    more ? 'There are more than are listed; `--json` has the counts.' : undefined,
    unreadable > 0 ? `${count(unreadable, 'decision')} could not be replayed: their inputs are no longer held.` : undefined,
  ];
  return `${lines.filter((line) => line !== undefined).join('\n')}\n`;
}

/** What came of `apply` or `rollback`. */
export function applyText(report: ApplyReport): string {
  switch (report.status) {
    case 'applied':
      return `Policy ${report.digest} runs now, from the next call on. \`trapkey policy rollback\` goes back to ${report.previous ?? 'nothing: it is the first'}.\n`;
    case 'second_person':
      return `${report.first} said yes. The running policy asks for a second administrator: \`trapkey policy apply ${report.digest}\`.\n`;
    case 'sign_off':
      return `${[report.says, ...report.why.map((why) => `  ${why}`)].join('\n')}\n`;
    case 'nothing':
      return `${report.says}\n`;
    case 'refused':
      return `${[report.says, ...report.errors.map(problemLine)].join('\n')}\n`;
  }
}

/** What came of `sign`. */
export function signText(report: SignReport): string {
  if (report.status === 'nothing') return `${report.says}\n`;
  const rest = report.needs - report.signed;
  const next = rest > 0 ? `${rest} more must sign it` : `\`trapkey policy apply ${report.digest}\` may follow, by an administrator`;
  return `Signed: ${report.digest}. ${next}.\n`;
}

function problemLine({ file, line, column, says, nearest }: PolicyProblem): string {
  return `${file}:${line}:${column}  ${says}${nearest === undefined ? '' : `. Did you mean \`${nearest}\`?`}`;
}

function failedLine({ file, line, name, says }: CaseResult): string {
  return `FAILS ${file}:${line}  ${name}: ${says}`;
}

function passedWords(cases: readonly CaseResult[]): string {
  if (cases.length === 0) return 'no cases beside it (*.cases.yaml)';
  return `${cases.filter(({ passed }) => passed).length} of ${count(cases.length, 'case')} as expected`;
}

function count(times: number, what: string): string {
  return `${times} ${what}${times === 1 ? '' : 's'}`;
}
