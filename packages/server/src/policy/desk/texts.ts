import type { PolicyProblem } from '@trapkey/contract/policy/reports.ts';
import { type CompiledSet, compileSet, type Environment, isDocumentFile, type PolicyFiles } from '../compile/set.ts';
import { listsNamed } from '../folder.ts';

/** Texts as a folder would be read: documents and the lists that they name make the set, cases stand beside it. */
export interface Texts {
  readonly set: PolicyFiles;
  readonly cases: PolicyFiles;
}

const shortestSecret = 4;

/** Sorts what was sent. A file that a folder would leave alone is left alone here, too: then both have one digest. */
export function sortTexts(files: PolicyFiles): Texts {
  const documents = Object.fromEntries(Object.entries(files).filter(([name]) => isDocumentFile(name)));
  const lists = listsNamed(documents).flatMap((name) => (files[name] === undefined ? [] : [[name, files[name]] as const]));
  const cases = Object.entries(files).filter(([name]) => /\.cases\.ya?ml$/i.test(name));
  return { set: { ...documents, ...Object.fromEntries(lists) }, cases: Object.fromEntries(cases) };
}

/** Compiles texts that somebody sent. Mistakes never show what an environment variable holds: whoever writes a text could ask for any. */
export function compileTexts(files: PolicyFiles, env: Environment): CompiledSet {
  if (Object.keys(files).length === 0)
    return { ok: false, problems: [{ file: 'policy.yaml', line: 1, column: 1, says: 'There is no policy: no .yaml, .yml or .json file' }] };
  const compiled = compileSet(files, env);
  if (compiled.ok) return compiled;
  const named = new Set(Object.values(files).flatMap((text) => [...text.matchAll(/\$\{env:(\w+)\}/g)].map(([, name]) => name ?? '')));
  const secrets = [...named].flatMap((name) => {
    const value = env[name];
    return value !== undefined && value.length >= shortestSecret ? [[value, name] as const] : [];
  });
  return { ok: false, problems: compiled.problems.map((problem) => hidden(problem, secrets)) };
}

function hidden(problem: PolicyProblem, secrets: readonly (readonly [string, string])[]): PolicyProblem {
  const { nearest: _nearest, ...rest } = problem;
  const says = secrets.reduce((text, [value, name]) => text.replaceAll(value, `\${env:${name}}`), problem.says);
  return says === problem.says ? problem : { ...rest, says };
}
