import type { Valid } from '../validate.ts';
import { type CompileContext, wrong } from './context.ts';

const reference = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Fills `${env:NAME}`; a variable that is not set is a mistake. Values never reach a message, a digest or a file. */
export function resolveEnv(context: CompileContext, document: Valid, path: readonly PropertyKey[], text: string): string {
  return text.replaceAll(reference, (_, name: string) => {
    const value = Object.hasOwn(context.env, name) ? context.env[name] : undefined;
    if (value === undefined) wrong(context, document, path, `The environment variable ${name} is not set`);
    return value ?? '';
  });
}

/** `${env:…}` in a document that does not fill it would be taken literally: said, not ignored. */
export function refuseEnv(context: CompileContext, document: Valid): void {
  const walk = (value: unknown, path: readonly PropertyKey[]): void => {
    if (typeof value === 'string' && value.includes('${env:'))
      wrong(context, document, path, `\`$\{env:…}\` is filled in \`connection\` documents, in \`alerts\` and in \`canaries\` only`);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) {
        const filled =
          path.length === 0 && (document.kind === 'organization' ? key === 'alerts' : document.kind === 'connector' && key === 'canaries');
        if (!filled) walk(child, [...path, Array.isArray(value) ? Number(key) : key]);
      }
    }
  };
  walk(document.source.value, []);
}
