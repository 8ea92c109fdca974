const kinds: readonly (readonly [RegExp, string, string])[] = [[/^TK-[0-9A-Z]{10}$/i, 'approvals', 'Ticket']];

/** Where an id leads that somebody typed or pasted. */
export function idTargets(typed: string): readonly { readonly to: string; readonly label: string }[] {
  return kinds.flatMap(([form, path, word]) =>
    form.test(typed) ? [{ to: `/${path}/${typed.toUpperCase()}`, label: `${word} ${typed.toUpperCase()}` }] : [],
  );
}
