import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isMap, parseAllDocuments } from 'yaml';
import { type CompiledSet, compileSet, type Environment, isDocumentFile, type PolicyFiles } from './compile/set.ts';

const filesMax = 1_000;
const bytesMax = 64 * 1024 * 1024;

/** What a folder holds: documents with the lists that they name, and cases. */
interface FolderFiles {
  readonly documents: PolicyFiles;
  readonly listNames: readonly string[];
  readonly lists: PolicyFiles;
  readonly cases: PolicyFiles;
}

/** The last look at a folder: one that is looked at every few seconds is compiled only when a file of it changed. */
export interface FolderMemory {
  last: { readonly read: FolderFiles; readonly result: LoadResult } | undefined;
}

export type LoadResult = CompiledSet & { readonly cases: PolicyFiles };

/**
 * Reads a policy folder and compiles it; refused whole with every mistake when it does not check. A `memory` belongs to one
 * folder and one environment.
 */
export async function loadFolder(folder: string, env: Environment, memory?: FolderMemory): Promise<LoadResult> {
  try {
    const last = memory?.last;
    const read = await readFolder(folder, last?.read);
    if (
      last &&
      sameTexts(read.documents, last.read.documents) &&
      sameTexts(read.lists, last.read.lists) &&
      sameTexts(read.cases, last.read.cases)
    )
      return last.result;
    const result = compileFolder(folder, env, read);
    if (memory) memory.last = { read, result };
    return result;
  } catch (error) {
    return {
      ok: false,
      cases: {},
      problems: [
        { file: folder, line: 1, column: 1, says: `The folder cannot be read: ${error instanceof Error ? error.message : String(error)}` },
      ],
    };
  }
}

function compileFolder(folder: string, env: Environment, { documents, lists, cases }: FolderFiles): LoadResult {
  if (Object.keys(documents).length > 0) return { ...compileSet({ ...documents, ...lists }, env), cases };
  return {
    ok: false,
    cases,
    problems: [{ file: folder, line: 1, column: 1, says: 'The folder holds no policy: no .yaml, .yml or .json file' }],
  };
}

function sameTexts(one: PolicyFiles, other: PolicyFiles): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/** Documents, the lists that they name, and cases. Anything else in the folder is left alone. */
async function readFolder(folder: string, last: FolderFiles | undefined): Promise<FolderFiles> {
  const names = await walk(folder);
  const documents: Record<string, string> = {};
  const lists: Record<string, string> = {};
  const cases: Record<string, string> = {};
  let bytes = 0;
  const read = async (name: string): Promise<string> => {
    const text = await readFile(join(folder, name), 'utf8');
    bytes += text.length;
    if (bytes > bytesMax) throw new Error(`it holds more than ${bytesMax} bytes`);
    return text;
  };
  for (const name of names) {
    if (isDocumentFile(name)) documents[name] = await read(name);
    else if (/\.cases\.ya?ml$/i.test(name)) cases[name] = await read(name);
  }
  const listNames = last && sameTexts(documents, last.documents) ? last.listNames : listsNamed(documents);
  for (const list of listNames) if (names.includes(list)) lists[list] = await read(list);
  return { documents, listNames, lists, cases };
}

/** List files are read before anything is checked, so the names are taken from whatever can be parsed. */
export function listsNamed(files: PolicyFiles): readonly string[] {
  return Object.values(files).flatMap((text) => {
    const documents = parseAllDocuments(text, { prettyErrors: false });
    return (Array.isArray(documents) ? documents : []).flatMap((document) => {
      const lists = isMap(document.contents) ? document.get('lists') : undefined;
      return isMap(lists) ? lists.items.map((item) => String((item.value as { readonly value?: unknown } | null)?.value ?? '')) : [];
    });
  });
}

async function walk(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const root = await realpath(folder);
  const enter = async (directory: string): Promise<void> => {
    for (const name of (await readdir(directory)).sort()) {
      // Hidden files are an editor's, or a volume's bookkeeping.
      if (name.startsWith('.') || name === 'node_modules') continue;
      const path = join(directory, name);
      // Volumes link inside themselves; what leads out could show a secret's lines as mistakes, or turn in a circle.
      const real = await realpath(path);
      if (!real.startsWith(root + sep)) throw new Error(`${relative(folder, path)} leads out of the policy folder`);
      const info = await stat(path);
      if (info.isDirectory()) await enter(path);
      else if (info.isFile()) found.push(relative(folder, path).split(sep).join('/'));
      if (found.length > filesMax) throw new Error(`it holds more than ${filesMax} files`);
    }
  };
  await enter(folder);
  return found;
}
