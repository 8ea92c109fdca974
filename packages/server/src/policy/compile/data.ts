import type { DataRules } from '../../kernel/data.ts';
import { columnKey, foundClasses } from '../../kernel/data.ts';
import { detectorNames } from '../../kernel/detectors.ts';
import type { BindRule } from '../../kernel/rules.ts';
import type { Valid } from '../validate.ts';
import { type CompileContext, expressionAt, mustExist } from './context.ts';
import { resolveEnv } from './environment.ts';

type ConnectorDocument = Extract<Valid, { kind: 'connector' }>;
type ProfileDocument = Extract<Valid, { kind: 'profile' }>;

const keys = ['data', 'columns', 'denied_columns', 'row_limit', 'screen', 'region', 'regions', 'own', 'canaries'] as const;

/** What a connector says of the data in its answers; undefined where it says nothing. */
export function compileData(context: CompileContext, document: ConnectorDocument): DataRules | undefined {
  const { body } = document;
  if (keys.every((key) => body[key] === undefined)) return undefined;
  for (const name of Object.keys(body.screen ?? {}))
    mustExist(context, document, ['screen', name], 'class or detector', name, [...foundClasses, ...detectorNames]);
  return {
    classes: body.data ?? [],
    columns: new Map(Object.entries(body.columns ?? {}).map(([name, of]) => [columnKey(name), of])),
    denied: new Set((body.denied_columns ?? []).map(columnKey)),
    rowsMax: body.row_limit,
    screen: new Map(Object.entries(body.screen ?? {})),
    region: body.region,
    regions: body.regions ?? [],
    own: body.own && { field: columnKey(body.own.field), values: new Set(body.own.values.map(String)) },
    canaries: (body.canaries ?? []).map((text, i) => resolveEnv(context, document, ['canaries', i], text)).filter((text) => text !== ''),
  };
}

/** What a profile binds for the length of a run. An expression speaks of a call that has the arguments it names. */
export function compileBinds(context: CompileContext, document: ProfileDocument): readonly BindRule[] {
  const { profile, binds = {} } = document.body;
  return Object.entries(binds).map(([name, written]) => ({
    name,
    values: [written].flat().map((source, i) => ({
      expression: expressionAt(
        context,
        { document, path: ['binds', name, ...(Array.isArray(written) ? [i] : [])], id: `profile/${profile}/binds/${name}`, when: 'call' },
        source,
        'any',
      ),
      args: [...source.matchAll(/\bargs\.([A-Za-z_][A-Za-z0-9_]{0,127})/g)].map((found) => found[1] as string),
    })),
  }));
}
