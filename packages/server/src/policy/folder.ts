import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isMap, parseAllDocuments } from 'yaml';
import { type CompiledSet, compileSet, type Environment, isDocumentFile, type PolicyFiles } from './compile/set.ts';

const filesMax = 1_000;
const bytesMax = 64 * 1024 * 1024;

/** What a folder holds: the files of the set, the files of cases, or why it cannot be read. */
interface FolderFiles {
  readonly files: PolicyFiles;
  readonly cases: PolicyFiles;
}

export type LoadResult = CompiledSet & { readonly cases: PolicyFiles };

/** Reads a policy folder and compiles it; refused whole with every mistake when it does not check. */
export async function loadFolder(folder: string, env: Environment): Promise<LoadResult> {
  try {
    const { files, cases } = await readFolder(folder);
    const empty = Object.keys(files).length === 0;
    if (empty)
      return {
        ok: false,
        cases,
        problems: [{ file: folder, line: 1, column: 1, says: 'The folder holds no policy: no .yaml, .yml or .json file' }],
      };
    return { ...compileSet(files, env), cases };
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

/** Documents, the lists that they name, and cases. Anything else in the folder is left alone. */
async function readFolder(folder: string): Promise<FolderFiles> {
  const names = await walk(folder);
  const files: Record<string, string> = {};
  const cases: Record<string, string> = {};
  let bytes = 0;
  const read = async (name: string): Promise<string> => {
    const text = await readFile(join(folder, name), 'utf8');
    bytes += text.length;
    if (bytes > bytesMax) throw new Error(`it holds more than ${bytesMax} bytes`);
    return text;
  };
  for (const name of names) {
    if (isDocumentFile(name)) files[name] = await read(name);
    else if (/\.cases\.ya?ml$/i.test(name)) cases[name] = await read(name);
  }
  for (const list of listsNamed(files)) if (names.includes(list)) files[list] = await read(list);
  return { files, cases };
}

/** List files are read before anything is checked, so the names are taken from whatever can be parsed. */
function listsNamed(files: PolicyFiles): readonly string[] {
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
  const enter = async (directory: string): Promise<void> => {
    for (const name of (await readdir(directory)).sort()) {
      // Hidden files are an editor's, or a volume's bookkeeping.
      if (name.startsWith('.') || name === 'node_modules') continue;
      const path = join(directory, name);
      const info = await stat(path);
      if (info.isDirectory()) await enter(path);
      else if (info.isFile()) found.push(relative(folder, path).split(sep).join('/'));
      if (found.length > filesMax) throw new Error(`it holds more than ${filesMax} files`);
    }
  };
  await enter(folder);
  return found;
}
