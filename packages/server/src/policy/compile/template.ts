const placeholder = /\{([^{}]*)\}/g;
const allowed = /^(reach|amount|destination|args(\.[A-Za-z_][A-Za-z0-9_]*)+)$/;

/** A sentence when `says` has a placeholder that nothing fills. */
export function templateProblem(says: string): string | undefined {
  for (const match of says.matchAll(placeholder)) {
    if (!allowed.test(match[1] ?? ''))
      return `\`{${match[1]}}\` cannot be filled in; write {reach}, {amount}, {destination} or {args.name}`;
  }
  return says.replaceAll(placeholder, '').match(/[{}]/) ? 'A brace stands alone; placeholders are written like {args.name}' : undefined;
}
