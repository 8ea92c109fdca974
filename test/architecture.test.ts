import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const plan = await import(pathToFileURL(join(root, 'architecture.mjs')).href);
const { options, forbidden }: { readonly options: object; readonly forbidden: readonly object[] } = plan.default;
const table: readonly (readonly [string, readonly string[]])[] = plan.table;

async function cruiseIn(baseDir: string, folders: readonly string[]): Promise<ICruiseResult> {
  const { tsConfig, ...rest } = options as { tsConfig: unknown };
  const { output } = await cruise([...folders], { ...rest, baseDir, validate: true, ruleSet: { forbidden: [...forbidden] as never } });
  return output as ICruiseResult;
}

const named = ({ summary }: ICruiseResult) => summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);

describe('the house', () => {
  let house: ICruiseResult;
  beforeAll(async () => {
    house = await cruiseIn(root, ['packages', 'connectors']);
  });

  test('is seen: a checker that reads nothing finds nothing', () => {
    const own = house.modules.filter(({ source }) => /^(packages|connectors)\/.*\.ts$/.test(source));
    expect(own.length).toBeGreaterThan(120);
    const imports = own.flatMap(({ dependencies }) => dependencies.filter(({ resolved }) => /^(packages|connectors)\//.test(resolved)));
    expect(imports.length).toBeGreaterThan(400);
    const unresolved = own.flatMap(({ source, dependencies }) =>
      dependencies.filter(({ couldNotResolve }) => couldNotResolve).map(({ module }) => `${source} -> ${module}`),
    );
    expect(unresolved).toEqual([]);
  });

  test('has every file in a room of the table', () => {
    const made = [/^packages\/(server|console)\/build\.ts$/, /^packages\/console\/(build\/|vite\.config\.ts$)/];
    const rooms = [...table.map(([from]) => new RegExp(`^${from}`)), /^packages\/server\/src\/main\.ts$/, ...made];
    const strays = house.modules.filter(
      ({ source }) => /^(packages|connectors)\/(?!.*node_modules).*\.tsx?$/.test(source) && !rooms.some((room) => room.test(source)),
    );
    expect(strays.map(({ source }) => source)).toEqual([]);
  });

  test('holds to its table', () => {
    expect(named(house)).toEqual([]);
  });
});

/** Files of a small house, each with one import that its room may not have, and the rule that must say so. */
const planted = [
  ['packages/server/src/gateway/shortcut.ts', "import '../effects/execute/effect.ts';", /^house-\d+-.*gateway/],
  ['packages/server/src/stages/gate/peek.ts', "import '../tier/stage.ts';", /^house-/],
  ['packages/server/src/stages/tier/stage.ts', "import 'node:fs';", /^deciding-is-pure/],
  ['packages/server/src/pipeline/store.ts', "import '../storage/database.ts';", /^house-/],
  ['packages/server/src/kernel/wired.ts', "import '../pipeline/decide.ts';", /^house-/],
  ['packages/contract/src/server.ts', "import '../../server/src/kernel/call.ts';", /^house-0/],
  ['connectors/mcp/src/inside.ts', "import '../../../packages/server/src/kernel/call.ts';", /^house-/],
  ['packages/server/src/utilities/helper.ts', "import '../kernel/call.ts';", /^no-orphan-rooms/],
  ['packages/server/src/pipeline/sql.ts', "import 'kysely';", /^sql-in-stores/],
  ['packages/server/src/runs/sqlite.ts', "import 'node:sqlite';", /^sql-in-stores/],
  ['packages/server/src/catalog/sdk.ts', "import '@modelcontextprotocol/client';", /^mcp-sdk-at-the-edge/],
  ['packages/server/src/stages/gate/http.ts', "import 'hono';", /^http-framework-at-the-edge/],
  ['packages/console/src/features/home/peek.tsx', "import '../approvals/page.tsx';", /^house-.*console/],
  ['packages/console/src/ui/table.tsx', "import '../features/approvals/page.tsx';", /^house-.*console/],
  ['packages/console/src/lib/shell.ts', "import '../app/shell.tsx';", /^house-.*console/],
  ['packages/console/src/app/inside.tsx', "import '../features/approvals/page.tsx';", /^house-.*console/],
  ['packages/console/src/lib/decide.ts', "import '../../../server/src/kernel/call.ts';", /^house-.*console/],
  ['packages/server/src/api/react.ts', "import 'react';", /^react-in-the-console/],
  ['packages/server/src/kernel/loop.ts', "import './pool.ts';", /^no-cycles/],
] as const;

describe('a planted violation is reported', () => {
  let found: readonly string[];
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'trapkey-house-')));
  beforeAll(async () => {
    const files = {
      'packages/server/src/effects/execute/effect.ts': 'export {};',
      'packages/server/src/storage/database.ts': 'export {};',
      'packages/server/src/pipeline/decide.ts': 'export {};',
      'packages/server/src/kernel/call.ts': 'export {};',
      'packages/server/src/kernel/pool.ts': "import './loop.ts';",
      'packages/console/src/features/approvals/page.tsx': 'export {};',
      'packages/console/src/app/shell.tsx': 'export {};',
      ...Object.fromEntries(planted.map(([file, text]) => [file, text])),
    };
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    symlinkSync(join(root, 'packages/server/node_modules'), join(folder, 'packages/server/node_modules'));
    found = named(await cruiseIn(folder, ['packages', 'connectors']));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  for (const [file, , rule] of planted) {
    test(file, () => {
      expect(found.filter((line) => line.includes(`: ${file} -> `)).some((line) => rule.test(line))).toBe(true);
    });
  }
});
