import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const file = join(import.meta.dirname, 'ordered.types.ts');

function problems(source?: string): readonly string[] {
  const config = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root);
  const host = ts.createCompilerHost(config.options);
  const read = host.readFile;
  if (source !== undefined) host.readFile = (name) => (name.endsWith('ordered.types.ts') ? source : read(name));
  const program = ts.createProgram([file], config.options, host);
  const own = program.getSourceFile(file);
  return ts
    .getPreEmitDiagnostics(program, own)
    .map((diagnostic) => `${diagnostic.code}: ${ts.flattenDiagnosticMessageText(diagnostic.messageText, ' ')}`);
}

test('a list that leaves out a stage, or puts one too early, does not compile', () => {
  expect(problems()).toEqual([]);
});

test('the compiler says which stage lacks what', () => {
  const source = ts.sys.readFile(file)?.replaceAll(/\/\/ @ts-expect-error.*/g, '') ?? '';
  const said = problems(source);
  // Every call of `ordered` but the right one, and the two stages below them.
  expect(said).toHaveLength(source.split('ordered([').length - 2 + 2);
  expect(said.join('\n')).toContain('the stage that gives permitted needs clear, which no stage before it gives');
  expect(said.join('\n')).toContain('no stage gives released');
});
