import type { Driver } from '../driver.ts';

export function sqliteDriver(_address: { readonly file: string; readonly tables: readonly string[] }, _timeoutMs: number): Driver {
  throw new Error('not yet');
}
