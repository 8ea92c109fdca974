import { readFile } from 'node:fs/promises';
import { wrappedVariablesFile } from '../../kernel/wrapped.ts';
import { replaceFile } from './kept.ts';

/** Adds values that policy names as `${env:…}`; they stay in the data folder. */
export async function putVariables(data: string, values: Readonly<Record<string, string>>): Promise<void> {
  await replaceFile(wrappedVariablesFile(data), `${JSON.stringify({ ...(await variablesOf(data)), ...values }, null, 2)}\n`);
}

/** Empties values: a published policy may still name them, and one that names nothing would not start. */
export async function blankVariables(data: string, names: readonly string[]): Promise<void> {
  const empty = names.map((name) => [name, name.endsWith('_URL') ? 'https://unwrapped.invalid/' : ''] as const);
  if (empty.length > 0) await putVariables(data, Object.fromEntries(empty));
}

async function variablesOf(data: string): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(wrappedVariablesFile(data), 'utf8').catch(() => '{}');
  return JSON.parse(text) as Record<string, string>;
}
