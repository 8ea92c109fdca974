import type { ConnectorDocument } from '@trapkey/contract/policy/connector.ts';
import type { Outsiders } from '../../kernel/written-by.ts';

/** `outsiders_write` as it is asked: paths split once, at load. */
export function compileOutsiders(written: ConnectorDocument['outsiders_write']): Outsiders | undefined {
  if (written === undefined) return undefined;
  if (typeof written === 'boolean') return { kind: written ? 'all' : 'none' };
  const split = (paths: readonly string[]) => paths.map((path) => path.split('.'));
  return 'except' in written ? { kind: 'except', paths: split(written.except) } : { kind: 'paths', paths: split(written) };
}
