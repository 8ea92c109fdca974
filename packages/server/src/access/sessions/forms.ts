import type { FormTokens } from '../../kernel/sessions.ts';
import { keyed, same, sessionKeys } from './token.ts';

/** Derived, not stored: every node that shares the key knows them, and they end with what they are bound to. */
export function formTokens(keys: { readonly tokens: Uint8Array }): FormTokens {
  const { form } = sessionKeys(keys.tokens);
  const of = (boundTo: string) => keyed(form, boundTo);
  return { of, fits: (boundTo, token) => same(of(boundTo), token) };
}
