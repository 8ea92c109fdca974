import { crossReferences } from './inventory/lint/cross.ts';
import { lintDefinition, lintText } from './inventory/lint/lint.ts';
import type { DefinitionLint } from './kernel/release-sources.ts';

/** The linter of the inventory, for definitions that live servers list. */
export const definitionLint: DefinitionLint = {
  text: (text) => lintText(text, ''),
  definition: (kind, definition, connection, others) => {
    const { description } = definition;
    const steers =
      kind === 'tool' && typeof description === 'string' ? crossReferences(description, connection, others, '/description') : [];
    return [...lintDefinition(definition), ...steers];
  },
};
