import type { NamedScope, StopScope } from '../../../kernel/readers.ts';

const named: Readonly<Record<NamedScope, true>> = {
  plugin: true,
  release: true,
  connector: true,
  credential: true,
  tool: true,
  effect: true,
  person: true,
  agent: true,
};

/**
 * What a signed order covers. Who signed it meant to stop something: what this build does not understand covers
 * everything, never less. A run is stopped by its id alone, because nothing says offline whose it is.
 */
export function orderedScope(text: string): StopScope {
  const [, kind = '', id = ''] = /^([a-z]+):(.+)$/i.exec(text.trim()) ?? [];
  if (Object.hasOwn(named, kind.toLowerCase())) return { kind: kind.toLowerCase() as NamedScope, id };
  if (kind.toLowerCase() === 'run') return { kind: 'run', id: id.toUpperCase(), person: '', release: '' };
  return { kind: 'everything' };
}

/** Whether `orderedScope` reads it as it was meant; asked before signing, so that a slip of the pen stops no more than meant. */
export function isScope(text: string): boolean {
  return text.trim().toLowerCase() === 'everything' || orderedScope(text).kind !== 'everything';
}
