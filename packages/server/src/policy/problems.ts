import type { PolicyProblem } from '@trapkey/contract/policy/reports.ts';

/** Mistakes as lines that an editor can jump to. */
export function problemsInWords(problems: readonly PolicyProblem[]): string {
  return problems.map(problemInWords).join('\n');
}

/** `files.yaml:12:5  Unknown key `acces`. Did you mean `access`?` */
function problemInWords({ file, line, column, says, nearest }: PolicyProblem): string {
  return `${file}:${line}:${column}  ${says}${nearest === undefined ? '' : `. Did you mean \`${nearest}\`?`}`;
}
